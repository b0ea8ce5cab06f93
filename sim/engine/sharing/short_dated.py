"""Which lots are given: what expires first, as far as it will be used before it does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.state.lots import LotKeeper
from sim.model.goods.lots import NEVER_EXPIRES

PLENTY = 2**60
"""Units; more than there are."""


def arrival(day: int, under_way: np.ndarray) -> np.ndarray:
    """The day on which goods that leave in the evening of a day can be used after so many days under way."""
    return np.maximum(day + 1, np.ceil(day + under_way - 1e-9)).astype(np.int64)


@dataclass(frozen=True)
class _By:
    """Consignments; see `Shelves.take`."""

    way: np.ndarray
    shelf: np.ndarray
    units: np.ndarray
    arrives: np.ndarray
    minimum: np.ndarray
    use: np.ndarray
    ahead: np.ndarray


class Shelves:
    """The lots at some givers, in order of expiry, while it is decided what leaves.

    Over rows: position of the giver's pocket, lot, units left, last day of use.
    """

    def __init__(self, lots: LotKeeper, pocket: np.ndarray) -> None:
        self._lots, self._pocket = lots, pocket
        at, lot, units = lots.content_of(pocket)
        expires = lots.book["expires"][lot]
        order = np.lexsort((lot, expires, at))
        self._at, self._lot, self._left, self._expires = at[order], lot[order], units[order], expires[order]
        self._out: list[np.ndarray] = []

    def take(
        self,
        way: np.ndarray,
        shelf: np.ndarray,
        units: np.ndarray,
        arrives: np.ndarray,
        minimum: np.ndarray,
        use: np.ndarray,
        ahead: np.ndarray,
    ) -> np.ndarray:
        """Units that are given of those wanted, over consignments, which come to each shelf in turn.

        A unit that can be used until day e is given only if it will be: `use` units a day from the day on which goods
        come (`arrives`), after `ahead` others. So of all that is given and expires by e there is no more than is used
        by then. Lots with less than `minimum` days of use left on arrival are not accepted. `way` is what the lots are
        told by.
        """
        given = np.zeros(len(units), dtype=np.int64)
        order = np.argsort(shelf, kind="stable")
        turn = np.empty(len(order), dtype=np.int64)
        turn[order] = np.arange(len(order)) - np.searchsorted(shelf[order], shelf[order])
        for k in range(int(turn.max(initial=-1)) + 1):
            now = (turn == k).nonzero()[0]
            of = _By(*(column[now] for column in (way, shelf, units, arrives, minimum, use, ahead)))
            given[now] = self._take_once(of)
        return given

    def _take_once(self, to: _By) -> np.ndarray:
        """The same for consignments of which each comes from another shelf."""
        place = np.full(len(self._pocket), -1)
        place[to.shelf] = np.arange(len(to.shelf))
        rows = (place[self._at] >= 0).nonzero()[0]
        rows = rows[np.argsort(place[self._at[rows]], kind="stable")]
        of = place[self._at[rows]]
        slot = np.arange(len(rows)) - np.searchsorted(of, of)
        shape = len(to.shelf), int(slot.max(initial=0)) + 1
        there, most = np.zeros(shape, dtype=np.int64), np.full(shape, PLENTY)
        days = self._expires[rows] - to.arrives[of] + 1
        there[of, slot] = np.where(days >= np.maximum(1, to.minimum[of]), self._left[rows], 0)
        used = np.clip(np.floor(np.maximum(0, days) * to.use[of] - to.ahead[of] + 1e-9), 0, PLENTY)
        most[of, slot] = np.where(self._expires[rows] < NEVER_EXPIRES, used, PLENTY)
        so_far = np.cumsum(there, axis=1)
        # given up to each lot is what was given before and the lot, but at most what is used by its last day
        given = so_far + np.minimum(0, np.minimum.accumulate(most - so_far, axis=1))
        given = np.minimum(given, to.units[:, None])
        parts = np.diff(given, axis=1, prepend=0)[of, slot]
        self._left[rows] -= parts
        out = parts > 0
        self._out.append(np.array([to.way[of[out]], self._at[rows[out]], self._lot[rows[out]], parts[out]]))
        return np.asarray(given[:, -1])

    def empty(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(way, lot, units) of all that is given; it is taken out of the givers' stock."""
        way, at, lot, units = np.concatenate([np.zeros((4, 0), dtype=np.int64), *self._out], axis=1)
        self._lots.withdraw(self._pocket[at], lot, units)
        return way, lot, units
