"""Whom a reserve reaches: which members can draw on it, which cannot, and what of its size is reckoned for these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.plan import Plan, ReservePlan
from sim.model.amounts import Column, Cover
from sim.model.effects import Effect
from sim.model.network import Network


@dataclass(frozen=True)
class Reach:
    """One product of a reserve: `able` and `unable` are the members' cells that can draw on it, and that cannot.

    `units` is its size; of that `idle` units are reckoned for members that cannot draw: by their days or their own
    column, of a size in units by their share of usual demand. `able_use` and `unable_use` are units of usual demand a
    day of the two.
    """

    product: int
    able: np.ndarray
    unable: np.ndarray
    units: int
    idle: int
    able_use: float
    unable_use: float

    @property
    def lasts(self) -> float:
        """Days of usual demand of those who can draw that the whole of it is; infinite where they have none."""
        return self.units / self.able_use if self.able_use else np.inf

    @property
    def idle_days(self) -> float:
        """Days of usual demand of those who can draw that is reckoned for others."""
        return self.idle / self.able_use if self.able_use else np.inf


def reach(plan: Plan, reserve: ReservePlan) -> tuple[Reach, ...]:
    """Whom a reserve reaches, product by product; a lane that is closed on every day leads nowhere."""
    network = plan.network
    able = np.isin(reserve.members, _supplied(network, reserve, _always_shut(plan)))
    return tuple(
        _of_product(network, reserve, able, int(product)) for product in np.unique(network.cell_product[reserve.holder])
    )


def closed_throughout(effects: Sequence[Effect], first: float, days: float) -> np.ndarray:
    """Lanes that some effect keeps closed from the first day to the last."""
    shut = [
        effect.rows
        for effect in effects
        if effect.quantity == "lane.open" and effect.start <= first and effect.end >= days
        and all(value == 0 for _, value in effect.steps)
    ]  # fmt: skip
    return np.unique(np.concatenate(shut)) if shut else np.zeros(0, dtype=np.int64)


def _always_shut(plan: Plan) -> np.ndarray:
    """Flows that some lane closed on every counted day cuts; a mask."""
    network = plan.network
    effects = [*network.seasons, *(effect for impact in plan.impacts for effect in impact.effects)]
    lanes = closed_throughout(effects, 0.0, network.calendar.days)
    return np.asarray(np.isin(network.flow_lanes, lanes).any(axis=1))


def _supplied(network: Network, reserve: ReservePlan, shut: np.ndarray) -> np.ndarray:
    """Cells that goods of the reserve can come to: all down from its holders, and members that hold it themselves."""
    known = np.zeros(len(network.cell_site), dtype=bool)
    known[reserve.holder[reserve.size > 0]] = True
    open_ = ~shut
    open_[network.orders :] = False  # a reserve answers orders
    while not known[buyers := network.flow_buyer[known[network.flow_source] & open_]].all():
        known[buyers] = True
    known[reserve.members[reserve.own[:, 1]]] = True
    return np.flatnonzero(known)


def _of_product(network: Network, reserve: ReservePlan, able: np.ndarray, product: int) -> Reach:
    here = network.cell_product[reserve.members] == product
    members, can = reserve.members[here], able[here]
    units = int(reserve.size[network.cell_product[reserve.holder] == product].sum())
    use = network.cell_mean[members]
    weight = use * reserve.weight[here]
    if isinstance(reserve.spec.size, Column):
        weight = network.units(reserve.spec.size, members).astype(float)
    share = float(weight[~can].sum() / weight.sum()) if weight.any() else 0.0
    return Reach(
        product, members[can], members[~can], units, round(units * share), float(use[can].sum()),
        float(use[~can].sum()),
    )  # fmt: skip


def counts_members(reserve: ReservePlan) -> bool:
    """Whether its size is worked out from its members, not given in units."""
    return isinstance(reserve.spec.size, Column | Cover)
