"""What all tests share: the cases with known answers, and which test holds which of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases import Case, held

HELD = pytest.StashKey[set[tuple[str, str]]]()
FILES = pytest.StashKey[set[Path]]()


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
