"""Materials through whole runs: family trees of lots, recalls that follow them, reserves of ingredient, plants at rest,
and what a bad bill of materials is told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.errors import ScenarioError

CHAIN = """
scenario: chain
title: Ingredient, tablets, boxes
start: 2024-01-01
end: 2024-05-01
products:
  api: {unit: kg, cost: 10, trace: true}
  tablet: {unit: tablet, cost: 0.1, trace: true}
  box: {unit: box, cost: 4, trace: true}
suppliers:
  chemist: {country: IN, makes: {api: {}}}
  press: {makes: {tablet: {finished_stock: 8d, from: {api: 0.1}, takes: 2d}}}
  packer: {makes: {box: {finished_stock: 8d, from: {tablet: 20}, yield: 90%, takes: 3d}}}
facilities: {clinic: {}}
lanes:
  - {from: chemist, to: press, time: 4d}
  - {from: press, to: packer, time: 2d}
  - {from: packer, to: clinic, time: 1d}
demand: [{at: clinic, product: box, per_day: 9, distribution: deterministic}]
replenishment: [{at: clinic, policy: base_stock, level: 5d}, {at: [press, packer], policy: base_stock, level: 10d}]
"""


def run(folder: Path, more: str = "", old: str = "", new: str = "") -> sim.Run:
    path = folder / "chain.yaml"
    assert old in CHAIN
    path.write_text(CHAIN.replace(old, new) + more, encoding="utf-8")
    return sim.run(path, twin=False)


def of(done: sim.Run, site: str, product: str) -> pd.DataFrame:
    return done.daily[(done.daily["site"] == site) & (done.daily["product"] == product)].set_index("day")


def lot_made(done: sim.Run, product: str, date: str) -> int:
    lots = done.lots
    return int(lots.loc[(lots["product"] == product) & (lots["made"] == date), "lot"].iloc[0])


def test_a_box_knows_its_tablets_and_their_ingredient(tmp_path: Path) -> None:
    """10 boxes a day take 200 tablets, those 20 kg: a day's lot of each goes whole into a day's lot of the next."""
    done = run(tmp_path)
    box = lot_made(done, "box", "2024-03-01")
    family = done.made_of(box)
    tablets, api = family[family["stage"] == 1], family[family["stage"] == 2]
    assert set(tablets["product"]) == {"tablet"} and set(api["product"]) == {"api"} and len(family) == 2
    assert tablets["units"].sum() == 200 and (tablets["into"] == box).all()
    assert set(api["into"]) == set(tablets["lot"]) and (api["maker"] == "chemist").all() and api["units"].sum() == 20
    assert (api["made"].max() < tablets["made"].min()) and (tablets["made"] < "2024-03-01").all()
    for ancestor in family["lot"]:
        assert box in done.went_into(int(ancestor))["lot"].tolist()
    later = done.went_into(int(api["lot"].iloc[0]))
    assert later[later["stage"] == 1]["units"].sum() == done.lots.set_index("lot").loc[api["lot"].iloc[0], "used_up"]
    assert later["product"].tolist() == ["tablet", "box"] and later["lot"].iloc[1] == box


def test_a_lot_that_was_made_from_nothing_has_no_parents(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.made_of(lot_made(done, "api", "2024-02-01")).empty
    with pytest.raises(ValueError, match="there is no lot 100000"):
        done.made_of(100000)


def test_what_becomes_of_material_stands_in_its_trace_and_in_the_files(tmp_path: Path) -> None:
    done = run(tmp_path)
    api = lot_made(done, "api", "2024-02-01")
    told = done.trace(api).set_index("event")
    assert told.loc[["used_up"], "units"].sum() == told.loc[["arrival"], "units"].sum() == 20
    folder = done.save(tmp_path / "out", report=False)
    saved = pd.read_parquet(folder / "genealogy.parquet")
    assert len(saved) and saved.loc[saved["made_of"] == api, "units"].sum() == 20


RECALL = (
    "disruptions: [{kind: recall, supplier: chemist, from: 2024-03-01, made_from: 2024-01-20, removal: 9d, FOLLOW}]\n"
)


def test_a_recall_follows_an_ingredient_into_boxes(tmp_path: Path) -> None:
    """What was made from it is called back at both stages, in process too, and nothing else."""
    done = run(tmp_path, RECALL.replace("FOLLOW", "follow: true"))
    lots = done.lots.set_index("lot")
    bad = lots.index[(lots["maker"] == "chemist") & lots["made"].between("2024-01-20", "2024-02-29")]
    begun = lots["made"] < "2024-03-01"
    tainted = {int(lot) for api in bad for lot in done.went_into(int(api))["lot"]} | set(bad)
    for product in ("api", "tablet", "box"):
        recalled = set(lots.index[(lots["product"] == product) & (lots["recalled"] > 0)])
        assert recalled and recalled <= tainted
    left = lots["units"] - lots[["used", "recalled", "used_up", "scrapped"]].sum(axis=1)
    assert (left[begun & lots.index.isin(tainted)] == 0).all()
    called = done.events[done.events["event"] == "called_back"]
    packer = of(done, "packer", "box")
    assert packer["in_process"].loc[59] == 30 and packer["in_process"].loc[60] == 0
    assert called[(called["site"] == "packer") & (called["product"] == "box")]["units"].sum() >= 30


def test_a_recall_that_does_not_follow_stays_with_the_ingredient(tmp_path: Path) -> None:
    done = run(tmp_path, RECALL.replace("FOLLOW", "follow: false"))
    recalled = done.lots.groupby("product")["recalled"].sum()
    assert recalled["api"] > 0 and recalled["tablet"] == recalled["box"] == 0


def test_following_an_ingredient_keeps_all_that_is_made_of_it_by_lot(tmp_path: Path) -> None:
    only = RECALL.replace("FOLLOW", "follow: true, products: [api]")
    path = tmp_path / "plain.yaml"
    path.write_text(CHAIN.replace(", trace: true", "") + only, encoding="utf-8")
    done = sim.run(path, twin=False)
    assert set(done.lots.loc[done.lots["recalled"] > 0, "product"]) == {"api", "tablet", "box"}


def test_a_reserve_of_ingredient_at_the_maker_bridges_a_ban(tmp_path: Path) -> None:
    """40 days without ingredient cost as many days of boxes as stock does not cover; 45 days set apart cost none."""
    ban = "disruptions: [{kind: export_ban, country: IN, from: 2024-02-01, for: 40d}]\n"
    reserve = """
reserves:
  ingredient:
    held_at: press
    size: 45d
    members: [press]
    products: [api]
    release: {when: {trigger: days_of_cover, below: 7d, of: member}}
"""
    without, with_it = run(tmp_path, ban), run(tmp_path, ban + reserve)
    assert of(with_it, "press", "api")["reserve"].iloc[0] == 45 * 20
    assert of(without, "clinic", "box")["unmet"].sum() > 0 == of(with_it, "clinic", "box")["unmet"].sum()


def test_a_plant_at_rest_finishes_nothing(tmp_path: Path) -> None:
    outage = "disruptions: [{kind: site_outage, at: packer, from: 2024-02-01, for: 6d}]\n"
    packer = of(run(tmp_path, outage), "packer", "box")
    assert (packer["in_process"].loc[30:36] == 30).all() and packer["scrapped"].loc[31:36].sum() == 0
    assert packer["scrapped"].loc[37] == 3, "all three days' boxes come out on the day of the restart"


def test_goods_expire_in_process(tmp_path: Path) -> None:
    """Begun on the day before an outage longer than their life: gone on their last day, and counted."""
    outage = "disruptions: [{kind: site_outage, at: packer, from: 2024-02-01, for: 25d}]\n"
    done = run(tmp_path, outage, "cost: 4, trace: true", "cost: 4, shelf_life: 20d")
    packer = of(done, "packer", "box")
    assert packer["in_process"].loc[31] == 30 and packer["in_process"].loc[50] == 0
    assert packer["expired"].sum() >= 30


def test_materials_are_in_the_price_of_what_is_made_of_them(tmp_path: Path) -> None:
    done = run(tmp_path)
    sent = of(done, "packer", "box")["dispatched"].sum()
    assert done.metrics.cost["purchase"].value == pytest.approx(4 * sent)


BAD = [
    ("from: {api: 0.1}", "from: {apy: 0.1}", "did you mean 'api'"),
    ("from: {api: 0.1}", "from: {tablet: 1}", "'tablet' is made from itself"),
    ("from: {api: 0.1}", "from: {box: 1}", "'tablet' is made from 'box' is made from 'tablet'"),
    ("from: {api: 0.1}", "from: {api: 0}", "a number above 0"),
    ("from: {api: 0.1}", "from: {api: 10%}", "a plain number"),
    ("yield: 90%", "yield: 0%", "a yield above 0%"),
    ("yield: 90%", "yield: 0.9", "a share in percent"),
    ("finished_stock: 8d, from: {api: 0.1}", "at_start: stedy, from: {api: 0.1}", "did you mean 'steady'"),
    ("  - {from: chemist, to: press, time: 4d}\n", "", "no lane leads to 'api' at 'press'"),
    ("at: [press, packer]", "at: [packer]", "no replenishment policy for 'api' at 'press'"),
    ("unit: box, cost: 4", "unit: box, shelf_life: 3d", "'box' expires before it is made and tested"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD, ids=[message for *_, message in BAD])
def test_a_bad_bill_is_refused_with_help(old: str, new: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        run(tmp_path, old=old, new=new)
    assert message in str(caught.value)
    assert all(problem.line > 0 for problem in caught.value.problems)


SHORT = "disruptions: [{kind: material_shortage, from: 2024-02-01, for: 9d, REST}]\n"


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("material: api", "a supply or a yield below 100%"),
        ("material: box, supply: 0%", "no maker is supplied with this"),
        ("material: api, supply: 0%, at: packer", "none of these sites makes anything from 'api'"),
        ("material: api, supply: 0%, at: pres", "did you mean 'press'"),
        ("material: api, yield: 0%", "a yield above 0%"),
    ],
)
def test_a_bad_shortage_is_refused_with_help(rest: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        run(tmp_path, SHORT.replace("REST", rest))
    assert message in str(caught.value)
