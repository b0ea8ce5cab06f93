"""Levels of stock that do not last until what is ordered comes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.bound.echelons import own_targets
from sim.engine.bound.in_force import ALWAYS
from sim.engine.checks.base import Compiled, Note, check
from sim.policies.replenishment.base import WithLevel
from sim.policies.replenishment.echelon_base_stock import EchelonBaseStock


@check(
    "levels_below_the_lead_time",
    remedy="Raise the level above what is used in the lead time and between reviews, or say `plus_lead_time: true`.",
    example={"replenishment.1.level": "4d"},
    quiet={"replenishment.1.level": "13d"},
)
def levels_below_the_lead_time(compiled: Compiled) -> Iterator[Note]:
    """A level (order up to, or reorder point) of nothing, or below the usual demand of the mean lead time: the shelf
    stands empty even in quiet times."""
    network = compiled.plan.network
    for bound in compiled.plan.replenishment:
        entry, place, cells = (
            compiled.loaded.spec.replenishment[bound.entry],
            ("replenishment", bound.entry),
            bound.cells,
        )
        if not isinstance(entry, WithLevel) or isinstance(entry, EchelonBaseStock) or compiled.is_drawn(*place):
            continue
        target, used = bound.rule.target, network.cell_mean[cells] > 0
        if (none := cells[used & (target == 0)]).size:
            text = f"{compiled.sites(none)} order up to no unit at all, so never order{_of(compiled, none)}"
            yield Note(place, text)
        level = getattr(bound.rule, "reorder", target)
        need = network.cell_lead_time[cells] * network.cell_mean[cells]
        low = np.flatnonzero(used & (target > 0) & (level < np.floor(need)))
        if low.size and not entry.plus_lead_time:
            yield Note(place, _too_low(compiled, cells[low], level[low], need[low]))


@check(
    "echelon_levels_below_the_lead_time",
    remedy="Raise the level: it covers the levels of all below the site, and what it uses in its own lead time.",
    example={"replenishment.1": {"policy": "echelon_base_stock", "at": "warehouses", "level": "8d"}},
    quiet={"replenishment.1": {"policy": "echelon_base_stock", "at": "warehouses", "level": "17d"}},
)
def echelon_levels_below_the_lead_time(compiled: Compiled) -> Iterator[Note]:
    """A level of an echelon that, less the levels of those below, leaves the site itself less than the usual demand of
    its mean lead time."""
    network, rules = compiled.plan.network, compiled.plan.replenishment
    own = own_targets(network, rules)
    for bound in rules:
        entry, place = compiled.loaded.spec.replenishment[bound.entry], ("replenishment", bound.entry)
        if bound.since != ALWAYS or not isinstance(entry, EchelonBaseStock) or compiled.is_drawn("replenishment"):
            continue
        need = network.cell_lead_time[bound.cells] * network.cell_mean[bound.cells]
        low = np.flatnonzero(own[bound.cells] < np.floor(need))
        if low.size:
            worst = int(low[np.argmin(own[bound.cells][low] / need[low])])
            cell = bound.cells[worst : worst + 1]
            more = f" (and {len(low) - 1} more)" if len(low) > 1 else ""
            used = compiled.goods(float(need[worst]), int(network.cell_product[cell[0]]))
            yield Note(
                place,
                f"an echelon's level of {bound.rule.target[worst]:,} leaves {own[cell[0]]:,} to {compiled.sites(cell)}"
                f"{more} itself, below the {used} usually used in the lead time of "
                f"{network.cell_lead_time[cell[0]]:.3g} days",
            )


def _too_low(compiled: Compiled, cells: np.ndarray, level: np.ndarray, need: np.ndarray) -> str:
    """What the worst of these cells lacks."""
    network = compiled.plan.network
    worst = int(np.argmin(level / need))
    cell = int(cells[worst])
    more = f" (and {len(cells) - 1} more)" if len(cells) > 1 else ""
    what = compiled.goods(float(need[worst]), int(network.cell_product[cell]))
    where = f"a level of {level[worst]:,} at {compiled.sites(cells[worst : worst + 1])}{more}"
    return f"{where} is below the {what} usually used in the lead time of {network.cell_lead_time[cell]:.3g} days"


def _of(compiled: Compiled, cells: np.ndarray) -> str:
    """The products of some cells, where there are several in the scenario."""
    network = compiled.plan.network
    if len(network.products) == 1:
        return ""
    names = [compiled.product(int(k)) for k in np.unique(network.cell_product[cells])]
    return f": {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else "")
