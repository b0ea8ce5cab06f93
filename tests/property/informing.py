"""Random information on top of a random scenario: who sees what of whom, how late and how well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.policies.information import LEVELS
from tests.property.choices import Choose, Spec, maybe

if TYPE_CHECKING:
    from tests.property.networks import Builder

ALL_AT_ONCE: list[Spec] = [{"of": "all", "sees": "capacity"}]


def two_parties(builder: Builder) -> Spec:
    """A country and a firm; what is left of the sites belongs to nobody."""
    half = [facility for k, facility in enumerate(builder.facilities) if k % 3]
    return {
        "land": {"kind": "country", "sites": [*builder.warehouses[:1], *half]},
        "firm": {"kind": "firm", "sites": builder.suppliers},
    }


def random_information(builder: Builder) -> list[Spec]:
    """Who sees what: for each of a few pairs that do not overlap, anything."""
    c = builder.c
    parts = [("land", "own"), ("land", "firm"), ("firm", "land"), (builder.facilities[0], "firm"), ("firm", "own")]
    return [{"who": who, "of": of} | terms(builder) for who, of in parts if c.number(0, 2)] or ALL_AT_ONCE


def random_trust(c: Choose) -> Spec:
    """Trust between the two, and something or nothing that hangs on it."""
    trust: Spec = {"start": c.one(["0%", "60%"]), "kept": "10%", "broken": "30%"}
    maybe(c, trust, "transfers", [{}, {"at_least": "30%", "keep_more": "4d", "offers": "all"}])
    maybe(c, trust, "hoarding", [True])
    return trust


def terms(builder: Builder) -> Spec:
    c = builder.c
    terms: Spec = {"sees": c.one(list(LEVELS))}
    if terms["sees"] != "nothing":
        maybe(c, terms, "lag", ["1d", "4d", "20d"])
        maybe(c, terms, "every", ["2d", "7d"])
        maybe(c, terms, "missing", ["30%", "100%"])
        maybe(c, terms, "error", ["10%"])
    return terms
