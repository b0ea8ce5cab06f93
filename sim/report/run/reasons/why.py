"""Why a site ran out of a product on a day: the journal walked back, as a chain of events in words.

stockout <- what was due and late, lost or never sent <- the queue, ban, closure or outage behind it <- the source's own
shortage, and so on up the chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.engine.bound.reach import reach
from sim.engine.plan import ReservePlan
from sim.engine.run import Outcome
from sim.errors import PlaceError, placed
from sim.model.effects import Effect, Impact, Quantities
from sim.model.network import Network
from sim.report.run.reasons.journeys import Journey, journeys, lost_under_way, passages_met
from sim.report.run.reasons.why_decided import Deciders
from sim.report.run.reasons.why_kept import kept_from
from sim.report.run.reasons.why_warned import risen_before
from sim.report.run.reserve_reach import holders
from sim.report.words.names import shown_name
from sim.report.words.phrases import count, day_words, listed, plural

LOOK_BACK = 30
"""Days before the shortage, beyond the lead time, in which its causes are looked for."""
BLOCKS = ("flow.allowance", "flow.cancels", "flow.exports", "flow.licence", "flow.sends")
"""Quantities of a flow that keep orders at their source."""
RATIONS = ("ration_begins", "ration_changed", "ration_ends")
"""What sources tell of what they deal out."""
LEAST = 0.02
"""Share of the units ordered below which what was not sent is rounding, not a cause."""


@dataclass(frozen=True)
class Link:
    """One step of the chain: `depth` 0 is the shortage itself, each further one is behind the last of less depth.

    `day` counts from the start of the scenario; `units` are those concerned (0: none told); `causes` are the names of
    disruptions and decisions that it comes from.
    """

    depth: int
    day: float
    site: str
    product: str
    units: int
    words: str
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """The chain in order of telling."""

    links: list[Link]

    @property
    def causes(self) -> list[str]:
        """Names of all disruptions, and decisions that kept goods back, in the chain, in order of telling."""
        return list(dict.fromkeys(cause for link in self.links for cause in link.causes))

    def text(self) -> str:
        """One line a link, indented by its depth."""
        return "\n".join("  " * link.depth + ("<- " if link.depth else "") + link.words for link in self.links)

    def table(self) -> pd.DataFrame:
        """One row a link."""
        return pd.DataFrame([vars(link) | {"causes": ", ".join(link.causes)} for link in self.links])


def why(outcome: Outcome, site: str, product: str, day: int) -> Explanation:
    """Explain a facility's shortage on a counted day; needs the daily table and the journal of detail "full".

    Raises PlaceError for a site, product or day that is not there, ValueError where the run kept too little.
    """
    network = outcome.plan.network
    if outcome.record.table is None or "order" not in set(outcome.journal["event"]):
        raise ValueError("to explain a shortage the run needs daily=True and detail='full'")
    facilities = network.sites["name"][network.site_kind == "facility"]
    if site not in set(facilities):
        raise PlaceError(("site",), "no such facility", site, "a facility of this scenario", map(str, facilities))
    with placed("product"):
        wanted = network.product_positions([product])
    cells = network.cells_of(np.flatnonzero((network.sites["name"] == site).to_numpy()), wanted)
    if not len(cells):
        raise PlaceError(("product",), f"{site} does not use this product", product)
    if not 0 <= day < network.calendar.days:
        last = network.calendar.date(network.calendar.days - 1)
        raise PlaceError(("date",), "not a day of this run", str(network.calendar.date(day)),
                         f"{network.calendar.start} to {last}")  # fmt: skip
    return Explanation(_Walk(outcome).facility(int(cells[0]), day))


@dataclass
class _Walk:
    outcome: Outcome
    links: list[Link] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        assert self.outcome.record.table is not None
        self.table, self.network = self.outcome.record.table, self.outcome.plan.network
        self.deciders = Deciders(self.outcome)

    def add(
        self, depth: int, day: float, cell: int, units: float, words: str, causes: Sequence[Impact | str] = ()
    ) -> None:
        names = tuple(dict.fromkeys(c if isinstance(c, str) else c.cause for c in causes))
        self.links.append(Link(depth, day, self.site(cell), self.product(cell), int(units), words, names))

    def named(self, impacts: Sequence[Impact]) -> str:
        return listed([self.deciders.called(i.cause) for i in impacts])

    def because(self, causes: Sequence[str]) -> str:
        named = [self.deciders.called(str(cause)) for cause in dict.fromkeys(causes)]
        return f", because of {listed(named)}" if named else ""

    def site(self, cell: int) -> str:
        return str(self.network.sites["name"].iloc[self.network.cell_site[cell]])

    def product(self, cell: int) -> str:
        return str(self.network.products["name"].iloc[self.network.cell_product[cell]])

    def date(self, day: float) -> str:
        return day_words(self.network.calendar.date(day))

    def facility(self, cell: int, day: int) -> list[Link]:
        unmet, name = self.table["unmet"][:, cell], f"{self.site(cell)} / {self.product(cell)}"
        if not unmet[day]:
            short = np.flatnonzero(unmet)
            near = "" if not short.size else (
                f"; the nearest day with a shortage is {self.date(int(short[np.argmin(abs(short - day))]))}"
            )  # fmt: skip
            self.add(0, day, cell, 0, f"{name}: all demand was met on {self.date(day)}{near}.")
            return self.links
        begin = _run_start(unmet > 0, day)
        asked, since = int(self.table["demand"][day, cell]), "" if begin == day else f", short since {self.date(begin)}"
        words = (
            f"{name}: {count(unmet[day])} of {count(asked)} units asked for on {self.date(day)} were not met{since}."
        )
        self.add(0, day, cell, unmet[day], words)
        self.behind(cell, begin, day, 1)
        self.gifts(cell, begin - LOOK_BACK, day + 1, 1, "was given")
        self.reserves(cell, day)
        self.warned(cell, begin)
        return self.links

    def warned(self, cell: int, begin: int) -> None:
        """Which alarms had risen before the shortage, and which had not."""
        for name, rose in risen_before(self.outcome, cell, begin):
            told = "had not risen" if rose is None else f"had risen {plural(begin - rose, 'day')} before"
            self.add(1, begin if rose is None else rose, cell, 0, f"the alarm '{name}' {told}.")

    def behind(self, cell: int, begin: int, day: int, depth: int) -> None:
        """What lies behind a shortage at a cell that began on one day and is asked about on a later one."""
        self.seen.add(cell)
        before, network = len(self.links), self.network
        first = begin - LOOK_BACK - float(network.cell_lead_time[cell])
        self.demand(cell, first, day, depth)
        self.losses(cell, max(0, int(first)), begin, depth)
        for flow in one_a_source(network, cell):
            self.under_way(flow, first, begin, day, depth)
            if flow < network.orders:
                self.not_sent(flow, first, begin, day, depth)
        self.gifts(cell, first, begin, depth, "gave away")
        if network.cell_kind[cell] == "supplier":
            self.making(cell, first, day, depth)
        if len(self.links) == before:  # it got what it ordered, when it was due; perhaps too late
            orders = slice(0, network.orders)
            for source in np.unique(network.flow_source[orders][network.flow_buyer[orders] == cell]).tolist():
                self.emptied(source, first, day, depth)
        if len(self.links) == before and network.cell_kind[cell] != "supplier":
            words = "nothing was late, lost or held back: what was ordered was less than what was asked for"
            self.add(depth, begin, cell, 0, f"{self.site(cell)}: {words} (the usual swings of demand and lead time).")
        for part in self.deciders.orders(cell, begin, day):
            self.add(depth, part.day, cell, part.units, part.words)

    def gifts(self, cell: int, first: float, until: float, depth: int, what: str) -> None:
        """What a cell gave away, or was given, beside all orders on days from one up to, but not, another."""
        if self.outcome.transfers is None:
            return
        network, rows = self.network, self.outcome.transfers.rows
        ends = (network.flow_source, network.flow_buyer)
        own, other = ends if what == "gave away" else ends[::-1]
        mine = (own[rows["flow"]] == cell) & (rows["day"] >= max(0.0, first)) & (rows["day"] < until)
        for there in np.unique(other[rows["flow"][mine]]).tolist():
            some = np.flatnonzero(mine & (other[rows["flow"]] == there))
            units, since = int(rows["units"][some].sum()), float(rows["day"][some[0]])
            word = "to" if what == "gave away" else "by"
            words = (
                f"{self.site(cell)} {what} {count(units)} units from {self.date(since)} on, {word} {self.site(there)}."
            )
            self.add(depth, since, cell, units, words)

    def demand(self, cell: int, first: float, day: int, depth: int) -> None:
        acting = self.acting({"cell.demand_factor": [cell]}, first, day + 1)
        if acting and self.network.cell_kind[cell] == "facility":
            span = self.table["demand"][max(0, int(min(i.start for i in acting))) : day + 1, cell]
            mean, usual = float(span.mean()), float(self.network.cell_mean[cell])
            words = f"demand was {mean:,.0f} a day against {usual:,.0f} usually, because of {self.named(acting)}."
            self.add(depth, acting[0].start, cell, span.sum(), f"{self.site(cell)}: {words}", acting)

    def losses(self, cell: int, first: int, begin: int, depth: int) -> None:
        for name in ("destroyed", "expired", "recalled"):
            lost = self.table[name][first : begin + 1, cell]
            if lost.any():
                at = first + int(np.flatnonzero(lost)[0])
                journal = self.outcome.journal
                mine = journal[(journal["site"] == self.site(cell)) & journal["event"].str.startswith(name[:6])]
                causes = [c for c in mine["cause"].unique() if c]
                words = f"{self.site(cell)}: {count(lost.sum())} units {name} from {self.date(at)} on"
                words += f"{self.because(causes)}."
                self.add(depth, at, cell, lost.sum(), words, causes)

    def under_way(self, flow: int, first: float, begin: int, day: int, depth: int) -> None:
        """Goods that should have been there and came late, not yet, or never."""
        network, found = self.network, journeys(self.outcome, flow, first, day)
        buyer = int(network.flow_buyer[flow])
        late = [j for j in found if j.due <= day and j.arrived > max(j.due + 1, begin) and not j.lost]
        for cause, mine in _by_trouble(late, lambda j: self.trouble(j, flow)).items():
            units, kept, source = (
                sum(j.units for j in mine),
                [j for j in mine if np.isfinite(j.arrived)],
                mine[0].source,
            )
            delay = max(j.arrived - j.due for j in kept) if kept else np.nan
            when = f"up to {plural(np.ceil(delay), 'day')} late" if kept else "not there when the run ends"
            words = f"{count(units)} units from {source}, due from {self.date(mine[0].due)} on, came {when}"
            words = words.replace("came not there", "were not there")
            acting, means = self.acting(self.rows_of(flow), mine[0].left, day + 1), cause[0]
            tail = f": {means}" if means else ""
            chosen = [i for i in acting if i.cause in cause[1]]
            self.add(
                depth, mine[0].due, buyer, units, f"{words}{tail}{self.because([i.cause for i in chosen])}.", chosen
            )
        for event, rows in lost_under_way(self.outcome, flow, first, day):
            units, causes = int(rows["units"].sum()), [c for c in rows["cause"].unique() if c]
            if not causes:
                start = float(rows["day"].iloc[0])
                causes = [i.cause for i in self.acting(self.rows_of(flow), start, start + 1)]
            words = f"{count(units)} units for {self.site(buyer)} were {event} from {self.date(rows['day'].iloc[0])} on"
            self.add(depth, float(rows["day"].iloc[0]), buyer, units, f"{words}{self.because(causes)}.", causes)

    def trouble(self, journey: Journey, flow: int) -> tuple[str, tuple[str, ...]]:
        """What held a shipment up, and the disruptions that act on its way meanwhile."""
        end = journey.arrived if np.isfinite(journey.arrived) else self.network.calendar.days
        acting = self.acting(self.rows_of(flow), journey.left, end)
        return journey.trouble, tuple(i.cause for i in acting)

    def not_sent(self, flow: int, first: float, begin: int, day: int, depth: int) -> None:
        """Orders that the source did not fill in the time in which they would still have helped."""
        network, journal = self.network, self.outcome.journal
        buyer, source = int(network.flow_buyer[flow]), int(network.flow_source[flow])
        last = max(first, day - float(network.routes.lead_time[network.flow_route[flow]]))
        mine = journal[
            (journal["site"] == self.site(buyer)) & (journal["other"] == self.site(source))
            & (journal["product"] == self.product(buyer))
        ]  # fmt: skip
        # an order is due when its maker has had the time that making usually takes
        making = np.where(mine["event"] == "order", self.outcome.plan.usual_wait[source], 0)
        mine = mine.assign(day=mine["day"] + making)
        mine = mine[mine["day"].between(first, last + 1)]
        due, at = _waiting(mine)
        ordered = int(mine.loc[(mine["event"] == "order") & (mine["day"] < at + 1), "units"].sum())
        if due <= LEAST * ordered:
            return
        blocks = {name: [flow] for name in BLOCKS}
        blocks |= {"cell.capacity_factor": [source], "cell.blackout": [source, buyer]}
        blocks["lane.open"] = [int(network.routes.lane[network.flow_route[flow], 0])]
        acting = self.acting(blocks, first, last + 1)
        start = max(first, min((i.start for i in acting), default=first))
        words = (
            f"{self.site(source)} had not sent {count(due)} of {count(ordered)} units ordered by {self.site(buyer)} "
        )
        words += f"from {self.date(first)} to {self.date(at)}"
        if self.acting({"flow.cancels": [flow]}, first, last + 1):
            words += " (what is not filled is cancelled and ordered again, so it counts more than once)"
        self.add(depth, start, buyer, due, f"{words}{self.because([i.cause for i in acting])}.", acting)
        for part in self.deciders.sharing(source, first, last):
            self.add(depth + 1, part.day, source, part.units, part.words)
        self.rationed(source, first, last, depth + 1)
        self.emptied(source, first, last, depth + 1)

    def rationed(self, source: int, first: float, last: float, depth: int) -> None:
        """Whether the source kept back goods to make them last, and by what reckoning."""
        journal = self.outcome.journal
        mine = journal[
            journal["event"].isin(RATIONS) & (journal["site"] == self.site(source))
            & (journal["product"] == self.product(source)) & (journal["day"] <= last)
        ]  # fmt: skip
        before = mine[mine["day"] < first].tail(1)
        told = pd.concat([before, mine[mine["day"] >= first]])
        told = told[told["event"] != "ration_ends"]
        for day, units, cause in zip(*(told[name].tolist() for name in ("day", "units", "cause")), strict=True):
            words = f"{self.site(source)} rationed from {self.date(day)} on: {cause}."
            self.add(depth, day, source, units, words)

    def emptied(self, source: int, first: float, last: float, depth: int) -> None:
        """Whether the source itself had run out, and why."""
        span = self.table["on_hand"][max(0, int(first)) : int(last) + 2, source]
        empty = np.flatnonzero(span <= self.network.cell_mean[source] * 0.5)
        if source in self.seen or not empty.size:
            return
        at = max(0, int(first)) + int(empty[0])
        words = f"{self.site(source)} had next to nothing left on {plural(len(empty), 'day')} from {self.date(at)} on."
        self.add(depth, at, source, 0, words)
        self.behind(source, at, int(last), depth + 1)

    def making(self, cell: int, first: float, day: int, depth: int) -> None:
        acting = self.acting({"cell.capacity_factor": [cell]}, first, day + 1)
        if acting:
            words = f"{self.site(cell)} could not make what it usually makes, because of {self.named(acting)}."
            self.add(depth, min(i.start for i in acting), cell, 0, words, acting)
        elif np.isfinite(self.network.capacity[cell]):
            able = float(self.network.capacity[cell]) * self.added(cell, day)
            self.add(depth, first, cell, 0, f"{self.site(cell)} makes at most {able:,.0f} a day, and more was ordered.")

    def added(self, cell: int, day: int) -> float:
        """Of its usual capacity what a maker has on a day on which nothing takes any away."""
        own = np.ones(len(self.network.cell_site))
        mine = [e for i in self.outcome.impacts for e in i.effects if e.quantity == "cell.capacity_factor"]
        able = Quantities({"cell.capacity_factor": own}, mine)
        able.update(float(day))
        return float(able["cell.capacity_factor"][cell])

    def reserves(self, cell: int, day: int) -> None:
        """Whether a reserve that serves the cell was open, and what was left in it."""
        for position, reserve in enumerate(self.outcome.plan.reserves):
            if cell not in reserve.members or not reserve.size.any():
                continue
            stock = int(self.outcome.record.reserves["stock"][day, position])
            opened = bool(self.outcome.record.reserves["open"][day, position])
            state = "was open" if opened else "was not open"
            words = f"{state} that day and held {count(stock)} of {count(reserve.size.sum())}"
            no_use = ""
            if any(cell in one.unable for one in reach(self.outcome.plan, reserve)):
                whence = holders(self.network, reserve)
                no_use = f", of no help: {self.site(cell)} is a member that cannot draw on it"
                no_use += f", as it does not order from {whence}"
            decided, kept = self.deciders.reserve(reserve.name, day), list(kept_from(self.outcome, reserve, cell, day))
            decided += "".join(f"; {what}{self.because([impact.cause])}" for what, impact in kept)
            claim = self.claim(reserve, cell, day)
            words = f"the reserve '{shown_name(reserve.name, reserve.spec)}' {words} units{claim}{no_use}{decided}."
            self.add(1, day, cell, stock, words, [impact for _, impact in kept])

    def claim(self, reserve: ReservePlan, cell: int, day: int) -> str:
        """What was left there of the claim that a member draws on; empty where nobody has claims."""
        if reserve.claims is None:
            return ""
        record, bound = self.outcome.claims[reserve.name], reserve.claims
        account = int(bound.of_member[(reserve.members == cell).nonzero()[0][0]])
        party = bound.parties[bound.party[account]]
        whose = f"of the claim of {self.network.parties.titles[party]}" if party else "of what nobody claims"
        left, size = int(record.claim[day, account]), int(bound.size[account])
        owed = int(record.owed[day, account])
        borrowed = f", and {count(owed)} were owed" if owed else ""
        return f", {count(left)} {whose} ({count(size)}){borrowed}"

    def rows_of(self, flow: int) -> dict[str, list[int]]:
        """Rows of the quantities that act on a flow's goods under way."""
        routes, route = self.network.routes, self.network.flow_route[flow]
        lanes = [int(x) for x in routes.lane[route] if x >= 0]
        names = {p.name for lane in lanes for p in self.network.lanes[lane].passages}
        names |= passages_met(self.outcome, flow)
        passages = [k for k, name in enumerate(self.network.passages) if name in names]
        rows = {name: [flow] for name in ("flow.exports", "flow.at_border", "flow.licence")}
        rows["stop"] = [flow * routes.lane.shape[1] + leg for leg in range(routes.lane.shape[1])]
        return rows | {"lane": lanes, "gate": [int(x) for x in routes.gate[route] if x >= 0], "passage": passages}

    def acting(self, rows: dict[str, list[int]], first: float, last: float) -> list[Impact]:
        """Disruptions that change these rows of quantities, by name or first part of it, between two days; those that
        only help, such as a maker's new plant, are none."""

        def concerns(effect: Effect) -> bool:
            mine = rows.get(effect.quantity, rows.get(effect.quantity.partition(".")[0], []))
            acts = effect.start < last and effect.end > first and bool(np.isin(effect.rows, mine).any())
            return acts and not effect.helps

        return [i for i in self.outcome.impacts if any(map(concerns, i.effects))]


def one_a_source(network: Network, cell: int) -> list[int]:
    """Flows of a buyer, of an urgent and a usual way from one source the usual one: the journal tells them together."""
    flows = np.flatnonzero(network.flow_buyer == cell)
    usual = network.flow_source[flows[~network.flow_urgent[flows]]]
    only_urgent = ~np.isin(network.flow_source[flows], usual)
    kept: list[int] = flows[~network.flow_urgent[flows] | only_urgent].tolist()
    return kept


def _run_start(short: np.ndarray, day: int) -> int:
    before = np.flatnonzero(~short[:day])
    return int(before[-1]) + 1 if before.size else 0


def _waiting(events: pd.DataFrame) -> tuple[int, int]:
    """(most units that were ordered and had not left, evening on which that was so) among a flow's events."""
    orders = events.loc[events["event"] == "order"]
    left = events[events["event"].isin(("departure", "licence_wait"))].drop_duplicates("shipment")
    moved = pd.concat([orders["units"], -left["units"]]).groupby(pd.concat([orders["day"], left["day"]]).astype(int))
    waiting = moved.sum().sort_index().cumsum()
    return (0, 0) if waiting.empty else (int(waiting.max()), int(waiting.idxmax()))


def _by_trouble(found: list[Journey], trouble: object) -> dict[tuple[str, tuple[str, ...]], list[Journey]]:
    assert callable(trouble)
    groups: dict[tuple[str, tuple[str, ...]], list[Journey]] = {}
    for journey in found:
        groups.setdefault(trouble(journey), []).append(journey)
    return groups
