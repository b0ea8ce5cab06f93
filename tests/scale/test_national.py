"""The made-up national networks: their laws, their seed, and that they are scenarios like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import sim
from sim.errors import ScenarioError
from sim.report.run.evidence import assumed, sourced
from sim.scenario.national import PEOPLE, REGION_POWER, SPREAD, National, national_files, road_days, write_national


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The facilities of a large country."""
    path = write_national(tmp_path_factory.mktemp("large") / "land.yaml", National(10_000, 2, 50))
    return pd.read_csv(path.with_name("land-facilities.csv"))


def test_the_people_a_facility_serves_are_lognormal(large: pd.DataFrame) -> None:
    """Mean and sd of the logarithm within four standard errors; the largest tenth serve Phi(s - z_0.9) of all."""
    logs, count = np.log(large["population"]), len(large)
    assert abs(logs.mean() - (np.log(PEOPLE) - SPREAD**2 / 2)) < 4 * SPREAD / np.sqrt(count)
    assert abs(logs.std() - SPREAD) < 4 * SPREAD / np.sqrt(2 * count)
    top = large["population"].nlargest(count // 10).sum() / large["population"].sum()
    assert top == pytest.approx(norm.cdf(SPREAD - norm.ppf(0.9)), abs=0.03)  # scatter of the mean's tail: about 0.01


def test_regions_follow_their_power_law_to_the_nearest_facility(large: pd.DataFrame) -> None:
    members = large.groupby("region").size().sort_index().to_numpy()
    weight = np.arange(1, 51) ** -REGION_POWER
    assert np.abs(members - (1 + (10_000 - 50) * weight / weight.sum())).max() < 1


def test_tiers_follow_size(large: pd.DataFrame) -> None:
    assert large.groupby("priority").size().to_dict() == {1: 500, 2: 2_500, 3: 7_000}
    smallest, biggest = large.groupby("priority")["population"].min(), large.groupby("priority")["population"].max()
    assert smallest[1] >= biggest[2] and smallest[2] >= biggest[3]


def test_road_times_by_hand() -> None:
    """One degree of latitude is 111.195 km: 111.195 x 1.3 / 250 + 0.5 = 1.08 days, in half days upwards 1.5."""
    assert road_days(np.array([[0.0, 37.0]]), np.array([[1.0, 37.0]])).tolist() == [1.5]
    assert road_days(np.array([[-1.0, 37.0]]), np.array([[-1.0, 37.0]])).tolist() == [0.5]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    one, again, other = (national_files("land", National(300, 3, 7, seed=seed)) for seed in (4, 4, 5))
    assert one == again
    assert one["land-facilities.csv"] != other["land-facilities.csv"]


@pytest.mark.parametrize(
    "wanted", [National(1, 1, 1, 1), National(2, 1, 2, 3), National(90, 5, 7, 400, shelf_life="12mo")]
)
def test_it_runs_under_all_its_strategies(wanted: National, tmp_path: Path) -> None:
    path = write_national(tmp_path / "land.yaml", wanted)
    for strategy in (None, "reserve-30d"):
        run = sim.run(path, strategy)
        assert run.metrics["units_demanded"].value > 0 or wanted.facilities < 3


def test_the_ban_hurts_and_the_reserve_helps(tmp_path: Path) -> None:
    path = write_national(tmp_path / "land.yaml", National(90, 5, 7))
    runs = sim.run(path), sim.run(path, "reserve-30d")
    without, held = (run.metrics["fill_rate"] for run in runs)
    assert without.value < held.value < without.twin
    assert without.twin > 0.999
    demand = [run.outcome.record.totals["demand"] for run in runs]  # the same patients come on the same days
    assert np.array_equal(*demand)


def test_every_figure_is_marked_assumed(tmp_path: Path) -> None:
    loaded = sim.validate(write_national(tmp_path / "land.yaml", National(20, 2, 3)))
    assert {entry.status for entry in sourced(loaded)} == {"assumed"}
    assert {"facilities.table", "warehouses.table"} == {entry.path for entry in sourced(loaded)}
    assert len(assumed(loaded)) > 20


def test_what_is_out_of_bounds_is_told_at_once() -> None:
    with pytest.raises(ScenarioError) as error:
        National(facilities=0, products=2_000, days=0, seed=-1, shelf_life="24")
    told = str(error.value)
    for option in ("--facilities", "--products", "--days", "--seed", "--shelf-life"):
        assert option in told
    assert "a duration such as 14d" in told


def test_more_regions_than_facilities() -> None:
    with pytest.raises(ScenarioError, match="at most one for each of the 5 facilities"):
        National(facilities=5, regions=6)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "land-facilities.csv").write_text("mine")
    with pytest.raises(ScenarioError, match=r"land-facilities.csv: there is a file of this name already"):
        write_national(tmp_path / "land.yaml", National(5, 1, 1))
    assert [path.name for path in tmp_path.iterdir()] == ["land-facilities.csv"]
    assert (tmp_path / "land-facilities.csv").read_text() == "mine"


@pytest.mark.parametrize("name", ["my land.yaml", "land.txt", ".yaml"])
def test_a_name_that_no_scenario_can_have(name: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="a scenario cannot have this name"):
        write_national(tmp_path / name, National(5, 1, 1))
