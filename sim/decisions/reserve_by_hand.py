"""Reserves by hand: open one, close one, fill one up again, whatever it waits for."""

from __future__ import annotations

from sim.decisions.base import DECISIONS, Acts, Decision, ReserveSetting, Scope
from sim.policies.reserves.reserve import Refill
from sim.policies.triggers.base import Trigger
from sim.policies.triggers.chosen import Chosen
from sim.policies.triggers.combined import Not
from sim.units import Percent, Text


def never() -> Trigger:
    """A condition that is never met."""
    return Chosen(trigger="chosen")


def always() -> Trigger:
    """A condition that is always met."""
    return Not(trigger="not", condition=never())


@DECISIONS.register("release_reserve")
class ReleaseReserve(Decision):
    """The party opens a reserve to its members for as long as this holds; afterwards its own condition counts again.

    Of a reserve with `claims` it opens its own claim, up to what `self_release` allows; who has none, or is a pool of
    all who have one, opens the whole.
    """

    as_a_whole = True
    reserve: Text
    """its name"""
    share_a_day: Percent | None = None
    """share of the reserve's size, or of the party's claim, that may leave per day; left out: as the reserve says"""
    example = {"by": "kenya", "when": {"trigger": "days_of_cover", "below": "5d"}, "for": "20d", "reserve": "national"}
    bad_example = ({"by": "kenya", "when": {"trigger": "announced"}, "reserve": "nationl"}, "did you mean 'national'")

    def act(self, scope: Scope) -> Acts:
        more = {} if self.share_a_day is None else {"at_most": self.share_a_day}
        return Acts(reserves=[ReserveSetting(self.reserve, {"when": always(), "after": 0.0} | more, opens=True)])


@DECISIONS.register("close_reserve")
class CloseReserve(Decision):
    """The party keeps a reserve closed for as long as this holds, whatever its own condition says.

    Of a reserve with `claims` it keeps its own claim, draws nothing and lends nothing, which is a broken promise to who
    would have borrowed of it; who has none, or is a pool of all who have one, keeps the whole closed.
    """

    as_a_whole = True
    reserve: Text
    """its name"""
    example = {"by": "kenya", "when": {"trigger": "on", "date": "2024-01-20"}, "for": "10d", "reserve": "national"}
    bad_example = ({"by": "kenya", "when": {"trigger": "announced"}, "reserve": "nationl"}, "did you mean 'national'")

    def act(self, scope: Scope) -> Acts:
        return Acts(reserves=[ReserveSetting(self.reserve, {"when": never(), "stand_down": 0.0})])


@DECISIONS.register("refill_reserve")
class RefillReserve(Decision):
    """The party has a reserve that is closed filled up again for as long as this holds."""

    as_a_whole = True
    reserve: Text
    """its name"""
    share_a_day: Percent = 0.05
    """share of the reserve's size that may be put back per day"""
    example = {"by": "kenya", "when": {"trigger": "on", "date": "2024-02-10"}, "reserve": "national"}
    bad_example = ({"by": "kenya", "when": {"trigger": "announced"}, "reserve": "nationl"}, "did you mean 'national'")

    def act(self, scope: Scope) -> Acts:
        return Acts(
            reserves=[ReserveSetting(self.reserve, refill=Refill.model_construct(after=0.0, at_most=self.share_a_day))]
        )
