"""Parts of a whole by name, as mappings of shares have them; several names as a list have equal parts."""

from __future__ import annotations

from typing import Any

from sim.errors import PlaceError
from sim.units import parse_text


def equal_parts(value: Any) -> Any:
    """The mapping that a list of names, or one name, stands for; all else as it is.

    Raises PlaceError for a name that stands twice, ValueError for what is no name.
    """
    if isinstance(value, str):
        return {value: "100%"}
    if not isinstance(value, list) or not value:
        return value
    names = [parse_text(name) for name in value]
    for position, name in enumerate(names):
        if name in names[:position]:
            raise PlaceError((position,), "this name stands twice", name, "every name once, or a mapping of shares")
    return dict.fromkeys(names, f"{100 / len(names):.9f}%")
