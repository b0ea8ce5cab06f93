"""One simulated day: the phases of `sim.engine.phases`, in their order, and what happens at its own time.

A shipment that leaves on day t with journey time L serves the demand of the first day >= t + L (the next day for
L = 0). Old backlog is served before new demand. Effects hold on [from, until).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from sim.engine.books.books import Books
from sim.engine.books.conservation import LOT_CHECK_DAYS, Conservation
from sim.engine.books.journal import Detail, Journal
from sim.engine.books.recorder import Recorder
from sim.engine.books.sharings import SharingBook
from sim.engine.deciding.buying_ahead import BuyersAhead
from sim.engine.deciding.decisions import Decisions
from sim.engine.deciding.hoarding import SeenScarcity
from sim.engine.deciding.order_shares import OrderShares
from sim.engine.deciding.ordering import Ordering
from sim.engine.deciding.rerouting import Rerouting
from sim.engine.knowing.alarms import Alarms
from sim.engine.knowing.filled import FilledOrders
from sim.engine.knowing.present_use import WEEK, PresentUse
from sim.engine.knowing.reported import Reported
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.sights import Sights
from sim.engine.knowing.told import what_is_told
from sim.engine.making.production import Production
from sim.engine.making.quality import Quality
from sim.engine.moving.seizures import seize
from sim.engine.moving.transport import Transport
from sim.engine.opening import put_under_way
from sim.engine.phases import kept_by_phases
from sim.engine.plan import Plan
from sim.engine.rationing.outlook import Outlook
from sim.engine.rationing.rationing import Rationing
from sim.engine.rationing.rations import Rations
from sim.engine.rationing.rations_told import RationBook
from sim.engine.serving.demand_source import DemandSource
from sim.engine.serving.demand_tape import DemandTape
from sim.engine.serving.openings import Openings
from sim.engine.serving.patients import Patients
from sim.engine.sharing.dispatch import Dispatch
from sim.engine.sharing.reserves import ReserveDesk
from sim.engine.sharing.transfers import Transfers
from sim.engine.sharing.trust import Trust
from sim.engine.state.ledger import DAILY
from sim.engine.state.state import State
from sim.model.effects import Impact, Impulse, Quantities
from sim.model.part import Part
from sim.model.vocabulary import Action
from sim.rng import Streams


class World(Part):
    """All parts of one run, wired together."""

    CHANGES = ("_ended", "_short", "_any_short")

    state: State
    quantities: Quantities
    journal: Journal
    transport: Transport
    production: Production
    openings: Openings | None
    patients: Patients
    reports: Reports
    present_use: PresentUse | None
    filled: FilledOrders | None
    ahead: BuyersAhead | None
    order_shares: OrderShares
    ordering: Ordering
    rationing: Rationing | None
    dispatch: Dispatch
    transfers: Transfers | None
    alarms: Alarms | None
    trust: Trust | None
    decisions: Decisions | None
    desks: list[ReserveDesk]
    claimed: list[ReserveDesk]
    quality: Quality
    recorder: Recorder
    books: Books
    kept: dict[str, Any]
    """parts of phases from outside, by the phase's name"""
    moves_overnight: bool

    def __init__(
        self,
        plan: Plan,
        streams: Streams,
        detail: Detail,
        table: bool | np.ndarray,
        lot_check: int = LOT_CHECK_DAYS,
        series: Collection[str] = DAILY,
        demand: DemandSource | None = None,
        open_to_change: bool = False,
        sharings: bool = False,
    ) -> None:
        network = plan.network
        self.plan = plan
        self.first_day = -network.calendar.warm_up
        effects = [effect for impact in plan.impacts for effect in impact.effects]
        self.quantities = Quantities(network.undisturbed, [*network.seasons, *effects], open_to_change)
        self.state = State.at_start(plan, self.quantities)
        self.journal = Journal(network, detail)
        self.transport = Transport(plan, self.state, self.quantities, streams, self.journal)
        self._look_back(plan)
        outlook = Outlook(plan, self.quantities.base)
        told = what_is_told(plan, self.state, self.quantities, streams, sharings)
        outlook.hear(plan.impacts)
        seen, sights = (self.state, self.quantities, told, self.present_use, self.filled), None
        if plan.information is not None and told is not None:
            sights = Sights(plan, self.state, told, Reported(*seen), outlook, open_to_change)
        self.reports = Reports(*seen, outlook, sights, plan.published)
        self.production = Production(plan, self.state, self.quantities, streams, self.journal, self.reports)
        limits = self.quantities.touched("flow.allowance", "flow.exports")
        if limits and self.production.makes_ahead:
            self.state.withheld = np.zeros(network.orders, dtype=np.int64)
        tape = DemandTape(plan.demand, network.calendar, streams, demand)
        tape.join(plan.impacts)
        spans = network.spans
        self.openings = None if spans is None else Openings(plan, spans, self.state, self.journal)
        self.reports.openings = self.openings
        self.ahead = BuyersAhead(plan, self.reports, self.journal) if plan.behaviour.ahead else None
        self.patients = Patients(
            plan, self.state, tape, self.quantities, self.journal, self.reports, self.openings, self.ahead
        )
        hoarders, self.trust = plan.behaviour.hoarders, None
        if plan.trust is not None:
            self.trust = Trust(plan.trust, network, self.quantities, self.journal, told)
        self.hoarding = None if hoarders is None else SeenScarcity(network, hoarders, self.trust)
        if self.reports.sights is not None and hoarders is not None and hoarders.seen is not None:
            assert self.hoarding is not None
            self.reports.sights.look_at_orders(self.hoarding)
        self.order_shares = shares = OrderShares(plan, self.state, self.quantities, self.reports)
        self.rerouting = Rerouting(plan, self.state, self.reports, shares) if plan.sourcing.moves.any() else None
        self._looks_at_orders = any(one is not None for one in (self.filled, self.hoarding, self.rerouting))
        if self.rerouting is not None:
            self.reports.outlook.watch()
        self.ordering = Ordering(
            plan, self.state, self.quantities, self.reports, self.journal, shares,
            self.hoarding, self.rerouting, self.ahead,
        )  # fmt: skip
        self.rationing = self._rationing(plan, streams) if plan.behaviour.rationing or self.quantities.open else None
        rations = None if self.rationing is None else self.rationing.rations
        self.dispatch = Dispatch(
            plan, self.state, self.quantities, self.production, self.transport, self.reports, rations,
            SharingBook(network) if sharings else None,
        )  # fmt: skip
        self.transfers = None
        if plan.transfers:
            self.transfers = Transfers(
                plan, self.state, self.quantities, self.reports, self.dispatch, self.journal, self.trust
            )
        self.alarms = None
        if plan.alarms:
            self.alarms = Alarms(plan, self.state, self.reports, self.journal, self.quantities.open)
        self.decisions = Decisions(plan, self.reports, self.journal, streams) if plan.decisions else None
        self.desks = [
            ReserveDesk(plan, k, self.state, self.dispatch, self.reports, self.journal, self.trust)
            for k in range(len(plan.reserves))
        ]
        self.claimed = [desk for desk in self.desks if desk.claims is not None]
        self.recorder = Recorder(plan, self.state, self.transport, table, series)
        self.quality = Quality(plan, self.state, self.journal)
        self._send_opening_shipments()
        if self.reports.sights is not None:
            self.reports.sights.begin()
        self.recorder.begin()
        self.books = Books(self.state.today, self.recorder, Conservation(plan, self.state, lot_check))
        self._ended = self.first_day - 2
        self.moves_overnight = self.transport.through_ports or bool(self.transport.passages.queues)
        self._short = np.zeros(len(network.cell_site), dtype=bool)
        self._any_short = False
        self.kept = kept_by_phases(self)
        if self.decisions is not None:
            self.decisions.begin(self.first_day)

    def _look_back(self, plan: Plan) -> None:
        """Keep of the days before what some policy looks back on; all of it where policies may come that do."""
        back, is_open = plan.looking_back, self.quantities.open
        late = back.late(self.quantities.touched("cell.blackout"))
        use = None if late is None else back.present + (late + WEEK if late else 0)
        self.present_use = PresentUse(plan, use) if back.present or is_open else None
        window = None if is_open or (plan.information is not None and late is None) else back.fill + (late or 0)
        hears = plan.information is not None
        self.filled = FilledOrders(plan.network, window, hears) if back.fill or is_open else None

    def _rationing(self, plan: Plan, streams: Streams) -> Rationing:
        rations = Rations(plan, self.state, self.production.unlimited)
        book = RationBook(plan.network, self.journal)
        more = self.production.more
        return Rationing(plan, self.state, self.reports, streams, rations, book, self.journal, more)

    def _send_opening_shipments(self) -> None:
        start, lots = self.plan.start, self.state.lots
        buyer = self.plan.network.flow_buyer[start.flow]
        lot = np.full(len(buyer), -1, dtype=np.int64)
        if lots is not None:
            lot = lots.opening(buyer, self.plan.lots.life[buyer], start.units, self.first_day)
        now = float(self.first_day)
        rows, lane = put_under_way(self.state, start.flow, start.units, start.days_ago, now, lot)
        self.transport.passages.under_way(self.state.shipments, rows, lane, now)

    def expect(self, impacts: Sequence[Impact], now: float) -> None:
        """From the present midnight on these are the run's disruptions; what has begun is as it was."""
        effects = [effect for impact in impacts for effect in impact.effects]
        self.quantities.expect([*self.plan.network.seasons, *effects])
        self.dispatch.expect_effects()
        self.transport.expect_effects(now)
        self.recorder.expect_queues()
        self.patients.join(impacts)
        self.reports.outlook.hear(impacts)

    def expect_decisions(self, plan: Plan, streams: Streams, day: int) -> None:
        """From the midnight before a day on these are the run's decisions, those of before first."""
        if self.decisions is None:
            known, self.decisions = 0, Decisions(plan, self.reports, self.journal, streams)
        else:
            known = self.decisions.number
            self.decisions.expect(plan)
        self.decisions.begin(day, known)

    def change_policies(self, plan: Plan) -> None:
        """From the present midnight on these are the run's policies; those in force are as they were."""
        self.ordering.expect_policies(plan)
        self.dispatch.expect_policies(plan)
        if self.rationing is not None:
            self.rationing.expect_policies(plan)
        self.recorder.expect_policies(plan)
        if self.reports.sights is not None:
            self.reports.sights.expect_policies(plan)
        for desk in self.desks:
            desk.expect_policies(plan)

    def change_effects(self, now: float) -> None:
        """Phase 1, at its own time: movement until now under the old effects, then the new ones."""
        self._move_until(now)
        self.quantities.update(now)
        self.transport.effects_changed(now)
        self.dispatch.effects_changed()

    def strike(self, impulse: Impulse, now: float) -> None:
        """Phase 1: something happens once, to what has arrived by then as well."""
        self._move_until(now)
        DEEDS[impulse.action](self, impulse, now)

    def _seize(self, impulse: Impulse, now: float) -> None:
        seize(self.state, self.transport, self.journal, impulse, now)

    def _recall(self, impulse: Impulse, now: float) -> None:
        self.quality.recall(impulse, int(np.ceil(now)))

    def _extend_life(self, impulse: Impulse, now: float) -> None:
        self.quality.extend(impulse)

    def _destroy_stock(self, impulse: Impulse, now: float) -> None:
        state, cells = self.state, impulse.rows
        lost = np.floor(state.on_hand[cells] * impulse.amount + 0.5).astype(np.int64)
        state.lose_stock(cells, lost)
        self.journal.cells("destroyed", impulse.at, cells[lost > 0], lost[lost > 0], impulse.cause)

    def _destroy_reserve(self, impulse: Impulse, now: float) -> None:
        for desk in self.desks:
            mine = np.isin(desk.reserve.holder, impulse.rows)
            lost = np.where(mine, np.floor(desk.stock * impulse.amount + 0.5), 0).astype(np.int64)
            desk.lose(lost)
            np.add.at(self.state.today.destroyed, desk.reserve.holder, lost)
            holder = desk.reserve.holder[lost > 0]
            self.journal.cells("reserve_destroyed", impulse.at, holder, lost[lost > 0], impulse.cause)

    def _move_until(self, now: float) -> None:
        """All movement before a time; what a port does from midnight on belongs to the new day."""
        self.transport.advance(now, inclusive=False)
        if now % 1 == 0:
            self.end_day(int(now) - 1)

    def end_day(self, day: int) -> None:
        """The midnight after a day: what moved until then; once a day."""
        if day <= self._ended or not self.moves_overnight:
            return
        transport, self._ended = self.transport, day
        transport.advance(float(day + 1), inclusive=False)
        queue = transport.ports.queue()
        self.recorder.record_ports(day, queue)
        self.recorder.record_passages(day)
        transport.ports.traffic.renew(float(day + 2), queue)

    def end_day_before(self, day: int) -> None:
        self.end_day(day - 1)

    def open_and_close(self, day: int) -> None:
        if self.openings is not None:
            self.openings.turn(day)

    def spoil(self, day: int) -> None:
        self.quality.spoil(self.quantities["cell.warm"].nonzero()[0], day)

    def review_reserves(self, day: int) -> None:
        for desk in self.desks:
            desk.review(float(day))

    def review_alarms(self, day: int) -> None:
        if self.alarms is not None:
            self.alarms.review(day)

    def review_decisions(self, day: int) -> None:
        if self.decisions is not None:
            self.decisions.review(day)

    def review_rations(self, day: int) -> None:
        if self.rationing is not None:
            self.rationing.review(day)

    def review_transfers(self, day: int) -> None:
        if self.transfers is not None:
            self.transfers.review(day)

    def review_trust(self, day: int) -> None:
        if self.trust is not None:
            promises = (desk.claims.promises for desk in self.claimed if desk.claims is not None)
            self.trust.review(day, filter(None, promises))

    def close_freight(self, day: int) -> None:
        if self.transport.freight is not None:
            self.transport.freight.close_day(day)

    def allocate(self, day: int) -> None:
        """Phase 6: ordinary stock first, then the reserves."""
        before = self.state.unsent.copy() if self._looks_at_orders else None
        if self.state.for_reserves is not None:
            self.state.for_reserves.fill(0)
            for desk in self.desks:
                desk.refill_by_making(float(day))
        requested = self.dispatch.open_requests(day)
        granted = self.dispatch.share_out(requested, day)
        for desk in self.claimed:
            granted = desk.pay_back(granted, float(day))
        self.dispatch.send(granted, float(day))
        if self.desks:
            self._release(requested, granted, day)
        left = self.state.unsent.copy() if self._looks_at_orders else None
        flow, cancelled = self.dispatch.cancel_rest(day)
        if flow.size:
            self.journal.flows("cancelled", day, flow, cancelled)
        if before is not None and left is not None:
            self._show_orders(before - left, left)
        for desk in self.desks:
            desk.refill(float(day))
            desk.rotate(day)
        if self.state.due is not None:
            self.state.due.close_day()

    def _show_orders(self, sent: np.ndarray, left: np.ndarray) -> None:
        """Show buyers what was sent today, and what was not although it was due, or was cancelled; over flows."""
        state = self.state
        if state.due is None:
            return
        due, cancelled, leaves = state.due.of(state.unsent), left - state.unsent, self.dispatch.leaves()
        unfilled = due + cancelled
        if self.hoarding is not None:
            self.hoarding.look(sent + unfilled, unfilled, leaves)
        if self.rerouting is not None:
            self.rerouting.look(sent, due, cancelled, leaves)
        if self.filled is not None:
            self.filled.look(sent, due, cancelled, leaves)

    def note_arrivals(self, day: int) -> None:
        """What has come by this morning is known."""
        if self.state.arrivals is not None:
            self.state.arrivals.close()

    def note_use(self, day: int) -> None:
        """What was asked for today is known."""
        if self.present_use is not None:
            self.present_use.close_day(self.state.today)

    def look_ahead(self, day: int) -> None:
        """Do families and buyers begin to buy ahead?"""
        if self.ahead is not None:
            self.ahead.look(day)

    def _release(self, requested: np.ndarray, sent: np.ndarray, day: int) -> None:
        """Let the open reserves give, in turn, what is still asked for."""
        for desk in self.desks:
            if not desk.gives:
                continue
            given = desk.release(self.dispatch.left_open(requested, sent), float(day))
            self.dispatch.send(given, float(day), desk.take_out)
            if self.trust is not None:
                self.trust.note_sent(given.nonzero()[0])
            sent = sent + given

    def expire(self, day: int) -> None:
        self.quality.expire(day, self.transport.ports.give_up)
        rationed = None if self.rationing is None else self.rationing.rations.usual
        for usual in (self.dispatch.usual, self.transport.border.usual, rationed):
            if usual is not None:
                usual.note(self.state.today.expired)

    def note_reserves(self, day: int) -> None:
        self.recorder.note_stocks()
        is_open = [desk.gives for desk in self.desks]
        if True in is_open:  # a closed one releases nothing
            released = [int(np.add.reduce(desk.released)) for desk in self.desks]
            self.recorder.note_releases(day, released, is_open)
        for desk in self.claimed:
            desk.close_claims(day)

    def close_records(self, day: int) -> None:
        """The day's demand and arrivals are in the records of sites."""
        if self.state.records is not None:
            self.state.records.close_day(self.state.today)

    def note_stockouts(self, day: int) -> None:
        """Journal: a stockout begins with the first day of unmet demand and ends with the first day without."""
        any_short = bool(np.count_nonzero(self.state.today.unmet))
        if not any_short and not self._any_short:
            return
        short = self.state.today.unmet > 0
        begins, ends = (short & ~self._short).nonzero()[0], (self._short & ~short).nonzero()[0]
        self.journal.cells("stockout_begins", day, begins, self.state.today.unmet[begins])
        self.journal.cells("stockout_ends", day, ends, np.zeros(len(ends), dtype=np.int64))
        self._short, self._any_short = short, any_short


DEEDS: Mapping[Action, Callable[[World, Impulse, float], None]] = {
    "destroy_stock": World._destroy_stock,
    "destroy_reserve": World._destroy_reserve,
    "recall": World._recall,
    "recall_following": World._recall,
    "extend_life": World._extend_life,
    "seize_under_way": World._seize,
    "seize_in_port": World._seize,
    "detain_under_way": World._seize,
    "detain_in_port": World._seize,
}
"""What each action of an impulse does."""
