"""One interruption of supply, day by day and in closed form. Cases count days from 1, runs from 0."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd
import pytest

from sim.metrics.resilience import time_to_survive
from tests.cases import DATA, Case

START = dt.date(2001, 1, 1)


def ban(horizon: int, demand: int, level: int, lead_time: int, first: int, days: int, shortage: str) -> str:
    """A supplier's country bans exports on `days` days from day `first` (counted from 1)."""
    return f"""
end: {START + dt.timedelta(horizon)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: maker, to: clinic, time: {lead_time}d}}]
demand: [{{at: clinic, product: kit, per_day: {demand}, distribution: deterministic, shortage: {shortage}}}]
replenishment: [{{at: clinic, policy: base_stock, level: {level}}}]
disruptions: [{{kind: export_ban, country: IN, from: {START + dt.timedelta(first - 1)}, for: {days}d}}]
"""


def site(run: Any, name: str) -> pd.DataFrame:
    return run.daily[run.daily["site"] == name].set_index("day")


@pytest.mark.case("DT1")
def test_export_ban_with_backorders_follows_the_reference_day_by_day(simulate: Any, case: Case) -> None:
    run = simulate(ban(horizon=30, demand=10, level=70, lead_time=4, first=11, days=8, shortage="backorder"))
    clinic, maker, metrics = site(run, "clinic"), site(run, "maker"), run.metrics
    columns = {
        "F.recv": clinic["received"], "F.on_hand": clinic["on_hand"], "F.backlog": clinic["backlog"],
        "F.unmet": clinic["unmet"], "F.order": clinic["ordered"], "F.dispatched_to": maker["dispatched"],
        "F.transit": clinic["in_transit"],
    }  # fmt: skip
    case.check({name: column.tolist() for name, column in columns.items()})
    case.check({
        "late_units_total": metrics["units_unmet"].value,
        "peak_backlog": clinic["backlog"].max(),
        "backlog_unit_days": metrics["backorder_days"].value,
        "first_stockout_day": metrics["first_short_day"].value + 1,
        "last_stockout_day": metrics["recovery_day"].value,  # the day after the last, and counted from 0
        "fill_rate_30d": metrics["fill_rate"].value,
    })  # fmt: skip
    table = pd.read_csv(DATA / "DT1.csv", index_col="day")
    assert table.to_dict("list") == {name: columns[name].tolist() for name in table}
    assert table.index.tolist() == (clinic.index + 1).tolist()


@pytest.mark.case(
    "DT1L", "F.unmet", "unmet_total", "unmet_days", "F.on_hand_days_1_22", "on_hand_end_day40", "F.on_hand_RDO"
)
def test_export_ban_with_lost_sales_follows_the_reference_day_by_day(simulate: Any, case: Case) -> None:
    run = simulate(ban(horizon=40, demand=10, level=70, lead_time=4, first=11, days=8, shortage="lost"))
    clinic = site(run, "clinic")
    case.check({
        "F.unmet": clinic["unmet"].tolist(),
        "F.on_hand_RDO": clinic["on_hand"].tolist(),
        "F.on_hand_days_1_22": clinic["on_hand"].tolist()[:22],
        "unmet_days": (clinic.index[clinic["unmet"] > 0] + 1).tolist(),
        "unmet_total": run.metrics["units_lost"].value,
        "on_hand_end_day40": clinic["on_hand"].iat[-1],
    })  # fmt: skip


@pytest.mark.case("DT1L", "F.on_hand_ROD")
def test_another_order_of_the_day_is_this_one_with_a_day_more_of_travel(simulate: Any, case: Case) -> None:
    """Where orders are placed before the day's demand, goods that take L days cover the demand of L + 1.

    With the same 30 units left in the evening the level is 80 instead of 70, and the ban is felt a day later unless it
    begins a day earlier: an order placed on the morning of day t is this model's order of the evening of day t - 1.
    """
    run = simulate(ban(horizon=40, demand=10, level=80, lead_time=5, first=10, days=8, shortage="lost"))
    case.check({"F.on_hand_ROD": site(run, "clinic")["on_hand"].tolist()})


@pytest.mark.parametrize("shortage", ["lost", "backorder"])
@pytest.mark.parametrize("lead_time", [2, 6])
@pytest.mark.parametrize(
    "row", [pytest.param(f"rows[{k}]", marks=pytest.mark.case("DT12", f"rows[{k}]")) for k in range(7)]
)
def test_units_short_are_missed_arrivals_less_the_stock(
    row: str, lead_time: int, shortage: str, simulate: Any, case: Case
) -> None:
    due = case.expected(row)
    d, stock, missed = due["d"], due["ss"], due["D"]
    run = simulate(ban(60, d, stock + lead_time * d, lead_time, 11, missed, shortage))
    metrics, clinic = run.metrics, site(run, "clinic")
    assert clinic["on_hand"].iat[0] == stock
    survives = time_to_survive(stock, d)
    case.check({
        row: due | {
            "unmet": metrics["units_unmet"].value, "stockout_days_any_unmet": metrics["stockout_days"].value,
            "TTS_fractional": survives, "TTS_full_days": math.floor(survives),
        }
    })  # fmt: skip
    if due["unmet"]:
        first_missed = 10 + lead_time  # the shipment of day 10 is the first that does not come
        assert metrics["first_short_day"].value - first_missed == due["TTS_full_days"]
