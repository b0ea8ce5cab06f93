"""Several stages and several facilities: serial chains, pooling, and sharing what is short."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.cases import Case

DAYS = 2_500
END = "2007-11-06"  # 2,500 days after the start


@pytest.mark.case("C1a")
def test_serial_chain_reaches_its_exact_stock_and_backorders_at_both_stages(simulate: Any, case: Case) -> None:
    chains, settle = 40, 50
    pairs = [(f"W{k:02}", f"F{k:02}") for k in range(chains)]
    run = simulate(f"""
end: {END}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
warehouses: {{{", ".join(f"{w}: {{}}" for w, _ in pairs)}}}
facilities: {{{", ".join(f"{f}: {{}}" for _, f in pairs)}}}
lanes:
  - {{from: maker, to: warehouses, time: 2d}}
{"".join(f"  - {{from: {w}, to: {f}, time: 1d}}" + chr(10) for w, f in pairs)}
demand: [{{at: facilities, product: kit, per_day: 5, shortage: backorder}}]
replenishment:
  - {{at: warehouses, policy: base_stock, level: 11}}
  - {{at: facilities, policy: base_stock, level: 8}}
""")

    def column(kind: str, name: str) -> np.ndarray:
        return run.daily.loc[run.daily["kind"] == kind, name].to_numpy().reshape(DAYS, chains)

    # what the warehouse owes: all that was ordered of it (nothing at first) less what left it
    owed = np.cumsum(column("facility", "ordered") - column("warehouse", "dispatched"), axis=0)
    served, demand = column("facility", "served")[settle:], column("facility", "demand")[settle:]
    measured = {
        "CW.on_hand_end": column("warehouse", "on_hand")[settle:].mean(),
        "CW.backorders_end": owed[settle:].mean(),
        "F.on_hand_end": column("facility", "on_hand")[settle:].mean(),
        "F.backorders_end": column("facility", "backlog")[settle:].mean(),
        "F.fill_rate": served.sum() / demand.sum(),
    }
    assert (owed >= 0).all()
    case.check(measured, (DAYS - settle) * chains)


@pytest.mark.case("C4-n4")
def test_pooled_stock_needs_half_the_safety_stock_of_four_separate_ones(simulate: Any, case: Case) -> None:
    z, lead_time, groups = 1.2815515655446004, 4, 20  # the normal distribution's 90% point

    def safety_stock(pooled: int, correlation: float = 0.0) -> float:
        """For the summed demand of `pooled` facilities, each with a standard deviation of 30 units a day."""
        return z * 30 * math.sqrt(pooled * (1 + (pooled - 1) * correlation) * lead_time)

    def run(sites: int, pooled: int) -> dict[str, float]:
        mean, sd, safety = 100 * pooled, 30 * math.sqrt(pooled), safety_stock(pooled)
        result = simulate(f"""
end: {END}
warm_up: 50d
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{{", ".join(f"F{k:02}: {{}}" for k in range(sites))}}}
lanes: [{{from: maker, to: facilities, time: {lead_time}d}}]
demand:
  - {{at: facilities, product: kit, per_day: {mean}, distribution: {{distribution: normal, sd: {sd}}},
     shortage: backorder}}
replenishment: [{{at: facilities, policy: base_stock, level: {round(mean * lead_time + safety)}}}]
""")
        units = result.daily[result.daily["kind"] == "facility"][["backlog", "on_hand"]].sum() / DAYS / groups
        return {
            "no_backlog_prob_both": result.metrics["no_stockout_probability"].value,
            "fill_rate": result.metrics["fill_rate"].value,
            "backorders": float(units["backlog"]),
            "on_hand": float(units["on_hand"]),
        }

    safety_each, safety_pooled = safety_stock(1), safety_stock(4)
    case.check({
        "ss_separate_total": 4 * safety_each, "ss_pooled": safety_pooled,
        "S_each": 400 + safety_each, "S_pooled": 1600 + safety_pooled,
        "ratio": safety_pooled / (4 * safety_each),
        "ratio_if_pair_correlation_0_3": safety_stock(4, 0.3) / (4 * safety_each),
    })  # fmt: skip
    for kind, found, suffix in (("separate", run(4 * groups, 1), "_total"), ("pooled", run(groups, 4), "")):
        case.check({
            "no_backlog_prob_both": found["no_backlog_prob_both"],
            f"fill_rate_{kind}": found["fill_rate"],
            f"backorders_{kind}{suffix}": found["backorders"],
            f"on_hand_{kind}{suffix}": found["on_hand"],
        })  # fmt: skip


@pytest.mark.case("EN")
def test_base_stock_passes_demand_through_unchanged_at_every_stage(simulate: Any, case: Case) -> None:
    run = simulate("""
end: 2001-12-31
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
warehouses: {central: {}, regional: {}}
facilities: {clinic: {}}
lanes:
  - {from: maker, to: central, time: 5d}
  - {from: central, to: regional, time: 3d}
  - {from: regional, to: clinic, time: 2d}
demand: [{at: clinic, product: kit, per_day: 9, shortage: backorder}]
replenishment:
  - {at: central, policy: base_stock, level: 60}
  - {at: regional, policy: base_stock, level: 31}
  - {at: clinic, policy: base_stock, level: 22}
""")
    demand = run.daily.loc[run.daily["site"] == "clinic", "demand"].to_numpy()
    for stage in ("clinic", "regional", "central"):
        orders = run.daily.loc[run.daily["site"] == stage, "ordered"].to_numpy()
        assert orders.tolist() == demand.tolist(), stage
        case.check({"bullwhip_ratio": orders.var() / demand.var()})
    case.check({"bullwhip_ratio": run.metrics["bullwhip"].value})


@pytest.mark.parametrize(
    "row", [pytest.param(f"rows[{k}]", marks=pytest.mark.case("G2", f"rows[{k}]")) for k in range(5)]
)
def test_priority_tiers_are_served_in_turn_and_share_by_largest_remainder(row: str, simulate: Any, case: Case) -> None:
    requests, tiers = [12, 30, 18, 40, 10], [1, 2, 1, 3, 2]
    due = case.expected(row)
    names = [f"F{k}" for k in range(5)]
    run = simulate(f"""
end: 2001-01-03
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
warehouses: {{store: {{}}}}
facilities: {{{", ".join(f"{n}: {{priority: {t}}}" for n, t in zip(names, tiers, strict=True))}}}
lanes:
  - {{from: maker, to: store, time: 9d}}
  - {{from: store, to: facilities, time: 1d}}
demand: [{{at: facilities, product: kit, per_day: 1, from: 2001-01-02}}]
stock:
  - {{at: store, on_hand: {due["available"]}}}
  - {{at: facilities, on_hand: 0}}
allocation: [{{at: store, rule: priority_tiers}}]
replenishment:
  - {{at: store, policy: base_stock, level: 0}}
{"".join(f"  - {{at: {n}, policy: base_stock, level: {q}}}" + chr(10) for n, q in zip(names, requests, strict=True))}
""")
    first = run.daily[run.daily["day"] == 0].set_index("site")
    assert first.loc[names, "ordered"].tolist() == requests
    sent = first.loc[names, "in_transit"].tolist()
    case.check({row: due | {"strict_tiers_proportional_inside": sent}})
    assert first.loc["store", "dispatched"] == min(due["available"], sum(requests))
