"""The daily table: of all sites, of some or of none, and written in parts."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.errors import ScenarioError
from sim.report.folder import write_parts
from sim.report.tables import daily_parts
from sim.scenario.national import National, write_national
from tests.bad.calls import typed
from tests.cli.calls import STARTER, files


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with its words as words, not as categories of one table or another, and dates as Parquet keeps them."""
    words = ["site", "product", "kind", "country", "region"]
    return frame.astype(dict.fromkeys(words, str) | {"date": "datetime64[ms]"}).reset_index(drop=True)


@pytest.mark.parametrize(
    ("wanted", "sites"),
    [("store", {"store"}), (["clinic-c", "coast"], {"clinic-a", "clinic-c", "store"}), ("suppliers", {"maker"})],
)
def test_the_days_of_some_sites_are_those_of_the_whole_table(wanted: str | list[str], sites: set[str]) -> None:
    whole, some = sim.run(STARTER, daily=True), sim.run(STARTER, daily=wanted)
    mine = whole.daily[whole.daily["site"].isin(sites)]
    pd.testing.assert_frame_equal(plain(some.daily), plain(mine))
    assert some.metrics == whole.metrics


def test_no_days_are_kept_where_none_are_wanted(tmp_path: Path) -> None:
    run = sim.run(STARTER, daily="none", twin=False)
    with pytest.raises(ValueError, match="kept no daily table"):
        _ = run.daily
    assert "daily.parquet" not in files(run.save(tmp_path / "out", report=False))


def test_an_unknown_site_is_told_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match=r"daily: unknown site \(got 'clinic-d'\).*did you mean 'clinic-"):
        sim.run(STARTER, daily=["store", "clinic-d"])


def test_the_command_keeps_the_sites_that_are_named(tmp_path: Path) -> None:
    words = ["--no-report", "-q", "--daily", "store, clinic-a", "-o", "out"]
    assert typed(["tideover", "run", str(STARTER), *words], tmp_path).code == 0
    kept = pd.read_parquet(tmp_path / "out" / "daily.parquet")
    assert set(kept["site"].unique()) == {"store", "clinic-a"}
    outcome = typed(["tideover", "run", str(STARTER), "--daily", "stoer"], tmp_path)
    assert outcome.code == 2 and "did you mean 'store'" in outcome.printed


def test_a_table_too_large_is_left_out_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.api.DAILY_FITS", 1_000)
    run = sim.run(STARTER, twin=False)
    assert run.outcome.record.table is None
    assert any("--daily" in str(note) for note in run.loaded.notes)
    assert sim.run(STARTER, twin=False, daily="all").outcome.record.table is not None


def test_the_parts_are_the_whole(tmp_path: Path) -> None:
    run = sim.run(STARTER, twin=False)
    rows = len(run.daily) // 5
    write_parts(tmp_path / "daily.parquet", daily_parts(run.outcome, rows))
    assert pq.ParquetFile(tmp_path / "daily.parquet").num_row_groups >= 5
    pd.testing.assert_frame_equal(plain(pd.read_parquet(tmp_path / "daily.parquet")), plain(run.daily))


def test_writing_the_table_takes_no_more_memory_for_more_days(tmp_path: Path) -> None:
    """Parts of one size: four times the days are four times the parts, and the peak stays (a tenth for chance)."""
    peaks = []
    for days in (50, 200):
        path = write_national(tmp_path / f"days{days}.yaml", National(200, 4, 4, days))
        outcome = sim.run(path, twin=False, detail="none").outcome
        tracemalloc.start()
        for part in daily_parts(outcome, 8_000):
            assert len(part) <= 8_000
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
