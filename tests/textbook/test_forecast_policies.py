"""Policies that forecast, and those that go by months of stock or by echelons: day by day, by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.policies.replenishment.forecast import Forecast
from sim.policies.replenishment.months_of_stock import KeepingMonths
from sim.policies.replenishment.seen import View

CHAIN = """
end: 2001-01-21
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
warehouses: {store: {}}
facilities: {a: {}}
lanes: [{from: maker, to: store, time: 1d}, {from: store, to: a, time: 1d}]
demand: [{at: a, product: kit, per_day: 4, distribution: deterministic, shortage: backorder}]
"""
SMOOTHED = "forecast: {method: exponential_smoothing, alpha: 50%}"
NAIVE = "forecast: {method: exponential_smoothing, alpha: 100%}"


def one(rules: str, lane: str = "2d", more: str = "", surge: float = 2, end: str = "2001-01-21") -> str:
    """A clinic that uses four a day, and from day 5 on so many times that, served by a maker."""
    return f"""
end: {end}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{a: {{}}}}
lanes: [{{from: maker, to: a, time: {lane}}}]
demand: [{{at: a, product: kit, per_day: 4, distribution: deterministic, shortage: backorder}}]
replenishment:
  - {rules}
disruptions:
  - {{kind: demand_surge, at: a, factor: {surge}, from: 2001-01-06, until: {end}}}
{more}"""


def ordered(run: sim.Run, site: str = "a") -> list[int]:
    """Units ordered by a site, day by day."""
    return [int(units) for units in run.daily[run.daily["site"] == site]["ordered"]]


def on_days(units: list[int]) -> dict[int, int]:
    """Orders by the day, those of nothing left out."""
    return {day: n for day, n in enumerate(units) if n}


def test_days_between_reviews_are_learned_at_the_next(simulate: Any) -> None:
    """Reviews every third day and two days on the way: five days of the level. At first 20; days 4 to 6 of 4, 8, 8
    make it 4, 6, 7 and so 35, of which nothing is left: 35. Then 7.875 (39.4, with 35 - 24 = 11 there: 28), then
    7.984 (39.9, with 39 - 24 = 15: 25)."""
    run = simulate(one(f"{{policy: forecast, at: a, {SMOOTHED}, review: 3d}}"))
    assert on_days(ordered(run)[:15]) == {0: 4, 3: 12, 6: 35, 9: 28, 12: 25}


def test_one_entry_for_sites_at_several_stages_is_as_one_for_each(simulate: Any) -> None:
    """A store learns of a day when its customers have ordered, not when they review."""
    each = f"  - {{policy: forecast, at: store, {SMOOTHED}}}\n  - {{policy: forecast, at: a, {SMOOTHED}}}\n"
    both = f"  - {{policy: forecast, at: [store, a], {SMOOTHED}}}\n"
    surge = "disruptions: [{kind: demand_surge, at: a, factor: 2, from: 2001-01-06, until: 2001-01-21}]"
    runs = [simulate(f"{CHAIN}replenishment:\n{rules}{surge}") for rules in (each, both)]
    pd.testing.assert_frame_equal(*(run.daily for run in runs))
    pd.testing.assert_frame_equal(*(run.forecasts for run in runs))


def test_after_a_blackout_all_days_of_it_are_learned(simulate: Any) -> None:
    """Figures are frozen on days 5 to 8 and the orders those of day 4. On day 9 five days of 8 make the level 7.875:
    up to 23.6 = 24 from 12 - 4 x (8 - 4) - 8 = -12."""
    dark = "  - {kind: cyber_blackout, at: a, orders: frozen, from: 2001-01-06, for: 4d}\n"
    run = simulate(one(f"{{policy: forecast, at: a, {SMOOTHED}}}", more=dark))
    assert ordered(run)[:11] == [4] * 9 + [36, 8]


def test_who_begins_to_forecast_on_a_date_has_the_records_of_before(simulate: Any) -> None:
    """From day 10 on: the last five days count (0.5^5 < 5%), all of 8: from 4 up to 7.875, 3 days of which are 23.6.
    The base stock of 12 has 4 left: 20 are ordered."""
    rules = f"""{{policy: base_stock, at: a, level: 12}}
  - {{policy: forecast, at: a, {SMOOTHED}, from: 2001-01-11}}"""
    assert ordered(simulate(one(rules)))[8:12] == [8, 8, 20, 8]


def test_safety_is_sigmas_of_the_smoothed_errors_over_review_and_lead_time(simulate: Any) -> None:
    """The last day's demand is the forecast; 1 + 3 days have the root 2, so 2 sigmas are 4 x s. s squared is 4 at first
    (Poisson), then halved each day without an error: levels of 16 + 4 s = 24, 21.7, 20, 18.8, 18, 17.4. On day 5 the
    error is 4: s squared is 16 / 2 + 0.125 / 2 = 8.0625, the level 32 + 11.4 = 43.4, and 17 - 8 = 9 are there."""
    run = simulate(one(f"{{policy: forecast, at: a, {NAIVE}, sigmas: 2, omega: 50%}}", lane="3d"))
    assert ordered(run)[:6] == [2, 2, 3, 3, 3, 34]


def test_safety_by_the_mean_absolute_error(simulate: Any) -> None:
    """It is s / 1.2533 and is halved, and s with it: levels of 24, 20, 18, 17."""
    run = simulate(one(f"{{policy: forecast, at: a, {NAIVE}, sigmas: 2, omega: 50%, spread: mad}}", lane="3d"))
    assert ordered(run)[:3] == [0, 2, 3]


def test_a_service_level_is_that_point_of_the_normal_distribution() -> None:
    fields = {"policy": "forecast", "at": "a", "forecast": {"method": "moving_average"}}
    assert Forecast.model_validate(fields | {"service": "95%"}).z == pytest.approx(1.644854, abs=1e-6)
    assert Forecast.model_validate(fields | {"service": "50%"}).z == 0 == Forecast.model_validate(fields).z


def test_moving_average_is_an_earlier_word_for_a_forecast(simulate: Any) -> None:
    new = "{policy: forecast, at: a, forecast: {method: moving_average, over: 4d}, safety: 1d, review: 2d}"
    old = "{policy: moving_average, at: a, over: 4d, safety: 1d, review: 2d}"
    pd.testing.assert_frame_equal(*(simulate(one(rules)).daily for rules in (new, old)))


@pytest.mark.parametrize("dark", [False, True])
def test_shared_end_demand_is_that_of_patients_as_they_report_it(simulate: Any, dark: bool) -> None:
    """The clinic is sent 4 a day whatever it needs. The store keeps two days (review and lead time) of the mean of two
    days' end demand: their sum, 8. From day 5 on it is 6 a day: 10, then 12, two more on two days. While the clinic's
    systems stand still, on days 5 to 8, it is thought to need what it did a week before, so these days are 9 and 10."""
    text = f"""{CHAIN}
replenishment:
  - {{policy: push, at: a, quantity: 4}}
  - {{policy: forecast, at: store, forecast: {{method: moving_average, over: 2d}}, of: end}}
disruptions:
  - {{kind: demand_surge, at: a, factor: 1.5, from: 2001-01-06, until: 2001-01-21}}
"""
    text += "  - {kind: cyber_blackout, at: a, orders: frozen, from: 2001-01-06, for: 4d}\n" if dark else ""
    first = 9 if dark else 5
    assert ordered(simulate(text), "store")[:14] == [6 if day in (first, first + 1) else 4 for day in range(14)]


def test_the_bullwhip_of_two_stages_shrinks_where_end_demand_is_shared(simulate: Any) -> None:
    """Chen, Drezner, Ryan & Simchi-Levi (2000) with L = 3 (review 1 and 2 days on the way) at both stages and p = 5.

    The clinic orders D(t) + a (D(t) - D(t - 5)) with a = L / p = 0.6: a ratio of 1.6^2 + 0.6^2 = 2.92. A store that
    follows end demand adds as much again: a = 1.2 and 2.2^2 + 1.2^2 = 6.28. One that follows the clinic's orders makes
    of 1.6 and -0.6 (five days later) their square 2.56, -1.92, 0.36: 2.56^2 + 1.92^2 + 0.36^2 = 10.37; the product
    2.92^2 = 8.53 is its lower bound, as the clinic's orders are not independent of each other.
    """
    pairs, days, settle = 24, 730, 20
    names = [(f"{s}{k:02}", f"c{s}{k:02}") for s in "eo" for k in range(pairs)]  # those of end demand, of own
    run = simulate(f"""
end: 2003-01-01
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
warehouses: {{{", ".join(f"{w}: {{}}" for w, _ in names)}}}
facilities: {{{", ".join(f"{c}: {{}}" for _, c in names)}}}
lanes:
  - {{from: maker, to: warehouses, time: 2d}}
{"".join(f"  - {{from: {w}, to: {c}, time: 2d}}" + chr(10) for w, c in names)}
demand:
  - {{at: facilities, product: kit, per_day: 300, distribution: {{distribution: normal, sd: 10}}, shortage: backorder}}
replenishment:
  - {{policy: forecast, at: facilities, forecast: {{method: moving_average, over: 5d}}}}
  - {{policy: forecast, at: [{", ".join(w for w, _ in names[:pairs])}], of: end,
      forecast: {{method: moving_average, over: 5d}}}}
  - {{policy: forecast, at: [{", ".join(w for w, _ in names[pairs:])}], forecast: {{method: moving_average, over: 5d}}}}
""")

    def variances(kind: str, name: str) -> np.ndarray:
        return run.daily.loc[run.daily["kind"] == kind, name].to_numpy().reshape(days, 2 * pairs)[settle:].var(axis=0)

    demand = variances("facility", "demand")
    clinic, store = variances("facility", "ordered") / demand, variances("warehouse", "ordered") / demand
    for ratio, expected in ((clinic, 2.92), (store[:pairs], 6.28), (store[pairs:], 10.3696)):
        assert abs(ratio.mean() - expected) < 3 * ratio.std(ddof=1) / np.sqrt(len(ratio))


STEADY = "forecast: {method: moving_average, over: 30d}"


def months(rules: str, stock: str = "") -> str:
    """A clinic that uses ten a day; what it orders is ten days on the way."""
    return f"""
end: 2001-06-20
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{a: {{}}}}
lanes: [{{from: maker, to: a, time: 10d}}]
demand: [{{at: a, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
{stock}
replenishment: [{{at: a, {rules}}}]
"""


def test_months_of_stock_orders_up_to_the_most_where_it_would_be_below_the_least(simulate: Any) -> None:
    """It begins with 4 months and the 10 days on the way: 1,300. After 61 days 690 are left, 590 when an order of now
    would come: less than 2 months of 300, so 1,200 - 590 = 610. At the review of day 120 it is 600, enough; on day 150
    it is 300, and 900 are ordered. Forced ordering up to the same fills up at every review."""
    mos = simulate(months(f"policy: months_of_stock, min: 2mo, max: 4mo, {STEADY}"))
    assert on_days(ordered(mos)) == {60: 610, 150: 900}
    forced = simulate(months("policy: max_min, min: 2mo, max: 130d, review: 1mo"))
    assert on_days(ordered(forced)) == {0: 10, 30: 300, 60: 300, 90: 300, 120: 300, 150: 300}
    low, high = 600, 1200
    on_hand = mos.daily.loc[mos.daily["site"] == "a", "on_hand"]
    assert mos.metrics["according_to_plan"].value == ((on_hand >= low) & (on_hand <= high)).mean() > 0


def test_months_of_stock_makes_up_for_what_is_unmet(simulate: Any) -> None:
    """Nothing there and ten wait: 1,200 and 100 for the ten days until it comes, and the ten: 1,310."""
    empty = "stock: [{at: a, on_hand: 0, on_the_way: none}]"
    assert ordered(simulate(months(f"policy: months_of_stock, min: 2mo, max: 4mo, {STEADY}", empty)))[0] == 1310


@pytest.mark.parametrize(
    ("first", "then", "last", "position", "units"),
    [
        (10, 10, 10, 600, 700),  # begins with 500, less than 600; the next with 200 and -100: 1,200 - 500
        (10, 5, 5, 600, 700),  # 500 of 600, 200 of 300, 50 of 300
        (10, 2, 2, 600, 0),  # 200 are 100 days of 2 a day: enough
        (10, 5, 0, 600, 0),  # nobody needs any in the third month
        (5, 10, 10, 401, 0),  # 301 of 300: enough now, whatever comes
        (5, 10, 10, 399, 301),  # 299 of 300, 149 of 600, -151: 600 - 299
        (5, 10, 10, 400, 0),  # exactly enough
        (10, 10, 0, -30, 1330),  # what waits is added: 1,200 + 130
    ],
)
def test_months_of_stock_looks_at_this_month_and_the_next_two(
    first: float, then: float, last: float, position: int, units: int
) -> None:
    """So many a day in three months of 30 days after ten days at ten a day; min 60 days, max 120."""
    ends = [0.0, 10.0, 40.0, 70.0, 100.0]
    added = np.cumsum([0.0, 100.0, 30 * first, 30 * then, 30 * last])
    method: Any = SimpleNamespace(ahead=lambda memory, days: np.interp(days, ends, added))
    ones = np.ones(1)
    rule = KeepingMonths(ones, ones, method, "own", 30, 0, 60.0, 120.0)
    view = View(0, np.zeros(1, np.int64), np.array([position]), ones, np.array([10.0]), memory={"learned": ones})
    assert rule.orders(view).tolist() == [units]


@pytest.mark.parametrize(("adjusted", "units"), [("true", 440), ("false", 220)])
def test_consumption_is_what_was_issued_until_the_evening_before(simulate: Any, adjusted: str, units: int) -> None:
    """55 are issued on days 0 to 5, and on days 5 to 9 stock has run out: 55 x 10 / 5 = 110 would have been needed in
    ten days, 11 a day: 30 days and ten days on the way, 440. Of 5.5 a day it is 220. What waits is lost here."""
    rules = "policy: months_of_stock, min: 20d, max: 30d, review: 40d, first_review: 10d, forecast: {method: amc, "
    text = months(rules + f"over: 10d, adjusted: {adjusted}}}", "stock: [{at: a, on_hand: 55, on_the_way: none}]")
    assert ordered(simulate(text.replace(", shortage: backorder", "")))[10] == units


def three_stages(central: str, region: str, clinic: str) -> str:
    return f"""
end: 2001-03-21
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
warehouses: {{central: {{}}, region: {{}}}}
facilities: {{a: {{}}, b: {{}}}}
lanes:
  - {{from: maker, to: central, time: 3d}}
  - {{from: central, to: region, time: 2d}}
  - {{from: region, to: facilities, time: 1d}}
demand: [{{at: facilities, product: kit, per_day: 5, shortage: backorder}}]
replenishment:
  - {{at: central, {central}}}
  - {{at: region, {region}}}
  - {{at: facilities, {clinic}}}
"""


def test_echelon_base_stock_is_the_base_stock_of_clark_and_scarf(simulate: Any) -> None:
    """Echelon levels of 68 and 38 over two clinics of 8 are levels of 68 - 38 = 30, 38 - 16 = 22 and 8: the same day by
    day, whose exact stock and backorders in a chain the textbook's recursion gives (`test_networks.py`)."""
    clinic, text = "policy: base_stock, level: 8", "policy: echelon_base_stock, level: {}".format
    echelons = simulate(three_stages(text(68), text(38), clinic)).daily
    alone = simulate(three_stages("policy: base_stock, level: 30", "policy: base_stock, level: 22", clinic)).daily
    pd.testing.assert_frame_equal(echelons, alone)
    assert alone["backlog"].sum() > 0


def test_an_echelon_is_ordered_for_as_it_is_used_not_as_the_site_below_orders(simulate: Any) -> None:
    """The clinic orders twelve every third day; what the store and the clinic have between them falls by four a day."""
    run = simulate(f"""{CHAIN}
replenishment:
  - {{policy: R_nQ, at: a, R: 8, Q: 12}}
  - {{policy: echelon_base_stock, at: store, level: 60}}
""")
    assert set(ordered(run)) == {0, 12} and ordered(run, "store")[1:] == [4] * 19


def test_of_an_echelon_a_site_sees_what_those_below_report(simulate: Any) -> None:
    """The clinic needs 8 a day from day 5 on, and its systems stand still on days 5 to 8: it orders, and receives, four
    a day as before, so the echelon seems to fall by four. On day 9 the other 16 are known, and the day's 8: 24."""
    run = simulate(f"""{CHAIN}
replenishment:
  - {{policy: base_stock, at: a, level: 12}}
  - {{policy: echelon_base_stock, at: store, level: 60}}
disruptions:
  - {{kind: demand_surge, at: a, factor: 2, from: 2001-01-06, until: 2001-01-21}}
  - {{kind: cyber_blackout, at: a, orders: frozen, from: 2001-01-06, for: 4d}}
""")
    assert ordered(run, "store")[:12] == [4] * 9 + [24, 8, 8]


def test_who_begins_late_to_go_by_end_demand_has_that_of_before(simulate: Any) -> None:
    """From day 10 on the store keeps two days of the mean of four: 6 a day since day 5 make 12, four more than the base
    stock of 8; the clinic is sent 4 a day."""
    run = simulate(f"""{CHAIN}
replenishment:
  - {{policy: push, at: a, quantity: 4}}
  - {{policy: base_stock, at: store, level: 8}}
  - {{policy: forecast, at: store, forecast: {{method: moving_average, over: 4d}}, of: end, from: 2001-01-11}}
disruptions:
  - {{kind: demand_surge, at: a, factor: 1.5, from: 2001-01-06, until: 2001-01-21}}
""")
    assert ordered(run, "store")[8:13] == [4, 4, 8, 4, 4]


def test_forecasts_are_scored_from_review_to_review(simulate: Any) -> None:
    """The last day is expected of each of the two days to the next review, nine times.

    a: 8 are expected where 8, 8 and then 16 are asked for, then 16 where 16 are: off by -8 of 128, 8 / 9 in the mean,
    and once by half. The periods differ by 8 once in eight steps, 1 in the mean.
    b has patients from day 10 on: of four periods without any nothing can be said in percent; then 4 where none was
    expected, then 8 as expected: off by -4 of 4 + 4 x 8 = 36, 4 / 9 in the mean; steps of 4 and 4, 1 in the mean.
    """
    text = one(f"{{policy: forecast, at: facilities, {NAIVE}, review: 2d}}")
    text = text.replace("facilities: {a: {}}", "facilities: {a: {}, b: {}}").replace("to: a,", "to: facilities,")
    later = "demand:\n  - {at: b, product: kit, per_day: 4, distribution: deterministic, from: 2001-01-11}\n  - {"
    run = simulate(text.replace("demand: [{", later).replace("backorder}]", "backorder}"))
    rows = run.forecasts.set_index("site")[["periods", "asked", "bias", "mase", "mape", "unasked"]]
    assert rows.loc["a"].tolist() == pytest.approx([9, 128, -8 / 128, 8 / 9, 0.5 / 9, 0])
    assert rows.loc["b"].tolist() == pytest.approx([9, 36, -4 / 36, 4 / 9, 1 / 5, 4])
    found = {name: run.metrics[name].value for name in run.metrics.overall if name.startswith("forecast")}
    due = {"bias": -12 / 164, "mase": (8 / 9 + 4 / 9) / 2, "mape": 1.5 / 14, "unasked": 4}
    assert found == pytest.approx({f"forecast_{name}": value for name, value in due.items()})


def test_where_nobody_forecasts_there_are_no_scores(simulate: Any) -> None:
    run = simulate(one("{policy: base_stock, at: a, level: 12}"))
    assert run.forecasts.empty and run.metrics["forecast_bias"].value is None
