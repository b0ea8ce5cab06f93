"""Loans: what was lent, when it is due, what was paid back, and what was given up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.errors import SimulationError
from sim.model.part import Part

COLUMNS = ("flow", "day", "due", "lent", "repaid", "written_off", "over")
"""Of a loan: the flow on which it left, or the account of a claim, the day, the day on which it is due, units lent,
paid back and given up, and the day on which what is not paid back is given up (a day beyond any run: never). Units that
did not get through, and went back to who lent them, were not lent."""
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

    `_totals` are units lent, paid back and written off over flows, counted beside the rows.
    """

    CHANGES = ("_rows", "_totals")

    def __init__(self, flows: int) -> None:
        self._rows = np.zeros((len(COLUMNS), 0), dtype=np.int64)
        self._totals = np.zeros((3, flows), dtype=np.int64)

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
        np.add.at(self._totals[0], flow, units)

    def due(self, day: int) -> np.ndarray:
        """Loans of which something is due, those due first in front."""
        rows = ((self["due"] <= day) & (self.left > 0)).nonzero()[0]
        return np.asarray(rows[np.argsort(self["due"][rows], kind="stable")])

    def repay(self, rows: np.ndarray, units: np.ndarray) -> None:
        """Units of loans (each named once) are on their way back."""
        self["repaid"][rows] += units
        np.add.at(self._totals[1], self["flow"][rows], units)

    def write_off(self, day: int) -> np.ndarray:
        """Give up what is so long overdue; the loans concerned."""
        rows = ((self["over"] <= day) & (self.left > 0)).nonzero()[0]
        units = self.left[rows]
        self["written_off"][rows] += units
        np.add.at(self._totals[2], self["flow"][rows], units)
        return np.asarray(rows)

    def did_not_leave(self, flow: int, units: int) -> int:
        """Units that left on a flow came back to who gave them: of those lent last so many are no loan.

        Returns the units that had not been lent.
        """
        for row in np.flatnonzero((self["flow"] == flow) & (self.left > 0))[::-1].tolist():
            less = min(units, int(self.left[row]))
            self["lent"][row] -= less
            self._totals[0, flow] -= less
            units -= less
        return units

    def was_not_repaid(self, flow: int, units: int) -> None:
        """Units paid back on a loan came back to who owes them: they are owed again, those paid last first."""
        for row in np.flatnonzero((self["flow"] == flow) & (self["repaid"] > 0))[::-1].tolist():
            less = min(units, int(self["repaid"][row]))
            self["repaid"][row] -= less
            self._totals[1, flow] -= less
            units -= less

    def check(self, day: int) -> None:
        """Raise SimulationError where loans are not paid back, outstanding and written off together."""
        flows = self._totals.shape[1]
        rows = [np.bincount(self["flow"], self[name], flows) for name in ("lent", "repaid", "written_off")]
        if (np.array(rows) != self._totals).any() or (self.left < 0).any():
            raise SimulationError(f"day {day}: loans are not what was paid back, is outstanding and was written off")

    def record(self) -> LoanRecord:
        """All of them as they are now."""
        return LoanRecord(dict(zip(COLUMNS, self._rows.copy(), strict=True)))
