"""Buyers who may not turn to another source, or have none to turn to, while those that they have are shut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.engine.bound.days_decided import days_in_force
from sim.engine.checks.base import Compiled, Note, check
from sim.engine.rationing.outlook import Outlook
from sim.model.effects import Impact
from sim.model.network import Network
from sim.policies.triggers.on import On
from sim.scenario.reading.document import Place

SHUT = 0.5
"""A source that sends less than this share of the usual is shut, for a note."""
SHORTLY = 1e-6
"""Days before a disruption at which it is looked at what it finds."""
SOURCES = {
    "suppliers": {"far": {"country": "US", "makes": {"oxytocin": {}}}},
    "lanes": [{"from": "far", "to": "store", "time": "5d"}],
}


@check(
    "orders_that_pile_up",
    remedy="Leave out `keep_shares` if these buyers are free to turn to another source.",
    example=SOURCES
    | {
        "sourcing": [
            {"at": "store", "products": ["oxytocin"], "from": {"other-maker": "50%", "far": "50%"}, "keep_shares": True}
        ],
        "disruptions": [{"kind": "export_ban", "country": "DE", "from": "2024-01-20", "for": "20d"}],
    },
    quiet=SOURCES
    | {
        "sourcing": [{"at": "store", "products": ["oxytocin"], "from": {"other-maker": "50%", "far": "50%"}}],
        "disruptions": [{"kind": "export_ban", "country": "DE", "from": "2024-01-20", "for": "20d"}],
    },
)
def orders_that_pile_up(compiled: Compiled) -> Iterator[Note]:
    """Sites that keep to their shares (`keep_shares`) though one of their sources sends less than half of the usual
    while another is open: their orders wait there, and count as on order."""
    network, several = compiled.plan.network, _several(compiled.plan.network)
    keeps = several & ~compiled.plan.sourcing.moves
    if not keeps.any():
        return
    for place, cause, before, now in _turns(compiled):
        if not (now.shares < before.shares).any():
            continue
        shut, best = _by_buyer(network, now.shares)
        yield from _note(
            compiled,
            place,
            cause,
            keeps & (shut < SHUT) & (best >= SHUT),
            "pile up at a source that sends less than half of the usual, by keep_shares, while another is open",
        )


@check(
    "nobody_else_to_turn_to",
    remedy="Nothing, if that is so; else add the sources that these buyers would find, with a share of 0% under "
    "`sourcing`.",
    example=SOURCES
    | {
        "sourcing": [{"at": "store", "products": ["oxytocin"], "from": {"other-maker": "50%", "far": "50%"}}],
        "disruptions": [
            {"kind": "export_ban", "country": "DE", "from": "2024-01-20", "for": "20d"},
            {"kind": "site_outage", "at": "far", "from": "2024-01-25", "for": "5d"},
        ],
    },
    quiet=SOURCES
    | {
        "sourcing": [{"at": "store", "products": ["oxytocin"], "from": {"other-maker": "50%", "far": "50%"}}],
        "disruptions": [{"kind": "export_ban", "country": "DE", "from": "2024-01-20", "for": "20d"}],
    },
)
def nobody_else_to_turn_to(compiled: Compiled) -> Iterator[Note]:
    """Sites all of whose sources, be it one or several, send less than half of the usual from the day on which some
    disruption begins, on account of it."""
    network = compiled.plan.network
    for place, cause, before, now in _turns(compiled):
        _, best = _by_buyer(network, now.shares)
        struck = _buyers(network, now.shares < before.shares)
        yield from _note(compiled, place, cause, struck & (best < SHUT), "have nobody else to turn to")


@check(
    "only_shares_of_the_usual_are_left",
    remedy="Nothing, if that is so: a quota or an allocation lets each customer have a share of what it usually gets "
    "there, which they take up, and of a source on stand-by that is nothing. Else raise the `quota` or `share`, or "
    "narrow it down to others.",
    example=SOURCES
    | {
        "sourcing": [{"at": "store", "products": ["oxytocin"], "from": {"other-maker": "50%", "far": "50%"}}],
        "disruptions": [
            {"kind": "export_ban", "country": "DE", "from": "2024-01-20", "for": "20d"},
            {"kind": "supplier_allocation", "supplier": "far", "from": "2024-01-25", "for": "5d", "share": "90%"},
        ],
    },
    quiet=SOURCES
    | {
        "sourcing": [{"at": "store", "products": ["oxytocin"], "from": {"other-maker": "50%", "far": "50%"}}],
        "disruptions": [
            {"kind": "export_ban", "country": "DE", "from": "2024-01-20", "for": "20d"},
            {"kind": "supplier_allocation", "supplier": "far", "from": "2024-01-25", "for": "5d", "share": "110%"},
        ],
    },
)
def only_shares_of_the_usual_are_left(compiled: Compiled) -> Iterator[Note]:
    """Sites that could turn elsewhere, one of whose sources sends less than half of the usual, while those that send
    deal out shares of what is usual and so are open to nobody for more."""
    plan, network = compiled.plan, compiled.plan.network
    moves = plan.sourcing.moves & _several(network)
    if not moves.any():
        return
    for place, cause, before, now in _turns(compiled):
        shut, best = _by_buyer(network, now.shares)
        struck = _buyers(network, (now.shares < before.shares) | (now.more < before.more))
        nobody = ~_buyers(network, now.more > 0)
        yield from _note(
            compiled,
            place,
            cause,
            moves & struck & nobody & (shut < SHUT) & (best >= SHUT),
            "find nobody open for more: the sources that still send deal out shares of what is usual",
        )


class Sent(NamedTuple):
    """The shares of usual units that sources send, and how far they are open for more; over flows."""

    shares: np.ndarray
    more: np.ndarray


def _turns(compiled: Compiled) -> Iterator[tuple[Place, str, Sent, Sent]]:
    """For each dated disruption or decision that limits a source: its place, its name, and what sources send shortly
    before it begins and when it has, all others included."""
    network = compiled.plan.network
    dated = _dated(compiled)
    if not any(impact.effects for _, impact in dated):
        return
    outlook = Outlook(compiled.plan, network.undisturbed)
    outlook.hear([replace(impact, told=True, announced=impact.start) for _, impact in dated])
    begins = sorted((impact.start, k) for k, (_, impact) in enumerate(dated) if impact.effects)
    before, last = Sent(*np.ones((2, len(network.flow_buyer)))), -np.inf
    for day, k in begins:
        place, impact = dated[k]
        if day - SHORTLY > last:
            before, last = _sent(outlook, day - SHORTLY), day
        now = _sent(outlook, day)
        if day < min(impact.end, network.calendar.days):
            yield place, impact.cause, before, now
        before = now


def _dated(compiled: Compiled) -> list[tuple[Place, Impact]]:
    """What disruptions do, and decisions that a date alone brings, each with its place; up to the day on which such a
    decision ends it."""
    plan = compiled.plan
    found: list[tuple[Place, Impact]] = [(("disruptions", k), impact) for k, impact in enumerate(compiled.impacts)]
    ends: dict[str, float] = {}
    for k, one in enumerate(plan.decisions):
        drawn = any(compiled.is_drawn("decisions", k, key) for key in ("when", "after", "for", "until"))
        if not isinstance(one.when, On) or drawn:
            continue
        day, over = days_in_force(one.when, one, plan.network)
        if over > day + one.lasts or day >= one.over:
            continue  # its delay differs from draw to draw, or it comes too late
        for acts in one.acts:
            moved = (impact.moved(day) for impact in acts.impacts)
            found += [(("decisions", k), i.ended(over) if i.end > over > day else i) for i in moved]
            ends |= {name: min(day, ends.get(name, np.inf)) for name in acts.ends}
    return [(at, i.ended(ends[i.cause]) if i.start < ends.get(i.cause, np.inf) < i.end else i) for at, i in found]


def _sent(outlook: Outlook, day: float) -> Sent:
    present = outlook.present(day)
    open_for_more = np.maximum(present.takes, np.maximum(present.above, present.works))
    return Sent(np.minimum(present.sends, present.makes), open_for_more)


def _buyers(network: Network, flows: np.ndarray) -> np.ndarray:
    """The cells that buy on some flow of a mask; a mask."""
    return np.asarray(np.bincount(network.flow_buyer, flows, len(network.cell_site)) > 0)


def _several(network: Network) -> np.ndarray:
    """Cells with more than one source; a mask."""
    return np.asarray(np.bincount(network.flow_buyer[: network.orders], minlength=len(network.cell_site)) > 1)


def _by_buyer(network: Network, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least that a regular source of each cell sends, and the most that any does; all where it has none."""
    cells = len(network.cell_site)
    least, most = np.ones(cells), np.zeros(cells)
    regular = network.flow_share > 0
    np.minimum.at(least, network.flow_buyer[regular], shares[regular])
    orders = slice(0, network.orders)
    np.maximum.at(most, network.flow_buyer[orders], shares[orders])
    return least, np.where(np.bincount(network.flow_buyer, minlength=cells) > 0, most, 1.0)


def _note(compiled: Compiled, place: Place, cause: str, cells: np.ndarray, what: str) -> Iterator[Note]:
    found = cells.nonzero()[0]
    if found.size:
        network = compiled.plan.network
        site = network.site_names(network.cell_site[found[:1]])[0]
        product = network.products["name"].iat[network.cell_product[found[0]]]
        more = f" (and of {found.size - 1} more)" if found.size > 1 else ""
        yield Note(place, f"from '{cause}' on, orders of '{site}' for '{product}'{more} {what}")
