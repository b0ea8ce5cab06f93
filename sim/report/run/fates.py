"""What became of what was asked for, product by product."""

from __future__ import annotations

from sim.metrics.base import View
from sim.metrics.making_do import fates
from sim.report.run.facts import Facts


def fates_by_product(facts: Facts) -> dict[str, dict[str, int]]:
    """Units by what became of them, of each product asked for; those first of which least was served on the day."""
    found = {product: fates(View.of(facts.outcome, product=product)) for product in facts.products}
    asked = {product: sum(parts.values()) for product, parts in found.items()}
    order = sorted((p for p in found if asked[p] > 0), key=lambda p: (found[p]["served"] / asked[p], p))
    return {product: found[product] for product in order}
