"""A question's points differ in a few values: files are read once, and what these values do not touch is made once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.engine.compile import plan as compiler
from sim.engine.compile.places.network import MADE_OF, compile_network
from sim.errors import ScenarioError
from sim.scenario import load as loader
from sim.scenario import overlay, sites
from sim.scenario.load import Problems, load
from sim.study.design.fingerprint import digest
from sim.study.run.bench import read_subject

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "scenarios").glob("[ce]*/*.yaml"))
CASE = """
scenario: case
title: Sites, demand and a queue from tables
start: 2001-01-01
end: 2001-03-01
products: {kit: {unit: kit}, cup: {unit: cup}}
suppliers: {maker: {country: IN, lat: 19, lon: 73, makes: {kit: {capacity: 50}, cup: {}}}}
facilities: {table: clinics.csv}
lanes: [{from: maker, to: facilities, time: "lognormal(3d, 1d)"}]
demand:
  - {at: facilities, product: kit, series: {file: issues.csv, stockouts: out}}
  - {at: facilities, product: cup, per_day: column use}
storage: [{at: facilities, capacity: column room}]
replenishment: [{at: facilities, policy: base_stock, level: 10d}]
allocation: [{at: maker, rule: proportional}]
reserves: {own: {held_at: members, size: 5d, members: facilities, release: {when: {trigger: announced}}}}
strategies: {double: {reserves.own.size: 10d}}
disruptions:
  - {kind: export_ban, name: ban, country: IN, from: 2001-01-21, for: 20d}
  - {kind: epidemic, name: wave, file: cases.csv, from: 2001-01-10, for: 20d, items: {kit: 1}}
"""
TABLES = {
    "clinics.csv": "name,country,use,room\na,KE,4,900\nb,UG,6,900\n",
    "issues.csv": "date,site,product,units,out\n"
    + "".join(f"2001-01-{day:02},{site},kit,{3 + day % 4},{int(day == 9)}\n" for site in "ab" for day in range(1, 29)),
    "cases.csv": "date,region,cases\n2001-01-11,a,5\n2001-01-12,b,7\n",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The case, with its tables beside it."""
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    return tmp_path / "case.yaml"


CHANGES: list[dict[str, Any]] = [
    {"disruptions.ban.for": "30d"},
    {"reserves.own.size": "7d"},
    {"suppliers.maker.makes.kit.capacity": 20},
    {"lanes.0.time": "4d"},
    {"demand.1.per_day": 5},
    {"replenishment.0.level": "20d", "seed": 3},
    {"products.kit.cost": 2},
    {"storage.0.capacity": 700},
    {},
]


@pytest.mark.parametrize("strategy", [None, "double"])
def test_a_point_is_the_scenario_read_anew(path: Path, strategy: str | None) -> None:
    """One after another, each from the one before, so that nothing of a point stays in those after it."""
    subject = read_subject(path, strategy)
    settings: dict[str, Any] = {}
    for change in [*CHANGES, {"disruptions.ban.for": "5d"}, {"end": "2001-02-20"}]:
        if "storage.0.capacity" in change or "demand.1.per_day" in change:
            continue  # then nothing uses a column of the table, which is refused
        settings |= change
        subject = subject.changed(change)
        anew = read_subject(path, strategy, settings)
        assert digest(subject.plan) == digest(anew.plan)
        assert subject.loaded.document.data == anew.loaded.document.data
        assert subject.loaded.document.overrides == anew.loaded.document.overrides
        assert subject.loaded.notes == anew.loaded.notes


def test_no_file_is_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = read_subject(path, "double")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(overlay, "read_yaml", refuse)
    monkeypatch.setattr(sites, "read_table", refuse)
    monkeypatch.setattr(loader, "read_table", refuse)
    for change in CHANGES:
        if not {"storage.0.capacity", "demand.1.per_day"} & change.keys():
            subject.changed(change)
    with pytest.raises(ScenarioError, match="did you mean 'ban'"):
        subject.changed({"disruptions.bn.for": "30d"})


def test_a_table_is_read_again_only_where_it_is_understood_otherwise(path: Path) -> None:
    subject = read_subject(path)
    with pytest.raises(ScenarioError, match="column 'room'"):
        subject.changed({"storage.0.capacity": 700})
    for change in ({"storage.0.capacity": 700, "facilities.ignore": ["room"]}, {"end": "2001-01-25"}):
        assert digest(subject.changed(change).plan) == digest(read_subject(path, None, change).plan)


def test_the_network_is_compiled_again_only_where_its_values_change(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def counted(*args: Any) -> Any:
        made.append(args)
        return compile_network(*args)

    monkeypatch.setattr(compiler, "compile_network", counted)
    subject = read_subject(path)
    for days in range(8):
        subject.changed({"disruptions.ban.for": f"{days}d", "reserves.own.size": f"{days}d"})
    assert len(made) == 1
    subject.changed({"suppliers.maker.makes.kit.capacity": 20})
    assert len(made) == 2


class _Watched:
    """A scenario that notes which of its sections are read."""

    def __init__(self, spec: object) -> None:
        self._spec, self.read = spec, set[str]()

    def __getattr__(self, name: str) -> Any:
        self.read.add(name)
        return getattr(self._spec, name)


@pytest.mark.parametrize("file", [*SHIPPED, "case"], ids=lambda file: getattr(file, "stem", file))
def test_the_network_is_made_of_what_it_says(file: Path | str, path: Path) -> None:
    loaded = load(path if file == "case" else Path(file))
    watched = _Watched(loaded.spec)
    compile_network(replace(loaded, spec=watched), Problems(loaded.document))  # type: ignore[arg-type]
    assert watched.read <= {*MADE_OF, "until"}  # which `end` and `run_on` say
