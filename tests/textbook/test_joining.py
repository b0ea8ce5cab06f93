"""What joining a pool is worth: two and three parties whose days are reckoned by hand."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim import ask
from sim.ask import Joining
from sim.options import read_settings
from tests.property.running import written

Spec = dict[str, Any]
OPEN = {"when": {"trigger": "days_of_cover", "below": "100d"}}


def world(sites: dict[str, tuple[int, int]], reserve: Spec, days: int = 6, use: int = 5, **more: Any) -> Spec:
    """A store without goods of its own, but for a reserve that is open from the first evening on, and clinics that use
    `use` a day, each of a party of its own (ha of a): what is on hand, and the level that it orders up to in the
    evening. What leaves the store comes the next day. Nothing else ever comes. Days count from 0."""
    parties = {name[1:]: {"kind": "city", "sites": [name]} for name in sites}
    return {
        "scenario": "hand", "title": "By hand", "start": "2001-01-01", "end": f"2001-01-{1 + days:02d}",
        "products": {"p": {"unit": "box", "cost": 2}},
        "suppliers": {"maker": {"country": "IN", "makes": {"p": {}}}},
        "warehouses": {"store": {"country": "ZA"}},
        "facilities": {name: {"country": "ZA"} for name in sites},
        "parties": parties | {"union": {"kind": "pool", "members": [*parties]}},
        "lanes": [
            {"from": "maker", "to": "store", "time": "90d"}, {"from": "store", "to": "facilities", "time": "1d"},
        ],
        "demand": [{"at": "facilities", "product": "p", "per_day": use, "distribution": "deterministic"}],
        "replenishment": [
            *({"at": name, "policy": "base_stock", "level": level} for name, (_, level) in sites.items()),
            {"at": "store", "policy": "base_stock", "level": 0},
        ],
        "stock": [
            *({"at": name, "on_hand": stock, "on_the_way": "none"} for name, (stock, _) in sites.items()),
            {"at": "store", "on_hand": 0, "on_the_way": "none"},
        ],
        "reserves": {"joint": {"held_at": "store", "members": "facilities", "release": OPEN} | reserve},
    } | more  # fmt: skip


def joining(spec: Spec, **asked: Any) -> Joining:
    with written(spec) as path:
        return ask.joining(path, **{"pool": "union", "replications": 2, "workers": 1} | asked)


def short(found: Joining, way: str, key: str = "mean") -> dict[str, float]:
    return {name: row[key] for name, row in found.of(way).items()}


def verdicts(found: Joining, way: str = "pool") -> dict[str, str]:
    return {name: row["verdict"] for name, row in found.of(way).items()}


BORROWING = {"size": 20, "claims": {"a": "50%", "b": "50%"}, "borrow": {"up_to": "100%", "pay_back": "30d"}}
TEN_SHORT = {"ha": (10, 20), "hb": (30, 0)}
"""Six days of 5 are 30 boxes: a lacks 20, b nothing; b, which orders up to nothing, never orders."""


@pytest.fixture(scope="module")
def lent() -> Joining:
    """The reserve lies at b's store: a pool of 10 of each."""
    spec = world(TEN_SHORT, BORROWING)
    spec["parties"]["b"]["sites"].append("store")
    return joining(spec, pairs="all")


def test_who_is_short_by_ten_alone_is_not_in_a_pool_with_who_has_ten_to_spare(lent: Joining) -> None:
    """a holds its 10 at its clinic and is 10 short; in the pool it draws its own 10 and borrows b's 10."""
    assert short(lent, "pool", "against_mean") == {"a": 10, "b": 0}
    assert short(lent, "pool") == {"a": 0, "b": 0}
    assert verdicts(lent) == {"a": "gains", "b": "no difference at all"}
    assert lent.contributions["units"].tolist() == [10, 10]


def test_who_trusted_a_defector_with_its_goods_is_worse_off_than_alone(lent: Joining) -> None:
    """b's store keeps all 20: a is short of all that it lacks. a holds nothing for b, and is not tried."""
    assert lent.defectors == [("b breaks its word", "b")]
    assert short(lent, "b breaks its word") == {"a": 20, "b": 0}
    assert verdicts(lent, "b breaks its word")["a"] == "loses"
    assert [who for who, _ in lent.untried] == ["a"]


def test_a_pool_of_two_has_no_pair_and_three_ways_are_run(lent: Joining) -> None:
    assert lent.pairs.empty
    assert lent.ways["kind"].tolist() == ["alone", "pool", "defector"]
    assert lent.ways["set"].tolist()[0] == "apart={pool: union}"


def test_what_is_compared_can_be_run_by_hand(lent: Joining) -> None:
    """The settings that are told make the same runs: of all facilities a's 10, and a's 20."""
    spec = world(TEN_SHORT, BORROWING)
    spec["parties"]["b"]["sites"].append("store")
    with written(spec) as path:
        for kind, expected in (("alone", 10), ("defector", 20)):
            told = str(lent.ways.loc[lent.ways["kind"] == kind, "set"].iloc[0])
            done = sim.run(path, overrides=read_settings((told,)), twin=False)
            assert done.metrics["units_unmet"].value == expected


def test_cover_and_cost_are_told_of_each_member(lent: Joining) -> None:
    """b has 25, 20, 15, 10, 5, 0 on hand in the evenings: 75 box-days, of 30 asked for: 2.5 days of cover. It uses 30
    boxes at 2, and holds boxes of 2 at 25% a year: 0.5 / 365 a box-day. Alone it has its own 10 at its store for six
    evenings, 60 box-days. Of the pool's 20, a orders 15 on evening 0, as it has 5 of 20, and 5 on the next: 5 box-days,
    of which half are b's."""
    cover, cost = (lent.of("pool", measure)["b"] for measure in ("days_of_cover", "cost"))
    assert (cover["against_mean"], cover["mean"]) == (pytest.approx(2.5), pytest.approx(2.5))
    assert cost["against_mean"] == pytest.approx(60 + (75 + 60) * 0.5 / 365)
    assert cost["mean"] == pytest.approx(60 + (75 + 2.5) * 0.5 / 365)


def test_a_member_that_would_be_better_off_alone_is_shown() -> None:
    """By evening 1 a has drawn its own 10 and borrowed b's. b has 20, orders up to 5 and so first on evening 3, for
    what it lacks on days 4 and 5: nothing is left. Alone it has its 10."""
    found = joining(world({"ha": (10, 20), "hb": (20, 5)}, BORROWING))
    assert short(found, "pool", "against_mean") == {"a": 10, "b": 0}
    assert short(found, "pool") == {"a": 0, "b": 10}
    assert verdicts(found) == {"a": "gains", "b": "loses"}
    assert any(line.startswith("Loses by joining, and would be better off alone: b") for line in found.lines())
    assert "▲ more: loses" in found.page()


def test_a_strategy_may_stand_for_the_broken_word() -> None:
    """On evening 1 a has drawn its own 10 and borrowed b's 10 of b's store: what b keeps from 3 January on is nothing.
    It is told what was tried, and not what would be tried else."""
    spec = world(TEN_SHORT, BORROWING)
    spec["parties"]["b"]["sites"].append("store")
    late = {"kind": "defection", "party": "b", "from": "2001-01-03", "until": "2001-01-07"}
    spec["strategies"] = {"late": {"title": "Too late", "what": "b keeps what is left.", "disruptions": [late]}}
    found = joining(spec, defector="b", broken="late", replications=1)
    assert short(found, "b breaks its word") == {"a": 0, "b": 0}
    assert found.ways["set"].tolist() == ["apart={pool: union}", "", "--strategy late"]
    assert found.breach == "What is tried as a broken word: 'Too late'. b keeps what is left."
    assert found.breach in found.lines()
    assert "(`defection`)" not in found.page() and "(`apart`)" in found.page()


THREE = {"ha": (5, 20), "hb": (15, 20), "hc": (15, 20)}
"""Four days of 5 are 20 boxes: a lacks 15, b and c 5 each."""
POOR = {
    "size": 20, "claims": {"a": "50%", "b": "25%", "c": "25%"},
    "contributions": {"a": {"share": "50%"}, "b": {"share": "50%"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def three() -> Joining:
    return joining(world(THREE, POOR, days=4), pairs="contributors")


def test_a_pair_that_pays_for_all_and_could_do_better_by_itself_is_told(three: Joining) -> None:
    """All 20 are a's and b's. In the whole pool a draws its 10 and is 5 short, as alone; b and c draw their 5. As a
    pair they divide 20 as they claim, 10 to 5: 13.3 and 6.7, so 13 and 7; a is 2 short, b none, and c, alone with
    nothing, 5."""
    assert three.contributions["units"].tolist() == [10, 10, 0]
    assert short(three, "pool", "against_mean") == {"a": 5, "b": 0, "c": 5}
    assert short(three, "pool") == {"a": 5, "b": 0, "c": 0}
    pair = three.pairs.to_dict("records")
    assert [(row["first"], row["second"], row["leaves"]) for row in pair] == [("a", "b", True)]
    assert (pair[0]["first_mean"], pair[0]["second_mean"], pair[0]["together_difference"]) == (2, 0, -3)
    assert any(line.startswith("a and b would do better by themselves") for line in three.lines())


def test_pairs_are_tried_as_asked_and_the_runs_are_told_before() -> None:
    """Of three members of whom two contribute: no pair, one, or three; beside alone, and the pool. Nobody could keep
    anything from others, as all lies at a store that is nobody's."""
    told: list[str] = []
    for pairs, number in (("none", 2), ("all", 5)):
        found = joining(world(THREE, POOR, days=4), pairs=pairs, replications=1, announce=told.append)
        assert len(found.ways) == number
        assert told[-1].endswith(f"1 draw of each: {number} runs.")
        untried = any(line.startswith("No pair of members was tried") for line in found.lines())
        assert untried == (pairs == "none")
    assert not found.pairs.loc[found.pairs["second"] == "c", "leaves"].any()


def test_who_is_alone_under_a_strategy_of_the_scenario_needs_no_claims() -> None:
    """Nobody has a claim on the 20. a lacks 15, b and c 5 each: without the reserve all of it, with it 25 - 20 = 5
    together. There is no telling what anybody contributes, and so no pair."""
    spec = world(THREE, {"size": 20}, days=4)
    spec["strategies"] = {"each-alone": {"reserves.joint.size": 0}}
    found = joining(spec, alone="each-alone")
    assert short(found, "pool", "against_mean") == {"a": 15, "b": 5, "c": 5}
    assert sum(short(found, "pool").values()) == 5
    assert found.ways["set"].tolist() == ["--strategy each-alone", ""]
    assert found.pairs.empty
