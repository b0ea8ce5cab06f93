"""The timeline of a small crisis: its rows, what each rests on, and the page."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError
from sim.report.hindsight.timeline import INFERRED, NO_SOURCE, OBSERVED, SIMULATED, Row
from tests.cli.calls import tideover
from tests.study.test_replay import SMALL
from tests.study.test_what_if import LIMIT, LOAN, written

AID = LOAN | {"name": "aid", "when": {"trigger": "days_of_cover", "below": "1d"}, "amount": 1}
EVIDENCE = {
    "disruptions.0.from": {"source": "survey", "status": "assumed"},
    "disruptions.0.until": {"source": "bulletin"},
    "decisions.loan.when.date": {"source": "survey"},
    "decisions.limit.when.date": {"source": "assumed", "status": "assumed"},
    "decisions.loan.amount": {"source": "survey", "status": "derived"},
}


@pytest.fixture(scope="module")
def timeline(tmp_path_factory: pytest.TempPathFactory) -> sim.ask.Timeline:
    folder = tmp_path_factory.mktemp("timeline")
    sources = {**SMALL["sources"], "bulletin": {"title": "Bulletin"}}
    return sim.ask.timeline(written(folder, decisions=[LIMIT, LOAN, AID], evidence=EVIDENCE, sources=sources))


def row(timeline: sim.ask.Timeline, words: str) -> Row:
    """The one row that begins so."""
    (found,) = [one for one in timeline.rows if one.words.startswith(words)]
    return found


def test_each_row_says_what_it_rests_on(timeline: sim.ask.Timeline) -> None:
    """By the evidence of its dates (of the loan's date a source speaks, of its amount it need not; of the stop's both
    dates would have to be told); without any it is assumed; what a condition brings is the run's: cover is below a day
    from the evening of 16 March on."""
    stop, loan, limit, aid = (row(timeline, words) for words in ("site outage", "loan", "limit", "aid"))
    assert (stop.tag, stop.source) == (INFERRED, "A survey of clinics: assumed; Bulletin")
    assert (loan.tag, loan.source, loan.spans) == (OBSERVED, "A survey of clinics", ((18, 18),))
    assert (limit.tag, limit.source, limit.spans) == (INFERRED, NO_SOURCE, ((20, 30),))
    assert (aid.tag, aid.source) == (SIMULATED, "the run: its condition was met on 16 March 2024")
    assert row(timeline, "low").source == "A survey of clinics (official)"
    assert "Without a source: 'limit" in timeline.text()


def test_decisions_stand_in_order_of_time_below_what_happened(timeline: sim.ask.Timeline) -> None:
    lanes = list(dict.fromkeys(one.lane for one in timeline.rows))
    assert lanes == ["What happened", "What was decided", "What was seen", "Stock", "Shortage"]
    decided = [one.words.partition(",")[0] for one in timeline.rows if one.lane == lanes[1]]
    assert decided == ["aid", "loan", "limit"]
    assert [str(date) for date in timeline.table["from"][:2]] == ["2024-03-11", "2024-03-17"]


def test_stock_and_shortage_are_those_of_the_run(timeline: sim.ask.Timeline) -> None:
    """50 bags are 5 days of use. On 30 March (day 29) all of seven days got 5 of 10: half is unmet."""
    stock, short = dict(row(timeline, "Facilities").values), dict(row(timeline, "Demand unmet").values)
    seen = row(timeline, "low").values
    assert seen[0] == (12, 10)  # in the evening of 12 March, day 11
    assert stock[11] == 5 and short[30] == 50 and short[11] == 0


def test_the_page_prints_on_a3_and_has_every_row(timeline: sim.ask.Timeline, tmp_path: Path) -> None:
    page = timeline.report(tmp_path / "t.html").read_text(encoding="utf-8")
    assert "@page { size: A3 landscape; }" in page
    assert page.count("<td") >= 6 * len(timeline.rows) and "<svg" in page


def test_a_place_that_cannot_be_written_is_told(timeline: sim.ask.Timeline, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ScenarioError, match="cannot write here"):
        timeline.report(tmp_path / "file" / "t.html")


def test_the_command_writes_one_file(tmp_path: Path) -> None:
    written(tmp_path)
    done = tideover("timeline", "s.yaml", "--out", "what.html", cwd=tmp_path)
    assert done.returncode == 0 and "Timeline: what.html" in done.stdout and (tmp_path / "what.html").exists()
