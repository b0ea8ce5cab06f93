"""Stress sweep: every node out of work in turn, for how long is all demand met, and what if it takes longer to recover.

Time to survive TTS_n: longest time for which node n can be out while all demand is met; time to recover TTR_n: how long
n takes to work again; exposed where TTR_n > TTS_n (Simchi-Levi et al., doi 10.1287/inte.2015.0804). Both per node and
product. The scenario's own disruptions and hazards are left out, so that only the knock-out acts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sim.study.ask.knockouts import StressedNode, Use, knock_out
from sim.study.design.case import Case
from sim.study.run.bench import Bench, Subject
from sim.study.run.replicate import Failure


@dataclass(frozen=True)
class Sweep:
    """What is asked: knock-outs from day `first`, of at most `longest` days.

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

    def time_to_recover(self, node: StressedNode) -> int:
        """TTR in days, as given."""
        return self.recover.get(str(node), self.recover.get(node.name, self.usual))


Row = dict[str, object]


@dataclass(frozen=True)
class Register:
    """What a sweep found: `table` has one row per node and product it matters to, the worst first.

    kind, node, product; tts (days; `longest` and `survives_longest` where all demand is met even then), ttr, exposed;
    units_short with the node out for its TTR (mean over replications, beyond the twin's) and their share of demand;
    back_after: days from the start until demand is met as without the knock-out; short_D for each of the durations;
    cut_off: facilities that nothing else reaches; more_days = TTR - TTS where exposed.
    `failures` are replications that could not be run; nodes that need them are left out of the table.
    """

    table: pd.DataFrame = field(repr=False)
    failures: tuple[Failure, ...] = ()


def sweep_nodes(subject: Subject, nodes: Sequence[StressedNode], sweep: Sweep, bench: Bench) -> Register:
    """The risk register of a scenario.

    Every node with every length is a case of its own, run and kept as those of a study are. Lengths are tried in
    rounds, of all nodes together, each halving what is left open. Raises ValueError where the run is too short for the
    sweep.
    """
    horizon = subject.plan.network.calendar.days
    longest = max([sweep.longest, *map(sweep.time_to_recover, nodes), *sweep.durations])
    if sweep.first + longest > horizon:
        raise ValueError(f"a knock-out of {longest} days from day {sweep.first} does not fit into {horizon} days")
    bench = bench.stages(3 + math.ceil(math.log2(max(2, sweep.longest))))
    runs = _Runs(subject, sweep, bench)
    probes = [_Probe(node, sweep, runs) for node in nodes] if runs.ready else []
    while wanted := [(probe.node, days) for probe in probes for days in probe.wanted()]:
        runs.run(wanted)
    table = pd.DataFrame([row for probe in probes for row in probe.rows()])
    if not table.empty:
        keys = ["exposed", "units_short", "tts"]
        table = table.sort_values(keys, ascending=[False, False, True], kind="stable", ignore_index=True)
    return Register(table, tuple(sorted(runs.failures)))


@dataclass(frozen=True)
class _Effect:
    """A node out for some days, against the twin: `met` (products), whether all demand of a product is met;
    `short` (replications, products), units short in the end; `back` (products), days until all is as without it."""

    met: np.ndarray
    short: np.ndarray
    back: np.ndarray


class _Runs:
    """Runs of the calm scenario with one node out, and what each did."""

    def __init__(self, subject: Subject, sweep: Sweep, bench: Bench) -> None:
        self.network, self._sweep, self._bench = subject.plan.network, sweep, bench
        calm = replace(subject, plan=replace(subject.plan, impacts=(), hazards=()))
        self._case = replace(calm.case([], "nothing out"), daily=True)
        self.effects: dict[tuple[StressedNode, int], _Effect | None] = {}
        self.failures: set[Failure] = set(bench.attempt([self._case]))
        self.ready = not self.failures
        self.products: list[str] = []
        if self.ready:
            twin = self._days(self._case)
            self.products = sorted(twin["product"].unique())
            self._twin, self.demand = self._daily(twin, "unmet"), self._daily(twin, "demand").sum(axis=1)

    def run(self, wanted: Sequence[tuple[StressedNode, int]]) -> None:
        """Run nodes out for days; what cannot be run is None among the effects."""
        cases = {}
        for node, days in wanted:
            impact = knock_out(node, self.network, self._sweep.first, days)
            labels = (*self._case.labels[:2], f"{node} out for {days} days")
            cases[node, days] = replace(self._case, labels=labels, added=(impact,))
        failures = self._bench.attempt(list(cases.values()))
        self.failures.update(failures)
        failed = {failure.variant for failure in failures}
        for key, case in cases.items():
            self.effects[key] = None if case.labels[2] in failed else self._effect(case)

    def _days(self, case: Case) -> pd.DataFrame:
        found: pd.DataFrame = self._bench.store.read(case, self._bench.replications, "daily").to_pandas()
        return found

    def _daily(self, days: pd.DataFrame, name: str) -> np.ndarray:
        """Daily totals; shape (replications, counted days, products)."""
        table = days.pivot(index=["replication", "day"], columns="product", values=name)[self.products]
        return table.to_numpy(dtype=np.int64).reshape(self._bench.replications, -1, len(self.products))

    def _effect(self, case: Case) -> _Effect:
        extra = np.cumsum(self._daily(self._days(case), "unmet") - self._twin, axis=1)
        met = (extra.max(axis=1) <= self._sweep.allow * self.demand).all(axis=0)
        # on which days it got worse in any replication: (days, products)
        rising = np.asarray((np.diff(extra, axis=1, prepend=0) > 0).any(axis=0))
        last = len(rising) - np.argmax(rising[::-1], axis=0) - self._sweep.first
        return _Effect(met, np.maximum(0, extra[:, -1]), np.where(rising.any(axis=0), last, 0))


class _Probe:
    """The search for one node's times to survive, which asks for the lengths it wants to know of next."""

    def __init__(self, node: StressedNode, sweep: Sweep, runs: _Runs) -> None:
        self.node, self._sweep, self._runs = node, sweep, runs
        self._end = max(sweep.longest, sweep.time_to_recover(node))

    def wanted(self) -> list[int]:
        """Lengths to try next; none where all is known, or where something failed."""
        if self._failed:
            return []
        if self._unknown(self._end):
            return [self._end]
        days = [] if self._harmless else [*self._sweep.durations, self._sweep.time_to_recover(self.node)]
        days += [] if self._harmless else [d for k in range(len(self._runs.products)) for d in self._middle(k)]
        return [d for d in dict.fromkeys(days) if self._unknown(d)]

    def _unknown(self, days: int) -> bool:
        return (self.node, days) not in self._runs.effects

    @property
    def _failed(self) -> bool:
        return any(node == self.node and effect is None for (node, _), effect in self._runs.effects.items())

    @property
    def _harmless(self) -> bool:
        """Whether all demand is met with the node out for longest; then it is for all shorter lengths too."""
        return bool(self._effect(self._end).met.all())

    def _effect(self, days: int) -> _Effect:
        found = self._runs.effects[self.node, days]
        assert found is not None
        return found

    def _bounds(self, product: int) -> tuple[int, int]:
        """(longest length known to be survived, shortest known not to be); the longest twice where it is survived.

        A longer knock-out is taken to be no milder.
        """
        longest = self._sweep.longest
        known = {
            d: e.met[product] for (node, d), e in self._runs.effects.items() if node == self.node and e is not None
        }
        missed = min([d for d, met in known.items() if not met], default=longest + 1)
        held = max([d for d, met in known.items() if met and d < missed], default=0)
        return (longest, longest) if held >= longest else (held, min(missed, longest + 1))

    def _middle(self, product: int) -> list[int]:
        low, high = self._bounds(product)
        if high > self._sweep.longest and low < self._sweep.longest:
            return [self._sweep.longest]
        return [(low + high) // 2] if high - low > 1 else []

    def rows(self) -> list[Row]:
        """The node's rows, none where a run of it failed."""
        if self._failed:
            return []
        network, cells = self._runs.network, Use(self._runs.network).cut_off(self.node)
        names = network.products["name"].to_numpy()[network.cell_product[cells]]
        return [self._row(k, product, int((names == product).sum())) for k, product in enumerate(self._runs.products)]

    def _at(self, days: int) -> _Effect:
        return self._effect(self._end if self._harmless else days)

    def _row(self, k: int, product: str, cut_off: int) -> Row:
        sweep, ttr = self._sweep, self._sweep.time_to_recover(self.node)
        tts, end = self._bounds(k)[0], self._at(ttr)
        units = float(end.short[:, k].mean())
        return {
            "kind": self.node.kind, "node": self.node.name, "product": product, "tts": tts,
            "survives_longest": tts == sweep.longest, "ttr": ttr, "exposed": ttr > tts and not bool(end.met[k]),
            "units_short": units, "share_short": units / max(1.0, float(self._runs.demand[:, k].mean())),
            "back_after": int(end.back[k]), "cut_off": cut_off, "more_days": max(0, ttr - tts),
        } | {f"short_{days}": float(self._at(days).short[:, k].mean()) for days in sweep.durations}  # fmt: skip


def horizon_of(sweep: Sweep) -> int:
    """Days that a run needs for a sweep: the longest knock-out, and as long again for what follows it."""
    return sweep.first + 2 * max([sweep.longest, sweep.usual, *sweep.recover.values(), *sweep.durations])
