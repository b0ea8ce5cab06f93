"""The random networks hold what the laws are to be tried on, and often enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.property.alarms import FIELDS
from tests.property.choices import Dice, Spec
from tests.property.networks import scenario
from tests.property.policies import FORECAST, POLICIES, RULES, TRIGGERED
from tests.property.supply import SOURCED
from tests.property.trouble import DISRUPTED, INEXACT

SAMPLE, OFTEN = 300, 0.05


def situations(spec: Spec) -> Iterator[str]:
    """Every situation that a scenario contains, by name."""
    lanes, demand = spec["lanes"], spec["demand"]
    present = {
        "ports": "ports" in spec,
        "a journey through two ports": sum("h" in lane["from"] and "h" in lane["to"] for lane in lanes) > 0,
        "handling limits": any("handling" in p or "handling_by_side" in p for p in spec.get("ports", {}).values()),
        "sea passages": any("passages" in lane for lane in lanes),
        "lane capacities": any("capacity" in lane for lane in lanes),
        "journeys by chance": any("(" in lane["time"] for lane in lanes),
        "journeys of half days": any(lane["time"] == "36h" for lane in lanes),
        "several sources": any(len(entry["from"]) > 1 for entry in spec["sourcing"]),
        "warehouses behind warehouses": any("w1" in e["from"] and e["at"].startswith("w") for e in spec["sourcing"]),
        "limited makers": any("capacity" in m for s in spec["suppliers"].values() for m in s["makes"].values()),
        "patience": any("patience" in entry for entry in demand),
        "patience beside none": len({entry.get("patience") for entry in demand}) > 1,
        "lost demand": any("shortage" not in entry for entry in demand),
        "seasons": any("season" in entry for entry in demand),
        "warm-up": "warm_up" in spec,
        "reserves": bool(spec["reserves"]),
        "reserves at two sites": any(isinstance(r["held_at"], dict) for r in spec["reserves"].values()),
        "reserves at a facility": any(str(r["held_at"]).startswith("f") for r in spec["reserves"].values()),
        "several disruptions": len(spec["disruptions"]) > 1,
        "spans of broken days": any(e.get("for", "").endswith("h") for e in spec["disruptions"]),
        "convoys": "passages" in spec,
        "berths of each side": any("berths_by_side" in p for p in spec.get("ports", {}).values()),
        "licences at a border": any(entry.get("wait_at") == "border" for entry in spec["disruptions"]),
        "closed passages": any("passage" in entry for entry in spec["disruptions"]),
    }
    yield from (name for name, here in present.items() if here)
    yield from {entry["kind"] for entry in spec["disruptions"]}
    yield from {f"alarm {entry['alarm']}" for entry in spec.get("alarms", [])}
    yield from {entry["policy"] for entry in spec["replenishment"]}
    yield from {entry["rule"] for entry in spec["allocation"]}
    yield from {entry["rule"]["rule"] for entry in spec["sourcing"] if "rule" in entry}
    yield from {word for reserve in spec["reserves"].values() for word in conditions(reserve["release"]["when"])}


def conditions(when: Spec) -> Iterator[str]:
    """The kinds of a condition and of those that it is made of."""
    yield when["trigger"]
    for part in [*when.get("conditions", []), *filter(None, [when.get("condition")])]:
        yield from conditions(part)


ALWAYS = {
    "ports", "sea passages", "several disruptions", "patience", "reserves", "lost demand",
    *DISRUPTED, *POLICIES, *TRIGGERED,
}  # fmt: skip
NOT_EXACT = {"several sources", "lane capacities", "journeys by chance", "seasons", "warm-up", "reserves at two sites"}


@pytest.mark.parametrize("exact", [False, True])
def test_every_situation_comes_up_in_one_scenario_in_twenty(exact: bool) -> None:
    counted = Counter(name for seed in range(SAMPLE) for name in situations(scenario(Dice(seed), exact)))
    due = (
        ALWAYS - set(INEXACT) - set(FORECAST)
        if exact
        else ALWAYS
        | NOT_EXACT
        | set(RULES)
        | {f"alarm {kind}" for kind in FIELDS}
        | {rule["rule"] for rule in SOURCED}
        | set(EXPECTED)
    )
    rare = {name: counted[name] / SAMPLE for name in due if counted[name] < OFTEN * SAMPLE}
    assert not rare


EXPECTED = (
    "a journey through two ports", "handling limits", "journeys of half days", "warehouses behind warehouses",
    "limited makers", "patience beside none", "reserves at a facility", "spans of broken days", "closed passages",
    "convoys", "licences at a border",
)  # fmt: skip
"""Situations that only networks with rounding are asked for."""
