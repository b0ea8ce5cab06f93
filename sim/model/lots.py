"""Lots and where they lie: which units of a stock were made together, expire together, and go out first.

A *pocket* is one stock that is kept in order: a cell's stock on hand, or what a reserve holds at one site. Each pocket
is a column of slots, the one issued first on top; a slot holds units of one lot. Pockets are handled many at a time.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

Issue = Literal["first_expired", "first_in", "last_in"]
NEVER_EXPIRES = 10**6
"""Last day of use of lots without a shelf life; beyond any run."""
_BITS = 24
_LOT = (1 << _BITS) - 1
_EMPTY = np.iinfo(np.int64).max


class LotBook:
    """Every lot of a run: int64 columns over lots, `table[name]` the part in use.

    product; maker: the cell that made it; made: day; expires: last day of use; units: made or there at the start, of
    which used, expired, recalled, destroyed, used up in other products and scrapped; withdrawn: day on which units in
    quarantine are taken away, once the lot has been called back (`NEVER_EXPIRES` before); recall: number of the recall,
    from 1.
    """

    GONE = ("used", "expired", "recalled", "destroyed", "used_up", "scrapped")
    COLUMNS = ("product", "maker", "made", "expires", "withdrawn", "recall", "units", *GONE)

    def __init__(self) -> None:
        self.count = 0
        self._columns = {name: np.zeros(64, dtype=np.int64) for name in self.COLUMNS}

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name][: self.count]

    def open(self, product: np.ndarray, maker: np.ndarray, made: np.ndarray, expires: np.ndarray) -> np.ndarray:
        """Numbers of new lots; arguments of shape (n,)."""
        first, self.count = self.count, self.count + len(product)
        if self.count > _LOT:
            raise OverflowError(f"more than {_LOT:,} lots")
        size = len(self._columns["made"])
        if self.count > size:
            grown = max(2 * size, self.count)
            self._columns = {name: np.resize(column, grown) for name, column in self._columns.items()}
        for name in self.COLUMNS:
            self[name][first:] = 0
        for name, value in (("product", product), ("maker", maker), ("made", made), ("expires", expires)):
            self[name][first:] = value
        self["withdrawn"][first:] = NEVER_EXPIRES
        return np.arange(first, self.count)

    def add(self, name: str, lots: np.ndarray, units: np.ndarray) -> None:
        """Count units of lots (named any number of times) under one of the columns."""
        # float64 sums of whole numbers are exact below 2**53
        self[name][:] += np.bincount(lots, units, self.count).astype(np.int64)

    @property
    def left(self) -> np.ndarray:
        """Units of each lot that are still somewhere."""
        return self["units"] - sum(self[name] for name in self.GONE)


def keys(book: LotBook, lots: np.ndarray, issue: np.ndarray, day: int) -> np.ndarray:
    """Where units of these lots, put down on `day`, stand in a pocket's order: lower keys go out first.

    `issue` is 0 for first expired, 1 for first in, 2 for last in; ties go to the lot with the lower number.
    """
    rank = np.where(issue == 0, book["expires"][lots], np.where(issue == 1, day, -day))
    return np.asarray((rank << _BITS) | lots)


def lot_of(key: np.ndarray) -> np.ndarray:
    """The lots that keys stand for."""
    return np.asarray(key & _LOT)


class Pockets:
    """Slots of `n` pockets: `units` and `key`, int64, shape (slots, n); empty slots stand last. `count`: used ones."""

    def __init__(self, n: int, slots: int = 4) -> None:
        self.units = np.zeros((slots, n), dtype=np.int64)
        self.key = np.full((slots, n), _EMPTY, dtype=np.int64)
        self.count = np.zeros(n, dtype=np.int64)

    def put(self, pocket: np.ndarray, key: np.ndarray, units: np.ndarray) -> None:
        """Put units into pockets; shape (n,). A pocket may be named several times."""
        pocket, key, units = _combined(pocket, key, units)
        turn = np.arange(len(pocket)) - np.searchsorted(pocket, pocket)
        for k in range(int(turn.max(initial=-1)) + 1):
            mine = turn == k
            self._put_once(*self._put_last(pocket[mine], key[mine], units[mine]))

    def depth(self, pocket: np.ndarray) -> int:
        """Slots that any of these pockets uses: the others need not be looked at."""
        return int(self.count[pocket].max(initial=0))

    def take(self, pocket: np.ndarray, units: np.ndarray, eligible: np.ndarray | None = None) -> np.ndarray:
        """Take units out of pockets (each named once) in order of issue; returns what came from each slot.

        `eligible` says which slots may be used; the return and `eligible` have shape (`depth` of the pockets, n). A
        pocket that has too little gives what it has.
        """
        depth = self.depth(pocket)
        have = self.units[:depth, pocket]
        usable = have if eligible is None else np.where(eligible, have, 0)
        before = np.cumsum(usable, axis=0) - usable
        taken = np.clip(units - before, 0, usable)
        left = have - taken
        pack = _packed if eligible is not None else _moved_up
        self._set(pocket, *pack(left, self.key[:depth, pocket]))
        return np.asarray(taken)

    def take_from_all(self, units: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Take units out of every pocket, shape (n,); returns (keys, units) of what was taken.

        Most pockets have all they need in their first slot, so only the others are looked at in full.
        """
        first = self.units[0]
        taken = np.minimum(first, units)
        found = [(self.key[0].copy(), taken)]
        first -= taken
        emptied = np.flatnonzero((first == 0) & (self.key[0] != _EMPTY))
        if emptied.size:
            held = self.key[: self.depth(emptied), emptied]
            more = self.take(emptied, units[emptied] - taken[emptied])
            found.append((held[more > 0], more[more > 0]))
        return found

    def remove(self, lots: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Take out all units of the lots of a mask over lots; returns (pocket, lot, units) of what was there."""
        held = self.units > 0
        hit = held & lots[np.where(held, lot_of(self.key), 0)] if lots.any() else np.zeros_like(held)
        slot, pocket = np.nonzero(hit)
        found = pocket, lot_of(self.key[slot, pocket]), self.units[slot, pocket]
        touched = np.unique(pocket)
        left = np.where(hit[:, touched], 0, self.units[:, touched])
        self._set(touched, *_packed(left, self.key[:, touched]))
        return found

    def renew(self, key: np.ndarray) -> None:
        """Give every slot a new key, shape (slots, n), and put the slots in its order."""
        key = np.where(self.units > 0, key, _EMPTY)
        order = np.argsort(key, axis=0, kind="stable")
        self.key, self.units = np.take_along_axis(key, order, 0), np.take_along_axis(self.units, order, 0)

    def contents(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(pocket, lot, units) of every slot that holds something, in order of pocket and issue."""
        pocket, slot = np.nonzero(self.units.T)
        return pocket, lot_of(self.key[slot, pocket]), self.units[slot, pocket]

    def _set(self, pocket: np.ndarray, units: np.ndarray, key: np.ndarray) -> None:
        """Give pockets the contents of their first slots; nothing lies below."""
        self.units[: len(units), pocket], self.key[: len(key), pocket] = units, key
        self.count[pocket] = np.count_nonzero(units, axis=0)

    def _grow(self, pocket: np.ndarray) -> None:
        """Have a free slot in each of these pockets."""
        if (self.count[pocket] == len(self.units)).any():
            empty = np.zeros_like(self.units)
            self.units = np.concatenate([self.units, empty])
            self.key = np.concatenate([self.key, np.full_like(empty, _EMPTY)])

    def _put_last(self, pocket: np.ndarray, key: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, ...]:
        """Put what goes out last of all into the next slot, as fresh goods mostly do; returns the other rows."""
        self._grow(pocket)
        count = self.count[pocket]
        last = (count == 0) | (self.key[np.maximum(count - 1, 0), pocket] < key)
        where, at = pocket[last], count[last]
        self.units[at, where], self.key[at, where] = units[last], key[last]
        self.count[where] += 1
        return pocket[~last], key[~last], units[~last]

    def _put_once(self, pocket: np.ndarray, key: np.ndarray, units: np.ndarray) -> None:
        if not len(pocket):
            return
        depth = self.depth(pocket) + 1  # `_put_last` has seen to a free slot
        held, have = self.key[:depth, pocket], self.units[:depth, pocket]
        position = (held < key).sum(axis=0)
        column = np.arange(len(pocket))
        new = held[position, column] != key
        slot = np.arange(len(held))[:, None]
        source = np.where(new & (slot > position), slot - 1, slot)
        held, have = np.take_along_axis(held, source, 0), np.take_along_axis(have, source, 0)
        have[position, column] = np.where(new, units, have[position, column] + units)
        held[position, column] = key
        self._set(pocket, have, held)


def shared_out(taken: np.ndarray, key: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(claim, lot, units) when what was taken from pockets is handed out in order of issue to claims in their order.

    `taken` and `key` are of the slots of the pockets, shape (slots, pockets); `units` is what each claim gets,
    the claims grouped by pocket in the pockets' order. Each pocket's claims add up to what was taken from it.
    """
    by_pocket = taken.T.ravel()
    some = by_pocket > 0
    ends, lots = np.cumsum(by_pocket[some]), lot_of(key.T.ravel()[some])
    claim_ends = np.cumsum(units)
    cuts = np.sort(np.concatenate([ends, claim_ends]), kind="stable")  # two runs in order: merged, not sorted anew
    cuts = cuts[np.concatenate([np.diff(cuts) > 0, [True]])] if len(cuts) else cuts
    starts = np.concatenate([[0], cuts[:-1]])
    return (
        np.searchsorted(claim_ends, starts, side="right"),
        lots[np.searchsorted(ends, starts, side="right")],
        cuts - starts,
    )


def _combined(pocket: np.ndarray, key: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows in order of pocket and key, those alike added up; rows without units left out."""
    some = units > 0
    order = np.lexsort((key[some], pocket[some]))
    pocket, key, units = pocket[some][order], key[some][order], units[some][order]
    if not len(pocket):
        return pocket, key, units
    first = np.flatnonzero(np.concatenate([[True], (np.diff(pocket) != 0) | (np.diff(key) != 0)]))
    return pocket[first], key[first], np.add.reduceat(units, first)


def _moved_up(units: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same as `_packed` where only slots at the top have been emptied."""
    slots = len(units)
    if not slots:
        return units, key
    slot = np.arange(slots)[:, None] + (np.cumsum(units, axis=0) == 0).sum(axis=0)
    beyond = slot >= slots
    slot = np.where(beyond, slots - 1, slot)
    units = np.where(beyond, 0, np.take_along_axis(units, slot, 0))
    return units, np.where(units > 0, np.take_along_axis(key, slot, 0), _EMPTY)


def _packed(units: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns with their empty slots moved to the end, the order of the others kept."""
    order = np.argsort(units == 0, axis=0, kind="stable")
    units, key = np.take_along_axis(units, order, 0), np.take_along_axis(key, order, 0)
    return units, np.where(units > 0, key, _EMPTY)
