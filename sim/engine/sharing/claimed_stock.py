"""Ordinary stock that is shared by claim: what each party may still draw of what has come in, and what is free."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.bound.in_force import BoundSharing
from sim.model.network import Network
from sim.model.part import Part
from sim.policies.allocation.base import largest_remainder
from sim.policies.allocation.sharing import Due

PARTS = 10**9
"""Claims are counted in billionths, so that no unit is lost however small the deliveries."""


class ClaimedStock(Part):
    """The account of one rule that keeps what parties have not drawn.

    `kept` are units by age in days and claimant, the latest first, shape (days, claimants); `free` units over sources
    that are anybody's; `_carried` is what rounding owes, over the claimants and then the sources, billionths.
    """

    CHANGES = ("kept", "free", "_carried")

    def __init__(self, bound: BoundSharing, network: Network) -> None:
        sharing, flows = bound.sharing, network.flows_from(bound.cells)
        assert sharing.place is not None and sharing.weight is not None
        self.sharing = sharing
        self.cells = np.unique(network.flow_source[flows])
        source = np.searchsorted(self.cells, network.flow_source[flows])
        places, first = np.unique(sharing.place[flows], return_index=True)
        claimants, sources = len(places), len(self.cells)
        claimant = np.full(int(sharing.place.max()) + 1, -1)
        claimant[places] = np.arange(claimants)
        self._claimant = claimant[sharing.place]
        parts = np.rint(PARTS * sharing.weight[flows][first]).astype(np.int64)
        whole = np.maximum(0, PARTS - np.bincount(source[first], parts, sources).astype(np.int64))
        # accounts: the claimants, and then what nobody claims of each source
        self._source = np.concatenate([source[first], np.arange(sources)])
        self._parts = np.concatenate([parts, whole])
        self.kept = np.zeros((bound.rule.keeps, claimants), dtype=np.int64)
        self.free = np.zeros(sources, dtype=np.int64)
        self._carried = np.zeros(claimants + sources, dtype=np.int64)

    def open_day(self, on_hand: np.ndarray, mine: np.ndarray) -> None:
        """An evening: what is too old is free, what has come in is claimed, and what is gone is everybody's loss; over
        `cells`: what they have, and whether the rule is in force there."""
        claimants = self.kept.shape[1]
        self.free += np.bincount(self._source[:claimants], self.kept[-1], len(self.free)).astype(np.int64)
        self.kept = np.concatenate([np.zeros((1, claimants), dtype=np.int64), self.kept[:-1]])
        self.kept[:, ~mine[self._source[:claimants]]] = 0
        self.free[~mine] = 0
        accounts = np.concatenate([self.kept.sum(axis=0), self.free])
        change = np.where(mine, on_hand - np.bincount(self._source, accounts, len(mine)), 0)
        came, gone = np.maximum(0, change).astype(np.int64), np.maximum(0, -change).astype(np.int64)
        if came.any():
            new = self._claimed(came)
            self.kept[0] += new[:claimants]
            self.free += new[claimants:]
        if gone.any():
            lost = largest_remainder(gone, self._source, accounts)
            self._take(lost[:claimants])
            self.free -= lost[claimants:]

    def due(self, network: Network) -> Due:
        """What the claimant behind each flow may draw of its own, and what is free at each cell."""
        own, free = (np.zeros(number, dtype=np.int64) for number in (len(self._claimant), len(network.cell_site)))
        own[:] = np.append(self.kept.sum(axis=0), 0)[self._claimant]
        free[self.cells] = self.free
        return Due(own, free)

    def sent(self, flow: np.ndarray, units: np.ndarray, source: np.ndarray) -> None:
        """Ordered goods leave on flows, from these source cells: of the claimant's own first."""
        claimants = self.kept.shape[1]
        mine = np.isin(source, self.cells)
        left = np.bincount(self._claimant[flow[mine]], units[mine], claimants).astype(np.int64)
        own = np.minimum(left, self.kept.sum(axis=0))
        self._take(own)
        self.free -= np.bincount(self._source[:claimants], left - own, len(self.free)).astype(np.int64)

    def _claimed(self, came: np.ndarray) -> np.ndarray:
        """Units that have come in, over sources, by account; what rounding left over is made up for the next time."""
        exact = self._parts * came[self._source] + self._carried
        units = largest_remainder(came, self._source, np.maximum(0, exact))
        self._carried = exact - units * PARTS
        return units

    def _take(self, units: np.ndarray) -> None:
        """Units of claimants are drawn or lost, the oldest first."""
        for age in range(len(self.kept))[::-1]:
            now = np.minimum(units, self.kept[age])
            self.kept[age] -= now
            units = units - now


def accounts(
    rules: Sequence[BoundSharing], known: Sequence[ClaimedStock | None], network: Network
) -> list[ClaimedStock | None]:
    """The account of each rule that keeps something, those that there are included; None for the others."""
    found = {id(one.sharing): one for one in known if one is not None}
    for bound in rules:
        if bound.rule.keeps and id(bound.sharing) not in found:
            found[id(bound.sharing)] = ClaimedStock(bound, network)
    return [found.get(id(bound.sharing)) for bound in rules]
