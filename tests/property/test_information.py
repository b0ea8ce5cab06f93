"""Information in random networks: all at once is as without it; what is not told moves nobody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.engine.deciding.known import Known
from sim.engine.deciding.reports import Eyes, Reports
from sim.engine.deciding.sights import Sights
from sim.engine.informed import CAPACITY, DEMAND, ORDERS, PIPELINE, STOCK
from sim.engine.plan import Plan
from sim.engine.run import Running, simulate
from sim.errors import ScenarioError
from tests.property.choices import Dice
from tests.property.informing import ALL_AT_ONCE, random_information, with_parties
from tests.property.networks import Builder
from tests.property.running import plan_of
from tests.property.watching import strayed
from tests.unit.test_decisions import same

TRIED = 2 if os.environ.get("CI") else 12


def plans(information: Callable[[Builder], list[dict[str, Any]]], first: int) -> Iterator[tuple[Plan, Plan]]:
    """Random scenarios without information, and the same with some."""
    seed = first
    while True:
        builder = Builder(Dice(seed), exact=False)
        builder.spec = builder.build(disruptions=4, hazards=1)
        spec, seed = with_parties(builder), seed + 1
        try:
            yield plan_of(spec), plan_of(spec | {"information": information(builder)})
        except ScenarioError:
            continue


def some(information: Callable[[Builder], list[dict[str, Any]]], first: int) -> list[tuple[Plan, Plan]]:
    found = plans(information, first)
    return [next(found) for _ in range(TRIED)]


def test_who_sees_all_at_once_decides_as_without_the_section() -> None:
    for without, informed in some(lambda _: ALL_AT_ONCE, 1000):
        same(simulate(without), simulate(informed))


def _poisoned(monkeypatch: pytest.MonkeyPatch, most: bool) -> None:
    """Have every figure that eyes do not see come to them as the least or the most that there could be."""
    units, share = (10**9, 5.0) if most else (0, 0.0)

    def hide(name: str, level: int, poison: Any) -> None:
        honest = getattr(Reports, name)

        def told(self: Reports, *args: Any) -> Any:
            eyes = next((arg for arg in args if isinstance(arg, Eyes)), None)
            found = honest(self, *args)
            if eyes is None:
                return found
            if isinstance(found, tuple):
                return tuple(np.where(eyes.level >= level, one, poison) for one in found)
            return np.where(eyes.level >= level, found, poison)

        monkeypatch.setattr(Reports, name, told)

    hide("present", STOCK, units)
    hide("shelf", STOCK, units)
    hide("backlog", DEMAND, units)
    hide("short", DEMAND, most)
    hide("sent_of_due", ORDERS, units)
    hide("journeys", PIPELINE, units)
    known, offers = Sights.known, Sights.offers

    def knows(self: Sights, now: Known) -> Known:
        hidden = self.sources.level < CAPACITY
        poison = {name: np.where(hidden, share, getattr(now, name)) for name in ("makes", "takes", "above")}
        return known(self, replace(now, **poison))

    def offered(self: Sights, flow: np.ndarray, now: np.ndarray) -> np.ndarray:
        return offers(self, flow, np.where(self.sources.level[flow] >= CAPACITY, now, share))

    monkeypatch.setattr(Sights, "known", knows)
    monkeypatch.setattr(Sights, "offers", offered)


def test_what_is_not_told_moves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    differs = 0
    for without, informed in some(random_information, 2007):
        honest = simulate(informed)
        differs += not honest.journal.equals(simulate(without).journal)
        for most in (False, True):
            with monkeypatch.context() as hidden:
                _poisoned(hidden, most)
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
