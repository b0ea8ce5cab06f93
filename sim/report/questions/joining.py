"""What joining a pool is worth, as sentences, tables and a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from sim.report.figures import joining as figure
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.words.at_end import MEANING, are_short, last_day, more_days
from sim.report.words.phrases import listed, plural
from sim.report.words.rounding import bare, digits_of, size
from sim.report.words.rounding import figure as shown
from sim.report.words.units import Counted
from sim.study.ask.joining import APART, COVER, FIGURES, GAINS, LESS, LOSES, MORE, SAME, SHORT, SPENT, Joined
from sim.study.design.measures import Measure

LABELS = {SHORT: "Units short", COVER: "Mean days of cover", SPENT: "Cost borne"}
NAMED = 6
"""Members, or pairs, that are named in a sentence; the tables have all."""
Row = Mapping[str, Any]


def joining_words(
    found: Joined, titles: Mapping[str, str], counted: Counted, draws: int, ends: tuple[dt.date, int]
) -> list[str]:
    """Who gains and who loses, what a defector costs the others, whether a pair would leave, and how sure that is."""
    told = [_contributed(found, titles, counted)]
    told += _at_end(found, draws, ends)
    told += _of_joining(found, titles, counted)
    told += _of_defectors(found, titles, counted)
    told += _of_pairs(found, titles, counted)
    if draws == 1:
        told.append("Verdicts are of the one draw made, and no more.")
    return told


def _at_end(found: Joined, draws: int, ends: tuple[dt.date, int]) -> Iterator[str]:
    """A warning where draws are still short at the end."""
    for where, short in zip(("alone", "in the pool"), found.short, strict=True):
        if short:
            yield (
                f"Beware: {where} {are_short(short, draws)} on {last_day(ends[0])}, the last day, so figures are lower "
                f"limits, and what is said of them is of these days only. {MEANING} Let it run on: "
                f"--set run_on={more_days(ends[1])}d."
            )


def _contributed(found: Joined, titles: Mapping[str, str], counted: Counted) -> str:
    rows = found.contributions.to_dict("records")
    parts = [f"{titles.get(r['member'], r['member'])} {r['units']:,} ({r['share']:.0%})" for r in rows if r["units"]]
    none = [titles.get(r["member"], r["member"]) for r in rows if not r["units"]]
    pool = titles.get(found.pool.name, found.pool.name)
    told = f"{plural(len(rows), 'member')} of {pool}; what they contribute ({counted.all}): {listed(parts)}"
    return f"{told}; nothing: {listed(none)}." if none else f"{told}."


def _of_joining(found: Joined, titles: Mapping[str, str], counted: Counted) -> Iterator[str]:
    rows = found.of("pool")
    for verdict, head in (
        (GAINS, "Gains by joining"), (LOSES, "Loses by joining, and would be better off alone"),
        (APART, "No detectable difference between alone and in the pool"), (SAME, "The same alone and in the pool"),
    ):  # fmt: skip
        mine = [name for name, row in rows.items() if row["verdict"] == verdict]
        if not mine:
            continue
        parts = [f"{titles.get(name, name)} ({_change(rows[name], counted)})" for name in mine[:NAMED]]
        if verdict == SAME:
            parts = [f"{titles.get(name, name)} ({_level(rows[name]['mean'], counted)} short)" for name in mine[:NAMED]]
        more = [f"{len(mine) - NAMED} more"] if len(mine) > NAMED else []
        yield f"{head}: {listed([*parts, *more])}."


def _level(value: float, counted: Counted) -> str:
    return shown(value, counted.unit(Measure(SHORT)))


def _change(row: Row, counted: Counted) -> str:
    """`400 boxes short alone, 150 in the pool: 250 fewer, 200 to 300`."""
    unit = counted.unit(Measure(SHORT))
    digits = digits_of(row["low"], row["high"], unit)
    alone, pooled = shown(row["against_mean"], unit, digits), bare(shown(row["mean"], unit, digits), unit)
    return f"{alone} short alone, {pooled} in the pool: {_difference(row, unit, counted)}"


def _difference(row: Row, unit: str, counted: Counted) -> str:
    digits = digits_of(row["low"], row["high"], unit)
    amount = bare(size(row["difference"], unit, digits), unit)
    if row["verdict"] == APART:
        low, high = (bare(shown(row[end], unit, digits), unit) for end in ("low", "high"))
        return f"difference {low} to {high}"
    told = f"{amount} {'more' if row['difference'] > 0 else 'fewer'}"
    ends = sorted((abs(row["low"]), abs(row["high"])))
    if row["n"] < 2 or ends[0] == ends[1]:
        return told
    return f"{told}, {' to '.join(bare(size(end, unit, digits), unit) for end in ends)}"


def _of_defectors(found: Joined, titles: Mapping[str, str], counted: Counted) -> Iterator[str]:
    unit = counted.unit(Measure(SHORT))
    for way in found.defectors:
        who = str(found.ways.loc[found.ways["way"] == way, "who"].iloc[0])
        rows = found.of(way)
        parts = []
        for name in sorted(rows, key=lambda one: (one != who, -abs(rows[one]["difference"]))):
            if rows[name]["verdict"] in (GAINS, LOSES):
                own = "itself" if name == who else titles.get(name, name)
                parts.append(f"{own} {_difference(rows[name], unit, counted)}")
        more = [f"{len(parts) - NAMED} more members"] if len(parts) > NAMED else []
        head = f"If {titles.get(who, who)} breaks its word"
        told = f"units short: {listed([*parts[:NAMED], *more])}" if parts else "no detectable difference for any member"
        yield f"{head}, {told}."
    for who, why in found.untried:
        yield f"{titles.get(who, who)} was not tried as one that breaks its word: {why}."


def _of_pairs(found: Joined, titles: Mapping[str, str], counted: Counted) -> Iterator[str]:
    unit, table = counted.unit(Measure(SHORT)), found.pairs
    if table.empty:
        if len(found.pool.members) == 2:
            yield "A pool of two has no pair to leave it: whether either would is told above."
        return
    rows = table.to_dict("records")
    leaving = [row for row in rows if row["leaves"]]
    for row in leaving[:NAMED]:
        first, second = (titles.get(row[who], row[who]) for who in ("first", "second"))
        told = _difference(_part(row, "together"), unit, counted)
        yield (
            f"{first} and {second} would do better by themselves, with what they contribute and the others alone, than "
            f"in the whole pool: {told} {unit} short together."
        )
    if more := len(leaving) - NAMED:
        yield from [f"So would {plural(more, 'more pair')}; see the table."] if more > 0 else []
    paid = [row for row in rows if not row["leaves"] and row["together_verdict"] == GAINS]
    if paid:
        names = [" and ".join(titles.get(row[who], row[who]) for who in ("first", "second")) for row in paid[:NAMED]]
        yield f"Fewer units short together, but not for each of the two: {listed([f'{name}' for name in names])}."
    if not leaving:
        yield f"No pair of the {plural(len(rows), 'pair')} tried would detectably do better by itself than in the whole pool."


def _part(row: Row, who: str) -> dict[str, Any]:
    """The figures of one of a pair, or of both together."""
    return {key.removeprefix(f"{who}_"): value for key, value in row.items() if key.startswith(f"{who}_")}


def joining_page(found: Joined, words: Sequence[str], titles: Mapping[str, str], counted: Counted, title: str) -> str:
    """Each member alone and in the pool as a picture, and all that was compared as tables."""
    unit = counted.unit(Measure(SHORT))
    caption = (
        "Left: units short in the mean of the draws, by member. Right: how many fewer (left of the line) or more (right "
        "of it) in the pool than alone, on the same draws, with 95% intervals; hollow where no difference can be told."
    )
    with drawing():
        svg = to_svg(figure.draw(found, titles, unit), "joining", f"Units short alone and in the pool: {title}")
    pictures = [Picture("joining", "Alone and in the pool", caption, Markup(svg))]
    sheets = [*_members(found, titles, counted), *_pairs(found, titles, counted), _ways(found, titles)]
    return page(f"What joining is worth: {title}", words, sheets, pictures, [NOTE])


NOTE = (
    "Alone: what the pool's reserves hold is divided by contributions, and each member keeps its own for its own sites, "
    "gives and lends the others nothing, and sees nothing of theirs (`apart`). Breaks its word: it keeps what others "
    "ordered of its sites, transfers, and reserves at its sites (`defection`). Pairs pool what they contribute, all "
    "others stay alone. All on the same draws; verdicts count all members, or all pairs (Holm). Cost borne: goods used, "
    "stock, its part of reserves, journeys to its sites; it is neither good nor bad by itself, as goods that never come "
    "cost nothing."
)


def _members(found: Joined, titles: Mapping[str, str], counted: Counted) -> Iterator[Sheet]:
    """A table for the pool beside alone, and one for each defector beside the pool."""
    yield _beside(found, "pool", "Alone and in the pool", ("Alone", "In the pool"), titles, counted)
    for way in found.defectors:
        who = str(found.ways.loc[found.ways["way"] == way, "who"].iloc[0])
        name = titles.get(who, who)
        heads = ("In the pool", f"When {name} breaks its word")
        yield _beside(found, way, f"If {name} breaks its word", heads, titles, counted)


def _beside(
    found: Joined, way: str, caption: str, heads: tuple[str, str], titles: Mapping[str, str], counted: Counted
) -> Sheet:
    rows = []
    for measure in FIGURES:
        unit = counted.unit(Measure(measure))
        for name, row in found.of(way, measure).items():
            digits = digits_of(row["low"], row["high"], unit)
            ends = [bare(shown(row[end], unit, digits), unit) for end in ("low", "high")]
            between = "-" if row["n"] < 2 else f"{ends[0]} to {ends[1]}"
            values = [bare(shown(row[key], unit, digits), unit) for key in ("against_mean", "mean", "difference")]
            label = f"{LABELS[measure]} ({unit})"
            rows.append([label, titles.get(name, name), *values, between, VERDICTS.get(row["verdict"], row["verdict"])])
    table = found.members[found.members["way"] == way]
    head = ["", "Member", *heads, "Difference", "95% interval", "What may be said"]
    return Sheet(f"members-{way.replace(' ', '-')}", caption, head, rows, list(table.columns), table.to_numpy().tolist(),
                 text_columns=2)  # fmt: skip


VERDICTS = {GAINS: "▼ fewer: gains", LOSES: "▲ more: loses", MORE: "more", LESS: "less", APART: f"= {APART}"}


def _pairs(found: Joined, titles: Mapping[str, str], counted: Counted) -> Iterator[Sheet]:
    if found.pairs.empty:
        return
    unit, rows = counted.unit(Measure(SHORT)), []
    for row in found.pairs.to_dict("records"):
        names = [titles.get(row[who], row[who]) for who in ("first", "second")]
        cells = []
        for who in ("first", "second", "together"):
            part = _part(row, who)
            cells.append(part["verdict"] if part["verdict"] == SAME else _difference(part, unit, counted))
        rows.append([" and ".join(names), *cells, "would leave" if row["leaves"] else "-"])
    head = ["Pair by itself, against the whole pool", "The first", "The second", "Together", ""]
    caption = f"Pairs that pool what they contribute, the others alone: units short ({unit})"
    yield Sheet("pairs", caption, head, rows, list(found.pairs.columns), found.pairs.to_numpy().tolist())


def _ways(found: Joined, titles: Mapping[str, str]) -> Sheet:
    """What was compared, so that anybody can run it."""
    rows = [[row["way"], row["set"] or "nothing: as it is written"] for row in found.ways.to_dict("records")]
    head = ["What was compared", "Set on top of the scenario (--set)"]
    return Sheet("ways", "What was compared", head, rows, list(found.ways.columns), found.ways.to_numpy().tolist(),
                 text_columns=2)  # fmt: skip
