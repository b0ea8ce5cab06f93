"""What a planner writes for readers: titles, what things are, and one currency."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.scenario.load import load
from tests.study.conftest import STARTER


def written(folder: Path, text: str) -> Path:
    path = folder / "starter.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_currency_at_the_top_is_that_of_every_sum(tmp_path: Path) -> None:
    loaded = load(written(tmp_path, STARTER + "\ncurrency: EUR\n"))
    assert loaded.spec.costs.currency == "EUR"
    assert load(loaded.path, overrides={"currency": "KES"}).spec.costs.currency == "KES"
    assert load(loaded.path).spec.costs.holding_rate == load(written(tmp_path, STARTER)).spec.costs.holding_rate


def test_two_currencies_are_told_with_both_and_the_line(tmp_path: Path) -> None:
    text = STARTER + "\ncurrency: EUR\ncosts: {currency: USD}\n"
    line = text.splitlines().index("currency: EUR") + 1
    with pytest.raises(sim.ScenarioError) as error:
        load(written(tmp_path, text))
    assert f"starter.yaml:{line}" in str(error.value) and "under costs it is USD" in str(error.value)


def test_a_study_of_scenarios_in_different_currencies_is_refused(tmp_path: Path) -> None:
    written(tmp_path, STARTER)
    study = tmp_path / "study.yaml"
    study.write_text(
        "study: two\ntitle: Two\nscenarios:\n  - starter.yaml\n"
        "  - {file: starter.yaml, name: euro, set: {currency: EUR}}\nstrategies: [none]\nreplications: 2\n",
        encoding="utf-8",
    )
    with pytest.raises(sim.ScenarioError, match=r"study.yaml:5: this scenario has another currency.*EUR.*USD"):
        sim.run_study(study, tmp_path / "out", workers=1)
    assert not (tmp_path / "out").exists()


def test_titles_of_strategies_are_no_settings_and_the_scenario_keeps_its_own(tmp_path: Path) -> None:
    own = "\n  double: {title: Twice as much, what: Forty days., reserves.national.size: 40d}\n"
    loaded = load(written(tmp_path, STARTER.replace("\n  double: {reserves.national.size: 40d}\n", own)), "double")
    assert loaded.spec.title == load(written(tmp_path, STARTER)).spec.title
    assert loaded.document.strategies["double"]["title"] == "Twice as much"
    assert [override.path for override in loaded.document.overrides] == ["reserves.national.size"]


@pytest.mark.parametrize("title", ["3", "[a, b]", "''", "{a: b}"])
def test_a_title_that_is_no_text_is_told_with_its_line(tmp_path: Path, title: str) -> None:
    text = STARTER.replace("\n  double: {reserves", f"\n  double: {{title: {title}, reserves")
    with pytest.raises(sim.ScenarioError, match="the 'title' of strategy 'double' is no text"):
        load(written(tmp_path, text))


def test_reserves_and_strategies_go_by_their_titles_on_the_page_of_a_run(tmp_path: Path) -> None:
    text = STARTER.replace("  national:\n", "  national:\n    title: The coast's store\n", 1)
    text = text.replace("\n  double: {reserves", "\n  double: {title: Twice as much, what: Forty days., reserves")
    run = sim.run(written(tmp_path, text), "double", overrides={"end": "2024-06-01"})
    page = run.report(tmp_path / "page.html").read_text(encoding="utf-8").replace("&#39;", "'")
    assert "The reserve 'The coast's store'" in page and "'national'" not in page
    assert "reserve 'The coast's store' released" in page  # in the strip of what was done
    assert "strategy Twice as much" in page and "Twice as much: Forty days." in page
    assert run.manifest["strategy_title"] == "Twice as much"
