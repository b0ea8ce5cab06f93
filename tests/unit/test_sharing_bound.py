"""Sharing rules where they stand in scenarios: whose need counts, urgent orders, reserves, decisions, the account."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

import sim
from sim import ask
from sim.cli import cli
from sim.engine.compile.plan import compile_plan
from sim.policies import ALLOCATION
from sim.policies.allocation.base import Claims
from sim.policies.allocation.sharing import Shared, bind
from sim.scenario.load import load

TWO_STEPS: dict[str, Any] = {
    "scenario": "needs", "title": "A store, two depots and a clinic", "start": "2024-01-01", "end": "2024-01-09",
    "products": {"mask": {"unit": "box"}},
    "suppliers": {"maker": {"country": "DE", "makes": {"mask": {"capacity": 4}}}},
    "warehouses": {"store": {"country": "DE"}, "depot": {"country": "FR"}, "hub": {"country": "IT"}},
    "facilities": {"table": "clinics.csv"},
    "parties": {
        "france": {"kind": "country", "sites": ["FR"], "income": "low", "population": 9000},
        "italy": {"kind": "country", "sites": ["IT"], "income": "high", "weight": 3},
        "union": {"kind": "pool", "members": ["france", "italy"]},
    },
    "lanes": [
        {"from": "maker", "to": "store", "time": "1d"}, {"from": "store", "to": "depot", "time": "1d"},
        {"from": "store", "to": "hub", "time": "1d"}, {"from": "store", "to": "g1", "time": "1d"},
        {"from": "depot", "to": ["f1", "f2"], "time": "1d"}, {"from": "hub", "to": "i1", "time": "1d"},
    ],
    "demand": [{"at": "facilities", "product": "mask", "per_day": 5, "shortage": "backorder"}],
    "stock": [{"at": "store", "on_hand": 20}],
    "replenishment": [
        {"policy": "base_stock", "at": "facilities", "level": "3d"},
        {"policy": "base_stock", "at": "warehouses", "level": "6d"},
    ],
}  # fmt: skip
CLINICS = "name,country,population,svi\nf1,FR,1000,0.2\nf2,FR,3000,0.6\ng1,DE,2000,0.9\ni1,IT,500,0.4\n"
"""Behind the French depot 4,000 people, whose mean of the index is (1000 x 0.2 + 3000 x 0.6) / 4000 = 0.5."""


def written(folder: Path, allocation: list[dict[str, Any]], **more: Any) -> Path:
    rows = CLINICS if "svi" in str(allocation) else "\n".join(line.rpartition(",")[0] for line in CLINICS.split())
    (folder / "clinics.csv").write_text(rows)
    path = folder / "needs.yaml"
    path.write_text(yaml.safe_dump(TWO_STEPS | {"allocation": allocation} | more, sort_keys=False))
    return path


@pytest.mark.parametrize(
    ("rule", "need", "weight"),
    [
        ({}, [4000, 2000, 500], [1, 1, 1]),
        ({"weights": "column svi"}, [4000, 2000, 500], [0.5, 0.9, 0.4]),
        ({"weights": {"union": 2, "italy": 5}}, [4000, 2000, 500], [2, 1, 5]),
        ({"between": "parties"}, [9000, 2000, 500], [1, 1, 1]),
        ({"between": "parties", "weights": "column svi"}, [9000, 2000, 500], [0.5, 0.9, 0.4]),
        ({"need": "usual"}, [10, 5, 5], [1, 1, 1]),
        ({"need": "column svi"}, [0.8, 0.9, 0.4], [1, 1, 1]),
        # proposals by proportion: 3/4, 1/4; 2/3, 1/3; 1/5, 4/5: in the median 2/3 and 1/3, 1 in the mean
        ({"voice": {"proposals": {"france": {"france": 3, "italy": 1}, "italy": {"france": 20, "italy": 10},
                                  "union": {"france": 1, "italy": 4}}}}, [4000, 2000, 500], [4 / 3, 1, 2 / 3]),
    ],
)  # fmt: skip
def test_need_and_weight_are_those_of_whom_a_claimant_stands_for(
    rule: dict[str, Any], need: list[float], weight: list[float], tmp_path: Path
) -> None:
    plan = compile_plan(load(written(tmp_path, [{"rule": "need_weighted", "at": "store"} | rule])))
    network, sharing = plan.network, plan.allocation[-1].sharing
    flows = network.flows_from(network.select_cells("store"))
    names = network.site_names(network.cell_site[network.flow_buyer[flows]])
    order = [names.index(name) for name in ("depot", "g1", "hub")]
    assert sharing.need is not None and sharing.weight is not None
    np.testing.assert_allclose(sharing.need[flows][order], need)
    np.testing.assert_allclose(sharing.weight[flows][order], weight)


def test_parties_weights_are_needs_only_between_parties(tmp_path: Path) -> None:
    rule = {"rule": "need_weighted", "at": "hub", "need": "parties", "between": "parties"}
    sharing = compile_plan(load(written(tmp_path, [rule]))).allocation[-1].sharing
    assert sharing.need is not None and 3.0 in sharing.need
    with pytest.raises(sim.ScenarioError, match="sites have no weight as parties have"):
        sim.validate(written(tmp_path, [rule | {"between": "sites"}]))


@pytest.mark.parametrize("word", ["uniform", "equal_days_of_cover"])
def test_urgent_and_ordinary_orders_of_one_site_are_one_claim(word: str, tmp_path: Path) -> None:
    """Three clinics that have as much and 9 units are 3 each, though the first asks twice; its 3 go to both orders
    as it asked, 2 : 1."""
    spec: dict[str, Any] = {
        "scenario": "urgent", "title": "Two ways", "start": "2024-01-01", "end": "2024-01-04",
        "products": {"p": {"unit": "box"}}, "suppliers": {"s": {"country": "DE", "makes": {"p": {}}}},
        "facilities": {name: {"country": "DE"} for name in "abc"},
        "lanes": [
            {"from": "s", "to": "a", "mode": "road", "time": "3d"},
            {"from": "s", "to": "a", "mode": "air", "time": "1d"},
            {"from": "s", "to": ["b", "c"], "mode": "road", "time": "3d"},
        ],
        "sourcing": [{"at": "a", "from": {"s": "100%"}, "usual": "road",
                      "urgent": {"by": "air", "when": {"trigger": "announced"}}}],
        "demand": [{"at": "facilities", "product": "p", "per_day": 5}],
        "replenishment": [{"policy": "base_stock", "at": "facilities", "level": 9}],
    }  # fmt: skip
    path = tmp_path / "urgent.yaml"
    path.write_text(yaml.safe_dump(spec))
    network = compile_plan(load(path)).network
    flows = np.arange(len(network.flow_buyer))
    assert network.flow_urgent.sum() == 1 and len(flows) == 4
    asked = np.where(network.flow_urgent, 4, 8)
    zeros = np.zeros(4, dtype=np.int64)
    claims = Claims(np.array([9]), zeros, asked, flows, zeros + 5, zeros + 1.0, zeros + 1)
    rule = ALLOCATION[word].model_validate({"rule": word})
    told: list[Shared] = []
    given = bind(rule, network, flows).share(claims, network, tell=told.append)
    # a site that orders in two ways has its stock and its use once
    assert told[0].claims.cover_stock.tolist() == [5, 5, 5] and told[0].claims.mean.tolist() == [1, 1, 1]
    assert given.sum() == 9 and (given[network.flow_buyer != network.flow_buyer[network.flow_urgent][0]] == 3).all()
    assert given[network.flow_urgent].tolist() == [1]


@pytest.fixture(scope="module")
def accounted(tmp_path_factory: pytest.TempPathFactory) -> tuple[sim.Run, Path, Path]:
    """A run in which a reserve shares by one rule, and a decision has the store share by another on three days: (the
    run, its file, its folder)."""
    folder = tmp_path_factory.mktemp("accounted")
    reserve = {
        "held_at": "store", "size": 9, "members": "facilities",
        "release": {"when": {"trigger": "on", "date": "2024-01-02"}, "at_most": "50%",
                    "rule": {"rule": "two_phase", "first": "1%", "between": "parties"}},
    }  # fmt: skip
    decision = {
        "decision": "change_allocation", "name": "fair", "by": "germany", "for": "3d",
        "when": {"trigger": "on", "date": "2024-01-02"},
        "to": [{"rule": "uniform", "at": "store", "floors": [{"for": "france", "share": "50%"}]}],
    }  # fmt: skip
    parties = TWO_STEPS["parties"] | {"germany": {"kind": "country", "sites": ["DE"]}}
    path = written(folder, [], reserves={"pool": reserve}, decisions=[decision], parties=parties)
    done = sim.run(path, twin=False, sharings=True)
    done.save(folder / "kept", report=False, workbook=True)
    return done, path, folder / "kept"


def test_rules_hold_for_reserves_and_for_decisions(accounted: tuple[sim.Run, Path, Path]) -> None:
    table = accounted[0].sharings
    store = table[(table["source"] == "store") & (table["reserve"] == "")]
    by_day = store.groupby("day")["rule"].first()
    assert set(by_day[by_day.index.isin([1, 2, 3])]) == {"uniform"} and set(by_day[by_day.index > 3]) == {
        "proportional"
    }
    released = table[(table["reserve"] == "pool") & (table["step"] == 1)]
    assert set(released["rule"]) == {"two_phase"}
    # what a party has had of the reserve before is what it was given before
    for _, rows in released.groupby("claimant"):
        np.testing.assert_array_equal(rows["had"], rows["given"].cumsum() - rows["given"])
    fair = store[store["rule"] == "uniform"]
    for _, rows in fair.groupby("day"):  # the floor of France: half of what is shared, or all it asks for
        mine = rows[rows["claimant"] == "depot"].iloc[0]
        shared = min(mine["to_give"], rows["asked"].sum())
        assert mine["given"] >= min(mine["asked"], np.ceil(shared / 2))


def test_a_run_that_is_stopped_copied_and_changed_keeps_the_account_of_its_sharings(
    accounted: tuple[sim.Run, Path, Path],
) -> None:
    """What came late is what a scenario gives that had it from the first day."""
    done, path, folder = accounted
    begun = sim.begin(path, twin=False, sharings=True).until(3)
    changed, kept = begun.fork(), pickle.loads(pickle.dumps(begun))
    whole = [one.until(5).resume() for one in (begun, kept)]
    for one in whole:
        pd.testing.assert_frame_equal(one.sharings, done.sharings)
    whole[0].save(folder.parent / "stepped", report=False)
    assert (folder.parent / "stepped" / "sharings.parquet").read_bytes() == (folder / "sharings.parquet").read_bytes()
    later = [{"rule": "linear", "at": "store", "from": "2024-01-06"}]
    changed.inject(written={"allocation": later})
    spec = yaml.safe_load(path.read_text()) | {"allocation": later}
    path.with_name("later.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
    early = sim.run(path.with_name("later.yaml"), twin=False, sharings=True)
    pd.testing.assert_frame_equal(changed.resume().sharings, early.sharings)
    assert (early.sharings["rule"] == "linear").any()
    with pytest.raises(ValueError, match="--sharings"):
        _ = sim.begin(path, twin=False).resume().sharings


def test_why_share_says_the_same_of_a_folder_and_of_its_scenario(accounted: tuple[sim.Run, Path, Path]) -> None:
    _, path, folder = accounted
    say = [
        CliRunner().invoke(cli, ["why-share", str(place), "--day", "2024-01-03", "--at", "store", "--who", "france"])
        for place in (path, folder)
    ]
    assert say[0].exit_code == 0 and say[0].output == say[1].output
    assert "by uniform" in say[0].output and "depot got" in say[0].output and "g1" not in say[0].output
    assert ask.why_share(folder, 2, "store", who=["france"]).text() + "\n" == say[0].output


@pytest.mark.parametrize(
    ("wrong", "name", "message"),
    [
        ({"at": "stor"}, "at", "did you mean 'store'"),
        ({"product": "masks"}, "product", "did you mean 'mask'"),
        ({"who": ["franc"]}, "who", "did you mean 'france'"),
        ({"day": "3 January"}, "day", "year-month-day"),
        ({"strategy": "none"}, "strategy", "a folder holds a run"),
    ],
)
def test_why_share_tells_what_cannot_be_asked(
    wrong: dict[str, Any], name: str, message: str, accounted: tuple[sim.Run, Path, Path]
) -> None:
    asked: dict[str, Any] = {"day": "2024-01-03", "at": "store"} | wrong
    with pytest.raises(sim.ScenarioError, match=message) as found:
        ask.why_share(accounted[2], **asked)
    assert found.value.problems[0].file == name


def test_a_folder_without_sharings_is_told_how_to_get_them(
    tmp_path: Path, accounted: tuple[sim.Run, Path, Path]
) -> None:
    with pytest.raises(sim.ScenarioError, match="not the folder of a run"):
        ask.why_share(tmp_path, 2, "store")
    done = sim.run(accounted[1], twin=False, detail="none", daily=False)
    done.save(tmp_path / "bare", report=False)
    with pytest.raises(sim.ScenarioError, match="--sharings"):
        ask.why_share(tmp_path / "bare", 2, "store")
    quiet = copy.deepcopy(accounted[0])
    assert "had enough" in ask.why_share(accounted[2], 300, "store").text() and len(quiet.sharings)


def test_the_workbook_has_the_sharings_and_how_sources_served_each_party(accounted: tuple[sim.Run, Path, Path]) -> None:
    done, _, folder = accounted
    sheets = pd.read_excel(folder / "tables.xlsx", sheet_name=["sharings", "performance"])
    assert len(sheets["sharings"]) == len(done.sharings) and len(sheets["performance"]) == len(done.performance)
    assert sheets["sharings"]["given"].sum() == done.sharings["given"].sum()


def test_parties_are_told_how_much_came_on_time_and_at_all(tmp_path: Path) -> None:
    """The clinic orders 12 on the first day and the store has 10: they leave at once and come the next day; two more
    leave on the seventh, and come the day after. Promised: one day and two days' grace, so 10 of 12 are on time, and
    all came. What is ordered on the last days is not due yet.
    """
    spec = {
        "scenario": "late", "title": "Ten of twelve", "start": "2024-01-01", "end": "2024-01-11",
        "products": {"mask": {"unit": "box"}},
        "suppliers": {"maker": {"country": "DE", "makes": {"mask": {}}}},
        "warehouses": {"store": {"country": "DE"}}, "facilities": {"f": {"country": "FR"}, "g": {"country": "DE"}},
        "parties": {"france": {"kind": "country", "sites": "FR"}},
        "lanes": [{"from": "maker", "to": "store", "time": "6d"}, {"from": "store", "to": "facilities", "time": "1d"}],
        "demand": [{"at": "facilities", "product": "mask", "per_day": 0}],
        "stock": [{"at": "store", "on_hand": 10}, {"at": "facilities", "on_hand": 0}],
        "allocation": [{"rule": "priority_tiers", "at": "store"}],
        "replenishment": [{"policy": "push", "at": "f", "quantity": 12, "review": "9d"},
                          {"policy": "push", "at": "g", "quantity": 4, "review": "99d", "first_review": "8d"},
                          {"policy": "base_stock", "at": "store", "level": 10}],
    }  # fmt: skip
    path = tmp_path / "late.yaml"
    path.write_text(yaml.safe_dump(spec))
    table = sim.run(path, twin=False).performance.set_index(["source", "party"])
    france = table.loc[("store", "france")]
    assert (france["ordered"], france["due"]) == (24, 12)
    assert france["on_time"] == pytest.approx(10 / 12) and france["in_full"] == 1
    assert table.loc[("store", ""), "due"] == 0 and np.isnan(table.loc[("store", ""), "on_time"])
