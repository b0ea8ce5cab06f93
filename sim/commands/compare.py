"""Runs, or strategies of a scenario, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.shared import question, working
from sim.options import PLACE, REPLACE, SCHEDULER, SETTINGS, WORKERS, read_settings


@question
@click.command()
@click.argument("what", type=PLACE, nargs=-1, required=True)
@click.option("--strategies", metavar="A,B,…", help="Strategies of the scenario file; as-is: the file as it stands.")
@SETTINGS
@click.option(
    "--replications", "-n", type=click.IntRange(1, 100_000), default=1, show_default=True,
    help="Draws, the same for all strategies; one tells what could happen, many how often.",
)  # fmt: skip
@WORKERS
@SCHEDULER
@click.option("--out", "-o", type=PLACE, help="Folder; default reports/compare-A-B….")
@REPLACE
@click.option("--quiet", "-q", is_flag=True, help="No progress bar and no words.")
def compare(
    what: tuple[Path, ...], strategies: str | None, settings: tuple[str, ...], out: Path | None, quiet: bool,
    **means: Any,
) -> None:  # fmt: skip
    """Set runs side by side on one page, the first as what the others are compared with.

    Either folders of runs (all of one draw, or all made with --replications), or one scenario file and --strategies.
    """
    from sim import ask

    names = [name.strip() for name in strategies.split(",") if name.strip()] if strategies is not None else []
    with working(quiet, what="WHAT") as tick:
        found = ask.compare(
            *what, strategies=names, overrides=read_settings(settings), out=out or True, progress=tick, **means
        )
    if not quiet:
        click.echo(found.text())
    assert found.folder is not None
    click.echo(f"Comparison: {found.folder / 'compare.html'}")
