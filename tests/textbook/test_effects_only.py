"""Kinds that act through effects, day by day in a chain small enough to work out by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.property.running import run

Spec = dict[str, Any]
DAYS = 40


def chain(*disruptions: Spec, **more: Any) -> Spec:
    """A maker in India, a clinic in Kenya two days away, another at home a day away; ten units a day each."""
    return {
        "scenario": "chain",
        "title": "A chain",
        "start": "2001-01-01",
        "end": "2001-02-10",
        "products": {"kit": {"unit": "kit", "cost": 2}},
        "suppliers": {"maker": {"country": "IN", "makes": {"kit": {}}}},
        "facilities": {"abroad": {"country": "KE"}, "home": {"country": "IN"}},
        "lanes": [
            {"from": "maker", "to": "abroad", "time": "2d", "mode": "sea"},
            {"from": "maker", "to": "home", "time": "1d"},
        ],
        "demand": [
            {"at": "facilities", "product": "kit", "per_day": 10, "distribution": "deterministic",
             "shortage": "backorder"},
        ],
        "replenishment": [{"at": "facilities", "policy": "base_stock", "level": 50}],
        "disruptions": [{"from": "2001-01-11", **d} for d in disruptions],
    } | more  # fmt: skip


def at(done: Any, site: str) -> pd.DataFrame:
    return done.daily[done.daily["site"] == site].set_index("day")


def test_a_strike_lets_the_share_out_that_is_staffed() -> None:
    """Six days at 30% of ten units; what is owed leaves on the first day after."""
    done = run(chain({"kind": "strike", "at": "maker", "for": "6d", "staffed": "30%"}))
    sent = at(done, "maker")["dispatched"]
    assert sent.loc[10:16].tolist() == [6, 6, 6, 6, 6, 6, 20 + 6 * 14]


def test_a_wave_of_absence_rises_and_falls_in_a_straight_line() -> None:
    """40% away at the height, 4 days up and 4 down: each day has what the line reaches in its middle."""
    wave = {"kind": "labour_absence", "at": "maker", "for": "10d", "away": "40%", "ramp": "4d", "ease": "4d"}
    (impact,) = run(chain(wave)).outcome.impacts
    working = next(e for e in impact.effects if e.quantity == "flow.sends")
    shares = [working.value(10.0 + day) for day in range(10)]
    assert shares == pytest.approx([0.95, 0.85, 0.75, 0.65, 0.6, 0.6, 0.65, 0.75, 0.85, 0.95])
    (twice,) = run(chain(wave | {"waves": 2, "felt": 3})).outcome.impacts
    working = next(e for e in twice.effects if e.quantity == "flow.sends")
    lowest = [working.value(10.0 + hours / 24) for hours in range(240)]
    assert min(lowest) == 0.0 and max(lowest[110:130]) > 0.8  # felt threefold, and a trough between two waves


def test_units_are_paid_at_the_price_of_the_day_they_leave_the_supplier() -> None:
    """20 units a day at 2: 40 days cost 1600; ten of them at threefold the price 2400."""
    shock = {"kind": "price_shock", "factor": 3, "for": "10d"}
    done = run(chain(shock), twin=True)
    cost = done.metrics.cost["purchase"]
    assert (cost.value, cost.twin) == (30 * 20 * 2 + 10 * 20 * 6, 40 * 20 * 2)
    other = run(chain(shock | {"from": "2000-12-25", "for": "10d"}), twin=True)  # seven days before the start
    assert other.metrics.cost["purchase"].value == 37 * 20 * 2 + 3 * 20 * 6


def test_a_licence_holds_what_crosses_the_border_at_its_source() -> None:
    """From day 10 to 13 what leaves for abroad takes five days more; nothing else does."""
    rule = {"kind": "licence_delay", "country": "IN", "for": "4d", "wait": "5d"}
    done = run(chain(rule))
    received = at(done, "abroad")["received"]
    assert received.loc[10:22].tolist() == [10, 10, 0, 0, 0, 0, 10, 20, 20, 20, 20, 10, 10]
    assert (at(done, "home")["received"].loc[2:] == 10).all()
    left = done.events[(done.events["event"] == "departure") & (done.events["site"] == "abroad")]
    assert left["day"].value_counts().reindex([10, 13, 15, 16, 18], fill_value=0).tolist() == [0, 0, 2, 2, 2]
    none = run(chain(rule | {"trade": "imports"}))
    assert (none.daily["unmet"] == 0).all()  # nobody imports into the maker's country


@pytest.mark.parametrize(
    ("orders", "ordered"),
    [("none", [0, 0, 0, 40, 10]), ("late", [0, 0, 0, 40, 10]), ("frozen", [10, 10, 10, 10, 10])],
)
def test_a_blackout_stops_delays_or_freezes_orders(orders: str, ordered: list[int]) -> None:
    dark = {"kind": "cyber_blackout", "at": "abroad", "for": "3d", "orders": orders}
    assert at(run(chain(dark)), "abroad")["ordered"].loc[10:14].tolist() == ordered


def test_orders_worked_out_from_frozen_figures_do_not_see_a_surge() -> None:
    """Twenty a day are used while ten are ordered; when it is over, all that lacks is ordered at once."""
    surge = {"kind": "demand_surge", "at": "abroad", "for": "10d", "factor": 2}
    dark = {"kind": "cyber_blackout", "at": "abroad", "for": "3d", "orders": "frozen"}
    assert at(run(chain(surge, dark)), "abroad")["ordered"].loc[10:14].tolist() == [10, 10, 10, 30 + 20, 20]


def test_a_reserve_does_not_hear_of_a_shortage_during_a_blackout() -> None:
    """The ban empties the clinic; the reserve's desk sees the stock of the day before until day 30."""
    reserve = {
        "held_at": "abroad", "size": 100, "members": "abroad",
        "release": {"when": {"trigger": "days_of_cover", "below": "2d", "of": "member"}},
    }  # fmt: skip
    ban = {"kind": "export_ban", "country": "IN", "for": "20d"}
    dark = {"kind": "cyber_blackout", "at": "abroad", "from": "2001-01-11", "for": "15d"}
    opened = {}
    for name, several in (("seen", [ban]), ("unseen", [ban, dark])):
        done = run(chain(*several, reserves={"own": reserve}))
        opened[name] = done.events.loc[done.events["event"] == "reserve_opened", "day"].iat[0]
    # 30 on hand each evening; the last goods arrive on day 11, so 20 are left on day 12 and 10 on day 13
    assert opened == {"seen": 13, "unseen": 25}


@pytest.mark.parametrize(
    ("held", "received", "ordered"), [(None, [2, 3, 25, 10, 10, 10, 10], 25), ("5d", [2, 3, 10, 10, 10, 18, 17], 10)]
)
def test_a_seizure_takes_a_share_of_what_is_under_way(held: str | None, received: list[int], ordered: int) -> None:
    """On day 10 the tens of days 8 and 9 are under way: 75% are 8 and 7 units, held or destroyed and ordered again."""
    taken: Spec = {"kind": "seizure", "lanes": ["maker > abroad"], "share": "75%"}
    clinic = at(run(chain(taken | ({} if held is None else {"held": held}))), "abroad")
    assert clinic["received"].loc[10:16].tolist() == received
    assert clinic["destroyed"].sum() == (15 if held is None else 0)
    assert clinic["ordered"].loc[10] == ordered


def test_a_supplier_on_allocation_may_put_its_home_market_first_and_build_back() -> None:
    rationed = {
        "kind": "supplier_allocation", "supplier": "maker", "for": "8d", "share": "20%", "home": "100%",
        "steps": [{"after": "4d", "share": "60%"}],
    }  # fmt: skip
    done = run(chain(rationed))
    assert (at(done, "home")["unmet"] == 0).all()
    assert at(done, "abroad")["received"].loc[12:20].tolist() == [2] * 4 + [6] * 4 + [10 * 8 - 32 + 10]


def test_a_port_on_strike_handles_nothing_and_then_what_waits() -> None:
    lanes = [
        {"from": "maker", "to": "harbour", "time": "1d", "mode": "sea"},
        {"from": "harbour", "to": "abroad", "time": "1d"},
        {"from": "maker", "to": "home", "time": "1d"},
    ]
    ports = {"harbour": {"country": "KE", "handling": 30}}
    done = run(chain({"kind": "strike", "at": "harbour", "for": "3d"}, lanes=lanes, ports=ports))
    handled = done.ports[done.ports["side"] == "imports"].groupby("day")["handled"].sum()
    assert handled.loc[9:14].tolist() == [10, 0, 0, 0, 30, 20]
