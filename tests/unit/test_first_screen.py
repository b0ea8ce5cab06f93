"""The first screen: four answers, a strip with the three of weight, whom the reserve reaches, the last day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from matplotlib.text import Text

import sim
from sim.report.figures.events import strip
from sim.report.figures.style import drawing
from sim.report.run import first_screen
from sim.report.run.as_tables import page_tables
from sim.report.run.facts import Facts
from sim.report.run.reasons.acts import acts
from sim.report.run.story import story
from sim.report.squares import MOST, per_square, squares

TEMPLATES = Path(sim.__file__).parent / "report" / "templates"
FOUND = Path(__file__).parents[1] / "data" / "found"
PLAIN = """
scenario: nine
title: Nine disruptions, one of them idle
start: 2024-01-01
end: 2024-02-20
products: {bag: {unit: bag, cost: 1}}
suppliers: {plant: {country: IN, makes: {bag: {capacity: 40}}}}
warehouses: {store: {region: North, lat: 1.0, lon: 36.0}, depot: {region: South, lat: 1.0, lon: 36.05}}
facilities:
  a: {region: North, priority: 1, lat: 1.4, lon: 36.5}
  b: {region: South, priority: 2, lat: 0.5, lon: 36.2}
lanes: [{from: plant, to: [store, depot], time: 4d}, {from: store, to: a, time: 1d}, {from: depot, to: b, time: 1d}]
demand: [{at: facilities, product: bag, per_day: 10, distribution: deterministic, shortage: lost}]
replenishment: [{at: facilities, policy: base_stock, level: 5d}, {at: warehouses, policy: base_stock, level: 10d}]
disruptions:
  - {kind: site_outage, name: long stop, at: plant, from: 2024-01-10, until: 2024-02-20}
  - {kind: export_ban, name: ban, country: IN, from: 2024-01-12, for: 20d}
  - {kind: site_outage, name: half, at: plant, capacity: 50%, from: 2024-01-10, for: 12d}
  - {kind: demand_surge, name: surge 1, at: facilities, factor: 1.1, from: 2024-01-20, for: 5d}
  - {kind: demand_surge, name: surge 2, at: facilities, factor: 1.1, from: 2024-01-21, for: 4d}
  - {kind: demand_surge, name: surge 3, at: facilities, factor: 1.1, from: 2024-01-22, for: 3d}
  - {kind: demand_surge, name: surge 4, at: facilities, factor: 1.1, from: 2024-01-23, for: 2d}
  - {kind: demand_surge, name: surge 5, at: facilities, factor: 1.1, from: 2024-01-24, for: 1d}
  - {kind: lane_delay, name: idle strike, lanes: [plant > store], extra: 0d, from: 2024-01-24, for: 4d}
  - {kind: extra_orders, name: flights, at: store, source: plant, per_day: 1, from: 2024-01-05, for: 6d}
"""


def facts_of(path: Path) -> Facts:
    run = sim.run(path)
    return Facts(run.loaded, run.outcome, run.twin, run.metrics, run.without_reserves)


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> sim.Run:
    path = tmp_path_factory.mktemp("nine") / "scenario.yaml"
    path.write_text(PLAIN, encoding="utf-8")
    return sim.run(path)


@pytest.fixture(scope="module")
def facts(nine: sim.Run) -> Facts:
    return Facts(nine.loaded, nine.outcome, nine.twin, nine.metrics, nine.without_reserves)


@pytest.fixture(scope="module")
def page(nine: sim.Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    return nine.report(tmp_path_factory.mktemp("page") / "report.html").read_text(encoding="utf-8")


def test_many_disruptions_are_counted_not_spelled_out_and_what_does_nothing_is_named(facts: Facts) -> None:
    answer = story(facts)[0]
    assert answer.short == "Eight disruptions, one measure."
    assert answer.sentences[0].startswith("Eight disruptions struck, the first on 10 January 2024")
    assert "ban" not in answer.sentences[0] and "Nothing was changed by idle strike." in answer.sentences[0]


def test_the_strip_shows_three_large_the_rest_as_lines_and_tables_below_have_all(facts: Facts) -> None:
    with drawing():
        figure = strip.draw(facts)
    panel = figure.axes[1]
    told = {text.get_text() for text in panel.findobj(Text) if isinstance(text, Text)}
    assert {"Nine disruptions", "long stop", "ban", "half", "Six more", "One measure", "flights"} <= told
    assert not any("surge" in words for words in told)
    assert "idle strike: nothing changed" in told
    assert len(panel.patches) == 3 + 1, "a bar for each of the three, and for the measure"
    assert len([line for line in panel.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 1.5]) == 6
    assert len(page_tables.disruptions(facts).rows) == 9 and len(page_tables.measures(facts).rows) == 1


def test_what_holds_up_most_of_what_is_usual_weighs_most(facts: Facts) -> None:
    """41 days of nothing; 20 of nothing; 12 of half: 41, 20 and 6 days of all that is used. A surge of a tenth for five
    days is half a day."""
    weights = {act.words: act.weight for act in acts(facts)}
    assert [weights[name] for name in ("long stop", "ban", "half", "surge 1")] == pytest.approx([41, 20, 6, 0.5])
    assert weights["idle strike"] == 0


def test_who_went_short_has_the_worst_first_and_every_priority(facts: Facts) -> None:
    column, rows = first_screen.hits(facts)
    assert column == "Region"
    assert {row.name for row in rows} == {"North", "South", "Priority 1, vital", "Priority 2"}
    by_region = facts.summary.by["region"]
    worst = max(by_region, key=lambda name: by_region[name]["units_unmet"].value or 0.0)
    assert rows[0].name == worst
    assert rows[0].units == f"{by_region[worst]['units_unmet'].value:,.0f}"
    assert [row.rule for row in rows] == [False, False, True, False]


def test_a_run_that_ends_in_mid_shortage_says_so_and_shows_who_is_short(facts: Facts) -> None:
    """The plant stands still to the end: both facilities are short on the last day."""
    answer = story(facts)[3]
    assert answer.alarm and answer.short == "Not over: still short at the end."
    assert "Totals on this page are lower limits" in answer.sentences[0]
    assert first_screen.at_the_end(facts).lines[0][0] == "2 facilities still short"
    assert dict(first_screen.last_week(facts))["Last seven days"] == "140 bags short, 100.0%"


def test_members_that_cannot_draw_are_counted_and_told_apart(tmp_path: Path) -> None:
    """Of four members the two in the north order from another depot than the one that holds the reserve."""
    found = facts_of(FOUND / "reserve-that-half-its-members-cannot-reach.yaml")
    reached = first_screen.reached(found)
    assert reached is not None
    assert [words for words, _ in reached.lines] == ["2 can draw on it", "2 cannot"]
    assert reached.picture.count("<rect") == 4
    assert "2 of 4 members cannot draw on it." in story(found)[2].short


def test_squares_stand_for_several_where_there_are_many() -> None:
    """130 facilities in at most 60 squares: three each; 4 of them need two squares, 126 need 42."""
    groups = [(4, "short"), (126, "plain")]
    assert per_square(groups) == 3 and MOST == 60
    assert squares(groups, "x").count("<rect") == 2 + 42


def test_every_site_but_facilities_has_its_name_on_the_map(page: str) -> None:
    """The two warehouses lie side by side."""
    drawn = page[page.index('id="picture-map"') :]
    drawn = drawn[: drawn.index("</svg>")]
    assert re.search(r">(depot|depot, store)<", drawn) and re.search(r">(store|depot, store)<", drawn)


def printed_sizes(style: str) -> list[float]:
    """Points of every size of letters that a style asks for on paper."""
    root = 12.0  # of the print rules' html
    sizes = [float(found) * root for found in re.findall(r"font-size: ([\d.]+)rem", style)]
    return sizes + [float(found) for found in re.findall(r"font-size: ([\d.]+)pt", style)]


def test_no_text_on_paper_is_under_7_points(page: str) -> None:
    """A4 across less margins, as the style has it: a picture is as wide as the page, and no higher than the style lets
    it be."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    assert "html { font-size: 12pt; }" in style
    others = [(TEMPLATES / name).read_text(encoding="utf-8") for name in ("brief.css", "compare.html.j2")]
    sizes = [size for text in (style, *others) for size in printed_sizes(text)]
    assert len(sizes) > 30 and min(sizes) >= 7
    margin = re.search(r"@page \{ size: A4 landscape; margin: \d+mm (\d+)mm; \}", style)
    height = re.search(r"max-height: (\d+)mm", style)
    assert margin is not None and height is not None
    wide, high = (297 - 2 * int(margin[1])) / 25.4 * 72, int(height[1]) / 25.4 * 72
    pictures = re.findall(r'<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*?)</svg>', page, re.DOTALL)
    seen = 0
    for width, tall, inside in pictures:
        letters = [float(found) for found in re.findall(r"font(?:-size)?: (?:\w+ )?([\d.]+)px", inside)]
        if letters:
            seen += 1
            assert min(letters) * min(wide / float(width), high / float(tall)) >= 6.99
    assert seen >= 5
