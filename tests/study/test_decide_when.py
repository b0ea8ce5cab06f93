"""When must it be decided at the latest: the delay of a decision as a value that studies and questions vary."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import sim
from sim import ask
from sim.report.words.parameters import parameter_words
from sim.scenario.load import load

CASE = """
scenario: late
title: A maker that is cut off, and one nearby
start: 2001-01-01
end: 2001-04-11
products: {kit: {unit: kit, cost: 3}}
suppliers: {maker: {country: IN, makes: {kit: {}}}, near: {country: KE, makes: {kit: {}}}}
facilities: {clinic: {country: KE}}
parties: {kenya: {kind: country, sites: {kind: facility}}}
lanes: [{from: maker, to: clinic, time: 10d}, {from: near, to: clinic, time: 2d}]
sourcing: [{at: clinic, from: {maker: 100%, near: 0%}, keep_shares: true}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: lost}]
replenishment: [{at: clinic, policy: base_stock, level: 20d}]
disruptions: [{kind: export_ban, name: ban, country: IN, from: 2001-01-21, for: 60d}]
decisions:
  - {decision: emergency_order, name: flights, by: kenya, when: {trigger: announced}, after: 3d,
     at: clinic, source: near, amount: 600}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "late.yaml"
    file.write_text(CASE, encoding="utf-8")
    return file


def test_the_latest_day_for_a_decision_is_a_tipping_point(path: Path) -> None:
    """Of 200 kits in position 100 are on the way. The ban is announced on day 20: what left by day 19 is there by day
    29, and the 100 on the shelf last for days 30 to 39. An order of day 38 comes on day 40; the condition is met in the
    evening of day 20, so that 17 days behind the midnight of day 21 are in time, and 18 are not."""
    tip = ask.tipping(
        path, parameter="decisions.flights.after", between=("15d", "20d"), target="units_unmet<=0", replications=2,
        workers=1,
    )  # fmt: skip
    assert (tip.before, tip.after, tip.unit) == (17, 18, "d")
    assert "the delay of decision 'flights' is 17 days" in tip.text()


def test_a_study_sets_when_it_is_decided_and_may_not_know_it(path: Path) -> None:
    """Decided after 22 days instead of 17, five days of ten kits go unmet; nobody ever chooses the third, for whom the
    days 40 to 89 go unmet: what is ordered at the end of the ban on day 80 comes on day 90."""
    study = path.with_name("study.yaml")
    study.write_text(
        "study: s\ntitle: t\nscenarios: [late.yaml]\nmeasures: [units_unmet]\nreplications: 2\nstrategies:\n"
        "  - {name: in-time, set: {decisions.flights.after: 17d}}\n"
        "  - {name: late, set: {decisions.flights.after: 22d}}\n"
        "  - {name: never, set: {decisions.flights.when: {trigger: chosen}}}\n",
        encoding="utf-8",
    )
    rows = sim.run_study(study, workers=1).summary
    found = rows[rows["measure"] == "units_unmet"].set_index("strategy")["mean"]
    assert found.to_dict() == {"in-time": 0, "late": 50, "never": 500}
    path.write_text(CASE + 'uncertain: {decisions.flights.after: "uniform(15d, 30d)"}\n', encoding="utf-8")
    for replication in (0, 1):
        run = sim.run(path, replication=replication, unknowns="drawn", twin=False)
        after = float(run.manifest["uncertain"]["decisions.flights.after"].removesuffix("d"))
        assert run.metrics["units_unmet"].value == 10 * max(0, math.ceil(after) - 17)


def test_a_decision_is_called_by_its_name_in_words(path: Path) -> None:
    words = {
        "decisions.flights.after": "delay of decision 'flights'",
        "decisions.0.amount": "amount of decision 'flights'",
        "decisions.flights.at_most": "most times that it is taken (decision 'flights')",
    }
    assert {name: parameter_words(load(path), name) for name in words} == words


def test_an_unknown_decision_in_a_path_is_told_with_the_nearest(path: Path) -> None:
    with pytest.raises(sim.ScenarioError, match="did you mean 'flights'"):
        sim.run(path, overrides={"decisions.flight.after": "3d"})
