"""Streams are packed for who takes that: smaller by far, whole at every event, and the same words."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from typing import Any

import pytest

from sim.room.packing import Packed

STATE = json.dumps([{"site": f"post-{k}", "product": "drip", "months": 0.3, "band": "low"} for k in range(500)])
EVENTS = [f"event: state\ndata: {STATE}\n\n".encode(), b": still here\n\n", f"event: state\ndata: {STATE}\n\n".encode()]


def sent(accepted: str, kind: str = "text/event-stream") -> tuple[dict[bytes, bytes], list[bytes]]:
    """The headers and parts that arrive."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})
        for event in EVENTS:
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body"})

    arrived: list[Any] = []

    async def send(message: Any) -> None:
        arrived.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    asyncio.run(Packed(app)({"type": "http", "headers": [(b"accept-encoding", accepted.encode())]}, receive, send))
    return dict(arrived[0]["headers"]), [part.get("body", b"") for part in arrived[1:]]


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br, zstd", "br, GZIP;q=0.5"])
def test_an_event_can_be_read_as_soon_as_it_arrives_and_is_much_smaller(accepted: str) -> None:
    headers, parts = sent(accepted)
    assert headers[b"content-encoding"] == b"gzip"
    opened = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert [opened.decompress(part) for part in parts] == [*EVENTS, b""]
    assert gzip.decompress(b"".join(parts)) == b"".join(EVENTS)
    assert sum(map(len, parts)) < sum(map(len, EVENTS)) / 5


@pytest.mark.parametrize(
    ("accepted", "kind"), [("", "text/event-stream"), ("gzip;q=0", "text/event-stream"), ("gzip", "text/csv")]
)
def test_who_does_not_take_it_and_what_is_no_stream_is_left_as_it_is(accepted: str, kind: str) -> None:
    headers, parts = sent(accepted, kind)
    assert b"content-encoding" not in headers
    assert parts == [*EVENTS, b""]
