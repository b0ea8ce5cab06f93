"""Sources that do a share of their work, without a limit of their own: what leaves and what is left lying, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.engine.rationing.part_work import PartWork
from sim.model.effects import Effect, Quantities
from tests.property.running import run
from tests.textbook.test_effects_only import at, chain

Spec = dict[str, Any]
FOUND = Path(__file__).parents[1] / "data" / "found"
STRIKE: Spec = {"kind": "strike", "at": "maker", "for": "10d", "staffed": "50%"}


def sent(done: Any, first: int, last: int) -> list[int]:
    """What leaves the maker each day."""
    days: list[int] = at(done, "maker")["dispatched"].loc[first:last].tolist()
    return days


@pytest.mark.parametrize(
    "nothing",
    [
        {"kind": "strike", "staffed": "100%"},
        {"kind": "labour_absence", "away": "0%"},
        {"kind": "labour_absence", "away": "50%", "felt": 0},
        {"kind": "site_outage", "capacity": "100%"},
        {"kind": "site_outage", "capacity": "100%", "recovery": "5d"},
    ],
)
def test_where_everybody_works_nothing_is_lost(nothing: Spec) -> None:
    """The surge's 100 units are served from stock that is ordered the same evening, as without a strike."""
    spec = yaml.safe_load((FOUND / "strike-at-which-everybody-works.yaml").read_text(encoding="utf-8"))
    surge, strike = spec["disruptions"]
    del spec["suppliers"]["maker"]["makes"]["kit"]["capacity"]  # nor at a maker without a limit
    for makes in ({"capacity": 1000, "finished_stock": 1000}, {}):
        spec["suppliers"]["maker"]["makes"]["kit"] = makes
        spec["disruptions"] = [surge]
        usual = run(spec)
        spec["disruptions"] = [surge, {k: v for k, v in strike.items() if k != "staffed"} | nothing]
        done = run(spec)
        assert done.daily["lost"].sum() == 0
        pd.testing.assert_frame_equal(done.daily, usual.daily)


def test_those_at_work_send_their_share_of_what_a_day_brings() -> None:
    """Half of 20 + 10 units on five days of a surge, then half of 10 + 10; the 75 + 50 left lying leave on day 20."""
    surge = {"kind": "demand_surge", "at": "abroad", "for": "5d", "factor": 2}
    assert sent(run(chain(surge, STRIKE)), 9, 21) == [20, *[15] * 5, *[10] * 5, 20 + 125, 20]


def test_those_at_work_work_off_what_lies_when_nothing_new_comes() -> None:
    """Both clinics order ten on days 10 and 11 and nothing more: of each, five leave a day until there is nothing
    left."""
    none = {"kind": "demand_surge", "at": "facilities", "from": "2001-01-13", "for": "20d", "factor": 0}
    assert sent(run(chain(none, STRIKE)), 10, 16) == [10, 10, 10, 10, 0, 0, 0]


def test_those_who_come_back_send_what_was_left_for_them() -> None:
    """Each flow: 2 of 10 leave for five days, 40 lie. Half of those away come back: 20, and 6 of each day's 10; when
    all are back, the 20 + 5 x 4 that lie, and the day's 10."""
    outage = {
        "kind": "site_outage", "at": "maker", "for": "10d", "capacity": "20%",
        "steps": [{"after": "5d", "capacity": "60%"}],
    }  # fmt: skip
    assert sent(run(chain(outage)), 10, 21) == [*[4] * 5, 2 * 26, *[12] * 4, 2 * 50, 20]


def test_of_two_who_leave_work_undone_each_leaves_a_share() -> None:
    """Half of the staff on strike, and a fifth of the others ill: 40% of the work goes on."""
    ill = {"kind": "labour_absence", "at": "maker", "for": "10d", "away": "20%"}
    assert sent(run(chain(STRIKE, ill)), 10, 19) == [8] * 10


def test_orders_once_a_week_leave_in_the_share_that_works() -> None:
    """70 units are ordered on days 14, 21 and 28: 35 leave at once, which is a usual week's half. By day 14 that half
    was due for five days only, 25; the ten more are made up for by day 16, and until the next order five a day
    leave."""
    weekly = [{"at": "facilities", "policy": "base_stock", "level": 150, "review": "7d"}]
    spec = chain(STRIKE | {"for": "21d"}, replenishment=weekly)
    a_flow = [*[0] * 4, 35, 0, 0, 5, 5, 5, 5, 35, *[0] * 6, 35, 0, 0]
    assert sent(run(spec), 10, 30) == [2 * units for units in a_flow]


def with_reserve(maker: Spec, *disruptions: Spec) -> Spec:
    """The maker's store keeps a reserve of 200 for the clinic, which is open all the time."""
    spec = chain(*disruptions)
    spec["warehouses"] = {"store": {"country": "KE"}}
    spec["facilities"] = {"clinic": {"country": "KE"}}
    spec["suppliers"]["maker"]["makes"]["kit"] = maker
    spec["lanes"] = [{"from": "maker", "to": "store", "time": "1d"}, {"from": "store", "to": "clinic", "time": "1d"}]
    spec["replenishment"].append({"at": "store", "policy": "base_stock", "level": 100})
    release = {"when": {"trigger": "days_of_cover", "below": "30d", "of": "member"}}
    spec["reserves"] = {"own": {"held_at": "store", "size": 200, "members": "clinic", "release": release}}
    return spec


def test_a_reserve_is_not_asked_for_what_only_lies_at_its_holder() -> None:
    spec = with_reserve({}, STRIKE | {"at": "store"})
    done = run(spec)
    assert (at(done, "store")["reserve"] == 200).all()
    assert at(done, "store")["dispatched"].loc[10:20].tolist() == [*[5] * 10, 60]


def test_those_on_strike_do_not_send_the_reserve_either() -> None:
    """Nothing is made, the store's own 100 are gone when the strike begins; ten a day are asked of the reserve."""
    closed = {"kind": "site_outage", "at": "maker", "from": "2001-01-01", "for": "40d"}
    done = run(with_reserve({}, closed, STRIKE | {"at": "store"}))
    assert at(done, "store")["on_hand"].loc[9] == 0
    assert at(done, "store")["dispatched"].loc[9:20].tolist() == [10, *[5] * 10, 60]
    assert at(done, "store")["reserve"].loc[20] == 200 - 110


def test_a_reserve_that_opens_on_an_announcement_does_not_hear_of_nothing() -> None:
    opened = {}
    for staffed in ("100%", "99%"):
        spec = with_reserve({}, STRIKE | {"at": "store", "staffed": staffed, "notice": "3d"})
        spec["reserves"]["own"]["release"]["when"] = {"trigger": "announced"}
        opened[staffed] = (run(spec).events["event"] == "reserve_opened").any()
    assert opened == {"100%": False, "99%": True}


@pytest.mark.parametrize("tested", [[], ["other"]])
def test_who_makes_to_order_makes_only_what_leaves(tested: list[str]) -> None:
    """Whether or not something else is tested for longer somewhere."""
    holds = [{"kind": "quality_hold", "at": name, "for": "10d", "testing": "5d"} for name in tested]
    spec = chain(STRIKE, *holds)
    spec["suppliers"]["other"] = {"country": "DE", "makes": {"kit": {"capacity": 5}}}
    spec["facilities"]["third"] = {"country": "DE"}
    spec["lanes"].append({"from": "other", "to": "third", "time": "1d"})
    maker = at(run(spec), "maker")
    assert maker["produced"].tolist() == maker["dispatched"].tolist()


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.99])
def test_no_flow_is_ever_more_than_half_a_unit_short_of_its_share(share: float) -> None:
    """On any days: at least the share of all that came up, and of what usually does as far as there was as much."""
    usual = np.array([0.02, 0.9, 7.0])
    strike = Effect("flow.sends", np.arange(3), "multiply", ((0.0, share),), 400.0, "strike")
    quantities = Quantities({"flow.sends": np.ones(3)}, [strike])
    work = PartWork(quantities, usual)
    quantities.update(0.0)
    work.effects_changed(np.zeros(3))
    orders = np.random.default_rng(4).poisson(usual, (400, 3))
    owed, gone = np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)
    for day, ordered in enumerate(orders):
        owed += ordered
        work.open_day(owed)
        leaves = work.cut(owed)
        assert ((leaves >= 0) & (leaves <= owed)).all()
        owed -= leaves
        gone += leaves
        came = orders[: day + 1].sum(axis=0)
        assert (gone >= share * came - 0.5 - 1e-6).all()
        usually = usual * (day + 1)
        month = np.maximum(1.0, 30 * share * usual)  # by which what is due may be ahead, or behind
        assert (gone <= share * np.maximum(came, usually) + month + 0.5).all()


OUTAGE: Spec = {"kind": "site_outage", "at": "maker", "for": "15d", "capacity": "20%"}
QUOTA: Spec = {"kind": "export_ban", "country": "IN", "from": "2001-01-13", "for": "8d", "quota": "30%"}
ALLOWANCE: Spec = {
    "kind": "supplier_allocation",
    "supplier": "maker",
    "from": "2001-01-13",
    "for": "8d",
    "share": "30%",
}


@pytest.mark.parametrize("limit", [QUOTA, ALLOWANCE, ALLOWANCE | {"unfilled": "cancel"}])
def test_a_limit_wider_than_the_work_changes_nothing_while_it_holds_nor_when_it_is_lifted(limit: Spec) -> None:
    """A fifth of ten a day is two on each flow, less than the three let out; all 15 x 16 left lying leave on day 25."""
    assert sent(run(chain(OUTAGE, limit)), 9, 26) == [20, *[4] * 15, 20 + 15 * 16, 20]


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_what_a_limit_holds_comes_up_once(share: float) -> None:
    """Whatever may leave on a day: as much is done as without a limit, and what is done leaves as soon as it may."""
    usual = np.array([7.0])
    rng = np.random.default_rng(4)
    orders, most = rng.poisson(usual, (200, 1)), rng.integers(0, 6, (200, 1)) * rng.integers(0, 2, (200, 1))
    done, left = _leaves(share, usual, orders, orders * 0 + 10_000), _leaves(share, usual, orders, most)
    waits = 0
    for day in range(200):
        waits += done[day] - left[day]
        assert left[day] == min(most[day, 0], waits + left[day])


def _leaves(share: float, usual: np.ndarray, orders: np.ndarray, most: np.ndarray) -> list[int]:
    """What leaves each day of one flow, of which on each day so much may."""
    strike = Effect("flow.sends", np.arange(1), "multiply", ((0.0, share),), 400.0, "strike")
    quantities = Quantities({"flow.sends": np.ones(1)}, [strike])
    work = PartWork(quantities, usual)
    quantities.update(0.0)
    work.effects_changed(np.zeros(1))
    owed, gone = np.zeros(1, dtype=np.int64), []
    for ordered, may in zip(orders, most, strict=True):
        owed += ordered
        may = np.minimum(owed, may)
        work.open_day(owed, owed - may)
        leaves = work.cut(may)
        owed -= leaves
        gone.append(int(leaves[0]))
    return gone


def test_what_is_done_and_held_leaves_when_it_may_and_no_more() -> None:
    """Of ten a day to abroad six are done; days 12 to 15 nothing leaves, so that 24 wait. On day 16 they leave with
    the day's six, then six a day; the 15 x 4 left lying leave with all back. Home is served its six throughout."""
    outage = OUTAGE | {"capacity": "60%"}
    ban = QUOTA | {"quota": "0%", "for": "4d"}
    assert sent(run(chain(outage, ban)), 10, 26) == [12, 12, *[6] * 4, 12 + 24, *[12] * 8, 20 + 2 * 60, 20]


def test_what_was_made_before_an_outage_leaves_when_the_border_opens() -> None:
    """Banned from day 5 to 14: 5 x 10 are made before the outage of day 10, and six a day in it, 30 by day 14. All
    80 leave on day 15 with the day's six; the ten days' 40 left lying on day 20."""
    outage = OUTAGE | {"capacity": "60%", "for": "10d"}
    ban = QUOTA | {"quota": "0%", "from": "2001-01-06", "for": "10d"}
    assert sent(run(chain(outage, ban)), 4, 21) == [
        20, *[10] * 5, *[6] * 5, 12 + 80, *[12] * 4, 20 + 80, 20
    ]  # fmt: skip


def test_a_share_that_changes_behind_a_closed_border_is_that_of_its_days() -> None:
    """20% for five days, then 60%: of each day's ten 2, then 6; who comes back (half of those away) does half of the
    40 left lying. Banned throughout: by day 19 there wait 10 + 20 + 30 for abroad. Border and site open on day 20."""
    outage = OUTAGE | {"for": "15d", "steps": [{"after": "5d", "capacity": "60%"}]}
    ban = QUOTA | {"quota": "0%", "from": "2001-01-11", "for": "10d"}
    abroad = [*[0] * 10, 10 + 20 + 30 + 6]
    home = [*[2] * 5, 20 + 6, *[6] * 5]
    assert sent(run(chain(outage, ban)), 10, 20) == [sum(pair) for pair in zip(abroad, home, strict=True)]


def test_what_a_limit_holds_is_found_where_sites_may_give_to_each_other_as_well() -> None:
    """None gives, as none keeps a year's use; and the work and what waits behind the border are as without."""
    spec = chain(OUTAGE, QUOTA)
    gives = {"rule": "nearest", "from": "facilities", "time": "1d", "keep": "365d", "below": "1d"}
    assert sent(run(spec | {"transfers": [gives]}), 9, 26) == [20, *[4] * 15, 20 + 15 * 16, 20]


def test_of_what_a_store_lacks_nothing_is_done_before_it_comes() -> None:
    """A store on strike at half from day 10, empty from then on, gets goods on day 17: half of the 8 x 10 that are owed
    by then leaves, five a day on the two days after, and the 40 + 10 left lying with the day's ten on day 20."""
    none = {"kind": "site_outage", "at": "maker", "from": "2001-01-01", "for": "16d"}
    spec = with_reserve({}, none, STRIKE | {"at": "store"})
    del spec["reserves"]
    assert at(run(spec), "store")["dispatched"].loc[9:21].tolist() == [10, *[0] * 7, 40, 5, 5, 60, 10]
