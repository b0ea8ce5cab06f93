"""What all answers are, and where the runs behind them are made and kept."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sim import __version__
from sim.output.files import put_text
from sim.output.holding import HOLDS, in_words
from sim.output.place import named, place_for
from sim.report.words.units import Counted, counted
from sim.report.words.unsure import drawn_words
from sim.scenario.drawing import differs
from sim.scenario.reading.files import scenario_hash, tables_hash
from sim.study.run.bench import Bench, Subject
from sim.study.run.executors import Crew
from sim.study.run.store import Store, table_files

Progress = Callable[[float], None]
Out = str | Path | Literal[True] | None
"""Folder that keeps an answer; True: below `reports`, by the names of the scenario and the question; None: none."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer(ABC):
    """What every answer has.

    Attributes
    ----------
    subject
        The scenario that was asked about, read and compiled.
    replications
        Draws of chance on which everything was tried.
    folder
        Where tables and page were kept, None where they were not.
    """

    subject: Subject = field(repr=False)
    replications: int
    folder: Path | None = None

    __eq__ = object.__eq__  # tables cannot be compared as a whole
    __hash__ = object.__hash__

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.subject.loaded.spec.title

    @property
    def currency(self) -> str:
        """Of every figure in money."""
        return self.subject.loaded.spec.costs.currency

    @property
    def counted(self) -> Counted:
        """In what its figures are counted."""
        return counted([self.subject.loaded.spec])

    @property
    def ends(self) -> tuple[dt.date, int]:
        """First day that was not simulated, and days simulated after the warm-up."""
        calendar = self.subject.plan.network.calendar
        return self.subject.loaded.spec.until, calendar.days

    def how_sure(self, *varied: str) -> list[str]:
        """What may be concluded from so many draws, of whatever is not known but the values at paths that are
        `varied`."""
        loaded = self.subject.loaded
        unknowns = [path for path in loaded.document.uncertain if path not in varied]
        return drawn_words(self.replications, len(unknowns), differs(loaded))

    @abstractmethod
    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""

    def text(self) -> str:
        """The answer in words, one line a sentence."""
        return "\n".join(self.lines())

    def report(self, path: str | Path) -> Path:
        """Write the answer's page, one HTML file that opens offline; returns its path.

        Raises
        ------
        ScenarioError
            Where it cannot be written.
        """
        place = Path(path)
        put_text(place, self.page())
        return place

    @abstractmethod
    def page(self) -> str:
        """The page, as HTML."""


@dataclass(frozen=True)
class Means:
    """How often each variation is run, by whom, and where that is kept, in the place of other results or not."""

    replications: int
    workers: int | None
    scheduler: str | None
    out: Out
    progress: Progress | None
    replace: bool = False

    @contextmanager
    def bench(self, kind: str, folder: Path | None, asked: dict[str, Any], files: Sequence[str]) -> Iterator[Bench]:
        """Workers and a folder for these files; what was asked goes into its manifest."""
        with tempfile.TemporaryDirectory(prefix="tideover-") if folder is None else _kept(folder) as place:
            manifest = {"question": kind, **asked}
            store = Store(Path(place), kind, manifest, self.replace)
            text = json.dumps(manifest, indent=1, default=str, ensure_ascii=False) + "\n"
            with store.opened(text, files), Crew(self.workers, self.scheduler) as crew:
                yield Bench(crew, store, self.replications, self.progress)

    def kept(self, bench: Bench) -> Path | None:
        """Where the answer is kept; None where it is not."""
        return None if self.out is None else bench.store.folder

    @contextmanager
    def asking(
        self, subject: Subject, kind: str, asked: dict[str, Any], tables: Sequence[str], *pages: str, name: str = ""
    ) -> Iterator[Bench]:
        """A bench for a question of a scenario, with the tables and the pages that it will leave."""
        document, name, files = subject.loaded.document, name or kind, [*table_files(*tables), *pages]
        settings = asked.get("settings", subject.settings)
        scenario, strategy = subject.labels[0], subject.strategy
        about = {
            HOLDS: in_words(scenario, strategy, settings, f"question: {name}"), "file": str(subject.file),
            "strategy": strategy, "settings": dict(settings), "scenario_hash": scenario_hash(document),
            "tables_hash": tables_hash(document), "tideover": __version__,
        }  # fmt: skip
        asked = {**about, **asked, "replications": self.replications}
        folder = self.out if self.out is None or self.out is True else Path(self.out)
        if folder is True:
            folder = named(scenario, strategy, settings, name)
            folder = folder if self.replace else place_for(folder, kind, {"question": kind, **asked})
        with self.bench(kind, folder, asked, files) as bench:
            yield bench


@contextmanager
def _kept(folder: Path) -> Iterator[Path]:
    yield folder
