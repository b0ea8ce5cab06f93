"""Time to survive against its closed form, single points of failure, and the risk register."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from sim.cli import cli
from sim.metrics.resilience import time_to_survive
from sim.study.ask.knockouts import StressedNode, Use, nodes_of
from sim.study.ask.stress import Sweep, sweep_nodes
from sim.study.run import cutting
from sim.study.run import replicate as conducting
from sim.study.run.bench import Bench, Subject, read_subject
from sim.study.run.executors import Crew
from sim.study.run.store import Store
from sim.study.run.task import Task, run_task
from tests.study.conftest import contents, runs_of

CHAIN = """
scenario: chain
title: Two makers, a harbour, a store, two clinics
start: 2001-01-01
end: 2001-07-01
warm_up: 45d
products: {kit: {unit: kit}, cup: {unit: cup}}
suppliers:
  maker: {country: IN, makes: {kit: {}}}
  potter: {country: KE, makes: {cup: {}}}
  other: {country: KE, makes: {cup: {}}}
ports: {harbour: {country: KE}}
warehouses: {store: {country: KE}}
facilities: {clinic: {country: KE}, post: {country: KE}}
lanes:
  - {from: maker, to: harbour, mode: sea, time: LEADd}
  - {from: harbour, to: store, time: 1d}
  - {from: store, to: facilities, time: 1d}
  - {from: potter, to: facilities, time: 2d}
  - {from: other, to: facilities, time: 2d}
sourcing:
  - {at: facilities, products: [cup], from: {potter: 50%, other: 50%}}
demand:
  - {at: facilities, product: kit, per_day: 10, distribution: deterministic}
  - {at: facilities, product: cup, per_day: 4, distribution: deterministic}
replenishment:
  - {at: facilities, policy: base_stock, level: 5d}
  - {at: store, policy: base_stock, level: LEVELd}
"""


def chain(folder: Path, lead: int = 9, level: int = 40) -> Subject:
    path = folder / "chain.yaml"
    path.write_text(CHAIN.replace("LEAD", str(lead)).replace("LEVEL", str(level)), encoding="utf-8")
    return read_subject(path)


def register(folder: Path, lead: int = 9, level: int = 40, **asked: object) -> pd.DataFrame:
    subject = chain(folder, lead, level)
    sweep = Sweep(**({"longest": 60, "usual": 50, "durations": (10,)} | asked))  # type: ignore[arg-type]
    store = Store(folder / "kept")
    store.mark("{}")
    with Crew(1) as crew:
        found = sweep_nodes(subject, nodes_of(subject.plan.network), sweep, Bench(crew, store, 1))
    assert not found.failures
    return found.table


def row(table: pd.DataFrame, kind: str, name: str, product: str = "kit") -> pd.Series:
    mine = table[(table["kind"] == kind) & (table["node"] == name) & (table["product"] == product)]
    assert len(mine) == 1
    return mine.iloc[0]


@pytest.mark.parametrize(("lead", "level"), [(9, 40), (9, 25), (3, 30)])
def test_time_to_survive_is_stock_over_demand(tmp_path: Path, lead: int, level: int) -> None:
    table = register(tmp_path, lead, level, first=7)
    # base stock is on hand and under way (lead time of lead + 1 days for the store, 1 for the clinics); what is under
    # way arrives as before, so that a maker that is out for D days leaves a gap of D days, met from what is on hand
    on_hand = 20 * (level - lead - 1) + 20 * (5 - 1)
    expected = time_to_survive(on_hand, 20)
    maker = row(table, "supplier", "maker")
    assert maker["tts"] == expected
    assert maker["exposed"] == (expected < 50)
    assert maker["units_short"] == max(0, 50 * 20 - on_hand)
    assert maker["more_days"] == max(0, 50 - expected)
    # what leaves the maker as it restarts is with the clinics `lead` and two days later, the first day without shortage
    assert maker["back_after"] == 50 + lead + 2
    assert row(table, "country", "IN")["tts"] == expected
    assert row(table, "warehouse", "store")["tts"] == 4


def test_the_register_knows_single_points_of_failure(tmp_path: Path) -> None:
    table = register(tmp_path)
    assert row(table, "supplier", "maker")["cut_off"] == 2
    assert row(table, "port", "harbour")["cut_off"] == 2
    assert row(table, "supplier", "potter", "cup")["cut_off"] == 0
    assert row(table, "supplier", "potter", "kit")["survives_longest"]
    assert not row(table, "supplier", "potter", "kit")["exposed"]
    order = table["units_short"][table["exposed"]].tolist()
    assert order == sorted(order, reverse=True) and table["exposed"].is_monotonic_decreasing


def test_times_to_recover_are_those_given(tmp_path: Path) -> None:
    table = register(tmp_path, recover={"maker": 10, "port harbour": 45})
    assert row(table, "supplier", "maker")["ttr"] == 10 and not row(table, "supplier", "maker")["exposed"]
    assert row(table, "port", "harbour")["ttr"] == 45 and row(table, "port", "harbour")["exposed"]
    assert row(table, "country", "IN")["ttr"] == 50
    assert row(table, "supplier", "maker")["back_after"] == 0
    with pytest.raises(ValueError, match="does not fit"):
        register(tmp_path, longest=400)


def test_only_nodes_that_goods_pass_are_knocked_out(tmp_path: Path) -> None:
    network = chain(tmp_path).plan.network
    names = {str(node) for node in nodes_of(network)}
    assert {"supplier maker", "port harbour", "warehouse store", "country IN", "lane maker > harbour"} <= names
    assert "country KE" not in names and "lane store > clinic" not in names
    assert "lane store > clinic" in {str(node) for node in nodes_of(network, last_mile=True)}
    assert len(Use(network).cut_off(StressedNode("lane", "store > clinic"))) == 1


def test_the_command_writes_the_register(tmp_path: Path) -> None:
    chain(tmp_path)
    call = ["stress", str(tmp_path / "chain.yaml"), "--longest", "30d", "--recover", "20d", "--recover", "maker=10d",
            "-n", "1", "-w", "1", "-o", str(tmp_path / "out")]  # fmt: skip
    done = CliRunner().invoke(cli, call)
    assert done.exit_code == 0, done.output
    found = pd.read_csv(tmp_path / "out" / "register.csv")
    assert row(found, "supplier", "maker")["ttr"] == 10
    page = (tmp_path / "out" / "register.html").read_text(encoding="utf-8")
    assert "harbour" in page and "http://" not in page.replace("http://www.w3.org", "")
    wrong = CliRunner().invoke(cli, [*call, "--recover", "makr=10d"])
    assert "did you mean 'maker'" in str(wrong.exception)
    kind = CliRunner().invoke(cli, [*call, "--recover", "soon"])
    assert "a duration such as" in str(kind.exception)


def call_stress(folder: Path, out: str, workers: int = 1) -> Any:
    call = ["stress", str(folder / "chain.yaml"), "--longest", "30d", "--recover", "25d", "-n", "2",
            "-w", str(workers), "-o", str(folder / out)]  # fmt: skip
    return CliRunner().invoke(cli, call)


def kept(folder: Path) -> dict[str, bytes]:
    """The answers of a sweep, without the batches they rest on."""
    return {name: content for name, content in contents(folder).items() if not name.startswith("unfinished")}


def work_with(monkeypatch: pytest.MonkeyPatch, work: Any) -> None:
    """Let every replication go through `work`, one of a few cases a task."""
    monkeypatch.setattr(cutting, "TASK_SECONDS", 0.0)
    monkeypatch.setattr(conducting.replicate, "__defaults__", (None, work))


@pytest.mark.slow
def test_an_interrupted_sweep_goes_on_and_leaves_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = chain(tmp_path, level=25).file  # stock for 19 days
    path.write_text(path.read_text(encoding="utf-8").replace("distribution: deterministic", "distribution: poisson"))
    assert call_stress(tmp_path, "alone").exit_code == 0
    assert call_stress(tmp_path, "pair", 2).exit_code == 0
    ran: list[tuple[str, int]] = []
    stops = [1, 10, 20]

    def counted(task: Task) -> Any:
        if stops and len(ran) >= stops[0]:
            stops.pop(0)
            raise KeyboardInterrupt
        ran.extend(runs_of(task))
        return run_task(task)

    work_with(monkeypatch, counted)
    for _ in range(3):
        cut = call_stress(tmp_path, "cut")
        assert cut.exit_code == 130 and "the same command goes on from there" in cut.output
        assert not (tmp_path / "cut" / "register.csv").exists()
    end = call_stress(tmp_path, "cut")
    assert end.exit_code == 0, end.output
    assert len(ran) == len(set(ran)) > 20, "what is finished is not done again"
    assert kept(tmp_path / "alone") == kept(tmp_path / "pair") == kept(tmp_path / "cut")
    count = len(ran)
    assert call_stress(tmp_path, "cut").exit_code == 0 and len(ran) == count


@pytest.mark.slow
def test_a_node_that_cannot_be_tried_costs_itself_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain(tmp_path, level=25)
    whole = call_stress(tmp_path, "whole")
    assert whole.exit_code == 0, whole.output

    def fails(task: Task) -> Any:
        named = any(case.labels[2].startswith("port harbour out for 25") for case in task.cases)
        if named and task.first <= 1 < task.first + task.count:
            raise RuntimeError("no luck")
        return run_task(task)

    work_with(monkeypatch, fails)
    done = call_stress(tmp_path, "out")
    assert done.exit_code == 1
    assert "port harbour out for 25 days, replication 1: RuntimeError: no luck" in done.output
    assert "1 replication failed" in done.output
    found, full = (pd.read_csv(tmp_path / name / "register.csv") for name in ("out", "whole"))
    assert set(full["node"]) - set(found["node"]) == {"harbour"}
    others = full[full["node"] != "harbour"].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, others)
    assert "no luck" in (tmp_path / "out" / "register.html").read_text(encoding="utf-8")
    monkeypatch.undo()
    again = call_stress(tmp_path, "out")
    assert again.exit_code == 0 and kept(tmp_path / "out") == kept(tmp_path / "whole")


def test_where_nothing_runs_nothing_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain(tmp_path)

    def fails(task: Task) -> Any:
        raise RuntimeError("no luck at all")

    work_with(monkeypatch, fails)
    done = call_stress(tmp_path, "out")
    assert done.exit_code == 1 and "nothing out, replication 0: RuntimeError: no luck at all" in done.output
