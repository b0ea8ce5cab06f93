"""Pictures are drawn once, and look as matplotlib draws them in two passes."""

from __future__ import annotations

import gc

from matplotlib.figure import Figure

from sim.report.figures.style import WIDTH, drawing, legend, new_figure, to_svg


def _filled(figure: Figure) -> Figure:
    for axes in figure.subplots(2, 2).flat:
        axes.plot([0, 1, 2], [10, 30_000, 20], label="a line with a name")
        axes.set_title("two words\nand two more")
        axes.set_ylabel("units")
    legend(figure)
    return figure


def test_a_picture_laid_out_without_a_first_drawing_has_the_same_bytes() -> None:
    with drawing():
        ours = to_svg(_filled(new_figure(4.0)), "picture", "A picture")
        theirs = to_svg(_filled(Figure(figsize=(WIDTH, 4.0), layout="constrained")), "picture", "A picture")
    assert ours == theirs


def test_python_looks_for_objects_to_free_again_after_drawing_whatever_happened() -> None:
    assert gc.isenabled()
    try:
        with drawing():
            assert not gc.isenabled()
            raise KeyError
    except KeyError:
        pass
    assert gc.isenabled()
