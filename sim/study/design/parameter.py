"""A value of a scenario that is uncertain between two bounds, with its unit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DATE = "date"
"""The unit of a value that is a date; as a number it counts days."""
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
LEADING = re.compile(r"^(-?\d+\.\d+)(.*)$")
"""A number with decimals, and what stands behind it."""
VALUE = re.compile(r"^(-?\d+(?:\.\d+)?)\s*([^\d\s.]*)$")


@dataclass(frozen=True)
class Parameter:
    """A value of the scenario between two bounds; `suffix` is what is written behind the number (d, %), or `DATE`."""

    path: str
    low: float
    high: float
    suffix: str

    def written(self, value: float) -> float | str:
        """The value as it stands in a scenario."""
        if self.suffix == DATE:
            return dt.date.fromordinal(round(value)).isoformat()
        return f"{value:.6g}{self.suffix}" if self.suffix else float(f"{value:.6g}")


def rounded(value: Any, digits: int = 5) -> Any:
    """A value as it stands in a scenario, its number to so many figures that count; all else as it is."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    found = LEADING.match(value) if isinstance(value, str) and not DAY.match(value) else None
    if found is None:
        return value
    number = float(f"{float(found[1]):.{digits}g}")
    return f"{np.format_float_positional(number, trim='-')}{found[2]}"


def parse_parameter(path: str, bounds: Sequence[Any]) -> Parameter:
    """A parameter from its two bounds; raises ValueError with what was expected."""
    if len(bounds) == 2 and all(DAY.match(str(bound)) for bound in bounds):
        first, last = (dt.date.fromisoformat(str(bound)).toordinal() for bound in bounds)
        if first >= last:
            raise ValueError("the earlier date first, such as [2026-03-01, 2026-06-01]")
        return Parameter(path, first, last, DATE)
    found = [VALUE.match(str(bound)) for bound in bounds]
    if len(found) != 2 or None in found:
        raise ValueError("two numbers with the same unit, such as [30d, 120d] or [10%, 40%], or two dates")
    (low, unit), (high, other) = (match.groups() for match in found if match is not None)
    if unit != other or float(low) >= float(high):
        raise ValueError("the smaller bound first, and both in the same unit, such as [30d, 120d]")
    return Parameter(path, float(low), float(high), unit)
