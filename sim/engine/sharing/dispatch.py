"""Allocation and dispatch: phase 6 of the day. Sources share what they have over their open orders."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from sim.engine.books.sharings import SharingBook
from sim.engine.bound.in_force import ALWAYS, in_force, next_turn
from sim.engine.knowing.reports import Reports
from sim.engine.making.production import Production
from sim.engine.moving.transport import Transport
from sim.engine.plan import Plan
from sim.engine.rationing.allowance import renewed, whole
from sim.engine.rationing.part_work import PartWork
from sim.engine.rationing.rations import Rations
from sim.engine.rationing.usual import UsualUnits
from sim.engine.sharing.claimed_stock import ClaimedStock, accounts
from sim.engine.spans import among, without
from sim.engine.state.ledger import NO_UNITS
from sim.engine.state.lots import Rows
from sim.engine.state.state import State
from sim.model.effects import Quantities
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.part import Part
from sim.policies.allocation.base import Claims
from sim.policies.allocation.sharing import Sharing, Tell

NOTHING = np.zeros(0, dtype=np.int64)
"""No flows, and no units."""
TakeOut = Callable[[np.ndarray, np.ndarray], np.ndarray | Rows | None]
"""Takes units on flows out of a stock in another way than orders do; tells the pockets of their lots, or the lots."""


class Dispatch(Part):
    """Decides each evening what leaves on which flow."""

    CHANGES = ("_closed", "_settled", "_next_turn")
    SCRATCH = ("_requested", "_granted")
    VIEWS = ("_rules", "_held_back", "_limited", "_counted")

    def __init__(
        self,
        plan: Plan,
        state: State,
        quantities: Quantities,
        production: Production,
        transport: Transport,
        reports: Reports,
        rations: Rations | None = None,
        book: SharingBook | None = None,
    ) -> None:
        network, self.book = plan.network, book
        self.claimed: list[ClaimedStock | None] = []
        self._rations = rations
        self.network, self.plan, self.state, self.quantities = network, plan, state, quantities
        self._production, self._transport, self._reports = production, transport, reports
        self._first_lane = network.flow_first_lane
        self._sources, self._starts = network.sources
        self._requested, self._granted = np.zeros((2, len(network.flow_buyer)), dtype=np.int64)  # for transfers nothing
        self._source_of_flow = np.searchsorted(self._sources, network.flow_source[: network.orders])
        self._flows_of_source = np.bincount(self._source_of_flow, minlength=len(self._sources))
        self._made_to_order = among(self._sources, production.unlimited, len(network.cell_site)).nonzero()[0]
        self.work = PartWork(quantities, network.flow_usual)
        self.expect_effects()
        self._may_stop = quantities.touched("cell.capacity_factor")
        self._tier = network.cell_priority[network.flow_buyer]
        self._load = network.cell_size[network.flow_buyer]
        self._settled = ALWAYS
        self.expect_policies(plan)
        self._may_close = quantities.touched("lane.open")
        self._closed = np.zeros(0, dtype=np.int64)
        self._may_limit = quantities.touched("flow.allowance")
        self.usual = UsualUnits(plan) if self._may_limit else None
        self._spoils = plan.lots.life[network.flow_source] < NEVER_EXPIRES
        self._may_keep = quantities.touched("flow.releases")
        self._may_cancel = quantities.touched("flow.cancels")
        self._capped = transport.loading.limited[self._first_lane]
        self._cold = transport.cold[network.flow_buyer]
        fills_up = self._capped | self._cold & transport.loading.refrigerated[self._first_lane]
        self._fills_up = fills_up if fills_up.any() else None

    def expect_policies(self, plan: Plan) -> None:
        """From now on these are the run's policies; those in force are as they were."""
        self._sharing = plan.allocation
        self.claimed = accounts(self._sharing, self.claimed, self.network)
        self._accounts = list(dict.fromkeys(filter(None, self.claimed)))
        if self.state.had is None and any(bound.sharing.remembers for bound in self._sharing):
            self.state.had = np.zeros(len(self.network.flow_buyer), dtype=np.int64)
        self._settle(self._settled)

    def _settle(self, day: int) -> None:
        """Share by the rules that are in force on a day, until others are."""
        self._settled, self._next_turn = day, next_turn(self._sharing, day)
        self.rejoin()

    def rejoin(self) -> None:
        self._rules = in_force(self._sharing, self._settled, len(self.network.cell_site))[self._sources]
        held_back = np.zeros(len(self._sources), dtype=np.int64)
        limited, counted = np.zeros((2, len(self._sources)), dtype=bool)
        for number, bound in enumerate(self._sharing):
            mine = self._rules == number
            if mine.any():
                held_back[mine] = bound.rule.held_back(self.network, self._sources[mine])
                limited[mine], counted[mine] = bound.sharing.limited, bound.sharing.remembers
        self._held_back = held_back if held_back.any() else None
        self._limited = limited if limited.any() else None
        self._counted = self._over_flows(counted) if counted.any() else None

    def expect_effects(self) -> None:
        """Look up who makes to order and never tests: what is made there leaves the same evening."""
        effects = self.quantities.effects
        longer = [row for e in effects if e.quantity == "cell.release" for row in e.rows.tolist()]
        tested = np.array([*self.plan.testing, *longer], dtype=np.int64)
        makers = without(self._production.unlimited, tested, len(self.network.cell_site))
        self._at_once = among(self.network.flow_source, makers, len(self.network.cell_site))

    def effects_changed(self) -> None:
        """Note which flows are closed, and which sources do a part of their work, from now on."""
        if self._may_close:
            self._closed = (self.quantities["lane.open"][self._first_lane] <= 0).nonzero()[0]
        if self.work.may_be_part:
            self.work.effects_changed(self._made())

    def _made(self) -> np.ndarray:
        """Of open orders, over flows, what makers to order have made, which a limit keeps from leaving: neither what
        they do not mean to send, nor what would spoil."""
        made = np.where(self._at_once & ~self._spoils, self.state.unsent, 0)
        if self._may_limit:
            made[np.isfinite(self.quantities["flow.allowance"])] = 0
        if self._rations is not None:
            made[np.isfinite(self._rations.share)] = 0
        return made

    def leaves(self) -> np.ndarray:
        """Whether the first lane of each flow leaves today; shape (flows,)."""
        return np.asarray(self._transport.loading.leaves[self._first_lane])

    def open_requests(self, day: int) -> np.ndarray:
        """Unsent units that may leave today, over flows: nothing over a closed lane, or beyond an allowance, what its
        source deals out or what may cross a border, or more than the first lane carries; valid until the next evening.
        """
        requested, orders = self._requested, self.network.orders
        requested[:orders] = self.state.unsent[:orders]
        if self._closed.size:
            requested[self._closed] = 0
        if self._transport.loading.scheduled:
            requested[~self._transport.loading.leaves[self._first_lane]] = 0
        if self._may_limit:
            self._keep_to_allowances(requested)
        if self._transport.border.limits:
            self._transport.border.keep_to_quota(requested)
        if self._rations is not None:
            self._rations.cut(requested, day)
        if self._fills_up is not None:
            self.within_lanes(requested)
        if self.work.on:
            self.work.open_day(self.state.unsent, self._held(requested, day))
        return requested

    def _held(self, requested: np.ndarray, day: int) -> np.ndarray:
        """Units that would leave today, over flows, were it not for a limit: there is stock for them, or it is made."""
        orders, held = self.network.orders, self.state.unsent - requested
        wanted, left = np.add.reduceat((held[:orders], requested[:orders]), self._starts, axis=1)
        left = self.state.to_send(self._sources, day) - left
        if self._held_back is not None:
            left -= self._held_back
        part = np.clip(left / np.maximum(1, wanted), 0.0, 1.0)
        made = np.where(self._at_once[:orders], held[:orders], whole(held[:orders] * part[self._source_of_flow]))
        return np.concatenate([made, held[orders:]])

    def left_open(self, requested: np.ndarray, granted: np.ndarray) -> np.ndarray:
        """What ordinary stock leaves open of the requests of an evening for reserves, over flows, what rations keep
        back included: not what only lies there because too few are at work, or for whom reserves release nothing."""
        still = requested - granted
        if self._rations is not None:
            still += self._rations.beyond
        if self.work.on:
            still -= self.work.lying()
        if self._may_keep:
            still[self.quantities["flow.releases"] <= 0] = 0
        return self.within_lanes(still)

    def _keep_to_allowances(self, requested: np.ndarray) -> None:
        """A day's allowance is added to what is left of earlier ones; a flow without a limit saves nothing up."""
        share = self.quantities["flow.allowance"]
        holds = np.isfinite(share)
        limited = holds.nonzero()[0]
        self.state.quota[~holds] = 0.0
        if limited.size and self.usual is not None:
            usual = share[limited] * self.usual.under_limit(holds)[limited]
            quota = self.state.quota[limited] = renewed(self.state.quota[limited], usual)
            requested[limited] = np.minimum(requested[limited], whole(quota))

    def within_lanes(self, requested: np.ndarray) -> np.ndarray:
        """Cut each request to what its lane can still carry alone today, and one that is left standing, so that no
        stock is set aside for what cannot travel; cuts in place."""
        if self._fills_up is None:
            return requested
        flow = (self._capped & (requested > 0)).nonzero()[0]
        if flow.size:
            room = self._transport.loading.room(self._first_lane[flow]) / self._load[flow]
            short = room < requested[flow]
            requested[flow[short]] = np.ceil(np.maximum(0.0, room[short]) - 1e-9).astype(np.int64)
        return requested

    def share_out(self, requested: np.ndarray, day: int) -> np.ndarray:
        """Units granted from ordinary stock, over flows."""
        if day >= self._next_turn:
            self._settle(day)
        if self.state.order_book is not None:
            self.state.order_book.close_day()
        if self.work.on:  # who makes to order makes only what leaves
            requested = self.work.cut(requested, self._at_once)
        wanted = requested
        if requested.size:
            wanted = np.add.reduceat(requested[: self.network.orders], self._starts)
        anything = np.count_nonzero(wanted) > 0
        if anything:
            self._make_to_order(wanted, day)
        if self._accounts:
            self._open_claimed(day)
        if not anything:
            return self._leave(requested)
        available = self.state.to_send(self._sources, day)
        short = wanted > (available if self._held_back is None else np.maximum(0, available - self._held_back))
        if self._limited is not None:
            short = short | self._limited & (wanted > 0)
        if not np.count_nonzero(short):
            return self._leave(requested)
        granted, orders = self._granted, self.network.orders
        granted[:orders] = np.where(self._over_flows(short), 0, requested[:orders])
        for number in range(len(self._sharing)):
            mine = short & (self._rules == number)
            if np.count_nonzero(mine):
                self._ration(number, mine, requested, available, granted, day)
        return self._leave(granted)

    def _open_claimed(self, day: int) -> None:
        """What has come in is claimed where the rule keeps it for claimants."""
        for kept in self._accounts:
            numbers = [number for number, one in enumerate(self.claimed) if one is kept]
            in_force = np.isin(self._rules[np.searchsorted(self._sources, kept.cells)], numbers)
            kept.open_day(self.state.to_send(kept.cells, day), in_force)

    def _leave(self, granted: np.ndarray) -> np.ndarray:
        """What sets out of units granted from ordinary stock, over flows."""
        if self.work.on:
            granted = self.work.cut(granted, ~self._at_once)
        return granted if self._fills_up is None else self.fit_lanes(granted)

    def from_reserve(self, granted: np.ndarray) -> np.ndarray:
        """What sets out of units that a reserve grants, over flows: the same people send it."""
        return self.fit_lanes(self.work.cut(granted) if self.work.on else granted)

    def may_give(self, flow: np.ndarray) -> np.ndarray:
        """Whether goods that nobody ordered may leave on these flows this evening: a lane that is closed, or leaves on
        another day, takes none, nor does a limit let them pass that is a share of the usual; a mask."""
        lane, quantities = self._first_lane[flow], self.quantities
        open_ = (quantities["lane.open"][lane] > 0) & (quantities["flow.sends"][flow] > 0)
        open_ &= self._transport.loading.leaves[lane]
        return np.asarray(
            open_ & np.isinf(quantities["flow.allowance"][flow]) & np.isinf(quantities["flow.exports"][flow])
        )

    def given(self, flow: np.ndarray, units: np.ndarray) -> np.ndarray:
        """What sets out of units given on these flows, each named once: what the lane takes, and those at work send."""
        if self.work.may_be_part:
            units = np.floor(units * np.minimum(1.0, self.quantities["flow.sends"][flow]) + 1e-9).astype(np.int64)
        if self._fills_up is None:
            return units
        granted = np.zeros(len(self._fills_up), dtype=np.int64)
        granted[flow] = units
        return self.fit_lanes(granted)[flow]

    def send(self, granted: np.ndarray, now: float, take_out: TakeOut | None = None) -> None:
        """What was granted, over flows of orders, leaves and sets out; see `send_on`."""
        flow = (granted[: self.network.orders] > NO_UNITS).nonzero()[0]
        if flow.size:
            if take_out is None and self._counted is not None and self.state.had is not None and now >= 0:
                self.state.had[flow] += np.where(self._counted[flow], granted[flow], 0)
            if take_out is None:
                for kept in self._accounts:
                    kept.sent(flow, granted[flow], self.network.flow_source[flow])
            self.send_on(flow, granted[flow], now, take_out)

    def send_on(self, flow: np.ndarray, units: np.ndarray, now: float, take_out: TakeOut | None = None) -> None:
        """The one door out of a site: units on flows, in order and each named once, leave and set out.

        It leaves ordinary stock, or what `take_out` takes it out of, which tells of its lots. Stock, lots, allowances,
        orders and the journal know of it when this returns.
        """
        out_of = None
        if take_out is not None:
            out_of = take_out(flow, units)
        elif self._rations is not None:
            self._rations.take(flow, units, int(now))
        if self._may_limit:
            self._take_allowance(flow, units)
        self._transport.dispatch(flow, units, now, take_out is not None, out_of)

    def _take_allowance(self, flow: np.ndarray, units: np.ndarray) -> None:
        """What has left counts against the flow's allowance, where it has one."""
        limited = np.isfinite(self.quantities["flow.allowance"][flow])
        self.state.quota[flow[limited]] -= units[limited]

    def cancel_rest(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Some suppliers cancel what they do not fill: but for what is yet to be made, or waits for the next round, as
        far as the allowance will then reach. Returns the flows, and the units cancelled on each."""
        state, rations = self.state, self._rations
        if not self._may_cancel and (rations is None or not rations.on):
            return NOTHING, NOTHING
        cancels = self.quantities["flow.cancels"] > 0
        rationed = np.zeros_like(cancels) if rations is None else rations.cancels & ~cancels
        flow = ((cancels | rationed) & (state.unsent > 0)).nonzero()[0]
        if not flow.size:
            return NOTHING, NOTHING
        refused, later = state.unsent[flow], self._until_it_leaves(flow, day)
        if self.usual is not None:
            waits = np.isfinite(self.quantities["flow.allowance"][flow]) & (later > 0)
            refused[waits] = np.maximum(0, refused[waits] - self._allowed(flow[waits], later[waits]))
        if rations is not None:
            waits = rationed[flow] & (later > 0)
            refused[waits] = np.maximum(0, refused[waits] - rations.allowed(flow[waits], later[waits]))
        flow, refused = flow[refused > 0], refused[refused > 0]
        state.cancel(flow, refused)
        return flow, refused

    def tell_makers(self, day: int) -> None:
        """In the morning: makers make nothing for orders that an allowance does not let out once they are made.

        Orders short of a quota they make all the same, to have them ready when it is lifted, unless the goods spoil.
        """
        state, border, orders = self.state, self._transport.border, self.network.orders
        assert state.withheld is not None
        state.withheld.fill(0)
        if self._may_limit and self.usual is not None:
            holds = np.isfinite(self.quantities["flow.allowance"])
            self.usual.under_limit(holds)
            flow = np.flatnonzero(holds[:orders] & (state.unsent[:orders] > 0))
            if flow.size:
                allowed = self._allowed(flow, self._until_it_leaves(flow, day - 1))
                state.withheld[flow] = np.maximum(0, state.unsent[flow] - allowed)
        if border.limits and self._spoils.any():
            flow = border.limited(np.where(self._spoils, state.unsent, 0))
            flow = flow[flow < orders]
            later = np.maximum(0, self._until_it_leaves(flow, day - 1) - 1)
            room = border.room(flow, later)
            state.withheld[flow] = np.maximum(state.withheld[flow], state.unsent[flow] - room)

    def _until_it_leaves(self, flow: np.ndarray, day: int) -> np.ndarray:
        """Whole days from an evening until what is ordered on it, and has to be made, can leave on these flows."""
        made = np.ceil(self.network.making_wait[self.network.flow_source[flow]] - 1e-9).astype(np.int64)
        return made + self._transport.loading.until_next(self._first_lane[flow], day + made)

    def _allowed(self, flow: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Units that these flows, which have an allowance, may send so many `days` after the last evening."""
        assert self.usual is not None
        share = self.quantities["flow.allowance"][flow]
        return whole(self.state.quota[flow] + days * share * self.usual.units[flow])

    def make_at_once(self, cells: np.ndarray, wanted: np.ndarray, day: int) -> None:
        """Makers among these cells (each named once) that make to order have so many units in stock afterwards."""
        mine = np.isin(cells, self._production.unlimited) & (self.quantities["cell.capacity_factor"][cells] > 0)
        mine &= wanted > 0
        self._production.to_order(cells[mine], wanted[mine], day)

    def _make_to_order(self, wanted: np.ndarray, day: int) -> None:
        at = self._made_to_order
        if self._may_stop:
            at = at[self.quantities["cell.capacity_factor"][self._sources[at]] > 0]
        if np.count_nonzero(wanted[at]):
            self._production.to_order(self._sources[at], wanted[at], day)

    def _ration(
        self, rule: int, short: np.ndarray, requested: np.ndarray, available: np.ndarray, granted: np.ndarray, day: int
    ) -> None:
        """Let the rule share the stock of these sources (a mask) over their claims; writes into `granted`."""
        flow = (self._over_flows(short) & (requested[: self.network.orders] > 0)).nonzero()[0]
        place = np.add.accumulate(short, dtype=np.int64) - 1  # of each source among those that are short
        shares = self._sharing[rule].sharing
        claims = self.claims(flow, place[self._source_of_flow[flow]], available[short], requested, shares)
        kept = self.claimed[rule]
        due = None if kept is None else kept.due(self.network)
        granted[flow] = shares.share(claims, self.network, self.state.had, self.tell(day), due=due)

    def tell(self, day: int, reserve: str = "") -> Tell | None:
        """Who is told of a sharing-out today, None where nobody asks."""
        return None if self.book is None else partial(self.book.note, day, reserve)

    def _over_flows(self, sources: np.ndarray) -> np.ndarray:
        """A mask over sources as one over flows of orders, which are in order of their source."""
        return sources.repeat(self._flows_of_source)

    def claims(
        self,
        flow: np.ndarray,
        source: np.ndarray,
        available: np.ndarray,
        requested: np.ndarray,
        shares: Sharing,
    ) -> Claims:
        """Claims on these flows, in ascending order of `source`, as the rule that `shares` among them, and whoever is
        told of it, must know them; every source has one at least."""
        booked, book = None, self.state.order_book
        if book is not None:
            claim = np.full(len(self.network.flow_buyer), -1)
            claim[flow] = np.arange(len(flow))
            mine = claim[book.flow] >= 0
            booked = claim[book.flow[mine]], book.units[mine]
        cover, mean = np.zeros(len(flow), dtype=np.int64), np.zeros(len(flow))
        if shares.by_cover or self.book is not None:
            cover, mean = self._cover(flow, source, shares.present_over)
        return Claims(available, source, requested[flow], flow, cover, mean, self._tier[flow], booked)

    def _cover(self, flow: np.ndarray, source: np.ndarray, present_over: int | None) -> tuple[np.ndarray, np.ndarray]:
        """(units that buyers have or have under way, units a day that they use) as sources of these flows know them."""
        if self._reports.sights is not None:
            return self._reports.sights.cover_stock(flow, source, present_over)
        buyer = self.network.flow_buyer[flow]
        cover = self._reports.present(buyer) + self.state.in_transit[buyer] - self._reports.backlog(buyer)
        mean = self.network.cell_mean if present_over is None else self._reports.use(present_over)
        return cover, mean[buyer]

    def fit_lanes(self, granted: np.ndarray) -> np.ndarray:
        """Cut grants to what their first lane can carry today; all that leave on it share it in proportion to what they
        were granted."""
        if self._fills_up is None:
            return granted
        granted = granted.copy()
        flow = (self._fills_up & (granted > 0)).nonzero()[0]
        if self._transport.licences.needed:  # what waits for a licence is loaded when it leaves
            flow = flow[~self._transport.licences.required(flow)]
        if flow.size:
            lane, size, turn = self._first_lane[flow], self._load[flow], self.network.flow_turn[flow]
            granted[flow] = self._transport.loading.share(lane, granted[flow], size, turn, self._cold[flow])
        return granted
