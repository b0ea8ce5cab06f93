"""Who keeps its claim on a reserve, and what becomes of promises about one, evening by evening. Days count from 0."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from sim.engine.books.claim_book import ClaimBook
from sim.engine.books.journal import Journal
from sim.engine.bound.claims import BoundClaims
from sim.errors import ScenarioError
from tests.textbook.test_by_hand import at, day
from tests.textbook.test_pooled_reserves import claims, pool

TRUST = "trust: {start: 50%, kept: 10%, broken: 20%}"
HALVES = [0.4, 0.32, 0.256]
"""Trust of 50% after one, two and three days with a broken promise at 20%."""
KEPT = 0.55
"""Trust of 50% after a day with a kept promise at 10% of what lacks."""


def steps(run: Any) -> list[tuple[int, str, str, float]]:
    """(day, who trusts, whom, trust since), by day and names."""
    table = run.trust
    return sorted(zip(table["day"], table["party"], table["other"], table["trust"].round(9), strict=True))


def three(more: str, days: int, extra: str = TRUST) -> str:
    """The pool with a third party, rwanda, and its clinic."""
    return pool(more, days, extra=extra).replace("b: {country: UG}", "b: {country: UG}, c: {country: RW}").replace(
        "uganda: {kind", "rwanda: {kind: country, sites: RW}, uganda: {kind")  # fmt: skip


def test_a_loan_of_a_claim_is_a_kept_promise_and_one_overdue_a_broken_one_until_it_is_given_up(simulate: Any) -> None:
    """Of 80 and 20 uganda borrows ten on evening 2, due on day 3, which it does not pay; given up on day 6."""
    text = "claims: {kenya: 80%, uganda: 20%}\n    borrow: {up_to: 125%, pay_back: 1d, written_off: 3d}"
    run = simulate(pool(text, days=8, extra=TRUST), detail="full")
    assert steps(run) == [
        (2, "uganda", "kenya", KEPT), *((3 + k, "kenya", "uganda", HALVES[k]) for k in range(3)),
    ]  # fmt: skip
    told = run.events[run.events["event"] == "promise_broken"]
    assert told[["day", "cause"]].to_numpy().tolist() == [[3, "uganda to kenya"]]
    other = simulate(pool(text, days=8, extra="trust: {promises: [goods, contributions]}"))
    assert not len(other.trust)


def test_a_loan_of_a_claim_paid_back_on_its_day_is_a_kept_promise(simulate: Any) -> None:
    """Uganda borrows ten on evening 4, due on day 9, on which the store has ten that would be its own."""
    text = "claims: {kenya: 60%, uganda: 40%}\n    borrow: {up_to: 50%, pay_back: 5d}"
    run = simulate(pool(text, days=12, extra=TRUST))
    assert claims(run, "repaid")["uganda"][9] == 10
    assert steps(run) == [(4, "uganda", "kenya", KEPT), (9, "kenya", "uganda", KEPT)]


def test_a_debt_is_owed_to_those_whose_claims_were_lent(simulate: Any) -> None:
    """Of 60, 20 and 20 uganda and rwanda have used up theirs after evening 1, and borrow ten each of kenya on evening
    2, due on day 3: they are late to kenya, not to each other, though the reserve is one."""
    text = "claims: {kenya: 60%, uganda: 20%, rwanda: 20%}\n    borrow: {up_to: 50%, pay_back: 1d}"
    run = simulate(three(text, days=4))
    assert claims(run, "lent")["kenya"] == [0, 0, 20, 0]
    assert steps(run) == [
        (2, "rwanda", "kenya", KEPT), (2, "uganda", "kenya", KEPT),
        (3, "kenya", "rwanda", 0.4), (3, "kenya", "uganda", 0.4),
    ]  # fmt: skip


KEEPING = {
    "close_reserve": "decisions: [{decision: close_reserve, by: kenya, reserve: pool, when: {trigger: on, "
    f"date: {day(0)}}}}}]",
    "defection": f"disruptions: [{{kind: defection, party: kenya, keeps: [reserves], from: {day(0)}, for: 30d}}]",
}


@pytest.mark.parametrize("how", KEEPING)
def test_a_claim_kept_from_who_would_have_borrowed_is_a_broken_promise_from_then_on(how: str, simulate: Any) -> None:
    """Kenya keeps its 60 from day 0 on, and neither draws nor lends. Uganda draws its own 40 until evening 3; on
    evenings 4 and 5 it would have borrowed ten. Where nobody may borrow, nobody is kept from anything."""
    text = "claims: {kenya: 60%, uganda: 40%}"
    lent = text + "\n    borrow: {up_to: 100%, pay_back: 9d}"
    run = simulate(pool(lent, days=6, extra=f"{TRUST}\n{KEEPING[how]}"))
    assert claims(run) == {"kenya": [60] * 6, "uganda": [30, 20, 10, 0, 0, 0], "": [0] * 6}
    assert steps(run) == [(4, "uganda", "kenya", 0.4), (5, "uganda", "kenya", 0.32)]
    assert not len(simulate(pool(text, days=6, extra=f"{TRUST}\n{KEEPING[how]}")).trust)


def test_what_a_defector_holds_stays_with_it_and_what_others_hold_stays_with_them(simulate: Any) -> None:
    """Of 100, kenya's depot holds 30; its clinic a, and uganda's c, buy there, b at the store. While kenya defects, a
    draws on kenya's claim at the depot until it is empty, c nothing, and kenya nothing at the store, of whose 70
    uganda's b draws its 40 and borrows none. On day 6 kenya keeps its word again, and has the 30 that are left."""
    text = pool(
        "claims: {kenya: 60%, uganda: 40%}\n    borrow: {up_to: 100%, pay_back: 9d}", days=7,
        extra=KEEPING["defection"].replace("30d", "6d"),
    )  # fmt: skip
    for old, new in (
        ("held_at: store", "held_at: {store: 70%, kenya: 30%}"),
        ("{store: {country: ZA}}", "{store: {country: ZA}, depot: {country: KE}}"),
        ("b: {country: UG}}", "b: {country: UG}, c: {country: UG}}"),
        ("{from: store, to: facilities, time: 1d}",
         "{from: store, to: [depot, b], time: 1d}, {from: depot, to: [a, c], time: 1d}"),
    ):  # fmt: skip
        text = text.replace(old, new)
    text = text.replace("[store, facilities]", "[store, depot, facilities]")
    run = simulate(text, detail="full", daily=True)
    assert claims(run) == {"kenya": [50, 40, 30, 30, 30, 30, 0], "uganda": [30, 20, 10, 0, 0, 0, 0], "": [0] * 7}
    assert at(run, "depot", "reserve") == [20, 10, 0, 0, 0, 0, 0]
    assert at(run, "store", "reserve") == [60, 50, 40, 30, 30, 30, 0]
    assert at(run, "a", "received") == [0, 10, 10, 10, 0, 0, 0]
    assert at(run, "b", "received") == [0, 10, 10, 10, 10, 0, 0]
    assert not any(at(run, "c", "received"))
    for site, kept in (("c", "kenya kept what lies at depot"), ("b", "kenya kept its claim to itself")):
        found = run.why(site, "kit", 5)
        assert f"; {kept}, because of 'defection kenya'" in found.text()
        assert "defection kenya" in found.causes


def test_who_has_nothing_but_a_claim_to_keep_says_so(simulate: Any) -> None:
    text = pool("claims: {kenya: 60%, uganda: 40%}", days=2, extra=KEEPING["defection"])
    run = simulate(text)
    assert claims(run)["kenya"] == [60, 60]
    assert not any("reserve that it could keep" in note.message for note in run.loaded.notes)
    with pytest.raises(ScenarioError, match=r"keeps: \[reserves\]"):
        simulate(text.replace("keeps: [reserves], ", ""))


@pytest.mark.parametrize(
    ("contribution", "shared_again", "days", "trust"),
    [
        (f"by: {day(1)}, made: no", "2d", [1, 2], HALVES),  # shared again on day 3: no promise is left
        (f"by: {day(1)}, made: no", "0d", [1], HALVES),
        (f"by: {day(1)}, made: {day(3)}", "9d", [1, 2], HALVES),  # late: not kept either
        (f"by: {day(1)}, made: yes", "0d", [1], [KEPT]),
        (f"by: {day(1)}, made: {day(0)}", "0d", [1], [KEPT]),
        ("made: yes", "0d", [0], [KEPT]),
        ("made: no", "0d", [0], HALVES),
    ],
)
def test_a_contribution_that_is_due_and_not_made_is_a_broken_promise_to_all_others(
    contribution: str, shared_again: str, days: list[int], trust: list[float], simulate: Any
) -> None:
    more = "claims: {kenya: 50%, uganda: 30%, rwanda: 20%}\n"
    more += f"    contributions: {{uganda: {{{contribution}}}}}\n    shared_again_after: {shared_again}"
    run = simulate(three(more, days=5))
    expected = [
        (on, who, "uganda", value) for on, value in zip(days, trust, strict=False) for who in ("kenya", "rwanda")
    ]
    assert steps(run) == expected


LOANS = TRUST.replace("}", ", promises: [loans]}")


def four(days: int, more: str = "", extra: str = LOANS) -> str:
    """Kenya has 40 and is to pay on day 0, burundi 20 and on day 2; neither does, and claims are shared again three
    days later. Uganda and rwanda have 20 each, and may borrow half as much again for two days."""
    text = (
        "claims: {kenya: 40%, uganda: 20%, rwanda: 20%, burundi: 20%}\n    borrow: {up_to: 50%, pay_back: 2d}\n"
        f"    contributions: {{kenya: {{by: {day(0)}, made: no}}, burundi: {{by: {day(2)}, made: no}}}}\n"
        f"    shared_again_after: 3d{more}"
    )
    return three(text, days, extra).replace("c: {country: RW}", "c: {country: RW}, d: {country: BI}").replace(
        "rwanda: {kind", "burundi: {kind: country, sites: BI}, rwanda: {kind")  # fmt: skip


def test_a_debt_to_a_claim_that_is_shared_again_is_owed_to_its_heirs_and_to_nobody_else(simulate: Any) -> None:
    """All but kenya have used up their 20 after evening 1. On evening 2 uganda and rwanda borrow ten each of kenya's
    40; burundi, which should have paid that day, may not. On evening 3 the 20 that kenya has left go to uganda and
    rwanda, half each, and so does what it is owed; burundi, which has not paid either, inherits nothing. On evening 4
    both loans are due and not paid: uganda and rwanda are late to each other, to nobody else, and nobody is to
    itself."""
    run = simulate(four(days=5))
    assert claims(run, "lent")["kenya"] == [0, 0, 20, 0, 0]
    assert claims(run, "passed_on") == {
        "kenya": [0, 0, 0, -20, 0], "uganda": [0, 0, 0, 10, 0], "rwanda": [0, 0, 0, 10, 0], "burundi": [0] * 5,
        "": [0] * 5,
    }  # fmt: skip
    assert steps(run) == [(4, "rwanda", "uganda", 0.4), (4, "uganda", "rwanda", 0.4)]


def test_who_inherits_nothing_of_a_product_is_owed_none_of_its_loans() -> None:
    """a has 10 of each of two products, b 10 of the first, c 10 of the second. b borrows 5 of a's first; a's claims are
    then shared again: of the first the 5 that are left go to b, of the second all 10 to c, and the debt is to b
    alone."""
    size = np.array([10, 10, 0, 0, 10, 0, 10, 0])
    nothing, never = np.zeros(0, dtype=np.int64), np.full(4, np.inf)
    bound = BoundClaims(
        ("a", "b", "c", ""), np.arange(2), size, nothing, nothing, nothing, nothing, (), never, never, never
    )
    book = ClaimBook(bound, "pool", Journal(cast(Any, None), "none"))
    book.open_with(size)
    book.borrow(np.array([0, 5, 0, 0, 0, 0, 0, 0]), bound.of_parties(("a",)), 0, 9, None)
    assert book.lenders.tolist() == [[True, False, False, False]]
    gone = bound.of_parties(("a",))
    book.pass_on(gone, np.where(gone, 0, size), 3)
    assert book.claim.tolist() == [0, 15, 0, 0, 0, 0, 20, 0]
    assert book.owed.tolist() == [0, 5, 0, 0, 0, 0, 0, 0]
    assert book.lenders.tolist() == [[False, True, False, False]]
