"""What each role is shown: fields of a list, figures that its party has been told, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.tabletop.looking import Seen, band_of
from sim.tabletop.refusals import Refused
from sim.tabletop.session import Session
from sim.tabletop.table import Settings, Table
from sim.tabletop.views import ALLOWED, changed, only
from tests.tabletop.exercise import SCENARIO, at, written

Play = Callable[[], Session]


def fields(data: Any, where: str = "") -> Iterator[str]:
    """Dotted names of all fields; places in lists, and names under which figures stand, left out."""
    if isinstance(data, list):
        for entry in data:
            yield from fields(entry, where)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield f"{where}.{key}".strip(".")
            if key not in ("by_product", "by_region"):
                yield from fields(value, f"{where}.{key}".strip("."))


PLAYER = {
    "exercise", "title", "role", "branch", "turn", "turns", "date", "ends", "over", "name", "party", "brief", "changed",
    *(f"clock.{name}" for name in ("status", "elapsed", "left", "turn_left", "story", "shown", "up")), "clock",
    *(f"stock.{name}" for name in ("site", "region", "kind", "product", "own", "months", "band", "as_of", "days_old")),
    *(f"orders.{name}" for name in ("product", "units", "from", "to", "mode", "sent", "due", "state")),
    "stock", "orders",
    *(f"injects.{name}" for name in ("number", "title", "method", "from", "description", "turn", "fired_at", "story")),
    *(f"decisions.{name}" for name in ("id", "decision", "turn", "reason", "state")), "injects", "decisions",
    *(f"may_decide.{name}" for name in ("decision", "kind", "cost", "cost_a_day", "premium", "delay", "lasts")),
    *(f"messages.{name}" for name in ("id", "from", "to", "text", "turn", "at")),
    "may_decide.refused", "may_decide", "messages",
}  # fmt: skip
"""All that a player's device may be sent, written down once more by hand."""


def test_every_field_that_a_player_is_sent_stands_in_the_list(played: Play) -> None:
    session = played()
    session.fire("1")
    session.message("clinics", ["ministry"], "three days left", id="m", at=at(1))
    for role in ("ministry", "clinics"):
        told = set(fields(session.view(role, at(1))))
        assert told <= PLAYER, told - PLAYER
    assert set(fields(session.view("ministry", at(1)))) == PLAYER
    assert set(ALLOWED) == {"player", "facilitator", "observer"}


def test_what_stands_in_no_list_is_left_out_wherever_it_stands() -> None:
    allowed = {"a": None, "b": {"c": None}}
    assert only(allowed, {"a": 1, "x": 2, "b": [{"c": 3, "y": 4}, {"y": 5}]}) == {"a": 1, "b": [{"c": 3}, {}]}


def test_no_player_is_sent_what_others_decided_what_is_to_come_or_what_is_hidden(played: Play) -> None:
    session = played()
    session.fire("1")  # to the ministry alone
    clinics, ministry = (json.dumps(session.view(role, at(1))) for role in ("clinics", "ministry"))
    for secret in ("Lorries turned back", "the ban is coming", "A clinic calls", "expected", "Order elsewhere"):
        assert secret not in clinics
    assert "Lorries turned back" in ministry and "A clinic calls" not in ministry and "export_ban" not in ministry
    observer = json.dumps(session.view("observer", at(1)))
    assert "truth" not in observer and "Lorries" not in observer
    session.fire("3")  # to all: news
    assert [one["number"] for one in session.view("observer")["news"]] == ["3"]


def test_a_party_sees_others_stock_as_it_was_told_and_the_facilitator_what_is(played: Play) -> None:
    """The ministry is told of the clinics every seventh day, three days later: on 22 March (day 21) the report of the
    evening of day 14 has come (day 17), and that of day 21 has not been made."""
    session = played()
    rows = {row["site"]: row for row in session.view("ministry")["stock"]}
    assert (rows["store"]["own"], rows["store"]["days_old"], rows["store"]["as_of"]) == (True, 0, "2027-03-21")
    assert (rows["lake"]["own"], rows["lake"]["as_of"], rows["lake"]["days_old"]) == (False, "2027-03-15", 6)
    own = {row["site"]: row for row in session.view("clinics")["stock"]}
    assert set(own) == {"lake", "plain"}  # nobody tells them of the store
    network = session.begun.running.plan.network
    lake = int(np.flatnonzero(network.sites["name"].to_numpy()[network.cell_site] == "lake")[0])
    now = session.begun.running.world.state.on_hand[lake]
    daily = session.begun.resume().daily
    evening = daily.loc[(daily["site"] == "lake") & (daily["date"] == "2027-03-15"), "on_hand"].item()
    assert rows["lake"]["months"] == round(evening / (20 * 30), 1)
    assert own["lake"]["months"] == round(now / (20 * 30), 1) != rows["lake"]["months"]
    truth = session.view("facilitator")["truth"]
    assert {row["site"]: row["units"] for row in truth["stock"]}["lake"] == now
    believed = {(row["role"], row["site"]) for row in truth["believed"]}
    wrong = {("ministry", site) for site in ("lake", "plain") if rows[site]["band"] != own[site]["band"]}
    assert believed == wrong


@pytest.mark.parametrize(
    ("days", "band"),
    [(0, "none left"), (0.1, "very low"), (15, "low"), (29.9, "low"), (30, "in range"), (90, "over need")],
)
def test_bands_of_stock(days: float, band: str) -> None:
    """Below half a month, below one, below three, and above."""
    assert band_of(days, [15.0, 30.0, 90.0]) == band


def test_orders_are_due_when_they_usually_come_and_late_when_that_is_past(session: Session) -> None:
    """The store is four days from the works. Under the ban from 10 March nothing is sent: no date."""
    session.advance()
    orders = session.view("ministry")["orders"]
    assert {row["from"] for row in orders} == {"works"} and {row["to"] for row in orders} == {"store"}
    for row in orders:
        sent, due = np.datetime64(row["sent"]), np.datetime64(row["due"])
        assert (due - sent).astype(int) == 4 and row["state"] == "on its way"
    session.advance()
    waiting = [row for row in session.view("ministry")["orders"] if row["state"] == "not sent"]
    assert waiting and all(row["due"] is None for row in waiting)
    unsent = session.begun.running.world.state.unsent
    network = session.begun.running.plan.network
    assert sum(row["units"] for row in waiting) == unsent[~network.of_kind("warehouse")[network.flow_source]].sum()
    # the clinics' own orders go to the store, which is another's
    assert {row["from"] for row in session.view("clinics")["orders"]} == {"store"}


def test_when_goods_come_is_known_to_the_facilitator_once_it_is_settled(session: Session) -> None:
    """The store is four days from the works, and all of its journeys take that; the last bags left on 9 March."""
    session.advance()
    session.advance("day")
    session.advance("day")  # 10 March: the ban begins
    true = [row for row in session.view("facilitator")["truth"]["orders"] if row["from"] == "works" and row["sent"]]
    assert true and max(row["sent"] for row in true) == "2027-03-09"
    for row in true:
        assert (np.datetime64(row["comes"]) - np.datetime64(row["sent"])).astype(int) == 4
    assert not any("comes" in row for row in session.view("ministry")["orders"])


def test_sites_that_report_late_tell_how_much_is_on_its_way_and_no_more(tmp_path: Path) -> None:
    """The ministry knows of its store on the next day: on 8 March what was under way on 6 March when demand had been
    served, and the works had not sent that evening's goods: the day's record without what left on it."""
    late = SCENARIO.replace("information:\n", "information:\n  - {who: ministry, of: own, sees: pipeline, lag: 1d}\n")
    session = Session(Table(Settings(written(tmp_path, late))))
    session.advance()
    (row,) = session.view("ministry")["orders"]
    daily = session.begun.until(56).resume().daily
    (store,), (works,) = (daily[(daily["site"] == site) & (daily["date"] == "2027-03-06")].to_dict("records")
                          for site in ("store", "works"))  # fmt: skip
    assert row == {
        "product": "drip", "units": store["in_transit"] - works["dispatched"], "from": "", "to": "store", "mode": "",
        "sent": None, "due": None, "state": "as last reported",
    }  # fmt: skip
    stock = {row["site"]: row for row in session.view("ministry")["stock"]}
    assert (stock["store"]["as_of"], stock["store"]["days_old"]) == ("2027-03-06", 1)


def test_what_changed_since_the_last_turn_is_told_in_sentences(played: Play) -> None:
    session = played()
    ministry, clinics = (session.view(role)["changed"] for role in ("ministry", "clinics"))
    assert "Inject 2: A store room floods." in ministry and "Your decision counts: open." in ministry
    assert not any("Inject" in line for line in clinics) and "Your decision counts: less." in clinics
    now = {row["site"]: row["band"] for row in session.view("clinics")["stock"]}
    was = {row["site"]: row["band"] for row in session.seen(session.look(3), "clinics").stock()}
    told = [f"{site}, drip: {now[site]}, was {was[site]}." for site in now if now[site] != was[site]]
    assert told and sorted(line for line in clinics if ", was " in line) == sorted(told)
    assert Session(session.table).view("ministry")["changed"] == []


def test_what_changed_has_what_got_worse_first_and_orders_of_a_way_together(
    played: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three late orders of 600, 600 and 300 bags on one way, one of which was late before; four sites' stock."""
    then = {"a": "in range", "b": "very low", "c": "low", "d": "low"}
    now = {"a": "low", "b": "low", "c": "none left", "d": "low"}

    def stock(seen: dict[str, str]) -> list[dict[str, str]]:
        return [{"site": site, "product": "drip", "band": band} for site, band in seen.items()]

    def order(units: int, day: int, state: str) -> dict[str, object]:
        return {"product": "drip", "from": "works", "to": "store", "units": units, "sent": day, "state": state}

    orders = [order(600, 1, "late"), order(600, 2, "late"), order(300, 3, "late"), order(50, 4, "under way")]
    monkeypatch.setattr(Seen, "stock", lambda self: stock(then))
    monkeypatch.setattr(Seen, "orders", lambda self: [order(600, 1, "late"), order(600, 2, "under way")])
    told = changed(played(), "clinics", 3, {"stock": stock(now), "orders": orders})
    assert told == [
        "Your decision counts: less.",
        "900 bags of drip from works to store: late, 2 orders.",
        "c, drip: none left, was low.",
        "a, drip: low, was in range.",
        "b, drip: low, was very low.",
    ]


def test_looking_changes_nothing(played: Play) -> None:
    from sim.tabletop.course import digest

    session = played()
    before = digest(session.begun)
    first = [session.view(role, at(1)) for role in ("ministry", "clinics", "facilitator", "observer")]
    assert first == [session.view(role, at(1)) for role in ("ministry", "clinics", "facilitator", "observer")]
    assert digest(session.begun) == before
    with pytest.raises(Refused, match="no role 'clinic'"):
        session.view("clinic")
