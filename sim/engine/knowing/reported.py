"""What has been reported: of a cell what somebody's eyes see of it, be it as it is or as it was told of last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.bound.information import AT_ONCE, CAPACITY, DEMAND, ORDERS, STOCK, Seen
from sim.engine.knowing.filled import FilledOrders
from sim.engine.knowing.present_use import NEVER, PresentUse
from sim.engine.knowing.told import EVER, NOT_TOLD, Told, journeys_of
from sim.engine.state.state import State
from sim.model.effects import Quantities
from sim.model.part import Part

LATEST = 2**31
"""Days; after any day of a run."""


class Eyes(NamedTuple):
    """What somebody sees of some cells: how much (`sim.engine.bound.information`), and where what it is told of each
    stands in what has been told; `who` tells it from others who look at the same cells."""

    level: np.ndarray
    at: np.ndarray
    who: object = None

    def of(self, cells: np.ndarray | slice) -> Eyes:
        """The same for some of the cells."""
        return Eyes(self.level[cells], self.at[cells], self.who)


class Reported(Part):
    """What eyes see of all cells; where all is seen at once, and no systems fail, that is the state itself.

    Whoever looks says with which `eyes`, None where all see all. What these see so little of is not told apart here:
    their `level` tells. `present_use` and `orders_filled` are what is known of the days before, None where nobody may
    look back on it.
    """

    def __init__(
        self,
        state: State,
        quantities: Quantities,
        told: Told | None = None,
        present_use: PresentUse | None = None,
        orders_filled: FilledOrders | None = None,
    ) -> None:
        self._state, self._quantities, self._told = state, quantities, told
        self.present_use, self._orders_filled = present_use, orders_filled
        self.may_fail = quantities.touched("cell.blackout")
        if self.may_fail:
            cells = np.arange(len(self._code))
            assert told is not None
            seen = Seen(np.full(len(cells), CAPACITY), np.full(len(cells), AT_ONCE))
            self._at_once = Eyes(seen.level, told.at(seen, cells))

    @property
    def _code(self) -> np.ndarray:
        return self._quantities["cell.blackout"]

    @property
    def works(self) -> np.ndarray | None:
        """Whether the systems of each cell work, None where none ever fails."""
        return self._code == 0 if self.may_fail else None

    def _as_is(self, at: np.ndarray, cells: np.ndarray | slice) -> np.ndarray:
        """Whether these cells, told of at these places, are seen as they are."""
        assert self._told is not None
        if not self.may_fail:
            return np.asarray(at == NOT_TOLD)
        return (at == NOT_TOLD) | self._told.is_at_once(at) & (self._code[cells] == 0)

    def _seen(self, name: str, now: np.ndarray, cells: np.ndarray | slice, eyes: Eyes | None) -> np.ndarray:
        """A figure of cells (`now` is what it is of all) as these eyes see it."""
        if self._told is None:
            return np.asarray(now[cells])
        if eyes is None:
            if not self.may_fail:
                return np.asarray(now[cells])
            eyes = self._at_once.of(cells)
        return np.where(self._as_is(eyes.at, cells), now[cells], self.told(name, eyes.at, now[cells]))

    def told(self, name: str, at: np.ndarray, now: np.ndarray) -> np.ndarray:
        """What has been told of a figure at these places; where nothing is told of anything, what it is `now`."""
        assert self._told is not None
        return self._told.figures[name][at] if len(self._told.cell) else now

    def present(self, cells: np.ndarray | slice, eyes: Eyes | None = None) -> np.ndarray:
        """Stock on hand at this moment where it is seen at once, else as last reported; `eyes` of these cells."""
        if self._told is None:
            return self._state.on_hand[cells]
        return self._seen("on_hand", self._state.on_hand, cells, eyes)

    def shelf(self, cells: np.ndarray, eyes: Eyes) -> np.ndarray:
        """Stock on hand as those see it who stand before it, in a blackout as well, else as last reported; `eyes` of
        these cells."""
        now, late = self._state.on_hand[cells], self.by_report(eyes)
        return np.where(late, self.told("on_hand", eyes.at, now), now) if late.any() else now

    def backlog(self, cells: np.ndarray | slice, eyes: Eyes | None = None) -> np.ndarray:
        """Waiting demand; `eyes` of these cells."""
        if not self._state.waits:
            return self._state.backlog[cells]  # nobody ever waits
        return self._seen("backlog", self._state.backlog, cells, eyes)

    def short(self, cells: np.ndarray | slice, eyes: Eyes | None = None) -> np.ndarray:
        """Whether demand went unmet on the last day that was served; `eyes` of these cells."""
        if self._told is None:
            return np.asarray(self._state.today.unmet[cells] > 0)
        return self._seen("short", self._state.today.unmet > 0, cells, eyes)

    def known_until(self, cells: np.ndarray | slice, eyes: Eyes | None = None, level: int = STOCK) -> np.ndarray:
        """The last evening of which these cells are known, `NEVER` where not so much is seen of them; `eyes` of these
        cells. After any day where they are seen at once."""
        if eyes is None:
            if not self.may_fail:
                return np.full(len(self._state.on_hand[cells]), LATEST)
            eyes = self._at_once.of(cells)
        assert self._told is not None
        made = self._told.made_at(eyes.at) if len(self._told.cell) else np.zeros(len(eyes.at), dtype=np.int64)
        last = np.where(self._as_is(eyes.at, cells), LATEST, made)
        return np.where(eyes.level >= level, last, NEVER)

    def use(self, over: int, eyes: Eyes | None = None) -> np.ndarray:
        """Mean units a day asked for in the last `over` days, over all cells, as far as it is known, before and beyond
        that the usual ones; `eyes` of all cells."""
        assert self.present_use is not None
        if eyes is None and not self.may_fail:
            return self.present_use.mean(over)
        who = None if eyes is None else eyes.who
        return self.present_use.mean(over, self.known_until(slice(None), eyes, DEMAND), who)

    def use_on(self, days: np.ndarray) -> np.ndarray:
        """Units asked for over all cells, of each on a day of its own; as usual where that is `NEVER`."""
        assert self.present_use is not None
        return self.present_use.on(days)

    def sent_of_due(
        self, over: int, cells: np.ndarray | slice, eyes: Eyes | None = None, day: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """(units sent, units due) of the cells' orders in the last `over` days: as they know themselves, or as these
        eyes (of these cells) know on a day."""
        assert self._orders_filled is not None
        if eyes is None:
            sent, due = self._orders_filled.last(over)
            return sent[cells], due[cells]
        late = self.by_report(eyes)
        age = np.where(late, int(day) - np.minimum(day, self.known_until(cells, eyes, ORDERS)), 0).astype(np.int64)
        return self._orders_filled.as_of(over, cells, age)

    def journeys(self, number: int, cells: np.ndarray | slice, eyes: Eyes | None = None) -> tuple[np.ndarray, ...]:
        """(days on the way, days planned, arrivals) of the cells' last arrivals; `eyes` of these cells."""
        assert self._state.arrivals is not None
        now = self._state.arrivals.last(number, cells)
        if eyes is None or self._told is None:
            return now
        late = self.by_report(eyes)
        if not late.any():
            return now
        return tuple(
            np.where(late, self.told(name, eyes.at, one), one)
            for name, one in zip(journeys_of(number), now, strict=True)
        )

    def arrived(self, cells: np.ndarray, eyes: Eyes | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(by how much all arrivals ever of the cells' orders were later than planned, added up; how many they were),
        see `LatestArrivals.ever`; `eyes` of these cells."""
        assert self._state.arrivals is not None
        now = self._state.arrivals.ever(cells)
        if eyes is None or self._told is None:
            return now
        late = self.by_report(eyes)
        behind, came = (np.where(late, self.told(name, eyes.at, one), one) for name, one in zip(EVER, now, strict=True))
        return behind, came

    def by_report(self, eyes: Eyes) -> np.ndarray:
        """Which cells these eyes see by reports that come later than at once, or are not all that is; a mask."""
        if self._told is None or not len(self._told.cell):
            return np.zeros(len(eyes.at), dtype=bool)
        return np.asarray((eyes.at != NOT_TOLD) & ~self._told.is_at_once(eyes.at))

    def orders_by_report(self, own: Eyes) -> np.ndarray:
        """Whether cells order by what their owner is told; who is told less than their stock leaves it to the sites."""
        return (own.level >= STOCK) & self.by_report(own)
