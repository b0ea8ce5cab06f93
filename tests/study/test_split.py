"""The best split of a budget: found where theory puts it, the same for everybody, resumed, and told with its price."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy import stats

from sim.cli import cli
from sim.errors import ScenarioError
from sim.study.ask.split import Splits, best_splits, coordinates, shares_at
from sim.study.design.measures import parse_measure
from sim.study.design.parts import parts_of, sizes
from sim.study.infer.threshold import parse_target
from sim.study.run import cutting
from sim.study.run import replicate as conducting
from sim.study.run.bench import Bench, Subject, read_subject
from sim.study.run.executors import Crew
from sim.study.run.store import Store
from sim.study.run.task import Task, run_task
from tests.study.conftest import contents, runs_of

CLINIC, POST = 40.0, 10.0
KIT, DEAR = 3.0, 12.0
VENDORS = f"""
scenario: vendors
title: Nothing comes for eleven days, and nothing is there but what was bought before, which opens on the first evening
start: 2001-01-01
end: 2001-01-12
products: {{kit: {{unit: kit, cost: {KIT}}}, dear: {{unit: kit, cost: {DEAR}}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}, dear: {{}}}}}}}}
facilities: {{clinic: {{country: KE}}, post: {{country: UG}}}}
lanes: [{{from: maker, to: facilities, time: 1d}}]
demand:
  - {{at: clinic, product: kit, per_day: {CLINIC / 10}, shortage: lost}}
  - {{at: post, product: dear, per_day: {POST / 10}, shortage: lost}}
replenishment: [{{at: facilities, policy: base_stock, level: 0}}]
stock: [{{at: facilities, on_hand: 0}}]
reserves:
  at-clinic: {{held_at: clinic, size: 0d, members: clinic, release: {{when: {{trigger: announced}}}}}}
  at-post: {{held_at: post, size: 0d, members: post, release: {{when: {{trigger: announced}}}}}}
  of-both: {{held_at: members, size: 0d, members: facilities, release: {{when: {{trigger: announced}}}}}}
disruptions:
  - {{kind: export_ban, name: ban, country: IN, from: 2001-01-01, for: 40d}}
"""
BUDGET = 0.9 * (CLINIC * KIT + POST * DEAR)
UNMET = parse_measure("units_unmet")


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    (tmp_path / "case.yaml").write_text(VENDORS, encoding="utf-8")
    return read_subject(tmp_path / "case.yaml")


def bench_at(folder: Path, replications: int, crew: Crew | None = None) -> Bench:
    store = Store(folder)
    store.mark("{}")
    return Bench(crew or Crew(1), store, replications)


def short(mean: float, stock: float) -> float:
    """Expected demand beyond the stock, E(D - S)+, of a Poisson demand."""
    demand = np.arange(int(stock) + 1, 400)
    return float(((demand - stock) * stats.poisson(mean).pmf(demand)).sum())


def expected(kits: int, dears: int) -> float:
    """Over the ten days from the evening of the first on, and all that is asked for on the first day itself."""
    return short(CLINIC, kits) + short(POST, dears) + (CLINIC + POST) / 10


def of(found: Splits, row: pd.Series) -> tuple[int, int]:
    """Units of each part in a row."""
    units = [row[f"days {part.name}"] * part.units_per_day for part in found.parts]
    assert units == pytest.approx(np.round(units), abs=1e-6), "whole units only"
    return round(units[0]), round(units[1])


@pytest.mark.slow
def test_two_newsvendors_share_a_budget_as_their_critical_ratios_say(subject: Subject, tmp_path: Path) -> None:
    """min E(D1 - S1)+ + E(D2 - S2)+ with c1 S1 + c2 S2 = B has P(D1 > S1) / c1 = P(D2 > S2) / c2 (both newsvendors)."""
    draws = 120
    parts = parts_of(subject, ["at-clinic", "at-post"])
    found = best_splits(subject, parts, [BUDGET], UNMET, bench_at(tmp_path / "out", draws))
    best = found.tried[found.tried["best"]].iloc[0]
    mine, spend = of(found, best), int(BUDGET)
    choices = [((spend - DEAR * dears) // KIT, dears) for dears in range(int(spend // DEAR) + 1)]
    ideal = min(choices, key=lambda units: expected(*units))
    kits, dears = ideal
    lost = [stats.poisson.sf(units - 1, mean) / cost  # what the last unit bought spares, for its money
            for units, mean, cost in ((kits, CLINIC, KIT), (dears, POST, DEAR))]  # fmt: skip
    next_lost = [
        stats.poisson.sf(units, mean) / cost for units, mean, cost in ((kits, CLINIC, KIT), (dears, POST, DEAR))
    ]
    assert min(lost) >= max(next_lost) * 0.75, "the ratios are as equal as whole units let them be"
    assert KIT * mine[0] + DEAR * mine[1] <= BUDGET
    # The split was the best on its draws, so it is worse in truth by no more than chance misled: the difference of two
    # splits' losses in one draw varies as below, over `draws` of them; a unit of either is the search's coarseness
    generator = np.random.default_rng(1)
    clinic, post, first_day = (generator.poisson(m, 100_000) for m in (CLINIC, POST, (CLINIC + POST) / 10))
    loss = [first_day + np.maximum(0, clinic - a) + np.maximum(0, post - b) for a, b in (mine, ideal)]
    misled = 4 * np.std(loss[0] - loss[1]) / np.sqrt(draws)
    coarse = max(expected(kits - 1, dears), expected(kits, dears - 1)) - expected(*ideal)
    assert expected(*mine) - expected(*ideal) <= misled + coarse
    even = of(found, found.tried.iloc[0])
    assert expected(*mine) < min(expected(*even), expected(kits - 12, dears + 3))
    # and what the draws say of a split is what theory says
    spread = np.std(loss[0]) / np.sqrt(draws)
    assert abs(best["units_unmet"] - expected(*mine)) <= 4 * spread
    assert abs(found.fresh["units_unmet"].iloc[0] - expected(*mine)) <= 4 * spread
    assert found.fresh["n"].iloc[0] == draws


def test_money_beyond_what_a_site_can_use_goes_to_the_other(tmp_path: Path) -> None:
    text = VENDORS.replace("shortage: lost", "distribution: deterministic, shortage: lost")
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    subject = read_subject(tmp_path / "case.yaml")
    # 40 kits are all the clinic can use and spare a unit for 3 each; the rest is for the post, at 12 a unit
    parts = parts_of(subject, ["at-clinic", "at-post"])
    found = best_splits(subject, parts, [120, 180], UNMET, bench_at(tmp_path / "out", 1), 40)
    best = found.tried[found.tried["best"]].set_index("budget")
    assert best.loc[120, "units_unmet"] == POST + 5 and of(found, best.loc[120]) == (40, 0)
    assert best.loc[180, "units_unmet"] <= POST + 1, "(40, 5) is best; a search comes within a unit of it"
    assert (found.tried["first_cost"] <= found.tried["budget"]).all()
    assert found.tried.loc[found.tried["start"] == "all for at-post", "units_unmet"].tolist() == [45, 45]


def test_with_a_target_the_split_that_meets_it_most_often_is_best(subject: Subject, tmp_path: Path) -> None:
    parts = parts_of(subject, ["at-clinic", "at-post"])
    target = parse_target("units_unmet<=11")
    found = best_splits(subject, parts, [BUDGET], UNMET, bench_at(tmp_path / "out", 20), 20, target)
    tried = found.tried
    best = tried[tried["best"]].iloc[0]
    assert best["share"] == tried["share"].max() > 0
    assert best["units_unmet"] == tried.loc[tried["share"] == best["share"], "units_unmet"].min()
    assert 0 <= found.fresh["share"].iloc[0] <= 1


def test_a_reserve_can_be_split_by_site_and_by_product(subject: Subject) -> None:
    whole = parts_of(subject, ["of-both"])
    assert [(p.name, p.per_day, p.whole) for p in whole] == [("of-both", 4 * KIT + 1 * DEAR, False)]
    names = ["of-both of kit at clinic", "of-both of dear at post"]
    both = parts_of(subject, ["of-both"], "both")
    assert sorted(p.name for p in both) == sorted(names)
    assert {p.name: p.per_day for p in both} == {names[0]: 4 * KIT, names[1]: DEAR}
    assert [p.name for p in parts_of(subject, ["of-both"], "site")] == ["of-both at clinic", "of-both at post"]
    assert {p.name for p in parts_of(subject, ["of-both"], "product")} == {"of-both of kit", "of-both of dear"}


def test_parts_of_one_reserve_do_what_reserves_of_the_same_sizes_do(subject: Subject, tmp_path: Path) -> None:
    """A reserve cut by site is the reserves that a planner would write for the sites."""
    cut, apart = parts_of(subject, ["of-both"], "site"), parts_of(subject, ["at-clinic", "at-post"])
    one, other = (
        best_splits(subject, parts, [BUDGET], UNMET, bench_at(tmp_path / str(k), 3), 3)
        for k, parts in enumerate((cut, apart))
    )
    assert one.tried["units_unmet"].tolist() == other.tried["units_unmet"].tolist()
    assert len(set(one.tried["units_unmet"])) > 1


def test_sizes_are_whole_units_within_the_budget_and_waste_no_money(subject: Subject) -> None:
    parts = parts_of(subject, ["at-clinic", "at-post"])
    for share in np.linspace(0, 1, 41):
        days = sizes(parts, [share, 1 - share], BUDGET)
        units = [d * p.units_per_day for d, p in zip(days, parts, strict=True)]
        assert units == pytest.approx(np.round(units), abs=1e-9)
        spent = KIT * units[0] + DEAR * units[1]
        assert BUDGET - DEAR < spent <= BUDGET + 1e-9


@pytest.mark.parametrize("k", [2, 3, 7])
def test_shares_and_coordinates_are_each_others_inverse(k: int) -> None:
    generator = np.random.default_rng(k)
    for shares in [*generator.dirichlet(np.ones(k), 20), *np.eye(k)]:
        assert shares_at(coordinates(shares)) == pytest.approx(shares, abs=1e-9)
    drawn = np.array([shares_at(point) for point in generator.random((4000, k - 1))])
    assert drawn.sum(axis=1) == pytest.approx(1)
    # uniform over the simplex: every share has mean 1/k and variance (k-1) / (k^2 (k+1))
    sd = np.sqrt((k - 1) / (k**2 * (k + 1)) / 4000)
    assert np.abs(drawn.mean(axis=0) - 1 / k).max() <= 4 * sd


def run_split(subject: Subject, out: Path, *more: str) -> Any:
    call = ["split", str(subject.file), "--over", "at-clinic", "--over", "at-post", "--budget", "216", "--steps", "2",
            "--trials", "12", "-n", "3", "-o", str(out)]  # fmt: skip
    return CliRunner().invoke(cli, [*call, *more])


def answers(folder: Path) -> dict[str, bytes]:
    """What a split leaves, but for the batches it rests on, whose cutting is nobody's concern."""
    return {name: content for name, content in contents(folder).items() if not name.startswith("unfinished")}


@pytest.mark.slow
def test_two_processes_find_the_same_and_an_interrupted_search_goes_on(
    subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = run_split(subject, tmp_path / "alone", "-w", "1")
    assert alone.exit_code == 0, alone.output
    pair = run_split(subject, tmp_path / "pair", "-w", "2")
    assert pair.exit_code == 0, pair.output
    ran: list[tuple[str, int]] = []

    def counted(task: Task) -> Any:
        if stops and len(ran) >= stops[0]:
            stops.pop(0)
            raise KeyboardInterrupt
        ran.extend(runs_of(task))
        return run_task(task)

    stops = [10, 40]
    monkeypatch.setattr(cutting, "TASK_SECONDS", 0.0)  # a replication of a few cases a task
    monkeypatch.setattr(conducting.replicate, "__defaults__", (None, counted))
    for _ in range(2):
        cut = run_split(subject, tmp_path / "cut", "-w", "1")
        assert cut.exit_code == 130 and "goes on from there" in cut.output
    end = run_split(subject, tmp_path / "cut", "-w", "1")
    assert end.exit_code == 0 and not stops
    assert len(ran) == len(set(ran)), "nothing is run twice"
    assert answers(tmp_path / "alone") == answers(tmp_path / "pair") == answers(tmp_path / "cut")
    assert {"split.csv", "frontier.csv", "split.html", "manifest.json"} <= set(answers(tmp_path / "cut"))


def test_the_command_tells_the_split_and_refuses_what_it_cannot_answer(subject: Subject, tmp_path: Path) -> None:
    done = run_split(subject, tmp_path / "out", "-w", "1", "--target", "fill_rate>=80%")
    assert done.exit_code == 0, done.output
    assert "216 USD: " in done.output and "108 USD: " in done.output and "The same money for each: " in done.output
    page = (tmp_path / "out" / "split.html").read_text(encoding="utf-8")
    assert "Cost against harm" in page and "Draws with fill rate ≥ " in page and "further draws" in page
    for more, words in (
        (["--over", "at-clinik"], "did you mean 'at-clinic'"),
        (["--measure", "mean_stock"], "neither more nor less"),
        (["--set", "products.kit.cost=0", "--set", "products.dear.cost=0"], "nothing here has a price"),
    ):
        wrong = run_split(subject, tmp_path / "out", "-w", "1", *more)
        assert words in str(wrong.exception), wrong.output


def test_a_split_that_does_not_fit_into_its_storage_is_passed_over(tmp_path: Path) -> None:
    text = VENDORS + "storage: [{at: clinic, capacity: 30}]\n"
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    subject = read_subject(tmp_path / "case.yaml")
    parts = parts_of(subject, ["at-clinic", "at-post"])
    found = best_splits(subject, parts, [BUDGET], UNMET, bench_at(tmp_path / "out", 2), 12)
    assert found.refused and (found.tried["days at-clinic"] * 4 <= 30 + 1e-9).all()
    with pytest.raises(ScenarioError, match="do not fit"):
        best_splits(subject, parts[:1], [BUDGET], UNMET, bench_at(tmp_path / "one", 2), 12)
