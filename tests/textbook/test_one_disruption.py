"""One interruption of supply, day by day and in closed form. Cases count days from 1, runs from 0."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from sim.metrics.resilience import time_to_survive

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


def test_export_ban_with_backorders_follows_the_reference_day_by_day(simulate: Any, expected: Any) -> None:
    run = simulate(ban(horizon=30, demand=10, level=70, lead_time=4, first=11, days=8, shortage="backorder"))
    clinic, maker, case = site(run, "clinic"), site(run, "maker"), expected["DT1"]
    columns = {
        "F.recv": clinic["received"], "F.on_hand": clinic["on_hand"], "F.backlog": clinic["backlog"],
        "F.unmet": clinic["unmet"], "F.order": clinic["ordered"], "F.dispatched_to": maker["dispatched"],
        "F.transit": clinic["in_transit"],
    }  # fmt: skip
    for name, column in columns.items():
        assert column.tolist() == case[name]["expected"], name
    metrics = run.metrics
    assert metrics["units_unmet"].value == case["late_units_total"]["expected"]
    assert clinic["backlog"].max() == case["peak_backlog"]["expected"]
    assert metrics["backorder_days"].value == case["backlog_unit_days"]["expected"]
    assert metrics["first_short_day"].value == case["first_stockout_day"]["expected"] - 1
    assert metrics["recovery_day"].value == case["last_stockout_day"]["expected"]
    assert metrics["fill_rate"].value == pytest.approx(case["fill_rate_30d"]["expected"], abs=1e-10)


def test_export_ban_with_lost_sales_follows_the_reference_day_by_day(simulate: Any, expected: Any) -> None:
    run = simulate(ban(horizon=40, demand=10, level=70, lead_time=4, first=11, days=8, shortage="lost"))
    clinic, case = site(run, "clinic"), expected["DT1L"]
    assert clinic["unmet"].tolist() == case["F.unmet"]["expected"]
    assert clinic["on_hand"].tolist() == case["F.on_hand_RDO"]["expected"]
    assert clinic["on_hand"].tolist()[:22] == case["F.on_hand_days_1_22"]["expected"]
    assert (clinic.index[clinic["unmet"] > 0] + 1).tolist() == case["unmet_days"]["expected"]
    assert run.metrics["units_lost"].value == case["unmet_total"]["expected"]
    assert clinic["on_hand"].iat[-1] == case["on_hand_end_day40"]["expected"]


@pytest.mark.parametrize("shortage", ["lost", "backorder"])
@pytest.mark.parametrize("lead_time", [2, 6])
@pytest.mark.parametrize("row", range(7))
def test_units_short_are_missed_arrivals_less_the_stock(
    row: int, lead_time: int, shortage: str, simulate: Any, expected: Any
) -> None:
    case = expected["DT12"]["rows"]["expected"][row]
    d, stock, missed = case["d"], case["ss"], case["D"]
    run = simulate(ban(60, d, stock + lead_time * d, lead_time, 11, missed, shortage))
    metrics, clinic = run.metrics, site(run, "clinic")
    assert clinic["on_hand"].iat[0] == stock
    assert metrics["units_unmet"].value == case["unmet"] == max(0, missed * d - stock)
    assert metrics["stockout_days"].value == case["stockout_days_any_unmet"]
    assert time_to_survive(stock, d) == pytest.approx(case["TTS_fractional"], abs=1e-8)
    if case["unmet"]:
        first_missed = 10 + lead_time  # the shipment of day 10 is the first that does not come
        assert metrics["first_short_day"].value - first_missed == case["TTS_full_days"]
