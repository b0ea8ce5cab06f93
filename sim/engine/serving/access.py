"""Who is seen: facilities that are closed, or out in part or wholly, and what becomes of those they turn away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.plan import Plan
from sim.engine.serving.openings import Openings
from sim.model.effects import Quantities
from sim.model.part import Part
from sim.model.turned_away import LOST, WAIT, goes_to

TINY = 1e-9


@dataclass(frozen=True)
class Seen:
    """A day's patients, over demand cells: `demand` came, and were not sent elsewhere; `seen` of them can be served.

    The others are `lost` or begin to `wait` for the site's return, as those `outside` do, who came before today; of
    these some are `back` today. Those of sites that are `closed` by their date come no more. All are in units; of units
    of several doses, `doses` are those whom the seen ask for, and `later` those who begin to wait.
    """

    demand: np.ndarray
    seen: np.ndarray
    lost: np.ndarray
    wait: np.ndarray
    outside: np.ndarray
    back: np.ndarray
    share: np.ndarray
    closed: np.ndarray | None
    doses: np.ndarray
    later: np.ndarray

    def part(self, units: np.ndarray) -> np.ndarray:
        """What can be done today of work that is left over from other days, in whole units."""
        return np.floor(units * self.share + TINY).astype(np.int64)

    def late(self, stock: np.ndarray, backlog: np.ndarray) -> np.ndarray:
        """Units of the backlog that are served: a part of it, and those who are back, as far as stock reaches."""
        older = backlog - self.outside - self.back
        return np.asarray(np.minimum(stock, self.part(np.minimum(stock, older)) + self.back))


class Access(Part):
    """Lets a share of those who come be seen where a site is out, and the rest wait, go elsewhere, or be lost.

    Those who wait do so until the site sees a larger share again: when it rises from a to b, (b - a) / (1 - a) of
    them are seen to. `waiting` is over demand cells, and part of the backlog.
    """

    CHANGES = ("waiting", "_carried", "_share", "_returning")

    def __init__(self, plan: Plan, quantities: Quantities, journal: Journal, openings: Openings | None) -> None:
        self._cell, self._network = plan.demand.cell, plan.network
        self._quantities, self._journal = quantities, journal
        self._openings = openings
        cells = len(self._cell)
        self.waiting = np.zeros(cells, dtype=np.int64)
        self._carried, self._returning, self._share = np.zeros(cells), np.zeros(cells), np.ones(cells)

    def coming(self, needed: np.ndarray) -> np.ndarray:
        """Those who come, over demand cells, where so many would: nobody where a site is closed by its date."""
        closed = self._closed()
        return needed if closed is None else np.where(closed, 0, needed)

    def admit(self, came: np.ndarray, day: int, units: Callable[[np.ndarray], np.ndarray] | None) -> Seen | None:
        """Who is seen of those who came today; None where all are, nobody waits, and nobody did yesterday.

        Where patients are counted in doses, `units` tells how many units so many of them take.
        """
        share, closed = self._quantities["cell.serves"][self._cell], self._closed()
        if closed is not None:
            share = np.where(closed, 0.0, share)
        elif (share == 1).all() and (self._share == 1).all():
            return None
        back = self._let_return(share)
        fate = np.where(share < 1, self._quantities["cell.turned_away"][self._cell], LOST).astype(np.int64)
        due = came * share + self._carried
        seen = np.floor(due + TINY).astype(np.int64)
        self._carried = np.where(share < 1, np.maximum(0.0, due - seen), 0.0)
        away = came - seen
        moved = self._move(away, fate, day)
        demand = came - np.where(fate > WAIT, away, 0) + moved
        seen += np.floor(moved * share + TINY).astype(np.int64)  # who was sent on once is not sent on again
        doses = seen
        later = np.where(fate == WAIT, demand - seen, 0)
        if units is not None:
            demand, seen = units(demand), units(seen)
        turned = demand - seen
        wait = np.where(fate == WAIT, turned, 0)
        outside, self._share = self.waiting, share
        self.waiting = outside + wait
        some = (turned > 0).nonzero()[0]
        self._journal.cells("turned_away", day, self._cell[some], turned[some])
        return Seen(demand, seen, turned - wait, wait, outside, back, share, closed, doses, later)

    def _closed(self) -> np.ndarray | None:
        """Whether each site is closed by its date, over demand cells; None where none is."""
        if self._openings is None:
            return None
        open_ = self._openings.open[self._cell]
        return None if open_.all() else ~open_

    def give_up(self, backlog: np.ndarray) -> None:
        """Some of those who wait may have given up: no more than the backlog, over demand cells, wait."""
        np.minimum(self.waiting, backlog, out=self.waiting)

    def _let_return(self, share: np.ndarray) -> np.ndarray:
        """Those who come back today, as many of those who wait as are seen again."""
        more = (self.waiting > 0) & (share > self._share)
        if not more.any():
            return np.zeros_like(self.waiting)
        part = np.divide(share - self._share, 1 - self._share, out=np.zeros(len(share)), where=more)
        exact = self.waiting * part + self._returning
        back = np.where(more, np.minimum(self.waiting, np.floor(exact + TINY)), 0).astype(np.int64)
        self._returning = np.where(more & (share < 1), exact - back, 0.0)
        self.waiting = self.waiting - back
        return back

    def _move(self, away: np.ndarray, fate: np.ndarray, day: int) -> np.ndarray:
        """Those who come to each demand cell because they were sent there."""
        moved, some = np.zeros_like(away), ((fate > WAIT) & (away > 0)).nonzero()[0]
        if some.size:
            target = goes_to(fate[some])
            np.add.at(moved, np.searchsorted(self._cell, target), away[some])
            network, mine = self._network, self._cell[some]
            self._journal.note(
                "sent_elsewhere", day, network.cell_site[mine], network.cell_product[mine], away[some],
                network.cell_site[target],
            )  # fmt: skip
        return moved
