"""Whatever is typed in the place of a file, folder, name or value: a sentence, exit code 2, nothing written."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from sim.output.names import typed as as_typed
from sim.output.names import unfit
from tests.bad.calls import typed
from tests.cli.calls import STARTER, files

COMMANDS = (["run"], ["validate"], ["study"], ["show"], ["list", "strategies"], ["stress"])
CONTENT = {
    "empty.yaml": b"", "mark.yaml": b"\xef\xbb\xbf", "zeros.yaml": b"\0\0", "noise.yaml": bytes(range(128, 256)),
    "word.yaml": b"hello", "list.yaml": b"- a\n", "print.yaml": b"%PDF-1.4\n", "page.yaml": b"<html></html>",
    "clinics.csv": b"name,n\na,1\n", "clinics.xlsx": b"PK\x03\x04",
}  # fmt: skip
LONG = "a" * 5000


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files of many kinds, and one in it."""
    place = tmp_path_factory.mktemp("odd")
    for name, content in CONTENT.items():
        (place / name).write_bytes(content)
    (place / "folder").mkdir()
    (place / "starter.yaml").write_bytes(STARTER.read_bytes())
    return place


def refused(words: list[str], desk: Path) -> str:
    """What is printed of words that are refused."""
    before = files(desk)
    done = typed(["tideover", *words], desk)
    assert done.code == 2, (words, done.printed)
    assert "Traceback" not in done.printed
    assert files(desk) == before
    return done.printed


@pytest.mark.parametrize("name", [*CONTENT, "folder", "nowhere.yaml", "folder/nowhere.yaml", "none/x.yaml", "/dev/null",
                                  "", " ", ".", LONG, "a\udcff.yaml", "starter.yaml/x"])  # fmt: skip
def test_what_is_no_scenario_is_told_by_every_command(name: str, desk: Path) -> None:
    for command in COMMANDS:
        refused([*command, name], desk)


def test_a_table_in_the_place_of_a_scenario_is_told_as_one(desk: Path) -> None:
    for name in ("clinics.csv", "clinics.xlsx"):
        assert "this is a table, not a scenario" in refused(["run", name], desk)
    assert "did you mean 'starter.yaml'" in refused(["run", "startr.yaml"], desk)
    assert "did you mean" not in refused(["run", "nowhere.yaml"], desk), "an ending is not alike"


@pytest.mark.parametrize(
    "words",
    [
        ["query", LONG, "SELECT 1"],
        ["query", "folder", "SELECT 1"],
        ["query", "starter.yaml", "SELECT 1"],
        ["query", "", "SELECT 1"],
        ["compare", LONG, "folder"],
        ["compare", "folder", "starter.yaml"],
        ["compare", "", " "],
        ["run", "starter.yaml", "--out", LONG],
        ["run", "starter.yaml", "--out", "a\udcff"],
        ["run", "starter.yaml", "--out", "starter.yaml/x"],
        ["schema", "--out", "folder"],
        ["schema", "--out", LONG],
        ["new", "starter.yaml"],
        ["new", "starter.yaml/x"],
    ],
)
def test_folders_and_places_that_cannot_be_are_told(words: list[str], desk: Path) -> None:
    refused(words, desk)


@pytest.mark.parametrize(
    "setting",
    ["reserves.national.size=1e300", "reserves.national.size=-5d", "reserves.national.size=99999999999", "seed=-1",
     "seed=99999999999999999999", "end=0001-01-01", "end=9999-12-31", "a..b=5", "=5", "size", "scenario=CON", "x={",
     "reserves.natonal.size=5d", "reserves.national.size="],
)  # fmt: skip
def test_values_that_cannot_be_are_told(setting: str, desk: Path) -> None:
    refused(["run", "starter.yaml", "--set", setting], desk)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("CON", "a device"), ("nul.yaml", "a device"), ("com1.yml", "a device"), ("a:b", "it has :"),
        ("a?.yaml", "it has ?"), ('q"uote', 'it has "'), ("back\\slash", "it has \\"), ("tab\there", "it has"),
        ("line\nbreak", "it has"), (" x", "a blank"), ("x.", "a point"), ("é" * 150, "too long"),
        (".", "this is a folder"), ("..", "this is a folder"), ("folder", "this is a folder"),
        ("folder/", "this is a folder"), ("", "is empty"),
    ],
)  # fmt: skip
def test_a_new_file_has_a_name_that_every_system_takes(name: str, told: str, desk: Path) -> None:
    assert told in refused(["new", name], desk)


@pytest.mark.parametrize("name", ["my file", "für Ärzte", "日本", "a(b)", "UPPER.YAML", "x.txt", "it's"])
def test_a_new_file_may_have_any_other_and_the_hint_can_be_typed(name: str, tmp_path: Path) -> None:
    done = typed(["tideover", "new", name], tmp_path)
    assert done.code == 0
    program, command, file = shlex.split(done.printed.partition("Run it with: ")[2])
    assert (program, command) == ("tideover", "run")
    assert (tmp_path / file).is_file() and Path(file).suffix.lower() == ".yaml"
    assert typed(["tideover", "validate", file], tmp_path).code == 0


def test_names_are_typed_in_quotes_where_they_need_them() -> None:
    for name in ("a b", 'a"b', "a$b", "it's", "a;b", "(x)"):
        assert shlex.split(as_typed(name)) == [name] and as_typed(name) != name
    assert as_typed("reports/a-b=5.x") == "reports/a-b=5.x"
    assert unfit("my scenario.yaml") is None


@pytest.mark.parametrize("value", ["{trigger: announced}", "[store, clinic-a]", "{size: [1, 2]}"])
def test_a_value_with_blanks_that_the_shell_took_apart_is_told_to_be_quoted(value: str, desk: Path) -> None:
    told = refused(["run", "starter.yaml", "--set", *f"reserves.national.x={value}".split()], desk)
    assert "a value with blanks stands in quotes: --set 'a.when={trigger: announced}'" in told
    assert "quotes" not in refused(["run", "starter.yaml", "another"], desk)
