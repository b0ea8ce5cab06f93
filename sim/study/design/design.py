"""From a study file to cases ready to run: every scenario under every strategy, compiled, with every problem told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pydantic

from sim.engine.compile.plan import compile_plan
from sim.engine.compile.unknowns import check_ends
from sim.errors import Problem, ScenarioError
from sim.metrics.base import METRICS
from sim.metrics.summary import BREAKDOWNS
from sim.output.names import alike, typed
from sim.scenario.load import Loaded, Problems, ended, load
from sim.scenario.overlay import project_root
from sim.scenario.ranges import GROUPS, SECTION
from sim.scenario.reading.document import Document, Node, marks_of, plain, shown_path
from sim.scenario.reading.schema import DIALECT
from sim.scenario.reading.validation import problems_from
from sim.scenario.reading.yaml_reader import read_yaml
from sim.study.design.case import Case, by_other_luck, case_of
from sim.study.design.measures import ALL, COST, ENDING, LINE, SCORES, Measure, parse_measure
from sim.study.design.pooled import asked_pool
from sim.study.design.spec import ScenarioEntry, StrategyEntry, Study

MAIN = ("units_unmet", "units_lost", "stockout_days", "fill_rate")
"""The first of these that a study measures is its main figure."""
HARM = "units_unmet"
"""What tells who loses, where the main figure is in money."""
BESIDE = (Measure("units_demanded"), Measure(COST), Measure(COST, LINE))
"""What a brief tells of every study: what was asked for, and money."""
AS_SET = "override '"
"""How the reader of scenarios names the place of a value that was set from outside."""


@dataclass(frozen=True)
class Design:
    """A checked study: its specification and one case for each scenario and strategy, scenarios first."""

    spec: Study
    document: Document
    scenarios: tuple[str, ...]
    strategies: tuple[str, ...]
    cases: tuple[Case, ...]
    """by scenario and strategy"""
    loaded: dict[tuple[str, str], Loaded]
    recovering: tuple[str, ...] = ()
    """scenarios that end with recovery, of which the end has still to be found"""

    def until(self, scenario: str) -> dt.date:
        """First day that no strategy of a scenario simulates."""
        return self.loaded[scenario, self.strategies[0]].spec.until

    def ending(self, ends: Mapping[str, dt.date]) -> Design:
        """The same, some of its scenarios ending on other dates, alike under all strategies."""
        loaded = {key: ended(one, ends[key[0]]) if key[0] in ends else one for key, one in self.loaded.items()}
        cases = tuple(
            case_in(self.spec, loaded[case.labels[:2]], *case.labels[:2]) if case.labels[0] in ends else case
            for case in self.cases
        )
        return replace(self, cases=cases, loaded=loaded)

    @property
    def again(self) -> tuple[Case, ...]:
        """The reference of each scenario in which anything is uncertain, by other luck, to tell how much luck does."""
        base = self.spec.reference
        return tuple(by_other_luck(case) for case in self.cases if case.labels[1] == base and case.uncertain)

    def varies(self, scenario: str) -> bool:
        """Whether anything but luck is drawn in a scenario."""
        return any(case.uncertain for case in self.cases if case.labels[0] == scenario)

    @property
    def measures(self) -> list[Measure]:
        """What is measured."""
        return [parse_measure(text) for text in self.spec.measures]

    @property
    def main(self) -> Measure:
        """The measure in all that the study is about; see `main_of`."""
        return main_of(self.spec)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """(strategy, the one it is compared with)."""
        names, base = self.strategies, self.spec.reference
        if self.spec.comparisons == "all-pairs":
            first = [base, *(name for name in names if name != base)]
            return [(b, a) for position, a in enumerate(first) for b in first[position + 1 :]]
        return [(name, base) for name in names if name != base]

    @property
    def seeds(self) -> dict[str, int]:
        """Scenario -> seed of its draws."""
        return {name: self.loaded[name, self.strategies[0]].spec.seed for name in self.scenarios}


def read_study(path: str | Path) -> Design:
    """The study in a file, every case of it loaded and compiled.

    Raises ScenarioError with every problem of the study and of its scenarios.
    """
    spec, document, ranges = _specification(Path(path).resolve())
    reading = _Reading(spec, document, ranges)
    reading.load_all()
    reading.problems.check()
    names = tuple(entry.name for entry in spec.strategies)
    scenarios = tuple(reading.scenarios)
    recovering = tuple(dict.fromkeys(key[0] for key, one in reading.loaded.items() if one.spec.to_recovery))
    design = Design(spec, document, scenarios, names, tuple(reading.cases), reading.loaded, recovering)
    return design.ending(_latest(design))


def _latest(design: Design) -> dict[str, dt.date]:
    """Scenario -> the latest end that any strategy gives it, where they differ or it has still to be found."""
    ends: dict[str, set[dt.date]] = {}
    for (scenario, _), one in design.loaded.items():
        ends.setdefault(scenario, set()).add(one.spec.until)
    return {name: max(found) for name, found in ends.items() if len(found) > 1 or name in design.recovering}


def case_in(spec: Study, loaded: Loaded, scenario: str, strategy: str) -> Case:
    """The case of a scenario under a strategy, with all that is measured of it; raises ScenarioError as compiling."""
    return case_of(
        loaded,
        kept(spec, loaded),
        (scenario, strategy, ""),
        plan=compile_plan(loaded),
        twin=spec.twin,
        daily=spec.daily,
    )


def kept(spec: Study, loaded: Loaded) -> list[Measure]:
    """What is kept of every run: what the study measures, how it ended, who bore what it is about, its costs, and how
    its alarms did."""
    asked = [parse_measure(text) for text in spec.measures]
    return list(dict.fromkeys([*asked, *ENDING, *harmed(spec), *BESIDE, *(SCORES if loaded.spec.alarms else ())]))


def harmed(spec: Study) -> list[Measure]:
    """The harm that the study is about, in all and by the groups that may lose: its main measure, or units unmet."""
    return [Measure(harm_of(spec).name, by) for by in (ALL, *BREAKDOWNS)]


def harm_of(spec: Study) -> Measure:
    """The main measure, or units unmet where that is in money, or neither more nor less of it is better."""
    main = main_of(spec)
    return main if main.name in METRICS and main.better else Measure(HARM)


def main_of(spec: Study) -> Measure:
    """The measure in all that a study is about: that of `best`, or the first of `MAIN`, or the study's first."""
    if spec.best is not None:
        return Measure(spec.best.measure)
    asked = [parse_measure(text) for text in spec.measures]
    names = [measure.name for measure in asked if measure.breakdown == ALL]
    return Measure(next((name for name in MAIN if name in names), (names or [asked[0].name])[0]))


def _specification(path: Path) -> tuple[Study, Document, Node]:
    """What the study asks, and its uncertain values as they are written."""
    node, problems = read_yaml(path)
    if node is None:
        raise ScenarioError(problems)
    if isinstance(node.value, dict) and "scenario" in node.value and "study" not in node.value:
        file = shown_path(path)
        message = "this is a scenario, not a study"
        raise ScenarioError([Problem(file, 0, message, None, f"a study; scenarios: tideover run {typed(file)}")])
    document = Document(plain(node), marks_of(node), project_root(path), files=[path], what="the study")
    try:
        spec = Study.model_validate(document.data)
    except pydantic.ValidationError as error:
        raise ScenarioError([*problems, *problems_from(error, Study, document)]) from None
    if problems:
        raise ScenarioError(problems)
    own = {key: node.value[key] for key in (SECTION, GROUPS) if key in node.value}
    return spec, document, Node(own, node.mark)


class _Reading:
    """Loads the scenarios of a study under its strategies, gathering problems."""

    def __init__(self, spec: Study, document: Document, ranges: Node) -> None:
        self.spec, self.document, self.ranges = spec, document, ranges
        self.problems = Problems(document)
        self.scenarios: list[str] = []
        self.cases: list[Case] = []
        self.loaded: dict[tuple[str, str], Loaded] = {}

    def load_all(self) -> None:
        for position, entry in enumerate(self.spec.scenarios):
            with self.problems.at():
                file = self.document.file_at(self._file_place(position))
                self._scenario(position, entry, load(file, ranges=self.ranges))
        self._refuse_currencies()
        if self.spec.joining is not None and len(self.loaded) == len(self.spec.scenarios) * len(self.spec.strategies):
            with self.problems.at("joining"):
                asked_pool(self.spec, self.loaded, self.scenarios[0])

    def _refuse_currencies(self) -> None:
        """Note where scenarios have other currencies than the first: a study sets their sums side by side."""
        found = {name: one.spec.costs.currency for (name, _), one in self.loaded.items()}
        first = next(iter(found.values()), "")
        for position, name in enumerate(self.scenarios):
            if found.get(name, first) != first:
                expected = f"{first}, as in '{self.scenarios[0]}': prices of one currency"
                self._say(("scenarios", position), "this scenario has another currency", found[name], expected)

    def _file_place(self, position: int) -> tuple[str | int, ...]:
        written = self.document.at(("scenarios", position))
        return ("scenarios", position, "file") if isinstance(written, dict) else ("scenarios", position)

    def _scenario(self, position: int, entry: ScenarioEntry, plain_one: Loaded) -> None:
        name = entry.name or plain_one.spec.scenario
        if alike([*self.scenarios, name]):
            expected = "a name of its own, not only by its capitals: {file: …, name: …}"
            self._say(("scenarios", position), "two scenarios have this name", name, expected)
            return
        self.scenarios.append(name)
        for number, strategy in enumerate(self.spec.strategies):
            known = plain_one.document.strategies
            if strategy.use is not None and strategy.use not in known:
                message = f"scenario '{name}' has no such strategy"
                expected = "one of " + ", ".join(known) if known else "no 'use': the scenario names no strategies"
                self._say(self._use_place(number), message, strategy.use, expected, list(known))
                continue
            with self.problems.at():
                self._case(position, number, name, entry, strategy, plain_one.path)

    def _use_place(self, number: int) -> tuple[str | int, ...]:
        return ("strategies", number, "use")

    def _case(
        self, position: int, number: int, name: str, entry: ScenarioEntry, strategy: StrategyEntry, file: Path
    ) -> None:
        settings = for_all(self.spec) | entry.set | strategy.set
        try:
            loaded = load(file, strategy.use, settings, self.ranges)
            check_ends(loaded)
            case = case_in(self.spec, loaded, name, strategy.name)
        except ScenarioError as error:
            raise ScenarioError(list(self._retold(error, position, number, strategy))) from None
        self._refuse_drawn(number, strategy, loaded)
        self.cases.append(case)
        self.loaded[name, strategy.name] = loaded

    def _refuse_drawn(self, number: int, strategy: StrategyEntry, loaded: Loaded) -> None:
        """Note where a strategy of the study sets what is uncertain, which is drawn alike for all of them."""
        for note in loaded.document.notes:
            key = note.file.removeprefix(AS_SET).removesuffix("'")
            if key in strategy.set:
                message = f"strategy '{strategy.name}' sets what is uncertain: {key}"
                expected = "a value under the strategy or a range under 'uncertain', not both"
                self.problems.found.append(
                    self.document.problem(("strategies", number, "set", key), message, None, expected)
                )

    def _retold(self, error: ScenarioError, position: int, number: int, strategy: StrategyEntry) -> Iterator[Problem]:
        """The problems, those of values that the study sets told at their line of the study."""
        entry = self.spec.scenarios[position]
        set_for_all = for_all(self.spec).keys() - entry.set.keys() - strategy.set.keys()
        for problem in error.problems:
            if problem.file.startswith(AS_SET):
                key = problem.file.removeprefix(AS_SET).removesuffix("'")
                own = ("strategies", number) if key in strategy.set else ("scenarios", position)
                mark = self.document.mark((key,) if key in set_for_all else (*own, "set", key))
                problem = replace(problem, file=mark.shown, line=mark.line)
            yield problem

    def _say(
        self, place: tuple[str | int, ...], message: str, value: Any, expected: str, valid: list[str] | None = None
    ) -> None:
        self.problems.found.append(self.document.problem(place, message, value, expected, valid or ()))


def for_all(spec: Study) -> dict[str, Any]:
    """Dotted path -> value that a study sets in every scenario."""
    if spec.end is not None and spec.run_on is None:
        found: dict[str, Any] = {"end": str(spec.end), "run_on": None}
    else:
        found = {"end": None if spec.end is None else str(spec.end), "run_on": spec.run_on and f"{spec.run_on}d"}
        found = {key: value for key, value in found.items() if value is not None}
    return found if spec.seed is None else {"seed": spec.seed} | found


def study_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a study file."""
    return Study.model_json_schema() | {"$schema": DIALECT, "title": "Tideover study"}
