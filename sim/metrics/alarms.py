"""How well alarms warn: shortages that they announce and miss, false alarms, and how long before they rise.

Every alarm is held against the shortages of those whom it watches, as it defines them, one by one: a shortage that two
alarms watch counts twice. The figures add up over the alarms, or are those of one (`by alarm` in a study).
"""

from __future__ import annotations

import numpy as np

from sim.metrics.alarm_scores import Scores, judged, scores_of
from sim.metrics.base import View, metric, ratio


def _scores(view: View) -> Scores | None:
    """Of all alarms seen together, those of sites seen; None where nobody watches."""
    network = view.outcome.plan.network
    everybody = np.count_nonzero(network.groups["kind"] == "facility") == len(view.groups)
    found: Scores | None = None
    for log in view.outcome.alarms:
        if view.alarm not in (None, log.bound.name):
            continue
        units = None
        if not everybody:
            seen = np.isin(network.cell_group[log.bound.patients], view.groups)
            units = np.bincount(log.bound.their_unit, seen, len(log.bound.product)) > 0
        one = scores_of(judged(log), units)
        found = one if found is None else found + one
    return found


@metric("alarm_shortages", "Shortages where alarms watch", "shortages", by_alarm=True)
def alarm_shortages(view: View) -> float | None:
    """Shortages that began on a counted day among those whom alarms watch, each as its alarm defines one.

    Left out is what was there before anybody watched. None where nobody watches.
    """
    found = _scores(view)
    return None if found is None else float(len(found.warning))


@metric("shortages_warned", "Shortages with a warning", "shortages", by_alarm=True)
def shortages_warned(view: View) -> float | None:
    """Those of these shortages before which the alarm rose, at most `ahead` days and at least one day before (hits).

    None where nobody watches.
    """
    found = _scores(view)
    return None if found is None else float(found.hits)


@metric("warned_share", "Share of shortages with a warning", "share", better="higher", by_alarm=True)
def warned_share(view: View) -> float | None:
    """Of all shortages where alarms watch, the share that had a warning (recall). None without such a shortage."""
    found = _scores(view)
    return None if found is None else ratio(found.hits, len(found.warning))


@metric("warning_time", "Warning time", "days", better="higher", by_alarm=True)
def warning_time(view: View) -> float | None:
    """Days from the alarm's rising to the shortage, the median over the shortages with a warning; of several alarms in
    the `ahead` days before one the first counts. None where none had any."""
    found = _scores(view)
    return float(np.nanmedian(found.warning)) if found is not None and found.hits else None


@metric("alarms_true", "Alarms that came true", "alarms", by_alarm=True)
def alarms_true(view: View) -> float | None:
    """Alarms after which a shortage began within `ahead` days. Counted are alarms that rose more than `ahead` days
    before the end, of which that is known. None where nobody watches."""
    found = _scores(view)
    return None if found is None else float(found.true)


@metric("alarms_false", "False alarms", "alarms", better="lower", by_alarm=True)
def alarms_false(view: View) -> float | None:
    """Alarms after which no shortage began within `ahead` days, and that did not rise in one; counted as those that
    came true. What was averted because of the alarm counts here, too. None where nobody watches."""
    found = _scores(view)
    return None if found is None else float(found.false)


@metric("true_alarm_share", "Share of alarms that came true", "share", better="higher", by_alarm=True)
def true_alarm_share(view: View) -> float | None:
    """Of the alarms that came true and the false ones together, the share of the former (precision). None without any.

    Alarms that rose too late, in a shortage, are neither.
    """
    found = _scores(view)
    return None if found is None else ratio(found.true, found.true + found.false)


@metric("false_alarms_a_year", "False alarms a year", "alarms a year", better="lower", by_alarm=True)
def false_alarms_a_year(view: View) -> float | None:
    """False alarms, by years of the counted days but the last `ahead`, over all that is watched together. None where
    nobody watches, or for no longer than `ahead`."""
    found = _scores(view)
    return None if found is None or np.isnan(found.false_a_year) else found.false_a_year
