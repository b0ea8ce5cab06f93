"""How sure a difference is: luck as a bar, luck with what is not known as a line, the mean as a diamond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.style import BLACK, BLUE, short, thousands


@dataclass(frozen=True)
class Pair:
    """Two options in a scenario: by how much the first is better, in the mean, by luck alone, and with what is not
    known; None where that cannot be told."""

    where: str
    label: str
    mean: float
    luck: tuple[float, float] | None
    both: tuple[float, float] | None
    verdict: str
    counts: str


def draw(pairs: Sequence[Pair], what: str, room: float) -> Figure:
    """`what` stands along the axis; differences below `room` are too small to matter."""
    figure = Figure(figsize=(7.2, 0.62 + 0.56 * len(pairs)))
    top, bottom = 1 - 0.06 / figure.get_figheight(), 0.52 / figure.get_figheight()
    axes = figure.add_axes((0.3, bottom, 0.43, top - bottom))
    for k, pair in enumerate(pairs):
        _row(axes, pair, len(pairs) - 1 - k)
    axes.axvline(0, color=BLACK, linewidth=1.1, zorder=2)
    if room:
        axes.axvspan(-room, room, facecolor="#f3f5f7", edgecolor="#aab3bb", hatch="////", linewidth=0, zorder=0)
    axes.set_ylim(-0.6, len(pairs) - 0.4)
    axes.margins(x=0.08)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(what, fontsize=8.5)
    axes.tick_params(labelsize=8.5)
    thousands(axes, "x")
    return figure


def _row(axes: Axes, pair: Pair, y: float) -> None:
    if pair.luck is not None:
        axes.barh(
            y, pair.luck[1] - pair.luck[0], 0.26, pair.luck[0], color=BLUE, edgecolor=BLACK, linewidth=0.8, zorder=3
        )
    if pair.both is not None:
        axes.plot(pair.both, (y, y), color=BLACK, linewidth=1.6, marker="|", markersize=9, zorder=4)
    axes.plot(pair.mean, y, "D", color="white", markeredgecolor=BLACK, markersize=6, zorder=5)
    beside = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "annotation_clip": False}
    lines = [line for line in (pair.where, *_folded(pair.label)) if line]
    for text, place, left, heavy in ((lines, (0.0, y), -154, bool(pair.where)),
                                     ([pair.verdict, pair.counts], (1.0, y), 8, True)):  # fmt: skip
        for number, line in enumerate(text):
            offset = (left, 11 * ((len(text) - 1) / 2 - number))
            axes.annotate(line, place, offset, fontsize=8.5, ha="left", va="center",
                          fontweight="bold" if heavy and number == 0 else "normal", **beside)  # type: ignore[arg-type]  # fmt: skip


def _folded(label: str) -> list[str]:
    """A pair on two lines that fit beside the picture."""
    first, _, second = label.partition(" against ")
    return [f"{short(first, 28)}", f"against {short(second, 20)}"]
