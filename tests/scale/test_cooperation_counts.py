"""What parties know and share costs as many calls a day for many sites as for few, and none where nobody shares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.engine.compile.plan import compile_plan
from sim.engine.knowing.told import Told
from sim.engine.run import Running, simulate
from sim.scenario.load import load
from tests.contract.network import STANDARD
from tests.property.running import plan_of, written
from tests.scale.counting import calls_by_day

PARTIES = {"stores": {"kind": "agency", "sites": "warehouses"}, "clinics": {"kind": "agency", "sites": "facilities"}}
SHORT = {"trigger": "sites_short", "above": "10%"}
FEW, MANY = 30, 120
LATE = {"who": "stores", "of": "clinics", "sees": "pipeline", "lag": "2d", "missing": "5%", "error": "2%"}
SHARED: dict[str, dict[str, Any]] = {
    "information": {"parties": PARTIES, "information": [{"of": "own", "sees": "capacity", "lag": "1d"}, LATE]},
    "forecasts": {
        "replenishment": [
            {"policy": "forecast", "at": "facilities", "forecast": {"method": "moving_average"}, "review": "2d",
             "service": "95%"},
            {"policy": "forecast", "at": "warehouses", "forecast": {"method": "holt_winters", "season": "7d"},
             "of": "end", "safety": "10d"},
        ],
    },
    "transfers": {
        "transfers": [
            {"rule": "nearest", "from": "facilities", "time": "1d", "keep": "3d", "below": "3d", "partners": 2,
             "loan": {"for": "3d"}},
        ],
    },
    "claims": {
        "parties": {
            "one": {"kind": "country", "sites": [f"clinic-{k:03}" for k in range(0, MANY, 2)]},
            "two": {"kind": "country", "sites": [f"clinic-{k:03}" for k in range(1, MANY, 2)]},
        },
        "reserves": {
            "pooled": {
                "held_at": "store", "size": "10d", "members": "facilities",
                "release": {"when": {"trigger": "days_of_cover", "below": "5d"}},
                "claims": {"one": "60%", "two": "40%"}, "borrow": {"up_to": "50%", "pay_back": "5d"},
                "refill": {"after": "2d", "at_most": "10%"},
            },
        },
    },
}  # fmt: skip


def network(sites: int) -> dict[str, Any]:
    """The standard network with so many clinics, all alike, and no reserve."""
    clinics = {f"clinic-{k:03}": {"country": "KE"} for k in range(sites)}
    maker = {"country": "IN", "makes": {"saline": {"capacity": 14 * sites}}}
    suppliers = STANDARD["suppliers"] | {"maker": maker}
    spec = STANDARD | {"facilities": clinics, "suppliers": suppliers, "reserves": {}, "demand": [STANDARD["demand"][0]]}
    return spec | {"end": "2024-01-21"}


def calls_a_day(spec: Mapping[str, Any]) -> float:
    """Mean calls a day, the first left out: it draws the demand of a block of days."""
    with written(dict(spec)) as file:
        return float(calls_by_day(compile_plan(load(file)))[1:].mean())


@cache
def without(sites: int) -> float:
    """The same, of the network as it is."""
    return calls_a_day(network(sites))


@pytest.mark.parametrize("what", SHARED)
def test_what_is_shared_is_looked_at_for_all_sites_at_once(what: str) -> None:
    """A loop over sites would add a call a day at least for each of 90 more, or half of it where it is reviewed every
    other day. Not nothing is allowed, since in a small network something is given or lent on fewer days."""
    few, many = (calls_a_day(network(sites) | _of(SHARED[what], sites)) - without(sites) for sites in (FEW, MANY))
    assert few > 0, f"{what} costs nothing: is it looked at?"
    assert many - few < (MANY - FEW) / 2, f"{few:.0f} calls a day more for {FEW} sites, {many:.0f} for {MANY}"


def _of(sections: dict[str, Any], sites: int) -> dict[str, Any]:
    """Sections of a scenario in which parties own the first so many clinics."""
    parties = {
        name: party | {"sites": party["sites"] if isinstance(party["sites"], str) else party["sites"][: sites // 2]}
        for name, party in sections.get("parties", {}).items()
    }
    return sections | ({"parties": parties} if parties else {})


def test_what_several_channels_tell_of_the_same_sites_is_read_once_an_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are read once for each channel when it begins, and once on each of the 20 evenings."""
    read, truth = 0, Told._truth

    def counted(told: Told, cells: np.ndarray | slice) -> dict[str, np.ndarray]:
        nonlocal read
        read += 1
        return truth(told, cells)

    monkeypatch.setattr(Told, "_truth", counted)
    who = ("stores", "maker", "other-maker")
    views = [{"who": w, "of": "clinics", "sees": "capacity", "lag": f"{k + 1}d"} for k, w in enumerate(who)]
    simulate(plan_of(network(FEW) | {"parties": PARTIES, "information": views}), detail="none", table=False)
    assert read == 1 + len(who) + 20  # and once where there are no channels yet


@pytest.mark.parametrize(
    ("sections", "more"),
    [
        ({}, set()),
        (SHARED["transfers"], set()),
        ({"allocation": [{"rule": "equal_days_of_cover", "at": "store"}]}, {"in_transit"}),
        ({"reserves": {"one": {"held_at": "store", "size": "5d", "members": "facilities", "release": {"when": SHORT}}}},
         {"short"}),
    ],
    ids=["stock", "who gives to his own sees all", "a rule goes by what is under way", "a trigger by who is short"],
)  # fmt: skip
def test_what_nobody_goes_by_is_not_reported(sections: dict[str, Any], more: set[str]) -> None:
    """No patients wait, all sites order by their own books: what others are told of is their stock."""
    spec = network(FEW) | {"parties": PARTIES, "information": [LATE]} | sections
    told = Running(plan_of(spec), open_to_change=False).world.reports._told
    assert told is not None and set(told.figures) == {"on_hand"} | more


@pytest.mark.parametrize("what", SHARED)
def test_an_empty_section_costs_no_call(what: str) -> None:
    """Nobody shares anything where nothing is written under it."""
    name = what if what in ("information", "transfers") else "reserves" if what == "claims" else "alarms"
    plain = network(FEW)
    empty: Any = {} if name == "reserves" else []
    assert calls_a_day(plain | {name: empty}) == without(FEW)
