"""Fixed: the shares that are written, day by day."""

from __future__ import annotations

from typing import ClassVar

from sim.policies.sourcing.base import SOURCING, Choice, Seen, SourcingRule


@SOURCING.register("fixed")
class Fixed(SourcingRule):
    """Share out orders by the shares of `from`, whatever happens to prices and times."""

    varies: ClassVar[bool] = False
    example = {}
    bad_example = ({"at_least": "10%"}, "unknown key")

    def choose(self, seen: Seen) -> Choice:
        return Choice(seen.offers.share, seen.memory)
