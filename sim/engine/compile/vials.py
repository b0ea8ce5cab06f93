"""Vials of several doses: which demand is for them, and how many are opened a day in the mean."""

from __future__ import annotations

import numpy as np

from sim.engine.compile.demand import DemandRows
from sim.engine.plan import DemandEntry, DemandPlan, VialPlan
from sim.engine.serving.demand_source import shape_of
from sim.engine.serving.vials import take, throw_away, vials_for
from sim.model.network import Network
from sim.rng import Streams
from sim.scenario.load import Loaded

SAMPLE = 4096
"""Days over which the mean is taken, the same draws for every seed."""
AT_A_TIME = 256


def usual_units(loaded: Loaded, products: list[str], rows: DemandRows, entries: list[DemandEntry]) -> np.ndarray:
    """Units a day over rows of demand, in the mean: of products in vials of several doses the vials opened for them."""
    usual = rows.mean.copy()
    for position, name in enumerate(products):
        product = loaded.spec.products[name]
        if product.doses == 1:
            continue
        mine = rows.product == position
        for entry in np.unique(rows.entry[mine]).tolist():
            at = np.flatnonzero(mine & (rows.entry == entry) & (rows.mean > 0))
            for begin in range(0, len(at), AT_A_TIME):
                part = at[begin : begin + AT_A_TIME]
                usual[part] = _opened(entries[entry], rows.mean[part], product.doses, days_open(product.open_for))
    return usual


def days_open(open_for: float) -> int:
    """Days on which an open vial can be used, that of opening included."""
    return max(1, int(np.ceil(open_for - 1e-9)))


def compile_vials(loaded: Loaded, network: Network, demand: DemandPlan) -> VialPlan | None:
    """The demand cells of products in vials of several doses; None where there are none."""
    names = network.products["name"].tolist()
    doses = np.array([loaded.spec.products[name].doses for name in names], dtype=np.int64)
    days = np.array([days_open(loaded.spec.products[name].open_for) for name in names], dtype=np.int64)
    product = network.cell_product[demand.cell]
    row = np.flatnonzero(doses[product] > 1)
    if not row.size:
        return None
    return VialPlan(row, demand.cell[row], doses[product[row]], days[product[row]])


def _opened(entry: DemandEntry, means: np.ndarray, doses: int, days: int) -> np.ndarray:
    """Mean vials a day for demand of some means, in doses, over a sample of days without beginning or end."""
    asked = np.stack([_sample(entry, float(mean), number) for number, mean in enumerate(means.tolist())])
    if days == 1:
        return np.asarray(vials_for(asked, np.zeros_like(asked), np.array(doses)).mean(axis=1))
    left, per_vial = np.zeros((days, len(means)), dtype=np.int64), np.array(doses)
    total = np.zeros(len(means))
    for today in asked.T:
        opened = vials_for(today, left.sum(axis=0), per_vial)
        total += opened
        take(left, today, opened * doses)
        throw_away(left, np.full(len(means), days))
    return total / len(asked.T)


def _sample(entry: DemandEntry, mean: float, number: int) -> np.ndarray:
    """Doses asked for on SAMPLE days."""
    at = np.arange(SAMPLE, dtype=float)
    means = mean * shape_of(entry, at, always=True)
    if entry.recorded is not None or not entry.kind.random:
        return np.diff(np.floor(np.concatenate([[0.0], np.cumsum(means)]) + 1e-9)).astype(np.int64)
    drawn = entry.kind.draw(Streams(0).named(f"vials {number}"), means, SAMPLE)
    return np.where(means > 0, drawn, 0).astype(np.int64)
