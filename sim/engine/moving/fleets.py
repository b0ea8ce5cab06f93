"""Vehicles of lanes: each is away for the journey and as long again, and then loads what is waiting for it."""

from __future__ import annotations

import numpy as np

from sim.engine.moving.cargo import Cargo
from sim.engine.moving.journeys import Journeys
from sim.engine.moving.loading import NO_TIME, WITHIN, Loading
from sim.model.network import Network
from sim.model.part import Part

AT_ONCE = 1 / 1440
"""Days on the way and back that are no time: a minute. Vehicles for which that is all make one trip a day."""


class Fleet(Part):
    """Vehicles of one lane: those that leave at one instant are filled up before another is taken."""

    CHANGES = ("_back", "_loading")

    def __init__(self, lane: int, carries: float, number: int, journeys: Journeys) -> None:
        self._lane, self._carries, self._journeys = lane, carries, journeys
        self._back = np.full(number, -np.inf)
        self._loading: list[list[float]] = []
        """[when they leave, handling units for which there is room] of vehicles that something is aboard of already"""

    def room(self, now: float, midnight: float) -> float:
        """Handling units that vehicles can take which set out from `now` on, before a midnight."""
        self._loading = [vehicle for vehicle in self._loading if vehicle[0] >= now]
        room = sum(free for _, free in self._loading)
        away, start = self._away(now), np.maximum(self._back, now)
        while (start := (leaves := self._sets_out(start))[leaves < midnight - NO_TIME]).size:
            room += self._carries * len(start)
            start = start + away
        return room

    def load(self, at: float, units: np.ndarray, size: np.ndarray) -> list[tuple[float, np.ndarray]]:
        """(departure, units of each shipment aboard) for shipments that are ready at `at`, in their order."""
        left, aboard, full = units.copy(), [], set[int]()
        while np.count_nonzero(left):
            vehicle = self._next(at, float((left * size).sum()), full)
            before = np.concatenate(([0.0], np.cumsum(left * size)[:-1]))
            fits = np.floor(np.maximum(0.0, vehicle[1] + WITHIN - before) / size).astype(np.int64)
            taken = np.minimum(left, fits)
            if (short := (taken < left).nonzero()[0]).size:  # nobody overtakes one who does not fit in
                taken[short[0] + 1 :] = 0
                full.add(id(vehicle))
            vehicle[1] -= float((taken * size).sum())
            left -= taken
            if np.count_nonzero(taken):
                aboard.append((vehicle[0], taken))
        return aboard

    def _next(self, at: float, load: float, full: set[int]) -> list[float]:
        """The first vehicle to leave that can take something of a load; as many as it needs, if they leave together."""
        waiting = [v for v in self._loading if v[0] >= at - NO_TIME and id(v) not in full]
        starts = self._sets_out(np.maximum(self._back, at))
        first = float(starts.min())
        if waiting and (soonest := min(waiting, key=lambda vehicle: vehicle[0]))[0] <= first:
            return soonest
        needed, away = max(1, int(np.ceil(load / self._carries - NO_TIME))), self._away(first)
        taken = (starts == first).nonzero()[0][:needed]
        self._back[taken] = first + away
        self._loading.append([first, len(taken) * self._carries])
        return self._loading[-1]

    def _sets_out(self, at: np.ndarray) -> np.ndarray:
        """When vehicles that could leave at some times may do so."""
        return np.asarray(self._journeys.sets_out(np.full(len(at), self._lane), at))

    def _away(self, start: float) -> float:
        """Days until a vehicle that leaves at a time is back."""
        away = 2 * float(self._journeys.length(np.array([self._lane]), np.array([start]))[0])
        return away if away > AT_ONCE else 1.0


class Fleets(Part):
    """The vehicles of all lanes that have some."""

    CHANGES = ("_midnight",)

    def __init__(self, network: Network, loading: Loading, cargo: Cargo, journeys: Journeys) -> None:
        self._loading, self._cargo, self._has = loading, cargo, network.lane_table.vehicles
        mine = [(k, network.lanes[k]) for k in self._has.nonzero()[0].tolist()]
        self._fleets = {k: Fleet(k, lane.vehicle, lane.vehicles, journeys) for k, lane in mine}
        self.any = bool(self._fleets)
        """whether any lane has vehicles"""
        self._midnight = np.inf

    def renew(self, day: int) -> None:
        """Midnight: what may be loaded until the next."""
        self._midnight = day + 1.0
        for k, fleet in self._fleets.items():
            self._loading.make_room(k, fleet.room(float(day), self._midnight))

    def board(self, rows: np.ndarray, lane: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(rows, lanes, departures) of shipments that are ready at `at`; those that go at several times are split."""
        mine = self._has[lane]
        if not np.count_nonzero(mine):
            return rows, lane, at
        table = self._cargo.table
        found = [(rows[~mine], lane[~mine], at[~mine])]
        for k in np.unique(lane[mine]).tolist():
            here = (lane == k).nonzero()[0]
            for ready in np.unique(at[here]).tolist():
                now = rows[here[at[here] == ready]]
                for start, units in self._fleets[k].load(ready, table.columns["units"][now], self._cargo.size(now)):
                    gone = self._cargo.part(now[units > 0], units[units > 0])
                    found.append((gone, np.full(len(gone), k), np.full(len(gone), start)))
            self._loading.make_room(k, self._fleets[k].room(float(at[here].min()), self._midnight))
        parts = [np.concatenate(column) for column in zip(*found, strict=True)]
        return parts[0], parts[1], parts[2]
