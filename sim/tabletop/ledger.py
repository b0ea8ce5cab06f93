"""The log of a session and what follows from it: branches, where each stands, and what was done to the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property

from sim.tabletop.clock import Tick
from sim.tabletop.moves import ON_A_BRANCH, Entry, Place, Trail, place_of, until_turn

MAIN = "Main"
"""The branch on which a session begins."""


class Ledger:
    """Entries in turn, never changed afterwards; all else is worked out from them."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: list[Entry] = []
        self.branches: dict[str, Trail] = {MAIN: ()}
        self.current = MAIN
        self.ticks: list[Tick] = []
        for entry in entries:
            self.add(entry)

    @property
    def path(self) -> Trail:
        """What led to where the present branch stands."""
        return self.branches[self.current]

    @cached_property
    def place(self) -> Place:
        """Where it stands."""
        return place_of(self.path)

    def add(self, entry: Entry) -> None:
        """Write an entry; what it asks for must have been found possible."""
        self.entries.append(entry)
        what = entry.what
        if entry.do in ON_A_BRANCH:
            self.branches[self.current] = (*self.path, entry)
        elif entry.do in ("rewind", "reset"):
            self.branches[what["keep"]] = self.path
            self.branches[self.current] = until_turn(self.path, what.get("turn", 1))
        elif entry.do == "branch":
            self.branches[what["name"]] = self.path
            self.current = what["name"]
        elif entry.do == "switch":
            self.current = what["name"]
        elif entry.do == "clock" and entry.at is not None:
            self.ticks.append(Tick(what["do"], entry.at, what.get("minutes", 0.0), what.get("of", "exercise")))
        before = vars(self).pop("place", None)
        if before is not None and entry.do in ON_A_BRANCH:
            self.place = place_of([entry], before)  # one step on, however long the path is
        if entry.do == "reset":
            self.ticks.clear()
        elif entry.do == "advance" and entry.at is not None:
            self.ticks.append(Tick("turn", entry.at))
        elif entry.do in ("rewind", "switch") and (at := entry.at or self._last_time()) is not None:
            self.ticks.append(Tick("turn", at, day=self.place.day))

    def _last_time(self) -> dt.datetime | None:
        """The latest time that anybody has said."""
        return max((entry.at for entry in self.entries if entry.at is not None), default=None)

    def free_name(self) -> str:
        """A name that no branch has."""
        number = 1
        while f"Try {number}" in self.branches:
            number += 1
        return f"Try {number}"
