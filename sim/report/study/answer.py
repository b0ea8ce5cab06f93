"""The answer of a study in words: what is best, what cannot be told apart from it, or why nothing is called best."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sim.report.study.at_end import ending_words
from sim.report.study.comparison import amount, difference_words
from sim.report.words.phrases import listed
from sim.report.words.words import shown_value, unit_in
from sim.study.design.measures import ALL, Measure
from sim.study.infer.compare import SAME, UNDETECTED, UNKNOWN
from sim.study.infer.standing import INSIDE, LEADS, TIES
from sim.study.run.run import StudyResult


def in_short(result: StudyResult) -> Iterator[str]:
    """What does best in each scenario, by how much, and the cautious choice; or only that draws are still short."""
    yield from ending_words(result)
    if result.unsettled:
        return
    for scenario in result.design.scenarios:
        rows = records(result.standing, scenario=scenario)
        if rows:
            yield _best_of(result, scenario, rows)
    yield from _cautious(result)


def leaders(result: StudyResult, scenario: str) -> list[str]:
    """The strategies that nothing is told to be better than; none where nothing is settled."""
    if result.unsettled:
        return []
    return [row["strategy"] for row in records(result.standing, scenario=scenario) if row["together"]]


def records(table: pd.DataFrame, **conditions: object) -> list[dict[str, Any]]:
    """Rows of a table with some values, as mappings."""
    for column, value in conditions.items():
        table = table[table[column] == value]
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _best_of(result: StudyResult, scenario: str, rows: list[dict[str, Any]]) -> str:
    measure, base = result.design.main, result.design.spec.reference
    first = next(row for row in rows if row["how"] == LEADS)
    mean = f"{measure.label.lower()}: {_shown(result, first['mean'])} in the mean"
    together = [row for row in rows if row["together"] and row is not first]
    if together and len(rows) > 1:
        return _together(result, scenario, first, together, len(rows))
    if first["strategy"] == base:
        return f"In '{scenario}' no strategy does better than '{base}': {mean}."
    paired = records(result.comparisons, scenario=scenario, measure=measure.name, breakdown=ALL)
    beside = next((r for r in paired if r["strategy"] == first["strategy"] and r["against"] == base), None)
    told = "" if beside is None else f", {difference_words(beside, measure)} than under '{base}'"
    if beside is not None and beside["verdict"] in (SAME, UNDETECTED, UNKNOWN):
        told = f"; against '{base}' {difference_words(beside, measure)}"
    sure = next(iter(records(result.best, scenario=scenario, measure=measure.name, strategy=first["strategy"])), None)
    chance = "" if sure is None else f" {probability(result, scenario, sure['probability_best'])}"
    return f"In '{scenario}' '{first['strategy']}' does best: {mean}{told}.{chance}"


def probability(result: StudyResult, scenario: str, share: float) -> str:
    """How probable it is that the best is the best, and over what: not over what was taken as certain."""
    drawn = "chance and of what is written as uncertain" if result.design.varies(scenario) else "chance"
    over = f"over draws of {drawn}, with all else as written"
    return f"Probability {chance_words(share)} that it is the best of all, {over}."


def chance_words(share: float) -> str:
    """A probability from resampling, which never makes sure."""
    return "above 99%" if share > 0.99 else "below 1%" if share < 0.01 else f"of {share:.0%}"


def _together(
    result: StudyResult, scenario: str, first: dict[str, Any], together: list[dict[str, Any]], count: int
) -> str:
    """Options that cannot be told apart, and why."""
    names = listed([f"'{row['strategy']}'" for row in (first, *together)])
    every = "the strategies cannot be told apart" if len(together) + 1 == count else f"{names} cannot be told apart"
    behind = "" if len(together) + 1 == count else "; the others do worse"
    mean = f"{result.design.main.label.lower()} under '{first['strategy']}' {_shown(result, first['mean'])} in the mean"
    why = "; ".join(f"'{row['strategy']}' {_why(result, row)}" for row in together)
    return f"In '{scenario}' {every}{behind}: {mean}; {why}."


def _why(result: StudyResult, row: dict[str, Any]) -> str:
    unit, best = result.design.main.unit, result.design.spec.best
    if row["how"] == TIES:
        return "ties with it in every draw"
    size = f"differs by {amount(row['behind'], unit)}"
    if row["low"] != row["low"]:
        return f"{size}, and there are too few draws to say more"
    span = f"between {_ahead(row['low'], unit)} and {_ahead(row['high'], unit)}"
    if row["how"] == INSIDE:
        assert best is not None
        return f"{size} ({span}), less than the {amount(best.indifference, unit)} worth telling apart"
    room = "" if best is None else f", while {amount(best.indifference, unit)} are worth telling apart"
    return f"{size} ({span}{room})"


def _ahead(value: float, unit: str) -> str:
    return f"{amount(value, unit)} {'worse' if value > 0 else 'better'}" if value else "nothing"


def _cautious(result: StudyResult) -> Iterator[str]:
    """The choice with the smallest largest regret, and what cannot be told apart from it."""
    design, measure = result.design, result.design.main
    regret = records(result.regret, measure=measure.name) if not result.regret.empty else []
    if len(design.scenarios) < 2 or not regret:
        return
    best = design.spec.best
    room = 0.0 if best is None else best.indifference
    standing = result.standing.groupby("strategy")["together"].all()
    least = min(row["largest_regret"] for row in regret)
    chosen = [r for r in regret if r["largest_regret"] <= least + room or standing.get(r["strategy"], False)]
    if len(chosen) > 1:
        names = listed([f"'{row['strategy']}'" for row in chosen])
        yield f"Where nobody knows which scenario will come, {names} are the cautious choices, not to be told apart."
        return
    row = chosen[0]
    worst = f"at most {amount(row['largest_regret'], measure.unit)} worse than the best (in '{row['in_scenario']}')"
    worst = worst if row["largest_regret"] else "never worse than the best"
    yield f"Where nobody knows which scenario will come, '{row['strategy']}' is the cautious choice: {worst}."


def selected_words(result: StudyResult) -> Iterator[str]:
    """What the procedure of Kim and Nelson picked, where the study asks for it and anything may be called best."""
    asked, names = result.design.spec.best, result.design.strategies
    for scenario, selection in result.selection.items() if asked is not None and not result.unsettled else ():
        assert asked is not None
        question = f"{scenario}, {Measure(asked.measure).label.lower()}: "
        if selection.best is None:
            rest = ", ".join(names[position] for position in selection.left)
            yield f"{question}not decided which is best; in question are {rest}."
        elif leaders(result, scenario) == [names[selection.best]]:
            picked = f"'{names[selection.best]}' is best"
            yield f"{question}{picked}, with a confidence of {asked.confidence:.0%} (Kim and Nelson)."
        else:
            rest = listed([f"'{name}'" for name in leaders(result, scenario)])
            yield f"{question}{rest} cannot be told apart."


def _shown(result: StudyResult, value: float) -> str:
    currency = next(iter(result.design.loaded.values())).spec.costs.currency
    return shown_value(value, unit_in(result.design.main, currency))
