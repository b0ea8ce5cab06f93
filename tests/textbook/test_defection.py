"""Who breaks its word keeps what others ordered of it, what it would have given them, and its reserves: by hand."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

import sim
from sim.errors import ScenarioError
from tests.property.running import run
from tests.textbook.test_transfers import NEAR, column, gifts, world

Spec = dict[str, Any]
DEFECTION = {"kind": "defection", "party": "a", "from": "2001-01-04", "for": "4d"}


def two(kind: str = "city", *trouble: Spec, **more: Any) -> Spec:
    """The store of a serves a's clinic ha and b's clinic hb, which use 10 a day, and order up to 20; a day's journey.

    In peace each orders 10 every evening, which come the next day: 10 on hand every evening.
    """
    return {
        "scenario": "hand", "title": "By hand", "start": "2001-01-01", "end": "2001-01-12",
        "products": {"p": {"unit": "box", "cost": 1}},
        "suppliers": {"maker": {"country": "CC", "makes": {"p": {}}}},
        "warehouses": {"store": {"country": "AA"}},
        "facilities": {"ha": {"country": "AA"}, "hb": {"country": "BB"}},
        "parties": {"a": {"kind": kind, "sites": ["store", "ha"]}, "b": {"kind": kind, "sites": ["hb"]}},
        "lanes": [
            {"from": "maker", "to": "store", "time": "1d"},
            {"from": "store", "to": "facilities", "time": "1d"},
        ],
        "demand": [{"at": "facilities", "product": "p", "per_day": 10, "distribution": "deterministic"}],
        "replenishment": [
            {"at": "facilities", "policy": "base_stock", "level": 20},
            {"at": "store", "policy": "base_stock", "level": 0},
        ],
        "stock": [{"at": "facilities", "on_hand": 20}, {"at": "store", "on_hand": 1000}],
        "disruptions": list(trouble),
    } | more  # fmt: skip


@pytest.mark.parametrize("kind", ["city", "country"])
def test_nobody_else_is_sent_what_it_ordered_and_its_own_are(kind: str) -> None:
    """Nothing leaves for hb on evenings 3 to 6, so nothing comes on days 4 to 7: 10 on hand last for day 4, and days 5
    to 7 are without. Half of the usual units are 5 a day: 10 + 5 - 10 = 5, 5 + 5 - 10 = 0, then 5 short on two days."""
    done = run(two(kind, DEFECTION))
    assert column(done, "hb", "unmet") == [0, 0, 0, 0, 0, 10, 10, 10, 0, 0, 0]
    assert not any(column(done, "ha", "unmet"))
    half = run(two(kind, DEFECTION | {"quota": "50%"}))
    assert column(half, "hb", "unmet") == [0, 0, 0, 0, 0, 0, 5, 5, 0, 0, 0]
    third = two(kind, DEFECTION | {"exempt": ["b"]})
    third["facilities"]["hc"] = {"country": "CC"}
    done = run(third)
    assert [sum(column(done, site, "unmet")) for site in ("ha", "hb", "hc")] == [0, 0, 30]


def test_a_country_lets_nothing_out_whoever_sends_it_and_a_city_keeps_its_own() -> None:
    """The store belongs to nobody, and stands in a's country."""
    for kind, short in (("country", 30), ("city", 0)):
        spec = two(kind, DEFECTION | {"party": "a"})
        spec["parties"]["a"]["sites"] = ["ha", "rack"]
        spec["warehouses"]["rack"] = {"country": "AA"}
        spec["facilities"]["hc"] = {"country": "BB"}  # the rack's only customer, so that a city has something to keep
        spec["lanes"][1]["to"] = ["ha", "hb"]
        spec["lanes"] += [{"from": "maker", "to": "rack", "time": "1d"}, {"from": "rack", "to": "hc", "time": "1d"}]
        spec["replenishment"].append({"at": "rack", "policy": "base_stock", "level": 0})
        assert sum(column(run(spec), "hb", "unmet")) == short


def test_its_reserve_is_for_its_own_alone() -> None:
    """The store has nothing but its reserve, open from evening 0 on, as cover is a day: both are sent 10 an evening, on
    evenings 3 to 6 only ha is."""
    reserve = {
        "held_at": "store", "size": 1000, "members": "facilities",
        "release": {"when": {"trigger": "days_of_cover", "below": "2d"}},
    }  # fmt: skip
    outage = {"kind": "site_outage", "at": "maker", "from": "2001-01-01", "for": "20d"}
    spec = two("city", DEFECTION | {"keeps": ["reserves"]}, outage, reserves={"r": reserve})
    spec["stock"][1]["on_hand"] = 0
    done = run(spec)
    without = run(spec | {"disruptions": [outage]})
    assert column(without, "ha", "received") == column(without, "hb", "received") == column(done, "ha", "received")
    assert column(done, "hb", "received")[:8] == [0, 10, 10, 10, 0, 0, 0, 0]
    assert sum(column(done, "hb", "unmet")) == 30


def test_it_gives_others_nothing_and_still_pays_back() -> None:
    """Of the world of transfers: a would give b 13 on evening 0, and gives nothing while it defects, nor later,
    when it has not more than it keeps; after a day of defection 20 - 2 = 18. A loan is paid back by a debtor that
    defects, too: b orders up to 40, has 35 on every evening and keeps 25, so that of the 13 due on day 3 it pays 10,
    and the rest the next evening."""
    parties = {"a": {"kind": "city", "sites": "a"}, "b": {"kind": "city", "sites": "b"}}
    now = {"from": "2001-01-01"}
    assert not gifts(run(world(NEAR, parties=parties, disruptions=[DEFECTION | now])))
    ends = DEFECTION | now | {"for": "1d"}
    assert gifts(run(world(NEAR, parties=parties, disruptions=[ends]))) == [(1, "a", "b", 18)]
    lent = world(NEAR | {"loan": {"for": "3d"}}, parties=parties)
    lent["replenishment"] = [
        {"at": "a", "policy": "base_stock", "level": 0},
        {"at": "b", "policy": "base_stock", "level": 40},
    ]
    peace, broken = (run(lent | {"disruptions": some}) for some in ([], [DEFECTION | {"party": "b"}]))
    assert gifts(broken)[:3] == gifts(peace)[:3] == [(0, "a", "b", 13), (3, "b", "a", 10), (4, "b", "a", 3)]


def test_it_asks_for_more_than_was_agreed() -> None:
    """Levels of 20 are 30 from evening 3 on: ha orders 10 more, and on evening 7, at 20 again, 10 less: none."""
    ordered = column(run(two("city", DEFECTION | {"orders": 1.5})), "ha", "ordered")
    assert ordered == [10, 10, 10, 20, 10, 10, 10, 0, 10, 10, 10]


def test_by_condition_and_by_chance_it_does_what_it_does_by_date() -> None:
    """On a date as a condition it is the same to the unit; certain chance strikes on that day, for others alone."""
    by_date = column(run(two("city", DEFECTION)), "hb", "unmet")
    defect = {"decision": "defect", "by": "a", "when": {"trigger": "on", "date": "2001-01-04"}, "for": "4d"}
    decided = two(decisions=[defect])
    assert column(run(decided), "hb", "unmet") == by_date
    body = {key: DEFECTION[key] for key in ("kind", "party")}
    happens = {"process": "window", "from": "2001-01-04", "until": "2001-01-05", "probability": "100%"}
    drawn = run(two(hazards={"breach": {"disruption": body, "lasts": "4d", "happens": happens}}))
    assert sum(column(drawn, "hb", "unmet")) > 0
    assert not any(column(drawn, "ha", "unmet"))


def test_what_it_costs_the_others_is_the_difference_to_the_same_draws_without_it(tmp_path: Path) -> None:
    """All 30 units that b is short of are due to the defection, none of a's, by a pair of runs."""
    (tmp_path / "two.yaml").write_text(yaml.safe_dump(two("city", DEFECTION)))
    found = sim.ask.causes(tmp_path / "two.yaml", measures=["units_unmet by party"], replications=2, workers=1)
    assert found.table.set_index("group")["leave_one_out"].to_dict() == {"a": 0, "b": 30}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"party": "c"}, "unknown party"),
        ({"party": "b"}, "there is nothing that it could keep from others"),
        ({"exempt": ["hc"]}, "hc"),
        ({"keeps": ["transfers"], "quota": "10%"}, "a share of exports, which it does not keep"),
        ({"keeps": []}, "keeps"),
        ({"keeps": ["exports", "exports"]}, "this stands here twice"),
        ({"keeps": ["export"]}, "exports"),
    ],
)
def test_what_is_wrong_with_a_defection_is_told(fields: Spec, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        run(copy.deepcopy(two("city", DEFECTION | fields)))
