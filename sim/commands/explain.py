"""Why did it happen: one site's shortage, and shortages by cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.shared import question, replicated, tell, told_as_options, working
from sim.options import FILE, PLACE, SETTINGS, STRATEGY, read_settings


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
@click.command("why-share")
@click.argument("run_or_file", type=PLACE)
@click.option("--day", required=True, help="Date, such as 2024-02-01.")
@click.option("--at", required=True, metavar="SOURCE", help="Who shared out what it had.")
@click.option("--product", help="Left out: all that it shared on the day.")
@click.option("--who", multiple=True, metavar="SITE|PARTY", help="One that is asked about; may be given again.")
@STRATEGY
@SETTINGS
@click.option("--replication", type=click.IntRange(min=0), default=0, help="Which draw of chance.")
def why_share(
    run_or_file: Path, day: str, at: str, product: str | None, who: tuple[str, ...], strategy: str | None,
    settings: tuple[str, ...], replication: int,
) -> None:  # fmt: skip
    """Why one got so much and another so little when SOURCE shared out what it had.

    RUN_OR_FILE is the folder of a run made with --sharings, or a scenario file.
    """
    from sim import ask

    with told_as_options(overrides="--set"):
        found = ask.why_share(
            run_or_file, day, at, product=product, who=who, strategy=strategy, overrides=read_settings(settings),
            replication=replication,
        )  # fmt: skip
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
