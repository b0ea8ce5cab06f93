"""The shares by which buyers share out their orders today: those of `sourcing`, unless something sets others."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Plan
from sim.model.effects import Quantities
from sim.model.network import Network
from sim.model.part import Part


class OrderShares(Part):
    """Which share of its buyer's orders each flow has, and how many units of a usual day that is.

    `today` and `usual` (units a day) are over flows, and those of `sourcing` until something else holds. They are
    replaced, never changed, when other shares do. `may_vary` tells whether they can be others at all in this run.
    """

    CHANGES = ("today", "usual", "_set")

    def __init__(self, plan: Plan, quantities: Quantities) -> None:
        self._network, self._quantities = plan.network, quantities
        self.today, self.usual = plan.network.flow_share, plan.network.flow_usual
        self._set = np.full(len(self.today), np.inf)
        self.may_vary = quantities.touched("flow.order_share")

    def open_day(self, day: int) -> None:
        """Before the orders of an evening."""
        said = self._quantities["flow.order_share"]
        if np.array_equal(said, self._set):
            return
        self._set = said.copy()
        network = self._network
        self.today = as_set(network.flow_share, said, network)
        self.usual = usual_units(self.today, network)


def as_set(shares: np.ndarray, said: np.ndarray, network: Network) -> np.ndarray:
    """Shares of orders where some flows are `said` to have another one; infinite where nothing is said; all over flows.

    What a buyer's other flows share is what those leave, as before in proportion. Together they have all of it.
    """
    sets = np.isfinite(said)
    if not sets.any():
        return shares
    buyer, cells = network.flow_buyer, len(network.cell_site)
    given = np.where(sets, np.maximum(0.0, said), 0.0)
    rest = np.where(sets, 0.0, shares)
    left, others = 1 - np.bincount(buyer, given, cells), np.bincount(buyer, rest, cells)
    part = np.divide(np.maximum(0.0, left), others, out=np.zeros(cells), where=others > 0)
    found = given + rest * part[buyer]
    whole = np.bincount(buyer, found, cells)
    new = (np.bincount(buyer, sets, cells) > 0) & (whole > 0)  # who would order of nobody goes on as before
    return np.where(new[buyer], found / np.where(whole > 0, whole, 1.0)[buyer], shares)


def usual_units(shares: np.ndarray, network: Network) -> np.ndarray:
    """Usual units a day over flows where usual orders go by these shares; with those of `sourcing` to the digit."""
    buyer = network.flow_buyer
    together = np.bincount(buyer, network.flow_usual, len(network.cell_site))
    return np.where(shares == network.flow_share, network.flow_usual, shares * together[buyer])
