"""Whose eyes a condition is looked at with: one look for all who see the same of what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.engine.bound.information import DEMAND, NOTHING, ORDERS, PIPELINE, STOCK
from sim.engine.knowing.reported import Eyes
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.sights import Sights
from sim.model.part import Part
from sim.policies.triggers.base import Sight
from sim.policies.triggers.over import Watched

NEEDS: dict[Sight, int] = {"stock": STOCK, "demand unmet": DEMAND, "supply": ORDERS, "journeys": PIPELINE}
"""How much has to be seen of a cell for a condition on this; nothing for all else, which everybody knows."""


@dataclass(frozen=True)
class Look:
    """One look at some cells: `eyes` of these and `all_eyes` of all cells; what is found counts for the cells `mine`, a
    mask. `watched` are the cells as a condition may see them."""

    eyes: Eyes
    all_eyes: Eyes
    mine: np.ndarray
    watched: Watched


class Looks(Part):
    """The looks at some cells, each for the owner in `by` that decides about it (over the cells); or all for several
    owners that see together what any of them sees."""

    SCRATCH = ("_found",)

    def __init__(self, sights: Sights, cells: np.ndarray, by: np.ndarray, together: bool) -> None:
        self._sights, self._cells, self._by, self._together = sights, cells, by, together
        self._found: dict[int, tuple[object, Sequence[Look]]] = {}

    def rejoin(self) -> None:
        self._found = {}

    def at(self, sees: Sequence[Sight], watched: Watched) -> Sequence[Look]:
        """The looks of a condition that sees such figures of these cells."""
        need = max((NEEDS.get(sight, NOTHING) for sight in sees), default=NOTHING)
        version, looks = self._found.get(need, (None, ()))
        if version is not self._sights.version:
            looks = self._made(need, watched)
            self._found[need] = self._sights.version, looks
        return looks

    def _made(self, need: int, watched: Watched) -> list[Look]:
        everywhere = np.ones(len(self._cells), dtype=bool)
        if self._together:
            return [self._look(self._sights.joint(self._by), everywhere, need, watched)]
        found: list[Look] = []
        observers = self._sights.observer(self._by)
        for observer in np.unique(observers).tolist():
            mine, eyes = observers == observer, self._sights.of(observer)
            if observer < 0:
                found.append(self._look(eyes, mine, need, watched))
            else:
                found += self._of_sites(eyes, mine, need, watched)
        return _merged(found)

    def _look(self, eyes: Eyes, mine: np.ndarray, need: int, watched: Watched) -> Look:
        here = eyes.of(self._cells)
        return Look(here, eyes, mine, _as_seen(watched, here.level >= need))

    def _of_sites(self, eyes: Eyes, mine: np.ndarray, need: int, watched: Watched) -> list[Look]:
        """Looks of sites without a party that see the same of others: one at what all of them see, and one of each at
        its own cells, where the others do not see these."""
        own, place = self._sights.own, self._cells
        known = eyes.level[place] >= need
        apart = mine & ~known
        found = []
        if (mine & known).any():
            found.append(self._look(eyes, mine & known, need, watched))
        if apart.any():
            level, at = eyes.level.copy(), eyes.at.copy()
            cells = place[apart]
            level[cells], at[cells] = own.level[cells], own.at[cells]
            alone = Eyes(level, at, (eyes.who, cells.tobytes()))
            # a pool of its own for each owner and product
            owner = self._by[apart]
            product = watched.product.copy()
            product[apart] = (1 + owner) * (int(product.max(initial=0)) + 1) + product[apart]
            product = np.unique(product, return_inverse=True)[1]
            here = alone.of(place)
            split = replace(watched, product=product)
            found.append(Look(here, alone, apart, _as_seen(split, (here.level >= need) & (apart | known))))
        return found


def looks_of(reports: Reports, cells: np.ndarray, by: str | np.ndarray | None, each: np.ndarray | None) -> Looks | None:
    """The looks of a party `by` whom some cells are looked at, or of the owners of the cells `by` together, else of the
    owner of each of the cells `each`, left out: of each cell; None where all see all."""
    sights = reports.sights
    if sights is None:
        return None
    if by is None:
        return Looks(sights, cells, sights.owners(cells if each is None else each), together=False)
    owners = sights.party(by) if isinstance(by, str) else np.unique(sights.owners(by))
    return Looks(sights, cells, owners, together=True)


def _as_seen(watched: Watched, seen: np.ndarray) -> Watched:
    """Cells as a condition may see them: those that are not seen count as nothing."""
    if seen.all():
        return watched
    pooled = None if watched.pooled_mean is None else np.where(seen, watched.pooled_mean, 0.0)
    return replace(watched, mean=np.where(seen, watched.mean, 0.0), pooled_mean=pooled, seen=seen)


def _merged(looks: Sequence[Look]) -> list[Look]:
    """Looks that see the same as one."""
    found: dict[tuple[bytes, ...], Look] = {}
    for look in looks:
        seen = b"" if look.watched.seen is None else look.watched.seen.tobytes()
        key = look.eyes.at.tobytes(), seen, look.watched.product.tobytes()
        before = found.get(key)
        found[key] = look if before is None else replace(before, mine=before.mine | look.mine)
    return list(found.values())
