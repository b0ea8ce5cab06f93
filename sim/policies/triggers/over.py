"""Over whom a condition holds: each by itself, all as soon as any is concerned, or all together."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator

Over = Literal["each", "any", "together", "site"]
"""Product by product. each: whoever it is looked at for, one by one (a member of a reserve; a facility or a region of
a use level); any: all of them, as soon as it holds for one; together: all as if they were one; site: each site by
itself, also where whoever it is looked at for has several."""
FORMER = {"member": "each"}
"""Words of earlier releases, which scenarios may still have."""


def _present(word: Any) -> Any:
    return FORMER.get(word, word) if isinstance(word, str) else word


OverField = Annotated[Over, BeforeValidator(_present)]


class Pool:
    """Groups of cells that are looked at as one: those that have the same of `keys`, whole numbers from 0.

    Figures of groups are arrays over them; where every group is one cell, they are over the cells as these come.
    `sites` counts cells, `mean` is the units a day that cover is counted in; where not all cells are `seen`, of those
    that are.
    """

    def __init__(self, keys: np.ndarray, mean: np.ndarray, seen: np.ndarray | None = None) -> None:
        count = np.bincount(keys)
        self._keys, self._alone = keys, bool((count <= 1).all())
        self.sites, self.mean = (np.ones(len(keys), dtype=np.int64), mean) if self._alone else (count, self.sum(mean))
        if seen is not None:
            self.sites = self.sum(seen.astype(np.int64))
        self._look_at_use()

    def _look_at_use(self) -> None:
        self._used = self.mean > 0
        self._all_used = bool(self._used.all())
        self._endless = np.full(len(self.mean), np.inf)

    def counted_in(self, mean: np.ndarray) -> Pool:
        """The same groups, with other units a day of their cells to count cover in."""
        other = copy(self)
        other.mean = self.sum(mean)
        other._look_at_use()
        return other

    def sum(self, figure: np.ndarray) -> np.ndarray:
        """A figure of cells added up by group."""
        return figure if self._alone else np.bincount(self._keys, figure)

    def spread(self, held: np.ndarray) -> np.ndarray:
        """What holds for groups, for each cell."""
        return held if self._alone else np.asarray(held[self._keys])

    def cover(self, stock: np.ndarray) -> np.ndarray:
        """Days of cover that stock of groups is; infinite without demand."""
        if self._all_used:
            return stock / self.mean
        return np.divide(stock, self.mean, out=self._endless.copy(), where=self._used)


@dataclass(frozen=True)
class Watched:
    """The cells that a trigger is looked at for, as arrays over them.

    `member` numbers those whom each cell belongs to (members of a reserve, facilities or regions of a use level),
    `product` is the product's position, `mean` the units a day that cover is counted in. `left_out` is over whom a
    condition is to hold that does not say, where that is not for the trigger to tell. `pooled_mean` is what leaves each
    cell, a day, for others than these cells, where some of them supply others; None where that is all of `mean`.
    `seen` is a mask of the cells of which figures are known, None where those of all are; others count as nothing.
    """

    member: np.ndarray
    product: np.ndarray
    mean: np.ndarray
    left_out: Over | None = None
    pooled_mean: np.ndarray | None = None
    seen: np.ndarray | None = None

    def pool(self, over: Over) -> Pool:
        """The groups of cells that are looked at as one."""
        return self._together if over == "together" else self._site if over == "site" else self._each

    def of(self, some: np.ndarray) -> Watched:
        """Only some of the cells, by a mask."""
        pooled = None if self.pooled_mean is None else self.pooled_mean[some]
        seen = None if self.seen is None else self.seen[some]
        return Watched(self.member[some], self.product[some], self.mean[some], self.left_out, pooled, seen)

    def in_use(self, use: np.ndarray) -> Watched:
        """The same, with units a day of another time to count cover in; the same share of them leaves for others."""
        if self.pooled_mean is None:
            return replace(self, mean=use)
        leaves = np.divide(self.pooled_mean, self.mean, out=np.zeros(len(self.mean)), where=self.mean > 0)
        return replace(self, mean=use, pooled_mean=use * leaves)

    def any(self, held: np.ndarray) -> np.ndarray:
        """The cells of every product for one of whose cells something holds."""
        return np.isin(self.product, self.product[held])

    @cached_property
    def _each(self) -> Pool:
        both = self.member * (int(self.product.max(initial=0)) + 1) + self.product
        return Pool(np.unique(both, return_inverse=True)[1], self.mean, self.seen)

    @cached_property
    def _together(self) -> Pool:
        return Pool(self.product, self.mean if self.pooled_mean is None else self.pooled_mean, self.seen)

    @cached_property
    def _site(self) -> Pool:
        return Pool(np.arange(len(self.product)), self.mean, self.seen)
