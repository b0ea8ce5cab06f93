"""What a study keeps is made anew when the code that makes it changes."""

from __future__ import annotations

from sim.study.design.fingerprint import SIMULATES
from tests.contract.network import REGISTRIES


def test_every_kind_that_a_run_may_have_is_code_on_which_its_figures_depend() -> None:
    rooms = {kind.__module__.split(".")[1] for family in REGISTRIES.values() for kind in family.values()}
    assert {"decisions", "disruptions", "policies"} <= rooms
    assert rooms <= set(SIMULATES)
