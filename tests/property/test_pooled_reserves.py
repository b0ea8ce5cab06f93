"""Claims in random networks: they are what the reserve has, nobody has more than its due, loans are accounted for."""

from __future__ import annotations

import numpy as np
import pytest

from tests.property.choices import Dice
from tests.property.networks import scenario
from tests.property.running import plan_of, run


def with_claims(count: int) -> list[int]:
    """The first seeds whose random networks have claims, by turns with and without borrowing, and trust."""
    found: list[int] = []
    seed = 0
    while len(found) < count:
        spec, turn = scenario(Dice(seed), disruptions=3), len(found)
        claimed = [one for one in spec["reserves"].values() if "claims" in one]
        borrows, trusts = any("borrow" in one for one in claimed), "trust" in spec
        if claimed and borrows == (turn % 2 == 0) and trusts == (turn % 4 < 2):
            found.append(seed)
        seed += 1
    return found


@pytest.mark.parametrize("seed", with_claims(8))
def test_claims_are_what_the_reserve_has_and_loans_are_repaid_owed_or_written_off(seed: int) -> None:
    """Day by day and product by product; what a reserve gave is what parties drew, had of nobody's, and borrowed."""
    done = run(scenario(Dice(seed), disruptions=3))
    names = [reserve.name for reserve in done.outcome.plan.reserves]
    assert done.outcome.claims
    for name, record in done.outcome.claims.items():
        stock = done.outcome.record.reserves["stock"][:, names.index(name)]
        assert (record.claim.sum(axis=1) == stock).all()
        borrowed, repaid, off = (record.total(figure) for figure in ("borrowed", "repaid", "written_off"))
        assert (borrowed == repaid + off + record.owed).all() and (record.owed >= 0).all()
        assert (record.total("lent").sum(axis=1) == borrowed.sum(axis=1)).all()
        assert (record.total("regained").sum(axis=1) == repaid.sum(axis=1)).all()
        given = record.daily("drawn").sum(axis=1) + record.daily("borrowed").sum(axis=1)
        assert (given == done.outcome.record.reserves["released"][:, names.index(name)]).all()
        spec = done.outcome.plan.reserves[names.index(name)].spec
        if spec.borrow is None:
            assert not borrowed.any()
        elif spec.changes == [] and not spec.contributions:
            assert (record.owed <= np.floor(spec.borrow.up_to * record.bound.size + 1e-9)).all()


@pytest.mark.parametrize("seed", with_claims(6)[::3])
def test_a_pool_taken_apart_holds_as_much_and_every_part_keeps_its_books(seed: int) -> None:
    """All that is there at first or comes is in some part, but for what is never brought; runs conserve units."""
    spec = scenario(Dice(seed), disruptions=3)
    name = next(name for name, one in spec["reserves"].items() if "claims" in one)
    given = spec["reserves"][name].get("contributions", {})
    whole = {one.name: one for one in plan_of(spec).reserves}[name]
    if len(given) == 1 and "no" in {one["made"] for one in given.values()}:
        spec["reserves"][name]["contributions"] = given = {}
    done = run(spec | {"apart": {"pool": name}})
    parts = [one for one in done.outcome.plan.reserves if one.part_of == name]
    assert 1 < len(parts) <= 3
    product = done.outcome.plan.network.cell_product
    for good in np.unique(product[whole.holder]):
        held = [int(one.size[product[one.holder] == good].sum()) for one in parts]
        assert sum(held) == int(whole.size[product[whole.holder] == good].sum())
    names = [reserve.name for reserve in done.outcome.plan.reserves]
    for key, record in done.outcome.claims.items():
        assert (record.claim.sum(axis=1) == done.outcome.record.reserves["stock"][:, names.index(key)]).all()
