"""Inputs of a few bytes that ask for much, and inputs of many bytes: refused by count, or read in memory in proportion.

Every case runs in a process of its own with a limit on its memory, which it must not need.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim.scenario.reading import tables
from sim.scenario.reading.table_files import MOST_ROWS, read_table
from sim.scenario.reading.yaml_reader import MOST_VALUES, parse_yaml
from sim.scenario.sites import MOST_SITES

MIB = 2**20
NETWORK = """
scenario: bounds
title: A store and two clinics
start: 2024-01-01
end: 2024-03-01
products: {kit: {unit: kit}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
warehouses: {store: {country: KE}}
facilities: {a: {country: KE, population: 1000}, b: {country: KE, population: 1000}}
lanes:
  - {from: maker, to: store, time: 1d}
  - {from: store, to: facilities, time: 1d}
demand: [{at: facilities, product: kit, per_day: 10}]
replenishment: [{at: [store, facilities], policy: base_stock, level: 14d}]
"""
SURGE = "{disruption: {kind: demand_surge, factor: 2}, lasts: 0.001h, happens: "
PROGRAM = """
import resource, sys
from pathlib import Path
import sim.api, sim.engine.compile.plan
from sim.errors import ScenarioError
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
sim.run(Path(sys.argv[1]).with_name("plain.yaml"))
before = peak()
try:
    sim.run(sys.argv[1])
    told = "fine"
except ScenarioError as error:
    told = str(error)
print(peak() - before)
print(told)
"""


def used(folder: Path, text: str) -> tuple[int, str]:
    """Bytes that a scenario takes on top of one like it without what is looked at, and what is told."""
    (folder / ".tideover").touch()
    (folder / "plain.yaml").write_text(NETWORK, encoding="utf-8")
    (folder / "much.yaml").write_text(text, encoding="utf-8")
    words = [sys.executable, "-c", PROGRAM, str(folder / "much.yaml")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    number, _, told = done.stdout.partition("\n")
    return int(number), told.strip()


def hazard(happens: str) -> str:
    return f"hazards: {{h: {SURGE}{happens}}}}}\n"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            "disruptions: [{kind: labour_absence, at: store, from: 2024-01-05, for: 40d, away: 50%, "
            "waves: 100000000000}]\n",
            "at most 1000",
        ),
        # 9e9 x 60 / 365 = 1,479,452,055
        (hazard("{process: arrivals, a_year: 9000000000}"), "strike about 1,479,452,055 times in 60 days"),
        (hazard("{process: arrivals, every: 0.001h}"), "strike about 1,440,000 times"),  # 60 x 24 x 1000
        (hazard("{process: up_down, up: 0.001h}"), "strike about 720,000 times"),  # 60 x 24 / 0.002
        (hazard("{process: arrivals, every: 'gamma(30d, 30000d)'}"), "struck more than 40,000 times"),
        (f"seed: {10**18}\n", "a whole number"),
    ],
)
def test_a_count_that_is_too_large_is_refused_at_once(more: str, told: str, tmp_path: Path) -> None:
    """The largest that is kept on the way are 400,000 shocks: an object, two floats and a place in a list, < 250 B."""
    memory, message = used(tmp_path, NETWORK + more)
    assert told in message
    assert memory < 400_000 * 250 + 20 * MIB


@pytest.mark.parametrize(("number", "told"), [(10_001, "at most 10000"), (10**10, "at most 10000"), (10_000, "fine")])
def test_very_many_vehicles_are_refused(number: int, told: str, tmp_path: Path) -> None:
    """Each has its own times: some numbers of 8 B."""
    vehicles = f"time: 1d, vehicles: {{carries: 9, number: {number}}}}}"
    memory, message = used(tmp_path, NETWORK.replace("time: 1d}", vehicles))
    assert told in message
    assert memory < 10_000 * 8 * 10 + 20 * MIB


@pytest.mark.parametrize(
    "more",
    [
        "disruptions: [{kind: labour_absence, at: store, from: 0001-01-05, until: 9999-01-01, away: 50%, waves: 1000, "
        "ramp: 36500d, ease: 36500d}]\n",
        "disruptions: [{kind: demand_surge, from: 0001-01-05, until: 9999-01-01, factor: 2, ramp: 36500d}]\n",
        "disruptions: [{kind: epidemic, arrives: {a: 0d}, r0: 2, items: {kit: 1}, from: 0001-01-05, "
        "until: 9999-01-01}]\n",
    ],
)
def test_dates_far_apart_take_little(more: str, tmp_path: Path) -> None:
    """2,023 years before the start are 739,000 days; a step, two floats in a tuple in a list, is 112 B; three times."""
    memory, message = used(tmp_path, NETWORK + more)
    assert message == "fine"
    assert memory < 3 * 112 * 739_000 + 20 * MIB


def test_patience_beyond_the_run_takes_no_more_than_the_run(tmp_path: Path) -> None:
    """A century would be 36,500 days x 2 clinics x 8 B = 584 kB; of 200,000 clinics 58 GB."""
    from sim.engine.compile.plan import compile_plan
    from sim.engine.day import World
    from sim.rng import Streams
    from sim.scenario.load import load

    (tmp_path / ".tideover").touch()
    path = tmp_path / "patience.yaml"
    path.write_text(NETWORK.replace("per_day: 10", "per_day: 10, shortage: backorder, patience: 36500d"))
    plan = compile_plan(load(path))
    world = World(plan, Streams(1, 0), "none", False, [])
    assert world.patients._waiting.shape == (60, 2)


@pytest.mark.parametrize(
    "text",
    [
        "x:\n" + "- 1\n" * 1_000_000,
        "x: [" + "1," * 2_000_000 + "]\n",
        "x: {" + ",".join(f"k{k}: 1" for k in range(400_000)) + "}\n",
        "x: [" + "[]," * 1_000_000 + "]\n",
    ],
    ids=["list", "flow", "mapping", "lists"],
)
def test_a_file_of_very_many_values_is_refused(text: str, tmp_path: Path) -> None:
    """The text itself is there as bytes and as text, and in the parser's buffers; nothing else in proportion."""
    memory, message = used(tmp_path, text)
    assert f"at most {MOST_VALUES:,} keys and values" in message
    assert memory < 8 * len(text) + 20 * MIB


def test_a_file_of_as_many_values_as_may_be_is_read() -> None:
    """A mapping, its key, its list and the numbers."""
    numbers = MOST_VALUES - 3
    for more in (0, 1):
        node, problems = parse_yaml("x:\n" + "- 1\n" * (numbers + more), Path("x.yaml"), "x.yaml")
        assert (node is None, len(problems)) == ((True, 1) if more else (False, 0))


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000 + "]" * 100_000,
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{chr(98 + k)}: &{chr(98 + k)} [{','.join(['*' + chr(97 + k)] * 9)}]\n" for k in range(9)),
    ],
    ids=["deep", "laughs"],
)
def test_deep_nesting_and_multiplied_aliases_are_refused(text: str, tmp_path: Path) -> None:
    """At most 100,000 repeated values, each our node and its mark, < 250 B."""
    memory, message = used(tmp_path, text)
    assert "nesting" in message or "nested" in message or "aliases" in message
    assert memory < 400_000 * 250 + 20 * MIB


def test_a_long_table_takes_memory_in_proportion(tmp_path: Path) -> None:
    """A row of four cells that occur before takes 4 x 8 + 8 B, lists grow by an eighth: < 50 B; 700,000 rows < 35 MB.

    Kept as texts, they took 370 B.
    """
    rows = 700_000
    (tmp_path / "series.csv").write_text("date,site,product,units\n" + "2024-01-01,a,kit,5\n" * rows, encoding="utf-8")
    program = (
        "import resource, sys; from pathlib import Path; from sim.scenario.reading.table_files import read_table;"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024; before = peak();"
        "table = read_table(Path(sys.argv[1])); print(peak() - before, len(table))"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "series.csv")]
    memory, length = map(int, subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())
    assert length == rows
    assert memory < 50 * rows + 10 * MIB


def test_a_table_that_is_too_long_is_refused_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.csv"
    path.write_text("name\n" + "".join(f"s{k}\n" for k in range(11)), encoding="utf-8")
    assert len(read_table(path, most=11)) == 11
    with pytest.raises(tables.ScenarioError, match=r"long.csv:12: the table is too long; expected at most 10 rows"):
        read_table(path, most=10)
    assert MOST_SITES < MOST_ROWS


def test_bad_rows_are_counted_and_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n" + "1\n" * 1000, encoding="utf-8")
    with pytest.raises(tables.ScenarioError) as caught:
        read_table(path)
    assert len(caught.value.problems) == 20 + 1  # twenty rows, and how many more
    assert "ragged.csv:22: (and 980 more rows)" in str(caught.value)
