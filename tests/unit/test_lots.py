"""Lots through whole runs: recalls, testing before release, extensions, rotation, and where each lot went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.engine.state.lots import LotKeeper

CHAIN = """
scenario: chain
title: A maker, a store and a clinic
start: 2024-01-01
end: 2024-04-01
products: {serum: {unit: vial, cost: 2, GOODS}}
suppliers: {maker: {makes: {serum: {MAKES}}}}
warehouses: {store: {}}
facilities: {clinic: {}}
lanes: [{from: maker, to: store, time: 3d}, {from: store, to: clinic, time: 1d}]
demand: [{at: clinic, product: serum, per_day: 10, distribution: deterministic}]
replenishment: [{at: clinic, policy: base_stock, level: 5d}, {at: store, policy: base_stock, level: 20d}]
"""


def run(folder: Path, goods: str = "shelf_life: 60d", makes: str = "", more: str = "", **options: Any) -> sim.Run:
    path = folder / "chain.yaml"
    path.write_text(CHAIN.replace("GOODS", goods).replace("MAKES", makes) + more, encoding="utf-8")
    return sim.run(path, **({"twin": False} | options))


def of(done: sim.Run, site: str) -> pd.DataFrame:
    return done.daily[done.daily["site"] == site].set_index("day")


RECALL = "disruptions: [{kind: recall, supplier: maker, from: 2024-02-10, made_from: 2024-01-10, "


def test_a_recall_finds_a_lot_in_every_store_and_shipment(tmp_path: Path) -> None:
    """Lots of 10 January to 9 February: in the store, at the clinic and on both lanes, and nothing else."""
    done = run(tmp_path, "trace: true", more=RECALL + "made_until: 2024-02-10, removal: 7d}]\n")
    lots = done.lots.set_index("lot")
    called = (lots["maker"] == "maker") & lots["made"].between("2024-01-10", "2024-02-09")
    assert called.sum() == 31
    left = (lots["units"] - lots["used"] - lots["recalled"] - lots["destroyed"] - lots["expired"])[called]
    assert (left == 0).all() and lots.loc[called, "recalled"].sum() > 0
    assert (lots.loc[~called, "recalled"] == 0).all()
    before = done.events[done.events["day"] < 40]
    gone = before[(before["event"] == "arrival") & (before["site"] == "clinic")]["lot"]
    assert set(gone) & set(lots.index[called]), "some of it had reached the clinic"
    clinic = of(done, "clinic")
    assert clinic["held"].loc[40] > 0 and clinic["on_hand"].loc[40] == 0, "in quarantine, and out of use"
    assert clinic["recalled"].loc[47] == clinic["held"].loc[40], "taken away a week later"
    assert done.daily["recalled"].sum() == lots["recalled"].sum()


def test_a_recall_is_of_the_days_from_the_first_to_the_one_before_the_last(tmp_path: Path) -> None:
    recall = RECALL.replace("2024-02-10", "2024-01-18") + "made_until: 2024-01-13, removal: 7d}]\n"
    done = run(tmp_path, "trace: true", more=recall)
    called = done.lots[(done.lots["recalled"] > 0)]
    assert called["made"].astype(str).tolist() == ["2024-01-10", "2024-01-11", "2024-01-12"], "one lot a day"
    assert (called["recalled"] == called["units"] - called["used"]).all()


def test_goods_under_way_are_kept_back_on_arrival(tmp_path: Path) -> None:
    done = run(tmp_path, "trace: true", more=RECALL + "made_until: 2024-02-10, removal: 30d}]\n")
    store = of(done, "store")
    assert store["held"].diff().loc[41:44].tolist() == [10, 10, 0, 0], "made on days 38 and 39, three days on the way"
    assert store["received"].loc[40:42].sum() == 0 and store["received"].loc[43] > 0


def test_a_recall_of_nothing_changes_nothing(tmp_path: Path) -> None:
    plain = run(tmp_path, "trace: true")
    early = "disruptions: [{kind: recall, supplier: maker, from: 2024-02-10, made_until: 2023-12-01}]\n"
    pd.testing.assert_frame_equal(plain.daily, run(tmp_path, "trace: true", more=early).daily)


def test_tracing_changes_no_figure(tmp_path: Path) -> None:
    pd.testing.assert_frame_equal(run(tmp_path, "trace: true").daily, run(tmp_path, "trace: false").daily)


def test_what_is_made_is_held_until_its_tests_are_over(tmp_path: Path) -> None:
    """Restart to release: a plant down for ten days with 24 days of testing sends nothing for 24 days after."""
    outage = "disruptions: [{kind: site_outage, at: maker, from: 2024-01-11, for: 10d, stock: destroy}]\n"
    done = run(tmp_path, "trace: false", "capacity: 10, finished_stock: 0, testing: 24d", outage)
    maker = of(done, "maker")
    made, sent = maker["produced"], maker["dispatched"]
    assert made.loc[10:19].sum() == 0 and made.loc[20] == 10
    assert sent.loc[34:43].sum() == 0, "made on days 0 to 9 and released on days 24 to 33; then nothing until day 44"
    assert (sent.loc[44:60] == 10).all()
    assert (maker["held"] == made.rolling(24, min_periods=1).sum()).all()


def test_an_extension_saves_what_would_have_expired(tmp_path: Path) -> None:
    push = "stock: [{at: clinic, on_hand: 500, life_left: 40d}]\n"
    none = run(tmp_path, more=push)
    longer = "disruptions: [{kind: shelf_life_extension, from: 2024-02-01, by: 30d}]\n"
    some = run(tmp_path, more=push + longer)
    wasted = [int(done.lots.loc[done.lots["units"] == 500, "expired"].iloc[0]) for done in (none, some)]
    assert wasted == [100, 0], "500 less ten a day for forty days, and nothing in seventy"


def test_old_goods_are_not_sent_to_those_who_refuse_them(tmp_path: Path) -> None:
    stock = "stock: [{at: store, on_hand: 200, life_left: 30d}]\n"
    done = run(tmp_path, "shelf_life: 60d, minimum_life: 40d", more=stock)
    clinic = done.events[(done.events["event"] == "arrival") & (done.events["site"] == "clinic")]
    lots = done.lots.set_index("lot")
    last_use = (pd.to_datetime(lots["expires"]) - pd.Timestamp("2024-01-01")).dt.days
    assert len(clinic) and (last_use.loc[clinic["lot"]].to_numpy() - clinic["day"].to_numpy() + 1 >= 40).all()
    assert lots.loc[lots["units"] == 200, "expired"].tolist() == [200], "the old stock was left to expire"


def test_goods_are_accepted_with_just_the_life_they_must_have_and_refused_a_day_later(tmp_path: Path) -> None:
    """Twelve days of use and four on the road leave eight from arrival on, as many as the clinic wants.

    What leaves the store on day 30, made on day 27, takes a day longer: seven are left on day 32. The ten are
    written off and ordered again, by way of the maker: 20 come on day 36.
    """
    delay = "disruptions: [{kind: lane_delay, lanes: [store > clinic], from: 2024-01-31, for: 1d, extra: 1d}]\n"
    stock = "stock: [{at: store, on_hand: 0, on_the_way: steady}]\n"
    text = CHAIN.replace("GOODS", "shelf_life: 12d, minimum_life: 8d").replace("MAKES", "")
    path = tmp_path / "chain.yaml"
    path.write_text(text.replace("level: 20d", "level: 3d") + stock + delay, encoding="utf-8")
    clinic = of(sim.run(path, twin=False), "clinic")
    assert clinic["received"].loc[10:36].tolist() == [10] * 21 + [0] + [10] * 4 + [20]
    assert clinic["expired"].loc[10:36].tolist() == [0] * 22 + [10] + [0] * 4


def test_a_lot_must_not_expire_while_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(
        sim.ScenarioError, match="a lot would expire while it is made \\(got '90d'\\); expected at most 60d"
    ):
        run(tmp_path, "shelf_life: 60d", "lot_span: 90d")


ROTATED = """
reserves:
  national:
    held_at: store
    size: 100
    members: [clinic]
    rotation: HOW
    release: {when: {trigger: declared, after: 300d}}
"""


@pytest.mark.parametrize(("how", "lost"), [("none", 100), ("routine", 0)])
def test_a_reserve_that_is_rotated_does_not_expire(how: str, lost: int, tmp_path: Path) -> None:
    done = run(tmp_path, "shelf_life: 50d", more=ROTATED.replace("HOW", how))
    assert done.daily["expired"].sum() == lost
    assert of(done, "store")["reserve"].iloc[-1] == 100 - lost


BUSY = """
  - {kind: site_outage, at: maker, from: 2024-02-01, for: 25d}
  - {kind: recall, supplier: maker, from: 2024-03-20, made_from: 2024-03-01, made_until: 2024-03-10, removal: 2d}
  - {kind: shelf_life_extension, suppliers: maker, from: 2024-02-10, made_until: 2024-01-20, by: 60d}
"""
TWO = ROTATED.replace("  national:", "  first:") + ROTATED.replace("reserves:\n  national:", "  second:")


@pytest.mark.parametrize("issue", ["first_expired", "first_in", "last_in"])
@pytest.mark.parametrize("held_at", ["store", "members"])
def test_after_rotation_no_reserve_holds_what_expires_before_ordinary_stock(
    held_at: str, issue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every day, looked up lot by lot in two reserves at one place, through releases, refills, a recall and an
    extension; and neither gains or loses a unit by it."""
    turned, looked = 0, 0
    rotate = LotKeeper.rotate

    def watched(keeper: LotKeeper, position: int, day: int) -> None:
        nonlocal turned, looked
        before = holdings(keeper)
        rotate(keeper, position, day)
        after = holdings(keeper)
        assert {p: sum(lots.values()) for p, lots in before.items()} == {p: sum(x.values()) for p, x in after.items()}
        turned += before != after
        expires = keeper.book["expires"]
        holders = keeper.cell[keeper.reserve[position]]
        for own, reserve in zip(keeper.pocket[holders].tolist(), keeper.reserve[position].tolist(), strict=True):
            if own in after and reserve in after:
                looked += 1
                assert max(expires[lot] for lot in after[own]) <= min(expires[lot] for lot in after[reserve])

    monkeypatch.setattr(LotKeeper, "rotate", watched)
    released = "{when: {trigger: sites_short, above: 1%}, after: 2d, at_most: 10%}\n    refill: {at_most: 20%}"
    more = TWO.replace("HOW", "routine").replace("store", held_at)
    more = more.replace("{when: {trigger: declared, after: 300d}}", released)
    run(tmp_path, f"shelf_life: 50d, issue: {issue}", more=more + "disruptions:" + BUSY)
    assert looked > 100
    assert turned > (2 if issue == "last_in" else 10)  # last in, first out: what came today has left by the evening


def holdings(keeper: LotKeeper) -> dict[int, dict[int, int]]:
    """Units by lot in each pocket that holds some."""
    found: dict[int, dict[int, int]] = {}
    for pocket, lot, units in zip(*(column.tolist() for column in keeper.contents()), strict=True):
        mine = found.setdefault(pocket, {})
        mine[lot] = mine.get(lot, 0) + units
    return found


def test_a_reserve_of_goods_that_expire_has_its_twin_without_it(tmp_path: Path) -> None:
    ban = "disruptions: [{kind: site_outage, at: maker, from: 2024-02-01, for: 40d}]\n"
    reserve = ROTATED.replace("HOW", "routine").replace("after: 300d", "after: 0d")
    done = run(tmp_path, "shelf_life: 50d", more=reserve + ban, twin=True)
    assert done.metrics["units_unmet"].averted == 100


def test_what_a_recall_takes_stands_in_the_journal_by_site_and_lot(tmp_path: Path) -> None:
    """However it lies there: tests take so differently long that older lots come after younger ones."""
    made = RECALL + "made_until: 2024-02-10, removal: 7d}]\n"
    done = run(tmp_path, "shelf_life: 60d", makes="testing: 'uniform(0d, 9d)'", more=made)
    order = {site: k for k, site in enumerate(done.daily["site"].unique())}
    events = done.events[done.events["event"].isin(["called_back", "taken_away"])]
    for (event, _), rows in events.groupby(["event", "day"], observed=True, sort=False):
        keys = [(order[site], lot) for site, lot in zip(rows["site"], rows["lot"], strict=True)]
        assert keys == sorted(keys), event
    assert events.groupby(["event", "day"], observed=True)["site"].nunique().max() > 1


def test_last_in_wastes_what_first_expired_uses(tmp_path: Path) -> None:
    """Fresh stock on top of a pile that is just large enough to be used in time."""
    stock = "stock: [{at: clinic, on_hand: 100, life_left: 20d}]\n"
    wasted = {
        issue: run(tmp_path, f"shelf_life: 60d, issue: {issue}", more=stock).daily["expired"].sum()
        for issue in ("first_expired", "first_in", "last_in")
    }
    assert wasted["first_expired"] == wasted["first_in"] == 0 < wasted["last_in"]


def test_the_report_tells_what_was_lost_and_where_recalled_lots_were_found(tmp_path: Path) -> None:
    done = run(tmp_path, "shelf_life: 60d", more=RECALL + "made_until: 2024-02-10, removal: 7d}]\n")
    page = done.report(tmp_path / "report.html").read_text(encoding="utf-8")
    for part in (
        'id="picture-waste"',
        'id="table-lots"',
        'id="table-recalled"',
        "on the shelf or under test",
        "on arrival",
    ):
        assert part in page
    found = done.events[done.events["event"].isin(["called_back", "kept_back"])]
    assert found["units"].sum() == done.lots["recalled"].sum()
    lot = int(found["lot"].iloc[0])
    trace = done.trace(lot)
    assert {"departure", "arrival", "called_back"} <= set(trace["event"]) and (trace["lot"] == lot).all()
    with pytest.raises(ValueError, match="there is no lot 9999"):
        done.trace(9999)
