"""The standard network on which every registered kind runs its example.

A maker in India ships finished goods straight to a store in Kenya, a second maker sends raw goods by sea through
a harbour and past Suez; the store serves two clinics in Kenya and one in Uganda.
"""

from __future__ import annotations

import copy
import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import sim
from sim.disruptions import DISRUPTIONS
from sim.families import WRITTEN
from sim.registry import Kind, Registry

GOLDEN = Path(__file__).parent.parent / "golden"
REGISTRIES: dict[str, Registry[Any]] = {name: family.registry for name, family in WRITTEN.items()}
KINDS: list[tuple[str, str]] = [(family, name) for family, kinds in REGISTRIES.items() for name in kinds]
"""(family, word in the YAML) of every registered kind."""
COLUMNS = (
    "demand",
    "served",
    "served_late",
    "lost",
    "unmet",
    "ordered",
    "dispatched",
    "received",
    "produced",
    "destroyed",
)

STANDARD: dict[str, Any] = {
    "scenario": "contract",
    "title": "The standard network of the contract tests",
    "start": "2024-01-01",
    "end": "2024-03-01",
    "seed": 5,
    "products": {"saline": {"unit": "bag"}, "oxytocin": {"unit": "ampoule"}},
    "suppliers": {
        "maker": {"country": "IN", "makes": {"saline": {"capacity": 40, "finished_stock": "5d"}}},
        "other-maker": {"country": "DE", "makes": {"oxytocin": {}}},
    },
    "ports": {"harbour": {"country": "KE", "handling": 50, "clearance": "1d"}},
    "warehouses": {"store": {"country": "KE", "region": "coast"}},
    "facilities": {
        "clinic-a": {"country": "KE", "region": "coast", "priority": 1, "population": 900},
        "clinic-b": {"country": "KE", "region": "inland", "priority": 2, "population": 600},
        "clinic-c": {"country": "UG", "region": "inland", "priority": 2, "population": 600},
    },
    "lanes": [
        {"from": "maker", "to": "store", "mode": "air", "time": "4d"},
        {"from": "other-maker", "to": "harbour", "mode": "sea", "time": "gamma(9d, 2d)", "passages": {"suez": "40%"},
         "detour": {"suez": "6d"}},
        {"from": "harbour", "to": "store", "time": "1d"},
        {"from": "store", "to": "facilities", "time": "1d"},
    ],
    "demand": [
        {"at": "facilities", "product": "saline", "per_day": 12},
        {"at": ["clinic-a", "clinic-b"], "product": "oxytocin", "per_day": 3, "shortage": "backorder"},
    ],
    "replenishment": [
        {"policy": "base_stock", "at": "facilities", "level": "4d"},
        {"policy": "base_stock", "at": "warehouses", "level": "14d"},
    ],
    "reserves": {
        "national": {
            "held_at": "store", "size": "10d", "members": "facilities",
            "release": {"when": {"trigger": "days_of_cover", "below": "1d"}, "after": "2d", "at_most": "20%"},
        }
    },
    "disruptions": [{"kind": "export_ban", "country": "IN", "from": "2024-01-08", "for": "20d"}],
}  # fmt: skip


OBSERVED = "date,value\n2024-02-15,20\n"
"""What was observed, where that is tried."""
PARTIES: dict[str, Any] = {
    "kenya": {"kind": "country", "sites": "KE"},
    "uganda": {"kind": "country", "sites": "UG"},
    "india": {"kind": "country", "sites": "IN"},
}
"""Who decides where decisions are tried."""
MATERIALS: dict[str, Any] = {
    "products": {"salt": {"unit": "kg"}},
    "suppliers": {"salt-maker": {"country": "DE", "makes": {"salt": {}}}},
    "lanes": [{"from": "salt-maker", "to": "maker", "time": "3d"}],
    "replenishment": [{"policy": "base_stock", "at": "maker", "level": "6d"}],
}
"""What makes saline a product made from salt."""


def lay_over(spec: dict[str, Any], parts: Mapping[str, Any]) -> None:
    """Add to the mappings and lists of a scenario, and set what has a dotted key at that place; in place."""
    for part, more in copy.deepcopy(dict(parts)).items():
        *above, last = part.split(".")
        if above:
            inside: Any = spec
            for word in above:
                inside = inside[int(word) if isinstance(inside, list) else word]
            inside[int(last) if isinstance(inside, list) else last] = more
        else:
            spec[part] = spec.get(part, []) + more if isinstance(more, list) else spec.get(part, {}) | more


def with_materials(spec: dict[str, Any]) -> None:
    """Let the maker make saline from salt; in place."""
    lay_over(spec, MATERIALS)
    spec["suppliers"]["maker"]["makes"]["saline"] |= {"from": {"salt": 0.5}, "yield": "90%", "takes": "2d"}


def beside(trigger: str) -> dict[str, Any]:
    """What a trigger needs of a scenario: one that waits for a decision, or an alarm, needs that."""
    if trigger == "alarm":
        falls = {"alarm": "falling_cover", "name": "cover falls", "at": "facilities", "of": "each"}
        return {"alarms": [falls | {"days": "3d", "below": "4d"}]}
    if trigger == "observed":
        series = {"model": "stock", "is": "level", "name": "sold", "file": "observed.csv", "source": "survey"}
        return {"observed": [series | {"quality": "official"}], "sources": {"survey": {"title": "A survey"}}}
    if trigger != "after_decision":
        return {}
    order = {"decision": "emergency_order", "by": "kenya", "at": "store", "source": "maker", "amount": "2d"}
    date = {"trigger": "on", "date": "2024-01-10"}
    return {"parties": PARTIES, "decisions": [order | {"name": "more from elsewhere", "when": date}]}


def scenario_with(family: str, name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The standard scenario, one of its parts replaced by this kind with these fields."""
    spec = copy.deepcopy(STANDARD)
    entry = {REGISTRIES[family].key: name} | copy.deepcopy(fields)
    if family == "disruptions":
        spec["disruptions"] = [entry]
        if name == "power_cut":
            spec["products"]["saline"]["storage"] = "cold"
            for lane in spec["lanes"]:
                lane["cold"] = True
        if "party" in DISRUPTIONS[name].model_fields:
            spec["parties"] = PARTIES
        if DISRUPTIONS[name].by_lot:
            spec["products"]["saline"]["shelf_life"] = "15d"
        if "material" in DISRUPTIONS[name].model_fields:
            with_materials(spec)
    elif family == "processes":
        outage = {"kind": "site_outage", "at": "maker", "capacity": "uniform(0%, 30%)"}
        spec["hazards"] = {"breakdown": {"disruption": outage, "lasts": "gamma(5d, 2d)", "happens": entry}}
    elif family == "replenishment":
        others = "warehouses" if entry.get("at") == "facilities" else "facilities"
        spec["replenishment"] = [entry, {"policy": "base_stock", "at": others, "level": "14d"}]
    elif family == "forecasting":
        forecast = {"policy": "forecast", "at": "facilities", "forecast": entry}
        spec["replenishment"] = [forecast, {"policy": "base_stock", "at": "warehouses", "level": "14d"}]
    elif family == "allocation":
        spec |= {"allocation": [entry], "parties": PARTIES}
    elif family == "transfers":
        spec["transfers"] = [entry]
    elif family == "sourcing":
        spec["suppliers"]["second-maker"] = {"country": "DE", "makes": {"saline": {}}}
        spec["lanes"].append({"from": "second-maker", "to": "store", "mode": "sea", "time": "gamma(9d, 3d)", "cost": 1})
        sources = {"maker": "70%", "second-maker": "30%"}
        spec["sourcing"] = [{"at": "store", "products": ["saline"], "from": sources, "rule": entry}]
    elif family == "decisions":
        spec["parties"] = PARTIES
        if name == "extend_shelf_life":
            spec["products"]["saline"]["shelf_life"] = "15d"
        if name == "use_level":
            level = {"when": {"trigger": "chosen"}, "saves": "30%"}
            spec["use_levels"] = [{"at": "facilities", "contingency": level}]
        if name == "share_information":
            spec["information"] = [{"of": "suppliers", "sees": "capacity"}]
        if name == "allow_transfers":
            give = {"rule": "nearest", "from": "facilities", "time": "1d", "keep": "3d", "below": "2d", "closed": True}
            spec["transfers"] = [give]
        if name == "substitute":
            spec["products"]["saline"]["substitutes"] = {"oxytocin": {"needs_leave": True}}
        if name in ("shift_orders", "open_source"):
            spec["suppliers"]["third-maker"] = {"country": "DE", "makes": {"saline": {"capacity": 30}}}
            spec["lanes"].append({"from": "third-maker", "to": "store", "mode": "air", "time": "5d"})
            shares = {"maker": "100%", "third-maker": "0%"}
            spec["sourcing"] = [{"at": "store", "products": ["saline"], "from": shares}]
        if name == "change_lane":
            spec["lanes"].append({"from": "maker", "to": "store", "mode": "rail", "time": "2d"})
            urgent = {"by": "rail", "when": {"trigger": "chosen"}}
            entry_of = {"at": "store", "products": ["saline"], "from": {"maker": "100%"}, "usual": "air"}
            spec["sourcing"] = [entry_of | {"urgent": urgent}]
        spec["decisions"] = [entry]
    elif family == "alarms":
        spec["alarms"] = [entry]
    elif family == "triggers":
        spec |= beside(name)
        spec["reserves"]["national"]["release"]["when"] = entry
    elif family == "demand":
        spec["demand"][0]["distribution"] = entry
    elif family == "observations":
        spec |= {"observed": [entry], "sources": {"survey": {"title": "A survey"}}}
    return spec


def example(family: str, name: str) -> dict[str, Any]:
    """The standard scenario with a kind's example."""
    return scenario_with(family, name, kind(family, name).example)


def kind(family: str, name: str) -> type[Kind]:
    """The class of a registered kind."""
    found: type[Kind] = REGISTRIES[family][name]
    return found


def run(spec: dict[str, Any], sharings: bool = False) -> sim.Run:
    """Run a scenario given as a dictionary, without its twin."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contract.yaml"
        path.write_text(yaml.dump(spec, Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
        path.with_name("observed.csv").write_text(OBSERVED, encoding="utf-8")
        return sim.run(path, twin=False, sharings=sharings)


def result(done: sim.Run) -> dict[str, Any]:
    """What a golden file keeps: totals by site, units dispatched a week, and a hash of the whole daily table."""
    daily = done.daily
    sites = daily.groupby(daily["site"].astype(str))[list(COLUMNS)].sum()
    weeks = daily.groupby(daily["day"] // 7)["dispatched"].sum()
    numbers = np.ascontiguousarray(daily[list(COLUMNS)].to_numpy(dtype="<i8"))
    return {
        "by_site": {site: {c: int(v) for c, v in row.items() if v} for site, row in sites.to_dict("index").items()},
        "dispatched_by_week": [int(v) for v in weeks],
        "daily_sha256": hashlib.sha256(numbers.tobytes()).hexdigest(),
    }


def golden(family: str) -> dict[str, Any]:
    """The golden results of one family, by kind."""
    path = GOLDEN / f"{family}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found
