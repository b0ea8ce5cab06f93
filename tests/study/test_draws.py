"""Many draws beside one run: bands, how much of the spread is luck, and which unknown matters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

import sim
from sim.cli import cli
from sim.engine.compile.unknowns import Unknowns
from sim.engine.run import simulate
from sim.errors import ScenarioError, SimulationError
from sim.report.figures.study import fan as fan_chart
from sim.report.run.as_tables.tables import daily_table
from sim.report.words.phrases import plural
from sim.report.words.unsure import luck_words, matters_words
from sim.scenario.drawing import values_of
from sim.scenario.load import load
from sim.study.design.measures import Measure
from sim.study.infer.compare import fan
from sim.study.infer.intervals import next_below
from sim.study.infer.spread import bands, enough
from sim.study.infer.variance import not_knowing, ranked
from sim.study.run import replicate
from tests.study.conftest import STARTER, contents

STOCK = "suppliers.maker.makes.saline-bag.finished_stock"
BAN = "disruptions.ban.for"
RANGES = {STOCK: "uniform(2d, 30d)", BAN: "uniform(20d, 90d)", "suppliers.maker.ramp_up": "uniform(0d, 30d)"}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the starter, cut to the days that matter, with uncertain values; returns the file."""

    def make(name: str = "scenario", **sections: Any) -> Path:
        whole = yaml.safe_load(STARTER) | {
            "end": "2024-04-01",
            "warm_up": "10d",
            "strategies": {"none": {"reserves.national.size": "0d"}},
        }
        whole["disruptions"][0] |= {"from": "2024-01-08", "for": "60d"}
        file = tmp_path / f"{name}.yaml"
        file.write_text(yaml.safe_dump(whole | {"uncertain": RANGES} | sections, sort_keys=False), encoding="utf-8")
        return file

    return make


def test_variance_by_hand() -> None:
    """Means 2, 6 and 10 have the variance 16, within each pair it is 2: luck 2, not knowing 16 - 2 / 2 = 15."""
    assert not_knowing(np.array([[1.0, 3.0], [5.0, 7.0], [9.0, 11.0]])).share == pytest.approx(15 / 17)
    # pairs as far apart as the draws: means 2 and 2 differ by less than luck explains
    assert not_knowing(np.array([[1.0, 3.0], [3.0, 1.0], [1.0, 3.0]])).share == 0
    assert np.isnan(not_knowing(np.ones((5, 2))).share) and not not_knowing(np.ones((5, 2))).told


@pytest.mark.parametrize(("share", "draws"), [(0.3, 100), (0.6, 40), (0.6, 100), (0.9, 40)])
def test_the_interval_of_a_share_holds_it_as_often_as_it_says(share: float, draws: int) -> None:
    """Of 200 samples with a known share the 90 % interval holds it in 90 %, less 5 % for percentiles of few draws, give
    or take three sd of a count: 3 x sqrt(0.9 x 0.1 / 200) = 6.4 %."""
    generator, held, found = np.random.default_rng(1), 0, []
    for _ in range(200):
        unknown = generator.normal(size=(draws, 1)) * np.sqrt(share)
        interval = not_knowing(unknown + generator.normal(size=(draws, 2)) * np.sqrt(1 - share))
        held += interval.low <= share <= interval.high
        found.append(interval.share)
    assert 0.9 - 0.05 - 0.064 <= held / 200 <= 0.9 + 0.064
    # the sd of the estimate is about (1 - share^2) / sqrt(draws); the mean of 200 lies within four of its own, and a
    # little below for the skew of a ratio
    assert np.mean(found) == pytest.approx(share, abs=4 * (1 - share**2) / np.sqrt(200 * draws) + 0.02)


def test_shares_of_unknowns_by_hand() -> None:
    """Ranks 1 2 3 4 5 of the answers follow the first unknown exactly; with 2 1 4 3 5 of the second Spearman's rho
    is 1 - 6 x 4 / (5 x 24) = 0.8, so its share is (0.64 x 4 - 1) / 3 = 0.52."""
    answers = np.array([10.0, 20.0, 35.0, 50.0, 90.0])
    ranking = ranked({"second": np.array([2.0, 1, 4, 3, 5]), "first": np.arange(5.0) ** 3}, answers)
    assert list(ranking.shares) == ["first", "second"]
    assert ranking.shares["first"].share == pytest.approx(1) and ranking.shares["second"].share == pytest.approx(0.52)


def test_the_unknown_that_matters_most_is_named_only_where_that_is_sure() -> None:
    generator = np.random.default_rng(3)
    one, two = generator.random(60), generator.random(60)
    assert ranked({"one": one, "two": two}, 5 * one + two).first == "one"
    assert ranked({"one": one, "two": two}, one + two).first is None
    assert ranked({"one": one, "two": two}, generator.random(60)).first is None


def words(share: float, low: float, high: float, told: bool) -> str:
    row = {"measure": "units_unmet", "draws": 40, "share": share, "low": low, "high": high, "told": told}
    return " ".join(luck_words(pd.DataFrame([row]), Measure("units_unmet")))


def test_only_what_may_be_concluded_is_said() -> None:
    assert "82% of the spread comes from what is not known, the rest is luck" in words(0.82, 0.7, 0.9, True)
    assert "nearly all of the spread is luck" in words(0.02, 0.0, 0.08, True)
    assert "hardly any is luck" in words(0.98, 0.95, 0.99, True)
    wide = words(0.5, 0.2, 0.7, False)
    assert "cannot be told" in wide and "50%" not in wide
    few = words(np.nan, np.nan, np.nan, False)
    assert "cannot be told from 40 draws" in few and "nan" not in few
    assert "no draw differs" in " ".join(luck_words(pd.DataFrame(columns=["measure"]), Measure("units_unmet")))
    row = {
        "measure": "units_unmet",
        "unknown": "a",
        "share": 0.7,
        "low": 0.2,
        "high": 0.9,
        "told": False,
        "first": True,
    }
    told = " ".join(
        matters_words(pd.DataFrame([row, row | {"unknown": "b", "first": False}]), Measure("units_unmet"), {})
    )
    assert "matters most" in told and "70%" not in told


def test_bands_are_the_places_n_plus_one_times_p() -> None:
    """Of 1 … 39 the 10 % quantile is in place 4; of 40 in place 4.1, a tenth of the way from the 4th to the 5th."""
    assert next_below(np.arange(1.0, 40.0), [0.1, 0.5, 0.9]).tolist() == [4.0, 20.0, 36.0]
    assert next_below(np.arange(1.0, 41.0), [0.1, 0.9]) == pytest.approx([4.1, 36.9])


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, Any]]:
    """Workers -> folder and answer of the same twelve draws."""
    place = tmp_path_factory.mktemp("many")
    whole = yaml.safe_load(STARTER) | {"end": "2024-04-01", "warm_up": "10d", "uncertain": RANGES, "strategies": {}}
    whole["disruptions"][0] |= {"from": "2024-01-08", "for": "60d"}
    whole["reserves"]["national"]["size"] = "5d"
    (place / "scenario.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    found = {}
    for workers in (1, 2):
        out = place / str(workers)
        found[workers] = out, sim.run_many(place / "scenario.yaml", replications=12, workers=workers, out=out)
    return found


def test_any_number_of_workers_gives_the_same_bytes(answers: dict[int, tuple[Path, Any]]) -> None:
    one, two = (contents(folder) for folder, _ in answers.values())
    ours = [name for name in one if not name.startswith("unfinished")]
    assert {"report.html", "bands.csv", "fan.parquet", "variance.csv", "unknowns.csv"} <= set(ours)
    assert {name: one[name] for name in ours} == {name: two[name] for name in ours}


def test_each_draw_is_the_scenario_with_its_values(answers: dict[int, tuple[Path, Any]]) -> None:
    """The draws by hand: a plain run with the values set, and the luck of the replication."""
    _, many = answers[1]
    rows = many.draws.rows[many.draws.rows["measure"] == "units_unmet"].set_index("replication")["value"]
    loaded = many.subject.loaded
    for replication in (0, 5):
        run = sim.run(loaded.path, overrides=values_of(loaded, replication), replication=replication, twin=False)
        assert run.metrics["units_unmet"].value == rows[replication]
        same = sim.run(loaded.path, replication=replication, twin=False, unknowns="drawn")
        begun = sim.begin(loaded.path, replication=replication, twin=False, unknowns="drawn").until("2024-02-01")
        assert same.metrics["units_unmet"].value == rows[replication]
        assert begun.resume().metrics["units_unmet"].value == rows[replication]
        assert same.manifest["uncertain"] == values_of(loaded, replication)
    again = many.draws.again[many.draws.again["measure"] == "units_unmet"].set_index("replication")["value"]
    assert not rows.equals(again)


def test_bands_and_shares_are_of_the_draws(answers: dict[int, tuple[Path, Any]]) -> None:
    _, many = answers[1]
    values = np.sort(many.draws.rows[many.draws.rows["measure"] == "units_unmet"]["value"].to_numpy())
    # of 12: place 1.3 and 11.7
    low, high = values[0] + 0.3 * (values[1] - values[0]), values[10] + 0.7 * (values[11] - values[10])
    assert many.band("units_unmet") == pytest.approx((low, high))
    day = many.draws.daily[many.draws.daily["day"] == 60].sort_values("stock")["stock"].to_numpy(dtype=float)
    lines = many.draws.fan
    line = lines[(lines["day"] == 60) & (lines["quantile"] == 0.5)]["stock"].item()
    assert line == (day[5] + day[6]) / 2  # place 6.5
    assert set(many.draws.unknowns["unknown"]) == set(RANGES)
    page = many.page()
    assert "How sure these figures are" in page and "12 draws of 3 unknowns and of luck" in page


def test_a_single_run_takes_what_is_written_in_every_replication(write: Write) -> None:
    file = write()
    certain = write("certain", uncertain={})
    one, other = (sim.run(path, replication=3, twin=False).metrics["units_unmet"].value for path in (file, certain))
    assert one == other
    with pytest.raises(ScenarioError, match="expected written or drawn"):
        sim.run(file, unknowns="mean")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("n", "wide", "half"), [(2, False, False), (3, False, True), (8, False, True), (9, True, True)]
)
def test_no_band_of_days_is_given_from_too_few_draws(n: int, wide: bool, half: bool) -> None:
    """As for the measures; the lowest and the highest draw are always there, and make the wide band of the picture."""
    labels = {"scenario": "s", "strategy": "t", "product": "p"}
    days = pd.DataFrame([
        labels | {"replication": k, "day": day} | dict.fromkeys(("unmet", "twin_unmet", "served", "stock"), day + k)
        for k in range(n) for day in range(2)
    ])  # fmt: skip
    table = fan(days).pivot(index="day", columns="quantile", values="stock")
    assert table[0.0].tolist() == [0, 1] and table[1.0].tolist() == [n - 1, n]
    for low, high, given in ((0.1, 0.9, wide), (0.25, 0.75, half)):
        assert table[[low, high]].notna().all(axis=None) == given and table[[low, high]].isna().all(axis=None) != given
    if wide:  # places 1 and 9 of 9
        assert (table[0.1] == table[0.0]).all() and (table[0.9] == table[1.0]).all()
    ends = [band[:2] for band in fan_chart.bands(table)]
    assert ends == [(0.1, 0.9) if wide else (0.0, 1.0), *([(0.25, 0.75)] if half else [])]


def test_no_band_is_given_from_too_few_draws() -> None:
    """A band of share s takes (n + 1)(1 - s) / 2 >= 1: nine draws for 80 %, three for 50 %."""

    def band(n: int) -> dict[str, float]:
        rows = {"scenario": "s", "strategy": "t", "measure": "units_unmet", "breakdown": "all", "value": range(n)}
        found: dict[str, float] = bands(pd.DataFrame(rows)).iloc[0].to_dict()
        return found

    nine, eight, two = band(9), band(8), band(2)
    assert (nine["low_80"], nine["high_80"]) == (0, 8)
    assert np.isnan([eight["low_80"], eight["high_80"], two["low_50"], two["high_50"]]).all()
    assert (eight["low_50"], eight["high_50"]) == (1.25, 5.75)  # places 2.25 and 6.75
    assert (two["median"], two["lowest"], two["highest"]) == (0.5, 0, 1)


def test_what_is_drawn_is_not_drawn_again(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, out = write(), tmp_path / "out"
    one = sim.run_many(file, replications=3, workers=1, out=out)
    asked: list[int] = []
    real = replicate.run_task
    monkeypatch.setattr(
        replicate.replicate, "__defaults__", (None, lambda task: (asked.append(task.runs), real(task))[1])
    )
    two = sim.run_many(file, replications=4, workers=1, out=out)
    assert sum(asked) == 2  # the fourth, by two draws of luck
    pd.testing.assert_frame_equal(
        two.draws.rows[two.draws.rows["replication"] < 3].reset_index(drop=True), one.draws.rows
    )


def test_where_nothing_is_uncertain_the_bands_are_of_luck(write: Write) -> None:
    many = sim.run_many(write(uncertain={}), replications=3, workers=1, measures=["units_unmet"])
    assert many.draws.again.empty and many.draws.variance.empty
    assert "take every figure as certain" in many.text()


def test_the_command_says_what_was_found(write: Write, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["run", str(write()), "-n", "4", "-w", "1", "--set", f"{BAN}=30d", "--out", str(out)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    assert f"'{BAN}' is uncertain in the scenario; it is set here ('30d'), so it is not drawn" in done.output
    assert "4 draws of 2 unknowns and of luck" in done.output and (out / "report.html").is_file()
    assert json.loads((out / "manifest.json").read_text())["question"] == "replications"
    assert "does not go with --replications" in CliRunner().invoke(cli, [*words, "--json"]).output


def test_a_failed_draw_says_what_was_drawn(write: Write) -> None:
    """Each end makes a scenario by itself, but not a smallest lot above the largest."""
    ranges = {"replenishment.0.max": "uniform(10d, 40d)", "replenishment.0.min": "uniform(5d, 30d)"}
    policies = [
        {"at": "facilities", "policy": "max_min", "max": "30d", "min": "10d"},
        {"at": "warehouses", "policy": "base_stock", "level": "45d"},
    ]
    file = write(uncertain=ranges, replenishment=policies)
    many = sim.run_many(file, replications=30, workers=1, measures=["units_unmet"])
    loaded = load(file)
    fit = [
        float(v["replenishment.0.min"][:-1]) <= float(v["replenishment.0.max"][:-1])
        for v in (values_of(loaded, k) for k in range(30))
    ]
    assert 0 < fit.count(False) < 30
    assert {failure.replication for failure in many.draws.failures} == {k for k, good in enumerate(fit) if not good}
    assert all("as drawn (replenishment.0.max=" in failure.reason for failure in many.draws.failures)
    words = f"{plural(fit.count(False), 'draw')} could not be run and "
    assert words in many.text() and words in many.page()


def test_where_no_draw_can_be_run_there_are_no_bands(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(Unknowns, "plan", refuse)
    with pytest.raises(SimulationError, match=r"no draw could be run.*out of luck"):
        sim.run_many(write(), replications=2, workers=1, measures=["units_unmet"])


def test_a_band_is_told_only_of_enough_draws(write: Write) -> None:
    """The ends of a band of 80 % are in places 0.1 (n + 1) and 0.9 (n + 1): from nine draws on there is one. That of
    50 % has its ends in places (n + 1) / 4 and 3 (n + 1) / 4, so from three on."""
    assert [n for n in range(1, 12) if enough(n, 0.8)] == [9, 10, 11]
    assert [n for n in range(1, 5) if enough(n, 0.5)] == [3, 4]
    few, many = (sim.run_many(write(), replications=n, workers=1, measures=["units_unmet"]) for n in (8, 9))
    assert (
        "no band of four in five from so few draws; the 8 lie between" in few.text()
        and "four of five" not in few.text()
    )
    assert "too few draws" in few.page() and "The light band holds all 8 draws" in few.page()
    assert "in four of five draws" in many.text() and "too few" not in many.page()


STUDY = """
study: drawn
title: What is not known
scenarios: [scenario.yaml]
strategies: [none, {name: as-is}]
measures: [units_unmet, fill_rate]
replications: 6
end_is_enough: What happens later is not asked.
"""


def test_a_study_draws_what_its_scenarios_and_itself_say(write: Write, tmp_path: Path) -> None:
    write(uncertain={STOCK: "uniform(2d, 30d)"})
    study = tmp_path / "study.yaml"
    study.write_text(STUDY + f"uncertain: {{{BAN}: 'uniform(20d, 90d)', {STOCK}: ['3d', '4d']}}\n", encoding="utf-8")
    result = sim.run_study(study, tmp_path / "out", workers=1)
    loaded = result.design.loaded[result.design.scenarios[0], "as-is"]
    assert set(loaded.document.uncertain) == {BAN, STOCK} and loaded.spec.uncertain[STOCK].ends == ("3d", "4d")
    for strategy in ("none", "as-is"):
        other = result.design.loaded[result.design.scenarios[0], strategy]
        assert values_of(other, 4) == values_of(loaded, 4)
    rows = result.replications[
        (result.replications["measure"] == "units_unmet") & (result.replications["strategy"] == "as-is")
    ]
    by_hand = sim.run(loaded.path, overrides=values_of(loaded, 4), replication=4, twin=False)
    assert rows.set_index("replication")["value"][4] == by_hand.metrics["units_unmet"].value
    assert set(result.unknowns["unknown"]) == {BAN, STOCK} and set(result.variance["strategy"]) == {"none"}
    told = sim.query(tmp_path / "out", "SELECT count(*) AS n FROM replications")["n"].item()
    assert told == len(result.kept)  # other luck is no draw of its own
    assert sim.query(tmp_path / "out", "SELECT DISTINCT strategy FROM luck")["strategy"].tolist() == ["none"]
    brief = sim.ask.brief(study, tmp_path / "out", workers=1)
    assert brief.robustness is not None and set(brief.robustness["value"]) == {"", "20d", "90d", "3d", "4d"}
    page = brief.html.read_text(encoding="utf-8")
    assert "luck and not knowing" in page and "of what is not known, each by two of luck" in page


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            "parameters: {disruptions.ban.for: [20d, 90d]}",
            "unknown key 'parameters' in the study; expected 'uncertain'",
        ),
        ("uncertain: {disruptions.ban.for: 'uniform(20, 90)'}", "would be 20.0"),
        ("uncertain: {disruptions.ban.fro: 'uniform(20d, 90d)'}", "disruptions.ban"),
        ("uncertain: {reserves.national.size: 'uniform(20d, 90d)'}", "strategy 'none' sets"),
    ],
)
def test_a_study_tells_at_its_line_what_does_not_fit(write: Write, tmp_path: Path, more: str, words: str) -> None:
    write()
    study = tmp_path / "study.yaml"
    study.write_text(f"{STUDY}{more}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        sim.run_study(study, tmp_path / "out", workers=1)
    assert words in str(error.value), str(error.value)


def test_a_strategy_of_a_study_cannot_set_what_is_uncertain(write: Write, tmp_path: Path) -> None:
    write()
    study = tmp_path / "study.yaml"
    strategies = f"strategies: [none, {{name: more, set: {{{STOCK}: 90d}}}}]"
    study.write_text(STUDY.replace("strategies: [none, {name: as-is}]", strategies), encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        sim.run_study(study, tmp_path / "out", workers=1)
    assert f"{study}:5: strategy 'more' sets what is uncertain" in str(error.value)


def test_questions_take_the_ranges(write: Write) -> None:
    found = sim.ask.sensitivity(write(), replications=2, workers=1)
    assert dict(zip(found.table["parameter"], found.table["high"], strict=True)) == {
        STOCK: "30d",
        BAN: "90d",
        "suppliers.maker.ramp_up": "30d",
    }
    tipping = sim.ask.tipping(write(), parameter=BAN, target="units_unmet<=0", replications=2, workers=1)
    assert (tipping.parameter.low, tipping.parameter.high) == (20, 90)
    with pytest.raises(ScenarioError, match="what is split cannot be drawn"):
        sim.ask.split(
            write(uncertain={"reserves.national.release.after": "uniform(1d, 9d)"}), over="national", budget=1000
        )


@pytest.mark.slow
def test_bands_of_forty_draws_hold_what_comes_next(tmp_path: Path) -> None:
    """Of a crisis with known ranges: sixty clinics that nobody supplies, each with stock and demand of its own that are
    not known; five seeds. Each of the 300 points is a further draw of a clinic's unmet demand, against the 80 % band of
    forty draws of the same clinic; points are independent, since every clinic's figures have streams of their own.

    A next draw lies in the band with a probability of 80 %, so the share of 300 has the sd sqrt(0.8 x 0.2 / 300) =
    2.3 %; three of them make 73 to 87 %.
    """
    clinics = [f"clinic-{k:02d}" for k in range(60)]
    whole: dict[str, Any] = {
        "scenario": "cut-off", "title": "No supply", "start": "2024-01-01", "end": "2024-02-10",
        "products": {"p": {"unit": "box"}}, "suppliers": {"maker": {"makes": {"p": {}}}},
        "facilities": {name: {} for name in clinics}, "lanes": [{"from": "maker", "to": "facilities", "time": "60d"}],
        "demand": [{"at": name, "product": "p", "per_day": 200} for name in clinics],
        "replenishment": [{"at": "facilities", "policy": "base_stock", "level": "70d"}],
        "stock": [{"at": name, "on_hand": "10d"} for name in clinics],
    }  # fmt: skip
    whole["uncertain"] = {f"demand.{k}.per_day": "lognormal(200, 50)" for k in range(60)}
    whole["uncertain"] |= {f"stock.{k}.on_hand": "triangular(2d, 10d, 25d)" for k in range(60)}
    held = 0
    for seed in range(5):
        file = tmp_path / f"{seed}.yaml"
        file.write_text(yaml.safe_dump(whole | {"seed": seed}), encoding="utf-8")
        unknowns = Unknowns(load(file))
        unmet = np.array([unmet_by_clinic(unknowns, draw) for draw in range(41)])
        bands = next_below(unmet[:40].T, [0.1, 0.9])
        held += int(((bands[:, 0] <= unmet[40]) & (unmet[40] <= bands[:, 1])).sum())
    assert 0.73 <= held / 300 <= 0.87


def unmet_by_clinic(unknowns: Unknowns, draw: int) -> np.ndarray:
    """Units unmet of each clinic in a draw of everything that is not known, and of luck."""
    daily = daily_table(simulate(unknowns.plan(draw), replication=draw, detail="none"))
    return daily[daily["kind"] == "facility"].groupby("site", observed=True)["unmet"].sum().to_numpy()
