"""What every allocation rule is, and the arithmetic of sharing whole units that the rules have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, Discriminator, Field, Tag

from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.policies.allocation.claimants import SITES, BetweenField, Claimants
from sim.policies.allocation.limits import Cap, Floor
from sim.registry import Kind, Later, OneOf, Registry
from sim.units import Date, Text


@dataclass(frozen=True)
class Claims:
    """Who asks for what at sources that are short. Claims are grouped by source, ascending; int64 arrays.

    Over sources: `available` units; over claims: `source` (position in `available`), `requested` units, `flow`
    (position in the network), `cover_stock` (units the buyer has or has under way), `mean` (buyer's usual units a
    day, or present ones where the rule says so), `tier` (buyer's priority group, 1 first).
    `booked` holds the open orders behind the claims in order of booking, as (claim, units) rows; only given to rules
    with `needs_order_book`. `most` are units that each may have by the caps, None where nothing caps them; `need` and
    `weight` (floats) are as the rule has them, `had` the units that each has had before, `due` those that are kept for
    it of what has come in; None where the rule does not ask.
    """

    available: np.ndarray
    source: np.ndarray
    requested: np.ndarray
    flow: np.ndarray
    cover_stock: np.ndarray
    mean: np.ndarray
    tier: np.ndarray
    booked: tuple[np.ndarray, np.ndarray] | None = None
    most: np.ndarray | None = None
    need: np.ndarray | None = None
    weight: np.ndarray | None = None
    had: np.ndarray | None = None
    due: np.ndarray | None = None

    @cached_property
    def starts(self) -> np.ndarray:
        """First claim of each source."""
        return np.searchsorted(self.source, np.arange(len(self.available)))

    @cached_property
    def upper(self) -> np.ndarray:
        """Units that each may get: what it asks for, and no more than its cap."""
        return self.requested if self.most is None else np.minimum(self.requested, self.most)

    def per_source(self, values: np.ndarray) -> np.ndarray:
        """Sum over the claims of each source; every source has at least one claim."""
        return np.add.reduceat(values, self.starts)

    def picked(self, which: np.ndarray, available: np.ndarray, source: np.ndarray) -> Claims:
        """Some of the claims (positions), each once, at sources of their own: ascending, with one claim at least."""
        columns = {name: getattr(self, name) for name in OVER_CLAIMS}
        taken: dict[str, Any] = {name: None if c is None else c[which] for name, c in columns.items()}
        booked = self.booked
        if booked is not None:
            place = np.full(len(self.requested), -1)
            place[which] = np.arange(len(which))
            mine = place[booked[0]] >= 0
            booked = place[booked[0][mine]], booked[1][mine]
        return replace(self, available=available, source=source, booked=booked, **taken)


OVER_CLAIMS = ("requested", "flow", "cover_stock", "mean", "tier", "most", "need", "weight", "had", "due")
"""Fields of `Claims` that are over claims, but for `source`."""


class Allocation(Kind):
    """A rule for sharing stock at some sources."""

    rule: Text
    at: SelectorField = "all"
    """sources that share by this rule"""
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    from_: Date | None = Field(default=None, alias="from")
    """date from which it takes the place of the rule before, at these sources; left out: holds from the first day on,
    and until another with a date takes its place"""
    between: BetweenField = SITES
    """who the claimants are: the sites that order; or parties first, what all sites of one ask for together, and then
    each party's sites (`inside`); or a list of those who claim as one, such as [union]: pools as well, with all who are
    in them, while a party that is in none of these claims for itself. A site that is nobody's claims for itself"""
    inside: Annotated[Any, Later(lambda: InsideField | None)] = None
    """how a party or a pool shares on what it got, among its sites: a rule by its name or with its fields, such as
    {rule: need_weighted, between: parties}; where they differ, by claimant: {kenya: uniform}. Left out: proportional"""
    without: list[Text] = Field(default=[], json_schema_extra={"uniqueItems": True})
    """parties that get nothing, such as those who have not paid: what would be theirs is shared among the others"""
    caps: list[Cap] = []
    """what each claimant may have at most of a day's sharing; what it may not have is shared among the others"""
    floors: list[Floor] = []
    """what groups of claimants together get at least of a day's sharing, as far as they ask for it"""
    needs_order_book: ClassVar[bool] = False
    """whether the rule must know the order in which orders were booked"""
    one_claim_each: ClassVar[bool] = False
    """whether a buyer's ordinary and urgent orders at a source are one claim"""
    by_cover: ClassVar[bool] = True
    """whether the rule must know what buyers have and use; where nobody asks, claims have nothing of it"""
    remembers: ClassVar[bool] = False
    """whether the rule must know what each claimant has had before"""
    shown: ClassVar[tuple[str, ...]] = ()
    """fields of the rule, numbers, without which nobody can work out its shares once more"""

    @property
    def keeps(self) -> int:
        """Days for which it keeps for claimants what they have not drawn, 0: all is shared each evening."""
        return 0

    @property
    def present_over(self) -> int | None:
        """Days over which present use is averaged that cover is counted in, None: usual use counts."""
        return None

    def held_back(self, network: Network, sources: np.ndarray) -> np.ndarray:
        """Units that each of these source cells may not give to just anybody, even if it has enough for all."""
        return np.zeros(len(sources), dtype=np.int64)

    def weighed(
        self, network: Network, flows: np.ndarray, claimants: Claimants
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """(need, weight) of the claimants behind some flows, over flows; None where the rule asks for neither.

        Raises PlaceError where either is not known.
        """
        return None

    @abstractmethod
    def share(self, claims: Claims, network: Network) -> np.ndarray:
        """Whole units for each claim: at most what it may have, together at most what its source has."""

    def exact(self, claims: Claims, network: Network) -> np.ndarray | None:
        """Shares before they are rounded to whole units, None where the rule shares whole units from the first."""
        return None


ALLOCATION: Registry[Allocation] = Registry("allocation rule", "rule")
AnyRule = Annotated[Allocation, OneOf(ALLOCATION)]


def as_written(value: Any) -> Any:
    """The fields that a rule's name stands for; a rule with its fields as it is."""
    return {"rule": value} if isinstance(value, str) else value


def _one_or_by_claimant(value: Any) -> str:
    return "by claimant" if isinstance(value, dict) and "rule" not in value else "one rule"


NamedRule = Annotated[AnyRule, BeforeValidator(as_written, json_schema_input_type=Text | AnyRule)]
InsideField = Annotated[
    Annotated[NamedRule, Tag("one rule")] | Annotated[dict[Text, NamedRule], Tag("by claimant")],
    Discriminator(_one_or_by_claimant),
]


def in_turn(available: np.ndarray, source: np.ndarray, requested: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Serve claims one after another until the source is empty.

    `order` sorts claims by source and then by turn. Returns units per claim, in the claims' own order.
    """
    s, r = source[order], requested[order]
    before = np.cumsum(r) - r
    first = np.searchsorted(s, np.arange(len(available)))
    begin = np.where(first < len(r), before[np.minimum(first, max(len(r) - 1, 0))], 0) if len(r) else first
    given = np.minimum(np.maximum(available[s] - (before - begin[s]), 0), r)
    result = np.empty_like(requested)
    result[order] = given
    return result


def largest_remainder(available: np.ndarray, source: np.ndarray, requested: np.ndarray) -> np.ndarray:
    """Share in proportion to the requests, rounded by largest remainder; ties go to the claim named first.

    `available` over sources, `source` and `requested` over claims; exact integer arithmetic. A source that can meet
    all its requests meets them.
    """
    total = np.zeros(len(available), dtype=np.int64)
    np.add.at(total, source, requested)
    enough = np.minimum(available, total)
    divisor = np.maximum(total, 1)[source]
    small = int(enough.max(initial=0)) * int(requested.max(initial=0)) < 2**63
    exact = np.int64 if small else object  # Python's integers where the product would not fit
    product = enough[source].astype(exact) * requested
    exactly = product // divisor
    share, rest = exactly.astype(np.int64), (product - exactly * divisor).astype(np.int64)
    left = enough.copy()
    np.subtract.at(left, source, share)
    order = np.lexsort((-rest, source))  # stable: equal claims stay in their order
    rank = np.empty(len(source), dtype=np.int64)
    ordered = source[order]
    first = np.searchsorted(ordered, np.arange(len(available)))
    rank[order] = np.arange(len(source)) - first[ordered]
    return share + (rank < left[source])
