"""Hazards may draw no severity at all: amounts whose lowest or highest is the value at which nothing changes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.network import run, scenario_with

DRAWN: list[dict[str, Any]] = [
    {"kind": "demand_surge", "at": "facilities", "factor": "uniform(1, 1.5)"},
    {"kind": "demand_surge", "at": "facilities", "extra": "uniform(0, 20)"},
    {"kind": "strike", "at": "store", "staffed": "uniform(50%, 100%)"},
    {"kind": "labour_absence", "at": "store", "away": "uniform(0%, 50%)"},
    {"kind": "site_outage", "at": "store", "capacity": "uniform(0%, 100%)"},
    {"kind": "price_shock", "factor": "uniform(1, 3)"},
    {"kind": "lane_delay", "lanes": ["maker > store"], "extra": "uniform(0d, 3d)"},
    {"kind": "quality_hold", "at": "maker", "testing": "uniform(0d, 5d)"},
    {"kind": "extra_orders", "at": "store", "source": "maker", "per_day": "uniform(0, 9)"},
    {"kind": "material_shortage", "material": "salt", "supply": "uniform(0%, 100%)"},
    {"kind": "export_ban", "country": "IN", "quota": "uniform(0%, 100%)"},
    {"kind": "port_closure", "port": "harbour", "capacity": "uniform(0%, 100%)"},
]


@pytest.mark.parametrize("disruption", DRAWN, ids=lambda told: str(told["kind"]))
def test_a_hazard_may_draw_no_severity(disruption: dict[str, Any]) -> None:
    fields = {"material": "salt", "from": "2024-01-11", "for": "1d", "supply": "100%"}
    spec = scenario_with("disruptions", "material_shortage", fields)
    happens = {"process": "arrivals", "every": "9d"}
    spec["hazards"] = {"mishap": {"disruption": disruption, "lasts": "5d", "happens": happens}}
    done = run(spec)
    assert len([i for i in done.outcome.impacts if i.hazard == "mishap"]) >= 4
