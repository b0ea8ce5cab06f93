"""What every decision is: who takes it, on what condition, after what delay, and what is then done."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from sim.errors import PlaceError, no_source, placed
from sim.model.chance.distributions import AT_ONCE, TimesField
from sim.model.charges import Charges
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.parties import Party
from sim.model.selection import Selector
from sim.model.vocabulary import Operation, QuantityName
from sim.policies.information import Information
from sim.policies.reserves.reserve import Refill
from sim.policies.when import TriggerField
from sim.registry import Kind, Model, Registry
from sim.units import Date, NonNegative, Text, WholeDays


@dataclass(frozen=True)
class Scope:
    """What a decision is about: whose it is, the cells of its sites and products, and for how long it holds.

    `days` is infinite where it has no end. `cause` is what the journal and the report call it.
    `saving` are the cells that have each level of use, `needing_leave` those of products whose substitutes need leave.
    """

    network: Network
    party: Party
    cells: np.ndarray
    days: float
    cause: str
    saving: Mapping[str, np.ndarray] = field(default_factory=dict)
    needing_leave: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def products(self) -> list[str]:
        """Names of the products concerned."""
        names = self.network.products["name"].to_numpy()
        return [str(name) for name in names[np.unique(self.network.cell_product[self.cells])]]

    def own(self, cells: np.ndarray) -> np.ndarray:
        """Those of some cells that are the party's."""
        return cells[np.isin(self.network.cell_site[cells], self.party.reach)]

    def hold(
        self, quantity: QuantityName, rows: np.ndarray, operation: Operation, value: float, begins: float = 0.0
    ) -> Effect:
        """An effect of one value, from so many days after the decision is in force, for as long as it is."""
        rows = np.asarray(rows, dtype=np.int64)
        return Effect(quantity, rows, operation, ((begins, value),), self.days, self.cause)


@dataclass(frozen=True)
class ReserveSetting:
    """Other settings of a reserve while a decision holds: of its release what stands in `release`, and its refill.

    Settings that are not named stay as the reserve has them. Of a reserve with claims a release is about those of the
    party, which it `opens` or closes, unless it has none or all of them.
    """

    reserve: str
    release: Mapping[str, Any] = field(default_factory=dict)
    refill: Refill | None = None
    opens: bool = False


@dataclass(frozen=True)
class Acts:
    """What is done when a decision comes into force, with days counted from then.

    `effects` and `impulses` as of disruptions. `disruptions` are entries of that list, without dates; `policies`
    entries of other lists of the scenario, without dates, by the list's name, with the field under which each stands
    here; `reserves` settings of reserves, `information` what others see of the party. `ends` names disruptions and
    decisions that are over with it.
    """

    effects: Sequence[Effect] = ()
    impulses: Sequence[Impulse] = ()
    disruptions: Sequence[Mapping[str, Any]] = ()
    policies: Sequence[tuple[str, tuple[str | int, ...], Model]] = ()
    reserves: Sequence[ReserveSetting] = ()
    information: Sequence[Information] = ()
    ends: Sequence[tuple[tuple[str | int, ...], str]] = field(default=())


def own_sites(scope: Scope, at: Selector, key: str = "at") -> np.ndarray:
    """Positions of the sites that a selector names, those that are the party's; raises PlaceError on the field `key`
    where none is."""
    with placed(key):
        sites = scope.network.select_sites(at)
        sites = sites[np.isin(sites, scope.party.reach)]
        if not len(sites):
            raise PlaceError((), f"none of these sites is one of '{scope.party.name}'", str(at), "sites of its own")
    return sites


def own_gates(scope: Scope, sites: np.ndarray) -> np.ndarray:
    """Gates of those of some sites that are ports."""
    return np.array([k for k, gate in enumerate(scope.network.gates) if gate.site in sites], dtype=np.int64)


def goods_at(scope: Scope, gates: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
    """Stops at which goods of a scope's products come to some gates on their way to, or from, sites.

    Without sites those of the party; where none of its goods pass there, as none of a port authority's do, everybody's.
    """
    network = scope.network
    flow, leg = np.isin(network.flow_gates, gates).nonzero()
    buyer, source = network.flow_buyer[flow], network.flow_source[flow]
    right = np.isin(network.products["name"].to_numpy()[network.cell_product[buyer]], scope.products)
    sites = scope.party.reach if of is None else of
    mine = right & (np.isin(network.cell_site[buyer], sites) | np.isin(network.cell_site[source], sites))
    if of is None and not mine.any():
        mine = right
    return np.asarray((flow * network.routes.lane.shape[1] + leg)[mine])


def written(selector: Selector) -> Any:
    """A selector as it stands in a scenario's file."""
    if isinstance(selector, list):
        return [written(one) for one in selector]
    return selector if isinstance(selector, str) else selector.model_dump(exclude_none=True)


def extra_orders(scope: Scope, at: Selector, source: str, amount: Any, day: float, urgent: bool) -> list[Effect]:
    """Orders of a party's sites at one source on one day, on top of those of their policies.

    `amount` are units of each product in all, shared by usual demand, or days of usual demand of each site.

    Raises PlaceError on the fields `at`, `source` and `amount`.
    """
    network = scope.network
    with placed("at"):
        cells = scope.own(network.select_cells(at, scope.products))
        if not len(cells):
            raise PlaceError((), f"none of these sites is one of '{scope.party.name}'", str(at), "sites of its own")
    way = network.flow_urgent if urgent else network.on_usual_way
    flows = np.flatnonzero(np.isin(network.flow_buyer, cells) & way)
    names = network.sites["name"].to_numpy()
    seller = names[network.cell_site[network.flow_source[flows]]]
    flows = flows[seller == source]
    if not len(flows):
        message = "no urgent way leads from this source to these sites" if urgent else "no source of these sites"
        raise no_source(("source",), message, source, map(str, seller))
    effects = []
    for product in np.unique(network.cell_product[network.flow_buyer[flows]]):
        mine = flows[network.cell_product[network.flow_buyer[flows]] == product]
        buyer = network.flow_buyer[mine]
        if isinstance(amount, float | int):
            usual = network.cell_mean[buyer]
            shares = usual / usual.sum() if usual.any() else np.full(len(usual), 1 / len(usual))
            units = shares * float(amount)
        else:
            with placed("amount"):
                units = network.units(amount, buyer).astype(float)
        for flow, some in zip(mine, units, strict=True):
            steps = ((day, float(some)),)
            effects.append(Effect("flow.extra_orders", np.array([flow]), "add", steps, day + 1, scope.cause))
    return effects


class Decision(Kind):
    """Something a party does during a run."""

    instant: ClassVar[bool] = False
    """whether it is done once and has no end"""
    as_a_whole: ClassVar[bool] = False
    """whether the party decides once for all its products; else product by product"""
    told: ClassVar[bool] = False
    """whether everybody hears of it"""

    decision: Text
    name: Text | None = None
    """how the journal and the report call it, and by which others refer to it; left out: made from kind and party"""
    by: Text
    """the party that decides"""
    when: TriggerField
    """the condition, looked at in the evening over the sites of the party"""
    chosen_on: list[Date] = []
    """days at whose midnight somebody at the table chose it, whatever its condition says; where it may not be chosen
    then, nothing happens. A session that was played writes them"""
    products: Annotated[list[Text], Field(min_length=1)] | None = None
    """products that it is about; left out: all of the party's sites"""
    after: TimesField = AT_ONCE
    """time from the condition to its being in force, such as for authorisation; 0d: from the next midnight on"""
    for_: WholeDays | None = Field(default=None, alias="for")
    """how long it holds; left out: for good, or until `until`"""
    until: Date | None = None
    """first day on which it does not hold any more"""
    at_most: int = Field(default=1, ge=1)
    """how often it is taken: again where the condition holds once it is over, and, of what is done once, where it came
    again after it had not held; for each product"""
    while_needed: bool = False
    """true: given up where the condition lapses before it is in force; left out: carried out all the same"""
    takes_precedence: bool = False
    """true: holds over decisions of other parties that set the same, whichever came first, and over dated policies"""

    cost: NonNegative = 0.0
    """what it costs each time it is taken, such as a licence or a building, in the scenario's currency; for each
    product where it is taken product by product"""
    cost_a_day: NonNegative = 0.0
    """what it costs on each day on which it is in force, such as staff"""

    @property
    def against_others(self) -> bool:
        """Whether it holds goods back from others, who are struck by it, rather than being an answer to a shortage."""
        return False

    def model_post_init(self, context: object) -> None:
        if self.for_ is not None and self.until is not None:
            raise ValueError("either for (a duration) or until (a date)")
        if self.for_ is not None and self.for_ < 1:
            raise PlaceError(("for",), "it holds for a day at least", self.for_, "whole days, 1d at least")
        if self.instant:
            for key, value in (("for", self.for_), ("until", self.until)):
                if value is not None:
                    raise PlaceError((key,), f"no {key}: this is done once", None, f"no {key}")
        if self.at_most > 1 and self.for_ is None and not self.instant:
            raise PlaceError(("at_most",), "it is never over, so it cannot be taken again", self.at_most, "with `for`")
        self.check()

    def check(self) -> None:
        """Raise ValueError where fields contradict each other."""

    def charges(self) -> Charges:
        """What it costs by itself."""
        return Charges(self.cost, self.cost_a_day)

    @property
    def label(self) -> str:
        """The name, or the kind and whose it is."""
        return self.name or f"{self.decision} by {self.by}"

    @abstractmethod
    def act(self, scope: Scope) -> Acts:
        """What is done, of the products and sites of a scope; raises PlaceError (path below this decision) for names
        that the network does not have, and where it would act on nothing."""


class AtOnce(Decision):
    """Something that is done once, when it comes into force."""

    instant: ClassVar[bool] = True
    for_: ClassVar[None] = None  # type: ignore[misc]  # takes the key out of the language for these kinds
    until: ClassVar[None] = None  # type: ignore[misc]
    cost_a_day: ClassVar[float] = 0.0  # type: ignore[misc]
    elsewhere: ClassVar[dict[str, str]] = dict.fromkeys(("for", "until"), "no for or until: this is done once") | {
        "cost_a_day": "cost: this is done once"
    }


DECISIONS: Registry[Decision] = Registry("decision", "decision")
