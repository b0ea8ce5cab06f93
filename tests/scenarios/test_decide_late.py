"""The exercise of decisions: each of five alone changes the answer, and deciding later costs."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.report.run import averting
from sim.report.run.facts import Facts
from sim.scenario.reading.document import plain
from sim.scenario.reading.yaml_reader import read_yaml

ROOT = Path(__file__).resolve().parents[2] / "scenarios"
FILE = ROOT / "exercises" / "decide-late.yaml"


def _strategies(study: str) -> dict[str, dict[str, object] | str]:
    """What each option of a study sets, or the scenario's strategy that it is."""
    top, problems = read_yaml(ROOT / "studies" / f"{study}.yaml")
    assert top is not None and not problems
    written = plain(top)["strategies"]
    return dict((one, one) if isinstance(one, str) else (one["name"], one["set"]) for one in written)


@pytest.fixture(scope="module")
def runs() -> dict[str, sim.Run]:
    """A run of every strategy of both studies, on the same draws."""
    options = _strategies("decide-late") | _strategies("which-decision")
    return {
        name: sim.run(FILE, sets, twin=False) if isinstance(sets, str) else sim.run(FILE, overrides=sets, twin=False)
        for name, sets in options.items()
    }


def test_every_week_of_waiting_costs(runs: dict[str, sim.Run]) -> None:
    later = ("on-condition", "a-week-later", "two-weeks-later", "four-weeks-later", "eight-weeks-later", "never")
    unmet = [runs[name].metrics["units_unmet"].value or 0.0 for name in later]
    assert unmet == sorted(unmet) and len(set(unmet)) >= 5


def test_each_of_five_decisions_alone_changes_the_answer(runs: dict[str, sim.Run]) -> None:
    def by_priority(name: str) -> list[float | None]:
        return [group["units_unmet"].value for group in runs[name].metrics.by["priority"].values()]

    never = by_priority("never")
    alone = [name for name in runs if name.startswith("only-")]
    assert len(alone) == 5
    assert all(by_priority(name) != never for name in alone)
    first = {name: by_priority(name)[0] or 0.0 for name in (*alone, "never")}
    # who serves hospitals first spares no patient in all, but those of the first priority
    hospitals = runs["only-hospitals-first"].metrics
    assert first["only-hospitals-first"] < first["never"] / 2
    assert abs((hospitals["units_unmet"].value or 0) / (runs["never"].metrics["units_unmet"].value or 1) - 1) < 0.1


def test_what_was_decided_is_known_by_name_and_party(runs: dict[str, sim.Run]) -> None:
    taken = runs["on-condition"].outcome.decisions
    assert {one.name: one.party for one in taken} == {
        "open the reserve": "lowland", "hospitals first": "both", "ask to save": "both", "flights": "both",
        "second maker": "both",
    }  # fmt: skip


def test_what_is_put_off_stands_beside_what_is_averted() -> None:
    """Asking to save spares units that nobody then asks for on the day: they are no gain without a price."""
    run = sim.run(FILE, "on-condition", overrides={"end": "2026-09-01"}, without_reserves=False)
    facts = Facts(run.loaded, run.outcome, run.twin, run.metrics, None, run.without_decisions)
    days = run.daily[run.daily["kind"] == "facility"]
    put_off = int(days["conserved"].sum() - days["recovered"].sum())
    assert put_off > 0 and run.without_decisions is not None
    assert not run.without_decisions.record.sums["conserved"].any()
    assert averting.in_short(facts).endswith(f"averted (100.0%). {put_off:,} were met otherwise or put off for it.")
