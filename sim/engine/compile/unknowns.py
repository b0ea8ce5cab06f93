"""What is uncertain about a scenario, compiled: the plan of each replication, and whether there is one at the ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.errors import Problem, ScenarioError
from sim.scenario.drawing import drawn, values_of, varies, with_values
from sim.scenario.load import Loaded
from sim.scenario.reading.document import shown_value
from sim.scenario.reading.memo import Same


@dataclass(frozen=True)
class Unknowns:
    """Gives the plan that a scenario has in a replication, its uncertain values and figures of sites drawn."""

    loaded: Loaded = field(repr=False)

    def plan(self, replication: int) -> Plan:
        """The plan; raises ScenarioError, with what was drawn, where it makes no scenario."""
        made_of = (replication, Same(self.loaded))  # others, with other values, share the memo
        plan: Plan = self.loaded.memo.once("plan", made_of, lambda: self._plan(replication))
        return plan

    def _plan(self, replication: int) -> Plan:
        try:
            return compile_plan(drawn(self.loaded, replication), as_written=False)
        except ScenarioError as error:
            told = ", ".join(f"{path}={value}" for path, value in values_of(self.loaded, replication).items())
            first = error.problems[0]
            message = f"as drawn ({told}): {first.message}"
            raise ScenarioError([replace(first, message=message)]) from None


def unknowns_of(loaded: Loaded) -> Unknowns | None:
    """What is to be drawn of a scenario, None where all is certain but luck."""
    return Unknowns(loaded) if varies(loaded) else None


def check_ends(loaded: Loaded) -> None:
    """Raise ScenarioError where an end of a range, tried by itself, makes no scenario that can be run."""
    problems = list(_ends(loaded))
    if problems:
        raise ScenarioError(problems)


def _ends(loaded: Loaded) -> Iterator[Problem]:
    for path in loaded.document.uncertain:
        mark = loaded.document.mark(("uncertain", path))
        for end in dict.fromkeys(loaded.spec.uncertain[path].ends):
            try:
                compile_plan(with_values(loaded, {path: end}), as_written=False)
            except ScenarioError as error:
                for problem in error.problems:
                    message = f"'{path}' would be {shown_value(end)}: {problem.message}"
                    yield replace(problem, file=mark.shown, line=mark.line, message=message, value=None)
