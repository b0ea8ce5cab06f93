"""Cyber blackout: the systems of some sites are down; orders and stock reports go missing."""

from __future__ import annotations

from typing import Literal

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.model.blackout import ORDERS
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Text


@DISRUPTIONS.register("cyber_blackout")
class CyberBlackout(Disruption):
    """Meanwhile others see the stock of these sites as it was before; goods move and patients are served as ever.

    Reserves and sources that share by cover act on the old figures. With `orders: none` nobody reviews and orders;
    `late`: orders are written down and reach their source when it is over; `frozen`: orders go out, worked out from
    the old figures.
    """

    at: SelectorField
    """sites whose systems are down"""
    products: list[Text] | None = None
    """products concerned; left out: all"""
    orders: Literal["none", "late", "frozen"] = "none"
    """what becomes of these sites' own orders"""
    example = {"at": "facilities", "from": "2024-01-11", "for": "6d"}
    severity = None
    bad_example = ({"at": "facilitys", "from": "2024-01-11", "for": "6d"}, "did you mean 'facilities'")

    def place(self) -> str:
        return str(self.at)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self.cells(network, self.at, self.products)
        return [self.hold(network, "cell.blackout", cells, "at_least", ORDERS[self.orders])], []
