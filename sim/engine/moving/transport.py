"""Goods under way: legs, ports, borders and passages, in continuous time.

Nothing observes a shipment between two instants of the clock, so all movement up to an instant is worked out at that
instant, in order of its own times, for all shipments at once. Where ports have berths, one vessel's leaving lets the
next one in, so what is bound through ports goes from event to event instead.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.moving.border import PASSES, Border
from sim.engine.moving.cargo import Cargo
from sim.engine.moving.fleets import Fleets
from sim.engine.moving.freight import Freight
from sim.engine.moving.journeys import Journeys
from sim.engine.moving.licences import Licences
from sim.engine.moving.loading import Loading
from sim.engine.moving.passages import Passages
from sim.engine.moving.permits import Permits
from sim.engine.moving.ports import Ports
from sim.engine.plan import Plan
from sim.engine.state.lots import Rows
from sim.engine.state.state import State
from sim.model.effects import Quantities
from sim.model.goods.shipments import Phase
from sim.model.part import Part
from sim.model.vocabulary import Event
from sim.rng import Streams

FATES: tuple[tuple[float, Event], ...] = ((2.0, "returned"), (3.0, "destroyed"))
"""What becomes of goods caught at a border that has closed, by the codes of `flow.at_border`."""


class Transport(Part):
    """Moves the shipments of one run."""

    CHANGES = ("_since", "_some_leg_closed")

    def __init__(self, plan: Plan, state: State, quantities: Quantities, streams: Streams, journal: Journal) -> None:
        network = plan.network
        self.network, self.state, self.quantities, self.journal = network, state, quantities, journal
        self.cold = network.cell_cold
        self.loading = Loading(network.lane_table, -network.calendar.warm_up)
        self._journeys = Journeys(network, self.loading, quantities, streams)
        self._cargo = Cargo(network, state)
        self._fleets = Fleets(network, self.loading, self._cargo, self._journeys)
        self._permits = Permits(self._cargo, quantities, streams, journal)
        self.border = Border(plan, self._cargo, quantities)
        self.ports = Ports(network, self._cargo, self._permits, quantities, streams, journal)
        self.passages = Passages(network, streams, quantities)
        self.freight = Freight(network) if Freight.needed(network) else None
        self.licences = Licences(quantities, streams, "flow.licence")
        some = self.loading.takes_a_days_worth
        self._keeps_hours = bool(some.any()) and self._journeys.keep_hours(some)
        self._has_ports = bool((network.routes.legs > 1).any())
        self.through_ports = self._has_ports or self.licences.needed
        self._may_wait = self.through_ports or self.passages.any
        """whether goods that are due may be anywhere but at the end of a leg"""
        self._look_what_is_open()
        self._since = float(-network.calendar.warm_up)

    @property
    def stops_on_the_way(self) -> bool:
        """Whether goods stop anywhere on their way in this run: at ports, for a licence, or before a passage."""
        return self._has_ports or self.licences.any or bool(self.passages.queues)

    def open_day(self, day: int) -> None:
        """Midnight: ports, borders and lanes may let a day's worth pass again, and what is due by now gets where it is
        going."""
        if self.through_ports:
            self.ports.open_day()
        if self.border.limits:
            self.border.open_day()
        if self.loading.renews:
            self.loading.renew(day)
        if self._fleets.any:
            self._fleets.renew(day)
        self.advance(float(day), inclusive=True)

    def advance(self, until: float, inclusive: bool) -> None:
        """Move everything that is due before `until` (or at it, if inclusive), under the present quantities."""
        if until <= self._since and not inclusive:
            return  # all that was due before has moved, under the quantities of its time
        limit = until if inclusive else math.nextafter(until, -math.inf)
        if self.ports.berths.any:
            self._from_event_to_event(limit, until)
        else:
            self._sweep(limit, math.ceil(limit))
        self._since = until
        if inclusive:
            self.state.shipments.compact()

    def _sweep(self, limit: float, day: int) -> None:
        """Everything that is due by `limit`; what comes home can be used from `day` on."""
        moves = True
        while moves:
            if self.passages.any:
                self.passages.pass_on(self.state.shipments, limit, self.journal)
            due = self._cargo.due(limit)
            if not due.size:
                return
            arrived = self._arrive(due, day, limit)
            if not self.through_ports:
                return
            if arrived:
                due = due[self.state.shipments.columns["time"][due] <= limit]
            moves = self._pass_on(due, limit)

    def _from_event_to_event(self, limit: float, until: float) -> None:
        """Goods bound through ports, one instant after the other; then all the others at once."""
        cargo, ports = self._cargo, self.ports
        cargo.look_at_ports()
        ports.count_berths()
        now = self._since
        while now <= limit:
            self._since = now
            self._sweep(now, math.ceil(limit))
            following = min(cargo.next_after(now), self.passages.next_turn(cargo.table))
            ports.traffic.occupied(ports.berths.taken, now, min(following, until))
            now = following
        cargo.look_at_all()
        self.passages.pass_on(cargo.table, limit, self.journal)
        self._arrive(cargo.due(limit), math.ceil(limit), limit)

    def dispatch(
        self,
        flow: np.ndarray,
        units: np.ndarray,
        now: float,
        taken_out: bool = False,
        out_of: np.ndarray | Rows | None = None,
    ) -> None:
        """Send goods onto the first leg: from their sources, or out of what is given (see `State.send`)."""
        rows, flow = self.state.send(flow, units, now, taken_out, out_of)
        if self.licences.needed:
            held = self.licences.required(flow)
            self._hold(rows[held], now + self.licences.wait(flow[held], now), now)
            rows, flow = rows[~held], flow[~held]
        lane: np.ndarray = self.network.flow_first_lane[flow]
        at: np.ndarray | float = now
        if self._fleets.any:
            rows, lane, at = self._board(rows, lane, now)
        self._launch(rows, lane, at)

    def _hold(self, rows: np.ndarray, until: np.ndarray, now: float) -> None:
        """Goods that wait at their source, before their first leg, for a licence."""
        table = self.state.shipments
        table.columns["leg"][rows], table.columns["phase"][rows], table.columns["time"][rows] = (
            -1,
            Phase.CLEARING,
            until,
        )
        self.journal.shipments("licence_wait", table, rows, np.full(len(rows), now))

    def waiting_at_passages(self, day: float) -> np.ndarray:
        """Handling units waiting before each passage at a time."""
        table = self.state.shipments
        held = table.where(Phase.HELD)
        held = held[table.columns["time"][held] < day]
        return np.bincount(table.columns["passage"][held], self._cargo.load(held), len(self.network.passages))

    def expect_effects(self, now: float) -> None:
        """From `now` on effects may come that were not known before."""
        self.licences.expect_effects()
        self._permits.expect_effects()
        self.passages.expect_effects(self.state.shipments, now)

    def effects_changed(self, now: float) -> None:
        """Deal with goods under way when disruptions begin or end: at passages and before borders."""
        self._look_what_is_open()
        self.border.effects_changed()
        self.ports.effects_changed()
        self.passages.changed(self.state.shipments, now, self.journal)
        self._at_border(now)

    def detain(self, rows: np.ndarray, days: float, now: float) -> None:
        """Hold goods where they are; what was to happen to them in a port, and their voyage, goes on later."""
        table = self.state.shipments
        phase, time = table.columns["phase"][rows], table.columns["time"][rows]
        sails = np.isin(phase, (Phase.TRAVELLING, Phase.HELD))
        table.columns["departed"][rows[sails]] += days  # moves what is left of the journey
        later = np.where(sails, time, np.maximum(time, now)) + days
        waits = phase == Phase.QUEUED
        self.ports.keep_waiting(rows[waits], later[waits] - time[waits])
        table.columns["time"][rows] = later

    def _look_what_is_open(self) -> None:
        """Whether any lane is closed, until effects change."""
        self._some_leg_closed = bool((self.quantities["lane.open"] <= 0).any())

    def _pass_on(self, due: np.ndarray, limit: float) -> bool:
        """Let goods through ports and onto their next legs; whether any of them may get further by `limit`."""
        if not due.size:
            return False
        table = self.state.shipments
        phase = table.columns["phase"][due]
        cleared, ready = due[phase == Phase.CLEARING], due[phase == Phase.READY]
        ashore, berthed = self.ports.serve(due, phase, self._since)
        at_once = ashore[table.columns["time"][ashore] <= limit] if ashore.size else ashore
        if at_once.size:
            cleared = np.sort(np.concatenate([cleared, at_once]))
        if cleared.size:
            table.columns["phase"][cleared] = Phase.READY
            ready = np.sort(np.concatenate([ready, cleared])) if ready.size else cleared
        left = self._depart(ready)
        if self.ports.berths.any:  # a berth or a place in the yard that has become free lets the next one in
            return bool(left.size or ashore.size or cleared.size or berthed.size)
        return left.size > 0 and bool(np.count_nonzero(table.columns["time"][left] <= limit))

    def _arrive(self, due: np.ndarray, day: int, limit: float) -> bool:
        """What is at the end of a leg is at its buyer's or at a port; whether anything is."""
        table = self.state.shipments
        home = due[table.columns["phase"][due] == Phase.TRAVELLING] if self._may_wait else due
        if not home.size:
            return False
        ashore = home[:0]
        if self.through_ports:
            last = self._cargo.at_last_leg(home)
            home, ashore = home[last], home[~last]
        if self._permits.needed and home.size:
            self._permits.ask(home[~table.columns["permit"][home]])
            home = home[table.columns["time"][home] <= limit]
        if home.size:
            if self.state.lots is not None:  # whatever is kept back stands in the order in which it came
                home = home[np.argsort(table.columns["time"][home], kind="stable")]
            for book in (self.state.records, self.state.arrivals):
                if book is not None:
                    days = table.columns["time"][home] - table.columns["sent"][home]
                    book.arrive(table.columns["flow"][home], table.columns["units"][home], days)
            back = self.state.deliver(
                table.columns["flow"][home], table.columns["units"][home], table.columns["lot"][home], day
            )
            if self.journal.routine:
                self.journal.shipments("arrival", table, home, table.columns["time"][home])
            if back is not None:
                self._note_kept_back(home[back])
            table.finish(home)
        if ashore.size:
            self.ports.receive(ashore)
        return True

    def _note_kept_back(self, rows: np.ndarray) -> None:
        """What arrives of lots that were called back, by recall."""
        table, lots = self.state.shipments, self.state.lots
        assert lots is not None
        recall = lots.book["recall"][table.columns["lot"][rows]]
        for number in np.unique(recall).tolist():
            mine = rows[recall == number]
            self.journal.shipments("kept_back", table, mine, table.columns["time"][mine], lots.recalls[number])

    def _depart(self, rows: np.ndarray) -> np.ndarray:
        """Send cleared rows onto their next leg where it is open; returns the rows that left."""
        table = self.state.shipments
        if not rows.size:
            return rows
        some_wait = self._some_leg_closed or self.loading.scheduled or self._keeps_hours
        passed = rows[self._may_leave(rows)] if some_wait else rows
        if self.border.limits and passed.size:
            passed = self._cargo.part(passed, self.border.admit(passed))
        if self.loading.may_fill_up and passed.size:
            buyer = self.network.flow_buyer[table.columns["flow"][passed]]
            lane = self.network.flow_lanes[table.columns["flow"][passed], table.columns["leg"][passed] + 1]
            turn = (table.columns["id"][passed], table.columns["time"][passed])
            units, size = table.columns["units"][passed], self._cargo.size(passed)
            units = self.loading.admit_cold(lane, units, size, turn, self.cold[buyer])
            passed = self._cargo.part(passed, self.loading.admit(lane, units, size, turn))
        if passed.size:
            at = np.maximum(table.columns["time"][passed], self._since)
            table.columns["leg"][passed] += 1
            lane = self._cargo.lane(passed)
            if self._fleets.any:
                passed, lane, at = self._board(passed, lane, at)
            self._launch(passed, lane, at)
        return passed

    def _may_leave(self, rows: np.ndarray) -> np.ndarray:
        """Whether something leaves on the lanes that these rows come to next; a mask.

        Who comes after the hours of a lane that does not take all goes with those of tomorrow, in tomorrow's room.
        """
        table = self.state.shipments
        lane = self.network.flow_lanes[table.columns["flow"][rows], table.columns["leg"][rows] + 1]
        leaves = (self.quantities["lane.open"][lane] > 0) & self.loading.leaves[lane]
        if self._keeps_hours:
            at = np.maximum(table.columns["time"][rows], self._since)
            out, first = (self._journeys.sets_out(lane, ready) for ready in (at, np.floor(at)))
            leaves &= ~self.loading.takes_a_days_worth[lane] | (np.floor(out) <= np.floor(first))
        return np.asarray(leaves)

    def _board(
        self, rows: np.ndarray, lane: np.ndarray, at: np.ndarray | float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(rows, lanes, departures) of goods that are ready at `at`: they wait for vehicles, where their lane has some,
        and are split where they go with several."""
        return self._fleets.board(rows, lane, np.broadcast_to(self._journeys.sets_out(lane, at), lane.shape))

    def _launch(self, rows: np.ndarray, lane: np.ndarray, at: np.ndarray | float) -> None:
        table = self.state.shipments
        columns = table.columns
        at, length, ends = self._journeys.plan(lane, at)
        columns["phase"][rows] = Phase.TRAVELLING
        columns["departed"][rows], columns["length"][rows], columns["time"][rows] = at, length, ends
        if self.border.limits:
            self.border.crossed(rows)
        np.add.at(self.state.lane_units, lane, columns["units"][rows])
        if self.freight is not None:
            self.freight.note(columns["flow"][rows], lane, columns["units"][rows])
        if self.journal.routine:
            self.journal.shipments("departure", table, rows, columns["departed"][rows])
        if self.passages.any:
            self.passages.launched(table, rows, lane, self.journal)

    def _at_border(self, now: float) -> None:
        """Goods on the way to a border that does not let all pass: let through, returned or destroyed where a ban says
        so."""
        if not self.through_ports:
            return
        rows, code = self.border.caught(now)
        if not rows.size:
            return
        table = self.state.shipments
        self.ports.give_up(rows[code > PASSES], now)
        table.columns["exempt"][rows[code == PASSES]] = True
        for value, event in FATES:
            mine = rows[code == value]
            flow, units = table.columns["flow"][mine], table.columns["units"][mine]
            self.state.turn_back(flow, units, table.columns["lot"][mine], int(np.ceil(now)), destroyed=value == 3)
            self.journal.shipments(event, table, mine, np.full(len(mine), now))
            table.finish(mine)
