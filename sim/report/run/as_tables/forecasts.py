"""The table of forecasts: how far they were off, at facilities and further up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.engine.run import Outcome
from sim.policies.replenishment.forecast_errors import ForecastErrors, bias, mape, mase


def forecasts_table(outcome: Outcome) -> pd.DataFrame:
    """One row per site and product of which a policy forecasts demand, in that order: how far it was off from one
    review to the next, on counted days.

    No rows where nobody forecasts.
    """
    network, told = outcome.plan.network, outcome.forecast_errors
    cells = np.flatnonzero(told.periods > 0) if told is not None else np.zeros(0, dtype=np.int64)
    cells = cells[np.lexsort((network.cell_product[cells], network.cell_site[cells]))]
    rows = np.zeros((len(ForecastErrors._fields), len(cells))) if told is None else [row[cells] for row in told]
    errors = ForecastErrors(*rows)
    return pd.DataFrame(
        {
            "site": network.sites["name"].to_numpy()[network.cell_site[cells]],
            "product": network.products["name"].to_numpy()[network.cell_product[cells]],
            "kind": network.cell_kind[cells],
            "periods": errors.periods.astype(np.int64),
            "asked": errors.asked,
            "bias": bias(errors),
            "mase": mase(errors),
            "mape": mape(errors),
            "unasked": errors.unasked.astype(np.int64),
        }
    )
