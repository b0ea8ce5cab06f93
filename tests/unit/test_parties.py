"""Parties own sites, belong to pools, are selectors wherever sites are chosen, and have figures of their own."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

import sim
from sim.errors import ScenarioError
from tests.contract.network import STANDARD

PARTIES: dict[str, Any] = {
    "kenya": {"kind": "country", "sites": "KE", "income": "lower_middle"},
    "uganda": {"kind": "country", "sites": {"country": "UG"}, "population": 47_000_000, "weight": 2},
    "maker-firm": {"kind": "firm", "sites": ["maker", "other-maker"]},
    "watch": {"kind": "agency"},
    "east": {"kind": "pool", "members": ["kenya", "uganda"]},
    "world": {"kind": "pool", "members": ["east", "maker-firm"], "title": "Everybody"},
}


def _file(folder: Path, parties: dict[str, Any], **more: Any) -> Path:
    file = folder / "x.yaml"
    file.write_text(yaml.safe_dump(copy.deepcopy(STANDARD) | {"parties": parties} | more, sort_keys=False))
    return file


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> sim.Run:
    folder = tmp_path_factory.mktemp("parties")
    cut = {"kind": "demand_surge", "at": {"party": "east"}, "from": "2024-01-11", "for": "20d", "factor": 3}
    return sim.run(_file(folder, PARTIES, disruptions=[cut]), twin=False)


def test_a_site_belongs_to_its_owner_and_to_every_pool_that_this_is_in(run: sim.Run) -> None:
    network = run.outcome.plan.network
    belongs = dict(zip(network.sites["name"], network.sites["parties"], strict=True))
    assert belongs["clinic-a"] == ("kenya", "east", "world")
    assert belongs["clinic-c"] == ("uganda", "east", "world")
    assert belongs["maker"] == ("maker-firm", "world")
    own = {name: set(network.sites["name"].iloc[p.sites]) for name, p in network.parties.by_name.items()}
    assert own["kenya"] == {"harbour", "store", "clinic-a", "clinic-b"}
    assert own["watch"] == own["east"] == own["world"] == set()


def test_people_are_those_written_else_those_of_sites_and_of_members_once(run: sim.Run) -> None:
    parties = run.outcome.plan.network.parties
    assert parties["kenya"].population == 900 + 600
    assert parties["uganda"].population == 47_000_000
    assert parties["east"].population == 1_500 + 47_000_000
    assert parties["world"].population == parties["east"].population
    assert parties["watch"].population != parties["watch"].population  # nobody is known of


def test_figures_by_party_add_up_and_a_pool_has_those_of_its_members(run: sim.Run) -> None:
    by = run.metrics.by["party"]
    assert list(by) == ["kenya", "uganda", "east", "world"]
    unmet = {name: values["units_unmet"].value for name, values in by.items()}
    assert unmet["uganda"] > 0  # the surge struck it by `{party: east}`
    assert unmet["kenya"] + unmet["uganda"] == unmet["east"] == unmet["world"] == run.metrics["units_unmet"].value


def test_parties_change_nothing_of_a_run(tmp_path: Path) -> None:
    one = sim.run(_file(tmp_path, PARTIES), twin=False)
    other = sim.run(_file(tmp_path, {}), twin=False)
    assert one.daily.equals(other.daily)
    assert one.events.equals(other.events)


def test_equity_between_parties_is_that_of_their_fill_rates(run: sim.Run) -> None:
    by = run.metrics.by["party"]
    low, high = sorted(by[name]["fill_rate"].value for name in ("kenya", "uganda"))
    assert run.metrics["party_fill_rate_gap"].value == pytest.approx(high - low)
    # two of weight n: sum n_i n_j |x_i - x_j| / (N^2 mean), with n_i people
    people = {"kenya": 1_500, "uganda": 47_000_000}
    x = {name: by[name]["fill_rate"].value for name in people}
    total = sum(people.values())
    mean = sum(people[name] * x[name] for name in people) / total
    gini = people["kenya"] * people["uganda"] * abs(x["kenya"] - x["uganda"]) / (total**2 * mean)
    assert run.metrics["gini_between_parties"].value == pytest.approx(gini)


BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "two owners": (
        {"kenya": {"kind": "country", "sites": "KE"}, "coast": {"kind": "city", "sites": {"region": "coast"}}},
        ["site 'clinic-a', and 1 more would belong to both 'kenya' and 'coast'"],
    ),
    "unknown member": (
        {"kenya": {"kind": "country", "sites": "KE"}, "east": {"kind": "pool", "members": ["kenia"]}},
        ["unknown party (got 'kenia')", "did you mean 'kenya'"],
    ),
    "circle": (
        {"a": {"kind": "pool", "members": ["b"]}, "b": {"kind": "pool", "members": ["a"]}},
        ["a pool is a member of itself: a > b > a"],
    ),
    "own circle": ({"a": {"kind": "pool", "members": ["a"]}}, ["a pool is a member of itself: a > a"]),
    "no members": ({"a": {"kind": "pool"}}, ["a pool without members"]),
    "members of a country": (
        {"a": {"kind": "country", "members": ["a"]}},
        ["only a pool has members, not a country"],
    ),
    "by party": (
        {"a": {"kind": "country", "sites": "KE"}, "b": {"kind": "city", "sites": {"party": "a"}}},
        ["what a party owns is not chosen by party"],
    ),
    "unknown site": ({"a": {"kind": "country", "sites": "KEN-x"}}, ["unknown site"]),
    "income": ({"a": {"kind": "country", "sites": "KE", "income": "medium"}}, ["income"]),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_parties_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    parties, words = BAD[name]
    with pytest.raises(ScenarioError) as caught:
        sim.run(_file(tmp_path, parties), twin=False)
    for word in words:
        assert word in str(caught.value)
    assert all(problem.line for problem in caught.value.problems)


def test_an_unknown_party_in_a_selector_names_the_nearest(tmp_path: Path) -> None:
    cut = {"kind": "demand_surge", "at": {"party": "kenia"}, "from": "2024-01-11", "for": "20d", "factor": 3}
    with pytest.raises(ScenarioError, match=r"no site with this party .*did you mean 'kenya'"):
        sim.run(_file(tmp_path, PARTIES, disruptions=[cut]), twin=False)
