"""Units short by cause: the parts add up, equal causes get equal parts, a cause of nothing gets nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer

from sim.cli import cli
from sim.report.figures.study import causes
from sim.report.figures.style import drawing
from sim.report.questions.causes import causes_page, told
from sim.report.words.units import Counted
from sim.study.ask import attribution
from sim.study.ask.attribution import Attribution, attribute, players_of
from sim.study.design.measures import parse_measure
from sim.study.run.bench import Bench, Subject, read_subject
from sim.study.run.executors import Crew
from sim.study.run.store import Store

KITS = Counted("USD", {"kit": "kit"})

CHAIN = """
scenario: chain
title: Two makers abroad of the same size, one clinic
start: 2001-01-01
end: 2001-05-01
products: {{kit: {{unit: kit, cost: 2}}, cup: {{unit: cup}}}}
suppliers: {{east: {{country: IN, makes: {{kit: {{}}, cup: {{}}}}}}, west: {{country: BR, makes: {{kit: {{}}}}}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: east, to: clinic, time: 3d}}, {{from: west, to: clinic, time: 3d}}]
sourcing: [{{at: clinic, products: [kit], from: {{east: 50%, west: 50%}}}}]
demand:
  - {{at: clinic, product: kit, per_day: 10, distribution: {demand}}}
  - {{at: clinic, product: cup, per_day: 5, distribution: deterministic}}
replenishment: [{{at: clinic, policy: base_stock, level: 20d}}]
{rest}
"""
BANS = """
disruptions:
  - {kind: export_ban, name: one, country: IN, products: [kit], from: 2001-02-01, for: 40d}
  - {kind: export_ban, name: other, country: BR, from: 2001-02-01, for: 40d}
  - {kind: price_shock, name: nothing, from: 2001-02-01, for: 40d, factor: 2}
"""
Make = Callable[..., Subject]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A scenario of the chain, read."""

    def subject(rest: str = BANS, demand: str = "deterministic") -> Subject:
        path = tmp_path / "chain.yaml"
        path.write_text(CHAIN.format(rest=rest, demand=demand), encoding="utf-8")
        return read_subject(path)

    return subject


def share_out(subject: Subject, folder: Path, n: int = 2, **how: object) -> Attribution:
    measures = [parse_measure(text) for text in ("units_unmet", "units_unmet by product")]
    with Crew(1) as crew:
        store = Store(folder)
        store.mark("{}")
        return attribute(subject, measures, players_of(subject.plan, **how), Bench(crew, store, n))  # type: ignore[arg-type]


def test_a_decision_that_nobody_chooses_is_no_cause(make: Make) -> None:
    """It could be taken in an exercise; in a run of the scenario it never is, but on days that are written down."""
    decided = """
parties: {{kenya: {{kind: country, sites: KE}}}}
decisions:
  - {{decision: change_levels, name: {name}, by: kenya, when: {{trigger: chosen}}{on},
     to: [{{policy: base_stock, at: clinic, level: 30d}}]}}
"""
    waits = make(BANS + decided.format(name="waits", on=""))
    assert set(players_of(waits.plan)) == {"one", "other", "nothing"}
    taken = make(BANS + decided.format(name="taken", on=", chosen_on: [2001-01-20]"))
    assert set(players_of(taken.plan)) == {"one", "other", "nothing", "decision taken"}


def by_cause(found: Attribution, group: str = "", column: str = "shapley") -> dict[str, float]:
    table = found.table
    return table[table["group"] == group].set_index("cause")[column].to_dict()


def test_parts_add_up_and_equal_causes_get_equal_parts(make: Make, tmp_path: Path) -> None:
    found = share_out(make(), tmp_path / "out")
    total = by_cause(found, column="total")["one"]
    assert total > 0 and by_cause(found, column="baseline")["one"] == 0
    parts = by_cause(found)
    assert parts["one"] + parts["other"] == total and parts["nothing"] == 0
    assert abs(parts["one"] - parts["other"]) <= 1  # an order's odd unit goes to one of two equal makers
    assert by_cause(found, "kit") == by_cause(found)
    assert by_cause(found, "cup") == {"one": 0, "other": 0, "nothing": 0}
    assert by_cause(found, column="leave_one_out")["nothing"] == 0
    assert by_cause(found, column="leave_one_out")["one"] == total - by_cause(found, column="alone")["other"]


def test_two_bans_that_do_the_same_share_evenly_though_neither_could_be_spared(make: Make, tmp_path: Path) -> None:
    twice = """
disruptions:
  - {kind: export_ban, name: one, country: IN, from: 2001-02-01, for: 40d}
  - {kind: export_ban, name: other, country: IN, from: 2001-02-01, for: 40d}
"""
    found = share_out(make(twice), tmp_path / "out")
    total = by_cause(found, column="total")["one"]
    assert total > 0 and by_cause(found) == {"one": total / 2, "other": total / 2}
    assert by_cause(found, column="leave_one_out") == {"one": 0, "other": 0}


def test_drawn_orders_add_up_too_and_agree_within_their_error(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = make(demand="poisson")
    exact = share_out(subject, tmp_path / "out", 4)
    monkeypatch.setattr(attribution, "EXACT", 2)
    drawn = share_out(subject, tmp_path / "out", 4)
    assert exact.method == "all subsets" and drawn.method == f"{attribution.ORDERS} orders drawn"
    for group in ("", "kit", "cup"):
        total = by_cause(drawn, group, "total")["one"] - by_cause(drawn, group, "baseline")["one"]
        for found in (exact, drawn):
            assert sum(by_cause(found, group).values()) == pytest.approx(total, rel=1e-12, abs=1e-9)
    rows = drawn.table[drawn.table["group"] == ""].set_index("cause")
    # an order with its reverse gives every player of three one of few values: four standard errors hold the exact one
    for cause, value in by_cause(exact).items():
        spread = (rows.loc[cause, "high"] - rows.loc[cause, "low"]) / 2
        assert abs(rows.loc[cause, "shapley"] - value) <= 2 * spread + 1e-9


def test_a_reserve_counts_as_a_cause_that_takes_away(make: Make, tmp_path: Path) -> None:
    reserve = """
reserves: {own: {held_at: clinic, size: 100, products: [kit], members: clinic,
                 release: {when: {trigger: announced}}}}
"""
    found = share_out(make(BANS + reserve), tmp_path / "out", reserves=True)
    parts = by_cause(found)
    assert parts["reserve own"] < 0
    assert sum(parts.values()) == pytest.approx(by_cause(found, column="total")["one"])
    assert by_cause(found, column="leave_one_out")["reserve own"] == -100


def test_causes_of_one_kind_can_go_together(make: Make, tmp_path: Path) -> None:
    found = share_out(make(), tmp_path / "out", by="kind")
    assert found.players == {"export_ban": ("one", "other"), "price_shock": ("nothing",)}
    parts = by_cause(found)
    assert parts["price_shock"] == 0 and parts["export_ban"] == by_cause(found, column="total")["export_ban"]


def test_hazards_can_be_left_out(make: Make, tmp_path: Path) -> None:
    hazards = """
hazards:
  strike: {happens: {process: arrivals, a_year: 6}, lasts: 30d,
           disruption: {kind: site_outage, at: [east, west]}}
"""
    found = share_out(make(hazards), tmp_path / "out", 3)
    assert found.players == {"strike": ("strike",)}
    assert by_cause(found)["strike"] == by_cause(found, column="total")["strike"] > 0


def test_the_command_tells_the_parts_and_refuses_what_it_cannot_answer(make: Make, tmp_path: Path) -> None:
    path, out = make().file, tmp_path / "out"
    done = CliRunner().invoke(cli, ["attribute", str(path), "-n", "1", "-w", "1", "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "Unmet on the day" in done.output and "one: " in done.output
    page = (out / "attribution.html").read_text(encoding="utf-8")
    assert page.count('role="img"') == 2 and "Unmet on the day by product, by cause: " in page
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert (out / "attribution.csv").read_text(encoding="utf-8").count("\n") == 1 + 3 * 3
    wrong = CliRunner().invoke(cli, ["attribute", str(path), "-m", "units_unmett", "-w", "1", "-o", str(out)])
    assert "did you mean 'units_unmet'" in str(wrong.exception)
    nothing = CliRunner().invoke(cli, ["attribute", str(make("").file), "-w", "1", "-o", str(out)])
    assert "nothing to attribute to" in str(nothing.exception)


def test_bars_are_the_shares_and_what_causes_do_together_is_told(make: Make, tmp_path: Path) -> None:
    twice = BANS.replace("country: BR", "country: IN").replace(", products: [kit]", "")
    found = share_out(make(twice, "poisson"), tmp_path / "out", 3)
    part = found.table[found.table["breakdown"] == "all"]
    with drawing():
        figure = causes.draw(part, "Unmet on the day", "units")
    axes = figure.axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert sorted(names[:3]) == ["nothing", "one", "other"] and names[3:] == [causes.TOGETHER, causes.ALL_OF_IT]
    widths = {
        names[round(len(names) - 1 - (bar.get_y() + bar.get_height() / 2))]: bar.get_width() for bar in axes.patches
    }
    shares = by_cause(found)
    assert {name: widths[name] for name in shares} == pytest.approx(shares)
    total = by_cause(found, column="total")["one"]
    assert total > 0 and widths[causes.ALL_OF_IT] == pytest.approx(total) == pytest.approx(sum(shares.values()))
    # either ban alone does all of it: together they take as much away again
    assert (
        widths[causes.TOGETHER]
        == pytest.approx(total - 2 * by_cause(found, column="alone")["one"])
        == pytest.approx(-total)
    )
    reach = _intervals(axes)
    known = part.sort_values("shapley", key=abs, ascending=False, kind="stable")
    assert reach == pytest.approx(known[["low", "high"]].to_numpy())
    assert axes.get_xlabel() == "Unmet on the day, mean (units)"


def _intervals(axes: Axes) -> np.ndarray:
    """Ends of the intervals drawn, from top to bottom; shape (bars, 2)."""
    container = next(c for c in axes.containers if isinstance(c, ErrorbarContainer))
    return np.array([segment[:, 0] for segment in container.lines[2][0].get_segments()])


def test_many_causes_share_a_bar_and_many_groups_are_cut(make: Make, tmp_path: Path) -> None:
    found = share_out(make(), tmp_path / "out", 1)
    row = found.table.iloc[:1]
    many = pd.concat([row.assign(cause=f"c{k}", shapley=float(20 - k), total=210.0) for k in range(20)])
    rows = causes.bars(many, causes.order_of(many))
    assert len(rows) == causes.MOST + 2 and rows["cause"].iloc[causes.MOST - 1] == "9 further causes"
    assert rows["shapley"].iloc[: causes.MOST].sum() == 210 and np.isnan(rows["low"].iloc[causes.MOST - 1])
    groups = pd.concat([row.assign(group=f"g{k}", shapley=float(k)) for k in range(9)])
    assert causes.groups_of(groups) == [f"g{k}" for k in range(3, 9)]
    with drawing():
        shown = [axes.get_title("left") for axes in causes.draw(groups, "Unmet", "units").axes]
    assert shown == [f"g{k}" for k in range(3, 9)]


def test_a_single_cause_has_nothing_together(make: Make, tmp_path: Path) -> None:
    one = BANS.split("  - ")[0] + "  - " + BANS.split("  - ")[1]
    found = share_out(make(one), tmp_path / "out", 1)
    part = found.table[found.table["breakdown"] == "all"]
    assert causes.bars(part, ["one"])["cause"].tolist() == ["one", causes.ALL_OF_IT]
    page = causes_page(found, "A <title>", KITS)
    assert "A &lt;title&gt;" in page and "Circles and diamonds" not in page


def test_kinds_are_called_as_people_say(make: Make, tmp_path: Path) -> None:
    found = share_out(make(), tmp_path / "out", 1, by="kind")
    assert "export ban" in causes_page(found, "", KITS) and any("  export ban: " in line for line in told(found, KITS))


def test_values_of_subsets_are_weighted_as_shapley_says() -> None:
    names = ("a", "b", "c")
    worth = {s: np.array([float(len(s) ** 2 + 5 * ("a" in s))]) for s in attribution._all_subsets(names)}
    # symmetric in all but the 5 that a alone brings: 9 / 3 each, and 5 more for a
    assert {k: float(v[0]) for k, v in attribution._exact(names, worth).items()} == pytest.approx(
        {"a": 8, "b": 3, "c": 3}
    )
