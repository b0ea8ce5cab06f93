"""Stock loss: fire, flood, theft or spoilage destroys stock on hand."""

from __future__ import annotations

from sim.disruptions.base import DISRUPTIONS, AtOnce
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.model.vocabulary import Action
from sim.units import Share, Text


@DISRUPTIONS.register("stock_loss")
class StockLoss(AtOnce):
    """A share of the stock on hand at some sites is destroyed, once, at `from`."""

    at: SelectorField
    """sites struck"""
    products: list[Text] | None = None
    """products concerned; left out: all"""
    share: Share = 1.0
    """share of the stock on hand that is lost, rounded to whole units at each site"""
    reserves: bool = False
    """whether reserves held at these sites are struck too"""
    told = False
    example = {"at": "store", "from": "2024-01-11", "share": "40%"}
    severity = {"share": "0%"}
    bad_example = ({"at": "store", "from": "2024-01-11", "share": "140%"}, "between 0% and 100%")

    def place(self) -> str:
        return str(self.at)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self.cells(network, self.at, self.products)
        start, _ = self.span(network)
        struck: list[Action] = ["destroy_stock", "destroy_reserve"] if self.reserves else ["destroy_stock"]
        if not self.share:
            struck = []
        return [], [Impulse(action, cells, self.share, start, self.label) for action in struck]
