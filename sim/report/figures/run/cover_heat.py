"""Days of cover by site and week, in bands of stock status."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.report.figures.style import new_figure, short
from sim.report.run.facts import KEEPERS, WEEK, Facts

MOST = 40
"""Sites shown."""
AT_ONCE = 20
"""Sites in one picture, which then fits a printed page with letters that can be read."""
MOST_NUMBERS = 700
"""With more squares than this in a picture, signs stand in them instead of days."""
OUT, UNDER, PLAN, OVER, NONE = range(5)
COLOURS = ("#C8402F", "#F2A33A", "#8CCFAE", "#F5EE7A", "#e3e3e3")
"""As QAT's: red, orange, green, yellow, grey; each has a sign besides, and they differ in lightness."""
BANDS = ("stocked out", "under", "to plan", "over", "no usual demand")
MARKERS = ("x", "v", "", "^", "_")
SIGNS = ("×", "▾", "", "▴", "–")


@dataclass(frozen=True)
class CoverRows:
    """Rows are sites, columns weeks: `days` of cover of the product worst off, `band` of the worst band.

    `blocks` says of each row to what it belongs: its region, or that it is a warehouse.
    """

    names: list[str]
    blocks: list[str]
    days: np.ndarray
    band: np.ndarray
    all_sites: int
    planned: bool

    def parts(self) -> list[CoverRows]:
        """The same in as many pictures as it takes, blocks kept whole where they are not larger than a picture."""
        number = -(-len(self.names) // AT_ONCE)
        found, first = [], 0
        for part in range(number):
            last = len(self.names) if part == number - 1 else self._cut(first, number - part)
            here = slice(first, last)
            names, blocks = self.names[here], self.blocks[here]
            found.append(CoverRows(names, blocks, self.days[here], self.band[here], self.all_sites, self.planned))
            first = last
        return found

    def _cut(self, first: int, parts: int) -> int:
        """Where a picture that begins with a row ends: between two blocks, if one ends near an even share."""
        even = first + -(-(len(self.names) - first) // parts)
        between = [k for k in range(first + 1, min(first + AT_ONCE, len(self.names)) + 1)
                   if k < len(self.names) and self.blocks[k] != self.blocks[k - 1]
                   and len(self.names) - k <= AT_ONCE * (parts - 1)]  # fmt: skip
        return min(between, key=lambda k: abs(k - even), default=even)


def weekly_cover(facts: Facts) -> CoverRows | None:
    """Cover of the sites that keep stock, lowest first chosen; None where the run kept no daily table."""
    network, table = facts.network, facts.outcome.record.table
    if table is None or facts.days < WEEK:
        return None
    cells = np.flatnonzero(np.isin(network.cell_kind, KEEPERS))
    if not cells.size:
        return None
    starts = np.arange(0, facts.days - facts.days % WEEK, WEEK)
    until = facts.days - facts.days % WEEK
    stock = table["on_hand"][:until, cells]
    mean = np.add.reduceat(stock, starts, axis=0) / WEEK
    empty = np.minimum.reduceat(stock, starts, axis=0) == 0
    usual = network.cell_mean[cells]
    low, high, planned = _limits(facts, cells)
    band = np.select([empty, mean < low, mean > high], [OUT, UNDER, OVER], PLAN)
    days = np.where(usual > 0, mean / np.where(usual > 0, usual, 1.0), np.inf)
    band = np.where(usual > 0, band, NONE)
    sites, row = np.unique(network.cell_site[cells], return_inverse=True)
    worst_days = np.full((len(sites), len(starts)), np.inf)
    worst_band = np.full((len(sites), len(starts)), NONE)
    np.minimum.at(worst_days, row, days.T)
    np.minimum.at(worst_band, row, band.T)
    out_first = np.argsort(np.where(np.isfinite(worst_days), worst_days, 1e9).mean(axis=1), kind="stable")[:MOST]
    frame = network.sites.iloc[sites[out_first]]
    chosen = np.lexsort((frame["name"], frame["region"], frame["kind"] == "facility"))
    order = out_first[chosen]
    names, blocks = network.site_names(sites[order]), _blocks(frame.iloc[chosen])
    return CoverRows(names, blocks, worst_days[order], worst_band[order], len(sites), planned)


def _blocks(frame: pd.DataFrame) -> list[str]:
    """What each row of sites belongs to: its region or country; warehouses to themselves."""
    where = np.where(frame["region"] != "", frame["region"], frame["country"])
    return [str(w) if kind == "facility" else "warehouses" for w, kind in zip(where, frame["kind"], strict=True)]


def _limits(facts: Facts, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Units below which a cell is under and above which it is over, shape (weeks or 1, cells); whether they are planned
    ones everywhere.

    The minimum and maximum of the policy in force as the week begins where it has both, else half and twice the mean of
    the undisturbed run.
    """
    bounds, days = facts.outcome.plan.bounds, np.arange(0, facts.days - facts.days % WEEK, WEEK)
    record = (facts.twin or facts.outcome).record
    usual = record.sums["on_hand"][cells] / facts.days
    least, most = (units[:, cells] for units in bounds.on(days))
    planned = most >= 0
    low, high = np.where(planned, least, usual / 2), np.where(planned, most, usual * 2)
    return low, high, bool(planned.all())


def draw(facts: Facts, cover: CoverRows) -> Figure:
    """Squares coloured by band, with the days of cover (or a sign) in them."""
    rows, weeks = cover.band.shape
    figure = new_figure(1.3 + 0.235 * rows)
    axes = figure.add_subplot()
    colours = ListedColormap(list(COLOURS))
    axes.imshow(cover.band, cmap=colours, norm=BoundaryNorm(np.arange(-0.5, 5), 5), aspect="auto", interpolation="none")
    if rows * weeks <= MOST_NUMBERS and weeks <= 40:
        for (row, week), days in np.ndenumerate(cover.days):
            code = int(cover.band[row, week])
            words = f"{SIGNS[code]}{days:.0f}" if np.isfinite(days) else SIGNS[code]
            ink = "#ffffff" if code == OUT else "#222222"
            axes.text(week, row, words, ha="center", va="center", fontsize=7, color=ink)
    else:
        for code, sign in enumerate(MARKERS):
            where = np.argwhere(cover.band == code)
            if sign and len(where):
                ink = "#ffffff" if code == OUT else "#222222"
                axes.plot(where[:, 1], where[:, 0], sign, color=ink, markersize=3, linestyle="none")
    axes.grid(visible=False)
    axes.set_yticks(np.arange(rows), [short(n, 30) for n in cover.names], fontsize=8)
    step = max(1, int(np.ceil(weeks / 11)))
    at = np.arange(0, weeks, step)
    axes.set_xticks(at, [f"{d:%d %b %y}" for d in (facts.date(WEEK * int(k)) for k in at)], fontsize=8)
    axes.set_xlabel("Week beginning (date)")
    axes.set_ylabel("Site")
    _name_blocks(axes, cover.blocks)
    used = [k for k in range(5) if (cover.band == k).any()]
    handles = [Patch(facecolor=COLOURS[k], edgecolor="#666666", label=f"{SIGNS[k]} {BANDS[k]}".strip()) for k in used]
    figure.legend(handles=handles, loc="outside upper left", ncols=5)
    return figure


def _name_blocks(axes: Axes, blocks: list[str]) -> None:
    """A line between regions, and the name of each to the right of its rows; nothing where there is but one."""
    begins = [k for k, block in enumerate(blocks) if not k or block != blocks[k - 1]]
    if len(begins) < 2:
        return
    middles = []
    for first, last in zip(begins, [*begins[1:], len(blocks)], strict=True):
        middles.append((first + last - 1) / 2)
        if first:
            axes.axhline(first - 0.5, color="#222222", linewidth=1.1)
    beside = axes.secondary_yaxis("right")
    beside.set_yticks(middles, [short(blocks[k], 22) for k in begins], fontsize=8)
    beside.tick_params(length=0)
