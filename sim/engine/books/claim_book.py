"""The book of claims on a reserve: what each party may still draw, owes and is owed, to the unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.books.loans import LoanBook, LoanRecord
from sim.engine.bound.claims import BoundClaims
from sim.errors import SimulationError
from sim.model.part import Part
from sim.model.vocabulary import Event
from sim.policies.allocation.base import in_turn, largest_remainder

FIGURES = (
    "drawn", "alone", "shared", "borrowed", "repaid", "written_off", "lent", "regained", "refilled", "brought",
    "lost", "passed_on",
)  # fmt: skip
"""Units of an account in all so far: drawn on its claim, of that while the reserve was closed; had of what nobody
claims; borrowed of others, paid back and given up of that; lent to others, regained of that; put into its claim when
the reserve was filled, and what its party brought as its contribution; taken off it when goods were lost or its size
was lowered, and what it got (below 0: lost) when a claim was shared among others."""


@dataclass(frozen=True)
class ClaimRecord:
    """Claims on a reserve over the days of a run.

    `claim` and `owed` are what each account has left and owes in the evening, shape (days, accounts); `totals` units
    in all by then of each of `FIGURES`, shape (days, figures, accounts); `first` the totals before the first day.
    `loans` are what accounts borrowed of the others together.
    """

    bound: BoundClaims
    claim: np.ndarray
    totals: np.ndarray
    first: np.ndarray
    loans: LoanRecord

    @property
    def owed(self) -> np.ndarray:
        """Units borrowed that are neither paid back nor given up; shape (days, accounts)."""
        borrowed, repaid, off = (self.total(name) for name in ("borrowed", "repaid", "written_off"))
        return np.asarray(borrowed - repaid - off)

    def total(self, figure: str) -> np.ndarray:
        """Units in all by the evening of each day, shape (days, accounts)."""
        return np.asarray(self.totals[:, FIGURES.index(figure)])

    def daily(self, figure: str) -> np.ndarray:
        """Units of each day, shape (days, accounts)."""
        place = FIGURES.index(figure)
        return np.diff(self.totals[:, place], axis=0, prepend=self.first[place][None])


class ClaimBook(Part):
    """What accounts have left (`claim`), are owed (`owed`) by borrowers, are yet `to_bring`, and their figures so far.

    All together they always have what the reserve has, product by product. `lenders` says of each loan whose claims
    were lent, a mask over (loans, parties).
    """

    CHANGES = ("claim", "owed", "to_bring", "lenders", "_totals", "_first", "_opening")
    GROWS = ("_days",)

    def __init__(self, bound: BoundClaims, name: str, journal: Journal) -> None:
        self._bound, self._name, self._journal = bound, name, journal
        self._product, self._nobodys = bound.product, bound.party == len(bound.parties) - 1
        self.claim = np.zeros(len(bound.size), dtype=np.int64)
        self._opening = self.claim
        self.owed, self.to_bring = np.zeros((2, len(bound.size)), dtype=np.int64)
        self.lenders = np.zeros((0, len(bound.parties)), dtype=bool)
        self._totals = np.zeros((len(FIGURES), len(bound.size)), dtype=np.int64)
        self._first = self._totals.copy()
        self.loans = LoanBook(len(bound.size))
        self._days: list[tuple[np.ndarray, np.ndarray]] = []

    @property
    def debt(self) -> np.ndarray:
        """Units that each account owes."""
        return self.loans.owed

    def open_with(self, claims: np.ndarray) -> None:
        """Accounts begin with these claims."""
        self.claim, self._opening = claims.copy(), claims

    def of_product(self, units: np.ndarray) -> np.ndarray:
        """Sums over the accounts of each product."""
        return np.asarray(units.reshape(len(self._bound.products), -1).sum(axis=1))

    def per_product(self, units: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Units of each product split over its accounts in proportion, by largest remainder; at most the weights."""
        return largest_remainder(units, self._product, weights)

    def so_far(self, figure: str) -> np.ndarray:
        """Units of accounts in all."""
        return np.asarray(self._totals[FIGURES.index(figure)])

    def add(self, figure: str, units: np.ndarray) -> None:
        """Count units of accounts."""
        self._totals[FIGURES.index(figure)] += units

    def draw(self, own: np.ndarray, alone: np.ndarray, shared: np.ndarray) -> None:
        """Units leave for accounts: of their own claims, while the reserve is open or closed, and of what nobody
        claims."""
        taken = own + alone
        self.add("alone", alone)
        taken[self._nobodys] += self.of_product(shared)
        self.claim -= taken
        self.add("drawn", taken)
        self.add("shared", shared)

    def borrow(
        self, units: np.ndarray, lenders: np.ndarray, day: int, lasts: int, written_off: int | None
    ) -> np.ndarray:
        """Units leave for accounts, for so many days, of what `lenders` (a mask) have left, in proportion; what each
        has lent."""
        who, lent = units.nonzero()[0], np.zeros_like(units)
        if who.size:
            lent = self.per_product(self.of_product(units), np.where(lenders, self.claim, 0))
            self.claim -= lent
            self.owed += lent
            self.add("lent", lent)
            self.add("borrowed", units)
            self.loans.lend(who, units[who], day, lasts, written_off)
            whose = lent.reshape(len(self._bound.products), -1)[self._product[who]] > 0
            self.lenders = np.concatenate([self.lenders, whose])
            self._tell("claim_borrowed", day, units)
        return lent

    def pay_back(self, units: np.ndarray, day: int) -> None:
        """Units of debtors, over accounts, are in the reserve again; they are its lenders'."""
        rows = self.loans.due(day)
        whose = self.loans["flow"][rows]
        paid = in_turn(units, whose, self.loans.left[rows], np.argsort(whose, kind="stable"))
        self.loans.repay(rows, paid)
        back = self.per_product(self.of_product(units), self.owed)
        self.owed -= back
        self.claim += back
        self.add("repaid", units)
        self.add("regained", back)
        self._tell("claim_repaid", day, units)

    def look_at_loans(self, day: int) -> None:
        """The journal tells of what was not paid back on its day; what is too long overdue is given up."""
        late = ((self.loans["due"] == day) & (self.loans.left > 0)).nonzero()[0]
        if late.size:
            self._tell("claim_late", day, self._of_accounts(late, self.loans.left[late]))
        before = self.loans.left
        rows = self.loans.write_off(day)
        if rows.size:
            given_up = self._of_accounts(rows, before[rows])
            self.owed -= self.per_product(self.of_product(given_up), self.owed)
            self.add("written_off", given_up)
            self._tell("claim_written_off", day, given_up)

    def fill(self, units: np.ndarray, targets: np.ndarray) -> None:
        """Units of each product have come into the reserve, at most what is lacking of the claims that there should be
        (`targets`): they go to who lacks most, and are first what that is to bring."""
        got = self.per_product(units, np.maximum(0, targets - self.claim - self.owed))
        brought = np.minimum(got, self.to_bring)
        self.claim += got
        self.to_bring -= brought
        self.add("refilled", got - brought)
        self.add("brought", brought)

    def balance(self, stock: np.ndarray) -> None:
        """What is not there any more is everybody's loss, in proportion; `stock` over products."""
        gap = self.of_product(self.claim) - stock
        if np.count_nonzero(gap):
            less = self.per_product(np.maximum(gap, 0), self.claim)
            self.claim -= less
            self.add("lost", less)

    def pass_on(self, gone: np.ndarray, weights: np.ndarray, day: int) -> None:
        """What some accounts (a mask) have, and are owed, is shared among others in proportion to their weights."""
        units = np.where(gone, self.claim, 0)
        got = self.spread(self.of_product(units), weights)
        self.claim += got - units
        self.add("passed_on", got - units)
        self._tell("claims_shared_again", day, units)
        units = np.where(gone, self.owed, 0)
        self.owed += self.spread(self.of_product(units), weights) - units
        of_what = self._product[self.loans["flow"]]
        mine, heirs = (x.reshape(len(self._bound.products), -1)[of_what] for x in (gone, weights > 0))
        passed = np.any(self.lenders & mine, axis=1, keepdims=True)
        self.lenders = self.lenders & ~mine | passed & heirs

    def spread(self, units: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Units of each product split over its accounts in proportion to weights, by largest remainder; where nobody
        has any weight they are nobody's."""
        weight = self.of_product(weights)
        times = np.where(weight > 0, -(-units // np.maximum(weight, 1)), 0)[self._product]
        nobodys = (weight == 0)[self._product] & self._nobodys
        return self.per_product(units, np.where(nobodys, units[self._product], weights * times))

    def note(self, day: int) -> None:
        """The evening of a day is over."""
        if day >= 0:
            self._days.append((self.claim.copy(), self._totals.copy()))
        else:
            self._first = self._totals.copy()

    def check(self, day: int, stock: np.ndarray) -> None:
        """Raise SimulationError where claims are not what the reserve has, or what is owed is not what was lent."""
        self.loans.check(day)
        figure = dict(zip(FIGURES, self._totals, strict=True))
        told = self._opening - figure["drawn"] - figure["lent"] + figure["regained"] + figure["refilled"]
        told = told + figure["brought"] - figure["lost"] + figure["passed_on"]
        owed = self.of_product(self.debt) - self.of_product(self.owed)
        if (self.of_product(self.claim) != stock).any() or (told != self.claim).any() or owed.any():
            raise SimulationError(f"day {day}: claims on reserve '{self._name}' are not what it has and is owed")
        if self.claim.min(initial=0) < 0 or self.owed.min(initial=0) < 0:
            raise SimulationError(f"day {day}: a claim on reserve '{self._name}' is negative")

    def record(self) -> ClaimRecord:
        """All of it."""
        none = np.zeros((0, len(self.claim)), dtype=np.int64)
        claim = np.array([claim for claim, _ in self._days]) if self._days else none
        totals = np.array([t for _, t in self._days]) if self._days else np.zeros((0, *self._totals.shape), np.int64)
        return ClaimRecord(self._bound, claim, totals, self._first, self.loans.record())

    def _of_accounts(self, rows: np.ndarray, units: np.ndarray) -> np.ndarray:
        return np.bincount(self.loans["flow"][rows], units, len(self.claim)).astype(np.int64)

    def _tell(self, event: Event, day: int, units: np.ndarray) -> None:
        """An entry of the journal for each account with units; its cause names reserve and party."""
        if not self._journal.keeps(event):
            return
        bound = self._bound
        for party in np.unique(bound.party[units > 0]).tolist():
            mine = ((bound.party == party) & (units > 0)).nonzero()[0]
            cause = f"{self._name}: {bound.parties[party] or 'nobody'}"
            self._journal.note(event, day, -1, bound.products[bound.product[mine]], units[mine], cause=cause)
