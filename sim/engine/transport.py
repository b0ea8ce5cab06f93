"""Goods under way: legs, port queues, clearance, borders and passages, in continuous time.

Nothing observes a shipment between two instants of the clock, so all movement up to an instant is worked out at that
instant, in order of its own times, for all shipments at once. Where ports have berths, one vessel's leaving lets the
next one in, so what is bound through ports goes from event to event instead.
"""

from __future__ import annotations

import numpy as np

from sim.engine.berths import Berths
from sim.engine.holds import Holds
from sim.engine.journal import Journal
from sim.engine.loading import Loading, Throughput
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
        self.size = network.products["size"].to_numpy(dtype=float)[network.cell_product]
        lanes, gates = network.lanes, network.gates
        self.journeys = TimeTape([f"lane/{x.round or x.name}" for x in lanes], [x.times for x in lanes], streams)
        self.clearances = TimeTape([f"gate/{x.name}" for x in gates], [x.clearance for x in gates], streams)
        self.holds = Holds(network, streams)
        self.rank = np.array([gate.rank for gate in gates], dtype=np.int64)
        self._ranked = bool(self.rank.any())
        self.pool = np.array([g.pool for g in gates], dtype=np.int64)
        self.handling = Throughput(int(self.pool.max(initial=-1)) + 1)
        self.loading = Loading(lanes, -network.calendar.warm_up)
        self.berths = Berths(network, state.shipments, quantities, streams, journal)
        self._bound: np.ndarray | None = None
        self._may_slow_down = quantities.touched("lane.factor", "lane.extra")
        self.passages = Passages(network, streams, quantities)
        self.through_ports = bool((self.routes.legs > 1).any())
        self.since = float(-network.calendar.warm_up)
        self.traffic = PortTraffic(len(gates), len(self.handling.left), self.since)

    def renew(self, day: int) -> None:
        """Midnight: ports and lanes may let a day's worth pass again."""
        if self.through_ports:
            queue = self.queue()
            waiting = np.zeros(len(self.handling.left), dtype=bool)
            waiting[self.pool[queue > 0]] = True
            capacity = np.zeros(len(waiting))
            np.maximum.at(capacity, self.pool, self.quantities["gate.handling"])
            self.handling.renew(capacity, waiting)
            self.traffic.renew(float(day + 1), queue)
        self.loading.renew(day)

    def advance(self, until: float, inclusive: bool) -> None:
        """Move everything that is due before `until` (or at it, if inclusive), under the present quantities."""
        limit = until if inclusive else np.nextafter(until, -np.inf)
        if self.berths.any:
            self._from_event_to_event(float(limit), until)
        else:
            self._sweep(limit)
        self.since = until
        if inclusive:
            self.state.shipments.compact()

    def _sweep(self, limit: float) -> None:
        """Everything that is due by `limit`."""
        self._arrive(limit)
        while self.through_ports and (
            self._unload(limit) | self._handle(limit) | self._berth(limit) | self._clear(limit) | self._depart(limit)
        ):
            self._arrive(limit)

    def _from_event_to_event(self, limit: float, until: float) -> None:
        """Goods bound through ports, one instant after the other; then all the others at once."""
        if limit < self.since:
            return
        table = self.state.shipments
        through = self.routes.legs[self.network.flow_route] > 1
        self._bound = np.flatnonzero((table["phase"] != Phase.DONE) & through[table["flow"]])
        self.berths.count(*self._in_phase(Phase.AT_BERTH))
        now = self.since
        while now <= limit:
            self.since = now
            self._sweep(now)
            following = self._next_event(now)
            self.traffic.occupied(self.berths.taken, self.since, min(following, until))
            now = following
        self._bound = None
        self._arrive(limit)

    def _next_event(self, now: float) -> float:
        """The first time after `now` at which something bound through ports gets somewhere."""
        table, bound = self.state.shipments, self._bound
        phase, time = table["phase"][bound], table["time"][bound]
        moving = (phase == Phase.TRAVELLING) | (phase == Phase.CLEARING) | (phase == Phase.AT_BERTH)
        after = time[moving & (time > now)].min(initial=np.inf)
        return min(float(after), self.passages.next_turn(table))

    def dispatch(self, flow: np.ndarray, units: np.ndarray, now: float, pocket: np.ndarray | None = None) -> None:
        """Send goods from their sources, or from the pockets of lots that are given, onto the first leg."""
        self._launch(self.state.send(flow, units, now, pocket), now)

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
        port = np.array([g.stay for g in self.network.gates])
        mean = np.array([lane.times.mean for lane in self.network.lanes])
        placed = np.zeros(len(rows), dtype=bool)
        for leg in range(self.routes.lane.shape[1]):
            here = np.flatnonzero(~placed & (self.routes.legs[route] > leg))
            lane, gate = self.routes.lane[route[here], leg], self.routes.gate[route[here], leg]
            stay = mean[lane] + np.where(gate >= 0, port[gate] if len(port) else 0.0, 0.0)
            last = self.routes.legs[route[here]] == leg + 1
            found = (elapsed[here] <= mean[lane]) | (elapsed[here] < stay) | last
            mine, rest = here[found], elapsed[here[found]]
            length = mean[lane[found]]
            table["leg"][rows[mine]] = leg
            table["departed"][rows[mine]], table["length"][rows[mine]] = now - rest, length
            clearing = rest > length
            table["phase"][rows[mine]] = np.where(clearing & ~last[found], Phase.CLEARING, Phase.TRAVELLING)
            table["time"][rows[mine]] = now - rest + np.where(clearing & ~last[found], stay[found], length)
            placed[mine] = True
            elapsed[here[~found]] -= stay[~found]
        self.passages.under_way(table, rows, self.routes.lane[route, table["leg"][rows]], now)

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

    def _load_at_gates(self, phase: int) -> np.ndarray:
        rows, gate = self._in_phase(phase)
        return np.bincount(gate, self._load(rows), len(self.pool))

    def _in_phase(self, phase: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows in a phase at a port, and their gates."""
        rows = self.state.shipments.where(phase) if self._bound is None else self._due(phase, np.inf)
        gate = self._gate(rows)
        return rows[gate >= 0], gate[gate >= 0]

    def effects_changed(self, now: float) -> None:
        """Deal with goods under way when disruptions begin or end: at passages and before borders."""
        self.passages.changed(self.state.shipments, self.quantities, now, self.journal)
        self._at_border(now)

    def give_up(self, rows: np.ndarray, now: float) -> None:
        """Count as gone from the queues of ports what is about to be taken away there."""
        table = self.state.shipments
        waits = rows[table["phase"][rows] == Phase.QUEUED]
        came = table["time"][waits]
        self.traffic.left(self._gate(waits), self._load(waits), came, np.maximum(came, now))

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

    def _due(self, phase: int, limit: float) -> np.ndarray:
        table = self.state.shipments
        if self._bound is None:
            return np.flatnonzero((table["phase"] == phase) & (table["time"] <= limit))
        rows = self._bound
        return rows[(table["phase"][rows] == phase) & (table["time"][rows] <= limit)]

    def _arrive(self, limit: float) -> None:
        table = self.state.shipments
        self.passages.pass_on(table, limit, self.journal)
        rows = self._due(Phase.TRAVELLING, limit)
        if not rows.size:
            return
        last = self.routes.legs[self._route(rows)] == table["leg"][rows] + 1
        home, ashore = rows[last], rows[~last]
        table["phase"][home] = Phase.DONE
        day = int(np.ceil(limit))
        self.state.deliver(table["flow"][home], table["units"][home], table["lot"][home], day)
        self.journal.shipments("arrival", table, home, table["time"][home])
        table["phase"][ashore] = Phase.QUEUED
        gate = self._gate(ashore)
        self.traffic.came(gate, self._load(ashore), table["time"][ashore])
        self.journal.shipments("port_arrival", table, ashore, table["time"][ashore])
        if self.berths.any and (calls := self.berths.has[gate]).any():
            self.berths.reached(ashore[calls], self._lane(ashore[calls]))

    def _handle(self, limit: float) -> bool:
        table = self.state.shipments
        rows = self._due(Phase.QUEUED, limit)
        if not rows.size:
            return False
        gate = self._gate(rows)
        opened = (self.quantities["gate.handling"][gate] > 0) & ~self.berths.has[gate]
        rows, gate = rows[opened], gate[opened]
        rank = (self._rank(rows, gate),) if self._ranked else ()
        keys = (table["id"][rows], table["time"][rows], *rank, self.pool[gate])
        units = table["units"][rows]
        passing = self.handling.admit(self.pool[gate], units, self._size(rows), np.lexsort(keys))
        passed = self._part(rows, passing)
        if not passed.size:
            return False
        at = np.maximum(table["time"][passed], self.since)
        gate = self._gate(passed)
        self.traffic.left(gate, self._load(passed), table["time"][passed], at)
        self._put_ashore(passed, gate, at)
        return True

    def _berth(self, limit: float) -> bool:
        if not self.berths.any:
            return False
        rows = self._due(Phase.QUEUED, limit)
        gate = self._gate(rows)
        mine = self.berths.has[gate] & (self.quantities["gate.handling"][gate] > 0)
        rows, gate = rows[mine], gate[mine]
        if not rows.size:
            return False
        came = self.state.shipments["time"][rows]
        chosen = self.berths.begin((rows, gate), self._lane(rows), self._rank(rows, gate), self.since)
        if not chosen.size:
            return False
        was = np.isin(rows, chosen)
        self.traffic.left(gate[was], self._load(rows[was]), came[was], np.full(len(chosen), self.since))
        return True

    def _unload(self, limit: float) -> bool:
        """Vessels that were served put ashore what the yard has room for."""
        if not self.berths.any:
            return False
        rows = self._due(Phase.AT_BERTH, limit)
        if not rows.size:
            return False
        ashore = np.concatenate([self._in_phase(phase)[0] for phase in (Phase.CLEARING, Phase.READY)])
        before = self.state.shipments.count
        passed = self.berths.unload(
            (rows, self._gate(rows)), self._size(rows), (self._load(ashore), self._gate(ashore))
        )
        self._know_parts(before)
        if not passed.size:
            return False
        self._put_ashore(passed, self._gate(passed), np.full(len(passed), self.since))
        self.berths.count(*self._in_phase(Phase.AT_BERTH))
        return True

    def _put_ashore(self, rows: np.ndarray, gate: np.ndarray, at: np.ndarray) -> None:
        table = self.state.shipments
        self.traffic.handle(gate, self._load(rows))
        self.journal.shipments("handled", table, rows, at)
        stay = self.clearances.at(gate, np.floor(at)) + self.quantities["gate.clearance"][gate]
        if self.holds.any:
            held = self.holds.days(gate, table["flow"][rows], table["sent"][rows])
            self.journal.shipments("detained", table, rows[held > 0], at[held > 0])
            stay = stay + held
        table["phase"][rows], table["time"][rows] = Phase.CLEARING, at + stay

    def _part(self, rows: np.ndarray, passing: np.ndarray) -> np.ndarray:
        """Rows that pass; a shipment of which only some units are `passing` is split."""
        table = self.state.shipments
        before, units = table.count, table["units"][rows]
        partly = (passing > 0) & (passing < units)
        passed = np.concatenate([rows[passing == units], table.split(rows[partly], passing[partly])])
        self._know_parts(before)
        return passed

    def _know_parts(self, before: int) -> None:
        """Shipments that were split off since the table had `before` rows are bound where the others are."""
        if self._bound is not None:
            self._bound = np.concatenate([self._bound, np.arange(before, self.state.shipments.count)])

    def _size(self, rows: np.ndarray) -> np.ndarray:
        sizes: np.ndarray = self.size[self.network.flow_buyer[self.state.shipments["flow"][rows]]]
        return sizes

    def _rank(self, rows: np.ndarray, gate: np.ndarray) -> np.ndarray:
        product = self.network.cell_product[self.network.flow_buyer[self.state.shipments["flow"][rows]]]
        ranks: np.ndarray = self.rank[gate, product]
        return ranks

    def _lane(self, rows: np.ndarray) -> np.ndarray:
        lanes: np.ndarray = self.routes.lane[self._route(rows), self.state.shipments["leg"][rows]]
        return lanes

    def _clear(self, limit: float) -> bool:
        rows = self._due(Phase.CLEARING, limit)
        self.state.shipments["phase"][rows] = Phase.READY
        return bool(rows.size)

    def _depart(self, limit: float) -> bool:
        table = self.state.shipments
        rows = self._due(Phase.READY, limit)
        if not rows.size:
            return False
        route, leg = self._route(rows), table["leg"][rows] + 1
        lane = self.routes.lane[route, leg]
        free = (self.quantities["lane.open"][lane] > 0) & self.loading.leaves[lane]
        crossing = self.routes.border[route] == leg
        free &= ~crossing | (self.quantities["flow.border_open"][table["flow"][rows]] > 0) | table["exempt"][rows]
        rows, lane = rows[free], lane[free]
        order = (table["id"][rows], table["time"][rows])
        passed = self._part(rows, self.loading.admit(lane, table["units"][rows], self._size(rows), order))
        at = np.maximum(table["time"][passed], self.since)
        table["leg"][passed] += 1
        self._launch(passed, at)
        return bool(passed.size)

    def _launch(self, rows: np.ndarray, at: np.ndarray | float) -> None:
        table = self.state.shipments
        lane = self._lane(rows)
        at = self.loading.begin(lane, np.broadcast_to(at, len(rows)).astype(float))
        length = self.journeys.at(lane, np.floor(at))
        if self._may_slow_down:
            length = length * self.quantities["lane.factor"][lane] + self.quantities["lane.extra"][lane]
        table["phase"][rows] = Phase.TRAVELLING
        table["departed"][rows], table["length"][rows] = at, length
        table["time"][rows] = self.loading.end(lane, at + length)
        if self.loading.has_fleets:
            self.loading.gone(lane, self._load(rows), at, length)
        np.add.at(self.state.lane_units, lane, table["units"][rows])
        self.journal.shipments("departure", table, rows, at)
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
            table["phase"][mine] = Phase.DONE
