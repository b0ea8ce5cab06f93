"""Freight by hand: shipments paid whole, whose goods go together, what journeys emit, and verified carriers."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.model.chance.distributions import parse_times
from tests.property.running import run

Spec = dict[str, Any]
PRODUCT = {"unit": "box", "cost": 1, "weight": 2}


def freight(lane: Spec, **more: Any) -> Spec:
    """Clinics of a and b, which use 5 a day of each of two products and order that every evening of a maker beyond a
    harbour: 20 boxes of 2 kg set out for it on each of eleven evenings."""
    return {
        "scenario": "hand", "title": "By hand", "start": "2001-01-01", "end": "2001-01-12",
        "products": {"p": PRODUCT, "q": PRODUCT},
        "suppliers": {"maker": {"country": "AA", "makes": {"p": {}, "q": {}}}},
        "ports": {"harbour": {"country": "AA"}},
        "facilities": {"ha": {"country": "AA"}, "hb": {"country": "AA"}},
        "parties": {"a": {"kind": "city", "sites": ["ha"]}, "b": {"kind": "city", "sites": ["hb"]}},
        "lanes": [
            {"from": "maker", "to": "harbour", "time": "1d"} | lane,
            {"from": "harbour", "to": "facilities", "time": "1d"},
        ],
        "demand": [
            {"at": "facilities", "product": product, "per_day": 5, "distribution": "deterministic"} for product in "pq"
        ],
        "replenishment": [{"at": "facilities", "policy": "base_stock", "level": 20}],
        "stock": [{"at": "facilities", "on_hand": 20}],
    } | more  # fmt: skip


def figure(done: sim.Run, name: str) -> float:
    value = done.metrics[name].value
    assert value is not None
    return value


@pytest.mark.parametrize(("of", "a_day"), [("all", 1), ("party", 2), ("order", 4)])
def test_goods_that_go_together_are_paid_together(of: str, a_day: int) -> None:
    """20 boxes fit into one of 30; each party's 10 by themselves into one each; each order's 5, too. On top every box
    costs 0.5."""
    done = run(freight({"loads": {"carries": 30, "cost": 100, "of": of}, "cost": 0.5}))
    assert figure(done, "loads") == 11 * a_day
    assert done.metrics.cost["transport by road"].value == 11 * (100 * a_day + 20 * 0.5)


def test_what_does_not_fit_into_one_goes_in_as_few_as_it_takes() -> None:
    """20 into 8 each are 3, and into one without a limit 1; two products of 3 handling units are 60 in 8."""
    assert [figure(run(freight({"loads": {"carries": n, "cost": 1}})), "loads") for n in (8, 20)] == [33, 11]
    assert figure(run(freight({"loads": {"cost": 1}})), "loads") == 11
    large = {"products": {name: PRODUCT | {"size": 3} for name in "pq"}}
    assert figure(run(freight({"loads": {"carries": 8, "cost": 1}}, **large)), "loads") == 88


def test_sites_of_nobody_pay_by_themselves() -> None:
    assert figure(run(freight({"loads": {"cost": 1, "of": "party"}}, parties={})), "loads") == 22


def test_journeys_emit_by_weight_length_and_mode() -> None:
    """40 kg over 100 km are 4 t km a day: 124 g each by road, 570 by air; 10 if written so. What is not weighed or of a
    length that nobody knows emits nothing that could be counted."""
    found = [run(freight({"km": 100} | lane)) for lane in ({}, {"mode": "air"}, {"emissions": 10})]
    assert [figure(done, "emissions") for done in found] == pytest.approx([11 * 4 * g / 1000 for g in (124, 570, 10)])
    assert figure(run(freight({})), "emissions") == 0
    light = run(freight({"km": 100}, products={name: {"unit": "box"} for name in "pq"}))
    assert light.metrics["emissions"].value is None and light.outcome.freight is None


def test_a_straight_line_is_the_length_where_none_is_written() -> None:
    """A degree along the equator is 6371 pi / 180 km."""
    spec = freight({})
    spec["suppliers"]["maker"] |= {"lat": 0, "lon": 0}
    spec["ports"]["harbour"] |= {"lat": 0, "lon": 1}
    assert figure(run(spec), "emissions") == pytest.approx(11 * 0.04 * 6371 * math.pi / 180 * 0.124)


def test_a_lorry_that_is_half_empty_emits_more_for_what_it_carries() -> None:
    """Empty it burns e = 0.311 / 0.448 of what it does when full, so for each box (e + (1 - e) f) / f at a fill of f;
    124 g are those of a fill of 57%. Together 20 of 30 are carried; by party 10 of 30 twice. 57 of 100: as usual."""
    e = 0.311 / 0.448

    def each(fill: float) -> float:
        return (e + (1 - e) * fill) / fill

    for of, fill in (("all", 20 / 30), ("party", 10 / 30)):
        done = run(freight({"km": 100, "loads": {"carries": 30, "cost": 1, "of": of}}))
        assert figure(done, "emissions") == pytest.approx(11 * 4 * 0.124 * each(fill) / each(0.57))
    usual = run(freight({"km": 100, "loads": {"carries": 20 / 0.57, "cost": 1}}))
    assert figure(usual, "emissions") == pytest.approx(11 * 4 * 0.124)


def test_verified_carriers_keep_the_mean_and_a_share_of_the_spread_at_a_price() -> None:
    """The same draws, half as far from the mean; of none of the spread every journey takes the mean."""
    times = parse_times("lognormal(4d, 2d)")
    half = times.narrowed(0.5)
    one, other = (x.drawn(np.random.default_rng(1), 100) for x in (times, half))
    assert other == pytest.approx(4 + 0.5 * (one - 4))
    assert half.mean == 4 and half.quantile(0.9) == pytest.approx(4 + 0.5 * (times.quantile(0.9) - 4))
    again = pickle.loads(pickle.dumps(half.after(2)))
    assert again == half.after(2) != times.after(2)
    assert again.drawn(np.random.default_rng(1), 100) == pytest.approx(other + 2)
    lane = {"time": "lognormal(4d, 2d)", "cost": 0.5}
    sure = run(freight(lane | {"verified": {"spread": "0%", "cost": 0.25}}))
    certain = run(freight({"time": "4d", "cost": 0.75}))
    assert sure.daily.equals(certain.daily) and sure.metrics.cost == certain.metrics.cost
    assert not run(freight(lane)).daily.equals(sure.daily)


def test_a_centre_of_a_pool_serves_all_its_members_and_is_no_members_to_keep() -> None:
    """A pool that owns a store: a, which defects, has nothing there to keep from b; it may ask for more than was agreed
    itself, and the store serves both as before."""
    spec = freight({})
    spec["warehouses"] = {"centre": {"country": "AA"}}
    spec["parties"]["pool"] = {"kind": "pool", "members": ["a", "b"], "sites": ["centre"]}
    spec["lanes"] = [
        {"from": "maker", "to": "centre", "time": "1d"},
        {"from": "centre", "to": "facilities", "time": "1d"},
    ]
    spec["replenishment"].append({"at": "centre", "policy": "base_stock", "level": 100})
    defection = {"kind": "defection", "party": "a", "from": "2001-01-02", "for": "5d", "orders": 1.5}
    short = [run(spec | {"disruptions": some}).metrics["units_unmet"].value for some in ([], [defection])]
    assert short == [0, 0]
    pool = defection | {"party": "pool", "orders": 1}
    with pytest.raises(ScenarioError, match="there is nothing that it could keep from others"):
        run(spec | {"disruptions": [pool]})


@pytest.mark.parametrize(
    ("lane", "told"),
    [
        ({"loads": {"cost": 1}, "vehicles": {"carries": 5, "number": 2}}, "vehicles of their own"),
        ({"loads": {"cost": 1, "of": "parties"}}, "party"),
        ({"loads": {"carries": 5}}, "cost"),
        ({"verified": {}}, "takes always the same time"),
        ({"verified": {"spread": "120%"}, "time": "lognormal(4d, 2d)"}, "spread"),
        ({"km": -5}, "km"),
        ({"emissions": "much"}, "emissions"),
    ],
)
def test_what_is_wrong_with_freight_is_told(lane: Spec, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        run(copy.deepcopy(freight(lane)))
