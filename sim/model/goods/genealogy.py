"""Which lots went into which: the family tree of everything that is made from materials kept by lot."""

from __future__ import annotations

import numpy as np

from sim.model.part import Part

Links = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Three columns of one length: lot, the lot of material that went into it, and units of that."""


class Genealogy(Part):
    """Links between lots, added day by day."""

    GROWS = ("_links",)

    def __init__(self) -> None:
        none = np.zeros(0, dtype=np.int64)
        self._links: list[Links] = [(none, none, none)]

    def add(self, lot: np.ndarray, parent: np.ndarray, units: np.ndarray) -> None:
        """Note that units of the parent lots went into the lots; shape (n,)."""
        if lot.size:
            self._links.append((lot, parent, units))

    def links(self) -> Links:
        """All links, each pair of lots once, in order of lot and parent."""
        lot, parent, units = (np.concatenate(column) for column in zip(*self._links, strict=True))
        pairs, which = np.unique(np.stack([lot, parent]), axis=1, return_inverse=True)
        # float64 sums of whole numbers are exact below 2**53
        return pairs[0], pairs[1], np.bincount(which.ravel(), units, pairs.shape[1]).astype(np.int64)

    def with_descendants(self, lots: np.ndarray) -> np.ndarray:
        """A mask over lots, and with them all that was made from them, over any number of tiers."""
        lot, parent, _ = self.links()
        found = lots.copy()
        while (more := lot[found[parent] & ~found[lot]]).size:
            found[more] = True
        return found
