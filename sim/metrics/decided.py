"""What decisions cost by themselves: what was paid for taking them, each day, and on top for what they ordered."""

from __future__ import annotations

from collections.abc import Mapping

from sim.engine.run import Outcome
from sim.model.charges import Charges
from sim.model.effects import Effect, Impact


def cost_of_decisions(outcome: Outcome, party: str | None = None) -> float | None:
    """In the scenario's currency, over the days that count; None where no decision of the scenario costs anything.
    With a `party` of its own decisions alone.

    A premium is paid on what is ordered on these days, at the usual purchase cost, whether or not it has come by the
    last.
    """
    plan = outcome.plan
    charges = {one.name: one.charges for one in plan.decisions if party in (None, one.party)}
    if not any(charge.any for charge in charges.values()):
        return None
    network, days = plan.network, float(plan.network.calendar.days)
    total = 0.0
    for taken in (one for one in outcome.decisions if one.name in charges):
        charge = charges[taken.name]
        total += charge.once * (taken.since >= 0)
        total += charge.a_day * max(0.0, min(taken.until, days) - max(0.0, taken.since))
    price = network.products["cost"].to_numpy(dtype=float)
    for impact in _with_premium(outcome, charges):
        for effect in (effect for effect in impact.effects if effect.quantity == "flow.extra_orders"):
            of_all = price[network.cell_product[network.flow_buyer[effect.rows]]].sum()
            total += charges[impact.cause].premium * of_all * _units(effect, days)
    return total


def _with_premium(outcome: Outcome, charges: Mapping[str, Charges]) -> list[Impact]:
    return [x for x in outcome.impacts if x.decided and x.cause in charges and charges[x.cause].premium]


def _units(effect: Effect, days: float) -> float:
    """What is ordered on each of its rows in so many days."""
    begins = [max(0.0, day) for day, _ in effect.steps]
    ends = [min(day, effect.end, days) for day in (*begins[1:], effect.end)]
    return sum(value * max(0.0, end - begin) for (_, value), begin, end in zip(effect.steps, begins, ends, strict=True))
