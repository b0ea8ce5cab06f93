"""Buyers with several sources who may not turn to another, or have none to turn to, while some of them are shut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sim.engine.checks.base import Compiled, Note, check
from sim.engine.day import undisturbed
from sim.engine.deciding.outlook import Outlook
from sim.model.network import Network

SHUT = 0.5
"""A source that sends less than this share of the usual is shut, for a note."""
SOURCES = {
    "suppliers": {"far": {"country": "US", "makes": {"oxytocin": {}}}},
    "lanes": [{"from": "far", "to": "store", "time": "5d"}],
}


@check(
    "orders_that_pile_up",
    example=SOURCES
    | {
        "sourcing": [
            {"at": "store", "products": ["oxytocin"], "from": {"other-maker": "50%", "far": "50%"}, "keep_shares": True}
        ],
        "disruptions": [{"kind": "export_ban", "country": "DE", "from": "2024-01-20", "for": "20d"}],
    },
)
def orders_that_pile_up(compiled: Compiled) -> Iterator[Note]:
    """Sites that keep to their shares (`keep_shares`) though one of their sources sends less than half of the usual
    while another is open: their orders wait there, and count as on order."""
    keeps = ~compiled.plan.sourcing.moves
    for place, cause, shares in _shares(compiled):
        shut, best = _by_buyer(compiled.plan.network, shares)
        yield from _note(
            compiled,
            place,
            cause,
            keeps & (shut < SHUT) & (best >= SHUT),
            "pile up at a source that is shut, by keep_shares, while another is open",
        )


@check(
    "nobody_else_to_turn_to",
    example=SOURCES
    | {
        "sourcing": [{"at": "store", "products": ["oxytocin"], "from": {"other-maker": "50%", "far": "50%"}}],
        "disruptions": [
            {"kind": "export_ban", "country": "DE", "from": "2024-01-20", "for": "20d"},
            {"kind": "site_outage", "at": "far", "from": "2024-01-25", "for": "5d"},
        ],
    },
)
def nobody_else_to_turn_to(compiled: Compiled) -> Iterator[Note]:
    """Sites with several sources of which, from some day on, each sends less than half of the usual."""
    for place, cause, shares in _shares(compiled):
        _, best = _by_buyer(compiled.plan.network, shares)
        yield from _note(compiled, place, cause, best < SHUT, "have nobody else to turn to")


def _shares(compiled: Compiled) -> Iterator[tuple[tuple[str | int, ...], str, np.ndarray]]:
    """For each dated disruption that limits a source: its place, its name, and the shares of usual units that sources
    send when it has begun, all others included; over flows."""
    network = compiled.plan.network
    if not (np.bincount(network.flow_buyer, minlength=1) > 1).any():
        return
    outlook = Outlook(compiled.plan, undisturbed(network))
    outlook.hear([replace(impact, told=True, announced=impact.start) for impact in compiled.impacts])
    begins = sorted((impact.start, position) for position, impact in enumerate(compiled.impacts))
    before = np.ones(len(network.flow_buyer))
    for day, position in begins:
        impact = compiled.impacts[position]
        present = outlook.present(day)
        shares = np.minimum(present.sends, present.makes)
        if impact.effects and day < min(impact.end, network.calendar.days) and (shares < before).any():
            yield ("disruptions", position), impact.cause, shares
        before = shares


def _by_buyer(network: Network, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least that a regular source of each cell sends, and the most that any does; all where it has but one."""
    cells = len(network.cell_site)
    least, most = np.ones(cells), np.zeros(cells)
    regular = network.flow_share > 0
    np.minimum.at(least, network.flow_buyer[regular], shares[regular])
    np.maximum.at(most, network.flow_buyer, shares)
    several = np.bincount(network.flow_buyer, minlength=cells) > 1
    return np.where(several, least, 1.0), np.where(several, most, 1.0)


def _note(compiled: Compiled, place: tuple[str | int, ...], cause: str, cells: np.ndarray, what: str) -> Iterator[Note]:
    found = cells.nonzero()[0]
    if found.size:
        network = compiled.plan.network
        site = network.site_names(network.cell_site[found[:1]])[0]
        product = network.products["name"].iat[network.cell_product[found[0]]]
        more = f" (and of {found.size - 1} more)" if found.size > 1 else ""
        yield Note(place, f"from '{cause}' on, orders of '{site}' for '{product}'{more} {what}")
