"""The checker itself: it lets sound runs pass and catches faults that are put into the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.engine.books import books
from sim.engine.day import World
from sim.engine.making.making import Making
from sim.engine.making.production import Production
from sim.engine.making.quality import Quality
from sim.engine.moving.loading import Throughput
from sim.engine.run import simulate
from sim.engine.serving.patients import Patients
from sim.engine.state.state import State
from sim.errors import SimulationError
from sim.model.goods.shipments import Phase, Shipments
from tests.cases import Case
from tests.property.choices import Dice, day
from tests.property.networks import scenario
from tests.property.running import plan_of

CLEAN = 200
BILL: dict[str, Any] = {"from": {"m": 0.5}, "yield": "80%", "takes": "2d"}
MUTANTS = (
    "destroy_unrecorded", "double_receive", "expire_unrecorded", "lost_not_counted", "ship_rounding", "negative_stock",
    "forget_transit",
)  # fmt: skip
"""The faults that the case names."""
SMALL: dict[str, Any] = {
    "scenario": "checked",
    "title": "Two clinics behind a port",
    "start": day(0),
    "end": day(30),
    "products": {"p": {"unit": "box"}, "q": {"unit": "box", "shelf_life": "9d"}, "m": {"unit": "kg"}},
    "suppliers": {
        "maker": {"country": "IN", "makes": {"p": {"capacity": 30, "finished_stock": 60} | BILL, "q": {}}},
        "chemist": {"country": "IN", "makes": {"m": {}}},
    },
    "ports": {"harbour": {"country": "KE", "handling": 25}},
    "warehouses": {"store": {"country": "KE"}},
    "facilities": {"a": {"country": "KE"}, "b": {"country": "KE"}},
    "lanes": [
        {"from": "chemist", "to": "maker", "time": "2d"},
        {"from": "maker", "to": "harbour", "time": "5d"},
        {"from": "harbour", "to": "store", "time": "1d"},
        {"from": "store", "to": "facilities", "time": "1d"},
    ],
    "demand": [
        {"at": "facilities", "product": "p", "per_day": 9, "shortage": "backorder"},
        {"at": "facilities", "product": "q", "per_day": 4},
    ],
    "replenishment": [
        {"policy": "base_stock", "at": "facilities", "level": "4d"},
        {"policy": "base_stock", "at": ["store", "maker"], "level": "12d"},
    ],
    "disruptions": [
        {"kind": "stock_loss", "at": "store", "from": day(4), "share": "50%"},
        {"kind": "port_closure", "port": "harbour", "from": day(6), "for": "9d"},
    ],
}


@pytest.mark.case("I7", "clean_pass")
def test_sound_runs_pass(case: Case) -> None:
    """200 random scenarios run without a complaint, and much happens in them."""
    runs = [simulate(plan_of(scenario(Dice(seed))), detail="none").record for seed in range(CLEAN)]
    case.check({"clean_pass": len(runs)})
    met = {name: sum(r.sums[name].any() for r in runs) for name in ("unmet", "served_late", "destroyed", "produced")}
    met["released"] = sum(r.reserves["released"].any() for r in runs)
    met["queued"] = sum(r.ports["queue"].any() for r in runs)
    assert min(met.values()) >= CLEAN // 20, met


def _destroy_unrecorded(patch: pytest.MonkeyPatch) -> None:
    """Stock is lost and nobody writes it down."""
    strike = World.strike

    def faulty(self: World, *impulse: Any) -> None:
        strike(self, *impulse)
        self.state.today.destroyed[:] = 0

    patch.setattr(World, "strike", faulty)


def _double_receive(patch: pytest.MonkeyPatch) -> None:
    """A delivery becomes stock twice."""
    deliver = State.deliver

    def faulty(self: State, flow: np.ndarray, units: np.ndarray, lot: np.ndarray, day: int) -> np.ndarray | None:
        back = deliver(self, flow, units, lot, day)
        np.add.at(self.on_hand, self.plan.network.flow_buyer[flow], units)
        return back

    patch.setattr(State, "deliver", faulty)


def _made_unrecorded(patch: pytest.MonkeyPatch) -> None:
    """Goods are made without being counted as produced."""
    make = Production._make

    def faulty(self: Production, cells: np.ndarray, units: np.ndarray, day: int) -> None:
        make(self, cells, units, day)
        self._state.today.produced[cells] -= units

    patch.setattr(Production, "_make", faulty)


def _expire_unrecorded(patch: pytest.MonkeyPatch) -> None:
    """Stock expires and nobody writes it down."""
    expire = Quality.expire

    def faulty(self: Quality, day: int, give_up: Callable[[np.ndarray, float], None]) -> None:
        expire(self, day, give_up)
        self._state.today.expired[:] = 0

    patch.setattr(Quality, "expire", faulty)


def _lost_not_counted(patch: pytest.MonkeyPatch) -> None:
    """Patients who go away are forgotten."""
    serve = Patients.serve

    def faulty(self: Patients, number: int) -> None:
        serve(self, number)
        self._state.today.lost[:] = 0

    patch.setattr(Patients, "serve", faulty)


def _ship_rounding(patch: pytest.MonkeyPatch) -> None:
    """A shipment that is split in two loses a unit on the way."""
    split = Shipments.split

    def faulty(self: Shipments, rows: np.ndarray, units: np.ndarray) -> np.ndarray:
        new = split(self, rows, units)
        self["units"][new] -= 1
        return new

    patch.setattr(Shipments, "split", faulty)


def _negative_stock(patch: pytest.MonkeyPatch) -> None:
    """More is served than there is; every sum still adds up."""
    serve = Patients.serve

    def faulty(self: Patients, number: int) -> None:
        serve(self, number)
        today = self._state.today
        self._state.on_hand[self._cell] -= today.unmet[self._cell]
        today.served[self._cell] += today.unmet[self._cell]
        today.lost[self._cell] = 0
        self._state.backlog[:] = 0
        today.unmet[:] = 0

    patch.setattr(Patients, "serve", faulty)


def _forget_transit(patch: pytest.MonkeyPatch) -> None:
    """Ships that queue at a port drop out of the table."""
    renew = Throughput.renew

    def faulty(self: Throughput, capacity: np.ndarray) -> None:
        renew(self, capacity)
        table = TABLES[-1]
        table["phase"][table.where(Phase.QUEUED)] = Phase.DONE

    grow = Shipments.__init__

    def noted(self: Shipments) -> None:
        grow(self)
        TABLES.append(self)

    patch.setattr(Shipments, "__init__", noted)
    patch.setattr(Throughput, "renew", faulty)


def _used_unrecorded(patch: pytest.MonkeyPatch) -> None:
    """Material goes into products and nobody writes it down."""
    use_up = Making._use_up

    def faulty(self: Making, *made: Any) -> None:
        use_up(self, *made)
        self._state.today.used_up[:] = 0

    patch.setattr(Making, "_use_up", faulty)


def _scrap_unrecorded(patch: pytest.MonkeyPatch) -> None:
    """Scrap leaves the plant and nobody writes it down."""
    patch.setattr(Making, "_scrap", lambda *_: None)


TABLES: list[Shipments] = []
FAULTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "destroy_unrecorded": (_destroy_unrecorded, "stock is not conserved: units missing"),
    "double_receive": (_double_receive, "stock is not conserved: units missing -"),
    "expire_unrecorded": (_expire_unrecorded, "stock is not conserved: units missing"),
    "made_unrecorded": (_made_unrecorded, "stock is not conserved: units missing -"),
    "lost_not_counted": (_lost_not_counted, "demand is not accounted for"),
    "ship_rounding": (_ship_rounding, "stock is not conserved: units missing 1"),
    "negative_stock": (_negative_stock, "stock is negative"),
    "forget_transit": (_forget_transit, "stock is not conserved: units missing"),
    "used_unrecorded": (_used_unrecorded, "product 'm': stock is not conserved: units missing"),
    "scrap_unrecorded": (_scrap_unrecorded, "product 'p': stock is not conserved: units missing"),
}


def test_the_scenario_is_sound_and_meets_every_situation() -> None:
    """Without a fault it runs, and every situation that a fault falsifies occurs in it."""
    sums = simulate(plan_of(SMALL)).record.sums
    names = "destroyed received produced lost backlog unmet in_transit expired used_up scrapped"
    for name in names.split():
        assert sums[name].sum() > 0, name


@pytest.mark.case("I7", "mutants_caught")
def test_every_fault_is_caught(case: Case) -> None:
    """Those of the case, and some more; each by the law that it breaks."""
    plan = plan_of(SMALL)
    for plant, message in FAULTS.values():
        with pytest.MonkeyPatch.context() as patch, pytest.raises(SimulationError, match=message):
            plant(patch)
            simulate(plan)
    case.check({"mutants_caught": len(set(FAULTS) & set(MUTANTS))})


@pytest.mark.parametrize("breaks_off", [False, True])
def test_the_first_day_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, breaks_off: bool) -> None:
    """Also where several days are checked at once, and where the fault makes the run break off before that."""
    serve = Patients.serve

    def faulty(self: Patients, number: int) -> None:
        serve(self, number)
        if number in (12, 13):
            self._state.on_hand[self._cell] += number
        if number == 14 and breaks_off:
            raise IndexError("a consequence")

    monkeypatch.setattr(Patients, "serve", faulty)
    with pytest.raises(SimulationError, match=r"^day 12, product 'p': stock is not conserved: units missing -24"):
        simulate(plan_of(SMALL))


def test_days_put_together_give_the_record_of_days_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = [plan_of(SMALL | {"warm_up": "20d"}), *(plan_of(scenario(Dice(seed))) for seed in range(24))]
    together = [simulate(plan).record for plan in plans]
    monkeypatch.setattr(books, "BLOCK_BYTES", 0)
    for plan, record in zip(plans, together, strict=True):
        single = simulate(plan).record
        for name in ("sums", "counts", "squares", "totals", "table", "reserves"):
            found, expected = getattr(record, name), getattr(single, name)
            for figure in expected:
                np.testing.assert_array_equal(found[figure], expected[figure], err_msg=f"{name} of {figure}")
