"""What large networks look up from one side or the other, or in runs of sites, is the same whichever way is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sim.engine.knowing import below
from sim.engine.plan import Plan
from sim.engine.run import Outcome, simulate
from sim.engine.sharing import transfers
from tests.contract.network import STANDARD
from tests.property.running import plan_of

CLINICS = 12
NAMES = [f"clinic-{k:03}" for k in range(CLINICS)]
FORECAST = {"policy": "forecast", "forecast": {"method": "moving_average"}, "of": "end", "safety": "10d"}
SPEC: dict[str, Any] = STANDARD | {
    "end": "2024-01-31",
    "facilities": {name: {"country": "KE"} for name in NAMES},
    "reserves": {},
    "demand": [STANDARD["demand"][0]],
    "parties": {"stores": {"kind": "agency", "sites": "warehouses"}},
    "information": [{"of": "own", "sees": "capacity"}, {"of": "all", "sees": "capacity", "lag": "1d"}],
    "replenishment": [
        {"policy": "base_stock", "at": NAMES[::3], "level": "2d"},
        {"policy": "base_stock", "at": [name for k, name in enumerate(NAMES) if k % 3], "level": "7d"},
        FORECAST | {"at": "warehouses"},
    ],
    "transfers": [{"rule": "nearest", "from": "facilities", "time": "1d", "keep": "2d", "below": "2d", "up_to": "3d"}],
}


@pytest.fixture(scope="module")
def plan() -> Iterator[Plan]:
    yield plan_of(SPEC)


def run(plan: Plan) -> Outcome:
    return simulate(plan, detail="none")


@pytest.fixture(scope="module")
def usual(plan: Plan) -> Outcome:
    return run(plan)


def same(one: Outcome, other: Outcome) -> bool:
    tables = one.record.table, other.record.table
    assert tables[0] is not None and tables[1] is not None
    return all(np.array_equal(tables[0][name], tables[1][name]) for name in tables[0])


@pytest.mark.parametrize("share", [1, 10**9], ids=["from takers", "from where there are fewer"])
def test_who_gives_to_whom_is_the_same_from_whichever_side_it_is_found(
    plan: Plan, usual: Outcome, share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert usual.transfers is not None and usual.transfers.given()[1].sum() > 0
    monkeypatch.setattr(transfers, "FEW", share)
    assert same(usual, run(plan))


def test_end_demand_is_the_same_in_runs_of_sites_and_site_by_site(
    plan: Plan, usual: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[np.ndarray | None] = []

    def apart(adds_up: Any) -> tuple[None, Any]:
        found.append(in_runs(adds_up)[0])
        return None, adds_up

    in_runs = below._runs
    monkeypatch.setattr(below, "_runs", apart)
    assert same(usual, run(plan))
    assert found and found[0] is not None and len(found[0]) < CLINICS
