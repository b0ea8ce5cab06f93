"""What somebody is not told, replaced in his view alone by the least or the most that there could be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.engine.bound.information import CAPACITY, DEMAND, ORDERS, PIPELINE, STOCK
from sim.engine.knowing.below import Below
from sim.engine.knowing.known import Known
from sim.engine.knowing.present_use import NEVER, PresentUse
from sim.engine.knowing.reported import Eyes, Reported
from sim.engine.knowing.sights import Sights
from sim.engine.state.state import State

UNSEEN = {STOCK: ("on_hand", "owed_out"), DEMAND: ("backlog",), PIPELINE: ("in_transit", "on_order")}
"""Figures of a site, by how much of it has to be seen to know them."""


def blind(monkeypatch: pytest.MonkeyPatch, most: bool) -> None:
    """Have every figure that eyes do not see come to them as the least or the most that there could be."""
    units = 10**9 if most else 0
    _hide_reports(monkeypatch, units, most)
    _hide_supply(monkeypatch, 5.0 if most else 0.0)
    _hide_demand(monkeypatch, units)
    _hide_state(monkeypatch, units)


def _hide_reports(monkeypatch: pytest.MonkeyPatch, units: int, most: bool) -> None:
    def hide(name: str, level: int, poison: Any) -> None:
        honest = getattr(Reported, name)

        def told(self: Reported, *args: Any) -> Any:
            eyes = next((arg for arg in args if isinstance(arg, Eyes)), None)
            found = honest(self, *args)
            if eyes is None:
                return found
            if isinstance(found, tuple):
                return tuple(np.where(eyes.level >= level, one, poison) for one in found)
            return np.where(eyes.level >= level, found, poison)

        monkeypatch.setattr(Reported, name, told)

    hide("present", STOCK, units)
    hide("shelf", STOCK, units)
    hide("backlog", DEMAND, units)
    hide("short", DEMAND, most)
    hide("sent_of_due", ORDERS, units)
    hide("journeys", PIPELINE, units)
    hide("arrived", PIPELINE, units)


def _hide_supply(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    known, offers = Sights.known, Sights.offers

    def knows(self: Sights, now: Known) -> Known:
        hidden = self.sources.level < CAPACITY
        poison = {name: np.where(hidden, share, getattr(now, name)) for name in ("makes", "takes", "above")}
        return known(self, replace(now, **poison))

    def offered(self: Sights, flow: np.ndarray, now: np.ndarray) -> np.ndarray:
        return offers(self, flow, np.where(self.sources.level[flow] >= CAPACITY, now, share))

    monkeypatch.setattr(Sights, "known", knows)
    monkeypatch.setattr(Sights, "offers", offered)


def _hide_demand(monkeypatch: pytest.MonkeyPatch, units: int) -> None:
    """What patients asked for in places of which no day is known."""
    mean, by_day = PresentUse.mean, PresentUse.by_day

    @contextmanager
    def another(self: PresentUse, unknown: np.ndarray | slice) -> Iterator[None]:
        true, self._asked = self._asked, [evening.copy() for evening in self._asked]
        for k, evening in enumerate(self._asked):
            evening[unknown] = k * units
        yield
        self._asked = true

    def mean_of(self: PresentUse, over: int, reported: np.ndarray | None = None, who: object = None) -> np.ndarray:
        with another(self, slice(0) if reported is None else reported[self._cell] == NEVER):
            return mean(self, over, reported, who)

    def of_days(self: PresentUse, days: range, at: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
        found = by_day(self, days, at, known).copy()  # which the next look overwrites
        if known is None or not (known == NEVER).any():
            return found
        with another(self, slice(None)):
            return np.where(known == NEVER, by_day(self, days, at, known), found)

    monkeypatch.setattr(PresentUse, "mean", mean_of)
    monkeypatch.setattr(PresentUse, "by_day", of_days)


def _hide_state(monkeypatch: pytest.MonkeyPatch, units: int) -> None:
    """Figures that are looked up beside reports: of echelons, of what is on its way to customers and to those who may
    be given something."""

    @contextmanager
    def another(state: State, names: tuple[str, ...]) -> Iterator[None]:
        true = {name: getattr(state, name) for name in names}
        for name, figure in true.items():
            setattr(state, name, np.full_like(figure, units))
        yield
        for name, figure in true.items():
            setattr(state, name, figure)

    def unseen(state: State, level: np.ndarray, found: Any, ask: Any) -> Any:
        """What is found, by other figures where they are not seen; one array or several."""
        several = isinstance(found, tuple)
        parts = list(found) if several else [found]
        for need, names in UNSEEN.items():
            if (level < need).any():
                with another(state, names):
                    other = ask()
                other = list(other) if several else [other]
                parts = [np.where(level < need, hidden, part) for hidden, part in zip(other, parts, strict=True)]
        return tuple(parts) if several else parts[0]

    positions, coming = Below._positions, Sights._coming
    of_buyers, of_sources = Sights.stock_of_buyers, Sights.stock_of_sources

    def positions_seen(self: Below, seen: Any) -> np.ndarray:
        found = positions(self, seen)
        if seen.eyes is None:
            return found
        return np.asarray(unseen(self._state, seen.eyes.level, found, lambda: positions(self, seen)))

    def coming_seen(self: Sights, flow: np.ndarray, buyer: np.ndarray, eyes: Eyes) -> np.ndarray:
        found = coming(self, flow, buyer, eyes)
        return np.asarray(unseen(self._state, eyes.level, found, lambda: coming(self, flow, buyer, eyes)))

    def stock_seen(self: Sights, flow: np.ndarray) -> tuple[np.ndarray, ...]:
        level = self.buyers.of(flow).level
        found: tuple[np.ndarray, ...] = unseen(self._state, level, of_buyers(self, flow), lambda: of_buyers(self, flow))
        return found

    def of_sources_seen(self: Sights, flow: np.ndarray) -> np.ndarray:
        found, level = of_sources(self, flow), self.sources.of(flow).level
        return np.asarray(unseen(self._state, level, found, lambda: of_sources(self, flow)))

    monkeypatch.setattr(Below, "_positions", positions_seen)
    monkeypatch.setattr(Sights, "_coming", coming_seen)
    monkeypatch.setattr(Sights, "stock_of_buyers", stock_seen)
    monkeypatch.setattr(Sights, "stock_of_sources", of_sources_seen)
