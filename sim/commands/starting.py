"""How to begin: a scenario or study to start from, and the schema that editors check it by."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import click

from sim.commands.shared import question
from sim.options import FILE, PLACE


@question
@click.command()
@click.option("--out", "-o", type=PLACE, help="File to write; default: print.")
@click.option("--study", "of_study", is_flag=True, help="The schema of study files instead.")
def schema(out: Path | None, of_study: bool) -> None:
    """The JSON Schema of the scenario language, for editors."""
    text = _schema(of_study)
    if out is None:
        click.echo(text, nl=False)
    else:
        _write(out, text, "w")


@question
@click.command()
@FILE
@click.option(
    "--from", "shipped", metavar="NAME", help="A copy of a shipped scenario instead (tideover list scenarios)."
)
@click.option("--study", "of_study", is_flag=True, help="A study of the starter scenario instead.")
@click.option("--crisis", is_flag=True, help="A crisis to replay instead, from a fact sheet.")
@click.option("--facts", type=PLACE, help="With --crisis: the fact sheet (CSV or .xlsx); left out: one to fill in.")
@click.option("--sheet", metavar="NAME", help="With --facts: the sheet of the workbook; left out: its first.")
@click.option("--exercise", is_flag=True, help="A tabletop exercise for roles, with its list of injects beside it.")
@click.option("--country-like", is_flag=True, help="A made-up national system instead, with its tables beside it.")
@click.option("--facilities", type=int, help="With --country-like: health facilities, of very unequal size; 1,000.")
@click.option("--products", type=int, help="With --country-like: products, every facility uses all; 10.")
@click.option("--regions", type=int, help="With --country-like: regions, each with a store, of unequal size; 20.")
@click.option("--days", type=int, help="With --country-like: days to simulate; 365.")
@click.option("--shelf-life", help="With --country-like: shelf life of every product, such as 24mo; none.")
@click.option("--seed", type=int, help="With --country-like: seed it is drawn from; 1.")
def new(
    file: Path, shipped: str | None, of_study: bool, crisis: bool, facts: Path | None, sheet: str | None,
    exercise: bool, country_like: bool, **size: Any,
) -> None:  # fmt: skip
    """Write a commented starter scenario (or study) that runs, called as its file, with the schema for editors."""
    from sim.output.names import typed

    given = {name: value for name, value in size.items() if value is not None}
    chosen = {
        "--from": shipped, "--study": of_study, "--crisis": crisis, "--exercise": exercise,
        "--country-like": country_like,
    }  # fmt: skip
    if len(asked := [option for option, value in chosen.items() if value]) > 1:
        raise click.UsageError(f"{' or '.join(asked)}, not {'both' if len(asked) == 2 else 'all'}")
    if given and not country_like:
        raise click.UsageError(f"--{next(iter(given)).replace('_', '-')} goes with --country-like only")
    if facts is not None and not crisis:
        raise click.UsageError("--facts goes with --crisis only")
    if sheet is not None and facts is None:
        raise click.UsageError("--sheet goes with --facts only")
    file = _named(file)
    name, does = ("study.schema.json", "study") if of_study else ("scenario.schema.json", "run")
    heading = f"# yaml-language-server: $schema={name}\n"
    if country_like:
        from sim.scenario.national import National, write_national

        write_national(file, National(**given), heading)
    elif crisis:
        does = "replay" if _write_crisis(file, facts, sheet, heading) else "run"
    else:
        texts = _exercise(file, heading) if exercise else _texts(file, shipped, of_study, heading)
        _check_free(texts)
        for place, text in texts.items():
            _write(place, text, "x")
        does = "exercise" if exercise else does
    if not (file.parent / name).exists():
        _write(file.parent / name, _schema(of_study), "x")
    verb = "Play" if exercise else "Run"
    click.echo(f"Wrote {file}. {verb} it with: tideover {does} {typed(file)}")


def _named(file: Path) -> Path:
    """The file to write, with its ending. Raises ScenarioError for a name that is none, or not one on every system."""
    from sim.errors import Problem, ScenarioError
    from sim.output.names import unfit

    is_folder = file.name in ("", "..")
    if not is_folder and (wrong := unfit(file.name)):
        expected = "letters, digits, blanks, '-', '_' and '.', such as my-scenario.yaml"
        message = f"no file can be called so on every system: {wrong}"
        raise ScenarioError([Problem(str(file), 0, message, None, expected)])
    if is_folder or file.is_dir():
        raise ScenarioError([Problem(str(file), 0, "this is a folder", None, "a file in it, such as my-scenario.yaml")])
    return file if file.suffix.lower() in (".yaml", ".yml") else file.with_name(f"{file.name}.yaml")


def _write_crisis(file: Path, facts: Path | None, name: str | None, heading: str) -> bool:
    """A crisis from a fact sheet, after saying what of the sheet is used; without one from a form, laid beside it.
    Whether anything was observed by which to replay it."""
    from sim.errors import Problem, ScenarioError
    from sim.scenario.crisis import crisis_text, example, observed_text
    from sim.scenario.facts import read_facts
    from sim.scenario.shipped import named_in

    form, observed = (file.with_name(f"{file.stem}-{name}.csv") for name in ("facts", "observed"))
    there = [place for place in (file, observed, *([form] if facts is None else [])) if place.exists()]
    if there:
        raise ScenarioError([Problem(str(place), 0, "there is a file of this name already") for place in there])
    if facts is None:
        _write(form, example(), "x")
    sheet = read_facts(form if facts is None else facts, name)
    click.echo(f"{sheet.counted}.")
    for column in sheet.unread:
        click.echo(f"Not read: column '{column}', which is none of a fact sheet.")
    for problem in sheet.left_out:
        click.echo(f"Left out: {problem}")
    _write(file, heading + named_in(crisis_text(sheet, file.stem, observed.name), file), "x")
    if points := observed_text(sheet):
        _write(observed, points, "x")
    return bool(points)


def _texts(file: Path, shipped: str | None, of_study: bool, heading: str) -> dict[Path, str]:
    """File -> text of what is to be written."""
    from importlib.resources import files

    from sim.scenario.shipped import copy_of, named_in

    if shipped is not None:
        return copy_of(shipped, file)
    starter = (files("sim.study" if of_study else "sim.scenario") / "starter.yaml").read_text(encoding="utf-8")
    return {file: heading + named_in(starter.partition("\n")[2], file)}


def _exercise(file: Path, heading: str) -> dict[Path, str]:
    """The exercise to start from, and its list of injects in a table beside it, which is called as the file."""
    from importlib.resources import files

    from sim.scenario.shipped import named_in

    starter, injects = (
        (files("sim.scenario") / name).read_text(encoding="utf-8") for name in ("exercise.yaml", "exercise-injects.csv")
    )
    table = file.with_name(f"{file.stem}-injects.csv")
    text = starter.partition("\n")[2].replace("exercise-injects.csv", json.dumps(table.name, ensure_ascii=False))
    return {file: heading + named_in(text, file), table: injects}


def _check_free(texts: Iterable[Path]) -> None:
    """Raise ScenarioError with every file that is there already, before the first is written."""
    from sim.errors import Problem, ScenarioError

    there = [place for place in texts if place.exists()]
    if there:
        raise ScenarioError([Problem(str(place), 0, "there is a file of this name already") for place in there])


def _schema(of_study: bool) -> str:
    from sim.scenario.reading.schema import schema_text

    if not of_study:
        return schema_text()
    from sim.study.design.design import study_schema

    return json.dumps(study_schema(), indent=1, ensure_ascii=False) + "\n"


def _write(path: Path, text: str, mode: Literal["w", "x"]) -> None:
    """Write a file; with mode x one that is there already is not overwritten. Raises ScenarioError."""
    from sim.errors import Problem, ScenarioError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        there = isinstance(error, FileExistsError) and path.exists()
        message = "there is a file of this name already" if there else f"cannot write here: {error.strerror}"
        raise ScenarioError([Problem(str(path), 0, message)]) from None
