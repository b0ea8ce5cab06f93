"""What struck and what was done about it, side by side: disruptions, and measures with decisions, releases of reserves
and sparing use; those that weigh most first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.effects import Effect, Impact
from sim.model.network import Network
from sim.model.vocabulary import QUANTITIES
from sim.report.run.decided import Decided, decided
from sim.report.run.facts import Facts
from sim.report.run.stages import Span, later_words, over, spans
from sim.report.words.names import shown_name
from sim.report.words.phrases import called, kind_words

CODES = ("cell.turned_away", "flow.cancels", "flow.at_border")
"""Quantities that only say what becomes of what another one holds up."""
MOST_WEIGHED = 300
"""Of more disruptions, as hazards may draw them, the longest are those of weight."""
SPARING = ("use_contingency", "use_crisis")


@dataclass(frozen=True)
class Act:
    """One disruption or measure within the counted days: from `day` to before `until` (beyond the end: still on).

    `weight` says how much it weighs beside others of its sort; `stages` are empty where it is the same throughout.
    """

    words: str
    kind: str
    day: float
    until: float
    measure: bool
    weight: float
    stages: tuple[Span, ...] = ()
    told: str = ""
    announced: float | None = None
    nothing: bool = False
    decided: Decided | None = None


def acts(facts: Facts) -> list[Act]:
    """All of them, disruptions first, each sort by weight; those that change nothing last."""
    if "acts" not in facts.once:
        facts.once["acts"] = _acts(facts)
    found: list[Act] = facts.once["acts"]
    return found


def _acts(facts: Facts) -> list[Act]:
    usual = _Usual(facts.network) if len(facts.impacts) <= MOST_WEIGHED else None
    found = [_of_impact(facts, impact, usual) for impact in facts.impacts]
    found += [*_decisions(facts, usual), *_reserves(facts), *_sparing(facts)]
    return sorted(found, key=lambda act: (act.measure, act.nothing, -act.weight, act.day, act.words))


def _of_impact(facts: Facts, impact: Impact, usual: _Usual | None) -> Act:
    until = max(over(impact), impact.start + 1)
    days = min(until, float(facts.days)) - max(impact.start, 0.0)
    weight = 0.0 if not impact.acts else days if usual is None else usual.touched(impact, float(facts.days))
    chance = ", by chance" if impact.hazard else f", {party}" if (party := facts.decided_by(impact)) else ""
    return Act(
        called(impact.cause, impact.kind), kind_words(impact.kind) + chance,
        max(impact.start, 0.0), until, facts.is_measure(impact), weight,
        tuple(spans(impact)), later_words(facts, impact),
        impact.announced if 0 <= impact.announced < impact.start else None, not impact.acts,
    )  # fmt: skip


def _decisions(facts: Facts, usual: _Usual | None) -> list[Act]:
    """Decisions that came into force, each from its first day, with the party that took it."""
    found = []
    for one in decided(facts):
        effects = [impact for impact in facts.happened if impact.decided and impact.cause == one.name]
        weight = max((usual.touched(impact, float(facts.days)) for impact in effects), default=0.0) if usual else 0.0
        found.append(
            Act(
                one.words, f"{one.kind}, decided by {one.party}", max(one.since, 0.0), max(one.until, one.since + 1.0),
                True, weight, decided=one,
            )
        )  # fmt: skip
    return found


def _reserves(facts: Facts) -> list[Act]:
    """Reserves that released anything, from the first day of it to the last."""
    found = []
    released = facts.outcome.record.reserves["released"]
    for position, plan in enumerate(facts.outcome.plan.reserves):
        days = np.flatnonzero(released[:, position])
        if days.size:
            name, weight = shown_name(plan.name, plan.spec), float(released[:, position].sum())
            words = f"reserve '{name}' released"
            found.append(Act(words, "reserve", float(days[0]), float(days[-1]) + 1, True, weight))
    return found


def _sparing(facts: Facts) -> list[Act]:
    """Sparing use, from its first facility to when the last is back to usual."""
    journal = facts.outcome.journal
    mine = journal[journal["event"].isin((*SPARING, "use_conventional"))] if len(journal) else journal
    saved = facts.summary["units_conserved"].value or 0.0
    if not len(mine) or not saved:
        return []
    mine = mine.sort_values("day", kind="stable")
    last = mine.drop_duplicates(["site", "product"], keep="last")["event"]
    until = float(facts.days) + 1 if last.isin(SPARING).any() else float(mine["day"].max())
    begun = float(mine.loc[mine["event"].isin(SPARING), "day"].min())
    return [Act("scarce goods used sparingly", "sparing use", max(0.0, begun), until, True, saved)]


class _Usual:
    """Units a day that usually pass each row of each quantity, as a share of all that is used of the product."""

    def __init__(self, network: Network) -> None:
        self._network = network
        facility = network.cell_kind == "facility"
        products = len(network.products)
        total = np.bincount(network.cell_product[facility], network.cell_mean[facility], products)
        self._total = np.where(total > 0, total, np.inf)
        self._flow_product = network.cell_product[network.flow_buyer]

    def touched(self, impact: Impact, days: float) -> float:
        """Days of all usual use that an impact holds up or changes, the quantity counted of which that is most."""
        found = [self._effect(effect, days) for effect in impact.effects]
        found += [float(a.weight.sum() * a.cases.sum() / self._total[np.isfinite(self._total)].sum())
                  for a in impact.arrivals if np.isfinite(self._total).any()]  # fmt: skip
        found += [self._cells(np.asarray(i.rows)) for i in impact.impulses if np.ndim(i.rows) == 1]
        return max(found, default=0.0)

    def _effect(self, effect: Effect, days: float) -> float:
        ends = [*(day for day, _ in effect.steps[1:]), effect.end]
        change = 0.0
        for (day, value), end in zip(effect.steps, ends, strict=True):
            length = max(0.0, min(end, days) - max(day, 0.0))
            change += length * _change(effect, value)
        return change * self._rows(effect)

    def _rows(self, effect: Effect) -> float:
        network, (place, _, quantity) = self._network, effect.quantity.partition(".")
        rows = np.asarray(effect.rows)
        if quantity == "extra_orders":
            return float((1 / self._total[self._flow_product[rows]]).sum())
        if place == "cell":
            return self._cells(rows)
        if place == "flow":
            return self._flows(rows)
        if place == "stop":
            return self._flows(np.unique(rows // network.routes.lane.shape[1]))
        lanes = self._lanes(place, rows)
        return self._flows(np.flatnonzero(np.isin(network.flow_lanes, lanes).any(axis=1)))

    def _lanes(self, place: str, rows: np.ndarray) -> np.ndarray:
        lanes = self._network.lanes
        if place == "lane":
            return rows
        if place == "gate":
            sites = {self._network.gates[row].site for row in rows.tolist()}
            return np.flatnonzero([lane.origin in sites or lane.destination in sites for lane in lanes])
        named = {self._network.passages[row] for row in rows.tolist()}
        return np.flatnonzero([any(p.name in named for p in lane.passages) for lane in lanes])

    def _cells(self, cells: np.ndarray) -> float:
        return float((self._network.cell_mean[cells] / self._total[self._network.cell_product[cells]]).sum())

    def _flows(self, flows: np.ndarray) -> float:
        return float((self._network.flow_usual[flows] / self._total[self._flow_product[flows]]).sum())


def _change(effect: Effect, value: float) -> float:
    """By how much a value is away from the usual: of shares and factors the difference, of all else once."""
    if effect.quantity in CODES:
        return 0.0
    if effect.quantity == "flow.extra_orders":
        return value
    if QUANTITIES[effect.quantity].unit not in ("share", "times"):
        return float(np.isfinite(value) and value != QUANTITIES[effect.quantity].unaffected)
    if effect.operation == "at_most":
        return max(0.0, 1.0 - value)
    return abs(value - (1.0 if effect.operation == "multiply" else 0.0))
