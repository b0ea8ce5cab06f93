"""The page on what people do in a shortage shows what its script found, and its files add what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import sim
from docs import make_mechanisms as made

ROOT = Path(__file__).resolve().parents[2]
LAID_OVER = ("scenario", "evidence", "sources", "uncertain", "correlated")
"""Sections in which a file differs from the crisis even where all mechanisms are off."""


def in_short(name: str, column: str) -> pd.DataFrame:
    """A crisis and one column, as the whole table has them."""
    found = made.rows(name, ["as-shipped", column])
    for other in made.COLUMNS:
        if other not in found:
            found[other] = np.nan
    return found


def test_the_page_has_the_tables_of_its_figures() -> None:
    page = (ROOT / made.PAGE).read_text(encoding="utf-8")
    assert made.page(page, pd.read_csv(ROOT / made.TABLE), pd.read_csv(ROOT / made.BANDS)) == page


@pytest.mark.parametrize(("name", "column"), [("ppe-2020", "all"), ("india-api-2020", "keep-shares")])
def test_the_figures_are_what_the_runs_give(name: str, column: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    kept = pd.read_csv(made.TABLE).query("crisis == @name").reset_index(drop=True)
    wanted = ["figure", "observed", "last", "naive", "as-shipped", column]
    found = in_short(name, column).round(4)
    pd.testing.assert_frame_equal(found[wanted], kept[wanted], check_dtype=False, atol=1e-4)
    assert (kept["as-shipped"] != kept[column]).any()


def test_draws_differ_and_are_counted_against_what_was_observed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = made.bands("ppe-2020", "as-shipped", number=2)
    assert found["n"] == 3 and 0 <= found["in_50"] <= found["in_80"] <= 3
    drawn = made.draws("ppe-2020", "as-shipped", 2)
    assert drawn.shape == (3, 2) and (drawn[:, 0] != drawn[:, 1]).any()


@pytest.mark.parametrize("name", list(made.CRISES))
def test_with_all_mechanisms_off_it_is_the_crisis_as_shipped(name: str) -> None:
    """So that a change of the shipped scenario is no change of only one of the two."""
    file = ROOT / made.FOLDER / f"{name}.yaml"
    bare, shipped = (sim.validate(path, strategy).document.data for path, strategy in
                     ((file, "as-shipped"), (ROOT / "scenarios" / "crises" / f"{name}.yaml", "none")))  # fmt: skip
    off = ("rationing", "use_levels", "buying_ahead")
    for key in {*bare, *shipped} - {*LAID_OVER}:
        assert bare.get(key, [] if key in off else None) == shipped.get(key, [] if key in off else None), key


@pytest.mark.parametrize("name", list(made.CRISES))
def test_every_mechanism_is_valid_and_every_figure_of_it_has_evidence(name: str) -> None:
    file = ROOT / made.FOLDER / f"{name}.yaml"
    laid = yaml.safe_load(file.read_text(encoding="utf-8"))
    there = {column for column in made.COLUMNS if column in laid["strategies"]}
    assert {"as-shipped", "buying-ahead", "all"} <= there
    for column in there:
        sim.validate(file, column)
    paths = set(laid["evidence"])
    ranges = {path.removeprefix("uncertain.") for path in paths if path.startswith("uncertain.")}
    assert ranges == set(laid.get("uncertain", {}))
    for section in ("rationing", "use_levels", "buying_ahead"):
        assert not laid.get(section) or any(path.startswith(f"{section}.0.") for path in paths), section
    makers = [f"suppliers.{maker}.makes.{product}.more" for maker, its in laid.get("suppliers", {}).items()
              for product in its["makes"]]  # fmt: skip
    assert set(makers) <= paths


def test_the_score_is_the_weighted_interval_score() -> None:
    """Median 10, 50 % [8, 12], 80 % [5, 15], seen 18: (8/2 + 0.25 (4 + 4 x 6) + 0.1 (10 + 10 x 3)) / 2.5 = 15 / 2.5."""
    assert made.score(np.array([[5.0, 8, 10, 12, 15]]), np.array([18.0])) == pytest.approx([6.0])
    assert made.score(np.array([[7.0, 7, 7, 7, 7]]), np.array([9.0])) == pytest.approx([2.0])  # a point: its distance


def test_persistence_spreads_by_what_it_has_seen() -> None:
    """10, 12, then 11: steps of 2 so far, so 10 or 14; after 11 steps of 1 or 2: within 9 and 13. No look ahead."""
    first, second = made.persistence(np.array([10.0, 12, 11, 99]))
    assert first[0] == 10 and first[-1] == 14
    assert second[0] == 9 and second[-1] == 13
    assert (made.persistence(np.array([10.0, 12, 11, 0])) == [first, second]).all()
