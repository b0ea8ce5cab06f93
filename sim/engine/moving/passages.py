"""Vessels and closed passages: who diverts, who waits before the passage, who goes on.

A vessel avoids a passage if its draw is below the share that diverts there. When something that it avoids lies ahead,
it takes the shortest way on round all that it avoids and all that is shut at that moment; where there is no such way
it keeps its own and waits before the first of them. Whoever avoids nothing waits before what is shut.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.moving.loading import NO_TIME
from sim.engine.moving.vessel_queue import passage_queues
from sim.engine.time_tape import TimeTape
from sim.model.chance.distributions import UNIT
from sim.model.effects import Quantities
from sim.model.goods.shipments import Phase, Shipments
from sim.model.network import Network
from sim.model.part import Part
from sim.model.sea.ways import NO_WAY
from sim.rng import Streams

Group = tuple[int, np.ndarray, frozenset[str], frozenset[str]]
"""(number of a way, rows of vessels on it, passages that they avoid, passages that are shut), passages by canal."""


class Passages(Part):
    """Which passages lie on which lanes, and what closing them does to shipments on those lanes."""

    CHANGES = ("_known", "_told", "_found", "_some_wait")
    GROWS = ("_ways", "_lane_of")

    def __init__(self, network: Network, streams: Streams, quantities: Quantities) -> None:
        self._network, self._quantities = network, quantities
        self._lanes: list[int] = network.lane_table.sails.nonzero()[0].tolist()
        self.any = bool(self._lanes)
        """whether any lane has passages that matter"""
        self._crosses = np.zeros(len(network.lanes), dtype=bool)
        self._crosses[self._lanes] = True
        # one draw a lane and day says who is among the first to divert, whatever share diverts
        names = [f"divert/{network.lanes[i].name}" for i in self._lanes]
        self._draws = TimeTape(names, [UNIT] * len(names), streams)
        self._place = np.zeros(len(network.lanes), dtype=np.int64)
        self._place[self._lanes] = np.arange(len(self._lanes))
        self._timeless = network.lane_table.mean == 0
        # ways by number: first the usual one of each of these lanes, then those round something
        self._ways = [way for i in self._lanes if (way := network.lanes[i].way) is not None]
        self._lane_of = list(self._lanes)
        self._found: dict[tuple[int, float, frozenset[str]], int | None] = {}
        self._known = (np.ones(len(network.passages)), np.zeros(len(network.passages)))
        self.queues = passage_queues(network, quantities)
        """queue before each passage that has one, by position of the passage"""
        self._told: set[tuple[int, int]] = set()
        self._some_wait = False

    def launched(self, table: Shipments, rows: np.ndarray, lane: np.ndarray, journal: Journal) -> None:
        """Decide for vessels that set out: divert from the start, or sail and wait before a closed passage."""
        if np.count_nonzero(mine := self._crosses[lane]):
            self._set_out(table, rows[mine], lane[mine])
            self._steer(table, rows[mine], None, journal)

    def under_way(self, table: Shipments, rows: np.ndarray, lane: np.ndarray, now: float) -> None:
        """Vessels that set out before the first day line up where they have not passed."""
        mine = self._crosses[lane]
        self._set_out(table, rows[mine], lane[mine])
        if self.queues:
            for number, some, _, _ in self._groups(table, rows[mine]):
                self._halt(number, table, some, now, frozenset())

    def _set_out(self, table: Shipments, rows: np.ndarray, lane: np.ndarray) -> None:
        table.columns["way"][rows] = self._place[lane]
        table.columns["luck"][rows] = self._draws.at(self._place[lane], table.columns["departed"][rows])
        if (timeless := rows[self._timeless[lane]]).size:  # their ways are told in days; what slows them is a wait
            table.columns["departed"][timeless] += table.columns["length"][timeless]
            table.columns["length"][timeless] = 1.0

    def expect_effects(self, table: Shipments, now: float) -> None:
        """Queues are worked out ahead: vessels that have not passed line up as they now are."""
        self.queues = passage_queues(self._network, self._quantities)
        rows = self._at_sea(table)
        for number, some, avoided, shut in self._groups(table, rows):
            self._halt(number, table, some, now, avoided | shut)

    def _at_sea(self, table: Shipments) -> np.ndarray:
        """Rows of vessels under way on lanes with passages, those that are held included."""
        rows = ((table["phase"] == Phase.TRAVELLING) | (table["phase"] == Phase.HELD)).nonzero()[0]
        route = self._network.flow_route[table.columns["flow"][rows]]
        return np.asarray(rows[self._crosses[self._network.routes.lane[route, table.columns["leg"][rows]]]])

    def pass_on(self, table: Shipments, limit: float, journal: Journal) -> None:
        """Vessels whose turn in a queue has come by `limit` sail on; the wait moves the rest of their voyage."""
        if self._some_wait:
            self._tell_who_waits(table, limit, journal)
        while self.queues and (due := self._turns(table)):
            self._tell(table, due, limit, journal)
            if due[0][2] > limit:
                return
            for number in dict.fromkeys(number for _, number, turn in due if turn <= limit):
                rows = np.array([row for row, at, turn in due if at == number and turn <= limit])
                queue, reached = self.queues[number], table.columns["time"][rows]
                leaves, in_time = queue.leaves(reached), queue.in_time(reached)
                self._sail_on(table, rows, leaves - reached)
                late = leaves > in_time + NO_TIME
                journal.shipments("released", table, rows[late], leaves[late], self._network.passages[number])
                left = dict(zip(rows.tolist(), leaves.tolist(), strict=True))
                for way, some, avoided, shut in self._groups(table, rows):
                    after = np.array([left[row] for row in some.tolist()])
                    self._halt(way, table, some, after, avoided | shut)

    def _sail_on(self, table: Shipments, rows: np.ndarray, waited: np.ndarray) -> None:
        """Vessels that were held go on; the wait moves the rest of their voyage."""
        table.columns["departed"][rows] += waited
        length = np.array([self._ways[number].length for number in table.columns["way"][rows].tolist()])
        table.columns["time"][rows] = table.columns["departed"][rows] + length * table.columns["length"][rows]
        table.columns["phase"][rows], table.columns["passage"][rows] = Phase.TRAVELLING, -1

    def _tell(self, table: Shipments, turns: list[tuple[int, int, float]], limit: float, journal: Journal) -> None:
        """Note in the journal who has joined a queue; only now, since a vessel may turn away before it gets there.

        Whoever only waits for the next convoy has no trouble.
        """
        if not journal.keeps("held"):
            return
        for row, number, turn in turns:
            vessel, reached = (int(table.columns["id"][row]), number), table.columns["time"][[row]]
            if reached[0] > limit or vessel in self._told:
                continue
            if turn > self.queues[number].in_time(reached)[0] + NO_TIME:
                self._told.add(vessel)
                one = np.array([row])
                journal.shipments("held", table, one, table.columns["time"][one], self._network.passages[number])

    def _tell_who_waits(self, table: Shipments, limit: float, journal: Journal) -> None:
        """Note in the journal who has come to a passage that he cannot pass."""
        held = table.where(Phase.HELD)
        held = held[~np.isin(table.columns["passage"][held], list(self.queues))]
        self._some_wait = bool(held.size)
        if not journal.keeps("held"):
            return
        for row in held[table.columns["time"][held] <= limit].tolist():
            vessel = int(table.columns["id"][row]), int(table.columns["passage"][row])
            if vessel not in self._told:
                self._told.add(vessel)
                one = np.array([row])
                journal.shipments("held", table, one, table.columns["time"][one], self._network.passages[vessel[1]])

    def next_turn(self, table: Shipments) -> float:
        """When the next of those that wait in a queue passes."""
        due = self._turns(table) if self.queues else []
        return due[0][2] if due else np.inf

    def _turns(self, table: Shipments) -> list[tuple[int, int, float]]:
        """(row, passage, time of passing) of all that wait in a queue, in order of time."""
        held = table.where(Phase.HELD)
        found: list[tuple[int, int, float]] = []
        for number, queue in self.queues.items():
            rows = held[table.columns["passage"][held] == number]
            turns = queue.leaves(table.columns["time"][rows])
            found += zip(rows.tolist(), [number] * len(rows), turns.tolist(), strict=True)
        return sorted(found, key=lambda turn: turn[2])

    def changed(self, table: Shipments, now: float, journal: Journal) -> None:
        """Decide again for vessels under way when a passage closes, opens, or diverts a larger share."""
        state = self._quantities["passage.open"].copy(), self._quantities["passage.diverted"].copy()
        if not self._lanes or all(np.array_equal(a, b) for a, b in zip(state, self._known, strict=True)):
            return
        self._known = state
        self._steer(table, self._at_sea(table), now, journal)

    def _groups(self, table: Shipments, rows: np.ndarray) -> Iterator[Group]:
        """Vessels that are on one way and avoid the same, where anything at all may stop them."""
        is_open, share = self._known
        for number in sorted(set(table.columns["way"][rows].tolist())):
            way, row_of = self._ways[number], self._network.lane_passages[self._lane_of[number]]
            here = {canal: row for canal, row in row_of.items() if canal not in way.avoids}
            shut = frozenset(c for c, row in row_of.items() if is_open[row] <= 0 and row not in self.queues)
            avoidable = {canal: float(share[row]) for canal, row in row_of.items() if share[row] > 0}
            mine = rows[table.columns["way"][rows] == number]
            troubled = any(c in shut or c in avoidable or row in self.queues for c, row in here.items())
            if not troubled and not np.count_nonzero(table.columns["phase"][mine] == Phase.HELD):
                continue
            bounds = np.array(sorted(set(avoidable.values())))
            kind = np.searchsorted(bounds, table.columns["luck"][mine], side="right")
            for k in sorted(set(kind.tolist())):
                avoided = frozenset(canal for canal, x in avoidable.items() if k < len(bounds) and x >= bounds[k])
                yield number, mine[kind == k], avoided, shut

    def _steer(self, table: Shipments, rows: np.ndarray, now: float | None, journal: Journal) -> None:
        """Vessels turn off, wait or go on, by what is closed at this moment; `now` is None where they set out."""
        after = -np.inf if now is None else now
        for number, mine, avoided, shut in self._groups(table, rows):
            rest = self._turn_off(number, table, mine, avoided, shut, now, journal)
            self._release(number, table, rest, avoided | shut, after, journal)
            self._halt(number, table, rest, after, avoided | shut)

    def _turn_off(
        self,
        number: int,
        table: Shipments,
        rows: np.ndarray,
        avoided: frozenset[str],
        shut: frozenset[str],
        now: float | None,
        journal: Journal,
    ) -> np.ndarray:
        """Vessels before something that they avoid take the shortest way round; returns those that stay on theirs."""
        way = self._ways[number]
        if not avoided - way.avoids:
            return rows
        sailed = np.zeros(len(rows)) if now is None else self._sailed(table, rows, now)
        stays = np.ones(len(rows), dtype=bool)
        for place in sorted(set(sailed.tolist())):
            before = way.ahead(place, avoided)
            new = self._round(number, place, avoided | shut) if before else None
            if new is None:
                continue
            turns, longer = sailed == place, self._ways[new].length
            stays &= ~turns
            mine = rows[turns]
            columns = table.columns
            if now is not None:  # a wait is no part of the voyage, whichever way it goes on
                columns["departed"][mine] += self._waited(table, mine, now)
            columns["way"][mine], columns["phase"][mine], columns["passage"][mine] = new, Phase.TRAVELLING, -1
            columns["time"][mine] = columns["departed"][mine] + longer * columns["length"][mine]
            at = columns["departed"][mine] if now is None else np.maximum(now, columns["departed"][mine])
            canal = self._network.passages[self._network.lane_passages[self._lane_of[number]][before[0][0]]]
            journal.shipments("diverted", table, mine, at, canal)
            self._halt(new, table, mine, -np.inf if now is None else now, frozenset())
        return rows[stays]

    def _round(self, number: int, sailed: float, closed: frozenset[str]) -> int | None:
        """Number of the shortest way on from a place on a way when passages are closed; None where there is none."""
        key = number, sailed, closed
        if key not in self._found:
            way = self._ways[number].turn(sailed, closed)
            self._found[key] = None if way is None else len(self._ways)
            if way is not None:
                self._ways.append(way)
                self._lane_of.append(self._lane_of[number])
        return self._found[key]

    @staticmethod
    def _sailed(table: Shipments, rows: np.ndarray, now: float) -> np.ndarray:
        """Share of the usual voyage that is done; vessels that wait have got no further than their passage."""
        held = table.columns["phase"][rows] == Phase.HELD
        until = np.where(held, np.minimum(now, table.columns["time"][rows]), now)
        length = np.maximum(table.columns["length"][rows], 1e-9)
        return np.maximum(0.0, (until - table.columns["departed"][rows]) / length)

    @staticmethod
    def _waited(table: Shipments, rows: np.ndarray, now: float) -> np.ndarray:
        """Days since vessels that are held came to their passage; 0 where they have not yet, or are not held."""
        return np.where(table["phase"][rows] == Phase.HELD, np.maximum(0.0, now - table["time"][rows]), 0.0)

    def _release(
        self, number: int, table: Shipments, rows: np.ndarray, closed: frozenset[str], now: float, journal: Journal
    ) -> None:
        """Vessels held at a passage that they may pass again sail on; the wait moves the rest of their voyage."""
        row_of = self._network.lane_passages[self._lane_of[number]]
        held = rows[table.columns["phase"][rows] == Phase.HELD]
        if not held.size:
            return
        kept = [*self.queues, *(row_of[canal] for canal in closed)]
        held = held[~np.isin(table.columns["passage"][held], kept)]
        waited = self._waited(table, held, now)
        passage = table.columns["passage"][held]
        self._sail_on(table, held, waited)
        for k in sorted(set(passage.tolist())):
            late = held[(passage == k) & (waited > 0)]
            journal.shipments("released", table, late, np.full(len(late), now), self._network.passages[k])

    def _halt(
        self,
        number: int,
        table: Shipments,
        rows: np.ndarray,
        after: np.ndarray | float,
        closed: frozenset[str],
    ) -> None:
        """Vessels are held at the first passage which they reach later than `after` and which is closed to them or has
        a queue."""
        way, row_of = self._ways[number], self._network.lane_passages[self._lane_of[number]]
        stops = {canal: self.queues.get(row) for canal, row in row_of.items() if row in self.queues or canal in closed}
        if not stops.keys() - way.avoids:
            return
        after = np.broadcast_to(after, len(rows))
        for canal, at in way.passages:
            if canal not in stops:
                continue
            reached = table.columns["departed"][rows] + at * table.columns["length"][rows]
            waits = table.columns["phase"][rows] == Phase.TRAVELLING
            if (queue := stops[canal]) is None:
                # one that comes at this very time has not passed
                waits &= reached >= after - NO_WAY * np.maximum(table.columns["length"][rows], 1.0)
                self._some_wait |= bool(np.count_nonzero(waits))
            else:
                waits &= (reached > after + NO_TIME) & (queue.leaves(reached) > reached)
            held = rows[waits]
            table.columns["phase"][held], table.columns["passage"][held] = Phase.HELD, row_of[canal]
            table.columns["time"][held] = reached[waits]
