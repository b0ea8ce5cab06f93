"""Trust by hand: what raises and lowers it, and what then hangs on it, to the unit and day."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import sim
from sim.errors import ScenarioError
from tests.property.running import run
from tests.textbook.test_defection import DEFECTION, two
from tests.textbook.test_transfers import NEAR, column, gifts, world

Spec = dict[str, Any]
PARTIES = {"a": {"kind": "city", "sites": "a"}, "b": {"kind": "city", "sites": "b"}}
EVEN = {"start": "50%", "kept": "10%", "broken": "20%"}


def giving(trust: Spec, rule: Spec = NEAR, **more: Any) -> sim.Run:
    """The world of transfers, in which a would give b 13 on evening 0 of the 40 that it can spare."""
    return run(world(rule, **{"parties": PARTIES, "trust": EVEN | trust} | more))


def written(folder: Path, spec: Spec) -> Path:
    path = folder / "scenario.yaml"
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    return path


def steps(done: sim.Run) -> list[tuple[int, str, str, str, float]]:
    """(day, who trusts, whom, what was done, trust since)."""
    table = done.trust
    return list(
        zip(table["day"], table["party"], table["other"], table["promise"], table["trust"].round(9), strict=True)
    )


def test_who_is_given_something_trusts_the_giver_more() -> None:
    """b's trust in a: 50% + 10% of what lacks, 55%. Nothing else happens; without the promise nothing moves."""
    done = giving({})
    assert steps(done) == [(0, "b", "a", "kept", 0.55)]
    assert done.metrics["trust"].value == pytest.approx((0.5 + 0.55) / 2)
    assert not steps(giving({"promises": ["loans", "goods"]}))


def test_loans_paid_back_in_time_raise_it_and_overdue_ones_lower_it_day_by_day() -> None:
    """Of the 13 lent on evening 0, due on day 3, b has nothing to pay with: a's trust in b falls by a fifth each
    evening until the last, day 9. Where b orders up to 60 it has enough: 60 - 5 on hand, 25 to keep, 30 to pay with."""
    lent = NEAR | {"loan": {"for": "3d"}}
    only = {"promises": ["loans"]}
    late = [(day, "a", "b", "broken", round(0.5 * 0.8 ** (day - 2), 9)) for day in range(3, 10)]
    done = giving(only, lent)
    assert steps(done) == late
    told = done.events[done.events["event"] == "promise_broken"]
    assert told[["day", "cause"]].to_numpy().tolist() == [[3, "b to a"]]
    orders = [{"at": s, "policy": "base_stock", "level": level} for s, level in (("a", 0), ("b", 60))]
    paid = giving(only, lent, replenishment=orders)
    assert gifts(paid)[:2] == [(0, "a", "b", 13), (3, "b", "a", 13)]
    assert steps(paid)[0] == (3, "a", "b", "kept", 0.55)


def test_goods_held_back_lower_it_on_each_day_and_outweigh_what_is_kept() -> None:
    """a defects on days 3 to 6: b's trust in it is 0.5 x 0.8, 0.64, 0.512, 0.4096 halves. a's trust in b stays."""
    done = run(two("city", DEFECTION, trust=EVEN))
    assert steps(done) == [(day, "b", "a", "broken", round(0.5 * 0.8 ** (day - 2), 9)) for day in range(3, 7)]
    closed = giving({}, disruptions=[DEFECTION | {"from": "2001-01-01", "for": "2d", "party": "a"}])
    assert steps(closed)[:3] == [
        (0, "b", "a", "broken", 0.4), (1, "b", "a", "broken", 0.32), (2, "b", "a", "kept", 0.388),
    ]  # fmt: skip


def test_a_ban_is_blamed_on_the_country_and_an_outage_on_nobody() -> None:
    """The store is a firm's in a's country: b's trust in a falls by a fifth on each of two days of a's ban, that in the
    firm stays; a store that burns down has broken no promise."""
    ban = {"kind": "export_ban", "country": "AA", "from": "2001-01-04", "for": "2d"}
    spec = two("country", ban, trust=EVEN)
    spec["parties"]["a"]["sites"] = ["ha"]
    spec["parties"]["firm"] = {"kind": "firm", "sites": "store"}
    assert steps(run(spec)) == [(3, "b", "a", "broken", 0.4), (4, "b", "a", "broken", 0.32)]
    outage = {"kind": "site_outage", "at": "store", "from": "2001-01-04", "for": "2d"}
    assert not steps(run(two("city", outage, trust=EVEN)))


def test_reports_that_all_come_raise_it_and_reports_of_which_none_comes_lower_it() -> None:
    """a is told of b every second day; it is never told where all are lost, which it is owed all the same."""
    of_b = {"who": "a", "of": "b", "sees": "stock", "every": "2d"}
    rows = {"promises": ["reports"]}
    come = steps(giving(rows, information=[of_b]))
    assert come == [(day, "a", "b", "kept", round(1 - 0.5 * 0.9 ** (day / 2 + 1), 9)) for day in range(0, 10, 2)]
    lost = steps(giving(rows, information=[of_b | {"missing": "100%"}]))
    assert lost == [(day, "a", "b", "broken", round(0.5 * 0.8 ** (day / 2 + 1), 9)) for day in range(0, 10, 2)]
    down = {"kind": "cyber_blackout", "at": "b", "from": "2001-01-03", "for": "4d"}
    assert [day for day, *_ in steps(giving(rows, information=[of_b], disruptions=[down]))] == [0, 6, 8]


def test_a_promise_broken_outweighs_one_kept_on_the_same_evening() -> None:
    """On evening 0 a gives b 13, but not one of its reports comes: b's trust falls by a fifth, to 40%, and does not
    rise by a tenth of the rest as well."""
    sees = [{"who": "a", "of": "b", "sees": "stock"}, {"who": "b", "of": "a", "sees": "stock", "missing": "100%"}]
    done = giving({"promises": ["shares", "reports"]}, information=sees, end="2001-01-02")
    assert gifts(done) == [(0, "a", "b", 13)]
    assert [step for step in steps(done) if step[1] == "b"] == [(0, "b", "a", "broken", 0.4)]


def test_what_is_kept_in_the_warm_up_moves_no_trust() -> None:
    """Three days before the first b is given 13, so that it has 12 + 13 - 20 on evening 0; a has 47 and keeps 50."""
    done = giving({}, warm_up="3d", end="2001-01-02")
    assert column(done, "b", "on_hand") == [5] and not gifts(done) and not steps(done)


@pytest.mark.parametrize(
    ("levers", "given"),
    [
        ({"offers": "all"}, [(0, "a", "b", 13)]),
        ({"at_least": "50%"}, [(0, "a", "b", 13)]),
        ({"at_least": "51%"}, []),
        # 50% of what lacks to full trust: 4 days x 50% x 10 = 20 more to keep, of the other 20 half: 10; then 80 - 20
        # - 50 = 10, of which 5 are offered while b lacks: 2 + 10 = 12 are not below 10 on evening 1
        ({"keep_more": "4d"}, [(0, "a", "b", 10)]),
        ({"keep_more": "4d", "offers": "all"}, [(0, "a", "b", 13)]),
        ({"keep_more": "7d", "offers": "all"}, [(0, "a", "b", 5)]),  # 40 - 35 = 5
    ],
)
def test_a_giver_keeps_more_from_whom_it_does_not_trust(levers: Spec, given: list[tuple[int, str, str, int]]) -> None:
    assert gifts(giving({"transfers": levers, "promises": ["loans"]}))[: len(given) or 1] == given


def test_whoever_is_trusted_more_is_offered_more() -> None:
    """Of 40 to spare a offers b 30% = 12, of which b lacks 13; one of a's own party is offered
    everything, however little it trusts."""
    trust = {"transfers": {}, "pairs": [{"of": "a", "in": "b", "start": "30%"}]}
    assert gifts(giving(trust))[0] == (0, "a", "b", 12)
    none = {"transfers": {}, "start": "0%"}
    own = giving(none, parties={"a": {"kind": "city", "sites": ["a", "b"]}, "c": {"kind": "firm", "sites": "maker"}})
    assert gifts(own) == [(0, "a", "b", 13)]


def test_buyers_hoard_less_as_they_trust_their_sources() -> None:
    """Nothing is filled on evening 3, remembered for a day: at 100% gain levels of 20 double for who trusts not at all,
    are 30 at half trust, and stay at full; ordered on evening 4 on top of the day's 10."""
    hoard = [{"at": "hb", "below": "100%", "at_most": 2, "memory": "1d"}]
    extra = []
    for start in ("0%", "50%", "100%"):
        trust = {"start": start, "promises": ["loans"], "hoarding": True}
        extra.append(column(run(two("city", DEFECTION, hoarding=hoard, trust=trust)), "hb", "ordered")[4] - 10)
    assert extra == [20, 10, 0]


def test_the_report_shows_who_trusts_whom(tmp_path: Path) -> None:
    """Of b in a: from 50% to 0.5 x 0.8^4 = 20%, by four days with a promise broken."""
    done = sim.run(written(tmp_path, two("city", DEFECTION, trust=EVEN)))
    page = (done.save(tmp_path / "out") / "report.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="trust">') :]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", section[: section.index("</section>")])
    assert cells == ["b", "a", "0", "4", "50%", "20%", "20%"]


def test_trust_stays_between_none_and_all() -> None:
    """One kept promise wins all that lacks, one broken one takes all there is; no share of either moves nothing."""
    assert steps(giving({"kept": "100%"})) == [(0, "b", "a", "kept", 1.0)]
    for broken, left in (("100%", 0.0), ("0%", 0.5)):
        done = run(two("city", DEFECTION, trust=EVEN | {"broken": broken}))
        assert {step[-1] for step in steps(done)} == {left}


def test_trust_that_nothing_hangs_on_changes_nothing() -> None:
    with_, without = run(two("city", DEFECTION, trust=EVEN)), run(two("city", DEFECTION))
    assert with_.daily.equals(without.daily)
    assert without.outcome.trust is None


@pytest.mark.parametrize(
    ("trust", "told"),
    [
        ({"pairs": [{"of": "a", "in": "bb", "start": "30%"}]}, "did you mean 'b'"),
        ({"pairs": [{"of": "a", "in": "a", "start": "30%"}]}, "trust in itself"),
        ({"pairs": [{"of": "a", "in": "b", "start": "30%"}] * 2}, "an earlier entry is about these two"),
        ({"promises": ["loan"]}, "loans"),
        ({"promises": ["loans", "loans"]}, "this stands here twice"),
        ({"start": "120%"}, "start"),
        ({"parties": {}}, "parties"),
    ],
)
def test_what_is_wrong_with_trust_is_told(trust: Spec, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        giving(trust)


def test_trust_needs_two_parties() -> None:
    with pytest.raises(ScenarioError, match="nobody has anybody to trust"):
        run(world(NEAR, parties={"a": {"kind": "city", "sites": ["a", "b"]}}, trust={}))
