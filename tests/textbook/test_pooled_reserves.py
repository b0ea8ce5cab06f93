"""Reserves that parties hold together, evening by evening: claims, loans, contributions. Days count from 0."""

from __future__ import annotations

from typing import Any

import pytest

from tests.textbook.test_by_hand import at, day

OPEN = "trigger: declared, after: 0d, until: 8d"
CLOSED = "trigger: chosen"
"""Nobody chooses it."""


def pool(more: str, days: int, size: str = "100", when: str = OPEN, extra: str = "") -> str:
    """A store whose orders take nine days, with a reserve and nothing else, and a clinic in each of two countries, with
    nothing, that needs ten a day, which wait and are ordered the same evening, and come the next day.

    The store orders 20 on day 0, which it needs no more when the reserve has given them, and has on day 9.
    """
    return f"""
end: {day(days)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
warehouses: {{store: {{country: ZA}}}}
facilities: {{a: {{country: KE}}, b: {{country: UG}}}}
parties: {{kenya: {{kind: country, sites: KE}}, uganda: {{kind: country, sites: UG}}}}
lanes: [{{from: maker, to: store, time: 9d}}, {{from: store, to: facilities, time: 1d}}]
demand: [{{at: facilities, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
stock: [{{at: [store, facilities], on_hand: 0, on_the_way: none}}]
replenishment: [{{at: [store, facilities], policy: base_stock, level: 0}}]
reserves:
  pool:
    held_at: store
    {f"size: {size}" if size else ""}
    members: facilities
    release: {{when: {{{when}}}, stand_down: 0d}}
    {more}
{extra}
"""


def claims(run: Any, figure: str = "claim", reserve: str = "pool") -> dict[str, list[int]]:
    """A figure of the accounts by party, day by day; of one product, or of the first."""
    record = run.outcome.claims[reserve]
    rows = getattr(record, figure) if figure in ("claim", "owed") else record.daily(figure)
    return {name: rows[:, k].tolist() for k, name in enumerate(record.bound.parties)}


def test_each_draws_on_its_own_then_borrows_and_pays_back_out_of_what_would_come_to_it(simulate: Any) -> None:
    """Ten a day each from evening 0; the 40 of b are gone after evening 3. On evening 4 a has its own ten, and b
    borrows the last ten. On day 9 the store has 20, ten for each; the loan is due, so that b's stay in the reserve."""
    text = "claims: {kenya: 60%, uganda: 40%}\n    borrow: {up_to: 50%, pay_back: 5d}"
    run = simulate(pool(text, days=12))
    assert claims(run)["kenya"] == [50, 40, 30, 20, 0, 0, 0, 0, 0, 10, 10, 10]
    assert claims(run)["uganda"] == [30, 20, 10] + [0] * 9
    assert claims(run, "owed")["uganda"] == [0, 0, 0, 0, 10, 10, 10, 10, 10, 0, 0, 0]
    assert claims(run, "lent")["kenya"] == [0, 0, 0, 0, 10] + [0] * 7
    assert claims(run, "regained")["kenya"] == claims(run, "repaid")["uganda"] == [0] * 9 + [10, 0, 0]
    assert run.loans[["lender", "borrower", "lent", "repaid", "outstanding"]].to_numpy().tolist() == [
        ["pool", "uganda", 10, 10, 0]
    ]
    assert at(run, "store", "reserve") == [80, 60, 40, 20, 0, 0, 0, 0, 0, 10, 10, 10]
    assert at(run, "a", "received") == [0, 10, 10, 10, 10, 10, 0, 0, 0, 0, 10, 0]
    assert at(run, "b", "received") == [0, 10, 10, 10, 10, 10, 0, 0, 0, 0, 0, 0]


def test_who_is_late_borrows_no_more_and_what_is_never_paid_is_given_up(simulate: Any) -> None:
    """Claims of 80 and 20, at most 25 to be owed: b has its own on evenings 0 and 1 and borrows 10 on evening 2, due on
    day 3. It is late, and has nothing more from evening 3 on, although a has up to 30 left; on day 6 it is given up."""
    text = "claims: {kenya: 80%, uganda: 20%}\n    borrow: {up_to: 125%, pay_back: 1d, written_off: 3d}"
    run = simulate(pool(text, days=8), detail="full")
    assert claims(run)["kenya"] == [70, 60, 40, 30, 20, 10, 0, 0]
    assert claims(run, "borrowed")["uganda"] == [0, 0, 10, 0, 0, 0, 0, 0]
    assert claims(run, "owed")["uganda"] == [0, 0, 10, 10, 10, 10, 0, 0]
    told = run.events[run.events["event"].str.startswith("claim_")]
    assert told[["event", "day", "units", "cause"]].values.tolist() == [
        ["claim_borrowed", 2, 10, "pool: uganda"],
        ["claim_late", 3, 10, "pool: uganda"],
        ["claim_written_off", 6, 10, "pool: uganda"],
    ]
    owed = run.loans[["kind", "day", "lender", "borrower", "product", "lent", "repaid", "written_off", "outstanding"]]
    assert owed.to_numpy().tolist() == [["claim", 2, "pool", "uganda", "kit", 10, 0, 10, 0]]
    assert str(run.loans["due"].iat[0].date()) == day(3)


def test_without_borrowing_nobody_gets_more_than_its_claim_and_what_nobody_claims_is_for_all(simulate: Any) -> None:
    """Of 50, kenya claims 10 and uganda two days of its ten; 20 are nobody's. Evening 0: their own. Evening 1: ten of
    uganda, and ten of nobody's for kenya. Evening 2: the last ten, for which both ask, five each."""
    run = simulate(pool("claims: {kenya: 10, uganda: 2d}", days=4, size="50"))
    assert claims(run) == {"kenya": [0] * 4, "uganda": [10, 0, 0, 0], "": [20, 10, 0, 0]}
    assert claims(run, "shared") == {"kenya": [0, 10, 5, 0], "uganda": [0, 0, 5, 0], "": [0] * 4}
    alone = simulate(pool("claims: {kenya: 10, uganda: 2d}", days=4, size=""))
    assert claims(alone) == {"kenya": [0] * 4, "uganda": [10, 0, 0, 0], "": [0] * 4}


def test_losses_are_shared_in_proportion(simulate: Any) -> None:
    """33% of 100 are destroyed on day 0, before anybody draws: of 60 and 40 go 19.8 and 13.2, 20 and 13."""
    loss = f"disruptions:\n  - {{kind: stock_loss, at: store, from: {day(0)}, share: 33%, reserves: true}}"
    run = simulate(pool("claims: {kenya: 60%, uganda: 40%}", days=2, when=CLOSED, extra=loss))
    assert claims(run, "lost") == {"kenya": [20, 0], "uganda": [13, 0], "": [0, 0]}


def test_a_claim_that_is_not_paid_for_draws_nothing_and_is_then_shared_among_the_others(simulate: Any) -> None:
    """African Medical Supplies Platform: 50, 30 and 20 of 100, the second unpaid: 71.43 and 28.57, rounded 71 and 29.
    Due on day 1 and shared again two days later; until day 1 its clinic has ten, and nothing from then on."""
    three = pool(
        "claims: {kenya: 50%, uganda: 30%, rwanda: 20%}\n"
        f"    contributions: {{uganda: {{by: {day(1)}, made: no}}}}\n    shared_again_after: 2d",
        days=5,
    ).replace("b: {country: UG}", "b: {country: UG}, c: {country: RW}").replace(
        "uganda: {kind", "rwanda: {kind: country, sites: RW}, uganda: {kind")  # fmt: skip
    closed = simulate(three.replace(OPEN, CLOSED))
    assert {name: rows[-1] for name, rows in claims(closed).items()} == {"kenya": 71, "uganda": 0, "rwanda": 29, "": 0}
    run = simulate(three)
    assert claims(run, "drawn")["uganda"] == [10, 0, 0, 0, 0]
    assert claims(run)["uganda"] == [20, 20, 20, 0, 0]
    # 20 left of uganda's go 50 : 20 on day 3: 14.29 and 5.71, 14 and 6
    assert claims(run, "passed_on") == {"kenya": [0, 0, 0, 14, 0], "uganda": [0, 0, 0, -20, 0],
                                        "rwanda": [0, 0, 0, 6, 0], "": [0] * 5}  # fmt: skip


def test_what_is_owed_to_a_claim_that_is_shared_again_is_owed_to_who_gets_it(simulate: Any) -> None:
    """b has its 10 on evening 0 and borrows 10 of a's claim on evenings 1 and 2. On evening 3 that claim, 70, is b's,
    which draws 10 a day on it until the reserve is closed on evening 8. On day 9 the store has 20, for which 100 of a's
    orders wait and 20 of b's: 3 of them would be b's, and stay in the reserve, as its own."""
    text = "claims: {kenya: 90%, uganda: 10%}\n    borrow: {up_to: 500%, pay_back: 5d}"
    text += "\n    contributions: {kenya: {by: 2001-01-01, made: no}}\n    shared_again_after: 3d"
    run = simulate(pool(text, days=10))
    assert claims(run)["kenya"] == [90, 80, 70] + [0] * 7
    assert claims(run)["uganda"] == [0, 0, 0, 60, 50, 40, 30, 20, 20, 23]
    assert claims(run, "regained")["uganda"] == [0] * 9 + [3] and not any(claims(run, "regained")["kenya"])


def test_caps_are_of_a_whole_evening_and_nobody_borrows_while_it_has_a_claim(simulate: Any) -> None:
    """Each needs 10 a day and may have 5, in however many rounds it is shared. What others have is not for who has
    claims left; nor is what it may not have of its own. A tenth of what the reserve has: 10 of 100, 8 of 80."""
    for cap, given in (("units: 5", [5, 5]), ("share: 10%", [10, 8])):
        text = "claims: {kenya: 60%, uganda: 40%}\n    borrow: {up_to: 100%, pay_back: 5d}"
        rule = f"stand_down: 0d, rule: {{rule: uniform, caps: [{{{cap}}}]}}"
        run = simulate(pool(text, days=3).replace("stand_down: 0d", rule))
        assert at(run, "a", "received")[1:] == at(run, "b", "received")[1:] == given
        assert not any(claims(run, "borrowed")["uganda"])


def test_a_late_contribution_lets_its_party_draw_again(simulate: Any) -> None:
    text = f"claims: {{kenya: 50%, uganda: 50%}}\n    contributions: {{uganda: {{by: {day(1)}, made: {day(3)}}}}}"
    run = simulate(pool(text + "\n    shared_again_after: 9d", days=5))
    assert claims(run, "drawn")["uganda"] == [10, 0, 0, 30, 10]  # what waited from days 1 and 2 is given on day 3


def test_a_party_takes_so_much_of_its_own_while_the_reserve_is_closed(simulate: Any) -> None:
    """A clinic that goes short takes of its own 60, at most 40% of it: ten, ten, and four."""
    text = (
        "claims: {kenya: 60%, uganda: 40%}\n    self_release: {when: {trigger: sites_short, above: 1%}, at_most: 40%}"
    )
    run = simulate(pool(text, days=5, when=CLOSED))
    assert claims(run, "alone") == {"kenya": [10, 10, 4, 0, 0], "uganda": [10, 6, 0, 0, 0], "": [0] * 5}


@pytest.mark.parametrize(
    ("decision", "kenya", "uganda"),
    [("close_reserve", [60, 60, 60, 60], [20, 10, 0, 0]), ("release_reserve", [40, 30, 20, 10], [40, 40, 40, 40])],
)
def test_a_party_opens_and_closes_its_own_claim_alone(
    decision: str, kenya: list[int], uganda: list[int], simulate: Any
) -> None:
    """Decided on day 0, in force from day 1. Kenya keeps its own while the others draw, and lends nothing; or opens its
    own while the reserve is closed: what waits from day 0 as well, 20, and then ten a day."""
    text = pool(
        "claims: {kenya: 60%, uganda: 40%}\n    borrow: {up_to: 100%, pay_back: 9d}", days=5,
        extra=f"decisions: [{{decision: {decision}, by: kenya, reserve: pool, when: {{trigger: on, date: {day(0)}}}}}]",
    )  # fmt: skip
    run = simulate(text.replace(OPEN, CLOSED) if decision == "release_reserve" else text)
    assert claims(run)["kenya"][1:] == kenya
    assert claims(run)["uganda"][1:] == uganda


def test_what_fills_the_reserve_goes_to_who_lacks_most_and_a_debtor_brings_what_it_owes(simulate: Any) -> None:
    """60 and 20: by evening 3 all is gone, kenya has drawn 40, uganda its own 20 and 20 of kenya's. From day 5 on 25%
    of 80 are put back a day, of the 40 and 20 that are not owed: 13 and 7 (13.33, 6.67), then by what still lacks. With
    hundreds at the store, uganda's loans come back on their days, 11 and 12, and its clinic waits for nothing."""
    text = "claims: {kenya: 75%, uganda: 25%}\n    borrow: {up_to: 100%, pay_back: 9d}\n    refill: {at_most: 25%}"
    text = pool(text, days=14, size="80", when="trigger: declared, after: 0d, until: 5d")
    text = text.replace("time: 9d", "time: 5d").replace("at: [store, facilities], policy: base_stock, level: 0",
        "at: store, policy: base_stock, level: 400}, {at: facilities, policy: base_stock, level: 0")  # fmt: skip
    run = simulate(text)
    assert claims(run)["kenya"] == [50, 40, 20, 0, 0, 13, 27, 40, 40, 40, 40, 50, 60, 60]
    assert claims(run)["uganda"] == [10, 0, 0, 0, 0, 7, 13, 20, 20, 20, 20, 20, 20, 20]
    assert claims(run, "repaid")["uganda"] == [0] * 11 + [10, 10, 0]
    assert at(run, "b", "received") == [0, 10, 10, 10, 10, 0, 20] + [10] * 7


def test_a_claim_is_on_the_whole_wherever_it_is_held_and_lies_with_members_too(simulate: Any) -> None:
    """Each clinic holds 50 of 100, of which kenya claims 80 and uganda 20. Each takes what waits and what it
    lacks to a week's use, 80 on evening 0 (ten and 70): b no more than its claim of 20, a all the 50 that lie there."""
    text = pool("claims: {kenya: 80%, uganda: 20%}", days=2).replace("held_at: store", "held_at: members")
    run = simulate(text)
    assert claims(run, "drawn") == {"kenya": [50, 0], "uganda": [20, 0], "": [0, 0]}
    assert at(run, "a", "reserve") == [0, 0]
    assert at(run, "b", "reserve") == [30, 30]
    lent = simulate(text.replace("release:", "borrow: {up_to: 50%, pay_back: 9d}\n    release:", 1))
    assert claims(lent, "borrowed")["uganda"] == [10, 0]  # half of 20


def test_a_pool_of_parties_may_have_a_claim_and_who_has_one_of_its_own_goes_by_that(simulate: Any) -> None:
    """Of 60, 50% are a pool's of both, and uganda has 10 of its own: kenya draws ten a day of the pool's 30, uganda
    its own, and then of the 20 that are nobody's."""
    text = pool("claims: {both: 50%, uganda: 10}", days=5, size="60")
    text = text.replace("parties: {", "parties: {both: {kind: pool, members: [kenya, uganda]}, ")
    run = simulate(text)
    assert claims(run)["both"] == [20, 10, 0, 0, 0]
    assert claims(run, "drawn")["uganda"] == [10, 0, 0, 0, 0]
    assert claims(run, "shared") == {"both": [0] * 5, "uganda": [0, 10, 10, 0, 0], "": [0] * 5}


def test_the_odd_unit_goes_by_name_and_not_by_who_stands_first(simulate: Any) -> None:
    """Claims of 50% of 101 each: the odd unit is kenya's, whose name comes first."""
    runs = [simulate(pool(f"claims: {{{both}}}", days=4, size="101", when=CLOSED))
            for both in ("kenya: 50%, uganda: 50%", "uganda: 50%, kenya: 50%")]  # fmt: skip
    assert [claims(run)["kenya"][0] for run in runs] == [51, 51]


def test_goods_that_a_party_is_to_bring_are_not_there_before_and_are_its_claim_when_they_come(simulate: Any) -> None:
    """Of 100, kenya has 50 and uganda 50, of which it brings 40: 60 are there at first, 10 of them uganda's. Brought on
    day 3, they are filled up from the store, 20 a day; never, 10 of uganda's are shared with kenya two days later."""
    brings = "claims: {kenya: 50%, uganda: 50%}\n    contributions: {uganda: {share: 40%, MADE}}\n"
    brings += "    refill: {at_most: 20%}\n    shared_again_after: 2d"
    at_store = "{at: store, on_hand: 999}, {at: facilities, on_hand: 80,"
    stock = pool(brings, days=7, when=CLOSED).replace("{at: [store, facilities], on_hand: 0,", at_store)
    late = simulate(stock.replace("MADE", f"by: {day(3)}"))
    assert claims(late) == {"kenya": [50] * 7, "uganda": [10, 10, 10, 30, 50, 50, 50], "": [0] * 7}
    assert claims(late, "brought")["uganda"] == [0, 0, 0, 20, 20, 0, 0]
    assert not any(sum(rows) for rows in claims(late, "refilled").values())
    paid = simulate(stock.replace("contributions: {uganda: {share: 40%, MADE}}\n", "\n"))
    for site in ("store", "a", "b"):  # what is brought is nobody's demand, and nobody issues it
        for figure in ("demand", "served", "ordered", "received", "dispatched"):
            assert at(late, site, figure) == at(paid, site, figure)
    never = simulate(stock.replace("MADE", "made: no"))
    assert claims(never) == {"kenya": [50, 50, 60, 60, 60, 60, 60], "uganda": [10, 10, 0, 0, 0, 0, 0], "": [0] * 7}
