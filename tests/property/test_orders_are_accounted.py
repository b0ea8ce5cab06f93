"""Every order comes, is under way, is owed, was cancelled, or was lost on its way: every day, at every site."""

from __future__ import annotations

import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

import sim
from tests.property.choices import Spec
from tests.property.networks import scenarios
from tests.property.running import run

CELL = ["site", "product"]


@given(scenarios(disruptions=6, hazards=2), st.sampled_from([None, "2d", "9d"]))
def test_what_was_ordered_is_received_under_way_owed_cancelled_or_lost(spec: Spec, rebook: str | None) -> None:
    if rebook is not None:
        for entry in spec.get("sourcing", []):
            entry["rebook_after"] = rebook
            entry.pop("keep_shares", None)
    done = run(spec)
    table: pd.DataFrame = done.daily.sort_values([*CELL, "day"])
    cells = table.groupby(CELL, observed=True)
    ended = table["received"] + table["cancelled"] + table["lost_on_way"]
    # of each day: what was open when it began; what others give counts from the evening on which they do
    opening = table["on_order"] - table["ordered"] - _given(done, table) + ended
    before = cells["on_order"].shift()
    assert (opening[before.notna()] == before[before.notna()]).all()
    owed = table["on_order"] - table["in_transit"]  # by the site's sources, and by givers whose goods came back
    assert (owed >= 0).all()
    by_day = table.assign(unsent=owed).groupby(["day", "product"], observed=True)
    assert (by_day["unsent"].sum() == by_day["owed"].sum()).all()  # what buyers wait for is what sources owe


def _given(done: sim.Run, table: pd.DataFrame) -> pd.Series:
    """Units that each site was given on a day, lent and paid back, in the order of the table."""
    moved = done.transfers
    if moved is None:
        return pd.Series(0, index=table.index)
    assume(not (done.events["event"] == "returned").any())  # which withdraws what was given
    given = moved.groupby(["day", "taker", "product"], observed=True)["units"].sum()
    keys = zip(table["day"], table["site"], table["product"], strict=True)
    return pd.Series([int(given.get(key, 0)) for key in keys], index=table.index)


@given(scenarios(disruptions=6, hazards=2))
def test_the_journal_tells_of_every_order_cancelled(spec: Spec) -> None:
    done = run(spec, detail="full")
    told = done.events[done.events["event"] == "cancelled"]
    counted = told[told["day"] >= 0].groupby(CELL)["units"].sum()
    daily = done.daily.groupby(CELL, observed=True)["cancelled"].sum()
    daily = daily[daily > 0]
    assert {key: int(v) for key, v in counted.items()} == {tuple(map(str, k)): int(v) for k, v in daily.items()}
