"""Random valid scenarios, small enough to run by the hundred.

`scenario(choose)` builds one as a plain dictionary; `Choose` is where its choices come from: a Hypothesis strategy,
which shrinks (`scenarios()`), or a random number generator (`Dice`), which is fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from tests.property.alarms import with_alarms
from tests.property.choices import Choose, Drawn, Spec, day, maybe
from tests.property.informing import random_information, random_trust, two_parties
from tests.property.later import later_policies, with_later
from tests.property.policies import Policies
from tests.property.pooling import with_claims
from tests.property.sites import Sites
from tests.property.supply import Supply
from tests.property.trouble import DISRUPTED, INEXACT, disruption, has_passage, hazard


@st.composite
def scenarios(
    draw: Callable[[st.SearchStrategy[Any]], Any], exact: bool = False, disruptions: int = 6, hazards: int = 0
) -> Spec:
    """Random scenarios; `exact` ones never have to round, so that they can be scaled."""
    return scenario(Drawn(draw), exact, disruptions, hazards)


@st.composite
def struck(draw: Callable[[st.SearchStrategy[Any]], Any], *kinds: str) -> tuple[Spec, list[Spec]]:
    """A random scenario with up to two disruptions, and one more of each kind, not yet in it and without a span."""
    builder = Builder(Drawn(draw), exact=False)
    builder.has_materials = "material_shortage" in kinds
    spec = builder.build(disruptions=2)
    assume("port_closure" not in kinds or builder.ports)
    assume("material_shortage" not in kinds or builder.in_use)
    assume("passage_queue" not in kinds or has_passage(builder))
    bodies = [{"kind": kind} | DISRUPTED[kind](builder) for kind in kinds]
    if "defection" in kinds:
        spec["parties"] = spec.get("parties", {}) | {"firm": builder.spec["parties"]["firm"]}
    return spec, bodies


def together(kinds: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """Kinds that are tried in one network, at most so many; by itself what not every network can have."""
    alone = ("port_closure", "material_shortage", "passage_queue")
    anywhere = [kind for kind in kinds if kind not in alone]
    batches = [tuple(anywhere[begin : begin + most]) for begin in range(0, len(anywhere), most)]
    return batches + [(kind,) for kind in kinds if kind in alone]


@st.composite
def with_later_policies(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[Spec, Spec, int]:
    """A random scenario, policies that take the place of some of its own, and the day from which they do."""
    builder = Builder(Drawn(draw), exact=False)
    spec = builder.build(disruptions=3, hazards=1)
    first = draw(st.integers(-20, builder.days - 1))
    dated = [entry for part in ("replenishment", "allocation", "rationing") for entry in spec.get(part, [])]
    dated += [change for reserve in spec["reserves"].values() for change in reserve.get("changes", [])]
    assume(day(first) not in {entry.get("from") for entry in dated})
    return spec, later_policies(builder, first), first


def scenario(choose: Choose, exact: bool = False, disruptions: int = 6, hazards: int = 0) -> Spec:
    """One scenario; see `scenarios`. At most so many disruptions and hazards."""
    return Builder(choose, exact).build(disruptions, hazards)


def _words(held_at: Any) -> list[str]:
    return ["f1"] if held_at == "members" else [held_at] if isinstance(held_at, str) else list(held_at)


class Builder(Sites, Supply, Policies):
    """Builds one scenario part by part; `spec` is it as far as it is built. Some makers need materials where it
    surely `has_materials`, else at times."""

    has_materials = False

    def _freight(self, spec: Spec) -> None:
        """Shipments that are paid whole, verified carriers, and goods that have a weight."""
        c = self.c
        for lane in spec["lanes"]:
            if "vehicles" not in lane and "round" not in lane:
                maybe(c, lane, "loads", [{"cost": 5, "carries": 7, "of": c.one(["all", "party", "order"])}])
            if "(" in str(lane.get("time")):
                maybe(c, lane, "verified", [{"spread": "40%", "cost": 1}])
        for product in spec["products"].values():
            maybe(c, product, "weight", [3])

    def build(self, disruptions: int, hazards: int = 0) -> Spec:
        c = self.c
        spec: Spec = {"scenario": "random", "title": "A random network", "start": day(0), "end": day(self.days)}
        if not self.exact:
            maybe(c, spec, "warm_up", ["7d", "20d"])
        spec["seed"] = c.number(0, 99)
        spec["products"] = {p: {"unit": "box", "cost": c.number(0, 9)} for p in self.products}
        if not self.exact:
            for product in spec["products"].values():
                maybe(c, product, "size", [2, 0.5])
                maybe(c, product, "priority", ["vital", "necessary"])
                if not c.number(0, 5):
                    product |= {"doses": c.one([2, 10]), "open_for": c.one(["6h", "3d"])}
                self._keep_by_lot(product)
        self.goods = spec["products"]
        spec["suppliers"] = {s: self._supplier(k) for k, s in enumerate(self.suppliers)}
        self.makes = {s: list(spec["suppliers"][s]["makes"]) for s in self.suppliers}
        if not self.exact and (self.has_materials or c.number(0, 1)):
            self._add_materials(spec)
        self.makers = spec["suppliers"]
        if self.ports:
            spec["ports"] = {h: self._port(k) for k, h in enumerate(self.ports)}
        spec["warehouses"] = {
            w: {"country": c.one(["KE", "KE", "IN"]), "priority": k} for k, w in enumerate(self.warehouses, 1)
        }
        spec["facilities"] = {f: self._facility(k) for k, f in enumerate(self.facilities, 1)}
        self.region = {f: site["region"] for f, site in spec["facilities"].items()}
        self.country = {
            n: s["country"]
            for g in ("suppliers", "ports", "warehouses", "facilities")
            for n, s in spec.get(g, {}).items()
        }
        spec["demand"] = self._demand()
        self._connect()
        self._connect_materials()
        spec["lanes"] = self._rounds()
        self._freight(spec)
        spec["sourcing"] = self.sourcing
        spec["replenishment"] = self._replenishment()
        spec["allocation"] = self._allocation()
        spec["stock"] = self._stock()
        if not self.exact:
            self._substitutes()
            spec["use_levels"] = self._use_levels()
            spec["hoarding"] = self._hoarding()
            spec["rationing"] = self._rationing()
            spec["buying_ahead"] = self._buying_ahead()
        spec["reserves"] = {f"r{k}": self._reserve() for k in range(c.number(0, 2))}
        if not self.exact and not any(
            set(self.facilities) & set(_words(r["held_at"])) for r in spec["reserves"].values()
        ):
            maybe(c, spec, "storage", [[{"at": "facilities", "room": c.one(["all", "cold"]), "capacity": 90}]])
        if not self.exact and has_passage(self) and c.number(0, 1):
            spec["passages"] = {"suez": {"convoys": {"all": self._convoy()}}}
        self.spec = spec
        kinds = [k for k in DISRUPTED if k != "port_closure" or self.ports]
        if not has_passage(self):
            kinds.remove("passage_queue")
        self.in_use = sorted({m for _, m in self.sources if m in self.materials})
        kinds = [k for k in kinds if k != "material_shortage" or self.in_use]
        kinds += 3 * [k for k in kinds if k in ("material_shortage", "port_closure")]  # few networks can have them
        kinds.append("licence_delay")  # of which there are many sorts
        if self.exact:
            kinds = [k for k in kinds if k not in INEXACT]
        spec["disruptions"] = [disruption(self, c.one(kinds), k) for k in range(c.number(0, disruptions))]
        if hazards:
            spec["hazards"] = {f"z{k}": hazard(self, c.one(kinds), k) for k in range(c.number(1, hazards))}
        if not self.exact and c.number(0, 1):
            spec["transfers"] = self._transfers()
        if not self.exact and not c.number(0, 3):
            spec |= {"parties": two_parties(self), "information": random_information(self)}
            maybe(c, spec, "trust", [random_trust(c)])
        if not c.number(0, 3):
            spec = with_later(spec, later_policies(self, c.number(-5, self.days)))
        if not self.exact and not c.number(0, 1):
            spec = with_alarms(self, spec)
        return spec if self.exact else with_claims(self, spec)
