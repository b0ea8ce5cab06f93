"""Lift: something that was decided, or that goes wrong by somebody's will, is over."""

from __future__ import annotations

from sim.decisions.base import DECISIONS, Acts, AtOnce, Scope
from sim.units import Text


@DECISIONS.register("lift_ban")
class LiftBan(AtOnce):
    """The party ends a ban before its time: a disruption of the scenario by its name, or what a decision began."""

    as_a_whole = True
    told = True
    ban: Text
    """name of the disruption or the decision that is over then"""
    example = {"by": "india", "when": {"trigger": "on", "date": "2024-01-15"}, "ban": "export_ban IN"}
    bad_example = ({"by": "india", "when": {"trigger": "on", "date": "2024-01-15"}}, "ban")

    def act(self, scope: Scope) -> Acts:
        return Acts(ends=[(("ban",), self.ban)])
