"""Passage queue: a canal or strait is blocked, and all the world's vessels wait before it."""

from __future__ import annotations

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.errors import PlaceError
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.units import Days, Positive, Share, Text


@DISRUPTIONS.register("passage_queue")
class PassageQueue(Disruption):
    """A passage is blocked; when it opens, the vessels that came meanwhile pass in order of arrival.

    The traffic is that of all vessels, most of which carry nothing of this scenario; those that do wait their turn
    among them. Vessels that turn away instead are a `route_closure` with `rest: pass` beside this one.
    """

    passage: Text
    traffic: Positive
    """vessels that come every day, all of them"""
    drains: Positive
    """vessels that can pass a day once it is open again"""
    passes: Share = 0.0
    """share of `traffic` that passes all the same while it is blocked"""
    after: Days = 0.0
    """hours after midnight of `from` at which it is blocked; `for` counts from then"""
    example = {"passage": "suez", "from": "2024-01-11", "for": "8d", "traffic": 50, "drains": 80}
    bad_example = (
        {"passage": "panama", "from": "2024-01-11", "for": "8d", "traffic": 50, "drains": 80},
        "no lane uses this passage",
    )

    def check(self) -> None:
        if self.after >= 1:
            raise ValueError("after in hours of the first day, below 24h")
        if self.drains <= self.traffic:
            raise ValueError(f"drains above traffic ({self.traffic:g} a day), or the queue would never end")

    def place(self) -> str:
        return self.passage

    def span(self, network: Network) -> tuple[float, float]:
        start, end = super().span(network)
        return start + self.after, end if self.until is not None else end + self.after

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        if self.passage not in network.passages:
            valid = network.passages
            raise PlaceError(("passage",), "no lane uses this passage", self.passage, "a passage on some lane", valid)
        row = np.array([network.passages.index(self.passage)])
        start, end = self.span(network)
        if end <= start:
            return [], []
        able = ((start, self.passes * self.traffic), (end, self.drains))
        # vessels come at all times, and the queue outlasts the blockage
        first, ever = float(-network.calendar.warm_up), np.inf
        return [
            Effect("passage.traffic", row, "at_least", ((first, self.traffic),), ever, self.label),
            Effect("passage.capacity", row, "at_most", able, ever, self.label),
        ], []
