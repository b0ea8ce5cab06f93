"""What came of each alarm, and which shortages had a warning: the scores of one alarm in one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from sim.engine.books.alarm_log import AlarmLog, Spells

YEAR = 365.0
Came = Literal["true", "late", "false", "open"]
CAME: tuple[Came, ...] = get_args(Came)
"""What came of an alarm: a shortage began within `ahead` days after it (also of one that rose in another); it rose in
a shortage; neither; or the run ends before `ahead` days were over, so that it is not known."""


@dataclass(frozen=True)
class Judged:
    """What an alarm did on counted days; `raised` and `shortages` as in the log, those of the warm-up left out.

    `came` are positions in `CAME`, `shortage` the first day of the shortage that followed an alarm within `ahead`
    days, -1 where none did. `warning` has for each shortage how many days before it the first alarm rose that came at
    most `ahead` and at least one day before it, NaN where none did; what was there before anybody watched is left out.
    `years` are those of days after which all `ahead` days are in the run.
    """

    log: AlarmLog
    raised: Spells
    came: np.ndarray
    shortage: np.ndarray
    shortages: Spells
    warning: np.ndarray
    years: float


def judged(log: AlarmLog) -> Judged:
    """Hold an alarm against the shortages of those whom it is to warn, unit by unit."""
    ahead, days = log.bound.alarm.ahead, len(log.stood) + log.first
    raised, shortages = log.raised, log.shortages
    apart = len(log.stood) + ahead + 1  # so far that nothing of one unit comes near what is of the next
    rose, began = raised.unit * apart + raised.first, shortages.unit * apart + shortages.first
    earliest = np.searchsorted(rose, began - ahead)
    warned = earliest < np.searchsorted(rose, began)
    warning = np.where(warned, began - np.append(rose, 0)[earliest], np.nan)
    following = np.searchsorted(began, rose, side="right")
    true = following < np.searchsorted(began, rose + ahead, side="right")
    ends = np.append(shortages.unit * apart + shortages.last, -1)
    during = (following > 0) & (ends[following - 1] >= rose)
    known = raised.first + ahead < days
    came = np.select([~known, true, during], [CAME.index("open"), CAME.index("true"), CAME.index("late")], 2)
    shortage = np.where(true, np.append(shortages.first, -1)[following], -1)
    count, counts = raised.first >= 0, (shortages.first >= 0) & (shortages.first > log.first)
    return Judged(
        log, Spells(*(row[count] for row in raised)), came[count], shortage[count],
        Spells(*(row[counts] for row in shortages)), warning[counts], max(0, days - ahead) / YEAR,
    )  # fmt: skip


@dataclass(frozen=True)
class Scores:
    """`warning` as in `Judged`; how many alarms came `true`, `late`, were `false`, or are `open`; `false_a_year`: false
    ones by the years of `Judged`, NaN where there are none."""

    warning: np.ndarray
    true: int
    late: int
    false: int
    open: int
    false_a_year: float

    def __add__(self, other: Scores) -> Scores:
        return Scores(
            np.concatenate([self.warning, other.warning]), self.true + other.true, self.late + other.late,
            self.false + other.false, self.open + other.open, self.false_a_year + other.false_a_year,
        )  # fmt: skip

    @property
    def hits(self) -> int:
        """Shortages with a warning."""
        return int(np.count_nonzero(~np.isnan(self.warning)))


def scores_of(one: Judged, units: np.ndarray | None = None) -> Scores:
    """The scores of an alarm, of some of its units by a mask, None: of all."""
    came, warning = one.came, one.warning
    if units is not None:
        came, warning = came[units[one.raised.unit]], warning[units[one.shortages.unit]]
    true, late, false, unknown = (int(number) for number in np.bincount(came, minlength=len(CAME)))
    return Scores(warning, true, late, false, unknown, false / one.years if one.years else np.nan)
