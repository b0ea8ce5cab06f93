"""`replay-session` and `read-injects`: what they print, what they write, and how they end."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import __version__
from sim.cli import main
from sim.tabletop import session_file
from sim.tabletop.reading_in import Offer, use
from tests.tabletop.exercise import INJECTS, begun, written

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """The command line in this process: exit code, what it printed, what it said on stderr."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def called(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tideover", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return called


def test_a_session_is_replayed_and_written_as_a_scenario(call: Call, tmp_path: Path) -> None:
    session = begun(tmp_path / "ex", "a.session")
    session.decide("ministry", "order", 1, id="a")
    session.fire("6")
    session.advance()
    code, out, err = call("replay-session", session.file)
    assert (code, err) == (0, "")
    assert "branch Main, turn 2, 2027-03-08\n1 decisions counted; injects fired: 6\n" in out
    assert out.endswith("Every turn of every branch gives the figures that were recorded.\n")
    played = tmp_path / "ex" / "played.yaml"
    code, out, err = call("replay-session", session.file, "--as-scenario", played)
    assert code == 0 and out.endswith(f"Run it with: tideover run {played} --strategy played\n")
    assert call("validate", played)[0] == 0
    code, _, err = call("replay-session", session.file, "--as-scenario", played)
    assert code == 2 and "is there already" in err
    assert call("replay-session", session.file, "--as-scenario", tmp_path / "x.txt")[0] == 2
    assert call("replay-session", session.file, "--injects", tmp_path / "x.txt")[0] == 2
    code, out, _ = call("replay-session", session.file, "--injects", tmp_path / "what.csv")
    assert code == 0 and out.endswith(f"6 injects: {tmp_path / 'what.csv'}\n")
    rows = (tmp_path / "what.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[1].endswith(f",waiting,,,,,1,{__version__}")
    assert rows[6].endswith(f",fired,,facilitator,1,2027-03-01,1,{__version__}")


def test_papers_of_a_session_have_the_injects_that_were_read_in_for_it(call: Call, tmp_path: Path) -> None:
    session = begun(tmp_path / "ex", "a.session")
    use(session, Offer("mine.csv", b"number,title\nB-2,A strike at the works\n"), 0)
    file = tmp_path / "ex" / "small-exercise.yaml"
    code, _, err = call("papers", file, "--session", session.file, "--out", tmp_path / "papers")
    assert (code, err) == (0, "")
    printed = (tmp_path / "papers" / "papers.html").read_text(encoding="utf-8")
    assert "A strike at the works" in printed and "Lorries turned back" not in printed
    code, _, err = call("papers", file, "--session", session.file, "--strategy", "none", "--out", tmp_path / "x")
    assert code == 2 and "a session has a strategy of its own" in err and not (tmp_path / "x").exists()


def test_validate_looks_at_the_injects_too(call: Call, tmp_path: Path) -> None:
    assert call("validate", written(tmp_path))[0] == 0
    code, _, err = call("validate", written(tmp_path, injects=INJECTS + "7,To whom,,,,,,nobody,,,,,,\n"))
    assert code == 2 and "injects.csv:8: no such role" in err and "Traceback" not in err


def test_a_session_that_is_none_or_differs_ends_with_its_own_code(call: Call, tmp_path: Path) -> None:
    session = begun(tmp_path / "ex", "a.session")
    session.advance()
    assert session.file is not None
    data = json.loads(session.file.read_text(encoding="utf-8"))
    data.pop("seal")
    data["log"][0]["what"]["digest"] = "0" * 32
    session.file.write_text(json.dumps(data | {"seal": session_file._seal(data)}), encoding="utf-8")
    code, out, err = call("replay-session", session.file)
    assert code == 1 and "turn 2 (2027-03-08): this is not what was recorded" in err
    assert "figures that were recorded" not in out
    for file, words in ((tmp_path / "ex" / "small-exercise.yaml", "this is no session"), (tmp_path / "no", "No such")):
        code, _, err = call("replay-session", file)
        assert code == 2 and words in err and "Traceback" not in err


def test_a_list_of_injects_is_read_and_nothing_is_written_while_rows_are_left_out(call: Call, tmp_path: Path) -> None:
    file, table, out_file = written(tmp_path / "ex"), tmp_path / "msel.csv", tmp_path / "out.xlsx"
    table.write_text("Ref,Headline\n1,One\n,Two\n", encoding="utf-8")
    columns = ("--column", "number=Ref", "--column", "title=Headline", "--out", out_file)
    code, out, err = call("read-injects", file, table, *columns)
    assert code == 2 and "2 rows = 1 injects + 1 left out\n  row 3, column 'number': an inject has a number\n" in out
    assert f"{table}:3: an inject has a number" in err and not out_file.exists()
    code, out, _ = call("read-injects", file, table, *columns, "--leave-out")
    assert code == 0 and out.endswith(f"1 injects: {out_file}\n") and out_file.exists()
    assert "To keep them, write under injects: columns: {number: 'Ref', title: 'Headline'}\n" in out
    assert call("read-injects", file, out_file)[:2] == (
        0,
        f"{out_file}, sheet 'injects': 1 rows = 1 injects + 0 left out\n",
    )
    for words, told in (
        (("--column", "title"), "is not OURS=THEIRS"), (("--out", tmp_path / "x.doc"), "neither in .csv nor"),
        ((), "no column is the number"),
    ):  # fmt: skip
        code, _, err = call("read-injects", file, table, *words)
        assert code == 2 and told in err
    table.write_text(INJECTS, encoding="utf-8")
    assert call("read-injects", file, table)[0] == 0
