"""Goods under way: legs, port queues, clearance, borders and passages, in continuous time.

Nothing observes a shipment between two instants of the clock, so all movement up to an instant is worked out at that
instant, in order of its own times, for all shipments at once. Where ports have berths, one vessel's leaving lets the
next one in, so what is bound through ports goes from event to event instead.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.berths import Berths
from sim.engine.holds import Holds
from sim.engine.journal import Journal
from sim.engine.licences import Licences
from sim.engine.loading import Loading, Throughput, after_curfew
from sim.engine.passages import Passages
from sim.engine.plan import Plan
from sim.engine.port_traffic import PortTraffic
from sim.engine.state import State
from sim.engine.tape import TimeTape
from sim.model.effects import Quantities
from sim.model.shipments import Phase
from sim.rng import Streams


class Transport:
    """Moves the shipments of one run."""

    def __init__(self, plan: Plan, state: State, quantities: Quantities, streams: Streams, journal: Journal) -> None:
        network = plan.network
        self.network, self.state, self.quantities, self.journal = network, state, quantities, journal
        self.routes = network.routes
        self.size, self.cold = network.cell_size, network.cell_cold
        self._size_of_flow = self.size[network.flow_buyer]
        self._last_leg = self.routes.legs[network.flow_route] - 1
        lanes, gates = network.lanes, network.gates
        self.journeys = TimeTape([f"lane/{x.round or x.name}" for x in lanes], [x.times for x in lanes], streams)
        self.clearances = TimeTape([f"gate/{x.name}" for x in gates], [x.clearance for x in gates], streams)
        self.holds = Holds(network, streams)
        self.rank = np.array([gate.rank for gate in gates], dtype=np.int64)
        self._ranked = bool(self.rank.any())
        self.pool = np.array([g.pool for g in gates], dtype=np.int64)
        self.handling = Throughput(int(self.pool.max(initial=-1)) + 1)
        # sums of whole numbers are the same in whatever order they are taken
        self._in_whole_loads = not (self.size % 1).any()
        self.loading = Loading(lanes, -network.calendar.warm_up)
        self.berths = Berths(network, state.shipments, quantities, streams, journal)
        self._bound: np.ndarray | None = None
        self._may_have_curfew = quantities.touched("lane.opens", "lane.closes")
        self._may_slow_down = quantities.touched("lane.factor", "lane.extra")
        self._may_clear_later = quantities.touched("gate.clearance")
        self.passages = Passages(network, streams, quantities)
        self.licences = Licences(quantities, streams, "flow.licence")
        self.permits = Licences(quantities, streams, "stop.licence")
        self.through_ports = bool((self.routes.legs > 1).any()) or self.licences.needed
        self._look_what_is_open()
        self.since = float(-network.calendar.warm_up)
        self.traffic = PortTraffic(len(gates), len(self.handling.left), self.since)

    def open_day(self, day: int) -> None:
        """Midnight: ports and lanes may let a day's worth pass again, and what is due by now gets where it is going."""
        if self.through_ports:
            self.handling.renew(self._handled_a_day)
        self.loading.renew(day)
        self.advance(float(day), inclusive=True)

    def advance(self, until: float, inclusive: bool) -> None:
        """Move everything that is due before `until` (or at it, if inclusive), under the present quantities."""
        if until <= self.since and not inclusive:
            return  # all that was due before has moved, under the quantities of its time
        limit = until if inclusive else math.nextafter(until, -math.inf)
        if self.berths.any:
            self._from_event_to_event(limit, until)
        else:
            self._sweep(limit, math.ceil(limit))
        self.since = until
        if inclusive:
            self.state.shipments.compact()

    def _sweep(self, limit: float, day: int) -> None:
        """Everything that is due by `limit`; what comes home can be used from `day` on."""
        moves = True
        while moves:
            self.passages.pass_on(self.state.shipments, limit, self.journal)
            due = self._due(limit)
            if not due.size:
                return
            self._arrive(due, day, limit)
            moves = self.through_ports and self._pass_on(self._due(limit), limit)

    def _from_event_to_event(self, limit: float, until: float) -> None:
        """Goods bound through ports, one instant after the other; then all the others at once."""
        table = self.state.shipments
        # what waits for a licence sets out at its own time too
        bound = (self._last_leg > 0)[table["flow"]] | (table["leg"] < 0)
        self._bound = np.flatnonzero((table["phase"] != Phase.DONE) & bound)
        self.berths.count(*self._in_phase(Phase.AT_BERTH))
        now = self.since
        while now <= limit:
            self.since = now
            self._sweep(now, math.ceil(limit))
            following = self._next_event(now)
            self.traffic.occupied(self.berths.taken, self.since, min(following, until))
            now = following
        self._bound = None
        self.passages.pass_on(table, limit, self.journal)
        self._arrive(table.due(limit), math.ceil(limit), limit)

    def _next_event(self, now: float) -> float:
        """The first time after `now` at which something bound through ports gets somewhere."""
        table, bound = self.state.shipments, self._bound
        phase, time = table["phase"][bound], table["time"][bound]
        after = time[(phase != Phase.HELD) & (time > now)].min(initial=np.inf)
        return min(float(after), self.passages.next_turn(table))

    def dispatch(self, flow: np.ndarray, units: np.ndarray, now: float, pocket: np.ndarray | None = None) -> None:
        """Send goods from their sources, or from the pockets of lots that are given, onto the first leg."""
        rows, flow = self.state.send(flow, units, now, pocket)
        if self.licences.needed:
            held = self.licences.required(flow)
            self._hold(rows[held], now + self.licences.wait(flow[held], now), now)
            rows, flow = rows[~held], flow[~held]
        self._launch(rows, self.network.flow_lanes[flow, 0], now)

    def _hold(self, rows: np.ndarray, until: np.ndarray, now: float) -> None:
        """Goods that wait at their source, before their first leg, for a licence."""
        table = self.state.shipments
        table["leg"][rows], table["phase"][rows], table["time"][rows] = -1, Phase.CLEARING, until
        self.journal.shipments("licence_wait", table, rows, np.full(len(rows), now))

    def waiting_at_passages(self, day: float) -> np.ndarray:
        """Handling units waiting before each passage at a time."""
        table = self.state.shipments
        held = table.where(Phase.HELD)
        held = held[table["time"][held] < day]
        return np.bincount(table["passage"][held], self._load(held), len(self.network.passages))

    def queue(self) -> np.ndarray:
        """Handling units waiting at each gate."""
        return self._load_at_gates(Phase.QUEUED)

    def yard(self) -> np.ndarray:
        """Handling units ashore at each gate: being cleared, held, or waiting to leave."""
        return self._load_at_gates(Phase.CLEARING) + self._load_at_gates(Phase.READY)

    def _load_at_gates(self, phase: np.int8) -> np.ndarray:
        rows, gate = self._in_phase(phase)
        return np.bincount(gate, self._load(rows), len(self.pool)) if rows.size else np.zeros(len(self.pool))

    def _in_phase(self, phase: np.int8) -> tuple[np.ndarray, np.ndarray]:
        """Rows in a phase at a port, and their gates."""
        table = self.state.shipments
        rows = table.where(phase) if self._bound is None else self._bound[table["phase"][self._bound] == phase]
        if not rows.size:
            return rows, rows
        gate = self._gate(rows)
        return rows[gate >= 0], gate[gate >= 0]

    def effects_changed(self, now: float) -> None:
        """Deal with goods under way when disruptions begin or end: at passages and before borders."""
        self._look_what_is_open()
        self.passages.changed(self.state.shipments, self.quantities, now, self.journal)
        self._at_border(now)

    def give_up(self, rows: np.ndarray, now: float) -> None:
        """Count as gone from the queues of ports what is about to be taken away there."""
        table = self.state.shipments
        waits = rows[table["phase"][rows] == Phase.QUEUED]
        self.traffic.left(self._gate(waits), self._load(waits), table["time"][waits], np.full(len(waits), now))

    def detain(self, rows: np.ndarray, days: float, now: float) -> None:
        """Hold goods where they are; what was to happen to them in a port, and their voyage, goes on later."""
        table = self.state.shipments
        phase, time = table["phase"][rows], table["time"][rows]
        sails = np.isin(phase, (Phase.TRAVELLING, Phase.HELD))
        table["departed"][rows[sails]] += days  # moves what is left of the journey
        later = np.where(sails, time, np.maximum(time, now)) + days
        waits = phase == Phase.QUEUED
        queued = rows[waits]
        if queued.size:  # they are in the queue all the while
            self.traffic.delay(self._gate(queued), self._load(queued), later[waits] - time[waits])
            self.berths.come_apart(queued)
        table["time"][rows] = later

    def _look_what_is_open(self) -> None:
        """What ports can handle, and whether anything is closed at all, until effects change."""
        quantities, handling = self.quantities, self.quantities["gate.handling"]
        self._handled_a_day = np.zeros(len(self.handling.left))
        np.maximum.at(self._handled_a_day, self.pool, handling)
        self._ports_limited = bool(np.isfinite(self._handled_a_day).any())
        self._some_port_closed = bool((handling <= 0).any())
        self._some_leg_closed = any((quantities[name] <= 0).any() for name in ("lane.open", "flow.border_open"))

    def _load(self, rows: np.ndarray) -> np.ndarray:
        table = self.state.shipments
        loads: np.ndarray = table["units"][rows] * self._size_of_flow[table["flow"][rows]]
        return loads

    def _route(self, rows: np.ndarray) -> np.ndarray:
        routes: np.ndarray = self.network.flow_route[self.state.shipments["flow"][rows]]
        return routes

    def _gate(self, rows: np.ndarray) -> np.ndarray:
        table = self.state.shipments
        gates: np.ndarray = self.network.flow_gates[table["flow"][rows], table["leg"][rows]]
        return gates

    def _due(self, limit: float) -> np.ndarray:
        """Rows whose time has come by `limit`; from event to event, only those that are bound through ports."""
        table = self.state.shipments
        return table.due(limit) if self._bound is None else self._bound[table["time"][self._bound] <= limit]

    def _pass_on(self, due: np.ndarray, limit: float) -> bool:
        """Let goods through ports and onto their next legs; whether any of them may get further by `limit`."""
        if not due.size:
            return False
        table = self.state.shipments
        phase = table["phase"][due]
        queued, cleared, ready = (due[phase == x] for x in (Phase.QUEUED, Phase.CLEARING, Phase.READY))
        berthed = due[:0]
        if self.berths.any:
            calls = self.berths.has[self._gate(queued)]
            ashore = self._unload(due[phase == Phase.AT_BERTH])
            berthed, queued = self._berth(queued[calls]), queued[~calls]
            ashore = np.concatenate([ashore, self._handle(queued)])
        else:
            ashore = self._handle(queued)
        at_once = ashore[table["time"][ashore] <= limit] if ashore.size else ashore
        if at_once.size:
            cleared = np.sort(np.concatenate([cleared, at_once]))
        if cleared.size:
            table["phase"][cleared] = Phase.READY
            ready = np.sort(np.concatenate([ready, cleared])) if ready.size else cleared
        left = self._depart(ready)
        if self.berths.any:  # a berth or a place in the yard that has become free lets the next one in
            return bool(left.size or ashore.size or cleared.size or berthed.size)
        return bool(np.count_nonzero(table["time"][left] <= limit))

    def _arrive(self, due: np.ndarray, day: int, limit: float) -> None:
        table = self.state.shipments
        home = due[table["phase"][due] == Phase.TRAVELLING]
        if not home.size:
            return
        ashore = home[:0]
        if self.through_ports:
            last = self._last_leg[table["flow"][home]] == table["leg"][home]
            home, ashore = home[last], home[~last]
        if self.permits.needed and home.size:
            self._ask_for_permits(home[~table["permit"][home]])
            home = home[table["time"][home] <= limit]
        if home.size:
            back = self.state.deliver(table["flow"][home], table["units"][home], table["lot"][home], day)
            self.journal.shipments("arrival", table, home, table["time"][home])
            if back is not None:
                self._note_kept_back(home[back])
            table.finish(home)
        if ashore.size:
            table["phase"][ashore] = Phase.QUEUED
            gate = self._gate(ashore)
            self.traffic.came(gate, self._load(ashore), table["time"][ashore])
            self.journal.shipments("port_arrival", table, ashore, table["time"][ashore])
            if self.berths.any and (calls := self.berths.has[gate]).any():
                self.berths.reached(ashore[calls], self._lane(ashore[calls]))

    def _ask_for_permits(self, rows: np.ndarray) -> None:
        """What comes to a buyer whose country asks for a licence is there once it has one."""
        table = self.state.shipments
        at = table["time"][rows]
        wait = self._for_licence(rows, at)
        table["permit"][rows], table["time"][rows] = True, at + wait

    def _for_licence(self, rows: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Days for which goods that come to the end of their leg at `at` wait there for a licence."""
        table = self.state.shipments
        wait = self.permits.wait(table["flow"][rows] * self.routes.lane.shape[1] + table["leg"][rows], at)
        self.journal.shipments("licence_wait", table, rows[wait > 0], at[wait > 0])
        return wait

    def _note_kept_back(self, rows: np.ndarray) -> None:
        """What arrives of lots that were called back, by recall."""
        table, lots = self.state.shipments, self.state.lots
        assert lots is not None
        recall = lots.book["recall"][table["lot"][rows]]
        for number in np.unique(recall).tolist():
            mine = rows[recall == number]
            self.journal.shipments("kept_back", table, mine, table["time"][mine], lots.recalls[number])

    def _handle(self, rows: np.ndarray) -> np.ndarray:
        """Let queued rows pass as ports can handle them; returns the rows that are being cleared now."""
        if not rows.size or self.handling.used_up:
            return rows[:0]
        table, gate = self.state.shipments, self._gate(rows)
        if self._some_port_closed:
            opened = self.quantities["gate.handling"][gate] > 0
            rows, gate = rows[opened], gate[opened]
        passed, load = rows, self._load(rows)
        if self._ports_limited and not self._all_pass(gate, load):
            pool = self.pool[gate]
            rank = (self._rank(rows, gate),) if self._ranked else ()
            turn = np.lexsort((table["id"][rows], table["time"][rows], *rank, pool))
            passed = self._part(rows, self.handling.admit(pool, table["units"][rows], self._size(rows), turn))
            gate, load = self._gate(passed), self._load(passed)
        if passed.size:
            came = table["time"][passed]
            at = np.maximum(came, self.since)
            self.traffic.left(gate, load, came, at)
            self._put_ashore(passed, gate, load, at)
        return passed

    def _all_pass(self, gate: np.ndarray, load: np.ndarray) -> bool:
        """Let all loads pass if there is room for every one, so that nobody's turn matters; whether there was."""
        return self._in_whole_loads and self.handling.admit_all(self.pool[gate], load)

    def _berth(self, rows: np.ndarray) -> np.ndarray:
        """Give free berths to queued rows; returns those that are at berth now."""
        gate = self._gate(rows)
        opened = self.quantities["gate.handling"][gate] > 0
        rows, gate = rows[opened], gate[opened]
        if not rows.size:
            return rows
        came = self.state.shipments["time"][rows]
        chosen = self.berths.begin((rows, gate), self._lane(rows), self._rank(rows, gate), self.since)
        if chosen.size:
            was = np.isin(rows, chosen)
            self.traffic.left(gate[was], self._load(rows[was]), came[was], np.full(len(chosen), self.since))
        return chosen

    def _unload(self, rows: np.ndarray) -> np.ndarray:
        """Vessels that were served put ashore what the yard has room for; returns the rows that are ashore now."""
        if not rows.size:
            return rows
        ashore = np.concatenate([self._in_phase(phase)[0] for phase in (Phase.CLEARING, Phase.READY)])
        before = self.state.shipments.count
        passed = self.berths.unload(
            (rows, self._gate(rows)), self._size(rows), (self._load(ashore), self._gate(ashore))
        )
        self._know_parts(before)
        if passed.size:
            self._put_ashore(passed, self._gate(passed), self._load(passed), np.full(len(passed), self.since))
            self.berths.count(*self._in_phase(Phase.AT_BERTH))
        return passed

    def _put_ashore(self, rows: np.ndarray, gate: np.ndarray, load: np.ndarray, at: np.ndarray) -> None:
        table = self.state.shipments
        self.traffic.handle(gate, load)
        self.journal.shipments("handled", table, rows, at)
        stay = self.clearances.at(gate, np.floor(at))
        if self._may_clear_later:
            stay = stay + self.quantities["gate.clearance"][gate]
        if self.holds.any:
            held = self.holds.days(gate, table["flow"][rows], table["sent"][rows])
            self.journal.shipments("detained", table, rows[held > 0], at[held > 0])
            stay = stay + held
        if self.permits.needed:
            stay = stay + self._for_licence(rows, at)
        table["phase"][rows], table["time"][rows] = Phase.CLEARING, at + stay

    def _part(self, rows: np.ndarray, passing: np.ndarray) -> np.ndarray:
        """Rows that pass; a shipment of which only some units are `passing` is split."""
        table = self.state.shipments
        before, units = table.count, table["units"][rows]
        passed, partly = rows[passing == units], (passing > 0) & (passing < units)
        if np.count_nonzero(partly):
            passed = np.concatenate([passed, table.split(rows[partly], passing[partly])])
            self._know_parts(before)
        return passed

    def _know_parts(self, before: int) -> None:
        """Shipments that were split off since the table had `before` rows are bound where the others are."""
        if self._bound is not None:
            self._bound = np.concatenate([self._bound, np.arange(before, self.state.shipments.count)])

    def _size(self, rows: np.ndarray) -> np.ndarray:
        sizes: np.ndarray = self._size_of_flow[self.state.shipments["flow"][rows]]
        return sizes

    def _rank(self, rows: np.ndarray, gate: np.ndarray) -> np.ndarray:
        product = self.network.cell_product[self.network.flow_buyer[self.state.shipments["flow"][rows]]]
        ranks: np.ndarray = self.rank[gate, product]
        return ranks

    def _lane(self, rows: np.ndarray) -> np.ndarray:
        table = self.state.shipments
        lanes: np.ndarray = self.network.flow_lanes[table["flow"][rows], table["leg"][rows]]
        return lanes

    def _depart(self, rows: np.ndarray) -> np.ndarray:
        """Send cleared rows onto their next leg where it is open; returns the rows that left."""
        table = self.state.shipments
        if not rows.size:
            return rows
        passed = rows[self._may_leave(rows)] if self._some_leg_closed or self.loading.scheduled else rows
        if self.loading.may_fill_up and passed.size:
            buyer = self.network.flow_buyer[table["flow"][passed]]
            lane = self.network.flow_lanes[table["flow"][passed], table["leg"][passed] + 1]
            turn = (table["id"][passed], table["time"][passed])
            units, size = table["units"][passed], self.size[buyer]
            units = self.loading.admit_cold(lane, units, size, turn, self.cold[buyer])
            passed = self._part(passed, self.loading.admit(lane, units, size, turn))
        if passed.size:
            at = np.maximum(table["time"][passed], self.since)
            table["leg"][passed] += 1
            self._launch(passed, self._lane(passed), at)
        return passed

    def _may_leave(self, rows: np.ndarray) -> np.ndarray:
        """Whether the lanes and borders that these rows come to next are open; a mask."""
        table = self.state.shipments
        flow, leg = table["flow"][rows], table["leg"][rows] + 1
        lane = self.network.flow_lanes[flow, leg]
        crossing = self.routes.border[self.network.flow_route[flow]] == leg
        free = (self.quantities["lane.open"][lane] > 0) & self.loading.leaves[lane]
        free &= ~crossing | (self.quantities["flow.border_open"][flow] > 0) | table["exempt"][rows]
        return np.asarray(free)

    def _launch(self, rows: np.ndarray, lane: np.ndarray, at: np.ndarray | float) -> None:
        table = self.state.shipments
        at = self.loading.begin(lane, at)
        if self._may_have_curfew:
            at = after_curfew(at, self.quantities["lane.opens"][lane], self.quantities["lane.closes"][lane])
        length = self.journeys.at(lane, np.floor(at))
        if self._may_slow_down:
            length = length * self.quantities["lane.factor"][lane] + self.quantities["lane.extra"][lane]
        table["phase"][rows] = Phase.TRAVELLING
        table["departed"][rows], table["length"][rows] = at, length
        table["time"][rows] = self.loading.end(lane, at + length)
        if self.loading.has_fleets:
            self.loading.gone(lane, self._load(rows), table["departed"][rows], length)
        np.add.at(self.state.lane_units, lane, table["units"][rows])
        self.journal.shipments("departure", table, rows, table["departed"][rows])
        self.passages.launched(table, rows, lane, self.quantities, self.journal)

    def _at_border(self, now: float) -> None:
        """Goods on the way to a border that has closed: let pass, returned or destroyed where the ban says so."""
        rule = self.quantities["flow.at_border"]
        if not rule.any() or not self.through_ports:
            return
        table = self.state.shipments
        rows = np.flatnonzero((table["phase"] != Phase.DONE) & (rule[table["flow"]] > 0) & ~table["exempt"])
        rows = rows[table["leg"][rows] < self.routes.border[self._route(rows)]]
        code = rule[table["flow"][rows]]
        self.give_up(rows[code > 1], now)
        table["exempt"][rows[code == 1]] = True
        for value, action in ((2, "returned"), (3, "destroyed")):
            mine = rows[code == value]
            flow, units = table["flow"][mine], table["units"][mine]
            self.state.turn_back(flow, units, table["lot"][mine], int(np.ceil(now)), destroyed=value == 3)
            self.journal.shipments(action, table, mine, np.full(len(mine), now))
            table.finish(mine)
