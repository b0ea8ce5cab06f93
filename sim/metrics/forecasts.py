"""How far forecasts at facilities were off. Further up it is in the table `forecasts`."""

from __future__ import annotations

import numpy as np

from sim.metrics.base import View, metric
from sim.policies.replenishment.forecast_errors import ForecastErrors, bias, mape, mase


def _errors(view: View) -> ForecastErrors | None:
    """The errors at the facilities seen."""
    found = view.outcome.forecast_errors
    return None if found is None else ForecastErrors(*(row[view.cells] for row in found))


def _together(view: View) -> ForecastErrors | None:
    """The same, added up over them."""
    found = _errors(view)
    return None if found is None else ForecastErrors(*(row.sum() for row in found))


def _defined(value: np.ndarray) -> float | None:
    return None if np.isnan(value) else float(value)


@metric("forecast_bias", "Bias of forecasts", "share")
def forecast_bias(view: View) -> float | None:
    """Units that policies with a forecast expected until their next review, less what was asked for, as a share of it.

    Above 0: too much was expected. Undefined where no facility forecasts.
    """
    errors = _together(view)
    return None if errors is None else _defined(bias(errors))


@metric("forecast_mase", "Forecast error, scaled (MASE)", "times", better="lower")
def forecast_mase(view: View) -> float | None:
    """Mean size of the errors of forecasts until the next review, as a multiple of that of expecting what was asked for
    in the review period before; the mean over sites and products, those left out where all periods were alike.

    Below 1 a forecast is better than none (Hyndman & Koehler 2006, doi 10.1016/j.ijforecast.2006.03.001).
    """
    errors = _errors(view)
    scaled = np.zeros(0) if errors is None else mase(errors)
    scaled = scaled[~np.isnan(scaled)]
    return float(scaled.mean()) if scaled.size else None


@metric("forecast_mape", "Forecast error, relative (MAPE)", "share", better="lower")
def forecast_mape(view: View) -> float | None:
    """Mean size of the errors of forecasts until the next review, as a share of what was asked for, over the periods in
    which something was; those without are counted as `forecast_unasked`."""
    errors = _together(view)
    return None if errors is None else _defined(mape(errors))


@metric("forecast_unasked", "Forecast periods without demand", "periods")
def forecast_unasked(view: View) -> float | None:
    """Review periods of facilities that forecast in which nothing was asked for, so that no relative error is defined;
    undefined where none forecasts."""
    errors = _together(view)
    return None if errors is None or not errors.periods else float(errors.unasked)
