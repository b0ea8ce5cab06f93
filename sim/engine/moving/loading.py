"""What may leave on a lane, and when: capacity, rounds, and the hours of the day."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim.model.lane_table import LaneTable
from sim.model.part import Part

NO_TIME = 1e-9
"""Days within which two times are one."""
WITHIN = 1e-9
"""Handling units by which a sum of sizes may be off."""


class Throughput(Part):
    """What each of some places (port gates' pools, lanes) may still let pass today, in handling units."""

    CHANGES = ("left", "_turned_away")

    def __init__(self, places: int) -> None:
        self.left = np.zeros(places)
        self._turned_away = np.zeros(places)

    @property
    def used_up(self) -> bool:
        """Whether nothing more can pass anywhere today."""
        return not np.count_nonzero(self.left > NO_TIME)

    def renew(self, capacity: np.ndarray) -> None:
        """A new day; where somebody was turned away, the fraction that was left over is kept for him.

        Where a day's capacity is less than one unit of his, all that was left over is kept until he fits in.
        """
        if not np.count_nonzero(self._turned_away):
            self.left[:] = capacity
            return
        left = np.where(self._turned_away > 0, np.maximum(0.0, self.left), 0.0)
        fraction = np.maximum(0.0, left - np.floor(left + WITHIN))
        self.left = capacity + np.where(self._turned_away > capacity, left, fraction)
        self._turned_away[:] = 0.0

    def admit_all(self, place: np.ndarray, load: np.ndarray) -> bool:
        """Let these loads pass if every place has room for all of its own, and tell whether it had."""
        wanted = np.bincount(place, load, len(self.left))
        if np.count_nonzero(wanted > self.left):
            return False
        self.left -= wanted
        return True

    def admit(self, place: np.ndarray, units: np.ndarray, size: np.ndarray, turn: np.ndarray) -> np.ndarray:
        """Units of each shipment that pass, in order of `turn` (which sorts by place, then time); uses them up."""
        passing, places = units.copy(), place[turn]
        limited = np.isfinite(self.left[places])
        turn, places = turn[limited], places[limited]
        if turn.size:
            ends = (places[1:] != places[:-1]).nonzero()[0] + 1
            for begin, end in pairwise([0, *ends.tolist(), len(turn)]):
                mine = turn[begin:end]
                passing[mine] = self._fill(int(places[begin]), units[mine], size[mine])
        return passing

    def use(self, place: int, load: float, cut: np.ndarray) -> None:
        """A load goes through a place; `cut` are the sizes of units of those who did not get all they wanted."""
        self.left[place] -= load
        if cut.size:
            self._turned_away[place] = cut.min()

    def _fill(self, place: int, units: np.ndarray, size: np.ndarray) -> np.ndarray:
        before = np.zeros(len(units))
        np.add.accumulate((units * size)[:-1], out=before[1:])
        room = np.maximum(0.0, self.left[place] + WITHIN - before)
        passing = np.minimum(units, np.floor(room / size)).astype(np.int64)
        short = (passing < units).nonzero()[0]
        if short.size:  # first come, first served: nobody overtakes one who waits
            passing[short[0] + 1 :] = 0
            self._turned_away[place] = size[short[0]]
        self.left[place] -= float(np.add.reduce(passing * size))
        return passing


def after_curfew(at: np.ndarray | float, opens: np.ndarray, closes: np.ndarray) -> np.ndarray:
    """The first times at or after `at` between two times of day, in days; at `opens` of the next day past `closes`."""
    clock = np.mod(at, 1.0)
    late = clock > np.maximum(opens, closes) + NO_TIME
    return np.asarray(at + np.where(late, 1.0 - clock + opens, np.maximum(0.0, opens - clock)))


class Loading(Part):
    """The lanes of one run. Stops of one round share a *place*; every other lane has its own."""

    CHANGES = ("leaves",)

    def __init__(self, lanes: LaneTable, first_day: int) -> None:
        self.place, places = lanes.place, int(lanes.place.max(initial=-1)) + 1
        self._capacity, self._cold_capacity = np.full(places, np.inf), np.full(places, np.inf)
        self._capacity[self.place] = lanes.capacity
        self._cold_capacity[self.place] = lanes.cold_capacity
        self._every, self._first = lanes.every, lanes.first
        self.limited = np.isfinite(self._capacity[self.place]) | lanes.vehicles
        """lanes that may not take all there is"""
        self.refrigerated = np.isfinite(self._cold_capacity[self.place])
        """lanes that may not take all cold goods there are"""
        self.takes_a_days_worth = np.isfinite(np.minimum(self._capacity, self._cold_capacity)[self.place])
        """lanes that take so much a day, or on a round"""
        self.may_fill_up = bool((self.limited | self.refrigerated).any())
        self._whole = np.zeros(places, dtype=bool)  # nothing is left over for the next day's vehicle
        self._whole[self.place] = np.isfinite(lanes.vehicle)
        self.scheduled = bool((self._every > 1).any())
        """whether some lane does not leave every day"""
        self._departs, self._arrives = Window(lanes.departs), Window(lanes.arrives)
        self.opens_at_hours = self._arrives.any
        """whether what reaches the end of some lane may come in at hours of the day only"""
        self._throughput, self._cold = Throughput(places), Throughput(places)
        self.renews = self.may_fill_up or self.scheduled
        """whether what lanes may take changes from day to day"""
        self.leaves = np.ones(len(lanes.place), dtype=bool)
        """lanes on which something may leave today"""
        self.renew(first_day)

    def renew(self, day: int) -> None:
        """Midnight: lanes may take a day's worth again."""
        self.leaves = (self._first - day) % self._every == 0
        self._cold.renew(self._cold_capacity)
        self._throughput.renew(self._capacity)
        left = self._throughput.left
        left[self._whole] = self._capacity[self._whole]

    def until_next(self, lane: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Days from these days until something may leave on these lanes; 0 for the same day."""
        return np.asarray((self._first[lane] - day) % self._every[lane])

    def room(self, lane: np.ndarray) -> np.ndarray:
        """Handling units for which there is room today."""
        room: np.ndarray = self._throughput.left[self.place[lane]]
        return room

    def admit(self, lane: np.ndarray, units: np.ndarray, size: np.ndarray, keys: tuple[np.ndarray, ...]) -> np.ndarray:
        """Units of each shipment for which there is room, lowest key first; the last of `keys` counts most."""
        place = self.place[lane]
        return self._throughput.admit(place, units, size, np.lexsort((*keys, place)))

    def admit_cold(
        self, lane: np.ndarray, units: np.ndarray, size: np.ndarray, keys: tuple[np.ndarray, ...], cold: np.ndarray
    ) -> np.ndarray:
        """As `admit`, of the refrigerated room for those that are `cold`; the others pass."""
        mine = (cold & self.refrigerated[lane]).nonzero()[0]
        if not mine.size:
            return units
        place, passing = self.place[lane[mine]], units.copy()
        turn = np.lexsort((*(key[mine] for key in keys), place))
        passing[mine] = self._cold.admit(place, units[mine], size[mine], turn)
        return passing

    def share(
        self, lane: np.ndarray, units: np.ndarray, size: np.ndarray, rank: np.ndarray, cold: np.ndarray
    ) -> np.ndarray:
        """Units for which there is room when all leave at once; uses the room up. What is `cold` needs refrigerated
        room as well.

        A lane, or the vehicle of a round, is shared in proportion to `units`, by largest remainder, ties to the lowest
        `rank`. What a day leaves over is kept for those who were cut, as for those who are turned away.
        """
        place, passing = self.place[lane], units.copy()
        for room, mine in ((self._cold, cold & self.refrigerated[lane]), (self._throughput, self.limited[lane])):
            here = mine.nonzero()[0]
            wanted = np.bincount(place[here], passing[here] * size[here], len(room.left))
            free = np.maximum(0.0, room.left)
            short = wanted > free + NO_TIME
            room.left -= np.where(short, 0.0, wanted)
            cut = here[short[place[here]]]
            cut = cut[np.argsort(place[cut], kind="stable")]
            for claims in np.split(cut, np.diff(place[cut]).nonzero()[0] + 1) if cut.size else ():
                p = int(place[claims[0]])
                given = _proportional(float(free[p]), passing[claims], size[claims], rank[claims])
                room.use(p, float((given * size[claims]).sum()), size[claims][given < passing[claims]])
                passing[claims] = given
        return passing

    def has_hours(self, lane: np.ndarray) -> bool:
        """Whether something leaves at hours of the day only on any of these lanes (a mask)."""
        return self._departs.any_of(lane)

    def begin(self, lane: np.ndarray, at: np.ndarray | float) -> np.ndarray | float:
        """When those that are ready at `at` set out: at once, or at the next hour at which they may."""
        return self._departs.next(lane, at)

    def end(self, lane: np.ndarray, at: np.ndarray) -> np.ndarray | float:
        """When those that reach the end at `at` may come in."""
        return self._arrives.next(lane, at)

    def make_room(self, lane: int, units: float) -> None:
        """The vehicles of a lane can take so many handling units today."""
        self._throughput.left[self.place[lane]] = units


def _proportional(room: float, units: np.ndarray, size: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Units of each that fit into a room too small for all, in proportion to `units`, by largest remainder; ties to the
    lowest `rank`."""
    exact = units * (room / float((units * size).sum()))
    share = np.floor(exact + NO_TIME).astype(np.int64)
    room -= float((share * size).sum())
    # differences that are only the last digits of a division are ties
    for k in np.lexsort((rank, np.round(share - exact, 9))).tolist():
        if size[k] <= room + NO_TIME and share[k] < units[k]:
            share[k] += 1
            room -= size[k]
    return share


class Window:
    """Hours of the day, in days, within which something may happen, over (lanes, 2); NaN where it always may."""

    def __init__(self, hours: np.ndarray) -> None:
        self._from, until = hours.T
        self._long = np.mod(until - self._from, 1.0)
        self._long[self._long == 0] = 1.0  # from 0h until 24h
        self.any = bool(np.isfinite(self._from).any())

    def any_of(self, lane: np.ndarray) -> bool:
        """Whether any of these lanes has hours; a mask or positions."""
        return bool(np.isfinite(self._from[lane]).any())

    def next(self, lane: np.ndarray, at: np.ndarray | float) -> np.ndarray | float:
        """The first time at or after `at` at which it may happen."""
        if not self.any:
            return at
        since = np.mod(at - self._from[lane], 1.0)
        wait = np.where((since > self._long[lane] + NO_TIME) & (since < 1 - NO_TIME), 1.0 - since, 0.0)
        return at + wait  # NaN compares as False: no wait
