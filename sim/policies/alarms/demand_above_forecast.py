"""Rises when more is asked for than was expected."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.errors import PlaceError
from sim.policies.alarms.base import ALARMS, Alarm, Evening, Known
from sim.policies.forecasting.base import At, ForecastField
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
            "variance": usual.copy(), "errors": np.zeros((self.days, units)), "off": np.zeros(units),
            "evening": np.zeros(units, np.int64), "above": np.zeros(units, dtype=bool),
        }  # fmt: skip
        return own | self.forecast.begin(usual)

    def look(self, evening: Evening, known: Known) -> np.ndarray:
        for told in evening.told:
            known["above"][slice(None) if told.groups is None else told.groups] = False
        for told in evening.told:
            new, today = self._new(told.groups, known["evening"])
            asked = told.asked[new]
            error = asked - self.forecast.next_day(known, new)
            self._add_up(known, new, today % self.days, error if told.late is None else error + told.late[new])
            known["above"][new] |= known["off"][new] > self.sigmas * np.sqrt(self.days * known["variance"][new])
            known["variance"][new] += self.omega * (error**2 - known["variance"][new])
            self.forecast.learn(known, new, today, asked, None)
            known["evening"][new] += 1
        return known["above"].copy()

    @staticmethod
    def _new(groups: np.ndarray | None, evening: np.ndarray) -> tuple[At, int | np.ndarray]:
        """(groups of which there is news, how many days of each were learned): one number where all are alike."""
        if groups is not None and len(groups) < len(evening):
            return groups, evening[groups]
        if (evening == evening[:1]).all():
            return slice(None), int(evening[:1].sum())
        return np.arange(len(evening)), evening.copy()

    @staticmethod
    def _add_up(known: Known, new: At, row: int | np.ndarray, error: np.ndarray) -> None:
        """Errors take the place of those of so many days ago in their sum `off`; once in so many days it is added up
        anew, so that what rounding leaves does not pile up."""
        errors, off = known["errors"], known["off"]
        off[new] += error - errors[row, new]
        errors[row, new] = error
        if isinstance(row, np.ndarray) and isinstance(new, np.ndarray):
            again = new[row == 0]
            off[again] = errors[:, again].sum(axis=0)
        elif row == 0:
            errors.sum(axis=0, out=off)
