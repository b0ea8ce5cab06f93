"""Demand by weekday, on holidays, in sessions, and drawn from days that were seen, against figures by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError

CLINIC = """
end: END
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
facilities: {a: {}, b: {}}
lanes: [{from: maker, to: facilities, time: 1d}]
demand: [{at: SITES, product: kit, DEMAND}]
replenishment: [{at: facilities, policy: base_stock, level: 20d}]
"""
"""The first of January 2001 is a Monday."""


def clinic(demand: str, end: str = "2001-03-12", sites: str = "a") -> str:
    return CLINIC.replace("DEMAND", demand).replace("END", end).replace("SITES", sites)


def demanded(run: Any, site: str = "a") -> np.ndarray:
    daily = run.daily[run.daily["site"] == site]
    return np.asarray(daily.sort_values("day")["demand"].to_numpy())


CERTAIN = "distribution: deterministic, "
WEEK = "weekdays: {sat: 50%, sun: 20%}"


def test_a_week_with_its_mean_kept(simulate: Any) -> None:
    """Full days are 7 / 5.7 of the mean: of 57 a day, 70 from Monday to Friday, 35 on Saturday, 14 on Sunday; ten weeks
    of 399."""
    run = simulate(clinic(f"{CERTAIN}per_day: 57, {WEEK}"))
    assert demanded(run).tolist() == [70] * 5 + [35, 14] + demanded(run)[7:].tolist()
    assert demanded(run).reshape(10, 7).sum(axis=1).tolist() == [399] * 10
    assert run.outcome.plan.network.cell_mean.tolist() == [57, 57]


def test_a_week_of_full_days(simulate: Any) -> None:
    """70 on a full day is a mean of 57 a day, which is what levels in days go by."""
    run = simulate(clinic(f"{CERTAIN}per_day: 70, {WEEK}, per_day_is: full_day"))
    assert demanded(run)[:7].tolist() == [70] * 5 + [35, 14]
    assert run.outcome.plan.network.cell_mean == pytest.approx([57, 57])


def test_the_week_goes_by_the_calendar(tmp_path: Path) -> None:
    """From a Thursday (the fourth) the first Saturday is day 2; a warm-up begins on the Monday before."""
    week = f"{CERTAIN}per_day: 57, {WEEK}"
    assert demanded(written(tmp_path, week, "2001-01-04"))[:7].tolist() == [70, 70, 35, 14, 70, 70, 70]
    warm = written(tmp_path, week, "2001-01-04\nwarm_up: 3d")
    assert demanded(warm)[:7].tolist() == [70, 70, 35, 14, 70, 70, 70]


def test_all_days_alike_are_the_same_to_the_byte(simulate: Any) -> None:
    plain = demanded(simulate(clinic("per_day: 9")))
    for same in (
        "weekdays: {mon: 100%, sun: 100%}",
        "holidays: {on: [2001-01-09], share: 100%}",
        "sessions: {every: 1d}",
    ):
        assert demanded(simulate(clinic(f"per_day: 9, {same}"))).tolist() == plain.tolist()


def test_holidays_are_not_made_up_for(simulate: Any) -> None:
    """Of ten a day three come on day 8 and none on day 9; one of no scenario's days changes nothing."""
    some = "holidays: {on: [2001-01-09, 2001-01-10, 2009-01-01, 2001-01-09], share: %s}"
    kept = demanded(simulate(clinic(f"{CERTAIN}per_day: 10, " + some % "30%")))
    assert kept[7:11].tolist() == [10, 3, 3, 10] and kept.sum() == 700 - 14
    none = demanded(simulate(clinic(f"{CERTAIN}per_day: 10, " + some.replace(", share: %s", ""))))
    assert none[7:11].tolist() == [10, 0, 0, 10]


def test_a_holiday_has_its_share_of_its_weekday(simulate: Any) -> None:
    """Half of a Saturday's 35 is 17.5: a fraction is carried."""
    text = clinic(f"{CERTAIN}per_day: 57, {WEEK}, holidays: {{on: [2001-01-06, 2001-01-13], share: 50%}}")
    assert demanded(simulate(text))[[5, 12]].sum() == 35


KINDS = [
    "poisson",
    "{distribution: negative_binomial, dispersion: 2}",
    "{distribution: normal, sd: 3}",
    "{distribution: compound_poisson, sizes: {1: 1, 3: 1}}",
    "{distribution: empirical, values: [0, 5, 25]}",
    "{distribution: binomial, of: 60}",
]


@pytest.mark.parametrize("distribution", KINDS)
def test_nobody_comes_on_days_of_nothing_and_the_mean_is_kept(distribution: str, simulate: Any) -> None:
    """Closed on Saturdays, Sundays and the tenth of every month: other days have 7 / 5 of the mean, 14. Their mean is
    within four standard errors; the largest variance is that of the values 0, 5 and 25 taken 1.4 times, 15.1 squared.
    """
    holidays = ", ".join(f"2001-{month:02d}-10" for month in range(1, 13))
    text = clinic(
        f"per_day: 10, distribution: {distribution}, weekdays: {{sat: 0%, sun: 0%}}, holidays: {{on: [{holidays}]}}",
        end="2002-01-01",
    )
    days = demanded(simulate(text))
    date = np.arange("2001-01-01", "2002-01-01", dtype="datetime64[D]")
    closed = ~np.is_busday(date) | np.isin(date, [np.datetime64(f"2001-{m:02d}-10") for m in range(1, 13)])
    assert not days[closed].any()
    full = days[~closed]
    assert abs(full.mean() - 14) < 4 * 15.1 / len(full) ** 0.5


def test_a_session_has_the_demand_of_all_days_since_the_last(simulate: Any) -> None:
    """Ten a day, a session every seven days from day 3 on: seventy on days 3, 10, ...; a warm-up has sessions too."""
    run = simulate(clinic(f"{CERTAIN}per_day: 10, sessions: {{every: 7d, first: 3d}}") + "warm_up: 5d\n")
    days = demanded(run)
    assert days[3::7].tolist() == [70] * 10 and days.sum() == 700


SEEN = [0, 4, 4, 9, 30]


def test_days_that_were_seen_come_again_each_as_likely(simulate: Any) -> None:
    """A mean of 9.4 is theirs; of 3,650 site-days each value comes as often as among those seen: chi-square with three
    degrees of freedom, 99.9 % quantile 16.27. Neighbouring days and two sites do not go together."""
    run = simulate(clinic(f"distribution: {{distribution: empirical, values: {SEEN}}}", "2006-01-01", "facilities"))
    one, other = demanded(run), demanded(run, "b")
    assert run.outcome.plan.network.cell_mean[:2].tolist() == [9.4, 9.4]
    both = np.concatenate([one, other])
    values, counts = np.unique(both, return_counts=True)
    assert values.tolist() == [0, 4, 9, 30]
    expected = len(both) * np.array([1, 2, 1, 1]) / 5
    assert ((counts - expected) ** 2 / expected).sum() < 16.27
    for left, right in ((one, other), (one[:-1], one[1:])):
        assert abs(np.corrcoef(left, right)[0, 1]) < 4 / len(left) ** 0.5


def test_under_another_mean_each_value_is_taken_as_many_times(simulate: Any) -> None:
    """Twice the mean, twice the values; at 4.7 a day halves: a fraction is a unit half of the times, the mean stays
    within four standard errors (the values' standard deviation is 10.7, half of it and the rounding 5.4)."""
    text = "per_day: %s, distribution: {distribution: empirical, values: " + str(SEEN) + "}"
    plain = demanded(simulate(clinic(text % 9.4, "2006-01-01")))
    twice = demanded(simulate(clinic(text % 18.8, "2006-01-01")))
    assert twice.tolist() == (2 * plain).tolist()
    half = demanded(simulate(clinic(text % 4.7, "2006-01-01")))
    assert set(half) == {0, 2, 4, 5, 15} and abs(half.mean() - 4.7) < 4 * 5.4 / len(half) ** 0.5


def test_values_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "seen.csv").write_text("day,issued\n" + "\n".join(f"{k},{v}" for k, v in enumerate(SEEN)) + "\n")
    from_file = written(tmp_path, "distribution: {distribution: empirical, file: seen.csv, column: issued}")
    listed = written(tmp_path, f"distribution: {{distribution: empirical, values: {SEEN}}}")
    assert demanded(from_file).tolist() == demanded(listed).tolist()


def written(folder: Path, demand: str, start: str = "2001-01-01") -> Any:
    file = folder / "case.yaml"
    file.write_text(f"scenario: case\ntitle: a case\nstart: {start}\n" + clinic(demand), encoding="utf-8")
    return sim.run(file, twin=False, detail="none")


@pytest.mark.parametrize(
    ("rows", "column", "message"),
    [
        ("4\n-1", "units", "seen.csv:3: column 'units'"),
        ("4\nfew", "units", "a whole number"),
        ("0\n0", "units", "all values are 0"),
        ("4\n5", "unit", "there is no column 'unit'"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_line(rows: str, column: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "seen.csv").write_text(f"units\n{rows}\n")
    with pytest.raises(ScenarioError) as caught:
        written(tmp_path, f"distribution: {{distribution: empirical, file: seen.csv, column: {column}}}")
    assert message in str(caught.value)


BAD = [
    (f"per_day: 9, {WEEK}, sessions: {{every: 7d}}", "either weekdays or sessions"),
    ("per_day: 9, weekdays: {saturday: 50%}", "expected one of mon, tue"),
    ("per_day: 9, weekdays: {sat: 0.5}", "a share in percent"),
    (
        "per_day: 9, weekdays: {mon: 0%, tue: 0%, wed: 0%, thu: 0%, fri: 0%, sat: 0%, sun: 0%}",
        "one at least is above 0%",
    ),
    ("per_day: 9, per_day_is: full_day", "only with weekdays"),
    ("per_day: 9, holidays: {on: [2001-02-30]}", "a date that exists"),
    ("per_day: 9, holidays: {on: []}", "at least 1"),
    ("per_day: 9, sessions: {every: 36h}", "in whole days"),
    ("distribution: poisson", "exactly one of per_day, per_person and series"),
    ("distribution: {distribution: empirical, values: [0, 0]}", "one at least is above 0"),
    ("distribution: {distribution: empirical}", "either values or file"),
    ("distribution: {distribution: empirical, file: none.csv}", "none.csv"),
]


@pytest.mark.parametrize(("demand", "message"), BAD, ids=[message for _, message in BAD])
def test_what_cannot_be_is_refused_with_help(demand: str, message: str, simulate: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        simulate(clinic(demand))
    assert message in str(caught.value) and all(problem.line > 0 for problem in caught.value.problems)


def test_a_surge_keeps_to_the_week(simulate: Any) -> None:
    """Ten times as many come on every day on which some come, and nobody on Sundays; full days are 7 / 6 of the mean of
    6 a day. Of 60 full days at 70 the sum is 4,200 with a standard deviation of 65."""
    surge = "disruptions: [{kind: demand_surge, at: a, from: 2001-01-01, for: 70d, factor: 10}]\n"
    week = demanded(simulate(clinic("per_day: 6, weekdays: {sun: 0%}") + surge)).reshape(10, 7)
    assert week[:, 6].tolist() == [0] * 10
    assert abs(week[:, :6].sum() - 4200) < 4 * 65
