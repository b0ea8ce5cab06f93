"""Opened vials: patients take doses, stock is counted in vials, and what is left in an open vial can be wasted.

A vial that is opened on a day can be used on that day and those that follow within its `open_for`; doses are taken
from open vials first, the oldest first. Who waits, and who comes back, is given from vials of his own.
"""

from __future__ import annotations

import numpy as np

from sim.engine.plan import VialPlan
from sim.engine.state.ledger import Ledger
from sim.model.part import Part


def vials_for(doses: np.ndarray, left: np.ndarray, per_vial: np.ndarray) -> np.ndarray:
    """Vials to be opened for doses where so many are left in open ones."""
    return np.asarray(-(-np.maximum(0, doses - left) // per_vial))


def take(left: np.ndarray, given: np.ndarray, opened: np.ndarray) -> None:
    """Give doses from open vials, the oldest first, then from those opened now, of which the rest is left; in place.

    `left` is (days since opening, cells), `opened` in doses.
    """
    wanting = given.copy()
    for age in range(len(left) - 1, -1, -1):
        part = np.minimum(wanting, left[age])
        left[age] -= part
        wanting -= part
    left[0] += opened - wanting


def throw_away(left: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Evening: doses in vials that can be used on so many days and had the last; those left are a day older; in
    place."""
    columns = np.arange(left.shape[1])
    wasted = left[days - 1, columns].copy()
    left[days - 1, columns] = 0
    left[1:] = left[:-1].copy()
    left[0] = 0
    return np.asarray(wasted)


class OpenVials(Part):
    """Doses left in open vials, and those who wait for some; over the plan's demand cells with vials of many doses."""

    CHANGES = ("_left", "_waiting")

    def __init__(self, vials: VialPlan) -> None:
        self._vials, cells = vials, len(vials.row)
        self._left = np.zeros((int(vials.days.max()), cells), dtype=np.int64)  # by days since they were opened
        self._waiting = np.zeros(cells, dtype=np.int64)  # doses that the backlog's vials are for

    def wanted(self, doses: np.ndarray) -> np.ndarray:
        """Units demanded, over demand cells, where patients ask for so many doses."""
        vials, units = self._vials, doses.copy()
        units[vials.row] = vials_for(doses[vials.row], self._left.sum(axis=0), vials.doses)
        return units

    def per_missed(self, doses: np.ndarray, served: np.ndarray, saved: np.ndarray, unmet: np.ndarray) -> np.ndarray:
        """The doses that each unmet unit is for in the mean, over demand cells (1 where a unit has but one): today's
        patients ask for `doses`, and so many units are served, and saved."""
        vials, row = self._vials, self._vials.row
        given = self._left.sum(axis=0) + vials.doses * (served[row] + saved[row])
        missed = np.clip(doses[row] - given, unmet[row], vials.doses * unmet[row])
        found = np.ones(len(doses))
        found[row] = np.divide(missed, unmet[row], out=np.ones(len(row)), where=unmet[row] > 0)
        return found

    def use(
        self, doses: np.ndarray, later: np.ndarray | None, waits: np.ndarray | None, backlog: np.ndarray, today: Ledger
    ) -> None:
        """A day's use, once the ledger has what was served; doses given and wasted go into it. All over demand cells.

        Patients who could be seen asked for `doses`, and `later` are those of others who begin to wait; units that
        begin to wait are `waits`, all that do the `backlog`. None: nobody does.
        """
        vials, row, left = self._vials, self._vials.row, self._left
        asked, opened = doses[row], vials.doses * today.served[vials.cell]
        given = np.minimum(asked, left.sum(axis=0) + opened)
        take(left, given, opened)
        late = vials.doses * today.served_late[vials.cell]
        if waits is None:
            late_given = np.zeros_like(given)
        else:
            late_given = np.minimum(self._waiting, late)
            missed = asked - given if later is None else asked - given + later[row]
            missed = np.minimum(missed, vials.doses * waits[row])
            self._waiting = np.minimum(self._waiting - late_given + missed, vials.doses * backlog[row])
        left[0] += late - late_given
        today.doses_given[vials.cell] = given + late_given
        today.doses_wasted[vials.cell] = throw_away(left, vials.days)
