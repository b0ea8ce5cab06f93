"""What is uncertain in a scenario: where it may stand, what wins over it, and what a single run takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import sim
from sim.errors import ScenarioError
from sim.scenario.drawing import drawn, shares_of, values_of
from sim.scenario.load import load

ROOT = Path(__file__).resolve().parents[2]
STARTER = yaml.safe_load((ROOT / "sim" / "scenario" / "starter.yaml").read_text(encoding="utf-8"))
STOCK = "suppliers.maker.makes.saline-bag.finished_stock"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the starter with further sections; returns the file."""

    def make(**sections: Any) -> Path:
        file = tmp_path / "scenario.yaml"
        file.write_text(yaml.safe_dump(STARTER | sections, sort_keys=False), encoding="utf-8")
        return file

    return make


def problems(file: Path, **given: Any) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        sim.validate(file, **given)
    return [str(problem) for problem in error.value.problems]


def line_of(file: Path, text: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(k for k, line in enumerate(lines, start=1) if text in line)


def test_a_single_run_takes_the_value_that_is_written(write: Write) -> None:
    loaded = load(write(uncertain={STOCK: "uniform(20d, 90d)"}))
    assert loaded.spec.suppliers["maker"].makes["saline-bag"].finished_stock.days == 7  # type: ignore[union-attr]


def test_a_single_run_takes_the_median_where_none_is_written(write: Write) -> None:
    loaded = load(write(uncertain={"suppliers.maker.ramp_up": "uniform(2d, 10d)"}))
    assert loaded.spec.suppliers["maker"].ramp_up == 6
    assert [(o.path, o.new, o.by) for o in loaded.document.overrides] == [
        ("suppliers.maker.ramp_up", "6d", "uncertain")
    ]


def test_each_replication_has_its_values_and_nothing_else_changes(write: Write) -> None:
    loaded = load(write(uncertain={STOCK: "uniform(20d, 90d)", "disruptions.ban.for": ["60d", "75d"]}))
    seen = set()
    for replication in range(30):
        spec, values = drawn(loaded, replication).spec, values_of(loaded, replication)
        stock = spec.suppliers["maker"].makes["saline-bag"].finished_stock
        assert f"{stock.days:g}d" == f"{float(values[STOCK][:-1]):g}d" and 20 <= stock.days <= 90  # type: ignore[union-attr]
        seen.add(values["disruptions.ban.for"])
        assert spec.reserves == loaded.spec.reserves and spec.demand is loaded.spec.demand
    assert seen == {"60d", "75d"}


def test_what_is_set_wins_over_the_range_with_a_note(write: Write) -> None:
    file = write(uncertain={STOCK: "uniform(20d, 90d)", "demand.0.per_day": "uniform(70, 90)"})
    for path in (STOCK, "suppliers.maker.makes.saline-bag"):
        value: Any = "33d" if path == STOCK else {"capacity": 400, "finished_stock": "33d"}
        loaded = load(file, overrides={path: value})
        assert list(values_of(loaded, 3)) == ["demand.0.per_day"]
        assert drawn(loaded, 3).spec.suppliers["maker"].makes["saline-bag"].finished_stock.days == 33  # type: ignore[union-attr]
        assert ["not drawn" in note.message for note in loaded.notes] == [True]


@pytest.mark.parametrize(
    "strategies",
    [
        {"more": {STOCK: "60d"}},
        {"more": {"suppliers.maker.makes.saline-bag": {"finished_stock": "60d"}}},
        {"more": {"suppliers.maker.makes": {"_replace_": True, "saline-bag": {"finished_stock": "60d"}}}},
        {"part": {STOCK: "60d"}, "more": {"also": "part"}},
    ],
)
def test_a_strategy_cannot_set_what_is_uncertain(write: Write, strategies: Mapping[str, Any]) -> None:
    file = write(uncertain={STOCK: "uniform(20d, 90d)"}, strategies=strategies)
    found = problems(file)
    range_line = line_of(file, f"{STOCK}: uniform")
    assert all(f"which is uncertain ({file}, line {range_line})" in problem for problem in found)
    assert all(problem.startswith(f"{file}:") and "not both" in problem for problem in found)


def test_a_strategy_cannot_change_a_range(write: Write) -> None:
    file = write(uncertain={STOCK: "uniform(20d, 90d)"}, strategies={"more": {f"uncertain.{STOCK}": "uniform(1d, 2d)"}})
    assert "the same for all strategies" in problems(file)[0]


@pytest.mark.parametrize(
    ("uncertain", "words"),
    [
        ({"suppliers.makr.ramp_up": "uniform(1d, 2d)"}, "did you mean 'maker'"),
        ({"suppliers.maker.ramp_upp": "uniform(1d, 2d)"}, "did you mean 'ramp_up'"),
        ({STOCK: "unifrm(1d, 2d)"}, "one of uniform"),
        ({STOCK: ["7d", "week"]}, "would be 'week'"),
        ({"demand.0.per_day": "uniform(80d, 90d)"}, "a plain number"),
        ({"demand.0.per_day": "uniform(80%, 90%)"}, "a plain number"),
        ({"lanes.0.capacity": "uniform(0, 90)"}, "would be 0.0"),
        (
            {"suppliers.maker.makes.saline-bag.yield": "uniform(90%, 120%)"},
            "got '105%'",
        ),  # nothing is written: the median
        ({"disruptions.ban.country": ["IN", "XX"]}, "would be 'XX'"),
        ({"demand.0.at": ["facilities", "hospitals"]}, "would be 'hospitals'"),  # which only the network can tell
        ({"end": "uniform(2024-06-01, 2024-07-01)"}, "cannot be drawn"),
        ({"suppliers.maker": "uniform(1, 2)"}, "mapping"),
        ({STOCK: "uniform(1d, 2d)", "suppliers.maker.makes": ["a", "b"]}, "one range for a value"),
    ],
)
def test_a_range_that_does_not_fit_is_told_at_its_line(write: Write, uncertain: dict[str, Any], words: str) -> None:
    file = write(uncertain=uncertain)
    found = problems(file)
    assert any(words in problem for problem in found), found
    assert all(
        problem.startswith(f"{file}:") and int(problem.split(":")[1]) >= line_of(file, "uncertain:")
        for problem in found
    )


@pytest.mark.parametrize(
    ("correlated", "words"),
    [
        ([{"paths": [STOCK, "demand.0.per_day"], "rho": 1.2}], "at most 1"),
        ([{"paths": [STOCK, "demand.0.per"], "rho": 0.2}], "did you mean 'demand.0.per_day'"),
        ([{"paths": [STOCK, STOCK], "rho": 0.2}], "twice"),
        ([{"paths": [STOCK, "demand.0.per_day", "disruptions.ban.for"], "rho": -0.6}], "at least -0.5 for 3"),
        ([{"paths": [STOCK, "demand.0.per_day"], "rho": 0.1}, {"paths": [STOCK, "disruptions.ban.for"], "rho": 0.1}],
         "in two groups"),
    ],
)  # fmt: skip
def test_a_group_that_does_not_fit_is_told(write: Write, correlated: list[Any], words: str) -> None:
    ranges = {STOCK: "uniform(1d, 9d)", "demand.0.per_day": "uniform(70, 90)", "disruptions.ban.for": ["60d", "75d"]}
    assert any(words in problem for problem in problems(write(uncertain=ranges, correlated=correlated)))


@pytest.mark.parametrize("rho", [0.6, -0.5, 1.0])
def test_a_group_is_correlated_as_it_says(write: Write, rho: float) -> None:
    paths = [STOCK, "demand.0.per_day", "suppliers.maker.ramp_up"]
    ranges = {
        STOCK: "uniform(1d, 9d)",
        "demand.0.per_day": "lognormal(80, 10)",
        "suppliers.maker.ramp_up": "uniform(0d, 9d)",
    }
    loaded = load(write(uncertain=ranges, correlated=[{"paths": paths, "rho": rho}]))
    from scipy.special import ndtri

    scores = np.array([[ndtri(shares_of(loaded, k)[path]) for path in paths] for k in range(2000)])
    found = np.corrcoef(scores.T)[np.triu_indices(3, 1)]
    # the sd of a correlation of n normal pairs is (1 - rho^2) / sqrt(n); each must be within four of them
    assert np.abs(found - rho).max() <= 4 * (1 - rho**2) / np.sqrt(2000) + 1e-9
    # each by itself is as uniform as before: the largest gap between 2000 draws and the diagonal (Kolmogorov) is below
    # 1.95 / sqrt(n) in 999 of 1000 samples
    for k in range(3):
        shares = np.sort([shares_of(loaded, draw)[paths[k]] for draw in range(2000)])
        assert np.abs(shares - (np.arange(2000) + 0.5) / 2000).max() < 1.95 / np.sqrt(2000)


def test_a_later_file_may_give_another_range(write: Write, tmp_path: Path) -> None:
    write(uncertain={STOCK: "uniform(20d, 90d)"})
    child = tmp_path / "child.yaml"
    child.write_text(yaml.safe_dump({"scenario": "c", "extends": "scenario.yaml", "uncertain": {STOCK: ["1d", "2d"]}}))
    assert values_of(load(child), 0)[STOCK] in ("1d", "2d")
    assert values_of(load(child, overrides={f"uncertain.{STOCK}": ["3d", "4d"]}), 0)[STOCK] in ("3d", "4d")


def test_assumed_figures_of_weight_without_a_range_are_named(write: Write) -> None:
    notes = [note.message for note in sim.validate(write()).notes]
    notes = [note for note in notes if "without a range" in note]
    assert len(notes) == 1 and STOCK in notes[0] and "disruptions.ban.for" in notes[0]
    source = {"source": "illustration", "status": "reported"}
    sourced = ("suppliers.maker.makes.saline-bag.capacity", "replenishment", "disruptions.outbreak")
    told = sim.validate(write(
        uncertain={STOCK: "uniform(1d, 9d)", "disruptions.ban.for": ["60d", "75d"]},
        evidence=dict.fromkeys(sourced, source),
    )).notes  # fmt: skip
    assert not any("without a range" in note.message for note in told)
