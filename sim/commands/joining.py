"""Is it worth to join a pool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands.shared import question, replicated, tell, working
from sim.options import FILE, SETTINGS, STRATEGY, read_settings


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--pool", required=True, help="The pool: a party of that kind, or a reserve with claims.")
@click.option("--defector", help="Member that breaks its word; default: each in turn.")
@click.option("--since", metavar="DATE", help="From when it does; default: the first disruption with a date.")
@click.option(
    "--pairs", default="contributors", show_default=True, metavar="[none|contributors|all]",
    help="Pairs tried by themselves: of n members n(n-1)/2, 66 of twelve.",
)  # fmt: skip
@click.option("--alone", metavar="STRATEGY", help="Under which each is alone; default: made from the pool.")
@click.option("--broken", metavar="STRATEGY", help="Under which the defector breaks its word; default: it is made.")
@replicated
def joining(
    file: Path, strategy: str | None, settings: tuple[str, ...], pool: str, defector: str | None, since: str | None,
    pairs: str, alone: str | None, broken: str | None, means: dict[str, Any], quiet: bool,
) -> None:  # fmt: skip
    """Who gains and who loses by joining a pool: each member alone, in it, in it with a defector, and in pairs."""
    from sim import ask

    with working(quiet) as tick:
        found = ask.joining(
            file, pool=pool, defector=defector, since=since, pairs=pairs, alone=alone, broken=broken,
            strategy=strategy, overrides=read_settings(settings), progress=tick,
            announce=None if quiet else click.echo, **means,
        )  # fmt: skip
    tell(found, quiet)
