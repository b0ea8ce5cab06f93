"""Transfers that never come, and loans that are never paid back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.checks.base import Compiled, Note, check

CLINICS: dict[str, object] = {"rule": "nearest", "from": "facilities", "time": "1d", "below": "2d"}
"""Clinics of the standard network, which order up to four days of use, give each other something."""
FULL = {"stock": [{"at": "clinic-a", "on_hand": "30d"}]}
OPENED = {
    "parties": {"kenya": {"kind": "country", "sites": "KE"}},
    "decisions": [{"decision": "allow_transfers", "by": "kenya", "when": {"trigger": "announced"}}],
}


@check(
    "transfers_nobody_can_give",
    remedy="Let givers keep less (`keep`), or order up to more.",
    example={"transfers": [CLINICS | {"keep": "5d"}]},
    quiet={"transfers": [CLINICS | {"keep": "3d"}]},
)
def transfers_nobody_can_give(compiled: Compiled) -> Iterator[Note]:
    """An entry of transfers whose givers all keep as much as they ever order up to, or have at the start."""
    most = _most(compiled)
    for position, entry in enumerate(compiled.plan.transfers):
        place = ("transfers", position, "keep")
        if (most[entry.givers] <= entry.keep).all() and not compiled.is_drawn(*place):
            yield Note(place, f"{compiled.sites(entry.givers)} can never give: nobody has more than it keeps")


@check(
    "loans_never_paid_back",
    remedy="Let borrowers keep less (`keep`) or order up to more; or give, without a loan.",
    example=FULL | {"transfers": [CLINICS | {"keep": "5d", "loan": {"for": "9d"}}]},
    quiet=FULL | {"transfers": [CLINICS | {"keep": "3d", "loan": {"for": "9d"}}]},
)
def loans_never_paid_back(compiled: Compiled) -> Iterator[Note]:
    """Borrowers who keep as much as they ever order up to: they pay back only with what they have above that."""
    most = _most(compiled)
    for position, entry in enumerate(compiled.plan.transfers):
        place = ("transfers", position, "keep")
        if entry.rule.loan is None or compiled.is_drawn(*place):
            continue
        never = entry.takers[most[entry.takers] <= entry.keep_back]
        if never.size and (most[entry.givers] > entry.keep).any():
            message = f"{compiled.sites(never)} can never pay back: nobody of these has more than it keeps"
            yield Note(("transfers", position, "loan"), message)


@check(
    "transfers_allowed_anyhow",
    remedy="Write `closed: true` in the entry of `transfers` that is to wait for it; or leave the decision out.",
    example=FULL | OPENED | {"transfers": [CLINICS | {"keep": "3d"}]},
    quiet=FULL | OPENED | {"transfers": [CLINICS | {"keep": "3d", "closed": True}]},
)
def transfers_allowed_anyhow(compiled: Compiled) -> Iterator[Note]:
    """A decision that allows transfers which nothing has closed."""
    closed = [entry.flow for entry in compiled.plan.transfers if entry.rule.closed]
    for position, one in enumerate(compiled.plan.decisions):
        effects = [e for acts in one.acts for impact in acts.impacts for e in impact.effects]
        opened = [e.rows for e in effects if e.quantity == "flow.gives" and e.operation == "add"]
        if opened and not np.isin(np.concatenate(opened), np.concatenate([*closed, opened[0][:0]])).any():
            yield Note(("decisions", position), "the transfers that it allows are open without it")


def _most(compiled: Compiled) -> np.ndarray:
    """The most units that cells may have by plan: what is there at the start, or the highest level that they order up
    to; over cells. Who follows demand may have any number."""
    plan = compiled.plan
    found = plan.start.on_hand.astype(float)
    for bound in plan.replenishment:
        level = np.inf if bound.rule.window else np.broadcast_to(bound.rule.target, bound.cells.shape)
        found[bound.cells] = np.maximum(found[bound.cells], level)
    return found
