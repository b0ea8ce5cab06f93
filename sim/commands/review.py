"""The documents of an after-action review."""

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
@click.option("--draws", "-n", type=click.IntRange(1, 100_000), help="As for 'replay'; 40, or as many as a folder has.")
@runs_kept("Folder; default that of the replay.")
def review(
    file: Path, strategy: str | None, settings: tuple[str, ...], out: Path | None, quiet: bool, **means: Any
) -> None:
    """Write the documents of an after-action review (HTML and .docx) of a scenario, or of a replay's folder."""
    from sim import ask

    with working(quiet, path="FILE") as tick:
        found = ask.review(file, strategy, read_settings(settings), out=out, progress=tick, **means)
    if not quiet:
        tell_notes(found.replay.subject.loaded)
        click.echo(found.replay.lines()[0])
    click.echo(f"Review: {found.html}")
    click.echo(f"To edit: {found.document}")
    tell_failures(found.replay.failures)
