"""Contingent: a second source while the first is down."""

from __future__ import annotations

import numpy as np

from sim.errors import PlaceError
from sim.policies.sourcing.base import DOWN, SOURCING, Choice, Memory, Offers, Seen, SourcingRule
from sim.units import Share, Text, WholeDays


@SOURCING.register("contingent")
class Contingent(SourcingRule):
    """All orders go to the first source; while that is known to be down, to the next; and back when it is up again.

    Contingent rerouting of Tomlin (2006). The first is the one with the largest share, unless `order` says otherwise.
    Where all are down, orders stay with the first. A source that cancels what it does not send is asked for a tenth
    more than it sends meanwhile, which shows when it is up.
    """

    order: list[Text] | None = None
    """sources, the first first; those that are not named come after, the larger share first"""
    below: Share = DOWN
    """share of the usual that it is known to send below which a source is down"""
    back_after: WholeDays = 0
    """how long it has been known to be up again before orders turn back"""
    example = {"back_after": "2d"}
    bad_example = ({"order": ["makr"]}, "did you mean 'maker'")

    def check_offers(self, offers: Offers) -> None:
        names = [str(name) for name in np.unique(offers.source)]
        for position, name in enumerate(self.order or []):
            if name not in names:
                raise PlaceError(("order", position), "this is no source of these sites", name, None, names)
        rank = self._rank(offers)
        place = np.lexsort((rank, offers.buyer))
        even = (np.diff(rank[place]) == 0) & (np.diff(offers.buyer[place]) == 0)
        if even.any():
            two = [str(name) for name in offers.source[place[[even.argmax(), even.argmax() + 1]]]]
            message = f"'{two[0]}' and '{two[1]}' have equal shares: which comes first?"
            raise PlaceError(("order",), message, self.order, f"order: [{', '.join(two)}], the first first")

    def first_memory(self, offers: Offers) -> Memory:
        nothing = np.zeros(len(offers.flow), dtype=np.int64)
        return {"down": nothing > 0, "days": nothing, "rank": self._rank(offers)}

    def choose(self, seen: Seen) -> Choice:
        offers, down = seen.offers, seen.memory["down"]
        other = (seen.sends < self.below) != down
        days = np.where(other, seen.memory["days"] + 1, 0)
        turns = other & (days > np.where(down, self.back_after, 0))
        down = down ^ turns
        rank = seen.memory["rank"] + np.where(down, 10.0 + len(self.order or []), 0.0)  # all that is up comes before
        share = (rank == offers.least(rank)).astype(float)
        return Choice(share, {"down": down, "days": np.where(turns, 0, days), "rank": seen.memory["rank"]})

    def _rank(self, offers: Offers) -> np.ndarray:
        """The lower the earlier: 0, 1, ... of those named, then from there on by share."""
        named = self.order or []
        place = {name: float(position) for position, name in enumerate(named)}
        found = [
            place.get(str(name), len(named) + 1 - share)
            for name, share in zip(offers.source, offers.share, strict=True)
        ]
        return np.array(found)
