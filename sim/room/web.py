"""The room over HTTP: pages, streams, and one address for whatever is done."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from fastapi.telemetry import TelemetryConfig
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.staticfiles import StaticFiles

from sim.errors import TideoverError
from sim.output.csv_text import ENCODING
from sim.room.deeds import Asked
from sim.room.guard import Guard
from sim.room.keys import TooMany
from sim.room.packing import Packed
from sim.room.room import Room
from sim.room.seats import Seat
from sim.tabletop.inject_table import COLUMNS, OF_SESSION
from sim.tabletop.reading_in import Offer
from sim.tabletop.refusals import Refused

PAGES = Path(str(files("sim.room") / "pages"))
LARGEST = 16_384
"""Bytes of what is sent to the room at once."""
LARGEST_LIST = 2_000_000
"""Bytes of a list of injects."""
WORDS = {
    400: ("malformed", "what was sent cannot be read: it is no JSON"),
    404: ("unknown", "there is no such page in this room"),
    405: ("malformed", "this page is not asked in this way"),
}
STATUS = {"role": 403, "stale": 409, "impossible": 409, "unknown": 404, "malformed": 422}


class Join(BaseModel):
    """What is typed to join."""

    model_config = ConfigDict(extra="forbid", strict=True)
    code: Annotated[str, Field(max_length=20)]
    seat: Annotated[str, Field(max_length=40)]
    pin: Annotated[str, Field(max_length=20)]


class Here(BaseModel):
    """A sign of life."""

    model_config = ConfigDict(extra="forbid", strict=True)
    writing: bool = False


class Listed(BaseModel):
    """A list of injects in a file, its bytes in base 64: to be looked at, or to be used with so many rows left out."""

    model_config = ConfigDict(extra="forbid", strict=True)
    do: Literal["look", "use"]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    content: Annotated[str, Field(max_length=LARGEST_LIST * 4 // 3 + 4)]
    columns: Annotated[dict[str, str], Field(max_length=50)] | None = None
    sheet: Annotated[str, Field(max_length=100)] | None = None
    leave_out: Annotated[int, Field(ge=0)] = 0

    def offer(self) -> Offer:
        """As the session takes it."""
        try:
            content = base64.b64decode(self.content, validate=True)
        except ValueError:
            raise Refusal(422, "malformed", "the file did not arrive whole: choose it once more") from None
        return Offer(self.name, content, self.columns, self.sheet or None)


async def _room(request: Request) -> Room:
    return request.app.state.room


InRoom = Annotated[Room, Depends(_room)]


async def _place(seat: str, room: InRoom) -> Seat:
    if seat not in room.seats:
        raise HTTPException(404, "there is no such seat")
    return room.seats[seat]


Place = Annotated[Seat, Depends(_place)]


async def _key(request: Request, seat: Place, room: InRoom) -> str:
    """The key of who asks, which must be good for the seat."""
    key = request.cookies.get(room.keys.cookie, "")
    if room.keys.holds(seat.name, key):
        return key
    if room.keys.made(seat.name, key):
        raise Refusal(409, "taken", "this seat is now used on another device")
    raise Refusal(401, "join", "join first, with the room's code and the PIN of this seat")


Key = Annotated[str, Depends(_key)]


async def _conducts(seat: Place, key: Key) -> Seat:
    if seat.page != "facilitator":
        raise Refusal(403, "role", "only the facilitator may see this")
    return seat


Conducts = Annotated[Seat, Depends(_conducts)]


class Refusal(Exception):
    """An answer that says why not."""

    def __init__(self, status: int, why: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.body = status, {"why": why, "message": message, **more}


def make_app(room: Room) -> FastAPI:
    """The app of a room."""

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            group.start_soon(room.keep_time)
            yield
            room.close()
            group.cancel_scope.cancel()

    quiet = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)  # nothing leaves the room
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=living,
        telemetry=quiet,
        max_body_size=LARGEST,
        strict_content_type=True,
    )
    app.state.room = room
    app.add_middleware(Packed)
    app.add_middleware(Guard)
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(TideoverError, _failed)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(StarletteHTTPException, _unanswered)
    app.get("/")(join_page)
    app.get("/lobby")(lobby)
    app.post("/join")(join)
    app.get("/at/{seat}/")(page)
    app.get("/at/{seat}/stream", response_class=EventSourceResponse)(stream)
    app.post("/at/{seat}/here")(here)
    app.post("/at/{seat}/do")(do)
    app.post("/at/{seat}/wall")(wall)
    app.get("/at/{seat}/preview")(preview)
    app.get("/at/{seat}/compare")(compare)
    app.get("/at/{seat}/hot-wash")(hot_wash)
    app.get("/at/{seat}/debrief")(debrief)
    app.get("/at/{seat}/log.csv")(log)
    app.get("/at/{seat}/injects.csv")(injects)
    app.post("/at/{seat}/injects", max_body_size=2 * LARGEST_LIST)(read_in)
    app.mount("/pages", StaticFiles(directory=PAGES))
    return app


async def join_page() -> FileResponse:
    """Where to join."""
    return FileResponse(PAGES / "join.html")


async def page(seat: Place) -> FileResponse:
    """The page of a seat, which holds nothing before its device has joined."""
    return FileResponse(PAGES / f"{seat.page}.html")


async def lobby(room: InRoom) -> dict[str, Any]:
    """What may be joined."""
    return room.lobby()


async def join(asked: Join, request: Request, response: Response, room: InRoom) -> dict[str, str]:
    """Take a seat, with the room's code and the seat's PIN."""
    if asked.seat not in room.seats:
        raise Refusal(404, "unknown", "there is no such seat; choose one of the list", field="seat")
    address = request.client.host if request.client else ""
    try:
        key = room.keys.join(asked.seat, asked.pin if room.keys.fits(asked.code) else "", address)
    except TooMany as many:
        raise Refusal(429, "pin", f"too many wrong PINs: try again in {many.seconds} s", field="pin") from None
    if isinstance(key, int):
        tries = "one try" if key == 1 else f"{key} tries"
        raise Refusal(
            403, "pin", f"this is not the code of the room with the PIN of this seat; {tries} left", field="pin"
        )
    room.presence.hear(asked.seat)
    _give(response, room, asked.seat, key)
    return {"go": f"/at/{asked.seat}/"}


def _give(response: Response, room: Room, seat: str, key: str) -> None:
    """Put a key into a device's hands; whoever had the seat is told."""
    response.set_cookie(room.keys.cookie, key, path=f"/at/{seat}/", httponly=True, samesite="strict")
    room.ring()


async def wall(seat: Conducts, response: Response, room: InRoom) -> dict[str, str]:
    """Have the facilitator's browser show the wall, too, as on the projector."""
    _give(response, room, "wall", room.keys.give("wall"))
    return {"go": "/at/wall/"}


async def stream(seat: Place, key: Key, room: InRoom) -> AsyncIterator[ServerSentEvent]:
    """The state, and again after each change."""
    async for event, text in room.states(seat, key):
        yield ServerSentEvent(raw_data=text, event=event, retry=2000)


async def here(asked: Here, seat: Place, key: Key, room: InRoom) -> dict[str, int]:
    """A sign of life; answers with the serial of the state, so that a device knows whether it has the latest."""
    room.presence.hear(seat.name, asked.writing)
    return {"serial": room.serial}


async def do(asked: Asked, seat: Place, key: Key, room: InRoom) -> dict[str, Any]:
    """Do something."""
    return await room.do(seat, asked)


async def preview(seat: Conducts, room: InRoom) -> dict[str, Any]:
    """If they do nothing from here."""
    ahead = await room.preview(10)
    ranges = {product: ahead.range_of(product) for product in ahead.from_now}
    return {"draws": ahead.draws, "so_far": ahead.so_far, "from_now": ranges, "ends": ahead.ends}


async def compare(seat: Conducts, room: InRoom) -> list[dict[str, Any]]:
    """The path taken beside others."""
    return [asdict(line) for line in await room.compare()]


async def hot_wash(seat: Place) -> FileResponse:
    """The page to talk over what happened; what it shows is the facilitator's to show."""
    return FileResponse(PAGES / "hot-wash.html")


async def debrief(seat: Conducts, room: InRoom) -> dict[str, Any]:
    """What the hot-wash is about."""
    return await room.debrief()


async def log(seat: Conducts, room: InRoom) -> Response:
    """The log as a table, to be saved."""
    return _table(await room.log())


async def injects(seat: Conducts, room: InRoom) -> Response:
    """The list of injects and what has become of each, as a table that can be read in again."""
    return _table(await room.injects())


def _table(text: str) -> Response:
    return Response(text.encode(ENCODING), media_type="text/csv", headers={"content-disposition": "attachment"})


async def read_in(asked: Listed, seat: Conducts, room: InRoom) -> dict[str, Any]:
    """Look at another list of injects, or use it."""
    found = await room.read_in(asked.offer(), asked.leave_out if asked.do == "use" else None)
    ours = [name for name in COLUMNS if name not in OF_SESSION]
    told: dict[str, Any] = {"head": found.head, "columns": found.columns, "problems": found.problems, "ours": ours}
    if (made := found.imported) is not None:
        left_out = [str(row) for row in made.left_out]
        told |= {"rows": made.rows, "injects": len(made.injects), "left_out": left_out}
    return told


async def _refusal(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    return JSONResponse(error.body, error.status)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    body = {"why": error.why, "message": str(error), "text": error.text, "changed": list(error.changed)}
    return JSONResponse(body, STATUS[error.why])


async def _failed(_: Request, error: Exception) -> JSONResponse:
    """The disk is full, say: nothing was done, and it may be tried again."""
    return JSONResponse({"why": "failed", "message": str(error)}, 503)


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    told = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()[:5]]
    return JSONResponse({"why": "malformed", "message": "; ".join(told)[:500]}, 422)


async def _unanswered(_: Request, error: Exception) -> JSONResponse:
    """What is no page of the room, or cannot be read at all."""
    assert isinstance(error, StarletteHTTPException)
    why, message = WORDS.get(error.status_code, ("malformed", error.detail))
    return JSONResponse({"why": why, "message": message}, error.status_code, error.headers)
