"""How far what is seen is from what is: kept day by day, for the report and its metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.engine.bound.information import Channel
from sim.engine.knowing.told import Told
from sim.engine.plan import Plan
from sim.engine.spans import in_place
from sim.model.part import Part

BLOCK = 2**14
"""Pairs that are counted together: their figures stay in a processor's cache from one step to the next."""


@dataclass(frozen=True)
class SeenRecord:
    """What was told of stock over the counted days, as sums over groups: `off` is how far it was from what there was,
    `stock` what there was, `age` the days since it was reported, `looks` how many figures that were; `due` are reports
    that were to be made, `never` those of them that never came. None of it counts what is seen at once.

    `seen` and `true` are units over (days, lines); a line is what one channel tells of one owner's stock of a product,
    `lines` has the position of each in (`channels`, owner, product); owners are the parties, and after them all sites
    without one together.
    """

    off: np.ndarray
    stock: np.ndarray
    age: np.ndarray
    looks: np.ndarray
    due: np.ndarray
    never: np.ndarray
    lines: np.ndarray
    channels: tuple[Channel, ...]
    seen: np.ndarray
    true: np.ndarray


class _Block(NamedTuple):
    """Pairs, their cells, where runs of them begin, and which of all runs these are."""

    pairs: np.ndarray | slice
    cells: np.ndarray | slice
    begins: np.ndarray
    runs: slice


class SeenBook(Part):
    """Counts every evening how far each figure of stock that somebody is told is from what is there.

    `_off` and `_stock` are units over groups. Arrays over the pairs that are told: `_age` in days since what is known
    was reported (`_ages`: beside that, for all of a channel at once), `_before` the evenings counted before it was told
    of, of `_evenings` in all; `_line` is the line of each. `_now` is what lines told last. Of the pairs that show stock
    `_parts` are each channel and its pairs; runs of them are of one line and group, which are `_of_run` and
    `_group_of_run`: those of a line mostly stand together. `_blocks` are some runs each, which are counted together.
    """

    CHANGES = ("_off", "_stock", "_age", "_ages", "_before", "_evenings", "_shows", "_line", "_lines", "_now")
    GROWS = ("_seen", "_true")
    VIEWS = ("_parts", "_blocks", "_of_run", "_group_of_run")

    def __init__(self, plan: Plan, told: Told) -> None:
        assert plan.information is not None
        self._told, self._product, self._group = told, plan.network.cell_product, plan.network.cell_group
        self._owner = np.minimum(plan.information.owner, len(plan.information.parties))  # of who has no party as of one
        none = np.zeros(0, dtype=np.int64)
        self._off, self._stock = np.zeros((2, len(plan.network.groups)), dtype=np.int64)
        self._age = self._before = self._line = none
        self._evenings = 0
        self._ages: dict[int, int] = {}
        self._shows, self._lines = none > 0, np.zeros((0, 3), dtype=np.int64)
        self._now: np.ndarray = np.zeros(0)
        self._seen: list[np.ndarray] = []
        self._true: list[np.ndarray] = []
        self.rejoin()

    def rejoin(self) -> None:
        """Which pairs show stock, their cells and lines."""
        some = np.flatnonzero(self._shows)
        channel, of_line = self._told.channel[some], self._line[some]
        self._parts = [(row, in_place(some[channel == row])) for row in np.unique(channel).tolist()]
        of_group = self._group[self._told.cell[some]]
        begins = np.flatnonzero(np.diff(of_line, prepend=-1) | np.diff(of_group, prepend=-1))
        self._of_run, self._group_of_run = of_line[begins], of_group[begins]
        self._blocks = [self._block(some, begins, runs) for runs in _together(begins, len(some))]

    def _block(self, some: np.ndarray, begins: np.ndarray, runs: slice) -> _Block:
        """Some runs of the pairs that show stock, of which each run `begins` at a position."""
        first, until = begins[runs.start], begins[runs.stop] if runs.stop < len(begins) else len(some)
        pairs = some[first:until]
        return _Block(in_place(pairs), in_place(self._told.cell[pairs]), begins[runs] - first, runs)

    def expect(self, channel: Channel, cells: np.ndarray, shows_stock: bool) -> None:
        """From now on these cells (a mask) report through a channel."""
        told = self._told
        self._age, self._ages = self._all_ages(), {}
        new = np.zeros(len(told.cell) - len(self._age), dtype=np.int64)
        self._age, self._shows = (np.concatenate([x, new.astype(x.dtype)]) for x in (self._age, self._shows))
        self._before = np.concatenate([self._before, new + self._evenings])
        if shows_stock:
            self._shows |= told.comes_by(channel) & cells[told.cell]
        keys = np.column_stack([told.channel, self._owner[told.cell], self._product[told.cell]])
        wide = max(keys.max(initial=0), self._lines.max(initial=0)) + 1
        known, wanted = (rows @ np.array([wide**2, wide, 1]) for rows in (self._lines, keys))
        _, first = np.unique(wanted, return_index=True)
        more = np.sort(first[~np.isin(wanted[first], known)])
        self._lines, known = np.concatenate([self._lines, keys[more]]), np.concatenate([known, wanted[more]])
        order = np.argsort(known)
        self._line = order[np.searchsorted(known[order], wanted)]
        self.rejoin()
        self._look()

    def _look(self) -> None:
        """What lines tell now."""
        seen, by_run = self._told.figures["on_hand"], np.zeros(len(self._of_run), dtype=np.int64)
        for block in self._blocks:
            np.add.reduceat(seen[block.pairs], block.begins, out=by_run[block.runs])
        self._now = self._by_line(by_run)

    def _by_line(self, units: np.ndarray) -> np.ndarray:
        """Units of runs, added up."""
        return np.bincount(self._of_run, units, len(self._lines))

    def _by_group(self, units: np.ndarray) -> np.ndarray:
        """Units of runs, added up."""
        return np.bincount(self._group_of_run, units, len(self._off)).astype(np.int64)

    def count(self, come: bool, on_hand: np.ndarray, day: int) -> None:
        """The evening of a counted day on which reports came, or none did."""
        if not self._blocks:
            return
        for row, pairs in self._parts:
            if (together := self._told.made_together(row)) is not None:
                self._ages[row] = self._ages.get(row, 0) + day - together
            else:
                self._age[pairs] += day - self._told.made[pairs]
        self._evenings += 1
        told, (seen, stock, off) = self._told.figures["on_hand"], np.zeros((3, len(self._of_run)), dtype=np.int64)
        for block in self._blocks:
            here, there = told[block.pairs], on_hand[block.cells]
            if come:
                np.add.reduceat(here, block.begins, out=seen[block.runs])
            np.add.reduceat(there, block.begins, out=stock[block.runs])
            apart = here - there
            np.add.reduceat(np.abs(apart, out=apart), block.begins, out=off[block.runs])
        if come:
            self._now = self._by_line(seen)
        self._off += self._by_group(off)
        self._stock += self._by_group(stock)
        self._seen.append(self._now)
        self._true.append(self._by_line(stock))

    def _all_ages(self) -> np.ndarray:
        """The ages of pairs, with what was counted for all of a channel at once."""
        found = self._age.copy()
        for row, pairs in self._parts:
            found[pairs] += self._ages.get(row, 0)
        return found

    def record(self) -> SeenRecord:
        """What was counted."""
        told, lines, shows = self._told, len(self._lines), self._shows
        seen, true = (
            np.array([np.pad(row, (0, lines - len(row)), constant_values=np.nan) for row in rows])
            for rows in (self._seen, self._true)
        )
        group, groups = self._group[told.cell[shows]], len(self._off)
        age, looks, due, never = (
            np.bincount(group, figure[shows], groups)
            for figure in (self._all_ages(), self._evenings - self._before, told.due, told.never)
        )
        off, stock = self._off.astype(float), self._stock.astype(float)
        return SeenRecord(off, stock, age, looks, due, never, self._lines, tuple(told.channels), seen, true)


def _together(begins: np.ndarray, number: int) -> Iterator[slice]:
    """Runs that begin at some of so many positions, as many together as `BLOCK` holds, or one that is longer."""
    first = 0
    while first < len(begins):
        until = max(first + 1, int(np.searchsorted(begins, begins[first] + BLOCK, side="right")) - 1)
        if begins[first] + BLOCK >= number:
            until = len(begins)
        yield slice(first, until)
        first = until
