"""Parties: who owns which sites, who is in which pool, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Party:
    """Somebody who owns sites and decides.

    `inside` are those who belong to it, directly or by a pool of its own: nobody, unless it is a pool.
    `sites` are positions of the sites that are its own, ascending; `reach` those and the ones of its members, as of a
    pool. `population` counts people of all of them, NaN where nobody is known of.
    """

    name: str
    title: str
    kind: str
    inside: tuple[str, ...]
    sites: np.ndarray
    reach: np.ndarray
    population: float
    income: str
    weight: float


@dataclass(frozen=True)
class Parties:
    """All parties of a scenario, by name, in the order in which they are written."""

    by_name: Mapping[str, Party]

    def __bool__(self) -> bool:
        return bool(self.by_name)

    def __getitem__(self, name: str) -> Party:
        return self.by_name[name]

    @property
    def titles(self) -> dict[str, str]:
        """Name -> what readers are shown."""
        return {name: party.title for name, party in self.by_name.items()}

    @property
    def pools(self) -> tuple[str, ...]:
        """Names of the parties that have members."""
        return tuple(name for name, party in self.by_name.items() if party.inside)

    def owners(self, name: str) -> frozenset[str]:
        """Those whose sites count as a party's: itself, and who is in it; the name itself where it is no party's."""
        party = self.by_name.get(name)
        return frozenset((name,) if party is None else (name, *party.inside))


NO_PARTIES = Parties({})
