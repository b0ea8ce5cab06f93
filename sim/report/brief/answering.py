"""Page one of a brief: the answer in a sentence, and on each scenario; the options; how much is known."""

from __future__ import annotations

from collections.abc import Iterator

from sim.report.brief.context import MOST_NAMED, Context
from sim.report.brief.money import held_a_year
from sim.report.brief.parts import Cell, Grid, Section, Shares
from sim.report.run.evidence import assumed, sourced, taken_as_certain
from sim.report.run.stress_des import parameter_names
from sim.report.study.answer import UNKNOWN_WHICH, cautious, leaders
from sim.report.study.at_end import ending_words
from sim.report.study.comparison import records
from sim.report.words.at_end import last_day
from sim.report.words.parameters import names_of, value_words
from sim.report.words.phrases import day_words, group_words, listed
from sim.report.words.rounding import bare, digits_of, figure, size
from sim.scenario.load import figure_at
from sim.study.ask.robustness import AS_DRAWN, uncertain_of
from sim.study.design.measures import ALL, Measure
from sim.study.infer.losers import better_off

NAMED, WEIGHTY = 2, 3
"""Groups that lose, and assumptions of weight, that are named."""


def lead(it: Context) -> str:
    """The answer in a sentence, and whether those of priority 1 lose by it."""
    design = it.result.design
    if len(design.strategies) < 2:
        return "There is one option only, so nothing is compared."
    found: dict[tuple[str, ...], list[str]] = {}
    for scenario in design.scenarios:
        first = leaders(it.result, scenario)
        same = next((names for names in found if set(names) == set(first)), tuple(first))
        found.setdefault(same, []).append(scenario)
    parts = [_stands(it, names, places, len(found) == 1) for names, places in found.items() if names]
    return " ".join([f"{'; '.join(parts)}.", *_but(it)])


def _stands(it: Context, names: tuple[str, ...], places: list[str], everywhere: bool) -> str:
    every = len(it.result.design.strategies)
    where = f" in {listed([repr(it.scenario(place)) for place in places])}"
    if everywhere:
        where = f" in each of the {len(places)} scenarios" if len(places) > 1 else ""
    if len(names) == 1:
        return f"{it.name(names[0])}: best of the {every} options{where}"
    if len(names) == every:
        return f"The {every} options cannot be told apart{where}"
    if len(names) > MOST_NAMED:
        letters = listed(sorted(it.letters[name] for name in names))
        some = f"{len(names)} of the {every} options, {letters}"
        return f"{some}, cannot be told apart{where}; the rest do worse than the best"
    shown = listed([it.name(name) for name in names])
    return f"{shown}: not to be told apart{where}; the rest do worse than {it.name(names[0])}"


def _but(it: Context) -> Iterator[str]:
    """A sentence where those who come first lose by what is recommended."""
    for scenario in it.result.design.scenarios:
        name = it.recommended(scenario)
        for row in records(better_off(it.result.losses, scenario, name)) if name else []:
            if row["breakdown"] == "priority" and row["group"] == "1":
                group = group_words("priority", "1").capitalize()
                where = f" in '{it.scenario(scenario)}'" if len(it.result.design.scenarios) > 1 else ""
                yield f"{group}, would be better off under {it.name(row['other'])}{where}: settle that first."
                return


def answer(it: Context) -> Section:
    """(scenario, what is best there), who loses, what it costs, and the cautious choice."""
    return Section("", terms=list(_terms(it)))


def _terms(it: Context) -> Iterator[tuple[str, str]]:
    design = it.result.design
    for scenario in it.scenarios if len(design.strategies) > 1 else ():
        head = it.scenario(scenario) if len(design.scenarios) > 1 else "In figures"
        yield head, _on(it, scenario)
    if len(design.strategies) > 1:
        yield "Who loses", " ".join(_losing(it))
        yield from held_a_year(it)
        yield from (("Cautious choice", line.removeprefix(UNKNOWN_WHICH)) for line in cautious(it.result))


def _on(it: Context, scenario: str) -> str:
    """What is best in a scenario, and what is missing under others."""
    names, label = leaders(it.result, scenario), it.measure.label.lower()
    sign = -1.0 if it.measure.better == "higher" else 1.0
    rest = sorted((n for n in it.result.design.strategies if n not in names), key=lambda n: sign * it.mean(scenario, n))
    others = list(dict.fromkeys([*rest[:1], *(n for n in rest if n == it.reference)]))
    against = listed([f"{it.level(scenario, n, k == 0)} under {it.name(n)}" for k, n in enumerate(others)])
    if len(names) == 1:
        told = f"Best: {it.name(names[0])}, with {it.level(scenario, names[0])} {label}"
        return f"{told}, against {against}."
    means = listed([it.level(scenario, name, k == len(names) - 1) for k, name in enumerate(names)])
    best = it.result.design.spec.best
    room = "" if best is None or not best.indifference else f" by more than {size(best.indifference, it.unit)}"
    told = f"{it.named(names)} cannot be told apart{room}: {means} {label}"
    return f"{told}. Against {against}." if others else f"{told}."


def _losing(it: Context) -> Iterator[str]:
    """Who would have been better off, under what is recommended, in each scenario where anybody would."""
    told: dict[str, list[str]] = {}
    for scenario in it.scenarios:
        name = it.recommended(scenario)
        rows = [] if name is None or it.result.losses.empty else records(better_off(it.result.losses, scenario, name))
        if name is None or not rows:
            continue
        parts = [_loser(it, row) for row in rows[:NAMED]]
        more = f"; {len(rows) - NAMED} more groups on page 2" if len(rows) > NAMED else ""
        told.setdefault(f"under {it.name(name)} {'; '.join(parts)}{more}.", []).append(scenario)
    if not told:
        yield "No group can be told to be better off under another option."
    several = len(it.result.design.scenarios) > 1
    for text, places in told.items():
        where = f"In {listed([repr(it.scenario(place)) for place in places])}, " if several else ""
        yield f"{where}{text}"[:1].upper() + f"{where}{text}"[1:]


def _loser(it: Context, row: dict[str, object]) -> str:
    measure = Measure(str(row["measure"]), str(row["breakdown"]))
    unit = it.words.counted.unit(measure, str(row["group"]))
    digits = digits_of(float(str(row["low"])), float(str(row["high"])), unit)
    mean, other = (figure(float(str(row[key])), unit, digits) for key in ("mean", "other_mean"))
    group = it.words.names.group(measure.breakdown, row["group"])
    return f"{group}: {bare(mean, unit)}, but {other} under {it.name(str(row['other']))}"


def options(it: Context) -> Section:
    """Every option by title and what it is, and what is left unmet under it in each scenario."""
    head = ["", "Option", *(it.scenario(name) if len(it.scenarios) > 1 else it.measure.label for name in it.scenarios)]
    rows = []
    for name in it.options:
        rows.append([it.letter(name), it.option(name), *(_level(it, scenario, name) for scenario in it.scenarios)])
    note = " ".join(filter(None, [_what(it), it.left_out()]))
    return Section("The options", before=[note], grids=[Grid("options", head, rows, text_columns=2)])


def _level(it: Context, scenario: str, name: str) -> Cell:
    means = [abs(it.mean(scenario, other)) for other in it.options]
    first, note = leaders(it.result, scenario), ""
    if name in first and len(first) == 1 and len(it.options) > 1:
        note = "best"
    elif name in first:
        others = [it.letters[other] for other in first if other != name]
        note = (
            f"= level with {listed(others) if len(others) < MOST_NAMED else f'{len(others)} others'}" if others else ""
        )
    bar = abs(it.mean(scenario, name)) / max(means) if max(means, default=0) > 0 else 0.0
    return Cell(strong=it.level(scenario, name, False), note=note, bar=bar, looks="good" if note == "best" else "")


def _what(it: Context) -> str:
    """What is told of each option, of how much demand, from when until when."""
    scenario = it.scenarios[0]
    rows = it.result.kept
    mine = rows[(rows["measure"] == "units_demanded") & (rows["breakdown"] == ALL) & (rows["scenario"] == scenario)]
    spec, until = it.result.design.loaded[scenario, it.reference].spec, it.result.design.until(scenario)
    asked = figure(float(f"{mine['value'].mean():.3g}"), it.words.counted.all)
    unit = "" if it.measure.unit in ("share", "index", "ratio", "day") else f", {it.unit}"
    when = f"{day_words(spec.start)} to {last_day(until)}"
    mixed = f" ({it.words.counted.added_up} added up)" if it.words.counted.added_up else ""
    return f"{it.measure.label}{unit}: means of {it.result.number} draws, of some {asked}{mixed} asked for, {when}."


def ended(it: Context) -> list[str]:
    """What is to be said of the end, where draws are short at it and that is taken as enough."""
    return list(ending_words(it.result))


def known(it: Context) -> Section:
    """Where the figures come from, and which of the assumed ones weigh most."""
    loaded = it.result.design.loaded[it.result.design.scenarios[0], it.reference]
    entries = sourced(loaded)
    derived = sum(entry.status == "derived" for entry in entries)
    by_name = sum(entry.status == "assumed" for entry in entries)
    guessed = by_name + len(assumed(loaded))
    shares = Shares([("sourced", len(entries) - derived - by_name), ("derived", derived), ("assumed", guessed)])
    weighs = list(_weighs(it))
    told = (
        f"Of {shares.whole} figures of the scenario file {'all' if guessed == shares.whole else guessed} are assumed."
    )
    if weighs:
        told = f"{told[:-1]}; of these carry weight: {'; '.join(weighs[:WEIGHTY])}."
    place = "All of them, with source and date, are in the evidence table of the report of a run."
    return Section("How much of this is known", shares=shares, paragraphs=[f"{told} {place}"])


def _weighs(it: Context) -> Iterator[str]:
    """Assumed figures of weight: those whose bounds change the answer, what matters most, what is taken as certain."""
    design = it.result.design
    loaded = design.loaded[design.scenarios[0], it.reference]
    drawn, names = uncertain_of(design), parameter_names(design)
    unknowns = it.result.unknowns
    first = [] if unknowns.empty else [str(name) for name in unknowns.loc[unknowns["first"], "unknown"]]
    ranked = dict.fromkeys([*changing(it), *(path for path in first if path in drawn), *drawn])
    for path in ranked:
        bounds = [value_words(value) for value in drawn[path].bounds]
        yield f"{names.get(path, path)}: {' to '.join(bounds)} tried"
    certain = [path for path in taken_as_certain(loaded) if path not in ranked]
    words = names_of([loaded], certain)
    for path in certain:
        yield f"{words[path]}: {value_words(figure_at(loaded.document, path))}, taken as certain"


def changing(it: Context) -> list[str]:
    """Uncertain values at a bound of which another option is best."""
    tried = it.tried
    if tried is None or tried.empty:
        return []
    usual = set(tried.loc[(tried["parameter"] == AS_DRAWN) & tried["best"], "strategy"])
    found = []
    for (path, _), rows in tried[tried["parameter"] != AS_DRAWN].groupby(["parameter", "value"], sort=False):
        if not usual & set(rows.loc[rows["best"], "strategy"]):
            found.append(str(path))
    return list(dict.fromkeys(found))
