"""Review and ordering, from the facilities upward: phase 5 of the day."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.deciding.hoarding import Hoarding
from sim.engine.deciding.reports import Reports
from sim.engine.plan import BoundRule, Plan
from sim.engine.spans import in_place
from sim.engine.state.state import State
from sim.model.effects import Quantities
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.network import Network
from sim.model.part import Part
from sim.policies.replenishment.base import StockView


class Ordering(Part):
    """Asks every policy what it orders and books the orders at the sources."""

    CHANGES = ("_extra",)

    def __init__(
        self,
        plan: Plan,
        state: State,
        quantities: Quantities,
        reports: Reports,
        journal: Journal,
        hoarding: Hoarding | None = None,
    ) -> None:
        self._reports, self._hoarding = reports, hoarding
        self._network, self._state, self._quantities, self._journal = plan.network, state, quantities, journal
        self._may_hoard = hoarding is not None or quantities.touched("cell.order_factor")
        self._by_lot = state.lots is not None
        self._may_order_extra = quantities.touched("flow.extra_orders")
        level = plan.network.cell_level
        self._parts = [
            (rule, in_place(rule.cells), (level[rule.cells] == k).nonzero()[0], rule.rule.has_emergency)
            for k in range(int(level.max(initial=0)) + 1)
            for rule in plan.replenishment
            if (level[rule.cells] == k).any()
        ]
        self._discount = plan.lots.discount
        self._rooms = plan.rooms
        self._sources = Sources(plan.network)
        self._extra = np.zeros(len(plan.network.flow_buyer))

    def review(self, day: int) -> None:
        """All orders of a day; a level's orders are booked before the level above is reviewed."""
        if self._may_order_extra:
            self._order_extra(day)
        if self._reports.may_fail:
            self._book(day, *self._reports.overdue())
        for rule, cells, part, has_emergency in self._parts:
            due = (day - rule.first) % rule.review == 0 and not 0 <= day < rule.first
            if not due and not has_emergency:
                continue
            may_fail = self._reports.may_fail
            if not due and not may_fail and not rule.rule.is_urgent(self._state.on_hand[cells]):
                continue  # a site whose figures may freeze is looked at daily, so that its last figures are known
            units = self._wanted(rule, cells, due, day)
            if units is None:
                continue
            if self._rooms.names:
                units = self._fit(rule.cells, units)
            wants = (units > 0).nonzero()[0] if len(part) == len(units) else part[units[part] > 0]
            if may_fail:
                wants = wants[self._reports.reviews(rule.cells[wants])]
            if wants.size:
                flow, share = self._sources.split(rule.cells[wants], units[wants])
                self._book(day, *self._reports.sent(flow, share))

    def _book(self, day: int, flow: np.ndarray, units: np.ndarray) -> None:
        if flow.size:
            self._state.book(flow, units)
            self._note(day, flow, units)

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
        self._book(day, flow, units[flow])

    def _wanted(self, rule: BoundRule, cells: np.ndarray | slice, due: bool, day: int) -> np.ndarray | None:
        position = self._reports.position(cells)
        if self._by_lot:
            position = position - self._not_counted(rule.cells, day)
        if self._may_hoard:
            factor = self._quantities["cell.order_factor"][cells]
            if self._hoarding is not None:
                factor = factor * self._hoarding.factor[cells]
            position = position - np.round((factor - 1) * rule.rule.target).astype(np.int64)
        view = StockView(position, self._reports.stock_for_review(cells))
        return rule.rule.orders(view) if due else rule.rule.emergency(view)

    def _not_counted(self, cells: np.ndarray, day: int) -> np.ndarray:
        """Stock that policies leave out because it expires soon or is too old to send on."""
        lots, discount = self._state.lots, self._discount[cells]
        if lots is None:
            return np.zeros(len(cells), dtype=np.int64)
        latest = np.where(discount > 0, day + discount, -NEVER_EXPIRES)
        wanted = self._state.last_use_wanted_of_sources(day)
        if wanted is not None:
            latest = np.maximum(latest, wanted[cells])
        if (latest <= day).all():
            return np.zeros(len(cells), dtype=np.int64)
        return lots.too_old(lots.pocket[cells], latest)

    def _note(self, day: int, flow: np.ndarray, units: np.ndarray) -> None:
        if self._journal.keeps("order"):
            network = self._network
            buyer, source = network.flow_buyer[flow], network.flow_source[flow]
            self._journal.note(
                "order", day, network.cell_site[buyer], network.cell_product[buyer], units, network.cell_site[source]
            )


class Sources(Part):
    """Splits a cell's order over its sources by their shares; what rounding withholds is carried to later orders."""

    CHANGES = ("_carried",)

    def __init__(self, network: Network) -> None:
        cells = len(network.cell_site)
        self._by_buyer = np.argsort(network.flow_buyer, kind="stable")
        buyers = network.flow_buyer[self._by_buyer]
        self._first = np.searchsorted(buyers, np.arange(cells))
        self._count = np.searchsorted(buyers, np.arange(cells), side="right") - self._first
        self._all_single = bool((self._count <= 1).all())
        self._only = np.full(cells, -1)
        self._only[buyers] = self._by_buyer
        self._share = network.flow_share
        self._carried = np.zeros(len(network.flow_buyer))

    def split(self, cells: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(flows, units) whose units add up to each cell's order."""
        if self._all_single:
            return self._only[cells], units
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
        due = self._share[mine] * ordered[owner] + self._carried[mine]
        part = np.maximum(0, np.floor(due + 1e-9)).astype(np.int64)
        left = ordered - np.add.reduceat(part, begin)
        part = self._round(part, due, left, owner, begin)
        self._carried[mine] = due - part
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
