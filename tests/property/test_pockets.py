"""Pockets of lots against a plain list of (key, units): what goes out first, and what is left."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.model.goods.lots import Pockets, lot_of, shared_out

POCKETS = 3
STEP = st.one_of(
    st.tuples(
        st.just("put"), st.lists(st.tuples(st.integers(0, 2), st.integers(-9, 9), st.integers(0, 5)), max_size=6)
    ),
    st.tuples(
        st.just("replace"),
        st.sets(st.integers(0, 2)),
        st.lists(st.tuples(st.integers(0, 2), st.integers(-9, 9), st.integers(0, 5)), max_size=12),
    ),
    st.tuples(st.just("take"), st.lists(st.integers(0, 9), min_size=POCKETS, max_size=POCKETS)),
    st.tuples(st.just("take all"), st.lists(st.integers(0, 9), min_size=POCKETS, max_size=POCKETS)),
    st.tuples(st.just("remove"), st.sets(st.integers(0, 9))),
)


def key_of(rank: int) -> int:
    """A key whose lot is the rank's size, so that several ranks share a lot."""
    return (rank << 24) | abs(rank)


def by_lot(parts: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Units of each lot, from (key or lot, units)."""
    found: dict[int, int] = {}
    for key, units in parts:
        lot = int(lot_of(np.array(key)))
        found[lot] = found.get(lot, 0) + units
    return {lot: units for lot, units in found.items() if units}


class Lists:
    """The same, slowly: a sorted list of [key, units] for each pocket."""

    def __init__(self) -> None:
        self.pockets: list[dict[int, int]] = [{} for _ in range(POCKETS)]

    def put(self, rows: list[tuple[int, int, int]]) -> None:
        for pocket, rank, units in rows:
            if units:
                mine = self.pockets[pocket]
                mine[key_of(rank)] = mine.get(key_of(rank), 0) + units

    def take(self, units: list[int]) -> list[tuple[int, int, int]]:
        found = []
        for pocket, wanted in enumerate(units):
            mine = self.pockets[pocket]
            for key in sorted(mine):
                some = min(mine[key], wanted)
                if some:
                    found.append((pocket, key, some))
                mine[key] -= some
                wanted -= some
                if not mine[key]:
                    del mine[key]
        return found

    def remove(self, lots: set[int]) -> None:
        for mine in self.pockets:
            for key in [k for k in mine if int(lot_of(np.array(k))) in lots]:
                del mine[key]

    def contents(self) -> list[tuple[int, int, int]]:
        return [
            (p, int(lot_of(np.array(key))), units)
            for p, mine in enumerate(self.pockets)
            for key, units in sorted(mine.items())
        ]


@given(st.lists(STEP, max_size=20))
def test_pockets_keep_what_lists_keep(steps: list) -> None:
    fast, slow = Pockets(POCKETS, slots=1), Lists()
    for what, *with_ in steps:
        with_ = with_ if what == "replace" else with_[0]
        if what == "put":
            columns = np.array(with_, dtype=np.int64).reshape(-1, 3).T
            fast.put(columns[0], np.array([key_of(int(r)) for r in columns[1]], dtype=np.int64), columns[2])
            slow.put(with_)
        elif what == "replace":
            rows = [row for row in with_[1] if row[0] in with_[0]]
            columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
            keys = np.array([key_of(int(r)) for r in columns[1]], dtype=np.int64)
            fast.replace(np.array(sorted(with_[0]), dtype=np.int64), columns[0], keys, columns[2])
            for emptied in with_[0]:
                slow.pockets[emptied] = {}
            slow.put(rows)
        elif what == "take":
            key, taken = fast.take(np.arange(POCKETS), np.array(with_))
            slot, pocket = np.nonzero(taken)
            found = zip(pocket.tolist(), key[slot, pocket].tolist(), taken[slot, pocket].tolist(), strict=True)
            assert sorted(found) == sorted(slow.take(with_))
        elif what == "take all":
            fast.later += np.minimum(np.array(with_), fast.totals())
            expected = by_lot((key, units) for _, key, units in slow.take(with_))
            assert fast.totals().tolist() == [sum(mine.values()) for mine in slow.pockets]
            lots, units = fast.settle(np.array([2, 0, 1, 0]))
            assert by_lot(zip(lots.tolist(), units.tolist(), strict=True)) == expected
        else:
            mask = np.isin(np.arange(10), list(with_))
            fast.remove(mask)
            slow.remove(with_)
        contents = slow.contents()
        assert [tuple(map(int, row)) for row in zip(*fast.contents(), strict=True)] == contents
        held = by_lot((lot, units) for _, lot, units in contents)
        assert fast.by_lot(10).tolist() == [held.get(lot, 0) for lot in range(10)]


@given(st.data())
def test_claims_are_filled_in_order_of_issue(data: st.DataObject) -> None:
    """Each claim gets its units; claims and lots are both used up in their order."""
    lots = data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=5))
    total = sum(lots)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, total - 1)), max_size=4)) | {0, total})
    claims = np.diff(cuts)
    taken, key = np.array(lots)[:, None], np.arange(len(lots), dtype=np.int64)[:, None]
    claim, lot, units = shared_out(taken, key, claims)
    expected: dict[tuple[int, int], int] = {}
    of_lot, of_claim = np.repeat(np.arange(len(lots)), lots), np.repeat(np.arange(len(claims)), claims)
    for pair in zip(of_claim.tolist(), of_lot.tolist(), strict=True):
        expected[pair] = expected.get(pair, 0) + 1
    assert {(c, x): u for c, x, u in zip(claim.tolist(), lot.tolist(), units.tolist(), strict=True)} == expected
