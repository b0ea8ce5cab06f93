"""What a scenario is made of is kept from one set of values to the next: whatever changes, nothing of the old stays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.engine.compile.plan import compile_plan
from sim.engine.compile.unknowns import Unknowns
from sim.scenario.drawing import values_of, with_sites
from sim.scenario.load import load
from sim.study.design.fingerprint import digest
from sim.study.run.bench import read_subject

CASE = """
scenario: case
title: Two makers, two ways, clinics that open and close
start: 2001-01-01
end: 2001-02-10
products:
  kit: {unit: kit, cost: 1}
  shot: {unit: vial, doses: 10, open_for: 6h, shelf_life: 200d}
  dry: {unit: box}
  tube: {unit: tube, substitutes: {kit: {share: 50%, stays: 20%}}}
suppliers:
  near: {country: KE, makes: {kit: {capacity: "130%", more: [{when: {trigger: announced}, to: "150%"}]}, shot: {}}}
  far: {country: IN, lat: 19, lon: 73, makes: {kit: {from: {dry: 2}, yield: 90%}, shot: {}, tube: {}}}
  mine: {country: IN, makes: {dry: {}}}
ports: {mombasa: {country: KE, lat: -4, lon: 39, handling: 500}}
warehouses: {store: {country: KE}}
facilities:
  a: {country: KE, region: north, population: 900, opens: 2001-01-10, stocks_up: 3d}
  b: {country: KE, region: south, population: 400, closes: 2001-01-30}
  c: {country: KE, region: south, population: 700}
lanes:
  - {from: mine, to: far, time: 1d}
  - {from: near, to: store, time: 2d}
  - {from: far, to: mombasa, time: 9d, mode: sea}
  - {from: mombasa, to: store, time: 2d}
  - {from: far, to: store, time: 3d, mode: air}
  - {from: near, to: facilities, time: 1d}
  - {from: store, to: facilities, time: "uniform(1d, 3d) over sites"}
sourcing:
  - {at: store, products: [kit, shot], from: {near: 40%, far: rest}, usual: sea,
     urgent: {by: air, when: {trigger: announced}, share: 50%}}
  - {at: store, products: [tube], from: {far: 100%}, usual: sea}
  - {at: facilities, products: [kit, shot], market: {near: 30%, store: 70%}, spread: 40%, notices_after: 9d}
  - {at: facilities, products: [tube], from: {store: 100%}}
demand:
  - {at: [a, b], product: kit, per_person: 0.02 a day, weekdays: {sun: 0%}}
  - {at: c, product: kit, distribution: {distribution: empirical, file: seen.csv, column: high}}
  - {at: facilities, product: shot, per_day: "lognormal(40, 9) over sites", sessions: {every: 7d}}
  - {at: [a, c], product: tube, series: {file: issues.csv, stockouts: out}}
replenishment:
  - {at: all, policy: base_stock, level: 20d}
stock: [{at: store, products: [kit], on_hand: 300}]
rationing: [{at: near, after: 2d, horizon: 20d}]
buying_ahead: [{at: facilities, when: {trigger: announced}, families: {times: 1.1}}]
disruptions:
  - {kind: export_ban, name: ban, country: IN, from: 2001-01-12, for: 12d}
  - {kind: site_outage, name: flood, at: c, from: 2001-01-20, for: 5d}
  - {kind: epidemic, name: wave, file: cases.csv, from: 2001-01-10, for: 20d, items: {kit: 1}}
"""
TABLES = {
    "seen.csv": "high,low\n9,2\n14,3\n30,7\n",
    "issues.csv": "date,site,product,units,out,full\n"
    + "".join(
        f"2001-01-{day:02},{site},{product},{3 + day % 4},{int(day == 9)},{int(day == 11)}\n"
        for site in "ac" for product in ("tube", "dry") for day in range(1, 29)
    ),
    "cases.csv": "date,region,cases\n2001-01-11,north,50\n2001-01-12,south,70\n",
}  # fmt: skip
OTHER: dict[str, Any] = {
    "facilities.a.opens": "2001-01-20",
    "facilities.a.stocks_up": "8d",
    "facilities.b.closes": "2001-01-25",
    "facilities.a.population": 1900,
    "facilities.b.region": "north",
    "facilities.c.priority": 3,
    "facilities.c.country": "UG",
    "products.shot.doses": 5,
    "products.shot.open_for": "3d",
    "products.shot.shelf_life": "90d",
    "products.tube.size": 2,
    "products.kit.priority": "vital",
    "products.tube.substitutes.kit.stays": "70%",
    "suppliers.near.makes.kit.capacity": "180%",
    "suppliers.near.makes.kit.more.0.to": "300%",
    "suppliers.far.makes.kit.from.dry": 3,
    "suppliers.far.makes.kit.yield": "70%",
    "suppliers.far.makes.kit.finished_stock": "9d",
    "suppliers.near.ramp_up": "6d",
    "ports.mombasa.handling": 50,
    "ports.mombasa.clearance": "2d",
    "lanes.2.time": "lognormal(12d, 4d)",
    "lanes.4.cost": 2,
    "lanes.5.time": "uniform(1d, 9d) over sites",
    "lanes.6.capacity": 900,
    "sourcing.1.usual": "air",
    "sourcing.0.urgent.share": "80%",
    "sourcing.0.from.near": "55%",
    "sourcing.2.rebook_after": "5d",
    "sourcing.2.market.near": "30.00001%",
    "sourcing.2.spread": "10%",
    "sourcing.0.keep_shares": True,
    "sourcing.2.notices_after": "4d",
    "demand.0.per_person": "0.05 a day",
    "demand.0.weekdays.sun": "50%",
    "demand.1.distribution.column": "low",
    "demand.2.per_day": "lognormal(80, 9) over sites",
    "demand.2.sessions.every": "14d",
    "demand.2.shortage": "backorder",
    "demand.3.series.stockouts": "full",
    "stock.0.on_hand": 0,
    "replenishment.0.level": "lognormal(18d, 6d) over sites",
    "rationing.0.horizon": "40d",
    "buying_ahead.0.families.times": 1.4,
    "disruptions.flood.at": "b",
    "disruptions.ban.for": "20d",
}
"""Another value for a figure of each mechanism; any of them go together."""

DEFAULT: dict[str, Any] = {
    "facilities.c.priority": 1, "products.shot.open_for": "6h", "products.tube.size": 1,
    "products.kit.priority": "essential", "suppliers.far.makes.kit.finished_stock": 0, "suppliers.near.ramp_up": "0d",
    "ports.mombasa.clearance": "0d", "lanes.4.cost": 0, "lanes.6.capacity": 1000, "sourcing.2.rebook_after": "9d",
    "sourcing.0.keep_shares": False, "demand.2.shortage": "lost",
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the tables of the case."""
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def written(place: Path, **sections: Any) -> Path:
    file = place / f"case-{len(list(place.iterdir()))}.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(CASE) | sections, sort_keys=False), encoding="utf-8")
    return file


def at(path: str) -> Any:
    """The value that the case has at a path; where it has none that of the language."""
    spec: Any = yaml.safe_load(CASE)
    for part in path.split("."):
        if isinstance(spec, list):
            spec = next((entry for entry in spec if entry.get("name") == part), None) or spec[int(part)]
        else:
            spec = spec.get(part, DEFAULT.get(path))
    return spec.isoformat() if isinstance(spec, dt.date) else spec


@pytest.mark.parametrize("path", OTHER)
def test_a_value_that_is_set_is_in_all_that_is_made_of_it(place: Path, path: str) -> None:
    """There and back again: each time the plan is that of the scenario read anew."""
    file = written(place)
    first = read_subject(file)
    plans = [digest(read_subject(file, None, settings).plan) for settings in ({}, {path: OTHER[path]})]
    assert plans[0] != plans[1]
    assert digest(first.changed({path: OTHER[path]}).plan) == plans[1]
    assert digest(first.changed({}).plan) == plans[0]


@pytest.mark.parametrize("path", [path for path, value in OTHER.items() if "over sites" not in str(value)])
def test_where_no_site_is_drawn_what_is_kept_is_of_the_same_values(place: Path, path: str) -> None:
    """Draws of sites make nearly all anew; without them much of what is kept is used."""
    text = CASE.replace('"uniform(1d, 3d) over sites"', "2d").replace('"lognormal(40, 9) over sites"', "40")
    file = place / "certain.yaml"
    file.write_text(text, encoding="utf-8")
    first = read_subject(file)
    anew = digest(read_subject(file, None, {path: OTHER[path]}).plan)
    before = digest(first.plan)
    assert "over sites" not in text and anew != before
    assert digest(first.changed({path: OTHER[path]}).plan) == anew
    assert digest(first.changed({}).plan) == before


@pytest.mark.parametrize("path", OTHER)
def test_a_value_that_is_drawn_is_in_all_that_is_made_of_it(place: Path, path: str) -> None:
    """Replications in which it is the one value, then the other, then the first again."""
    certain = written(place)
    unknown = Unknowns(load(written(place, uncertain={path: [at(path), OTHER[path]]})))
    drawn = [values_of(unknown.loaded, replication)[path] for replication in range(12)]
    other = drawn.index(OTHER[path])
    seen = set()
    for replication in (0, other, drawn.index(at(path)), other):
        anew = with_sites(load(certain, None, {path: drawn[replication]}), replication)
        assert digest(unknown.plan(replication)) == digest(compile_plan(anew))
        seen.add(drawn[replication])
    assert seen == {at(path), OTHER[path]}


def test_all_drawn_together_are_as_read_anew(place: Path) -> None:
    certain = written(place)
    unknown = Unknowns(load(written(place, uncertain={path: [at(path), other] for path, other in OTHER.items()})))
    for replication in (*range(6), 0):
        anew = with_sites(load(certain, None, values_of(unknown.loaded, replication)), replication)
        assert digest(unknown.plan(replication)) == digest(compile_plan(anew))


def test_what_is_drawn_of_a_scenario_with_other_values_is_its_own(place: Path) -> None:
    """The same replication of one point after another, as questions try them."""
    file = written(place, uncertain={"products.shot.doses": [10, 5]})
    subject = read_subject(file)
    for capacity in ("140%", "150%", "130%"):
        set_ = {"suppliers.near.makes.kit.capacity": capacity}
        anew = Unknowns(load(file, None, set_)).plan(2)
        assert digest(Unknowns(subject.changed(set_).loaded).plan(2)) == digest(anew)
