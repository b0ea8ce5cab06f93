"""How values are written: a name for each sort of value that a field may have, what it means, and examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from sim.disruptions.expected import ExpectedField
from sim.model.amounts import AmountField, RateOrSites, ShareField, StockField, TextOrColumn, TimesOrSites
from sim.model.chance.distributions import TimesField
from sim.model.chance.unknown import UnknownField
from sim.model.countries import Country
from sim.model.goods.ages import AgeField
from sim.model.selection import SelectorField
from sim.policies.reserves.claims import ClaimField, MadeField
from sim.policies.use_levels import ShareByUse
from sim.scenario.words.capacity_spec import CapacityField
from sim.scenario.words.network_spec import Yearly
from sim.study.design.spec import MeasureField
from sim.units import (
    Date,
    Days,
    NonNegative,
    Number,
    Percent,
    Positive,
    RateField,
    Share,
    Text,
    Whole,
    WholeDays,
)


@dataclass(frozen=True)
class Value:
    """A sort of value: its name, the types that are written so, what it means, examples, and what is refused."""

    name: str
    types: tuple[Any, ...]
    meaning: str
    examples: tuple[Any, ...]
    refused: tuple[Any, ...]


VALUES = (
    Value(
        "duration", (Days,),
        "A number and its unit: hours (h), days (d), weeks (w), months of 30 days (mo) or years of 365 days (y). At "
        "most 100 years; never negative, and never a number alone.",
        ("14d", "12h", "2w", "3mo", "1.5y"), (14, "14", "14 days", "-3d", "3m"),
    ),
    Value(
        "whole days", (WholeDays,), "A duration that is a number of whole days, at least one.",
        ("1d", "2w", "48h"), ("0d", "36h", 7),
    ),
    Value(
        "share", (Share,), "A number with its sign, from 0% to 100%: 0.6 and 60 are too easily mixed up.",
        ("60%", "0%", "12.5 %"), (0.6, 60, "160%", "12,5%"),
    ),
    Value("percentage", (Percent,), "A share that may be above 100%.", ("130%", "25%"), (1.3, "-5%")),
    Value(
        "rate", (RateField,), "A number and the time in which it happens: a day, week, month (30 days) or year.",
        ("0.02 a day", "1.5 per month", "7/year"), (0.02, "2 daily", "7 a quarter"),
    ),
    Value(
        "rate, by site", (RateOrSites,), "A rate, or a distribution over sites of rates.",
        ("7 a year", "0.02/day"), (7,),
    ),
    Value(
        "date", (Date,), "Year, month and day, with their zeros.", ("2024-02-01",),
        ("1.2.2024", "01/02/2024", "2024-2-1", "2024-02-30"),
    ),
    Value("day of the year", (Yearly,), "Month and day.", ("03-15",), ("15-03", "3-15", "02-30")),
    Value(
        "number", (Number,), "With a point for decimals; no mark between thousands, no exponent, no unit.",
        (12, 3.5, -1.2), ("1,5", "1,200", "1e3", "12 bags"),
    ),
    Value("number, not below 0", (NonNegative,), "The same, 0 at least.", (0, 3.5), (-1, "3,5")),
    Value("number above 0", (Positive,), "The same, more than 0.", (0.5, 40), (0, -2)),
    Value("whole number", (Whole,), "Without decimals, 0 at least.", (0, 12), (-1, 1.5, "12")),
    Value(
        "text", (Text,), "A word or more; quotes only where it has `: ` or begins with a sign.",
        ("store", "IV fluids"), (["a", "b"],),
    ),
    Value(
        "country", (Country,),
        "A code of ISO 3166 with two letters or three; AA, QM to QZ, XA to XZ and ZZ are free for "
        "made-up countries.", ("KE", "KEN", "XA"), ("Kenya", "K", "12"),
    ),
    Value(
        "sites", (SelectorField,),
        "Which sites: `all`, a kind in the plural (`suppliers`, `ports`, `warehouses`, `facilities`), a site, a region "
        "or a country; several of them as a list, each of which adds its own; or conditions, all of which must hold "
        "([conditions](#conditions)). Where a condition is a list, any entry of it will do.",
        ("facilities", "coast", "KE", ["store", "clinic-a"], {"kind": "facility", "setting": ["urban", "rural"]},
         ["clinic-a", {"region": "inland", "priority": 2}]), ([], {"settings": "urban"}),
    ),
    Value(
        "amount", (AmountField,),
        "A number of at least 0; or `column NAME`, for each site what stands in that column of its table; or a "
        "distribution `over sites`, from which each site has a value of its own in each replication.",
        (12, 3.5, "column per day", "lognormal(12, 4) over sites"), (-1, "12d", "1,5"),
    ),
    Value(
        "stock", (StockField,),
        "Units as a number, or days of usual demand as a duration; or `column NAME`, all cells of which are "
        "numbers, or "
        "all durations; or a distribution `over sites` of either.",
        (1200, "30d", "3mo", "column par level", "lognormal(18d, 6d) over sites"), (-1, "30 days", "50%"),
    ),
    Value(
        "share, by site", (ShareField,),
        "A share; or `column NAME`, whose cells have their sign: `60%`; or a distribution `over sites`.",
        ("60%", "column from store", "beta(60%, 10%) over sites"), (0.6, "column "),
    ),
    Value(
        "text, by site", (TextOrColumn,), "A text; or `column NAME`, for each site what stands there.",
        ("store", "column depot"), (["store"],),
    ),
    Value(
        "time", (TimesField,),
        "A duration; or a distribution from which each journey, batch or decision has its own. Its figures are "
        "mean and "
        "standard deviation of the time itself; of `uniform` the ends, of `triangular` least, likeliest and most.",
        ("14d", "lognormal(14d, 3d)", "gamma(9d, 2d)", "uniform(1d, 4d)", "triangular(1d, 4d, 10d)"),
        (14, "lognormal(14, 3)", "between 1d and 4d"),
    ),
    Value(
        "time, by site", (TimesOrSites,),
        "A time; or a distribution `over sites`: each site has its own, always the same.",
        ("14d", "gamma(9d, 2d)", "lognormal(3d, 1d) over sites"), (14,),
    ),
    Value(
        "claim", (ClaimField,), "A share of the reserve, units of each product, or days of the party's usual demand.",
        ("40%", 500, "90d"), ("140%", -5, "a half"),
    ),
    Value(
        "made", (MadeField,), "`yes` (on the day on which it is due), `no` (never), or the date on which it is.",
        ("yes", "no", "2024-03-01"), ("later", 1),
    ),
    Value(
        "capacity", (CapacityField,),
        "Units a day as a number; or a percentage of what the usual demand on it takes.", (400, "130%"), (0, "4 a day"),
    ),
    Value(
        "age", (AgeField,), "A duration in whole days; a share of the stock for each of several; or `steady`.",
        ("40d", {"10d": "60%", "90d": "40%"}, "steady"), (40, {"10d": "60%"}),
    ),
    Value(
        "share, by use", (ShareByUse,), "A share, or one for each use of the product (see `uses` of a product).",
        ("60%", {"elective": "80%", "urgent": "10%"}), (0.6, {"elective": 80}),
    ),
    Value(
        "expected end", (ExpectedField,),
        "When people think that it is over: a date, or a duration from its beginning; or, where that changes on "
        "the way, "
        "`until` or `for` and a list `revised`.",
        ("2024-05-01", "30d", {"for": "30d", "revised": [{"on": "2024-03-10", "until": "2024-06-01"}]}),
        (30, {"on": "2024-03-10"}),
    ),
    Value(
        "range", (UnknownField,),
        "What is known of a figure that is not known: a distribution of numbers, shares, durations, rates or dates, a "
        "list of values of which each is as likely, or values with weights.",
        ("uniform(7d, 30d)", "triangular(5%, 10%, 40%)", ["10d", "20d"], {"values": [1, 2], "weights": [3, 1]},
         "uniform(2, 7) a year"),
        ("from 7d to 30d", []),
    ),
    Value(
        "measure", (MeasureField,),
        "A [metric](../metrics.md) by its name in files, or `cost`; with ` by ` and a group, one figure for each.",
        ("units_unmet", "cost", "units_unmet by region", "cost by line", "cost by party"),
        ("unmet units", "fill_rate by colour"),
    ),
)  # fmt: skip
"""In the order in which readers are told of them."""

NAMES = {id(get_args(kind)[1]): value.name for value in VALUES for kind in value.types}
"""Of each type, by what reads it, the name of the sort of value."""
