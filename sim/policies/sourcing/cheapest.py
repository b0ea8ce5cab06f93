"""Cheapest: what the goods cost, brought here."""

from __future__ import annotations

import numpy as np

from sim.policies.sourcing.base import SOURCING, Best, Seen


@SOURCING.register("cheapest")
class Cheapest(Best):
    """All orders go to the source from which a unit is cheapest: its price there today, and transport.

    The price is the product's `cost`, at makers by what prices have changed; transport is the `cost` of all lanes on
    the way. Sources that are even share as under `from`; a source that is known to be down, or on stand-by, is not
    asked.
    """

    example = {"margin": "5%"}
    bad_example = ({"margin": "5d"}, "margin")

    def figure(self, seen: Seen) -> np.ndarray:
        return np.asarray(seen.price + seen.offers.transport)
