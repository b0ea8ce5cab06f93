"""The journal: what happened, when, where and why, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.errors import SimulationError
from sim.model.goods.shipments import Shipments
from sim.model.network import Network
from sim.model.part import Part
from sim.model.vocabulary import EVENTS, Event

if TYPE_CHECKING:
    import pandas as pd

Detail = Literal["full", "key", "none"]
FIELDS = ("day", "event", "site", "product", "units", "other", "shipment", "lot", "cause")
COUNTED = ("site", "product", "units", "other", "shipment", "lot")
"""The fields of whole numbers, in the order of a block's rows."""


class _Kept(dict[Event, bool]):
    """Whether events of each kind are recorded; a kind that is not declared raises SimulationError."""

    def __missing__(self, event: Event) -> bool:
        raise SimulationError(f"the journal knows no event '{event}'")


class Journal(Part):
    """Collects events of one run. `detail`: full, key (no routine events) or none.

    Every event is a row: day (fraction: time of day), event, site and product it concerns (-1: none), units,
    other site (-1: none), shipment identity (-1: none), lot (-1: none), cause (text).
    """

    GROWS = ("_blocks",)

    def __init__(self, network: Network, detail: Detail) -> None:
        self._network, self.routine = network, detail == "full"
        """whether routine events are recorded as well, such as every order, departure and arrival"""
        self._kept = _Kept(
            (event, detail == "full" or (detail == "key" and not EVENTS[event].routine)) for event in EVENTS
        )
        self._blocks: list[tuple[Event, str, np.ndarray, np.ndarray]] = []
        """event and cause of some entries, their days, and their `COUNTED` fields, shape (fields, entries)"""

    def keeps(self, event: Event) -> bool:
        """Whether events of this kind are recorded; raises SimulationError for one that is not declared."""
        return self._kept[event]

    def note(
        self,
        event: Event,
        day: np.ndarray | float,
        site: np.ndarray | int = -1,
        product: np.ndarray | int = -1,
        units: np.ndarray | int = 0,
        other: np.ndarray | int = -1,
        shipment: np.ndarray | int = -1,
        cause: str = "",
        lot: np.ndarray | int = -1,
    ) -> None:
        """Add one event, or one for each entry of the arrays."""
        if not self._kept[event]:
            return
        values = (site, product, units, other, shipment, lot)
        entries = np.broadcast(day, *values).size
        if entries:
            days, counted = np.empty(entries), np.empty((len(COUNTED), entries), dtype=np.int64)
            days[:] = day
            for row, value in zip(counted, values, strict=True):
                row[:] = value
            self._blocks.append((event, cause, days, counted))

    def cells(self, event: Event, day: float, cells: np.ndarray, units: np.ndarray, cause: str = "") -> None:
        """An event at each of some cells."""
        network = self._network
        if cells.size:
            self.note(event, day, network.cell_site[cells], network.cell_product[cells], units, cause=cause)

    def flows(self, event: Event, day: float, flow: np.ndarray, units: np.ndarray, cause: str = "") -> None:
        """An event of orders on some flows: `site` is their buyer, `other` their source."""
        if flow.size and self._kept[event]:
            network = self._network
            buyer, source = network.flow_buyer[flow], network.flow_source[flow]
            site, other = network.cell_site[buyer], network.cell_site[source]
            self.note(event, day, site, network.cell_product[buyer], units, other, cause=cause)

    def shipments(self, event: Event, table: Shipments, rows: np.ndarray, day: np.ndarray, cause: str = "") -> None:
        """An event of each of some shipments: `site` is its buyer, `other` its source."""
        if not rows.size or not self._kept[event]:
            return
        network, columns = self._network, table.columns
        flow = columns["flow"][rows]
        buyer, source = network.flow_buyer[flow], network.flow_source[flow]
        self.note(
            event, day, network.cell_site[buyer], network.cell_product[buyer], columns["units"][rows],
            network.cell_site[source], columns["id"][rows], cause, columns["lot"][rows],
        )  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """All events, in order of day, as a table with the names of sites and products."""
        import pandas as pd

        if not self._blocks:
            return _no_events().copy()
        days = np.concatenate([days for _, _, days, _ in self._blocks])
        order = np.argsort(days, kind="stable")
        days = days[order]
        columns = dict(zip(COUNTED, np.concatenate([counted for *_, counted in self._blocks], axis=1), strict=True))
        columns = {name: column[order] for name, column in columns.items()}
        block = np.repeat(np.arange(len(self._blocks)), [len(days) for _, _, days, _ in self._blocks])[order]
        sites, products = [*self._network.sites["name"], ""], [*self._network.products["name"], ""]
        start = np.datetime64(self._network.calendar.start, "D")
        return pd.DataFrame(
            {
                "date": (start + np.floor(days).astype(np.int64)).astype("datetime64[s]"),
                "day": days,
                "event": _texts([event for event, *_ in self._blocks], block),
                "site": _texts(sites, columns["site"]),
                "product": _texts(products, columns["product"]),
                "units": columns["units"],
                "other": _texts(sites, columns["other"]),
                "shipment": columns["shipment"],
                "lot": columns["lot"],
                "cause": _texts([cause for _, cause, *_ in self._blocks], block),
            }
        )


def _texts(texts: Sequence[str], which: np.ndarray) -> pd.api.extensions.ExtensionArray | np.ndarray:
    """Some of these texts, by their position, as pandas keeps texts; each is turned into that once only."""
    import pandas as pd

    return pd.Series(texts).array.take(which)


@cache
def _no_events() -> pd.DataFrame:
    """A table without a row, which is made once: pandas takes longer for it than a day of a small network does."""
    import pandas as pd

    return pd.DataFrame(columns=["date", *FIELDS], dtype=object)
