"""Decisions taken at the table, and those that come on top of a run on its way."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim

CASE = """
scenario: table
title: A maker, a clinic with a reserve, and what may be decided
start: 2001-01-01
end: 2001-03-01
products: {kit: {unit: kit, cost: 3}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
facilities: {clinic: {country: KE}}
parties: {kenya: {kind: country, sites: KE}}
lanes: [{from: maker, to: clinic, time: 4d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: poisson}]
replenishment: [{at: clinic, policy: base_stock, level: 8d}]
reserves:
  own: {held_at: clinic, size: 5d, members: clinic, release: {when: {trigger: days_of_cover, below: 1d}}}
disruptions:
  - {kind: export_ban, name: ban, country: IN, from: 2001-01-21, for: 20d}
decisions:
"""
KEEP = "{decision: close_reserve, name: keep, by: kenya, reserve: own, %s}"
MORE = "{decision: change_levels, name: more, by: kenya, to: [{at: clinic, policy: base_stock, level: 14d}], %s}"
CHOSEN, DATED = "when: {trigger: chosen}", "when: {trigger: 'on', date: 2001-01-11}"


def written(folder: Path, *decisions: str) -> Path:
    file = folder / "case.yaml"
    file.write_text(CASE + "".join(f"  - {one}\n" for one in decisions), encoding="utf-8")
    return file


def same(one: sim.Run, other: sim.Run) -> None:
    """Everything that the run gave and all that its twins are told by, but who chose."""
    pd.testing.assert_frame_equal(one.daily, other.daily)
    left, right = (run.events[~run.events["event"].astype(str).str.startswith("decision_due")] for run in (one, other))
    pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))
    assert {n: one.metrics[n] for n in one.metrics.overall} == {n: other.metrics[n] for n in other.metrics.overall}


def days(run: sim.Run, column: str) -> list[str]:
    return [str(day) for day in run.decisions[column].dt.strftime("%Y-%m-%d").fillna("")]


def test_what_is_chosen_on_a_day_is_the_same_as_a_date_for_it(tmp_path: Path) -> None:
    """In the run and in both of its twins, with levels raised and a reserve kept shut."""
    dated = sim.run(written(tmp_path, KEEP % DATED, MORE % (DATED + ", after: 3d")))
    begun = sim.begin(written(tmp_path, KEEP % CHOSEN, MORE % (CHOSEN + ", after: 3d"))).until("2001-01-11")
    kept = begun.fork().resume()
    chosen = begun.choose("keep").choose("more").resume()
    same(chosen, dated)
    assert chosen.manifest["chosen"] == [{"day": 10, "decision": "keep"}, {"day": 10, "decision": "more"}]
    assert "chosen" not in kept.manifest and len(kept.decisions) == 0
    # what the reserve would have given is compared with a run of the same choices
    assert chosen.without_reserves is not None
    assert [(one.name, one.since) for one in chosen.without_reserves.decisions] == [("keep", 10), ("more", 13)]
    dates = {name: days(chosen, name) for name in ("met", "since", "until")}
    assert chosen.decisions.to_dict("list") | dates == {
        "name": ["keep", "more"], "kind": ["close_reserve", "change_levels"], "party": ["kenya"] * 2,
        "product": ["", ""], "met": ["", ""], "since": ["2001-01-11", "2001-01-14"], "until": ["", ""],
    }  # fmt: skip
    assert days(dated, "met") == ["2001-01-10"] * 2


def test_of_two_that_set_one_value_the_last_choice_counts(tmp_path: Path) -> None:
    """Levels, and a reserve that is opened, and shut again before the ban: as if the first were over on that day."""
    less = MORE.replace("more", "less").replace("level: 14d", "level: 4d")
    opened = KEEP.replace("close_reserve", "release_reserve").replace("keep", "open")
    until = DATED + ", until: 2001-01-16"
    later = "when: {trigger: 'on', date: 2001-01-16}"
    dated = sim.run(written(tmp_path, MORE % until, less % later, opened % until, KEEP % later))
    table = (MORE % CHOSEN, less % CHOSEN, opened % CHOSEN, KEEP % CHOSEN)
    begun = sim.begin(written(tmp_path, *table)).until("2001-01-11").choose("more").choose("open")
    chosen = begun.until("2001-01-16").choose("less").choose("keep").resume()
    same(chosen, dated)
    assert dict(zip(chosen.decisions["name"], days(chosen, "until"), strict=True)) == {
        "more": "2001-01-16", "open": "2001-01-16", "less": "", "keep": "",
    }  # fmt: skip


def test_what_cannot_be_chosen_is_refused_in_words(tmp_path: Path) -> None:
    kept = KEEP % (CHOSEN + ", for: 5d")
    begun = sim.begin(written(tmp_path, kept, MORE % (CHOSEN + ", after: 3d"))).until("2001-01-11")
    begun.choose("keep").choose("more")

    def refused(name: str) -> str:
        with pytest.raises(sim.ScenarioError) as caught:
            begun.choose(name)
        return str(caught.value)

    assert "did you mean 'keep'" in refused("kep") and "one of keep, more" in refused("kep")
    assert "it is under way: in force from 2001-01-14 on" in refused("more")
    begun.until("2001-01-12")
    assert "it is in force already, since 2001-01-11" in refused("keep")
    begun.until("2001-01-16")
    assert "it was taken once, which is as often as it may be" in refused("keep")
    late = sim.begin(written(tmp_path, KEEP % (CHOSEN + ", until: 2001-01-05"))).until("2001-01-11")
    with pytest.raises(sim.ScenarioError, match="it was to be over on 2001-01-05"):
        late.choose("keep")
    none = sim.begin(written(tmp_path).with_suffix(".yaml"), overrides={"decisions": []})
    with pytest.raises(sim.ScenarioError, match="the scenario has none"):
        none.choose("keep")


def test_a_decision_that_is_injected_is_as_if_it_had_been_written(tmp_path: Path) -> None:
    """A condition that is met later; whether the scenario had decisions before or none."""
    low = "when: {trigger: announced}, after: 2d, for: 9d"
    before = [MORE % "when: {trigger: 'on', date: 2001-01-05}"]
    for first in ([], before):
        whole = sim.run(written(tmp_path, *first, KEEP % low))
        assert "keep" in set(whole.decisions["name"])
        begun = sim.begin(written(tmp_path, *first), overrides={} if first else {"decisions": []})
        late = begun.until("2001-01-11").inject(written=f"decisions: [{KEEP % low}]")
        assert late.fork()._running.digest() == late._running.digest()
        same(late.resume(), whole)


def test_a_date_that_is_past_decides_on_the_midnight_on_which_it_comes_in(tmp_path: Path) -> None:
    begun = sim.begin(written(tmp_path, MORE % CHOSEN)).until("2001-01-15")
    late = begun.inject(written=f"decisions: [{KEEP % DATED}]").resume()
    assert days(late, "since") == ["2001-01-15"]
    assert late.without_reserves is not None
    assert [(one.name, one.since) for one in late.without_reserves.decisions] == [("keep", 14)]


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (KEEP % (CHOSEN + ", until: 2001-01-05"), "this would be over before now"),
        (KEEP.replace("kenya", "kenia") % CHOSEN, "did you mean 'kenya'"),
        (MORE % CHOSEN, "something else has this name"),
        (KEEP % "when: {trigger: after_decision, decision: moore}", "did you mean 'more'"),
    ],
)
def test_a_decision_that_cannot_come_is_refused_in_words(decision: str, words: str, tmp_path: Path) -> None:
    begun = sim.begin(written(tmp_path, MORE % CHOSEN)).until("2001-01-11")
    before = begun._running.digest()
    with pytest.raises(sim.ScenarioError, match=words):
        begun.inject(written=f"decisions: [{decision}]")
    assert begun._running.digest() == before


def test_a_decision_that_another_ends_changes_nothing_any_more(tmp_path: Path) -> None:
    lift = "{decision: lift_ban, by: kenya, ban: more, when: {trigger: 'on', date: 2001-01-31}}"
    ended = sim.run(written(tmp_path, MORE % DATED, lift))
    until = sim.run(written(tmp_path, MORE % (DATED + ", until: 2001-01-31")))
    pd.testing.assert_frame_equal(ended.daily, until.daily)
    assert days(ended, "until") == ["2001-01-31", ""]


def test_the_decisions_of_a_run_may_be_asked_for_in_sql(tmp_path: Path) -> None:
    folder = sim.run(written(tmp_path, KEEP % DATED), twin=False).save(tmp_path / "out", report=False)
    assert sim.query(folder, "select name, party from decisions").values.tolist() == [["keep", "kenya"]]
