"""Transfers in random networks: what is given left its giver, what is owed is told; without them all is as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.run import simulate
from tests.property.choices import Dice
from tests.property.networks import scenario
from tests.property.running import plan_of, run


def with_transfers(count: int) -> list[int]:
    """The first seeds whose random networks lend each other goods, or give some, by turns."""
    found: list[int] = []
    seed = 0
    while len(found) < count:
        entries = scenario(Dice(seed), disruptions=3).get("transfers", [])
        if any(("loan" in entry) == (len(found) % 2 == 0) for entry in entries):
            found.append(seed)
        seed += 1
    return found


@pytest.mark.parametrize("seed", with_transfers(8))
def test_what_is_given_left_its_giver_and_loans_are_repaid_outstanding_or_written_off(seed: int) -> None:
    """Day by day, and for every loan; what was lent and paid back is what the table of transfers tells."""
    spec = scenario(Dice(seed), disruptions=3)
    done = run(spec)
    moved, daily, loans = done.transfers, done.daily, done.loans
    assert (moved["giver"] != moved["taker"]).all() and (moved["units"] > 0).all()
    sent = daily.set_index(["day", "site", "product"])["dispatched"]
    given = moved.groupby(["day", "giver", "product"], observed=True)["units"].sum()
    assert all(units <= sent[key] for key, units in given.items())
    assert (loans["lent"] == loans["repaid"] + loans["written_off"] + loans["outstanding"]).all()
    assert (loans[["lent", "repaid", "written_off", "outstanding"]] >= 0).all(axis=None)
    if "warm_up" not in spec and not (done.events["event"] == "returned").any():
        left = moved.groupby("kind")["units"].sum()
        assert left.get("loan", 0) == loans["lent"].sum() and left.get("loan_repaid", 0) == loans["repaid"].sum()


@pytest.mark.parametrize("entry", [[], None])
def test_without_transfers_a_network_has_not_a_flow_more(entry: list[Any] | None) -> None:
    """Written empty or left out: the same plan and record, no part of a run for it, and None for its metrics."""
    spec = {
        "scenario": "plain", "title": "Plain", "start": "2001-01-01", "end": "2001-01-06",
        "products": {"p": {"unit": "box"}}, "suppliers": {"maker": {"country": "AA", "makes": {"p": {}}}},
        "facilities": {"a": {"country": "AA"}}, "lanes": [{"from": "maker", "to": "a", "time": "1d"}],
        "demand": [{"at": "a", "product": "p", "per_day": 5}],
        "replenishment": [{"at": "a", "policy": "base_stock", "level": 20}],
    } | ({} if entry is None else {"transfers": entry})  # fmt: skip
    plan = plan_of(spec)
    assert plan.transfers == () and plan.network.orders == len(plan.network.flow_buyer) == 1
    outcome = simulate(plan)
    assert outcome.transfers is None and np.isfinite(outcome.record.sums["demand"]).all()
