"""How sure one may be of a run: beside its figures the bands of many draws, and where the spread comes from."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from sim.metrics.base import METRICS
from sim.report.figures.study import draws as figure
from sim.report.figures.style import drawing, to_svg
from sim.report.pictures import Picture
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet
from sim.report.words.at_end import MEANING, are_short, last_day, settling
from sim.report.words.parameters import names_of
from sim.report.words.phrases import plural
from sim.report.words.units import counted
from sim.report.words.unsure import luck_words, matters_words
from sim.report.words.words import shown_span, shown_value
from sim.study.design.measures import MONEY, Measure
from sim.study.infer.spread import BANDS as LINES
from sim.study.infer.spread import enough
from sim.study.infer.variance import WIDEST
from sim.study.run.draws import Draws

BANDS = (
    "Bands of {0} draws: the next draw lies in the light one with a probability of 80%, in the dark one of 50%, day by "
    "day; a day's draws need not be another day's."
)


FEW = "The light band holds all {0} draws: these are too few for one that holds the next with a probability of 80%."


@dataclass(frozen=True)
class Unsure:
    """What the report says of many draws."""

    lines: list[str]
    sheet: Sheet
    picture: Picture | None


def unsure(facts: Facts, draws: Draws) -> Unsure:
    """The section of the report."""
    return Unsure(told(facts, draws), table(facts, draws), _picture(facts, draws))


def told(facts: Facts, draws: Draws) -> list[str]:
    """In words: what was drawn, how much of the spread is luck, and what matters most."""
    loaded, measure = facts.loaded, draws.measures[0]
    unknown = len(draws.levels.columns)
    names = names_of([loaded], draws.levels.columns)
    market = any(entry.market for entry in loaded.spec.sourcing)
    if not unknown and not market:
        return [
            f"{plural(draws.number, 'draw')} of luck. The scenario says of no figure how far it is known (uncertain), "
            "so the bands show luck alone, and take every figure as certain.",
            *ending_words(facts, draws),
            *missing(draws),
        ]
    what = f"of {plural(unknown, 'unknown')}" if unknown else "of the buyers' shares of the market"
    told = [f"{plural(draws.number, 'draw')} {what} and of luck; the run of this page takes each as it is written."]
    if loaded.sites.over or market:
        told[0] = told[0].replace("as it is written", "as it is written, or, where sites differ, as first drawn")
    told += ending_words(facts, draws)
    told += missing(draws)
    told += luck_words(draws.variance, measure)
    told += matters_words(draws.unknowns, measure, names)
    return told


def ending_words(facts: Facts, draws: Draws) -> list[str]:
    """How many draws are still short at the end, where that is more than a few."""
    rows = draws.ending[~draws.ending["settled"].astype(bool)] if len(draws.ending) else draws.ending
    if rows.empty:
        return []
    row, last = rows.iloc[0], last_day(facts.date(facts.days))
    return [
        f"{are_short(int(row['short']), int(row['draws']))} on {last}, the last day: totals and their bands are lower "
        f"limits. {settling(facts.days)}. {MEANING}"
    ]


def missing(draws: Draws) -> list[str]:
    """Draws of which not all could be run."""
    number = len({failure.replication for failure in draws.failures})
    if not number:
        return []
    are = "is" if number == 1 else "are"
    return [f"{plural(number, 'draw')} could not be run and {are} missing from the bands: {draws.failures[0].reason}."]


def table(facts: Facts, draws: Draws) -> Sheet:
    """Every measure of the run with its bands, and what share of the variance comes from not knowing."""
    inside = counted([facts.loaded.spec])
    shares = {row["measure"]: row for row in draws.variance.to_dict("records")}
    rows, raw = [], []
    for band in draws.bands.to_dict("records"):
        measure = Measure(band["measure"])
        own = value_of(facts, measure)
        unit, share = inside.unit(measure), shares.get(measure.name)
        half, most = (
            shown_span(band[f"low_{share}"], band[f"high_{share}"], unit)
            if enough(band["n"], share / 100)
            else "too few draws"
            for share in (50, 80)
        )
        if not band["n"] or band["lowest"] == band["highest"] == own:
            continue
        cell = "" if share is None else f"{share['share']:.0%}" if share["told"] else "not told"
        rows.append([
            measure.label, shown_value(own, unit), shown_value(band["median"], unit), half, most, cell,
        ])  # fmt: skip
        known = [None] * 3 if share is None else [share[name] for name in ("share", "low", "high")]
        raw.append([measure.name, own, *(band[name] for name in ("n", *LINES)), *known])
    head = ["Measure", "This run", "Median draw", "Half of the draws", "Four of five draws", "By not knowing"]
    raw_head = ["measure", "this_run", "n", *LINES, *(f"by_not_knowing{end}" for end in ("", "_low", "_high"))]
    note = (
        "Bands in which the next draw lies: the (n + 1) p quantiles. By not knowing: share of the variance that comes "
        f"from what is uncertain, the rest being luck; not told where its interval is wider than {WIDEST:.0%}. "
        "Measures that are the same in every draw are left out."
    )
    return Sheet("draws", f"The run beside {plural(draws.number, 'draw')}", head, rows, raw_head, raw, note)


def value_of(facts: Facts, measure: Measure) -> float | None:
    """A measure of the run itself."""
    if measure.name in METRICS:
        return facts.summary[measure.name].value
    found = facts.summary.cost.get(MONEY[measure.name][1])
    return None if found is None else found.value


def _picture(facts: Facts, draws: Draws) -> Picture | None:
    with drawing():
        drawn = figure.draw(facts, draws.fan) if not draws.daily.empty else None
        if drawn is None:
            return None
        title = "Stock at facilities, served and unmet, day by day"
        svg = Markup(to_svg(drawn, "draws", title))
    words = BANDS if enough(draws.number, 0.8) else FEW
    return Picture("draws", title, words.format(draws.number), svg)
