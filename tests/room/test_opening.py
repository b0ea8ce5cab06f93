"""Which session a room plays: a new one, or the one that is there, and nobody else's at the same time."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import ScenarioError
from sim.room.opening import opened
from sim.room.serving import addresses, listen
from tests.tabletop.exercise import SCENARIO, written


def test_the_same_words_begin_a_session_and_go_on_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = written(tmp_path / "exercise")
    monkeypatch.chdir(tmp_path)
    with opened(scenario, None) as first:
        assert (first.file, first.resumed) == (Path("reports/small-exercise.session"), False)
        first.session.advance()
        with pytest.raises(ScenarioError, match="another room plays this session"), opened(scenario, None):
            pass
    with opened(scenario, None) as again:
        assert (again.resumed, again.session.turn) == (True, 2)
    for other in ({"strategy": "by-rule"}, {"overrides": {"seed": 7}}):
        with pytest.raises(ScenarioError, match="under another strategy"), opened(scenario, None, **other):  # type: ignore[arg-type]
            pass
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["small-exercise.session"]


def test_where_a_scenario_cannot_be_played_nothing_is_written(tmp_path: Path) -> None:
    scenario = written(tmp_path / "exercise", SCENARIO.replace("party: ministry, decides", "party: nobody, decides"))
    with pytest.raises(ScenarioError, match="nobody"), opened(scenario, tmp_path / "new" / "a.session"):
        pass
    assert not (tmp_path / "new").exists()


def test_an_address_that_cannot_be_served_is_told() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ScenarioError, match="nothing can be served here"):
            listen("127.0.0.1", port)
    with pytest.raises(ScenarioError, match="this is no address"):
        listen("my-laptop", 0)
    assert addresses("127.0.0.1", 8000) == ("http://127.0.0.1:8000/",)
    assert addresses("::1", 8000) == ("http://[::1]:8000/",)
    assert addresses("0.0.0.0", 8000)[-1] == "http://127.0.0.1:8000/"


def test_without_the_extra_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scenario = written(tmp_path / "exercise")
    for name in ("sim.room.room", "sim.room.serving"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["tideover", "exercise", str(scenario), "--session", str(tmp_path / "a.session")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2 and "pip install tideover[web]" in capsys.readouterr().err
    assert not (tmp_path / "a.session").exists()
