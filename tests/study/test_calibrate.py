"""A calibration of a small scenario whose truth is known by hand, from the file to the scenario that it writes."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.stats import kstest

import sim
from sim.errors import ScenarioError, SimulationError
from sim.model.chance.unknown import parse_unknown
from sim.observations.points import Points
from sim.output.calibration_columns import CALIBRATION_TABLES
from sim.report.questions.calibration import calibration_words
from sim.scenario.calibrated import Found, grouped, overlay_text
from sim.scenario.load import load
from sim.study.ask.budget import Budget
from sim.study.ask.calibration import Calibrated
from sim.study.ask.fitting import Fits, Trial
from sim.study.ask.nearest import Nearest, distances, nearest
from sim.study.design.parameter import rounded
from sim.study.infer import posterior
from sim.study.score.board import Scored
from tests.cli.calls import tideover
from tests.contract.test_columns import holds
from tests.study.calibrations import LEAST, ranks

LEVEL, LATER = "replenishment.0.level", "disruptions.stop.for"
SERIES = {"name": "stock", "is": "level", "file": "seen.csv", "model": "stock", "held_out": "2024-04-01",
          "source": "survey", "quality": "official"}  # fmt: skip
SMALL: dict[str, Any] = {
    "scenario": "small", "title": "A maker, a clinic, and a stop", "start": "2024-03-01", "end": "2024-05-01",
    "warm_up": "0d",
    "products": {"saline": {"unit": "bag"}}, "suppliers": {"maker": {"makes": {"saline": {}}}},
    "facilities": {"clinic": {}},
    "lanes": [{"from": "maker", "to": "clinic", "time": "1d"}],
    "demand": [{"at": "clinic", "product": "saline", "per_day": 10, "distribution": "deterministic"}],
    "replenishment": [{"at": "clinic", "policy": "base_stock", "level": "6d"}],
    "disruptions": [{"kind": "site_outage", "name": "stop", "at": "maker", "from": "2024-04-02", "for": "9d"}],
    "uncertain": {LEVEL: "uniform(4d, 20d)", LATER: "uniform(5d, 15d)"},
    "observed": [SERIES],
    "sources": {"survey": {"title": "A survey of clinics"}},
}  # fmt: skip
"""Without a stop the clinic has 10 x level - 10 bags in the evening, those of an order of 10 being on the way."""
ROWS = ["2024-03-08,150", "2024-03-15,150", "2024-03-20,150", "2024-04-05,90", "2024-04-08,60"]
"""Before what is held out: a level of 16 days."""


def written(folder: Path, rows: list[str] = ROWS, **over: Any) -> Path:
    (folder / "s.yaml").write_text(yaml.safe_dump({**copy.deepcopy(SMALL), **over}, sort_keys=False))
    (folder / "seen.csv").write_text("\n".join(["date,value", *rows]) + "\n")
    return folder / "s.yaml"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("calibrate")


@pytest.fixture(scope="module")
def small(desk: Path) -> sim.ask.Calibration:
    """210 draws, of which a quarter, 52, are accepted; nine trials of each start."""
    return sim.ask.calibrate(written(desk), runs=400, accept="25%", workers=1, out=desk / "out", overlay=True)


def test_accepted_are_the_draws_that_come_nearest(small: sim.ask.Calibration) -> None:
    """A draw of a level is 10 x |level - 16| bags off at every point, rounded to whole bags."""
    draws = small.draws[small.draws["unknown"] == LEVEL]
    level = draws["value"].str.removesuffix("d").astype(float)
    off = (10 * level - 160).abs()
    assert len(draws) == 210
    assert draws["accepted"].sum() == small.effective == 52
    assert off[draws["accepted"]].max() <= off[~draws["accepted"]].min() + 1
    assert np.allclose(draws["distance"], off / off.median(), atol=2 / off.median())
    assert "nearest 52 were accepted (24.8%): effective sample size 52." in small.text()


def test_a_band_is_told_of_what_the_data_tell_and_of_nothing_else(small: sim.ask.Calibration) -> None:
    """A quarter of the draws between 4 and 20 days is those of 4 days around 16: 14 to 18, and four of five of them
    14.4 to 17.6; 3.2 of 12.8 days is a quarter of the declared band. When the stop ends is seen by no point."""
    row = small.calibrated.set_index("unknown").loc[LEVEL]
    low, high = (float(row[end].removesuffix("d")) for end in ("low_80", "high_80"))
    assert low == pytest.approx(14.4, abs=0.6)
    assert high == pytest.approx(17.6, abs=0.6)
    assert row["width"] == pytest.approx(0.25, abs=0.08)
    assert small.calibrated.set_index("unknown").loc[LATER, "width"] > posterior.WIDE
    assert small.told == [LEVEL]
    assert "Length of site outage 'stop': the data could not tell" in small.text()
    assert "3 points of 1 series, the last on 20 March 2024" in small.text()


def test_the_score_of_a_trial_is_its_distance(small: sim.ask.Calibration) -> None:
    """All draws of a trial are alike but for the stop, which comes later: the score is the absolute error, in the unit
    of the median draw. As written 6 days: 100 bags off."""
    trials = small.trials[small.trials["unknown"] == LEVEL]
    scale = float(small.near.scales[0])
    level = trials["value"].str.removesuffix("d").astype(float)
    assert np.allclose(trials["score"], (10 * level - 160).abs() / scale, atol=1.5 / scale)
    assert trials["start"].value_counts().to_dict() == {"start 1": 9, "start 2": 9, "as written": 1}
    assert trials["score"].iloc[0] == pytest.approx(100 / scale)
    one, two = (set(trials.loc[trials["start"] == f"start {k}", "level"]) for k in (1, 2))
    assert not one & two  # each start tries places of its own
    best = float(str(small.best[LEVEL]).removesuffix("d"))
    assert abs(best - 16) == pytest.approx((level - 16).abs().min(), abs=0.1)


def test_the_scenario_it_writes_has_the_best_value_and_what_is_left_of_the_range(small: sim.ask.Calibration) -> None:
    assert small.overlay is not None
    loaded = sim.validate(small.overlay)
    entries = yaml.safe_load(small.overlay.read_text())
    assert entries["extends"] == "s.yaml"
    assert entries["uncertain"] == {LEVEL: small.ranges[LEVEL]}
    assert loaded.document.data["uncertain"][LATER] == "uniform(5d, 15d)"
    assert loaded.document.data["replenishment"][0]["level"] == small.best[LEVEL]
    values = [float(value.removesuffix("d")) for value in small.ranges[LEVEL]]
    assert len(values) == 20
    assert sorted(values) == values
    assert 13.5 < values[0] < values[-1] < 18.5
    evidence = loaded.spec.evidence[f"uncertain.{LEVEL}"]
    assert (evidence.status, evidence.note) == ("derived", "calibrated on 3 points of stock, up to 2024-03-20")
    assert small.overlay_text(small.overlay) == small.overlay.read_text()
    assert loaded.notes == sim.validate(small.subject.file).notes


@pytest.mark.parametrize("name", CALIBRATION_TABLES)
def test_a_table_has_its_columns_and_no_others(small: sim.ask.Calibration, name: str) -> None:
    assert small.folder is not None
    found = pd.read_parquet(small.folder / f"{name}.parquet")
    assert tuple(found.columns) == CALIBRATION_TABLES[name].names
    assert [column.name for column in CALIBRATION_TABLES[name].columns if not holds(column, found[column.name])] == []


def test_what_is_held_out_changes_not_a_byte_and_interrupted_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values later than the first date that is held out are no numbers, in a series that holds out none as well. Once
    more the time is over in the middle of the draws."""
    later = {key: value for key, value in SERIES.items() if key != "held_out"} | {"name": "later", "file": "later.csv"}
    path = written(tmp_path, observed=[SERIES, later])
    (tmp_path / "later.csv").write_text("date,value\n2024-03-18,150\n2024-04-20,1\n")
    asked: dict[str, Any] = {"runs": 60, "workers": 1, "overlay": True}
    sim.ask.calibrate(path, LEVEL, out=tmp_path / "one", **asked)
    overlay = (tmp_path / "s-calibrated.yaml").read_bytes()

    written(tmp_path, [*ROWS[:3], "2024-04-05,NaN", "2024-04-08,"], observed=[SERIES, later])
    (tmp_path / "later.csv").write_text("date,value\n2024-03-18,150\n2024-04-20,nan\n")
    glances = iter([False, True])  # when it begins, and after the first draw
    monkeypatch.setattr(Budget, "_over", lambda *_: next(glances))
    with pytest.raises(SimulationError, match=r"before the first 30 draws were run \(1 are done\)"):
        sim.ask.calibrate(path, LEVEL, minutes=1, out=tmp_path / "two", **asked)
    monkeypatch.undo()
    assert list((tmp_path / "two").rglob("*-*.parquet"))
    sim.ask.calibrate(path, LEVEL, out=tmp_path / "two", **asked)
    assert (tmp_path / "s-calibrated.yaml").read_bytes() == overlay
    one, two = ({file.name: file.read_bytes() for file in (tmp_path / name).glob("*.*")} for name in ("one", "two"))
    assert set(one) > {"calibration.html", "draws.parquet", "manifest.json", "calibrated.csv"}
    assert one == two


def test_under_fifty_accepted_there_is_no_band(desk: Path, small: sim.ask.Calibration) -> None:
    """30 draws of 60 runs, three of them accepted: 50 would take 500. The range stays as it was declared."""
    found = sim.ask.calibrate(small.subject.file, [LEVEL], runs=60, workers=1)
    assert (found.near.attempted, found.effective, found.banded) == (30, 3, False)
    assert "effective sample size 3, fewer than 50, so that no band is told; about 500 draws would do" in found.text()
    assert found.ranges == {}
    assert found.calibrated["low_80"].tolist() == [""]
    assert found.pairs.empty
    assert "uncertain:" not in found.overlay_text(desk / "other.yaml")
    assert list(found.best) == [LEVEL]


def test_what_cannot_be_asked_is_told_all_at_once(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "s-calibrated.yaml").write_text("scenario: mine\n")
    asked = ["--fit", f"replenishment.0.levl,{LATER}", "--set", f"{LATER}=7d", "--accept", "0%", "--runs", "20"]
    done = tideover("calibrate", path.name, *asked, "--minutes", "0", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"did you mean '{LEVEL}'" in done.stderr
    assert "so it is not drawn" in done.stderr
    for told in ("--accept: no draw", "--runs: too few", "--minutes: no time", "not overwritten"):
        assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "s-calibrated.yaml").read_text() == "scenario: mine\n"
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ({"uncertain": {}}, "nothing is uncertain"),
        ({"observed": []}, "it has no 'observed'"),
        ({"observed": [SERIES | {"held_out": "2024-03-02"}]}, "no point lies before what is held out"),
    ],
)
def test_a_scenario_that_cannot_be_calibrated_is_told_why(tmp_path: Path, over: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        sim.ask.calibrate(written(tmp_path, **over))


def test_a_scenario_elsewhere_cannot_build_on_this_one(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    with pytest.raises(ScenarioError, match="cannot build on one elsewhere"):
        sim.ask.calibrate(written(tmp_path), overlay=tmp_path / "sub" / "o.yaml")


def test_a_scenario_that_was_edited_is_overwritten_on_purpose_only(tmp_path: Path) -> None:
    path, place = written(tmp_path), tmp_path / "s-calibrated.yaml"
    asked: dict[str, Any] = {"runs": 60, "workers": 1, "overlay": True, "out": tmp_path / "out"}
    sim.ask.calibrate(path, LEVEL, **asked)
    before = place.read_text()
    edited = before.replace("calibrated\n", "calibrated by us\n", 1)
    place.write_text(edited)
    with pytest.raises(ScenarioError, match=r"edited after a calibration wrote it.*or --replace"):
        sim.ask.calibrate(path, LEVEL, **asked)
    assert place.read_text() == edited != before
    sim.ask.calibrate(path, LEVEL, **asked, replace=True)
    assert place.read_text() == before
    sim.ask.calibrate(path, LEVEL, **asked)  # as it was written, it is overwritten
    place.write_text("scenario: mine\n")
    with pytest.raises(ScenarioError, match="not written by a calibration"):
        sim.ask.calibrate(path, LEVEL, **asked, replace=True)


def test_where_the_data_tell_nothing_no_scenario_is_written_nor_named(tmp_path: Path) -> None:
    """The stop begins after the last point that is looked at. Of 70 draws of its length, all as near, the first 56 are
    accepted, which tell nothing. Of days that are not run there are no notes."""
    found = sim.ask.calibrate(written(tmp_path), LATER, overrides={LEVEL: "16d"}, runs=120, accept="80%", workers=1,
                              overlay=True)  # fmt: skip
    assert found.overlay is None
    assert not (tmp_path / "s-calibrated.yaml").exists()
    assert "no calibrated scenario is written" in found.text()
    assert not [note for note in found.subject.loaded.notes if "after the last day" in note.message]


def test_two_starts_of_a_list_disagree_on_other_values_only() -> None:
    """Levels 0.3 and 0.9 both lie in the three quarters of 16 days, 0.2 and 0.3 on both sides of their end."""
    unknown = parse_unknown({"values": ["4d", "16d"], "weights": [1, 3]})

    def apart(*levels: float) -> float:
        starts = [Trial(f"start {k}", {"x": at}, {"x": unknown.at(at)}, 1.0) for k, at in enumerate(levels)]
        near = Nearest(pd.DataFrame({"x": [0.5]}), np.ones(1), np.array([True]), np.ones(1), 1)
        found = Calibrated(fitted={"x": unknown}, written={"x": "4d"}, watched=(), near=near, fits=Fits(tuple(starts)))
        return float(found.calibrated["apart"].iloc[0])

    assert apart(0.3, 0.9) == 0
    assert apart(0.2, 0.3) == 1


def test_a_file_of_an_entry_that_is_written_once_more_is_found_from_another_folder(tmp_path: Path) -> None:
    """A list is written as a whole: the wave beside the stop that was fitted has its cases in a file."""
    wave = {"kind": "epidemic", "name": "wave", "from": "2024-03-05", "for": "9d", "items": {"saline": 2},
            "file": "cases.csv"}  # fmt: skip
    (tmp_path / "cases.csv").write_text("date,region,cases\n2024-03-06,clinic,3\n")
    for name in (".tideover", "sub"):
        (tmp_path / name).mkdir()
    path, place = written(tmp_path, disruptions=[*SMALL["disruptions"], wave]), tmp_path / "sub" / "o.yaml"
    last = pd.Timestamp("2024-03-20").date()
    place.write_text(overlay_text(load(path), Found({LATER: "7d"}, {}, (), "1 point of stock", last), place))
    stop, again = load(place).document.data["disruptions"]
    assert (stop["for"], again["file"]) == ("7d", "../cases.csv")


def one_series(samples: np.ndarray, values: list[float], name: str = "one") -> Scored:
    """A made-up series: draws x points."""
    count = len(values)
    days, none = np.arange(count), np.zeros(count, dtype=int)
    points = Points(days, days, np.array(values, dtype=float), none, none.astype(bool), ("",) * count, ("",) * count,
                    (0,) * count)  # fmt: skip
    series: Any = type("Series", (), {"name": name})()
    return Scored(series, points, samples, pd.Timestamp("2024-03-01").date())


def test_series_count_alike_whatever_their_unit() -> None:
    """Draws 2, 6 and 10 off of a median of 6, and 1, 4 and 1 of a median of 1: (1/3 + 1)/2, (1 + 4)/2, (5/3 + 1)/2."""
    one = one_series(np.array([[2.0], [6.0], [-10.0]]), [0.0])
    two = one_series(np.array([[1.0], [4.0], [-1.0]]), [0.0])
    thousands = one_series(1000 * np.array([[1.0], [4.0], [-1.0]]), [0.0])
    expected = [2 / 3, 2.5, 4 / 3]
    assert distances([one, two])[0] == pytest.approx(expected)
    assert distances([one, thousands])[0] == pytest.approx(expected)


def test_draws_without_a_figure_are_never_accepted_and_points_that_none_has_do_not_count() -> None:
    samples = np.array([[1.0, np.nan, 2.0], [5.0, np.nan, np.nan], [3.0, np.nan, 3.0]])
    distance, _ = distances([one_series(samples, [1.0, 9.0, 2.0])])
    assert distance[0] < distance[2] < distance[1] == np.inf
    assert nearest(distance, 4, 1.0).tolist() == [True, False, True]
    with pytest.raises(SimulationError, match="no draw has a figure"):
        distances([one_series(np.full((3, 1), np.nan), [1.0])])


def test_series_that_all_draws_meet_leave_the_others_to_decide() -> None:
    met = one_series(np.zeros((3, 1)), [0.0])
    distance, scales = distances([met, one_series(np.array([[1.0], [2.0], [3.0]]), [0.0])])
    assert distance.tolist() == [0.25, 0.5, 0.75]
    assert scales.tolist() == [1.0, 2.0]


def test_a_list_is_as_wide_as_it_has_likely_values() -> None:
    """Two of four that are equally likely: exp(ln 2) / exp(ln 4)."""
    four = parse_unknown(["a", "b", "c", "d"])
    assert posterior.width(four, np.array([0.1, 0.3, 0.2, 0.45])) == pytest.approx(0.5)
    weighed = parse_unknown({"values": [1, 2], "weights": ["90%", "10%"]})
    assert posterior.weights(weighed, np.array([0.5, 0.89, 0.91, 0.99])).tolist() == [0.5, 0.5]  # type: ignore[arg-type]


def test_dates_and_long_tails_are_as_wide_as_their_bands() -> None:
    """Accepted as declared: 1. Levels 0.3 to 0.7 only: of a uniform range a band of 0.32 to 0.68, beside 0.8."""
    even, middle = (np.arange(999) + 1) / 1000, 0.3 + 0.4 * (np.arange(999) + 1) / 1000
    for text in ("uniform(2024-03-01, 2024-06-01)", "lognormal(20d, 9d)", "triangular(1, 2, 9)"):
        assert posterior.width(parse_unknown(text), even) == pytest.approx(1, abs=1e-6)
    assert posterior.width(parse_unknown("uniform(2024-03-01, 2024-06-01)"), middle) == pytest.approx(0.4, abs=1e-3)


def test_values_are_rounded_to_five_figures_that_count() -> None:
    values = ("12.3456789d", "0.00123456%", "1234567.8", "2024-03-01", "a", 7, 1.23456789)
    assert [rounded(value) for value in values] == [
        "12.346d", "0.0012346%", "1234600", "2024-03-01", "a", 7, 1.2346,
    ]  # fmt: skip
    assert rounded("7.1234567 a year") == "7.1235 a year"


def made_up(levels: np.ndarray, starts: tuple[float, float]) -> Calibrated:
    """Sixty accepted draws of two figures between 0 and 10, and two starts that ended at levels of the first."""
    paths = ("demand.0.per_day", "lanes.0.days")
    near = Nearest(pd.DataFrame(levels, columns=list(paths)), np.zeros(60), np.ones(60, dtype=bool), np.ones(1), 600)
    at = [{paths[0]: start, paths[1]: 0.5} for start in starts]
    trials = tuple(
        Trial(f"start {k + 1}", level, {path: 10 * value for path, value in level.items()}, 0.5)
        for k, level in enumerate(at)
    )
    fits = Fits(trials, replace(trials[0], start="as written"))
    fitted = dict.fromkeys(paths, parse_unknown("uniform(0, 10)"))
    return Calibrated(fitted=fitted, written=dict.fromkeys(paths, 5), watched=(), near=near, fits=fits)


def test_figures_that_only_go_together_and_starts_that_disagree_are_said() -> None:
    """The second is 1 - the first: rank correlation -1, each alone as wide as declared; both are kept, together."""
    first = (np.arange(60) + 0.5) / 60
    names = {"demand.0.per_day": "mean demand", "lanes.0.days": "journey"}
    day = pd.Timestamp("2024-03-20").date()
    found = made_up(np.column_stack([first, 1 - first]), (0.2, 0.5))
    words = "\n".join(calibration_words(found, names, day))
    assert "The mean demand and the journey cannot be told apart: what fits has them one high where the other" in words
    assert "Two starts of that search ended far apart in the mean demand (2 and 5)" in words
    assert found.told == list(names)
    assert found.together == [("demand.0.per_day", "lanes.0.days", pytest.approx(-1))]
    listed = replace(found, fitted=dict(found.fitted) | {"lanes.0.days": parse_unknown(["2d", "3d", "9d"])})
    lower = replace(listed, near=replace(found.near, levels=found.near.levels / 2))  # none has the last third
    words = "\n".join(calibration_words(lower, names, day))
    assert "Journey: of the accepted draws 67% have 2 days and 33% have 3 days (written: 5; declared: 2d, " in words
    rng = np.random.default_rng(5)
    agreed = made_up(rng.uniform(size=(60, 2)), (0.4, 0.5))
    words = "\n".join(calibration_words(agreed, names, day))
    assert "apart" not in words
    assert "no calibrated scenario is written" in words
    assert (agreed.told, agreed.best, agreed.ranges) == ([], {}, {})


def test_each_figure_is_drawn_together_with_the_one_it_goes_with_most() -> None:
    """The second is the first but for a neighbour that changes places, the third the first but for the two halves of
    each quarter: rank correlations of 0.999 and less, of which a figure has one. Rank 1/2 is a correlation of 2 sin 15°
    of normal scores."""
    first = (np.arange(60) + 0.5) / 60
    near, far = (first.reshape(-1, width)[:, ::-1].ravel() for width in (2, 12))
    found = made_up(np.column_stack([first, far]), (0.4, 0.5))
    levels = found.near.levels.assign(third=near)
    fitted = {**found.fitted, "third": parse_unknown("uniform(0, 10)")}
    three = replace(found, fitted=fitted, written=dict.fromkeys(fitted, 5), fits=Fits(()),
                    near=replace(found.near, levels=levels))  # fmt: skip
    assert [(one, other) for one, other, _ in three.together] == [("demand.0.per_day", "third")]
    assert posterior.normal(0.5) == pytest.approx(0.517638)


def test_pairs_that_go_together_stand_beside_what_is_declared_or_in_its_place() -> None:
    """A pair of its own is added, the same pair has its new correlation, and one of a larger group is told."""
    declared = [{"paths": ["a", "b"], "rho": 0.6}, {"paths": ["c", "d", "e"], "rho": 0.3}]
    groups, without = grouped(declared, [("b", "a", -0.9), ("c", "x", 0.7), ("y", "z", 0.8123)])
    assert groups == [{"paths": ["a", "b"], "rho": -0.9}, declared[1], {"paths": ["y", "z"], "rho": 0.812}]
    assert without == [("c", "x")]
    assert declared[0]["rho"] == 0.6


def test_draws_take_half_of_the_time_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """60 of 100 seconds are gone: too late for draws, and not for the best fit."""
    budget = Budget(10, 100, _began=0.0)
    monkeypatch.setattr("sim.study.ask.budget.time.monotonic", lambda: 60.0)
    assert (budget._over(0.5), budget._over(1.0)) == (True, False)


def test_a_scenario_that_waits_for_an_event_is_run_to_its_end(tmp_path: Path, small: sim.ask.Calibration) -> None:
    """The event on record comes before the level's last point; in a draw it may come later. Of a level alone nothing
    after its last point is run. What was set is said in the scenario that is written."""
    event = SERIES | {"name": "first", "is": "event", "file": "event.csv", "model": "event_date", "figure": "received"}
    (tmp_path / "event.csv").write_text("date\n2024-03-10\n")
    path = written(tmp_path, observed=[SERIES, event])
    found = sim.ask.calibrate(path, LEVEL, overrides={LATER: "7d"}, runs=60, workers=1)
    ends = [str(one.subject.loaded.spec.until) for one in (small, found)]
    assert ends == ["2024-03-21", "2024-05-01"]
    assert f"with {LATER}=7d" in found.overlay_text(tmp_path / "o.yaml").replace("\n    ", " ")


def test_the_truth_is_a_draw_like_any_other() -> None:
    """200 calibrations of a made-up model of two figures: two points tell their sum and the first, with noise. Of bands
    half as wide as they ought to be the ranks would not be uniform."""
    found = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        levels = rng.uniform(size=(401, 2))
        told = np.column_stack([levels.sum(axis=1), levels[:, 0]]) + rng.normal(0, 0.1, (401, 2))
        found.append(ranks([one_series(told[:, :1], [0.0]), one_series(told[:, 1:], [0.0])], levels, 0.1, rng))
    for k in range(2):
        assert kstest(np.array(found)[:, k], "uniform").pvalue > LEAST
    narrow = 0.5 + (np.array(found)[:, 0] - 0.5) * 2
    assert kstest(narrow.clip(0, 1), "uniform").pvalue < LEAST
