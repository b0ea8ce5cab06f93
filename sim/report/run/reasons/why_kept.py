"""Who kept a reserve from a site: a party that broke its word."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.plan import ReservePlan
from sim.engine.run import Outcome
from sim.model.effects import Impact
from sim.report.words.phrases import listed


def kept_from(outcome: Outcome, reserve: ReservePlan, cell: int, day: int) -> Iterator[tuple[str, Impact]]:
    """(who kept what, in words, the disruption or decision) for all that a member could have drawn on that day."""
    network, member = outcome.plan.network, int((reserve.members == cell).nonzero()[0][0])
    serving = reserve.flow[[member in serves for serves in reserve.flow_serves]]
    claims, others = reserve.claims, reserve.members[:0]
    if claims is not None and reserve.spec.borrow is not None:
        others = reserve.members[claims.of_member != claims.of_member[member]]
    acting = ((i, e) for i in outcome.impacts for e in i.effects if e.start < day + 1 and e.end > day)
    for impact, effect in acting:
        mine = np.intersect1d(serving, effect.rows)
        theirs = others[:0] if cell in effect.rows else np.intersect1d(others, effect.rows)
        if effect.quantity == "flow.releases" and mine.size:
            sites = np.unique(network.cell_site[network.flow_source[mine]])
            yield f"{_owners(outcome, sites)} kept what lies at {listed(network.site_names(sites))}", impact
        elif effect.quantity == "cell.keeps_claim" and theirs.size:
            yield f"{_owners(outcome, network.cell_site[theirs])} kept its claim to itself", impact


def _owners(outcome: Outcome, sites: np.ndarray) -> str:
    """The titles of those who own sites."""
    network = outcome.plan.network
    names = dict.fromkeys(network.sites["party"].to_numpy()[sites])
    return listed([network.parties.titles.get(name, "somebody") for name in names])
