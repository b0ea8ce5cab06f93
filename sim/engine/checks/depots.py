"""Warehouses from which buyers could order what they will never have."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engine.checks.base import Compiled, Note, check


@check(
    "depots_without_goods",
    remedy="Give it a lane from a source of the product; or leave out its lanes to those who do not buy from it.",
    example={"warehouses": {"depot": {}}, "lanes": [{"from": "depot", "to": "facilities", "time": "1d"}]},
    quiet={"warehouses": {"depot": {}}},
)
def depots_without_goods(compiled: Compiled) -> Iterator[Note]:
    """A warehouse with lanes to buyers of a product that can never have any, or only from those buyers; they order
    elsewhere."""
    for idle in compiled.idle:
        why = "could have it from its buyer only" if idle.from_buyer else "can never have any"
        yield Note(("warehouses", idle.warehouse), f"'{idle.warehouse}' is no source of '{idle.product}': it {why}")
