"""What alarms did in a run, and when those whom they are to warn were short."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.engine.bound.alarms import BoundAlarm


class Spells(NamedTuple):
    """Spells of days, as arrays over them in order of unit and day: the unit, the first and the last day."""

    unit: np.ndarray
    first: np.ndarray
    last: np.ndarray


@dataclass(frozen=True, eq=False)
class AlarmLog:
    """Whether an alarm stood in the evening, and whether those whom it is to warn were short that day, as its
    `shortage` says; (days, units), from `first`, the first day of the warm-up, on. Days of `Spells` count from day 0.
    """

    bound: BoundAlarm
    first: int
    stood: np.ndarray
    short: np.ndarray

    @cached_property
    def raised(self) -> Spells:
        """Times for which it stood."""
        return self._spells(self.stood, 1)

    @cached_property
    def shortages(self) -> Spells:
        """Shortages, those less than `apart` days from each other being one."""
        return self._spells(self.short, self.bound.alarm.apart)

    def _spells(self, held: np.ndarray, apart: int) -> Spells:
        unit, row = held.T.nonzero()
        new = np.ones(len(unit), dtype=bool)
        new[1:] = (np.diff(unit) != 0) | (np.diff(row) > apart)
        begins = new.nonzero()[0]
        ends = np.append(begins[1:], len(unit))[: len(begins)] - 1
        return Spells(unit[begins], row[begins] + self.first, row[ends] + self.first)
