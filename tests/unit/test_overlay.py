"""How a scenario is put together from files, strategies and overrides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.errors import PlaceError, ScenarioError
from sim.scenario.overlay import gather, parse, project_root, read
from sim.scenario.reading.document import Document, Override

BASE = """\
scenario: base
reserves:
  regional:
    size: 90d
    held_at: {a: 60%, b: 40%}
disruptions:
  - {name: north-cove, kind: port_closure, for: 14d}
  - {kind: export_ban, country: NO, for: 45d}
products:
  v1.5: {cost: 2}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    (tmp_path / ".tideover").touch()

    def file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return file


Write = Callable[..., Path]


def faults(path: Path, strategy: str | None = None, overrides: dict[str, Any] | None = None) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read(path, strategy, overrides or {})
    return [str(p).replace(str(path.parent) + "/", "") for p in caught.value.problems]


def with_strategies(write: Write, strategies: str) -> Path:
    return write("s.yaml", BASE + "strategies:\n" + strategies)


def test_a_child_file_wins_and_what_it_overrides_is_recorded(write: Write) -> None:
    write("base.yaml", BASE)
    child = write(
        "sub/child.yaml",
        "extends: ../base.yaml\nscenario: child\nreserves:\n  regional: {size: 30d, own: x}\n",
    )
    document = read(child)
    assert document.data["reserves"]["regional"] == {
        "size": "30d",
        "held_at": {"a": "60%", "b": "40%"},
        "own": "x",
    }
    assert document.overrides == [Override("reserves.regional.size", "90d", "30d", "sub/child.yaml")]
    assert [f.name for f in document.files] == ["child.yaml", "base.yaml"]
    assert "extends" not in document.data


def test_lists_are_replaced_and_replace_replaces_a_mapping(write: Write) -> None:
    write("base.yaml", BASE)
    child = write(
        "child.yaml",
        "extends: base.yaml\ndisruptions: []\nreserves: {regional: {held_at: {_replace_: true, c: 100%}}}\n",
    )
    data = read(child).data
    assert data["disruptions"] == []
    assert data["reserves"]["regional"] == {"size": "90d", "held_at": {"c": "100%"}}


def test_a_child_removes_a_key_of_its_parent(write: Write) -> None:
    write("base.yaml", BASE)
    child = write("child.yaml", "extends: base.yaml\nreserves: _remove_\nproduct: _remove_\n")
    document, problems = gather(parse(child))
    assert document is not None
    assert "reserves" not in document.data
    assert [p.message for p in problems] == ["there is no 'product' to remove"]


def test_the_network_lies_under_the_scenario_and_the_childs_network_wins(write: Write) -> None:
    write("net/one.yaml", "ports: {one: {cost: 1}}\nseed: 1\n")
    write("net/two.yaml", "ports: {two: {cost: 1}}\nseed: 2\n")
    write("base.yaml", "network: net/one.yaml\nports: {two: {cost: 5}}\n")
    assert read(write("a.yaml", "extends: base.yaml\n")).data == {
        "ports": {"one": {"cost": 1}, "two": {"cost": 5}},
        "seed": 1,
    }
    child = read(write("b.yaml", "extends: base.yaml\nnetwork: net/two.yaml\n"))
    assert child.data == {"ports": {"two": {"cost": 5}}, "seed": 2}


def test_marks_lead_to_the_file_and_line_of_each_value(write: Write) -> None:
    base = write("lib/base.yaml", BASE)
    child = write("child.yaml", "extends: lib/base.yaml\nreserves:\n  regional:\n    size: 30d\n")
    document = read(child)
    size, held = (
        document.mark(("reserves", "regional", "size")),
        document.mark(("reserves", "regional", "held_at", "a")),
    )
    assert (size.file, size.line) == (child, 4)
    assert (held.file, held.line) == (base, 5)
    assert document.mark(("reserves", "regional", "nothing", 3)).line == 3
    assert document.mark().file == child
    assert document.relative_to(("disruptions", 0, "for")) == base.parent
    problem = document.problem(("disruptions", 0, "for"), "too long", "14d", "less")
    assert str(problem).endswith("lib/base.yaml:7: too long (got '14d'); expected less")


def test_a_strategy_sets_values_by_dotted_path_index_and_name(write: Write) -> None:
    path = with_strategies(
        write,
        "  none: {reserves.regional.size: 0d}\n"
        "  more:\n"
        "    disruptions.north-cove.for: 1d\n"
        "    disruptions.1.for: 2d\n"
        "    reserves: {national: {size: 5d}, regional.held_at: {b: 10%}}\n"
        "    products.v1.5.cost: 3\n",
    )
    assert read(path).data["reserves"]["regional"]["size"] == "90d"
    assert read(path, "none").data["reserves"]["regional"]["size"] == "0d"
    document = read(path, "more")
    assert [d["for"] for d in document.data["disruptions"]] == ["1d", "2d"]
    assert document.data["reserves"]["national"] == {"size": "5d"}
    assert document.data["reserves"]["regional"]["held_at"] == {"a": "60%", "b": "10%"}
    assert document.data["products"] == {"v1.5": {"cost": 3}}
    assert document.overrides == [
        Override("disruptions.north-cove.for", "14d", "1d", "more"),
        Override("disruptions.1.for", "45d", "2d", "more"),
        Override("reserves.national", None, {"size": "5d"}, "more"),
        Override("reserves.regional.held_at.b", "40%", "10%", "more"),
        Override("products.v1.5.cost", 2, 3, "more"),
    ]
    assert document.mark(("disruptions", 1, "for")).line == 15
    assert list(document.strategies) == ["none", "more"]
    assert document.strategy == "more"


def test_removals_count_entries_as_they_were(write: Write) -> None:
    path = with_strategies(
        write,
        "  calm: {disruptions.0: _remove_, disruptions.1: _remove_, reserves.regional.size: _remove_}\n",
    )
    data = read(path, "calm").data
    assert data["disruptions"] == []
    assert data["reserves"] == {"regional": {"held_at": {"a": "60%", "b": "40%"}}}


def test_strategies_combine_and_equal_values_agree(write: Write) -> None:
    path = with_strategies(
        write,
        "  a: {reserves.regional.size: 1d}\n"
        "  b: {reserves: {regional: {size: 1d}}, disruptions.0.for: 3d}\n"
        "  both: {also: [a, b], disruptions.1.for: 4d}\n",
    )
    document = read(path, "both")
    assert document.data["reserves"]["regional"]["size"] == "1d"
    assert [d["for"] for d in document.data["disruptions"]] == ["3d", "4d"]
    assert [o.by for o in document.overrides] == ["a", "b", "both"]


@pytest.mark.parametrize(
    "second",
    [
        "reserves.regional.size: 2d",
        "reserves.regional: _remove_",
        "reserves: {_replace_: true, x: {size: 1d}}",
    ],
)
def test_two_strategies_that_differ_on_a_value_are_an_error_naming_both(write: Write, second: str) -> None:
    path = with_strategies(write, f"  a: {{reserves.regional.size: 1d}}\n  b: {{{second}}}\n  both: {{also: [a, b]}}\n")
    (message,) = faults(path)
    assert "'a'" in message
    assert "'b'" in message
    assert "differently" in message
    assert message.startswith("s.yaml:1")


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("reserves.regionl.size: 0d", "no such key in 'reserves' (got 'regionl'); did you mean 'regional'?"),
        (
            "reserve.regional.size: 0d",
            "no such key in the scenario (got 'reserve'); did you mean 'reserves'?",
        ),
        ("disruptions.north-cov.for: 0d", "(got 'north-cov'); did you mean 'north-cove'?"),
        ("disruptions.2.for: 0d", "no such entry in 'disruptions', which has 2 (got '2')"),
        ("disruptions.2: {}", "no such entry in 'disruptions', which has 2 (got '2')"),
        ("disruptions.-1.for: 0d", "no such entry in 'disruptions'"),
        ("scenario.x: 1", "'scenario' is a single value and has no parts"),
        ("a..b: 1", "a path has no empty parts"),
        ("reserves.national: _remove_", "there is nothing to remove (got 'national')"),
        ("network: other.yaml", "'network' can only stand in a scenario file"),
        ("also: [nobody]", "takes in a strategy that is not there (got 'nobody')"),
        ("also: x", "circle: x -> x"),
    ],
)
def test_a_strategy_that_leads_nowhere_is_told_even_when_not_chosen(write: Write, strategy: str, message: str) -> None:
    (found,) = faults(with_strategies(write, f"  x: {{{strategy}}}\n"))
    assert found.startswith("s.yaml:12: ")
    assert message in found


def test_many_combinations_of_combinations_are_quick(write: Write) -> None:
    lines = ["  s0: {reserves.regional.size: 1d}"]
    lines += [f"  s{i}: {{also: [s{i - 1}, s{i - 2 if i > 1 else 0}]}}" for i in range(1, 40)]
    path = with_strategies(write, "\n".join(lines) + "\n")
    assert read(path, "s39").data["reserves"]["regional"]["size"] == "1d"


def test_an_unknown_strategy_names_those_there_are(write: Write) -> None:
    path = with_strategies(write, "  none: {}\n  national:\n")
    assert faults(path, "nationl") == [
        "s.yaml:11: there is no such strategy (got 'nationl'); expected one of none, national; did you mean 'national'?"
    ]
    assert read(path, "national").data["scenario"] == "base"


def test_overrides_come_last(write: Write) -> None:
    path = with_strategies(write, "  a: {reserves.regional.size: 1d}\n")
    document = read(path, "a", {"reserves.regional.size": "7d", "reserves.regional.held_at": {"b": "5%"}})
    assert document.data["reserves"]["regional"] == {"size": "7d", "held_at": {"a": "60%", "b": "5%"}}
    assert document.overrides[1] == Override("reserves.regional.size", "1d", "7d", "override")
    place = ("reserves", "regional", "size")
    assert str(document.problem(place, "bad")) == "override 'reserves.regional.size': bad"
    assert document.relative_to(place) == path.parent


def test_a_wrong_override_is_told_with_the_nearest_name(write: Write) -> None:
    (found,) = faults(write("s.yaml", BASE), None, {"reserves.regionl.size": "1d"})
    assert found == (
        "override 'reserves.regionl.size': there is no such key in 'reserves' (got 'regionl'); did you mean 'regional'?"
    )
    (found,) = faults(write("s.yaml", BASE), None, {"disruptions.0.for": "1d", "disruptions.north-cove.for": "2d"})
    assert "two overrides set 'disruptions.north-cove.for' differently: '1d' and '2d'" in found


@pytest.mark.parametrize("key", ["extends", "network"])
def test_references_stay_inside_the_project(write: Write, tmp_path: Path, key: str) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.yaml"
    outside.write_text("a: 1\n")
    (tmp_path / "link.yaml").symlink_to(outside)
    write("near.yaml", "a: 1\n")
    for reference, message in {
        f"../{outside.name}": "leads out of the project's folder",
        "link.yaml": "leads out of the project's folder",
        str(outside): "is an absolute path",
        "C:/x.yaml": "is an absolute path",
        "~/x.yaml": "is an absolute path",
        "naer.yaml": "is not there; did you mean 'near.yaml'?",
        "nowhere/near.yaml": "there is no folder",
        ".": "is a folder, not a file",
        "''": "is not the name of a file",
        "[near.yaml]": "names no file",
        "x" * 5000: "is not",
    }.items():
        (found,) = faults(write("s.yaml", f"b: 1\n{key}: {reference}\n"))
        assert found.startswith("s.yaml:2: ")
        assert message in found


def test_files_in_a_circle_or_too_deep_are_refused(write: Write) -> None:
    write("a.yaml", "extends: b.yaml\n")
    b = write("b.yaml", "network: c.yaml\nextends: a.yaml\n")
    write("c.yaml", "network: b.yaml\n")
    assert any("in a circle: b.yaml -> a.yaml -> b.yaml" in text for text in faults(b))
    for i in range(30):
        write(f"d{i}.yaml", f"extends: d{i + 1}.yaml\n")
    (found,) = faults(write("d.yaml", "extends: d0.yaml\n"))
    assert "more than 16 files build on one another" in found


def test_faults_of_all_files_are_told_at_once(write: Write) -> None:
    write("base.yaml", "a: 1\na: 2\n")
    path = write("s.yaml", "extends: base.yaml\nnetwork: none.yaml\nb: 1\nb: 2\nstrategies: {x: {c.d: 1}, y: 3}\n")
    assert len(faults(path, "z", {"e.f": 1})) == 7
    document, problems = gather(parse(path), "z", {"e.f": 1})
    assert document is not None
    assert document.data == {"a": 1, "b": 1}
    assert len(problems) == 7


def test_the_root_is_the_nearest_folder_that_looks_like_a_project(tmp_path: Path) -> None:
    scenario = tmp_path / "p" / "scenarios" / "crises" / "s.yaml"
    scenario.parent.mkdir(parents=True)
    scenario.write_text("a: 1\n")
    assert project_root(scenario) == tmp_path / "p"
    (tmp_path / "p" / "scenarios" / "pyproject.toml").touch()
    assert project_root(scenario) == tmp_path / "p" / "scenarios"


def test_a_file_named_by_a_value_is_found_from_where_the_value_stands(write: Write) -> None:
    table = write("data/sites.csv", "a\n1\n")
    write("lib/base.yaml", "facilities: {table: ../data/sites.csv}\nother: {table: ../data/site.csv}\n")
    document: Document = read(write("s.yaml", "extends: lib/base.yaml\n"))
    assert document.file_at(("facilities", "table")) == table
    with pytest.raises(PlaceError, match=r"did you mean 'sites\.csv'"):
        document.file_at(("other", "table"))
    with pytest.raises(PlaceError, match="names no file"):
        document.file_at(("other",))


def test_a_null_byte_or_a_missing_scenario_is_a_problem(tmp_path: Path) -> None:
    for name in ("nothing.yaml", "a\0b.yaml", "x" * 5000):
        with pytest.raises(ScenarioError):
            read(tmp_path / name)


def test_a_whole_disruption_of_a_new_name_is_added(write: Write) -> None:
    """By a strategy or an override, behind those that are there; positions stay what they were."""
    strategy = "disruptions.strike: {kind: site_outage, at: a}, disruptions.0: _remove_, disruptions.1.for: 3d"
    path = with_strategies(write, f"  more: {{{strategy}}}\n")
    added = {"disruptions.a flood. twice": {"kind": "port_closure"}, "disruptions.strike": {"kind": "site_outage"}}
    document = read(path, "more", {"disruptions.flood": {"kind": "x"}})
    assert [d.get("name") for d in document.data["disruptions"]] == [None, "strike", "flood"]
    assert document.data["disruptions"][0]["for"] == "3d"
    assert document.data["disruptions"][1] == {"name": "strike", "kind": "site_outage", "at": "a"}
    assert [(o.path, o.old) for o in document.overrides][-1] == ("disruptions.flood", None)
    names = [d.get("name") for d in read(path, None, added).data["disruptions"]]
    assert names == ["north-cove", None, "a flood. twice", "strike"]
    known = read(path, None, {"disruptions.north-cove": {"kind": "port_closure", "for": "1d"}})
    assert len(known.data["disruptions"]) == 2


def test_disruptions_are_added_where_there_are_none(write: Write) -> None:
    for without in ("scenario: calm\n", "scenario: calm\ndisruptions:\n", "scenario: calm\ndisruptions: []\n"):
        path = write("calm.yaml", without)
        data = read(path, None, {"disruptions.a": {"kind": "x"}, "disruptions.b": {"kind": "y"}}).data
        assert data["disruptions"] == [{"name": "a", "kind": "x"}, {"name": "b", "kind": "y"}]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"disruptions.strike": {"for": "3d"}}, "there is no such entry in 'disruptions', which has 2 (got 'strike')"),
        ({"disruptions.strike.for": "3d"}, "there is no such entry in 'disruptions', which has 2 (got 'strike')"),
        ({"disruptions.7": {"kind": "strike"}}, "there is no such entry in 'disruptions', which has 2 (got '7')"),
        ({"disruptions.strike": "3d"}, "there is no such entry in 'disruptions'"),
        ({"lanes.x": {"kind": "sea"}}, "there is no such key in the scenario (got 'lanes')"),
    ],
)
def test_what_is_no_whole_disruption_is_a_name_that_leads_nowhere(
    write: Write, overrides: dict[str, Any], message: str
) -> None:
    assert message in faults(write("s.yaml", BASE), None, overrides)[0]


def test_two_that_add_one_name_differently_are_an_error(write: Write) -> None:
    one, two = (f"{{disruptions.x: {{kind: site_outage, for: {days}d}}}}" for days in (1, 2))
    assert "differently" in faults(with_strategies(write, f"  a: {one}\n  b: {two}\n  both: {{also: [a, b]}}\n"))[0]
