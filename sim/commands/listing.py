"""Lists: what the language offers, what is shipped, what can be measured and what tables have."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from sim.commands.shared import question
from sim.options import FILE


@click.group("list")
def list_() -> None:
    """List what the language offers, what is shipped, what is measured and what tables hold."""


question(list_)


@list_.command()
def kinds() -> None:
    """The kinds of disruption, hazard process, policy, rule, trigger and demand, metrics and checks, with a line on
    each."""
    from sim.families import listed

    for family, names in listed().items():
        _told(family, names.items())


@list_.command()
@FILE
def strategies(file: Path) -> None:
    """The strategies of a scenario; with its counterfactuals, and rules of responses, which may be run like these."""
    import sim
    from sim.report.words.names import shown_name

    loaded = sim.validate(file)
    for name, written in loaded.document.strategies.items():
        title, what = shown_name(name, written), loaded.parsed.hindsight.get(name)
        click.echo((name if title == name else f"{name}: {title}") + (f" ({what})" if what else ""))


@list_.command()
def scenarios() -> None:
    """The scenarios that come with the program: tideover new FILE --from NAME copies one."""
    from sim.scenario.shipped import shipped, title_of

    _told("tideover new FILE --from NAME", [(name, title_of(name)) for name in shipped()])


@list_.command()
def metrics() -> None:
    """What is measured of every run: name, unit, what it means."""
    from sim.metrics.base import METRICS
    from sim.study.design.measures import MONEY

    rows = [(name, metric.unit, f"{metric.label}: {metric.definition}") for name, metric in METRICS.items()]
    _told("metrics", [*rows, *((name, "money", f"{label}.") for name, (label, _) in MONEY.items())])


@list_.command()
@click.argument("table", required=False)
def columns(table: str | None) -> None:
    """The columns of the tables of runs, studies, replays, calibrations, or of one TABLE: name, unit, meaning."""
    from sim.errors import Problem, ScenarioError, nearest
    from sim.output.calibration_columns import CALIBRATION_TABLES
    from sim.output.columns import TABLES
    from sim.output.replay_columns import REPLAY_TABLES
    from sim.output.study_columns import STUDY_TABLES

    families = {
        "a run": TABLES, "a study": STUDY_TABLES, "a replay": REPLAY_TABLES, "a calibration": CALIBRATION_TABLES,
    }  # fmt: skip
    known = dict.fromkeys(name for tables in families.values() for name in tables)
    if table is not None and table not in known:
        expected = "one of " + ", ".join(known)
        raise ScenarioError([Problem("TABLE", 0, "no such table", table, expected, nearest(table, known))])
    for of, tables in families.items():
        for name, about in tables.items():
            if table in (None, name):
                rows = [(column.name, column.unit or column.type, column.meaning) for column in about.columns]
                _told(f"{name} of {of}, one row: {about.row}", rows)


def _told(title: str, rows: Iterable[tuple[str, ...]]) -> None:
    """A table without headings on the screen."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title), title_justify="left", show_header=False)
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)
