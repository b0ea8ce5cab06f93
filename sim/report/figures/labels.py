"""Names beside marks: on leader lines where there is no room at the mark, never on a mark nor on each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from sim.report.figures.bands import whole
from sim.report.figures.style import BLACK, GREY

TURNS = 16
RINGS, CLOSE = 26, 3
STEP = 7.0
"""Directions and distances (points) that are tried around a mark, the nearest first; how many distances are close."""
NEAR = 11.0
"""Points from a mark within which a name needs no line to it."""
ALIKE = 1.5
"""Marks closer than this, in points, are one: their names stand together."""
GAP = 1.5


@dataclass(frozen=True)
class Spot:
    """Where a name stands: its middle, and the size of its box, in the units of its mark."""

    x: float
    y: float
    width: float
    height: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, low, right, high."""
        return self.x - self.width / 2, self.y - self.height / 2, self.x + self.width / 2, self.y + self.height / 2


def together(points: np.ndarray, alike: float = ALIKE) -> list[list[int]]:
    """Positions of marks, those that lie on one another in one list; shape of `points` (marks, 2)."""
    found: list[list[int]] = []
    for k, point in enumerate(points):
        home = next((one for one in found if np.hypot(*(points[one[0]] - point)) <= alike), None)
        found.append([k]) if home is None else home.append(k)
    return found


def spread(
    points: np.ndarray, sizes: np.ndarray, marks: np.ndarray, radius: float, view: tuple[float, float, float, float]
) -> list[Spot]:
    """A place for the name of each point, shape (names, 2), all in points of print.

    The nearest at which its box is within `view` and covers no mark (`marks`, with that radius) and no name placed
    before, and its line crosses no name and no mark; where there is none, the one that covers least.
    """
    blocked = np.column_stack((marks - radius, marks + radius)) if len(marks) else np.empty((0, 4))
    lines = np.empty((0, 2))
    spots: list[Spot] = []
    for point, (width, height) in zip(points, sizes, strict=True):
        others = blocked[~_holds(blocked, point)]
        found: list[tuple[int, np.ndarray]] = []
        for rings in (slice(0, CLOSE), slice(CLOSE, RINGS)):  # seldom is there no room close by
            middles = _around(point, width, height, radius, rings)
            covers = _covered(point, middles, (width, height), view, blocked, others, lines)
            best = int(np.argmin(covers))  # the first of the least: the nearest
            found.append((int(covers[best]), middles[best]))
            if not covers[best]:
                break
        _, middle = min(found, key=lambda one: one[0])
        spot = Spot(float(middle[0]), float(middle[1]), float(width), float(height))
        spots.append(spot)
        blocked = np.vstack((blocked, np.add(spot.box, (-GAP, -GAP, GAP, GAP))))
        lines = np.vstack((lines, _sampled(point, middle)))
    return spots


def _covered(
    point: np.ndarray,
    middles: np.ndarray,
    size: tuple[float, float],
    view: tuple[float, float, float, float],
    blocked: np.ndarray,
    others: np.ndarray,
    lines: np.ndarray,
) -> np.ndarray:
    """What a name around each middle would cover, its line included; very much where it stands out of view."""
    half = np.array(size) / 2
    boxes = np.column_stack((middles - half, middles + half))
    outside = (boxes[:, :2] < view[:2]).any(axis=1) | (boxes[:, 2:] > view[2:]).any(axis=1)
    over = _overlaps(boxes, blocked).sum(axis=1) + _crossings(point, middles, others) + _on_lines(boxes, lines)
    return np.asarray(1000 * outside + over)


def _around(point: np.ndarray, width: float, height: float, radius: float, rings: slice) -> np.ndarray:
    """Middles of boxes around a point, the nearest first; above is preferred, below comes last."""
    turn = np.pi / 2 + 2 * np.pi * np.argsort(np.abs(np.fft.fftfreq(TURNS)), kind="stable") / TURNS
    reach = (radius + GAP + 1.0 + STEP * np.arange(RINGS))[rings]
    way = np.column_stack((np.cos(turn), np.sin(turn)))
    half = np.array([width, height]) / 2
    offsets = way[None] * reach[:, None, None] + np.round(way, 6)[None] * half
    return np.asarray(point + offsets.reshape(-1, 2))


def _overlaps(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether each box covers each other one; shape (boxes, others)."""
    apart = (boxes[:, None, :2] >= others[None, :, 2:]) | (boxes[:, None, 2:] <= others[None, :, :2])
    return np.asarray(~apart.any(axis=2))


def _holds(boxes: np.ndarray, point: np.ndarray) -> np.ndarray:
    return np.asarray((boxes[:, :2] <= point).all(axis=1) & (boxes[:, 2:] >= point).all(axis=1))


def _sampled(start: np.ndarray, end: np.ndarray, number: int = 12) -> np.ndarray:
    return np.asarray(start + np.linspace(0.0, 1.0, number)[:, None] * (end - start))


def _crossings(point: np.ndarray, middles: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How many boxes the line from a point to each middle passes through."""
    if not len(others):
        return np.zeros(len(middles))
    along = point + np.linspace(0.0, 1.0, 12)[None, :, None] * (middles - point)[:, None, :]
    inside = (along[:, :, None] >= others[None, None, :, :2]) & (along[:, :, None] <= others[None, None, :, 2:])
    through = np.asarray(inside.sum(axis=3) == 2)
    return np.asarray((through.sum(axis=1) > 0).sum(axis=1))


def _on_lines(boxes: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """How many points of lines already drawn each box covers."""
    inside = (lines[None] >= boxes[:, None, :2]) & (lines[None] <= boxes[:, None, 2:])
    return np.asarray((inside.sum(axis=2) == 2).sum(axis=1))


class Labels(Artist):
    """Names of points of a panel, placed when it is drawn: only then is it known how large it is.

    `points` shape (names, 2) and `avoid` shape (marks, 2) are in the panel's own units; `radius` is that of the marks
    in points. Marks on one another have their names together, with a comma between.
    """

    def __init__(
        self, axes: Axes, points: Any, words: Sequence[str], avoid: Any = None, radius: float = 4.5, size: float = 9.0
    ) -> None:
        super().__init__()
        self.points = np.asarray(points, dtype=float).reshape(-1, 2)
        self.avoid = self.points if avoid is None else np.vstack((self.points, np.asarray(avoid, float).reshape(-1, 2)))
        self.radius = radius
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.4}
        self.texts = [Text(0, 0, word, ha="center", va="center", fontsize=size, color=BLACK, bbox=dict(box))
                      for word in words]  # fmt: skip
        self.words = list(words)
        self.set_zorder(4)
        self.set_in_layout(False)
        axes.add_artist(self)
        for text in self.texts:
            text.set_figure(whole(axes))

    def get_children(self) -> list[Artist]:
        """Its words, which a search for texts finds."""
        return list(self.texts)

    def draw(self, renderer: Any) -> None:
        """Place the names and draw them."""
        axes = self.axes
        if not isinstance(axes, Axes) or not self.words or not self.get_visible():
            return
        scale = renderer.points_to_pixels(1.0)
        points, avoid = (axes.transData.transform(at) / scale for at in (self.points, self.avoid))
        view = np.array(axes.bbox.extents) / scale
        seen = [k for k, at in enumerate(points) if (at >= view[:2] - 0.5).all() and (at <= view[2:] + 0.5).all()]
        groups = [[seen[k] for k in one] for one in together(points[seen])] if seen else []
        shown = []
        for one in groups:
            text = self.texts[one[0]]
            text.set_text(", ".join(sorted(self.words[k] for k in one)))
            shown.append((points[one[0]], text))
        sizes = np.array([text.get_window_extent(renderer).size for _, text in shown]).reshape(-1, 2) / scale
        places = np.array([at for at, _ in shown]).reshape(-1, 2)
        left, low, right, high = (float(x) for x in view)
        for (at, text), spot in zip(
            shown, spread(places, sizes, avoid, self.radius, (left, low, right, high)), strict=True
        ):
            self._line(renderer, axes, at * scale, spot, scale)
            text.set_position((spot.x * scale, spot.y * scale))
            text.draw(renderer)
        self.stale = False

    def _line(self, renderer: Any, axes: Axes, at: np.ndarray, spot: Spot, scale: float) -> None:
        left, low, right, high = (edge * scale for edge in spot.box)
        end = np.array([np.clip(at[0], left, right), np.clip(at[1], low, high)])
        if np.hypot(*(end - at)) <= NEAR * scale:
            return
        line = Line2D([at[0], end[0]], [at[1], end[1]], color=GREY, linewidth=0.7)
        line.set_figure(whole(axes))
        line.draw(renderer)
