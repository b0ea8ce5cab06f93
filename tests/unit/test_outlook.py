"""What is known of disruptions by a day: by hand, in a network with two sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.engine.bound.impacts import impacts_of
from sim.engine.rationing.outlook import UNKNOWN, Outlook
from sim.errors import ScenarioError
from sim.rng import Streams
from tests.property.running import plan_of

Spec = dict[str, Any]
DAY = {"start": "2001-01-01", "end": "2001-06-30"}


def network(*disruptions: Spec, **more: Any) -> Spec:
    """A clinic that buys 50 a day each from IN, which makes 100 a day at most and is two days from the quay, and US."""
    return {
        "scenario": "two", "title": "Two sources", **DAY,
        "products": {"p": {"unit": "box", "cost": 1}},
        "suppliers": {
            "in": {"country": "IN", "makes": {"p": {"capacity": 100}}},
            "us": {"country": "US", "makes": {"p": {}}},
        },
        "ports": {"quay": {"country": "IN", "handling": 200}},
        "facilities": {"clinic": {"country": "US"}},
        "lanes": [
            {"from": "in", "to": "quay", "time": "2d"},
            {"from": "quay", "to": "clinic", "mode": "sea", "time": "10d", "passages": {"strait": "50%"},
             "detour": {"strait": "4d"}},
            {"from": "us", "to": "clinic", "time": "1d"},
        ],
        "sourcing": [{"at": "clinic", "from": {"in": "50%", "us": "50%"}}],
        "demand": [{"at": "clinic", "product": "p", "per_day": 100, "distribution": "deterministic"}],
        "replenishment": [{"at": "clinic", "policy": "base_stock", "level": "40d"}],
        "disruptions": [{"from": "2001-01-11", "for": "20d"} | d for d in disruptions],
    } | more  # fmt: skip


def outlook_of(spec: Spec) -> Outlook:
    plan = plan_of(spec)
    outlook = Outlook(plan, plan.network.undisturbed)
    outlook.hear(plan.impacts)
    return outlook


def shares(spec: Spec) -> list[float]:
    """What is known of the source IN on days 0 to 35."""
    outlook = outlook_of(spec)
    return [float(outlook.shares(day)[0]) for day in range(36)]


def held(share: float, first: int = 10, over: int = 30) -> list[float]:
    """`share` from day `first` to the day before `over`, else all."""
    return [share if first <= day < over else 1.0 for day in range(36)]


@pytest.mark.parametrize(
    ("disruption", "share"),
    [
        ({"kind": "export_ban", "country": "IN"}, 0.0),
        ({"kind": "export_ban", "country": "IN", "quota": "20%"}, 0.2),
        ({"kind": "export_ban", "country": "IN", "exempt": ["US"]}, 1.0),
        ({"kind": "supplier_allocation", "supplier": "in", "share": "60%"}, 0.6),
        ({"kind": "supplier_allocation", "supplier": "in", "share": "120%"}, 1.0),
        ({"kind": "site_outage", "at": "in"}, 0.0),
        ({"kind": "site_outage", "at": "in", "capacity": "30%"}, 0.6),  # 30 of 100 a day are 60% of the usual 50
        ({"kind": "site_outage", "at": "in", "capacity": "70%"}, 1.0),  # 70 are more than that
        ({"kind": "strike", "at": "in", "staffed": "40%"}, 0.4),  # those who send are on strike, too
        ({"kind": "route_closure", "lane": "in > quay"}, 0.0),
        ({"kind": "route_closure", "lane": "quay > clinic"}, 0.0),
        ({"kind": "route_closure", "passage": "strait"}, 1.0),  # all go round
        ({"kind": "route_closure", "passage": "strait", "diverts": "30%"}, 0.3),  # the rest waits
        ({"kind": "route_closure", "passage": "strait", "diverts": "30%", "rest": "pass"}, 1.0),
        ({"kind": "port_closure", "port": "quay"}, 0.0),
        ({"kind": "port_closure", "port": "quay", "capacity": "10%"}, 0.4),  # 20 of 200 a day for the usual 50
        ({"kind": "port_closure", "port": "quay", "capacity": "25%"}, 1.0),
        ({"kind": "lane_delay", "mode": "sea", "extra": "30d", "known_by": "announcement"}, 1.0),
        ({"kind": "labour_absence", "at": "in", "away": "60%"}, 1.0),  # nobody is told
        ({"kind": "labour_absence", "at": "in", "away": "60%", "known_by": "announcement"}, 0.4),
        ({"kind": "export_ban", "country": "IN", "known_by": "own_orders"}, 1.0),
    ],
)  # fmt: skip
def test_what_a_source_is_known_to_send(disruption: Spec, share: float) -> None:
    assert shares(network(disruption)) == pytest.approx(held(share))


def test_the_least_of_two_limits_counts() -> None:
    allocation = {"kind": "supplier_allocation", "supplier": "in", "share": "60%"}
    quota = {"kind": "export_ban", "country": "IN", "quota": "20%", "from": "2001-01-21", "for": "5d"}
    expected = [0.2 if 20 <= day < 25 else share for day, share in enumerate(held(0.6))]
    assert shares(network(allocation, quota)) == pytest.approx(expected)


def test_with_notice_orders_that_would_still_be_over_the_border_are_sent_as_usual() -> None:
    """A day to make and two to the quay: what is ordered on day 7 comes to the border when the ban begins."""
    plan = plan_of(network())
    made = float(plan.network.making_wait.max())
    assert made == 0 or made == 1
    ban = {"kind": "export_ban", "country": "IN", "notice": "8d"}
    assert shares(network(ban)) == held(0.0, first=int(10 - 2 - made))
    assert shares(network(ban | {"notice": "1d"})) == held(0.0, first=9)  # nobody knew before
    allocation = {"kind": "supplier_allocation", "supplier": "in", "share": "60%", "notice": "8d"}
    assert shares(network(allocation)) == pytest.approx(held(0.6, first=int(10 - made)))


@pytest.mark.parametrize(
    ("closure", "days"),
    [
        ({"kind": "route_closure", "lane": "in > quay"}, 0),  # they set out at once
        ({"kind": "route_closure", "lane": "quay > clinic"}, 2),  # two days to the quay
        ({"kind": "port_closure", "port": "quay"}, 2),
        ({"kind": "route_closure", "passage": "strait", "diverts": "0%"}, 7),  # and half of the ten at sea
        ({"kind": "passage_queue", "passage": "strait", "traffic": 20, "drains": 40}, 7),
    ],
)  # fmt: skip
def test_what_would_come_to_a_closure_that_is_announced_is_not_reckoned_with(closure: Spec, days: int) -> None:
    """In mean time, a day to make it included; not before it is announced, and not where it is never told."""
    made = float(plan_of(network()).network.making_wait.max())
    assert shares(network(closure | {"notice": "10d"})) == held(0.0, first=int(10 - days - made))
    assert shares(network(closure | {"notice": "1d"})) == held(0.0, first=9 if days + made else 10)
    assert shares(network(closure | {"known_by": "own_orders"})) == held(1.0)


def test_a_closure_on_the_way_of_others_changes_nothing_before_it() -> None:
    """Two closures at once: each counts from when goods would come to it, the nearer one later."""
    sea = {"kind": "route_closure", "lane": "quay > clinic", "notice": "10d"}
    road = {"kind": "route_closure", "lane": "in > quay", "notice": "10d", "from": "2001-01-09"}
    made = float(plan_of(network()).network.making_wait.max())
    assert shares(network(sea, road)) == held(0.0, first=int(8 - made))
    assert shares(network(sea | {"lane": "us > clinic"})) == held(1.0)


def test_later_stages_are_known_as_they_come() -> None:
    steps = {"steps": [{"after": "5d", "share": "80%"}]}
    allocation = {"kind": "supplier_allocation", "supplier": "in", "share": "60%", "notice": "8d", **steps}
    assert shares(network(allocation))[9:17] == pytest.approx([0.6] * 6 + [0.8] * 2)


def backs(disruption: Spec, days: list[int]) -> list[float]:
    """When flow IN is expected to be as usual again, as seen on some days."""
    outlook = outlook_of(network(disruption))
    return [float(outlook.back(day)[0]) for day in days]


BAN = {"kind": "export_ban", "country": "IN"}


def test_without_an_expected_end_none_is_known() -> None:
    assert backs(BAN, [9, 10, 29, 30]) == [9, UNKNOWN, UNKNOWN, 30]


def test_the_end_expected_is_the_one_last_heard_of() -> None:
    expected = {
        "until": "2001-01-16",
        "revised": [{"on": "2001-01-14", "until": "2001-01-21"}, {"after": "8d", "for": "30d"}],
    }
    found = backs(BAN | {"expected": expected, "notice": "2d"}, [7, 8, 12, 13, 17, 18, 29, 30])
    assert found == [7, 15, 15, 20, 20, 40, 40, 30]


def test_an_expected_end_that_has_passed_tells_nothing() -> None:
    assert backs(BAN | {"expected": "5d"}, [10, 14, 15, 29, 30]) == [15, 15, UNKNOWN, UNKNOWN, 30]


def test_a_ramp_up_comes_on_top_of_the_expected_end_and_is_known_after_the_true_one() -> None:
    outage = {"kind": "site_outage", "at": "in", "recovery": "4d", "expected": "2001-01-21"}
    assert backs(outage, [10, 29, 30, 33, 34]) == [24, UNKNOWN, 34, 34, 34]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"known_by": "own_orders", "notice": "2d"}, "no notice of what nobody is told"),
        ({"known_by": "own_orders", "expected": "5d"}, "no expected of what nobody is told"),
        ({"expected": {"until": "2001-01-20", "for": "5d"}}, "either until"),
        ({"expected": {"revised": []}}, "either until"),
        ({"expected": "2001-01-02"}, "it is expected to end before it begins"),
        ({"expected": "soon"}, "a duration such as 14d"),
        ({"expected": {"for": "5d", "revised": [{"after": d, "for": "9d"} for d in ("3d", "2d")]}}, "in order"),
        ({"expected": {"for": "5d", "revised": [{"on": "2001-01-01", "for": "6d"}]}}, "in order"),
        ({"expected": {"for": "5d", "revised": [{"after": "3d", "until": "2001-01-02"}]}}, "before it begins"),
        ({"known_by": "radio"}, "announcement"),
        ({"kind": "stock_loss", "at": "clinic", "share": "10%", "expected": "5d"}, "this happens at one time"),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_refused(fields: Spec, message: str) -> None:
    base = {"from": "2001-01-11"} if "kind" in fields else {**BAN, "from": "2001-01-11", "for": "20d"}
    with pytest.raises(ScenarioError, match=message):
        plan_of(network() | {"disruptions": [base | fields]})


def test_an_expected_length_may_be_drawn_in_a_hazard() -> None:
    hazard = {
        "disruption": {"kind": "export_ban", "country": "IN", "expected": "uniform(10d, 12d)"},
        "happens": {"process": "window", "probability": "100%", "from": "2001-02-01", "until": "2001-02-10"},
        "lasts": "20d",
    }
    spec = network() | {"disruptions": [], "hazards": {"ban": hazard}, "active_hazards": "all"}
    plan = plan_of(spec)
    (impact,) = impacts_of(plan, Streams(plan.seed, 0))
    ((heard, end),) = impact.expected
    assert heard == impact.start and 10 <= end - impact.start <= 12


def test_what_was_heard_late_is_known_as_if_it_had_been_planned() -> None:
    plan = plan_of(network(BAN))
    early, late = outlook_of(network(BAN)), Outlook(plan, plan.network.undisturbed)
    late.hear([])
    for day in range(35):
        if day == 10:
            late.hear(plan.impacts)
        assert np.array_equal(early.shares(day), late.shares(day))
        assert np.array_equal(early.back(day), late.back(day))


def test_the_true_end_is_not_known_before_it() -> None:
    """Until the earlier of two ends everything that is known is the same."""
    outage = {"kind": "site_outage", "at": "in", "capacity": "20%", "recovery": "5d", "expected": "12d"}
    known = [[(o.shares(day)[0], o.back(day)[0]) for day in range(16)]
             for length in ("6d", "60d") for o in [outlook_of(network(outage | {"for": length}))]]  # fmt: skip
    assert known[0] == known[1]


def test_what_is_told_is_neither_forgotten_nor_added_by_a_move() -> None:
    plan = plan_of(network(BAN | {"expected": "5d"}))
    moved = plan.impacts[0].moved(3.0, "hazard")
    assert (moved.told, moved.expected) == (True, ((13.0, 18.0),))
    assert replace(moved, told=False).expected == moved.expected
