"""What is told of rations: in the journal, in a table of who dealt out what on what expectation, and days counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.books.journal import Journal
from sim.model.network import Network
from sim.model.part import Part
from sim.model.vocabulary import Event

FIGURES = ("day", "event", "cell", "share", "over", "end", "stock", "coming")
"""Of one decision: its day, what it was, the source's cell, the share of usual units dealt out, the day on which supply
is expected to be as usual again (infinite: none is; or `LEFT`), the day to which goods are to last, units in stock then
(what is under way and under test included), and units expected to come until that day."""
LEFT = float("-inf")
"""As the day on which supply is as usual: nobody goes by it any more, since the entry of `rationing` is over."""
EVENTS: tuple[Event, ...] = ("ration_begins", "ration_changed", "ration_ends")


@dataclass(frozen=True)
class RationRecord:
    """What a run leaves of its rations.

    `decisions` are the columns of `FIGURES` (`event` as a position in `EVENTS`); over cells that buy: `days` counted
    days on which a source let them have less than usual, `lowest` the least share that one did.
    """

    decisions: dict[str, np.ndarray]
    days: np.ndarray
    lowest: np.ndarray


class RationBook(Part):
    """Takes down what sources decide."""

    CHANGES = ("_days", "_lowest")
    GROWS = ("_rows",)

    def __init__(self, network: Network, journal: Journal) -> None:
        self._network, self._journal = network, journal
        self._regular = network.flow_usual > 0
        self._days = np.zeros(len(network.cell_site), dtype=np.int64)
        self._lowest = np.ones(len(network.cell_site))
        self._rows: list[np.ndarray] = []

    def note(
        self,
        event: Event,
        day: int,
        cells: np.ndarray,
        share: np.ndarray,
        over: np.ndarray,
        end: np.ndarray,
        stock: np.ndarray,
        coming: np.ndarray,
    ) -> None:
        """Sources begin, change or end their rations; arrays over `cells`."""
        figures = (float(day), float(EVENTS.index(event)), cells, share, over, end, stock, coming)
        rows = np.array(np.broadcast_arrays(*figures), dtype=float)
        self._rows.append(rows)
        if self._journal.keeps(event):
            for row in rows.T.tolist():
                cell, words = np.array([int(row[2])]), self._words(event, *row[3:])
                self._journal.cells(event, day, cell, np.array([int(row[6])]), words)

    def _words(self, event: Event, share: float, over: float, end: float, stock: float, coming: float) -> str:
        if event == "ration_ends":
            return "nothing is dealt out any more" if over == LEFT else "usual orders can be filled again"
        until = self._network.calendar.date(np.ceil(end))
        known = f"until {until}" if np.isfinite(over) else f"until {until}, no end being expected"
        return f"{share:.0%} of usual orders, to last {known}: {stock:,.0f} units there, {coming:,.0f} to come"

    def count(self, day: int, share: np.ndarray) -> None:
        """A day on which some flows have a limit of this share."""
        less = (share < 1) & self._regular
        if day >= 0 and less.any():
            buyer = self._network.flow_buyer[less]
            self._days[np.unique(buyer)] += 1
            np.minimum.at(self._lowest, buyer, share[less])

    def record(self) -> RationRecord:
        """All of it."""
        rows = np.concatenate([np.zeros((len(FIGURES), 0)), *self._rows], axis=1)
        return RationRecord(dict(zip(FIGURES, rows, strict=True)), self._days, self._lowest)
