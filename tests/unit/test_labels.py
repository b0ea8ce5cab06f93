"""Names in pictures stand beside their marks, never on a mark nor on each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from sim.report.figures.labels import Labels, spread, together
from sim.report.figures.study import frontier
from sim.report.figures.style import drawing, drawn, new_figure
from sim.study.infer.frontier import DOMINATED, FRONTIER

VIEW = (0.0, 0.0, 400.0, 250.0)
RADIUS = 4.5


def overlaps(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Whether two boxes (left, low, right, high) cover any of the same ground."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("seed", range(5))
def test_names_cover_no_mark_and_no_other_name_and_stay_in_view(seed: int) -> None:
    """Twenty marks, half of them in a heap of a few points across, each with a name as wide as eight of them."""
    rng = np.random.default_rng(seed)
    points = np.vstack((rng.uniform((10, 10), (390, 240), (10, 2)), rng.normal((200, 120), 6, (10, 2))))
    spots = spread(points, np.full((20, 2), (36.0, 9.0)), points, RADIUS, VIEW)
    boxes = [spot.box for spot in spots]
    marks = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in points]
    assert not any(overlaps(box, mark) for box in boxes for mark in marks)
    assert not any(overlaps(a, b) for k, a in enumerate(boxes) for b in boxes[:k])
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= 400 and box[3] <= 250 for box in boxes)


def test_a_lone_mark_has_its_name_right_above_it() -> None:
    (spot,) = spread(np.array([[100.0, 100.0]]), np.array([[20.0, 8.0]]), np.array([[100.0, 100.0]]), RADIUS, VIEW)
    assert spot.x == pytest.approx(100)
    assert 100 + RADIUS < spot.box[1] < 100 + RADIUS + 5


def test_marks_on_one_another_are_one() -> None:
    assert together(np.array([[1.0, 1.0], [50.0, 1.0], [1.0, 1.5]])) == [[0, 2], [1]]


def test_equal_strategies_are_named_together_and_near_ones_apart_on_the_frontier() -> None:
    """A and C cost and do the same; D to G lie so close that their marks touch."""
    rows = [(1000, 50), (2000, 5), (1000, 50), (1400, 20), (1412, 20.2), (1424, 20.4), (1400, 21.5)]
    table = pd.DataFrame({
        "scenario": "base", "strategy": list("abcdefg"), "cost": [c for c, _ in rows], "harm": [h for _, h in rows],
        "status": [FRONTIER, FRONTIER, FRONTIER, FRONTIER, DOMINATED, DOMINATED, FRONTIER], "effect": "units_unmet",
    })  # fmt: skip
    with drawing():
        figure = frontier.draw(table, "USD", dict(zip("abcdefg", "ABCDEFG", strict=True)))
        svg = drawn(figure, "frontier")
        (names,) = figure.axes[0].findobj(Labels)
        shown = [text for text in names.get_children() if isinstance(text, Text) and text.get_text() != "C"]
        boxes = [text.get_window_extent().extents for text in shown]
    assert ">A, C<" in svg and ">C<" not in svg
    assert all(f">{letter}<" in svg for letter in "BDEFG")
    assert not any(overlaps(a, b) for k, a in enumerate(boxes) for b in boxes[:k])
    marks = figure.axes[0].transData.transform(table[["cost", "harm"]].to_numpy(dtype=float))
    for x, y in marks:
        assert not any(overlaps(box, (x - 3, y - 3, x + 3, y + 3)) for box in boxes)


def test_a_name_out_of_view_is_not_drawn() -> None:
    with drawing():
        figure = new_figure(2.0)
        axes = figure.subplots()
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        Labels(axes, [(0.5, 0.5), (3.0, 0.5)], ["here", "elsewhere"])
        svg = drawn(figure, "view")
    assert ">here<" in svg and "elsewhere" not in svg
