"""Who sees what during a run: the eyes of owners, what is told along with reports, and how far it is from what is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.engine.bound.in_force import ALWAYS, next_turn
from sim.engine.bound.information import CAPACITY, DEMAND, ORDERS, PIPELINE, STOCK, InformationPlan, Seen
from sim.engine.deciding.hoarding import SeenScarcity
from sim.engine.knowing.known import Known
from sim.engine.knowing.reported import Eyes, Reported
from sim.engine.knowing.seen_book import SeenBook
from sim.engine.knowing.told import NOT_TOLD, Along, Told, pairs_of
from sim.engine.plan import Plan
from sim.engine.rationing.outlook import Outlook, open_for_more
from sim.engine.state.state import State
from sim.model.part import Part


class Sights(Part):
    """What owners see of cells, from one change of `information` to the next; shares of what is told along.

    `buyers` are, over flows, the eyes with which sources see those who buy of them, `sources` those with which these
    see their source; `own` are, over cells, those of each cell's owner, `own_late` the same, None where none of these
    goes by reports that come later than at once. What goes along with reports: of goods that
    sources have sent, of what buyers know of sources, and of the orders of others that hoarders look at.
    """

    CHANGES = ("_settled", "_next_turn", "_day", "offered")
    SCRATCH = ("_found", "_sources")
    VIEWS = ("own", "own_late", "buyers", "version")

    def __init__(
        self, plan: Plan, state: State, told: Told, reported: Reported, outlook: Outlook, open_to_change: bool
    ) -> None:
        assert plan.information is not None
        self._plan: InformationPlan = plan.information
        self._network, self._state, self._told, self._reported = plan.network, state, told, reported
        self._outlook = outlook
        flows = len(plan.network.flow_buyer)
        self._echelons = open_to_change or plan.looking_back.at("echelon")
        self._goods = Along(np.arange(plan.network.orders), ("sent",))
        self._gifts = Along(np.arange(plan.network.orders, flows), ())
        self._orders: Along | None = None
        self._knows_supply = bool(plan.sourcing.moves.any() or plan.behaviour.rationing) or open_to_change
        self._supply = Along(np.arange(flows if self._knows_supply else 0), ("makes", "offered"))
        told.along = [self._goods, self._gifts, *([self._supply] if self._knows_supply else [])]
        self.offered = np.ones(len(self._supply.rows))
        """the share of usual units that each flow's source could deal out evenly"""
        self._hoarding: SeenScarcity | None = None
        self.book = SeenBook(plan, told)
        self._first = -plan.network.calendar.warm_up
        self._settled, self._next_turn, self._day = ALWAYS, np.inf, 0
        self._found: dict[object, Eyes] = {}
        self._sources: Eyes | None = None
        self.own = self.buyers = Eyes(np.zeros(0), np.zeros(0, dtype=np.int64))
        self.own_late: Eyes | None = None
        self.version: object = None

    def begin(self) -> None:
        """Before the first day, when goods are under way that are at the start: all figures of then are told."""
        if self._knows_supply:
            self._outlook.watch()
        assert self._state.totals is not None
        self._state.totals.evening = self._first - 1
        self._settle(self._first - 1)

    def expect_policies(self, plan: Plan) -> None:
        """From now on these are the run's policies; views that are new come into force with the next reported."""
        assert plan.information is not None
        if plan.information is not self._plan:
            self._plan, self._next_turn = plan.information, -np.inf

    def look_at_orders(self, hoarding: SeenScarcity) -> None:
        """Hoarders look at orders of others as they are told of them."""
        flows, self._observers = hoarding.as_told(self.observer(self._plan.owner))
        self._orders, self._hoarding = Along(flows, ("open", "left")), hoarding
        self._told.along = [*self._told.along, self._orders]

    def _settle(self, day: int) -> None:
        """Go by the views that are in force on a day, until others are."""
        self._settled, self._next_turn = day, next_turn(self._plan.views, day)
        for channel, cells, shows_stock in pairs_of(self._plan, day):
            self._told.add(channel, cells, day)
            self.book.expect(channel, cells, shows_stock)
        self.rejoin()
        self._day, (self._goods.names, self._gifts.names) = day, self._of_goods()
        beside = self._beside()
        for goods in (self._goods, self._gifts):
            goods.expect(self._told_at(self.buyers.of(goods.rows)), beside, self._told)
        if self._knows_supply:
            self._supply.expect(self._told_at(self.sources), beside, self._told)
        if self._orders is not None and self._hoarding is not None:
            eyes = self._as_observers(self._observers, self._network.flow_buyer[self._orders.rows])
            self._orders.expect(self._told_at(eyes), beside, self._told)
            self._hoarding.expect_eyes(eyes.level >= ORDERS, self._orders)

    def _of_goods(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What is told along of goods ordered and of goods given: where sources do not see all that is under way they
        go by what they sent."""
        if "in_transit" not in self._told.names:  # nobody goes by what is on its way
            return (), ()
        in_part = bool((self._reported.by_report(self.buyers) & (self.buyers.level < PIPELINE)).any())
        orders = ("sent", *(["way"] if in_part else []), *(["unsent"] if self._echelons else []))
        return orders, ("sent", "way") if in_part else ()

    def _told_at(self, eyes: Eyes) -> np.ndarray:
        """Where it stands what is told later than at once."""
        return np.where(self._reported.by_report(eyes), eyes.at, NOT_TOLD)

    def _as_observers(self, observers: np.ndarray, cells: np.ndarray) -> Eyes:
        """What observers see of cells, one for one."""
        level, at = np.zeros(len(cells), dtype=np.int8), np.full(len(cells), NOT_TOLD)
        for observer in np.unique(observers).tolist():
            mine = observers == observer
            eyes = self.of(observer)
            level[mine], at[mine] = eyes.level[cells[mine]], eyes.at[cells[mine]]
        return Eyes(level, at)

    def rejoin(self) -> None:
        network, self._found = self._network, {}
        cells = np.arange(len(network.cell_site))
        self.own = self._eyes(self._plan.own(self._settled), cells, "own")
        self.own_late = self.own if self._reported.by_report(self.own).any() else None
        self.buyers = self._pairs(self._plan.owner[network.flow_source], network.flow_buyer)
        self._sources = None
        self.version = object()

    @property
    def sources(self) -> Eyes:
        """Over flows, the eyes with which buyers see their source; looked up when somebody asks."""
        if self._sources is None:
            network = self._network
            self._sources = self._pairs(self._plan.owner[network.flow_buyer], network.flow_source)
        return self._sources

    def _eyes(self, seen: Seen, cells: np.ndarray, who: object = None) -> Eyes:
        return Eyes(seen.level, self._told.at(seen, cells, self._plan.channels), who)

    def _pairs(self, owner: np.ndarray, seen: np.ndarray) -> Eyes:
        """What owners see of cells, one for one."""
        return self._eyes(self._plan.between(owner, seen, self._settled), seen)

    def below(self, owner: np.ndarray, cell: np.ndarray, itself: np.ndarray) -> Eyes:
        """What owners see of cells, one for one; a site `itself` sees its own cell by its own books."""
        eyes = self._pairs(owner, cell)
        as_is = itself & ~self._reported.orders_by_report(eyes)
        return Eyes(np.where(as_is, CAPACITY, eyes.level), np.where(as_is, NOT_TOLD, eyes.at))

    def joint(self, owners: np.ndarray) -> Eyes:
        """What some owners see together of all cells."""
        key = tuple(owners.tolist())
        if key not in self._found:
            cells = np.arange(len(self._plan.owner))
            self._found[key] = self._eyes(self._plan.joint(owners, self._settled), cells, key)
        return self._found[key]

    def of(self, observer: int) -> Eyes:
        """What an observer (see `observer`) sees of all cells; sites without a party: but their own."""
        if observer < 0:
            return self.joint(np.array([-1 - observer]))
        key = "sites", observer
        if key not in self._found:
            cells = np.arange(len(self._plan.owner))
            self._found[key] = self._eyes(self._plan.others(observer, self._settled), cells, key)
        return self._found[key]

    def owners(self, cells: np.ndarray) -> np.ndarray:
        """The owner of each cell."""
        return self._plan.owner[cells]

    def party(self, name: str) -> np.ndarray:
        """A party as the one owner."""
        return self._plan.party(name)

    def observer(self, owners: np.ndarray) -> np.ndarray:
        """The row of views of each owner, and below 0 for parties, which have one each."""
        return np.where(owners < len(self._plan.parties), -1 - owners, self._plan.observer[owners])

    def _beside(self) -> dict[str, np.ndarray]:
        """What goes along with reports, as it is; over flows."""
        assert self._state.totals is not None
        found = {"sent": self._state.totals.sent, "unsent": self._state.unsent}
        if "way" in self._goods.names:
            found["way"] = self._way()
        if self._knows_supply:
            makes = self._outlook.ordered(max(self._day, self._first)).makes
            found |= {"offered": self.offered, "makes": makes}
        return found if self._hoarding is None else found | self._hoarding.orders

    def _way(self) -> np.ndarray:
        """Units under way on each flow."""
        table = self._state.shipments
        under_way = table.live()
        units = np.bincount(table["flow"][under_way], table["units"][under_way], len(self._network.flow_buyer))
        return units.astype(np.int64)

    def close_day(self, day: int) -> None:
        """When demand has been served: sites report, and reports come."""
        assert self._state.totals is not None
        self._day = self._state.totals.evening = day
        if day >= self._next_turn:
            self._settle(day)
        come = self._told.close_day(day, self._reported.works, self._beside)
        if day >= 0:
            self.book.count(come, self._state.on_hand, day)

    def cover_stock(
        self, flow: np.ndarray, source: np.ndarray, present_over: int | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """(units that buyers have or have under way, units a day that they use) as the sources of these flows see them,
        in an evening; `source` numbers the sources.

        Whose stock a source does not see it takes to have as many days of cover as those together whose stock it sees,
        or nothing where it sees none.
        """
        buyer = self._network.flow_buyer[flow]
        eyes, reported = self.buyers.of(flow), self._reported
        mean = self._network.cell_mean[buyer] if present_over is None else self.use_of_buyers(flow, present_over)
        waiting = np.where(eyes.level >= DEMAND, reported.backlog(buyer, eyes), 0)
        cover = reported.present(buyer, eyes) + self._coming(flow, buyer, eyes) - waiting
        seen = eyes.level >= STOCK
        if not seen.all():
            stock, use = (np.bincount(source, x * seen, int(source.max()) + 1) for x in (cover, mean))
            days = np.divide(stock, use, out=np.zeros(len(use)), where=use > 0)
            cover = np.where(seen, cover, np.floor(days[source] * mean)).astype(np.int64)
        return cover, mean

    def stock_of_buyers(self, flow: np.ndarray) -> tuple[np.ndarray, ...]:
        """(whether sources see the stock of those who buy on these flows; that stock, less what others wait for; what
        is on its way to them; whether that is seen as it is). What is not seen is nothing."""
        buyer, eyes = self._network.flow_buyer[flow], self.buyers.of(flow)
        seen, late = eyes.level >= STOCK, self._reported.by_report(eyes)
        stock = self._stock_of(buyer, eyes)
        return seen, stock * seen, self._coming(flow, buyer, eyes) * seen, ~late & (eyes.level >= PIPELINE)

    def stock_of_sources(self, flow: np.ndarray) -> np.ndarray:
        """The stock, less what others wait for, of those who send on these flows as their buyers see it; what is not
        seen is nothing."""
        eyes = self.sources.of(flow)
        return self._stock_of(self._network.flow_source[flow], eyes) * (eyes.level >= STOCK)

    def _stock_of(self, cell: np.ndarray, eyes: Eyes) -> np.ndarray:
        """Stock on hand of cells, less what others are seen to wait for, as these eyes see it."""
        reported, state = self._reported, self._state
        late = reported.by_report(eyes)
        owed = state.owed_out[cell]
        if late.any():
            owed = np.where(late, reported.told("owed_out", eyes.at, owed), owed)
        stock = reported.present(cell, eyes) - owed
        if state.waits:
            stock = stock - np.where(eyes.level >= DEMAND, reported.backlog(cell, eyes), 0)
        return np.asarray(stock)

    def use_of_buyers(self, flow: np.ndarray, over: int) -> np.ndarray:
        """Present use of buyers as the sources of these flows see it."""
        buyer = self._network.flow_buyer[flow]
        observers, found = self.observer(self._plan.owner[self._network.flow_source[flow]]), np.zeros(len(flow))
        for observer in np.unique(observers).tolist():
            mine = observers == observer
            found[mine] = self._reported.use(over, self.of(observer))[buyer[mine]]
        return found

    def _coming(self, flow: np.ndarray, buyer: np.ndarray, eyes: Eyes) -> np.ndarray:
        """Units that sources take to be on their way to buyers, or to have come since these last reported: all that
        they are told of, and what they know to have sent."""
        all_of_it = eyes.level >= PIPELINE
        coming = self._state.in_transit[buyer]
        if not all_of_it.all():
            coming = np.where(all_of_it, coming, self._way()[flow])
        late = self._reported.by_report(eyes)
        if late.any():
            told = self._reported.told("in_transit", eyes.at, coming)
            if (late & ~all_of_it).any():
                told = np.where(all_of_it, told, self._told_along("way", flow))
            coming = np.where(late, told + self._sent_since(flow, eyes), coming)
        return coming

    def _sent_since(self, flow: np.ndarray, eyes: Eyes) -> np.ndarray:
        """Units that sources have sent on these flows since their buyers last reported to these eyes."""
        totals = self._state.totals
        assert totals is not None
        given = np.flatnonzero(flow >= self._network.orders) if not self._gifts.names else flow[:0]
        if not given.size:
            return totals.sent[flow] - self._told_along("sent", flow)
        found = np.zeros(len(flow), dtype=np.int64)
        ordered = np.flatnonzero(flow < self._network.orders)
        found[ordered] = totals.sent[flow[ordered]] - self._goods.figures["sent"][flow[ordered]]
        given = given[eyes.at[given] != NOT_TOLD]
        found[given] = totals.given_since(flow[given], self._told.made_at(eyes.at[given]))
        return found

    def _told_along(self, name: str, flow: np.ndarray) -> np.ndarray:
        """What was told along of goods on these flows."""
        goods, orders = self._goods.figures[name], self._network.orders
        if name not in self._gifts.figures or (flow < orders).all():
            return goods[flow]
        gifts = self._gifts.figures[name]
        return np.where(flow < orders, goods[np.minimum(flow, orders - 1)], gifts[np.maximum(0, flow - orders)])

    def sent_there(self) -> np.ndarray:
        """Units that are under way on each flow of orders, or have come since its buyer last reported, as its source
        knows."""
        figures, at, orders = self._goods.figures, self._goods.at, self._network.orders
        assert self._state.totals is not None
        if "way" not in figures:  # of whom they are told later than at once they see all
            return self._way()[:orders]
        sent = self._state.totals.sent[:orders] - figures["sent"]
        return np.where(at >= 0, figures["way"] + sent, self._way()[:orders])

    def ordered_since(self) -> np.ndarray:
        """Units ordered on each flow of orders, and not given up, since its buyer last reported, as its source
        knows."""
        figures, at, totals = self._goods.figures, self._goods.at, self._state.totals
        assert totals is not None
        sent, unsent = totals.sent[: self._network.orders], self._state.unsent[: self._network.orders]
        ordered = sent + unsent - figures["sent"] - figures["unsent"]
        return np.where(at >= 0, ordered, 0)

    def known(self, known: Known) -> Known:
        """What buyers know of their sources where not all see what makers make: all of the usual where they do not."""
        told = np.where(self._supply.at >= 0, self._supply.figures["makes"], known.makes)
        makes = np.where(self.sources.level >= CAPACITY, told, 1.0)
        open_ = open_for_more(np.minimum(known.sends, makes))
        above = open_ * np.where(known.deals, np.maximum(0.0, known.dealt - 1), 0.0)
        same = makes == known.makes
        takes = np.where(known.deals, 0.0, open_)
        takes, above = np.where(same, known.takes, takes), np.where(same, known.above, above)
        return replace(known, makes=makes, takes=takes, above=above)

    def offers(self, flow: np.ndarray, now: np.ndarray) -> np.ndarray:
        """The share of usual units that buyers on these flows know that their sources could deal out, all where they
        see nothing of it; `now` is what it is on these flows."""
        told = np.where(self._supply.at[flow] >= 0, self._supply.figures["offered"][flow], now)
        return np.where(self.sources.level[flow] >= CAPACITY, told, 1.0)

    def lacks(self, flow: np.ndarray) -> np.ndarray:
        """Whether the sources on these flows have no more than they owe, as far as their buyers see; a mask."""
        eyes, source, state = self.sources.of(flow), self._network.flow_source[flow], self._state
        reported, late = self._reported, self._reported.by_report(eyes)
        has, owes = (
            np.where(late, reported.told(name, eyes.at, now), now)
            for name, now in (("on_hand", state.on_hand[source]), ("owed_out", state.owed_out[source]))
        )
        return np.where(eyes.level >= STOCK, has <= owes, True)
