"""Suppliers that work and fail by chance, held to their closed forms.

Every facility has a supplier of its own, which fails by a hazard of its own: each pair is a sample path.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest

from sim.engine.bound.impacts import impacts_of
from sim.engine.run import Outcome, simulate
from sim.hazards.processes.base import Circumstances, Draws, Shock
from sim.hazards.processes.up_down import UpDown
from sim.model.chance.distributions import parse_times
from sim.model.network import Calendar
from sim.rng import Streams
from tests.cases import CASES, Case
from tests.property.running import plan_of

Spec = dict[str, Any]


def pairs(number: int, end: str, demand: Spec, replenishment: Spec, up: str, down: str, **more: Any) -> Spec:
    """Suppliers and facilities in pairs; `up` and `down` are the distributions of the suppliers' times."""
    names = [f"{k:03}" for k in range(number)]
    fails = {"process": "up_down", "up": up}
    return {
        "scenario": "pairs",
        "title": "Suppliers that fail",
        "start": "2001-01-01",
        "end": end,
        "products": {"kit": {"unit": "kit"}},
        "suppliers": {f"S{n}": {"makes": {"kit": {}}} for n in names},
        "facilities": {f"F{n}": {} for n in names},
        "lanes": [{"from": f"S{n}", "to": f"F{n}", "time": more.pop("lead_time", "1d")} for n in names],
        "demand": [{"at": "facilities", "product": "kit", "distribution": "deterministic"} | demand],
        "replenishment": [{"at": "facilities"} | replenishment],
        "hazards": {
            "fails": {
                "disruption": {"kind": "site_outage"},
                "each": {"at": "suppliers"},
                "apart": True,
                "lasts": down,
                "happens": fails,
            }
        },
    } | more


def facilities(outcome: Outcome, figure: str) -> np.ndarray:
    """A daily figure at the facilities; shape (days, facilities)."""
    assert outcome.record.table is not None
    return outcome.record.table[figure][:, outcome.plan.network.cell_kind == "facility"]


def shocks(up: str, lasts: str, days: int) -> list[Shock]:
    """Spells of an up and down process."""
    process = UpDown(process="up_down", up=parse_times(up))
    now = Circumstances(Calendar(dt.date(2001, 1, 1), days, 0), parse_times(lasts), {})
    return process.shocks(Draws(Streams(1), "hazard/fails"), now)


SPELLS = ("mean_down_spell_days", "mean_up_spell_days")


@pytest.mark.case("BM1-RDO", *(metric for metric in CASES["BM1-RDO"] if metric not in SPELLS))
def test_base_stock_with_a_two_state_supplier_reaches_its_exact_service(case: Case) -> None:
    spec = pairs(
        50, "2005-02-09", {"per_day": 20, "shortage": "backorder"}, {"policy": "base_stock", "level": 100},
        "geometric(10d)", "geometric(3.333333333d)", warm_up="200d",
    )  # fmt: skip
    outcome = simulate(plan_of(spec), detail="none")
    stock, unmet = facilities(outcome, "on_hand"), facilities(outcome, "unmet")
    down = sum(min(i.end, len(stock)) - max(i.start, 0) for i in outcome.impacts if i.end > 0)
    measured = {
        "fill_rate": 1 - unmet.sum() / (20 * unmet.size),
        "no_backlog_prob": (unmet == 0).mean(),
        "ready_rate": (stock > 0).mean(),
        "on_hand_end": stock.mean(),
        "on_hand_am": (stock + facilities(outcome, "served")).mean(),
        "backorders_end": facilities(outcome, "backlog").mean(),
        "supplier_down_fraction": down / stock.size,
    }
    case.check(measured, stock.size)


@pytest.mark.case("BM1-RDO", *SPELLS)
def test_up_and_down_spells_have_their_mean_lengths(case: Case) -> None:
    spells = shocks("geometric(10d)", "geometric(3.333333333d)", 1_000_000)
    begin, end = np.array([s.start for s in spells]), np.array([s.start + s.length for s in spells])
    assert len(spells) > 70_000  # four standard errors are within the case's tolerance
    measured = {"mean_down_spell_days": (end - begin).mean(), "mean_up_spell_days": (begin[1:] - end[:-1]).mean()}
    case.check(measured)
    assert (begin % 1 == 0).all() and (end % 1 == 0).all()


@pytest.mark.slow
@pytest.mark.case("XF93")
def test_base_stock_with_disruptions_costs_what_the_textbook_says(case: Case) -> None:
    spec = pairs(
        100, "2007-11-06", {"per_day": 2000, "shortage": "backorder"}, {"policy": "base_stock", "level": 8000},
        "geometric(25d)", "geometric(4d)", warm_up="300d",
    )  # fmt: skip
    plan = plan_of(spec)
    sums = [simulate(plan, replication=k, detail="none", table=False).record.sums for k in range(2)]
    mine = plan.network.cell_kind == "facility"
    mean = {name: np.mean([s[name][mine].mean() for s in sums]) / 2500 for name in ("unmet", "on_hand", "backlog")}
    measured = {
        "fill_rate": 1 - mean["unmet"] / 2000,
        "mean_on_hand_end": mean["on_hand"],
        "mean_daily_cost": 0.25 * mean["on_hand"] + 3 * mean["backlog"],
    }
    case.check(measured)


YEAR = 1300
"""Days in which the case's 1300 units a year are one unit a day, so that a day's grain hardly shows."""


@pytest.mark.slow
def test_zero_inventory_ordering_with_disruptions_in_the_engine() -> None:
    """A day's grain lengthens each wait by half a day in a mean of 93; the rest of the room is four standard errors."""
    book = {name: entry["expected"] for name, entry in CASES["EOQD1"].items()}
    up, down = f"exponential({YEAR / 1.5:.6f}d)", f"exponential({YEAR / 14:.6f}d)"
    spec = pairs(
        100, "2060-01-01", {"per_day": 1, "shortage": "lost"}, {"policy": "s_S", "s": 0, "S": 770}, up, down,
        lead_time="0d", warm_up="3000d",
    )  # fmt: skip
    outcome = simulate(plan_of(spec), detail="none")
    stock, lost, ordered = (facilities(outcome, name) for name in ("on_hand", "lost", "ordered"))
    cycles, years = int((ordered > 0).sum()), stock.size / YEAR
    waited = int(((ordered[:-1] > 0) & (lost[1:] > 0)).sum())
    close_to = {"cycle_length": years / cycles, "fill_rate": 1 - lost.mean(), "avg_stock": stock.mean() + 0.5}
    for name, value in close_to.items():
        assert abs(value / book[name] - 1) < CASES["EOQD1"][name]["tol_rel"], name
    p = book["prob_down_at_reorder"]
    assert abs(waited / cycles - p) < 4 * math.sqrt(p * (1 - p) / cycles)
    wait = YEAR / 14 + 0.5
    spread = math.sqrt((2 * p - p**2) / cycles) * wait  # of the mean wait per cycle
    assert abs(lost.sum() / cycles - p * wait) < 4 * spread
    cost = 8 * cycles / years + 0.225 * close_to["avg_stock"] + 5 * lost.sum() / years
    grain = 5 * p * 0.5 / book["cycle_length"]
    assert abs(cost - grain - book["cost_rate"]) < 4 * 5 * spread / book["cycle_length"] + 0.02 * 8 / 0.6


@pytest.mark.slow
@pytest.mark.case("EOQD1")
def test_zero_inventory_ordering_in_continuous_time(case: Case) -> None:
    """The hazard's own up and down times, followed from order to order without a day's grain."""
    # a thousand days stand for a year
    spells = shocks(f"exponential({1000 / 1.5:.9f}d)", f"exponential({1000 / 14:.9f}d)", 180_000_000)
    begin = np.array([s.start for s in spells]) / 1000
    end = begin + np.array([s.length for s in spells]) / 1000
    time, cycles, down, lost = 0.0, 0, 0, 0.0
    while (time := time + 770 / 1300) < begin[-1]:
        k = int(np.searchsorted(begin, time, side="right")) - 1
        cycles += 1
        if k >= 0 and end[k] > time:
            down, lost, time = down + 1, lost + 1300 * (end[k] - time), float(end[k])
    length = time / cycles
    stock = 770**2 / 2 / 1300 / length
    measured = {
        "cycle_length": length,
        "fill_rate": 770 / (1300 * length),
        "lost_per_time": lost / time,
        "avg_stock": stock,
        "prob_down_at_reorder": down / cycles,
        "cost_rate": 8 / length + 0.225 * stock + 5 * lost / time,
    }
    case.check(measured)


@pytest.mark.case("BR2", "mean_number_of_starts_if_up_whole_time", "prob_at_least_one")
def test_the_chance_of_at_least_one_disruption_in_a_year(case: Case) -> None:
    """A chance of 0.2% a day: geometric times, since the state may change at the start of any day."""
    spec = pairs(100, "2002-01-02", {"per_day": 1}, {"policy": "base_stock", "level": 1}, "geometric(500d)", "400d")
    plan = plan_of(spec)
    struck = [len(impacts_of(plan, Streams(plan.seed, k))) for k in range(40)]
    p, n = case.expected("prob_at_least_one"), 100 * len(struck)
    case.accept("prob_at_least_one", abs(sum(struck) / n - p) < 4 * math.sqrt(p * (1 - p) / n), sum(struck) / n)
    spec["hazards"]["fails"] |= {"happens": {"process": "arrivals", "every": "geometric(500d)"}}
    plan = plan_of(spec)
    starts = [len(impacts_of(plan, Streams(plan.seed, k))) for k in range(80)]
    case.check({"mean_number_of_starts_if_up_whole_time": np.mean(starts) / 100})
