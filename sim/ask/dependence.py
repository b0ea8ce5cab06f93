"""Which uncertain values the answer depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sim.ask.answer import Answer, Means, Out, Progress
from sim.ask.arguments import Arguments
from sim.report.questions.sensitivity import importance_page, told, tornado_page
from sim.report.words.parameters import names_of
from sim.study.ask.sensitivity import Question, morris, sobol, tornado
from sim.study.design.measures import Measure

METHODS = ("tornado", "morris", "sobol")


@dataclass(frozen=True, eq=False, kw_only=True)
class Sensitivity(Answer):
    """How a measure's mean depends on values between bounds.

    Attributes
    ----------
    table
        One row per value, the one that matters most first; `parameter` is its path. "tornado": `low` and `high`, its
        bounds as written; the measure's mean `at_low` and `at_high`, `base` as the scenario has it, and `swing`, all in
        `unit`. "morris": `mu_star`, mean size of its effect over its whole range, with the half-width `mu_star_conf`;
        `mu`; and `sigma`, how much effects differ, all in `unit`. "sobol": shares of the measure's variance that it
        explains alone (`S1`) and with all interactions (`ST`), with half-widths `S1_conf` and `ST_conf`.
    measure, method
        What was looked at, and how.
    """

    table: pd.DataFrame = field(repr=False)
    measure: Measure
    method: str

    @property
    def unit(self) -> str:
        """The measure's unit."""
        return self.counted.unit(self.measure)

    def _names(self) -> dict[str, str]:
        return names_of([self.subject.loaded], self.table["parameter"])

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        words = told(self.table, self.method, self.measure, self._names(), self.counted)
        return [*words, *self.how_sure(*self.table["parameter"])]

    def page(self) -> str:
        """The page, as HTML."""
        names, sure = self._names(), self.how_sure(*self.table["parameter"])
        if self.method == "tornado":
            return tornado_page(self.title, self.table, self.measure, names, self.counted, sure)
        return importance_page(self.title, self.table, self.method, self.measure, names, self.counted, sure)


def sensitivity(
    path: str | Path,
    *,
    vary: Mapping[str, tuple[Any, Any]] | None = None,
    measure: str = "units_unmet",
    method: str = "tornado",
    samples: int | None = None,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    replications: int = 20,
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> Sensitivity:
    """How a measure's mean depends on values between bounds: one by one, by screening, or as shares of variance.

    Parameters
    ----------
    path
        Scenario file.
    vary
        Dotted path of a value -> its bounds, both in the unit in which it is written: {"disruptions.ban.for": ("45d",
        "105d")}. Left out: every value that is uncertain in the scenario and has a distribution of numbers, between
        its bounds (without bounds: where all but a tenth of the draws lie). What is not varied is drawn.
    measure
        What is looked at, such as "units_unmet" or "fill_rate".
    method
        "tornado": one value after another at its bounds; "morris": screening of many together; "sobol": shares of
        variance.
    samples
        Trajectories of Morris (10), or Sobol's samples (64; a power of 2).
    strategy, overrides, replications, workers, scheduler, out, progress, replace
        As for `causes`.

    Returns
    -------
    Sensitivity
        Figures, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments, each with the nearest valid name; also where a value
        between the bounds does not make a scenario.
    MissingLibrary
        Where SALib is not installed, for "morris" and "sobol".
    """
    means, arguments = Means(replications, workers, scheduler, out, progress, replace), Arguments()
    wanted = arguments.measure("measure", measure)
    arguments.one_of("method", method, METHODS)
    if samples is not None and not 2 <= samples <= 100_000:
        arguments.refuse("samples", "not so many", samples, "a whole number from 2 to 100,000")
    elif method == "sobol" and samples is not None and samples & (samples - 1):
        arguments.refuse("samples", "Sobol's sequence needs a power of 2", samples, "such as 32, 64 or 128")
    parameters = [arguments.parameter("vary", where, bounds) for where, bounds in (vary or {}).items()]
    subject = arguments.subject(path, strategy, overrides, replications)
    if vary is None and subject is not None:
        known = subject.loaded.spec.uncertain
        numbers = [path for path in subject.loaded.document.uncertain if known[path].has_numbers]
        parameters = [arguments.parameter("vary", where, known[where].bounds) for where in numbers]
    if not parameters and subject is not None:
        expected = "values, each with its bounds, or uncertain values in the scenario"
        arguments.refuse("vary", "there is nothing to vary", None, expected)
    arguments.check()
    assert subject is not None
    asked = {"method": method, "vary": {p.path: [p.written(p.low), p.written(p.high)] for p in parameters},
             "measure": str(wanted), "samples": samples}  # fmt: skip
    with means.asking(subject, "sensitivity", asked, [method], f"{method}.html") as bench:
        question = Question(subject, wanted, tuple(parameters), bench)
        if method == "tornado":
            table = tornado(question)
        else:
            table = morris(question, samples or 10) if method == "morris" else sobol(question, samples or 64)
        answer = Sensitivity(
            subject=subject, replications=replications, folder=means.kept(bench), table=table,
            measure=wanted, method=method,
        )  # fmt: skip
        bench.store.answer(method, table)
        bench.store.page(f"{method}.html", answer.page())
    return answer
