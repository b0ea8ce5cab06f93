"""What every figure of a review rests on: sourced, derived or assumed."""

from __future__ import annotations

from collections.abc import Sequence

from sim.report.replay.words import span_words
from sim.report.review.parts import NOT_KNOWN
from sim.report.run.evidence import Sourced, assumed, sourced, titled
from sim.report.sheets import Sheet
from sim.report.words.rounding import number
from sim.scenario.load import Loaded
from sim.study.score.board import Scored

SOURCED, DERIVED, ASSUMED, OBSERVED = "sourced", "derived", "assumed", "observed"
BASIS = {"reported": SOURCED, "measured": SOURCED, "definition": SOURCED, "derived": DERIVED, "assumed": ASSUMED}
"""Status of an entry of `evidence` -> how a review calls it."""
HEAD = ["Figure", "Value", "Basis", "Quality of the source", "Source", "Note"]
QUALITY, SOURCE, NOTE, LINK = 3, 4, 5, 6


def inputs(loaded: Loaded) -> list[list[str]]:
    """Every figure of the scenario, as in `HEAD`, and its address: first those with an entry under `evidence`."""
    told = [
        [one.path, one.value, BASIS[one.status], one.quality or NOT_KNOWN, _of(one), one.note, one.url or ""]
        for one in sourced(loaded)
    ]
    return told + [[one.path, one.value, ASSUMED, "–", NOT_KNOWN, one.where, ""] for one in assumed(loaded)]


def _of(one: Sourced) -> str:
    """A source by its title; nobody's is not known."""
    return NOT_KNOWN if one.source == ASSUMED else one.source


def points(loaded: Loaded, series: Sequence[Scored]) -> list[list[str]]:
    """Every point that was observed, as in `HEAD`, and its address."""
    found = []
    for one in series:
        for k in range(len(one.points)):
            value = "happened" if one.series.is_ == "event" else f"{number(float(one.points.value[k]))} {one.unit}"
            asked = f"of {one.points.asked[k]} asked" if one.points.asked[k] else ""
            what = f"{one.series.label}, {span_words(one.date(k, first=True), one.date(k))}"
            name, link = titled(loaded, one.points.source[k])
            quality = one.points.quality[k].replace("_", " ")
            found.append([what, value, SOURCED, quality, name, asked, link])
    return found


def seen_from(loaded: Loaded, one: Scored, k: int) -> str:
    """The source of a point with its quality."""
    return f"{titled(loaded, one.points.source[k])[0]} ({one.points.quality[k].replace('_', ' ')})"


def basis_of(figures: Sequence[Sequence[str]], paths: Sequence[str]) -> tuple[str, str]:
    """Basis and source of what stands at one of these paths, or below it, in rows of `inputs`.

    The basis is the weakest of all, the source every one.
    """
    mine = [row for row in figures if any(row[0] == path or row[0].startswith(f"{path}.") for path in paths)]
    if not mine:
        return ASSUMED, NOT_KNOWN
    weakest = max((row[2] for row in mine), key=[SOURCED, DERIVED, ASSUMED].index)
    sources = [f"{row[SOURCE]} ({row[QUALITY].lower()})" if row[QUALITY] != NOT_KNOWN else row[SOURCE]
               for row in mine if row[SOURCE] != NOT_KNOWN]  # fmt: skip
    return weakest, "; ".join(dict.fromkeys(sources)) or NOT_KNOWN


def _whole(title: str, link: str) -> str:
    """A source with its address, once where that is all there is."""
    return link if title in link else f"{title} {link}".strip()


def evidence_sheet(loaded: Loaded, series: Sequence[Scored]) -> Sheet:
    """All of it; the file in the page has every row."""
    found = [*points(loaded, series), *inputs(loaded)]
    rows = [[*row[:SOURCE], _whole(row[SOURCE], row[LINK]), row[NOTE]] for row in found]
    counts = {word: sum(row[2] == word for row in rows) for word in (SOURCED, DERIVED, ASSUMED)}
    note = f"Of {len(rows)} figures " + ", ".join(f"{count} {word}" for word, count in counts.items()) + "."
    return Sheet("evidence", "Every figure, and what it rests on", HEAD, rows, note=note, text_columns=len(HEAD))
