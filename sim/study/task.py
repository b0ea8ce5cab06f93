"""The unit of work: some replications of one case, which leave a few rows each and never a whole simulation."""

from __future__ import annotations

import pickle
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import pyarrow as pa

from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.engine.run import Outcome, simulate
from sim.errors import TideoverError
from sim.metrics.cost import Rates
from sim.model.effects import Impact
from sim.scenario.load import Loaded
from sim.study import left_out
from sim.study.fingerprint import digest, program
from sim.study.left_out import parts_of
from sim.study.measures import Measure, series_of, values

PLANS_KEPT = 8
"""Compiled plans a worker keeps."""

LABELS = [("scenario", pa.string()), ("strategy", pa.string()), ("variant", pa.string()), ("replication", pa.int32())]
ROWS = pa.schema(
    [*LABELS, ("measure", pa.string()), ("breakdown", pa.string()), ("group", pa.string()),
     ("value", pa.float64()), ("twin", pa.float64())]
)  # fmt: skip
"""One row per replication, measure and group; `twin` is the same without disruptions, null where it was not run."""
DAYS = pa.schema(
    [*LABELS, ("day", pa.int32()), ("product", pa.string()), ("demand", pa.int64()), ("unmet", pa.int64()),
     ("twin_unmet", pa.int64())]
)  # fmt: skip
"""One row per replication, counted day and product, summed over facilities."""


@dataclass(frozen=True)
class Case:
    """One thing to replicate, and what to measure of it.

    `plan` is the compiled scenario packed for the journey to a worker; `labels` are scenario, strategy and variant.
    `without` names disruptions, hazards and reserves to leave out (see `parts_of`), `added` are disruptions on top of
    the plan's; `twin` runs each replication once more without any disruption; `daily` keeps the daily totals. `key`
    stands for all that the figures depend on, labels apart.
    """

    labels: tuple[str, str, str]
    plan: bytes = field(repr=False)
    digest: str
    rates: Rates
    measures: tuple[Measure, ...]
    twin: bool = True
    daily: bool = False
    without: tuple[str, ...] = ()
    added: tuple[Impact, ...] = field(default=(), repr=False)

    @cached_property
    def key(self) -> str:
        """Hash of the plan, of what is measured and of the program."""
        added = (self.added,) if self.added else ()
        return digest(program(), self.digest, self.rates, self.measures, self.twin, self.daily, self.without, *added)


@dataclass(frozen=True)
class Task:
    """Replications first … first + count - 1 of a case, asked for by a program of this fingerprint."""

    case: Case
    first: int
    count: int
    program: str


@dataclass(frozen=True)
class Batch:
    """What a task leaves: `rows` and `days` as in `ROWS` and `DAYS`, and the seconds it took."""

    rows: pa.Table
    days: pa.Table
    seconds: float


def case_of(
    loaded: Loaded,
    measures: Sequence[Measure],
    labels: tuple[str, str, str],
    *,
    plan: Plan | None = None,
    without: Sequence[str] = (),
    twin: bool = True,
    daily: bool = False,
) -> Case:
    """A case of a loaded scenario, compiled here unless its plan (or a variation of it) is given.

    Raises ScenarioError where it does not compile, ValueError where `without` names no disruption.
    """
    plan = compile_plan(loaded) if plan is None else plan
    for name in without:
        if name not in (parts := parts_of(plan)):
            raise ValueError(f"nothing to leave out is called '{name}'; there are {', '.join(parts)}")
    costs = loaded.spec.costs
    rates = Rates(costs.currency, costs.holding_rate, costs.shortage_cost)
    packed = zlib.compress(pickle.dumps(plan), 1)
    return Case(labels, packed, digest(plan), rates, tuple(measures), twin, daily, tuple(without))


@lru_cache(maxsize=PLANS_KEPT)
def _unpacked(plan: bytes) -> Plan:
    unpacked: Plan = pickle.loads(zlib.decompress(plan))
    return unpacked


def run_task(task: Task) -> Batch:
    """Simulate a task's replications; the same task gives the same rows in every process.

    Raises TideoverError where this process runs another program than the one that asked, SimulationError where a run
    breaks a law of conservation.
    """
    if task.program != program():
        raise TideoverError("this worker runs another version of Tideover; install the same one everywhere")
    began, case = time.perf_counter(), task.case
    plan = left_out.without(_unpacked(case.plan), case.without)
    if case.added:
        plan = replace(plan, impacts=(*plan.impacts, *case.added))
    series = series_of(case.measures) | ({"demand", "unmet"} if case.daily else set())
    rows: dict[str, list[object]] = {name: [] for name in ROWS.names[3:]}
    days: list[pa.Table] = []
    for replication in range(task.first, task.first + task.count):
        outcome = simulate(plan, replication=replication, detail="none", table=False, series=series)
        twin = None
        if case.twin:
            twin = simulate(plan, replication=replication, detail="none", table=False, series=series, disruptions=False)
        _measure(case, replication, outcome, twin, rows)
        if case.daily:
            days.append(_days(case, replication, outcome, twin))
    labels = zip(ROWS.names[:3], case.labels, strict=True)
    table = pa.table({name: [label] * len(rows["value"]) for name, label in labels} | rows, schema=ROWS)
    return Batch(table, pa.concat_tables(days) if days else DAYS.empty_table(), time.perf_counter() - began)


def _measure(
    case: Case, replication: int, outcome: Outcome, twin: Outcome | None, rows: dict[str, list[object]]
) -> None:
    beside = {}
    if twin is not None:
        beside = {(measure, group): value for measure, group, value in values(case.measures, twin, case.rates)}
    for measure, group, value in values(case.measures, outcome, case.rates):
        found = (replication, measure.name, measure.breakdown, group, value, beside.get((measure, group)))
        for column, item in zip(rows.values(), found, strict=True):
            column.append(item)


def _days(case: Case, replication: int, outcome: Outcome, twin: Outcome | None) -> pa.Table:
    groups = outcome.plan.network.groups
    facilities = groups[groups["kind"] == "facility"]
    tables = []
    for product in sorted(facilities["product"].unique()):
        mine = facilities.index[facilities["product"] == product].to_numpy()
        demand, unmet = (outcome.record.totals.over(name, mine) for name in ("demand", "unmet"))
        other = None if twin is None else twin.record.totals.over("unmet", mine)
        length = len(demand)
        columns: list[object] = [[label] * length for label in (*case.labels, replication)]
        columns += [range(length), [product] * length, demand, unmet, [None] * length if other is None else other]
        tables.append(pa.table(dict(zip(DAYS.names, columns, strict=True)), schema=DAYS))
    return pa.concat_tables(tables)
