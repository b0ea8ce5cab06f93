"""Licences asked for at a border, and berths that a port's two sides share or have each for itself, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

TRADE = """
end: 2001-02-20
products: {a: {unit: kit}, b: {unit: kit}}
suppliers: {abroad: {country: IN, makes: {a: {}, b: {}}}}
ports: {calicut: {country: IN, export_clearance: 1d}, mombasa: {country: KE, clearance: 2d}}
facilities: {nairobi: {country: KE}, kampala: {country: UG}, lusaka: {country: ZM}}
lanes:
  - {from: abroad, to: calicut, time: 1d}
  - {from: calicut, to: mombasa, mode: sea, time: 4d}
  - {from: mombasa, to: [nairobi, kampala], time: 1d}
  - {from: abroad, to: lusaka, mode: air, time: 1d}
demand: [%s]
replenishment: [{at: facilities, policy: base_stock, level: 900}]
""" % ", ".join(  # noqa: UP031
    f"{{at: facilities, product: {p}, per_day: 10, distribution: deterministic, shortage: backorder}}" for p in "ab"
)
"""From Calicut by sea to Kenya and through it to Uganda, nine days; by air to Zambia, one day."""


def with_licence(rule: str) -> str:
    return f"{TRADE}disruptions: [{{kind: licence_delay, from: 2001-01-21, for: 4d, wait: 3d, {rule}}}]\n"


def late(run: Any, site: str, product: str = "a") -> dict[int, float]:
    """Days by which what left on each day came later than usual, where it did."""
    usual = {"lusaka": 1.0}.get(site, 9.0)
    events = run.events[(run.events["site"] == site) & (run.events["product"] == product)]
    came = events[events["event"] == "arrival"].set_index("shipment")["day"]
    left = events[events["event"] == "departure"].groupby("shipment")["day"].first().reindex(came.index)
    full = events[events["event"] == "departure"].groupby("shipment").size().reindex(came.index)
    left = left[(full == (1 if site == "lusaka" else 3)) & (left >= 0)]
    delay = (came[left.index] - left - usual).round(9)
    return {int(left[k]): float(x) for k, x in delay.items() if x}


def four_days(first: int) -> dict[int, float]:
    return {first + k: 3.0 for k in range(4)}


RULES = {
    # handled at Mombasa on day 20 to 23, six days after leaving
    "country: KE, trade: imports, wait_at: border": {"nairobi": four_days(14)},
    # at the border behind Mombasa, nine days after leaving
    "country: UG, trade: imports, wait_at: border": {"kampala": four_days(11)},
    "country: ZM, trade: imports, wait_at: border": {"lusaka": four_days(19)},
    "port: mombasa, trade: imports, wait_at: border": {"nairobi": four_days(14), "kampala": four_days(14)},
    "country: UG, port: mombasa, trade: imports, wait_at: border": {"kampala": four_days(14)},
    # exports in Calicut one day after leaving; by air the source is the border
    "country: IN, trade: exports, wait_at: border": {"nairobi": four_days(19), "kampala": four_days(19)},
    "port: calicut, trade: exports": {"nairobi": {}, "kampala": {}},
}


@pytest.mark.parametrize("rule", [rule for rule in RULES if "border" in rule])
def test_a_licence_holds_what_comes_to_the_border_while_it_is_asked_for(rule: str, simulate: Any) -> None:
    run = simulate(with_licence(rule), detail="full")
    for site in ("nairobi", "kampala", "lusaka"):
        if (site, rule) == ("lusaka", "country: IN, trade: exports, wait_at: border"):
            continue  # leaves its source three days later, which is no longer journey
        assert late(run, site) == RULES[rule].get(site, {})
    events = run.events[run.events["event"] == "licence_wait"]
    assert len(events) and set(events["day"].astype(int)) <= set(range(20, 24))


def test_exports_without_a_port_wait_at_their_source(simulate: Any) -> None:
    run = simulate(with_licence("country: IN, trade: exports, wait_at: border"), detail="full")
    left = run.events[(run.events["event"] == "departure") & (run.events["site"] == "lusaka")]["day"]
    assert left.value_counts().reindex([20, 22, 23, 26, 27], fill_value=0).tolist() == [0, 0, 2, 4, 2]


def test_only_goods_of_the_port_ask_for_its_licence_at_their_source(simulate: Any) -> None:
    run = simulate(with_licence("port: calicut, trade: exports"), detail="full")
    left = run.events[run.events["event"] == "departure"].groupby(["site", "day"]).size()
    assert left["lusaka"].loc[20:23].tolist() == [2] * 4
    waited = run.events[run.events["event"] == "licence_wait"]
    assert set(waited["site"]) == {"nairobi", "kampala"} and set(waited["day"]) == {20, 21, 22, 23}


def test_a_licence_may_be_for_some_products(simulate: Any) -> None:
    run = simulate(with_licence("country: KE, trade: imports, wait_at: border, products: [b]"), detail="full")
    assert late(run, "nairobi", "a") == {} and late(run, "nairobi", "b") == four_days(14)


def test_a_wait_that_ends_within_the_day_costs_what_it_takes(simulate: Any) -> None:
    """At the door at noon, let in after 6 hours: in time for the next morning. After 18 hours: the one after."""
    air = TRADE.replace("mode: air, time: 1d", "mode: air, time: 12h")
    rule = (
        "disruptions: [{kind: licence_delay, from: 2001-01-21, for: 4d, wait: %s, country: ZM, trade: imports, %s}]\n"
    )
    received = [
        run.daily[(run.daily["site"] == "lusaka") & (run.daily["product"] == "a")].set_index("day")["received"]
        for run in (simulate(air + rule % (w, "wait_at: border")) for w in ("0h", "6h", "18h"))
    ]
    assert received[0].equals(received[1])
    assert received[2].loc[20:26].tolist() == [10, 0, 10, 10, 10, 20, 10]


def test_goods_that_wait_for_a_licence_may_be_seized_or_called_back(simulate: Any) -> None:
    """The run stops where a unit or a lot is lost or counted twice."""
    text = with_licence("country: UG, trade: imports, wait_at: border")
    text = text.replace("products: {a: {unit: kit}", "products: {a: {unit: kit, trace: true}").removesuffix("]\n")
    text += """, {kind: seizure, lanes: [mombasa > kampala], products: [b], from: 2001-01-23},
  {kind: recall, supplier: abroad, products: [a], from: 2001-01-22}]"""
    run = simulate(text, detail="full")
    waits, seized = (run.events[run.events["event"] == name] for name in ("licence_wait", "seized"))
    taken = set(seized["shipment"])
    assert taken & set(waits["shipment"]) and not taken & set(run.events[run.events["event"] == "arrival"]["shipment"])
    assert set(run.events[run.events["event"] == "kept_back"]["shipment"]) & set(waits["shipment"])


WRONG = {
    "trade: imports, wait_at: border": "a country, a port, or both",
    "port: mombassa, trade: imports": "did you mean 'mombasa'",
    "country: KN, trade: imports": "did you mean 'KE'|unknown country",
    "country: KE, trade: imports, wait_at: door": "source|border",
}


@pytest.mark.parametrize("rule", WRONG)
def test_what_a_licence_cannot_be_is_told(rule: str, simulate: Any) -> None:
    with pytest.raises(Exception, match=WRONG[rule]):
        simulate(with_licence(rule))


BOTH_WAYS = """
end: {end}
products: {{a: {{unit: kit}}, b: {{unit: kit, priority: vital}}}}
suppliers: {{abroad: {{country: IN, makes: {{a: {{}}}}}}, home: {{country: KE, makes: {{b: {{}}}}}}}}
ports: {{harbour: {{country: KE, {port}}}}}
facilities: {{here: {{country: KE}}, there: {{country: UG}}}}
lanes:
  - {{from: abroad, to: harbour, mode: sea, time: 12h}}
  - {{from: home, to: harbour, time: 12h}}
  - {{from: harbour, to: facilities, time: 0d}}
demand:
  - {{at: here, product: a, per_day: 10, distribution: deterministic, shortage: backorder}}
  - {{at: there, product: b, per_day: 10, distribution: deterministic, shortage: backorder}}
replenishment: [{{at: facilities, policy: base_stock, level: 900}}]
{more}
"""
"""Imports of a and exports of b meet in one harbour at noon."""


def harbour(port: str, more: str = "", days: int = 40) -> str:
    return BOTH_WAYS.format(port=port, more=more, end=(pd.Timestamp("2001-01-01") + pd.Timedelta(days=days)).date())


def berthed(run: Any, product: str) -> np.ndarray:
    return run.events[(run.events["event"] == "berthed") & (run.events["product"] == product)]["day"].to_numpy()


def test_imports_and_exports_wait_for_the_same_berth(simulate: Any) -> None:
    """Two vessels a day at one berth for half a day each: full, and the second waits for the first."""
    run = simulate(harbour("berths: 1, berth_time: 12h"), detail="full")
    assert berthed(run, "a")[1:] % 1 == pytest.approx(0.5)
    assert berthed(run, "b")[1:] % 1 == pytest.approx(0.0)
    used = run.ports.pivot(index="day", columns="side", values="utilisation").loc[1:]
    assert used.to_numpy() == pytest.approx(1.0)  # each side tells the use of the berths they share


def test_with_berths_of_its_own_neither_side_waits_for_the_other(simulate: Any) -> None:
    run = simulate(harbour("berths_by_side: {imports: 1, exports: 1}, berth_time: 12h"), detail="full")
    assert berthed(run, "a")[1:] % 1 == pytest.approx(0.5) and berthed(run, "b")[1:] % 1 == pytest.approx(0.5)
    used = run.ports.pivot(index="day", columns="side", values="utilisation").loc[1:]
    assert used.to_numpy() == pytest.approx(0.5)


CLOSED = "disruptions: [{kind: port_closure, port: harbour, from: 2001-01-11, for: 4d%s}]"


def test_the_priority_lane_goes_over_both_sides(simulate: Any) -> None:
    """Four of each wait when the port opens; vital exports go before imports that came as early."""
    run = simulate(harbour("berths: 1, berth_time: 6h, priority_lane: [vital]", CLOSED % ""), detail="full")
    after = run.events[(run.events["event"] == "berthed") & (run.events["day"] >= 14)]
    assert after["product"].tolist()[:6] == ["b"] * 5 + ["a"]  # the fifth b came at noon, while the third was served
    for product in "ab":
        mine = run.events[(run.events["event"] == "berthed") & (run.events["product"] == product)]["shipment"]
        assert mine.is_monotonic_increasing


def test_a_closed_shared_berth_drains_in_the_time_that_its_two_queues_take(simulate: Any) -> None:
    """k closed days leave 2 k vessels; a berth takes four a day, two more than come: k days."""
    run = simulate(harbour("berths: 1, berth_time: 6h", CLOSED % ""), detail="full")
    queue = run.ports.groupby("day")["queue"].sum()
    assert queue.loc[9:13].tolist() == [0, 20, 40, 60, 80]
    assert queue.loc[14:18].tolist() == [60, 40, 20, 0, 0]


def test_a_side_with_berths_of_its_own_can_be_half_closed(simulate: Any) -> None:
    run = simulate(
        harbour("berths_by_side: {imports: 2, exports: 1}, berth_time: 12h", CLOSED % ", side: imports, capacity: 10%"),
        detail="full",
    )
    queue = run.ports.pivot(index="day", columns="side", values="queue")
    assert queue["exports"].max() == 0
    assert queue["imports"].loc[10:13].tolist() == [0, 10, 20, 20]  # a fifth of a berth: one vessel in 60 hours


def test_the_yard_is_that_of_both_sides_or_of_each(simulate: Any) -> None:
    """Ten units of each side come a day and stay four: a yard of 25 holds both to 25, or each to 25."""
    stay = "berth_time: 6h, yard: 25, clearance: 4d, export_clearance: 4d"
    both = simulate(harbour(f"berths: 4, {stay}"), detail="full").ports.groupby("day")["yard"].sum()
    each = simulate(harbour(f"berths_by_side: {{imports: 2, exports: 2}}, {stay}"), detail="full").ports
    assert both.loc[10:].max() == 25 and both.loc[10:].min() > 15
    assert (each.groupby(["side", "day"])["yard"].sum().unstack().loc[:, 10:] == 25).all().all()


PORTS = {
    "berths: 1, berths_by_side: {imports: 1, exports: 1}, berth_time: 1d": "only one of",
    "berths_by_side: {imports: 1, exports: 1}": "berths and berth_time together",
    "berths_by_side: {imports: 1, exports: 0}, berth_time: 1d": "at least 1",
}


@pytest.mark.parametrize("port", PORTS)
def test_what_berths_cannot_be_is_told(port: str, simulate: Any) -> None:
    with pytest.raises(Exception, match=PORTS[port]):
        simulate(harbour(port))
