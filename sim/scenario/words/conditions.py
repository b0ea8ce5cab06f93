"""Every condition that stands in a scenario, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from sim.policies.triggers.base import Trigger
from sim.scenario.reading.document import Place


def conditions(value: Any, at: Place = ()) -> Iterator[tuple[Place, Trigger]]:
    """(place, trigger) of all conditions below a value of a scenario, those within others included."""
    if isinstance(value, Trigger):
        yield at, value
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from conditions(getattr(value, name), (*at, field.alias or name))
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from conditions(child, (*at, key))
    elif isinstance(value, list):
        for position, child in enumerate(value):
            yield from conditions(child, (*at, position))
