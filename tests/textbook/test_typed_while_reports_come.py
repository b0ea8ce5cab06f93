"""What is typed or shared while reports are under way loses none of them, and finds what it looks back on."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import sim
from tests.textbook.test_forecast_policies import CHAIN, ordered
from tests.textbook.test_informed_policies import ECHELON, PARTIES, SURGE, told

HEAD = "scenario: case\ntitle: a textbook case\nstart: 2001-01-01\n"
LATE = told("sees: pipeline, lag: 4d")
FROM_THE_LAST_DAY = {"replenishment": [{"policy": "push", "at": "a", "quantity": 4, "from": "2001-01-20"}]}
RATIONS = {
    "at": "store",
    "from": "2001-01-03",
    "horizon": "4d",
    "new_customers": {"take": "spare", "when": {"trigger": "lead_time", "above": "50%"}},
}


@pytest.mark.parametrize("day", range(3, 14))
def test_reports_under_way_come_whatever_is_typed_before_they_do(tmp_path: Path, day: int) -> None:
    """The store's echelon goes by reports four days old and by what was ordered since: typing a policy for the last day
    changes nothing before it."""
    path = tmp_path / "case.yaml"
    path.write_text(HEAD + CHAIN + ECHELON % "3d" + SURGE % 2 + LATE, encoding="utf-8")
    begun = sim.begin(path, twin=False)
    begun.until(day)
    begun.inject(written=FROM_THE_LAST_DAY)
    assert ordered(begun.resume(), "store")[:19] == ordered(sim.run(path, twin=False), "store")[:19]


@pytest.mark.parametrize("day", range(4, 14))
def test_reports_under_way_come_whatever_else_is_shared_before_they_do(tmp_path: Path, day: int) -> None:
    """The maker is shown the store's stock from a day on, and does nothing with it: the store orders as without."""
    shared = f"{{decision: share_information, by: land, when: {{trigger: on, date: 2001-01-{day:02d}}}, for: 30d"
    decision = f"decisions: [{shared}, with: [firm], sees: stock, lag: 1d}}]\n"
    parties = PARTIES.rstrip("}\n") + "}, firm: {kind: firm, sites: maker}}\n"
    views = "[{who: land, of: town, sees: pipeline, lag: 4d}, {who: firm, of: land, sees: orders, lag: 4d}]"
    found = []
    for name, more in (("without", ""), ("with", decision)):
        path = tmp_path / f"{name}.yaml"
        text = HEAD + CHAIN + ECHELON % "3d" + SURGE % 2 + parties + f"information: {views}\n{more}"
        path.write_text(text, encoding="utf-8")
        found.append(ordered(sim.run(path, twin=False), "store"))
    assert found[0] == found[1]


def test_who_is_told_late_of_journeys_may_be_asked_for_any_number_of_them(tmp_path: Path) -> None:
    """A store comes to look at its last five arrivals, of which nobody wanted to hear before: as if it had been written
    down from the start."""
    text = HEAD + CHAIN + ECHELON % "3d" + SURGE % 2 + "parties: {land: {kind: country, sites: store}}\n"
    text += "information: [{who: land, of: own, sees: capacity, lag: 2d}]\n"
    path, whole = tmp_path / "case.yaml", tmp_path / "whole.yaml"
    path.write_text(text, encoding="utf-8")
    whole.write_text(
        f"{text}rationing: [{yaml.safe_dump(RATIONS, default_flow_style=True).strip()}]\n", encoding="utf-8"
    )
    begun = sim.begin(path, twin=False)
    begun.inject(written={"rationing": [RATIONS]})
    assert ordered(begun.resume(), "store") == ordered(sim.run(whole, twin=False), "store")
