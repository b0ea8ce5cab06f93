"""A pool taken apart: what each part of it holds, where, by whose claims, and who gives to and sees whom; by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.compile.plan import compile_plan
from sim.engine.compile.unknowns import Unknowns
from sim.engine.plan import Plan, ReservePlan
from sim.errors import ScenarioError
from sim.scenario.load import load
from tests.property.running import plan_of, run, written
from tests.textbook.test_joining import THREE, Spec, world


def parts(spec: Spec, *together: list[str]) -> dict[str, ReservePlan]:
    """Whose -> its part of the joint reserve."""
    plan = plan_of(spec | {"apart": {"pool": "union", "together": [*together]}})
    return by_whose(plan)


def by_whose(plan: Plan) -> dict[str, ReservePlan]:
    return {one.name.removeprefix("joint of "): one for one in plan.reserves}


def places(plan: Plan, part: ReservePlan) -> dict[str, int]:
    names = plan.network.site_names(plan.network.cell_site[part.holder])
    return dict(zip(names, part.size.tolist(), strict=True))


CLAIMS = {"a": "50%", "b": "30%", "c": "20%"}


def sizes(contributions: Spec) -> dict[str, int]:
    reserve = {"size": 100, "claims": CLAIMS, "contributions": contributions}
    return {whose: int(part.size.sum()) for whose, part in parts(world(THREE, reserve)).items()}


def test_a_reserve_is_divided_by_what_is_brought_and_the_rest_by_claims() -> None:
    """Where c brings 40%, the other 60 are a's and b's as 50 to 30: 37.5 and 22.5, and of a tie the unit goes to a, who
    is named first. Where c never pays, a and b divide all 100: 62.5 and 37.5; where it was to bring 40% and never does,
    only 60 are there. Who brings all has all."""
    assert sizes({}) == {"a": 50, "b": 30, "c": 20}
    assert sizes({"c": {"share": "40%"}}) == {"a": 38, "b": 22, "c": 40}
    assert sizes({"c": {"made": "no"}}) == {"a": 63, "b": 37}
    assert sizes({"c": {"share": "40%", "made": "no"}}) == {"a": 38, "b": 22}
    assert sizes({"a": {"share": "100%"}}) == {"a": 100}


def test_what_nobody_claims_is_others_only_where_others_draw_on_the_reserve() -> None:
    """Of 100, 30 and 20 are claimed. Where c, which has no claim, is no member of the pool but one of the reserve, the
    50 stay for it. Where it is one of both, it has contributed nothing, and a and b have all; together with them it
    draws on what nobody claims of it, half as of the whole."""
    spec = world(THREE, {"size": 100, "claims": {"a": "30%", "b": "20%"}})
    assert {whose: int(part.size.sum()) for whose, part in parts(spec).items()} == {"a": 60, "b": 40}
    (part,) = parts(spec, ["a", "b", "c"]).values()
    assert part.claims is not None
    assert (part.claims.parties, part.claims.size.tolist()) == (("a", "b", ""), [30, 20, 50])
    assert len(part.members) == 3
    spec["parties"]["union"]["members"] = ["a", "b"]
    assert {whose: int(part.size.sum()) for whose, part in parts(spec).items()} == {"a": 30, "b": 20, "others": 50}


def test_who_is_alone_keeps_its_own_at_home_and_a_pair_where_the_pool_did() -> None:
    """The store is nobody's. b's own store is first of its own; a and c have none. Of a reserve at b's own store, b
    keeps its part there, and a and c, whose place it is not, at home."""
    spec = world(THREE, {"size": 100, "claims": CLAIMS})
    spec["warehouses"]["sb"] = {"country": "ZA"}
    spec["parties"]["b"]["sites"] = ["hb", "sb"]
    spec["lanes"] = [
        {"from": "maker", "to": ["store", "sb"], "time": "90d"}, {"from": "store", "to": ["ha", "hc"], "time": "1d"},
        {"from": ["store", "sb"], "to": "hb", "time": "1d"},
    ]  # fmt: skip
    spec["replenishment"].append({"at": "sb", "policy": "base_stock", "level": 0})
    spec["sourcing"] = [{"at": "hb", "from": {"store": "50%", "sb": "50%"}}]
    plan = plan_of(spec | {"apart": {"pool": "union"}})
    assert [places(plan, part) for part in plan.reserves] == [{"ha": 50}, {"sb": 30}, {"hc": 20}]
    plan = plan_of(spec | {"apart": {"pool": "union", "together": [["c", "a"]]}})
    found = {whose: places(plan, part) for whose, part in by_whose(plan).items()}
    assert found == {"c and a": {"store": 70}, "b": {"sb": 30}}
    spec["reserves"]["joint"]["held_at"] = "sb"
    spec["reserves"]["joint"]["members"] = ["hb"]
    spec["reserves"]["joint"]["claims"] = {"b": "100%"}
    with pytest.raises(ScenarioError, match="no reserve of which two of its members have a claim"):
        plan_of(spec | {"apart": {"pool": "union"}})


def test_a_pair_claims_as_in_the_whole_and_lends_who_is_alone_does_not() -> None:
    """40 of each are brought by a and b, 20 by c. a and b claim 50 and 30: of their 80, 50 and 30."""
    shares = {"a": {"share": "40%"}, "b": {"share": "40%"}, "c": {"share": "20%"}}
    reserve = {"size": 100, "claims": CLAIMS, "contributions": shares, "borrow": {"up_to": "50%", "pay_back": "9d"}}
    found = parts(world(THREE, reserve), ["a", "b"])
    pair = found["a and b"].claims
    assert pair is not None
    assert dict(zip(pair.parties, pair.size.tolist(), strict=True)) == {"a": 50, "b": 30, "": 0}
    assert found["a and b"].spec.borrow is not None
    assert found["c"].spec.borrow is None


def test_goods_that_are_brought_later_come_later_to_who_brings_them() -> None:
    """c brings its 20% on day 3: until then it has nothing, and the others have all of theirs."""
    reserve = {"size": 100, "claims": CLAIMS, "contributions": {"c": {"share": "20%", "made": "2001-01-04"}}}
    found = parts(world(THREE, reserve))
    assert {whose: (int(p.opening(0).sum()), int(p.opening(3).sum())) for whose, p in found.items()} == {
        "a": (50, 50), "b": (30, 30), "c": (0, 20),
    }  # fmt: skip


def test_a_size_that_is_not_known_is_divided_as_it_is_drawn() -> None:
    """However many units there are, half are a's."""
    spec = world(THREE, {"size": 100, "claims": {"a": "50%", "b": "50%"}, "members": ["ha", "hb"]})
    spec |= {"uncertain": {"reserves.joint.size": "uniform(100, 900)"}, "apart": {"pool": "union"}}
    drawn = set()
    with written(spec) as path:
        unknowns = Unknowns(load(path))
        for number in range(3):
            a, b = (int(part.size.sum()) for part in unknowns.plan(number).reserves)
            assert 0 <= a - b <= 1
            drawn.add(a + b)
    assert len(drawn) == 3


GIVING = [{"rule": "nearest", "from": "facilities", "time": "1d", "keep": "5d", "below": "2d"}]
FULL_AND_EMPTY = {"ha": (0, 0), "hb": (60, 0), "hc": (60, 0)}
NO_RESERVE: Spec = {"size": 2, "claims": CLAIMS, "release": {"when": {"trigger": "chosen"}}}


@pytest.mark.parametrize(
    ("together", "given"), [(None, True), ([["a", "b"]], True), ([["b", "c"]], False), ([], False)]
)
def test_members_of_different_groups_give_each_other_nothing(together: Any, given: bool) -> None:
    """a has nothing, and is given something by whoever is with it; nobody is, or b, or all. It makes no odds that b and
    c decide to give."""
    gives = {"decision": "allow_transfers", "when": {"trigger": "on", "date": "2001-01-02"}}
    decisions = [gives | {"by": name, "name": f"{name} gives"} for name in ("b", "c")]
    spec = world(FULL_AND_EMPTY, NO_RESERVE, transfers=GIVING, decisions=decisions)
    done = run(spec if together is None else spec | {"apart": {"pool": "union", "together": together}}, daily=False)
    assert (done.metrics["transferred"].value > 0) is given


def test_members_of_different_groups_see_no_more_of_each_other_than_orders() -> None:
    """Without `information` all see all (5, the highest level): b sees all of a, unless they are apart (1: orders)."""
    spec = world(FULL_AND_EMPTY, NO_RESERVE)
    for together, level in (([], 1), ([["a", "b"]], 5)):
        plan = plan_of(spec | {"apart": {"pool": "union", "together": together}})
        assert plan.information is not None
        seen = plan.information.joint(plan.information.party("b"), 0)
        assert seen.level[plan.network.cells_of(plan.network.parties["a"].sites, np.array([0]))].tolist() == [level]
    assert plan_of(spec).information is None


def test_by_decision_a_party_opens_its_own_part() -> None:
    """The reserve's own condition is never met; b opens what is its own, and only that: 30 of 100."""
    opens = {
        "decision": "release_reserve", "by": "b", "reserve": "joint", "when": {"trigger": "on", "date": "2001-01-02"},
    }  # fmt: skip
    spec = world({"ha": (0, 50), "hb": (0, 50)}, NO_RESERVE | {"size": 100, "claims": {"a": "70%", "b": "30%"}})
    done = run(spec | {"decisions": [opens], "apart": {"pool": "union"}})
    stock = done.outcome.record.closing["reserve"]
    assert int(stock.sum()) == 70


@pytest.mark.parametrize(
    ("apart", "told"),
    [
        ({"pool": "unoin"}, "did you mean 'union'"),
        ({"pool": "a"}, "this party is no pool"),
        ({"pool": "union", "together": [["a", "z"]]}, "this is no member of the pool"),
        ({"pool": "union", "together": [["a"]]}, "a group of one"),
        ({"pool": "union", "together": [["a", "b"], ["b", "c"]]}, "a member stands here twice"),
    ],
)
def test_what_cannot_be_taken_apart_is_told_with_its_line(apart: Spec, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        plan_of(world(THREE, {"size": 100, "claims": CLAIMS}) | {"apart": apart})
    assert told in str(caught.value)
    assert all(problem.line for problem in caught.value.problems)


def test_a_pool_taken_apart_is_noted_no_more_than_the_whole() -> None:
    """Of a reserve whose members are listed, what is a part's alone is no fault of the others."""
    told = []
    for more in ({}, {"apart": {"pool": "union"}}):
        spec = world(THREE, {"size": 100, "claims": CLAIMS, "members": ["ha", "hb", "hc"]}) | more
        with written(spec) as path:
            loaded = load(path)
            compile_plan(loaded)
            told.append([note.message for note in loaded.notes if "reserve" in note.message or "joint" in note.message])
    assert told[1] == told[0]


def test_nobody_who_contributes_leaves_nothing_to_divide() -> None:
    nobody = {name: {"made": "no"} for name in CLAIMS}
    spec = world(THREE, {"size": 100, "claims": CLAIMS, "contributions": nobody})
    with pytest.raises(ScenarioError, match="nobody contributes anything to 'joint'"):
        plan_of(spec | {"apart": {"pool": "union"}})
