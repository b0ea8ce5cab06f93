"""Streams are packed on their way: a state of a hundred sites is some hundred kilobytes, of the same words again and
again, and the network is bad."""

from __future__ import annotations

import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEVEL = 4
GZIP = 16 + 15
"""The format in which browsers take it, with the widest window."""


class Packed:
    """Packs event streams with gzip for who takes that; each event is whole as soon as it is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is asked, and pack what is answered."""
        if scope["type"] != "http" or not _takes(Headers(scope=scope).get("accept-encoding", "")):
            await self._app(scope, receive, send)
            return
        packer = None

        async def sent(message: Message) -> None:
            nonlocal packer
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/event-stream"):
                    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
                    headers["content-encoding"] = "gzip"
            elif packer is not None:
                body = packer.compress(message.get("body", b""))
                body += packer.flush(zlib.Z_SYNC_FLUSH if message.get("more_body", False) else zlib.Z_FINISH)
                message = {**message, "body": body}
            await send(message)

        await self._app(scope, receive, sent)


def _takes(accepted: str) -> bool:
    """Whether gzip is among what is accepted; `gzip;q=0` says that it is not."""
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if name == "gzip":
            return not weight or weight.strip("0.") != ""
    return False
