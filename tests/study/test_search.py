"""The smallest reserve, the best split, and what an answer depends on: cases whose answers are known."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from sim.cli import cli
from sim.errors import PlaceError, ScenarioError
from sim.report.figures.study import tipping
from sim.report.figures.study import tornado as tornado_figure
from sim.report.figures.style import drawing
from sim.report.questions.tipping import tipping_words
from sim.report.words.parameters import named
from sim.study.ask.search import cost_per_day, smallest_reserve
from sim.study.ask.sensitivity import Question, morris, sobol, tornado
from sim.study.ask.tipping import Tipping, tipping_point
from sim.study.design.measures import parse_measure
from sim.study.design.parameter import parse_parameter
from sim.study.infer.intervals import share_interval
from sim.study.infer.threshold import first_true, parse_target
from sim.study.run.bench import Bench, Subject, read_subject
from sim.study.run.executors import Crew
from sim.study.run.store import Store

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


def test_a_target_is_met_at_its_level() -> None:
    """To the last digit: ten tenths added up are as good as one."""
    rates = np.array([0.97999, 0.98, 1.0, np.nan])
    assert parse_target("fill_rate>=98%").met(rates).tolist() == [False, True, True, False]
    assert parse_target("fill_rate>=1").met(np.array([sum([0.1] * 10)])).all()
    assert parse_target("units_unmet<=0").met(np.array([0.0, 1.0])).tolist() == [True, False]


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


def test_the_picture_of_a_tipping_point_has_what_was_tried(subject: Subject, bench: Bench) -> None:
    target, varied = parse_target("units_unmet<=0"), parse_parameter("disruptions.ban.for", ["0d", "60d"])
    found = tipping_point(subject, varied, target, 1.0, bench)
    assert (found.before, found.after) == (5, 6)
    assert found.unsure == (0, 6)  # a draw that misses shows that not all meet it, one that meets shows nothing
    with drawing():
        above, below = tipping.draw(found, target, "Length of the ban (days)", "kits").axes
    line = next(line for line in above.lines if line.get_label() == "mean of the draws")
    assert line.get_xdata().tolist() == found.tried["value"].tolist()
    assert line.get_ydata().tolist() == [15 * max(0, value - 5) for value in found.tried["value"]]
    assert above.get_ylabel() == "Unmet on the day, mean (kits)" and below.get_xlabel() == "Length of the ban (days)"
    spans = {patch.get_label(): patch.get_extents().transformed(above.transData.inverted()) for patch in above.patches}
    assert (spans["tips over"].x0, spans["tips over"].x1) == pytest.approx((5, 6))
    assert (spans["target met"].x0, spans["target met"].x1) == pytest.approx((0, 5))
    assert [line.get_ydata()[0] for line in above.lines if line.get_label() == "level of the target"] == [0]
    assert [line.get_ydata()[0] for line in below.lines if line.get_label().startswith("share asked")] == [1]


def test_a_tornado_has_a_bar_to_each_bound_and_its_words_beside_it(subject: Subject, bench: Bench) -> None:
    table = pd.DataFrame({
        "parameter": ["Length of export ban 'a ban with quite a long name'", "Seed"], "low": ["1 day", "1"],
        "high": ["9 days", "5"], "base": [50.0, 50.0], "at_low": [20.0, 49.0], "at_high": [90.0, 50.5],
    })  # fmt: skip
    with drawing():
        axes = tornado_figure.draw(table, parse_measure("cost"), "KES").axes[0]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    assert ends == [(50, 20), (50, 49), (50, 90), (50, 50.5)]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "Length of export ban 'a ban with\nquite a long name'\n1 day to 9 days",
        "Seed\n1 to 5",
    ]
    assert axes.get_xlabel() == "Cost, mean (KES)"


def test_without_a_tipping_point_the_ends_are_drawn_and_nothing_is_marked(subject: Subject, bench: Bench) -> None:
    target, varied = parse_target("fill_rate>=10%"), parse_parameter("disruptions.ban.for", ["0d", "60d"])
    found = tipping_point(subject, varied, target, 0.9, bench)
    assert found.before is None and found.after is None and len(found.tried) == 2
    words = tipping_words(
        found, varied, named(subject.loaded, varied.path), target, "'as written'", (dt.date(2001, 4, 11), 100)
    )
    assert words[0].startswith("Under 'as written', fill rate ≥ 10% in the one draw holds at both ends")
    with drawing():
        above, _ = tipping.draw(found, target, "", "share").axes
    assert not above.patches and above.get_ylabel() == "Fill rate, mean (%)"


@pytest.mark.parametrize("need", [0.5, 0.8])
def test_how_sure_a_tipping_point_is(need: float) -> None:
    # 40 draws: 40, 36, 20, 4, 0 of them meet the target at 0, 10, 20, 30, 40
    met = [40, 36, 20, 4, 0]
    ends = [share_interval(count, 40) for count in met]
    tried = pd.DataFrame({
        "value": [0, 10, 20, 30, 40], "share": [count / 40 for count in met],
        "share_low": [low for low, _ in ends], "share_high": [high for _, high in ends],
    })  # fmt: skip
    before, after = (20, 30) if need == 0.5 else (10, 20)
    falls = Tipping(True, False, before, after, tried, need)
    # Wilson: 36 of 40 is 77 % to 96 %, 20 of 40 is 35 % to 65 %
    assert falls.unsure == ((10, 30) if need == 0.5 else (0, 20))
    rises = Tipping(False, True, 40 - after, 40 - before, tried.assign(value=40 - tried["value"]), need)
    assert rises.unsure == ((10, 30) if need == 0.5 else (20, 40))


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
    rest = ["-n", "1", "-w", "1"]
    found, tips, swings = (tmp_path / name for name in ("found", "tips", "swings"))
    call = ["search", str(subject.file), "--reserve", "at-clinic", "--target", "units_unmet<=175", "--at-most", "60d"]
    done = CliRunner().invoke(cli, [*call, *rest, "-o", str(found)])
    assert done.exit_code == 0, done.output
    assert "35 days" in done.output and (found / "search.csv").exists()
    page = (found / "search.html").read_text(encoding="utf-8")
    assert (
        "Size of reserve 'at-clinic' (days of the members' usual demand)" in page
        and "unmet on the day ≤ 175 units" in page
    )
    wrong = CliRunner().invoke(cli, [*call[:-4], "--target", "fil_rate>=1", *rest, "-o", str(found)])
    assert "did you mean 'fill_rate'" in str(wrong.exception)
    call = ["tipping", str(subject.file), "--parameter", "disruptions.ban.for", "--between", "0d", "60d",
            "--target", "units_unmet<=0"]  # fmt: skip
    done = CliRunner().invoke(cli, [*call, *rest, "-o", str(tips)])
    assert done.exit_code == 0, done.output
    assert "until the length of export ban 'ban' is 5 days; from 6 days" in done.output
    assert "is disruptions.ban.for in the scenario" in done.output
    page = (tips / "tipping.html").read_text(encoding="utf-8")
    assert (
        page.count('role="img"') == 1
        and "disruptions.ban.for" in page
        and 'aria-label="Unmet on the day against' in page
    )
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    wrong = CliRunner().invoke(cli, [*call[:4], "--between", "60d", "0d", *call[7:], *rest, "-o", str(tips)])
    assert "the smaller bound first" in str(wrong.exception)
    call = [
        "sensitivity",
        str(subject.file),
        "--vary",
        "disruptions.ban.for=20d..60d",
        "--vary",
        "products.kit.cost=1..5",
    ]
    done = CliRunner().invoke(cli, [*call, *rest, "-o", str(swings)])
    assert done.exit_code == 0, done.output
    ban, cost = "Length of export ban 'ban'", "Purchase cost of product kit"
    assert f"{ban}: unmet on the day 225 kits at 20 days, 825 kits at 60 days (as written: 525 kits)" in done.output
    assert done.output.index(ban) < done.output.index(cost)
    page = (swings / "tornado.html").read_text(encoding="utf-8").replace("&#39;", "'")
    assert page.index(f">{ban}<") < page.index(f">{cost}<") and ">disruptions.ban.for<" in page
    for method, samples in (("morris", "2"), ("sobol", "4")):
        more = ["--method", method, "--samples", samples, "--replace"]
        done = CliRunner().invoke(cli, [*call, *more, *rest, "-o", str(swings)])
        assert done.exit_code == 0, done.output
        page = (swings / f"{method}.html").read_text(encoding="utf-8")
        assert page.index(">disruptions.ban.for<") < page.index(">products.kit.cost<") and 'role="img"' in page
        assert page.replace("&#39;", "'").index(f">{ban}<") < page.index(f">{cost}<")
    wrong = CliRunner().invoke(cli, [*call, "--vary", "products.kit.cost=1", *rest, "-o", str(swings)])
    assert "20d..60d" in str(wrong.exception)
