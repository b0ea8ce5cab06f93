"""The model beside a session: the run as it stands where a branch stands.

It goes on from a copy that was kept where what led there is the same, and from the first day where none was: a run is a
value, so that both give the same bytes. How many copies are kept is bounded.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.begun import Begun
from sim.engine.compile.rules.decisions import watched_of
from sim.engine.knowing.watch import Watch
from sim.errors import ScenarioError
from sim.model.part import digest_of, parts_of
from sim.tabletop.injects import Inject
from sim.tabletop.moves import Turn
from sim.tabletop.table import Table

IN_BLOCKS = ("world.recorder", "world.books")
"""Parts of a run that keep days in blocks, as many in one as were lived in one go."""
KEPT = 4
"""Copies of runs that are kept."""
Deeds = tuple[Turn, ...]
"""What was done in each turn, as far as the model takes notice of it."""


def digest(begun: Begun) -> str:
    """A hash of a run as it stands, however many days were lived in one go: equal runs have equal ones."""
    found = hashlib.blake2b(digest_size=16)
    for name, part in sorted(parts_of(begun.running).items()):
        if name not in IN_BLOCKS:
            found.update(f"{name}={digest_of(part)};".encode())
    for name, daily in begun.running.world.recorder.so_far.items():
        found.update(f"{name}=".encode() + daily[: max(0, begun.day)].tobytes())
    return found.hexdigest()


class Course:
    """Runs of a table, by what was done in them; `strategy` in the place of the session's."""

    def __init__(self, table: Table, strategy: str | None = None, kept: int = KEPT) -> None:
        self._table, self._most = table, kept
        begun = table.begun if strategy in (None, table.settings.strategy) else table.settings.begin(strategy)
        self._first = begun.fork().until(0)
        self._kept: OrderedDict[Deeds, Begun] = OrderedDict()
        self._order = {one.name: k for k, one in enumerate(self._first.running.plan.decisions)}

    @property
    def kept(self) -> int:
        """How many copies there are."""
        return len(self._kept)

    def at(self, turns: Sequence[Turn], keep: bool = True) -> Begun:
        """The run in the last of these turns, with what was fired in it; a copy, to be changed at will.

        What was chosen in it has not been done yet. Without `keep` no further copies are kept on the way there.
        """
        deeds = self._deeds(turns)
        begun, done = self._nearest(deeds)
        for k in range(done, len(deeds)):
            if k:
                self.choose(begun, deeds[k - 1].chosen)
                begun.until(deeds[k].day)
            self.fire(begun, deeds[k].fired)
            if keep:
                self._keep((*deeds[:k], replace(deeds[k], chosen=())), begun)
        return begun

    def look(self, turns: Sequence[Turn]) -> Begun:
        """The same to be looked at and not changed: the copy that is kept, so that many look for the price of one."""
        deeds = self._deeds(turns)
        if deeds not in self._kept:
            return self.at(turns)
        self._kept.move_to_end(deeds)
        return self._kept[deeds]

    def keep(self, turns: Sequence[Turn], begun: Begun) -> None:
        """Keep a copy of a run that stands where these turns lead."""
        self._keep(self._deeds(turns), begun)

    def choose(self, begun: Begun, names: Sequence[str]) -> None:
        """Take decisions at the midnight where a run stands, in the scenario's order; those that cannot be taken any
        more, as under another strategy, are passed over."""
        for name in self._in_order(names):
            if name in self._order and not begun.running.refusal(name):
                begun.choose(name)

    def fire(self, begun: Begun, numbers: Sequence[str]) -> None:
        """Have injects happen in a run, at the midnight where it stands; raises ScenarioError where they cannot."""
        for number in numbers:
            inject = self._table.by_number[number]
            if inject.events:
                begun.inject(*inject.disruptions(begun.date))

    def step(self, begun: Begun, day: int, watch: Sequence[Inject], stop: bool = False) -> list[str]:
        """Live until a day; which of some injects' conditions held at a midnight on the way, or there.

        With `stop` the run stands at the first midnight at which one does.
        """
        met: list[str] = []
        while watch and begun.day < day:
            begun.until(begun.day + 1)
            new = [one.number for one in watch if one.number not in met and self.holds(begun, one)]
            met += new
            if new and stop:
                return met
        begun.until(day)
        return met

    def holds(self, begun: Begun, inject: Inject) -> bool:
        """Whether an inject's condition holds as the run stands, anywhere, as things are and not as they are told."""
        network, reports = begun.running.plan.network, begun.running.world.reports
        cells = np.flatnonzero(~network.of_kind("supplier") & (network.cell_mean > 0))
        watched = watched_of(cells, network)
        watch = Watch(network, cells, watched.member, reports, ahead=1, watched=watched, as_is=True)
        return bool(watch.met(self._table.conditions[inject.number], float(begun.day - 1)).any())

    def why_not(self, begun: Begun, inject: Inject) -> ScenarioError | None:
        """Why an inject cannot be fired as a run stands; None where it can. The run is as it was."""
        if not inject.events:
            return None
        try:
            begun.fork().inject(*inject.disruptions(begun.date))
        except ScenarioError as error:
            return error
        return None

    def _deeds(self, turns: Sequence[Turn]) -> Deeds:
        """What was done in these turns; of the last what was fired alone."""
        some = 2  # choices that can be in another order
        done = [t if len(t.chosen) < some else replace(t, chosen=self._in_order(t.chosen)) for t in turns[:-1]]
        return (*done, replace(turns[-1], chosen=()))

    def _in_order(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=lambda name: self._order.get(name, 0)))

    def _nearest(self, deeds: Deeds) -> tuple[Begun, int]:
        """A copy of the kept run with the longest way in common, and how many turns of that it has behind it."""
        for k in range(len(deeds), 0, -1):
            fired = deeds[k - 1].fired
            for some in range(len(fired), -1, -1):
                key = (*deeds[: k - 1], Turn(deeds[k - 1].day, fired[:some]))
                if key in self._kept:
                    self._kept.move_to_end(key)
                    begun = self._kept[key].fork()
                    if some < len(fired):
                        self.fire(begun, fired[some:])
                        self._keep((*deeds[: k - 1], replace(deeds[k - 1], chosen=())), begun)
                    return begun, k
        return self._first.fork(), 0

    def _keep(self, key: Deeds, begun: Begun) -> None:
        self._kept[key] = begun.fork()
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
