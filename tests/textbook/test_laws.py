"""Laws that hold on every day of any run, recomputed from the daily table of runs in which much goes wrong."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

NETWORK = """
end: 2001-09-01
warm_up: 30d
products: {kit: {unit: kit}, vial: {unit: vial, size: 2}}
suppliers:
  maker: {country: IN, makes: {kit: {capacity: 70}, vial: {finished_stock: 100}}}
  second: {country: DE, makes: {kit: {}}}
ports: {harbour: {country: KE, handling: 130}}
warehouses: {store: {country: KE}}
facilities:
  city: {country: KE, priority: 1}
  town: {country: KE, priority: 2}
  village: {country: KE, priority: 2}
lanes:
  - {from: maker, to: harbour, mode: sea, time: "lognormal(9d, 3d)"}
  - {from: second, to: harbour, mode: sea, time: 14d}
  - {from: harbour, to: store, time: 1d}
  - {from: store, to: facilities, time: "whole_days(1d, 3d)"}
sourcing: [{at: store, products: [kit], from: {maker: 70%, second: 30%}}]
demand:
  - {at: facilities, product: kit, per_day: 20, shortage: SHORTAGE}
  - {at: facilities, product: vial, per_day: 9, distribution: {distribution: negative_binomial, dispersion: 3},
     shortage: lost}
allocation: [{at: store, rule: RULE}]
replenishment:
  - {at: store, policy: base_stock, level: 30d, review: 7d}
  - {at: facilities, policy: s_S, s: 6d, S: 12d}
reserves:
  national:
    held_at: store
    size: 10d
    members: facilities
    release: {when: {trigger: days_of_cover, below: 3d}, after: 2d, at_most: 20%}
    refill: {after: 10d}
disruptions:
  - {kind: export_ban, country: IN, from: 2001-02-01, for: 25d}
  - {kind: port_closure, port: harbour, from: 2001-04-01, for: 12d}
  - {kind: stock_loss, at: store, from: 2001-05-05, share: 35%, reserves: true}
  - {kind: site_outage, at: maker, from: 2001-06-01, for: 20d, capacity: 0%, recovery: 10d}
  - {kind: demand_surge, at: city, from: 2001-07-01, for: 15d, factor: 1.8}
"""
VARIANTS = [("lost", "proportional"), ("backorder", "priority_tiers"), ("backorder", "first_come")]
FLOWS_IN = ["produced"]
FLOWS_OUT = ["served", "served_late", "destroyed"]


@pytest.fixture(scope="module", params=VARIANTS, ids=[" ".join(v) for v in VARIANTS])
def run(request: pytest.FixtureRequest, simulate: Any) -> Any:
    shortage, rule = request.param
    result = simulate(NETWORK.replace("SHORTAGE", shortage).replace("RULE", rule))
    totals = result.daily[["unmet", "destroyed", "reserve", "served"]].sum()
    assert (totals > 0).all()  # something did go wrong, so that the laws are put to the test
    return result


def test_stock_of_a_product_changes_only_by_what_is_made_used_and_destroyed(run: Any) -> None:
    day = run.daily.groupby(["product", "day"], observed=True).sum(numeric_only=True)
    present = day[["on_hand", "reserve", "in_transit"]].sum(axis=1)
    change = present.groupby("product", observed=True).diff().dropna()
    explained = day[FLOWS_IN].sum(axis=1) - day[FLOWS_OUT].sum(axis=1)
    assert (change == explained.loc[change.index]).all()


def test_stock_of_a_site_changes_only_by_what_comes_and_goes(run: Any) -> None:
    daily = run.daily.sort_values(["site", "product", "day"])
    held = (daily["on_hand"] + daily["reserve"]).groupby([daily["site"], daily["product"]], observed=True).diff()
    explained = daily[["received", *FLOWS_IN]].sum(axis=1) - daily[["dispatched", *FLOWS_OUT]].sum(axis=1)
    later = daily["day"] > 0
    assert (held[later] == explained[later]).all()


def test_demand_of_a_site_is_served_lost_or_still_waits(run: Any) -> None:
    f = run.daily[run.daily["kind"] == "facility"].sort_values(["site", "product", "day"])
    keys = [f["site"], f["product"]]
    waiting = f["backlog"].groupby(keys, observed=True).diff()
    explained = f["demand"] - f["served"] - f["served_late"] - f["lost"]
    later = f["day"] > 0
    assert (waiting[later] == explained[later]).all()
    assert (f["demand"] == f["served"] + f["unmet"]).all()


def test_no_quantity_is_ever_negative(run: Any) -> None:
    numbers = run.daily.select_dtypes("number").drop(columns="day")
    assert (numbers.to_numpy() >= 0).all()
    assert (run.ports[["arrived", "handled", "queue"]].to_numpy() >= 0).all()


def site(run: Any, name: str, product: str = "kit") -> pd.DataFrame:
    return run.daily[(run.daily["site"] == name) & (run.daily["product"] == product)].set_index("date")


def test_nothing_leaves_under_a_ban_and_no_port_handles_while_closed(run: Any) -> None:
    assert site(run, "maker").loc["2001-02-01":"2001-02-25", "dispatched"].sum() == 0
    assert site(run, "maker", "vial").loc["2001-02-01":"2001-02-25", "dispatched"].sum() == 0
    assert site(run, "second").loc["2001-01-01":"2001-05-01", "dispatched"].sum() > 0
    ports = run.ports.set_index("date")
    assert ports.loc["2001-04-01":"2001-04-12", "handled"].sum() == 0


def test_plants_and_ports_keep_to_their_daily_capacity(run: Any) -> None:
    assert site(run, "maker")["produced"].max() <= 70
    assert site(run, "maker").loc["2001-06-01":"2001-06-20", "produced"].sum() == 0
    handled = run.ports.groupby("day")["handled"].sum()
    assert handled.max() <= 130
    assert handled.max() > 100


@pytest.mark.parametrize(("shortage", "rule"), VARIANTS)
def test_nobody_is_sent_more_than_he_ordered(shortage: str, rule: str, simulate: Any) -> None:
    text = NETWORK.replace("SHORTAGE", shortage).replace("RULE", rule)
    run = simulate(text, overrides={"warm_up": "0d"})
    f = run.daily[run.daily["kind"] == "facility"].sort_values(["site", "product", "day"])
    by_cell = f.groupby(["site", "product"], observed=True)
    at_first = by_cell[["in_transit", "received", "ordered"]].transform("first")
    assert (at_first["ordered"] == 0).all()  # all stand at their order-up-to position at first
    sent = by_cell["received"].cumsum() + f["in_transit"] - at_first["received"] - at_first["in_transit"]
    assert (sent <= by_cell["ordered"].cumsum()).all()
    assert (sent == by_cell["ordered"].cumsum()).any()
