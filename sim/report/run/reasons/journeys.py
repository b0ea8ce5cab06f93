"""Shipments of one flow as the journal tells them: when they left, were due and came, and what held them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.engine.run import Outcome

LOST = {
    "returned": "turned back", "destroyed": "destroyed on the way", "kept_back": "kept back by a recall",
    "expired_under_way": "too old before they came", "seized": "seized", "detained": "detained",
}  # fmt: skip
WAIT = 1.0
"""Days beyond which a stay is told as one."""


@dataclass(frozen=True)
class Journey:
    """One shipment: days of leaving, of being due by mean times, of arrival (infinite: not within the run)."""

    source: str
    shipment: int
    units: int
    left: float
    due: float
    arrived: float
    lost: bool
    trouble: str


def _of_flow(outcome: Outcome, flow: int) -> pd.DataFrame:
    network, journal = outcome.plan.network, outcome.journal
    buyer, source = network.flow_buyer[flow], network.flow_source[flow]
    names, products = network.sites["name"], network.products["name"]
    mine = (journal["site"] == names.iloc[network.cell_site[buyer]]) & (journal["shipment"] >= 0)
    mine &= journal["other"] == names.iloc[network.cell_site[source]]
    return journal[mine & (journal["product"] == products.iloc[network.cell_product[buyer]])]


def journeys(outcome: Outcome, flow: int, first: float, last: float) -> list[Journey]:
    """Shipments that left in [first, last], in order of leaving."""
    network, found = outcome.plan.network, []
    usual = float(network.routes.under_way[network.flow_route[flow]])
    for shipment, events in _of_flow(outcome, flow).groupby("shipment", sort=False):
        left = float(events["day"].iloc[0])
        if not first <= left <= last:
            continue
        came = events.loc[events["event"] == "arrival", "day"]
        arrived = float(came.iloc[0]) if len(came) else np.inf
        lost = bool(events["event"].isin(LOST).any())
        found.append(
            Journey(
                str(events["other"].iloc[0]),
                int(str(shipment)),
                int(events["units"].iloc[-1]),
                left,
                left + usual,
                arrived,
                lost,
                _trouble(outcome, events, arrived),
            )
        )
    return sorted(found, key=lambda j: (j.left, j.shipment))


def passages_met(outcome: Outcome, flow: int) -> set[str]:
    """Passages before which goods of a flow were held, or round which they were sent."""
    events = _of_flow(outcome, flow)
    return set(events.loc[events["event"].isin(("held", "diverted")), "cause"])


def _trouble(outcome: Outcome, events: pd.DataFrame, arrived: float) -> str:
    """What a shipment met on its way, in words: the events that are not routine, then long stays."""
    told = []
    for event, words in (("held", "held before"), ("diverted", "sent round")):
        places = list(dict.fromkeys(events.loc[events["event"] == event, "cause"]))
        told += [f"{words} {place}" for place in places]
    if (events["event"] == "licence_wait").any():
        told.append("waited for a licence")
    end = min(arrived, float(outcome.plan.network.calendar.days))
    pairs = (
        ("port_arrival", "handled", "queued at a port"),
        ("handled", "departure", "waited in a port to be cleared or let out"),
    )
    for begins, ends, words in pairs:
        stay = max(
            (_next(events, ends, day, end) - day for day in events.loc[events["event"] == begins, "day"]), default=0
        )
        if stay > WAIT:
            told.append(words)
    return ", ".join(told)


def _next(events: pd.DataFrame, event: str, day: float, end: float) -> float:
    later = events.loc[(events["event"] == event) & (events["day"] >= day), "day"]
    return float(later.iloc[0]) if len(later) else end


def lost_under_way(outcome: Outcome, flow: int, first: float, last: float) -> Iterator[tuple[str, pd.DataFrame]]:
    """(what became of them in words, events) of goods of a flow that did not come, between two days."""
    events = _of_flow(outcome, flow)
    for event, words in LOST.items():
        rows = events[(events["event"] == event) & events["day"].between(first, last)]
        if len(rows):
            yield words, rows
