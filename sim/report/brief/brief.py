"""A policy brief: two pages for who decides, every figure taken from the study, and a technical annex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.engine.plan import Plan
from sim.report.figures import frontier as frontier_figure
from sim.report.run.stress_des import annex, parameter_names
from sim.report.sheets import Sheet
from sim.report.study.comparison import amount, sentence, undetected
from sim.report.words.parameters import names_of, opening, value_words
from sim.report.words.phrases import count, listed, plural
from sim.report.words.unsure import luck_words, matters_words
from sim.report.words.words import shown_value, unit_in
from sim.study.ask.robustness import AS_DRAWN
from sim.study.design.measures import ALL, COST, Measure
from sim.study.infer.compare import SAME, UNDETECTED, UNKNOWN
from sim.study.infer.frontier import DOMINATED, EFFECTS, EXTENDED
from sim.study.run.run import StudyResult

LOSERS_TOLD = 6


@dataclass(frozen=True)
class Section:
    """A heading with sentences, tables and figures: (title, caption, figure)."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    figures: list[tuple[str, str, Figure]] = field(default_factory=list)


@dataclass(frozen=True)
class Brief:
    """What stands in a brief, whatever it is written to."""

    title: str
    question: str
    sections: list[Section]
    annex: list[tuple[str, str, str]]


def compose(result: StudyResult, plan: Plan, tried: pd.DataFrame | None = None) -> Brief:
    """The brief of a finished study; `plan` is the compiled plan of its first case, `tried` the strategies with
    uncertain values at their bounds (see `robustness`), if the study names any. Call it within `drawing()`."""
    spec, measure = result.design.spec, main_measure(result)
    sections = [
        Section("In short", list(in_short(result, measure))),
        _options(result, measure),
        _who(result),
        Section("Expiry", [_expiry(result)]),
        *_unsure(result, measure),
        Section("What would change the answer", [*_robust(result, tried, measure), *_doubts(result, measure)]),
    ]
    return Brief(spec.title, spec.question or "", sections, annex(result, plan))


def _unsure(result: StudyResult, measure: Measure) -> Iterator[Section]:
    """How much of the spread is luck and what matters most, where anything is uncertain."""
    if lines := list(unsure_words(result, measure)):
        yield Section("What is not known, and what is luck", lines)


def unsure_words(result: StudyResult, measure: Measure) -> Iterator[str]:
    """The same in words, of each scenario in which anything is uncertain, under the reference."""
    several = len(result.design.again) > 1
    for case in result.design.again:
        scenario = case.labels[0]
        mine = (table[table["scenario"] == scenario] for table in (result.variance, result.unknowns))
        variance, unknowns = mine
        name = f"in '{scenario}', " if several else ""
        yield from luck_words(variance, measure, name)
        loaded = result.design.loaded[scenario, result.design.spec.reference]
        yield from matters_words(unknowns, measure, names_of([loaded], unknowns["unknown"]))


def main_measure(result: StudyResult) -> Measure:
    """The measure in all that the brief is about."""
    return result.design.main


def _records(table: pd.DataFrame, **conditions: object) -> list[dict[str, Any]]:
    for column, value in conditions.items():
        table = table[table[column] == value]
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _leaders(result: StudyResult, measure: Measure) -> dict[str, dict[str, Any]]:
    """Scenario -> row of the strategy with the best mean."""
    rows = _records(result.best, measure=measure.name) if not result.best.empty else []
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["scenario"] not in found or row["regret"] < found[row["scenario"]]["regret"]:
            found[row["scenario"]] = row
    return found


def in_short(result: StudyResult, measure: Measure) -> Iterator[str]:
    """What does best in each scenario, by how much, and the cautious choice over all of them."""
    leaders, base = _leaders(result, measure), result.design.spec.reference
    for scenario, row in leaders.items():
        mean = f"{measure.label.lower()}: {shown_value(row['mean'], unit_in(measure, _currency(result)))}"
        if row["strategy"] == base:
            yield f"In '{scenario}' no strategy does better than '{base}': {mean} in the mean."
            continue
        paired = _records(result.comparisons, scenario=scenario, measure=measure.name, breakdown=ALL)
        beside = next((r for r in paired if r["strategy"] == row["strategy"] and r["against"] == base), None)
        told = "" if beside is None else f", {_verdict(beside, measure)} than under '{base}'"
        if beside is not None and beside["verdict"] in (SAME, UNDETECTED, UNKNOWN):
            told = f"; against '{base}' {_verdict(beside, measure)}"
        chance = f"{_chance(row['probability_best'])} that it is the best of all"
        yield f"In '{scenario}' '{row['strategy']}' does best: {mean} in the mean{told}. Probability {chance}."
    chosen = _records(result.regret, measure=measure.name, chosen=True) if not result.regret.empty else []
    if len(leaders) > 1 and chosen:
        row = chosen[0]
        worst = f"at most {amount(row['largest_regret'], measure.unit)} worse than the best (in '{row['in_scenario']}')"
        worst = worst if row["largest_regret"] else "never worse than the best"
        yield f"Where nobody knows which scenario will come, '{row['strategy']}' is the cautious choice: {worst}."


def _chance(share: float) -> str:
    """A probability from resampling, which never makes sure."""
    return "above 99%" if share > 0.99 else "below 1%" if share < 0.01 else f"of {share:.0%}"


def _options(result: StudyResult, measure: Measure) -> Section:
    section = Section("Options, cost, and what they avert", sheets=option_tables(result, measure))
    priced, currency, letters = prices(result, measure), _currency(result), letters_of(result.design.strategies)
    if not priced.empty:
        shown = result.design.scenarios[: frontier_figure.MOST]
        rest = len(result.design.scenarios) - len(shown)
        more = f" The other {plural(rest, 'scenario')} are in frontier.csv." if rest else ""
        caption = f"Means over {result.number} draws; letters as in the tables. Down and to the left is better.{more}"
        section.figures.append(("Cost against harm", caption, frontier_figure.draw(priced, currency, letters)))
    return section


def prices(result: StudyResult, measure: Measure) -> pd.DataFrame:
    """Rows of the frontier of one effect: the measure's, or the first there is; empty where the study has no cost."""
    found = result.frontier
    if found.empty:
        return found
    effect = measure.name if measure.name in EFFECTS else str(found["effect"].iloc[0])
    return found[found["effect"] == effect]


def option_tables(result: StudyResult, measure: Measure) -> list[Sheet]:
    """A table for each scenario: cost, harm, difference to the baseline, bad tail, price of what is averted."""
    priced, letters = prices(result, measure), letters_of(result.design.strategies)
    sheets = [_option_table(result, measure, scenario, priced, letters) for scenario in result.design.scenarios]
    if not priced.empty:
        sheets[-1] = replace(sheets[-1], note=_price_note(_currency(result), result.design.spec.confidence))
    return sheets


def letters_of(strategies: Sequence[str]) -> dict[str, str]:
    """Strategy -> a letter, or two, that stands for it in pictures."""
    names = [*ascii_uppercase, *(a + b for a in ascii_uppercase for b in ascii_uppercase)]
    return dict(zip(strategies, names, strict=False))


def _price_note(currency: str, confidence: float) -> str:
    return (
        f"{currency} for each averted: against the next cheaper strategy on the frontier. Dominated: another costs no "
        "more and averts no less; by extension: a mixture of two others does better. "
        f"Intervals of {confidence:.0%}, paired on the same draws."
    )


def _option_table(
    result: StudyResult, measure: Measure, scenario: str, priced: pd.DataFrame, letters: dict[str, str]
) -> Sheet:
    asked, currency = {"scenario": scenario, "measure": measure.name, "breakdown": ALL}, _currency(result)
    means = {r["strategy"]: r for r in _records(result.summary, **asked)}
    costs = {r["strategy"]: r for r in _records(result.summary, **(asked | {"measure": COST}))}
    paired = [] if result.comparisons.empty else _records(result.comparisons, **asked)
    against = {r["strategy"]: r for r in paired if r["against"] == result.design.spec.reference}
    value = {} if priced.empty else {r["strategy"]: r for r in _records(priced, scenario=scenario)}
    rows = []
    for name in result.design.strategies:
        beside = against.get(name)
        row = [f"{letters[name]}  {name}", *([count(costs[name]["mean"])] if costs else [])]
        row += [bare(means[name]["mean"], measure.unit), "baseline" if beside is None else _verdict(beside, measure)]
        row += [bare(means[name]["cvar"], measure.unit), *([_price(value[name])] if name in value else [])]
        rows.append(row)
    unit, each = _in(measure.unit), Measure(str(priced["effect"].iloc[0])) if value else measure
    head = ["Strategy", *([f"Cost ({currency})"] if costs else []), f"{measure.label}{unit}"]
    head += [
        f"Against '{result.design.spec.reference}' (interval)",
        f"Mean of the worst {1 - result.design.spec.tail:.0%}",
    ]
    head += [f"{currency} for each {each.unit.removesuffix('s')} averted"] if value else []
    return Sheet(f"options-{scenario}", f"Scenario '{scenario}', means of {result.number} draws", head, rows)


def _in(unit: str) -> str:
    return "" if unit in ("share", "index", "ratio", "money") else f" ({'day' if unit == 'day' else unit})"


def bare(value: float, unit: str) -> str:
    """A figure without its unit, which stands at the head of its column."""
    return shown_value(value, "" if unit == "money" else unit).removeprefix("day ").removesuffix(unit).strip()


def _price(row: dict[str, Any]) -> str:
    if row["status"] in (DOMINATED, EXTENDED):
        return str(row["status"])
    return f"{row['icer']:,.2f}" if row["against"] else "cheapest"


def _verdict(row: dict[str, Any], measure: Measure) -> str:
    """A paired difference in a few words, with its interval."""
    if row["verdict"] in (SAME, UNKNOWN):
        return str(row["verdict"])
    unit = measure.unit
    if row["verdict"] == UNDETECTED:
        ends = [f"{'−' if row[end] < 0 else '+'}{_bare_amount(row[end], unit)}" for end in ("low", "high")]
        return f"{undetected(row)} ({ends[0]} to {ends[1]})"
    size = f"{_bare_amount(row['difference'], unit)} {row['verdict']}"
    if row["method"] == "exact":
        return f"{size} (in every draw)"
    low, high = sorted((row["low"], row["high"]), key=abs)
    return f"{size} ({_bare_amount(low, unit)} to {_bare_amount(high, unit)})"


def _bare_amount(value: float, unit: str) -> str:
    return amount(value, unit).replace("percentage points", "points").removesuffix(unit).strip()


def _who(result: StudyResult) -> Section:
    """Groups that do worse than under the baseline, and groups that stay worst off."""
    groups = [m for m in result.design.measures if m.breakdown not in (ALL, "line") and m.better]
    if not groups:
        return Section("Who loses", ["The study does not break its figures down by group, so it cannot tell."])
    lines: list[str] = []
    for measure in groups:
        rows = _records(result.comparisons, measure=measure.name, breakdown=measure.breakdown)
        bad = "higher" if measure.better == "lower" else "lower"
        worse = sorted((r for r in rows if r["verdict"] == bad), key=lambda r: -abs(r["difference"]))
        lines += [sentence(row) for row in worse[:LOSERS_TOLD]]
        if len(worse) > LOSERS_TOLD:
            lines.append(f"... and {len(worse) - LOSERS_TOLD} more, in comparisons.csv.")
        if not worse:
            lines.append(f"{measure.label} by {measure.breakdown}: no group does detectably worse under any strategy.")
    return Section("Who loses", lines, [_by_group(result, groups[0])])


def _by_group(result: StudyResult, measure: Measure) -> Sheet:
    scenario = result.design.scenarios[0]
    rows = _records(result.summary, scenario=scenario, measure=measure.name, breakdown=measure.breakdown)
    groups = list(dict.fromkeys(r["group"] for r in rows))
    means = {(r["group"], r["strategy"]): bare(r["mean"], measure.unit) for r in rows}
    cells = [[g, *(means[g, s] for s in result.design.strategies)] for g in groups]
    caption = f"{measure.label} by {measure.breakdown} in '{scenario}', mean{_in(measure.unit)}"
    return Sheet("groups", caption, [measure.breakdown.capitalize(), *result.design.strategies], cells)


def _expiry(result: StudyResult) -> str:
    rows = _records(result.summary, measure="units_expired", breakdown=ALL)
    if not rows:
        return "The study does not measure what expires (add units_expired to its measures)."
    if not any(row["mean"] for row in rows):
        return "Nothing expires in any draw: no product of the scenario is kept by lot with a shelf life that ends."
    told = [
        f"{row['scenario']}, '{row['strategy']}': {shown_value(row['mean'], 'units')}" for row in rows if row["mean"]
    ]
    return f"Units that expire at facilities, mean: {listed(told)}."


def _robust(result: StudyResult, tried: pd.DataFrame | None, measure: Measure) -> Iterator[str]:
    """Whether another strategy is best where an uncertain value is at one of its bounds."""
    if tried is None or tried.empty:
        yield "Neither the study nor its scenario names uncertain values, so none was tried at its bounds."
        return
    points = list(dict.fromkeys(zip(tried["parameter"], tried["value"], strict=True)))
    best = {point: _records(tried, parameter=point[0], value=point[1], best=True) for point in points}
    usual = {row["strategy"] for row in best[AS_DRAWN, ""]}
    names = parameter_names(result.design)
    held: dict[str, list[str]] = {}
    for point, rows in best.items():
        if point[0] == AS_DRAWN:
            continue
        name, value = names.get(point[0], point[0]), value_words(point[1])
        if usual & {row["strategy"] for row in rows}:
            held.setdefault(name, []).append(f"at {value}")
            continue
        others = listed([f"'{row['strategy']}'" for row in rows])
        mean = shown_value(rows[0]["mean"], unit_in(measure, _currency(result)))
        yield f"{opening(name)}: at {value} {others} would be best ({mean} in the mean)."
    leaders = listed([f"'{name}'" for name in sorted(usual)])
    if held:
        told = "; ".join(f"{name} {listed(values)}" for name, values in held.items())
        yield f"Not, as far as tried: {told}; {leaders} {'stay' if len(usual) > 1 else 'stays'} best."


def _doubts(result: StudyResult, measure: Measure) -> Iterator[str]:
    leaders = {scenario: row["strategy"] for scenario, row in _leaders(result, measure).items()}
    if len(set(leaders.values())) > 1:
        told = [f"'{strategy}' in '{scenario}'" for scenario, strategy in leaders.items()]
        yield f"The scenario: best is {listed(told)}."
    elif len(leaders) > 1:
        yield f"Not the scenario: '{next(iter(leaders.values()))}' does best in all {len(leaders)}."
    rows = _records(result.comparisons, measure=measure.name, breakdown=ALL) if not result.comparisons.empty else []
    unclear = [r for r in rows if r["verdict"] == UNDETECTED]
    yield from (f"Not to be told apart: {sentence(row)}" for row in unclear)
    close = [r for r in _records(result.best, measure=measure.name) if 0.05 <= r["probability_best"] < 0.5]
    yield from (
        f"Luck: in '{r['scenario']}' '{r['strategy']}' may be the best after all, with a probability "
        f"{_chance(r['probability_best'])}."
        for r in close
    )
    for name in result.design.scenarios:
        left = result.design.loaded[name, result.design.spec.reference].spec.leaves_out
        if left:
            yield f"What the model leaves out: {left}"
            break
    if result.failures:
        yield f"{plural(len(result.failures), 'replication')} could not be run and are missing."


def _currency(result: StudyResult) -> str:
    return next(iter(result.design.loaded.values())).spec.costs.currency
