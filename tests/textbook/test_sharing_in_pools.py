"""Pools that claim as one, and rules within rules, by hand.

A store shares among the clinics k1, k2 of kenya, u1 of uganda, t1 of tanga and d1, which is nobody's. They ask for 60,
20, 40, 80 and 30. kenya and uganda are in `east`, east and tanga in `africa`.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import sim
from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.model.network import Network
from sim.policies import ALLOCATION
from sim.policies.allocation.base import Claims
from sim.policies.allocation.sharing import Shared, Sharing, bind
from sim.scenario.load import load

ASKED = {"k1": 60, "k2": 20, "u1": 40, "t1": 80, "d1": 30}
PEOPLE = {"k1": 1000, "k2": 3000, "u1": 2000, "t1": 6000, "d1": 4000}
SPEC: dict[str, Any] = {
    "scenario": "pools", "title": "Five clinics", "start": "2024-01-01", "end": "2024-01-05",
    "products": {"mask": {"unit": "box"}}, "suppliers": {"maker": {"country": "DE", "makes": {"mask": {}}}},
    "warehouses": {"store": {"country": "DE"}},
    "facilities": {name: {"country": "DE", "population": PEOPLE[name]} for name in ASKED},
    "parties": {
        "kenya": {"kind": "country", "sites": ["k1", "k2"]}, "uganda": {"kind": "country", "sites": "u1", "weight": 4},
        "tanga": {"kind": "city", "sites": "t1", "weight": 2},
        "east": {"kind": "pool", "members": ["kenya", "uganda"]},
        "africa": {"kind": "pool", "members": ["east", "tanga"]},
        "union": {"kind": "pool", "members": ["uganda", "tanga"]},
    },
    "lanes": [{"from": "maker", "to": "store", "time": "1d"}, {"from": "store", "to": "facilities", "time": "1d"}],
    "demand": [{"at": "facilities", "product": "mask", "per_day": 9}],
    "replenishment": [{"policy": "base_stock", "at": "all", "level": "9d"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path = tmp_path_factory.mktemp("pools") / "pools.yaml"
    path.write_text(yaml.safe_dump(SPEC, sort_keys=False))
    return compile_plan(load(path))


def shared(plan: Plan, rule: dict[str, Any], told: list[Shared] | None = None, available: int = 100) -> dict[str, int]:
    """What each clinic gets of what the store has."""
    network = plan.network
    flows = network.flows_from(network.select_cells("store"))
    names = network.site_names(network.cell_site[network.flow_buyer[flows]])
    zeros, asked = np.zeros(len(flows), dtype=np.int64), np.array([ASKED[name] for name in names])
    claims = Claims(np.array([available]), zeros, asked, flows, zeros, zeros + 9.0, zeros + 1)
    sharing = bind(ALLOCATION[rule["rule"]].model_validate(rule), network, flows)
    given = sharing.share(claims, network, tell=None if told is None else told.append)
    return dict(zip(names, given.tolist(), strict=True))


def test_a_pool_claims_as_one_and_others_for_themselves(plan: Plan) -> None:
    """Uniform, 100: d1 has its 30, east (120) and tanga (80) 35 each; east's in proportion to 60, 20, 40: 17.5, 5.83,
    11.67. By parties all four have 25: kenya's 60 : 20 is 18.75 and 6.25."""
    given = shared(plan, {"rule": "uniform", "between": ["east"]})
    assert given == {"k1": 17, "k2": 6, "u1": 12, "t1": 35, "d1": 30}
    assert shared(plan, {"rule": "uniform", "between": "parties"}) == {"k1": 19, "k2": 6, "u1": 25, "t1": 25, "d1": 25}


def test_of_pools_in_pools_the_narrowest_that_is_named_claims(plan: Plan) -> None:
    """africa is left with tanga: 80 beside 120 and 30. Named beside its pool, uganda claims for itself: its 40
    beside 160 of the others and 30."""
    assert shared(plan, {"rule": "uniform", "between": ["africa", "east"]})["t1"] == 35
    given = shared(plan, {"rule": "uniform", "between": ["africa", "uganda"]})
    assert (given["u1"], given["d1"], given["k1"] + given["k2"] + given["t1"]) == (35, 30, 35)


def test_a_rule_within_a_rule_has_fields_of_its_own(plan: Plan) -> None:
    """East's 35: kenya and uganda the same, 17.5, of which kenya comes first. Its 18 go by people, 1 : 3: 4.5 and 13.5.
    What there is to say of it is told step by step."""
    by_people = {"rule": "need_weighted"}
    inside = {"rule": "uniform", "between": "parties", "inside": {"kenya": by_people}}
    told: list[Shared] = []
    given = shared(plan, {"rule": "uniform", "between": ["east"], "inside": {"east": inside}}, told)
    assert given == {"k1": 5, "k2": 13, "u1": 17, "t1": 35, "d1": 30}
    steps = [(one.within, one.rule.rule, set(one.party), set(one.shared_by)) for one in told]
    assert steps[0] == (0, "uniform", {"", "east", "tanga"}, {""})
    assert (1, "uniform", {"kenya", "uganda"}, {"east"}) in steps and (2, "need_weighted", {""}, {"kenya"}) in steps
    everywhere = {"rule": "uniform", "between": "parties", "inside": by_people}  # each of them 25, kenya's 6.25 : 18.75
    assert shared(plan, everywhere) == {"k1": 6, "k2": 19, "u1": 25, "t1": 25, "d1": 25}


@pytest.mark.parametrize(
    ("inside", "given"),
    [
        # east has 35: k1 its 10, the others 25 as 20 : 40, 8.33 and 16.67
        ({"caps": [{"for": "k1", "units": 10}]}, {"k1": 10, "k2": 8, "u1": 17, "t1": 35, "d1": 30}),
        # of east's 30 at most 30 may be had: tanga has what is left, 40
        ({"caps": [{"units": 10}]}, {"k1": 10, "k2": 10, "u1": 10, "t1": 40, "d1": 30}),
        # east asks for uganda's 40 alone
        ({"without": ["kenya"]}, {"k1": 0, "k2": 0, "u1": 35, "t1": 35, "d1": 30}),
        # uganda's floor of 60% of 35; the other 14 as 60 : 20, 10.5 and 3.5
        ({"floors": [{"for": "uganda", "share": "60%"}]}, {"k1": 11, "k2": 3, "u1": 21, "t1": 35, "d1": 30}),
        # in a pool within, too: kenya may have 5 + 5, uganda 40: 35 as the two ask (10 and 40): 7 and 28
        ({"between": "parties", "inside": {"kenya": {"rule": "uniform", "caps": [{"units": 5}]}}},
         {"k1": 5, "k2": 5, "u1": 25, "t1": 35, "d1": 30}),
    ],
)  # fmt: skip
def test_limits_within_a_pool_leave_to_others_what_it_may_not_have(
    inside: dict[str, Any], given: dict[str, int], plan: Plan
) -> None:
    """The last: proportional to 80 and 40, kenya no more than 10, so that uganda has 25."""
    rule = {"rule": "uniform", "between": ["east"], "inside": {"east": {"rule": "proportional"} | inside}}
    assert shared(plan, rule) == given
    assert sum(given.values()) == 100


def test_limits_within_a_pool_hold_where_there_is_enough(plan: Plan) -> None:
    capped = {"rule": "uniform", "caps": [{"for": "k1", "units": 7}]}
    for inside in (capped, {"east": capped}):
        rule = {"rule": "uniform", "between": ["east"], "inside": inside}
        flows = plan.network.flows_from(plan.network.select_cells("store"))
        assert bind(ALLOCATION["uniform"].model_validate(rule), plan.network, flows).limited
        assert shared(plan, rule, available=1000) == ASKED | {"k1": 7}


def test_a_rule_within_counts_cover_in_present_use_where_it_says_so(tmp_path: Path) -> None:
    """k1 asks for 36 a day from day 1 on, for 9 before: over two days 9, (9 + 36) / 2, 36."""
    cover = {"rule": "equal_days_of_cover", "cover_in": "present", "averaged_over": "2d"}
    rule = {"rule": "proportional", "at": "store", "between": "parties", "inside": {"kenya": cover}}
    surge = {"kind": "demand_surge", "at": "k1", "from": "2024-01-02", "for": "9d", "factor": 4}
    maker = {"country": "DE", "makes": {"mask": {"capacity": 5}}}
    path = tmp_path / "present.yaml"
    certain = SPEC["demand"][0] | {"distribution": "deterministic"}
    spec = SPEC | {"allocation": [rule], "disruptions": [surge], "suppliers": {"maker": maker}, "demand": [certain],
                   "stock": [{"at": "store", "on_hand": 9}]}  # fmt: skip
    path.write_text(yaml.safe_dump(spec, sort_keys=False))
    table = sim.run(path, twin=False, sharings=True).sharings
    mine = table[(table["claimant"] == "k1") & (table["rule"] == "equal_days_of_cover")]
    assert mine.set_index("day")["use"][[0, 1, 2]].tolist() == [9, 22.5, 36]


def test_need_and_weight_of_a_pool_are_its_own(plan: Plan) -> None:
    """East has 6,000 people, as tanga, d1 4,000: of 80 30, 30, 20. Twice east's weight, of 100: 12, 6, 4 of 22: 54.5,
    27.3, 18.2. By parties' weights east counts 1 + 4, tanga 2, a site that is nobody's not at all."""
    rule: dict[str, Any] = {"rule": "need_weighted", "between": ["east"]}
    told: list[Shared] = []
    given = shared(plan, rule, told, available=80)
    assert (given["t1"], given["d1"]) == (30, 20) and told[0].claims.need is not None
    given = shared(plan, rule | {"weights": {"east": 2}})
    assert (given["t1"], given["d1"]) == (27, 18)
    assert shared(plan, rule | {"weights": {"africa": 3}}, available=80)["d1"] == 8  # 18, 18, 4 of 40
    assert plan.network.parties["east"].weight == 5 and plan.network.parties["africa"].weight == 7


def random_rule(dice: random.Random, depth: int) -> dict[str, Any]:
    """A rule with caps or floors, and rules within."""
    words = ["proportional", "uniform", "linear", "talmud", "need_weighted", "equal_days_of_cover", "priority_tiers"]
    rule: dict[str, Any] = {"rule": dice.choice(words)}
    if dice.random() < 0.5:
        rule["caps"] = [{"units": dice.randint(0, 40)}]
    elif dice.random() < 0.3:
        rule["floors"] = [{"for": dice.choice([*ASKED, "kenya"]), "share": "30%"}]
    if depth and dice.random() < 0.9:
        rule["between"] = dice.choice(["parties", ["east"], ["africa"], ["east", "africa"], ["kenya"], ["union"]])
        rule["inside"] = random_rule(dice, depth - 1)
    return rule


def test_whatever_rules_stand_in_each_other_all_is_shared_that_may_be_had(plan: Plan) -> None:
    """With units that each may have within its caps, and those of all whom it claims with, worked out once more."""
    dice, network, found = random.Random(7), plan.network, 0
    flows = network.flows_from(network.select_cells("store"))
    for _ in range(120):
        rule, available = random_rule(dice, 3), dice.randint(0, 250)
        try:
            given = shared(plan, rule, available=available)
        except sim.errors.PlaceError:  # of names that claim nothing there
            continue
        sharing = bind(ALLOCATION[rule["rule"]].model_validate(rule), network, flows)
        may = most_of(sharing, network, dict(zip(flows.tolist(), given, strict=True)))
        assert sum(given.values()) == min(available, may) and all(given[name] <= ASKED[name] for name in ASKED)
        found += "inside" in rule
    assert found > 20


def most_of(sharing: Sharing, network: Network, names: dict[int, str]) -> int:
    """What those on some flows may have by caps in units, claimant by claimant."""
    total = 0
    party = dict.fromkeys(names, "") if sharing.party is None else {flow: sharing.party[flow] for flow in names}
    for who in {party[flow] or names[flow] for flow in names}:
        mine = {flow: name for flow, name in names.items() if (party[flow] or name) == who}
        first = next(iter(mine))
        most = sum(ASKED[name] for name in mine.values())
        if sharing.inside and sharing.inside_of is not None:
            most = min(most, most_of(sharing.inside[sharing.inside_of[first]], network, mine))
        if sharing.cap_units is not None:
            most = min(most, int(sharing.cap_units[first]) if np.isfinite(sharing.cap_units[first]) else most)
        total += most
    return total


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"between": ["eat"]}, "did you mean 'east'"),
    ({"between": ["africa", "union", "kenya"]}, "is in 'africa' and in 'union', which would both claim for it"),
    ({"between": []}, "one party or pool at least"),
    ({"between": ["east", "east"]}, "each once"),
    ({"between": "east"}, "a list of those who claim as one"),
    ({"between": ["east"], "inside": {"kenya": "uniform"}}, "it does not claim as one here"),
    ({"between": ["east"], "inside": {"eest": "uniform"}}, "did you mean 'east'"),
    ({"between": ["east"], "inside": "unifrom"}, "did you mean 'uniform'"),
    ({"between": ["east"], "inside": {"east": "unifrom"}}, "did you mean 'uniform'"),
    ({"between": ["east"], "inside": {"rule": "uniform", "cap": []}}, "did you mean 'caps'"),
    ({"between": ["east"], "inside": {"east": {"rule": "uniform", "at": "store"}}}, "no `at`"),
    ({"between": ["east"], "inside": {"rule": "priority_tiers", "critical": 5}}, "no `critical`"),
    ({"between": ["east"], "without": ["kenya"]}, "'east' claims as one, and its 'u1' is left out"),
    ({"between": ["east"], "rule": "need_weighted", "weights": {"kenya": 2}}, "as one with the others in 'east'"),
    ({"between": "parties", "inside": {"kenya": {"rule": "uniform", "between": ["east"]}}}, "'east' is not in 'kenya'"),
    ({"inside": {"rule": "uniform"}}, "sites have nobody to share on to"),
    ({"rule": "equal_days_of_cover", "between": "parties",
      "inside": {"rule": "equal_days_of_cover", "cover_in": "present"}}, "in different use"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "message"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_what_cannot_claim_as_one_is_told_where_it_stands(wrong: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    spec = SPEC | {"allocation": [{"rule": "uniform", "at": "store"} | wrong]}
    path.write_text(yaml.safe_dump(spec, sort_keys=False))
    with pytest.raises(sim.ScenarioError) as found:
        sim.validate(path)
    assert message in str(found.value)
    assert all(problem.line for problem in found.value.problems)
