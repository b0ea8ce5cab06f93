"""The map of the wall: places in layers, what of the ways was announced as closed or slower, and who went without."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd

from sim.begun import Begun
from sim.tabletop.session import Session
from sim.tabletop.table import Settings, Table
from sim.tabletop.ways import Place, _by_factor, _layers, _short, _together
from tests.tabletop.exercise import written


def links(session: Session) -> dict[str, tuple[str, bool]]:
    told = session.view("observer")["map"]
    names = [place["name"] for place in told["places"]]
    return {f"{names[one['from']]}>{names[one['to']]}": (one["state"], one["used"]) for one in told["links"]}


def test_a_way_is_closed_from_when_that_was_announced_until_it_is_over(session: Session) -> None:
    """The ban is from 10 March on (day 9) for 40 days: until day 49. A turn has seven days: turns begin on days 0, 7,
    14 … 42, 49. At the second maker nobody orders."""
    usual = {
        "works>store": ("open", True), "second>store": ("open", False), "store>lakes": ("open", True),
        "store>plains": ("open", True),
    }  # fmt: skip
    found = [links(session)]
    while not session.over:
        session.advance()
        found.append(links(session))
    banned = usual | {"works>store": ("closed", True)}
    assert found == [usual, usual, *[banned] * 5, usual, usual]


def test_places_stand_in_layers_from_makers_to_who_uses_goods(session: Session) -> None:
    places = {place["name"]: place for place in session.view("observer")["map"]["places"]}
    assert {name: place["layer"] for name, place in places.items()} == {
        "works": 0, "second": 0, "store": 1, "lakes": 2, "plains": 2,
    }  # fmt: skip
    assert [places[name]["short"] for name in ("works", "store", "lakes")] == [None, None, None]  # no turn was played
    session.advance()
    told = session.view("observer")
    short = {place["name"]: place["short"] for place in told["map"]["places"] if place["kind"] == "facility"}
    missing = told["unmet"]["by_region"]["drip"]
    assert {name: units > 0 for name, (units,) in missing.items()} == {name: of > 0 for name, of in short.items()}


def test_what_was_decided_or_not_announced_is_not_on_the_wall(session: Session) -> None:
    before = session.view("observer")["map"]
    session.fire("2")  # a flood in the store, which is fired now: known from tomorrow on, and closes no way
    session.decide("ministry", "order", 1, id="a")
    assert session.view("observer")["map"] == before


def test_a_closed_way_is_on_the_wall_once_everybody_has_heard_and_never_where_nobody_is_told(tmp_path: Path) -> None:
    """Two roads are closed on the same day, one of them silently; what is said on a day is known from the next on."""
    closed = "kind: route_closure, lane: store > {}, for: 9d"
    rows = "".join(
        f'{k},x,"{{{closed.format(to)}{known}}}"\n'
        for k, to, known in ((1, "lake", ", known_by: announcement"), (2, "plain", ", known_by: own_orders"))
    )
    session = Session(Table(Settings(written(tmp_path, injects=f"number,title,model\n{rows}"))))
    session.fire("1")
    session.fire("2")
    roads = "store>lakes", "store>plains"
    assert [links(session)[one][0] for one in roads] == ["open", "open"]
    session.advance("day")
    assert [links(session)[one][0] for one in roads] == ["closed", "open"]


def test_ways_that_go_round_end_in_some_layer() -> None:
    places = [Place("supplier", "a"), Place("warehouse", "b"), Place("warehouse", "c"), Place("facility", "d")]
    layers = _layers(places, [(0, 1), (1, 2), (2, 1), (2, 3)])
    assert layers[0] == 0 and layers[3] == max(layers) <= 8


def test_several_are_closed_where_all_are_and_slower_where_some_are() -> None:
    """Of three: the first has factors 0 and 0, the second 0 and 1, the third 1, the fourth none."""
    states = _by_factor(np.array([0, 0, 1, 1, 2]), np.array([0.0, 0.0, 0.0, 1.0, 1.0]), 4)
    assert states.tolist() == [0, 1, 2, 2]
    assert [_together(np.array(some)) for some in ([0, 0], [0, 2], [2, 2], [1, 1])] == [0, 1, 2, 1]


def test_who_went_without_is_told_of_the_scarcest_product() -> None:
    """Lakes: 10 of 200 drips = 5, 30 of 60 vials = 50 in 100; plains: 1 of 900 is one in 100 at the least, not none;
    of the day before the turn nothing counts."""
    groups = pd.DataFrame({
        "kind": ["facility", "facility", "facility", "warehouse"], "region": ["lakes", "lakes", "plains", None],
        "country": "XO", "product": ["drip", "vial", "drip", "drip"],
    })  # fmt: skip
    daily = {
        "demand": np.array([[100, 100, 100, 0], [100, 30, 450, 0], [100, 30, 450, 0]]),
        "unmet": np.array([[99, 99, 99, 0], [4, 10, 1, 0], [6, 20, 0, 0]]),
    }
    plan = SimpleNamespace(network=SimpleNamespace(groups=groups))
    world = SimpleNamespace(recorder=SimpleNamespace(so_far=daily))
    begun: Any = SimpleNamespace(running=SimpleNamespace(plan=plan, world=world), day=3)
    found = _short(cast(Begun, begun), 1)
    assert found == {Place("facility", "lakes"): 50, Place("facility", "plains"): 1}
