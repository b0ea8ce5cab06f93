"""The smallest reserve, the best split, and what an answer depends on: cases whose answers are known."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli import cli
from sim.errors import PlaceError, ScenarioError
from sim.study.bench import Bench, Subject, read_subject
from sim.study.executors import Crew
from sim.study.measures import parse_measure
from sim.study.parameter import parse_parameter
from sim.study.search import cost_per_day, smallest_reserve
from sim.study.sensitivity import Question, morris, sobol, tornado
from sim.study.store import Store
from sim.study.threshold import first_true, parse_target

CASE = """
scenario: case
title: A ban of forty days against five days of stock and two reserves
start: 2001-01-01
end: 2001-04-11
warm_up: 20d
products: {kit: {unit: kit, cost: 3}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
facilities: {clinic: {country: KE}, post: {country: UG}}
lanes: [{from: maker, to: facilities, time: 1d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: lost},
         {at: post, product: kit, per_day: 5, distribution: deterministic, shortage: lost}]
replenishment: [{at: facilities, policy: base_stock, level: 6d}]
reserves:
  at-clinic: {held_at: clinic, size: 0d, members: clinic, release: {when: {trigger: announced}}}
  at-post: {held_at: post, size: 0d, members: post, release: {when: {trigger: announced}}}
disruptions:
  - {kind: export_ban, name: ban, country: IN, from: 2001-01-21, for: 40d}
"""


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    return read_subject(tmp_path / "case.yaml")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    store = Store(tmp_path / "out")
    store.mark("{}")
    return Bench(Crew(1), store, 1)


def test_bisection_finds_the_first() -> None:
    for first in range(1, 12):
        assert first_true(lambda n, first=first: n >= first, 0, 11) == first


def test_the_smallest_reserve_covers_the_ban_but_for_the_stock(subject: Subject, bench: Bench) -> None:
    subject = subject.changed({"reserves.at-post.size": "100d"})
    # 40 days without supply, five of six days of stock on hand, one on the way that still comes
    found = smallest_reserve(subject, "at-clinic", parse_target("units_unmet<=0"), 1.0, 120, bench)
    assert found.days == 35 and found.monotone
    table = found.tried.set_index("value")
    assert table.loc[35, "share"] == 1 and table.loc[34, "share"] == 0
    assert table.loc[34, "units_unmet"] == 10
    assert table.loc[35, "first_cost"] == 35 * 10 * 3
    assert cost_per_day(subject, "at-clinic") == 30
    assert smallest_reserve(subject, "at-clinic", parse_target("units_unmet<=0"), 1.0, 20, bench).days is None
    assert smallest_reserve(subject, "at-clinic", parse_target("fill_rate>=10%"), 1.0, 20, bench).days == 0


def test_tornado_and_screening_put_the_parameters_in_order(subject: Subject, bench: Bench) -> None:
    parameters = (
        parse_parameter("disruptions.ban.for", ["20d", "60d"]),
        parse_parameter("demand.1.per_day", [4, 6]),
        parse_parameter("products.kit.cost", [1, 5]),
    )
    question = Question(subject, parse_measure("units_unmet"), parameters, bench)
    table = tornado(question).set_index("parameter")
    assert table.index.tolist() == ["disruptions.ban.for", "demand.1.per_day", "products.kit.cost"]
    assert table.loc["disruptions.ban.for", ["at_low", "base", "at_high"]].tolist() == [15 * 15, 35 * 15, 55 * 15]
    assert table.loc["demand.1.per_day", "swing"] == 2 * 35 and table.loc["products.kit.cost", "swing"] == 0
    screened = morris(question, 4).set_index("parameter")
    assert screened.index.tolist() == table.index.tolist()
    assert screened.loc["disruptions.ban.for", "mu_star"] == pytest.approx(600, rel=0.15)  # times demand, which varies
    assert screened.loc["products.kit.cost", ["mu_star", "sigma"]].tolist() == [0, 0]
    shares = sobol(question, 32).set_index("parameter")
    assert shares.index[0] == "disruptions.ban.for" and shares.loc["products.kit.cost", "ST"] == 0
    # (15 + e)(b - 5): nearly all of the variance is the ban's; e adds var(e) E(b - 5)^2 / total, below 2 %
    assert 0.9 <= shares.loc["disruptions.ban.for", "ST"] <= 1.1


@pytest.mark.parametrize("text", ["fill_rate", "fill_rate=1", "fill_rate>=much", "fil_rate>=1"])
def test_targets_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(PlaceError):
        parse_target(text)


@pytest.mark.parametrize("bounds", [["30d"], ["30d", "60"], ["60d", "30d"], ["a", "b"]])
def test_bounds_that_cannot_be_read_are_refused(bounds: list[str]) -> None:
    with pytest.raises(ValueError, match="unit"):
        parse_parameter("x", bounds)


def test_a_reserve_that_is_not_there(subject: Subject, bench: Bench) -> None:
    with pytest.raises(ScenarioError, match="at-clinic"):
        smallest_reserve(subject, "at-clinik", parse_target("fill_rate>=1"), 1.0, 20, bench)


def test_the_commands(subject: Subject, tmp_path: Path) -> None:
    rest = ["-n", "1", "-w", "1", "-o", str(tmp_path / "found")]
    call = ["search", str(subject.file), "--reserve", "at-clinic", "--target", "units_unmet<=175", "--at-most", "60d"]
    done = CliRunner().invoke(cli, [*call, *rest])
    assert done.exit_code == 0, done.output
    assert "35 days" in done.output and (tmp_path / "found" / "search.csv").exists()
    assert (tmp_path / "found" / "search.html").exists()
    wrong = CliRunner().invoke(cli, [*call[:-4], "--target", "fil_rate>=1", *rest])
    assert "did you mean 'fill_rate'" in str(wrong.exception)
    call = ["tipping", str(subject.file), "--parameter", "disruptions.ban.for", "--between", "0d", "60d",
            "--target", "units_unmet<=0"]  # fmt: skip
    done = CliRunner().invoke(cli, [*call, *rest])
    assert done.exit_code == 0, done.output
    assert "until disruptions.ban.for is 5d" in done.output
    call = [
        "sensitivity",
        str(subject.file),
        "--vary",
        "disruptions.ban.for=20d..60d",
        "--vary",
        "products.kit.cost=1..5",
    ]
    done = CliRunner().invoke(cli, [*call, *rest])
    assert done.exit_code == 0 and done.output.index("ban.for") < done.output.index("kit.cost"), done.output
    for method, samples in (("morris", "2"), ("sobol", "4")):
        done = CliRunner().invoke(cli, [*call, "--method", method, "--samples", samples, *rest])
        assert done.exit_code == 0, done.output
        page = (tmp_path / "found" / f"{method}.html").read_text(encoding="utf-8")
        assert page.index("disruptions.ban.for") < page.index("products.kit.cost") and 'role="img"' in page
    wrong = CliRunner().invoke(cli, [*call, "--vary", "products.kit.cost=1", *rest])
    assert "20d..60d" in str(wrong.exception)
