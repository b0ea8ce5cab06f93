"""What was decided is seen wherever a run is told: what it averted, the pictures, and why somebody ran short.

Two hospitals of two countries use 10 kits a day each and hold 10 days' worth. Their maker stops on 11 January (day 10)
for good; a spare maker on stand-by is a day away. So both are out of stock well before February, and from then on a kit
that comes is a kit that is used.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import sim
from sim.cli import cli
from sim.report.compare.beside import Option, changes
from sim.report.figures.events import decided as row_of
from sim.report.figures.events import strip, timeline
from sim.report.figures.style import on
from sim.report.run import averting, headlines
from sim.report.run.as_tables import page_tables
from sim.report.run.facts import Facts
from sim.report.run.reasons.happenings import happenings
from sim.report.run.story import story
from sim.report.study.deciding import decisions_tables
from sim.report.study.study_page import study_page
from sim.study.design.parameter import parse_parameter

SCENARIO = """
scenario: seen
title: Two hospitals, a maker that stops
start: 2001-01-01
end: 2001-03-02
products: {kit: {unit: kit}}
suppliers: {maker: {country: IN, makes: {kit: {}}}, spare: {country: ZA, makes: {kit: {}}}}
facilities: {clinic-n: {country: KE, priority: 1}, clinic-s: {country: UG, priority: 1}}
parties:
  north: {kind: country, title: The north, sites: KE}
  south: {kind: country, title: The south, sites: UG}
  india: {kind: country, title: India, sites: IN}
  both: {kind: pool, title: Both together, members: [north, south]}
lanes: [{from: [maker, spare], to: facilities, time: 1d}]
sourcing: [{at: facilities, from: {maker: 100%, spare: 0%}, keep_shares: true}]
demand: [{at: facilities, product: kit, per_day: 10, distribution: deterministic, shortage: lost}]
replenishment: [{at: facilities, policy: base_stock, level: 10d, review: 1d}]
reserves:
  kept: {title: The reserve, held_at: clinic-n, size: 3d, members: clinic-n, release: {when: {trigger: chosen}}}
disruptions: [{kind: site_outage, name: fire, at: maker, from: 2001-01-11, for: 90d}]
decisions:
  - {decision: emergency_order, name: flights, by: both, at: facilities, source: spare, amount: 40, after: 5d,
     when: {trigger: "on", date: 2001-01-21}}
  - {decision: open_source, name: open spare, by: south, at: clinic-s, source: spare, share: 100%,
     when: {trigger: chosen}}
  - {decision: release_reserve, name: open it, by: north, reserve: kept, after: 3d, for: 10d,
     when: {trigger: "on", date: 2001-02-10}}
strategies:
  ban:
    decisions:
      - {decision: ban_exports, name: keep it here, by: india, after: 2d, for: 56d,
         when: {trigger: "on", date: 2001-01-03}}
  sparing:
    decisions:
      - {decision: change_levels, name: order less, by: both, after: 2d, when: {trigger: "on", date: 2001-01-03},
         to: [{at: facilities, policy: base_stock, level: 4d, review: 1d}]}
  idle: {decisions.flights.when: {trigger: chosen}, decisions.open it.when: {trigger: chosen}}
"""  # fmt: skip


def facts_of(run: sim.Run) -> Facts:
    """What the report reads."""
    return Facts(run.loaded, run.outcome, run.twin, run.metrics, run.without_reserves, run.without_decisions)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenario's file."""
    file = tmp_path_factory.mktemp("seen") / "seen.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def taken(path: Path) -> sim.Run:
    """Flights of 40 kits on 26 January, the reserve of 30 from 13 to 22 February."""
    return sim.run(path)


@pytest.fixture(scope="module")
def banned(path: Path) -> sim.Run:
    """The maker's country keeps everything from 5 January on, six days before the fire."""
    return sim.run(path, "ban")


def test_what_decisions_averted_is_the_run_without_them_less_the_run(taken: sim.Run, path: Path) -> None:
    nobody = sim.run(path, overrides={"decisions": []}, twin=False)
    unmet = taken.metrics["units_unmet"]
    assert unmet.without_decisions == nobody.metrics["units_unmet"].value
    # 40 flown in and 30 from the reserve, each used by somebody who would have gone without
    assert unmet.without_decisions is not None and unmet.without_decisions - (unmet.value or 0) == 70
    by = taken.metrics.by["party"]
    less = {name: (v["units_unmet"].without_decisions or 0) - (v["units_unmet"].value or 0) for name, v in by.items()}
    assert less == {"north": 50, "south": 20, "both": 70}  # 20 and 30; 20
    facts = facts_of(taken)
    bare = f"{unmet.without_decisions:,.0f}"
    assert averting.in_short(facts).startswith(f"70 of {bare} kits short were averted (")
    told = " ".join(averting.in_sentences(facts))
    assert f"Two decisions were taken; without them {bare} kits would have gone short, with them" in told
    assert "Short by party, against the run without them: The north 50 fewer and The south 20 fewer." in told
    assert "tideover attribute" in told


def test_what_is_done_to_others_strikes_them_and_is_no_answer(banned: sim.Run, path: Path) -> None:
    """A ban is among what struck, and a run without what was decided in answer has it all the same."""
    facts = facts_of(banned)
    assert banned.without_decisions is None and "Did the decision help?" not in [one.question for one in story(facts)]
    assert headlines.what_happened(facts) == "Two disruptions, no measures."
    first = story(facts)[0].sentences[0]
    assert "export ban (keep it here), decided by India, from 5 January 2001 to 1 March 2001" in first
    assert [row[5] for row in page_tables.disruptions(facts).rows] == ["decided by India", "written"]
    assert [row[0] for row in page_tables.decisions(facts).rows] == ["keep it here"]
    flown = {"decisions": [
        {"decision": "emergency_order", "name": "flights", "by": "both", "at": "facilities", "source": "spare",
         "amount": 40, "when": {"trigger": "on", "date": "2001-01-26"}},
        {"decision": "ban_exports", "name": "keep it here", "by": "india", "after": "2d", "for": "56d",
         "when": {"trigger": "on", "date": "2001-01-03"}},
    ]}  # fmt: skip
    answered = sim.run(path, overrides=flown).metrics["units_unmet"]
    assert answered.without_decisions == banned.metrics["units_unmet"].value  # the ban stays, the flights do not
    assert answered.without_decisions - (answered.value or 0) == 40


def test_what_decisions_made_worse_is_never_called_averted(path: Path) -> None:
    sparing = sim.run(path, "sparing")
    # who has 4 days' worth instead of 10 when the maker stops lacks six days more: 6 days x 2 hospitals x 10 kits
    assert sparing.metrics["units_unmet"].without_decisions == (sparing.metrics["units_unmet"].value or 0) - 120
    facts = facts_of(sparing)
    told = " ".join([averting.in_short(facts), *averting.in_sentences(facts)])
    assert averting.in_short(facts) == "120 more went short."
    assert "averted" not in told and "against the run without it: The north 60 more and The south 60 more." in told


def test_the_twin_without_decisions_costs_nothing_where_none_was_taken_or_it_is_not_wanted(
    path: Path, taken: sim.Run, tmp_path: Path
) -> None:
    shares: list[float] = []
    idle = sim.run(path, "idle", progress=shares.append)
    assert idle.without_decisions is None and shares[-1] == 1
    assert averting.in_short(facts_of(idle)) == "None was taken."
    assert averting.in_sentences(facts_of(idle)) == ["3 decisions could have been taken; no condition was met in time."]
    columns = {"label", "unit", "value", "twin", "difference", "without_reserves"}
    nobody = sim.run(path, overrides={"decisions": []})
    for run, more in ((nobody, set()), (taken, {"without_decisions"})):
        run.save(tmp_path / str(len(more)), report=False)
        found = json.loads((tmp_path / str(len(more)) / "metrics.json").read_text(encoding="utf-8"))
        assert set(found["overall"]["fill_rate"]) == columns | more
    alone = sim.run(path, without_decisions=False)
    assert alone.without_decisions is None and averting.in_short(facts_of(alone)) == "Not known."
    assert sim.run(path, twin=False).without_decisions is None
    out = str(tmp_path / "out")
    done = CliRunner().invoke(cli, ["run", str(path), "--no-decision-twin", "--no-report", "--out", out])
    assert done.exit_code == 0 and "without reserves" in done.output and "decisions" not in done.output


def test_a_run_stopped_on_its_way_has_the_same_twin_without_what_was_chosen_and_injected(
    path: Path, taken: sim.Run
) -> None:
    begun = sim.begin(path, "idle").until("2001-01-25")
    done = begun.choose("flights").resume()  # 5 days later
    assert [one.name for one in done.outcome.decisions] == ["flights"]
    assert done.metrics["units_unmet"].without_decisions == taken.metrics["units_unmet"].without_decisions
    injected = sim.begin(path, "idle").until("2001-01-25")
    order = "decision: emergency_order, name: more, by: south, at: clinic-s, source: spare, amount: 10"
    later = injected.inject(written=f"decisions: [{{{order}, when: {{trigger: chosen}}}}]").choose("more").resume()
    unmet = later.metrics["units_unmet"]
    assert unmet.without_decisions == taken.metrics["units_unmet"].without_decisions == (unmet.value or 0) + 10
    assert sim.begin(path, without_decisions=False).resume().without_decisions is None


def test_the_first_screen_and_tables_name_parties_by_their_titles(taken: sim.Run) -> None:
    facts = facts_of(taken)
    assert headlines.what_happened(facts) == "One disruption, two decisions, one other measure."
    questions = [answer.question for answer in story(facts)]
    assert questions[2:4] == ["Did the reserve help?", "Did the decisions help?"]
    first = story(facts)[0].sentences[0]
    assert "flights (Both together, 26 January 2001) and open it (The north, from 13 February 2001)" in first
    assert "The north" in story(facts)[1].sentences[-1] or "The south" in story(facts)[1].sentences[-1]
    assert {row[2] for row in page_tables.decisions(facts).rows} == {"Both together", "The north"}
    by_party = next(sheet for sheet in page_tables.by_group(facts) if sheet.name == "metrics-by-party")
    assert [row[0] for row in by_party.rows] == ["The north", "The south", "Both together"]
    assert by_party.head[-1] == "Unmet without decisions"
    assert {h.where for h in happenings(facts) if h.what.startswith("Decision")} == {"Both together", "The north"}
    assert "The reserve" in {h.cause for h in happenings(facts) if h.what == "Reserve released"}


def test_pictures_draw_decisions_from_condition_to_over(taken: sim.Run) -> None:
    facts = facts_of(taken)
    for figure, names in (
        (timeline.draw(facts), ["fire (site outage)", "flights (emergency order), Both together",
                                "open it (release reserve), The north"]),
        (strip.draw(facts), []),
    ):  # fmt: skip
        assert figure is not None
        axes = figure.axes[-1] if not names else figure.axes[0]
        assert not names or [label.get_text() for label in axes.get_yticklabels()] == names
        bars = [bar for bar in axes.patches if bar.get_hatch() == row_of.HATCH]
        # in force on 13 February, day 43, for 10 days
        assert [(bar.get_x(), bar.get_width()) for bar in bars] == [(on(facts, 43), 10)]
        marks = {(line.get_marker(), float(line.get_xdata()[0]) - on(facts, 0)) for line in axes.lines}
        # the flights' condition: the midnight of 21 January, day 20, done on 26 January; the reserve's: day 40
        assert {("o", 20.0), ("D", 25.0), ("o", 40.0)} <= marks
    texts = " ".join(text.get_text() for text in strip.draw(facts).axes[-1].texts)
    assert "flights, Both together" in texts and "Two decisions" in texts


def words(run: sim.Run, day: str) -> str:
    """Why the clinic in the north ran short on a day."""
    return run.why("clinic-n", "kit", dt.date.fromisoformat(day)).text()


def test_why_tells_what_a_decision_ordered_and_since_when(taken: sim.Run) -> None:
    met = "(condition met on 20 January 2001)"
    assert f"decision 'flights' of Both together was not carried out until 26 January 2001 {met}" in words(
        taken, "2001-01-24"
    )
    ordered = f"20 units more were ordered from spare on 26 January 2001, by decision 'flights' of Both together {met}."
    assert ordered in words(taken, "2001-02-02")  # used up by then
    assert "flights" not in words(taken, "2001-01-10")


def test_why_tells_who_opened_a_reserve_and_who_had_not_yet(taken: sim.Run) -> None:
    late = "decision 'open it' of The north was being authorised: it was in force from 13 February 2001 on"
    assert late in words(taken, "2001-02-11")
    assert "decision 'open it' of The north came later: it was in force from" in words(taken, "2001-02-05")
    assert "decision 'open it' of The north was in force since 13 February 2001" in words(taken, "2001-02-20")
    assert "decision 'open it' of The north was over since 23 February 2001" in words(taken, "2001-02-25")


def test_why_names_the_party_that_kept_goods_back(banned: sim.Run) -> None:
    told = words(banned, "2001-01-20")
    assert "because of decision 'keep it here' of India" in told
    assert "'fire'" in words(banned, "2001-01-25") and "decision 'fire'" not in words(banned, "2001-01-25")


@pytest.mark.parametrize(
    ("parameter", "between", "told"),
    [
        ("decisions.flights.when.date", ("2001-02-01", "2001-02-08"),
         "until the date of decision 'flights' is 3 February 2001; from 4 February 2001 on it does not. "
         "So it must be decided by 3 February 2001 at the latest."),
        ("decisions.flights.after", ("15d", "22d"),
         "until the delay of decision 'flights' is 18 days; from 19 days on it does not. "
         "So its authorisation may take 18 days at most."),
    ],
)  # fmt: skip
def test_when_it_must_be_decided_at_the_latest_is_one_question(
    path: Path, parameter: str, between: tuple[str, str], told: str
) -> None:
    """The maker works again from 10 February, day 40, and serves again on day 41. What is flown in on day t is there on
    t + 1 and is 2 days' use, so all of it is of use if t + 2 <= 40: it is in force on day 38, 8 February, at the
    latest, which is 5 days after 3 February and 18 after 21 January."""
    over = {"disruptions.fire.for": "30d", "decisions.open it.when": {"trigger": "chosen"}}
    idle = sim.run(path, overrides=over | {"decisions.flights.when": {"trigger": "chosen"}}, twin=False)
    most = int((idle.metrics["units_unmet"].value or 0) - 40)
    found = sim.ask.tipping(path, parameter=parameter, between=between, target=f"units_unmet<={most}", replications=1,
                            overrides=over, workers=1)  # fmt: skip
    assert told in found.lines()[0]


def test_bounds_may_be_two_dates_the_earlier_first() -> None:
    varied = parse_parameter("decisions.flights.when.date", ["2001-02-28", "2001-03-02"])
    assert [varied.written(day) for day in (varied.low, varied.low + 1, varied.high)] == [
        "2001-02-28", "2001-03-01", "2001-03-02",
    ]  # fmt: skip
    for bounds, wrong in ((["2001-03-02", "2001-02-28"], "earlier date first"), (["2001-02-28", "9d"], "or two dates")):
        with pytest.raises(ValueError, match=wrong):
            parse_parameter("decisions.flights.when.date", bounds)


def test_causes_are_told_with_whose_decision_each_is_and_parties_by_title(path: Path) -> None:
    fewer = {"decisions.open spare": "_remove_"}
    found = sim.ask.causes(
        path, overrides=fewer, measures=["units_unmet", "units_unmet by party"], replications=1, workers=1
    )
    told = "\n".join(found.lines())
    # the order is 40 of the 70 and the reserve 30, whichever comes first, as each kit is used by somebody
    assert "decision 'flights' of Both together: −" in told and "decision 'open it' of The north: −" in told
    assert "Unmet on the day (The south)" in told and "(south)" not in told
    alone = found.table[(found.table["breakdown"] == "all")].set_index("cause")["leave_one_out"]
    assert (alone["decision flights"], alone["decision open it"]) == (-40, -30)
    assert "decision &#39;flights&#39; of Both together" in found.page()


def test_what_each_option_decides_stands_on_the_page_of_a_study(path: Path) -> None:
    study = path.with_name("study.yaml")
    study.write_text(
        "study: seen\ntitle: Who decides\nscenarios: [seen.yaml]\n"
        "strategies: [idle, {name: as-written}, {name: late, set: {decisions.flights.after: 12d, "
        "decisions.open it.when.date: 2001-02-20}}]\nbaseline: idle\n"
        "measures: [units_unmet, units_unmet by party]\nreplications: 2\n",
        encoding="utf-8",
    )
    result = sim.run_study(study, path.with_name("study"), workers=1)
    (sheet,) = decisions_tables(result)
    assert sheet.head == ["Strategy", "flights, Both together", "open spare, The south", "open it, The north"]
    assert sheet.rows == [
        ["A idle", "not decided", "not decided", "not decided"],
        ["B as-written", "21 January 2001, 5 days later", "not decided", "10 February 2001, 3 days later"],
        ["C late", "21 January 2001, 12 days later", "not decided", "20 February 2001, 3 days later"],
    ]
    page = study_page(result)
    assert "What is decided, and when" in page and "The south" in page and ">south<" not in page


def test_a_comparison_tells_a_decision_that_one_has_not_in_one_line() -> None:
    decisions = [{"decision": "change_lane", "name": "by air", "by": "a", "share": "50%"}]
    with_it, without = {"decisions": decisions, "seed": 1}, {"decisions": [], "seed": 1}
    options = [Option("A", "a", "", with_it), Option("B", "b", "", without)]
    assert changes(options) == [("decisions.by air", ["change lane", "–"])]
    other = {"decisions": [decisions[0] | {"share": "60%"}], "seed": 1}
    assert changes([options[0], Option("C", "c", "", other)]) == [("decisions.by air.share", ["50%", "60%"])]
