"""What changes while a run goes on: stock, orders, backlog, goods under way."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.engine.plan import Plan
from sim.engine.spans import reach, without
from sim.engine.state.arrivals import LatestArrivals
from sim.engine.state.held import Held
from sim.engine.state.ledger import OF_PATIENTS, Ledger
from sim.engine.state.lots import LotKeeper, Rows
from sim.engine.state.orders import Due, OrderBook
from sim.engine.state.past import arrivals_of, due_of, order_book_of, records_of
from sim.engine.state.records import Memories, Records
from sim.engine.state.totals import Totals
from sim.model.effects import Quantities
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.goods.shipments import Shipments
from sim.model.part import Part

FEW = 512
"""Cells up to which changing whole rows takes no longer than looking up those that change."""
SPARSE = 8
"""So many counters for each flow that is sent: above that only those are touched that change (measured)."""


@dataclass
class State(Part):
    """Arrays of int64 over cells unless said otherwise.

    `today` holds stocks and the day's flows; `on_order` is what a cell has ordered and not received; `unsent` is over
    flows; `reserve` has one array over holder cells for each reserve. All that is counted beside the ledger (these two)
    is in the one array `beside`. `quota` (float, over flows) is what may still be sent under an allowance; `lane_units`
    counts what has set out on each lane. `lots` is None where nothing is kept by lot, `order_book` where nobody serves
    first come, first served, and `due` where nobody asks. `for_reserves` are units that makers are to make beyond all
    orders, None where no reserve asks for any; `for_later` what makers that deal out want in stock for the days to
    come, None where nobody deals out; `withheld`, over flows of orders, what they need not make of these, because they
    may not leave, None where nothing limits that. `records` are those of sites, None where no policy looks back,
    `arrivals` the last ones, None where no trigger looks back on them; `memories` what policies remember. `waits` tells
    whether any patient does. `orders` says which cells may order today, None where all may on all days. `had`, over
    flows, are units that sources have sent while they shared by a rule that remembers, None where none does. `totals`
    are None where all see everything.
    """

    CHANGES = ("beside", "quota", "lane_units", "for_reserves", "for_later", "withheld", "orders", "had", "came_back")
    VIEWS = ("unsent", "on_order", "reserve", "on_hand", "backlog", "owed_out", "in_transit", "_of_sellers")

    plan: Plan
    today: Ledger
    beside: np.ndarray
    quota: np.ndarray
    lane_units: np.ndarray
    shipments: Shipments
    held: Held
    in_process: Held
    lots: LotKeeper | None
    order_book: OrderBook | None
    due: Due | None
    for_reserves: np.ndarray | None
    for_later: np.ndarray | None
    withheld: np.ndarray | None
    records: Records | None
    arrivals: LatestArrivals | None
    memories: Memories
    waits: bool
    totals: Totals | None = None
    orders: np.ndarray | None = None
    had: np.ndarray | None = None
    came_back: bool = False
    """whether something that was given has been turned back, and is still to be sent"""
    unsent: np.ndarray = field(init=False)
    reserve: list[np.ndarray] = field(init=False)
    on_hand: np.ndarray = field(init=False)
    """usable stock"""
    backlog: np.ndarray = field(init=False)
    """demand that waits at facilities"""
    owed_out: np.ndarray = field(init=False)
    """what a cell's customers have ordered and it has not sent"""
    in_transit: np.ndarray = field(init=False)
    """what was sent to a cell and is not there"""
    on_order: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        under_way, minimum = self.plan.network.routes.under_way, self.plan.lots.minimum
        self._most_minimum = int(minimum.max(initial=1))
        self._longest_wanted = under_way.max(initial=0) + minimum.max(initial=0)
        self._sells = reach(self.plan.network.flow_source[: self.plan.network.orders])
        self._seller = self.plan.network.flow_source - self._sells.start
        self._one_source_each = self.plan.network.single_sources
        self._gives = self.plan.network.sideways.size > 0
        self.rejoin()

    def rejoin(self) -> None:
        network, today = self.plan.network, self.today
        parts = [
            len(network.flow_buyer),
            *(len(reserve.size) for reserve in self.plan.reserves),
        ]
        self.unsent, *self.reserve = np.split(self.beside, np.cumsum(parts)[:-1])
        self.on_hand, self.backlog, self.owed_out, self.in_transit, self.on_order = (
            today.on_hand, today.backlog, today.owed, today.in_transit, today.on_order,
        )  # fmt: skip
        self._of_sellers = self.on_hand[self._sells], self.owed_out[self._sells], today.dispatched[self._sells]

    @classmethod
    def at_start(cls, plan: Plan, quantities: Quantities) -> State:
        """The state on the first morning, before anything is under way."""
        cells, flows = len(plan.network.cell_site), len(plan.network.flow_buyer)
        waits = bool(plan.demand.backorder.any()) or quantities.touched("cell.turned_away")
        lots = LotKeeper(plan) if plan.lots.tracked.any() else None
        returns = any(use.returns.any() for use in plan.behaviour.use)
        idle = {"backlog": not waits, "served_late": not waits and not returns, "reserve": not plan.reserves}
        idle |= {"substituted": not plan.behaviour.substitutes, "stood_in": not plan.behaviour.substitutes}
        idle |= {"conserved": not plan.behaviour.use, "recovered": not returns}
        idle |= dict.fromkeys(("went_over", "came_over"), not plan.behaviour.any_stay)
        idle |= dict.fromkeys(("bought_ahead", "asked_less"), not plan.behaviour.families_buy_ahead)
        idle |= dict.fromkeys(("doses_given", "doses_wasted"), plan.vials is None)
        recalls = quantities.open or any(
            i.action.startswith("recall") for impact in plan.impacts for i in impact.impulses
        )
        tests = bool(plan.testing) or quantities.touched("cell.release")
        idle |= {"expired": lots is None, "recalled": lots is None or not recalls, "held": not (recalls or tests)}
        seizes = quantities.open or any(
            i.action.startswith("seize") for impact in plan.impacts for i in impact.impulses
        )
        closes = plan.network.spans is not None and bool(np.isfinite(plan.network.spans.closes).any())
        gives_up = closes or bool(plan.sourcing.rebooks[plan.sourcing.moves].any())
        idle |= {"lost_on_way": lots is None and not seizes}
        refuses = any(rule.spec.unfilled == "cancel" for rule in plan.behaviour.rationing)
        idle |= {"cancelled": not gives_up and not refuses and not quantities.touched("flow.cancels")}
        at_once = not plan.network.bill.staged.size
        idle |= {"in_process": at_once, "used_up": at_once, "scrapped": at_once}
        # where no patient waits, all unmet demand is lost
        same = {} if waits else {"lost": "unmet"}
        sells = reach(plan.network.flow_source[: plan.network.orders])  # what is given leaves the same evening
        within = {"owed": sells, "dispatched": sells, "produced": reach(plan.network.makers)}
        within |= dict.fromkeys(OF_PATIENTS, reach(plan.demand.cell))
        ledger = Ledger(cells, {name for name, never in idle.items() if never}, same, within)
        ledger.on_hand[:] = plan.start.on_hand
        sizes = [reserve.opening(-plan.network.calendar.warm_up) for reserve in plan.reserves]
        looks_back = quantities.open or bool(plan.looking_back.fill)
        makes = plan.held_at_makers if quantities.open else plan.made_for_reserves
        state = cls(
            plan,
            today=ledger,
            beside=np.concatenate([plan.start.unsent, *sizes]),
            quota=np.zeros(flows),
            lane_units=np.zeros(len(plan.network.lanes), dtype=np.int64),
            shipments=Shipments(),
            held=Held(),
            in_process=Held(),
            lots=lots,
            order_book=order_book_of(plan, quantities.open),
            due=due_of(plan, makes or looks_back),
            for_reserves=np.zeros(cells, dtype=np.int64) if makes else None,
            for_later=np.zeros(cells, dtype=np.int64) if plan.behaviour.rationing or quantities.open else None,
            withheld=None,
            records=records_of(plan, quantities),
            arrivals=arrivals_of(plan, quantities),
            memories=Memories(),
            waits=waits,
            totals=None if plan.information is None else Totals(cells, flows, plan.network.orders),
        )
        np.add.at(state.on_order, plan.network.flow_buyer, state.unsent)
        np.add.at(state.owed_out, plan.network.flow_source, state.unsent)
        state._lay_down()
        state._begin_steady()
        return state

    def _lay_down(self) -> None:
        """Lots of the opening stock of cells and reserves."""
        if self.lots is None:
            return
        day, plan = -self.plan.network.calendar.warm_up, self.plan.lots
        aged = self.plan.opening.stock
        made = self.lots.opening(aged.cell, plan.life_at(aged.cell, aged.age), aged.units, day, aged.maker, aged.age)
        self.lots.put(self.lots.pocket[aged.cell], made, aged.units, day)
        cells = without(plan.tracked.nonzero()[0], aged.cell, len(plan.tracked))
        opening = self.lots.opening(cells, plan.opening_life[cells], self.on_hand[cells], day)
        self.lots.put(self.lots.pocket[cells], opening, self.on_hand[cells], day)
        for reserve, stock, pocket in zip(self.plan.reserves, self.reserve, self.lots.reserve, strict=True):
            opening = self.lots.opening(reserve.holder, reserve.life_left, stock, day)
            self.lots.put(pocket, opening, stock, day)

    def _begin_steady(self) -> None:
        """What is in process and under test on the first morning."""
        first = -self.plan.network.calendar.warm_up
        opening, lots = self.plan.opening, self.lots
        for rows, table, stock in (
            (opening.in_process, self.in_process, self.today.in_process),
            (opening.under_test, self.held, self.today.held),
        ):
            if not rows.cell.size:
                continue
            lot = np.full(len(rows.cell), -1, dtype=np.int64)
            if lots is not None:
                life = self.plan.lots.life_at(rows.cell, rows.age)
                lot = lots.opening(rows.cell, life, rows.units, first, rows.maker, rows.age)
            np.add.at(stock, rows.cell, rows.units)
            table.add(rows.cell, lot, rows.units, first + rows.until, rows.scrap)

    @property
    def in_reserve(self) -> np.ndarray:
        """What all reserves have, one after the other, over their holder cells."""
        return self.beside[len(self.unsent) :]

    def deliver(self, flow: np.ndarray, units: np.ndarray, lot: np.ndarray, day: int) -> np.ndarray | None:
        """Goods arrive at their buyer and can be used from `day` on, unless their lot is called back or too old.

        Returns a mask of the rows that go into quarantine, None if nothing does.
        """
        back = None
        cell = self.plan.network.flow_buyer[flow]
        awaited, there = (self.in_transit, self.on_order), (self.on_hand, self.today.received)
        if self.lots is None:
            self._move(cell, units, awaited, there)
            return None
        self._move(cell, units, awaited)
        if (lot >= 0).any():
            back = self._quarantine(cell, units, lot)
            refused = self._refuse(cell, units, lot, day)
            kept = refused if back is None else back if refused is None else back | refused
            if kept is not None and np.count_nonzero(kept):
                np.add.at(self.today.lost_on_way, cell[kept], units[kept])
                cell, units, lot = cell[~kept], units[~kept], lot[~kept]
            self.lots.put(self.lots.pocket[cell], lot, units, day)
        self._move(cell, units, to=there)
        return back

    def _move(
        self, cell: np.ndarray, units: np.ndarray, of: tuple[np.ndarray, ...] = (), to: tuple[np.ndarray, ...] = ()
    ) -> None:
        """Take units of some counters at cells, which may be named several times, and add them to others."""
        if len(self.on_hand) > FEW:
            for counter in of:
                np.subtract.at(counter, cell, units)
            for counter in to:
                np.add.at(counter, cell, units)
            return
        units = np.bincount(cell, units, len(self.on_hand)).astype(np.int64)
        for counter in of:
            counter -= units
        for counter in to:
            counter += units

    def add_stock(self, cells: np.ndarray, units: np.ndarray, lot: np.ndarray, day: int) -> None:
        """Units become usable stock of cells."""
        np.add.at(self.on_hand, cells, units)
        if self.lots is not None:
            self.lots.put(self.lots.pocket[cells], lot, units, day)

    def lose_stock(self, cells: np.ndarray, units: np.ndarray) -> None:
        """Units of usable stock of cells (each named once) are destroyed, lots in order of issue."""
        self.on_hand[cells] -= units
        self.today.destroyed[cells] += units
        if self.lots is not None:
            self.lots.destroy(self.lots.pocket[cells], units)

    def under_test(self) -> np.ndarray:
        """Units of each cell that wait for their release."""
        return self.held.good(len(self.on_hand))

    def put_in_process(
        self, cell: np.ndarray, lot: np.ndarray, units: np.ndarray, until: np.ndarray, scrap: bool
    ) -> None:
        """Units are begun at cells (each named once) and come out on a day; `scrap`: not to be used."""
        self.today.in_process[cell] += units
        self.in_process.add(cell, lot, units, until, scrap)

    def turn_back(self, flow: np.ndarray, units: np.ndarray, lot: np.ndarray, day: int, destroyed: bool) -> None:
        """Goods under way are their source's stock again, or are destroyed; their buyers' orders stay open."""
        network = self.plan.network
        source = network.flow_source[flow]
        np.subtract.at(self.in_transit, network.flow_buyer[flow], units)
        np.add.at(self.unsent, flow, units)
        if self.totals is not None:
            self.totals.turn_back(flow, units)
        np.add.at(self.owed_out, source, units)
        self.came_back |= bool((flow >= network.orders).any())
        if self.order_book is not None:
            self.order_book.reopened(flow, units)
        np.add.at(self.today.destroyed if destroyed else self.on_hand, source, units)
        if self.lots is None:
            return
        if destroyed:
            self.lots.book.add("destroyed", lot[lot >= 0], units[lot >= 0])
        else:
            self.lots.put(self.lots.pocket[source], lot, units, day)

    def lose_on_way(self, cell: np.ndarray, units: np.ndarray) -> None:
        """Units will not come to cells any more, and are no longer on order."""
        for array in (self.in_transit, self.on_order):
            np.subtract.at(array, cell, units)
        np.add.at(self.today.lost_on_way, cell, units)

    def hold(
        self, cell: np.ndarray, lot: np.ndarray, units: np.ndarray, until: np.ndarray, withdrawn: bool = False
    ) -> None:
        """Units at cells that may not be used, until a day; `withdrawn`: they are then taken away."""
        np.add.at(self.today.held, cell, units)
        self.held.add(cell, lot, units, until, withdrawn)

    def _quarantine(self, cell: np.ndarray, units: np.ndarray, lot: np.ndarray) -> np.ndarray | None:
        """Keep back what arrives of lots that were called back; a mask of those rows, None before any recall."""
        assert self.lots is not None
        if not self.lots.any_recall:
            return None
        withdrawn = self.lots.book["withdrawn"][lot]
        back = (lot >= 0) & (withdrawn < NEVER_EXPIRES)
        if np.count_nonzero(back):
            self.hold(cell[back], lot[back], units[back], withdrawn[back], withdrawn=True)
        return np.asarray(back)

    def _refuse(self, cell: np.ndarray, units: np.ndarray, lot: np.ndarray, day: int) -> np.ndarray | None:
        """Write off what arrives with too few days of use left; a mask of those rows, None where nothing is so old."""
        assert self.lots is not None
        if not self.lots.any_over(day + self._most_minimum - 2, day):
            return None
        book = self.lots.book
        left = book["expires"][lot] - day + 1
        old = (
            (lot >= 0)
            & (left < np.maximum(1, self.plan.lots.minimum[cell]))
            & (book["withdrawn"][lot] == NEVER_EXPIRES)
        )
        if np.count_nonzero(old):
            np.add.at(self.today.expired, cell[old], units[old])
            book.add("expired", lot[old], units[old])
        return np.asarray(old)

    def send(
        self,
        flow: np.ndarray,
        units: np.ndarray,
        now: float,
        taken_out: bool = False,
        out_of: np.ndarray | Rows | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Goods leave against open orders, lots in order of issue; returns the shipments' rows and their flows.

        They leave the stock on hand of their sources unless they are `taken_out` of another. `out_of` says where the
        lots of each flow lie: left out, in the stock of its source; or which lots leave, as (position in `flow`, lot,
        units) rows, where they are taken out already.
        """
        network = self.plan.network
        self.unsent[flow] -= units
        if self.order_book is not None:
            self.order_book.sent(flow, units)
        if self.records is not None:
            self.records.send(flow, units)
        if self.totals is not None:
            self.totals.send(flow, units)
        ordered = not (self._gives and (flow >= network.orders).any())
        on_hand, owed, dispatched = self._of_sellers
        if not ordered or len(owed) > SPARSE * len(flow):
            seller = network.flow_source[flow]
            np.subtract.at(self.owed_out, seller, units)
            np.add.at(self.today.dispatched, seller, units)
            if not ordered:
                self.today.note_beyond("dispatched", seller)
            if not taken_out:
                np.subtract.at(self.on_hand, seller, units)
        else:
            left = np.bincount(self._seller[flow], units, len(owed)).astype(np.int64)
            owed -= left
            dispatched += left
            if not taken_out:
                on_hand -= left
        self._add_at_buyers((self.in_transit,), network.flow_buyer[flow], units, ordered)
        if self.lots is None:
            return self.shipments.add(flow, units, now), flow
        if isinstance(out_of, tuple):
            claim, lot, part = out_of
        else:
            pocket = self.lots.pocket[network.flow_source[flow]] if out_of is None else out_of
            claim, lot, part = self.lots.issue(pocket, units, self.last_use_wanted(flow, now))
        order = np.argsort(claim, kind="stable")
        flow = flow[claim[order]]
        return self.shipments.add(flow, part[order], now, lot[order]), flow

    def to_send(self, sources: np.ndarray, day: int) -> np.ndarray:
        """Stock of source cells (each named once) that every buyer would accept, the hardest to please included."""
        stock = self.on_hand[sources]
        latest = None if self.lots is None else self.last_use_wanted_of_sources(day)
        if latest is not None and self.lots is not None:
            stock = stock - self.lots.too_old(self.lots.pocket[sources], latest[sources])
        return stock

    def last_use_wanted_of_sources(self, day: int) -> np.ndarray | None:
        """`last_use_wanted` over cells, by the buyer hardest to please; None where nobody minds."""
        wanted = self.last_use_wanted(np.arange(len(self.unsent)), day)
        if wanted is None:
            return None
        latest = np.full(len(self.on_hand), -NEVER_EXPIRES, dtype=np.int64)
        np.maximum.at(latest, self.plan.network.flow_source, wanted)
        return latest

    def last_use_wanted(self, flow: np.ndarray, now: float) -> np.ndarray | None:
        """First last day of use that the buyers of flows accept of what is sent now: it must not expire on the way.

        None where there is nothing so old that anybody would mind.
        """
        if self.lots is None or not self.lots.any_over(int(now + self._longest_wanted + 1), int(now)):
            return None
        network = self.plan.network
        needed = np.maximum(1, self.plan.lots.minimum[network.flow_buyer[flow]])
        arrives = np.ceil(now + network.routes.under_way[network.flow_route[flow]])
        return np.asarray(arrives.astype(np.int64) + needed - 1)

    def book(self, flow: np.ndarray, units: np.ndarray) -> None:
        """Orders reach their source at once."""
        network = self.plan.network
        self.unsent[flow] += units
        for orders in (self.order_book, self.due, self.records):
            if orders is not None:
                orders.book(flow, units)
        np.add.at(self.owed_out, network.flow_source[flow], units)
        buyer, counters = network.flow_buyer[flow], (self.on_order, self.today.ordered)
        self._add_at_buyers(counters if self.totals is None else (*counters, self.totals.ordered), buyer, units, True)

    def promise(self, flow: np.ndarray, units: np.ndarray) -> None:
        """Goods will be given on flows for transfers, each named once: they count in positions, and are no orders."""
        self.unsent[flow] += units
        np.add.at(self.owed_out, self.plan.network.flow_source[flow], units)
        np.add.at(self.on_order, self.plan.network.flow_buyer[flow], units)
        if self.totals is not None:
            np.add.at(self.totals.gave, self.plan.network.flow_source[flow], units)
            np.add.at(self.totals.got, self.plan.network.flow_buyer[flow], units)

    def withdraw_promise(self, flow: np.ndarray, units: np.ndarray) -> None:
        """What was to be given on these flows, each named once, will not be."""
        self.promise(flow, -units)
        if self.order_book is not None:
            self.order_book.cancelled(flow, units)

    def _add_at_buyers(
        self, counters: tuple[np.ndarray, ...], buyer: np.ndarray, units: np.ndarray, ordered: bool
    ) -> None:
        """Add units at the buyers of flows, each flow named once: where all have one source, so is each buyer of what
        is `ordered`."""
        for counter in counters:
            if ordered and self._one_source_each:
                counter[buyer] += units
            else:
                np.add.at(counter, buyer, units)

    def cancel(self, flow: np.ndarray, units: np.ndarray) -> None:
        """Of what is still unsent on these flows so much, ordered last, is no longer on order."""
        network = self.plan.network
        np.subtract.at(self.owed_out, network.flow_source[flow], units)
        np.subtract.at(self.on_order, network.flow_buyer[flow], units)
        np.add.at(self.today.cancelled, network.flow_buyer[flow], units)
        self.unsent[flow] -= units
        if self.totals is not None:
            np.subtract.at(self.totals.ordered, network.flow_buyer[flow], units)
        for orders in (self.order_book, self.due):
            if orders is not None:
                orders.cancelled(flow, units)

    def free(self, cells: np.ndarray | slice) -> np.ndarray:
        """Units on hand, less what customers and patients wait for."""
        free = self.on_hand[cells] - self.owed_out[cells]
        if self.waits:
            free -= self.backlog[cells]
        return free

    def position(self, cells: np.ndarray | slice) -> np.ndarray:
        """Inventory position: on hand + on order - backorders of customers and patients."""
        position = self.on_hand[cells] + self.on_order[cells]
        position -= self.owed_out[cells]
        if self.waits:
            position -= self.backlog[cells]
        return position
