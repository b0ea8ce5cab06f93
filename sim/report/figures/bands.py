"""Days with a disruption: one tint behind a panel, and above it a bar for each disruption or each kind of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.axes._base import _AxesBase
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from sim.model.effects import Impact
from sim.report.figures.style import on, short
from sim.report.run.facts import Facts
from sim.report.run.stages import over
from sim.report.words.phrases import kind_words, plural

MOST_LANES = 4
LANE = 0.18
"""inches"""
TINT = "#efefef"
Spans = list[tuple[float, float]]


@dataclass(frozen=True)
class BarRow:
    """A row of bars: its words, the days covered, whether all of it is a measure taken rather than something struck."""

    words: str
    spans: Spans
    measure: bool


def span(facts: Facts, impact: Impact) -> tuple[float, float]:
    """First day of an impact and first day after it, within the counted days, until what it struck is back; a moment
    counts as a day."""
    return max(impact.start, 0.0), min(max(over(impact), impact.start + 1), float(facts.days))


def joined(spans: Sequence[tuple[float, float]]) -> Spans:
    """Spans in order, those that touch or overlap made one."""
    found: Spans = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def lanes(facts: Facts, most: int = MOST_LANES) -> list[BarRow]:
    """A lane for each disruption; where these are more than `most`, for each kind, the last for all further kinds."""
    impacts = facts.acting
    if len(impacts) <= most:
        return [_lane(facts, impact.cause, [impact]) for impact in impacts]
    kinds: dict[str, list[Impact]] = {}
    for impact in impacts:
        kinds.setdefault(impact.kind, []).append(impact)
    alone = most if len(kinds) <= most else most - 1
    found = [_lane(facts, _words(kind, of), of) for kind, of in list(kinds.items())[:alone]]
    rest = list(kinds.values())[alone:]
    if rest:
        others = [impact for of in rest for impact in of]
        found.append(_lane(facts, f"and {plural(len(others), 'more', 'more')} of {len(rest)} kinds", others))
    return found


def _words(kind: str, of: list[Impact]) -> str:
    return f"{kind_words(kind)} ({len(of)})" if len(of) > 1 else of[0].cause


def _lane(facts: Facts, words: str, of: list[Impact]) -> BarRow:
    return BarRow(words, joined([span(facts, impact) for impact in of]), all(facts.is_measure(impact) for impact in of))


def bands(axes: Axes, facts: Facts, named: bool = False) -> None:
    """Tint the days with any disruption, once however many there are; `named`: with the lanes above the panel."""
    for start, end in joined([span(facts, impact) for impact in facts.acting if not facts.is_measure(impact)]):
        axes.axvspan(on(facts, start), on(facts, end), facecolor=TINT, linewidth=0, zorder=0.4)
    if named and facts.acting:
        _draw(axes, facts, lanes(facts))


def _draw(axes: Axes, facts: Facts, rows: list[BarRow]) -> None:
    """The lanes as a strip of their own above a panel, of the same height whatever the panel's is."""
    strip = axes.inset_axes((0.0, 1.0, 1.0, 0.1))
    strip.set_axes_locator(_Above(axes, LANE * len(rows) + 0.04))
    strip.set_axis_off()
    strip.set_xlim(on(facts, 0), on(facts, facts.days))
    strip.set_ylim(len(rows) - 0.45, -0.55)
    place = axes.get_subplotspec()
    across = 1 if place is None else place.get_gridspec().ncols
    letters = int(11.8 * whole(axes).get_figwidth() / across - 5)
    for row, lane in enumerate(rows):
        face, hatch = ("white", "////") if lane.measure else ("#8f8f8f", None)
        for start, end in lane.spans:
            strip.barh(
                row,
                end - start,
                0.62,
                left=on(facts, start),
                facecolor=face,
                edgecolor="#8f8f8f",
                hatch=hatch,
                linewidth=0.7,
            )
        beside(strip, facts, row, lane.words, lane.spans, letters, 8.0)


def beside(axes: Axes, facts: Facts, row: int, words: str, spans: Spans, letters: int, size: float) -> None:
    """Words in the widest gap that a row's bars leave: before them, between two or behind them.

    They stand upon the longest bar where they fit better there. `letters` is how many of that size fit across the
    panel.
    """
    scale = letters / facts.days
    ends = [0.0, *(end for _, end in spans)]
    gaps = [
        (after - before) * scale
        for before, after in zip(ends, [*(start for start, _ in spans), facts.days], strict=True)
    ]
    widest = max(range(len(gaps)), key=lambda k: (gaps[k], k))
    longest = max(spans, key=lambda span: span[1] - span[0])
    room, upon = gaps[widest], (longest[1] - longest[0]) * scale
    if room >= min(len(words), upon):
        at, aside, side = (ends[widest], 4, "left") if widest else (spans[0][0], -4, "right")
    else:
        at, aside, side, room = longest[0], 5, "left", (facts.days - longest[0]) * scale
    axes.annotate(
        short(words, max(10, int(room))), (on(facts, at), row), (aside, 0), textcoords="offset points", va="center",
        ha=side, fontsize=size, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
    )  # fmt: skip


def whole(axes: Axes) -> Figure:
    """The picture that a panel is part of."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure


class _Above:
    """Places a strip of `height` inches on top of a panel."""

    def __init__(self, panel: Axes, height: float) -> None:
        self._panel, self._height = panel, height

    def __call__(self, axes: _AxesBase, renderer: RendererBase | None) -> Bbox:
        place = self._panel.get_position()
        tall = whole(self._panel).get_figheight()
        return Bbox.from_bounds(place.x0, place.y1 + 0.02 / tall, place.width, self._height / tall)
