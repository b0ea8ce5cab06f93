"""A run from the front door that is stopped, copied, changed and resumed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import sim

CASE = """
scenario: case
title: A maker, two clinics and a reserve
start: 2001-01-01
end: 2001-04-11
warm_up: 20d
products: {kit: {unit: kit, cost: 3}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
facilities: {clinic: {country: KE}, post: {country: UG}}
lanes: [{from: maker, to: facilities, time: "lognormal(4d, 2d)"}]
demand: [{at: facilities, product: kit, per_day: 10, distribution: poisson}]
replenishment: [{at: facilities, policy: base_stock, level: 12d}]
reserves:
  own: {held_at: clinic, size: 5d, members: clinic, release: {when: {trigger: announced}}}
strategies:
  large: {reserves.own.size: 10d}
disruptions:
  - {kind: lane_delay, name: ice, mode: road, from: 2001-01-21, for: 5d, extra: 1d}
"""
BAN = {"kind": "export_ban", "name": "ban", "country": "IN", "from": "2001-03-01", "for": "20d", "notice": "3d"}
BAN_IN_YAML = "  - {kind: export_ban, name: ban, country: IN, from: 2001-03-01, for: 20d, notice: 3d}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The case, as a file."""
    file = tmp_path / "case.yaml"
    file.write_text(CASE, encoding="utf-8")
    return file


def same(one: sim.Run, other: sim.Run) -> None:
    """Tables, journal and every metric are the same, those of the twins too."""
    pd.testing.assert_frame_equal(one.events, other.events)
    pd.testing.assert_frame_equal(one.daily, other.daily)
    assert {n: one.metrics[n] for n in one.metrics.overall} == {n: other.metrics[n] for n in other.metrics.overall}


def test_a_run_that_stood_still_is_the_run(path: Path) -> None:
    whole = sim.run(path, "large", seed=4, overrides={"reserves.own.release.after": "2d"})
    begun = sim.begin(path, "large", seed=4, overrides={"reserves.own.release.after": "2d"})
    assert (begun.day, begun.date) == (-20, dt.date(2000, 12, 12))
    assert begun.until(5).day == 5 and begun.until("2001-02-01").date == dt.date(2001, 2, 1)
    stopped = begun.until(dt.date(2001, 3, 1)).resume()
    same(stopped, whole)
    assert stopped.manifest == whole.manifest


def test_what_is_injected_is_as_if_it_had_been_written(path: Path) -> None:
    """Under a strategy and an override; the run that was forked, and its other fork, know nothing of it."""
    today = sim.begin(path, "large", overrides={"seed": 9}).until("2001-02-20")
    changed = today.fork().inject(BAN).until("2001-03-05").resume()
    quiet, unchanged = today.fork().resume(), today.resume()
    same(quiet, sim.run(path, "large", overrides={"seed": 9}))
    same(unchanged, quiet)
    path.write_text(CASE + BAN_IN_YAML, encoding="utf-8")
    written = sim.run(path, "large", overrides={"seed": 9})
    same(changed, written)
    assert changed.metrics["units_unmet"].value > quiet.metrics["units_unmet"].value
    assert changed.manifest["scenario_hash"] == written.manifest["scenario_hash"]
    last = changed.loaded.document.overrides[-1]
    assert (last.path, last.by) == ("disruptions.1", "injected before 2001-02-20") and last.new["country"] == "IN"


def test_other_luck_keeps_the_past_and_is_the_same_for_the_same_number(path: Path) -> None:
    today = sim.begin(path).until("2001-02-01")
    one, again, other = (today.fork(luck=number).inject(BAN).resume() for number in (1, 1, 2))
    plain = today.fork().inject(BAN).resume()
    same(one, again)
    assert one.manifest["luck"] == [{"day": 31, "number": 1}] and "luck" not in plain.manifest
    for run in (one, other):
        before = run.daily["day"] < 31
        pd.testing.assert_frame_equal(run.daily[before], plain.daily[before])
        assert not run.daily["demand"].equals(plain.daily["demand"])
        demanded = run.metrics["units_demanded"]
        # nothing here changes demand, so that the twins, of the same luck, have the very demand of the run
        assert demanded.value == demanded.twin == demanded.without_reserves != plain.metrics["units_demanded"].value
    assert not one.daily["demand"].equals(other.daily["demand"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "export_bann"}, "did you mean 'export_ban'"),
        ({"country": "ZA"}, "unknown country (got 'ZA'); expected one of "),
        ({"cuntry": "IN"}, "did you mean 'country'"),
        ({"for": "20"}, "expected a duration"),
        ({"name": "ice"}, "two disruptions have this name (got 'ice')"),
        ({"from": "2001-02-22"}, "this would begin before now (got 2001-02-19); expected from 2001-02-20 on"),
        ({"kind": "site_outage", "country": None, "at": "makr"}, "did you mean 'maker'"),
        ({"kind": "recall", "country": None, "for": None, "supplier": "maker"}, "not kept by lot"),
    ],
)
def test_a_disruption_that_cannot_come_is_refused_in_words(path: Path, change: dict[str, Any], words: str) -> None:
    begun = sim.begin(path).until("2001-02-20")
    wrong = {key: value for key, value in (BAN | change).items() if value is not None}
    with pytest.raises(sim.ScenarioError) as refused:
        begun.inject(BAN | {"name": "fine"}, wrong)
    assert words in str(refused.value)
    assert all(problem.file.startswith("injected disruption '") for problem in refused.value.problems)
    same(begun.resume(), sim.run(path))  # nothing of it has come, not even what was fine


POLICIES = """
disruptions:
  - {kind: export_ban, name: ban, country: IN, from: 2001-03-01, for: 20d, notice: 3d}
replenishment:
  - {at: clinic, policy: base_stock, level: 20d, from: 2001-02-20}
allocation:
  - {at: maker, rule: equal_days_of_cover, from: 2001-02-25}
rationing:
  - {at: maker, after: 0d, horizon: 90d, from: 2001-02-20}
reserves:
  own:
    changes:
      - {from: 2001-02-22, release: {when: {trigger: days_of_cover, below: 9d}, at_most: 10%}, refill: {at_most: 5%}}
"""


@pytest.mark.parametrize("form", ["text", "mapping", "file", "both"])
def test_what_is_typed_as_in_a_scenario_is_as_if_it_had_been_written(form: str, path: Path, tmp_path: Path) -> None:
    """A ban, and another level, rule and settings of the reserve; under a strategy, with all twins."""
    typed = yaml.safe_load(POLICIES)
    spec = yaml.safe_load(CASE)
    for part in ("disruptions", "replenishment"):
        spec[part] += typed[part]
    spec["allocation"], spec["rationing"] = typed["allocation"], typed["rationing"]
    spec["reserves"]["own"]["changes"] = typed["reserves"]["own"]["changes"]
    whole = tmp_path / "whole.yaml"
    whole.write_text(yaml.safe_dump(spec), encoding="utf-8")
    (tmp_path / "typed.yaml").write_text(POLICIES, encoding="utf-8")
    today = sim.begin(path, "large").until("2001-02-20")
    ban = typed["disruptions"][0]
    rest = {part: entries for part, entries in typed.items() if part != "disruptions"}
    given = {
        "text": lambda run: run.inject(written=POLICIES),
        "mapping": lambda run: run.inject(written=typed),
        "file": lambda run: run.inject(written=tmp_path / "typed.yaml"),
        "both": lambda run: run.inject(ban).inject(written=rest),
    }[form](today.fork())
    done, written = given.resume(), sim.run(whole, "large")
    same(done, written)
    assert done.metrics["units_unmet"].value != today.resume().metrics["units_unmet"].value
    told = {one.path for one in done.loaded.document.overrides if one.by == "injected before 2001-02-20"}
    assert told == {"disruptions.1", "replenishment.1", "allocation.0", "rationing.0", "reserves.own.changes.0"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("disruption: []", ["injected before 2001-02-20:1: this cannot be added during a run (got disruption); "
                            "expected one of disruptions, replenishment, allocation, rationing, decisions, reserves; "
                            "did you mean 'disruptions'?"]),
        ("trust: {kept: 5%}", ["injected before 2001-02-20:1: this cannot be added during a run (got trust); expected "
                               "what breaks or keeps promises, such as a defection: trust is what became of them"]),
        ("- 3", ["injected before 2001-02-20: this holds no mapping (got [3])"]),
        ("", ["injected before 2001-02-20: this holds no mapping"]),
        ("a: [", ["injected before 2001-02-20:"]),
        ("disruptions: 3", ["injected before 2001-02-20:1: 'disruptions' is no list"]),
        ("reserves: {own: {size: 3d}}", ["only settings of reserve 'own' can change during a run", "expected changes"]),
        ("reserves: {onw: {changes: [{from: 2001-03-01, refill: {}}]}}", ["no such reserve (got onw)", "'own'"]),
        ("replenishment: [{at: clinic, policy: base_stock, level: 20d}]",
         ["injected before 2001-02-20:1: this has no date; expected `from`, a date from 2001-02-20 on"]),
        ("replenishment: [{at: clinic, policy: base_stock, level: 20d, from: 2001-02-19}]",
         [":1: this would hold before now (got 2001-02-19); expected a date from 2001-02-20 on"]),
        ("allocation:\n- {at: maker, rule: proportional, from: 2001-03-01}\n- {at: maker, rule: proportional, "
         "from: 2001-03-01}", ["2001-02-20:3: allocation entry 1 holds for 'kit' at 'maker' already from 2001-03-01"]),
        ("rationing: [{at: maker}]",
         ["injected before 2001-02-20:1: this has no date; expected `from`, a date from 2001-02-20 on"]),
        ("rationing: [{at: clinic, from: 2001-03-01}]", [":1: none of these sites supplies any of these products"]),
        ("rationing: [{at: maker, from: 2001-02-01}]", [":1: this would hold before now (got 2001-02-01)"]),
        ("reserves: {own: {changes: [{from: 2001-02-01, refill: {}}]}}", ["this would hold before now"]),
        # several faults of several parts, each at its line
        ("disruptions:\n- {kind: export_ban, country: ZA, from: 2001-03-01, for: 3d}\nreplenishment:\n"
         "- {at: clinik, policy: base_stock, level: 20d, from: 2001-03-01}\nallocation:\n"
         "- {at: maker, rule: proportional}\n",
         [":2: unknown country", ":4: ", "'clinic'", ":6: this has no date"]),
        ("disruptions:\n- {kind: export_ban, country: IN, from: 2001-02-01, for: 3d}\nreplenishment:\n"
         "- {at: clinic, policy: base_stock, level: 20d, from: 2001-02-01}\n",
         [":2: this would begin before now", ":4: this would hold before now"]),
        ("disruptions:\n- {kind: export_bann}\nreplenishment:\n- {at: clinic, policy: base_stok}",
         [":2: ", "'export_ban'", ":4: ", "'base_stock'"]),
    ],
)  # fmt: skip
def test_what_cannot_be_added_is_told_whole_and_nothing_of_it_comes(text: str, words: list[str], path: Path) -> None:
    begun = sim.begin(path).until("2001-02-20")
    before = begun._running.digest()
    with pytest.raises(sim.ScenarioError) as refused:
        begun.inject(BAN, written=text)
    told = str(refused.value)
    assert all(word in told for word in words), told
    assert begun._running.digest() == before
    same(begun.resume(), sim.run(path))


def test_a_file_that_cannot_be_read_is_told_by_its_name(path: Path, tmp_path: Path) -> None:
    begun = sim.begin(path).until("2001-02-20")
    with pytest.raises(sim.ScenarioError, match="there is no such file"):
        begun.inject(written=tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text("\nallocation: [{at: maker, rule: proportionl, from: 2001-03-01}]\n")
    with pytest.raises(sim.ScenarioError, match=r"bad.yaml:2: .*did you mean 'proportional'"):
        begun.inject(written=tmp_path / "bad.yaml")
    with pytest.raises(sim.ScenarioError, match=r"injected allocation entry 'proportionl': "):
        begun.inject(written={"allocation": [{"at": "maker", "rule": "proportionl", "from": "2001-03-01"}]})
    with pytest.raises(sim.ScenarioError, match=r"injected rationing entry 'makr': .*did you mean 'maker'"):
        begun.inject(written={"rationing": [{"at": "makr", "from": "2001-03-01"}]})
    with pytest.raises(sim.ScenarioError, match=r"injected change of reserve 'own': "):
        begun.inject(written={"reserves": {"own": {"changes": [{"from": "2001-03-01"}]}}})


def test_a_day_that_cannot_be_reached_is_refused_in_words(path: Path) -> None:
    begun = sim.begin(path).until("2001-02-20")
    for day, words in (
        ("2001-02-19", "this day is past (got 2001-02-19); expected a day from 2001-02-20 to 2001-04-11"),
        (101, "this day is after the end"),
        ("20 February", "year-month-day"),
    ):
        with pytest.raises(sim.ScenarioError) as refused:
            begun.until(day)
        assert words in str(refused.value)
    with pytest.raises(sim.ScenarioError, match="this is no disruption"):
        begun.inject("ban")  # type: ignore[arg-type]
    begun.resume()
    with pytest.raises(ValueError, match="this run is over"):
        begun.until("2001-03-01")


def test_what_is_injected_may_differ_by_site(tmp_path: Path, path: Path) -> None:
    """Although nothing did before: each site draws what it would have drawn from the first day."""
    entry = '  - {at: facilities, policy: base_stock, level: "lognormal(9d, 4d) over sites", from: 2001-03-01}\n'
    whole = tmp_path / "whole.yaml"
    whole.write_text(CASE.replace("level: 12d}]\n", "level: 12d}, " + entry.strip()[2:] + "]\n"), encoding="utf-8")
    for replication in (0, 3):
        today = sim.begin(path, replication=replication).until("2001-02-20")
        changed = today.fork().inject(written="replenishment:\n" + entry).resume()
        same(changed, sim.run(whole, replication=replication))
        assert not changed.daily.equals(today.resume().daily)
