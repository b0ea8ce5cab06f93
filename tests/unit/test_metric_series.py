"""Every metric says which daily figures it reads: with those alone it is what it is with all."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from sim.engine.books.totals import NotKept
from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.engine.run import Outcome, simulate
from sim.engine.state.ledger import DAILY
from sim.metrics.base import METRICS, View
from sim.metrics.cost import Rates, costs
from sim.metrics.summary import BREAKDOWNS
from sim.scenario.load import load
from sim.study.design.case import case_of
from sim.study.design.fingerprint import program
from sim.study.design.measures import LINE, MONEY, Measure, series_of
from sim.study.run.task import Task, run_task

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "exercises" / "vaccine-campaign.yaml"
RATES = Rates("USD", 0.2, 1.0)


@cache
def plan() -> Plan:
    """A scenario with shortages, reserves, several regions and goods that expire."""
    return compile_plan(load(SCENARIO))


@cache
def outcome(series: tuple[str, ...]) -> Outcome:
    """A run that keeps these daily totals."""
    return simulate(plan(), detail="none", table=False, series=series)


def values(name: str, of: Outcome) -> list[float | None]:
    """A metric overall and by product."""
    products = sorted(of.plan.network.products["name"])
    return [METRICS[name].function(View.of(of, **by)) for by in ({}, *({"product": p} for p in products))]


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_needs_no_other_daily_figures_than_it_says(name: str) -> None:
    assert values(name, outcome(METRICS[name].daily)) == values(name, outcome(DAILY))


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.daily])
def test_a_metric_says_no_more_than_it_needs(name: str) -> None:
    """Without any one of them it is an error, not a figure made of zeros."""
    for missing in METRICS[name].daily:
        less = outcome(tuple(figure for figure in METRICS[name].daily if figure != missing))
        with pytest.raises(NotKept, match=f"no daily totals of '{missing}'"):
            values(name, less)


def test_costs_need_no_daily_totals() -> None:
    assert costs(outcome(()), RATES) == costs(outcome(DAILY), RATES)


def test_a_study_keeps_what_its_measures_read_and_no_more() -> None:
    assert series_of([Measure("fill_rate"), Measure("cost"), Measure("net_cost")]) == set()
    assert series_of([Measure("recovery_day", "region"), Measure("resilience_loss")]) == {"unmet", "demand", "served"}


def test_a_study_of_all_measures_by_all_breakdowns_has_what_it_reads() -> None:
    loaded = load(SCENARIO)
    measures = [Measure(name, by) for name in METRICS for by in ("all", *BREAKDOWNS)]
    measures += [Measure(name) for name in MONEY] + [Measure("cost", LINE)]
    case = case_of(loaded, measures, ("", "", ""), plan=plan(), daily=True)
    (batch,) = run_task(Task((case,), 0, 1, program()))
    found = batch.rows.to_pandas().set_index(["measure", "breakdown", "group"])["value"]
    for name in METRICS:
        (overall, *_) = values(name, outcome(DAILY))
        assert found[name, "all", ""] == overall or overall is None
    days = batch.days.to_pandas()
    assert days["unmet"].sum() == found["units_unmet", "all", ""] > 0
