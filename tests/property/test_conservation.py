"""Nothing appears, nothing vanishes, nothing is out of bounds: recomputed from what a run leaves behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import sim
from sim.disruptions import DISRUPTIONS
from sim.engine.books.recorder import DAILY
from sim.engine.moving.transport import Transport
from sim.engine.plan import ReservePlan
from sim.hazards import PROCESSES
from sim.metrics.base import View
from sim.metrics.making_do import fates
from sim.policies import ALARMS, ALLOCATION, REPLENISHMENT, SOURCING
from sim.policies.triggers.base import TRIGGERS
from tests.property import policies, trouble
from tests.property.alarms import FIELDS as WATCHING
from tests.property.choices import START, day
from tests.property.networks import scenarios
from tests.property.running import changed, needed, run, totals
from tests.property.supply import SOURCED

NO_TIME = 1e-9


def test_the_networks_know_every_kind() -> None:
    """A new kind has to be added to the random networks too."""
    assert set(trouble.DISRUPTED) == set(DISRUPTIONS)
    assert set(trouble.HAPPENING) == set(PROCESSES)
    assert set(policies.POLICIES) == set(REPLENISHMENT)
    assert set(policies.RULES) == set(ALLOCATION)
    assert {entry["rule"] for entry in SOURCED} == {word for word, rule in SOURCING.items() if rule.varies}
    assert set(policies.TRIGGERED) | {"after_decision", "chosen", "alarm", "observed"} == set(TRIGGERS)
    assert set(WATCHING) == set(ALARMS)


@pytest.mark.rule("I1", "initial + produced")
@given(scenarios(hazards=4))
def test_units_are_conserved_every_day(spec: dict[str, Any]) -> None:
    """Initial + produced = on hand + held + in process + under way + reserve + used (for others too) + destroyed +
    expired + recalled + used up + scrapped."""
    done = run(spec)
    here = ["on_hand", "held", "in_process", "in_transit", "reserve"]
    gone = ["served", "served_late", "stood_in", "destroyed", "expired", "recalled", "used_up", "scrapped"]
    present, out = totals(done, here).sum(2), totals(done, gone).sum(2).cumsum(0)
    produced = totals(done, ["produced"])[..., 0].cumsum(0)
    balance = present + out - produced
    assert (balance == balance[0]).all()
    if "warm_up" not in spec:
        assert (balance[0] == _initial(done)).all()


@given(scenarios(hazards=2))
def test_doses_of_opened_vials_are_given_wasted_or_still_open(spec: dict[str, Any]) -> None:
    """Whatever happens: no more doses than vials used hold, and what is open was opened in the last days."""
    done = run(spec)
    doses = {name: (product.get("doses", 1), product.get("open_for")) for name, product in spec["products"].items()}
    for (_, name), days in done.daily.groupby(["site", "product"], observed=True):
        per_vial, open_for = doses[name]
        if per_vial == 1:
            assert not days["doses_given"].any() and not days["doses_wasted"].any()
            continue
        days = days.sort_values("day")
        used = per_vial * (days["served"] + days["served_late"])
        left = (used - days["doses_given"] - days["doses_wasted"]).cumsum().to_numpy()
        window = {"6h": 1, "3d": 3}[str(open_for)]
        if "warm_up" not in spec:  # what was open on the first counted day is not known
            opened = used.rolling(window, min_periods=1).sum().to_numpy() - (used.to_numpy() if window == 1 else 0)
            assert (left >= 0).all() and (left <= np.maximum(opened, 0)).all()


@given(scenarios())
def test_nobody_comes_or_orders_where_a_facility_is_closed(spec: dict[str, Any]) -> None:
    daily = run(spec).daily
    start = pd.Timestamp(spec["start"])
    for name, site in spec["facilities"].items():
        days = daily[daily["site"] == name]
        opens, closes = (pd.Timestamp(site[key]) if key in site else None for key in ("opens", "closes"))
        first = -np.inf if opens is None else (opens - start).days
        over = np.inf if closes is None else (closes - start).days
        shut = days[(days["day"] < first) | (days["day"] >= over)]
        early = days[(days["day"] < first - 2) | (days["day"] >= over)]  # all of these stock up for two days
        assert not shut[["demand", "unmet", "backlog"]].to_numpy().any() and not early["ordered"].any()


def _initial(done: sim.Run) -> np.ndarray:
    """Units of each product with a demand that are there before the first day, from the compiled scenario; without what
    parties are yet to bring into a reserve."""
    plan = done.outcome.plan
    network, units = plan.network, np.zeros(len(plan.network.products), dtype=np.int64)
    np.add.at(units, network.cell_product, plan.start.on_hand)
    for rows in (plan.opening.in_process, plan.opening.under_test):
        np.add.at(units, network.cell_product[rows.cell], rows.units)
    np.add.at(units, network.cell_product[network.flow_buyer[plan.start.flow]], plan.start.units)
    for reserve in plan.reserves:
        yet = sum(change.missing for change in reserve.changes if change.until > -network.calendar.warm_up)
        there = np.floor((1 - yet) * reserve.size + 1e-9).astype(np.int64)
        np.add.at(units, network.cell_product[reserve.holder], there)
    return units[np.unique(network.cell_product)]


def begun(spec: dict[str, Any], done: sim.Run) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, float, int]]:
    """Maker's days of a product and of a material, the rate, and how many of the maker's products take the material."""
    daily = done.daily
    for site, supplier in spec["suppliers"].items():
        for product, makes in supplier["makes"].items():
            for material, rate in makes.get("from", {}).items():
                users = sum(material in other.get("from", {}) for other in supplier["makes"].values())
                mine = daily[daily["site"] == site].set_index("day")
                yield mine[mine["product"] == product], mine[mine["product"] == material], rate, users


@given(scenarios())
def test_what_is_made_uses_up_its_materials(spec: dict[str, Any]) -> None:
    """Used up = the rates times what was begun, rounded up to an opened unit for each product."""
    done = run(spec)
    used: dict[tuple[str, str], Any] = {}
    for made, stock, rate, users in begun(spec, done):
        if len(made) and len(stock):
            key = (str(stock["site"].iloc[0]), str(stock["product"].iloc[0]))
            taken, needed, _ = used.get(key, (stock["used_up"].cumsum(), 0, users))
            used[key] = taken, needed + rate * made["produced"].cumsum(), users
    before = 1 if "warm_up" in spec else 0  # units opened before the first counted day
    for taken, needed, users in used.values():
        assert (taken - needed <= users * (1 - NO_TIME) + NO_TIME).all()
        assert (taken - needed >= -before * users - NO_TIME).all()


@given(scenarios())
def test_lots_know_what_they_were_made_of(spec: dict[str, Any]) -> None:
    """Units in the family tree are those used up lot by lot, no lot has part in itself, and what is linked was made of
    the materials of its bill."""
    done = run(spec)
    if done.outcome.lots is None:
        return
    lot, parent, units = done.outcome.lots.links
    lots = done.lots
    assert (np.bincount(parent, units, len(lots)) <= lots["used_up"]).all()
    bills = {
        (site, product): set(makes.get("from", {}))
        for site, supplier in spec["suppliers"].items()
        for product, makes in supplier["makes"].items()
    }
    for child, material in zip(lot.tolist(), parent.tolist(), strict=True):
        row = lots.iloc[child]
        assert lots["product"].iat[material] in bills[row["maker"], row["product"]]
        assert material in done.made_of(child)["lot"].tolist() and child in done.went_into(material)["lot"].tolist()


@pytest.mark.rule("I2", "exact")
@given(scenarios(hazards=2))
def test_all_demand_is_accounted_for(spec: dict[str, Any]) -> None:
    """Demand and what comes back of it = served at once, late or with a substitute + withheld + lost + still waiting,
    per site and product, every day."""
    daily = run(spec).daily
    table = daily.groupby(["site", "product"], observed=True)
    ends = ("served", "served_late", "substituted", "conserved", "lost")
    flows = sum(table[c].cumsum() for c in ends) - sum(table[c].cumsum() for c in ("demand", "recovered"))
    balance = flows + daily["backlog"]
    first = balance.groupby([daily["site"], daily["product"]], observed=True).transform("first")
    assert (balance == first).all()
    if "warm_up" not in spec:
        assert (balance == 0).all()
    answered = daily["served"] + daily["unmet"] + daily["substituted"] + daily["conserved"] - daily["recovered"]
    late = daily["demand"] - answered  # what came back and was served, or nothing
    assert ((late >= 0) & (late <= daily["served_late"]) & (late <= daily["recovered"])).all()
    if "warm_up" not in spec:
        assert (table["recovered"].cumsum() <= table["conserved"].cumsum()).all()
    strict = {(e["at"], e["product"]) for e in spec["demand"] if e.get("shortage") != "backorder"}
    lost_at_once = [pair in strict for pair in zip(daily["site"], daily["product"], strict=True)]
    assert (daily["backlog"][lost_at_once] == 0).all()
    assert (daily["lost"][lost_at_once] == daily["unmet"][lost_at_once]).all()


@given(scenarios(hazards=2))
def test_what_is_needed_is_the_same_whatever_people_ask_for(spec: dict[str, Any]) -> None:
    """Who buys ahead asks for so much less later, and who goes over to another product asks for it there, at the ratio
    of some substitute: nobody is invented or forgotten."""
    bare = changed(spec, buying_ahead=[])
    ratios = {
        other: [s.get("substitutes", {}).get(other, {}).get("ratio", 1) for s in spec["products"].values()]
        for other in spec["products"]
    }
    for product in bare["products"].values():
        for terms in product.get("substitutes", {}).values():
            terms.pop("stays", None)
    done, plain = run(spec), run(bare)
    daily = done.daily
    assert (needed(daily) == plain.daily["demand"]).all()
    by_site = daily.groupby(["site", "product"], observed=True)
    if "warm_up" not in spec:
        assert (by_site["asked_less"].cumsum() <= by_site["bought_ahead"].cumsum()).all()
    gone, come = daily.groupby("site", observed=True)["went_over"].sum(), by_site["came_over"].sum()
    for (site, product), units in come.items():
        assert units <= gone[site] * max(ratios[product]) + len(ratios)


@given(scenarios(hazards=2))
def test_what_became_of_demand_adds_up(spec: dict[str, Any]) -> None:
    """Served at once and late + saved + moved + never met = what was asked for, by product."""
    done = run(spec)
    for product in spec["products"]:
        view = View.of(done.outcome, product=product)
        assert sum(fates(view).values()) == view.total("demand") + view.total("went_over")


@given(scenarios())
def test_a_patient_waits_no_longer_than_patience(spec: dict[str, Any]) -> None:
    """Backlog at day's end is at most what went unmet on the last `patience` days."""
    daily = run(spec).daily
    for entry in spec["demand"]:
        if "patience" not in entry or "warm_up" in spec:
            continue
        mine = daily[(daily["site"] == entry["at"]) & (daily["product"] == entry["product"])]
        days = int(entry["patience"][:-1])
        assert (mine["backlog"].to_numpy() <= mine["unmet"].rolling(days, min_periods=1).sum().to_numpy()).all()


@pytest.mark.rule("I5", "exact")
@given(scenarios(hazards=4))
def test_nothing_is_negative(spec: dict[str, Any]) -> None:
    done = run(spec)
    assert (done.daily[list(DAILY)] >= 0).all().all()
    assert (done.ports[["arrived", "handled", "queue"]] >= 0).all().all()
    assert (done.events["units"] >= 0).all()


@dataclass(frozen=True)
class Departure:
    """A shipment's start on one of its legs."""

    at: float
    source: str
    buyer: str
    product: str
    lane: str
    crosses_border: bool
    exempt: bool
    load: float


def _departures(spec: dict[str, Any]) -> tuple[sim.Run, list[Departure]]:
    """Run, and note every departure on every leg as it happens."""
    seen: list[Departure] = []

    class Watched(Transport):
        def _launch(self, rows: np.ndarray, lane: np.ndarray, at: np.ndarray | float) -> None:
            table, network = self.state.shipments, self.network
            for row, when in zip(rows.tolist(), np.broadcast_to(at, len(rows)).tolist(), strict=True):
                flow, leg = table["flow"][row], table["leg"][row]
                buyer, source = network.flow_buyer[flow], network.flow_source[flow]
                route, product = network.flow_route[flow], network.cell_product[buyer]
                names, goods = network.sites["name"], network.products
                seen.append(
                    Departure(
                        when,
                        names.iat[network.cell_site[source]],
                        names.iat[network.cell_site[buyer]],
                        goods["name"].iat[product],
                        network.lanes[network.routes.lane[route, leg]].name,
                        bool(network.routes.border[route] == leg),
                        bool(table["exempt"][row]),
                        float(table["units"][row] * goods["size"].iat[product]),
                    )
                )
            super()._launch(rows, lane, at)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.engine.day.Transport", Watched)
        return run(spec), seen


def _span(entry: dict[str, Any]) -> tuple[float, float]:
    """First day of a disruption, and first day after."""
    begin = (dt.date.fromisoformat(entry["from"]) - START).days
    length = entry["for"]
    return begin, begin + (float(length[:-1]) / 24 if length.endswith("h") else float(length[:-1]))


@pytest.mark.rule("I5", "exact")
@given(scenarios(disruptions=2, hazards=2))
def test_nothing_leaves_over_a_ban_or_a_closed_lane(spec: dict[str, Any]) -> None:
    """No departure on any banned day; goods already under way may be let through by the ban's own rule."""
    lane = next(iter(f"{x['from']} > {x['to']}" for x in spec["lanes"]))
    spec["disruptions"].append(
        {"kind": "export_ban", "country": spec["suppliers"]["s1"]["country"], "from": day(5), "for": "9d"}
    )
    spec["disruptions"].append({"kind": "route_closure", "lane": lane, "from": day(8), "for": "6d"})
    country = {n: s["country"] for g in ("suppliers", "warehouses", "facilities") for n, s in spec[g].items()}
    _, departures = _departures(spec)
    for entry in spec["disruptions"]:
        begin, end = _span(entry) if "for" in entry else (0.0, 0.0)
        meanwhile = [d for d in departures if begin <= d.at < end - NO_TIME]
        if entry["kind"] == "export_ban" and entry.get("quota", "0%") == "0%":
            for d in meanwhile:
                free = d.product not in entry.get("products", [d.product]) or d.exempt
                free = free or bool({d.buyer, country[d.buyer]} & set(entry.get("exempt", [])))
                abroad = country[d.source] == entry["country"] != country[d.buyer]
                assert free or not (abroad and d.crosses_border), (entry, d)
        elif entry["kind"] == "route_closure" and "lane" in entry:
            assert not [d for d in meanwhile if d.lane == entry["lane"]]


@pytest.mark.rule("I5", "exact")
@given(scenarios(hazards=2))
def test_lanes_carry_no_more_than_they_can(spec: dict[str, Any]) -> None:
    _, departures = _departures(spec)
    for lane in spec["lanes"]:
        loads: dict[int, float] = {}
        for d in departures:
            if d.lane == f"{lane['from']} > {lane['to']}":
                loads[int(np.floor(d.at))] = loads.get(int(np.floor(d.at)), 0.0) + d.load
        days = 2 if "departs" in lane else 1  # what had room late in the day leaves at the first hour of the next
        assert max(loads.values(), default=0) < days * lane.get("capacity", np.inf) + 1


@pytest.mark.rule("I5", "exact")
@given(scenarios())
def test_ports_handle_no_more_than_they_can(spec: dict[str, Any]) -> None:
    """At most the capacity and the fraction of a unit carried over; nothing on days when a side is closed.

    Where there are berths, a vessel that is at one when its port closes still goes ashore, later if the yard is full.
    """
    ports = run(spec).ports
    for name, port in spec.get("ports", {}).items():
        mine = ports[ports["port"] == name]
        by_side = port.get("handling_by_side")
        for side, rows in mine.groupby("side"):
            if by_side:
                assert (rows["handled"] < by_side[side] + 1).all()
        if "handling" in port:
            assert (mine.groupby("day")["handled"].sum() < port["handling"] + 1).all()
        for entry in spec["disruptions"] if "berth_time" not in port else ():
            if entry["kind"] == "port_closure" and entry["port"] == name and entry.get("capacity", "0%") == "0%":
                begin, end = _span(entry)
                side = mine["side"].isin(["imports", "exports"] if entry["side"] == "both" else [entry["side"]])
                shut = mine[side & (mine["day"] >= begin) & (mine["day"] + 1 <= end)]
                assert (shut["handled"] == 0).all()


def _settings(reserve: ReservePlan, day: int) -> tuple[np.ndarray, float | None]:
    """(units that each holder may have, share of them that may leave) on a day, by what is written last for it."""
    mine = [change for change in reserve.changes if change.since <= day < change.until and not change.whose]
    times = [1.0, *(change.size for change in mine if change.size is not None)][-1]
    release = [reserve.spec.release, *(change.release for change in mine if change.release is not None)][-1]
    return np.floor(times * reserve.size + 1e-9), release.at_most


@pytest.mark.rule("I5", "exact")
@given(scenarios())
def test_reserves_are_released_only_when_open_and_at_their_rate(spec: dict[str, Any]) -> None:
    done = run(spec)
    record, plan = done.outcome.record.reserves, done.outcome.plan
    for k, reserve in enumerate(plan.reserves):
        stock, released, is_open = (record[name][:, k] for name in ("stock", "released", "open"))
        assert (released[is_open == 0] == 0).all()
        for number, (there, left) in enumerate(zip(stock, released, strict=True)):
            size, limit = _settings(reserve, number)
            assert there <= size.sum()
            assert limit is None or left <= np.ceil(limit * size - 1e-9).sum()
        before = np.concatenate([[reserve.size.sum()], stock[:-1]])
        if "warm_up" not in spec:
            assert (released <= before).all()
