"""Who is served, what is made, and who joins in a surge, by hand. Days count from 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.textbook.test_by_hand import at, day, direct


def test_those_who_wait_longest_are_served_first(simulate: Any) -> None:
    """Ten units come once, on day 2, when those of day 0 have waited longest: nobody of them is lost, all others are.

    With a patience of two days those of day 1 are lost in the evening of day 3, and so on.
    """
    demand = "per_day: 10, distribution: deterministic, patience: 2d"
    text = direct(6, demand=demand, more="stock: [{at: clinic, on_hand: 0}]", level=7)
    run = simulate(text.replace("base_stock, level: 7", "push, quantity: 10, review: 60d"))
    assert at(run, "clinic", "received") == [0, 0, 10, 0, 0, 0]
    assert at(run, "clinic", "served_late") == [0, 0, 10, 0, 0, 0]
    assert at(run, "clinic", "lost") == [0, 0, 0, 10, 10, 10]


def test_a_fraction_of_capacity_is_carried_while_there_is_work_and_not_saved_up_idle(simulate: Any) -> None:
    """2.5 a day are two and three in turn. Nothing is wanted on the first morning, so its 2.5 are gone."""
    text = direct(9, more="stock: [{at: clinic, on_hand: 0}]").replace("kit: {}}}}", "kit: {capacity: 2.5}}}}")
    assert at(simulate(text), "maker", "produced") == [0, 2, 3, 2, 3, 2, 3, 2, 3]
    idle = text.replace("level: 60", "level: 60, review: 9d, first_review: 4d")
    assert at(simulate(idle), "maker", "produced") == [0, 0, 0, 0, 0, 2, 3, 2, 3]


def added_by_a_surge(simulate: Any, ramp: str = "") -> tuple[np.ndarray, np.ndarray]:
    """(usual patients, those whom a surge to twice the mean adds) from day 0 on; (days, sites)."""
    sites = [f"s{k:03}" for k in range(400)]
    text = f"""
end: {day(4)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{", ".join(f"{site}: {{}}" for site in sites)}}}
lanes: [{{from: maker, to: facilities, time: 1d}}]
demand: [{{at: facilities, product: kit, per_day: 20}}]
replenishment: [{{at: facilities, policy: base_stock, level: 60}}]
"""
    surge = f"disruptions: [{{kind: demand_surge, at: facilities, from: {day(0)}, for: 4d, factor: 2 {ramp}}}]"
    usual, more = (
        np.array([at(run, site, "demand") for site in sites]).T for run in (simulate(text), simulate(text + surge))
    )
    return usual, more - usual


def test_those_who_join_in_a_surge_are_drawn_apart_from_the_usual_patients(simulate: Any) -> None:
    """As many on average, and uncorrelated over 400 sites: four standard errors of a correlation of 0 are 4 / 20."""
    usual, joined = added_by_a_surge(simulate)
    assert joined.mean() == pytest.approx(20, abs=4 * np.sqrt(20 / joined.size))
    together = np.corrcoef(np.concatenate([usual, joined]))[:4, 4:]  # each day of the ones with each of the others
    assert np.abs(together).max() < 4 / np.sqrt(400)
    among = np.corrcoef(joined)[np.triu_indices(4, 1)]
    assert np.abs(among).max() < 4 / np.sqrt(400)


def test_days_of_a_rising_surge_are_drawn_apart(simulate: Any) -> None:
    _, joined = added_by_a_surge(simulate, ", ramp: 4d")
    assert np.abs(np.corrcoef(joined)[np.triu_indices(4, 1)]).max() < 4 / np.sqrt(400)


def test_extra_units_of_a_surge_are_those_of_all_sites_together(simulate: Any) -> None:
    """30 a day on top, shared by usual demand: 20 for the clinic that needs 20, 10 for the one that needs ten."""
    run = simulate(f"""
end: {day(4)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{a: {{}}, b: {{}}}}
lanes: [{{from: maker, to: facilities, time: 1d}}]
demand:
  - {{at: a, product: kit, per_day: 20, distribution: deterministic}}
  - {{at: b, product: kit, per_day: 10, distribution: deterministic}}
replenishment: [{{at: facilities, policy: base_stock, level: 60}}]
disruptions: [{{kind: demand_surge, at: facilities, from: {day(1)}, for: 2d, extra: 30}}]
""")
    assert (at(run, "a", "demand"), at(run, "b", "demand")) == ([20, 40, 40, 20], [10, 20, 20, 10])
