"""Alarms bound to a network: what each looks at, and whose patients it is to warn of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.policies.alarms.base import Alarm
from sim.policies.triggers.over import Watched


@dataclass(frozen=True)
class BoundAlarm:
    """An alarm, for each of its units by itself: for each product, or each of its sites and products.

    `cells` are looked at, `unit` says for which unit; `watched` is what a condition is told of them. `site` and
    `product` are positions over the units, the site -1 where several are taken together. `patients` and `their_unit`
    are pairs of a cell at which patients come and a unit that it counts for: the unit's own cells, or, where it has
    none with patients, those whom its cells usually supply. `unit_of` is, over all cells, the unit by which a cell
    goes: its own, or -1 where it is not watched.
    """

    name: str
    alarm: Alarm
    party: str
    cells: np.ndarray
    unit: np.ndarray
    watched: Watched
    site: np.ndarray
    product: np.ndarray
    patients: np.ndarray
    their_unit: np.ndarray
    unit_of: np.ndarray
