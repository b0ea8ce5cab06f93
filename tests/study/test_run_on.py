"""A run goes on beyond its end, or until service has recovered, and what is compared ends on the same day.

By hand: one clinic uses 10 a day from 5 days of stock, one day from its maker. A ban from day 10 for 40 days starves it
from about day 15 until what is ordered after day 50 arrives: short on the end of day 29, recovered by day 60.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.metrics.at_end import still_short
from sim.scenario.horizon import later_rungs
from sim.study.design.design import read_study
from sim.study.run.bench import read_subject, to_one_end

CASE = """
scenario: case
title: A ban of forty days against five days of stock
start: 2001-01-01
end: 2001-01-31
warm_up: 10d
products: {kit: {unit: kit, cost: 3}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
facilities: {clinic: {country: KE}}
lanes: [{from: maker, to: facilities, time: 1d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: lost}]
replenishment: [{at: facilities, policy: base_stock, level: 6d}]
reserves: {spare: {held_at: clinic, size: 0d, members: clinic, release: {when: {trigger: announced}}}}
disruptions: [{kind: export_ban, name: ban, country: IN, from: 2001-01-11, for: 40d}]
strategies: {none: {}, some: {reserves.spare.size: 60d}, longer: {end: 2001-03-31}}
"""
START = dt.date(2001, 1, 1)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return path


def test_running_on_is_the_run_of_a_later_end_and_leaves_the_days_before_as_they_are(case: Path) -> None:
    short = sim.run(case)
    on = sim.run(case, overrides={"run_on": "60d"})
    later = sim.run(case, overrides={"end": "2001-04-01"})
    assert on.metrics == later.metrics and on.manifest["end"] == "2001-04-01"
    unmet = [run.daily[run.daily["site"] == "clinic"]["unmet"].to_numpy() for run in (short, on)]
    assert len(unmet[1]) == 90 and np.array_equal(unmet[1][:30], unmet[0])


def test_a_run_says_how_it_ended(case: Path) -> None:
    metrics = sim.run(case).metrics
    assert metrics["unmet_at_end"].value == 140 and metrics["unmet_at_end"].twin == 0  # 14 days of 10 units
    assert metrics["unmet_at_end_share"].value == 140 / (metrics["units_unmet"].value or 0)
    assert metrics["short_at_end"].value == 1 and metrics["not_over_at_end"].value == 1


def test_the_first_screen_of_a_report_says_that_its_totals_are_lower_limits(case: Path, tmp_path: Path) -> None:
    page = sim.run(case).report(tmp_path / "short.html").read_text(encoding="utf-8")
    assert "Still short at the end" in page and "lower limits" in page and "run_on: 60d" in page
    recovered = sim.run(case, overrides={"run_on": "60d"}).report(tmp_path / "on.html").read_text(encoding="utf-8")
    assert "Still short at the end" not in recovered


def test_a_run_to_recovery_ends_once_the_last_disruption_is_over_and_service_is_back(case: Path) -> None:
    run = sim.run(case, overrides={"end": "recovered"})
    assert run.manifest["end"] == str(START + dt.timedelta(182))  # the first end that is tried
    assert run.metrics["unmet_at_end"].value == 0
    late = sim.run(case, overrides={"end": "recovered", "disruptions.ban.for": "180d"})
    assert late.manifest["end"] == str(START + dt.timedelta(273))  # 182 days and half as many again


def test_what_never_recovers_ends_with_the_last_end_that_is_tried(case: Path, tmp_path: Path) -> None:
    run = sim.run(case, overrides={"end": "recovered", "disruptions.ban.for": "3000d"})
    assert run.manifest["end"] == str(list(later_rungs(START))[-1]) == str(START + dt.timedelta(156 * 7))
    assert "has not come back within three years" in run.report(tmp_path / "r.html").read_text(encoding="utf-8")


STUDY = """
study: on
title: On and on
scenarios: [case.yaml]
strategies: [none, some]
measures: [units_unmet]
replications: 3
"""


def test_all_strategies_of_a_study_run_to_the_latest_end_whoever_runs_it(case: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY + "end: recovered\n", encoding="utf-8")
    found = sim.run_study(path, tmp_path / "one", workers=1)
    assert found.unsettled == () and found.design.until("case") == START + dt.timedelta(182)
    assert len({case.plan_of(0).network.calendar.days for case in found.design.cases}) == 1
    again = sim.run_study(path, tmp_path / "one", workers=1)  # takes what is there
    assert again.kept.equals(found.kept) and again.design.until("case") == found.design.until("case")


def test_a_strategy_that_ends_later_takes_the_others_along(case: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.replace("[none, some]", "[none, longer]"), encoding="utf-8")
    design = read_study(path)
    assert {one.spec.until for one in design.loaded.values()} == {dt.date(2001, 3, 31)}
    assert {case.plan_of(0).network.calendar.days for case in design.cases} == {89}


def test_questions_keep_the_end_that_was_found_whatever_is_changed(case: Path) -> None:
    subject = read_subject(case, None, {"end": "recovered"})
    changed = subject.changed({"disruptions.ban.for": "170d"})
    assert changed.loaded.spec.until == subject.loaded.spec.until == START + dt.timedelta(182)
    later = subject.changed({"end": "2002-01-01"})
    assert {one.plan.network.calendar.days for one in to_one_end([subject, later])} == {365}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("end: 2001-01-31\nrun_on: 1.5d", "case.yaml:5", "whole days"),
        ("end: recovered\nrun_on: 30d", "case.yaml:5", "nothing to run on from"),
        ("end: recoverd", "case.yaml:4", "or the word recovered"),
        ("end: 2001-01-31\nrun_on: 36500d", "case.yaml:5", "too many days"),
    ],
)
def test_a_wrong_end_is_told_with_its_line(case: Path, text: str, line: str, message: str) -> None:
    case.write_text(CASE.strip().replace("end: 2001-01-31", text), encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        sim.validate(case)
    assert line in str(error.value) and message in str(error.value)


def test_what_a_study_sets_wrongly_is_told_at_its_line(case: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    case.write_text(CASE.replace("end: 2001-01-31", "end: recovered"), encoding="utf-8")
    path.write_text(STUDY.strip() + "\nrun_on: 30d\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"study.yaml:7: .*nothing to run on from"):
        read_study(path)


def test_a_begun_run_needs_a_date_as_its_end(case: Path) -> None:
    with pytest.raises(ScenarioError, match=r"needs to know its last day"):
        sim.begin(case, overrides={"end": "recovered"})


def test_routine_stockouts_are_no_shortage_and_clearly_more_is(case: Path) -> None:
    assert still_short(1, 0) and not still_short(0, 0)
    assert not still_short(150, 100) and still_short(151, 100)  # half as much again as routine brings


def test_tipping_and_search_withhold_an_answer_that_the_end_decides(case: Path) -> None:
    """Up to day 29 at most 15 days are short: 150 units are not exceeded whatever the ban; later they are."""
    ask = {"parameter": "disruptions.ban.for", "between": ("0d", "60d"), "target": "units_unmet<=200"}
    ask |= {"replications": 2, "workers": 1}
    cut = sim.ask.tipping(case, **ask)  # type: ignore[arg-type]
    assert cut.short and "cannot be said yet" in cut.text() and "run_on=60d" in cut.text()
    assert "2 of 2 draws are still short on 30 January 2001" in cut.text()
    on = sim.ask.tipping(case, **ask, overrides={"run_on": "60d"})  # type: ignore[arg-type]
    assert not on.short and "cannot be said" not in on.text() and on.before is not None
    size = {"reserve": "spare", "target": "units_unmet<=100", "at_most": "60d", "replications": 2, "workers": 1}
    assert "cannot be said yet" in sim.ask.search(case, **size).text()  # type: ignore[arg-type]
    whole = sim.ask.search(case, **size, overrides={"run_on": "60d"})  # type: ignore[arg-type]
    assert not whole.short and whole.days is not None
