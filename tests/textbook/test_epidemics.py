"""Epidemics: the compartment model against its closed form, waves, and the patients that cases bring; surges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from scipy.optimize import brentq

import sim
from sim.engine.serving.demand_tape import DemandTape
from sim.engine.serving.surges import AHEAD
from sim.errors import ScenarioError
from sim.model.need.outbreak import seir
from sim.rng import Streams
from tests.property.running import changed, plan_of, run
from tests.property.test_streams import DEMAND

PEOPLE = 100_000.0
TWO: dict[str, Any] = {
    "scenario": "two-places",
    "title": "Two places",
    "start": "2024-01-01",
    "end": "2024-08-01",
    "products": {"kit": {"unit": "kit"}},
    "suppliers": {"maker": {"makes": {"kit": {}}}},
    "facilities": {
        "a": {"region": "east", "population": 30_000},
        "b": {"region": "east", "population": 10_000},
        "c": {"region": "west", "population": 40_000},
    },
    "lanes": [{"from": "maker", "to": "facilities", "time": "1d"}],
    "demand": [
        {"at": ["a", "c"], "product": "kit", "per_day": 30},
        {"at": "b", "product": "kit", "per_day": 10},
    ],
    "replenishment": [{"at": "facilities", "policy": "base_stock", "level": "9d"}],
}
WAVE = {
    "kind": "epidemic", "from": "2024-01-11", "until": "2024-08-01", "items": {"kit": 2}, "r0": 2.5, "treated": "10%",
    "arrives": {"east": "0d", "west": "23d"},
}  # fmt: skip


def certain(spec: dict[str, Any]) -> dict[str, Any]:
    """The same with demand that is not random."""
    return changed(spec, demand=[entry | {"distribution": "deterministic"} for entry in spec["demand"]])


def demand(done: sim.Run, site: str) -> np.ndarray:
    daily = done.daily
    return daily[(daily["site"] == site) & (daily["product"] == "kit")]["demand"].to_numpy()


@pytest.mark.parametrize("r0", [1.3, 2.5, 8.0])
@pytest.mark.parametrize("seeds", [1.0, 400.0])
def test_the_final_size_solves_its_equation(r0: float, seeds: float) -> None:
    """ln(S0 / S) = R0 (N - S) / N for those S who are never infected; all others but the seeds fall ill once."""
    spared = brentq(
        lambda left: np.log((PEOPLE - seeds) / left) - r0 * (PEOPLE - left) / PEOPLE, 1e-9, (PEOPLE - seeds) / r0
    )
    ill = seir(PEOPLE, r0, 5.0, 7.0, seeds, 2000).sum()
    assert ill == pytest.approx(PEOPLE - seeds - spared, rel=1e-5)


def test_it_grows_at_the_rate_of_the_linear_model() -> None:
    """Early on I and E grow by r with (r + 1/5)(r + 1/7) = R0 / (5 x 7)."""
    cases = seir(1e9, 3.0, 5.0, 7.0, 1.0, 60)
    rate = brentq(lambda r: (r + 1 / 5) * (r + 1 / 7) - 3.0 / 35, 0, 1)
    assert np.log(cases[50] / cases[40]) / 10 == pytest.approx(rate, rel=1e-3)


def test_measures_lower_the_rate_of_growth_while_they_hold() -> None:
    """From day 30 to 80 a fifth of transmission goes on: I and E go by the r of R0 / 5, before and after by R0's."""
    cases = seir(1e10, 3.0, 5.0, 7.0, 1e4, 110, [(30.0, 80.0, 0.4), (30.0, 80.0, 0.5)])

    def rate(r0: float) -> float:
        return brentq(lambda r: (r + 1 / 5) * (r + 1 / 7) - r0 / 35, -1 / 7 + 1e-9, 1)

    free = seir(1e10, 3.0, 5.0, 7.0, 1e4, 110)
    assert cases[:30] == pytest.approx(free[:30], rel=1e-5)
    # the model's other mode has died away to less than a thousandth of this one
    assert np.log(cases[78] / cases[70]) / 8 == pytest.approx(rate(0.6), rel=2e-3), "overlapping measures multiply"
    assert np.log(cases[107] / cases[99]) / 8 == pytest.approx(rate(3.0), rel=2e-3)


def test_a_measure_for_good_is_a_smaller_r0() -> None:
    low, measured = seir(PEOPLE, 1.5, 5.0, 7.0, 20.0, 400), seir(PEOPLE, 3.0, 5.0, 7.0, 20.0, 400, [(0.0, np.inf, 0.5)])
    assert measured == pytest.approx(low, rel=1e-6, abs=1e-6)
    assert seir(PEOPLE, 3.0, 5.0, 7.0, 20.0, 50, [(3.5, 3.75, 1.0)]) == pytest.approx(
        seir(PEOPLE, 3.0, 5.0, 7.0, 20.0, 50), rel=1e-5
    )


def test_a_measure_holds_on_its_dates_in_its_places() -> None:
    """East alone stops meeting from day 30 on, 20 days after its first case; west goes on as without a measure."""
    lockdown = {"on": "2024-01-31", "transmission": "0%", "places": ["east"]}
    free, shut = (run(certain(TWO) | {"disruptions": [WAVE | {"measures": m}]}) for m in ([], [lockdown]))
    assert (demand(free, "c") == demand(shut, "c")).all()
    assert (demand(free, "a")[:30] == demand(shut, "a")[:30]).all()
    east = (demand(shut, "a") + demand(shut, "b") - 40).astype(float)
    course = 2 * 0.1 * seir(40_000, 2.5, 5.0, 7.0, 10.0, 203, [(20.0, np.inf, 0.0)])
    assert np.abs(np.cumsum(east[10:]) - np.cumsum(course)[: len(east) - 10]).max() <= 2
    after = {"after": "20d", "for": "400d", "transmission": "0%", "places": ["east"]}
    same = run(certain(TWO) | {"disruptions": [WAVE | {"measures": [after]}]})
    assert (demand(same, "a") == demand(shut, "a")).all()


@pytest.mark.parametrize(
    ("measure", "message"),
    [
        ({"transmission": "50%"}, "either on (a date) or after (a duration)"),
        ({"after": "3d", "transmission": "150%"}, "a share between 0% and 100%"),
        ({"after": "3d", "transmission": "50%", "places": ["eats"]}, "did you mean 'east'"),
        ({"on": "2024-02-01", "until": "2024-01-20", "transmission": "50%"}, "the measure ends before it begins"),
    ],
)
def test_a_measure_written_wrongly_is_refused_with_help(measure: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        run(TWO | {"disruptions": [WAVE | {"measures": [measure]}]})
    assert message in str(caught.value) and all(problem.line > 0 for problem in caught.value.problems)


def test_two_epidemics_without_names_draw_patients_of_their_own() -> None:
    """Their patients are independent: the variance of the sum is twice that of one, not four times."""
    one, two = run(TWO | {"disruptions": [WAVE]}), run(TWO | {"disruptions": [WAVE, WAVE]})
    without = run(TWO)
    first = demand(one, "a") - demand(without, "a")
    second = demand(two, "a") - demand(one, "a")
    assert first.sum() > 1000 and not (first == second).all()
    mean = demand(run(certain(TWO) | {"disruptions": [WAVE]}), "a") - 30.0
    some = mean > 5
    scores = [((x - mean) / np.sqrt(mean.clip(1)))[some] for x in (first, second)]
    assert abs(np.corrcoef(*scores)[0, 1]) < 4 / np.sqrt(some.sum())


def test_the_wave_arrives_with_its_lag() -> None:
    """East and west have as many people: the same course, 23 days later."""
    done = run(certain(TWO) | {"disruptions": [WAVE]})
    east = demand(done, "a") + demand(done, "b") - 40
    west = demand(done, "c") - 30
    assert west[:33].max() == 0 and east[10:33].max() > 0
    assert np.abs(np.cumsum(west)[33:] - np.cumsum(east)[10:-23]).max() <= 2, "rounding at two facilities and one"
    assert int(np.argmax(west)) - int(np.argmax(east)) == pytest.approx(23, abs=2)


def test_cases_that_are_treated_take_their_units_and_no_others() -> None:
    """A tenth of all who fall ill among east's 40,000 in 203 days, at two units each; rounded at two facilities."""
    done = run(certain(TWO) | {"disruptions": [WAVE | {"arrives": {"east": "0d"}}]})
    extra = sum((demand(done, site) - usual).sum() for site, usual in (("a", 30), ("b", 10), ("c", 30)))
    assert extra == pytest.approx(2 * 0.1 * seir(40_000, 2.5, 5.0, 7.0, 10.0, 203).sum(), abs=2)


def test_facilities_share_by_usual_demand_or_by_population() -> None:
    """East: 30 and 10 a day, and 30,000 and 10,000 people: a has three quarters by either, if b uses any itself."""
    usual, people = (
        run(certain(TWO) | {"disruptions": [WAVE | {"shared_by": how}]}) for how in ("usual_demand", "population")
    )
    extra = [(demand(r, "a") - 30).sum() / (demand(r, "b") - 10).sum() for r in (usual, people)]
    assert extra == pytest.approx([3, 3], rel=0.01)
    spec = certain(TWO)
    spec["demand"][1]["per_day"] = 0
    alone = run(spec | {"disruptions": [WAVE]})
    assert demand(alone, "b").sum() == 0
    shared = run(spec | {"disruptions": [WAVE | {"shared_by": "population"}]})
    np.testing.assert_array_equal(demand(shared, "b"), demand(people, "b") - 10)


def test_the_usual_patients_come_as_ever_and_the_others_are_poisson() -> None:
    """The difference to the undisturbed run has the mean of the course, within four standard deviations."""
    plain, ill = run(TWO), run(TWO | {"disruptions": [WAVE]})
    expected = run(certain(TWO) | {"disruptions": [WAVE]})
    extra = demand(ill, "a") - demand(plain, "a")
    mean = demand(expected, "a") - 30
    assert (extra >= 0).all() and mean.sum() > 2000
    assert abs(extra.sum() - mean.sum()) < 4 * np.sqrt(mean.sum())
    chi = ((extra - mean) ** 2)[mean > 5] / mean[mean > 5]
    assert abs(chi.mean() - 1) < 4 * np.sqrt(2 / len(chi)) + 0.05, "variance equal to the mean"


def cases_file(folder: Path, rows: list[str], **fields: Any) -> Path:
    (folder / "cases.csv").write_text("date,region,cases\n" + "\n".join(rows) + "\n", encoding="utf-8")
    epidemic = {"kind": "epidemic", "from": "2024-01-03", "for": "9d", "items": {"kit": 2}, "file": "cases.csv"}
    path = folder / "s.yaml"
    path.write_text(yaml.safe_dump(certain(TWO) | {"disruptions": [epidemic | fields]}), encoding="utf-8")
    return path


def test_cases_are_read_from_a_file(tmp_path: Path) -> None:
    """3, 0 and 5 cases at 2 units: 6 and 10 units, three quarters of them at a (4.5, 7.5) and one at b (1.5, 2.5)."""
    rows = ["2024-01-04,east,3", "2024-01-06,east,5", "2024-01-01,east,99", "2024-01-05,c,7"]
    done = sim.run(cases_file(tmp_path, rows), twin=False)
    assert (demand(done, "a") - 30)[:7].tolist() == [0, 0, 0, 4, 0, 8, 0]
    assert (demand(done, "b") - 10)[:7].tolist() == [0, 0, 0, 1, 0, 3, 0]
    assert (demand(done, "c") - 30)[:7].tolist() == [0, 0, 0, 0, 14, 0, 0]


@pytest.mark.parametrize(
    ("rows", "fields", "message"),
    [
        (["2024-01-04,eest,3"], {}, "cases.csv:2: column 'region': this is not valid (got 'eest')"),
        (["2024-01-04,east,-3"], {}, "a number of at least 0"),
        (["2024-01-04,east,3", "2024-01-04,east,4"], {}, "cases.csv:3: column 'date': a second row for the same date"),
        (["2024-01-04,east,3", "2024-01-04,a,4"], {}, "'a' is in 'east' and in 'a'"),
        (["2024-01-04,east,3"], {"r0": 2}, "either r0 (with arrives) or file"),
        (["2024-01-04,east,3"], {"seeds": 2}, "no seeds with a file"),
        (["2024-01-04,east,3"], {"file": "case.csv"}, "case.csv"),
        (["2024-01-04,east,3"], {"items": {"kitt": 2}}, "did you mean 'kit'"),
    ],
)
def test_a_file_that_cannot_be_is_refused(tmp_path: Path, rows: list[str], fields: Any, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        sim.run(cases_file(tmp_path, rows, **fields))
    assert message in str(caught.value)


def test_an_epidemic_among_nobody_is_refused() -> None:
    spec = changed(TWO)
    spec["facilities"]["b"]["population"] = 0
    with pytest.raises(ScenarioError, match="no population is given for 'b'"):
        run(spec | {"disruptions": [WAVE]})


def test_the_report_shows_cases_beside_stock(tmp_path: Path) -> None:
    for disruptions, shown in (([WAVE], True), ([], False)):
        page = (
            run(TWO | {"disruptions": disruptions}, twin=True).report(tmp_path / "r.html").read_text(encoding="utf-8")
        )
        assert ('id="picture-epidemic"' in page) == shown


# surges


def surged(factor: float, days: int, **demand_entry: Any) -> np.ndarray:
    spec = changed(DEMAND)
    spec["demand"][0] |= demand_entry
    plan = plan_of(spec)
    tape = DemandTape(plan.demand, plan.network.calendar, Streams(3))
    return np.array([tape.day(day, np.array([factor]))[0] for day in range(days)])


@pytest.mark.parametrize("factor", [0.35, 1.6, 3.0])
def test_a_surge_scales_mean_and_variance_and_keeps_days_independent(factor: float) -> None:
    """Poisson patients who join, or are thinned, are Poisson: mean and variance 20 x factor, nothing shared by days.

    Days drawn ahead together and apart (every 32nd) are all among them.
    """
    days = 6000
    found = surged(factor, days)
    mean = 20 * factor
    assert abs(found.mean() - mean) < 4 * np.sqrt(mean / days)
    assert abs(found.var() / mean - 1) < 4 * np.sqrt(2 / days) + 4 / np.sqrt(mean * days)
    for lag in (1, AHEAD):
        assert abs(np.corrcoef(found[:-lag], found[lag:])[0, 1]) < 4 / np.sqrt(days)


def test_certain_demand_is_scaled_exactly() -> None:
    assert surged(1.25, 8, per_day=2, distribution="deterministic").tolist() == [2, 3, 2, 3, 2, 3, 2, 3]


def test_a_ramp_keeps_days_independent() -> None:
    """A factor that changes daily draws each day by itself: mean 20 x factor within four standard deviations."""
    plan = plan_of(DEMAND)
    tape = DemandTape(plan.demand, plan.network.calendar, Streams(4))
    factor = 1 + np.arange(4000) / 4000
    found = np.array([tape.day(day, factor[[day]])[0] for day in range(len(factor))])
    scaled = (found - 20 * factor) / np.sqrt(20 * factor)
    assert abs(scaled.mean()) < 4 / np.sqrt(len(factor)) and abs(scaled.var() - 1) < 4 * np.sqrt(2.1 / len(factor))
