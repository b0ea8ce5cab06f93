"""Trust during a run: promises kept and broken each evening, and how far each party trusts each other since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.engine.books.claim_book import ClaimBook
from sim.engine.books.journal import Journal
from sim.engine.books.loans import LoanBook
from sim.engine.bound.claims import BoundClaims
from sim.engine.bound.trust import BoundTrust
from sim.engine.knowing.told import Told
from sim.engine.sharing.pool_promises import PoolPromises
from sim.model.effects import Quantities
from sim.model.network import Network
from sim.model.part import Part
from sim.model.vocabulary import QuantityName

HELD_BACK: tuple[QuantityName, ...] = ("flow.allowance", "flow.exports", "flow.gives", "flow.releases")
"""Of which less than 1, the whole of the usual, means that goods are held back."""


@dataclass(frozen=True)
class TrustRecord:
    """What became of trust: a row for each pair and counted day on which it moved or a promise was kept or broken.

    `day` and `pair` (see `BoundTrust`), `kept` whether a promise was kept rather than broken, and `trust` since then.
    """

    day: np.ndarray
    pair: np.ndarray
    kept: np.ndarray
    trust: np.ndarray


class Trust(Part):
    """Trust over pairs of parties; moved in the evening, after all goods have left, and in force from then on.

    `_sent` are pairs whose second party sent the first something today that it had not ordered of it, masks;
    `_broke` those in which a promise was broken yesterday; `_reports` are reports due and lost so far, over parties.
    """

    CHANGES = ("level", "_sent", "_broke", "_reports")
    GROWS = ("_rows",)

    def __init__(
        self, bound: BoundTrust, network: Network, quantities: Quantities, journal: Journal, told: Told | None
    ) -> None:
        self._bound, self._quantities, self._journal, self._told = bound, quantities, journal, told
        self.loans: LoanBook | None = None
        self._mean, self._source = network.cell_mean, network.flow_source
        self.level = bound.first.copy()
        self._sent, self._broke = np.zeros((2, len(self.level)), dtype=bool)
        self._reports = np.zeros((2, len(bound.parties)), dtype=np.int64)
        self._rows: list[tuple[int, np.ndarray, np.ndarray, np.ndarray]] = []
        ordered = (np.arange(len(bound.pair)) < network.orders) & (network.flow_share > 0)
        self._buys = np.flatnonzero(ordered & (bound.pair >= 0))
        self._buyer = network.flow_buyer[self._buys]
        self._sources = np.bincount(self._buyer, minlength=len(network.cell_site))

    def gives(self, flow: np.ndarray) -> np.ndarray:
        """Whether those who send on these flows trust those who get it enough to give them something; a mask."""
        rule = self._bound.rule.transfers
        return np.ones(len(flow), dtype=bool) if rule is None else self._of_taker(flow) >= rule.at_least

    def offered(self, flow: np.ndarray, spare: np.ndarray) -> np.ndarray:
        """Units of what they can spare that givers offer on each of these flows."""
        rule = self._bound.rule.transfers
        if rule is None:
            return spare
        trust = self._of_taker(flow)
        more = np.ceil(rule.keep_more * (1 - trust) * self._mean[self._source[flow]] - 1e-9)
        share = trust if rule.offers == "trusted" else 1.0
        return np.floor(np.maximum(0, spare - more) * share + 1e-9).astype(np.int64)

    def doubt(self, cells: np.ndarray) -> np.ndarray | float:
        """What these cells' hoarding is multiplied by: what lacks to full trust in their sources of other parties."""
        if not self._bound.rule.hoarding:
            return 1.0
        lacks = np.bincount(self._buyer, 1 - self.level[self._bound.pair[self._buys]], len(self._sources))
        return np.where(self._sources[cells] > 0, lacks[cells] / np.maximum(1, self._sources[cells]), 1.0)

    def promises_of(self, claims: BoundClaims, members: np.ndarray, book: ClaimBook) -> PoolPromises:
        """What is promised between parties about a reserve with claims, whose member cells these are."""
        return PoolPromises(self._bound, claims, members, book)

    def note_sent(self, flow: np.ndarray) -> None:
        """Goods that were given, lent or released from a reserve leave on these flows."""
        pair = self._bound.pair[flow]
        self._sent[pair[pair >= 0]] = True

    def review(self, day: int, pools: Iterable[PoolPromises]) -> None:
        """The evening of a counted day: promises are kept and broken, those about `pools` too, and trust moves."""
        rule, none = self._bound.rule, np.zeros(len(self.level), dtype=bool)
        loans, told = self.loans, self._told
        broken = self._held_back() if "goods" in rule.promises else none.copy()
        kept = self._sent.copy() if "shares" in rule.promises else none.copy()
        self._sent = none
        if loans is not None and "loans" in rule.promises:
            self._loans(loans, day, kept, broken)
        if told is not None and "reports" in rule.promises:
            self._come(told, kept, broken)
        for pool in pools:
            pool.review(day, rule.promises, kept, broken)
        if day < 0:
            return
        kept &= ~broken
        self.level = np.where(broken, self.level * (1 - rule.broken), self.level)
        self.level = np.where(kept, self.level + rule.kept * (1 - self.level), self.level)
        moved = np.flatnonzero(kept | broken)
        if moved.size:
            self._rows.append((day, moved, kept[moved], self.level[moved]))
        for pair in np.flatnonzero(broken & ~self._broke).tolist():
            one, other = divmod(pair, len(self._bound.parties))
            parties = self._bound.parties
            self._journal.note("promise_broken", day, cause=f"{parties[other]} to {parties[one]}")
        self._broke = broken

    def record(self) -> TrustRecord:
        """All of it."""
        days = np.repeat([day for day, *_ in self._rows], [len(pair) for _, pair, *_ in self._rows]).astype(np.int64)
        columns = [np.concatenate([row[k] for row in self._rows]) if self._rows else np.zeros(0) for k in (1, 2, 3)]
        return TrustRecord(days, columns[0].astype(np.int64), columns[1].astype(bool), columns[2])

    def _of_taker(self, flow: np.ndarray) -> np.ndarray:
        """Trust of who sends on these flows in who gets it; of one party, or nobody's, it is full."""
        pair = self._bound.back[flow]
        return np.where(pair >= 0, self.level[pair], 1.0)

    def _held_back(self) -> np.ndarray:
        """The pairs whose second party holds goods back from the first; a mask."""
        found = np.zeros(len(self.level), dtype=bool)
        for name in HELD_BACK:
            if self._quantities.touched(name):
                of = self._bound.border if name == "flow.exports" else self._bound.pair
                pair = of[self._quantities[name] < 1]
                found[pair[pair >= 0]] = True
        return found

    def _loans(self, loans: LoanBook, day: int, kept: np.ndarray, broken: np.ndarray) -> None:
        """What was due is paid back, or overdue; into the two masks."""
        pair, left = self._bound.back[loans["flow"]], loans.left > 0
        late, paid = left & (loans["due"] <= day), ~left & (loans["due"] == day) & (loans["written_off"] == 0)
        for mask, rows in ((broken, late), (kept, paid & (loans["lent"] > 0))):
            mine = pair[rows]
            mask[mine[mine >= 0]] = True

    def _come(self, told: Told, kept: np.ndarray, broken: np.ndarray) -> None:
        """All reports of a party's sites that were due today come, or none; into the two masks."""
        count, owner = len(self._bound.parties), self._bound.owner[told.cell]
        mine = owner >= 0
        now = np.array([np.bincount(owner[mine], units[mine], count) for units in (told.due, told.never)])
        due, lost = now.astype(np.int64) - self._reports
        self._reports = now.astype(np.int64)
        kept |= self._bound.told & np.tile((due > 0) & (lost == 0), count)
        broken |= self._bound.told & np.tile((due > 0) & (lost == due), count)
