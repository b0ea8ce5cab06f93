"""How far forecasts were off: what is asked for until the next review, against what had been expected at the last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.policies.forecasting.base import At
from sim.policies.replenishment.seen import Memory


class ForecastErrors(NamedTuple):
    """Sums over whole review periods from day 0 on, over cells.

    `periods` counts them; `off` are units expected less units asked for, `size` the same without their sign, `asked`
    units asked for. `steps` counts those with a period before, and `step` are the units by which they differed from
    it without their sign. Of periods in which something was asked for `relative` is the size of the error as a share
    of that; `unasked` counts the others.
    """

    periods: np.ndarray
    off: np.ndarray
    size: np.ndarray
    asked: np.ndarray
    steps: np.ndarray
    step: np.ndarray
    relative: np.ndarray
    unasked: np.ndarray


def first_errors(cells: int) -> dict[str, np.ndarray]:
    """Before the first review: nothing is expected, nothing was asked for before."""
    nothing = np.full(cells, np.nan)
    return {
        "errors": np.zeros((len(ForecastErrors._fields), cells)),
        "expected": nothing,
        "asked_before": nothing.copy(),
    }


def note_errors(known: Memory, at: At, whole: np.ndarray, asked: np.ndarray, expected: np.ndarray) -> None:
    """At a review of some cells: the errors of periods that are `whole`, and what is `expected` of the next; all over
    these cells."""
    told = whole & ~np.isnan(known["expected"][at])
    if told.all() and isinstance(at, slice):
        _note(ForecastErrors(*known["errors"][:, at]), known["expected"][at], asked, known["asked_before"][at])
    elif told.any():
        some = np.arange(known["expected"].size)[at][told]
        errors = known["errors"][:, some]
        _note(ForecastErrors(*errors), known["expected"][some], asked[told], known["asked_before"][some])
        known["errors"][:, some] = errors
    known["asked_before"][at] = np.where(whole, asked, np.nan)
    known["expected"][at] = expected


def _note(errors: ForecastErrors, expected: np.ndarray, asked: np.ndarray, before: np.ndarray) -> None:
    """One period more of cells of which something was expected."""
    off, step = expected - asked, asked - before
    first, none = np.isnan(step), asked == 0
    errors.periods[:] += 1
    errors.off[:] += off
    size, step = np.abs(off, out=off), np.abs(step, out=step)
    errors.size[:] += size
    errors.asked[:] += asked
    if first.any():
        step[first] = 0.0
    errors.steps[:] += ~first
    errors.step[:] += step
    errors.relative[:] += np.divide(size, np.where(none, np.inf, asked), out=size)  # 0 where nothing was asked for
    errors.unasked[:] += none


def errors_of(memory: Memory | None) -> ForecastErrors | None:
    """The errors in a rule's memory, None where it does not forecast."""
    return None if memory is None or "errors" not in memory else ForecastErrors(*memory["errors"])


def bias(errors: ForecastErrors) -> np.ndarray:
    """Units expected less units asked for, as a share of those; NaN where nothing was asked for."""
    return _ratio(errors.off, errors.asked)


def mase(errors: ForecastErrors) -> np.ndarray:
    """Mean absolute scaled error: the mean size of the errors as a multiple of that of the naive forecast, by which
    each period is as the one before; NaN where there are not two periods, or all were alike (Hyndman & Koehler 2006).
    """
    return _ratio(_ratio(errors.size, errors.periods), _ratio(errors.step, errors.steps))


def mape(errors: ForecastErrors) -> np.ndarray:
    """Mean absolute percentage error, as a share, over the periods in which something was asked for; NaN where there is
    none."""
    return _ratio(errors.relative, errors.periods - errors.unasked)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
