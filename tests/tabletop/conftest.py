"""One table for all tests of a session: a session writes to its own log only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.tabletop.session import Session
from sim.tabletop.table import Settings, Table
from tests.tabletop.exercise import written


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return Table(Settings(written(tmp_path_factory.mktemp("exercise"))))


@pytest.fixture
def session(table: Table) -> Session:
    return Session(table)


@pytest.fixture
def played(table: Table) -> Callable[[], Session]:
    """A session of four turns, played the same every time: an order, a surge, a flood, the reserve opened."""

    def play() -> Session:
        session = Session(table)
        session.advance()
        session.decide("ministry", "order", 2, "the ban is coming", id="a")
        session.fire("6")
        session.advance()
        session.fire("2")
        session.decide("ministry", "open", 3, id="b")
        session.decide("clinics", "less", 3, id="c")
        session.advance()
        return session

    return play
