"""What has been heard of disruptions by today, and nothing else: who decides asks here, never when one will be over.

Of a disruption that is told, everybody knows from its announcement when it begins and what it does then; what it does
in later stages is known as they come, and its end when it is there. What is *expected* is what its `expected` says.
What nobody is told is not in here; own orders show it (see `sourcing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

import numpy as np

from sim.engine.knowing.known import CapacityAhead, Foresight, Known
from sim.engine.plan import Plan
from sim.engine.rationing.way_ahead import WAYS, Closure, closure_of
from sim.model.effects import Effect, Impact, Quantities, Steps
from sim.model.network import Lane
from sim.model.part import Part
from sim.model.vocabulary import QUANTITIES, QuantityName

LIMITS: frozenset[QuantityName] = WAYS | {"flow.exports", "flow.allowance", "flow.sends", "cell.capacity_factor"}
"""The quantities that say how much of the usual a source can send, and get to its buyers."""
OPEN = 0.9
"""The share of the usual below which nobody turns to a source for more (assumed); from there on up to all, the more."""
UNKNOWN = np.inf
"""The day on which something is over of which no end is expected."""
assert set(get_args(QuantityName)) >= LIMITS


class Outlook(Part):
    """What everybody has heard by a day.

    It is worked out when somebody asks, so that a run in which nobody does pays nothing for it. Days are asked for in
    order of time.
    """

    CHANGES = ("_ordered", "_present", "_since", "_dealt")

    def __init__(self, plan: Plan, base: Mapping[QuantityName, np.ndarray]) -> None:
        self._network, self._base = plan.network, base
        self._impacts: Sequence[Impact] = ()
        self._ahead: Quantities | None = None
        """the limits as they concern what is ordered on a day"""
        self._now: Quantities | None = None
        """the same as they are on that day"""
        ones = np.ones(len(plan.network.flow_buyer))
        none = np.zeros(len(ones))
        self._ordered = self._present = Known(ones, ones, ones, none, none, ones, none + np.inf)
        self._dealt: np.ndarray | None = None
        """shares of usual units that sources have published, no limit where they deal out nothing; over flows"""
        self._since = -np.inf
        self._turns = np.zeros(0)
        self._closures: list[Closure] = []

    def hear(self, impacts: Sequence[Impact]) -> None:
        """From now on these are the disruptions of the run; each is heard of in its time."""
        self._impacts = [impact for impact in impacts if impact.told and impact.acts]
        self._announced = [(impact.announced, impact.end) for impact in self._impacts if impact.bad_news]
        news = [_news(impact) for impact in self._impacts]
        days = np.concatenate([np.zeros(0), *news])
        order = np.argsort(days, kind="stable")
        self._news = days[order], np.repeat(np.arange(len(news)), list(map(len, news)))[order]
        if self._ahead is not None and self._now is not None:
            ahead, present = self._effects()
            self._ahead.expect(ahead)
            self._now.expect(present)
            self._turns, now = self._turns_of([*ahead, *present]), self._since
            self._since = -np.inf
            self._look(now)

    def announced(self, day: float) -> bool:
        """Whether a disruption has been announced and is not over."""
        return any(told <= day < over for told, over in self._announced)

    def shares(self, day: float) -> np.ndarray:
        """The share of its usual units that each source is known to send of what is ordered this evening; (flows,)."""
        ordered = self.ordered(day)
        return np.minimum(ordered.sends, ordered.makes)

    def ordered(self, day: float) -> Known:
        """What is known of orders that are placed this evening; arrays not to be changed.

        The least of what each limit leaves. Of a limit that is announced for a later day, none yet for orders that
        leave the source before it, or are at the border by then. What lies in a source's stock is not looked at.
        """
        self.watch()
        self._look(day)
        return self._with_rations(self._ordered)

    def present(self, day: float) -> Known:
        """What is known of orders that wait at their sources: what holds today; arrays not to be changed."""
        self.watch()
        self._look(day)
        return self._with_rations(self._present)

    def deal(self, shares: np.ndarray) -> None:
        """From now on everybody knows what sources deal out: shares of usual units over flows, infinite where they do
        not."""
        self._dealt = shares.copy()

    def _with_rations(self, known: Known) -> Known:
        """Who deals out has said what it sends, whatever it makes."""
        if self._dealt is None:
            return known
        deals = np.isfinite(self._dealt)
        sends = np.minimum(known.sends, self._dealt)
        above = open_for_more(sends) * np.maximum(0.0, np.where(deals, self._dealt, 1.0) - 1)
        return Known(
            sends, np.where(deals, 1.0, known.makes), np.where(deals, 0.0, known.takes),
            np.where(deals, above, known.above), np.where(deals, 0.0, known.works),
            known.passes, np.minimum(known.dealt, self._dealt),
        )  # fmt: skip

    def news(self, last: float, day: float) -> list[Impact]:
        """Disruptions of which there is news since the day `last`: one is announced, is in another stage or over, or
        its end is expected on another day or has not come."""
        days, whose = self._news
        first, over = np.searchsorted(days, (last, day), side="right")
        return [self._impacts[number] for number in np.unique(whose[first:over]).tolist()]

    def foreseen(self, day: float, capacity: CapacityAhead | None = None) -> Foresight | None:
        """What is known today of the days to come; None where all is as usual. `capacity` is what makers know of
        theirs, where that will not be the usual."""
        heard = [impact for impact in self._impacts if impact.announced <= day]
        expected = [
            ahead
            for impact in heard
            for effect in impact.effects
            if effect.quantity in LIMITS and day < effect.end and (ahead := _expected(impact, effect, day)) is not None
        ]
        if not expected and capacity is None:
            return None
        if capacity is None:
            capacity = CapacityAhead(np.array([day]), self._network.capacity[None])
        known = Quantities({name: array for name, array in self._base.items() if name in LIMITS}, expected)
        turns = [day, *(turn for turn in known.boundaries() if day < turn < UNKNOWN)]
        begins = np.unique([*turns, *capacity.begins])
        spans: list[Known] = []
        makes = []
        for begin, units in zip(begins, np.searchsorted(capacity.begins, begins, side="right") - 1, strict=True):
            if begin in turns:
                known.update(float(begin))
                found = self._found(known)
            spans.append(found)
            makes.append(self._able(known["cell.capacity_factor"], capacity.units[units]))
        sends, takes, above, works = (
            np.array([getattr(span, name) for span in spans]) for name in ("sends", "takes", "above", "works")
        )
        return Foresight(begins, sends, np.array(makes), takes, above, works)

    def reach(self, impact: Impact) -> np.ndarray:
        """The cells that a disruption limits: those that make less, and the buyers of those that send less; a mask."""
        network = self._network
        found = np.zeros(len(network.cell_site), dtype=bool)
        for effect in impact.effects:
            if effect.quantity in LIMITS:
                limited = self._flows(effect)
                if network.sideways.size:  # who gives is nobody's source
                    limited = np.arange(len(network.flow_buyer))[limited]
                    limited = limited[limited < network.orders]
                found[network.flow_buyer[limited]] = True
                if QUANTITIES[effect.quantity].rows == "cells":
                    found[effect.rows] = True
        return found

    def watch(self) -> None:
        """Be ready to be asked for shares."""
        if self._ahead is None:
            ahead, present = self._effects()
            base = {name: array for name, array in self._base.items() if name in LIMITS}
            self._ahead, self._now = Quantities(base, ahead), Quantities(base, present)
            self._turns = self._turns_of([*ahead, *present])

    def _turns_of(self, effects: Sequence[Effect]) -> np.ndarray:
        """Every day on which something of these changes, or orders begin to come to a closure, ascending."""
        self._closures = [found for impact in self._impacts if (found := closure_of(self._network, impact)) is not None]
        soon = [closure.begins[closure.begins < closure.start] for closure in self._closures]
        return np.unique(np.concatenate([_turns(effects), *soon]))

    def back(self, day: float) -> np.ndarray:
        """The day on which each flow is expected to be as usual again: `day` itself where it is, `UNKNOWN` where no end
        is expected, or the one expected is past; shape (flows,)."""
        found = np.full(len(self._network.flow_buyer), float(day))
        for impact in self._impacts:
            if impact.announced <= day:
                for effect in impact.effects:
                    if effect.quantity in LIMITS and day < effect.end:
                        flows = self._flows(effect)
                        found[flows] = np.maximum(found[flows], expected_over(impact, effect, day))
        return found

    def _effects(self) -> tuple[list[Effect], list[Effect]]:
        """All that limits sources and is told of: from the day on which who orders has to reckon with it, and from that
        on which it holds."""
        network = self._network
        made = network.making_wait[network.flow_source]
        wait = network.routes.lead_time - network.routes.under_way + network.routes.to_border
        days: dict[QuantityName, np.ndarray] = {
            "flow.exports": made + wait[network.flow_route],
            "flow.allowance": made,
            "flow.sends": made,
            "cell.capacity_factor": network.making_wait,
        }
        ahead = [effect for effect in network.seasons if effect.quantity in LIMITS]
        present = list(ahead)
        for impact in self._impacts:
            for effect in impact.effects:
                if effect.quantity not in LIMITS:
                    continue
                present.append(effect)
                if impact.announced >= effect.start or effect.quantity not in days:
                    ahead.append(effect)
                else:
                    ahead.extend(_from_notice(effect, impact.announced, days[effect.quantity]))
        return ahead, present

    def _look(self, day: float) -> None:
        """Bring what is known up to a day; nothing is done where nothing has changed since the last."""
        if self._ahead is None or self._now is None or day == self._since:
            return
        last, self._since = self._since, day
        if np.searchsorted(self._turns, last, side="right") != np.searchsorted(self._turns, day, side="right"):
            self._ahead.update(day)
            self._now.update(day)
            self._ordered, self._present = self._found(self._ahead), self._found(self._now)
            for closure in self._closures:
                if closure.begins.min(initial=np.inf) <= day < closure.start:
                    self._ordered = self._until_closed(self._ordered, closure, day)

    def _until_closed(self, known: Known, closure: Closure, day: float) -> Known:
        """What is known of orders placed on a day, those included that will find a closure on their way."""
        assert self._ahead is not None
        others = [effect for effect in self._ahead.effects if effect.quantity in WAYS]
        begun = [replace(e, steps=((day, e.steps[0][1]), *e.steps[1:])) for e in closure.effects]
        then = Quantities({name: array for name, array in self._base.items() if name in WAYS}, [*others, *begun])
        then.update(day)
        passes = np.where(closure.begins <= day, self._passes(then), 1.0)
        sends = np.minimum(known.sends, passes)
        open_ = open_for_more(np.minimum(sends, known.makes))
        further = open_for_more(passes)
        return Known(
            sends, known.makes, np.minimum(known.takes, open_), known.above * further, known.works * further,
            np.minimum(known.passes, passes), known.dealt,
        )  # fmt: skip

    def _found(self, known: Quantities) -> Known:
        network = self._network
        sends, makes = np.ones(len(network.flow_buyer)), np.ones(len(network.flow_buyer))
        dealt = np.full(len(network.flow_buyer), np.inf)  # of the usual units
        for name in ("flow.exports", "flow.allowance"):
            if known.touched(name):
                np.minimum(sends, known[name], out=sends)
                np.minimum(dealt, known[name], out=dealt)
        if known.touched("cell.capacity_factor"):
            makes = self._made(known["cell.capacity_factor"])[network.flow_source]
        passes = self._passes(known)
        np.minimum(sends, passes, out=sends)
        np.maximum(sends, 0.0, out=sends)
        works = np.zeros(len(sends))
        if known.touched("flow.sends"):
            part = np.maximum(0.0, known["flow.sends"])
            works = np.where(part < 1, part * open_for_more(np.minimum(sends, makes)), 0.0)
            np.minimum(sends, known["flow.sends"], out=sends)
            np.maximum(sends, 0.0, out=sends)
            passes = np.maximum(0.0, np.minimum(passes, known["flow.sends"]))
        open_, deals = open_for_more(np.minimum(sends, makes)), np.isfinite(dealt)
        above = open_ * np.maximum(0.0, np.where(deals, dealt, 1.0) - 1)
        return Known(
            sends, makes, np.where(deals, 0.0, open_), above, np.where(deals, 0.0, works), passes,
            np.maximum(0.0, dealt),
        )  # fmt: skip

    def _passes(self, known: Quantities) -> np.ndarray:
        """The share of what is sent that gets to its buyers; over flows."""
        network, passes = self._network, np.ones(len(self._network.flow_buyer))
        if known.touched("lane.open", "passage.open", "passage.diverted", "passage.capacity"):
            np.minimum(passes, _least(self._lanes(known), network.flow_lanes), out=passes)
        if known.touched("gate.handling"):
            np.minimum(passes, _least(self._handled(known["gate.handling"]), network.flow_gates), out=passes)
        return passes

    def _made(self, factor: np.ndarray) -> np.ndarray:
        """The share of usual output that makers still make with this factor on their capacity; over cells."""
        return np.minimum(1.0, self._able(factor, self._network.capacity))

    def _able(self, factor: np.ndarray, capacity: np.ndarray) -> np.ndarray:
        """What makers can make of such a capacity with a factor on it, as a share of their usual output (all that they
        can, where more is usually asked of them); over cells."""
        network, room = self._network, np.ones(len(factor))
        usual = np.minimum(network.capacity, network.cell_mean / network.bill.good)
        np.divide(capacity, usual, out=room, where=np.isfinite(network.capacity) & (usual > 0))
        factor = np.where(np.isfinite(network.capacity), factor, 1.0)
        return np.where(usual > 0, factor * room, np.where(factor > 0, 1.0, 0.0))

    def _handled(self, handling: np.ndarray) -> np.ndarray:
        """The share of the usual goods that ports can handle; over gates. Of berths that work, that share."""
        network, usual = self._network, self._base["gate.handling"]
        size = network.cell_size[network.flow_buyer] * network.flow_usual
        along = network.flow_gates
        passes, load = along >= 0, np.zeros(len(usual))
        pool = np.array([gate.pool for gate in network.gates])
        np.add.at(load, pool[along[passes]], np.broadcast_to(size[:, None], along.shape)[passes])
        berths = np.array([gate.berth_time is not None for gate in network.gates])
        factor = np.where(handling > 0, 1.0, 0.0)
        np.divide(handling, usual, out=factor, where=np.isfinite(usual) & (usual > 0))
        return _left(factor, np.where(berths, 0.0, usual), load[pool])

    def _lanes(self, known: Quantities) -> np.ndarray:
        """The share of what sets out on each lane that gets to its end."""
        network = self._network
        share = (known["lane.open"] > 0).astype(float)
        lets_pass, turns = known["passage.open"], np.minimum(1.0, known["passage.diverted"])
        traffic, room = known["passage.traffic"], known["passage.capacity"]
        queues = (traffic > 0) & (room < traffic)
        passes = np.where(queues, room / np.where(queues, traffic, 1.0), 1.0)
        shut = (lets_pass <= 0) | (turns > 0)
        if not (shut | queues).any():
            return share
        for number, (lane, named) in enumerate(zip(network.lanes, network.lane_passages, strict=True)):
            usual = [named[p.canal] if p.canal in named else network.passages.index(p.name) for p in lane.passages]
            if usual and (shut | queues)[usual].any():
                closed = frozenset(name for name, row in named.items() if shut[row])
                turned = turns[usual] if _has_way(lane, closed) else np.zeros(len(usual))
                on = np.where(lets_pass[usual] > 0, 1 - turns[usual], 0.0) * passes[usual]
                share[number] = min(share[number], float((on + turned).min()))
        return share

    def _flows(self, effect: Effect) -> np.ndarray:
        """The flows that an effect limits; a mask or positions."""
        network, rows = self._network, QUANTITIES[effect.quantity].rows
        if rows == "flows":
            return effect.rows
        if rows == "cells":
            return np.asarray(np.isin(network.flow_source, effect.rows))
        if rows == "gates":
            return np.asarray(np.isin(network.flow_gates, effect.rows).any(axis=1))
        lanes = effect.rows
        if rows == "passages":
            names = {network.passages[row] for row in effect.rows.tolist()}
            lanes = np.array([k for k, x in enumerate(network.lanes) if any(p.name in names for p in x.passages)])
        return np.asarray(np.isin(network.flow_lanes, lanes).any(axis=1))


def open_for_more(share: np.ndarray) -> np.ndarray:
    """How far a source that sends a share of the usual is open for more than its part of the orders, from 0 to 1."""
    return np.clip((share - OPEN) / (1 - OPEN), 0.0, 1.0)


def expected_over(impact: Impact, effect: Effect, day: float) -> float:
    """When one effect of a disruption that is told is expected to be over, as things are seen on a day.

    What comes after the end, such as a ramp up, takes the time it takes. An end that was expected and did not come
    tells nothing of when it will.
    """
    if day >= impact.end:
        return effect.end
    end = _last(impact.expected, day) + (effect.end - impact.end)  # in this order a late end costs no digits
    return end if end > day else UNKNOWN


def _expected(impact: Impact, effect: Effect, day: float) -> Effect | None:
    """An effect as it is expected to go on from a day: as it is then, until its expected end; None where it is not
    expected to begin. What comes after the end of its disruption is known."""
    now = max(day, effect.start)
    over = expected_over(impact, effect, day)
    if over <= now:
        return None
    after = now if day >= impact.end else impact.end
    later = over - effect.end
    tail = [(at + later, value) for at, value in effect.steps if at >= after and now < at + later < UNKNOWN]
    return replace(effect, steps=((now, effect.value(now)), *tail), end=over)


def _news(impact: Impact) -> np.ndarray:
    """The days on which there is news of a disruption that limits sources."""
    limits = [effect for effect in impact.effects if effect.quantity in LIMITS]
    if not limits:
        return np.zeros(0)
    days = [impact.announced, *(day for effect in limits for day in effect.boundaries()[1:] if day > impact.announced)]
    days += [since for since, _ in impact.expected]
    late = {effect.end - impact.end for effect in limits}
    days += [end + more for _, end in impact.expected for more in late if end < impact.end]
    return np.unique(days)


def _last(steps: Steps, day: float) -> float:
    """The end expected on a day; without any, UNKNOWN."""
    known = [end for since, end in steps if since <= day]
    return known[-1] if known else UNKNOWN


def _from_notice(effect: Effect, announced: float, ahead: np.ndarray) -> list[Effect]:
    """An effect announced before it begins, for what is ordered: earlier, by the days that what is ordered takes to get
    where it counts; not before it is announced."""
    found = []
    for days in np.unique(ahead[effect.rows]).tolist():
        begin = min(effect.start, max(announced, effect.start - days))
        steps = ((begin, effect.steps[0][1]), *effect.steps[1:])
        found.append(replace(effect, rows=effect.rows[ahead[effect.rows] == days], steps=steps))
    return found


def _turns(effects: Sequence[Effect]) -> np.ndarray:
    """Every day on which something of these changes, ascending."""
    return np.unique([day for effect in effects for day in effect.boundaries()])


def _left(factor: np.ndarray, most: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """The share of usual units that are left with a factor on the most there can be; all where that has room for it.

    With all of what there can be, be it less than what is usual, nothing is out of the ordinary.
    """
    room = np.ones(len(factor))
    np.divide(most, usual, out=room, where=(usual > 0) & np.isfinite(most))
    room[(most > 0) & ((usual <= 0) | np.isinf(most))] = np.inf
    share = np.zeros(len(factor))
    np.multiply(factor, np.maximum(1.0, room), out=share, where=factor > 0)
    return np.minimum(1.0, share)


def _least(share: np.ndarray, along: np.ndarray) -> np.ndarray:
    """The least share of what lies along each flow; `along` holds positions, -1 where there is none."""
    return np.asarray(np.where(along >= 0, share[along], 1.0).min(axis=1)) if share.size else np.ones(len(along))


def _has_way(lane: Lane, closed: frozenset[str]) -> bool:
    """Whether vessels of a lane find a way round all that is closed."""
    return lane.way is not None and (not lane.way.ahead(0.0, closed) or lane.way.turn(0.0, closed) is not None)
