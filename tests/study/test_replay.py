"""A replay from file to scores: points joined on their dates, draws seen through surveys, faults with their lines."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace as with_other
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

import sim
from sim.ask.replaying import watched_in
from sim.engine.compile.plan import compile_plan
from sim.errors import ScenarioError
from sim.output.replay_columns import REPLAY_TABLES
from sim.report.run.evidence import assumed
from sim.scenario.load import load
from sim.study.design.fingerprint import digest
from sim.study.run.bench import read_subject
from tests.cli.calls import files, tideover
from tests.contract.network import STANDARD
from tests.contract.test_columns import holds

SMALL: dict[str, Any] = {
    "scenario": "small", "title": "A maker, a clinic, and a stop", "start": "2024-03-01", "end": "2024-05-01",
    "warm_up": "20d",
    "products": {"saline": {"unit": "bag"}}, "suppliers": {"maker": {"makes": {"saline": {}}}},
    "facilities": {"clinic": {}},
    "lanes": [{"from": "maker", "to": "clinic", "time": "1d"}],
    "demand": [{"at": "clinic", "product": "saline", "per_day": 10, "distribution": "deterministic"}],
    "replenishment": [{"at": "clinic", "policy": "base_stock", "level": "6d"}],
    "disruptions": [{"kind": "site_outage", "at": "maker", "from": "2024-03-11", "until": "2024-03-21"}],
    "sources": {"survey": {"title": "A survey of clinics"}},
}  # fmt: skip
"""The clinic has 50 bags in the evening (60 less the 10 on the way) and gets 10 a day; after the stop it runs down."""
STOCK = {"name": "stock", "is": "level", "file": "seen.csv", "model": "stock", "held_out": "2024-03-18",
         "source": "survey", "quality": "official", "threshold": {"below": 25},
         "naive": {"share": "50%", "from": "2024-03-11", "usual": 50}}  # fmt: skip
PLAIN = {key: STOCK[key] for key in ("name", "is", "file", "model", "source", "quality")}
ROWS = ["2024-03-02,50", "2024-03-06,49", "2024-03-10,51", "2024-03-14,30", "2024-03-18,5", "2024-03-20,1",
        "2024-03-25,40", "2024-04-01,52"]  # fmt: skip


def written(folder: Path, rows: list[str], *series: dict[str, Any], **over: Any) -> Path:
    """The small scenario with observed series, in a file."""
    spec = {**copy.deepcopy(SMALL), "observed": list(series), **over}
    (folder / "s.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
    (folder / "seen.csv").write_text("\n".join(["date,value", *rows]) + "\n")
    return folder / "s.yaml"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> sim.ask.Replay:
    """The small scenario held against stock, deliveries and the end of the shortage, kept."""
    desk = tmp_path_factory.mktemp("small")
    back = {"name": "back", "is": "event", "file": "one.csv", "model": "event_date", "when": "over", "lasts": "7d",
            "source": "survey", "quality": "press"}  # fmt: skip
    never = back | {"name": "never", "figure": "received", "above": 1000, "when": "first"}
    survey = {"name": "low", "is": "share", "file": "one.csv", "model": "share_of_sites", "cover_below": "1d", "of": 40,
              "source": "survey", "quality": "official"}  # fmt: skip
    (desk / "one.csv").write_text("date,value\n2024-03-22,90%\n")
    path = written(desk, ROWS, STOCK, back, never, survey)
    return sim.replay(path, draws=9, workers=1, out=desk / "out")


def test_the_figure_of_a_run_is_that_of_the_points_date(small: sim.ask.Replay) -> None:
    """Orders of 10 a day come two days later. The last before the stop leave on the 10th and are used from the 11th."""
    table = small.points.set_index(["series", "date"])["model"]
    evenings = sim.run(small.subject.file, twin=False).daily
    mine = evenings[evenings["site"] == "clinic"].set_index("date")["on_hand"]
    for date in table["stock"].index:
        assert table["stock", date] == mine[date]
    assert mine["2024-03-10"] == mine["2024-03-01"]
    assert mine["2024-03-20"] == 0


def test_scores_of_a_run_without_luck_are_distances(small: sim.ask.Replay) -> None:
    """All draws are alike, so that the score is the absolute error and no ratio leaves its value."""
    table = small.points[small.points["series"] == "stock"]
    off = (table["model"] - table["observed"]).abs()
    held = table["held_out"]
    assert held.tolist() == [False] * 4 + [True] * 4
    assert small.score("stock", "wis") == pytest.approx(off[held].mean())
    assert small.score("stock", "wis", "training") == pytest.approx(off[~held].mean())
    assert small.score("stock", "mae") == small.score("stock", "wis")
    naive = (25 - table["observed"])[held].abs().mean()
    assert small.score("stock", "relative_wis", against="naive") == pytest.approx(off[held].mean() / naive)
    with pytest.raises(KeyError, match="no nothing"):
        small.score("stock", "nothing")


def test_events_are_dates_and_what_never_comes_is_said(small: sim.ask.Replay) -> None:
    text = small.text()
    assert "in 9 of 9 draws it does not come before the run ends" in text
    drawn = small.drawn[small.drawn["series"] == "never"]
    assert drawn["figure"].isna().all()
    assert (drawn["seen"] == 61).all()  # 1 May, the first day that is not run
    daily = sim.run(small.subject.file, twin=False).daily
    short = daily[daily["unmet"] > 0]["day"]
    back = small.points[small.points["series"] == "back"].iloc[0]
    assert back["model"] == short.max() + 1
    assert back["observed"] == 21


def test_a_survey_of_40_sees_a_share_with_its_error(small: sim.ask.Replay) -> None:
    """The one clinic was low or it was not: 100 % or 0 %, of which every survey sees all or nothing."""
    drawn = small.drawn[small.drawn["series"] == "low"]
    assert set(drawn["figure"]) <= {0.0, 100.0}
    assert (drawn["figure"] == drawn["seen"]).all()
    asked = small.points[small.points["series"] == "low"]
    assert (asked["asked"] == 40).all()
    assert (asked["observed"] == 90).all()


def test_words_claim_nothing_from_too_few_points_or_draws(small: sim.ask.Replay) -> None:
    lines = small.lines()
    assert lines[0] == "No series has the 8 points that it takes to tell the model from guesses without one."
    assert "too few points to tell it from persistence and 1 − share × cut (4 of 8)" in lines[1]
    assert "No band of 95% from 9 draws: the widest of these takes 39." in lines


@pytest.mark.parametrize("name", REPLAY_TABLES)
def test_a_table_of_a_replay_has_its_columns_and_no_others(small: sim.ask.Replay, name: str) -> None:
    assert small.folder is not None
    found = pd.read_parquet(small.folder / f"{name}.parquet")
    assert tuple(found.columns) == REPLAY_TABLES[name].names
    assert [column.name for column in REPLAY_TABLES[name].columns if not holds(column, found[column.name])] == []


def test_the_page_shows_every_series_and_loads_nothing(small: sim.ask.Replay) -> None:
    page = (small.folder or Path()).joinpath("replay.html").read_text(encoding="utf-8")
    assert "Every point, with its source" in page
    assert page.count("<svg") == 2  # the fan of stock; single shares
    assert not [word for word in ('src="http', 'href="http', "@import") if word in page]


def test_the_order_of_rows_and_an_earlier_first_day_change_no_score(small: sim.ask.Replay, tmp_path: Path) -> None:
    def scores(found: sim.ask.Replay) -> pd.DataFrame:
        return found.scores[found.scores["series"] == "stock"].reset_index(drop=True)

    shuffled = [ROWS[k] for k in (5, 0, 7, 2, 1, 6, 3, 4)]
    other = written(tmp_path, shuffled, STOCK, start="2024-02-29", warm_up="19d")
    pd.testing.assert_frame_equal(scores(sim.replay(other, draws=9, workers=1)), scores(small))


def test_draws_and_surveys_are_the_same_however_the_work_is_cut(tmp_path: Path) -> None:
    """A clinic with luck, seen by a survey: two draws and then two more leave the same bytes as four at once."""
    luck = {"at": "clinic", "product": "saline", "per_day": 10, "distribution": "poisson"}
    stop = {**SMALL["disruptions"][0], "capacity": "50%"}
    survey = PLAIN | {"is": "share", "model": "share_out", "of": 30, "over": "3d", "plus": 20}
    path = written(
        tmp_path, ROWS[3:6], survey, end="2024-03-25", warm_up="0d", demand=[luck], disruptions=[stop],
        uncertain={"disruptions.0.capacity": "uniform(0%, 90%)"},
    )  # fmt: skip
    sim.replay(path, draws=2, workers=1, out=tmp_path / "cut")
    folders = [sim.replay(path, draws=4, workers=1, out=tmp_path / n, replace=True).folder for n in ("cut", "whole")]
    first, second = ({f.name: f.read_bytes() for f in sorted((folder or Path()).glob("*.*"))} for folder in folders)
    assert {name for name in first if first[name] != second[name]} == set()
    drawn = pq.read_table(tmp_path / "cut" / "drawn.parquet").to_pandas()
    middle = drawn[drawn["figure"].between(1, 99)]
    assert len(middle) > 5
    assert (abs(middle["figure"] - middle["seen"]) > 1).any()  # each is off by some 9 points, the standard error
    assert np.allclose((middle["seen"] * 0.3).round(), middle["seen"] * 0.3)  # so many of 30
    case = with_other(read_subject(path).case([]), observed=watched_in(read_subject(path)))
    assert pickle.loads(pickle.dumps(case)).key == case.key  # as it reaches other processes


def test_bands_of_300_days_of_a_scenario_hold_four_of_five(tmp_path: Path) -> None:
    """A day's use is a Poisson number of its own; the tenth draw is the truth. Of nine draws the lowest and the highest
    hold the next one with a probability of 80 %, of 300 in 240 ± 3 x 6.9."""
    luck = {"at": "clinic", "product": "saline", "per_day": 1000, "distribution": "poisson"}
    use = PLAIN | {"is": "flow", "model": "use", "over": "1d"}
    spec = {"end": "2024-12-26", "warm_up": "0d", "demand": [luck], "disruptions": []}
    truth = sim.run(written(tmp_path, ROWS[:1], use, **spec), replication=9, twin=False, detail="none").daily
    used = truth[truth["kind"] == "facility"].groupby("date")["served"].sum()
    assert len(used) == 300
    path = written(tmp_path, [f"{date:%Y-%m-%d},{units}" for date, units in used.items()], use, **spec)
    found = sim.replay(path, draws=9, workers=1)
    assert 0.73 < found.score("stock", "coverage_80") < 0.87


OVER_7D = {"is": "flow", "model": "use", "over": "7d"}
SHARE = {"is": "share", "model": "share_out"}
ROW_OF_5 = {"is": "share", "model": "share_of_sites", "cover_below": "1d", "counts": "ever", "in_a_row": "5d"}
BAD = {
    "a point outside of the run": (["2024-05-01,3"], {}, "seen.csv:2: column 'date': this point is outside of the run"),
    "a span that begins before it": (
        ["2024-03-03,3"], {"is": "flow", "model": "use", "over": "7d"}, "all days of its span from 2024-03-01 on"
    ),
    "no number": (["2024-03-02,many"], {}, "seen.csv:2: column 'value': this is not valid (got 'many')"),
    "no value": (["2024-03-02,"], {}, "seen.csv:2: column 'value': there is no value"),
    "more than all": (["2024-03-02,120"], {"is": "share", "model": "share_out"}, "a number from 0 to 100"),
    "a second point of a date": (["2024-03-02,3", "2024-03-02,4"], {}, "seen.csv:3: column 'date': a second point"),
    "no such column": (["2024-03-02,3"], {"value": "valu"}, "seen.csv:1: there is no column 'valu'"),
    "no such rows": (["2024-03-02,3"], {"where": {"value": "4"}}, "no row has this (got '4')"),
    "no such site": (["2024-03-02,3"], {"at": "clinc"}, "unknown site (got 'clinc')"),
    "no such product": (["2024-03-02,3"], {"products": ["salin"]}, "did you mean 'saline'"),
    "no such passage": (["2024-03-02,3"], {"model": "port_queue", "passage": "suez"}, "no such passage (got 'suez')"),
    "no such port": (["2024-03-02,3"], {"model": "port_queue", "port": "harbour"}, "no such port (got 'harbour')"),
    "no such source": (["2024-03-02,3"], {"source": "servey"}, "did you mean 'survey'"),
    "no word for quality": (["2024-03-02,3"], {"quality": "offical"}, "did you mean 'official'"),
    "no such model": (["2024-03-02,3"], {"model": "stok"}, "did you mean 'stock'"),
    "not what it is": (["2024-03-02,3"], {"is": "flow"}, "level"),
    "nobody asked": (["2024-03-02,3"], {"is": "share", "model": "share_out", "of": 0}, "nobody was asked"),
    "a guess from nothing": (["2024-03-02,3"], {"naive": {"share": "50%"}}, "the guess needs what is usual"),
    "a flow without days": (["2024-03-02,3"], {"is": "flow", "model": "use"}, "a flow needs its days"),
    "less than nothing in stock": (["2024-03-02,-3"], {}, "seen.csv:2: column 'value': this is not valid (got '-3')"),
    "less than nothing used": (["2024-03-12,-3"], OVER_7D, "a number of at least 0"),
    "less than all of it gone": (["2024-03-12,-130"], OVER_7D | {"told_as": "change"}, "a number of at least -100"),
    "a date in another form": (["02/03/2024,3"], {}, "seen.csv:2: column 'date': this is not valid (got '02/03/2024')"),
    "an hour of another zone": (["2024-03-02T00:00:00+03:00,3"], {}, "a date written year-month-day"),
    "no rows": ([], {}, "seen.csv:1: the table has no rows below its column names"),
    "fewer than nobody asked": (["2024-03-02,3"], SHARE | {"of": -3}, "no number of those asked (got '-3')"),
    "no share of anything": (["2024-03-02,3"], SHARE | {"threshold": {"above": 250}}, "percent, from 0 to 100"),
    "a cut that is over before it begins": (
        ["2024-03-02,3"], {"naive": {"share": "50%", "usual": 50, "from": "2024-03-09", "until": "2024-03-09"}},
        "the cut is over before it begins (got '2024-03-09'); expected a date after 2024-03-09",
    ),
    "a date before those that count": (
        ["2024-03-20,3"], {"model": "cumulative_deliveries", "since": "2025-03-01"},
        "seen.csv:2: column 'date': this is before the first day that counts",
    ),
    "an event before the days that count": (
        ["2024-03-20,1"], {"is": "event", "model": "event_date", "since": "2024-04-01"},
        "seen.csv:2: column 'date': this is before the first day that counts",
    ),
    "a count from before the run": (
        ["2024-03-20,3"], {"model": "cumulative_deliveries", "since": "2024-02-28"},
        "this is before the run, which counts nothing then (got '2024-02-28'); expected a date from 2024-03-01 on",
    ),
    "more days in a row than a span has": (["2024-03-20,3"], ROW_OF_5 | {"over": "4d"}, "expected at most 4d"),
    "one span with too few days": (
        ["2024-03-20,3"], ROW_OF_5 | {"from": "date"}, "seen.csv:2: column 'date': the span has fewer than 5 days"
    ),
    "an event twice": (
        ["2024-03-02,3", "2024-03-03,3"], {"is": "event", "model": "event_date"}, "seen.csv:3: column 'date': an event"
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_series_that_cannot_be_held_against_is_told_with_its_line(fault: str, tmp_path: Path) -> None:
    rows, over, message = BAD[fault]
    with pytest.raises(ScenarioError) as caught:
        sim.validate(written(tmp_path, rows, PLAIN | over))
    assert message in str(caught.value)
    assert all(problem.line > 0 for problem in caught.value.problems)


def test_faults_of_several_series_are_told_together(tmp_path: Path) -> None:
    others = PLAIN | {"name": "other", "source": "nobody"}, PLAIN | {"name": "twin"}, PLAIN | {"name": "twin"}
    path = written(tmp_path, ["2024-03-02,3", "2024-03-03,many"], PLAIN, *others)
    with pytest.raises(ScenarioError) as caught:
        sim.validate(path)
    text = str(caught.value)
    for part in ("got 'many'", "unknown source (got 'nobody')", "two series have this name"):
        assert part in text


def test_points_after_an_end_that_was_set_are_left_out_with_a_note(tmp_path: Path) -> None:
    """A sitrep of 12 March is no fault of points that were seen later."""
    path = written(tmp_path, ROWS, STOCK)
    loaded = load(path, None, {"end": "2024-03-12"})
    assert loaded.observed[0].day.tolist() == [1, 5, 9]
    assert any("5 points are outside of the days that are run, and left out" in str(note) for note in loaded.notes)
    with pytest.raises(ScenarioError, match="no point lies in the days that are run"):
        sim.replay(path, overrides={"start": "2024-04-15"}, draws=1, workers=1)


def test_what_can_be_read_but_is_hardly_meant_is_noted(tmp_path: Path) -> None:
    """All points held out, or none; a cut that begins when the points are over."""

    def notes(**over: Any) -> str:
        return str(load(written(tmp_path, ROWS, STOCK | over)).notes)

    assert "held out" not in notes() and "no point is before" not in notes()
    assert "no point is before 2024-03-02, so that there is none to fit" in notes(held_out="2024-03-02")
    assert "no point is before" not in notes(held_out="2024-03-03")
    assert "no point is from 2024-04-02 on, so that none is held out" in notes(held_out="2024-04-02")
    late = {"share": "50%", "usual": 50}
    assert "after the last point" in notes(naive=late | {"from": "2024-04-02"})
    assert "after the last point" not in notes(naive=late | {"from": "2024-04-01"})


def test_points_that_are_all_alike_or_nothing_are_scored(tmp_path: Path) -> None:
    """Persistence of points that never change is exact: no ratio beats it, and of two that are exact it is 1. No log
    of nothing is asked for: log(0 + 1) = 0."""
    stop = SMALL["disruptions"][0]
    rows = [f"2024-03-{day:02},{value}" for day, value in ((2, 50), (3, 50), (4, 50), (12, 50), (13, 50), (14, 50))]
    dates = {"held_out": "2024-03-12"}
    calm = sim.replay(written(tmp_path, rows, STOCK | dates, disruptions=[]), draws=3, workers=1)
    assert calm.score("stock", "wis") == calm.score("stock", "wis_log") == 0
    assert calm.score("stock", "relative_wis", against="persistence") == 1
    struck = sim.replay(written(tmp_path, rows, STOCK | dates, disruptions=[stop]), draws=3, workers=1)
    assert struck.score("stock", "relative_wis", against="persistence") == np.inf
    nothing = [f"{row.partition(',')[0]},0" for row in rows]
    none = sim.replay(written(tmp_path, nothing, STOCK | dates, disruptions=[stop]), draws=3, workers=1)
    table = none.points[none.points["held_out"]]
    assert none.score("stock", "wis_log") == pytest.approx(np.log1p(table["model"]).mean())


def test_dates_have_no_score_of_logs(small: sim.ask.Replay) -> None:
    """By a day since the start it would change with the start."""
    table = small.scores.set_index(["series", "score"])["value"]
    assert np.isnan(table["back", "wis_log"])
    assert not table["stock", "wis_log"].isna().all()


def test_what_cannot_be_replayed_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, ROWS)
    with pytest.raises(ScenarioError, match="it has no 'observed'"):
        sim.replay(path, draws=3, workers=1, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(ScenarioError, match="draws: this is no number of draws"):
        sim.replay(written(tmp_path, ROWS, STOCK), draws=0)


def test_the_command_ends_with_2_at_a_fault_and_writes_nothing(tmp_path: Path) -> None:
    written(tmp_path, ["2024-03-02,3", "2025-03-02,4"], PLAIN)
    done = tideover("replay", "s.yaml", "--draws", "3", cwd=tmp_path)
    assert done.returncode == 2
    assert "seen.csv:3: column 'date': this point is outside of the run" in done.stderr
    assert "Traceback" not in done.stderr
    assert files(tmp_path) == ["s.yaml", "seen.csv"]


def test_a_run_knows_nothing_of_what_was_observed(tmp_path: Path) -> None:
    """Its plan is the same, byte for byte, and nothing is kept for it."""
    with_it = compile_plan(load(written(tmp_path, ROWS, STOCK)))
    without = compile_plan(load(written(tmp_path, ROWS)))
    assert digest(with_it) == digest(without)
    assert sim.run(tmp_path / "s.yaml", twin=False).outcome.record.watched == {}
    listed = assumed(load(written(tmp_path, ROWS, STOCK)))  # what a run rests on
    assert listed and not [one for one in listed if one.path.startswith("observed")]


def test_prices_and_transits_are_kept_by_the_runner(tmp_path: Path) -> None:
    """Threefold from 8 January on; all 70 vessels a day pass, as none takes another way."""
    shock = {"kind": "price_shock", "at": "maker", "from": "2024-01-08", "for": "90d", "factor": 3}
    common = {"file": "seen.csv", "source": "survey", "quality": "press"}
    observed = [
        {**common, "name": "price", "is": "level", "model": "price", "at": "maker"},
        {**common, "name": "ships", "is": "flow", "model": "passage_transits", "passage": "suez", "a_day": 70,
         "over": "7d"},
    ]  # fmt: skip
    spec = {**STANDARD, "end": "2024-01-20", "disruptions": [shock], "observed": observed, "sources": SMALL["sources"]}
    path = tmp_path / "s.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False))
    (tmp_path / "seen.csv").write_text("date,value\n2024-01-07,1\n2024-01-08,3\n")
    found = sim.replay(path, draws=1, workers=1).points
    assert found["model"].tolist() == [1, 3, 490, 490]
    assert np.isnan(found["model_low_50"]).all()  # one draw has no band
