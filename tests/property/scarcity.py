"""What people do about scarcity in random scenarios: levels in time, patients who stay, who buys ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tests.property.choices import Choose, Spec, maybe

if TYPE_CHECKING:
    from tests.property.draft import Draft


def staying(draft: Draft, terms: Spec) -> None:
    """Some patients stay with a substitute."""
    c = draft.c
    if not c.number(0, 2):
        maybe(c, terms, "stays", ["35%", "100%"])
        maybe(c, terms, "stays_for", ["4d"])
        maybe(c, terms, "come_every", ["1d", "6d"])


def in_time(draft: Draft, entry: Spec) -> None:
    """Levels of use that begin late, grow, wear off, or save some uses."""
    c = draft.c
    for level in ("contingency", "crisis"):
        if level not in entry or c.number(0, 2):
            continue
        entry[level] = dict(entry[level])
        maybe(c, entry[level], "ramp", ["3d", "12h"])
        maybe(c, entry[level], "wears_off", [{}, {"share": "100%", "half_in": "2d"}])
        maybe(c, entry[level], "after", ["1d", "4d"])
        if c.number(0, 1):
            for product in draft.products:
                draft.goods[product]["uses"] = {"planned": "40%", "urgent": "60%"}
            entry[level] |= {"saves": {"planned": "90%", "urgent": "20%"}, "comes_back": {"planned": "70%"}}


def buying_ahead(draft: Draft, triggered: Mapping[str, Callable[[Choose], Spec]]) -> list[Spec]:
    """Families of every second facility, and warehouses."""
    c, entries = draft.c, []
    stores = [warehouse for warehouse in draft.warehouses if warehouse in draft.buyers]
    for some in (draft.facilities[::2], stores):
        if not some or c.number(0, 3):
            continue
        entry: Spec = {"at": some, "when": triggered[c.one(sorted(triggered))](c)}
        # nobody takes a dose of an open vial home, and who can take nothing home is refused
        at_home = some != stores and not any("doses" in product for product in draft.goods.values())
        if at_home:
            families: Spec = {"times": c.one([1, 1.2, 4]), "for": c.one(["1d", "6d"])}
            maybe(c, families, "paid_back_in", ["1d", "9d"])
            maybe(c, families, "kept", ["30%", "100%"])
            entry["families"] = families
        if not at_home or c.number(0, 1):
            entry["buyers"] = {"times": c.one([1, 1.5]), "for": c.one(["1d", "9d"])}
        entries.append(entry)
    return entries
