"""Why a site ran short: the chain leads from the stockout to what is behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import sim
from sim.cli import cli
from sim.errors import PlaceError

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
scenario: chain
title: A maker, a harbour, a store, a clinic
start: 2001-01-01
end: 2001-05-01
products: {kit: {unit: kit}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
ports: {harbour: {country: KE, handling: 100}}
warehouses: {store: {country: KE}}
facilities: {clinic: {country: KE}}
lanes:
  - {from: maker, to: harbour, mode: sea, time: 10d}
  - {from: [harbour, store], to: [store, clinic], time: 1d}
"""
HEAD = HEAD.replace("  - {from: [harbour, store], to: [store, clinic], time: 1d}\n",
                    "  - {from: harbour, to: store, time: 1d}\n  - {from: store, to: clinic, time: 1d}\n")  # fmt: skip
REST = """
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic}]
replenishment:
  - {at: clinic, policy: base_stock, level: 6d, review: 4d}
  - {at: store, policy: base_stock, level: 20d}
"""
BEHIND = {
    "ban": ("{kind: export_ban, name: ban, country: IN, from: 2001-02-01, for: 40d}", "maker had not sent"),
    "fire": ("{kind: site_outage, name: fire, at: maker, from: 2001-02-01, for: 40d}", "maker could not make"),
    "queue": ("{kind: port_closure, name: queue, port: harbour, from: 2001-02-01, for: 40d}", "queued at a port"),
    "ice": ("{kind: lane_delay, name: ice, mode: sea, from: 2001-02-01, for: 40d, extra: 30d}", "due from"),
    "lorries": (
        "{kind: route_closure, name: lorries, lane: store > clinic, from: 2001-02-01, for: 40d}",
        "store had not sent",
    ),
    "flood": ("{kind: stock_loss, name: flood, at: clinic, share: 100%, from: 2001-02-01}", "destroyed"),
    "outbreak": ("{kind: demand_surge, name: outbreak, at: clinic, factor: 4, from: 2001-02-01, for: 40d}", "30 a day"),
}


@pytest.mark.parametrize("cause", BEHIND)
def test_the_chain_ends_at_what_is_behind_it(tmp_path: Path, cause: str) -> None:
    disruption, words = BEHIND[cause]
    path = tmp_path / "chain.yaml"
    path.write_text(HEAD + REST + f"disruptions: [{disruption}]\n", encoding="utf-8")
    run = sim.run(path)
    short = run.daily[(run.daily["site"] == "clinic") & (run.daily["unmet"] > 0)]["day"]
    assert len(short), "the case must be short"
    first = run.why("clinic", "kit", int(short.iloc[0]))
    assert first.links[0].units == run.daily.set_index(["site", "day"]).loc[("clinic", short.iloc[0]), "unmet"]
    whole = run.why("clinic", "kit", int(short.iloc[-1]))
    assert whole.causes == [cause]
    if cause != "outbreak":
        assert words in whole.text()
    assert [link.depth for link in whole.links][:2] == [0, 1]
    assert len(whole.table()) == len(whole.links)


def test_a_day_without_shortage_says_so(tmp_path: Path) -> None:
    path = tmp_path / "chain.yaml"
    path.write_text(HEAD + REST, encoding="utf-8")
    run = sim.run(path)
    assert run.why("clinic", "kit", 5).text() == "clinic / kit: all demand was met on 6 January 2001."
    with pytest.raises(PlaceError, match="no such facility"):
        run.why("clinc", "kit", 5)
    with pytest.raises(PlaceError, match="unknown product"):
        run.why("clinic", "kitt", 5)
    with pytest.raises(PlaceError, match="not a day of this run"):
        run.why("clinic", "kit", 500)
    with pytest.raises(ValueError, match="daily=True"):
        sim.run(path, daily=False).why("clinic", "kit", 5)


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "chain.yaml"
    path.write_text(HEAD + REST + f"disruptions: [{BEHIND['ban'][0]}]\n", encoding="utf-8")
    done = CliRunner().invoke(cli, ["why", str(path), "clinic", "kit", "2001-03-05"])
    assert done.exit_code == 0 and "because of 'ban'" in done.output
    wrong = CliRunner().invoke(cli, ["why", str(path), "clinc", "kit", "2001-03-05"])
    assert "did you mean 'clinic'" in str(wrong.exception)
    date = CliRunner().invoke(cli, ["why", str(path), "clinic", "kit", "5 March"])
    assert "year-month-day" in str(date.exception)


def test_a_network_too_large_to_keep_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "chain.yaml"
    path.write_text(HEAD + REST + f"disruptions: [{BEHIND['ban'][0]}]\n", encoding="utf-8")
    monkeypatch.setattr("sim.api.JOURNAL_FITS", 0)
    refused = CliRunner().invoke(cli, ["why", str(path), "clinic", "kit", "2001-03-05"])
    assert isinstance(refused.exception, sim.ScenarioError) and "a shorter period" in str(refused.exception)


def test_what_helped_is_not_told_as_a_cause(tmp_path: Path) -> None:
    """A plant that was added, staff, a lane kept open, faster clearance: none of them kept goods back, whatever else
    did; a maker of five a day, with a fifth more and a tenth more staff (6.6), cannot send ten."""
    helps = """
parties: {us: {kind: agency, sites: all}}
decisions:
  - {decision: add_capacity, name: plant, by: us, at: maker, more: 20%}
  - {decision: request_aid, name: staff, by: us, at: maker, stages: [{staff: 110%, lasting: 200d}]}
  - {decision: corridor, name: lane, by: us, lanes: [maker > harbour]}
  - {decision: priority_lane, name: quick, by: us, at: harbour, clearance: 50%}
"""
    helps = helps.replace("by: us,", 'by: us, when: {trigger: "on", date: 2001-01-05},')
    path = tmp_path / "chain.yaml"
    head = HEAD.replace("makes: {kit: {}}", "makes: {kit: {capacity: 5, finished_stock: 0}}")
    path.write_text(head + REST + helps, encoding="utf-8")
    run = sim.run(path)
    assert len(run.decisions) == 4
    short = run.daily[(run.daily["site"] == "clinic") & (run.daily["unmet"] > 0)]["day"]
    told = run.why("clinic", "kit", int(short.iloc[-1]))
    assert not told.causes, told.text()
    assert "maker makes at most 7 a day, and more was ordered" in told.text()
