"""Notes on what is hardly meant, one variant after another; figures are those of the standard network.

Each of three clinics uses 12 bags of saline a day and two use 3 ampoules of oxytocin; the store orders saline 4 days by
air from a maker of 40 a day, and oxytocin by sea through the harbour; clinics are a day from the store. Days that count
are the 60 from 1 January to 29 February 2024.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from sim.cli import cli
from sim.engine.compile.plan import compile_plan
from sim.scenario.load import load
from tests.contract.network import STANDARD, lay_over

OUTAGE = {"kind": "site_outage", "at": "other-maker"}
SLOW = {"from": "other-maker", "to": "store", "mode": "rail", "time": "40d"}
DELAY = {"kind": "lane_delay", "from": "2024-01-11", "for": "8d", "extra": "3d"}
FEVER = {
    "kind": "epidemic", "name": "fever", "from": "2024-01-11", "for": "40d", "items": {"saline": 1.5},
    "file": "cases.csv",
}  # fmt: skip
MILD = {"kind": "strike", "at": "store", "from": "2024-01-20", "for": "9d", "staffed": "100%"}
WINDOW = {"process": "window", "probability": "50%"}
HAZARD = {"disruption": OUTAGE, "lasts": "5d", "happens": WINDOW}
RECALL = {"kind": "recall", "supplier": "maker", "from": "2024-01-21"}
OF_NOVEMBER = {"made_from": "2023-11-01", "made_until": "2023-11-05"}
OLD = {"at": "store", "products": ["saline"], "on_hand": 90, "age": "60d"}
HALF_AFTER_20_DAYS = {"after": "20d", "capacity": "50%"}
DECLARED = {"trigger": "declared", "after": "10d"}
SURGE = {"kind": "demand_surge", "factor": 2}
LOW = {"at": "warehouses"}
SAVE = {"below": "2d", "saves": "20%"}
FILL = {"trigger": "supplier_fill", "below": "0%"}
EARLIER = "no row of its file that has any figure is of its days"


def written(folder: Path, over: Mapping[str, Any]) -> Path:
    spec = copy.deepcopy(STANDARD)
    lay_over(spec, over)
    path = folder / "standard.yaml"
    path.write_text(yaml.dump(spec, Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
    (folder / "cases.csv").write_text("date,region,cases\n2023-06-01,coast,9\n", encoding="utf-8")
    return path


def notes(folder: Path, over: Mapping[str, Any], strategy: str | None = None) -> list[str]:
    """All notes but that on the standard network's ban."""
    loaded = load(written(folder, over), strategy)
    compile_plan(loaded)
    return [note.message for note in loaded.notes if "nobody else to turn to" not in note.message]


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ({"lanes": [SLOW], "disruptions": [DELAY | {"lanes": ["other-maker > store"]}]}, "meets no site, goods"),
        ({"disruptions": [DELAY | {"mode": "air", "for": "0d"}]}, "it is over as it begins"),
        ({"disruptions": [FEVER]}, EARLIER),
        ({"hazards": {"storm": HAZARD | {"hits": "0%"}}}, "never strikes: its 'hits' is 0%"),
        ({"hazards": {"storm": HAZARD | {"happens": WINDOW | {"from": "2024-03-01"}}}}, "after the last day"),
        ({"hazards": {"storm": HAZARD | {"happens": {"process": "arrivals", "every": "60d"}}}}, "no shorter than"),
        ({"disruptions": [OUTAGE | {"from": "2024-02-20", "for": "60d", "steps": [HALF_AFTER_20_DAYS]}]},
         "would begin 20 days after 'from', after the last day of the scenario (2024-02-29)"),
        ({"use_levels": [{"at": "facilities", "contingency": SAVE | {"ramp": "61d"}}]}, "61 days to come to the full"),
        ({"use_levels": [{"at": "facilities", "contingency": SAVE | {"below": "0d"}}]}, "never met: no cover is below"),
        ({"reserves.national.release": {"when": FILL}}, "never met: no share filled is below nothing"),
        ({"demand.1.per_day": 0}, "this demand for 'oxytocin' is 0 a day at every site"),
        ({"demand.1.until": "2024-01-01"}, "is over before the first day that counts (2024-01-01)"),
        ({"demand.1.sessions": {"every": "90d", "first": "70d"}}, "has its first session on day 70"),
        ({"replenishment.0.first_review": "60d"}, "the first review by this policy is on day 60"),
        ({"disruptions.0.known_by": "own_orders", "reserves.national.release": {"when": {"trigger": "announced"}}},
         "no disruption of the scenario is announced"),
        ({"reserves.national.release": {"when": DECLARED, "after": "50d"}}, "releases nothing"),
        ({"hazards": {"storm": HAZARD | {"disruption": OUTAGE | {"steps": [HALF_AFTER_20_DAYS]}}}},
         "would begin 20 days after 'from', when 'storm' is over (5 days after it begins)"),
        ({"hazards": {"storm": HAZARD | {"disruption": SURGE | {"ramp": "6d"}}}}, "'storm' takes 6 days to grow"),
        ({"facilities.clinic-c.opens": "2024-03-01"}, "closed on every day that counts, so without this demand"),
        # 6 ampoules a day for 9 days at sea, 1 in the port and 1 by road: 66
        ({"replenishment.1": LOW | {"policy": "R_nQ", "R": "4d", "Q": "9d"}}, "a level of 24 at store is below"),
        ({"replenishment.1": LOW | {"policy": "s_S", "s": "4d", "S": "30d"}}, "a level of 24 at store is below"),
        ({"replenishment.1": LOW | {"policy": "max_min", "max": "9d"}}, "a level of 54 at store is below the 66 ampo"),
        ({"replenishment.0.level": 0}, "order up to no unit at all, so never order"),
        ({"lanes.3.capacity": 14.9}, "this lane takes less than usually goes over it (store > clinic-a: 14.9 of 15"),
        ({"lanes.3.vehicles": {"carries": 29, "number": 1}}, "store > clinic-a: 14.5 of 15 handling units a day"),
        ({"lanes.3.round": {"every": "2d", "carries": 83}}, "41.5 of 42 handling units a day"),
        ({"ports.harbour.handling": 5}, "harbour handles 5 of the 6 handling units a day that usually come"),
        ({"products.saline.shelf_life": "5d"}, "from store to clinic-a (and 2 more) it would be 5 days old: nobody"),
        ({"products.saline.shelf_life": "6d", "products.saline.minimum_life": "2d"}, "and 2 must be left"),
        ({"disruptions": [RECALL | OF_NOVEMBER]}, "lots that were never made: the first day of making is 2024-01-01"),
        ({"reserves.national.refill": {"after": "60d"}}, "is not refilled: not until 60 days after it has closed"),
    ],
)  # fmt: skip
def test_what_is_hardly_meant_is_told(over: dict[str, Any], told: str, tmp_path: Path) -> None:
    assert any(told in note for note in notes(tmp_path, over)), notes(tmp_path, over)


@pytest.mark.parametrize(
    "over",
    [
        {"disruptions": [FEVER | {"for": "0d"}], "strategies": {"with": {"disruptions.fever.for": "40d"}}},
        {"disruptions": [MILD], "strategies": {"idle": {"disruptions.1.staffed": "50%"}}},
        {"hazards": {"storm": HAZARD | {"disruption": OUTAGE | {"capacity": "uniform(20%, 100%)"}}}},
        {"replenishment.1.level": "4d", "uncertain": {"replenishment.1.level": "uniform(3d, 30d)"}},
        {"replenishment.1.level": "1d", "replenishment.1.plus_lead_time": True},
        {"suppliers.maker.makes.saline.capacity": 20, "demand.0.until": "2024-01-31"},
        {"hazards": {"storm": HAZARD | {"disruption": SURGE | {"ramp": "6d"}, "lasts": "exponential(3d)"}}},
        {"lanes.3.capacity": 15},
        {"lanes.3.vehicles": {"carries": 30, "number": 1}},
        {"lanes.3.round": {"every": "2d", "carries": 84}},
        {"ports.harbour.handling": 6},
        {"products.saline.shelf_life": "6d"},
        {"disruptions": [RECALL | OF_NOVEMBER], "stock": [OLD]},
        {"strategies": {"as-it-is": {}}},
    ],
)  # fmt: skip
def test_what_may_be_meant_is_not(over: dict[str, Any], tmp_path: Path) -> None:
    strategies = over.get("strategies", {})
    named = next(iter(strategies)) if strategies == {"as-it-is": {}} else None
    assert notes(tmp_path, over, named) == []


def test_a_hazard_that_follows_one_that_is_not_active_is_told(tmp_path: Path) -> None:
    after = HAZARD | {"happens": {"process": "after", "of": "rain"}}
    path = written(tmp_path, {"hazards": {"rain": HAZARD, "storm": after}})
    loaded = load(path, None, {"active_hazards": ["storm"]})
    compile_plan(loaded)
    assert "'storm' never strikes: 'rain', which leads to it, is not active" in [n.message for n in loaded.notes]


def test_validate_tells_what_only_a_strategy_brings(tmp_path: Path) -> None:
    path = written(tmp_path, {"strategies": {"low": {"replenishment.1.level": "4d"}, "same": {"seed": 5}}})
    result = CliRunner().invoke(cli, ["validate", str(path)])
    assert result.exit_code == 0
    told = [line for line in result.stderr.splitlines() if line.startswith("Note (with strategy")]
    assert len(told) == 2
    assert "Note (with strategy 'low'): " in told[0] and "usually used in the lead time of" in told[0]
    assert "Note (with strategy 'same'): " in told[1] and "sets seed to what is there already" in told[1]
