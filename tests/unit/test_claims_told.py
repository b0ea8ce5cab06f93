"""What is told of claims on a reserve: table, metrics, report, why, notes, levers, and what cannot be searched for."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.ask import search
from sim.errors import ScenarioError
from sim.metrics.base import METRICS, View
from tests.textbook.test_pooled_reserves import pool

TEXT = "scenario: pool\ntitle: A pool\nstart: 2001-01-01\n" + pool(
    "title: The pool\n    claims: {kenya: 60%, uganda: 40%}\n    borrow: {up_to: 50%, pay_back: 5d}", days=9
)
"""Ten a day each: uganda has its own 40 by day 3 and borrows ten on day 4, which it owes to the end (see there)."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pool") / "pool.yaml"
    place.write_text(TEXT)
    return place


@pytest.fixture(scope="module")
def run(file: Path) -> sim.Run:
    return sim.run(file)


def test_the_table_has_a_row_for_each_day_and_party_and_adds_up(run: sim.Run) -> None:
    """Nobody's account is empty from the first and left out: 9 days x 2 parties."""
    table = run.claims
    assert len(table) == 18 and set(table["party"]) == {"kenya", "uganda"}
    fourth = table[table["day"] == 4].set_index("party")
    assert fourth.loc["uganda", ["claim", "owed", "borrowed"]].tolist() == [0, 10, 10]
    assert fourth.loc["kenya", ["claim", "drawn", "lent"]].tolist() == [0, 10, 10]
    reserve = run.daily[run.daily["site"] == "store"]["reserve"].tolist()
    assert table.groupby("day")["claim"].sum().tolist() == reserve


def test_metrics_are_of_all_and_of_each_party(run: sim.Run) -> None:
    """Lowest are both claims at 0 of 60 and 40; by party what it borrowed and owes."""
    values = {name: METRICS[name].function for name in ("claim_borrowed", "claim_owed", "claim_unused")}
    views = [View.of(run.outcome), *(View.of(run.outcome, party=name) for name in ("kenya", "uganda"))]
    found = [[values[name](view) for name in values] for view in views]
    assert found == [[10, 10, 0], [0, 0, 0], [10, 10, 0]]


def test_what_a_party_kept_is_unused_and_without_claims_there_is_no_figure(file: Path, tmp_path: Path) -> None:
    """Kenya closes its claim of 60 on day 0: 60 of 100 stay. Before that it has drawn ten."""
    kept = tmp_path / "kept.yaml"
    closed = "{decision: close_reserve, by: kenya, reserve: pool, when: {trigger: on, date: 2001-01-01}}"
    kept.write_text(TEXT + f"decisions: [{closed}]\n")
    unused = METRICS["claim_unused"].function
    assert unused(View.of(sim.run(kept, twin=False).outcome)) == 0.6
    bare = tmp_path / "bare.yaml"
    bare.write_text(TEXT.replace("claims: {kenya: 60%, uganda: 40%}", "").replace(
        "borrow: {up_to: 50%, pay_back: 5d}", ""))  # fmt: skip
    done = sim.run(bare, twin=False)
    assert unused(View.of(done.outcome)) is None and not len(done.claims)


def test_the_report_and_why_say_whose_it_was(run: sim.Run, tmp_path: Path) -> None:
    page = (run.save(tmp_path / "out") / "report.html").read_text()
    assert "Whose the reserve is" in page and "Whose reserve it was" in page and "The pool: left of each claim" in page
    assert "0 of the claim of uganda (40), and 10 were owed" in run.why("b", "kit", 6).text()


def test_every_round_of_an_evening_is_a_sharing_out_of_its_own(file: Path) -> None:
    """On day 4 a asks for ten of its own 20, and b for ten on loan, of the ten that are left then."""
    rows = sim.run(file, twin=False, sharings=True).sharings
    mine = rows[(rows["day"] == 4) & (rows["reserve"] != "")]
    assert mine[["reserve", "claimant", "to_give", "asked", "given"]].values.tolist() == [
        ["pool: own claims", "a", 20, 10, 10],
        ["pool: on loan", "b", 10, 10, 10],
    ]


def test_every_figure_is_a_lever_and_without_a_size_nobody_claims_anything(file: Path) -> None:
    more = sim.run(file, twin=False, overrides={"reserves.pool.borrow.up_to": "0.1%"})
    assert not more.claims["borrowed"].any()
    none = sim.run(file, twin=False, overrides={"reserves.pool.size": "0d", "reserves.pool.claims.kenya": 20})
    assert not none.outcome.claims


def test_a_reserve_sized_by_law_or_by_claims_in_days_is_not_searched_for(file: Path, tmp_path: Path) -> None:
    sized = tmp_path / "sized.yaml"
    sized.write_text(TEXT.replace("kenya: 60%", "kenya: 6d"))
    with pytest.raises(ScenarioError, match="goes by claims in units or days"):
        search(sized, reserve="pool", target="fill_rate >= 90%", workers=1)
