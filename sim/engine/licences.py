"""Waiting for a licence: goods sent across some borders stay at their source for a time that is drawn."""

from __future__ import annotations

import numpy as np

from sim.engine.tape import TimeTape
from sim.model.distributions import Times
from sim.model.effects import Quantities
from sim.rng import Streams


class Licences:
    """Which flows need a licence, and how long it takes if asked for on a day."""

    def __init__(self, quantities: Quantities, streams: Streams) -> None:
        self._rules = [effect for effect in quantities.effects if effect.quantity == "flow.licence"]
        self.needed = bool(self._rules)
        self._quantities = quantities
        times = [rule.times or Times("", rule.value(rule.start)) for rule in self._rules]
        self._tape = TimeTape([f"licence/{rule.cause}" for rule in self._rules], times, streams)

    def required(self, flow: np.ndarray) -> np.ndarray:
        """Whether goods on these flows need a licence now."""
        return np.asarray(self._quantities["flow.licence"][flow] > 0)

    def wait(self, flow: np.ndarray, now: float) -> np.ndarray:
        """Days until the licence of goods that are sent now is there; the longest of several counts."""
        days = np.zeros(len(flow))
        for position, rule in enumerate(self._rules):
            if rule.start <= now < rule.end:
                drawn = self._tape.at(np.array([position]), np.array([np.floor(now)]))
                mine = np.isin(flow, rule.rows)
                days[mine] = np.maximum(days[mine], drawn)
        return days
