"""Lift: something that was decided, or that goes wrong by somebody's will, is over."""

from __future__ import annotations

from sim.decisions.base import DECISIONS, Acts, AtOnce, Scope
from sim.units import Text


@DECISIONS.register("lift_ban")
class LiftBan(AtOnce):
    """The party ends a ban before its time: a disruption of the scenario by its name, or what a decision began.

    One that had not begun by then does not come; nor does a decision that is under way. Of a hazard all that is known
    by then is over; what it brings later comes all the same. Hazards `after` it that are counted from its end follow on
    the earlier end; those counted from its beginning come if it had begun.
    """

    as_a_whole = True
    told = True
    ban: Text
    """name of the disruption, the hazard or the decision that is over then"""
    example = {"by": "india", "when": {"trigger": "on", "date": "2024-01-15"}, "ban": "export_ban IN"}
    bad_example = ({"by": "india", "when": {"trigger": "on", "date": "2024-01-15"}}, "ban")

    def act(self, scope: Scope) -> Acts:
        return Acts(ends=[(("ban",), self.ban)])
