"""The columns of the tables that a run writes, each declared here, and only here: name, type, unit, meaning.

The pages of reference are made from it (`docs/make_columns.py`), and a run's real tables are held against it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.output.column import DATE, DAY, LOT, PRODUCT, SITE, Column, Table, whole_units
from sim.output.sharing_columns import (
    ALARMS,
    CLAIMS,
    DECISIONS,
    FORECASTS,
    LOANS,
    PERFORMANCE,
    RATIONS,
    SCORES,
    SHARINGS,
    TRANSFERS,
    TRUST,
)

DAILY = Table(
    "a product at a site that keeps it, on a day",
    "unless it would take more than 2 GB, or `--daily none`; `--daily all`, or sites, regions, countries or kinds by "
    "name, say of which sites",
    (
        DATE,
        DAY,
        SITE,
        PRODUCT,
        Column("kind", "text", "", "of the site: supplier, port, warehouse or facility"),
        Column("country", "text", "", "of the site, by two capitals"),
        Column("region", "text", "", "of the site"),
        *whole_units(
            on_hand="usable stock at the end of the day, reserves left out",
            reserve="in reserves held here, at the end of the day",
            held="under test or in quarantine at the end of the day",
            in_process="begun by a maker and not finished at the end of the day",
            backlog="demand of patients that waits at the end of the day",
            owed="customers' orders not yet sent at the end of the day",
            in_transit="on the way to the site at the end of the day, ports included",
            on_order="the site's own orders that have not come at the end of the day",
            demand="asked for by patients during the day",
            served="given from stock on the day asked",
            served_late="given during the day, asked for on an earlier one",
            unmet="asked for and not given on the day",
            lost="asked for and never to be given: nobody waits for it any more",
            received="came to the site",
            ordered="ordered by the site",
            dispatched="left the site for a customer",
            produced="begun by a maker, good or not",
            destroyed="lost of the stock: by a disruption, or cold goods without power",
            expired="written off past their life",
            recalled="taken away by a recall",
            used_up="went into other products",
            scrapped="came out unusable",
            substituted="of this product's demand, met with another product",
            stood_in="of this product, used in place of another one",
            conserved="demand put off or done without",
            recovered="put off before and asked for now",
            cancelled="of the site's own orders, given up by its source or by itself",
            lost_on_way="of the site's own orders, sent and never received: seized, past their life, or called back",
            went_over="asked for of another product instead, by patients who moved to it and stayed",
            came_over="asked for of this product by patients who moved here from another and stayed",
            bought_ahead="asked for beyond what is needed",
            asked_less="asked for less than is needed, since it was bought ahead",
        ),
        Column("doses_given", "whole number", "doses", "given to patients, of units that hold several"),
        Column("doses_wasted", "whole number", "doses", "thrown away in open units that hold several"),
    ),
)

EVENTS = Table(
    "an entry of the journal, in order of day",
    "always; without routine entries (`--journal key`) it is shorter, with `--journal none` it has no rows",
    (
        DATE,
        Column("day", "number", "days", "since the start, which is day 0; the fraction is the time of day"),
        Column("event", "text", "", "what happened, one of the words below"),
        Column("site", "text", "", "where, or the buyer of goods on their way; empty where it concerns no one site"),
        Column("product", "text", "", "empty where it concerns no one product"),
        Column("units", "whole number", "units", "how many; 0 where it counts none"),
        Column("other", "text", "", "the other site, such as the source of an order or of goods; empty: none"),
        Column("shipment", "whole number", "", "its number, the same from departure to arrival; -1: none"),
        Column("lot", "whole number", "", "the lot's number; -1: none, or not kept by lot"),
        Column("cause", "text", "", "why: the name of a disruption, a reserve or a rule, or words; may be empty"),
    ),
)

LOTS = Table(
    "a lot",
    "where a product has a `shelf_life`, or `trace: true`",
    (
        LOT,
        PRODUCT,
        Column("maker", "text", "", "where it was made, or where it was at the start"),
        Column("made", "date", "", "the day it was made"),
        Column("expires", "date", "", "the last day of use; none where it does not expire"),
        *whole_units(
            units="made",
            used="given to patients, or gone from the network in their service",
            expired="written off past their life",
            recalled="taken away by a recall",
            destroyed="lost by a disruption or for want of power",
            used_up="went into other products",
            scrapped="came out unusable",
            left="still somewhere at the end",
        ),
    ),
)

GENEALOGY = Table(
    "a pair of lots of which one went into the other",
    "where products are made of others and lots are kept",
    (
        LOT,
        Column("made_of", "whole number", "", "the number of the lot of material that went into it"),
        Column("units", "whole number", "units", "of that material"),
    ),
)

PORTS = Table(
    "a side of a port (import, export or both) on a day",
    "where there are ports",
    (
        DATE,
        DAY,
        Column("port", "text", "", "the port"),
        Column("side", "text", "", "import, export or both"),
        Column("arrived", "number", "handling units", "came to the port"),
        Column("handled", "number", "handling units", "was handled"),
        Column("queue", "number", "handling units", "waits at the end of the day"),
        Column("yard", "number", "handling units", "is ashore at the end of the day; 0 at ports without berths"),
        Column("queue_days", "number", "unit-days", "the queue, added up over the day"),
        Column("moved_on", "number", "handling units", "left the queue"),
        Column("waited", "number", "unit-days", "how long these had waited"),
        Column("utilisation", "number", "share", "of berth time or of a day's handling in use; none where unlimited"),
        Column("mean_wait", "number", "days", "waited by what left the queue that day; none where nothing did"),
    ),
)

PASSAGES = Table(
    "a passage before which vessels queue, on a day",
    "where vessels queue before a passage",
    (
        DATE,
        DAY,
        Column("passage", "text", "", "the passage"),
        Column("traffic", "number", "vessels", "of all the world, came"),
        Column("passed", "number", "vessels", "went through"),
        Column("queue", "number", "vessels", "wait at the end of the day"),
        Column("waiting", "number", "handling units", "of this scenario among them"),
    ),
)

PLACE = (
    Column("country", "text", "", "of the site, by two capitals"),
    Column("region", "text", "", "of the site"),
    Column("priority", "whole number", "rank", "of the site, 1 first"),
    Column("setting", "text", "", "of the site, such as urban or rural"),
    Column("party", "text", "", "whose the site is; empty where it is nobody's"),
)

SITES = Table(
    "a facility and a product that it offers",
    "always",
    (
        SITE,
        PRODUCT,
        *PLACE,
        Column("days", "whole number", "days", "on which the facility was open"),
        Column("days_out", "whole number", "days", "on which some demand was not met"),
        Column("share_out", "number", "share", "`days_out` of `days`; missing where it was never open"),
        Column("worst_spell", "whole number", "days", "most days with unmet demand, one after another"),
        *whole_units(
            demand="asked for", served="served on the day", unmet="not served on the day, whether later or never"
        ),
        Column("fill_rate", "number", "share", "`served` of `demand`; missing where nothing was asked for"),
    ),
)

SHORT = Table(
    "a day and a product; before these, one for `any product`",
    "always",
    (
        DATE,
        DAY,
        PRODUCT,
        Column("facilities", "whole number", "sites", "open on the day that offer the product"),
        Column("short", "whole number", "sites", "of these, with demand that was not met on the day"),
        Column("share_short", "number", "share", "`short` of `facilities`; missing where none is open"),
    ),
)

METRICS = Table(
    "a metric, in all or of a group, or a line of the costs; the same as `metrics.csv`",
    "always",
    (
        Column("breakdown", "text", "", "`all`, `cost`, or what the group is of: product, country, region, …"),
        Column("group", "text", "", "the group; empty in all"),
        Column("metric", "text", "", "its name, as in the list of metrics"),
        Column("label", "text", "", "its name for readers"),
        Column("unit", "text", "", "its unit, or the currency"),
        Column("value", "number", "`unit`", "of the run"),
        Column("twin", "number", "`unit`", "of the run without disruptions"),
        Column("difference", "number", "`unit`", "`value` less `twin`"),
        Column("without_reserves", "number", "`unit`", "of the run without its reserves, where it has some"),
        Column(
            "without_decisions",
            "number",
            "`unit`",
            "of the run without its decisions; only of a scenario with some",
        ),
    ),
)

TABLES: Mapping[str, Table] = {
    "metrics": METRICS,
    "sites": SITES,
    "short": SHORT,
    "daily": DAILY,
    "events": EVENTS,
    "lots": LOTS,
    "genealogy": GENEALOGY,
    "ports": PORTS,
    "passages": PASSAGES,
    "rations": RATIONS,
    "transfers": TRANSFERS,
    "loans": LOANS,
    "claims": CLAIMS,
    "alarms": ALARMS,
    "trust": TRUST,
    "decisions": DECISIONS,
    "scores": SCORES,
    "sharings": SHARINGS,
    "performance": PERFORMANCE,
    "forecasts": FORECASTS,
}
"""The tables of a run by the names of their files, `NAME.parquet`."""
