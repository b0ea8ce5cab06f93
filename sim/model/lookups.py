"""What stands where in a network: sites, cells, flows and lanes by the words a planner uses.

A hazard asks again for every shock, so each answer is worked out once, and costs what it holds, not what the network
holds. None of them may be changed in place.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd

from sim.errors import PlaceError, placed
from sim.model.lists import Lists
from sim.model.selection import KINDS, Selector, select


class LaneLike(Protocol):
    """As much of a lane as is looked for."""

    @property
    def name(self) -> str: ...
    @property
    def mode(self) -> str: ...


class Answers:
    """Sites by selector and cells by selector and products, as far as asked for; no part of what a network is.

    Networks of the same cells may share one.
    """

    def __init__(self) -> None:
        self.of: dict[str, np.ndarray] = {}

    def __reduce__(self) -> tuple[type[Answers], tuple[()]]:
        return Answers, ()


class Lookups:
    """Part of `Network`, which has the fields."""

    sites: pd.DataFrame
    products: pd.DataFrame
    cell_site: np.ndarray
    cell_product: np.ndarray
    flow_buyer: np.ndarray
    flow_source: np.ndarray
    lanes: tuple[LaneLike, ...]
    answers: Answers

    @cached_property
    def site_kind(self) -> np.ndarray:
        """Kind of each site."""
        return self.sites["kind"].to_numpy(dtype=object)

    @cached_property
    def cell_kind(self) -> np.ndarray:
        """Kind of the site of each cell."""
        return self.site_kind[self.cell_site]

    def site_names(self, positions: np.ndarray) -> list[str]:
        """Names of the sites at these positions."""
        return [str(n) for n in self.sites["name"].to_numpy()[positions]]

    def cell_names(self, cells: np.ndarray) -> list[str]:
        """Site and product of these cells, as 'site/product'."""
        sites = self.sites["name"].to_numpy()[self.cell_site[cells]]
        goods = self.products["name"].to_numpy()[self.cell_product[cells]]
        return [f"{site}/{product}" for site, product in zip(sites, goods, strict=True)]

    def product_positions(self, names: list[str] | None) -> np.ndarray:
        """Positions of products by name; all of them for None. Raises PlaceError for an unknown one."""
        known = self._product_of
        if names is None:
            return np.arange(len(known))
        for position, name in enumerate(names):
            if name not in known:
                raise PlaceError((position,), "unknown product", name, "a product of this scenario", known)
        return np.array(sorted(known[name] for name in names), dtype=np.int64)

    def select_sites(self, selector: Selector) -> np.ndarray:
        """Positions of the sites a selector names."""
        word = repr(selector)
        if word not in self.answers.of:  # a hazard asks again for every shock
            named = isinstance(selector, str) and selector in self.site_of and selector not in (*KINDS, "all")
            found = np.array([self.site_of[str(selector)]]) if named else select(selector, self.sites)
            self.answers.of[word] = found
        return self.answers.of[word]

    def select_cells(self, selector: Selector, products: list[str] | None = None) -> np.ndarray:
        """Positions of the cells at the selected sites that hold one of the products.

        Raises PlaceError on the field `at` or `products` where a name is unknown.
        """
        word = repr((selector, products))
        if word not in self.answers.of:
            with placed("at"):
                sites = self.select_sites(selector)
            with placed("products"):
                self.answers.of[word] = self.cells_of(sites, self.product_positions(products))
        return self.answers.of[word]

    def cells_of(self, sites: np.ndarray, products: np.ndarray) -> np.ndarray:
        """Positions of the cells at these sites and of these products, ascending."""
        cells = np.sort(self._cells_at.of(np.unique(sites))[0])
        of = np.zeros(len(self.products), dtype=bool)
        of[products] = True
        return cells[of[self.cell_product[cells]]]

    def flows_from(self, cells: np.ndarray) -> np.ndarray:
        """Positions of the flows out of these cells, ascending."""
        return np.sort(self._flows_from.of(np.unique(cells))[0])

    def crossing(self, country: str, trade: str) -> np.ndarray:
        """Whether each flow goes over the country's border as one of its "exports" or "imports"; a mask
        changed in place."""
        if (country, trade) not in self._crossing:
            at_home = (self.sites["country"] == country).to_numpy()
            source, buyer = at_home[self.cell_site[self.flow_source]], at_home[self.cell_site[self.flow_buyer]]
            self._crossing[country, trade] = source & ~buyer if trade == "exports" else buyer & ~source
        return self._crossing[country, trade]

    def of_kind(self, kind: str) -> np.ndarray:
        """Whether each cell is at a site of this kind; a mask, not to be changed in place."""
        if kind not in self._of_kind:
            self._of_kind[kind] = np.asarray(self.cell_kind == kind, dtype=bool)
        return self._of_kind[kind]

    @cached_property
    def countries(self) -> set[str]:
        """Codes of the countries of all sites."""
        return set(map(str, self.sites["country"]))

    @cached_property
    def site_of(self) -> dict[str, int]:
        """Sites by name."""
        return {str(n): i for i, n in enumerate(self.sites["name"])}

    @cached_property
    def lane_of(self) -> dict[str, int]:
        """Lanes by name."""
        return {lane.name: i for i, lane in enumerate(self.lanes)}

    @cached_property
    def lane_mode(self) -> np.ndarray:
        """Mode of each lane."""
        return np.array([lane.mode for lane in self.lanes], dtype=object)

    @cached_property
    def _product_of(self) -> dict[str, int]:
        return {str(n): i for i, n in enumerate(self.products["name"])}

    @cached_property
    def _cells_at(self) -> Lists:
        """Cells by site."""
        return Lists(self.cell_site, np.arange(len(self.cell_site)), len(self.sites))

    @cached_property
    def _flows_from(self) -> Lists:
        """Flows by source cell."""
        return Lists(self.flow_source, np.arange(len(self.flow_source)), len(self.cell_site))

    @cached_property
    def _of_kind(self) -> dict[str, np.ndarray]:
        return {}

    @cached_property
    def _crossing(self) -> dict[tuple[str, str], np.ndarray]:
        return {}
