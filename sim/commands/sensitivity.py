"""Which uncertain values the answer depends on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.shared import question, replicated, tell, working
from sim.options import FILE, SETTINGS, STRATEGY, read_settings

BOUNDS = "two bounds in the same unit, such as disruptions.ban.for=20d..60d"


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option(
    "--vary", multiple=True, metavar="PATH=LOW..HIGH", help="A value and its bounds. Default: all that is uncertain in "
    "the scenario.",
)  # fmt: skip
@click.option("--measure", "-m", default="units_unmet", show_default=True, help="The answer looked at.")
@click.option("--method", type=click.Choice(["tornado", "morris", "sobol"]), default="tornado", show_default=True)
@click.option("--samples", type=click.IntRange(2, 100_000), help="Trajectories of Morris (10), Sobol's samples (64).")
@replicated
def sensitivity(
    file: Path, strategy: str | None, settings: tuple[str, ...], vary: tuple[str, ...], measure: str, method: str,
    samples: int | None, means: dict[str, Any], quiet: bool,
) -> None:  # fmt: skip
    """How a measure's mean depends on values between bounds: one by one, by screening, or as shares of variance."""
    from sim import ask

    varied = dict(map(_bounds, vary)) or None
    with working(quiet) as tick:
        found = ask.sensitivity(
            file, vary=varied, measure=measure, method=method, samples=samples, strategy=strategy,
            overrides=read_settings(settings), progress=tick, **means,
        )  # fmt: skip
    tell(found)


def _bounds(text: str) -> tuple[str, tuple[str, str]]:
    """The path and bounds in PATH=LOW..HIGH; raises ScenarioError where it is written otherwise."""
    from sim.errors import Problem, ScenarioError

    path, _, bounds = text.partition("=")
    low, dots, high = bounds.partition("..")
    if not dots:
        raise ScenarioError([Problem("--vary", 0, "not a value with bounds", text, BOUNDS)])
    return path.strip(), (low.strip(), high.strip())
