"""Vials of several doses: vials opened, doses given and wasted, against closed forms and days worked out by hand."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.metrics.base import METRICS, View

CLINIC = """
end: END
products: {vaccine: {unit: vial, doses: 10, OPEN}}
suppliers: {maker: {makes: {vaccine: {}}}}
facilities: {a: {}, b: {}}
lanes: [{from: maker, to: facilities, time: 1d}]
demand: [{at: SITES, product: vaccine, DEMAND}]
replenishment: [{at: facilities, policy: base_stock, level: LEVEL}]
"""
CERTAIN = "distribution: deterministic, "


def clinic(demand: str, open_for: str = "6h", end: str = "2001-03-12", level: str = "9", sites: str = "a") -> str:
    text = CLINIC.replace("DEMAND", demand).replace("OPEN", f"open_for: {open_for}" if open_for else "cost: 0")
    return text.replace("END", end).replace("LEVEL", level).replace("SITES", sites)


def of(run: Any, *figures: str, site: str = "a") -> list[np.ndarray]:
    daily = run.daily[run.daily["site"] == site].sort_values("day")
    return [daily[name].to_numpy() for name in figures]


def expected_vials(of_list: int, probability: float, doses: int) -> float:
    """E[ceil(X / doses)] for X binomial: the sum over k of P(X > k doses), added up from the probabilities."""
    chance = [comb(of_list, x) * probability**x * (1 - probability) ** (of_list - x) for x in range(of_list + 1)]
    return sum(-(-x // doses) * p for x, p in enumerate(chance))


def test_a_day_opens_what_its_patients_take_and_wastes_the_rest(simulate: Any) -> None:
    """Twelve a day: two vials, twelve doses given, eight wasted; levels go by two vials a day."""
    run = simulate(clinic(f"{CERTAIN}per_day: 12"))
    demand, served, given, wasted = of(run, "demand", "served", "doses_given", "doses_wasted")
    assert (demand == 2).all() and (served == 2).all() and (given == 12).all() and (wasted == 8).all()
    assert run.outcome.plan.network.cell_mean.tolist() == [2, 2]
    view = View.of(run.outcome)
    assert METRICS["open_vial_wastage"].function(view) == 0.4 and METRICS["doses_wasted"].function(view) == 8 * 70


def test_left_over_doses_serve_those_of_the_next_days(simulate: Any) -> None:
    """Six a day from vials that last two days: a vial on day 0 (four left), one on day 1 (four and two of ten: eight
    left), none on day 2 (two left, thrown away in the evening), a vial on day 3, and so on: two vials, eighteen doses
    given and two wasted every three days."""
    run = simulate(clinic(f"{CERTAIN}per_day: 6", open_for="2d", end="2001-03-02"))
    demand, given, wasted = of(run, "demand", "doses_given", "doses_wasted")
    assert demand.tolist() == [1, 1, 0] * 20 and (given == 6).all() and wasted.tolist() == [0, 0, 2] * 20
    assert run.outcome.plan.network.cell_mean[0] == pytest.approx(2 / 3, rel=1e-3)


def test_vials_that_last_waste_nothing(simulate: Any) -> None:
    """28 days from the opening: three a day take a vial whenever the sum of doses passes a ten."""
    run = simulate(clinic(f"{CERTAIN}per_day: 3", open_for="28d"))
    demand, wasted = of(run, "demand", "doses_wasted")
    assert demand.cumsum().tolist() == [-(-3 * (day + 1) // 10) for day in range(70)] and not wasted.any()


@pytest.mark.parametrize(("of_list", "mean", "doses"), [(20, 8, 10), (20, 8, 5), (12, 9, 10), (40, 6, 20)])
def test_wastage_of_sessions_is_that_of_the_binomial_distribution(
    of_list: int, mean: float, doses: int, simulate: Any
) -> None:
    """Vials a session have the mean sum of ceil(x / doses) P(X = x); the run's and the plan's mean, over a sample of
    4,096, are within four standard errors (a session's vials have a standard deviation below 1)."""
    text = clinic(f"per_day: {mean}, distribution: {{distribution: binomial, of: {of_list}}}", end="2011-01-01")
    run = simulate(text.replace("doses: 10", f"doses: {doses}"))
    exact = expected_vials(of_list, mean / of_list, doses)
    demand, given, wasted = of(run, "demand", "doses_given", "doses_wasted")
    assert abs(demand.mean() - exact) < 4 / len(demand) ** 0.5
    assert abs(run.outcome.plan.network.cell_mean[0] - exact) < 4 / 4096**0.5
    share = 1 - mean / (doses * exact)
    assert abs(wasted.sum() / (wasted + given).sum() - share) < 4 * (1 - share) / exact / len(demand) ** 0.5


def test_ten_doses_are_wasted_more_than_five(simulate: Any) -> None:
    """A plausible case, not a fit: sessions of 14 in the mean waste about as studies of measles vaccine found (30.5% of
    ten-dose vials in Zambia and 27.4% in Myanmar, 16.2% of five-dose vials), and single doses nothing."""
    share = {}
    for doses in (1, 5, 10):
        text = clinic("per_day: 2, sessions: {every: 7d}", end="2011-01-01").replace("doses: 10", f"doses: {doses}")
        view = View.of(simulate(text.replace(", open_for: 6h", "") if doses == 1 else text).outcome)
        share[doses] = METRICS["open_vial_wastage"].function(view)
    assert share[1] is None and 0.08 < share[5] < 0.2 < share[10] < 0.35


def test_who_finds_no_vial_is_unmet_and_open_ones_are_used(simulate: Any) -> None:
    """One vial a day comes, twelve patients: ten are served, and a vial is wanting."""
    run = simulate(clinic(f"{CERTAIN}per_day: 12", level="1") + "stock: [{at: a, on_hand: 1}]\n")
    demand, served, unmet, given, wasted = of(run, "demand", "served", "unmet", "doses_given", "doses_wasted")
    assert (demand == 2).all() and (served[:1] == 1).all()
    assert (given == np.minimum(12, 10 * served)).all() and (wasted == 10 * served - given).all()
    assert (unmet == 2 - served).all()


def test_who_waits_is_given_from_vials_of_his_own(simulate: Any) -> None:
    """Twelve on one day in ten, of whom two find no vial: they get two doses of one the next day."""
    text = clinic(f"{CERTAIN}per_day: 1.2, sessions: {{every: 10d}}, shortage: backorder", level="1")
    run = simulate(text + "stock: [{at: a, on_hand: 1}]\n")
    demand, served, late, given, wasted = of(run, "demand", "served", "served_late", "doses_given", "doses_wasted")
    assert demand[:11].tolist() == [2] + [0] * 9 + [2] and served[0] == 1 and late[:3].sum() == 1
    assert given[0] == 10 and given[late > 0].tolist() == [2] * 7 and wasted[late > 0].tolist() == [8] * 7
    assert given.sum() == 12 * 7


TROUBLE = [
    "",
    "{kind: site_outage, at: a, from: 2001-01-21, for: 12d, capacity: 35%, patients: wait}",
    "{kind: site_outage, at: a, from: 2001-01-21, for: 12d, capacity: 35%, patients: b}",
    "{kind: site_outage, at: maker, from: 2001-01-21, for: 12d}",
    "{kind: demand_surge, at: facilities, from: 2001-01-21, for: 12d, factor: 1.7}",
]
SHORTAGES = ["lost", "backorder", "backorder, patience: 3d"]


@pytest.mark.parametrize("open_for", ["6h", "3d", "28d"])
@pytest.mark.parametrize(
    ("trouble", "shortage"), [*((t, SHORTAGES[2]) for t in TROUBLE), *((TROUBLE[1], s) for s in SHORTAGES[:2])]
)
def test_every_dose_of_every_vial_is_given_wasted_or_open(
    trouble: str, shortage: str, open_for: str, simulate: Any
) -> None:
    """Doses of vials used = given + wasted + those left in open ones, at most all of those opened on the days before on
    which one can still be used."""
    demand = f"per_day: 7.3, distribution: {{distribution: negative_binomial, dispersion: 3}}, shortage: {shortage}"
    run = simulate(clinic(demand, open_for, level="3", sites="facilities") + f"disruptions: [{trouble}]\n")
    for site in "ab":
        served, late, given, wasted = of(run, "served", "served_late", "doses_given", "doses_wasted", site=site)
        used = 10 * (served + late).cumsum()
        left = used - given.cumsum() - wasted.cumsum()
        assert (left >= 0).all() and (given >= 0).all() and (wasted >= 0).all()
        days = {"6h": 1, "3d": 3, "28d": 28}[open_for]
        assert (left <= 10 * (days - 1) * max(1, (served + late).max())).all()
        assert days > 1 or not left.any()


def test_single_doses_are_as_before(simulate: Any) -> None:
    plain = clinic("per_day: 7").replace("doses: 10, open_for: 6h", "cost: 0")
    one = simulate(plain.replace("cost: 0", "doses: 1")).daily
    assert one.equals(simulate(plain).daily) and not one["doses_given"].any()


BAD = [
    ("doses: 0", "a number of at least 1"),
    ("doses: 2.5", "a whole number"),
    ("doses: 10, open_for: 6", "a duration with its unit"),
    ("open_for: 6h", "open_for only with several doses"),
    ("doses: 10, open_for: 3y", "open_for of at most 366d"),
]


@pytest.mark.parametrize(("product", "message"), BAD, ids=[message for _, message in BAD])
def test_vials_that_cannot_be_are_refused_with_help(product: str, message: str, simulate: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        simulate(clinic("per_day: 7").replace("doses: 10, open_for: 6h", product))
    assert message in str(caught.value) and all(problem.line > 0 for problem in caught.value.problems)
