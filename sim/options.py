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
LONG_WORK = 30.0
"""Seconds after which work of which nobody sees the bar tells how long it will still take."""


class _Place(click.Path):
    """A file or folder as it was typed; one whose name is empty or no text can be no file, and is told."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = str(value)
        if not text.strip():
            self.fail("the name of a file or folder is empty", param, ctx)
        if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
            shown = text.encode(errors="backslashreplace").decode()
            self.fail(f"the name '{shown}' is not UTF-8 text: rename it first", param, ctx)
        return super().convert(value, param, ctx)


PLACE = _Place()
FILE = click.argument("file", type=PLACE)
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
    from sim.scenario.reading.yaml_reader import parse_value

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


class Pace:
    """How long work will still take, by how far it has come since it was begun, or since a further round of it was."""

    def __init__(self, now: float) -> None:
        self.began = self._round = now
        self._last = 0.0

    def left(self, share: float, now: float) -> float | None:
        """Seconds that are left when a share is done; None before anything was."""
        if share < self._last:
            self._round = now
        self._last = share
        return (now - self._round) * (1 - share) / share if share > 0 else None


def left_words(seconds: float | None) -> str:
    """The time that is left, as one says it; nothing where it is not known yet."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s left"
    return f"about {seconds / 60:.0f} min left" if seconds < 5400 else f"about {seconds / 3600:.1f} h left"


@contextmanager
def progress_bar(show: bool) -> Iterator[Callable[[float], None] | None]:
    """A bar on stderr with the time that is left, once the work takes longer than LONG_RUN.

    Where nobody looks on, as in a log, it is a line after LONG_WORK, and one each time that has passed twice as long.
    """
    import time

    if not show:
        yield None
        return
    pace = Pace(time.monotonic())
    if not sys.stderr.isatty():
        yield _lines(pace, time.monotonic)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}")
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("simulating", total=1.0, left="")
    shown = False

    def tick(share: float) -> None:
        nonlocal shown
        now = time.monotonic()
        if not shown and now - pace.began > LONG_RUN:
            bar.start()
            shown = True
        bar.update(task, completed=share, left=left_words(pace.left(share, now)))

    try:
        yield tick
    finally:
        bar.stop()


def _lines(pace: Pace, clock: Callable[[], float]) -> Callable[[float], None]:
    """What is called with the share that is done, and seldom says how long it will still take."""
    due = LONG_WORK

    def tick(share: float) -> None:
        nonlocal due
        now = clock()
        left = pace.left(share, now)
        if now - pace.began >= due and left is not None and share < 1:
            click.echo(f"{share:.0%} done, {left_words(left)}", err=True)
            due = 2 * (now - pace.began)

    return tick
