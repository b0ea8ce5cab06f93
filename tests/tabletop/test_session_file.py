"""The file of a session: whole at all times, read back as it was, and told in words where it is another one."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

import sim
from sim.errors import WriteError
from sim.output import files
from sim.tabletop.course import digest
from sim.tabletop.replay import replay
from sim.tabletop.session import Session
from sim.tabletop.session_file import open_session
from tests.tabletop.exercise import at, begun


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Session:
    session = begun(tmp_path_factory.mktemp("kept") / "ex", "a.session", seed=7)
    session.set_clock("start", at(0))
    session.advance(at=at(10))
    session.decide("ministry", "order", 2, "the ban, «soon»", id="a", at=at(11))
    session.fire("6", at=at(12))
    session.advance(at=at(20))
    session.decide("clinics", "less", 3, id="half typed", at=at(21))
    return session


def file_of(session: Session) -> Path:
    assert session.file is not None
    return session.file


def copy(session: Session, folder: Path, text: str | None = None) -> Path:
    """The session's file in a folder of its own, with its scenario beside it."""
    for one in file_of(session).parent.iterdir():
        (folder / one.name).write_bytes(one.read_bytes())
    if text is not None:
        (folder / "a.session").write_text(text, encoding="utf-8")
    return folder / "a.session"


def wrong(path: Path) -> str:
    with pytest.raises(sim.ScenarioError) as caught:
        open_session(path)
    return str(caught.value)


def test_a_session_is_read_back_as_it_stood(kept: Session) -> None:
    """With what had been handed in and did not count yet, on the seed that was set."""
    again = open_session(file_of(kept))
    assert again.entries == kept.entries and again.place == kept.place
    assert digest(again.begun) == digest(kept.begun)
    assert again.table.begun.running.plan.seed == 7
    roles = ("ministry", "clinics", "facilitator", "observer")
    assert [again.view(role, at(22)) for role in roles] == [kept.view(role, at(22)) for role in roles]


def test_a_session_goes_on_after_the_machine_was_off_and_the_time_does_not_count(kept: Session, tmp_path: Path) -> None:
    """Written last at minute 21; switched on an hour later. Five minutes after going on, 26 have run."""
    again = open_session(copy(kept, tmp_path), at=at(81))
    assert again.clock.status == "paused"
    assert again.reading(at(81)).elapsed == dt.timedelta(minutes=21)
    again.set_clock("resume", at(85))
    assert again.reading(at(90)).elapsed == dt.timedelta(minutes=26)
    again.advance(at=at(90))
    assert open_session(tmp_path / "a.session").turn == 4


def test_a_new_session_is_not_written_over_another(kept: Session) -> None:
    with pytest.raises(sim.ScenarioError, match=r"a.session: this file is there already; expected another file"):
        Session.begin(kept.table.settings, kept.file)


def test_a_file_that_cannot_be_written_leaves_session_and_file_as_they_were(
    kept: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_session(copy(kept, tmp_path))
    before, text = session.entries, (tmp_path / "a.session").read_bytes()

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "sync", full)
    with pytest.raises(WriteError, match="cannot write here: No space left"):
        session.advance()
    assert session.entries == before and session.turn == 3
    assert (tmp_path / "a.session").read_bytes() == text and len(list(tmp_path.iterdir())) == 3
    monkeypatch.undo()
    session.advance()
    assert session.turn == 4


def test_a_file_that_is_cut_off_foreign_or_changed_is_told_in_words(kept: Session, tmp_path: Path) -> None:
    text = file_of(kept).read_text(encoding="utf-8")
    for found, message in (
        (text[: len(text) // 2], "the session is cut off, or was changed by hand"),
        (text.replace("the ban", "the bun"), "the session was changed since Tideover wrote it"),
        ("scenario: small\n", "this is no session"),
        ("{}", "this is no session"),
        ('{"format": "tideover-session"', "the session is cut off"),
        (text.replace('"version": 1', '"version": 2'), "written by a newer version of Tideover (got 2)"),
        (text.replace('"version": 1', '"version": "x"'), "written by another version of Tideover"),
    ):
        told = wrong(copy(kept, tmp_path, found))
        assert told.startswith(str(tmp_path / "a.session")) and message in told, told
    (tmp_path / "a.session").write_bytes(b"\xff\xfe\x00\x01")
    assert "it is no text" in wrong(tmp_path / "a.session")
    assert "cannot be read: No such file" in wrong(tmp_path / "none.session")
    assert "cannot be read" in wrong(tmp_path)


def test_a_log_of_entries_that_are_none_is_told_though_its_seal_fits(kept: Session, tmp_path: Path) -> None:
    from sim.tabletop import session_file

    data = json.loads(file_of(kept).read_text(encoding="utf-8"))
    data.pop("seal")
    for entry in ({"do": "fly"}, 3, {"do": "fire", "at": None, "by": "facilitator", "what": {}},
                  {"do": "fire", "at": "noon", "by": "facilitator", "what": {"inject": "1"}}):  # fmt: skip
        bad = data | {"log": [entry]}
        path = copy(kept, tmp_path, json.dumps(bad | {"seal": session_file._seal(bad)}))
        assert "entry 1 of the log is none" in wrong(path)
    by = {"at": None, "by": "facilitator"}
    step = by | {"do": "advance", "what": {"day": 7, "ready": [], "digest": ""}}
    for log in ([by | {"do": "switch", "what": {"name": "x"}}], [by | {"do": "fire", "what": {"inject": "99"}}],
                [step, step], [step | {"what": {"day": 99, "ready": [], "digest": ""}}],
                [by | {"do": "rewind", "what": {"turn": 9, "keep": "x"}}],
                [by | {"do": "decide", "what": {"id": "a", "decision": "open", "reason": ""}}]):  # fmt: skip
        bad = data | {"log": log}
        path = copy(kept, tmp_path, json.dumps(bad | {"seal": session_file._seal(bad)}))
        assert "the log of this session does not hold together" in wrong(path)
    for key in ("scenario", "log", "strategy"):
        bad = data | {key: 3}
        path = copy(kept, tmp_path, json.dumps(bad | {"seal": session_file._seal(bad)}))
        assert "was changed since Tideover wrote it" in wrong(path)


def test_a_scenario_that_was_changed_or_moved_is_told(kept: Session, tmp_path: Path) -> None:
    path = copy(kept, tmp_path)
    scenario = tmp_path / "small-exercise.yaml"
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(text.replace("per_day: 20", "per_day: 21"), encoding="utf-8")
    assert "was changed since the session was played" in wrong(path)
    scenario.write_text(text, encoding="utf-8")
    table = tmp_path / "injects.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("A wedding.", "A feast."), encoding="utf-8")
    assert "or a table that it names, was changed" in wrong(path)
    scenario.unlink()
    assert "the scenario of this session is not there (got 'small-exercise.yaml')" in wrong(path)
    assert open_session(path, scenario=kept.table.settings.path).turn == 3


def test_a_replay_gives_every_turn_of_every_branch_as_recorded(kept: Session, tmp_path: Path) -> None:
    session = open_session(copy(kept, tmp_path))
    session.rewind(2, "First try")
    session.advance()
    found = replay(tmp_path / "a.session")
    assert not found.differs and "Every turn of every branch gives the figures that were recorded." in found.text()
    assert [line.name for line in found.lines] == ["Main", "Do nothing", "Scripted policy", "First try"]


def test_a_replay_that_gives_other_figures_says_in_which_turns(kept: Session, tmp_path: Path) -> None:
    """As under a version of Tideover with other results: here the record is another one, of turn 3 of the branch."""
    from sim.tabletop import session_file

    data = json.loads(file_of(kept).read_text(encoding="utf-8"))
    data.pop("seal")
    entry = [one for one in data["log"] if one["do"] == "advance"][1]
    entry["what"]["digest"] = "0" * 32
    path = copy(kept, tmp_path, json.dumps(data | {"seal": session_file._seal(data)}))
    assert replay(path).differs == ("branch Main, turn 3 (2027-03-15): this is not what was recorded",)
