"""Carers save, by hand: when a level begins, how its saving grows and wears off, of which use, and by whose cover."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.policies.triggers.base import TriggerView
from sim.policies.triggers.over import Watched
from sim.policies.triggers.supplier_fill import SupplierFill
from tests.property.running import changed, run
from tests.textbook.test_scarcity import ALONE, column, refused

DECLARED = {"trigger": "declared", "after": "5d", "until": "12d"}
"""Met on the mornings of days 5 to 11."""


def saving(units: int = 100_000, per_day: int = 10, **level: Any) -> dict[str, Any]:
    """The clinic with plenty, or so many units, and a level of use for one of its products."""
    spec = changed(ALONE, stock=[{"at": "clinic", "on_hand": units}])
    spec["demand"][0]["per_day"] = per_day
    spec["use_levels"] = [{"at": "clinic", "products": ["a"], "contingency": level}]
    return spec


# when


def test_a_level_begins_once_it_was_called_for_so_long() -> None:
    """Called for on the mornings of days 5 to 11; three days later is day 8."""
    assert column(saving(when=DECLARED, after="3d", saves="20%"), "a", "conserved", 14) == [0] * 8 + [2] * 4 + [0] * 2


def test_what_is_over_before_its_time_never_begins() -> None:
    short = DECLARED | {"until": "8d"}
    assert column(saving(when=short, after="3d", saves="20%"), "a", "conserved", 20) == [0] * 20


def test_the_lag_counts_from_the_cover_as_well() -> None:
    """100 at ten a day: 40 on the morning of day 6 are the first below five days; two days later 20 are left, and of
    ten two are saved: 12, 4, and from then on all is gone."""
    spec = saving(100, below="5d", after="2d", saves="20%")
    assert column(spec, "a", "conserved", 11) == [0] * 8 + [2] * 3
    assert column(spec, "a", "served", 11) == [10] * 8 + [8, 8, 4]


def test_a_stricter_level_waits_for_its_own_time() -> None:
    """Contingency is called for from day 5, crisis on the same day but with four days of preparation."""
    spec = saving(when=DECLARED, saves="20%")
    spec["use_levels"][0]["crisis"] = {"when": DECLARED, "after": "4d", "saves": "50%"}
    assert column(spec, "a", "conserved", 13) == [0] * 5 + [2] * 4 + [5] * 3 + [0]
    events = run(spec).events
    assert events[events["event"].str.startswith("use_")]["day"].tolist() == [5, 9, 12]


def test_metrics_tell_saved_from_late_and_never_met() -> None:
    """200 are asked for and there are 100, which are gone on day 11. Two of ten are put off on days 5 to 11, 14 in all;
    half of that comes back from day 12 on, to an empty shelf, and is lost: 7 are saved, and 200 - 100 - 7 never met."""
    spec = saving(100, when=DECLARED, saves="20%", comes_back="50%")
    found = {name: value.value for name, value in run(spec).metrics.by["product"]["a"].items()}
    assert (found["saved_share"], found["short_share"], found["moved_share"]) == (7 / 200, 93 / 200, 0)
    assert found["units_served_late"] == 0


@pytest.mark.parametrize(("share", "units"), [("0.1%", 0), ("1%", 0), ("2%", 1), ("3%", 2)])
def test_a_small_share_saves_little(share: str, units: int) -> None:
    """Of seventy asked for in seven days; fractions are carried, and end with the level."""
    assert sum(column(saving(when=DECLARED, saves=share), "a", "conserved", 20)) == units


def test_a_condition_met_on_one_day_only_has_no_time_to_wait() -> None:
    assert "no after with edge: true" in refused(saving(when=DECLARED | {"edge": True}, after="3d", saves="20%"))


# how much


def test_a_saving_grows_in_a_straight_line() -> None:
    """40 of 100 in four days: a quarter on the first, all from the fourth on."""
    spec = saving(per_day=100, when=DECLARED, ramp="4d", saves="40%")
    assert column(spec, "a", "conserved", 13) == [0] * 5 + [10, 20, 30, 40, 40, 40, 40, 0]


def test_a_stricter_level_grows_from_what_was_saved() -> None:
    """20 of 100 from day 5 on; from day 8 on towards 60 in four days: 30, 40, 50, 60."""
    spec = saving(per_day=100, when=DECLARED, saves="20%")
    spec["use_levels"][0]["crisis"] = {"when": DECLARED, "after": "3d", "ramp": "4d", "saves": "60%"}
    assert column(spec, "a", "conserved", 13) == [0] * 5 + [20] * 3 + [30, 40, 50, 60, 0]


def test_a_saving_wears_off() -> None:
    """Half of a million a day, of which 80% is lost in the end, half of that in two days: after k days there is left
    1 - 0.8 (1 - 2^(-k/2)) of it, which is 60% after two days and 40% after four."""
    spec = saving(10**8, 10**6, when=DECLARED, saves="50%", wears_off={"share": "80%", "half_in": "2d"})
    saved = column(spec, "a", "conserved", 12)[5:]
    exact = 500_000 * (1 - 0.8 * (1 - 0.5 ** (np.arange(7) / 2)))
    assert np.cumsum(saved).tolist() == np.floor(np.cumsum(exact) + 1e-6).tolist()
    assert saved[0] == 500_000 and abs(saved[2] - 300_000) <= 1 and abs(saved[4] - 200_000) <= 1


def test_the_erosion_is_that_of_the_study_unless_said() -> None:
    """80% lost in the long run, half of it in thirty days."""
    spec = saving(10**8, 10**6, when=DECLARED, saves="50%", wears_off={})
    assert abs(column(spec, "a", "conserved", 12)[11] - 500_000 * (1 - 0.8 * (1 - 0.5 ** (6 / 30)))) <= 1


def test_each_use_is_saved_and_comes_back_by_its_own_share() -> None:
    """Of 100 a day 40 are elective, of which 32 are saved, and 60 urgent, of which 6 are. Half of the elective ones
    come back: 16 for each of seven days, 112 in all, over four days of ordinary use."""
    spec = saving(
        per_day=100, when=DECLARED, saves={"elective": "80%", "urgent": "10%"}, comes_back={"elective": "50%"}
    )
    spec["products"]["a"]["uses"] = {"elective": "40%", "urgent": "60%"}
    spec["use_levels"][0]["within"] = "4d"
    assert column(spec, "a", "conserved", 13) == [0] * 5 + [38] * 7 + [0]
    assert column(spec, "a", "recovered", 17) == [0] * 12 + [28] * 4 + [0]


def test_a_share_of_one_use_is_the_same_share_of_its_part_of_all() -> None:
    by_use = saving(per_day=100, when=DECLARED, saves={"elective": "50%"})
    by_use["products"]["a"]["uses"] = {"elective": "40%", "urgent": "60%"}
    assert run(by_use).daily.equals(run(saving(per_day=100, when=DECLARED, saves="20%")).daily)


def test_uses_that_cannot_be_are_refused() -> None:
    spec = saving(when=DECLARED, saves={"electiv": "50%"})
    assert "'a' has no uses" in refused(spec)
    spec["products"]["a"]["uses"] = {"elective": "40%", "urgent": "60%"}
    assert "did you mean 'elective'" in refused(spec)
    spec["products"]["a"]["uses"] = {"elective": "40%", "urgent": "50%"}
    assert "add up to 100% (now 90.0%)" in refused(spec)
    assert "such as {elective: 80%, urgent: 10%}" in refused(saving(when=DECLARED, saves=0.2))
    assert "between 0% and 100%" in refused(saving(when=DECLARED, saves={"urgent": "120%"}))


# what suppliers send


def rationed(**level: Any) -> dict[str, Any]:
    """A clinic that orders ten a day; from day 5 on its maker lets it have six of them."""
    spec = changed(
        ALONE,
        replenishment=[{"at": "clinic", "policy": "base_stock", "level": 1000}],
        stock=[],
        lanes=[{"from": "maker", "to": "clinic", "time": "1d"}],
        disruptions=[
            {"kind": "supplier_allocation", "supplier": "maker", "share": "60%", "from": "2024-01-06", "for": "30d"}
        ],
    )
    spec["demand"] = spec["demand"][:1]
    spec["use_levels"] = [{"at": "clinic", "contingency": level}]
    return spec


def test_carers_save_when_their_supplier_rations() -> None:
    """In the last seven evenings of day 5 were sent 56 (the first day is 0) and 4 due not: 93%; of days 6, 7 and 8
    sent 62, 58 and 54, due 8, 12 and 16: 89%, 83%, 77%. The first morning after less than 80% is that of day 9."""
    spec = rationed(when={"trigger": "supplier_fill", "below": "80%", "days": "7d"}, saves="20%")
    assert column(spec, "a", "ordered", 9) == [10] * 9
    assert column(spec, "a", "conserved", 12) == [0] * 9 + [2] * 3
    assert column(spec, "a", "unmet", 12) == [0] * 12


def test_a_longer_memory_of_supplies_sees_rationing_later() -> None:
    """Of all evenings until day 9 were sent 50 + 30 of 100, which is not below 80%; until day 10, 86 of 110."""
    spec = rationed(when={"trigger": "supplier_fill", "below": "80%", "days": "30d"}, saves="20%")
    assert column(spec, "a", "conserved", 13) == [0] * 11 + [2] * 2


def test_what_is_cancelled_was_not_filled() -> None:
    """The four of ten that are cancelled on each evening from day 5 on are ordered anew and cancelled anew: of the last
    two evenings of day 6 were sent 12 and cancelled 4 + 8, for the four are ordered again."""
    spec = rationed(when={"trigger": "supplier_fill", "below": "51%", "days": "2d"}, saves="20%")
    spec["disruptions"][0]["unfilled"] = "cancel"
    assert column(spec, "a", "ordered", 7) == [10] * 6 + [14]
    assert column(spec, "a", "conserved", 8) == [0] * 7 + [2]


def test_where_nothing_is_scarce_nobody_saves() -> None:
    spec = rationed(when={"trigger": "supplier_fill", "below": "100%"}, saves="20%") | {"disruptions": []}
    assert run(spec).daily.equals(run(spec | {"use_levels": []}).daily)


@pytest.mark.parametrize(("of", "met"), [("each", [True, True]), ("any", [True, True]), ("site", [True, False])])
def test_rationing_is_seen_by_those_whom_it_concerns(of: str, met: list[bool]) -> None:
    """Two sites of one region are sent 6 of 20 and 9 of 10: 15 of 30 together, half; less than 60% but for the second
    by itself. Where nothing was due all was sent."""
    watched = Watched(np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64), np.ones(2))
    trigger = SupplierFill(trigger="supplier_fill", below="60%", of=of)
    view = TriggerView(watched, np.ones(2), np.zeros(2), 0.0, False, np.array([6, 9]), np.array([20, 10]))
    assert trigger.met(view).tolist() == met
    nothing = view._replace(sent=np.zeros(2, dtype=np.int64), due=np.zeros(2, dtype=np.int64))
    assert not trigger.met(nothing).any()


# present use


def surging(**level: Any) -> dict[str, Any]:
    """300 units at ten a day; from day 10 on fifty a day: 200, 150, 100 and 50 on the mornings of days 10 to 13."""
    spec = saving(300, **level)
    surge = {"kind": "demand_surge", "at": "clinic", "products": ["a"], "factor": 5, "from": "2024-01-11", "for": "30d"}
    return spec | {"disruptions": [surge]}


@pytest.mark.parametrize(
    ("counted", "first"),
    [
        ({}, 13),  # 100 on day 12 are ten days of usual use, not below
        ({"cover_in": "present", "averaged_over": "5d"}, 11),  # (4 x 10 + 50) / 5 = 18 a day: 150 are 8.3 days
        ({"cover_in": "present", "averaged_over": "10d"}, 12),  # 14 a day: 150 are 10.7 days; 18 a day: 100 are 5.6
    ],
)
def test_in_a_surge_cover_is_less_in_present_use(counted: dict[str, Any], first: int) -> None:
    level = surging(below="10d", saves="10%")
    level["use_levels"][0] |= counted
    assert np.flatnonzero(column(level, "a", "conserved", 15))[0] == first
    when = {"trigger": "days_of_cover", "below": "10d"} | counted
    assert np.flatnonzero(column(surging(when=when, saves="10%"), "a", "conserved", 15))[0] == first


def test_a_reserve_opens_by_present_use() -> None:
    """In the evening today's demand is known: that of day 10 leaves 150, at 18 a day."""
    spec = surging(below="0d", saves="0%")
    when = {"trigger": "days_of_cover", "below": "10d", "cover_in": "present", "averaged_over": "5d"}
    spec["reserves"] = {"r": {"held_at": "clinic", "members": "clinic", "size": 10, "release": {"when": when}}}
    assert np.flatnonzero(run(spec).outcome.record.reserves["open"][:, 0])[0] == 10
    when.pop("cover_in"), when.pop("averaged_over")
    assert np.flatnonzero(run(spec).outcome.record.reserves["open"][:, 0])[0] == 12, "50 left are five days of ten"


def test_in_a_blackout_present_use_is_that_last_reported() -> None:
    """Systems are down from day 11 on: others know of day 10 at the latest, when 150 were left, at 18 a day."""
    spec = surging(below="0d", saves="0%")
    when = {"trigger": "days_of_cover", "below": "8d", "cover_in": "present", "averaged_over": "5d"}
    spec["reserves"] = {"r": {"held_at": "clinic", "members": "clinic", "size": 10, "release": {"when": when}}}
    dark = {"kind": "cyber_blackout", "at": "clinic", "from": "2024-01-12", "for": "4d"}
    assert np.flatnonzero(run(spec).outcome.record.reserves["open"][:, 0])[0] == 11, "100 at 26 a day"
    spec["disruptions"].append(dark)
    assert np.flatnonzero(run(spec).outcome.record.reserves["open"][:, 0])[0] == 15, "8.3 days until they are back"


def test_stock_is_shared_by_present_use() -> None:
    """On the evening of day 2 the store has 11 left for two clinics that ask for ten each and have nothing. By usual
    use both get half; b was asked for 10 and 30 in the last two days, 20 a day, and a for 10: 4 and 7 are 0.4 and 0.35
    days."""
    spec = changed(
        ALONE,
        warehouses={"store": {}},
        facilities={"a": {}, "b": {}},
        products={"a": {"unit": "vial"}},
        suppliers={"maker": {"makes": {"a": {}}}},
        lanes=[{"from": "maker", "to": "store", "time": "9d"}, {"from": "store", "to": "facilities", "time": "1d"}],
        demand=[{"at": "facilities", "product": "a", "per_day": 10, "distribution": "deterministic"}],
        replenishment=[
            {"at": "facilities", "policy": "base_stock", "level": 10},
            {"at": "store", "policy": "push", "quantity": 0},
        ],
        stock=[{"at": "store", "on_hand": 51}, {"at": "facilities", "on_hand": 10}],
        disruptions=[{"kind": "demand_surge", "at": "b", "factor": 3, "from": "2024-01-03", "for": "30d"}],
    )
    for counted, share in (({}, [6, 5]), ({"cover_in": "present", "averaged_over": "2d"}, [4, 7])):
        spec["allocation"] = [{"rule": "equal_days_of_cover", "at": "store"} | counted]
        daily = run(spec).daily
        assert daily[(daily["day"] == 3) & daily["site"].isin(["a", "b"])]["received"].tolist() == share


def test_where_no_cover_counts_its_use_is_refused() -> None:
    spec = saving(when=DECLARED, saves="20%")
    spec["use_levels"][0]["cover_in"] = "present"
    assert "a condition under when has its own" in refused(spec)


def test_a_window_without_present_use_is_refused() -> None:
    spec = surging(below="10d", saves="10%")
    spec["use_levels"][0]["averaged_over"] = "5d"
    assert "averaged_over only with cover_in: present" in refused(spec)
    spec["use_levels"][0] |= {"cover_in": "present", "averaged_over": "36h"}
    assert "whole days, at least 1d" in refused(spec)
