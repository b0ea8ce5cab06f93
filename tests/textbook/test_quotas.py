"""Export bans and quotas at the border, by hand: one rule for every share from 0% to 100%."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.property.running import run
from tests.textbook.test_effects_only import at, chain

Spec = dict[str, Any]
FOUND = Path(__file__).parents[1] / "data" / "found"
QUAY = yaml.safe_load((FOUND / "export-quota-of-one-percent.yaml").read_text(encoding="utf-8"))
"""Ten units a day, six days to the quay at the border, three days from there to the clinic. The quota holds on days 5
to 18; on day 5 sixty units are on their way to the quay, of which ten arrive that morning."""


def quay(quota: str, *others: Spec, **more: Any) -> Any:
    spec = copy.deepcopy(QUAY)
    spec["disruptions"][0] |= {"quota": quota, **more}
    spec["disruptions"] += others
    return run(spec)


def crossed(done: Any, first: int, last: int) -> list[int]:
    """What crosses on each day: it is received three days later."""
    days: list[int] = at(done, "clinic")["received"].loc[first + 3 : last + 3].tolist()
    return days


def sent(done: Any, first: int, last: int) -> list[int]:
    """What leaves the maker on each day."""
    days: list[int] = at(done, "maker")["dispatched"].loc[first:last].tolist()
    return days


@pytest.mark.parametrize(
    ("quota", "day"),
    [
        ("0%", [0] * 14),
        ("0.01%", [0] * 14),
        ("1%", [0] * 9 + [1] + [0] * 4),
        ("10%", [1] * 14),
        ("25%", [2, 3] * 7),
        ("50%", [5] * 14),
        ("100%", [10] * 14),
    ],
)
def test_the_share_of_usual_exports_crosses_the_border_each_day(quota: str, day: list[int]) -> None:
    """Fractions are carried: of 2.5 a day 2 cross on one day and 3 on the next, of 0.1 a day one on the tenth day."""
    done = quay(quota)
    assert crossed(done, 5, 18) == day
    assert at(done, "clinic")["received"].loc[:35].sum() == 36 * 10  # what waited has come: nothing is lost
    assert crossed(done, 30, 36) == [10] * 7


def test_sources_send_no_more_than_may_still_cross() -> None:
    """At half, thirty units may cross in the six days to the border: sixty are on their way, five cross a day, and the
    maker waits until, on day 11, there are 25. Under a ban it sends nothing."""
    assert sent(quay("50%"), 4, 18) == [10, *[0] * 6, *[5] * 8]
    assert sent(quay("0%"), 4, 19) == [10, *[0] * 14, 150]


def test_a_little_quota_is_a_ban_but_for_what_it_lets_through() -> None:
    ban = at(quay("0%"), "clinic")["received"].cumsum()
    for percent in (0.01, 0.5, 2, 3.5):
        little = at(quay(f"{percent}%"), "clinic")["received"].cumsum()
        through = percent / 100 * 10 * 14
        assert (little - ban).abs().max() <= through + 1e-9


@pytest.mark.parametrize(
    ("rule", "quota", "received", "dispatched", "destroyed"),
    [
        ("pass", "0%", [10] * 6 + [0] * 8, [0] * 14, 0),
        ("return", "0%", [0] * 14, [0] * 14, 0),
        ("destroy", "0%", [0] * 14, [0] * 14, 60),
        ("return", "50%", [5] * 14, [5] * 14, 0),
        ("destroy", "50%", [5] * 14, [5] * 14, 30),
        ("return", "25%", [2, 3] * 7, None, 0),
        ("destroy", "25%", [2, 3] * 7, None, 45),
        ("destroy", "100%", [10] * 14, [10] * 14, 0),
    ],
)
def test_what_the_quota_has_room_for_crosses_and_the_rest_does_as_told(
    rule: str, quota: str, received: list[int], dispatched: list[int] | None, destroyed: int
) -> None:
    """Sixty units are on their way, ten for each of the next six days: at half, five of each ten are within the
    quota."""
    done = quay(quota, at_border=rule)
    assert crossed(done, 5, 18) == received
    assert dispatched is None or sent(done, 5, 18) == dispatched
    assert done.daily["destroyed"].sum() == destroyed
    assert at(done, "clinic")["received"].loc[:37].sum() == 38 * 10  # what was destroyed was ordered again


def test_another_disruption_that_begins_meanwhile_returns_nothing_that_the_quota_has_room_for() -> None:
    price = {"kind": "price_shock", "from": "2001-01-10", "for": "3d", "factor": 2}
    done = quay("50%", price, at_border="destroy")
    assert done.daily["destroyed"].sum() == 30


@pytest.mark.parametrize("berths", [{"handling": 12}, {"berths": 1, "berth_time": "18h"}])
def test_over_any_days_no_more_crosses_than_the_quota_has_room_for(berths: Spec) -> None:
    """Chance on the way to the border, and a queue there: 3 a day since day 5, as many as have come."""
    spec = copy.deepcopy(QUAY)
    spec["ports"]["quay"] |= berths
    spec["lanes"][0]["time"] = "gamma(6d, 2d)"
    spec["demand"][0]["distribution"] = "poisson"
    spec["disruptions"][0] |= {"quota": "30%"}
    done = run(spec)
    moves = done.events[done.events["event"] == "departure"]
    left = moves.groupby(moves["day"].astype(int))["units"].sum().reindex(range(5, 19), fill_value=0)
    over = (left - at(done, "maker")["dispatched"].loc[5:18]).cumsum()  # from the quay, not from the maker
    assert (over <= [3 * (day + 1) for day in range(14)]).all()
    assert over.iat[-1] >= 3 * 13  # there was always somebody at the border but, perhaps, on one day


def test_who_comes_to_the_border_first_crosses_first() -> None:
    done = quay("10%")
    moves = done.events[(done.events["event"] == "departure") & (done.events["day"] >= 5)]
    leg = moves.groupby("shipment")["day"].transform("min")
    over = moves[moves["day"] > leg].sort_values("day", kind="stable")
    assert len(over) > 14 and over["shipment"].is_monotonic_increasing


def test_under_two_bans_of_a_country_the_smaller_quota_counts() -> None:
    """From day 9 to 12 a quarter instead of a half."""
    other = {"kind": "export_ban", "country": "IN", "from": "2001-01-10", "for": "4d", "quota": "20%"}
    assert crossed(quay("50%", other), 5, 18) == [*[5] * 4, *[2] * 4, *[5] * 6]


def test_what_is_not_taken_up_may_cross_within_thirty_days() -> None:
    """Nothing is used on days 5 to 14, so that 33 units may cross on day 15, and three more on each day after: 10 do on
    four days, then the 33 + 4 x 3 - 40 = 5 that are left, then three a day."""
    quota = {"kind": "export_ban", "country": "IN", "from": "2001-01-06", "for": "34d", "quota": "30%"}
    none = {"kind": "demand_surge", "at": "abroad", "from": "2001-01-06", "for": "10d", "factor": 0}
    done = run(chain(quota, none))
    abroad, home = at(done, "abroad")["received"], at(done, "home")["received"]
    assert abroad.loc[17:25].tolist() == [10, 10, 10, 10, 5, 3, 3, 3, 3]
    assert (home.loc[2:] == 10).all()


def test_exempt_buyers_and_other_products_are_not_counted() -> None:
    ban = {"kind": "export_ban", "country": "IN", "products": ["kit"], "quota": "40%", "for": "10d"}
    spec = chain(ban | {"exempt": ["spared"]})
    spec["products"]["set"] = {"unit": "set"}
    spec["suppliers"]["maker"]["makes"]["set"] = {}
    spec["facilities"]["spared"] = {"country": "KE"}
    spec["lanes"].append({"from": "maker", "to": "spared", "time": "2d", "mode": "sea"})
    spec["demand"].append(spec["demand"][0] | {"product": "set"})
    table = run(spec).daily.astype({"site": str, "product": str})
    table = table[table["day"].between(12, 21)].groupby(["site", "product"])["received"].sum()
    assert table[("abroad", "kit")] == 40
    assert {table[key] for key in table.index if key != ("abroad", "kit") and key[0] != "maker"} == {100}


@pytest.mark.parametrize(
    "limit",
    [
        {"kind": "export_ban", "country": "IN", "quota": "100%"},
        {"kind": "supplier_allocation", "supplier": "maker", "customers": "abroad", "share": "100%"},
    ],
)
def test_who_usually_gets_less_than_a_unit_a_month_still_gets_one(limit: Spec) -> None:
    """One unit in fifty days, ordered on days 49, 99 and 149: a month of it is less than a unit, and yet they come."""
    spec = chain(limit | {"from": "2001-01-01", "for": "200d"}, end="2001-07-20")
    spec["demand"] = [{"at": "abroad", "product": "kit", "per_day": 0.02, "distribution": "deterministic",
                       "shortage": "backorder"}]  # fmt: skip
    spec["facilities"].pop("home")
    spec["lanes"].pop()
    spec["replenishment"][0]["level"] = 1
    done = run(spec)
    assert at(done, "abroad")["received"].sum() == 3 and at(done, "abroad")["unmet"].sum() == 0
