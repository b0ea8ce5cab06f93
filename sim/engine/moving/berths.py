"""Berths and yards of ports. A vessel is what left on one lane together; it stays at its berth until all is ashore."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.moving.loading import NO_TIME, Throughput
from sim.engine.time_tape import TimeTape
from sim.model.chance.distributions import Times
from sim.model.effects import Quantities
from sim.model.goods.shipments import Phase, Shipments
from sim.model.network import Network
from sim.model.part import Part
from sim.rng import Streams

NO_STAY = Times("0d", 0.0)


class Berths(Part):
    """Who gets a berth and when it is free again. The caller goes from event to event; `now` is the present one.

    `load` and `gate`, given with rows, are their handling units and the port gate at the end of their leg.
    """

    CHANGES = ("_next", "taken")

    def __init__(
        self, network: Network, table: Shipments, quantities: Quantities, streams: Streams, journal: Journal
    ) -> None:
        gates = network.gates
        self.table, self._quantities, self._journal = table, quantities, journal
        self.has = np.array([gate.berth_time is not None for gate in gates], dtype=bool)
        """gates that have berths"""
        self.any = bool(self.has.any())
        self._pool = np.array([gate.pool for gate in gates], dtype=np.int64)
        self._pools = int(self._pool.max(initial=-1)) + 1
        self._yard = np.full(self._pools, np.inf)
        self._yard[self._pool] = [gate.yard for gate in gates]
        stay = {gate.site: gate.berth_time for gate in gates if gate.berth_time is not None}
        # a time of its own for every vessel: those of one lane leave on different days
        lanes = network.lanes if self.any else ()
        names = [f"berth/{lane.name}" for lane in lanes]
        self._stay = TimeTape(names, [stay.get(lane.destination, NO_STAY) for lane in lanes], streams)
        self._next = 0
        self.taken = np.zeros(self._pools, dtype=np.int64)
        """vessels at berth by pool"""

    def reached(self, rows: np.ndarray, lane: np.ndarray) -> None:
        """Number the vessels that bring these rows: one for each lane and time of departure and arrival."""
        table = self.table
        key = np.column_stack([lane, table.columns["departed"][rows], table.columns["time"][rows]])
        order = np.lexsort((table.columns["id"][rows], key[:, 0], key[:, 1], key[:, 2]))
        new = np.concatenate(([True], (key[order][1:] != key[order][:-1]).any(axis=1)))
        table.columns["vessel"][rows[order]] = self._next + np.cumsum(new) - 1
        self._next += int(new.sum())

    def come_apart(self, rows: np.ndarray) -> None:
        """Rows of the queue that are kept back: from now on each vessel's are a vessel of their own."""
        here = rows[self.table.columns["vessel"][rows] >= 0]
        vessels, whose = np.unique(self.table.columns["vessel"][here], return_inverse=True)
        self.table.columns["vessel"][here] = self._next + whose
        self._next += len(vessels)

    def count(self, rows: np.ndarray, gate: np.ndarray) -> None:
        """Count the berths taken anew; `rows` are all that are at berth."""
        _, first = np.unique(self.table.columns["vessel"][rows], return_index=True)
        self.taken = np.bincount(self._pool[gate[first]], minlength=self._pools)

    def open(self) -> tuple[np.ndarray, np.ndarray]:
        """By pool: berths in use, and times longer that each takes so that part of a berth is lost exactly."""
        able = np.zeros(self._pools)
        np.maximum.at(able, self._pool, np.where(self.has, self._quantities["gate.handling"], 0.0))
        berths = np.ceil(able - NO_TIME)
        return berths, np.divide(berths, able, out=np.ones(self._pools), where=able > 0)

    def begin(
        self,
        waiting: tuple[np.ndarray, np.ndarray],
        lane: np.ndarray,
        rank: np.ndarray,
        now: float,
    ) -> np.ndarray:
        """Give free berths to the vessels whose turn it is; returns the rows that are now at berth.

        `waiting` are (rows, gates) in the queue, `rank` the turn of their product; a vessel goes by its most urgent.
        """
        rows, gate = waiting
        vessel, first, whose = np.unique(self.table.columns["vessel"][rows], return_index=True, return_inverse=True)
        pool, came = self._pool[gate[first]], self.table.columns["time"][rows[first]]
        urgent = np.full(len(vessel), np.inf)
        np.minimum.at(urgent, whose, rank)
        berths, slower = self.open()
        free = np.maximum(0, berths - self.taken)
        order = np.lexsort((vessel, came, urgent, pool))
        turn = np.arange(len(order)) - np.searchsorted(pool[order], pool[order])
        served = np.zeros(len(vessel), dtype=bool)
        served[order[turn < free[pool[order]]]] = True
        if not served.any():
            return rows[:0]
        self.taken += np.bincount(pool[served], minlength=self._pools)
        mine = served[whose]
        chosen = rows[mine]
        stay = (
            self._stay.at(lane[mine], np.floor(self.table.columns["departed"][chosen])) * slower[self._pool[gate[mine]]]
        )
        self.table.columns["phase"][chosen], self.table.columns["time"][chosen] = Phase.AT_BERTH, now + stay
        self._journal.shipments("berthed", self.table, chosen, np.full(len(chosen), now))
        return chosen

    def unload(
        self, served: tuple[np.ndarray, np.ndarray], size: np.ndarray, ashore: tuple[np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """Rows of vessels that were served and for which the yard has room; what does not fit is left aboard.

        `served` and `ashore` are (rows, gates) at berth and in the yard (there: loads instead of rows).
        """
        rows, gate = served
        table, pool = self.table, self._pool[gate]
        room = Throughput(self._pools)
        room.left = self._yard - np.bincount(self._pool[ashore[1]], ashore[0], self._pools)
        units = table.columns["units"][rows]
        turn = np.lexsort((table.columns["id"][rows], table.columns["vessel"][rows], table.columns["time"][rows], pool))
        passing = room.admit(pool, units, size, turn)
        partly = (passing > 0) & (passing < units)
        return np.concatenate([rows[passing == units], table.split(rows[partly], passing[partly])])
