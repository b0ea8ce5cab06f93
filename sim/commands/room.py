"""The exercise room, served; its papers, before and after."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.shared import question
from sim.options import FILE, PLACE, REPLACE, SETTINGS, STRATEGY, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sim.room.keys import Keys
    from sim.room.seats import Seat
    from sim.room.sheets import Paper


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
    from sim.room.seats import SHARED, seats_of

    with needs("tideover[web]", "the exercise room"):
        from sim.room.room import Room
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
@click.option("--session", type=PLACE, metavar="SESSION", help="With the injects that were read in for this session.")
@click.option("--out", "-o", "folder", type=PLACE, help="Folder; default reports/NAME-papers.")
@REPLACE
def papers(file: Path, strategy: str | None, session: Path | None, folder: Path | None, replace: bool) -> None:
    """Write what is printed before an exercise of a scenario FILE: HTML, and .docx to be edited.

    The facilitator's list, role briefs, inject cards, decision sheets for a dead network, blank evaluation guides.
    """
    from sim.output.names import default_folder
    from sim.room.papers import LEAD
    from sim.room.papers import papers as found
    from sim.tabletop.session_file import open_session
    from sim.tabletop.table import Settings, Table

    if session is not None and strategy is not None:
        raise click.BadParameter("a session has a strategy of its own", param_hint="--strategy")
    place = folder or default_folder(file.stem, "papers")
    _check_free(place, "papers", replace)
    table = Table(Settings(file, strategy)) if session is None else open_session(session, scenario=file).table
    _write(table.begun.loaded.spec.title, LEAD, found(table), place, "papers")


@question
@click.command("after-action")
@click.argument("session", type=PLACE)
@click.option("--scenario", type=PLACE, help="Its scenario file, where that has been moved.")
@click.option("--out", "-o", "folder", type=PLACE, help="Folder; default reports/NAME-after-action.")
@REPLACE
def after_action(session: Path, scenario: Path | None, folder: Path | None, replace: bool) -> None:
    """Draft the after-action report and improvement plan of a SESSION: HTML, and .docx to be edited."""
    from sim.output.names import default_folder
    from sim.room.after_action import LEAD
    from sim.room.after_action import after_action as found
    from sim.tabletop.session_file import open_session

    place = folder or default_folder(session.stem, "after-action")
    _check_free(place, "after-action", replace)
    played = open_session(session, scenario=scenario)
    title = f"{played.table.begun.loaded.spec.title}: after-action report"
    _write(title, LEAD, found(played), place, "after-action")


@question
@click.command()
@click.argument("what", type=PLACE)
@click.option("--beside", type=PLACE, metavar="FOLDER", help="Another run of the same scenario, shown beside a run.")
@click.option("--scenario", type=PLACE, help="The scenario file, where that has been moved.")
@click.option("--out", "-o", type=PLACE, help="File to write; default reports/NAME-film.html.")
@REPLACE
def film(what: Path, beside: Path | None, scenario: Path | None, out: Path | None, replace: bool) -> None:
    """Write a film of WHAT, a run's folder or a session's file: one page to step through day by day.

    It has all that it shows in it, works without a network, and can be sent on. A session is shown beside doing
    nothing, its scripted policy and its other branches.
    """
    from sim.output.files import cannot_write, put_text
    from sim.output.names import default_folder
    from sim.room.film import LARGEST
    from sim.room.film import film as found

    place = out or default_folder(what.resolve().stem if what.is_file() else what.resolve().name, "film.html")
    if place.suffix.lower() not in (".html", ".htm"):
        raise click.BadParameter(f"'{place}' does not end in .html", param_hint="--out")
    if place.exists() and not replace:
        raise click.BadParameter(f"'{place}' is there already; --replace takes its place", param_hint="--out")
    text = found(what, beside, scenario)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(place, error) from None
    put_text(place, text)
    size = len(text.encode())
    click.echo(f"Wrote {place} ({size / 1e6:.1f} MB). It opens in any browser, without a network.")
    if size > LARGEST:
        told = "of many branches, or long reasons, all is shown; an e-mail may not take it"
        click.echo(f"Note: this is more than {LARGEST / 1e6:.0f} MB: {told}", err=True)


def _check_free(folder: Path, name: str, replace: bool) -> None:
    from sim.room.sheets import files_of

    there = [folder / file for file in files_of(name) if (folder / file).exists()]
    if there and not replace:
        raise click.BadParameter(f"'{there[0]}' is there already; --replace takes its place", param_hint="--out")


def _write(title: str, lead: str, found: Sequence[Paper], folder: Path, name: str) -> None:
    from sim.room.sheets import write_sheets

    for path in write_sheets(title, lead, found, folder, name):
        click.echo(f"Wrote {path}")
