"""Policies of a random scenario that take the place of others from a date on."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tests.property.choices import Spec, day

if TYPE_CHECKING:
    from tests.property.networks import Builder


def later_policies(builder: Builder, first: int) -> Spec:
    """Some replenishment and allocation entries in force from a day on, and by reserve other settings from then on."""
    c = builder.c
    found: Spec = {
        "replenishment": [entry for entry in builder._replenishment() if c.number(0, 1)],
        "allocation": [entry for entry in builder._allocation() if c.number(0, 1)],
        "rationing": [] if builder.exact else builder._rationing(),
        "reserves": {},
    }
    for entry in found["replenishment"] + found["allocation"] + found["rationing"]:
        entry["from"] = day(first)
    for name in builder.spec["reserves"]:
        other = builder._reserve()
        change = {key: other[key] for key in ("release", "refill") if key in other and c.number(0, 2)}
        if change:
            found["reserves"][name] = [{"from": day(first)} | change]
    return found


def with_later(spec: Spec, later: Spec) -> Spec:
    """A copy of a scenario that has these policies too, after its own."""
    spec = copy.deepcopy(spec)
    for part in ("replenishment", "allocation", "rationing"):
        spec[part] = spec.get(part, []) + later[part]
    for name, changes in later["reserves"].items():
        reserve = spec["reserves"][name]
        reserve["changes"] = [*reserve.get("changes", []), *changes]
    return spec
