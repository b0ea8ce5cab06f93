"""A random scenario that is being built: what is known of it so far."""

from __future__ import annotations

from tests.property.choices import Choose, Spec


class Draft:
    """Where its choices come from, the names of its sites and goods, and who buys what from whom."""

    makers: dict[str, Spec]
    """the suppliers as they stand in the scenario"""
    makes: dict[str, list[str]]
    """supplier -> what it makes to sell"""
    goods: dict[str, Spec]
    region: dict[str, str]
    country: dict[str, str]
    used: dict[str, list[str]]
    """warehouse -> what is bought from it"""
    buyers: list[str]
    in_use: list[str]
    """materials that somebody buys"""
    spec: Spec

    def __init__(self, choose: Choose, exact: bool) -> None:
        self.c, self.exact = choose, exact
        self.days = choose.number(20, 45)
        self.materials: list[str] = []
        self.products = [f"p{k}" for k in range(1, choose.number(1, 3) + 1)]
        self.suppliers = [f"s{k}" for k in range(1, choose.number(1, 3) + 1)]
        self.ports = [f"h{k}" for k in range(1, choose.number(0, 2) + 1)]
        self.warehouses = [f"w{k}" for k in range(1, choose.number(1, 3) + 1)]
        self.facilities = [f"f{k}" for k in range(1, choose.number(1, 8) + 1)]
        self.lanes: dict[tuple[str, str], Spec] = {}
        self.trains: dict[str, Spec] = {}
        self.last: dict[tuple[str, str], tuple[str, str]] = {}
        self.sourcing: list[Spec] = []
        self.sources: dict[tuple[str, str], list[str]] = {}
        self.wants: dict[str, list[str]] = {}
