"""The tables of a run: daily, events, metrics, costs, ports, passages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from sim.engine.rationing.rations_told import EVENTS, FIGURES
from sim.engine.run import Outcome
from sim.engine.state.ledger import DAILY
from sim.metrics.base import METRICS, View
from sim.metrics.summary import Summary, Value
from sim.model.goods.lots import NEVER_EXPIRES, LotBook

PLACE = ("country", "region", "priority", "setting", "party")
"""What the table of sites tells of where one is."""
SCORES = ("on_time", "in_full", "steady", "score", "share")
"""What the table of scores tells of a source."""
DAILY_ROWS = 1_000_000
"""Rows of the daily table made and written at a time."""


def _dates(outcome: Outcome) -> pd.DatetimeIndex:
    calendar = outcome.plan.network.calendar
    return pd.date_range(calendar.start, periods=calendar.days, freq="D", unit="s")


def daily_table(outcome: Outcome, first: int = 0, until: int | None = None) -> pd.DataFrame:
    """One row per day, site and product, in that order: date, day, site, product, kind, region, country, and `DAILY`.

    Days from `first` up to but not `until` (left out: all), of the sites that were kept. Raises ValueError where the
    run did not keep the daily table.
    """
    cells, table = _kept(outcome)
    network, dates = outcome.plan.network, _dates(outcome)[first:until]
    order = np.lexsort((network.cell_product[cells], network.cell_site[cells]))
    site, product = network.cell_site[cells][order], network.cell_product[cells][order]
    data: dict[str, object] = {
        "date": np.repeat(dates.to_numpy(), len(order)),
        "day": np.repeat(first + np.arange(len(dates)), len(order)),
    }
    labels = {"site": network.sites["name"].to_numpy()[site], "product": network.products["name"].to_numpy()[product]}
    labels |= {name: network.sites[name].to_numpy()[site] for name in ("kind", "country", "region")}
    for name, values in labels.items():
        data[name] = pd.Categorical.from_codes(
            np.tile(pd.Categorical(values).codes, len(dates)), categories=pd.Categorical(values).categories
        )
    for name in DAILY:
        data[name] = table[name][first:until, order].ravel()
    return pd.DataFrame(data)


def daily_parts(outcome: Outcome, rows: int = DAILY_ROWS) -> Iterator[pd.DataFrame]:
    """The daily table in parts of whole days, of about so many rows each, so that it need not fit into memory twice."""
    cells, _ = _kept(outcome)
    days = outcome.plan.network.calendar.days
    step = max(1, rows // len(cells))
    for first in range(0, days, step):
        yield daily_table(outcome, first, min(first + step, days))


def _kept(outcome: Outcome) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Positions of the cells of which every day was kept, and their figures (days, those cells)."""
    record = outcome.record
    if record.part is not None:
        return record.part
    if record.table is None:
        raise ValueError("this run kept no daily table; run it with the daily table on")
    return np.arange(len(outcome.plan.network.cell_site)), record.table


def sites_table(outcome: Outcome) -> pd.DataFrame:
    """One row per facility and product, in order of name: its place, and how long and how badly it was out of it.

    days: counted days on which the facility is open; days_out: of these with unmet demand; share_out: days_out / days;
    worst_spell: most of them one after another; demand, served, unmet: units; fill_rate: served / demand (NaN without
    demand).
    """
    network, record = outcome.plan.network, outcome.record
    cells = np.flatnonzero(network.cell_kind == "facility")
    cells = cells[np.lexsort((network.cell_product[cells], network.cell_site[cells]))]
    site, days = network.cell_site[cells], network.calendar.days
    spans = network.spans
    open_days = np.full(len(cells), days) if spans is None else spans.days(days)[site]
    out, demand = record.counts["stockout_days"][cells], record.sums["demand"][cells]
    columns = {name: network.sites[name].to_numpy()[site] for name in PLACE}
    served = record.sums["served"][cells]
    return pd.DataFrame(
        {
            "site": network.sites["name"].to_numpy()[site],
            "product": network.products["name"].to_numpy()[network.cell_product[cells]],
            **columns,
            "days": open_days,
            "days_out": out,
            "share_out": np.divide(out, open_days, out=np.full(len(cells), np.nan), where=open_days > 0),
            "worst_spell": record.counts["worst_spell"][cells],
            "demand": demand,
            "served": served,
            "unmet": record.sums["unmet"][cells],
            "fill_rate": np.divide(served, demand, out=np.full(len(cells), np.nan), where=demand > 0),
        }
    )


ANY = "any product"


def short_table(outcome: Outcome) -> pd.DataFrame:
    """One row per day and product, after one for any product: how many facilities had unmet demand.

    facilities: those open that offer the product; short: those of them with unmet demand; share_short: short /
    facilities (NaN where none is open).
    """
    network, dates = outcome.plan.network, _dates(outcome)
    of_facilities = network.cell_kind == "facility"
    whole = network.cell_site[of_facilities]
    open_sites = _open(outcome, np.unique(whole))
    parts = [(ANY, open_sites, outcome.record.short_sites)]
    for name in network.products["name"]:
        view = View.of(outcome, product=name)
        if len(view.cells):
            parts.append((name, view.open_pairs, view.short))
    frames = [
        pd.DataFrame({"date": dates, "day": np.arange(len(dates)), "product": n, "facilities": o, "short": s})
        for n, o, s in parts
    ]
    table = pd.concat(frames, ignore_index=True).sort_values("day", kind="stable", ignore_index=True)
    return table.assign(share_short=table["short"] / table["facilities"].where(table["facilities"] > 0))


def _open(outcome: Outcome, sites: np.ndarray) -> np.ndarray:
    """How many of some sites are open on each day; shape (days,)."""
    network = outcome.plan.network
    days = network.calendar.days
    if network.spans is None:
        return np.full(days, len(sites))
    return np.array([int(np.count_nonzero(network.spans.open(day)[sites])) for day in range(days)])


def ports_table(outcome: Outcome) -> pd.DataFrame:
    """One row per day and side of a port: figures as in `sim.engine.books.recorder.PORT_FIGURES`, and `mean_wait`.

    `mean_wait` is in days, over what left the queue during the day; NaN where nothing did.
    """
    gates, dates = outcome.plan.network.gates, _dates(outcome)
    names = outcome.plan.network.site_names(np.array([g.site for g in gates], dtype=np.int64))
    return pd.DataFrame(
        {
            "date": np.repeat(dates.to_numpy(), len(gates)),
            "day": np.repeat(np.arange(len(dates)), len(gates)),
            "port": np.tile(np.array(names, dtype=object), len(dates)),
            "side": np.tile(np.array([g.side for g in gates], dtype=object), len(dates)),
            **{name: values.ravel() for name, values in outcome.record.ports.items()},
        }
    ).assign(mean_wait=lambda table: table["waited"] / table["moved_on"].replace(0, np.nan))


def passages_table(outcome: Outcome) -> pd.DataFrame:
    """One row per day and passage before which vessels queue.

    traffic: vessels that came; passed; queue: vessels waiting at day's end; waiting: handling units of this scenario
    among them.
    """
    dates, record = _dates(outcome), outcome.record
    names = [outcome.plan.network.passages[number] for number in record.queues]
    return pd.DataFrame(
        {
            "date": np.repeat(dates.to_numpy(), len(names)),
            "day": np.repeat(np.arange(len(dates)), len(names)),
            "passage": np.tile(np.array(names, dtype=object), len(dates)),
            **{name: values.ravel() for name, values in record.passages.items()},
        }
    )


def rations_table(outcome: Outcome) -> pd.DataFrame:
    """One row per decision of a source that deals out shares of usual orders, or ceases to.

    `share` of usual orders it lets customers have, all together; `stock` there then, what is under way and under test
    included; `coming`: units expected until `lasts_until`, the day to which both are to last; `expected_back`: when
    supply is expected to be as usual again (none: no end is expected). No rows where nobody has rationing.
    """
    record, network = outcome.rations, outcome.plan.network
    found = np.zeros((len(FIGURES), 0)) if record is None else np.array([record.decisions[n] for n in FIGURES])
    row = dict(zip(FIGURES, found, strict=True))
    cell = row["cell"].astype(np.int64)
    start = np.datetime64(network.calendar.start, "D")

    def dates(day: np.ndarray) -> np.ndarray:
        whole = np.where(np.isfinite(day), np.ceil(day), 0).astype(np.int64)
        return np.where(np.isfinite(day), start + whole, np.datetime64("NaT")).astype("datetime64[s]")

    return pd.DataFrame(
        {
            "date": dates(row["day"]),
            "day": row["day"].astype(np.int64),
            "event": np.array(EVENTS, dtype=object)[row["event"].astype(np.int64)],
            "site": network.sites["name"].to_numpy()[network.cell_site[cell]],
            "product": network.products["name"].to_numpy()[network.cell_product[cell]],
            "share": row["share"],
            "stock": row["stock"].astype(np.int64),
            "coming": row["coming"],
            "lasts_until": dates(row["end"]),
            "expected_back": dates(row["over"]),
        }
    )


def decisions_table(outcome: Outcome) -> pd.DataFrame:
    """One row per decision that came into force, in turn, and product that it is about (empty: all at once).

    `met` is the evening on which its condition was met (none where it was chosen), `since` the first day on which it
    was in force, or on which it was done, `until` the first on which it is not any more (none: no end, or done once).
    """
    taken, start = outcome.decisions, np.datetime64(outcome.plan.network.calendar.start, "D")

    def dates(days: Iterable[float]) -> np.ndarray:
        found = [start + int(day) if np.isfinite(day) else np.datetime64("NaT", "D") for day in days]
        return np.array(found, dtype="datetime64[D]").astype("datetime64[s]")

    return pd.DataFrame(
        {
            **{name: [getattr(one, name) for one in taken] for name in ("name", "kind", "party", "product")},
            "met": dates(one.met for one in taken),
            "since": dates(one.since for one in taken),
            "until": dates(one.until if one.until > one.since else np.nan for one in taken),
        }
    )


def scores_table(outcome: Outcome) -> pd.DataFrame:
    """One row per review of a scorecard and source: its scores, and the share of the orders that it has from then on.

    No rows where nobody keeps scores.
    """
    network, found = outcome.plan.network, outcome.scores or {}
    row = {name: found.get(name, np.zeros(0)) for name in ("day", "flow", *SCORES)}
    flow, day = row["flow"].astype(np.int64), row["day"].astype(np.int64)
    buyer, sites = network.flow_buyer[flow], network.sites["name"].to_numpy()
    return pd.DataFrame(
        {
            "date": (np.datetime64(network.calendar.start, "D") + day).astype("datetime64[s]"),
            "day": day,
            "site": sites[network.cell_site[buyer]],
            "product": network.products["name"].to_numpy()[network.cell_product[buyer]],
            "source": sites[network.cell_site[network.flow_source[flow]]],
            **{name: row[name] for name in SCORES},
        }
    )


def lots_table(outcome: Outcome) -> pd.DataFrame:
    """One row per lot: lot, product, maker, made, expires (last day of use; none where it does not expire), and units
    made, used, expired, recalled, destroyed, used up in other products, scrapped, and left at the end.

    Raises ValueError where nothing was kept by lot.
    """
    if outcome.lots is None:
        raise ValueError(NOT_BY_LOT)
    network, columns = outcome.plan.network, outcome.lots.columns
    sites = network.sites["name"].to_numpy()[network.cell_site]
    start = np.datetime64(network.calendar.start, "D")
    forever = columns["expires"] >= NEVER_EXPIRES
    expires = (start + np.where(forever, 0, columns["expires"])).astype("datetime64[s]")
    amounts = ("units", *LotBook.GONE)
    return pd.DataFrame(
        {
            "lot": np.arange(len(forever)),
            "product": network.products["name"].to_numpy()[columns["product"]],
            "maker": sites[columns["maker"]],
            "made": (start + columns["made"]).astype("datetime64[s]"),
            "expires": np.where(forever, np.datetime64("NaT", "s"), expires),
            **{name: columns[name] for name in amounts},
            "left": columns["units"] - sum(columns[name] for name in amounts[1:]),
        }
    )


def trace_table(outcome: Outcome, lot: int) -> pd.DataFrame:
    """Where a lot went: what the journal says of it, then what is left of it at each site on the last day.

    Columns as in the journal. Raises ValueError for a lot that is not there.
    """
    _known_lot(outcome, lot)
    assert outcome.lots is not None
    network = outcome.plan.network
    cell, number, units = outcome.lots.places
    cell, units = cell[number == lot], units[number == lot]
    last = network.calendar.days - 1
    rest = pd.DataFrame(
        {
            "date": np.datetime64(network.calendar.date(last)).astype("datetime64[s]"),
            "day": float(last),
            "event": "left_at_the_end",
            "site": network.sites["name"].to_numpy()[network.cell_site[cell]],
            "product": network.products["name"].to_numpy()[network.cell_product[cell]],
            "units": units,
            "other": "",
            "shipment": -1,
            "lot": lot,
            "cause": "",
        }
    )
    told = outcome.journal[outcome.journal["lot"] == lot]
    return pd.concat([told, rest], ignore_index=True) if len(rest) and len(told) else told if len(told) else rest


def _known_lot(outcome: Outcome, lot: int) -> pd.DataFrame:
    """All lots; raises ValueError for one that is not there, or where nothing is kept by lot."""
    known = lots_table(outcome)
    if not 0 <= lot < len(known):
        raise ValueError(f"there is no lot {lot}; lots are numbered from 0 to {len(known) - 1}")
    return known


def genealogy_table(outcome: Outcome) -> pd.DataFrame:
    """One row per pair of lots of which one went into the other: lot, made_of (the lot of material), units of that.

    Raises ValueError where nothing was kept by lot.
    """
    if outcome.lots is None:
        raise ValueError(NOT_BY_LOT)
    lot, parent, units = outcome.lots.links
    return pd.DataFrame({"lot": lot, "made_of": parent, "units": units})


def made_of_table(outcome: Outcome, lot: int) -> pd.DataFrame:
    """What a lot was made of, stage by stage: stage (1: its own materials, 2: theirs, ...), lot, into (the lot it went
    into), product, maker, made, units of it that went there.

    Goods that are not kept by lot do not appear. Raises ValueError for a lot that is not there.
    """
    found = _family(outcome, lot, "lot", "made_of").rename(columns={"lot": "into", "made_of": "lot"})
    return found[["stage", "lot", "into", *ABOUT]]


def went_into_table(outcome: Outcome, lot: int) -> pd.DataFrame:
    """What was made of a lot, stage by stage: stage (1: directly), lot, made_of (the lot that went into it), product,
    maker, made, units of the material that went there.

    Goods that are not kept by lot do not appear. Raises ValueError for a lot that is not there.
    """
    return _family(outcome, lot, "made_of", "lot")[["stage", "lot", "made_of", *ABOUT]]


ABOUT = ["product", "maker", "made", "units"]
NOT_BY_LOT = "nothing is kept by lot in this scenario; give a product a shelf_life, or trace: true"


def _family(outcome: Outcome, lot: int, near: str, far: str) -> pd.DataFrame:
    """Links from a lot outwards: `near` and `far` are the columns of the genealogy on its side and on the other."""
    known, links = _known_lot(outcome, lot), genealogy_table(outcome)
    reached, stages, stage = np.array([lot]), [], 0
    while len(found := links[links[near].isin(reached)]):
        stage += 1
        stages.append(found.assign(stage=stage))
        reached = found[far].unique()
    found = pd.concat(stages, ignore_index=True) if stages else links.iloc[:0].assign(stage=0)
    about = known.set_index("lot").loc[found[far], ["product", "maker", "made"]].reset_index(drop=True)
    return pd.concat([found.reset_index(drop=True), about], axis=1)


def metrics_table(summary: Summary) -> pd.DataFrame:
    """One row per metric and group: breakdown, group, metric, label, unit, value, twin, difference, without_reserves.

    `twin` is the figure of the run without disruptions, `without_reserves` that of the run without its reserves. Where
    the scenario has decisions, `without_decisions` is that of the run without them.
    """

    def row(breakdown: str, group: str, name: str, label: str, unit: str, value: Value) -> dict[str, object]:
        return {
            "breakdown": breakdown, "group": group, "metric": name, "label": label, "unit": unit,
            **summary.columns(value),
        }  # fmt: skip

    def rows(breakdown: str, group: str, values: dict[str, Value]) -> list[dict[str, object]]:
        return [row(breakdown, group, n, METRICS[n].label, METRICS[n].unit, value) for n, value in values.items()]

    found = rows("all", "", summary.overall)
    for breakdown, groups in summary.by.items():
        for group, values in groups.items():
            found.extend(rows(breakdown, group, values))
    found.extend(row("cost", "", n, n.capitalize(), summary.currency, value) for n, value in summary.cost.items())
    table = pd.DataFrame(found)
    return table.astype(dict.fromkeys(summary.columns(Value(None, None)), float))


def metrics_json(summary: Summary) -> dict[str, object]:
    """The metrics as plain data for metrics.json: every figure with label, unit and the columns of `metrics_table`."""

    def entries(values: dict[str, Value]) -> dict[str, object]:
        return {
            name: {"label": METRICS[name].label, "unit": METRICS[name].unit, **summary.columns(value)}
            for name, value in values.items()
        }

    return {
        "overall": entries(summary.overall),
        "by": {
            breakdown: {group: entries(values) for group, values in groups.items()}
            for breakdown, groups in summary.by.items()
        },
        "cost": {
            "currency": summary.currency,
            "lines": {name: summary.columns(value) for name, value in summary.cost.items()},
        },
        "definitions": {name: metric.definition for name, metric in METRICS.items()},
    }
