"""What a study measures: registered metrics and cost lines, in all or by a breakdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.engine.run import Outcome
from sim.errors import PlaceError
from sim.metrics import equity, resilience, service
from sim.metrics.base import METRICS, View
from sim.metrics.cost import Rates, costs
from sim.metrics.summary import BREAKDOWNS

FAMILIES = (service, resilience, equity)
COST = "cost"
ALL = "all"
LINE = "line"


@dataclass(frozen=True)
class Measure:
    """A metric's name, or `cost`, with a breakdown: `all`, a column of groups, or `line` for the lines of cost."""

    name: str
    breakdown: str = ALL

    def __str__(self) -> str:
        return self.name if self.breakdown == ALL else f"{self.name} by {self.breakdown}"

    @property
    def unit(self) -> str:
        """The unit in which it is counted; money has the scenario's currency."""
        return "money" if self.name == COST else METRICS[self.name].unit

    @property
    def label(self) -> str:
        """How a person reads it."""
        return "Cost" if self.name == COST else METRICS[self.name].label

    @property
    def better(self) -> str:
        """`higher`, `lower`, or "" where neither is."""
        return "lower" if self.name == COST else METRICS[self.name].better


def parse_measure(text: str) -> Measure:
    """The measure a text such as `units_unmet by region` stands for; raises PlaceError with what was expected."""
    name, _, breakdown = (part.strip() for part in text.partition(" by "))
    if name != COST and name not in METRICS:
        raise PlaceError((), "there is no such measure", name, "a metric's name, or cost", [*METRICS, COST])
    allowed = (LINE,) if name == COST else BREAKDOWNS
    if breakdown and breakdown not in allowed:
        raise PlaceError((), f"'{name}' cannot be broken down so", breakdown, "by " + " / ".join(allowed), allowed)
    return Measure(name, breakdown or ALL)


def values(measures: Sequence[Measure], outcome: Outcome, rates: Rates) -> Iterator[tuple[Measure, str, float | None]]:
    """(measure, group, value) in the order of the measures, groups in order of name; the group of `all` is ""."""
    lines = costs(outcome, rates) if any(measure.name == COST for measure in measures) else {}
    views: dict[tuple[str, object], View] = {}
    table = outcome.plan.network.groups
    facilities = table[table["kind"] == "facility"]
    for measure in measures:
        if measure.name == COST:
            shown = lines if measure.breakdown == LINE else {"": lines["total"]}
            yield from ((measure, group, amount) for group, amount in shown.items())
            continue
        function, column = METRICS[measure.name].function, measure.breakdown
        for group in [""] if column == ALL else sorted(facilities[column].unique()):
            if (column, group) not in views:
                views[column, group] = View.of(outcome, **({} if column == ALL else {column: group}))
            value = function(views[column, group])
            yield measure, str(group), None if value is None else float(value)
