"""Alarms during a run: looked at once a day, through what sites report, before anything is decided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.books.alarm_log import AlarmLog
from sim.engine.books.journal import Journal
from sim.engine.bound.alarms import BoundAlarm
from sim.engine.bound.information import DEMAND as SEES_DEMAND
from sim.engine.knowing.looks import Look
from sim.engine.knowing.present_use import NEVER
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.watch import JOURNEYS, Watch
from sim.engine.plan import Plan
from sim.engine.spans import in_place
from sim.engine.state.state import State
from sim.model.network import Network
from sim.model.part import Part
from sim.model.vocabulary import Event
from sim.policies.alarms.base import DayTold, Evening, UnitsADay
from sim.policies.triggers.base import Groups, Sight, TriggerView
from sim.policies.triggers.over import Pool, Watched

DEMAND: Sight = "demand"
NOTHING = np.zeros(0)


class Ringing(Part):
    """One alarm; `stands` over its units, `_quiet` evenings since its condition held last.

    `_came` is what is known of arrivals (`Reports.arrived`), `_until` the last day known of demand over all cells,
    `_looked_at` over units how many days of it were looked at, where reports are made. `_rows` has
    for every day whether it stood, and whether there was a shortage; (2, units).
    """

    CHANGES = ("stands", "_quiet", "_known", "_came", "_until", "_looked_at")
    GROWS = ("_rows",)

    def __init__(self, bound: BoundAlarm, network: Network, state: State, reports: Reports) -> None:
        self.bound, self._state, self._reports = bound, state, reports
        units = len(bound.product)
        watched = bound.watched
        self._watch = Watch(
            network, bound.cells, watched.member, reports, watched=watched, by=bound.party or bound.cells
        )
        self._usual = Pool(bound.unit, self._leaving(watched))
        self._known = bound.alarm.begin(self._usual.mean)
        self._came = np.zeros((2, len(bound.cells)))
        self._none_came = np.zeros(len(bound.cells)), np.zeros(len(bound.cells))
        self._patients = in_place(bound.patients)
        self._alone = np.array_equal(bound.their_unit, np.arange(units))
        """whether every unit is one cell with patients"""
        self._first = -network.calendar.warm_up
        self._until = np.full(len(network.cell_site) if reports.are_made else 0, self._first - 1)
        self._looked_at = np.zeros(units, dtype=np.int64)
        self.stands = np.zeros(units, dtype=bool)
        self._quiet = np.zeros(units, dtype=np.int64)
        self._rows: list[np.ndarray] = []

    def _leaving(self, watched: Watched) -> np.ndarray:
        """Units a day that leave the groups that are looked at as one, over their cells."""
        leaves = watched.pooled_mean if self.bound.alarm.of == "together" else None
        return watched.mean if leaves is None else leaves

    def look(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """An evening: (units for which it rises, units for which it clears); positions."""
        alarm = self.bound.alarm
        holds, known = self._holds(day)
        holds &= known
        self._quiet = np.where(holds, 0, self._quiet + 1)
        before = self.stands
        self.stands = holds | (before & (self._quiet < alarm.clears_after))
        self._rows.append(np.stack([self.stands, self._short()]))
        return (self.stands & ~before).nonzero()[0], (before & ~self.stands).nonzero()[0]

    def _holds(self, day: int) -> tuple[np.ndarray, np.ndarray | bool]:
        """(where the condition holds, where anything is known of it); of sites that are closed nothing is seen."""
        alarm, openings, cells = self.bound.alarm, self._reports.openings, self.bound.cells
        look = self._watch.looks(alarm.sees)[0]  # all whose sites they are look together
        view = self._watch.view(alarm, float(day), look)
        there = view.watched.seen
        if openings is not None and not (open_ := openings.open[cells]).all():
            view = _without(view, ~open_)
            there = open_ if there is None else open_ & there
        now = view.watched
        pool = self._usual if now is self.bound.watched else self._usual.counted_in(self._leaving(now))
        known = True if there is None else pool.sum(there) > 0
        late = arrived = NOTHING
        days: Sequence[DayTold] = ()
        if JOURNEYS in alarm.sees:
            late, arrived = map(pool.sum, self._arrived(look))
        if DEMAND in alarm.sees:
            days, told = self._told_of(day, look, pool, there)
            known = known & told
        return alarm.look(Evening(Groups(pool, view), late, arrived, days), self._known), known

    def _arrived(self, look: Look | None) -> tuple[np.ndarray, np.ndarray]:
        """(by how much arrivals that nobody knew of before were late, added up; how many they are), over cells."""
        before, (late, came) = self._came, self._reports.arrived(self.bound.cells, None if look is None else look.eyes)
        new = came > before[1]
        if not new.any():
            return self._none_came
        if look is not None and look.watched.seen is not None:
            new &= look.watched.seen
        self._came = np.where(new, (late, came), before)
        late, came = self._came - before
        return late, came

    def _told_of(
        self, day: int, look: Look | None, pool: Pool, there: np.ndarray | None
    ) -> tuple[Sequence[DayTold], np.ndarray | bool]:
        """(days of demand that are known and were not before, units of which any is); of cells that are `there`.

        A unit looks at as many days as have passed by the latest that it knows of, at one at least when it hears any.
        """
        reports, patients, theirs = self._reports, self.bound.patients, self.bound.their_unit
        if not reports.are_made:
            return (DayTold(None, pool.mean),), True
        until = np.minimum(reports.known_until(slice(None), None if look is None else look.all_eyes, SEES_DEMAND), day)
        before = np.where(self._until == NEVER, until - (until > NEVER), self._until)
        self._until, covers = until, (until - before)[patients]
        told, fresh = (
            np.bincount(theirs, some, len(self.stands)) > 0 for some in (until[patients] > NEVER, covers > 0)
        )
        latest = np.full(len(self.stands), self._first - 1)
        np.maximum.at(latest, theirs, until[patients])
        news = np.where(fresh, np.maximum(1, latest - self._first + 1 - self._looked_at), 0)
        self._looked_at += news
        days, late, most = list[DayTold](), None, int(covers.max(initial=0))
        stood = self._asked(before, there) if most > 1 else pool.mean
        for back in range(max(most, int(news.max(initial=0))) - 1, 0, -1):
            asked, looks = self._asked(np.maximum(until - back, before), there), news > back
            days += [DayTold(looks.nonzero()[0], asked)] if looks.any() else []
            late = (0.0 if late is None else late) + np.where(looks, 0.0, asked - stood)
        days += [DayTold(fresh.nonzero()[0], pool.mean, late)] if fresh.any() else []
        return days, told

    def _asked(self, days: np.ndarray, there: np.ndarray | None) -> np.ndarray:
        """Units asked for in each unit, of each cell on a day of its own (`days` over all cells)."""
        use = self._reports.use_on(days)[self.bound.cells]
        now = self.bound.watched.in_use(use if there is None else use * there)
        return self._usual.counted_in(self._leaving(now)).mean

    def _short(self) -> np.ndarray:
        """Where so much of the day's demand went unmet that it is a shortage, whether or not anybody knows."""
        bound, today, units = self.bound, self._state.today, len(self.stands)
        short, lacking = np.zeros(units, dtype=bool), today.unmet[self._patients]
        some = lacking.nonzero()[0]
        if not some.size:
            return short
        if self._alone:
            least = self._least(today.demand[bound.patients[some]])
            short[some] = lacking[some] >= least
            return short
        unmet = np.bincount(bound.their_unit[some], lacking[some], units)
        demand = np.bincount(bound.their_unit, today.demand[bound.patients], units)
        return np.asarray((unmet > 0) & (unmet >= self._least(demand)))

    def _least(self, demand: np.ndarray) -> np.ndarray | float:
        """Units that have to go unmet of so much demand to be a shortage."""
        shortage = self.bound.alarm.shortage
        return shortage.units if isinstance(shortage, UnitsADay) else shortage * demand - 1e-9

    def log(self, first: int) -> AlarmLog:
        """What it did in all days."""
        rows = np.zeros((len(self._rows), 2, len(self.stands)), dtype=bool)
        for day, row in enumerate(self._rows):
            rows[day] = row
        return AlarmLog(self.bound, first, rows[:, 0], rows[:, 1])


def _without(view: TriggerView, closed: np.ndarray) -> TriggerView:
    """The same with nothing at some of the cells; those groups stay that they are in."""
    watched, blank = view.watched, ~closed
    pooled = None if watched.pooled_mean is None else watched.pooled_mean * blank
    watched = Watched(watched.member, watched.product, watched.mean * blank, watched.left_out, pooled, watched.seen)
    sent, due = (None if one is None else one * blank for one in (view.sent, view.due))
    journeys = None if view.journeys is None else tuple(one * blank for one in view.journeys)
    return view._replace(watched=watched, on_hand=view.on_hand * blank, sent=sent, due=due, journeys=journeys)


class Alarms(Part):
    """All alarms of a run; `_at` says over all cells where each stands that somebody waits for."""

    CHANGES = ("_at",)

    def __init__(self, plan: Plan, state: State, reports: Reports, journal: Journal, may_change: bool) -> None:
        self._network, self._reports, self._journal = plan.network, reports, journal
        self._all = [Ringing(bound, plan.network, state, reports) for bound in plan.alarms]
        heard = [bound.name for bound in plan.alarms if may_change or bound.name in plan.looking_back.waits_for]
        self._at = {name: np.zeros(len(plan.network.cell_site), dtype=bool) for name in heard}
        self.rejoin()

    def rejoin(self) -> None:
        self._reports.alarms = self._at

    def review(self, day: int) -> None:
        """Every evening, when reports are made: which alarms rise, and which clear."""
        for one in self._all:
            rises, clears = one.look(day)
            if rises.size or clears.size:
                if one.bound.name in self._at:
                    self._at[one.bound.name][:] = self._heard(one)
                self._tell("alarm_rises", day, one.bound, rises)
                self._tell("alarm_clears", day, one.bound, clears)

    def _tell(self, event: Event, day: int, bound: BoundAlarm, units: np.ndarray) -> None:
        self._journal.note(event, float(day), bound.site[units], bound.product[units], cause=bound.name)

    def _heard(self, one: Ringing) -> np.ndarray:
        """Where it stands, over all cells: a watched one goes by its own unit, another by any of its product."""
        bound, product = one.bound, self._network.cell_product
        some = np.bincount(bound.product, one.stands, len(self._network.products)) > 0
        return np.where(bound.unit_of >= 0, one.stands[bound.unit_of], some[product])

    def logs(self) -> tuple[AlarmLog, ...]:
        """What each did, in the order in which they stand."""
        first = -self._network.calendar.warm_up
        return tuple(one.log(first) for one in self._all)
