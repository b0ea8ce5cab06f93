"""What goes wrong in a random network: every kind of disruption, planned or by chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.disruptions import DISRUPTIONS
from tests.property.choices import TIMES, Choose, Spec, day, maybe

if TYPE_CHECKING:
    from tests.property.networks import Builder

HAPPENING: dict[str, Callable[[Choose, list[str]], Spec]] = {
    "after": lambda c, names: {
        "process": "after", "of": c.one(names), "probability": c.one(["100%", "50%"]), "delay": c.one(TIMES),
        "counted_from": c.one(["beginning", "end"]),
    },
    "arrivals": lambda c, names: {"process": "arrivals"} | c.one([{"a_year": 20}, {"every": "geometric(9d)"}]),
    "up_down": lambda c, names: {"process": "up_down", "up": c.one(["exponential(12d)", "geometric(8d)", "10d"])},
    "window": lambda c, names: {"process": "window", "probability": c.one(["100%", "50%"])}
    | c.one([{}, {"factor": "weather", "correlation": "60%"}]),
}  # fmt: skip
INEXACT = (
    "defection",
    "material_shortage",
    "epidemic",
    "extra_orders",
    "supplier_allocation",
    "seizure",
    "strike",
    "labour_absence",
    "licence_delay",
)
"""Kinds whose units are rounded, or that hold whole shipments whose number does not scale."""


def disruption(b: Builder, kind: str, position: int) -> Spec:
    """A disruption of a kind, with its span."""
    begin, length = b.c.number(0, b.days + 2), b.c.number(0, 25)
    entry: Spec = {"kind": kind, "name": f"d{position}", "from": day(begin)}
    if not DISRUPTIONS[kind].instant:
        if b.c.number(0, 4):
            entry["for"] = f"{length}d"
        else:
            entry["for"] = f"{length * 24 + 7}h"
        maybe(b.c, entry, "notice", ["0d", "4d"])
        maybe(b.c, entry, "expected", ["6d", {"for": "3d", "revised": [{"after": "2d", "for": "20d"}]}])
    if not entry.get("expected") and entry.get("notice", "0d") == "0d":
        maybe(b.c, entry, "known_by", ["announcement", "own_orders"])
    return entry | DISRUPTED[kind](b)


def hazard(b: Builder, kind: str, position: int) -> Spec:
    """A hazard that draws disruptions of a kind."""
    c = b.c
    earlier = [f"z{k}" for k in range(position)] + [entry["name"] for entry in b.spec["disruptions"]]
    processes = [p for p in HAPPENING if p != "after" or earlier]
    body = {key: value for key, value in DISRUPTED[kind](b).items() if not key.startswith("made_")}  # no dates
    hazard: Spec = {"disruption": {"kind": kind} | body}
    if DISRUPTIONS[kind].by_lot:
        maybe(c, hazard["disruption"], "oldest", ["20d", "uniform(10d, 30d)"])
        young = [] if "oldest" in hazard["disruption"] else ["lognormal(3d, 1d)"]
        maybe(c, hazard["disruption"], "youngest", ["0d", "2d", *young])
    hazard["happens"] = HAPPENING[c.one(processes)](c, earlier)
    if not DISRUPTIONS[kind].instant:
        hazard["lasts"] = c.one(TIMES)
        maybe(c, hazard["disruption"], "lasts", TIMES)
    maybe(c, hazard, "severity", [{"correlation": "40%"}, {"correlation": "100%", "factor": "weather"}])
    if "at" in hazard["disruption"] and c.number(0, 1):
        hazard["each"] = {"at": [hazard["disruption"].pop("at")]}
    maybe(c, hazard, "hits", ["0%", "50%"])
    maybe(c, hazard, "apart", [True])
    return hazard


def _surge(b: Builder) -> Spec:
    if b.exact:
        return {"at": "facilities", "factor": b.c.one([2, 3])}
    how = b.c.one([{"factor": 0}, {"factor": 0.4}, {"factor": 2.5}, {"extra": 9}])
    return {"at": b.c.one(b.facilities), "ramp": b.c.one(["0d", "5d"]), **how}


def _ban(b: Builder) -> Spec:
    ban: Spec = {"country": b.c.one(sorted({b.country[s] for s in b.makes}))}
    maybe(b.c, ban, "at_border", ["wait", "pass", "return", "destroy"])
    maybe(b.c, ban, "products", [[p] for p in [*b.products, *b.materials]])
    maybe(b.c, ban, "exempt", [[f] for f in b.facilities] + [["KE"]] * ("KE" in b.country.values()))
    if not b.exact:
        maybe(b.c, ban, "quota", ["0%", "30%"])
        maybe(b.c, ban, "rush", [1, 1.5])
    return ban


def _defection(b: Builder) -> Spec:
    """By those who own all makers, from all that these sell to."""
    b.spec.setdefault("parties", {})["firm"] = {"kind": "firm", "sites": b.suppliers}
    defection: Spec = {"party": "firm", "orders": b.c.one([1, 1.5])}
    return defection | b.c.one([{}, {"quota": "40%"}, {"keeps": ["exports", "reserves"]}])


def _delay(b: Builder) -> Spec:
    where: Spec = {"lanes": [_lane_name(b)]}
    if b.c.number(0, 1):
        where = {"mode": b.c.one(sorted({lane["mode"] for lane in b.lanes.values()}))}
    return where | {"extra": b.c.one(["0d", "3d"]), "factor": b.c.one([0, 1, 1.5])}


def _curfew(b: Builder) -> Spec:
    where: Spec = {"lanes": [_lane_name(b)]}
    if b.c.number(0, 1):
        where = {"mode": b.c.one(sorted({lane["mode"] for lane in b.lanes.values()}))}
    return where | b.c.one([{"opens": "6h", "closes": "18h"}, {"opens": "12h", "closes": "13h"}])


def _closure(b: Builder) -> Spec:
    if has_passage(b) and b.c.number(0, 3):
        closed: Spec = {"passage": "suez", "rest": b.c.one(["wait", "pass"])}
        maybe(b.c, closed, "diverts", ["0%", "50%"])
        maybe(b.c, closed, "ramp", ["3d"])
        return closed
    return {"lane": _lane_name(b)}


def has_passage(b: Builder) -> bool:
    """Whether a lane of the network goes through a canal or strait."""
    return any("passages" in lane for lane in b.lanes.values())


def _queue(b: Builder) -> Spec:
    queue: Spec = {"passage": "suez"}
    if "passages" not in b.spec:
        queue |= {"traffic": b.c.one([12.5, 50]), "drains": b.c.one([51, 80])}
    maybe(b.c, queue, "passes", ["20%", "100%"])
    maybe(b.c, queue, "after", ["7h"])
    return queue


def _lane_name(b: Builder) -> str:
    return " > ".join(b.c.one(list(b.lanes)))


def _port_closure(b: Builder) -> Spec:
    port = b.c.one(b.ports)
    closed = {"port": port, "side": b.c.one(["imports", "exports", "both"])}
    spec = b.spec["ports"][port]
    own_side = closed["side"] == "both" or "handling_by_side" in spec
    if not b.exact and own_side and ("handling" in spec or "handling_by_side" in spec):
        maybe(b.c, closed, "capacity", ["0%", "35%"])
    maybe(b.c, closed, "extra_clearance", ["2d"])
    return closed


def _outage(b: Builder) -> Spec:
    if not b.exact and not b.c.number(0, 3):
        at = b.c.one(b.facilities)
        others = [f for f in b.facilities if f != at and set(b.wants[at]) <= set(b.wants[f])]
        out: Spec = {"at": at, "patients": b.c.one(["lost", "wait", *others])}
        maybe(b.c, out, "capacity", ["0%", "45%", "93%"])
        maybe(b.c, out, "recovery", ["0d", "6d"])
        return out
    outage: Spec = {"at": b.c.one(sorted({s for several in b.sources.values() for s in several}))}
    maybe(b.c, outage, "stock", ["freeze", "ships", "destroy"])
    if not b.exact:
        maybe(b.c, outage, "capacity", ["0%", "45%"])
        maybe(b.c, outage, "recovery", ["0d", "6d"])
        maybe(b.c, outage, "restart_lag", ["5d"])
    return outage


def _loss(b: Builder) -> Spec:
    share = "100%" if b.exact else b.c.one(["0%", "37%", "100%"])
    return {"at": b.c.one(["all", *b.warehouses, *b.facilities]), "share": share, "reserves": bool(b.c.number(0, 1))}


def _made(b: Builder) -> Spec:
    part: Spec = {}
    maybe(b.c, part, "products", [[p] for p in [*b.products, *b.materials]])
    return part


def _power_cut(b: Builder) -> Spec:
    cut = {"at": b.c.one([*b.warehouses, *b.facilities])}
    maybe(b.c, cut, "keeps", ["0d", "12h", "3d"])
    maybe(b.c, cut, "backup", [[f] for f in b.facilities])
    return cut


def _recall(b: Builder) -> Spec:
    recall = {"supplier": b.c.one(sorted(b.makes))} | _made(b)
    maybe(b.c, recall, "removal", ["0d", "5d"])
    maybe(b.c, recall, "follow", [True])
    return recall


def _shutdown(b: Builder) -> Spec:
    made = sorted({s for several in b.sources.values() for s in several} & set(b.makes))
    spec: Spec = {**_outage(b), "at": b.c.one(made)}
    if not b.exact and b.c.number(0, 1):  # two that overlap add their testing
        spec["testing"] = b.c.one(["12h", "3d"])
        maybe(b.c, spec, "tested_for", ["9d", "40d"])
    return spec


def _quality_hold(b: Builder) -> Spec:
    made = sorted({s for several in b.sources.values() for s in several} & set(b.makes))
    return {"at": b.c.one(made), "testing": b.c.one(["12h", "3d", "20d"])}


def _shortage(b: Builder) -> Spec:
    short: Spec = {"material": b.c.one(b.in_use), "supply": b.c.one(["0%", "40%"])}
    maybe(b.c, short, "yield", ["70%"])
    return short


def _extension(b: Builder) -> Spec:
    return {"by": b.c.one(["3d", "60d"])} | _made(b)


def _rationed(b: Builder) -> Spec:
    rationed = {"supplier": b.c.one(b.suppliers), "share": b.c.one(["0%", "40%", "100%", "120%"])}
    maybe(b.c, rationed, "unfilled", ["wait", "cancel"])
    maybe(b.c, rationed, "home", ["100%"])
    return rationed


def _epidemic(b: Builder) -> Spec:
    facility = b.c.one(b.facilities)
    product = b.c.one(b.wants[facility])
    epidemic: Spec = {"items": {product: b.c.one([0.5, 2])}, "shared_by": "population", "seeds": 1}
    epidemic |= {"arrives": {b.c.one([facility, b.region[facility]]): b.c.one(["0d", "5d"])}, "r0": b.c.one([0.8, 4])}
    maybe(b.c, epidemic, "treated", ["10%"])
    maybe(b.c, epidemic, "latent", ["2d"])
    maybe(b.c, epidemic, "measures", [[{"after": "36h", "for": "9d", "transmission": b.c.one(["0%", "60%"])}]])
    return epidemic


def _extra_orders(b: Builder) -> Spec:
    buyer, product = b.c.one(sorted(b.sources))
    extra = {"at": buyer, "source": b.c.one(b.sources[buyer, product]), "per_day": b.c.one([0.4, 9, 50])}
    maybe(b.c, extra, "ramp", ["0d", "4d"])
    return extra


def _strike(b: Builder) -> Spec:
    return {"at": b.c.one([*b.suppliers, *b.warehouses, *b.ports]), "staffed": b.c.one(["0%", "30%", "100%"])}


def _absence(b: Builder) -> Spec:
    absent: Spec = {"at": b.c.one([*b.suppliers, *b.ports]), "away": b.c.one(["0%", "35%", "100%"])}
    maybe(b.c, absent, "felt", [0.5, 2])
    maybe(b.c, absent, "waves", [2, 3])
    maybe(b.c, absent, "ramp", ["3d"])
    maybe(b.c, absent, "ease", ["60h"])
    return absent


def _licence(b: Builder) -> Spec:
    trade = b.c.one(["exports", "imports"])
    countries = sorted(set(b.country.values()))
    licence: Spec = {"country": b.c.one(countries), "trade": trade, "wait": b.c.one(TIMES)}
    if b.c.number(0, 3):
        licence["wait_at"] = b.c.one(["source", "border", "border"])
    if b.ports and not b.c.number(0, 3):
        licence["port"] = b.c.one(b.ports)
    return licence


def _blackout(b: Builder) -> Spec:
    dark: Spec = {"at": b.c.one(["all", *b.warehouses, *b.facilities])}
    maybe(b.c, dark, "orders", ["none", "late", "frozen"])
    return dark


def _price(b: Builder) -> Spec:
    return {"factor": b.c.one([0, 0.5, 6]), "ramp": b.c.one(["0d", "4d"])}


def _seizure(b: Builder) -> Spec:
    taken: Spec = {"lanes": [_lane_name(b)]}
    if b.ports and b.c.number(0, 1):
        taken = {"port": b.c.one(b.ports)}
    maybe(b.c, taken, "share", ["0%", "37%"])
    maybe(b.c, taken, "held", ["0d", "5d"])
    return taken


DISRUPTED: dict[str, Callable[[Builder], Spec]] = {
    "curfew": _curfew,
    "cyber_blackout": _blackout,
    "defection": _defection,
    "demand_surge": _surge,
    "epidemic": _epidemic,
    "export_ban": _ban,
    "extra_orders": _extra_orders,
    "labour_absence": _absence,
    "lane_delay": _delay,
    "material_shortage": _shortage,
    "licence_delay": _licence,
    "passage_queue": _queue,
    "port_closure": _port_closure,
    "power_cut": _power_cut,
    "price_shock": _price,
    "quality_hold": _quality_hold,
    "quality_shutdown": _shutdown,
    "recall": _recall,
    "route_closure": _closure,
    "seizure": _seizure,
    "shelf_life_extension": _extension,
    "site_outage": _outage,
    "stock_loss": _loss,
    "strike": _strike,
    "supplier_allocation": _rationed,
}
