"""Stages of a restart stand in bar, events, table and sentence; a disruption is over when all is back."""

from __future__ import annotations

import datetime as dt

import pytest

import sim
from sim.report.figures import bands
from sim.report.figures.events import timeline
from sim.report.figures.style import drawing, on
from sim.report.run import stages
from sim.report.run.as_tables import page_tables
from sim.report.run.facts import Facts
from sim.report.run.reasons.acts import acts
from sim.report.run.reasons.happenings import happenings
from sim.report.run.story import story

RESTART = """
scenario: restart
title: A plant comes back in stages
start: 2024-01-01
end: 2024-04-30
products: {bag: {unit: bag}}
suppliers: {plant: {makes: {bag: {capacity: 30}}}}
facilities: {clinic: {}}
lanes: [{from: plant, to: clinic, time: 2d}]
demand: [{at: clinic, product: bag, per_day: 10, distribution: deterministic}]
replenishment: [{at: clinic, policy: base_stock, level: 9d}]
disruptions:
  - {kind: site_outage, name: flood, at: plant, from: 2024-01-11, until: 2024-02-20, restart_lag: 5d, recovery: 10d,
     steps: [{on: 2024-01-21, capacity: 25%}, {on: 2024-02-05, capacity: 60%}]}
  - {kind: demand_surge, name: surge, at: clinic, factor: 1.1, from: 2024-03-01, for: 10d}
"""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    path = tmp_path_factory.mktemp("restart") / "scenario.yaml"
    path.write_text(RESTART, encoding="utf-8")
    run = sim.run(path)
    return Facts(run.loaded, run.outcome, run.twin, run.metrics, run.without_reserves)


def day(text: str) -> int:
    return (dt.date.fromisoformat(text) - dt.date(2024, 1, 1)).days


def test_stages_are_those_of_the_file_with_the_lag_of_the_restart(facts: Facts) -> None:
    """Steps are felt 5 days later, on 26 January and 10 February; from 25 February the line climbs for 10 days."""
    found = stages.spans(facts.impacts[0])
    assert [(span.day, span.until, span.sign) for span in found] == [
        (day("2024-01-11"), day("2024-01-26"), "0%"),
        (day("2024-01-26"), day("2024-02-10"), "25%"),
        (day("2024-02-10"), day("2024-02-25"), "60%"),
        (day("2024-02-25"), day("2024-03-06"), "rising to 100%"),
    ]
    assert [span.strength for span in found[:3]] == pytest.approx([1.0, 0.75, 0.4])
    assert stages.over(facts.impacts[0]) == day("2024-03-06")


def test_a_disruption_that_is_the_same_throughout_has_no_stages(facts: Facts) -> None:
    assert stages.spans(facts.impacts[1]) == []
    assert stages.over(facts.impacts[1]) == day("2024-03-11")


def test_bar_events_table_and_sentence_tell_the_same_stages(facts: Facts) -> None:
    assert bands.lanes(facts)[0].spans == [(day("2024-01-11"), day("2024-03-06"))]
    with drawing():
        figure = timeline.draw(facts)
    assert figure is not None
    axes = figure.axes[0]
    bars = sorted((bar.get_x(), bar.get_height()) for bar in axes.patches)[:4]
    starts = ["2024-01-11", "2024-01-26", "2024-02-10", "2024-02-25"]
    assert [x for x, _ in bars] == [on(facts, day(start)) for start in starts]
    assert [height for _, height in bars[:3]] == pytest.approx([0.62, 0.62 * 0.75, 0.62 * 0.4])
    assert {"25%", "60%"} <= {text.get_text() for text in axes.texts}
    told = [(h.what, h.day) for h in happenings(facts) if h.cause == "flood"]
    assert ("Site outage goes on: 25% of capacity", day("2024-01-26")) in told
    assert ("Site outage over", day("2024-03-06")) in told
    flood = page_tables.disruptions(facts).raw[0]
    words = "25% of capacity from 26 January 2024, 60% from 10 February 2024 and rising to 100% from 25 February 2024"
    assert flood[4] == "2024-03-06" and flood[6] == words
    assert f"from 11 January 2024 to 5 March 2024 ({words})" in story(facts)[0].sentences[0]


def test_what_holds_up_most_is_drawn_first(facts: Facts) -> None:
    """A plant at a standstill for weeks weighs more than a tenth more demand for ten days."""
    assert [act.words for act in acts(facts)] == ["flood", "surge"]
    assert stages.in_stages(facts, facts.impacts[1]) == ""
