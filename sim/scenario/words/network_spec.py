"""The words for goods, sites and lanes. Field docstrings are the reference."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from sim.errors import PlaceError
from sim.model.amounts import AmountField, StockField, TextOrColumn, TimesOrSites
from sim.model.chance.distributions import AT_ONCE, TimesField
from sim.model.countries import Country
from sim.model.selection import SelectorField
from sim.registry import Model
from sim.scenario.words.capacity_spec import CapacityField, More
from sim.scenario.words.freight_spec import Loads, Verified
from sim.units import Date, Days, NonNegative, Number, Percent, Positive, Share, Text, Whole, WholeDays

MOST_OPEN = 366.0
ISSUES = ("first_expired", "first_in", "last_in")
YEARLY = re.compile(r"^\d{2}-\d{2}$")


def parse_yearly(value: Any) -> tuple[int, int]:
    """(month, day) of a day of every year such as 03-15; raises ValueError for one that does not exist."""
    if isinstance(value, tuple):
        return value
    try:
        if not YEARLY.match(str(value)):
            raise ValueError
        date = dt.date.fromisoformat(f"2000-{value}")
    except ValueError:
        raise ValueError("a day of every year written month-day such as 03-15") from None
    return date.month, date.day


Yearly = Annotated[
    tuple[int, int],
    BeforeValidator(parse_yearly),
    WithJsonSchema({"type": "string", "pattern": YEARLY.pattern}),
]


class Substitute(Model):
    """On what terms another product is used instead."""

    ratio: Positive = 1.0
    """units of the other product that stand in for one unit of this"""
    share: Share = 1.0
    """share of patients for whom it is acceptable"""
    stays: Share = 0.0
    """share of those who moved to it that stay with it when this product is there again; left out: all come back"""
    stays_for: Annotated[Days, Field(gt=0)] | None = None
    """how long they stay; left out: for good"""
    come_every: WholeDays = 30
    """how often a patient comes: a shortage of a day moves only those who come on it"""
    needs_leave: bool = False
    """true: only while leave is given, by a decision `substitute`"""


class Product(Model):
    """A good that is counted in whole units."""

    unit: Text
    """what one unit is, such as vial, bag or tablet"""
    cost: NonNegative = 0.0
    """purchase cost of one unit, in the scenario's currency"""
    priority: Literal["vital", "essential", "necessary"] = "essential"
    """class of importance (VEN)"""
    size: Positive = 1.0
    """handling units (of ports and of lane capacities) that one unit takes"""
    weight: Positive | None = None
    """kg of one unit, with packing, for the emissions of freight; left out: not counted"""
    storage: Literal["ambient", "cold"] = "ambient"
    """cold goods need lanes with `cold: true`, fill cold rooms, and spoil in power cuts"""
    shelf_life: Days | None = None
    """days of use, that of making included, in whole days; left out: does not expire"""
    issue: Literal["first_expired", "first_in", "last_in"] = "first_expired"
    """which lot of a stock goes out first"""
    doses: Whole = Field(default=1, ge=1)
    """doses in one unit (a vial): demand for it is then written in doses, and counted in units that are opened"""
    open_for: Days = 0.0
    """how long an open unit can be used; less than a day: on that day only"""
    minimum_life: Days = 0.0
    """days of use that must be left when a warehouse or facility receives it: older lots are not sent, or refused"""
    trace: bool = False
    """keep this product by lot even if it has no shelf life, so that the journal can tell where each lot went"""
    substitutes: dict[str, Substitute] = {}
    """products used instead when this one is short, tried in the order in which they are named"""
    uses: dict[Text, Share] = {}
    """what it is used for, and the share of demand that each use has, such as {elective: 40%, urgent: 60%}; use levels
    may save a share of each"""

    def model_post_init(self, context: object) -> None:
        if self.uses and abs(sum(self.uses.values()) - 1) > 1e-6:
            raise ValueError(f"uses whose shares add up to 100% (now {sum(self.uses.values()):.1%})")
        for name in ("shelf_life", "minimum_life"):
            days = getattr(self, name)
            if days is not None and days % 1:
                raise ValueError(f"a {name} of whole days")
        if self.open_for and self.doses == 1:
            raise ValueError("open_for only with several doses")
        if self.open_for > MOST_OPEN:
            raise ValueError(f"open_for of at most {MOST_OPEN:g}d")
        if self.shelf_life is not None and self.shelf_life < 1:
            raise ValueError("a shelf_life of at least 1d")
        if self.minimum_life and (self.shelf_life is None or self.minimum_life > self.shelf_life):
            raise ValueError("a minimum_life only with a shelf_life, and no longer than that")


class Site(Model):
    """What every site has."""

    country: Country = ""
    """ISO 3166 code, two or three letters"""
    region: Text = ""
    lat: Number | None = Field(default=None, ge=-90, le=90)
    """degrees north"""
    lon: Number | None = Field(default=None, ge=-180, le=180)
    """degrees east"""
    priority: Whole = 1
    """priority group; 1 is served first"""
    setting: Text = ""
    """urban, rural, ..."""
    population: NonNegative = 0.0


class Makes(Model):
    """What a supplier can do for one product."""

    capacity: CapacityField | None = None
    """units a day, or a share of what is usual (130%: three tenths more than usual demand on it takes, scrap
    included); left out: unlimited"""
    more: list[More] = []
    """capacity on top of that in a time of need, each on a condition; several add up"""
    finished_stock: StockField = 0.0
    """units, or days of usual demand, that the supplier builds up and keeps as finished stock"""
    from_: dict[str, Positive] = Field(default={}, alias="from")
    """bill of materials: products of this scenario, and units of each that go into one unit made; the maker keeps stock
    of them and orders them like any buyer"""
    yield_: Share = Field(default=1.0, alias="yield")
    """share of what is made that is good; the rest is scrapped"""
    takes: TimesField = AT_ONCE
    """time from beginning to make a unit to its end; until then it is work in process"""
    testing: TimesField = AT_ONCE
    """time from making to release; until then output is held and cannot be sent"""
    at_start: Literal["empty", "steady"] | None = None
    """steady: usual output is in process and under test on the first morning, as if it had always gone on, and the
    finished stock is the rest of its level; empty: nothing is, and no order is open; left out: steady where the
    finished stock does not last for as long as making takes, else empty"""
    lot_span: Days = 1.0
    """production of this many days shares one lot number and one date of expiry, counted from its first day"""

    def model_post_init(self, context: object) -> None:
        if self.lot_span < 1 or self.lot_span % 1:
            raise ValueError("a lot_span of whole days, at least 1d")
        if self.yield_ == 0:
            raise ValueError("a yield above 0%")
        if self.more and self.capacity is None:
            raise ValueError("more only with a capacity: without one nothing limits what is made")


class Supplier(Site):
    """A maker of products; it ships from finished stock and makes up what it shipped."""

    makes: dict[str, Makes]
    """products and what it can do for each"""
    ramp_up: Days = 0.0
    """time from restart to full capacity after an outage, in a straight line"""


class Handling(Model):
    """A port's two sides, each with its own capacity."""

    imports: Positive
    """handling units a day"""
    exports: Positive
    """handling units a day"""


class BerthsBySide(Model):
    """A port's two sides, each with berths of its own."""

    imports: Whole = Field(ge=1)
    """vessels that can be served at a time"""
    exports: Whole = Field(ge=1)
    """vessels that can be served at a time"""


class Holding(Model):
    """Consignments that are held back after they were handled: documents, inspection, licences."""

    share: Share
    """share of consignments; one draw for each buyer, product and day of sending"""
    for_: TimesField = Field(alias="for")
    """how long each of these is held, on top of clearance"""
    products: list[Text] | None = None
    """products concerned; left out: all"""


class Port(Site):
    """A place that goods pass: handled in order of arrival, then cleared.

    What a port can handle is a number of units a day, or a number of berths at each of which a vessel stays for a time.
    What leaves on one lane together is one vessel.
    """

    locode: Text | None = None
    """UN/LOCODE; needed where sea lanes take their distance from the sea-lane network"""
    handling: Positive | None = None
    """handling units a day for imports and exports together; left out: unlimited"""
    handling_by_side: Handling | None = None
    """handling units a day for each side; instead of `handling`"""
    clearance: TimesField = AT_ONCE
    """time from handling of imports to their release"""
    export_clearance: TimesField = AT_ONCE
    """the same for exports"""
    berths: Whole | None = Field(default=None, ge=1)
    """vessels that can be served at a time, instead of `handling`; both sides share them, and the others wait in order
    of arrival"""
    berths_by_side: BerthsBySide | None = None
    """berths of imports and of exports, each for itself; instead of `berths`"""
    berth_time: TimesField | None = None
    """how long a vessel is served at its berth"""
    yard: Positive | None = None
    """handling units that fit ashore until they leave the port, of both sides together or, with `berths_by_side`, of
    each; while it is full, vessels stay at their berths"""
    priority_lane: list[Text] = []
    """classes of importance (vital, essential, necessary) or products that go before the others, in this order"""
    holds: list[Holding] = []

    def model_post_init(self, context: object) -> None:
        ways = ("handling", "handling_by_side", "berths", "berths_by_side")
        if sum(getattr(self, name) is not None for name in ways) > 1:
            raise ValueError("only one of handling, handling_by_side, berths and berths_by_side")
        has_berths = self.berths is not None or self.berths_by_side is not None
        if has_berths != (self.berth_time is not None):
            raise ValueError("berths and berth_time together")
        if self.yard is not None and not has_berths:
            raise ValueError("yard only with berths")


class Warehouse(Site):
    """A place that keeps stock and serves the sites below it."""


class Facility(Site):
    """A place where goods are used."""

    opens: Date | None = None
    """first day on which patients come; left out: it is there from the beginning (also a column of a table)"""
    closes: Date | None = None
    """first day on which none come any more; what lies there stays there (also a column of a table)"""
    stocks_up: Days = 0.0
    """how long before it opens it begins to order (also a column of a table)"""

    def model_post_init(self, context: object) -> None:
        if self.opens is not None and self.closes is not None and self.closes <= self.opens:
            raise PlaceError(("closes",), "it closes before it opens", self.closes, f"a date after {self.opens}")
        if self.stocks_up % 1 or (self.stocks_up and self.opens is None):
            raise ValueError("stocks_up in whole days, and only with opens")


class SitesFile(Model):
    """Sites read from a table, one a row; the column `name` and those of the site's fields are known."""

    table: Text
    """CSV file or Excel workbook (.xlsx), relative to this file"""
    sheet: Text | None = None
    """of a workbook; left out: its first"""
    ignore: list[Text] = []
    """columns of the file that the scenario does not use"""


class LaneSeason(Model):
    """A part of every year in which a lane is closed or slower."""

    from_: Yearly = Field(alias="from")
    """first day, month-day such as 03-15"""
    until: Yearly
    """first day on which it is over"""
    factor: Number = Field(default=1.0, ge=0)
    """journeys that begin meanwhile take so many times as long"""
    closed: bool = False
    """nothing departs"""

    def model_post_init(self, context: object) -> None:
        if self.factor != 1 if self.closed else "factor" not in self.model_fields_set:
            raise ValueError("either closed: true or a factor other than 1")
        if self.from_ == self.until:
            raise ValueError("until on another day than from")


class Hours(Model):
    """Hours of the day, such as from 6h until 18h; from 20h until 4h is the night."""

    from_: Days = Field(alias="from")
    """hours after midnight"""
    until: Days
    """hours after midnight"""

    def model_post_init(self, context: object) -> None:
        if self.from_ >= 1 or self.until > 1:
            raise ValueError("hours of a day, from 0h until 24h")
        if self.from_ == self.until:
            raise ValueError("until at another hour than from")


class Vehicles(Model):
    """Vehicles of a lane: each is away for the journey and as long again."""

    carries: Positive
    """handling units that one vehicle takes"""
    number: Whole = Field(ge=1, le=10_000)
    """vehicles on this lane, each with its own times"""


class Round(Model):
    """One vehicle that serves all the destinations in turn: in the order of `to` where that lists sites, else by name.

    `time` (or `days`) leads to the first stop.
    """

    every: Days = Field(ge=1)
    """days from one round to the next"""
    first: Days = 0.0
    """day of the first round, counted from the start"""
    next: Days = 0.0
    """time from each stop to the next; leave out where `days: column NAME` gives every stop its time from the source"""
    carries: Positive | None = None
    """handling units that the vehicle takes for all stops together; left out: unlimited"""

    def model_post_init(self, context: object) -> None:
        if self.every % 1 or self.first % 1:
            raise ValueError("every and first in whole days")


class LaneSpec(Model):
    """A way between two sites, or from one to each of many."""

    from_: list[Text] | TextOrColumn = Field(alias="from")
    """a site, or several in a list, from each of which a lane leads; or 'column NAME' of the destinations' table"""
    to: SelectorField
    """one site or several"""
    mode: Literal["road", "sea", "air", "rail", "river"] = "road"
    time: TimesOrSites | None = None
    """journey time: a duration or a distribution; with `over sites` each destination has its own"""
    days: AmountField | None = None
    """mean journey time in days as a number or 'column NAME', instead of `time`"""
    speed: Positive | None = None
    """knots, instead of `time`: distance and passages then come from the sea-lane network"""
    spread: Percent = 0.0
    """standard deviation of the journey time as a share of its mean (lognormal), with `days` or `speed`"""
    cost: AmountField = 0.0
    """transport cost per unit"""
    capacity: Positive | None = None
    """handling units a day; left out: unlimited"""
    cold: bool = False
    """whether goods stay cold on the way"""
    cold_capacity: Positive | None = None
    """handling units a day for all cold goods together; left out: unlimited"""
    passages: dict[str, Share] = {}
    """passages on the way and the share of the journey at which each is reached; with `speed`: from geography"""
    detour: dict[str, Days] = {}
    """extra days when a passage is closed, which add up for several; with `speed`: from geography"""
    season: list[LaneSeason] = []
    """parts of every year in which the lane is closed or slower"""
    departs: Hours | None = None
    """hours of the day at which something may depart; the rest waits"""
    arrives: Hours | None = None
    """hours of the day at which something may arrive; the rest waits"""
    vehicles: Vehicles | None = None
    """a departure takes whole vehicles, as long as there are some; instead of `capacity`"""
    round: Round | None = None
    loads: Loads | None = None
    """shipments that are paid whole, however full; left out: only units are paid"""
    verified: Verified | None = None
    """carriers that are chosen and watched, whose journeys vary less; left out: they vary as the time says"""
    km: Positive | None = None
    """length of the way, for emissions; left out: that of the sea lane with `speed`, else the straight line"""
    emissions: NonNegative | None = None
    """g of CO2 equivalents for a tonne over a km; left out: 124 by road, 30 by rail and river, 16 by sea, 570 by air"""
    may_use: list[Text] = []
    """further canals and straits a diverted vessel may take; those off its usual way are not taken unless named"""

    def model_post_init(self, context: object) -> None:
        given = [name for name in ("time", "days", "speed") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("exactly one of time, days and speed")
        if self.speed is not None and self.mode != "sea":
            raise ValueError("speed only with mode: sea (its distance comes from the sea-lane network)")
        if self.speed is not None and (self.passages or self.detour):
            raise ValueError("no passages or detour with speed: they come from the sea-lane network")
        if self.speed is None and self.may_use:
            raise ValueError("may_use only with speed")
        if self.cold_capacity is not None and not self.cold:
            raise ValueError("cold_capacity only with cold: true")
        if set(self.detour) != set(self.passages):
            raise ValueError("a detour for each passage, and no other")
        if sum(x is not None for x in (self.capacity, self.vehicles, self.round)) > 1:
            raise ValueError("only one of capacity, vehicles and round")
        if self.arrives is not None and (self.speed is not None or self.passages):
            raise ValueError("arrives only on lanes without passages")
        if self.loads is not None and (self.vehicles is not None or self.round is not None):
            raise PlaceError(
                ("loads",), "vehicles of their own carry what there is", None, "loads, vehicles or a round"
            )
        if self.km is not None and self.speed is not None:
            raise PlaceError(("km",), "with speed the length comes from the sea-lane network", self.km, "no km")
        if self.verified is not None and self.time is not None and getattr(self.time, "draw", None) is None:
            raise PlaceError(("verified",), "the journey takes always the same time", None, "a time that varies")
        if self.verified is not None and self.time is None and not self.spread:
            raise PlaceError(("verified",), "the journey takes always the same time", None, "a `spread` above 0%")
        if self.round is not None and self.speed is not None:
            raise ValueError("round only with time or days")
        if self.spread and self.time is not None:
            raise ValueError("spread only with days or speed; write the spread of a time as lognormal(14d, 3d)")
