"""Random valid scenarios, small enough to run by the hundred.

`scenario(choose)` builds one as a plain dictionary; `Choose` is where its choices come from: a Hypothesis strategy,
which shrinks (`scenarios()`), or a random number generator (`Dice`), which is fast.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from tests.property.choices import TIMES, Choose, Drawn, Spec, day, maybe
from tests.property.later import later_policies, with_later
from tests.property.trouble import DISRUPTED, INEXACT, disruption, has_passage, hazard


@st.composite
def scenarios(
    draw: Callable[[st.SearchStrategy[Any]], Any], exact: bool = False, disruptions: int = 6, hazards: int = 0
) -> Spec:
    """Random scenarios; `exact` ones never have to round, so that they can be scaled."""
    return scenario(Drawn(draw), exact, disruptions, hazards)


@st.composite
def struck(draw: Callable[[st.SearchStrategy[Any]], Any], kind: str) -> tuple[Spec, Spec]:
    """A random scenario with up to two disruptions, and one more of a kind, not yet in it and without a span."""
    builder = Builder(Drawn(draw), exact=False)
    spec = builder.build(disruptions=2)
    assume(kind != "port_closure" or builder.ports)
    assume(kind != "material_shortage" or builder.in_use)
    assume(kind != "passage_queue" or has_passage(builder))
    return spec, {"kind": kind} | DISRUPTED[kind](builder)


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


class Builder:
    """Builds one scenario part by part; `spec` is it as far as it is built."""

    def __init__(self, choose: Choose, exact: bool) -> None:
        self.c, self.exact = choose, exact
        self.days = choose.number(20, 45)
        self.materials: list[str] = []
        self.products = [f"p{k}" for k in range(1, choose.number(1, 3) + 1)]
        self.suppliers = [f"s{k}" for k in range(1, choose.number(1, 3) + 1)]
        self.ports = [f"h{k}" for k in range(1, choose.number(0, 2) + 1)]
        self.warehouses = [f"w{k}" for k in range(1, choose.number(1, 3) + 1)]
        self.facilities = [f"f{k}" for k in range(1, choose.number(1, 8) + 1)]
        self.lanes: dict[tuple[str, str], Spec] = {}
        self.trains: dict[str, Spec] = {}
        self.last: dict[tuple[str, str], str] = {}
        self.sourcing: list[Spec] = []
        self.sources: dict[tuple[str, str], list[str]] = {}
        self.wants: dict[str, list[str]] = {}

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
                self._keep_by_lot(product)
        self.goods = spec["products"]
        spec["suppliers"] = {s: self._supplier(k) for k, s in enumerate(self.suppliers)}
        self.makes = {s: list(spec["suppliers"][s]["makes"]) for s in self.suppliers}
        if not self.exact and c.number(0, 1):
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
        spec["sourcing"] = self.sourcing
        spec["replenishment"] = self._replenishment()
        spec["allocation"] = self._allocation()
        spec["stock"] = self._stock()
        if not self.exact:
            self._substitutes()
            spec["use_levels"] = self._use_levels()
            spec["hoarding"] = self._hoarding()
            spec["rationing"] = self._rationing()
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
        return spec if c.number(0, 3) else with_later(spec, later_policies(self, c.number(-5, self.days)))

    # the sites

    def _keep_by_lot(self, product: Spec) -> None:
        """A shelf life, how lots are issued, and how much life buyers want."""
        c = self.c
        maybe(c, product, "shelf_life", ["3d", "9d", "30d", "2y"])
        maybe(c, product, "trace", [True])
        maybe(c, product, "storage", ["cold"])
        maybe(c, product, "issue", ["first_expired", "first_in", "last_in"])
        if product.get("shelf_life") in ("9d", "30d"):
            maybe(c, product, "minimum_life", ["2d", "6d"])

    def _supplier(self, position: int) -> Spec:
        c = self.c
        made = self.products if position == 0 else [p for p in self.products if c.number(0, 2)] or self.products[:1]
        makes: Spec = {}
        for product in made:
            makes[product] = {}
            if c.number(0, 1):
                makes[product]["capacity"] = c.number(1, 60) if self.exact else c.one([0.5, 7.3, 20, 60, 150])
            maybe(c, makes[product], "finished_stock", [0, 40, 200] if self.exact else [0, 35, "5d", "20d"])
            if not self.exact:
                maybe(c, makes[product], "testing", ["2d", "uniform(0d, 6d)"])
                maybe(c, makes[product], "lot_span", ["2d"])
                maybe(c, makes[product], "at_start", ["steady"])
        spec = {"country": c.one(["IN", "CN"]), "makes": makes}
        if not self.exact:
            maybe(c, spec, "ramp_up", ["4d", "10d"])
        return spec

    def _add_materials(self, spec: Spec) -> None:
        """One or two materials, made by makers of their own; the second may also go into the first."""
        c = self.c
        self.materials = [f"m{k}" for k in range(1, c.number(1, 2) + 1)]
        for material in self.materials:
            spec["products"][material] = {"unit": "kg"}
            self._keep_by_lot(spec["products"][material])
        for product in [p for s in self.suppliers for p in self.makes[s]]:
            for supplier in self.suppliers:
                if product in self.makes[supplier] and c.number(0, 1):
                    makes = spec["suppliers"][supplier]["makes"][product]
                    self._made_from(makes, self.materials, spec["products"][product])
        for k, material in enumerate(self.materials, 1):
            makes: Spec = {}
            maybe(c, makes, "capacity", [3, 25.5])
            maybe(c, makes, "finished_stock", [30, "6d"])
            if k == 1 and len(self.materials) > 1 and c.number(0, 1):
                self._made_from(makes, self.materials[1:], spec["products"][material])
            for supplier in self.suppliers:  # who takes it may make it too, as a stage of his own
                if any(material in m.get("from", {}) for m in spec["suppliers"][supplier]["makes"].values()):
                    maybe(c, spec["suppliers"][supplier]["makes"], material, [dict(makes)])
            for site in (f"x{k}", f"y{k}")[: c.number(1, 2)]:
                spec["suppliers"][site] = {"country": c.one(["IN", "CN"]), "makes": {material: dict(makes)}}
                self.makes[site] = [material]

    def _made_from(self, makes: Spec, materials: list[str], product: Spec) -> None:
        c = self.c
        makes["from"] = {m: c.one([0.25, 1, 2.7, 0.01]) for m in materials if c.number(0, 2)} or {materials[0]: 0.5}
        maybe(c, makes, "yield", ["80%", "95%"])
        if product.get("shelf_life") != "3d":
            maybe(c, makes, "takes", ["2d", "uniform(0d, 4d)"])

    def _connect_materials(self) -> None:
        """Makers that somebody buys from buy their materials from one maker or from two."""
        asked = [(s, product) for (_, product), several in self.sources.items() for s in several if s in self.makers]
        inside: set[tuple[str, str]] = set()
        while asked:
            site, product = asked.pop(0)
            for material in self.makers[site]["makes"][product].get("from", {}):
                if material in self.makers[site]["makes"]:
                    if (site, material) not in inside:
                        inside.add((site, material))
                        asked.append((site, material))
                    continue
                if (site, material) not in self.sources:
                    makers = self._some([s for s in sorted(self.makers) if material in self.makes[s]])
                    self._source(site, material, makers)
                    asked += [(s, material) for s in makers]
                self.buyers = sorted({*self.buyers, site})

    def _port(self, position: int) -> Spec:
        c = self.c
        port: Spec = {"country": ["KE", "IN"][position]}
        kind = c.number(0, 2 if self.exact else 3)
        if kind == 3:
            port |= {"berths": c.number(1, 3), "berth_time": c.one(["6h", "exponential(1d)", "uniform(0d, 2d)"])}
            maybe(c, port, "yard", [12, 60])
            if not c.number(0, 2):
                port["berths_by_side"] = {"imports": port.pop("berths"), "exports": c.number(1, 2)}
        elif kind == 1:
            port["handling"] = c.one([15, 40, 200] if self.exact else [9.7, 40, 200])
        elif kind == 2:
            port["handling_by_side"] = {"imports": c.one([20, 100]), "exports": c.one([20, 100])}
        maybe(c, port, "clearance", TIMES)
        maybe(c, port, "export_clearance", TIMES)
        if not self.exact:
            maybe(c, port, "priority_lane", [["vital"], ["p1", "essential"]])
            maybe(
                c,
                port,
                "holds",
                [[{"share": "30%", "for": "lognormal(5d, 2d)"}, {"share": "50%", "for": "1d", "products": ["p1"]}]],
            )
        return port

    def _convoy(self) -> Spec:
        c = self.c
        convoy: Spec = {"traffic": 20} | c.one([{"at": ["4h"]}, {"at": ["1h", "13h"]}, {"at": ["30h"], "every": "2d"}])
        convoy["ships"] = c.one([41, 90])
        maybe(c, convoy, "limit", ["5h"])
        return convoy

    def _facility(self, position: int) -> Spec:
        c = self.c
        priority = position if self.exact else c.number(1, 3)
        site = {"country": c.one(["KE", "UG"]), "region": c.one(["north", "south"]), "priority": priority}
        return site if self.exact else site | {"population": c.one([80, 2000])}

    # who needs what, and from where

    def _demand(self) -> list[Spec]:
        c, entries = self.c, []
        for facility in self.facilities:
            self.wants[facility] = [p for p in self.products if c.number(0, 3)] or self.products[:1]
            for product in self.wants[facility]:
                entry: Spec = {"at": facility, "product": product}
                entry["per_day"] = c.number(0, 15) if self.exact else c.one([0, 0.3, 2, 7.5, 12])
                if self.exact:
                    entry["distribution"] = "deterministic"
                else:
                    maybe(c, entry, "distribution", DEMANDS)
                    maybe(c, entry, "season", [{"peak": "02-01", "amplitude": "40%"}])
                    maybe(c, entry, "until", [day(15), day(30)])
                    if not c.number(0, 4):
                        entry["per_person"] = c.one(["0.01 a day", "2 a year"])
                        del entry["per_day"]
                if c.number(0, 1):
                    entry["shortage"] = "backorder"
                    maybe(c, entry, "patience", ["1d", "3d", "10d"])
                entries.append(entry)
        return entries

    def _connect(self) -> None:
        """Facilities buy from warehouses (or straight from a maker), warehouses from makers or the first warehouse."""
        c = self.c
        used: dict[str, list[str]] = {}
        for facility in self.facilities:
            for product in self.wants[facility]:
                makers = [s for s in self.suppliers if product in self.makes[s]]
                several = self._some(self.warehouses) if c.number(0, 5) else [c.one(makers)]
                self._source(facility, product, several)
                for source in several:
                    if source in self.warehouses and product not in used.setdefault(source, []):
                        used[source].append(product)
        for warehouse in sorted(used, reverse=True):  # w1 last: the others may buy from it
            for product in used[warehouse]:
                makers = [s for s in self.suppliers if product in self.makes[s]]
                if warehouse != "w1" and product in used.get("w1", []) and c.number(0, 1):
                    self._source(warehouse, product, ["w1"])
                else:
                    self._source(warehouse, product, self._some(makers))
        self.used = used
        self.buyers = [*self.facilities, *sorted(used)]

    def _some(self, options: list[str]) -> list[str]:
        first = self.c.number(0, len(options) - 1)
        more = 0 if self.exact else self.c.number(0, 1)
        return [options[first], *[o for o in options if o != options[first]][:more]]

    def _source(self, buyer: str, product: str, sources: list[str]) -> None:
        several = [["50%", "50%"], ["70%", "30%"], ["33.5%", "66.5%"], ["100%", "0%"]]
        shares = ["100%"] if len(sources) == 1 else self.c.one(several)
        entry: Spec = {"at": buyer, "products": [product], "from": dict(zip(sources, shares, strict=True))}
        if len(sources) > 1:
            how = [{"keep_shares": True}, {"notices_after": "1d"}, {"notices_after": "3d", "rebook_after": "4d"}]
            entry |= self.c.one([{}, *how])
        self.sourcing.append(entry)
        self.sources[buyer, product] = sources
        for source in sources:
            self._way(source, buyer)
        if not self.exact and buyer not in self.trains and not self.c.number(0, 11):
            self._by_rail(entry, sources[0], buyer)

    def _by_rail(self, entry: Spec, source: str, buyer: str) -> None:
        """A second lane beside all others, for urgent orders."""
        c = self.c
        self.trains[buyer] = {"from": source, "to": buyer, "mode": "rail", "time": c.one(TIMES)}
        when = c.one([{"trigger": "days_of_cover", "below": "4d"}, {"trigger": "announced"}])
        entry["urgent"] = {"by": "rail", "when": when} | c.one([{}, {"share": "40%"}])

    def _way(self, source: str, buyer: str) -> None:
        """A direct lane, or one through the source's port, the buyer's, or both."""
        ports = {self.country[h]: h for h in self.ports}
        stops = [ports[x] for x in ("IN", "KE") if x in ports] if self.country[source] != "KE" else []
        if stops and buyer not in stops and self.c.number(0, 2):
            stops = stops if self.c.number(0, 1) else stops[-1:]
        else:
            stops = []
        way = [source, *stops, buyer]
        self.last.setdefault((source, buyer), f"{way[-2]} > {buyer}")
        for origin, end in itertools.pairwise(way):
            if (origin, end) not in self.lanes:
                self.lanes[origin, end] = self._lane(origin, end)

    def _lane(self, origin: str, end: str) -> Spec:
        c = self.c
        lane: Spec = {"from": origin, "to": end, "mode": c.one(["road", "sea", "air"]), "time": c.one(TIMES)}
        if not self.exact and not c.number(0, 5):  # a full lane is shared, which rounds
            lane["capacity"] = c.one([8, 60])
        elif not self.exact and not c.number(0, 5):
            lane["vehicles"] = {"carries": c.one([7, 40]), "number": c.number(1, 3)}
        self._cool(lane)
        if lane["mode"] == "sea" and c.number(0, 3):
            lane["passages"], lane["detour"] = {"suez": c.one(["20%", "60%"])}, {"suez": c.one(["6d", "12h"])}
        if not self.exact:
            maybe(c, lane, "season", SEASONS)
            maybe(c, lane, "departs", HOURS)
            if "passages" not in lane:
                maybe(c, lane, "arrives", HOURS)
        return lane

    def _cool(self, lane: Spec) -> None:
        if any(p.get("storage") == "cold" for p in self.goods.values()):
            lane["cold"] = True
            maybe(self.c, lane, "cold_capacity", [6, 30])

    def _rounds(self) -> list[Spec]:
        """The lanes; here and there those of a warehouse to its facilities are one round."""
        c, rounds = self.c, []
        for origin in [] if self.exact else self.warehouses:
            stops = [end for (start, end) in self.lanes if start == origin and end in self.facilities]
            if not stops or c.number(0, 2):
                continue
            for end in stops:
                del self.lanes[origin, end]
            turn: Spec = {"every": c.one(["2d", "5d"]), "first": c.one(["0d", "3d"]), "next": c.one(["0d", "5h", "1d"])}
            maybe(c, turn, "carries", [15, 70])
            rounds.append({"from": origin, "to": stops, "time": c.one(TIMES), "round": turn})
            self._cool(rounds[-1])
        for entry in self.sourcing:
            train = self.trains.get(entry["at"])
            if train is not None and train["from"] in entry["from"]:
                entry["usual"] = self.last[train["from"], entry["at"]]
        for train in self.trains.values():
            self._cool(train)
        return [*self.lanes.values(), *rounds, *self.trains.values()]

    # the policies

    def _replenishment(self) -> list[Spec]:
        c = self.c
        entries = []
        for buyer in self.buyers:
            entry: Spec = {"at": buyer}
            entry["policy"] = c.one(
                [name for name in sorted(POLICIES) if not (self.exact and name == "moving_average")]
            )
            high = c.number(30, 300) if self.exact else c.one([40, 150, "14d", "30d"])
            low = (high // 3) if isinstance(high, int) else "6d"
            entry |= POLICIES[entry["policy"]](low, high)
            maybe(c, entry, "review", ["3d", "7d"])
            maybe(c, entry, "first_review", ["1d", "2d"])
            maybe(c, entry, "not_counting", ["1d", "4d"])
            if not self.exact and entry["policy"] in ("base_stock", "s_S"):
                maybe(c, entry, "plus_lead_time", [True])
            entries.append(entry)
        return entries

    def _allocation(self) -> list[Spec]:
        c = self.c
        rules = ["first_come"] if self.exact else sorted(RULES)
        sources = {s for several in self.sources.values() for s in several}
        shared = [s for s in sorted(sources) if self.exact or c.number(0, 1)]
        entries = []
        for source in shared:
            rule = c.one(rules)
            entries.append({"rule": rule, "at": source} | RULES[rule](c))
        return entries

    def _stock(self) -> list[Spec]:
        c = self.c
        entries = []
        for buyer in self.buyers:
            if not c.number(0, 3):
                entry = {"at": buyer, "on_hand": c.number(0, 200)}
                maybe(c, entry, "on_the_way", ["none", "steady"])
                if all(p.get("shelf_life") for p in self.goods.values()):
                    maybe(c, entry, "life_left", ["2d", "12d"])
                    if "life_left" not in entry:
                        maybe(c, entry, "age", ["0d", "2d", {"0d": "30%", "1d": "70%"}, "steady"])
                entries.append(entry)
        return entries

    # what people do about scarcity

    def _substitutes(self) -> None:
        """Products that stand in for another that some facility needs beside them."""
        for wanted, other in itertools.permutations(self.products, 2):
            if self.c.number(0, 1) and any({wanted, other} <= set(needs) for needs in self.wants.values()):
                terms: Spec = {}
                maybe(self.c, terms, "ratio", [0.4, 1.5, 3])
                maybe(self.c, terms, "share", ["0%", "35%", "100%"])
                self.goods[wanted].setdefault("substitutes", {})[other] = terms

    def _use_levels(self) -> list[Spec]:
        c = self.c
        entries = []
        for some in (self.facilities[::2], self.facilities[1::2]):
            if some and c.number(0, 1):
                entry: Spec = {"at": some}
                maybe(c, entry, "cover_of", ["site", "region"])
                maybe(c, entry, "within", ["1d", "6d"])
                maybe(c, entry, "contingency", [MILD, {"when": TRIGGERED[c.one(sorted(TRIGGERED))](c)} | SAVED])
                maybe(c, entry, "crisis", [{"below": "2d", "until": "3d", "saves": "75%", "comes_back": "100%"}])
                if "contingency" in entry or "crisis" in entry:
                    entries.append(entry)
        return entries

    def _hoarding(self) -> list[Spec]:
        c = self.c
        entry: Spec = {"at": c.one([*self.facilities, "facilities"])}
        maybe(c, entry, "sees", ["source", "region"])
        maybe(c, entry, "below", ["50%", "100%"])
        maybe(c, entry, "at_most", [1, 3.5])
        maybe(c, entry, "memory", ["1d", "20d"])
        maybe(c, entry, "trust", ["0%", "100%"])
        return [entry] * c.number(0, 1)

    def _rationing(self) -> list[Spec]:
        """Some of the sources deal out what they have when they hear of trouble."""
        c, entries = self.c, []
        for source in sorted({s for several in self.sources.values() for s in several}):
            if c.number(0, 2):
                continue
            entry: Spec = {"at": source}
            maybe(c, entry, "after", ["0d", "36h", "uniform(0d, 5d)"])
            maybe(c, entry, "review", ["1d", "5d"])
            maybe(c, entry, "until", ["horizon"])
            maybe(c, entry, "horizon", ["4d", "30d"])
            maybe(c, entry, "unfilled", ["cancel"])
            maybe(c, entry, "contract", ["0%", "70%"])
            buyers = [buyer for (buyer, _), several in sorted(self.sources.items()) if source in several]
            maybe(c, entry, "contract_first", [buyers[0]])
            maybe(c, entry, "exempt", [buyers[-1]])
            maybe(c, entry, "new_customers", [*NEW, {"take": "none", "when": TRIGGERED[c.one(sorted(TRIGGERED))](c)}])
            contract = ["contract"] if {"contract", "contract_first"} & set(entry) else []
            maybe(
                c, entry, "restart", ["own_stock", "proportional", {"first": "customers", "at_most": "110%"}, *contract]
            )
            entries.append(entry)
        return entries

    def _reserve(self) -> Spec:
        """Held where its members are supplied, by one or two warehouses, or by a facility for itself."""
        c = self.c
        product = c.one(sorted({p for wanted in self.wants.values() for p in wanted}))
        served: dict[str, list[str]] = {}
        for facility in self.facilities:
            for source in self.sources.get((facility, product), []):
                if source in self.warehouses:
                    served.setdefault(source, []).append(facility)
        users = [f for f in self.facilities if product in self.wants[f]]
        if not self.exact and not c.number(0, 5):
            held: Any = "members"
            members = users
        elif not served or not c.number(0, 4):
            holder = c.one(users)
            held = holder
            members = [holder]
        elif len(served) > 1 and not self.exact and c.number(0, 1):
            held = dict(zip(sorted(served)[:2], ["40%", "60%"], strict=True))
            members = sorted({f for w in held for f in served[w]})
        else:
            held = c.one(sorted(served))
            members = sorted(set(served[held]))
        release: Spec = {"when": TRIGGERED[c.one(sorted(TRIGGERED))](c)}
        maybe(c, release, "after", ["2d", "5d"])
        maybe(c, release, "stand_down", ["0d", "3d"])
        if self.exact:
            release["rule"] = "priority_tiers"
        else:
            maybe(c, release, "at_most", ["5%", "30%"])
            maybe(c, release, "rule", ["equal_days_of_cover", "priority_tiers", "proportional"])
        size = c.number(0, 300) if self.exact else c.one([60, 300, "20d"])
        reserve: Spec = {"held_at": held, "size": size, "members": members, "products": [product], "release": release}
        if self.goods[product].get("shelf_life"):
            maybe(c, reserve, "rotation", ["routine"])
            maybe(c, reserve, "life_left", ["5d", "12d"])
        if c.number(0, 1):
            reserve["refill"] = {"at_most": "100%"} if self.exact else {"at_most": "20%", "after": "2d"}
        return reserve


SEASONS = [[{"from": "01-10", "until": "01-20", "closed": True}], [{"from": "12-20", "until": "01-12", "factor": 2.5}]]
NEW: list[Any] = ["none", "spare", "after_own", {"take": "spare", "own_at_most": "120%", "lasts": "9d"}]
SAVED = {"saves": "30%", "comes_back": "50%"}
MILD = {"below": "8d"} | SAVED
HOURS = [{"from": "6h", "until": "18h"}, {"from": "20h", "until": "4h"}, {"from": "0h", "until": "24h"}]
DEMANDS: list[Any] = [
    "poisson",
    "deterministic",
    {"distribution": "negative_binomial", "dispersion": 2},
    {"distribution": "normal", "sd": 3},
]
POLICIES: dict[str, Callable[[Any, Any], Spec]] = {
    "base_stock": lambda low, high: {"level": high},
    "s_S": lambda low, high: {"s": low, "S": high},
    "R_nQ": lambda low, high: {"R": low, "Q": 12},
    "moving_average": lambda low, high: {"over": "6d", "safety": "4d"},
    "push": lambda low, high: {"quantity": 15},
    "max_min": lambda low, high: {"max": high, "min": low, "emergency": low},
}
RULES: dict[str, Callable[[Choose], Spec]] = {
    "equal_days_of_cover": lambda c: {},
    "first_come": lambda c: {},
    "priority_tiers": lambda c: {"critical": c.one([0, 10, "2d"])},
    "proportional": lambda c: {},
}
TRIGGERED: dict[str, Callable[[Choose], Spec]] = {
    "announced": lambda c: {"trigger": "announced"},
    "days_of_cover": lambda c: {
        "trigger": "days_of_cover", "below": c.one(["3d", "12d"]), "of": c.one(["member", "any", "together", "site"])
    },
    "declared": lambda c: {"trigger": "declared", "after": c.one(["0d", "9d"]), "until": c.one(["15d", "60d"])},
    "sites_short": lambda c: {"trigger": "sites_short", "above": c.one(["1%", "50%"])},
}  # fmt: skip
