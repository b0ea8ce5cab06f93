"""A policy that follows demand: worked out by hand, and the bullwhip that Chen et al. (2000) derived for it."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from tests.cases import Case

ONE = """
end: 2001-01-21
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
facilities: {a: {}}
lanes: [{from: maker, to: a, time: 2d}]
demand: [{at: a, product: kit, per_day: 4, distribution: deterministic, shortage: backorder}]
replenishment: [{policy: moving_average, at: a, over: 4d, safety: 1d}]
disruptions:
  - {kind: demand_surge, at: a, factor: 2, from: 2001-01-06, until: 2001-01-21}
"""


def ordered(run: sim.Run, site: str = "a") -> list[int]:
    """Units ordered by a site, day by day."""
    return [int(units) for units in run.daily[run.daily["site"] == site]["ordered"]]


def test_the_level_follows_the_mean_of_the_last_days(simulate: Any) -> None:
    """Review 1 + lead time 2 + safety 1 = 4 days of the mean of four: the level is their sum, 16 at first, when days
    before the start count as usual. From day 5 on 8 are asked for: levels of 20, 24, 28 and 32 on days 5 to 8, each
    day's order is 4 more than its demand; then it is the demand."""
    assert ordered(simulate(ONE))[:12] == [4] * 5 + [12] * 4 + [8] * 3


def test_in_a_blackout_the_forecast_is_that_of_before(simulate: Any) -> None:
    """Figures are frozen on days 5 to 8: the orders are those of day 4, of 4. On day 9 the position is 16 - 4 x (8 - 4)
    - 8 = -8 and the records of days 6 to 9 are there: up to 32, so 40 are ordered."""
    dark = "  - {kind: cyber_blackout, at: a, orders: frozen, from: 2001-01-06, for: 4d}\n"
    assert ordered(simulate(ONE + dark))[:12] == [4] * 9 + [40, 8, 8]


def test_a_warehouse_follows_what_is_ordered_of_it(simulate: Any) -> None:
    """Two days (review and lead time) of the mean of two: the sum of the clinic's last two orders, 6 at first. They are
    3 until day 4 and then 6: levels of 9 on day 5 and 12 from day 6 on, so that 9, 9, 6, 6 are ordered."""
    run = simulate("""
end: 2001-01-21
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
warehouses: {store: {}}
facilities: {a: {}}
lanes: [{from: maker, to: store, time: 1d}, {from: store, to: a, time: 1d}]
demand: [{at: a, product: kit, per_day: 3, distribution: deterministic}]
replenishment:
  - {policy: moving_average, at: store, over: 2d}
  - {policy: push, at: a, quantity: 3}
  - {policy: push, at: a, quantity: 6, from: 2001-01-06}
""")
    assert ordered(run, "store")[:10] == [3] * 5 + [9, 9, 6, 6, 6]


def test_a_maker_follows_what_it_uses_up(simulate: Any) -> None:
    """Three days (review and a lead time of two) of the mean of three days' salt: 4 kits a day take 8 kg, 16 kg after
    the customer's orders have doubled. Levels rise by 8 a day for three days after the first day of more."""
    run = simulate("""
end: 2001-01-31
products: {kit: {unit: kit}, salt: {unit: kg}}
suppliers:
  maker: {makes: {kit: {from: {salt: 2}, finished_stock: 100}}}
  mine: {makes: {salt: {}}}
facilities: {a: {}}
lanes: [{from: mine, to: maker, time: 2d}, {from: maker, to: a, time: 1d}]
demand: [{at: a, product: kit, per_day: 4, distribution: deterministic}]
stock: [{at: maker, products: [salt], on_hand: 500, on_the_way: none}]
replenishment:
  - {policy: moving_average, at: maker, over: 3d}
  - {policy: push, at: a, quantity: 4}
  - {policy: push, at: a, quantity: 8, from: 2001-01-11}
""")
    used = run.daily[(run.daily["site"] == "maker") & (run.daily["product"] == "salt")]["used_up"].tolist()
    salt = run.daily[(run.daily["site"] == "maker") & (run.daily["product"] == "salt")]["ordered"].tolist()
    more = used.index(16)
    assert used[more - 5 : more] == [8] * 5 and used[more : more + 5] == [16] * 5
    level = [3 * (8 * (3 - k) + 16 * k) / 3 for k in range(4)]  # with k of the three days of more
    position = 500 - sum(used[:more]) + sum(salt[:more])  # before the day of more is reviewed
    for k in range(1, 4):
        position -= 16
        due = max(0, level[k] - position)
        assert salt[more + k - 1] == due
        position += due


@pytest.mark.case("EB1")
def test_the_bullwhip_of_a_moving_average_is_the_one_of_chen_et_al(simulate: Any, case: Case) -> None:
    """Review 1 + lead time 3 = 4 days of protection, five of demand: 1 + 2 L/p + 2 (L/p)^2 with L = 4, p = 5 is 3.88.
    Thirty sites for 3,652 days are 109,560 periods."""
    sites = ", ".join(f"c{k}: {{}}" for k in range(30))
    run = simulate(f"""
end: 2011-01-01
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{sites}}}
lanes: [{{from: maker, to: facilities, time: 3d}}]
demand:
  - {{at: facilities, product: kit, per_day: 100, distribution: {{distribution: normal, sd: 10}}, shortage: backorder}}
replenishment: [{{policy: moving_average, at: facilities, over: 5d}}]
""")
    by_site = run.daily.groupby(run.daily["site"].astype(str))
    clinics = [rows for site, rows in by_site if site.startswith("c")]
    orders, demand = (sum(rows[name].var() for rows in clinics) for name in ("ordered", "demand"))
    case.check({"bullwhip_ratio": orders / demand})
