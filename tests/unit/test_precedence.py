"""Two decisions that set one value: who holds on which day, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim

CASE = """
scenario: two
title: A member, and the pool that it is in
start: 2001-01-01
end: 2001-01-16
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
facilities: {a: {country: KE}, b: {country: KE}}
parties:
  kenya: {kind: country, sites: [a, b]}
  pool: {kind: pool, members: [kenya]}
lanes: [{from: maker, to: facilities, time: 1d}]
demand: [{at: facilities, product: kit, per_day: 10, distribution: deterministic}]
replenishment: [{policy: push, at: facilities, quantity: 10}%s]
reserves: {own: {held_at: a, size: 5d, members: facilities, release: {when: {trigger: announced}}}}
decisions:
"""


def push(name: str, by: str, units: int, when: str, more: str = "", at: str = "a") -> str:
    when = f"{{trigger: 'on', date: 2001-01-{when}}}" if when.isdigit() else f"{{{when}}}"
    to = f"[{{policy: push, at: {at}, products: [kit], quantity: {units}}}]"
    return f"  - {{decision: change_levels, name: {name}, by: {by}, to: {to}, when: {when}{more}}}\n"


def run(folder: Path, decisions: str, dated: str = "") -> sim.Run:
    file = folder / "case.yaml"
    file.write_text((CASE % dated) + decisions)
    return sim.run(file, twin=False)


def ordered(run: sim.Run) -> list[int]:
    """What a orders on each day: 10 as usual, 20 where kenya's decision holds, 30 where the pool's does."""
    return run.daily[(run.daily["site"] == "a") & (run.daily["product"] == "kit")]["ordered"].astype(int).tolist()


FIRST = ", takes_precedence: true"
TABLE: dict[str, tuple[str, list[int]]] = {
    # days         0   1   2   3   4   5   6   7   8   9  10  11  12  13  14
    "it comes later and is over sooner": (
        push("y", "pool", 30, "03", ", for: 9d") + push("x", "kenya", 20, "06", ", for: 3d" + FIRST),
        [10, 10, 30, 30, 30, 20, 20, 20, 30, 30, 30, 10, 10, 10, 10],
    ),
    "it was there before": (
        push("x", "kenya", 20, "03", ", for: 9d" + FIRST) + push("y", "pool", 30, "06", ", for: 3d"),
        [10, 10, 20, 20, 20, 20, 20, 20, 20, 20, 20, 10, 10, 10, 10],
    ),
    "both begin on one day": (
        push("x", "kenya", 20, "03", ", for: 3d" + FIRST) + push("y", "pool", 30, "03", ", for: 6d"),
        [10, 10, 20, 20, 20, 30, 30, 30, 10, 10, 10, 10, 10, 10, 10],
    ),
    "the pool's holds": (
        push("x", "kenya", 20, "03", ", for: 9d") + push("y", "pool", 30, "06", ", for: 3d" + FIRST),
        [10, 10, 20, 20, 20, 30, 30, 30, 20, 20, 20, 10, 10, 10, 10],
    ),
    "with a rhythm of its own, from its first day on": (
        push("x", "kenya", 20, "03", ", for: 8d").replace("quantity: 20", "quantity: 20, review: 3d"),
        [10, 10, 20, 0, 0, 20, 0, 0, 20, 0, 10, 10, 10, 10, 10],
    ),
    "without precedence, apart by their dates": (
        push("x", "kenya", 20, "03", ", for: 3d") + push("y", "kenya", 30, "06", ", until: 2001-01-09"),
        [10, 10, 20, 20, 20, 30, 30, 30, 10, 10, 10, 10, 10, 10, 10],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_who_takes_precedence_holds_on_every_day_on_which_both_are_in_force(name: str, tmp_path: Path) -> None:
    decisions, expected = TABLE[name]
    assert ordered(run(tmp_path, decisions)) == expected


def test_a_decision_holds_over_a_policy_of_its_day_and_not_over_a_later_one(tmp_path: Path) -> None:
    dated = ", {policy: push, at: a, quantity: 40, from: 2001-01-%s}"
    decided = push("x", "kenya", 20, "03", ", for: 9d")
    assert ordered(run(tmp_path, decided, dated % "03")) == [10] * 2 + [20] * 9 + [40] * 4
    assert ordered(run(tmp_path, decided, dated % "06")) == [10] * 2 + [20] * 3 + [40] * 10
    first = decided.replace("for: 9d", "for: 9d" + FIRST)
    assert ordered(run(tmp_path, first, dated % "06")) == [10] * 2 + [20] * 9 + [40] * 4


LOW, FULL = "trigger: days_of_cover, below: 2d", "trigger: 'not', condition: {trigger: days_of_cover, below: 2d}"
WAITS = "trigger: after_decision, decision: x, for_at_least: 2d"
CLOSE = "  - {decision: close_reserve, name: c, by: kenya, reserve: own, when: {trigger: announced}}\n"
OPEN = "  - {decision: release_reserve, name: o, by: %s, reserve: own, when: {%s}%s}\n"
REFUSED: dict[str, tuple[str, str]] = {
    "two of one party": (push("x", "kenya", 20, LOW) + push("y", "kenya", 30, LOW), "orders of 'kit' at 'a', as 'x'"),
    "precedence within a party": (push("x", "kenya", 20, LOW) + push("y", "kenya", 30, LOW, FIRST), "as 'x' does"),
    "of two parties, nobody": (push("x", "kenya", 20, LOW) + push("y", "pool", 30, LOW), "`takes_precedence: true`"),
    "of two parties, both": (push("x", "kenya", 20, LOW, FIRST) + push("y", "pool", 30, LOW, FIRST), "as 'x' does"),
    "dates that meet": (push("x", "kenya", 20, "03", ", for: 4d") + push("y", "kenya", 30, "06"), "as 'x' does"),
    "a delay that makes them meet": (
        push("x", "kenya", 20, "03", ", after: 2d, for: 3d") + push("y", "kenya", 30, "06"), "as 'x' does",
    ),
    "a delay that is drawn": (
        push("x", "kenya", 20, "03", ", after: 'uniform(0d, 3d)', for: 1d") + push("y", "kenya", 30, "06"), "as 'x'",
    ),
    "one that waits, but not until the other is over": (
        push("x", "kenya", 20, LOW, ", for: 5d")
        + push("y", "kenya", 30, WAITS, ", after: 1d"), "as 'x' does",
    ),
    "one that waits for what comes again": (
        push("x", "kenya", 20, LOW, ", for: 5d, at_most: 2")
        + push("y", "kenya", 30, WAITS, ", after: 9d"), "as 'x' does",
    ),
    "again and again": (
        push("x", "kenya", 20, "03", ", for: 1d, at_most: 5") + push("y", "kenya", 30, "06"), "as 'x' does",
    ),
    "one reserve": (CLOSE + OPEN % ("kenya", LOW, ""), "release of reserve 'own'"),
    "shares of orders": (
        "".join(
            f"  - {{decision: shift_orders, name: {name}, by: {by}, at: a, to: maker, when: {{{LOW}}}}}\n"
            for name, by in (("x", "kenya"), ("y", "pool"))
        ),
        "shares of orders of 'kit' at 'a', as 'x'",
    ),
    "one entry twice": (
        push("x", "kenya", 20, "03").replace("quantity: 20}", "quantity: 20}, {policy: push, at: b, quantity: 1}, "
        "{policy: push, at: facilities, products: [kit], quantity: 2}"),
        "it sets the orders of 'kit' at 'a' twice",
    ),
}  # fmt: skip
ALLOWED = {
    "one that waits until the other is over": push("x", "kenya", 20, LOW, ", for: 5d")
    + push("y", "kenya", 30, WAITS, ", after: 2d"),
    "other sites": push("x", "kenya", 20, LOW) + push("y", "kenya", 30, LOW, at="b"),
    "each other's not": push("x", "kenya", 20, LOW, ", for: 2d") + push("y", "kenya", 30, FULL, ", for: 2d"),
    "one day after the other": push("x", "kenya", 20, "03", ", after: 1d, for: 2d") + push("y", "kenya", 30, "06"),
    "after the longest delay": push("x", "kenya", 20, "03", ", after: 'uniform(0d, 3d)', for: 1d")
    + push("y", "kenya", 30, "07"),
    "an emergency that is over": push("x", "kenya", 20, "trigger: declared, after: 2d, until: 4d", ", for: 2d")
    + push("y", "kenya", 30, "07"),
    "one reserve, by precedence": CLOSE + OPEN % ("pool", LOW, FIRST),
    "one reserve, each chosen": OPEN % ("kenya", "trigger: chosen", "") + CLOSE.replace("announced", "chosen"),
    "one reserve, by a condition and chosen": CLOSE + OPEN % ("kenya", "trigger: chosen", ""),
    "opened, and filled up": OPEN % ("kenya", LOW, "")
    + "  - {decision: refill_reserve, by: kenya, reserve: own, when: {trigger: 'on', date: 2001-01-09}}\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_two_that_set_one_value_at_one_time_are_refused_at_the_later(name: str, tmp_path: Path) -> None:
    decisions, words = REFUSED[name]
    with pytest.raises(sim.ScenarioError) as caught:
        run(tmp_path, decisions)
    assert words in str(caught.value)
    lines = (CASE % "" + decisions).splitlines()
    [problem] = caught.value.problems
    assert lines[problem.line - 1] == decisions.splitlines()[-1]


@pytest.mark.parametrize("name", ALLOWED)
def test_two_that_are_never_in_force_together_are_not(name: str, tmp_path: Path) -> None:
    file: Any = tmp_path / "case.yaml"
    file.write_text(CASE % "" + ALLOWED[name])
    assert len(sim.validate(file).spec.decisions) >= 2
