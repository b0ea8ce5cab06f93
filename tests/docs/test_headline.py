"""The query that the page about studies shows is the headline of a study, whichever study it is put to."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from docs.make_study_page import FIGURES, PAGE, figures, headline
from sim.study.run.query import query
from tests.study.conftest import write_into

STUDY = """
study: small
title: Does a reserve help
scenarios: [starter.yaml, {file: starter.yaml, name: longer, set: {disruptions.ban.for: 90d}}]
strategies: [none, {name: as-is}, double]
measures: [units_unmet, units_unmet by region, fill_rate]
replications: 4
end_is_enough: What happens later is not asked.
"""


def test_the_headline_is_one_query(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    result = sim.run_study(write_into(tmp_path, STUDY), tmp_path / "out", workers=1)
    answer = query(tmp_path / "out", headline(page))
    found = result.comparisons.query("measure == 'units_unmet' and breakdown == 'all'")
    expected = found.set_index(["scenario", "strategy"])["difference"]
    assert len(answer) == len(expected) == 4 and (answer["n"] == 4).all() and (answer["averted"] > 0).any()
    for row in answer.to_dict("records"):
        assert row["averted"] == pytest.approx(-expected[row["scenario"], row["strategy"]], abs=0.5)  # which is rounded
    told = figures(answer, result)
    for row in answer.to_dict("records"):
        assert f" {row['averted']:,.0f} |" in told
    assert "mean of 4 draws" in told and "The cautious choice is `double`" in told
    assert FIGURES.search(page), "the page has a place for the figures of the whole study"
