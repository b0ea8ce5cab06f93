"""Facilities that open and close on a date, against days and units worked out by hand. Ten a day come for certain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.errors import ScenarioError
from sim.metrics.base import METRICS, View

DISTRICT = """
end: 2001-02-10
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
facilities: {old: {CLOSES}, new: {OPENS}, other: {}}
lanes: [{from: maker, to: facilities, time: 2d}]
demand: [{at: facilities, product: kit, per_day: 10, distribution: deterministic, DEMAND}]
replenishment: [{at: facilities, policy: base_stock, level: 50}]
"""
"""Day 10 is the eleventh of January."""


def district(closes: str = "", opens: str = "", demand: str = "shortage: lost") -> str:
    return DISTRICT.replace("CLOSES", closes).replace("OPENS", opens).replace("DEMAND", demand)


def of(run: Any, site: str, *figures: str) -> list[list[int]]:
    daily = run.daily[run.daily["site"] == site].sort_values("day")
    return [daily[name].tolist() for name in figures]


def test_who_closes_has_no_patients_and_orders_nothing(simulate: Any) -> None:
    """30 are there in the evening of day 9 and 20 under way: they come on days 10 and 11, and 50 stay there."""
    run = simulate(district("closes: 2001-01-11"), detail="full")
    demand, ordered, stock, unmet = of(run, "old", "demand", "ordered", "on_hand", "unmet")
    assert demand == [10] * 10 + [0] * 30 and ordered == [10] * 10 + [0] * 30 and not any(unmet)
    assert stock == [30] * 10 + [40] + [50] * 29
    told = run.events[run.events["event"] == "facility_closes"]
    assert list(zip(told["day"], told["site"], told["units"], strict=True)) == [(10, "old", 40)]


def test_others_are_as_if_it_had_stayed(simulate: Any) -> None:
    closed, stayed = (
        simulate(district(closes).replace("deterministic", "poisson")) for closes in ("closes: 2001-01-11", "")
    )
    for site in ("new", "other"):
        pd.testing.assert_frame_equal(
            *(r.daily[r.daily["site"] == site].reset_index(drop=True) for r in (closed, stayed))
        )


def test_who_closes_cancels_what_was_not_sent(simulate: Any) -> None:
    """Nothing leaves the maker from day 5 on: five orders of ten are open on day 10, and then none."""
    stop = "disruptions: [{kind: site_outage, at: maker, from: 2001-01-06, for: 20d}]\n"
    run = simulate(district("closes: 2001-01-11") + stop)
    daily = run.daily[(run.daily["site"] == "maker")].sort_values("day")
    owed, kept = daily["owed"].tolist(), simulate(district() + stop).daily
    before = kept[kept["site"] == "maker"].sort_values("day")["owed"].tolist()
    # three sites of one kind: what one cancels is a third
    assert owed[9] == before[9] and 3 * owed[10] == 2 * before[10] > 0


def test_who_waits_is_lost_when_it_closes(simulate: Any) -> None:
    """Stock for seven days and nothing more: 30 wait in the evening of day 9, and are lost on day 10."""
    stop = "disruptions: [{kind: site_outage, at: maker, from: 2001-01-01, for: 30d}]\n"
    for patience in ("", ", patience: 20d"):
        run = simulate(district("closes: 2001-01-11", demand=f"shortage: backorder{patience}") + stop)
        demand, backlog, lost = of(run, "old", "demand", "backlog", "lost")
        assert demand[9:11] == [10, 0] and lost[9] == 0 and lost[10] == backlog[9] > 0 and not any(backlog[10:])


def test_who_opens_has_nothing_before_and_orders_from_that_day(simulate: Any) -> None:
    """Fifty are ordered on day 10 and come on day 12: two days without."""
    run = simulate(district(opens="opens: 2001-01-11"), detail="full")
    demand, ordered, stock, unmet, transit = of(run, "new", "demand", "ordered", "on_hand", "unmet", "in_transit")
    assert demand == [0] * 10 + [10] * 30 and ordered == [0] * 10 + [50, 0] + [10] * 28
    assert not any(stock[:12]) and not any(transit[:10]) and unmet == [0] * 10 + [10, 10] + [0] * 28
    told = run.events[run.events["event"] == "facility_opens"]
    assert list(zip(told["day"], told["site"], told["units"], strict=True)) == [(10, "new", 0)]


def test_who_stocks_up_has_its_level_when_it_opens(simulate: Any) -> None:
    """Ordered three days before, there a day before."""
    run = simulate(district(opens="opens: 2001-01-11, stocks_up: 3d"))
    ordered, stock, unmet = of(run, "new", "ordered", "on_hand", "unmet")
    assert ordered == [0] * 7 + [50, 0, 0] + [10] * 30 and stock[:13] == [0] * 9 + [50, 40, 30, 30] and not any(unmet)


def test_stock_that_is_given_lies_there_until_it_opens(simulate: Any) -> None:
    run = simulate(district(opens="opens: 2001-01-11") + "stock: [{at: new, on_hand: 60}]\n")
    stock, unmet = of(run, "new", "on_hand", "unmet")
    assert stock[:10] == [60] * 10 and not any(unmet)


def test_dates_outside_the_scenario_change_nothing(simulate: Any) -> None:
    plain = simulate(district()).daily
    for site in ("closes: 2002-01-01", "opens: 2000-06-01", "opens: 2000-06-01, closes: 2003-01-01"):
        pd.testing.assert_frame_equal(simulate(district(site)).daily, plain)


def test_who_was_closed_from_the_first_day_is_not_there(simulate: Any) -> None:
    demand, ordered, stock = of(simulate(district("closes: 2000-06-01")), "old", "demand", "ordered", "on_hand")
    assert not any(demand + ordered + stock)


def test_a_day_later_is_a_day_of_demand_more(simulate: Any) -> None:
    totals = [sum(of(simulate(district(f"closes: 2001-01-{day}")), "old", "demand")[0]) for day in (11, 12, 21)]
    assert totals == [100, 110, 200]


def test_nobody_is_missed_where_nobody_comes(simulate: Any) -> None:
    """A clinic that is not open yet, without stock, opens no reserve and puts no share of sites short."""
    for trigger in ("{trigger: days_of_cover, below: 1d}", "{trigger: sites_short, above: 1%}"):
        reserve = f"""
reserves:
  national: {{held_at: maker, size: 100, members: facilities, release: {{when: {trigger}}}}}
"""
        run = simulate(district(opens="opens: 2001-01-21, stocks_up: 5d") + reserve, detail="full")
        assert not (run.events["event"] == "reserve_opened").any()


def test_who_is_closed_takes_nothing_of_a_reserve_of_its_own(simulate: Any) -> None:
    """Each holds twenty and the maker stops: those that stay take of it once they have less than a week's use, seventy,
    on their shelf; who closes on day 10 does so no longer."""
    stop = "disruptions: [{kind: site_outage, at: maker, from: 2001-01-01, for: 40d}]\n"
    reserve = """
reserves:
  own: {held_at: members, size: 60, members: facilities, release: {when: {trigger: declared, after: 10d}}}
"""
    run = simulate(district("closes: 2001-01-11") + stop + reserve)
    (left,), (other,) = of(run, "old", "reserve"), of(run, "other", "reserve")
    assert left == [20] * 40 and other[9] == 20 and other[-1] == 0


def test_rates_over_days_leave_out_closed_days(simulate: Any) -> None:
    """Of 40 + 10 + 40 site-days all have stock and none is short; without stock on two of 30 days it is 2 of 110."""
    view = View.of(simulate(district("closes: 2001-01-11")).outcome)
    assert view.site_days == 90
    assert METRICS["ready_rate"].function(view) == METRICS["no_stockout_probability"].function(view) == 1
    view = View.of(simulate(district(opens="opens: 2001-01-11")).outcome)
    assert METRICS["ready_rate"].function(view) == METRICS["no_stockout_probability"].function(view) == 1 - 2 / 110


TABLE = """
name,rate,opens,closes
a,10,,
b,10,2001-01-11,
c,10,,2001-01-11
"""


def from_table(folder: Path, table: str) -> Any:
    (folder / "clinics.csv").write_text(table.strip() + "\n")
    text = DISTRICT.replace("{old: {CLOSES}, new: {OPENS}, other: {}}", "{table: clinics.csv}")
    text = text.replace("per_day: 10", "per_day: column rate").replace("DEMAND", "shortage: lost")
    (folder / "case.yaml").write_text("scenario: case\ntitle: a case\nstart: 2001-01-01\n" + text)
    return sim.run(folder / "case.yaml", twin=False, detail="none")


def test_dates_may_stand_in_a_table(tmp_path: Path) -> None:
    run = from_table(tmp_path, TABLE)
    assert [sum(of(run, site, "demand")[0]) for site in "abc"] == [400, 300, 100]
    assert set(run.outcome.plan.network.sites.columns).isdisjoint({"opens", "closes", "stocks_up"})


def test_who_stocks_up_before_it_opens_may_stand_in_a_table(tmp_path: Path) -> None:
    """Fifty for a level of 50 are ordered three days before day 10, and are there in two."""
    rows = [
        line + "," + cell for line, cell in zip(TABLE.strip().splitlines(), ("stocks_up", "", "3d", "0d"), strict=True)
    ]
    run = from_table(tmp_path, "\n".join(rows))
    ordered, stock = of(run, "b", "ordered", "on_hand")
    assert ordered[:8] == [0] * 7 + [50] and stock[8:10] == [0, 50]
    for cell, message in (("14", "14d"), ("12h", "whole days"), ("", "")):
        changed = "\n".join([*rows[:2], rows[2].removesuffix("3d") + cell, rows[3].removesuffix("0d") + "3d"])
        with pytest.raises(ScenarioError, match="it is there from the beginning" if not cell else message):
            from_table(tmp_path, changed)


@pytest.mark.parametrize(
    ("row", "message"),
    [("b,10,11.1.2001,", "clinics.csv:3: column 'opens'"), ("b,10,2001-01-11,2001-01-11", "it closes before it opens")],
)
def test_dates_of_a_table_that_cannot_be_are_refused(row: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        from_table(tmp_path, TABLE.replace("b,10,2001-01-11,", row))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("site", "message"),
    [
        ("closes: 2001-01-11, opens: 2001-01-12", "it closes before it opens"),
        ("stocks_up: 3d", "only with opens"),
        ("opens: 2001-13-01", "a date that exists"),
    ],
)
def test_dates_that_cannot_be_are_refused_with_help(site: str, message: str, simulate: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        simulate(district(site))
    assert message in str(caught.value) and all(problem.line > 0 for problem in caught.value.problems)
