"""Who is a source of what, where `sourcing` does not say: makers, and warehouses that can have the product."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.engine.compile.plan import compile_plan
from sim.errors import ScenarioError
from sim.scenario.load import Loaded, load

TWO_WAYS = """
scenario: depot
title: A depot with lanes to everybody, and a maker next door
start: 2024-01-01
end: 2024-02-01
products: {p: {unit: box}, q: {unit: box}}
suppliers: {m: {makes: {p: {}}}, n: {makes: {q: {}}}}
warehouses: {d: {}}
facilities: {f: {}, g: {}}
lanes:
  - {from: m, to: d, time: 1d}
  - {from: d, to: facilities, time: 1d}
  - {from: n, to: facilities, time: 1d}
demand: [{at: facilities, per_day: 10, distribution: deterministic, products: [p, q]}]
replenishment: [{at: facilities, policy: base_stock, level: 10d}, {at: warehouses, policy: base_stock, level: 10d}]
"""


def loaded(folder: Path, text: str) -> Loaded:
    text = text.replace("products: [p, q]}", "product: p}, {at: facilities, per_day: 10, product: q}")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return load(folder / "case.yaml")


def flows(scenario: Loaded) -> set[tuple[str, str]]:
    """(source, buyer) of every flow, each as site/product."""
    network = compile_plan(scenario).network
    return set(zip(network.cell_names(network.flow_source), network.cell_names(network.flow_buyer), strict=True))


def test_a_depot_that_can_never_have_a_product_is_no_source_of_it(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, TWO_WAYS)
    direct = {(f"{source}", f"{site}/{product}") for site in "fg" for source, product in (("d/p", "p"), ("n/q", "q"))}
    assert flows(scenario) == direct | {("m/p", "d/p")}
    notes = [note.message for note in scenario.notes]
    assert notes == ["'d' is no source of 'q': it can never have any"]


def test_a_depot_that_gets_it_over_another_is_a_source_and_the_choice_is_the_planners(tmp_path: Path) -> None:
    more = "  - {from: n, to: e, time: 1d}\n  - {from: e, to: d, time: 1d}\ndemand"
    text = TWO_WAYS.replace("{d: {}}", "{d: {}, e: {}}").replace("demand", more, 1)
    with pytest.raises(ScenarioError, match="'q' at 'f' could come from 'd' or 'n'"):
        compile_plan(loaded(tmp_path, text))


def test_a_depot_with_units_at_the_start_is_a_source(tmp_path: Path) -> None:
    """Days of a demand that it does not have are no units."""
    with pytest.raises(ScenarioError, match="'q' at 'f' could come from 'd' or 'n'"):
        compile_plan(loaded(tmp_path, TWO_WAYS + "stock: [{at: d, products: [q], on_hand: 500}]\n"))
    for nothing in ("0", "10d"):
        flows(loaded(tmp_path, TWO_WAYS + f"stock: [{{at: [d, f], products: [q], on_hand: {nothing}}}]\n"))


def test_a_depot_that_only_the_buyer_supplies_is_no_source(tmp_path: Path) -> None:
    """Two stores, goods go to and fro: the one without a maker gets its own from the other, and is not its source."""
    lanes = "  - {from: e, to: d, time: 1d}\n  - {from: d, to: e, time: 1d}\ndemand"
    text = TWO_WAYS.replace("{d: {}}", "{d: {}, e: {}}").replace("demand", lanes, 1)
    scenario = loaded(tmp_path, text)
    assert flows(scenario) >= {("m/p", "d/p")}
    assert not {flow for flow in flows(scenario) if flow[0].startswith("e/")}
    assert "'e' is no source of 'p': it could have it from its buyer only" in [note.message for note in scenario.notes]


def test_two_depots_that_can_never_have_it_leave_no_supply(tmp_path: Path) -> None:
    lanes = "  - {from: d, to: e, time: 1d}\n  - {from: e, to: facilities, time: 1d}\ndemand"
    text = TWO_WAYS.replace("{d: {}}", "{d: {}, e: {}}").replace("demand", lanes, 1)
    text = text.replace("  - {from: n, to: facilities, time: 1d}\n", "")
    with pytest.raises(
        ScenarioError, match="no supply of 'q' at 'f': its lanes lead to 'd', 'e', where it is not made"
    ):
        compile_plan(loaded(tmp_path, text))


def test_the_note_is_told_by_the_command(tmp_path: Path) -> None:
    loaded(tmp_path, TWO_WAYS)
    run = sim.run(tmp_path / "case.yaml", twin=False)
    assert run.metrics["fill_rate"].value == 1
    assert any("it can never have any" in note.message for note in run.loaded.notes)
