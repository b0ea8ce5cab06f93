"""What a study measures: registered metrics and cost lines, in all or by a breakdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sim.engine.run import Outcome
from sim.errors import PlaceError
from sim.metrics.base import METRICS, View
from sim.metrics.cost import NET, Rates, costs
from sim.metrics.party_cost import costs_of_parties
from sim.metrics.summary import BREAKDOWNS

COST = "cost"
MONEY = {COST: ("Cost", "total"), "net_cost": ("Cost net of stock", NET)}
"""Measures in money: how a person reads each, and its line of the costs."""
ALL = "all"
LINE = "line"
PARTY = "party"
ALARM = "alarm"


@dataclass(frozen=True)
class Measure:
    """A metric's name, `cost` or `net_cost`, and a breakdown: `all`, a column of groups, `alarm` for scores of alarms,
    `line` for cost, which can be told by `party` as well."""

    name: str
    breakdown: str = ALL

    def __str__(self) -> str:
        return self.name if self.breakdown == ALL else f"{self.name} by {self.breakdown}"

    @property
    def unit(self) -> str:
        """The unit in which it is counted; money has the scenario's currency."""
        return "money" if self.name in MONEY else METRICS[self.name].unit

    @property
    def label(self) -> str:
        """How a person reads it."""
        return MONEY[self.name][0] if self.name in MONEY else METRICS[self.name].label

    @property
    def better(self) -> str:
        """`higher`, `lower`, or "" where neither is."""
        return "lower" if self.name in MONEY else METRICS[self.name].better


ENDING = tuple(
    Measure(name) for name in ("unmet_at_end", "unmet_at_end_share", "short_at_end", "routine_unmet", "not_over_at_end")
)
"""How a run ended, by which it is told whether its figures may be taken for the whole; see `sim.metrics.at_end`."""


SCORES = tuple(
    Measure(name, ALARM)
    for name in (
        "alarm_shortages", "shortages_warned", "warning_time", "alarms_true", "alarms_false", "false_alarms_a_year",
    )
)  # fmt: skip
"""How each alarm did in a run; see `sim.study.infer.alarm_scores`."""


def parse_measure(text: str) -> Measure:
    """The measure a text such as `units_unmet by region` stands for; raises PlaceError with what was expected."""
    name, _, breakdown = (part.strip() for part in text.partition(" by "))
    if name not in MONEY and name not in METRICS:
        raise PlaceError((), "there is no such measure", name, "a metric's name, or cost", [*METRICS, *MONEY])
    allowed: tuple[str, ...] = () if name in MONEY else BREAKDOWNS
    if name in METRICS and METRICS[name].by_alarm:
        allowed = (*BREAKDOWNS, ALARM)
    if name == COST:
        allowed = (LINE, PARTY)
    if breakdown and breakdown not in allowed:
        raise PlaceError((), f"'{name}' cannot be broken down so", breakdown, "by " + " / ".join(allowed), allowed)
    return Measure(name, breakdown or ALL)


def broken_down() -> str:
    """A regular expression of the texts that stand for a measure by a breakdown."""
    metrics = f"({'|'.join(METRICS)})\\s* by \\s*({'|'.join(BREAKDOWNS)})"
    scores = f"({'|'.join(name for name, one in METRICS.items() if one.by_alarm)})\\s* by \\s*{ALARM}"
    return f"^\\s*({metrics}|{scores}|{COST}\\s* by \\s*({LINE}|{PARTY}))\\s*$"


def series_of(measures: Sequence[Measure]) -> set[str]:
    """The figures whose daily totals a run must keep so that these can be read."""
    return {name for measure in measures if measure.name not in MONEY for name in METRICS[measure.name].daily}


def values(measures: Sequence[Measure], outcome: Outcome, rates: Rates) -> Iterator[tuple[Measure, str, float | None]]:
    """(measure, group, value) in the order of the measures, groups in order of name; the group of `all` is ""."""
    lines = costs(outcome, rates) if any(measure.name in MONEY for measure in measures) else {}
    views: dict[tuple[str, object], View] = {}
    table = outcome.plan.network.groups
    facilities = table[table["kind"] == "facility"]
    for measure in measures:
        if measure.name in MONEY:
            shown = {"": lines[MONEY[measure.name][1]]}
            if measure.breakdown != ALL:
                shown = lines if measure.breakdown == LINE else costs_of_parties(outcome, rates)
            yield from ((measure, group, amount) for group, amount in shown.items())
            continue
        function, column = METRICS[measure.name].function, measure.breakdown
        if column == ALARM:
            for name in sorted(log.bound.name for log in outcome.alarms):
                value = function(replace(View.of(outcome), alarm=name))
                yield measure, name, None if value is None else float(value)
            continue
        for group in [""] if column == ALL else sorted(facilities[column].unique()):
            if (column, group) not in views:
                views[column, group] = View.of(outcome, **({} if column == ALL else {column: group}))
            value = function(views[column, group])
            yield measure, str(group), None if value is None else float(value)
