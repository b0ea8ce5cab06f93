"""The exercise room, served."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from sim.commands.shared import question
from sim.options import FILE, PLACE, SETTINGS, STRATEGY, read_settings

NEEDED = ("fastapi", "starlette", "uvicorn")


@question
@click.command()
@FILE
@click.option(
    "--session",
    "place",
    type=PLACE,
    metavar="FILE",
    help="Default reports/NAME.session; one that is there is gone on with.",
)
@STRATEGY
@SETTINGS
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: for all devices in the network.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any that is free.")
def exercise(
    file: Path, place: Path | None, strategy: str | None, settings: tuple[str, ...], host: str, port: int
) -> None:
    """Serve the exercise room of a scenario FILE: pages for facilitator, players and the wall.

    Prints where to join, the room's code and the PIN of each seat. Ctrl-C ends it; the same command goes on from there.
    """
    _check_extra()
    from sim.room.keys import Keys
    from sim.room.opening import open_or_begin
    from sim.room.room import Room
    from sim.room.seats import SHARED, seats_of
    from sim.room.serving import addresses, listen, serve

    session, resumed = open_or_begin(file, place, strategy, read_settings(settings))
    assert session.file is not None
    seats = seats_of(session.table)
    keys = Keys.of(list(seats), SHARED, session.file.with_name(session.file.name + ".keys"))
    with listen(host, port) as on:
        where = addresses(host, on.getsockname()[1])
        click.echo(f"{'Going on with' if resumed else 'Session'}: {session.file} (turn {session.turn})")
        click.echo(f"Join at {'  or  '.join(where)}  with the code {keys.code}")
        width = max(len(seat.title) for seat in seats.values())
        for name, seat in seats.items():
            click.echo(f"  {seat.title:<{width}}  PIN {keys.pins[name]}")
        if host == "127.0.0.1":
            click.echo("Only this machine can join; for other devices: --host 0.0.0.0")
        click.echo("Ctrl-C ends it.")
        with suppress(KeyboardInterrupt):
            serve(Room(session, keys, where), on)
    click.echo(f"Ended in turn {session.turn}. The same command goes on from there.")


def _check_extra() -> None:
    """The web's libraries are an extra: whoever runs models alone has no need of them."""
    from importlib.util import find_spec

    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise click.UsageError(f"the exercise room needs {', '.join(missing)}: pip install 'tideover[web]'")
