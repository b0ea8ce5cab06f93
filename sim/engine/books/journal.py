"""The journal: what happened, when, where and why, in columns."""

from __future__ import annotations

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
NUMBERS = ("day", "site", "product", "units", "other", "shipment", "lot")


class Journal(Part):
    """Collects events of one run. `detail`: full, key (no routine events) or none.

    Every event is a row: day (fraction: time of day), event, site and product it concerns (-1: none), units,
    other site (-1: none), shipment identity (-1: none), lot (-1: none), cause (text).
    """

    GROWS = ("_blocks",)

    def __init__(self, network: Network, detail: Detail) -> None:
        self._network = network
        self._kept = {event: detail == "full" or (detail == "key" and not EVENTS[event].routine) for event in EVENTS}
        self._blocks: list[tuple[Event, str, dict[str, np.ndarray]]] = []

    def keeps(self, event: Event) -> bool:
        """Whether events of this kind are recorded; raises SimulationError for one that is not declared."""
        try:
            return self._kept[event]
        except KeyError:
            raise SimulationError(f"the journal knows no event '{event}'") from None

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
        if not self.keeps(event):
            return
        values = np.broadcast_arrays(*map(np.atleast_1d, (day, site, product, units, other, shipment, lot)))
        if values[0].size:
            block = {name: np.array(value) for name, value in zip(NUMBERS, values, strict=True)}
            self._blocks.append((event, cause, block))

    def cells(self, event: Event, day: float, cells: np.ndarray, units: np.ndarray, cause: str = "") -> None:
        """An event at each of some cells."""
        network = self._network
        if cells.size:
            self.note(event, day, network.cell_site[cells], network.cell_product[cells], units, cause=cause)

    def flows(self, event: Event, day: float, flow: np.ndarray, units: np.ndarray, cause: str = "") -> None:
        """An event of orders on some flows: `site` is their buyer, `other` their source."""
        if flow.size and self.keeps(event):
            network = self._network
            buyer, source = network.flow_buyer[flow], network.flow_source[flow]
            site, other = network.cell_site[buyer], network.cell_site[source]
            self.note(event, day, site, network.cell_product[buyer], units, other, cause=cause)

    def shipments(self, event: Event, table: Shipments, rows: np.ndarray, day: np.ndarray, cause: str = "") -> None:
        """An event of each of some shipments: `site` is its buyer, `other` its source."""
        if not rows.size or not self.keeps(event):
            return
        network = self._network
        buyer, source = (
            network.flow_buyer[table.columns["flow"][rows]],
            network.flow_source[table.columns["flow"][rows]],
        )
        self.note(
            event, day, network.cell_site[buyer], network.cell_product[buyer], table.columns["units"][rows],
            network.cell_site[source], table.columns["id"][rows], cause, table.columns["lot"][rows],
        )  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """All events, in order of day, as a table with the names of sites and products."""
        import pandas as pd

        if not self._blocks:
            return _no_events().copy()
        columns = {name: np.concatenate([block[name] for _, _, block in self._blocks]) for name in NUMBERS}
        sizes = [len(block["day"]) for _, _, block in self._blocks]
        sites = np.array([*self._network.sites["name"], ""], dtype=object)
        products = np.array([*self._network.products["name"], ""], dtype=object)
        start = np.datetime64(self._network.calendar.start, "D")
        frame = pd.DataFrame(
            {
                "date": (start + np.floor(columns["day"]).astype(np.int64)).astype("datetime64[s]"),
                "day": columns["day"].astype(float),
                "event": np.repeat(np.array([event for event, _, _ in self._blocks], dtype=object), sizes),
                "site": sites[columns["site"]],
                "product": products[columns["product"]],
                "units": columns["units"].astype(np.int64),
                "other": sites[columns["other"]],
                "shipment": columns["shipment"].astype(np.int64),
                "lot": columns["lot"].astype(np.int64),
                "cause": np.repeat(np.array([cause for _, cause, _ in self._blocks], dtype=object), sizes),
            }
        )
        return frame.sort_values("day", kind="stable", ignore_index=True)


@cache
def _no_events() -> pd.DataFrame:
    """A table without a row, which is made once: pandas takes longer for it than a day of a small network does."""
    import pandas as pd

    return pd.DataFrame(columns=["date", *FIELDS], dtype=object)
