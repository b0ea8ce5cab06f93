"""Every example in the documentation runs, and every output shown is what the command prints."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import sys
import types
from functools import partial
from pathlib import Path

import pytest
import yaml

import sim
from sim import cli
from tests.bad.calls import typed
from tests.kinds import registered_meanwhile
from tests.walk import as_shown

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
PAGES = sorted(page for page in PAGES if "_build" not in page.parts)
BLOCK = re.compile(
    r"^```(\w+)(?! fragment)(?! sim/)(?![^\n]* with mistakes)(?![^\n]* walked)[^\n]*\n(.*?)^```",
    re.DOTALL | re.MULTILINE,
)
"""A fenced block and its language; a `fragment` is one entry, which the contract tests try in their own network, and
what is `walked` is tried by `make walk`."""
SHIPPED = re.compile(r"^```python (sim/\S+\.py)\n(.*?)^```", re.DOTALL | re.MULTILINE)
"""A block that shows a file of the package."""
NAMED = re.compile(r"^```(?:yaml|csv) (\S+\.(?:yaml|csv))( with mistakes)?\n(.*?)^```", re.DOTALL | re.MULTILINE)
"""A block that the page's commands find as a file of this name."""
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)|\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")


FILE = re.compile(r"`((?:benchmarks|docs|examples|scenarios|sim|tests)/[\w./-]+\.\w+)`")
"""A file of the repository that is named in running text."""


def blocks(kind: str) -> list[pytest.param]:
    """(page, text) of every fenced block of a kind, with a readable id."""
    return [
        pytest.param(page, match[2], id=f"{page.relative_to(ROOT)}-{number}")
        for page in PAGES
        for number, match in enumerate(BLOCK.finditer(page.read_text(encoding="utf-8")))
        if match[1] == kind
    ]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder in which the documentation's commands can be typed: the shipped scenarios are there."""
    for shipped in ("docs", "scenarios"):
        (tmp_path / shipped).symlink_to(ROOT / shipped)
    (tmp_path / "run_scenario.py").symlink_to(ROOT / "run_scenario.py")
    return tmp_path


def printed_by(text: str, page: Path) -> str | None:
    """What an example prints, as the page shows it right below in a block `text printed`; None where it does not."""
    _, _, below = page.read_text(encoding="utf-8").partition(f"```python\n{text}```\n")
    found = re.match(r"```text printed\n(.*?)^```", below, re.DOTALL | re.MULTILINE)
    return None if found is None else found[1]


def printed_by_command(command: str, desk: Path) -> str:
    """What a command prints, errors included; in this process, as starting one for each takes longer than most work."""
    program, *words = shlex.split(command)
    assert program in ("tideover", "python")
    start = cli.main if program == "tideover" else partial(runpy.run_path, words.pop(0), run_name="__main__")
    outcome = typed([program, *words], desk, start)
    return outcome.stdout + outcome.stderr


def console_pages() -> list[Path]:
    """Pages that show a command and its output."""
    return [page for page in PAGES if "```console\n" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", console_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_shown_output_is_real(page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's commands are typed one after another in one folder.

    A command goes on in lines that begin with `> `; in what it prints a line `...` stands for any lines.
    """
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)  # one processor: no more processes
    for match in NAMED.finditer(page.read_text(encoding="utf-8")):
        (desk / match[1]).write_text(match[3], encoding="utf-8")
    text = "".join(match[2] for match in BLOCK.finditer(page.read_text(encoding="utf-8")) if match[1] == "console")
    text = text.replace("\n> ", " ")
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)[1:]
    assert parts, "a console block begins with '$ '"
    for command, shown in zip(parts[::2], parts[1::2], strict=True):
        printed = printed_by_command(command, desk)
        assert as_shown(printed, shown), f"$ {command}\n{printed}\nis not\n{shown}"


@pytest.mark.parametrize(("page", "text"), blocks("python"))
def test_python_examples_run(
    page: Path, text: str, desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each by itself, beside the scenario that `tideover new` writes; what is shown below it is what it prints."""
    monkeypatch.chdir(desk)
    starter = (ROOT / "sim" / "scenario" / "starter.yaml").read_text(encoding="utf-8")
    (desk / "my-scenario.yaml").write_text(starter, encoding="utf-8")
    module = types.ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", module)
    with registered_meanwhile():
        exec(compile(text, str(page), "exec", dont_inherit=True), module.__dict__)
    shown = printed_by(text, page)
    assert shown is None or capsys.readouterr().out == shown


def test_a_file_that_is_shown_is_the_file() -> None:
    """Such files run in the tests of their own."""
    shown = [match for page in PAGES for match in SHIPPED.finditer(page.read_text(encoding="utf-8"))]
    assert shown
    for match in shown:
        assert match[2] == (ROOT / match[1]).read_text(encoding="utf-8"), match[1]


@pytest.mark.parametrize(("page", "text"), blocks("yaml"))
def test_yaml_examples_are_valid(page: Path, text: str, desk: Path) -> None:
    """A block is a whole scenario, or parts that replace those of the starter."""
    data = yaml.safe_load(text)
    starter = (ROOT / "sim" / "scenario" / "starter.yaml").read_text(encoding="utf-8")
    for name in ("starter.yaml", "my-scenario.yaml"):  # as `tideover new` is asked for on the pages
        (desk / name).write_text(starter, encoding="utf-8")
    (desk / "observed.csv").write_text("date,value,asked\n2024-02-25,54,230\n2024-03-24,31,228\n", encoding="utf-8")
    for match in NAMED.finditer(page.read_text(encoding="utf-8")):
        if match[1].endswith(".csv"):
            (desk / match[1]).write_text(match[3], encoding="utf-8")
    if data.get("extends") == "flood.yaml":
        printed_by_command("tideover new flood.yaml --crisis --facts facts.csv", desk)  # as the page asks for it
    if "scenario" in data:
        path = desk / "example.yaml"
        path.write_text(text, encoding="utf-8")
    else:
        path = desk / "example.yaml"
        path.write_text(f"scenario: example\nextends: starter.yaml\n{text}", encoding="utf-8")
    for strategy in [None, *sim.validate(path).document.strategies]:
        assert sim.validate(path, strategy).spec.demand


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for match in PICTURE.finditer(page.read_text(encoding="utf-8")):
        target = match[1] or match[2]
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_are_there(page: Path) -> None:
    named = FILE.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


REFERENCE = sorted((ROOT / "docs" / "reference").rglob("*.md"))


@pytest.mark.parametrize("page", REFERENCE, ids=lambda page: str(page.relative_to(ROOT / "docs" / "reference")))
def test_every_page_of_the_reference_has_an_example_that_is_executed(page: Path) -> None:
    """Here, or as a fragment in the contract tests' own network."""
    kinds = re.findall(r"^```(console|python|yaml)(?: fragment)?\n", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert kinds
