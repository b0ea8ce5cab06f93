"""All metrics of a run beside those of its no-disruption twin, in all and by product, region, country, priority."""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine.run import Outcome
from sim.metrics import equity, resilience, service
from sim.metrics.base import METRICS, Metric, View
from sim.metrics.cost import Rates, costs

FAMILIES = (service, resilience, equity)
BREAKDOWNS = ("product", "country", "region", "priority", "setting")


@dataclass(frozen=True)
class Value:
    """One figure with and without the disruptions; `twin` is None where the twin was not run."""

    value: float | None
    twin: float | None

    @property
    def difference(self) -> float | None:
        """Disturbed minus undisturbed."""
        return None if self.value is None or self.twin is None else self.value - self.twin


@dataclass(frozen=True)
class Summary:
    """Metrics by name: `overall`, `by[breakdown][group]`, and `cost` by line."""

    overall: dict[str, Value]
    by: dict[str, dict[str, dict[str, Value]]]
    cost: dict[str, Value]
    currency: str

    def __getitem__(self, name: str) -> Value:
        return self.overall[name]

    @staticmethod
    def metric(name: str) -> Metric:
        """Label, unit and definition of a metric."""
        return METRICS[name]


def _values(run: View, twin: View | None) -> dict[str, Value]:
    return {name: Value(m.function(run), None if twin is None else m.function(twin)) for name, m in METRICS.items()}


def summarise(run: Outcome, twin: Outcome | None, rates: Rates) -> Summary:
    """Every registered metric, overall and for each value of each breakdown that has more than one."""
    groups = run.plan.network.groups
    facilities = groups[groups["kind"] == "facility"]
    by: dict[str, dict[str, dict[str, Value]]] = {}
    for column in BREAKDOWNS:
        values = sorted(facilities[column].unique())
        if len(values) < 2 and column != "product":
            continue
        by[column] = {
            str(value): _values(
                View.of(run, **{column: value}), None if twin is None else View.of(twin, **{column: value})
            )
            for value in values
        }
    lines = costs(run, rates)
    twin_lines = costs(twin, rates) if twin is not None else {}
    cost = {name: Value(amount, twin_lines.get(name)) for name, amount in lines.items()}
    return Summary(_values(View.of(run), View.of(twin) if twin else None), by, cost, rates.currency)
