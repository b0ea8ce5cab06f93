"""Stock at the start with an age and makers, against days and units worked out by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim.errors import ScenarioError

SHOP = """
end: 2001-03-01
products: {vial: {unit: vial, shelf_life: 30d}}
suppliers:
  maker: {makes: {vial: {finished_stock: 50}}}
  other: {makes: {vial: {}}}
warehouses: {store: {}}
facilities: {clinic: {}}
lanes:
  - {from: maker, to: store, time: 4d}
  - {from: other, to: store, time: 4d}
  - {from: store, to: clinic, time: 1d}
sourcing: [{at: store, from: {maker: 80%, other: 20%}}]
demand: [{at: clinic, product: vial, per_day: 10, distribution: deterministic}]
replenishment: [{at: clinic, policy: base_stock, level: LEVEL}, {at: store, policy: base_stock, level: 6d}]
stock: [STOCK]
"""


def shop(stock: str, level: str = "2d") -> str:
    return SHOP.replace("STOCK", stock).replace("LEVEL", level)


def of(run: Any, site: str) -> pd.DataFrame:
    return run.daily[run.daily["site"] == site].set_index("day")


def test_every_part_of_a_stock_expires_on_its_own_day(simulate: Any) -> None:
    """Of 300 vials 40% are 25 days old: they serve days 0 to 4 and lose 120 - 50 of them. The others, 12 days old, may
    be used until day 17: 13 days of 10, and 180 - 130 are lost. Nothing is bought."""
    run = simulate(shop("{at: clinic, on_hand: 300, age: {12d: 60%, 25d: 40%}}", "0"))
    expired = of(run, "clinic")["expired"]
    assert expired.loc[4] == 70 and expired.loc[17] == 50 and expired.loc[:17].sum() == 120
    one = simulate(shop("{at: clinic, on_hand: 300, age: 25d}", "0"))
    left = simulate(shop("{at: clinic, on_hand: 300, life_left: 5d}", "0"))
    assert of(one, "clinic")["expired"].tolist() == of(left, "clinic")["expired"].tolist()


def test_a_recall_finds_what_was_made_before_the_start_by_its_maker(simulate: Any) -> None:
    """Of 200 vials 30% are the other maker's, half of these 20 days old: 30 were made in the days called back."""
    recall = "disruptions: [{kind: recall, supplier: other, from: 2001-01-01, made_until: 2000-12-15}]"
    stock = "{at: store, on_hand: 200, age: {10d: 50%, 20d: 50%}, made_by: {maker: 70%, other: 30%}}"
    run = simulate(shop(stock) + recall)
    assert of(run, "store")["held"].loc[0] == 30 and of(run, "store")["recalled"].sum() == 30
    lots = run.lots[run.lots["made"] < "2001-01-01"].groupby(["maker", "made"], observed=True)["units"].sum()
    assert lots.to_dict() == {
        (maker, pd.Timestamp(day)): units
        for maker, units in (("maker", 70), ("other", 30))
        for day in ("2000-12-12", "2000-12-22")
    }


def test_a_steady_spread_is_what_a_steady_flow_leaves(simulate: Any) -> None:
    """The main maker keeps 50 vials, 6.25 days of the 8 a day it sends, and the way takes 4 days: the store's 65 vials
    came in on days 10, 11, ... after they were made, 10 a day, 5 of them on the last."""
    run = simulate(shop("{at: store, on_hand: 65, age: steady}"))
    old = run.lots[run.lots["made"] < "2001-01-01"].sort_values("made", ascending=False)
    ages = (pd.Timestamp("2001-01-01") - old["made"]).dt.days
    assert ages.tolist() == [10, 11, 12, 13, 14, 15, 16] and old["units"].tolist() == [10] * 6 + [5]
    assert (old["expires"] - old["made"]).dt.days.eq(29).all()


def test_a_steady_spread_has_a_day_left_at_least(simulate: Any) -> None:
    run = simulate(shop("{at: store, on_hand: 500, age: steady}"))
    old = run.lots[run.lots["made"] < "2001-01-01"]
    assert old["units"].sum() == 500 and old["expires"].min() == pd.Timestamp("2001-01-01")


BAD = [
    ("{at: store, on_hand: 9, age: 30d}", "'vial' would have expired before the start (got '30d')"),
    ("{at: store, on_hand: 9, age: 3}", "a duration with its unit"),
    ("{at: store, on_hand: 9, age: 36h}", "ages in whole days"),
    ("{at: store, on_hand: 9, age: {3d: 50%, 4d: 60%}}", "add up to 100% (now 110.0%)"),
    ("{at: store, on_hand: 9, age: 3d, life_left: 3d}", "either age or life_left"),
    ("{at: store, on_hand: 9, made_by: {makr: 100%}}", "did you mean 'maker'"),
    ("{at: store, on_hand: 9, made_by: {maker: 90%}}", "add up to 100% (now 90.0%)"),
]


@pytest.mark.parametrize(("stock", "message"), BAD, ids=[message for _, message in BAD])
def test_stock_that_cannot_be_is_refused_with_help(stock: str, message: str, simulate: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        simulate(shop(stock))
    assert message in str(caught.value) and all(problem.line > 0 for problem in caught.value.problems)


def test_age_needs_goods_that_are_kept_by_lot(simulate: Any) -> None:
    plain = shop("{at: store, on_hand: 9, age: 3d}").replace(", shelf_life: 30d", "")
    with pytest.raises(ScenarioError, match="none of these goods is kept by lot"):
        simulate(plain)
    traced = simulate(plain.replace("unit: vial", "unit: vial, trace: true"))
    assert traced.lots["expires"].isna().all() and traced.lots["made"].min() == pd.Timestamp("2000-12-29")
