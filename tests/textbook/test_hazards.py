"""Chance: what hazards draw has the distribution that is written, and depends on nothing else."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2, kstest, multivariate_normal, norm, spearmanr, triang, uniform

from sim.engine.bound.impacts import impacts_of
from sim.model.chance.distributions import FAMILIES, parse_times
from sim.model.chance.drawn import OF_SHARES
from sim.model.chance.quantiles import QUANTILES
from sim.model.effects import Impact
from sim.rng import Streams
from tests.contract.network import STANDARD
from tests.property.running import plan_of, run, same, written

OUTAGE = {"kind": "site_outage", "at": "maker"}
STRIKE = {"kind": "strike"}
SITES = ["harbour", "maker", "other-maker", "store"]
Spec = dict[str, Any]


def spec_with(hazards: Spec, **parts: Any) -> Spec:
    """The standard network, for a year, without disruptions that have dates."""
    return copy.deepcopy(STANDARD) | {"disruptions": [], "end": "2024-12-31", "hazards": hazards} | parts


def drawn(hazards: Spec, replications: int, **parts: Any) -> list[tuple[Impact, ...]]:
    """The disruptions of many replications."""
    plan = plan_of(spec_with(hazards, **parts))
    return [impacts_of(plan, Streams(plan.seed, k)) for k in range(replications)]


def hazard(disruption: Any, happens: Spec, lasts: str | None = "5d", **more: Any) -> Spec:
    """A hazard."""
    return {"disruption": disruption, "happens": happens} | ({} if lasts is None else {"lasts": lasts}) | more


def test_poisson_arrivals_have_the_mean_and_variance_of_their_count() -> None:
    counts = np.array([len(found) for found in drawn({"x": hazard(OUTAGE, _a_year(6))}, 800)])
    mean = 6.0  # 365 days
    assert abs(counts.mean() - mean) < 4 * math.sqrt(mean / len(counts))
    dispersion = ((counts - counts.mean()) ** 2).sum() / mean
    assert chi2.ppf(1e-4, len(counts) - 1) < dispersion < chi2.ppf(1 - 1e-4, len(counts) - 1)


def _a_year(rate: float) -> Spec:
    return {"process": "arrivals", "a_year": rate}


def test_lengths_and_severities_have_their_distributions() -> None:
    surge = {"kind": "demand_surge", "at": "facilities", "factor": "uniform(1, 3)"}
    found = [i for some in drawn({"x": hazard(surge, _a_year(9), "lognormal(20d, 5d)")}, 300) for i in some]
    lengths = np.array([i.end - i.start for i in found])
    factors = np.array([i.effects[0].steps[0][1] for i in found])
    for values, mean, sd in ((lengths, 20, 5), (factors, 2, 2 / math.sqrt(12))):
        assert abs(values.mean() - mean) < 4 * sd / math.sqrt(len(values))
        assert values.std() == pytest.approx(sd, rel=0.1)
    rho = np.corrcoef(lengths, factors)[0, 1]
    assert abs(rho) < 4 / math.sqrt(len(lengths))


def test_a_shared_shock_hits_the_sites_of_a_group_independently_and_makes_their_counts_go_together() -> None:
    """N Poisson shocks, each hits a site with p: counts are Poisson(p mean) with covariance p^2 mean."""
    p, mean = 0.4, 10.0
    shared = hazard(STRIKE, _a_year(mean), each={"at": SITES}, hits="40%")
    found = drawn({"x": shared}, 800)
    counts = np.array([[sum(f"x {site} #" in i.cause for i in some) for site in SITES] for some in found])
    error = 4 * math.sqrt(p * mean / len(counts))
    assert (abs(counts.mean(axis=0) - p * mean) < error).all()
    covariance = np.cov(counts.T)
    # the variance of a product of two such counts is below that of independent normals, and a half more
    spread = 4 * 1.5 * (p * mean + p**2 * mean) / math.sqrt(len(counts))
    off = ~np.eye(len(SITES), dtype=bool)
    assert (abs(covariance[off] - p**2 * mean) < spread).all()
    assert (abs(np.diag(covariance) - p * mean) < spread).all()
    apart = drawn({"x": shared | {"apart": True}}, 800)
    counts = np.array([[sum(f"x {site} #" in i.cause for i in some) for site in SITES] for some in apart])
    assert (abs(np.cov(counts.T)[off]) < spread).all()


def test_several_kinds_strike_at_once() -> None:
    both = hazard([OUTAGE, {"kind": "stock_loss", "at": "store", "share": "uniform(10%, 20%)"}], _a_year(5))
    found = [i for some in drawn({"x": both}, 20) for i in some]
    starts = {kind: sorted(i.start for i in found if i.kind == kind) for kind in ("site_outage", "stock_loss")}
    assert len(starts["stock_loss"]) > 50 and starts["site_outage"] == starts["stock_loss"]
    assert all(0.1 < i.impulses[0].amount < 0.2 and i.end == i.start for i in found if i.kind == "stock_loss")


def test_a_common_factor_correlates_what_happens_as_the_gaussian_copula_says() -> None:
    p, q, c, d, n = 0.3, 0.5, 0.8, 0.5, 4000
    window = {"process": "window", "factor": "storm season"}
    found = drawn(
        {
            "a": hazard(OUTAGE, window | {"probability": "30%", "correlation": "80%"}),
            "b": hazard(STRIKE | {"at": "store"}, window | {"probability": "50%", "correlation": "50%"}),
            "c": hazard(STRIKE | {"at": "store"}, window | {"probability": "30%", "correlation": "80%", "factor": "x"}),
        },
        n,
    )
    happens = np.array([[any(i.hazard == name for i in some) for name in "abc"] for some in found])
    rho = math.sqrt(c * d)
    both = multivariate_normal.cdf(norm.ppf([p, q]), cov=[[1, rho], [rho, 1]])
    for share, expected in (
        (happens[:, 0].mean(), p),
        (happens[:, 1].mean(), q),
        ((happens[:, 0] & happens[:, 1]).mean(), both),
        ((happens[:, 0] & happens[:, 2]).mean(), p * p),  # another factor: independent
    ):
        assert abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / n)
    starts = np.array([i.start for some in found for i in some if i.hazard == "a"])
    assert abs(starts.mean() - 365 / 2) < 4 * 365 / math.sqrt(12 * len(starts))


def test_each_disruption_of_a_shock_may_have_its_own_length() -> None:
    parts = [OUTAGE | {"lasts": "uniform(2d, 4d)"}, STRIKE | {"at": "store"}, STRIKE | {"at": "harbour", "lasts": "9d"}]
    chain = {
        "x": hazard(parts, _a_year(6), "5d"),
        "y": hazard({"kind": "stock_loss", "at": "store"}, _after("x", "100%", counted_from="end"), None),
    }
    found = [i for some in drawn(chain, 150) for i in some]
    lengths = {key: [i.end - i.start for i in found if f"{key} " in i.cause] for key in ("store", "harbour", "maker")}
    assert np.allclose(lengths["store"], 5) and np.allclose(lengths["harbour"], 9)
    assert kstest(lengths["maker"], uniform(2, 2).cdf).pvalue > 1e-4
    ends = sorted(i.end + 3 for i in found if "harbour" in i.cause and i.end + 3 < 365)  # the longest counts
    assert sorted(i.start for i in found if i.hazard == "y") == pytest.approx(ends)
    alone = hazard([OUTAGE | {"lasts": "3d"}, STRIKE | {"at": "store", "lasts": "8d"}], _a_year(6), None)
    assert {round(i.end - i.start, 6) for some in drawn({"x": alone}, 5) for i in some} == {3, 8}


def test_amounts_further_in_are_drawn_too() -> None:
    steps = [{"after": "uniform(1d, 3d)", "capacity": "uniform(10%, 30%)"}, {"after": "4d", "capacity": "50%"}]
    found = [i for some in drawn({"x": hazard(OUTAGE | {"steps": steps}, _a_year(9), "9d")}, 100) for i in some]
    told = [e.steps for i in found for e in i.effects if e.quantity == "cell.capacity_factor"]
    after, capacity = (np.array([s[1][k] - (s[0][0] if k == 0 else 0) for s in told]) for k in (0, 1))
    assert kstest(after, uniform(1, 2).cdf).pvalue > 1e-4 and kstest(capacity, uniform(0.1, 0.2).cdf).pvalue > 1e-4
    assert all(s[2][1] == 0.5 for s in told)


def test_severity_goes_together_as_the_gaussian_copula_says_and_keeps_the_distributions() -> None:
    surge = {"kind": "demand_surge", "at": "facilities", "factor": "triangular(1, 2, 5)"}
    other = {"kind": "price_shock", "factor": "uniform(1, 3)"}
    c, d = 0.7, 0.4
    shared = {"factor": "season"}
    hazards = {
        "a": hazard(surge, _window(), "lognormal(9d, 4d)", severity=shared | {"correlation": "70%"}),
        "b": hazard(other, _window(), "5d", severity=shared | {"correlation": "40%"}),
        "c": hazard(other, _window(), "5d", severity={"correlation": "40%"}),
    }
    n = 1500
    found = drawn(hazards, n)
    one, two, three = ([next(i for i in some if i.hazard == name) for some in found] for name in "abc")
    factors, prices, apart = (np.array([i.effects[0].steps[0][1] for i in some]) for some in (one, two, three))
    lengths = np.array([i.end - i.start for i in one])
    s2 = math.log1p((4 / 9) ** 2)
    assert kstest(np.log(lengths), norm(math.log(9) - s2 / 2, math.sqrt(s2)).cdf).pvalue > 1e-4
    assert kstest(factors, triang(0.25, loc=1, scale=4).cdf).pvalue > 1e-4
    for left, right, rho in ((lengths, factors, c), (factors, prices, math.sqrt(c * d)), (factors, apart, 0.0)):
        # Spearman's rank correlation of a Gaussian copula; its standard error is at most 1 / sqrt(n - 1)
        assert abs(spearmanr(left, right)[0] - 6 / math.pi * math.asin(rho / 2)) < 4 / math.sqrt(n - 1)


def _window(**more: str) -> Spec:
    return {"process": "window", "probability": "100%"} | more


def test_where_the_factor_makes_it_happen_it_is_severe() -> None:
    """With 100% a hazard of probability 30% happens in the worst 30% of the factor, and its severity lies there."""
    surge = {"kind": "demand_surge", "at": "facilities", "factor": "uniform(0, 1)"}
    window = {"process": "window", "probability": "30%", "factor": "storm", "correlation": "100%"}
    found = drawn({"a": hazard(surge, window, severity={"factor": "storm", "correlation": "100%"})}, 600)
    factors = np.array([i.effects[0].steps[0][1] for some in found for i in some])
    assert 100 < len(factors) < 260 and kstest(factors, uniform(0.7, 0.3).cdf).pvalue > 1e-4


def test_quantiles_are_those_of_the_draws() -> None:
    for text in ("lognormal(9d, 4d)", "gamma(9d, 4d)", "normal(3d, 4d)", "uniform(1d, 5d)", "whole_days(2d, 6d)",
                 "triangular(1d, 2d, 9d)", "exponential(4d)", "geometric(3d)", "lognormal(9d, 0d)", "7d"):  # fmt: skip
        times = parse_times(text).after(0.5)
        n = 4000
        draws = np.full(n, times.mean) if times.draw is None else times.draw(np.random.default_rng(3), n)
        for share in (0.1, 0.35, 0.5, 0.9, 0.99):
            value, error = times.quantile(share), 4 * math.sqrt(share * (1 - share) / n)
            assert (draws < value - 1e-9).mean() - error <= share <= (draws <= value + 1e-9).mean() + error, text
    assert {*FAMILIES, *OF_SHARES} == {*QUANTILES}


def test_a_recall_by_chance_reaches_back_as_far_as_it_says() -> None:
    """Lots made from 20 to 5 days before it strikes, as if it had been written with its dates."""
    recall = {"kind": "recall", "supplier": "maker", "products": ["saline"]}
    mark = {"kind": "price_shock", "name": "mark", "factor": 2, "from": "2024-02-10", "for": "1d"}
    mark_then = _after("mark", "100%", delay="0d")
    by_chance = hazard(recall | {"oldest": "20d", "youngest": "5d"}, mark_then, None)
    short = {"end": "2024-04-01", "disruptions": [mark]}
    dated = recall | {"from": "2024-02-10", "made_from": "2024-01-21", "made_until": "2024-02-05"}
    one = run(spec_with({"x": by_chance}, **short))
    other = run(spec_with({}, **short | {"disruptions": [mark, dated]}))
    same(one.daily, other.daily)
    assert one.daily["recalled"].sum() > 0
    ages = recall | {"oldest": "uniform(20d, 30d)", "youngest": "uniform(1d, 9d)"}
    found = [i.impulses[0] for some in drawn({"x": hazard(ages, _a_year(9), None)}, 60) for i in some]
    windows = np.array([[i.at - i.window[0], i.at - i.window[1]] for i in found if i.window is not None])
    assert kstest(windows[:, 0], uniform(20, 10).cdf).pvalue > 1e-4
    assert kstest(windows[:, 1], uniform(1, 8).cdf).pvalue > 1e-4


def test_each_maker_may_have_a_recall_of_its_own() -> None:
    recall = {"kind": "recall", "oldest": "30d"}
    both = hazard(recall, _a_year(9), None, each={"supplier": ["maker", "other-maker"]}, hits="50%")
    plan = plan_of(spec_with({"x": both}))
    assert plan.lots.tracked.all()
    assert {i.cause.split()[1] for k in range(5) for i in impacts_of(plan, Streams(1, k))} == {"maker", "other-maker"}


def test_what_follows_does_so_with_its_probability_and_after_its_delay() -> None:
    chain = {
        "a": hazard(OUTAGE, _a_year(4)),
        "b": hazard(STRIKE | {"at": "store"}, _after("a", "30%", counted_from="end")),
        "c": hazard({"kind": "stock_loss", "at": "store"}, _after("b", "100%"), None),
    }
    end = 365 - 5 - 3
    first, second, third = (
        [(k, i) for k, some in enumerate(drawn(chain, 800)) for i in some if i.hazard == name] for name in "abc"
    )
    causes = {(k, i.cause[1:]): i for k, i in first}
    asked = sum(i.start < end for _, i in first)
    followed = sum(i.start < end + 5 + 3 for _, i in second)
    assert abs(followed / asked - 0.3) < 4 * math.sqrt(0.3 * 0.7 / asked) + 1 / asked
    assert all(i.start == pytest.approx(causes[k, i.cause[1:]].end + 3) for k, i in second)
    due = sorted((k, i.start + 3) for k, i in second if i.start + 3 < 365)
    met = sorted((k, i.start) for k, i in third)
    assert [k for k, _ in met] == [k for k, start in due]
    assert [start for _, start in met] == pytest.approx([start for _, start in due])


def _after(name: str, probability: str, **more: str) -> Spec:
    return {"process": "after", "of": name, "probability": probability, "delay": "3d"} | more


def test_a_disruption_with_a_date_can_lead_to_a_hazard() -> None:
    ban = {"kind": "export_ban", "name": "ban", "country": "IN", "from": "2024-02-01", "for": "10d"}
    (found,) = drawn({"x": hazard(OUTAGE, _after("ban", "100%"))}, 1, disruptions=[ban])
    assert [(i.cause, i.start) for i in found] == [("ban", 31.0), ("x #1", 34.0)]


MANY = {
    "a": hazard(OUTAGE, {"process": "up_down", "up": "exponential(30d)"}, "lognormal(9d, 3d)"),
    "b": hazard(STRIKE, _a_year(9), each={"at": ["store", "harbour"]}, hits="60%"),
    "c": hazard({"kind": "demand_surge", "at": "facilities", "factor": "uniform(1, 3)"}, _after("b", "50%")),
    "d": hazard({"kind": "price_shock", "factor": "lognormal(2, 1)"}, {"process": "window", "probability": "80%"}),
}


def test_adding_a_hazard_changes_no_other_and_their_order_does_not_matter() -> None:
    shuffled = {name: MANY[name] for name in "dcba"}
    more = MANY | {"0": hazard(OUTAGE, _a_year(20)), "e": hazard(OUTAGE, _after("a", "50%"))}
    for found, other, larger in zip(drawn(MANY, 5), drawn(shuffled, 5), drawn(more, 5), strict=True):
        assert len(found) > 10 and _words(found) == _words(other)
        assert _words(found) == _words(tuple(i for i in larger if i.hazard in MANY))


def _words(impacts: tuple[Impact, ...]) -> list[Any]:
    return [(i.cause, i.start, i.end, [e.steps for e in i.effects]) for i in impacts]


def test_policies_and_the_length_of_the_run_do_not_shift_what_is_drawn() -> None:
    policy = [{"policy": "base_stock", "at": "all", "level": "30d"}]
    for usual, other, more in zip(
        drawn(MANY, 3), drawn(MANY, 3, replenishment=policy, reserves={}), drawn(MANY, 3, end="2025-12-31"), strict=True
    ):
        assert _words(usual) == _words(other)
        kept = [i for i in more if i.start < 365 and i.hazard != "d"]  # d's window is the whole run
        assert _words(tuple(kept)) == _words(tuple(i for i in usual if i.hazard != "d"))


def test_replications_differ_and_the_twin_has_no_disruptions() -> None:
    one, two = drawn(MANY, 2)
    assert _words(one) != _words(two)
    done = run(spec_with(MANY), twin=True, replication=1)
    assert done.twin is not None and done.twin.impacts == ()
    assert _words(done.outcome.impacts) == _words(two)
    begun = done.events[done.events["event"] == "disruption_begins"]["cause"]
    assert sorted(begun) == sorted(i.cause for i in two)


@pytest.mark.parametrize("never", [{"probability": "0%"}, {"probability": "100%"}])
def test_what_never_hits_changes_nothing(never: Spec) -> None:
    window = {"process": "window"} | never
    hits = "0%" if never["probability"] == "100%" else "100%"
    some = {"a": hazard(OUTAGE, window, hits=hits), "b": hazard(OUTAGE, _after("a", "100%"))}
    same(run(spec_with({}, end="2024-04-01")).daily, run(spec_with(some, end="2024-04-01")).daily)


def test_a_drawn_disruption_does_what_one_with_the_same_dates_does() -> None:
    window = {"process": "window", "probability": "100%", "from": "2024-01-09", "until": "2024-02-20"}
    short = {"end": "2024-04-01"}
    (found,) = drawn({"x": hazard(OUTAGE, window, "12d")}, 1, **short)
    start = found[0].start
    first = hazard(OUTAGE, {"process": "after", "of": "mark", "delay": f"{start:.9f}d"}, "12d")
    mark = {"kind": "price_shock", "name": "mark", "factor": 2, "from": "2024-01-01", "for": "1d"}
    chained = run(spec_with({"y": first}, disruptions=[mark], **short)).daily
    same(run(spec_with({"x": hazard(OUTAGE, window, "12d")}, **short)).daily, chained)
    whole = {"process": "after", "of": "mark", "delay": "9d"}
    dated = OUTAGE | {"from": "2024-01-10", "for": "12d"}
    by_chance = run(spec_with({"x": hazard(OUTAGE, whole, "12d")}, disruptions=[mark], **short)).daily
    same(run(spec_with({}, disruptions=[mark, dated], **short)).daily, by_chance)


def test_sets_say_which_hazards_are_drawn() -> None:
    sets = {"weather": ["b", "c"], "markets": ["d"]}
    for active, names in (("all", "abcd"), ("none", ""), ("weather", "bc"), (["markets", "a"], "ad"), ("c", "")):
        found = [i for some in drawn(MANY, 6, hazard_sets=sets, active_hazards=active) for i in some]
        assert {i.hazard for i in found} == set(names), active  # c follows b alone


def test_a_library_of_hazards_is_shared_and_switched_by_a_strategy() -> None:
    import yaml

    import sim

    spec = spec_with({}, hazard_library="library.yaml", strategies={"calm": {"active_hazards": "none"}})
    del spec["hazards"]
    with written(spec) as path:
        (path.parent / "library.yaml").write_text(yaml.safe_dump(copy.deepcopy({"hazards": MANY})), encoding="utf-8")
        hazardous, calm = sim.run(path, twin=False), sim.run(path, "calm", twin=False)
    assert len(hazardous.outcome.impacts) > 10 and calm.outcome.impacts == ()
