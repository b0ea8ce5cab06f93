"""How sure an answer is: luck, and luck with what is not known, as two bars, for the pair that matters in each
scenario."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.report.brief.context import ENOUGH, Context, how_many, middle
from sim.report.brief.parts import Section
from sim.report.figures.study.how_sure import Pair, draw
from sim.report.study.answer import chance_words, leaders
from sim.report.study.comparison import records
from sim.report.words.phrases import listed
from sim.report.words.rounding import size
from sim.report.words.unsure import luck_words


def how_sure(it: Context) -> Section:
    """The pair of options that decides each scenario: what of their difference is luck, and what not knowing."""
    pairs = [pair for scenario in it.scenarios if (pair := _pair(it, scenario)) is not None]
    if not pairs:
        return Section("How sure", paragraphs=["There is nothing to compare, so nothing to be sure of."])
    unit = "percentage points" if it.measure.unit == "share" else it.unit
    what = f"{it.measure.label.lower()}, {unit}: by how much the first named is better"
    room = it.result.design.spec.best
    scale = 100.0 if it.measure.unit == "share" else 1.0
    picture = draw(pairs, what, 0.0 if room is None else scale * room.indifference)
    return Section("How sure", figures=[("How sure", _caption(it, pairs), picture)], paragraphs=list(_told(it)))


def _pair(it: Context, scenario: str) -> Pair | None:
    """The recommended option beside the nearest: of those not told apart from it, or, if it is alone, of all others."""
    name = it.recommended(scenario)
    if name is None:
        return None
    first, rows = leaders(it.result, scenario), records(it.result.standing, scenario=scenario)
    rivals = [row for row in rows if row["strategy"] != name and (len(first) == 1 or row["together"])]
    if not rivals:
        return None
    other = str(min(rivals, key=lambda row: row["behind"])["strategy"])
    both = _better_by(it, it.draws(scenario), name, other)
    varies = it.result.design.varies(scenario)
    luck = None if varies else middle(both)
    if varies and it.luck is not None and not it.luck.empty:
        mine = it.luck[it.luck["scenario"] == scenario]
        table = mine.pivot(index="replication", columns="strategy", values="value")
        luck = middle(_better_by(it, table, name, other))
    won, lost, n = int((both > 0).sum()), int((both < 0).sum()), int(both.notna().sum())
    alone = first == [name]
    verdict = f"{it.letters[name]} better" if alone else "Cannot be told apart"
    counts = f"better in {won} of {n} draws" if alone else f"better in {won}, worse in {lost} of {n}"
    where = it.scenario(scenario) if len(it.result.design.scenarios) > 1 else ""
    label = f"{it.letters[name]} {it.name(name)} against {it.letters[other]} {it.name(other)}"
    return Pair(where, label, float(both.mean()), luck, middle(both) if varies else None, verdict, counts)


def _better_by(it: Context, draws: pd.DataFrame, name: str, other: str) -> pd.Series:
    scale = 100.0 if it.measure.unit == "share" else 1.0
    return scale * (1 if it.measure.better == "higher" else -1) * (draws[name] - draws[other])


def _caption(it: Context, pairs: list[Pair]) -> str:
    draws = it.result.number
    luck_draws = draws if it.luck is None or it.luck.empty else int(it.luck["replication"].nunique())
    parts = []
    if any(pair.luck for pair in pairs):
        parts.append(f"Blue bar, luck: {how_many(luck_draws)} of chance, all else as written.")
    if any(pair.both for pair in pairs):
        parts.append(
            f"Black line, luck and not knowing: {how_many(draws)} with each uncertain figure drawn in its range, too."
        )
    if not all(pair.both for pair in pairs):
        parts.append(
            "Not knowing has no bar where nothing is written as uncertain: assumed figures are taken as certain."
        )
    room = it.result.design.spec.best
    if room is not None:
        parts.append(f"Hatched: less than the {size(room.indifference, it.unit)} worth telling apart.")
    return " ".join([*parts, "Diamond: mean."])


def _told(it: Context) -> Iterator[str]:
    if chances := _chances(it):
        yield chances
    draws = it.result.number
    few = f"From {draws} draws little can be told of what is rare. " if draws < ENOUGH else ""
    ends = "Hardly any draw is short on its last day. " if bool(it.result.ending["settled"].all()) else ""
    yield f"{few}{ends}Counts are of draws of this model; they are not the probability that the model is right."
    for case in it.result.design.again[:1]:
        variance = it.result.variance[it.result.variance["scenario"] == case.labels[0]]
        yield from luck_words(variance, it.measure, f"{it.name(it.reference)}, ")


def _chances(it: Context) -> str:
    """How probable it is that what is best is the best, and over what."""
    told, drawn = [], set()
    for scenario in it.scenarios:
        first = leaders(it.result, scenario)
        rows = records(it.result.best, scenario=scenario, measure=it.measure.name) if len(first) == 1 else []
        for row in rows:
            if [row["strategy"]] == first and len(rows) > 1:
                where = f" in '{it.scenario(scenario)}'" if len(it.result.design.scenarios) > 1 else ""
                told.append(f"{chance_words(row['probability_best'])} for {it.name(row['strategy'])}{where}")
                drawn.add(it.result.design.varies(scenario))
    if not told:
        return ""
    over = "chance and of what is written as uncertain" if True in drawn else "chance"
    return f"Probability of being the best of all: {listed(told)}, over draws of {over}, with all else as written."
