"""What is decided under each option, where the options differ in that."""

from __future__ import annotations

from collections.abc import Iterator

from sim.decisions import Decision
from sim.policies.triggers.chosen import Chosen
from sim.policies.triggers.on import On
from sim.report.sheets import Sheet
from sim.report.study.comparison import letters_of, words_of
from sim.report.words.phrases import day_words, kind_words, listed, plural
from sim.study.run.run import StudyResult

NOT = "not decided"


def decisions_tables(result: StudyResult) -> Iterator[Sheet]:
    """For each scenario a row for each strategy, and when each decision is taken under it."""
    design, names = result.design, words_of(result.design).names
    letters = letters_of(design.strategies)
    for scenario in design.scenarios:
        under = {
            strategy: {one.label: one for one in design.loaded[scenario, strategy].spec.decisions}
            for strategy in design.strategies
        }
        known = {label: one for found in reversed(under.values()) for label, one in found.items()}
        cells = {name: [_cell(found.get(label), one) for label, one in known.items()] for name, found in under.items()}
        if len(set(map(tuple, cells.values()))) > 1:
            head = ["Strategy"]
            head += [
                f"{one.name or kind_words(one.decision)}, {names.group('party', one.by)}" for one in known.values()
            ]
            rows = [[f"{letters[name]} {names.strategy(name)}", *row] for name, row in cells.items()]
            where = f" in '{names.scenario(scenario)}'" if len(design.scenarios) > 1 else ""
            note = "On its condition: on the day after the evening on which it is met, and so many days later."
            yield Sheet(f"decisions-{scenario}", f"What is decided{where}, and when", head, rows, raw=rows, note=note,
                        text_columns=len(head))  # fmt: skip


def _cell(one: Decision | None, other: Decision) -> str:
    """When a decision is taken, and whether its terms are others than those it is first written with."""
    if one is None or (isinstance(one.when, Chosen) and not one.chosen_on):
        return NOT
    told = day_words(one.when.date) if isinstance(one.when, On) else "on its condition"
    if one.chosen_on:
        told = f"chosen on {listed([day_words(date) for date in one.chosen_on])}"
    if one.after.draw is not None:
        told += f", {one.after} later"
    elif one.after.mean:
        told += f", {plural(one.after.mean, 'day')} later"
    terms = {"when", "after", "chosen_on"}
    return told if one.model_dump(exclude=terms) == other.model_dump(exclude=terms) else f"{told}; on other terms"
