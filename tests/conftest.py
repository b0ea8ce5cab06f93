"""What all tests share: how Hypothesis searches, the cases with known answers, and which test holds which of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.cases import Case, held

HELD = pytest.StashKey[set[tuple[str, str]]]()
FILES = pytest.StashKey[set[Path]]()

# here, and not beside the properties: what a folder's own file says is not heard where all tests are run
COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "print_blob": True,
}

settings.register_profile("desk", max_examples=25, **COMMON)
# without making failures simpler: that takes minutes, and the blob that is printed repeats them at a desk
QUICK = {"derandomize": True, "database": None, "phases": [Phase.explicit, Phase.generate]}
settings.register_profile("ci", max_examples=4, **QUICK, **COMMON)
settings.register_profile("long", max_examples=200, **COMMON)  # `make properties`
settings.load_profile(os.environ.get("PROPERTIES", "ci" if os.environ.get("CI") else "desk"))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Write down what each test promises to hold, before any test is left out by -k or -m."""
    item.config.stash.setdefault(HELD, set()).update(held(item))
    item.config.stash.setdefault(FILES, set()).add(item.path)


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    """The case that the test's mark names; every metric it promises must have been measured in the end."""
    mark = next(request.node.iter_markers("case"))
    name, *metrics = mark.args
    mine = Case(name, tuple(metrics))
    before = request.session.testsfailed
    yield mine
    if request.session.testsfailed == before:
        assert not mine.open, f"{name}: promised and not measured: {sorted(mine.open)}"
