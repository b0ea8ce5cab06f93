"""Consumption as logistics systems report it: average monthly consumption (AMC)."""

from __future__ import annotations

import numpy as np

MONTH = 30.0


def average_monthly_consumption(
    issues: np.ndarray, days_in_stock: np.ndarray | None = None, by_month: bool = False
) -> float | None:
    """AMC in units a month, from units issued in each month; NaN marks a month without a report, which is left out.

    With `days_in_stock` (days of 30 on which the full demand could be issued) the figure is adjusted for stockouts:
    30 x issues / days in stock over all months together, or `by_month` as the mean of the months' adjusted figures.
    Source: LMIS practice (QAT annex 2, OpenLMIS). None where no month counts.
    """
    issues = np.asarray(issues, dtype=float)
    reported = ~np.isnan(issues)
    if days_in_stock is None:
        return float(issues[reported].mean()) if reported.any() else None
    days = np.asarray(days_in_stock, dtype=float)
    counted = reported & (days > 0)
    if not counted.any():
        return None
    if by_month:
        return float((MONTH * issues[counted] / days[counted]).mean())
    return float(MONTH * issues[counted].sum() / days[counted].sum())
