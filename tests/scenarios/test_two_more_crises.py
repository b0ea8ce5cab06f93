"""Maria 2017 and valsartan 2018: what was reported goes in, and what followed is not among the inputs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim

ROOT = Path(__file__).resolve().parents[2]
CRISES = ROOT / "scenarios" / "crises"
JUNE, OTHERS = 362_231, 3.36
"""Prescriptions of valsartan in June 2018; and how many times as many of other sartans there were, which follows from
-57.8%, +14.6% and -2.0% of the whole: x = (0.578 - 0.02) / (0.146 + 0.02) = 3.36."""


def test_use_of_valsartan_is_a_tenth_of_what_was_dispensed_in_june() -> None:
    areas = pd.read_csv(ROOT / "scenarios" / "data" / "valsartan-areas.csv")
    assert areas["valsartan_daily"].sum() == pytest.approx(JUNE / 30 / 10, rel=1e-3)
    assert areas["other_daily"].sum() == pytest.approx(OTHERS * JUNE / 30 / 10, rel=2e-3)


def test_of_the_three_changes_two_are_independent() -> None:
    seen = pd.read_csv(ROOT / "scenarios" / "data" / "valsartan-observed.csv").set_index("series")["value"]
    assert seen["valsartan"] == pytest.approx(100 * (152_892 / JUNE - 1), abs=0.05)
    whole = (seen["valsartan"] + OTHERS * seen["others"]) / (1 + OTHERS)
    assert whole == pytest.approx(seen["class"], abs=0.05)


def test_patients_without_valsartan_take_another_in_the_share_that_is_written() -> None:
    """Of those for whom there is none 85% take another: over the run as many are served otherwise, 0.85 of all who find
    none, and the rest is unmet; some 13,000 to 80,000 ask, so that three standard errors are below 1%."""
    run = sim.run(CRISES / "valsartan-2018.yaml", "none", overrides={"end": "2018-10-01"}, twin=False, detail="none")
    found = run.daily[(run.daily["kind"] == "facility") & (run.daily["product"] == "valsartan")].sum(numeric_only=True)
    assert found["substituted"] > 10_000
    assert found["substituted"] / (found["substituted"] + found["unmet"]) == pytest.approx(0.85, abs=0.01)


def test_no_bag_comes_from_abroad_before_it_was_allowed() -> None:
    """Allowed on 13 October 2017; a flight takes three days at least."""
    run = sim.run(CRISES / "maria-2017.yaml", "none", overrides={"end": "2017-11-01"}, twin=False, detail="none")
    daily = run.daily[run.daily["site"].astype(str) == "plant-ie"]
    sent = daily[daily["dispatched"] > 0]["date"]
    assert pd.Timestamp(sent.min()) == pd.Timestamp("2017-10-13")


@pytest.mark.parametrize("name", ["maria-2017", "valsartan-2018"])
def test_what_is_not_known_is_drawn_and_marked_as_assumed(name: str) -> None:
    spec = sim.validate(CRISES / f"{name}.yaml").spec
    ranges = {path for path in spec.evidence if path.startswith("uncertain.")}
    assert ranges == {f"uncertain.{path}" for path in spec.uncertain}
    assert {spec.evidence[path].status for path in ranges} == {"assumed"}
