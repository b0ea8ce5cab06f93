"""What all answers are, and where the runs behind them are made and kept."""

from __future__ import annotations

import json
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sim.output.files import put_text
from sim.output.names import default_folder
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
    """How often each variation is run, by whom, and where that is kept."""

    replications: int
    workers: int | None
    scheduler: str | None
    out: Out
    progress: Progress | None

    @contextmanager
    def bench(self, kind: str, folder: Path | None, asked: dict[str, Any], files: Sequence[str]) -> Iterator[Bench]:
        """Workers and a folder for these files; what was asked goes into its manifest."""
        with tempfile.TemporaryDirectory(prefix="tideover-") if folder is None else _kept(folder) as place:
            store = Store(Path(place), kind)
            manifest = json.dumps({"question": kind, **asked}, indent=1, default=str) + "\n"
            with store.opened(manifest, files), Crew(self.workers, self.scheduler) as crew:
                yield Bench(crew, store, self.replications, self.progress)

    def folder(self, subject: Subject, name: str) -> Path | None:
        """Where the answer to a question of this name is kept."""
        if self.out is None:
            return None
        return default_folder(subject.labels[0], subject.strategy, name) if self.out is True else Path(self.out)

    @contextmanager
    def asking(
        self, subject: Subject, kind: str, asked: dict[str, Any], tables: Sequence[str], page: str, name: str = ""
    ) -> Iterator[Bench]:
        """A bench for a question of a scenario, with the tables and the page that it will leave."""
        about = {"file": str(subject.file), "strategy": subject.strategy, "settings": subject.settings}
        folder = self.folder(subject, name or kind)
        asked = {**about, **asked, "replications": self.replications}
        with self.bench(kind, folder, asked, [*table_files(*tables), page]) as bench:
            yield bench


@contextmanager
def _kept(folder: Path) -> Iterator[Path]:
    yield folder
