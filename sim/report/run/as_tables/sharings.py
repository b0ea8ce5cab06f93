"""The table of sharings: who was given what, and all that this was worked out from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.engine.books.sharings import FIGURES, Page
from sim.engine.run import Outcome
from sim.output.sharing_columns import SHARINGS

WHOLE = ("to_give", "asked", "cover_stock", "priority", "kept_back", "given")
"""Figures that are whole numbers and never missing."""
NOT_KEPT = "this run did not keep its sharings; `sharings=True` (--sharings) does"


def sharings_table(outcome: Outcome) -> pd.DataFrame:
    """One row per sharing-out and claimant, in order of day; columns as in `tideover list columns`.

    Raises ValueError where the run did not keep them.
    """
    if outcome.sharings is None:
        raise ValueError(NOT_KEPT)
    pages = outcome.sharings
    none = {name: np.zeros(0) for name in ("flow", "step", "floor", "rank", "queue", "as_one", "by", *FIGURES)}
    column = {name: np.concatenate([none[name], *(page[3][name] for page in pages)]) for name in none}
    network = outcome.plan.network
    flow, step = column["flow"].astype(np.int64), column["step"].astype(np.int64)
    source, buyer = network.flow_source[flow], network.flow_buyer[flow]
    sites, owners = network.sites["name"].to_numpy(), network.sites["party"].to_numpy()
    owner, buyer_name = owners[network.cell_site[buyer]], sites[network.cell_site[buyer]]
    as_one, by = column["as_one"].astype(object), column["by"].astype(object)
    day = _of_pages(pages, 0, np.int64)
    start = np.datetime64(network.calendar.start, "D")
    found: dict[str, object] = {
        "date": (start + day).astype("datetime64[s]"),
        "day": day,
        "source": sites[network.cell_site[source]],
        "product": network.products["name"].to_numpy()[network.cell_product[source]],
        "reserve": _of_pages(pages, 1, object),
        "step": step,
        "shared_by": np.where(step > 1, np.where(by != "", by, buyer_name), sites[network.cell_site[source]]),
        "rule": _of_pages(pages, 2, object),
        "rank": column["rank"].astype(np.int64),
        "claimant": np.where(as_one != "", as_one, buyer_name),
        "party": np.where(as_one != "", as_one, owner),
        "floor": column["floor"].astype(np.int64),
        "queue": column["queue"].astype(object),
    }
    for name in FIGURES:
        values = column[name]
        found[name] = values.astype(np.int64) if name in WHOLE else values
    return pd.DataFrame({name: found[name] for name in SHARINGS.names})


def _of_pages(pages: tuple[Page, ...], field: int, kind: type) -> np.ndarray:
    """A field of the pages, once for each of their rows."""
    lengths = [len(page[3]["flow"]) for page in pages]
    return np.repeat(np.array([page[field] for page in pages], dtype=kind), lengths)
