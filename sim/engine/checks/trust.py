"""Trust that nothing hangs on, and what a party that defects has not got to keep."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.disruptions.defection import Defection
from sim.engine.checks.base import Compiled, Note, check
from sim.model.parties import Party

PARTIES: dict[str, object] = {
    "kenya": {"kind": "country", "sites": "KE"},
    "uganda": {"kind": "country", "sites": "UG"},
    "india": {"kind": "country", "sites": "IN"},
}
GIVEN = [{"rule": "nearest", "from": "facilities", "time": "1d", "keep": "3d", "below": "2d"}]
BREACH: dict[str, object] = {
    "kind": "defection",
    "party": "kenya",
    "from": "2024-01-11",
    "for": "20d",
    "keeps": ["exports", "reserves"],
}


@check(
    "trust_of_no_effect",
    remedy="Give it `transfers` or `hoarding: true`, and the scenario what these are about.",
    example={"parties": PARTIES, "trust": {"transfers": {}}},
    quiet={"parties": PARTIES, "transfers": GIVEN, "trust": {"transfers": {}}},
)
def trust_of_no_effect(compiled: Compiled) -> Iterator[Note]:
    """Levers of trust in a scenario where nobody gives anything, or nobody hoards."""
    trust, plan = compiled.plan.trust, compiled.plan
    if trust is None:
        return
    if trust.rule.transfers is not None and not plan.transfers:
        yield Note(("trust", "transfers"), "nobody may give anybody anything, so that nothing hangs on trust there")
    if trust.rule.hoarding and plan.behaviour.hoarders is None:
        yield Note(("trust", "hoarding"), "nobody hoards, so that nothing hangs on trust there")


@check(
    "defection_without_a_reserve",
    remedy="Let a site of the party hold a reserve, give it a claim on one, or leave reserves out of `keeps`.",
    example={"parties": PARTIES, "disruptions": [BREACH | {"party": "india"}]},
    quiet={"parties": PARTIES, "disruptions": [BREACH]},
)
def defection_without_a_reserve(compiled: Compiled) -> Iterator[Note]:
    """A defection that says that it keeps reserves, of a party at whose sites none is held, and without any claim."""
    plan = compiled.plan
    for position, entry in enumerate(compiled.loaded.spec.disruptions):
        if not isinstance(entry, Defection) or "keeps" not in entry.model_fields_set or "reserves" not in entry.keeps:
            continue
        party: Party = plan.network.parties[entry.party]
        cells = [reserve.holder for reserve in plan.reserves]
        cells += [one.members[one.claims.claimed] for one in plan.reserves if one.claims is not None]
        if not any(np.isin(plan.network.cell_site[some], party.reach).any() for some in cells):
            text = f"no site of '{entry.party}' holds a reserve that it could keep, nor has it a claim on one"
            yield Note(("disruptions", position, "keeps"), text)
