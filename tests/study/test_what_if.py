"""Counterfactuals from file to figures: a stop, a clinic that runs down, and an order that might have come sooner.

The clinic orders up to 6 days of use, 1 day of which is on the way, and uses 10 a day: it has 50 bags in the evening.
The maker stops on 11 March (day 10) for ten days; what was sent the day before still comes.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import sim
from sim.errors import ScenarioError
from sim.report.hindsight.frozen import frozen
from sim.report.hindsight.words import heads
from sim.report.words.units import Counted
from sim.scenario.load import load
from sim.scenario.words.hindsight import AS_IT_WAS
from sim.study.infer.beside import Asked, beside
from tests.cli.calls import tideover
from tests.study.test_replay import SMALL

LOAN = {"decision": "emergency_order", "name": "loan", "by": "ministry", "at": "clinic", "source": "other",
        "when": {"trigger": "on", "date": "2024-03-19"}, "amount": 30, "cost": 100}  # fmt: skip
LIMIT = {"decision": "supplier_allocation", "name": "limit", "by": "company", "supplier": "maker",
         "when": {"trigger": "on", "date": "2024-03-21"}, "until": "2024-03-31", "share": "50%"}  # fmt: skip
SEEN = {"name": "low", "is": "share", "file": "seen.csv", "model": "share_of_sites", "cover_below": "3d",
        "source": "survey", "quality": "official"}  # fmt: skip
ROWS = ["2024-03-12,10,2024-03-14", "2024-03-16,60,2024-03-18", "2024-03-24,90,2024-03-26"]


def written(folder: Path, rows: list[str] | None = None, **over: Any) -> Path:
    """The small scenario with another maker on stand-by, who is asked for a loan."""
    spec = {**copy.deepcopy(SMALL), "parties": {"ministry": {"kind": "country", "sites": ["clinic"]},
                                                "company": {"kind": "firm", "sites": ["maker"]}}}  # fmt: skip
    spec["suppliers"]["other"] = {"makes": {"saline": {}}}
    spec["lanes"].append({"from": "other", "to": "clinic", "time": "1d"})
    spec["sourcing"] = [{"at": "clinic", "from": {"maker": "100%", "other": "0%"}, "keep_shares": True}]
    spec |= {"decisions": [LOAN, LIMIT], "observed": [SEEN | {"known_at": "known"}], **copy.deepcopy(over)}
    (folder / "s.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
    (folder / "seen.csv").write_text("\n".join(["date,value,known", *(ROWS if rows is None else rows)]) + "\n")
    return folder / "s.yaml"


def taken(path: Path, strategy: str | None = None) -> dict[str, int]:
    """Decision -> the first day on which it was in force."""
    return {one.name: one.since for one in sim.run(path, strategy, twin=False).outcome.decisions}


COUNTER = {
    "larger": {"title": "A larger loan", "why": "It was asked for", "cost": 40,
               "changes": {"decisions.loan.amount": 50}},
    "never": {"changes": {"decisions.loan": "_remove_"}},
    "both": {"changes": {"decisions.loan.amount": 50, "decisions.loan.when.date": "2024-03-12"}},
}  # fmt: skip
RESPONSES = {
    "limits": {"title": "The maker's limit", "typed_in": ["decisions.limit"], "rule": {"decisions.limit.share": "80%"},
               "responds_to": ["decisions.loan.amount"]}
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> sim.ask.WhatIf:
    """All counterfactuals, from two draws that do not differ."""
    folder = tmp_path_factory.mktemp("what-if")
    path = written(folder, counterfactuals=COUNTER, responses=RESPONSES)
    return sim.ask.what_if(path, replications=2, workers=1, causes=True, out=folder / "out")


def test_a_counterfactual_is_set_beside_what_was_done(asked: sim.ask.WhatIf) -> None:
    """As it was: 50 bags last from 12 to 16 March; three days go without (30) until the loan comes, which lasts for
    three; from 22 March on 5 of 10 come, of which the last 10 bags make good 2 days: 8 days go short of 5. 70 in all.
    Without the loan: five days without (50), then ten short of 5 (50)."""
    row = asked.difference("never")
    assert (row["against"], row["against_mean"], row["mean"], row["difference"]) == (AS_IT_WAS, 70, 100, 30)
    assert (row["low"], row["high"], row["verdict"]) == (30, 30, "higher")
    assert asked.difference("never", "cost")["difference"] == -100  # what the loan costs


def test_what_would_have_answered_goes_by_its_rule_on_both_sides(asked: sim.ask.WhatIf) -> None:
    """By the rule 8 of 10 come, so that 10 bags make good 5 of the ten days: 30 + 5 x 2 = 40, the loan as it was. Of a
    loan of 50 there are 30 bags left, for 10 days at 2. What the rule does (-30) is not taken for what the loan does
    (-10)."""
    rule, loan = asked.difference("limits"), asked.difference("larger")
    assert (rule["against"], rule["mean"], rule["difference"]) == (AS_IT_WAS, 40, -30)
    assert (loan["against"], loan["against_mean"], loan["mean"], loan["difference"]) == ("limits", 40, 30, -10)


def test_several_changes_make_one_counterfactual(asked: sim.ask.WhatIf) -> None:
    """50 bags more from 13 March on last up to 21 March, the day before 8 of 10 come: ten days short of 2."""
    assert asked.difference("both")["mean"] == 20


def test_what_it_would_have_cost_is_told_or_not_known(asked: sim.ask.WhatIf) -> None:
    text = asked.text()
    assert "A larger loan, beside what was done with the rule for The maker's limit: 30 bags in place of 40" in text
    assert "on top of that: 40 USD" in text and "on top of that: not known" in text
    assert "evidence for discussion, not a score of people" in text
    assert "Unmet on the day: 70 bags with everything" in text  # the shortage by its causes
    page = (asked.folder / "what-if.html").read_text() if asked.folder else ""
    assert "A larger loan" in page and "not known" in page and "<svg" in page


def test_what_was_typed_in_and_has_no_rule_is_noted(tmp_path: Path) -> None:
    """The limit of 21 March begins after the loan, which it might have answered; one that ended before the first
    change cannot have."""
    noted = {"limits": {"title": "The maker's limit", "typed_in": ["decisions.limit"]}}
    path = written(tmp_path, counterfactuals={"larger": COUNTER["larger"]}, responses=noted)
    assert frozen(load(path), "larger").noted == ("The maker's limit",)
    path = written(tmp_path, counterfactuals=COUNTER)
    told = frozen(load(path), "both")
    assert str(told.since) == "2024-03-12" and [one.name for one in told.typed] == ["limit"]
    early = LIMIT | {"when": {"trigger": "on", "date": "2024-03-02"}, "until": "2024-03-12"}
    path = written(tmp_path, counterfactuals=COUNTER, decisions=[LOAN, early])
    assert frozen(load(path), "both").typed == ()


def test_a_ban_may_answer_what_is_changed_and_illness_does_not(tmp_path: Path) -> None:
    """Both are in force from before the loan on; a surge of buying ahead is told where the scenario says so."""
    ban = {"kind": "export_ban", "name": "ban", "country": "IN", "from": "2024-03-10", "for": "20d"}
    surge = {"kind": "demand_surge", "name": "influenza", "from": "2024-03-10", "for": "20d", "factor": 1.3}
    both = {"both": COUNTER["both"]}
    over: dict[str, Any] = {"disruptions": [ban, surge], "counterfactuals": both, "decisions": [LOAN]}
    assert [one.name for one in frozen(load(written(tmp_path, **over)), "both").typed] == ["ban"]
    said = {"families": {"title": "Families", "typed_in": ["disruptions.influenza"]}}
    told = frozen(load(written(tmp_path, **over, responses=said)), "both")
    assert told.noted == ("Families",)


def test_a_decision_reads_what_was_known_by_its_day(tmp_path: Path) -> None:
    """60 of 16 March is known on the 18th, and acted on from the 19th (day 18) on, whatever came to be known later."""
    watching = LOAN | {"when": {"trigger": "observed", "series": "low", "above": 50}}
    first = taken(written(tmp_path, decisions=[watching]))
    assert first == {"loan": 18}
    for poison in ("0", "100"):
        later = [*ROWS[:2], f"2024-03-17,{poison},2024-03-19", f"2024-03-24,{poison},2024-03-26"]
        assert taken(written(tmp_path, later, decisions=[watching])) == first
    held_back = [ROWS[0], "2024-03-16,60,2024-03-25", "2024-03-18,10,2024-03-19", ROWS[2]]
    assert taken(written(tmp_path, held_back, decisions=[watching])) == {
        "loan": 26
    }  # by then an older one tells nothing


def test_a_series_may_be_known_so_long_after_its_date(tmp_path: Path) -> None:
    """60 of 16 March (day 15), known 5 days later, is acted on from the day after (21)."""
    watching = LOAN | {"when": {"trigger": "observed", "series": "low", "above": 50}}
    late = SEEN | {"known_after": "5d"}
    assert taken(written(tmp_path, decisions=[watching], observed=[late])) == {"loan": 21}
    assert taken(written(tmp_path, decisions=[watching], observed=[SEEN])) == {"loan": 16}


def test_the_true_difference_lies_inside_its_interval_at_the_nominal_rate() -> None:
    """150 crises of 20 draws, the difference being 3 on draws that have most of their luck in common. Of 150 intervals
    of 95% 142.5 hold it, with a standard deviation of sqrt(150 x 0.95 x 0.05) = 2.7: 132 to 150 is four of these."""
    generator, inside = np.random.default_rng(5), 0
    asked = [Asked("other", "Other")]
    for _ in range(150):
        luck = generator.normal(100, 20, 20)
        done = {AS_IT_WAS: luck, "other": luck + 3 + generator.normal(0, 2, 20)}
        rows = pd.DataFrame([
            {"scenario": "toy", "measure": "units_unmet", "breakdown": "all", "group": "", "replication": k,
             "strategy": name, "value": value}
            for name, values in done.items() for k, value in enumerate(values)
        ])  # fmt: skip
        row = beside(rows, asked).iloc[0]
        inside += bool(row["low"] <= 3 <= row["high"])
    assert 132 <= inside <= 150


def test_what_is_counted_in_different_units_is_told_by_the_share_that_was_met() -> None:
    """Met were 50% and 25% (37.5% in the mean), and would have been 75% and 50% (62.5%)."""
    rows = pd.DataFrame([
        {"scenario": "toy", "measure": "fill_rate", "breakdown": "all", "group": "", "replication": k,
         "strategy": name, "value": value}
        for name, values in {AS_IT_WAS: (0.5, 0.25), "other": (0.75, 0.5)}.items() for k, value in enumerate(values)
    ])  # fmt: skip
    asked = [Asked("other", "Other")]
    (told,) = heads(asked, beside(rows, asked), Counted("EUR", {"saline": "bag", "gloves": "box"}))
    assert told == "Other: 62.5% in place of 37.5% of demand met on the day (+25 percentage points, 2 draws)."


FAULTS = [
    ({"a": {"changes": {"decisions.lone.amount": 5}}}, {}, "counterfactual 'a': there is no such entry", "'loan'"),
    ({"a": {"change": {}}}, {}, "unknown key 'change'", "'changes'"),
    ({"a": {"changes": {}}}, {}, "at least 1", ""),
    ({"a": {"changes": {"seed": 2}, "cost": -1}}, {}, "a number of at least 0", ""),
    ({"a": {"changes": {"seed": 2}}}, {"a": {"typed_in": ["decisions.limit"], "rule": {"seed": 3}}},
     "the counterfactual 'a' has the name of a response", ""),
    ({"a": {"changes": {"seed": 2}}}, {"b": {"typed_in": ["decisions.limits"]}}, "nothing stands at this path",
     "'decisions.limit'"),
    ({"as it was": {"changes": {"seed": 2}}}, {}, "no counterfactual can have this name (got as it was)", ""),
    ({"a + b": {"changes": {"seed": 2}}}, {}, "no counterfactual can have this name (got a + b)", ""),
    ({"a": {"changes": {"seed": 2}}}, {"as it was": {"typed_in": ["decisions.limit"], "rule": {"seed": 3}}},
     "no response can have this name", ""),
    ({"a": {"changes": {"seed": 2}, "title": 3}}, {}, "the 'title' of counterfactual 'a' is no text", ""),
    ({"a": {"changes": {"seed": 2}, "why": 3}}, {}, "the 'why' of counterfactual 'a' is no text", ""),
    ({"a": {"changes": {"decisions.loan.when.date": "2024-02-09"}}}, {},
     "counterfactual 'a': nothing is run so early (got 2024-02-09); expected a date from 2024-02-10 on", ""),
    ({"a": {"changes": {"decisions.0.when": {"trigger": "on", "date": "2023-02-09"}}}}, {},
     "nothing is run so early", ""),
    ({"a": {"changes": {"decisions.loan.amount": 5}}, "b": {"also": "a", "changes": {"decisions.0.amount": 7}}}, {},
     "'a' and 'b' set 'decisions.loan.amount' differently: 5 on line", ""),
    ({"a": {"changes": {"decisions.loan": "_remove_", "decisions.loan.amount": 5}}}, {}, "differently: '_remove_'", ""),
]  # fmt: skip


@pytest.mark.parametrize(("counterfactuals", "responses", "message", "near"), FAULTS)
def test_a_fault_is_told_with_its_line(
    tmp_path: Path, counterfactuals: dict[str, Any], responses: dict[str, Any], message: str, near: str
) -> None:
    with pytest.raises(ScenarioError) as told:
        load(written(tmp_path, counterfactuals=counterfactuals, responses=responses))
    text = str(told.value)
    assert message in text and near in text and "s.yaml:" in text


def test_faults_of_several_counterfactuals_are_told_together(tmp_path: Path) -> None:
    """And a date in the warm-up, which is run, is none."""
    asked = {"a": {"changes": {"decisions.lone.amount": 5}},
             "b": {"changes": {"decisions.loan.when.date": "2024-02-10"}},
             "c": {"changes": {"reserves.national.size": 5}}}  # fmt: skip
    with pytest.raises(ScenarioError) as told:
        sim.ask.what_if(written(tmp_path, counterfactuals=asked), out=tmp_path / "out")
    assert [problem.message.partition(":")[0] for problem in told.value.problems] == [
        "counterfactual 'a'", "counterfactual 'c'",
    ]  # fmt: skip
    assert all(problem.line > 0 for problem in told.value.problems)
    assert not (tmp_path / "out").exists()
    load(written(tmp_path, counterfactuals={"b": asked["b"]}))


def test_a_counterfactual_that_changes_nothing_is_called_by_what_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, counterfactuals={"same": {"changes": {"decisions.loan.amount": 30}}})
    assert "counterfactual 'same' changes nothing" in str(sim.validate(path, "same").notes)


def test_faults_of_a_watched_series_are_told(tmp_path: Path) -> None:
    def when(**condition: Any) -> str:
        watching = LOAN | {"when": {"trigger": "observed", **condition}}
        with pytest.raises(ScenarioError) as told:
            sim.validate(written(tmp_path, decisions=[watching]))
        return str(told.value)

    assert "unknown series" in when(series="lo", above=3) and "'low'" in when(series="lo", above=3)
    assert "either above or below" in when(series="low")
    with pytest.raises(ScenarioError, match="known before it was there"):
        load(written(tmp_path, ["2024-03-12,10,2024-03-11"]))


def test_a_condition_that_no_figure_meets_in_time_is_noted(tmp_path: Path) -> None:
    """90 of 24 March is above 80, but not where it is known after the end."""
    watching = LOAN | {"when": {"trigger": "observed", "series": "low", "above": 80}}
    assert "never" not in str(sim.validate(written(tmp_path, decisions=[watching])).notes)
    late = SEEN | {"known_after": "60d"}
    notes = sim.validate(written(tmp_path, decisions=[watching], observed=[late])).notes
    assert "no figure of 'low' known within its days is above 80" in str(notes)


def test_a_question_that_cannot_be_asked_writes_nothing(tmp_path: Path) -> None:
    written(tmp_path, counterfactuals=COUNTER)
    wrong = tideover("what-if", "s.yaml", "-c", "larges", "--out", "out", cwd=tmp_path)
    assert wrong.returncode == 2 and "--counterfactual: there is no such counterfactual" in wrong.stderr
    assert "'larger'" in wrong.stderr
    with pytest.raises(ScenarioError, match="it has no 'counterfactuals'"):
        sim.ask.what_if(written(tmp_path), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_rules_of_several_responses_hold_together(tmp_path: Path) -> None:
    """On both sides of the difference; a change by position is one of the entry of that name."""
    stop = {"typed_in": ["disruptions.0"], "rule": {"disruptions.0.until": "2024-03-20"}}
    counterfactuals = {"larger": COUNTER["larger"], "limit": {"changes": {"decisions.1.share": "60%"}},
                       "taken-in": {"also": "larger", "changes": {"decisions.loan.cost": 5}}}  # fmt: skip
    path = written(tmp_path, counterfactuals=counterfactuals, responses={**RESPONSES, "stop": stop})
    overlays = load(path).document.strategies
    assert overlays["larger"]["also"] == ["limits", "stop"] and overlays["limits + stop"]["also"] == ["limits", "stop"]
    assert overlays["limit"]["also"] == ["stop"]  # says itself what becomes of the limit
    assert overlays["taken-in"]["also"] == ["larger", "limits", "stop"]
    assert frozen(load(path), "limit").typed == ()  # the loan was over and done with
    ends = [sim.validate(path, name).spec.disruptions[0].until for name in ("stop", "limits + stop")]
    assert ends[0] == ends[1] != sim.validate(path).spec.disruptions[0].until


def test_what_comes_on_top_may_not_wait_for_a_series_the_run_does_not_look_at(tmp_path: Path) -> None:
    begun = sim.begin(written(tmp_path)).until("2024-03-05")
    late = LOAN | {"name": "late", "when": {"trigger": "observed", "series": "low", "above": 50}}
    with pytest.raises(ScenarioError, match="the run does not look at this series"):
        begun.inject(written={"decisions": [late]})
