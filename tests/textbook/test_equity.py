"""Equity indices of vectors whose indices are known exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.metrics import equity

VECTORS = {"GE2": [0, 0, 0, 1], "GE3": [1, 2, 3, 4, 5]}


@pytest.mark.parametrize("case", VECTORS)
def test_equity_indices_are_exact(case: str, expected: Any, close: Any) -> None:
    x = np.array(VECTORS[case], dtype=float)
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
    close(expected[case], {name: measured[name] for name in expected[case]})


@pytest.mark.parametrize("case", VECTORS)
def test_inequality_of_fill_rates_is_that_of_the_stock_the_facilities_had(
    case: str, simulate: Any, expected: Any
) -> None:
    x = VECTORS[case]
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
    gini = expected[case]["gini_population"]["expected"]
    assert run.metrics["gini_fill_rate"].value == pytest.approx(gini, abs=1e-9)
    assert run.metrics["min_max_fill_rate"].value == pytest.approx(min(x) / max(x))
