"""What ports did today, counted while goods move."""

from __future__ import annotations

import numpy as np

from sim.model.part import Part

TRAFFIC = ("arrived", "handled", "queue_days", "moved_on", "waited")


class PortTraffic(Part):
    """The day's figures, over gates: handling units that `arrived` and were `handled`; `queue_days`, the queue added up
    over the day; how many `moved_on` out of the queue and the unit-days these had `waited`; `berth_days` over pools.

    Waits and the queue over time are counted apart, so that each is a check on the other (Little's law). `figures` has
    a row for each of `TRAFFIC`.
    """

    CHANGES = ("midnight", "figures", "berth_days")
    VIEWS = TRAFFIC

    def __init__(self, gates: int, pools: int, now: float) -> None:
        self.midnight = now
        self.figures = np.zeros((len(TRAFFIC), gates))
        self.rejoin()
        self.berth_days = np.zeros(pools)

    def rejoin(self) -> None:
        self.arrived, self.handled, self.queue_days, self.moved_on, self.waited = self.figures

    def renew(self, midnight: float, queue: np.ndarray) -> None:
        """A new day that ends at `midnight` and begins with this queue."""
        self.midnight = midnight
        self.figures.fill(0)
        self.queue_days[:] = queue
        self.berth_days.fill(0)

    def came(self, gate: np.ndarray, load: np.ndarray, at: np.ndarray) -> None:
        """Loads join the queue; were they to stay, they would wait until midnight."""
        np.add.at(self.arrived, gate, load)
        np.add.at(self.queue_days, gate, load * (self.midnight - at))

    def left(self, gate: np.ndarray, load: np.ndarray, came: np.ndarray, at: np.ndarray) -> None:
        """Loads that joined the queue at `came` leave it at `at`."""
        np.add.at(self.moved_on, gate, load)
        np.add.at(self.waited, gate, load * (at - came))
        np.subtract.at(self.queue_days, gate, load * (self.midnight - at))

    def delay(self, gate: np.ndarray, load: np.ndarray, days: np.ndarray) -> None:
        """Loads in the queue are counted from so many days later on; they will have waited these days too."""
        np.add.at(self.waited, gate, load * days)

    def handle(self, gate: np.ndarray, load: np.ndarray) -> None:
        """Loads are ashore."""
        np.add.at(self.handled, gate, load)

    def occupied(self, berths: np.ndarray, since: float, until: float) -> None:
        """So many berths of each pool are taken from one event to the next."""
        self.berth_days += berths * max(0.0, until - since)
