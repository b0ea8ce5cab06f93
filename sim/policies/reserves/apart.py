"""A pool taken apart: every member holds for itself what it has contributed, or some of them pool theirs."""

from __future__ import annotations

from pydantic import Field

from sim.errors import PlaceError
from sim.registry import Model
from sim.units import Text


class Apart(Model):
    """A pool as if its members had never joined it, or only some of them had.

    What its reserves with `claims` hold is divided by contributions: a member's is the share that it brings; what
    nobody brings is divided among those who bring nothing, by their claims, for which they pay; who never pays has
    none. Each holds its own for its own sites alone, by the reserve's own conditions, where the reserve lay if that is
    its own, else in its first stores, else in its facilities. Members give each other nothing, lend nothing, and see
    no more of each other than orders, as buyers and sellers do.
    """

    pool: Text
    """a party of the kind pool whose members have claims on a reserve; or a reserve with claims, of all who have one"""
    together: list[list[Text]] = Field(default=[], json_schema_extra={"uniqueItems": True})
    """groups of members that pool their own contributions, as the reserve has it, and give and see as before; members
    in none stay alone"""

    def model_post_init(self, context: object) -> None:
        named = [(k, j, name) for k, group in enumerate(self.together) for j, name in enumerate(group)]
        seen: set[str] = set()
        for k, j, name in named:
            if name in seen:
                raise PlaceError(("together", k, j), "a member stands here twice", name, "every member once")
            seen.add(name)
        for k, group in enumerate(self.together):
            if len(group) < 2:
                raise PlaceError(("together", k), "a group of one", None, "two members at least; others stay alone")
