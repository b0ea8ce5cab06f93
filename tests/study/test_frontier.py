"""Dominance and ICERs, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.study.infer.frontier import DOMINATED, EXTENDED, FRONTIER, frontier, status


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(0, 100), (10, 50), (30, 40)], [FRONTIER] * 3),
        ([(0, 100), (10, 50), (12, 60)], [FRONTIER, FRONTIER, DOMINATED]),
        ([(0, 100), (10, 95), (20, 50)], [FRONTIER, EXTENDED, FRONTIER]),  # 2 and 0.44 a unit: ICERs must rise
        ([(5, 100), (5, 90)], [DOMINATED, FRONTIER]),  # as dear and worse
        ([(5, 100), (7, 100)], [FRONTIER, DOMINATED]),  # dearer for nothing
        ([(5, 90), (5, 90)], [FRONTIER, DOMINATED]),  # the same twice
        ([(-3, 10), (0, 100)], [FRONTIER, DOMINATED]),  # cheaper and better than doing nothing
        ([(0, 100), (10, 90), (20, 80)], [FRONTIER, EXTENDED, FRONTIER]),  # a mixture does as well
        ([(7, 3)], [FRONTIER]),
        ([(0, 100), (1, 99), (2, 97), (3, 60)], [FRONTIER, EXTENDED, EXTENDED, FRONTIER]),
    ],
)  # fmt: skip
def test_dominance(points: list[tuple[float, float]], expected: list[str]) -> None:
    cost, harm = np.array(points, dtype=float).T
    assert status(cost, harm) == expected
    back = np.argsort(cost, kind="stable")[::-1]
    if len(set(points)) == len(points):
        assert status(cost[back], harm[back]) == [expected[k] for k in back], "the order must not matter"


def test_icers_along_the_frontier() -> None:
    figures = {"none": (0, 100), "small": (10, 50), "odd": (25, 60), "large": (40, 35)}
    rows = [
        {"scenario": "s", "strategy": name, "replication": r, "measure": measure, "breakdown": "all", "group": "",
         "value": value + (r if measure == "cost" else 0)}
        for name, pair in figures.items() for measure, value in zip(("cost", "units_unmet"), pair, strict=True)
        for r in (0, 1, 2)
    ]  # fmt: skip
    found = frontier(pd.DataFrame(rows), list(figures)).set_index("strategy")
    assert found.index.tolist() == ["none", "small", "odd", "large"]
    assert found["status"].tolist() == [FRONTIER, FRONTIER, DOMINATED, FRONTIER]
    assert found["icer"].tolist() == pytest.approx([np.nan, 10 / 50, np.nan, 30 / 15], nan_ok=True)
    assert found["against"].tolist() == ["", "none", "", "small"]
    assert found["cost"].tolist() == [1, 11, 26, 41]
    assert frontier(pd.DataFrame(rows).query("measure != 'cost'"), list(figures)).empty
