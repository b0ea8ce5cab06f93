"""What parties promise about a reserve with claims, and which of that they keep and break each evening."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from sim.engine.books.claim_book import ClaimBook
from sim.engine.bound.claims import BoundClaims
from sim.engine.bound.in_force import ALWAYS
from sim.engine.bound.trust import BoundTrust
from sim.model.part import Part


class PoolPromises(Part):
    """Promises about one reserve, told as pairs of parties (see `BoundTrust`).

    An account stands for the parties whose members draw on it. `_lent` are pairs whose second party lent the first of
    its claim today, `_refused` those in which it kept its claim from the first, which would have borrowed; masks.
    """

    CHANGES = ("_lent", "_refused")

    def __init__(self, trust: BoundTrust, claims: BoundClaims, members: np.ndarray, book: ClaimBook) -> None:
        owner, accounts = trust.owner[members], len(claims.size)
        self._claims, self._book = claims, book
        self._party = np.zeros((accounts, len(trust.parties)), dtype=np.int64)
        self._party[claims.of_member[owner >= 0], owner[owner >= 0]] = 1
        self._apart = (claims.product[:, None] == claims.product) & ~np.eye(accounts, dtype=bool)
        self.open_day()

    def open_day(self) -> None:
        """Nothing has been lent or refused today."""
        self._lent, self._refused = np.zeros((2, self._party.shape[1] ** 2), dtype=bool)

    def lend(self, debtors: np.ndarray, lenders: np.ndarray) -> None:
        """Accounts (masks) borrow of others today."""
        self._lent = self._lent | self._pairs(debtors[:, None] & lenders)

    def refuse(self, wanting: np.ndarray, keepers: np.ndarray) -> None:
        """Accounts (masks) would borrow today of others that are kept from them."""
        self._refused = self._refused | self._pairs(wanting[:, None] & keepers)

    def review(self, day: int, promises: Collection[str], kept: np.ndarray, broken: np.ndarray) -> None:
        """Which of them were kept and broken on a day; into the two masks over pairs."""
        if "goods" in promises:
            broken |= self._refused
        if "shares" in promises:
            kept |= self._lent
        loans = self._book.loans
        if "loans" in promises and loans.left.size:
            late = (loans.left > 0) & (loans["due"] <= day) & (day < loans["over"])
            paid = (loans.left == 0) & (loans["due"] == day) & (loans["lent"] > 0) & (loans["written_off"] == 0)
            broken |= self._pairs(self._between(late) & (self._book.owed > 0)[:, None])
            kept |= self._pairs(self._between(paid))
        if "contributions" in promises:
            self._contributed(day, kept, broken)

    def _between(self, rows: np.ndarray) -> np.ndarray:
        """Whose claims were lent to whom in some loans (a mask); shape (accounts, accounts)."""
        loan, party = np.nonzero(self._book.lenders & rows[:, None])
        debtor = self._book.loans["flow"][loan]
        found = np.zeros_like(self._apart)
        found[self._claims.product[debtor] * len(self._claims.parties) + party, debtor] = True
        return found

    def _contributed(self, day: int, kept: np.ndarray, broken: np.ndarray) -> None:
        """Contributions were made on their day, or are due, until they are made or their claim is shared again; what
        was due before the first counted day counts on that."""
        claims = self._claims
        there, first = claims.due > ALWAYS, np.maximum(0, np.ceil(claims.due))
        made = there & (first == day) & (claims.made <= claims.due)
        late = there & (first <= day) & (day < np.ceil(claims.made))
        late &= (first == day) | (day < np.ceil(claims.over))
        whose = claims.party != len(claims.parties) - 1
        for mask, party in ((kept, made), (broken, late)):
            if party.any():
                mask |= self._pairs(whose[:, None] & party[claims.party])

    def _pairs(self, promised: np.ndarray) -> np.ndarray:
        """Pairs of parties between which something was promised, given that to accounts (rows) by others."""
        found = self._party.T @ (promised & self._apart) @ self._party > 0
        np.fill_diagonal(found, False)
        return np.asarray(found.reshape(-1))
