"""How far what is seen is from what is: kept day by day, for the report and its metrics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.deciding.told import Told
from sim.engine.informed import Channel
from sim.engine.plan import Plan
from sim.model.part import Part


@dataclass(frozen=True)
class SeenRecord:
    """What was told of stock over the counted days, as sums over cells: `off` is how far it was from what there was,
    `stock` what there was, `age` the days since it was reported, `looks` how many figures that were; `due` are reports
    that were to be made, `never` those of them that never came. None of it counts what is seen at once.

    `seen` and `true` are units over (days, lines); a line is what one channel tells of one owner's stock of a product,
    `lines` has the position of each in (channel, owner, product).
    """

    off: np.ndarray
    stock: np.ndarray
    age: np.ndarray
    looks: np.ndarray
    due: np.ndarray
    never: np.ndarray
    lines: np.ndarray
    seen: np.ndarray
    true: np.ndarray


class SeenBook(Part):
    """Counts every evening how far each figure of stock that somebody is told is from what is there."""

    CHANGES = ("_sums", "_shows", "_line", "_lines")
    GROWS = ("_seen", "_true")

    def __init__(self, plan: Plan, told: Told) -> None:
        assert plan.information is not None
        self._told, self._owner, self._product = told, plan.information.owner, plan.network.cell_product
        self._sums = np.zeros((6, len(self._owner)))
        self._shows = np.zeros(0, dtype=bool)
        self._line, self._lines = np.zeros(0, dtype=np.int64), np.zeros((0, 3), dtype=np.int64)
        self._seen: list[np.ndarray] = []
        self._true: list[np.ndarray] = []

    def expect(self, channel: Channel, cells: np.ndarray, shows_stock: bool) -> None:
        """From now on these cells (a mask) report through a channel."""
        told = self._told
        new = len(told.cell) - len(self._shows)
        self._shows = np.concatenate([self._shows, np.zeros(new, dtype=bool)])
        if shows_stock:
            self._shows |= told.comes_by(channel) & cells[told.cell]
        keys = np.column_stack([told.channel, self._owner[told.cell], self._product[told.cell]])
        wide = keys.max(initial=0) + 1
        known, wanted = (rows @ np.array([wide**2, wide, 1]) for rows in (self._lines, keys))
        _, first = np.unique(wanted, return_index=True)
        more = np.sort(first[~np.isin(wanted[first], known)])
        self._lines, known = np.concatenate([self._lines, keys[more]]), np.concatenate([known, wanted[more]])
        order = np.argsort(known)
        self._line = order[np.searchsorted(known[order], wanted)]

    def count(self, due: np.ndarray, never: np.ndarray, on_hand: np.ndarray, day: int) -> None:
        """The evening of a counted day: reports were `due`, of which some `never` come; masks over pairs."""
        told, some = self._told, self._shows
        if not some.any():
            return
        cell = told.cell[some]
        seen, true = told.figures["on_hand"][some], on_hand[cell]
        here = (np.abs(seen - true), true, day - told.made[some], np.ones(len(cell)), (due | never)[some], never[some])
        for total, values in zip(self._sums, here, strict=True):
            total += np.bincount(cell, values, len(total))
        lines = len(self._lines)
        for rows, units in ((self._seen, seen), (self._true, true)):
            rows.append(np.bincount(self._line[some], units, lines))

    def record(self) -> SeenRecord:
        """What was counted."""
        lines = len(self._lines)
        seen, true = (
            np.array([np.pad(row, (0, lines - len(row)), constant_values=np.nan) for row in rows])
            for rows in (self._seen, self._true)
        )
        off, stock, age, looks, due, never = self._sums
        return SeenRecord(off, stock, age, looks, due, never, self._lines, seen, true)
