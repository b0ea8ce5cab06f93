"""Berths, yards, vehicles and rounds keep to their limits, and queues to Little's law, whatever else happens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from sim.api import Run
from sim.engine.moving.cargo import Cargo
from sim.engine.moving.transport import Transport
from sim.model.goods.shipments import Phase
from tests.property.choices import Dice, day
from tests.property.networks import scenario, scenarios
from tests.property.running import run
from tests.property.test_conservation import _departures as departures_of

NO_TIME = 1e-9


def with_berths(seed: int) -> dict[str, Any]:
    """A random network with ports that have berths, and nothing under way before the first day."""
    for k in range(seed * 100, seed * 100 + 100):
        spec = scenario(Dice(k), disruptions=3)
        if any("berth_time" in port for port in spec.get("ports", {}).values()):
            spec.pop("warm_up", None)
            buyers = dict.fromkeys(entry["at"] for entry in spec["replenishment"])
            spec["stock"] = [{"at": buyer, "on_hand": 30} for buyer in buyers]
            return spec
    raise AssertionError("no network with berths")


def watched(spec: dict[str, Any]) -> tuple[Run, Transport]:
    """Run it, looking at every port after every event; returns the transport as it was at the end."""
    seen: list[Transport] = []

    class Watched(Transport):
        def _sweep(self, limit: float, day: int) -> None:
            super()._sweep(limit, day)
            self._look()
            seen[:] = [self]

        def _look(self) -> None:
            """Counted from the shipments alone."""
            table, network, shared = self.state.shipments, self.network, self.ports.pool
            route = network.flow_route[table["flow"]]
            gate, lane = (a[route, table["leg"]] for a in (network.routes.gate, network.routes.lane))
            load = table["units"] * network.cell_size[network.flow_buyer[table["flow"]]]
            for g in np.flatnonzero([x.berth_time is not None for x in network.gates]):
                pool = np.isin(gate, np.flatnonzero(shared == shared[g]))
                calls = {
                    name: {
                        (int(table["vessel"][i]), int(lane[i]), float(table["departed"][i]))
                        for i in np.flatnonzero(pool & (table["phase"] == phase))
                        if phase == Phase.AT_BERTH or table["time"][i] < self._since
                    }
                    for name, phase in (("at berth", Phase.AT_BERTH), ("queued", Phase.QUEUED))
                }
                assert all(len({v for v, *_ in found}) == len(found) for found in calls.values())  # one departure each
                port = network.gates[g]
                assert len(calls["at berth"]) <= port.handling
                ashore = pool & np.isin(table["phase"], (Phase.CLEARING, Phase.READY))
                assert load[ashore].sum() <= port.yard + NO_TIME
                able = self.quantities["gate.handling"][shared == shared[g]]
                if able.min() == port.handling:  # as on any ordinary day: no berth is idle while a vessel waits
                    assert len(calls["at berth"]) == port.handling or not calls["queued"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.engine.day.Transport", Watched)
        done = run(spec)
    return done, seen[0]


def seized(spec: dict[str, Any], **how: str) -> dict[str, Any]:
    """The same with part of what lies in its ports taken, or held for some days, three times."""
    kind = {"kind": "seizure", "share": "37%"} | how
    more = [kind | {"name": f"{p}{k}", "port": p, "from": day(k)} for p in spec["ports"] for k in (7, 11, 16)]
    return spec | {"disruptions": [*spec["disruptions"], *more]}


TAKEN: list[dict[str, str]] = [{}, {"held": "60h"}]


@pytest.mark.parametrize("seed", range(25))
def test_berths_and_yards_are_never_exceeded_and_none_is_idle_while_a_vessel_waits(seed: int) -> None:
    watched(with_berths(seed))


@pytest.mark.parametrize("how", TAKEN)
@pytest.mark.parametrize("seed", range(6))
def test_what_is_seized_leaves_no_berth_idle_and_none_taken_twice(seed: int, how: dict[str, str]) -> None:
    watched(seized(with_berths(seed), **how))


@pytest.mark.parametrize("how", [None, *TAKEN])
@pytest.mark.parametrize("seed", range(12))
def test_the_queue_over_time_is_the_sum_of_the_waits(seed: int, how: dict[str, str] | None) -> None:
    """Little's law, as an identity: for those who left the queue and those who are still in it at the end."""
    spec = with_berths(seed + 50)
    done, end = watched(spec if how is None else seized(spec, **how))
    days = done.outcome.plan.network.calendar.days
    table = end.state.shipments
    cargo = Cargo(end.network, end.state)
    rows, gate = cargo.in_phase(Phase.QUEUED)
    still = np.zeros(len(end.network.gates))
    np.add.at(still, gate, cargo.load(rows) * (days - table["time"][rows]))
    ports = done.outcome.record.ports
    assert ports["queue_days"].sum(axis=0) == pytest.approx(ports["waited"].sum(axis=0) + still, abs=1e-6)
    came, gone = ports["arrived"].cumsum(axis=0), ports["moved_on"].cumsum(axis=0)
    assert (came - gone == ports["queue"]).all()


@given(scenarios())
def test_ports_lose_nothing(spec: dict[str, Any]) -> None:
    """What came is in the queue, at berth, handled or turned back at the border."""
    done = run(spec | {"warm_up": "0d"})
    ports = done.outcome.record.ports
    queued = ports["arrived"].cumsum(axis=0) - ports["moved_on"].cumsum(axis=0)
    assert (queued == ports["queue"]).all()
    assert (ports["handled"].cumsum(axis=0) <= ports["moved_on"].cumsum(axis=0)).all()
    used = ports["utilisation"]
    has = np.array([gate.berth_time is not None for gate in done.outcome.plan.network.gates], dtype=bool)
    assert (used[:, has] <= 1 + NO_TIME).all()


@given(scenarios())
def test_rounds_leave_on_their_days_and_vehicles_only_when_back(spec: dict[str, Any]) -> None:
    _, departures = departures_of(spec)
    for lane in spec["lanes"]:
        stops = lane["to"] if isinstance(lane["to"], list) else [lane["to"]]
        names = {f"{lane['from']} > {stop}" for stop in stops}
        together: dict[float, float] = {}
        for d in departures:
            if d.lane in names:
                together[d.at] = together.get(d.at, 0.0) + d.load
        if "round" in lane:
            first, every = int(lane["round"]["first"][:-1]), int(lane["round"]["every"][:-1])
            assert all((np.floor(at) - first) % every == 0 for at in together)
            assert max(together.values(), default=0) <= lane["round"].get("carries", np.inf) + NO_TIME
        elif "vehicles" in lane:
            most = lane["vehicles"]["number"]
            assert all(np.ceil(load / lane["vehicles"]["carries"] - NO_TIME) <= most for load in together.values())
