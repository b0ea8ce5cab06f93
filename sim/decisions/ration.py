"""Ration: sources of a party deal out what is scarce."""

from __future__ import annotations

from pydantic import Field

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.policies.rationing import Rationing


@DECISIONS.register("ration")
class Ration(Decision):
    """Sources of the party begin to deal out shares of usual orders in trouble that is announced, as under `rationing`.

    While no trouble that they know of reaches them they deal out nothing less.
    """

    as_a_whole = True
    how: list[Rationing] = Field(min_length=1)
    """entries as under `rationing`, without a date"""
    example = {
        "by": "india", "when": {"trigger": "announced"}, "how": [{"at": "maker", "after": "1d", "horizon": "30d"}],
    }  # fmt: skip
    bad_example = (
        {"by": "india", "when": {"trigger": "announced"}, "how": [{"at": "makr"}]}, "did you mean 'maker'",
    )  # fmt: skip

    def act(self, scope: Scope) -> Acts:
        return Acts(policies=[("rationing", ("how", k), entry) for k, entry in enumerate(self.how)])
