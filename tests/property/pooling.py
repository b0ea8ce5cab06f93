"""Random claims on the reserves of a random scenario: by two parties that own all stores and facilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.property.choices import Spec, day, maybe
from tests.property.informing import random_trust, terms
from tests.property.policies import RULES, TRIGGERED

if TYPE_CHECKING:
    from tests.property.networks import Builder


def with_claims(builder: Builder, spec: Spec) -> Spec:
    """The scenario with claims on each reserve that serves both parties; as it is where none does,
    or these sites have owners already."""
    c = builder.c
    owner = {site: k % 2 for k, site in enumerate([*builder.facilities, *builder.warehouses])}
    claimed = {
        name: reserve | _claims(builder, reserve)
        for name, reserve in spec["reserves"].items()
        if {owner[member] for member in reserve["members"]} == {0, 1} and c.number(0, 3)
    }
    if not claimed or "land" in spec.get("parties", {}):  # others own the sites then
        return spec
    parties = spec.get("parties", {}) | {
        name: {"kind": "country", "sites": [site for site in owner if owner[site] == k]}
        for k, name in enumerate(("north", "south"))
    }
    for reserve in claimed.values():
        if reserve["claims"]["south"] == 30:
            del reserve["size"]
    return spec | {"parties": parties, "reserves": spec["reserves"] | claimed} | _between(builder, spec, owner)


def _between(builder: Builder, spec: Spec, owner: dict[str, int]) -> Spec:
    """What else the two may have to do with each other: trust, reports, a defection, a claim that is closed, a store
    that both buy of, which shares by claim."""
    c, found = builder.c, dict[str, Any]()
    maybe(c, found, "trust", [random_trust(c)])
    if not c.number(0, 2):
        found["information"] = [{"who": "north", "of": of} | terms(builder) for of in ("south", "own")]
    first = day(c.number(0, builder.days))
    asks = {store: {owner[b] for (b, _), of in builder.sources.items() if store in of} for store in builder.warehouses}
    common = [store for store, buyers in asks.items() if buyers == {0, 1}]
    if common and first not in [entry.get("from") for entry in spec["allocation"]]:
        claims = {"north": c.one(["30%", "60%"]), "south": "40%"}
        entry = {"rule": "by_claim", "at": common, "claims": claims, "from": first} | RULES["by_claim"](c)
        found["allocation"] = [*spec["allocation"], entry]
    if c.number(0, 1):
        keeps = c.one([["reserves"], ["transfers", "reserves"], ["exports", "reserves"]])
        breach = {"kind": "defection", "party": c.one(["north", "south"]), "keeps": keeps, "from": first, "for": "9d"}
        found["disruptions"] = [*spec["disruptions"], breach]
    elif not c.number(0, 2):
        name, when = c.one(sorted(spec["reserves"])), {"trigger": "on", "date": first}
        closed = {"decision": "close_reserve", "by": "south", "reserve": name, "when": when, "for": "9d"}
        found["decisions"] = [*spec.get("decisions", []), closed]
    return found


def _claims(builder: Builder, reserve: Spec) -> Spec:
    c = builder.c
    more: dict[str, Any] = {
        "claims": c.one([
            {"north": "60%", "south": "40%"}, {"north": "20%", "south": "50%"}, {"north": "10d", "south": 30},
        ])
    }  # fmt: skip
    if c.number(0, 2):
        more["borrow"] = {"up_to": c.one(["50%", "300%"]), "pay_back": c.one(["0d", "2d", "9d"])}
        maybe(c, more["borrow"], "written_off", ["0d", "4d"])
    maybe(c, more, "floor", ["30%"])
    if c.number(0, 1):
        late: Spec = {"made": c.one(["no", day(c.number(0, builder.days))])}
        maybe(c, late, "share", ["20%", "70%"])
        maybe(c, late, "by", [day(c.number(0, builder.days))])
        more["contributions"] = {c.one(["north", "south"]): late}
        maybe(c, more, "shared_again_after", ["0d", "5d"])
    if c.number(0, 1):
        more["self_release"] = {"when": TRIGGERED[c.one(sorted(TRIGGERED))](c), "at_most": c.one(["10%", "100%"])}
    if "changes" not in reserve and c.number(0, 1):
        more["changes"] = [{"from": day(c.number(0, builder.days)), "size": c.one(["0%", "70%", "180%"])}]
    return more
