"""Laws of sharing, for every rule and random claims."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.network import Network
from sim.policies import ALLOCATION
from sim.policies.allocation.base import OVER_CLAIMS, Allocation, Claims
from tests.property.running import plan_of

RULES = sorted(ALLOCATION)
MONOTONE = ["equal_days_of_cover", "first_come", "uniform"]
"""One more unit takes nothing from anybody. Largest remainder does not promise it (the Alabama paradox)."""
TRUTHFUL = ["by_claim", "equal_days_of_cover", "need_weighted", "two_phase", "uniform"]
"""Shares go by figures that orders do not tell; an order only says what is enough."""
CLAIMS = 12


@pytest.fixture(scope="module")
def network() -> Network:
    """Twelve buyers of one warehouse; flow k is the k-th claim's."""
    buyers = {f"f{k:02}": {} for k in range(CLAIMS)}
    spec = {
        "scenario": "sharing", "title": "One source", "start": "2024-01-01", "end": "2024-01-02",
        "products": {"p": {"unit": "box"}}, "suppliers": {"s": {"makes": {"p": {}}}}, "facilities": buyers,
        "lanes": [{"from": "s", "to": "facilities", "time": "1d"}],
        "demand": [{"at": "facilities", "product": "p", "per_day": 5}],
        "replenishment": [{"policy": "base_stock", "at": "facilities", "level": 9}],
    }  # fmt: skip
    return plan_of(spec).network


@st.composite
def claims(draw: Any, tiers: int = 3) -> Claims:
    """Claims on one source, booked in a random order, some of them twice."""
    n = draw(st.integers(1, CLAIMS))
    column = st.lists(st.integers(0, 40), min_size=n, max_size=n)
    requested = np.array(draw(column), dtype=np.int64)
    cover = np.array(draw(column), dtype=np.int64) - 10
    mean = np.array(draw(st.lists(st.sampled_from([0.3, 1.0, 2.5, 7.0]), min_size=n, max_size=n)))
    tier = np.array(draw(st.lists(st.integers(1, tiers), min_size=n, max_size=n)), dtype=np.int64)
    available = draw(st.integers(0, int(requested.sum()) + 5))
    order = np.array(draw(st.permutations(range(n))), dtype=np.int64)
    booked = (
        np.concatenate([order, order]),
        np.concatenate([requested[order] // 3, (requested - requested // 3)[order]]),
    )
    zeros = np.zeros(n, dtype=np.int64)
    need = np.array(draw(st.lists(st.sampled_from([1.0, 20.0, 50.0, 333.3]), min_size=n, max_size=n)))
    weight = np.array(draw(st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=n, max_size=n)))
    had = np.array(draw(column), dtype=np.int64)
    due = np.array(draw(column), dtype=np.int64)
    most = np.array(draw(column), dtype=np.int64) if draw(st.booleans()) else None
    return Claims(
        np.array([available]), zeros, requested, np.arange(n), cover, mean, tier, booked, most, need, weight, had, due
    )  # fmt: skip


def _rule(name: str) -> Allocation:
    more = {"claims": {"kenya": "100%"}} if name == "by_claim" else {}  # shares are the claims' weights here
    return ALLOCATION[name].model_validate({"rule": name, **more})


def _reordered(c: Claims, order: np.ndarray) -> Claims:
    """The same claims in another order: claim k of the result is claim order[k] of `c`, booked when it was."""
    assert c.booked is not None
    place = np.argsort(order)
    return replace(c.picked(order, c.available, c.source), booked=(place[c.booked[0]], c.booked[1]))


def _with(c: Claims, available: int) -> Claims:
    return replace(c, available=np.array([available]))


def _uncapped(c: Claims) -> Claims:
    return replace(c, most=None)


@pytest.mark.rule("G4", "sum(alloc)==")
@pytest.mark.rule("G4", "0<=alloc_i<=req_i")
@pytest.mark.rule("G4", "zero request gets zero")
@pytest.mark.parametrize("name", RULES)
@settings(max_examples=100)
@given(c=claims())
def test_all_is_given_and_no_one_gets_more_than_asked(name: str, c: Claims, network: Network) -> None:
    given_ = _rule(name).share(c, network)
    assert given_.sum() == min(int(c.available[0]), int(c.upper.sum()))
    assert ((given_ >= 0) & (given_ <= c.upper)).all()
    assert (given_[c.requested == 0] == 0).all()


@pytest.mark.rule("G4", "A>=sum(req)")
@pytest.mark.parametrize("name", RULES)
@settings(max_examples=50)
@given(c=claims())
def test_enough_for_all_is_all_for_everybody(name: str, c: Claims, network: Network) -> None:
    np.testing.assert_array_equal(_rule(name).share(_with(c, int(c.requested.sum())), network), c.upper)


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=50)
@given(one=claims(), other=claims())
def test_sources_do_not_mix(name: str, one: Claims, other: Claims, network: Network) -> None:
    """Two sources worked out together share as each would alone."""
    n = len(one.requested)
    assert one.booked is not None and other.booked is not None
    booked = np.concatenate([one.booked[0], other.booked[0] + n]), np.concatenate([one.booked[1], other.booked[1]])
    one, other = (replace(c, most=c.upper) for c in (one, other))
    columns = {name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in OVER_CLAIMS}
    available, source = np.concatenate([one.available, other.available]), np.repeat([0, 1], [n, len(other.requested)])
    both = Claims(available=available, source=source, booked=booked, **columns)
    alone = [_rule(name).share(c, network) for c in (one, other)]
    np.testing.assert_array_equal(_rule(name).share(both, network), np.concatenate(alone))


@pytest.mark.rule("G4", "permuting facilities")
@pytest.mark.parametrize("name", RULES)
@settings(max_examples=50)
@given(c=claims(), chance=st.randoms(use_true_random=False))
def test_the_order_of_claims_matters_only_in_ties(name: str, c: Claims, chance: Any, network: Network) -> None:
    order = list(range(len(c.requested)))
    chance.shuffle(order)
    shuffled = _rule(name).share(_reordered(c, np.array(order)), network)
    usual = _rule(name).share(c, network)[order]
    if name == "first_come":
        np.testing.assert_array_equal(shuffled, usual)
    assert abs(shuffled - usual).max() <= 1
    assert shuffled.sum() == usual.sum()


@pytest.mark.rule("G4", "proportional LR")
@settings(max_examples=100)
@given(c=claims())
def test_proportional_is_within_a_unit_of_the_exact_share(c: Claims, network: Network) -> None:
    total = int(c.requested.sum())
    if total:
        exact = min(int(c.available[0]), total) * c.requested / total
        assert (abs(_rule("proportional").share(_uncapped(c), network) - exact) < 1).all()


@pytest.mark.rule("G4", "tiers: if a lower-priority")
@settings(max_examples=100)
@given(c=claims(), critical=st.sampled_from([0, 7]))
def test_a_tier_gets_nothing_before_the_one_above_is_served(c: Claims, critical: int, network: Network) -> None:
    rule = ALLOCATION["priority_tiers"].model_validate({"rule": "priority_tiers", "critical": critical})
    given_ = rule.share(c, network)
    for tier in range(2, 4):
        if given_[c.tier == tier].any():
            above = c.tier < tier
            assert (given_[above] == c.upper[above]).all()
    if (c.tier > 1).any() and given_[c.tier > 1].any():
        assert c.available[0] - given_.sum() >= critical  # kept back for group 1


@settings(max_examples=100)
@given(c=claims())
def test_no_unit_moved_would_make_cover_more_equal(c: Claims, network: Network) -> None:
    """Leximin: a unit from a richer to a poorer buyer would leave the giver below where the taker was."""
    given_ = _rule("equal_days_of_cover").share(c, network)
    cover = (c.cover_stock + given_) / c.mean
    for poor in np.flatnonzero(given_ < c.upper):
        for rich in np.flatnonzero(given_ > 0):
            if rich != poor:
                assert cover[rich] - 1 / c.mean[rich] <= cover[poor] + 1e-9


@pytest.mark.rule("G4", "max-min units")
@settings(max_examples=100)
@given(c=claims())
def test_equal_cover_of_equal_buyers_with_nothing_is_max_min(c: Claims, network: Network) -> None:
    bare = replace(c, cover_stock=np.zeros_like(c.cover_stock), mean=np.ones(len(c.mean)))
    given_ = _rule("equal_days_of_cover").share(bare, network)
    short = given_[given_ < c.upper]
    assert not short.size or given_.max() <= short.min() + 1


@settings(max_examples=30)
@given(c=claims())
@pytest.mark.parametrize("name", [name for name in RULES if not ALLOCATION[name].by_cover])
def test_who_need_not_know_cover_shares_alike_whatever_it_is(name: str, c: Claims, network: Network) -> None:
    """Claims on such rules have nothing of what buyers have and use."""
    blind = replace(c, cover_stock=np.zeros_like(c.cover_stock), mean=np.zeros_like(c.mean))
    rule = _rule(name)
    assert rule.share(c, network).tolist() == rule.share(blind, network).tolist()


def test_sources_with_one_claim_or_enough_for_all_share_as_each_would_alone(network: Network) -> None:
    """One claim that is too much (7 of 9), one that is met (4), enough for both (3 and 2); 5 units for two buyers
    with nothing and like use, 3 + 2 (the odd one to the first); 6 for use of 1 and 2 a day: 2 + 4."""
    source = np.array([0, 1, 2, 2, 3, 3, 4, 4])
    asked, mean = np.array([9, 4, 3, 2, 9, 9, 9, 9]), np.array([1.0, 1, 1, 1, 1, 1, 1, 2])
    nothing = np.zeros(8, dtype=np.int64)
    c = Claims(np.array([7, 4, 6, 5, 6]), source, asked, np.arange(8), nothing, mean, nothing + 1)
    assert _rule("equal_days_of_cover").share(c, network).tolist() == [7, 4, 3, 2, 3, 2, 2, 4]


@pytest.mark.rule("G4", "leximin fill")
@settings(max_examples=100)
@given(c=claims())
def test_equal_cover_of_buyers_who_ask_for_their_mean_is_leximin_in_the_share_filled(
    c: Claims, network: Network
) -> None:
    asking = replace(
        c, most=None, requested=c.requested + 1, cover_stock=np.zeros_like(c.cover_stock), mean=c.requested + 1.0
    )
    given_ = _rule("equal_days_of_cover").share(asking, network)
    fill = given_ / asking.requested
    for low in range(len(fill)):
        for high in np.flatnonzero((fill > fill[low]) & (given_ > 0)):
            assert (given_[high] - 1) / asking.requested[high] <= fill[low] + 1e-9


@pytest.mark.rule("G4", "resource monotone")
@pytest.mark.parametrize("name", MONOTONE)
@settings(max_examples=100)
@given(c=claims())
def test_a_unit_more_takes_nothing_from_anybody(name: str, c: Claims, network: Network) -> None:
    less, more = (_rule(name).share(_with(c, int(c.available[0]) + k), network) for k in (0, 1))
    assert (more >= less).all()


def test_buyers_with_the_same_cover_are_served_in_turn_whatever_their_digits(network: Network) -> None:
    """Covers of 6 / 0.3, 20 and 20 days are equal but for rounding: one more unit took one from the first."""
    requested, stock, mean = np.array([21, 31, 34]), np.array([-6, -10, 13]), np.array([0.3, 1.0, 1.0])
    first = np.zeros(3, dtype=np.int64)
    less, more = (
        _rule("equal_days_of_cover").share(
            Claims(np.array([units]), first, requested, np.arange(3), stock, mean, first + 1), network
        )
        for units in (50, 51)
    )
    assert (more >= less).all()


@pytest.mark.rule("G4", "resource monotone")
@settings(max_examples=100)
@given(c=claims(), extra=st.integers(1, 10))
def test_tiers_of_one_are_monotone(c: Claims, extra: int, network: Network) -> None:
    """With one buyer a tier nothing is rounded, so more stock takes nothing from anybody."""
    alone = replace(c, tier=np.arange(1, len(c.tier) + 1))
    rule = _rule("priority_tiers")
    assert (rule.share(_with(alone, int(c.available[0]) + extra), network) >= rule.share(alone, network)).all()


@settings(max_examples=100)
@given(c=claims(), asked=st.integers(0, 60), chance=st.integers(0, CLAIMS - 1))
def test_under_uniform_no_report_gains_anything(c: Claims, asked: int, chance: int, network: Network) -> None:
    """min(given, need) of one sharing-out, need being what is asked for in truth (Cachon and Lariviere 1999)."""
    c = _uncapped(c)
    mine = chance % len(c.requested)
    need = int(c.requested[mine])
    told = c.requested.copy()
    told[mine] = asked
    honest, misreported = (_rule("uniform").share(one, network)[mine] for one in (c, replace(c, requested=told)))
    assert min(misreported, need) <= min(honest, need)


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=50)
@given(c=claims(), more=st.integers(1, 60), chance=st.integers(0, CLAIMS - 1))
def test_asking_for_more_takes_from_others_and_under_some_rules_gains_nothing(
    name: str, c: Claims, more: int, chance: int, network: Network
) -> None:
    """Who asks for more than it needs, on top of its orders and last in the queue, gets no less by it, and nobody else
    more, but for the unit of rounding. Where shares go by what is asked for it may gain; where they go by a figure that
    is not told by the order, what it can use of them does not grow. Under `uniform` there is no unit to gain either."""
    c, mine = _uncapped(c), chance % len(c.requested)
    assert c.booked is not None
    told = c.requested + more * (np.arange(len(c.requested)) == mine)
    booked = np.append(c.booked[0], mine), np.append(c.booked[1], more)
    honest, inflated = (_rule(name).share(one, network) for one in (c, replace(c, requested=told, booked=booked)))
    change = inflated - honest
    assert change[mine] >= -1
    assert (np.delete(change, mine) <= 1).all()
    if name in TRUTHFUL:
        need = c.requested[mine]
        assert min(inflated[mine], need) <= min(honest[mine], need) + (name != "uniform")


@pytest.mark.parametrize("name", sorted(set(RULES) - set(TRUTHFUL) - {"first_come"}))
def test_where_shares_go_by_what_is_asked_asking_for_more_pays(name: str, network: Network) -> None:
    """Of 120 units for orders of 100, 60 and 20 the third, which needs 20, asks for 60. By hand: proportional (and
    tiers, of which all are in one) 13.3 and 32.7; linear 0 and 26.7; talmud: of 60 that are lacking each loses 25, it
    half its claim, 10; of 100 that are lacking it loses half its claim, 30."""
    ones = np.ones(3, dtype=np.int64)
    asked = np.array([100, 60, 20])
    honest = Claims(np.array([120]), 0 * ones, asked, np.arange(3), 0 * ones, 1.0 * ones, ones)
    got = [int(_rule(name).share(replace(honest, requested=r), network)[2]) for r in (asked, np.array([100, 60, 60]))]
    assert got == {"proportional": [13, 33], "priority_tiers": [13, 33], "linear": [0, 26], "talmud": [10, 30]}[name]


@settings(max_examples=100)
@given(c=claims())
def test_nobody_passes_the_first_coverage_before_all_who_ask_have_it(c: Claims, network: Network) -> None:
    """Counted in units: whoever is given a unit beyond 20% of its need leaves nobody a unit below its own 20%."""
    assert c.need is not None and c.had is not None
    given_ = _rule("two_phase").share(c, network)
    after = c.had + given_
    ahead = (given_ > 0) & (after - 1 >= 0.2 * c.need + 1e-6)
    behind = (given_ < c.upper) & (after + 1 <= 0.2 * c.need - 1e-6)
    assert not (ahead.any() and behind.any())
