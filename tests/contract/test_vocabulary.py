"""Quantities, actions and events are declared once, and whoever uses another word is told so at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest

from docs.make_vocabulary import GUIDE, PAGE, guide, vocabulary
from sim.disruptions.demand_surge import DemandSurge
from sim.disruptions.stock_loss import StockLoss
from sim.engine.books.journal import Journal
from sim.engine.day import DEEDS
from sim.errors import PlaceError, ScenarioError, SimulationError
from sim.model.effects import Effect, Impulse
from sim.model.vocabulary import ACTIONS, EVENTS, ORDER, QUANTITIES, Action, Event, Operation, QuantityName
from tests.contract.network import KINDS, STANDARD, example, run

ROW = np.array([0])


def test_every_name_that_types_allow_is_declared_and_no_other() -> None:
    assert set(get_args(QuantityName)) == set(QUANTITIES)
    assert set(get_args(Action)) == set(ACTIONS)
    assert set(get_args(Event)) == set(EVENTS)
    assert get_args(Operation) == ORDER


def test_every_quantity_has_a_base_array_of_its_rows() -> None:
    """The standard network: 3 clinics and a store with two products, clinic-c with one; 2 makers' cells."""
    network = run(STANDARD).outcome.plan.network
    assert len(network.cell_site) == 3 * 2 - 1 + 2 + 2
    flows = len(network.flow_buyer)
    sizes = {
        "cells": 9, "flows": flows, "stops": flows * network.routes.lane.shape[1], "gates": 2, "lanes": 6, "passages": 1
    }  # fmt: skip
    base = network.undisturbed
    assert set(base) == set(QUANTITIES)
    for name, quantity in QUANTITIES.items():
        assert base[name].shape == (sizes[quantity.rows],), name
        if not quantity.own:
            assert (base[name] == quantity.unaffected).all(), name
    assert base["gate.handling"].tolist() == [50, 50]


def test_every_action_is_done_by_something_and_nothing_else_is() -> None:
    assert set(DEEDS) == set(ACTIONS)


@pytest.mark.parametrize(("family", "name"), KINDS, ids=lambda word: str(word))
def test_every_event_of_an_example_is_declared(family: str, name: str) -> None:
    events = run(example(family, name)).events
    assert len(events) and set(events["event"]) <= set(EVENTS)


@pytest.mark.parametrize(
    ("make", "meant"),
    [
        (lambda: Impulse("destory_stock", ROW, 1.0, 3.0, "typo"), "destroy_stock"),  # type: ignore[arg-type]
        (lambda: Impulse("", ROW, 1.0, 3.0, "typo"), None),  # type: ignore[arg-type]
        (lambda: Effect("cell.demand_facto", ROW, "multiply", ((0, 2),), 3, "typo"), "cell.demand_factor"),  # type: ignore[arg-type]
        (lambda: Effect("cell.demand_factor", ROW, "mulitply", ((0, 2),), 3, "typo"), "multiply"),  # type: ignore[arg-type]
    ],
)
def test_an_unknown_word_is_refused_where_it_is_made(make: Callable[[], Any], meant: str | None) -> None:
    with pytest.raises(PlaceError, match="the model knows no such") as caught:
        make()
    assert caught.value.nearest == meant


def test_an_event_that_is_not_declared_stops_the_run() -> None:
    """In full detail and in key detail; a journal that keeps nothing knows its words too."""
    network = run(STANDARD).outcome.plan.network
    for detail in ("full", "key", "none"):
        with pytest.raises(SimulationError, match="no event 'stockout_begin'"):
            Journal(network, detail).note("stockout_begin", 3.0)  # type: ignore[arg-type]


LOSS = {"kind": "stock_loss", "at": "store"}


@pytest.mark.parametrize("by_chance", [False, True], ids=["dated", "hazard"])
def test_a_disruption_with_an_unknown_action_is_refused_at_load_and_destroys_nothing(
    by_chance: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    misspelt = lambda self, network: ([], [Impulse("destory_stock", ROW, 1.0, 7.0, self.label)])  # noqa: E731
    monkeypatch.setattr(StockLoss, "act", misspelt)
    spec = copy.deepcopy(STANDARD)
    spec["disruptions"] = [] if by_chance else [LOSS | {"from": "2024-01-10"}]
    if by_chance:
        spec["hazards"] = {"fire": {"disruption": LOSS, "happens": {"process": "arrivals", "a_year": 1}}}
    with pytest.raises(ScenarioError, match="did you mean 'destroy_stock'") as caught:
        run(spec)
    assert [problem.line > 0 for problem in caught.value.problems] == [True]


def test_a_disruption_with_an_unknown_quantity_is_refused_at_load(monkeypatch: pytest.MonkeyPatch) -> None:
    misspelt = lambda self, network: ([self.hold(network, "cell.demand", ROW, "multiply", 2.0)], [])  # noqa: E731
    monkeypatch.setattr(DemandSurge, "act", misspelt)
    surge = {"kind": "demand_surge", "from": "2024-01-10", "for": "5d", "factor": 2}
    with pytest.raises(ScenarioError, match="the model knows no such quantity") as caught:
        run(STANDARD | {"disruptions": [surge]})
    assert [problem.line > 0 for problem in caught.value.problems] == [True]


def test_the_pages_say_what_is_declared() -> None:
    """docs/reference/vocabulary.md, and the table in CONTRIBUTING.md: python -m docs.make_vocabulary."""
    assert PAGE.read_text(encoding="utf-8") == vocabulary()
    assert GUIDE.read_text(encoding="utf-8") == guide()
    assert all(f"| `{name}` |" in guide() for name in QUANTITIES)
