"""All metrics of a run beside those of its twins, in all and by product, region, country, priority."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.engine.run import Outcome
from sim.metrics.base import METRICS, Metric, View
from sim.metrics.cost import Rates, costs

BREAKDOWNS = ("product", "party", "country", "region", "priority", "setting")


@dataclass(frozen=True)
class Value:
    """One figure: of the run, and its twins without disruptions, reserves, decisions; None where that was not run."""

    value: float | None
    twin: float | None
    without_reserves: float | None = None
    without_decisions: float | None = None

    @property
    def difference(self) -> float | None:
        """Disturbed minus undisturbed."""
        return None if self.value is None or self.twin is None else self.value - self.twin

    @property
    def averted(self) -> float | None:
        """What the reserves kept away: the figure without them minus the run's own."""
        if self.value is None or self.without_reserves is None:
            return None
        return self.without_reserves - self.value


@dataclass(frozen=True)
class Summary:
    """Metrics by name: `overall`, `by[breakdown][group]`, and `cost` by line; `decided`: the scenario has
    decisions."""

    overall: dict[str, Value]
    by: dict[str, dict[str, dict[str, Value]]]
    cost: dict[str, Value]
    currency: str
    decided: bool = False

    def columns(self, value: Value) -> dict[str, float | None]:
        """A figure as the tables name it: value, twin, difference, without_reserves, and without_decisions where the
        scenario has some."""
        columns = {
            "value": value.value,
            "twin": value.twin,
            "difference": value.difference,
            "without_reserves": value.without_reserves,
        }
        return columns | ({"without_decisions": value.without_decisions} if self.decided else {})

    def __getitem__(self, name: str) -> Value:
        return self.overall[name]

    @staticmethod
    def metric(name: str) -> Metric:
        """Label, unit and definition of a metric."""
        return METRICS[name]


def _values(outcomes: Sequence[Outcome | None], **conditions: object) -> dict[str, Value]:
    views = [None if outcome is None else View.of(outcome, **conditions) for outcome in outcomes]
    return {
        name: Value(*(None if view is None else metric.function(view) for view in views))
        for name, metric in METRICS.items()
    }


def summarise(
    run: Outcome,
    twin: Outcome | None,
    rates: Rates,
    without_reserves: Outcome | None = None,
    without_decisions: Outcome | None = None,
) -> Summary:
    """Every registered metric, overall and for each value of each breakdown that has more than one."""
    outcomes = (run, twin, without_reserves, without_decisions)
    groups = run.plan.network.groups
    facilities = groups[groups["kind"] == "facility"]
    by: dict[str, dict[str, dict[str, Value]]] = {}
    parties = run.plan.network.parties
    for column in BREAKDOWNS:
        values = sorted(facilities[column].unique())
        if len(values) < 2 and column != "product" and not (column == "party" and parties):
            continue
        if column == "party":  # pools behind their members
            values += [pool for pool in parties.pools if parties.owners(pool) & set(values)]
        by[column] = {str(value): _values(outcomes, **{column: value}) for value in values}
    lines = [None if outcome is None else costs(outcome, rates) for outcome in outcomes]
    cost = {name: Value(*(None if other is None else other.get(name) for other in lines)) for name in lines[0] or {}}
    return Summary(_values(outcomes), by, cost, rates.currency, bool(run.plan.decisions))
