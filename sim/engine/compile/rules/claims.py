"""Claims on reserves bound to the network: what each party's is in units, and who draws on whose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.bound.claims import BoundClaims, Standing
from sim.engine.bound.in_force import ALWAYS
from sim.engine.plan import ReservePlan
from sim.errors import PlaceError, placed
from sim.model.amounts import Cover
from sim.model.network import Network, whole_units
from sim.policies.allocation.base import largest_remainder
from sim.policies.allocation.claimants import check_party
from sim.policies.reserves.claims import Contribution, Part
from sim.policies.reserves.reserve import Reserve

PARTS = 10**9
"""Shares are counted in billionths when a size is split by claims."""


def claimed_units(network: Network, reserve: Reserve, members: np.ndarray, product: int) -> int:
    """Units of a product that are claimed in units or in days of use."""
    mine = members[network.cell_product[members] == product]
    owner = _owners(network, reserve, mine)
    return sum(
        _units(network, claim, mine[owner == k]) or 0
        for k, (_, claim) in enumerate(_by_name(reserve))
        if not isinstance(claim, Part)
    )


def bind_claims(network: Network, plan: ReservePlan) -> BoundClaims:
    """The claims on a reserve whose holders, members and flows are known."""
    reserve = plan.spec
    for field in ("claims", "contributions"):
        for name in getattr(reserve, field):
            with placed(field):
                check_party(name, network)
    names = (*(name for name, _ in _by_name(reserve)), "")
    products = np.unique(network.cell_product[plan.holder])
    of_holder = np.searchsorted(products, network.cell_product[plan.holder])
    owner = _owners(network, reserve, plan.members)
    for k, name in enumerate(names[:-1]):
        if not (owner == k).any():
            expected = "a party with members of this reserve, or these sites among its `members`"
            raise PlaceError(("claims", name), "no site of this party draws on the reserve", name, expected)
    size = np.concatenate([
        _sizes(network, plan, owner, int(product), int(plan.size[of_holder == k].sum()))
        for k, product in enumerate(products)
    ])  # fmt: skip
    of_member = np.searchsorted(products, network.cell_product[plan.members]) * len(names) + owner
    return BoundClaims(
        names, products, size, of_holder, _of_flows(network, plan, names, of_member), of_member[plan.own[:, 1]],
        of_member, tuple(_standings(reserve, network)),
        *np.array([_days(reserve, name, network) for name in names]).T,
    )  # fmt: skip


def _by_name(reserve: Reserve) -> list[tuple[str, Part | Cover | float]]:
    """Parties and their claims in order of name, so that nobody is rounded up for standing first."""
    return sorted(reserve.claims.items(), key=lambda item: item[0])


def _owners(network: Network, reserve: Reserve, cells: np.ndarray) -> np.ndarray:
    """Whose claim each of these cells draws on: its owner's, or the first pool's that its owner is in; what is nobody's
    comes last."""
    place = {name: k for k, (name, _) in enumerate(_by_name(reserve))}
    known = network.sites["parties"].to_numpy()
    sites, number = np.unique(network.cell_site[cells], return_inverse=True)
    found = [next((place[name] for name in known[site] if name in place), len(place)) for site in sites]
    return np.array(found, dtype=np.int64)[number]


def _units(network: Network, claim: Part | Cover | float, mine: np.ndarray) -> int | None:
    """A claim in units, given its party's member cells; None for a share."""
    if isinstance(claim, Part):
        return None
    if isinstance(claim, Cover):
        return int(whole_units(np.array([claim.days * float(network.cell_mean[mine].sum())]))[0])
    return round(claim)


def _sizes(network: Network, plan: ReservePlan, owner: np.ndarray, product: int, total: int) -> np.ndarray:
    """Claims on one product in units, and last what nobody claims; shape (parties + 1,)."""
    here = network.cell_product[plan.members] == product
    claims = _by_name(plan.spec)
    units = np.zeros(len(claims) + 1, dtype=np.int64)
    if not total:  # as in a strategy without the reserve
        return units
    parts = np.array([round(c.share * PARTS) if isinstance(c, Part) else 0 for _, c in claims] + [0], dtype=np.int64)
    parts[-1] = PARTS - parts.sum()
    by_share = largest_remainder(np.array([total]), np.zeros(len(parts), dtype=np.int64), np.maximum(parts, 0))
    for k, (name, claim) in enumerate(claims):
        with placed("claims", name):
            written = _units(network, claim, plan.members[here & (owner == k)])
        units[k] = by_share[k] if written is None else written
    units[-1] = total - units.sum()
    if units[-1] < 0:
        good = network.products["name"].iat[product]
        message = f"the claims on '{good}' add up to {total - units[-1]:,} units, and the reserve holds {total:,}"
        raise PlaceError(("claims",), message, None, "claims that add up to the size at most, or no `size`")
    return units


def _of_flows(network: Network, plan: ReservePlan, names: Sequence[str], of_member: np.ndarray) -> np.ndarray:
    """The account that goods on each of the reserve's flows are drawn on: that of all members behind it, or the buyer's
    own where they are several's.

    Raises PlaceError where nobody could tell.
    """
    width = len(names)
    found = np.zeros(len(plan.flow), dtype=np.int64)
    buyer = _owners(network, plan.spec, network.flow_buyer[plan.flow])
    for k, serves in enumerate(plan.flow_serves):
        accounts = np.unique(of_member[serves])
        first = accounts[0] // width * width
        if len(accounts) > 1 and buyer[k] == width - 1:
            site = network.site_names(network.cell_site[network.flow_buyer[plan.flow[[k]]]])[0]
            who = " and ".join(f"'{names[a % width]}'" if names[a % width] else "others" for a in accounts[:2])
            message = f"{who} both get their goods through this site, which is nobody's: whose claim would be drawn on?"
            raise PlaceError(("claims",), message, site, "the reserve held there or below, or the site some party's")
        found[k] = accounts[0] if len(accounts) == 1 else first + buyer[k]
    return found


def brought(reserve: Reserve, network: Network) -> list[tuple[float, float]]:
    """(share of the reserve that a party brings in goods, day on which they are there) for all that is not at first."""
    found = []
    for _, contribution in sorted(reserve.contributions.items()):
        _, made = _paid(contribution, network)
        if contribution.share and made > -network.calendar.warm_up:
            found.append((contribution.share, made))
    return found


def _standings(reserve: Reserve, network: Network) -> list[Standing]:
    """Who has paid for its claim, and brought what it is to bring, from each day on which that changes."""
    spans = []
    for name, _ in _by_name(reserve):
        contribution = reserve.contributions.get(name)
        due, made, over = _days(reserve, name, network)
        spans.append((due, made, over, contribution is not None and contribution.share > 0))
    turns = {turn for due, made, lost, _ in spans if made > due for turn in (due, min(made, lost), lost)}
    turns |= {turn for _, made, _, brings in spans if brings for turn in (ALWAYS, made)}
    found = []
    for turn in sorted(turns):
        if turn < network.calendar.days:
            lost = np.array([made > over and turn >= over for _, made, over, _ in spans] + [False])
            unpaid = np.array([due <= turn < made for due, made, _, _ in spans] + [False])
            absent = np.array([brings and turn < made for _, made, _, brings in spans] + [False])
            found.append(Standing(int(np.ceil(turn)), unpaid | lost, lost, absent))
    return found


def _days(reserve: Reserve, name: str, network: Network) -> tuple[float, float, float]:
    """(day on which a party's contribution is due, is made, and its claim is shared among others if it is not)."""
    due, made = _paid(reserve.contributions.get(name), network)
    return due, made, due + reserve.shared_again_after if made > due else np.inf


def _paid(contribution: Contribution | None, network: Network) -> tuple[float, float]:
    """(day on which a contribution is due, day on which it is made)."""
    if contribution is None:
        return ALWAYS, ALWAYS
    day = network.calendar.day
    due = -float(network.calendar.warm_up) if contribution.by is None else day(contribution.by)
    if isinstance(contribution.made, bool):
        return due, due if contribution.made else np.inf
    return due, max(due, day(contribution.made))
