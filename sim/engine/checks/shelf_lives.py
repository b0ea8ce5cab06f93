"""Shelf lives that are over, or as good as over, when goods arrive."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.checks.base import Compiled, Note, check
from sim.model.goods.lots import NEVER_EXPIRES

NEAR = 0.9
"""A minimum life from this share of the shelf life on is near the whole."""


@check(
    "lives_shorter_than_the_journey",
    remedy="Look at the shelf life, the minimum life and the journey: one of them is off; or send these goods a "
    "quicker way.",
    example={"products.saline.shelf_life": "4d"},
    quiet={"products.saline.shelf_life": "40d"},
)
def lives_shorter_than_the_journey(compiled: Compiled) -> Iterator[Note]:
    """Goods that expire on their way (making, tests and mean journeys from the maker on), or arrive with less than
    their minimum life: nobody sends them."""
    plan, network = compiled.plan, compiled.plan.network
    life = plan.lots.life[network.flow_buyer]
    mortal = life < NEVER_EXPIRES
    if not mortal.any():
        return
    age = _age(compiled)
    left = life - age[network.flow_source] - network.routes.under_way[network.flow_route]
    minimum = plan.lots.minimum[network.flow_buyer]
    spoilt = mortal & (network.flow_share > 0) & ((left <= 0) | (left < minimum))
    spoilt &= np.isfinite(left) | (age[network.flow_source] == np.inf)
    for product in np.unique(network.cell_product[network.flow_buyer[spoilt]]).tolist():
        mine = np.flatnonzero(spoilt & (network.cell_product[network.flow_buyer] == product) & np.isfinite(left))
        place = ("products", compiled.product(product))
        if not mine.size or compiled.is_drawn(*place):
            continue
        flow = int(mine[np.argmin(left[mine])])
        way = f"{compiled.sites(network.flow_source[[flow]])} to {compiled.sites(network.flow_buyer[[flow]])}"
        more = f" (and {mine.size - 1} more)" if mine.size > 1 else ""
        old = f"would be {life[flow] - left[flow]:.3g} days old"
        need = "" if left[flow] <= 0 else f", {left[flow]:.3g} before its end, and {minimum[flow]} must be left"
        text = f"'{place[1]}' can be used for {life[flow]} days, but from {way}{more} it {old}{need}"
        yield Note((*place, "minimum_life" if need else "shelf_life"), f"{text}: nobody sends it")


def _age(compiled: Compiled) -> np.ndarray:
    """Days of age, over cells, of the youngest goods that can come there by regular ways; infinite where none do."""
    network = compiled.plan.network
    age = np.full(len(network.cell_site), np.inf)
    age[network.makers] = 0.0
    for times in (network.bill.takes, compiled.plan.testing):
        for cell, of_cell in times.items():
            age[cell] += of_cell.mean
    regular = network.flow_share > 0
    buyer, source = network.flow_buyer[regular], network.flow_source[regular]
    way = network.routes.under_way[network.flow_route[regular]]
    for _ in range(int(network.cell_level.max(initial=0)) + 1):
        np.minimum.at(age, buyer, age[source] + way)
    return age


@check(
    "minimum_life_near_the_whole",
    remedy="Write the days of use that must be left on receipt; buyers often ask for two thirds or three quarters.",
    example={"products.saline.shelf_life": "300d", "products.saline.minimum_life": "280d"},
    quiet={"products.saline.shelf_life": "300d", "products.saline.minimum_life": "200d"},
)
def minimum_life_near_the_whole(compiled: Compiled) -> Iterator[Note]:
    """A product of which nine tenths or more of the shelf life must be left on receipt: what waits for a while
    anywhere is refused."""
    for name, product in compiled.loaded.spec.products.items():
        life, minimum = product.shelf_life, product.minimum_life
        if life is not None and minimum >= NEAR * life and not compiled.is_drawn("products", name):
            text = (
                f"{minimum:g} of the {life:g} days of '{name}' must be left on receipt: {life - minimum:g} remain for "
            )
            yield Note(("products", name, "minimum_life"), f"{text}making, tests, stores and journeys together")
