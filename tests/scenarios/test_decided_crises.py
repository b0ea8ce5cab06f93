"""What makers, buyers and governments did in the crises is decided by them, on the days on which they did it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim

CRISES = Path(__file__).resolve().parents[2] / "scenarios" / "crises"
DECIDED = ["helene-2024", "formula-2022", "ppe-2020", "india-api-2020", "maria-2017", "valsartan-2018"]
"""Crises of which it was reported what somebody did."""
REPORTED: dict[str, list[tuple[str, str, str, str]]] = {
    "helene-2024": [
        # closure announced on 29 September, shipments held about a week; allocations as announced
        ("hold on shipments", "baxter", "2024-09-29", "2024-10-06"),
        ("hold at the service centre", "baxter", "2024-09-29", "2024-10-06"),
        ("first allocation to direct customers", "baxter", "2024-10-06", "2024-10-09"),
        ("first allocation to distributors", "baxter", "2024-10-06", "2024-10-09"),
        ("second allocation", "baxter", "2024-10-09", "2024-12-16"),
        ("third allocation", "baxter", "2024-12-16", "2024-12-30"),
        ("fourth allocation", "baxter", "2024-12-30", "2025-03-01"),
        ("children's hospitals in full", "baxter", "2024-10-09", "2025-03-01"),
        # imports allowed on 9 October, landed on the 19th after three days at least; an airlift told of on 9 December
        ("imports from Canada", "baxter", "2024-10-09", "2025-03-01"),
        ("flights from Ireland", "baxter", "2024-10-16", "2024-12-31"),
        ("airlift from South Korea", "united-states", "2024-12-08", "2024-12-09"),
    ],
    "formula-2022": [  # totals of the flights are known up to 3 July, 14 August and 29 September
        ("flights to 3 July", "united-states", "2022-05-22", "2022-07-03"),
        ("flights to 14 August", "united-states", "2022-07-03", "2022-08-14"),
        ("flights to 29 September", "united-states", "2022-08-14", "2022-09-29"),
    ],
    "ppe-2020": [
        ("air bridge", "united-states", "2020-03-29", "2020-06-30"),
        ("export curbs", "europe", "2020-03-15", "2020-05-26"),
    ],
    "india-api-2020": [
        ("curbs on paracetamol tablets", "india", "2020-03-03", "2020-04-17"),
        ("curbs on paracetamol API", "india", "2020-03-03", "2020-05-28"),
    ],
    "maria-2017": [  # customers warned on 22 September; imports from two countries allowed on 13 October
        ("nothing booked that cannot be filled", "baxter", "2017-09-22", "2018-04-01"),
        ("imports from Ireland", "baxter", "2017-10-13", "2018-02-01"),
        ("imports from Australia", "baxter", "2017-10-13", "2018-02-01"),
    ],
    "valsartan-2018": [("usual units and a little more", "others", "2018-07-09", "2018-12-01")],  # the day is assumed
}
"""Decision, whose it is, first day, first day on which it is over."""
COUNTRY = {"india": "IN", "europe": "DE"}
GONE = {"decisions": [], "evidence": {}, "sources": {}}


def file(name: str) -> Path:
    return CRISES / f"{name}.yaml"


@cache
def run_of(name: str) -> sim.Run:
    return sim.run(file(name), strategy="none", twin=False, detail="none", daily=True)


def as_disruption(decision: dict[str, Any]) -> dict[str, Any]:
    """A decision with a date as the disruption that does the same from that date on."""
    kind = {"ban_exports": "export_ban"}.get(decision["decision"], decision["decision"])
    entry = {key: value for key, value in decision.items() if key not in ("decision", "by", "when")}
    place = {"country": COUNTRY[decision["by"]]} if kind == "export_ban" else {}
    return {"kind": kind, "from": decision["when"]["date"], **place, **entry}


@pytest.mark.parametrize("name", DECIDED)
def test_decisions_are_taken_by_those_who_took_them_on_the_days_that_were_reported(name: str) -> None:
    found = run_of(name).decisions
    dates = (pd.to_datetime(found[column]).dt.strftime("%Y-%m-%d") for column in ("since", "until"))
    assert set(REPORTED[name]) <= set(zip(found["name"], found["party"], *dates, strict=True))
    assert set(found["name"]) == {decision.label for decision in sim.validate(file(name)).spec.decisions}


@pytest.mark.parametrize("name", DECIDED)
def test_they_do_what_the_same_dates_among_the_disruptions_do(name: str) -> None:
    data = sim.validate(file(name), "none").document.data
    entries = [*data.get("disruptions", []), *map(as_disruption, data["decisions"])]
    written = sim.run(
        file(name), strategy="none", overrides=GONE | {"disruptions": entries}, twin=False, detail="none", daily=True
    )
    assert not len(written.decisions) and not written.loaded.spec.decisions
    pd.testing.assert_frame_equal(run_of(name).daily, written.daily)


def test_a_pool_of_parties_is_served_as_all_its_members_together() -> None:
    by = run_of("india-api-2020").metrics.by["party"]
    asked = {party: found["units_demanded"].value or 0.0 for party, found in by.items()}
    assert asked["european-union"] == asked["germany"] + asked["france"] > 0
    hospitals = {"direct-hospitals", "distributor-hospitals", "childrens-hospitals"}
    asked = {party: found["units_demanded"].value or 0.0
             for party, found in run_of("helene-2024").metrics.by["party"].items()}  # fmt: skip
    assert asked["united-states"] == sum(asked[party] for party in hospitals)
    assert run_of("helene-2024").metrics["gini_between_parties"].value is not None


@pytest.mark.parametrize("path", sorted(CRISES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_facility_is_somebodys(path: Path) -> None:
    sites = sim.validate(path).sites.frame
    assert (sites.loc[sites["kind"] == "facility", "party"] != "").all()
