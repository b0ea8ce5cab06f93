"""Makes up a national supply system of any size, as a scenario file and its tables, to start from or to measure on.

Nothing in it is real; it has the shape of a country. Where a size or a distance follows a law, the law is named at the
constant that holds its parameter. Everything is drawn over whole arrays from one seed: the same options give the same
bytes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd

from sim.errors import Problem, ScenarioError
from sim.output.csv_text import csv_of_frame
from sim.units import LONGEST, parse_duration

MOST_FACILITIES = 200_000
MOST_PRODUCTS = 1_000
START = dt.date(2024, 1, 1)
CENTRE = -1.0, 37.0
"""Latitude and longitude of the middle of the country, in degrees."""
HALF_WIDTH = 4.0
"""Degrees from the middle to each border; the coast is the border in the east."""
PEOPLE = 5_000
"""Mean number of people served by a facility."""
SPREAD = 1.0
"""Standard deviation of the logarithm of the people served by a facility: lognormal, so that a tenth of the facilities
serve about two fifths of all people."""
TIERS = (("hospital", 0.05), ("centre", 0.25), ("post", 0.70))
"""Tiers of facilities from the largest down, and the share of each; the first has priority 1."""
REGION_POWER = 0.8
"""The k-th largest region holds facilities in proportion to 1 / k^0.8 (Zipf's law with that power)."""
USE = 0.1, 1.2
"""Units a person and year of the product used least and of the one used most; the others in equal ratios between."""
DETOUR = 1.3
"""Length of a road over that of the straight line."""
ROAD_KM = 250.0
"""Kilometres that a truck makes in a day."""
LOADING = 0.5
"""Days from order to departure, part of every road time."""
EARTH = 6371.0
"""Kilometres."""
MAKERS = (("IN", 19.0, 73.0, 20), ("CN", 31.2, 121.5, 25))
"""Country, latitude, longitude and mean sea voyage in days of the suppliers abroad."""
CLASSES = ("vital", "essential", "necessary")


@dataclass(frozen=True)
class National:
    """What a national system is to look like; raises ScenarioError with everything that is out of bounds."""

    facilities: int = 1_000
    products: int = 10
    regions: int = 20
    days: int = 365
    seed: int = 1
    shelf_life: str | None = None
    """of every product, such as 24mo; none: nothing expires"""

    def __post_init__(self) -> None:
        bounds = {
            "facilities": (1, MOST_FACILITIES),
            "products": (1, MOST_PRODUCTS),
            "regions": (1, 1_000),
            "days": (1, int(LONGEST)),
            "seed": (0, 2**31 - 1),
        }
        problems = [
            Problem(f"--{name}", 0, "this is out of bounds", f"{getattr(self, name):,}", f"{low:,} to {high:,}")
            for name, (low, high) in bounds.items()
            if not low <= getattr(self, name) <= high
        ]
        if self.regions > self.facilities >= 1:
            few = f"at most one for each of the {self.facilities:,} facilities"
            problems.append(Problem("--regions", 0, "there are more regions than facilities", f"{self.regions:,}", few))
        try:
            if self.shelf_life is not None and (parse_duration(self.shelf_life) < 1 or self._life % 1):
                raise ValueError("whole days, at least 1d")
        except ValueError as error:
            problems.append(Problem("--shelf-life", 0, "this is no shelf life", self.shelf_life, str(error)))
        if problems:
            raise ScenarioError(problems)

    @property
    def _life(self) -> float:
        return parse_duration(self.shelf_life or "1d")


def national_files(name: str, wanted: National) -> dict[str, str]:
    """Contents by file name: the scenario `NAME.yaml`, and the tables of its warehouses and facilities."""
    draw = np.random.default_rng(wanted.seed)
    members = _members(wanted)
    region = np.repeat(np.arange(wanted.regions), members)
    centres = np.column_stack([c + HALF_WIDTH * draw.uniform(-0.9, 0.9, wanted.regions) for c in CENTRE])
    apart = 2 * HALF_WIDTH / np.sqrt(wanted.regions)  # degrees from one region's centre to the next, about
    places = centres[region] + draw.normal(0.0, apart / 3, (len(region), 2))
    places = np.clip(places, np.array(CENTRE) - HALF_WIDTH, np.array(CENTRE) + HALF_WIDTH)
    people = np.maximum(50, np.round(PEOPLE * draw.lognormal(-(SPREAD**2) / 2, SPREAD, len(region)))).astype(np.int64)
    tables = {
        f"{name}-facilities.csv": _facilities(region, centres, places, people),
        f"{name}-warehouses.csv": _warehouses(centres),
    }
    return {f"{name}.yaml": _scenario(name, wanted, centres, int(people.sum()))} | tables


def write_national(path: Path, wanted: National, heading: str = "") -> Path:
    """Write the scenario to `path`, below a `heading`, and its tables beside it.

    Raises ScenarioError where that cannot be done or a file is there already.
    """
    name = path.stem
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) or path.suffix not in (".yaml", ".yml"):
        expected = "letters, digits, '.', '_' and '-', and the ending .yaml"
        raise ScenarioError([Problem(str(path), 0, "a scenario cannot have this name", path.name, expected)])
    contents = national_files(name, wanted)
    contents[f"{name}.yaml"] = heading + contents[f"{name}.yaml"]
    targets = {path.parent / (path.name if k == 0 else file): text for k, (file, text) in enumerate(contents.items())}
    if there := [target for target in targets if target.exists()]:
        raise ScenarioError([Problem(str(target), 0, "there is a file of this name already") for target in there])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for target, text in targets.items():
            target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ScenarioError([Problem(str(path), 0, f"cannot write here: {error.strerror}")]) from None
    return path


def _members(wanted: National) -> np.ndarray:
    """Facilities of each region, at least one, by `REGION_POWER` and largest remainder; the largest region first."""
    weight = 1.0 / np.arange(1, wanted.regions + 1) ** REGION_POWER
    exact = (wanted.facilities - wanted.regions) * weight / weight.sum()
    whole = np.floor(exact).astype(np.int64)
    rest = wanted.facilities - wanted.regions - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:rest]] += 1
    found: np.ndarray = whole + 1
    return found


def _numbered(word: str | np.ndarray, numbers: np.ndarray, count: int) -> np.ndarray:
    """`word` and numbers from 1 with as many digits as `count`, so that names sort as they are numbered."""
    digits = np.char.zfill(np.char.mod("%d", numbers + 1), len(str(count)))
    found: np.ndarray = np.char.add(np.char.add(word, "-"), digits)
    return found


def road_days(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Days by road between places (latitude, longitude in degrees), in half days upwards.

    Great-circle distance (haversine) times `DETOUR` at `ROAD_KM` a day, plus `LOADING`.
    """
    a, b = np.radians(one), np.radians(two)
    half = np.sin((b - a) / 2) ** 2
    angle = 2 * np.arcsin(np.sqrt(half[..., 0] + np.cos(a[..., 0]) * np.cos(b[..., 0]) * half[..., 1]))
    found: np.ndarray = np.ceil(2 * (LOADING + EARTH * angle * DETOUR / ROAD_KM)) / 2
    return found


def _facilities(region: np.ndarray, centres: np.ndarray, places: np.ndarray, people: np.ndarray) -> str:
    count, regions = len(region), len(centres)
    rank = np.empty(count, dtype=np.int64)
    rank[np.argsort(-people, kind="stable")] = np.arange(count)
    tier = np.searchsorted(np.ceil(np.cumsum([share for _, share in TIERS]) * count), rank, side="right")
    tier = np.minimum(tier, len(TIERS) - 1)
    words = np.array([word for word, _ in TIERS])
    frame = pd.DataFrame(
        {
            "name": _numbered(words[tier], np.arange(count), count),
            "country": "XA",
            "region": _numbered("region", region, regions),
            "lat": places[:, 0].round(3),
            "lon": places[:, 1].round(3),
            "priority": tier + 1,
            "setting": np.where(tier == len(TIERS) - 1, "rural", "urban"),
            "population": people,
            "served_by": _numbered("store", region, regions),
            "road_days": road_days(centres[region], places),
        }
    )
    return csv_of_frame(frame)


def _warehouses(centres: np.ndarray) -> str:
    regions = len(centres)
    days = road_days(centres[:1], centres)
    frame = pd.DataFrame(
        {
            "name": ["central-store", *_numbered("store", np.arange(regions), regions)],
            "country": "XA",
            "region": ["", *_numbered("region", np.arange(regions), regions)],
            "setting": ["national", *["regional"] * regions],
            "lat": np.concatenate([centres[:1, 0], centres[:, 0]]).round(3),
            "lon": np.concatenate([centres[:1, 1], centres[:, 1]]).round(3),
            "road_days": np.concatenate([[0.0], days]),
        }
    )
    return csv_of_frame(frame)


def _scenario(name: str, wanted: National, centres: np.ndarray, people: int) -> str:
    """The scenario; `people` is the number served in all."""
    count = wanted.products
    goods = _numbered("product", np.arange(count), count).tolist()
    rates = np.geomspace(USE[1], USE[0], count) if count > 1 else np.array([USE[1]])
    maker = np.arange(count) % len(MAKERS)
    ends, ban = (START + dt.timedelta(days=days) for days in (wanted.days, wanted.days // 4))
    return Template((files("sim.scenario") / "national.yaml").read_text(encoding="utf-8")).substitute(
        name=name,
        facilities=f"{wanted.facilities:,}",
        regions=f"{wanted.regions:,}",
        products=f"{count:,}",
        seed=wanted.seed,
        start=START,
        end=ends,
        ban=ban,
        spread=f"{SPREAD:g}",
        people=f"{PEOPLE:,}",
        power=f"{REGION_POWER:g}",
        detour=f"{DETOUR:g}",
        road_km=f"{ROAD_KM:g}",
        product_lines="\n".join(_products(goods, wanted.shelf_life)),
        demand_lines="\n".join(
            f"  - {{at: facilities, product: {good}, per_person: {rate:.4f} a year}}"
            for good, rate in zip(goods, rates.tolist(), strict=True)
        ),
        **_abroad(goods, rates * people / 365.0, maker, centres[0]),
    )


def _products(goods: list[str], shelf_life: str | None) -> Iterator[str]:
    life = f", shelf_life: {shelf_life}" if shelf_life else ""
    for k, good in enumerate(goods):
        yield f"  {good}: {{unit: box, cost: {1 + k % 7}, priority: {CLASSES[k % len(CLASSES)]}{life}}}"


def _abroad(goods: list[str], needs: np.ndarray, maker: np.ndarray, central: np.ndarray) -> dict[str, str]:
    """Makers, their ports, and the lanes as far as the central store; `needs` in units a day, by product."""
    blocks: dict[str, list[str]] = {"supplier_lines": [], "port_lines": [], "sea_lanes": [], "inland_lanes": []}
    for k, (country, lat, lon, voyage) in enumerate(MAKERS):
        mine = np.flatnonzero(maker == k)
        if not mine.size:
            continue
        port = np.array([CENTRE[0] + (1.5, -1.5)[k], CENTRE[1] + HALF_WIDTH])
        blocks["supplier_lines"] += [
            f"  maker-{k + 1}:",
            f"    country: {country}",
            f"    lat: {lat}",
            f"    lon: {lon}",
        ]
        blocks["supplier_lines"] += ["    makes:"] + [
            f"      {goods[g]}: {{capacity: {np.ceil(1.5 * needs[g]):.0f}, finished_stock: 14d}}" for g in mine.tolist()
        ]
        blocks["port_lines"].append(
            f"  port-{k + 1}: {{country: XA, lat: {port[0]:g}, lon: {port[1]:g}, "
            f"handling: {np.ceil(3 * needs[mine].sum()):.0f}, clearance: {5 + 2 * k}d}}"
        )
        time = f'"lognormal({voyage}d, 3d)"'
        blocks["sea_lanes"].append(f"  - {{from: maker-{k + 1}, to: port-{k + 1}, mode: sea, time: {time}, cost: 0.1}}")
        blocks["inland_lanes"].append(
            f"  - {{from: port-{k + 1}, to: central-store, time: {road_days(port, central):g}d, cost: 0.02}}"
        )
    return {name: "\n".join(lines) for name, lines in blocks.items()}
