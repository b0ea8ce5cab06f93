"""What is printed before an exercise, and is enough to go on with if the network dies."""

from __future__ import annotations

from sim.engine.bound.decisions import BoundDecision
from sim.report.words.units import counted
from sim.room.sheets import Paper
from sim.tabletop.injects import EVERYBODY, Inject
from sim.tabletop.session import RATINGS
from sim.tabletop.table import Table

LEAD = "Papers to print: the facilitator's list, role briefs, inject cards, decision sheets, evaluation guides."
TASKS, NOTES = 6, 8
"""Blank lines for critical tasks and for notes."""


def papers(table: Table) -> list[Paper]:
    """All papers of an exercise, the facilitator's list first."""
    roles = list(table.exercise.roles)
    return [
        _list(table),
        *(_brief(table, role) for role in roles),
        *(_card(table, inject) for inject in table.injects),
        *(_decisions(table, role) for role in roles),
        *(_guide(name, text) for name, text in table.exercise.objectives.items()),
    ]


def _list(table: Table) -> Paper:
    rows = tuple(
        (one.number, _due(one), ", ".join(_to(table, one)), one.title, one.kind, one.expected, "")
        for one in table.injects
    )
    head = ("No.", "Due", "To", "What", "Type", "Hoped for", "Given at")
    return Paper("Injects", "For the facilitator alone", (), head, rows)


def _brief(table: Table, role: str) -> Paper:
    seat = table.exercise.roles[role]
    rows = tuple(_offer(table, table.decisions[name]) for name in seat.decides if name in table.decisions)
    lines = (seat.brief or "", "Code of the room: ____________   PIN of this role: ____________")
    head = ("You may decide", "Cost", "Works after", "Lasts")
    return Paper(table.title(role), "Role brief", tuple(line for line in lines if line), head if rows else (), rows)


def _offer(table: Table, bound: BoundDecision) -> tuple[str, ...]:
    charges, currency = bound.charges, counted([table.begun.loaded.spec]).currency
    cost = [
        f"{charges.once:,.0f} {currency} once" if charges.once else "",
        f"{charges.a_day:,.0f} {currency} a day" if charges.a_day else "",
        f"{charges.premium:.0%} dearer" if charges.premium else "",
    ]
    lasts = _days(bound.lasts) if 0 < bound.lasts < float("inf") else ""
    after = _days(bound.after.mean) if bound.after.mean else "at once"
    return bound.name, ", ".join(filter(None, cost)) or "none", after, lasts


def _days(days: float) -> str:
    return "1 day" if days == 1 else f"{days:g} days"


def _card(table: Table, inject: Inject) -> Paper:
    how = " ".join([f"By {inject.method}"] * bool(inject.method) + [f"from {inject.sender}"] * bool(inject.sender))
    under = f"Inject {inject.number} · to {', '.join(_to(table, inject))}"
    return Paper(inject.title, under, tuple(filter(None, (how, inject.description))), card=True)


def _decisions(table: Table, role: str) -> Paper:
    turns = -(-table.days // table.exercise.turn)
    rows = tuple((str(turn), "", "", "") for turn in range(1, turns + 1))
    return Paper(table.title(role), "Decision sheet", (), ("Turn", "We decide", "Because", "Handed in at"), rows)


def _guide(name: str, text: str) -> Paper:
    rows = (
        *(("Critical task", "") for _ in range(TASKS)),
        *(("Note", "") for _ in range(NOTES)),
        *((f"{letter}: {words}", "") for letter, words in RATINGS.items()),
    )
    lines = ("Capability target: ______________________________________________",)
    return Paper(text, f"Evaluation guide · {name}", lines, ("", "Seen, when, by whom; tick one of P, S, M, U"), rows)


def _due(inject: Inject) -> str:
    if inject.delivery is not None:
        return str(inject.delivery)
    if inject.story is not None:
        return inject.story.text
    return "by its condition" if inject.condition is not None else "by hand"


def _to(table: Table, inject: Inject) -> list[str]:
    return ["all" if one == EVERYBODY else table.title(one) for one in inject.to]
