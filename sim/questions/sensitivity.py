"""Which uncertain values the answer depends on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.options import FILE, SETTINGS, STRATEGY, read_settings
from sim.questions.shared import bench_in, folder_of, measure_of, question, refuse, replicated

BOUNDS = "two bounds in the same unit, such as disruptions.ban.for=20d..60d"


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--vary", multiple=True, required=True, metavar="PATH=LOW..HIGH", help="A value and its bounds.")
@click.option("--measure", "-m", default="units_unmet", show_default=True, help="The answer looked at.")
@click.option("--method", type=click.Choice(["tornado", "morris", "sobol"]), default="tornado", show_default=True)
@click.option("--samples", type=click.IntRange(2, 100_000), help="Trajectories of Morris (10), Sobol's samples (64).")
@replicated
def sensitivity(
    file: Path, strategy: str | None, settings: tuple[str, ...], vary: tuple[str, ...], measure: str, method: str,
    samples: int | None, replications: int, workers: int | None, scheduler: str | None, out: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """How a measure's mean depends on values between bounds: one by one, by screening, or as shares of variance."""
    from sim.output.files import put_text
    from sim.report.questions.sensitivity import importance_page, told, tornado_page
    from sim.report.words.parameters import names_of
    from sim.study.ask import sensitivity as methods
    from sim.study.run.bench import read_subject

    subject = read_subject(file, strategy, read_settings(settings))
    wanted, parameters = measure_of(measure), tuple(_parameter(text) for text in vary)
    if method == "sobol" and samples is not None and samples & (samples - 1):
        refuse("--samples", "Sobol's sequence needs a power of 2", samples, "such as 32, 64 or 128")
    folder = folder_of(out, subject, "sensitivity")
    asked = {"question": "sensitivity", "file": str(file), "strategy": strategy, "method": method, "vary": vary,
             "measure": str(wanted), "samples": samples, "replications": replications}  # fmt: skip
    with bench_in(folder, asked, [method], f"{method}.html", workers, scheduler, quiet) as bench:
        problem = methods.Question(subject, wanted, parameters, bench)
        if method == "tornado":
            found = methods.tornado(problem)
        elif method == "morris":
            found = methods.morris(problem, samples or 10)
        else:
            found = methods.sobol(problem, samples or 64)
        bench.store.answer(method, found)
    title, currency = subject.loaded.spec.title, subject.loaded.spec.costs.currency
    names = names_of([subject.loaded], [p.path for p in parameters])
    if method == "tornado":
        page = tornado_page(title, found, wanted, names, currency)
    else:
        page = importance_page(title, found, method, wanted, names, currency)
    put_text(folder / f"{method}.html", page)
    click.echo("\n".join(told(found, method, wanted, names, currency)))
    click.echo(f"Results: {folder}")


def _parameter(text: str) -> Any:
    from sim.study.design.parameter import parse_parameter

    path, sign, bounds = text.partition("=")
    try:
        if not sign:
            raise ValueError(BOUNDS)
        return parse_parameter(path.strip(), [bound.strip() for bound in bounds.split("..")])
    except ValueError:
        return refuse("--vary", "not a value with bounds", text, BOUNDS)
