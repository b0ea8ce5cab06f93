"""Arguments and options that several commands share, and the progress bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

FAILED = 1
"""Exit code where some of the work failed."""
INTERRUPTED = 130
MOST_FAILURES = 20
"""Failures told one by one."""
LONG_RUN = 1.0
"""Seconds after which a run shows its progress."""

FILE = click.argument("file", type=click.Path(path_type=Path))
STRATEGY = click.option("--strategy", "-s", help="Named strategy of the scenario to apply.")
SETTINGS = click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE",
    help="Set one value by dotted path; in quotes where it has blanks: 'a.when={trigger: announced}'.",
)  # fmt: skip
WORKERS = click.option(
    "--workers", "-w", type=click.IntRange(1, 1000), help="Processes; default one a processor, 1: this one."
)
REPLACE = click.option("--replace", is_flag=True, help="Take the place of other results in the folder.")
XLSX = click.option("--xlsx", is_flag=True, help="All tables as an Excel workbook as well, tables.xlsx.")
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
def resumable() -> Iterator[None]:
    """Work that goes on where it stopped: Ctrl-C ends it with a word on that, a failure with the reason."""
    from sim.errors import SimulationError, WorkersLost, WriteError

    try:
        yield
    except WriteError:
        click.echo("Stopped. What is finished is kept; the same command goes on from there.", err=True)
        raise
    except WorkersLost as error:
        click.echo(f"failed: {error}", err=True)
        click.echo("What is finished is kept; the same command goes on from there.", err=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        click.echo("Interrupted. What is finished is kept; the same command goes on from there.", err=True)
        sys.exit(INTERRUPTED)
    except SimulationError as error:
        click.echo(f"failed: {error}", err=True)
        click.echo("What is finished is kept; the same command tries again what failed.", err=True)
        sys.exit(FAILED)


def tell_failures(failures: Sequence[object]) -> None:
    """Tell replications that failed, on stderr, and end with code 1; nothing where none did."""
    if not failures:
        return
    for failure in failures[:MOST_FAILURES]:
        click.echo(f"failed: {failure}", err=True)
    what = "replication" if len(failures) == 1 else "replications"
    click.echo(f"{len(failures)} {what} failed; the others are kept, these are tried again.", err=True)
    sys.exit(FAILED)


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
