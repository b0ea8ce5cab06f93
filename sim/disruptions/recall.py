"""Recall: lots are called back wherever they are."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, MadeBetween, one_site
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.vocabulary import Action
from sim.units import Days, Text


@DISRUPTIONS.register("recall")
class Recall(MadeBetween):
    """What a supplier made between two dates may not be used from `from` on, in every store, reserve and shipment.

    It is kept in quarantine, and taken away once `removal` has passed. What was there at the start counts as made on
    the first day of the run, warm-up included, by the maker its site mainly buys from.
    """

    supplier: Text
    """the maker"""
    removal: Days = Field(default=14.0, ge=0)
    """time in quarantine before it is taken away, in whole days"""
    follow: bool = False
    """whether what other makers made from it is called back too, over any number of stages"""
    example = {"supplier": "maker", "from": "2024-01-11", "made_from": "2024-01-02", "made_until": "2024-01-08"}
    severity = None
    bad_example = (
        {"supplier": "makr", "from": "2024-01-11", "made_from": "2024-01-02", "made_until": "2024-01-08"},
        "did you mean 'maker'",
    )

    def check(self) -> None:
        super().check()
        if self.removal % 1:
            raise ValueError("a removal of whole days")

    def place(self) -> str:
        return self.supplier

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        one_site(network, self.supplier, "supplier", ("supplier",))
        cells = self.cells(network, self.supplier, self.products)
        action: Action = "recall_following" if self.follow else "recall"
        return [], [self.impulse(network, action, cells, self.removal)]

    def products_by_lot(self, network: Network) -> np.ndarray:
        products = super().products_by_lot(network)
        if not self.follow:
            return products
        made, used = network.cell_product[network.bill.product], network.cell_product[network.bill.material]
        while (more := np.setdiff1d(made[np.isin(used, products)], products)).size:
            products = np.union1d(products, more)
        return products
