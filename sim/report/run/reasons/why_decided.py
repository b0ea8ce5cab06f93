"""What parties' decisions have to do with a shortage: what they ordered, opened or kept back, and since when.

Only what happened is told: when a condition was met, when the decision was in force, and when what it ordered is
usually there. What another date would have given takes another run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.engine.bound.in_force import BoundRationing, BoundRule, BoundSharing, Policy, ReserveChange
from sim.engine.deciding.decisions import Taken
from sim.engine.run import Outcome
from sim.model.effects import Effect
from sim.report.run.decided import decided_words
from sim.report.words.phrases import count, day_words, listed


class Part(NamedTuple):
    """What a decision had to do with it: its first day, units concerned (0: none told), and words."""

    day: float
    units: int
    words: str


class Deciders:
    """The decisions of a run by what they touch."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome, self._plan, self._network = outcome, outcome.plan, outcome.plan.network
        self._taken: dict[str, Taken] = {one.name: one for one in reversed(outcome.decisions)}
        self._titles = self._network.parties.titles

    def called(self, cause: str) -> str:
        """A cause as a sentence names it: in quotes, and a decision with whose it is."""
        one = self._taken.get(cause)
        if one is None:
            return f"'{cause}'"
        return f"decision '{decided_words(one)}' of {self._titles.get(one.party, one.party)}"

    def orders(self, cell: int, begin: int, day: int) -> Iterator[Part]:
        """What decisions changed in the orders of a cell that is short since `begin`, as of a day."""
        flows = np.flatnonzero(self._network.flow_buyer == cell)
        waiting: set[str] = set()
        for impact in self._outcome.impacts:
            for effect in impact.effects if impact.decided else ():
                if effect.quantity not in ORDERS:
                    continue
                one, concerned = self._of(impact.cause, impact.start), np.intersect1d(flows, effect.rows).tolist()
                if effect.start > day:
                    if concerned and one.met <= day and one.name not in waiting:
                        waiting.add(one.name)
                        words = f"{self.called(one.name)} was not carried out until {self._date(effect.start)}"
                        yield Part(effect.start, 0, f"{words}{self._met(one)}.")
                    continue
                for flow in concerned:
                    yield from self._ordered(one, effect, flow, begin, day)
        for one, policy in self._policies():
            if isinstance(policy, BoundRule) and cell in policy.cells and one.since <= day:
                yield Part(one.since, 0, f"{self._site(cell)} ordered by other levels{self._by(one)}.")

    def sharing(self, source: int, first: float, last: float) -> Iterator[Part]:
        """By what decisions a source dealt with orders otherwise than usual between two days."""
        for one, policy in self._policies():
            held = one.since <= last and one.until > first
            if held and isinstance(policy, BoundSharing | BoundRationing) and source in policy.cells:
                yield Part(one.since, 0, f"{self._site(source)} served orders by another rule{self._by(one)}.")

    def reserve(self, name: str, day: int) -> str:
        """What had been decided of a reserve by a day, and what was decided too late for it; empty where nothing."""
        told = ""
        for one, policy in self._policies():
            if isinstance(policy, ReserveChange) and policy.reserve == name:
                who = self.called(one.name)
                if policy.whose:
                    titles = self._network.parties.titles
                    who += f", about the claim of {listed([titles[name] for name in policy.whose])} alone,"
                if one.since > day:
                    waits = "was being authorised: it" if one.met <= day else "came later: it"
                    told += f"; {who} {waits} was in force from {self._date(one.since)} on"
                elif one.until > day:
                    told += f"; {who} was in force since {self._date(one.since)}{self._met(one)}"
                else:
                    told += f"; {who} was over since {self._date(one.until)}"
        return told

    def _ordered(self, one: Taken, effect: Effect, flow: int, begin: int, day: int) -> Iterator[Part]:
        network = self._network
        source, since = self._site(int(network.flow_source[flow])), effect.start
        if effect.quantity == "flow.extra_orders":
            units = int(sum(value * max(0.0, min(end, day + 1) - start) for start, end, value in _steps(effect)))
            words = f"{count(units)} units more were ordered from {source}"
            yield Part(since, units, f"{words}{self._by(one, since)}{self._due(flow, since, begin)}.")
        elif effect.quantity == "flow.order_share":
            share, usual = effect.steps[-1][1], float(network.flow_share[flow])
            if share > usual:  # what others have less follows from it
                words = f"{source} got {share:.0%} of orders instead of {usual:.0%}"
                yield Part(since, 0, f"{words}{self._by(one, since)}{self._due(flow, since, begin)}.")
        elif effect.quantity == "flow.urgent_share":
            words = f"{effect.steps[-1][1]:.0%} of orders from {source} went the urgent way"
            yield Part(since, 0, f"{words}{self._by(one, since)}{self._due(self._urgent(flow), since, begin)}.")

    def _due(self, flow: int, since: float, begin: int) -> str:
        """When what is ordered on the first day is usually there, where that is after the shortage began."""
        network = self._network
        wait = float(self._plan.usual_wait[network.flow_source[flow]])
        due = since + wait + float(network.routes.lead_time[network.flow_route[flow]])
        if due <= begin:
            return ""
        return f"; what is ordered that day usually comes by {self._date(np.ceil(due))}, after the shortage began"

    def _urgent(self, flow: int) -> int:
        """The urgent way beside a usual one."""
        network = self._network
        beside = (network.flow_buyer == network.flow_buyer[flow]) & (network.flow_source == network.flow_source[flow])
        return int(np.flatnonzero(beside & network.flow_urgent)[0])

    def _policies(self) -> Iterator[tuple[Taken, Policy]]:
        """Policies that decisions brought into force, each with its decision as taken."""
        bound = {decision.name: decision for decision in self._plan.decisions}
        for one in self._outcome.decisions:
            for policy in bound[one.name].acts[bound[one.name].product.index(one.product)].policies:
                yield one, policy

    def _of(self, cause: str, start: float) -> Taken:
        """A decision as taken when an impact of it began."""
        mine = [one for one in self._outcome.decisions if one.name == cause]
        return max((one for one in mine if one.since <= start), key=lambda one: one.since, default=mine[0])

    def _by(self, one: Taken, since: float | None = None) -> str:
        on = self._date(one.since if since is None else since)
        word = "on" if one.until <= one.since else "from"
        return f" {word} {on}{' on' if word == 'from' else ''}, by {self.called(one.name)}{self._met(one)}"

    def _met(self, one: Taken) -> str:
        return "" if np.isnan(one.met) else f" (condition met on {self._date(one.met)})"

    def _site(self, cell: int) -> str:
        return str(self._network.sites["name"].iloc[self._network.cell_site[cell]])

    def _date(self, day: float) -> str:
        return day_words(self._network.calendar.date(day))


ORDERS = ("flow.extra_orders", "flow.order_share", "flow.urgent_share")
"""Quantities by which a decision orders, or has ordered elsewhere."""


def _steps(effect: Effect) -> Iterator[tuple[float, float, float]]:
    """(from, until, value) of the steps of an effect."""
    ends = [*(day for day, _ in effect.steps[1:]), effect.end]
    for (day, value), end in zip(effect.steps, ends, strict=True):
        yield day, end, value
