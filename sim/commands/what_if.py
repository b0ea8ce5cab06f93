"""What if it had been decided otherwise: counterfactuals beside what was done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.shared import question, replicated, working
from sim.options import FILE, SETTINGS, read_settings, tell_notes


@question
@click.command("what-if")
@FILE
@SETTINGS
@click.option("--counterfactual", "-c", "names", multiple=True, metavar="NAME",
              help="One of the scenario's; may be given again; left out: all.")  # fmt: skip
@click.option("--causes", is_flag=True, help="Share the units short out over their causes as well.")
@replicated
def what_if(
    file: Path, settings: tuple[str, ...], names: tuple[str, ...], causes: bool, means: dict[str, Any], quiet: bool
) -> None:  # fmt: skip
    """Set what might have been decided (counterfactuals) beside what was done, on the same draws."""
    from sim import ask

    with working(quiet, path="FILE", counterfactuals="--counterfactual") as tick:
        found = ask.what_if(file, names, read_settings(settings), causes=causes, progress=tick, **means)
    if not quiet:
        tell_notes(found.subject.loaded)
        for option, note in found.notes:
            click.echo(f"Note (if '{option}'): {note}", err=True)
        click.echo(found.text())
    assert found.folder is not None
    click.echo(f"What if: {found.folder / 'what-if.html'}")
