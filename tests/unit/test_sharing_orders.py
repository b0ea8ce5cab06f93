"""How an order is shared out over sources that send less: all of it, within what they send, without a jump."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.deciding.rerouting import Rerouting
from sim.engine.rationing.outlook import OPEN, open_for_more
from sim.engine.run import Running
from tests.property.running import plan_of
from tests.textbook.test_rerouting import two

SHARES = [(0.5, 0.3, 0.2), (0.5, 0.5, 0.0), (1.0, 0.0, 0.0), (0.7, 0.3, 0.0)]
ORDER = 1000.0


@pytest.fixture(scope="module")
def parts() -> dict[tuple[float, ...], Rerouting]:
    """For each set of shares what knows of the three sources of one buyer."""
    found = {}
    for shares in SHARES:
        names = dict(zip(("a", "b", "c"), (f"{share:.0%}" for share in shares), strict=True))
        rerouting = Running(plan_of(two([], names))).world.rerouting
        assert rerouting is not None
        found[shares] = rerouting
    return found


def shared(part: Rerouting, shares: tuple[float, ...], known: np.ndarray) -> np.ndarray:
    of_flow = np.array([2, 0, 1])  # flows are in order of country (DE, IN, US): those of c, a and b
    part._known, part._takes = known[of_flow], open_for_more(known[of_flow])
    part._above = np.zeros(3)
    found = part.share_out(np.arange(3), np.array(shares)[of_flow] * ORDER, np.zeros(3, dtype=np.int64), np.array([0]))
    return np.asarray(found[np.argsort(of_flow)])


sent = st.lists(st.one_of(st.floats(0, 1), st.floats(OPEN, 1), st.sampled_from([0.0, 1.0])), min_size=3, max_size=3)


@given(st.sampled_from(SHARES), sent)
def test_all_of_an_order_is_shared_out_and_a_cut_source_is_asked_for_what_it_sends(
    parts: dict[tuple[float, ...], Rerouting], shares: tuple[float, ...], sends: list[float]
) -> None:
    known = np.array(sends)
    found = shared(parts[shares], shares, known)
    assert found.sum() == pytest.approx(ORDER) and (found >= -1e-9).all()
    cut = known < OPEN
    assert (found[cut] <= np.array(shares)[cut] * ORDER + 1e-6).all()
    if (known == 1).any() and (np.array(shares)[known == 1] > 0).any():  # some regular source is open
        assert found[cut] == pytest.approx((np.array(shares) * known)[cut] * ORDER)
    if cut.all():
        assert found == pytest.approx(np.array(shares) * ORDER)


@given(st.sampled_from(SHARES), sent, st.integers(0, 2), st.sampled_from([1e-6, 1e-4]))
def test_a_little_more_or_less_sent_moves_few_units(
    parts: dict[tuple[float, ...], Rerouting], shares: tuple[float, ...], sends: list[float], which: int, step: float
) -> None:
    """Openness rises by 10 for 1; a source with a share of 20% may then get, or lose, up to five times its part of
    what all others do not send."""
    known = np.array(sends)
    less = known.copy()
    less[which] = max(0.0, less[which] - step)
    part = parts[shares]
    moved = abs(shared(part, shares, known) - shared(part, shares, less)).max()
    assert moved <= (1 + 2 * 10 * 5) * step * ORDER


def test_who_deals_out_more_than_usual_is_asked_for_that_and_no_more(
    parts: dict[tuple[float, ...], Rerouting],
) -> None:
    """A tenth above 300 is 30 of the 500 that the first does not send; 470 wait with it."""
    shares = (0.5, 0.3, 0.2)
    part = parts[shares]
    of_flow = np.array([2, 0, 1])
    part._known, part._takes = np.array([0.0, 1.0, 1.0])[of_flow], np.zeros(3)
    part._above = np.array([0.0, 0.1, 0.0])[of_flow]
    wanted = np.array(shares)[of_flow] * ORDER
    found = part.share_out(np.arange(3), wanted, np.zeros(3, dtype=np.int64), np.array([0]))
    assert found[np.argsort(of_flow)] == pytest.approx([470, 330, 200])
