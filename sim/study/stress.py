"""Stress sweep: every node out of work in turn, for how long is all demand met, and what if it takes longer to recover.

Time to survive TTS_n: longest time for which node n can be out while all demand is met; time to recover TTR_n: how long
n takes to work again; exposed where TTR_n > TTS_n (Simchi-Levi et al., doi 10.1287/inte.2015.0804). Both per node and
product. The scenario's own disruptions and hazards are left out, so that only the knock-out acts.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sim.engine.plan import Plan
from sim.engine.run import simulate
from sim.errors import SimulationError, TideoverError
from sim.study.executors import Crew, execute
from sim.study.fingerprint import program
from sim.study.knockouts import Node, Use, knock_out
from sim.study.replicate import Progress
from sim.study.threshold import first_true


@dataclass(frozen=True)
class Sweep:
    """What is asked: knock-outs from day `first`, at most `longest` days, looked at in so many `replications`.

    `recover` is the time to recover in days of nodes by name (or "kind name"), `usual` that of all others; `durations`
    are lengths for which the units short are told. Demand counts as met while no more than the share `allow` of it is
    unmet that would be met without the knock-out, in every replication.
    """

    first: int = 0
    longest: int = 180
    usual: int = 90
    recover: Mapping[str, int] = field(default_factory=dict)
    durations: tuple[int, ...] = (7, 14, 30, 60, 90)
    allow: float = 0.0
    replications: int = 5

    def time_to_recover(self, node: Node) -> int:
        """TTR in days, as given."""
        return self.recover.get(str(node), self.recover.get(node.name, self.usual))


@dataclass(frozen=True)
class StressTask:
    """One node, with the plan packed for the journey."""

    plan: bytes = field(repr=False)
    node: Node
    sweep: Sweep
    program: str


Row = dict[str, object]


def sweep_nodes(
    plan: Plan, nodes: Sequence[Node], sweep: Sweep, crew: Crew, progress: Progress | None = None
) -> pd.DataFrame:
    """The risk register: one row per node and product it matters to, the worst first.

    kind, node, product; tts (days; `longest` and `survives_longest` where all demand is met even then), ttr, exposed;
    units_short with the node out for its TTR (mean over replications, beyond the twin's) and their share of demand;
    back_after: days from the start until demand is met as without the knock-out; short_D for each of the durations;
    cut_off: facilities that nothing else reaches; more_days = TTR - TTS where exposed.
    Raises ValueError where the run is too short for the sweep.
    """
    horizon = plan.network.calendar.days
    longest = max([sweep.longest, *map(sweep.time_to_recover, nodes), *sweep.durations])
    if sweep.first + longest > horizon:
        raise ValueError(f"a knock-out of {longest} days from day {sweep.first} does not fit into {horizon} days")
    calm = replace(plan, impacts=(), hazards=())
    packed = zlib.compress(pickle.dumps(calm), 1)
    waiting = [StressTask(packed, node, sweep, program()) for node in nodes]
    total, rows = len(waiting), {}
    for done in execute(crew, stress_node, lambda: waiting.pop(0) if waiting else None):
        if done.result is None:
            raise SimulationError(f"{done.task.node}: {done.failure}")
        rows[done.task.node] = done.result
        if progress is not None:
            progress(len(rows) / total)
    table = pd.DataFrame([row for node in nodes for row in rows[node]])
    if table.empty:
        return table
    keys = ["exposed", "units_short", "tts"]
    return table.sort_values(keys, ascending=[False, False, True], kind="stable", ignore_index=True)


def stress_node(task: StressTask) -> list[Row]:
    """The rows of one node; raises TideoverError where this process runs another program than the one that asked."""
    if task.program != program():
        raise TideoverError("this worker runs another version of Tideover; install the same one everywhere")
    return _Probe(pickle.loads(zlib.decompress(task.plan)), task.node, task.sweep).rows()


class _Probe:
    """Runs of one plan with one node out for different lengths, each length once."""

    def __init__(self, plan: Plan, node: Node, sweep: Sweep) -> None:
        self.plan, self.node, self.sweep = plan, node, sweep
        groups = plan.network.groups
        facility = (groups["kind"] == "facility").to_numpy()
        self.products = sorted(groups["product"][facility].unique())
        self._columns = [np.flatnonzero(facility & (groups["product"] == p).to_numpy()) for p in self.products]
        self._known: dict[int, np.ndarray] = {}
        self.twin, self.demand = self._daily(0, "unmet"), self._daily(0, "demand").sum(axis=1)

    def _daily(self, days: int, name: str) -> np.ndarray:
        """Daily totals with the node out so long; shape (replications, counted days, products)."""
        impacts = (knock_out(self.node, self.plan.network, self.sweep.first, days),) if days else ()
        plan, found = replace(self.plan, impacts=impacts), []
        for replication in range(self.sweep.replications):
            totals = simulate(plan, replication=replication, detail="none", table=False).record.totals[name]
            found.append(np.stack([totals[:, columns].sum(axis=1) for columns in self._columns], axis=1))
        return np.stack(found)

    def extra(self, days: int) -> np.ndarray:
        """Unmet demand beyond that without the knock-out, added up; shape (replications, counted days, products)."""
        if days not in self._known:
            self._known[days] = np.cumsum(self._daily(days, "unmet") - self.twin, axis=1)
        return self._known[days]

    def met(self, days: int) -> np.ndarray:
        """Whether all demand of each product is met with the node out so long."""
        worst = self.extra(days).max(axis=1)
        return np.asarray((worst <= self.sweep.allow * self.demand).all(axis=0))

    def survive(self, product: int) -> int:
        """TTS in whole days, by bisection: a longer knock-out is taken to be no milder."""
        low, high = 0, self.sweep.longest
        if self.met(high)[product]:
            return high
        return first_true(lambda days: not self.met(days)[product], low, high) - 1

    def rows(self) -> list[Row]:
        ttr = self.sweep.time_to_recover(self.node)
        ends = [max(self.sweep.longest, ttr)]
        if self.met(ends[0]).all():  # then it is met for all shorter ones too
            self._known |= {days: self.extra(ends[0]) for days in (*self.sweep.durations, ttr, self.sweep.longest)}
        cells = Use(self.plan.network).cut_off(self.node)
        names = self.plan.network.products["name"].to_numpy()[self.plan.network.cell_product[cells]]
        return [self._row(k, product, ttr, int((names == product).sum())) for k, product in enumerate(self.products)]

    def _row(self, k: int, product: str, ttr: int, cut_off: int) -> Row:
        tts, short = self.survive(k), self.extra(ttr)[:, :, k]
        units = float(np.maximum(0, short[:, -1]).mean())
        rising = np.diff(short, axis=1, prepend=0) > 0
        back = [int(np.flatnonzero(r)[-1]) + 1 - self.sweep.first if r.any() else 0 for r in rising]
        return {
            "kind": self.node.kind, "node": self.node.name, "product": product, "tts": tts,
            "survives_longest": bool(self.met(self.sweep.longest)[k]), "ttr": ttr,
            "exposed": ttr > tts and not bool(self.met(ttr)[k]), "units_short": units,
            "share_short": units / max(1.0, float(self.demand[:, k].mean())), "back_after": max(back),
            "cut_off": cut_off, "more_days": max(0, ttr - tts),
        } | {
            f"short_{days}": float(np.maximum(0, self.extra(days)[:, -1, k]).mean()) for days in self.sweep.durations
        }  # fmt: skip


def horizon_of(sweep: Sweep) -> int:
    """Days that a run needs for a sweep: the longest knock-out, and as long again for what follows it."""
    return sweep.first + 2 * max([sweep.longest, sweep.usual, *sweep.recover.values(), *sweep.durations])
