"""What becomes of patients whom a facility that is out turns away, as values of `cell.turned_away`."""

from __future__ import annotations

import numpy as np

LOST, WAIT = 0, 1
"""They are lost; they wait until it sees them again. Above: they go to another cell."""


def sent_to(cell: int) -> float:
    """The value for those who go to a cell."""
    return float(WAIT + 1 + cell)


def goes_to(values: np.ndarray) -> np.ndarray:
    """The cells to which those go whose value is above `WAIT`."""
    return np.asarray(values - WAIT - 1)
