"""The ways of a lane's vessels: the usual one, and those round closed passages.

A place on a way is told as a share of the usual voyage. A vessel that turns off keeps what it has sailed: the new way
begins where it is, so that for every way `length` is what has been sailed before plus what is left.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

NO_WAY = 1e-9
"""Share of a voyage within which two places are one."""


class Way(ABC):
    """One way from a lane's origin to its destination.

    `avoids` are passages that it is known not to lead through from where the vessel turned onto it.
    """

    avoids: frozenset[str]

    @property
    @abstractmethod
    def length(self) -> float:
        """Length of all the voyage, as a multiple of the usual one."""

    @property
    @abstractmethod
    def usable(self) -> frozenset[str]:
        """Passages that vessels of this lane may use, whichever way they take."""

    @property
    @abstractmethod
    def passages(self) -> Sequence[tuple[str, float]]:
        """(passage, place at which it is reached) in the order in which they are reached."""

    @abstractmethod
    def turn(self, sailed: float, closed: frozenset[str]) -> Way | None:
        """The shortest way on for a vessel that is at `sailed` when all of `closed` are shut, at least one of them
        ahead of it; None where there is no way."""

    @abstractmethod
    def may_meet(self, passage: str) -> bool:
        """Whether a vessel that sets out on this lane may come to a passage, whatever else is closed."""

    def ahead(self, sailed: float, closed: frozenset[str]) -> list[tuple[str, float]]:
        """The closed passages that a vessel at `sailed` has still before it, in order."""
        return [(name, at) for name, at in self.passages if name in closed and at >= sailed - NO_WAY]


@dataclass(frozen=True)
class TypedWay(Way):
    """A way whose detours are typed in: each closed passage costs its own, and those of several add up.

    `stops` are (passage, share of the usual voyage at which it is reached, detour as a share of the usual voyage), in
    order. A detour is sailed where the passage would have been. `usual` is 1, or 0 for a voyage that takes no time:
    then all is told in days.
    """

    stops: tuple[tuple[str, float, float], ...]
    usual: float = 1.0
    avoids: frozenset[str] = frozenset()
    round: frozenset[str] = frozenset()
    """passages that this way goes round"""

    @property
    def length(self) -> float:
        return self.usual + sum(extra for name, _, extra in self.stops if name in self.round)

    @property
    def usable(self) -> frozenset[str]:
        return frozenset(name for name, _, _ in self.stops)

    @property
    def passages(self) -> Sequence[tuple[str, float]]:
        found, longer = [], 0.0
        for name, fraction, extra in self.stops:
            if name in self.round:
                longer += extra
            else:
                found.append((name, fraction * self.usual + longer))
        return found

    def turn(self, sailed: float, closed: frozenset[str]) -> Way | None:
        more = frozenset(name for name, _ in self.ahead(sailed, closed))
        return replace(self, avoids=closed | self.round, round=self.round | more)

    def may_meet(self, passage: str) -> bool:
        return passage in self.usable
