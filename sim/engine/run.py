"""The clock: a SimPy environment that runs disruptions at their own times and the days between."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.engine.conservation import LOT_CHECK_DAYS
from sim.engine.day import World
from sim.engine.demand_source import KEPT_BYTES, DemandSource
from sim.engine.demand_total import too_much
from sim.engine.impacts import impacts_of
from sim.engine.journal import Detail
from sim.engine.ledger import DAILY
from sim.engine.lots import LotRecord
from sim.engine.plan import Plan
from sim.engine.recorder import Record
from sim.errors import Problem, ScenarioError
from sim.model.effects import Impact
from sim.model.vocabulary import Event
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
    bill) as in `Making`, None where nothing is made in stages.
    """

    plan: Plan
    record: Record
    journal: pd.DataFrame
    impacts: tuple[Impact, ...]
    lots: LotRecord | None = None
    substitution: np.ndarray | None = None
    not_begun: np.ndarray | None = None


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
) -> Outcome:
    """Run a plan once, from the first warm-up day to the last day.

    `disruptions=False` gives the no-disruption twin on the same draws; `table` keeps every cell on every day, or the
    cells at some positions; `series` names the figures of `DAILY` whose daily totals over groups are kept (the sums
    over days always are); `progress` is called with each finished day; every `lot_check` days every lot is looked for.
    `demand` are the plain draws of this replication where several runs share them (see `draws_of`). Raises
    SimulationError if the run breaks a law of conservation, ScenarioError if hazards bring more demand than can be
    counted, ValueError if `demand` are other draws than the plan's.
    """
    streams = Streams(plan.seed, replication)
    impacts = impacts_of(plan, streams) if disruptions else ()
    if plan.hazards and (units := too_much(plan.demand, plan.network, impacts)) is not None:
        message = f"what hazards drew in replication {replication} brings more demand than can be counted to the unit"
        raise ScenarioError([Problem("hazards", 0, message, units, f"at most {EXACT:,} units in all")])
    known = replace(plan, impacts=impacts)  # what triggers can hear of
    world = World(known, streams, detail, table, [e for i in impacts for e in i.effects], lot_check, series, demand)
    first, last = world.first_day, plan.network.calendar.days
    environment = simpy.Environment(initial_time=first)
    clock = Clock(environment, last)
    for impact in impacts:
        _announce(clock, world, impact)
    # scheduled before the days, so that at one time effects come first
    for time in world.quantities.boundaries():
        clock.at(max(time, first), world.change_effects)
    for impact in impacts:
        for impulse in impact.impulses:
            clock.at(impulse.at, partial(world.strike, impulse))
    days = _days(environment, world, progress)
    environment.process(days)
    try:
        environment.run(until=last)
    finally:  # whatever went wrong: did it begin with a day that broke a law?
        world.books.close()
    world.end_day(last - 1)
    days.close()
    world.let_go()
    lots = None if world.state.lots is None else world.state.lots.record()
    substitution = world.patients.substitution
    flows = None if substitution is None else substitution.flows
    not_begun = world.production.not_begun
    return Outcome(plan, world.recorder.result(), world.journal.frame(), impacts, lots, flows, not_begun)


Days = Generator[simpy.Event, None, None]


def _days(environment: simpy.Environment, world: World, progress: Progress | None) -> Days:
    yield environment.timeout(0)  # a process starts before all else at its time; this lets effects go first
    while True:
        day = int(environment.now)
        world.live(day)
        if progress is not None:
            progress(day)
        yield environment.timeout(1)


class Clock:
    """Calls functions at their times; those at one time in the order in which they were given."""

    def __init__(self, environment: simpy.Environment, end: float) -> None:
        self._environment, self._end = environment, end

    def at(self, time: float, action: Callable[[float], None]) -> None:
        """Call `action(time)` at `time`, unless that is past, or at or after the end."""
        delay = time - self._environment.now
        if delay >= 0 and time < self._end:
            self._environment.timeout(delay).callbacks.append(lambda _: action(time))


def _announce(clock: Clock, world: World, impact: Impact) -> None:
    """The disruption's own entries in the journal."""
    events: list[tuple[Event, float]] = [("disruption_begins", impact.start)]
    if impact.end > impact.start:
        events.append(("disruption_ends", impact.end))
    if impact.announced < impact.start:
        events.append(("disruption_announced", impact.announced))
    for event, time in events:
        clock.at(time, partial(world.journal.note, event, cause=impact.cause))
