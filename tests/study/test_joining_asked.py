"""How the question of joining is asked: what is refused, by a command and in a study, and what a brief has of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from sim import ask
from sim.cli import cli
from sim.errors import ScenarioError
from sim.study.design.design import read_study
from tests.property.running import plain_data
from tests.textbook.test_joining import BORROWING, TEN_SHORT, Spec, world


def refused(tmp_path: Path, spec: Spec, **asked: Any) -> list[str]:
    """What is said of a question that cannot be asked; nothing is left behind."""
    path = tmp_path / "hand.yaml"
    path.write_text(yaml.safe_dump(plain_data(spec), sort_keys=False), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        ask.joining(path, **{"pool": "union", "workers": 1, "out": tmp_path / "out"} | asked)
    assert not (tmp_path / "out").exists()
    return [str(problem) for problem in caught.value.problems]


def test_all_that_is_wrong_is_told_at_once_with_the_nearest_name(tmp_path: Path) -> None:
    spec = world(TEN_SHORT, BORROWING)
    told = refused(tmp_path, spec, pairs="al", defector="aa", since="2001-02-30")
    assert len(told) == 3
    assert any(
        line.startswith("pairs: there is no such choice (got al)") and "did you mean 'all'" in line for line in told
    )
    assert any(line.startswith("defector: this is no member of 'union' (got aa)") for line in told)
    assert any(line.startswith("since: ") for line in told)
    (line,) = refused(tmp_path, spec, pool="unoin", since="2002-01-01")
    assert "there is no such pool (got 'unoin')" in line
    assert "did you mean 'union'" in line
    assert "this is not within the scenario" in refused(tmp_path, spec, since="2002-01-01")[0]


def test_a_pool_that_holds_nothing_together_is_told_in_words(tmp_path: Path) -> None:
    without = world(TEN_SHORT, {"size": 20})
    assert "no reserve of which two of its members have a claim" in refused(tmp_path, without)[0]
    assert "no party has a claim on this reserve" in refused(tmp_path, without, pool="joint")[0]
    lonely = world(TEN_SHORT, {"size": 20, "claims": {"a": "100%"}})
    assert "a pool of one" in refused(tmp_path, lonely, pool="joint")[0]
    lonely["parties"]["union"]["members"] = ["a"]
    assert "a pool of one" in refused(tmp_path, lonely)[0]
    unpaid = {"contributions": {"a": {"made": "no"}, "b": {"made": "no"}}}
    assert "nobody contributes anything" in refused(tmp_path, world(TEN_SHORT, BORROWING | unpaid))[0]
    apart = world(TEN_SHORT, BORROWING) | {"apart": {"pool": "union"}}
    assert "taken apart already" in refused(tmp_path, apart)[0]


def test_a_defector_that_could_keep_nothing_is_refused_where_it_is_named(tmp_path: Path) -> None:
    """The store is nobody's, and clinics hold nothing for others."""
    (line,) = refused(tmp_path, world(TEN_SHORT, BORROWING), defector="a")
    assert line.startswith("defector: there is nothing that it could keep from others (got a)")


def test_a_strategy_of_the_broken_word_is_another_one_and_its_defector_named(tmp_path: Path) -> None:
    spec = world(TEN_SHORT, BORROWING) | {"strategies": {"kept": {"reserves": {}}}}
    (line,) = refused(tmp_path, spec, broken="kpet", defector="b")
    assert line.startswith("broken: no such strategy (got kpet)") and "did you mean 'kept'" in line
    told = refused(tmp_path, spec, broken="kept", strategy="kept", since="2001-01-02")
    assert [line.split(":")[0] for line in told] == ["broken", "defector", "since"]
    assert "who breaks its word under 'kept' is not named" in told[1] and "a, b" in told[1]


def test_a_wrong_pool_ends_the_command_with_code_2_and_the_option(tmp_path: Path) -> None:
    path = tmp_path / "hand.yaml"
    path.write_text(yaml.safe_dump(plain_data(world(TEN_SHORT, BORROWING))), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        CliRunner().invoke(cli, ["joining", str(path), "--pool", "unoin", "--pairs", "few"], catch_exceptions=False)
    assert {problem.file for problem in caught.value.problems} == {"--pool", "--pairs"}


KEPT = {"kind": "defection", "party": "b", "keeps": ["reserves"], "from": "2001-01-01", "until": "2001-01-21"}


def study(tmp_path: Path, joining: Spec) -> Path:
    (tmp_path / "hand.yaml").write_text(
        yaml.safe_dump(plain_data(world(TEN_SHORT, BORROWING, days=20))), encoding="utf-8"
    )
    asked = {
        "study": "worth-it", "title": "Is it worth it", "scenarios": ["hand.yaml"], "replications": 2, "twin": False,
        "strategies": [
            {"name": "apart", "set": {"apart": {"pool": "union"}}}, {"name": "pooled"},
            {"name": "kept", "title": "Kept", "what": "b lends nothing.", "set": {"disruptions": [KEPT]}},
        ],
        "end_is_enough": "It is reckoned by hand.", "joining": joining,
    }  # fmt: skip
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(asked, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("joining", "told"),
    [
        ({"pool": "unoin"}, "did you mean 'union'"),
        ({"pool": "union", "defector": "bb"}, "this is no member of 'union'"),
        ({"pool": "union", "strategy": "poled"}, "did you mean 'pooled'"),
        ({"pool": "union", "strategy": "apart"}, "taken apart already under 'apart'"),
        ({"pool": "union", "defector": "b", "broken": "kpet"}, "did you mean 'kept'"),
        ({"pool": "union", "broken": "kept"}, "who breaks its word under it is not named"),
        ({"pool": "union", "defector": "b", "broken": "pooled"}, "under which all keep their word"),
    ],
)
def test_what_a_study_asks_of_no_pool_is_told_with_its_line(tmp_path: Path, joining: Spec, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_study(study(tmp_path, joining))
    (problem,) = caught.value.problems
    assert told in str(problem)
    assert problem.line


def test_a_brief_has_a_page_on_who_gains_and_who_loses_by_joining(tmp_path: Path) -> None:
    """Twenty days of 5 are 100: a and b have 10 and 30, and the reserve 20. The pool is that of the second strategy, as
    under the first it is apart; a, who borrows b's 10, gains by it, and not where b lends nothing. Told before are two
    runs each of three strategies of the study, and of alone, in the pool and betrayed. Nothing is uncertain."""
    told: list[str] = []
    asked = {"pool": "union", "defector": "b", "broken": "kept"}
    found = ask.brief(study(tmp_path, asked), tmp_path / "out", workers=1, announce=told.append)
    assert [line.split(". ")[0] for line in told] == ["12 runs: 6 for the study and 6 on joining"]
    assert found.joined is not None
    assert found.joined.of("pool")["a"]["verdict"] == "gains"
    page = found.html.read_text(encoding="utf-8")
    assert "page 3 of 3" in page
    section = page[page.index("Who gains and who loses by joining") :]
    assert "pooled, beside the same where every member stays alone" in section
    assert "10 fewer" in section
    assert "What is tried as a broken word: &#39;Kept&#39;. b lends nothing." in section
    assert "If b breaks its word, boxes short: a 10 more." in section
    ways = pd.read_csv(tmp_path / "out" / "joining" / "ways.csv", keep_default_na=False)
    kept = "{kind: defection, party: b, keeps: [reserves], from: 2001-01-01, until: 2001-01-21}"
    assert ways["set"].tolist() == ["apart={pool: union}", "", f"disruptions=[{kept}]"]
    assert (tmp_path / "out" / "joining" / "joining.html").exists()
    assert found.document.stat().st_size > 10_000
