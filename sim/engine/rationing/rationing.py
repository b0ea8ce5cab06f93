"""Makers and warehouses that hear of trouble: when they decide, what share they deal out, and how it ends."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.bound.in_force import ALWAYS, in_force, next_turn
from sim.engine.knowing.reports import Reports
from sim.engine.making.more import MoreCapacity
from sim.engine.plan import Plan
from sim.engine.rationing.new_customers import NewCustomersDesk
from sim.engine.rationing.rations import Rations
from sim.engine.rationing.rations_told import LEFT, RationBook
from sim.engine.rationing.supply_ahead import SAME, Chain, Forecast, Goods, Level, Prospect, per_cell
from sim.engine.state.state import State
from sim.engine.time_tape import TimeTape
from sim.model.chance.distributions import Times
from sim.model.goods.shipments import Phase
from sim.model.part import Part
from sim.model.vocabulary import Event
from sim.rng import Streams

FREE, DEALS, RESTARTS = 0, 1, 2
"""States of a source: as usual; it deals out shares; supply is back and it works off what is owed."""
FIRST = ("customers", "contract", "own_stock", "proportional")
"""Who may get the first goods."""
CHANGED = 0.005
"""A share that has changed by less is not told again."""
HORIZON = 60.0
"""Days that who has no rationing of his own is taken to plan for, where no end is expected (as a source's default)."""


class Rationing(Part):
    """Decides in the evening, before orders, for all sources with an entry in `rationing`; arrays over cells.

    A source decides some time after it has news, and looks again every so many days, and when supply should be back. It
    goes by what is announced and expected, its own stock, and what its sources deal out.
    """

    CHANGES = (
        "_looked", "_due", "_state_of", "_hit", "_until", "_troubled", "_stock", "_owed", "_told", "_settled",
        "_next_turn", "_struck",
    )  # fmt: skip
    VIEWS = (
        "_rule", "_mine", "_thing", "_review", "_horizon", "_always", "_first_to", "_most", "_contract", "_exempt",
        "_cancels",
    )  # fmt: skip

    def __init__(
        self,
        plan: Plan,
        state: State,
        reports: Reports,
        streams: Streams,
        rations: Rations,
        book: RationBook,
        journal: Journal,
        more: MoreCapacity | None,
    ) -> None:
        network = plan.network
        cells = len(network.cell_site)
        self.rations, self.book = rations, book
        self._network, self._state, self._reports, self._more = network, state, reports, more
        self._chain = Chain(plan)
        self._streams, self._luck = streams, tuple[tuple[int, Streams], ...]()
        self._looked = -np.inf
        self._due = np.full(cells, np.inf)
        self._state_of = np.zeros(cells, dtype=np.int64)
        self._hit, self._troubled, self._struck = np.zeros((3, cells), dtype=bool)
        self._until = np.full(cells, -np.inf)
        self._stock, self._owed = np.zeros((2, cells), dtype=np.int64)
        self._told = np.ones(cells)
        """the share last told of each source"""
        self._settled = ALWAYS
        self._new = NewCustomersDesk(network, rations, reports, journal)
        self.expect_policies(plan)

    def expect_policies(self, plan: Plan) -> None:
        """From now on these are the run's policies; those in force are as they were."""
        self._rules = plan.behaviour.rationing
        sites = self._network.site_names(self._network.cell_site)
        times: list[Times] = []
        names: list[str] = []
        self._first: list[int] = []
        for rule in self._rules:
            self._first.append(len(names))
            names += [f"rationing/{sites[cell]}" for cell in rule.cells.tolist()]
            times += [rule.spec.after] * len(rule.cells)
        self._reaction = TimeTape(names, times, self._streams)
        for day, streams in self._luck:
            self._reaction.draw_anew(day, streams)
        self._new.expect_policies(self._rules)
        self._settle(self._settled)

    def draw_anew(self, day: int, streams: Streams) -> None:
        self._luck = (*self._luck, (day, streams))

    def _settle(self, day: int) -> None:
        self._settled, self._next_turn = day, next_turn(self._rules, day)
        self.rejoin()

    def rejoin(self) -> None:
        cells, flows = len(self._network.cell_site), len(self._network.flow_buyer)
        self._rule = in_force(self._rules, self._settled, cells)
        self._mine = self._rule >= 0
        self._thing = np.zeros(cells, dtype=np.int64)
        self._review, self._horizon = np.full((2, cells), HORIZON)
        self._always, self._cancels = np.zeros((2, cells), dtype=bool)
        self._first_to, self._most = np.zeros(cells, dtype=np.int64), np.ones(cells)
        self._contract, self._exempt = np.zeros(flows), np.zeros(flows, dtype=bool)
        source = self._network.flow_source
        for number, rule in enumerate(self._rules):
            mine = self._rule[rule.cells] == number
            some, spec = rule.cells[mine], rule.spec
            self._thing[some] = self._first[number] + mine.nonzero()[0]
            self._review[some], self._horizon[some] = spec.review, spec.horizon
            self._always[some], self._cancels[some] = spec.until == "horizon", spec.unfilled == "cancel"
            self._first_to[some], self._most[some] = FIRST.index(spec.restart.first), spec.restart.at_most
            out = np.isin(source, some)
            self._contract[out], self._exempt[out] = rule.contract[out], rule.exempt[out]
        self._new.settle(self._rule)

    def review(self, day: int) -> None:
        """The evening of a day: take in what is new, decide what is due, and let everybody know."""
        outlook, reached = self._reports.outlook, np.zeros(len(self._mine), dtype=bool)
        if day >= self._next_turn:
            before = self._rule
            self._settle(day)
            reached |= before != self._rule
            self._stop(day, ((before >= 0) & ~self._mine).nonzero()[0])
        told = outlook.news(self._looked, day)
        self._looked = float(day)
        for impact in told:
            reached |= outlook.reach(impact)
        if self._more is not None:
            reached[self._more.turned()] = True
        changed = False
        if told or reached.any() or (self._due <= day).any():
            self._look_ahead(day, self._chain.below(reached))
            changed = True
        if self._new.any:
            ahead = None if self._more is None else self._more.ahead(day)
            capacity = self._network.capacity if ahead is None else ahead.units[0]
            changed |= self._new.review(day, self._state_of == FREE, self._struck, self._reactions, capacity)
        restarts = (self._state_of == RESTARTS).nonzero()[0]
        if restarts.size:
            self._restock(day, restarts)
            changed = True
        if changed:
            shares = np.where(self.rations.more > 0, np.inf, self.rations.share)
            outlook.deal(shares)
        if self.rations.on:
            self.book.count(day, self.rations.share)

    def _reactions(self, cells: np.ndarray, day: int) -> np.ndarray:
        """The day on which each of these sources decides about news of a day."""
        return np.asarray(day + self._reaction.at(self._thing[cells], day))

    def _look_ahead(self, day: int, reached: np.ndarray) -> None:
        """What every source can count on, from the top of the chain downward; who is due decides."""
        capacity = None if self._more is None else self._more.ahead(day)
        seen, state = self._reports.outlook.foreseen(day, capacity), self._state
        # over a lane of no time what came this morning stands for what will come on that after the last evening
        on_hand = self._reports.own_stock() - np.where(self._chain.overnight, state.today.received, 0)
        table = state.shipments
        goods = Goods(
            on_hand, state.held, state.in_process,
            *(table[name][table["phase"] != Phase.DONE] for name in ("flow", "sent", "units")),
        )  # fmt: skip
        dealt = self.rations.share
        forecast = Forecast(self._chain, day, seen, goods, self._until, self._horizon, self._always, dealt)
        self._struck = self._new.struck(seen)
        heard = (reached & self._mine).nonzero()[0]
        self._due[heard] = np.minimum(self._due[heard], self._reactions(heard, day))
        for level in self._chain.levels:
            self._decide_level(day, level, forecast)
        self._until = forecast.until

    def _decide_level(self, day: int, level: Level, forecast: Forecast) -> None:
        ahead = forecast.of(level)
        cells, mine = level.cells, self._mine[level.cells]
        fair, at_site = self._fair(level, ahead, day)
        forecast.material[cells] = at_site
        trouble = ahead.end > day
        self._remember(cells[mine & trouble & ~self._troubled[cells] & (self._state_of[cells] != RESTARTS)])
        # what is over needs no time to think
        later = self._state.for_later
        assert later is not None
        over = mine & ~trouble & (self._hit[cells] | (self._state_of[cells] == DEALS) | (later[cells] > 0))
        decides = (mine & (self._due[cells] <= day) | over).nonzero()[0]
        if decides.size:
            self._decide(day, level, ahead, forecast.touched[cells], decides, fair)
        dealt = self._state_of[cells[level.source]] == DEALS
        if (sights := self._reports.sights) is not None:
            sights.offered[level.go] = fair
            fair = sights.offers(level.go, fair)
        forecast.gives[level.go] = np.minimum(1.0, np.where(dealt, self.rations.share[level.go], fair))
        self._troubled[cells] = mine & trouble
        least = ahead.leaves < 1 - SAME
        short = trouble & (per_cell(level.source, least | dealt, len(cells)) > 0)
        self._hit[cells] |= mine & short

    def _fair(self, level: Level, ahead: Prospect, day: float) -> tuple[np.ndarray, np.ndarray]:
        """The share of usual units that lasts until `ahead.end`, over the flows from a level, and over its cells for
        their own use (above 1 where there is more): own use and those exempt first, then what is under contract, then
        the rest."""
        days, out = ahead.end - day, level.go
        units = self.rations.usual.units[out] * ahead.leaves
        exempt, contract = self._exempt[out], self._contract[out]

        def added(part: np.ndarray) -> np.ndarray:
            return per_cell(level.source, part, len(level.cells)) * days

        left, shares = ahead.stock + ahead.coming, []
        # own use is in the morning: today's is over, and on the last day what is usual has come before it
        first = ahead.own * np.maximum(0.0, days - 1) + added(np.where(exempt, units, 0.0))
        most = np.divide(left, first, out=np.ones(len(left)), where=first > 0)
        for wanted in (first, *(added(np.where(exempt, 0.0, part * units)) for part in (contract, 1 - contract))):
            share = np.minimum(1.0, np.divide(left, wanted, out=np.ones(len(left)), where=wanted > 0))
            shares.append(np.where(share > 1 - SAME, 1.0, share))
            left = np.maximum(0.0, left - share * wanted)
        before, second, third = (share[level.source] for share in shares)
        found = np.where(exempt, before, contract * second + (1 - contract) * third)
        return np.where(found > 1 - SAME, 1.0, found), np.maximum(shares[0], most)

    def _remember(self, cells: np.ndarray) -> None:
        """Trouble begins: what these cells have and owe then is what they will go back to."""
        self._stock[cells], self._owed[cells] = self._state.on_hand[cells], self._state.owed_out[cells]

    def _decide(
        self, day: int, level: Level, ahead: Prospect, touched: np.ndarray, who: np.ndarray, fair: np.ndarray
    ) -> None:
        """Sources at the positions `who` of a level deal out from today on, go on as they are, or do so no longer."""
        cells = level.cells[who]
        least = np.ones(len(level.cells))
        np.minimum.at(least, level.source, fair)
        trouble, was = ahead.end[who] > day, self._state_of[cells]
        deals = trouble & (least[who] < 1)
        owes = (was != FREE) | (self._hit[cells] & ~trouble)  # what was kept back is worked off, not sent at once
        self._state_of[cells] = np.where(deals, DEALS, np.where(owes, RESTARTS, FREE))
        # as long as somebody above is in trouble it is looked at again
        again = np.minimum(day + self._review[cells], np.where(trouble, np.ceil(ahead.over[who] - SAME), np.inf))
        self._due[cells] = np.where(trouble | touched[who], again, np.inf)
        self._hit[cells] &= trouble
        assert self._state.for_later is not None
        # with this in stock, and what leaves it on the day, it could go on as usual until then
        lacking = ahead.lacking[who]
        wants = np.ceil(lacking + np.minimum(lacking, self._network.cell_mean[cells]) - SAME)
        self._state.for_later[cells] = np.where(trouble, wants, 0)
        changes = np.zeros(len(level.cells), dtype=bool)
        changes[who] = deals
        out = changes[level.source]
        limit = np.where(self._state_of[level.cells[level.source]] == DEALS, fair, np.inf)
        cancels = self._cancels[level.cells[level.source[out]]]
        self.rations.set(level.go[out], limit[out], cancels=cancels)
        self._tell(day, level, ahead, who, was, np.minimum(1.0, limit))

    def _tell(
        self, day: int, level: Level, ahead: Prospect, who: np.ndarray, was: np.ndarray, given: np.ndarray
    ) -> None:
        """Journal and book; for all who are supplied from these it is news."""
        cells, network = level.cells[who], self._network
        usual = network.flow_usual[level.go]
        weight = per_cell(level.source, usual, len(level.cells))[who]
        sums = per_cell(level.source, usual * given, len(level.cells))[who]
        share = np.divide(sums, weight, out=np.ones(len(who)), where=weight > 0)
        deals = self._state_of[cells] == DEALS
        begins, ends = deals & (was != DEALS), ~deals & (was == DEALS)
        parts = per_cell(level.source, np.ones(len(usual)), len(level.cells))[who]  # of a unit, at each customer
        span = weight * (ahead.end[who] - day)
        noise = np.divide(parts, span, out=np.zeros(len(who)), where=span > 0)
        changes = deals & (was == DEALS) & (np.abs(share - self._told[cells]) >= np.maximum(CHANGED, noise))
        events: tuple[tuple[Event, np.ndarray], ...] = (
            ("ration_begins", begins), ("ration_changed", changes), ("ration_ends", ends)
        )  # fmt: skip
        for event, some in events:
            rows = some.nonzero()[0]
            if rows.size:
                figures = (share[rows], ahead.over[who[rows]], ahead.end[who[rows]])
                self.book.note(event, day, cells[rows], *figures, ahead.stock[who[rows]], ahead.coming[who[rows]])
        told = begins | changes | ends
        self._told[cells[told]] = np.where(deals[told], share[told], 1.0)
        news = np.zeros(len(self._mine), dtype=bool)
        news[cells[told]] = True
        heard = (self._chain.below(news) & ~news & self._mine).nonzero()[0]
        self._due[heard] = np.minimum(self._due[heard], self._reactions(heard, day))

    def _stop(self, day: int, cells: np.ndarray) -> None:
        """These are to deal out no more, whatever is scarce: their entry is over, and none was before it."""
        dealt = cells[self._state_of[cells] == DEALS]
        nothing = np.zeros(len(dealt))
        if dealt.size:
            self.book.note("ration_ends", day, dealt, nothing + 1, nothing + LEFT, nothing + day, nothing, nothing)
        assert self._state.for_later is not None
        self._state_of[cells], self._due[cells], self._told[cells] = FREE, np.inf, 1.0
        self._hit[cells], self._troubled[cells], self._state.for_later[cells] = False, False, 0
        self.rations.set(np.flatnonzero(np.isin(self._network.flow_source, cells)), np.inf)

    def _restock(self, day: int, cells: np.ndarray) -> None:
        """Supply is back: who gets the first of it, until what is owed is sent and stock is what it was."""
        state, network = self._state, self._network
        owes = np.maximum(0.0, state.owed_out[cells] - np.maximum(self._owed[cells], np.ceil(network.cell_mean[cells])))
        lacks = np.maximum(0, self._stock[cells] - state.on_hand[cells])
        kinds = [self._first_to[cells] == FIRST.index(name) for name in ("own_stock", "proportional")]
        goes_on = np.select(kinds, [lacks > 0, (lacks > 0) | (owes > 0)], owes > 0)
        part = np.divide(owes, owes + lacks, out=np.ones(len(cells)), where=owes + lacks > 0)
        above = np.select(kinds, [0.0, part], 1.0) * (self._most[cells] - 1)
        self._state_of[cells[~goes_on]] = FREE
        place = np.full(len(self._mine), -1)
        place[cells] = np.arange(len(cells))
        row = place[network.flow_source]
        flows = (row >= 0).nonzero()[0]
        row = row[flows]
        under = np.where((self._first_to[cells] == FIRST.index("contract"))[row], self._contract[flows], 1.0)
        limit = np.where(goes_on[row] & ~self._exempt[flows], 1 + above[row] * under, np.inf)
        self.rations.set(flows, limit)
