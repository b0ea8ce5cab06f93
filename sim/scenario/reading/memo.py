"""What was worked out of some values, kept for as long as they stay the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Memo:
    """Keeps, for each name, what was worked out last, and of which values.

    Scenarios that differ in few values share one, so that each is worked out only as far as it differs. What is kept is
    shared, so nobody may change it.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[Any, Any]] = {}

    def __reduce__(self) -> tuple[type[Memo], tuple[()]]:
        return Memo, ()  # another process works it out for itself

    def once(self, name: Hashable, values: Any, make: Callable[[], T]) -> T:
        """What `make` makes of these values; made again only where they differ from the last ones of this name."""
        kept = self._kept.get(name)
        if kept is None or kept[0] != values:
            kept = self._kept[name] = (values, make())
        made: T = kept[1]
        return made


class Same:
    """Stands among the values for a thing that is the same only if it is that very object, such as an array."""

    def __init__(self, thing: object) -> None:
        self._thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self._thing is other._thing

    __hash__ = None  # type: ignore[assignment]
