"""What is told of transfers: in the journal, and in a table of who gave what to whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.books.loans import LoanRecord
from sim.model.part import Part
from sim.model.vocabulary import Event

COLUMNS = ("day", "flow", "units", "kind")
KINDS: tuple[Event, ...] = ("transfer", "loan", "loan_repaid")
"""What left, by its number under `kind`: for good, on loan, or paid back."""
TRANSFER, LOAN, REPAID = range(3)


@dataclass(frozen=True)
class TransferRecord:
    """What a run leaves of its transfers: the columns of `COLUMNS` by name, one entry for what left on a flow in one
    evening (int64), and the loans, None where nothing may be lent."""

    rows: dict[str, np.ndarray]
    loans: LoanRecord | None

    def given(self) -> tuple[np.ndarray, np.ndarray]:
        """(flow, units) of what was given or lent on counted days; what was paid back is left out."""
        mine = (self.rows["day"] >= 0) & (self.rows["kind"] != REPAID)
        return self.rows["flow"][mine], self.rows["units"][mine]

    def moved(self) -> tuple[np.ndarray, np.ndarray]:
        """(flow, units) of all that left on counted days, what was paid back too."""
        mine = self.rows["day"] >= 0
        return self.rows["flow"][mine], self.rows["units"][mine]


class GivenBook(Part):
    """Takes down what leaves."""

    GROWS = ("_rows",)

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: list[np.ndarray] = []

    def note(self, day: int, flow: np.ndarray, units: np.ndarray, kind: int, cause: str) -> None:
        """Units leave on flows, in an evening."""
        self._rows.append(np.array(np.broadcast_arrays(day, flow, units, kind), dtype=np.int64))
        self._journal.flows(KINDS[kind], day, flow, units, cause)

    def record(self, loans: LoanRecord | None) -> TransferRecord:
        """All of it."""
        rows = np.concatenate([np.zeros((len(COLUMNS), 0), dtype=np.int64), *self._rows], axis=1)
        return TransferRecord(dict(zip(COLUMNS, rows, strict=True)), loans)
