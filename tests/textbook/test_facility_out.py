"""Facilities that are out, in part or wholly, and what becomes of their patients. Ten a day come for certain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.errors import ScenarioError

CLINICS = """
end: 2001-02-10
products: {kit: {unit: kit}, pad: {unit: pad}}
suppliers: {maker: {makes: {kit: {}, pad: {}}}}
facilities: {a: {}, b: {}, c: {}}
lanes: [{from: maker, to: facilities, time: 1d}]
demand:
  - {at: [a, b], product: kit, per_day: 10, distribution: deterministic, DEMAND}
  - {at: c, product: pad, per_day: 10, distribution: deterministic}
replenishment: [{at: facilities, policy: base_stock, level: 50}]
"""


def clinics(outage: str, demand: str = "shortage: lost") -> str:
    span = "" if "until" in outage or "for" in outage else ", from: 2001-01-11, for: 5d"
    return CLINICS.replace("DEMAND", demand) + f"disruptions: [{{kind: site_outage, at: a{span}, {outage}}}]\n"


def of(run: Any, site: str, *figures: str) -> list[list[int]]:
    daily = run.daily[run.daily["site"] == site].sort_values("day").set_index("day")
    return [daily[name].tolist() for name in figures]


def test_patients_who_find_it_shut_are_lost_and_its_stock_stays(simulate: Any) -> None:
    """Days 10 to 14: fifty are lost, though forty kits lie there, and fifty from the next morning on."""
    demand, served, unmet, lost, stock = of(
        simulate(clinics("capacity: 0%")), "a", "demand", "served", "unmet", "lost", "on_hand"
    )
    assert served == [10] * 10 + [0] * 5 + [10] * 25 and demand == [10] * 40
    assert unmet == lost == [0] * 10 + [10] * 5 + [0] * 25
    assert stock == [40] * 10 + [50] * 5 + [40] * 25


@pytest.mark.parametrize(
    ("capacity", "seen"), [("70%", [7, 7, 7, 7, 7]), ("95%", [9, 10, 9, 10, 9]), ("25%", [2, 3, 2, 3, 2])]
)
def test_a_share_of_them_is_seen_and_fractions_are_carried(capacity: str, seen: list[int], simulate: Any) -> None:
    (served,) = of(simulate(clinics(f"capacity: {capacity}")), "a", "served")
    assert served[10:15] == seen and served[15] == 10


def test_those_who_wait_are_served_when_it_opens(simulate: Any) -> None:
    """Five days of ten wait; kits have come for them meanwhile, so all fifty are served on day 15."""
    figures = of(simulate(clinics("capacity: 0%, patients: wait")), "a", "served", "served_late", "backlog", "lost")
    served, late, backlog, lost = figures
    assert late == [0] * 15 + [50] + [0] * 24 and served[10:16] == [0] * 5 + [10]
    assert backlog[10:16] == [10, 20, 30, 40, 50, 0] and not any(lost)


def test_those_who_wait_come_back_as_it_recovers(simulate: Any) -> None:
    """Shut for two days: twenty wait. At half for three: half of them, ten, are served on the first of these, and five
    a day are turned away. At the end all 25 who wait are served."""
    steps = "capacity: 0%, patients: wait, steps: [{after: 2d, capacity: 50%}]"
    served, late, backlog = of(simulate(clinics(steps)), "a", "served", "served_late", "backlog")
    assert served[10:16] == [0, 0, 5, 5, 5, 10]
    assert late[10:16] == [0, 0, 10, 0, 0, 25] and backlog[10:16] == [10, 20, 15, 20, 25, 0]


def test_who_waits_for_it_to_open_has_his_patience_too(simulate: Any) -> None:
    """With a patience of three days the ten of day 10 give up on day 13, those of day 11 on day 14; 30 are left."""
    run = simulate(clinics("capacity: 0%, patients: wait", "shortage: backorder, patience: 3d"))
    late, lost, backlog = of(run, "a", "served_late", "lost", "backlog")
    assert lost[10:16] == [0, 0, 0, 10, 10, 0] and late[15] == 30 and backlog[10:16] == [10, 20, 30, 30, 30, 0]


def test_they_may_go_to_another_clinic(simulate: Any) -> None:
    """Ten more come to b on each of five days; of fifty kits in the morning it uses sixteen, and orders them."""
    run = simulate(clinics("capacity: 40%, patients: b"), detail="full")
    demand, served, unmet = of(run, "a", "demand", "served", "unmet")
    assert demand == served == [10] * 10 + [4] * 5 + [10] * 25 and not any(unmet)
    demand, served, unmet = of(run, "b", "demand", "served", "unmet")
    assert demand == served == [10] * 10 + [16] * 5 + [10] * 25 and not any(unmet)
    sent = run.events[run.events["event"] == "sent_elsewhere"]
    assert sent["units"].tolist() == [6] * 5 and set(sent["other"]) == {"b"}


def test_who_was_sent_on_once_is_not_sent_on_again(simulate: Any) -> None:
    """Both are shut and send to each other: nobody is seen, and all are lost where they end up."""
    other = "  - {kind: site_outage, at: b, from: 2001-01-11, for: 5d, patients: a}\n"
    one = "  - {kind: site_outage, at: a, from: 2001-01-11, for: 5d, patients: b}\n"
    both = CLINICS.replace("DEMAND", "shortage: lost") + "disruptions:\n" + one + other
    run = simulate(both)
    for site in "ab":
        demand, lost = of(run, site, "demand", "lost")
        assert demand[10:15] == lost[10:15] == [10] * 5


def test_demand_is_the_same_in_all_wherever_they_go(simulate: Any) -> None:
    """Drawn demand: what a turns away comes to b, to the unit."""
    text = clinics("capacity: 30%, patients: b").replace("distribution: deterministic, short", "short")
    moved, still = simulate(text).daily, simulate(text.replace("capacity: 30%", "capacity: 100%")).daily
    total = [d[d["product"] == "kit"].groupby("day")["demand"].sum().tolist() for d in (moved, still)]
    assert total[0] == total[1]


def test_an_older_backlog_waits_too(simulate: Any) -> None:
    """Nothing leaves the maker on days 2 to 10; the forty kits of day 2 last until day 6, so that fifty wait when a
    hundred come on day 12. At half on days 12 and 13 half of those who could be served late are: 25 of 50, 12 of 25."""
    text = clinics("capacity: 50%, from: 2001-01-13, for: 2d", "shortage: backorder")
    text = text.replace("disruptions: [", "disruptions: [{kind: site_outage, at: maker, from: 2001-01-03, for: 9d}, ")
    served, late, backlog = of(simulate(text), "a", "served", "served_late", "backlog")
    assert backlog[11] == 50 and late[12:16] == [25, 12, 13, 0] and served[12:15] == [5, 5, 10]


@pytest.mark.parametrize("patients", ["lost", "wait", "b"])
def test_at_full_capacity_nothing_changes(patients: str, simulate: Any) -> None:
    with_it = simulate(clinics(f"capacity: 100%, patients: {patients}")).daily
    pd.testing.assert_frame_equal(with_it, simulate(CLINICS.replace("DEMAND", "shortage: lost")).daily)


def test_severity_is_in_proportion(simulate: Any) -> None:
    """1% of fifty is half a patient, 2% one; each rounds up to whole ones at first."""
    lost = [sum(of(simulate(clinics(f"capacity: {100 - s}%")), "a", "lost")[0]) for s in (1, 2, 4, 10, 20, 50, 100)]
    assert np.abs(np.array(lost) - np.array([0.5, 1, 2, 5, 10, 25, 50])).max() <= 1


def test_some_products_only(simulate: Any) -> None:
    text = clinics("capacity: 0%, products: [kit]").replace("at: a,", "at: [a, c],")
    run = simulate(text)
    assert sum(of(run, "a", "lost")[0]) == 50 and not any(of(run, "c", "unmet")[0])


def test_what_is_destroyed_there_is_gone(simulate: Any) -> None:
    (gone,) = of(simulate(clinics("capacity: 0%, stock: destroy")), "a", "destroyed")
    assert sum(gone) == 40  # the evening's stock of day 9


BAD = [
    ("capacity: 0%, patients: bb", "did you mean 'b'"),
    ("capacity: 0%, patients: a", "this facility is out itself"),
    ("capacity: 0%, patients: c", "'c' has no demand for 'kit'"),
    ("capacity: 0%, patients: maker", "unknown facility"),
]


@pytest.mark.parametrize(("outage", "message"), BAD, ids=[message for _, message in BAD])
def test_where_they_cannot_go_is_refused_with_help(outage: str, message: str, simulate: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        simulate(clinics(outage))
    assert message in str(caught.value) and all(problem.line > 0 for problem in caught.value.problems)


def test_where_there_are_no_patients_nothing_becomes_of_them(simulate: Any) -> None:
    at_maker = clinics("capacity: 0%, patients: wait").replace("at: a,", "at: maker,")
    pd.testing.assert_frame_equal(simulate(at_maker).daily, simulate(at_maker.replace(", patients: wait", "")).daily)
