"""Equity indices of vectors whose indices are known exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.metrics import equity
from tests.cases import Case

VECTORS = {"GE2": [0, 0, 0, 1], "GE3": [1, 2, 3, 4, 5]}
each = pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.case(name)) for name in VECTORS])


@each
def test_equity_indices_are_exact(name: str, case: Case) -> None:
    x = np.array(VECTORS[name], dtype=float)
    measured = {
        "gini_population": equity.gini(x),
        "gini_sample_corrected": equity.gini(x) * len(x) / (len(x) - 1),
        "theil_T": equity.theil_t(x),
        "theil_L_MLD": equity.theil_l(x),
        "hoover": equity.hoover(x),
        "coefficient_of_variation_population": equity.coefficient_of_variation(x),
        "min_over_mean": x.min() / x.mean(),
        "atkinson_0_5": equity.atkinson(x, 0.5),
        "atkinson_1": equity.atkinson(x, 1),
    }
    case.check({metric: measured[metric] for metric in case.open})


@pytest.mark.parametrize("name", VECTORS)
def test_inequality_of_fill_rates_is_that_of_the_stock_the_facilities_had(name: str, simulate: Any) -> None:
    x = VECTORS[name]
    run = simulate(f"""
end: 2001-01-02
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{", ".join(f"F{k}: {{}}" for k in range(len(x)))}}}
lanes: [{{from: maker, to: facilities, time: 9d}}]
demand: [{{at: facilities, product: kit, per_day: 5, distribution: deterministic}}]
stock:
{"".join(f"  - {{at: F{k}, on_hand: {units}}}" + chr(10) for k, units in enumerate(x))}
replenishment: [{{at: facilities, policy: base_stock, level: 0}}]
""")
    Case(name, ("gini_population",)).check({"gini_population": run.metrics["gini_fill_rate"].value})
    assert run.metrics["min_max_fill_rate"].value == pytest.approx(min(x) / max(x))
