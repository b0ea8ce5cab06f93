"""Disruptions that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.disruptions.base import Disruption, FromFile
from sim.engine.checks.base import Compiled, Note, check
from sim.model.effects import Effect, Impact
from sim.model.network import Calendar, Network

LOSS = {"kind": "stock_loss", "at": "store"}
AS_USUAL = "changes nothing: it leaves all as usual"
SWITCHES = ("for", "until", "backup", "exempt")
"""Fields by which a disruption of any kind is switched off, beside those of its severity."""
NOBODY = "changes nothing: it meets no site, goods or lane in use"


@check(
    "disruptions_without_effect",
    remedy="Move it into the days of the scenario; name the sites, products or lanes that it strikes; make it as "
    "severe as it is; or leave it out.",
    example={"disruptions": [LOSS | {"from": "2030-01-01"}]},
    quiet={"disruptions": [LOSS | {"from": "2024-02-29"}]},
)
def disruptions_without_effect(compiled: Compiled) -> Iterator[Note]:
    """A disruption that begins after the last day, is over before the first, lasts no time, touches nothing that is in
    use, leaves all as usual (a delay of nothing, a capacity of 100%, hours from 0h to 24h), or reads a file of which no
    row is of its days. One that a strategy or an override switches on or off is meant so."""
    network = compiled.plan.network
    for position, (impact, written) in enumerate(zip(compiled.impacts, compiled.loaded.spec.disruptions, strict=True)):
        why = _outside(impact, network.calendar)
        if (
            why is None
            and not compiled.is_drawn("disruptions", position)
            and not _switched(compiled, position, written)
        ):
            why = _without_effect(impact, written, network)
        if why is not None:
            yield Note(("disruptions", position), f"'{impact.cause}' {why}")


def _outside(impact: Impact, calendar: Calendar) -> str | None:
    if impact.start >= calendar.days:
        return f"begins after the last day of the scenario ({calendar.date(calendar.days - 1)})"
    if impact.end < -calendar.warm_up:
        return f"is over before the first day of the scenario ({calendar.date(-calendar.warm_up)})"
    return None


def _switched(compiled: Compiled, position: int, written: Disruption) -> bool:
    """Whether a strategy or an override sets how severe it is, how long it lasts or whom it spares: then it is switched
    on and off by that, and meant to change nothing where it does."""
    document = compiled.loaded.document
    keys = {*(written.severity or ()), *SWITCHES}
    names = (f"disruptions.{position}.", document.label(("disruptions", position)) + ".")
    paths = [override.path for override in document.overrides]
    paths += [str(path) for body in document.strategies.values() if isinstance(body, dict) for path in body]
    return any(path.startswith(name) and path.removeprefix(name) in keys for path in paths for name in names)


def _without_effect(impact: Impact, written: Disruption, network: Network) -> str | None:
    if not written.instant and impact.end <= impact.start:
        return "changes nothing: it is over as it begins"
    if strikes(impact, network):
        return None
    if isinstance(written, FromFile) and written.file is not None:
        return "changes nothing: no row of its file that has any figure is of its days and of the scenario's"
    if impact.effects or impact.arrivals:
        return NOBODY
    effects, impulses = written.act(network)
    touched = any(len(e.rows) for e in effects) or any(len(i.rows) for i in impulses)
    return AS_USUAL if touched or not (effects or impulses) else NOBODY


def strikes(impact: Impact, network: Network) -> bool:
    """Whether a disruption changes anything on some simulated day."""
    first = -network.calendar.warm_up
    if any(len(impulse.rows) for impulse in impact.impulses):
        return True
    if any(arrivals.cases[max(0, int(first - arrivals.first)) :].any() for arrivals in impact.arrivals):
        return True
    return any(_in_use(effect, network) for effect in impact.effects)


def _in_use(effect: Effect, network: Network) -> bool:
    """Whether goods go where an effect acts: over a lane, past a passage or through a port."""
    part = effect.quantity.partition(".")[0]
    if part == "lane":
        return bool(np.isin(effect.rows, network.flow_lanes).any())
    if part == "gate":
        return bool(np.isin(effect.rows, network.flow_gates).any())
    if part == "passage":
        lanes = np.unique(network.flow_lanes[network.flow_lanes >= 0]).tolist()
        usual = {network.passages.index(passage.name) for lane in lanes for passage in network.lanes[lane].passages}
        usable = {row for lane in lanes for row in network.lane_passages[lane].values()}
        return not (usual | usable).isdisjoint(effect.rows.tolist())
    return True
