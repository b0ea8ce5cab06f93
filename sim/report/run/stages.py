"""What a disruption is at each time: its stages, such as those of a restart, and when it is over for good.

Read from its effects, so that every kind has them that changes on its way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.model.effects import NEUTRAL, Effect, Impact
from sim.model.vocabulary import QUANTITIES
from sim.report.run.facts import Facts
from sim.report.words.phrases import day_words, listed

SIGNS = {
    "cell.capacity_factor": ("{:.0%}", "of capacity"), "flow.sends": ("{:.0%}", "of what is usually sent"),
    "flow.allowance": ("{:.0%}", "of usual orders"), "flow.exports": ("{:.0%}", "of usual exports"),
    "flow.extra_orders": ("{:,.0f}", "units a day"), "cell.demand_factor": ("{:.3g} ×", "usual demand"),
    "cell.serves": ("{:.0%}", "of patients seen"), "cell.yield_factor": ("{:.0%}", "of usual yield"),
    "cell.release": ("{:+.3g} d", "of testing"), "cell.order_factor": ("{:.3g} ×", "the usual order level"),
    "cell.price_factor": ("{:.3g} ×", "the usual price"), "gate.handling": ("{:,.0f}", "a day in port"),
    "gate.clearance": ("{:+.3g} d", "of clearance"), "lane.factor": ("{:.3g} ×", "journey time"),
    "lane.extra": ("{:+.3g} d", "of journey"), "passage.diverted": ("{:.0%}", "of ships diverted"),
    "passage.traffic": ("{:,.3g}", "ships a day come"), "passage.capacity": ("{:,.3g}", "ships a day may pass"),
}  # fmt: skip
"""Quantity -> how a value of it is written, and of what it is; those that are codes or yes and no have no stages."""
RAMP = 3
"""So many steps, a day apart, are a slope and not stages."""
MOST_TOLD = 3


@dataclass(frozen=True)
class Span:
    """Part of a disruption: from `day` to before `until`, `strength` 0 to 1 of its worst.

    `sign` is its value as short as can be, `of` what that is of; a slope has that of its end.
    """

    day: float
    until: float
    strength: float
    sign: str
    of: str


def over(impact: Impact) -> float:
    """Day from which a disruption changes nothing any more, the time that a site takes to be back included."""
    last = [_last(effect) for effect in impact.effects]
    return max([impact.end, *(day for day in last if np.isfinite(day))])


def _last(effect: Effect) -> float:
    steps = effect.steps
    for k in range(len(steps) - 1, -1, -1):
        if not _neutral(effect, steps[k][1]):
            return effect.end if k == len(steps) - 1 else steps[k + 1][0]
    return effect.start


def _neutral(effect: Effect, value: float) -> bool:
    return (effect.operation, value) in NEUTRAL


def spans(impact: Impact) -> list[Span]:
    """Its stages in order of time, quantity by quantity; empty where it is the same from beginning to end."""
    found: list[Span] = []
    chosen: dict[str, Effect] = {}
    for effect in impact.effects:
        best = chosen.get(effect.quantity)
        if effect.quantity in SIGNS and (best is None or (_last(effect), len(effect.steps)) > _length(best)):
            chosen[effect.quantity] = effect
    if "cell.capacity_factor" in chosen:  # what leaves a site goes by what it makes
        chosen.pop("flow.sends", None)
    for effect in chosen.values():
        found += _spans(effect)
    found.sort(key=lambda span: span.day)
    return found if len(found) > 1 else []


def _length(effect: Effect) -> tuple[float, int]:
    return _last(effect), len(effect.steps)


def _spans(effect: Effect) -> Iterator[Span]:
    unaffected = QUANTITIES[effect.quantity].unaffected
    usual = 0.0 if effect.operation == "add" else unaffected if np.isfinite(unaffected) else 1.0
    ends = [*(day for day, _ in effect.steps[1:]), effect.end]
    acts = [value for _, value in effect.steps if not _neutral(effect, value) and np.isfinite(value)]
    worst = max((abs(value - usual) for value in acts), default=0.0) or 1.0
    k = 0
    while k < len(effect.steps):
        last = _slope(effect, k)
        day, value = effect.steps[k]
        if last > k:
            to = effect.steps[last][1]
            up = abs(to) if np.isfinite(to) else usual
            target = "rising to " if up > value else "falling to "
            middle = [v for _, v in effect.steps[k:last] if np.isfinite(v)]
            mean = sum(middle) / max(1, len(middle))
            figure, of = _written(effect, up)
            yield Span(day, ends[last - 1], abs(mean - usual) / worst, target + figure, of)
            k = last
        else:
            if not _neutral(effect, value) and np.isfinite(value):
                figure, of = _written(effect, value)
                yield Span(day, ends[k], abs(value - usual) / worst, figure, of)
            k += 1


def _slope(effect: Effect, first: int) -> int:
    """Position of the step that ends a slope beginning at `first`; `first` itself where none does."""
    steps, last = effect.steps, first
    while last + 1 < len(steps) and steps[last + 1][0] - steps[last][0] <= 1:
        last += 1
    return last if last - first >= RAMP else first


def _written(effect: Effect, value: float) -> tuple[str, str]:
    figure, of = SIGNS[effect.quantity]
    if effect.operation == "add":  # on top of what is there
        figure = figure.replace("{:.0%}", "{:+.0%}")
    return figure.format(value), of


def later(facts: Facts, impact: Impact) -> list[Span]:
    """The stages after its beginning, within the counted days."""
    return [span for span in spans(impact) if impact.start < span.day < facts.days and span.day >= 0]


def later_words(facts: Facts, impact: Impact) -> str:
    """The same with their dates: `50% of capacity from 21 November 2024 and 85% from 5 December 2024`."""
    told, before = [], ""
    for span in later(facts, impact):
        of = "" if span.of == before else f" {span.of}"
        told.append(f"{span.sign}{of} from {day_words(facts.date(np.floor(span.day)))}")
        before = span.of
    return listed(told)


def in_stages(facts: Facts, impact: Impact) -> str:
    """The same for a sentence, which counts them where they are many."""
    number = len(later(facts, impact))
    if not number:
        return ""
    return f" ({later_words(facts, impact) if number <= MOST_TOLD else f'in {number + 1} stages'})"
