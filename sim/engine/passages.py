"""Vessels and closed passages: who diverts, who waits before the passage, who goes on."""

from __future__ import annotations

import numpy as np

from sim.engine.journal import Journal
from sim.engine.loading import NO_TIME
from sim.engine.passage_queue import passage_queues
from sim.engine.tape import TimeTape
from sim.model.distributions import UNIT
from sim.model.effects import Quantities
from sim.model.network import Network
from sim.model.part import Part
from sim.model.shipments import Phase, Shipments
from sim.rng import Streams


class Passages(Part):
    """Which passages lie on which lanes, and what closing them does to shipments on those lanes."""

    CHANGES = ("_known", "_told")

    def __init__(self, network: Network, streams: Streams, quantities: Quantities) -> None:
        self._network = network
        self._number = {name: i for i, name in enumerate(network.passages)}
        self._lanes = [i for i, lane in enumerate(network.lanes) if lane.passages]
        self._crosses = np.zeros(len(network.lanes), dtype=bool)
        self._crosses[self._lanes] = True
        # one draw a lane and day says who is among the first to divert, whatever share diverts
        names = [f"divert/{network.lanes[i].name}" for i in self._lanes]
        self._resolve = TimeTape(names, [UNIT] * len(names), streams)
        self._known = (np.ones(len(self._number)), np.zeros(len(self._number)))
        self._quantities = quantities
        self.queues = passage_queues(network, quantities)
        """queue before each passage that has one, by position of the passage"""
        self._told: set[tuple[int, int]] = set()

    def launched(
        self, table: Shipments, rows: np.ndarray, lane: np.ndarray, quantities: Quantities, journal: Journal
    ) -> None:
        """Decide for vessels that set out: divert from the start, or sail and wait before a closed passage."""
        if not self._lanes:
            return
        for index in np.unique(lane[self._crosses[lane]]).tolist():
            mine = rows[lane == index]
            self._decide(index, table, mine, None, quantities, journal)
            self._line_up(index, table, mine, -np.inf)

    def under_way(self, table: Shipments, rows: np.ndarray, lane: np.ndarray, now: float) -> None:
        """Vessels that set out before the first day line up where they have not passed."""
        for index in self._lanes if self.queues else ():
            self._line_up(index, table, rows[lane == index], now)

    def expect_effects(self, table: Shipments, now: float) -> None:
        """Queues are worked out ahead: vessels that have not passed line up as they now are."""
        self.queues = passage_queues(self._network, self._quantities)
        under_way = np.flatnonzero((table["phase"] == Phase.TRAVELLING) | (table["phase"] == Phase.HELD))
        under_way = under_way[table["leg"][under_way] >= 0]
        route = self._network.flow_route[table["flow"][under_way]]
        self.under_way(table, under_way, self._network.routes.lane[route, table["leg"][under_way]], now)

    def pass_on(self, table: Shipments, limit: float, journal: Journal) -> None:
        """Vessels whose turn in a queue has come by `limit` sail on; the wait moves the rest of their voyage."""
        while self.queues and (due := self._turns(table)):
            self._tell(table, due, limit, journal)
            if due[0][2] > limit:
                return
            for number in dict.fromkeys(number for _, number, turn in due if turn <= limit):
                rows = np.array([row for row, at, turn in due if at == number and turn <= limit])
                queue, reached = self.queues[number], table["time"][rows]
                leaves, in_time = queue.leaves(reached), queue.in_time(reached)
                table["departed"][rows] += leaves - reached
                table["time"][rows] = table["departed"][rows] + table["length"][rows]
                table["phase"][rows], table["passage"][rows] = Phase.TRAVELLING, -1
                late = leaves > in_time + NO_TIME
                journal.shipments("released", table, rows[late], leaves[late], self._network.passages[number])
                route = self._network.flow_route[table["flow"][rows]]
                lane = self._network.routes.lane[route, table["leg"][rows]]
                for index in np.unique(lane).tolist():
                    mine = lane == index
                    self._line_up(index, table, rows[mine], leaves[mine])

    def _tell(self, table: Shipments, turns: list[tuple[int, int, float]], limit: float, journal: Journal) -> None:
        """Note in the journal who has joined a queue; only now, since a vessel may turn away before it gets there.

        Whoever only waits for the next convoy has no trouble.
        """
        if not journal.keeps("held"):
            return
        for row, number, turn in turns:
            vessel, reached = (int(table["id"][row]), number), table["time"][[row]]
            if reached[0] > limit or vessel in self._told:
                continue
            if turn > self.queues[number].in_time(reached)[0] + NO_TIME:
                self._told.add(vessel)
                one = np.array([row])
                journal.shipments("held", table, one, table["time"][one], self._network.passages[number])

    def next_turn(self, table: Shipments) -> float:
        """When the next of those that wait in a queue passes."""
        due = self._turns(table) if self.queues else []
        return due[0][2] if due else np.inf

    def _turns(self, table: Shipments) -> list[tuple[int, int, float]]:
        """(row, passage, time of passing) of all that wait in a queue, in order of time."""
        held = table.where(Phase.HELD)
        found: list[tuple[int, int, float]] = []
        for number, queue in self.queues.items():
            rows = held[table["passage"][held] == number]
            turns = queue.leaves(table["time"][rows])
            found += zip(rows.tolist(), [number] * len(rows), turns.tolist(), strict=True)
        return sorted(found, key=lambda turn: turn[2])

    def _line_up(self, index: int, table: Shipments, rows: np.ndarray, after: np.ndarray | float) -> None:
        """Vessels that reach a passage later than `after` and find a queue there are held in it; at the first such."""
        after = np.broadcast_to(after, len(rows))
        for passage in self._network.lanes[index].passages:
            queue = self.queues.get(self._number[passage.name])
            if queue is None:
                continue
            reached = table["departed"][rows] + passage.fraction * table["length"][rows]
            sails = (table["phase"][rows] == Phase.TRAVELLING) & ~table["diverted"][rows]
            waits = sails & (reached > after + NO_TIME) & (queue.leaves(reached) > reached)
            held = rows[waits]
            table["phase"][held], table["passage"][held] = Phase.HELD, self._number[passage.name]
            table["time"][held] = reached[waits]

    def changed(self, table: Shipments, quantities: Quantities, now: float, journal: Journal) -> None:
        """Decide again for vessels under way when a passage closes, opens, or diverts a larger share."""
        state = quantities["passage.open"].copy(), quantities["passage.diverted"].copy()
        if not self._lanes or all(np.array_equal(a, b) for a, b in zip(state, self._known, strict=True)):
            return
        self._known = state
        under_way = np.flatnonzero((table["phase"] == Phase.TRAVELLING) | (table["phase"] == Phase.HELD))
        route = self._network.flow_route[table["flow"][under_way]]
        lane = self._network.routes.lane[route, table["leg"][under_way]]
        for index in self._lanes:
            rows = under_way[lane == index]
            self._release(index, table, rows, quantities, now, journal)
            self._decide(index, table, rows[~table["diverted"][rows]], now, quantities, journal)

    def _release(
        self, index: int, table: Shipments, rows: np.ndarray, quantities: Quantities, now: float, journal: Journal
    ) -> None:
        """Vessels held at a passage that is open again sail on; the wait moves the rest of their voyage."""
        for passage in self._network.lanes[index].passages:
            number = self._number[passage.name]
            held = rows[(table["phase"][rows] == Phase.HELD) & (table["passage"][rows] == number)]
            if not held.size or quantities["passage.open"][number] == 0 or number in self.queues:
                continue
            reached = table["time"][held]
            waited = np.maximum(0.0, now - reached)
            table["departed"][held] += waited
            table["time"][held] = table["departed"][held] + table["length"][held]
            table["phase"][held] = Phase.TRAVELLING
            table["passage"][held] = -1
            journal.shipments("released", table, held[waited > 0], np.full(int((waited > 0).sum()), now), passage.name)

    def _decide(
        self,
        index: int,
        table: Shipments,
        rows: np.ndarray,
        now: float | None,
        quantities: Quantities,
        journal: Journal,
    ) -> None:
        rows = rows[table["phase"][rows] != Phase.DONE]
        if not rows.size:
            return
        draws = self._resolve.at(np.full(len(rows), self._lanes.index(index)), np.floor(table["departed"][rows]))
        for passage in self._network.lanes[index].passages:
            number = self._number[passage.name]
            share = quantities["passage.diverted"][number]
            is_open = quantities["passage.open"][number] > 0 or number in self.queues
            if share == 0 and is_open:
                continue
            sailed = np.zeros(len(rows)) if now is None else self._sailed(table, rows, now)
            waits = table["phase"][rows] == Phase.HELD
            # a vessel that reaches the passage at this very time has not passed it
            ahead = (sailed <= passage.fraction + 1e-9) | (waits & (table["passage"][rows] == number)) | (now is None)
            ahead &= ~table["diverted"][rows]
            leaves = ahead & (draws < share)
            self._divert(table, rows[leaves], sailed[leaves], passage.remaining, passage.detour, now)
            at = table["departed"][rows[leaves]] if now is None else np.full(int(leaves.sum()), now)
            journal.shipments("diverted", table, rows[leaves], at, passage.name)
            stays = rows[ahead & ~leaves & ~waits]
            if not is_open and stays.size:
                reached = table["departed"][stays] + passage.fraction * table["length"][stays]
                table["phase"][stays], table["passage"][stays], table["time"][stays] = Phase.HELD, number, reached
                journal.shipments("held", table, stays, reached, passage.name)

    @staticmethod
    def _sailed(table: Shipments, rows: np.ndarray, now: float) -> np.ndarray:
        """Fraction of the voyage done; vessels that wait have got no further than their passage."""
        held = table["phase"][rows] == Phase.HELD
        until = np.where(held, np.minimum(now, table["time"][rows]), now)
        length = np.maximum(table["length"][rows], 1e-9)
        return np.asarray((until - table["departed"][rows]) / length)

    @staticmethod
    def _divert(
        table: Shipments,
        rows: np.ndarray,
        sailed: np.ndarray,
        remaining: tuple[tuple[float, float], ...],
        detour: float,
        now: float | None,
    ) -> None:
        length = table["length"][rows]
        if now is None:
            arrives = table["departed"][rows] + detour * length
        else:
            fractions, rest = np.array(remaining).T
            arrives = now + np.interp(sailed, fractions, rest) * length
        table["phase"][rows] = Phase.TRAVELLING
        table["time"][rows], table["diverted"][rows], table["passage"][rows] = arrives, True, -1
