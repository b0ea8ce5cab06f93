"""One simulated day.

Order of a day; what happens at one instant happens in this order:
  1 effects begin and end
  2 arrivals become stock
  3 production
  4 demand is served
  5 review: triggers and orders, from the facilities upward
  6 allocation and dispatch
  7 expiry, recording and conservation check
A shipment that leaves on day t with journey time L serves the demand of the first day >= t + L (the next day for
L = 0). Old backlog is served before new demand. Effects hold on [from, until).
"""

from __future__ import annotations

import numpy as np

from sim.engine.conservation import Conservation
from sim.engine.dispatch import Dispatch
from sim.engine.hoarding import Hoarding
from sim.engine.journal import Detail, Journal
from sim.engine.ordering import Ordering
from sim.engine.plan import Plan
from sim.engine.quality import Quality
from sim.engine.recorder import Recorder
from sim.engine.reserves import ReserveDesk
from sim.engine.state import State
from sim.engine.stock import Patients, Production
from sim.engine.tape import DemandTape
from sim.engine.transport import Transport
from sim.model.effects import Effect, Impulse, Quantities
from sim.model.network import Network
from sim.rng import Streams


def undisturbed(network: Network) -> dict[str, np.ndarray]:
    """Every named quantity as it is without disruptions."""
    cells, flows, lanes = len(network.cell_site), len(network.flow_buyer), len(network.lanes)
    passages, gates = len(network.passages), len(network.gates)
    return {
        "cell.capacity_factor": np.ones(cells),
        "cell.demand_factor": np.ones(cells),
        "cell.order_factor": np.ones(cells),
        "cell.release": np.zeros(cells),
        "flow.allowance": np.full(flows, np.inf),
        "flow.at_border": np.zeros(flows),
        "flow.border_open": np.ones(flows),
        "flow.cancels": np.zeros(flows),
        "flow.extra_orders": np.zeros(flows),
        "gate.clearance": np.zeros(gates),
        "gate.handling": np.array([gate.handling for gate in network.gates]),
        "lane.extra": np.zeros(lanes),
        "lane.factor": np.ones(lanes),
        "lane.open": np.ones(lanes),
        "passage.diverted": np.zeros(passages),
        "passage.open": np.ones(passages),
    }


class World:
    """All parts of one run, wired together."""

    def __init__(self, plan: Plan, streams: Streams, detail: Detail, table: bool, effects: list[Effect]) -> None:
        network = plan.network
        self.plan = plan
        self.first_day = -network.calendar.warm_up
        self.state = State.at_start(plan)
        self.quantities = Quantities(undisturbed(network), effects)
        self.journal = Journal(network, detail)
        self.transport = Transport(plan, self.state, self.quantities, streams, self.journal)
        self.production = Production(plan, self.state, self.quantities, streams)
        arrivals = [added for impact in plan.impacts for added in impact.arrivals]
        tape = DemandTape(plan.demand, network.calendar, streams, arrivals)
        self.patients = Patients(plan, self.state, tape, self.quantities, self.journal)
        hoarders = plan.behaviour.hoarders
        self.hoarding = None if hoarders is None else Hoarding(network, hoarders)
        self.ordering = Ordering(plan, self.state, self.quantities, self.journal, self.hoarding)
        self.dispatch = Dispatch(plan, self.state, self.quantities, self.production, self.transport)
        self.desks = [ReserveDesk(plan, k, self.state, self.dispatch, self.journal) for k in range(len(plan.reserves))]
        self.recorder = Recorder(plan, self.state, self.transport, table)
        self.quality = Quality(plan, self.state, self.journal)
        self._send_opening_shipments()
        self.conservation = Conservation(plan, self.state)
        self._short = np.zeros(len(network.cell_site), dtype=bool)

    def _send_opening_shipments(self) -> None:
        start, lots = self.plan.start, self.state.lots
        buyer = self.plan.network.flow_buyer[start.flow]
        lot = np.full(len(buyer), -1, dtype=np.int64)
        if lots is not None:
            lot = lots.opening(buyer, self.plan.lots.life[buyer], start.units, self.first_day)
        self.transport.put_under_way(start.flow, start.units, start.days_ago, float(self.first_day), lot)

    def change_effects(self, now: float) -> None:
        """Phase 1, at its own time: movement until now under the old effects, then the new ones."""
        self.transport.advance(now, inclusive=False)
        self.quantities.update(now)
        self.transport.effects_changed(now)

    def strike(self, impulse: Impulse, now: float) -> None:
        """Phase 1: something happens once."""
        state, cells = self.state, impulse.rows
        if impulse.action == "destroy_stock":
            lost = np.floor(state.on_hand[cells] * impulse.amount + 0.5).astype(np.int64)
            state.lose_stock(cells, lost)
            self.journal.cells("destroyed", impulse.at, cells[lost > 0], lost[lost > 0], impulse.cause)
            return
        if impulse.action == "recall":
            self.quality.recall(impulse, int(np.ceil(now)))
            return
        if impulse.action == "extend_life":
            self.quality.extend(impulse)
            return
        for desk in self.desks:
            mine = np.isin(desk.reserve.holder, cells)
            lost = np.where(mine, np.floor(desk.stock * impulse.amount + 0.5), 0).astype(np.int64)
            desk.lose(lost)
            np.add.at(state.today.destroyed, desk.reserve.holder, lost)
            holder = desk.reserve.holder[lost > 0]
            self.journal.cells("reserve_destroyed", impulse.at, holder, lost[lost > 0], impulse.cause)

    def live(self, day: int) -> None:
        """Phases 2 to 7 of one day."""
        self.end_day(day - 1)
        self.transport.renew()
        self.transport.advance(float(day), inclusive=True)
        self.quality.release(day)
        self.production.run(day)
        self.patients.serve(day)
        for desk in self.desks:
            desk.review(float(day))
        self.ordering.review(day)
        released = self._allocate(day)
        self._note_stockouts(day)
        self.quality.expire(day)
        totals = self.recorder.record(day, released, [desk.is_open for desk in self.desks])
        self.conservation.check(day, totals)
        self.state.today.clear()

    def end_day(self, day: int) -> None:
        """The midnight after a day: what moved until then."""
        if self.transport.through_ports:
            self.transport.advance(float(day + 1), inclusive=False)
            self.recorder.record_ports(day)

    def _allocate(self, day: int) -> list[int]:
        """Phase 6; returns the units that each reserve released."""
        before = self.state.owed.copy() if self.hoarding is not None else None
        requested = self.dispatch.open_requests()
        granted = self.dispatch.share_out(requested, day)
        self.dispatch.send(granted, float(day))
        requested = requested - granted
        for desk in self.desks:
            given = desk.release(requested, float(day))
            flow = np.flatnonzero(given)
            if flow.size:
                self.dispatch.take_allowance(flow, given[flow])
                self.transport.dispatch(flow, given[flow], float(day), desk.pockets(flow))
                requested = requested - given
        if self.hoarding is not None and before is not None:
            self.hoarding.look(before, self.state.owed)
        self.dispatch.cancel_rest()
        for desk in self.desks:
            desk.refill(float(day))
            desk.rotate(day)
        return [int(desk.released.sum()) for desk in self.desks]

    def _note_stockouts(self, day: int) -> None:
        """A stockout begins with the first day of unmet demand and ends with the first day without."""
        short = self.state.today.unmet > 0
        if not short.any() and not self._short.any():
            return
        begins, ends = np.flatnonzero(short & ~self._short), np.flatnonzero(self._short & ~short)
        self.journal.cells("stockout_begins", day, begins, self.state.today.unmet[begins])
        self.journal.cells("stockout_ends", day, ends, np.zeros(len(ends), dtype=np.int64))
        self._short = short
