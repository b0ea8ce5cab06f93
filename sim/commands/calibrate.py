"""What is not known, fitted to what was observed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.shared import question, runs_kept, working
from sim.options import FILE, PLACE, SETTINGS, STRATEGY, read_settings, tell_failures, tell_notes


@question
@click.command()
@FILE
@click.option("--fit", multiple=True, metavar="NAME,NAME", help="Paths under 'uncertain' to fit; left out: all.")
@STRATEGY
@SETTINGS
@click.option("--runs", "-n", type=click.IntRange(1, 10_000_000), default=2000, show_default=True,
              help="Of all; half of them, or more, are draws of the ranges.")  # fmt: skip
@click.option("--minutes", type=float, help="Begin no run after that; the same command goes on.")
@click.option("--accept", default="10%", show_default=True, help="Share of the draws that is accepted, the nearest.")
@click.option("--overlay", type=PLACE,
              help="File of the calibrated scenario; default NAME-calibrated.yaml beside FILE.")  # fmt: skip
@runs_kept("Folder; default reports/NAME-calibrate.")
def calibrate(
    file: Path, fit: tuple[str, ...], strategy: str | None, settings: tuple[str, ...], out: Path | None,
    overlay: Path | None, quiet: bool, **means: Any,
) -> None:  # fmt: skip
    """Fit what is uncertain to the observed points before those held out; writes a scenario that builds on FILE."""
    from sim import ask

    with working(quiet, path="FILE") as tick:
        found = ask.calibrate(
            file, fit or None, strategy, read_settings(settings), out=out or True, overlay=overlay or True,
            progress=tick, **means,
        )  # fmt: skip
    if not quiet:
        tell_notes(found.subject.loaded)
        click.echo(found.text())
    if found.overlay is not None:
        click.echo(f"Calibrated scenario: {found.overlay}")
    assert found.folder is not None
    click.echo(f"Calibration: {found.folder / 'calibration.html'}")
    tell_failures(found.near.failures)
