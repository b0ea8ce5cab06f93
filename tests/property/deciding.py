"""A random decision on top of a random scenario: of any kind, on any condition, by a country or a pool."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.property.choices import Spec, maybe
from tests.property.informing import ALL_AT_ONCE
from tests.property.policies import TRIGGERED

if TYPE_CHECKING:
    from tests.property.networks import Builder

NEVER: Spec = {"trigger": "days_of_cover", "below": "0d"}
ONCE = ("emergency_order", "extend_shelf_life", "lift_ban", "request_aid")


def with_decision(builder: Builder, kind: str) -> Spec:
    """The builder's scenario with one decision of a kind; what it needs of the scenario is added to it."""
    c, spec = builder.c, builder.spec
    when = TRIGGERED[c.one(sorted(TRIGGERED))](c)
    decision: Spec = {"decision": kind, "name": "d", "when": when} | FIELDS[kind](builder)
    land: Spec = {"kind": "country", "sites": [*builder.facilities, *builder.warehouses, *builder.ports]}
    parties = spec.get("parties", {})
    if parties:  # those that share a reserve own all stores and facilities
        land = {"kind": "pool", "members": [*parties]}
        if builder.ports:
            parties |= {"quays": {"kind": "agency", "sites": builder.ports}}
            land["members"].append("quays")
    spec["parties"] = parties | {
        "land": land,
        "firm": {"kind": "firm", "sites": builder.suppliers},
        "pool": {"kind": "pool", "members": ["land", "firm"]},
    }
    seen = spec.get("information", [])
    if seen:  # whoever belonged to nobody belongs to the country now
        spec["information"] = [entry for entry in seen if entry["who"] in spec["parties"]] or ALL_AT_ONCE
    decision["by"] = (
        "firm" if kind in ("ban_exports", "defect", "ration", "supplier_allocation") else c.one(["land", "pool"])
    )
    maybe(c, decision, "after", ["1d", "36h", "uniform(0d, 5d)"])
    if kind not in ONCE and c.number(0, 1):
        decision["for"] = c.one(["1d", "6d"])
    if kind in ONCE or "for" in decision:
        maybe(c, decision, "at_most", [2, 4])
    maybe(c, decision, "while_needed", [True])
    return spec | {"decisions": [decision]}


def _replenishment(builder: Builder) -> Spec:
    return {"to": [entry for entry in builder._replenishment() if builder.c.number(0, 1)] or builder._replenishment()}


def _allocation(builder: Builder) -> Spec:
    entries = [{"rule": "priority_tiers", "at": w} for w in sorted(builder.used)]
    return {"to": [builder.c.one(entries)]}


def _bought(builder: Builder) -> tuple[str, str, list[str]]:
    """(buyer, product, sources) of something that is bought."""
    (buyer, product), several = builder.c.one(sorted(builder.sources.items()))
    return buyer, product, several


def _order(builder: Builder) -> Spec:
    buyer, product, several = _bought(builder)
    return {"at": buyer, "source": builder.c.one(several), "products": [product], "amount": builder.c.one([40, "5d"])}


def _more_a_day(builder: Builder) -> Spec:
    order = _order(builder)
    del order["amount"]
    return order | {"per_day": 9}


def _aid(builder: Builder) -> Spec:
    order = _order(builder)
    stages = [{"after": "2d", "amount": order.pop("amount")}, {"after": "4d", "amount": 7}]
    return order | {"stages": stages}


def _open(builder: Builder) -> Spec:
    buyer, product, several = _bought(builder)
    wait = builder.c.one(["0d", "3d"])
    return {"at": buyer, "source": builder.c.one(several), "products": [product], "share": "50%", "approval": wait}


def _shift(builder: Builder) -> Spec:
    buyer, product, several = _bought(builder)
    return {"at": buyer, "products": [product], "to": {builder.c.one(several): "100%"}}


def _change_lane(builder: Builder) -> Spec:
    """A second way from a source, for the decision alone."""
    lane = builder.c.one([lane for lane in builder.spec["lanes"] if isinstance(lane.get("from"), str)])
    return {"at": lane["to"]}


def _capacity(builder: Builder) -> Spec:
    limited = [
        (maker, product)
        for maker, one in builder.spec["suppliers"].items()
        for product, how in one["makes"].items()
        if "capacity" in how
    ]
    maker, product = builder.c.one(limited)
    return {"at": maker, "products": [product], "more": "50%", "licence": "1d", "build": "1d", "ramp": "3d"}


def _reserve(builder: Builder) -> Spec:
    return {"reserve": builder.c.one(sorted(builder.spec["reserves"]))}


def _corridor(builder: Builder) -> Spec:
    lanes = [
        f"{lane['from']} > {lane['to']}"
        for lane in builder.spec["lanes"]
        if isinstance(lane.get("from"), str) and isinstance(lane.get("to"), str)
    ]
    return {"lanes": [builder.c.one(lanes)]}


def _lift(builder: Builder) -> Spec:
    return {"ban": builder.c.one(builder.spec["disruptions"]).setdefault("name", "trouble")}


def _open_books(builder: Builder) -> Spec:
    builder.spec["information"] = [{"who": "firm", "of": "land", "sees": "orders"}]
    return {"with": builder.c.one(["all", ["firm"]]), "sees": builder.c.one(["stock", "capacity"]), "lag": "2d"}


def _give(builder: Builder) -> Spec:
    """On the entry of transfers that there is, open or closed; IndexError where nobody of the land gives."""
    maybe(builder.c, builder.spec.get("transfers", [])[0], "closed", [True])
    return {"allow": builder.c.one([True, False])}


FIELDS: dict[str, Callable[[Builder], Any]] = {
    "add_capacity": _capacity,
    "allow_transfers": _give,
    "ban_exports": lambda b: {"quota": b.c.one(["0%", "40%"])},
    "change_allocation": _allocation,
    "change_lane": _change_lane,
    "change_levels": _replenishment,
    "close_reserve": _reserve,
    "corridor": _corridor,
    "defect": lambda b: {"quota": b.c.one(["0%", "40%"]), "orders": b.c.one([1, 1.5])},
    "emergency_order": _order,
    "extend_shelf_life": lambda b: {"longer": "9d"},
    "extra_orders": _more_a_day,
    "lift_ban": _lift,
    "open_source": _open,
    "priority_lane": lambda b: {"clearance": "40%"},
    "ration": lambda b: {"how": [{"at": b.c.one(b.suppliers), "horizon": "9d"}]},
    "refill_reserve": _reserve,
    "release_reserve": _reserve,
    "request_aid": _aid,
    "share_information": _open_books,
    "shift_orders": _shift,
    "substitute": lambda b: {},
    "supplier_allocation": lambda b: {"supplier": b.c.one(b.suppliers), "share": b.c.one(["0%", "40%"])},
    "use_level": lambda b: {"level": b.c.one(["contingency", "crisis"])},
}
"""What a random decision of each kind has; IndexError where the scenario has nothing that it could be about."""
