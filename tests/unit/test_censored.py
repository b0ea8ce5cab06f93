"""Demand worked out from issues: the rule of thumb, the likelihood, and a scenario that reads issues."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.optimize import minimize
from scipy.stats import nbinom

import sim
from sim.errors import ScenarioError
from sim.model.need.censored import completed, estimate, estimates, scaled
from tests.scale.counting import calls_of


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


def plain_misfit(issued: np.ndarray, censored: np.ndarray, mean: float, more: float) -> float:
    """Minus the log likelihood by scipy's distribution, day by day."""
    law = nbinom(mean / more, 1 / (1 + more))
    return -float(law.logpmf(issued[~censored]).sum() + law.logsf(issued[censored] - 1).sum())


def scipy_finds(issued: np.ndarray, censored: np.ndarray) -> tuple[float, float]:
    """The likeliest mean by scipy's optimiser, from three starts, and the misfit there."""

    def misfit(at: np.ndarray) -> float:
        return plain_misfit(issued, censored, float(np.exp(at[0])), float(np.exp(at[1])))

    fits = [
        minimize(
            misfit, np.array([np.log(issued.mean()), np.log(more)]), method="Nelder-Mead",
            bounds=[(-12.0, 25.0), (np.log(1e-3), np.log(1e3))], options={"xatol": 1e-7, "fatol": 1e-9},
        )
        for more in (1e-3, 0.5, 5.0)
    ]  # fmt: skip
    best = min(fits, key=lambda fit: fit.fun)
    return float(np.exp(best.x[0])), float(best.fun)


@pytest.mark.parametrize("dispersion", [1, 1.3, 4, 30])
def test_many_sites_at_once_are_as_scipys_optimiser_finds_them_one_by_one(dispersion: float) -> None:
    """No other point is likelier by more than 1e-7, and where scipy ends is as near as its own tolerance, 1e-6, allows:
    the misfit is a parabola at its lowest, so two misfits that differ by d lie sqrt(2 d) standard errors apart."""
    records = [record(n, dispersion, n)[:2] for n in (60, 200, 365, 800)]
    site = np.repeat(np.arange(4), [len(issued) for issued, _ in records])
    issued, censored = (np.concatenate(columns) for columns in zip(*records, strict=True))
    shuffled = np.random.default_rng(1).permutation(len(site))
    found = estimates(issued[shuffled], censored[shuffled], site[shuffled])
    filled = completed(issued, censored, site)
    for number, (own, marks) in enumerate(records):
        mean, misfit = scipy_finds(own, marks)
        ours = found[number]
        assert plain_misfit(own, marks, ours.mean, ours.dispersion - 1) <= misfit + 1e-7
        assert abs(ours.mean - mean) < np.sqrt(2e-6) * ours.standard_error
        assert ours.days == len(own) and ours.censored == marks.sum()
        np.testing.assert_array_equal(filled[site == number], completed(own, marks))


def test_the_standard_error_of_a_poisson_mean_is_the_root_of_mean_over_days() -> None:
    """40 days of 9 and 60 of 11: mean 10.2, and less spread than Poisson, which stands for it: sqrt(10.2 / 100). That
    a dispersion of 1.001 stands for 1 changes the mean by less than that thousandth, and its error by half of it."""
    found = estimate(np.repeat([9, 11], [40, 60]), np.zeros(100, dtype=bool))
    assert found.mean == pytest.approx(10.2, rel=1e-3)
    assert found.dispersion == pytest.approx(1.001, abs=1e-9)
    assert found.standard_error == pytest.approx(np.sqrt(10.2 / 100), rel=1e-3)


def test_issues_far_beyond_all_others_on_a_day_without_stock_are_no_stumbling_block() -> None:
    """Under the law of the other days the probability of 5,000 is no number above 0; yet there is an estimate."""
    found = estimate(np.array([4, 5, 6, 5, 5_000]), np.array([0, 0, 0, 0, 1], dtype=bool))
    assert 5 < found.mean < np.inf and found.dispersion > 10


def test_a_record_that_tells_nothing_of_dispersion_is_poisson() -> None:
    """Stock ran out with the one unit issued: only the share of days without demand is known, 66 of 67, so that the
    mean is -log(66 / 67)."""
    issued, censored = np.zeros((2, 67), dtype=np.int64)
    issued[3] = censored[3] = 1
    found = estimate(issued, censored > 0)
    assert found.dispersion == pytest.approx(1.001, abs=1e-9)
    assert found.mean == pytest.approx(-np.log(66 / 67), rel=1e-3)


def test_a_hundred_sites_cost_hardly_more_calls_than_ten() -> None:
    """One search for all of them: a search for each would cost ten times as many."""

    def calls(sites: int) -> int:
        records = [record(100, 2, seed)[:2] for seed in range(sites)]
        issued, censored = (np.concatenate(columns) for columns in zip(*records, strict=True))
        site = np.repeat(np.arange(sites), 100)
        return calls_of(lambda: estimates(issued, censored, site))

    assert calls(100) < 3 * calls(10)


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
