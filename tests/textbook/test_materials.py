"""Bills of materials in chains without chance, against days and units worked out by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

CHAIN = """
end: 2001-06-01
products: {api: {unit: kg}, tablet: {unit: pack}}
suppliers:
  chemist: {country: IN, makes: {api: {}}}
  works: {country: DE, makes: {tablet: {finished_stock: 5d, from: {api: 0.5}, takes: 3d}}}
warehouses: {store: {country: DE}}
facilities: {clinic: {country: DE}}
lanes:
  - {from: chemist, to: works, time: 5d}
  - {from: works, to: store, time: 2d}
  - {from: store, to: clinic, time: 1d}
demand: [{at: clinic, product: tablet, per_day: 8, distribution: deterministic}]
replenishment:
  - {at: clinic, policy: base_stock, level: 5d}
  - {at: store, policy: base_stock, level: 10d}
  - {at: works, policy: base_stock, level: 20d}
"""


def of(run: Any, site: str, product: str) -> pd.DataFrame:
    daily = run.daily
    return daily[(daily["site"] == site) & (daily["product"] == product)].set_index("day")


def test_a_ban_on_the_ingredient_empties_every_stage_on_its_day(simulate: Any) -> None:
    """Eight packs a day take 4 kg. The last evening before the ban is that of day 13. Then there are 80 kg at the works
    and on the way to them, which make 160 packs, 40 - 8 packs begun or finished there, 80 between works and store, and
    40 between store and clinic. So the works begin packs for 20 days more, send them for (160 + 32) / 8 = 24, the store
    for 34, and the clinic hands out for 39. The ban ends on day 54: 5 days to the works, 3 of making, 2 to the store
    and 1 to the clinic.
    """
    ban = "disruptions: [{kind: export_ban, country: IN, from: 2001-01-15, for: 40d}]\n"
    run = simulate(CHAIN + ban)
    begun, sent = of(run, "works", "tablet")["produced"], of(run, "works", "tablet")["dispatched"]
    passed, served = of(run, "store", "tablet")["dispatched"], of(run, "clinic", "tablet")["served"]
    for flow, days, back in ((begun, 20, 59), (sent, 24, 62), (passed, 34, 64), (served, 39, 65)):
        assert (flow.loc[14 : 13 + days] == 8).all() and flow.loc[14 + days : back - 1].sum() == 0
        assert flow.loc[back] > 0
    assert of(run, "clinic", "tablet")["unmet"].sum() == 8 * (65 - 53)
    api = of(run, "works", "api")
    assert api["on_hand"].loc[13] == 60 and (api["on_hand"].loc[33:58] == 0).all()
    assert api["received"].loc[59] == api["used_up"].loc[59] == 80, "orders that waited take all of it"


def test_usual_demand_is_worked_out_through_the_bill(simulate: Any) -> None:
    """10 boxes a day at a yield of 80% are 12.5 begun, of 20 tablets each; 250 tablets at 50% are 500, of 0.1 kg."""
    run = simulate(STAGES)
    network = run.outcome.plan.network
    names = network.products["name"].to_numpy()[network.cell_product]
    sites = network.site_names(network.cell_site)
    mean = {(s, str(p)): m for s, p, m in zip(sites, names, network.cell_mean, strict=True)}
    assert mean["packer", "box"] == 10
    assert mean["packer", "tablet"] == mean["press", "tablet"] == pytest.approx(250)
    assert mean["press", "api"] == mean["chemist", "api"] == pytest.approx(50)
    first = run.daily[run.daily["day"] == 0].set_index(["site", "product"])
    here = first.loc[("press", "api")]
    assert here["on_hand"] + here["in_transit"] == 15 * 50 and here["in_transit"] == 3 * 50, "4 days, one has arrived"


STAGES = """
end: 2001-05-01
products: {api: {unit: kg}, tablet: {unit: tablet}, box: {unit: box}}
suppliers:
  chemist: {makes: {api: {}}}
  press: {makes: {tablet: {finished_stock: 8d, from: {api: 0.1}, yield: 50%, takes: 2d}}}
  packer: {makes: {box: {capacity: 15, finished_stock: 12d, from: {tablet: 20}, yield: 80%, takes: 3d}}}
facilities: {clinic: {}}
lanes:
  - {from: chemist, to: press, time: 4d}
  - {from: press, to: packer, time: 2d}
  - {from: packer, to: clinic, time: 1d}
demand: [{at: clinic, product: box, per_day: 10, distribution: deterministic}]
replenishment: [{at: clinic, policy: base_stock, level: 5d}, {at: [press, packer], policy: base_stock, level: 15d}]
"""


def test_yields_and_rates_are_exact_in_the_long_run(simulate: Any) -> None:
    """n units begun take the rate times n, rounded up, of a material; of n that came out the yield times n, rounded
    down, are good. Work in process is what was begun on the last days, as many as making takes."""
    run = simulate(STAGES, overrides={"suppliers.packer.makes.box.yield": "77%"})
    assert of(run, "clinic", "box")["unmet"].sum() == 0
    for site, product, material, rate, good, takes in (
        ("packer", "box", "tablet", Fraction(20), Fraction(77, 100), 3),
        ("press", "tablet", "api", Fraction(1, 10), Fraction(1, 2), 2),
    ):
        made, stock = of(run, site, product), of(run, site, material)
        begun = made["produced"].cumsum()
        assert begun.iloc[-1] > 1000 * good
        assert stock["used_up"].cumsum().tolist() == [math.ceil(rate * int(n)) for n in begun]
        out = begun.shift(takes, fill_value=0)
        assert made["scrapped"].cumsum().tolist() == [int(n) - math.floor(good * int(n)) for n in out]
        assert (made["in_process"] == made["produced"].rolling(takes, min_periods=1).sum()).all()


ONE_PLANT = """
end: 2001-05-01
products: {api: {unit: kg}, tablet: {unit: tablet}, pack: {unit: pack}, salt: {unit: kg}}
suppliers:
  mine: {makes: {salt: {}}}
  plant:
    makes:
      api: {finished_stock: 5d, from: {salt: 2}}
      tablet: {finished_stock: 4d, from: {api: 0.5}}
      pack: {finished_stock: 3d, from: {tablet: 1}}
facilities: {clinic: {}}
lanes: [{from: mine, to: plant, time: 2d}, {from: plant, to: clinic, time: 1d}]
demand: [{at: clinic, product: pack, per_day: 8, distribution: deterministic}]
replenishment: [{at: clinic, policy: base_stock, level: 5d}, {at: plant, policy: base_stock, level: 6d}]
"""


def test_a_plant_lives_on_the_stocks_between_its_stages(simulate: Any) -> None:
    """Eight packs a day take 4 kg of api and 8 kg of salt. Every stage makes in the morning what the next takes, so its
    stock stands at its level: 20 kg, 32 tablets, and 24 packs less the 8 of last evening. When the api stops, there is
    enough for 5 days of tablets, 4 more of packs, 2 more of sending, and the clinic has 5 days, one day after."""
    stop = "disruptions: [{kind: site_outage, at: plant, products: [api], stock: ships, from: 2001-02-01, for: 40d}]\n"
    run = simulate(ONE_PLANT + stop)
    day = 31
    levels = {"api": 20, "tablet": 32}
    for product, level in levels.items():
        assert (of(run, "plant", product)["on_hand"].loc[1 : day - 1] == level).all()
    for product, last in (("api", day - 1), ("tablet", day + 4), ("pack", day + 8)):
        made = of(run, "plant", product)["produced"].loc[1 : day + 39]
        assert (made.loc[:last] == (4 if product == "api" else 8)).all() and made.loc[last + 1 :].sum() == 0, product
    sent, served = of(run, "plant", "pack")["dispatched"], of(run, "clinic", "pack")["served"]
    assert (sent.loc[1 : day + 10] == 8).all() and sent.loc[day + 11 : day + 39].sum() == 0
    assert (served.loc[: day + 15] == 8).all() and served.loc[day + 16 : day + 40].sum() == 0
    assert of(run, "plant", "pack")["produced"].loc[day + 40] > 0, "all stages begin again on one morning"


def test_a_stage_without_a_limit_makes_a_share_of_what_is_usual(simulate: Any) -> None:
    half = "disruptions: [{kind: site_outage, at: plant, products: [api], capacity: 50%, from: 2001-02-01, for: 40d}]\n"
    api = of(simulate(ONE_PLANT + half), "plant", "api")["produced"]
    assert (api.loc[1:30] == 4).all() and (api.loc[31:70] == 2).all() and api.loc[71] > 4


def test_stages_of_one_plant_take_their_time_and_lose_their_share(simulate: Any) -> None:
    """As for stages apart, what is used up is the rate times what was begun, and nothing is short."""
    slow = {"api": ("2d", "80%"), "tablet": ("3d", "50%"), "pack": ("1d", "100%")}
    overrides = {f"suppliers.plant.makes.{p}.takes": t for p, (t, _) in slow.items()}
    overrides |= {f"suppliers.plant.makes.{p}.yield": y for p, (_, y) in slow.items()}
    overrides |= {f"suppliers.plant.makes.{p}.finished_stock": "12d" for p in slow}
    run = simulate(ONE_PLANT, overrides=overrides)
    assert of(run, "clinic", "pack")["unmet"].sum() == 0
    for product, material, rate in (("pack", "tablet", 1.0), ("tablet", "api", 0.5), ("api", "salt", 2.0)):
        begun = of(run, "plant", product)["produced"].cumsum()
        used = of(run, "plant", material)["used_up"].cumsum()
        assert begun.iloc[-1] > 500 and used.tolist() == [math.ceil(rate * int(n)) for n in begun]
    made = of(run, "plant", "pack")["produced"].iloc[-30:].sum()
    assert made == 8 * 30
    assert abs(of(run, "plant", "api")["produced"].iloc[-30:].sum() - 8 * 30 / 0.5 * 0.5 / 0.8) <= 4


def test_a_stage_short_of_capacity_does_not_pile_up_what_goes_into_it(simulate: Any) -> None:
    """The tablets can be begun at 5 a day, 8 are wanted: the api in hand and in process stays at its level of 20 and
    what three days of beginning take, 2 while it is made and the day itself."""
    run = simulate(
        ONE_PLANT,
        overrides={"suppliers.plant.makes.tablet.capacity": 5, "suppliers.plant.makes.api.takes": "2d"},
    )
    api = of(run, "plant", "api")
    assert (api["on_hand"] + api["in_process"]).max() <= 20 + math.ceil(0.5 * 5) * 3
    assert of(run, "plant", "tablet")["produced"].iloc[-30:].sum() == 150
    assert of(run, "clinic", "pack")["unmet"].iloc[-30:].sum() == 30 * 3


def test_a_stage_may_serve_others_beside_its_own_plant(simulate: Any) -> None:
    """Another packer takes 10 tablets a day; a plant that makes all it sends begins 18 tablets and 9 kg a day."""
    more = ONE_PLANT.replace("facilities: {clinic: {}}", "facilities: {clinic: {}, ward: {}}")
    more = more.replace("time: 1d}]\ndemand: [", "time: 1d}, {from: plant, to: ward, time: 1d}]\ndemand: [")
    more = more.replace("deterministic}]", "deterministic}, {at: ward, product: tablet, per_day: 10, distribution: "
                        "deterministic}]").replace("{at: clinic, policy", "{at: [clinic, ward], policy")  # fmt: skip
    run = simulate(more)
    network = run.outcome.plan.network
    mean = dict(zip(network.products["name"].to_numpy()[network.cell_product[network.makers]],
                    network.cell_mean[network.makers], strict=True))  # fmt: skip
    assert (mean["pack"], mean["tablet"], mean["api"], mean["salt"]) == (8, 18, 9, 18)
    assert run.daily["unmet"].sum() == 0
    assert of(run, "plant", "tablet")["produced"].loc[10:].eq(18).all()
    assert of(run, "plant", "api")["produced"].loc[10:].eq(9).all()


def test_a_steady_start_has_work_in_process_as_if_it_had_always_gone_on(simulate: Any) -> None:
    """8 packs a day, 3 days of making and 2 of testing, 10 days of finished stock: 24 are in process and 16 under test,
    and every day is like the one before from the first on. At a yield of 80% ten are begun for eight."""
    text = CHAIN.replace("takes: 3d", "takes: 3d, testing: 2d, yield: 80%, finished_stock: 10d, at_start: steady")
    text = text.replace("finished_stock: 5d, ", "").replace("level: 20d", "level: 40d")
    run = simulate(text)
    made = of(run, "works", "tablet")
    for column, each in (("produced", 10), ("scrapped", 2), ("in_process", 30), ("held", 16), ("on_hand", 80 - 48)):
        assert (made[column] == each).all(), column
    assert (made["dispatched"] == 8).all()
    empty = of(simulate(text.replace(", at_start: steady", "")), "works", "tablet")
    assert empty["in_process"].loc[0] < 30 and empty["on_hand"].loc[0] > 32


SHARED = """
end: 2001-01-20
products: {api: {unit: kg}, foil: {unit: roll}, syrup: {unit: bottle}, tablet: {unit: pack}}
suppliers:
  chemist: {makes: {api: {capacity: 20}, foil: {}}}
  works: {makes: {syrup: {from: {api: 1}}, tablet: {from: {api: 1, foil: FOIL}}}}
facilities: {clinic: {}}
lanes: [{from: chemist, to: works, time: 4d}, {from: works, to: clinic, time: 1d}]
demand:
  - {at: clinic, product: syrup, per_day: 30, distribution: deterministic, shortage: backorder}
  - {at: clinic, product: tablet, per_day: 10, distribution: deterministic, shortage: backorder}
replenishment:
  - {at: clinic, policy: base_stock, level: 0}
  - {at: works, products: [api], policy: base_stock, level: 400}
  - {at: works, products: [foil], policy: base_stock, level: 100}
stock: [{at: works, products: [api], on_hand: 20}, {at: works, products: [foil], on_hand: ROLLS}]
"""


def shared(foil: str, rolls: int) -> str:
    return SHARED.replace("FOIL", foil).replace("ROLLS", str(rolls))


def test_a_scarce_material_is_shared_by_what_each_product_wants(simulate: Any) -> None:
    """On day 1 there are orders for 30 bottles and 10 packs, and 20 kg: three quarters to one quarter."""
    run = simulate(shared("0.01", 100))
    assert [of(run, "works", p)["produced"].loc[1] for p in ("syrup", "tablet")] == [15, 5]
    used = of(run, "works", "api")["used_up"].cumsum()
    made = sum(of(run, "works", p)["produced"].cumsum() for p in ("syrup", "tablet"))
    assert (used == made).all()


def test_the_scarcest_material_limits_and_frees_the_others(simulate: Any) -> None:
    """Three rolls at one a pack allow three packs; the ingredient they leave goes to bottles."""
    run = simulate(shared("1", 3))
    assert [of(run, "works", p)["produced"].loc[1] for p in ("syrup", "tablet")] == [17, 3]


def test_a_share_too_small_for_a_unit_does_not_lie_idle(simulate: Any) -> None:
    """A unit of each takes 12 of the 20 kg, shares of 10 each would make nothing: the product named first gets one."""
    text = shared("0.01", 100).replace("{api: 1}", "{api: 12}").replace("{api: 1,", "{api: 12,")
    run = simulate(text.replace("per_day: 30", "per_day: 10"))
    assert [of(run, "works", p)["produced"].loc[1] for p in ("syrup", "tablet")] == [1, 0]


TWO_SOURCES = CHAIN.replace(
    "suppliers:\n", "suppliers:\n  second: {country: CN, makes: {api: {}}}\n"
).replace("lanes:\n", "lanes:\n  - {from: second, to: works, time: 9d}\n")  # fmt: skip


@pytest.mark.parametrize(
    ("at_once", "bound", "lost"),
    [(True, True, False), (True, False, False), (False, False, False), (False, True, True)],
)
def test_another_source_of_the_ingredient_takes_over(at_once: bool, bound: bool, lost: bool, simulate: Any) -> None:
    """A maker on stand-by, called upon when the ban begins or turned to by the works itself, carries it through the
    ban; works that keep to their shares run out of packs without the call."""
    keep = ", keep_shares: true" if bound else ""
    text = TWO_SOURCES + f"sourcing: [{{at: works, products: [api], from: {{chemist: 100%, second: 0%}}{keep}}}]\n"
    call = "  - {kind: extra_orders, at: works, source: second, per_day: 4, from: 2001-01-15, for: 60d}\n"
    ban = "disruptions:\n  - {kind: export_ban, country: IN, from: 2001-01-15, for: 60d}\n"
    run = simulate(text + ban + (call if at_once else ""))
    assert (of(run, "clinic", "tablet")["unmet"].sum() > 0) == lost
    assert (of(run, "second", "api")["dispatched"].sum() > 0) == (not lost)


def test_two_regular_sources_share_the_orders(simulate: Any) -> None:
    text = TWO_SOURCES + "sourcing: [{at: works, products: [api], from: {chemist: 75%, second: 25%}}]\n"
    run = simulate(text)
    sent = np.array([of(run, site, "api")["dispatched"].sum() for site in ("chemist", "second")])
    assert sent[0] == pytest.approx(3 * sent[1], abs=4) and of(run, "clinic", "tablet")["unmet"].sum() == 0


def test_a_material_shortage_cuts_deliveries_to_its_share(simulate: Any) -> None:
    """At 25% of 4 kg a day one kg arrives a day; 80 kg and what arrives in 79 days last until the works are out."""
    short = "disruptions: [{kind: material_shortage, material: api, supply: 25%, from: 2001-01-15, for: 80d}]\n"
    run = simulate(CHAIN + short)
    sent, begun = of(run, "chemist", "api")["dispatched"], of(run, "works", "tablet")["produced"]
    assert (sent.loc[14:93] == 1).all() and sent.loc[13] == 4
    # 80 kg in the evening of day 13; one kg more is there each morning from day 19 on: used up after n days with
    # 4 n > 80 + (n - 5), that is on the 26th, day 39; from then on, what arrives
    assert (begun.loc[14:38] == 8).all() and begun.loc[39] < 8 and (begun.loc[40:98] == 2).all()


def test_poor_material_lowers_the_yield_while_it_lasts(simulate: Any) -> None:
    poor = "disruptions: [{kind: material_shortage, material: api, yield: 50%, from: 2001-01-15, for: 10d}]\n"
    works = of(simulate(CHAIN + poor), "works", "tablet")
    assert (works["produced"].loc[14:23] == 16).all() and (works["produced"].loc[24:] == 8).all()
    assert (works["scrapped"].loc[17:26] == 8).all() and works["scrapped"].sum() == 80


HELD = """
end: 2001-02-01
products: {a: {unit: box}, b: {unit: box}}
suppliers: {maker: {makes: {a: {capacity: 40, finished_stock: 50}, b: {capacity: 40, finished_stock: 50}}}}
facilities: {clinic: {}}
lanes: [{from: maker, to: clinic, time: 1d}]
demand:
  - {at: clinic, product: a, per_day: 10, distribution: deterministic}
  - {at: clinic, product: b, per_day: 10, distribution: deterministic}
replenishment: [{at: clinic, policy: base_stock, level: 3d}]
disruptions: [{kind: quality_hold, at: maker, products: [a], from: 2001-01-11, for: 5d, testing: 3d}]
"""


def test_a_quality_hold_keeps_back_what_is_made_meanwhile(simulate: Any) -> None:
    """50 boxes less ten a day that leave in the evening. What is made on the mornings of days 10 to 14 comes on days 13
    to 17, so that two days pass with no box released, and stock is 30 lower until the hold is over."""
    run = simulate(HELD)
    stock = of(run, "maker", "a")
    assert stock["held"].loc[9:18].tolist() == [0, 10, 20, 30, 30, 30, 20, 10, 0, 0]
    assert stock["on_hand"].loc[9:18].tolist() == [40, 30, 20, 10, 10, 10, 20, 30, 40, 40]
    assert (stock["produced"].loc[1:] == 10).all() and run.daily["unmet"].sum() == 0
    other = of(run, "maker", "b")
    assert (other["on_hand"] == 40).all() and not other["held"].any()


def test_a_quality_shutdown_tests_for_longer_what_is_made_after_it(simulate: Any) -> None:
    """Nothing is made on days 10 to 13; 40 boxes last until the evening of day 13. From day 14 on the maker makes
    what brings stock to 50 beyond open orders: 40, all it can, then 20 and 10, as the clinic orders 10 a day until it
    has none left; 10 on day 17, when 40 are released and 30 leave. That is the last to be tested, until day 20: nothing
    is lacking on day 18, and what is made from day 19 on is there at once."""
    stop = "disruptions: [{kind: quality_shutdown, at: maker, products: [a], stock: ships, from: 2001-01-11, for: 4d, "
    run = simulate(HELD[: HELD.index("disruptions")] + stop + "testing: 3d, tested_for: 5d}]\n")
    stock = of(run, "maker", "a")
    assert stock["on_hand"].loc[9:21].tolist() == [40, 30, 20, 10, 0, 0, 0, 0, 10, 20, 30, 40, 40]
    assert stock["held"].loc[13:20].tolist() == [0, 40, 60, 70, 40, 20, 10, 0]
    assert stock["dispatched"].loc[13:19].tolist() == [10, 0, 0, 0, 30, 10, 10]
    unmet = run.daily.groupby("day")["unmet"].sum()
    assert unmet[unmet > 0].to_dict() == {17: 10}
    other = of(run, "maker", "b")
    assert (other["on_hand"] == 40).all() and not other["held"].any()
