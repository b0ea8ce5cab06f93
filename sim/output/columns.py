"""The columns of the tables that a run writes, each declared here, and only here: name, type, unit, meaning.

The pages of reference are made from it (`docs/make_columns.py`), and a run's real tables are held against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Type = Literal["date", "whole number", "number", "text", "yes or no"]


@dataclass(frozen=True)
class Column:
    """A column of a table: what it holds, in what unit ("" where it has none), and what that means."""

    name: str
    type: Type
    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table of a run: what one row stands for, when the table is written, its columns in order."""

    row: str
    written: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def _units(**meanings: str) -> tuple[Column, ...]:
    """Columns of whole units of a product."""
    return tuple(Column(name, "whole number", "units", meaning) for name, meaning in meanings.items())


DATE = Column("date", "date", "", "the calendar day")
DAY = Column("day", "whole number", "days", "since the start, which is day 0")
SITE = Column("site", "text", "", "the site")
PRODUCT = Column("product", "text", "", "the product")
LOT = Column("lot", "whole number", "", "the lot's number, from 0")

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
        *_units(
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
        *_units(
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

RATIONS = Table(
    "a decision of a source that deals out shares of usual orders, or ceases to",
    "where a source has `rationing`",
    (
        DATE,
        DAY,
        Column("event", "text", "", "ration_begins, ration_changed or ration_ends"),
        Column("site", "text", "", "the source"),
        PRODUCT,
        Column("share", "number", "share", "of usual orders that customers may have, all together"),
        Column("stock", "whole number", "units", "there then, what is under way and under test included"),
        Column("coming", "number", "units", "expected until `lasts_until`"),
        Column("lasts_until", "date", "", "the day until which both are to last"),
        Column("expected_back", "date", "", "when supply is expected to be as usual; none: no end is expected"),
    ),
)

TRANSFERS = Table(
    "an evening, a giver, a taker and a product that was given, lent or paid back",
    "where there are `transfers`",
    (
        DATE,
        DAY,
        Column("kind", "text", "", "transfer (for good), loan or loan_repaid"),
        Column("giver", "text", "", "the site that goods leave"),
        Column("taker", "text", "", "the site that gets them"),
        PRODUCT,
        Column("units", "whole number", "units", "that left"),
        Column("cost", "number", "currency", "of their journey; part of the transport in the costs"),
        Column("from_party", "text", "", "whose the giver is; empty: nobody's"),
        Column("to_party", "text", "", "whose the taker is; empty: nobody's"),
    ),
)

LOANS = Table(
    "a loan, in the order in which they were made, those of the warm-up too",
    "where `transfers` have a `loan`, or a reserve with `claims` has `borrow`",
    (
        DATE,
        DAY,
        Column("kind", "text", "", "transfer: between sites; claim: of what others claim on a reserve"),
        Column("lender", "text", "", "the site that lent goods; of a claim the reserve"),
        Column("borrower", "text", "", "the site that owes them; of a claim the party"),
        PRODUCT,
        Column("due", "date", "", "the day on which they are to be paid back"),
        Column("lent", "whole number", "units", "repaid + written_off + outstanding"),
        Column("repaid", "whole number", "units", "that left to be paid back, until the last day"),
        Column("written_off", "whole number", "units", "given up"),
        Column("outstanding", "whole number", "units", "owed on the last day, due or not"),
    ),
)

CLAIMS = Table(
    "a day, a reserve, a product and a party that has a claim; and what no party claims, where there is any",
    "where reserves have `claims`",
    (
        DATE,
        DAY,
        Column("reserve", "text", "", "the reserve"),
        PRODUCT,
        Column("party", "text", "", "whose claim; empty: nobody's"),
        *_units(
            claim="left in the evening; all together are what the reserve has",
            owed="borrowed and neither paid back nor given up, in the evening",
            drawn="had of its claim that day; of nobody's: by anybody",
            alone="of these, while the reserve was closed",
            shared="had of what nobody claims",
            borrowed="had of others' claims",
            repaid="paid back",
            written_off="of what it owes, given up",
            lent="drawn by others on its claim",
            regained="paid back of that",
            refilled="put into its claim when the reserve was filled, beside what its party brought",
            brought="put into its claim that its party is to bring as its contribution",
            lost="taken off its claim for what was lost, or for a smaller size",
            passed_on="had of claims that were not paid for; below 0: its own went to others",
        ),
    ),
)

ALARMS = Table(
    "an alarm that rose, or a shortage without one, in order of alarm and day",
    "where there are `alarms`",
    (
        Column("alarm", "text", "", "its name"),
        Column("kind", "text", "", "of alarm"),
        Column("party", "text", "", "that watches; empty: nobody in particular"),
        Column("site", "text", "", "that is watched; empty: several together"),
        PRODUCT,
        Column(
            "came",
            "text",
            "",
            "true, late (it rose in a shortage), false, open (too near the end to be judged), or missed",
        ),
        Column("rose", "date", "", "the evening on which it rose; empty: it did not"),
        Column("cleared", "date", "", "the first evening on which it did not stand any more; empty: it stands"),
        Column("shortage", "date", "", "the first day of the shortage that followed in time, or that was missed"),
        Column("warning", "number", "days", "from the one to the other"),
    ),
)

TRUST = Table(
    "an evening and two parties between which a promise was kept or broken",
    "where there is `trust`",
    (
        DATE,
        DAY,
        Column("party", "text", "", "who trusts"),
        Column("other", "text", "", "whom"),
        Column("promise", "text", "", "kept or broken, by the other"),
        Column("trust", "number", "share", "since that evening, from 0 to 1"),
    ),
)

DECISIONS = Table(
    "a decision that came into force, in turn",
    "where there are `decisions`",
    (
        Column("name", "text", "", "its name; of one without, its kind and party"),
        Column("kind", "text", "", "its kind, as written under `decision`"),
        Column("party", "text", "", "who took it"),
        Column("product", "text", "", "what it is about; empty where it is about all at once"),
        Column("met", "date", "", "the evening on which its condition was met; none where it was chosen"),
        Column("since", "date", "", "the first day on which it was in force, or the day on which it was done"),
        Column("until", "date", "", "the first day on which it is not any more; none: no end, or done once"),
    ),
)

SCORES = Table(
    "a review of a scorecard, a product at a site, and a source of it",
    "where a site shares out its orders by `rule: scorecard`",
    (
        DATE,
        DAY,
        Column("site", "text", "", "that orders"),
        PRODUCT,
        Column("source", "text", "", "that is scored"),
        Column("on_time", "number", "share", "of what arrived in the days looked at that came no later than promised"),
        Column("in_full", "number", "share", "arrived, of that and what was cancelled, lost on the way or is overdue"),
        Column("steady", "number", "share", "1 less the spread of its journeys, as a share of their mean; not below 0"),
        Column("score", "number", "share", "the three together, by their weights"),
        Column("share", "number", "share", "of the site's orders that it gets from now on"),
    ),
)

PERFORMANCE = Table(
    "a source, a party that buys of it, and a product",
    "where there are `parties` and the journal is full",
    (
        Column("source", "text", "", "supplier or warehouse"),
        Column("party", "text", "", "whose the buyers are; empty: all who are nobody's"),
        PRODUCT,
        *_units(
            ordered="ordered by the party of this source",
            due="of these, promised by the last day: the mean lead time and 2 days after they were ordered",
        ),
        Column(
            "on_time", "number", "share", "of what was due, came by the promised day; missing where nothing was due"
        ),
        Column("in_full", "number", "share", "of what was due, came at all; missing where nothing was due"),
        Column("usual_share", "number", "share", "of the source's usual units of the product that go to the party"),
        Column(
            "sent_share", "number", "share", "of what it sent that went to the party; missing where it sent nothing"
        ),
    ),
)

SHARINGS = Table(
    "a claimant in a sharing-out of goods of which there were too few, or that are capped",
    "with `--sharings` (`sharings=True`); without a row of the warm-up",
    (
        DATE,
        DAY,
        Column("source", "text", "", "the site whose goods were shared out"),
        PRODUCT,
        Column(
            "reserve",
            "text",
            "",
            "the reserve that gave, and of one with claims the round, in which nobody asks for more than it may have; "
            "empty: ordinary stock",
        ),
        Column(
            "step",
            "whole number",
            "step",
            "1: the source among claimants; 2: a party or pool among its own; and so on",
        ),
        Column("shared_by", "text", "", "who shared: the source, or the party or pool"),
        Column("rule", "text", "", "the rule by which it did"),
        Column(
            "rank", "whole number", "rank", "the claimant's place among those who share, 1 first: the order of ties"
        ),
        Column("claimant", "text", "", "the site, or the party or pool as a whole"),
        Column("party", "text", "", "whose the claimant is; empty where it is nobody's"),
        Column("to_give", "whole number", "units", "shared out by this one among all these claimants"),
        *_units(asked="open orders that might leave on the day"),
        Column("most", "number", "units", "that it might have by its caps; missing: uncapped"),
        Column("floor", "whole number", "position", "position, from 0, of the floor of its group; -1: none"),
        Column("floor_share", "number", "share", "of what is shared, that its group gets at least; missing: no floor"),
        Column(
            "need",
            "number",
            "people or other",
            "its need, as the rule has it, or the units kept for it (`by_claim`); missing where the rule does not ask",
        ),
        Column(
            "weight",
            "number",
            "factor",
            "how much a unit of its need counts, or its claim (`by_claim`); missing where the rule does not ask",
        ),
        Column("had", "number", "units", "that it had had before, by a rule that remembers; missing elsewhere"),
        Column("first", "number", "share", "coverage of need that all get first (`two_phase`)"),
        Column("per_head", "number", "units", "that cover one of the need (`two_phase`)"),
        *_units(cover_stock="at the buyer and on their way to it, less what its own patients wait for, as known"),
        Column("use", "number", "units a day", "of the buyer: usual, or present where the rule says so"),
        Column("priority", "whole number", "rank", "the buyer's priority group, 1 first"),
        *_units(kept_back="that the source keeps for the first group (`priority_tiers`)"),
        Column("queue", "text", "", "its orders as booked, `turn:units`, of all at the source (`first_come`)"),
        Column("share", "number", "units", "its share before it was rounded"),
        *_units(given="its share; less may have left where a lane was full or too few were at work"),
    ),
)

FORECASTS = Table(
    "a site and a product of which demand is forecast",
    "a policy forecasts",
    (
        SITE,
        PRODUCT,
        Column("kind", "text", "", "of the site: facility, warehouse or supplier"),
        Column("periods", "whole number", "periods", "from one review to the next, that were forecast and are over"),
        Column("asked", "number", "units", "asked for in these, or issued where that is what is forecast"),
        Column("bias", "number", "share", "expected less `asked`, of `asked`; missing where nothing was asked for"),
        Column("mase", "number", "times", "mean error / that of expecting the last period again; missing: all alike"),
        Column("mape", "number", "share", "mean error of what was asked for; periods of `unasked` left out"),
        Column("unasked", "whole number", "periods", "of these, in which nothing was asked for"),
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
        *_units(demand="asked for", served="served on the day", unmet="not served on the day, whether later or never"),
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
