"""The tables of a run: daily, events, metrics, costs, ports."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.engine.ledger import DAILY
from sim.engine.run import Outcome
from sim.metrics.base import METRICS
from sim.metrics.summary import Summary, Value


def _dates(outcome: Outcome) -> pd.DatetimeIndex:
    calendar = outcome.plan.network.calendar
    return pd.date_range(calendar.start, periods=calendar.days, freq="D", unit="s")


def daily_table(outcome: Outcome) -> pd.DataFrame:
    """One row per day, site and product, in that order: date, day, site, product, kind, region, country, and `DAILY`.

    Raises ValueError where the run did not keep the daily table.
    """
    network, table = outcome.plan.network, outcome.record.table
    if table is None:
        raise ValueError("this run kept no daily table; run it with the daily table on")
    order = np.lexsort((network.cell_product, network.cell_site))
    dates, cells = _dates(outcome), len(order)
    site, product = network.cell_site[order], network.cell_product[order]
    data: dict[str, object] = {
        "date": np.repeat(dates.to_numpy(), cells),
        "day": np.repeat(np.arange(len(dates)), cells),
    }
    labels = {"site": network.sites["name"].to_numpy()[site], "product": network.products["name"].to_numpy()[product]}
    labels |= {name: network.sites[name].to_numpy()[site] for name in ("kind", "country", "region")}
    for name, values in labels.items():
        data[name] = pd.Categorical.from_codes(
            np.tile(pd.Categorical(values).codes, len(dates)), categories=pd.Categorical(values).categories
        )
    for name in DAILY:
        data[name] = table[name][:, order].ravel()
    return pd.DataFrame(data)


def ports_table(outcome: Outcome) -> pd.DataFrame:
    """One row per day and side of a port: handling units arrived, handled, and queueing at day's end."""
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
    )


def metrics_table(summary: Summary) -> pd.DataFrame:
    """One row per metric and group: breakdown, group, metric, label, unit, value, twin, difference, without_reserves.

    `twin` is the figure of the run without disruptions, `without_reserves` that of the run without its reserves.
    """

    def row(breakdown: str, group: str, name: str, label: str, unit: str, value: Value) -> dict[str, object]:
        return {
            "breakdown": breakdown, "group": group, "metric": name, "label": label, "unit": unit, **value.columns(),
        }  # fmt: skip

    def rows(breakdown: str, group: str, values: dict[str, Value]) -> list[dict[str, object]]:
        return [row(breakdown, group, n, METRICS[n].label, METRICS[n].unit, value) for n, value in values.items()]

    found = rows("all", "", summary.overall)
    for breakdown, groups in summary.by.items():
        for group, values in groups.items():
            found.extend(rows(breakdown, group, values))
    found.extend(row("cost", "", n, n.capitalize(), summary.currency, value) for n, value in summary.cost.items())
    return pd.DataFrame(found)


def metrics_json(summary: Summary) -> dict[str, object]:
    """The metrics as plain data for metrics.json: every figure with label, unit and the columns of `metrics_table`."""

    def entries(values: dict[str, Value]) -> dict[str, object]:
        return {
            name: {"label": METRICS[name].label, "unit": METRICS[name].unit, **value.columns()}
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
            "lines": {name: value.columns() for name, value in summary.cost.items()},
        },
        "definitions": {name: metric.definition for name, metric in METRICS.items()},
    }
