"""Figures that differ by site: a distribution over the sites in the place of a column, and shares of a market."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

import sim
from sim.engine.compile.places.market import buyers_shares, weighed
from sim.errors import ScenarioError
from sim.rng import Streams
from sim.study.design.fingerprint import digest
from sim.study.run.bench import read_subject

SITES = [f"clinic-{k:02d}" for k in range(30)]
BASE: dict[str, Any] = {
    "scenario": "sites",
    "title": "Thirty clinics, two makers",
    "start": "2024-01-01",
    "end": "2024-03-01",
    "seed": 5,
    "products": {"p": {"unit": "box"}},
    "suppliers": {"a": {"makes": {"p": {}}}, "b": {"makes": {"p": {}}}},
    "facilities": {"table": "clinics.csv"},
    "lanes": [{"from": "a", "to": "facilities", "time": "2d"}, {"from": "b", "to": "facilities", "time": "5d"}],
    "sourcing": [{"at": "facilities", "from": {"a": "60%", "b": "40%"}}],
    "demand": [{"at": "facilities", "product": "p", "per_day": 20}],
    "replenishment": [{"at": "facilities", "policy": "base_stock", "level": "10d"}],
    "disruptions": [{"kind": "site_outage", "at": "suppliers", "from": "2024-01-10", "for": "30d"}],
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the scenario with other sections, and its table with further columns; returns the file."""

    def make(columns: dict[str, Any] | None = None, name: str = "scenario", **sections: Any) -> Path:
        table = pd.DataFrame({"name": SITES, "population": 1000 + 10 * np.arange(30)} | (columns or {}))
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        file = tmp_path / f"{name}.yaml"
        whole = BASE | {"facilities": {"table": f"{name}.csv"}} | sections
        file.write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")
        return file

    return make


def shares(place: str, replication: int = 0) -> np.ndarray:
    """What each site draws at a place: its own stream's first number."""
    streams = Streams(5, replication)
    return np.array([streams.named(f"over sites/{place}/{site}").random() for site in SITES])


def replenishment(level: Any) -> dict[str, Any]:
    return {"replenishment": [{"at": "facilities", "policy": "base_stock", "level": level}]}


def demand(**amount: Any) -> dict[str, Any]:
    return {"demand": [{"at": "facilities", "product": "p", **amount}]}


def lognormal(mean: float, sd: float, below: np.ndarray) -> np.ndarray:
    s = np.sqrt(np.log1p((sd / mean) ** 2))
    return np.asarray(stats.lognorm(s, scale=mean / np.sqrt(1 + (sd / mean) ** 2)).ppf(below))


def lanes(**time: Any) -> dict[str, Any]:
    return {"lanes": [{"from": "a", "to": "facilities", **time}, BASE["lanes"][1]]}


DRAWS: dict[str, tuple[dict[str, Any], str, Callable[[np.ndarray], Any], dict[str, Any]]] = {
    # a level of days is days of the site's own demand of 20 a day
    "level": (replenishment("lognormal(18d, 6d) over sites"), "replenishment.0.level",
              lambda u: 20 * lognormal(18, 6, u), replenishment("column x")),
    "units": (replenishment("uniform(100, 300) over sites"), "replenishment.0.level",
              lambda u: 100 + 200 * u, replenishment("column x")),
    "per_day": (demand(per_day="lognormal(20, 5) over sites"), "demand.0.per_day",
                lambda u: lognormal(20, 5, u), demand(per_day="column x")),
    # people x units a year / 365
    "per_person": (demand(per_person="uniform(4, 8) a year over sites"), "demand.0.per_person",
                   lambda u: (1000 + 10 * np.arange(30)) * (4 + 4 * u) / 365, demand(per_day="column x")),
    "stock": ({"stock": [{"at": "facilities", "on_hand": "uniform(2d, 20d) over sites"}]}, "stock.0.on_hand",
              lambda u: 20 * (2 + 18 * u), {"stock": [{"at": "facilities", "on_hand": "column x"}]}),
    "time": (lanes(time="uniform(1d, 9d) over sites"), "lanes.0.time", lambda u: 1 + 8 * u, lanes(days="column x")),
    "days": (lanes(days="uniform(1, 9) over sites", spread="20%"), "lanes.0.days", lambda u: 1 + 8 * u,
             lanes(days="column x", spread="20%")),
    "share": ({"sourcing": [{"at": "facilities", "from": {"a": "uniform(20%, 80%) over sites", "b": "rest"}}]},
              "sourcing.0.from.a", lambda u: [f"{100 * (0.2 + 0.6 * s):.9f}%" for s in u],
              {"sourcing": [{"at": "facilities", "from": {"a": "column x", "b": "rest"}}]}),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("replication", [0, 3])
def test_a_distribution_over_sites_is_a_column_of_draws(write: Write, name: str, replication: int) -> None:
    """The same run as with the quantiles of each site's own stream in a column of the table."""
    over, place, values, column = DRAWS[name]
    by_hand = values(shares(place, replication))
    one = sim.run(write(**over), replication=replication)
    two = sim.run(write({"x": by_hand}, name="by-hand", **column), replication=replication)
    pd.testing.assert_frame_equal(one.daily, two.daily)
    assert one.daily["unmet"].sum() > 0  # so that the figure can matter


def test_a_strategy_meets_the_same_sites(write: Write) -> None:
    """The larger level is larger at each site, in proportion: the same shares lie below."""
    strategies = {"more": {"replenishment.0.level": "uniform(200, 600) over sites"}}
    file = write(**replenishment("uniform(100, 300) over sites"), strategies=strategies)
    plans = [sim.run(file, strategy).outcome.plan for strategy in (None, "more")]
    usual, more = (plan.replenishment[0].rule.target for plan in plans)
    assert np.abs(more - 2 * usual).max() <= 1  # of rounding


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        (replenishment("lognormal(18%, 6%) over sites"), "numbers or durations"),
        (replenishment("lognormal(18, 6d) over sites"), "all in one unit"),
        (replenishment("3d over sites"), "a distribution"),
        (demand(per_day="lognormal(18d, 6d) over sites"), "of numbers"),
        (demand(per_person="lognormal(18, 6) over sites"), "a time behind"),
        ({"sourcing": [{"at": "facilities", "from": {"a": "uniform(1, 2) over sites", "b": "rest"}}]}, "of shares"),
        ({"sourcing": [{"at": "facilities", "from": {"a": "uniform(20%, 80%) over sites", "b": "50%"}}]}, "add up to"),
        ({"sourcing": [{"at": "facilities", "from": {"a": "rest", "b": "rest"}}]}, "one at most"),
        ({"sourcing": [{"at": "facilities", "from": {"a": "120%", "b": "rest"}}]}, "add up to 120"),
        ({"sourcing": [{"at": "facilities", "market": {"a": "60%", "b": "30%"}}]}, "add up to 90"),
        ({"sourcing": [{"at": "facilities", "market": {"a": "60%", "c": "40%"}}]}, "unknown site"),
        ({"sourcing": [{"at": "facilities", "market": {"a": "60%", "b": "40%"}, "spread": "100%"}]}, "below 100%"),
        ({"sourcing": [{"at": "facilities", "from": {"a": "60%", "b": "40%"}, "spread": "10%"}]}, "place of from"),
        ({"sourcing": [{"at": "facilities"}]}, "either from or market"),
        (lanes(time="lognormal(2, 1) over sites"), "durations"),
        ({"suppliers": {"a": {"makes": {"p": {"capacity": "uniform(1, 2) over sites"}}}, "b": {"makes": {"p": {}}}}},
         "units a day, a plain number such as 400"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_line(write: Write, sections: dict[str, Any], words: str) -> None:
    file = write(**sections)
    with pytest.raises(ScenarioError) as error:
        sim.validate(file)
    assert any(words in str(p) and p.file == str(file) and p.line for p in error.value.problems), str(error.value)


@pytest.mark.parametrize("given", ["column saved", "uniform(10%, 50%) over sites"])
def test_how_much_carers_save_may_differ_by_site(write: Write, given: str) -> None:
    """From the first day on; of 20 a day over 60 days each clinic withholds its own share, to the unit. Drawn, it is
    the site's own stream's."""
    saved = 0.1 + 0.4 * (shares("use_levels.0.contingency.saves") if "over" in given else np.arange(30) / 29)
    entry = {"at": "facilities", "contingency": {"when": {"trigger": "declared", "after": "0d"}, "saves": given}}
    columns = {"saved": [f"{100 * s:.6f}%" for s in saved]} if "column" in given else {}
    certain = {"demand": [BASE["demand"][0] | {"distribution": "deterministic"}]}
    done = sim.run(write(columns, use_levels=[entry], **certain), twin=False)
    kept = done.daily.groupby("site", observed=True)["conserved"].sum()
    assert kept.loc[SITES].to_numpy() == pytest.approx(20 * 60 * saved, abs=1)


def test_no_site_saves_more_than_all_or_by_a_column_that_is_not_there(write: Write) -> None:
    for given, words in (("uniform(10%, 20d) over sites", "use_levels"), ("column missing", "no table of sites has")):
        entry = {"at": "facilities", "contingency": {"below": "10d", "saves": given}}
        with pytest.raises(ScenarioError, match=words):
            sim.validate(write(use_levels=[entry]))


def market(spread: str) -> dict[str, Any]:
    return {"sourcing": [{"at": "facilities", "market": {"a": "60%", "b": "40%"}, "spread": spread}]}


def test_a_market_without_spread_is_shares_alike(write: Write) -> None:
    pd.testing.assert_frame_equal(sim.run(write(**market("0%"))).daily, sim.run(write(name="from")).daily)


@pytest.mark.parametrize("replication", [0, 7])
def test_together_the_buyers_make_up_the_market(write: Write, replication: int) -> None:
    """Of demands that differ, each source serves its share in all, although no buyer has just that share."""
    file = write(**market("50%"), **demand(per_day="lognormal(20, 15) over sites"))
    network = sim.run(file, replication=replication).outcome.plan.network
    source = np.array(network.site_names(network.cell_site[network.flow_source]))
    of_a = network.flow_usual[source == "a"].sum() / network.flow_usual.sum()
    assert of_a == pytest.approx(0.6, abs=1e-9)
    assert np.ptp(network.flow_share[source == "a"]) > 0.5


def test_a_share_of_the_market_that_is_not_known_is_drawn_and_another_has_the_rest(write: Write) -> None:
    """As written where nothing is drawn: the same as in numbers. Drawn, a's part of all orders is the one drawn."""
    entry = {"at": "facilities", "market": {"a": "60%", "b": "rest"}, "spread": "50%"}
    ranges = {"uncertain": {"sourcing.0.market.a": "uniform(20%, 100%)"}}
    file = write(sourcing=[entry], **ranges)
    pd.testing.assert_frame_equal(sim.run(file).daily, sim.run(write(name="numbers", **market("50%"))).daily)
    parts = set()
    for replication in (1, 2):
        done = sim.run(file, replication=replication, unknowns="drawn", twin=False)
        network = done.outcome.plan.network
        source = np.array(network.site_names(network.cell_site[network.flow_source]))
        part = network.flow_usual[source == "a"].sum() / network.flow_usual.sum()
        assert part == pytest.approx(float(done.loaded.spec.sourcing[0].market["a"]), abs=1e-9)
        parts.add(round(float(part), 6))
    assert len(parts) == 2 and all(0.2 <= part <= 1 for part in parts)


@pytest.mark.parametrize(
    ("shares", "words"),
    [({"a": "60%", "b": "30%"}, "add up to 90.0%"), ({"a": "rest", "b": "rest"}, "two sources have the rest"),
     ({"a": "60%", "b": "60%"}, "add up to 120.0%")],
)  # fmt: skip
def test_a_market_that_does_not_add_up_is_told(write: Write, shares: dict[str, str], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        sim.validate(write(sourcing=[{"at": "facilities", "market": shares}]))


def test_buyers_differ_by_the_spread_that_is_said() -> None:
    """A share p has the sd spread x sqrt(p (1 - p)); the mean square of 4000 draws is near it within 4 standard errors,
    which of a bounded share are at most (range^2 / 2) / sqrt(n)."""
    means, spread, n = {"a": 0.6, "b": 0.3, "c": 0.1}, 0.4, 4000
    drawn = buyers_shares(means, spread, [str(k) for k in range(n)], "market", Streams(1))
    assert np.abs(drawn.sum(axis=1) - 1).max() < 1e-12
    for k, p in enumerate(means.values()):
        assert drawn[:, k].mean() == pytest.approx(p, abs=4 * spread * np.sqrt(p * (1 - p) / n))
        assert drawn[:, k].var() == pytest.approx(spread**2 * p * (1 - p), abs=4 * 0.5 / np.sqrt(n))


@pytest.mark.parametrize("spread", [0.9, 0.97, 0.99, 0.999, 0.9999])
def test_nearly_everybody_orders_from_one_source_at_nearly_the_whole_spread(spread: float) -> None:
    """The gammas of a Dirichlet with so small parameters are mostly too small for a number.

    The second moment of a share is p^2 + spread^2 p (1 - p), all but p at nearly 100%; the mean of 4000 is within 4
    standard errors (at most 1/2 each).
    """
    means, n = {"a": 0.6, "b": 0.4, "c": 0.0}, 4000
    drawn = buyers_shares(means, spread, [str(k) for k in range(n)], "market", Streams(1))
    assert np.abs(drawn.sum(axis=1) - 1).max() < 1e-12 and not drawn[:, 2].any()
    for k, p in enumerate(means.values()):
        assert drawn[:, k].mean() == pytest.approx(p, abs=4 * 0.5 / np.sqrt(n))
        assert (drawn[:, k] ** 2).mean() == pytest.approx(p**2 + spread**2 * p * (1 - p), abs=4 * 0.5 / np.sqrt(n))


@pytest.mark.parametrize("key", ["market", "from"])
def test_sources_may_be_written_in_any_order(write: Write, key: str) -> None:
    """Read anew or set on top of the other order, which compares as equal."""
    shares = {"a": "60%", "b": "40%"}
    entry: dict[str, Any] = {"at": "facilities", key: shares} | ({"spread": "50%"} if key == "market" else {})
    first = read_subject(write(sourcing=[entry]))
    turned = {"_replace_": True} | dict(reversed(shares.items()))
    for other in (read_subject(write(sourcing=[entry | {key: turned}])), first.changed({f"sourcing.0.{key}": turned})):
        assert list(getattr(other.loaded.spec.sourcing[0], "from_" if key == "from" else key)) == ["b", "a"]
        assert digest(other.plan) == digest(first.plan)


def test_weighing_moves_shares_as_little_as_it_must() -> None:
    """By hand: two buyers of equal weight with shares of 1/2 each in a market of 3/4 and 1/4 both get 3/4; where they
    make up the market already, nothing moves; and who has no weight keeps its own."""
    half, quarter = np.full((2, 2), 0.5), np.array([0.75, 0.25])
    assert weighed(half, np.ones(2), quarter) == pytest.approx(np.tile(quarter, (2, 1)))
    apart = np.array([[1.0, 0.0], [0.5, 0.5]])
    assert (weighed(apart, np.ones(2), quarter) == apart).all()
    kept = weighed(np.array([[0.5, 0.5], [0.2, 0.8]]), np.array([1.0, 0.0]), quarter)
    assert kept == pytest.approx(np.array([[0.75, 0.25], [0.2, 0.8]]))


def test_a_market_is_one_of_facilities(write: Write) -> None:
    ways = (("a", "store"), ("b", "store"), ("store", "facilities"))
    sections = {
        "warehouses": {"store": {}},
        "lanes": [{"from": a, "to": b, "time": "1d"} for a, b in ways],
        "sourcing": [{"at": "store", "market": {"a": "60%", "b": "40%"}}],
        "replenishment": [{"at": "all", "policy": "base_stock", "level": "10d"}],
    }  # fmt: skip
    with pytest.raises(ScenarioError, match="'store' is none"):
        sim.validate(write(**sections))
