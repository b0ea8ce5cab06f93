"""Months of stock: order up to a maximum where stock would fall below a minimum, both in months of consumption."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from pydantic import Field

from sim.model.network import Network, whole_units
from sim.policies.forecasting.amc import AverageMonthlyConsumption
from sim.policies.forecasting.base import ForecastField, Forecasting, check_size
from sim.policies.replenishment.base import REPLENISHMENT, Replenishment, Rule
from sim.policies.replenishment.learning import Learning, Of, check_of
from sim.policies.replenishment.seen import View
from sim.units import DAYS_IN, EXACT, Days

MONTH = DAYS_IN["month"]
MONTHS = 3
"""This month and the next two."""
ROUNDING = 1e-12
"""Of stock: the last digits of a forecast do not make it less than the least."""


@dataclass(frozen=True)
class KeepingMonths(Learning):
    """Orders up to the `highest` number of days of forecast demand where there would be fewer than the `lowest` in each
    of the months to come."""

    lowest: float
    highest: float

    def orders(self, view: View) -> np.ndarray:
        assert isinstance(view.memory, dict)
        used = [self.method.ahead(view.memory, view.lead_time + month * MONTH) for month in range(MONTHS + 1)]
        balance = [view.position - units for units in used[:-1]]  # at the beginning of each month
        a_day = [(after - before) / MONTH for before, after in pairwise(used)]
        short = np.ones(len(view.cells), dtype=bool)
        for there, use in zip(balance, a_day, strict=True):
            short &= there < self.lowest * use - ROUNDING * (1 + np.abs(there))
        wanted = np.minimum(self.highest * a_day[0] - balance[0], EXACT)
        return np.where(short, whole_units(np.maximum(0, wanted)), 0)


@REPLENISHMENT.register("months_of_stock")
class MonthsOfStock(Replenishment):
    """Suggest a shipment if months of stock (MOS) of this month and the next two are all below `min`, up to `max`.

    quantity = `max` x AMC - balance + unmet, where AMC is the consumption forecast of this month, and MOS of a month
    is the balance with which it begins / its AMC. This month begins when what is ordered now comes, after the mean
    lead time: the balance is what is on hand and on order less what the lead time takes, unmet is what waits. As all
    that is on order has come by then, stock falls from month to month; so MOS of this month decides but where the
    forecast has a season or a trend, by which what is there may be enough for the months that follow. Unlike
    `max_min`, which orders up to its maximum at every review, it orders only where it is below the minimum. The plan
    that the report holds stock against is in months of usual demand.
    Source: USAID Quantification Analytics Tool (QAT), annex 2.
    """

    minimum: Days = Field(alias="min")
    """months of stock below which a shipment is suggested, such as 2mo"""
    maximum: Days = Field(alias="max")
    """months of stock up to which it goes"""
    review: Days = Field(default=MONTH, ge=1)
    """time between reviews, in whole days"""
    forecast: ForecastField | None = None
    """how consumption is forecast; left out: `amc` of three months, days out of stock made up for"""
    of: Of = "own"
    """own: the site's; end: of patients at the site and at all that it usually supplies, which they share with it"""
    example = {
        "at": "facilities",
        "min": "0.5mo",
        "max": "1.5mo",
        "review": "7d",
        "forecast": {"method": "amc", "over": "2mo"},
    }
    bad_example = ({"at": "facilities", "min": "3mo", "max": "2mo"}, "min below max")

    def check(self) -> None:
        if self.minimum >= self.maximum:
            raise ValueError("min below max")
        check_of(self.method, self.of)

    @property
    def method(self) -> Forecasting:
        """The forecasting method."""
        return self.forecast or AverageMonthlyConsumption(method="amc")

    def planned(self, network: Network, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """In months of usual demand."""
        low, high = (whole_units(days * network.cell_mean[cells]) for days in (self.minimum, self.maximum))
        return low, high

    def bind(self, network: Network, cells: np.ndarray) -> Rule:
        check_size(self.method, len(cells))
        usual = network.cell_mean[cells]
        target = whole_units((self.maximum + network.cell_lead_time[cells]) * usual)
        first, review = int(self.first_review), int(self.review)
        return KeepingMonths(target, usual, self.method, self.of, review, first, self.minimum, self.maximum)
