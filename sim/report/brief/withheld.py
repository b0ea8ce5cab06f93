"""The page in the place of a brief while draws are still short at the end: nothing on it can be quoted as an answer."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.report.brief.context import Context
from sim.report.brief.parts import Cell, Grid, Section
from sim.report.figures.study.cut_short import draw
from sim.report.study.at_end import settling_words
from sim.report.study.comparison import records
from sim.report.words.at_end import MEANING, last_day, short_under
from sim.report.words.phrases import listed, percent, plural
from sim.report.words.rounding import bare, figure
from sim.study.design.measures import ALL, Measure
from sim.study.infer.ending import draws_at_end

MOST_SQUARES = 40
"""Draws that are drawn one by one."""
MOST_PANELS, MOST_TOLD = 3, 4
LEAD = "No best option can be named yet: the runs stop in the middle of the shortage."


def told(it: Context) -> list[str]:
    """Why no option is called best."""
    lines = []
    for scenario in it.result.unsettled[:MOST_TOLD]:
        rows = {row["strategy"]: row for row in records(it.result.ending, scenario=scenario)}
        short = [
            (it.name(name), rows[name]["short"], rows[name]["draws"]) for name in it.options if rows[name]["short"]
        ]
        counts = short_under(short, len(it.result.design.strategies))
        lines.append(f"{it.within(scenario)}{counts} on {last_day(it.result.design.until(scenario))}, the last day.")
    more = len(it.result.unsettled) - MOST_TOLD
    return [
        *lines,
        *([f"So it is in {plural(more, 'more scenario')}."] if more > 0 else []),
        "Whichever option fails last looks best on the day on which one happens to stop. So no option is called best "
        f"here, and no probability is given. {MEANING}",
    ]


def sections(it: Context) -> list[Section]:
    """How each draw ended, where the runs stop, what can be said already, and what would settle it."""
    return [
        *(_short(it, scenario) for scenario in it.result.unsettled[: 1 if len(it.result.unsettled) > 2 else 2]),
        *_stops(it),
        Section("What can be said already", points=list(_already(it))),
        Section("What would settle it", points=list(_settles(it))),
    ]


def _short(it: Context, scenario: str) -> Section:
    where = f": {it.scenario(scenario)}" if len(it.result.design.scenarios) > 1 else ""
    day = last_day(it.result.design.until(scenario)).rsplit(" ", 1)[0]
    draws = draws_at_end(it.result.kept)
    draws = draws[draws["scenario"] == scenario]
    head = ["", "Option", "Draws, the same luck in each column", f"Still short on {day}",
            f"Unmet up to {day} ({it.words.counted.all})", "of these in the last 14 days"]  # fmt: skip
    unmet = _unmet(it, scenario)
    rows = []
    for name in it.options:
        mine = draws[draws["strategy"] == name].sort_values("replication")
        row = records(it.result.ending, scenario=scenario, strategy=name)[0]
        squares = tuple(bool(short) for short in mine["short"]) if len(mine) <= MOST_SQUARES else ()
        ended = "" if squares else f"{row['short']} still short, {row['draws'] - row['short']} served again"
        share = row["share_of_unmet"]
        rows.append([
            it.letter(name), it.option(name, what=False), Cell(ended, squares=squares),
            Cell(strong=f"{row['short']} of {row['draws']}"), Cell(unmet[name]),
            Cell("–" if share != share else percent(share, 1.0)),
        ])  # fmt: skip
    note = (
        "■ still short  □ served again. In the order of their letters, not ranked: what is unmet up to the last day is "
        "a lower limit, and still growing."
    )
    grid = Grid(f"ending-{scenario}", head, rows, text_columns=3, note=note)
    return Section(f"Still short on the last day{where}", grids=[grid])


def _unmet(it: Context, scenario: str) -> dict[str, str]:
    """Strategy -> units unmet to the last day, in the mean; of studies about something else `-`."""
    mine = it.result.kept
    mine = mine[(mine["scenario"] == scenario) & (mine["measure"] == "units_unmet") & (mine["breakdown"] == ALL)]
    means = mine.groupby("strategy", observed=True)["value"].mean()
    unit = it.words.counted.unit(Measure("units_unmet"))
    return {name: bare(figure(float(means.get(name, float("nan"))), unit, 0), unit) for name in it.options}


def _stops(it: Context) -> Iterator[Section]:
    """A picture of unmet demand by day under the options with most draws still short, if the study keeps days."""
    days, scenario = it.result.daily, it.result.unsettled[0]
    if days.empty:
        return
    mine = days[days["scenario"] == scenario].groupby(["strategy", "replication", "day"], observed=True)["unmet"].sum()
    rows = records(it.result.ending, scenario=scenario)
    rows = sorted((row for row in rows if row["strategy"] in it.options), key=lambda row: -row["short"])
    chosen = [name for name in it.options if name in {row["strategy"] for row in rows[:MOST_PANELS]}]
    start = it.result.design.loaded[scenario, it.reference].spec.start
    tables: dict[str, pd.DataFrame] = {
        f"{it.letters[name]}  {it.name(name)}": mine.loc[name].unstack("replication") for name in chosen
    }
    where = f" in '{it.scenario(scenario)}'" if len(it.result.design.scenarios) > 1 else ""
    caption = f"Unmet demand of each day{where}, on one scale. What follows is not in the figures."
    yield Section(
        "Where the runs stop", figures=[("Where the runs stop", caption, draw(tables, start, it.words.counted.all))]
    )


def _already(it: Context) -> Iterator[tuple[str, str]]:
    told: dict[str, list[str]] = {}
    for scenario in it.result.design.scenarios:
        told.setdefault(_of_one(it, scenario), []).append(it.scenario(scenario))
    several = len(it.result.design.scenarios) > 1
    yield from ((f"{listed(places)}:" if several else "", text) for text, places in told.items() if text)
    yield "Who loses", "is told with the next run, not before: it, too, depends on the last day."


def _of_one(it: Context, scenario: str) -> str:
    """What can be said of a scenario: figures that stand, or what is so in every draw as far as it was run."""
    when = last_day(it.result.design.until(scenario))
    if scenario not in it.result.unsettled:
        if len(it.result.design.scenarios) - len(it.result.unsettled) > 2:
            return f"hardly any draw is short on {when}, under any option. Their figures stand; they are in study.html."
        means = listed([f"{it.letters[name]} {it.level(scenario, name, False)}" for name in it.options])
        label = f"{it.measure.label.lower()}, in the mean ({it.unit}): {means}"
        return f"hardly any draw is short on {when}, under any option. Its figures stand: {label}."
    draws, sign = it.draws(scenario), 1.0 if it.measure.better == "higher" else -1.0
    fewer = [n for n in it.options if n != it.reference and (sign * (draws[n] - draws[it.reference]) > 0).all()]
    if not fewer:
        return ""
    names, base = listed([it.letters[name] for name in fewer]), it.letters[it.reference]
    return f"up to {when}, and no further, {names} did better than {base} in each of {len(draws)} draws."


def _settles(it: Context) -> Iterator[tuple[str, str]]:
    yield "", f"{settling_words(it.result)}."
    if it.result.number < 50:
        yield "Then,", f"if options still lie close: more draws than the {it.result.number} made."
    yield (
        "Or say why the end is enough:",
        'end_is_enough: "…" in the study; the reason is then printed with the answer.',
    )
