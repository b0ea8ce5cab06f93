"""Notes on decisions that are never taken, come too late, or concern nobody of their party."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.engine.compile.plan import compile_plan
from sim.report.run.evidence import taken_as_certain
from sim.scenario.load import Loaded, load
from tests.contract.network import PARTIES, STANDARD

CLOSE = {"decision": "close_reserve", "name": "c", "by": "kenya", "reserve": "national"}
MORE = {"decision": "emergency_order", "name": "m", "by": "kenya", "at": "store", "source": "maker", "amount": "2d"}
LANE = {"decision": "corridor", "name": "l", "when": {"trigger": "announced"}}
LIFT = {"decision": "lift_ban", "name": "c", "by": "india", "ban": "export_ban IN"}
PLANT = {"decision": "add_capacity", "name": "m", "by": "kenya", "at": "maker", "products": ["saline"], "more": "50%",
         "licence": "20d"}  # fmt: skip
AID = {"decision": "request_aid", "name": "m", "by": "kenya", "at": "store", "source": "maker"}
NEVER, SOON = {"trigger": "days_of_cover", "below": "0d"}, {"trigger": "days_of_cover", "below": "3d"}


def on(date: str) -> dict[str, str]:
    return {"trigger": "on", "date": date}


def after(name: str, days: str = "0d") -> dict[str, str]:
    return {"trigger": "after_decision", "decision": name, "for_at_least": days}


def _stages(*after: str) -> list[dict[str, Any]]:
    return [{"after": days, "amount": 9} for days in after]


def standard(folder: Path, decisions: list[dict[str, Any]], **more: Any) -> Loaded:
    """The standard scenario with its parties, some decisions, and other sections."""
    path = folder / "x.yaml"
    path.write_text(yaml.safe_dump(STANDARD | {"parties": PARTIES, "decisions": decisions} | more, sort_keys=False))
    return load(path)


def noted(folder: Path, decisions: list[dict[str, Any]], **more: Any) -> list[str]:
    """All that is noted, on the standard network."""
    loaded = standard(folder, decisions, **more)
    compile_plan(loaded)
    return [note.message for note in loaded.notes]


def told(folder: Path, decisions: list[dict[str, Any]], **more: Any) -> list[str]:
    """What is noted of decisions and parties, on the standard network."""
    found = noted(folder, decisions, **more)
    return [message for message in found if message.startswith(("'c'", "'m'", "'l'", "'agency'", "'reser"))]


# the scenario has the days from 2024-01-01 to 2024-02-29, and a ban that is announced on 2024-01-08
TABLE: dict[str, tuple[list[dict[str, Any]], dict[str, Any], list[str]]] = {
    "no cover is below nothing": ([CLOSE | {"when": NEVER}], {}, ["'c' is never taken: no cover is below nothing"]),
    "one of two may be": ([CLOSE | {"when": {"trigger": "any_of", "conditions": [NEVER, SOON]}}], {}, []),
    "one of both cannot": (
        [CLOSE | {"when": {"trigger": "all_of", "conditions": [SOON, NEVER]}}], {},
        ["'c' is never taken: no cover is below nothing"],
    ),
    "what is never so is always not so": ([CLOSE | {"when": {"trigger": "not", "condition": NEVER}}], {}, []),
    "chosen": ([CLOSE | {"when": {"trigger": "chosen"}}], {}, ["'c' is never taken: nobody chooses in a plain run"]),
    "declared on the day after the last": (
        [CLOSE | {"when": {"trigger": "declared", "after": "60d"}}], {}, ["'c' is never taken: it is declared 60 days"],
    ),
    "declared on the last evening": (
        [CLOSE | {"when": {"trigger": "declared", "after": "59d"}}], {}, ["'c' cannot be in force before 2024-03-01"],
    ),
    "nothing is announced": (
        [CLOSE | {"when": {"trigger": "announced"}}], {"disruptions": []}, ["'c' is never taken: no disruption of the"],
    ),
    "what another decides is announced": (
        [CLOSE | {"when": {"trigger": "announced"}},
         {"decision": "ban_exports", "by": "india", "when": on("2024-01-20"), "for": "9d"}],
        {"disruptions": []}, [],
    ),
    "announced too late for the delay": (
        [CLOSE | {"when": {"trigger": "announced"}, "after": "52d"}], {}, ["'c' cannot be in force before 2024-03-01"],
    ),
    "announced just in time": ([CLOSE | {"when": {"trigger": "announced"}, "after": "51d"}], {}, []),
    "too late in any draw": (
        [CLOSE | {"when": on("2024-02-01"), "after": "uniform(29d, 60d)"}], {}, ["'c' cannot be in force before"],
    ),
    "in time in some": ([CLOSE | {"when": on("2024-02-01"), "after": "uniform(28d, 60d)"}], {}, []),
    # the plant works after its licence and its building: day 31 + 20 + 9 is the first after the last
    "a licence that takes too long": (
        [PLANT | {"when": on("2024-02-01"), "build": "9d"}], {}, ["'m' changes nothing before 2024-03-01"],
    ),
    "a licence that does not": ([PLANT | {"when": on("2024-02-01"), "build": "8d"}], {}, []),
    "all stages of help too late": (
        [AID | {"when": on("2024-02-01"), "stages": _stages("40d", "29d")}], {},
        ["'m' changes nothing before 2024-03-01"],
    ),
    "a stage of help in time": (
        [AID | {"when": on("2024-02-01"), "stages": _stages("40d", "28d")}], {},
        [],
    ),
    # the ban is over on 28 January
    "a ban that is over is lifted": (
        [LIFT | {"when": on("2024-01-28")}], {}, ["'c' cannot be in force before 2024-01-28: 'export_ban IN' is over"],
    ),
    "a ban is lifted on its last day": ([LIFT | {"when": on("2024-01-27")}], {}, []),
    "a ban whose end is drawn": (
        [LIFT | {"when": on("2024-01-28")}], {"uncertain": {"disruptions.0.for": "uniform(9d, 40d)"}}, [],
    ),
    "over before the condition": (
        [CLOSE | {"when": on("2024-01-20"), "until": "2024-01-20"}], {}, ["'c' is over on 2024-01-20, and"],
    ),
    "no price moves": (
        [CLOSE | {"when": {"trigger": "price", "above": "5%"}}], {}, ["'c' is never taken: nothing in the"],
    ),
    "a price moves": (
        [CLOSE | {"when": {"trigger": "price", "above": "5%"}}],
        {"disruptions": [{"kind": "price_shock", "at": "maker", "from": "2024-01-09", "for": "9d", "factor": 2}]}, [],
    ),
    "both wait for one another": (
        [CLOSE | {"when": after("m")}, MORE | {"when": after("c")}], {},
        ["'c' is never taken: it waits for 'm', which is never taken: 'c' waits for it in turn",
         "'m' is never taken: it waits for 'c', which is never taken: 'm' waits for it in turn"],
    ),
    "it waits for longer than the other lasts": (
        # in force on the days 20 to 24 January: four days in the evening of the last
        [CLOSE | {"when": on("2024-01-20"), "for": "5d"}, MORE | {"when": after("c", "5d")}], {},
        ["'m' is never taken: 'c' is in force for 5 days, not for 5 by an evening"],
    ),
    "it waits as long as it may": (
        [CLOSE | {"when": on("2024-01-20"), "for": "5d"}, MORE | {"when": after("c", "4d")}], {}, [],
    ),
    "a way that nobody of the party uses": ([LANE | {"by": "uganda", "lanes": ["maker > store"]}], {}, ["'l' acts on"]),
    "a way to one of its sites": ([LANE | {"by": "uganda", "lanes": ["store > clinic-c"]}], {}, []),
    "a port authority that keeps nothing": (
        [LANE | {"decision": "priority_lane", "by": "authority"}],
        {"parties": PARTIES | {"kenya": {"kind": "country", "sites": ["store", "clinic-a"]},
                               "authority": {"kind": "agency", "sites": "harbour"}}}, [],
    ),
    "a reserve that waits for what is never decided": (
        [MORE | {"when": on("2024-03-01")}],
        {"reserves": {"national": {"held_at": "store", "size": "10d", "members": "facilities",
                                   "release": {"when": {"trigger": "any_of", "conditions": [SOON, after("m")]}}}}},
        ["'m' is never taken: 2024-03-01 is after the last day of the scenario (2024-02-29)",
         "'reserves.national.release.when.conditions.1' is never met: it waits for 'm', which is never taken"],
    ),
    "a party without anything": ([], {"parties": {"agency": {"kind": "agency"}}}, ["'agency' owns no site and"]),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_what_a_planner_hardly_meant_is_told(name: str, tmp_path: Path) -> None:
    decisions, more, expected = TABLE[name]
    found = told(tmp_path, decisions, **more)
    assert len(found) == len(expected), found
    assert all(note.startswith(words) for note, words in zip(sorted(found), sorted(expected), strict=True)), found


THIRD: dict[str, Any] = {  # a second source of saline, which stops on 25 January
    "suppliers": STANDARD["suppliers"] | {"third-maker": {"country": "DE", "makes": {"saline": {}}}},
    "lanes": [*STANDARD["lanes"], {"from": "third-maker", "to": "store", "mode": "air", "time": "5d"}],
    "sourcing": [{"at": "store", "products": ["saline"], "from": {"maker": "60%", "third-maker": "40%"}}],
    "disruptions": [{"kind": "site_outage", "name": "stop", "at": "third-maker", "from": "2024-01-25", "for": "9d"}],
}
BANNED = {"decision": "ban_exports", "name": "curbs", "by": "india", "when": on("2024-01-20"), "for": "20d"}
LIFTED = {"decision": "lift_ban", "by": "india", "ban": "curbs", "when": on("2024-01-24")}
SHUT: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "by a ban on a date": ([BANNED], ["stop"]),
    "by a ban that begins after it": ([BANNED | {"when": on("2024-01-28")}], ["curbs"]),
    "by a ban that takes some days": ([BANNED | {"after": "8d"}], ["curbs"]),
    "by a ban that is over": ([BANNED | {"for": "5d"}], []),
    "by a ban that was lifted": ([BANNED, LIFTED], []),
    "by a ban that was lifted before it came": ([BANNED, LIFTED | {"when": on("2024-01-19")}], ["stop"]),
    "by a ban whose delay is drawn": ([BANNED | {"after": "uniform(0d, 9d)"}], []),
    "by a ban on a condition": ([BANNED | {"when": SOON}], []),
}


@pytest.mark.parametrize("name", SHUT)
def test_buyers_with_nobody_to_turn_to_are_told_of_when_a_decision_with_a_date_leaves_them_nobody(
    name: str, tmp_path: Path
) -> None:
    """The second source stops from 25 January to 2 February: nobody is left then where the first is banned."""
    decisions, expected = SHUT[name]
    found = [message for message in noted(tmp_path, decisions, **THIRD) if "have nobody else to turn to" in message]
    assert [message.split("'")[1] for message in found] == expected, found


def test_a_reserve_hears_of_a_ban_that_is_decided(tmp_path: Path) -> None:
    """No note says that it is never opened; without the ban there is one."""
    reserves = copy.deepcopy(STANDARD["reserves"])
    reserves["national"]["release"]["when"] = {"trigger": "announced"}
    for decisions, expected in (([BANNED], 0), ([], 1)):
        found = noted(tmp_path, decisions, reserves=reserves, disruptions=[])
        assert sum("is never met: no disruption" in message for message in found) == expected


def test_how_long_decisions_take_and_last_are_figures_of_weight(tmp_path: Path) -> None:
    found = taken_as_certain(standard(tmp_path, [BANNED | {"after": "3d"}]))
    assert {path for path in found if path.startswith("decisions")} == {"decisions.curbs.after", "decisions.curbs.for"}
