"""What parties see of each other: lags, rhythms, reports that never come, and counts that are wrong, by hand."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.knowing.report_luck import DailyLuck
from sim.engine.run import Running
from sim.rng import Streams
from tests.contract.network import STANDARD
from tests.property.running import plan_of, run

PARTIES = {
    "kenya": {"kind": "country", "sites": "KE"},
    "uganda": {"kind": "country", "sites": "UG"},
    "ministry": {"kind": "agency"},
}
SUPPLIERS = {"of": "suppliers", "sees": "capacity"}


def spec_of(*information: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The standard network with parties; its reserve is kenya's and looks at the clinic in uganda alone."""
    spec = copy.deepcopy(STANDARD) | {"parties": PARTIES} | more
    if spec["reserves"]:
        spec["reserves"]["national"]["members"] = "clinic-c"
    if information:
        spec["information"] = [*information]
    return spec


def triggered(spec: dict[str, Any]) -> list[float]:
    events = run(spec).events
    return events.loc[events["event"] == "reserve_triggered", "day"].astype(float).tolist()


@pytest.fixture(scope="module")
def at_once() -> float:
    """The evening on which cover in uganda falls below a day."""
    return triggered(spec_of())[0]


def test_a_reserve_opens_by_what_its_holder_is_told_when_it_is_told(at_once: float) -> None:
    seen = {"who": "kenya", "of": "uganda", "sees": "stock"}
    assert triggered(spec_of(seen))[0] == at_once
    assert triggered(spec_of(seen | {"lag": "4d"}))[0] == at_once + 4
    weekly = -(-at_once // 7) * 7  # the first evening on which sites report from then on: days 0, 7, 14, ...
    assert triggered(spec_of(seen | {"every": "7d"}))[0] == weekly
    assert triggered(spec_of(seen | {"every": "7d", "lag": "2d"}))[0] == weekly + 2


def test_a_reserve_whose_holder_sees_no_stock_of_its_members_stays_closed() -> None:
    assert not triggered(spec_of(SUPPLIERS))
    assert not triggered(spec_of({"who": "kenya", "of": "uganda", "sees": "orders"}))
    assert not triggered(spec_of({"who": "kenya", "of": "uganda", "sees": "stock", "missing": "100%"}))
    assert not triggered(spec_of({"who": "ministry", "of": "uganda", "sees": "stock"}))


def test_a_condition_on_what_is_not_seen_is_not_met_turned_round_either(at_once: float) -> None:
    low = {"trigger": "days_of_cover", "below": "1d"}
    spec = spec_of(SUPPLIERS)
    for when in ({"trigger": "not", "condition": low}, {"trigger": "not", "condition": {"trigger": "any_of",
                 "conditions": [low, {"trigger": "sites_short", "above": "50%"}]}}):  # fmt: skip
        spec["reserves"]["national"]["release"]["when"] = when
        assert not triggered(spec)
    either = {"trigger": "any_of", "conditions": [low, {"trigger": "announced"}]}
    spec["reserves"]["national"]["release"]["when"] = either
    assert triggered(spec) == [7]  # the ban is announced on 8 January


def test_who_orders_by_reports_orders_what_was_used_so_many_days_ago() -> None:
    """Base stock with information that is d days late orders the demand of d days ago: as with a lead time longer by d
    (F. Chen, Management Science 45, 1999: information delays add to lead times)."""
    demand = [{"at": "facilities", "product": "saline", "per_day": 12, "distribution": {"distribution": "poisson"}}]
    spec = spec_of(demand=demand, end="2024-01-31", disruptions=[], reserves={}, replenishment=[
        {"policy": "base_stock", "at": "facilities", "level": "10d"},
        {"policy": "base_stock", "at": "warehouses", "level": "40d"},
    ])  # fmt: skip
    late = spec | {"information": [SUPPLIERS, {"of": "own", "sees": "stock", "lag": "3d"}]}
    for one, lag in ((spec, 0), (late, 3)):
        daily = run(one).daily
        clinic = daily[daily["site"] == "clinic-a"]
        asked, ordered = clinic["demand"].to_numpy(), clinic["ordered"].to_numpy()
        assert not clinic["unmet"].any()
        assert ordered[lag + 1 :].tolist() == asked[1 : len(asked) - lag].tolist()
        assert not ordered[1:lag].any()


def test_a_source_takes_whose_stock_it_does_not_see_to_have_the_cover_of_the_others() -> None:
    """By equal days of cover; of 60 asked for by three of like use 30 are there. a has 10 and b 20 in stock, which are
    seen; c is taken to have 15, whatever it has. To like stock with 30 more: 75 / 3 = 25, so 15, 5 and 10."""
    spec = spec_of({"who": "kenya", "of": "own", "sees": "capacity"}, allocation=[{"rule": "equal_days_of_cover"}])
    plan = plan_of(spec)
    running = Running(plan, open_to_change=False)
    running.go_on(1)
    network, world = plan.network, running.world
    sites, goods = network.sites["name"].to_numpy(), network.products["name"].to_numpy()
    buyer = network.flow_buyer
    flows = np.array([
        k for k in range(len(buyer))
        if goods[network.cell_product[buyer[k]]] == "saline" and sites[network.cell_site[buyer[k]]].startswith("clinic")
    ])  # fmt: skip
    names = [sites[network.cell_site[buyer[k]]] for k in flows]
    world.state.in_transit[:] = 0
    stock = {"clinic-a": 10, "clinic-b": 20, "clinic-c": 900}
    world.state.on_hand[buyer[flows]] = [stock[name] for name in names]
    requested = np.zeros(len(buyer), dtype=np.int64)
    requested[flows] = 20
    sharing = plan.allocation[-1].sharing
    claims = world.dispatch.claims(flows, np.zeros(3, dtype=np.int64), np.array([30]), requested, sharing)
    seen = dict(zip(names, claims.cover_stock.tolist(), strict=True))
    assert seen == {"clinic-a": 10, "clinic-b": 20, "clinic-c": 15}
    given = plan.allocation[-1].rule.share(claims, network)
    assert dict(zip(names, given.tolist(), strict=True)) == {"clinic-a": 15, "clinic-b": 5, "clinic-c": 10}


def test_errors_ages_and_missing_reports_are_those_written() -> None:
    """Lag 3, every evening, a share p = 30% missing: age 3 + p / (1 - p). Counts are off by 10% x |z| in the mean,
    z normal: 10% x sqrt(2 / pi); units are whole, and stocks large."""
    days, sites = 300, 20
    facilities = {f"f{k:02d}": {"country": "KE"} for k in range(sites)}
    spec: dict[str, Any] = {
        "scenario": "seen", "title": "Seen", "start": "2024-01-01", "end": "2024-10-27", "seed": 3,
        "products": {"saline": {"unit": "bag"}}, "suppliers": {"maker": {"makes": {"saline": {}}}},
        "facilities": facilities,
        "lanes": [{"from": "maker", "to": "facilities", "time": "1d"}],
        "demand": [{"at": "facilities", "product": "saline", "per_day": 100}],
        "replenishment": [{"policy": "base_stock", "at": "facilities", "level": "30d"}],
        "parties": {"land": {"kind": "country", "sites": "facilities"}, "watch": {"kind": "agency"}},
    }  # fmt: skip
    late = {"who": "watch", "of": "land", "sees": "stock", "lag": "3d", "missing": "30%"}
    off = {"who": "watch", "of": "land", "sees": "stock", "error": "10%"}
    missing, wrong = (run(spec | {"information": [one]}, detail="none", daily=False).metrics for one in (late, off))
    draws = days * sites
    p = 0.3
    assert missing["reports_missing"].value == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / draws))
    # runs without a report: geometric, variance p / (1 - p)^2; neighbours of one run go together, hence the factor
    spread = math.sqrt(p / (1 - p) ** 2 / draws * (1 + p) / (1 - p))
    assert missing["seen_stock_age"].value == pytest.approx(3 + p / (1 - p), abs=4 * spread + 3 * 4 / days)
    mean, variance = 0.1 * math.sqrt(2 / math.pi), 0.01 * (1 - 2 / math.pi)
    assert wrong["seen_stock_error"].value == pytest.approx(mean, abs=4 * math.sqrt(variance / draws) + 0.001)
    assert wrong["reports_missing"].value == 0 and wrong["seen_stock_age"].value == 0


@pytest.mark.parametrize(("down", "met"), [(None, [7]), ("2024-01-08", [])])
def test_present_use_is_that_of_the_last_report_until_the_next_comes(down: str | None, met: list[int]) -> None:
    """Ten a day of 400, twice as many on days 5 to 8. The report of day 7 tells of 290 and of 20 a day in two days,
    14.5 days of cover; that of day 14 of 210 and 10 a day, 21 days. Where that of day 7 is not made, 390 and 10 a day
    stay known, 39 days."""
    when = {"trigger": "days_of_cover", "below": "15d", "cover_in": "present", "averaged_over": "2d"}
    spec: dict[str, Any] = {
        "scenario": "seen", "title": "Seen", "start": "2024-01-01", "end": "2024-01-19",
        "products": {"kit": {"unit": "kit"}}, "suppliers": {"maker": {"makes": {"kit": {}}}},
        "warehouses": {"store": {}}, "facilities": {"a": {}}, "stock": [{"at": "a", "on_hand": 400}],
        "lanes": [{"from": "maker", "to": "store", "time": "1d"}, {"from": "store", "to": "a", "time": "1d"}],
        "demand": [{"at": "a", "product": "kit", "per_day": 10, "distribution": "deterministic"}],
        "replenishment": [{"policy": "base_stock", "at": ["store", "a"], "level": 0}],
        "parties": {"land": {"kind": "country", "sites": "a"}, "watch": {"kind": "agency", "sites": "store"}},
        "information": [{"who": "watch", "of": "land", "sees": "stock_and_demand", "every": "7d"}],
        "reserves": {"own": {"held_at": "store", "size": 9, "members": "a", "release": {"when": when}}},
        "disruptions": [{"kind": "demand_surge", "at": "a", "from": "2024-01-06", "for": "4d", "factor": 2}],
    }  # fmt: skip
    if down:
        spec["disruptions"] += [{"kind": "cyber_blackout", "at": "a", "from": down, "for": "1d"}]
    assert triggered(spec)[:1] == met


def test_what_is_seen_as_it_is_has_no_error() -> None:
    metrics = run(spec_of({"of": "all", "sees": "capacity"})).metrics
    assert [metrics[name].value for name in ("seen_stock_error", "seen_stock_age", "reports_missing")] == [None] * 3


def test_another_site_changes_nobody_elses_luck() -> None:
    few, more = (DailyLuck(names, Streams(1)) for names in (["a", "b"], ["b", "c", "a"]))
    for day in (-3, 0, 255, 256):
        assert few.on(day).tolist() == more.on(day)[[2, 0]].tolist()


def test_a_party_that_opens_its_books_is_seen_from_that_day_on() -> None:
    share = {"decision": "share_information", "by": "uganda", "when": {"trigger": "on", "date": "2024-01-25"},
             "with": ["kenya"], "sees": "stock"}  # fmt: skip
    assert triggered(spec_of(SUPPLIERS, decisions=[share])) == [24.0]  # it has been short for long


def refused(*information: dict[str, Any]) -> str:
    with pytest.raises(sim.ScenarioError) as told:
        plan_of(spec_of(*information))
    return str(told.value)


@pytest.mark.parametrize(
    "entry, message",
    [
        ({"who": "keny", "of": "uganda", "sees": "stock"}, "did you mean 'kenya'"),
        ({"who": "kenya", "of": ["uganda", "klinic-c"], "sees": "stock"}, "did you mean 'clinic-c'"),
        ({"who": "kenya", "of": "kenya", "sees": "stock"}, "`of: own`"),
        ({"who": "kenya", "of": "uganda", "sees": "stocks"}, "did you mean 'stock'"),
        ({"who": "kenya", "of": "uganda", "sees": "nothing", "lag": "3d"}, "nothing is seen: no lag"),
        ({"who": "kenya", "of": "uganda", "sees": "stock", "lag": "36h"}, "whole days"),
        ({"who": "kenya", "of": "uganda", "sees": "stock", "missing": "130%"}, "between 0% and 100%"),
        ({"who": "kenya", "of": "uganda", "sees": "stock", "every": "0d"}, "at least 1d"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(entry: dict[str, Any], message: str) -> None:
    told = refused(entry)
    assert message in told and ".yaml:" in told


def test_entries_that_disagree_are_told_and_those_that_agree_are_not() -> None:
    one = {"who": "kenya", "of": "uganda", "sees": "stock"}
    assert "entry 1 says something else" in refused(one, {"who": "all", "of": "clinic-c", "sees": "pipeline"})
    assert "entry 1 says something else" in refused(
        {"of": "own", "sees": "stock"}, {"who": "kenya", "of": "own", "sees": "stock", "lag": "1d"}
    )
    plan_of(
        spec_of(
            one,
            {"who": "ministry", "of": "all", "sees": "pipeline"},
            {"who": "kenya", "of": "clinic-c", "sees": "stock"},
        )
    )
