"""Questions from Python: the same figures as the commands', typed, and refused in the same words."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sim
from sim import ask
from sim.cli import cli
from sim.errors import MissingLibrary
from sim.output.csv_text import csv_of_frame

CASE = """
scenario: case
title: A ban of forty days against five days of stock and two reserves
start: 2001-01-01
end: 2001-04-11
warm_up: 20d
products: {kit: {unit: kit, cost: 3}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
facilities: {clinic: {country: KE}, post: {country: UG}}
lanes: [{from: maker, to: facilities, time: 1d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: lost},
         {at: post, product: kit, per_day: 5, distribution: deterministic, shortage: lost}]
replenishment: [{at: facilities, policy: base_stock, level: 6d}]
reserves:
  at-clinic: {held_at: clinic, size: 0d, members: clinic, release: {when: {trigger: announced}}}
  at-post: {held_at: post, size: 0d, members: post, release: {when: {trigger: announced}}}
disruptions:
  - {kind: export_ban, name: ban, country: IN, from: 2001-01-21, for: 40d}
"""
STUDY = """
study: small
title: A small study
scenarios: [case.yaml]
strategies: [none]
measures: [units_unmet, cost]
replications: 2
"""
HERE: dict[str, Any] = {"replications": 1, "workers": 1}
Asked = tuple[list[str], Callable[[Path, Path | None], ask.Causes | Any], dict[str, Callable[[Any], Any]]]
QUESTIONS: dict[str, Asked] = {
    "attribute": (
        ["--reserves", "--measure", "units_unmet"],
        lambda path, out: ask.causes(path, reserves=True, measures=["units_unmet"], out=out, **HERE),
        {"attribution": lambda found: found.table},
    ),
    "search": (
        ["--reserve", "at-clinic", "--target", "units_unmet<=175", "--at-most", "60d", "--in", "80%"],
        lambda path, out: ask.search(
            path, reserve="at-clinic", target="units_unmet<=175", at_most=60, share=0.8, out=out, **HERE
        ),
        {"search": lambda found: found.tried},
    ),
    "split": (
        ["--over", "at-clinic", "--over", "at-post", "--budget", "450", "--steps", "2", "--trials", "5"],
        lambda path, out: ask.split(
            path, over=["at-clinic", "at-post"], budget=450, steps=2, trials=5, out=out, **HERE
        ),
        {"split": lambda found: found.tried, "frontier": lambda found: found.fresh},
    ),
    "tipping": (
        ["--parameter", "disruptions.ban.for", "--between", "0d", "60d", "--target", "units_unmet<=0"],
        lambda path, out: ask.tipping(
            path, parameter="disruptions.ban.for", between=("0d", "60d"), target="units_unmet<=0", out=out, **HERE
        ),
        {"tipping": lambda found: found.tried},
    ),
    "stress": (
        ["--longest", "8d", "--recover", "9d", "--recover", "maker=7d"],
        lambda path, out: ask.stress(path, longest=8, recover="9d", recover_of={"maker": 7}, out=out, **HERE),
        {"register": lambda found: found.table},
    ),
    "sensitivity": (
        ["--vary", "disruptions.ban.for=20d..60d", "--vary", "products.kit.cost=1..5"],
        lambda path, out: ask.sensitivity(
            path, vary={"disruptions.ban.for": ("20d", "60d"), "products.kit.cost": (1, 5)}, out=out, **HERE
        ),
        {"tornado": lambda found: found.table},
    ),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The case, as a file in a folder of its own."""
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    return folder / "case.yaml"


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_has_the_figures_and_words_of_the_command(
    question: str, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leaves nothing behind unless a folder is named; then it leaves what the command does."""
    monkeypatch.chdir(path.parent)
    words, asked, tables = QUESTIONS[question]
    done = CliRunner().invoke(cli, [question, "case.yaml", *words, "-n", "1", "-w", "1"])
    assert done.exit_code == 0, done.output
    folder = next((path.parent / "reports").iterdir())
    before = sorted(path.parent.rglob("*"))
    answer = asked(Path("case.yaml"), None)
    assert answer.text() == done.output.rsplit("\n", 2)[0]
    assert answer.folder is None and sorted(path.parent.rglob("*")) == before
    for name, table in tables.items():
        assert csv_of_frame(table(answer)) == (folder / f"{name}.csv").read_text(encoding="utf-8-sig")
    page = next(folder.glob("*.html")).read_text(encoding="utf-8")
    assert answer.report(tmp_path / "page.html").read_text(encoding="utf-8") == page
    kept = asked(Path("case.yaml"), tmp_path / "kept")
    assert kept.folder == tmp_path / "kept"
    assert {file.name for file in kept.folder.iterdir()} == {file.name for file in folder.iterdir()}
    with pytest.raises(dataclasses.FrozenInstanceError):
        answer.replications = 3


def test_figures_by_hand(path: Path) -> None:
    """40 days without supply, of which five days of stock and what is on the way cover five: 35 days of 15 units."""
    search = QUESTIONS["search"][1](path, None)
    assert (search.days, search.first_cost, search.currency) == (35, 35 * 10 * 3, "USD")  # 175 = 35 days of 5 at post
    tipping = QUESTIONS["tipping"][1](path, None)
    assert (tipping.before, tipping.after, tipping.unit) == (5, 6, "d") and tipping.met_at_low
    causes = ask.causes(path, measures=["units_unmet"], **HERE).table
    assert causes[["cause", "shapley", "total", "baseline"]].to_numpy().tolist() == [["ban", 525, 525, 0]]
    found = QUESTIONS["sensitivity"][1](path, None)
    ban = found.table.set_index("parameter").loc["disruptions.ban.for"]
    assert (ban["at_low"], ban["at_high"], found.unit) == (15 * 15, 55 * 15, "kits")
    split = ask.split(path, over=["at-clinic"], budget=450, steps=1, trials=1, **HERE)
    assert split.days == {"at-clinic": 15} and split.money == {"at-clinic": 450}  # 10 a day at 3 USD


def test_why_takes_a_day_however_it_is_told(path: Path) -> None:
    import datetime as dt

    done = CliRunner().invoke(cli, ["why", str(path), "clinic", "kit", "2001-02-10"])
    for day in ("2001-02-10", dt.date(2001, 2, 10), 40):
        assert ask.why(path, "clinic", "kit", day).text() + "\n" == done.output
    assert ask.why(path, "clinic", "kit", 40).causes == ["ban"]


def test_a_brief_is_that_of_the_command(path: Path, tmp_path: Path) -> None:
    study = path.parent / "study.yaml"
    study.write_text(STUDY.replace("[none]", "[{name: a, set: {reserves.at-clinic.size: 9d}}, {name: b}]"), "utf-8")
    done = CliRunner().invoke(cli, ["brief", str(study), "-w", "1", "-o", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    found = ask.brief(study, tmp_path / "other", workers=1)
    assert found.html.read_text("utf-8") == (tmp_path / "out" / "brief.html").read_text("utf-8")
    assert found.document.exists() and found.robustness is None
    assert found.study.number == 2


def test_all_mistakes_are_told_at_once_with_the_nearest_name(path: Path) -> None:
    with pytest.raises(sim.ScenarioError) as refused:
        ask.search(path, reserve="at-clinik", target="fil_rate>=1", share=80, at_most="60", overrides={"sed": 1})
    told = {problem.file: problem for problem in refused.value.problems}
    assert set(told) == {"target", "share", "at_most", "override 'sed'"}
    assert told["target"].nearest == "fill_rate" and told["override 'sed'"].nearest == "seed"
    with pytest.raises(sim.ScenarioError) as refused:
        ask.search(path, reserve="at-clinik", target="fil_rate>=1")
    assert {p.file: p.nearest for p in refused.value.problems} == {"reserve": "at-clinic", "target": "fill_rate"}


@pytest.mark.parametrize(
    ("wrong", "name", "words"),
    [
        (lambda p: ask.causes(p, by="knd"), "by", "did you mean 'kind'"),
        (lambda p: ask.causes(p, measures=["units_unmett"]), "measures", "did you mean 'units_unmet'"),
        (lambda p: ask.causes(p, replications=0), "replications", "at least 1"),
        (lambda p: ask.split(p, over=["at-pots"], budget=1), "over", "did you mean 'at-post'"),
        (lambda p: ask.split(p, over=[], budget=0), "budget", "an amount above 0"),
        (lambda p: ask.split(p, over=["at-post"], budget=1, steps=0), "steps", "from 1 to 20"),
        (lambda p: ask.split(p, over=["at-post"], budget=1, measure="units_demanded"), "measure", "neither more nor"),
        (lambda p: ask.tipping(p, parameter="x", between=("9d", "1d"), target="cost<=1"), "between", "smaller bound"),
        (lambda p: ask.stress(p, recover_of={"makr": 3}), "recover_of", "did you mean 'maker'"),
        (lambda p: ask.sensitivity(p, vary={}), "vary", "values, each with its bounds"),
        (lambda p: ask.sensitivity(p, vary={"seed": (1, 2)}, method="sobl"), "method", "did you mean 'sobol'"),
        (lambda p: ask.sensitivity(p, vary={"seed": (1, 2)}, method="sobol", samples=3), "samples", "power of 2"),
        (lambda p: ask.why(p, "clinc", "kit", 40), "site", "did you mean 'clinic'"),
        (lambda p: ask.why(p, "clinic", "kitt", 40), "product", "did you mean 'kit'"),
        (lambda p: ask.why(p, "clinic", "kit", "5 March"), "date", "year-month-day"),
    ],
)
def test_an_argument_that_cannot_be_used_is_refused_in_words(
    wrong: Callable[[Path], Any], name: str, words: str, path: Path
) -> None:
    with pytest.raises(sim.ScenarioError) as refused:
        wrong(path)
    problems = {problem.file: str(problem) for problem in refused.value.problems}
    assert words in problems[name]


def test_a_command_tells_an_argument_by_its_option(path: Path) -> None:
    words = ["search", str(path), "--reserve", "at-clinik", "--target", "fil_rate>=1", "--in", "much", "-w", "1"]
    refused = CliRunner().invoke(cli, words).exception
    assert isinstance(refused, sim.ScenarioError)
    assert [problem.file for problem in refused.problems] == ["--in", "--reserve", "--target"]


@pytest.mark.parametrize(
    ("library", "asked"),
    [
        ("optuna", QUESTIONS["split"][1]),
        ("SALib", lambda p, _: ask.sensitivity(p, vary={"seed": (1, 2)}, method="morris", **HERE)),
    ],
)
def test_a_library_that_is_missing_is_told_in_a_sentence(
    library: str, asked: Callable[[Path, None], Any], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [n for n in sys.modules if n.partition(".")[0] == library] + [library]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingLibrary, match=f"needs {library}, which is not installed.*pip install {library}"):
        asked(path, None)


def test_libraries_of_single_questions_are_imported_where_they_are_used() -> None:
    code = "import sys, sim.ask, sim.cli; print({'optuna', 'SALib', 'duckdb', 'docx'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_report_without_draws_waits_for_no_statistics() -> None:
    """They take a quarter of its time to import."""
    code = "import sys, sim.report.run.html, sim.api, sim.ask, sim.study.run.run; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
