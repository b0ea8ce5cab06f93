"""What a study says where draws are still short at its end: nothing is called best until that is settled."""

from __future__ import annotations

from collections.abc import Iterator

from sim.report.words.at_end import MEANING, last_day, not_over, settling, short_under
from sim.report.words.names import names_in
from sim.study.run.run import StudyResult

WITHHELD = "Totals are lower limits, so no strategy is called best, and no probability is given, until that is settled."


def ending_words(result: StudyResult) -> Iterator[str]:
    """Which draws are short at the end, what that withholds, and what would settle it; where hardly any is, whether a
    disruption goes on."""
    table, design = result.ending, result.design
    names = names_in(design)
    short = table[~table["settled"].astype(bool)]
    if short.empty:
        yield from going_on(result)
        return
    for scenario in design.scenarios:
        rows = short[short["scenario"] == scenario]
        when, name = last_day(design.until(scenario)), f"In '{names.scenario(scenario)}' "
        if rows.empty:
            yield f"{name}hardly any draw is short on {when}, the last day: its figures stand."
            continue
        counts = zip(rows["strategy"], rows["short"], rows["draws"], strict=True)
        told = short_under(((names.strategy(str(s)), int(k), int(n)) for s, k, n in counts), len(design.strategies))
        yield f"{name}{told} on {when}, the last day."
    if design.spec.end_is_enough is not None:
        yield f"The end is taken as enough all the same: {design.spec.end_is_enough}"
        return
    yield f"{WITHHELD} {MEANING}"
    yield f"{settling_words(result)}."


def going_on(result: StudyResult) -> Iterator[str]:
    """In which scenarios the end comes before it is seen what a disruption brings, though hardly a draw is short."""
    design = result.design
    names, lasting = names_in(design), result.ending.groupby("scenario", observed=True)["not_over"].max()
    for scenario in design.scenarios:
        if lasting.get(scenario, 0) > 0:
            where = f"In '{names.scenario(scenario)}' " if len(design.scenarios) > 1 else ""
            yield f"{where}{not_over(lasting[scenario], design.until(scenario))}"


def settling_words(result: StudyResult) -> str:
    """What would settle a study of which nothing can be called best."""
    first, design = result.unsettled[0], result.design
    days = (design.until(first) - design.loaded[first, design.strategies[0]].spec.start).days
    return settling(days, found=first in design.recovering)
