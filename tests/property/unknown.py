"""What is not known about a random scenario: figures that differ by site, shares of a market, and uncertain values."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.property.choices import Choose, Drawn, Spec
from tests.property.networks import scenario


@st.composite
def not_known(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Spec:
    """Random scenarios of which figures are not known."""
    choose = Drawn(draw)
    spec = with_sites_that_differ(choose, scenario(choose, disruptions=3, hazards=1))
    return spec | {"uncertain": uncertain(choose, spec)}


def with_sites_that_differ(choose: Choose, spec: Spec) -> Spec:
    """The scenario with distributions over sites, the rest, and markets in the place of some of its figures."""
    spec = copy.deepcopy(spec)
    for entry in spec["demand"]:
        _some(choose, entry, "per_day", ["lognormal(6, 3) over sites", "uniform(0.5, 9) over sites"])
        _some(choose, entry, "per_person", ["uniform(0.005, 0.02) a day over sites"])
    for entry in spec["replenishment"]:
        if entry["policy"] == "base_stock":
            _some(choose, entry, "level", ["lognormal(14d, 5d) over sites", "uniform(20, 90) over sites"])
    for entry in spec["stock"]:
        _some(choose, entry, "on_hand", ["uniform(2d, 20d) over sites"])
    for entry in spec["lanes"]:
        entry.pop("verified", None)  # of a journey whose time is the same always
        if "round" not in entry:
            _some(choose, entry, "time", ["uniform(0d, 4d) over sites"])
    for entry in spec["sourcing"]:
        last = list(entry["from"])[-1]
        if entry["at"] in spec["facilities"] and not choose.number(0, 1):
            entry |= {"market": entry.pop("from"), "spread": choose.one(["0%", "30%", "95%"])}
        elif entry["from"][last] != "0%" and not choose.number(0, 2):  # a rest of nothing is no stand-by
            entry["from"][last] = "rest"
    return spec


def uncertain(choose: Choose, spec: Spec) -> Spec:
    """A range or a list of values for some figures of the scenario."""
    found: Spec = {}
    for name, product in spec["products"].items():
        found[f"products.{name}.cost"] = "uniform(1, 9)"
        if "doses" in product:
            found[f"products.{name}.doses"] = [product["doses"], 4]
    for name in spec["suppliers"]:
        found[f"suppliers.{name}.ramp_up"] = "triangular(0d, 2d, 9d)"
    for name, facility in spec["facilities"].items():
        found[f"facilities.{name}.population"] = [facility.get("population", 0) or 100, 700]
        if "closes" in facility:
            found[f"facilities.{name}.closes"] = [facility["closes"], "2030-01-01"]
    for section, key, other in (("replenishment", "level", "25d"), ("demand", "per_day", 3), ("lanes", "time", "2d")):
        for k, entry in enumerate(spec[section]):
            if key in entry and "over sites" not in str(entry[key]):  # whose draws stay in the table of sites, unused
                found[f"{section}.{k}.{key}"] = [entry[key], other]
    for k, entry in enumerate(spec["sourcing"]):
        if "spread" in entry:
            found[f"sourcing.{k}.spread"] = "uniform(0%, 60%)"
        if not entry.get("keep_shares"):
            found[f"sourcing.{k}.notices_after"] = ["2d", "8d"]
    return {path: range_ for path, range_ in found.items() if not choose.number(0, 2)}


def _some(choose: Choose, entry: Spec, key: str, options: list[str]) -> None:
    """One of the options in the place of a figure that is there, in a third of all entries."""
    if key in entry and not choose.number(0, 2):
        entry[key] = choose.one(options)
