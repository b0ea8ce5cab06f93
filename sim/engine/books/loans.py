"""Loans: what was lent, when it is due, what was paid back, and what was given up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.spans import among
from sim.errors import SimulationError
from sim.model.part import Part

COLUMNS = ("flow", "day", "due", "lent", "repaid", "written_off", "over")
"""Of a loan: the flow on which it left, or the account of a claim, the day, the day on which it is due, units lent,
paid back and given up, and the day on which what is not paid back is given up (a day beyond any run: never). Units that
did not get through, and went back to who lent them, were not lent."""
LENT, REPAID, WRITTEN_OFF = range(3)
NEVER = 10**9


@dataclass(frozen=True)
class LoanRecord:
    """All loans of a run, the columns of `COLUMNS` by name; int64."""

    columns: dict[str, np.ndarray]

    @property
    def outstanding(self) -> np.ndarray:
        """Units of each that are neither paid back nor given up."""
        found = self.columns
        return np.asarray(found["lent"] - found["repaid"] - found["written_off"])


class LoanBook(Part):
    """All loans, one a column, in the order in which they were made.

    `_totals` are units lent, paid back and written off over flows, counted beside the rows, `_in_all` the same of all
    flows together, `_moved` the flows on which anything was since it was checked last.
    """

    CHANGES = ("_rows", "_totals", "_in_all", "_moved")

    def __init__(self, flows: int) -> None:
        self._rows = np.zeros((len(COLUMNS), 0), dtype=np.int64)
        self._totals = np.zeros((3, flows), dtype=np.int64)
        self._in_all = np.zeros(3, dtype=np.int64)
        self._moved: list[np.ndarray] = []

    def __getitem__(self, name: str) -> np.ndarray:
        column: np.ndarray = self._rows[COLUMNS.index(name)]
        return column

    @property
    def left(self) -> np.ndarray:
        """Units outstanding, over loans."""
        return np.asarray(self["lent"] - self["repaid"] - self["written_off"])

    @property
    def owed(self) -> np.ndarray:
        """Units outstanding, over flows."""
        lent, repaid, written_off = self._totals
        return np.asarray(lent - repaid - written_off)

    def lend(self, flow: np.ndarray, units: np.ndarray, day: int, lasts: int, written_off: int | None) -> None:
        """Units leave on loan for so many days."""
        new = np.zeros((len(COLUMNS), len(flow)), dtype=np.int64)
        over = NEVER if written_off is None else day + lasts + written_off
        for name, value in (("flow", flow), ("day", day), ("due", day + lasts), ("lent", units), ("over", over)):
            new[COLUMNS.index(name)] = value
        self._rows = np.concatenate([self._rows, new], axis=1)
        self._note(LENT, flow, units)

    def _note(self, what: int, flow: np.ndarray, units: np.ndarray) -> None:
        """Count units beside the rows."""
        np.add.at(self._totals[what], flow, units)
        self._in_all[what] += units.sum()
        self._moved.append(flow)

    def due(self, day: int) -> np.ndarray:
        """Loans of which something is due, those due first in front."""
        rows = ((self["due"] <= day) & (self.left > 0)).nonzero()[0]
        return np.asarray(rows[np.argsort(self["due"][rows], kind="stable")])

    def repay(self, rows: np.ndarray, units: np.ndarray) -> None:
        """Units of loans (each named once) are on their way back."""
        self["repaid"][rows] += units
        self._note(REPAID, self["flow"][rows], units)

    def write_off(self, day: int) -> np.ndarray:
        """Give up what is so long overdue; the loans concerned."""
        rows = (self["over"] <= day).nonzero()[0]
        rows = rows[self.left[rows] > 0] if rows.size else rows
        units = self.left[rows]
        self["written_off"][rows] += units
        self._note(WRITTEN_OFF, self["flow"][rows], units)
        return np.asarray(rows)

    def did_not_leave(self, flow: int, units: int) -> int:
        """Units that left on a flow came back to who gave them: of those lent last so many are no loan.

        Returns the units that had not been lent.
        """
        for row in np.flatnonzero((self["flow"] == flow) & (self.left > 0))[::-1].tolist():
            less = min(units, int(self.left[row]))
            self["lent"][row] -= less
            self._note(LENT, np.array([flow]), np.array([-less]))
            units -= less
        return units

    def was_not_repaid(self, flow: int, units: int) -> None:
        """Units paid back on a loan came back to who owes them: they are owed again, those paid last first."""
        for row in np.flatnonzero((self["flow"] == flow) & (self["repaid"] > 0))[::-1].tolist():
            less = min(units, int(self["repaid"][row]))
            self["repaid"][row] -= less
            self._note(REPAID, np.array([flow]), np.array([-less]))
            units -= less

    def check(self, day: int) -> None:
        """Raise SimulationError where loans are not paid back, outstanding and written off together: in all, and on
        every flow on which anything was since the last time."""
        flow, rows = np.zeros(0, dtype=np.int64), np.array([self[name] for name in ("lent", "repaid", "written_off")])
        if self._moved:
            flow = np.unique(np.concatenate(self._moved))
            self._moved = []
        mine = among(self["flow"], flow, self._totals.shape[1]).nonzero()[0]
        place = np.searchsorted(flow, self["flow"][mine])
        found = [np.bincount(place, row[mine], len(flow)) for row in rows]
        same = np.array_equal(found, self._totals[:, flow]) and np.array_equal(rows.sum(axis=1), self._in_all)
        if not same or (self.left < 0).any():
            raise SimulationError(f"day {day}: loans are not what was paid back, is outstanding and was written off")

    def record(self) -> LoanRecord:
        """All of them as they are now."""
        return LoanRecord(dict(zip(COLUMNS, self._rows.copy(), strict=True)))
