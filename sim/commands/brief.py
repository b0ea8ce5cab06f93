"""The policy brief of a study."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands.shared import question, working
from sim.options import FILE, PLACE, REPLACE, SCHEDULER, WORKERS


@question
@click.command()
@FILE
@WORKERS
@SCHEDULER
@click.option("--out", "-o", type=PLACE, help="Folder of the study; default reports/STUDY.")
@REPLACE
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
def brief(file: Path, workers: int | None, scheduler: str | None, out: Path | None, replace: bool, quiet: bool) -> None:
    """Write a study's policy brief (HTML and .docx); replications that are not finished yet are run first."""
    from sim import ask

    with working(quiet) as tick:
        found = ask.brief(
            file, out, workers=workers, scheduler=scheduler, progress=tick, replace=replace,
            announce=None if quiet else click.echo,
        )  # fmt: skip
    click.echo(f"Brief: {found.html}")
    click.echo(f"To edit: {found.document}")
