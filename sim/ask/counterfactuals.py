"""What if it had been decided otherwise: counterfactuals of a scenario beside what was done, on the same draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_other
from pathlib import Path
from typing import Any

import pandas as pd

from sim.ask.answer import Answer, Means, Out, Progress
from sim.ask.arguments import Arguments
from sim.errors import nearest
from sim.report.hindsight.frozen import Frozen, frozen
from sim.report.hindsight.page import what_if_page
from sim.report.hindsight.words import heads, row_of, what_if_words
from sim.report.questions.causes import called_in, told
from sim.report.words.names import shown_name
from sim.scenario.words.hindsight import AS_IT_WAS, JOINED, rules_of
from sim.study.ask.attribution import Attribution, attribute, players_of
from sim.study.design.measures import ALL, COST, Measure
from sim.study.infer.beside import Asked, beside
from sim.study.run.bench import Bench, Subject, to_one_end

KIND = "what-if"
TABLE = "differences"
PAGE = "what-if.html"
MEASURED = ("units_unmet", "fill_rate", "worst_week_unmet", "short_peak", "worst_spell", COST)
"""What is compared in all; what went unmet by product as well."""
UNMET = Measure("units_unmet")


@dataclass(frozen=True, eq=False, kw_only=True)
class WhatIf(Answer):
    """Counterfactuals beside what was done.

    Attributes
    ----------
    asked
        The counterfactuals, each with what it is set beside and what it would have cost.
    differences
        One row per measure, group and option: means, paired difference and what may be said of it.
    frozen
        What stays as it was typed in, though it might have come otherwise, by counterfactual.
    causes
        The shortage as it was, shared out over its causes; None where that was not asked.
    notes
        (option, note) of what is to be known of counterfactuals, and not of the scenario as it is.
    """

    asked: tuple[Asked, ...]
    differences: pd.DataFrame = field(repr=False)
    frozen: Mapping[str, Frozen] = field(repr=False)
    causes: Attribution | None = field(default=None, repr=False)
    notes: tuple[tuple[str, str], ...] = ()

    def difference(self, name: str, measure: str = "units_unmet", group: str = "") -> Mapping[str, Any]:
        """The row of a counterfactual and a measure; raises KeyError where there is none."""
        found = row_of(self.differences, name, Measure(measure, "product" if group else ALL), group)
        if found is None:
            raise KeyError(f"nothing of {measure} is told of {name}")
        return found

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        words = what_if_words(self.asked, self.differences, self.frozen, self.counted)
        return [*words, *self._shared(), *self.how_sure()]

    def _shared(self) -> list[str]:
        """The shortage as it was by its causes, in words."""
        return [] if self.causes is None else told(self.causes, self.counted, called_in(self.subject.plan))

    def page(self) -> str:
        """Differences as a picture and a table, what each would have cost, and what stays as it was, as HTML."""
        lead = [*heads(self.asked, self.differences, self.counted), *self._shared(), *self.how_sure()]
        return what_if_page(self.asked, self.differences, self.frozen, self.counted, lead, self.title)


def what_if(
    path: str | Path,
    counterfactuals: Sequence[str] = (),
    overrides: Mapping[str, Any] | None = None,
    *,
    causes: bool = False,
    replications: int = 40,
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> WhatIf:
    """Set counterfactuals of a scenario beside what was done, on the same draws of luck and of what is not known.

    Parameters
    ----------
    path
        Scenario file with `counterfactuals`.
    counterfactuals
        Their names; none: all of them.
    overrides
        As for `sim.run`, the same for all.
    causes
        Share out the units short over their causes as well, as `sim.ask.causes` does.
    replications, workers, scheduler, out, progress, replace
        As for `sim.ask.causes`.

    Returns
    -------
    WhatIf
        Differences, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments; also where it has no such counterfactual.
    """
    means, arguments = Means(replications, workers, scheduler, out, progress, replace), Arguments()
    subject = arguments.subject(path, None, overrides, replications)
    names = _names(arguments, subject, path, counterfactuals)
    asked = [] if subject is None else [_asked(subject, name) for name in names]
    options = list(dict.fromkeys([*(one.against for one in asked if one.against != AS_IT_WAS), *names]))
    others = [arguments.subject(path, name, overrides, replications) for name in options]
    arguments.check()
    assert subject is not None
    notes = _notes(subject, [other for other in others if other is not None])
    subject, *rest = to_one_end([subject, *(other for other in others if other is not None)])
    measures = [Measure(name) for name in MEASURED] + [Measure("units_unmet", "product")]
    with means.asking(subject, KIND, {"counterfactuals": names, "causes": causes}, [TABLE], PAGE) as bench:
        bench = bench.stages(1 + causes)
        cases = [
            with_other(one.case(measures), labels=(subject.labels[0], name, ""))
            for one, name in zip([subject, *rest], [AS_IT_WAS, *options], strict=True)
        ]
        rows = bench.rows(cases)
        found = WhatIf(
            subject=subject, replications=replications, folder=means.kept(bench), asked=tuple(asked),
            differences=beside(rows, asked), causes=_by_cause(subject, bench) if causes else None,
            frozen={name: frozen(subject.loaded, name) for name in names}, notes=notes,
        )  # fmt: skip
        bench.store.answer(TABLE, found.differences)
        bench.store.page(PAGE, found.page())
    return found


def _names(arguments: Arguments, subject: Subject | None, path: Any, wanted: Sequence[str]) -> list[str]:
    """Names of the counterfactuals that are asked about."""
    known = [] if subject is None else list(subject.loaded.spec.counterfactuals)
    if subject is None:
        return []
    if not known:
        arguments.refuse("path", "nothing is asked of it: it has no 'counterfactuals'", path, "some, by name")
    for name in wanted if known else ():
        if name not in known:
            expected = "one of " + ", ".join(known)
            arguments.refuse("counterfactuals", "there is no such counterfactual", name, expected, nearest(name, known))
    return [name for name in dict.fromkeys(wanted or known) if name in known]


def _asked(subject: Subject, name: str) -> Asked:
    spec = subject.loaded.spec
    one = spec.counterfactuals[name]
    rules = rules_of(name, subject.loaded.document.strategies, spec.responses)
    titles = tuple(shown_name(rule, spec.responses[rule]) for rule in rules)
    return Asked(name, shown_name(name, one), one.why or "", JOINED.join(rules) or AS_IT_WAS, titles, one.cost)


def _notes(subject: Subject, others: Sequence[Subject]) -> tuple[tuple[str, str], ...]:
    """(option, note) of what is noted of options and not of the scenario as it is, each once."""
    known, found = {str(note) for note in subject.loaded.notes}, dict[str, str]()
    for other in others:
        for note in other.loaded.notes:
            found.setdefault(str(note), str(other.strategy))
    return tuple((option, note) for note, option in found.items() if note not in known)


def _by_cause(subject: Subject, bench: Bench) -> Attribution | None:
    """The units short as it was, by cause; None where nothing struck."""
    players = players_of(subject.plan)
    return attribute(subject, [UNMET], players, bench) if players else None
