"""After the exercise: what happened turn by turn, and what each decision did, by a replay without it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.tabletop.course import Course
from sim.tabletop.looking import asked, unmet
from sim.tabletop.moves import Choice
from sim.tabletop.session import Session


@dataclass(frozen=True)
class Told:
    """A turn: its first date, the injects fired in it, the decisions that counted, and units unmet in it by product.

    A turn that has not been ended has no decisions that count, and nothing unmet yet.
    """

    turn: int
    date: str
    injects: tuple[tuple[str, str], ...]
    decisions: tuple[Choice, ...]
    unmet: dict[str, int]


@dataclass(frozen=True)
class Weight:
    """A decision, and the units by product that would have gone unmet until now on top of those that did, had it not
    been taken and all else been the same; below nothing where it did harm. `share` is the most of these in units that
    were asked for, of any product."""

    choice: Choice
    averted: dict[str, int]
    share: float


def turn_by_turn(session: Session) -> list[Told]:
    """The path taken, a turn each; the last one is not ended, unless the story is over."""
    place, table = session.place, session.table
    by_product = unmet(session.begun, "product", [turn.day for turn in place.turns])
    return [
        Told(
            k,
            table.date(turn.day).isoformat(),
            tuple((number, table.by_number[number].title) for number in turn.fired),
            tuple(one for one in place.choices if one.turn == k < place.turn and not one.withdrawn),
            {product: units[k - 1] for product, units in by_product.items()} if k < place.turn else {},
        )
        for k, turn in enumerate(place.turns[: place.turn - session.over], start=1)
    ]


def weigh(session: Session) -> list[Weight]:
    """Each decision of the path taken that counted, with the same injects and luck; what mattered most comes first.

    Amounts of different products are not added up: a decision counts by the product for which it did most.
    """
    place = session.place
    course = Course(session.table, kept=len(place.turns))  # so that each goes on from the turn of its decision
    begun = course.at(place.turns)
    own, most = _total(unmet(begun, "product", [0])), asked(begun)
    found = []
    for choice in place.choices:
        if choice.withdrawn or choice.turn == place.turn:
            continue
        turns = list(place.turns)
        chosen = turns[choice.turn - 1].chosen
        without = tuple(name for name in chosen if name != choice.decision)
        turns[choice.turn - 1] = replace(turns[choice.turn - 1], chosen=without)
        other = _total(unmet(course.at(turns, keep=False), "product", [0]))
        averted = {product: other[product] - units for product, units in own.items()}
        share = max((abs(units) / max(1, most[product]) for product, units in averted.items()), default=0.0)
        found.append(Weight(choice, averted, share))
    return sorted(found, key=lambda one: -one.share)


def _total(units: dict[str, list[int]]) -> dict[str, int]:
    return {product: sum(some) for product, some in units.items()}
