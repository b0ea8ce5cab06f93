"""The words for canals and straits that vessels pass in convoys. Field docstrings are the reference."""

from __future__ import annotations

from pydantic import Field

from sim.registry import Model
from sim.units import Days, Positive, Text


class Convoy(Model):
    """Vessels pass together at set times, in order of arrival, as many as there is room for; the others wait.

    The traffic is that of all vessels, most of which carry nothing of this scenario; those that do wait among them.
    """

    traffic: Positive
    """vessels that come every day, all of them, evenly over the day"""
    ships: Positive
    """vessels that one convoy takes"""
    at: list[Days] = Field(min_length=1)
    """when convoys leave: hours after the midnight that begins each period, such as [4h] or [1h, 13h]"""
    every: Days = Field(default=1.0, ge=1)
    """length of a period in whole days, counted from `start`; with 3d and at [4h], one convoy every three days"""
    limit: Days = 0.0
    """how long before a convoy leaves a vessel must have come to go with it"""
    lanes: list[Text] | None = None
    """lanes, written 'from > to', whose vessels go with these convoys (a direction); left out: all on this passage"""

    def model_post_init(self, context: object) -> None:
        if self.every % 1:
            raise ValueError("every in whole days, such as 1d or 3d")
        if len(set(self.at)) < len(self.at) or max(self.at) >= self.every:
            raise ValueError(f"each time under at named once, and before the period of {self.every:g}d is over")
        if self.ships * len(self.at) <= self.traffic * self.every:
            room = self.ships * len(self.at) / self.every
            raise ValueError(
                f"room for more than the {self.traffic:g} that come a day, or the queue never ends ({room:g})"
            )


class PassageSpec(Model):
    """A canal or strait that vessels pass in convoys."""

    convoys: dict[str, Convoy] = Field(min_length=1)
    """convoys by name, one entry for each direction or one for all"""
