"""Which lots lie where during a run: stock on hand and reserves in order of issue, for goods that are kept by lot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.engine.plan import Plan
from sim.engine.spans import in_place, without
from sim.model.goods.genealogy import Genealogy, Links
from sim.model.goods.lots import NEVER_EXPIRES, LotBook, Pockets, keys, lot_of, shared_out
from sim.model.part import Part

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Three columns of one length; the last two are lots and units."""


@dataclass(frozen=True)
class LotRecord:
    """Lots at the end of a run: `columns` as in `LotBook`, (cell, lot, units) of what lies at sites, and `links` from
    each lot to the lots of material that it was made from."""

    columns: dict[str, np.ndarray]
    places: Rows
    links: Links


class LotKeeper(Part):
    """The lots of all tracked cells and of the reserves of their goods.

    Pockets are numbered: facilities with demand first, in order of cell; then the other tracked cells; then the holders
    of each reserve. The two tables keep facilities, which are many and hold few lots, apart from places that hold many.
    `pocket` is over cells (-1: not kept by lot), `reserve` has the pockets of each reserve's holders, `cell` is over
    pockets.
    """

    CHANGES = ("recalls", "_soonest", "_looked", "_puts", "_rotated", "_laid", "_running", "_period")

    def __init__(self, plan: Plan) -> None:
        lots, cells = plan.lots, plan.lots.tracked.nonzero()[0]
        self._plan, self._network, self.book = lots, plan.network, LotBook()
        self.genealogy = Genealogy()
        demanded = lots.tracked[plan.demand.cell].nonzero()[0]
        self._demanded, facilities = in_place(demanded), plan.demand.cell[demanded]
        others = without(cells, facilities, len(lots.tracked))
        self._holders = holders = [r.holder for r in plan.reserves]
        self.cell = np.concatenate([facilities, others, *holders])
        self._first_reserve = len(facilities) + len(others)
        self.pocket = np.full(len(lots.tracked), -1, dtype=np.int64)
        self.pocket[self.cell[: self._first_reserve]] = np.arange(self._first_reserve)
        ends = self._first_reserve + np.cumsum([0, *(len(h) for h in holders)])
        self.reserve = [
            np.where(lots.tracked[h], np.arange(e, e + len(h)), -1) for h, e in zip(holders, ends, strict=False)
        ]
        self._split = len(facilities)
        self._tables = Pockets(self._split), Pockets(len(self.cell) - self._split)
        self._offsets = 0, self._split
        self._issue = lots.issue[self.cell]
        self.recalls = [""]
        """Names of the recalls so far, by their number."""
        self._soonest = NEVER_EXPIRES  # last day of use before which none of what is left expires
        self._looked: int | None = None  # when that was looked up last
        rotates = any(r.spec.rotation == "routine" for r in plan.reserves)
        self._puts, self._rotated = 0, [-1] * len(holders)  # how often something was laid down, and until last looked
        self._laid = np.zeros(len(self.cell), dtype=np.int64) if rotates else None  # each pocket's last time
        self._running = np.full(len(lots.tracked), -1, dtype=np.int64)  # each maker's present lot
        self._period = np.full(len(lots.tracked), np.iinfo(np.int64).min)

    @property
    def any_recall(self) -> bool:
        """Whether anything was called back so far."""
        return len(self.recalls) > 1

    def opening(
        self,
        cells: np.ndarray,
        life: np.ndarray,
        units: np.ndarray,
        day: int,
        maker: np.ndarray | None = None,
        age: np.ndarray | None = None,
    ) -> np.ndarray:
        """Lots of what is there at the start, one a product, maker, life left and age; shape (n,), -1: not kept by lot.

        `age` is in days before `day`; left out, goods were made on it, and by the maker their site mainly buys from.
        """
        lots = np.full(len(cells), -1, dtype=np.int64)
        mine = (self._plan.tracked[cells] & (units > 0)).nonzero()[0]
        product = self._network.cell_product[cells[mine]]
        by = self._plan.maker[cells[mine]] if maker is None else maker[mine]
        kinds = np.stack([product, life[mine], by, np.zeros_like(product) if age is None else age[mine]])
        order = np.lexsort(kinds[::-1])  # `np.unique` with an axis is several times slower
        differs = np.ones(len(order), dtype=bool)
        differs[1:] = (kinds[:, order[1:]] != kinds[:, order[:-1]]).any(axis=0)
        which = np.empty(len(order), dtype=np.int64)
        which[order] = np.add.accumulate(differs, dtype=np.int64) - 1
        kinds = kinds[:, order[differs]]
        expires = _last_use(day, kinds[1])
        new = self.book.open(kinds[0], kinds[2], day - kinds[3], expires)
        self._soonest = min(self._soonest, int(expires.min(initial=NEVER_EXPIRES)))
        lots[mine] = new[which]
        self.book.add("units", lots[mine], units[mine])
        return lots

    def make(self, cells: np.ndarray, units: np.ndarray, day: int) -> np.ndarray:
        """Lots of what makers make today, shape (n,); what is made within a maker's lot span shares one.

        A lot that was called back gets no more units.
        """
        lots = np.full(len(cells), -1, dtype=np.int64)
        mine = (self._plan.tracked[cells] & (units > 0)).nonzero()[0]
        if not mine.size:
            return lots
        at = cells[mine]
        period = day // self._plan.span[at]
        called = self._called_back(self._running[at])
        fresh = at[called | (period != self._period[at])]
        product = self._network.cell_product[fresh]
        expires = _last_use(day, self._plan.life[fresh])
        self._running[fresh] = self.book.open(product, fresh, np.full(len(fresh), day), expires)
        self._period[at] = period
        self._soonest = min(self._soonest, int(self.book["expires"][self._running[at]].min()))
        lots[mine] = self._running[at]
        self.book.add("units", lots[mine], units[mine])
        return lots

    def _called_back(self, lots: np.ndarray) -> np.ndarray:
        known = lots >= 0
        found = np.zeros(len(lots), dtype=bool)
        found[known] = self.book["withdrawn"][lots[known]] < NEVER_EXPIRES
        return found

    def use_up(self, lots: np.ndarray, into: np.ndarray, units: np.ndarray) -> None:
        """Units of lots of material went into lots of products; -1 for what is not kept by lot."""
        kept = lots >= 0
        self.book.add("used_up", lots[kept], units[kept])
        both = kept & (into >= 0)
        self.genealogy.add(into[both], lots[both], units[both])

    def put(self, pocket: np.ndarray, lots: np.ndarray, units: np.ndarray, day: int) -> None:
        """Lay units of lots down in pockets; rows with pocket -1 are not kept by lot."""
        if self._laid is not None:
            self._note_laid(pocket[pocket >= 0])
        for table, offset, rows in self._by_table(np.where(units > 0, pocket, -1)):
            at = pocket.take(rows)
            key = keys(self.book, lots.take(rows), self._issue.take(at), day)
            table.put(at - offset, key, units.take(rows))

    def _note_laid(self, pocket: np.ndarray | slice) -> None:
        if self._laid is not None:
            self._puts += 1
            self._laid[pocket] = self._puts

    def serve(self, units: np.ndarray) -> None:
        """What patients took today, over demand cells; `settle` finds out of which lots.

        Until then it counts as left in the book.
        """
        self._tables[0].later += units[self._demanded]

    def settle(self, pocket: np.ndarray) -> None:
        """Strike off the slots of facilities' pockets what patients took until now.

        Goods go out in order of issue, so until something else happens to a pocket, many days' use is as one.
        """
        self.book.add("used", *self._tables[0].settle(pocket))

    def _settle_all(self) -> None:
        self.settle(np.arange(self._split))

    def issue(self, pocket: np.ndarray, units: np.ndarray, earliest: np.ndarray | None = None) -> Rows:
        """(claim, lot, units) for claims on pockets, in order of issue; claims with pocket -1 get lot -1.

        `earliest` is the first last day of use that will do, for each claim; of claims on one pocket the latest counts.
        """
        found = [_untracked(pocket, units)]
        for table, offset, rows in self._by_table(np.where(units > 0, pocket, -1)):
            rows = rows.take(pocket.take(rows).argsort(kind="stable"))
            mine = pocket.take(rows) - offset
            first = np.concatenate([[True], mine[1:] != mine[:-1]]).nonzero()[0]
            mine = mine[first]
            eligible = None
            if earliest is not None:
                eligible = partial(self._lasts, earliest=np.maximum.reduceat(earliest[rows], first))
            wanted = units.take(rows)
            held, taken = table.take(mine, np.add.reduceat(wanted, first), eligible)
            claim, lot, part = shared_out(taken, held, wanted)
            found.append((rows.take(claim), lot, part))
        claim, lot, part = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return claim, lot, part

    def any_over(self, last: int, day: int) -> bool:
        """Whether the last day of use of anything that may be left comes by `last`.

        That is looked up on a day if it may be so: what is used, or may be used longer, only puts it off.
        """
        if self._soonest <= last and self._looked != day:
            left = self.book.left > 0
            self._soonest, self._looked = int(self.book["expires"][left].min(initial=NEVER_EXPIRES)), day
        return self._soonest <= last

    def destroy(self, pocket: np.ndarray, units: np.ndarray) -> None:
        """Units in pockets are destroyed."""
        _, lot, part = self.issue(pocket, units)
        self.book.add("destroyed", lot[lot >= 0], part[lot >= 0])

    def move(self, pocket: np.ndarray, to: np.ndarray, units: np.ndarray, day: int) -> None:
        """Units go from some pockets to others, lots in order of issue; all of shape (n,)."""
        claim, lot, part = self.issue(pocket, units)
        self.put(to[claim], lot, part, day)

    def too_old(self, pocket: np.ndarray, earliest: np.ndarray) -> np.ndarray:
        """Units in pockets (each named once, -1: none) whose last day of use comes before `earliest`; shape (n,)."""
        old = np.zeros(len(pocket), dtype=np.int64)
        for table, offset, rows in self._by_table(pocket):
            key, units = table.look(pocket[rows] - offset)
            old[rows] = np.where(self._lasts(key, earliest[rows]), 0, units).sum(axis=0)
        return old

    def remove(self, lots: np.ndarray) -> Rows:
        """(pocket, lot, units) of all that lies in pockets of the lots of a mask; it is taken out."""
        self._settle_all()
        found = [table.remove(lots) for table in self._tables]
        return (
            np.concatenate([pocket + offset for (pocket, _, _), offset in zip(found, self._offsets, strict=True)]),
            np.concatenate([lot for _, lot, _ in found]),
            np.concatenate([units for *_, units in found]),
        )

    def contents(self) -> Rows:
        """(pocket, lot, units) of all that lies in pockets."""
        self._settle_all()
        found = [table.contents() for table in self._tables]
        return (
            np.concatenate([pocket + offset for (pocket, _, _), offset in zip(found, self._offsets, strict=True)]),
            np.concatenate([lot for _, lot, _ in found]),
            np.concatenate([units for *_, units in found]),
        )

    def record(self) -> LotRecord:
        """The lots as they are now."""
        pocket, lot, units = self.contents()
        columns = {name: self.book[name].copy() for name in self.book.COLUMNS}
        return LotRecord(columns, (self.cell[pocket], lot, units), self.genealogy.links())

    def totals(self) -> tuple[np.ndarray, np.ndarray]:
        """Units of each pocket: of the cells' own, and of the reserves' holders."""
        units = np.concatenate([table.totals() for table in self._tables])
        return units[: self._first_reserve], units[self._first_reserve :]

    def unaccounted(self, elsewhere: np.ndarray) -> np.ndarray:
        """Units of each lot that neither lie in pockets, nor `elsewhere`, nor have gone; zero if all is well.

        What patients took and was not struck off yet is both in slots and not counted as used.
        """
        return self.book.left - elsewhere - sum(table.by_lot(self.book.count) for table in self._tables)

    def is_reserve(self, pocket: np.ndarray) -> np.ndarray:
        """Whether pockets belong to reserves."""
        return np.asarray(pocket >= self._first_reserve)

    def extend(self, lots: np.ndarray, days: int) -> None:
        """Lots of a mask may be used some days longer; pockets are put in order again."""
        if not lots.any():
            return
        self._settle_all()
        self._note_laid(slice(None))
        self.book["expires"][lots] = np.minimum(self.book["expires"][lots] + days, NEVER_EXPIRES)
        for table, offset in zip(self._tables, self._offsets, strict=True):
            first_expired = self._issue[offset : offset + table.units.shape[1]] == 0
            lot = np.where(table.units > 0, lot_of(table.key), 0)
            by_expiry = keys(self.book, lot, np.zeros_like(lot), 0)
            table.renew(np.where(first_expired, by_expiry, table.key))

    def rotate(self, position: int, day: int) -> None:
        """Swap lots between each holder's ordinary stock and a reserve so that the reserve's are what lasts longest.

        That may be to do only where something was laid down since it was last done: what goes out, or expires, leaves
        the rest in this order.
        """
        assert self._laid is not None
        own, reserve = self.pocket[self._holders[position]], self.reserve[position]
        since, self._rotated[position] = self._rotated[position], self._puts
        pairs = ((np.maximum(self._laid[own], self._laid[reserve]) > since) & (own >= 0) & (reserve >= 0)).nonzero()[0]
        if not pairs.size:
            return
        own, reserve = own[pairs], reserve[pairs]
        newest, oldest = self._last_use(own, np.max, -NEVER_EXPIRES), self._last_use(reserve, np.min, NEVER_EXPIRES)
        pairs = (oldest < newest).nonzero()[0]
        if not pairs.size:
            return
        own, reserve = own[pairs], reserve[pairs]
        (pair, lot, units), kept = self._content_of(own)
        (other, more_lot, more), held = self._content_of(reserve)
        pair, lot, units = (np.concatenate(c) for c in ((pair, other), (lot, more_lot), (units, more)))
        order = np.lexsort((lot, self.book["expires"][lot], pair))
        pair, lot, units = pair[order], lot[order], units[order]
        both = kept + held
        before = np.cumsum(units) - units - (np.cumsum(both) - both)[pair]
        to_own = np.clip(kept[pair] - before, 0, units)
        for pocket, part in ((own, to_own), (reserve, units - to_own)):
            self._note_laid(pocket)
            for table, offset, rows in self._by_table(pocket):
                mine = np.isin(pair, rows).nonzero()[0]
                at = pocket[pair[mine]]
                table.replace(
                    pocket[rows] - offset, at - offset, keys(self.book, lot[mine], self._issue[at], day), part[mine]
                )
        self._rotated[position] = self._puts

    def _content_of(self, pocket: np.ndarray) -> tuple[Rows, np.ndarray]:
        """(position in `pocket`, lot, units) of what lies in some pockets, each named once, and the sums over them."""
        found, total = [], np.zeros(len(pocket), dtype=np.int64)
        for table, offset, rows in self._by_table(pocket):
            key, units = table.look(pocket[rows] - offset)
            slot, column = np.nonzero(units)
            found.append((rows[column], lot_of(key[slot, column]), units[slot, column]))
            total[rows] = units.sum(axis=0)
        position, lot, units = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return (position, lot, units), total

    def _last_use(self, pocket: np.ndarray, which: Callable[..., np.ndarray], nothing: int) -> np.ndarray:
        """The largest or smallest last day of use in each pocket; `nothing` where it is empty."""
        found = np.full(len(pocket), nothing, dtype=np.int64)
        for table, offset, rows in self._by_table(pocket):
            key, units = table.look(pocket[rows] - offset)
            expires = np.where(units > 0, self._expiry(key), nothing)
            found[rows] = which(expires, axis=0, initial=nothing)
        return found

    def _expiry(self, key: np.ndarray) -> np.ndarray:
        lot, expires = lot_of(key), self.book["expires"]
        known = lot < len(expires)  # an empty slot's key stands for no lot
        return np.where(known, expires[np.where(known, lot, 0)], NEVER_EXPIRES) if len(expires) else np.zeros_like(key)

    def _lasts(self, key: np.ndarray, earliest: np.ndarray) -> np.ndarray:
        return np.asarray(self._expiry(key) >= earliest)

    def _by_table(self, pocket: np.ndarray) -> Iterator[tuple[Pockets, int, np.ndarray]]:
        """Each table concerned, settled, its offset, and the rows whose pockets it has."""
        for table, offset, rows in zip(
            self._tables,
            self._offsets,
            (((pocket >= 0) & (pocket < self._split)).nonzero()[0], (pocket >= self._split).nonzero()[0]),
            strict=True,
        ):
            if rows.size:
                if table is self._tables[0]:
                    self.settle(pocket[rows])
                yield table, offset, rows


def _last_use(day: int, life: np.ndarray) -> np.ndarray:
    """Last day of use of goods that on a day have so many days of use, that day included."""
    return np.where(life < NEVER_EXPIRES, day + life - 1, NEVER_EXPIRES)


def _untracked(pocket: np.ndarray, units: np.ndarray) -> Rows:
    rows = ((pocket < 0) & (units > 0)).nonzero()[0]
    return rows, np.full(len(rows), -1, dtype=np.int64), units[rows]
