"""Demand worked out from issues: the rule of thumb, the likelihood, and a scenario that reads issues."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

import sim
from sim.errors import ScenarioError
from sim.model.censored import completed, estimate, scaled


def test_issues_are_scaled_by_days_in_stock() -> None:
    """60 issued in 20 of 30 days are 90; a month without stock tells nothing."""
    found = scaled(np.array([[60, 30], [0, 0]]), np.array([[10, 0], [30, 0]]), np.array([30, 31]))
    np.testing.assert_array_equal(found, [[90, 30], [np.nan, 0]])
    with pytest.raises(ValueError, match="days without stock"):
        scaled(np.array([5]), np.array([31]), 30)


def test_without_stockouts_the_estimate_is_the_sample_mean() -> None:
    """The maximum-likelihood mean of Poisson and negative binomial counts; standard error sqrt(variance / n)."""
    issued = np.random.default_rng(1).negative_binomial(6, 0.5, 900)
    found = estimate(issued, np.zeros(900, dtype=bool))
    assert found.mean == pytest.approx(issued.mean(), rel=1e-3)
    assert found.dispersion == pytest.approx(2, abs=4 * np.sqrt(2 * 4 / 900) * 1.5)
    assert found.standard_error == pytest.approx(np.sqrt(issued.var() / 900), rel=0.1)


def test_a_day_that_tells_nothing_changes_nothing() -> None:
    """Nothing issued on a day without stock is no evidence; the gap is filled with the mean."""
    issued, censored = np.array([10, 10, 0, 10, 10]), np.array([0, 0, 1, 0, 0], dtype=bool)
    assert estimate(issued, censored).mean == pytest.approx(10, rel=1e-4)
    assert completed(issued, censored).tolist() == [10, 10, 10, 10, 10]


def record(days: int, dispersion: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Demand of mean 8 served from a shelf that gets 50 units a week; issues, marks of stockouts, demand."""
    chance = np.random.default_rng(seed)
    p = 1 / dispersion
    demand = chance.poisson(8, days) if dispersion == 1 else chance.negative_binomial(8 * p / (1 - p), p, days)
    issued, stock = np.zeros(days, dtype=np.int64), 0
    for day in range(days):
        stock = 50 if day % 7 == 0 else stock
        issued[day] = min(stock, demand[day])
        stock -= issued[day]
    return issued, issued < demand, demand


@pytest.mark.parametrize("dispersion", [1, 3])
def test_the_likelihood_sees_behind_the_stockouts(dispersion: float) -> None:
    """Within four standard errors of the truth, where the mean of issues is far below it."""
    issued, censored, demand = record(1400, dispersion, 7)
    found = estimate(issued, censored)
    assert 0.05 < censored.mean() < 0.5
    assert abs(found.mean - 8) < 4 * found.standard_error < 1
    assert issued.mean() < 8 - 4 * found.standard_error
    filled = completed(issued, censored)
    assert (filled >= issued).all() and (filled[~censored] == issued[~censored]).all()
    assert abs(filled.mean() - 8) < 4 * found.standard_error
    assert len(demand) == found.days and found.censored == censored.sum()


def test_a_record_without_any_stock_is_refused() -> None:
    with pytest.raises(ValueError, match="some day on which stock did not run out"):
        estimate(np.array([3, 2]), np.array([True, True]))
    assert estimate(np.array([0, 0]), np.array([True, False])).mean == 0


def reading(folder: Path, rows: list[str]) -> Path:
    (folder / "issues.csv").write_text("date,site,product,units,out\n" + "\n".join(rows) + "\n", encoding="utf-8")
    spec = {
        "scenario": "issues",
        "title": "Issues",
        "start": "2024-01-01",
        "end": "2024-01-08",
        "products": {"kit": {"unit": "kit"}},
        "suppliers": {"maker": {"makes": {"kit": {}}}},
        "facilities": {"clinic": {}, "other": {}},
        "lanes": [{"from": "maker", "to": "facilities", "time": "1d"}],
        "demand": [{"at": "facilities", "product": "kit", "series": {"file": "issues.csv", "stockouts": "out"}}],
        "replenishment": [{"at": "facilities", "policy": "base_stock", "level": 99}],
    }
    path = folder / "s.yaml"
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    return path


def test_a_scenario_may_read_issues(tmp_path: Path) -> None:
    rows = [f"2024-01-0{day},clinic,kit,{0 if day == 3 else 10},{int(day == 3)}" for day in range(1, 7)]
    done = sim.run(reading(tmp_path, [*rows, "2024-01-02,other,kit,4,0"]), twin=False)
    found = {site: list(d) for site, d in done.daily.groupby(done.daily["site"].astype(str))["demand"]}
    assert found["clinic"] == [10, 10, 10, 10, 10, 10, 0]
    assert found["other"] == [0, 4, 0, 0, 0, 0, 0]


def test_a_site_that_never_had_stock_is_named(tmp_path: Path) -> None:
    rows = ["2024-01-01,clinic,kit,3,1", "2024-01-02,clinic,kit,3,1"]
    with pytest.raises(ScenarioError, match=r"issues.csv:2: .*'clinic' was out of stock on every day"):
        sim.run(reading(tmp_path, rows))
    with pytest.raises(ScenarioError, match="from 0 to 1"):
        sim.run(reading(tmp_path, ["2024-01-01,clinic,kit,3,2"]))
