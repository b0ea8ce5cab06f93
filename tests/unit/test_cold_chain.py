"""Cold rooms, refrigerated lanes and power cuts, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim

VACCINES = """
scenario: cold
title: Two vaccines, one store, two clinics
start: 2024-01-01
end: 2024-03-01
products: {polio: {unit: dose, storage: cold, size: 2}, measles: {unit: dose, storage: cold}, gauze: {unit: roll}}
suppliers: {maker: {makes: {polio: {}, measles: {}, gauze: {}}}}
warehouses: {store: {}}
facilities: {north: {}, south: {}}
lanes: [{from: maker, to: store, time: 2d, COLD}, {from: store, to: facilities, time: 1d, cold: true MORE}]
demand: [{at: facilities, product: polio, per_day: 10, distribution: deterministic},
         {at: facilities, product: measles, per_day: 10, distribution: deterministic},
         {at: facilities, product: gauze, per_day: 10, distribution: deterministic}]
replenishment: [{at: facilities, policy: base_stock, level: 6d}, {at: store, policy: base_stock, level: 12d}]
"""


def run(folder: Path, more: str = "", cold: str = "cold: true", lanes: str = "") -> sim.Run:
    path = folder / "cold.yaml"
    path.write_text(VACCINES.replace("COLD", cold).replace(" MORE", lanes) + more, encoding="utf-8")
    return sim.run(path, twin=False)


def of(done: sim.Run, site: str, product: str) -> pd.DataFrame:
    daily = done.daily
    return daily[(daily["site"] == site) & (daily["product"] == product)].set_index("day")


def test_cold_goods_need_cold_lanes(tmp_path: Path) -> None:
    with pytest.raises(
        sim.ScenarioError, match="'maker > store' carries goods that must stay cold; expected cold: true"
    ):
        run(tmp_path, cold="cold: false")


def test_orders_are_cut_to_the_cold_room(tmp_path: Path) -> None:
    """North has room for 90 units of size one; six days' worth of both would be 180."""
    done = run(tmp_path, "storage: [{at: north, room: cold, capacity: 90}]\n")
    held = [of(done, "north", p)[["on_hand", "in_transit"]].sum(axis=1) for p in ("polio", "measles")]
    assert (2 * held[0] + held[1]).max() == 90
    assert of(done, "south", "polio")["on_hand"].max() == 50, "six days less the one on the way"
    assert of(done, "north", "gauze")["on_hand"].max() == 50, "not a cold good"
    assert done.daily["unmet"].sum() == 0


def test_a_small_room_is_a_shortage(tmp_path: Path) -> None:
    """Room for 15 handling units a clinic: a day on the shelf and a day on the way do not fit for 30 a day."""
    done = run(tmp_path, "storage: [{at: facilities, room: cold, capacity: 15}]\n")
    assert of(done, "north", "polio")["served"].loc[10:].mean() == pytest.approx(5, abs=0.5)
    assert of(done, "north", "gauze")["unmet"].sum() == 0


def test_two_limits_for_one_room_are_refused(tmp_path: Path) -> None:
    with pytest.raises(sim.ScenarioError, match="storage entry 1 limits the all room of 'north' already"):
        run(tmp_path, "storage: [{at: north, capacity: 90}, {at: facilities, capacity: 50}]\n")


def test_reserves_must_fit_into_their_room(tmp_path: Path) -> None:
    reserve = "reserves: {r: {held_at: store, size: 500, members: facilities, release: {when: {trigger: announced}}}}\n"
    with pytest.raises(sim.ScenarioError, match="the reserves do not fit into the cold room of 'store'"):
        run(tmp_path, reserve + "storage: [{at: store, room: cold, capacity: 600}]\n")
    # 500 doses of size two and 500 of one; with 500 rolls they are 2000, for which there is no room either
    both = "storage: [{at: store, room: cold, capacity: 600}, {at: store, capacity: 1700}]\n"
    with pytest.raises(sim.ScenarioError) as caught:
        run(tmp_path, reserve + both)
    told = str(caught.value)
    assert ("cold room" in told and "'1500'); expected at most 600" in told) or "'2000'); expected at most 1700" in told


def test_refrigerated_space_is_shared_in_proportion(tmp_path: Path) -> None:
    """Each lane takes 15 cold handling units a day where 30 are used: half of each vaccine on the first evening, 5
    doses and 5 of size 2. Later the open orders of both grow alike, and so stay the shares."""
    done = run(tmp_path, lanes=", cold_capacity: 15")
    sent = done.daily[(done.daily["site"] == "store")]
    polio, measles = (sent[sent["product"] == p].set_index("day")["dispatched"] for p in ("polio", "measles"))
    assert polio.loc[0] == measles.loc[0] == 2 * 5, "two lanes"
    load = (2 * polio + measles).cumsum()
    days = load.index + 1
    assert (load <= 2 * 15 * days).all() and (load > 2 * 15 * days - 2 * 2).all(), "what is left over is kept"
    assert abs(polio.sum() - measles.sum()) <= 2 * 2
    assert of(done, "north", "gauze")["unmet"].sum() == 0


@pytest.mark.parametrize("limit", ["cold_capacity: 13", "capacity: 19"])
@pytest.mark.parametrize("names", [("aaa", "zzz"), ("zzz", "aaa")])
def test_the_names_of_products_do_not_say_who_travels(names: tuple[str, str], limit: str, tmp_path: Path) -> None:
    """Doses of 7 and 11 a day, also with remainders and in batches: renaming the vaccines changes no figure."""
    text = VACCINES.replace(" MORE", f", {limit}").replace("COLD", "cold: true")
    text = text.replace("product: polio, per_day: 10", "product: polio, per_day: 7")
    text = text.replace("product: measles, per_day: 10", "product: measles, per_day: 11")
    plain = _run_text(tmp_path, text)
    renamed = _run_text(tmp_path, text.replace("polio", names[0]).replace("measles", names[1]))
    for site in ("store", "north", "south"):
        for old, new in zip(("polio", "measles"), names, strict=True):
            before, after = (of(d, site, p).select_dtypes("number") for d, p in ((plain, old), (renamed, new)))
            pd.testing.assert_frame_equal(before, after)
    assert plain.daily["unmet"].sum() > 0


def _run_text(folder: Path, text: str) -> sim.Run:
    path = folder / "cold.yaml"
    path.write_text(text, encoding="utf-8")
    return sim.run(path, twin=False)


CUT = "disruptions: [{kind: power_cut, at: north, from: 2024-01-11, for: FORd, keeps: 36h BACKUP}]\n"


@pytest.mark.parametrize("length", ["1", "36/24"])
def test_a_short_cut_spoils_nothing(length: str, tmp_path: Path) -> None:
    days = "1.5" if "/" in length else length
    done = run(tmp_path, CUT.replace("FOR", days).replace(" BACKUP", ""))
    assert done.daily["destroyed"].sum() == 0


def test_a_long_cut_spoils_stock_and_what_arrives(tmp_path: Path) -> None:
    """Cut on days 10 to 14; warm from the middle of day 11, so stock is lost then, and arrivals on days 12 to 14."""
    done = run(tmp_path, CUT.replace("FOR", "5").replace(" BACKUP", ""))
    polio, gauze = of(done, "north", "polio"), of(done, "north", "gauze")
    assert polio["destroyed"].loc[11:12].sum() == polio["on_hand"].loc[11] + polio["received"].loc[12]
    assert (polio["destroyed"].loc[13:14] == polio["received"].loc[13:14]).all()
    assert (polio["unmet"].loc[12:14] == 10).all() and polio["unmet"].loc[16:].sum() == 0
    assert gauze["destroyed"].sum() == 0 and of(done, "south", "polio")["destroyed"].sum() == 0


def test_a_site_with_a_generator_is_spared(tmp_path: Path) -> None:
    done = run(tmp_path, CUT.replace("FOR", "5").replace(" BACKUP", ", backup: [north]"))
    assert done.daily["destroyed"].sum() == 0
