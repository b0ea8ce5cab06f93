"""After-action report and improvement plan (AAR/IP) in the manner of HSEEP; ratings and plans are left to people."""

from __future__ import annotations

from sim.report.replay.words import date_words
from sim.report.review.material import Material
from sim.report.review.parts import FOR_PEOPLE, NOT_KNOWN, Chapter, Part, to_fill
from sim.report.sheets import Sheet
from sim.report.words.phrases import kind_words
from sim.scenario.load import Loaded

AWARE, SUPPLY, STOCKS, SHARING, USE = (
    "Awareness and warning", "Supply and purchasing", "Stocks and reserves", "Distribution and allocation",
    "Use at the point of care",
)  # fmt: skip
CAPABILITIES = (AWARE, SUPPLY, STOCKS, SHARING, USE)
OF_DECISIONS = {
    "share_information": AWARE, "reserve_by_hand": STOCKS, "change_levels": STOCKS, "extend_shelf_life": STOCKS,
    "supplier_allocation": SHARING, "ration": SHARING, "change_allocation": SHARING, "allow_transfers": SHARING,
    "corridor": SHARING, "priority_lane": SHARING, "change_lane": SHARING, "substitute": USE, "use_level": USE,
}  # fmt: skip
"""Decisions that are no matter of supply -> the capability that they belong to."""
OF_SERIES = {
    "share_of_sites": STOCKS, "stock": STOCKS, "cumulative_deliveries": SUPPLY, "port_queue": SUPPLY,
    "passage_transits": SUPPLY, "price": SUPPLY, "fill_rate": SHARING, "purchases": SUPPLY, "share_out": SHARING,
    "use": USE,
}  # fmt: skip
FIELDS = ["Field", "To fill in, or to put right"]
MATRIX = [
    "Capability", "Issue or area for improvement", "Corrective action", "Capability element", "Primary organisation",
    "Owner", "Start", "Completion",
]  # fmt: skip


def improvement(of: Material) -> Part:
    """Overview, analysis by capability, improvement matrix."""
    chapters = [_overview(of.loaded), *(_capability(name, of) for name in CAPABILITIES)]
    matrix = to_fill("matrix", "Improvement matrix", MATRIX, [[name] for name in CAPABILITIES])
    return Part("After-action report and improvement plan (AAR/IP)", [
        *chapters, Chapter("Improvement matrix", ["Owner and dates are left blank for people."], [matrix]),
    ])  # fmt: skip


def _overview(loaded: Loaded) -> Chapter:
    spec = loaded.spec
    kinds = dict.fromkeys(kind_words(one.kind) for one in spec.disruptions)
    parties = [one.title or name for name, one in spec.parties.items()]
    rows = [
        ["Name", spec.title],
        ["Days that are run", f"{date_words(spec.start)} to {date_words(spec.until)}"],
        ["Scope", spec.question or NOT_KNOWN],
        ["Hazard", ", ".join(kinds) or NOT_KNOWN],
        ["Parties in the scenario", ", ".join(parties) or NOT_KNOWN],
        ["Participating organisations", ""],
        ["Objectives", ""],
        ["Point of contact", ""],
    ]
    return Chapter("Overview", [], [Sheet("overview", "The event", FIELDS, rows, text_columns=2)])


def _capability(name: str, of: Material) -> Chapter:
    decided = [one.label for one in of.loaded.spec.decisions if OF_DECISIONS.get(one.decision, SUPPLY) == name]
    seen = [
        one.series.label for one in of.series if OF_SERIES.get(type(one.series).name_in_yaml, SUPPLY) == name
    ]  # fmt: skip
    rows = [
        ["Rating", ""],
        ["Evidence for discussion: decisions", "; ".join(decided) or NOT_KNOWN],
        ["Evidence for discussion: observed series", "; ".join(seen) or NOT_KNOWN],
        ["Strengths", ""],
        ["Areas for improvement", ""],
        ["Root cause", ""],
    ]
    table = Sheet(name.lower().replace(" ", "-"), name, FIELDS, rows, text_columns=2)
    return Chapter(f"Analysis of a capability: {name}", [FOR_PEOPLE], [table])
