"""Cases H1 and H4a of the expected answers, through whole studies.

Facilities with streams of their own are independent, so a study by region holds as many answers as there are regions.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from tests.cases import CASES, Case
from tests.study.conftest import WriteStudy


def scenario(regions: int, days: str, rest: str) -> str:
    clinics = ", ".join(f"F{k:04}: {{region: R{k:04}}}" for k in range(regions))
    return f"""
scenario: case
title: One facility after the other
start: 2001-01-01
{days}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{clinics}}}
lanes: [{{from: maker, to: facilities, time: 3d}}]
{rest}
"""


@pytest.mark.slow
def test_h1_common_draws_save_most_of_the_variance(write_study: WriteStudy, tmp_path: Path) -> None:
    text = scenario(
        20, "end: 2002-01-01\nwarm_up: 30d",
        """demand: [{at: facilities, product: kit, per_day: 5, shortage: backorder}]
replenishment: [{at: facilities, policy: base_stock, level: 18}]""",
    )  # fmt: skip
    study = """
study: common
title: Two base stocks on the same draws
scenarios: [{file: starter.yaml, name: one}, {file: starter.yaml, name: other, set: {seed: 2}}]
strategies: [{name: s18}, {name: s20, set: {replenishment.0.level: 20}}]
measures: [backorder_days by region, mean_stock by region, fill_rate by region]
replications: 10
twin: false
"""
    result = sim.run_study(write_study(study, text), tmp_path / "out", workers=1)
    values = result.replications.pivot(
        index=["measure", "replication", "group"], columns=["scenario", "strategy"], values="value"
    )
    names = {"backorders": "backorder_days", "on_hand": "mean_stock", "fill_rate": "fill_rate"}
    assert set(names) == set(CASES["H1"])
    for name in names.values():
        mine = values.loc[name]
        low, high, independent = mine["one", "s18"], mine["one", "s20"], mine["other", "s20"]
        assert len(mine) == 200
        assert np.var(low - high) / np.var(low - independent) <= 0.5, name
        assert np.corrcoef(low, high)[0, 1] >= 0.5, name
    assert result.comparisons["independent_ratio"].median() <= 0.5


@pytest.mark.slow
@pytest.mark.case("H4a")
def test_h4a_intervals_cover_the_truth_as_often_as_they_say(
    write_study: WriteStudy, tmp_path: Path, case: Case
) -> None:
    text = scenario(
        1000, "end: 2001-04-11",
        """demand: [{at: facilities, product: kit, per_day: 5}]
replenishment: [{at: facilities, policy: base_stock, level: 9, review: 100d}]""",
    )  # fmt: skip
    study = """
study: coverage
title: A thousand studies of ten replications
scenarios: [starter.yaml]
strategies: [{name: only}]
measures: [units_demanded by region]
replications: 10
twin: false
"""
    result = sim.run_study(write_study(study, text), tmp_path / "out", workers=1)
    found = result.summary
    assert len(found) == 1000 and (found["n"] == 10).all()
    student = result.replications.groupby("group")["value"].agg(["mean", "sem"])
    half = 2.262157163 * student["sem"]  # t quantile, 9 degrees of freedom
    case.check({"coverage": np.mean(abs(student["mean"] - 500) <= half)})
    assert np.mean((found["low"] <= 500) & (found["high"] >= 500)) >= 0.93  # the bound set for other methods than t
