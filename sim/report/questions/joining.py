"""What joining a pool is worth, as sentences, tables and a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from sim.report.figures.study import joining as figure
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.words.at_end import MEANING, are_short, last_day, more_days
from sim.report.words.phrases import day_words, listed, plural
from sim.report.words.rounding import bare, digits_of, level, size
from sim.report.words.rounding import figure as shown
from sim.report.words.units import Counted
from sim.study.ask.joining import APART, COVER, FIGURES, GAINS, LESS, LOSES, MORE, SAME, SHORT, SPENT, Joined
from sim.study.design.measures import Measure

LABELS = {SHORT: "Units short", COVER: "Mean days of cover", SPENT: "Cost borne"}
MOST_ROWS = 40
NAMED = 6
"""Members, or pairs, that are named in a sentence; the tables have all."""
BREACH = "a member lets nothing out that others order of its sites, gives and lends nothing, and keeps reserves there"
"""What a member does that is tried as a defector."""
Row = Mapping[Any, Any]


def joining_words(
    found: Joined, titles: Mapping[str, str], counted: Counted, ends: tuple[dt.date, int], breach: str
) -> list[str]:
    """Who gains and who loses, what a defector costs the others, whether a pair would leave, and how sure that is."""
    told = [_contributed(found, titles, counted)]
    told += at_end(found, ends)
    told += _of_joining(found, titles, counted)
    told += of_defectors(found, titles, counted, breach)
    told += of_pairs(found, titles, counted)
    return told


def at_end(found: Joined, ends: tuple[dt.date, int]) -> Iterator[str]:
    """A warning where draws are still short at the end."""
    for where, short in zip(("alone", "in the pool"), found.short, strict=True):
        if short:
            yield (
                f"Beware: {where} {are_short(short, found.draws)} on {last_day(ends[0])}, the last day, so figures are "
                f"lower limits, and what is said of them is of these days only. {MEANING} Let it run on: "
                f"--set run_on={more_days(ends[1])}d."
            )


def _contributed(found: Joined, titles: Mapping[str, str], counted: Counted) -> str:
    rows = found.contributions.to_dict("records")
    if not any(row["units"] for row in rows):
        return f"{plural(len(rows), 'member')} of {titles.get(found.pool.name, found.pool.name)}."
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
        apart = verdict == APART and any(rows[name]["low"] > 0 or rows[name]["high"] < 0 for name in mine)
        count = " (intervals are of each by itself, verdicts count all members at once)" if apart else ""
        yield f"{head}{count}: {listed([*parts, *more])}."


def _level(value: float, counted: Counted) -> str:
    return shown(value, counted.unit(Measure(SHORT)))


def _change(row: Row, counted: Counted) -> str:
    """`400 boxes short alone, 150 in the pool: 250 fewer, 200 to 300`."""
    unit = counted.unit(Measure(SHORT))
    digits = digits_of(row["low"], row["high"], unit)
    alone, pooled = (level(row[key], unit, digits) for key in ("against_mean", "mean"))
    return f"{alone} short alone, {bare(pooled, unit)} in the pool: {difference(row, unit)}"


def difference(row: Row, unit: str) -> str:
    """By how much it is more or fewer, between what, as far as it can be told."""
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


def breach_words(found: Joined, strategy: str, what: str) -> str:
    """What is tried as a broken word: what every member would do, or a strategy, by the name to show and what it is;
    empty where nothing is tried."""
    if "defector" in found.written:
        return " ".join(filter(None, (f"What is tried as a broken word: '{strategy}'.", what)))
    if found.since is None:
        return ""
    return f"What is tried as a broken word: from {day_words(found.since)} to the end {BREACH}."


def of_defectors(found: Joined, titles: Mapping[str, str], counted: Counted, breach: str) -> Iterator[str]:
    """What it does to each member if one breaks its word, with what is tried as that."""
    unit = counted.unit(Measure(SHORT))
    if breach:
        yield breach
    alike = []
    for way, who in found.defectors:
        rows, name = found.of(way), titles.get(who, who)
        told = [one for one, row in rows.items() if row["verdict"] in (GAINS, LOSES)]
        told.sort(key=lambda one: (one != who, -abs(rows[one]["difference"])))
        parts = [
            f"{'itself' if one == who else titles.get(one, one)} {difference(rows[one], unit)}" for one in told[:NAMED]
        ]
        more = [f"{len(told) - NAMED} more members"] if len(told) > NAMED else []
        if parts:
            yield f"If {name} breaks its word, {unit} short: {'; '.join([*parts, *more])}."
        else:
            alike.append(name)
    if len(alike) > 1 and len(alike) == len(found.defectors):
        yield f"No detectable difference for any member, whoever of the {len(alike)} tried breaks its word."
    elif alike:
        who = "this one" if len(alike) == 1 else "one of these"
        yield f"No detectable difference for any member where {who} breaks its word: {listed(alike)}."
    for reason in dict.fromkeys(why for _, why in found.untried):
        names = listed([titles.get(who, who) for who, why in found.untried if why == reason])
        yield f"Not tried as one that breaks its word, as {reason}: {names}."


def of_pairs(found: Joined, titles: Mapping[str, str], counted: Counted) -> Iterator[str]:
    """Pairs that would do better by themselves than in the whole pool, or that none of those tried would."""
    unit, table = counted.unit(Measure(SHORT)), found.pairs
    if table.empty:
        if len(found.pool.members) == 2 and found.contributions["units"].any():
            yield "A pool of two has no pair to leave it: whether either would is told above."
        else:
            yield "No pair of members was tried: whether two would do better by themselves is not known."
        return
    rows = table.to_dict("records")
    leaving = [row for row in rows if row["leaves"]]
    for row in leaving[:NAMED]:
        first, second = (titles.get(row[who], row[who]) for who in ("first", "second"))
        told = difference(_part(row, "together"), unit)
        yield (
            f"{first} and {second} would do better by themselves, with what they contribute and the others alone, than "
            f"in the whole pool: {told} {unit} short together."
        )
    if (more := len(leaving) - NAMED) > 0:
        yield f"So would {plural(more, 'more pair')}; see the table."
    paid = [row for row in rows if not row["leaves"] and row["together_verdict"] == GAINS]
    if paid:
        names = [" and ".join(titles.get(row[who], row[who]) for who in ("first", "second")) for row in paid[:NAMED]]
        yield f"Fewer units short together, but not for each of the two: {listed(names)}."
    if not leaving:
        yield _no_pair(rows, titles)


def _no_pair(rows: Sequence[Row], titles: Mapping[str, str]) -> str:
    more = "detectably do better by itself than in the whole pool."
    if len(rows) > 1:
        return f"None of the {len(rows)} pairs tried would {more}"
    names = " and ".join(titles.get(rows[0][who], rows[0][who]) for who in ("first", "second"))
    return f"The one pair tried, {names}, would not {more}"


def _part(row: Row, who: str) -> dict[str, Any]:
    """The figures of one of a pair, or of both together."""
    start = f"{who}_"
    return {str(key).removeprefix(start): value for key, value in row.items() if str(key).startswith(start)}


def joining_page(found: Joined, words: Sequence[str], titles: Mapping[str, str], counted: Counted, title: str) -> str:
    """Each member alone and in the pool as a picture, and all that was compared as tables."""
    unit = counted.unit(Measure(SHORT))
    caption = (
        "Left: units short in the mean of the draws, by member. Right: how many fewer (left of the line) or more "
        "(right of it) in the pool than alone, on the same draws, with 95% intervals; hollow where no difference can "
        "be told with all members counted at once, though an interval by itself may leave out 0."
    )
    with drawing():
        svg = to_svg(figure.draw(found, titles, unit), "joining", f"Units short alone and in the pool: {title}")
    pictures = [Picture("joining", "Alone and in the pool", caption, Markup(svg))]
    sheets = [*_members(found, titles, counted), *_pairs(found, titles, counted), _ways(found)]
    return page(f"What joining is worth: {title}", words, sheets, pictures, [_note(found)])


MADE = {
    "alone": (
        "Alone: what the pool's reserves hold is divided by contributions, and each member keeps its own for its own "
        "sites, gives and lends the others nothing, and sees none of their stock (`apart`)."
    ),
    "defector": (
        "Breaks its word: it keeps what others ordered of its sites, transfers, and reserves at its sites "
        "(`defection`)."
    ),
    "pair": "Pairs pool what they contribute, all others stay alone.",
}
"""What a way is that was made; one that is a strategy says it itself."""
NOTE = (
    "All on the same draws; verdicts count all members, or all pairs (Holm). Cost borne: goods used, stock, its part "
    "of reserves, journeys to its sites; it is neither good nor bad by itself, as goods that never come cost nothing."
)


def _note(found: Joined) -> str:
    made = set(found.ways["kind"]) - found.written
    return " ".join([*(told for kind, told in MADE.items() if kind in made), NOTE])


def _members(found: Joined, titles: Mapping[str, str], counted: Counted) -> Iterator[Sheet]:
    """A table for the pool beside alone, and one of units short for the defectors beside the pool."""
    rows = [
        [
            f"{LABELS[measure]} ({counted.unit(Measure(measure))})",
            titles.get(name, name),
            *_cells(row, measure, counted),
        ]
        for measure in FIGURES
        for name, row in found.of("pool", measure).items()
    ]
    table = found.members[found.members["way"] == "pool"]
    yield Sheet("members", "Alone and in the pool", ["", "Member", "Alone", "In the pool", *HEAD], rows,
                list(table.columns), table.to_numpy().tolist(), text_columns=2)  # fmt: skip
    told = [
        (titles.get(who, who), name, row)
        for way, who in found.defectors
        for name, row in found.of(way).items()
        if row["verdict"] != SAME
    ]
    if not told:
        return
    told.sort(key=lambda one: -abs(one[2]["difference"]))
    rows = [[who, titles.get(name, name), *_cells(row, SHORT, counted)] for who, name, row in told[:MOST_ROWS]]
    caption = f"If a member breaks its word: units short ({counted.unit(Measure(SHORT))}), where anything changes"
    table = found.members[found.members["way"] != "pool"]
    more = f"{len(told) - MOST_ROWS} smaller differences are in the file." if len(told) > MOST_ROWS else ""
    yield Sheet("defectors", caption, ["Who breaks its word", "Member", "In the pool", "Then", *HEAD], rows,
                list(table.columns), table.to_numpy().tolist(), more, 2)  # fmt: skip


def _cells(row: Row, measure: str, counted: Counted) -> list[str]:
    """Both means, the difference with its interval, and what may be said of it."""
    unit = counted.unit(Measure(measure))
    digits = digits_of(row["low"], row["high"], unit)
    levels = [bare(level(row[key], unit, digits), unit) for key in ("against_mean", "mean")]
    values = [*levels, bare(shown(row["difference"], unit, digits), unit)]
    ends = [bare(shown(row[end], unit, digits), unit) for end in ("low", "high")]
    between = "-" if row["n"] < 2 else f"{ends[0]} to {ends[1]}"
    verdict = str(row["verdict"])
    return [*values, between, VERDICTS.get(verdict, verdict)]


HEAD = ("Difference", "95% interval", "What may be said")
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
            cells.append(part["verdict"] if part["verdict"] == SAME else difference(part, unit))
        rows.append([" and ".join(names), *cells, "would leave" if row["leaves"] else "-"])
    head = ["Pair by itself, against the whole pool", "The first", "The second", "Together", ""]
    caption = f"Pairs that pool what they contribute, the others alone: units short ({unit})"
    yield Sheet("pairs", caption, head, rows, list(found.pairs.columns), found.pairs.to_numpy().tolist())


def _ways(found: Joined) -> Sheet:
    """What was compared, so that anybody can run it."""
    rows = [[row["way"], row["set"] or "nothing: as it is written"] for row in found.ways.to_dict("records")]
    head = ["What was compared", "Set on top of the scenario (--set)"]
    return Sheet(
        "ways",
        "What was compared",
        head,
        rows,
        list(found.ways.columns),
        found.ways.to_numpy().tolist(),
        text_columns=2,
    )
