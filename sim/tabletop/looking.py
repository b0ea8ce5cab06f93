"""What there is to be seen in a run that stands at a midnight: of one party what it has been told, and what is.

Plain figures as lists of dicts, for views to choose from. Months are of 30 days, as in months-of-stock reporting.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.begun import Begun
from sim.engine.bound.information import CAPACITY, ORDERS, PIPELINE, STOCK
from sim.engine.knowing.reported import LATEST, Eyes
from sim.engine.knowing.reports import Reports
from sim.model.goods.shipments import Phase
from sim.units import DAYS_IN

MONTH = DAYS_IN["month"]
BANDS = ("very low", "low", "in range", "over need")
"""What planners call stock of so many days of use; none at all is none left."""
NONE_LEFT = "none left"
LEVELS = (NONE_LEFT, *BANDS)
"""All of them, from the worst on."""
Row = dict[str, Any]


def band_of(days: float, ends: Sequence[float]) -> str:
    """The word for stock of so many days of use; `ends` are those of the bands but for the last."""
    return BANDS[bisect_right(ends, days)] if days > 0 else NONE_LEFT


class Seen:
    """One party's eyes on a run; `party` None sees what is."""

    def __init__(self, begun: Begun, party: str | None, bands: Sequence[float]) -> None:
        self._bands = bands
        running = begun.running
        self._network, self._world, self._day = running.plan.network, running.world, begun.day
        self._calendar = self._network.calendar
        self._names, self._goods = (table["name"].tolist() for table in (self._network.sites, self._network.products))
        self._party = None if party is None else self._network.parties[party]
        self._own = np.isin(self._network.cell_site, [] if self._party is None else self._party.reach)
        self._eyes = self._eyes_of(self._world.reports)

    def _eyes_of(self, reports: Reports) -> Eyes | None:
        """What the party sees of all cells, as its decisions do; None where all see all, or it sees what is."""
        if self._party is None or reports.sights is None:
            return None
        return reports.sights.joint(reports.sights.party(self._party.name))

    def _level(self) -> np.ndarray:
        return np.full(len(self._own), CAPACITY) if self._eyes is None else self._eyes.level

    def stock(self) -> list[Row]:
        """Stock of each site that keeps goods for others or uses them, and is seen: months of usual use with their
        band, and the evening of which that is known. Stock of those who make goods is not told."""
        network, reports = self._network, self._world.reports
        shown = ~network.of_kind("supplier") & (network.cell_mean > 0) & (self._level() >= STOCK)
        cells = np.flatnonzero(shown)
        eyes = None if self._eyes is None else self._eyes.of(cells)
        if self._party is None:
            units, known = self._world.state.on_hand[cells], np.full(len(cells), LATEST)
        else:
            units, known = reports.present(cells, eyes), reports.known_until(cells, eyes)
        days = units / network.cell_mean[cells]
        rows, sites = [], {name: network.sites[name].tolist() for name in ("name", "region", "kind")}
        for k, cell in enumerate(cells.tolist()):
            name, region, kind = (sites[column][network.cell_site[cell]] for column in ("name", "region", "kind"))
            last = min(int(known[k]), self._day - 1)
            rows.append({
                "site": str(name), "region": str(region or ""), "kind": str(kind),
                "product": self._product(cell), "own": bool(self._own[cell]), "units": int(units[k]),
                "months": round(float(days[k]) / MONTH, 1), "band": band_of(float(days[k]), self._bands),
                "as_of": self._date(last), "days_old": self._day - 1 - last,
            })  # fmt: skip
        return sorted(rows, key=lambda row: (not row["own"], row["kind"] != "warehouse", row["site"], row["product"]))

    def orders(self) -> list[Row]:
        """What is on its way, or ordered and not sent, from others to the party's sites, as far as it has been told.

        `due` is reckoned from when it was sent and how long that way usually takes; one that is past is late. Nobody is
        told more before it is there, but for who sees what is: `comes` is when that is settled, on the last leg. Of
        sites that report later than at once it is known how much is on its way, and no more.
        """
        network, level = self._network, self._level()
        mine = self._own[network.flow_buyer] & ~self._own[network.flow_source]
        if self._party is None:
            mine = np.ones(len(network.flow_buyer), dtype=bool)
        late = np.zeros(len(level), dtype=bool)
        if self._eyes is not None:
            late = self._world.reports.by_report(self._eyes)
        at_once = mine & ~late[network.flow_buyer]
        rows = self._under_way(at_once & (level[network.flow_buyer] >= PIPELINE))
        unsent = self._world.state.unsent
        waits = (unsent > 0) & at_once & (level[network.flow_buyer] >= ORDERS)
        for number in np.flatnonzero(waits).tolist():
            rows.append(self._order(number, int(unsent[number])) | {"sent": None, "due": None, "state": "not sent"})
        rows += self._reported(np.unique(network.flow_buyer[mine & late[network.flow_buyer]]))
        return sorted(rows, key=lambda row: (row["due"] or "9999", row["from"], row["to"], row["product"]))

    def _under_way(self, shown: np.ndarray) -> list[Row]:
        """Shipments on some flows (a mask), those of a day together."""
        network, ships = self._network, self._world.state.shipments
        flow = ships["flow"]
        last_leg = network.routes.legs[network.flow_route[flow]] - 1
        settled = (ships["phase"] == Phase.TRAVELLING) & (ships["leg"] == last_leg)
        units: dict[tuple[int, int], int] = {}
        comes: dict[tuple[int, int], float] = {}
        for row in np.flatnonzero((ships["phase"] != Phase.DONE) & shown[flow]).tolist():
            key = int(flow[row]), int(np.floor(ships["sent"][row]))
            units[key] = units.get(key, 0) + int(ships["units"][row])
            time = float(ships["time"][row]) if settled[row] else np.inf
            comes[key] = max(comes.get(key, 0.0), time)
        usual = network.routes.under_way[network.flow_route]
        rows = []
        for (number, sent), some in units.items():
            due = int(np.ceil(sent + usual[number]))
            told: Row = {"sent": self._date(sent), "due": self._date(due)}
            told["state"] = "late" if due < self._day else "on its way"
            if self._party is None and np.isfinite(time := comes[number, sent]):
                told["comes"] = self._date(int(np.ceil(time)))
            rows.append(self._order(number, some) | told)
        return rows

    def _reported(self, buyers: np.ndarray) -> list[Row]:
        """How much some cells, which report later than at once, had under way when they did."""
        if self._eyes is None or not len(buyers):
            return []
        eyes, state = self._eyes.of(buyers), self._world.state
        units = self._world.reports.told("in_transit", eyes.at, state.in_transit[buyers]) * (eyes.level >= PIPELINE)
        found = []
        for cell, some in zip(buyers.tolist(), units.tolist(), strict=True):
            if some:
                place = {"from": "", "to": str(self._names[self._network.cell_site[cell]]), "mode": ""}
                told = {"product": self._product(cell), "units": int(some), "sent": None, "due": None}
                found.append(place | told | {"state": "as last reported"})
        return found

    def _order(self, flow: int, units: int) -> Row:
        network = self._network
        source, buyer = network.flow_source[flow], network.flow_buyer[flow]
        return {
            "product": self._product(buyer), "units": units, "from": str(self._names[network.cell_site[source]]),
            "to": str(self._names[network.cell_site[buyer]]), "mode": self._mode(flow),
        }  # fmt: skip

    def _mode(self, flow: int) -> str:
        lanes = [lane for lane in self._network.flow_lanes[flow].tolist() if lane >= 0]
        return str(self._network.lanes[lanes[0]].mode)

    def _product(self, cell: int) -> str:
        return str(self._goods[self._network.cell_product[cell]])

    def _date(self, day: int) -> str:
        return self._calendar.date(day).isoformat()


def unmet(begun: Begun, by: str, turns: list[int], product: str | None = None) -> dict[str, list[int]]:
    """Units not there on the day, in each turn (its first days, in order) until now; by a column of the groups, such as
    product or region, of one product where one is named."""
    return _in_turns(begun, "unmet", by, turns, product)


def asked(begun: Begun) -> dict[str, int]:
    """Units asked for until now, by product."""
    return {name: sum(units) for name, units in _in_turns(begun, "demand", "product", [0]).items()}


def _in_turns(begun: Begun, figure: str, by: str, turns: list[int], product: str | None = None) -> dict[str, list[int]]:
    groups = begun.running.plan.network.groups
    daily = begun.running.world.recorder.so_far[figure]
    served = (groups["kind"] == "facility").to_numpy()
    if product is not None:
        served = served & (groups["product"] == product).to_numpy()
    names = groups[by].to_numpy()
    found: dict[str, list[int]] = {}
    for name in sorted({str(name) for name in names[served]}):
        column = daily[:, served & (names.astype(str) == name)].sum(axis=1)
        found[name] = [int(column[a:b].sum()) for a, b in zip(turns, [*turns[1:], begun.day], strict=True) if b > a]
    return found


def troubles(begun: Begun) -> list[Row]:
    """Everything that goes wrong, now or later, and what nobody knows of it: when it begins, when it ends."""
    calendar = begun.running.plan.network.calendar
    rows = []
    for impact in begun.running.impacts:
        if impact.decided or impact.end < begun.day or impact.start >= calendar.days:
            continue
        ends = impact.end if np.isfinite(impact.end) and impact.end < calendar.days else None
        rows.append({
            "name": impact.cause, "kind": impact.kind, "from": calendar.date(impact.start).isoformat(),
            "until": None if ends is None else calendar.date(ends).isoformat(),
            "announced": bool(impact.told and impact.announced < begun.day),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["from"], row["name"]))


def in_force(begun: Begun) -> list[Row]:
    """Decisions in force, each with the date since when."""
    decisions = begun.running.world.decisions
    since: Mapping[str, float] = {} if decisions is None else decisions.in_force
    return [{"decision": name, "since": _iso(begun, day)} for name, day in sorted(since.items())]


def _iso(begun: Begun, day: float) -> str:
    found: dt.date = begun.running.plan.network.calendar.date(day)
    return found.isoformat()
