"""Arguments and options that several commands share, and the progress bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

LONG_RUN = 1.0
"""Seconds after which a run shows its progress."""

FILE = click.argument("file", type=click.Path(path_type=Path))
STRATEGY = click.option("--strategy", "-s", help="Named strategy of the scenario to apply.")
SETTINGS = click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Set one value by dotted path.")
WORKERS = click.option(
    "--workers", "-w", type=click.IntRange(min=1), help="Processes; default one a processor, 1: this one."
)
SCHEDULER = click.option("--scheduler", metavar="TCP://HOST:PORT", help="Dask scheduler whose workers run it instead.")


def read_settings(texts: tuple[str, ...]) -> dict[str, Any]:
    """What --set says, by path; raises BadParameter for what is not PATH=VALUE."""
    from sim.scenario.yaml_reader import parse_value

    found: dict[str, Any] = {}
    for text in texts:
        path, sign, value = text.partition("=")
        if not sign or not path:
            raise click.BadParameter(f"'{text}' is not PATH=VALUE, such as reserves.national.size=30d")
        found[path.strip()] = parse_value(value.strip(), f"override '{path.strip()}'")
    return found


@contextmanager
def progress_bar(show: bool) -> Iterator[Callable[[float], None] | None]:
    """A bar on stderr that appears only once the work takes longer than LONG_RUN."""
    import time

    if not show or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("simulating", total=1.0)
    began, shown = time.monotonic(), False

    def tick(share: float) -> None:
        nonlocal shown
        if not shown and time.monotonic() - began > LONG_RUN:
            bar.start()
            shown = True
        bar.update(task, completed=share)

    try:
        yield tick
    finally:
        bar.stop()
