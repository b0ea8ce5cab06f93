"""A fact sheet becomes a crisis: every row is used or told, and nothing is written before that."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
import yaml
from click.testing import CliRunner

from sim.cli import cli
from sim.errors import ScenarioError
from sim.scenario.crisis import crisis_text, example, observed_text
from sim.scenario.facts import KINDS, read_facts
from sim.scenario.load import load
from tests.cli.calls import tideover

HEAD = "date,until,kind,what,how much,asked,source,quality\n"


def sheet(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "sheet.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


GOOD = "2024-03-04,2024-05-20,outage,plant stops,80%,,Notice,press"
DECIMALS = [",,supplier share,x,45.5%,,A,", ",,usual stock,x,12.5d to 20d,,A,",
            "2024-03-04,2024-05-20,used,x,-8.5%,1204,A,peer reviewed"]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        ("2024-03-04,,outrage,x,80%,,A,", "kind", "did you mean 'outage'"),
        ("4/3/2024,,outage,x,80%,,A,", "date", "year-month-day"),
        (",,outage,x,80%,,A,", "date", "there is no date"),
        ("2024-03-04,2024-02-04,outage,x,80%,,A,", "until", "before its date"),
        ("2204-03-04,,outage,x,80%,,A,", "date", "far from the other dates"),
        ("2024-03-04,2204-03-05,outage,x,80%,,A,", "until", "far from the other dates"),
        ("2024-03-04,,outage,x,80,,A,", "how much", "80%"),
        ("2024-03-04,,outage,x,120%,,A,", "how much", "between 0% and 100%"),
        ("2024-03-04,,outage,x,,,A,", "how much", "there is no figure"),
        ("2024-03-04,,outage,x,0%,,A,", "how much", "above 0%"),
        ("2024-03-04,,surge,x,0%,,A,", "how much", "up or down"),
        ("2024-03-04,,outage,,80%,,A,", "what", "a few words"),
        ("2024-03-04,,outage,x,80%,,,", "source", "where it was read"),
        ("2024-03-04,,low stock,x,80%,,A,", "how much", "54% under 10d"),
        ("2024-03-04,,low stock,x,80% under 0d,,A,", "how much", "at least one day"),
        ("2024-03-04,,low stock,x,80% under 7d,some,A,", "asked", "a whole number"),
        ("2024-03-04,,used,x,-10%,,A,", "until", "needs its last"),
        ("2024-03-04,2024-04-04,used,x,-110%,,A,", "how much", "-100% at least"),
        ("2024-03-04,,outage,x,80%,,A,rumour", "quality", "one of official"),
        (",,supplier share,x,0.05%,,A,", "how much", "0.1% to 99.9%"),
        (GOOD.replace("press", "official"), "what", "told already on line 2"),
        (",,supplier share,x,100%,,A,", "how much", "0.1% to 99.9%"),
        (",,usual stock,x,20d to 10d,,A,", "how much", "lowest to the highest"),
        (",,usual stock,x,20,,A,", "how much", "such as 18d"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_by_row_column_value_and_reason(
    row: str, column: str, told: str, tmp_path: Path
) -> None:
    found = read_facts(sheet(tmp_path, GOOD, GOOD.replace("plant", "other plant"), row))
    assert [fact.what for fact in found.facts] == ["plant stops", "other plant stops"]
    (problem,) = found.left_out
    assert problem.line == 4
    assert f"column '{column}'" in problem.message
    assert told in str(problem)
    assert found.counted.endswith("3 rows in: 2 used, 1 left out")


def test_two_rows_of_the_same_figure_are_not_both_used(tmp_path: Path) -> None:
    points = ["2024-03-04,,low stock,x,20% under 7d,90,A,", "2024-03-04,,low stock,y,30% under 7d,80,B,"]
    shares = [",,supplier share,x,20%,,A,", ",,supplier share,x,30%,,A,"]
    found = read_facts(sheet(tmp_path, *points, *shares))
    assert [problem.line for problem in found.left_out] == [3, 5]
    assert all("on line" in problem.message for problem in found.left_out)


def test_a_column_that_no_fact_has_is_told(tmp_path: Path) -> None:
    path = sheet(tmp_path, GOOD)
    path.write_text(path.read_text(encoding="utf-8").replace("quality", "qualty"), encoding="utf-8")
    found = read_facts(path)
    assert found.unread == ("qualty",)
    assert found.facts[0].quality == "other"


def test_a_row_of_hashtags_counts_among_those_left_out(tmp_path: Path) -> None:
    found = read_facts(sheet(tmp_path, "#date,,#kind,#what,#value,,#source,", GOOD))
    assert [problem.line for problem in found.left_out] == [2]
    assert found.counted.endswith("2 rows in: 1 used, 1 left out")


def test_a_sheet_without_a_single_fact_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no row of this sheet can be used"):
        read_facts(sheet(tmp_path, "soon,,outage,x,80%,,A,"))


def test_facts_stand_in_the_scenario_with_their_dates_shares_and_sources(tmp_path: Path) -> None:
    rows = [
        ",,supplier share,half the market,40%,,Bulletin,official", ",,usual stock,stock,10d to 20d,,Bulletin,official",
        "2024-03-04,2024-05-20,outage,plant: stops,75%,,https://example.org/a,press",
        "2024-03-08,,allocation,plant stops,60%,,assumed,", "2024-03-20,2024-04-20,surge,epidemic,+30%,,C,official",
        "2024-04-01,,low stock,short,35% under 7d,118,D,official", "2024-05-01,2024-05-31,used,use,-18%,,E,official",
    ]  # fmt: skip
    found = read_facts(sheet(tmp_path, *rows))
    data = yaml.safe_load(crisis_text(found, "a crisis", "points.csv"))
    outage, surge = data["disruptions"]
    assert (outage["capacity"], outage["from"], outage["until"]) == ("25%", dt.date(2024, 3, 4), dt.date(2024, 5, 21))
    assert surge["factor"] == 1.3
    (allocation,) = data["decisions"]
    assert (allocation["share"], allocation["until"]) == ("60%", data["end"])  # no last day: to the end of the run
    assert data["sourcing"][0]["from"]["affected-maker"] == "40%"
    assert data["replenishment"][0]["level"] == "uniform(12d, 22d) over sites"  # and 2 days on the way
    low, used = data["observed"]
    assert low["naive"] == {
        "share": "40%", "cut": "75%", "from": dt.date(2024, 3, 4), "until": dt.date(2024, 5, 21), "usual": 15,
    }  # fmt: skip
    assert used["told_as"] == "change"
    sources = {key: entry["title"] for key, entry in data["sources"].items()}
    told = {path: (sources[entry["source"]], entry["status"]) for path, entry in data["evidence"].items()}
    assert told["disruptions.plant stops.from"] == ("https://example.org/a", "reported")
    assert told["disruptions.plant stops.capacity"] == ("https://example.org/a", "derived")
    assert told["decisions.plant stops (2024-03-08).share"] == ("assumed", "assumed")
    assert observed_text(found).splitlines()[1:] == [
        "low-stock-7d-asked,2024-04-01,2024-04-01,35,118,short,D,official",
        "used,2024-05-01,2024-05-31,-18,,use,E,official",
    ]


def test_every_kind_of_fact_makes_a_scenario_that_is_valid(tmp_path: Path) -> None:
    rows = [
        ",,supplier share,x,40%,,A,", ",,usual stock,x,18d,,A,", "2024-03-04,,outage,x,30%,,A,",
        "2024-03-04,,ban,x.y,60%,,A,",
        "2024-03-04,2024-03-10,closure,x,50%,,A,", "2024-03-04,,surge,x,-30%,,A,", "2024-03-04,,allocation,x,0%,,A,",
        "2024-03-04,,low stock,x,30% under 7.5d,,A,", "2024-03-04,,low stock,x,30% under 7.5d,90,A,",
        "2024-03-04,2024-03-10,filled,x,60%,80,A,", "2024-03-04,2024-03-10,used,x,-10%,,A,",
    ]  # fmt: skip
    found = read_facts(sheet(tmp_path, *rows))
    assert {fact.kind for fact in found.facts} == set(KINDS)
    (tmp_path / "all.yaml").write_text(crisis_text(found, "all", "points.csv"), encoding="utf-8")
    (tmp_path / "points.csv").write_text(observed_text(found), encoding="utf-8")
    spec = load(tmp_path / "all.yaml").spec
    assert len(spec.disruptions) == 4
    assert len({one.label for one in (*spec.disruptions, *spec.decisions)}) == 5
    assert [one.name for one in spec.observed] == ["filled-asked", "low-stock-7-5d", "low-stock-7-5d-asked", "used"]


def test_a_sheet_is_read_however_its_names_and_figures_are_written(tmp_path: Path) -> None:
    """Other order, capitals, underscores and hyphens; a comma for decimals, which leaves semicolons between cells; a
    mark between thousands in a count."""
    same = read_facts(sheet(tmp_path, *DECIMALS)).facts
    path = tmp_path / "other.csv"
    path.write_text(
        "Source;KIND;How_Much;Date;Until;What;Asked;Quality\n"
        "A;Supplier-Share;45,5 %;;;x;;\nA;usual_stock;12,5D to 20 days;;;x;;\n"
        "A;Used;-8,5%;2024-03-04;2024-05-20;x;1.204;Peer-Reviewed\n", encoding="utf-8-sig",
    )  # fmt: skip
    assert read_facts(path).facts == same
    assert same[2].asked == 1204


def test_a_source_is_as_good_as_its_least_and_use_is_no_share_of_those_asked(tmp_path: Path) -> None:
    """Signs of less as Word writes them; a change in use, told by 80 who were asked, has no error of a share."""
    days = ["2024-03-04,2024-03-31", "2024-04-01,2024-04-30"]
    rows = [f"{days[0]},used,x,−6%,80,A,official", f"{days[1]},used,x,–14%,80,A,press", GOOD]
    found = read_facts(sheet(tmp_path, *rows))
    assert [fact.value for fact in found.facts] == pytest.approx([-6, -14, 80])
    data = yaml.safe_load(crisis_text(found, "x", "points.csv"))
    assert [(one["name"], "of" in one) for one in data["observed"]] == [("used-asked", False)]
    assert [(one["title"], one["quality"]) for one in data["sources"].values()] == [("A", "press"), ("Notice", "press")]


def test_the_smallest_and_largest_share_make_scenarios_that_are_valid(tmp_path: Path) -> None:
    for share in (0.1, 99.9):
        found = read_facts(sheet(tmp_path, f",,supplier share,x,{share}%,,A,"))
        (tmp_path / "x.yaml").write_text(crisis_text(found, "x", "points.csv"), encoding="utf-8")
        shares = load(tmp_path / "x.yaml").spec.sourcing[0].from_
        assert isinstance(shares, dict) and shares["affected-maker"] == pytest.approx(share / 100)


def test_the_sheet_that_is_meant_can_be_named_and_what_is_written_can_be_run(tmp_path: Path) -> None:
    """The cover comes first; shares are cells of Excel in percent, of which one has three decimals. Nothing was
    observed, so that nothing can be replayed."""
    book = openpyxl.Workbook()
    cover, page = book.active, book.create_sheet("Facts")
    assert cover is not None
    cover.append(["Our crisis"])
    page.append(HEAD.strip().split(","))
    for row, share in enumerate((0.8, 0.12345), 2):
        page.append([dt.date(2024, 3, row), None, "outage", f"plant {row}", share, None, "Notice", "press"])
        page.cell(row, 5).number_format = "0.0%"
    book.save(tmp_path / "sheet.xlsx")
    call = ["new", str(tmp_path / "x.yaml"), "--crisis", "--facts", str(tmp_path / "sheet.xlsx")]
    done = CliRunner().invoke(cli, call)
    assert "by 'sheet': Facts" in str(done.exception)
    assert not (tmp_path / "x.yaml").exists()
    done = CliRunner().invoke(cli, [*call, "--sheet", "Facts"])
    assert "2 rows in: 2 used, 0 left out" in done.output
    assert "Run it with: tideover run" in done.output
    assert [fact.value for fact in read_facts(tmp_path / "sheet.xlsx", "Facts").facts] == [80, 12.345]
    assert CliRunner().invoke(cli, ["new", "y", "--sheet", "Facts"]).exit_code == 2


def test_a_workbook_is_read_as_the_same_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(HEAD.strip().split(","))
    page.append(
        [dt.datetime(2024, 3, 4), dt.datetime(2024, 5, 20), "Outage", "plant stops", "80%", None, "Notice", "press"]
    )
    book.save(tmp_path / "sheet.xlsx")
    (fact,) = read_facts(tmp_path / "sheet.xlsx").facts
    (same,) = read_facts(sheet(tmp_path, GOOD)).facts
    assert fact == same


def test_the_form_has_twelve_facts_and_its_crisis_is_valid_as_written(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["new", str(tmp_path / "flood.yaml"), "--crisis"])
    assert done.exit_code == 0, done.output
    assert "12 rows in: 12 used, 0 left out" in done.output
    assert (tmp_path / "flood-facts.csv").read_text(encoding="utf-8") == example()
    loaded = load(tmp_path / "flood.yaml")
    assert loaded.spec.scenario == "flood"
    assert sum(len(points) for points in loaded.observed.values()) == 7


def test_nothing_is_written_where_a_file_is_there_or_a_sheet_cannot_be_used(tmp_path: Path) -> None:
    sheet(tmp_path, "soon,,outage,x,80%,,A,")
    call = ["new", "flood.yaml", "--crisis", "--facts", "sheet.csv"]
    done = tideover(*call, cwd=tmp_path)
    assert done.returncode == 2
    assert "year-month-day" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.csv"]
    (tmp_path / "flood-observed.csv").write_text("mine", encoding="utf-8")
    sheet(tmp_path, GOOD)
    call = [word if word in ("new", "--crisis", "--facts") else str(tmp_path / word) for word in call]
    done = CliRunner().invoke(cli, call)
    assert "there is a file of this name already" in str(done.exception)
    assert {path.name for path in tmp_path.iterdir()} == {"sheet.csv", "flood-observed.csv"}
