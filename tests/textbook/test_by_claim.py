"""One store of several parties, shared by claim: what each may draw of what comes in, and when others may. By hand."""

from __future__ import annotations

from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.report.run.reasons.why_share import why_share
from tests.textbook.test_by_hand import at, day

RULE = "{rule: by_claim, at: store, claims: {kenya: 60%, uganda: 40%}, kept: 3d}"


def shop(rule: str = RULE, days: int = 6, asks: tuple[int, int] = (40, 5), stock: int = 100, extra: str = "") -> str:
    """A store with a hundred, to which nothing more comes within nine days, and a clinic in each of two countries, with
    nothing, that orders every evening what it needs that day, and what it needed before and was not sent."""
    return f"""
end: {day(days)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
warehouses: {{store: {{country: ZA}}}}
facilities: {{a: {{country: KE}}, b: {{country: UG}}}}
parties: {{kenya: {{kind: country, sites: KE}}, uganda: {{kind: country, sites: UG}}}}
lanes: [{{from: maker, to: store, time: 9d}}, {{from: store, to: facilities, time: 1d}}]
demand:
  - {{at: a, product: kit, per_day: {asks[0]}, distribution: deterministic, shortage: backorder}}
  - {{at: b, product: kit, per_day: {asks[1]}, distribution: deterministic, shortage: backorder}}
stock: [{{at: facilities, on_hand: 0, on_the_way: none}}, {{at: store, on_hand: {stock}, on_the_way: none}}]
replenishment: [{{at: [store, facilities], policy: base_stock, level: 0}}]
allocation: [{rule}]
{extra}
"""


def got(run: Any) -> list[tuple[int, int]]:
    """Units that kenya and uganda were sent, evening by evening but for the last."""
    return list(zip(at(run, "a", "received")[1:], at(run, "b", "received")[1:], strict=True))


def test_each_draws_on_its_claim_and_what_it_leaves_is_free_after_its_day(simulate: Any) -> None:
    """Of 100, 60 are kenya's, which asks for 40 a day and has drawn them on evening 1; uganda draws five a day, and
    after three days the 25 that it has left are free: of these it asks for five, and kenya has the other 20."""
    run = simulate(shop(), sharings=True)
    assert got(run) == [(40, 5), (20, 5), (0, 5), (20, 5), (0, 0)]
    told = why_share(run.sharings, 1, "store").text()
    assert "kenya got 20 of 40: its claim is 0.6 of what comes in, of which 20 are kept for it" in told
    table = run.sharings
    rows = table[(table["step"] == 1) & (table["day"] < 3)]
    assert rows["need"].tolist() == [60, 40, 20, 35, 0, 30]
    assert rows["to_give"].tolist() == [45, 45, 25, 25, 5, 5]


def test_what_is_not_kept_is_free_the_same_evening(simulate: Any) -> None:
    """45 on each of two evenings; of the ten that are left six are kenya's, four uganda's."""
    run = simulate(shop(RULE.replace(", kept: 3d", "")), sharings=True)
    assert got(run)[:3] == [(40, 5), (40, 5), (6, 4)]
    assert "its claim is 0.6 of what comes in; what others do not ask for" in why_share(run.sharings, 2, "store").text()


def test_who_had_what_others_left_has_its_whole_claim_on_what_comes_next(simulate: Any) -> None:
    """The store of before is sent 90 more, which come on day 4: 54 and 36. Kenya, which had uganda's 20 on evening 3,
    has its 54 on evening 4, and of what it waits for 66 are left; uganda five a day."""
    text = shop(days=8).replace("to: store, time: 9d", "to: store, time: 4d").replace(
        "at: [store, facilities], policy: base_stock, level: 0", "at: store, policy: push, quantity: 90, review: 30d}, "
        "{at: facilities, policy: base_stock, level: 0",
    )  # fmt: skip
    assert got(simulate(text))[:7] == [(40, 5), (20, 5), (0, 5), (20, 5), (54, 5), (0, 5), (0, 5)]


def test_single_units_are_shared_by_claim_in_the_long_run(simulate: Any) -> None:
    """One unit comes each evening from day 1 on, for which both ask: of ten six are kenya's and four uganda's, and of
    five three and two."""
    text = shop(days=13, asks=(40, 40), stock=0).replace("to: store, time: 9d", "to: store, time: 1d").replace(
        "at: [store, facilities], policy: base_stock, level: 0", "at: store, policy: push, quantity: 1}, "
        "{at: facilities, policy: base_stock, level: 0",
    )  # fmt: skip
    units = got(simulate(text))
    assert [tuple(map(sum, zip(*units[1 : 1 + n], strict=True))) for n in (5, 10)] == [(3, 2), (6, 4)]


def test_losses_are_everybodys_in_proportion(simulate: Any) -> None:
    """Half of the 55 that are left after evening 0 (kenya's 20 and uganda's 35) is lost: 28, of which 10.2 and 17.8."""
    lost = f"disruptions: [{{kind: stock_loss, at: store, share: 50%, from: {day(1)}}}]"
    run = simulate(shop(extra=lost), sharings=True)
    table = run.sharings
    assert table[(table["step"] == 1) & (table["day"] == 1)]["need"].tolist() == [10, 17]


def test_what_nobody_claims_is_free_and_goes_to_claimants_first(simulate: Any) -> None:
    """Kenya alone claims 30% of 100, and all are kept for nine days: it has its 30, and of the 70 that are free 10 on
    evening 0, uganda five after it; then 40 and five of 55; the last ten kenya's, for which it asks first."""
    rule = "{rule: by_claim, at: store, claims: {kenya: 30%}, kept: 9d}"
    assert got(simulate(shop(rule)))[:3] == [(40, 5), (40, 5), (10, 0)]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (RULE.replace("40%", "50%"), "add up to 110.0%"),
        (RULE.replace("uganda: 40%", "ugnda: 40%"), "did you mean 'uganda'"),
        (RULE.replace("uganda: 40%", "firm: 40%"), "it does not claim for a site that orders here"),
        (RULE.replace("kept: 3d", "floors: [{for: kenya, share: 10%}]"), "`claims`, which are what each gets at least"),
        ("{rule: by_claim, at: store}", "'claims' is missing"),
        ("{rule: by_claim, at: store, between: sites, claims: {kenya: 60%}}", "a claim is a party's"),
        ("{rule: uniform, at: store, between: parties, inside: by_claim}", "'claims' is missing"),
        (
            RULE.replace("kept: 3d", "inside: {kenya: {rule: by_claim, claims: {kenya: 50%}, kept: 3d}}"),
            "what a claimant got leaves at once",
        ),
    ],
)
def test_what_is_wrong_with_claims_is_told(rule: str, told: str, simulate: Any) -> None:
    firm = "kenya: {kind: country, sites: KE}, firm: {kind: firm, sites: maker}"
    with pytest.raises(ScenarioError, match=told):
        simulate(shop(rule).replace("kenya: {kind: country, sites: KE}", firm))


def test_a_reserve_has_claims_of_its_own(simulate: Any) -> None:
    rule = RULE.replace("at: store, ", "")
    reserve = "reserves: {pool: {held_at: store, size: 10, members: facilities, "
    reserve += f"release: {{when: {{trigger: announced}}, rule: {rule}}}}}}}"
    with pytest.raises(ScenarioError, match="nothing comes into a reserve that could be kept"):
        simulate(shop(extra=reserve))
