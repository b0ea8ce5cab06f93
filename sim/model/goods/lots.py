"""Lots and where they lie: which units of a stock were made together, expire together, and go out first.

A *pocket* is one stock that is kept in order: a cell's stock on hand, or what a reserve holds at one site. Each pocket
is a column of slots, the one issued first on top; a slot holds units of one lot. Pockets are handled many at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from sim.model.part import Part

Issue = Literal["first_expired", "first_in", "last_in"]
NEVER_EXPIRES = 10**6
"""Last day of use of lots without a shelf life; beyond any run."""
_BITS = 24
_LOT = (1 << _BITS) - 1
_EMPTY = np.iinfo(np.int64).max
FEW = 512
"""Rows that are sorted as quickly as those are found that need no sorting."""
_NOTHING = np.zeros(0, dtype=np.int64)


class LotBook(Part):
    """Every lot of a run: int64 columns over lots, `table[name]` the part in use.

    product; maker: the cell that made it; made: day; expires: last day of use; units: made or there at the start, of
    which used, expired, recalled, destroyed, used up in other products and scrapped; withdrawn: day on which units in
    quarantine are taken away, once the lot has been called back (`NEVER_EXPIRES` before); recall: number of the recall,
    from 1.
    """

    CHANGES = ("count", "_rows")
    VIEWS = ("_columns",)

    GONE = ("used", "expired", "recalled", "destroyed", "used_up", "scrapped")
    COLUMNS = ("product", "maker", "made", "expires", "withdrawn", "recall", "units", *GONE)

    def __init__(self) -> None:
        self.count = 0
        self._rows = np.zeros((len(self.COLUMNS), 64), dtype=np.int64)
        self.rejoin()

    def rejoin(self) -> None:
        self._columns = dict(zip(self.COLUMNS, self._rows, strict=True))

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name][: self.count]

    def open(self, product: np.ndarray, maker: np.ndarray, made: np.ndarray, expires: np.ndarray) -> np.ndarray:
        """Numbers of new lots; arguments of shape (n,)."""
        if not len(product):
            return _NOTHING
        first, self.count = self.count, self.count + len(product)
        if self.count > _LOT:
            raise OverflowError(f"more than {_LOT:,} lots")
        rows, size = self._rows, self._rows.shape[1]
        if self.count > size:
            self._rows = np.zeros((len(rows), max(2 * size, self.count)), dtype=np.int64)
            self._rows[:, :size] = rows
            self.rejoin()
        new = slice(first, self.count)
        for name, value in (("product", product), ("maker", maker), ("made", made), ("expires", expires)):
            self._columns[name][new] = value
        self._columns["withdrawn"][new] = NEVER_EXPIRES
        return np.arange(first, self.count)

    def add(self, name: str, lots: np.ndarray, units: np.ndarray) -> None:
        """Count units of lots (named any number of times) under one of the columns."""
        if len(lots):
            np.add.at(self._columns[name], lots, units)

    @property
    def left(self) -> np.ndarray:
        """Units of each lot that are still somewhere."""
        gone = np.add.reduce(self._rows[-len(self.GONE) :, : self.count], axis=0)
        return np.asarray(self["units"] - gone)

    def over(self, day: int) -> np.ndarray:
        """Lots of which something is left on their last day of use, or after it, ascending."""
        lots = (self["expires"] <= day).nonzero()[0]
        gone = np.add.reduce(self._rows[-len(self.GONE) :, lots], axis=0)
        return np.asarray(lots[self._columns["units"][lots] > gone])


def keys(book: LotBook, lots: np.ndarray, issue: np.ndarray, day: int) -> np.ndarray:
    """Where units of these lots, put down on `day`, stand in a pocket's order: lower keys go out first.

    `issue` is 0 for first expired, 1 for first in, 2 for last in; ties go to the lot with the lower number.
    """
    rank = book["expires"].take(lots)
    if np.count_nonzero(issue):
        rank = np.where(issue == 0, rank, np.where(issue == 1, day, -day))
    return np.asarray((rank << _BITS) | lots)


def lot_of(key: np.ndarray) -> np.ndarray:
    """The lots that keys stand for."""
    return np.asarray(key & _LOT)


class Pockets(Part):
    """Slots of `n` pockets: `units` and `key`, int64, shape (slots, n), in C order.

    A pocket's slots stand in order of issue from the slot `first` on, before which no units lie, `count` of them used;
    the others are empty. A used slot that has run empty keeps its key until its pocket is full and tidied, so that
    taking units out moves nothing. `later` are units that were taken and are still to be struck off the slots.
    """

    CHANGES = ("units", "key", "count", "first", "later")
    SCRATCH = ("_scratch",)

    def __init__(self, n: int, slots: int = 4) -> None:
        self.units = np.zeros((slots, n), dtype=np.int64)
        self.key = np.full((slots, n), _EMPTY, dtype=np.int64)
        self.count, self.first, self.later = (np.zeros(n, dtype=np.int64) for _ in range(3))
        self._scratch = np.zeros(n, dtype=np.int64)

    def rejoin(self) -> None:
        self._scratch = self._scratch.copy()

    def put(self, pocket: np.ndarray, key: np.ndarray, units: np.ndarray) -> None:
        """Put units into pockets; shape (n,). A pocket may be named several times."""
        rows = (units > 0).nonzero()[0]
        if len(rows) < len(units):
            pocket, key, units = pocket.take(rows), key.take(rows), units.take(rows)
        first = self._is_first(pocket)  # mostly all of them, which saves sorting
        if np.count_nonzero(first) == len(first):
            self._put_once(pocket, key, units)
            return
        if len(first) > FEW:
            self._scratch[pocket[~first]] = -1
            alone = self._scratch.take(pocket) >= 0
            once, several = alone.nonzero()[0], (~alone).nonzero()[0]
            self._put_once(pocket.take(once), key.take(once), units.take(once))
            pocket, key, units, first = (column.take(several) for column in (pocket, key, units, first))
        self._put_several(pocket, key, units, pocket[first])

    def replace(self, empty: np.ndarray, pocket: np.ndarray, key: np.ndarray, units: np.ndarray) -> None:
        """Take all out of the pockets `empty`, each named once, and lay units into `pocket`, some of these."""
        rows = (units > 0).nonzero()[0]
        pocket, key, units = _combined(pocket[rows], key[rows], units[rows])
        slot = np.arange(len(pocket)) - np.searchsorted(pocket, pocket)
        while len(self.units) <= slot.max(initial=0):
            self._grow()
        depth = self.depth(empty)
        self.units[:depth, empty], self.key[:depth, empty] = 0, _EMPTY
        self.units[slot, pocket], self.key[slot, pocket] = units, key
        self.count[empty], self.first[empty] = 0, 0
        np.maximum.at(self.count, pocket, slot + 1)

    def depth(self, pocket: np.ndarray) -> int:
        """Slots that any of these pockets uses: the others need not be looked at."""
        return int(self.count.take(pocket).max(initial=0))

    def look(self, pocket: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Keys and units of the slots of these pockets that may hold something, in order of issue, shape (slots, n)."""
        places, _ = self._places(pocket)
        return self.key.take(places), self.units.take(places)

    def take(
        self, pocket: np.ndarray, units: np.ndarray, eligible: Callable[[np.ndarray], np.ndarray] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Take units out of pockets (each named once) in order of issue.

        Returns the keys of slots as `look` does and what came from each. `eligible` says of these keys which may be
        used. A pocket that has too little gives what it has.
        """
        places, spent = self._places(pocket)
        key, have = self.key.take(places), self.units.take(places)
        usable = have if eligible is None else np.where(eligible(key), have, 0)
        before = np.add.accumulate(usable, axis=0) - usable
        taken = np.minimum(np.maximum(units - before, 0), usable)
        left = have - taken
        self.units.reshape(-1)[places] = left
        if len(places):
            self.first[pocket] += np.maximum((left > 0).argmax(axis=0) - spent, 0)
        return key, taken

    def settle(self, pocket: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Strike off what was to be taken later, in order of issue; returns (lots, units) of it.

        Pockets may be named several times; one that has too little gives what it has.
        """
        pocket = pocket.take((self.later.take(pocket) > 0).nonzero()[0])
        if not pocket.size:
            return _NOTHING, _NOTHING
        pocket = pocket.take(self._is_first(pocket).nonzero()[0])
        wanted, found = self.later.take(pocket), [(_NOTHING, _NOTHING)]
        self.later[pocket] = 0
        units, key = self.units.reshape(-1), self.key.reshape(-1)  # views
        while pocket.size:  # the first slot of all, then the next of those that need more
            first = self.first.take(pocket)
            slot = first * len(self.count) + pocket
            have = units.take(slot)
            taken = np.minimum(have, wanted)
            units[slot] = have - taken
            found.append((lot_of(key.take(slot)), taken))
            more = (taken < wanted).nonzero()[0]
            if not more.size:
                break
            pocket, first, wanted = pocket.take(more), first.take(more) + 1, (wanted - taken).take(more)
            more = (first < self.count.take(pocket)).nonzero()[0]
            pocket, wanted = pocket.take(more), wanted.take(more)
            self.first[pocket] = first.take(more)
        lots, taken = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return lots, taken

    def totals(self) -> np.ndarray:
        """Units of each pocket."""
        return np.asarray(self.units.sum(axis=0) - self.later)

    def by_lot(self, lots: int) -> np.ndarray:
        """Units of each lot in slots, with those that are to be taken later; shape (lots,)."""
        slot, lot = self._occupied()
        # float64 sums of whole numbers are exact below 2**53
        return np.bincount(lot, self.units.take(slot), lots).astype(np.int64)

    def remove(self, lots: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Take out all units of the lots of a mask over lots; returns (pocket, lot, units) of what was there, in order
        of the units' place in their pockets."""
        slot, lot = self._occupied()
        touched = np.unique(slot[lots[lot]] % max(1, len(self.count)))
        self._tidy(touched)
        have, lot = self.units[:, touched], lot_of(self.key[:, touched])
        hit = (have > 0) & lots[np.where(have > 0, lot, 0)]
        slot, column = np.nonzero(hit)
        self.units[:, touched] = np.where(hit, 0, have)
        return touched[column], lot[slot, column], have[slot, column]

    def renew(self, key: np.ndarray) -> None:
        """Give every slot a new key, shape (slots, n), and put the slots in its order."""
        key = np.where(self.units > 0, key, _EMPTY)
        order = np.argsort(key, axis=0, kind="stable")
        self.key[:], self.units[:] = np.take_along_axis(key, order, 0), np.take_along_axis(self.units, order, 0)
        self.count[:], self.first[:] = np.count_nonzero(self.units, axis=0), 0

    def contents(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(pocket, lot, units) of every slot that holds something, in order of pocket and issue."""
        pocket, slot = np.nonzero(self.units.T > 0)
        return pocket, lot_of(self.key[slot, pocket]), self.units[slot, pocket]

    def _occupied(self) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the slots that hold something, counted along the rows, and their lots."""
        slot = (self.units > 0).reshape(-1).nonzero()[0]  # of a mask this is several times as fast as of numbers
        return slot, lot_of(self.key.take(slot))

    def _is_first(self, pocket: np.ndarray) -> np.ndarray:
        """Whether a row names its pocket for the first time; shape (n,). The pocket's scratch has that row then."""
        rows = np.arange(len(pocket))
        self._scratch[pocket[::-1]] = rows[::-1]  # what is written last stays
        return np.asarray(self._scratch.take(pocket) == rows)

    def _tidy(self, pocket: np.ndarray) -> None:
        """Forget the used slots of these pockets (each named once) that hold nothing; the others move up."""
        units, key = self.units.reshape(-1), self.key.reshape(-1)  # views
        places = np.arange(len(self.units))[:, None] * len(self.count) + pocket
        have, held = units.take(places), key.take(places)
        some = (have > 0).reshape(-1).nonzero()[0]
        slots = np.add.accumulate(have > 0, axis=0, dtype=np.int64)  # used, of those so far
        to = ((slots - 1) * len(self.count) + pocket).take(some)
        units[places], key[places] = 0, _EMPTY
        units[to], key[to] = have.take(some), held.take(some)
        self.count[pocket], self.first[pocket] = slots[-1], 0

    def _make_room(self, pocket: np.ndarray, many: np.ndarray | int = 1) -> None:
        """Have so many free slots in these pockets; twice the slots where tidying would soon be needed again."""
        full = pocket.take((self.count.take(pocket) + many > len(self.units)).nonzero()[0])
        if not full.size:
            return
        self._tidy(full)
        needed = max(2 * self.depth(full), int((self.count.take(pocket) + many).max()))
        while needed > len(self.units):
            self._grow()

    def _grow(self) -> None:
        """Twice the slots."""
        slots, units, key = len(self.units), self.units, self.key
        self.units = np.zeros((2 * slots, len(self.count)), dtype=np.int64)
        self.key = np.full(self.units.shape, _EMPTY, dtype=np.int64)
        self.units[:slots], self.key[:slots] = units, key

    def _put_once(self, pocket: np.ndarray, key: np.ndarray, units: np.ndarray) -> None:
        """Put units into pockets, each named once: at the end, as fresh goods mostly go, or between slots."""
        self._make_room(pocket)
        count = self.count.take(pocket)
        end = np.maximum(count - 1, 0)
        last = self.key.take(end * len(self.count) + pocket)
        fits = (last <= key) | (count == 0)
        at = np.where(last < key, count, end)
        if np.count_nonzero(fits) < len(fits):
            between, behind = (~fits).nonzero()[0], fits.nonzero()[0]
            self._put_between(pocket.take(between), key.take(between), units.take(between))
            at, pocket, key, units = (column.take(behind) for column in (at, pocket, key, units))
        slot = at * len(self.count) + pocket
        self.units.reshape(-1)[slot] += units
        self.key.reshape(-1)[slot] = key
        self.count[pocket] = at + 1

    def _put_between(self, pocket: np.ndarray, key: np.ndarray, units: np.ndarray) -> None:
        """Put units before others, in pockets named once that have a free slot; what they come before moves down."""
        places, spent = self._places(pocket, free=1)
        held, have = self.key.take(places), self.units.take(places)
        row = np.arange(len(places))[:, None]
        position = np.count_nonzero((held < key) | (row < spent), axis=0)
        column = np.arange(len(pocket))
        new = held[position, column] != key
        moves = row[1:] > np.where(new, position, len(places))
        self.key.reshape(-1)[places[1:]] = np.where(moves, held[:-1], held[1:])
        self.units.reshape(-1)[places[1:]] = np.where(moves, have[:-1], have[1:])
        slot = places[position, column]
        self.key.reshape(-1)[slot] = key
        self.units.reshape(-1)[slot] = np.where(new, units, have[position, column] + units)
        self.count[pocket] += new

    def _put_several(self, pocket: np.ndarray, key: np.ndarray, units: np.ndarray, each: np.ndarray) -> None:
        """Put units into pockets, each named any number of times, and once in `each`: what they come before is taken
        up and laid down again with them."""
        least = self._scratch
        least[each] = _EMPTY
        np.minimum.at(least, pocket, key)
        count = self.count[each]
        last = self.key.take(np.maximum(count - 1, 0) * len(self.count) + each)
        behind = each[(last >= least[each]) & (count > 0)]
        if behind.size:
            old = self._take_up(behind, least[behind])
            pocket, key, units = map(np.concatenate, zip((pocket, key, units), old, strict=True))
        pocket, key, units = _combined(pocket, key, units)
        lowest = _begins(pocket)
        each, many = pocket[lowest], np.append(lowest[1:], len(pocket)) - lowest
        self._make_room(each, many)
        count = self.count[each]
        self.count[each] = count + many
        slot = (np.repeat(count - lowest, many) + np.arange(len(pocket))) * len(self.count) + pocket
        self.units.reshape(-1)[slot], self.key.reshape(-1)[slot] = units, key

    def _take_up(self, pocket: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Take all that does not stand before a key out of these pockets, each named once; returns it as (pocket, key,
        units)."""
        places, spent = self._places(pocket)
        held, have = self.key.take(places), self.units.take(places)
        stays = (held < key) | (np.arange(len(places))[:, None] < spent)
        slot, column = (~stays & (have > 0)).nonzero()
        self.key.reshape(-1)[places] = np.where(stays, held, _EMPTY)
        self.units.reshape(-1)[places] = np.where(stays, have, 0)
        self.count[pocket] = self.first[pocket] - spent + np.count_nonzero(stays, axis=0)
        return pocket[column], held[slot, column], have[slot, column]

    def _places(self, pocket: np.ndarray, free: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Where the slots of these pockets lie that may hold something and so many free ones, in order of issue, shape
        (slots, n), counted along the rows; and how many of them stand before a pocket's `first`, shape (n,)."""
        first = self.first.take(pocket)
        many = int((self.count.take(pocket) - first).max(initial=0)) + free
        start = np.minimum(first, len(self.units) - many)
        return np.arange(many)[:, None] * len(self.count) + (start * len(self.count) + pocket), first - start


def shared_out(taken: np.ndarray, key: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(claim, lot, units) when what was taken from pockets is handed out in order of issue to claims in their order.

    `taken` and `key` are of the slots of the pockets, shape (slots, pockets); `units` is what each claim gets,
    the claims grouped by pocket in the pockets' order. Each pocket's claims add up to what was taken from it.
    """
    by_pocket = taken.T.ravel()
    some = by_pocket > 0
    ends, lots = np.cumsum(by_pocket[some]), lot_of(key.T.ravel()[some])
    if not len(ends):
        return _NOTHING, _NOTHING, _NOTHING
    cuts = np.concatenate([ends, np.cumsum(units)])
    order = np.argsort(cuts, kind="stable")  # two runs in order: merged, not sorted anew
    cuts = cuts[order]
    last = np.concatenate([cuts[1:] > cuts[:-1], [True]]).nonzero()[0]  # a lot and a claim may end together
    claims_over = np.cumsum(order >= len(ends))[last]
    lots_over = last + 1 - claims_over
    parts = cuts[last]
    parts[1:] -= parts[:-1]
    return (
        np.concatenate([[0], claims_over[:-1]]),
        lots[np.concatenate([[0], lots_over[:-1]])],
        parts,
    )


def _combined(pocket: np.ndarray, key: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows in order of pocket and key, those alike added up."""
    order = np.lexsort((key, pocket))
    pocket, key, units = pocket[order], key[order], units[order]
    if not len(pocket):
        return pocket, key, units
    first = _begins(pocket, key)
    return pocket[first], key[first], np.add.reduceat(units, first)


def _begins(*columns: np.ndarray) -> np.ndarray:
    """The rows that differ from the one before them in any of these columns, and the first one."""
    new = np.ones(len(columns[0]), dtype=bool)
    new[1:] = False
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new.nonzero()[0]
