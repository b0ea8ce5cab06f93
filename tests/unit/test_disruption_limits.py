"""Disruptions that could do nothing where they are said to strike are refused, with what would have been right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError

NETWORK = """
scenario: limits
title: One chain
start: 2001-01-01
end: 2001-03-01
products: {kit: {unit: kit}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
ports: {free: {country: IN}, both: {country: KE, handling: 15}}
facilities: {clinic: {country: KE}}
lanes:
  - {from: maker, to: free, time: 1d}
  - {from: free, to: both, mode: sea, time: 1d}
  - {from: both, to: clinic, time: 1d}
demand: [{at: clinic, product: kit, per_day: 10}]
replenishment: [{at: clinic, policy: base_stock, level: 60}]
"""
REFUSED = [
    ("kind: port_closure, port: both, capacity: 35%, side: imports, for: 4d", "share one handling.*handling_by_side"),
    ("kind: port_closure, port: free, capacity: 35%, for: 4d", "no handling to take a share of"),
    ("kind: site_outage, at: both, for: 4d", "use port_closure"),
    ("kind: site_outage, at: maker, for: 4d, steps: [{on: 2001-01-14, capacity: 50%}]", "steps before the end"),
    (
        "kind: supplier_allocation, supplier: maker, share: 20%, for: 4d, steps: [{on: 2001-01-15, share: 50%}]",
        "before",
    ),
]
ALLOWED = [
    "kind: site_outage, at: clinic, for: 4d",
    "kind: port_closure, port: both, capacity: 35%, for: 4d",
    "kind: port_closure, port: both, capacity: 0%, side: imports, for: 4d",
    "kind: port_closure, port: free, capacity: 0%, for: 4d",
    "kind: site_outage, at: maker, for: 4d, steps: [{on: 2001-01-13, capacity: 50%}]",
]


def check(folder: Path, disruption: str) -> None:
    file = folder / "limits.yaml"
    file.write_text(NETWORK + f"disruptions:\n  - {{from: 2001-01-10, {disruption}}}\n", encoding="utf-8")
    sim.validate(file)


@pytest.mark.parametrize(("disruption", "message"), REFUSED)
def test_a_disruption_without_effect_is_refused(disruption: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        check(tmp_path, disruption)
    assert re.search(message, str(caught.value))
    assert [problem.line for problem in caught.value.problems] == [17]


@pytest.mark.parametrize("disruption", ALLOWED)
def test_the_same_with_an_effect_is_allowed(disruption: str, tmp_path: Path) -> None:
    check(tmp_path, disruption)
