"""Ports: two gates each, imports and exports."""

from __future__ import annotations

import pandas as pd

from sim.errors import PlaceError
from sim.model.network import CLASSES, NEVER, Gate, Hold
from sim.scenario.load import Problems
from sim.scenario.words.network_spec import Port, Product


def compile_gates(
    ports: dict[str, Port], products: dict[str, Product], frame: pd.DataFrame, problems: Problems
) -> tuple[Gate, ...]:
    """The gates in order of the ports' names; names in priority lanes that mean nothing are problems."""
    position = {str(name): i for i, name in enumerate(frame["name"])}
    largest = max(product.size for product in products.values())
    gates: list[Gate] = []
    for name, port in sorted(ports.items()):
        with problems.at("ports", name):
            if port.yard is not None and port.yard < largest:
                raise PlaceError(("yard",), "the largest product does not fit", port.yard, f"at least {largest:g}")
            rank = _ranks(port.priority_lane, products)
            holds = tuple(
                Hold(hold.share, hold.for_, _positions(hold.products, ("holds", k), products))
                for k, hold in enumerate(port.holds)
            )
            yard = NEVER if port.yard is None else port.yard
            for side, clearance in (("imports", port.clearance), ("exports", port.export_clearance)):
                shared = side == "exports" and port.handling_by_side is None and port.berths_by_side is None
                pool = gates[-1].pool if shared else (gates[-1].pool + 1 if gates else 0)
                able = _handling(port, side)
                common = (clearance, port.berth_time, yard, rank, holds)
                gates.append(Gate(f"{name} {side}", position[name], side, pool, able, *common))
    return tuple(gates)


def _handling(port: Port, side: str) -> float:
    """Handling units a day, or berths."""
    by_side = port.handling_by_side or port.berths_by_side
    if by_side is not None:
        return float(by_side.imports if side == "imports" else by_side.exports)
    if port.berths is not None:
        return float(port.berths)
    return NEVER if port.handling is None else port.handling


def _ranks(lane: list[str], products: dict[str, Product]) -> tuple[int, ...]:
    """Each product's turn, in order of the products' names: its place in the lane, or after all of it."""
    for k, word in enumerate(lane):
        if word not in CLASSES and word not in products:
            expected = "vital, essential, necessary or a product"
            raise PlaceError(("priority_lane", k), "unknown class or product", word, expected, [*CLASSES, *products])
    turns = []
    for name in sorted(products):
        own = [k for k, word in enumerate(lane) if word in (name, products[name].priority)]
        turns.append(min(own, default=len(lane)))
    return tuple(turns)


def _positions(
    names: list[str] | None, place: tuple[str | int, ...], products: dict[str, Product]
) -> tuple[int, ...] | None:
    """Positions of products in order of their names; None for all."""
    if names is None:
        return None
    known = sorted(products)
    for k, name in enumerate(names):
        if name not in known:
            raise PlaceError((*place, "products", k), "unknown product", name, "a product of this scenario", known)
    return tuple(sorted(known.index(name) for name in names))
