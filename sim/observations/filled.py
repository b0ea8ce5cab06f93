"""What was got, and what was due: three ways to ask how much of something was filled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from sim.observations.seen import Seen

Fill = Literal["orders", "need", "patients"]


def _orders(seen: Seen, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return seen.daily(cells, "received"), seen.daily(cells, "ordered")


def _need(seen: Seen, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return seen.daily(cells, "received"), np.tile(seen.network.cell_mean[cells], (seen.days, 1))


def _patients(seen: Seen, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return seen.daily(cells, "served"), seen.daily(cells, "demand")


FILLED: dict[str, Callable[[Seen, np.ndarray], tuple[np.ndarray, np.ndarray]]] = {
    "orders": _orders, "need": _need, "patients": _patients,
}  # fmt: skip
"""What was got and what was due, each of shape (days, cells)."""
