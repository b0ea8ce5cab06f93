"""Rationing over random networks: nothing where nothing is wrong, little where little is, and stock that lasts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.engine.run import simulate
from tests.property.choices import Spec
from tests.property.networks import scenarios
from tests.property.running import changed, plan_of, run
from tests.property.test_stop_copy_change import alike


@given(scenarios(disruptions=0, hazards=0))
def test_where_nothing_is_wrong_nobody_deals_out(spec: Spec) -> None:
    """Byte for byte, whatever is written; a trigger of one's own choice may be met without any trouble."""
    for entry in spec.get("rationing", []):
        if isinstance(entry.get("new_customers"), dict):
            entry["new_customers"].pop("when", None)
    assume(spec.get("rationing"))
    one, none = (simulate(plan_of(s)) for s in (spec, changed(spec, rationing=[])))
    assert one.rations is not None and not one.rations.decisions["day"].size
    alike(one, none)


@given(scenarios(disruptions=4))
def test_trouble_that_is_not_told_of_is_met_without(spec: Spec) -> None:
    for disruption in spec["disruptions"]:
        for key in ("notice", "expected"):
            disruption.pop(key, None)
        disruption["known_by"] = "own_orders"
    for entry in spec.get("rationing", []):
        entry.pop("new_customers", None)
    assume(spec.get("rationing") and spec["disruptions"])
    alike(*(simulate(plan_of(s)) for s in (spec, changed(spec, rationing=[]))))


@st.composite
def chains(draw: Any) -> Spec:
    """A maker, up to two depots in a row and up to three clinics, all in balance until the maker is out for a time that
    everybody knows; every day as many units as usual are asked for."""
    depots = [f"d{k}" for k in range(draw(st.integers(0, 2)))]
    clinics = [f"c{k}" for k in range(draw(st.integers(1, 3)))]
    need = {name: draw(st.integers(1, 20)) for name in clinics}
    total = sum(need.values())
    way = ["maker", *depots]
    leads = [draw(st.integers(1, 12)) for _ in depots]
    stock = [draw(st.integers(0, 20)) * total for _ in depots]
    finished = draw(st.integers(0, 20)) * total
    begins, lasts = draw(st.integers(0, 20)), draw(st.integers(1, 60))
    left = draw(st.sampled_from(["0%", "25%", "80%"]))
    terms = {"after": "0d", "review": f"{draw(st.integers(1, 20))}d"}
    return {
        "scenario": "chain", "title": "A chain", "start": "2001-01-01", "end": "2001-07-01",
        "products": {"p": {"unit": "box"}},
        "suppliers": {
            "maker": {"country": "AA", "makes": {"p": {"capacity": total, "finished_stock": finished}}}
        },
        "warehouses": {name: {"country": "AA"} for name in depots} or {"spare": {"country": "AA"}},
        "facilities": {name: {"country": "AA"} for name in clinics},
        "lanes": [{"from": a, "to": b, "time": f"{t}d"} for a, b, t in zip(way, depots, leads, strict=False)]
        + [{"from": way[-1], "to": "facilities", "time": "1d"}],
        "demand": [
            {"at": name, "product": "p", "per_day": n, "distribution": "deterministic", "shortage": "backorder"}
            for name, n in need.items()
        ],
        "replenishment": [{"at": name, "policy": "base_stock", "level": 3 * n} for name, n in need.items()]
        + [
            {"at": name, "policy": "base_stock", "level": s + t * total}
            for name, s, t in zip(depots, stock, leads, strict=True)
        ],
        "rationing": [{"at": ["maker", *depots]} | terms],
        "disruptions": [
            {"kind": "site_outage", "at": "maker", "stock": "ships", "capacity": left, "expected": f"{lasts}d",
             "from": str(pd.Timestamp("2001-01-01") + pd.Timedelta(days=begins))[:10], "for": f"{lasts}d"}
        ],
    }  # fmt: skip


@given(chains())
def test_where_what_is_expected_comes_true_shares_last_until_then(spec: Spec) -> None:
    """Each source sends every day what it has said, but for parts of a unit to each customer, to the day on which its
    supply is as usual again; and no more than that, but for a day's orders that no source had sent when all began."""
    done = run(spec)
    table = done.daily.set_index(["site", "day"])
    customers = len(spec["facilities"])
    total = sum(entry["per_day"] for entry in spec["demand"])
    for site in done.rations["site"].unique():
        mine = done.rations[done.rations["site"] == site]
        for now, later in zip(mine.iloc[:-1].itertuples(), mine.iloc[1:].itertuples(), strict=True):
            sent = table.loc[site]["dispatched"].loc[now.day : later.day - 1].cumsum().to_numpy()
            said = now.share * total * np.arange(1, len(sent) + 1)
            assert (sent >= said - customers - 1).all() and (sent <= said + 2 * customers + total).all()


@given(chains(), st.sampled_from(["99%", "99.9%"]))
def test_a_little_trouble_is_dealt_out_as_a_little(spec: Spec, left: str) -> None:
    spec["disruptions"][0]["capacity"] = left
    done = run(spec)
    told = done.rations[done.rations["share"] < 1]
    usual = sum(entry["per_day"] for entry in spec["demand"]) * (told["lasts_until"] - told["date"]).dt.days
    assert (told["share"] * usual >= 0.99 * usual - 2).all()  # of what is made whole units are there, one morning late
    none = run(changed(spec, disruptions=[]))
    gap = done.daily.groupby("day")["served"].sum().cumsum() - none.daily.groupby("day")["served"].sum().cumsum()
    total, days = sum(entry["per_day"] for entry in spec["demand"]), int(spec["disruptions"][0]["for"][:-1])
    sources = 1 + len(spec["warehouses"])
    # one percent of what is asked for meanwhile, and parts of a unit for every customer of every source
    assert gap.abs().max() <= 0.01 * total * days + sources * (len(spec["facilities"]) + 1)
