"""The command line. Every command imports what it needs when it runs, so that help answers at once."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from sim import __version__, commands
from sim.options import (
    FAILED,
    FILE,
    INTERRUPTED,
    PLACE,
    REPLACE,
    SCHEDULER,
    SETTINGS,
    STRATEGY,
    WORKERS,
    XLSX,
    progress_bar,
    read_settings,
    resumable,
    tell_failures,
    tell_notes,
)

BAD_INPUT = 2
MOST_TOLD = 200
"""Problems printed of one call; more are counted only."""


class _Commands(click.Group):
    """Commands that Ctrl-C ends with a word and the usual exit code, wherever they are."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if any(word.count("{") > word.count("}") or word.count("[") > word.count("]") for word in sys.argv):
                hint = "a value with blanks stands in quotes: --set 'a.when={trigger: announced}'"
                raise click.UsageError(f"{error.message}; {hint}", error.ctx) from None
            raise
        except KeyboardInterrupt:
            click.echo("Interrupted; nothing is left half written.", err=True)
            sys.exit(INTERRUPTED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tideover")
def cli() -> None:
    """Stress-test reserve stocks of medical goods against disruptions of their supply."""


for command in commands.COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Entry point: bad input ends with its problems on stderr and exit code 2, never with a traceback."""
    import signal

    from sim.errors import MissingLibrary, ScenarioError, TideoverError, WriteError

    # asked to end, tidy up as after Ctrl-C
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        cli.main(prog_name="tideover")
    except ScenarioError as error:
        for problem in error.problems[:MOST_TOLD]:
            click.echo(str(problem), err=True)
        if (more := len(error.problems) - MOST_TOLD) > 0:
            click.echo(f"... and {more} more", err=True)
        if not isinstance(error, WriteError):
            click.echo(_count(len(error.problems)), err=True)
        sys.exit(BAD_INPUT)
    except MissingLibrary as error:  # nothing was done, and it can be mended
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    except TideoverError as error:
        click.echo(f"failed: {error}", err=True)
        sys.exit(FAILED)
    except OSError as error:  # a name that is too long for the disk, a folder that may not be entered
        click.echo(f"{error.filename or 'a file'}: this cannot be used: {error.strerror or error}", err=True)
        sys.exit(BAD_INPUT)


def _count(problems: int) -> str:
    return "1 problem; nothing was run." if problems == 1 else f"{problems} problems; nothing was run."


@cli.command()
@FILE
@STRATEGY
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the random draws, instead of the scenario's.")
@SETTINGS
@click.option("--out", "-o", type=PLACE, help="Run folder; default reports/SCENARIO-STRATEGY….")
@REPLACE
@click.option("--json", "as_json", is_flag=True, help="Print the metrics as JSON and write nothing.")
@click.option(
    "--journal",
    type=click.Choice(["full", "key", "none"]),
    help="Detail of the journal. Default full, where that is not too much.",
)
@click.option(
    "--daily",
    metavar="SITES",
    help="Sites to keep every day of: all, none, or sites, regions, countries or "
    "kinds, with commas between. Default all, where that is not too much.",
)
@click.option(
    "--sharings", is_flag=True, help="Keep who saw and got what whenever goods were shared out (`why-share`)."
)
@click.option("--no-reserve-twin", is_flag=True, help="Do not make the same run without its reserves.")
@click.option("--no-decision-twin", is_flag=True, help="Do not make the same run without its decisions.")
@click.option("--no-report", is_flag=True, help="Do not make the HTML report.")
@click.option("--pages", type=click.Choice(["2"]), help="2: a summary of two pages to print as well, summary.html.")
@XLSX
@click.option(
    "--replications",
    "-n",
    type=click.IntRange(2, 100_000),
    help="Draw what is uncertain, and luck, so many times beside the run: bands.",
)
@WORKERS
@SCHEDULER
@click.option("--quiet", "-q", is_flag=True, help="No progress bar, no notes and no summary.")
def run(
    file: Path, strategy: str | None, seed: int | None, settings: tuple[str, ...], out: Path | None, replace: bool,
    as_json: bool, journal: Any, daily: str | None, sharings: bool, no_reserve_twin: bool, no_decision_twin: bool,
    no_report: bool, pages: str | None, xlsx: bool, replications: int | None, workers: int | None,
    scheduler: str | None, quiet: bool,
) -> None:  # fmt: skip
    """Run a scenario beside its twins, without disruptions, without reserves, without decisions, and write a report.

    With --replications the report has the bands of many draws; what is drawn is kept, and the same command goes on.
    """
    import sim
    from sim.output.place import named
    from sim.report.run.folder import check_free
    from sim.scenario.load import load

    overrides = read_settings(settings) | ({} if seed is None else {"seed": seed})
    if replications is not None:
        for name, given in {"--json": as_json, "--journal": journal, "--daily": daily, "--sharings": sharings,
                            "--no-report": no_report,
                            "--no-reserve-twin": no_reserve_twin, "--no-decision-twin": no_decision_twin,
                            "--pages": pages, "--xlsx": xlsx}.items():  # fmt: skip
            if given:
                raise click.UsageError(f"{name} does not go with --replications: run it once for that")
        means = {"replications": replications, "workers": workers, "scheduler": scheduler, "out": out or True,
                 "replace": replace}  # fmt: skip
        _many(file, strategy, overrides, means, quiet)
        return
    words = [word.strip() for word in daily.split(",")] if daily is not None and "," in daily else daily
    if out is not None and not as_json:
        check_free(out)  # before anything is read
    loaded = load(file, strategy, overrides)
    folder = out or named(loaded.spec.scenario, strategy, overrides)
    if not as_json:
        _free(folder, loaded, out is None, replace)  # before the work, not after it
    with progress_bar(not quiet and not as_json) as tick:
        result = sim.run(loaded, without_reserves=not no_reserve_twin, without_decisions=not no_decision_twin,
                         detail=journal, daily=words, progress=tick, sharings=sharings)  # fmt: skip
    tell_notes(result.loaded)
    if as_json:
        from sim.report.run.as_tables.tables import metrics_json

        click.echo(json.dumps(metrics_json(result.metrics), indent=1, ensure_ascii=False, allow_nan=False))
        return
    place = result.save(_free(folder, loaded, out is None, replace), report=not no_report, replace=replace,
                        summary=pages is not None, workbook=xlsx)  # fmt: skip
    if place != folder:
        click.echo(f"Note: {folder} holds another run and is kept; --replace would take its place.", err=True)
    folder = place
    if not quiet:
        _summary(result)
    click.echo(f"Report: {folder / 'report.html'}" if not no_report else f"Results: {folder}")
    if pages is not None:
        click.echo(f"To print: {folder / 'summary.html'}")
    if xlsx:
        click.echo(f"Tables: {folder / 'tables.xlsx'}")


def _free(folder: Path, loaded: Any, numbered: bool, replace: bool) -> Path:
    """A folder that a run may be written into: this one, or if it may be numbered one beside it."""
    from sim.api import manifest_of
    from sim.output.folder import RUN_FILES
    from sim.output.place import place_for
    from sim.report.run.folder import check_free

    manifest = manifest_of(loaded)
    if numbered and not replace:
        return place_for(folder, "run", manifest, RUN_FILES)
    check_free(folder, manifest, replace)
    return folder


def _many(file: Path, strategy: str | None, overrides: dict[str, Any], means: dict[str, Any], quiet: bool) -> None:
    """Many draws beside one run."""
    import sim
    from sim.commands.shared import working

    with working(quiet) as tick:
        found = sim.run_many(file, strategy, overrides=overrides, progress=tick, **means)
    tell_notes(found.run.loaded)
    if not quiet:
        _summary(found.run)
        click.echo("\n".join(found.lines()))
    assert found.folder is not None
    click.echo(f"Report: {found.folder / 'report.html'}")
    tell_failures(found.draws.failures)


def _summary(result: Any) -> None:
    """The figures a planner asks for first."""
    from rich.console import Console
    from rich.table import Table

    from sim.report.words.units import counted
    from sim.report.words.words import shown_value
    from sim.study.design.measures import Measure

    goods = counted([result.loaded.spec])
    table = Table(title=result.loaded.spec.title, title_justify="left")
    columns = {"value": "this run", "twin": "without disruptions"}
    if result.without_reserves is not None:
        columns["without_reserves"] = "without reserves"
    if result.without_decisions is not None:
        columns["without_decisions"] = "without decisions"
    for heading in ("", *columns.values()):
        table.add_column(heading, justify="left" if not heading else "right")
    for name in ("fill_rate", "units_demanded", "units_unmet", "stockout_days", "worst_week_unmet", "mean_stock"):
        metric, value = result.metrics.metric(name), result.metrics[name]
        figures = (getattr(value, name) for name in columns)
        table.add_row(metric.label, *(shown_value(figure, goods.unit(Measure(name))) for figure in figures))
    Console().print(table)


@cli.command()
@FILE
@WORKERS
@SCHEDULER
@click.option(
    "--replications", "-n", type=click.IntRange(2, 100_000), help="So many of each, instead of what the study says."
)
@click.option("--out", "-o", type=PLACE, help="Folder of the study; default reports/STUDY.")
@REPLACE
@XLSX
@click.option("--quiet", "-q", is_flag=True, help="No progress bar and no tables.")
def study(
    file: Path, workers: int | None, scheduler: str | None, replications: int | None, out: Path | None, replace: bool,
    xlsx: bool, quiet: bool,
) -> None:  # fmt: skip
    """Compare strategies over scenarios and replications; the same command goes on where it was interrupted."""
    import sim
    from sim.output.files import put, put_text
    from sim.report.study.study_page import study_page
    from sim.report.study.summary import summary
    from sim.report.study.workbook import study_workbook

    with resumable(), progress_bar(not quiet) as tick:
        result = sim.run_study(
            file, out, workers=workers, scheduler=scheduler, progress=tick, replications=replications, replace=replace
        )
        put_text(result.folder / "study.html", study_page(result))
        if xlsx:
            put(result.folder / "tables.xlsx", lambda place: place.write_bytes(study_workbook(result)))
    if not quiet:
        click.echo("\n".join(summary(result)))
    click.echo(f"Results: {result.folder}")
    tell_failures(result.failures)


@cli.command()
@click.argument("folder", type=PLACE)
@click.argument("sql")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option("--out", "-o", type=click.Path(path_type=Path), help="Write a file: .csv, or .xlsx for Excel.")
@click.option("--unsafe", is_flag=True, help="Let the query read and write other files, and load extensions.")
def query(folder: Path, sql: str, as_csv: bool, out: Path | None, unsafe: bool) -> None:
    """Put a question in SQL to a run (daily, events, metrics, sites, short, …) or to a study (replications,
    comparisons, summary, …). What the tables have: tideover list columns.

    It can read these tables only: no other file, nothing is written, no extension is loaded.
    """
    from sim.output.csv_text import csv_of_frame
    from sim.output.workbook import put_table
    from sim.report.words.phrases import plural
    from sim.study.run.query import query as ask

    if out is not None and out.suffix.lower() not in (".csv", ".xlsx"):
        raise click.BadParameter(f"'{out}' ends neither in .csv nor in .xlsx", param_hint="--out")
    found = ask(folder, sql, unsafe=unsafe)
    if out is not None:
        put_table(out, found)
        click.echo(f"{plural(len(found), 'row')}: {out}")
        return
    if found.empty and not as_csv:
        click.echo(f"no rows; columns: {', '.join(map(str, found.columns))}")
        return
    click.echo(csv_of_frame(found) if as_csv else found.to_string(index=False), nl=not as_csv)


@cli.command()
@click.argument("files", type=PLACE, nargs=-1, required=True)
@STRATEGY
def validate(files: tuple[Path, ...], strategy: str | None) -> None:
    """Check scenarios, each under all its strategies, and studies with all their scenarios, without running them.

    Every problem is told with file and line. With --strategy only that one of a scenario is looked at.
    """
    from sim.errors import Problem, ScenarioError
    from sim.scenario.reading.files import file_is_study

    problems: list[Problem] = []
    for file in files:
        try:
            faults = _study_faults(file, strategy) if file_is_study(file) else _scenario_faults(file, strategy)
        except ScenarioError as error:
            faults = error.problems
        problems += faults
        if not faults:
            click.echo(f"{file}: fine")
    if problems:
        raise ScenarioError(problems)


def _scenario_faults(file: Path, strategy: str | None) -> list[Any]:
    """Faults of a scenario under its strategies; raises ScenarioError with those that it has under none."""
    import sim
    from sim.errors import ScenarioError

    loaded = sim.validate(file, strategy)
    tell_notes(loaded)
    if loaded.spec.exercise is not None:
        from sim.tabletop.table import Settings, Table

        Table(Settings(file, strategy))  # its injects, and their events in the model
    faults: list[Any] = []
    further: dict[Any, list[str]] = {}
    for other in loaded.document.strategies if strategy is None else ():
        try:
            notes = sim.validate(file, other).notes
        except ScenarioError as error:
            faults += error.problems
            continue
        for note in dict.fromkeys(note for note in notes if note.line and note not in loaded.notes):
            further.setdefault(note, []).append(f"'{other}'")
    for note, strategies in further.items():
        click.echo(f"Note (with strategy {' or '.join(strategies)}): {note}", err=True)
    return faults


def _study_faults(file: Path, strategy: str | None) -> list[Any]:
    """Notes on the scenarios of a study; raises ScenarioError with its faults and theirs."""
    from sim.study.design.design import read_study

    if strategy is not None:
        raise click.UsageError(f"--strategy goes with scenarios; {file} is a study")
    notes = [note for loaded in read_study(file).loaded.values() for note in loaded.notes]
    for note in dict.fromkeys(notes):
        click.echo(f"Note: {note}", err=True)
    return []


@cli.command()
@FILE
@STRATEGY
@SETTINGS
def show(file: Path, strategy: str | None, settings: tuple[str, ...]) -> None:
    """The scenario as it will be run, and which strategy, override or file changed which value."""
    import yaml

    import sim
    from sim.scenario.reading.document import shown_value

    document = sim.validate(file, strategy, read_settings(settings)).document
    click.echo(yaml.safe_dump(document.data, sort_keys=False, allow_unicode=True, width=110).rstrip())
    if document.overrides:
        click.echo("\n# values that were set over others:")
    for override in document.overrides:
        old, new = (v if isinstance(v, str) else shown_value(v) for v in (override.old, override.new))
        click.echo(f"#   {override.path}: {old} -> {new}  ({override.by})")
