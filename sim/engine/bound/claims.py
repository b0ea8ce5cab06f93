"""Claims on a reserve bound to the network: accounts by product and party, and which account draws where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Standing:
    """From day `since` on: who has not paid and may draw nothing (`unpaid`), whose claim is shared among the others
    (`lost`), and who has yet to bring goods (`absent`); masks over parties."""

    since: int
    unpaid: np.ndarray
    lost: np.ndarray
    absent: np.ndarray


@dataclass(frozen=True)
class BoundClaims:
    """Whose a reserve is. Accounts are product by product, in each the parties by name and last what is nobody's.

    `parties` are their names, the last empty; `products` positions of products, ascending; `size` is what accounts
    claim, in units. `of_holder` is the place of each holder's product among `products`; `of_flow`, `of_own` and
    `of_member` the accounts of the reserve's flows, of members that hold it themselves, and of member cells.
    `standings` are in turn. `due`, `made` and `over` over parties are the days on which a contribution is due, is
    made, and the claim is shared again that is not paid for (infinite: never); all ALWAYS where there is none.
    """

    parties: tuple[str, ...]
    products: np.ndarray
    size: np.ndarray
    of_holder: np.ndarray
    of_flow: np.ndarray
    of_own: np.ndarray
    of_member: np.ndarray
    standings: tuple[Standing, ...]
    due: np.ndarray
    made: np.ndarray
    over: np.ndarray

    @property
    def product(self) -> np.ndarray:
        """The place of each account's product among `products`."""
        return np.repeat(np.arange(len(self.products)), len(self.parties))

    @property
    def party(self) -> np.ndarray:
        """The place of each account's party among `parties`."""
        return np.tile(np.arange(len(self.parties)), len(self.products))

    @property
    def claimed(self) -> np.ndarray:
        """Whether some party's claim is what each member cell draws on; a mask."""
        return self.party[self.of_member] < len(self.parties) - 1

    def of_parties(self, names: tuple[str, ...]) -> np.ndarray:
        """Accounts of some parties; a mask."""
        return np.isin(self.party, [k for k, name in enumerate(self.parties) if name in names])
