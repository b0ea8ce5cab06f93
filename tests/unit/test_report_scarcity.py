"""Pictures of disruptions, substitutes, sparing use and materials: what is drawn adds up to what was counted."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

import sim
from sim.metrics.summary import Value
from sim.report.figures import bands
from sim.report.figures.events import materials, timeline
from sim.report.figures.run import became, cover_over_time, substitutes, use_levels
from sim.report.figures.style import drawing, on
from sim.report.run import materials as bill
from sim.report.run.as_tables import page_tables
from sim.report.run.facts import Facts
from sim.report.run.html import render
from sim.report.run.story import story
from sim.report.sheets import MOST_CSV_ROWS, Sheet, written

FAMILY = """
scenario: family
title: A family of two, and one that is alone
start: 2024-01-01
end: 2024-02-10
products:
  mask: {unit: mask, substitutes: {cloth: {ratio: 2, share: 50%}}}
  cloth: {unit: mask}
  gown: {unit: gown}
suppliers: {maker: {country: IN, makes: {mask: {}, gown: {}}}, weaver: {country: DE, makes: {cloth: {}}}}
facilities: {home: {region: North}, ward: {region: South}}
lanes: [{from: maker, to: facilities, time: 2d}, {from: weaver, to: facilities, time: 2d}]
demand:
  - {at: facilities, product: mask, per_day: 10, distribution: deterministic, shortage: lost}
  - {at: facilities, product: cloth, per_day: 4, distribution: deterministic, shortage: lost}
  - {at: facilities, product: gown, per_day: 6, distribution: deterministic, shortage: lost}
replenishment: [{at: facilities, policy: base_stock, level: 9d}]
"""
USE = """
use_levels:
  - at: home
    products: [gown]
    contingency: {below: 4d, saves: 50%}
    crisis: {below: 2d, saves: 100%}
"""
BAN = """
disruptions: [{kind: export_ban, name: ban, country: IN, from: 2024-01-11, until: 2024-01-31}]
"""
CHAIN = """
scenario: chain
title: Ingredient and foil to tablets, tablets to packs
start: 2024-01-01
end: 2024-03-01
warm_up: 30d
products: {api: {unit: kg}, foil: {unit: m}, tablet: {unit: tablet}, pack: {unit: pack}}
suppliers:
  chemist: {country: IN, makes: {api: {}, foil: {}}}
  press: {makes: {tablet: {finished_stock: 10d, from: {api: 0.5}, yield: 80%}}}
  packer: {makes: {pack: {finished_stock: 5d, from: {tablet: 2, foil: 0.25}, takes: 1d}}}
facilities: {clinic: {}}
lanes:
  - {from: chemist, to: [press, packer], time: 2d}
  - {from: press, to: packer, time: 1d}
  - {from: packer, to: clinic, time: 1d}
demand: [{at: clinic, product: pack, per_day: 8, distribution: deterministic}]
replenishment: [{at: clinic, policy: base_stock, level: 4d}, {at: [press, packer], policy: base_stock, level: 6d}]
disruptions: [{kind: export_ban, name: ban, country: IN, from: 2024-01-11, until: 2024-02-10}]
"""


def facts_of(folder: Path, text: str) -> Facts:
    path = folder / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    run = sim.run(path)
    return Facts(run.loaded, run.outcome, run.twin, run.metrics, run.without_reserves)


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return facts_of(tmp_path_factory.mktemp("family"), FAMILY + USE + BAN)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return facts_of(tmp_path_factory.mktemp("chain"), CHAIN)


def labelled(figure: Figure | None) -> None:
    assert figure is not None
    panels = [axes for axes in figure.axes if axes.axison]
    assert all(axes.get_ylabel() for axes in panels) and panels[-1].get_xlabel()


def many(number: int, kinds: int) -> str:
    """A scenario's disruptions: outages and further kinds that all hold from the 5th to the 15th."""
    others = [
        "kind: export_ban, name: ban, country: IN", "kind: demand_surge, name: surge, at: facilities, factor: 1.1",
        "kind: labour_absence, name: flu, at: maker, away: 10%",
        "kind: lane_delay, name: slow, lanes: [maker > home], extra: 1d",
    ][: kinds - 1]  # fmt: skip
    outages = [f"kind: site_outage, name: outage {n}, at: maker" for n in range(number - kinds + 1)]
    all_of_them = (f"{{{words}, from: 2024-01-05, until: 2024-01-15}}" for words in (*outages, *others))
    return f"disruptions: [{', '.join(all_of_them)}]\n"


def test_overlapping_disruptions_are_tinted_once(tmp_path: Path) -> None:
    found = facts_of(tmp_path, FAMILY + many(30, 1))
    with drawing():
        figure = cover_over_time.draw(found)
        assert figure is not None
        tints = [p for p in figure.axes[0].patches if p.get_facecolor() == to_rgba(bands.TINT)]
        assert len(tints) == 1


@pytest.mark.parametrize(
    ("number", "kinds", "words"),
    [
        (1, 1, ["outage 0"]),
        (4, 1, ["outage 0", "outage 1", "outage 2", "outage 3"]),
        (7, 1, ["site outage (7)"]),
        (8, 4, ["ban", "flu", "site outage (5)", "surge"]),
        (9, 5, ["ban", "flu", "site outage (5)", "and 2 more of 2 kinds"]),
    ],
)
def test_lanes_name_each_disruption_or_each_kind_and_count_the_rest(
    tmp_path: Path, number: int, kinds: int, words: list[str]
) -> None:
    found = facts_of(tmp_path, FAMILY + many(number, kinds))
    lanes = bands.lanes(found)
    assert [lane.words for lane in lanes] == words
    assert all(lane.spans == [(4.0, 14.0)] for lane in lanes)
    with drawing():
        labelled(timeline.draw(found))


def test_words_stand_where_they_hide_no_bar(tmp_path: Path) -> None:
    """Thirty outages in two short spells leave the widest gap between them; the name goes there."""
    spells = [("2024-01-05", "2024-01-09"), ("2024-02-02", "2024-02-05")] * 15
    outages = [
        f"{{kind: site_outage, name: outage {n}, at: maker, from: {a}, until: {b}}}" for n, (a, b) in enumerate(spells)
    ]
    found = facts_of(tmp_path, FAMILY + f"disruptions: [{', '.join(outages)}]\n")
    with drawing():
        axes = strip_of(found)
        axes.figure.draw_without_rendering()
        (words,) = [text for text in axes.texts if text.get_text() == "site outage (30)"]
        assert words.xy == (on(found, 8), 0)
        hidden = [bar for bar in axes.patches if bar.get_window_extent().overlaps(words.get_window_extent())]
        assert len(axes.patches) == 2 and not hidden
        drawn = timeline.draw(found)
        assert drawn is not None
        assert [tick.get_text() for tick in drawn.axes[0].get_yticklabels()] == ["site outage (30)"]


def strip_of(found: Facts) -> Axes:
    """The strip of lanes above a panel."""
    figure = cover_over_time.draw(found)
    assert figure is not None
    return figure.axes[0].child_axes[0]


def test_spans_that_touch_are_one() -> None:
    assert bands.joined([(5, 7), (1, 3), (3, 4), (6, 9)]) == [(1, 4), (5, 9)]


def test_what_became_of_demand_adds_up_to_it(family: Facts) -> None:
    for product in family.products:
        asked = int(family.daily("demand", kind="facility", product=product).sum())
        assert sum(substitutes.outcomes(family, product).values()) == asked
    moved = substitutes.stand_ins(family)
    assert list(moved) == [("mask", "cloth")]
    met, used = moved["mask", "cloth"].sum(axis=0).tolist()
    assert met == family.summary["units_substituted"].value > 0
    assert used == 2 * met == family.daily("stood_in", kind="facility", product="cloth").sum()


def test_the_table_of_what_became_of_demand_adds_up(family: Facts) -> None:
    """Its columns are told by the daily table, and the bar of a product is a hundred percent long."""
    sheet = page_tables.became(family)
    assert [row[0] for row in sheet.raw] == sorted(family.products, key=lambda p: _served(family, p))
    for product, asked, served, late, saved, moved, never in sheet.raw:
        sums = {n: int(family.daily(n, kind="facility", product=product).sum()) for n in family.outcome.record.sums}
        assert asked == sums["demand"] == served + late + saved + moved + never
        assert (served, late, saved) == (sums["served"], 0, sums["conserved"])
        assert (moved, never) == (sums["substituted"], sums["lost"])
    with drawing():
        figure = became.draw(family)
        labelled(figure)
        assert figure is not None
        ends = {round(bar.get_x() + bar.get_width(), 6) for bar in figure.axes[0].patches}
        assert max(ends) == 100


def _served(facts: Facts, product: str) -> float:
    served, demand = (facts.daily(name, kind="facility", product=product).sum() for name in ("served", "demand"))
    return float(served / demand)


def test_products_are_a_family_if_they_stood_in_for_each_other(family: Facts, tmp_path: Path) -> None:
    assert [sorted(f) for f in substitutes.families(family)] == [["cloth", "mask"]]
    assert substitutes.families(facts_of(tmp_path, FAMILY)) == []
    with drawing():
        labelled(substitutes.draw(family, substitutes.families(family)[0]))


def test_two_families_are_two_pictures(tmp_path: Path) -> None:
    text = FAMILY.replace("gown: {unit: gown}", "gown: {unit: gown, substitutes: {apron: {}}}\n  apron: {unit: apron}")
    text = text.replace("cloth: {}}", "cloth: {}, apron: {}}").replace(
        "replenishment:",
        "  - {at: facilities, product: apron, per_day: 1, distribution: deterministic}\nreplenishment:",
    )
    found = substitutes.families(facts_of(tmp_path, text + BAN))
    assert sorted(sorted(f) for f in found) == [["apron", "gown"], ["cloth", "mask"]]


def test_shares_of_use_follow_the_days_of_cover(family: Facts) -> None:
    """54 gowns at home and 6 a day: nothing comes from the ban on; every level holds as its rule says each morning."""
    found = use_levels.shares(family, "gown")
    assert found.shape == (family.days, 3)
    np.testing.assert_allclose(found.sum(axis=1), 100)
    table = family.outcome.record.table
    assert table is not None
    cell = family.cells["home", "gown"]
    morning = np.concatenate(([np.inf], table["on_hand"][:-1, cell] / 6))  # no goods arrive in the ban
    quiet = slice(14, 30)
    np.testing.assert_array_equal(found[quiet, 2] > 0, morning[quiet] < 2)
    np.testing.assert_array_equal(found[quiet, 1] > 0, (morning[quiet] < 4) & (morning[quiet] >= 2))
    assert found[:, 1].any() and found[:, 2].any() and found[0, 0] == 100
    held = table["conserved"][:, cell]
    np.testing.assert_array_equal(held > 0, found[:, 0] < 100)
    with drawing():
        labelled(use_levels.draw(family))


def test_the_first_screen_tells_what_was_made_do_with(family: Facts) -> None:
    told = " ".join(story(family)[1].sentences)
    for name, words in (("units_substituted", "met with another product"), ("units_conserved", "put off or done")):
        assert f"{family.summary[name].value:,.0f} (" in told and words in told


def test_materials_used_add_up_over_makers_stages_and_products(chain: Facts) -> None:
    sums, network = chain.outcome.record.sums, chain.network
    used = bill.used_up(chain.outcome)
    assert used.sum() == sums["used_up"].sum() > 0
    flows = bill.flows(chain, chain.outcome)
    assert set(flows) == {("api", "tablet"), ("tablet", "pack"), ("foil", "pack")}
    for (material, _), units in flows.items():
        mine = network.cell_product == chain.products.index(material)
        assert units == sums["used_up"][mine].sum()
    begun, scrapped = bill.made(chain, chain.outcome, "tablet")
    assert abs(flows["api", "tablet"] - 0.5 * begun) <= 1
    assert abs(scrapped - 0.2 * begun) <= 1
    assert bill.tiers(chain) == [["api"], ["foil", "tablet"], ["pack"]]


def test_a_material_of_two_products_is_split_by_what_they_take(tmp_path: Path) -> None:
    text = CHAIN.replace("api: {unit: kg}", "api: {unit: kg}, syrup: {unit: bottle}")
    text = text.replace("yield: 80%}}}", "yield: 80%}, syrup: {finished_stock: 5d, from: {api: 1.5}}}}")
    text = text.replace("  - {from: packer", "  - {from: press, to: clinic, time: 1d}\n  - {from: packer")
    text = text.replace("demand: [", "demand: [{at: clinic, product: syrup, per_day: 3, distribution: deterministic}, ")
    found = facts_of(tmp_path, text)
    flows, sums = bill.flows(found, found.outcome), found.outcome.record.sums
    api = found.cells["press", "api"]
    assert flows["api", "tablet"] + flows["api", "syrup"] == sums["used_up"][api]
    for product, rate in (("tablet", 0.5), ("syrup", 1.5)):
        assert abs(flows["api", product] - rate * bill.made(found, found.outcome, product)[0]) <= 2


def test_what_was_not_begun_was_wanted_and_had_no_material(chain: Facts) -> None:
    """The press is held for want of api while it has none; the packer for foil, which runs out before tablets do."""
    table, lost, network = chain.outcome.record.table, chain.outcome.not_begun, chain.network
    assert table is not None and lost is not None
    names = [chain.products[network.cell_product[cell]] for cell in network.bill.material]
    api = names.index("api")
    stock = table["on_hand"][:, chain.cells["press", "api"]]
    held = np.flatnonzero(lost[:, api])
    assert held.size and (stock[held] == 0).all(), "nothing was left over on a day on which making was held"
    finished = table["on_hand"][:, chain.cells["press", "tablet"]] + table["owed"][:, chain.cells["press", "tablet"]]
    assert (finished[held] >= 0).all()
    days = {s.material: s.days_held for s in bill.steps(chain)}
    assert days["api"] == len(held) and days["foil"] > 0
    assert sum(lost[:, k].astype(bool).sum() for k in range(len(names))) == sum(days.values())
    twin = chain.twin
    assert twin is not None and twin.not_begun is not None and not twin.not_begun.any()
    shares = [share for _, share in materials.held(chain)]
    assert shares and all(((share >= 0) & (share <= 1)).all() for share in shares)
    with drawing():
        labelled(materials.draw_stock(chain))
        assert materials.draw_stages(chain) is not None


def test_making_held_by_hand(tmp_path: Path) -> None:
    """A press makes 10 tablets a day from 5 kg, has 12 kg, and gets no more: 10, 10, then 4 of 10, then none."""
    text = """
scenario: hand
title: By hand
start: 2024-01-01
end: 2024-01-07
products: {api: {unit: kg}, tablet: {unit: tablet}}
suppliers:
  chemist: {country: IN, makes: {api: {}}}
  press: {makes: {tablet: {capacity: 10, finished_stock: 1000, from: {api: 0.5}}}}
facilities: {clinic: {}}
lanes: [{from: chemist, to: press, time: 30d}, {from: press, to: clinic, time: 1d}]
demand: [{at: clinic, product: tablet, per_day: 0}]
stock:
  - {at: press, products: [api], on_hand: 12}
  - {at: press, products: [tablet], on_hand: 0}
  - {at: clinic, on_hand: 0}
replenishment: [{at: [clinic, press], policy: base_stock, level: 0}]
"""
    found = facts_of(tmp_path, text)
    lost, table = found.outcome.not_begun, found.outcome.record.table
    assert lost is not None and table is not None
    assert table["produced"][:, found.cells["press", "tablet"]].tolist() == [10, 10, 4, 0, 0, 0]
    assert lost[:, 0].tolist() == [0, 0, 6, 10, 10, 10]
    assert [share.tolist() for _, share in materials.held(found)] == [[0.0, 0.0, 0.6, 1.0, 1.0, 1.0]]


def test_the_page_has_these_pictures_only_where_there_is_something_to_show(
    family: Facts, chain: Facts, tmp_path: Path
) -> None:
    for text, yes, no in (
        (FAMILY + USE + BAN, ("became", "substitutes-1", "use"), ("stages", "making")),
        (CHAIN, ("stages", "making"), ("became", "substitutes-1", "use")),
        (FAMILY + USE, (), ("became", "substitutes-1", "use", "stages", "making")),
    ):
        path = tmp_path / "scenario.yaml"
        path.write_text(text, encoding="utf-8")
        page = sim.run(path).report(tmp_path / "report.html").read_text(encoding="utf-8")
        assert all(f'id="picture-{name}"' in page for name in yes)
        assert not any(f'id="picture-{name}"' in page for name in no)
        assert ('href="#materials"' in page) == ("stages" in yes)


def test_a_table_too_long_for_the_page_says_so_and_lies_beside_it(tmp_path: Path) -> None:
    rows = [(f"site-{k}", str(k)) for k in range(MOST_CSV_ROWS + 7)]
    sheet = Sheet("stockouts", "Stockouts", ("Site", "Units"), rows[:50], raw=rows)
    assert sheet.cut == "The CSV file has the first 5,000 of 5,007 rows."
    assert written(sheet, None).whole == ""
    whole = written(sheet, tmp_path)
    with (tmp_path / whole.whole).open(encoding="utf-8-sig", newline="") as source:
        assert [tuple(row) for row in csv.reader(source)] == [("Site", "Units"), *rows]
    short = Sheet("stockouts", "Stockouts", ("Site", "Units"), rows[:50])
    assert not short.cut and written(short, tmp_path) is short


def test_the_run_folder_holds_every_row_and_the_page_links_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(FAMILY + BAN, encoding="utf-8")
    monkeypatch.setattr("sim.report.sheets.MOST_CSV_ROWS", 2)
    run = sim.run(path)
    folder = run.save(tmp_path / "out")
    page = (folder / "report.html").read_text(encoding="utf-8")
    links = set(re.findall(r'href="([a-z/-]+\.csv)"', page))
    assert "tables/stockouts.csv" in links and "metrics.csv" in links
    assert all((folder / link).exists() for link in links)
    short = np.count_nonzero(run.outcome.record.sums["unmet"])
    assert len((folder / "tables" / "stockouts.csv").read_text(encoding="utf-8").splitlines()) == 1 + short > 3
    alone = run.report(tmp_path / "alone" / "report.html").read_text(encoding="utf-8")
    assert "has the first 2 of" in alone and "tables/" not in alone


def test_the_stock_left_at_the_end_is_shown_and_explained_where_the_costs_have_it(family: Facts) -> None:
    manifest = {"overrides": [], "libraries": {}} | dict.fromkeys(
        ("strategy", "seed", "replication", "scenario", "file", "scenario_hash", "tideover", "python"), ""
    )
    lines = {name: value for name, value in family.summary.cost.items() if "stock" not in name}
    bare = replace(family, summary=replace(family.summary, cost=lines))
    valued = replace(family, summary=replace(family.summary, cost=lines | {page_tables.LEFT: Value(1234.0, 99.0)}))
    assert "fuller shelves" not in render(bare, manifest)
    page = render(valued, manifest)
    assert "fuller shelves" in page and "Stock at the end</td>" in page and ">1,234</td>" in page


def test_a_measure_taken_is_not_told_as_a_disruption(tmp_path: Path) -> None:
    extra = "{kind: extra_orders, name: flights, at: home, source: maker, per_day: 5, from: 2024-01-05, for: 6d}"
    found = facts_of(tmp_path, f"{FAMILY}disruptions: [{extra}]")
    told = story(found)[0].sentences[0]
    assert told == (
        "Nothing was disturbed. One measure was taken: extra orders (flights) from 5 January 2024 to 10 January 2024."
    )
    assert [lane.measure for lane in bands.lanes(found)] == [True]
    assert len(page_tables.measures(found).rows) == 1, "it has a table of its own"


def test_what_changes_nothing_is_told_so(tmp_path: Path) -> None:
    cut = "{kind: power_cut, name: dark, at: home, backup: [North], from: 2024-01-05, for: 6d}"
    stock = FAMILY.replace("{unit: gown}", "{unit: gown, storage: cold}").replace("time: 2d}", "time: 2d, cold: true}")
    told = story(facts_of(tmp_path, f"{stock}disruptions: [{cut}]"))[0].sentences[0]
    assert told == "Nothing was disturbed. Nothing was changed by dark."
