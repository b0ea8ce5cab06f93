"""Shares of orders that are set for a time: what each source gets of them, and who is turned to meanwhile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.engine.deciding.order_shares import as_set
from sim.engine.run import Outcome, simulate
from sim.model.effects import Effect, Impact
from tests.property.running import plan_of
from tests.textbook.test_rerouting import BAN, Spec, two

NONE = np.inf
SOURCES = {"a": "50%", "b": "30%", "c": "20%"}
OF_FLOW = ["c", "a", "b"]
"""Flows are in order of country: DE, IN, US."""


def setting(day: float, over: float, **shares: float) -> Impact:
    effects = tuple(
        Effect("flow.order_share", np.array([OF_FLOW.index(name)]), "at_most", ((day, share),), over, "moved")
        for name, share in shares.items()
    )
    return Impact("moved", day, over, day, effects, decided=True)


def simulated(spec: Spec, *moved: Impact) -> Outcome:
    plan = plan_of(spec)
    return simulate(replace(plan, impacts=(*plan.impacts, *moved)), detail="full")


def asked(outcome: Outcome) -> pd.DataFrame:
    """Units ordered, by day and source."""
    told = outcome.journal[outcome.journal["event"] == "order"]
    table = told.assign(other=told["other"].astype(str)).pivot_table("units", "day", "other", aggfunc="sum")
    return table.reindex(columns=["a", "b", "c"]).fillna(0).loc[0:]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ((0.2, 0.8, 0.0), (0.2, 0.8, 0.0)),
        ((0.3, 0.3, 0.0), (0.5, 0.5, 0.0)),  # together all of it
        ((NONE, 0.2, NONE), (0.8 * 0.5 / 0.7, 0.2, 0.8 * 0.2 / 0.7)),  # 80% are left for 50 and 20
        ((NONE, 0.6, 0.6), (0.0, 0.5, 0.5)),  # nothing is left
        ((0.0, NONE, NONE), (0.0, 0.6, 0.4)),
        ((0.0, 0.0, 0.0), (0.5, 0.3, 0.2)),  # of nobody: as before
        ((NONE, NONE, NONE), (0.5, 0.3, 0.2)),
    ],
)
def test_shares_that_are_set_and_what_they_leave_for_others(said: tuple[float, ...], found: tuple[float, ...]) -> None:
    network, place = plan_of(two([], SOURCES)).network, [2, 0, 1]
    shares = as_set(network.flow_share, np.array(said)[place], network)
    assert shares[np.argsort(place)] == pytest.approx(found)


def test_orders_go_by_the_shares_that_are_set_while_they_are_and_by_those_of_sourcing_again() -> None:
    table = asked(simulated(two([], SOURCES), setting(10, 40, a=0.1, b=0.9, c=0.0)))
    assert (table.loc[:9] == [50, 30, 20]).all(axis=None)
    assert (table.loc[10:39] == [10, 90, 0]).all(axis=None)
    assert (table.loc[40:] == [50, 30, 20]).all(axis=None)


def test_a_source_that_is_known_to_send_nothing_is_not_asked_for_its_set_share() -> None:
    """c has nothing of the orders while that is set, and so is on stand-by: the other two make up for each other. From
    day 31 on a may send nothing and b is asked for all; from day 40 on, as under `sourcing`, b has 30 + 50 x 30/50."""
    table = asked(simulated(two([BAN], SOURCES), setting(10, 40, a=0.6, b=0.4, c=0.0)))
    assert (table.loc[10:30] == [60, 40, 0]).all(axis=None)
    assert (table.loc[31:39] == [0, 100, 0]).all(axis=None)
    assert (table.loc[40:180] == [0, 60, 40]).all(axis=None)


def test_setting_the_shares_of_sourcing_changes_nothing() -> None:
    spec = two([BAN], SOURCES)
    one, other = simulated(spec), simulated(spec, setting(10, 120, a=0.5, b=0.3, c=0.2))
    assert one.record.table is not None and other.record.table is not None
    assert all(np.array_equal(figure, other.record.table[name]) for name, figure in one.record.table.items())


def test_what_is_dealt_out_are_units_of_the_share_under_sourcing() -> None:
    """a may send its usual 50 a day, and all of that: of a share of 80 it is asked for 50. With 20% of the usual it may
    send 10, which is all that a share of 10% asks for."""
    half = {"a": "50%", "b": "50%", "c": "0%"}
    all_of_it = asked(simulated(two([BAN | {"quota": "100%"}], half), setting(40, 60, a=0.8)))
    assert (all_of_it.loc[40:59] == [50, 50, 0]).all(axis=None)
    a_fifth = asked(simulated(two([BAN | {"quota": "20%"}], half), setting(40, 60, a=0.1)))
    assert (a_fifth.loc[40:59] == [10, 90, 0]).all(axis=None)


def test_what_is_set_comes_before_what_a_rule_finds() -> None:
    rule = {"rule": "contingent", "order": ["a", "b", "c"]}
    table = asked(simulated(two([], {"a": "100%", "b": "0%", "c": "0%"}, rule=rule), setting(10, 20, b=0.7)))
    assert (table.loc[[*range(10), *range(20, 60)]] == [100, 0, 0]).all(axis=None)
    assert (table.loc[10:19] == [30, 70, 0]).all(axis=None)


def test_who_cannot_keep_up_with_what_a_rule_asks_is_asked_for_what_it_sends() -> None:
    """a is cheaper, and makes 60 a day of the 100 that it is asked for. After five evenings h reckons with that: 60% of
    what it is asked for now, not all of the 50 that `sourcing` has it send."""
    spec = two([], {"a": "50%", "b": "50%"}, rule="cheapest", notices_after="5d")
    spec["suppliers"]["a"]["makes"]["saline"] = {"capacity": 60, "finished_stock": 0}
    spec["lanes"][1]["cost"] = 1
    table = asked(simulated(spec))[["a", "b"]]
    assert (table.loc[:5] == [100, 0]).all(axis=None)
    assert (table.loc[12:] == [60, 40]).all(axis=None)


def test_nothing_should_have_come_from_a_source_on_days_on_which_it_had_no_share() -> None:
    """From day 31 on b has half of the orders, and a, banned, the other half, which b is asked for too. It makes 80 of
    100 a day. Fourteen evenings later that is more than its half, but 80% of what was due: it is asked for its half,
    and c, on stand-by, for the rest."""
    spec = two([BAN], {"a": "100%", "b": "0%", "c": "0%"})
    spec["suppliers"]["b"]["makes"]["saline"] = {"capacity": 80, "finished_stock": 0}
    table = asked(simulated(spec, setting(31, 60, b=0.5)))
    assert (table.loc[31:45] == [0, 100, 0]).all(axis=None)
    assert (table.loc[46:56] == [0, 50, 50]).all(axis=None)


def test_in_a_blackout_shares_stay_as_they_were() -> None:
    """a costs 12 instead of 10 on days 20 to 39, b 11. What h orders on days 15 to 24 reaches nobody until day 25."""
    shock = {"kind": "price_shock", "at": "a", "factor": 1.2, "from": "2024-01-21", "until": "2024-02-10"}
    blackout = {"kind": "cyber_blackout", "at": "h", "orders": "late", "from": "2024-01-16", "until": "2024-01-26"}
    spec = two([shock, blackout], {"a": "50%", "b": "50%"}, rule="cheapest")
    spec["products"]["saline"]["cost"], spec["lanes"][1]["cost"] = 10, 1
    table = asked(simulated(spec)).reindex(range(60)).fillna(0)[["a", "b"]]
    assert (table.loc[15:24] == 0).all(axis=None) and table.loc[25].tolist() == [1000, 100]
    assert (table.loc[26:39] == [0, 100]).all(axis=None) and (table.loc[40:] == [100, 0]).all(axis=None)
