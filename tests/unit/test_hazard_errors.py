"""Hazards written wrongly: each is refused with its line, and with what would have been right."""

from __future__ import annotations

from typing import Any

import pytest

from sim.errors import ScenarioError
from tests.contract.network import STANDARD
from tests.property.running import plan_of

OUTAGE = {"kind": "site_outage", "at": "maker"}
STRIKE = {"kind": "strike"}
RECALL = {"kind": "recall", "supplier": "maker"}
AFTER = {"process": "after", "of": "export_ban IN"}

BAD: list[tuple[dict[str, Any], str]] = [
    ({"disruption": OUTAGE | {"at": "makr"}}, "did you mean 'maker'"),
    ({"disruption": OUTAGE | {"capacty": "3%"}}, "unknown key 'capacty' in site_outage"),
    ({"disruption": OUTAGE | {"kind": "site_outge"}}, "did you mean 'site_outage'"),
    ({"disruption": {"at": "maker"}}, "'kind' is missing"),
    ({"disruption": "strike"}, "this is no disruption"),
    ({"disruption": []}, "there is no disruption in this list"),
    ({"disruption": OUTAGE | {"from": "2024-01-01"}}, "no 'from' in a hazard"),
    ({"disruption": OUTAGE | {"steps": [{"on": "2024-02-01", "capacity": "3%"}]}}, "no date in a hazard"),
    ({"disruption": OUTAGE | {"capacity": "uniform(50%, 120%)"}}, "a share between 0% and 100%"),
    ({"disruption": OUTAGE | {"capacity": "lognormal(50%, 10%)"}}, "a share between 0% and 100%"),
    ({"disruption": OUTAGE | {"capacity": "unifrm(50%, 80%)"}}, "one of uniform(low, high)"),
    ({"disruption": OUTAGE | {"capacity": "uniform(50%, 3d)"}}, "all in one unit"),
    ({"disruption": OUTAGE | {"capacity": "uniform(50%)"}}, "uniform(low, high)"),
    ({"disruption": OUTAGE | {"capacity": "uniform(80%, 50%)"}}, "the lower bound first"),
    ({"disruption": OUTAGE, "lasts": None}, "'lasts' is missing: site_outage holds for a time"),
    ({"disruption": {"kind": "stock_loss", "at": "store"}}, "happens at one time and does not last"),
    ({"disruption": OUTAGE, "happens": {"process": "updown"}}, "did you mean 'up_down'"),
    ({"disruption": OUTAGE, "happens": {"process": "up_down", "up": "0d"}}, "up longer than no time"),
    ({"disruption": OUTAGE, "happens": AFTER | {"of": "export_ban INN"}}, "did you mean 'export_ban IN'"),
    ({"disruption": OUTAGE, "happens": AFTER | {"of": "x"}}, "wait for one another in a circle: 'x'"),
    ({"disruption": OUTAGE, "each": {"at": ["store"]}}, "'at' stands under 'each' already"),
    ({"disruption": STRIKE, "each": {"at": ["store", "harbor"]}}, "did you mean 'harbour'"),
    ({"disruption": STRIKE, "each": {"at": ["store", "store"]}}, "is an entry of this hazard already"),
    ({"disruption": STRIKE, "each": {"at": {"region": "cost"}}}, "did you mean 'coast'"),
    ({"disruption": STRIKE, "each": {"at": {"regoin": "coast"}}}, "unknown key"),
    ({"disruption": STRIKE, "each": {"att": ["store"]}}, "did you mean 'at'"),
    ({"disruption": STRIKE, "each": {"at": []}}, "at least one entry"),
    ({"disruption": STRIKE}, "'at' is missing"),
    ({"disruption": OUTAGE | {"steps": [{"after": "2d", "capacity": "unifrm(3%, 5%)"}]}}, "one of uniform(low, high)"),
    ({"disruption": OUTAGE | {"steps": [{"after": "2d", "capacity": "uniform(3%, 150%)"}]}}, "between 0% and 100%"),
    (
        {
            "disruption": OUTAGE
            | {"steps": [{"after": f"uniform({d})", "capacity": "5%"} for d in ("1d, 5d", "4d, 9d")]}
        },
        "steps in order of time",
    ),
    ({"disruption": OUTAGE | {"lasts": "lognormal(3d)"}}, "'lasts' is not valid"),
    ({"disruption": {"kind": "stock_loss", "at": "store", "lasts": "3d"}}, "happens at one time and does not last"),
    (
        {"disruption": OUTAGE | {"lasts": "3d"}, "lasts": None, "happens": {"process": "up_down", "up": "9d"}},
        "up_down needs the length of a shock itself",
    ),
    ({"disruption": OUTAGE, "severity": {"correlation": 0.5}}, "a share in percent"),
    ({"disruption": RECALL | {"oldest": "3d", "youngest": "9d"}, "lasts": None}, "made_from before made_until"),
    ({"disruption": RECALL | {"made_from": "2024-01-05"}, "lasts": None}, "no date in a hazard"),
]


@pytest.mark.parametrize(("hazard", "message"), BAD, ids=[message for _, message in BAD])
def test_a_hazard_written_wrongly_is_refused_with_help(hazard: dict[str, Any], message: str) -> None:
    whole = {"happens": AFTER, "lasts": "5d"} | hazard
    with pytest.raises(ScenarioError) as caught:
        plan_of(STANDARD | {"hazards": {"x": {k: v for k, v in whole.items() if v is not None}}})
    assert message in str(caught.value)
    assert all(problem.line > 0 for problem in caught.value.problems)


def test_names_of_sets_and_active_hazards_are_checked() -> None:
    hazards = {"x": {"disruption": OUTAGE, "happens": AFTER, "lasts": "5d"}}
    with pytest.raises(ScenarioError) as caught:
        plan_of(STANDARD | {"hazards": hazards, "hazard_sets": {"storms": ["xx"]}, "active_hazards": ["stroms"]})
    assert "did you mean 'storms'" in str(caught.value) and "unknown hazard (got 'xx')" in str(caught.value)
    certain = hazards["x"] | {"happens": {"process": "window", "probability": "5%"}}
    with pytest.raises(ScenarioError, match="a disruption has this name too"):
        plan_of(STANDARD | {"hazards": {"export_ban IN": certain}})
