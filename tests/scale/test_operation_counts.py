"""A day costs as many operations in a country as in a district: counted, not timed, so that no machine changes it."""

from __future__ import annotations

import cProfile
from collections import Counter
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import pytest

from benchmarks.networks import two_tier
from sim.engine.compile.plan import compile_plan
from sim.engine.run import simulate
from sim.model.effects import Effect, ramp
from sim.rng import BLOCK_DAYS
from sim.scenario.load import load
from sim.scenario.national import National, national_files
from tests.contract.network import PARTIES, STANDARD
from tests.property.alarms import FIELDS
from tests.property.running import written
from tests.scale.counting import calls_by_day, calls_of, events_by_time, national_plan

DAYS = 130
SMALL = {"facilities": 20, "products": 4, "regions": 4, "days": DAYS}
BAN = DAYS // 4


def calls_a_day(folder: Path, **wanted: int) -> float:
    """Mean calls a day, the first day left out: it draws the demand of a block of days."""
    assert DAYS <= BLOCK_DAYS
    return float(calls_by_day(national_plan(folder, **(SMALL | wanted)))[1:].mean())


@pytest.mark.parametrize(
    ("what", "few", "many", "share"),
    [
        # a site is asked for its day's demand daily and reviewed weekly: a loop over sites would add at least one call
        # a site and week, 1/7 of a call a day. Not nothing is allowed, since on many days of a small network nothing
        # arrives or leaves and the branch for it is not taken
        ("facilities", {}, {"facilities": 200}, 1 / 7),
        ("facilities", {}, {"facilities": 2_000}, 1 / 7),
        # a loop over products or stores would add one call or more for each of them every day
        ("products", {}, {"products": 84}, 1.0),
        ("regions", {"facilities": 200}, {"facilities": 200, "regions": 84}, 1.0),
    ],
    ids=["200 sites", "2000 sites", "84 products", "84 regions"],
)
def test_calls_a_day_do_not_grow_with_the_network(
    what: str, few: dict[str, int], many: dict[str, int], share: float, tmp_path: Path
) -> None:
    added = (SMALL | many)[what] - (SMALL | few)[what]
    small, large = calls_a_day(tmp_path / "few", **few), calls_a_day(tmp_path / "many", **many)
    assert large - small < share * added, f"{small:.0f} calls a day with few {what}, {large:.0f} with {added} more"


def test_a_day_of_two_tiers_is_about_a_hundred_calls(tmp_path: Path) -> None:
    """A small network pays for the calls of its days: each step of the day once, on arrays. They were 97 when this was
    written; one step more for each of the five phases that such a network has would go beyond the limit."""
    plan = compile_plan(load(two_tier(tmp_path, facilities=20, days=40)))
    assert calls_by_day(plan)[1:].mean() < 97 + 5


def test_demand_is_drawn_in_blocks(tmp_path: Path) -> None:
    """The one loop over cells there is: seeking the stream of each, once in a block of days.

    Seeking, drawing and storing are at most a dozen calls; a draw a day would be 256 a cell.
    """
    plans = [national_plan(tmp_path / f"n{n}", **(SMALL | {"facilities": n})) for n in (200, 400)]
    first = [calls_by_day(plan)[0] for plan in plans]
    cells = [len(plan.demand.cell) for plan in plans]
    assert cells[1] - cells[0] < first[1] - first[0] <= 12 * (cells[1] - cells[0])


@pytest.mark.parametrize("wanted", [{}, {"facilities": 2_000}, {"products": 40}, {"regions": 20}])
def test_one_event_for_all_that_happens_at_one_instant(
    wanted: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the size, and however many days lie between: two for the start (the process of the days, its first day),
    the end, and three for the ban: its effect, its entry in the journal, and the day on which it begins."""
    events = events_by_time(national_plan(tmp_path / "n", **(SMALL | wanted)), monkeypatch)
    assert events == Counter({0.0: 2, float(BAN): 3, float(DAYS): 1})


def test_disruptions_with_names_cost_each_the_same() -> None:
    """Twice as many take twice the calls; looking each name up among the others would take four times as many."""

    def calls(number: int) -> int:
        one = {"kind": "site_outage", "at": "maker", "from": "2024-01-11", "for": "3d", "capacity": "50%"}
        spec = STANDARD | {"disruptions": [one | {"name": f"n{k}"} for k in range(number)]}
        with written(spec) as file:
            loaded = load(file)
            return calls_of(lambda: compile_plan(loaded))

    once, twice, four_times = (calls(n) for n in (100, 200, 400))
    assert four_times - twice == pytest.approx(2 * (twice - once), rel=0.05)


def test_a_value_of_many_steps_is_found_without_looking_at_all() -> None:
    """Among 2^14 steps: fifteen are looked at, and one is taken."""
    looked = 0

    class Watched(tuple[tuple[float, float], ...]):
        def __getitem__(self, key: Any) -> Any:
            nonlocal looked
            looked += 1
            return super().__getitem__(key)

    steps = Watched(ramp(0, 2**14, 0.0, 1.0))
    effect = Effect("cell.demand_factor", np.zeros(1, dtype=int), "add", steps, np.inf, "it")
    assert effect.value(5.0) == 5.5 / 2**14  # reached in the middle of the day
    assert looked <= 15 + 1


def test_a_national_network_is_made_up_without_a_loop_over_facilities() -> None:
    few, many = (calls_of(lambda n=n: national_files("n", National(n, 3, 3))) for n in (100, 10_000))
    assert many - few < 100, f"{few} calls for 100 facilities, {many} for 10,000"


def test_what_a_scenario_has_not_is_not_called() -> None:
    """A day without vials, openings, facilities that are out, makers that make more, decisions, alarms, triggers on
    journeys, information, transfers, claims and forecasts calls nothing of theirs."""
    with written(STANDARD) as file:
        plan = compile_plan(load(file))
    profile = cProfile.Profile()
    profile.runcall(simulate, plan)
    called = {
        Path(code.co_filename).name
        for code in (entry.code for entry in profile.getstats())
        if isinstance(code, CodeType)
    }
    nothing = {"vials.py", "openings.py", "access.py", "more.py", "decisions.py", "arrivals.py", "alarms.py"}
    nothing |= {"sights.py", "seen_book.py", "transfers.py", "spare.py", "loans.py", "claims.py", "learning.py"}
    assert "patients.py" in called and called.isdisjoint(nothing)


def test_parties_that_decide_nothing_cost_no_call() -> None:
    def calls(spec: dict[str, Any]) -> np.ndarray:
        with written(spec) as file:
            return calls_by_day(compile_plan(load(file)))

    assert calls(STANDARD | {"parties": PARTIES}).tolist() == calls(STANDARD).tolist()


def test_alarms_look_at_all_sites_at_once() -> None:
    """What alarms of every kind, one for each site, add to the calls of a day: a loop over sites would add one at least
    for each of 57 more. Not nothing is allowed, since in a small network alarms ring on fewer days."""
    alarms = [{"alarm": kind, "name": kind, "at": "facilities", "of": "each"} | FIELDS[kind] for kind in FIELDS]

    def added(sites: int) -> float:
        clinics = {f"clinic-{k:03}": {"country": "KE"} for k in range(sites)}
        spec = STANDARD | {"facilities": clinics, "demand": [STANDARD["demand"][0]], "end": "2024-01-31"}
        found = []
        for more in ({}, {"alarms": alarms}):
            with written(spec | more) as file:
                found.append(calls_by_day(compile_plan(load(file)))[1:].mean())
        return float(found[1] - found[0])

    few, many = added(3), added(60)
    assert few > 0 and many - few < 57 / 2, f"{few:.0f} calls a day for 3 sites, {many:.0f} for 60"
