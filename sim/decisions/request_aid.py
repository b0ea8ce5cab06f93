"""Request aid: staged help by protocol, of stock, of faster clearance, of hands."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from sim.decisions.base import DECISIONS, Acts, AtOnce, Scope, extra_orders, goods_at, own_gates, own_sites
from sim.errors import PlaceError, placed
from sim.model.amounts import StockField
from sim.model.charges import Charges
from sim.model.effects import Effect
from sim.model.selection import SelectorField
from sim.registry import Model
from sim.units import Days, Percent, Text, WholeDays


class Stage(Model):
    """What helpers send at one stage: stock, faster clearance, or hands; at least one of them."""

    after: Days = 0.0
    """time from the request"""
    amount: StockField | None = None
    """stock: units of each product, or days of usual demand, ordered of `source`"""
    clearance: Percent | None = None
    """faster clearance of its goods at ports: the time it takes, in percent of the usual, for `lasting`"""
    staff: Percent | None = None
    """hands: what makers make a day, in percent of their usual capacity, for `lasting`"""
    lasting: WholeDays = 30
    """how long help other than stock lasts"""

    def model_post_init(self, context: Any) -> None:
        if self.amount is None and self.clearance is None and self.staff is None:
            raise ValueError("amount, clearance or staff")


@DECISIONS.register("request_aid")
class RequestAid(AtOnce):
    """The party asks for help that comes in stages, as a protocol has it."""

    at: SelectorField
    """sites of the party that get stock, and whose ports and makers are helped"""
    source: Text | None = None
    """supplier or warehouse that stock comes from, such as a partner's on stand-by (0% under `sourcing`)"""
    stages: Annotated[list[Stage], Field(min_length=1)]
    """what comes when"""
    premium: Percent = 0.0
    """what is paid on top of the purchase cost for what it orders, in percent of that"""
    example = {
        "by": "kenya", "products": ["saline"], "when": {"trigger": "days_of_cover", "below": "4d"}, "at": "store",
        "source": "maker", "stages": [{"after": "2d", "amount": "5d"}, {"after": "9d", "amount": 200}],
    }  # fmt: skip
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "at": "store", "stages": [{"after": "2d"}]},
        "amount, clearance or staff",
    )

    def check(self) -> None:
        if self.source is None and any(stage.amount is not None for stage in self.stages):
            raise PlaceError(("source",), "stock comes from nowhere", None, "the supplier or warehouse that sends it")

    def charges(self) -> Charges:
        return replace(super().charges(), premium=self.premium)

    def act(self, scope: Scope) -> Acts:
        effects: list[Effect] = []
        network = scope.network
        sites = own_sites(scope, self.at)
        goods = goods_at(scope, own_gates(scope, sites))
        mine = np.isin(network.cell_site, sites) & np.isin(
            network.cell_product, network.product_positions(scope.products)
        )
        makers = np.intersect1d(np.flatnonzero(mine), network.makers)
        for k, stage in enumerate(self.stages):
            begins = float(np.ceil(stage.after))
            with placed("stages", k):
                for share, quantity, rows, what in (
                    (stage.clearance, "stop.clearance_factor", goods, "port that these goods pass"),
                    (stage.staff, "cell.capacity_factor", makers, "maker of these goods"),
                ):
                    if share is None:
                        continue
                    if not len(rows):
                        raise PlaceError((), f"none of these sites is a {what}", str(self.at), f"a {what} under `at`")
                    steps = ((begins, share),)
                    effects.append(Effect(quantity, rows, "multiply", steps, begins + stage.lasting, scope.cause))  # type: ignore[arg-type]
            if stage.amount is not None:
                assert self.source is not None
                effects += extra_orders(scope, self.at, self.source, stage.amount, begins, False)
        return Acts(effects)
