"""Triggers during a run: each is looked at once a day, through what sites report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.engine.deciding.reports import Reports
from sim.engine.spans import in_place
from sim.model.network import Network
from sim.model.part import Part
from sim.policies.triggers.base import Trigger, TriggerView
from sim.policies.triggers.over import Watched


class Watch(Part):
    """Looks once a day whether a trigger is met, for some cells; `member` numbers those whom they belong to."""

    CHANGES = ("_held",)

    def __init__(self, network: Network, cells: np.ndarray, member: np.ndarray, reports: Reports) -> None:
        self._reports, self._cells = reports, in_place(cells)
        self._watched = Watched(member, network.cell_product[cells], network.cell_mean[cells])
        self._held = np.zeros(len(cells), dtype=bool)

    def met(self, trigger: Trigger, day: float) -> np.ndarray:
        """Whether it is met today, for each cell; bool, shape (cells,)."""
        reports, cells, watched = self._reports, self._cells, self._watched
        if (over := trigger.present_over) is not None:
            watched = replace(watched, mean=reports.use(over)[cells])
        sent, due = (None, None) if (over := trigger.fill_over) is None else reports.sent_of_due(over, cells)
        told = reports.outlook.announced(day)
        view = TriggerView(watched, reports.present(cells), reports.short(cells), day, told, sent, due)
        holds = trigger.met(view)
        if not trigger.edge:
            return holds
        begins = holds & ~self._held
        self._held = holds
        return begins
