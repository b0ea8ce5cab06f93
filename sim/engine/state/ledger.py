"""The day's figures of every cell in one matrix, so that an evening's bookkeeping is a handful of array operations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from sim.model.part import Part

STOCKS = ("on_hand", "reserve", "held", "in_process", "backlog", "owed", "in_transit", "on_order")
"""At the day's end; `sim.output.columns` says what each is."""
OF_PATIENTS = ("demand", "served", "served_late", "unmet", "lost")
FLOWS = (
    *OF_PATIENTS, "received", "ordered", "dispatched", "produced", "destroyed", "expired", "recalled", "used_up",
    "scrapped", "substituted", "stood_in", "conserved", "recovered", "cancelled", "lost_on_way", "went_over",
    "came_over", "bought_ahead", "asked_less", "doses_given", "doses_wasted",
)  # fmt: skip
"""During the day. `demand` is after what patients chose: needed was it + went over - came over - bought ahead + asked
less."""
DAILY = STOCKS + FLOWS
"""Columns of the daily table, whole units."""
NO_UNITS = np.zeros((), dtype=np.int64)
"""An array, since numpy compares others with one twice as fast as with a number of Python."""


class Ledger(Part):
    """One row a figure of `DAILY`, one column a cell, int64.

    Attributes named as in `DAILY` are views of the rows. Figures in `idle` cannot differ from zero in this run; they
    have an array of zeros that is no part of the matrix. A figure in `same` always equals another and shares its
    row. `row` gives the row of every name but the idle ones; the first `stock_rows` rows are stocks. `within` gives
    the cells among which a row may differ from zero, but for those that are noted `beyond` them on a day.
    """

    CHANGES = ("rows", "beyond")
    VIEWS = (*DAILY, "_flows")

    on_hand: np.ndarray
    reserve: np.ndarray
    held: np.ndarray
    in_process: np.ndarray
    backlog: np.ndarray
    owed: np.ndarray
    in_transit: np.ndarray
    on_order: np.ndarray
    demand: np.ndarray
    served: np.ndarray
    served_late: np.ndarray
    unmet: np.ndarray
    lost: np.ndarray
    received: np.ndarray
    ordered: np.ndarray
    dispatched: np.ndarray
    produced: np.ndarray
    destroyed: np.ndarray
    expired: np.ndarray
    recalled: np.ndarray
    used_up: np.ndarray
    scrapped: np.ndarray
    substituted: np.ndarray
    stood_in: np.ndarray
    conserved: np.ndarray
    recovered: np.ndarray
    cancelled: np.ndarray
    lost_on_way: np.ndarray
    went_over: np.ndarray
    came_over: np.ndarray
    bought_ahead: np.ndarray
    asked_less: np.ndarray
    doses_given: np.ndarray
    doses_wasted: np.ndarray

    def __init__(
        self,
        cells: int,
        idle: set[str],
        same: Mapping[str, str] = MappingProxyType({}),
        within: Mapping[str, slice] = MappingProxyType({}),
    ) -> None:
        own = [name for name in DAILY if name not in idle and name not in same]
        self.row = {name: k for k, name in enumerate(own)}
        self.row |= {name: self.row[other] for name, other in same.items()}
        self.rows = np.zeros((len(own), cells), dtype=np.int64)
        self.within = [within.get(name, slice(0, cells)) for name in own]
        self.stock_rows = len([name for name in STOCKS if name in own])
        self._cleared = len([name for name in (*STOCKS, *OF_PATIENTS) if name in own])
        self.beyond: dict[int, np.ndarray] = {}
        """by row, cells beyond those within which something may have been entered today; each named once"""
        nothing = np.zeros(cells, dtype=np.int64)
        for name in DAILY:
            setattr(self, name, nothing)
        self.rejoin()

    def rejoin(self) -> None:
        for name, row in self.row.items():
            setattr(self, name, self.rows[row])
        self._flows = self.rows[self._cleared :]

    def weights(self, of: Mapping[str, int]) -> np.ndarray:
        """A weight for each row, from weights of figures by name."""
        found = np.zeros(len(self.rows), dtype=np.int64)
        for name in of.keys() & self.row.keys():
            found[self.row[name]] += of[name]
        return found

    def note_beyond(self, name: str, cells: np.ndarray) -> None:
        """Something may have been entered today at cells (any of them named again) beyond a figure's usual ones."""
        row = self.row[name]
        usual = self.within[row]
        cells = np.concatenate([self.beyond.get(row, cells[:0]), cells[(cells < usual.start) | (cells >= usual.stop)]])
        self.beyond[row] = np.unique(cells)

    def clear(self, written: np.ndarray | None = None) -> None:
        """A new day: flows start from zero, stocks stay, and what patients do is written over when they are served.

        `written` is a mask of the rows in which anything is; left out, it may be all.
        """
        if written is None:
            self._flows.fill(0)
            self.beyond.clear()
            return
        for row, cells in self.beyond.items():
            self.rows[row, cells] = 0
        self.beyond.clear()
        for row in (written[self._cleared :].nonzero()[0] + self._cleared).tolist():
            self.rows[row, self.within[row]] = 0
