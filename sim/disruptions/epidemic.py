"""Epidemic: an infection spreads from place to place, and the ill need more."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.disruptions.base import DISRUPTIONS, FromFile
from sim.errors import PlaceError, placed
from sim.model.effects import Effect, Impulse, PatientArrivals
from sim.model.need.outbreak import seir
from sim.model.network import Network
from sim.model.selection import select
from sim.registry import Model
from sim.units import Date, Days, NonNegative, Positive, Share, Text

MODELLED = {"latent", "infectious", "seeds", "treated", "measures"}
"""Fields of the worked-out course alone."""


class EpidemicMeasure(Model):
    """A time in which people meet less, or less closely: a lockdown, masks, closed schools."""

    transmission: Share
    """share of usual transmission that goes on; measures that overlap multiply"""
    on: Date | None = None
    """first day; or give `after`"""
    after: Days | None = None
    """time since the epidemic's `from`; or give `on`"""
    until: Date | None = None
    """first day on which it is over; or give `for`; left out: to the end"""
    for_: Days | None = Field(default=None, alias="for")
    """how long it holds"""
    places: list[Text] | None = None
    """places among `arrives`; left out: all"""

    def model_post_init(self, context: object) -> None:
        if (self.on is None) == (self.after is None):
            raise ValueError("either on (a date) or after (a duration)")
        if self.until is not None and self.for_ is not None:
            raise ValueError("either until (a date) or for (a duration)")
        if self.until is not None and self.on is not None and self.until <= self.on:
            raise PlaceError(("until",), "the measure ends before it begins", self.until, f"a date after {self.on}")

    def span(self, begin: dt.date) -> tuple[float, float]:
        """First day and first day after, since the epidemic's `from`."""
        first = float((self.on - begin).days) if self.on is not None else float(self.after or 0.0)
        if self.until is not None:
            return first, float((self.until - begin).days)
        return first, np.inf if self.for_ is None else first + self.for_


@DISRUPTIONS.register("epidemic")
class Epidemic(FromFile):
    """Cases bring demand of their own: `items` units a case, shared by the facilities of each place.

    The course is worked out (SEIR, people who become infectious each day, in each place from its arrival on), or read
    from a file with columns date, region, cases; days that it does not list have no cases. The usual patients come as
    ever; those of the epidemic are drawn around their mean (Poisson), or are the mean where demand is deterministic.
    At its end the epidemic's demand stops.
    """

    columns: ClassVar[dict[str, str]] = {"date": "date", "region": "place", "cases": "number"}
    items: dict[str, NonNegative] = Field(min_length=1)
    """product -> units that one case takes, on the day it falls ill"""
    arrives: dict[str, Days] = {}
    """region, country or site -> time after `from` at which the epidemic arrives; the population is that of its
    facilities, and the places must not overlap"""
    r0: Positive | None = None
    """people whom one infectious person infects at first; with `arrives`, or give `file`"""
    latent: Days = Field(default=5.0, gt=0)
    """mean time from infection to being ill and infectious"""
    infectious: Days = Field(default=7.0, gt=0)
    """mean time of being infectious"""
    seeds: Positive = 10.0
    """infectious people with whom it begins in each place"""
    measures: list[EpidemicMeasure] = []
    """what lowers transmission for a time; not with a file"""
    treated: Share = 1.0
    """share of those who fall ill that become cases; not with a file, whose cases count in full"""
    shared_by: Literal["usual_demand", "population"] = "usual_demand"
    """how the demand of a place is shared by those of its facilities that use the product"""
    example = {
        "from": "2024-01-11", "for": "40d", "items": {"saline": 1.5}, "arrives": {"coast": "0d", "inland": "9d"},
        "r0": 4, "treated": "20%",
    }  # fmt: skip
    severity = {"treated": "0%"}
    bad_example = (
        {"from": "2024-01-11", "for": "40d", "items": {"saline": 1.5}, "arrives": {"coats": "0d"}, "r0": 4},
        "did you mean 'coast'",
    )

    def check(self) -> None:
        if (self.r0 is None) == (self.file is None):
            raise ValueError("either r0 (with arrives) or file")
        if self.sheet is not None and self.file is None:
            raise ValueError("sheet only with a file")
        if (self.r0 is None) == bool(self.arrives):
            raise ValueError("arrives with r0, and not with a file")
        if self.file is not None and (useless := MODELLED & self.model_fields_set):
            raise ValueError(f"no {', '.join(sorted(useless))} with a file, whose cases count as they are")
        for k, measure in enumerate(self.measures):
            for j, place in enumerate(measure.places or ()):
                if place not in self.arrives:
                    where = ("measures", k, "places", j)
                    raise PlaceError(where, "the epidemic does not come there", place, None, self.arrives)

    def place(self) -> str:
        return ", ".join(self.arrives) or str(self.file)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        return [], []

    def arrivals(self, network: Network) -> list[PatientArrivals]:
        with placed("items"):
            for product in self.items:
                network.product_positions([product])
        taken: dict[int, str] = {}
        found = []
        for place, (first, cases) in self._courses(network).items():
            with placed("arrives" if self.arrives else "file"):
                sites = self._facilities(network, place)
                for site in sites.tolist():
                    if taken.setdefault(site, place) != place:
                        message = f"'{network.site_names(np.array([site]))[0]}' is in '{taken[site]}' and in '{place}'"
                        raise PlaceError((), message, place, "places that do not overlap")
            cells, weight = self._weights(network, place, sites)
            if cases.any():
                found.append(PatientArrivals(cells, weight, first, cases, place, self.label))
        return found

    def _courses(self, network: Network) -> dict[str, tuple[float, np.ndarray]]:
        """First day and cases a day of each place, no longer than the scenario goes on."""
        start, end = self.span(network)
        end = min(end, float(network.calendar.days))
        if self.r0 is None:
            return self._from_file(network, start, end)
        courses = {}
        for place, lag in self.arrives.items():
            with placed("arrives"):
                people = float(self._people(network, self._facilities(network, place)).sum())
                if people <= self.seeds:
                    raise PlaceError((place,), f"'{place}' has no more people than seeds", f"{people:g}")
            days = max(0, int(np.ceil(end - start - lag)))
            contacts = [
                (first - lag, over - lag, measure.transmission)
                for measure in self.measures
                if measure.places is None or place in measure.places
                for first, over in [measure.span(self.from_)]
            ]
            cases = np.zeros(0)
            if days:
                cases = seir(people, self.r0, self.latent, self.infectious, self.seeds, days, contacts)
            courses[place] = start + lag, self.treated * cases
        return courses

    def _from_file(self, network: Network, start: float, end: float) -> dict[str, tuple[float, np.ndarray]]:
        day = (self.rows["date"] - np.datetime64(network.calendar.start, "D")).astype(np.int64)
        inside = (day >= start) & (day < end)
        first = int(np.ceil(start))
        courses = {}
        for place in dict.fromkeys(str(name) for name in self.rows["region"]):
            mine = inside & (self.rows["region"] == place)
            cases = np.bincount(day[mine] - first, self.rows["cases"][mine], max(0, int(np.ceil(end)) - first))
            courses[place] = float(first), cases
        return courses

    def _facilities(self, network: Network, place: str) -> np.ndarray:
        sites = select(place, network.sites)
        sites = sites[network.site_kind[sites] == "facility"]
        if not sites.size:
            raise PlaceError((), "no facility is there", place)
        return sites

    @staticmethod
    def _people(network: Network, sites: np.ndarray) -> np.ndarray:
        people = network.sites["population"].to_numpy(dtype=float)[sites]
        if not (people > 0).all():
            name = network.site_names(sites[people <= 0])[0]
            raise PlaceError((), f"no population is given for '{name}'", None, "a population above 0 at every facility")
        return people

    def _weights(self, network: Network, place: str, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cells of the place and units that a case of the place takes at each."""
        cells, weights = [], []
        for product, units in self.items.items():
            mine = network.cells_of(sites, network.product_positions([product]))
            share = network.cell_mean[mine]
            if self.shared_by == "population":
                with placed("shared_by"):
                    share = self._people(network, network.cell_site[mine])
            if not share.any():
                raise PlaceError(("items", product), f"no facility of '{place}' uses '{product}'", product)
            cells.append(mine)
            weights.append(units * share / share.sum())
        order = np.argsort(np.concatenate(cells))
        return np.concatenate(cells)[order], np.concatenate(weights)[order]
