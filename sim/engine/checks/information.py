"""Conditions and rules that look at what those who act by them never see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sim.engine.bound.in_force import ALWAYS
from sim.engine.bound.information import CAPACITY, DEMAND, NOTHING, ORDERS, STOCK, BoundView, InformationPlan
from sim.engine.checks.base import Compiled, Note, check
from sim.engine.knowing.looks import NEEDS
from sim.policies.cover import CountsCover
from sim.policies.replenishment.seen import Figure
from sim.policies.triggers.base import Trigger
from sim.scenario.reading.document import Place
from sim.scenario.words.conditions import conditions

PARTIES = {"kenya": {"kind": "country", "sites": "KE"}, "uganda": {"kind": "country", "sites": "UG"}}
SUPPLIERS = {"who": "all", "of": "suppliers", "sees": "capacity"}
STOCK_OF_ALL = {"who": "all", "of": "facilities", "sees": "stock"}
UGANDAN = {"reserves.national.members": "clinic-c"}
SECOND = {
    "suppliers.other-maker.makes.saline": {},
    "sourcing": [{"at": "store", "products": ["saline"], "from": {"maker": "70%", "other-maker": "30%"}}],
}
BELOW: dict[Figure, int] = {"end_demand": DEMAND, "echelon": STOCK}
"""How much has to be seen of those below for a policy that looks at this."""
END = {"policy": "forecast", "at": "warehouses", "of": "end", "forecast": {"method": "moving_average"}, "safety": "7d"}
DEMAND_OF_ALL = {"who": "all", "of": "facilities", "sees": "stock_and_demand"}
ACROSS = {
    "rule": "nearest", "from": "facilities", "within": "other_party", "time": "1d", "keep": "3d", "below": "2d",
}  # fmt: skip


def ever_seen(compiled: Compiled) -> InformationPlan | None:
    """Who sees what on one day or another, what may be decided included; None where all see all."""
    plan = compiled.plan
    if plan.information is None:
        return None
    decided = [p for one in plan.decisions for acts in one.acts for p in acts.policies if isinstance(p, BoundView)]
    views = [replace(view, since=ALWAYS, until=np.inf) for view in (*plan.information.views, *decided)]
    return replace(plan.information, views=tuple(views))


def _looked_at(compiled: Compiled, seen: InformationPlan) -> Iterator[tuple[Place, Trigger, np.ndarray, str]]:
    """(place, condition, how much is seen of each of its cells, who sees it) of reserves and decisions."""
    plan, spec = compiled.plan, compiled.loaded.spec
    for reserve in plan.reserves:
        level = seen.joint(np.unique(seen.owner[reserve.holder]), 0).level[reserve.members]
        for place, found in conditions(reserve.spec, ("reserves", reserve.written_as)):
            yield place, found, level, f"who holds '{reserve.name}'"
    for position, one in enumerate(plan.decisions):
        level = seen.joint(seen.party(one.party), 0).level[one.cells]
        for place, found in conditions(spec.decisions[position].when, ("decisions", position, "when")):
            yield place, found, level, f"'{one.party}'"


@check(
    "conditions_on_what_is_never_seen",
    remedy="Let them see it, under `information`; or take a condition on what they do see, such as `announced`.",
    example={"parties": PARTIES, "information": [SUPPLIERS]} | UGANDAN,
    quiet={"parties": PARTIES, "information": [SUPPLIERS, STOCK_OF_ALL]} | UGANDAN,
)
def conditions_on_what_is_never_seen(compiled: Compiled) -> Iterator[Note]:
    """A condition of a reserve or a decision on figures of sites that those who look never see, as they are shown less
    under `information`: it is never met."""
    seen = ever_seen(compiled)
    if seen is None:
        return
    for place, found, level, who in _looked_at(compiled, seen):
        need = max((NEEDS.get(sight, NOTHING) for sight in found.sees), default=NOTHING)
        if need and len(level) and (level < need).all() and not compiled.is_drawn(*place):
            yield Note(place, f"this is never met: {who} sees nothing of it at these sites")


@check(
    "sources_that_see_no_stock",
    remedy="Let the source see the stock of those who buy of it, under `information`; or let it share by another rule.",
    example={"information": [SUPPLIERS], "allocation": [{"rule": "equal_days_of_cover", "at": "store"}]},
    quiet={"information": [STOCK_OF_ALL], "allocation": [{"rule": "equal_days_of_cover", "at": "store"}]},
)
def sources_that_see_no_stock(compiled: Compiled) -> Iterator[Note]:
    """A rule that shares by days of cover at sources that see the stock of none who buy of them: it shares by usual
    demand, and by what they sent themselves."""
    seen, network = ever_seen(compiled), compiled.plan.network
    if seen is None:
        return
    for position, entry in enumerate(compiled.loaded.spec.allocation):
        flows = np.flatnonzero(np.isin(network.flow_source, network.select_cells(entry.at, entry.products)))
        level = seen.between(seen.owner[network.flow_source[flows]], network.flow_buyer[flows], 0).level
        if isinstance(entry, CountsCover) and len(flows) and (level < STOCK).all():
            yield Note(
                ("allocation", position, "rule"), "the cover of no buyer is seen where this rule is to share by it"
            )


@check(
    "capacity_that_nobody_sees",
    remedy="Let buyers see the `capacity` of suppliers, under `information`; or leave it, if nobody tells them.",
    example={"information": [STOCK_OF_ALL]} | SECOND,
    quiet={"information": [STOCK_OF_ALL, SUPPLIERS]} | SECOND,
)
def capacity_that_nobody_sees(compiled: Compiled) -> Iterator[Note]:
    """Buyers with several sources of which none sees what these can make: each turns to another only once its own
    orders show it."""
    seen, network = ever_seen(compiled), compiled.plan.network
    if seen is None:
        return
    flows = np.flatnonzero(
        compiled.plan.sourcing.moves[network.flow_buyer] & np.isin(network.flow_source, network.makers)
    )
    level = seen.between(seen.owner[network.flow_buyer[flows]], network.flow_source[flows], 0).level
    if len(flows) and (level < CAPACITY).all():
        buyers = compiled.sites(network.flow_buyer[flows])
        text = f"{buyers} cannot see what sources are able to make, and turn to others once own orders show it"
        yield Note(("information",), text)


@check(
    "hoarding_on_orders_never_seen",
    remedy="Let them see the `orders` of the others, under `information`; or take `sees: own`.",
    example={"information": [SUPPLIERS], "hoarding": [{"at": "facilities", "sees": "source"}]},
    quiet={"information": [SUPPLIERS, STOCK_OF_ALL], "hoarding": [{"at": "facilities", "sees": "source"}]},
)
def hoarding_on_orders_never_seen(compiled: Compiled) -> Iterator[Note]:
    """Hoarders that go by the orders of others and are shown none of these: they look at their own."""
    seen, network = ever_seen(compiled), compiled.plan.network
    if seen is None:
        return
    for position, entry in enumerate(compiled.loaded.spec.hoarding):
        owners = np.unique(seen.owner[network.select_cells(entry.at, entry.products)])
        rows = np.unique(seen.observer[owners]).tolist()
        shown = any((seen.others(row, 0).level[network.flow_buyer] >= ORDERS).any() for row in rows)
        if entry.sees != "own" and not shown and (owners >= len(seen.parties)).all():
            yield Note(("hoarding", position, "sees"), "of the orders of others these see none, and go by their own")


@check(
    "policies_that_see_nothing_below",
    remedy="Let who orders see the demand, or the stock, of those below, under `information`; or forecast own demand.",
    example={"information": [SUPPLIERS], "replenishment.1": END},
    quiet={"information": [SUPPLIERS, DEMAND_OF_ALL], "replenishment.1": END},
)
def policies_that_see_nothing_below(compiled: Compiled) -> Iterator[Note]:
    """Policies that go by end demand, or by the stock of an echelon, where they see it of nobody below: usual demand,
    or the levels that those below order up to, take its place."""
    seen, network = ever_seen(compiled), compiled.plan.network
    if seen is None:
        return
    buyer, source = network.flow_buyer[: network.orders], network.flow_source[: network.orders]
    for bound in compiled.plan.replenishment:
        needs = [BELOW[figure] for figure in bound.rule.looks_at & BELOW.keys()]
        flows = np.isin(source, bound.cells)
        if not needs or not flows.any():
            continue
        level = seen.between(seen.owner[source[flows]], buyer[flows], 0).level
        if (level < max(needs)).all():
            sites = compiled.sites(bound.cells)
            yield Note(("replenishment", bound.entry), f"{sites} see nothing of it at any site that they supply")


@check(
    "transfers_nobody_sees_lacking",
    remedy="Let givers see the `stock` of those they are to give to, under `information`.",
    example={"parties": PARTIES, "information": [SUPPLIERS], "transfers": [ACROSS]},
    quiet={"parties": PARTIES, "information": [SUPPLIERS, STOCK_OF_ALL], "transfers": [ACROSS]},
)
def transfers_nobody_sees_lacking(compiled: Compiled) -> Iterator[Note]:
    """An entry of transfers by which nobody ever gives: no giver sees the stock of any that it might give to."""
    seen, network = ever_seen(compiled), compiled.plan.network
    if seen is None:
        return
    for position, entry in enumerate(compiled.plan.transfers):
        source, buyer = network.flow_source[entry.flow], network.flow_buyer[entry.flow]
        level = seen.between(seen.owner[source], buyer, 0).level
        if len(level) and (level < STOCK).all():
            yield Note(("transfers", position), "no giver sees whether any of those lacks something, and none gives")
