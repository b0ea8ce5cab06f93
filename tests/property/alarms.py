"""Random alarms on top of a random scenario, one of which opens its reserve."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from sim.policies import ALARMS
from tests.property.choices import Spec, maybe

if TYPE_CHECKING:
    from tests.property.networks import Builder

FIELDS: dict[str, Spec] = {
    "falling_cover": {"days": "4d", "below": "6d"},
    "supplier_fill": {"below": "90%"},
    "lead_time": {"above": "5%", "arrivals": 2},
    "lead_time_cusum": {"scatter": "10%", "limit": 1},
    "lead_time_ewma": {"scatter": "10%", "limit": 1},
    "announced": {},
    "demand_above_forecast": {"sigmas": 1, "days": "2d"},
}


def with_alarms(builder: Builder, spec: Spec) -> Spec:
    """The scenario with an alarm of a kind or two; what a reserve waits for is one of them at times."""
    c, spec = builder.c, copy.deepcopy(spec)
    spec["alarms"] = []
    for k in range(c.number(1, 2)):
        kind = c.one(sorted(ALARMS))
        entry: Spec = {"alarm": kind, "name": f"a{k}", "at": c.one([*builder.facilities, "facilities"])} | FIELDS[kind]
        if "parties" in spec:
            maybe(c, entry, "by", sorted(spec["parties"]))
        maybe(c, entry, "of", ["each"])
        maybe(c, entry, "clears_after", ["1d", "3d"])
        maybe(c, entry, "shortage", ["50%", 3])
        maybe(c, entry, "ahead", ["1d", "5d"])
        spec["alarms"].append(entry)
    if spec["reserves"] and c.number(0, 1):
        spec["reserves"]["r0"]["release"]["when"] = {"trigger": "alarm", "name": "a0"}
    return spec
