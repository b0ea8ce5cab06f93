"""Ports: queues for handling or a berth, and clearance. A port has a gate for each direction; some share a pool."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.moving.berths import Berths
from sim.engine.moving.cargo import Cargo
from sim.engine.moving.holds import Holds
from sim.engine.moving.loading import Throughput
from sim.engine.moving.permits import Permits
from sim.engine.moving.port_traffic import PortTraffic
from sim.engine.time_tape import TimeTape
from sim.model.effects import Quantities
from sim.model.goods.shipments import Phase
from sim.model.network import Network
from sim.model.part import Part
from sim.rng import Streams

FIRST = -1
"""Turn of goods that go before all others, whatever the port's own priority lane says."""


class Ports(Part):
    """What comes to the ports of one run waits in their queues, is put ashore and cleared."""

    CHANGES = ("_handled_a_day", "_limited", "_some_closed", "_some_first")

    def __init__(
        self,
        network: Network,
        cargo: Cargo,
        permits: Permits,
        quantities: Quantities,
        streams: Streams,
        journal: Journal,
    ) -> None:
        gates = network.gates
        self._network, self._cargo, self._permits = network, cargo, permits
        self._quantities, self._journal = quantities, journal
        self._clearances = TimeTape([f"gate/{x.name}" for x in gates], [x.clearance for x in gates], streams)
        self._holds = Holds(network, streams)
        self._ranks = np.array([gate.rank for gate in gates], dtype=np.int64)
        self._in_turn = bool(self._ranks.any())
        self.pool = np.array([g.pool for g in gates], dtype=np.int64)
        """over gates: which of them share berths or handling"""
        self._handling = Throughput(int(self.pool.max(initial=-1)) + 1)
        # sums of whole numbers are the same in whatever order they are taken
        self._in_whole_loads = not (network.cell_size % 1).any()
        self.berths = Berths(network, cargo.table, quantities, streams, journal)
        self._may_clear_faster = quantities.touched("stop.clearance_factor")
        self._may_go_first = quantities.touched("stop.first")
        self._may_clear_later = quantities.touched("gate.clearance")
        self.traffic = PortTraffic(len(gates), len(self._handling.left), float(-network.calendar.warm_up))
        self.effects_changed()

    def open_day(self) -> None:
        """Midnight: a day's worth may be handled again."""
        self._handling.renew(self._handled_a_day)

    def effects_changed(self) -> None:
        """Note what can be handled, and whether any port is closed, until effects change."""
        handling = self._quantities["gate.handling"]
        self._handled_a_day = np.zeros(len(self._handling.left))
        np.maximum.at(self._handled_a_day, self.pool, handling)
        self._limited = bool(np.isfinite(self._handled_a_day).any())
        self._some_closed = bool((handling <= 0).any())
        self._some_first = self._may_go_first and bool((self._quantities["stop.first"] > 0).any())

    def queue(self) -> np.ndarray:
        """Handling units waiting at each gate."""
        return self._load_at_gates(Phase.QUEUED)

    def yard(self) -> np.ndarray:
        """Handling units ashore at each gate: being cleared, held, or waiting to leave."""
        return self._load_at_gates(Phase.CLEARING) + self._load_at_gates(Phase.READY)

    def _load_at_gates(self, phase: np.ndarray) -> np.ndarray:
        rows, gate = self._cargo.in_phase(phase)
        return np.bincount(gate, self._cargo.load(rows), len(self.pool)) if rows.size else np.zeros(len(self.pool))

    def count_berths(self) -> None:
        """Take stock of the berths that are taken."""
        self.berths.count(*self._cargo.in_phase(Phase.AT_BERTH))

    def receive(self, rows: np.ndarray) -> None:
        """Goods have come to the port at the end of their leg: they join its queue."""
        cargo, table = self._cargo, self._cargo.table
        table.columns["phase"][rows] = Phase.QUEUED
        gate = cargo.gate(rows)
        self.traffic.came(gate, cargo.load(rows), table.columns["time"][rows])
        self._journal.shipments("port_arrival", table, rows, table.columns["time"][rows])
        if self.berths.any and np.count_nonzero(calls := self.berths.has[gate]):
            self.berths.reached(rows[calls], cargo.lane(rows[calls]))

    def give_up(self, rows: np.ndarray, now: float) -> None:
        """Count as gone from the queues what is about to be taken away there; rows in any phase."""
        cargo, table = self._cargo, self._cargo.table
        waits = rows[table.columns["phase"][rows] == Phase.QUEUED]
        self.traffic.left(cargo.gate(waits), cargo.load(waits), table.columns["time"][waits], np.full(len(waits), now))

    def keep_waiting(self, queued: np.ndarray, days: np.ndarray) -> None:
        """Rows of the queue are kept back, and are in it, for some days more."""
        if queued.size:
            self.traffic.delay(self._cargo.gate(queued), self._cargo.load(queued), days)
            self.berths.come_apart(queued)

    def serve(self, due: np.ndarray, phase: np.ndarray, now: float) -> tuple[np.ndarray, np.ndarray]:
        """Handle what is due, in these phases, from `now` on as ports can; the rows that came ashore and those now at
        berth."""
        queued = due[phase == Phase.QUEUED]
        if not self.berths.any:
            return self._handle(queued, now), due[:0]
        calls = self.berths.has[self._cargo.gate(queued)]
        ashore = self._unload(due[phase == Phase.AT_BERTH], now)
        berthed, queued = self._berth(queued[calls], now), queued[~calls]
        return np.concatenate([ashore, self._handle(queued, now)]), berthed

    def _handle(self, rows: np.ndarray, now: float) -> np.ndarray:
        """Let queued rows pass as ports can handle them; returns the rows that are being cleared now."""
        if not rows.size or self._handling.used_up:
            return rows[:0]
        cargo, table, gate = self._cargo, self._cargo.table, self._cargo.gate(rows)
        if self._some_closed:
            opened = self._quantities["gate.handling"][gate] > 0
            rows, gate = rows[opened], gate[opened]
        passed, load = rows, cargo.load(rows)
        if self._limited and not self._all_pass(gate, load):
            pool = self.pool[gate]
            rank = (self._rank(rows, gate),) if self._in_turn or self._some_first else ()
            turn = np.lexsort((table.columns["id"][rows], table.columns["time"][rows], *rank, pool))
            passed = cargo.part(rows, self._handling.admit(pool, table.columns["units"][rows], cargo.size(rows), turn))
            gate, load = cargo.gate(passed), cargo.load(passed)
        if passed.size:
            came = table.columns["time"][passed]
            at = np.maximum(came, now)
            self.traffic.left(gate, load, came, at)
            self._put_ashore(passed, gate, load, at)
        return passed

    def _all_pass(self, gate: np.ndarray, load: np.ndarray) -> bool:
        """Let all loads pass if there is room for every one, so that nobody's turn matters; whether there was."""
        return self._in_whole_loads and self._handling.admit_all(self.pool[gate], load)

    def _berth(self, rows: np.ndarray, now: float) -> np.ndarray:
        """Give free berths to queued rows; returns those that are at berth now."""
        cargo, gate = self._cargo, self._cargo.gate(rows)
        opened = self._quantities["gate.handling"][gate] > 0
        rows, gate = rows[opened], gate[opened]
        if not rows.size:
            return rows
        came = cargo.table.columns["time"][rows]
        chosen = self.berths.begin((rows, gate), cargo.lane(rows), self._rank(rows, gate), now)
        if chosen.size:
            was = np.isin(rows, chosen)
            self.traffic.left(gate[was], cargo.load(rows[was]), came[was], np.full(len(chosen), now))
        return chosen

    def _unload(self, rows: np.ndarray, now: float) -> np.ndarray:
        """Vessels that were served put ashore what the yard has room for; returns the rows that are ashore now."""
        if not rows.size:
            return rows
        cargo = self._cargo
        ashore = np.concatenate([cargo.in_phase(phase)[0] for phase in (Phase.CLEARING, Phase.READY)])
        before = cargo.table.count
        in_yard = cargo.load(ashore), cargo.gate(ashore)
        passed = self.berths.unload((rows, cargo.gate(rows)), cargo.size(rows), in_yard)
        cargo.know_parts(before)
        if passed.size:
            self._put_ashore(passed, cargo.gate(passed), cargo.load(passed), np.full(len(passed), now))
            self.count_berths()
        return passed

    def _put_ashore(self, rows: np.ndarray, gate: np.ndarray, load: np.ndarray, at: np.ndarray) -> None:
        table = self._cargo.table
        self.traffic.handle(gate, load)
        self._journal.shipments("handled", table, rows, at)
        stay = self._clearances.at(gate, at)
        if self._may_clear_faster:
            stay = stay * self._quantities["stop.clearance_factor"][self._cargo.stop(rows)]
        if self._may_clear_later:
            stay = stay + self._quantities["gate.clearance"][gate]
        if self._holds.any:
            held = self._holds.days(gate, table.columns["flow"][rows], table.columns["sent"][rows])
            self._journal.shipments("detained", table, rows[held > 0], at[held > 0])
            stay = stay + held
        if self._permits.needed:
            stay = stay + self._permits.wait(rows, at)
        table.columns["phase"][rows], table.columns["time"][rows] = Phase.CLEARING, at + stay

    def _rank(self, rows: np.ndarray, gate: np.ndarray) -> np.ndarray:
        """Whose turn it is before others': the less, the sooner."""
        product = self._network.cell_product[self._network.flow_buyer[self._cargo.table.columns["flow"][rows]]]
        ranks: np.ndarray = self._ranks[gate, product]
        if self._some_first:
            ranks = np.where(self._quantities["stop.first"][self._cargo.stop(rows)] > 0, FIRST, ranks)
        return ranks
