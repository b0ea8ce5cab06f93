"""Site outage: a plant, warehouse or facility works at reduced capacity or not at all, and recovers."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption, one_site
from sim.disruptions.stage import Stage
from sim.errors import PlaceError
from sim.model.effects import Effect, Impulse, Steps, ramp
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.model.turned_away import WAIT, sent_to
from sim.units import Days, Share, Text

FATES = ("lost", "wait")
"""What may become of patients besides going to another facility."""


class RecoveryStep(Stage):
    """A stage of recovery."""

    capacity: Share
    """share of normal capacity"""


@DISRUPTIONS.register("site_outage")
class SiteOutage(Disruption):
    """A site's capacity falls to a share of normal; it comes back at once, in steps, or in a straight line.

    While capacity is nil the site ships nothing either, unless `stock: ships`. Suppliers without a capacity limit and
    warehouses ship that share of what they would: of what a day brings, and no less than of a usual day; the rest
    waits. A facility sees that share of its patients; its stock stays where it is and is used for those.
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
    patients: Text = "lost"
    """what becomes of patients whom a facility cannot see: lost, wait (until it sees them again), or the name of
    another facility that they go to"""
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
        served = network.cell_kind[cells] == "facility"
        patients, cells = cells[served], cells[~served]
        self._check(network, cells, patients)
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
        if patients.size and min(share for _, share in levels) < 1:
            length = self.recovery or 0.0
            tail = ramp(end, length, levels[-1][1], 1.0) if length else ()
            effects.extend(self._turning_away(network, patients, (*levels, *tail), end + length))
        impulses = []
        if self.stock == "destroy":
            struck = np.sort(np.concatenate([cells, patients]))
            impulses.append(Impulse("destroy_stock", struck, 1.0, start, self.label))
        return effects, impulses

    def _check(self, network: Network, cells: np.ndarray, patients: np.ndarray) -> None:
        """Raise PlaceError where nothing can be out here, or where patients are nowhere to go."""
        if not patients.size and not len(network.flows_from(cells)) and not np.isin(cells, network.bill.own).any():
            message = "nothing is made, sent out or used here; to close a port use port_closure"
            raise PlaceError(("at",), message, self.place(), "suppliers, warehouses or facilities")
        if self.patients in FATES:
            return
        elsewhere = one_site(network, self.patients, "patients", ("facility",))
        if elsewhere in network.cell_site[patients]:
            raise PlaceError(("patients",), "this facility is out itself", self.patients, "another facility")
        lacking = np.setdiff1d(network.cell_product[patients], network.cell_product[network.cell_site == elsewhere])
        if lacking.size:
            product = network.products["name"].iat[lacking[0]]
            message = f"'{self.patients}' has no demand for '{product}', so it cannot serve them"
            raise PlaceError(("patients",), message, self.patients, "a facility with the same products")

    def _turning_away(self, network: Network, cells: np.ndarray, steps: Steps, over: float) -> list[Effect]:
        """What facilities see of their patients, and what becomes of the others."""
        effects = [Effect("cell.serves", cells, "at_most", _below_all(steps), over, self.label)]
        start = steps[0][0]
        if self.patients == "wait":
            effects.append(Effect("cell.turned_away", cells, "at_least", ((start, float(WAIT)),), over, self.label))
        elif self.patients != "lost":
            there = np.flatnonzero(network.cell_site == network.site_of[self.patients])
            for cell in cells.tolist():
                other = int(there[network.cell_product[there] == network.cell_product[cell]][0])
                one = np.array([cell])
                steps_to = ((start, sent_to(other)),)
                effects.append(Effect("cell.turned_away", one, "at_least", steps_to, over, self.label))
        return effects

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
