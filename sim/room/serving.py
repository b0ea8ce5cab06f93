"""A room that is served: one process, one worker, until Ctrl-C."""

from __future__ import annotations

import ipaddress
import socket

import uvicorn

from sim.errors import Problem, ScenarioError
from sim.room.room import Room
from sim.room.web import make_app

WAITING = 128


class Server(uvicorn.Server):
    """A server that ends its streams when it is asked to end, instead of waiting for them."""

    def __init__(self, config: uvicorn.Config, room: Room) -> None:
        super().__init__(config)
        self._room = room

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams first: a stream that is open is never complete by itself."""
        self._room.close()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A socket to serve on; raises ScenarioError where the address is none, or is in use."""
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        expected = "127.0.0.1 for this machine alone, 0.0.0.0 for everybody in the network, or one of its addresses"
        raise ScenarioError([Problem("--host", 0, "this is no address", host, expected)]) from None
    found = socket.socket(socket.AF_INET6 if version == 6 else socket.AF_INET)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(WAITING)  # from now on: whoever comes before the app is there waits
    except OSError as error:
        found.close()
        message = f"nothing can be served here: {error.strerror or error}"
        raise ScenarioError(
            [Problem("--port", 0, message, f"{host}:{port}", "another port, as with --port 0")]
        ) from None
    return found


def addresses(host: str, port: int) -> tuple[str, ...]:
    """Where to join, the ones that other devices can use first."""
    ip = ipaddress.ip_address(host)
    if not ip.is_unspecified:
        return (f"http://{f'[{ip}]' if ip.version == 6 else ip}:{port}/",)
    found = _outward()
    return tuple(f"http://{one}:{port}/" for one in ([found] if found else []) + ["127.0.0.1"])


def _outward() -> str | None:
    """This machine's address in the network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if found.startswith("127.") else found


def serve(room: Room, on: socket.socket) -> None:
    """Serve a room until it is asked to end."""
    config = uvicorn.Config(
        make_app(room), log_level="warning", access_log=False, proxy_headers=False, server_header=False,
        timeout_graceful_shutdown=2, workers=1, ws="none",
    )  # fmt: skip
    Server(config, room).run(sockets=[on])
