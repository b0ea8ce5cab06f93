"""What was decided stands in the report as what it is: something done about it, by somebody, from a day on."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

import sim
from sim.report.run import headlines
from sim.report.run.as_tables import page_tables
from sim.report.run.facts import Facts
from sim.report.run.reasons.acts import acts
from sim.report.run.reasons.happenings import happenings
from sim.report.run.story import story
from tests.contract.network import PARTIES, STANDARD


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, str]:
    """One disruption from 8 January on; india answers with a ban for all products from the 17th to the 26th, and kenya
    orders once, on the 19th."""
    spec: dict[str, Any] = copy.deepcopy(STANDARD) | {"end": "2024-02-20", "parties": PARTIES}
    on = {"trigger": "on", "date": "2024-01-19"}
    ban = {"decision": "ban_exports", "by": "india", "when": {"trigger": "on", "date": "2024-01-17"}, "for": "10d"}
    order = {"decision": "emergency_order", "name": "flights", "by": "kenya", "when": on, "at": "store"}
    spec["decisions"] = [ban | {"country": "IN"}, order | {"source": "maker", "amount": "2d", "products": ["saline"]}]
    path = tmp_path_factory.mktemp("told") / "scenario.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    run = sim.run(path)
    page = run.report(path.with_name("report.html")).read_text(encoding="utf-8")
    return Facts(run.loaded, run.outcome, run.twin, run.metrics, run.without_reserves), page


def test_decisions_are_told_by_themselves_and_a_ban_among_what_struck(told: tuple[Facts, str]) -> None:
    facts, page = told
    assert [row[0] for row in page_tables.disruptions(facts).rows] == ["export_ban IN", "ban_exports by india"]
    done = {act.words: (act.kind, act.day, act.until) for act in acts(facts) if act.decided}
    assert done == {
        "flights": ("emergency order, decided by kenya", 18, 19),
    }
    assert headlines.what_happened(facts).startswith("Two disruptions, one decision")
    first = story(facts)[0].sentences[0]
    assert first.startswith("Two disruptions struck: ")
    assert "One decision was taken: flights (kenya, 19 January" in first
    table = page_tables.decisions(facts)
    assert table.rows[-1] == (
        "flights", "emergency order", "kenya", "saline", "on a date", "2024-01-19", "done once",
    )  # fmt: skip
    assert {(row[0], *row[4:]) for row in table.rows[:-1]} == {("ban exports", "on a date", "2024-01-17", "2024-01-27")}
    assert "What was decided" in page
    events = [(h.day, h.what, h.cause) for h in happenings(facts) if h.what.startswith("Decision")]
    assert set(events) == {
        (18, "Decision taken", "flights"),
    }
