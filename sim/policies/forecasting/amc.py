"""Average monthly consumption, as logistics systems (LMIS) reckon it."""

from __future__ import annotations

import numpy as np

from sim.model.need.censored import scaled
from sim.policies.forecasting.base import FORECASTING, At, Forecasting, Learned
from sim.policies.forecasting.recent import Recent
from sim.units import WholeDays


@FORECASTING.register("amc")
class AverageMonthlyConsumption(Forecasting):
    """Every month of 30 days is expected to take what was issued in a month on average, days without stock made up for.

    Of C units issued in M months, with X days of these out of stock, N = ceil(C x 30 M / (30 M - X)) would have been
    needed, and the average is N / M. A day is out of stock if patients went without on it, or if in its evening nothing
    was left while customers' orders were open. Days without a record, as those before the first, count as usual ones,
    and so do all where it was out of stock all the time: missing is not nothing. It knows the days until the evening
    before the review.
    Source: USAID Quantification Analytics Tool (QAT), annex 2.
    """

    goes_by = "issues"
    over: WholeDays = 90
    """days of issues that are looked at, such as 3mo"""
    adjusted: bool = True
    """false: days out of stock are not made up for"""
    example = {"over": "2mo"}
    bad_example = ({"over": "0d"}, "whole days, at least 1d")

    @property
    def looks_back(self) -> int:
        return self.over

    @property
    def rows(self) -> int:
        return 2 * self.over if self.adjusted else self.over

    def begin(self, usual: np.ndarray) -> Learned:
        days, recent = np.zeros(len(usual), dtype=np.int64), Recent(self.over)
        known = {"usual": usual.copy(), "days": days} | recent.begin("issued", len(usual))
        return known | (recent.begin("out", len(usual)) if self.adjusted else {})

    def learn(self, known: Learned, at: At, day: int | np.ndarray, units: np.ndarray, out: np.ndarray | None) -> None:
        recent = Recent(self.over)
        recent.put(known, "issued", at, day, units)
        known["days"][at] += 1
        if self.adjusted:
            assert out is not None
            recent.put(known, "out", at, day, out.astype(float))

    def ahead(self, known: Learned, days: np.ndarray | float) -> np.ndarray:
        issued = Recent(self.over).with_usual(known, "issued")
        if not self.adjusted:
            return days * (issued / self.over)
        needed = np.ceil(scaled(issued, known["out_sum"], self.over) - 1e-9)  # but for rounding
        return days * np.where(np.isnan(needed), known["usual"], needed / self.over)
