"""Trust between parties: where it begins, what raises and lowers it, and what hangs on it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.errors import PlaceError
from sim.registry import Model
from sim.units import Days, Share, Text

Promise = Literal["goods", "shares", "loans", "contributions", "reports"]
PROMISES: list[Promise] = ["goods", "shares", "loans", "contributions", "reports"]


class FirstTrust(Model):
    """How far one party trusts another on the first day."""

    of: Text
    """the party that trusts"""
    in_: Text = Field(alias="in")
    """the party that it trusts"""
    start: Share
    """from 0%, not at all, to 100%"""


class TrustedTransfers(Model):
    """What a giver does for a party that it does not trust fully."""

    at_least: Share = 0.0
    """below this trust it gives and lends nothing"""
    keep_more: Days = 0.0
    """what it keeps on hand, days of use, above the `keep` of the entry for who is not trusted at all; in proportion
    between"""
    offers: Literal["trusted", "all"] = "trusted"
    """trusted: of what it can then spare it offers each taker the share that its trust is; all: everything"""


class Trust(Model):
    """Trust of each party in each other, from 0% to 100%, which moves with promises that are kept and broken.

    Every evening, for each two parties: where a promise was broken, trust t falls to t (1 - `broken`); else where one
    was kept, it rises to t + `kept` (1 - t) (the linear operator of Bush and Mosteller 1955; that trust is lost faster
    than won, Slovic 1993; the figures are assumed).
    """

    start: Share = 0.5
    """trust on the first day"""
    pairs: list[FirstTrust] = []
    """other first values, for two parties each"""
    kept: Share = 0.02
    """share of what lacks to full trust that a day with a kept promise wins"""
    broken: Share = 0.2
    """share of trust that a day with a broken promise takes away"""
    promises: list[Promise] = Field(default=PROMISES, min_length=1, json_schema_extra={"uniqueItems": True})
    """what counts as a promise. goods: broken on each day on which a ban, a quota, a closed way or a kept reserve holds
    back goods that the other buys or may be given, or a claim is kept that the other would borrow of; shares: kept on
    each day on which it is given or lent something, or gets its share of a reserve; loans: kept by who has paid back on
    the day it is due, broken on each day on which a loan is overdue; contributions: to a reserve with claims, kept by
    who makes it in time, broken on each day from then on until it is made or the claim is shared again; reports: kept
    on each day on which all reports come that are due, broken where none does. Left out: all"""
    transfers: TrustedTransfers | None = None
    """how transfers hang on it; left out: they do not"""
    hoarding: bool = False
    """true: buyers hoard less as they trust those they buy from: what they add to their orders is multiplied by
    1 - trust, mean over their sources of other parties"""

    def model_post_init(self, context: object) -> None:
        named: list[tuple[str, str]] = []
        for position, pair in enumerate(self.pairs):
            if pair.of == pair.in_:
                raise PlaceError(("pairs", position, "in"), "this is trust in itself", pair.in_, "another party")
            if (pair.of, pair.in_) in named:
                raise PlaceError(("pairs", position), "an earlier entry is about these two", None, "each two once")
            named.append((pair.of, pair.in_))
        twice = [word for k, word in enumerate(self.promises) if word in self.promises[:k]]
        if twice:
            raise PlaceError(("promises",), "this stands here twice", twice[0], "each once")
