"""The unit of work: some replications of cases that share their draws, which leave a few rows each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from sim.engine.run import Outcome, draws_of, simulate
from sim.engine.serving.demand_source import KEPT_BYTES, DemandSource
from sim.errors import TideoverError
from sim.rng import Streams
from sim.study.design.case import Case
from sim.study.design.fingerprint import program
from sim.study.design.measures import series_of, values
from sim.study.design.observing import OBSERVED, cells_of, quantities_of, seen_of

LABELS = [("scenario", pa.string()), ("strategy", pa.string()), ("variant", pa.string()), ("replication", pa.int32())]
ROWS = pa.schema(
    [*LABELS, ("measure", pa.string()), ("breakdown", pa.string()), ("group", pa.string()),
     ("value", pa.float64()), ("twin", pa.float64())]
)  # fmt: skip
"""One row per replication, measure and group; `twin` is the same without disruptions, null where it was not run."""
DAYS = pa.schema(
    [*LABELS, ("day", pa.int32()), ("product", pa.string()), ("demand", pa.int64()), ("unmet", pa.int64()),
     ("twin_unmet", pa.int64()), ("served", pa.int64()), ("stock", pa.int64())]
)  # fmt: skip
"""One row per replication, counted day and product, summed over facilities; `stock` is usable stock in the evening."""


OF_DAYS = {"demand": "demand", "unmet": "unmet", "served": "served", "stock": "on_hand"}
"""Columns of `DAYS` and the figures of the daily table that they add up."""


@dataclass(frozen=True)
class Task:
    """Replications first … first + count - 1 of cases of the same draws, asked for by a program of this fingerprint."""

    cases: tuple[Case, ...]
    first: int
    count: int
    program: str

    @property
    def runs(self) -> int:
        """Cases times replications."""
        return len(self.cases) * self.count


@dataclass(frozen=True)
class Batch:
    """What a task leaves of one case: `rows` and `days` as in `ROWS` and `DAYS`, and the seconds it took."""

    rows: pa.Table
    days: pa.Table
    seconds: float


def run_task(task: Task) -> tuple[Batch, ...]:
    """Simulate a task's replications; the same task gives the same rows in every process.

    Each replication's demand is drawn once, for all cases and their twins. Raises TideoverError where this process runs
    another program than the one that asked, SimulationError where a run breaks a law of conservation.
    """
    if task.program != program():
        raise TideoverError("this worker runs another version of Tideover; install the same one everywhere")
    drafts = [_Draft(case) for case in task.cases]
    several = len(drafts) > 1 or any(case.twin for case in task.cases)
    for replication in range(task.first, task.first + task.count):
        sources: list[DemandSource] = []
        for draft in drafts:
            draft.run(replication, sources, KEPT_BYTES if several else 0)
    return tuple(draft.batch() for draft in drafts)


class _Draft:
    """What has been found of one case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._series = series_of(case.measures) | (set(OF_DAYS.values()) if case.daily else set())
        self._rows: dict[str, list[object]] = {name: [] for name in ROWS.names[3:]}
        self._days: list[pa.Table] = []
        self._seconds = 0.0

    def run(self, replication: int, sources: list[DemandSource], keep: int) -> None:
        """One replication more, and its twin; `sources` are the draws of demand made so far for the replication."""
        began = time.perf_counter()
        plan, chance = self.case.plan_of(replication), self.case.chance(replication)
        streams = Streams(plan.seed, chance)
        draws = next((s for s in sources if s.serves(plan.demand, plan.network.calendar, streams)), None)
        if draws is None:
            draws = draws_of(plan, chance, keep)
            sources.append(draws)
        watched, network = self.case.observed, plan.network
        series = self._series | quantities_of(watched, network)
        once = partial(simulate, plan, replication=chance, detail="none", table=False, series=series, demand=draws)
        outcome = once(table=cells_of(watched, network)) if watched else once()
        twin = once(disruptions=False) if self.case.twin else None
        self._measure(replication, outcome, twin)
        if self.case.daily:
            self._days.append(_days(self.case, replication, outcome, twin))
        self._seconds += time.perf_counter() - began

    def _measure(self, replication: int, outcome: Outcome, twin: Outcome | None) -> None:
        beside, case = {}, self.case
        if twin is not None:
            beside = {(measure, group): value for measure, group, value in values(case.measures, twin, case.rates)}
        for measure, group, value in values(case.measures, outcome, case.rates):
            self._add(replication, measure.name, measure.breakdown, group, value, beside.get((measure, group)))
        if case.observed:
            seen = seen_of(outcome)
            for one in case.observed:
                for number, figure in enumerate(one.series.figures(seen, one.points).tolist()):
                    self._add(replication, one.series.name, OBSERVED, str(number), figure, None)

    def _add(self, *found: object) -> None:
        """One row more."""
        for column, item in zip(self._rows.values(), found, strict=True):
            column.append(item)

    def batch(self) -> Batch:
        """All of it."""
        labels = zip(ROWS.names[:3], self.case.labels, strict=True)
        columns = {name: [label] * len(self._rows["value"]) for name, label in labels} | self._rows
        days = pa.concat_tables(self._days) if self._days else DAYS.empty_table()
        return Batch(pa.table(columns, schema=ROWS), days, self._seconds)


def _days(case: Case, replication: int, outcome: Outcome, twin: Outcome | None) -> pa.Table:
    groups = outcome.plan.network.groups
    facilities = groups[groups["kind"] == "facility"]
    tables = []
    for product in sorted(facilities["product"].unique()):
        mine = facilities.index[facilities["product"] == product].to_numpy()
        figures = {column: outcome.record.totals.over(name, mine) for column, name in OF_DAYS.items()}
        length = len(figures["demand"])
        columns: dict[str, object] = {
            name: [label] * length for name, label in zip(DAYS.names, (*case.labels, replication), strict=False)
        }
        columns |= {"day": range(length), "product": [product] * length, **figures}
        columns["twin_unmet"] = [None] * length if twin is None else twin.record.totals.over("unmet", mine)
        tables.append(pa.table({name: columns[name] for name in DAYS.names}, schema=DAYS))
    return pa.concat_tables(tables)
