"""Rations are told: in the journal, the table, the report, in `why` and as metrics."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.engine.run import Running
from sim.model.part import parts_of
from sim.report.figures.events import timeline
from sim.report.run.facts import Facts
from sim.report.run.reasons.happenings import happenings
from tests.property.running import plan_of, run
from tests.textbook.test_rationing import OUTAGE, below, world


@pytest.fixture(scope="module")
def half() -> sim.Run:
    """A maker deals out half for 60 days, and its depot passes on half."""
    return run(below(), detail="full", daily=True)


def test_the_journal_tells_begin_change_and_end_with_the_figures() -> None:
    expected = {"for": "60d", "revised": [{"after": "20d", "for": "90d"}]}
    events = run(world({}, disruptions=[OUTAGE | {"for": "90d", "expected": expected}])).events
    told = events[events["event"].str.startswith("ration")]
    assert list(zip(told["day"], told["event"], told["units"], strict=True)) == [
        (0, "ration_begins", 300), (20, "ration_changed", 200), (90, "ration_ends", 10)
    ]  # fmt: skip
    assert told["cause"].iloc[0] == "50% of usual orders, to last until 2001-03-02: 300 units there, 0 to come"
    assert told["cause"].iloc[1] == "29% of usual orders, to last until 2001-04-01: 200 units there, 0 to come"


def test_without_an_expected_end_that_is_said() -> None:
    outage = {key: value for key, value in OUTAGE.items() if key != "expected"}
    events = run(world({"horizon": "50d"}, disruptions=[outage])).events
    words = events.loc[events["event"] == "ration_changed", "cause"].iloc[0]
    assert "no end being expected" in words


def test_the_table_has_who_from_when_what_share_and_on_what_expectation(half: sim.Run) -> None:
    first = half.rations[half.rations["site"] == "depot"].iloc[0]
    assert (first["day"], first["product"], first["share"], first["stock"]) == (0, "p", 0.5, 0)
    assert first["coming"] == 300 and str(first["expected_back"].date()) == "2001-03-02" == str(
        first["lasts_until"].date()
    )


def test_site_days_under_ration_and_the_lowest_share_are_metrics(half: sim.Run) -> None:
    """The clinic has less than usual on 60 days, half of it; the depot is no facility."""
    assert half.metrics["ration_days"].value == 60 and half.metrics["lowest_ration"].value == 0.5
    usual = run(world())
    assert usual.metrics["ration_days"].value == 0 and usual.metrics["lowest_ration"].value is None


def test_why_names_who_rationed_and_by_what_reckoning(half: sim.Run) -> None:
    text = half.why("clinic", "p", 30).text()
    assert "depot rationed from 1 January 2001 on: 50% of usual orders, to last until 2001-03-02" in text


def test_the_report_shows_rations_in_events_timeline_and_a_table(half: sim.Run, tmp_path: Path) -> None:
    facts = Facts(half.loaded, half.outcome, None, half.metrics)
    told = {(h.what, h.where, h.day) for h in happenings(facts)}
    assert {("Rationing begins", "maker", 0), ("Rationing begins", "depot", 0), ("Rationing over", "maker", 60)} <= told
    lanes = timeline.rationed(facts)
    assert [(lane.words, lane.spans) for lane in lanes] == [
        (f"{site} rations p (least 50% of usual orders)", [(0.0, 60.0)]) for site in ("depot", "maker")
    ]
    page = half.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Who dealt out what" in page and 'id="rations"' in page
    assert (half.save(tmp_path / "run", report=False) / "rations.parquet").exists()
    assert 'id="rations"' not in run(world()).report(tmp_path / "none.html").read_text(encoding="utf-8")


def test_a_run_in_which_nothing_is_written_has_no_part_for_it() -> None:
    running = Running(plan_of(world()), open_to_change=False)
    assert running.world.rationing is None and running.world.state.for_later is None
    assert not any("ration" in name for name in parts_of(running))
    assert run(world()).outcome.rations is None
