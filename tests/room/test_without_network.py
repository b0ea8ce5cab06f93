"""A tablet without network, in a real browser: what it keeps is sent in order, once each, and is not too much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sim.tabletop.session import Session
from sim.tabletop.table import Table
from tests.room.browser import Hosted, hosted, launched, need_chromium

need_chromium()
MOST = 100
FILL = """async (count) => {
  const { makeQueue } = await import("/pages/queue.js");
  const queue = makeQueue("a-test", { taken() {}, refused() {}, changed() {} });
  globalThis.queue = queue;
  return [...Array(count).keys()].map(k => queue.add({ do: "message", to: ["clinics"], text: `number ${k}` }));
}"""
SEND = "async () => { await queue.flush(); return queue.items().length; }"


@pytest.fixture(scope="module")
def room(table: Table) -> Iterator[Hosted]:
    with hosted(Session(table)) as found:
        yield found


def test_a_hundred_things_wait_and_are_sent_in_order_and_taken_once_though_an_answer_is_lost(room: Hosted) -> None:
    with launched() as chromium:
        page = room.context(chromium, 1180, 820).new_page()
        page.goto(f"{room.address}/at/role-1/")
        page.wait_for_selector("#offers input")
        lost: list[str] = []

        def lose(route: Any) -> None:
            """Let the room have it, but not the tablet its answer; every thirtieth time."""
            lost.append("asked")
            if len(lost) % 30 == 1:
                route.fetch()
                route.abort()
            else:
                route.continue_()

        page.context.set_offline(True)
        assert page.evaluate(FILL, MOST + 2) == [True] * MOST + [False] * 2  # then it says that there is paper
        assert room.room.session.entries == ()
        page.context.set_offline(False)
        page.route("**/do", lose)
        while page.evaluate(SEND):
            page.wait_for_timeout(20)
        assert len(lost) == MOST + 4  # 100 things and four answers that were lost, of the 1st, 31st, 61st and 91st
    told = [entry.what["text"] for entry in room.room.session.entries]
    assert told == [f"number {k}" for k in range(MOST)]
