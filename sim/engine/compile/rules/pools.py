"""Pools of parties: who is in one, what it holds together, and who is with whom where it is taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import PlaceError, one_of_few, placed
from sim.model.parties import Parties
from sim.policies.reserves.apart import Apart
from sim.policies.reserves.reserve import Reserve
from sim.scenario.load import Loaded

ALONE = -1
"""As a group: with nobody, and nobody against."""


@dataclass(frozen=True)
class Pool:
    """A pool: its members, those who have a claim on its reserves before others by name, and these reserves."""

    name: str
    members: tuple[str, ...]
    claimants: tuple[str, ...]
    reserves: tuple[str, ...]


def pool_of(name: str, parties: Parties, reserves: Mapping[str, Reserve], claimed: bool = True) -> Pool:
    """The pool that a name stands for; raises PlaceError where there is none, or where it is to have a reserve with
    claims (`claimed`) and has none."""
    party = parties.by_name.get(name)
    if party is not None and party.inside:
        if len(party.inside) < 2:
            raise _alone(name)
        held = [key for key, one in sorted(reserves.items()) if len(set(one.claims) & set(party.inside)) > 1]
        if claimed and not held:
            message = "this pool has no reserve of which two of its members have a claim"
            expected = "a pooled reserve: `claims` by member, in `reserves`, or a strategy that has one"
            raise PlaceError((), message, name, expected)
        inside = party.inside
    else:
        known = sorted(key for key, one in reserves.items() if one.claims)
        if name not in known:
            raise _no_pool(name, parties, reserves, known)
        held, inside = [name], tuple(reserves[name].claims)
    claims = {claimant for key in held for claimant in reserves[key].claims}
    covered = {one for claimant in claims & set(inside) for one in parties.owners(claimant) - {claimant}}
    members = [n for n in inside if n in claims or (n not in covered and not parties[n].inside)]
    if len(members) < 2:
        raise _alone(name)
    return Pool(name, tuple(members), tuple(n for n in members if n in claims), tuple(held))


def _alone(name: str) -> PlaceError:
    message = "a pool of one: there is nobody to share with"
    return PlaceError((), message, name, "a pool with two members at least")


def _no_pool(name: str, parties: Parties, reserves: Mapping[str, Reserve], claimed: Sequence[str]) -> PlaceError:
    known = [*parties.pools, *claimed]
    expected = one_of_few(known, "a pool of parties, or a reserve with claims")
    if not known:
        expected = "a party of the kind pool, or a reserve with claims: the scenario has neither"
    message = "there is no such pool"
    if name in parties.by_name:
        message = "this party is no pool"
    elif name in reserves:
        message = "no party has a claim on this reserve"
    return PlaceError((), message, name, expected, known)


def groups_of(apart: Apart, pool: Pool) -> tuple[tuple[str, ...], ...]:
    """The members of a pool by who stays together, those who stay alone as groups of one; raises PlaceError for a name
    that is no member's."""
    for k, group in enumerate(apart.together):
        for j, name in enumerate(group):
            if name not in pool.members:
                expected = one_of_few(pool.members, f"a member of '{pool.name}'")
                place = ("together", k, j)
                raise PlaceError(place, "this is no member of the pool", name, expected, pool.members)
    named = {name for group in apart.together for name in group}
    return (*map(tuple, apart.together), *((name,) for name in pool.members if name not in named))


def member_of(pool: Pool, parties: Parties, owner: str) -> str:
    """The member of a pool that an owner of sites counts as; empty where it is none's."""
    if owner in pool.members:
        return owner
    return next((name for name in pool.members if owner in parties.owners(name)), "")


def check_apart(loaded: Loaded) -> None:
    """Raise PlaceError where no such pool can be taken apart."""
    if loaded.spec.apart is not None:
        groups_of(loaded.spec.apart, _pool_apart(loaded.spec.apart, loaded))


def _pool_apart(apart: Apart, loaded: Loaded) -> Pool:
    with placed("pool"):
        return pool_of(apart.pool, loaded.sites.parties, loaded.spec.reserves)


def taken_apart(loaded: Loaded) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """(reserves that are taken apart, members by who stays together)."""
    apart = loaded.spec.apart
    if apart is None:
        return (), ()
    pool = _pool_apart(apart, loaded)
    return pool.reserves, groups_of(apart, pool)


def group_of_owners(loaded: Loaded) -> dict[str, int]:
    """Party -> the number of its group, of those in a pool that is taken apart; empty where none is."""
    apart = loaded.spec.apart
    if apart is None:
        return {}
    pool, parties = _pool_apart(apart, loaded), loaded.sites.parties
    number = {name: k for k, group in enumerate(groups_of(apart, pool)) for name in group}
    found = {owner: member_of(pool, parties, owner) for owner in parties.by_name if not parties[owner].inside}
    return {owner: number[name] for owner, name in found.items() if name}


def strangers(group: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether two are members of one pool in different groups; masks over the arrays' common shape."""
    return np.asarray((group != other) & (group != ALONE) & (other != ALONE))
