"""Quality shutdown: a maker stops over quality, restarts in steps, and is tested for longer afterwards."""

from __future__ import annotations

import numpy as np

from sim.disruptions.base import DISRUPTIONS
from sim.disruptions.site_outage import SiteOutage
from sim.errors import PlaceError
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.units import Days


@DISRUPTIONS.register("quality_shutdown")
class QualityShutdown(SiteOutage):
    """Making stops at a maker, as in a site_outage; from its restart on, what it makes is held longer before release.

    Finished stock stays where it is while nothing is made, unless `stock: ships`. To call back what has left, add a
    recall; where making goes on, quality_hold is enough.
    """

    testing: Days = 0.0
    """time from making to release after the restart, on top of the usual"""
    tested_for: Days | None = None
    """how long after the restart it is tested like that; left out: to the end of the scenario"""
    example = {
        "at": "maker", "from": "2024-01-11", "for": "12d", "steps": [{"after": "4d", "capacity": "50%"}],
        "testing": "5d", "tested_for": "20d",
    }  # fmt: skip
    severity = {"capacity": "100%", "testing": "0d"}
    in_part = example
    bad_example = ({"at": "maker", "from": "2024-01-11", "for": "8d", "tested_for": "20d"}, "testing: 5d")

    def check(self) -> None:
        super().check()
        if self.tested_for is not None and "testing" not in self.model_fields_set:
            message = "without 'testing' nothing is tested for longer"
            raise PlaceError(("tested_for",), message, self.tested_for, "testing: 5d, or no tested_for")

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self.cells(network, self.at, self.products)
        made = cells[np.isin(cells, network.makers)]
        if not made.size:
            raise PlaceError(("at",), "nothing is made here", self.place(), "suppliers and what they make")
        effects, impulses = super().act(network)
        if self.testing and effects:
            start = self._restart(network)
            over = network.calendar.days + 1.0 if self.tested_for is None else start + self.tested_for
            effects.append(Effect("cell.release", made, "add", ((start, self.testing),), over, self.label))
        return effects, impulses

    def _restart(self, network: Network) -> float:
        """The day from which something is made again."""
        start, end = self.span(network)
        if self.capacity > 0:
            return start
        later = self.staged(network, self.capacity, [(step, step.capacity) for step in self.steps])
        return next((day for day, share in later if share > 0), end) + self.restart_lag
