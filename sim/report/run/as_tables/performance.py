"""How sources served each party: on time, in full, and with what share of what they sent; from the journal alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.engine.run import Outcome
from sim.model.network import Network
from sim.output.sharing_columns import PERFORMANCE

GRACE = 2.0
"""Days after the mean lead time on which what comes is still on time, as in the scorecard (assumed)."""
GONE = ("cancelled", "seized", "expired_under_way", "kept_back")
"""Events after which what was ordered does not come any more."""


def performance_table(outcome: Outcome) -> pd.DataFrame:
    """One row per source, party that buys of it, and product; columns as in `tideover list columns`.

    Orders of the counted days are looked at whose promised day is not after the last; the oldest are filled first, and
    before them what was under way or on order at the start. No rows where the journal is not full.
    """
    network, events = outcome.plan.network, outcome.journal
    if not (events["event"] == "order").any():
        return pd.DataFrame(columns=list(PERFORMANCE.names))
    pairs = _pairs(network)
    orders, came = _of_pairs(events, ["order"], network, pairs), _of_pairs(events, ["arrival", *GONE], network, pairs)
    sent = _of_pairs(events[events["day"] >= 0], ["departure"], network, pairs)
    start, flow_pair = outcome.plan.start, pairs["pair"].to_numpy()
    before = np.bincount(flow_pair, start.unsent, len(pairs))
    before += np.bincount(flow_pair[start.flow], start.units, len(pairs))
    opening = pd.DataFrame({"pair": np.arange(len(pairs)), "day": -np.inf, "units": before.astype(np.int64)})
    filled = _filled(pd.concat([opening, orders], ignore_index=True), came)
    promise = np.maximum(1, np.ceil(pairs.groupby("pair")["lead_time"].max() + GRACE - 1e-9)).to_numpy()
    filled["due_day"] = filled["day"] + promise[filled["pair"]]
    filled = filled[(filled["day"] >= 0) & (filled["due_day"] < network.calendar.days)]
    arrived = (filled["event"] == "arrival").to_numpy()
    on_time = arrived & (np.ceil(filled["came"]) <= filled["due_day"]).to_numpy()
    came_of = {"due": filled["units"], "arrived": filled["units"] * arrived, "on_time": filled["units"] * on_time}
    by_pair = (
        pd.DataFrame({"pair": filled["pair"], **came_of}).groupby("pair").sum().reindex(range(len(pairs)), fill_value=0)
    )
    first = pairs.groupby("pair").agg({"source": "first", "party": "first", "product": "first", "usual": "sum"})
    first["ordered"] = orders[orders["day"] >= 0].groupby("pair")["units"].sum()
    first["sent"] = sent.groupby("pair")["units"].sum()
    keys = ["source", "party", "product"]
    found = first.fillna(0).join(by_pair).groupby(keys, as_index=False).sum()
    shares = found.groupby(["source", "product"])[["usual", "sent"]].transform("sum")
    columns = {name: found[name].astype(np.int64) for name in ("ordered", "due")}
    parts = {"on_time": ("on_time", found["due"]), "in_full": ("arrived", found["due"])}
    parts |= {"usual_share": ("usual", shares["usual"]), "sent_share": ("sent", shares["sent"])}
    columns |= {name: found[part].astype(float) / of.where(of > 0) for name, (part, of) in parts.items()}
    table = pd.DataFrame({**{name: found[name] for name in keys}, **columns})
    return table.loc[table["ordered"] > 0].reset_index(drop=True)


def _pairs(network: Network) -> pd.DataFrame:
    """A row for each flow; flows of one `pair` are those from one source to one buyer."""
    source, buyer = network.flow_source, network.flow_buyer
    sites = network.sites["name"].to_numpy()
    return pd.DataFrame(
        {
            "pair": np.unique(np.stack([source, buyer]), axis=1, return_inverse=True)[1].ravel(),
            "source": sites[network.cell_site[source]],
            "buyer": sites[network.cell_site[buyer]],
            "product": network.products["name"].to_numpy()[network.cell_product[buyer]],
            "party": network.sites["party"].to_numpy()[network.cell_site[buyer]],
            "usual": network.flow_usual,
            "lead_time": network.flow_lead_time,
        }
    )


def _of_pairs(events: pd.DataFrame, words: list[str], network: Network, pairs: pd.DataFrame) -> pd.DataFrame:
    """Events of these words that are about orders, in turn: pair, day, units, event."""
    mine = events[events["event"].isin(words)]
    names = {"site": "buyer", "other": "source"}
    known = pairs.drop_duplicates("pair")[["pair", "source", "buyer", "product"]]
    return mine.rename(columns=names).merge(known, on=["source", "buyer", "product"])[["pair", "day", "units", "event"]]


def _filled(orders: pd.DataFrame, came: pd.DataFrame) -> pd.DataFrame:
    """Orders in parts that one event each fulfilled, or ended: pair, day, units, event, came; the oldest first.

    Both are laid on one line, pair after pair, on which each takes as much room as it has units.
    """
    orders, came = (
        table.sort_values(["pair", "day"], kind="stable").reset_index(drop=True) for table in (orders, came)
    )
    number = int(max(orders["pair"].max(), came["pair"].max() if len(came) else 0)) + 1
    totals = [np.bincount(table["pair"], table["units"], number) for table in (orders, came)]
    base = np.concatenate([[0.0], np.cumsum(np.maximum(*totals))])
    ends = []
    for table, total in zip((orders, came), totals, strict=True):
        before = np.concatenate([[0.0], np.cumsum(total)])[table["pair"]]
        ends.append(base[table["pair"]] + np.cumsum(table["units"]) - before)
    cuts = np.unique(np.concatenate([base, *ends]))
    begin, units = cuts[:-1], np.diff(cuts)
    place = [np.searchsorted(end, begin, side="right") for end in ends]
    inside = [
        (at < len(end)) & (begin >= (end - table["units"]).to_numpy()[np.minimum(at, len(end) - 1)])
        if len(end)
        else np.zeros(len(begin), dtype=bool)
        for at, end, table in zip(place, ends, (orders, came), strict=True)
    ]
    mine = orders.iloc[place[0][inside[0]]].reset_index(drop=True)
    ended = inside[1][inside[0]]
    event = np.full(len(mine), "", dtype=object)
    day = np.full(len(mine), np.inf)
    which = place[1][inside[0]][ended]
    event[ended], day[ended] = came["event"].to_numpy(dtype=object)[which], came["day"].to_numpy()[which]
    return pd.DataFrame(
        {"pair": mine["pair"], "day": mine["day"], "units": units[inside[0]], "event": event, "came": day}
    )
