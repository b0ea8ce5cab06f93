"""Labels beside marks, on leader lines: never on a mark, never on one another, never outside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDE = 0.62
"""Mean width of a letter, as a share of the type's size; a little more than it is."""
ANGLES = [math.radians(angle) for angle in (45, 135, 315, 225, 0, 180, 90, 270, 20, 160, 340, 200, 65, 115, 295, 245)]
REACHES = (11.0, 17.0, 25.0, 35.0, 47.0, 62.0, 80.0)
"""How far from its mark a label may be, in points."""


@dataclass(frozen=True)
class Box:
    """A rectangle in points."""

    left: float
    bottom: float
    right: float
    top: float

    def over(self, other: Box) -> float:
        """The area that both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        up = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(0.0, across) * max(0.0, up)

    def outside(self, whole: Box) -> float:
        """The area that is not within a whole."""
        return (self.right - self.left) * (self.top - self.bottom) - self.over(whole)


@dataclass(frozen=True)
class Placed:
    """Where a label stands: its box, the end of the line from its mark, and on which side of that it is."""

    box: Box
    end: tuple[float, float]
    side: str
    """`left` where the text begins at the line's end, `right` where it ends there, else `center`"""


def place(
    marks: Sequence[tuple[float, float]], texts: Sequence[str], size: float, whole: Box, around: Sequence[Box] = ()
) -> list[Placed]:
    """A place for each mark's text, in points: the nearest that is free of all marks, labels and what is `around`.

    Where none is free, the one that covers least.
    """
    taken = [Box(x - 6, y - 6, x + 6, y + 6) for x, y in marks] + list(around)
    placed: dict[int, Placed] = {}
    for k in sorted(range(len(marks)), key=lambda k: min(marks[k][0] - whole.left, whole.right - marks[k][0])):
        (x, y), text = marks[k], texts[k]  # those at the sides first, which have the fewest places
        width, height = WIDE * size * len(text), 1.25 * size
        tries = [_at(x, y, angle, reach, width, height) for reach in REACHES for angle in ANGLES]
        covers = [sum(spot.box.over(box) for box in taken) + 3 * spot.box.outside(whole) for spot in tries]
        placed[k] = tries[min(range(len(tries)), key=lambda n: (round(covers[n], 6), n))]
        taken.append(placed[k].box)
    return [placed[k] for k in range(len(marks))]


def _at(x: float, y: float, angle: float, reach: float, width: float, height: float) -> Placed:
    """A label that begins, or ends, or stands above or below, so far from a mark in a direction."""
    dx, dy = math.cos(angle), math.sin(angle)
    end = (x + reach * dx, y + reach * dy)
    left = end[0] if dx > 0.3 else end[0] - width if dx < -0.3 else end[0] - width / 2
    bottom = end[1] if dy > 0.3 else end[1] - height if dy < -0.3 else end[1] - height / 2
    side = "left" if dx > 0.3 else "right" if dx < -0.3 else "center"
    return Placed(Box(left, bottom, left + width, bottom + height), end, side)
