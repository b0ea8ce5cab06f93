"""Deliveries: what arrives at a site is its stock, and no longer on its way."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.run import Running
from sim.engine.state import state as states
from tests.contract.network import STANDARD
from tests.property.running import plan_of


@pytest.mark.parametrize("few", [0, 512], ids=["many cells", "few cells"])
def test_two_deliveries_to_one_site_on_one_day_both_count(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """2 and 3 units to one buyer, 4 to another: 5 and 4 more on hand and received, as many fewer on the way."""
    monkeypatch.setattr(states, "FEW", few)
    world = Running(plan_of(STANDARD)).world
    state, buyer = world.state, world.plan.network.flow_buyer
    one, other = 0, int(np.flatnonzero(buyer != buyer[0])[0])
    counters = state.on_hand, state.today.received, state.in_transit, state.on_order
    before = [counter.copy() for counter in counters]
    flow, units = np.array([one, other, one]), np.array([2, 4, 3])
    assert state.deliver(flow, units, np.full(3, -1), day=0) is None
    for counter, was, sign in zip(counters, before, (1, 1, -1, -1), strict=True):
        changed = np.zeros(len(was), dtype=np.int64)
        changed[buyer[one]], changed[buyer[other]] = sign * 5, sign * 4
        assert (counter - was).tolist() == changed.tolist()
