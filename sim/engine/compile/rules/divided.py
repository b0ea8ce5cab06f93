"""The reserve of a pool that is taken apart: by contributions, a part for each group of members, and one for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.engine.bound.claims import BoundClaims
from sim.engine.bound.contributions import FINE, by_weight, contributed, whose_sites
from sim.engine.compile.rules.claims import bind_claims
from sim.engine.compile.rules.drawing import drawn_on, serving
from sim.engine.compile.rules.holders import first_stores
from sim.engine.plan import ReservePlan
from sim.errors import PlaceError
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.network import Network
from sim.policies.reserves.claims import Contribution, Part
from sim.policies.reserves.reserve import Reserve

OTHERS = ""
"""In a group: what is nobody's, and members whom no claimant stands for."""
NONE = np.zeros(0, dtype=np.int64)


def divided(network: Network, whole: ReservePlan, groups: Sequence[Sequence[str]]) -> list[ReservePlan]:
    """A reserve with claims taken apart: `groups` are the pool's members by who stays together; claimants in none stay
    with all others, on what is theirs. Raises PlaceError where nobody has contributed anything."""
    assert whole.claims is not None
    parts = _Parts(network, whole, whole.claims, tuple(name for group in groups for name in group))
    if whole.size.any() and not parts.units.any():
        raise PlaceError(
            ("pool",), f"nobody contributes anything to '{whole.name}'", None, "contributions that are made"
        )
    named = {name for group in groups for name in group}
    others = tuple(name for name in whole.claims.parties if name not in named)
    return [part for group in (*groups, others) if (part := parts.of(tuple(group))) is not None]


@dataclass
class _Parts:
    """Makes the parts of one reserve."""

    network: Network
    whole: ReservePlan
    bound: BoundClaims
    inside: tuple[str, ...]

    @cached_property
    def units(self) -> np.ndarray:
        """Units by product and party."""
        return contributed(self.network, self.whole, self.inside)

    @cached_property
    def _of_nobody(self) -> np.ndarray:
        """Of members on whose behalf nobody has a claim, whose of those inside they are; -2 for all other members."""
        nobodys = self.bound.of_member % len(self.bound.parties) == len(self.bound.parties) - 1
        return np.where(nobodys, whose_sites(self.network, self.whole.members, self.inside), -2)

    @cached_property
    def _serves(self) -> dict[int, set[int]]:
        return serving(self.network, self.whole.members)

    def of(self, group: tuple[str, ...]) -> ReservePlan | None:
        """The part of some parties, None where they have nothing, or no sites."""
        whole, width = self.whole, len(self.bound.parties)
        place = [k for k, name in enumerate(self.bound.parties) if name in group]
        mine = np.isin(self.bound.of_member % width, [k for k in place if k < width - 1])
        mine |= np.isin(self._of_nobody, [self.inside.index(name) for name in group if name in self.inside])
        mine |= (self._of_nobody == -1) & (OTHERS in group)
        units = self.units[:, place].sum(axis=1)
        if not mine.any() or not units.any():
            return None
        position = np.cumsum(mine) - 1
        serves = {
            cell: kept for cell, some in self._serves.items() if (kept := {int(position[k]) for k in some if mine[k]})
        }
        members, named = whole.members[mine], tuple(name for name in group if name in self.bound.parties and name)
        holder, size = self._held(members, units, group, np.array(list(serves), dtype=np.int64))
        whose = "others" if OTHERS in group else " and ".join(group)
        spec = self._spec(named, group, place, members)
        part = replace(
            whole, name=f"{whole.name} of {whose}", spec=spec, holder=holder, size=size, members=members,
            member=whole.member[mine], life_left=np.full(len(holder), NEVER_EXPIRES, dtype=np.int64),
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
        named = tuple(name for name in group if name in self.bound.parties and name)
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
                    sizes.append(by_weight(int(units[place]), np.maximum(weight[can], 1 / FINE)))
                    break
        holder, size = np.concatenate(cells), np.concatenate(sizes)
        order = np.argsort(holder)
        return holder[order], size[order]

    def _sites(self, names: Sequence[str]) -> np.ndarray:
        return np.concatenate([NONE, *(self.network.parties[name].reach for name in names)])

    def _spec(
        self, named: tuple[str, ...], group: tuple[str, ...], place: Sequence[int], members: np.ndarray
    ) -> Reserve:
        """The reserve's own terms, for some of its claimants and members."""
        spec, titles = self.whole.spec, self.network.parties.titles
        own = self.units.sum(axis=0)
        given: dict[str, Contribution] = {}
        for k, name in enumerate(self.bound.parties):
            one = spec.contributions.get(name) if name in named else None
            if one is not None:
                share = float(own[k]) / max(1.0, float(own[place].sum())) if one.share and one.made else 0.0
                given[name] = one.model_copy(update={"share": share})
        whose = "others" if OTHERS in group else " and ".join(titles.get(name, name) for name in group)
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
            found.append(by_weight(int(units[at]), np.append(mine, free)))
        return np.concatenate(found)
