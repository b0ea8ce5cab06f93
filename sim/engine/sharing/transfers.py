"""Transfers: sites that lack goods are given some by those who can spare them, beside all orders."""

from __future__ import annotations

import numpy as np

from sim.engine.books.given import LOAN, REPAID, TRANSFER, GivenBook, TransferRecord
from sim.engine.books.journal import Journal
from sim.engine.books.loans import LoanBook
from sim.engine.books.sharings import OF_TRANSFERS
from sim.engine.bound.transfers import BoundTransfers, Partners
from sim.engine.knowing.reports import Reports
from sim.engine.plan import Plan
from sim.engine.sharing.dispatch import Dispatch
from sim.engine.sharing.short_dated import Shelves, arrival
from sim.engine.sharing.spare import Asked, Spare
from sim.engine.sharing.trust import Trust
from sim.engine.state.lots import LotKeeper, Rows
from sim.engine.state.state import State
from sim.model.effects import Quantities
from sim.model.part import Part
from sim.policies.allocation.base import in_turn
from sim.policies.transfers.base import Ways

LATE = 7
"""Days after which goods that should have come are not reckoned with any more (assumed)."""
FEW = 16
"""Of so many takers less than one asks: their givers are looked at, and not all who could spare something."""


class Transfers(Part):
    """Decides every evening, before all orders, who gives what to whom; it leaves at once.

    `_asked` are, for each entry over its takers, the days since when they ask for something; NaN where they do not.
    `_had` is what was given under it before on each flow of the network, `_stocks` what `_stock` found of all cells,
    until something is given.
    """

    CHANGES = ("_asked", "_had")
    SCRATCH = ("_stocks",)

    def __init__(
        self,
        plan: Plan,
        state: State,
        quantities: Quantities,
        reports: Reports,
        dispatch: Dispatch,
        journal: Journal,
        trust: Trust | None = None,
    ) -> None:
        network, self._quantities, self._trust = plan.network, quantities, trust
        self._may_change = quantities.touched("flow.gives")
        self._plan, self._network = plan, network
        self._state, self._reports, self._dispatch, self._journal = state, reports, dispatch, journal
        self._planned = network.routes.under_way[network.flow_route]
        self._place = [_place(entry.takers, len(network.cell_site)) for entry in plan.transfers]
        self._place_of_giver = [_place(entry.givers, len(network.cell_site)) for entry in plan.transfers]
        self._asked = [np.full(len(entry.takers), np.nan) for entry in plan.transfers]
        self._had = np.zeros((len(plan.transfers), len(network.flow_buyer)), dtype=np.int64)
        self._given = GivenBook(journal)
        self.loans = None
        if any(entry.rule.loan is not None for entry in plan.transfers):
            self.loans = LoanBook(len(network.flow_buyer))
        if trust is not None:
            trust.loans = self.loans
        self._lent_on = np.full(0 if self.loans is None else len(network.flow_buyer), -1)
        self._way_of = []
        """of every loan's flow its position in its entry, -1 where it is none of it; no array where nothing is lent"""
        for entry in plan.transfers:
            lends = entry.rule.loan is not None
            self._way_of.append(_place(entry.flow, len(network.flow_buyer)) if lends else None)
            if lends:
                self._lent_on[entry.back] = entry.flow
        self._stocks: np.ndarray | None = None

    def record(self) -> TransferRecord:
        """What was given, and all loans."""
        return self._given.record(None if self.loans is None else self.loans.record())

    def review(self, day: int) -> None:
        """The evening of a day: goods that came back stay, loans are paid back, then goods are given."""
        self._keep_returned()
        self._stocks = None
        if self.loans is not None:
            for entry, way_of in zip(self._plan.transfers, self._way_of, strict=True):
                if way_of is not None:
                    self._pay_back(entry, way_of, self.loans, day)
            self._tell_overdue(self.loans, day)
        for position, entry in enumerate(self._plan.transfers):
            self._give(position, entry, day)
        if self.loans is not None:
            self.loans.check(day)

    def _keep_returned(self) -> None:
        """What a border turned back is its giver's again, who does not send it once more: it was not lent, or is owed
        again."""
        first, state = self._network.orders, self._state
        if not state.came_back:
            return
        state.came_back = False
        flow = first + state.unsent[first:].nonzero()[0]
        units = state.unsent[flow]
        state.withdraw_promise(flow, units)
        if self.loans is not None:
            for one, back, owed in zip(flow.tolist(), units.tolist(), self._lent_on[flow].tolist(), strict=True):
                self.loans.was_not_repaid(owed, self.loans.did_not_leave(one, back))

    def _give(self, position: int, entry: BoundTransfers, day: int) -> None:
        """Let those who lack goods be given some under one entry."""
        if entry.rule.closed and not self._may_change:
            return
        if self._stocks is None:
            self._stocks = self._stock(slice(None))
        low, asked_for = self._stocks < entry.low, None
        if entry.rule.permission or self._plan.rooms.names:  # then those count as well who ask in vain
            asked_for = self._asked_for(position, entry, low, day)
            low = asked_for > 0
        few = self._partners(position, entry, low, self._stocks)
        if not few.flow.size:
            return
        cover = self._stocks[few.takers] + self._own_coming(few.takers, few.up_to, day)
        lacks = _lacks(cover, few.below, few.up_to) if asked_for is None else asked_for[few.takers]
        spare = self._spare(few.givers, self._stocks[few.givers], few.keep)
        ways = ((lacks[few.taker] > 0) & (spare[few.giver] > 0)).nonzero()[0]
        ways = ways[self._dispatch.may_give(few.flow[ways])]
        if self._may_change:
            ways = ways[self._quantities["flow.gives"][few.flow[ways]] > int(entry.rule.closed)]
        if self._trust is not None:
            ways = ways[self._trust.gives(few.flow[ways])]
        if not ways.size:
            return
        known = self._known(few, self._in_turn(few, ways, spare), cover, day)
        if self._trust is not None:
            offered = self._trust.offered(few.flow[known.ways], spare[few.giver[known.ways]])
            known = known._replace(offered=offered)
        had, kept = self._had[position], self._state.lots
        called = f"{OF_TRANSFERS}{position}: {entry.rule.label}"
        units, lots = Spare(self._plan, few, lacks, spare, known, kept, day, had).shared(self._dispatch, called)
        loan, flow = entry.rule.loan, few.flow[known.ways]
        self._send(entry, flow, units, lots, day, TRANSFER if loan is None else LOAN)
        if loan is not None and self.loans is not None:
            left = units > 0
            off = None if loan.written_off is None else int(loan.written_off)
            self.loans.lend(flow[left], units[left], day, int(loan.for_), off)

    def _asked_for(self, position: int, entry: BoundTransfers, low: np.ndarray, day: int) -> np.ndarray:
        """Units that takers whose stock is `low` ask for, and may be given, by what there is room for; over cells."""
        some = _distinct(self._place[position][low], len(entry.takers))
        some = some[self._takes_part(entry.takers[some])]
        cells, up_to = entry.takers[some], entry.up_to[some]
        assert self._stocks is not None
        lacks = np.zeros(len(self._stocks), dtype=np.int64)
        if some.size:
            cover = self._stocks[cells] + self._own_coming(cells, up_to, day)
            lacks[cells] = _lacks(cover, entry.below[some], up_to)
            if self._plan.rooms.names:
                lacks[cells] = self._fit(cells, lacks[cells])
        if entry.rule.permission:
            may = self._permitted(entry, self._asked[position], lacks[entry.takers], day)
            lacks[entry.takers[~may]] = 0
        return lacks

    def _partners(self, position: int, entry: BoundTransfers, low: np.ndarray, stocks: np.ndarray) -> Partners:
        """Takers whose stock is `low` (over cells), and givers who may have something to spare for them."""
        few = entry.only(np.sort(self._ways(position, entry, low, stocks)))
        if not self._reports.may_fail and self._state.orders is None:
            return few
        can = self._takes_part(few.takers)[few.taker] & self._takes_part(few.givers)[few.giver]
        return few.only(can.nonzero()[0])

    def _ways(self, position: int, entry: BoundTransfers, low: np.ndarray, stocks: np.ndarray) -> np.ndarray:
        """Ways, in any order, that lead to takers whose stock is `low` from who may have something to spare: of each
        product found from the side on which there are fewer, in a shortage mostly that of givers."""
        takers, from_givers = low.nonzero()[0], entry.flow[:0]
        if len(takers) >= len(entry.takers) // FEW:
            givers, products = (stocks > entry.high).nonzero()[0], len(self._network.products)
            of_taker, of_giver = self._network.cell_product[takers], self._network.cell_product[givers]
            fewer = np.bincount(of_taker, minlength=products) <= np.bincount(of_giver, minlength=products)
            takers, able = takers[fewer[of_taker]], self._place_of_giver[position][givers[~fewer[of_giver]]]
            from_givers = entry.by_giver[_ranges(entry.first_of_giver[able], entry.first_of_giver[able + 1])]
            from_givers = from_givers[low[entry.takers[entry.taker[from_givers]]]]
        some = self._place[position][takers]
        ways = _ranges(entry.first[some], entry.first[some + 1])
        giver = entry.giver[ways]
        ways = ways[stocks[entry.givers[giver]] > entry.keep[giver]]
        return np.concatenate([ways, from_givers]) if from_givers.size else ways

    def _known(self, entry: Partners, ways: np.ndarray, cover: np.ndarray, day: int) -> Asked:
        """What givers know of takers on these ways, of whom each is known to have, by its own books, units over takers
        to `cover` its use; where not all see all, those ways are left out on which a giver sees no need."""
        sights, taker, flow = self._reports.sights, entry.taker[ways], entry.flow[ways]
        over = entry.sharing.present_over
        if sights is None:
            use = self._network.cell_mean if over is None else self._reports.use(over)
            return Asked(ways, cover[taker], None, use[entry.takers[taker]])
        seen, stock, coming, at_once = sights.stock_of_buyers(flow)
        if at_once.any():
            some, of_which = np.unique(taker[at_once], return_inverse=True)
            coming[at_once] = self._coming(entry.takers[some], entry.up_to[some], day)[of_which]
        has = stock + coming
        room = np.where(seen & (has < entry.below[taker]), entry.up_to[taker] - has, 0)
        some = room > 0
        use = self._network.cell_mean[entry.takers[taker]] if over is None else sights.use_of_buyers(flow, over)
        return Asked(ways[some], has[some], room[some], use[some])

    def _in_turn(self, entry: Partners, ways: np.ndarray, spare: np.ndarray) -> np.ndarray:
        """These ways in order of taker, and then of whom it asks first, by what it sees that givers can spare."""
        giver, sights = entry.giver[ways], self._reports.sights
        mean, known = self._network.cell_mean[entry.givers[giver]], spare[giver]
        if sights is not None and entry.rule.looks_at_stock:
            known = np.maximum(0, sights.stock_of_sources(entry.flow[ways]) - entry.keep[giver])
        days = np.divide(known, mean, out=np.full(len(ways), np.inf), where=mean > 0)
        of = Ways(entry.days[ways], entry.cost[ways], entry.km[ways], days)
        return np.asarray(ways[np.lexsort((ways, entry.rule.order(of), entry.taker[ways]))])

    def _stock(self, cells: np.ndarray | slice) -> np.ndarray:
        """Units on hand as their owner knows, less what customers and patients wait for."""
        state = self._state
        if not self._reports.may_fail:
            stock = state.free(cells)
        else:
            stock = self._reports.present(cells) - state.owed_out[cells] - self._reports.backlog(cells)
        if self._reports.own is None or self._state.totals is None:
            return np.asarray(stock)
        told, late = self._reports.own_figure(cells, "but gifts")
        return np.where(late, told - self._state.totals.gave[cells], stock)

    def _spare(self, cells: np.ndarray, stock: np.ndarray, keep: np.ndarray) -> np.ndarray:
        """Units of their stock that these cells can do without, as far as they are there."""
        spare = np.maximum(0, stock - keep)
        return spare if self._reports.own is None else np.minimum(spare, self._state.on_hand[cells])

    def _takes_part(self, cells: np.ndarray) -> np.ndarray:
        """Whether these cells can ask and be asked: their systems work, and they are not closed."""
        can = self._reports.connected(cells)
        return can if self._state.orders is None else can & self._state.orders[cells]

    def _own_coming(self, cells: np.ndarray, up_to: np.ndarray, day: int) -> np.ndarray:
        """Units on their way to some takers as these know themselves: of their latest report, and given since."""
        coming = self._coming(cells, up_to, day)
        if self._reports.own is None or self._state.totals is None:
            return coming
        told, late = self._reports.own_figure(cells, "coming but gifts")
        return np.where(late, told + self._state.totals.got[cells], coming)

    def _coming(self, cells: np.ndarray, up_to: np.ndarray, day: int) -> np.ndarray:
        """Units on their way to some takers that will come, by the usual time of their journey, while goods up to their
        level would last; what others give always counts. What should have been there long ago does not."""
        table = self._state.shipments
        if not np.count_nonzero(self._state.in_transit[cells]):
            return np.zeros(len(cells), dtype=np.int64)
        rows = table.live()
        flow = table.columns["flow"][rows]
        at = _place(cells, len(self._network.cell_site))[self._network.flow_buyer[flow]]
        rows, flow, at = rows[at >= 0], flow[at >= 0], at[at >= 0]
        mean = self._network.cell_mean[cells]
        lasts = np.divide(up_to, mean, out=np.full(len(cells), np.inf), where=mean > 0)
        due = table.columns["sent"][rows] + self._planned[flow]
        counts = (due >= day - LATE) & ((flow >= self._network.orders) | (due <= day + lasts[at]))
        return np.bincount(at[counts], table.columns["units"][rows[counts]], len(cells)).astype(np.int64)

    def _fit(self, cells: np.ndarray, units: np.ndarray) -> np.ndarray:
        """Units cut to what there will be room for, all that is on order included."""
        state = self._state
        wanted = np.zeros(len(state.on_order), dtype=np.int64)
        wanted[cells] = units
        present = state.on_hand + state.today.held + state.today.reserve + state.on_order
        return self._plan.rooms.cut(wanted, present)[cells]

    def _permitted(self, entry: BoundTransfers, asked: np.ndarray, lacks: np.ndarray, day: int) -> np.ndarray:
        """Who may be given something: who has lacked it since it asked, long enough ago; a mask."""
        lacking = lacks > 0
        new = lacking & np.isnan(asked)
        asked[new], asked[~lacking] = day, np.nan
        self._journal.cells("transfer_asked", day, entry.takers[new], lacks[new], entry.rule.label)
        return lacking & (day >= asked + entry.rule.permission)

    def _pay_back(self, entry: BoundTransfers, way_of: np.ndarray, loans: LoanBook, day: int) -> None:
        """Debtors pay what is due with what they have above what givers keep, first what was due first."""
        rows = loans.due(day)
        rows = rows[way_of[loans["flow"][rows]] >= 0]
        if not rows.size:
            return
        way = way_of[loans["flow"][rows]]
        takers, debtor = np.unique(entry.taker[way], return_inverse=True)
        cells = entry.takers[takers]
        spare = self._spare(cells, self._stock(cells), entry.keep_back[takers])
        spare[~self._takes_part(cells)] = 0
        wanted = np.where(self._dispatch.may_give(entry.back[way]), loans.left[rows], 0)
        units = in_turn(spare, debtor, wanted, np.argsort(debtor, kind="stable"))
        flow, number = np.unique(entry.back[way], return_inverse=True)
        total = self._dispatch.given(flow, np.bincount(number, units, len(flow)).astype(np.int64))
        lots = None
        if self._state.lots is not None:
            total, lots = self._lots_back(self._state.lots, flow, total, day)
        units = in_turn(total, number, units, np.argsort(number, kind="stable"))
        loans.repay(rows[units > 0], units[units > 0])
        self._send(entry, flow, total, lots, day, REPAID)

    def _lots_back(self, lots: LotKeeper, flow: np.ndarray, units: np.ndarray, day: int) -> tuple[np.ndarray, Rows]:
        """(units, lots) that are paid back on each of these flows: what lenders will use after all that they have."""
        network, units = self._network, units.copy()
        debtor, lender = network.flow_source[flow], network.flow_buyer[flow]
        cells, shelf = np.unique(debtor, return_inverse=True)
        kept = (self._plan.lots.tracked[debtor] & (units > 0)).nonzero()[0]
        shelves = Shelves(lots, lots.pocket[cells])
        order = np.argsort(lender, kind="stable")
        before = np.empty(len(units), dtype=np.int64)
        before[order] = np.cumsum(units[order]) - units[order]
        before -= before[order][np.searchsorted(lender[order], lender)]
        sights = self._reports.sights
        stock = self._stock(lender) if sights is None else sights.stock_of_buyers(flow)[1]
        ahead = np.maximum(0, stock) + before
        units[kept] = shelves.take(
            kept, shelf[kept], units[kept], arrival(day, self._planned[flow[kept]]),
            self._plan.lots.minimum[lender[kept]], network.cell_mean[lender[kept]], ahead[kept],
        )  # fmt: skip
        return units, shelves.empty()

    def _tell_overdue(self, loans: LoanBook, day: int) -> None:
        """The journal tells of what was not paid back on its day, and of what is given up."""
        late = ((loans["due"] == day) & (loans.left > 0)).nonzero()[0]
        off = loans.write_off(day)
        self._journal.flows("loan_late", day, loans["flow"][late], loans.left[late])
        self._journal.flows("loan_written_off", day, loans["flow"][off], loans["written_off"][off])

    def _send(
        self, entry: BoundTransfers, flow: np.ndarray, units: np.ndarray, lots: Rows | None, day: int, kind: int
    ) -> None:
        """Units leave on flows for transfers, each named once; `lots` are rows of those that are kept by lot."""
        left = (units > 0).nonzero()[0]
        if not left.size:
            return
        network, state = self._network, self._state
        left = left[np.argsort(flow[left])]
        place = np.full(len(flow), -1)
        place[left] = np.arange(len(left))

        def take_out(flow: np.ndarray, units: np.ndarray) -> Rows | None:
            np.subtract.at(state.on_hand, network.flow_source[flow], units)
            if state.lots is None:
                return None
            untracked = (~self._plan.lots.tracked[network.flow_source[flow]]).nonzero()[0]
            claim, lot, part = untracked, np.full(len(untracked), -1), units[untracked]
            if lots is None:
                return claim, lot, part
            claim = np.concatenate([claim, place[lots[0]]])
            return claim, np.concatenate([lot, lots[1]]), np.concatenate([part, lots[2]])

        flow, units, self._stocks = flow[left], units[left], None
        self._given.note(day, flow, units, kind, entry.rule.label)
        if self._trust is not None and kind != REPAID:
            self._trust.note_sent(flow)
        state.promise(flow, units)
        self._dispatch.send_on(flow, units, float(day), take_out)


def _place(cells: np.ndarray, number: int) -> np.ndarray:
    """The position of each of so many cells among some, -1 where it is none of them."""
    found = np.full(number, -1)
    found[cells] = np.arange(len(cells))
    return found


def _lacks(cover: np.ndarray, below: np.ndarray, up_to: np.ndarray) -> np.ndarray:
    """Units that takers lack of what they are given up to, where they have less than `below`."""
    return np.where(cover < below, up_to - cover, 0)


def _distinct(places: np.ndarray, number: int) -> np.ndarray:
    """Places among so many, each named once and in order."""
    found = np.zeros(number, dtype=bool)
    found[places] = True
    return found.nonzero()[0]


def _ranges(first: np.ndarray, until: np.ndarray) -> np.ndarray:
    """The whole numbers from each first one up to, but not, its `until`, end to end."""
    count = until - first
    return np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)
