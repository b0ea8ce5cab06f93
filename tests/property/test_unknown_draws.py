"""What is not known has streams of its own: what is added changes no other draw, and all strategies meet the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.compile.unknowns import Unknowns
from sim.engine.run import draws_of
from sim.scenario.drawing import drawn, shares_of
from sim.scenario.load import Loaded, load
from tests.study.conftest import STARTER

PATHS = (
    "suppliers.maker.makes.saline-bag.finished_stock", "disruptions.ban.for", "suppliers.maker.ramp_up",
    "demand.0.per_day", "lanes.0.cost", "reserves.national.release.after",
)  # fmt: skip
RANGE = {"demand.0.per_day": "lognormal(80, 10)", "lanes.0.cost": "uniform(0.1, 0.4)"}


def loaded(place: Path, paths: list[str], strategy: str | None = None, sites: int = 3, **more: Any) -> Loaded:
    """The starter with so many clinics, whose levels differ, and ranges at some paths."""
    whole = yaml.safe_load(STARTER)
    whole["facilities"] |= {f"clinic-{k}": whole["facilities"]["clinic-a"] for k in range(sites)}
    whole["replenishment"][0]["level"] = "lognormal(21d, 6d) over sites"
    whole["uncertain"] = {path: RANGE.get(path, "uniform(3d, 30d)") for path in paths}
    file = place / "scenario.yaml"
    file.write_text(yaml.safe_dump(whole | more, sort_keys=False), encoding="utf-8")
    return load(file, strategy)


some = st.lists(st.sampled_from(PATHS), unique=True, min_size=1)


@settings(max_examples=8, deadline=None)
@given(paths=some, more=some, replication=st.integers(0, 10_000))
def test_another_unknown_changes_no_other_draw(
    tmp_path_factory: Any, paths: list[str], more: list[str], replication: int
) -> None:
    place = tmp_path_factory.mktemp("draws")
    alone = shares_of(loaded(place, paths), replication)
    together = shares_of(loaded(place, [*more, *(path for path in paths if path not in more)]), replication)
    assert alone == {path: together[path] for path in paths}


@settings(max_examples=6, deadline=None)
@given(rho=st.integers(-10, 20).map(lambda k: k / 20), replication=st.integers(0, 10_000))
def test_one_more_at_the_end_of_a_group_changes_no_other(tmp_path_factory: Any, rho: float, replication: int) -> None:
    place, paths = tmp_path_factory.mktemp("draws"), list(PATHS[:3])
    two = loaded(place, paths, correlated=[{"paths": paths[:2], "rho": rho}])
    three = loaded(place, paths, correlated=[{"paths": paths, "rho": rho}])
    assert all(shares_of(two, replication)[path] == shares_of(three, replication)[path] for path in paths[:2])


@settings(max_examples=6, deadline=None)
@given(sites=st.integers(3, 12), replication=st.integers(0, 10_000))
def test_another_site_changes_no_others_draw(tmp_path_factory: Any, sites: int, replication: int) -> None:
    few, many = (drawn(loaded(tmp_path_factory.mktemp("draws"), [], sites=n), replication).sites for n in (3, sites))
    levels = [dict(zip(table.frame["name"], *table.numbers.values(), strict=True)) for table in (few, many)]
    assert len(levels[0]) < len(levels[1]) or sites == 3
    assert all(levels[1][name] == level for name, level in levels[0].items())


@settings(max_examples=4, deadline=None)
@given(replication=st.integers(0, 10_000))
def test_all_strategies_meet_the_same_unknowns_and_the_same_demand(tmp_path_factory: Any, replication: int) -> None:
    place, paths = tmp_path_factory.mktemp("draws"), ["demand.0.per_day", "disruptions.ban.for"]
    found = []
    for strategy in ("none", "double"):
        one = loaded(place, paths, strategy)
        plan = Unknowns(one).plan(replication)
        found.append(
            (shares_of(one, replication), plan.replenishment[0].rule.target.tolist(), draws_of(plan, replication))
        )
    assert found[0][:2] == found[1][:2]
    assert all(np.array_equal(found[0][2].block(0, day), found[1][2].block(0, day)) for day in (0, 100))
