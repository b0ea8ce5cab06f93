"""The exercise room, served; and its papers."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.shared import question
from sim.options import FILE, PLACE, REPLACE, SETTINGS, STRATEGY, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.room.keys import Keys
    from sim.room.seats import Seat


@question
@click.command()
@FILE
@click.option(
    "--session", "place", type=PLACE, metavar="FILE",
    help="Default reports/NAME.session; one that is there is gone on with.",
)  # fmt: skip
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
    from sim.errors import needs
    from sim.room.keys import Keys
    from sim.room.opening import opened
    from sim.room.room import Room
    from sim.room.seats import SHARED, seats_of

    with needs("tideover[web]", "the exercise room"):
        from sim.room.serving import addresses, listen, serve

    with listen(host, port) as on, opened(file, place, strategy, read_settings(settings)) as found:
        session = found.session
        seats = seats_of(session.table)
        keys = Keys.of(list(seats), SHARED, found.file.with_name(f"{found.file.name}.keys"))
        where = addresses(host, on.getsockname()[1])
        if found.resumed:
            click.echo(f"Going on with: {found.file} (turn {session.turn}). A new one: --session with another name")
        else:
            click.echo(f"Session: {found.file} (turn {session.turn})")
        _tell_keys(keys, seats.values(), where)
        if len(where) == 1 and "127.0.0.1" in where[0]:
            click.echo("Only this machine can join; for other devices: --host 0.0.0.0")
        click.echo("Ctrl-C ends it.")
        with suppress(KeyboardInterrupt):
            serve(Room(session, keys, where), on)
        click.echo(f"Ended in turn {session.turn}. The same command goes on from there.")


def _tell_keys(keys: Keys, seats: Iterable[Seat], where: tuple[str, ...]) -> None:
    rows = [(seat.title, keys.pins[seat.name]) for seat in seats]
    click.echo(f"Join at {'  or  '.join(where)}  with the code {keys.code}")
    for title, pin in rows:
        click.echo(f"  {title:<{max(len(title) for title, _ in rows)}}  PIN {pin}")


@question
@click.command()
@FILE
@STRATEGY
@click.option("--out", "-o", "folder", type=PLACE, help="Folder; default reports/NAME-papers.")
@REPLACE
def papers(file: Path, strategy: str | None, folder: Path | None, replace: bool) -> None:
    """Write what is printed before an exercise of a scenario FILE: HTML, and .docx to be edited.

    The facilitator's list, role briefs, inject cards, decision sheets for a dead network, blank evaluation guides.
    """
    from sim.output.names import default_folder
    from sim.room.papers import FILES, write_papers
    from sim.tabletop.table import Settings, Table

    place = folder or default_folder(file.stem, "papers")
    there = [name for name in FILES if (place / name).exists()]
    if there and not replace:
        raise click.BadParameter(
            f"'{place / there[0]}' is there already; --replace takes its place", param_hint="--out"
        )
    for path in write_papers(Table(Settings(file, strategy)), place):
        click.echo(f"Papers: {path}")
