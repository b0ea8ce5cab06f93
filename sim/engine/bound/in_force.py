"""Policies bound to cells, each in force from a day on, until another takes its place there or its time is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from sim.engine.bound.information import BoundView

if TYPE_CHECKING:
    from sim.engine.plan import Plan
    from sim.policies.allocation.base import Allocation
    from sim.policies.allocation.sharing import Sharing
    from sim.policies.rationing import Rationing
    from sim.policies.replenishment.base import Rule
    from sim.policies.reserves.reserve import Refill, Release

ALWAYS = -(10**9)
"""The day from which a policy without a date is in force."""


class Dated(Protocol):
    """What is in force from a day on."""

    @property
    def since(self) -> int:
        """The first day on which it is in force."""

    @property
    def until(self) -> float:
        """The first day on which it is not any more: what was in force before is again."""

    @property
    def holds_over(self) -> bool:
        """Whether it holds over all that is not so, whichever began first."""


class OnCells(Dated, Protocol):
    """What is in force at some cells."""

    @property
    def cells(self) -> np.ndarray:
        """Where it is."""


@dataclass(frozen=True)
class BoundRule:
    """A replenishment rule for some cells, in force from day `since` on.

    It is reviewed every `review` days from day `first`, not between day `begins` and that. Stock that expires within
    `not_counting` days is left out of the position that a review sees. `planned` are the least and the most units that
    its cells are to have by plan, None where it plans none. `entry` is its place among the scenario's policies.
    """

    cells: np.ndarray
    rule: Rule
    review: int
    first: int
    begins: int = 0
    since: int = ALWAYS
    not_counting: int = 0
    planned: tuple[np.ndarray, np.ndarray] | None = None
    entry: int = 0
    until: float = np.inf
    holds_over: bool = False


@dataclass(frozen=True)
class BoundSharing:
    """An allocation rule for some source cells, in force from day `since` on."""

    cells: np.ndarray
    sharing: Sharing
    since: int = ALWAYS
    until: float = np.inf
    holds_over: bool = False

    @property
    def rule(self) -> Allocation:
        """The rule as it is written."""
        return self.sharing.rule


@dataclass(frozen=True)
class BoundRationing:
    """A way of dealing out what is scarce, for some source cells, in force from day `since` on.

    Over flows: `contract` is the share of usual orders under contract, `exempt` who is served before all else.
    """

    cells: np.ndarray
    spec: Rationing
    contract: np.ndarray
    exempt: np.ndarray
    since: int = ALWAYS
    until: float = np.inf
    holds_over: bool = False


@dataclass(frozen=True)
class ReserveChange:
    """Other settings of a reserve, in force from day `since` on; those that are None stay as they are.

    What is released `by_hand` leaves the reserve's own condition as it is. `size` is a multiple of its size. With
    `whose`, names of parties, its `release` is about their claims alone, which it `opens` or closes. `missing` is a
    share of the size that has not been brought.
    """

    reserve: str
    since: int
    release: Release | None = None
    refill: Refill | None = None
    size: float | None = None
    whose: tuple[str, ...] = ()
    opens: bool = False
    missing: float = 0.0
    until: float = np.inf
    holds_over: bool = False
    by_hand: bool = False


Policy = BoundRule | BoundSharing | BoundRationing | ReserveChange | BoundView
D = TypeVar("D", bound=Dated)


def moved(policy: Policy, by: int, until: float) -> Policy:
    """The same policy so many days later, in force until a day."""
    if isinstance(policy, BoundRule):
        return replace(policy, since=policy.since + by, begins=policy.begins + by, first=policy.first + by, until=until)
    return replace(policy, since=policy.since + by, until=until)


def in_turn(policies: Iterable[D]) -> tuple[D, ...]:
    """Policies by the day from which they are in force, those that hold over others behind these; those of one day in
    the order given."""
    return tuple(sorted(policies, key=lambda policy: (policy.holds_over, policy.since)))


def next_turn(policies: Iterable[Dated], day: int) -> float:
    """The first day after `day` on which a policy comes into force or ends; infinite where there is none."""
    return min((turn for policy in policies for turn in (policy.since, policy.until) if turn > day), default=np.inf)


def in_force(policies: Sequence[OnCells], day: int, cells: int) -> np.ndarray:
    """The position of the policy in force at each of so many cells on a day, -1 where none is; of policies in turn, of
    which the last holds."""
    found = np.full(cells, -1)
    for position, policy in enumerate(policies):
        if policy.since <= day < policy.until:
            found[policy.cells] = position
    return found


@dataclass(frozen=True)
class Bounds:
    """Planned minimum and maximum stock of every cell, in units; -1 where the policy in force plans none.

    `since` are the days from which each row of `low` and `high` holds; shapes (turns,) and (turns, cells).
    """

    since: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, rules: Sequence[BoundRule], cells: int) -> Bounds:
        """The bounds that replenishment rules, in turn, plan for so many cells."""
        ends = (int(rule.until) for rule in rules if np.isfinite(rule.until))
        since = sorted({ALWAYS, *(rule.since for rule in rules), *ends})
        low = np.full((len(since), cells), -1, dtype=np.int64)
        high = low.copy()
        for row, day in enumerate(since):
            for rule in rules:
                if rule.since <= day < rule.until:
                    low[row, rule.cells], high[row, rule.cells] = (-1, -1) if rule.planned is None else rule.planned
        return cls(np.array(since), low, high)

    @property
    def any(self) -> bool:
        """Whether any cell has bounds on any day."""
        return bool((self.high >= 0).any())

    def on(self, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Minimum and maximum on each of some days, shape (days, cells); (1, cells) where they never change."""
        if len(self.since) == 1:
            return self.low, self.high
        row = np.searchsorted(self.since, days, side="right") - 1
        return self.low[row], self.high[row]

    def planned(self, days: int) -> np.ndarray:
        """On how many of the first so many days (from day 0) each cell has bounds; shape (cells,)."""
        edges = np.clip(np.append(self.since, days), 0, days)
        return np.asarray(np.diff(edges) @ (self.high >= 0))


def settled(
    release: Release, refill: Refill | None, changes: Iterable[ReserveChange], day: int
) -> tuple[Release, Refill | None, float]:
    """A reserve's settings, and the multiple of its size, on a day, from those at first and their changes in turn."""
    size = 1.0
    for change in changes:
        if change.since <= day < change.until and not change.whose:
            release = change.release or release
            refill = change.refill or refill
            size = size if change.size is None else change.size
    return release, refill, size


def missing(changes: Iterable[ReserveChange], day: float) -> float:
    """The share of a reserve's size that has not been brought by a day."""
    return min(1.0, sum(change.missing for change in changes if change.since <= day < change.until))


def added(plan: Plan, policies: Sequence[Policy], day: int) -> Plan:
    """A plan with more policies, none of them in force before `day`.

    Raises ValueError for one that would be, for two that are in force at one place from the same day on, and for a
    reserve that the plan has not.
    """
    early = [policy.since for policy in policies if policy.since < day]
    if early:
        raise ValueError(f"a policy would be in force from day {min(early)} on, before the present one ({day})")
    more = together(plan, policies)
    for reserve in more.reserves:
        whole = [change.since for change in reserve.changes if not change.whose and not change.missing]
        if len(set(whole)) < len(whole):
            raise ValueError(f"two changes of reserve '{reserve.name}' are from the same day")
    _refuse_two_at_once(plan, "replenishment policies", more.replenishment)
    _refuse_two_at_once(plan, "allocation rules", more.allocation)
    _refuse_two_at_once(plan, "rationing rules", more.behaviour.rationing)
    return more


def together(plan: Plan, policies: Sequence[Policy]) -> Plan:
    """A plan with more policies, the last of those of one day in force; raises ValueError for an unknown reserve."""
    rules = in_turn([*plan.replenishment, *(p for p in policies if isinstance(p, BoundRule))])
    sharing = in_turn([*plan.allocation, *(p for p in policies if isinstance(p, BoundSharing))])
    dealing = in_turn([*plan.behaviour.rationing, *(p for p in policies if isinstance(p, BoundRationing))])
    changes = {reserve.name: list(reserve.changes) for reserve in plan.reserves}
    for change in policies:
        if isinstance(change, ReserveChange):
            if change.reserve not in changes:
                raise ValueError(f"there is no reserve '{change.reserve}'; expected one of {sorted(changes)}")
            changes[change.reserve].append(change)
    reserves = tuple(replace(reserve, changes=in_turn(changes[reserve.name])) for reserve in plan.reserves)
    behaviour = replace(plan.behaviour, rationing=dealing)
    information = plan.information
    if information is not None:
        views = in_turn([*information.views, *(p for p in policies if isinstance(p, BoundView))])
        information = replace(information, views=views)
    return replace(
        plan, replenishment=rules, allocation=sharing, reserves=reserves, behaviour=behaviour, information=information
    )


def _refuse_two_at_once(plan: Plan, what: str, policies: Sequence[OnCells]) -> None:
    """Raise ValueError where two with a date are in force at one cell from the same day on."""
    for since in {policy.since for policy in policies if policy.since > ALWAYS}:
        cells = np.concatenate([policy.cells for policy in policies if policy.since == since])
        found, times = np.unique(cells, return_counts=True)
        if (times > 1).any():
            network, cell = plan.network, found[times > 1][:1]
            site, product = network.site_names(network.cell_site[cell])[0], network.cell_product[cell[0]]
            good = network.products["name"].iat[product]
            raise ValueError(f"two {what} for '{good}' at '{site}' are from the same day ({since})")
