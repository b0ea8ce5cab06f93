"""Tables of alarms: each time that one rose and each shortage that none announced, and the scores of each alarm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.engine.run import Outcome
from sim.metrics.alarm_scores import CAME, Judged, judged, scores_of
from sim.report.run.as_tables.page_tables import MOST_ROWS, more_rows
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet
from sim.report.words.phrases import kind_words

NONE = np.iinfo(np.int64).min
"""No day."""


def alarms_table(outcome: Outcome) -> pd.DataFrame:
    """One row per alarm that rose on a counted day, and per shortage before which none rose in time, in order of alarm,
    day, site and product. No rows where nobody watches."""
    parts = [_rows(outcome, judged(log)) for log in outcome.alarms]
    columns = ("alarm", "kind", "party", "site", "product", "came", "rose", "cleared", "shortage", "warning")
    found = {name: np.concatenate([np.zeros(0, object), *(part[name] for part in parts)]) for name in columns}
    dates = {name: _dates(outcome, found[name]) for name in ("rose", "cleared", "shortage")}
    return pd.DataFrame(found | dates | {"warning": found["warning"].astype(float)})


def _rows(outcome: Outcome, one: Judged) -> dict[str, np.ndarray]:
    """What came of an alarm; days as numbers, `NONE` where there is none."""
    network, bound, last = outcome.plan.network, one.log.bound, outcome.plan.network.calendar.days - 1
    missed = np.isnan(one.warning)
    unit = np.concatenate([one.raised.unit, one.shortages.unit[missed]])
    nothing = np.full(int(missed.sum()), NONE)
    rose = np.concatenate([one.raised.first, nothing])
    cleared = np.concatenate([np.where(one.raised.last < last, one.raised.last + 1, NONE), nothing])
    shortage = np.concatenate([np.where(one.shortage >= 0, one.shortage, NONE), one.shortages.first[missed]])
    came = np.concatenate([np.array(CAME, dtype=object)[one.came], np.full(len(nothing), "missed", dtype=object)])
    order = np.lexsort((unit, np.where(rose == NONE, shortage, rose)))
    sites = np.append(network.sites["name"].to_numpy(dtype=object), "")
    warning = np.where((rose != NONE) & (shortage != NONE), shortage - rose, np.nan)
    row: dict[str, Any] = {"alarm": bound.name, "kind": bound.alarm.alarm, "party": bound.party}
    row |= {"site": sites[bound.site[unit]], "product": network.products["name"].to_numpy()[bound.product[unit]]}
    row |= {"came": came, "rose": rose, "cleared": cleared, "shortage": shortage, "warning": warning}
    return {name: np.broadcast_to(np.asarray(value, dtype=object), len(unit))[order] for name, value in row.items()}


def _dates(outcome: Outcome, days: np.ndarray) -> np.ndarray:
    start = np.datetime64(outcome.plan.network.calendar.start, "D")
    known = days != NONE
    found = np.full(len(days), np.datetime64("NaT", "D"))
    found[known] = start + days[known].astype(np.int64)
    return np.asarray(found.astype("datetime64[s]"))


def alarm_scores(facts: Facts) -> Sheet:
    """How each alarm did: shortages it announced and missed, how long before, and false alarms."""
    rows, raw = [], []
    for log in facts.outcome.alarms:
        scores = scores_of(judged(log))
        warned = scores.warning[~np.isnan(scores.warning)]
        middle = np.quantile(warned, (0.25, 0.5, 0.75)) if warned.size else np.full(3, np.nan)
        by = facts.group("party", log.bound.party) if log.bound.party else ""
        who = (log.bound.name, kind_words(log.bound.alarm.alarm), by)
        ends = [None if np.isnan(value) else float(value) for value in (*middle, scores.false_a_year)]
        counts = (len(scores.warning), scores.hits, len(scores.warning) - scores.hits)
        came = (scores.true, scores.false, scores.late, scores.open)
        raw.append((*who, *counts, *ends[:3], *came, ends[3]))
        days = "-" if ends[1] is None else f"{ends[1]:g} ({ends[0]:g} to {ends[2]:g})"
        yearly = "-" if ends[3] is None else f"{ends[3]:.1f}"
        rows.append((*who, *map(str, counts), days, *map(str, came), yearly))
    head = (
        "Alarm", "Kind", "By", "Shortages", "Announced", "Missed", "Days of warning, median (quartiles)", "Came true",
        "False", "Rose too late", "Not yet known", "False a year",
    )  # fmt: skip
    raw_head = (
        "alarm", "kind", "by", "shortages", "announced", "missed", "warning_low", "warning", "warning_high",
        "came_true", "false", "late", "open", "false_a_year",
    )  # fmt: skip
    return Sheet("alarms", "How well alarms warned", head, rows[:MOST_ROWS], raw_head, raw, more_rows(rows), 3)
