"""Why did it happen: one site's shortage, and shortages by cause."""

from __future__ import annotations

from pathlib import Path

import click

from sim.options import FILE, SETTINGS, STRATEGY, read_settings
from sim.questions.shared import bench_in, folder_of, measure_of, question, refuse, replicated


@question
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
    except ValueError:
        shorter = "a shorter period: an earlier end by --set end=DATE"
        refuse(str(file), "so much happens in this network that it cannot all be kept to explain it", expected=shorter)


@question
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
@replicated
def attribute(
    file: Path, strategy: str | None, settings: tuple[str, ...], measures: tuple[str, ...], by: str, reserves: bool,
    replications: int, workers: int | None, scheduler: str | None, out: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Share the units short out over their causes: Shapley values and leave-one-out, on the same draws."""
    from sim.output.files import put_text
    from sim.report.questions.causes import causes_page, told
    from sim.study.ask.attribution import attribute as share_out
    from sim.study.ask.attribution import players_of
    from sim.study.run.bench import read_subject

    parsed = [measure_of(text) for text in measures]
    subject = read_subject(file, strategy, read_settings(settings))
    players = players_of(subject.plan, by, reserves)
    if not players:
        refuse(str(file), "there is nothing to attribute to", None, "a scenario with disruptions or hazards")
    folder = folder_of(out, subject, "causes")
    asked = {"question": "attribution", "file": str(file), "strategy": strategy, "settings": subject.settings,
             "players": players, "replications": replications}  # fmt: skip
    with bench_in(folder, asked, ["attribution"], "attribution.html", workers, scheduler, quiet) as bench:
        found = share_out(subject, parsed, players, bench)
        bench.store.answer("attribution", found.table)
    spec = subject.loaded.spec
    put_text(folder / "attribution.html", causes_page(found, spec.title, spec.costs.currency))
    if not quiet:
        click.echo("\n".join(told(found)))
    click.echo(f"Results: {folder}")
