"""Parts of a run: what of each changes is declared, so that a run can be copied, kept and compared as a value.

A run is a tree of parts that know one another. Everything that changes while it goes on stands in attributes that
their class names; all else is settled when the run begins and is shared by its copies.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Self

import numpy as np

from sim.rng import Streams


class Part:
    """Something of a run that changes.

    `CHANGES` names the attributes that hold what changes: arrays, numbers, texts, and lists, tuples, dicts and sets of
    these. `GROWS` names lists to which entries are added that never change afterwards. `SCRATCH` names what is worked
    out anew when it is asked for and tells nothing by itself: arrays to work in, and draws that could be drawn again.
    `VIEWS` names what points into what changes; `rejoin` makes it again. Other attributes never change; those that are
    parts are copied with what holds them.
    """

    CHANGES: ClassVar[tuple[str, ...]] = ()
    GROWS: ClassVar[tuple[str, ...]] = ()
    SCRATCH: ClassVar[tuple[str, ...]] = ()
    VIEWS: ClassVar[tuple[str, ...]] = ()

    def rejoin(self) -> None:
        """Make again what points into what changes (views of arrays, bound methods), after it was copied or read."""

    def draw_anew(self, day: int, streams: Streams) -> None:
        """Draw all that is drawn at random for a day from `day` on from these streams, where this part does."""

    def copy(self) -> Self:
        """A run part of its own: what changes is copied, with all parts below it; what never changes is shared."""
        copies = _Copies()
        copied: Self = copies.of(self)
        for part in copies.from_below:
            part.rejoin()
        return copied

    def rejoin_all(self) -> None:
        """`rejoin` for this part and all below it, those first that others point into; after they were read back."""
        for part in list(_from_below(self, set())):
            part.rejoin()

    def digest(self) -> str:
        """A hash of all that changes, here and in the parts below; equal states have equal ones, on any machine."""
        found = hashlib.blake2b(digest_size=16)
        for name, part in sorted(parts_of(self).items()):
            found.update(f"{name}={digest_of(part)};".encode())
        return found.hexdigest()


def digest_of(part: Part) -> str:
    """A hash of what changes in one part, without the parts below it."""
    found = hashlib.blake2b(digest_size=16)
    for attribute in (*type(part).CHANGES, *type(part).GROWS):
        found.update(f"{attribute}=".encode())
        _feed(found, getattr(part, attribute, None))
    return found.hexdigest()


def parts_of(root: Part) -> dict[str, Part]:
    """All parts below one, it included, each under the first dotted path that leads to it."""
    found: dict[str, Part] = {}
    seen: set[int] = set()
    waiting: list[tuple[str, Part]] = [("", root)]
    while waiting:
        name, part = waiting.pop(0)
        if id(part) not in seen:
            seen.add(id(part))
            found[name] = part
            for attribute, value in vars(part).items():
                path = f"{name}.{attribute}".lstrip(".")
                waiting += [(path + suffix, below) for suffix, below in _parts_in(value)]
    return found


def _from_below(part: Part, seen: set[int]) -> Iterator[Part]:
    """All parts below one, it included, each after those that it holds; but for those `seen` already."""
    if id(part) in seen:
        return
    seen.add(id(part))
    for value in vars(part).values():
        for _, below in _parts_in(value):
            yield from _from_below(below, seen)
    yield part


def _parts_in(value: Any) -> Iterator[tuple[str, Part]]:
    if isinstance(value, Part):
        yield "", value
    elif isinstance(value, list | tuple) and _some_are_parts(value):
        for position, entry in enumerate(value):
            if isinstance(entry, Part):
                yield f".{position}", entry
    elif isinstance(value, dict) and _some_are_parts(value.values()):
        for key, entry in value.items():
            if isinstance(entry, Part):
                yield f".{key}", entry


def _some_are_parts(values: Iterable[Any]) -> bool:
    """Whether any of these is a part; of long lists only the kinds of their entries are looked at one by one."""
    return any(issubclass(kind, Part) for kind in set(map(type, values)))


class _Copies:
    """One copy of each part, whichever way leads to it."""

    def __init__(self) -> None:
        self._made: dict[int, Part] = {}
        self.from_below: list[Part] = []
        """the copies, each after those that it holds"""

    def of(self, part: Any) -> Any:
        """The copy of a part, and of all that it holds."""
        if id(part) in self._made:
            return self._made[id(part)]
        kind = type(part)
        new = self._made[id(part)] = object.__new__(kind)
        for attribute, value in vars(part).items():
            if attribute in kind.CHANGES:
                value = self._own(value)
            elif attribute in kind.GROWS:
                value = list(value)
            else:
                value = self._with_parts(value)
            object.__setattr__(new, attribute, value)
        self.from_below.append(new)
        return new

    def _with_parts(self, value: Any) -> Any:
        """A value that never changes, with the parts in it replaced by their copies."""
        if isinstance(value, Part):
            return self.of(value)
        if isinstance(value, list | tuple) and _some_are_parts(value):
            return type(value)(self._with_parts(entry) for entry in value)
        if isinstance(value, dict) and _some_are_parts(value.values()):
            return {key: self._with_parts(entry) for key, entry in value.items()}
        return value

    def _own(self, value: Any) -> Any:
        """A copy of something that changes."""
        if isinstance(value, np.ndarray):
            return value.copy()
        if isinstance(value, list | tuple):
            return type(value)(self._own(entry) for entry in value)
        if isinstance(value, dict):
            return {key: self._own(entry) for key, entry in value.items()}
        if isinstance(value, set):
            return set(value)
        return self.of(value) if isinstance(value, Part) else value


def _feed(found: Any, value: Any) -> None:
    """Enter a value into a hash, in a form that is the same wherever it was worked out."""
    if isinstance(value, np.ndarray):
        found.update(f"{value.dtype.str}{value.shape}".encode())
        found.update(np.ascontiguousarray(value).view(np.uint8).data if value.size else b"")
    elif isinstance(value, dict):
        for form, key in sorted(((_form(key), key) for key in value), key=lambda pair: pair[0]):
            found.update(form)
            _feed(found, value[key])
    elif isinstance(value, set | frozenset):
        _feed(found, sorted(map(_form, value)))
    elif isinstance(value, list | tuple):
        found.update(f"[{len(value)}".encode())
        for entry in value:
            _feed(found, entry)
    elif isinstance(value, Part):
        pass  # has its own turn
    elif dataclasses.is_dataclass(value):
        _feed(found, vars(value))
    elif callable(value):
        raise TypeError(f"{value!r} is no value: a function cannot be what changes")
    elif repr(value) == object.__repr__(value):
        raise TypeError(f"{type(value).__name__} has no form that is the same everywhere: give it a __repr__")
    else:
        found.update(f"{value!r};".encode())


def _form(value: Any) -> bytes:
    """A short form of a value, by which those without an order of their own are put in one."""
    found = hashlib.blake2b(digest_size=16)
    _feed(found, value)
    return found.digest()
