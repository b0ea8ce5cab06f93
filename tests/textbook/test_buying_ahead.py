"""Buying ahead by families and by sites, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.property.running import changed, run
from tests.textbook.test_scarcity import ALONE, column, refused

DECLARED = {"trigger": "declared", "after": "3d", "until": "15d"}
FAMILIES = {"times": 1.5, "for": "4d", "paid_back_in": "10d"}


def ahead(units: int = 100_000, when: Any = DECLARED, **who: Any) -> dict[str, Any]:
    """A clinic with so many units for ten patients a day."""
    spec = changed(ALONE, stock=[{"at": "clinic", "on_hand": units}])
    return spec | {"buying_ahead": [{"at": "clinic", "products": ["a"], "when": when} | who]}


# families


def test_families_take_more_and_then_so_much_less() -> None:
    """Five more on days 3 to 6 are twenty; two less on each of the ten days from day 7 on."""
    spec = ahead(families=FAMILIES)
    assert column(spec, "a", "demand", 20) == [10] * 3 + [15] * 4 + [8] * 10 + [10] * 3
    assert column(spec, "a", "bought_ahead", 20) == [0] * 3 + [5] * 4 + [0] * 13
    assert column(spec, "a", "asked_less", 20) == [0] * 7 + [2] * 10 + [0] * 3
    assert column(spec, "b", "demand", 20) == [4] * 20


def test_where_a_clinic_is_closed_nobody_asks_for_less() -> None:
    """It closes on day 9; what its patients still have of the twenty they use up elsewhere."""
    spec = ahead(families=FAMILIES)
    spec["facilities"]["clinic"]["closes"] = "2024-01-10"
    assert column(spec, "a", "demand", 20) == [10] * 3 + [15] * 4 + [8] * 2 + [0] * 11
    assert column(spec, "a", "asked_less", 20) == [0] * 7 + [2] * 2 + [0] * 11


def test_metrics_tell_what_is_needed_from_what_is_asked() -> None:
    """In twenty days 200 are needed; 20 are bought ahead, of which half are kept: 210 asked for in all."""
    found = run(ahead(families=FAMILIES | {"kept": "50%"})).metrics.by["product"]["a"]
    assert [found[f"units_{name}"].value for name in ("needed", "demanded", "bought_ahead")] == [200, 210, 20]


def test_what_is_kept_is_not_made_up_for() -> None:
    spec = ahead(families=FAMILIES | {"kept": "50%"})
    assert column(spec, "a", "asked_less", 20) == [0] * 7 + [1] * 10 + [0] * 3


def test_fractions_are_made_up_for_to_the_unit() -> None:
    """13 units over five days: 2.6, 5.2, 7.8, 10.4, 13 by the evenings."""
    spec = ahead(families={"times": 1.325, "for": "4d", "paid_back_in": "5d"})
    assert column(spec, "a", "bought_ahead", 8) == [0] * 3 + [3, 3, 3, 4, 0]
    assert column(spec, "a", "asked_less", 13) == [0] * 7 + [2, 3, 2, 3, 3, 0]


def test_what_they_did_not_get_they_do_not_use_up() -> None:
    """30 for three days and 30 for two days at fifteen; then nothing is left: ten ahead were got, not twenty."""
    spec = ahead(60, families=FAMILIES)
    assert column(spec, "a", "unmet", 8) == [0] * 5 + [15, 15, 9]
    assert column(spec, "a", "asked_less", 20) == [0] * 7 + [1] * 10 + [0] * 3


def test_what_is_withheld_of_it_is_not_got() -> None:
    """Of fifteen asked for a fifth is withheld, three; so four of the five ahead are got: sixteen in four days."""
    spec = ahead(families=FAMILIES | {"paid_back_in": "4d"})
    spec["use_levels"] = [{"at": "clinic", "products": ["a"], "contingency": {"when": DECLARED, "saves": "20%"}}]
    assert column(spec, "a", "conserved", 7) == [0] * 3 + [3] * 4
    assert column(spec, "a", "asked_less", 12) == [0] * 7 + [4] * 4 + [0]


def test_what_waits_is_got_in_the_end() -> None:
    spec = ahead(60, families=FAMILIES)
    spec["demand"][0]["shortage"] = "backorder"
    assert column(spec, "a", "asked_less", 20) == [0] * 7 + [2] * 10 + [0] * 3


def test_what_waited_in_vain_is_not_used_up() -> None:
    """The stock lasts until day 4; the five ahead of day 5 give up in the evening of day 7, those of day 6 on day 8.

    To be used up by the evenings: 2 of 20, 3 of 15, then a tenth more of ten each day: 3, 4, ... 10."""
    spec = ahead(60, families=FAMILIES)
    spec["demand"][0] |= {"shortage": "backorder", "patience": "2d"}
    assert column(spec, "a", "asked_less", 20) == [0] * 7 + [2, 1, 0] + [1] * 7 + [0] * 3


def test_nobody_takes_home_a_dose_of_an_open_vial() -> None:
    """With other products it is said, alone refused."""
    spec = changed(ahead(families=FAMILIES), products={"a": {"unit": "vial", "doses": 10}, "b": {"unit": "vial"}})
    assert "no dose of an open vial is taken home (got 'a')" in refused(spec)
    del spec["buying_ahead"][0]["products"]
    found = run(spec)
    assert any("no dose of an open vial" in note.message for note in found.loaded.notes)
    ahead_of = {name: by["units_bought_ahead"].value for name, by in found.metrics.by["product"].items()}
    assert ahead_of["a"] == 0 < ahead_of["b"]


def test_no_more_is_made_up_for_than_is_asked() -> None:
    """A hundred ahead on days 3 and 4, to be used up in two days: ten a day are asked for, and so it takes ten."""
    spec = ahead(families={"times": 6, "for": "2d", "paid_back_in": "2d"})
    assert column(spec, "a", "demand", 17) == [10] * 3 + [60] * 2 + [0] * 10 + [10] * 2


def test_it_begins_anew_only_when_the_condition_does() -> None:
    """Declared until day 15, it goes on for four days; while that holds it does not begin again."""
    again = {"trigger": "days_of_cover", "below": "100d"}
    assert sum(column(ahead(100_000, again, families=FAMILIES), "a", "bought_ahead", 20)) == 0
    assert column(ahead(1020, again, families=FAMILIES), "a", "bought_ahead", 20) == [0] * 3 + [5] * 4 + [0] * 13


def test_an_announcement_is_answered_on_its_morning() -> None:
    outage = {"kind": "site_outage", "at": "maker", "from": "2024-01-09", "for": "3d", "notice": "5d"}
    spec = ahead(when={"trigger": "announced"}, families=FAMILIES) | {"disruptions": [outage]}
    assert column(spec, "a", "bought_ahead", 9) == [0] * 3 + [5] * 4 + [0] * 2
    twin = run(spec, twin=True).twin
    assert twin is not None and twin.record.sums["bought_ahead"].sum() == 0


# sites


def test_sites_order_up_to_more_for_a_time() -> None:
    """Up to 120 instead of 100 from the evening of day 3 to that of day 7; then 20 too many are used up in two days."""
    spec = ahead(100, buyers={"times": 1.2, "for": "5d"})
    spec["lanes"][0]["time"] = "1d"
    spec["replenishment"] = [{"at": "clinic", "policy": "base_stock", "level": 100}]
    assert column(spec, "a", "ordered", 12) == [10] * 3 + [30] + [10] * 4 + [0, 0, 10, 10]
    assert column(spec, "a", "demand", 12) == [10] * 12


def test_warehouses_can_buy_ahead_too() -> None:
    spec = ahead(100, buyers={"times": 1.5, "for": "30d"})
    spec["warehouses"] = {"store": {}}
    spec["lanes"] = [{"from": "maker", "to": "store", "time": "1d"}, {"from": "store", "to": "clinic", "time": "1d"}]
    spec["replenishment"] = [{"at": ["clinic", "store"], "policy": "base_stock", "level": 100}]
    spec["buying_ahead"][0]["at"] = "store"
    daily = run(spec).daily
    store = daily[(daily["site"] == "store") & (daily["product"] == "a")]
    assert store["ordered"].tolist()[:6] == [10, 10, 10, 60, 10, 10]


# neutral


@pytest.mark.parametrize(
    "who",
    [
        {"when": {"trigger": "announced"}, "families": {}, "buyers": {}},
        {"families": {"times": 1}},
        {"buyers": {"times": 1}},
    ],
)
def test_nobody_buys_ahead_of_nothing(who: dict[str, Any]) -> None:
    spec = ahead(**who)
    assert run(spec).daily.equals(run(spec | {"buying_ahead": []}).daily)


def test_that_a_condition_does_not_hold_is_no_reason_where_a_facility_is_closed() -> None:
    """Until day 5 it is not so that the date has come: families take five more on days 0 to 3. On day 12 the clinic
    closes, and no date counts there any more; nobody begins anew."""
    spec = ahead(when={"trigger": "not", "condition": {"trigger": "on", "date": "2024-01-06"}}, families=FAMILIES)
    spec["facilities"]["clinic"]["closes"] = "2024-01-13"
    assert column(spec, "a", "bought_ahead", 20) == [5] * 4 + [0] * 16


def test_a_little_ahead_changes_little() -> None:
    """One percent of ten a day for four days is four tenths of a unit: with what is carried nobody takes one."""
    assert sum(column(ahead(families=FAMILIES | {"times": 1.01}), "a", "bought_ahead", 20)) == 0
    assert sum(column(ahead(families=FAMILIES | {"times": 1.03}), "a", "bought_ahead", 20)) == 1


def test_what_cannot_be_is_refused() -> None:
    assert "families, buyers or both" in refused(ahead())
    assert "none of these sites has demand" in refused(changed(ahead(families={}), buying_ahead=[
        {"at": "maker", "when": DECLARED, "families": {}}
    ]))  # fmt: skip
    assert "none of these sites orders" in refused(changed(ahead(families={}), buying_ahead=[
        {"at": "maker", "when": DECLARED, "buyers": {}}
    ]))  # fmt: skip
    twice = ahead(families={})
    twice["buying_ahead"] *= 2
    assert "buying_ahead entry 1 holds for 'a' at 'clinic' already" in refused(twice)
    assert "whole days, at least 1d" in refused(ahead(families={"for": "12h"}))
