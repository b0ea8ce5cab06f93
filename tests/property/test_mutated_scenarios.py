"""Whatever a planner's hand does to the starter, the answer is a valid scenario or problems with a place."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import given

import sim
from sim.errors import ScenarioError
from sim.scenario.reading.document import plain
from sim.scenario.reading.yaml_reader import read_yaml

STARTER = Path(sim.__file__).parent / "scenario" / "starter.yaml"
SCALARS = [
    None, True, False, 0, -1, 1.5, 10**9, 10**17, -(10**18), "", " ", "x", "é", "\x7f", "NO", "14d", "-3d", "0d",
    "999999999y", "0.000000001d", "0%", "100%", "250%", "2024-02-30", "2024-02-15", "0001-01-01", "9999-12-31", "1e3",
    ".inf", "nan", "column name", "column x", "all", "facilities", "maker", "store", "harbour", "clinic-a", "KE", "IN",
    "lognormal()", "lognormal(0d, 3d)", "lognormal(1d, 1d, 1d)", "uniform(5d, 1d)", "exponential(0d)", "geometric(1d)",
    "_remove_", "_replace_", "..", "a.b", "first_come", "a" * 3000,
]  # fmt: skip
"""Words and numbers that stand somewhere in a scenario, or nearly."""
SHAPES: list[Any] = [
    [], {}, [[]], [None], [{}], {"x": None}, {"": 1}, {"_replace_": True}, {"kind": "facility"}, {"kind": "x"},
    {"table": "x.csv"}, {"trigger": "announced"}, {"store": "50%", "clinic-a": "50%"}, {"distribution": "normal"},
]  # fmt: skip
KEYS = ["x", "name", "kind", "from", "until", "for", "at", "products", "size", "also", "1", "a.b", "extends", "network"]


def starter() -> dict[str, Any]:
    node, problems = read_yaml(STARTER)
    assert node is not None and not problems
    data: dict[str, Any] = plain(node)
    return data | {"end": "2024-02-01", "warm_up": "5d"}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value below the top."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield (*at, key)
        yield from places(child, (*at, key))


def value_at(data: Any, place: tuple[Any, ...]) -> Any:
    for part in place:
        data = data[part]
    return data


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    """The starter with up to three values dropped, renamed, doubled, taken from elsewhere, or made strange."""
    data = starter()
    for _ in range(draw(st.integers(1, 3))):
        ways = list(places(data))
        if not ways:
            break
        place = draw(st.sampled_from(ways))
        parent, last = value_at(data, place[:-1]), place[-1]
        deed = draw(st.sampled_from(["drop", "rename", "double", "take", "set", "set"]))
        if deed == "drop":
            del parent[last]
        elif deed == "rename" and isinstance(parent, dict):
            parent[draw(st.sampled_from([*KEYS, f"{last}s"]))] = parent.pop(last)
        elif deed == "double" and isinstance(parent, list):
            parent.append(copy.deepcopy(parent[last]))
        elif deed == "take":
            parent[last] = copy.deepcopy(value_at(data, draw(st.sampled_from(ways))))
        else:
            parent[last] = copy.deepcopy(draw(st.sampled_from(SCALARS) | st.sampled_from(SHAPES)))
    return data


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mutants")
    (folder / ".tideover").touch()
    return folder / "mutant.yaml"


@given(data=mutants())
def test_a_mutated_scenario_runs_or_is_refused(data: dict[str, Any], file: Path) -> None:
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    try:
        loaded = sim.validate(file)
    except ScenarioError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.line > 0 and problem.message, problem
        return
    days = (loaded.spec.until - loaded.spec.start).days + loaded.spec.warm_up
    if days <= 100:  # what is called valid must run as well
        assert sim.run(file, twin=False).metrics.overall


@given(text=st.text(max_size=200) | st.binary(max_size=200))
def test_any_file_at_all_is_refused_and_not_stumbled_over(text: str | bytes, file: Path) -> None:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    file.write_bytes(raw)
    with pytest.raises(ScenarioError):
        sim.validate(file)


@given(
    lines=st.lists(st.tuples(st.integers(0, 69), st.sampled_from(list(" :-{}[]&*!|>'\"%@`#,\t\n")), st.integers(0, 60)))
)
def test_slips_of_the_keyboard_are_refused_or_harmless(lines: list[tuple[int, str, int]], file: Path) -> None:
    written = STARTER.read_text(encoding="utf-8").splitlines()
    for number, sign, column in lines[:5]:
        line = written[number % len(written)]
        written[number % len(written)] = line[:column] + sign + line[column:]
    file.write_text("\n".join(written), encoding="utf-8")
    try:
        sim.validate(file)
    except ScenarioError as error:
        assert all(problem.line > 0 for problem in error.problems)
