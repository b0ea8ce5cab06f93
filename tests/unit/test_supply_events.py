"""Restarts that are felt later, orders on top, allocations above the usual, reserves in every facility."""

from __future__ import annotations

from typing import Any

import sim
from sim.report.figures.events.trouble import trouble
from sim.report.run.facts import Facts
from tests.contract.network import STANDARD, run

OUTAGE = {"kind": "site_outage", "at": "maker", "from": "2024-01-05", "until": "2024-01-15"}


def produced(spec: dict[str, Any]) -> list[int]:
    """Units that the maker makes, day by day."""
    daily = run(spec).daily
    return [int(v) for v in daily[(daily["site"] == "maker") & (daily["product"] == "saline")]["produced"]]


def test_a_restart_is_felt_when_its_product_is_released() -> None:
    """Ten days of outage with a lag of seven are seventeen; a step of recovery is moved by as much."""
    plain = produced(STANDARD | {"disruptions": [OUTAGE | {"until": "2024-01-22"}]})
    late = produced(STANDARD | {"disruptions": [OUTAGE | {"restart_lag": "7d"}]})
    assert late == plain
    assert not any(late[4:21]) and late[21] > 0
    step = [{"on": "2024-01-08", "capacity": "50%"}]
    moved = [{"on": "2024-01-15", "capacity": "50%"}]
    assert produced(STANDARD | {"disruptions": [OUTAGE | {"restart_lag": "7d", "steps": step}]}) == produced(
        STANDARD | {"disruptions": [OUTAGE | {"until": "2024-01-22", "steps": moved}]}
    )


def two_makers(**disruption: Any) -> sim.Run:
    """One clinic that uses ten a day; a second maker is on stand-by."""
    spec: dict[str, Any] = {
        "scenario": "stand-by",
        "title": "A second maker on stand-by",
        "start": "2024-01-01",
        "end": "2024-03-01",
        "products": {"saline": {"unit": "bag"}},
        "suppliers": {"usual": {"makes": {"saline": {}}}, "abroad": {"makes": {"saline": {}}}},
        "facilities": {"clinic": {}},
        "lanes": [{"from": "usual", "to": "clinic", "time": "1d"}, {"from": "abroad", "to": "clinic", "time": "2d"}],
        "sourcing": [{"at": "clinic", "from": {"usual": "100%", "abroad": "0%"}, "keep_shares": True}],
        "demand": [{"at": "clinic", "product": "saline", "per_day": 10, "distribution": "deterministic"}],
        "replenishment": [{"at": "clinic", "policy": "base_stock", "level": 30}],
        "disruptions": [{"from": "2024-01-11", "for": "10d", **disruption}] if disruption else [],
    }
    return run(spec)


def sent(done: sim.Run, site: str) -> int:
    return int(done.daily[done.daily["site"] == site]["dispatched"].sum())


def test_a_source_on_stand_by_gets_no_orders_until_it_is_called_upon() -> None:
    assert sent(two_makers(), "abroad") == 0
    called = two_makers(kind="extra_orders", at="clinic", source="abroad", per_day=2.5)
    assert sent(called, "abroad") == 25
    assert sent(called, "usual") == sent(two_makers(), "usual") - 25, "what is under way counts in the position"


def test_a_supplier_may_let_customers_have_more_than_usual() -> None:
    """After a stop that cancels orders, 40 units are missing: 12 a day are 20 days of two more than the use of ten."""
    stop = {"kind": "supplier_allocation", "supplier": "usual", "share": "0%", "unfilled": "cancel"}
    more = two_makers(**stop, steps=[{"on": "2024-01-13", "share": "120%"}])
    daily = more.daily[more.daily["site"] == "usual"]
    assert daily[(daily["day"] >= 12) & (daily["day"] < 20)]["dispatched"].tolist() == [12] * 8


def test_more_orders_or_a_limit_at_usual_units_block_no_lane_on_the_map() -> None:
    limit = {"kind": "supplier_allocation", "supplier": "usual"}
    for disruption, lanes in [
        ({"kind": "extra_orders", "at": "clinic", "source": "abroad", "per_day": 2}, []),
        (limit | {"share": "100%"}, []),
        (limit | {"share": "100%", "steps": [{"on": "2024-01-13", "share": "90%"}]}, ["usual > clinic"]),
    ]:
        done = two_makers(**disruption)
        found = trouble(Facts(done.loaded, done.outcome, done.twin, done.metrics)).blocked
        names = [lane.name for lane in done.outcome.plan.network.lanes]
        assert [name for name, blocked in zip(names, found, strict=True) if blocked] == lanes


def test_every_member_may_hold_its_own_reserve() -> None:
    """Its size is shared out by usual demand; once open it spares patients at the sites that run out."""
    disruptions = [OUTAGE | {"until": "2024-02-20"}]
    release = {"when": {"trigger": "declared", "after": "12d"}}
    held = {"held_at": "members", "size": "6d", "members": "facilities", "products": ["saline"], "release": release}
    done = run(STANDARD | {"reserves": {"own": held}, "disruptions": disruptions})
    daily = done.daily[(done.daily["product"] == "saline") & (done.daily["day"] == 0)]
    found = {str(site): int(units) for site, units in zip(daily["site"], daily["reserve"], strict=True) if units}
    assert found == {facility: 6 * mean for facility, mean in usual_saline().items()}
    without = run(STANDARD | {"disruptions": disruptions, "reserves": {}})
    saved = without.daily["unmet"].sum() - done.daily["unmet"].sum()
    assert 0 < saved <= sum(found.values())


def usual_saline() -> dict[str, float]:
    """Facility -> mean units a day in the standard network."""
    plan = run(STANDARD | {"disruptions": []}).outcome.plan.network
    saline = list(plan.products["name"]).index("saline")
    names = plan.sites["name"].to_numpy()
    mine = (plan.cell_product == saline) & (plan.cell_kind == "facility")
    return {str(n): float(m) for n, m in zip(names[plan.cell_site[mine]], plan.cell_mean[mine], strict=True)}
