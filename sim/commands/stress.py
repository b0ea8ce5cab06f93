"""How long is all demand met without each part of the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.shared import question, replicated, working
from sim.options import FILE, SETTINGS, STRATEGY, read_settings, tell_failures


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--longest", default="180d", show_default=True, help="Longest knock-out looked at.")
@click.option("--recover", multiple=True, metavar="[NODE=]DAYS", help="Time to recover: of all nodes (90d), or of one.")
@click.option("--at", "first", default="0d", show_default=True, help="When it begins, after the scenario's start.")
@click.option("--allow", default="0%", show_default=True, help="Share of demand that may go unmet all the same.")
@click.option("--last-mile", is_flag=True, help="Knock out the lanes to facilities too.")
@replicated
def stress(
    file: Path, strategy: str | None, settings: tuple[str, ...], longest: str, recover: tuple[str, ...], first: str,
    allow: str, last_mile: bool, means: dict[str, Any], quiet: bool,
) -> None:  # fmt: skip
    """Knock out each supplier, port, warehouse, lane, country and passage: how long is all demand met without it?"""
    from sim import ask

    times = [text.rpartition("=") for text in recover]
    usual = [days for _, sign, days in times if not sign][-1:] or ["90d"]
    special = {name: days for name, sign, days in times if sign}
    with working(quiet, recover_of="--recover") as tick:
        found = ask.stress(
            file, longest=longest, recover=usual[0], recover_of=special, at=first, allow=allow, last_mile=last_mile,
            strategy=strategy, overrides=read_settings(settings), progress=tick, **means,
        )  # fmt: skip
    if not quiet:
        click.echo(found.text())
    assert found.folder is not None
    click.echo(f"Register: {found.folder / 'register.html'}")
    tell_failures(list(map(str, found.failures)))
