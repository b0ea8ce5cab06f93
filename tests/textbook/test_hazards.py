"""Chance: what hazards draw has the distribution that is written, and depends on nothing else."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2, multivariate_normal, norm

from sim.engine.impacts import impacts_of
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
