"""Passage queue: a canal or strait is blocked, and all the world's vessels wait before it."""

from __future__ import annotations

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption, passage_rows
from sim.errors import PlaceError
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.units import Days, Positive, Share, Text


@DISRUPTIONS.register("passage_queue")
class PassageQueue(Disruption):
    """A passage is blocked; when it opens, the vessels that came meanwhile pass in order of arrival.

    The traffic is that of all vessels, most of which carry nothing of this scenario; those that do wait their turn
    among them. Where the passage has convoys, none or fewer run meanwhile. Vessels that turn away instead are a
    `route_closure` with `rest: pass` beside this one.
    """

    passage: Text
    traffic: Positive | None = None
    """vessels that come every day, all of them; left out where the passage has convoys, which know their traffic"""
    drains: Positive | None = None
    """vessels that can pass a day once it is open again; left out where it has convoys, which drain the queue"""
    passes: Share = 0.0
    """share of the traffic that passes all the same while it is blocked"""
    after: Days = 0.0
    """hours after midnight of `from` at which it is blocked; `for` counts from then"""
    told = False
    example = {"passage": "suez", "from": "2024-01-11", "for": "8d", "traffic": 50, "drains": 80}
    severity = {"passes": "100%"}
    bad_example = (
        {"passage": "panama", "from": "2024-01-11", "for": "8d", "traffic": 50, "drains": 80},
        "no lane uses this passage",
    )

    def check(self) -> None:
        if self.after >= 1:
            raise ValueError("after in hours of the first day, below 24h")
        if self.traffic is None or self.drains is None:
            if self.traffic is not None or self.drains is not None:
                raise ValueError("traffic and drains together")
        elif self.drains <= self.traffic:
            raise ValueError(f"drains above traffic ({self.traffic:g} a day), or the queue would never end")

    def place(self) -> str:
        return self.passage

    def span(self, network: Network) -> tuple[float, float]:
        start, end = super().span(network)
        return start + self.after, end if self.until is not None else end + self.after

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        rows = passage_rows(network, self.passage)
        start, end = self.span(network)
        convoys = [row for row in rows.tolist() if row in network.convoys]
        if convoys and self.traffic is not None:
            message = f"'{self.passage}' has convoys, which say what comes and what passes"
            raise PlaceError(("traffic",), message, self.traffic, "traffic and drains left out")
        if self.traffic is None and len(convoys) < len(rows):
            raise PlaceError(("passage",), "traffic and drains are needed for a passage without convoys", self.passage)
        if end <= start or self.passes == 1:  # nothing is blocked
            return [], []
        if self.traffic is None or self.drains is None:
            return [self._fewer(row, network.convoys[row].traffic, start, end) for row in convoys], []
        able = ((start, self.passes * self.traffic), (end, self.drains))
        # vessels come at all times, and the queue outlasts the blockage
        first, ever = float(-network.calendar.warm_up), np.inf
        return [
            Effect("passage.traffic", rows, "at_least", ((first, self.traffic),), ever, self.label),
            Effect("passage.capacity", rows, "at_most", able, ever, self.label),
        ], []

    def _fewer(self, row: int, traffic: float, start: float, end: float) -> Effect:
        """Convoys that take a share of the traffic while the passage is blocked."""
        able = ((start, self.passes * traffic),)
        return Effect("passage.capacity", np.array([row]), "at_most", able, end, self.label)
