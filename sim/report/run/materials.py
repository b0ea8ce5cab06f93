"""What makers made from what: units begun, scrapped and used up along the bill of materials, and what was not begun."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.run import Outcome
from sim.report.run.facts import Facts


@dataclass(frozen=True)
class Step:
    """A row of the bill over the run: units begun and scrapped by a maker, units of one material used up for them.

    `days_held` are days on which units were not begun for want of that material, `most_held` the most on one day.
    """

    maker: str
    product: str
    material: str
    rate: float
    begun: int
    scrapped: int
    used: int
    days_held: int
    most_held: int


def used_up(outcome: Outcome) -> np.ndarray:
    """Units of material used up by each row of the bill.

    What several products take of one stock is split by their rates times units begun, so that it adds up to what was
    used; units are whole, so a row may be out by one.
    """
    bill, sums = outcome.plan.network.bill, outcome.record.sums
    shelf = np.searchsorted(bill.materials, bill.material)
    weight = bill.rate * sums["produced"][bill.product]
    total = np.bincount(shelf, weight, len(bill.materials))[shelf]
    share = np.divide(weight, total, out=np.zeros(len(weight)), where=total > 0) * sums["used_up"][bill.material]
    order = np.argsort(shelf, kind="stable")
    whole = np.diff(np.rint(np.cumsum(share[order])), prepend=0.0)
    found = np.zeros(len(share), dtype=np.int64)
    found[order] = whole.astype(np.int64)
    return found


def steps(facts: Facts) -> list[Step]:
    """Every row of the bill, in order of maker, product and material."""
    network, sums, not_begun = facts.network, facts.outcome.record.sums, facts.outcome.not_begun
    bill, used = network.bill, used_up(facts.outcome)
    site, names = network.site_names(network.cell_site), facts.products
    found = []
    for row, (product, material) in enumerate(zip(bill.product.tolist(), bill.material.tolist(), strict=True)):
        held = np.zeros(1, dtype=np.int64) if not_begun is None else not_begun[:, row]
        found.append(
            Step(
                site[product], names[network.cell_product[product]], names[network.cell_product[material]],
                float(bill.rate[row]), int(sums["produced"][product]), int(sums["scrapped"][product]), int(used[row]),
                int(np.count_nonzero(held)), int(held.max(initial=0)),
            )
        )  # fmt: skip
    return sorted(found, key=lambda s: (s.maker, s.product, s.material))


def tiers(facts: Facts) -> list[list[str]]:
    """Products that are materials or have some, by stage: each in the one before the first thing made from it."""
    network = facts.network
    product, material = (network.cell_product[cells] for cells in (network.bill.product, network.bill.material))
    before = dict.fromkeys(np.unique(np.concatenate((product, material))).tolist(), 0)
    links = sorted(set(zip(product.tolist(), material.tolist(), strict=True)))
    for _ in before:
        for made, of in links:
            before[of] = max(before[of], before[made] + 1)
    last = max(before.values(), default=-1)
    return [[facts.products[p] for p in before if before[p] == last - k] for k in range(last + 1)]


def made(facts: Facts, outcome: Outcome, product: str) -> tuple[int, int]:
    """Units of a product begun and scrapped by all who make it."""
    mine = facts.network.cell_product == facts.products.index(product)
    sums = outcome.record.sums
    return int(sums["produced"][mine].sum()), int(sums["scrapped"][mine].sum())


def flows(facts: Facts, outcome: Outcome) -> dict[tuple[str, str], int]:
    """(material, product made from it) -> units of the material used up for it by all makers."""
    network, used = facts.network, used_up(outcome)
    found: dict[tuple[str, str], int] = {}
    for row, units in enumerate(used.tolist()):
        product, material = (network.cell_product[c[row]] for c in (network.bill.product, network.bill.material))
        key = facts.products[material], facts.products[product]
        found[key] = found.get(key, 0) + units
    return found
