"""The clock: a SimPy environment that runs disruptions at their own times and the days between."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.engine.books.alarm_log import AlarmLog
from sim.engine.books.claim_book import ClaimRecord
from sim.engine.books.conservation import LOT_CHECK_DAYS
from sim.engine.books.given import TransferRecord
from sim.engine.books.journal import Detail
from sim.engine.books.recorder import Record
from sim.engine.books.sharings import Page
from sim.engine.bound.decisions import BoundDecision
from sim.engine.bound.impacts import Lift, impacts_of, in_order
from sim.engine.bound.in_force import Policy, added, together
from sim.engine.day import World
from sim.engine.deciding.decisions import Coming, Taken, Whose
from sim.engine.knowing.seen_book import SeenRecord
from sim.engine.moving.freight import FreightRecord
from sim.engine.phases import needed_phases
from sim.engine.plan import Plan
from sim.engine.rationing.rations_told import RationRecord
from sim.engine.serving.demand_source import KEPT_BYTES, DemandSource
from sim.engine.serving.demand_total import too_much
from sim.engine.sharing.trust import TrustRecord
from sim.engine.state.ledger import DAILY
from sim.engine.state.lots import LotRecord
from sim.errors import Problem, ScenarioError
from sim.model.effects import Impact
from sim.model.part import Part, parts_of
from sim.model.vocabulary import Event
from sim.policies.replenishment.forecast_errors import ForecastErrors
from sim.rng import Streams
from sim.units import EXACT

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Outcome:
    """What one replication of a plan gave.

    The record, the journal as a table, the disruptions it met, and the lots if any were kept. `substitution`
    (days, 2, rows) is as in `Substitution.flows`, None where nothing has a substitute; `not_begun` (days, rows of the
    bill) as in `Making`, None where nothing is made in stages; `beyond` (entries of the plan's `more`) units made
    beyond usual capacity, None where nobody can; `decisions` are those that came into force, in turn;
    `rations` None where nobody has dealt out shares; `scores` of sources as columns (`OrderShares.scored`), None where
    nobody keeps any; `sharings` pages of the `SharingBook`, None where none was kept; `forecast_errors` over all cells,
    None where no policy forecasts; `transfers` what was given beside orders, None where nobody may give; `claims` on
    reserves by the name of each that parties hold together; `seen` is what was told of stock, None where all see all;
    `alarms` when each stood, and when those that it watches were short; `trust` what became of it, None where the
    scenario has none; `freight` None where nothing is paid whole and nothing has a weight.
    """

    plan: Plan
    record: Record
    journal: pd.DataFrame
    impacts: tuple[Impact, ...]
    lots: LotRecord | None = None
    substitution: np.ndarray | None = None
    not_begun: np.ndarray | None = None
    beyond: np.ndarray | None = None
    rations: RationRecord | None = None
    decisions: tuple[Taken, ...] = ()
    scores: dict[str, np.ndarray] | None = None
    sharings: tuple[Page, ...] | None = None
    forecast_errors: ForecastErrors | None = None
    transfers: TransferRecord | None = None
    claims: Mapping[str, ClaimRecord] = field(default_factory=dict)
    seen: SeenRecord | None = None
    alarms: tuple[AlarmLog, ...] = ()
    trust: TrustRecord | None = None
    freight: FreightRecord | None = None

    @property
    def any_loans(self) -> bool:
        """Whether somebody may lend: sites, or parties what they claim on a reserve."""
        sites = self.transfers is not None and self.transfers.loans is not None
        return sites or any(reserve.spec.borrow is not None for reserve in self.plan.reserves)

    @property
    def answers(self) -> tuple[Taken, ...]:
        """Decisions that came into force in answer to a shortage."""
        return tuple(one for one in self.decisions if not one.against_others)


def draws_of(plan: Plan, replication: int = 0, keep: int = KEPT_BYTES) -> DemandSource:
    """Plain demand of a replication, for all its runs with the same demand; keeps at most so many bytes of it."""
    return DemandSource(plan.demand, plan.network.calendar, Streams(plan.seed, replication), keep)


def simulate(
    plan: Plan,
    *,
    replication: int = 0,
    disruptions: bool = True,
    detail: Detail = "full",
    table: bool | np.ndarray = True,
    series: Collection[str] = DAILY,
    progress: Progress | None = None,
    lot_check: int = LOT_CHECK_DAYS,
    demand: DemandSource | None = None,
    sharings: bool = False,
) -> Outcome:
    """Run a plan once, from the first warm-up day to the last day.

    `disruptions=False` gives the no-disruption twin on the same draws; `table` keeps every cell on every day, or the
    cells at some positions; `series` names the figures of `DAILY` whose daily totals over groups are kept (the sums
    over days always are), and quantities that are kept as they are each evening; `progress` is called with each
    finished day; every `lot_check` days every lot is looked for. `demand` are the plain draws of this replication where
    several runs share them (see `draws_of`); `sharings` keeps what every sharing-out of scarce goods saw and gave.

    Raises SimulationError if the run breaks a law of conservation, ScenarioError if hazards bring more demand than can
    be counted, ValueError if `demand` are other draws than the plan's.
    """
    running = Running(
        plan, replication=replication, disruptions=disruptions, detail=detail, table=table, series=series,
        lot_check=lot_check, demand=demand, open_to_change=False, sharings=sharings,
    )  # fmt: skip
    return running.resume(progress)


class Running(Part):
    """A run that has begun and stands at a midnight: it can go on, be copied, kept, and compared.

    `day` is the next day to be lived, `plan` what it goes by, `written` the same without what was decided on the way.
    Two runs with equal digests that go on in the same way stay equal. The arguments are those of `simulate`.
    """

    CHANGES = ("day",)

    def __init__(
        self,
        plan: Plan,
        *,
        replication: int = 0,
        disruptions: bool = True,
        detail: Detail = "full",
        table: bool | np.ndarray = True,
        series: Collection[str] = DAILY,
        lot_check: int = LOT_CHECK_DAYS,
        demand: DemandSource | None = None,
        open_to_change: bool = True,
        sharings: bool = False,
    ) -> None:
        streams = Streams(plan.seed, replication)
        self.plan, self._streams = plan, streams
        self._turns: tuple[tuple[float, Streams], ...] = ()
        self._injected: tuple[tuple[Whose, Impact], ...] = ()
        self._disrupted = disruptions
        self._lifted: tuple[Lift, ...] = ()
        self.impacts = self._drawn()
        if not disruptions and plan.decisions:  # where nothing goes wrong nobody has anything to decide
            self.plan = plan = plan.without_decisions()
        self.written = plan
        self._decided: tuple[tuple[Whose, Policy], ...] = ()
        # what triggers can hear of
        known = plan if self.impacts is plan.impacts else replace(plan, impacts=self.impacts)
        may_change = open_to_change or bool(plan.decisions)
        self.world = World(known, streams, detail, table, lot_check, series, demand, may_change, sharings)
        self.day = self.world.first_day

    def __setstate__(self, kept: dict[str, Any]) -> None:
        vars(self).update(kept)
        self.rejoin_all()

    def go_on(self, until: int, progress: Progress | None = None) -> None:
        """Live every day before `until`, and stand at its midnight; raises ValueError for a day that is past.

        Raises SimulationError if a day breaks a law of conservation.
        """
        last = self.plan.network.calendar.days
        if not self.day <= until <= last:
            raise ValueError(f"until ({until}) must be a day from {self.day} to {last}")
        if until == self.day:
            return
        decisions = self.world.decisions
        while self.day < until:
            if decisions is not None and (coming := decisions.turn(self.day)) is not None:
                self._carry_out(coming)
            self._live(until, progress)

    def _live(self, until: int, progress: Progress | None) -> None:
        """Live the days before `until`, or those before the midnight on which something that was decided begins."""
        environment, decisions = simpy.Environment(initial_time=self.day), self.world.decisions
        clock = Clock(environment, until)
        self._schedule(clock)
        days = _days(environment, self.world, progress)
        environment.process(days)
        try:
            if decisions is None:
                environment.run(until=until)
                self.day = until
                return
            while self.day < until:
                environment.run(until=self.day + 1)
                self.day += 1
                if decisions.turns(self.day):
                    return
        finally:  # whatever went wrong: did it begin with a day that broke a law?
            self.world.books.close()
            days.close()
            clock.stop()

    def _carry_out(self, coming: Coming) -> None:
        """At the present midnight something that was decided comes into force, or ends what goes on."""
        day, ends = self.day, set(coming.ends)
        decided = tuple(
            (whose, replace(policy, until=min(policy.until, day)) if whose in ends else policy)
            for whose, policy in (*self._decided, *coming.policies)
        )
        if decided != self._decided:
            self._decided = decided
            self._follow()
        if coming.impacts or ends:
            self._lifted += tuple((name, float(day)) for name, product in coming.ends if not product)
            self._injected = tuple(
                (whose, impact.ended(day) if whose in ends and impact.end > day else impact)
                for whose, impact in (*self._injected, *coming.impacts)
            )
            self._expect()

    def _follow(self) -> None:
        """From the present midnight on the policies written, and those decided, are the run's."""
        self.plan = together(self.written, [policy for _, policy in self._decided])
        self.world.change_policies(self.plan)

    def choose(self, decision: str) -> None:
        """Somebody chooses a decision now; it is in force from the present midnight on, or after its delay.

        Raises ValueError where the run has no such decision, or it is in force or may not be taken any more.
        """
        if why := self.refusal(decision):
            raise ValueError(f"'{decision}' cannot be chosen: {why}")
        assert self.world.decisions is not None
        self.world.decisions.choose(decision, self.day)

    def refusal(self, decision: str) -> str:
        """Why a decision may not be chosen now, empty where it may."""
        decisions, names = self.world.decisions, [one.name for one in self.plan.decisions]
        if decisions is None or decision not in names:
            return f"there is no such decision among {names}"
        return decisions.refusal(decision, self.day)

    def inject(self, *coming: Impact, policies: Sequence[Policy] = (), decisions: Sequence[BoundDecision] = ()) -> None:
        """Have disruptions happen that nobody knew of until now, announced at the present midnight at the earliest,
        policies come into force that nobody had thought of, today at the earliest, and decisions be taken whose
        conditions are looked at from now on.

        What follows is the same, to the byte, as if they had been among the plan's from the first day, the policies
        last among those of their date, the conditions not met before. Raises ValueError for what would have been
        announced, would act, or would be in force before now, for a recall of goods that are not kept by lot, for two
        policies of one date at one place, and for settings of a reserve that the plan has not.
        """
        self._check_open()
        for impact in coming:
            self.check_injectable(impact)
        if policies:
            self.written = added(self.written, policies, self.day)
            self._follow()
        if decisions:
            self.written = replace(self.written, decisions=(*self.written.decisions, *decisions))
            self.plan = replace(self.plan, decisions=self.written.decisions)
            self.world.expect_decisions(self.plan, self._latest, self.day)
        if coming:
            self._injected += tuple(((impact.cause, ""), impact) for impact in coming)
            self._expect()

    def fork(self, luck: int | None = None) -> Running:
        """A run of its own that goes on from here: with the luck of this one, or, for a number, with other luck.

        Then demand, times and hazards of the days to come are drawn anew, the same for the same number, while the past
        is as it was; a journey that has begun takes as long as it would have, and so does a disruption. Raises
        ValueError for other luck where the run is not open to change.
        """
        fork = self.copy()
        if luck is not None:
            self._check_open()
            streams = self._latest.turned(self.day, luck)
            fork._turns = (*self._turns, (float(self.day), streams))
            for part in parts_of(fork).values():
                part.draw_anew(self.day, streams)
            fork._expect()
        return fork

    @property
    def _latest(self) -> Streams:
        """The streams from which chance is drawn now."""
        return self._turns[-1][1] if self._turns else self._streams

    def _drawn(self) -> tuple[Impact, ...]:
        """The disruptions of the plan, and those that its hazards draw."""
        if not self._disrupted:
            return ()
        plan, impacts = self.plan, impacts_of(self.plan, self._streams, self._turns, self._lifted)
        if plan.hazards and (units := too_much(plan.demand, plan.network, impacts)) is not None:
            replication = self._streams.replication
            message = (
                f"what hazards drew in replication {replication} brings more demand than can be counted to the unit"
            )
            raise ScenarioError([Problem("hazards", 0, message, units, f"at most {EXACT:,} units in all")])
        return impacts

    def _expect(self) -> None:
        """From the present midnight on what was drawn, injected and decided is what happens."""
        self.impacts = in_order((*self._drawn(), *(impact for _, impact in self._injected)))
        self.world.expect(self.impacts, float(self.day))

    def _check_open(self) -> None:
        if not self.world.quantities.open:
            raise ValueError("this run was begun without `open_to_change`")

    def check_injectable(self, impact: Impact) -> None:
        """Raise ValueError where a disruption cannot come on top any more; see `inject`."""
        if impact.first < self.day:
            raise ValueError(
                f"'{impact.cause}' would begin on day {impact.first:g}, before the present one ({self.day})"
            )
        tracked = self.plan.lots.tracked
        for impulse in impact.impulses:
            if impulse.action.startswith("recall") and not tracked[impulse.rows].all():
                raise ValueError(
                    f"'{impact.cause}' calls back goods that are not kept by lot (`trace: true` keeps them)"
                )

    def resume(self, progress: Progress | None = None) -> Outcome:
        """Live all days that are left and tell what the run gave; it is over then."""
        world, last = self.world, self.plan.network.calendar.days
        self.go_on(last, progress)
        if world.transport.stops_on_the_way:
            world.end_day(last - 1)
        world.close_freight(last - 1)  # what sets out until its midnight
        lots = None if world.state.lots is None else world.state.lots.record()
        substitution = world.patients.substitution
        flows = None if substitution is None else substitution.flows
        more, rationing = world.production.more, world.rationing
        rations = rationing.book.record() if rationing is not None and self.plan.behaviour.rationing else None
        book = world.dispatch.book
        return Outcome(
            self.plan, world.recorder.result(), world.journal.frame(), self.impacts, lots, flows,
            world.production.not_begun, None if more is None else more.made, rations,
            () if world.decisions is None else world.decisions.taken, world.order_shares.scored(),
            None if book is None else tuple(book.pages),
            world.ordering.forecast_errors(),
            None if world.transfers is None else world.transfers.record(),
            {desk.reserve.name: desk.claims.book.record() for desk in world.claimed if desk.claims is not None},
            None if world.reports.sights is None else world.reports.sights.book.record(),
            () if world.alarms is None else world.alarms.logs(),
            None if world.trust is None else world.trust.record(),
            None if world.transport.freight is None else world.transport.freight.record(),
        )  # fmt: skip

    def _schedule(self, clock: Clock) -> None:
        """All that disruptions do from now on, before the days: at one time effects come first."""
        world, begins = self.world, self.day == self.world.first_day
        for impact in self.impacts:
            _announce(clock, world, impact)
        for time in world.quantities.boundaries():
            clock.at(max(time, self.day) if begins else time, world.change_effects)
        for impact in self.impacts:
            for impulse in impact.impulses:
                clock.at(impulse.at, partial(world.strike, impulse))


Days = Generator[simpy.Event, None, None]


def _days(environment: simpy.Environment, world: World, progress: Progress | None) -> Days:
    yield environment.timeout(0)  # a process starts before all else at its time; this lets effects go first
    day, phases = int(environment.now), needed_phases(world)
    while True:
        for phase in phases:
            phase(day)
        if progress is not None:
            progress(day)
        day += 1
        if environment.peek() <= day:  # else nothing happens before the next day: it can be lived at once
            yield environment.timeout(day - environment.now)


class Clock:
    """Calls functions at their times; those at one time in the order in which they were given.

    An environment and its events hold one another: until it is stopped, that would keep alive what the functions are
    about, long after nobody asks for it any more.
    """

    def __init__(self, environment: simpy.Environment, end: float) -> None:
        self._environment, self._end = environment, end
        self._actions: list[Callable[[float], None]] = []

    def at(self, time: float, action: Callable[[float], None]) -> None:
        """Call `action(time)` at `time`, unless that is past, or at or after the end."""
        delay = time - self._environment.now
        if delay >= 0 and time < self._end:
            number = len(self._actions)
            self._actions.append(action)
            self._environment.timeout(delay).callbacks.append(lambda _: self._actions[number](time))

    def stop(self) -> None:
        """Nothing is called any more."""
        self._actions.clear()


def _announce(clock: Clock, world: World, impact: Impact) -> None:
    """The disruption's own entries in the journal."""
    if impact.decided:
        return  # told as a decision
    events: list[tuple[Event, float]] = [("disruption_begins", impact.start)]
    if impact.end > impact.start:
        events.append(("disruption_ends", impact.end))
    if impact.announced < impact.start:
        events.append(("disruption_announced", impact.announced))
    for event, time in events:
        clock.at(time, partial(world.journal.note, event, cause=impact.cause))
