"""What happened, as a reviewer tells it, on one date axis."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands.shared import question, told_as_options
from sim.options import FILE, PLACE, SETTINGS, STRATEGY, read_settings, tell_notes


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--out", "-o", type=PLACE, help="HTML file; default reports/NAME-timeline.html.")
@click.option("--quiet", "-q", is_flag=True, help="No words.")
def timeline(file: Path, strategy: str | None, settings: tuple[str, ...], out: Path | None, quiet: bool) -> None:
    """Lay out events, decisions, what was seen, stock and shortage on one date axis, each with its source."""
    from sim import ask
    from sim.output.place import named

    with told_as_options():
        found = ask.timeline(file, strategy, read_settings(settings))
    spec = found.facts.loaded.spec
    if out is None:
        folder = named(spec.scenario, strategy, read_settings(settings), "timeline")
        out = folder.with_name(f"{folder.name}.html")
    place = found.report(out)
    if not quiet:
        tell_notes(found.facts.loaded)
        click.echo(found.text())
    click.echo(f"Timeline: {place}")
