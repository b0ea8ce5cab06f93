"""A reserve: where it is held, for whom, how large, what opens it, how fast it flows and how it is refilled."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.errors import PlaceError, one_of_few
from sim.model.amounts import Cover, StockField
from sim.model.parts import equal_parts
from sim.model.selection import SelectorField
from sim.policies.allocation.named import RuleField
from sim.policies.allocation.proportional import Proportional
from sim.policies.allocation.weights import WeightsField
from sim.policies.reserves.claims import Borrow, ClaimField, Contribution, Part, SelfRelease
from sim.policies.when import TriggerField
from sim.registry import Model
from sim.units import Date, Days, NonNegative, Percent, Share, Text

MEMBERS = "members"
"""As `held_at`: each member facility holds its own part."""
HoldersField = Annotated[
    dict[str, Share] | str,
    BeforeValidator(
        lambda value: value if isinstance(value, str) else equal_parts(value),
        json_schema_input_type=dict[str, Share] | list[Text] | Text,
    ),
]


class Release(Model):
    """How a reserve is opened and shared out."""

    when: TriggerField
    """the condition, looked at every evening"""
    after: Days = 0.0
    """authorisation delay: from the condition being met to the first release"""
    stand_down: Days = 7.0
    """the reserve closes once the condition has not been met for this long"""
    at_most: Percent | None = None
    """share of the reserve's size that may leave per day, fractions of a unit carried on; left out: no limit"""
    rule: RuleField = Field(default_factory=lambda: Proportional(rule="proportional"))
    """allocation rule among the members' open orders: its name, or the rule with its fields, such as
    {rule: priority_tiers, critical: 500}; left out: proportional"""

    def model_post_init(self, context: Any) -> None:
        if {"at", "products", "from_"} & self.rule.model_fields_set:
            message = "the rule of a reserve shares what the reserve holds, for its members"
            raise PlaceError(("rule",), message, None, "no `at` and no `products`, nor `from`")


class Refill(Model):
    """How a reserve is built up again once it is closed, from its holder's ordinary stock; a maker makes it."""

    after: Days = 0.0
    """time from closing to the first refill"""
    at_most: Percent = 0.05
    """share of the reserve's size that may be put back per day"""


class Obligation(Model):
    """What some sites must keep by law or contract, each for itself."""

    at: SelectorField
    """sites that keep it: stores and makers of firms, facilities such as hospitals"""
    products: list[Text] | None = None
    """products; left out: all that the sites keep and the reserve is about"""
    keeps: StockField
    """units, or time of the site's own usual sales or use: 10mo, 6mo, 3mo by group of products"""


class Change(Model):
    """Other settings of a reserve from a date on; its holders and members stay."""

    from_: Date = Field(alias="from")
    """first day on which they hold"""
    release: Release | None = None
    """all settings of its release from then on; left out: as before"""
    refill: Refill | None = None
    """all settings of its refill from then on; left out: as before"""
    size: Percent | None = None
    """its size from then on, in percent of that at first, as for a season: what it lacks then comes by its refill, what
    is too much goes into the holders' ordinary stock; left out: as before"""

    def model_post_init(self, context: Any) -> None:
        if self.release is None and self.refill is None and self.size is None:
            raise ValueError("release, refill or size")


class Reserve(Model):
    """Stock set apart for bad times, on top of ordinary stock and not counted in anyone's inventory position."""

    title: Text | None = None
    """by which pages call it; left out: its name here"""
    what: Text | None = None
    """what it is, in a sentence; stands behind the title"""
    held_at: HoldersField | None = None
    """the sites that hold it and their shares of it; or a list of sites that hold equal parts; or one site's name; or
    `members`: each facility its own part. In the place of a site a party: its stores hold the share by what usually
    goes through them, its facilities where it has no store. Left out only with `obligations`"""
    size: StockField | None = None
    """units of each product, or days of the members' usual demand; left out: all claims together, or what `obligations`
    say"""
    weights: WeightsField | None = None
    """how much each member's usual demand counts in a `size` in days: a column of the table of sites, such as a risk or
    a vulnerability index, or by party: {kenya: 1.5}, and 1 for those left out"""
    obligations: list[Obligation] = []
    """instead of `held_at` and `size`: what sites must keep, each for itself"""
    members: SelectorField
    """the facilities that may draw on it: names, regions, countries"""
    products: list[Text] | None = None
    """products it holds; left out: all that members use"""
    release: Release
    floor: Share = 0.0
    """share of the size that every holder keeps of each product, whatever happens"""
    claims: dict[Text, ClaimField] = {}
    """whose it is, by party: a share of the reserve, units of each product, or days of the usual demand of the party's
    members. A party draws on its own claim, wherever it is held; losses are shared in proportion. What no party claims
    is for all members"""
    borrow: Borrow | None = None
    """left out: nobody gets more than its claim"""
    contributions: dict[Text, Contribution] = {}
    """what parties pay for their claims; those left out have paid"""
    shared_again_after: Days = 0.0
    """time after the day on which a contribution is due when a claim that is not paid for is shared among those who
    have paid, in proportion to their claims"""
    self_release: SelfRelease | None = None
    """left out: a party takes of its own claim while the reserve is closed only where it decides to
    (`release_reserve`), and then as much as it has"""
    refill: Refill | None = None
    """left out: not refilled within the scenario"""
    changes: list[Change] = []
    """other settings of its release and refill, and other sizes, each from a date on"""
    rotation: Literal["none", "routine"] = "none"
    """routine: what expires first goes into the holder's ordinary stock, in exchange for what lasts longer"""
    life_left: Days | None = None
    """days of use left of the reserve's stock at the start; left out: the products' whole shelf life"""
    holding_cost: NonNegative | None = None
    """currency per unit and year; left out: the scenario's holding rate"""

    @property
    def at_members(self) -> bool:
        """Whether each member facility holds its own part."""
        return self.held_at == MEMBERS

    @property
    def shares(self) -> dict[str, float]:
        """Holder, a site or a party -> share of the reserve; none with obligations."""
        return {self.held_at: 1.0} if isinstance(self.held_at, str) else self.held_at or {}

    @property
    def sized_by(self) -> str:
        """What its size goes by, in words, where no size in days can take its place; else empty."""
        if self.obligations:
            return "obligations"
        written = [name for name, claim in self.claims.items() if not isinstance(claim, Part)]
        return "claims in units or days" if written else ""

    def model_post_init(self, context: Any) -> None:
        if self.life_left is not None and (self.life_left < 1 or self.life_left % 1):
            raise ValueError("a life_left of whole days, at least 1d")
        dates = [change.from_ for change in self.changes]
        for position, date in enumerate(dates):
            if date in dates[:position]:
                raise PlaceError(("changes", position, "from"), "an earlier change has this date already", date)
        if self.shares and abs(sum(self.shares.values()) - 1) > 1e-9:
            message = f"the holders' shares add up to {sum(self.shares.values()):.1%}"
            raise PlaceError(("held_at",), message, None, "shares that add up to 100%")
        self._check_size()
        self._check_claims()

    def _check_size(self) -> None:
        """Raise PlaceError unless it is said once who holds how much."""
        for field in ("held_at", "size", "weights"):
            if self.obligations and getattr(self, field) is not None:
                expected = f"`{field}` or `obligations`"
                raise PlaceError((field,), "obligations say who holds how much already", None, expected)
        if self.obligations:
            return
        if self.held_at is None:
            raise PlaceError((), "nobody holds it: 'held_at' is missing", None, "held_at, or obligations")
        shares = [name for name, claim in self.claims.items() if isinstance(claim, Part)]
        if self.size is None and (shares or not self.claims):
            where = ("claims", shares[0]) if shares else ()
            raise PlaceError(
                where, "its size is not known: 'size' is missing", None, "size, or claims in units or days"
            )
        if self.weights is not None and not isinstance(self.size, Cover):
            raise PlaceError(("weights",), "only a size in days can be weighed", None, "size in days such as 30d")

    def _check_claims(self) -> None:
        """Raise PlaceError for what is about claims where there are none, and for claims above all that there is."""
        for field in ("borrow", "contributions", "self_release"):
            if getattr(self, field) and not self.claims:
                raise PlaceError((field,), "nobody has a claim on this reserve", None, "`claims` by party beside it")
        for name in self.contributions:
            if name not in self.claims:
                known = list(self.claims)
                expected = one_of_few(known, "a party that has a claim")
                raise PlaceError(("contributions", name), "this party has no claim", name, expected, known)
        total = sum(contribution.share for contribution in self.contributions.values())
        if total > 1 + 1e-9:
            raise PlaceError(("contributions",), f"what is to be brought adds up to {total:.1%}", None, "at most 100%")
        total = sum(claim.share for claim in self.claims.values() if isinstance(claim, Part))
        if total > 1 + 1e-9:
            raise PlaceError(("claims",), f"the claims add up to {total:.1%}", None, "at most 100%")
