"""Triggers during a run: each is looked at once a day, through what sites report."""

from __future__ import annotations

import numpy as np

from sim.engine.deciding.reports import Reports
from sim.engine.spans import in_place
from sim.model.network import Network
from sim.model.part import Part
from sim.policies.triggers.base import Looking, Sight, Trigger, TriggerView
from sim.policies.triggers.over import Watched

ANNOUNCEMENTS: Sight = "announcements"
UNMET: Sight = "demand unmet"
DATE: Sight = "date"
PRICES: Sight = "prices"
JOURNEYS: Sight = "journeys"
ALARMS: Sight = "alarms"


class Watch(Part):
    """Looks once a day whether a trigger is met, for some cells; `member` numbers those whom they belong to.

    Cells of one product are looked at together where a trigger says so; with `pool`, those of one number in it. A date
    has come so many days `ahead` of it.
    """

    CHANGES = ("_held",)

    def __init__(
        self,
        network: Network,
        cells: np.ndarray,
        member: np.ndarray,
        reports: Reports,
        pool: np.ndarray | None = None,
        ahead: int = 0,
        watched: Watched | None = None,
    ) -> None:
        self._calendar, self._days_ahead = network.calendar, ahead
        self._reports, self._cells = reports, in_place(cells)
        pool = network.cell_product[cells] if pool is None else pool
        self._watched = Watched(member, pool, network.cell_mean[cells]) if watched is None else watched
        self._held = np.zeros(len(cells), dtype=bool)
        self._nobody = np.zeros(len(cells), dtype=bool)

    def met(self, trigger: Trigger, day: float) -> np.ndarray:
        """Whether it is met today, for each cell; bool, shape (cells,). Nobody is missed where nobody comes: at sites
        that are closed none is."""
        reports, cells = self._reports, self._cells
        open_ = None if reports.openings is None else reports.openings.open[cells]
        if not trigger.sees:  # it is made of others, of which none has an edge of its own
            holds = trigger.combine([self.met(part, day) for part in trigger.parts])
            holds = holds if open_ is None else holds & open_
        else:
            view = self.view(trigger, day)
            if open_ is None or open_.all():
                holds = trigger.met(view)
            else:
                holds = np.zeros(len(open_), dtype=bool)
                holds[open_] = trigger.met(view.of(open_))
        if not trigger.edge:
            return holds
        begins = holds & ~self._held
        self._held = holds
        return begins

    def view(self, looks: Looking, day: float) -> TriggerView:
        """What somebody who looks at this today may see of the cells."""
        reports, cells, watched = self._reports, self._cells, self._watched
        if (over := looks.present_over) is not None:
            watched = watched.in_use(reports.use(over)[cells])
        sent, due = (None, None) if (over := looks.fill_over) is None else reports.sent_of_due(over, cells)
        told, stock = ANNOUNCEMENTS in looks.sees and reports.outlook.announced(day), reports.present(cells)
        short = reports.short(cells) if UNMET in looks.sees else self._nobody
        date = self._calendar.date(int(day) + self._days_ahead) if DATE in looks.sees else None
        journeys = reports.journeys(looks.arrivals_over or 0, cells) if JOURNEYS in looks.sees else None
        prices = reports.prices(cells) if PRICES in looks.sees else None
        alarm = reports.alarms[looks.waits_for][cells] if ALARMS in looks.sees and looks.waits_for else None
        return TriggerView(watched, stock, short, day, told, sent, due, date, reports.decided, journeys, prices, alarm)
