"""Tabletop exercises without a table: a session played again, and a list of injects read in."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sim.commands.shared import question
from sim.options import FAILED, FILE, PLACE, STRATEGY


@question
@click.command("replay-session")
@click.argument("session", type=PLACE)
@click.option("--scenario", type=PLACE, help="Its scenario file, where that has been moved.")
@click.option("--as-scenario", type=PLACE, metavar="FILE", help="Write what was played as a scenario: a .yaml file.")
@click.option(
    "--injects", type=PLACE, metavar="FILE", help="Write its injects, and what became of each: .csv or .xlsx."
)
def replay_session(session: Path, scenario: Path | None, as_scenario: Path | None, injects: Path | None) -> None:
    """Play the log of an exercise again, and hold every turn of every branch against what was recorded.

    Ends with exit code 1 where a turn gives other figures, as after a change of results in Tideover.
    """
    from sim.tabletop.as_scenario import PLAYED, list_of, write_scenario
    from sim.tabletop.inject_table import write_injects
    from sim.tabletop.replay import replay

    if as_scenario is not None and as_scenario.suffix not in (".yaml", ".yml"):
        raise click.BadParameter(f"'{as_scenario}' does not end in .yaml", param_hint="--as-scenario")
    if injects is not None:
        _check_table(injects, "--injects")
    for option, place in (("--as-scenario", as_scenario), ("--injects", injects)):
        if place is not None and place.exists():
            raise click.BadParameter(f"'{place}' is there already", param_hint=option)
    found = replay(session, scenario)
    click.echo(found.text())
    if as_scenario is not None:
        write_scenario(found.session, as_scenario)
        if (its := list_of(found.session, as_scenario)) is not None:
            click.echo(f"Wrote {its}, the list of injects that was read in for the session.")
        click.echo(f"Wrote {as_scenario}. Run it with: tideover run {as_scenario} --strategy {PLAYED}")
    if injects is not None:
        write_injects(injects, found.session.table.injects, found.session.played)
        click.echo(f"{len(found.session.table.injects)} injects: {injects}")
    if found.differs:
        for line in found.differs:
            click.echo(line, err=True)
        sys.exit(FAILED)


@question
@click.command("read-injects")
@FILE
@click.argument("table", type=PLACE)
@STRATEGY
@click.option("--sheet", help="Of a workbook; default: its first.")
@click.option(
    "--column", "columns", multiple=True, metavar="OURS=THEIRS",
    help="Which of its columns is which of ours, where it cannot be told: 'title=Headline'.",
)  # fmt: skip
@click.option("--out", "-o", type=PLACE, help="Write the list with our columns: a .csv or .xlsx file.")
@click.option("--leave-out", is_flag=True, help="Write it though rows are left out.")
def read_injects(
    file: Path, table: Path, strategy: str | None, sheet: str | None, columns: tuple[str, ...], out: Path | None,
    leave_out: bool,
) -> None:  # fmt: skip
    """Read a list of injects for the exercise of a scenario FILE, and say what becomes of every row of TABLE.

    Every row is an inject, or is told as left out with its reason; then nothing is written without --leave-out.
    """
    from sim.errors import ScenarioError
    from sim.scenario.load import load
    from sim.tabletop.inject_table import read_injects as read
    from sim.tabletop.inject_table import write_injects
    from sim.tabletop.table import exercise_of, span_of

    if out is not None:
        _check_table(out, "--out")
    saved = {}
    for text in columns:
        ours, mark, theirs = text.partition("=")
        if not mark or not theirs.strip():
            raise click.BadParameter(f"'{text}' is not OURS=THEIRS", param_hint="--column")
        saved[ours.strip()] = theirs.strip()
    loaded = load(file, strategy)
    exercise = exercise_of(loaded)
    if not saved and exercise.injects is not None:
        saved = exercise.injects.columns
    titles = {name: role.title or name for name, role in exercise.roles.items()}
    found = read(table, span_of(loaded), titles, exercise.objectives, saved, sheet)
    click.echo(found.text())
    if columns:
        click.echo(
            f"To keep them, write under injects: columns: {{{', '.join(f'{k}: {v!r}' for k, v in saved.items())}}}"
        )
    if found.left_out and not leave_out:
        raise ScenarioError(found.problems())
    if out is not None:
        write_injects(out, found.injects)
        click.echo(f"{len(found.injects)} injects: {out}")


def _check_table(path: Path, option: str) -> None:
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise click.BadParameter(f"'{path}' ends neither in .csv nor in .xlsx", param_hint=option)
