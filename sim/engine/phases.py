"""What a day consists of: its phases in order, when each is needed, and what of a run it touches.

A phase touches parts of the run (see `sim.model.part`) that stand under the names it gives, and no others; tests watch
every phase of random runs for that. A phase that a run does not need costs it nothing. More may be added to `PHASES`,
before the first run, by what is imported through the entry points `tideover.kinds`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.engine.day import World
    from sim.model.part import Part

STEPS = (
    "effects begin and end",
    "arrivals become stock",
    "production",
    "demand is served, reports are made",
    "review: alarms, triggers, transfers, and orders from the facilities upward",
    "allocation and dispatch",
    "expiry, recording, and a check that nothing was lost or invented",
)
"""The order of a day in words. Effects act at their own times; where that is midnight, before all phases of the day."""
MOVING = ("transport", "state", "journal")
KNOWN = ("openings", "reports", "present_use", "filled")


@dataclass(frozen=True)
class Phase:
    """One phase of a day.

    `step` is its place in `STEPS`, from 1; `what` says in words what happens. `does(world)` gives the function that is
    called with each day, `needed(world)` whether a run needs it, `where` the same in words. `reads` and `writes` name
    the parts whose changing figures it looks at and changes, with all below them; what is written may be read.
    `keeps(world)` makes the part in which a phase from outside keeps what changes with it: `world.kept[name]`, named
    `kept.NAME` where phases say what they touch.
    """

    name: str
    step: int
    what: str
    does: Callable[[World], Callable[[int], None]]
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    where: str = "always"
    needed: Callable[[World], bool] = lambda _: True
    keeps: Callable[[World], Part] | None = None


PHASES: list[Phase] = [
    Phase(
        "last midnight", 2, "what moved until midnight is known: queues at ports and before passages are taken down",
        lambda world: world.end_day_before, ("quantities",), ("", "recorder", *MOVING),
        "goods stop on their way", lambda world: world.moves_overnight,
    ),
    Phase(
        "arrivals", 2, "ports, borders and lanes may let a day's worth pass; what has come is stock",
        lambda world: world.transport.open_day, ("quantities",), MOVING,
    ),
    Phase(
        "journeys", 2, "how long what has come was on its way is known to those who look back on it",
        lambda world: world.note_arrivals, (), ("state",),
        "a trigger looks back on journeys", lambda world: world.state.arrivals is not None,
    ),
    Phase(
        "openings", 2, "facilities open and close; who closes cancels his open orders",
        lambda world: world.open_and_close, (), ("openings", "state", "journal"),
        "facilities open or close on a date", lambda world: world.openings is not None,
    ),
    Phase(
        "release", 2, "what has passed its tests is stock; what was called back is taken away",
        lambda world: world.quality.release, (), ("state", "journal"),
        "goods are tested or kept by lot", lambda world: world.state.lots is not None or world.production.tests,
    ),
    Phase(
        "spoilage", 2, "cold goods that lie where there is no power are lost",
        lambda world: world.spoil, ("quantities",), ("state", "journal"),
        "the power may fail", lambda world: world.quantities.touched("cell.warm"),
    ),
    Phase(
        "limits", 3, "makers are told how much of what is ordered they will not be let send",
        lambda world: world.dispatch.tell_makers, ("quantities", "transport"), ("state", "dispatch"),
        "makers make ahead and what they send may be limited", lambda world: world.state.withheld is not None,
    ),
    Phase(
        "production", 3, "makers begin what is ordered and what their stock lacks; what is ready comes out",
        lambda world: world.production.run, ("quantities", *KNOWN), ("production", "state", "journal"),
        "makers make ahead", lambda world: world.production.makes_ahead,
    ),
    Phase(
        "buying ahead", 4, "families and buyers look whether they begin to buy ahead",
        lambda world: world.look_ahead, (*KNOWN, "state", "quantities"), ("ahead", "journal"),
        "some may buy ahead", lambda world: world.ahead is not None,
    ),
    Phase(
        "demand", 4, "those who wait, then what was put off, then the day's own demand are served",
        lambda world: world.patients.serve, ("quantities", *KNOWN),
        ("patients", "ahead", "state", "journal"),
    ),
    Phase(
        "use", 4, "what was asked for is known to those who count cover in present use",
        lambda world: world.note_use, ("state",), ("present_use",),
        "cover may be counted in present use", lambda world: world.present_use is not None,
    ),
    Phase(
        "reports", 4, "every site reports whose systems work; reports come whose time it is",
        lambda world: world.reports.renew, ("state", "quantities", "hoarding"), ("reports", "state.totals"),
        "systems may fail, or not all is seen at once", lambda world: world.reports.are_made,
    ),
    Phase(
        "alarms", 5, "those who watch look whether an alarm rises or clears",
        lambda world: world.review_alarms, (*KNOWN, "state", "quantities"), ("alarms", "reports", "journal"),
        "somebody watches", lambda world: world.alarms is not None,
    ),
    Phase(
        "triggers", 5, "the triggers of reserves are looked at; what a smaller size sets free is ordinary stock",
        lambda world: world.review_reserves, (*KNOWN, "quantities"), ("desks", "state", "journal"),
        "there are reserves", lambda world: bool(world.desks),
    ),
    Phase(
        "decisions", 5, "the conditions of decisions are looked at; what has no delay is in force from midnight on",
        lambda world: world.review_decisions, (*KNOWN, "state", "quantities"), ("decisions", "reports", "journal"),
        "parties may decide", lambda world: world.decisions is not None,
    ),
    Phase(
        "rationing", 5, "makers and warehouses that hear of trouble decide what share of usual orders they deal out",
        lambda world: world.review_rations, ("quantities", *KNOWN),
        ("rationing", "reports", "state", "journal", "production.more"),
        "some source rations", lambda world: world.rationing is not None,
    ),
    Phase(
        "transfers", 5, "who lacks goods is given some by those who can spare them; loans are paid back",
        lambda world: world.review_transfers, ("quantities", "reports", "present_use"),
        ("transfers", "trust", "dispatch", *MOVING),
        "sites may give each other goods", lambda world: world.transfers is not None,
    ),
    Phase(
        "orders", 5, "sites order, from the facilities upward; an order is booked at its source at once",
        lambda world: world.ordering.review, ("quantities", "hoarding", "ahead", *KNOWN),
        ("ordering", "order_shares", "rerouting", "reports", "state", "journal"),
    ),
    Phase(
        "allocation", 6, "sources share what they have over open orders, reserves give, goods set out",
        lambda world: world.allocate, ("quantities", "reports", "present_use"),
        ("dispatch", "desks", "production", "hoarding", "trust", "rerouting", "rationing", "filled", *MOVING),
    ),
    Phase(
        "trust", 6, "promises that parties kept and broke today move the trust between them",
        lambda world: world.review_trust, ("quantities", "reports", "transfers", "desks"), ("trust", "journal"),
        "parties trust each other by a section of the scenario", lambda world: world.trust is not None,
    ),
    Phase(
        "records", 6, "the day's demand, orders and arrivals are in the records that policies look back on",
        lambda world: world.close_records, (), ("state",),
        "a policy looks back", lambda world: world.state.records is not None,
    ),
    Phase(
        "stockouts", 7, "the journal tells where somebody began, or ceased, to go short",
        lambda world: world.note_stockouts, ("state",), ("", "journal"),
        "a journal is kept", lambda world: world.journal.keeps("stockout_begins"),
    ),
    Phase(
        "expiry", 7, "what had its last day of use today is written off",
        lambda world: world.expire, (), ("dispatch", "rationing", *MOVING),
        "goods are kept by lot", lambda world: world.state.lots is not None,
    ),
    Phase(
        "reserves", 7, "what reserves have and have given is recorded, and whose it is",
        lambda world: world.note_reserves, (), ("desks", "recorder", "state", "journal"),
        "there are reserves", lambda world: bool(world.desks),
    ),
    Phase(
        "freight", 7, "shipments that set out today and are paid whole are counted, and what journeys emit",
        lambda world: world.close_freight, (), ("transport.freight",),
        "shipments are paid whole, or goods have a weight", lambda world: world.transport.freight is not None,
    ),
    Phase(
        "prices", 7, "what left today is counted at today's prices",
        lambda world: world.recorder.note_prices, ("state", "quantities"), ("recorder",),
        "prices may change", lambda world: world.recorder.prices_move,
    ),
    Phase(
        "quantities", 7, "what disruptions change and somebody observed is kept as it is in the evening",
        lambda world: world.recorder.note_quantities, ("quantities",), ("recorder",),
        "quantities are watched", lambda world: bool(world.recorder.watched),
    ),
    Phase(
        "books", 7, "the day is recorded, and it is checked that nothing was lost or invented",
        lambda world: world.books.write, (), ("books", "recorder", "state"),
    ),
]  # fmt: skip


def kept_by_phases(world: World) -> dict[str, Part]:
    """What the phases of a run keep of their own when it begins, by the phase's name."""
    return {phase.name: phase.keeps(world) for phase in PHASES if phase.keeps is not None and phase.needed(world)}


def needed_phases(world: World) -> list[Callable[[int], None]]:
    """The functions that make a day of a run, in order; without what its scenario has no need of."""
    return [phase.does(world) for phase in PHASES if phase.needed(world)]


def add_phase(phase: Phase, after: str) -> None:
    """Have a phase in every run from now on, after the one of a name.

    Raises ValueError where there is no phase of that name, or one of the new one's name already.
    """
    names = [known.name for known in PHASES]
    if phase.name in names:
        raise ValueError(f"there is a phase '{phase.name}' already")
    if after not in names:
        raise ValueError(f"no phase '{after}'; there are {', '.join(names)}")
    PHASES.insert(names.index(after) + 1, phase)
