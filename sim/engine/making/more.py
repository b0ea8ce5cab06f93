"""Makers that make more than usual: overtime, another shift, a line moved over."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.knowing.known import CapacityAhead
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.watch import Watch
from sim.engine.plan import MoreMade
from sim.model.network import Network
from sim.model.part import Part
from sim.model.vocabulary import Event

NEVER = np.inf


class MoreCapacity(Part):
    """Capacity of every cell on a day, from the usual and what entries of `MoreMade` add to it.

    `made` are units that each entry made beyond the usual capacity in the counted days.
    """

    CHANGES = ("_since", "_last", "_adds", "_told", "made")

    def __init__(self, network: Network, more: MoreMade, reports: Reports, journal: Journal) -> None:
        self._usual, self._more, self._journal = network.capacity, more, journal
        entries = len(more.cell)
        # whom each condition is looked at for is what is pooled: an entry sees nothing of another's sites
        self._watches = [
            Watch(network, cells, entry, reports, entry, each=more.cell[entry]) for _, cells, entry in more.looks
        ]
        self._since = np.full(entries, NEVER)  # the morning from which the condition has held
        self._last = np.full(entries, -NEVER)  # and the last on which it was met
        self._adds = np.zeros(entries)  # units a day that each adds today
        self._told = np.zeros(entries, dtype=bool)  # of which the evening knows that they go on
        self.made = np.zeros(entries)

    def today(self, day: int) -> np.ndarray:
        """Units a day that each cell can make, before outages; looked at once, in the morning."""
        more, met = self._more, np.zeros(len(self._since), dtype=bool)
        for watch, (trigger, _, looked) in zip(self._watches, more.looks, strict=True):
            met |= np.bincount(looked, watch.met(trigger, day), len(met)) > 0
        self._last[met] = day
        holds = (met | (day - self._last < more.stand_down)) & (day < more.over)
        self._since = np.where(holds, np.minimum(self._since, day), NEVER)
        capacity = self._usual.copy()
        if not holds.any() and not self._adds.any():
            return capacity
        adds, capacity = self._with(self._reached(day))
        self._tell(adds, day)
        self._adds = adds
        return capacity

    def turned(self) -> np.ndarray:
        """Evening: the cells that have begun to make more, or less, since the last one, or do so no longer."""
        goes_on = np.isfinite(self._since)
        turned, self._told = goes_on != self._told, goes_on
        return np.concatenate([self._more.cell[turned], self._more.loser[turned & (self._more.loser >= 0)]])

    def ahead(self, day: int) -> CapacityAhead | None:
        """What is to come, seen on the evening of a day; None where nothing goes on.

        A condition that is met is taken to go on, to its date at most; of one that is met no more, its stand-down.
        """
        more, mine = self._more, np.isfinite(self._since)
        if not mine.any():
            return None
        over = np.where(self._last == day, more.over, np.minimum(more.over, self._last + more.stand_down))
        begin, ramp = np.ceil(self._since + more.after)[mine].tolist(), np.ceil(more.ramp)[mine].tolist()
        steps = [np.arange(first, first + days + 1) for first, days in zip(begin, ramp, strict=True)]
        turns = np.unique(np.concatenate([*steps, np.ceil(over[mine & np.isfinite(over)])]))
        begins = np.array([day, *turns[turns > day]])
        reached = (np.where(max(begin, day + 1) < over, self._reached(max(begin, day + 1)), 0.0) for begin in begins)
        return CapacityAhead(begins, np.array([self._with(part)[1] for part in reached]))

    def _with(self, reached: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Units a day that each entry adds with a share of its gain, and the capacity of every cell."""
        more, capacity = self._more, self._usual.copy()
        adds = more.gain * reached
        for entry in (more.loser >= 0).nonzero()[0].tolist():  # a line can be taken away but once
            loser, for_one = more.loser[entry], more.for_one[entry]
            adds[entry] = min(adds[entry], max(0.0, float(capacity[loser])) / for_one)
            capacity[loser] -= adds[entry] * for_one
        np.add.at(capacity, more.cell, adds)
        return adds, capacity

    def note(self, cells: np.ndarray, made: np.ndarray, usual: np.ndarray, share: np.ndarray, day: int) -> None:
        """What cells (each named once) made today of which they can make `usual` units without more; at a `share` of
        their capacity."""
        if day < 0 or not self._adds.any():
            return
        beyond, part = np.zeros((2, len(self._usual)))
        beyond[cells], part[cells] = np.maximum(0, made - usual), share
        room = self._adds * part[self._more.cell]
        for entry in (room > 0).nonzero()[0].tolist():
            cell = self._more.cell[entry]
            last = not (room[entry + 1 :] * (self._more.cell[entry + 1 :] == cell)).any()
            taken = float(beyond[cell]) if last else min(float(beyond[cell]), float(room[entry]))
            beyond[cell] -= taken
            self.made[entry] += taken

    def _reached(self, day: float) -> np.ndarray:
        """Share of its gain that each entry has reached; a day has what the line reaches in the middle of it."""
        more = self._more
        ago = day - self._since - more.after  # -inf where the condition does not hold
        line = np.divide(np.minimum(ago + 0.5, more.ramp), more.ramp, out=np.ones(len(ago)), where=more.ramp > 0)
        return np.where(ago >= 0, np.clip(line, 0.0, 1.0), 0.0)

    def _tell(self, adds: np.ndarray, day: int) -> None:
        """Journal: the first and the first day without output on top, with whole units a day at full strength."""
        more = self._more
        lost = more.loser >= 0
        moments: tuple[tuple[np.ndarray, Event, Event], ...] = (
            ((adds > 0) & (self._adds == 0), "capacity_raised", "line_moved"),
            ((adds == 0) & (self._adds > 0), "capacity_usual", "line_returned"),
        )
        for mine, gains, loses in moments:
            self._journal.cells(gains, day, more.cell[mine], np.round(more.gain[mine]).astype(np.int64))
            away, units = mine & lost, np.round(more.gain * more.for_one).astype(np.int64)
            self._journal.cells(loses, day, more.loser[away], units[away])
