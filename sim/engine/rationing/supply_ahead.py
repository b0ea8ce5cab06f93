"""What sources can count on until supply is as usual again: from what is foreseen, down the chain, level by level.

A maker counts on its stock, what is under test, and what it will be able to make; who buys on its stock, what is under
way, and what each of its sources is known to send, be it dealt out or what a source that deals out nothing could deal
out evenly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.knowing.known import Foresight
from sim.engine.plan import Plan
from sim.engine.state.held import Held
from sim.model.chance.distributions import Times

SAME = 1e-9
"""Shares that differ by less are the same."""


class Level(NamedTuple):
    """Cells of one level that feed others; `come` are the flows to them, `go` those from them, `made` rows of the bill
    of what they make. `buyer`, `source` and `product` are positions among the cells."""

    cells: np.ndarray
    come: np.ndarray
    buyer: np.ndarray
    go: np.ndarray
    source: np.ndarray
    made: np.ndarray
    product: np.ndarray


class Goods(NamedTuple):
    """What there is: units on hand over cells; what is under test, and in process, by the day on which it is ready; and
    shipments under way, by their flow, the day on which they were sent, and units."""

    on_hand: np.ndarray
    under_test: Held
    in_process: Held
    flow: np.ndarray
    sent: np.ndarray
    units: np.ndarray


class Prospect(NamedTuple):
    """What the cells of a level can count on, over these cells.

    `over` is the day on which what they are sent, or make, is as usual again and has come; they plan to the day `end`
    (today where nothing is amiss), until which they have `stock` and expect `coming`; `own` is their own use of a day.
    `lacking` are the units of usual output that they will not make meanwhile.
    `leaves`, over the flows from them, is the share of usual units that gets to their buyers meanwhile, were all sent.
    """

    over: np.ndarray
    end: np.ndarray
    stock: np.ndarray
    coming: np.ndarray
    own: np.ndarray
    lacking: np.ndarray
    leaves: np.ndarray


class Chain:
    """The network from the makers of materials down to those who supply facilities."""

    def __init__(self, plan: Plan) -> None:
        self.network = network = plan.network
        self.moves = plan.sourcing.moves
        bill, cells = network.bill, len(network.cell_site)
        feeds = np.zeros(cells, dtype=bool)
        feeds[network.sources[0]] = feeds[bill.material] = True
        self.makes = np.zeros(cells, dtype=bool)
        self.makes[network.makers] = True
        self.regular = network.flow_share > 0
        self.takes_days = _whole_days(bill.takes, cells)
        self.lead = np.ceil(network.routes.under_way[network.flow_route] - SAME)
        self.lag = _whole_days(plan.testing, cells)
        bought = self.regular & ~self.makes[network.flow_buyer]
        np.maximum.at(self.lag, network.flow_buyer[bought], self.lead[bought])
        self.overnight = np.zeros(cells, dtype=bool)
        self.overnight[network.flow_buyer[bought]] = True
        self.overnight &= self.lag == 0
        self.out = per_cell(network.flow_source, network.flow_usual, cells)
        levels = np.unique(network.cell_level[feeds])[::-1]
        self.levels = [self._level(np.flatnonzero(feeds & (network.cell_level == level))) for level in levels.tolist()]

    def _level(self, cells: np.ndarray) -> Level:
        network = self.network
        place = np.full(len(network.cell_site), -1)
        place[cells] = np.arange(len(cells))
        orders, product = slice(0, network.orders), place[network.bill.product]
        buyer, source = place[network.flow_buyer[orders]], place[network.flow_source[orders]]
        come, go, made = (np.flatnonzero(where >= 0) for where in (buyer, source, product))
        return Level(cells, come, buyer[come], go, source[go], made, product[made])

    def below(self, reached: np.ndarray) -> np.ndarray:
        """These cells (a mask) and all that are supplied from them, over however many steps."""
        network, found = self.network, reached.copy()
        for level in self.levels:
            fed = level.go[found[level.cells][level.source]]
            found[network.flow_buyer[fed]] = True
            made = np.isin(network.bill.material, level.cells[found[level.cells]])
            found[network.bill.product[made]] = True
        return found


class Forecast:
    """One look ahead from a day. Levels are asked for from the top downward, and what each `gives` is told before the
    next one is asked: the share of usual units over flows, and over cells of materials what their own site can use of
    them, above 1 where there is more than usual.

    `touched` are, as a mask over cells, those in trouble or below one that is. `until` is, over cells, when each is not
    sent (or does not make) less than usual any more, as far as known; `dealt`, over flows, the share of usual units
    that sources let buyers have today, infinite without a limit.
    """

    def __init__(
        self,
        chain: Chain,
        day: float,
        seen: Foresight | None,
        goods: Goods,
        until: np.ndarray,
        horizon: np.ndarray,
        always: np.ndarray,
        dealt: np.ndarray,
    ) -> None:
        flows, cells = len(chain.network.flow_buyer), len(chain.network.cell_site)
        ones, none = np.ones((1, flows)), np.zeros((1, flows))
        usual = Foresight(np.array([day]), ones, np.ones((1, cells)), ones, none, none)
        self._chain, self._day, self._seen, self._goods = chain, day, usual if seen is None else seen, goods
        self._horizon, self._always, self._dealt = horizon, always, dealt
        self.until = until.copy()
        self.over = np.full(cells, float(day))
        self.gives, self.material = np.ones(flows), np.ones(cells)
        self.touched = np.zeros(cells, dtype=bool)

    def of(self, level: Level) -> Prospect:
        """What the cells of a level can count on."""
        chain, day, cells, network = self._chain, self._day, level.cells, self._chain.network
        turns = np.concatenate([self.over[network.flow_source[level.come]], self.over[network.bill.material]])
        begins = np.unique([*self._seen.begins, *turns[(turns > day) & np.isfinite(turns)]])
        ends = np.append(begins[1:], np.inf)
        row = np.searchsorted(self._seen.begins, begins, side="right") - 1
        share, extra = self._sent(level, begins, row)
        usual = network.flow_usual[level.come]
        makes = chain.makes[cells]
        mean = network.cell_mean[cells]
        wanted = np.where(makes, mean, per_cell(level.buyer, usual, len(cells)))
        made, works = self._made(level, begins, row)
        supply = np.where(makes, made * mean, _added(usual * share, level.buyer, len(cells)) + extra)
        short = supply < wanted * (1 - SAME)
        last = len(begins) - 1 - np.argmax(short[::-1], axis=0)
        until = np.where(short.any(axis=0), ends[last], np.minimum(day, self.until[cells]))
        lag = chain.lag[cells] + np.where(works, chain.takes_days[cells], 0.0)
        over = until + lag
        planned = np.where(self._always[cells] | np.isinf(until), day + self._horizon[cells], over)
        end = np.where(over > day, planned, day)
        # of what buyers are sent each flow counts until what leaves then would come too late
        coming = (extra * _spans(begins, ends, end - lag)).sum(axis=0)
        # what is made today is in stock already
        works_on = mean * makes * _spans(np.maximum(begins, day + 1), ends, end - lag)
        tested = end - np.where(makes, lag - np.where(works, chain.takes_days[cells], 0.0), 0.0)
        out = self._last_work(level, begins, ends, row, tested)
        begun = _spans(np.maximum(begins, day + 1), ends, out - chain.takes_days[cells])
        coming += (made * mean * makes * begun).sum(axis=0)
        lacking = (np.maximum(0.0, 1 - made) * works_on).sum(axis=0)
        by_flow = _spans(begins, ends, end[level.buyer] - chain.lead[level.come])
        coming += per_cell(level.buyer, usual * (share * by_flow).sum(axis=0), len(cells)) * ~makes
        goods = self._goods
        made_ready = goods.under_test.good_before(end, cells) + goods.in_process.good_before(out, cells)
        stock = goods.on_hand[cells] + made_ready + self._under_way(cells, end)
        self.until[cells], self.over[cells] = until, over
        above = per_cell(level.buyer, self.touched[network.flow_source[level.come]], len(cells))
        above += per_cell(level.product, self.touched[network.bill.material[level.made]], len(cells))
        self.touched[cells] = (over > day) | (above > 0)
        length = np.maximum(end - day, SAME)[level.source]
        open_ = _spans(begins, ends, end[level.source]) * self._seen.sends[row][:, level.go]
        leaves = np.where(length > SAME, open_.sum(axis=0) / length, 1.0)
        own = np.maximum(0.0, mean - chain.out[cells])
        return Prospect(over, end, stock, np.maximum(0.0, coming), own, lacking, leaves)

    def _last_work(
        self, level: Level, begins: np.ndarray, ends: np.ndarray, row: np.ndarray, until: np.ndarray
    ) -> np.ndarray:
        """The end of the last span before a day of each cell in which its plant works, that day itself at the most:
        what is in process is there by then if it is due before this. Never, where the plant stands still."""
        works = self._seen.makes[row][:, level.cells] > 0
        ends_work = np.minimum(ends[:, None], until)
        return np.asarray(np.where(works & (begins[:, None] < until), ends_work, -np.inf).max(axis=0))

    def _under_way(self, cells: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Units that are on their way to these cells and should be there before a day of each."""
        goods, chain = self._goods, self._chain
        to = chain.network.flow_buyer[goods.flow]
        place = np.minimum(np.searchsorted(cells, to), len(cells) - 1)
        counts = (cells[place] == to) & (goods.sent + chain.lead[goods.flow] < end[place])
        return per_cell(place[counts], goods.units[counts], len(cells))

    def _sent(self, level: Level, begins: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What is sent to a level: the share of usual units in each span over its flows, and the units a day over its
        cells that come beside from sources that are open for more."""
        chain, come, cells, network = self._chain, level.come, level.cells, self._chain.network
        dealt = begins[:, None] < self.over[network.flow_source[come]]
        share = np.minimum(self._seen.sends[row][:, come], np.where(dealt, self.gives[come], 1.0))
        extra = np.zeros((len(begins), len(cells)))
        moves = chain.moves[cells]
        if not moves.any():
            return share, extra
        dealt &= self.gives[come] < 1
        limits = np.isfinite(self._dealt[come])
        takes, works = (
            np.where(dealt | limits, 0.0, far[row][:, come]) for far in (self._seen.takes, self._seen.works)
        )
        above = np.where(limits, np.maximum(0.0, self._dealt[come] - 1), self._seen.above[row][:, come])
        above = _added(
            network.flow_usual[come] * np.where(dealt | ~np.isfinite(above), 0.0, above), level.buyer, len(cells)
        )
        open_, ready, part, spare = (np.zeros_like(extra) for _ in range(4))
        span = np.arange(len(begins))[:, None]
        np.maximum.at(open_, (span, level.buyer), np.where(chain.regular[come], takes, 0.0))
        np.maximum.at(ready, (span, level.buyer), np.where(chain.regular[come], 0.0, takes))
        np.maximum.at(part, (span, level.buyer), np.where(chain.regular[come], works, 0.0))
        np.add.at(spare, (span, level.buyer), np.where((takes > 0) | (works > 0), self._spare(come, row), 0.0))
        missing = _added(network.flow_usual[come] * (1 - share), level.buyer, len(cells))
        # of what is asked of those who do a part of their work that part comes
        found = open_ + (1 - open_) * (ready + (1 - ready) * part * part)
        return share, np.minimum(missing, np.minimum(missing * found, spare) + above) * moves

    def _spare(self, flows: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Units a day that sources can make beside what is usually asked of them, without a limit those who make
        without one, or nothing; over (spans, flows)."""
        network = self._chain.network
        source = network.flow_source[flows]
        capacity, mean, makes = network.capacity[source], network.cell_mean[source], self._seen.makes[row][:, source]
        beside = np.where(mean > 0, np.maximum(0.0, makes - 1) * mean, capacity)
        return np.asarray(np.where(np.isfinite(capacity), beside, np.inf))

    def _made(self, level: Level, begins: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The share of usual output in each span that the makers of a level can make, of which they have the material,
        above 1 where capacity has room for more; and which of them never stand still."""
        bill, makes = self._chain.network.bill, self._seen.makes[row]
        made = makes[:, level.cells]
        works = (made > 0).all(axis=0)
        material, span = bill.material[level.made], np.arange(len(begins))[:, None]
        # who buys a material that is not short can have more of it, who makes it himself as much as he can make
        most = np.where(self._chain.makes[material], makes[:, material], np.inf)
        given = np.where(begins[:, None] < self.over[material], self.material[material], most)
        np.minimum.at(made, (span, level.product), given)
        return made, works


def per_cell(where: np.ndarray, values: np.ndarray, cells: int) -> np.ndarray:
    """Values added up over the cells that they belong to; float."""
    return np.bincount(where, values, cells).astype(float)


def _whole_days(times: dict[int, Times], cells: int) -> np.ndarray:
    """The mean of some cells' times in whole days, 0 for all others; over cells."""
    found = np.zeros(cells)
    for cell, time in times.items():
        found[cell] = np.ceil(time.mean - SAME)
    return found


def _added(values: np.ndarray, where: np.ndarray, cells: int) -> np.ndarray:
    """Values over (spans, flows) added up over the cells that flows go to."""
    return np.array([per_cell(where, span, cells) for span in values])


def _spans(begins: np.ndarray, ends: np.ndarray, until: np.ndarray) -> np.ndarray:
    """Days of each span before `until`; shape (spans, *until.shape)."""
    return np.maximum(0.0, np.minimum(ends[:, None], until) - begins[:, None])
