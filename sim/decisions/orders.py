"""Where orders go: other shares for the sources of some sites, and a source that is opened after its approval."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, Field

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.errors import PlaceError, no_source, placed
from sim.model.effects import Effect
from sim.model.parts import equal_parts
from sim.model.selection import Selector, SelectorField
from sim.model.vocabulary import Operation
from sim.units import Days, Share, Text

SharesField = Annotated[
    dict[Text, Share], BeforeValidator(equal_parts, json_schema_input_type=dict[Text, Share] | list[Text] | Text)
]


def _sources(scope: Scope, at: Selector) -> tuple[np.ndarray, np.ndarray]:
    """(usual flows of the party's sites, name of each flow's source); raises PlaceError on the field `at`."""
    network = scope.network
    with placed("at"):
        cells = scope.own(network.select_cells(at, scope.products))
        flows = np.flatnonzero(np.isin(network.flow_buyer, cells) & network.on_usual_way)
        if not len(flows):
            raise PlaceError(
                (), f"no site of '{scope.party.name}' here orders any of these products", str(at), "buyers"
            )
    return flows, network.sites["name"].to_numpy()[network.cell_site[network.flow_source[flows]]]


def _shares(
    decision: Decision, scope: Scope, flows: np.ndarray, shares: np.ndarray, begins: float = 0.0
) -> list[Effect]:
    """Effects that give flows these shares of their buyers' orders, whatever others say where it takes precedence."""
    operations: tuple[Operation, ...] = ("at_most", "at_least") if decision.takes_precedence else ("at_most",)
    return [
        scope.hold("flow.order_share", flows[shares == v], operation, float(v), begins)
        for operation in operations
        for v in np.unique(shares)
    ]


@DECISIONS.register("shift_orders")
class ShiftOrders(Decision):
    """Sites of the party order by other shares of their sources while this holds."""

    at: SelectorField
    """sites of the party that order"""
    to: SharesField = Field(min_length=1)
    """source and its share of the orders from then on; shares add up to 100%, and other sources have none"""
    example = {
        "by": "kenya", "products": ["saline"], "when": {"trigger": "announced"}, "for": "30d", "at": "store",
        "to": {"maker": "40%", "third-maker": "60%"},
    }  # fmt: skip
    bad_example = (
        {"by": "kenya", "products": ["saline"], "when": {"trigger": "announced"}, "at": "store", "to": "third-makr"},
        "did you mean 'third-maker'",
    )

    def check(self) -> None:
        if abs(sum(self.to.values()) - 1) > 1e-6:
            raise PlaceError(("to",), f"the shares add up to {sum(self.to.values()):.1%}", None, "100%")

    def act(self, scope: Scope) -> Acts:
        flows, names = _sources(scope, self.at)
        for source in self.to:
            if source not in names:
                raise no_source(("to", source), "no source of these sites under sourcing", source, map(str, names))
        return Acts(_shares(self, scope, flows, np.array([self.to.get(str(name), 0.0) for name in names])))


@DECISIONS.register("open_source")
class OpenSource(Decision):
    """A source on stand-by (0% under `sourcing`) gets a share of the orders once it is approved.

    Approval is shorter where another authority's is recognised, and takes no time where imports were authorised before.
    """

    at: SelectorField
    """sites of the party that order"""
    source: Text
    """supplier or warehouse that is opened"""
    share: Share
    """its share of their orders from then on"""
    approval: Days = 0.0
    """time until it is approved, in whole days"""
    mutual_recognition: Days | None = None
    """the time that takes instead where another authority's approval is recognised"""
    pre_authorised: bool = False
    """true: imports were authorised beforehand, so that no time is lost"""
    example = {
        "by": "kenya", "products": ["saline"], "when": {"trigger": "announced"}, "at": "store", "source": "third-maker",
        "share": "50%", "approval": "30d", "mutual_recognition": "6d",
    }  # fmt: skip
    bad_example = (
        {
            "by": "kenya", "products": ["saline"], "when": {"trigger": "announced"}, "at": "store",
            "source": "other-maker", "share": "50%",
        },
        "no source of these sites",
    )  # fmt: skip

    def check(self) -> None:
        if self.mutual_recognition is not None and self.mutual_recognition > self.approval:
            expected = f"no longer than the approval ({self.approval:g} days)"
            raise PlaceError(("mutual_recognition",), "it takes longer than without", self.mutual_recognition, expected)

    @property
    def wait(self) -> float:
        """Whole days from its being in force to the first orders."""
        approval = self.approval if self.mutual_recognition is None else self.mutual_recognition
        return 0.0 if self.pre_authorised else float(np.ceil(approval))

    def act(self, scope: Scope) -> Acts:
        if self.wait >= scope.days:
            raise PlaceError(("for",), "it would be over before the source is approved", f"{scope.days:g} days")
        network = scope.network
        flows, names = _sources(scope, self.at)
        if self.source not in names:
            raise no_source(("source",), "no source of these sites under sourcing", self.source, map(str, names))
        buyers = np.unique(network.flow_buyer[flows[names == self.source]])
        mine = np.isin(network.flow_buyer[flows], buyers)
        flows, names = flows[mine], names[mine]
        usual = network.flow_share[flows]
        others = np.where(names == self.source, 0.0, usual)
        total = np.bincount(network.flow_buyer[flows], others, len(network.cell_site))[network.flow_buyer[flows]]
        part = np.divide(others, total, out=np.zeros(len(flows)), where=total > 0) * (1 - self.share)
        return Acts(_shares(self, scope, flows, np.where(names == self.source, self.share, part), self.wait))
