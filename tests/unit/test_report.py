"""The HTML report: one file, the same bytes each time, safe with any title, and whole with the least of runs."""

from __future__ import annotations

import base64
import csv
import io
import re
import time
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.report.figures.events import map, ports, timeline
from sim.report.figures.run import averted, cover_heat, cover_over_time, fill, reserve
from sim.report.figures.style import drawing
from sim.report.run.as_tables import page_tables
from sim.report.run.as_tables.tables import metrics_table
from sim.report.run.facts import Facts
from sim.report.run.outlines import outlines, unwrap
from sim.report.run.story import story

BARE = """
scenario: bare
title: {title}
start: 2024-01-01
end: 2024-02-10
products: {{p: {{unit: box}}}}
suppliers: {{S: {{country: IN, makes: {{p: {{}}}}}}}}
facilities: {{F: {{country: KE}}}}
lanes: [{{from: S, to: F, time: 4d}}]
demand: [{{at: F, product: p, per_day: 10, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: F, policy: base_stock, level: 70}}]
"""
CHANCE = """
hazards:
  breakdown:
    disruption: {kind: site_outage, at: S}
    happens: {process: window, probability: 100%, until: 2024-01-20}
    lasts: 6d
"""
BAN = "disruptions: [{{kind: export_ban, name: ban, country: IN, from: 2024-01-11, until: 2024-01-19}}]\n"
FULL = """
scenario: full
title: Everything
leaves_out: The weather.
start: 2024-01-01
end: 2024-05-01
products: {bag: {unit: bag, cost: 1.2}, vial: {unit: vial, cost: 4}}
suppliers: {maker: {country: IN, lat: 19, lon: 72.9, makes: {bag: {}, vial: {}}}}
ports: {harbour: {country: KE, lat: -4.05, lon: 39.67, handling: 400, clearance: 3d}}
warehouses: {store: {country: KE, region: coast, lat: -4, lon: 39.6}}
facilities:
  a: {country: KE, region: coast, lat: -3.6, lon: 39.8, priority: 1}
  b: {country: KE, region: inland, lat: -1.3, lon: 36.8, priority: 2}
lanes:
  - {from: maker, to: harbour, mode: sea, time: 20d, cost: 0.1}
  - {from: harbour, to: store, time: 1d}
  - {from: store, to: facilities, time: 2d}
demand: [{at: facilities, product: bag, per_day: 50}, {at: facilities, product: vial, per_day: 9}]
replenishment:
  - {at: facilities, policy: base_stock, level: 14d, review: 7d}
  - {at: warehouses, policy: base_stock, level: 40d, review: 7d}
reserves:
  national:
    held_at: store
    size: 10d
    members: facilities
    release: {when: {trigger: days_of_cover, below: 5d}, after: 2d}
disruptions:
  - {kind: export_ban, name: ban, country: IN, from: 2024-01-20, for: 60d, notice: 7d}
  - {kind: port_closure, name: strike, port: harbour, from: 2024-02-01, for: 10d}
strategies: {double: {reserves.national.size: 20d}}
evidence: {disruptions.ban.for: {source: gazette, status: reported}}
sources: {gazette: {title: The gazette, url: "https://example.org/a"}}
"""


def _run(folder: Path, text: str, strategy: str | None = None) -> sim.Run:
    path = folder / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return sim.run(path, strategy)


def _page(run: sim.Run, folder: Path) -> str:
    return run.report(folder / "report.html").read_text(encoding="utf-8")


def _facts(run: sim.Run) -> Facts:
    return Facts(run.loaded, run.outcome, run.twin, run.metrics, run.without_reserves)


def _told(run: sim.Run) -> str:
    return " ".join(sentence for answer in story(_facts(run)) for sentence in answer.sentences)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> sim.Run:
    return _run(tmp_path_factory.mktemp("full"), FULL, "double")


def _loads(page: str) -> list[str]:
    """Everything the page would fetch: sources and links other than those a reader follows."""
    without_links = re.sub(r"<a\s[^>]*>", "", page)
    found = re.findall(r"""(?:src|href|xlink:href|action|srcset|poster)\s*=\s*["']([^"']*)""", without_links)
    found += re.findall(r"url\(([^)]*)\)", page) + re.findall(r"@import[^;]*", page)
    return [f for f in found if not f.startswith(("#", "data:"))]


def test_the_page_fetches_nothing_and_runs_no_script(full: sim.Run, tmp_path: Path) -> None:
    page = _page(full, tmp_path)
    assert _loads(page) == []
    assert "<script" not in page
    assert 'href="https://example.org/a"' in page


def test_two_reports_of_one_run_are_the_same_bytes(full: sim.Run, tmp_path: Path) -> None:
    assert _page(full, tmp_path) == _page(full, tmp_path)


def test_identifiers_are_unique(full: sim.Run, tmp_path: Path) -> None:
    found = re.findall(r'\sid="([^"]+)"', _page(full, tmp_path))
    assert len(found) == len(set(found))


def test_names_from_the_scenario_are_escaped(tmp_path: Path) -> None:
    title = "'</title><script>alert(1)</script> $x^$ & \"q\"'"
    text = (BARE + BAN).replace("name: ban", "name: '<img src=x onerror=alert(2)> $a$'").format(title=title)
    page = _page(_run(tmp_path, text), tmp_path)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_a_link_that_is_no_web_address_is_text(tmp_path: Path) -> None:
    text = FULL.replace("https://example.org/a", "javascript:alert(1)")
    assert "javascript:" not in _page(_run(tmp_path, text), tmp_path)


def test_the_least_of_runs_has_a_report(tmp_path: Path) -> None:
    page = _page(_run(tmp_path, BARE.format(title="Bare")), tmp_path)
    assert "There is no reserve in this strategy." in page
    assert "Nothing was disturbed" in page
    assert "Nobody went short" in page
    assert 'id="picture-map"' not in page
    assert 'id="picture-ports"' not in page


@pytest.mark.parametrize("end", ["2024-01-02", "2024-01-06", "2024-01-09"])
def test_a_run_of_a_few_days_has_a_report(tmp_path: Path, end: str) -> None:
    assert "Who went short?" in _page(_run(tmp_path, BARE.format(title="Short").replace("2024-02-10", end)), tmp_path)


def test_a_run_without_twin_and_daily_table_has_a_report(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(FULL, encoding="utf-8")
    page = _page(sim.run(path, twin=False, daily=False, detail="none"), tmp_path)
    assert "kept no daily table" in page
    assert "was not made" in page


def test_the_story_states_the_figures_of_the_run(tmp_path: Path) -> None:
    run = _run(tmp_path, (BARE + BAN).format(title="Ban"))
    told = _told(run)
    assert "One disruption struck: export ban (ban) from 11 January 2024 to 18 January 2024." in told
    assert f"{run.metrics['units_unmet'].value:,.0f} (12.5%) were not there on the day" in told
    assert "without the disruptions nobody would have gone short" in told


def test_the_story_tells_what_the_reserve_did(full: sim.Run) -> None:
    told = _told(full)
    record = full.outcome.record.reserves
    first = int(np.flatnonzero(record["open"][:, 0])[0])
    date = _facts(full).date(first)
    assert f"opened on {date.day} {date:%B %Y}" in told
    assert f"released {int(record['released'][:, 0].sum()):,} units" in told


LOST = (BARE + BAN).replace("shortage: backorder", "shortage: lost").format(title="Lost")
RESERVE = """
reserves:
  home: {{held_at: F, size: {size}, members: F, release: {{when: {{trigger: days_of_cover, below: 1d}}}}}}
"""


def test_a_reserve_that_helps_averts_exactly_what_it_holds(tmp_path: Path) -> None:
    """Ten units a day for the ban's eight days less three in hand: 50 short, and 30 fewer with 30 units in reserve."""
    run = _run(tmp_path, LOST + RESERVE.format(size=30))
    unmet = run.metrics["units_unmet"]
    assert (unmet.value, unmet.without_reserves, unmet.averted, unmet.twin) == (20, 50, 30, 0)
    told = _told(run)
    assert "Yes, mostly: without it 50 boxes would have been short, with it 20. 30 averted (60.0%)." in told
    assert "The reserve 'home' (30 boxes) opened on" in told
    assert "20 boxes went unmet after that." in told
    table = metrics_table(run.metrics).set_index(["breakdown", "metric"])
    assert table.loc[("all", "units_unmet"), "without_reserves"] == 50


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (100, "Yes, fully: without it 50 boxes would have been short, with it 0. 50 averted (100.0%)."),
        (20, "In part: without it 50 boxes would have been short, with it 30. 20 averted (40.0%)."),
        (2, "Hardly: without it 50 boxes would have been short, with it 48. 2 averted (4.0%)."),
    ],
)
def test_the_verdict_follows_the_share_averted(tmp_path: Path, size: int, words: str) -> None:
    assert words in _told(_run(tmp_path, LOST + RESERVE.format(size=size)))


def test_a_reserve_that_is_never_opened_averts_nothing(tmp_path: Path) -> None:
    told = _told(_run(tmp_path, (LOST + RESERVE.format(size=30)).replace("below: 1d}", "below: 1d}, after: 300d")))
    assert "No: it released nothing and averted nothing; 50 boxes were short either way." in told
    assert "The reserve 'home' (30 boxes) was never opened." in told


def test_reserves_of_different_goods_are_told_in_what_each_is_counted_in(tmp_path: Path) -> None:
    """Boxes and vials are not added up: 30 of one and 12 of the other; what went unmet is of both, in units."""
    text = LOST.replace("{p: {unit: box}}", "{p: {unit: box}, q: {unit: vial}}").replace("{p: {}}", "{p: {}, q: {}}")
    (line,) = [line for line in text.splitlines() if line.startswith("demand:")]
    text = text.replace(line, line.replace("}]", "}, " + line[len("demand: [") :].replace("product: p", "product: q")))
    for name, product, size in (("boxes", "p", 30), ("vials", "q", 12)):
        own = (
            RESERVE.format(size=size)
            .replace("home:", f"{name}:")
            .replace("members: F", f"members: F, products: [{product}]")
        )
        text += own if name == "boxes" else own.replace("\nreserves:\n", "")
    told = _told(_run(tmp_path, text))
    assert "Two reserves of 30 boxes and 12 vials in all released 30 boxes and 12 vials." in told


def test_a_reserve_nobody_needed_is_told_so(tmp_path: Path) -> None:
    calm = BARE.format(title="Calm") + RESERVE.format(size=30)
    told = _told(_run(tmp_path, calm))
    assert "Nobody went short: all 400 boxes asked for were there on the day." in told
    assert "Not needed: nobody would have gone short without it either." in told


def test_the_run_without_reserves_can_be_left_out_and_is_not_made_in_vain(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(LOST + RESERVE.format(size=30), encoding="utf-8")
    run = sim.run(path, without_reserves=False)
    assert run.without_reserves is None and run.metrics["units_unmet"].without_reserves is None
    assert "Not known: the same run without it was not made." in _told(run)
    assert sim.run(path, overrides={"reserves.home.size": 0}).without_reserves is None


def test_the_run_without_reserves_is_the_run_of_a_strategy_without(full: sim.Run, tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(FULL, encoding="utf-8")
    none = sim.run(path, overrides={"reserves.national.size": "0d"})
    assert none.metrics["units_unmet"].value == full.metrics["units_unmet"].without_reserves
    assert none.metrics.cost["total"].value == pytest.approx(full.metrics.cost["total"].without_reserves)


def test_key_events_tell_the_stockout_with_its_dates_and_units(tmp_path: Path) -> None:
    run = _run(tmp_path, LOST + RESERVE.format(size=30))
    rows = {(row[2], row[6] or row[3]): row for row in page_tables.events(_facts(run)).raw}
    (spell,) = [row for (what, _), row in rows.items() if what == "Demand unmet"]
    assert spell[3:6] == ("F", "p", 20)
    assert rows["Export ban begins", "ban"][0] == "2024-01-11"
    assert rows["Export ban over", "ban"][0] == "2024-01-19"
    assert rows["Reserve released", "home"][5] == 30


def test_key_events_are_cut_with_a_note_and_kept_in_the_file(full: sim.Run) -> None:
    sheet = page_tables.events(_facts(full))
    assert len(sheet.rows) <= page_tables.MOST_EVENTS
    assert [row[0] for row in sheet.rows] == sorted(row[0] for row in sheet.rows)


def test_every_table_is_a_csv_file_inside_the_page(full: sim.Run, tmp_path: Path) -> None:
    page = _page(full, tmp_path)
    found = re.findall(r'download="([a-z-]+)\.csv" href="data:text/csv;charset=utf-8;base64,([^"]+)"', page)
    files = dict(found)
    assert len(files) == len(found)
    read = {
        name: list(csv.reader(io.StringIO(base64.b64decode(text).decode("utf-8-sig")))) for name, text in files.items()
    }
    assert {
        "costs",
        "stockouts",
        "evidence",
        "assumed",
        "events",
        "reserves",
        "disruptions",
        "metrics",
        "metrics-overall",
    } <= set(read)
    assert all(len(row) == len(table[0]) for table in read.values() for row in table)
    costs = {row[0]: row[1] for row in read["costs"][1:]}
    assert float(costs["total"]) == pytest.approx(full.metrics.cost["total"].value)
    short = sum(int(row[5]) for row in read["stockouts"][1:])
    assert short == full.metrics["units_unmet"].value


def test_pictures_are_named_for_those_who_do_not_see_them(full: sim.Run, tmp_path: Path) -> None:
    for svg in re.findall(r"<svg [^>]*>\s*<title>[^<]+</title>|<svg [^>]*>", _page(full, tmp_path)):
        assert 'role="img"' in svg and "<title>" in svg


def test_evidence_and_assumptions_are_told_apart(full: sim.Run) -> None:
    facts = _facts(full)
    assert [row[:4] for row in page_tables.evidence(facts).raw] == [
        ("disruptions.ban.for", "60d", "reported", "The gazette")
    ]
    lacking = {str(row[0]) for row in page_tables.assumptions(facts).raw}
    assert "disruptions.ban.for" not in lacking
    assert {"disruptions.strike.for", "products.bag.cost", "reserves.national.size"} <= lacking
    assert not any(name.startswith(("title", "evidence", "sources")) for name in lacking)


def test_overrides_are_shown_old_and_new(full: sim.Run, tmp_path: Path) -> None:
    (row,) = page_tables.overrides(full.manifest).rows
    assert row[:3] == ("reserves.national.size", "10d", "20d")
    assert "table-overrides" in _page(full, tmp_path)


def test_every_axis_has_a_label(full: sim.Run) -> None:
    facts = _facts(full)
    cover = cover_heat.weekly_cover(facts)
    assert cover is not None
    with drawing():
        drawn = [
            cover_over_time.draw(facts), reserve.draw(facts), averted.draw(facts),
            timeline.draw(facts), ports.draw(facts), map.draw(facts),
            cover_heat.draw(facts, cover), fill.draw(facts, ["region"]),
        ]  # fmt: skip
        for figure in drawn:
            assert figure is not None
            panels = [axes for axes in figure.axes if axes.axison]  # not the lanes of disruptions above them
            assert all(axes.get_ylabel() for axes in panels)
            assert panels[-1].get_xlabel(), figure


def test_heat_map_shows_the_product_worst_off(full: sim.Run) -> None:
    cover = cover_heat.weekly_cover(_facts(full))
    table = full.outcome.record.table
    assert cover is not None and table is not None
    network = full.outcome.plan.network
    site = int(np.flatnonzero(network.sites["name"] == "a")[0])
    cells = np.flatnonzero(network.cell_site == site)
    first = table["on_hand"][:7, cells].mean(axis=0) / network.cell_mean[cells]
    assert cover.days[cover.names.index("a"), 0] == pytest.approx(first.min())


def test_outlines_keep_within_the_world_and_draw_no_stripe() -> None:
    for ring in outlines():
        assert np.abs(ring[:, 0]).max() <= 180 + 1e-6
        assert np.abs(ring[:, 1]).max() <= 90 + 1e-6
    widest = max(np.abs(np.diff(ring[:, 0])).max() for ring in outlines() if ring[:, 1].min() > -60)
    assert widest < 60


def test_unwrapping_runs_on_past_the_date_line() -> None:
    points = np.array([(170.0, 0.0), (-170.0, 1.0), (-160.0, 2.0), (175.0, 3.0)])
    assert unwrap(points)[:, 0].tolist() == [170.0, 190.0, 200.0, 175.0]


def test_three_hundred_facilities_stay_small_and_quick(tmp_path: Path) -> None:
    rows = [
        f"f{k:03d},KE,region-{k % 12},{-4 + k % 20 * 0.3:.2f},{34 + k // 20 * 0.4:.2f},{1 + k % 3}" for k in range(300)
    ]
    (tmp_path / "f.csv").write_text("name,country,region,lat,lon,priority\n" + "\n".join(rows) + "\n", encoding="utf-8")
    text = re.sub(r"facilities:\n  a:.*\n  b:.*\n", "facilities: {table: f.csv}\n", FULL).replace("handling: 400, ", "")
    run = _run(tmp_path, text)
    began = time.process_time()
    page = _page(run, tmp_path)
    assert time.process_time() - began < 30
    assert len(page) < 5_000_000
    assert "with the lowest cover of 301" in page
    assert "more; see the CSV file and metrics.csv" in page


def test_the_report_tells_what_chance_drew(tmp_path: Path) -> None:
    """Journal, table, timeline and story show this replication's draw; another replication has another."""
    file = tmp_path / "bare.yaml"
    file.write_text(BARE.format(title="By chance") + CHANCE, encoding="utf-8")
    starts = set()
    for replication in (0, 1):
        done = sim.run(file, replication=replication)
        (impact,) = done.outcome.impacts
        page = done.report(tmp_path / "report.html").read_text(encoding="utf-8")
        facts = Facts(done.loaded, done.outcome, done.twin, done.metrics)
        (row,) = page_tables.disruptions(facts).raw
        assert row[0] == "breakdown #1" and row[5] == "drawn from 'breakdown'"
        assert row[3] == str(facts.date(impact.start)) and row[3] in page
        assert "All of these came by chance" in page and "site outage, by chance" in page
        assert "breakdown #1" in set(done.events["cause"])
        starts.add(impact.start)
    assert len(starts) == 2
    never = sim.run(file, overrides={"hazards.breakdown.happens.probability": "0%"})
    assert (
        "its hazards drew none" in story(Facts(never.loaded, never.outcome, never.twin, never.metrics))[0].sentences[0]
    )


@pytest.mark.parametrize(
    ("rotation", "words"),
    [("routine", "None of it by a release: rotation had put other lots"), ("none", "it released nothing and averted")],
)
def test_what_rotation_alone_averts_is_not_put_down_to_releases(rotation: str, words: str) -> None:
    """The cold rooms never lack doses, the posts do: what is called back lies in the reserve, or at the posts."""
    path = Path(__file__).parents[2] / "scenarios" / "exercises" / "vaccine-campaign.yaml"
    run = sim.run(path, "reserve-regional", overrides={"reserves.regional-measles.rotation": rotation})
    assert not run.outcome.record.reserves["released"].any()
    assert words in _told(run)
