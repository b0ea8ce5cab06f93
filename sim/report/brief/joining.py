"""Who gains and who loses by joining the pool that a study asks about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.report.brief.context import Context
from sim.report.brief.parts import Cell, Grid, Section
from sim.report.figures.study.joining import draw
from sim.report.questions.joining import at_end, breach_words, difference, of_defectors, of_pairs
from sim.report.words.names import Names
from sim.report.words.phrases import plural
from sim.report.words.rounding import bare, digits_of, level
from sim.study.ask.joining import APART, COVER, GAINS, LOSES, SAME, SHORT, SPENT, Joined
from sim.study.design.measures import Measure
from sim.study.design.pooled import asked_pool
from sim.study.design.spec import Study

MOST_TOLD = 6
"""Sentences on defectors and pairs there is room for; joining.html has all."""
WORDS = {GAINS: "gains", LOSES: "better off alone", APART: "= not told apart", SAME: "= the same"}
LOOKS = {GAINS: "good", LOSES: "loss", APART: "quiet", SAME: "quiet"}


def joining(it: Context) -> list[Section]:
    """A row for each member, a picture, and what defectors and pairs would change, where the study names a pool."""
    if it.joined is None:
        return []
    found, design, counted = it.joined, it.result.design, it.words.counted
    scenario, unit = design.scenarios[0], counted.unit(Measure(SHORT))
    strategy, _ = asked_pool(design.spec, design.loaded, scenario)
    loaded = design.loaded[scenario, strategy]
    titles = loaded.sites.parties.titles
    pool, asked = titles.get(found.pool.name, found.pool.name), design.spec.joining
    alone = f"the same where every member stays alone with what it contributes to {pool}"
    if asked is not None and asked.alone is not None:
        alone = f"{it.name(asked.alone)}, under which each is alone"
    told = [f"{it.within(scenario)}{it.name(strategy)}, beside {alone}; means of {plural(found.draws, 'draw')}."]
    told += at_end(found, (loaded.spec.until, (loaded.spec.until - loaded.spec.start).days))
    heads = [f"{what}, {where}" for what in (f"Short ({unit})", "Days of cover", f"Cost borne ({it.currency})")
             for where in ("alone", "in the pool")]  # fmt: skip
    rows = [_row(found, name, titles, it) for name in found.pool.members]
    caption = (
        "Right: in the pool less alone, on the same draws, with 95% intervals; hollow where no difference can be told "
        "with all members counted at once, though an interval by itself may leave out 0."
    )
    picture = ("Alone and in the pool", caption, draw(found, titles, unit, 7.2))
    breach = breach_in(found, design.spec, it.words.names)
    after = [*of_defectors(found, titles, counted, breach), *of_pairs(found, titles, counted)]
    more = [f"{plural(len(after) - MOST_TOLD, 'more line')}: see joining.html."] if len(after) > MOST_TOLD else []
    return [
        Section(
            "Who gains and who loses by joining", before=told, paragraphs=[*after[:MOST_TOLD], *more],
            grids=[Grid("joining", ["", *heads, "By joining"], rows)], figures=[picture],
        )
    ]  # fmt: skip


def breach_in(found: Joined, spec: Study, names: Names) -> str:
    """What a study tries as a broken word; empty where nothing is."""
    name = spec.joining.broken if spec.joining is not None else None
    return breach_words(found, *((names.strategy(name), names.what(name)) if name is not None else ("", "")))


def _row(found: Joined, name: str, titles: Mapping[str, str], it: Context) -> list[Cell]:
    """A member's figures alone and in the pool, and what may be said of its units short."""
    cells = [Cell(strong=titles.get(name, name))]
    for measure in (SHORT, COVER, SPENT):
        row, unit = found.of("pool", measure)[name], it.words.counted.unit(Measure(measure))
        digits = digits_of(row["low"], row["high"], unit)
        levels = [row[key] for key in ("against_mean", "mean")]
        cells += [Cell(bare(level(one, unit, digits), unit)) for one in levels]
    return [*cells, _verdict(found.of("pool")[name], it)]


def _verdict(row: Mapping[str, Any], it: Context) -> Cell:
    told = row["verdict"] in (GAINS, LOSES)
    note = difference(row, it.words.counted.unit(Measure(SHORT))) if told else ""
    return Cell(WORDS[row["verdict"]], note=note, looks=LOOKS[row["verdict"]])
