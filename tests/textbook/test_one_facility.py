"""One facility with an unlimited supplier: closed forms and Markov chains.

Forty facilities that share nothing stand in one scenario; each is one sample path of the same process.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim.metrics.consumption import average_monthly_consumption
from tests.cases import Case

SITES, DAYS = 40, 2_500
T = SITES * DAYS
END = "2007-11-06"  # 2,500 days after the start
NAMES = ", ".join(f"F{k:02}: {{}}" for k in range(SITES))


def many_facilities(demand: str, replenishment: str, lead_time: int) -> str:
    return f"""
end: {END}
warm_up: 300d
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{NAMES}}}
lanes: [{{from: maker, to: facilities, time: {lead_time}d}}]
demand: [{{at: facilities, product: kit, {demand}}}]
replenishment: [{{at: facilities, {replenishment}}}]
"""


def measure(daily: pd.DataFrame, metrics: Any) -> dict[str, float]:
    f = daily[daily["kind"] == "facility"]
    assert len(f) == T
    met = metrics["no_stockout_probability"].value
    return {
        "fill_rate": metrics["fill_rate"].value,
        "no_backlog_prob": met,
        "no_stockout_prob": met,
        "ready_rate": metrics["ready_rate"].value,
        "on_hand_end": f["on_hand"].mean(),
        "on_hand_am": (f["on_hand"] + f["served"]).mean(),
        "backorders_end": f["backlog"].mean(),
        "in_transit_mean": f["in_transit"].mean(),
        "lost_per_day": f["lost"].mean(),
        "mean_order": f["ordered"].mean(),
        "orders_per_day": (f["ordered"] > 0).mean(),
        "mean_order_size": f.loc[f["ordered"] > 0, "ordered"].mean(),
        "order_variance": f["ordered"].var(ddof=0),
    }


def policy_case(name: str, demand: str, policy: str, lead_time: int, words: str) -> Any:
    return pytest.param(demand, policy, lead_time, marks=pytest.mark.case(name), id=words)


CASES = [
    policy_case(
        "A1a-RDO", "per_day: 5, shortage: backorder", "policy: base_stock, level: 8", 1,
        "base stock, Poisson demand, backorders",
    ),
    policy_case(
        "A2a-RDO", "per_day: 100, distribution: {distribution: normal, sd: 20}, shortage: backorder",
        "policy: base_stock, level: 340", 3,
        "base stock, normal demand, backorders",
    ),
    policy_case(
        "A3a-RDO", "per_day: 5, shortage: lost", "policy: base_stock, level: 8", 1,
        "base stock, Poisson demand, lost sales",
    ),
    policy_case(
        "A4b-RDO", "per_day: 6, shortage: backorder", "policy: s_S, s: 4, S: 10", 1,
        "(s, S), Poisson demand, backorders",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("demand", "policy", "lead_time"), CASES)
def test_policy_reaches_its_exact_service_and_stock(
    demand: str, policy: str, lead_time: int, simulate: Any, case: Case
) -> None:
    run = simulate(many_facilities(demand, policy, lead_time))
    measured = measure(run.daily, run.metrics)
    case.check({metric: measured[metric] for metric in case.open}, T)


@pytest.mark.case("A7d")
def test_monthly_forced_ordering_reaches_its_exact_service_and_stock(simulate: Any, case: Case) -> None:
    # the case reviews at the end of its days 30, 60, ...: days 29, 59, ... counted from 0
    policy = "policy: max_min, max: 48, review: 30d, first_review: 29d"
    run = simulate(many_facilities("per_day: 1, shortage: lost", policy, 14))
    measured = measure(run.daily, run.metrics)
    reviewed = run.daily[(run.daily["kind"] == "facility") & (run.daily["day"] % 30 == 29)]
    measured["on_hand_at_review"] = reviewed["on_hand"].mean()
    measured["orders_per_review"] = (run.daily["ordered"] > 0).sum() / len(reviewed)
    case.check({metric: measured[metric] for metric in case.open}, T)


@pytest.mark.case("A8a")
def test_forced_ordering_with_certain_demand_follows_the_hand_computed_days(simulate: Any, case: Case) -> None:
    run = simulate("""
end: 2001-04-02
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
facilities: {clinic: {}}
lanes: [{from: maker, to: clinic, time: 10d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic, from: 2001-01-02}]
stock: [{at: clinic, on_hand: 200}]
replenishment: [{at: clinic, policy: max_min, max: 450, review: 30d}]
""")
    clinic = run.daily[run.daily["site"] == "clinic"].set_index("day")
    orders = clinic.loc[clinic["ordered"] > 0, "ordered"]
    days = [9, 10, 30, 39, 40, 60, 70, 90]
    case.check({
        "orders": [[day, units] for day, units in orders.items()],
        "on_hand_end_days_9_10_30_39_40_60_70_90": clinic.loc[days, "on_hand"].tolist(),
        "total_unmet": clinic["unmet"].sum(),
    })  # fmt: skip


@pytest.mark.case("A8c")
def test_average_monthly_consumption_is_adjusted_for_days_without_stock(simulate: Any, case: Case) -> None:
    # 450 units last 45 days; 200 more come on day 60: stocked out 0, 15 and 10 days of the three months
    run = simulate("""
end: 2001-04-01
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
facilities: {clinic: {}}
lanes: [{from: maker, to: clinic, time: 1d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic}]
stock: [{at: clinic, on_hand: 450}]
replenishment: [{at: clinic, policy: base_stock, level: 200, review: 60d, first_review: 59d}]
""")
    clinic = run.daily[run.daily["site"] == "clinic"]
    months = clinic.groupby(clinic["day"] // 30)
    issues = months["served"].sum().to_numpy()
    in_stock = months["unmet"].agg(lambda unmet: int((unmet == 0).sum())).to_numpy()
    assert issues.tolist() == [300, 150, 200]
    assert in_stock.tolist() == [30, 15, 20]
    case.check({
        "amc_unadjusted": average_monthly_consumption(issues),
        "amc_adjusted_pooled": average_monthly_consumption(issues, in_stock),
        "amc_adjusted_mean_of_months": average_monthly_consumption(issues, in_stock, by_month=True),
    })  # fmt: skip
