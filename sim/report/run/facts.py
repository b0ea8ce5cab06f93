"""What sentences, pictures and tables of the report share: one run beside its twins, with dates and names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.engine.deciding.decisions import Taken
from sim.engine.run import Outcome
from sim.metrics.summary import Summary, Value
from sim.model.effects import Impact
from sim.model.network import Network
from sim.report.words.phrases import group_words
from sim.report.words.units import Counted, counted
from sim.scenario.load import Loaded

WEEK = 7
KEEPERS = ("warehouse", "facility")
MEASURES = ("extra_orders", "shelf_life_extension")
"""Kinds of disruption by which people answer a shortage: nothing strikes."""
BREAKDOWNS = ("party", "region", "country", "priority", "setting", "product")
"""In the order in which the report asks where it went wrong."""


@dataclass(frozen=True)
class Spell:
    """What became of a reserve: units and day numbers; `opened` and `empty` are None where it never was."""

    size: int
    released: int
    lowest: int
    left: int
    triggered: int | None
    opened: int | None
    days_open: int
    empty: int | None


@dataclass(frozen=True)
class Facts:
    """A finished run as the report reads it."""

    loaded: Loaded
    outcome: Outcome
    twin: Outcome | None
    summary: Summary
    without_reserves: Outcome | None = None
    without_decisions: Outcome | None = None

    @property
    def network(self) -> Network:
        """The compiled network."""
        return self.outcome.plan.network

    @cached_property
    def counted(self) -> Counted:
        """What amounts of all products together are counted in."""
        return counted([self.loaded.spec])

    @property
    def goods(self) -> str:
        """The same in the plural: bags, or units where products differ."""
        return self.counted.all

    @property
    def good(self) -> str:
        """One of these."""
        return self.counted.one_of(self.goods)

    @property
    def days(self) -> int:
        """Counted days."""
        return self.network.calendar.days

    @cached_property
    def dates(self) -> np.ndarray:
        """Date of each counted day; datetime64[D], shape (days,)."""
        return np.datetime64(self.network.calendar.start, "D") + np.arange(self.days)

    @property
    def products(self) -> list[str]:
        """Names of the products, in the order of the run."""
        return [str(name) for name in self.network.products["name"]]

    @cached_property
    def once(self) -> dict[str, Any]:
        """What several parts of the page ask for and is worked out but once, by name."""
        return {}

    @cached_property
    def happened(self) -> list[Impact]:
        """Disruptions, and what decisions did, that touch the counted days, in order of their beginning."""
        found = [i for i in self.outcome.impacts if i.start < self.days and max(i.end, i.start + 1) > 0]
        return sorted(found, key=lambda i: (i.start, i.end, i.cause))

    @cached_property
    def impacts(self) -> list[Impact]:
        """Disruptions that touch the counted days, in order of their beginning, and what parties decided that struck
        others, all that one did at a time as one."""
        struck = {one.name for one in self.outcome.decisions if one.against_others}
        found: list[Impact] = []
        seen: dict[tuple[str, float, float], int] = {}
        for impact in self.happened:
            if not impact.decided:
                found.append(impact)
            elif impact.cause in struck:
                place = seen.setdefault((impact.cause, impact.start, impact.end), len(found))
                if place == len(found):
                    found.append(impact)
                else:
                    both = (getattr(found[place], part) + getattr(impact, part) for part in ("effects", "impulses"))
                    effects, impulses = both
                    found[place] = replace(found[place], effects=effects, impulses=impulses)
        return found

    @cached_property
    def decisions(self) -> list[Taken]:
        """Decisions in force on counted days, in turn."""
        found = [one for one in self.outcome.decisions if one.since < self.days and max(one.until, one.since + 1) > 0]
        return sorted(found, key=lambda one: one.since)

    @cached_property
    def answers(self) -> list[Taken]:
        """Those of them that answer a shortage."""
        return [one for one in self.decisions if not one.against_others]

    @cached_property
    def acting(self) -> list[Impact]:
        """Those of them that change anything."""
        return [impact for impact in self.impacts if impact.acts]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Kind of each disruption by its name."""
        return {impact.cause: impact.kind for impact in self.outcome.impacts}

    def group(self, column: str, value: object) -> str:
        """A group of a breakdown in words."""
        return group_words(column, value, self.network.parties.titles)

    def groups(self, column: str) -> dict[str, dict[str, Value]]:
        """Figures of each group of a breakdown; of parties without pools, whose members are there."""
        pools = self.network.parties.pools if column == "party" else ()
        return {name: values for name, values in self.summary.by.get(column, {}).items() if name not in pools}

    def decided_by(self, impact: Impact) -> str:
        """The party that decided it, in words; empty where nobody did."""
        by = next((one.party for one in self.outcome.decisions if impact.decided and one.name == impact.cause), "")
        return self.group("party", by) if by else ""

    def is_measure(self, impact: Impact) -> bool:
        """Whether it is something done about a shortage."""
        return impact.kind in MEASURES

    @cached_property
    def cells(self) -> dict[tuple[str, str], int]:
        """Position of the cell of each site and product, by their names."""
        network = self.network
        sites = network.site_names(network.cell_site)
        products = network.products["name"].to_numpy()[network.cell_product]
        return {(site, str(product)): k for k, (site, product) in enumerate(zip(sites, products, strict=True))}

    def date(self, day: float) -> dt.date:
        """Calendar date of a day number."""
        return self.network.calendar.date(day)

    def unit(self, product: str) -> str:
        """What one unit of a product is."""
        return self.loaded.spec.products[product].unit

    def daily(self, name: str, outcome: Outcome | None = None, /, **conditions: Any) -> np.ndarray:
        """A daily quantity summed over the groups that meet the conditions; shape (days,).

        A condition's value may be a tuple of allowed values.
        """
        record = (outcome or self.outcome).record
        return record.totals.over(name, self._groups(conditions))

    def usual(self, product: str) -> float:
        """Usual demand for a product at facilities, units a day."""
        network = self.network
        mine = (network.cell_kind == "facility") & (network.cell_product == self.products.index(product))
        return float(network.cell_mean[mine].sum())

    def values(self, column: str) -> list[object]:
        """Values of a breakdown among facilities, empty ones left out."""
        groups = self.network.groups
        found = groups.loc[groups["kind"] == "facility", column].unique()
        return sorted((v for v in found if v != ""), key=lambda v: (isinstance(v, str), v))

    def breakdown(self, *columns: str) -> str | None:
        """The first of the columns by which facilities differ, or None."""
        return next((c for c in columns if len(self.values(c)) > 1), None)

    def reserve(self, position: int) -> Spell:
        """What became of a reserve over the counted days."""
        plan, record = self.outcome.plan.reserves[position], self.outcome.record.reserves
        is_open, released, stock = (record[name][:, position] for name in ("open", "released", "stock"))
        opened, empty = _first(is_open > 0), _first(stock == 0)
        journal = self.outcome.journal
        alarms = journal["day"][(journal["event"] == "reserve_triggered") & (journal["cause"] == plan.name)]
        alarms = alarms[alarms >= 0]
        return Spell(
            int(plan.size.sum()), int(released.sum()), int(stock.min()), int(stock[-1]),
            int(alarms.iloc[0]) if len(alarms) else None, opened, int(np.count_nonzero(is_open)),
            empty if plan.size.any() else None,
        )  # fmt: skip

    def _groups(self, conditions: dict[str, object]) -> np.ndarray:
        table = self.network.groups
        chosen = np.ones(len(table), dtype=bool)
        for column, value in conditions.items():
            allowed = list(value) if isinstance(value, tuple) else [value]
            chosen = chosen & table[column].isin(allowed).to_numpy()
        return np.flatnonzero(chosen)


def _first(flags: np.ndarray) -> int | None:
    return int(np.argmax(flags)) if flags.any() else None


def rolling(values: np.ndarray, window: int = WEEK) -> np.ndarray:
    """Sum over the last `window` days (fewer at the start); shape as given."""
    total = np.concatenate(([0.0], np.cumsum(values, dtype=float)))
    first = np.maximum(np.arange(1, len(values) + 1) - window, 0)
    return np.asarray(total[1:] - total[first])


def weekly(daily: np.ndarray) -> np.ndarray:
    """Sums over the weeks of the run, the last one perhaps shorter; shape (weeks,)."""
    return np.asarray(np.add.reduceat(daily, np.arange(0, len(daily), WEEK)))


def fill_rate(demand: np.ndarray, served: np.ndarray) -> np.ndarray:
    """Seven-day fill rate in percent for each day; NaN where nothing was asked for in the seven days."""
    asked, given = rolling(demand), rolling(served)
    return np.where(asked > 0, 100 * given / np.maximum(asked, 1), np.nan)
