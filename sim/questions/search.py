"""How much is enough: the smallest reserve for a target, the best split of a budget, and where a target tips over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sim.options import FILE, SETTINGS, STRATEGY, read_settings
from sim.questions.shared import bench_in, days_of, folder_of, measure_of, question, refuse, replicated, share_of

T = TypeVar("T")
TARGET = click.option(
    "--target", required=True, metavar="MEASURE>=LEVEL", help="Such as fill_rate>=98% or units_unmet<=0."
)
IN = click.option("--in", "share", default="90%", show_default=True, help="Share of replications that must meet it.")


def target_of(text: str) -> Any:
    """The target that --target says; refuses what is none."""
    from sim.errors import PlaceError
    from sim.study.infer.threshold import parse_target

    try:
        return parse_target(text)
    except PlaceError as error:
        return refuse("--target", error.message, error.value, error.expected, error.nearest)


def _check_reserves(subject: Any, names: tuple[str, ...], option: str) -> None:
    from sim.errors import nearest

    known = list(subject.loaded.spec.reserves)
    for name in names:
        if name not in known:
            expected = "one of " + ", ".join(known) if known else "a scenario with reserves"
            refuse(option, "no such reserve", name, expected, nearest(name, known))


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--reserve", required=True, help="Name of the reserve whose size is looked for.")
@TARGET
@IN
@click.option("--at-most", "most", default="180d", show_default=True, help="Largest size, in days of members' demand.")
@replicated
def search(
    file: Path, strategy: str | None, settings: tuple[str, ...], reserve: str, target: str, share: str, most: str,
    replications: int, workers: int | None, scheduler: str | None, out: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """The smallest reserve with which a target is met in so many of the replications."""
    from sim.output.files import put_text
    from sim.report.questions.searches import search_page, search_words
    from sim.report.words.parameters import parameter_words
    from sim.study.ask.search import smallest_reserve
    from sim.study.run.bench import read_subject

    wanted, subject = target_of(target), read_subject(file, strategy, read_settings(settings))
    _check_reserves(subject, (reserve,), "--reserve")
    need, largest, folder = share_of("--in", share), days_of("--at-most", most), folder_of(out, subject, "search")
    asked = {"question": "search", "file": str(file), "strategy": strategy, "reserve": reserve, "target": str(wanted),
             "share": need, "at_most": largest, "replications": replications}  # fmt: skip
    with bench_in(folder, asked, ["search"], "search.html", workers, scheduler, quiet) as bench:
        found = smallest_reserve(subject, reserve, wanted, need, largest, bench)
        bench.store.answer("search", found.tried)
    words = search_words(found, reserve, wanted, need, largest, subject.loaded.spec.costs.currency)
    size = parameter_words(subject.loaded, f"reserves.{reserve}.size")
    page = search_page(found, words, wanted, subject.loaded.spec.title, subject.loaded.spec.costs.currency, size)
    put_text(folder / "search.html", page)
    click.echo("\n".join(words))
    click.echo(f"Results: {folder}")


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--over", "reserves", multiple=True, required=True, help="A reserve to spend on; give it for each.")
@click.option(
    "--by", type=click.Choice(["reserve", "site", "product", "both"]), default="reserve", show_default=True,
    help="Whole reserves, or their parts by holder site, by product, or by both.",
)  # fmt: skip
@click.option("--budget", type=click.FloatRange(min=0, min_open=True), required=True, help="For the first purchase.")
@click.option(
    "--steps", type=click.IntRange(1, 20), default=4, show_default=True, help="Smaller budgets looked at too, in equal "
    "steps up to it, which makes the frontier; 1: only the budget itself.",
)  # fmt: skip
@click.option("--trials", type=click.IntRange(1, 1000), default=40, show_default=True, help="Splits of each budget.")
@click.option("--measure", "-m", default="units_unmet", show_default=True, help="What is to be best in the mean.")
@click.option(
    "--target", metavar="MEASURE>=LEVEL", help="Meet this in as many replications as can be; the mean decides ties."
)
@replicated
def split(
    file: Path, strategy: str | None, settings: tuple[str, ...], reserves: tuple[str, ...], by: Any, budget: float,
    steps: int, trials: int, measure: str, target: str | None, replications: int, workers: int | None,
    scheduler: str | None, out: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """The best split of a budget over reserves, sites and products, and what smaller budgets would come to."""
    from sim.output.files import put_text
    from sim.report.questions.searches import split_page, split_words
    from sim.study.ask.split import best_splits
    from sim.study.design.parts import parts_of
    from sim.study.run.bench import read_subject

    wanted, subject = measure_of(measure), read_subject(file, strategy, read_settings(settings))
    aim = None if target is None else target_of(target)
    _check_reserves(subject, reserves, "--over")
    parts = _or_refuse("--over", lambda: parts_of(subject, list(dict.fromkeys(reserves)), by))
    if not wanted.better:
        refuse("--measure", "neither more nor less of it is better", measure, "such as units_unmet or fill_rate")
    folder = folder_of(out, subject, "split")
    asked = {"question": "split", "file": str(file), "strategy": strategy, "over": reserves, "by": by, "budget": budget,
             "steps": steps, "trials": trials, "measure": str(wanted), "target": target and str(aim),
             "replications": replications}  # fmt: skip
    with bench_in(folder, asked, ["split", "frontier"], "split.html", workers, scheduler, quiet) as bench:
        budgets = [budget * (k + 1) / steps for k in range(steps)]
        found = best_splits(subject, parts, budgets, wanted, bench, trials, aim)
        bench.store.answer("split", found.tried)
        bench.store.answer("frontier", found.fresh)
    currency = subject.loaded.spec.costs.currency
    words = split_words(found, replications, currency)
    page = split_page(found, subject.loaded.spec.title, replications, currency)
    put_text(folder / "split.html", page)
    if not quiet:
        click.echo("\n".join(words))
    click.echo(f"Results: {folder}")


def _or_refuse(option: str, make: Callable[[], T]) -> T:
    """What `make` makes; refuses the option with what its ValueError says."""
    try:
        return make()
    except ValueError as error:
        refuse(option, "this cannot be asked", None, str(error))
        raise


@question
@click.command()
@FILE
@STRATEGY
@SETTINGS
@click.option("--parameter", required=True, metavar="PATH", help="Dotted path of the value that is changed.")
@click.option(
    "--between", nargs=2, required=True, metavar="LOW HIGH", help="Such as 0d 180d; looked at in whole steps."
)
@TARGET
@IN
@replicated
def tipping(
    file: Path, strategy: str | None, settings: tuple[str, ...], parameter: str, between: tuple[str, str], target: str,
    share: str, replications: int, workers: int | None, scheduler: str | None, out: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """How far a value may go until a target is no longer met: the tipping point, by bisection."""
    from sim.output.files import put_text
    from sim.report.questions.tipping import tipping_page, tipping_words
    from sim.report.words.parameters import named
    from sim.study.ask.tipping import tipping_point
    from sim.study.design.parameter import parse_parameter
    from sim.study.run.bench import read_subject

    wanted, subject = target_of(target), read_subject(file, strategy, read_settings(settings))
    try:
        varied = parse_parameter(parameter, between)
    except ValueError as error:
        refuse("--between", "not two bounds", " ".join(between), str(error))
    need, folder = share_of("--in", share), folder_of(out, subject, "tipping")
    asked = {"question": "tipping", "file": str(file), "strategy": strategy, "parameter": vars(varied),
             "target": str(wanted), "share": need, "replications": replications}  # fmt: skip
    with bench_in(folder, asked, ["tipping"], "tipping.html", workers, scheduler, quiet) as bench:
        found = tipping_point(subject, varied, wanted, need, bench)
        bench.store.answer("tipping", found.tried)
    spec, called = subject.loaded.spec, named(subject.loaded, varied.path)
    words = tipping_words(found, varied, called, wanted, subject.labels[1])
    page = tipping_page(found, words, varied, called, wanted, spec.title, spec.costs.currency)
    put_text(folder / "tipping.html", page)
    click.echo("\n".join(words))
    click.echo(f"Results: {folder}")
