"""Triggers during a run: each is looked at once a day, through what sites report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.engine.knowing.looks import Look, Looks, looks_of
from sim.engine.knowing.reports import Reports
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
OBSERVED: Sight = "observed"


class Watch(Part):
    """Looks once a day whether a trigger is met, for some cells; `member` numbers those whom they belong to.

    Cells of one product are looked at together where a trigger says so; with `pool`, those of one number in it. A date
    has come so many days `ahead` of it. Where not all is seen, the party `by` whom it is looked at sees it, or the
    owners of the cells `by` together; without these the owner of each of the cells `each`, left out: of each cell; who
    looks at it `as_is` sees all. Who looks in the `morning` has read what was published by the evening before.
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
        morning: bool = False,
        as_is: bool = False,
    ) -> None:
        self._calendar, self._days_ahead, self._morning = network.calendar, ahead, morning
        self._reports, self._cells = reports, in_place(cells)
        self._looks = None if as_is else looks_of(reports, cells, by, each)
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
            view = self.view(trigger, day)
            holds = trigger.met(view) if open_ is None or open_.all() else _where(open_, view, trigger.met)
        if not trigger.edge:
            return holds
        begins = holds & ~self._held
        self._held = holds
        return begins

    def looks(self, sees: Sequence[Sight]) -> Sequence[Look | None]:
        """The looks with which somebody sees such figures of the cells; None is the one of all who see all."""
        return (None,) if self._looks is None else self._looks.at(sees, self._watched)

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
            view = self.view(trigger, day, look)
            some = None if open_ is None or open_.all() else open_
            asked = trigger.met, trigger.known
            holds, known = (ask(view) if some is None else _where(some, view, ask) for ask in asked)
            mine = look.mine
            least[mine], most[mine] = (holds & known)[mine], (holds | ~known)[mine]
        return (least, most) if open_ is None else (least, most & open_)

    def view(self, looks: Looking, day: float, look: Look | None = None) -> TriggerView:
        """What somebody who looks at this today may see of the cells, in one look; None: where all see all."""
        reports, cells = self._reports, self._cells
        watched, eyes, all_eyes = self._watched, None, None
        if look is not None:
            watched, eyes, all_eyes = look.watched, look.eyes, look.all_eyes
        seen = watched.seen
        if (over := looks.present_over) is not None:
            watched = watched.in_use(_only(seen, reports.use(over, all_eyes)[cells])[0])
        sent, due, journeys = None, None, None
        if (over := looks.fill_over) is not None:
            sent, due = _only(seen, *reports.sent_of_due(over, cells, eyes, day))
        if JOURNEYS in looks.sees:
            journeys = _only(seen, *reports.journeys(looks.arrivals_over or 0, cells, eyes))
        told = ANNOUNCEMENTS in looks.sees and reports.outlook.announced(day)
        stock = _only(seen, reports.present(cells, eyes))[0]
        short = _only(seen, reports.short(cells, eyes))[0] if UNMET in looks.sees else self._nobody
        date = self._calendar.date(int(day) + self._days_ahead) if DATE in looks.sees else None
        prices = reports.prices(cells) if PRICES in looks.sees else None
        alarm = reports.alarms[looks.waits_for][cells] if ALARMS in looks.sees and looks.waits_for else None
        reads = OBSERVED in looks.sees and looks.reads
        figure = reports.published[reads].on(day - self._morning) if reads else None
        return TriggerView(
            watched, stock, short, day, told, sent, due, date, reports.decided, journeys, prices, alarm, figure
        )


def _only(seen: np.ndarray | None, *figures: np.ndarray) -> tuple[np.ndarray, ...]:
    """Figures of the cells that are seen (a mask, None: all are), nothing of the others."""
    return figures if seen is None else tuple(figure * seen for figure in figures)


def _where(some: np.ndarray, view: TriggerView, ask: Callable[[TriggerView], np.ndarray]) -> np.ndarray:
    """What is asked of a condition, of some cells (a mask); False for all others."""
    found = np.zeros(len(some), dtype=bool)
    found[some] = ask(view.of(some))
    return found
