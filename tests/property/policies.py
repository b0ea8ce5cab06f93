"""The policies of a random scenario, and what people do about scarcity."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from sim.policies import TRANSFERS
from tests.property import scarcity
from tests.property.choices import TIMES, Choose, Spec, day, maybe
from tests.property.draft import Draft


class Policies(Draft):
    """Gives each site and product its rules."""

    def _replenishment(self) -> list[Spec]:
        c = self.c
        entries = []
        for buyer in self.buyers:
            entry: Spec = {"at": buyer}
            entry["policy"] = c.one([name for name in sorted(POLICIES) if not (self.exact and name in FORECAST)])
            high = c.number(30, 300) if self.exact else c.one([40, 150, "14d", "30d"])
            low = (high // 3) if isinstance(high, int) else "6d"
            entry |= POLICIES[entry["policy"]](low, high)
            if "forecast" in entry:
                method = c.one(sorted(METHODS))
                entry["forecast"] = {"method": method} | METHODS[method]
                if method != "amc":
                    maybe(c, entry, "of", ["end"])
            maybe(c, entry, "review", ["3d", "7d"])
            maybe(c, entry, "first_review", ["1d", "2d"])
            maybe(c, entry, "not_counting", ["1d", "4d"])
            if not self.exact and entry["policy"] in ("base_stock", "s_S"):
                maybe(c, entry, "plus_lead_time", [True])
            entries.append(entry)
        return entries

    def _allocation(self) -> list[Spec]:
        c = self.c
        rules = ["first_come"] if self.exact else sorted(set(RULES) - {"by_claim"})
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
                if not any("doses" in self.goods[product] for product in (wanted, other)):
                    scarcity.staying(self, terms)
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
                if any("below" in entry.get(level, {}) for level in ("contingency", "crisis")):
                    maybe(c, entry, "cover_in", ["usual", "present"])
                scarcity.in_time(self, entry)
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

    def _buying_ahead(self) -> list[Spec]:
        return scarcity.buying_ahead(self, TRIGGERED)

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

    def _transfers(self) -> list[Spec]:
        """Those who keep the same goods give each other some, for good or on loan; upwards and down too."""
        c, kept = self.c, dict[str, set[str]]()
        for site, product in self.sources:
            if site not in self.suppliers:
                kept.setdefault(product, set()).add(site)
        # who buys of another of these is given it by orders: any other two may give each other some
        pairs = [
            (giver, taker)
            for product, sites in sorted(kept.items())
            for giver, taker in itertools.permutations(sorted(sites), 2)
            if giver not in self.sources[taker, product]
        ]
        if not pairs:
            return []
        entry: Spec = {"rule": c.one(sorted(TRANSFERS)), "from": sorted({site for pair in pairs for site in pair})}
        entry["time"] = c.one(TIMES)
        entry["keep"], entry["below"] = c.one([("0d", "0d"), ("5d", "3d"), (10, 10), (40, "4d")])
        maybe(c, entry, "up_to", ["12d" if entry["below"] != 10 else 60])
        maybe(c, entry, "permission", ["1d", "4d"])
        maybe(c, entry, "partners", [1, 2])
        maybe(c, entry, "cost", [0.5])
        maybe(c, entry, "share", ["proportional", {"rule": "priority_tiers", "critical": 5}])
        if c.number(0, 1):
            entry["loan"] = {"for": c.one(["1d", "9d"])}
            maybe(c, entry["loan"], "written_off", ["1d", "10d"])
        return [entry]

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
            maybe(c, release, "rule", ["equal_days_of_cover", "priority_tiers", "proportional", "uniform"])
        size = c.number(0, 300) if self.exact else c.one([60, 300, "20d"])
        reserve: Spec = {"held_at": held, "size": size, "members": members, "products": [product], "release": release}
        if self.goods[product].get("shelf_life"):
            maybe(c, reserve, "rotation", ["routine"])
            maybe(c, reserve, "life_left", ["5d", "12d"])
        if c.number(0, 1):
            reserve["refill"] = {"at_most": "100%"} if self.exact else {"at_most": "20%", "after": "2d"}
        return reserve


SAVED = {"saves": "30%", "comes_back": "50%"}
NEW: list[Any] = ["none", "spare", "after_own", {"take": "spare", "own_at_most": "120%", "lasts": "9d"}]
MILD = {"below": "8d"} | SAVED
METHODS: dict[str, Spec] = {
    "amc": {"over": "9d"},
    "exponential_smoothing": {"alpha": "30%"},
    "holt_winters": {"season": "5d", "beta": "5%"},
    "moving_average": {"over": "6d"},
}
POLICIES: dict[str, Callable[[Any, Any], Spec]] = {
    "base_stock": lambda low, high: {"level": high},
    "s_S": lambda low, high: {"s": low, "S": high},
    "R_nQ": lambda low, high: {"R": low, "Q": 12},
    "moving_average": lambda low, high: {"over": "6d", "safety": "4d"},
    "forecast": lambda low, high: {"forecast": {"method": "moving_average"}, "service": "90%"},
    "months_of_stock": lambda low, high: {"min": "6d", "max": "20d", "forecast": {"method": "amc"}},
    "echelon_base_stock": lambda low, high: {"level": high},
    "push": lambda low, high: {"quantity": 15},
    "max_min": lambda low, high: {"max": high, "min": low, "emergency": low},
}
FORECAST = ("moving_average", "forecast", "months_of_stock")
"""Policies whose levels are no multiple of what is written, but follow demand."""
RULES: dict[str, Callable[[Choose], Spec]] = {
    "by_claim": lambda c: c.one([{}, {"kept": "1d"}, {"kept": "6d"}]),  # with the claims of parties that there are
    "equal_days_of_cover": lambda c: {"cover_in": c.one(["usual", "present"])},
    "first_come": lambda c: {},
    "linear": lambda c: {"caps": [{"units": c.one([7, 40])}]},
    "need_weighted": lambda c: {"need": "usual"},
    "priority_tiers": lambda c: {"critical": c.one([0, 10, "2d"])},
    "proportional": lambda c: c.one([{}, {"caps": [{"share": "60%"}]}]),
    "talmud": lambda c: {},
    "two_phase": lambda c: {"need": "usual", "first": c.one(["5%", "100%"]), "per_head": 6},
    "uniform": lambda c: {},
}
OVER = ["each", "any", "together", "site"]
SIMPLE: dict[str, Callable[[Choose], Spec]] = {
    "announced": lambda c: {"trigger": "announced"},
    "days_of_cover": lambda c: {
        "trigger": "days_of_cover", "below": c.one(["3d", "12d"]), "of": c.one(OVER),
        "cover_in": c.one(["usual", "present"]),
    },
    "declared": lambda c: {"trigger": "declared", "after": c.one(["0d", "9d"]), "until": c.one(["15d", "60d"])},
    "supplier_fill": lambda c: {
        "trigger": "supplier_fill", "below": c.one(["60%", "100%"]), "days": c.one(["1d", "9d"]), "of": c.one(OVER)
    },
    "sites_short": lambda c: {"trigger": "sites_short", "above": c.one(["1%", "50%"]), "of": c.one(OVER)},
    "on": lambda c: {"trigger": "on", "date": day(c.number(0, 15))},
    "lead_time": lambda c: {
        "trigger": "lead_time", "above": c.one(["0%", "20%"]), "arrivals": c.one([1, 3]), "of": c.one(OVER)
    },
    "price": lambda c: {"trigger": "price", "above": "1%", "of": c.one(OVER)},
}  # fmt: skip
"""Conditions that are made of no others."""
TRIGGERED: dict[str, Callable[[Choose], Spec]] = SIMPLE | {
    "not": lambda c: {"trigger": "not", "condition": _simple(c)},
    "any_of": lambda c: {"trigger": "any_of", "conditions": [_simple(c) for _ in "ab"]},
    "all_of": lambda c: {"trigger": "all_of", "conditions": [_simple(c) for _ in "ab"]},
}
"""What a reserve or a decision waits for; all but what waits for a decision, an alarm or a choice."""


def _simple(c: Choose) -> Spec:
    return SIMPLE[c.one(sorted(SIMPLE))](c)
