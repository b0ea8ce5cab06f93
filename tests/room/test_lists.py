"""Lists of injects that the facilitator reads in: looked at first, kept in the room, and from nobody else."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from sim.room.room import Room
from sim.room.web import LARGEST_LIST
from tests.room.conftest import MINISTRY, Device

Join = Callable[[str], Device]
MINE = "No.,Headline,Recipient\nB-2,Strike,all\nA-1,Call,nobody\n"


def listed(do: str = "look", text: str = MINE, **more: Any) -> dict[str, Any]:
    content = base64.b64encode(text.encode()).decode()
    return {"do": do, "name": "mine.csv", "content": content, "columns": {"title": "Headline", "number": "No."}} | more


def test_a_list_is_looked_at_then_used_and_can_be_saved_again(room: Room, joined: Join) -> None:
    client = joined("facilitator").client
    serial = room.serial
    told = client.post("/at/facilitator/injects", json=listed()).json()
    assert (told["rows"], told["injects"], told["head"]) == (2, 1, ["No.", "Headline", "Recipient"])
    assert told["left_out"] == ["row 3, column 'to': no such role; expected one of clinics, ministry (got 'nobody')"]
    assert told["columns"] == {"number": "No.", "title": "Headline", "to": "Recipient"}
    assert room.serial == serial and room.session.table.injects[0].number == "1"
    answer = client.post("/at/facilitator/injects", json=listed("use", leave_out=1))
    assert answer.status_code == 200
    assert room.serial == serial + 1 and [one.number for one in room.session.table.injects] == ["B-2"]
    saved = client.get("/at/facilitator/injects.csv").content.decode("utf-8-sig").splitlines()
    assert saved[0].startswith("number,title,") and saved[1].startswith("B-2,Strike,")


def test_who_is_not_the_facilitator_and_what_is_no_list_changes_nothing(room: Room, joined: Join) -> None:
    before = room.session.table
    player = joined(MINISTRY).client
    assert player.post(f"/at/{MINISTRY}/injects", json=listed("use", leave_out=1)).status_code == 403
    assert player.get(f"/at/{MINISTRY}/injects.csv").status_code == 403
    client = joined("facilitator").client
    for wrong, status in (
        (listed("use"), 409), (listed("use", leave_out=2), 409), (listed("use", columns={"title": "Nothing"}), 422),
        (listed(content="no base 64!"), 422), (listed("write"), 422), (listed(more=1), 422),
        (listed(leave_out=-1), 422),
        (listed(content="A" * (LARGEST_LIST * 4 // 3 + 8)), 422), (listed(content="A" * (2 * LARGEST_LIST)), 413),
    ):  # fmt: skip
        answer = client.post("/at/facilitator/injects", json=wrong)
        assert answer.status_code == status, (status, answer.text[:200])
        assert status == 413 or answer.json()["message"]
    assert room.session.table is before
    assert client.post(
        "/at/facilitator/do", json={"do": "advance", "step": "day", "branch": "Main", "turn": 1}
    ).is_success
    late = client.post("/at/facilitator/injects", json=listed())
    assert (late.status_code, late.json()["why"]) == (409, "impossible")
