"""Recalls, and longer lives, of what was never made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.disruptions.base import MadeBetween
from sim.engine.checks.base import Compiled, Note, check
from sim.model.effects import Impulse

RECALL = {"kind": "recall", "supplier": "maker", "from": "2024-01-21"}


@check(
    "lots_never_made",
    remedy="Let the dates of making reach into the scenario; longer ago there is only what `stock` has with an `age`.",
    example={"disruptions": [RECALL | {"made_from": "2023-10-01", "made_until": "2023-11-01"}]},
    quiet={"disruptions": [RECALL | {"made_from": "2023-10-01", "made_until": "2024-01-02"}]},
)
def lots_never_made(compiled: Compiled) -> Iterator[Note]:
    """A recall, or an extension of shelf lives, of lots made on days of which the run knows nothing: before its first
    day, and of no age that the stock at the start has."""
    first = -compiled.plan.network.calendar.warm_up
    for position, (impact, written) in enumerate(zip(compiled.impacts, compiled.loaded.spec.disruptions, strict=True)):
        if not isinstance(written, MadeBetween) or compiled.is_drawn("disruptions", position):
            continue
        told = [impulse for impulse in impact.impulses if impulse.window is not None and len(impulse.rows)]
        if told and not any(_is_made(impulse, compiled, first) for impulse in told):
            text = f"'{impact.cause}' is about lots that were never made: the first day of making is"
            yield Note(("disruptions", position), f"{text} {compiled.plan.network.calendar.date(first)}")


def _is_made(impulse: Impulse, compiled: Compiled, first: float) -> bool:
    """Whether any lot of these makers was made between the two days: in the run, or before it."""
    assert impulse.window is not None
    since, until = impulse.window
    if until > max(first, since) and until > first:
        return True
    opening = compiled.plan.opening
    made = [
        first - part.age[np.isin(part.maker, impulse.rows)]
        for part in (opening.stock, opening.in_process, opening.under_test)
    ]
    return any(bool(((since <= days) & (days < until)).any()) for days in made)
