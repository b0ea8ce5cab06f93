"""What a study found, as the command prints it."""

from __future__ import annotations

from sim.report.study.answer import selected_words
from sim.report.study.at_end import ending_words
from sim.report.study.comparison import sentences, words_of
from sim.report.words.names import names_in
from sim.study.design.measures import ALL
from sim.study.run.run import StudyResult


def summary(result: StudyResult) -> list[str]:
    """Lines with how it ended, the comparisons in all, which strategy is best, and how precise that is."""
    found = result.comparisons
    lines = [result.design.spec.title, "", *ending_words(result)]
    lines += sentences(found[found["breakdown"] == ALL], words_of(result.design)) if len(found) else []
    return [*lines, *selected_words(result), how_made(result)]


def how_made(result: StudyResult) -> str:
    """On how many replications it rests."""
    return f"{result.number} replications of each scenario and strategy{_precision(result)}.{_missing(result)}"


def _missing(result: StudyResult) -> str:
    """How many draws are not there, where some failed: figures are told of the others."""
    names = names_in(result.design)
    counts = result.replications.groupby(["scenario", "strategy"], observed=True)["replication"].nunique().reset_index()
    lacking = [
        f"{row['replication']} of '{names.strategy(row['strategy'])}' in '{names.scenario(row['scenario'])}'"
        for row in counts.to_dict("records") if row["replication"] < result.number
    ]  # fmt: skip
    return f" Some failed: there are {', '.join(lacking)}." if lacking else ""


def _precision(result: StudyResult) -> str:
    if not result.design.spec.replications.until:
        return ""
    return ", as precise as asked" if result.precise else "; the precision asked for was not reached"
