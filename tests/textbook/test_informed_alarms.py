"""Alarms by hand where not all is seen at once: each detector by what its party is told, late, seldom or never."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from tests.property.running import run
from tests.textbook.test_alarms import FALLS, Spec, rises, supplied, told, world

PARTIES = {
    "land": {"kind": "country", "sites": ["a"]},
    "isle": {"kind": "country", "sites": ["b"]},
    "donor": {"kind": "agency"},
}
BY_DONOR = {"by": "donor", "at": "a"}


def informed(spec: Spec, *shown: Spec) -> sim.Run:
    """The scenario where the donor is shown this of land; other entries say themselves who sees what."""
    parties = {name: party for name, party in PARTIES.items() if {*party.get("sites", [])} <= {*spec["facilities"]}}
    entries = [{"who": "donor", "of": "land"} | one for one in shown]
    return run(spec | {"parties": parties, "information": entries})


def never_told(done: sim.Run, name: str) -> bool:
    return any(note.message.startswith(f"'{name}' never rises: who watches") for note in done.loaded.notes)


@pytest.mark.parametrize(
    ("shown", "days"),
    [
        ({"sees": "stock"}, [4]),  # 9 - t days are left in the evening of day t, less than 6 from day 4 on
        ({"sees": "stock", "lag": "3d"}, [7]),
        ({"sees": "stock", "every": "7d"}, [7]),  # 9, 9 and 2 are known: tonight 3.17, falling by 3.5 a day
        ({"sees": "stock", "missing": "100%"}, []),  # as on the evening before the first day, for ever
        ({"sees": "orders"}, []),
    ],
)
def test_falling_cover_goes_by_the_stock_that_was_told(shown: Spec, days: list[int]) -> None:
    done = informed(world(FALLS | BY_DONOR), shown)
    assert rises(done) == days
    assert never_told(done, "falls") == (shown["sees"] == "orders")


def test_of_sites_taken_together_those_count_that_are_seen() -> None:
    """Of a alone 9 - t days are left; of both together it would rise on day 2."""
    done = informed(world(FALLS | {"by": "donor", "at": "facilities"}), {"sees": "stock"})
    assert rises(done) == [4]


def test_each_site_has_its_own_alarm_in_whatever_order_the_sites_come() -> None:
    """Sites of two parties come in another order than they are written; a's rises on day 4, b's on day 2."""
    parties = {name: PARTIES[name] for name in ("land", "isle")}
    done = run(world(FALLS | {"of": "each"}, parties=parties))
    assert rises(done, site="a") == [4] and rises(done, site="b") == [2]


def test_without_a_party_those_watch_whose_sites_they_are() -> None:
    """land hears of its own site two days late, isle at once: b has 0 days left on day 2."""
    late = {"who": "land", "of": "own", "sees": "stock", "lag": "2d"}
    done = informed(world(FALLS | {"of": "each"}), late)
    assert rises(done, site="a") == [6] and rises(done, site="b") == [2]


def test_an_alarm_is_heard_by_those_who_see_nothing_of_what_it_watches() -> None:
    """isle sees nothing of land, whose alarm rises on day 4; its decision is in force on the day after."""
    asks = {"decision": "emergency_order", "by": "isle", "at": "b", "source": "maker", "amount": "2d",
            "when": {"trigger": "alarm", "name": "falls"}}  # fmt: skip
    done = informed(world(FALLS | {"by": "land"}, decisions=[asks]), {"sees": "stock"})
    assert rises(done) == [4] and told(done, "decision_in_force") == [5]


DELAY = [{"kind": "lane_delay", "lanes": ["maker > a"], "from": "2001-01-06", "for": "30d", "extra": "2d"}]
CHARTS: list[dict[str, Any]] = [
    BY_DONOR | {"alarm": "lead_time_cusum", "name": "sum", "scatter": "25%", "limit": 4},
    BY_DONOR | {"alarm": "lead_time", "name": "mean", "above": "40%", "arrivals": 3},
    BY_DONOR | {"alarm": "lead_time_ewma", "name": "ewma", "scatter": "25%", "weight": "100%", "limit": 1.9},
]


@pytest.mark.parametrize(
    ("shown", "days"),
    [
        # arrivals of days 11, 12, 13 are half late, 2 standard deviations of 25%: the sum is 1.5, 3, 4.5
        ({"sees": "pipeline"}, {"sum": [13], "mean": [13], "ewma": [11]}),
        ({"sees": "pipeline", "lag": "2d"}, {"sum": [15], "mean": [15], "ewma": [13]}),
        # five are told of on days 15 and 20, each time 5 x 0.5 / (0.25 x root 5) = 4.47: the sum is 3.97, 7.94
        ({"sees": "pipeline", "every": "5d"}, {"sum": [20], "mean": [15], "ewma": [15]}),
        ({"sees": "stock_and_demand"}, {"sum": [], "mean": [], "ewma": []}),
    ],
)
def test_each_arrival_counts_once_when_it_is_told(shown: Spec, days: dict[str, list[int]]) -> None:
    done = informed(supplied(*CHARTS, disruptions=DELAY, end="2001-01-22"), shown)
    assert {name: rises(done, cause=name) for name in days} == days
    assert all(never_told(done, name) == (not found) for name, found in days.items())


def test_a_dip_in_what_a_supplier_sends_is_seen_when_orders_are_told() -> None:
    """At once it is on day 6, as 30 of 40 were sent, and on day 7, as 20 were."""
    shut = [{"kind": "site_outage", "at": "maker", "from": "2001-01-06", "for": "5d"}]
    fill = BY_DONOR | {"alarm": "supplier_fill", "days": "4d", "clears_after": "2d"}
    spec = supplied(fill | {"name": "3/4", "below": "76%"}, fill | {"name": "1/2", "below": "51%"}, disruptions=shut)
    done = informed(spec, {"sees": "orders", "lag": "2d"})
    assert rises(done, cause="3/4") == [8] and rises(done, cause="1/2") == [9]


@pytest.mark.parametrize(
    ("shown", "days"),
    [
        # demand doubles on day 10; the variance, 10 at first, is 10 x 0.9^10 = 3.49 then, its root 1.87
        ({"sees": "stock_and_demand", "lag": "3d"}, {"3": [13], "5": [13], "6": []}),
        # days 0, 7 and 14 are told of; 10 x 0.9^2 = 8.1, its root 2.85: 10 is above 3 of them, not 5
        ({"sees": "stock_and_demand", "every": "7d"}, {"3": [14], "5": [], "6": []}),
        ({"sees": "stock"}, {"3": [], "5": [], "6": []}),
    ],
)
def test_each_days_demand_counts_once_when_it_is_told(shown: Spec, days: dict[str, list[int]]) -> None:
    surge = [{"kind": "demand_surge", "at": "a", "from": "2001-01-11", "for": "5d", "factor": 2}]
    above = BY_DONOR | {"alarm": "demand_above_forecast", "days": "1d", "clears_after": "1d"}
    alarms = [above | {"name": name, "sigmas": int(name)} for name in days]
    done = informed(supplied(*alarms, disruptions=surge), shown)
    assert {name: rises(done, cause=name) for name in days} == days
    assert never_told(done, "3") == (shown["sees"] == "stock")
