"""Commands that ask further questions of a scenario or a study: why, which cause, how resilient, how much is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.options import FILE, SETTINGS, STRATEGY, progress_bar, read_settings

if TYPE_CHECKING:
    from sim.study.bench import Bench

COMMANDS: list[click.Command] = []


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that replicates."""
    for option in reversed((
        click.option("--replications", "-n", type=click.IntRange(min=1), default=20, show_default=True),
        click.option("--workers", "-w", type=click.IntRange(min=1), help="Processes; default one a processor."),
        click.option("--scheduler", metavar="TCP://HOST:PORT", help="Dask scheduler whose workers run it instead."),
        click.option("--out", "-o", type=click.Path(path_type=Path), help="Folder; default reports/NAME-QUESTION."),
        click.option("--quiet", "-q", is_flag=True, help="No progress bar and no tables."),
    )):  # fmt: skip
        command = option(command)
    return command


@contextmanager
def _bench(
    folder: Path, asked: dict[str, Any], replications: int, workers: int | None, scheduler: str | None, quiet: bool
) -> Iterator[Bench]:
    """Workers and a folder; what was asked goes into its manifest."""
    import json

    from sim.study.bench import Bench
    from sim.study.executors import Crew
    from sim.study.store import Store

    store = Store(folder)
    store.mark(json.dumps(asked, indent=1, default=str) + "\n")
    with progress_bar(not quiet) as tick, Crew(workers, scheduler) as crew:
        yield Bench(crew, store, replications, tick)


def _file(command: click.Command) -> click.Command:
    COMMANDS.append(command)
    return command


@_file
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
    import sim
    from sim.errors import PlaceError, Problem, ScenarioError
    from sim.units import parse_date

    overrides = read_settings(settings)
    try:
        day = parse_date(date)
    except ValueError as error:
        raise ScenarioError([Problem("DATE", 0, "not a date", date, str(error))]) from None
    run = sim.run(file, strategy, overrides=overrides, replication=replication, twin=False)
    try:
        click.echo(run.why(site, product, day).text())
    except PlaceError as error:
        where = str(error.path[0]).upper()
        problem = Problem(where, 0, error.message, error.value, error.expected, error.nearest)
        raise ScenarioError([problem]) from None


@_file
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
@_shared
def attribute(
    file: Path, strategy: str | None, settings: tuple[str, ...], measures: tuple[str, ...], by: str, reserves: bool,
    replications: int, workers: int | None, scheduler: str | None, out: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Share the units short out over their causes: Shapley values and leave-one-out, on the same draws."""
    from sim.report.causes import told
    from sim.study.attribution import attribute as share_out
    from sim.study.attribution import players_of
    from sim.study.bench import read_subject

    parsed = [_measure(text) for text in measures]
    subject = read_subject(file, strategy, read_settings(settings))
    players = players_of(subject.plan, by, reserves)
    if not players:
        _refuse(str(file), "there is nothing to attribute to", None, "a scenario with disruptions or hazards")
    folder = out or Path("reports") / f"{'-'.join(filter(None, (subject.labels[0], strategy)))}-causes"
    asked = {"question": "attribution", "file": str(file), "strategy": strategy, "settings": subject.settings,
             "players": players, "replications": replications}  # fmt: skip
    with _bench(folder, asked, replications, workers, scheduler, quiet) as bench:
        found = share_out(subject, parsed, players, bench)
        bench.store.answer("attribution", found.table)
    if not quiet:
        click.echo("\n".join(told(found)))
    click.echo(f"Results: {folder}")


def _measure(text: str) -> Any:
    from sim.errors import PlaceError
    from sim.study.measures import parse_measure

    try:
        return parse_measure(text)
    except PlaceError as error:
        _refuse("--measure", error.message, error.value, error.expected, error.nearest)


def _refuse(place: str, message: str, value: Any = None, expected: str | None = None, near: str | None = None) -> Any:
    from sim.errors import Problem, ScenarioError

    raise ScenarioError([Problem(place, 0, message, value, expected, near)])
