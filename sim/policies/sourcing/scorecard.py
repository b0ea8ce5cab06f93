"""Scorecard: more orders for sources that deliver on time, in full, and evenly."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from sim.errors import PlaceError
from sim.policies.sourcing.base import (
    SOURCING,
    Choice,
    Deliveries,
    Memory,
    Offers,
    Seen,
    SourcingRule,
    check_least,
    with_least,
)
from sim.registry import Model
from sim.units import Days, NonNegative, Share, WholeDays


class Weights(Model):
    """How much each part counts in the score, in proportion."""

    on_time: NonNegative = 1.0
    """of what arrived, the share that came no later than promised: by the mean lead time and `grace`"""
    in_full: NonNegative = 1.0
    """what arrived, of that and what was cancelled, lost on the way, or is overdue"""
    steady: NonNegative = 1.0
    """1 less the spread of journeys, their standard deviation as a share of their mean; not below 0"""


@SOURCING.register("scorecard")
class Scorecard(SourcingRule):
    """Sources are scored by what they delivered in the last `over` days; shares are those of `from` times the scores.

    Everybody's scores are looked at again every `review`, and published in the table `scores`. Of what is not known,
    since nothing came or fell due in that time, the best is believed. Sources on stand-by have no part in it.
    """

    scored: ClassVar[bool] = True
    over: WholeDays = Field(default=90, ge=1)
    """days of deliveries that are looked at (assumed)"""
    review: WholeDays = Field(default=30, ge=1)
    """time between reviews of the shares, counted from the start (assumed)"""
    weights: Weights | None = None
    """how much each part of the score counts; left out: all alike"""
    grace: Days = 2.0
    """how long after the mean lead time what comes is still on time (assumed)"""
    at_least: Share = 0.1
    """part of the orders that each source gets, whatever its score, but those on stand-by (assumed)"""
    example = {"over": "30d", "review": "10d", "weights": {"on_time": 2, "in_full": 1, "steady": 0}}
    bad_example = ({"weights": {"on_tim": 2}}, "did you mean 'on_time'")

    def model_post_init(self, context: object) -> None:
        if not self._weights.any():
            raise PlaceError(("weights",), "no part of the score counts", None, "a weight above 0")

    def check_offers(self, offers: Offers) -> None:
        check_least(self.at_least, offers)

    def window(self, offers: Offers) -> int:
        return max(2, int(self.over), int(self._promise(offers).max()))

    def first_memory(self, offers: Offers) -> Memory:
        """`open` units on order at the last look (below 0: there was none), of them `before` ordered before the first
        and `overdue`; units that came `late` or will never come (`gone`), a row for each of the last days."""
        flows = len(offers.flow)
        nothing, days = np.zeros(flows), np.zeros((int(self.over), flows))
        return {
            "share": offers.share, "open": np.full(flows, -1.0), "before": nothing, "overdue": nothing,
            "late": days, "gone": days,
        }  # fmt: skip

    def choose(self, seen: Seen) -> Choice:
        assert seen.deliveries is not None
        memory = self._taken_down(seen, seen.deliveries, seen.memory)
        if seen.day % self.review:
            return Choice(memory["share"], memory)
        scores = self.scores(seen.deliveries, memory)
        weights = self._weights / self._weights.sum()
        score = sum(weight * part for weight, part in zip(weights, scores.values(), strict=True))
        tilted = seen.offers.share * score
        total = seen.offers.total(tilted)
        share = np.where(total > 0, tilted / np.where(total > 0, total, 1.0), seen.offers.share)
        share = with_least(share, self.at_least, seen.offers)
        return Choice(share, {**memory, "share": share}, {**scores, "score": score, "share": share})

    def scores(self, seen: Deliveries, memory: Memory) -> dict[str, np.ndarray]:
        """The three parts of the score, over flows, in the order of the weights."""
        arrived, days = np.nan_to_num(seen.arrived[-self.over :]), np.nan_to_num(seen.days[-self.over :])
        came = arrived.sum(axis=0)
        late, missing = memory["late"].sum(axis=0), memory["gone"].sum(axis=0) + memory["overdue"]
        mean = _ratio((arrived * days).sum(axis=0), came, 0.0)
        spread = np.sqrt(_ratio((arrived * (days - mean) ** 2).sum(axis=0), came, 0.0))
        return {
            "on_time": 1 - _ratio(late, came, 0.0),
            "in_full": _ratio(came, came + missing, 1.0),
            "steady": np.maximum(0.0, 1 - _ratio(spread, mean, 0.0)),
        }

    def _taken_down(self, seen: Seen, found: Deliveries, memory: Memory) -> Memory:
        """The memory with what has come since the last look. The oldest orders are filled first."""
        arrived, ordered = np.nan_to_num(found.arrived), np.nan_to_num(found.ordered)
        age = np.arange(len(ordered))[::-1, None]
        came, yesterday = arrived[-1], ordered[-2]
        first = memory["open"] < 0
        gone = np.where(first, 0.0, np.maximum(0.0, memory["open"] + yesterday - came - found.open))
        before = np.where(first, found.open, memory["before"])
        old = np.where(first, 0.0, np.minimum(before, came))
        late = np.where(first, 0.0, np.minimum(came - old, memory["overdue"]))
        before = np.where(first, before, np.minimum(before - old, found.open))
        young = np.where((age >= 1) & (age < self._promise(seen.offers)), ordered, 0.0).sum(axis=0)
        new = {"late": memory["late"].copy(), "gone": memory["gone"].copy()}
        row = seen.day % self.over
        new["late"][row], new["gone"][row] = late, gone
        overdue = np.maximum(0.0, found.open - young - before)
        return {**memory, "open": found.open.astype(float), "before": before, "overdue": overdue, **new}

    def _promise(self, offers: Offers) -> np.ndarray:
        """Whole days from order to the morning by which goods should be there."""
        return np.maximum(1, np.ceil(offers.lead_time + self.grace - 1e-9))

    @property
    def _weights(self) -> np.ndarray:
        weights = self.weights or Weights()
        return np.array([weights.on_time, weights.in_full, weights.steady])


def _ratio(part: np.ndarray, whole: np.ndarray, otherwise: float) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), otherwise), where=whole > 0)
