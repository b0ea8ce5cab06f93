"""Lanes whose length is not known, so that what they emit is not counted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.checks.base import Compiled, Note, check
from sim.engine.moving.freight import lengths

WEIGHED: dict[str, object] = {"products": {"saline": {"unit": "bag", "weight": 1}}}


@check(
    "lanes_of_unknown_length",
    remedy="Give the lane its length in `km`, or places (`lat`, `lon`) to both of its ends.",
    example=WEIGHED,
    quiet=WEIGHED | {f"lanes.{lane}.km": 100 for lane in range(4)},
)
def lanes_of_unknown_length(compiled: Compiled) -> Iterator[Note]:
    """Lanes that goods with a weight may take, and of which nobody knows how long they are."""
    network = compiled.plan.network
    weighs = network.products["weight"].notna().to_numpy()[network.cell_product[network.flow_buyer]]
    used = np.unique(network.flow_lanes[weighs])
    unknown = np.isnan(lengths(network))
    entries: dict[int, list[str]] = {}
    for lane in used[used >= 0].tolist():
        if unknown[lane] and network.lanes[lane].entry >= 0:
            entries.setdefault(network.lanes[lane].entry, []).append(network.lanes[lane].name)
    for entry, names in sorted(entries.items()):
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield Note(("lanes", entry), f"nobody knows how long {names[0]}{more} is: emissions there are not counted")
