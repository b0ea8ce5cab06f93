"""Values of a scenario in plain words: what a value is, and of which disruption, reserve, site or product it is.

The words are those of the field's own description, so that a new kind has its words by being there; `WORDS` has shorter
ones for values that studies vary most. A path that leads nowhere stays as it is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sim.decisions import Decision
from sim.disruptions import DISRUPTIONS
from sim.docstrings import field_docstrings
from sim.model.goods.counted import in_singular
from sim.model.selection import KINDS, Where
from sim.registry import Model
from sim.report.words.names import shown_name
from sim.report.words.phrases import day_words, group_words, kind_words, listed
from sim.scenario.load import Loaded
from sim.scenario.reading.document import position
from sim.study.design.parameter import DATE, DAY, VALUE, Parameter

UNITS = {"h": "hours", "d": "days", "w": "weeks", "mo": "months", "y": "years", "%": "%", DATE: ""}
WORDS = {
    "base_stock.level": "stock level ordered up to",
    "borrow.pay_back": "time after which what is borrowed is due",
    "borrow.up_to": "what may be owed, in percent of the own claim",
    "borrow.written_off": "time after which what is not paid back is given up",
    "changes.size": "size, in percent of that at first",
    "claims": "claim of {}",
    "clearance": "time to clear imports",
    "contributions.by": "day on which it is due",
    "contributions.made": "whether it is paid",
    "contributions.share": "share of the reserve that is brought in goods",
    "days_of_cover.below": "days of cover at which it opens",
    "days_of_cover.for": "time below that before it opens",
    "demand.from": "first day",
    "demand.per_day": "mean demand a day",
    "demand.per_person": "mean demand per person",
    "demand.season.amplitude": "height of the yearly wave",
    "demand.until": "end",
    "demand_surge.factor": "demand as a multiple of the usual",
    "disruptions.expected": "length that is expected",
    "disruptions.for": "length",
    "disruptions.from": "first day",
    "disruptions.notice": "notice",
    "disruptions.ramp": "time to reach full strength",
    "disruptions.until": "end",
    "epidemic.arrives": "time until it reaches {}",
    "epidemic.items": "units of {} that one case takes",
    "export_clearance": "time to clear exports",
    "extra_orders.per_day": "units a day",
    "finished_stock": "finished stock",
    "held_at": "share held at {}",
    "holding_rate": "cost of holding a year, as a share of the stock's value",
    "lane_delay.extra": "time added to the journey",
    "lane_delay.factor": "journey time as a multiple of the usual",
    "lanes.capacity": "capacity a day",
    "lanes.cost": "transport cost per unit",
    "lanes.days": "mean journey time in days",
    "lanes.speed": "speed in knots",
    "lanes.spread": "spread of the journey time, as a share of its mean",
    "lanes.time": "journey time",
    "lot_span": "days of production in one lot",
    "makes.capacity": "production capacity a day",
    "makes.from": "units of {} in one unit made",
    "decision.after": "delay",
    "decision.amount": "amount",
    "decision.at_most": "most times that it is taken",
    "decision.for": "length",
    "decision.until": "end",
    "max_min.emergency": "stock at which emergency orders begin",
    "max_min.max": "most stock",
    "max_min.min": "least stock",
    "obligations.keeps": "what must be kept",
    "passage_queue.after": "hour of the first day at which it is blocked",
    "population": "population",
    "port.handling": "handling units a day",
    "port_closure.extra_clearance": "time added to clearance",
    "products.cost": "purchase cost",
    "push.quantity": "quantity sent",
    "R_nQ.Q": "size of an order",
    "R_nQ.R": "stock at which orders begin",
    "refill.after": "time from closing to refilling",
    "refill.at_most": "share of its size refilled a day at most",
    "release.after": "authorisation delay",
    "release.at_most": "share of its size released a day at most",
    "reserves.floor": "share that is never given",
    "reserves.shared_again_after": "time after which a claim that is not paid for is shared",
    "reserves.size": "size",
    "review": "time between reviews",
    "s_S.S": "stock level ordered up to",
    "s_S.s": "stock at which orders begin",
    "seed": "seed of all random draws",
    "self_release.at_most": "share of a claim that its party may take alone",
    "shelf_life": "shelf life",
    "shortage_cost": "cost of a unit short",
    "sourcing.from": "share of orders from {}",
    "steps.after": "time from the beginning",
    "steps.on": "first day",
    "stock.on_hand": "amount",
    "storage.capacity": "room in handling units",
    "substitute.share": "share of patients who can take it",
    "warm_up": "warm-up before the first counted day",
}
"""`field`, or `what it stands in.field` -> words; what it stands in is a section, a kind, or a key above. `{}` is the
key below the field."""
SECTIONS = {
    "products": "product", "suppliers": "supplier", "ports": "port", "warehouses": "warehouse",
    "facilities": "facility", "reserves": "reserve", "hazards": "hazard", "passages": "passage",
}  # fmt: skip
LISTS = {
    "replenishment": "replenishment", "allocation": "sharing out", "stock": "opening stock", "storage": "storage",
    "sourcing": "orders", "hoarding": "hoarding", "rationing": "rationing", "buying_ahead": "buying ahead",
    "use_levels": "sparing use",
}  # fmt: skip
MOST_SITES = 3
"""named one by one"""
QUOTED = ("reserves", "hazards")
"""Sections whose names are people's own words."""


@dataclass(frozen=True)
class Named:
    """A value in words: what it is, and of what; `path` is how the scenario's file calls it."""

    what: str
    of: str
    path: str

    def __str__(self) -> str:
        if not self.of:
            return self.what
        return f"{self.what} of {self.of}" if len(self.what.split()) <= 2 else f"{self.what} ({self.of})"


def named(loaded: Loaded, path: str) -> Named:
    """A value of a scenario in words; those of a path that leads to no value are the path."""
    steps = list(_steps(loaded.spec, path.split(".")))
    if not steps or not steps[-1].reached:
        return Named(path, "", path)
    return Named(_what(steps), _of(steps), path)


def parameter_words(loaded: Loaded, path: str) -> str:
    """`length of export ban 'ban'`, say; the path where it leads to no value."""
    return str(named(loaded, path))


def names_of(loaded: Iterable[Loaded], paths: Iterable[str]) -> dict[str, str]:
    """Path -> words, from the first of these scenarios that has the value; with the path where others read the same."""
    scenarios = list(loaded)
    words = {path: next((w for s in scenarios if (w := parameter_words(s, path)) != path), path) for path in paths}
    counts = Counter(words.values())
    return {path: f"{text} [{path}]" if counts[text] > 1 and text != path else text for path, text in words.items()}


def with_unit(value: Named, parameter: Parameter) -> str:
    """A parameter in words, with its unit, as an axis has it; a plain number is counted as its words say."""
    unit = UNITS.get(parameter.suffix, parameter.suffix)
    return f"{value}, in {unit}" if unit else str(value)


def opening(text: str) -> str:
    """Words at the beginning of a line: with a capital, unless they are a path."""
    return text if re.match(r"\S+\.\S", text) else text[:1].upper() + text[1:]


def value_words(value: object) -> str:
    """A value as it is written, its unit in words, a date as well: `45d` is `45 days`."""
    if isinstance(value, str) and DAY.match(value):
        return day_words(dt.date.fromisoformat(value))
    value = f"{value:.6g}" if isinstance(value, float) else value
    found = VALUE.match(str(value))
    if not found or found[2] in ("", "%"):
        return str(value)
    unit = UNITS.get(found[2], found[2])
    return f"{found[1]} {in_singular(unit) if float(found[1]) == 1 else unit}"


@dataclass(frozen=True)
class _Step:
    """On the way to a value: the `inside` it was looked for in, and `key`; `reached`: nothing of the path is left."""

    inside: Any
    key: str | int
    reached: bool


def _steps(value: Any, parts: list[str]) -> Iterator[_Step]:
    """Keys, positions or names along a path, as far as it leads; keys may hold dots."""
    key: str | int
    inside: Any
    while parts:
        if isinstance(value, Model):
            names = {field.alias or name.rstrip("_"): name for name, field in type(value).model_fields.items()}
            found, taken = names.get(parts[0]), 1
            if found is None:
                return
            key, inside, value = parts[0], value, getattr(value, found)
        elif isinstance(value, dict):
            texts = {str(key): key for key in value}
            taken = next((k for k in range(len(parts), 0, -1) if ".".join(parts[:k]) in texts), 0)
            if not taken:
                return
            key, inside = ".".join(parts[:taken]), value
            value = value[texts[key]]
        elif isinstance(value, list | tuple):
            place, taken = _place(value, parts)
            if not taken:
                return
            key, inside, value = place, value, value[place]
        else:
            return
        parts = parts[taken:]
        yield _Step(inside, key, not parts)


def _place(entries: list[Any] | tuple[Any, ...], parts: list[str]) -> tuple[int, int]:
    """Position of an entry by its name, which may hold dots, else by its number; and how many parts that takes."""
    names = [entry.get("name") if isinstance(entry, dict) else getattr(entry, "name", None) for entry in entries]
    for taken in range(len(parts), 0, -1):
        if ".".join(parts[:taken]) in names:
            return names.index(".".join(parts[:taken])), taken
    number = position(parts[0])
    return (0, 0) if number is None or number >= len(entries) else (number, 1)


def _what(steps: list[_Step]) -> str:
    """What the last value is: by the nearest words there are for its field, with keys below it behind."""
    at = next((k for k in range(len(steps) - 1, -1, -1) if isinstance(steps[k].key, str) and _known(steps, k)), -1)
    if at < 0:
        return str(steps[-1].key).replace("_", " ")
    below = [str(step.key + 1 if isinstance(step.key, int) else step.key).replace("_", " ") for step in steps[at + 1 :]]
    words = _field_words(steps, at)
    if "{}" in words:
        words, below = words.replace("{}", below[0] if below else "each"), below[1:]
    return ": ".join([words, *below])


def _known(steps: list[_Step], k: int) -> bool:
    """Whether a step is to a field of a model, or of the raw entry of a hazard's disruption."""
    step = steps[k]
    return isinstance(step.inside, Model) or (isinstance(step.inside, dict) and "kind" in step.inside)


def _field_words(steps: list[_Step], at: int) -> str:
    step = steps[at]
    above = [str(s.key) for s in steps[:at] if isinstance(s.key, str)]
    stands_in = [*_kinds(step.inside), *above[::-1]]
    for name in (*(f"{where}.{step.key}" for where in stands_in), str(step.key)):
        if name in WORDS:
            return WORDS[name]
    described = next(filter(None, (_description(s.inside, str(step.key)) for s in _owners(steps, at))), "")
    described = re.split(r"[;:(]|, or | such as |, instead |, in whole ", described)[0].strip().rstrip(",")
    described = described.removeprefix("the ")  # which the sentence brings
    return re.sub(r"[`'\"]", "", re.sub(r"\s+", " ", described)) or str(step.key).replace("_", " ")


def _owners(steps: list[_Step], at: int) -> list[_Step]:
    """Where a field's description is looked for: where it stands, then what that is a stage of."""
    return [step for step in steps[at::-1] if _known([step], 0)]


def _kinds(inside: Any) -> list[str]:
    """The word in the YAML of what a field stands in."""
    if isinstance(inside, dict):
        return [str(inside["kind"])]
    name = getattr(type(inside), "name_in_yaml", None)
    if isinstance(inside, Decision):
        return [str(name), "decision"]
    return [name] if name else [type(inside).__name__.lower()]


def _description(inside: Any, key: str) -> str:
    model = type(inside)
    if isinstance(inside, dict):
        kind = str(inside["kind"])
        if kind not in DISRUPTIONS:
            return ""
        model = DISRUPTIONS[kind]
    for name, field in model.model_fields.items():
        if (field.alias or name.rstrip("_")) == key:
            return field_docstrings(model).get(name, "")
    return ""


def _of(steps: list[_Step]) -> str:
    """Whose value it is: the entry of the section that the path leads through."""
    section, entry = str(steps[0].key), steps[1] if len(steps) > 1 else None
    if entry is None or isinstance(entry.inside, Model):
        return ""
    inside = entry.inside[entry.key]
    if section == "disruptions":
        name = f"'{inside.name}'" if inside.name else inside.place()
        return _stage(steps) + f"{kind_words(inside.kind)} {name}".strip()
    if section == "decisions":
        return f"{_stage(steps)}decision '{inside.label}'"
    if section == "alarms":
        return f"alarm '{inside.label}'"
    if section in SECTIONS:
        called = shown_name(str(entry.key), inside) if section == "reserves" else str(entry.key)
        name = f"'{called}'" if section in QUOTED else called
        made = [str(s.key) for s, above in zip(steps[3:], steps[2:], strict=False) if above.key == "makes"]
        other = [str(s.key) for s, above in zip(steps[3:], steps[2:], strict=False) if above.key == "substitutes"]
        if other:
            return f"{other[0]} instead of {name}"
        return f"{made[0]} made by {name}" if made else f"{SECTIONS[section]} {name}"
    if section == "demand":
        return f"{inside.product} at {_sites(inside.at)}"
    if section == "lanes":
        source = f"{_sites(inside.from_)} > " if isinstance(inside.from_, str | list) else "to "
        return f"lane {source}{_sites(inside.to)}"
    if section in LISTS:
        goods = f", {listed(inside.products)}" if getattr(inside, "products", None) else ""
        return f"{LISTS[section]} at {_sites(getattr(inside, 'at', None))}{goods}".removesuffix(" at ")
    return section.replace("_", " ")


def _stage(steps: list[_Step]) -> str:
    """`stage 2 of ` where the value is one of a later stage."""
    for above, step in pairwise(steps):
        if above.key in ("steps", "stages") and isinstance(step.key, int):
            return f"stage {step.key + 1} of "
    return ""


def _sites(selector: Any) -> str:
    several = selector if isinstance(selector, list) else [selector or ""]
    words = [_where(entry) if isinstance(entry, Where) else str(entry) for entry in several]
    few = words if len(words) <= MOST_SITES else [*words[: MOST_SITES - 1], f"{len(words) - MOST_SITES + 1} more"]
    return listed(few)


def _where(where: Where) -> str:
    kinds = {word: many for many, word in KINDS.items()}
    kind = " and ".join(kinds.get(word, "sites") for word in _each(where.kind)) or "sites"
    place = listed([*_each(where.region), *_each(where.country)])
    told = [f"{kind}{f' in {place}' if place else ''}", " or ".join(_each(where.setting))]
    told += [" or ".join(group_words("priority", number) for number in _each(where.priority))]
    return ", ".join(filter(None, told))


def _each(value: Any) -> list[Any]:
    """The values of a condition that may be one, several or none."""
    return value if isinstance(value, list) else [] if value is None else [value]
