"""How much is enough: the smallest reserve for a target, the best split of a budget, and where a target tips over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.shared import question, replicated, tell, working
from sim.options import FILE, SETTINGS, STRATEGY, read_settings

TARGET = click.option(
    "--target", required=True, metavar="MEASURE>=LEVEL", help="Such as fill_rate>=98% or units_unmet<=0."
)
IN = click.option("--in", "share", default="90%", show_default=True, help="Share of replications that must meet it.")


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--reserve", required=True, help="Name of the reserve whose size is looked for.")
@TARGET
@IN
@click.option("--at-most", "most", default="180d", show_default=True, help="Largest size, in days of members' demand.")
@replicated
def search(
    file: Path, strategy: str | None, settings: tuple[str, ...], reserve: str, target: str, share: str, most: str,
    means: dict[str, Any], quiet: bool,
) -> None:  # fmt: skip
    """The smallest reserve with which a target is met in so many of the replications."""
    from sim import ask

    with working(quiet, share="--in") as tick:
        found = ask.search(
            file, reserve=reserve, target=target, share=share, at_most=most, strategy=strategy,
            overrides=read_settings(settings), progress=tick, **means,
        )  # fmt: skip
    tell(found)


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--over", "reserves", multiple=True, required=True, help="A reserve to spend on; give it for each.")
@click.option(
    "--by", type=click.Choice(["reserve", "site", "product", "both"]), default="reserve", show_default=True,
    help="Whole reserves, or their parts by holder site, by product, or by both.",
)  # fmt: skip
@click.option("--budget", type=click.FloatRange(min=0, min_open=True), required=True, help="For the first purchase.")
@click.option(
    "--steps", type=click.IntRange(1, 20), default=4, show_default=True, help="Smaller budgets looked at too, in equal "
    "steps up to it, which makes the frontier; 1: only the budget itself.",
)  # fmt: skip
@click.option("--trials", type=click.IntRange(1, 1000), default=40, show_default=True, help="Splits of each budget.")
@click.option("--measure", "-m", default="units_unmet", show_default=True, help="What is to be best in the mean.")
@click.option(
    "--target", metavar="MEASURE>=LEVEL", help="Meet this in as many replications as can be; the mean decides ties."
)
@replicated
def split(
    file: Path, strategy: str | None, settings: tuple[str, ...], reserves: tuple[str, ...], by: Any, budget: float,
    steps: int, trials: int, measure: str, target: str | None, means: dict[str, Any], quiet: bool,
) -> None:  # fmt: skip
    """The best split of a budget over reserves, sites and products, and what smaller budgets would come to."""
    from sim import ask

    with working(quiet) as tick:
        found = ask.split(
            file, over=reserves, by=by, budget=budget, steps=steps, trials=trials, measure=measure, target=target,
            strategy=strategy, overrides=read_settings(settings), progress=tick, **means,
        )  # fmt: skip
    tell(found, quiet)


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--parameter", required=True, metavar="PATH", help="Dotted path of the value that is changed.")
@click.option(
    "--between",
    nargs=2,
    metavar="LOW HIGH",
    help="Such as 0d 180d; looked at in whole steps. Default: the bounds of "
    "its range, if it is uncertain in the scenario.",
)
@TARGET
@IN
@replicated
def tipping(
    file: Path, strategy: str | None, settings: tuple[str, ...], parameter: str, between: tuple[str, str] | None,
    target: str, share: str, means: dict[str, Any], quiet: bool,
) -> None:  # fmt: skip
    """How far a value may go until a target is no longer met: the tipping point, by bisection."""
    from sim import ask

    with working(quiet, share="--in") as tick:
        found = ask.tipping(
            file, parameter=parameter, between=between, target=target, share=share, strategy=strategy,
            overrides=read_settings(settings), progress=tick, **means,
        )  # fmt: skip
    tell(found)
