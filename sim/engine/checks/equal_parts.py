"""Shares that nobody wrote: a list of names where a mapping of shares is expected."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engine.checks.base import Compiled, Note, check
from sim.scenario.reading.document import Place

SPARE = {
    "size": "2d", "members": ["clinic-a"], "release": {"when": {"trigger": "days_of_cover", "below": "1d"}},
}  # fmt: skip


@check(
    "equal_parts",
    remedy="Write the shares, {a: 70%, b: 30%}, where they are not meant to be equal.",
    example={"reserves": {"spare": SPARE | {"held_at": ["store", "clinic-a"]}}},
    quiet={"reserves": {"spare": SPARE | {"held_at": {"store": "50%", "clinic-a": "50%"}}}},
)
def equal_parts(compiled: Compiled) -> Iterator[Note]:
    """Several holders, sources or makers written as a list, without shares: each then has the same."""
    document = compiled.loaded.document
    for place in _places(compiled):
        written = document.at(place)
        if isinstance(written, list) and len(written) > 1:
            share = f"{100 / len(written):.3g}%"
            yield Note(place, f"'{document.label(place)}' is a list, so each of the {len(written)} has {share}")


def _places(compiled: Compiled) -> Iterator[Place]:
    """Where shares may be left out."""
    spec = compiled.loaded.spec
    yield from (("reserves", name, "held_at") for name in spec.reserves)
    yield from (("sourcing", k, key) for k in range(len(spec.sourcing)) for key in ("from", "market"))
    yield from (("stock", k, "made_by") for k in range(len(spec.stock)))
