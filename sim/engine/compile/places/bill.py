"""Bills of materials: what each maker makes from what, checked and bound to the network's cells."""

from __future__ import annotations

import numpy as np

from sim.errors import PlaceError
from sim.model.goods.bill import Bill
from sim.scenario.load import Loaded, Problems
from sim.scenario.words.network_spec import Makes


def check_bill(loaded: Loaded, problems: Problems) -> None:
    """Note materials that are unknown, circles, and goods that expire while they are made."""
    spec = loaded.spec
    made_from: dict[str, set[str]] = {}
    for supplier, site in spec.suppliers.items():
        for product, makes in site.makes.items():
            for material in makes.from_:
                made_from.setdefault(product, set()).add(material)
                with problems.at("suppliers", supplier, "makes", product, "from", material):
                    _check_material(loaded, product, material)
            with problems.at("suppliers", supplier, "makes", product, "takes"):
                _check_life(loaded, product, makes)
    for supplier, site in spec.suppliers.items():
        for product, makes in site.makes.items():
            for material in makes.from_:
                chain = _chain(made_from, material, product)
                if chain and material != product:
                    with problems.at("suppliers", supplier, "makes", product, "from", material):
                        circle = " is made from ".join(f"'{name}'" for name in [product, *chain])
                        raise PlaceError(
                            (), f"a circle: {circle}", None, "materials that are not made from the product"
                        )


def _check_material(loaded: Loaded, product: str, material: str) -> None:
    products = loaded.spec.products
    if material not in products:
        raise PlaceError((), "unknown product", material, "a product of this scenario", products)
    if material == product:
        raise PlaceError((), f"'{product}' is made from itself", None, "other products")


def _check_life(loaded: Loaded, product: str, makes: Makes) -> None:
    life = loaded.spec.products[product].shelf_life if product in loaded.spec.products else None
    if life is not None and makes.takes.mean > 0 and makes.takes.mean + makes.testing.mean >= life:
        message = f"'{product}' expires before it is made and tested"
        raise PlaceError((), message, makes.takes.text, f"less time than its shelf life of {life:g}d")


def _chain(made_from: dict[str, set[str]], start: str, end: str) -> list[str]:
    """Products from `start` to `end`, each made from the next; empty where there is no such way."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == end:
            return way
        for name in sorted(made_from.get(way[-1], set()) - seen):
            seen.add(name)
            ways.append([*way, name])
    return []


def materials_of(loaded: Loaded, products: list[str]) -> dict[tuple[int, int], set[int]]:
    """(supplier's site, product) -> products it is made from there."""
    sites = {str(name): position for position, name in enumerate(loaded.sites.frame["name"])}
    return {
        (sites[supplier], products.index(product)): {products.index(name) for name in makes.from_}
        for supplier, site in loaded.spec.suppliers.items()
        for product, makes in site.makes.items()
        if makes.from_
    }


def compile_bill(loaded: Loaded, lookup: np.ndarray, products: list[str]) -> Bill:
    """The bill of all cells; `lookup` has the cell of each site and product, -1 where there is none."""
    rows = []
    own = set()
    good = np.ones(int(lookup.max(initial=-1)) + 1)
    takes = {}
    for site, supplier in enumerate(loaded.sites.frame["name"]):
        spec = loaded.spec.suppliers.get(str(supplier))
        made = {} if spec is None else spec.makes
        for product, makes in made.items():
            cell = int(lookup[site, products.index(product)])
            if cell < 0:
                continue
            good[cell] = makes.yield_
            if makes.takes.mean > 0:
                takes[cell] = makes.takes
            own |= {int(lookup[site, products.index(name)]) for name in set(makes.from_) & set(made)}
            rows += [(cell, int(lookup[site, products.index(name)]), rate) for name, rate in makes.from_.items()]
    rows.sort()
    product_, material = (np.array([row[k] for row in rows], dtype=np.int64) for k in (0, 1))
    rate = np.array([row[2] for row in rows], dtype=float)
    return Bill(product_, material, rate, good, dict(sorted(takes.items())), np.array(sorted(own), dtype=np.int64))
