"""What happened, in lanes on one date axis: events, decisions, what was seen, stock and shortage.

Each row says whether it was observed (reported by a source), inferred (worked out, or assumed) or simulated, and where
it is from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.engine.deciding.decisions import Taken
from sim.policies.triggers.on import On
from sim.report.run.evidence import titled
from sim.report.run.facts import KEEPERS, Facts, fill_rate
from sim.report.run.stages import over
from sim.report.words.phrases import called, day_words, kind_words, plural
from sim.scenario.load import Loaded
from sim.scenario.words.hindsight import Paths, within
from sim.scenario.words.spec import Evidence

OBSERVED, INFERRED, SIMULATED = "observed", "inferred", "simulated"
HAPPENED, DECIDED, SEEN, STOCK, SHORTAGE = "What happened", "What was decided", "What was seen", "Stock", "Shortage"
LANES = (HAPPENED, DECIDED, SEEN, STOCK, SHORTAGE)
REPORTED = ("reported", "measured", "definition")
"""Statuses of evidence for what a source says as it stands."""
DATED = ("from", "until", "for", "when", "when.date", "after")
"""Keys of an entry by which it stands where it does."""
ASSUMED = "assumed"
NO_SOURCE = f"no source: {ASSUMED}"
MOST_SOURCES = 2


@dataclass(frozen=True)
class Row:
    """One row: its lane, what it is, its tag, and where it is from.

    `spans` are (first day, day after), the same where it is a moment; `values` are (day, figure) of a line or of
    points, in `unit`.
    """

    lane: str
    words: str
    tag: str
    source: str
    spans: tuple[tuple[float, float], ...] = ()
    values: tuple[tuple[float, float], ...] = ()
    unit: str = ""

    @property
    def span(self) -> tuple[float, float]:
        """Its first day, and the day after its last."""
        days = [day for pair in self.spans for day in pair] or [day for day, _ in self.values]
        return min(days), max(days)


def rows_of(facts: Facts) -> list[Row]:
    """All rows, lane by lane, each lane in order of time."""
    ground = _Ground.of(facts.loaded)
    found = [*_happened(facts, ground), *_decided(facts, ground), *_seen(facts), *_simulated(facts)]
    return sorted(found, key=lambda row: (LANES.index(row.lane), row.span if row.lane in (HAPPENED, DECIDED) else ()))


def table_of(rows: Sequence[Row], facts: Facts) -> pd.DataFrame:
    """One row per row of the timeline."""

    def date(day: float) -> dt.date:
        return facts.date(day)

    return pd.DataFrame(
        {
            "lane": [row.lane for row in rows],
            "what": [row.words for row in rows],
            "from": [date(row.span[0]) for row in rows],
            "until": [date(row.span[1]) for row in rows],
            "tag": [row.tag for row in rows],
            "source": [row.source for row in rows],
        }
    )


def _happened(facts: Facts, ground: _Ground) -> Iterator[Row]:
    """Disruptions; those drawn by chance are the model's."""
    places = {one.label: k for k, one in enumerate(facts.loaded.spec.disruptions)}
    for impact in facts.happened:
        if impact.decided:
            continue
        tag, source = SIMULATED, "the run: drawn by chance"
        if impact.cause in places and not impact.hazard:
            tag, source = ground.under("disruptions", places[impact.cause])
        words = called(impact.cause, impact.kind)
        kind = kind_words(impact.kind)
        words = words if kind in words else f"{words} ({kind})"
        span = max(impact.start, 0.0), min(max(over(impact), impact.start), float(facts.days))
        yield Row(HAPPENED, words, tag, source, (span,))


def _decided(facts: Facts, ground: _Ground) -> Iterator[Row]:
    """Decisions that came into force: those with a date by their evidence, those on a condition by the run."""
    dated = {one.label: k for k, one in enumerate(facts.loaded.spec.decisions) if isinstance(one.when, On)}
    found: dict[str, list[tuple[float, float]]] = {}
    first: dict[str, Taken] = {}
    for one in facts.decisions:
        span = max(float(one.since), 0.0), min(one.until, float(facts.days))
        found.setdefault(one.name, []).append(span)
        first.setdefault(one.name, one)
    for name, spans in found.items():
        one, (tag, source) = first[name], (SIMULATED, "the run: its condition was met")
        if name in dated:
            tag, source = ground.under("decisions", dated[name])
        elif not np.isnan(one.met):
            source += f" on {day_words(facts.date(one.met))}"
        words = f"{called(name, one.kind).removesuffix(f' by {one.party}')}, {facts.group('party', one.party)}"
        yield Row(DECIDED, words, tag, source, tuple(dict.fromkeys(spans)))


def _seen(facts: Facts) -> Iterator[Row]:
    """Observed series, with the sources of their points."""
    loaded = facts.loaded
    for k, series in enumerate(loaded.spec.observed):
        points = loaded.observed[k].at(loaded.observed[k].day < facts.days)
        if not len(points):
            continue
        sources = [titled(loaded, name)[0] for name in dict.fromkeys(points.source)]
        source = f"{_few(sources)} ({', '.join(dict.fromkeys(points.quality)).replace('_', ' ')})"
        days = points.day.astype(float).tolist()
        if series.is_ == "event":
            yield Row(SEEN, series.label, OBSERVED, source, tuple((day, day) for day in days))
        else:
            values = tuple(zip([day + 1 for day in days], points.value.tolist(), strict=True))
            yield Row(SEEN, series.label, OBSERVED, source, values=values, unit=series.counted_in)


def _simulated(facts: Facts) -> Iterator[Row]:
    """Stock, as days of usual use, and what went unmet, over seven days; as the run has them."""
    usual = sum(facts.usual(product) for product in facts.products)
    days = np.arange(facts.days) + 1.0

    def row(lane: str, words: str, figures: np.ndarray, unit: str) -> Row:
        known = np.flatnonzero(np.isfinite(figures)).tolist()
        values = tuple((float(days[k]), float(figures[k])) for k in known)
        return Row(lane, words, SIMULATED, "the run as the scenario is written", values=values, unit=unit)

    if usual > 0:
        for kind in KEEPERS[::-1]:
            stock = facts.daily("on_hand", kind=kind)
            if stock.any():
                place = {"facility": "Facilities", "warehouse": "Warehouses"}[kind]
                yield row(STOCK, f"{place}, in days of all usual use", stock / usual, "days")
    met = fill_rate(*(facts.daily(name, kind="facility") for name in ("demand", "served")))
    if np.isfinite(met).any():
        yield row(SHORTAGE, "Demand unmet on the day, seven days together", 100 - met, "%")


@dataclass(frozen=True)
class _Ground:
    """What entries of a scenario rest on: its evidence by path, with names in the place of positions."""

    loaded: Loaded
    evidence: dict[str, Evidence]

    @classmethod
    def of(cls, loaded: Loaded) -> _Ground:
        top = loaded.parsed.top
        assert top is not None
        paths = Paths(top)
        return cls(loaded, {paths.named(path): one for path, one in loaded.spec.evidence.items()})

    def under(self, section: str, position: int) -> tuple[str, str]:
        """The tag of an entry, and its sources: of its dates where these have evidence, else of anything in it."""
        path = self.loaded.document.label((section, position))
        about = {there: one for there, one in self.evidence.items() if within(there, path) or within(path, there)}
        dates = {there: one for there, one in about.items() if there.removeprefix(f"{path}.") in DATED}
        chosen = list((dates or about).values())
        if not chosen:
            return INFERRED, NO_SOURCE
        observed = bool(dates) and all(one.status in REPORTED for one in chosen)
        return (OBSERVED if observed else INFERRED), _few([_told(self.loaded, one) for one in chosen])


def _told(loaded: Loaded, one: Evidence) -> str:
    """A source, and what was done with it where it does not say it as it stands."""
    title, source = titled(loaded, one.source)[0], loaded.spec.sources.get(one.source)
    if source is None and one.source == ASSUMED:
        return NO_SOURCE
    if source is not None and source.quality is not None:
        title = f"{title} ({source.quality.replace('_', ' ')})"
    return title if one.status in REPORTED else f"{title}: {one.status}"


def _few(texts: Sequence[str]) -> str:
    names = list(dict.fromkeys(texts))
    more = len(names) - MOST_SOURCES
    return "; ".join(names[:MOST_SOURCES]) + (f"; and {plural(more, 'more', 'more')}" if more > 0 else "")
