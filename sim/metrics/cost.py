"""Cost: what the undisturbed and the disturbed run cost, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.engine.plan import Plan, ReservePlan
from sim.engine.run import Outcome
from sim.metrics.base import View
from sim.metrics.decided import cost_of_decisions
from sim.model.network import Network

YEAR = 365.0
NET = "total net of stock"
WRITE_OFFS = ("expired", "recalled", "destroyed")


@dataclass(frozen=True)
class Rates:
    """Currency, holding rate (a year, of stock value) and cost per unit short."""

    currency: str
    holding_rate: float
    shortage_cost: float


def costs(outcome: Outcome, rates: Rates) -> dict[str, float]:
    """Currency by line: purchase, holding, holding of reserves, transport by mode, write-offs, shortage.

    Purchase values what suppliers sent out, at the price of that day, but for what only other makers buy: materials are
    in the price of what is made from them. Holding is rate x value x time of stock on hand at warehouses and facilities
    (suppliers' own stock is theirs); a reserve's own holding cost per unit and year replaces the rate. "Reserve drawn
    down" is what it would cost to make the reserves whole again: their size at the start, less what they hold at the
    end, at the usual purchase cost. So a strategy that serves patients from a reserve pays for those units as one that
    buys them does, and what is still there at the end is not charged to one crisis: the capital it ties up is in the
    holding.
    "Decisions" is what these cost by themselves, and what is paid on top for what they order; the goods that they
    bring, their transport and what they take from reserves stand in the other lines.
    "Making more" is what makers are paid on top for units made beyond their usual capacity.
    Transport counts every leg a unit has begun, and every shipment that is paid whole.
    The lines "of which expired, recalled, destroyed" are write-offs: units
    lost unused, wherever they were, at the usual purchase cost. The other lines contain them already, so they are not
    added again.

    Below the total stand "stock at the start" and "stock at the end": what warehouses and facilities have on hand and
    under way to them on the evening before the first counted day and on the last one, at the usual purchase cost; not
    suppliers' stock, what is in quarantine, or reserves, which have their own line. "Total net of stock" is the total
    and the stock at the start less that at the end: a strategy that ends fuller has paid for goods that it still has.
    """
    network, record = outcome.plan.network, outcome.record
    price = network.products["cost"].to_numpy(dtype=float)[network.cell_product]
    supplier = network.cell_kind == "supplier"
    lines = {"purchase": float((record.priced_units * price)[supplier & _for_use(network)].sum())}
    unit_days = record.sums["on_hand"] * price
    lines["holding"] = float(unit_days[~supplier].sum() * rates.holding_rate / YEAR)
    if outcome.beyond is not None and outcome.plan.more is not None:
        lines["making more"] = float((outcome.beyond * outcome.plan.more.cost).sum())
    lines["holding of reserves"] = _reserve_holding(outcome, rates)
    lines["reserve drawn down"] = first_fill(outcome.plan) - _left_in_reserves(outcome)
    for position, lane in enumerate(network.lanes):
        key = f"transport by {lane.mode}"
        lines[key] = lines.get(key, 0.0) + float(record.lane_units[position]) * lane.cost
        if outcome.freight is not None and lane.load_cost is not None:
            lines[key] += float(outcome.freight.loads[position]) * lane.load_cost
    for name in WRITE_OFFS:
        if record.sums[name].any():
            lines[f"of which {name}"] = float((record.sums[name] * price).sum())
    if (decided := cost_of_decisions(outcome)) is not None:
        lines["decisions"] = decided
    if rates.shortage_cost:
        lines["shortage"] = View.of(outcome).total("unmet") * rates.shortage_cost
    lines["total"] = sum(amount for name, amount in lines.items() if not name.startswith("of which"))
    stocks = {"stock at the start": record.opening, "stock at the end": record.closing}
    lines |= {name: _value(network, stock) for name, stock in stocks.items()}
    lines[NET] = lines["total"] + lines["stock at the start"] - lines["stock at the end"]
    return lines


def _value(network: Network, stocks: Mapping[str, np.ndarray]) -> float:
    """What warehouses and facilities have on hand and under way is worth; figures over groups."""
    units = (stocks["on_hand"] + stocks["in_transit"]) * (network.groups["kind"] != "supplier").to_numpy()
    return float((units * _price_of_groups(network)).sum())


def _price_of_groups(network: Network) -> np.ndarray:
    price = network.products.set_index("name")["cost"].reindex(network.groups["product"])
    return np.asarray(price.to_numpy(dtype=float))


def _for_use(network: Network) -> np.ndarray:
    """Cells whose goods, some of them at least, are on their way to a facility; the others only feed makers."""
    found = network.cell_kind == "facility"
    for _ in range(int(network.cell_level.max(initial=0))):
        found[network.flow_source[found[network.flow_buyer]]] = True
    return np.asarray(found)


def first_fill(plan: Plan) -> float:
    """What the reserves' stock at the start is worth at the usual purchase cost: the budget that sets them up."""
    price = plan.network.products["cost"].to_numpy(dtype=float)[plan.network.cell_product]
    first = -plan.network.calendar.warm_up
    return float(sum((reserve.opening(first) * price[reserve.holder]).sum() for reserve in plan.reserves))


def yearly_holding(plan: Plan, rates: Rates) -> float:
    """What holding the reserves full costs a year."""
    found = 0.0
    for reserve in plan.reserves:
        found += float((reserve.size * reserve_rate(plan, reserve, rates)).sum())
    return found


def reserve_rate(plan: Plan, reserve: ReservePlan, rates: Rates) -> np.ndarray:
    """What holding a unit of a reserve costs a year, over its holders."""
    network, own = plan.network, reserve.spec.holding_cost
    price = network.products["cost"].to_numpy(dtype=float)[network.cell_product[reserve.holder]]
    return price * rates.holding_rate if own is None else np.full(len(price), float(own))


def _left_in_reserves(outcome: Outcome) -> float:
    """Value at the usual purchase cost of what all reserves hold on the last day."""
    return float((outcome.record.closing["reserve"] * _price_of_groups(outcome.plan.network)).sum())


def _reserve_holding(outcome: Outcome, rates: Rates) -> float:
    total = 0.0
    for reserve, unit_days in zip(outcome.plan.reserves, outcome.record.reserve_days, strict=True):
        total += float((unit_days * reserve_rate(outcome.plan, reserve, rates)).sum()) / YEAR
    return total
