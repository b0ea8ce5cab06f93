"""Buyers with several sources: what each knows that its sources send, and how it shares out its orders by that.

Of an order at the shares that hold today, each source is asked for no more than it is known to send of its usual units.
The rest goes to regular sources that are open, in proportion to their shares; where all are cut, to those on stand-by;
then to those who do a part of their work, and so send a part of whatever is asked; with nobody else to turn to it stays
where it was. What waits at a source that does not send it is not counted on, in
the same measure. What waits in vain and counts all the same keeps nobody from asking others for what they do send.
"""

from __future__ import annotations

import numpy as np

from sim.engine.deciding.order_shares import OrderShares
from sim.engine.knowing.known import Known
from sim.engine.knowing.reports import Reports
from sim.engine.plan import Plan
from sim.engine.rationing.outlook import OPEN, open_for_more
from sim.engine.state.state import State
from sim.model.part import Part

PROBE = 1 - OPEN
"""Share of its usual units, above what it sends, that a source which cancels the rest is asked for: no orders wait
there to show that it sends more again."""


class Rerouting(Part):
    """What buyers with several sources do about those that send less; looked at every evening before they order.

    `on` tells whether any of their sources is cut today. Arrays over their flows: `_known` is the share of its usual
    units that a source is known to send of new orders, `_lets` that of all limits but a maker's capacity, `_waits` of
    those that wait there, `_seen` what its buyer found itself, and `_filled` that as a share of what was due; `_takes`
    how far it is open for more, `_above` how much more it lets buyers have where it deals out what is usual, and
    `_works` the part that it sends of whatever is asked. `_short` are the evenings for which less came than was due,
    `_days` those since all came, or it was last looked at, for which it has a share of the orders, and `_sent` and
    `_lost` the units sent and cancelled in these, and `_again` those of them that were ordered again; `_refuses` is
    whether what was missing was cancelled, `_gone` what all its buyer's sources cancelled of the last order.
    `_share` is today's share of orders, `_had` the last that was more than a try, `_tried` whether today's is one.
    `_moves`, over cells, is the part of what cut sources do not send that their buyer orders elsewhere.
    """

    CHANGES = (
        "on", "_known", "_lets", "_waits", "_takes", "_above", "_works", "_moves", "_told", "_deals", "_short", "_sent",
        "_seen", "_filled", "_cut", "_lost", "_days", "_refuses", "_again", "_gone", "_share", "_regular", "_usual",
        "_had", "_tried",
    )  # fmt: skip

    def __init__(self, plan: Plan, state: State, reports: Reports, shares: OrderShares) -> None:
        network, choice = plan.network, plan.sourcing
        self._state, self._reports, self._shares = state, reports, shares
        self._cells = len(network.cell_site)
        self._mine = choice.moves[network.flow_buyer[: network.orders]].nonzero()[0]
        self._row = np.full(len(network.flow_buyer), -1)
        self._row[self._mine] = np.arange(len(self._mine))
        self._written, self._had = network.flow_usual[self._mine], network.flow_share[self._mine]
        self._buyer, self._source = network.flow_buyer[self._mine], network.flow_source[self._mine]
        self._go_by_shares()
        makes = np.isin(self._source, network.makers)  # of what it is asked today a maker may send some tomorrow only
        routes, route = network.routes, network.flow_route[self._mine]
        self._queues = np.maximum(network.making_wait[self._source], makes) + 2 * (
            routes.lead_time[route] - routes.under_way[route]
        )
        self._notices, self._rebooks = choice.notices[self._buyer], choice.rebooks[self._buyer]
        self.on, flows = False, len(self._mine)
        self._known, self._waits, self._takes = np.ones(flows), np.ones(flows), np.ones(flows)
        self._above, self._works = np.zeros((2, flows))
        self._moves, self._told, self._deals = np.zeros(self._cells), *np.zeros((2, flows), dtype=bool)
        self._short, self._cut = np.zeros(flows, dtype=np.int64), np.zeros(flows, dtype=np.int64)
        self._sent, self._seen, self._lets = np.zeros(flows, dtype=np.int64), np.ones(flows), np.ones(flows)
        self._lost, self._days, self._gone = np.zeros((3, flows), dtype=np.int64)
        self._again = np.zeros(flows)
        self._filled, self._refuses = np.ones(flows), np.zeros(flows, dtype=bool)

    def _go_by_shares(self) -> None:
        """Take the shares that hold today for those of orders: who has any of them is a regular source."""
        self._share, self._usual = self._shares.today[self._mine], self._shares.usual[self._mine]
        self._regular, self._tried = self._share > 0, self._shares.tried[self._mine]
        self._had = np.where(self._regular & ~self._tried, self._share, self._had)

    def _find_shares(self, day: int, ordered: Known, lacks: np.ndarray) -> None:
        """Let the shares of today be found by what is known of every source."""
        known = np.ones(len(self._row))
        makes = np.where(lacks, ordered.makes[self._mine], 1.0)
        known[self._mine] = np.minimum(np.minimum(ordered.sends[self._mine], makes), self._seen)
        tries = np.full(len(self._row), np.inf)
        tries[self._mine] = np.where(self._refuses, self._probe() * self._had, np.inf)
        self._shares.open_day(day, known, tries)
        self._go_by_shares()

    def _sends(self, now: Known) -> np.ndarray:
        """`Known.sends` of today's usual units: what is dealt out are shares of those of `sourcing`."""
        part = np.divide(self._written, self._usual, out=np.ones(len(self._mine)), where=self._usual > 0)
        dealt = now.dealt[self._mine]
        dealt = np.multiply(dealt, part, out=dealt.copy(), where=np.isfinite(dealt))
        return np.minimum(now.passes[self._mine], dealt)

    def open_day(self, day: int) -> None:
        """Before the orders of an evening: what is known of every source."""
        outlook, mine, state = self._reports.outlook, self._mine, self._state
        ordered, present = outlook.ordered(day), outlook.present(day)
        # a maker whose stock is above what it owes is not felt to make less
        if (sights := self._reports.sights) is None:
            lacks = state.on_hand[self._source] <= state.owed_out[self._source]
        else:
            lacks = sights.lacks(mine)
            ordered, present = sights.known(ordered), sights.known(present)
        sends = [ordered.sends[mine], present.sends[mine]]
        if self._shares.may_vary:
            self._find_shares(day, ordered, lacks)
            sends = [self._sends(ordered), self._sends(present)]
        known, waits = (
            np.minimum(part, np.where(lacks, now.makes[mine], 1.0))
            for part, now in zip(sends, (ordered, present), strict=True)
        )
        self._told, self._deals = np.minimum(known, waits) < 1, present.deals[mine]
        self._known, self._waits = np.minimum(known, self._asked()), np.minimum(waits, self._seen)
        self._takes = np.minimum(ordered.takes[mine], open_for_more(np.minimum(self._known, self._filled)))
        self._works = np.where(self._regular, ordered.works[mine], 0.0)
        self._above, self._lets = ordered.above[mine], np.minimum(sends[0], self._asked())
        self.on = bool((self._known < 1).any() or (self._waits < 1).any())
        if self.on:
            rest, more = (
                np.bincount(self._buyer, self._share * part, self._cells) for part in (1 - self._known, self._above)
            )
            regular, others, works = (np.zeros(self._cells) for _ in range(3))
            np.maximum.at(regular, self._buyer, np.where(self._regular, self._takes, 0.0))
            np.maximum.at(others, self._buyer, np.where(self._regular, 0.0, self._takes))
            np.maximum.at(works, self._buyer, self._works)
            self._moves = np.add.reduce(_in_turn(regular, rest, more, others, works))

    def not_counted_on(self) -> np.ndarray:
        """Units that wait at sources, and are not counted on; over cells."""
        lying = self._state.unsent[self._mine]
        units = np.floor((1 - self._waits) * self._moves[self._buyer] * lying + 1e-9)
        return np.bincount(self._buyer, units, self._cells).astype(np.int64)

    def in_vain(self) -> np.ndarray:
        """Units that wait at sources which do not send them, and are counted on for want of others; over cells."""
        return np.bincount(self._buyer, self._lies_in_vain(), self._cells).astype(np.int64)

    def _lies_in_vain(self) -> np.ndarray:
        stays = (1 - self._waits) * (1 - self._moves[self._buyer])
        return np.asarray(np.floor(stays * self._state.unsent[self._mine] + 1e-9))

    def still_sent(self, lacks: np.ndarray, days: float) -> tuple[np.ndarray, np.ndarray]:
        """(flows, units) to be asked of sources by buyers who lack so many units, over cells, for what waits elsewhere.

        No source is asked for more than lets it have in hand what it sends, of their usual units, in so many `days`
        and those for which orders wait there on ordinary days.
        """
        in_vain = self._lies_in_vain()
        elsewhere = np.bincount(self._buyer, in_vain, self._cells)[self._buyer] - in_vain
        rows = np.flatnonzero(lacks[self._buyer] > 0)
        rows = rows[np.argsort(self._buyer[rows], kind="stable")]
        if not rows.size:
            return rows, rows
        new = np.diff(self._buyer[rows], prepend=-1) != 0
        begin, owner, flow = np.flatnonzero(new), np.cumsum(new) - 1, self._mine[rows]
        usual = self._share[rows] * np.add.reduceat(self._usual[rows], begin)[owner]
        stays = usual * (1 - self._known[rows]) * (1 - self._moves[self._buyer[rows]])
        asked = self.share_out(flow, usual, owner, begin) - stays
        # what a maker can add to its capacity shows in what it sends
        asked = np.maximum(asked, usual * self._lets[rows])
        asked = np.ceil(asked * (days + self._queues[rows]) - 1e-9)
        room = np.clip(asked - self._state.unsent[flow], 0.0, elsewhere[rows])
        total, lacking = np.add.reduceat(room, begin)[owner], lacks[self._buyer[rows]]
        part = np.minimum(1.0, np.divide(lacking, total, out=np.zeros(len(rows)), where=total > 0))
        units = np.floor(room * part + 1e-9).astype(np.int64)
        return flow[units > 0], units[units > 0]

    def share_out(self, flow: np.ndarray, wanted: np.ndarray, owner: np.ndarray, begin: np.ndarray) -> np.ndarray:
        """How orders are shared out; units, not whole.

        `wanted` are the units on each of the flows by the shares of today; those of one order stand together, from
        `begin` on, `owner` is the order of each.
        """
        row = self._row[flow]
        mine = row >= 0
        known, takes = np.where(mine, self._known[row], 1.0), np.where(mine, self._takes[row], 0.0)
        regular = mine & self._regular[row]
        rest = wanted * (1 - known)
        moved = np.add.reduceat(rest, begin)
        if not moved.any():
            return wanted
        stand_by = mine & ~regular
        works = np.where(mine, self._works[row], 0.0)
        takers = (
            wanted * takes * regular,
            wanted * np.where(mine, self._above[row], 0.0),
            takes * stand_by,
            wanted * works,
        )
        open_, ready, part = (
            np.maximum.reduceat(far, begin) for far in (np.where(regular, takes, 0.0), takes * stand_by, works)
        )
        parts = _in_turn(open_, moved, np.add.reduceat(takers[1], begin), ready, part)
        found = wanted - rest * np.add.reduce(parts)[owner]
        for taker, part in zip(takers, parts, strict=True):
            total = np.add.reduceat(taker, begin)
            found += taker * np.divide(moved * part, total, out=np.zeros(len(total)), where=total > 0)[owner]
        return np.where((moved > 0)[owner], found, wanted)

    def _probe(self) -> np.ndarray:
        """The share of its usual units that each source is asked for which cancels the rest."""
        return np.minimum(1.0, self._seen + PROBE)

    def _parts(self) -> np.ndarray:
        """The part of an order of today's that each source is asked for."""
        rows = np.argsort(self._buyer, kind="stable")
        new = np.diff(self._buyer[rows], prepend=-1) != 0
        parts = np.zeros(len(rows))
        parts[rows] = self.share_out(self._mine[rows], self._share[rows], np.cumsum(new) - 1, np.flatnonzero(new))
        return parts

    def _asked(self) -> np.ndarray:
        """The share of its usual units that each source is asked for after what its buyer found: of what is a try, and
        so no more than that, all."""
        return np.where(self._tried, 1.0, np.where(self._refuses, self._probe(), self._seen))

    def look(self, sent: np.ndarray, due: np.ndarray, cancelled: np.ndarray, leaves: np.ndarray) -> None:
        """Evening: units sent, due and not sent, and cancelled, over flows; `leaves` masks those that leave today.

        Who has been sent less than was due for as long as it takes to notice knows what share of the usual it was, and
        of what was due: of a source that sends the usual and owes a lot besides nobody wants more. It is looked at
        again as often. What was cancelled waits nowhere: a day on which all is sent, or nothing is ordered, does not
        tell that the source fills its orders again; that all was sent for as long does. Nobody learns from a limit that
        is told, nor from what is cancelled beyond it.
        """
        mine = self._mine
        sent, due, leaves = sent[mine], due[mine], leaves[mine]
        lost = np.where(self._deals, 0, cancelled[mine])
        self._sent += sent
        self._lost += lost
        self._days += self._regular
        missed, ordered = due + lost > 0, sent + lost > 0
        if self._gone.any():  # whoever cancelled it, each is asked again for its part
            self._again += np.where(ordered, self._gone * self._parts(), 0.0)
        gone = np.bincount(self._buyer, cancelled[mine], self._cells).astype(np.int64)
        self._gone = np.where(ordered, gone[self._buyer], self._gone)
        self._refuses = (self._refuses | (lost > 0)) & ~self._told
        going_on = (np.where(leaves, missed, self._short > 0) | self._refuses) & ~self._told
        self._short = np.where(going_on, self._short + 1, 0)
        noticed = going_on & (self._short % self._notices == 0)
        if noticed.any():
            self._take_in(noticed, due)
            filled_all = noticed & self._refuses & (self._sent > 0) & (due + self._lost == 0)
            going_on &= ~filled_all
        self._short[~going_on], self._refuses = 0, self._refuses & going_on
        self._seen, self._filled = np.where(going_on, self._seen, 1.0), np.where(going_on, self._filled, 1.0)
        for units in (self._sent, self._lost, self._again):
            units[~going_on | noticed] = 0
        self._days[noticed | self._told | ~going_on & leaves & (sent > 0)] = 0

    def _take_in(self, noticed: np.ndarray, due: np.ndarray) -> None:
        """What buyers find who notice today: the shares of the usual, and of what was `due`, units over flows."""
        usual, asked = self._usual, self._sent + due + self._lost
        # a part of what was cancelled was ordered there again, and cancelled again: it counts but once
        asked = np.maximum(self._sent + due, asked - np.where(self._refuses, self._again, 0.0))
        # who has not ordered for some time asks for more at once: that much should have come
        expected = np.minimum(usual * self._days, np.maximum(usual * self._notices, asked))
        if self._shares.may_vary:  # less was due of a source that is asked for less than is written
            expected = np.where(usual < self._written, np.minimum(self._written * self._days, asked), expected)
        share = np.divide(self._sent, expected, out=np.ones(len(usual)), where=expected > 0)
        filled = np.divide(self._sent, asked, out=np.ones(len(usual)), where=asked > 0)
        # of what is cancelled nothing piles up: it is a share of what the source was asked for, for others as well
        refuses = noticed & self._refuses
        if refuses.any():
            of_own = np.divide(self._parts(), self._share, out=self._asked(), where=self._regular)
            of_own = np.where(self._tried, self._probe(), of_own)  # a try is that part of what it had already
            share = np.where(refuses, np.where(asked > 0, filled * of_own, self._seen), share)
        self._seen = np.where(noticed, np.minimum(1.0, share), self._seen)
        # who is on stand-by sends what it has to spare: that much is left there is no reason to ask it for less
        self._filled = np.where(noticed & self._regular & (asked > 0), filled, self._filled)

    def given_up(self) -> tuple[np.ndarray, np.ndarray]:
        """(flows, units) that have waited at a source for as long as their buyers let them, and are cancelled there.

        Where nobody tells when the source sends again, a usual day's units stay: that they come will show it.
        """
        cut = (self._waits < 1) & (self._rebooks > 0)
        self._cut = np.where(cut, self._cut + 1, 0)
        over = (cut & (self._cut >= self._rebooks)).nonzero()[0]
        self._cut[over] = 0
        lying = self._state.unsent[self._mine[over]]
        units = np.floor((1 - self._waits[over]) * self._moves[self._buyer[over]] * lying + 1e-9).astype(np.int64)
        usual = np.maximum(self._usual[over], self._written[over])
        shows = np.where(self._seen[over] < 1, np.ceil(usual), 0).astype(np.int64)
        units = np.maximum(0, np.minimum(units, lying - shows))
        return self._mine[over[units > 0]], units[units > 0]


def _in_turn(
    regular: np.ndarray, rest: np.ndarray, above: np.ndarray, stand_by: np.ndarray, works: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The parts of `rest`, which cut sources do not send, that go to others; all over buyers or orders.

    As far as the most open of them is open they go to `regular` sources, then so many units as those let buyers have
    `above` the usual who deal that out, then to those on `stand_by`, then to who `works` in part, as far as the one who
    does most does. What is left stays where it was.
    """
    second = np.minimum(1.0, np.divide(above, rest, out=np.zeros(len(rest)), where=rest > 0))
    third = (1 - regular) * (1 - second)
    return regular, (1 - regular) * second, third * stand_by, third * (1 - stand_by) * works
