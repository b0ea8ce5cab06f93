"""What every scenario that we ship owes its readers, and that it runs under each of its strategies."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

import sim
from sim.model.goods.counted import in_plural
from sim.policies.triggers.on import On
from sim.report.run.facts import Facts
from sim.report.run.story import story

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "scenarios" / "crises").glob("*.yaml"))
FILES = sorted((ROOT / "scenarios").rglob("*.yaml"))
SCHEMA = ROOT / "scenarios" / "schema" / "scenario.schema.json"
LONGEST = dt.timedelta(days=75)
"""How much of each scenario is run here; every strategy of the whole is shown in the documentation."""
EXERCISED = dt.timedelta(days=270)
"""How much of an exercise is run here: what strikes has struck by then."""
WORDS = 40


@cache
def strategies(path: Path) -> list[str]:
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["strategies"])


@cache
def short_run(path: Path, strategy: str) -> sim.Run:
    """The beginning of a scenario, disruptions included."""
    spec = sim.validate(path).spec
    end = min(spec.until, spec.start + LONGEST)
    begins = [d.from_ for d in spec.disruptions] + [d.when.date for d in spec.decisions if isinstance(d.when, On)]
    assert min(begins) < end, "something begins within the part that is run"
    return sim.run(path, strategy=strategy, overrides={"end": end.isoformat()})


every_scenario = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
every_strategy = pytest.mark.parametrize(
    ("path", "strategy"),
    [pytest.param(path, name, id=f"{path.stem}-{name}") for path in SHIPPED for name in strategies(path)],
)


def test_there_are_scenarios() -> None:
    expected = {"red-sea-2024", "helene-2024", "india-api-2020", "ppe-2020", "formula-2022"}
    assert {path.stem for path in SHIPPED} >= expected


@every_strategy
def test_it_is_valid_under_every_strategy(path: Path, strategy: str) -> None:
    assert strategy in (None, *sim.validate(path, strategy).document.strategies)


@every_scenario
def test_it_says_what_it_asks_and_what_it_leaves_out(path: Path) -> None:
    spec = sim.validate(path).spec
    assert spec.question and spec.question.rstrip().endswith("?")
    assert spec.leaves_out and len(spec.leaves_out.split()) >= WORDS
    assert len(strategies(path)) >= 3
    assert (ROOT / "docs" / "crises" / f"{path.stem}.md").exists()


@every_scenario
def test_its_evidence_leads_to_pages_that_can_be_opened(path: Path) -> None:
    spec = sim.validate(path).spec
    assert spec.evidence
    assert all(source.url is not None and source.url.startswith("https://") for source in spec.sources.values())
    named = {entry.source for entry in spec.evidence.values()} - {"assumed"}
    assert set(spec.sources) == named, "each source used, and no other"


@every_strategy
def test_it_runs_on_the_same_patients_and_is_sound_without_the_disruption(path: Path, strategy: str) -> None:
    """No strategy changes what patients need; and a twin that goes short would show poor planning, not the crisis."""
    run, first = short_run(path, strategy), short_run(path, strategies(path)[0])
    need = run.daily["demand"].to_numpy()
    assert need.sum() > 0
    np.testing.assert_array_equal(need, first.daily["demand"].to_numpy())
    assert run.metrics["units_demanded"].twin == first.metrics["units_demanded"].twin
    by_product = {product: found["fill_rate"].twin for product, found in run.metrics.by["product"].items()}
    assert all(served is not None and served >= 0.99 for served in by_product.values()), by_product


@every_strategy
def test_its_first_screen_says_what_the_daily_table_says(path: Path, strategy: str) -> None:
    """Counted anew from the table of every site and day; the verdicts from the runs without reserves and decisions."""
    run = short_run(path, strategy)
    facts = Facts(run.loaded, run.outcome, run.twin, run.metrics, run.without_reserves, run.without_decisions)
    answers = {answer.question: " ".join(answer.sentences) for answer in story(facts)}
    short = answers["Who went short?"]
    made_do, decided = (
        next((words for question, words in answers.items() if question.startswith(f"Did the {what}")), "")
        for what in ("reserve", "decision")
    )
    found = run.daily[run.daily["kind"] == "facility"].sum(numeric_only=True)
    asked, unmet = int(found["demand"]), int(found["unmet"])
    units_of = {product.unit for product in run.loaded.spec.products.values()}
    goods = in_plural(units_of.pop()) if len(units_of) == 1 else "units"
    assert f"{asked:,} {goods} asked for" in short
    assert (f"{unmet:,} (" in short) == (unmet > 0)
    assert ("Nobody went short" in short) == (found[["unmet", "substituted", "conserved"]].sum() == 0)
    for units, words in (
        (int(found["substituted"]), "met with another product"),
        (int(found["conserved"] - found["recovered"]), "put off or done without"),
    ):
        assert (words in short) == (units > 0)
        assert not units or f"{units:,} (" in short
    assert bool(decided) == any(not one.against_others for one in run.outcome.plan.decisions)
    if run.without_decisions is not None:
        patients = run.without_decisions.plan.network.cell_kind == "facility"
        idle = int(run.without_decisions.record.sums["unmet"][patients].sum())
        assert (f"{idle:,} " if idle else "nobody would have gone short") in decided
        assert (f" {unmet:,} " if unmet else "none" if idle else "nobody") in decided.replace(".", " ")
    if run.without_reserves is None:
        assert made_do == ("" if decided else "There is no reserve in this strategy.")
        return
    network, sums = run.without_reserves.plan.network, run.without_reserves.record.sums
    bare = {name: int(values[network.cell_kind == "facility"].sum()) for name, values in sums.items()}
    spared = any(found[name] != bare[name] for name in ("substituted", "conserved", "recovered"))
    averted = bare["unmet"] - unmet
    if averted > 0:
        share = averted / bare["unmet"]
        word = (
            "Yes, fully" if not unmet else "Yes, mostly" if share >= 0.5 else "In part" if share >= 0.05 else "Hardly"
        )
        assert f"{averted:,} averted (" in made_do
    elif averted < 0:
        word = "No: "
    elif not unmet:
        word = "In part: nobody" if spared else "Not needed"
    else:
        word = "Not in units short" if spared else "No: "
    assert made_do.startswith(word)
    assert ("instead of" in made_do) == spared
    given = int(run.outcome.record.reserves["released"].sum())
    units = {run.loaded.spec.products[p].unit for p in run.daily["product"].unique()}
    assert ("released nothing" in made_do) == (given == 0) or "was never opened" in made_do
    assert not given or len(units) > 1 or f"released {given:,} unit" in made_do


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_editors_find_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    head = "# yaml-language-server: $schema="
    expected = SCHEMA.with_name("study.schema.json") if path.parent.name == "studies" else SCHEMA
    assert first.startswith(head)
    assert (path.parent / first.removeprefix(head)).resolve() == expected


EXERCISES = sorted((ROOT / "scenarios" / "exercises").glob("*.yaml"))


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_an_exercise_runs_under_every_strategy_and_says_that_it_is_made_up(path: Path) -> None:
    spec = sim.validate(path).spec
    assert spec.leaves_out and "made up" in spec.leaves_out and len(strategies(path)) >= 3
    end = {"end": min(spec.until, spec.start + EXERCISED).isoformat()}
    unmet = {
        name: sim.run(path, strategy=name, overrides=end, twin=False, detail="none").metrics["units_unmet"].value
        for name in strategies(path)
    }
    assert len(set(unmet.values())) > 1, "the strategies differ"
