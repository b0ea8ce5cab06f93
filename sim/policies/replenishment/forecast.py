"""Order up to what is forecast until the next order has come, with safety on top."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal

import numpy as np

from sim.model.network import Network, whole_units
from sim.policies.forecasting.base import At, ForecastField, Forecasting, check_size
from sim.policies.forecasting.moving_average import MovingAverage
from sim.policies.replenishment.base import REPLENISHMENT, Replenishment, Rule
from sim.policies.replenishment.learning import Learning, Of, check_of
from sim.policies.replenishment.seen import Memory, View
from sim.units import EXACT, Days, NonNegative, Share, WholeDays

SD_OF_MAD = math.sqrt(math.pi / 2)
"""Standard deviation of a normal distribution as a multiple of its mean absolute deviation, about 1.25."""
Spread = Literal["mse", "mad"]


@dataclass(frozen=True)
class FollowingForecast(Learning):
    """Orders what lacks to the forecast of `days` beside the lead time, and so many `sigmas` of its errors in a review
    period and the lead time.

    With sigmas, the square of each one-day error, or its size where the spread is `mad`, is smoothed with the weight
    `omega`. It begins with that of Poisson demand.
    """

    days: float
    sigmas: float = 0.0
    spread: Spread = "mse"
    omega: float = 0.0

    def first_memory(self) -> Memory:
        memory = super().first_memory()
        return memory if not self.sigmas else dict(memory) | {"spread": self._first_spread()}

    def _first_spread(self) -> np.ndarray:
        return self.usual.copy() if self.spread == "mse" else np.sqrt(self.usual) / SD_OF_MAD

    def _learn(
        self, known: dict[str, np.ndarray], at: At, day: int | np.ndarray, units: np.ndarray, out: np.ndarray | None
    ) -> None:
        if self.sigmas:
            off = units - self.method.next_day(known, at)
            size = np.multiply(off, off, out=off) if self.spread == "mse" else np.abs(off, out=off)
            size -= known["spread"][at]
            size *= self.omega
            known["spread"][at] += size
        super()._learn(known, at, day, units, out)

    def safety(self, spread: np.ndarray, lead_time: np.ndarray) -> np.ndarray:
        """Units on top of the forecast: sigmas x standard deviation of one-day errors x sqrt(review + lead time)."""
        deviation = np.sqrt(spread) if self.spread == "mse" else SD_OF_MAD * spread
        return self.sigmas * deviation * np.sqrt(self.review + lead_time)

    def level(self, forecast: np.ndarray, spread: np.ndarray | None, lead_time: np.ndarray) -> np.ndarray:
        """Units to order up to."""
        units = forecast if spread is None else forecast + self.safety(spread, lead_time)
        return whole_units(np.clip(units, 0, EXACT))

    def at_first(self, network: Network, cells: np.ndarray) -> Rule:
        """The same rule with its level in usual times as the target."""
        lead_time = network.cell_lead_time[cells]
        usual = (self.days + lead_time) * self.usual
        return replace(self, target=self.level(usual, self._first_spread() if self.sigmas else None, lead_time))

    def orders(self, view: View) -> np.ndarray:
        assert isinstance(view.memory, dict)
        forecast = self.method.ahead(view.memory, self.days + view.lead_time)
        return np.maximum(0, self.level(forecast, view.memory.get("spread"), view.lead_time) - view.position)


@REPLENISHMENT.register("forecast")
class Forecast(Replenishment):
    """At every review order up to the forecast of the days until what is ordered at the next has come, and safety.

    level = forecast of (`review` + mean lead time + `safety`) days + z x s x sqrt(`review` + mean lead time), where s
    is the standard deviation of the forecast's errors from day to day and z comes of `service` or is `sigmas`.
    Sources: Chen et al. (2000); for the safety Silver, Pyke & Peterson, Inventory Management, chapters 4 and 7.
    """

    forecast: ForecastField
    """how demand is forecast; it begins with the usual demand"""
    of: Of = "own"
    """own: what is asked for at the site itself, by patients, by customers' orders, by what a maker makes of it, served
    or not; end: what patients asked for at the site and at all that it usually supplies, which they share with it"""
    safety: Days = 0.0
    """days of forecast demand on top"""
    service: Share | None = None
    """share of review periods in which nobody is to go short, with normal errors: z is that point of their distribution
    (95%: 1.645)"""
    sigmas: NonNegative | None = None
    """z itself"""
    spread: Spread = "mse"
    """mse: s is the root of the smoothed squares of one-day errors; mad: 1.25 x the smoothed mean absolute error, which
    a single odd day moves less"""
    omega: Share = 0.05
    """weight of the latest day's error in s, which begins as that of Poisson demand"""
    example = {"at": "facilities", "forecast": {"method": "exponential_smoothing", "alpha": "20%"}, "service": "95%"}
    bad_example = (
        {"at": "facilities", "forecast": {"method": "moving_average"}, "service": "95%", "sigmas": 2},
        "service or sigmas, not both",
    )

    def check(self) -> None:
        if self.service is not None and self.sigmas is not None:
            raise ValueError("service or sigmas, not both")
        if self.service is not None and not 0.5 <= self.service < 1:
            raise ValueError("service from 50% to below 100%, such as 95%")
        check_of(self.forecast, self.of)

    @property
    def z(self) -> float:
        """Standard deviations of safety."""
        return NormalDist().inv_cdf(self.service) if self.service is not None else self.sigmas or 0.0

    def bind(self, network: Network, cells: np.ndarray) -> Rule:
        rule = _following(self, self.forecast, self.safety, network, cells)
        return replace(rule, of=self.of, sigmas=self.z, spread=self.spread, omega=self.omega).at_first(network, cells)


def _following(
    entry: Replenishment, method: Forecasting, safety: float, network: Network, cells: np.ndarray
) -> FollowingForecast:
    """The rule of an entry that forecasts own demand and keeps days of safety."""
    check_size(method, len(cells))
    return FollowingForecast(
        target=np.zeros(len(cells), dtype=np.int64), usual=network.cell_mean[cells], method=method, of="own",
        review=int(entry.review), first=int(entry.first_review), days=entry.review + safety,
    )  # fmt: skip


@REPLENISHMENT.register("moving_average")
class FollowingMovingAverage(Replenishment):
    """An earlier word for `forecast` with the method `moving_average`.

    Demand is what was asked for, served or not: by patients, by customers' orders, by what a maker makes of it.
    """

    over: WholeDays = 28
    """days of demand that are looked at, the day of the review included"""
    safety: Days = 0.0
    """days of demand on top of those until what is ordered at the next review has come"""
    example = {"at": "facilities", "over": "14d", "safety": "3d"}
    bad_example = ({"at": "facilities", "over": "36h"}, "whole days")

    def bind(self, network: Network, cells: np.ndarray) -> Rule:
        method = MovingAverage(method="moving_average", over=f"{self.over}d")  # type: ignore[arg-type]  # as written
        return _following(self, method, self.safety, network, cells).at_first(network, cells)
