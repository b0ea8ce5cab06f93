"""Whom a reserve reaches: who cannot draw on it, what of its size is for them, and where that is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.bound.reach import Reach, reach
from sim.engine.compile.plan import compile_plan
from sim.report.run.facts import Facts
from sim.report.run.reserve_reach import out_of_reach, reach_table
from sim.scenario.load import Loaded, load

FOUND = Path(__file__).parents[1] / "data/found/reserve-that-half-its-members-cannot-reach.yaml"


def compiled(**overrides: Any) -> tuple[Loaded, Reach]:
    """The scenario with its notes, and whom its reserve reaches."""
    loaded = load(FOUND, None, {key.replace("__", "."): value for key, value in overrides.items()})
    plan = compile_plan(loaded)
    (one,) = reach(plan, plan.reserves[0])
    return loaded, one


def notes(loaded: Loaded) -> list[str]:
    return [note.message for note in loaded.notes if "national" in note.message]


def test_half_of_a_reserve_in_days_is_for_members_of_another_depot() -> None:
    """30 days of 4 x 20 bags are 2,400; the two that can draw use 40 a day, so it is 60 days of theirs, 30 of which are
    for the other two."""
    loaded, one = compiled()
    assert (one.units, one.idle, one.lasts, one.idle_days) == (2400, 1200, 60, 30)
    assert notes(loaded) == [
        "30 of 60 days' need of 'national' is for members that cannot draw on it: north-1, north-2 do not order from "
        "south-depot (1,200 of 2,400 bags of 'saline', 50%)"
    ]


def test_of_a_size_in_units_their_share_of_usual_demand_is_told() -> None:
    loaded, one = compiled(reserves__national__size=1000)
    assert (one.units, one.idle) == (1000, 500)
    assert notes(loaded) == [
        "members cannot draw on 'national': north-1, north-2 do not order from south-depot (by usual demand 500 of "
        "1,000 bags of 'saline', 50% would be theirs)"
    ]


def test_a_lane_that_is_never_open_leads_nowhere() -> None:
    """Of 2,400 bags three quarters are for those who cannot draw; the one that can uses 20 a day: 90 of 120 days."""
    closed = {"kind": "route_closure", "lane": "south-depot > south-2", "from": "2024-01-01", "until": "2024-07-01"}
    _, one = compiled(disruptions=[closed])
    assert (one.idle, one.lasts, one.idle_days) == (1800, 120, 90)
    _, one = compiled(disruptions=[closed | {"until": "2024-06-30"}])
    assert one.idle == 1200, "open on a day"


@pytest.mark.parametrize(
    "held_at", ["members", {"south-depot": "50%", "north-depot": "50%"}, ["south-depot", "north-1", "north-2"], "maker"]
)
def test_all_can_draw_on_what_they_hold_and_order_through_others(held_at: object) -> None:
    loaded, one = compiled(reserves__national__held_at=held_at)
    assert not one.unable.size and not one.idle
    assert not any("cannot draw" in text for text in notes(loaded))


def test_members_that_use_none_of_its_products_are_told() -> None:
    demand = [{"at": ["south-1", "north-1", "north-2"], "product": "saline", "per_day": 20}]
    loaded, _ = compiled(demand=demand, reserves__national__members=["south-1", "south-2"])
    assert notes(loaded) == ["members of 'national' that use none of its products: south-2"]


@pytest.fixture(scope="module")
def run() -> sim.Run:
    return sim.run(FOUND, twin=False, overrides={"end": "2024-04-01"}, daily=True, detail="full")


def test_the_report_tells_whom_it_reaches(run: sim.Run) -> None:
    facts = Facts(run.loaded, run.outcome, None, run.metrics)
    (row,) = reach_table(facts).raw
    assert row == ("national", "saline", "bag", "no", "north-1, north-2", 2400, 2, 2, 1200)
    assert out_of_reach(facts) == [
        "Not every member could draw on 'national': north-1 and north-2 do not order from south-depot. 50.0% of its "
        "saline (1,200 of 2,400, one unit: bag) was reckoned for them."
    ]


def test_why_tells_a_member_that_it_could_not_draw(run: sim.Run) -> None:
    network = run.outcome.plan.network
    unmet = run.outcome.record.table["unmet"]
    cell = {name: k for k, name in enumerate(network.site_names(network.cell_site)) if network.cell_mean[k] == 20}
    day = int(np.flatnonzero(unmet[:, cell["north-1"]])[-1])
    told = run.why("north-1", "saline", day).text()
    assert "of no help: north-1 is a member that cannot draw on it, as it does not order from south-depot" in told
    assert "of no help" not in run.why("south-1", "saline", day).text()
