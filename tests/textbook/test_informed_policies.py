"""What those below a site, and those who may be given something, are told to have moves orders and gifts: by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.property.running import run
from tests.textbook.test_forecast_policies import CHAIN, ordered
from tests.textbook.test_transfers import NEAR, gifts, world

PARTIES = "parties: {land: {kind: country, sites: store}, town: {kind: agency, sites: a}}\n"
SURGE = "disruptions: [{kind: demand_surge, at: a, factor: %s, from: 2001-01-06, until: 2001-01-21}]\n"
END = """
replenishment:
  - {policy: push, at: a, quantity: 4}
  - {policy: forecast, at: store, forecast: {method: moving_average, over: 2d}, of: end}
"""
ECHELON = """
replenishment:
  - {policy: base_stock, at: a, level: 20, review: %s}
  - {policy: echelon_base_stock, at: store, level: 60}
"""
NEIGHBOURS = {
    "parties": {"north": {"kind": "agency", "sites": "a"}, "south": {"kind": "agency", "sites": "b"}},
    "information": [{"of": "suppliers", "sees": "capacity"}],
}
SEES_SOUTH = {"who": "north", "of": "south", "sees": "pipeline"}


def told(terms: str) -> str:
    """The country is told of the town on these terms."""
    return f"{PARTIES}information: [{{who: land, of: town, {terms}}}]\n"


def neighbours(*information: dict[str, Any], **more: Any) -> dict[str, Any]:
    """`world`, its clinics of two parties of which each sees nothing of the other but what is said."""
    return world(NEAR | more.pop("entry", {}), **NEIGHBOURS | more) | {
        "information": [*NEIGHBOURS["information"], *information]
    }


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("sees: stock_and_demand", {5: 6, 6: 6}),
        ("sees: stock", {}),
        ("sees: stock_and_demand, lag: 3d", {12: 6, 13: 6}),
        ("sees: stock_and_demand, every: 7d", {7: 6, 9: 2, 12: 6, 13: 6}),
    ],
)
def test_end_demand_that_is_not_told_yet_counts_as_that_of_the_week_before(
    simulate: Any, terms: str, expected: dict[int, int]
) -> None:
    """The store keeps two days of the mean of two days' end demand, 8, and 12 from day 6 on: 2 more on days 5 and 6.

    Not told, it is the usual 4. Three days late, day 5 is first seen in the place of day 12, and day 6 in that of 13.
    Every seventh day: on day 7 that day's 6 are seen (mean of 4 and 6: 10), day 8 counts as day 1 (6 and 4: 10), day 9
    as day 2 (8: 2 fewer); days 12 and 13 count as 5 and 6.
    """
    orders = ordered(simulate(CHAIN + END + SURGE % 1.5 + told(terms)), "store")[:15]
    assert {day: units for day, units in enumerate(orders) if units != 4} == expected


def test_an_echelon_that_is_not_seen_is_taken_to_be_at_its_own_levels(simulate: Any) -> None:
    """Then it orders as base stock with what is left of the level, 60 - 20: when the clinic does, every third day
    (Axsater & Rosling 1993). Who sees the clinic's stock, and knows what it sent there, orders what was used, 4."""
    blind = simulate(CHAIN + ECHELON % "3d" + told("sees: orders"))
    alone = ECHELON.replace("echelon_base_stock, at: store, level: 60", "base_stock, at: store, level: 40")
    assert ordered(blind, "store") == ordered(simulate(CHAIN + alone % "3d"), "store")
    assert set(ordered(blind, "store")[3:]) == {0, 12}
    for sees in ("stock", "stock_and_demand", "pipeline"):
        assert ordered(simulate(CHAIN + ECHELON % "3d" + told(f"sees: {sees}")), "store") == [4] * 20, sees


def test_an_echelon_is_as_it_was_reported_and_what_was_ordered_of_the_site_since(simulate: Any) -> None:
    """Two days late: nothing seems used on days 0 and 1; the 8 a day from day 5 on are seen on day 7."""
    run_ = simulate(CHAIN + ECHELON % "1d" + SURGE % 2 + told("sees: pipeline, lag: 2d"))
    assert ordered(run_, "store")[:12] == [0, 0, 4, 4, 4, 4, 4, 8, 8, 8, 8, 8]


def test_nobody_gives_to_whom_it_does_not_see_to_lack_something() -> None:
    """Seen at once, b is given 20 - 7 = 13 on evening 0, as where all see all."""
    assert gifts(run(neighbours(SEES_SOUTH))) == gifts(run(world(NEAR))) == [(0, "a", "b", 13)]
    assert gifts(run(neighbours())) == gifts(run(neighbours(SEES_SOUTH | {"sees": "orders"}))) == []


@pytest.mark.parametrize("sees", ["stock", "pipeline"])
def test_a_giver_goes_by_the_last_report_and_by_what_it_gave_since(sees: str) -> None:
    """Two days late: on evening 2 a sees the 7 of evening 0 and gives 20 - 7 = 13 (b asks for 20; a has 70 - 50 to
    spare). On evening 3 it sees 2 + 13, on evening 4 0 + 13; on evening 5, 8 of day 3, but has 47 - 20 = 27 left."""
    assert gifts(run(neighbours(SEES_SOUTH | {"sees": sees, "lag": "2d"}))) == [(2, "a", "b", 13)]


@pytest.mark.parametrize("sees", ["stock", "pipeline"])
def test_what_a_giver_sent_since_the_last_report_counts_though_it_has_more(sees: str) -> None:
    """As before, but a has plenty: on evenings 3 and 4 it sees 2 + 13 and 0 + 13 and gives nothing. On evening 5 it
    sees the 8 of day 3, and gives 20 - 8."""
    stock = [{"at": "a", "on_hand": 200}, {"at": "b", "on_hand": 12}]
    done = run(neighbours(SEES_SOUTH | {"sees": sees, "lag": "2d"}, stock=stock, end="2001-01-07"))
    assert gifts(done) == [(2, "a", "b", 13), (5, "a", "b", 12)]


def test_a_giver_counts_what_it_gave_since_the_last_report_of_itself() -> None:
    """Two days late: on evenings 0 and 1 a is told the 100 of the start, of which it keeps 50: it gives the others
    once, though b, which uses 20 a day, lacks more on the next evening and a has 30 left."""
    spec = neighbours(SEES_SOUTH, {"who": "north", "of": "own", "sees": "pipeline", "lag": "2d"})
    spec["demand"] = [
        {"at": name, "product": "p", "per_day": use, "distribution": "deterministic"}
        for name, use in (("a", 10), ("b", 20))
    ]
    spec["stock"] = [{"at": "a", "on_hand": 100}, {"at": "b", "on_hand": 0}]
    assert gifts(run(spec)) == [(0, "a", "b", 50)]


def test_a_site_asks_by_what_its_owner_is_told_of_it_and_what_it_was_given_since() -> None:
    """A day late: b has 12 on evening 0, so it asks on evening 1, for 20 - 7 (it has 2); then 2 + 13, 10 and 5, when a
    has no more to spare (80 - 13 - 30 = 37)."""
    own = {"who": "south", "of": "own", "sees": "pipeline", "lag": "1d"}
    assert gifts(run(neighbours(SEES_SOUTH, own))) == [(1, "a", "b", 13)]


def decided(entry: dict[str, Any], *decisions: dict[str, Any]) -> list[tuple[int, str, str, int]]:
    """Gifts where the north decides, in force on day 1."""
    when = {"by": "north", "decision": "allow_transfers", "when": {"trigger": "on", "date": "2001-01-02"}}
    spec = world(NEAR | entry, parties=NEIGHBOURS["parties"])
    return gifts(run(spec | {"decisions": [{"name": f"d{k}"} | when | one for k, one in enumerate(decisions)]}))


@pytest.mark.parametrize(("sees", "asked"), [("nothing", "b"), ("orders", "b"), ("stock", "c"), ("stock, late", "c")])
def test_who_has_most_is_asked_first_only_by_who_sees_it(sees: str, asked: str) -> None:
    """Of b with 200 and c with 300, who use as much, the south asks c for the 30 it lacks (40 less 10, on evening 0),
    by the stock that it sees, that of the start where it is told later. Who sees neither asks b, named first."""
    shown = {"sees": "stock", "lag": "3d"} if "late" in sees else {"sees": sees}
    spec = world(NEAR | {"rule": "fullest", "from": ["b", "c"], "to": "a"}, end="2001-01-02")
    spec["facilities"] |= {"c": {"country": "AA"}}
    spec["demand"] = [{"at": "facilities", "product": "p", "per_day": 10, "distribution": "deterministic"}]
    spec["stock"] = [{"at": name, "on_hand": units} for name, units in (("a", 20), ("b", 200), ("c", 300))]
    spec["parties"] = {"north": {"kind": "agency", "sites": ["b", "c"]}, "south": {"kind": "agency", "sites": "a"}}
    spec["information"] = [
        {"who": "north", "of": "south", "sees": "stock"},
        *([] if sees == "nothing" else [{"who": "south", "of": "north"} | shown]),
    ]
    assert gifts(run(spec)) == [(0, asked, "a", 30)]


def test_closed_transfers_come_only_while_a_decision_allows_them() -> None:
    """In force on day 1: b has 2 and lacks 18; a has 80 - 50 to spare."""
    assert decided({"closed": True}) == []
    assert decided({"closed": True}, {"for": "1d"}) == [(1, "a", "b", 18)]
    assert decided({"closed": True}, {"for": "1d", "after": "3d"}) == []  # on day 4 a has only the 50 that it keeps


def test_a_party_that_stops_transfers_gives_nothing_whatever_else_allows_them() -> None:
    """Who has less than a day lacks something: b first on evening 1, with 2; held back until day 3, when a can spare 60
    - 50 = 10. What is stopped to others goes on to b."""
    low = {"below": "1d"}
    assert decided(low) == [(1, "a", "b", 18)]
    stop = {"allow": False, "for": "2d"}
    assert decided(low, stop) == decided(low, stop, {}) == [(3, "a", "b", 10)]
    assert decided(low, stop | {"to": "b"}) == [(3, "a", "b", 10)]


def test_who_gives_no_more_pays_back_what_it_owes() -> None:
    """a has 15 on evening 0, is lent 20 - 15, and has 50 from day 1 on, by orders; the 5 are due on day 4."""
    loans = NEAR | {"keep": 20, "below": 16, "up_to": 20, "loan": {"for": "4d"}}
    never = {"decision": "allow_transfers", "by": "north", "allow": False}
    spec = world(
        loans,
        parties=NEIGHBOURS["parties"],
        stock=[{"at": "a", "on_hand": 25}, {"at": "b", "on_hand": 100}],
        replenishment=[
            {"at": "a", "policy": "base_stock", "level": 60},
            {"at": "b", "policy": "base_stock", "level": 0},
        ],
        decisions=[never | {"when": {"trigger": "on", "date": "2001-01-02"}}],
    )
    assert gifts(run(spec)) == [(0, "b", "a", 5), (4, "a", "b", 5)]
