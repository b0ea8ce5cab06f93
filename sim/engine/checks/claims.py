"""Claims on reserves that are worth less than they seem."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.checks.base import Compiled, Note, check, few

TWO = {
    "parties": {
        "kenya": {"kind": "country", "sites": ["clinic-a"]},
        "uganda": {"kind": "country", "sites": ["clinic-b"]},
    }
}
POOL: dict[str, object] = {
    "held_at": "store", "size": 100, "members": ["clinic-a", "clinic-b"], "products": ["saline"],
    "release": {"when": {"trigger": "days_of_cover", "below": "1d"}, "at_most": "20%"},
    "claims": {"kenya": "60%", "uganda": "40%"},
}  # fmt: skip


def _pool(**fields: object) -> dict[str, object]:
    return TWO | {"reserves": {"national": POOL | fields}}


@check(
    "claims_out_of_reach",
    remedy="Hold as much as it claims where the party's sites buy, directly or through others; or let it claim less.",
    example=_pool(held_at={"store": "80%", "clinic-b": "20%"}, claims={"kenya": "90%", "uganda": "10%"}),
    quiet=_pool(held_at={"store": "80%", "clinic-b": "20%"}, claims={"kenya": "80%", "uganda": "20%"}),
)
def claims_out_of_reach(compiled: Compiled) -> Iterator[Note]:
    """A party that claims more of a reserve than lies where its members can draw on it."""
    for plan in compiled.plan.reserves:
        if plan.claims is None:
            continue
        bound = plan.claims
        account = np.concatenate([bound.of_flow, bound.of_own])
        holder = np.concatenate([plan.flow_holder, plan.own[:, 0]])
        ways = np.unique(np.stack([account, holder]), axis=1)
        there = np.bincount(ways[0], plan.size[ways[1]], len(bound.size)).astype(np.int64)
        for k in np.flatnonzero(bound.size > there).tolist():
            party = bound.parties[bound.party[k]]
            if party:
                goods = compiled.goods(int(bound.size[k] - there[k]), int(bound.products[bound.product[k]]))
                text = f"'{party}' can never draw {goods} of its claim on '{plan.name}' ({bound.size[k]:,} in all): "
                yield Note(
                    ("reserves", plan.written_as, "claims", party), f"{text}they lie where none of its members buys"
                )


@check(
    "members_without_a_claim",
    remedy="Give their party a claim, leave a part of the reserve unclaimed, or take them from `members`.",
    example=_pool(claims={"kenya": "100%"}),
    quiet=_pool(claims={"kenya": "90%"}),
)
def members_without_a_claim(compiled: Compiled) -> Iterator[Note]:
    """Members of a reserve that is all claimed by other parties: they can never have any of it."""
    for plan in compiled.plan.reserves:
        if plan.claims is None:
            continue
        last = len(plan.claims.parties) - 1
        empty = (plan.claims.party == last) & (plan.claims.size == 0)
        if (cells := plan.members[empty[plan.claims.of_member]]).size:
            text = f"members of '{plan.name}' on which no party has a claim, and nothing is left unclaimed: "
            yield Note(("reserves", plan.written_as, "claims"), text + compiled.sites(cells))


@check(
    "contributions_nobody_makes",
    remedy="Let somebody pay (`made: yes`, or a date), or leave `contributions` out.",
    example=_pool(contributions={"kenya": {"made": "no"}, "uganda": {"made": "no"}}),
    quiet=_pool(contributions={"kenya": {"made": "no"}}),
)
def contributions_nobody_makes(compiled: Compiled) -> Iterator[Note]:
    """A reserve for which no party ever pays: its claims are nobody's."""
    for plan in compiled.plan.reserves:
        spec = plan.spec
        unpaid = [name for name, one in spec.contributions.items() if one.made is False]
        if unpaid and len(unpaid) == len(spec.claims):
            text = f"nobody pays for '{plan.name}' ({few(unpaid)}): no party may draw on it once contributions are due"
            yield Note(("reserves", plan.written_as, "contributions"), text)


@check(
    "contributions_that_cannot_come",
    remedy="Give the reserve a `refill`, by which goods come that parties bring.",
    example=_pool(contributions={"kenya": {"share": "30%", "by": "2024-01-05"}}),
    quiet=_pool(contributions={"kenya": {"share": "30%", "by": "2024-01-05"}}, refill={"at_most": "10%"}),
)
def contributions_that_cannot_come(compiled: Compiled) -> Iterator[Note]:
    """Goods that a party is to bring to a reserve which is never filled: they come by its refill."""
    for plan in compiled.plan.reserves:
        if not plan.may_be_refilled:
            for name, one in plan.spec.contributions.items():
                later = one.by is not None or not isinstance(one.made, bool)
                if one.share and later and one.made is not False:
                    text = f"'{name}' brings goods to '{plan.name}', which has no refill by which they could come"
                    yield Note(("reserves", plan.written_as, "contributions", name), text)
