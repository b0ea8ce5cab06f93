"""Draws: their moments, their independence, and what comparing on the same draws saves."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tests.cases import CASES, Case

N = 200_000
SITES, DAYS = 80, 2_500
END = "2007-11-06"  # 2,500 days after the start


def close_moments(case: Case, metric: str, x: np.ndarray) -> None:
    """The case's rule: 4 standard errors for the mean, 5% for the variance, of 200,000 draws."""
    mean, variance = case.expected(metric)
    assert x.size == N
    holds = abs(x.mean() - mean) <= 4 * math.sqrt(variance / N) and abs(x.var() - variance) <= 0.05 * variance
    case.accept(metric, holds, (x.mean(), x.var()))


def marked(names: Iterable[str], *more: str) -> list[Any]:
    """Parameters that hold their figure of case H5, and some more."""
    return [pytest.param(name, marks=pytest.mark.case("H5", name, *more)) for name in names]


DEMANDS = {
    "Poisson(5)": "per_day: 5",
    "NegBin(mean 5,var 12.5)": "per_day: 5, distribution: {distribution: negative_binomial, dispersion: 2.5}",
    "Normal(100,20) continuous": "per_day: 100, distribution: {distribution: normal, sd: 20}",
}
INDEPENDENT = ("lag1_autocorrelation_iid", "cross_facility_correlation")


@pytest.mark.parametrize("name", marked(DEMANDS, *INDEPENDENT))
def test_demand_has_its_moments_and_is_independent_over_days_and_facilities(
    name: str, simulate: Any, case: Case
) -> None:
    run = simulate(f"""
end: {END}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{", ".join(f"F{k:02}: {{}}" for k in range(SITES))}}}
lanes: [{{from: maker, to: facilities, time: 1d}}]
demand: [{{at: facilities, product: kit, {DEMANDS[name]}}}]
replenishment: [{{at: facilities, policy: base_stock, level: 9, review: 365d}}]
""")
    daily = run.daily
    demand = daily.loc[daily["kind"] == "facility", "demand"].to_numpy().reshape(DAYS, SITES)
    close_moments(case, name, demand)
    gaps = demand - demand.mean()
    lag1 = (gaps[1:] * gaps[:-1]).mean() / gaps.var()
    neighbours = np.mean([np.corrcoef(demand[:, a], demand[:, b])[0, 1] for a, b in pairwise(range(SITES))])
    for metric, found in zip(INDEPENDENT, (lag1, neighbours), strict=True):
        case.accept(metric, abs(found - case.expected(metric)) <= 4 / math.sqrt(N), found)


TIMES = {
    "Lognormal lead time mean 10 sd 5": "lognormal(10d, 5d)",
    "Gamma lead time mean 10 sd 5": "gamma(10d, 5d)",
    "Uniform integer 3..7": "whole_days(3d, 7d)",
    "Geometric duration mean 20 (support 1,2,..)": "geometric(20d)",
    "Exponential mean 20": "exponential(20d)",
    "Triangular(2,4,9)": "triangular(2d, 4d, 9d)",
}


QUANTILES = {"lognormal_mean10_sd5_median": 0.5, "lognormal_mean10_sd5_p95": 0.95}


@pytest.mark.parametrize(
    "name",
    [*marked([x for x in TIMES if "Lognormal" not in x]), *marked(["Lognormal lead time mean 10 sd 5"], *QUANTILES)],
)
def test_journeys_have_the_moments_of_the_time_itself(name: str, simulate: Any, case: Case) -> None:
    """Eighty lanes on 2,500 days: a unit sets out on each every day, and its arrival tells the draw of the day."""
    run = simulate(
        f"""
end: 2009-01-01
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{", ".join(f"F{k:02}: {{}}" for k in range(SITES))}}}
lanes: [{{from: maker, to: facilities, time: "{TIMES[name]}"}}]
demand: [{{at: facilities, product: kit, per_day: 1, distribution: deterministic, until: 2007-11-06}}]
stock: [{{at: facilities, on_hand: 100}}]
replenishment: [{{at: facilities, policy: base_stock, level: 100}}]
""",
        detail="full",
    )
    events = run.events.sort_values("shipment", kind="stable")
    left, came = (events.loc[events["event"] == event] for event in ("departure", "arrival"))
    assert left["day"].nunique() == DAYS and (left["shipment"].to_numpy() == came["shipment"].to_numpy()).all()
    journeys = came["day"].to_numpy() - left["day"].to_numpy()
    close_moments(case, name, journeys)
    if "Lognormal" in name:
        case.check({metric: np.quantile(journeys, share) for metric, share in QUANTILES.items()})
    if "support 1,2" in name:
        assert journeys.min() == 1


@pytest.mark.case("H1")
def test_comparing_policies_on_the_same_draws_saves_most_of_the_variance(simulate: Any, case: Case) -> None:
    replications = 200  # facilities with streams of their own: each is one replication

    def yearly(level: int, seed: int) -> dict[str, np.ndarray]:
        run = simulate(f"""
end: 2002-01-01
warm_up: 30d
seed: {seed}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{", ".join(f"F{k:03}: {{}}" for k in range(replications))}}}
lanes: [{{from: maker, to: facilities, time: 3d}}]
demand: [{{at: facilities, product: kit, per_day: 5, shortage: backorder}}]
replenishment: [{{at: facilities, policy: base_stock, level: {level}}}]
""")
        f = run.daily[run.daily["kind"] == "facility"]
        sums = f.groupby("site", observed=True)[["backlog", "on_hand", "served", "demand"]].sum()
        means = {"backorders": sums["backlog"] / 365, "on_hand": sums["on_hand"] / 365}
        means["fill_rate"] = sums["served"] / sums["demand"]
        return {name: column.to_numpy() for name, column in means.items()}

    low, high, other = yearly(18, seed=1), yearly(20, seed=1), yearly(20, seed=2)
    for name in low:
        ratio = np.var(low[name] - high[name]) / np.var(low[name] - other[name])
        rho = np.corrcoef(low[name], high[name])[0, 1]
        case.accept(name, ratio <= 0.5 and rho >= 0.5, (ratio, rho))
        # Fisher's z of a correlation has a standard error of 1 / sqrt(n - 3)
        due = CASES["H1"][name]["correlation_expected"]
        assert abs(math.atanh(rho) - math.atanh(due)) <= 4 / math.sqrt(replications - 3), name


def test_replications_are_other_draws_and_policies_meet_the_same_ones(simulate: Any) -> None:
    def demand(level: int, replication: int) -> list[int]:
        run = simulate(
            f"""
end: 2001-04-11
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{clinic: {{}}}}
lanes: [{{from: maker, to: clinic, time: 3d}}]
demand: [{{at: clinic, product: kit, per_day: 5}}]
replenishment: [{{at: clinic, policy: base_stock, level: {level}}}]
""",
            replication=replication,
        )
        return run.daily.loc[run.daily["site"] == "clinic", "demand"].tolist()

    assert demand(18, 0) == demand(20, 0)
    assert demand(18, 0) != demand(18, 1)
