"""The risk register of a stress sweep: what each entry means, what would lift it, as sentences and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.report.pages import page
from sim.report.sheets import Sheet
from sim.report.words.phrases import count, percent, plural
from sim.study.ask.stress import Sweep

SHOWN = 12
"""Entries told in words on the terminal."""


def survives(row: dict[str, Any]) -> str:
    """TTS in words; more than the longest knock-out where all demand is met even then."""
    return f"{row['tts']} days or more" if row["survives_longest"] else plural(row["tts"], "day")


def lift(row: dict[str, Any]) -> str:
    """What would take the entry off the register."""
    if not row["exposed"]:
        return ""
    stock = f"{count(row['units_short'])} units more where they are used ({plural(row['more_days'], 'day')} more)"
    return f"{stock}, or back within {plural(row['tts'], 'day')}{', or a second source' if row['cut_off'] else ''}"


def entry(row: dict[str, Any]) -> str:
    """One entry as a sentence."""
    alone = f"; {plural(row['cut_off'], 'facility', 'facilities')} have no other source" if row["cut_off"] else ""
    return (
        f"{row['kind']} {row['node']}, {row['product']}: all demand is met for {survives(row)}, recovery takes "
        f"{plural(row['ttr'], 'day')}: {count(row['units_short'])} units short{alone}."
    )


def told(register: pd.DataFrame) -> list[str]:
    """The exposed entries in words, the worst first, and how many there are in all."""
    rows = [{str(k): v for k, v in row.items()} for row in register.to_dict("records")]
    exposed = [row for row in rows if row["exposed"]]
    nodes = len({(row["kind"], row["node"]) for row in rows})
    lines = [f"{plural(nodes, 'node')} knocked out in turn; {plural(len(exposed), 'entry', 'entries')} exposed."]
    lines += [entry(row) for row in exposed[:SHOWN]]
    return lines + ([f"... and {len(exposed) - SHOWN} more, in the register."] if len(exposed) > SHOWN else [])


def register_page(
    title: str,
    register: pd.DataFrame,
    sweep: Sweep,
    draws: int,
    untried: Sequence[str] = (),
    sure: Sequence[str] = (),
) -> str:
    """The register as one HTML page; `untried` are failures, told on top, as is what so few draws tell."""
    rows = [{str(k): v for k, v in row.items()} for row in register.to_dict("records")]
    figures = ["Time to survive", "Time to recover", "Units short", "of demand", "Back after", "No other source"]
    place, lifted = ["Out of work", "Name", "Product"], "What would lift it"
    names = [[row["kind"], row["node"], row["product"]] for row in rows]
    cells = [
        [survives(row), plural(row["ttr"], "day"), count(row["units_short"]), percent(row["share_short"], 1),
         plural(row["back_after"], "day"), plural(row["cut_off"], "facility", "facilities") if row["cut_off"] else ""]
        for row in rows
    ]  # fmt: skip
    entries = list(zip(rows, names, cells, strict=True))
    exposed = [[*name, lift(row), *cell] for row, name, cell in entries if row["exposed"]]
    others = [[*name, *cell] for row, name, cell in entries if not row["exposed"]]
    raw = [list(row.values()) for row in rows]
    met = "all demand" if not sweep.allow else f"all but {percent(sweep.allow, 1)} of demand"
    lead = [
        "Every supplier, port, warehouse, lane, passage and country's exports out of work in turn. "
        "Exposed is what takes longer to recover than the network survives without it."
    ]
    lead += sure
    lead += [f"Left out, since a run of it failed: {reason}" for reason in untried]
    notes = [
        f"Time to survive: longest time in whole days, up to {sweep.longest}, for which the node can be out from day "
        f"{sweep.first} while {met} is met that is met otherwise, in each of {plural(draws, 'draw')}.",
        "Time to recover: as given or assumed when the sweep was asked for.",
        "Units short: with the node out for its time to recover, mean over draws, on the day asked. "
        "Back after: from the start of the outage, in the worst draw.",
        "No other source: facilities that goods reach through this node only.",
        "The scenario's own disruptions are left out.",
    ]
    sheets = [
        Sheet(
            "exposed", "Exposed, the worst first", [*place, lifted, *figures], exposed, list(register.columns), raw,
            text_columns=4, note="" if exposed else "Nothing is exposed.",
        ),
        Sheet("not-exposed", "Not exposed", [*place, *figures], others, text_columns=3),
    ]  # fmt: skip
    return page(f"Risk register: {title}", lead, sheets, notes=notes)
