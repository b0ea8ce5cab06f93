"""What a site knows of all that it usually supplies, through others too: what patients asked for there, and their
position together, as its owner is told of each."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.engine.bound.echelons import own_targets
from sim.engine.bound.information import DEMAND, PIPELINE, STOCK
from sim.engine.knowing.present_use import PresentUse
from sim.engine.knowing.reported import LATEST, Eyes
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.sights import Sights
from sim.engine.plan import Plan
from sim.engine.spans import in_place
from sim.engine.state.records import in_windows
from sim.engine.state.state import State
from sim.model.part import Part

if TYPE_CHECKING:  # it is imported where it is needed
    from scipy.sparse import csr_array


DENSE = 8
"""Numbers up to so many times as many as there are of them are looked up in a table."""


class _Seen(NamedTuple):
    """What some cells look at below them: views, each of one cell by one `owner` (of demand: by all who are told the
    same). `adds_up` has the share of each view in each of the looking cells, `column` the position of what is seen in
    the matrix it comes of, `cell` the cell.

    `itself` is a mask over the views: a site at its own cell. `eyes` are None where all see all. `runs` are where runs
    of views begin of which the same cells see all that there is, each adding them up as `of_runs` has it; None where
    some see a share.
    """

    adds_up: csr_array
    column: np.ndarray
    cell: np.ndarray
    owner: np.ndarray
    itself: np.ndarray
    eyes: Eyes | None
    runs: np.ndarray | None
    of_runs: csr_array


class Below(Part):
    """Looks, for those who order, at all that they usually supply; by usual shares.

    Of whose demand an owner is not told it takes to be the usual one, of whose stock to have what its own policy would
    restore it to: an echelon policy then does as one that looks at its own site alone.
    """

    SCRATCH = ("_found", "_asked", "_demand", "_target")

    def __init__(self, plan: Plan, state: State, reports: Reports) -> None:
        self._plan, self._network, self._state, self._reports = plan, plan.network, state, reports
        self.rejoin()

    def rejoin(self) -> None:
        self._found: dict[tuple[str, bytes], tuple[object, _Seen]] = {}
        self._asked: dict[tuple[bytes, int], tuple[int, np.ndarray]] = {}

    def end_demand(self, cells: np.ndarray, last: np.ndarray, window: int) -> np.ndarray:
        """What patients asked for at these cells and all that they usually supply, in the `window` days until the
        `last` that each of them knows of; shape (window, cells), NaN before the first day."""
        use, seen = self._reports.present_use, self._seen("demand", cells)
        assert use is not None
        key = cells.tobytes(), window
        if self._asked.get(key, (None,))[0] != use.last:  # all levels are asked in turn, on one evening
            self._asked[key] = use.last, self._demand_of(seen, use, last, window)
        return self._asked[key][1]

    def _demand_of(self, seen: _Seen, use: PresentUse, last: np.ndarray, window: int) -> np.ndarray:
        """End demand of all who look."""
        last = np.maximum(last, use.before)  # who is told nothing knows no day
        first = int(last.min()) - window + 1
        days = range(first, int(last.max()) + 1)
        known = None
        if seen.eyes is not None or self._reports.may_fail:
            known = self._reports.known_until(seen.cell, seen.eyes, DEMAND)
            if seen.eyes is None:  # a site knows itself, whatever others hear of it
                known = np.where(seen.itself, LATEST, known)
        table = np.full((len(days), len(last)), np.nan)
        latest, sums = days.stop - 1, None
        if seen.runs is not None and (known is None or known.min() == known.max() or known.min() >= latest):
            until = latest if known is None else int(known.min().clip(use.before, latest))
            sums = use.sums_by_day(days, in_place(seen.column), seen.runs, until)
        if sums is not None:
            for day, units in sums.items():
                table[day - first] = seen.of_runs @ units
        else:
            asked = use.by_day(days, seen.column, known)
            for row, units in zip(range(len(days) - len(asked), len(days)), asked, strict=True):
                table[row] = seen.adds_up @ units
        return in_windows(table, last - first, window)

    def echelon(self, cells: np.ndarray) -> np.ndarray:
        """Inventory position, in whole units, of these cells and all that they usually supply together: themselves as
        for their own review, the others as they are seen.

        What one of them has ordered of another counts once: it is on order here and owed there.
        """
        seen = self._seen("stock", cells)
        at = self._positions(seen)
        own = np.zeros(len(self._network.cell_site), dtype=np.int64)
        own[cells] = self._reports.position(cells)
        at[seen.itself] = own[seen.cell[seen.itself]]
        return np.rint(seen.adds_up @ at.astype(float)).astype(np.int64)

    def _positions(self, seen: _Seen) -> np.ndarray:
        """The inventory position of each cell as it is seen."""
        cell, eyes, state, reports = seen.cell, seen.eyes, self._state, self._reports
        found = reports.present(cell, eyes) + state.on_order[cell] - state.owed_out[cell]
        found = np.asarray(found - reports.backlog(cell, eyes))
        if eyes is None or reports.sights is None:
            return found
        late, sights = reports.by_report(eyes), reports.sights
        all_of_it = eyes.level >= PIPELINE
        if (late & all_of_it).any():
            told = reports.told("position", eyes.at, found) + self._over_views(seen, sights.ordered_since())
            found = np.where(late & all_of_it, told, found)
        if not all_of_it.all():
            owed = np.where(late, reports.told("owed_out", eyes.at, found), state.owed_out[cell])
            waits = np.where(eyes.level >= DEMAND, reports.backlog(cell, eyes), 0)
            sent = sights.sent_there() + state.unsent[: self._network.orders]
            part = reports.present(cell, eyes) - owed - waits + self._over_views(seen, sent)
            found = np.where(all_of_it, found, np.where(eyes.level >= STOCK, part, self._target[cell]))
        return found

    def _over_views(self, seen: _Seen, units: np.ndarray) -> np.ndarray:
        """Units on flows of orders, added up over the views in which the owner of the source sees the buyer."""
        network, orders, sights = self._network, self._network.orders, self._reports.sights
        assert sights is not None
        cells = len(network.cell_site)
        view = np.where(seen.itself, -1, seen.owner * cells + seen.cell)
        flow = sights.owners(network.flow_source[:orders]) * cells + network.flow_buyer[:orders]
        order = np.argsort(view)
        place = order[np.minimum(np.searchsorted(view[order], flow), len(view) - 1)]
        there = view[place] == flow
        return np.bincount(place[there], units[there], len(view)).astype(np.int64)

    def _seen(self, what: str, cells: np.ndarray) -> _Seen:
        sights, key = self._reports.sights, (what, cells.tobytes())
        version = None if sights is None else sights.version
        if key not in self._found or self._found[key][0] is not version:
            self._found[key] = version, self._views(what, cells, sights)
        return self._found[key][1]

    def _views(self, what: str, cells: np.ndarray, sights: Sights | None) -> _Seen:
        from scipy.sparse import csr_array

        matrix, of = (self._demand, self._plan.demand.cell) if what == "demand" else (self._network.echelons, None)
        there = matrix[cells].tocoo()
        row, column = there.coords
        below = column if of is None else of[column]
        itself = cells[row] == below
        owner = np.zeros(len(row), dtype=np.int64) if sights is None else sights.owners(cells)[row]
        view, first = _numbered(owner, column, itself)
        eyes = None if sights is None else sights.below(owner[first], below[first], itself[first])
        if eyes is not None and what == "demand":  # who is told the same sees the same
            same, some = _numbered(np.where(eyes.level >= DEMAND, eyes.at + 1, -1), column[first], itself[first])
            view, first, eyes = same[view], first[some], Eyes(eyes.level[some], eyes.at[some])
        adds_up = csr_array((there.data, (row, view)), shape=(len(cells), len(first)))
        return _Seen(adds_up, column[first], below[first], owner[first], itself[first], eyes, *_runs(adds_up))

    @cached_property
    def _demand(self) -> csr_array:
        """What is needed at each cell for a unit that patients ask for at each demand cell."""
        return self._network.needs[:, self._plan.demand.cell]

    @cached_property
    def _target(self) -> np.ndarray:
        return np.maximum(0, own_targets(self._network, self._plan.replenishment))


def _runs(adds_up: csr_array) -> tuple[np.ndarray | None, csr_array]:
    """(where runs of columns begin that are alike, a column of each), None where not all that is there is 1."""
    by_column = adds_up.tocsc()
    by_column.sort_indices()
    begin, rows = by_column.indptr, by_column.indices
    if not len(rows) or (by_column.data != 1).any():
        return None, adds_up
    count = np.diff(begin)
    place = np.arange(len(rows), dtype=rows.dtype) - np.repeat(begin[:-1], count)
    column = np.repeat(np.arange(len(count), dtype=rows.dtype), count)
    before = begin[column - 1] + place
    alike = np.append(True, count[1:] == count[:-1])
    alike[column[(column == 0) | (rows[np.minimum(before, len(rows) - 1)] != rows)]] = False
    starts = np.flatnonzero(~alike)
    return starts, by_column[:, starts].tocsr()


def _numbered(who: np.ndarray, column: np.ndarray, itself: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(the number of each view, where each is first) among those that differ, those of a column together."""
    key = (column * (int(who.max(initial=0)) + 2) + who + 1) * 2 + itself
    if (key[1:] > key[:-1]).all():  # they differ
        return np.arange(len(key)), np.arange(len(key))
    if (most := int(key.max())) > DENSE * len(key):
        _, first, number = np.unique(key, return_index=True, return_inverse=True)
        return number, first
    place, number = np.full(most + 1, -1), np.empty(most + 1, dtype=np.int64)  # sooner than to sort them
    place[key[::-1]] = np.arange(len(key))[::-1]
    there = np.flatnonzero(place >= 0)
    number[there] = np.arange(len(there))
    return number[key], place[there]
