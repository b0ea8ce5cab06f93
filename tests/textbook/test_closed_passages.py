"""Several passages closed at once: who goes which way, who waits, and what journal and stress sweep say of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest

import sim
from sim.engine.compile.plan import compile_plan
from sim.errors import ScenarioError
from sim.model.sea.geography import CANALS, SeaLanes
from sim.model.sea.sea_network import PASSAGES, SeaNetwork
from sim.model.sea.sea_ways import SeaWay, chart, sea_way
from sim.scenario.load import load
from sim.study.ask.knockouts import StressedNode, Use

FOUND = Path(__file__).parents[1] / "data" / "found"


BOTH = "passages: {bab: 20%, suez: 50%}, detour: {bab: 4d, suez: 9d}"


def strait(disruptions: str, days: int = 80, passages: str = BOTH, time: str = "10d") -> str:
    """Ten units a day on a voyage of ten days; one passage after two days, one after five."""
    return f"""
end: {(pd.Timestamp("2001-01-01") + pd.Timedelta(days=days)).date()}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{clinic: {{}}}}
lanes: [{{from: maker, to: clinic, mode: sea, time: {time}, {passages}}}]
demand: [{{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: clinic, policy: base_stock, level: 900}}]
disruptions: [{disruptions}]
"""


def closed(passage: str, start: int, days: int, more: str = "") -> str:
    date = (pd.Timestamp("2001-01-01") + pd.Timedelta(days=start)).date()
    return f"{{kind: route_closure, passage: {passage}, from: {date}, for: {days}d{more}}}"


def took(run: Any) -> pd.Series:
    """Days from departure to arrival by day of departure."""
    events = run.events.set_index("shipment")
    left, came = (events[events["event"] == name]["day"] for name in ("departure", "arrival"))
    here = came.index.intersection(left.index)
    return pd.Series((came[here] - left[here]).to_numpy(), index=left[here].to_numpy()).sort_index()


def noted(run: Any, event: str) -> pd.DataFrame:
    return run.events[run.events["event"] == event]


def received(run: Any, site: str) -> pd.Series:
    return run.daily[run.daily["site"] == site].set_index("day")["received"]


def test_vessels_wait_before_a_strait_without_a_way_round() -> None:
    """The right figures stand at the top of the file. The voyage is 1,396 nm; nobody comes through Hormuz."""
    run = sim.run(FOUND / "strait-without-a-way-round.yaml", detail="full")
    assert received(run, "f").sum() == 0
    assert run.daily["unmet"].sum() == 300
    assert noted(run, "diverted").empty and set(noted(run, "held")["cause"]) == {"hormuz"}
    assert noted(run, "released").empty


@pytest.mark.parametrize("how", ["", ", diverts: 65%", ", diverts: 100%, rest: pass", ", diverts: 0%"])
def test_they_sail_on_when_it_opens_whatever_share_would_divert(how: str, tmp_path: Path) -> None:
    """Closed for 60 days from day 31 on, without stock given: who reaches Hormuz meanwhile passes on day 91."""
    text = (FOUND / "strait-without-a-way-round.yaml").read_text(encoding="utf-8")
    text = text.replace("from: 2024-01-01, for: 200d", f"from: 2024-02-01, for: 60d{how}")
    text = text.replace("stock: [{at: f, on_hand: 300}]\n", "").replace("end: 2024-03-01", "end: 2024-07-01")
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    run = sim.run(tmp_path / "case.yaml", detail="full")
    held, released = noted(run, "held").set_index("shipment"), noted(run, "released").set_index("shipment")
    assert noted(run, "diverted").empty
    assert len(held) > 0 and set(held.index) == set(released.index)
    assert held["day"].between(31, 91).all() and (released["day"] == 91).all()


def test_who_goes_round_one_closed_passage_does_not_sail_through_another() -> None:
    """From Singapore, Piraeus needs Suez or Gibraltar: nothing. Rotterdam is reached round the Cape, later."""
    run = sim.run(FOUND / "two-passages-closed.yaml", detail="full")
    assert received(run, "gr").sum() == 0
    assert received(run, "nl").sum() > 0
    cape = SeaLanes().voyage("SGSIN", "NLRTM").passages
    longer = next(p for p in cape if p.name == "suez").detour
    usual = SeaLanes().voyage("SGSIN", "NLRTM").distance_nm / (14 * 24)
    # a day to the first port, a day from the last
    assert received(run, "nl").ne(0).idxmax() == -(-(usual * longer + 2) // 1)
    assert set(noted(run, "held")["cause"]) == {"suez"}


def test_typed_detours_of_several_closed_passages_add_up(simulate: Any) -> None:
    """10 days, 4 round the one and 9 round the other. Who sets out while both are closed takes 23."""
    run = simulate(strait(f"{closed('bab', 20, 30)}, {closed('suez', 25, 25, ', name: other')}"), detail="full")
    by_hand = {
        **dict.fromkeys(range(18), 10),  # past Bab before day 20, past Suez before day 25
        # before Bab on day 20, so round that; at Suez nine days after they set out, so round that as well
        **dict.fromkeys(range(18, 50), 23),
        **dict.fromkeys(range(50, 60), 10),
    }
    assert took(run).reindex(list(by_hand)).to_numpy() == pytest.approx(list(by_hand.values()))


def test_a_vessel_on_a_way_round_meets_a_second_closure(simulate: Any) -> None:
    """Set out on day 10 round Bab; Suez closes for five days from 15 on, and lets nobody turn off: it waits there.

    Bab is where it would have been passed on day 12, four days later; Suez comes on day 10 + 4 + 5 = 19, opens on 20.
    """
    text = strait(f"{closed('bab', 10, 1)}, {closed('suez', 15, 5, ', diverts: 0%, name: other')}")
    run = simulate(text, detail="full")
    assert took(run)[10] == pytest.approx(10 + 4 + 1)
    held = noted(run, "held").set_index("shipment")["day"]
    assert held.between(15, 20).all() and 19 in held.to_numpy()


def test_a_vessel_keeps_its_draw_and_waits_where_the_rest_waits(simulate: Any) -> None:
    """One draw for a lane and day: with 40% at the one and 70% at the other, who diverts at the first diverts at both,
    and who is between the two avoids the other only, and must go round the first as well, which is shut to the rest."""
    both = f"{closed('bab', 10, 60, ', diverts: 40%')}, {closed('suez', 10, 60, ', diverts: 70%, name: other')}"
    run = simulate(strait(both, days=90), detail="full")
    journeys = took(run).loc[10:60].round(6)
    straight = (journeys == 23).mean()
    assert set(journeys[journeys != 23] + journeys[journeys != 23].index) == {70 + 8}  # all waited at Bab for day 70
    assert 0.5 < straight < 0.9
    one = simulate(strait(closed("bab", 10, 60, ", diverts: 70%"), days=90), detail="full")
    assert set(took(one).loc[10:60][lambda x: x == 14].index) == set(journeys[journeys == 23].index)


@pytest.mark.parametrize("queue", [False, True], ids=["closed", "queue"])
def test_what_a_vessel_waited_before_it_turned_off_is_lost(queue: bool, simulate: Any) -> None:
    """Suez is shut on day 20 and nobody goes round until day 30. Who came on day 15 + 5 waits ten days, then sails
    9 + 5: 29 in all; each day later waits one less. Who set out after day 24 turns before it has waited."""
    wait = closed("suez", 20, 40, ", diverts: 0%")
    if queue:
        wait = "{kind: passage_queue, passage: suez, from: 2001-01-21, for: 40d, traffic: 1, drains: 1000}"
    later = closed("suez", 30, 10, ", diverts: 100%, rest: pass, name: other")
    run = simulate(strait(f"{wait}, {later}", days=100), detail="full")
    by_hand = {**{day: 10 + 9 + 30 - (day + 5) for day in range(15, 25)}, **dict.fromkeys(range(25, 40), 19)}
    assert took(run).reindex(list(by_hand)).to_numpy() == pytest.approx(list(by_hand.values()))


def test_waiting_for_one_passage_comes_before_waiting_for_the_next(simulate: Any) -> None:
    """Bab shut until day 30, Suez until day 40, nobody diverts: held at both, one after the other."""
    text = strait(f"{closed('bab', 20, 10, ', diverts: 0%')}, {closed('suez', 20, 20, ', diverts: 0%, name: other')}")
    run = simulate(text, detail="full")
    held = noted(run, "held").set_index("shipment")
    mine = held.loc[noted(run, "departure").set_index("shipment")["day"].eq(20).idxmax()]
    assert mine["day"].tolist() == [22, 33] and mine["cause"].tolist() == ["bab", "suez"]
    assert took(run)[20] == pytest.approx(40 + 5 - 20)


def test_what_opens_again_before_a_vessel_is_there_never_held_it(simulate: Any) -> None:
    """Closed for three days; who sets out then is at Suez five days later: the journal has those who were there."""
    run = simulate(strait(closed("suez", 20, 3, ", diverts: 0%")), detail="full")
    assert sorted(noted(run, "held")["day"]) == [20, 21, 22]
    assert len(noted(run, "released")) == 3
    assert (took(run).loc[18:60] == 10).all()


def test_a_voyage_of_no_time_still_takes_the_detour(simulate: Any) -> None:
    text = strait(closed("suez", 10, 20), passages="passages: {suez: 50%}, detour: {suez: 9d}", time="0d")
    journeys = took(simulate(text, detail="full"))
    assert (journeys.loc[10:29] == 9).all() and (journeys.loc[0:9] == 0).all() and (journeys.loc[30:60] == 0).all()


# geography

SEA = """
scenario: sea
title: One voyage
start: 2001-01-01
end: 2001-12-01
products: {kit: {unit: kit}}
suppliers: {maker: {country: SG, makes: {kit: {}}}}
ports: {a: {country: SG, locode: FROM}, b: {country: GR, locode: TO}}
facilities: {clinic: {country: GR}}
lanes: [{from: maker, to: a, time: 0d}, {from: a, to: b, mode: sea, speed: 14}, {from: b, to: clinic, time: 0d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}]
replenishment: [{at: clinic, policy: base_stock, level: 900}]
disruptions: [WHAT]
"""


def voyage(folder: Path, what: str, origin: str = "SGSIN", destination: str = "GRPIR") -> Any:
    file = folder / "sea.yaml"
    file.write_text(SEA.replace("FROM", origin).replace("TO", destination).replace("WHAT", what), encoding="utf-8")
    return file


def usual(origin: str, destination: str) -> SeaWay:
    way = sea_way(origin, destination, frozenset(), SeaLanes().voyage(origin, destination))
    assert way is not None
    return way


def test_the_way_round_several_is_the_shortest_that_is_left() -> None:
    """Against a plain search of the library's own graph without the edges of what is closed."""
    import networkx
    import searoute

    theirs = {"malacca": "malacca", "suez": "suez", "gibraltar": "gibraltar", "good_hope": "south_africa"}
    sea = chart("SGSIN", "NLRTM", frozenset())
    graph = networkx.Graph()
    for a, b, edge in searoute.setup_M().edges(data=True):
        graph.add_edge(a, b, weight=edge["weight"], passage=edge.get("passage"))
    ends = [searoute.setup_M().kdtree.query(list(sea.network.ports[port])) for port in ("SGSIN", "NLRTM")]
    for shut in [{"suez", "malacca"}, {"suez", "good_hope"}, {"malacca", "good_hope", "suez"}]:
        gone = {"northwest", "panama", *(theirs[name] for name in shut)}
        left = networkx.Graph((a, b, e) for a, b, e in graph.edges(data=True) if e["passage"] not in gone)
        kilometres = networkx.dijkstra_path_length(left, *ends)
        way = usual("SGSIN", "NLRTM").turn(0.0, frozenset(shut))
        assert way is not None
        # the graph's weights are rounded to 0.1 km
        assert way.length * sea.course.end * 1.852 == pytest.approx(kilometres, abs=15)


def test_a_vessel_under_way_turns_back_where_the_way_round_begins_behind_it(tmp_path: Path) -> None:
    """Suez closes when vessels are in the Red Sea: back through Bab el-Mandeb, while that is open; else they wait."""
    between = 0.8  # past Bab el-Mandeb at 67% of the voyage, before Suez at 88%
    way = usual("SGSIN", "GRPIR")
    back = way.turn(between, frozenset({"suez"}))
    assert back is not None and back.length > 2.5
    assert way.turn(between, frozenset({"suez", "bab_el_mandeb"})) is None
    assert way.turn(0.6, frozenset({"suez", "bab_el_mandeb"})) is not None


def test_a_diverted_vessel_turns_again_when_its_way_round_closes() -> None:
    """Round the Cape to Piraeus when Gibraltar closes and Suez is open again: it turns for Suez, from where it is."""
    way = usual("SGSIN", "GRPIR")
    cape = way.turn(0.0, frozenset({"suez"}))
    assert cape is not None
    names = [name for name, _ in cape.passages]
    assert names[-2:] == ["good_hope", "gibraltar"]
    at_cape = cape.passages[-2][1]
    again = cape.turn(at_cape, frozenset({"gibraltar"}))
    assert again is not None and "suez" in [name for name, _ in again.passages]
    # by hand: from the Cape to Piraeus through Suez, which the library gives from the point nearest to the Cape
    sea = chart("SGSIN", "GRPIR", frozenset())
    node = min(sea.from_port(frozenset({"suez"})).points, key=lambda p: abs(p[0] - 20) + abs(p[1] + 35))  # type: ignore[union-attr]
    path = sea.network.path(node, sea.destination, {"gibraltar", "panama"})
    assert path is not None
    assert (again.length - at_cape) * sea.course.end == pytest.approx(path.length_nm, abs=350)  # a point every 300 nm
    assert cape.turn(at_cape, frozenset({"gibraltar", "suez"})) is None


def test_two_closures_in_turn_are_one_plan_after_the_other(tmp_path: Path) -> None:
    """Suez closes for good on day 10; Gibraltar on day 40, when the first vessels are bound for it: they wait there."""
    what = closed("suez", 10, 400) + ", " + closed("gibraltar", 40, 100, ", name: other")
    run = sim.run(voyage(tmp_path, what), detail="full")
    causes = noted(run, "held").groupby("cause")["day"]
    # who went round and has not passed by day 40 waits at Gibraltar until it opens; who sets out from day 40 at Suez
    assert set(causes.groups) == {"gibraltar", "suez"}
    assert causes.min()["gibraltar"] >= 40 and causes.max()["gibraltar"] < 140
    assert set(noted(run, "released")["cause"]) <= {"gibraltar"}
    # those who waited at Suez turn round when Gibraltar opens, and come a voyage later
    assert (noted(run, "diverted")["day"] == 140).sum() > 0
    assert took(run).notna().any()


def test_a_passage_of_a_way_round_may_be_closed(tmp_path: Path) -> None:
    """No lane uses Gibraltar from Singapore to Piraeus; a detour does. Alone it changes nothing."""
    alone = sim.run(voyage(tmp_path, closed("gibraltar", 10, 100)), detail="full")
    calm = sim.run(voyage(tmp_path, ""), detail="full")
    assert len(noted(alone, "disruption_begins")) == 1
    for event in ("departure", "arrival"):
        pd.testing.assert_frame_equal(*(noted(x, event).reset_index(drop=True) for x in (alone, calm)))
    assert noted(alone, "diverted").empty and noted(alone, "held").empty


@pytest.mark.parametrize(("name", "said"), [("hormuz", "no lane uses"), ("gibralter", "did you mean 'gibraltar'"),
                                            ("panama", "no lane uses")])  # fmt: skip
def test_a_passage_that_no_vessel_would_come_to_is_told(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=said):
        sim.run(voyage(tmp_path, closed(name, 10, 100)))


@pytest.mark.parametrize("ends", [("SGSIN", "GRPIR"), ("AUSYD", "NLRTM"), ("CNSHA", "USNYC"), ("INNSA", "AEJEA")])
def test_passages_that_vessels_may_come_to_are_those_on_the_ways_that_the_library_finds(ends: tuple[str, str]) -> None:
    """One way after the other, each with one more of the passages closed that the ways so far led through."""
    sea = usual(*ends).chart
    found, open_, seen = set[str](), [frozenset[str]()], set[frozenset[str]]()
    while open_:
        closed = open_.pop()
        course = sea.from_port(closed)
        names = frozenset() if course is None else course.names
        found |= names
        more = {closed | {name} for name in names} - seen
        seen |= more
        open_ += more
    assert {name for name in PASSAGES if usual(*ends).may_meet(name)} == found


def test_a_wrong_passage_is_refused_without_a_search_for_the_ways_round(tmp_path: Path) -> None:
    """Six lanes between Asia and Europe, on which some thirty sets of passages may be closed: a way each, the usual."""
    text = voyage(tmp_path, "{kind: route_closure, passage: cape_horn, from: 2001-01-11, for: 9d}").read_text()
    ports = ", ".join(f"a{k}: {{country: SG, locode: {code}}}" for k, code in enumerate(["CNSHA", "HKHKG", "THLCH"]))
    ports += ", " + ", ".join(f"b{k}: {{country: NL, locode: {c}}}" for k, c in enumerate(["NLRTM", "DEHAM"]))
    sea = ", ".join(f"{{from: a{k}, to: [b0, b1], mode: sea, speed: 14}}" for k in range(3))
    text = text.replace("ports: {", f"ports: {{{ports}, ").replace("lanes: [", f"lanes: [{sea}, ")
    (tmp_path / "many.yaml").write_text(text, encoding="utf-8")
    with (
        mock.patch.object(SeaNetwork, "_find", autospec=True, side_effect=SeaNetwork._find) as searched,
        pytest.raises(ScenarioError, match="no lane uses this passage"),
    ):
        compile_plan(load(tmp_path / "many.yaml"))
    ways = [call.args[3] for call in searched.call_args_list]
    assert len([way for way in ways if len(way - CANALS) > 1]) == 0  # none with several passages closed


def test_a_strait_without_a_way_round_cuts_off_who_lies_behind_it() -> None:
    network = compile_plan(load(FOUND / "strait-without-a-way-round.yaml")).network
    assert network.cell_names(Use(network).cut_off(StressedNode("passage", "hormuz"))) == ["f/p"]
    network = compile_plan(load(FOUND / "two-passages-closed.yaml")).network
    assert Use(network).cut_off(StressedNode("passage", "suez")).size == 0
