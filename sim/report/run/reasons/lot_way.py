"""The way of one lot through the network: who sent how many of its units to whom, and what became of them there.

The journal tells every departure and arrival of a lot, and where it expired or was called back. What a facility
received and neither lost nor still has it used; of goods destroyed the journal does not name the lot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.report.run.as_tables.tables import lots_table, trace_table
from sim.report.run.facts import Facts

MOST_SITES = 30
"""drawn one by one; the others of a stage are summed"""
CANDIDATES = 12
"""Lots that are looked at until one can be followed from its maker on."""
FOUND = {"called_back": "called back", "kept_back": "called back"}
FATES = ("used", "called back", "expired", "destroyed", "left")


@dataclass(frozen=True)
class LotWay:
    """`about` is the lot's row of the table of lots; `first` and `last` are the dates of arrivals at each stage.

    sites: one row a site or sum of sites (`summed`), with stage (0: the maker), parent (the site that sent it most),
    kind, received, sent, and units under each of `FATES`. branches: source, site, units, summed over shipments.
    under_way: units sent that never arrived. unsure: some units that a facility seems to have used may have been
    destroyed there. drawn: sites that stand by themselves, of `all_sites`.
    """

    about: dict[str, object]
    sites: pd.DataFrame
    branches: pd.DataFrame
    first: list[pd.Timestamp | None]
    last: list[pd.Timestamp | None]
    under_way: int
    unsure: bool
    drawn: int
    all_sites: int

    @property
    def product(self) -> str:
        """Name of the product."""
        return str(self.about["product"])


def way_of_worst(facts: Facts) -> LotWay | None:
    """The way of the lot that had reached most sites, of those of which much was called back or, where none was, lost.

    Much is at least half of the most of any lot. None where there is no such lot that can be followed from its maker.
    """
    if facts.outcome.lots is None or not len(facts.outcome.journal):
        return None
    table = lots_table(facts.outcome)
    lost = table["recalled"] if table["recalled"].any() else table["expired"] + table["destroyed"]
    reach = _reach(facts)
    table = table.assign(lost=lost, reach=reach.reindex(table["lot"]).fillna(0).to_numpy())
    table = table[(table["lost"] > 0) & (2 * table["lost"] >= table["lost"].max()) & (table["reach"] > 0)]
    order = table.sort_values(["reach", "lost", "lot"], ascending=[False, False, True], kind="stable")
    return next(filter(None, (_way(facts, row) for row in _rows(order.head(CANDIDATES)))), None)


def _reach(facts: Facts) -> pd.Series:
    """Lot -> number of sites that something of it was sent to."""
    journal = facts.outcome.journal
    sent = journal[(journal["event"] == "departure") & (journal["lot"] >= 0)]
    return sent.groupby("lot")["site"].nunique()


def _rows(table: pd.DataFrame) -> Iterator[dict[str, object]]:
    return ({str(key): value for key, value in row.items()} for row in table.to_dict("records"))


def _way(facts: Facts, about: dict[str, object]) -> LotWay | None:
    """The way of a lot, or None where the journal does not account for all units that its sites sent."""
    told = trace_table(facts.outcome, int(str(about["lot"])))
    sent = told[told["event"] == "departure"]
    branches = sent.groupby(["other", "site"], sort=False)["units"].sum().reset_index()
    branches = branches.rename(columns={"other": "source"}).astype({"source": str, "site": str})
    maker = str(about["maker"])
    stage = _stages(branches, maker)
    if stage is None:
        return None
    sites = pd.DataFrame({"site": list(stage), "stage": list(stage.values())}).set_index("site")
    kinds = facts.network.sites.set_index("name")["kind"]
    sites["kind"] = kinds.reindex(sites.index).to_numpy()
    arrived = told[told["event"] == "arrival"]
    for name, rows in (
        ("received", arrived), ("sent", sent.assign(site=sent["other"])), ("expired", told[told["event"] == "expired"]),
        ("called back", told[told["event"].isin(list(FOUND))]), ("left", told[told["event"] == "left_at_the_end"]),
    ):  # fmt: skip
        units = rows.groupby("site", observed=True)["units"].sum()
        sites[name] = units.reindex(sites.index).fillna(0).astype(np.int64)
    made = int(str(about["units"]))
    sites.loc[maker, "received"] = made
    rest = sites["received"] - sites[["sent", "expired", "called back", "left"]].sum(axis=1)
    if (rest < 0).any():
        return None
    facility = (sites["kind"] == "facility").to_numpy()
    sites["used"], sites["destroyed"] = np.where(facility, rest, 0), np.where(facility, 0, rest)
    under_way = int(sent["units"].sum() - arrived["units"].sum())
    unsure = int(str(about["destroyed"])) > int(sites["destroyed"].sum())
    largest = branches.sort_values("units", ascending=False, kind="stable").drop_duplicates("site").set_index("site")
    sites["parent"] = largest["source"].reindex(sites.index).fillna("")
    when = arrived.assign(stage=arrived["site"].map(stage)).groupby("stage")["date"]
    first, last = when.min(), when.max()
    stages = range(1 + int(sites["stage"].max()))
    shown, joined, drawn = _summed(sites.reset_index(), branches)
    return LotWay(
        about, shown, joined, [first.get(k) for k in stages], [last.get(k) for k in stages], under_way, unsure, drawn,
        len(sites),
    )  # fmt: skip


def _stages(branches: pd.DataFrame, maker: str) -> dict[str, int] | None:
    """Site -> longest way to it from the maker in shipments; None where goods went in a circle or began elsewhere."""
    stage = {maker: 0}
    for _ in range(len(branches) + 1):
        before = dict(stage)
        for source, site in zip(branches["source"], branches["site"], strict=True):
            if source in stage:
                stage[site] = max(stage.get(site, 0), stage[source] + 1)
        if stage == before:
            known = set(branches["source"]) <= set(stage)
            return stage if known and stage[maker] == 0 else None
    return None


def _summed(sites: pd.DataFrame, branches: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Sites and branches with those of small amounts summed, stage by stage; and how many sites stand alone."""
    senders = set(branches["source"])
    order = sites.assign(sends=sites["site"].isin(senders)).sort_values(
        ["sends", "received"], ascending=False, kind="stable"
    )
    keep = set(order["site"].head(MOST_SITES if len(order) <= MOST_SITES else MOST_SITES - 1))
    sums = sites[~sites["site"].isin(keep)].groupby("stage")["site"].agg(list)
    name = {site: f"{len(group)} others" + " " * k for k, group in enumerate(sums) for site in group}
    amounts = ["received", "sent", *FATES]
    sites = sites.assign(site=sites["site"].replace(name), parent=sites["parent"].replace(name))
    about = sites.groupby("site", sort=False)[["stage", "kind", "parent"]].first()
    shown = about.join(sites.groupby("site", sort=False)[amounts].sum()).reset_index()
    shown["summed"] = shown["site"].isin(set(name.values()))
    joined = branches.assign(source=branches["source"].replace(name), site=branches["site"].replace(name))
    return shown, joined.groupby(["source", "site"], sort=False)["units"].sum().reset_index(), len(keep)
