"""Sources that do a share of their work, without a limit of their own: what leaves and what is left lying, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.engine.deciding.part_work import PartWork
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
    work.effects_changed()
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
