"""Site outage: a plant, warehouse or facility works at reduced capacity or not at all, and recovers."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.disruptions.stage import Stage
from sim.errors import PlaceError
from sim.model.effects import Effect, Impulse, Steps, ramp
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Days, Share, Text


class RecoveryStep(Stage):
    """A stage of recovery."""

    capacity: Share
    """share of normal capacity"""


@DISRUPTIONS.register("site_outage")
class SiteOutage(Disruption):
    """A site's capacity falls to a share of normal; it comes back at once, in steps, or in a straight line.

    While capacity is nil the site ships nothing either, unless `stock: ships`. Suppliers without a capacity limit and
    warehouses ship that share of what they would: of what a day brings, and no less than of a usual day; the rest
    waits.
    """

    at: SelectorField
    """the site or sites"""
    products: list[Text] | None = None
    """products concerned; left out: all"""
    capacity: Share = 0.0
    """share of normal capacity left"""
    steps: list[RecoveryStep] = []
    """stages of recovery before the end, in order of time"""
    restart_lag: Days = 0.0
    """from a restart to the first product released: steps and the end are felt this much later"""
    recovery: Days | None = None
    """from the end: time to full capacity in a straight line; left out: the supplier's ramp_up"""
    stock: Literal["freeze", "ships", "destroy"] = "freeze"
    """what becomes of finished stock while capacity is nil"""
    example = {"at": "maker", "from": "2024-01-11", "for": "8d", "capacity": "50%"}
    severity = {"capacity": "100%"}
    in_part = {"at": ["maker", "other-maker", "store"], "from": "2024-01-11", "for": "8d", "capacity": "50%"}
    bad_example = ({"at": "maker", "from": "2024-01-11"}, "either until")

    def check(self) -> None:
        self.check_stages(self.steps)

    def place(self) -> str:
        return str(self.at)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self.cells(network, self.at, self.products)
        if not len(network.flows_from(cells)) and not np.isin(cells, network.bill.own).any():
            message = "nothing is made or sent out here; to close a port use port_closure, for patients demand_surge"
            raise PlaceError(("at",), message, self.place(), "suppliers or warehouses")
        start, end = self.span(network)
        if end <= start:
            return [], []
        first, *later = self.staged(network, self.capacity, [(step, step.capacity) for step in self.steps])
        levels = [first, *((day + self.restart_lag, capacity) for day, capacity in later)]
        end += self.restart_lag
        effects = []
        for site in np.unique(network.cell_site[cells]):
            mine = cells[network.cell_site[cells] == site]
            length = self.recovery if self.recovery is not None else float(network.ramp_up[site])
            tail = ramp(end, length, levels[-1][1], 1.0) if length else ()
            steps, over = (*levels, *tail), end + length
            effects.append(Effect("cell.capacity_factor", mine, "at_most", _below_all(steps), over, self.label))
            effects.extend(self._shipping(network, mine, steps, over))
        impulses = []
        if self.stock == "destroy":
            impulses.append(Impulse("destroy_stock", cells, 1.0, start, self.label))
        return effects, impulses

    def _shipping(self, network: Network, cells: np.ndarray, steps: Steps, over: float) -> list[Effect]:
        """What leaves the site: nothing while capacity is nil; a share where capacity is not limited."""
        out = network.flows_from(cells)
        limited = np.isfinite(network.capacity[network.flow_source[out]])
        shut = tuple((day, 0.0 if value == 0 else np.inf) for day, value in steps)
        effects = [Effect("flow.sends", out[~limited], "at_most", _below_all(steps), over, self.label)]
        if self.stock != "ships":
            effects.append(Effect("flow.sends", out[limited], "at_most", shut, over, self.label))
        return effects


def _below_all(steps: Steps) -> Steps:
    """Shares as limits: all of it is none."""
    return tuple((day, share if share < 1 else np.inf) for day, share in steps)
