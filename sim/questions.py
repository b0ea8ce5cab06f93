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


@_file
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--longest", default="180d", show_default=True, help="Longest knock-out looked at.")
@click.option("--recover", multiple=True, metavar="[NODE=]DAYS", help="Time to recover: of all nodes (90d), or of one.")
@click.option("--at", "first", default="0d", show_default=True, help="When it begins, after the scenario's start.")
@click.option("--allow", default="0%", show_default=True, help="Share of demand that may go unmet all the same.")
@click.option("--last-mile", is_flag=True, help="Knock out the lanes to facilities too.")
@_shared
def stress(
    file: Path, strategy: str | None, settings: tuple[str, ...], longest: str, recover: tuple[str, ...], first: str,
    allow: str, last_mile: bool, replications: int, workers: int | None, scheduler: str | None, out: Path | None,
    quiet: bool,
) -> None:  # fmt: skip
    """Knock out each supplier, port, warehouse, lane, country and passage: how long is all demand met without it?"""
    import datetime as dt

    from sim.report.register import register_page, told
    from sim.study.bench import read_subject
    from sim.study.knockouts import nodes_of
    from sim.study.stress import Sweep, horizon_of, sweep_nodes

    overrides = read_settings(settings)
    subject = read_subject(file, strategy, overrides)
    nodes = nodes_of(subject.plan.network, last_mile)
    usual, special = _recovery(recover, [str(n) for n in nodes] + [n.name for n in nodes])
    sweep = Sweep(
        _days("--at", first), _days("--longest", longest), usual, special, allow=_share("--allow", allow),
        replications=replications,
    )  # fmt: skip
    end = subject.plan.network.calendar.start + dt.timedelta(horizon_of(sweep))
    subject = read_subject(file, strategy, {**overrides, "end": str(end)})  # so long that every knock-out is over
    folder = out or Path("reports") / f"{'-'.join(filter(None, (subject.labels[0], strategy)))}-stress"
    asked = {"question": "stress", "file": str(file), "strategy": strategy, "settings": overrides, "sweep": vars(sweep)}
    with _bench(folder, asked, replications, workers, scheduler, quiet) as bench:
        register = sweep_nodes(subject.plan, nodes, sweep, bench.crew, bench.progress)
        bench.store.answer("register", register)
    (folder / "register.html").write_text(register_page(subject.loaded.spec.title, register, sweep), encoding="utf-8")
    if not quiet:
        click.echo("\n".join(told(register)))
    click.echo(f"Register: {folder / 'register.html'}")


def _days(option: str, text: str) -> int:
    from sim.units import parse_duration

    try:
        return round(parse_duration(text))
    except ValueError as error:
        return int(_refuse(option, "not a duration", text, str(error)))


def _share(option: str, text: str) -> float:
    from sim.units import parse_share

    try:
        return parse_share(text)
    except ValueError as error:
        return float(_refuse(option, "not a share", text, str(error)))


def _recovery(texts: tuple[str, ...], names: list[str]) -> tuple[int, dict[str, int]]:
    """(time to recover of all nodes, that of nodes by name)."""
    from sim.errors import nearest
    from sim.study.stress import Sweep

    usual, special = Sweep.usual, {}
    for text in texts:
        name, sign, length = text.rpartition("=")
        if sign and name not in names:
            expected = "a supplier, port, warehouse, lane, country or passage that goods pass"
            _refuse("--recover", "no such node", name, expected, nearest(name, names))
        days = _days("--recover", length)
        if sign:
            special[name] = days
        else:
            usual = days
    return usual, special
