"""The picture of a lot's way has every unit of it: where it went, and what became of it there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import sim
from sim.report.figures.events import lot_way as figure
from sim.report.figures.style import drawing
from sim.report.pictures import draw_all
from sim.report.run.facts import Facts
from sim.report.run.reasons import lot_way
from sim.report.run.reasons.lot_way import FATES, LotWay, way_of_worst

NETWORK = """
scenario: way
title: A maker, a store, its branch and clinics
start: 2024-01-01
end: 2024-04-01
products: {serum: {unit: vial, cost: 2, GOODS}}
suppliers: {maker: {makes: {serum: {lot_span: 10d}}}}
warehouses: {store: {}, branch: {}}
facilities: {CLINICS}
lanes:
  - {from: maker, to: store, time: 3d}
  - {from: store, to: branch, time: 2d}
  - {from: branch, to: [FAR], time: 1d}
  - {from: store, to: near, time: 1d}
demand: [{at: facilities, product: serum, per_day: 10, distribution: deterministic}]
replenishment:
  - {at: facilities, policy: base_stock, level: 5d}
  - {at: warehouses, policy: base_stock, level: 12d}
"""
RECALL = """
disruptions:
  - {kind: recall, name: called, supplier: maker, from: 2024-02-15, made_from: 2024-01-20, made_until: 2024-02-15}
"""


def run(folder: Path, goods: str = "trace: true", more: str = RECALL, far: int = 2, **options: Any) -> Facts:
    """A finished run with so many clinics behind the branch, and one at the store."""
    names = [f"far-{k:02d}" for k in range(far)]
    clinics = ", ".join(f"{name}: {{}}" for name in [*names, "near"])
    text = NETWORK.replace("GOODS", goods).replace("CLINICS", clinics).replace("FAR", ", ".join(names)) + more
    (folder / "way.yaml").write_text(text, encoding="utf-8")
    done = sim.run(folder / "way.yaml", **({"twin": False} | options))
    return Facts(done.loaded, done.outcome, done.twin, done.metrics, done.without_reserves)


def drawn(way: LotWay) -> Figure:
    with drawing():
        return figure.draw(way)


@pytest.fixture(scope="module")
def recalled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, LotWay]:
    facts = run(tmp_path_factory.mktemp("way"))
    way = way_of_worst(facts)
    assert way is not None
    return facts, way


def test_every_unit_of_the_lot_is_somewhere(recalled: tuple[Facts, LotWay]) -> None:
    _, way = recalled
    sites = way.sites.set_index("site")
    assert sites["stage"].to_dict() == {"maker": 0, "store": 1, "branch": 2, "near": 2, "far-00": 3, "far-01": 3}
    assert sites.loc["far-00", "parent"] == "branch" and sites.loc["near", "parent"] == "store"
    # what became of it by site adds up to what the books of lots say, which have no sites
    assert sites["used"].sum() == way.about["used"] > 0
    assert sites["called back"].sum() == way.about["recalled"] > 0
    assert sites[list(FATES)].to_numpy().sum() + way.under_way == way.about["units"]
    for site, row in sites.iterrows():
        assert row["received"] == row["sent"] + row[list(FATES)].sum()
        if site != "maker":
            assert row["received"] == way.branches.loc[way.branches["site"] == site, "units"].sum()


def test_it_is_the_one_that_reached_most_sites_of_those_much_called_back(recalled: tuple[Facts, LotWay]) -> None:
    facts, way = recalled
    assert facts.outcome.lots is not None
    called = facts.outcome.lots.columns["recalled"]
    much = np.flatnonzero(2 * called >= called.max())
    journal = facts.outcome.journal[facts.outcome.journal["event"] == "departure"]
    reach = {int(lot): journal.loc[journal["lot"] == lot, "site"].nunique() for lot in much}
    assert (
        way.about["lot"] in reach and len(way.sites) == 1 + max(reach.values()) == 1 + reach[int(str(way.about["lot"]))]
    )


def test_the_picture_has_a_bar_for_each_site_and_a_branch_for_each_pair(recalled: tuple[Facts, LotWay]) -> None:
    _, way = recalled
    axes = drawn(way).axes[0]
    branches = [patch for patch in axes.patches if patch.get_gid() == "branch"]
    widths = sorted(
        round(float(patch.get_path().vertices[3, 1] - patch.get_path().vertices[4, 1])) for patch in branches
    )
    assert widths == sorted(way.branches["units"])
    for fate in FATES:
        heights = sorted(p.get_height() for p in axes.patches if p.get_gid() == fate)
        assert heights == sorted(units for units in way.sites[fate] if units)
    words = [text.get_text() for text in axes.texts]
    far = way.sites.set_index("site").loc["far-00"]
    assert far["called back"] == far["received"] == 10 and "far-00: 10, all called back" in words
    assert "store" in words and any(word.startswith("height of ") and word.endswith(" units") for word in words)
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks[0].startswith("Maker\nmade from ") and ticks[2].startswith("Stores and facilities\narrived ")


def test_the_page_has_the_picture_with_its_text(recalled: tuple[Facts, LotWay]) -> None:
    facts, way = recalled
    picture = draw_all(facts)["lot"]
    assert picture.title.startswith(f"The way of lot {way.about['lot']} of serum, made by maker from ")
    assert f'aria-label="{picture.title}"' in picture.svg and "one unit: vial" in picture.caption
    assert "called back" in picture.caption and "others" not in picture.caption


def test_what_expires_is_traced_where_nothing_was_called_back(tmp_path: Path) -> None:
    slump = "disruptions: [{kind: demand_surge, at: facilities, factor: 0, from: 2024-02-01, for: 40d}]\n"
    way = way_of_worst(run(tmp_path, "shelf_life: 20d", slump))
    assert way is not None and way.about["recalled"] == 0
    assert way.sites["expired"].sum() == way.about["expired"] > 0
    assert way.sites["used"].sum() == way.about["used"]
    assert "expired" in {patch.get_gid() for patch in drawn(way).axes[0].patches}


def test_many_sites_are_summed_as_others(tmp_path: Path) -> None:
    way = way_of_worst(run(tmp_path, far=40))
    assert way is not None and way.all_sites == 44 and way.drawn == lot_way.MOST_SITES - 1
    summed = way.sites[way.sites["summed"]]
    assert summed["site"].tolist() == [f"{44 - way.drawn} others"] and len(way.sites) == lot_way.MOST_SITES
    assert way.sites["used"].sum() == way.about["used"] and way.sites["called back"].sum() == way.about["recalled"]
    assert way.branches["units"].sum() == way.sites["sent"].sum()
    picture = drawn(way)
    names = [t for t in picture.axes[0].texts if t.get_text().startswith(("far-", "15 others"))]
    places = np.sort([text.xy[1] for text in names])
    inches = np.diff(places) / picture.axes[0].get_ylim()[1] * (picture.get_figheight() - 1.5)
    assert len(names) == len(way.sites) - 4 and inches.min() > 8.5 / 72  # names of 8.5 points stand apart


@pytest.mark.parametrize(("goods", "more", "options"), [
    ("cost: 3", "", {}),  # nothing is kept by lot
    ("trace: true", "", {}),  # nothing is lost
    ("trace: true", RECALL, {"detail": "none"}),
    ("trace: true", RECALL, {"detail": "key"}),  # no departures
], ids=["no lots", "nothing lost", "no journal", "key events"])  # fmt: skip
def test_without_anything_to_trace_there_is_no_picture(
    tmp_path: Path, goods: str, more: str, options: dict[str, Any]
) -> None:
    facts = run(tmp_path, goods.replace("cost: 3", "priority: vital"), more, **options)
    assert way_of_worst(facts) is None and "lot" not in draw_all(facts)


def test_goods_that_go_in_a_circle_or_begin_elsewhere_have_no_stages() -> None:
    import pandas as pd

    ring = pd.DataFrame({"source": ["maker", "a", "b"], "site": ["a", "b", "a"]})
    assert lot_way._stages(ring, "maker") is None
    other = pd.DataFrame({"source": ["maker", "x"], "site": ["a", "b"]})
    assert lot_way._stages(other, "maker") is None
    longest = pd.DataFrame({"source": ["maker", "maker", "a"], "site": ["a", "b", "b"]})
    assert lot_way._stages(longest, "maker") == {"maker": 0, "a": 1, "b": 2}
