"""Values of a scenario in plain words, and paths that lead nowhere as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.disruptions import DISRUPTIONS
from sim.docstrings import field_docstrings
from sim.report.words.parameters import Named, named, names_of, opening, parameter_words, value_words, with_unit
from sim.scenario.load import Loaded, load
from sim.study.design.parameter import parse_parameter

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "sim" / "scenario" / "starter.yaml"
MORE = """
scenario: more
extends: starter.yaml
hazards:
  storm:
    disruption: {kind: port_closure, port: harbour, capacity: 20%}
    happens: {process: arrivals, a_year: 2}
    lasts: 6d
disruptions:
  - {kind: site_outage, name: 'St. Ann stops', at: maker, from: 2024-03-01, until: 2024-06-01,
     steps: [{on: 2024-04-01, capacity: 40%}]}
  - {kind: lane_delay, lanes: ['maker > harbour'], from: 2024-03-01, for: 10d, extra: 2d}
  - {kind: export_ban, name: ban, country: IN, from: 2024-03-01, for: 9d}
"""


@pytest.fixture(scope="module")
def starter() -> Loaded:
    return load(STARTER)


@pytest.fixture
def more(tmp_path: Path) -> Loaded:
    (tmp_path / "starter.yaml").write_text(STARTER.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "more.yaml").write_text(MORE, encoding="utf-8")
    return load(tmp_path / "more.yaml")


@pytest.mark.parametrize(("path", "words"), [
    ("disruptions.ban.for", "length of export ban 'ban'"),
    ("disruptions.0.notice", "notice of export ban 'ban'"),
    ("disruptions.outbreak.factor", "demand as a multiple of the usual (surge in demand 'outbreak')"),
    ("reserves.national.size", "size of reserve 'national'"),
    ("reserves.national.release.after", "authorisation delay of reserve 'national'"),
    ("reserves.national.release.when.below", "days of cover at which it opens (reserve 'national')"),
    ("reserves.national.refill.at_most", "share of its size refilled a day at most (reserve 'national')"),
    ("products.saline-bag.cost", "purchase cost of product saline-bag"),
    ("suppliers.maker.makes.saline-bag.capacity", "production capacity a day (saline-bag made by maker)"),
    ("ports.harbour.handling", "handling units a day (port harbour)"),
    ("lanes.0.time", "journey time of lane maker > harbour"),
    ("demand.0.per_day", "mean demand a day (saline-bag at facilities)"),
    ("replenishment.0.level", "stock level ordered up to (replenishment at facilities)"),
    ("costs.holding_rate", "cost of holding a year, as a share of the stock's value"),
    ("warm_up", "warm-up before the first counted day"),
])  # fmt: skip
def test_words_say_what_it_is_and_of_what(starter: Loaded, path: str, words: str) -> None:
    assert parameter_words(starter, path) == words


@pytest.mark.parametrize(("path", "words"), [
    ("hazards.storm.disruption.capacity", "share of normal handling that is left (hazard 'storm')"),
    ("hazards.storm.happens.a_year", None),
    ("disruptions.St. Ann stops.until", "end of site outage 'St. Ann stops'"),
    ("disruptions.0.steps.0.capacity", "share of normal capacity (stage 1 of site outage 'St. Ann stops')"),
    ("disruptions.0.steps.0.on", "first day of stage 1 of site outage 'St. Ann stops'"),
    ("disruptions.1.extra", "time added to the journey (transport delay maker > harbour)"),
])  # fmt: skip
def test_hazards_stages_and_names_with_dots(more: Loaded, path: str, words: str | None) -> None:
    found = parameter_words(more, path)
    assert found == words if words else found.endswith("(hazard 'storm')")


@pytest.mark.parametrize("path", ["nothing", "disruptions.bna.for", "disruptions.9.for", "reserves.national.sise", "",
                                  "disruptions.ban.for.days", "products.saline-bag.cost.0"])  # fmt: skip
def test_a_path_that_leads_nowhere_stays_as_it_is(starter: Loaded, path: str) -> None:
    assert named(starter, path) == Named(path, "", path) and str(named(starter, path)) == path


def test_every_figure_of_the_shipped_scenarios_has_words() -> None:
    for file in sorted((ROOT / "scenarios" / "crises").glob("*.yaml")):
        loaded = load(file)
        for section in ("disruptions", "replenishment", "demand", "lanes", "products", "reserves"):
            entries = loaded.document.data.get(section) or {}
            for key, entry in entries.items() if isinstance(entries, dict) else enumerate(entries):
                for field in entry:
                    words = parameter_words(loaded, f"{section}.{key}.{field}")
                    assert "`" not in words and "{" not in words and "_" not in words.split("(")[0].split(" of ")[0], (
                        words
                    )
                    assert words != f"{section}.{key}.{field}"


def test_numbers_of_every_kind_of_disruption_are_described() -> None:
    for kind, disruption in DISRUPTIONS.items():
        for name, field in disruption.model_fields.items():
            if field.annotation in (float, int) and not field_docstrings(disruption).get(name):
                assert (kind, name) in {("demand_surge", "factor"), ("lane_delay", "factor"), ("lane_delay", "extra")}


def test_values_are_named_apart_and_taken_from_whichever_scenario_has_them(starter: Loaded, more: Loaded) -> None:
    found = names_of([starter, more], ["disruptions.ban.for", "disruptions.St. Ann stops.until", "x.y"])
    assert found == {
        "disruptions.ban.for": "length of export ban 'ban'",
        "disruptions.St. Ann stops.until": "end of site outage 'St. Ann stops'", "x.y": "x.y",
    }  # fmt: skip
    twice = names_of([starter], ["disruptions.ban.for", "disruptions.0.for"])
    assert twice == {path: f"length of export ban 'ban' [{path}]" for path in twice}


@pytest.mark.parametrize(("value", "words"), [
    ("45d", "45 days"), ("1d", "1 day"), ("1.5mo", "1.5 months"), ("2w", "2 weeks"), ("12h", "12 hours"),
    ("1y", "1 year"), ("10%", "10%"), ("1.1", "1.1"), (4, "4"), (3.0, "3"), ("2024-03-01", "1 March 2024"), ("", ""),
])  # fmt: skip
def test_values_have_their_unit_in_words(value: object, words: str) -> None:
    assert value_words(value) == words


def test_an_axis_has_its_unit(starter: Loaded) -> None:
    path = "disruptions.ban.for"
    assert with_unit(named(starter, path), parse_parameter(path, ["1d", "9d"])) == "length of export ban 'ban', in days"
    assert with_unit(Named("a", "b", "p"), parse_parameter("p", [1, 2])) == "a of b"
    assert opening("length of it") == "Length of it" and opening("disruptions.ban.for") == "disruptions.ban.for"
