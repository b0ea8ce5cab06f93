"""Everything a run needs, resolved to arrays: the compiled scenario. Shipped to workers once and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.bound.alarms import BoundAlarm
from sim.engine.bound.claims import BoundClaims
from sim.engine.bound.decisions import BoundActs, BoundDecision
from sim.engine.bound.in_force import BoundRationing, BoundRule, Bounds, BoundSharing, ReserveChange, missing
from sim.engine.bound.information import InformationPlan
from sim.engine.bound.looking_back import LookingBack
from sim.engine.bound.published import Published
from sim.engine.bound.sourcing import Sourcing
from sim.engine.bound.start import Opening, Start
from sim.engine.bound.transfers import BoundTransfers
from sim.engine.bound.trust import BoundTrust
from sim.model.chance.distributions import Times
from sim.model.effects import Impact
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.need.demand import DemandKind
from sim.model.network import Network

if TYPE_CHECKING:  # a plan brings those it has with it; a process that simulates it needs no others
    from sim.hazards.bound import BoundHazard
    from sim.policies.buying_ahead import Buyers, Families
    from sim.policies.reserves.reserve import Release, Reserve
    from sim.policies.triggers.base import Trigger
    from sim.policies.use_levels import WearsOff


@dataclass(frozen=True)
class DemandEntry:
    """What the rows of one entry share: distribution, season, first and last day, recorded units.

    `rhythm` are multiples of the mean on days 0, 1, ... of a period that comes again and again, with a mean of 1, empty
    where all days are alike; `holidays` are days with the share of their demand that comes.
    """

    kind: DemandKind
    amplitude: float
    peak: int
    first: float
    over: float
    recorded: tuple[np.ndarray, np.ndarray, np.ndarray] | None
    rhythm: tuple[float, ...] = ()
    holidays: tuple[tuple[float, float], ...] = ()

    @property
    def even(self) -> bool:
        """Whether the mean is the same on all days from the first to the last."""
        return not (self.amplitude or self.rhythm or self.holidays)


@dataclass(frozen=True)
class DemandPlan:
    """Demand over demand cells (ascending): cell, its site, entry, mean a day (of units, or of doses of a unit of
    several), whether it waits, for how long."""

    cell: np.ndarray
    site: np.ndarray
    entry: np.ndarray
    mean: np.ndarray
    backorder: np.ndarray
    patience: np.ndarray
    entries: tuple[DemandEntry, ...]
    names: tuple[str, ...]

    @cached_property
    def recorded(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(day, demand cell, units) of demand that was recorded, not drawn, in order of day."""
        nothing = np.zeros(0, dtype=np.int64)
        found = [(nothing, nothing, nothing)]
        for entry, e in enumerate(self.entries):
            mine = (self.entry == entry).nonzero()[0]  # one cell a site, since an entry has one product
            if e.recorded is not None and mine.size:
                days, where, units = e.recorded
                at = np.full(max(int(where.max(initial=0)), int(self.site.max(initial=0))) + 1, -1)
                at[self.site[mine]] = mine
                known = at[where] >= 0
                found.append((days[known], at[where[known]], units[known]))
        day, cell, units = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.argsort(day, kind="stable")
        return day[order], cell[order], units[order]


@dataclass(frozen=True)
class VialPlan:
    """Demand for units of several doses; arrays over these demand cells.

    `row` are their positions in the demand plan, `cell` the cells, `doses` those of one unit, `days` the days on which
    an open one can be used, that of opening included.
    """

    row: np.ndarray
    cell: np.ndarray
    doses: np.ndarray
    days: np.ndarray


@dataclass(frozen=True)
class ReservePlan:
    """A reserve over its holder cells: `size` units at each, and which flows may draw on them.

    `flow` are the flows from holder cells towards members, `flow_holder` the position of their holder, `flow_serves`
    the positions of the member cells that each of them serves. `member` says to which member a member cell belongs.
    `own` are (holder, member cell) positions where a member holds the reserve itself; shape (n, 2). `life_left` are
    days of use left of the stock at the start, over holders. `weight` is how much each member's use counts in the size.
    `changes` are later settings, in turn; `claims` tell whose it is, None where it is not claimed by party. `part_of`
    names the reserve of a pool that this is a part of, where that is taken apart; empty where it is whole.
    """

    name: str
    spec: Reserve
    holder: np.ndarray
    size: np.ndarray
    members: np.ndarray
    member: np.ndarray
    flow: np.ndarray
    flow_holder: np.ndarray
    flow_serves: tuple[np.ndarray, ...]
    own: np.ndarray
    life_left: np.ndarray
    weight: np.ndarray
    changes: tuple[ReserveChange, ...] = ()
    claims: BoundClaims | None = None
    part_of: str = ""

    @property
    def written_as(self) -> str:
        """Its name in the scenario."""
        return self.part_of or self.name

    @property
    def releases(self) -> list[Release]:
        """Its first settings of release, and later ones."""
        return [self.spec.release, *(change.release for change in self.changes if change.release is not None)]

    def opening(self, day: int) -> np.ndarray:
        """Units at each holder on the first day: what parties are still to bring is not there."""
        lacks = missing(self.changes, day)
        return np.floor((1 - lacks) * self.size + 1e-9).astype(np.int64) if lacks else self.size

    @property
    def may_be_refilled(self) -> bool:
        """Whether it is refilled under its first settings or later ones."""
        return self.spec.refill is not None or any(change.refill is not None for change in self.changes)


@dataclass(frozen=True)
class LotPlan:
    """How goods are kept by lot, over cells.

    tracked: whether they are; life: days of use from the day of making; issue: 0 first expired, 1 first in, 2 last in;
    minimum: days of use that must be left on receipt; span: days of production that share a lot; maker: the supplier's
    cell that counts as having made what is there at the start; opening_life: days of use left of that.
    """

    tracked: np.ndarray
    life: np.ndarray
    issue: np.ndarray
    minimum: np.ndarray
    span: np.ndarray
    maker: np.ndarray
    opening_life: np.ndarray

    def life_at(self, cells: np.ndarray, age: np.ndarray) -> np.ndarray:
        """Days of use left of goods of some cells at an age in days."""
        life = self.life[cells]
        return np.where(life < NEVER_EXPIRES, life - age, NEVER_EXPIRES)


@dataclass(frozen=True)
class Rooms:
    """Storage with a limit.

    `capacity` in handling units over rooms; `room` and `cell` are pairs: which cells keep their goods in which room;
    `size` is the handling units of one unit, over cells.
    """

    names: tuple[str, ...]
    capacity: np.ndarray
    room: np.ndarray
    cell: np.ndarray
    size: np.ndarray

    def load(self, units: np.ndarray) -> np.ndarray:
        """Handling units that units over cells take in each room."""
        return np.bincount(self.room, (units * self.size)[self.cell], len(self.names))

    def cut(self, wanted: np.ndarray, present: np.ndarray) -> np.ndarray:
        """What may be added to `present` of `wanted`, units over cells: the same share of all that go into a room."""
        load = self.load(wanted)
        free = np.maximum(0.0, self.capacity - self.load(present))
        share = np.where(load > free, free / np.maximum(load, 1e-300), 1.0)
        least = np.ones(len(wanted))
        np.minimum.at(least, self.cell, share[self.room])
        return np.floor(wanted * least + 1e-9).astype(np.int64)


@dataclass(frozen=True)
class SubstituteStep:
    """Pairs of demand cells (positions in the demand plan) of which none is named twice: what lacks of `wanted` may be
    served from `other`, `ratio` units for one, to the `share` of patients who accept it; `row` is the line of
    `Behaviour.substitute_rows` that it is counted in. Of those who move the share `stays` stays there, for `stays_for`
    days; they come `every` so many days, and ask for `asked` of the other for one of theirs (in doses where a unit has
    several, else in units). `needs_leave` marks pairs that need leave, None where none does."""

    wanted: np.ndarray
    other: np.ndarray
    ratio: np.ndarray
    share: np.ndarray
    row: np.ndarray
    stays: np.ndarray
    stays_for: np.ndarray
    every: np.ndarray
    asked: np.ndarray
    needs_leave: np.ndarray | None = None


@dataclass(frozen=True)
class BoundAhead:
    """Who buys ahead when a condition begins to be met; `member` says to whom each of the `cells` belongs.

    Families are at the demand cells `row`, whose places among the cells are `place`.
    """

    cells: np.ndarray
    member: np.ndarray
    when: Trigger
    row: np.ndarray
    place: np.ndarray
    families: Families | None
    buyers: Buyers | None

    @property
    def gain(self) -> float:
        """What families ask for on top, as a share."""
        return 0.0 if self.families is None else self.families.times - 1

    @property
    def days(self) -> int:
        """Days on which they do so."""
        return 0 if self.families is None else self.families.for_

    @property
    def order_gain(self) -> float:
        """By how much sites raise the level they order up to, as a share."""
        return 0.0 if self.buyers is None else self.buyers.times - 1

    @property
    def order_days(self) -> int:
        """Days for which they do so."""
        return 0 if self.buyers is None else self.buyers.for_


@dataclass(frozen=True)
class BoundUseLevels:
    """When some demand cells use less; arrays over (level, 1), the mildest level first, or (level, cells).

    `row` are the cells' positions in the demand plan. A level holds from days of cover under `below`, or while `when`
    is met of those whom the cells belong to (`member`), until cover is at least `until`; it begins once it has held for
    `after` days, grows over `ramp` days and wears off as `wears_off` says. `saves` (level, cells) is the share of
    demand withheld at its full, of which `returns` (level, cells) is to come back within `within` days of ordinary use.
    `group` over the cells tells those whose cover is taken together, `usual` is their usual demand a day, `mean` each
    cell's; `present_over` are the days of present use that cover is counted in, None: in usual use.
    """

    names: tuple[str, ...]
    row: np.ndarray
    cells: np.ndarray
    when: tuple[Trigger | None, ...]
    member: np.ndarray
    below: np.ndarray
    until: np.ndarray
    after: np.ndarray
    ramp: np.ndarray
    wears_off: tuple[WearsOff | None, ...]
    saves: np.ndarray
    returns: np.ndarray
    within: int
    group: np.ndarray
    usual: np.ndarray
    present_over: int | None
    mean: np.ndarray


@dataclass(frozen=True)
class Hoarders:
    """Buyers' cells that order more as less of their orders is filled; arrays over those cells.

    `below` is the share filled under which they begin, `gain` how much is added at most to the level they order up to,
    as a share of it; `memory` in days. `seen` says whose orders they look at, None: all of them at their own. Its
    columns are (position of the hoarder, pool) pairs and (pool, flow) pairs: a pool's orders are those of its flows.
    """

    cells: np.ndarray
    below: np.ndarray
    gain: np.ndarray
    memory: np.ndarray
    seen: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None = None


@dataclass(frozen=True)
class Behaviour:
    """What people do about scarcity. `substitute_rows` are (wanted, other, region) names; `rationing` is in turn."""

    substitutes: tuple[SubstituteStep, ...] = ()
    substitute_rows: tuple[tuple[str, str, str], ...] = ()
    use: tuple[BoundUseLevels, ...] = ()
    hoarders: Hoarders | None = None
    ahead: tuple[BoundAhead, ...] = ()
    rationing: tuple[BoundRationing, ...] = ()

    @property
    def families_buy_ahead(self) -> bool:
        """Whether any patients may ask for more than they need."""
        return any(ahead.gain > 0 for ahead in self.ahead)

    @property
    def any_stay(self) -> bool:
        """Whether any patients stay with another product once they have moved to it."""
        return any(step.stays.any() for step in self.substitutes)


@dataclass(frozen=True)
class MoreMade:
    """What makers add to their capacity on a condition; arrays over the entries, in order of cell.

    An entry adds up to `gain` units a day at `cell`, from `after` days from the condition on, over `ramp` days in a
    straight line, until it has not been met for `stand_down` days or day `over`. What is made beyond the usual capacity
    costs `cost` a unit more; of entries at one cell the cheapest comes first. Where a line is moved over, `loser` is
    the cell that makes `for_one` units less for each that is gained, else -1. `looks` are the distinct conditions: of
    each the trigger, the cells that it looks at, and for which entry it looks at each of them.
    """

    cell: np.ndarray
    gain: np.ndarray
    after: np.ndarray
    ramp: np.ndarray
    stand_down: np.ndarray
    over: np.ndarray
    cost: np.ndarray
    loser: np.ndarray
    for_one: np.ndarray
    looks: tuple[tuple[Trigger, np.ndarray, np.ndarray], ...]


@dataclass(frozen=True)
class Plan:
    """A compiled scenario.

    `replenishment` and `allocation` are in turn (see `in_force`); of those without a date the former hold for each cell
    that orders, the latter for every cell. `testing` holds the makers' cells whose output is tested before its release,
    each with the time that takes. `impacts` are the disruptions with dates, `hazards` those drawn in every replication.
    `usual_wait` are whole days, over cells, within which a maker nearly always has made what is ordered of it. `more`
    is what makers can add to their capacity, None where none can; `decisions` what parties may do;
    `vials` the demand for units of several doses, `transfers` who may give goods to whom, in turn; `information` who
    sees what, None where all see all; `alarms` what warns of shortages; `trust` None where nothing hangs on it;
    `published` the observed series that conditions read.
    """

    network: Network
    seed: int
    demand: DemandPlan
    replenishment: tuple[BoundRule, ...]
    allocation: tuple[BoundSharing, ...]
    finished_target: np.ndarray
    reserves: tuple[ReservePlan, ...]
    start: Start
    impacts: tuple[Impact, ...]
    lots: LotPlan
    testing: dict[int, Times]
    rooms: Rooms
    hazards: tuple[BoundHazard, ...]
    behaviour: Behaviour
    opening: Opening
    usual_wait: np.ndarray
    sourcing: Sourcing
    more: MoreMade | None = None
    decisions: tuple[BoundDecision, ...] = ()
    vials: VialPlan | None = None
    transfers: tuple[BoundTransfers, ...] = ()
    information: InformationPlan | None = None
    alarms: tuple[BoundAlarm, ...] = ()
    trust: BoundTrust | None = None
    published: Mapping[str, Published] = field(default_factory=dict)

    @property
    def made_for_reserves(self) -> bool:
        """Whether some reserve is refilled at a maker that keeps no stock to do it from."""
        return any(r.may_be_refilled and self._at_such_makers(r) for r in self.reserves)

    @property
    def held_at_makers(self) -> bool:
        """Whether some reserve is held, and might be refilled one day, at a maker that keeps no stock to do it from."""
        return any(map(self._at_such_makers, self.reserves))

    def _at_such_makers(self, reserve: ReservePlan) -> bool:
        return bool((self.network.making_wait[reserve.holder] > 0).any())

    @cached_property
    def bounds(self) -> Bounds:
        """The stock that policies plan."""
        return Bounds.of(self.replenishment, len(self.network.cell_site))

    @cached_property
    def looking_back(self) -> LookingBack:
        """How far back policies look, and how late what they see may be."""
        orders = self.sourcing, self.more, self.transfers
        policies = self.reserves, self.allocation, self.behaviour, *orders, self.decisions, self.alarms
        return LookingBack(self.replenishment, policies, self.information)

    @cached_property
    def shares_by_cover(self) -> bool:
        """Whether some source, or a reserve, shares by what those who ask have and use."""
        return LookingBack((), (self.allocation, self.reserves), None).by_cover

    def without_reserves(self) -> Plan:
        """The same plan with no reserve."""
        return self.with_reserves(())

    def without_decisions(self) -> Plan:
        """The same plan in which nobody decides anything."""
        return replace(self, decisions=())

    def without_answers(self) -> Plan:
        """The same plan in which nobody answers a shortage; what parties do to others they do all the same."""
        return replace(self, decisions=tuple(one for one in self.decisions if one.against_others))

    def with_reserves(self, reserves: tuple[ReservePlan, ...]) -> Plan:
        """The same plan with some of its reserves only; what is decided of others has nothing to act on."""
        names = {reserve.name for reserve in reserves}

        def acts(one: BoundActs) -> BoundActs:
            there = tuple(p for p in one.policies if not isinstance(p, ReserveChange) or p.reserve in names)
            return replace(one, policies=there)

        decisions = tuple(replace(one, acts=tuple(map(acts, one.acts))) for one in self.decisions)
        return replace(self, reserves=reserves, decisions=decisions)
