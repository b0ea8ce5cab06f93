"""Power cut: cold rooms warm up, and what is in them spoils."""

from __future__ import annotations

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.errors import placed
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Days, Text


@DISRUPTIONS.register("power_cut")
class PowerCut(Disruption):
    """Sites have no power. Cold rooms keep their temperature for `keeps`; then all cold goods in them, reserves too,
    spoil, and so does what arrives until power is back."""

    at: SelectorField
    """sites without power"""
    keeps: Days = 1.0
    """how long a cold room keeps its temperature without power"""
    backup: list[Text] = []
    """sites, regions or countries with a generator of their own, which are spared"""
    example = {"at": "store", "from": "2024-01-11", "for": "4d", "keeps": "24h"}
    severity = None
    bad_example = ({"at": "store", "from": "2024-01-11", "for": "4d", "keeps": 24}, "with its unit")

    def place(self) -> str:
        return str(self.at)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self.cells(network, self.at, None)
        cells = cells[(network.products["storage"] == "cold").to_numpy()[network.cell_product[cells]]]
        for position, word in enumerate(self.backup):
            with placed("backup", position):
                cells = cells[~np.isin(network.cell_site[cells], network.select_sites(word))]
        start, end = self.span(network)
        warm = start + self.keeps
        if warm >= end:
            return [], []
        spoils = [Impulse(action, cells, 1.0, warm, self.label) for action in ("destroy_stock", "destroy_reserve")]
        return [Effect("cell.warm", cells, "at_least", ((warm, 1.0),), end, self.label)], spoils
