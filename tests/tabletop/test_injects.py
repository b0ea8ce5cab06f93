"""Lists of injects: what exercise people keep is read row by row, and what is written can be read again."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pytest

import sim
from sim.tabletop.inject_table import OF_SESSION, Imported, Played, injects_csv, read_injects, write_injects
from sim.tabletop.injects import Delivery, Span, Standing, StoryTime, parse_delivery
from sim.tabletop.table import Settings, Table
from tests.tabletop.exercise import INJECTS, SCENARIO, at, written

STORY = Span(dt.date(2027, 3, 1), 56, 7)
ROLES = {"ministry": "Ministry of health", "clinics": "The clinics"}


def read(path: Path, **more: object) -> Imported:
    return read_injects(path, STORY, ROLES, **more)  # type: ignore[arg-type]


def table(folder: Path, text: str, name: str = "list.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_list_with_our_columns_is_read(tmp_path: Path) -> None:
    found = read(table(tmp_path, INJECTS), objectives=["supply"])
    assert (found.rows, len(found.injects), found.left_out) == (6, 6, ())
    assert [one.number for one in found.injects] == ["1", "2", "3", "4", "5", "6"]
    first, second, third, *_, last = found.injects
    assert (first.story, first.objectives, first.sender) == (StoryTime(9, "2027-03-10"), ("supply",), "Driver")
    assert second.to == ("ministry",) and second.story == StoryTime(14, "turn 3")  # by the role's title
    assert third.delivery == Delivery(20) and third.to == ("all",)
    (event,) = last.disruptions(dt.date(2027, 3, 8))
    assert event == {
        "name": "inject 6: More patients", "from": "2027-03-10", "kind": "demand_surge", "at": "lake", "for": "9d",
        "factor": 1.5,
    }  # fmt: skip


def test_a_list_with_other_names_marks_and_a_title_column_elsewhere_is_read(tmp_path: Path) -> None:
    """As a controller keeps it in a workbook: numbers as numbers, a time of day, a date, columns that are not ours."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["MSEL No.", "Inject Time", "Scenario Date", "Event", "Inject", "Recipient(s)", "Owner"])
    sheet.append(
        [1, dt.time(10, 25), dt.datetime(2027, 3, 10), "The ban", "They let nobody over.", "the clinics", "Ann"]
    )
    sheet.append([None] * 7)
    sheet.append([2, None, None, "Rumour", "=1+1 is what they say", None, "Bo"])
    book.save(tmp_path / "msel.xlsx")
    with pytest.raises(sim.ScenarioError, match="a formula has no result yet"):
        read(tmp_path / "msel.xlsx")
    sheet["E4"] = "'Empty'"
    book.save(tmp_path / "msel.xlsx")
    found = read(tmp_path / "msel.xlsx")
    assert [(one.number, one.title) for one in found.injects] == [("1", "The ban"), ("2", "Rumour")]
    assert found.injects[0].delivery == Delivery(time=dt.time(10, 25)) and found.injects[0].to == ("clinics",)
    assert found.injects[0].story == StoryTime(9, "2027-03-10")
    assert "2 rows = 2 injects + 0 left out" in found.text()
    assert "'MSEL No.' is read as number" in found.text() and "'Owner' is not read" in found.text()
    with pytest.raises(sim.ScenarioError, match=r"no such sheet \(got 'Plan'\); expected one of Sheet"):
        read(tmp_path / "msel.xlsx", sheet="Plan")


def test_every_row_is_an_inject_or_told_as_left_out_with_its_reason(tmp_path: Path) -> None:
    rows = [
        "number;title;delivery;story time;type;to;objectives;condition;model",
        "1;Fine;;;;;;;",
        ";No number;;;;;;;",
        "2;;;;;;;;",
        "1;Once more;;;;;;;",
        "3;Late;25;;;;;;",
        "4;Before;;2027-02-28;;;;;",
        "5;Kind;;;usual;;;;",
        "6;Whom;;;;ministri;;;",
        "7;Why;;;;;suply;;",
        "8;If;;;;;;when it rains;",
        "9;What;;;;;;;{kind: ban",
        "10;Much;;;;;;;;;more",
        "11;After;;turn 9;;;;;",
        ";;;;;;;;",
    ]
    found = read(table(tmp_path, "\n".join(rows)), objectives=["supply"])
    assert found.rows == 13 == len(found.injects) + len(found.left_out)
    assert [one.number for one in found.injects] == ["1"]
    told = [(left.row, left.column, left.value) for left in found.left_out]
    assert told == [
        (3, "number", ""), (4, "title", ""), (5, "number", "1"), (6, "delivery", "25"), (7, "story time", "2027-02-28"),
        (8, "type", "usual"), (9, "to", "ministri"), (10, "objectives", "suply"), (11, "condition", "when it rains"),
        (12, "model", "{kind: ban"), (13, "", ""),
        (14, "story time", "turn 9"),
    ]  # fmt: skip
    reasons = " | ".join(left.reason for left in found.left_out)
    for words in (
        "an inject has a number", "stands on row 2 already", "a time of day such as 10:25",
        "which goes from 2027-03-01 to 2027-04-25",
        "one of adaptive, complexity, contingency, standard", "did you mean 'ministry'", "did you mean 'supply'",
        "a mapping as in a scenario", "there are 9 columns",
    ):  # fmt: skip
        assert words in reasons
    assert found.text().startswith(f"{found.shown}: 13 rows = 1 injects + 12 left out\n  row 3, column 'number'")


def test_columns_are_as_saved_and_a_name_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = table(tmp_path, "Ref,Heading,Heading 2\n7,One,Two\n")
    with pytest.raises(sim.ScenarioError) as caught:
        read(path)
    assert {problem.message for problem in caught.value.problems} == {
        "no column is the number", "no column is the title",
    }  # fmt: skip
    saved = {"number": "Ref", "title": "Heading 2"}
    found = read(path, columns=saved)
    assert [(one.number, one.title) for one in found.injects] == [("7", "Two")] and found.columns == saved
    with pytest.raises(sim.ScenarioError, match=r"the table has no column for title .*did you mean 'Heading'"):
        read(path, columns=saved | {"title": "Headin"})
    with pytest.raises(sim.ScenarioError, match=r"no such column of ours .*did you mean 'title'"):
        read(path, columns=saved | {"titel": "Heading"})
    with pytest.raises(sim.ScenarioError, match="two columns may be delivery: 'Time' and 'Start time'"):
        read(table(tmp_path, "No,Title,Time,Start time\n1,A,,\n"))


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_numbers_order_and_all_else_survive_being_written_and_read(tmp_path: Path, name: str) -> None:
    """On a fresh installation nothing but the file is known; texts that look like formulas, numbers or lists too."""
    rows = INJECTS.splitlines()
    more = ['007,"=SUM, ""said"" he",+0:05,day 3,complexity,,@home,"clinics, ministry","-1\nand – ü 中",+x,,,,']
    first = read(table(tmp_path, "\n".join([rows[0], *reversed(rows[1:]), *more])))
    assert not first.left_out and first.injects[-1].description == "-1\nand – ü 中"
    played = Played({"3": Standing("fired", 2, at(5), "facilitator")}, ["2027-03-01", "2027-03-08"], 7)
    write_injects(tmp_path / name, first.injects, played)
    again = read(tmp_path / name)
    assert again.injects == first.injects and not again.left_out and not again.ignored
    assert [one.number for one in again.injects] == ["6", "5", "4", "3", "2", "1", "007"]
    write_injects(tmp_path / f"again-{name}", again.injects, played)
    assert (tmp_path / f"again-{name}").read_bytes() == (tmp_path / name).read_bytes()


def test_an_exported_inject_says_when_by_whom_in_which_turn_and_under_which_seed_and_version(tmp_path: Path) -> None:
    first = read(table(tmp_path, INJECTS))
    played = Played({"3": Standing("fired", 2, at(5), "facilitator")}, ["2027-03-01", "2027-03-08"], 7)
    rows = {row["number"]: row for row in csv.DictReader(injects_csv(first.injects, played).splitlines())}
    told = [rows["3"][name] for name in OF_SESSION]
    when = at(5).isoformat(timespec="seconds")
    assert told == ["fired", when, "facilitator", "2", "2027-03-08", "7", sim.__version__]
    assert [rows["1"][name] for name in OF_SESSION] == ["waiting", "", "", "", "", "7", sim.__version__]


def test_a_file_that_is_no_list_is_told(tmp_path: Path) -> None:
    for content, message in ((b"", "the list is empty"), (b"number,title\n\xff\xfe,x\n", "is not UTF-8")):
        (tmp_path / "list.csv").write_bytes(content)
        with pytest.raises(sim.ScenarioError, match=message):
            read(tmp_path / "list.csv")
    with pytest.raises(sim.ScenarioError, match="the list cannot be read: No such file"):
        read(tmp_path / "none.csv")


def test_an_exercise_is_refused_with_all_that_is_wrong_with_its_injects(tmp_path: Path) -> None:
    rows = INJECTS.splitlines()
    bad = [
        '7,A strike,,,,,,,,,,,"{trigger: dayz, below: 2d}",',
        '8,A call,,,,,,,,,,,"{trigger: after_decision, decision: opne}",',
        '9,A sum,,,,,,,,,,,"{trigger: supplier_fill, below: 50%, days: 7d}",',
        '10,A flood,,,,,,,,,,,,"{kind: stock_loss, at: stor, share: 40%}"',
        '11,A bell,,,,,,,,,,,"{trigger: alarm, name: bell}",',
    ]
    path = written(tmp_path, injects="\n".join([*rows, *bad]) + "\n")
    with pytest.raises(sim.ScenarioError) as caught:
        Table(Settings(path))
    told = {problem.file: str(problem) for problem in caught.value.problems}
    assert "this is no condition" in told["injects.csv, inject 7"]
    assert "unknown decision (got 'opne')" in told["injects.csv, inject 8"]
    assert "looks back on past days" in told["injects.csv, inject 9"]
    assert "unknown site" in told["injects.csv, inject 10"] and "did you mean 'store'" in told["injects.csv, inject 10"]
    assert "unknown alarm" in told["injects.csv, inject 11"]
    with pytest.raises(sim.ScenarioError, match=r"injects.csv:8: .*no such role"):
        Table(Settings(written(tmp_path, injects=INJECTS + "7,To whom,,,,,,nobody,,,,,,\n")))


def test_names_of_an_exercise_that_are_not_the_scenarios_are_told_with_the_nearest(tmp_path: Path) -> None:
    text = SCENARIO.replace("party: ministry", "party: minstry").replace("[open, shut, order]", "[opn, shut, order]")
    text = text.replace("scripted: by-rule", "scripted: by-rul").replace("table: injects.csv", "table: inject.csv")
    with pytest.raises(sim.ScenarioError) as caught:
        sim.validate(written(tmp_path, text))
    told = " | ".join(f"{problem.line}: {problem}" for problem in caught.value.problems)
    for words in (
        "did you mean 'ministry'",
        "did you mean 'open'",
        "did you mean 'by-rule'",
        "did you mean 'injects.csv'",
    ):
        assert words in told
    for wrong, message in (
        ("zone: Europe/Pari", "no such time zone .*did you mean 'Europe/Paris'"),
        ("pace: clock", "a clock that paces the exercise moves the story"),
        ("story: {runs: real, times: 3}", "only a compressed story"),
    ):
        with pytest.raises(sim.ScenarioError, match=message):
            sim.validate(written(tmp_path, SCENARIO.replace("zone: Europe/Paris", wrong)))
    with pytest.raises(sim.ScenarioError, match="these are no bands; expected three durations"):
        sim.validate(written(tmp_path, SCENARIO.replace("bands: [2d, 4d", "bands: [2d, 2d")))
    for name in ("facilitator", "observer", "clock", "all"):
        with pytest.raises(sim.ScenarioError, match="this word has a meaning of its own"):
            sim.validate(written(tmp_path, SCENARIO.replace("    clinics: {title", f"    {name}: {{title")))
    with pytest.raises(sim.ScenarioError, match="this scenario has no exercise"):
        Table(Settings(written(tmp_path, SCENARIO[: SCENARIO.index("exercise:\n")])))


def test_times_are_read_as_exercise_people_write_them() -> None:
    same = {
        "10:25": ("10:25", "1025", "10:25:00", "10:25 AM", "10:25 a.m.", "1025 hrs"), "14:30": ("1430", "2:30 pm"),
        "00:05": ("12:05 AM", "0005"), "12:05": ("12:05 PM",),
        "+0:25": ("25 min", "25 mins", "25 Minutes", "+25", "T+25", "T + 0:25", "+0:25:00"),
        "+1:00": ("1 h", "1 hr", "1 hour", "60 min"),
    }  # fmt: skip
    for told, ways in same.items():
        assert {str(parse_delivery(way)) for way in ways} == {told}
    for wrong in ("25", "T25", "2560", "13:05 pm", "10:25 xm", "soon"):
        with pytest.raises(ValueError, match="a time of day such as 10:25"):
            parse_delivery(wrong)


def test_a_recipient_is_who_is_called_so_and_nobody_else(tmp_path: Path) -> None:
    """A name goes before another role's title, both before a word for all; a title that two have is asked about."""
    roles = {"ministry": "Health, Ministry", "clinics": "ministry", "everyone": "Store", "depot": "store"}
    rows = '1,a,ministry\n2,b,everyone\n3,c,Store\n4,d,"Health, Ministry; depot"\n5,e,"clinics, depot"\n6,f,all\n'
    (tmp_path / "a.csv").write_text(f"number,title,to\n{rows}", encoding="utf-8")
    found = read_injects(tmp_path / "a.csv", STORY, roles)
    assert [one.to for one in found.injects] == [
        ("ministry",), ("everyone",), ("ministry", "depot"), ("clinics", "depot"), ("all",),
    ]  # fmt: skip
    assert [str(left) for left in found.left_out] == [
        "row 4, column 'to': several roles are called this; expected one of depot, everyone (got 'Store')"
    ]
    odd = {"a, b": "a, b", "c": "c"}
    (tmp_path / "b.csv").write_text('number,title,to\n1,x,"a, b; c"\n2,y,"a, b"\n', encoding="utf-8")
    injects = read_injects(tmp_path / "b.csv", STORY, odd).injects
    assert [one.to for one in injects] == [("a, b", "c"), ("a, b",)]
    write_injects(tmp_path / "c.csv", injects)
    assert read_injects(tmp_path / "c.csv", STORY, odd).injects == injects
