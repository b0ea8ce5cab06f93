"""Rationing that is given to a run on its way, of a scenario whose unknowns are drawn, is that of the file."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import sim
from tests.property.choices import Spec
from tests.property.running import written

FIRST = "2001-02-10"
"""The day on which the rationing holds; the maker's outage is announced ten days before, and lasts until mid-April."""


def base() -> Spec:
    return {
        "scenario": "drawn", "title": "Not known, so drawn", "start": "2001-01-01", "end": "2001-04-20", "seed": 7,
        "products": {"p": {"unit": "box", "cost": 1}},
        "suppliers": {
            "maker": {"country": "AA", "makes": {"p": {
                "capacity": "115%", "finished_stock": "20d",
                "more": [{"when": {"trigger": "announced"}, "after": "10d", "ramp": "10d", "to": "120%"}]}}},
            "other": {"country": "BB", "makes": {"p": {"capacity": "115%", "finished_stock": "5d"}}},
        },
        "warehouses": {"depot": {"country": "AA"}},
        "facilities": {name: {"country": "AA"} for name in ("a", "b", "c")},
        "lanes": [
            {"from": "maker", "to": "depot", "time": "uniform(1d, 4d)"},
            {"from": "other", "to": "facilities", "time": "6d"},
            {"from": "depot", "to": "facilities", "time": "1d"},
        ],
        "sourcing": [{"at": "facilities", "market": {"depot": "60%", "other": "rest"}, "spread": "30%"}],
        "demand": [{"at": "facilities", "product": "p", "per_day": "lognormal(10, 4) over sites"}],
        "replenishment": [
            {"at": "facilities", "policy": "base_stock", "level": "12d", "review": "7d"},
            {"at": "depot", "policy": "base_stock", "level": "10d"},
        ],
        "rationing": [{"at": "depot", "after": "triangular(1d, 4d, 10d)", "horizon": "40d"}],
        "disruptions": [
            {"kind": "site_outage", "name": "out", "at": "maker", "from": "2001-01-31", "for": "75d", "capacity": "30%",
             "expected": "40d"},
        ],
        "uncertain": {
            "suppliers.maker.makes.p.finished_stock": "uniform(5d, 40d)",
            "sourcing.0.market.depot": "uniform(50%, 80%)",
            "rationing.0.horizon": "uniform(20d, 60d)",
            "disruptions.out.capacity": "uniform(10%, 50%)",
        },
    }  # fmt: skip


LATER = {
    "rationing": [
        {"at": "maker", "from": FIRST, "after": "uniform(1d, 6d)", "unfilled": "cancel"},
        {"at": "other", "from": FIRST, "new_customers": {"take": "spare"}},
        {"at": "depot", "from": FIRST, "after": "2d", "exempt": "c"},
    ],
    "disruptions": [{"kind": "demand_surge", "name": "late", "at": "a", "from": FIRST, "for": "20d", "factor": 1.5}],
}


def whole() -> Spec:
    spec = base()
    for part, entries in LATER.items():
        spec[part] = [*spec[part], *entries]
    return spec


def tables(done: sim.Run) -> list[pd.DataFrame]:
    return [done.daily, done.events, done.rations]


def test_what_is_injected_into_a_drawn_run_is_what_is_written_from_that_day() -> None:
    options: dict[str, Any] = {"replication": 3, "twin": False, "unknowns": "drawn", "detail": "full"}
    with written(base()) as path, written(whole()) as other:
        kept = sim.run(other, **options)
        early = sim.run(path, **options)
        begun = sim.begin(path, **options).until(FIRST)
        aside = begun.fork()
        for one, same in zip(tables(begun.inject(written=LATER).resume()), tables(kept), strict=True):
            pd.testing.assert_frame_equal(one, same)
        for one, same in zip(tables(aside.resume()), tables(early), strict=True):  # the fork knows nothing of it
            pd.testing.assert_frame_equal(one, same)
    day = int((pd.Timestamp(FIRST) - pd.Timestamp("2001-01-01")).days)
    sites = set(kept.rations["site"].astype(str))
    assert "maker" in sites and kept.rations.query("site == 'maker'")["day"].min() > day
    assert "maker" not in set(early.rations["site"].astype(str))
    now, before = (done.daily.set_index(["site", "day"]).sort_index() for done in (kept, early))
    pd.testing.assert_frame_equal(
        now[now.index.get_level_values(1) < day], before[before.index.get_level_values(1) < day]
    )


def test_two_draws_differ_and_rations_of_the_past_cannot_be_injected() -> None:
    options: dict[str, Any] = {"unknowns": "drawn", "twin": False}
    with written(base()) as path:
        one, two = (sim.begin(path, replication=k, **options).until(FIRST) for k in (0, 3))
        with pytest.raises(sim.ScenarioError, match="2001-02-10"):
            one.inject(written={"rationing": [{"at": "maker", "from": "2001-02-09"}]})
        shares = [run.inject(written=LATER).resume().rations for run in (one, two)]
    assert not shares[0].equals(shares[1])
