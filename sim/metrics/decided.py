"""What decisions cost by themselves: what was paid for taking them, each day, and on top for what they ordered."""

from __future__ import annotations

from sim.engine.run import Outcome
from sim.model.effects import Effect


def cost_of_decisions(outcome: Outcome) -> float | None:
    """In the scenario's currency, over the days that count; None where no decision of the scenario costs anything.

    A premium is paid on what is ordered on these days, at the usual purchase cost, whether or not it has come by the
    last.
    """
    plan = outcome.plan
    charges = {one.name: one.charges for one in plan.decisions}
    if not any(charge.any for charge in charges.values()):
        return None
    network, days = plan.network, float(plan.network.calendar.days)
    total = 0.0
    for taken in outcome.decisions:
        charge = charges[taken.name]
        total += charge.once * (taken.since >= 0)
        total += charge.a_day * max(0.0, min(taken.until, days) - max(0.0, taken.since))
    price = network.products["cost"].to_numpy(dtype=float)
    for impact in (impact for impact in outcome.impacts if impact.decided and charges[impact.cause].premium):
        for effect in (effect for effect in impact.effects if effect.quantity == "flow.extra_orders"):
            of_all = price[network.cell_product[network.flow_buyer[effect.rows]]].sum()
            total += charges[impact.cause].premium * of_all * _units(effect, days)
    return total


def _units(effect: Effect, days: float) -> float:
    """What is ordered on each of its rows in so many days."""
    begins = [max(0.0, day) for day, _ in effect.steps]
    ends = [min(day, effect.end, days) for day in (*begins[1:], effect.end)]
    return sum(value * max(0.0, end - begin) for (_, value), begin, end in zip(effect.steps, begins, ends, strict=True))
