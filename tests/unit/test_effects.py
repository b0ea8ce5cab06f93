"""Quantities under many effects: what holds at a time, worked out anew from the base, is what was kept up to date."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from sim.model.effects import ORDER, Effect, Quantities
from tests.scale.counting import calls_of


def from_scratch(base: np.ndarray, effects: Sequence[Effect], now: float) -> list[float]:
    """Row by row, effect by effect: the operations in their order, within one by start and cause."""
    found = []
    holding = [e for e in effects if e.start <= now < e.end]
    holding.sort(key=lambda e: (ORDER.index(e.operation), e.start, e.cause))
    for row, value in enumerate(base.tolist()):
        for effect in holding:
            if row in effect.rows.tolist():
                amount = [v for day, v in effect.steps if day <= now][-1]
                if effect.operation == "multiply":
                    value *= amount
                elif effect.operation == "add":
                    value += amount
                else:
                    value = min(value, amount) if effect.operation == "at_most" else max(value, amount)
        found.append(value)
    return found


def some_effects(chance: np.random.Generator, rows: int, count: int) -> list[Effect]:
    """Effects that overlap: some on the same rows, some with several steps, some that begin or end at one time."""
    sets = [np.sort(chance.choice(rows, chance.integers(1, rows + 1), replace=False)) for _ in range(4)]
    effects = []
    for number in range(count):
        days = np.unique(np.round(chance.uniform(0, 20, chance.integers(1, 4)), int(chance.integers(0, 3))))
        steps = tuple((float(day), float(chance.uniform(0.5, 1.5))) for day in days)
        end = float(days[-1] + chance.choice([0.0, 1.0, 7.25, np.inf]))
        operation = ORDER[int(chance.choice(4, p=[0.5, 0.3, 0.1, 0.1]))]
        effects.append(
            Effect("cell.demand_factor", sets[int(chance.integers(4))], operation, steps, end, f"c{number:03d}")
        )
    return effects


@pytest.mark.parametrize("seed", range(5))
def test_values_are_to_the_last_bit_those_worked_out_from_the_base(seed: int) -> None:
    """With up to 40 effects at once: sums and products of so many numbers differ with the order they are taken in."""
    chance = np.random.default_rng(seed)
    base = np.where(chance.random(9) < 0.5, 1.0, np.round(chance.uniform(1, 3, 9), 1))
    base[0] = np.inf
    effects = some_effects(chance, 9, 40)
    quantities = Quantities({"cell.demand_factor": base, "cell.order_factor": base}, effects)
    assert quantities["cell.demand_factor"].tolist() == base.tolist()
    for now in quantities.boundaries()[:-1]:
        quantities.update(now)
        assert quantities["cell.demand_factor"].tolist() == from_scratch(base, effects, now), now
    assert quantities["cell.order_factor"].tolist() == base.tolist()


def test_what_nothing_acts_on_is_shared_and_what_something_acts_on_is_not() -> None:
    """Twice as much demand from day 1 on; where effects may come that are not known yet, nothing is shared."""
    base = {"cell.demand_factor": np.ones(2), "cell.order_factor": np.ones(2)}
    twice = Effect("cell.demand_factor", np.array([1]), "multiply", ((1.0, 2.0),), 9.0, "it")
    quantities = Quantities(base, [twice])
    quantities.update(1.0)
    assert quantities["cell.demand_factor"].tolist() == [1.0, 2.0]
    assert base["cell.demand_factor"].tolist() == [1.0, 1.0]
    assert quantities["cell.order_factor"] is base["cell.order_factor"]
    open_ = Quantities(base, [], open=True)
    assert all(open_[name] is not array for name, array in base.items())


def test_times_may_be_left_out_but_do_not_go_back() -> None:
    """2 x 3 on day 5; an effect that has come and gone between two updates leaves nothing behind."""
    effects = [
        Effect("cell.demand_factor", np.array([1]), "multiply", ((0.0, 2.0),), 9.0, "long"),
        Effect("cell.demand_factor", np.array([1]), "multiply", ((1.0, 7.0),), 2.0, "over"),
        Effect("cell.demand_factor", np.array([0, 1]), "multiply", ((4.0, 3.0),), 9.0, "late"),
    ]
    quantities = Quantities({"cell.demand_factor": np.ones(3)}, effects)
    quantities.update(5.0)
    assert quantities["cell.demand_factor"].tolist() == [3.0, 6.0, 1.0]
    with pytest.raises(ValueError, match="time goes forward"):
        quantities.update(1.5)
    quantities.update(9.0)
    assert quantities["cell.demand_factor"].tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("apart", [False, True], ids=["on the same rows", "on rows of their own"])
def test_what_begins_costs_as_many_calls_with_many_effects_as_with_few(apart: bool) -> None:
    """Each begins and ends at a time of its own, all of them hold at once in the middle."""

    def calls(count: int) -> float:
        effects = [
            Effect(
                "cell.demand_factor",
                np.array([k if apart else 0]),
                "multiply",
                ((float(k), 1.001),),
                2.0 * count + k,
                f"c{k}",
            )
            for k in range(count)
        ]
        quantities = Quantities({"cell.demand_factor": np.ones(count)}, effects)
        times = quantities.boundaries()
        return calls_of(lambda: [quantities.update(now) for now in times]) / len(times)

    assert calls(400) < 1.1 * calls(20)
