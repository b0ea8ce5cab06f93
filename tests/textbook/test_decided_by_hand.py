"""What decisions do, to the unit and the day: capacity that comes on top, other use, other products, approvals."""

from __future__ import annotations

from typing import Any

from tests.property.running import run
from tests.textbook.test_effects_only import at, chain

Spec = dict[str, Any]
ON: Spec = {"trigger": "on", "date": "2001-01-11"}
"""In force from day 10 on."""
PARTIES: Spec = {"all": {"kind": "agency", "sites": "all"}}


def decided(*decisions: Spec, disruptions: tuple[Spec, ...] = (), **more: Any) -> Spec:
    entries = [{"by": "all", "when": ON, "name": f"d{k}"} | one for k, one in enumerate(decisions)]
    return chain(*disruptions) | {"parties": PARTIES, "decisions": entries} | more


def made_with(*decisions: Spec, disruptions: tuple[Spec, ...] = ()) -> list[int]:
    """What a maker of ten a day makes, of whom 20 a day are asked, so that it is never idle."""
    maker = {"maker": {"country": "IN", "makes": {"kit": {"capacity": 10, "finished_stock": 0}}}}
    made: list[int] = at(run(decided(*decisions, disruptions=disruptions, suppliers=maker)), "maker")[
        "produced"
    ].tolist()
    return made


MORE: Spec = {"decision": "add_capacity", "at": "maker", "more": "50%"}


def test_capacity_comes_after_licence_and_building_in_a_straight_line() -> None:
    """In force on day 10: two days of licence, three of building; from day 15 on 1/8, 3/8, 5/8, 7/8 of five more."""
    made = made_with(MORE | {"licence": "2d", "build": "3d", "ramp": "4d"})
    assert made[10:15] == [10] * 5
    assert sum(made[15:19]) == 4 * 10 + 10
    assert made[20:30] == [15] * 10


def test_capacity_of_two_plants_adds_up_and_a_strike_stops_its_share_of_all() -> None:
    """Ten and twice five from day 10 on: 20. A strike from day 20 on at which 30% work: six. One is over on day 30."""
    strike = {"kind": "strike", "at": "maker", "from": "2001-01-21", "for": "5d", "staffed": "30%"}
    made = made_with(MORE, MORE | {"for": "20d"}, disruptions=(strike,))
    assert made[10:20] == [20] * 10
    assert made[20:25] == [6] * 5
    assert made[25:35] == [20] * 5 + [15] * 5


def test_a_plant_that_is_out_makes_nothing_whatever_was_added() -> None:
    out = {"kind": "site_outage", "at": "maker", "from": "2001-01-21", "for": "5d"}
    assert made_with(MORE, disruptions=(out,))[18:27] == [15, 15, 0, 0, 0, 0, 0, 15, 15]
