"""Runs or strategies side by side: nothing is better for certain from one draw, nor where draws do not tell."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import sim
from sim.ask import Comparison
from sim.ask.many import Many
from sim.cli import cli
from sim.errors import ScenarioError
from sim.model.goods.counted import in_plural
from sim.report.compare.words import percent
from sim.study.infer.side_by_side import ALIKE, APART, BETTER, UNKNOWN, WORSE, side_by_side
from tests.cli.calls import STARTER

SHORT = {"end": "2024-05-20", "warm_up": "20d"}
ONES = "end=2024-05-20, warm_up=20d"


def rows(values: dict[str, list[float]], measure: str = "units_unmet") -> pd.DataFrame:
    """Rows of a study with one measure in all."""
    return pd.DataFrame([
        {"scenario": "", "strategy": letter, "replication": k, "measure": measure, "breakdown": "all", "group": "",
         "value": value, "twin": float("nan")}
        for letter, draws in values.items() for k, value in enumerate(draws)
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "first", "second", "verdict"),
    [
        # paired differences -10, -11, … -14: their mean is 12 of its standard errors (0.707) and more from none
        ("units_unmet", [20, 30, 40, 50, 60], [10, 19, 28, 37, 46], BETTER),
        ("fill_rate", [0.2, 0.3, 0.4, 0.5, 0.6], [0.1, 0.19, 0.28, 0.37, 0.46], WORSE),
        # +10 and -10 by turns: the mean is none
        ("units_unmet", [20, 30, 40, 50], [30, 20, 50, 40], APART),
        ("units_unmet", [20, 30, 40], [20, 30, 40], ALIKE),
        # two draws, one better by 1 and one by 9: t = 5 / 4 with one degree of freedom, p = 0.43
        ("units_unmet", [20, 30], [19, 21], APART),
        ("units_unmet", [20], [19], BETTER),  # in this one draw
        ("units_unmet", [20], [20], ALIKE),
        ("units_unmet", [20], [float("nan")], UNKNOWN),
        ("units_demanded", [20], [19], "lower"),  # neither more nor less of it is better
    ],
)
def test_a_verdict_says_no_more_than_the_draws(
    measure: str, first: list[float], second: list[float], verdict: str
) -> None:
    table = side_by_side(rows({"A": first, "B": second}, measure), ["A", "B"])
    (row,) = table.to_dict("records")
    assert row["verdict"] == verdict
    pairs = [b - a for a, b in zip(first, second, strict=True) if a == a and b == b]
    assert (row["more"], row["fewer"]) == (sum(d > 0 for d in pairs), sum(d < 0 for d in pairs))
    if len(first) == 1:
        assert row["low"] != row["low"] and row["high"] != row["high"]  # no interval of one draw


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter, and two runs of it."""
    place = tmp_path_factory.mktemp("beside")
    (place / "starter.yaml").write_text(STARTER.read_text(encoding="utf-8"), encoding="utf-8")
    for name, strategy in (("one", "none"), ("two", "double")):
        sim.run(place / "starter.yaml", strategy, overrides=SHORT).save(place / name, report=False)
    return place


@pytest.fixture(scope="module")
def many(folder: Path) -> Comparison:
    return sim.compare(
        folder / "starter.yaml", strategies=["none", "as-is", "double"], overrides=SHORT, replications=3, workers=1
    )


def test_two_runs_are_told_as_one_draw(folder: Path) -> None:
    found = sim.compare(folder / "one", folder / "two", out=folder / "both")
    one, two = (json.loads((folder / name / "metrics.json").read_text())["overall"] for name in ("one", "two"))
    row = found.table.set_index(["measure", "breakdown"]).loc[("units_unmet", "all")]
    assert (row["against_mean"], row["mean"]) == (one["units_unmet"]["value"], two["units_unmet"]["value"])
    assert row["difference"] == two["units_unmet"]["value"] - one["units_unmet"]["value"] < 0
    assert found.table[["low", "high"]].isna().all(axis=None) and "One draw tells what could happen" in found.text()
    assert "better in this draw" in found.text() and "95 %" not in found.page()
    assert found.changes == [("reserves.national.size", ["0d", "40d"])]
    assert found.beside.short and "still short" in found.text() and "lower limits" in found.text()
    page = (folder / "both" / "compare.html").read_text(encoding="utf-8")
    assert page == found.page() and page.index("Better under B so far, in this draw") < page.index("What was changed")
    assert "src=" not in page and 'href="http' not in page
    assert len(pd.read_csv(folder / "both" / "compare.csv")) == len(found.table)


def test_strategies_are_compared_on_the_same_draws(many: Comparison, folder: Path) -> None:
    table = many.table[(many.table["measure"] == "units_demanded") & (many.table["breakdown"] == "all")]
    assert table["verdict"].tolist() == [ALIKE, ALIKE]  # the same demand in every draw
    assert many.table["n"].max() == 3 and set(many.table["strategy"]) == {"B", "C"}
    # draws in all are the days' sums
    days = many.beside.days.groupby(["strategy", "replication"])["unmet"].sum()
    rows = many.beside.rows
    told = rows[(rows["measure"] == "units_unmet") & (rows["breakdown"] == "all")]
    assert told.set_index(["strategy", "replication"])["value"].to_dict() == days.astype(float).to_dict()
    page = many.page()
    assert "the mean of 3 draws" in page and "Priority 1" in page and "Draws higher / lower" in page
    assert "C against A" in page and 'aria-label="Week by week: saline-bag"' in page


def test_folders_of_many_draws_are_compared_draw_by_draw(
    many: Comparison, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What their comparison says is what the comparison of the strategies on the same draws says."""
    monkeypatch.setattr(Many, "page", lambda _: "")  # whose pictures are not looked at here
    for name, strategy, draws in (("a", "none", 3), ("b", "double", 4)):
        sim.run_many(
            folder / "starter.yaml", strategy, overrides=SHORT, replications=draws, workers=1, out=folder / name
        )
    found = sim.compare(folder / "a", folder / "b")
    keys = ["measure", "breakdown", "group"]
    same = many.table[many.table["strategy"] == "C"].set_index(keys)
    table = found.table.set_index(keys)
    common = table.index.intersection(same.index)
    assert len(common) == len(same) == len(table)
    for column in ("mean", "against_mean", "difference", "n", "verdict", "more", "fewer"):
        assert table.loc[common, column].equals(same.loc[common, column]), column
    assert found.beside.draws == 3 and "Not all have as many draws: the first 3" in found.page()
    assert found.lines()[0] == f"A: my-scenario, strategy none, with {ONES} ({folder / 'a'})"
    assert found.changes == [("reserves.national.size", ["0d", "40d"])]
    with pytest.raises(ScenarioError, match="one is a single run, the other 3 draws"):
        sim.compare(folder / "one", folder / "a")
    manifest = folder / "b" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"seed": 99}))
    with pytest.raises(ScenarioError, match="different seeds"):
        sim.compare(folder / "a", folder / "b")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"end": "2024-05-01"}, "different spans of time"),
        ({"products": {"gauze": "roll"}}, "no product in common"),
        ({"products": {"saline-bag": "box"}}, "no product in common that is counted in the same unit"),
    ],
)
def test_what_cannot_be_compared_at_all_is_refused(change: dict[str, object], told: str, folder: Path) -> None:
    manifest = folder / "two" / "manifest.json"
    before = manifest.read_text()
    manifest.write_text(json.dumps(json.loads(before) | change))
    try:
        with pytest.raises(ScenarioError, match=told):
            sim.compare(folder / "one", folder / "two")
    finally:
        manifest.write_text(before)


def test_only_what_runs_have_in_common_is_compared(folder: Path) -> None:
    manifest = folder / "two" / "manifest.json"
    before = manifest.read_text()
    manifest.write_text(
        json.dumps(
            json.loads(before) | {"products": {"saline-bag": "bag", "gauze": "roll"}, "currency": "EUR", "seed": 8}
        )
    )
    try:
        found = sim.compare(folder / "one", folder / "two")
    finally:
        manifest.write_text(before)
    assert set(found.table["breakdown"]) == {"product"} and set(found.table["group"]) == {"saline-bag"}
    assert [line.split(":")[0] for line in found.beside.apart] == ["gauze", "costs"]
    assert "luck differs" in found.page() and "Cannot be compared:" in found.page()


def test_the_command_keeps_its_page_and_tells_what_cannot_be(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(cli, ["compare", "one", "two"])
    assert done.exit_code == 0, done.exception
    assert done.stdout.splitlines()[-1] == "Comparison: reports/compare-one-two/compare.html"
    assert "comparison of one and two" in (folder / "reports" / "compare-one-two" / "tideover.json").read_text()
    for words, told in (
        (["one"], "this many cannot be set side by side"),
        (["one", "one"], "the same one is there twice"),
        (["one", "nowhere"], "there is no such folder"),
        (["one", "reports/compare-one-two"], "not of a run"),
        (["starter.yaml", "--strategies", "none,dubble"], "dubble"),
        (["one", "two", "-n", "5"], "made already"),
    ):
        refused = CliRunner().invoke(cli, ["compare", *words]).exception
        assert isinstance(refused, ScenarioError) and told in str(refused), words


def test_words_do_not_round_a_loss_away() -> None:
    assert [percent(share) for share in (0.9996, 0.0, 1.0, 0.867, 0.99999)] == [
        "99.96 %",
        "0 %",
        "100 %",
        "86.7 %",
        "99.999 %",
    ]
    assert [in_plural(unit) for unit in ("bag", "box of 50 pairs", "vial")] == ["bags", "boxes of 50 pairs", "vials"]
