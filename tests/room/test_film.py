"""The film: one file that is stepped through by itself, of a session or of runs, and words for what is neither."""

from __future__ import annotations

import json
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.cli import main
from sim.room.film import LARGEST, MODULES, film
from sim.tabletop.session import Session
from tests.tabletop.exercise import begun, written


def data_of(page: str) -> dict[str, Any]:
    """What the page has in it."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A session of three turns with a branch, and words that are no markup."""
    found = begun(tmp_path_factory.mktemp("film"), "monday.session")
    found.decide("ministry", "order", 1, "</script><b>now</b>", id="a")
    found.fire("2")
    found.advance()
    found.advance()
    found.rewind(2, "First try")
    found.advance()
    return found


Asked = Callable[..., tuple[int, str]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asked:
    """The command line in this process: exit code, and all that it said."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def called(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["tideover", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out + told.err

    return called


def test_a_film_of_a_session_is_one_small_file_that_asks_for_nothing(session: Session) -> None:
    assert session.file is not None
    page = film(session.file)
    assert len(page.encode()) <= LARGEST
    assert not re.search(r"""(src|href)=["'](?!data:)|@import|url\((?!data:)|\bfetch\(|XMLHttp|WebSocket""", page)
    assert "default-src 'none'" in page and "</script><b>now" not in page
    data = data_of(page)
    assert [one["name"] for one in data["paths"]][:2] == ["Main", "Do nothing"]
    assert any("</script><b>now</b>" in said[2] for said in data["paths"][0]["said"])
    assert "monday.session" in data["made"] and "seed" in data["made"]


def test_names_of_the_pages_parts_do_not_meet() -> None:
    names: Counter[str] = Counter()
    for part in MODULES:
        text = (files("sim.room") / "pages" / part).read_text(encoding="utf-8")
        names.update(re.findall(r"^(?:export )?(?:const|let|function|async function) (\w+)", text, re.MULTILINE))
    assert [name for name, times in names.items() if times > 1] == []


def test_a_film_of_a_run_has_what_the_run_has_and_another_run_beside(tmp_path: Path, asked: Asked) -> None:
    file = written(tmp_path / "ex")
    for folder, more in (("a", []), ("b", ["--set", "seed=7"])):
        code, said = asked("run", file, "--out", tmp_path / folder, "--quiet", "--no-report", *more)
        assert code == 0, said
    out = tmp_path / "films" / "film.html"  # in a folder that is not there yet
    code, said = asked("film", tmp_path / "a", "--beside", tmp_path / "b", "--out", out)
    assert code == 0, said
    data = data_of(out.read_text(encoding="utf-8"))
    for path, folder in zip(data["paths"], ("a", "b"), strict=True):
        daily = pd.read_parquet(tmp_path / folder / "daily.parquet")
        served = daily[daily["kind"] == "facility"].groupby("product", observed=True)["unmet"].sum()
        assert dict(zip(data["products"], path["unmet"][-1], strict=True)) == served.to_dict()
    code, said = asked("film", tmp_path / "a", "--out", out)
    assert code == 2 and "is there already" in said


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder / "nothing", "there is no such folder or file"),
        (lambda folder: folder, "not the folder of a run"),
        (lambda folder: written(folder / "ex"), "this is no session"),
    ],
)
def test_what_is_no_run_and_no_session_is_told(
    tmp_path: Path, asked: Asked, make: Callable[[Path], Path], words: str
) -> None:
    code, said = asked("film", make(tmp_path), "--out", tmp_path / "film.html")
    assert code == 2 and words in said and not (tmp_path / "film.html").exists()


def test_a_run_whose_scenario_has_changed_is_told(tmp_path: Path, asked: Asked) -> None:
    file = written(tmp_path / "ex")
    assert asked("run", file, "--out", tmp_path / "a", "--quiet", "--no-report")[0] == 0
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("title:", "title: Another", 1), encoding="utf-8")
    code, said = asked("film", tmp_path / "a", "--out", tmp_path / "film.html")
    assert code == 2 and "another one since this run" in said
    file.unlink()
    code, said = asked("film", tmp_path / "a", "--out", tmp_path / "film.html")
    assert code == 2 and "is not there" in said
    (tmp_path / "a" / "manifest.json").write_text("{", encoding="utf-8")
    code, said = asked("film", tmp_path / "a", "--out", tmp_path / "film.html")
    assert code == 2 and "cannot be read" in said


def test_a_film_that_is_too_large_for_an_email_says_so(
    session: Session, asked: Asked, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also where no day can be left out any more: what people wrote is never cut."""
    monkeypatch.setattr("sim.room.film.LARGEST", 10_000)
    code, said = asked("film", str(session.file), "--out", str(tmp_path / "film.html"))
    assert code == 0 and "this is more than 0 MB" in said
