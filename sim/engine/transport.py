"""Goods under way: legs, port queues, clearance, borders and passages, in continuous time.

Nothing observes a shipment between two instants of the clock, so all movement up to an instant is worked out at that
instant, in order of its own times, for all shipments at once.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.journal import Journal
from sim.engine.licences import Licences
from sim.engine.passages import Passages
from sim.engine.plan import Plan
from sim.engine.state import State
from sim.engine.tape import TimeTape
from sim.model.effects import Quantities
from sim.model.shipments import Phase
from sim.rng import Streams


class Throughput:
    """What each of some places (port gates' pools, lanes) may still let pass today, in handling units."""

    def __init__(self, places: int) -> None:
        self.left = np.zeros(places)
        self._turned_away = np.zeros(places)

    def renew(self, capacity: np.ndarray) -> None:
        """A new day; where somebody was turned away, the fraction that was left over is kept for him.

        Where a day's capacity is less than one unit of his, all that was left over is kept until he fits in.
        """
        left = np.where(self._turned_away > 0, self.left, 0.0)
        self.left = capacity + np.where(self._turned_away > capacity, left, left % 1.0)
        self._turned_away[:] = 0.0

    def admit(self, place: np.ndarray, units: np.ndarray, size: np.ndarray, turn: np.ndarray) -> np.ndarray:
        """Units of each shipment that pass, in order of `turn` (which sorts by place, then time); uses them up."""
        passing = units.copy()
        limited = np.isfinite(self.left[place])
        for p in np.unique(place[limited]):
            mine = turn[place[turn] == p]
            passing[mine] = self._fill(int(p), units[mine], size[mine])
        return passing

    def _fill(self, place: int, units: np.ndarray, size: np.ndarray) -> np.ndarray:
        before = np.concatenate(([0.0], np.cumsum(units * size)[:-1]))
        room = np.maximum(0.0, self.left[place] + 1e-9 - before)
        passing = np.minimum(units, np.floor(room / size)).astype(np.int64)
        short = np.flatnonzero(passing < units)
        if short.size:  # first come, first served: nobody overtakes one who waits
            passing[short[0] + 1 :] = 0
            self._turned_away[place] = size[short[0]]
        self.left[place] -= float((passing * size).sum())
        return passing


class Transport:
    """Moves the shipments of one run."""

    def __init__(self, plan: Plan, state: State, quantities: Quantities, streams: Streams, journal: Journal) -> None:
        network = plan.network
        self.network, self.state, self.quantities, self.journal = network, state, quantities, journal
        self.routes = network.routes
        self.size = network.products["size"].to_numpy(dtype=float)[network.cell_product]
        lanes, gates = network.lanes, network.gates
        self.journeys = TimeTape([f"lane/{x.name}" for x in lanes], [x.times for x in lanes], streams)
        self.clearances = TimeTape([f"gate/{x.name}" for x in gates], [x.clearance for x in gates], streams)
        self.pool = np.array([g.pool for g in gates], dtype=np.int64)
        self.handling = Throughput(int(self.pool.max(initial=-1)) + 1)
        self.lane_capacity = np.array([lane.capacity for lane in lanes])
        self.loading = Throughput(len(lanes))
        self.loading.left[:] = self.lane_capacity
        self.cold_capacity = np.array([lane.cold_capacity for lane in lanes])
        self.cold_loading = Throughput(len(lanes))
        self.cold_loading.left[:] = self.cold_capacity
        self._lanes_fill_up = bool((np.isfinite(self.lane_capacity) | np.isfinite(self.cold_capacity)).any())
        self._may_slow_down = quantities.touched("lane.factor", "lane.extra")
        self.passages = Passages(network, streams)
        self.licences = Licences(quantities, streams)
        self.through_ports = bool((self.routes.legs > 1).any()) or self.licences.needed
        self._handled_a_day = self._pooled_handling()
        self.since = -np.inf
        self.arrived = np.zeros(len(gates))
        self.handled = np.zeros(len(gates))

    def renew(self) -> None:
        """Midnight: ports and lanes may let a day's worth pass again."""
        if self.through_ports:
            self.handling.renew(self._handled_a_day)
        if self._lanes_fill_up:
            self.loading.renew(self.lane_capacity)
            self.cold_loading.renew(self.cold_capacity)
        self.arrived[:] = 0
        self.handled[:] = 0

    def advance(self, until: float, inclusive: bool) -> None:
        """Move everything that is due before `until` (or at it, if inclusive), under the present quantities."""
        if until <= self.since and not inclusive:
            return  # all that was due before has moved, under the quantities of its time
        limit = until if inclusive else math.nextafter(until, -math.inf)
        while (due := self.state.shipments.due(limit)).size:
            self._arrive(due, math.ceil(limit))
            if not self.through_ports or not self._pass_on(self.state.shipments.due(limit), limit):
                break
        self.since = until
        if inclusive:
            self.state.shipments.compact()

    def dispatch(self, flow: np.ndarray, units: np.ndarray, now: float, pocket: np.ndarray | None = None) -> None:
        """Send goods from their sources, or from the pockets of lots that are given, onto the first leg."""
        rows = self.state.send(flow, units, now, pocket)
        if self.licences.needed:
            flow = self.state.shipments["flow"][rows]
            held = self.licences.required(flow)
            self._hold(rows[held], now + self.licences.wait(flow[held], now), now)
            rows = rows[~held]
        self._launch(rows, now)

    def _hold(self, rows: np.ndarray, until: np.ndarray, now: float) -> None:
        """Goods that wait at their source, before their first leg, for a licence."""
        table = self.state.shipments
        table["leg"][rows], table["phase"][rows], table["time"][rows] = -1, Phase.CLEARING, until
        self.journal.shipments("licence_wait", table, rows, np.full(len(rows), now))

    def put_under_way(
        self, flow: np.ndarray, units: np.ndarray, days_ago: np.ndarray, now: float, lot: np.ndarray
    ) -> None:
        """Shipments that left before the first day, as far along as mean times take them; they count as ordered."""
        buyer = self.network.flow_buyer[flow]
        for array in (self.state.in_transit, self.state.on_order):
            np.add.at(array, buyer, units)
        rows = self.state.shipments.add(flow, units, now - days_ago, lot)
        table, elapsed = self.state.shipments, days_ago.astype(float)
        route = self.network.flow_route[flow]
        clearance = np.array([g.clearance.mean for g in self.network.gates])
        mean = np.array([lane.times.mean for lane in self.network.lanes])
        placed = np.zeros(len(rows), dtype=bool)
        for leg in range(self.routes.lane.shape[1]):
            here = np.flatnonzero(~placed & (self.routes.legs[route] > leg))
            lane, gate = self.routes.lane[route[here], leg], self.routes.gate[route[here], leg]
            stay = mean[lane] + np.where(gate >= 0, clearance[gate] if len(clearance) else 0.0, 0.0)
            last = self.routes.legs[route[here]] == leg + 1
            found = (elapsed[here] <= mean[lane]) | (elapsed[here] < stay) | last
            mine, rest = here[found], elapsed[here[found]]
            length = mean[lane[found]]
            table["leg"][rows[mine]] = leg
            table["departed"][rows[mine]], table["length"][rows[mine]] = now - rest, length
            clearing = rest > length
            table["phase"][rows[mine]] = np.where(clearing & ~last[found], Phase.CLEARING, Phase.TRAVELLING)
            due = now - rest + np.where(clearing & ~last[found], stay[found], length)
            table["time"][rows[mine]] = np.maximum(now, due)
            placed[mine] = True
            elapsed[here[~found]] -= stay[~found]

    def queue(self) -> np.ndarray:
        """Handling units waiting at each gate."""
        waiting = np.zeros(len(self.pool))
        rows = self.state.shipments.where(Phase.QUEUED)
        if rows.size:
            np.add.at(waiting, self._gate(rows), self._load(rows))
        return waiting

    def effects_changed(self, now: float) -> None:
        """Deal with goods under way when disruptions begin or end: at passages and before borders."""
        self._handled_a_day = self._pooled_handling()
        self.passages.changed(self.state.shipments, self.quantities, now, self.journal)
        self._at_border(now)

    def _pooled_handling(self) -> np.ndarray:
        capacity = np.zeros(len(self.handling.left))
        np.maximum.at(capacity, self.pool, self.quantities["gate.handling"])
        return capacity

    def _load(self, rows: np.ndarray) -> np.ndarray:
        table = self.state.shipments
        loads: np.ndarray = table["units"][rows] * self.size[self.network.flow_buyer[table["flow"][rows]]]
        return loads

    def _route(self, rows: np.ndarray) -> np.ndarray:
        routes: np.ndarray = self.network.flow_route[self.state.shipments["flow"][rows]]
        return routes

    def _gate(self, rows: np.ndarray) -> np.ndarray:
        gates: np.ndarray = self.routes.gate[self._route(rows), self.state.shipments["leg"][rows]]
        return gates

    def _pass_on(self, due: np.ndarray, limit: float) -> bool:
        """Let goods through ports and onto their next legs; whether anything moved."""
        if not due.size:
            return False
        table = self.state.shipments
        phase = table["phase"][due]
        handled = self._handle(due[phase == Phase.QUEUED])
        cleared = np.concatenate([due[phase == Phase.CLEARING], handled[table["time"][handled] <= limit]])
        table["phase"][cleared] = Phase.READY
        ready = np.concatenate([due[phase == Phase.READY], cleared])
        return bool(self._depart(np.sort(ready)).size or handled.size or cleared.size)

    def _arrive(self, due: np.ndarray, day: int) -> None:
        table = self.state.shipments
        home = due[table["phase"][due] == Phase.TRAVELLING]
        ashore = home[:0]
        if self.through_ports:
            last = self.routes.legs[self._route(home)] == table["leg"][home] + 1
            home, ashore = home[last], home[~last]
        if home.size:
            back = self.state.deliver(table["flow"][home], table["units"][home], table["lot"][home], day)
            self.journal.shipments("arrival", table, home, table["time"][home])
            if np.count_nonzero(back):
                self._note_kept_back(home[back])
            table.finish(home)
        if ashore.size:
            table["phase"][ashore] = Phase.QUEUED
            np.add.at(self.arrived, self._gate(ashore), self._load(ashore))
            self.journal.shipments("port_arrival", table, ashore, table["time"][ashore])

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
        table = self.state.shipments
        if not rows.size or self.handling.left.max() <= 1e-9:
            return rows[:0]
        gate = self._gate(rows)
        opened = self.quantities["gate.handling"][gate] > 0
        rows, gate = rows[opened], gate[opened]
        passed = self._admit(self.handling, rows, self.pool[gate])
        if not passed.size:
            return passed
        gate = self._gate(passed)
        np.add.at(self.handled, gate, self._load(passed))
        at = np.maximum(table["time"][passed], self.since)
        stay = self.clearances.at(gate, np.floor(at)) + self.quantities["gate.clearance"][gate]
        self.journal.shipments("handled", table, passed, at)
        table["phase"][passed] = Phase.CLEARING
        table["time"][passed] = at + stay
        return passed

    def _admit(self, throughput: Throughput, rows: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Rows that pass; a shipment that passes in part is split. Order of arrival, then of identity."""
        table = self.state.shipments
        if not np.isfinite(throughput.left[place]).any():
            return rows
        turn = np.lexsort((table["id"][rows], table["time"][rows], place))
        size = self.size[self.network.flow_buyer[table["flow"][rows]]]
        units = table["units"][rows]
        passing = throughput.admit(place, units, size, turn)
        partly = (passing > 0) & (passing < units)
        return np.concatenate([rows[passing == units], table.split(rows[partly], passing[partly])])

    def _depart(self, rows: np.ndarray) -> np.ndarray:
        """Send cleared rows onto their next leg where it is open; returns the rows that left."""
        table = self.state.shipments
        if not rows.size:
            return rows
        route, leg = self._route(rows), table["leg"][rows] + 1
        lane = self.routes.lane[route, leg]
        free = self.quantities["lane.open"][lane] > 0
        crossing = self.routes.border[route] == leg
        free &= ~crossing | (self.quantities["flow.border_open"][table["flow"][rows]] > 0) | table["exempt"][rows]
        if not free.any():
            return rows[:0]
        passed = self._admit(self.loading, rows[free], lane[free])
        at = np.maximum(table["time"][passed], self.since)
        table["leg"][passed] += 1
        self._launch(passed, at)
        return passed

    def _launch(self, rows: np.ndarray, at: np.ndarray | float) -> None:
        table = self.state.shipments
        lane = self.routes.lane[self._route(rows), table["leg"][rows]]
        length = self.journeys.at(lane, np.floor(at))
        if self._may_slow_down:
            length = length * self.quantities["lane.factor"][lane] + self.quantities["lane.extra"][lane]
        table["phase"][rows] = Phase.TRAVELLING
        table["departed"][rows], table["length"][rows], table["time"][rows] = at, length, at + length
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
        table["exempt"][rows[code == 1]] = True
        for value, action in ((2, "returned"), (3, "destroyed")):
            mine = rows[code == value]
            flow, units = table["flow"][mine], table["units"][mine]
            self.state.turn_back(flow, units, table["lot"][mine], int(np.ceil(now)), destroyed=value == 3)
            self.journal.shipments(action, table, mine, np.full(len(mine), now))
            table.finish(mine)
