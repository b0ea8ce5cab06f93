"""One scenario under one strategy, tried in variations on the same draws: what questions of "what if" build on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.engine.compile.plan import compile_plan
from sim.engine.compile.unknowns import check_ends
from sim.engine.plan import Plan
from sim.errors import SimulationError
from sim.scenario.load import Loaded, ended, load, load_again
from sim.study.design.case import Case, case_of
from sim.study.design.measures import ENDING, Measure
from sim.study.infer.ending import endings
from sim.study.run.executors import Crew
from sim.study.run.recovery import draws_to_recovery
from sim.study.run.replicate import Failure, Progress, replicate
from sim.study.run.store import Store


@dataclass(frozen=True)
class Subject:
    """A scenario file with a strategy and values set on top, read and compiled."""

    file: Path
    strategy: str | None
    settings: Mapping[str, Any]
    loaded: Loaded = field(repr=False)
    plan: Plan = field(repr=False)
    change: str = ""
    """what `changed` set, in words"""

    @property
    def labels(self) -> tuple[str, str]:
        """Scenario and strategy, as tables call them."""
        return self.loaded.spec.scenario, self.strategy or "as written"

    def changed(self, settings: Mapping[str, Any]) -> Subject:
        """The same with further values set; raises ScenarioError where that does not make a scenario."""
        together = {**self.settings, **settings}
        loaded = load_again(self.loaded, together)
        if "end" not in settings and "run_on" not in settings:  # the same days for all, so that they can be compared
            loaded = ended(loaded, self.loaded.spec.until)
        change = ", ".join(f"{path}={value}" for path, value in settings.items())
        return replace(self, settings=together, loaded=loaded, plan=compile_plan(loaded), change=change)

    def case(self, measures: Sequence[Measure], variant: str = "", *, twin: bool = False) -> Case:
        """The case to replicate; without a `variant` of its own it is called by what was changed."""
        return case_of(self.loaded, measures, (*self.labels, variant or self.change), plan=self.plan, twin=twin)


def to_one_end(subjects: Sequence[Subject]) -> list[Subject]:
    """The same, all run to the latest end of any of them, so that they stay paired."""
    last = max(subject.loaded.spec.until for subject in subjects)
    found = []
    for subject in subjects:
        loaded = ended(subject.loaded, last)
        same = loaded is subject.loaded
        found.append(subject if same else replace(subject, loaded=loaded, plan=compile_plan(loaded)))
    return found


def read_subject(file: str | Path, strategy: str | None = None, settings: Mapping[str, Any] | None = None) -> Subject:
    """Read and compile, the ends of what is uncertain included; raises ScenarioError with every problem."""
    loaded = load(Path(file), strategy, settings or {})
    plan = compile_plan(loaded)
    check_ends(loaded)
    if loaded.spec.to_recovery:
        loaded = draws_to_recovery(loaded)
        plan = compile_plan(loaded)
    return Subject(Path(file), strategy, dict(settings or {}), loaded, plan)


class Stages:
    """Progress over work that is handed out in several rounds, each of a size."""

    def __init__(self, progress: Progress, sizes: Sequence[float]) -> None:
        self._progress, self._sizes, self._ended = progress, sizes, 0

    def __call__(self, share: float) -> None:
        """`share` of the present round is done."""
        done = sum(self._sizes[: self._ended]) + share * sum(self._sizes[self._ended : self._ended + 1])
        self._progress(min(1.0, done / max(1, sum(self._sizes))))

    def end(self) -> None:
        """The present round is over."""
        self._ended += 1


@dataclass(frozen=True)
class Bench:
    """Where cases are run: the workers, the folder that keeps what is done, the number of replications of each."""

    crew: Crew
    store: Store
    replications: int
    progress: Progress | None = None

    def stages(self, rounds: int) -> Bench:
        """The same, its progress told over so many rounds of cases, which count the same."""
        return self if self.progress is None else replace(self, progress=Stages(self.progress, [1] * rounds))

    def attempt(self, cases: Sequence[Case]) -> list[Failure]:
        """Run every case as often as asked; returns the replications that failed. The others are in the store."""
        failures = replicate(cases, self.replications, self.store, self.crew, self.progress)
        if isinstance(self.progress, Stages):
            self.progress.end()
        return failures

    def rows(self, cases: Sequence[Case]) -> pd.DataFrame:
        """Rows of every case as in `sim.study.run.task.ROWS`; raises SimulationError where a replication fails."""
        self._make(cases)
        return self._read(cases)

    def _make(self, cases: Sequence[Case]) -> None:
        failures = self.attempt(cases)
        if failures:
            number = "1 replication" if len(failures) == 1 else f"{len(failures)} replications"
            raise SimulationError(f"{number} failed; the first: {failures[0]}")

    def _read(self, cases: Sequence[Case]) -> pd.DataFrame:
        tables = [self.store.read(case, self.replications) for case in cases]
        found: pd.DataFrame = pa.concat_tables(tables).to_pandas()
        return found

    def endings(self, cases: Sequence[Case]) -> pd.DataFrame:
        """How cases that measure `ENDING` and are run ended, as `sim.study.infer.ending.endings`; by variant.

        Only those with unmet demand on their last days are run beside their twins, which tell if that is routine.
        """
        found = endings(pa.concat_tables([self.store.read(case, self.replications) for case in cases]).to_pandas())
        doubtful = set(found.loc[~found["settled"].astype(bool), "variant"])
        again = [replace(case, twin=True, daily=False, measures=ENDING) for case in cases if case.labels[2] in doubtful]
        if not again:
            return found
        replicate(again, self.replications, self.store, self.crew)
        beside = pa.concat_tables([self.store.read(case, self.replications) for case in again]).to_pandas()
        return pd.concat([found[~found["variant"].isin(doubtful)], endings(beside)], ignore_index=True)

    def values(self, cases: Sequence[Case], measure: Measure) -> np.ndarray:
        """A measure in all, of every case; shape (cases, replications), NaN where it is not defined."""
        return self.all_values(cases, [measure])[measure]

    def all_values(self, cases: Sequence[Case], measures: Sequence[Measure]) -> dict[Measure, np.ndarray]:
        """Measure in all -> its values, as `values` gives them."""
        self._make(cases)  # under their own labels, by which a failure is told
        rows = self._read([replace(case, labels=(*case.labels[:2], str(k))) for k, case in enumerate(cases)])
        found = {}
        for measure in measures:
            mine = rows[(rows["measure"] == measure.name) & (rows["breakdown"] == measure.breakdown)]
            table = mine.pivot(index="variant", columns="replication", values="value")
            found[measure] = table.reindex([str(k) for k in range(len(cases))]).to_numpy(dtype=float)
        return found


def labelled(case: Case, variants: Iterable[tuple[str, Sequence[str]]]) -> list[Case]:
    """Variations of a case: (variant's label, what is left out in it)."""
    return [replace(case, labels=(*case.labels[:2], label), without=tuple(names)) for label, names in variants]
