"""Waiting for a licence: goods sent across some borders stay where they wait for it for a time that is drawn."""

from __future__ import annotations

import numpy as np

from sim.engine.time_tape import TimeTape
from sim.model.chance.distributions import Times
from sim.model.effects import Quantities
from sim.model.part import Part
from sim.model.vocabulary import QuantityName
from sim.rng import Streams


class Licences(Part):
    """Which rows of a quantity (flows, or stops on their way) need a licence, and how long it takes if asked for on a
    day."""

    def __init__(self, quantities: Quantities, streams: Streams, quantity: QuantityName) -> None:
        self.needed = quantities.touched(quantity)
        self._quantities, self._quantity, self._streams = quantities, quantity, streams
        self.expect_effects()

    def expect_effects(self) -> None:
        """Look up which licences are, or will be, asked for."""
        self._rules = [effect for effect in self._quantities.effects if effect.quantity == self._quantity]
        times = [rule.times or Times("", rule.value(rule.start)) for rule in self._rules]
        self._tape = TimeTape([f"licence/{rule.cause}" for rule in self._rules], times, self._streams)

    @property
    def any(self) -> bool:
        """Whether any licence is, or will be, asked for."""
        return bool(self._rules)

    def required(self, rows: np.ndarray) -> np.ndarray:
        """Whether goods on these rows need a licence now."""
        return np.asarray(self._quantities[self._quantity][rows] > 0)

    def wait(self, rows: np.ndarray, now: np.ndarray | float) -> np.ndarray:
        """Days until the licences asked for at `now` are there, shape (n,); the longest of several counts."""
        days, now = np.zeros(len(rows)), np.broadcast_to(now, len(rows))
        for position, rule in enumerate(self._rules):
            mine = ((rule.start <= now) & (now < rule.end) & np.isin(rows, rule.rows)).nonzero()[0]
            if mine.size:
                drawn = self._tape.at(np.full(len(mine), position), now[mine])
                days[mine] = np.maximum(days[mine], drawn)
        return days
