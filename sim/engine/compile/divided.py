"""The reserve of a pool that is taken apart: by contributions, a part for each group of members, and one for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.engine.claimed import BoundClaims
from sim.engine.compile.claims import bind_claims
from sim.engine.compile.drawing import drawn_on, serving
from sim.engine.compile.holders import first_stores
from sim.engine.plan import ReservePlan
from sim.errors import PlaceError
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.network import Network
from sim.policies.allocation.base import largest_remainder
from sim.policies.reserves.claims import Contribution, Part
from sim.policies.reserves.reserve import Reserve

FINE = 10**6
"""Weights are counted in so many parts of a unit when a reserve is divided by them."""
OTHERS = ""
"""In a group: what is nobody's, and members whom no claimant stands for."""
NONE = np.zeros(0, dtype=np.int64)


def divided(network: Network, whole: ReservePlan, groups: Sequence[Sequence[str]]) -> list[ReservePlan]:
    """A reserve with claims taken apart: `groups` are members by who stays together; claimants in none stay with all
    others, on what is theirs. Raises PlaceError where nobody has contributed anything."""
    assert whole.claims is not None
    parts = _Parts(network, whole, whole.claims)
    if whole.size.any() and not parts.units.any():
        raise PlaceError(
            ("pool",), f"nobody contributes anything to '{whole.name}'", None, "contributions that are made"
        )
    named = {name for group in groups for name in group}
    others = tuple(name for name in whole.claims.parties if name not in named)
    return [part for group in (*groups, others) if (part := parts.of(tuple(group))) is not None]


def contributed(whole: ReservePlan) -> np.ndarray:
    """Units of each account that its party has contributed, or will; shape (products, parties), last those of nobody.

    A party contributes the share that it brings. What nobody brings is paid for by those who bring nothing, in
    proportion to their claims, but for those who never pay; what nobody claims counts as others' where there are
    members whom no claimant stands for. Nobody contributes a product that no site of its own uses. What is never
    brought is not there, and all else is divided in this proportion, by largest remainder.
    """
    bound, spec = whole.claims, whole.spec
    assert bound is not None
    claims = bound.size.reshape(len(bound.products), -1)
    given = [spec.contributions.get(name, Contribution()) for name in bound.parties]
    share, made = np.array([one.share for one in given]), np.array([one.made is not False for one in given])
    uses = np.isin(np.arange(bound.size.size), bound.of_member).reshape(claims.shape)
    total = claims.sum(axis=1)
    paid = np.where(uses & made & (share == 0), claims, 0)
    rest = max(0.0, 1 - float(share.sum())) * total / np.maximum(1, paid.sum(axis=1))
    weight = paid * rest[:, None] + np.where(uses & made, share, 0.0) * total[:, None]
    there = np.floor((1 - float(share[~made].sum())) * total + 1e-9).astype(np.int64)
    return np.stack([_by_weight(int(units), mine) for units, mine in zip(there, weight, strict=True)])


def _by_weight(units: int, weight: np.ndarray) -> np.ndarray:
    """Units split in proportion to weights, by largest remainder; none where all weigh nothing."""
    share = weight / max(float(weight.sum()), 1e-300)
    fine = np.round(share * units * 2 * FINE).astype(np.int64)
    return largest_remainder(np.array([units]), np.zeros(len(weight), dtype=np.int64), fine)


@dataclass
class _Parts:
    """Makes the parts of one reserve."""

    network: Network
    whole: ReservePlan
    bound: BoundClaims

    @cached_property
    def units(self) -> np.ndarray:
        """Units by product and party."""
        return contributed(self.whole)

    @cached_property
    def _serves(self) -> dict[int, set[int]]:
        return serving(self.network, self.whole.members)

    def of(self, group: tuple[str, ...]) -> ReservePlan | None:
        """The part of some parties, None where they have nothing, or no sites."""
        whole, width = self.whole, len(self.bound.parties)
        place = [k for k, name in enumerate(self.bound.parties) if name in group]
        mine = np.isin(self.bound.of_member % width, place)
        units = self.units[:, place].sum(axis=1)
        if not mine.any() or not units.any():
            return None
        position = np.cumsum(mine) - 1
        serves = {
            cell: kept for cell, some in self._serves.items() if (kept := {int(position[k]) for k in some if mine[k]})
        }
        members, named = whole.members[mine], tuple(name for name in group if name)
        holder, size = self._held(members, units, group, np.array(list(serves), dtype=np.int64))
        whose = "others" if OTHERS in group else " and ".join(named)
        part = replace(
            whole, name=f"{whole.name} of {whose}", spec=self._spec(named, place, members), holder=holder, size=size,
            members=members, member=whole.member[mine], life_left=np.full(len(holder), NEVER_EXPIRES, dtype=np.int64),
            weight=whole.weight[mine], claims=None, part_of=whole.name,
            **drawn_on(self.network, serves, members, holder)._asdict(),
        )  # fmt: skip
        if not named:
            return part
        claims = bind_claims(self.network, part)
        return replace(part, claims=replace(claims, size=self._claims(claims, units, OTHERS in group)))

    def _held(
        self, members: np.ndarray, units: np.ndarray, group: tuple[str, ...], reaching: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(cells, ascending; units at each): where the whole lay, but for sites of claimants in other parts (who is
        alone keeps its own on its own sites); else in their own first stores; else with the members themselves."""
        network, whole = self.network, self.whole
        named = tuple(name for name in group if name)
        others = tuple(name for name in self.bound.parties[:-1] if name not in named)
        site = network.cell_site[whole.holder]
        alone = len(group) == 1 and group != (OTHERS,)
        kept = np.isin(site, self._sites(named)) if alone else ~np.isin(site, self._sites(others))
        cells, sizes = [NONE], [NONE]
        for place, product in enumerate(self.bound.products.tolist()):
            there = kept & (network.cell_product[whole.holder] == product) & (whole.size > 0)
            stores = np.unique(np.concatenate([NONE, *(first_stores(network, name, product) for name in named)]))
            own = members[network.cell_product[members] == product]
            tried = [(whole.holder[there], whole.size[there])]
            tried += [(here, network.cell_mean[here]) for here in (stores, own)]
            for here, weight in tried if units[place] else ():
                can = np.isin(here, reaching)
                if can.any():
                    cells.append(here[can])
                    sizes.append(_by_weight(int(units[place]), np.maximum(weight[can], 1 / FINE)))
                    break
        holder, size = np.concatenate(cells), np.concatenate(sizes)
        order = np.argsort(holder)
        return holder[order], size[order]

    def _sites(self, names: Sequence[str]) -> np.ndarray:
        return np.concatenate([NONE, *(self.network.parties[name].reach for name in names)])

    def _spec(self, named: tuple[str, ...], place: Sequence[int], members: np.ndarray) -> Reserve:
        """The reserve's own terms, for some of its claimants and members."""
        spec, titles = self.whole.spec, self.network.parties.titles
        own = self.units.sum(axis=0)
        given: dict[str, Contribution] = {}
        for k, name in enumerate(self.bound.parties):
            one = spec.contributions.get(name) if name in named else None
            if one is not None:
                share = float(own[k]) / max(1.0, float(own[place].sum())) if one.share and one.made else 0.0
                given[name] = one.model_copy(update={"share": share})
        whose = " and ".join(titles.get(name, name) for name in named) or "others"
        update = {
            "members": self.network.site_names(np.unique(self.network.cell_site[members])),
            "title": f"{spec.title or self.whole.name} of {whose}", "claims": {name: Part(0.0) for name in named},
            "contributions": given, "borrow": spec.borrow if len(named) > 1 else None,
        }  # fmt: skip
        return spec.model_copy(update=update)

    def _claims(self, claims: BoundClaims, units: np.ndarray, others: bool) -> np.ndarray:
        """What accounts of a part claim: in proportion to what they claim of the whole, as is what nobody claims."""
        whole = self.bound.size.reshape(len(self.bound.products), -1).astype(float)
        of = [self.bound.parties.index(name) for name in claims.parties[:-1]]
        found = []
        for product in claims.products.tolist():
            at = int(np.searchsorted(self.bound.products, product))
            all_claims, mine, free = whole[at, :-1].sum(), whole[at, of], whole[at, -1]
            if not others:
                free = free * mine.sum() / all_claims if mine.any() else 1.0
            found.append(_by_weight(int(units[at]), np.append(mine, free)))
        return np.concatenate(found)
