"""Reserves during a run: triggers in the evening review, releases at dispatch, refilling afterwards."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.bound.in_force import ALWAYS, missing, next_turn, settled
from sim.engine.deciding.daily_rate import DailyRate
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.watch import Watch
from sim.engine.plan import Plan, ReservePlan
from sim.engine.sharing.claims import ClaimDesk
from sim.engine.sharing.dispatch import Dispatch
from sim.engine.sharing.trust import Trust
from sim.engine.state.state import State
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.part import Part
from sim.policies.allocation.sharing import Today, bind


class ReserveDesk(Part):
    """One reserve's state of alert, its releases and its refilling.

    Everything is kept for each member cell, so that a reserve may be open to one member and closed to another.
    """

    CHANGES = (
        "released", "_since", "_last_met", "_open", "_alert", "_any_open", "_closed_at", "_asked", "_moved", "_settled",
        "_next_turn", "_had",
    )  # fmt: skip
    VIEWS = ("stock", "_own", "_release", "_refill", "_full", "_size", "_sharing")

    def __init__(
        self,
        plan: Plan,
        position: int,
        state: State,
        dispatch: Dispatch,
        reports: Reports,
        journal: Journal,
        trust: Trust | None = None,
    ) -> None:
        self.reserve: ReservePlan = plan.reserves[position]
        self._position = position
        self.released = np.zeros(len(self.reserve.holder), dtype=np.int64)
        self._network, self._state, self._dispatch, self._journal = plan.network, state, dispatch, journal
        self._had = np.zeros(len(plan.network.flow_buyer), dtype=np.int64)
        holder = self.reserve.holder
        self._floor = None
        if self.reserve.spec.floor:
            self._floor = np.ceil(self.reserve.spec.floor * self.reserve.size - 1e-9).astype(np.int64)
        self.claims: ClaimDesk | None = None
        if self.reserve.claims is not None:
            self.claims = ClaimDesk(plan.network, self.reserve, self._state.reserve[position], reports, journal)
            if trust is not None:
                self.claims.promises = trust.promises_of(self.reserve.claims, self.reserve.members, self.claims.book)
        self._may_keep = dispatch.quantities.touched("cell.keeps_claim")
        self._daily, self._back = DailyRate(len(holder)), DailyRate(len(holder))
        self._settled = ALWAYS
        self.expect_policies(plan)
        members = len(self.reserve.members)
        self._watch = Watch(plan.network, self.reserve.members, self.reserve.member, reports, by=holder)
        self._since = np.full(members, np.nan)
        self._last_met = np.full(members, -np.inf)
        self._open = np.zeros(members, dtype=bool)
        self._alert = self._any_open = False
        self._closed_at = -np.inf
        # makers that keep no stock to refill from make what is lacking beside what is ordered of them
        self._makes = plan.network.making_wait[holder] > 0
        self._usual_wait = plan.usual_wait[holder]
        self._asked, self._moved = np.zeros(len(holder)), np.zeros(len(holder), dtype=np.int64)
        # the member cells that each flow serves, one flow after the other, and where each flow's begin
        self._serves = np.concatenate([np.zeros(0, dtype=np.int64), *self.reserve.flow_serves])
        self._begin = np.cumsum([0, *map(len, self.reserve.flow_serves)])[:-1]

    def expect_policies(self, plan: Plan) -> None:
        """From now on these are the reserve's settings; those in force are as they were."""
        self.reserve = plan.reserves[self._position]
        self._settle(self._settled)

    def _settle(self, day: int) -> None:
        """Go by the settings that are in force on a day, until others are."""
        self._settled, self._next_turn = day, next_turn(self.reserve.changes, day)
        self.rejoin()
        limit = 1.0 if self._release.at_most is None else self._release.at_most
        self._daily.units = limit * self._size
        self._back.units = (0.0 if self._refill is None else self._refill.at_most) * self._size
        if self.claims is not None:
            self.claims.settle(day, self.reserve.changes, self._release.at_most)

    def rejoin(self) -> None:
        self.stock = self._state.reserve[self._position]
        spec = self.reserve.spec
        self._release, self._refill, times = settled(spec.release, spec.refill, self.reserve.changes, self._settled)
        own = (change for change in self.reserve.changes if not change.by_hand)
        self._own, _, _ = settled(spec.release, None, own, self._settled)
        size, lacks = self.reserve.size, missing(self.reserve.changes, self._settled)
        self._full = size if times == 1 else np.floor(times * size + 1e-9).astype(np.int64)
        self._size = self._full if not lacks else np.floor((1 - lacks) * self._full + 1e-9).astype(np.int64)
        self._sharing = bind(self._release.rule, self._network, self.reserve.flow, queue=False)

    @property
    def is_open(self) -> bool:
        """Whether any member may draw today."""
        return self._any_open

    @property
    def gives(self) -> bool:
        """Whether anything may leave today: it is open, or a party takes of its own claim."""
        return self._any_open or (self.claims is not None and bool(np.count_nonzero(self.claims.alone)))

    def review(self, day: float) -> None:
        """Look at the trigger: condition met -> authorisation after the delay; not met for a while -> closed."""
        if day >= self._next_turn:
            before = self._size
            self._settle(int(day))
            if (self._size < before).any():
                self._give_up(np.maximum(0, self.stock - self._size), day)
        self.released.fill(0)
        if self.claims is not None:
            self.claims.review(int(day), self.stock, self._size, self._full)
        release, by_hand = self._own, self._release is not self._own
        met = self._watch.met(release.when, day)
        if not self._alert and not by_hand and not np.count_nonzero(met):
            return
        self._last_met[met] = day
        was_alert = ~np.isnan(self._since)
        self._since[met & ~was_alert] = day
        over = was_alert & (day - self._last_met > release.stand_down)
        self._since[over] = np.nan
        alert = ~np.isnan(self._since)
        # its own condition goes on meanwhile, so that it is as it would have been when nobody decides any more
        self._open = (
            self._watch.met(self._release.when, day) if by_hand else alert & (day >= self._since + release.after)
        )
        any_was_alert, any_was_open = self._alert, self._any_open
        self._any_open = bool(np.count_nonzero(self._open))
        self._alert = self._any_open or bool(np.count_nonzero(alert))
        if self._alert and not any_was_alert:
            self._journal.note("reserve_triggered", day, cause=self.reserve.name)
        if self._any_open and not any_was_open:
            self._journal.note("reserve_opened", day, cause=self.reserve.name)
        if any_was_open and not self._any_open:
            self._closed_at = day
            self._journal.note("reserve_closed", day, cause=self.reserve.name)

    def release(self, requested: np.ndarray, day: float) -> np.ndarray:
        """Units to be sent from the open reserve on each flow, given what is still asked for; shape (flows,).

        What holders take for themselves is theirs when this returns.
        """
        stays = self._too_old(day)
        if self._floor is not None:
            stays = np.minimum(np.maximum(stays, self._floor), self.stock)
        left, reserve = np.minimum(self._daily.today(), self.stock - stays), self.reserve
        if self.claims is not None:
            given = self._by_claim(self.claims, requested, left, day)
        else:
            if len(reserve.own):
                self._take_own(np.where(self._open[reserve.own[:, 1]], self._own_need(left), 0), day)
            mine = (requested[reserve.flow] > 0).nonzero()[0]
            if mine.size:
                mine = mine[self._open_flows()[mine]]
            given = self._share(requested, mine, left - self.released, day, self._had, reserve.name)
            given = self._dispatch.from_reserve(given)
        if self._sharing.remembers:
            self._had += given
        np.add.at(self.released, reserve.flow_holder, given[reserve.flow])
        self._daily.use(self.released)
        self._journal.cells("release", day, *self._some(self.released), cause=reserve.name)
        return given

    def _open_flows(self) -> np.ndarray:
        """Whether somebody behind each flow of the reserve may draw; a mask."""
        if not len(self._begin):
            return np.zeros(0, dtype=bool)
        return np.asarray(np.logical_or.reduceat(self._open[self._serves], self._begin))

    def _share(
        self,
        requested: np.ndarray,
        mine: np.ndarray,
        left: np.ndarray,
        day: float,
        had: np.ndarray,
        called: str,
        today: np.ndarray | None = None,
    ) -> np.ndarray:
        """Units that the rule gives of what holders have left to those who ask on some of the reserve's flows, over
        flows of the network; `had` are units that each of these has had before, `today` this evening, `called` names
        the sharing-out."""
        given, reserve = np.zeros(len(requested), dtype=np.int64), self.reserve
        mine = mine[left[reserve.flow_holder[mine]] > 0]
        if mine.size:
            mine = mine[np.argsort(reserve.flow_holder[mine], kind="stable")]
            holders, source = np.unique(reserve.flow_holder[mine], return_inverse=True)
            flow = reserve.flow[mine]
            claims = self._dispatch.claims(flow, source, left[holders], requested, self._sharing)
            tell = self._dispatch.tell(int(day), called)
            before = None if today is None else Today(today, self._network.flow_source)
            given[flow] = self._sharing.share(claims, self._network, had, tell, today=before)
        return given

    def _by_claim(self, desk: ClaimDesk, requested: np.ndarray, left: np.ndarray, day: float) -> np.ndarray:
        """The same, where everybody draws on claims; what members who hold it take is theirs then."""
        reserve, open_ = self.reserve, np.concatenate([self._open_flows(), self._open[self.reserve.own[:, 1]]])
        had, asks = self._had.copy(), np.zeros(len(requested), dtype=np.int64)
        today = np.zeros_like(asks)
        if self._may_keep:
            desk.keep(self._dispatch.quantities["cell.keeps_claim"] > 0)

        def share(asked: np.ndarray, left: np.ndarray, called: str) -> np.ndarray:
            asks[reserve.flow] = asked
            given = self._share(asks, asked.nonzero()[0], left, day, had, f"{reserve.name}: {called}", today)
            had[reserve.flow] += given[reserve.flow]
            today[reserve.flow] += given[reserve.flow]
            return np.asarray(given[reserve.flow])

        wanted = np.concatenate([requested[reserve.flow], self._own_need(left)])
        units, parts = desk.share_out(open_, wanted, left, share, int(day))
        given = np.zeros(len(requested), dtype=np.int64)
        given[reserve.flow] = units[: len(reserve.flow)]
        given = self._dispatch.from_reserve(given)
        units[: len(reserve.flow)] = given[reserve.flow]
        desk.enter(open_, units, parts, int(day))
        self._take_own(units[len(reserve.flow) :], day)
        return given

    def pay_back(self, granted: np.ndarray, day: float) -> np.ndarray:
        """What is due is put back: out of what holders have beyond all orders, and where that is not enough out of what
        would leave for who owes; by a member that holds it out of what it has above a week's use.

        Returns what still leaves, over flows.
        """
        reserve, desk, state = self.reserve, self.claims, self._state
        assert desk is not None
        if not desk.any_debt:
            return granted
        flows, cell = len(reserve.flow), reserve.members[reserve.own[:, 1]]
        own = np.where(state.backlog[cell] > 0, 0, np.maximum(0, state.on_hand[cell] - self._week(cell)))
        spare = np.maximum(0, state.on_hand[reserve.holder] - state.owed_out[reserve.holder])
        units, kept = desk.due(np.concatenate([granted[reserve.flow], own]), spare, int(day))
        if np.count_nonzero(units):
            granted = granted.copy()
            granted[reserve.flow] -= kept[:flows]
            holder = np.concatenate([reserve.flow_holder, reserve.own[:, 0]])
            self._take_in(np.bincount(holder, units, len(self.stock)).astype(np.int64), day)
            desk.paid(units, int(day))
        return granted

    def refill(self, day: float) -> None:
        """After all sending: put back stock that the holder has no open order for, at most a share of the size a day;
        makers that make to order make it."""
        if not self._refills(day):
            return
        holder, state = self.reserve.holder, self._state
        free = (state.owed_out[holder] == 0) & ~self._makes
        wanted = np.where(free, np.minimum(self._lacks(), self._back.today()), 0)
        if np.count_nonzero(wanted):
            self._dispatch.make_at_once(holder, wanted, int(day))
        self._put_back(np.minimum(wanted, state.on_hand[holder]), day)
        self._back.use(self._moved)
        self._moved.fill(0)

    def refill_by_making(self, day: float) -> None:
        """Before all sending: put back what makers have beyond the orders that are due, and ask them for more."""
        if not self._makes.any() or not self._refills(day):
            self._asked.fill(0)
            return
        holder, state = self.reserve.holder, self._state
        assert state.due is not None and state.for_reserves is not None
        orders = state.due.of(state.unsent)
        if state.withheld is not None:
            orders = np.maximum(0, orders - state.withheld)
        due = np.bincount(self._network.flow_source, orders, len(state.on_hand)).astype(np.int64)
        lacks = self._lacks()
        wanted = np.minimum(lacks, self._back.today())
        wanted = np.minimum(wanted, np.maximum(0, state.on_hand - due)[holder])
        self._put_back(np.where(self._makes, wanted, 0), day)
        asked = np.minimum(self._asked + self._back.units - self._moved, self._back.units * self._usual_wait)
        self._asked = np.where(self._makes, np.clip(asked, 0, lacks - np.where(self._makes, self._moved, 0)), 0.0)
        np.add.at(state.for_reserves, holder, np.ceil(self._asked - 1e-9).astype(np.int64))

    def _refills(self, day: float) -> bool:
        refill = self._refill
        return refill is not None and not self.is_open and day >= self._closed_at + refill.after

    def _lacks(self) -> np.ndarray:
        """Units that each holder lacks of its part; what a party owes is its to bring."""
        if self.claims is not None:
            return self.claims.lacks(self.stock, self._size)
        return np.asarray(self._size - self.stock)

    def _put_back(self, moved: np.ndarray, day: float) -> None:
        """Units, over holders, are put back to fill the reserve."""
        self._moved += moved
        self._take_in(moved, day)
        if self.claims is not None:
            self.claims.refilled(moved)
        self._journal.cells("refill", day, *self._some(moved), cause=self.reserve.name)

    def _take_in(self, moved: np.ndarray, day: float) -> None:
        """Units, over holders, go from ordinary stock into the reserve."""
        holder, state = self.reserve.holder, self._state
        if state.lots is not None:
            state.lots.move(state.lots.pocket[holder], state.lots.reserve[self._position], moved, int(day))
        state.on_hand[holder] -= moved
        self.stock += moved

    def _give_up(self, units: np.ndarray, day: float) -> None:
        """Units, over holders, go from the reserve into ordinary stock, as its size is lower now."""
        holder, lots = self.reserve.holder, self._state.lots
        if lots is not None:
            lots.move(lots.reserve[self._position], lots.pocket[holder], units, int(day))
        self._state.on_hand[holder] += units
        self.stock -= units
        self._journal.cells("reserve_reduced", day, *self._some(units), cause=self.reserve.name)

    def _take_own(self, units: np.ndarray, day: float) -> None:
        """Facilities that hold the reserve themselves take units of it; over `own`."""
        holder, member = self.reserve.own.T
        cell = self.reserve.members[member]
        self._state.on_hand[cell] += units
        self.stock[holder] -= units
        self.released[holder] += units
        lots = self._state.lots
        if lots is not None:
            lots.move(lots.reserve[self._position][holder], lots.pocket[cell], units, int(day))

    def _own_need(self, left: np.ndarray) -> np.ndarray:
        """What facilities that hold the reserve lack to their usual position, of what is left: backlog, and what is
        missing on hand to a week of usual demand; over `own`."""
        holder, member = self.reserve.own.T
        cells = self.reserve.members[member]
        need = np.maximum(0, self._state.backlog[cells] + self._week(cells) - self._state.on_hand[cells])
        need = np.minimum(need, left[holder])
        return need if self._state.orders is None else need * self._state.orders[cells]  # a closed one needs nothing

    def _week(self, cells: np.ndarray) -> np.ndarray:
        """A week of usual demand."""
        return np.ceil(7 * self._network.cell_mean[cells]).astype(np.int64)

    def close_claims(self, day: int) -> None:
        """The evening is over: what was lost is everybody's loss, and the books are right."""
        assert self.claims is not None
        self.claims.close(day, self.stock)

    def lose(self, units: np.ndarray) -> None:
        """Units of the reserve are destroyed, over holders."""
        self.stock -= units
        if self._state.lots is not None:
            self._state.lots.destroy(self._state.lots.reserve[self._position], units)

    def take_out(self, flow: np.ndarray, units: np.ndarray) -> np.ndarray | None:
        """Units leave the reserve on some flows; the pockets of their lots, None where nothing is kept by lot."""
        lots, reserve = self._state.lots, self.reserve
        holder = np.zeros(len(self._network.flow_buyer), dtype=np.int64)
        holder[reserve.flow] = reserve.flow_holder
        np.subtract.at(self.stock, holder[flow], units)
        return None if lots is None else np.asarray(lots.reserve[self._position][holder[flow]])

    def rotate(self, day: int) -> None:
        """Routine rotation: ordinary stock gets what expires first, the reserve keeps what lasts longest."""
        lots = self._state.lots
        if lots is not None and self.reserve.spec.rotation == "routine":
            lots.rotate(self._position, day)

    def _too_old(self, day: float) -> np.ndarray:
        """Units of each holder that some member would not accept on receipt."""
        state, reserve = self._state, self.reserve
        wanted = None if state.lots is None else state.last_use_wanted(reserve.flow, day)
        if wanted is None or state.lots is None:
            return np.zeros(len(self.stock), dtype=np.int64)
        latest = np.full(len(self.stock), -NEVER_EXPIRES, dtype=np.int64)
        np.maximum.at(latest, reserve.flow_holder, wanted)
        return state.lots.too_old(state.lots.reserve[self._position], latest)

    def _some(self, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        moved = units.nonzero()[0]
        return self.reserve.holder[moved], units[moved]
