"""Whom the reserves reach: members that cannot draw on one, and what of its size is reckoned for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.bound.reach import Reach, reach
from sim.engine.plan import ReservePlan
from sim.model.network import Network
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet
from sim.report.words.names import shown_name
from sim.report.words.phrases import listed, percent

NAMED = 3
"""Sites, products and reserves that are named in a row or a sentence; the rest are counted."""


def reach_table(facts: Facts) -> Sheet:
    """One row for each product of each reserve: who can draw on it and who cannot, and whether it is refilled."""
    network = facts.network
    rows: list[tuple[Any, ...]] = []
    raw: list[tuple[Any, ...]] = []
    for reserve in facts.outcome.plan.reserves:
        for one in reach(facts.outcome.plan, reserve):
            unable = _sites(network, one.unable)
            product, refilled = facts.products[one.product], "yes" if reserve.may_be_refilled else "no"
            name, about = reserve.name, (product, facts.unit(product), refilled)
            numbers = one.units, len(one.able), len(unable), one.idle
            shown = (*(f"{number:,}" for number in numbers), percent(one.idle, one.units))
            rows.append((shown_name(name, reserve.spec), *about, listed(_first(unable)) or "-", *shown))
            raw.append((name, *about, ", ".join(unable), *numbers))
    head = (
        "Reserve", "Product", "One unit", "Refilled", "Members that cannot draw", "Size (units)", "Members that can",
        "That cannot", "Reckoned for these (units)", "Share of its size",
    )  # fmt: skip
    raw_head = (
        "reserve", "product", "unit", "refilled", "unable", "size", "members_able", "members_unable",
        "units_for_unable",
    )  # fmt: skip
    return Sheet("reach", "Whom each reserve reaches", head, rows, raw_head, raw, text_columns=5)


def out_of_reach(facts: Facts) -> list[str]:
    """A sentence for each reserve that some member cannot draw on."""
    found = []
    for reserve in facts.outcome.plan.reserves:
        lacking = [one for one in reach(facts.outcome.plan, reserve) if one.unable.size]
        if lacking:
            found.append(_sentence(facts, reserve, lacking))
    more = len(found) - NAMED
    return [*found[:NAMED], *([f"Nor could all members of {more} more reserves draw on them."] if more > 0 else [])]


def _sentence(facts: Facts, reserve: ReservePlan, lacking: list[Reach]) -> str:
    sites = _sites(facts.network, np.concatenate([one.unable for one in lacking]))
    order = "does" if len(sites) == 1 else "do"
    goods = []
    for one in lacking:
        product = facts.products[one.product]
        share = f"{percent(one.idle, one.units)} of its {product}"
        goods.append(f"{share} ({one.idle:,} of {one.units:,}, one unit: {facts.unit(product)})")
    name = shown_name(reserve.name, reserve.spec)
    return (
        f"Not every member could draw on '{name}': {listed(_first(sites))} {order} not order from "
        f"{holders(facts.network, reserve)}. {listed(_first(goods))} was reckoned for them."
    )


def members(facts: Facts) -> tuple[np.ndarray, np.ndarray]:
    """Sites that can draw on some reserve for a product, and sites that cannot for one: positions, in order; a site
    may be among both."""
    network = facts.network
    able, unable = (np.zeros(len(network.cell_site), dtype=bool) for _ in range(2))
    for reserve in facts.outcome.plan.reserves:
        for one in reach(facts.outcome.plan, reserve):
            able[one.able] = True
            unable[one.unable] = True
    can, cannot = (np.unique(network.cell_site[cells]) for cells in (able, unable & ~able))
    return can, cannot


def holders(network: Network, reserve: ReservePlan) -> str:
    """The sites that hold a reserve."""
    return " or ".join(_first(_sites(network, reserve.holder[reserve.size > 0])))


def _sites(network: Network, cells: np.ndarray) -> list[str]:
    return network.site_names(np.unique(network.cell_site[cells]))


def _first(names: list[str]) -> list[str]:
    """The first of some names, and how many more there are."""
    return [*names[:NAMED], *([f"{len(names) - NAMED} more"] if len(names) > NAMED else [])]
