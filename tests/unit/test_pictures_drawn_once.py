"""Pictures are drawn once, and look as matplotlib draws them in two passes."""

from __future__ import annotations

import gc
from io import BytesIO

import matplotlib
import matplotlib.dates as mdates
import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.report.figures.style import METADATA, WIDTH, date_ticks, drawing, inline, legend, new_figure, to_svg


def _filled(figure: Figure) -> Figure:
    for axes in figure.subplots(2, 2).flat:
        axes.plot([0, 1, 2], [10, 30_000, 20], label="a line with a name")
        axes.set_title("two words\nand two more")
        axes.set_ylabel("units")
    legend(figure)
    return figure


def test_a_picture_drawn_once_has_the_bytes_of_one_that_matplotlib_draws_twice() -> None:
    twice = BytesIO()
    with drawing():
        ours = to_svg(_filled(new_figure(4.0)), "picture", "A picture")
        with matplotlib.rc_context({"svg.hashsalt": "picture"}):
            figure = _filled(Figure(figsize=(WIDTH, 4.0), layout="constrained"))
            figure.savefig(twice, format="svg", metadata=METADATA)
        theirs = inline(twice.getvalue().decode("utf-8"), "picture", "A picture")
    assert ours == theirs


def test_a_picture_can_be_drawn_again() -> None:
    with drawing():
        figure = _filled(new_figure(4.0))
        first, second = (to_svg(figure, "picture", "A picture") for _ in range(2))
        figure.savefig(BytesIO(), format="png")
    assert first == second


@pytest.mark.parametrize("days", [1, 9, 40, 200, 366, 1500])
def test_dates_stand_where_matplotlib_would_put_them_with_its_words(days: int) -> None:
    first = float(mdates.date2num(np.datetime64("2023-12-20")))
    with drawing():
        axes = new_figure(2.0).subplots()
        axes.set_xlim(first, first + days)
        locator = mdates.AutoDateLocator(minticks=3, maxticks=9)
        dates = mdates.ConciseDateFormatter(locator, show_offset=True)
        axes.xaxis.set_major_locator(locator)
        places = axes.xaxis.get_majorticklocs()
        assert date_ticks(first, first + days) == (list(places), dates.format_ticks(places), dates.get_offset())


def test_python_looks_for_objects_to_free_again_after_drawing_whatever_happened() -> None:
    assert gc.isenabled()
    try:
        with drawing():
            assert not gc.isenabled()
            raise KeyError
    except KeyError:
        pass
    assert gc.isenabled()
