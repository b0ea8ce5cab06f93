"""The scenario language: what may stand in a scenario file, as frozen models. Field docstrings are the reference."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from sim.decisions import DECISIONS, Decision
from sim.disruptions import DISRUPTIONS, Disruption
from sim.errors import PlaceError
from sim.hazards import Hazard
from sim.model.amounts import AmountField, ShareField, StockField
from sim.model.chance.unknown import UnknownField
from sim.model.goods.ages import AgeField
from sim.model.parts import equal_parts
from sim.model.selection import SelectorField
from sim.observations import OBSERVATIONS, Observation
from sim.observations.base import Quality
from sim.policies import ALARMS, ALLOCATION, REPLENISHMENT, TRANSFERS
from sim.policies.alarms.base import Alarm
from sim.policies.allocation.base import Allocation
from sim.policies.buying_ahead import BuyingAhead
from sim.policies.hoarding import Hoarding
from sim.policies.information import Information
from sim.policies.rationing import Rationing
from sim.policies.replenishment.base import Replenishment
from sim.policies.reserves.apart import Apart
from sim.policies.reserves.reserve import Reserve
from sim.policies.sourcing.base import SourcingRuleField
from sim.policies.transfers.base import Transfer
from sim.policies.trust import Trust
from sim.policies.use_levels import UseLevels
from sim.policies.when import TriggerField
from sim.registry import Model, OneOf
from sim.scenario.exercise_spec import Exercise
from sim.scenario.horizon import RECOVERED, EndField, first_rung
from sim.scenario.words.demand_spec import DemandSpec
from sim.scenario.words.hindsight import Counterfactual, Response
from sim.scenario.words.network_spec import Facility, LaneSpec, Port, Product, SitesFile, Supplier, Warehouse
from sim.scenario.words.party_spec import Party
from sim.scenario.words.passage_spec import PassageSpec
from sim.units import LONGEST, Date, Days, NonNegative, Number, Percent, Share, Text, Whole, WholeDays


def _table_or_sites(value: Any) -> str:
    return "table" if isinstance(value, SitesFile) or (isinstance(value, dict) and "table" in value) else "sites"


DisruptionField = Annotated[Disruption, OneOf(DISRUPTIONS)]
AlarmField = Annotated[Alarm, OneOf(ALARMS)]
ObservationField = Annotated[Observation, OneOf(OBSERVATIONS)]
DecisionField = Annotated[Decision, OneOf(DECISIONS)]
ReplenishmentField = Annotated[Replenishment, OneOf(REPLENISHMENT)]
AllocationField = Annotated[Allocation, OneOf(ALLOCATION)]
TransferField = Annotated[Transfer, OneOf(TRANSFERS)]


PartsField = Annotated[
    dict[Text, Share], BeforeValidator(equal_parts, json_schema_input_type=dict[Text, Share] | list[Text] | Text)
]
"""Shares by name; of several names in a list each has the same."""
_Sources = dict[str, Literal["rest"] | ShareField]
_Market = dict[Text, Literal["rest"] | Share]
MarketField = Annotated[_Market, BeforeValidator(equal_parts, json_schema_input_type=_Market | list[Text] | Text)]
SourcesField = Annotated[_Sources, BeforeValidator(equal_parts, json_schema_input_type=_Sources | list[Text] | Text)]


class Urgent(Model):
    """When orders go another way than usual."""

    by: Text
    """mode of a lane on that way, such as air, or a lane written 'from > to'"""
    when: TriggerField
    """condition on which they do, looked at every evening for each site and product; any trigger"""
    share: Share = 1.0
    """share of the orders that goes that way meanwhile"""


class Sourcing(Model):
    """From whom sites order, in what shares, and which way the goods come."""

    at: SelectorField
    """sites that order"""
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    from_: SourcesField = Field(default={}, alias="from")
    """source and its share of the orders (or 'column NAME' in percent); one may have the `rest`; shares add up to 100%;
    one name has all, a list of names equal shares;
    a source with 0% is on stand-by: it has no regular orders, but gets some where all others are cut, or from a
    disruption such as `extra_orders`"""
    market: MarketField = {}
    """instead of `from`: source and its share of all that these facilities order together, by their demand; one may
    have the `rest`, so that the share of another can be uncertain"""
    spread: Share | None = None
    """with market: how far buyers differ, from 0% (all alike) up to nearly 100% (each orders from one source): a share
    p has a standard deviation of `spread` x sqrt(p (1 - p)) over the buyers; left out: 0%"""
    rule: SourcingRuleField | None = None
    """how orders are shared out over these sources; its name alone where its fields are left out; left out: by their
    shares (`fixed`)"""
    keep_shares: bool = False
    """true: orders go by the shares whatever happens, as for those bound by contract; left out: what a source is known
    not to send is ordered of the others"""
    notices_after: Days = 14.0
    """how long a source sends less than is due, without a word, before these sites reckon with it (assumed)"""
    usual: Text | None = None
    """the way of regular orders, where several lead here from a source: the mode of a lane on it, such as sea, or a
    lane written 'from > to'; left out: the quickest, but of two lanes between the same sites one has to be named"""
    urgent: Urgent | None = None
    """another way for orders that are urgent"""
    rebook_after: Days | None = None
    """how long orders wait at a source that does not send them before they are cancelled there; left out: they stay, to
    come when it sends again"""

    def model_post_init(self, context: object) -> None:
        self._check_shares()
        for key in ("notices_after", "rebook_after"):
            days = getattr(self, key)
            if days is not None and (days < 1 or days % 1):
                raise PlaceError((key,), "sites look at their orders once a day", days, "whole days, 1d at least")
            if self.keep_shares and key in self.model_fields_set:
                raise PlaceError((key,), f"with keep_shares nobody is turned to: no {key}")
        if self.keep_shares and self.rule is not None and self.rule.varies:
            raise PlaceError(
                ("keep_shares",), f"the rule '{self.rule.rule}' sets other shares", True, "one or the other"
            )

    def _check_shares(self) -> None:
        if bool(self.from_) == bool(self.market):
            raise ValueError("either from or market, with at least one source")
        if self.spread is not None and not self.market:
            raise PlaceError(("spread",), "only shares of a market are spread", None, "market in the place of from")
        if self.spread == 1:
            expected = "a share below 100%; for buyers of one source each, an entry for those of each source"
            raise PlaceError(("spread",), "buyers cannot be spread so far", None, expected)
        for word, shares in (("from", self.from_), ("market", self.market)):
            if list(shares.values()).count("rest") > 1:
                raise PlaceError((word,), "two sources have the rest", None, "one at most")
        total = sum(share for share in self.market.values() if share != "rest")
        if self.market and (total > 1 + 1e-6 or ("rest" not in self.market.values() and total < 1 - 1e-6)):
            raise PlaceError(("market",), f"the shares of the market add up to {total:.1%}", None, "100%")

    @property
    def of_market(self) -> dict[str, float]:
        """`market` in numbers."""
        rest = max(0.0, 1 - sum(share for share in self.market.values() if share != "rest"))
        return {name: rest if share == "rest" else share for name, share in self.market.items()}


class StockSpec(Model):
    """Stock at the start, where it is given rather than worked out from the policy."""

    at: SelectorField
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    on_hand: StockField
    """units, or days of usual demand"""
    on_the_way: Literal["none", "steady"] = "none"
    """steady: a day's usual demand is under way for every day of lead time"""
    life_left: Days | None = None
    """days of use left of this stock at the start, of goods with a shelf life; left out: the whole shelf life"""
    age: AgeField | None = None
    """time since this stock was made, instead of life_left: one for all (40d), a share for each ({10d: 60%, 90d: 40%}),
    or steady: as if it had come in day by day; left out: made on the first day"""
    made_by: PartsField = {}
    """makers and their shares of this stock, or a list of makers with equal shares; left out: the one that the site
    mainly buys from"""

    def model_post_init(self, context: object) -> None:
        if self.life_left is not None and (self.life_left < 1 or self.life_left % 1):
            raise ValueError("a life_left of whole days, at least 1d")
        if self.age is not None and self.life_left is not None:
            raise ValueError("either age or life_left")
        if self.made_by and abs(sum(self.made_by.values()) - 1) > 1e-6:
            raise ValueError(f"shares under made_by that add up to 100% (now {sum(self.made_by.values()):.1%})")


class StorageSpec(Model):
    """How much fits into the rooms of some sites. Orders are cut to what there is room for."""

    at: SelectorField
    room: Literal["all", "cold"] = "all"
    """all: everything kept at the site; cold: its cold goods"""
    capacity: AmountField
    """handling units: a number or 'column NAME'"""


class Costs(Model):
    """Rates that turn stock and shortage into money."""

    currency: Text = "USD"
    """of every sum of the scenario: costs of products and lanes, and all that the report gives"""
    holding_rate: Percent = 0.25
    """a year, of the stock's purchase value"""
    shortage_cost: NonNegative = 0.0
    """per unit short; a line of its own in the cost table"""


class Source(Model):
    """Where a figure was read."""

    title: Text
    url: Text | None = None
    quality: Quality | None = None
    """official, peer_reviewed, trade_press, press or other; left out: not known"""
    read: Date | None = None
    """when it was read"""
    note: Text | None = None


class Evidence(Model):
    """What a figure of the scenario rests on."""

    source: Text
    """a key of `sources`"""
    status: Literal["reported", "derived", "measured", "definition", "assumed"] = "reported"
    note: Text | None = None


class Correlated(Model):
    """Uncertain values that are high together, or, with a rho below 0, one high where the other is low."""

    paths: list[Text] = Field(min_length=2)
    """dotted paths that stand under `uncertain`"""
    rho: Number = Field(ge=-1, le=1)
    """correlation of each with each (of a Gaussian copula: of the normal scores, not of the values)"""

    def model_post_init(self, context: object) -> None:
        if len(set(self.paths)) < len(self.paths):
            raise PlaceError(("paths",), "a path stands here twice", None, "every path once")
        lowest = -1 / (len(self.paths) - 1)
        if self.rho < lowest:
            expected = f"at least {lowest:.3g} for {len(self.paths)} values"
            raise PlaceError(("rho",), "so many values cannot all be so far apart", self.rho, expected)


WarehousesField = Annotated[
    Annotated[dict[str, Warehouse], Tag("sites")] | Annotated[SitesFile, Tag("table")], Discriminator(_table_or_sites)
]
FacilitiesField = Annotated[
    Annotated[dict[str, Facility], Tag("sites")] | Annotated[SitesFile, Tag("table")], Discriminator(_table_or_sites)
]


class Scenario(Model):
    """One scenario: the network, what happens to it, and the policies that meet it."""

    elsewhere: ClassVar[dict[str, str]] = {
        "measures": "'decisions', if it is what parties do during the run; what is measured stands in a study"
    }

    scenario: Text = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """short name without blanks, used for folders"""
    title: Text
    """by which pages call it"""
    what: Text | None = None
    """what it is, in a sentence or two; stands behind the title"""
    question: Text | None = None
    """what the scenario is to answer, in a sentence"""
    leaves_out: Text | None = None
    """what the model leaves out, in plain words; printed in the report"""
    start: Date
    """first day that counts"""
    end: EndField
    """first day not simulated, a date; or the word recovered: once service has been back at what it is without the
    disruptions for 14 days, and all that is dated is over (looked for up to three years from the start)"""
    run_on: WholeDays | None = None
    """simulated beyond `end`, and counted, so that a shortage can come to its end; leaves everything before as it is"""
    warm_up: Days = 0.0
    """simulated before the start and not counted, in whole days"""
    seed: Whole = 1
    """of all random draws"""
    products: dict[str, Product] = Field(min_length=1)
    suppliers: dict[str, Supplier] = Field(min_length=1)
    ports: dict[str, Port] = {}
    warehouses: WarehousesField = {}
    facilities: FacilitiesField
    parties: dict[Text, Party] = {}
    """who owns sites and decides, by name"""
    information: list[Information] = []
    """who sees what of whom, how late and how well; left out: all see all at once"""
    apart: Apart | None = None
    """a pool that is taken apart, to tell what joining it is worth; left out: pools are as they are written"""
    lanes: list[LaneSpec] = Field(min_length=1)
    passages: dict[str, PassageSpec] = {}
    """canals and straits, by name, that vessels pass in convoys"""
    sourcing: list[Sourcing] = []
    demand: list[DemandSpec] = Field(min_length=1)
    replenishment: list[ReplenishmentField] = []
    allocation: list[AllocationField] = []
    transfers: list[TransferField] = []
    """who may give goods to whom beside all orders, when one lacks what another can spare"""
    trust: Trust | None = None
    """how far parties trust each other, and what hangs on it; left out: nothing does"""
    stock: list[StockSpec] = []
    storage: list[StorageSpec] = []
    hoarding: list[Hoarding] = []
    buying_ahead: list[BuyingAhead] = []
    rationing: list[Rationing] = []
    use_levels: list[UseLevels] = []
    reserves: dict[str, Reserve] = {}
    disruptions: list[DisruptionField] = []
    alarms: list[AlarmField] = []
    """what warns of a shortage before it is there"""
    decisions: list[DecisionField] = []
    """what parties do during the run, each on a condition"""
    hazards: dict[str, Hazard] = {}
    """what may go wrong by chance, by name"""
    hazard_sets: dict[str, list[Text]] = {}
    """names for several hazards together"""
    active_hazards: Text | list[Text] = "all"
    """hazards that are drawn: all, none, a hazard or a set, or a list of those"""
    exercise: Exercise | None = None
    """a tabletop exercise on this scenario; a plain run takes no notice of it"""
    costs: Costs = Costs()
    currency: Text | None = None
    """of every sum, as under `costs`, which is the same"""
    uncertain: dict[Text, UnknownField] = {}
    """dotted path of a figure -> what is known of it: a distribution such as uniform(7d, 30d), or a list of values;
    drawn anew in every replication, alike for all strategies"""
    correlated: list[Correlated] = []
    """groups of uncertain values that are drawn together"""
    observed: list[ObservationField] = []
    """what was seen of it in truth; a run does not read it, a replay is held against it"""
    attribution: Text | None = None
    """after a crisis: what the shortage is put down to, in the reviewers' own words; no run reads it"""
    counterfactuals: dict[Text, Counterfactual] = {}
    """what might have been decided otherwise, by name"""
    responses: dict[Text, Response] = {}
    """what was typed in by its dates and might have come otherwise in a counterfactual, by name"""
    evidence: dict[str, Evidence] = {}
    """dotted path of a figure in this file -> what it rests on; figures without are listed as assumed"""
    sources: dict[str, Source] = {}

    def model_post_init(self, context: object) -> None:
        self._check_end()
        self._settle_currency()
        days = (self.until - self.start).days + self.warm_up
        if days > LONGEST:
            expected = f"at most {LONGEST:,}, warm-up included"
            place = ("run_on" if self.run_on else "end",)
            raise PlaceError(place, "there are too many days to simulate", f"{days:,.0f} days", expected)
        if self.warm_up % 1:
            raise PlaceError(("warm_up",), "the warm-up is not in whole days", None, "whole days such as 30d")
        together: dict[str, int] = {}
        for k, group in enumerate(self.correlated):
            for path in group.paths:
                if together.setdefault(path, k) != k:
                    raise PlaceError(("correlated", k, "paths"), f"'{path}' is in two groups", None, "one group")

    @property
    def until(self) -> dt.date:
        """First day not simulated: `end` and what is run on beyond it; of a run to recovery, what is tried first."""
        if isinstance(self.end, dt.date):
            return self.end + dt.timedelta(self.run_on or 0)
        return first_rung(self.start)

    @property
    def to_recovery(self) -> bool:
        """Whether the end has still to be found; see `sim.scenario.horizon`."""
        return not isinstance(self.end, dt.date)

    def _settle_currency(self) -> None:
        """One currency, wherever it is written; `costs` has it from then on."""
        if self.currency is None:
            return
        if "currency" in self.costs.model_fields_set and self.costs.currency != self.currency:
            message = f"there are two currencies, and under costs it is {self.costs.currency}"
            raise PlaceError(("currency",), message, self.currency, "one currency, of every sum of the scenario")
        object.__setattr__(self, "costs", self.costs.model_copy(update={"currency": self.currency}))

    def _check_end(self) -> None:
        if isinstance(self.end, dt.date):
            if self.end <= self.start:
                raise PlaceError(("end",), "the scenario ends before it starts", self.end, f"a date after {self.start}")
        elif self.run_on is not None:
            message = "a run that ends with recovery has nothing to run on from"
            raise PlaceError(("run_on",), message, None, f"a date as 'end', or no 'run_on' beside 'end: {RECOVERED}'")
