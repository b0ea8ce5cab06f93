"""Daily totals over groups of cells, kept small: a run has many days, and most figures are small or zero."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from sim.engine.state.ledger import DAILY
from sim.model.part import Part

BUFFER_BYTES = 2**23
"""Days are packed together when they take this much: a small network's run takes less and is never packed."""
WIDTHS = (np.uint8, np.uint16, np.uint32, np.int64)
"""Types in which totals are packed: the first that holds them."""


class NotKept(KeyError):
    """A daily figure was asked for that the run was not told to keep."""

    def __str__(self) -> str:
        return str(self.args[0])


class DailyTotals(Part, Mapping[str, np.ndarray]):
    """Figures of `DAILY` by name: totals (days, groups), int64, made when asked for; zero on days not added yet.

    `kept` are the names that can be asked for, `rows` where each stands in what is added (those that are always zero
    are in no row). `starts` are the first groups of runs of groups that are alike in size, such as those of one kind
    of site: what is added is packed run by run, each in the narrowest of `WIDTHS` that holds it, and not at all where
    nothing differs from zero.
    """

    CHANGES = ("_buffer", "_first", "_count")
    GROWS = ("_packed",)

    def __init__(self, days: int, groups: int, starts: np.ndarray, rows: Mapping[str, int], kept: Collection[str]):
        kept = frozenset(kept)
        if unknown := sorted(kept.difference(DAILY)):
            raise ValueError(f"no such daily figure: {', '.join(unknown)}; there are {', '.join(DAILY)}")
        self._days, self._groups, self._kept = days, groups, tuple(name for name in DAILY if name in kept)
        used = sorted({rows[name] for name in self._kept if name in rows})
        positions = {row: position for position, row in enumerate(used)}
        self._position = {name: positions[rows[name]] for name in self._kept if name in rows}
        self._take = slice(None) if len(used) == len(set(rows.values())) else np.array(used, dtype=np.int64)
        ends = [*starts.tolist()[1:], groups]
        self._runs = [slice(first, end) for first, end in zip(starts.tolist(), ends, strict=True)]
        long = max(1, BUFFER_BYTES // max(1, 8 * len(used) * groups))
        self._buffer = np.zeros((min(days, long), len(used), groups), dtype=np.int64)
        self._first = self._count = 0
        self._packed: list[tuple[int, int, slice, np.ndarray]] = []
        self._used = len(used)

    def add(self, totals: np.ndarray) -> None:
        """Add the days that follow those added before: shape (days, all rows, groups)."""
        while self._used and len(totals):
            if self._count == len(self._buffer):
                self._pack()
            some = totals[: len(self._buffer) - self._count]
            self._buffer[self._count : self._count + len(some)] = some[:, self._take]
            self._count += len(some)
            totals = totals[len(some) :]

    def over(self, name: str, groups: np.ndarray) -> np.ndarray:
        """A figure added up over some groups, for each day; int64, shape (days,). Raises NotKept."""
        position, found = self._place(name), np.zeros(self._days, dtype=np.int64)
        if position is None:
            return found
        inside = {run.start: groups[(groups >= run.start) & (groups < run.stop)] - run.start for run in self._runs}
        for first, run, part in self._packs(position):
            if (mine := inside[run.start]).size:
                found[first : first + len(part)] += part[:, mine].sum(axis=1, dtype=np.int64)
        found[self._first : self._first + self._count] = self._buffer[: self._count, position][:, groups].sum(axis=1)
        return found

    def __getitem__(self, name: str) -> np.ndarray:
        position, found = self._place(name), np.zeros((self._days, self._groups), dtype=np.int64)
        if position is not None:
            for first, run, part in self._packs(position):
                found[first : first + len(part), run] = part
            found[self._first : self._first + self._count] = self._buffer[: self._count, position]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def nbytes(self) -> int:
        """Bytes of all that is kept."""
        return self._buffer.nbytes + sum(part.nbytes for *_, part in self._packed)

    def _place(self, name: str) -> int | None:
        """Position of the row of a figure; None where it is always zero."""
        if name not in self._kept:
            kept = ", ".join(self._kept) or "none"
            raise NotKept(f"the run kept no daily totals of '{name}' (kept: {kept}); name it in `series` of simulate()")
        return self._position.get(name)

    def _packs(self, position: int) -> Iterator[tuple[int, slice, np.ndarray]]:
        """(first day, groups, totals) of what was packed of a row, in order of day."""
        return ((first, run, part) for at, first, run, part in self._packed if at == position)

    def _pack(self) -> None:
        """Move what the buffer has into the narrowest types that hold it."""
        for position in range(self._used):
            for run in self._runs:
                part = self._buffer[: self._count, position, run]
                if width := _width(part):
                    self._packed.append((position, self._first, run, part.astype(width)))
        self._first, self._count = self._first + self._count, 0


def _width(units: np.ndarray) -> type[np.integer] | None:
    """The narrowest type that holds these; None where all are zero."""
    least, most = units.min(initial=0), units.max(initial=0)
    if least < 0:
        return WIDTHS[-1]
    return next((width for width in WIDTHS if most <= np.iinfo(width).max), WIDTHS[-1]) if most else None
