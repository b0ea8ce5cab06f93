"""Results of another run, study or question are replaced only where asked; a folder says what is in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sim
from sim.api import manifest_of
from sim.cli import cli
from sim.errors import ScenarioError
from sim.output.holding import same
from sim.output.names import DEVICES, file_name
from sim.output.place import named, place_for
from tests.cli.calls import STARTER

SHORT = ("--set", "end=2024-01-15")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    text = STARTER.read_text(encoding="utf-8")
    (tmp_path / "starter.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> Result:
    """A command in this process; what is refused comes as its exception."""
    return CliRunner().invoke(cli, list(words))


def run(*words: str) -> Path:
    """The folder that a run said it wrote."""
    result = call("run", "starter.yaml", "-q", "--no-report", "--no-reserve-twin", *SHORT, *words)
    assert result.exit_code == 0, result.exception
    return Path(result.stdout.rpartition(": ")[2].strip())


def test_a_run_is_kept_by_its_name_and_what_was_changed(work: Path) -> None:
    plain = run()
    assert plain.name == "my-scenario-end=2024-01-15" and run() == plain  # once more: over itself
    before = (plain / "metrics.json").read_bytes()
    assert run("--seed", "8").name == "my-scenario-end=2024-01-15-seed=8"
    (work / "starter.yaml").write_text(STARTER.read_text(encoding="utf-8").replace("per_day: 80", "per_day: 81"))
    other = run()  # the same words, but the file has changed
    assert other.name == "my-scenario-end=2024-01-15-2" and run() == other
    assert (plain / "metrics.json").read_bytes() == before
    manifest, marker = (json.loads((other / name).read_text()) for name in ("manifest.json", "tideover.json"))
    assert manifest["holds"] == marker["holds"] == "my-scenario, with end=2024-01-15"
    assert run("--replace") == plain and (plain / "metrics.json").read_bytes() != before


def test_a_folder_of_ones_own_is_not_replaced_by_another_run(work: Path) -> None:
    run("-o", "mine")
    before = {path.name: path.read_bytes() for path in (work / "mine").iterdir()}
    refused = call("run", "starter.yaml", "-q", "--no-report", "--no-reserve-twin", "-o", "mine")
    assert isinstance(refused.exception, ScenarioError)
    told = str(refused.exception.problems[0])
    assert "my-scenario, with end=2024-01-15" in told and "--replace" in told
    assert {path.name: path.read_bytes() for path in (work / "mine").iterdir()} == before
    one = sim.run("starter.yaml", overrides={"end": "2024-01-10"}, twin=False)
    with pytest.raises(ScenarioError, match="other results"):
        one.save("mine", report=False)
    assert one.save("mine", report=False, replace=True) == Path("mine")


def test_a_table_that_has_changed_makes_another_run(work: Path) -> None:
    text = STARTER.read_text(encoding="utf-8")
    clinics = text[text.index("facilities:  ") : text.index("lanes:")]
    (work / "starter.yaml").write_text(text.replace(clinics, "facilities: {table: more.csv}\n\n"))
    table = work / "more.csv"
    table.write_text("name,country,region,lat,lon\nclinic-a,KE,inland,-3.6,39.8\n")
    before = manifest_of(sim.validate("starter.yaml"))
    assert same(before, manifest_of(sim.validate("starter.yaml")))
    table.write_text("name,country,region,lat,lon\nclinic-a,KE,inland,-3.6,39.9\n")
    assert not same(before, manifest_of(sim.validate("starter.yaml")))


def test_questions_are_kept_apart(work: Path) -> None:
    def ask(target: str, draws: str, *words: str) -> str:
        words = ("--reserve", "national", "--at-most", "1d", "-n", draws, "-w", "1", "-q", *SHORT, *words)
        result = call("search", "starter.yaml", "--target", target, *words)
        assert result.exit_code == 0, result.exception
        return Path(result.stdout.splitlines()[-1].removeprefix("Results: ")).name

    name = "my-scenario-end=2024-01-15-search"
    assert ask("fill_rate>=1%", "1") == name
    assert ask("fill_rate>=2%", "1") == f"{name}-2"
    assert ask("fill_rate>=2%", "2") == f"{name}-2"  # more draws of the same
    assert ask("fill_rate>=2%", "1") == f"{name}-3"  # fewer would lose some
    assert ask("fill_rate>=3%", "1", "--replace") == name
    assert "question: search" in json.loads(Path("reports", name, "manifest.json").read_text())["holds"]


def test_changes_too_long_for_a_name_are_not_in_it() -> None:
    short = named("a", "b", {"x.y": "30%", "z": [1, 2]}, "search").name
    assert short == "a-b-x.y=30-z=-1,-2-search"
    assert named("a", None, {"x": "y" * 200}).name == "a-changed"


def test_names_that_only_capitals_tell_apart_get_a_number(tmp_path: Path) -> None:
    (tmp_path / "Alpha").mkdir()
    assert place_for(tmp_path / "alpha", "run", {}).name == "alpha-2"


@pytest.mark.parametrize("name", ["CON", "nul.txt", "aux.", "com1", "LPT9.yaml", "con .x", "prn.a.b"])
def test_no_name_is_a_device_of_windows(name: str) -> None:
    # Windows goes by what stands before the first dot, blanks left out
    found = file_name(name)
    assert not DEVICES.fullmatch(found) and not DEVICES.fullmatch(found.split(".")[0].strip())
    assert file_name(f"{name}-double") == file_name(f"{name}-double").rstrip(" .")
