"""Makers that are not struck while another is: whether they take those who come to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.bound.in_force import BoundRationing
from sim.engine.knowing.known import Foresight
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.watch import Watch
from sim.engine.rationing.rations import Rations
from sim.engine.rationing.supply_ahead import SAME, per_cell
from sim.model.network import Network
from sim.model.part import Part


class NewCustomersDesk(Part):
    """Sets and lifts what such makers let customers have; arrays over cells.

    `_since` is when each decided to, infinite where there is no reason; `_holds` whether it does so today.
    """

    CHANGES = ("_since", "_holds")
    VIEWS = ("any", "_rule")

    def __init__(self, network: Network, rations: Rations, reports: Reports, journal: Journal) -> None:
        self._network, self._rations, self._reports, self._journal = network, rations, reports, journal
        cells = len(network.cell_site)
        self._since, self._holds = np.full(cells, np.inf), np.zeros(cells, dtype=bool)
        self._rules: Sequence[BoundRationing] = ()
        self._watches: list[Watch | None] = []
        self._makes = np.zeros(cells, dtype=bool)
        self._makes[network.makers] = True
        self._regular = network.flow_share > 0
        self.any = False

    def expect_policies(self, rules: Sequence[BoundRationing]) -> None:
        """From now on these are the run's policies; what a trigger has seen of one that stays is kept."""
        known = {id(rule): watch for rule, watch in zip(self._rules, self._watches, strict=True)}
        self._rules = rules
        self._watches = [known[id(rule)] if id(rule) in known else self._watch(rule) for rule in rules]

    def _watch(self, rule: BoundRationing) -> Watch | None:
        asked = rule.spec.new_customers is not None and rule.spec.new_customers.when is not None
        member = self._network.cell_site[rule.cells]
        return Watch(self._network, rule.cells, member, self._reports) if asked else None

    def settle(self, rule: np.ndarray) -> None:
        """From now on these rules (positions) are in force."""
        self._rule = rule
        self.any = bool(self._holds.any()) or any(
            one.spec.new_customers is not None and (rule[one.cells] == number).any()
            for number, one in enumerate(self._rules)
        )

    def struck(self, seen: Foresight | None) -> np.ndarray:
        """Makers' cells of a product of which another maker is known to send less, or will be; a mask."""
        network, makers = self._network, self._network.makers
        if seen is None or not self.any:
            return np.zeros(len(self._makes), dtype=bool)
        source, cells = network.flow_source, len(self._makes)
        usual = per_cell(source, network.flow_usual, cells)
        sent = np.array([per_cell(source, network.flow_usual * np.minimum(1, s), cells) for s in seen.sends])
        bad = np.asarray((sent < usual * (1 - SAME)).any(axis=0) | (seen.makes < 1 - SAME).any(axis=0))
        product = network.cell_product[makers]
        struck = np.bincount(product, bad[makers], len(network.products))
        found = np.zeros(cells, dtype=bool)
        found[makers] = struck[product] - bad[makers] > 0
        return found

    def review(
        self,
        day: int,
        free: np.ndarray,
        struck: np.ndarray,
        decided: Callable[[np.ndarray, int], np.ndarray],
        capacity: np.ndarray,
    ) -> bool:
        """The evening of a day: whether anything changed. `free` masks sources that do not deal out what they have,
        `decided` gives the day on which cells decide about news of a day, `capacity` are the units that each can make
        tomorrow."""
        changed = False
        lasts, concerned = np.zeros(len(free)), np.zeros(len(free), dtype=bool)
        for number, (rule, watch) in enumerate(zip(self._rules, self._watches, strict=True)):
            spec = rule.spec.new_customers
            if spec is None:
                continue
            met = struck[rule.cells] if watch is None or spec.when is None else watch.met(spec.when, float(day))
            mine = (self._rule[rule.cells] == number) & self._makes[rule.cells]
            concerned[rule.cells[mine]], lasts[rule.cells[mine]] = met[mine], spec.lasts
        begins = (concerned & np.isinf(self._since)).nonzero()[0]
        if begins.size:
            self._since[begins] = decided(begins, day)
        self._since[~concerned] = np.inf
        holds = concerned & free & (self._since <= day) & (day < self._since + lasts)
        for number, rule in enumerate(self._rules):
            mine = rule.cells[(self._rule[rule.cells] == number) | self._holds[rule.cells]]
            starts, stops = mine[holds[mine] & ~self._holds[mine]], mine[~holds[mine] & self._holds[mine]]
            changed |= self._share_spare(rule, mine[holds[mine] & self._holds[mine]], capacity)
            if starts.size:
                self._hold(rule, starts, capacity)
                self._journal.cells("new_customers_limited", day, starts, np.zeros(len(starts), dtype=np.int64))
            if stops.size:
                self._let_go(stops, free)
                self._journal.cells("new_customers_free", day, stops, np.zeros(len(stops), dtype=np.int64))
            changed |= bool(starts.size or stops.size)
            self._holds[stops] = False
        self._holds = holds
        return changed

    def _share_spare(self, rule: BoundRationing, cells: np.ndarray, capacity: np.ndarray) -> bool:
        """Makers that let new customers have what is left of their capacity see whether it is another than before."""
        spec = rule.spec.new_customers
        if spec is None or spec.take != "spare" or not cells.size:
            return False
        new = np.flatnonzero(np.isin(self._network.flow_source, cells) & ~self._regular)
        more = self._spare(new, capacity)
        if (more == self._rations.more[new]).all():
            return False
        self._rations.set(new, 0.0, more, rule.spec.unfilled == "cancel")
        return True

    def _hold(self, rule: BoundRationing, cells: np.ndarray, capacity: np.ndarray) -> None:
        network, spec = self._network, rule.spec.new_customers
        assert spec is not None
        flows = np.flatnonzero(np.isin(network.flow_source, cells))
        own, new = flows[self._regular[flows]], flows[~self._regular[flows]]
        if spec.take == "after_own":
            self._rations.put_behind_own(new, True)
            return
        cancels = rule.spec.unfilled == "cancel"
        self._rations.set(own, spec.own_at_most, cancels=cancels)
        self._rations.set(new, 0.0, self._spare(new, capacity) if spec.take == "spare" else 0.0, cancels)

    def _spare(self, flows: np.ndarray, capacity: np.ndarray) -> np.ndarray:
        """Units a day that makers have beside usual demand, shared by these buyers' usual demand, no more than that."""
        network = self._network
        source, mean = network.flow_source[flows], network.cell_mean[network.flow_buyer[flows]]
        wanted = per_cell(source, mean, len(self._makes))
        spare = np.maximum(0.0, capacity - network.cell_mean)
        part = np.divide(spare, wanted, out=np.zeros(len(wanted)), where=wanted > 0)
        return np.asarray(mean * np.minimum(1.0, part[source]))

    def _let_go(self, cells: np.ndarray, free: np.ndarray) -> None:
        """What these makers held no longer holds; who deals out by now has set limits of its own."""
        source = self._network.flow_source
        self._rations.put_behind_own(np.flatnonzero(np.isin(source, cells)), False)
        self._rations.set(np.flatnonzero(np.isin(source, cells[free[cells]])), np.inf)
