"""What CONTRIBUTING.md shows is complete: each file as it stands makes a kind, and the map is the tree."""

from __future__ import annotations

import copy
import json
import pickle
import re
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from docs.make_map import GUIDE, ROOT, guide, rooms
from sim.engine.run import Running, simulate
from sim.model.part import parts_of
from sim.policies.allocation.base import ALLOCATION, Claims
from tests.contract.network import PARTIES, STANDARD, run
from tests.kinds import contract, package, registered_meanwhile, tideover
from tests.property.choices import Dice
from tests.property.networks import scenario
from tests.property.running import plan_of
from tests.property.test_stop_copy_change import alike, stopped
from tests.property.watching import strayed

BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
REGISTERED = re.compile(r'^@(?:[A-Z]+\.register|metric|check)\(\s*"(\w+)"', re.MULTILINE)
FILES = {name: text for text in BLOCK.findall(GUIDE.read_text(encoding="utf-8")) for name in REGISTERED.findall(text)}
"""Name of the kind -> the file that makes it."""
ADDED = re.compile(r'^add_phase\(\s*Phase\(\s*"(\w+)"', re.MULTILINE)
PHASE = {name: text for text in BLOCK.findall(GUIDE.read_text(encoding="utf-8")) for name in ADDED.findall(text)}
"""The same of phases."""


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package of the files, each a module."""
    return package(tmp_path_factory.mktemp("offered"), "shown", FILES)


def test_a_disruption_a_decision_a_rule_and_a_metric_are_shown() -> None:
    assert {"stocktaking", "night_shifts", "cover_cap", "longest_shortage"} <= set(FILES)
    for text in FILES.values():
        assert text.startswith('"""') and text.count('"""\n\nfrom __future__ import annotations\n') == 1


def test_what_is_shown_keeps_the_contracts(offered: Path) -> None:
    done = contract(offered, *FILES)
    assert done.returncode == 0, done.stdout[-3000:]
    passed = int(done.stdout.rpartition(" passed")[0].rpartition("\n")[2].split()[-1])
    assert passed >= 2 * (5 + 3 + 1) + (1 + 2 + 2) + 4, "as many as those of the example package"


def test_what_is_shown_runs(offered: Path, tmp_path: Path) -> None:
    spec: dict[str, Any] = copy.deepcopy(STANDARD)
    spec["disruptions"].append({"kind": "stocktaking", "at": "store", "from": "2024-01-11", "for": "8d"})
    shifts = {"decision": "night_shifts", "by": "kenya", "when": {"trigger": "on", "date": "2024-01-20"}, "for": "9d"}
    spec |= {"parties": PARTIES, "decisions": [shifts | {"cost_a_day": 5}]}
    spec["allocation"] = [{"rule": "cover_cap", "at": "warehouses", "most": "2d"}]
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    done = tideover(offered, "run", str(path), "-q", "--no-report", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    unmet = pd.read_parquet(tmp_path / "out" / "daily.parquet").groupby("day")["unmet"].sum()
    runs = [len(list(days)) for short, days in groupby(unmet > 0) if short]
    overall = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))["overall"]
    assert overall["longest_shortage"]["value"] == max(runs) > 1
    decisions = pd.read_parquet(tmp_path / "out" / "decisions.parquet")
    assert decisions[["kind", "party"]].values.tolist() == [["night_shifts", "kenya"]]


def test_the_decision_widens_the_ports_of_its_party(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty a day at the harbour, half as much again from its day on, for nine days."""
    with registered_meanwhile():
        made("night_shifts", monkeypatch)
        when = {"trigger": "on", "date": "2024-01-20"}
        decision = {"decision": "night_shifts", "by": "kenya", "when": when, "for": "9d"}
        outcome = simulate(plan_of(copy.deepcopy(STANDARD) | {"parties": PARTIES, "decisions": [decision]}))
        [effect] = [effect for impact in outcome.impacts if impact.decided for effect in impact.effects]
        assert (effect.quantity, effect.steps, effect.end) == ("gate.handling", ((19.0, 1.5),), 28.0)
        assert {outcome.plan.network.gates[row].handling for row in effect.rows.tolist()} == {50.0}


def made(name: str, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """The module that a file makes."""
    module = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile((FILES | PHASE)[name], name, "exec", dont_inherit=True), module.__dict__)
    return module


@pytest.mark.parametrize(
    ("available", "given"),
    [
        # 5 days are 50 and 25 units; 20 of the 50 are there, the second has more than it may: room for 30, and for 0
        (100, [30, 0]),
        (12, [12, 0]),
    ],
)
def test_the_rule_lifts_nobody_above_its_cover(
    available: int, given: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = Claims(
        np.array([available]), np.array([0, 0]), requested=np.array([60, 60]), flow=np.array([0, 1]),
        cover_stock=np.array([20, 26]), mean=np.array([10.0, 5.0]), tier=np.array([1, 1]),
    )  # fmt: skip
    with registered_meanwhile():
        made("cover_cap", monkeypatch)
        rule = ALLOCATION["cover_cap"].model_validate({"rule": "cover_cap", "most": "5d"})
        assert rule.share(claims, run(STANDARD).outcome.plan.network).tolist() == given


@pytest.mark.parametrize(
    ("unmet", "longest"),
    [([0, 3, 1, 0, 2, 2, 2, 0], 3), ([4, 4, 0, 1], 2), ([0, 0, 5, 5], 2), ([0, 0], 0), ([1, 1, 1], 3)],
)
def test_the_metric_is_the_longest_run(unmet: list[int], longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with registered_meanwhile():
        module = made("longest_shortage", monkeypatch)
        view = types.SimpleNamespace(daily=lambda name: np.array(unmet))
        assert module.longest_shortage(view) == longest


def test_the_phase_takes_its_share_to_the_unit(tmp_path: Path) -> None:
    """A thousandth a day of what the store has, fractions carried, by exact fractions from the daily table."""
    assert list(PHASE) == ["samples"]
    beside = package(tmp_path / "beside", "sampling", PHASE)
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(STANDARD), encoding="utf-8")
    done = tideover(beside, "run", str(path), "-q", "--no-report", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    daily = pd.read_parquet(tmp_path / "out" / "daily.parquet")
    events = pd.read_parquet(tmp_path / "out" / "events.parquet")
    taken = events[(events["event"] == "destroyed") & (events["cause"] == "samples")]
    assert set(taken["site"]) == {"store"} and len(taken) >= 2
    for product, days in daily[daily["site"] == "store"].groupby("product", observed=True):
        mine = taken[taken["product"] == product].groupby("day")["units"].sum()
        units = days["day"].map(mine).fillna(0).astype(int).tolist()
        before = (days["on_hand"] + days["destroyed"]).tolist()  # the evening's stock, and what was taken of it
        assert units == days["destroyed"].tolist()
        due = Fraction(0)
        for stock, took in zip(before, units, strict=True):
            due += Fraction(stock, 1000)
            assert took == int(due)
            due -= took


@pytest.fixture
def sampling(monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    """The module with the phase, which every run has for the while."""
    with registered_meanwhile():
        yield made("samples", monkeypatch)


@pytest.mark.parametrize("seed", range(2))
def test_the_phase_touches_what_it_declares(seed: int, sampling: types.ModuleType) -> None:
    plan = plan_of(scenario(Dice(200 + seed), disruptions=3))
    assert (plan.network.cell_kind == "warehouse").any()
    running = Running(plan, open_to_change=True)
    assert "kept.samples" in parts_of(running.world)
    assert not strayed(running, min(12, plan.network.calendar.days))


def test_a_run_with_the_phase_is_copied_and_kept_with_what_it_remembers(
    sampling: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With lots that expire, so that what is taken is taken of lots; a share that is seldom a whole unit."""
    spec = copy.deepcopy(STANDARD)
    spec["products"]["saline"]["shelf_life"] = "60d"
    plan = plan_of(spec)
    whole = simulate(plan, lot_check=1)
    assert whole.record.sums["destroyed"].sum() > 0
    running = stopped(plan, 20)
    forgetful = running.copy()
    other, kept, digest = running.copy(), pickle.dumps(running), running.digest()
    alike(whole, other.resume())
    assert running.digest() == digest, "what the copy remembers is not its business"
    read = pickle.loads(kept)
    assert read.digest() == digest
    alike(whole, read.resume())
    alike(whole, running.resume())
    forgetful.world.kept["samples"]._due[:] = 0
    assert forgetful.digest() != digest


def test_a_disruption_that_comes_late_acts_on_the_phase_as_if_early(sampling: types.ModuleType) -> None:
    loss = {"kind": "stock_loss", "name": "fire", "at": "store", "from": "2024-01-20", "share": "50%"}
    plan = plan_of(copy.deepcopy(STANDARD) | {"disruptions": [loss]})
    running = stopped(replace(plan, impacts=()), 10)
    running.inject(*plan.impacts)
    alike(simulate(plan, lot_check=1), replace(running.resume(), plan=plan))


def test_the_map_is_the_tree() -> None:
    """python -m docs.make_map."""
    assert GUIDE.read_text(encoding="utf-8") == guide()
    packages = {str(file.parent.relative_to(ROOT)) for file in (ROOT / "sim").rglob("__init__.py")}
    modules = {str(file.relative_to(ROOT)) for file in (ROOT / "sim").glob("*.py")} - {"sim/__init__.py"}
    with_code = {str(file.parent.relative_to(ROOT)) for file in (ROOT / "sim").rglob("*.py")}
    assert packages == with_code, "a folder with Python says what it holds in its __init__.py"
    assert packages | modules <= set(rooms())
    assert all((ROOT / place).exists() for place in rooms())
    silent = [place for place, what in rooms().items() if not what.endswith(".")]
    assert not silent


def test_the_folders_of_kinds_are_those_that_are_looked_through() -> None:
    """Each folder in the table of kinds holds the kinds of one family, whose registry stands in its base."""
    table = re.findall(r"^\| [\w ']+ \| `(sim/[\w/]+)` \| `@(\w+)", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(table) == 12
    for folder, word in table:
        assert re.search(rf"^(def )?{word}\b", (ROOT / folder / "base.py").read_text(encoding="utf-8"), re.MULTILINE)
        assert any(f"@{word}" in file.read_text(encoding="utf-8") for file in (ROOT / folder).glob("*.py"))
