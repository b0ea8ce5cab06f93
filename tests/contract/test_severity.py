"""Nothing is nothing, and little is little: what every kind of disruption owes at and near no severity at all.

A kind declares in `severity` the fields that say how severe it is, and their neutral values; new kinds are held to it
without a line of their own here.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.disruptions import DISRUPTIONS
from sim.model.chance.distributions import parse_times
from sim.units import parse_duration, parse_share
from tests.contract.network import run, scenario_with

Spec = dict[str, Any]
SEVERE = [name for name, kind in DISRUPTIONS.items() if kind.severity is not None]
ECHELONS = 3
"""Makers, the store and clinics: each passes on what changes at the one before."""
COMPANIONS: list[Spec] = [
    {"kind": "export_ban", "country": "IN", "from": "2024-01-08", "for": "15d", "quota": "30%"},
    {"kind": "site_outage", "at": "store", "from": "2024-01-09", "for": "9d", "capacity": "60%"},
    {"kind": "strike", "at": ["maker", "harbour"], "from": "2024-01-14", "for": "9d", "staffed": "50%"},
    {"kind": "demand_surge", "from": "2024-01-12", "for": "9d", "factor": 1.5},
]
"""What else goes on meanwhile."""


def fields_of(name: str) -> Spec:
    """Fields of an example in which the kind's severity is in play."""
    kind = DISRUPTIONS[name]
    return copy.deepcopy(kind.in_part or kind.example)


def neutral(name: str) -> Spec:
    """The example without any severity, in its later stages neither."""
    fields, severity = fields_of(name), DISRUPTIONS[name].severity or {}
    fields |= severity
    if "steps" in fields:
        fields["steps"] = [step | {k: v for k, v in severity.items() if k in step} for step in fields["steps"]]
    return fields


def stepped(name: str, step: float) -> Spec:
    """The example at a small part of its severity: so far from each neutral value towards that of the example."""
    kind, fields = DISRUPTIONS[name], neutral(name)
    for field, least in (kind.severity or {}).items():
        full = fields_of(name).get(field)
        if full is None:
            declared = next(f for word, f in kind.model_fields.items() if field in (word, f.alias))
            full = least if declared.default is None else _written(declared.default, least)
        fields[field] = _written(_number(least) + step * (_number(full) - _number(least)), least)
    return fields


def _number(value: Any) -> float:
    if not isinstance(value, str):
        return float(value)
    if value.endswith("%"):
        return parse_share(value)
    return parse_times(value).mean if "(" in value else parse_duration(value)


def _written(number: float, like: Any) -> Any:
    if not isinstance(like, str):
        return number
    return f"{100 * number:.7f}%" if like.endswith("%") else f"{number:.7f}d"


def pair(name: str, fields: Spec, beside: list[Spec]) -> tuple[sim.Run, sim.Run]:
    """A run with the disruption and one without, beside others."""
    spec = scenario_with("disruptions", name, fields)
    mine = spec["disruptions"][0] | {"name": "mine"}
    return run(spec | {"disruptions": [*beside, mine]}), run(spec | {"disruptions": beside})


def journal(done: sim.Run) -> pd.DataFrame:
    """The journal without what it says of the beginning and end of the disruption in question."""
    own = done.events["event"].astype(str).str.startswith("disruption_") & (done.events["cause"].astype(str) == "mine")
    table = done.events[~own].reset_index(drop=True)
    return table.astype({column: str for column in table.columns if table[column].dtype == "category"})


def test_every_kind_says_what_its_severity_is() -> None:
    silent = [name for name, kind in DISRUPTIONS.items() if not hasattr(kind, "severity")]
    assert not silent, f"severity = fields and neutral values, or None: {silent}"
    for name in SEVERE:
        kind = DISRUPTIONS[name]
        words = {field.alias or word for word, field in kind.model_fields.items()}
        assert set(kind.severity or {}) <= words, name


@pytest.mark.parametrize("beside", [[], COMPANIONS], ids=["alone", "among others"])
@pytest.mark.parametrize("name", SEVERE)
def test_without_severity_a_disruption_changes_not_a_byte(name: str, beside: list[Spec]) -> None:
    with_it, without = pair(name, neutral(name), beside)
    pd.testing.assert_frame_equal(with_it.daily, without.daily)
    pd.testing.assert_frame_equal(journal(with_it), journal(without))
    assert repr(with_it.metrics) == repr(without.metrics)


@pytest.mark.parametrize("step", [0.01, 0.02])
@pytest.mark.parametrize("name", [name for name in SEVERE if name != "shelf_life_extension"])  # by whole days only
def test_a_little_severity_changes_little(name: str, step: float) -> None:
    """A step of s takes at most the share s of what is handled meanwhile, and each echelon passes that on.

    Beyond that come whole units, one for each flow and echelon; where patients are drawn, four standard deviations of
    as many; and where time is lost, the whole day by which goods that come a moment late are later.
    """
    beside = [] if name == "material_shortage" else COMPANIONS[3:]  # a surge, so that usual units are not all there are
    with_it, without = pair(name, stepped(name, step), beside)
    kind = DISRUPTIONS[name]
    day = max(without.daily.groupby("day")["dispatched"].sum())
    mine = with_it.outcome.impacts
    start, end = next((i.start, i.end) for i in mine if i.cause == "mine")
    handled = without.daily.loc[without.daily["day"].between(start - 1, end + 7), ["dispatched", "demand"]].sum().sum()
    late = any(str(value).endswith(("d", "h")) for value in (kind.severity or {}).values())
    late = late or "passage" in kind.model_fields
    flows = len(without.outcome.plan.network.flow_buyer)
    bound = step * handled + 4 * np.sqrt(step * handled) * (name in ("demand_surge", "epidemic")) + flows + day * late
    for column in ("dispatched", "received", "served", "demand"):
        moved = _cumulated(with_it, column) - _cumulated(without, column)
        assert moved.abs().max().sum() <= ECHELONS * bound, column


def _cumulated(done: sim.Run, column: str) -> pd.DataFrame:
    """Units by day (rows) since the beginning, one column for each site and product."""
    table = done.daily.astype({"site": str, "product": str})
    return table.pivot_table(index="day", columns=["site", "product"], values=column, aggfunc="sum").cumsum()
