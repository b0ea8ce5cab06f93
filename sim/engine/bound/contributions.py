"""What parties have contributed to a reserve with claims, or will."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.plan import ReservePlan
from sim.model.network import Network
from sim.policies.allocation.base import largest_remainder
from sim.policies.reserves.claims import Contribution

FINE = 10**6
"""Weights are counted in so many parts of a unit when a reserve is divided by them."""


def whose_sites(network: Network, cells: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Whose of some parties, that may be pools, each of these cells is: a position in `names`, or -1."""
    known = network.sites["parties"].to_numpy()[network.cell_site[cells]]
    place = {name: k for k, name in enumerate(names)}
    return np.array([next((place[n] for n in mine if n in place), -1) for mine in known], dtype=np.int64)


def contributed(network: Network, whole: ReservePlan, inside: Sequence[str] = ()) -> np.ndarray:
    """Units of each account that its party has contributed, or will; shape (products, parties), last those of nobody.

    A party contributes the share that it brings. What nobody brings is paid for by those who bring nothing, in
    proportion to their claims, but for those who never pay; what nobody claims counts as others' where there are
    members whom no claimant stands for, and who are not `inside` the pool either. Nobody contributes a product that no
    site of its own uses. What is never brought is not there, and all else is divided in this proportion, by largest
    remainder.
    """
    bound, spec = whole.claims, whole.spec
    assert bound is not None
    claims = bound.size.reshape(len(bound.products), -1)
    given = [spec.contributions.get(name, Contribution()) for name in bound.parties]
    share, made = np.array([one.share for one in given]), np.array([one.made is not False for one in given])
    outside = whose_sites(network, whole.members, inside) < 0
    counts = outside | (bound.of_member % len(bound.parties) < len(bound.parties) - 1)
    uses = np.isin(np.arange(bound.size.size), bound.of_member[counts]).reshape(claims.shape)
    total = claims.sum(axis=1)
    paid = np.where(uses & made & (share == 0), claims, 0)
    rest = max(0.0, 1 - float(share.sum())) * total / np.maximum(1, paid.sum(axis=1))
    weight = paid * rest[:, None] + np.where(uses & made, share, 0.0) * total[:, None]
    there = np.floor((1 - float(share[~made].sum())) * total + 1e-9).astype(np.int64)
    return np.stack([by_weight(int(units), mine) for units, mine in zip(there, weight, strict=True)])


def by_weight(units: int, weight: np.ndarray) -> np.ndarray:
    """Units split in proportion to weights, by largest remainder; none where all weigh nothing."""
    share = weight / max(float(weight.sum()), 1e-300)
    fine = np.round(share * units * 2 * FINE).astype(np.int64)
    return largest_remainder(np.array([units]), np.zeros(len(weight), dtype=np.int64), fine)
