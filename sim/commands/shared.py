"""What commands that ask questions share: their options, how work is watched, and refusals told as options."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace as with_other
from typing import TYPE_CHECKING, Any

import click

from sim.options import PLACE, REPLACE, SCHEDULER, WORKERS, progress_bar, resumable

if TYPE_CHECKING:
    from sim.ask.answer import Answer

Command = Callable[..., Any]

COMMANDS: list[click.Command] = []


def question(command: click.Command) -> click.Command:
    """Decorator that puts a command among `COMMANDS`."""
    COMMANDS.append(command)
    return command


def runs_kept(folder: str, quiet: str = "No progress bar and no words.") -> Callable[[Command], Command]:
    """Decorator with the options of what makes many runs: where they are made, and in which `folder` they are kept."""
    options = (
        WORKERS,
        SCHEDULER,
        click.option("--out", "-o", type=PLACE, help=folder),
        REPLACE,
        click.option("--quiet", "-q", is_flag=True, help=quiet),
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def replicated(command: Command) -> Command:
    """Options of every command that replicates, passed on as `means`: arguments of every question of `sim.ask`."""
    from functools import wraps
    from pathlib import Path

    @wraps(command)
    def called(
        replications: int, workers: int | None, scheduler: str | None, out: Path | None, replace: bool, **rest: Any
    ) -> Any:  # fmt: skip
        means = {"replications": replications, "workers": workers, "scheduler": scheduler, "out": out or True,
                 "replace": replace}  # fmt: skip
        return command(means=means, **rest)

    number = click.option("--replications", "-n", type=click.IntRange(1, 100_000), default=20, show_default=True)
    return number(runs_kept("Folder; default reports/NAME-QUESTION.", "No progress bar and no tables.")(called))


@contextmanager
def working(quiet: bool, **options: str) -> Iterator[Callable[[float], None] | None]:
    """Work that shows its progress and goes on where it stopped.

    A fault of an argument is told as one of the option that gave it: of the same name, or as `options` says.
    """
    with told_as_options(**options), resumable(), progress_bar(not quiet) as tick:
        yield tick


@contextmanager
def told_as_options(**options: str) -> Iterator[None]:
    """Tell faults of arguments of `sim.ask` as those of options."""
    from sim.errors import Problem, ScenarioError

    try:
        yield
    except ScenarioError as error:
        from sim.ask.arguments import Argument

        if not any(isinstance(problem, Argument) for problem in error.problems):
            raise
        raise ScenarioError([
            Problem(**vars(with_other(p, file=options.get(p.file, "--" + p.file.replace("_", "-")))))
            if isinstance(p, Argument) else p
            for p in error.problems
        ]) from None  # fmt: skip


def tell(answer: Answer, quiet: bool = False) -> None:
    """Print an answer, and where it is kept."""
    if not quiet:
        click.echo(answer.text())
    click.echo(f"Results: {answer.folder}")
