"""Every case with a known answer is held by some test, figure by figure, or it is said what the model lacks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import CASES, LATER
from tests.conftest import FILES, HELD

TESTS = Path(__file__).parents[1]


def test_every_figure_of_every_case_has_a_test(pytestconfig: pytest.Config) -> None:
    here = {path for folder in ("textbook", "property", "study") for path in (TESTS / folder).glob("test_*.py")}
    if not here <= pytestconfig.stash[FILES]:
        pytest.skip("not all tests of the folders textbook, property and study were asked for")
    due = {(name, metric) for name in CASES if name not in LATER for metric in CASES[name]}
    done = pytestconfig.stash[HELD]
    assert due == done, f"without a test: {sorted(due - done)}; tested, but named as impossible: {sorted(done - due)}"


def test_what_comes_later_is_a_case() -> None:
    assert set(LATER) <= set(CASES)
