"""A run that ends earlier tells of its days what the run of the whole tells of them, and nothing of later ones."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import sim
from sim.api import Run
from tests.contract.network import STANDARD

KNOWN = "2024-01-25"
CASE: dict[str, Any] = copy.deepcopy(STANDARD) | {
    "disruptions": [
        {"kind": "export_ban", "name": "ban", "country": "IN", "from": "2024-01-08", "for": "30d",
         "expected": {"for": "10d", "revised": [{"on": "2024-01-15", "until": "2024-02-20"}]}},
        {"kind": "demand_surge", "name": "outbreak", "from": "2024-02-05", "for": "10d", "factor": 3},
    ],
    "rationing": [{"at": "store", "after": "1d"}],
    "hazards": {"thefts": {"disruption": {"kind": "stock_loss", "at": "store", "share": "uniform(1%, 5%)"},
                           "happens": {"process": "arrivals", "a_year": 60}}},
}  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """The whole, and until a day in the midst of the ban."""
    file: Path = tmp_path_factory.mktemp("sitrep") / "s.yaml"
    file.write_text(yaml.safe_dump(CASE), encoding="utf-8")
    whole, until = sim.run(file, twin=False), sim.run(file, twin=False, overrides={"end": KNOWN})
    return whole, until


def test_its_days_are_those_of_the_whole(runs: tuple[Run, Run]) -> None:
    whole, until = runs
    days = (pd.Timestamp(KNOWN) - pd.Timestamp("2024-01-01")).days
    assert until.daily["day"].max() == days - 1
    told = ["site", "product", "kind", "country", "region"]
    early = whole.daily[whole.daily["day"] < days].reset_index(drop=True)
    assert early["unmet"].sum() > 0, "something happens before"
    pd.testing.assert_frame_equal(early.astype(dict.fromkeys(told, str)), until.daily.astype(dict.fromkeys(told, str)))


def test_its_journal_knows_nothing_of_later_days(runs: tuple[Run, Run]) -> None:
    whole, until = runs
    assert (whole.events["cause"].eq("outbreak") | whole.events["event"].eq("disruption_ends")).any()
    days = until.daily["day"].max() + 1
    assert not until.events["cause"].str.contains("outbreak").any()
    early = whole.events[whole.events["day"] < days].reset_index(drop=True)
    pd.testing.assert_frame_equal(early, until.events)
