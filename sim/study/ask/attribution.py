"""Units short by cause: what each disruption adds, and what each reserve takes away, on the same draws.

A *player* is a set of parts of the scenario that come and go together. With value v(S) of a measure where only the
players in S are there, the Shapley value of player i is the mean, over all orders in which players could come, of what
v changes by as i comes (Shapley 1953). The values add up to v(all) - v(none), in every replication and group. Up to
`EXACT` players every subset is run; above, orders are drawn, and the mean is taken over those.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from sim.engine.plan import Plan
from sim.policies.triggers.chosen import Chosen
from sim.study.design.measures import Measure
from sim.study.infer.intervals import interval
from sim.study.run.bench import Bench, Subject, labelled
from sim.study.run.left_out import DECISION, RESERVE, parts_of

EXACT = 8
"""Most players for which all 2^k subsets are run."""
ORDERS = 24
"""Orders drawn above that, in pairs of an order and its reverse."""

Players = dict[str, tuple[str, ...]]
Subset = frozenset[str]
Worth = Mapping[Subset, np.ndarray]
"""Subset -> values of a measure over replications, where only the players of the subset are there."""


def players_of(plan: Plan, by: str = "cause", reserves: bool = False) -> Players:
    """Player -> the parts it stands for: each disruption by itself (`cause`), or those of one kind together (`kind`).

    A hazard counts as one cause, under its name. Disruptions of one name come and go together. A decision that waits to
    be chosen, and that nobody chooses, is none: it would add nothing, and double the subsets.
    """
    players: dict[str, list[str]] = {}
    idle = {DECISION + one.name for one in plan.decisions if isinstance(one.when, Chosen) and not one.chosen_on}
    kinds = {impact.cause: impact.kind for impact in plan.impacts}
    for part in parts_of(plan):
        if part in idle or (part.startswith(RESERVE) and not reserves):
            continue
        players.setdefault(kinds.get(part, part) if by == "kind" else part, []).append(part)
    return {name: tuple(parts) for name, parts in players.items()}


@dataclass(frozen=True)
class Attribution:
    """`table` has one row per measure, breakdown, group and player.

    shapley: mean over replications, with the interval `low` … `high` (over replications; with drawn orders over
    those, which `method` says); leave_one_out: the measure in full minus that without the player; alone: that with
    this player only minus that with none. `total` is v(all), `baseline` is v(none), means over replications.
    """

    players: Players
    table: pd.DataFrame = field(repr=False)
    method: str
    replications: int


def attribute(
    subject: Subject, measures: Sequence[Measure], players: Players, bench: Bench, confidence: float = 0.95
) -> Attribution:
    """Share the measures out over the players; raises ValueError where there is no player."""
    if not players:
        raise ValueError("nothing to attribute to: the scenario has no disruption")
    names = tuple(players)
    exact = len(names) <= EXACT
    orders = [] if exact else list(_orders(names, subject.plan.seed))
    subsets = _all_subsets(names) if exact else _needed(names, orders)
    values = _run(subject, measures, players, subsets, bench)
    found = []
    for labels, worth in _by_group(values, subsets):
        shapley = _exact(names, worth) if exact else _sampled(names, worth, orders)
        everyone, nobody = worth[frozenset(names)], worth[frozenset()]
        for name in names:
            i = interval(shapley[name], confidence, bca=False)
            rest = worth[frozenset(names) - {name}]
            found.append(
                dict(zip(("measure", "breakdown", "group"), labels, strict=True))
                | {"cause": name, "shapley": i.mean, "low": i.low, "high": i.high}
                | {"leave_one_out": float((everyone - rest).mean())}
                | {"alone": float((worth[frozenset({name})] - nobody).mean())}
                | {"total": float(everyone.mean()), "baseline": float(nobody.mean())}
            )
    method = "all subsets" if exact else f"{len(orders)} orders drawn"
    return Attribution(players, pd.DataFrame(found), method, bench.replications)


def _run(
    subject: Subject, measures: Sequence[Measure], players: Players, subsets: Sequence[Subset], bench: Bench
) -> pd.DataFrame:
    """One row per subset (its number is the `variant`), replication, measure and group."""
    case = subject.case(measures)
    left_out = [[part for name, parts in players.items() if name not in s for part in parts] for s in subsets]
    return bench.rows(labelled(case, ((str(k), names) for k, names in enumerate(left_out))))


def _by_group(rows: pd.DataFrame, subsets: Sequence[Subset]) -> Iterator[tuple[tuple[str, ...], Worth]]:
    """(measure, breakdown, group) -> subset -> values over replications; a group with undefined values is left out."""
    for labels, part in rows.groupby(["measure", "breakdown", "group"], sort=False):
        table = part.pivot(index="variant", columns="replication", values="value")
        values = table.loc[[str(k) for k in range(len(subsets))]].to_numpy(dtype=float)
        if not np.isnan(values).any():
            assert isinstance(labels, tuple)
            yield tuple(map(str, labels)), dict(zip(subsets, values, strict=True))


def _all_subsets(names: Sequence[str]) -> list[Subset]:
    return [frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]


def _exact(names: Sequence[str], worth: Worth) -> dict[str, np.ndarray]:
    """Shapley values over replications, from all subsets; weight |S|! (k - |S| - 1)! / k! of S without the player."""
    k = len(names)
    weights = [math.factorial(size) * math.factorial(k - size - 1) for size in range(k)]
    return {
        name: sum(
            (weights[len(s)] * (worth[s | {name}] - worth[s]) for s in worth if name not in s),
            np.zeros(len(worth[frozenset()])),
        ) / math.factorial(k)
        for name in names
    }  # fmt: skip


def _orders(names: Sequence[str], seed: int) -> Iterator[tuple[str, ...]]:
    """Orders of the players, each followed by its reverse, which evens out much of the chance of drawing."""
    generator = np.random.default_rng([seed, len(names)])
    for _ in range(ORDERS // 2):
        order = tuple(names[position] for position in generator.permutation(len(names)))
        yield order
        yield order[::-1]


def _needed(names: Sequence[str], orders: Sequence[tuple[str, ...]]) -> list[Subset]:
    """Subsets that the orders pass through, those that lack one player, and those of one player."""
    wanted = [frozenset(order[:size]) for order in orders for size in range(len(names) + 1)]
    wanted += [frozenset(names) - {name} for name in names] + [frozenset({name}) for name in names]
    return list(dict.fromkeys(wanted))


def _sampled(names: Sequence[str], worth: Worth, orders: Sequence[tuple[str, ...]]) -> dict[str, np.ndarray]:
    """Player -> what it adds (mean over replications), one value for each pair of an order and its reverse."""
    added: dict[str, list[float]] = {name: [] for name in names}
    for order in orders:
        for size, name in enumerate(order):
            before = frozenset(order[:size])
            added[name].append(float((worth[before | {name}] - worth[before]).mean()))
    return {name: np.array(values).reshape(-1, 2).mean(axis=1) for name, values in added.items()}
