"""Making from materials: what can be begun, what that uses up, and when it comes out, good or scrapped."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.plan import Plan
from sim.engine.state.state import State
from sim.engine.time_tape import TimeTape
from sim.model.effects import Quantities
from sim.model.part import Part
from sim.model.vocabulary import Event
from sim.policies.allocation.base import largest_remainder
from sim.rng import Streams

WITHIN = 1e-7
"""Units of material by which sums of rates may miss a whole number and still count as one."""
_NONE = np.zeros(0, dtype=np.int64)


class Making(Part):
    """Works on the cells that are not made at once and from nothing; see `Bill`.

    Materials are taken in whole units. A unit that is begun counts as used up; what is left of it serves the units
    made next, so that n units take the rate times n, rounded up, of each material. Likewise the good units among n are
    the yield times n, rounded down.

    `not_begun` (days, rows of the bill) are units that a maker was to begin and could not for want of that row's
    material; those of a day are wanted again the next. Days before 0 are not counted.
    """

    CHANGES = ("_opened", "_carried", "not_begun")

    def __init__(self, plan: Plan, state: State, quantities: Quantities, streams: Streams, journal: Journal) -> None:
        network = plan.network
        self._bill, self._network = network.bill, network
        self._state, self._quantities, self._journal = state, quantities, journal
        self._shelf = np.searchsorted(self._bill.materials, self._bill.material)  # row -> position of its material
        self._opened = np.zeros(len(self._bill.rate))  # what is left of a unit that was begun, over rows
        self._carried = np.zeros(len(self._bill.good))  # fraction of a good unit, over cells
        self.not_begun = np.zeros((network.calendar.days, len(self._bill.rate)), dtype=np.int64)
        takes = self._bill.takes
        self._timed = np.full(len(self._bill.good), -1, dtype=np.int64)
        self._timed[list(takes)] = np.arange(len(takes))
        sites, products = network.site_names(network.cell_site), network.products["name"].to_numpy()
        names = [f"making/{sites[cell]}/{products[network.cell_product[cell]]}" for cell in takes]
        self._times = TimeTape(names, list(takes.values()), streams)
        self._inside = np.isin(self._bill.material, self._bill.own).nonzero()[0]  # rows within one site
        ready = np.array([_days_until_ready(plan, cell) for cell in self._bill.material[self._inside].tolist()])
        self._ready = ready.astype(float)

    def to_begin(self, cells: np.ndarray, lacking: np.ndarray) -> np.ndarray:
        """Units to begin at cells so that the good ones among them make up for what is lacking."""
        begun = np.ceil((lacking - self._carried[cells]) / self._yield(cells) - 1e-9)
        return np.where(lacking > 0, begun, 0).astype(np.int64)

    def for_own_use(self, cells: np.ndarray, units: np.ndarray, able: np.ndarray, rate: np.ndarray) -> np.ndarray:
        """Units of material that the same site has to have made for what some of its cells want to begin, over cells.

        `units`, what they are `able` to begin today and their `rate` of beginning a day are over cells: material is
        wanted for no more than they can begin by the day on which it is ready.
        """
        rows = self._inside[np.isin(self._bill.product[self._inside], cells)]
        product, found = self._bill.product[rows], np.zeros(len(self._bill.good), dtype=np.int64)
        days = self._ready[np.isin(self._inside, rows)]
        more = np.multiply(rate[product], days, out=np.zeros(len(rows)), where=days > 0)
        reach = np.minimum(units[product], np.floor(able[product] + more + 1e-9)).astype(np.int64)
        need = np.maximum(0, np.ceil(self._bill.rate[rows] * reach - self._opened[rows] - 2 * WITHIN))
        np.add.at(found, self._bill.material[rows], need.astype(np.int64))
        return found

    def possible(self, cells: np.ndarray, units: np.ndarray, day: int) -> np.ndarray:
        """How many of these units the materials at hand are enough for.

        A material that is short is shared by what each product wants of it, rounded by largest remainder; what a
        product cannot use for want of another material is shared again. What is not begun is counted under the
        material that is enough for the fewest units, the first of the bill where several are.
        """
        bill = self._bill
        wanted = np.zeros(len(bill.good), dtype=np.int64)
        wanted[cells] = units
        stock = self._state.on_hand[bill.materials]
        needed = self._needed(wanted[bill.product])
        if not len(stock) or (np.bincount(self._shelf, needed, len(stock)) <= stock).all():
            return units
        made = np.zeros_like(wanted)
        while True:
            spent = self._needed(made[bill.product])
            free = stock - np.bincount(self._shelf, spent, len(stock)).astype(np.int64)
            alone = self._enough_for(wanted, spent + free[self._shelf])
            aim = np.maximum(made, alone) if made.any() else wanted
            given = largest_remainder(free, self._shelf, self._needed(aim[bill.product]) - spent)
            more = np.maximum(made, self._enough_for(aim, spent + given))
            if (more == made).all():  # no share is enough for a unit: one unit goes to the product named first
                lacking = (alone > made).nonzero()[0]
                if not lacking.size:
                    if day >= 0:
                        self._count_not_begun(wanted - made, spent + free[self._shelf], day)
                    return np.asarray(made[cells])
                _, first = np.unique(self._network.cell_site[lacking], return_index=True)
                more[lacking[first]] += 1
            made = more

    def begin(self, cells: np.ndarray, units: np.ndarray, lot: np.ndarray, day: int) -> np.ndarray:
        """Begin units, each cell named once; returns the good ones that are ready at once."""
        self._use_up(cells, units, lot, day)
        total = self._carried[cells] + self._yield(cells) * units
        good = np.floor(total + 1e-9).astype(np.int64)
        self._carried[cells] = total - good
        end = day + self._lag(cells, day)
        later = (end > day) & (units > 0)
        if later.any():
            for part, scrap in ((good, False), (units - good, True)):
                some = later & (part > 0)
                self._state.put_in_process(cells[some], lot[some], part[some], end[some], scrap)
        now = ~later & (units > good)
        self._scrap(cells[now], (units - good)[now], lot[now], day)
        return np.where(later, 0, good)

    def finish(self, day: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(cell, lot, units) of the good units that come out today; what a plant at rest has in process stays there."""
        state, works = self._state, self._quantities["cell.capacity_factor"] > 0
        due = (state.in_process["until"] <= day) & works[state.in_process["cell"]]
        if not np.count_nonzero(due):
            return _NONE, _NONE, _NONE
        rows = state.in_process.take(due)
        cell, lot, units, bad = rows["cell"], rows["lot"], rows["units"], rows["withdrawn"] > 0
        np.subtract.at(state.today.in_process, cell, units)
        self._scrap(cell[bad], units[bad], lot[bad], day)
        return cell[~bad], lot[~bad], units[~bad]

    def _yield(self, cells: np.ndarray) -> np.ndarray:
        return np.asarray(self._bill.good[cells] * self._quantities["cell.yield_factor"][cells])

    def _needed(self, units: np.ndarray) -> np.ndarray:
        """Whole units of material to be taken for units made, over the rows of the bill."""
        return np.maximum(0, np.ceil(self._bill.rate * units - self._opened - 2 * WITHIN)).astype(np.int64)

    def _enough_for(self, wanted: np.ndarray, material: np.ndarray) -> np.ndarray:
        """At most `wanted`, over cells, when each row of the bill has this many units of its material."""
        bill, found = self._bill, wanted.copy()
        # never more than is wanted, so that a tiny rate cannot exceed an int64
        reach = np.minimum((material + self._opened + WITHIN) / bill.rate, wanted[bill.product])
        np.minimum.at(found, bill.product, np.floor(reach).astype(np.int64))
        return found

    def _count_not_begun(self, missing: np.ndarray, material: np.ndarray, day: int) -> None:
        """Units missing, over cells, go to the row whose material, at hand or given to others, reaches least far."""
        reach = (material + self._opened) / self._bill.rate
        order = np.lexsort((np.arange(len(reach)), reach, self._bill.product))
        product, first = np.unique(self._bill.product[order], return_index=True)
        self.not_begun[day, order[first]] += missing[product]

    def _use_up(self, cells: np.ndarray, units: np.ndarray, lot: np.ndarray, day: int) -> None:
        """Take the materials of units out of stock, lots in order of issue, and note what they go into."""
        bill, state = self._bill, self._state
        made = np.zeros(len(bill.good), dtype=np.int64)
        made[cells] = units
        needed = self._needed(made[bill.product])
        self._opened += needed - bill.rate * made[bill.product]
        rows = needed.nonzero()[0]
        material, taken = bill.material[rows], needed[rows]
        np.subtract.at(state.on_hand, material, taken)
        np.add.at(state.today.used_up, material, taken)
        if state.lots is None:
            self._journal.cells("used_up", day, material, taken)
            return
        claim, parent, part = state.lots.issue(state.lots.pocket[material], taken)
        into = np.full(len(bill.good), -1, dtype=np.int64)
        into[cells] = lot
        state.lots.use_up(parent, into[bill.product[rows[claim]]], part)
        self._note("used_up", day, material[claim], part, parent)

    def _scrap(self, cells: np.ndarray, units: np.ndarray, lot: np.ndarray, day: int) -> None:
        if not cells.size:
            return
        np.add.at(self._state.today.scrapped, cells, units)
        if self._state.lots is not None:
            self._state.lots.book.add("scrapped", lot[lot >= 0], units[lot >= 0])
        self._note("scrapped", day, cells, units, lot)

    def _lag(self, cells: np.ndarray, day: int) -> np.ndarray:
        """Whole days from beginning to end."""
        lag = np.zeros(len(cells))
        mine = (self._timed[cells] >= 0).nonzero()[0]
        lag[mine] = self._times.at(self._timed[cells[mine]], np.full(len(mine), day))
        return np.ceil(lag - 1e-9).astype(np.int64)

    def _note(self, event: Event, day: int, cells: np.ndarray, units: np.ndarray, lot: np.ndarray) -> None:
        if cells.size:
            network = self._network
            self._journal.note(event, day, network.cell_site[cells], network.cell_product[cells], units, lot=lot)


def _days_until_ready(plan: Plan, cell: int) -> int:
    """Mean time in days, rounded up, in which a cell's product is made and released."""
    return sum(int(np.ceil(t[cell].mean - 1e-9)) for t in (plan.network.bill.takes, plan.testing) if cell in t)
