"""Every exercise that is shipped, and the one to start from, is played to its end by a path that stands here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli import cli
from sim.scenario.load import load
from sim.scenario.shipped import shipped
from sim.tabletop.replay import replay
from sim.tabletop.session import NOTHING, SCRIPTED, Session
from sim.tabletop.table import Settings

GUIDES = Path(__file__).resolve().parents[2] / "docs"
EXERCISES = sorted(name for name, file in shipped().items() if "\nexercise:" in file.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Script:
    """Injects fired, and decisions taken, each as (role, decision), by the turn."""

    fired: Mapping[int, Sequence[str]]
    decided: Mapping[int, Sequence[tuple[str, str]]]


PLAYED = {
    "export-ban-week": Script(
        {2: ["2", "3"], 3: ["4", "5"], 4: ["6"], 5: ["8", "9", "11"]},
        {2: [("store", "more by sea")], 3: [("port", "green lane")], 4: [("ministry", "open the reserve")]},
    ),
    "port-and-surge": Script(
        {1: ["1"], 2: ["2", "3"], 3: ["4"], 4: ["5", "6"], 5: ["7"], 6: ["9", "10"], 7: ["11", "13"], 9: ["14"]},
        {
            2: [("ministry", "recognise the neighbour's licence"), ("ports", "medicines first")],
            3: [("aid", "ask the partners' stockpile")],
            4: [("ministry", "by mouth before by drip"), ("provinces", "order every third day")],
            6: [("ports", "escorted lorries from Port Sill")],
        },
    ),
    "six-cities": Script(
        {1: ["1"], 3: ["2"], 4: ["3", "4"], 5: ["5", "6"], 6: ["8"], 8: ["10"], 9: ["11"]},
        {
            2: [("fenton", "fenton tells the others")],
            5: [("arden", "small cities twice"), ("dunmore", "dunmore saves")],
        },
    ),
    "vaccine-campaign": Script(
        {1: ["1"], 3: ["2", "3"], 4: ["4", "5"], 5: ["7", "8"], 6: ["10"]},
        {4: [("ministry", "fetch twice a week")], 6: [("programme", "share by need")]},
    ),
}


def play(file: Path, script: Script, log: Path, **settings: str) -> Session:
    """A session, played to its end."""
    session = Session.begin(Settings(file, overrides=tuple(settings.items())), log)
    while not session.over:
        for number in script.fired.get(session.turn, ()):
            session.fire(number)
        for role, decision in script.decided.get(session.turn, ()):
            session.decide(role, decision, session.turn, id=f"{session.turn} {decision}")
        session.advance()
    return session


def check_played(file: Path, script: Script, log: Path, **settings: str) -> None:
    """It is replayed to the same bytes; path and script are other than doing nothing, and spare somebody."""
    session = play(file, script, log, **settings)
    found = replay(log)
    assert found.differs == () and found.session.turn == session.turn == len(session.place.turns)
    totals = {line.name: sum(line.totals.values()) for line in found.lines}
    assert totals[SCRIPTED] < totals[NOTHING] and totals["Main"] < totals[NOTHING]


def test_four_exercises_are_shipped_and_each_has_its_guide() -> None:
    assert sorted(PLAYED) == EXERCISES
    for name in EXERCISES:
        place = GUIDES / ("exercise-session.md" if name == "export-ban-week" else f"exercises/{name}.md")
        text = place.read_text(encoding="utf-8")
        assert f"scenarios/exercises/{name}.yaml" in text or name in text


@pytest.mark.parametrize("name", sorted(PLAYED))
def test_an_exercise_is_played_to_its_end_and_replayed_to_the_same_bytes(name: str, tmp_path: Path) -> None:
    sooner = {"end": "2026-09-15"} if name == "six-cities" else {}  # its last months are quiet, and long to simulate
    check_played(shipped()[name], PLAYED[name], tmp_path / "a.session", **sooner)


@pytest.mark.parametrize("name", sorted(PLAYED))
def test_an_exercise_has_all_that_a_table_needs(name: str) -> None:
    spec = load(shipped()[name]).spec
    exercise = spec.exercise
    assert exercise is not None and exercise.scripted in load(shipped()[name]).document.strategies
    assert all(role.brief and role.title and role.decides for role in exercise.roles.values())
    allowed = {decision for role in exercise.roles.values() for decision in role.decides}
    chosen = {one.label for one in spec.decisions if one.when.trigger == "chosen"}
    assert chosen == allowed  # nothing that may be chosen is nobody's
    assert len(exercise.objectives) >= 4 and exercise.injects is not None


def test_an_exercise_of_ones_own_is_written_and_played_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "our exercise.yaml"
    made = CliRunner().invoke(cli, ["new", "--exercise", str(file)])
    assert made.exit_code == 0 and "tideover exercise" in made.output
    assert (tmp_path / "our exercise-injects.csv").is_file()
    script = Script({2: ["2"], 3: ["3"]}, {2: [("store", "buy overseas")], 4: [("ministry", "open the reserve")]})
    check_played(file, script, tmp_path / "a.session")
    lines = (files("sim.scenario") / "exercise.yaml").read_text(encoding="utf-8").splitlines()
    assert sum("#" in line for line in lines) > len(lines) / 6  # it says what is what


def test_a_list_of_injects_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    injects = tmp_path / "mine-injects.csv"
    injects.write_text("mine", encoding="utf-8")
    made = CliRunner().invoke(cli, ["new", "--exercise", str(tmp_path / "mine.yaml")])
    assert made.exit_code and "mine-injects.csv" in str(made.exception)
    assert injects.read_text(encoding="utf-8") == "mine" and not (tmp_path / "mine.yaml").exists()
