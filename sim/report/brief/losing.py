"""Who loses under the recommended option: every group that loses, set against every other option; priority 1 first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sim.report.brief.context import Context
from sim.report.brief.parts import Cell, Grid, Section
from sim.report.study.comparison import records
from sim.report.study.who_loses import losers_words
from sim.report.words.phrases import group_words, listed
from sim.report.words.rounding import bare, digits_of, level, size
from sim.study.design.measures import Measure
from sim.study.infer.compare import SAME, UNDETECTED, UNKNOWN
from sim.study.infer.losers import ORDER, WORSE, better_off

MOST_ROWS, MOST_OTHERS, MOST_TABLES = 6, 5, 2
FEW_ROWS = 3
"""Groups and other options of a table, and tables, that there is room for, and groups where none of them loses;
losses.csv has all."""
BY_RANK = {name: place for place, name in enumerate(ORDER)}


def who_loses(it: Context) -> Section:
    """A table for each scenario in which anybody loses; of the first one where nobody does."""
    title = "Who loses"
    if it.result.losses.empty:
        return Section(title, paragraphs=list(losers_words(it.result)))
    asked = [(scenario, name) for scenario in it.scenarios if (name := it.recommended(scenario)) is not None]
    losing = [(s, n) for s, n in asked if not better_off(it.result.losses, s, n).empty]
    grids = [grid for s, n in (losing[:MOST_TABLES] or asked[:1]) if (grid := _table(it, s, n)) is not None]
    told = list(_first(it, asked))
    if not losing:
        told.append("No group can be told to be better off under another option than the recommended one.")
    if len(losing) > MOST_TABLES:
        told.append(f"Further scenarios in which somebody loses: {len(losing) - MOST_TABLES}; see study.html.")
    note = (
        f"{_label(it)}, in the mean. ▲ the group would be better off there, with the interval of the difference "
        f"({it.result.design.spec.confidence:.0%}, from {it.result.number} draws); = the draws do not tell; ▼ it "
        "would be worse off. All pairs: losses.csv."
    )
    return Section(title, before=told, grids=grids, paragraphs=[note] if grids else [])


def _first(it: Context, asked: list[tuple[str, str]]) -> Iterator[str]:
    """What is to be said of those of priority 1, also where they lose nothing."""
    told: dict[str, list[str]] = {}
    table = it.result.losses
    for scenario, name in asked:
        mine = table[(table["scenario"] == scenario) & (table["strategy"] == name) & (table["breakdown"] == "priority")]
        if mine.empty:
            continue
        group = str(min(mine["group"]))
        loses = WORSE in set(mine.loc[mine["group"] == group, "verdict"])
        verdict = "loses (first line)" if loses else "loses nothing that can be told"
        told.setdefault(f"under {it.name(name)} {group_words('priority', group)}, {verdict}", []).append(
            it.scenario(scenario)
        )
    several = len(it.result.design.scenarios) > 1
    parts = [f"in {listed([repr(p) for p in places])} {text}" if several else text for text, places in told.items()]
    if parts:
        yield f"{'; '.join(parts)}."[:1].upper() + f"{'; '.join(parts)}."[1:]


def _table(it: Context, scenario: str, name: str) -> Grid | None:
    table = it.result.losses
    mine = table[(table["scenario"] == scenario) & (table["strategy"] == name) & (table["breakdown"] != "all")]
    groups = _groups(mine)
    if not groups:
        return None
    others = [other for other in it.options if other != name][:MOST_OTHERS]
    head = [it.scenario(scenario) if len(it.scenarios) > 1 else "Who", f"Under {it.letters[name]}, {it.name(name)}"]
    head += [f"Under {it.letters[other]}, {it.name(other)}" for other in others]
    rows = [_row(it, mine, by, group, others) for by, group in groups]
    units = {unit for by, group in groups if (unit := _unit(it, by, group))}
    caption = f"{_label(it)}, {units.pop()}" if len(units) == 1 else _label(it)
    return Grid(f"losers-{scenario}", head, rows, caption=caption)


def _groups(mine: pd.DataFrame) -> list[tuple[str, str]]:
    """Those of priority 1, then who loses, most first, then others, as far as there is room."""
    found = mine.groupby(["breakdown", "group"], sort=False)
    worst = {key: rows.loc[rows["verdict"] == WORSE, "worse_by"].max() for key, rows in found}
    first = min((str(group) for by, group in worst if by == "priority"), default=None)

    def order(key: Any) -> tuple[Any, ...]:
        by, group = key
        loses = worst[key] == worst[key]
        return ((by, group) != ("priority", first), not loses, -worst[key] if loses else 0.0, BY_RANK[by], group)

    chosen, seen = [], set()
    for key in sorted(worst, key=order):
        same = tuple(found.get_group(key)["other_mean"]), float(found.get_group(key)["mean"].iloc[0])
        if same not in seen:  # a country of one region is told once
            chosen.append((str(key[0]), str(key[1])))
        seen.add(same)
    loses = any(value == value for value in worst.values())
    room = FEW_ROWS + sum(by == "party" for by, _ in chosen)  # who decides wants to see everybody
    return chosen[: MOST_ROWS if loses else min(MOST_ROWS, room)]


def _label(it: Context) -> str:
    """What is told of the groups: harm, where the study is about money."""
    return Measure(str(it.result.losses["measure"].iloc[0])).label


def _unit(it: Context, by: str, group: str) -> str:
    measure = Measure(it.result.losses["measure"].iloc[0], by)
    return "" if measure.unit in ("share", "index", "ratio", "day") else it.words.counted.unit(measure, group)


def _row(it: Context, mine: pd.DataFrame, by: str, group: str, others: list[str]) -> list[Cell]:
    rows = {row["other"]: row for row in records(mine, breakdown=by, group=group)}
    measure = Measure(str(mine["measure"].iloc[0]), by)
    unit = it.words.counted.unit(measure, group)
    own = next(iter(rows.values()))
    mean = bare(level(own["mean"], unit, _digits(rows, unit)), unit)
    name = it.words.names.group(by, group)
    head = Cell(strong=f"{name[:1].upper()}{name[1:]}")
    return [head, Cell(strong=mean), *(_beside(rows[other], measure, unit) for other in others)]


def _digits(rows: dict[str, Any], unit: str) -> int | None:
    """As the widest of the differences lets one see."""
    found = [digits for row in rows.values() if (digits := digits_of(row["low"], row["high"], unit)) is not None]
    return min(found) if found else None


def _beside(row: dict[str, Any], measure: Measure, unit: str) -> Cell:
    """How a group would fare under another option."""
    if row["verdict"] == SAME:
        return Cell("= the same", looks="quiet")
    if row["verdict"] in (UNDETECTED, UNKNOWN):
        return Cell("= not told apart", looks="quiet")
    digits = digits_of(row["low"], row["high"], unit)
    higher = (row["worse_by"] > 0) == (measure.better == "higher")
    amount = size(row["worse_by"], unit, digits).replace("percentage points", "points").removesuffix(f" {unit}")
    change = f"{amount} {'more' if higher else 'fewer' if measure.unit not in ('share', 'index', 'ratio') else 'less'}"
    if row["verdict"] != WORSE:
        return Cell(f"▼ {change}", looks="quiet")
    ends = sorted((abs(row["low"]), abs(row["high"])))
    low, high = (bare(size(end, unit, digits), unit) for end in ends)
    return Cell(f"▲ {change}", note="" if low == high else f"{low} to {high}", looks="loss")
