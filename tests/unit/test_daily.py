"""The daily table: of all sites, of some or of none, and written in parts."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.engine.books import books
from sim.engine.run import Running, simulate
from sim.engine.sizes import routine_events
from sim.errors import ScenarioError
from sim.model.vocabulary import EVENTS
from sim.report.run.as_tables.tables import daily_parts
from sim.report.run.folder import write_parts
from sim.scenario.national import National, write_national
from tests.bad.calls import typed
from tests.cli.calls import STARTER, files
from tests.property.running import plan_of


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


def test_a_journal_too_long_is_of_key_events_and_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sim.run(STARTER, twin=False)
    assert "departure" in set(whole.events["event"])
    assert not any("journal" in note.message for note in whole.loaded.notes)
    monkeypatch.setattr("sim.api.JOURNAL_FITS", 10)
    run = sim.run(STARTER, twin=False)
    routine = {event for event, entry in EVENTS.items() if entry.routine}
    assert not routine & set(run.events["event"]) and len(run.events)
    assert any("--journal full" in str(note) for note in run.loaded.notes)
    pd.testing.assert_frame_equal(sim.run(STARTER, twin=False, detail="full").events, whole.events)


THROUGH_A_PORT = """
scenario: port
title: One maker, one port, one clinic
start: 2024-01-01
end: 2024-01-29
products: {kit: {unit: kit}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
ports: {harbour: {country: KE}}
facilities: {clinic: {country: KE}}
lanes: [{from: maker, to: harbour, mode: sea, time: 1d}, {from: harbour, to: clinic, time: 1d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic}]
stock: [{at: clinic, on_hand: 130}]
replenishment: [{at: clinic, policy: base_stock, level: 20d, review: 7d}]
"""


def test_the_entries_of_a_journal_are_told_beforehand(tmp_path: Path) -> None:
    """Four weekly orders, each with two departures, two arrivals and the handling; all are there by the end."""
    (tmp_path / "port.yaml").write_text(THROUGH_A_PORT)
    run = sim.run(tmp_path / "port.yaml", twin=False)
    events = run.events["event"].value_counts()
    assert {name: events.get(name) for name in ("order", "departure", "port_arrival", "handled", "arrival")} == {
        "order": 4, "departure": 8, "port_arrival": 4, "handled": 4, "arrival": 4,
    }  # fmt: skip
    assert routine_events(run.outcome.plan) == 24


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


def test_a_daily_table_is_not_in_memory_twice_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are kept one by one, as in a large network, and joined at the end: with a table a run that is over has 8
    bytes a day, figure and cell more than without. With the days still there it would be twice as much."""
    monkeypatch.setattr(books, "BLOCK_BYTES", 1)
    plan = plan_of({
        "scenario": "wide", "title": "many sites", "start": "2024-01-01", "end": "2024-09-01",
        "products": {"kit": {"unit": "kit"}}, "suppliers": {"maker": {"makes": {"kit": {}}}},
        "facilities": {f"f{k}": {} for k in range(200)},
        "lanes": [{"from": "maker", "to": "facilities", "time": "2d"}],
        "demand": [{"at": "facilities", "product": "kit", "per_day": 5}],
        "replenishment": [{"at": "facilities", "policy": "base_stock", "level": "9d"}],
    })  # fmt: skip
    simulate(plan, detail="none", table=False)  # what is made once in a process
    found = []
    for table in (False, True):
        running = Running(plan, detail="none", table=table, series=())
        gc.collect()
        tracemalloc.start()
        try:
            outcome = running.resume()
            gc.collect()
            found.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
    assert outcome.record.table is not None
    bytes_of_table = plan.network.calendar.days * running.world.state.today.rows.nbytes
    assert 0.9 * bytes_of_table < found[1] - found[0] < 1.5 * bytes_of_table
