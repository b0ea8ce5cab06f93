"""Lanes and products that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.checks.base import Compiled, Note, check, few

SLOW = {"from": "other-maker", "to": "store", "time": "40d", "mode": "rail"}
BY_SEA = {"at": "store", "products": ["oxytocin"], "from": {"other-maker": "100%"}, "usual": "sea"}
ONE_MAKER = {"at": "store", "products": ["saline"], "from": {"maker": "100%"}}
STAND_BY = {"at": "store", "products": ["saline"], "from": {"maker": "100%", "other-maker": "0%"}}


@check(
    "lanes_nobody_uses",
    remedy="Goods take the quickest way from each source: name another under `sourcing` (`from`, `usual`, `urgent`), "
    "or leave the lane out.",
    example={"lanes": [SLOW]},
    quiet={"lanes": [SLOW], "sourcing": [BY_SEA | {"urgent": {"by": SLOW["mode"], "when": {"trigger": "announced"}}}]},
)
def lanes_nobody_uses(compiled: Compiled) -> Iterator[Note]:
    """An entry of lanes over which no goods ever go, as nobody orders from there or another way is quicker."""
    network = compiled.plan.network
    entry = np.array([lane.entry for lane in network.lanes])
    used = np.zeros(len(entry), dtype=bool)
    used[network.flow_lanes[network.flow_lanes >= 0]] = True
    for position in np.setdiff1d(entry, entry[used]).tolist():
        names = few([network.lanes[k].name for k in np.flatnonzero(entry == position).tolist()])
        yield Note(("lanes", position), f"no goods go over {names}: nobody orders that way, or another is quicker")


@check(
    "products_nobody_uses",
    remedy="Give it demand at some facility, or use it in what is made; or leave it out.",
    example={"products": {"gauze": {"unit": "roll"}}},
    quiet={
        "products": {"gauze": {"unit": "roll"}},
        "suppliers.maker.makes.gauze": {},
        "demand": [{"at": "clinic-a", "product": "gauze", "per_day": 1}],
    },
)
def products_nobody_uses(compiled: Compiled) -> Iterator[Note]:
    """A product without demand that nothing in use is made from."""
    network = compiled.plan.network
    for position in np.setdiff1d(np.arange(len(network.products)), network.cell_product).tolist():
        name = compiled.product(position)
        yield Note(("products", name), f"nobody uses '{name}': it has no demand, and nothing in use is made from it")


@check(
    "makers_nobody_buys_from",
    remedy="Give it a lane, or a share under `sourcing` (0% for a source on stand-by); or leave it out of `makes`.",
    example={"suppliers.other-maker.makes.saline": {}, "sourcing": [ONE_MAKER]},
    quiet={"suppliers.other-maker.makes.saline": {}, "sourcing": [STAND_BY]},
)
def makers_nobody_buys_from(compiled: Compiled) -> Iterator[Note]:
    """A product in use that a supplier makes and nobody orders of it, not even on stand-by."""
    network = compiled.plan.network
    sells = {(int(network.cell_site[c]), int(network.cell_product[c])) for c in network.makers.tolist()}
    used = {compiled.product(int(k)): int(k) for k in np.unique(network.cell_product)}
    for supplier, spec in compiled.loaded.spec.suppliers.items():
        for product in spec.makes:
            if product in used and (network.site_of[supplier], used[product]) not in sells:
                text = f"nobody orders '{product}' of '{supplier}', which makes it"
                yield Note(("suppliers", supplier, "makes", product), text)
