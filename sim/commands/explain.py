"""Why did it happen: one site's shortage, and shortages by cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.shared import question, replicated, tell, told_as_options, working
from sim.options import FILE, SETTINGS, STRATEGY, read_settings


@question
@click.command()
@FILE
@click.argument("site")
@click.argument("product")
@click.argument("date")
@STRATEGY
@SETTINGS
@click.option("--replication", type=click.IntRange(min=0), default=0, help="Which draw of chance.")
def why(
    file: Path, site: str, product: str, date: str, strategy: str | None, settings: tuple[str, ...], replication: int
) -> None:
    """Why a facility ran out of a product on a date: the chain of events behind it."""
    from sim import ask

    with told_as_options(site="SITE", product="PRODUCT", date="DATE"):
        found = ask.why(
            file, site, product, date, strategy=strategy, overrides=read_settings(settings), replication=replication
        )
    click.echo(found.text())


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option(
    "--measure",
    "-m",
    "measures",
    multiple=True,
    default=("units_unmet", "units_unmet by product"),
    show_default=True,
    help="What to share out, alone or by a group.",
)
@click.option(
    "--by",
    type=click.Choice(["cause", "kind"]),
    default="cause",
    show_default=True,
    help="Each disruption by itself, or those of one kind together.",
)
@click.option("--reserves", is_flag=True, help="Count each reserve as a cause too.")
@replicated
def attribute(
    file: Path, strategy: str | None, settings: tuple[str, ...], measures: tuple[str, ...], by: str, reserves: bool,
    means: dict[str, Any], quiet: bool,
) -> None:  # fmt: skip
    """Share the units short out over their causes: Shapley values and leave-one-out, on the same draws."""
    from sim import ask

    with working(quiet, measures="--measure") as tick:
        found = ask.causes(
            file, measures=measures, by=by, reserves=reserves, strategy=strategy, overrides=read_settings(settings),
            progress=tick, **means,
        )  # fmt: skip
    tell(found, quiet)
