"""The page of all crises' scores has every observed series, and says of each crisis what fits and what does not."""

from __future__ import annotations

from pathlib import Path

import yaml

from docs.make_crises import CALIBRATED, CRISES, HEAD, WHY, page
from sim.scenario.load import load

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "crises.md").read_text(encoding="utf-8")


def test_every_observed_series_of_every_crisis_is_on_the_page() -> None:
    for file in sorted((ROOT / CRISES).glob("*.yaml")):
        observed = yaml.safe_load(file.read_text(encoding="utf-8")).get("observed", [])
        assert f"(crises/{file.stem}.md)" in WHY
        assert (ROOT / "docs" / "crises" / f"{file.stem}.md").is_file()
        for series in observed:
            assert f"| [{file.stem}](crises/{file.stem}.md) | {series['title']} |" in PAGE
            assert (file.parent / series["file"]).is_file()


def test_the_words_of_the_page_are_those_that_the_command_writes() -> None:
    assert PAGE.startswith(HEAD)
    assert PAGE.endswith(WHY)
    assert page({}, {}).startswith(HEAD)


def test_a_crisis_that_was_calibrated_has_its_rows_before_and_after() -> None:
    for file in CALIBRATED.glob("*.yaml"):
        assert load(file).document.files[1] == ROOT / CRISES / file.name
        for window in ("training", "held out"):
            before = PAGE.count(f"(crises/{file.stem}.md) | Products out of stock in shops | press | {window} |")
            assert before == PAGE.count(f"| Products out of stock in shops | press | {window}, calibrated |") == 1
