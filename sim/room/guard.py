"""What is looked at before anything else: that a request is meant for this room and comes from its own pages."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Refuses what names another host than the address at which it came, or comes from another's page.

    A name that leads here is no address of the room: so a page of elsewhere cannot have its own name lead here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass, with the headers that every answer has."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        why = _refusal(scope)
        if why is None:
            await self._app(scope, receive, sent)
            return
        body = json.dumps({"why": "origin", "message": why}).encode()
        start = {"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"application/json")]}
        await sent(start)
        await send({"type": "http.response.body", "body": body})


def _refusal(scope: Scope) -> str | None:
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if len(hosts) != 1 or hosts[0].lower() not in _own(scope):
        return "this is not an address of the room; use one of those that it was started with"
    origins = headers.getlist("origin")
    if not origins and scope["method"] in ("GET", "HEAD"):
        return None
    if origins != [f"http://{hosts[0]}"]:
        return "this comes from another page than the room's"
    return None


def _own(scope: Scope) -> tuple[str, ...]:
    """How the address is written at which a request came."""
    address, port = scope.get("server") or ("", 0)
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    shown = f"[{ip}]" if ip.version == 6 else str(ip)
    names = [shown, "localhost"] if ip.is_loopback else [shown]
    return tuple(name if port == 80 else f"{name}:{port}" for name in names)
