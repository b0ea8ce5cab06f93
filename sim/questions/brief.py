"""The policy brief of a study."""

from __future__ import annotations

from pathlib import Path

import click

from sim.options import FILE, SCHEDULER, WORKERS, progress_bar, resumable
from sim.questions.shared import bench_in, question

MOST_REPLICATIONS = 20
"""Replications at each bound of an uncertain value."""


@question
@click.command()
@FILE
@WORKERS
@SCHEDULER
@click.option("--out", "-o", type=click.Path(path_type=Path), help="Folder of the study; default reports/STUDY.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
def brief(file: Path, workers: int | None, scheduler: str | None, out: Path | None, quiet: bool) -> None:
    """Write a study's policy brief (HTML and .docx); replications that are not finished yet are run first."""
    import sim
    from sim.report.brief.brief import main_measure
    from sim.report.brief.brief_files import write_brief
    from sim.study.ask.robustness import robustness

    with resumable(), progress_bar(not quiet) as tick:
        result = sim.run_study(file, out, workers=workers, scheduler=scheduler, progress=tick)
    tried = None
    if result.design.spec.parameters:
        count = min(result.number, MOST_REPLICATIONS)
        asked = {"question": "robustness", "file": str(file), "replications": count}
        with bench_in(result.folder / "robustness", asked, ["robustness"], None, workers, scheduler, quiet) as bench:
            tried = robustness(result.design, main_measure(result), bench)
            bench.store.answer("robustness", tried)
    html, document = write_brief(result, result.folder, tried)
    click.echo(f"Brief: {html}")
    click.echo(f"To edit: {document}")
