"""In what the figures of a scenario are counted: the currency of its sums, and the units of its products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.goods.counted import in_plural, in_singular
from sim.report.words.phrases import listed

if TYPE_CHECKING:
    from sim.scenario.words.spec import Scenario
    from sim.study.design.measures import Measure

ANY = "units"
"""What products of different units are counted in together."""


@dataclass(frozen=True)
class Counted:
    """`currency` of every sum; `products`: name -> unit."""

    currency: str
    products: Mapping[str, str]

    @property
    def adds_up(self) -> bool:
        """Whether amounts of all products together mean something."""
        return len(set(self.products.values())) == 1

    @property
    def all(self) -> str:
        """What all products are counted in; "units" where they differ."""
        return in_plural(next(iter(self.products.values()))) if self.adds_up else ANY

    @property
    def added_up(self) -> str:
        """What is added up where products differ in their units: boxes and pieces; empty where they do not."""
        return "" if self.adds_up else listed([in_plural(unit) for unit in dict.fromkeys(self.products.values())])

    def one_of(self, unit: str) -> str:
        """One of what is counted: a bag."""
        one = next(iter(self.products.values()), "unit") if self.adds_up else "unit"
        return one if unit == self.all else " × ".join(in_singular(part) for part in unit.split(" × "))

    def unit(self, measure: Measure, group: str = "") -> str:
        """The unit of a figure in words, money's being the currency; kinds such as "share" and "day" as they are."""
        if measure.unit == "money":
            return self.currency
        if measure.unit not in ("units", "unit-days"):
            return measure.unit
        own = measure.breakdown == "product" and group in self.products
        goods = in_plural(self.products[group]) if own else self.all
        return goods if measure.unit == "units" else f"{goods} × days"


def counted(specs: Iterable[Scenario]) -> Counted:
    """In what the figures of some scenarios are counted together."""
    several = list(specs)
    products = {name: product.unit for spec in several for name, product in spec.products.items()}
    return Counted(several[0].costs.currency, products)
