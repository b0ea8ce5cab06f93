"""Who needs what in a random scenario, whom they buy it from, and the lanes between them."""

from __future__ import annotations

import itertools
from typing import Any

from tests.property.choices import TIMES, Spec, day, maybe
from tests.property.draft import Draft

RHYTHMS: list[Spec] = [
    {},
    {},
    {"weekdays": {"sat": "50%", "sun": "0%"}},
    {"weekdays": {"wed": "150%"}, "per_day_is": "full_day", "holidays": {"on": [day(3), day(4)], "share": "20%"}},
    {"sessions": {"every": "4d", "first": "1d"}},
]

SOURCED: list[Spec] = [
    {"rule": "contingent", "back_after": "2d"},
    {"rule": "cheapest", "margin": "5%"},
    {"rule": "fastest", "over": "5d", "at_least": "20%"},
    {"rule": "scorecard", "over": "6d", "review": "4d", "grace": "0d"},
]
"""Rules by which buyers with several sources choose."""


class Supply(Draft):
    """Connects sites, from the facilities upward."""

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
                    entry |= c.one(RHYTHMS)
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
            if "keep_shares" not in entry and not self.c.number(0, 2):
                entry["rule"] = self.c.one(SOURCED) | {}
                if entry["rule"]["rule"] == "contingent":
                    entry["rule"]["order"] = sources
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
        self.last.setdefault((source, buyer), (way[-2], buyer))
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
                last = self.lanes.get(self.last[train["from"], entry["at"]], {})  # a round's mode is road
                entry["usual"] = last.get("mode", "road")
        for train in self.trains.values():
            self._cool(train)
        return [*self.lanes.values(), *rounds, *self.trains.values()]

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


SEASONS = [[{"from": "01-10", "until": "01-20", "closed": True}], [{"from": "12-20", "until": "01-12", "factor": 2.5}]]
HOURS = [{"from": "6h", "until": "18h"}, {"from": "20h", "until": "4h"}, {"from": "0h", "until": "24h"}]
DEMANDS: list[Any] = [
    "poisson",
    "deterministic",
    {"distribution": "negative_binomial", "dispersion": 2},
    {"distribution": "normal", "sd": 3},
    {"distribution": "empirical", "values": [0, 1, 7]},
    {"distribution": "binomial", "of": 30},
]
