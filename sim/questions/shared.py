"""What commands that ask questions share: their options, workers with a folder, and refusals told as problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.options import SCHEDULER, WORKERS, progress_bar, resumable

if TYPE_CHECKING:
    from sim.study.run.bench import Bench, Subject

COMMANDS: list[click.Command] = []


def replicated(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that replicates."""
    for option in reversed((
        click.option("--replications", "-n", type=click.IntRange(1, 100_000), default=20, show_default=True),
        WORKERS,
        SCHEDULER,
        click.option("--out", "-o", type=click.Path(path_type=Path), help="Folder; default reports/NAME-QUESTION."),
        click.option("--quiet", "-q", is_flag=True, help="No progress bar and no tables."),
    )):  # fmt: skip
        command = option(command)
    return command


@contextmanager
def bench_in(
    folder: Path, asked: dict[str, Any], tables: Sequence[str], page: str | None, workers: int | None,
    scheduler: str | None, quiet: bool,
) -> Iterator[Bench]:  # fmt: skip
    """Workers and a folder for tables and a page; what was asked goes into its manifest."""
    import json

    from sim.study.run.bench import Bench
    from sim.study.run.executors import Crew
    from sim.study.run.store import Store, table_files

    store = Store(folder, asked["question"])
    names = [*table_files(*tables), *([page] if page else [])]
    manifest = json.dumps(asked, indent=1, default=str) + "\n"
    with resumable(), store.opened(manifest, names), progress_bar(not quiet) as tick, Crew(workers, scheduler) as crew:
        yield Bench(crew, store, asked["replications"], tick)


def folder_of(out: Path | None, subject: Subject, name: str) -> Path:
    """Where the answer goes: as was said, else below `reports`."""
    from sim.output.names import default_folder

    return out or default_folder(subject.labels[0], subject.strategy, name)


def question(command: click.Command) -> click.Command:
    """Decorator that puts a command among `COMMANDS`."""
    COMMANDS.append(command)
    return command


def measure_of(text: str) -> Any:
    """The measure that --measure says; refuses what is none."""
    from sim.errors import PlaceError
    from sim.study.design.measures import parse_measure

    try:
        return parse_measure(text)
    except PlaceError as error:
        refuse("--measure", error.message, error.value, error.expected, error.nearest)


def refuse(place: str, message: str, value: Any = None, expected: str | None = None, near: str | None = None) -> Any:
    """Raise ScenarioError with one problem; `place` is the option or file."""
    from sim.errors import Problem, ScenarioError

    raise ScenarioError([Problem(place, 0, message, value, expected, near)])


def days_of(option: str, text: str) -> int:
    """Whole days that an option says; refuses what is no duration."""
    from sim.units import parse_duration

    try:
        return round(parse_duration(text))
    except ValueError as error:
        return int(refuse(option, "not a duration", text, str(error)))


def share_of(option: str, text: str) -> float:
    """A share that an option says; refuses what is none."""
    from sim.units import parse_share

    try:
        return parse_share(text)
    except ValueError as error:
        return float(refuse(option, "not a share", text, str(error)))
