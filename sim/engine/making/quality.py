"""What happens to goods because of their age or quality: release after testing, recall, expiry, longer shelf lives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.plan import Plan
from sim.engine.state.held import Held
from sim.engine.state.lots import LotKeeper
from sim.engine.state.state import State
from sim.model.effects import Impulse
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.goods.shipments import Phase
from sim.model.part import Part
from sim.model.vocabulary import Event


class Quality(Part):
    """Keeps unusable goods from being used, wherever they are."""

    def __init__(self, plan: Plan, state: State, journal: Journal) -> None:
        self._network, self._state, self._journal = plan.network, state, journal
        self._reserves = plan.reserves

    def release(self, day: int) -> None:
        """Morning: what has passed its tests becomes stock; what was called back and kept long enough is taken away."""
        state = self._state
        due = state.held["until"] <= day
        if not np.count_nonzero(due):
            return
        rows = state.held.take(due)
        cell, lot, units = rows["cell"], rows["lot"], rows["units"]
        np.subtract.at(state.today.held, cell, units)
        gone = rows["withdrawn"] > 0
        np.add.at(state.today.recalled, cell[gone], units[gone])
        if state.lots is not None:
            state.lots.book.add("recalled", lot[gone], units[gone])
            state.lots.put(state.lots.pocket[cell[~gone]], lot[~gone], units[~gone], day)
        np.add.at(state.on_hand, cell[~gone], units[~gone])
        self._note("taken_away", day, cell[gone], units[gone], lot[gone])
        self._note("passed_test", day, cell[~gone], units[~gone], lot[~gone])

    def spoil(self, warm: np.ndarray, day: int) -> None:
        """Morning: whatever lies or arrived where it is too warm is lost; `warm` are cells."""
        lost = self._state.on_hand[warm]
        if not np.count_nonzero(lost):
            return
        self._state.lose_stock(warm, lost)
        spoiled = lost.nonzero()[0]
        none = np.full(len(spoiled), -1)
        self._note("spoiled", day, warm[spoiled], lost[spoiled], none, "no power for the cold room")

    def recall(self, impulse: Impulse, day: int) -> None:
        """Call back what some makers made between two days: on hand, in reserves, in process and under test at once,
        under way on arrival; with the action "recall_following" what was made from it too."""
        state = self._state
        if state.lots is None:
            return
        book = state.lots.book
        called = self._concerned(impulse)
        if impulse.action == "recall_following":
            called = state.lots.genealogy.with_descendants(called)
        called &= book["withdrawn"] == NEVER_EXPIRES
        book["withdrawn"][called], book["recall"][called] = day + int(impulse.amount), len(state.lots.recalls)
        state.lots.recalls.append(impulse.cause)
        begun = state.in_process.take(_of_lots(state.in_process, called))
        np.subtract.at(state.today.in_process, begun["cell"], begun["units"])
        stock = self._take_out(state.lots, called)
        cell, lot, units = (np.concatenate([a, begun[b]]) for a, b in zip(stock, ("cell", "lot", "units"), strict=True))
        until = np.full(len(cell), day + int(impulse.amount))
        state.hold(cell, lot, units, until, withdrawn=True)
        tested = np.isin(state.held["lot"], called.nonzero()[0])
        state.held["withdrawn"][tested], state.held["until"][tested] = 1, day + int(impulse.amount)
        self._note("called_back", impulse.at, cell, units, lot, impulse.cause)

    def extend(self, impulse: Impulse) -> None:
        """What some makers made between two days may be used longer."""
        if self._state.lots is not None:
            self._state.lots.extend(self._concerned(impulse), int(impulse.amount))

    def expire(self, day: int, give_up: Callable[[np.ndarray, float], None]) -> None:
        """Evening: whatever had its last day of use today is written off, at sites, in reserves and under way.

        `give_up(shipments' rows, time)` is told before goods under way are gone.
        """
        lots = self._state.lots
        if lots is None:
            return
        state, book = self._state, lots.book
        if not lots.any_over(day, day):
            return
        expired = book.over(day)
        if not expired.size:
            return
        over = np.zeros(book.count, dtype=bool)
        over[expired] = True
        cell, lot, units = self._take_out(lots, over)
        np.add.at(state.today.expired, cell, units)
        book.add("expired", lot, units)
        self._note("expired", day, cell, units, lot)
        self._expire_under_way(over, day, give_up)
        kept = _of_lots(state.held, over) & (state.held["withdrawn"] == 0)
        for table, which, counter in (
            (state.held, kept, state.today.held),
            (state.in_process, _of_lots(state.in_process, over), state.today.in_process),
        ):
            rows = table.take(which)
            np.subtract.at(counter, rows["cell"], rows["units"])
            np.add.at(state.today.expired, rows["cell"], rows["units"])
            book.add("expired", rows["lot"], rows["units"])

    def _expire_under_way(self, over: np.ndarray, day: int, give_up: Callable[[np.ndarray, float], None]) -> None:
        state, table = self._state, self._state.shipments
        assert state.lots is not None
        live = ((table["phase"] != Phase.DONE) & (table["lot"] >= 0)).nonzero()[0]
        rows = live[over[table.columns["lot"][live]]]
        if rows.size:
            cell = self._network.flow_buyer[table.columns["flow"][rows]]
            give_up(rows, float(day))
            state.lose_on_way(cell, table.columns["units"][rows])
            np.add.at(state.today.expired, cell, table.columns["units"][rows])
            state.lots.book.add("expired", table.columns["lot"][rows], table.columns["units"][rows])
            self._journal.shipments("expired_under_way", table, rows, np.full(len(rows), float(day)))
            table.finish(rows)

    def _take_out(self, lots: LotKeeper, which: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(cell, lot, units) of all usable stock and reserves of lots of a mask; it is no longer there."""
        pocket, lot, units = lots.remove(which)
        reserved = lots.is_reserve(pocket)
        np.subtract.at(self._state.on_hand, lots.cell[pocket[~reserved]], units[~reserved])
        lost = np.bincount(pocket, np.where(reserved, units, 0), len(lots.cell)).astype(np.int64)
        for stock, pockets in zip(self._state.reserve, lots.reserve, strict=True):
            stock -= np.where(pockets >= 0, lost[pockets], 0)
        return lots.cell[pocket], lot, units

    def _concerned(self, impulse: Impulse) -> np.ndarray:
        """Lots of the makers' cells that were made within the impulse's window, as a mask over lots."""
        assert self._state.lots is not None and impulse.window is not None
        book, (first, over) = self._state.lots.book, impulse.window
        return np.asarray(np.isin(book["maker"], impulse.rows) & (book["made"] >= first) & (book["made"] < over))

    def _note(
        self, event: Event, day: float, cell: np.ndarray, units: np.ndarray, lot: np.ndarray, cause: str = ""
    ) -> None:
        if cell.size:
            network, order = self._network, np.lexsort((units, lot, cell))  # pockets have no order of their own
            cell, units, lot = cell[order], units[order], lot[order]
            self._journal.note(
                event, day, network.cell_site[cell], network.cell_product[cell], units, cause=cause, lot=lot
            )


def _of_lots(table: Held, lots: np.ndarray) -> np.ndarray:
    """The rows of held goods that belong to lots of a mask, as a mask."""
    found = table["lot"] >= 0
    found[found] = lots[table["lot"][found]]
    return np.asarray(found)
