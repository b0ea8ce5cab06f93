"""What a budget can be split over: whole reserves, or their parts by site, by product or by both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from sim.engine.compile.plan import compile_plan
from sim.engine.compile.rules.reserves import compile_reserves
from sim.model.amounts import Cover
from sim.policies.reserves.reserve import Reserve
from sim.scenario.load import Loaded, Problems
from sim.study.run.bench import Subject

By = Literal["reserve", "site", "product", "both"]

MOST_PARTS = 24
PROBE = 1000.0
"""Days for which a part is sized to see what a day of it is."""


@dataclass(frozen=True)
class ReservePart:
    """A reserve, or a part of one that can be given a size of its own; `reserve` is what would stand in the scenario.

    `per_day` is the money, `units_per_day` the units that a day of its members' usual demand takes. `whole`: whether it
    is of one product, so that its size can be counted in units.
    """

    name: str
    of: str
    reserve: Reserve
    per_day: float
    units_per_day: float
    whole: bool

    @property
    def price(self) -> float:
        """Money for a unit, in the mean."""
        return self.per_day / self.units_per_day


def sizes(parts: Sequence[ReservePart], shares: Sequence[float], budget: float) -> tuple[float, ...]:
    """Days of usual demand that each part's share of the budget buys.

    A part of one product gets whole units; what its share leaves over buys further units, the part that lacks least of
    one first, as long as the money lasts.
    """
    days = [share * budget / part.per_day for part, share in zip(parts, shares, strict=True)]
    lacking, left = {}, 0.0
    for k, part in enumerate(parts):
        if part.whole:
            wanted = days[k] * part.units_per_day
            units = math.floor(wanted + 1e-9)
            lacking[k] = units + 1 - wanted
            left += (wanted - units) * part.price
            days[k] = units / part.units_per_day
    for k in sorted(lacking, key=lambda k: (lacking[k], k)):
        if parts[k].price <= left + 1e-9:
            left -= parts[k].price
            days[k] += 1 / parts[k].units_per_day
    return tuple(days)


def parts_of(subject: Subject, reserves: Sequence[str], by: By = "reserve") -> list[ReservePart]:
    """The parts of some reserves that cost something; every part keeps the reserve's members, triggers and rules.

    Raises ValueError where there are more than `MOST_PARTS`, or none, ScenarioError where a part cannot be held.
    """
    cut = {
        name: (owner, piece)
        for owner in reserves
        for name, piece in _pieces(subject, owner, subject.loaded.spec.reserves[owner], by)
    }
    if len(cut) > MOST_PARTS:
        raise ValueError(f"{len(cut)} parts are too many to search over (at most {MOST_PARTS}); group them in reserves")
    network = subject.plan.network
    price = network.products["cost"].to_numpy(dtype=float)[network.cell_product]
    sized = _with_reserves(subject.loaded, {n: _sized(piece, PROBE) for n, (_, piece) in cut.items()})
    problems = Problems(subject.loaded.document)
    found = []
    for plan in compile_reserves(sized, network, problems):
        owner, piece = cut[plan.name]
        units, money = float(plan.size.sum()), float((plan.size * price[plan.holder]).sum())
        whole = len(np.unique(network.cell_product[plan.holder])) == 1
        if money:
            found.append(ReservePart(plan.name, owner, piece, money / PROBE, units / PROBE, whole))
    problems.check()
    if not found:
        raise ValueError("goods that cost something: nothing here has a price")
    return sorted(found, key=lambda part: list(cut).index(part.name))


def _pieces(subject: Subject, name: str, reserve: Reserve, by: By) -> list[tuple[str, Reserve]]:
    network = subject.plan.network
    probe = _with_reserves(subject.loaded, {name: _sized(reserve, PROBE)})
    problems = Problems(subject.loaded.document)
    compiled = compile_reserves(probe, network, problems)
    problems.check()
    if by == "reserve" or not compiled:
        return [(name, reserve)]
    sites = network.site_names(network.cell_site[compiled[0].holder])
    products = network.products["name"].to_numpy()[network.cell_product[compiled[0].holder]]
    found: dict[str, Reserve] = {}
    for site, product in zip(sites, products, strict=True):
        words: list[str] = [name]
        change: dict[str, Any] = {}
        if by in ("product", "both"):
            words.append(f"of {product}")
            change["products"] = [str(product)]
        if by in ("site", "both"):
            words.append(f"at {site}")
            change |= {"held_at": str(site)} | ({"members": str(site)} if reserve.at_members else {})
        found[" ".join(words)] = reserve.model_copy(update=change)
    return list(found.items())


def _sized(reserve: Reserve, days: float) -> Reserve:
    return reserve.model_copy(update={"size": Cover(days)})


def _with_reserves(loaded: Loaded, reserves: Mapping[str, Reserve]) -> Loaded:
    """The scenario with these reserves and no others."""
    return replace(loaded, spec=loaded.spec.model_copy(update={"reserves": dict(reserves)}))


def funded(subject: Subject, parts: Sequence[ReservePart], days: Sequence[float]) -> Subject:
    """The scenario with every part at its size in place of the reserves that the parts are of; others stay.

    Raises ScenarioError where a part does not fit into its storage.
    """
    gone = {part.of for part in parts}
    kept = {name: reserve for name, reserve in subject.loaded.spec.reserves.items() if name not in gone}
    sized = {part.name: _sized(part.reserve, size) for part, size in zip(parts, days, strict=True)}
    loaded = _with_reserves(subject.loaded, kept | sized)
    return replace(subject, loaded=loaded, plan=compile_plan(loaded))
