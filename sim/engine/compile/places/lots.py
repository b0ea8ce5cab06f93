"""Shelf lives and traces bound to the network: which cells keep their goods by lot, and how."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.disruptions.base import MadeBetween
from sim.engine.plan import LotPlan, ReservePlan
from sim.errors import PlaceError
from sim.model.chance.distributions import Times
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.network import Network
from sim.scenario.load import Loaded, Problems
from sim.scenario.words.network_spec import ISSUES


def compile_lots(
    loaded: Loaded, network: Network, reserves: tuple[ReservePlan, ...], problems: Problems
) -> tuple[LotPlan, tuple[ReservePlan, ...]]:
    """How each cell's goods are kept, and the reserves with the life their stock has left.

    Goods without shelf life, trace or recall are not kept by lot.
    """
    products = [loaded.spec.products[str(name)] for name in network.products["name"]]
    traced = _traced(loaded, network)
    life = np.array([NEVER_EXPIRES if p.shelf_life is None else int(p.shelf_life) for p in products], dtype=np.int64)
    tracked = np.array([p.shelf_life is not None or p.trace for p in products], dtype=bool) | traced
    issue = np.array([ISSUES.index(p.issue) for p in products], dtype=np.int64)
    minimum = np.array([int(p.minimum_life) for p in products], dtype=np.int64)
    of = network.cell_product
    opening = life[of].copy()
    for position, entry in enumerate(loaded.spec.stock):
        if entry.life_left is not None:
            with problems.at("stock", position):
                opening[_perishable(network, network.select_cells(entry.at, entry.products), life)] = int(
                    entry.life_left
                )
    dated = []
    for reserve in reserves:
        own = life[of[reserve.holder]].copy()
        if reserve.spec.life_left is not None:
            with problems.at("reserves", reserve.written_as):
                _perishable(network, reserve.holder, life)
                own = np.minimum(own, int(reserve.spec.life_left))
        dated.append(replace(reserve, life_left=own))
    minimum_of = np.where(network.cell_kind == "facility", minimum[of], 0)
    minimum_of = np.where(network.cell_kind == "warehouse", minimum[of], minimum_of)
    return LotPlan(
        tracked[of], life[of], issue[of], minimum_of, _spans(loaded, network, problems), _makers(network), opening,
    ), tuple(dated)  # fmt: skip


def compile_testing(loaded: Loaded, network: Network, problems: Problems) -> dict[int, Times]:
    """Time from making to release of each maker's cell that tests its output."""
    found = {}
    for supplier, spec in loaded.spec.suppliers.items():
        for product, makes in spec.makes.items():
            if makes.testing.mean > 0:
                with problems.at("suppliers", supplier, "makes", product, "testing"):
                    for cell in network.select_cells(supplier, [product]).tolist():
                        found[cell] = makes.testing
    return dict(sorted(found.items()))


def _makers(network: Network) -> np.ndarray:
    """The supplier's cell that each cell mainly buys from, upward by the largest share; its own for suppliers."""
    main = np.arange(len(network.cell_site))
    order = np.lexsort((network.flow_source, -network.flow_share, network.flow_buyer))
    buyers, first = np.unique(network.flow_buyer[order], return_index=True)
    main[buyers] = network.flow_source[order][first]
    for _ in range(int(network.cell_level.max(initial=0)) + 1):
        main = main[main]
    return main


def _traced(loaded: Loaded, network: Network) -> np.ndarray:
    """Products that some disruption deals with by lot, over products."""
    found = np.zeros(len(network.products), dtype=bool)
    drawn = [
        body.tried(**fields)
        for hazard in loaded.spec.hazards.values()
        for body in hazard.bodies()
        if body.kind.by_lot
        for fields in hazard.variants()
    ]
    for disruption in (*loaded.spec.disruptions, *drawn):
        if isinstance(disruption, MadeBetween):
            found[disruption.products_by_lot(network)] = True
    return found


def _perishable(network: Network, cells: np.ndarray, life: np.ndarray) -> np.ndarray:
    """The cells whose product has a shelf life; raises PlaceError where none has."""
    mine = cells[life[network.cell_product[cells]] < NEVER_EXPIRES]
    if not len(mine):
        raise PlaceError(("life_left",), "none of these goods has a shelf life", None, "products with a shelf_life")
    return np.asarray(mine)


def _spans(loaded: Loaded, network: Network, problems: Problems) -> np.ndarray:
    spans = np.ones(len(network.cell_site), dtype=np.int64)
    for supplier, spec in loaded.spec.suppliers.items():
        for product, makes in spec.makes.items():
            life = loaded.spec.products[product].shelf_life
            if life is not None and makes.lot_span > life:
                with problems.at("suppliers", supplier, "makes", product, "lot_span"):
                    raise PlaceError(
                        (), "a lot would expire while it is made", f"{makes.lot_span:g}d", f"at most {life:g}d"
                    )
            spans[network.select_cells(supplier, [product])] = int(makes.lot_span)
    return spans
