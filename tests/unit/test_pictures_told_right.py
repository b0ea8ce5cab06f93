"""Fans have dates and one scale; a search that failed is no line; regions stand beside the heat map."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.report.figures.run import cover_heat
from sim.report.figures.run.cover_heat import AT_ONCE, CoverRows
from sim.report.figures.study import fan, side_by_side, tipping, trade_off
from sim.report.figures.style import drawing
from sim.study.ask.tipping import Tipping
from sim.study.design.measures import Measure
from sim.study.infer.threshold import Target

START = dt.date(2024, 3, 5)
TARGET = Target(Measure("fill_rate"), ">=", 0.95)


def words(figure: Figure) -> str:
    figure.draw_without_rendering()
    return " ".join(text.get_text() for text in figure.findobj(Text) if isinstance(text, Text))


def test_a_fan_has_dates_below_and_no_panel_is_cut_at_the_scale_of_another() -> None:
    """Strategy b peaks at 90 units a day, a at 9: the shared scale holds both."""
    rows = [
        {"strategy": name, "day": day, "quantile": q, "unmet": q * peak}
        for name, peak in (("a", 10), ("b", 100))
        for day in range(120)
        for q in (0.1, 0.25, 0.5, 0.75, 0.9)
    ]
    with drawing():
        figure = fan.draw(pd.DataFrame(rows), ["a", "b"], START, "bags")
        told = words(figure)
    assert "Days since" not in told and "Apr" in told and "May" in told
    assert all(axes.get_ylim()[0] == 0 and axes.get_ylim()[1] >= 90 for axes in figure.axes)


def test_weeks_side_by_side_are_on_one_scale_that_holds_all() -> None:
    """7 days of 1 unit are 7 a week, 7 days of 30 are 210."""
    rows = [
        {"strategy": letter, "replication": 0, "day": day, "unmet": units}
        for letter, units in (("A", 1), ("B", 30))
        for day in range(28)
    ]
    with drawing():
        figure = side_by_side.weeks(pd.DataFrame(rows), ["A", "B"], START, "bags")
        told = words(figure)
    assert all(axes.get_ylim()[0] == 0 and axes.get_ylim()[1] >= 210 for axes in figure.axes)
    assert "28 in all; worst week 7" in told and "840 in all; worst week 210" in told


def searched(values: list[int], shares: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"value": values, "share": shares, "first_cost": [50.0 * value for value in values]})


def test_a_search_that_found_nothing_is_drawn_as_points_and_says_so() -> None:
    with drawing():
        failed = trade_off.draw(searched([0, 120], [0.1, 0.4]), "fill rate ≥ 95%", "USD", None, "size", 0.9)
        found = trade_off.draw(searched([0, 60, 120], [0.1, 0.9, 1.0]), "fill rate ≥ 95%", "USD", 60, "size", 0.9)
        told = words(failed)
    assert failed.axes[0].lines[0].get_linestyle() == "None"
    assert "not found: 2 sizes tried, up to 120 days" in told and "asked for: 90%" in told
    assert found.axes[0].lines[0].get_linestyle() == "-"
    assert "not found" not in words(found)


@pytest.mark.parametrize("tips", [False, True])
def test_a_value_that_does_not_tip_is_drawn_as_points_and_says_so(tips: bool) -> None:
    table = pd.DataFrame({
        "value": [0.0, 10.0], "fill_rate": [0.9, 0.99], "low": [0.8, 0.98], "high": [0.95, 1.0], "share": [0.2, 1.0],
        "share_low": [0.1, 0.9], "share_high": [0.4, 1.0],
    })  # fmt: skip
    if not tips:
        table["share"] = [0.2, 0.3]
    found = Tipping(False, tips, 4.0 if tips else None, 5.0 if tips else None, table, 0.9)
    with drawing():
        figure = tipping.draw(found, TARGET, "size (days)", "%")
        told = words(figure)
    line = next(line for line in figure.axes[0].lines if line.get_label() == "mean of the draws")
    assert line.get_linestyle() == ("-" if tips else "None")
    assert ("does not tip between these bounds" in told) is not tips


def cover(blocks: list[str]) -> CoverRows:
    rows = len(blocks)
    return CoverRows(
        [f"site-{k}" for k in range(rows)], blocks, np.ones((rows, 3)), np.ones((rows, 3), int), rows, True
    )


def test_every_block_of_the_heat_map_bears_the_name_of_its_region() -> None:
    dates: Any = SimpleNamespace(date=lambda day: START + dt.timedelta(days=day))
    with drawing():
        told = words(cover_heat.draw(dates, cover(["warehouses"] * 2 + ["North"] * 3 + ["South"])))
    assert all(name in told for name in ("warehouses", "North", "South"))


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([8, 12], [20]),
        ([10, 8, 16], [18, 16]),  # 34 rows: 17 each, and a region ends at 18
        ([40], [20, 20]),  # one region alone is cut in the middle
        ([3, 18, 18], [20, 19]),  # 21 are too many for a picture: the second region is cut
    ],
)
def test_a_long_heat_map_is_cut_between_regions_as_far_as_pictures_hold(sizes: list[int], expected: list[int]) -> None:
    whole = cover([f"region {k}" for k, size in enumerate(sizes) for _ in range(size)])
    parts = whole.parts()
    assert [len(part.names) for part in parts] == expected
    assert [name for part in parts for name in part.names] == whole.names
    assert all(len(part.names) <= AT_ONCE for part in parts)
