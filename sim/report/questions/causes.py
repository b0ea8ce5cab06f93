"""An attribution in words and figures, and its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup

from sim.engine.plan import Plan
from sim.report.figures.study import causes
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.run.decided import decided_words
from sim.report.sheets import Sheet
from sim.report.words.phrases import kind_words, plural
from sim.report.words.rounding import spread, within
from sim.report.words.units import Counted
from sim.report.words.words import shown_span, shown_value
from sim.study.ask.attribution import Attribution
from sim.study.design.measures import ALL, Measure
from sim.study.run.left_out import DECISION

MOST_ROWS = 60
ALT_BARS = 12
"""Bars that the text beside a picture names."""


@dataclass(frozen=True)
class Called:
    """What readers are shown: of decisions among the causes, and of parties, by name."""

    decisions: Mapping[str, str] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)

    def group(self, measure: Measure, group: str) -> str:
        """A group of a measure's breakdown."""
        return self.parties.get(group, group) if measure.breakdown == "party" else group


NOBODY = Called()


def called_in(plan: Plan) -> Called:
    """The same of a scenario's parties and what they decide."""
    titles = plan.network.parties.titles
    names = {
        DECISION + one.name: f"decision '{decided_words(one)}' of {titles.get(one.party, one.party)}"
        for one in plan.decisions
    }
    return Called(names, titles)


def told(found: Attribution, counted: Counted, called: Called = NOBODY) -> list[str]:
    """For every measure and group: what is to be explained, then a line for each cause, the largest share first."""
    lines: list[str] = []
    for labels, part in found.table.groupby(["measure", "breakdown", "group"], sort=False):
        measure = Measure(str(labels[0]), str(labels[1]))
        total, baseline = float(part["total"].iloc[0]), float(part["baseline"].iloc[0])
        unit, where = (
            counted.unit(measure, str(labels[2])),
            f" ({called.group(measure, str(labels[2]))})" if labels[2] else "",
        )
        lines.append(
            f"{measure.label}{where}: {shown_value(total, unit)} with everything, {shown_value(baseline, unit)} with "
            f"nothing of it; the difference by cause ({_of_draws(found)}, {found.method}):"
        )
        for row in part.sort_values("shapley", key=abs, ascending=False, kind="stable").to_dict("records"):
            doubt = ", which so few draws do not tell from nothing" if row["low"] < 0 < row["high"] else ""
            spared = row["leave_one_out"]
            rest = f"without it {shown_value(abs(spared), unit)} {'less' if spared >= 0 else 'more'}"
            value = spread(row["shapley"], row["low"], row["high"], unit)
            lines.append(f"  {cause_words(found, row['cause'], called)}: {value}{doubt}; {rest}")
    return lines


def cause_words(found: Attribution, cause: str, called: Called = NOBODY) -> str:
    """A cause by its own name, a decision with whose it is, or a kind of disruption as people say it."""
    if cause in called.decisions:
        return called.decisions[cause]
    return cause if cause in found.players[cause] else kind_words(cause)


def _of_draws(found: Attribution) -> str:
    return "one draw" if found.replications == 1 else f"mean of {found.replications} draws"


def causes_page(
    found: Attribution, title: str, counted: Counted, sure: Sequence[str] = (), called: Called = NOBODY
) -> str:
    """A picture and a table for every measure and breakdown; the words of all that is not broken down on top."""
    over = "replications" if found.method == "all subsets" else "the orders drawn"
    groups = zip(found.table["breakdown"], found.table["group"], strict=True)
    table = found.table.assign(
        cause=[cause_words(found, cause, called) for cause in found.table["cause"]],
        group=[called.parties.get(group, group) if by == "party" else group for by, group in groups],
    )
    pictures, sheets, lead = [], [], []
    with drawing():
        for number, (labels, part) in enumerate(table.groupby(["measure", "breakdown"], sort=False)):
            measure = Measure(str(labels[0]), str(labels[1]))
            pictures.append(_picture(part, measure, counted, f"causes-{number}"))
            sheets.append(_sheet(part, measure, counted))
            lead += [_lead(part, measure, counted)] if measure.breakdown == ALL else []
    lead += sure
    spans = f"; 95% intervals are over {over}" if table["low"].notna().any() else "; one draw has no intervals"
    figures = _of_draws(found)
    notes = [
        f"{figures[:1].upper()}{figures[1:]}, {found.method}{spans}.",
        "Share (Shapley value): what a cause adds when causes are put in one after another, mean over all orders. The "
        "shares add up to the difference between everything and nothing of it.",
        "If alone: with this cause only, against none. Less without it: with everything, against all but this cause. "
        "Neither adds up: what is left over by the first is what comes only of causes together, and every share has "
        "its part of that in it.",
    ]
    return page(f"What the causes did: {title}", lead, sheets, pictures, notes)


def _lead(part: pd.DataFrame, measure: Measure, counted: Counted) -> str:
    unit = counted.unit(measure)
    order: list[dict[Any, Any]] = part.sort_values("shapley", key=abs, ascending=False, kind="stable").to_dict(
        "records"
    )
    first, others = order[0], order[1:]
    sure = abs(first["shapley"]) - _half(first) > max((abs(row["shapley"]) + _half(row) for row in others), default=0.0)
    mean = "" if sure else " in this draw" if first["low"] != first["low"] else " in the mean of these draws"
    rest = (
        f"; '{first['cause']}' has the largest share{mean}, {shown_value(first['shapley'], unit)}"
        if first["shapley"]
        else ""
    )
    return (
        f"{measure.label}: {shown_value(first['total'], unit)} with everything, {shown_value(first['baseline'], unit)} "
        f"with nothing of it{rest}."
    )


def _half(row: dict[Any, Any]) -> float:
    """Half of the interval of a cause's share; infinite where one draw has none."""
    width = (row["high"] - row["low"]) / 2
    return float(width) if width == width else float("inf")


def _picture(part: pd.DataFrame, measure: Measure, counted: Counted, name: str) -> Picture:
    groups = part["group"].nunique()
    by = f" by {measure.breakdown}" if measure.breakdown != ALL else ""
    some = f" The {causes.MOST_GROUPS} of {groups} groups with most of it." if groups > causes.MOST_GROUPS else ""
    alone = (
        ""
        if part["cause"].nunique() == 1
        else (
            " Circles and diamonds: what a cause would do alone, and what there would be less without it. Crossed bar: "
            "what comes only of causes together, which the shares have in them."
        )
    )
    caption = f"Bars: what each cause adds or takes away (its share), mean over draws, with its interval.{alone}{some}"
    title = f"{measure.label}{by}, by cause"
    alt = f"{title}: " + "; ".join(_alt(row, counted.unit(measure)) for row in part.to_dict("records")[:ALT_BARS])
    picture = causes.draw(part, measure.label, counted.unit(measure))
    return Picture(name, title, caption, Markup(to_svg(picture, name, alt)))


def _alt(row: dict[Any, Any], unit: str) -> str:
    where = f" ({row['group']})" if row["group"] else ""
    return f"{row['cause']}{where} {shown_value(row['shapley'], unit)}"


def _sheet(part: pd.DataFrame, measure: Measure, counted: Counted) -> Sheet:
    unit, grouped = counted.unit(measure), measure.breakdown != ALL
    head = [*([measure.breakdown.capitalize()] if grouped else []), "Cause", "Share", "95% interval", "Less without it",
            "If alone"]  # fmt: skip
    rows = [
        [*([row["group"]] if grouped else []), row["cause"], within(row["shapley"], row["low"], row["high"], unit),
         shown_span(row["low"], row["high"], unit),
         shown_value(row["leave_one_out"], unit), shown_value(row["alone"], unit)]
        for row in part.head(MOST_ROWS).to_dict("records")
    ]  # fmt: skip
    more = len(part) - len(rows)
    note = f"and {plural(more, 'row')} more; see the CSV file" if more > 0 else ""
    by = f" by {measure.breakdown}" if grouped else ""
    return Sheet(f"causes-{measure.name}-{measure.breakdown}", f"{measure.label}{by}, by cause", head, rows,
                 list(part.columns), part.to_numpy().tolist(), note=note,
                 text_columns=2 if grouped else 1)  # fmt: skip
