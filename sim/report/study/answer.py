"""The answer of a study in words: what is best, what cannot be told apart from it, or why nothing is called best."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.report.study.at_end import ending_words
from sim.report.study.comparison import Words, ahead, difference_words, quoted, records, words_of
from sim.report.words.phrases import listed, plural
from sim.report.words.rounding import digits_of, figure, size
from sim.study.design.measures import ALL, Measure
from sim.study.infer.compare import SAME, UNDETECTED, UNKNOWN
from sim.study.infer.standing import INSIDE, LEADS, TIES
from sim.study.run.run import StudyResult

UNKNOWN_WHICH = "Where nobody knows which scenario will come, "


def in_short(result: StudyResult) -> Iterator[str]:
    """What does best in each scenario, by how much, and the cautious choice; or only that draws are still short."""
    yield from ending_words(result)
    if result.unsettled:
        return
    for scenario in result.design.scenarios:
        rows = records(result.standing, scenario=scenario)
        if rows:
            yield _best_of(result, scenario, rows)
    yield from cautious(result)


def leaders(result: StudyResult, scenario: str) -> list[str]:
    """The strategies that nothing is told to be better than, the one with the best mean first; none where nothing is
    settled."""
    if result.unsettled:
        return []
    rows = [row for row in records(result.standing, scenario=scenario) if row["together"]]
    return [row["strategy"] for row in sorted(rows, key=lambda row: bool(row["how"] != LEADS))]


def _best_of(result: StudyResult, scenario: str, rows: list[dict[str, Any]]) -> str:
    measure, base, words = result.design.main, result.design.spec.reference, words_of(result.design)
    first = next(row for row in rows if row["how"] == LEADS)
    name, where = words.names.strategy(first["strategy"]), f"In '{words.names.scenario(scenario)}' "
    mean = f"{measure.label.lower()}: {mean_words(result, scenario, first['strategy'], words)} in the mean"
    together = [row for row in rows if row["together"] and row is not first]
    if together and len(rows) > 1:
        return f"{where}{_together(result, scenario, first, together, len(rows))}"
    if first["strategy"] == base:
        return f"{where}no strategy does better than '{name}': {mean}."
    paired = records(result.comparisons, scenario=scenario, measure=measure.name, breakdown=ALL)
    beside = next((r for r in paired if r["strategy"] == first["strategy"] and r["against"] == base), None)
    reference = words.names.strategy(base)
    told = "" if beside is None else f", {difference_words(beside, measure, words)} than under '{reference}'"
    if beside is not None and beside["verdict"] in (SAME, UNDETECTED, UNKNOWN):
        told = f"; against '{reference}' {difference_words(beside, measure, words)}"
    sure = next(iter(records(result.best, scenario=scenario, measure=measure.name, strategy=first["strategy"])), None)
    chance = "" if sure is None else f" {probability(result, scenario, sure['probability_best'])}"
    return f"{where}'{name}' does best: {mean}{told}.{chance}"


def mean_words(result: StudyResult, scenario: str, strategy: str, words: Words) -> str:
    """The main figure of a strategy, rounded as its spread lets one see."""
    measure = result.design.main
    unit = words.counted.unit(measure)
    asked = {"scenario": scenario, "strategy": strategy, "measure": measure.name, "breakdown": ALL}
    rows = records(result.summary, **asked) or records(result.standing, scenario=scenario, strategy=strategy)
    digits = digits_of(rows[0]["low"], rows[0]["high"], unit)
    return figure(rows[0]["mean"], unit, digits)


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
    words = words_of(result.design)
    names = listed(quoted(words.names.strategy(row["strategy"]) for row in (first, *together)))
    every = "the strategies cannot be told apart" if len(together) + 1 == count else f"{names} cannot be told apart"
    behind = (
        "" if len(together) + 1 == count else f"; the others do worse than '{words.names.strategy(first['strategy'])}'"
    )
    name, mean = words.names.strategy(first["strategy"]), mean_words(result, scenario, first["strategy"], words)
    told = f"{result.design.main.label.lower()} under '{name}' {mean} in the mean"
    why = "; ".join(f"'{words.names.strategy(row['strategy'])}' {_why(result, row, words)}" for row in together)
    return f"{every}{behind}: {told}; {why}."


def _why(result: StudyResult, row: dict[str, Any], words: Words) -> str:
    unit, best = words.counted.unit(result.design.main), result.design.spec.best
    if row["how"] == TIES:
        return "ties with it in every draw"
    digits = digits_of(row["low"], row["high"], unit)
    if best is not None and best.indifference >= 1 and digits is not None:
        digits = min(0, digits)  # parts of a unit do not matter
    told = f"differs by {size(row['behind'], unit, digits)}"
    if row["low"] != row["low"]:
        return f"{told}, and there are too few draws to say more"
    ends = [ahead(row[end], unit, digits, "worse", "better") for end in ("low", "high")]
    span = f"between {ends[0]} and {ends[1]}, from {plural(row['n'], 'draw')}"
    if row["how"] == INSIDE:
        assert best is not None
        return f"{told} ({span}), less than the {size(best.indifference, unit)} worth telling apart"
    room = "" if best is None else f", while {size(best.indifference, unit)} are worth telling apart"
    return f"{told} ({span}{room})"


def cautious(result: StudyResult) -> Iterator[str]:
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
    words = words_of(design)
    where = UNKNOWN_WHICH
    if len(chosen) > 1:
        names = listed(quoted(words.names.strategy(row["strategy"]) for row in chosen))
        yield f"{where}{names} are the cautious choices, not to be told apart."
        return
    row = chosen[0]
    if room and row["largest_regret"] <= room:
        within = f"never worse than the best by the {size(room, words.counted.unit(measure))} worth telling apart"
        yield f"{where}'{words.names.strategy(row['strategy'])}' is the cautious choice: {within}."
        return
    most = f"{size(row['largest_regret'], words.counted.unit(measure), _regret_digits(result, row))}"
    worst = f"at most {most} worse than the best (in '{words.names.scenario(row['in_scenario'])}')"
    worst = worst if row["largest_regret"] else "never worse than the best"
    yield f"{where}'{words.names.strategy(row['strategy'])}' is the cautious choice: {worst}."


def _regret_digits(result: StudyResult, row: dict[str, Any]) -> int | None:
    """As its distance to the best lets one see."""
    rows = records(result.standing, scenario=row["in_scenario"], strategy=row["strategy"])
    return digits_of(rows[0]["low"], rows[0]["high"], result.design.main.unit) if rows else None


def selected_words(result: StudyResult) -> Iterator[str]:
    """What the procedure of Kim and Nelson picked, where the study asks for it and anything may be called best."""
    asked, names, words = result.design.spec.best, result.design.strategies, words_of(result.design)
    for scenario, selection in result.selection.items() if asked is not None and not result.unsettled else ():
        assert asked is not None
        label = Measure(asked.measure).label
        several = len(result.design.scenarios) > 1
        question = f"{words.names.scenario(scenario)}, {label.lower()}: " if several else f"{label}: "
        first = leaders(result, scenario)
        told = listed(quoted(map(words.names.strategy, first)))
        sure = f"with a confidence of {asked.confidence:.0%} (Kim and Nelson)"
        if len(first) > 1:
            yield f"{question}{told} cannot be told apart."
        elif selection.best is not None and first == [names[selection.best]]:
            yield f"{question}{told} is best, {sure}."
        elif selection.best is None and first:
            yield f"{question}{told} does best in the draws made; to pick it {sure} takes more of them."
        else:
            yield f"{question}not decided which is best."
