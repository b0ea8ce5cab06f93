"""What people do about scarcity, calculated by hand: substitutes, use levels, hoarding, and demand by population."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from sim.engine.deciding.hoarding import SeenScarcity
from sim.engine.plan import Hoarders
from sim.errors import ScenarioError
from tests.contract.network import STANDARD
from tests.property.running import changed, plan_of, run

ALONE: dict[str, Any] = {
    "scenario": "alone",
    "title": "A clinic with what it has",
    "start": "2024-01-01",
    "end": "2024-01-21",
    "products": {"a": {"unit": "vial"}, "b": {"unit": "vial"}},
    "suppliers": {"maker": {"makes": {"a": {}, "b": {}}}},
    "facilities": {"clinic": {"region": "north"}},
    "lanes": [{"from": "maker", "to": "clinic", "time": "9d"}],
    "demand": [
        {"at": "clinic", "product": "a", "per_day": 10, "distribution": "deterministic"},
        {"at": "clinic", "product": "b", "per_day": 4, "distribution": "deterministic"},
    ],
    "replenishment": [{"at": "clinic", "policy": "base_stock", "level": 0}],
    "stock": [
        {"at": "clinic", "products": ["a"], "on_hand": 12},
        {"at": "clinic", "products": ["b"], "on_hand": 20},
    ],
}
"""A level of 0 orders nothing: no demand waits here."""


def column(spec: dict[str, Any], product: str, name: str, days: int) -> list[int]:
    """A figure of the clinic on the first days."""
    daily = run(spec).daily
    mine = daily[(daily["site"] == "clinic") & (daily["product"] == product)]
    return [int(v) for v in mine[name]][:days]


def refused(spec: dict[str, Any]) -> str:
    with pytest.raises(ScenarioError) as caught:
        run(spec)
    assert all(problem.line > 0 for problem in caught.value.problems)
    return str(caught.value)


# substitutes


def with_substitutes(**substitutes: Any) -> dict[str, Any]:
    return changed(ALONE, products={"a": {"unit": "vial", "substitutes": substitutes}, "b": {"unit": "vial"}})


def test_spill_over_empties_the_substitute_in_its_turn() -> None:
    """60% accept, at 1.5 units for one.

    Day 1: 8 lack, 4.8 would accept: 4 do, for 6 of the 16 units that b's own 4 leave. Day 2: 10 lack, 6.8 would; b has
    6 - 4 = 2 left, enough for one (half a unit stays opened). Day 3: b is empty, for its own patients too.
    """
    spec = with_substitutes(b={"ratio": 1.5, "share": "60%"})
    assert column(spec, "a", "substituted", 4) == [0, 4, 1, 0]
    assert column(spec, "b", "stood_in", 4) == [0, 6, 2, 0]
    assert column(spec, "a", "unmet", 4) == [0, 4, 9, 10]
    assert column(spec, "a", "lost", 4) == [0, 4, 9, 10]
    assert column(spec, "b", "on_hand", 4) == [16, 6, 0, 0]
    assert column(spec, "b", "unmet", 4) == [0, 0, 0, 4]
    assert column(ALONE, "b", "unmet", 6) == [0, 0, 0, 0, 0, 4], "without spill-over it lasts two days longer"


def test_the_opened_unit_is_used_up_first() -> None:
    """Two fifths of a unit for one: five patients take two units, and none is counted twice."""
    spec = with_substitutes(b={"ratio": 0.4})
    spec["demand"][0]["per_day"] = 3
    spec["stock"] = [{"at": "clinic", "products": ["b"], "on_hand": 200}]
    used = column(spec, "b", "stood_in", 5)
    assert column(spec, "a", "substituted", 5) == [3] * 5
    assert np.cumsum(used).tolist() == [2, 3, 4, 5, 6], "1.2, 2.4, 3.6, 4.8, 6.0 rounded up to whole opened units"


def test_the_first_named_substitute_is_tried_first() -> None:
    spec = with_substitutes(c={}, b={})
    spec["products"]["c"] = {"unit": "vial"}
    spec["suppliers"]["maker"]["makes"]["c"] = {}
    spec["demand"].append(spec["demand"][1] | {"product": "c", "per_day": 0})
    spec["stock"] += [{"at": "clinic", "products": ["c"], "on_hand": 5}]
    assert column(spec, "c", "stood_in", 3) == [0, 5, 0]
    assert column(spec, "b", "stood_in", 3) == [0, 3, 5], "what b's own four leave of nine"


def test_flows_from_one_product_to_another_are_kept_by_day_and_region() -> None:
    outcome = run(with_substitutes(b={"ratio": 1.5, "share": "60%"})).outcome
    assert outcome.plan.behaviour.substitute_rows == (("a", "b", "north"),)
    assert outcome.substitution is not None
    assert outcome.substitution[:4, :, 0].tolist() == [[0, 0], [4, 6], [1, 2], [0, 0]]


def test_with_lots_what_stands_in_is_taken_from_lots() -> None:
    spec = with_substitutes(b={"ratio": 1.5, "share": "60%"})
    for product in spec["products"].values():
        product["shelf_life"] = "30d"
    lots = run(spec).lots.groupby("product")["used"].sum()
    assert lots.to_dict() == {"a": 12, "b": 20}


def test_substitutes_that_cannot_be_are_refused() -> None:
    assert "unknown product" in refused(with_substitutes(bb={})) and "did you mean 'b'" in refused(
        with_substitutes(bb={})
    )
    assert "cannot stand in for itself" in refused(with_substitutes(a={}))
    alone = with_substitutes(b={})
    alone["demand"] = alone["demand"][:1]
    assert "no facility has demand for both 'a' and 'b'" in refused(alone)


# use levels

CONTINGENCY = {"below": "5d", "saves": "20%", "comes_back": "50%"}
CRISIS = {"below": "2d", "until": "3d", "saves": "50%"}


def stretched(level: int = 0, **levels: Any) -> dict[str, Any]:
    return changed(
        ALONE,
        stock=[{"at": "clinic", "on_hand": 100}],
        replenishment=[{"at": "clinic", "policy": "base_stock", "level": level}],
        use_levels=[{"at": "clinic", "products": ["a"], **levels}],
    )


def test_use_is_stretched_as_cover_falls() -> None:
    """Mornings 100, 90, ... 50: as usual. 40, 32, 24 (under five days): 8 of 10. 16, 11, 6, 1 (under two): 5 of 10."""
    spec = stretched(contingency=CONTINGENCY, crisis=CRISIS)
    assert column(spec, "a", "conserved", 13) == [0] * 6 + [2] * 3 + [5] * 4
    assert column(spec, "a", "served", 14) == [10] * 6 + [8] * 3 + [5, 5, 5, 1, 0]
    assert column(spec, "a", "unmet", 14) == [0] * 12 + [4, 5]
    assert column(spec, "a", "demand", 13) == [10] * 13
    assert column(spec, "b", "conserved", 13) == [0] * 13


def test_what_was_put_off_comes_back_and_is_conserved() -> None:
    """Saved: 2 on days 6, 7, 8, half of it to come back in two days: 2 on day 9, when 110 arrive, and 1 on day 10."""
    spec = stretched(200, contingency=CONTINGENCY, within="2d")
    assert column(spec, "a", "conserved", 12) == [0] * 6 + [2] * 3 + [0] * 3
    assert column(spec, "a", "recovered", 12) == [0] * 9 + [2, 1, 0]
    assert column(spec, "a", "served_late", 12) == [0] * 9 + [2, 1, 0]
    assert column(spec, "a", "served", 12) == [10] * 6 + [8] * 3 + [10] * 3


def test_demand_that_comes_back_to_an_empty_shelf_is_lost_or_waits() -> None:
    """Nine days on which all ten are put off; on day 9 one unit makes it ten, and use conventional.

    The 90 come back at once and take the ten units; 80 of them and the day's ten get nothing.
    """
    spec = stretched(crisis={"below": "1d", "until": "1d", "saves": "100%", "comes_back": "100%"}, within="1d")
    spec["stock"] = [{"at": "clinic", "on_hand": 9}]
    spec["replenishment"] = [{"at": "clinic", "policy": "push", "quantity": 1}]
    assert column(spec, "a", "conserved", 11) == [10] * 9 + [0, 10]
    assert column(spec, "a", "recovered", 11) == [0] * 9 + [90, 0]
    assert column(spec, "a", "served_late", 11) == [0] * 9 + [10, 0]
    assert column(spec, "a", "unmet", 11) == column(spec, "a", "lost", 11) == [0] * 9 + [90, 0]
    spec["demand"][0]["shortage"] = "backorder"
    assert column(spec, "a", "backlog", 10) == [0] * 9 + [90]
    assert column(spec, "a", "lost", 10) == [0] * 10


def test_a_level_neither_begins_nor_ends_every_other_day() -> None:
    """Two days of cover apart, a stock that swings by half a day around the beginning changes level once."""
    spec = stretched(55, contingency=CONTINGENCY | {"until": "7d"})
    spec["lanes"][0]["time"] = "1d"
    spec["stock"] = [{"at": "clinic", "on_hand": 45}]
    journal = run(spec).events
    assert (journal["event"] == "use_contingency").sum() == 1
    assert not (journal["event"] == "use_conventional").any()


def test_cover_may_be_that_of_the_region() -> None:
    """A clinic with nothing beside one with plenty: by region nobody saves, by site the empty one does."""
    spec = changed(ALONE, use_levels=[{"at": "facilities", "products": ["a"], "contingency": CONTINGENCY}])
    spec["facilities"]["other"] = {"region": "north"}
    spec["lanes"].append({"from": "maker", "to": "other", "time": "9d"})
    spec["demand"].append(spec["demand"][0] | {"at": "other"})
    spec["replenishment"][0]["at"] = "facilities"
    spec["stock"] = [{"at": "other", "on_hand": 400}, {"at": "clinic", "on_hand": 20}]
    together = changed(spec)
    together["use_levels"][0]["cover_of"] = "region"
    assert column(spec, "a", "conserved", 3) == [2, 2, 2]
    assert column(together, "a", "conserved", 3) == [0, 0, 0]


def test_use_levels_that_contradict_themselves_are_refused() -> None:
    assert "contingency, crisis or both" in refused(stretched())
    assert "until no lower than below" in refused(stretched(crisis=CRISIS | {"until": "1d"}))
    assert "fewer days of cover than contingency" in refused(stretched(contingency=CRISIS, crisis=CONTINGENCY))
    twice = stretched(crisis=CRISIS)
    twice["use_levels"] *= 2
    assert "use_levels entry 1 holds for 'a' at 'clinic' already" in refused(twice)


# hoarding


def test_buyers_order_more_as_less_is_filled_and_calm_down() -> None:
    """Remembered for two days: filled 1 -> 1/2 -> 3/4 -> 7/8; scarcity under 80%: 3/8, 1/16, 0; up to three times."""
    network = plan_of(STANDARD).network
    flow = 0
    cell = network.flow_buyer[[flow]]
    hoarders = Hoarders(cell, np.array([0.8]), np.array([2.0]), np.array([2.0]))
    hoarding = SeenScarcity(network, hoarders)
    nothing = np.zeros(len(network.flow_buyer), dtype=np.int64)
    waiting = nothing.copy()
    waiting[flow] = 10
    seen = []
    for before, after in ((waiting, waiting), (waiting, nothing), (nothing, nothing)):
        hoarding.look(before, after)
        seen.append(float(hoarding.factor[cell[0]]))
    assert seen == pytest.approx([1 + 2 * 3 / 8, 1 + 2 / 16, 1])


def hoarded(**fields: Any) -> dict[str, Any]:
    return copy.deepcopy(STANDARD) | {"hoarding": [{"at": "facilities", "at_most": 3, **fields}]}


def test_hoarding_raises_the_bullwhip() -> None:
    """Orders of the clinics vary more than the same patients' demand made them, and their peak is higher."""
    without, with_ = (run(spec).daily for spec in (STANDARD, hoarded()))
    clinics = ["clinic-a", "clinic-b", "clinic-c"]
    calm, eager = (d[d["site"].isin(clinics)].groupby("day")["ordered"].sum() for d in (without, with_))
    assert eager.var() > calm.var() and eager.max() > calm.max()
    assert without["demand"].equals(with_["demand"])


@pytest.mark.parametrize("off", [{"trust": "100%"}, {"at_most": 1}])
def test_trust_switches_hoarding_off(off: dict[str, Any]) -> None:
    assert run(hoarded(**off)).daily.equals(run(STANDARD).daily)


@pytest.mark.parametrize(("sees", "raised"), [("own", {"b"}), ("source", {"a", "b"}), ("region", {"b", "c"})])
def test_buyers_may_look_at_the_orders_of_others(sees: str, raised: set[str]) -> None:
    """Clinics a and b buy at one store, c at another; b and c are of one region. Only b waits, for all of 8."""
    spec: dict[str, Any] = copy.deepcopy(STANDARD) | {
        "warehouses": {"one": {}, "two": {}},
        "facilities": {"a": {"region": "east"}, "b": {"region": "west"}, "c": {"region": "west"}},
        "products": {"saline": {"unit": "bag"}},
        "suppliers": {"maker": {"makes": {"saline": {}}}},
        "ports": {},
        "lanes": [{"from": "maker", "to": "warehouses", "time": "1d"}]
        + [{"from": w, "to": f, "time": "1d"} for f, w in {"a": "one", "b": "one", "c": "two"}.items()],
        "demand": [{"at": "facilities", "product": "saline", "per_day": 5}],
        "reserves": {},
        "disruptions": [],
        "hoarding": [{"at": "facilities", "sees": sees, "at_most": 3, "memory": "2d", "below": "100%"}],
    }
    plan = plan_of(spec)
    network, hoarders = plan.network, plan.behaviour.hoarders
    assert hoarders is not None
    hoarding = SeenScarcity(network, hoarders)
    waiting = np.where(_buyers(network) == "b", 8, np.where(_buyers(network) == "a", 2, 0))
    hoarding.look(waiting, np.where(_buyers(network) == "b", 8, 0))
    names = np.array(network.site_names(network.cell_site))
    assert set(names[hoarding.factor > 1]) == raised
    seen = {"own": 1.0, "source": 0.8, "region": 1.0}[sees]  # share not filled of what b sees; half is remembered
    assert hoarding.factor[names == "b"][0] == pytest.approx(1 + 2 * seen / 2)


def _buyers(network: Any) -> np.ndarray:
    return np.array(network.site_names(network.cell_site[network.flow_buyer]))


def test_what_hoarders_see_is_one_of_three() -> None:
    assert "expected one of own, source, region" in refused(hoarded(sees="all"))


def test_hoarding_where_nobody_orders_is_refused() -> None:
    assert "none of these sites orders" in refused(hoarded(at="maker"))


# demand by population


@pytest.mark.parametrize(
    ("people", "rate"), [(20, "0.5 a day"), (3650, "1 a year"), (30, "10 per month"), (7, "10/week")]
)
def test_demand_is_population_times_rate(people: int, rate: str) -> None:
    spec = changed(ALONE)
    spec["facilities"]["clinic"]["population"] = people
    del spec["demand"][0]["per_day"]
    spec["demand"][0]["per_person"] = rate
    assert column(spec, "a", "demand", 5) == [10] * 5


def test_demand_by_population_needs_people_and_one_rate() -> None:
    spec = changed(ALONE)
    del spec["demand"][0]["per_day"]
    spec["demand"][0]["per_person"] = "2 a year"
    assert "no population is given for 'clinic'" in refused(spec)
    spec["demand"][0]["per_person"] = 2
    assert "a rate with its time such as 0.02 a day" in refused(spec)
    spec["demand"][0] |= {"per_person": "2 a year", "per_day": 1}
    assert "exactly one of per_day, per_person and series" in refused(spec)
