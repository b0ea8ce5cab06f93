"""One look for all pictures, and their way into the page as reproducible SVG."""

from __future__ import annotations

import gc
import re
import textwrap
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import StringIO
from typing import Any

import matplotlib
import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator

from sim.report.figures import scripts
from sim.report.run.facts import Facts

BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, BLACK, GREY = "#CC79A7", "#56B4E9", "#F0E442", "#222222", "#777777"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
"""Okabe-Ito: told apart by people with any common colour blindness."""
DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)), (0, (1, 1)), (0, (10, 3)))
"""Beside the colour of a line, its pattern."""
HATCHES = ("///", "\\\\\\", "...", "xxx", "+++", "ooo")
WIDTH = 10.0
NARROW, TALL = 4.4, 3.9
"""Widths of a full picture and of one of three beside each other, and the height of those three, in inches."""

HIGHEST = 6.9
"""Inches: what is higher would be made so small for a printed page that letters of 8 points fall under 7."""

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.usetex": False,
    "font.family": ["sans-serif"],
    "font.size": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "lines.linewidth": 1.7,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "savefig.dpi": 130.0,
}
METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
"""Matplotlib is to say nothing of itself in each picture."""
_LOCK = threading.Lock()


@contextmanager
def drawing() -> Iterator[None]:
    """Matplotlib's settings for the report, put back afterwards; one report is drawn at a time.

    Pictures are rings of many small objects that live until they are written: meanwhile Python need not look for any to
    free, which would take a seventh of the time.
    """
    with _LOCK, matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", scripts.MISSING)  # told below the picture
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        matplotlib.rcParams["font.sans-serif"] = list(scripts.families())
        collects = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collects:
                gc.enable()


class _Canvas(FigureCanvasBase):
    """A canvas with one renderer, which measures a picture for its layout and then draws it."""

    def __init__(self, figure: Figure, renderer: MixedModeRenderer) -> None:
        super().__init__(figure)
        self._renderer = renderer

    def get_renderer(self) -> MixedModeRenderer:
        """What layouts measure with."""
        return self._renderer


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """An empty picture of that size in inches, laid out by itself; no higher than `HIGHEST`."""
    return Figure(figsize=(width, min(height, HIGHEST)), layout="constrained")


def to_svg(figure: Figure, name: str, title: str) -> str:
    """The picture as inline SVG, the same bytes each time; `name` keeps its identifiers apart from other pictures'."""
    return inline(drawn(figure, name), name, title)


def drawn(figure: Figure, name: str) -> str:
    """The picture as matplotlib's SVG file has it.

    `Figure.savefig` gives the same, but draws twice, first for the layout only, and measures each text anew.
    """
    target = StringIO()
    dpi = matplotlib.rcParams["savefig.dpi"]
    figure.set_dpi(72)  # a point is the unit of SVG
    width, height = figure.get_size_inches()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        svg = RendererSVG(  # type: ignore[no-untyped-call]
            72 * width, 72 * height, target, image_dpi=dpi, metadata=METADATA
        )
        renderer: Any = MixedModeRenderer(figure, width, height, dpi, svg)  # type: ignore[no-untyped-call]
        _Canvas(figure, renderer)
        engine = figure.get_layout_engine()
        if engine is not None:
            engine.execute(figure)
        figure.set_layout_engine("none")
        figure.draw(renderer)
        figure.set_layout_engine(engine)
        renderer.finalize()
    return target.getvalue()


def inline(text: str, name: str, title: str) -> str:
    """An SVG file as a part of the page."""
    text = text[text.index("<svg") :]
    text = text.replace(", ".join(f"'{name}'" for name in scripts.families()), f"'{scripts.FONT}'")
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    numbers: dict[str, str] = {}

    def numbered(found: re.Match[str]) -> str:
        return found[1] + numbers.setdefault(found[2], f"i{len(numbers)}")

    # matplotlib makes these of all digits of a place, and the last ones differ from one layout to the next
    text = re.sub(r'((?:\bid="|url\(#|href="#))([a-z][0-9a-f]{10})\b', numbered, text)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    safe = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return re.sub(r"<svg ([^>]*)>", rf'<svg role="img" aria-label="{safe}" \1><title>{safe}</title>', text, count=1)


def date_axis(axes: Axes, facts: Facts, label: bool = True, words: bool = True) -> None:
    """Calendar dates along the bottom, from the first counted day to the last; no `words` above another such axis."""
    dated(axes, on(facts, 0), on(facts, facts.days))
    if not words:
        axes.tick_params(labelbottom=False)
        axes.xaxis.get_offset_text().set_visible(False)
    if label:
        axes.set_xlabel("Date (each day, at its end)")


def dated(axes: Axes, first: float, last: float) -> None:
    """Dates along the bottom, between two places on the date axis."""
    places, labels, offset = date_ticks(first, last)
    axes.xaxis.set_major_locator(FixedLocator(places))
    dates = FixedFormatter(labels)
    dates.set_offset_string(offset)
    axes.xaxis.set_major_formatter(dates)
    axes.set_xlim(first, last)


@lru_cache(maxsize=8)
def date_ticks(first: float, last: float) -> tuple[list[float], list[str], str]:
    """Places and words of the ticks between two dates, and what all have in common.

    They are the same in every picture of a run, and matplotlib asks for them some twenty times for each axis.
    """
    locator = mdates.AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]
    dates = mdates.ConciseDateFormatter(locator, show_offset=True)  # type: ignore[no-untyped-call]
    places = locator.tick_values(*mdates.num2date((first, last)))  # type: ignore[no-untyped-call]
    labels, shared = dates.format_ticks(places), dates.get_offset()  # type: ignore[no-untyped-call]
    return list(places), labels, shared


def on(facts: Facts, day: float) -> float:
    """A day number as a place on the date axis."""
    return float(mdates.date2num(facts.dates[0])) + day  # type: ignore[no-untyped-call]


def ends(facts: Facts) -> np.ndarray:
    """Places of the days' ends on the date axis; shape (days,)."""
    return on(facts, 1) + np.arange(facts.days)


def legend(figure: Figure, **options: Any) -> None:
    """One legend above all panels; a label that several panels use stands in it once."""
    found: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    figure.legend(found.values(), found.keys(), **{"loc": "outside upper left", **options})


def thousands(axes: Axes, which: str = "y", sign: bool = True) -> None:
    """Numbers of an axis with separators; without `sign` where both directions count upward from the middle."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(5, min_n_ticks=3))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value if sign else abs(value):,.10g}"))


def wrapped(text: str, width: int = 36) -> str:
    """Words on several lines, to stand beside a picture."""
    return "\n".join(textwrap.wrap(text, width)) or text


def short(name: str, length: int = 28) -> str:
    """A name that fits beside a picture."""
    return name if len(name) <= length else name[: length - 1] + "…"
