"""Berths, yards, priority lanes and holds at a port, worked out by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest


def harbour(port: str, products: str = "kit: {unit: kit}", days: int = 40, more: str = "") -> str:
    """One vessel with ten units of each product every day, half a day after it left."""
    names = [part.split(":")[0].strip() for part in products.split("},")]
    makers = ", ".join(f"maker-{name}: {{makes: {{{name}: {{}}}}}}" for name in names)
    lanes = ", ".join(f"{{from: maker-{name}, to: harbour, mode: sea, time: 12h}}" for name in names)
    demand = ", ".join(
        f"{{at: clinic, product: {name}, per_day: 10, distribution: deterministic, shortage: backorder}}"
        for name in names
    )
    end = pd.Timestamp("2001-01-01") + pd.Timedelta(days=days)
    return f"""
end: {end.date()}
products: {{{products}}}
suppliers: {{{makers}}}
ports: {{harbour: {{{port}}}}}
facilities: {{clinic: {{}}}}
lanes: [{lanes}, {{from: harbour, to: clinic, time: 0d}}]
demand: [{demand}]
replenishment: [{{at: clinic, policy: base_stock, level: 900}}]
{more}
"""


def side(run: Any) -> pd.DataFrame:
    return run.ports[run.ports["side"] == "imports"].set_index("day")


def days_of(run: Any, event: str, product: str | None = None) -> list[float]:
    events = run.events[run.events["event"] == event]
    return (events if product is None else events[events["product"] == product])["day"].tolist()


CLOSED = "disruptions: [{kind: port_closure, port: harbour, from: 2001-01-11, for: 4d%s}]"


def test_vessels_take_berths_in_order_of_arrival(simulate: Any) -> None:
    """Two vessels a day at one berth of half a day: the second waits for the first, none waits for the day before."""
    run = simulate(harbour("berths: 1, berth_time: 12h", "a: {unit: kit}, b: {unit: kit}"), detail="full")
    assert days_of(run, "port_arrival", "a")[:3] == days_of(run, "berthed", "a")[:3] == [0.5, 1.5, 2.5]
    assert days_of(run, "berthed", "b")[:3] == days_of(run, "handled", "a")[:3] == [1.0, 2.0, 3.0]
    assert side(run).loc[1:, "utilisation"].tolist() == pytest.approx([1.0] * 39)
    assert side(run).loc[1:, "mean_wait"].tolist() == pytest.approx([0.25] * 39)  # ten units at once, ten half a day on


def test_goods_of_one_lane_and_day_are_one_vessel(simulate: Any) -> None:
    text = harbour("berths: 1, berth_time: 12h", "a: {unit: kit}, b: {unit: kit}")
    together = text.replace("maker-b: {makes: {b: {}}}", "other: {makes: {b: {}}}")
    together = together.replace("maker-a: {makes: {a: {}}}", "maker-a: {makes: {a: {}, b: {}}}")
    together = together.replace("{from: maker-b, to: harbour, mode: sea, time: 12h}, ", "")
    run = simulate(together, detail="full")
    assert days_of(run, "berthed", "a") == days_of(run, "berthed", "b")
    assert side(run)["mean_wait"].max() == 0


def test_closing_a_port_stops_berthing_and_the_queue_drains(simulate: Any) -> None:
    """Four vessels wait, and two berths of 16 hours serve three a day, of which one has only just come."""
    run = simulate(harbour("berths: 2, berth_time: 16h", more=CLOSED % ""), detail="full")
    queue = side(run)["queue"]
    assert queue.loc[9:13].tolist() == [0, 10, 20, 30, 40]
    assert [d for d in days_of(run, "berthed") if 10 <= d < 14] == []
    assert days_of(run, "berthed")[10:14] == pytest.approx([14, 14, 14 + 2 / 3, 14 + 2 / 3])
    assert queue.loc[14:17].tolist() == [10, 0, 0, 0]


def test_part_of_the_berths_is_part_of_the_capacity(simulate: Any) -> None:
    """Half of one berth serves a vessel in twice the time; those at berth finish as they began."""
    run = simulate(harbour("berths: 1, berth_time: 12h", more=CLOSED % ", capacity: 50%"), detail="full")
    begun, over = days_of(run, "berthed"), days_of(run, "handled")
    stays = [b - a for a, b in zip(begun, over, strict=False)]
    assert stays[8:16] == pytest.approx([0.5] * 2 + [1.0] * 4 + [0.5] * 2)


def test_products_in_the_priority_lane_go_first(simulate: Any) -> None:
    products = "a: {unit: kit, priority: necessary}, b: {unit: kit, priority: vital}, c: {unit: kit}"
    port = "berths: 1, berth_time: 6h, priority_lane: [vital, c]"
    run = simulate(harbour(port, products, more=CLOSED % ""), detail="full")
    after = run.events[(run.events["event"] == "berthed") & (run.events["day"] >= 14)]
    # four of each wait on day 14, and at noon one of each comes: the fifth b still finds others of its class, the sixth
    # comes while the first c is served; a is last of all
    assert after["product"].tolist()[:9] == ["b", "b", "b", "b", "b", "c", "b", "c", "c"]
    first_a = after["day"][after["product"] == "a"].iat[0]
    waiting = run.events[run.events["event"].isin(["port_arrival", "berthed"]) & (run.events["day"] < first_a)]
    left = waiting.groupby(["product", "event"])["units"].sum().unstack()
    assert (left.loc[["b", "c"], "port_arrival"] == left.loc[["b", "c"], "berthed"]).all()
    for product in "abc":  # in order of arrival within a class
        order = run.events[(run.events["event"] == "berthed") & (run.events["product"] == product)]["shipment"]
        assert order.is_monotonic_increasing


def test_the_priority_lane_works_with_handling_a_day_too(simulate: Any) -> None:
    products = "a: {unit: kit}, b: {unit: kit, priority: vital}"
    run = simulate(harbour("handling: 25, priority_lane: [vital]", products, more=CLOSED % ""), detail="full")
    handled = run.events[(run.events["event"] == "handled") & (run.events["day"] >= 14) & (run.events["day"] < 16)]
    by_day = handled.groupby([handled["day"] // 1, "product"])["units"].sum()
    assert by_day.to_dict() == {(14, "b"): 25, (15, "b"): 25}


def test_a_full_yard_keeps_vessels_at_their_berths(simulate: Any) -> None:
    """25 units fit and are cleared in four days: so many go in four days, and the rest waits aboard and at sea."""
    run = simulate(harbour("berths: 2, berth_time: 6h, yard: 25, clearance: 4d"), detail="full")
    ports = side(run)
    assert (ports["yard"].loc[4:] == 25).all()  # from when what was under way at first is gone
    assert ports["handled"].loc[4:35].sum() == 25 * 8
    assert ports["utilisation"].loc[10:].min() == pytest.approx(1.0)


def test_a_share_of_consignments_is_held(simulate: Any) -> None:
    holds = "holds: [{share: 25%, for: 3d}], clearance: 1d"
    run = simulate(harbour(f"handling: 100, {holds}", days=1000), detail="full")
    events = run.events.set_index("shipment")
    handled = events[events["event"] == "handled"]["day"]
    gone = events[(events["event"] == "departure") & (events["day"] % 1 != 0)]["day"].reindex(handled.index).dropna()
    stay = (gone - handled.reindex(gone.index)).round(9)
    assert set(stay) == {1.0, 4.0}
    share, n = (stay == 4.0).mean(), len(stay)
    assert abs(share - 0.25) < 4 * (0.25 * 0.75 / n) ** 0.5
    assert (events["event"] == "detained").sum() == pytest.approx((stay == 4.0).sum(), abs=4)
    again = simulate(harbour(f"handling: 100, {holds}", days=1000, more=CLOSED % ""), detail="full").events
    held = set(events.index[events["event"] == "detained"])
    assert held == set(again["shipment"][again["event"] == "detained"])  # whatever else happens


def test_a_hold_may_concern_some_products_only(simulate: Any) -> None:
    """Every second consignment of a is held for 3 days, none of b; whether b is there changes no draw of a."""
    hold = "handling: 100, clearance: 1d, holds: [{share: 50%, for: 3d, products: [a]}]"
    run = simulate(harbour(hold, "a: {unit: kit}, b: {unit: kit}", days=200), detail="full")
    detained = run.events[run.events["event"] == "detained"]
    assert set(detained["product"]) == {"a"} and abs(len(detained) - 100) < 4 * 50**0.5
    alone = simulate(harbour(hold, "a: {unit: kit}", days=200), detail="full").events
    assert alone[alone["event"] == "detained"]["day"].tolist() == detained["day"].tolist()


PORTS = {
    "hold of an unknown product": ("holds: [{share: 5%, for: 3d, products: [kits]}]", "did you mean 'kit'"),
    "berths and handling": ("berths: 1, berth_time: 1d, handling: 5", "only one of handling"),
    "berths without time": ("berths: 1", "berths and berth_time together"),
    "yard without berths": ("yard: 5", "yard only with berths"),
    "no berths": ("berths: 0, berth_time: 1d", "a number of at least 1"),
    "unknown class": ("priority_lane: [vitl]", "did you mean 'vital'"),
    "small yard": ("berths: 1, berth_time: 1d, yard: 0.5", "the largest product does not fit"),
}


@pytest.mark.parametrize("case", PORTS)
def test_what_a_port_cannot_be_is_told(case: str, simulate: Any) -> None:
    port, message = PORTS[case]
    with pytest.raises(Exception, match=message):
        simulate(harbour(port))
