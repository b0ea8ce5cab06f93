"""Reserves that do not do what one keeps them for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.bound.reach import Reach, counts_members, reach
from sim.engine.checks.base import Compiled, Note, check, few
from sim.engine.checks.usual import on_a_mean_day
from sim.engine.plan import ReservePlan
from sim.policies.reserves.reserve import Refill
from sim.scenario.reading.document import Place

WHEN = {"when": {"trigger": "days_of_cover", "below": "1d"}}
SECOND_STORE = {
    "warehouses": {"second": {"country": "UG"}},
    "facilities": {"clinic-d": {"country": "UG"}},
    "lanes": [
        {"from": "maker", "to": "second", "mode": "air", "time": "4d"},
        {"from": "second", "to": "clinic-d", "time": "1d"},
    ],
    "sourcing": [{"at": "clinic-d", "from": {"second": "100%"}}],
}
"""A store that the standard network's does not supply, with a clinic of its own."""


def _reserve(**fields: object) -> dict[str, object]:
    return {
        "held_at": "store",
        "size": "10d",
        "members": "facilities",
        "products": ["saline"],
        "release": WHEN,
    } | fields


@check(
    "members_that_cannot_draw",
    remedy="Hold it at a site from which they order, directly or through others; give it a holder for each part of the "
    "network; or take them from `members`, and its size is for the others alone.",
    example=SECOND_STORE | {"reserves": {"national": _reserve()}},
    quiet=SECOND_STORE | {"reserves": {"national": _reserve(held_at={"store": "75%", "second": "25%"})}},
)
def members_that_cannot_draw(compiled: Compiled) -> Iterator[Note]:
    """Members of a reserve who order nothing of its holders, directly or through others, by a lane that is ever open,
    or use none of its products; with what of its size is reckoned for them."""
    for reserve in compiled.plan.reserves:
        by_sites: dict[str, list[Reach]] = {}
        for one in reach(compiled.plan, reserve):
            if one.unable.size:
                by_sites.setdefault(compiled.sites(one.unable), []).append(one)
        for names, reaches in by_sites.items():
            yield Note(("reserves", reserve.written_as, "members"), _unreached(compiled, reserve, names, reaches))
        if len(words := _useless(compiled, reserve)):
            text = f"members of '{reserve.name}' that use none of its products: {few(list(words.values()))}"
            yield Note(("reserves", reserve.written_as, "members", next(iter(words))), text)


def _unreached(compiled: Compiled, reserve: ReservePlan, names: str, reaches: list[Reach]) -> str:
    """`30 of 60 days' need of ... is for members that cannot draw on it: ... do not order from ...`."""
    network = compiled.plan.network
    sites = np.unique(network.cell_site[np.concatenate([one.unable for one in reaches])])
    order = "does not order" if len(sites) == 1 else "do not order"
    why = f"{names} {order} from {compiled.sites(reserve.holder)}"
    parts = []
    for one in reaches[:3]:
        unit = compiled.goods(one.units, one.product)
        parts.append(f"{one.idle:,} of {unit}, {one.idle / max(1, one.units):.0%}")
    more = f"; {len(reaches) - 3} more products" if len(reaches) > 3 else ""
    amounts = "; ".join(parts) + more
    if not counts_members(reserve):
        return f"members cannot draw on '{reserve.name}': {why} (by usual demand {amounts} would be theirs)"
    days = {(round(one.idle_days, 1), round(one.lasts, 1)) for one in reaches}
    idle, lasts = days.pop()
    if days or not np.isfinite(lasts):
        return f"part of '{reserve.name}' is for members that cannot draw on it: {why} ({amounts})"
    return (
        f"{idle:g} of {lasts:g} days' need of '{reserve.name}' is for members that cannot draw on it: {why} ({amounts})"
    )


def _useless(compiled: Compiled, reserve: ReservePlan) -> dict[int, str]:
    """Entries of a list of members whose sites use no product of the reserve, by position."""
    members = reserve.spec.members
    if not isinstance(members, list):
        return {}
    network = compiled.plan.network
    sites = network.cell_site[reserve.members]
    some = {k: network.select_sites(word) for k, word in enumerate(members)}
    written = compiled.loaded.document.at(("reserves", reserve.written_as, "members")) or members
    return {k: str(written[k]) for k, chosen in some.items() if not np.isin(chosen, sites).any()}


@check(
    "reserves_without_refill",
    remedy="Give its `refill` a share above 0% and a time that passes within the scenario; give the holder an ordinary "
    "stock to fill it from, or leave `refill` out.",
    example={"reserves": {"national": _reserve(refill={"at_most": "0%"})}},
    quiet={"reserves": {"national": _reserve(refill={"at_most": "1%"})}},
)
def reserves_without_refill(compiled: Compiled) -> Iterator[Note]:
    """A reserve that is to be refilled and cannot be: by 0% a day, later than the last day, or where its holder never
    orders more than goes out."""
    plan = compiled.plan
    days = plan.network.calendar.days
    for reserve in plan.reserves:
        place = ("reserves", reserve.written_as)
        settings: list[tuple[Place, Refill | None]] = [((*place, "refill"), reserve.spec.refill)]
        settings += [((*place, "changes", k, "refill"), c.refill) for k, c in enumerate(reserve.spec.changes)]
        for where, refill in settings:
            if refill is None or compiled.is_drawn(*where):
                continue
            if not refill.at_most:
                why = f"'{reserve.name}' is not refilled: 0% of its size may be put back a day"
                yield Note((*where, "at_most"), why)
            elif refill.after >= days:
                why = f"'{reserve.name}' is not refilled: not until {refill.after:g} days after it has closed"
                yield Note((*where, "after"), f"{why}, in a scenario of {days}")
            elif (empty := _without_stock(compiled, reserve)).size:
                names = compiled.sites(empty)
                yield Note(
                    where, f"'{reserve.name}' cannot be refilled: {names} never has ordinary stock to fill it from"
                )


def _without_stock(compiled: Compiled, reserve: ReservePlan) -> np.ndarray:
    """Holders' cells that order up to nothing; makers make what is lacking."""
    plan = compiled.plan
    target = np.zeros(len(plan.network.cell_site), dtype=np.int64)
    for rule in plan.replenishment:
        target[rule.cells] = np.maximum(target[rule.cells], rule.rule.target)
    empty = (target == 0)[reserve.holder] & (plan.network.cell_kind[reserve.holder] != "supplier")
    return reserve.holder[empty & (reserve.size > 0)]


@check(
    "reserves_below_one_review",
    remedy="Make it larger, or let it give only a share a day (`at_most`), to those who lack most (`rule`).",
    example={"reserves": {"national": _reserve(size=20)}},
    quiet={"reserves": {"national": _reserve(size=40)}},
)
def reserves_below_one_review(compiled: Compiled) -> Iterator[Note]:
    """A reserve that holds less than its members who can draw on it order at one review: it is gone in a day, and
    whoever is not served first gets none. One that gives a share a day is not meant."""
    plan = compiled.plan
    if not plan.reserves:
        return
    _, mean = on_a_mean_day(compiled)
    review = np.zeros(len(plan.network.cell_site))
    for rule in plan.replenishment:
        review[rule.cells] = rule.review
    for reserve in plan.reserves:
        if compiled.is_drawn("reserves", reserve.written_as, "size") or reserve.spec.release.at_most is not None:
            continue
        for one in reach(plan, reserve):
            orders = float((mean[one.able] * review[one.able]).sum())
            if 0 < one.units < np.floor(orders):
                text = (
                    f"'{reserve.name}' holds {compiled.goods(one.units, one.product)}, less than its members usually "
                )
                yield Note(("reserves", reserve.written_as, "size"), f"{text}order at one review ({orders:,.0f})")


@check(
    "reserves_at_makers_without_stock",
    remedy="Hold it at a depot, or give the maker a `finished_stock`, if it is not meant to be filled by making alone.",
    example={"reserves": {"national": _reserve(held_at="maker")}, "suppliers.maker.makes.saline.finished_stock": "0d"},
    quiet={"reserves": {"national": _reserve(held_at="maker")}},
)
def reserves_at_makers_without_stock(compiled: Compiled) -> Iterator[Note]:
    """A reserve that is held at a maker which keeps no finished stock: it is refilled only by making more than is
    ordered, and what stops the plant or its exports holds the reserve as well."""
    plan = compiled.plan
    for reserve in plan.reserves:
        bare = (plan.network.cell_kind[reserve.holder] == "supplier") & (plan.finished_target[reserve.holder] == 0)
        if (cells := reserve.holder[bare & (reserve.size > 0)]).size:
            text = f"'{reserve.name}' is held at {compiled.sites(cells)}, which keeps no finished stock: it is "
            yield Note(
                ("reserves", reserve.written_as, "held_at"),
                f"{text}refilled only by making more, and is shut with the plant",
            )
