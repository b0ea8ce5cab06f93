"""A crisis held against what was observed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.shared import question, runs_kept, working
from sim.options import FILE, SETTINGS, STRATEGY, read_settings, tell_failures, tell_notes


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option(
    "--draws", "-n", type=click.IntRange(1, 100_000), default=40, show_default=True,
    help="Draws of luck and of what is uncertain; a band of 95% takes 39, all of the score 99.",
)  # fmt: skip
@runs_kept("Folder; default reports/NAME-replay.")
def replay(
    file: Path, strategy: str | None, settings: tuple[str, ...], out: Path | None, quiet: bool, **means: Any
) -> None:
    """Draw a crisis many times and score it against its observed series, beside guesses without a model."""
    from sim import ask

    with working(quiet, path="FILE") as tick:
        found = ask.replay(file, strategy, read_settings(settings), out=out or True, progress=tick, **means)
    if not quiet:
        tell_notes(found.subject.loaded)
        click.echo(found.text())
    assert found.folder is not None
    click.echo(f"Replay: {found.folder / 'replay.html'}")
    tell_failures(found.failures)
