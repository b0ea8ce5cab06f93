"""Add capacity: a plant is licensed, built, started, and makes more from then on."""

from __future__ import annotations

import numpy as np

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.errors import PlaceError, placed
from sim.model.effects import Effect, ramp
from sim.model.selection import SelectorField
from sim.units import Days, Percent


@DECISIONS.register("add_capacity")
class AddCapacity(Decision):
    """A maker gets more capacity: after a licence and building, with first batches under longer testing, and a ramp.

    `after` is the time until the work begins. The makers may be others than the party's own: technology is transferred.
    """

    at: SelectorField
    """makers"""
    more: Percent
    """capacity that comes on top, in percent of the usual; that of several adds up"""
    licence: Days = 0.0
    """time until they may build"""
    build: Days = 0.0
    """time from then until the first day of making"""
    ramp: Days = 0.0
    """time from then to the full capacity, in a straight line"""
    first_batches: Days = 0.0
    """for so long after the first day of making the maker's output is tested longer"""
    testing: Days = 0.0
    """by how much longer"""
    example = {
        "by": "kenya", "when": {"trigger": "announced"}, "products": ["saline"], "at": "maker", "more": "50%",
        "licence": "2d", "build": "5d", "ramp": "6d",
    }  # fmt: skip
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "products": ["oxytocin"], "at": "other-maker", "more": "50%"},
        "unlimited already",
    )

    def act(self, scope: Scope) -> Acts:
        network = scope.network
        with placed("at"):
            cells = network.select_cells(self.at, scope.products)
            cells = cells[network.of_kind("supplier")[cells]]
            if not len(cells):
                raise PlaceError((), "none of these sites makes any of these products", str(self.at), "makers")
            if not np.isfinite(network.capacity[cells]).all():
                raise PlaceError((), "the capacity of such a maker is unlimited already", str(self.at), "a capacity")
        begins = self.licence + self.build
        if begins >= scope.days:
            raise PlaceError(("for",), "it would be over before anything is made", f"{scope.days:g} days")
        steps = ramp(begins, self.ramp, 0.0, self.more)
        steps = tuple((day, value) for day, value in steps if day < scope.days)
        effects = [Effect("cell.capacity_factor", cells, "add", steps, scope.days, scope.cause)]
        if self.first_batches and self.testing:
            end = min(begins + self.first_batches, scope.days)
            effects.append(Effect("cell.release", cells, "add", ((begins, self.testing),), end, scope.cause))
        return Acts(effects)
