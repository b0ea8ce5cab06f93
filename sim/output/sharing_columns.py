"""The columns of a run's tables of who knew, decided, shared and was told what; see `sim.output.columns`."""

from __future__ import annotations

from sim.output.column import DATE, DAY, PRODUCT, SITE, Column, Table, whole_units

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
        *whole_units(
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
        *whole_units(
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
            "of what sites could spare the entry of `transfers`, and the round; empty: ordinary stock",
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
        *whole_units(asked="open orders that might leave on the day; of transfers what is lacked"),
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
        *whole_units(cover_stock="at the buyer and on their way to it, less what its own patients wait for, as known"),
        Column("use", "number", "units a day", "of the buyer: usual, or present where the rule says so"),
        Column("priority", "whole number", "rank", "the buyer's priority group, 1 first"),
        *whole_units(kept_back="that the source keeps for the first group (`priority_tiers`)"),
        Column("queue", "text", "", "its orders as booked, `turn:units`, of all at the source (`first_come`)"),
        Column("share", "number", "units", "its share before it was rounded"),
        *whole_units(given="its share; less may have left where a lane was full or too few were at work"),
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
