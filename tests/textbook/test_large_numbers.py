"""Demand beyond 32 bits is counted to the unit, and what cannot be counted is refused before the run."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError, SimulationError
from sim.model.need.demand.poisson import Poisson

DAYS, TROUBLE, SITES = 30, 10, 2
BILLION = 10**9
RANDOM = {  # variance of a day's demand divided by its mean, or by 1 where it does not grow with it
    "poisson": 1,
    "{distribution: negative_binomial, dispersion: 2}": 2,
    "{distribution: compound_poisson, sizes: {1: 1, 5: 2}}": (1 * 1 + 2 * 25) / (1 * 1 + 2 * 5),  # E[size^2] / E[size]
}


def file(folder: Path, demand: str, more: str = "", people: int = 1000) -> Path:
    (folder / ".tideover").touch()
    path = folder / "large.yaml"
    path.write_text(
        f"""
scenario: large
title: Two clinics and a maker without limit
start: 2024-01-01
end: 2024-01-31
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
facilities: {{a: {{country: KE, population: {people}}}, b: {{country: KE, population: {people}}}}}
lanes: [{{from: maker, to: facilities, time: 1d}}]
demand: [{{at: facilities, product: kit, {demand}}}]
replenishment: [{{at: facilities, policy: base_stock, level: 14d}}]
{more}
""",
        encoding="utf-8",
    )
    return path


def surge(**fields: float) -> str:
    words = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return f"disruptions: [{{kind: demand_surge, from: 2024-01-11, for: {TROUBLE}d, {words}}}]"


def demanded(run: Any) -> int:
    """Units over all sites and days; every day's are at least 0 and are served or not."""
    daily = run.daily
    assert (daily["demand"] >= 0).all()
    assert (daily["served"] + daily["unmet"] == daily["demand"]).all()
    assert run.metrics["units_demanded"].value == daily["demand"].sum()
    return int(daily["demand"].sum())


def refused(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        sim.run(path)
    assert [problem.line > 0 for problem in caught.value.problems] == [True]
    return str(caught.value)


def test_what_a_season_adds_is_counted_before_the_run(tmp_path: Path) -> None:
    """2 x 10^10 x (20 + 10 x 30,000) = 6.0 x 10^15 units in the mean, twice as many at the height of the season."""
    steady = "per_day: 10000000000, distribution: deterministic"
    sim.validate(file(tmp_path, steady, surge(factor=30_000)))
    told = refused(file(tmp_path, steady + ", season: {amplitude: 100%, peak: 01-15}", surge(factor=30_000)))
    assert "got '1.2e+16 units'" in told


@pytest.mark.parametrize(
    ("usual", "trouble", "total"),
    [
        (3 * BILLION, {"factor": 2}, SITES * 3 * BILLION * (DAYS + TROUBLE)),
        (3 * BILLION, {"factor": 0.5}, SITES * 3 * BILLION * (DAYS - TROUBLE // 2)),
        (1000, {"extra": 10 * BILLION}, SITES * 1000 * DAYS + 10 * BILLION * TROUBLE),
        (10_000, {"factor": 10 * BILLION}, SITES * 10_000 * (DAYS - TROUBLE + 10 * BILLION * TROUBLE)),
    ],
)
def test_a_surge_beyond_32_bits_is_demanded_to_the_unit(
    usual: int, trouble: dict[str, float], total: int, tmp_path: Path
) -> None:
    run = sim.run(file(tmp_path, f"per_day: {usual}, distribution: deterministic", surge(**trouble)))
    assert demanded(run) == total


@pytest.mark.parametrize("distribution", RANDOM)
@pytest.mark.parametrize(
    ("usual", "trouble", "total"),
    [
        (3 * BILLION, {"factor": 2}, SITES * 3 * BILLION * (DAYS + TROUBLE)),
        (3 * BILLION, {"factor": 0.5}, SITES * 3 * BILLION * (DAYS - TROUBLE // 2)),
        (1000, {"extra": 10 * BILLION}, SITES * 1000 * DAYS + 10 * BILLION * TROUBLE),
    ],
)
def test_random_surges_beyond_32_bits_have_the_mean_that_is_written(
    distribution: str, usual: int, trouble: dict[str, float], total: int, tmp_path: Path
) -> None:
    """Within four standard deviations; thinning to one half leaves no more variance than there was."""
    run = sim.run(file(tmp_path, f"per_day: {usual}, distribution: {distribution}", surge(**trouble)))
    spread = math.sqrt(RANDOM[distribution] * max(total, SITES * usual * DAYS))
    assert abs(demanded(run) - total) < 4 * spread


def test_cases_of_an_epidemic_beyond_32_bits_are_demanded_to_the_unit(tmp_path: Path) -> None:
    """Three days of 5e9 cases at two units each, beside 10 a day at each of two clinics."""
    rows = "\n".join(f"2024-01-{day:02d},KE,{5 * BILLION}" for day in (5, 6, 7))
    (tmp_path / "cases.csv").write_text(f"date,region,cases\n{rows}\n", encoding="utf-8")
    epidemic = "disruptions: [{kind: epidemic, from: 2024-01-02, for: 20d, items: {kit: 2}, file: cases.csv}]"
    run = sim.run(file(tmp_path, "per_day: 10, distribution: deterministic", epidemic))
    assert demanded(run) == SITES * 10 * DAYS + 3 * 2 * 5 * BILLION


def test_demand_by_head_beyond_32_bits_is_demanded_to_the_unit(tmp_path: Path) -> None:
    run = sim.run(file(tmp_path, "per_person: 1000 a day, distribution: deterministic", people=BILLION))
    assert demanded(run) == SITES * 1000 * BILLION * DAYS


def test_the_days_before_a_surge_are_drawn_as_without_it(tmp_path: Path) -> None:
    """Wider numbers change no draw: what the clinics ask for on days of no surge is the same."""
    small, large = (sim.run(file(tmp_path, "per_day: 1000", surge(factor=f))).daily for f in (2, 10_000_000))
    calm = (small["date"] < "2024-01-11") | (small["date"] >= "2024-01-21")
    assert np.array_equal(small["demand"][calm], large["demand"][calm])


@pytest.mark.parametrize(
    ("demand", "more", "people"),
    [
        ("per_day: 10000000000", surge(factor=10 * BILLION), 1000),  # 2 x 1e10 x 1e10 x 10 = 2e21
        ("per_person: 900000000 a day", "", 10 * BILLION),  # 2 x 9e8 x 1e10 x 30 = 5.4e20
        (
            "per_day: 100",
            "disruptions: [{kind: epidemic, from: 2024-01-02, for: 25d, r0: 8, latent: 1d, infectious: 3d,"
            " arrives: {a: 0d}, items: {kit: 10000000000}}]",  # most of 9e9 people x 1e10
            9 * BILLION,
        ),
    ],
)
def test_demand_that_does_not_fit_is_refused_with_its_size(demand: str, more: str, people: int, tmp_path: Path) -> None:
    told = refused(file(tmp_path, demand, more, people))
    assert "more than can be counted to the unit" in told and f"{2**53:,}" in told


@pytest.mark.parametrize(
    "more",
    [
        "stock: [{at: facilities, on_hand: 36000d}]",
        "reserves: {n: {held_at: members, size: 36000d, members: facilities,"
        " release: {when: {trigger: days_of_cover, below: 2d}}}}",
    ],
)
def test_stocks_that_do_not_fit_are_refused(more: str, tmp_path: Path) -> None:
    """36,000 days of 1e14 a day are 3.6e18 units at each clinic."""
    assert "can be counted exactly" in refused(file(tmp_path, "per_person: 100000 a day", more, BILLION))


def test_a_factor_above_the_largest_number_is_refused(tmp_path: Path) -> None:
    assert "a number of at most 10,000,000,000" in refused(file(tmp_path, "per_day: 10", surge(factor=10**12)))


def test_surges_one_after_another_are_not_taken_for_one(tmp_path: Path) -> None:
    """Nineteen days at a hundredfold: 2e9 x (11 + 19 x 100), though 100^19 would fit nowhere."""
    days = ", ".join(
        f"{{kind: demand_surge, name: d{k}, from: 2024-01-{k:02d}, for: 1d, factor: 100}}" for k in range(1, 20)
    )
    run = sim.run(file(tmp_path, f"per_day: {BILLION}, distribution: deterministic", f"disruptions: [{days}]"))
    assert demanded(run) == SITES * BILLION * (11 + 19 * 100)


def test_a_hazard_that_draws_too_much_is_told_in_a_sentence(tmp_path: Path) -> None:
    """2 x 1e9 x at least 1e6 x 10 days = 2e16; a worker process can send the error home."""
    hazard = (
        "hazards: {h: {disruption: {kind: demand_surge, factor: 'uniform(1000000, 10000000)'},"
        " happens: {process: window, probability: 100%, until: 2024-01-10}, lasts: 10d}}"
    )
    with pytest.raises(ScenarioError, match="what hazards drew in replication 0") as caught:
        sim.run(file(tmp_path, f"per_day: {BILLION}", hazard))
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


def test_negative_demand_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Poisson, "draw", lambda self, generator, mean, days: np.full(days, -1))
    with pytest.raises(SimulationError, match="demand is negative"):
        sim.run(file(tmp_path, "per_day: 10"))


def test_negative_demand_of_a_surge_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten usual patients and twenty that are less than none."""
    draws = iter([np.full(DAYS, 10)] * SITES)
    monkeypatch.setattr(
        Poisson, "draw", lambda self, generator, mean, days: next(draws, np.full(DAYS, -20))[:1].repeat(days)
    )
    with pytest.raises(SimulationError, match="demand is negative"):
        sim.run(file(tmp_path, "per_day: 10", surge(factor=2)), twin=False)
