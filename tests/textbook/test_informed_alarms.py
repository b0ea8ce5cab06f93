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
        # days 8 to 14 are told of at once, each against the day before: the same on day 10
        ({"sees": "stock_and_demand", "every": "7d"}, {"3": [14], "5": [14], "6": []}),
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


ABOVE = {"alarm": "demand_above_forecast", "by": "donor", "at": "facilities", "days": "1d", "clears_after": "1d"}
PEAK = {"kind": "demand_surge", "at": "b", "from": "2001-01-10", "for": "3d", "factor": 2}


def test_a_report_tells_what_was_asked_for_since_the_last_one_though_it_is_over() -> None:
    """b, 20 a day, doubles on days 9 to 11; a report of day 14 tells. The variance is 20 x 0.9^9 = 7.75 on day 9, its
    root 2.78: 20 is above 7 of them, not 8. Over seven days together, on day 11: the variance is 7.75 and
    0.1 (20^2 - 7.75) = 46.97, then 42.27 and 0.1 x 18^2 = 74.67; 20 + 18 + 16.2 = 54.2 is above 2 x 8.64 x root 7 =
    45.7."""
    alarms = [ABOVE | {"at": "b", "name": str(n), "sigmas": n} for n in (7, 8)]
    alarms.append(ABOVE | {"at": "b", "name": "week", "sigmas": 2, "days": "7d"})
    weekly = {"of": "isle", "sees": "stock_and_demand", "every": "7d"}
    done = informed(world(*alarms, disruptions=[PEAK]), weekly)
    assert [rises(done, cause=name) for name in ("7", "8", "week")] == [[14], [], [14]]


@pytest.mark.parametrize(("every", "day", "sigmas"), [("7d", 14, 22), ("5d", 10, 12)])
def test_of_sites_together_what_is_told_late_of_one_counts_when_it_is_told(every: str, day: int, sigmas: int) -> None:
    """a reports every day, b every so many. Of 30 a day, as expected, the variance is 30 x 0.9^14 = 6.86 on day 14, its
    root 2.62: the 60 that were asked for beyond what stood for b are above 22 of them, not 23. With a report of day 10
    it is 30 x 0.9^10 = 10.46, its root 3.23: the 20 of day 9, and 20 today, are above 12 of them, not 13."""
    alarms = [ABOVE | {"name": name, "sigmas": sigmas + more} for more, name in enumerate(("low", "high"))]
    shown = [
        {"of": name, "sees": "stock_and_demand"} | more for name, more in (("land", {}), ("isle", {"every": every}))
    ]
    done = informed(world(*alarms, disruptions=[PEAK]), *shown)
    assert rises(done, cause="low")[:1] == [day] and day not in rises(done, cause="high")


def test_what_was_asked_for_in_a_blackout_counts_when_systems_are_back() -> None:
    """b's systems are down on days 9 to 12, a's are not. On day 13 the variance is 30 x 0.9^13 = 7.63, its root 2.76:
    the 60 of b are above 21 of them, not 22."""
    down = {"kind": "cyber_blackout", "at": "b", "from": "2001-01-10", "for": "4d"}
    alarms = [{key: ABOVE[key] for key in ABOVE if key != "by"} | {"name": str(n), "sigmas": n} for n in (21, 22)]
    done = run(world(*alarms, disruptions=[PEAK, down]))
    assert [rises(done, cause=name) for name in ("21", "22")] == [[13], []]
