"""Triggers during a run: each is looked at once a day, through what sites report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sim.engine.deciding.looks import Look, Looks, looks_of
from sim.engine.deciding.reports import Reports
from sim.engine.spans import in_place
from sim.model.network import Network
from sim.model.part import Part
from sim.policies.triggers.base import Sight, Trigger, TriggerView
from sim.policies.triggers.over import Watched

ANNOUNCEMENTS: Sight = "announcements"
UNMET: Sight = "demand unmet"
DATE: Sight = "date"
PRICES: Sight = "prices"
JOURNEYS: Sight = "journeys"


class Watch(Part):
    """Looks once a day whether a trigger is met, for some cells; `member` numbers those whom they belong to.

    Cells of one product are looked at together where a trigger says so; with `pool`, those of one number in it. A date
    has come so many days `ahead` of it. Where not all is seen, the party `by` whom it is looked at sees it, or the
    owners of the cells `by` together; without these the owner of each of the cells `each`, left out: of each cell.
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
        by: str | np.ndarray | None = None,
        each: np.ndarray | None = None,
    ) -> None:
        self._calendar, self._days_ahead = network.calendar, ahead
        self._reports, self._cells, self._looks = reports, in_place(cells), looks_of(reports, cells, by, each)
        pool = network.cell_product[cells] if pool is None else pool
        self._watched = Watched(member, pool, network.cell_mean[cells]) if watched is None else watched
        self._held = np.zeros(len(cells), dtype=bool)
        self._nobody = np.zeros(len(cells), dtype=bool)

    def met(self, trigger: Trigger, day: float) -> np.ndarray:
        """Whether it is met today, for each cell; bool, shape (cells,). Nobody is missed where nobody comes: at sites
        that are closed none is. What is not seen meets nothing."""
        reports, cells = self._reports, self._cells
        open_ = None if reports.openings is None else reports.openings.open[cells]
        if self._looks is not None:
            holds = self._surely(trigger, day, self._looks, open_)[0]
        elif not trigger.sees:  # it is made of others, of which none has an edge of its own
            holds = trigger.combine([self.met(part, day) for part in trigger.parts])
            holds = holds if open_ is None else holds & open_
        else:
            watched = self._watched
            if (over := trigger.present_over) is not None:
                watched = replace(watched, mean=reports.use(over)[cells])
            sent, due = (None, None) if (over := trigger.fill_over) is None else reports.sent_of_due(over, cells)
            told, stock = ANNOUNCEMENTS in trigger.sees and reports.outlook.announced(day), reports.present(cells)
            short = reports.short(cells) if UNMET in trigger.sees else self._nobody
            date = self._calendar.date(int(day) + self._days_ahead) if DATE in trigger.sees else None
            journeys = reports.journeys(trigger.arrivals_over or 0, cells) if JOURNEYS in trigger.sees else None
            prices = reports.prices(cells) if PRICES in trigger.sees else None
            view = TriggerView(watched, stock, short, day, told, sent, due, date, reports.decided, journeys, prices)
            holds = trigger.met(view) if open_ is None or open_.all() else _where(open_, view, trigger.met)
        if not trigger.edge:
            return holds
        begins = holds & ~self._held
        self._held = holds
        return begins

    def _surely(
        self, trigger: Trigger, day: float, looks: Looks, open_: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """(whether it is met for sure, whether it may be), by what is seen and whatever is not."""
        if not trigger.sees:
            parts = [self._surely(part, day, looks, open_) for part in trigger.parts]
            least, most = (trigger.combine(list(bounds)) for bounds in zip(*parts, strict=True))
            least, most = least & most, least | most  # one that is met where its parts are not turns them round
            return (least, most) if open_ is None else (least & open_, most & open_)
        least, most = np.zeros((2, len(self._held)), dtype=bool)
        for look in looks.at(trigger.sees, self._watched):
            view = self._view(trigger, day, look)
            some = None if open_ is None or open_.all() else open_
            asked = trigger.met, trigger.known
            holds, known = (ask(view) if some is None else _where(some, view, ask) for ask in asked)
            mine = look.mine
            least[mine], most[mine] = (holds & known)[mine], (holds | ~known)[mine]
        return (least, most) if open_ is None else (least, most & open_)

    def _view(self, trigger: Trigger, day: float, look: Look) -> TriggerView:
        """What a condition sees of the cells in one look."""
        reports, cells, eyes, watched = self._reports, self._cells, look.eyes, look.watched
        seen = np.ones(len(self._held), dtype=bool) if watched.seen is None else watched.seen
        if (over := trigger.present_over) is not None:
            watched = replace(watched, mean=reports.use(over, look.all_eyes)[cells] * seen)
        supply = (None, None) if (over := trigger.fill_over) is None else reports.sent_of_due(over, cells, eyes, day)
        sent, due = (None if x is None else x * seen for x in supply)
        journeys = None
        if JOURNEYS in trigger.sees:
            journeys = tuple(x * seen for x in reports.journeys(trigger.arrivals_over or 0, cells, eyes))
        return TriggerView(
            watched,
            reports.present(cells, eyes) * seen,
            reports.short(cells, eyes) & seen if UNMET in trigger.sees else self._nobody,
            day,
            ANNOUNCEMENTS in trigger.sees and reports.outlook.announced(day),
            sent,
            due,
            self._calendar.date(int(day) + self._days_ahead) if DATE in trigger.sees else None,
            reports.decided,
            journeys,
            reports.prices(cells) if PRICES in trigger.sees else None,
        )


def _where(some: np.ndarray, view: TriggerView, ask: Callable[[TriggerView], np.ndarray]) -> np.ndarray:
    """What is asked of a condition, of some cells (a mask); False for all others."""
    found = np.zeros(len(some), dtype=bool)
    found[some] = ask(view.of(some))
    return found
