"""What the first screen shows beside the answers: who went short, whom the reserve reaches, and the last days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from sim.report.run.facts import WEEK, Facts
from sim.report.run.reserve_reach import members
from sim.report.run.story import story
from sim.report.squares import bar, per_square, squares
from sim.report.words.phrases import count, day_words, group_words, percent, plural

MOST_PLACES, MOST_PRIORITIES = 5, 3


@dataclass(frozen=True)
class Hit:
    """A group with what was not there on the day: bar, share and units; `rule`: the first of its sort."""

    name: str
    bar: Markup
    share: str
    units: str
    rule: bool


@dataclass(frozen=True)
class Count:
    """Squares, what they stand for, and lines beside them: (words, quiet words)."""

    picture: Markup
    each: str
    lines: list[tuple[str, str]]


def parts(facts: Facts) -> dict[str, Any]:
    """All that the first screen is filled in with, apart from its picture."""
    last = facts.date(facts.days - 1)
    return {
        "story": story(facts), "hits": hits(facts), "reached": reached(facts), "at_end": at_the_end(facts),
        "last_week": last_week(facts), "last_day": last, "last_words": day_words(last),
        "goods": facts.goods,
    }  # fmt: skip


def hits(facts: Facts) -> tuple[str, list[Hit]]:
    """By what groups are told, and those worst off; then priority groups, the first of which is always there."""
    column = facts.breakdown("party", "region", "country") or "product"
    places = sorted(_shares(facts, column), key=lambda row: (-row[1], row[0]))[:MOST_PLACES]
    ranks = _shares(facts, "priority") if len(facts.values("priority")) > 1 else []
    shown = [*places, *ranks[:MOST_PRIORITIES]]
    most = max((share for _, share, _, _ in shown), default=0.0) or 1.0
    found = [
        Hit(name, bar(share / most, f"{name}: {percent(short, asked)}"), percent(short, asked, signs=True),
            count(short), k == len(places))
        for k, (name, share, short, asked) in enumerate(shown)
    ]  # fmt: skip
    return column.capitalize(), found


def _shares(facts: Facts, column: str) -> list[tuple[str, float, float, float]]:
    """(group in words, share not met, units not met, units asked for) of each group."""
    found = []
    for group, values in facts.groups(column).items():
        asked, short = values["units_demanded"].value or 0.0, values["units_unmet"].value or 0.0
        if asked and group != "":
            name = facts.group(column, group) if column in ("priority", "party") else str(group)
            name = name.capitalize() if column == "priority" else name
            found.append((name, short / asked, short, asked))
    return found


def reached(facts: Facts) -> Count | None:
    """Members of reserves: those that can draw on one for all that it holds for them, for some of it, or for none."""
    can, cannot = members(facts)
    if not len(can) and not len(cannot):
        return None
    groups = [
        (np.setdiff1d(can, cannot), "yes", "can draw on it"),
        (np.intersect1d(can, cannot), "some", "for some products only"),
        (np.setdiff1d(cannot, can), "no", "cannot"),
    ]
    numbers = [(len(sites), look) for sites, look, _ in groups]
    lines = [
        (f"{count(len(sites))} {words}", _short_of(facts, sites)) for sites, _, words in groups if len(sites)
    ]  # fmt: skip
    return Count(squares(numbers, "; ".join(words for words, _ in lines)), _each(numbers, "member", "members"), lines)


def _short_of(facts: Facts, sites: np.ndarray) -> str:
    """What share of their demand was not met, with the reserves and without."""
    network = facts.network
    cells = np.isin(network.cell_site, sites) & (network.cell_kind == "facility")
    if not cells.any():
        return ""

    def share(sums: dict[str, np.ndarray]) -> str:
        return percent(float(sums["unmet"][cells].sum()), float(sums["demand"][cells].sum()), signs=True)

    told = f"{share(facts.outcome.record.sums)} of demand short"
    if facts.without_reserves is not None:
        told += f"; without reserves {share(facts.without_reserves.record.sums)}"
    return told


def at_the_end(facts: Facts) -> Count:
    """How many facilities, or pairs of facility and product, are short on the last day."""
    network = facts.network
    pairs = int(((network.cell_kind == "facility") & (network.cell_mean > 0)).sum())
    short = int(facts.summary["short_at_end"].value or 0)
    one = len(facts.products) == 1
    what = ("facility", "facilities") if one else ("facility-product pair", "facility-product pairs")
    numbers = [(short, "short"), (max(0, pairs - short), "plain")]
    lines = [
        (f"{plural(short, *what)} still short" if short else "None short", ""),
        (f"{count(max(0, pairs - short))} served in full", ""),
    ]
    return Count(squares(numbers, lines[0][0]), _each(numbers, *what), lines)


def last_week(facts: Facts) -> list[tuple[str, str]]:
    """Units not met in the last seven days: in all, of the first priority, and without the disruptions."""
    rows = [("Last seven days", _week(facts, facts.outcome))]
    ranks = facts.values("priority")
    if len(ranks) > 1:
        rows.append((f"Of these, {group_words('priority', ranks[0])}", _week(facts, facts.outcome, priority=ranks[0])))
    if facts.twin is not None:
        rows.append(("Without disruptions", _week(facts, facts.twin)))
    return rows


def _week(facts: Facts, outcome: object, **conditions: object) -> str:
    asked, short = (
        float(facts.daily(name, outcome, kind="facility", **conditions)[-WEEK:].sum())  # type: ignore[arg-type]
        for name in ("demand", "unmet")
    )
    return (
        f"{plural(short, facts.good, facts.goods)} short, {percent(short, asked, signs=True)}"
        if short
        else "none short"
    )


def _each(numbers: list[tuple[int, str]], one: str, many: str) -> str:
    per = per_square(numbers)
    return f"One square: {f'{count(per)} {many}' if per > 1 else f'one {one}'}."
