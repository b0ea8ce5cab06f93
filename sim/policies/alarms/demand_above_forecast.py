"""Rises when more is asked for than was expected."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.errors import PlaceError
from sim.policies.alarms.base import ALARMS, Alarm, Evening, Known
from sim.policies.forecasting.base import ForecastField
from sim.policies.forecasting.exponential_smoothing import ExponentialSmoothing
from sim.units import Positive, Share, WholeDays

EVERY = slice(None)


@ALARMS.register("demand_above_forecast")
class DemandAboveForecast(Alarm):
    """Patients ask for more than a forecast expects, by more than its usual errors.

    Every evening the day's demand is held against the forecast of the evening before. It holds where the errors of the
    last n = `days` days add up to more than `sigmas` x s x the root of n. s is the standard deviation of the errors
    until the evening before, their squares smoothed exponentially; it begins as for Poisson demand. Warehouses are
    looked at with the demand of those whom they usually supply, of sites taken together each patient once.
    """

    forecast: ForecastField = ExponentialSmoothing(method="exponential_smoothing")
    """how demand is forecast: any method that goes by demand; left out: exponential smoothing, a weight of 10%"""
    sigmas: Positive = 3.0
    """standard deviations of the errors"""
    days: WholeDays = 7
    """days whose errors are added up; those before the first have none"""
    omega: Share = Field(default=0.1, gt=0)
    """weight of the latest square in the variance"""
    sees = ("demand",)
    example = {"at": "facilities", "sigmas": 2, "days": "3d", "forecast": {"method": "moving_average"}}
    bad_example = ({"at": "facilities", "sigmas": 0}, "a number above 0")

    def check(self) -> None:
        if self.forecast.goes_by != "demand":
            expected = "a method that goes by demand, such as moving_average"
            raise PlaceError(("forecast", "method"), "this goes by what was issued", self.forecast.method, expected)

    @property
    def present_over(self) -> int:
        return 1

    @property
    def rows(self) -> int:
        return self.days + self.forecast.rows

    def begin(self, usual: np.ndarray) -> Known:
        own = {"variance": usual.copy(), "errors": np.zeros((self.days, len(usual))), "evening": np.zeros(1, np.int64)}
        return own | self.forecast.begin(usual)

    def look(self, evening: Evening, known: Known) -> np.ndarray:
        asked, today, errors = evening.groups.pool.mean, int(known["evening"][0]), known["errors"]
        error = asked - self.forecast.ahead(known, 1.0)
        errors[today % self.days] = error
        holds = errors.sum(axis=0) > self.sigmas * np.sqrt(self.days * known["variance"])
        known["variance"] += self.omega * (error**2 - known["variance"])
        self.forecast.learn(known, EVERY, today, asked, None)
        known["evening"] += 1
        return np.asarray(holds)
