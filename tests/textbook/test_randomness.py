"""Draws: their moments, their independence, and what comparing on the same draws saves."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.model.distributions import parse_times
from sim.rng import Streams

N = 200_000
SITES, DAYS = 80, 2_500
END = "2007-11-06"  # 2,500 days after the start


def close_moments(x: np.ndarray, mean: float, variance: float) -> None:
    assert x.size == N
    assert abs(x.mean() - mean) <= 4 * math.sqrt(variance / N)
    assert x.var() == pytest.approx(variance, rel=0.05)


def draw(text: str) -> np.ndarray:
    times = parse_times(text)
    assert times.draw is not None
    return times.draw(Streams(1).named(text), N)


DEMANDS = {
    "Poisson(5)": "per_day: 5",
    "NegBin(mean 5,var 12.5)": "per_day: 5, distribution: {distribution: negative_binomial, dispersion: 2.5}",
    "Normal(100,20) continuous": "per_day: 100, distribution: {distribution: normal, sd: 20}",
}


@pytest.mark.parametrize("case", DEMANDS)
def test_demand_has_its_moments_and_is_independent_over_days_and_facilities(
    case: str, simulate: Any, expected: Any
) -> None:
    run = simulate(f"""
end: {END}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{", ".join(f"F{k:02}: {{}}" for k in range(SITES))}}}
lanes: [{{from: maker, to: facilities, time: 1d}}]
demand: [{{at: facilities, product: kit, {DEMANDS[case]}}}]
replenishment: [{{at: facilities, policy: base_stock, level: 9, review: 365d}}]
""")
    daily = run.daily
    demand = daily.loc[daily["kind"] == "facility", "demand"].to_numpy().reshape(DAYS, SITES)
    close_moments(demand, *expected["H5"][case]["expected"])
    gaps = demand - demand.mean()
    lag1 = (gaps[1:] * gaps[:-1]).mean() / gaps.var()
    neighbours = np.mean([np.corrcoef(demand[:, a], demand[:, b])[0, 1] for a, b in pairwise(range(SITES))])
    assert abs(lag1 - expected["H5"]["lag1_autocorrelation_iid"]["expected"]) <= 4 / math.sqrt(N)
    assert abs(neighbours - expected["H5"]["cross_facility_correlation"]["expected"]) <= 4 / math.sqrt(N)


TIMES = {
    "Lognormal lead time mean 10 sd 5": "lognormal(10d, 5d)",
    "Gamma lead time mean 10 sd 5": "gamma(10d, 5d)",
    "Uniform integer 3..7": "whole_days(3d, 7d)",
    "Geometric duration mean 20 (support 1,2,..)": "geometric(20d)",
    "Exponential mean 20": "exponential(20d)",
    "Triangular(2,4,9)": "triangular(2d, 4d, 9d)",
}


@pytest.mark.parametrize("case", TIMES)
def test_times_have_the_moments_of_the_time_itself(case: str, expected: Any) -> None:
    close_moments(draw(TIMES[case]), *expected["H5"][case]["expected"])


def test_lognormal_times_have_their_quantiles(expected: Any, close: Any) -> None:
    x = draw("lognormal(10d, 5d)")
    close(expected["H5"], {
        "lognormal_mean10_sd5_median": np.quantile(x, 0.5), "lognormal_mean10_sd5_p95": np.quantile(x, 0.95),
    })  # fmt: skip


def test_geometric_times_start_at_one_day() -> None:
    assert draw("geometric(20d)").min() == 1


def test_comparing_policies_on_the_same_draws_saves_most_of_the_variance(simulate: Any) -> None:
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
        assert ratio <= 0.5, name
        assert np.corrcoef(low[name], high[name])[0, 1] >= 0.5, name


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
