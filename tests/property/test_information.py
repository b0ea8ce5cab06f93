"""Information in random networks: all at once is as without it; what is not told moves nobody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sim.engine.plan import Plan
from sim.engine.run import Running, simulate
from sim.errors import ScenarioError
from tests.property.blinding import blind
from tests.property.choices import Dice
from tests.property.informing import ALL_AT_ONCE, random_information, two_parties
from tests.property.networks import Builder
from tests.property.running import plan_of
from tests.property.watching import strayed
from tests.unit.test_decisions import same

BELOW = {"echelon_base_stock", "end"}
"""Words of policies that look at sites below those that order."""
TRIED = 2 if os.environ.get("CI") else 12


def plans(information: Callable[[Builder], list[dict[str, Any]]], first: int) -> Iterator[tuple[Plan, Plan]]:
    """Random scenarios without information, and the same with some."""
    seed = first
    while True:
        builder = Builder(Dice(seed), exact=False)
        builder.spec = builder.build(disruptions=4, hazards=1)
        spec, seed = builder.spec | {"parties": two_parties(builder)}, seed + 1
        spec.pop("information", None)
        if not (spec.get("transfers") and spec.get("alarms") and BELOW & _words(spec)):
            continue  # nobody gives, or watches, or orders by what those below need or have
        for alarm in spec["alarms"]:
            alarm["by"] = builder.c.one(["land", "firm"])
        try:
            yield plan_of(spec), plan_of(spec | {"information": information(builder)})
        except ScenarioError:
            continue


def _words(spec: dict[str, Any]) -> set[str]:
    return {word for entry in spec["replenishment"] for word in (entry["policy"], entry.get("of"))}


def some(information: Callable[[Builder], list[dict[str, Any]]], first: int) -> list[tuple[Plan, Plan]]:
    found = plans(information, first)
    return [next(found) for _ in range(TRIED)]


def test_who_sees_all_at_once_decides_as_without_the_section() -> None:
    for without, informed in some(lambda _: ALL_AT_ONCE, 1000):
        same(simulate(without), simulate(informed))


def test_what_is_not_told_moves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    differs = 0
    for without, informed in some(random_information, 2007):
        honest = simulate(informed)
        differs += not honest.journal.equals(simulate(without).journal)
        for most in (False, True):
            with monkeypatch.context() as hidden:
                blind(hidden, most)
                same(honest, simulate(informed))
    assert differs, "some of what is hidden would have been acted on"


def test_phases_touch_what_they_declare_where_not_all_is_seen() -> None:
    for number, (_, informed) in enumerate(some(random_information, 4000)[:2]):
        running = Running(informed, open_to_change=bool(number % 2))
        assert not strayed(running, min(4, informed.network.calendar.days))


def test_a_run_with_information_stands_still_and_goes_on_as_if_it_had_not() -> None:
    for _, informed in some(random_information, 3000)[:1]:
        whole = simulate(informed)
        run = Running(informed, open_to_change=False)
        run.go_on(informed.network.calendar.days // 2)
        copy = run.copy()
        assert copy.digest() == run.digest()
        same(whole, copy.resume())
        same(whole, run.resume())
