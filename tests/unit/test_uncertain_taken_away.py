"""What is uncertain, or has evidence, and stands in something that a strategy does without."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.scenario.drawing import values_of
from sim.scenario.load import load

CASE = """
scenario: without
title: A strategy that does without
start: 2001-01-01
end: 2001-02-01
products: {kit: {unit: kit}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
facilities: {a: {country: KE}}
parties: {kenya: {kind: country, sites: a}}
lanes: [{from: maker, to: facilities, time: 1d}]
demand: [{at: facilities, product: kit, per_day: 10, distribution: deterministic}]
replenishment: [{policy: base_stock, at: facilities, level: 5d}]
disruptions:
  - {kind: export_ban, name: ban, country: IN, from: 2001-01-11, for: 5d}
decisions:
  - {decision: change_levels, name: stock up, by: kenya, to: [{at: a, policy: base_stock, level: 9d}],
     when: {trigger: announced}}
  - {decision: emergency_order, name: more, by: kenya, at: a, source: maker, amount: 2d, after: 2d,
     when: {trigger: announced}}
uncertain:
  disruptions.ban.for: "uniform(1d, 20d)"
  decisions.more.after: "uniform(1d, 9d)"
  decisions.stock up.for: "uniform(1d, 9d)"
  replenishment.0.level: "uniform(4d, 9d)"
correlated: [{paths: [decisions.more.after, disruptions.ban.for, replenishment.0.level], rho: 0.5}]
evidence:
  decisions.more.after: {status: assumed, source: a guess}
  disruptions.ban.for: {status: assumed, source: a guess}
strategies:
  s: {PUT}
"""
AFTER, STOCK, FOR, LEVEL = (
    "decisions.more.after", "decisions.stock up.for", "disruptions.ban.for", "replenishment.0.level",
)  # fmt: skip


def case(folder: Path, put: str) -> Path:
    (file := folder / "case.yaml").write_text(CASE.replace("PUT", put))
    return file


@pytest.mark.parametrize(
    ("put", "left"),
    [
        ("decisions: []", [FOR, LEVEL]),
        ("decisions.more: _remove_", [FOR, STOCK, LEVEL]),
        ("decisions.stock up: _remove_", [FOR, AFTER, LEVEL]),
        ("disruptions: []", [AFTER, STOCK, LEVEL]),
        ("disruptions: [], decisions: []", [LEVEL]),
        ("decisions: [{decision: refill_reserve, name: r, by: kenya, reserve: o, when: {trigger: chosen}}], "
         "reserves: {o: {held_at: a, size: 1d, members: a, release: {when: {trigger: announced}}}}", [FOR, LEVEL]),
    ],
)  # fmt: skip
def test_it_is_not_drawn_under_this_strategy_and_all_else_as_under_the_others(
    put: str, left: list[str], tmp_path: Path
) -> None:
    file = case(tmp_path, put)
    whole, without = values_of(load(file), 3), values_of(load(file, "s"), 3)
    assert sorted(whole) == sorted((AFTER, STOCK, FOR, LEVEL))
    assert without == {path: whole[path] for path in left}
    assert all(AFTER in left or path != AFTER for path in load(file, "s").spec.evidence)
    sim.validate(file)


@pytest.mark.parametrize(
    "put",
    [
        "decisions.more.after: 3d",
        "decisions.more.after: _remove_",
        "decisions: [{decision: emergency_order, name: more, by: kenya, at: a, source: maker, amount: 2d, "
        "when: {trigger: announced}, after: 3d}]",
    ],
)
def test_what_a_strategy_sets_itself_cannot_be_drawn_as_well(put: str, tmp_path: Path) -> None:
    with pytest.raises(sim.ScenarioError, match="not both") as caught:
        load(case(tmp_path, put))
    assert {problem.line for problem in caught.value.problems} == {len(CASE.splitlines())}
