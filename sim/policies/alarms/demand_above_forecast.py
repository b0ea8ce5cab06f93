"""Rises when more is asked for than was expected."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.errors import PlaceError
from sim.policies.alarms.base import ALARMS, Alarm, Evening, Known
from sim.policies.forecasting.base import ForecastField
from sim.policies.forecasting.exponential_smoothing import ExponentialSmoothing
from sim.units import Positive, Share, WholeDays


@ALARMS.register("demand_above_forecast")
class DemandAboveForecast(Alarm):
    """Patients ask for more than a forecast expects, by more than its usual errors.

    Every evening the day's demand is held against the forecast of the evening before. It holds where the errors of the
    last n = `days` days add up to more than `sigmas` x s x the root of n. s is the standard deviation of the errors
    until the evening before, their squares smoothed exponentially; it begins as for Poisson demand. Warehouses are
    looked at with the demand of those whom they usually supply, of sites taken together each patient once. What is
    told late is looked at when it is told: every day that a report covers, each against the forecast of the day
    before it, and it holds where it did on any of them. Of sites taken together the last day known of each stands for
    those not told yet; by how much these were more counts when they are told. Where there is no news the last look
    counts.
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
        units = len(usual)
        own = {
            "variance": usual.copy(), "errors": np.zeros((self.days, units)), "evening": np.zeros(units, np.int64),
            "above": np.zeros(units, dtype=bool),
        }  # fmt: skip
        return own | self.forecast.begin(usual)

    def look(self, evening: Evening, known: Known) -> np.ndarray:
        every = np.arange(len(known["above"]))
        days = [(told, every if told.groups is None else told.groups) for told in evening.told]
        for _, new in days:
            known["above"][new] = False
        for told, new in days:
            asked, today, variance = told.asked[new], known["evening"][new], known["variance"][new]
            error = asked - self.forecast.next_day(known, new)
            known["errors"][today % self.days, new] = error if told.late is None else error + told.late[new]
            known["above"][new] |= known["errors"][:, new].sum(axis=0) > self.sigmas * np.sqrt(self.days * variance)
            known["variance"][new] += self.omega * (error**2 - variance)
            self.forecast.learn(known, new, today, asked, None)
            known["evening"][new] += 1
        return known["above"].copy()
