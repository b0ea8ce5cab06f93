"""Review and ordering, from the facilities upward: phase 5 of the day."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.bound.in_force import ALWAYS, BoundRule, in_force, next_turn
from sim.engine.deciding.buying_ahead import BuyersAhead
from sim.engine.deciding.hoarding import SeenScarcity
from sim.engine.deciding.order_shares import OrderShares
from sim.engine.deciding.rerouting import Rerouting
from sim.engine.deciding.urgent import UrgentOrders
from sim.engine.knowing.below import Below
from sim.engine.knowing.reports import Reports
from sim.engine.plan import Plan
from sim.engine.spans import in_place
from sim.engine.state.ledger import NO_UNITS
from sim.engine.state.state import State
from sim.model.effects import Quantities
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.network import Network
from sim.model.part import Part
from sim.policies.forecasting.base import At
from sim.policies.replenishment.base import Rule
from sim.policies.replenishment.forecast_errors import ForecastErrors, errors_of
from sim.policies.replenishment.learning import Learning
from sim.policies.replenishment.seen import Figure, History, Memory, View

ALL = slice(None)
NOBODY = np.zeros(0, dtype=np.int64)
NOTHING = -1e12
"""As a share of an order: so far from any unit that rounding gives it none."""


class _Part(NamedTuple):
    """A rule at the cells of one level at which it is in force: `part` are their positions among its cells.

    `lead_time` are its cells' mean days, `only` the flows on which they order, None where some have several sources.
    """

    number: int
    rule: BoundRule
    cells: np.ndarray | slice
    part: np.ndarray
    lead_time: np.ndarray
    only: np.ndarray | None
    has_emergency: bool
    window: int
    looks_at: frozenset[Figure]

    @property
    def at(self) -> At:
        """Its cells among those of the rule."""
        return self.part if len(self.part) < len(self.rule.cells) else ALL


class Ordering(Part):
    """Asks every policy what it orders and books the orders at the sources.

    A rule is always asked for all of its cells; what it says counts where it is in force.
    """

    CHANGES = ("_extra", "_settled", "_next_turn")
    VIEWS = ("_parts",)

    def __init__(
        self,
        plan: Plan,
        state: State,
        quantities: Quantities,
        reports: Reports,
        journal: Journal,
        shares: OrderShares,
        hoarding: SeenScarcity | None = None,
        rerouting: Rerouting | None = None,
        ahead: BuyersAhead | None = None,
    ) -> None:
        self._reports, self._rerouting, self._shares = reports, rerouting, shares
        self._below = Below(plan, state, reports)
        self._raise = [raised for raised in (hoarding, ahead) if raised is not None]
        self._urgent = UrgentOrders(plan, quantities, reports) if plan.sourcing.urgent else None
        self._network, self._state, self._quantities, self._journal = plan.network, state, quantities, journal
        self._may_hoard = bool(self._raise) or quantities.touched("cell.order_factor")
        self._by_lot = state.lots is not None
        self._may_order_extra = quantities.touched("flow.extra_orders")
        self._lead_time = plan.network.cell_lead_time
        self._memories = state.memories
        self._sources = Sources(plan.network, shares)
        self._settled, self._rules = ALWAYS, plan.replenishment[:0]
        self.expect_policies(plan)
        self._rooms = plan.rooms
        self._extra = np.zeros(len(plan.network.flow_buyer))

    def expect_policies(self, plan: Plan) -> None:
        """From now on these are the run's policies; those in force are as they were."""
        known = {(id(b.rule), b.since): memory for b, memory in zip(self._rules, self._memories.of, strict=True)}
        self._rules = plan.replenishment
        self._memories.of = [
            known[key] if (key := (id(b.rule), b.since)) in known else _first_memory(b.rule) for b in self._rules
        ]
        self._settle(self._settled)

    def forecast_errors(self) -> ForecastErrors | None:
        """How far the forecasts of all policies were off together, over all cells; None where none forecasts."""
        told = [(b.cells, e) for b, m in zip(self._rules, self._memories.of, strict=True) if (e := errors_of(m))]
        if not told:
            return None
        found = np.zeros((len(ForecastErrors._fields), len(self._network.cell_site)))
        for cells, errors in told:
            at = in_place(cells)
            for figure, mine in zip(found, errors, strict=True):
                figure[at] += mine
        return ForecastErrors(*found)

    def _settle(self, day: int) -> None:
        """Go by the policies that are in force on a day, until others are."""
        self._settled, self._next_turn = day, next_turn(self._rules, day)
        self.rejoin()

    def rejoin(self) -> None:
        level = self._network.cell_level
        number = in_force(self._rules, self._settled, len(level))
        self._parts = [
            self._part(position, rule, part)
            for k in range(int(level.max(initial=0)) + 1)
            for position, rule in enumerate(self._rules)
            if (part := np.flatnonzero((level[rule.cells] == k) & (number[rule.cells] == position))).size
        ]

    def _part(self, number: int, rule: BoundRule, part: np.ndarray) -> _Part:
        cells = in_place(rule.cells)
        return _Part(
            number, rule, cells, part, self._lead_time[cells], self._sources.only(rule.cells), *_asks(rule.rule)
        )

    def review(self, day: int) -> None:
        """All orders of a day; a level's orders are booked before the level above is reviewed."""
        if day >= self._next_turn:
            self._settle(day)
        if self._rerouting is not None:
            self._rerouting.open_day(day)
            self._cancel(day, *self._rerouting.given_up())
        elif self._shares.may_vary:
            self._shares.open_day(day)
        if self._urgent is not None:
            self._urgent.open_day(day)
        if self._may_order_extra:
            self._order_extra(day)
        may_fail, late = self._reports.may_fail, self._reports.orders_late
        if may_fail:
            self._book(day, *self._reports.overdue())
        for one in self._parts:
            rule, part = one.rule, one.part
            due = (day - rule.first) % rule.review == 0 and not rule.begins <= day < rule.first
            if not due and not one.has_emergency:
                continue
            if not due and not late and not rule.rule.is_urgent(self._state.on_hand[one.cells]):
                continue  # a site whose figures may freeze is looked at daily, so that its last figures are known
            units = self._wanted(one, due, day)
            if units is None:
                continue
            if self._rooms.names:
                units = self._fit(rule.cells, units)
            wants = (units > NO_UNITS).nonzero()[0] if len(part) == len(units) else part[units[part] > NO_UNITS]
            if self._state.orders is not None:
                wants = wants[self._state.orders[rule.cells[wants]]]
            if may_fail:
                wants = wants[self._reports.reviews(rule.cells[wants])]
            if wants.size:
                flow, share = one.only, units[wants]
                if flow is not None:
                    flow = flow[wants]
                else:
                    cut = self._rerouting if self._rerouting is not None and self._rerouting.on else None
                    flow, share = self._sources.split(rule.cells[wants], share, cut, self._urgent)
                self._book(day, *(self._reports.sent(flow, share) if may_fail else (flow, share)))
            if self._rerouting is not None and self._rerouting.on:
                self._ask_others(one, self._rerouting, due, day)

    def _ask_others(self, part: _Part, rerouting: Rerouting, due: bool, day: int) -> None:
        """What waits in vain fills a buyer's position; who sends something is asked for what would be ordered but for
        that."""
        rule, in_vain = part.rule, rerouting.in_vain()
        cells = rule.cells[part.part]
        cells = cells[(in_vain[cells] > 0) & self._reports.connected(cells)]
        if self._state.orders is not None:
            cells = cells[self._state.orders[cells]]
        if not cells.size:
            return
        asked = rule.rule.orders if due else rule.rule.emergency
        units, without = (asked(self._view(part, day, other)) for other in (None, in_vain))
        if units is None or without is None:
            return
        more = np.maximum(0, without - np.maximum(0, units))
        if self._rooms.names:
            more = self._fit(rule.cells, more)
        lacks = np.zeros(len(in_vain), dtype=np.int64)
        lacks[rule.cells] = more
        lacks[np.setdiff1d(rule.cells, cells)] = 0
        self._book(day, *rerouting.still_sent(lacks, rule.review if due else 1))

    def _book(self, day: int, flow: np.ndarray, units: np.ndarray) -> None:
        if flow.size:
            self._state.book(flow, units)
            if self._journal.routine:
                self._journal.flows("order", day, flow, units)

    def _cancel(self, day: int, flow: np.ndarray, units: np.ndarray) -> None:
        """Buyers give up what waits at a source; what they do not count on they have ordered elsewhere already."""
        if flow.size:
            self._state.cancel(flow, units)
            self._journal.flows("cancelled", day, flow, units)

    def _fit(self, cells: np.ndarray, units: np.ndarray) -> np.ndarray:
        """Orders cut to what there will be room for, all that is on order included."""
        state, wanted = self._state, np.zeros(len(self._state.on_order), dtype=np.int64)
        wanted[cells] = units
        present = state.on_hand + state.today.held + state.today.reserve + state.on_order
        return self._rooms.cut(wanted, present)[cells]

    def _order_extra(self, day: int) -> None:
        """Whole units of what disruptions order on top; a fraction is carried to the next day."""
        self._extra += self._quantities["flow.extra_orders"]
        units = np.floor(self._extra + 1e-9).astype(np.int64)
        self._extra -= units
        flow = units.nonzero()[0]
        if self._state.orders is not None:
            flow = flow[self._state.orders[self._network.flow_buyer[flow]]]
        self._book(day, flow, units[flow])

    def _wanted(self, part: _Part, due: bool, day: int) -> np.ndarray | None:
        rule, view = part.rule.rule, self._view(part, day)
        if not due:
            return rule.emergency(view)
        if view.memory is None:
            return rule.orders(view)
        rule.learns(view, part.at)
        units = rule.orders(view)
        kept = rule.remembers(view, units)
        if kept is not view.memory:
            self._memories.of[part.number] = _checked(kept, view.memory, part.at)
        return units

    def _view(self, part: _Part, day: int, in_vain: np.ndarray | None = None) -> View:
        """What a rule sees; without what waits `in_vain`, units over all cells, in its position."""
        rule, cells = part.rule, part.cells
        late = self._reports.orders_late
        position = reported = self._reports.position(cells) if late else self._state.position(cells)
        if self._by_lot:
            position = position - self._not_counted(rule, day)
        if self._rerouting is not None and self._rerouting.on:
            position = position - self._rerouting.not_counted_on()[cells]
        if in_vain is not None:
            position = position - in_vain[cells]
        if self._may_hoard:
            factor = self._quantities["cell.order_factor"][cells]
            for raised in self._raise:
                factor = factor * raised.factor[cells]
            position = position - np.round((factor - 1) * rule.rule.target).astype(np.int64)
        on_hand = self._reports.stock_for_review(cells) if late else self._state.on_hand[cells]
        memory, echelon = self._memories.of[part.number], None
        history = self._history(part, memory, day) if part.window else None
        if "echelon" in part.looks_at:  # less what is not counted at the site itself
            echelon = self._below.echelon(rule.cells) + (position - reported)
        return View(day, rule.cells, position, on_hand, part.lead_time, history, memory, echelon)

    def _history(self, part: _Part, memory: Memory | None, day: int) -> History:
        """The records of a rule's cells as they see them; in a blackout those from before."""
        records, cells, looks_at, window = self._state.records, part.rule.cells, part.looks_at, part.window
        if memory is not None:
            lived = day + self._network.calendar.warm_up + 1
            window = max(window, min(part.rule.rule.missed(memory, part.at, day), lived))
        last = self._reports.last_record(cells, day)
        orders = "orders" in looks_at
        buyers = self._network.flow_buyer[: self._network.orders]
        flows = np.flatnonzero(np.isin(buyers, cells)) if orders else NOBODY
        if records is None:
            history = History.empty(last)
        else:
            history = records.seen(self._state.today, cells, flows, last, window, looks_at)
        if "end_demand" in looks_at:
            history = replace(history, end_demand=self._below.end_demand(cells, last, window))
        return history

    def _not_counted(self, rule: BoundRule, day: int) -> np.ndarray:
        """Stock that a policy leaves out because it expires soon or is too old to send on."""
        lots, cells = self._state.lots, rule.cells
        if lots is None:
            return np.zeros(len(cells), dtype=np.int64)
        latest = np.full(len(cells), day + rule.not_counting if rule.not_counting else -NEVER_EXPIRES)
        wanted = self._state.last_use_wanted_of_sources(day)
        if wanted is not None:
            latest = np.maximum(latest, wanted[cells])
        if (latest <= day).all():
            return np.zeros(len(cells), dtype=np.int64)
        return lots.too_old(lots.pocket[cells], latest)


def _asks(rule: Rule) -> tuple[bool, int, frozenset[Figure]]:
    """What a rule says of itself that stays as it is."""
    return rule.has_emergency, rule.window, rule.looks_at


def _first_memory(rule: Rule) -> dict[str, np.ndarray] | None:
    """What a rule remembers at first, which may be changed; forecasts, which keep most, begin with arrays made anew."""
    memory = rule.first_memory()
    return dict(memory) if isinstance(rule, Learning) and memory is not None else _own(memory)


def _own(memory: Memory | None) -> dict[str, np.ndarray] | None:
    """A memory of which the rule holds no part."""
    return None if memory is None else {name: np.array(value) for name, value in memory.items()}


def _checked(memory: Memory, before: Memory, at: At) -> dict[str, np.ndarray]:
    """A rule's new memory of the cells whose turn it is, beside that of the others as before; raises TypeError where it
    does not hold the same arrays."""
    new, found = {name: np.array(value) for name, value in memory.items()}, _own(before) or {}
    form = [{name: (value.shape, value.dtype) for name, value in kept.items()} for kept in (new, before)]
    if form[0] != form[1]:
        raise TypeError(f"a policy remembers {form[0]} where it began with {form[1]}")
    for name, value in found.items():
        value[..., at] = new[name][..., at]
    return found


class Sources(Part):
    """Splits a cell's order over its sources by their shares; what rounding withholds is carried to later orders."""

    CHANGES = ("_carried",)

    def __init__(self, network: Network, shares: OrderShares) -> None:
        cells = len(network.cell_site)
        self._by_buyer = np.argsort(network.flow_buyer[: network.orders], kind="stable")
        buyers = network.flow_buyer[self._by_buyer]
        self._first = np.searchsorted(buyers, np.arange(cells))
        self._count = np.searchsorted(buyers, np.arange(cells), side="right") - self._first
        self._single = network.single_sources
        self._only = np.full(cells, -1)
        self._only[buyers] = self._by_buyer
        self._shares = shares
        self._carried = np.zeros(len(network.flow_buyer))

    def only(self, cells: np.ndarray) -> np.ndarray | None:
        """The flow of each cell from its source, None where somebody has several."""
        return self._only[cells] if self._single else None

    def split(
        self, cells: np.ndarray, units: np.ndarray, cut: Rerouting | None = None, urgent: UrgentOrders | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """(flows, units) whose units add up to each cell's order; `cut` knows of sources that send less, `urgent` of
        orders that go another way."""
        single = self._count[cells] == 1
        flow, share = self._by_buyer[self._first[cells[single]]], units[single]
        if single.all():
            return flow, share
        several, ordered = cells[~single], units[~single]
        count = self._count[several]
        owner = np.repeat(np.arange(len(several)), count)
        begin = np.cumsum(count) - count
        place = np.arange(len(owner)) - begin[owner]
        mine = self._by_buyer[self._first[several][owner] + place]
        wanted = self._shares.today[mine] * ordered[owner]
        if cut is not None:
            wanted = cut.share_out(mine, wanted, owner, begin)
        if urgent is not None:
            wanted = urgent.move(mine, wanted)
        due = wanted + self._carried[mine]
        may_be_none = cut is not None or urgent is not None or self._shares.may_vary
        none = wanted < 1e-9 if may_be_none else np.zeros(len(mine), dtype=bool)
        due[none] = NOTHING
        part = np.maximum(0, np.floor(due + 1e-9)).astype(np.int64)
        left = ordered - np.add.reduceat(part, begin)
        part = self._round(part, due, left, owner, begin)
        self._carried[mine] = np.where(none, self._carried[mine], due - part)
        return np.concatenate([flow, mine[part > 0]]), np.concatenate([share, part[part > 0]])

    @staticmethod
    def _round(part: np.ndarray, due: np.ndarray, left: np.ndarray, owner: np.ndarray, begin: np.ndarray) -> np.ndarray:
        """Hand out the units still missing (or take back those too many) where the carried share is furthest off."""
        gap = due - part
        # a unit given lowers a gap by 1: where gaps lie closer together than that, each gets one before any gets two
        close = np.maximum.reduceat(gap, begin) - np.minimum.reduceat(gap, begin) < 1
        at_once = close & (left > 0) & (left <= np.diff(begin, append=len(owner)))
        if at_once.any():
            order = np.lexsort((-gap, owner))
            rank = np.empty(len(owner), dtype=np.int64)
            rank[order] = np.arange(len(owner)) - begin[owner]
            part += rank < np.where(at_once, left, 0)[owner]
            left = np.where(at_once, 0, left)
        for _ in range(len(owner)):
            if not left.any():
                break
            gap = due - part
            sign = np.sign(left)[owner]
            key = np.where(sign < 0, np.where(part > 0, -gap, -np.inf), gap)
            order = np.lexsort((np.arange(len(owner)), -key, owner))
            best = order[begin]
            part[best] += np.sign(left)
            left = left - np.sign(left)
        return part
