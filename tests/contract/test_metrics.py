"""What every registered metric owes: a definition, a value in every group, its row on the page."""

from __future__ import annotations

import math
from functools import cache

import pytest

import sim
from docs.make_metrics import PAGE, page
from sim.metrics.base import METRICS, View
from sim.metrics.summary import BREAKDOWNS
from sim.report.run.as_tables.tables import metrics_json
from sim.study.design.measures import parse_measure
from tests.contract.network import PARTIES, STANDARD, run

every_metric = pytest.mark.parametrize("name", METRICS)


@cache
def standard() -> sim.Run:
    return run(STANDARD | {"parties": PARTIES})


@every_metric
def test_it_says_what_it_is(name: str) -> None:
    metric = METRICS[name]
    assert metric.definition.endswith((".", ")"))
    assert metric.label[0].isupper() and metric.unit and metric.better in ("higher", "lower", "")
    assert [other for other in METRICS.values() if other.label == metric.label] == [metric]


@every_metric
def test_it_is_a_number_or_undefined_in_all_and_in_every_group(name: str) -> None:
    summary = standard().metrics
    assert set(summary.by) == set(BREAKDOWNS) - {"setting"}  # which no site of the standard network has
    values = [summary[name], *(group[name] for groups in summary.by.values() for group in groups.values())]
    for value in values:
        assert value.value is None or (isinstance(value.value, float) and math.isfinite(value.value))


@every_metric
def test_it_does_not_change_the_run(name: str) -> None:
    """Asked twice it says the same, of arrays that are as they were."""
    outcome = standard().outcome
    before = {figure: array.copy() for figure, array in outcome.record.sums.items()}
    first, second = (METRICS[name].function(View.of(outcome)) for _ in range(2))
    assert first == second
    assert all((before[figure] == array).all() for figure, array in outcome.record.sums.items())


@every_metric
def test_it_can_be_measured_by_a_study_and_stands_in_results_and_reference(name: str) -> None:
    assert [str(parse_measure(f"{name} by {group}")) for group in BREAKDOWNS]
    assert name in metrics_json(standard().metrics)["overall"]
    assert f"| `{name}` |" in page()


def test_the_page_is_up_to_date() -> None:
    """docs/reference/metrics.md is what docs/make_metrics.py writes."""
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m docs.make_metrics"
