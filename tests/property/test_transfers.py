"""Transfers in random networks: nothing is owed that is not told, nobody gives what it keeps, and without them all is as
it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given

from sim.engine.run import simulate
from tests.property.networks import scenarios
from tests.property.running import plan_of, run


@given(scenarios())
def test_loans_are_paid_back_outstanding_or_written_off(spec: dict[str, Any]) -> None:
    """For every pair of sites and product, by the tables; what was paid back left the borrower."""
    assume(any("loan" in entry for entry in spec.get("transfers", [])))
    done = run(spec)
    loans, moved = done.loans, done.transfers
    assert (loans["lent"] == loans["repaid"] + loans["written_off"] + loans["outstanding"]).all()
    assert (loans[["lent", "repaid", "written_off", "outstanding"]] >= 0).all(axis=None)
    if "warm_up" not in spec and not (done.events["event"] == "returned").any():
        left = moved.groupby("kind")["units"].sum()
        assert left.get("loan", 0) == loans["lent"].sum() and left.get("loan_repaid", 0) == loans["repaid"].sum()


@given(scenarios())
def test_nobody_gives_to_itself_or_what_is_not_there(spec: dict[str, Any]) -> None:
    """What is given in a day left its giver that day, and is no order of its taker."""
    assume(spec.get("transfers"))
    done = run(spec)
    moved, daily = done.transfers, done.daily
    assert (moved["giver"] != moved["taker"]).all() and (moved["units"] > 0).all()
    sent = daily.set_index(["day", "site", "product"])["dispatched"]
    given_ = moved.groupby(["day", "giver", "product"], observed=True)["units"].sum()
    assert all(units <= sent[key] for key, units in given_.items())


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
