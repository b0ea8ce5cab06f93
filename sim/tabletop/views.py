"""What each role is shown: built from lists of the fields that it may have, from what its party has been told.

`ALLOWED` is the whole of what may ever be sent: a field that stands in no list of a role is not in its view.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.begun import Begun
from sim.model.goods.counted import in_plural
from sim.report.words.units import counted
from sim.scenario.exercise_spec import FACILITATOR, OBSERVER
from sim.tabletop.clock import Reading
from sim.tabletop.injects import EVERYBODY, Inject, Standing
from sim.tabletop.looking import LEVELS, Seen, in_force, troubles, unmet
from sim.tabletop.moves import Choice, Place
from sim.tabletop.ways import ways

if TYPE_CHECKING:
    from sim.tabletop.session import Session

Allowed = Mapping[str, "Allowed | None"]
"""Names of fields, each with those that it has itself (of each entry, where it is a list); None: a plain value."""


def _plain(*names: str) -> dict[str, None]:
    return dict.fromkeys(names)


ROOM: Allowed = {
    **_plain("exercise", "title", "role", "branch", "turn", "turns", "date", "ends", "over"),
    "clock": _plain("status", "elapsed", "left", "turn_left", "story", "shown", "up"),
}
STOCK = _plain("site", "region", "kind", "product", "own", "months", "band", "as_of", "days_old")
ORDER = _plain("product", "units", "from", "to", "mode", "sent", "due", "state")
INJECT = _plain("number", "title", "method", "from", "description", "turn", "fired_at", "story")
MESSAGE = _plain("id", "from", "to", "text", "turn", "at")
CHOICE = _plain("id", "decision", "turn", "reason", "state")
PLAYER: Allowed = {
    **ROOM, **_plain("name", "party", "brief", "changed"),
    "stock": STOCK, "orders": ORDER, "injects": INJECT, "decisions": CHOICE, "messages": MESSAGE,
    "may_decide": _plain("decision", "kind", "cost", "cost_a_day", "premium", "delay", "lasts", "refused"),
}  # fmt: skip
WALL: Allowed = {
    **ROOM, "news": INJECT, "unmet": {**_plain("turns"), "by_product": None, "by_region": None},
    "map": {
        "places": _plain("name", "kind", "layer", "state", "short"),
        "links": _plain("from", "to", "mode", "state", "used"),
    },
}  # fmt: skip
LISTED = {
    **INJECT,
    **_plain("type", "delivery", "to", "expected", "phase", "objectives", "status", "due_at", "fired_by"),
    **_plain("changes_the_model"),
}
GUIDE = {**_plain("objective", "title"), "notes": _plain("guide", "rating", "text", "turn", "at")}
OBSERVER_SEES: Allowed = {**WALL, "guide": GUIDE}
"""What the wall shows, and the evaluation guides."""
FACILITATOR_SEES: Allowed = {
    **OBSERVER_SEES, "branches": _plain("name", "turn", "here"), "inject_list": LISTED, "messages": MESSAGE,
    "decisions": {**CHOICE, **_plain("role", "at")},
    "truth": {
        "stock": {**STOCK, **_plain("units")}, "orders": {**ORDER, **_plain("comes")},
        "in_force": _plain("decision", "since"),
        "disruptions": _plain("name", "kind", "from", "until", "announced"),
        "believed": _plain("role", "site", "product", "months", "believed", "as_of"),
    },
}  # fmt: skip
ALLOWED: Mapping[str, Allowed] = {"player": PLAYER, FACILITATOR: FACILITATOR_SEES, OBSERVER: OBSERVER_SEES}


def only(allowed: Allowed | None, data: Any) -> Any:
    """What of some data is allowed: a mapping without its other fields, each entry of a list likewise."""
    if allowed is None:
        return data
    if isinstance(data, list):
        return [only(allowed, entry) for entry in data]
    return {key: only(allowed[key], value) for key, value in data.items() if key in allowed}


def view(session: Session, role: str, now: dt.datetime | None = None) -> dict[str, Any]:
    """What a role is shown at a moment (left out: when the log was last written to)."""
    begun, place = session.look(), session.place
    data = _room(session, role, place, session.reading(now))
    if role == FACILITATOR:
        data |= _observer(session, begun, place) | _facilitator(session, begun, place, now)
        return dict(only(FACILITATOR_SEES, data))
    if role == OBSERVER:
        return dict(only(OBSERVER_SEES, data | _observer(session, begun, place)))
    data |= _player(session, begun, place, role)
    return dict(only(PLAYER, data))


def _room(session: Session, role: str, place: Place, reading: Reading) -> dict[str, Any]:
    table = session.table
    spec = table.begun.loaded.spec
    return {
        "exercise": spec.scenario, "title": spec.title, "role": role, "branch": session.branch,
        "turn": place.turn, "turns": session.most_turns, "date": table.date(place.day).isoformat(),
        "ends": table.date(table.days).isoformat(), "over": session.over,
        "clock": clock(session, reading),
    }  # fmt: skip


def clock(session: Session, reading: Reading) -> dict[str, Any]:
    """What the clocks show, in seconds; the same for everybody."""
    left = reading.turn_left
    return {
        "status": reading.status, "elapsed": reading.elapsed.total_seconds(), "left": reading.left.total_seconds(),
        "turn_left": None if left is None else left.total_seconds(),
        "story": reading.story.isoformat(timespec="minutes"), "shown": session.clock.shown(reading.now),
        "up": reading.up,
    }  # fmt: skip


def _player(session: Session, begun: Begun, place: Place, role: str) -> dict[str, Any]:
    table, seat = session.table, session.table.exercise.roles[role]
    told = session.seen(begun, seat.party)
    known = {"stock": told.stock(), "orders": told.orders()}
    injects = [_told(session, one, place.standing(one)) for one in _fired(session, place) if one.reaches(role)]
    return known | {
        "name": table.titles[role], "party": seat.party, "brief": seat.brief or "",
        "injects": injects, "decisions": [_choice(one, place) for one in place.choices if one.role == role],
        "may_decide": [row for name in seat.decides if (row := _offer(session, begun, name)) is not None],
        "changed": changed(session, role, place.turn - 1, known), "messages": _messages(session, role),
    }  # fmt: skip


def _wall(session: Session, begun: Begun, place: Place) -> dict[str, Any]:
    days = [turn.day for turn in place.turns]
    news = [_told(session, one, place.standing(one)) for one in _fired(session, place) if EVERYBODY in one.to]
    by_product = unmet(begun, "product", days)
    by_region = {product: unmet(begun, "region", days, product) for product in by_product}
    since = days[-2] if len(days) > 1 else begun.day
    told = {"turns": place.turn - 1, "by_product": by_product, "by_region": by_region}
    return {"news": news, "unmet": told, "map": ways(begun, since)}


def _observer(session: Session, begun: Begun, place: Place) -> dict[str, Any]:
    """What the wall shows, and of each objective what stands last in each observer's guide."""
    last = {(e.what["guide"], e.what["objective"]): e for e in session.entries if e.do == "note"}
    guide = [
        {
            "objective": name, "title": title,
            "notes": [
                {**entry.what, "at": None if entry.at is None else session.clock.shown(entry.at)}
                for (_, objective), entry in last.items()
                if objective == name
            ],
        }
        for name, title in session.table.exercise.objectives.items()
    ]  # fmt: skip
    return _wall(session, begun, place) | {"guide": guide}


def _facilitator(session: Session, begun: Begun, place: Place, now: dt.datetime | None) -> dict[str, Any]:
    truth = session.seen(begun, None)
    stock = truth.stock()
    return {
        "branches": session.branch_list(), "messages": _messages(session, FACILITATOR),
        "inject_list": [_listed(session, one, place, now) for one in session.table.injects],
        "decisions": [
            _choice(one, place) | {"role": one.role, "at": None if one.at is None else one.at.isoformat()}
            for one in place.choices
        ],
        "truth": {
            "stock": stock, "orders": truth.orders(), "disruptions": troubles(begun), "in_force": in_force(begun),
            "believed": _believed(session, begun, stock),
        },
    }  # fmt: skip


def _believed(session: Session, begun: Begun, stock: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Where a role takes stock to be in another band than it is."""
    true = {(row["site"], row["product"]): row for row in stock}
    found = []
    for role, seat in session.table.exercise.roles.items():
        for row in session.seen(begun, seat.party).stock():
            fact = true[row["site"], row["product"]]
            if fact["band"] != row["band"]:
                found.append({"role": role, "site": row["site"], "product": row["product"], "months": fact["months"],
                              "believed": row["months"], "as_of": row["as_of"]})  # fmt: skip
    return found


def _fired(session: Session, place: Place) -> list[Inject]:
    """Injects that were fired, the latest first."""
    order = [number for turn in place.turns for number in turn.fired]
    return [session.table.by_number[number] for number in reversed(order)]


def _told(session: Session, inject: Inject, standing: Standing) -> dict[str, Any]:
    at = standing.at
    return {
        "number": inject.number, "title": inject.title, "method": inject.method, "from": inject.sender,
        "description": inject.description, "turn": standing.turn,
        "fired_at": None if at is None else session.clock.shown(at),
        "story": session.table.date(session.place.turns[standing.turn - 1].day).isoformat() if standing.turn else None,
    }  # fmt: skip


def _listed(session: Session, inject: Inject, place: Place, now: dt.datetime | None) -> dict[str, Any]:
    standing = place.standing(inject)
    due = None if inject.delivery is None else session.clock.due(inject.delivery)
    return _told(session, inject, standing) | {
        "story": None if inject.story is None else inject.story.text, "type": inject.kind,
        "delivery": None if inject.delivery is None else str(inject.delivery), "to": list(inject.to),
        "expected": inject.expected, "phase": inject.phase, "objectives": list(inject.objectives),
        "status": session.status(inject, now), "due_at": None if due is None else session.clock.shown(due.at),
        "changes_the_model": bool(inject.events), "fired_by": standing.by,
    }  # fmt: skip


def _messages(session: Session, role: str) -> list[dict[str, Any]]:
    """What a role wrote and was written, the latest first; the facilitator reads all. Going back takes nothing away."""
    written = [entry for entry in session.entries if entry.do == "message"]
    return [
        {**one.what, "from": one.by, "at": None if one.at is None else session.clock.shown(one.at)}
        for one in reversed(written)
        if role in (FACILITATOR, one.by, *one.what["to"])
    ]


def _choice(one: Choice, place: Place) -> dict[str, Any]:
    state = "withdrawn" if one.withdrawn else "handed in" if one.turn == place.turn else "counts"
    return {"id": one.id, "decision": one.decision, "turn": one.turn, "reason": one.reason, "state": state}


def _offer(session: Session, begun: Begun, name: str) -> dict[str, Any] | None:
    """A decision that a role may take: what it costs, how many days it takes, and why it cannot be taken now."""
    bound = session.table.decisions.get(name)
    if bound is None:
        return None
    lasts = None if bound.lasts == float("inf") else bound.lasts
    charges = bound.charges
    return {
        "decision": name, "kind": bound.kind, "cost": charges.once, "cost_a_day": charges.a_day,
        "premium": charges.premium, "delay": round(bound.after.mean, 1), "lasts": lasts,
        "refused": begun.running.refusal(name),
    }  # fmt: skip


def changed(session: Session, role: str, since: int, known: Mapping[str, Any] | None = None) -> list[str]:
    """What is other for a role than it was when turn `since` began, in sentences; nothing in the first turn."""
    place = session.place
    if not 1 <= since < place.turn:
        return []
    party = session.table.exercise.roles[role].party
    if known is None:
        now = session.seen(session.look(), party)
        known = {"stock": now.stock(), "orders": now.orders()}
    before = session.seen(session.look(since), party)
    told = [
        f"Inject {one.number}: {one.title}."
        for one in _fired(session, place)
        if since <= place.standing(one).turn < place.turn and one.reaches(role)
    ]
    for choice in place.choices:
        if since <= choice.turn < place.turn and not choice.withdrawn and choice.role == role:
            told.append(f"Your decision counts: {choice.decision}.")
    return told + _orders_changed(session, before, known["orders"]) + _stock_changed(before, known["stock"])


def _orders_changed(session: Session, before: Seen, orders: Sequence[Mapping[str, Any]]) -> list[str]:
    """Orders that are late, or were not sent, and were not before; all of a way and product together."""
    units = counted([session.table.begun.loaded.spec]).products
    told = []
    for state in ("late", "not sent"):
        old = {_key(row) for row in before.orders() if row["state"] == state}
        new: dict[tuple[str, str, str], list[int]] = {}
        for row in orders:
            if row["state"] == state and _key(row) not in old:
                new.setdefault((row["product"], row["from"], row["to"]), []).append(row["units"])
        for (product, source, to), amounts in new.items():
            several = f", {len(amounts)} orders" if len(amounts) > 1 else ""
            unit = in_plural(units[product])
            told.append(f"{sum(amounts):,} {unit} of {product} from {source} to {to}: {state}{several}.")
    return told


def _stock_changed(before: Seen, stock: Sequence[Mapping[str, Any]]) -> list[str]:
    """Stock that is in another band than before; what became worse comes first, the worst of it at the top."""
    was = {(row["site"], row["product"]): row["band"] for row in before.stock()}
    other = []
    for row in stock:
        band, old = row["band"], was.get((row["site"], row["product"]), row["band"])
        if old != band:
            better = LEVELS.index(band) > LEVELS.index(old)
            other.append((better, LEVELS.index(band), f"{row['site']}, {row['product']}: {band}, was {old}."))
    return [words for *_, words in sorted(other, key=lambda one: one[:2])]


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["from"], row["to"], row["product"], row["sent"]
