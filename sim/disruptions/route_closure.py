"""Route closure: a passage or a lane cannot be used, or only by some."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption, passage_rows
from sim.errors import PlaceError
from sim.model.effects import Effect, Impulse, ramp
from sim.model.network import Network
from sim.units import Days, Share, Text


@DISRUPTIONS.register("route_closure")
class RouteClosure(Disruption):
    """A passage (strait, canal) or a single lane is closed.

    Of the vessels bound for a closed passage the share `diverts` takes the shortest way that is left with all that is
    closed at that moment; the `rest` waits before the passage or passes all the same. Where there is no way round,
    those that would divert wait too. A vessel on a way round that meets another closure decides again from where it is;
    one that has passed goes on. Of several closures of one passage the shares add up, to all at most. The same vessels
    are the first to divert at every passage. A closed lane takes no departures; what is on it arrives.
    """

    passage: Text | None = None
    """name of the passage, such as suez or bab_el_mandeb: on the usual way of some lane, or on a way round"""
    lane: Text | None = None
    """name of the lane, written 'from > to'"""
    diverts: Share | None = None
    """share of vessels that divert; left out: all of them (passages only)"""
    rest: Literal["wait", "pass"] = "wait"
    """what the vessels do that do not divert"""
    ramp: Days = 0.0
    """time over which the share rises from nothing, in a straight line"""
    example = {"lane": "maker > store", "from": "2024-01-11", "for": "8d"}
    severity = {"diverts": "0%"}
    in_part = {"passage": "suez", "from": "2024-01-11", "for": "30d", "diverts": "50%", "rest": "pass"}
    bad_example = ({"passage": "suez", "lane": "maker > store", "from": "2024-01-11", "for": "8d"}, "either passage or")

    def check(self) -> None:
        if (self.passage is None) == (self.lane is None):
            raise ValueError("either passage or lane")
        if self.lane is not None and (self.diverts is not None or self.ramp):
            raise ValueError("diverts and ramp only with a passage: a lane has no detour")

    def place(self) -> str:
        return self.passage or self.lane or ""

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        if self.lane is not None:
            names = [lane.name for lane in network.lanes]
            if self.lane not in names:
                raise PlaceError(("lane",), "unknown lane", self.lane, "a lane written 'from > to'", names)
            return [self.hold(network, "lane.open", np.array([names.index(self.lane)]), "multiply", 0.0)], []
        row = passage_rows(network, self.passage or "")
        start, end = self.span(network)
        share = 1.0 if self.diverts is None else self.diverts
        effects = [Effect("passage.diverted", row, "add", ramp(start, self.ramp, 0.0, share), end, self.label)]
        if self.rest == "wait":
            effects.append(self.hold(network, "passage.open", row, "multiply", 0.0))
        return effects, []
