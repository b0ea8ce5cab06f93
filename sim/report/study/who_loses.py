"""Who loses: every group under every strategy against every other, as sentences and a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.report.sheets import Sheet
from sim.report.study.comparison import Words, records, words_of
from sim.report.words.phrases import group_words, listed
from sim.report.words.rounding import bare, figure
from sim.study.design.measures import Measure
from sim.study.infer.compare import UNKNOWN
from sim.study.infer.losers import ORDER, WORSE, better_off
from sim.study.run.run import StudyResult

NAMED = 6
"""Groups named in a sentence; the table has all."""
MARK = "▼"
NO_UNIT = ("share", "index", "ratio", "day")
"""Of measures that say themselves in what they are."""


def losers_words(result: StudyResult) -> Iterator[str]:
    """Of each scenario, under what is best, or cannot be told apart from it (so far, where draws are still short): who
    would have been better off under which other strategy."""
    design, table = result.design, result.losses
    if len(design.strategies) < 2 or table.empty:
        yield "There is one strategy only, so nobody can lose by it."
        return
    words = words_of(design)
    for scenario in design.scenarios:
        alike: dict[str, list[str]] = {}
        for strategy in _told(result, scenario):
            alike.setdefault(_found(result, scenario, strategy, words), []).append(
                f"'{words.names.strategy(strategy)}'"
            )
        so_far = " so far" if scenario in result.unsettled else ""
        where = f"in '{words.names.scenario(scenario)}'{so_far}"
        yield from (f"Under {listed(names)} {where}{found}" for found, names in alike.items())


def _told(result: StudyResult, scenario: str) -> list[str]:
    standing = result.standing
    return [str(name) for name in standing.loc[(standing["scenario"] == scenario) & standing["together"], "strategy"]]


def _found(result: StudyResult, scenario: str, strategy: str, words: Words) -> str:
    """What is said of those who lose by a strategy, behind its name."""
    table = result.losses
    mine = table[(table["scenario"] == scenario) & (table["strategy"] == strategy)]
    if (mine["verdict"] == UNKNOWN).all():
        return f": {UNKNOWN} who loses."
    rows = records(better_off(table, scenario, strategy))
    parts = [_one(row, words) for row in rows[:NAMED]]
    if (more := len(rows) - NAMED) > 0:
        parts.append(f"{more} more in the table")
    first = [str(group) for group in mine.loc[mine["breakdown"] == "priority", "group"]]
    kept = ""
    if first and not any(row["breakdown"] == "priority" and row["group"] == min(first) for row in rows):
        kept = f" No loss of {group_words('priority', min(first))} can be told."
    if not parts:
        return f" no group would detectably have been better off under another strategy.{kept}"
    return f", these would have been better off under another: {listed(parts)}.{kept}"


def _one(row: dict[str, Any], words: Words) -> str:
    unit = words.counted.unit(Measure(row["measure"], row["breakdown"]), row["group"])
    mean, other = (figure(row[name], unit) for name in ("mean", "other_mean"))
    against = f"{bare(mean, unit)} against {other}"
    return (
        f"{words.names.group(row['breakdown'], row['group'])} under '{words.names.strategy(row['other'])}' ({against})"
    )


def losers_table(result: StudyResult, scenario: str) -> Sheet | None:
    """Means of every group under every strategy; marked where another is detectably better for the group."""
    table, strategies = result.losses, result.design.strategies
    mine = table[(table["scenario"] == scenario) & (table["breakdown"] != "all")]
    if mine.empty:
        return None
    measure, words = Measure(str(mine["measure"].iloc[0])), words_of(result.design)
    means = {(r["breakdown"], r["group"], r["strategy"]): r["mean"] for r in records(mine)}
    worse = {(r["breakdown"], r["group"], r["strategy"]) for r in records(mine) if r["verdict"] == WORSE}
    groups = list(dict.fromkeys((by, group) for by, group, _ in means))
    groups.sort(key=lambda pair: ORDER.index(pair[0]))
    rows = []
    for by, group in groups:
        cells = [_cell(means[by, group, name], (by, group, name) in worse, measure.unit) for name in strategies]
        rows.append([_group(by, group, words), *cells])
    limits = "; lower limits" if scenario in result.unsettled else ""
    unit = "" if measure.unit in NO_UNIT else f" ({words.counted.unit(measure)})"
    caption = f"Who bears it in '{words.names.scenario(scenario)}': {measure.label.lower()}, mean{unit}{limits}"
    note = f"{MARK} under another strategy the group would detectably have been better off. All pairs: losses.csv."
    head = ["Group", *map(words.names.strategy, strategies)]
    return Sheet(f"losers-{scenario}", caption, head, rows, list(mine.columns),
                 mine.to_numpy().tolist(), note)  # fmt: skip


def _group(by: str, group: str, words: Words) -> str:
    """A group's name, of a product with its unit, where it is not that of all."""
    own = words.counted.unit(Measure("units_unmet", by), group)
    name = words.names.group(by, group)
    return name if words.counted.adds_up or by != "product" else f"{name}, {own}"


def _cell(mean: float, worse: bool, unit: str) -> str:
    return f"{MARK + ' ' if worse else ''}{bare(figure(mean, unit), unit)}"
