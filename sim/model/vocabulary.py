"""Words that disruptions, engine and journal share: quantities, actions, events. Each is declared here, and only here.

Whoever makes an `Effect`, an `Impulse` or an entry of the journal with another word is told so at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from sim.errors import PlaceError

Operation = Literal["add", "multiply", "at_most", "at_least"]
ORDER: tuple[Operation, ...] = ("add", "multiply", "at_most", "at_least")
"""Operations are applied in this order, so that shares are of all that is there; within one operation they commute."""

Rows = Literal["cells", "flows", "stops", "gates", "lanes", "passages"]
"""What a quantity has one value for: a stop is a leg of a flow, a gate one side of a port."""

QuantityName = Literal[
    "cell.demand_factor", "cell.capacity_factor", "cell.yield_factor", "cell.release", "cell.order_factor",
    "cell.price_factor", "cell.blackout", "cell.warm", "cell.asked_level", "cell.leave", "cell.serves",
    "cell.turned_away", "cell.keeps_claim", "flow.allowance", "flow.cancels", "flow.extra_orders", "flow.order_share",
    "flow.urgent_share", "flow.licence", "flow.exports", "flow.sends", "flow.gives", "flow.releases", "flow.at_border",
    "stop.licence",
    "stop.first", "stop.clearance_factor", "gate.handling", "gate.clearance", "lane.open", "lane.factor", "lane.extra",
    "lane.opens", "lane.closes", "passage.diverted", "passage.open", "passage.traffic", "passage.capacity",
]  # fmt: skip

Action = Literal[
    "destroy_stock", "destroy_reserve", "recall", "recall_following", "extend_life",
    "seize_under_way", "seize_in_port", "detain_under_way", "detain_in_port",
]  # fmt: skip

Event = Literal[
    "disruption_announced", "disruption_begins", "disruption_ends", "order", "cancelled", "departure", "licence_wait",
    "diverted", "held", "released", "port_arrival", "berthed", "handled", "arrival", "kept_back", "returned",
    "detained", "seized", "destroyed", "reserve_destroyed", "spoiled", "expired", "expired_under_way", "called_back",
    "taken_away", "passed_test", "used_up", "scrapped", "reserve_triggered", "reserve_opened", "reserve_closed",
    "release", "refill", "stockout_begins", "stockout_ends", "use_contingency", "use_crisis", "use_conventional",
    "buys_ahead", "facility_opens", "facility_closes", "turned_away", "sent_elsewhere", "capacity_raised",
    "capacity_usual", "line_moved", "line_returned",
    "ration_begins", "ration_changed", "ration_ends", "new_customers_limited", "new_customers_free",
    "transfer_asked", "transfer", "loan", "loan_repaid", "loan_late", "loan_written_off",
    "claim_borrowed", "claim_repaid", "claim_late", "claim_written_off", "claims_shared_again", "reserve_reduced",
    "alarm_rises", "alarm_clears", "promise_broken",
    "decision_due", "decision_given_up", "decision_in_force", "decision_over",
]  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """An array that effects change: what its rows are, its value without them, its unit and meaning in words.

    `own` says in words where rows have a value of their own without effects, instead of `unaffected`.
    """

    rows: Rows
    unaffected: float
    unit: str
    meaning: str
    own: str = ""


NONE = float("inf")
"""As a value: no limit."""

QUANTITIES: Mapping[QuantityName, Quantity] = {
    "cell.demand_factor": Quantity("cells", 1, "times", "mean demand"),
    "cell.capacity_factor": Quantity("cells", 1, "times", "production capacity"),
    "cell.yield_factor": Quantity("cells", 1, "times", "the share of output that is good"),
    "cell.release": Quantity("cells", 0, "days", "added to the testing of what is made"),
    "cell.order_factor": Quantity("cells", 1, "times", "the level that buyers order up to"),
    "cell.price_factor": Quantity("cells", 1, "times", "the purchase price, at suppliers' cells"),
    "cell.blackout": Quantity(
        "cells", 0, "code", "above 0: others see old figures (codes for orders in `sim/model/blackout.py`)"
    ),
    "cell.warm": Quantity("cells", 0, "0 or 1", "1: what lies there, and is cold goods, spoils in the morning"),
    "cell.asked_level": Quantity("cells", 0, "level", "of use that a site is asked for: 1 contingency, 2 crisis"),
    "cell.leave": Quantity("cells", 0, "0 or 1", "1: others may be taken for this product that need leave"),
    "cell.serves": Quantity("cells", 1, "share", "of those who come to a facility that are seen"),
    "cell.turned_away": Quantity(
        "cells", 0, "code", "what becomes of the others (codes in `sim/model/turned_away.py`)"
    ),
    "cell.keeps_claim": Quantity(
        "cells", 0, "0 or 1", "1: it draws on claims at its party's own sites alone, and its claim is lent to nobody"
    ),
    "flow.allowance": Quantity("flows", NONE, "share", "of the usual units that may be shipped"),
    "flow.cancels": Quantity("flows", 0, "0 or 1", "1: what is not shipped is cancelled, not left on order"),
    "flow.extra_orders": Quantity("flows", 0, "units a day", "ordered on top of what the policy orders"),
    "flow.order_share": Quantity(
        "flows",
        NONE,
        "share",
        "of its buyer's orders; a buyer's other flows share what is left in proportion, and together they have all",
        "as `sourcing` has it",
    ),
    "flow.urgent_share": Quantity("flows", 0, "share", "of its orders that goes the urgent way, at the least"),
    "flow.licence": Quantity(
        "flows", 0, "days", "above 0: goods wait at their source, for a time drawn from the effect's `times`"
    ),
    "flow.exports": Quantity("flows", NONE, "share", "of the usual units that may leave the source's country"),
    "flow.sends": Quantity("flows", 1, "share", "of what would leave that does; the rest waits in order"),
    "flow.gives": Quantity(
        "flows", 1, "0, 1, 2", "0: no transfers; above 1: those of entries that are `closed` otherwise, too"
    ),
    "flow.releases": Quantity("flows", 1, "0 or 1", "0: reserves at its source release nothing on it"),
    "flow.at_border": Quantity("flows", 0, "code", "what becomes of goods caught there (codes in `export_ban.py`)"),
    "stop.licence": Quantity(
        "stops", 0, "days", "above 0: goods wait at the end of that leg, for a time drawn from the effect's `times`"
    ),
    "stop.first": Quantity(
        "stops", 0, "0 or 1", "1: goods go before all others in the queue of the port at the end of that leg"
    ),
    "stop.clearance_factor": Quantity(
        "stops", 1, "times", "the time that clearance takes there, before what is added to it"
    ),
    "gate.handling": Quantity(
        "gates", NONE, "units a day", "handled, or berths in use where the port has berths", "the port's"
    ),
    "gate.clearance": Quantity("gates", 0, "days", "added to clearance"),
    "lane.open": Quantity("lanes", 1, "0 or 1", "0: no departures"),
    "lane.factor": Quantity("lanes", 1, "times", "journey time"),
    "lane.extra": Quantity("lanes", 0, "days", "added to journey time, after `lane.factor`"),
    "lane.opens": Quantity("lanes", 0, "share of a day", "time of day from which vehicles may set out"),
    "lane.closes": Quantity("lanes", 1, "share of a day", "time of day until which vehicles may set out"),
    "passage.diverted": Quantity("passages", 0, "share", "of vessels that take another way"),
    "passage.open": Quantity("passages", 1, "0 or 1", "0: vessels that do not divert wait"),
    "passage.traffic": Quantity(
        "passages", 0, "vessels a day", "come, of all the world; above 0 the passage has a queue", "its convoys' or 0"
    ),
    "passage.capacity": Quantity(
        "passages", NONE, "vessels a day", "may pass; convoys are smaller in proportion", "its convoys' or no limit"
    ),
}
"""Everything that effects can act on."""


@dataclass(frozen=True)
class Deed:
    """What an impulse can do: what its rows and its amount are, and what happens."""

    rows: str
    amount: str
    meaning: str


ACTIONS: Mapping[Action, Deed] = {
    "destroy_stock": Deed("cells", "share", "of the stock on hand is lost"),
    "destroy_reserve": Deed("cells", "share", "of the reserves held there is lost"),
    "recall": Deed("makers' cells", "days", "lots made in the impulse's window are in quarantine, then taken away"),
    "recall_following": Deed("makers' cells", "days", "the same, with all that was made from these lots"),
    "extend_life": Deed("makers' cells", "days", "lots made in the impulse's window can be used longer"),
    "seize_under_way": Deed("flow, leg", "share", "of the goods on these legs is destroyed"),
    "seize_in_port": Deed("flow, leg", "share", "of the goods in the ports at the end of these legs is destroyed"),
    "detain_under_way": Deed("flow, leg", "share", "of the goods on these legs is held for the impulse's `days`"),
    "detain_in_port": Deed("flow, leg", "share", "of the goods in these ports is held for the impulse's `days`"),
}
"""Everything that impulses can do."""


@dataclass(frozen=True)
class Entry:
    """A kind of entry in the journal: what it tells, and whether it is routine, left out of a journal of key events."""

    meaning: str
    routine: bool = False


EVENTS: Mapping[Event, Entry] = {
    "disruption_announced": Entry("a disruption is made known before it begins"),
    "disruption_begins": Entry("a disruption begins"),
    "disruption_ends": Entry("a disruption is over"),
    "order": Entry("a site orders from a source (`other`)", routine=True),
    "cancelled": Entry("orders at a source (`other`) are given up: by the source, or by a buyer that orders elsewhere"),
    "departure": Entry("goods set out on a lane", routine=True),
    "licence_wait": Entry("goods begin to wait for a licence"),
    "diverted": Entry("goods take another way than through a passage"),
    "held": Entry("goods begin to wait before a passage"),
    "released": Entry("goods that waited before a passage go on"),
    "port_arrival": Entry("goods come to a port", routine=True),
    "berthed": Entry("goods are at a berth"),
    "handled": Entry("a port has handled goods", routine=True),
    "arrival": Entry("goods are at their buyer", routine=True),
    "kept_back": Entry("goods that were called back arrive and are not used"),
    "returned": Entry("goods go back to their source, from a border that has closed"),
    "detained": Entry("goods are held on their way, or in a port"),
    "seized": Entry("goods are taken on their way, or in a port"),
    "destroyed": Entry("stock, or goods at a border, are lost"),
    "reserve_destroyed": Entry("stock of a reserve is lost"),
    "spoiled": Entry("cold goods are lost for want of power"),
    "expired": Entry("stock is past its life and written off"),
    "expired_under_way": Entry("goods on their way are past their life and written off"),
    "called_back": Entry("a recall puts stock into quarantine"),
    "taken_away": Entry("what was called back is removed"),
    "passed_test": Entry("what was under test is released"),
    "used_up": Entry("material goes into other products", routine=True),
    "scrapped": Entry("what was made is no good", routine=True),
    "reserve_triggered": Entry("what a reserve waits for has happened"),
    "reserve_opened": Entry("a reserve begins to give"),
    "reserve_closed": Entry("a reserve gives no more"),
    "release": Entry("a reserve gives goods"),
    "refill": Entry("a reserve takes goods"),
    "reserve_reduced": Entry("the size of a reserve is lowered, and what is too much goes into ordinary stock"),
    "stockout_begins": Entry("the first day on which demand is not met"),
    "stockout_ends": Entry("the first day on which it is met again"),
    "use_contingency": Entry("contingency use begins"),
    "use_crisis": Entry("crisis use begins"),
    "use_conventional": Entry("use is conventional again"),
    "buys_ahead": Entry("a site, or its patients, begin to buy ahead"),
    "facility_opens": Entry("a facility opens, with this stock"),
    "facility_closes": Entry("a facility closes; its stock stays there"),
    "turned_away": Entry("a facility that is out turns patients away, who wait or are lost"),
    "sent_elsewhere": Entry("a facility that is out sends patients to another (`other`)"),
    "capacity_raised": Entry("a maker begins to make more than its usual capacity"),
    "capacity_usual": Entry("a maker's capacity is the usual one again"),
    "line_moved": Entry("a maker makes less, since a line was moved to another product or plant"),
    "line_returned": Entry("the line is back"),
    "ration_begins": Entry("a source begins to deal out a share of usual orders (`cause` says which and why)"),
    "ration_changed": Entry("it deals out another share"),
    "ration_ends": Entry("it deals out no shares any more"),
    "new_customers_limited": Entry("a maker limits what customers get who come because another maker is struck"),
    "new_customers_free": Entry("it does so no longer"),
    "transfer_asked": Entry("a site that lacks goods asks to be given some, and waits for permission"),
    "transfer": Entry("a site is given goods by another (`other`), beside all orders"),
    "loan": Entry("a site is lent goods by another (`other`)"),
    "loan_repaid": Entry("a site is paid back what it lent to another (`other`)"),
    "loan_late": Entry("a site (`other` has lent it goods) does not pay back all on the day on which it should"),
    "loan_written_off": Entry("what it owes (to `other`) is given up"),
    "claim_borrowed": Entry("a party (in `cause`, after the reserve) draws on what others may claim of a reserve"),
    "claim_repaid": Entry("a party pays back what it has borrowed of a reserve"),
    "claim_late": Entry("a party does not pay back all on the day on which it should"),
    "claim_written_off": Entry("what a party owes to a reserve is given up"),
    "claims_shared_again": Entry("a party has not paid for its claim, which others have now"),
    "alarm_rises": Entry("an alarm (`cause` says which) rises: a shortage may be near"),
    "alarm_clears": Entry("its condition has not held for a while"),
    "promise_broken": Entry("a party begins to break its word to another (`cause` says which to whom)"),
    "decision_due": Entry("the condition of a decision is met (`cause` says which, and whose)"),
    "decision_given_up": Entry("it is not met any more, and nothing is done"),
    "decision_in_force": Entry("what was decided is in force"),
    "decision_over": Entry("what was decided is over"),
}
"""Everything that the journal can tell."""


def known(word: str, words: Collection[str], what: str) -> None:
    """Raise PlaceError where a word is not declared; `what` says in words which of them it should be."""
    if word not in words:
        raise PlaceError((), f"the model knows no such {what}", word, f"a {what} of sim/model/vocabulary.py", words)
