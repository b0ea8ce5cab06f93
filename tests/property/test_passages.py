"""Closed passages on random voyages: nobody crosses one, and nobody is faster than with all open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.engine.moving.transport import Transport
from sim.model.goods.shipments import Phase
from sim.model.sea.geography import SeaLanes
from sim.model.sea.sea_ways import sea_way
from tests.property.running import run

PORTS = {"INNSA": "IN", "AEJEA": "AE", "SGSIN": "SG", "GRPIR": "GR", "NLRTM": "NL", "KEMBA": "KE"}
TYPED = ["north", "middle", "south"]
NEAR = 1e-6


@cache
def met_between(origin: str, destination: str) -> frozenset[str]:
    """Passages on the usual way between two ports, and on the ways round each of these."""
    way = sea_way(origin, destination, frozenset(), SeaLanes().voyage(origin, destination))
    if way is None:
        return frozenset()
    round_ = [way.turn(0.0, frozenset({name})) for name, _ in way.passages]
    return frozenset(name for some in (way, *round_) if some is not None for name, _ in some.passages)


@st.composite
def voyages(draw: st.DrawFn) -> dict[str, Any]:
    """Two real voyages or typed ones, each from a maker over two ports to a clinic, and closures of their passages."""
    spec: dict[str, Any] = {
        "scenario": "random", "title": "Random voyages", "start": "2024-01-01", "end": "2024-06-01",
        "products": {}, "suppliers": {}, "ports": {}, "facilities": {}, "lanes": [], "demand": [],
        "replenishment": [{"at": "facilities", "policy": "base_stock", "level": "90d"}],
    }  # fmt: skip
    known = set()
    for k in range(2):
        spec["products"][f"p{k}"] = {"unit": "box"}
        spec["facilities"][f"f{k}"] = {}
        spec["suppliers"][f"m{k}"] = {"makes": {f"p{k}": {}}}
        if draw(st.booleans()):
            ends = draw(st.permutations(sorted(PORTS)))[:2]
            spec["ports"] |= {f"{name}{k}": {"locode": name, "country": PORTS[name]} for name in ends}
            a, b = (f"{name}{k}" for name in ends)
            speed = {"speed": draw(st.sampled_from([12, 16])), "spread": draw(st.sampled_from(["0%", "15%"]))}
            spec["lanes"] += [{"from": f"m{k}", "to": a, "time": "0d"}, {"from": a, "to": b, "mode": "sea"} | speed,
                              {"from": b, "to": f"f{k}", "time": "0d"}]  # fmt: skip
            known |= met_between(*ends)
        else:
            names = draw(st.lists(st.sampled_from(TYPED), min_size=1, max_size=3, unique=True))
            where = {name: f"{draw(st.sampled_from([10, 30, 30, 80]))}%" for name in names}
            detour = {name: draw(st.sampled_from(["0d", "12h", "9d"])) for name in names}
            time = draw(st.sampled_from(["20d", "12h", "lognormal(15d, 5d)"]))
            lane = {"from": f"m{k}", "to": f"f{k}", "mode": "sea", "time": time, "passages": where, "detour": detour}
            spec["lanes"].append(lane)
            known |= set(names)
        spec["demand"].append({"at": f"f{k}", "product": f"p{k}", "per_day": 5})
    assume(known)
    spec["disruptions"] = [
        {
            "kind": "route_closure", "name": f"closure {n}", "passage": draw(st.sampled_from(sorted(known))),
            "from": f"2024-0{draw(st.integers(1, 4))}-{draw(st.integers(10, 28))}",
            "for": draw(st.sampled_from(["1d", "12h", "9d", "40d"])),
            "diverts": draw(st.sampled_from(["0%", "50%", "100%"])), "rest": draw(st.sampled_from(["wait", "pass"])),
            "ramp": draw(st.sampled_from(["0d", "5d"])),
        }
        for n in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    return spec


@contextmanager
def watched() -> Iterator[list[str]]:
    """What vessels do wrong between one look at them and the next."""
    wrong: list[str] = []
    change, open_day = Transport.effects_changed, Transport.open_day
    seen: dict[int, tuple[float, list[tuple[str, float]], np.ndarray, np.ndarray]] = {}

    def look(self: Transport, now: float) -> None:
        """Passages that each vessel will reach if nothing changes, and how it stands with them from now on."""
        table, passages = self.state.shipments, self.passages
        share = self.quantities["passage.diverted"].copy()
        opened = self.quantities["passage.open"].copy()
        for vessel, (since, reaches, was_open, was_barred) in seen.items():
            rows = np.flatnonzero(table["id"] == vessel)
            held = rows.size and table["phase"][rows[0]] == Phase.HELD
            for name, at in reaches:
                number = self.network.passages.index(name)
                barred = was_open[number] <= 0 or was_barred[number]
                if barred and not held and since + NEAR < at < now - NEAR:
                    wrong.append(f"vessel {vessel} crossed {name} at {at:.2f}, closed since {since:.2f}")
        seen.clear()
        for row in np.flatnonzero(table["phase"] == Phase.TRAVELLING).tolist():
            lane = self.network.flow_lanes[table["flow"][row], table["leg"][row]]
            if self.network.lanes[lane].way is None:
                continue
            way = passages._ways[table["way"][row]]
            reaches = [(name, table["departed"][row] + at * table["length"][row]) for name, at in way.passages]
            seen[int(table["id"][row])] = now, reaches, opened, table["luck"][row] < share

    def changed(self: Transport, now: float) -> None:
        look(self, now)
        change(self, now)
        seen.clear()
        look(self, now)

    def opened(self: Transport, day: int) -> None:
        look(self, float(day))
        open_day(self, day)
        seen.clear()
        look(self, float(day))

    Transport.effects_changed, Transport.open_day = changed, opened  # type: ignore[method-assign]
    try:
        yield wrong
    finally:
        Transport.effects_changed, Transport.open_day = change, open_day  # type: ignore[method-assign]


def journeys(done: Any) -> pd.DataFrame:
    """Legs that take time: from a site to the clinic of its product, with the day of departure and the days sailed.

    What a vessel waits before passages, until it passes or turns off, is no part of them.
    """
    events = done.events
    stops = events[events["event"].isin(["held", "released", "diverted"])].sort_values(
        ["shipment", "day"], kind="stable"
    )
    last = stops.groupby("shipment")[["event", "day"]].shift()
    waits = (stops["day"] - last["day"])[(last["event"] == "held") & (stops["event"] != "held")]
    waited = waits.groupby(stops["shipment"]).sum()
    left = events[events["event"] == "departure"].groupby("shipment")["day"].min()
    came = events[events["event"] == "arrival"].groupby("shipment")["day"].max()
    product = events.groupby("shipment")["product"].first()
    came = came[came > left.reindex(came.index) + NEAR]  # who was under way at first sets out on the last leg only
    sailed = came - left - waited.reindex(came.index, fill_value=0.0)
    table = pd.DataFrame({"left": left, "took": sailed, "product": product}).dropna()
    return table.groupby(["product", "left"])["took"].min()


@given(voyages())
def test_nobody_crosses_a_closed_passage_and_nobody_is_faster_than_with_all_open(spec: dict[str, Any]) -> None:
    with watched() as wrong:
        shut = journeys(run(spec, detail="full"))
    assert not wrong, wrong[:3]
    all_open = journeys(run(spec | {"disruptions": []}, detail="full"))
    both = pd.concat([shut.rename("shut"), all_open.rename("open")], axis=1).dropna()
    assert len(both) > 20  # those of the same day have the same draws
    assert (both["shut"] >= both["open"] - NEAR).all()
