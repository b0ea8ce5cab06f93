"""How long is all demand met without each part of the network."""

from __future__ import annotations

from pathlib import Path

import click

from sim.options import FILE, SETTINGS, STRATEGY, read_settings, tell_failures
from sim.questions.shared import bench_in, days_of, folder_of, question, refuse, replicated, share_of


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--longest", default="180d", show_default=True, help="Longest knock-out looked at.")
@click.option("--recover", multiple=True, metavar="[NODE=]DAYS", help="Time to recover: of all nodes (90d), or of one.")
@click.option("--at", "first", default="0d", show_default=True, help="When it begins, after the scenario's start.")
@click.option("--allow", default="0%", show_default=True, help="Share of demand that may go unmet all the same.")
@click.option("--last-mile", is_flag=True, help="Knock out the lanes to facilities too.")
@replicated
def stress(
    file: Path, strategy: str | None, settings: tuple[str, ...], longest: str, recover: tuple[str, ...], first: str,
    allow: str, last_mile: bool, replications: int, workers: int | None, scheduler: str | None, out: Path | None,
    quiet: bool,
) -> None:  # fmt: skip
    """Knock out each supplier, port, warehouse, lane, country and passage: how long is all demand met without it?"""
    import datetime as dt

    from sim.output.files import put_text
    from sim.report.questions.risk_register import register_page, told
    from sim.study.ask.knockouts import nodes_of
    from sim.study.ask.stress import Sweep, horizon_of, sweep_nodes
    from sim.study.run.bench import read_subject

    overrides = read_settings(settings)
    subject = read_subject(file, strategy, overrides)
    nodes = nodes_of(subject.plan.network, last_mile)
    usual, special = _recovery(recover, [str(n) for n in nodes] + [n.name for n in nodes])
    sweep = Sweep(
        days_of("--at", first), days_of("--longest", longest), usual, special, allow=share_of("--allow", allow)
    )
    end = subject.plan.network.calendar.start + dt.timedelta(horizon_of(sweep))
    subject = read_subject(file, strategy, {**overrides, "end": str(end)})  # so long that every knock-out is over
    folder = folder_of(out, subject, "stress")
    asked = {"question": "stress", "file": str(file), "strategy": strategy, "settings": overrides, "sweep": vars(sweep),
             "replications": replications}  # fmt: skip
    with bench_in(folder, asked, ["register"], "register.html", workers, scheduler, quiet) as bench:
        found = sweep_nodes(subject, nodes, sweep, bench)
        bench.store.answer("register", found.table)
    failures = [str(failure) for failure in found.failures]
    page = register_page(subject.loaded.spec.title, found.table, sweep, replications, failures)
    put_text(folder / "register.html", page)
    if not quiet:
        click.echo("\n".join(told(found.table)))
    click.echo(f"Register: {folder / 'register.html'}")
    tell_failures(failures)


def _recovery(texts: tuple[str, ...], names: list[str]) -> tuple[int, dict[str, int]]:
    """(time to recover of all nodes, that of nodes by name)."""
    from sim.errors import nearest
    from sim.study.ask.stress import Sweep

    usual, special = Sweep.usual, {}
    for text in texts:
        name, sign, length = text.rpartition("=")
        if sign and name not in names:
            expected = "a supplier, port, warehouse, lane, country or passage that goods pass"
            refuse("--recover", "no such node", name, expected, nearest(name, names))
        days = days_of("--recover", length)
        if sign:
            special[name] = days
        else:
            usual = days
    return usual, special
