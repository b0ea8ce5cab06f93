"""Triggers of reserves and use levels, worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError

ONE = """
end: 2001-01-21
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
facilities: {a: {}, b: {}}
lanes: [{from: maker, to: facilities, time: 1d}]
demand: [{at: facilities, product: kit, per_day: 10, distribution: deterministic}]
stock: [{at: a, on_hand: %s, on_the_way: none}, {at: b, on_hand: 1000, on_the_way: none}]
replenishment: [{policy: push, at: facilities, quantity: 0}]
"""
USE = "use_levels: [{at: %s, contingency: {%s, saves: 50%%}}]\n"


def conserved(run: sim.Run, site: str = "a") -> list[int]:
    """Demand withheld at a site, day by day."""
    return [int(units) for units in run.daily[run.daily["site"] == site]["conserved"]]


def test_a_use_level_holds_while_an_emergency_is_declared(simulate: Any) -> None:
    use = USE % ("a", "when: {trigger: declared, after: 5d, until: 10d}")
    assert conserved(simulate(ONE % 1000 + use)) == [0] * 5 + [5] * 5 + [0] * 10


def test_a_use_level_follows_what_went_unmet_the_day_before(simulate: Any) -> None:
    """25 last for two days and a half; day 2 is the first on which demand goes unmet, so day 3 the first with half of
    it put off. With one of two sites short, both begin."""
    use = USE % ("facilities", "when: {trigger: sites_short, above: 50%}")
    run = simulate(ONE % 25 + use)
    assert conserved(run) == conserved(run, "b") == [0] * 3 + [5] * 17


def test_a_use_level_begins_with_an_announcement(simulate: Any) -> None:
    """Announced on day 3, over on day 10."""
    use = USE % ("a", "when: {trigger: announced}")
    outage = "disruptions: [{kind: site_outage, at: maker, from: 2001-01-08, for: 3d, notice: 4d}]\n"
    assert conserved(simulate(ONE % 1000 + use + outage)) == [0] * 3 + [5] * 7 + [0] * 10


def test_days_of_cover_as_a_trigger_are_those_of_below(simulate: Any) -> None:
    """Where the level ends at the cover at which it begins; 100 are 7 days of cover in the morning of day 3."""
    word = simulate(ONE % 100 + USE % ("a", "below: 8d, until: 8d"))
    trigger = simulate(ONE % 100 + USE % ("a", "when: {trigger: days_of_cover, below: 8d, of: each}"))
    assert conserved(word) == conserved(trigger) == [0] * 3 + [5] * 17


def test_a_trigger_sees_a_site_in_a_blackout_as_last_reported(simulate: Any) -> None:
    """The last report is of the evening of day 1: 80 of 100, which is 8 days. On day 8 the systems are back."""
    use = USE % ("a", "when: {trigger: days_of_cover, below: 8d}")
    dark = "disruptions: [{kind: cyber_blackout, at: a, from: 2001-01-03, for: 6d}]\n"
    assert conserved(simulate(ONE % 100 + use + dark)) == [0] * 8 + [5] * 12


def test_an_edge_is_met_on_one_day(simulate: Any) -> None:
    """A use level holds for that day; a reserve until its stand-down of three days is over."""
    once = "when: {trigger: declared, after: 5d, edge: true}"
    assert conserved(simulate(ONE % 1000 + USE % ("a", once))) == [0] * 5 + [5] + [0] * 14
    reserve = f"reserves: {{r: {{held_at: a, members: a, size: 10, release: {{{once}, stand_down: 3d}}}}}}\n"
    run = simulate(ONE % 1000 + reserve)
    assert np.flatnonzero(run.outcome.record.reserves["open"][:, 0]).tolist() == [5, 6, 7, 8]


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("below: 5d, when: {trigger: announced}", "either below or when"),
        ("until: 5d", "either below or when"),
        ("when: {trigger: anounced}", "announced"),
    ],
)
def test_a_level_begins_by_cover_or_by_a_trigger(level: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    text = "scenario: case\ntitle: refused\nstart: 2001-01-01\n" + ONE % 5 + USE % ("a", level)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=words):
        sim.validate(path)
