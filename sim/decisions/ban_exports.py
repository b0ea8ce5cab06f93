"""Ban exports: a party lets goods leave its country no more, or only some."""

from __future__ import annotations

from pydantic import Field

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.errors import PlaceError
from sim.model.countries import Country
from sim.units import Share, Text


@DECISIONS.register("ban_exports")
class BanExports(Decision):
    """The party bans exports from its country, as the disruption `export_ban` does; everybody hears of it."""

    told = True
    country: Country | None = None
    """ISO 3166 code; left out: every country in which the party has sites"""
    quota: Share = 0.0
    """share of usual exports that may still leave"""
    exempt: list[Text] = Field(default=[])
    """countries or sites that are still served, such as members of the same pool"""
    example = {
        "by": "india", "when": {"trigger": "announced"}, "after": "3d", "for": "20d", "country": "IN",
        "quota": "10%",
    }  # fmt: skip
    bad_example = ({"by": "india", "when": {"trigger": "announced"}, "country": "KE"}, "has no site there")

    @property
    def against_others(self) -> bool:
        return True

    def act(self, scope: Scope) -> Acts:
        sites = scope.network.sites["country"].to_numpy()[scope.party.reach]
        countries = sorted({str(country) for country in sites if country})
        if self.country is not None:
            if self.country not in countries:
                message = f"'{scope.party.name}' has no site there, so it cannot ban what leaves"
                raise PlaceError(("country",), message, self.country, "a country of its own", countries)
            countries = [self.country]
        if not countries:
            raise PlaceError(("by",), "none of its sites has a country", scope.party.name, "sites with a country")
        ban = {
            "kind": "export_ban",
            "quota": f"{100 * self.quota:.12g}%",
            "exempt": self.exempt,
            "products": scope.products,
        }
        return Acts(disruptions=[ban | {"country": country} for country in countries])
