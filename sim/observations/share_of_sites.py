"""What share of sites was short, as a survey asks them."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np

from sim.errors import PlaceError
from sim.observations.base import OBSERVATIONS, OPEN, OfSites
from sim.observations.filled import FILLED, Fill
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.observations.sorts import ShareOf
from sim.units import Days, Share, WholeDays


@OBSERVATIONS.register("share_of_sites")
class ShareOfSites(ShareOf, OfSites):
    """Share of sites whose stock covered less than so many days of usual demand (`cover_below`), or that got less than
    a share of what was due (`fill_below`).

    Asked are sites that are open and use the product. Stock counts with what a site keeps in reserve. `fill_below`
    looks at all days of a point together, so that it needs `from` or `over`, and asks sites to which something was due.
    """

    worst = 1
    cover_below: Days | None = None
    """days of usual demand"""
    fill_below: Share | None = None
    """share of what was due"""
    fill: Fill = "orders"
    """with fill_below, of what. orders: goods received of those ordered; need: goods received of usual demand;
    patients: units served on the day of those asked for"""
    several: Literal["any", "all", "together"] = "any"
    """of several products. any: a site is short that is short of one; all: that is short of each; together: their
    units are added up"""
    counts: Literal["average", "ever"] = "average"
    """with cover_below over several days. average: the mean share over these days; ever: sites that were short for
    `in_a_row` days at some time"""
    in_a_row: WholeDays = 1
    """with `ever`: how many days a site must have been short at a stretch"""
    example = OPEN | {"is": "share", "of": 230, "cover_below": "3d", "over": "7d"}
    bad_example = (OPEN | {"is": "share"}, "either cover_below or fill_below")

    def check(self) -> None:
        super().check()
        if (self.cover_below is None) == (self.fill_below is None):
            raise ValueError("either cover_below or fill_below")
        spans = self.spans != (None, None)
        if self.fill_below is not None and not spans:
            raise PlaceError(("fill_below",), "a share of what was due is one of several days", None, "from or over")
        if self.counts == "ever" and (self.cover_below is None or not spans):
            raise PlaceError(("counts",), "'ever' is about stock on several days", None, "cover_below, with over")
        if self.naive is not None and self.cover_below is not None and self.naive.usual is None:
            expected = "usual: the days of cover that sites have in ordinary times"
            raise PlaceError(("naive",), "how long stock lasts depends on what there is", None, expected)

        if self.over is not None and self.over < self.fewest_days:
            expected = f"at most {self.over}d, as long as a span is"
            raise PlaceError(("in_a_row",), "no span has so many days in a row", self.in_a_row, expected)

    @property
    def fewest_days(self) -> int:
        return self.in_a_row if self.counts == "ever" else 1

    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        cells = self.cells(seen.network)
        if self.fill_below is not None:
            got, due = (points.sums(daily) for daily in FILLED[self.fill](seen, cells))
            short, asked = self._short(seen, cells, got, due, due > 0)
            return _percent(short.sum(axis=1), asked.sum(axis=1))
        stock, usual = seen.daily(cells, "on_hand", "reserve"), seen.network.cell_mean[cells]
        short, asked = self._short(seen, cells, stock, np.tile(usual, (seen.days, 1)), seen.open(cells) & (usual > 0))
        if self.counts == "average":
            return _percent(points.sums(short.sum(axis=1)), points.sums(asked.sum(axis=1)))
        days = [slice(a, b + 1) for a, b in zip(points.first.tolist(), points.day.tolist(), strict=True)]
        ever = np.array([_at_a_stretch(short[some], self.in_a_row).sum() for some in days])
        return _percent(ever, np.array([asked[some].any(axis=0).sum() for some in days]))

    def _short(
        self, seen: Seen, cells: np.ndarray, got: np.ndarray, due: np.ndarray, there: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which sites have too little, and which are asked at all; of (rows, cells) each of shape (rows, sites)."""
        level = self.cover_below if self.fill_below is None else self.fill_below
        products = seen.by_site(cells, there.astype(float))
        if self.several == "together":
            low = seen.by_site(cells, got * there) < (level or 0.0) * seen.by_site(cells, due * there)
        else:
            number = seen.by_site(cells, (there & (got < (level or 0.0) * due)).astype(float))
            low = number == products if self.several == "all" else number > 0
        return low & (products > 0), products > 0

    def guess(self, points: Points, start: dt.date) -> np.ndarray:
        """All sites are alike: either all are short, or none is."""
        assert self.naive is not None
        if self.fill_below is not None:
            held = self.naive.holds(points, start)
            return np.where(1 - self.naive.lost * held < self.fill_below, 100.0, 0.0)
        first = 0 if self.naive.from_ is None else (self.naive.from_ - start).days
        over = np.inf if self.naive.until is None else (self.naive.until - start).days
        days = np.clip(np.minimum(points.day + 1, over) - first, 0, None)
        cover = (self.naive.usual or 0.0) - self.naive.lost * days
        return np.where(cover < (self.cover_below or 0.0), 100.0, 0.0)


def _percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(100 * part / whole)


def _at_a_stretch(short: np.ndarray, least: int) -> np.ndarray:
    """Which columns have so many true values in a row; (sites,) of (days, sites)."""
    if least > len(short):
        return np.zeros(short.shape[1], dtype=bool)
    windows = np.lib.stride_tricks.sliding_window_view(short, least, axis=0)
    return np.asarray(windows.all(axis=-1).any(axis=0))
