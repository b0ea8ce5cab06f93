"""Triggers of reserves and use levels, worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.policies.triggers.base import TRIGGERS, TriggerView
from sim.policies.triggers.over import Over, Watched

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


# over whom: member 0 has two sites of product 0 and one of product 1, member 1 one site of each; ten a day everywhere
MEMBER, PRODUCT = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 0, 1])
STOCK = np.array([10, 90, 60, 80, 60])
SHORT = np.array([True, False, False, False, False])


@pytest.mark.parametrize(
    ("condition", "of", "holds"),
    [
        # 100 for 20 a day are 5 days, 80 for 10 are 8, 60 for 10 are 6
        ({"below": "5.5d"}, "each", [1, 1, 0, 0, 0]),
        ({"below": "5.5d"}, "any", [1, 1, 0, 1, 0]),
        ({"below": "5.5d"}, "site", [1, 0, 0, 0, 0]),
        # 180 of product 0 for 30 a day, 120 of product 1 for 20 a day: 6 days, and 6 are not below 6
        ({"below": "6d"}, "together", [0, 0, 0, 0, 0]),
        ({"below": "6.1d"}, "together", [1, 1, 1, 1, 1]),
        ({"below": "5.5d"}, None, [1, 1, 0, 0, 0]),
        # of product 0 one of member 0's two sites is short, which is one of three in all
        ({"above": "50%"}, "each", [1, 1, 0, 0, 0]),
        ({"above": "51%"}, "each", [0, 0, 0, 0, 0]),
        ({"above": "50%"}, "any", [1, 1, 0, 1, 0]),
        ({"above": "51%"}, "any", [0, 0, 0, 0, 0]),
        ({"above": "33%"}, "together", [1, 1, 0, 1, 0]),
        ({"above": "34%"}, "together", [0, 0, 0, 0, 0]),
        ({"above": "100%"}, "site", [1, 0, 0, 0, 0]),
        ({"above": "34%"}, None, [0, 0, 0, 0, 0]),
    ],
)
def test_over_whom_a_condition_holds(condition: dict[str, str], of: str | None, holds: list[int]) -> None:
    name = "days_of_cover" if "below" in condition else "sites_short"
    written = {"trigger": name} | condition | ({} if of is None else {"of": of})
    trigger = TRIGGERS[name].model_validate(written)
    assert trigger.met(seen()).tolist() == [bool(held) for held in holds]


def seen(left_out: Over | None = None) -> TriggerView:
    watched = Watched(MEMBER, PRODUCT, np.full(5, 10.0), left_out)
    return TriggerView(watched, STOCK, SHORT, 0.0, announced=False)


def test_who_looks_may_say_over_whom_where_the_condition_does_not() -> None:
    """50% of the sites of any member, where together they are a third."""
    words = {"trigger": "sites_short", "above": "50%"}
    silent, told = (TRIGGERS["sites_short"].model_validate(words | more) for more in ({}, {"of": "together"}))
    assert silent.met(seen("any")).tolist() == [True, True, False, True, False]
    assert not silent.met(seen()).any() and not told.met(seen("any")).any()


def test_a_reserve_opens_to_the_member_whose_own_sites_are_short(simulate: Any) -> None:
    """a has nothing; of both together a half is short, of a alone all are. What opens to a alone gives b nothing."""
    text = ONE % 0 + "reserves: {r: {held_at: b, members: facilities, size: 100, release: {when: {%s}, after: 0d}}}\n"
    together = "trigger: sites_short, above: 60%"
    for of, opens in (("", False), (", of: together", False), (", of: each", True), (", of: any", True)):
        run = simulate(text % (together + of))
        assert bool(run.outcome.record.reserves["open"].any()) == opens, of


def test_a_use_level_begins_where_a_region_is_short(simulate: Any) -> None:
    """a is short from day 0 on, so that its region begins on day 1; with `any` b's begins as well."""
    sites = ONE.replace("facilities: {a: {}, b: {}}", "facilities: {a: {region: north}, b: {region: south}}") % 0
    level = "use_levels: [{at: facilities, cover_of: region, contingency: {when: {%s}, saves: 50%%}}]\n"
    each = simulate(sites + level % "trigger: sites_short, above: 100%, of: each")
    assert (conserved(each), conserved(each, "b")) == ([0] + [5] * 19, [0] * 20)
    both = simulate(sites + level % "trigger: sites_short, above: 100%, of: any")
    assert conserved(both) == conserved(both, "b") == [0] + [5] * 19


def test_member_is_another_word_for_each(simulate: Any) -> None:
    when = "when: {trigger: days_of_cover, below: 8d, of: %s}"
    one, other = (simulate(ONE % 100 + USE % ("a", when % word)) for word in ("member", "each"))
    assert conserved(one) == conserved(other) and one.loaded.document.data != other.loaded.document.data
    assert one.loaded.spec == other.loaded.spec
