"""Claims during a run: who may draw how much of a reserve this evening, and on whose claim."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np

from sim.engine.books.claim_book import ClaimBook
from sim.engine.books.journal import Journal
from sim.engine.bound.in_force import ReserveChange
from sim.engine.deciding.daily_rate import DailyRate
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.watch import Watch
from sim.engine.plan import ReservePlan
from sim.engine.sharing.pool_promises import PoolPromises
from sim.model.network import Network
from sim.model.part import Part
from sim.policies.allocation.base import largest_remainder

OWN, ALONE, SHARED, BORROWED = range(4)
"""On what goods are drawn: the own claim, the same while the reserve is closed, what nobody claims, others' claims."""
ROUNDS = ("own claims", "own claims while closed", "unclaimed", "on loan")
"""The same in words."""
Share = Callable[[np.ndarray, np.ndarray, str], np.ndarray]
"""Units given on the reserve's flows, of what is asked on each and what holders have left; and how that is called."""


class ClaimDesk(Part):
    """Whose claim is drawn on, each evening.

    Lines are the reserve's flows, and then members that hold it themselves. Over accounts: `target` is what each should
    have, `_opened` and `_closed` whose parties have opened or closed their own by decision, `_needy` whose own
    condition is met, `_unpaid` who may draw nothing, `_gone` whose claims have been shared again, and `_absent` who has
    yet to bring goods; `_keeps` who keeps its claim to itself, and `_kept` and `_away` the lines of such parties, and
    those on which they are not sent anything.
    """

    CHANGES = (
        "target", "_opened", "_closed", "_needy", "_unpaid", "_gone", "_absent", "_keeps", "_kept", "_away",
    )  # fmt: skip

    def __init__(
        self, network: Network, plan: ReservePlan, stock: np.ndarray, reports: Reports, journal: Journal
    ) -> None:
        assert plan.claims is not None
        bound = self._bound = plan.claims
        accounts = len(bound.size)
        self._spec, self._plan = plan.spec, plan
        self.promises: PoolPromises | None = None
        self._holder = np.concatenate([plan.flow_holder, plan.own[:, 0]])
        self._flows = len(plan.flow)
        self._account = np.concatenate([bound.of_flow, bound.of_own])
        self._nobodys = bound.party == len(bound.parties) - 1
        self._opened, self._closed, self._needy, self._unpaid, self._gone = np.zeros((5, accounts), bool)
        self._absent, self._keeps = np.zeros((2, accounts), bool)
        self._kept, self._away = np.zeros((2, len(self._account)), bool)
        if bound.standings:
            self._absent = bound.standings[0].absent[bound.party]
        self.book = ClaimBook(bound, plan.name, journal)
        self.target = self._targets(self._per_product(stock), self._per_product(plan.size))
        self.book.open_with(self.target)
        self._daily = DailyRate(accounts)
        self._when = None if plan.spec.self_release is None else plan.spec.self_release.when
        party = bound.of_member % len(bound.parties)
        self._watch = Watch(network, plan.members, party, reports, bound.of_member)

    @property
    def alone(self) -> np.ndarray:
        """Accounts that may be drawn on although the reserve is closed; a mask."""
        return (self._opened | self._needy) & ~self._nobodys

    def settle(self, day: int, changes: tuple[ReserveChange, ...], at_most: float | None) -> None:
        """Go by what parties have decided about their own claims; at most such a share of a claim leaves a day that is
        opened alone."""
        self._opened, self._closed = np.zeros((2, len(self.target)), dtype=bool)
        share = np.full(len(self.target), np.inf if at_most is None else at_most)
        for change in changes:
            if change.whose and change.release is not None and change.since <= day < change.until:
                mine = self._bound.of_parties(change.whose)
                self._opened[mine], self._closed[mine] = change.opens, not change.opens
                if change.release.at_most is not None:
                    share[mine] = change.release.at_most
        limited = np.isfinite(share)
        self._daily.units = np.where(limited, np.where(limited, share, 0) * self._bound.size, 1e15)

    def keep(self, cells: np.ndarray) -> None:
        """Parties keep the claims on which these cells (a mask) draw to themselves: where others hold it they are sent
        nothing, and who has none but such members lends and borrows nothing."""
        plan, bound = self._plan, self._bound
        mine = cells[plan.members]
        number, keep = (np.bincount(bound.of_member, some, len(self.target)) for some in (np.ones(len(mine)), mine))
        self._keeps = (keep > 0) & (keep == number)
        self._kept = self._keeps[self._account]
        if mine.any():
            behind = [mine[serves].all() for serves in plan.flow_serves]
            self._kept = self._kept | np.array([*behind, *mine[plan.own[:, 1]]], dtype=bool)
        self._away = self._kept & ~cells[plan.holder[self._holder]]

    def review(self, day: int, stock: np.ndarray, size: np.ndarray, full: np.ndarray) -> None:
        """The evening's look: what was lost, who has paid, who needs its own; over holders. `size` is what there should
        be, `full` with what parties are still to bring."""
        if self.promises is not None:
            self.promises.open_day()
        self.book.balance(self._per_product(stock))
        total = self._per_product(size)
        before, absent = self._gone, self._absent
        for standing in self._bound.standings:
            if standing.since <= day:
                self._unpaid, self._gone, self._absent = (
                    mask[self._bound.party] for mask in (standing.unpaid, standing.lost, standing.absent)
                )
        if (new := self._gone & ~before).any():
            self.book.pass_on(new, self._weights, day)
        if new.any() or (self.book.of_product(self.target) != total).any():
            new_target = self._targets(total, self._per_product(full))
            came = absent & ~self._absent & ~self._gone
            self.book.to_bring += np.where(came, np.maximum(0, new_target - self.target), 0)
            self.target = new_target
        if self._when is not None:
            met = self._watch.met(self._when, day)
            self._needy = np.bincount(self._bound.of_member, met, len(self.target)) > 0

    @property
    def _weights(self) -> np.ndarray:
        """By what claims are shared again: the claims of those who have paid."""
        return np.where(self._unpaid | self._gone | self._nobodys, 0, self._bound.size)

    def _targets(self, total: np.ndarray, full: np.ndarray) -> np.ndarray:
        """What each should have of so many units of each product, of which the reserve is to have `full` once all is
        brought, with the claims shared again that are. Who has yet to bring goods lacks them first."""
        book = self.book
        whole = book.spread(full, self._bound.size)
        for lacks in (self._absent, True):
            short = book.of_product(whole) - total
            whole = whole - book.per_product(short, np.where(lacks, whole, 0))
        freed = book.of_product(np.where(self._gone, whole, 0))
        return np.where(self._gone, 0, whole) + book.spread(freed, self._weights)

    def lacks(self, stock: np.ndarray, size: np.ndarray) -> np.ndarray:
        """Units over holders that may be put back: what is owed is its debtors' to bring."""
        room = self._per_product(size) - self._per_product(stock) - self.book.of_product(self.book.owed)
        return largest_remainder(np.maximum(0, room), self._bound.of_holder, np.maximum(0, size - stock))

    def refilled(self, units: np.ndarray) -> None:
        """Units, over holders, were put back."""
        if np.count_nonzero(units):
            self.book.fill(self._per_product(units), self.target)

    def _per_product(self, units: np.ndarray) -> np.ndarray:
        return np.bincount(self._bound.of_holder, units, len(self._bound.products)).astype(np.int64)

    def _by_account(self, units: np.ndarray) -> np.ndarray:
        """Units over lines as sums of each account."""
        return np.bincount(self._account, units, len(self.target)).astype(np.int64)

    def close(self, day: int, stock: np.ndarray) -> None:
        """The evening is over; `stock` over holders."""
        there = self._per_product(stock)
        self.book.balance(there)
        if self.any_debt:
            self.book.look_at_loans(day)
        self.book.check(day, there)
        self.book.note(day)

    # who gets what this evening

    def share_out(
        self, open_: np.ndarray, wanted: np.ndarray, left: np.ndarray, share: Share, day: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """(units given on each line, units drawn in each way by each account, shape (4, accounts)).

        `open_` says to whom the reserve is open, `wanted` are units over lines, `left` over holders.
        """
        account, left = self._account, left.copy()
        got, parts = np.zeros_like(wanted), np.zeros((4, len(self.target)), dtype=np.int64)
        may = ~(self._closed | self._unpaid)[account] & ~self._away
        late = self.book.so_far("written_off") > 0
        late[self.book.loans["flow"][self.book.loans.due(day)]] = True
        alone, lent = ~open_ & self.alone[account], open_ & ~self._kept
        for kind, who in ((OWN, open_), (ALONE, alone), (SHARED, open_), (BORROWED, lent)):
            for again in count(1):
                asked = np.where(who & may & (left[self._holder] > 0), wanted - got, 0)
                limit = self._limit(kind, self._by_account(asked), parts, late)
                now = largest_remainder(np.maximum(0, limit), account, asked)
                if not np.count_nonzero(now):
                    break
                now[self._flows :] = np.minimum(now[self._flows :], left[self._holder[self._flows :]])
                np.subtract.at(left, self._holder[self._flows :], now[self._flows :])
                called = ROUNDS[kind] if again == 1 else f"{ROUNDS[kind]} {again}"
                now[: self._flows] = share(now[: self._flows], left, called)
                np.subtract.at(left, self._holder[: self._flows], now[: self._flows])
                if not np.count_nonzero(now):
                    break
                got += now
                parts[kind] += self._by_account(now)
        if self.promises is not None and self._withheld.any():
            asked = self._by_account(np.where(lent & may & (left[self._holder] > 0), wanted - got, 0))
            has = self.book.claim - parts[OWN] - parts[ALONE]
            wants = np.minimum(asked, self._may_borrow(has, parts, late)) > 0
            self.promises.refuse(wants, self._withheld & (has > 0))
        return got, parts

    def _limit(self, kind: int, asked: np.ndarray, parts: np.ndarray, late: np.ndarray) -> np.ndarray:
        """Units that accounts may draw in one way beside what they have drawn already."""
        book, product = self.book, self._bound.product
        left = book.claim - parts[OWN] - parts[ALONE]
        if kind == OWN:
            return left
        if kind == ALONE:
            limit = np.minimum(left, self._daily.today() - parts[ALONE])
            if self._spec.self_release is not None:
                most = np.floor(self._spec.self_release.at_most * self.target + 1e-9).astype(np.int64)
                limit = np.minimum(limit, most - book.so_far("alone") - parts[ALONE])
            return limit
        if kind == SHARED:
            there = left[self._nobodys] - book.of_product(parts[SHARED])
            return largest_remainder(np.maximum(0, there), product, asked)
        most = self._may_borrow(left, parts, late)
        there = book.of_product(np.where(self._lenders, left, 0)) - book.of_product(parts[BORROWED])
        return largest_remainder(np.maximum(0, there), product, np.minimum(most, asked))

    def _may_borrow(self, left: np.ndarray, parts: np.ndarray, late: np.ndarray) -> np.ndarray:
        """Units that accounts may borrow beside what they have drawn already, if there is somebody who lends them."""
        if self._spec.borrow is None:
            return np.zeros_like(left)
        most = np.floor(self._spec.borrow.up_to * self.target + 1e-9).astype(np.int64)
        most -= self.book.debt + parts[BORROWED]
        return np.where(self._nobodys | late | (left > 0), 0, np.maximum(0, most))

    @property
    def _withheld(self) -> np.ndarray:
        """Accounts that are kept from others; a mask."""
        return (self._closed | self._keeps) & ~self._nobodys

    @property
    def _lenders(self) -> np.ndarray:
        return ~self._withheld & ~self._nobodys

    def enter(self, open_: np.ndarray, units: np.ndarray, parts: np.ndarray, day: int) -> None:
        """Units set out on lines, at most what was given: they are of the own claim first, borrowed last."""
        alone, drawn = self._by_account(np.where(open_, 0, units)), self._by_account(np.where(open_, units, 0))
        own = np.minimum(drawn, np.where(self._nobodys, drawn, self.book.claim - alone))
        shared = np.minimum(drawn - own, parts[SHARED])
        self.book.draw(own, alone, shared)
        self._daily.use(alone)
        if (borrow := self._spec.borrow) is not None:
            off = None if borrow.written_off is None else int(np.ceil(borrow.written_off))
            units = drawn - own - shared
            lent = self.book.borrow(units, self._lenders, day, int(np.ceil(borrow.pay_back)), off)
            if self.promises is not None and np.count_nonzero(lent):
                self.promises.lend(units > 0, lent > 0)

    # paying back

    @property
    def any_debt(self) -> bool:
        """Whether anybody owes anything."""
        return bool(np.count_nonzero(self.book.owed))

    def due(self, there: np.ndarray, spare: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
        """(units that are paid back on each line today, what of that is kept of `there`, which would be its debtor's).

        `spare`, over holders, is nobody's and goes first.
        """
        rows, flows = self.book.loans.due(day), self._flows
        owed = np.bincount(self.book.loans["flow"][rows], self.book.loans.left[rows], len(self.target)).astype(np.int64)
        ways = np.where(np.arange(len(there)) < flows, spare[self._holder], 0)
        first = largest_remainder(spare, self._holder, largest_remainder(owed, self._account, ways))
        kept = largest_remainder(owed - self._by_account(first), self._account, there)
        return first + kept, kept

    def paid(self, units: np.ndarray, day: int) -> None:
        """Units, over lines, were paid back."""
        self.book.pay_back(self._by_account(units), day)
