"""The columns of the tables that a study writes, each declared here, and only here; see `sim.output.columns`."""

from __future__ import annotations

from collections.abc import Mapping

from sim.output.column import Column, Table, Type

MEASURE_UNIT = "as the measure"
SHARE = "share"

SCENARIO = Column("scenario", "text", "", "the scenario, by its name in the study")
STRATEGY = Column("strategy", "text", "", "the strategy")
VARIANT = Column("variant", "text", "", "empty; `other luck` of the baseline's draws that were run by a second luck")
REPLICATION = Column("replication", "whole number", "draws", "the draw, from 0; the same one for all strategies")
MEASURE = Column("measure", "text", "", "the metric, or `cost`")
BREAKDOWN = Column("breakdown", "text", "", "`all`, or by what it is broken down: product, region, priority, line …")
GROUP = Column("group", "text", "", "the product, region …; empty of all together")
UNKNOWN = Column("unknown", "text", "", "dotted path of the value that is not known")
DAY = Column("day", "whole number", "days", "since the start, which is day 0")
PRODUCT = Column("product", "text", "", "the product")
N = Column("n", "whole number", "draws", "on which the row rests")
LEFT_OUT = Column("left_out", "whole number", "draws", "in which the figure is not defined")
MEAN = Column("mean", "number", MEASURE_UNIT, "of the strategy over the draws")
METHOD = Column("method", "text", "", "how the interval is made: t, bootstrap-t, exact …")
SD = Column("sd", "number", MEASURE_UNIT, "standard deviation over the draws")
TOLD = Column("told", "yes or no", "", "whether the interval is narrow enough for the share to be told")
P_HOLM = Column("p_holm", "number", SHARE, "p-value, with all that is compared of a measure counted (Holm)")
VERDICT = Column("verdict", "text", "", "what may be said: lower, higher, worse, better, no detectable difference …")


def _ends(unit: str, of: str, before: str = "") -> tuple[Column, Column]:
    """The two ends of an interval; `before` begins their names."""
    return (
        Column(f"{before}low", "number", unit, f"lower end of the interval of {of}"),
        Column(f"{before}high", "number", unit, f"upper end of the interval of {of}"),
    )


def _amounts(kind: Type, unit: str, **meanings: str) -> tuple[Column, ...]:
    """Columns of amounts in one unit."""
    return tuple(Column(name, kind, unit, meaning) for name, meaning in meanings.items())


REPLICATIONS = Table(
    "a measure and group in a draw",
    "always, a file per scenario and strategy; where values are drawn, `luck` has the baseline's by other luck",
    (
        SCENARIO,
        STRATEGY,
        VARIANT,
        REPLICATION,
        MEASURE,
        BREAKDOWN,
        GROUP,
        *_amounts("number", MEASURE_UNIT, value="in this draw", twin="in the same draw without the disruptions"),
    ),
)
DAILY = Table(
    "a product on a day of a draw, over all facilities",
    "where the study says `daily: true`, a file per scenario and strategy",
    (
        SCENARIO,
        STRATEGY,
        VARIANT,
        REPLICATION,
        DAY,
        PRODUCT,
        *_amounts(
            "whole number",
            "units",
            demand="asked for on the day",
            unmet="not there on the day",
            twin_unmet="the same without the disruptions",
            served="given out",
            stock="at hand at facilities in the evening",
        ),
    ),
)
ENDING = Table(
    "a scenario under a strategy, and how its draws ended",
    "always",
    (
        SCENARIO,
        STRATEGY,
        VARIANT,
        Column("draws", "whole number", "draws", "that were run"),
        Column("short", "whole number", "draws", "that are still short at the end"),
        Column("unmet_in_last_days", "number", "units", "unmet in the last 14 days, mean over the draws"),
        Column("share_of_unmet", "number", SHARE, "of all unmet units that are unmet in the last 14 days, mean"),
        Column("sites_short", "number", "facility-products", "short on the last day, mean"),
        Column("not_over", "number", "disruptions", "with dates that were not over, most of any draw"),
        Column("settled", "yes or no", "", "whether no more than 5 % of the draws are short at the end"),
    ),
)
ALARMS = Table(
    "an alarm under a strategy; empty where nobody watches",
    "always",
    (
        SCENARIO,
        STRATEGY,
        Column("alarm", "text", "", "its name"),
        Column("draws", "whole number", "draws", "that were run"),
        Column("shortages", "whole number", "shortages", "of those whom it watches, in all draws"),
        Column("warned", "whole number", "shortages", "before which it rose in time"),
        Column("warned_share", "number", SHARE, "of the shortages"),
        *_ends(SHARE, "that share", "warned_"),
        Column("alarms_true", "whole number", "alarms", "after which a shortage began in time"),
        Column("alarms_false", "whole number", "alarms", "after which none did, and that did not rise in one"),
        Column("true_share", "number", SHARE, "of the alarms that are one or the other"),
        *_ends(SHARE, "that share", "true_"),
        Column("false_a_year", "number", "alarms a year", "that were false, mean of the draws"),
        *_ends("alarms a year", "that mean", "false_"),
        Column("warning", "number", "days", "of warning in a draw (the median of its shortages), median of the draws"),
        Column("warning_25", "number", "days", "the same of a quarter of the draws at most"),
        Column("warning_75", "number", "days", "the same of three quarters of the draws at most"),
    ),
)
SUMMARY = Table(
    "a measure and group under a strategy",
    "always",
    (
        SCENARIO,
        MEASURE,
        BREAKDOWN,
        GROUP,
        STRATEGY,
        N,
        LEFT_OUT,
        MEAN,
        *_ends(MEASURE_UNIT, "the mean"),
        METHOD,
        SD,
        *_amounts(
            "number",
            MEASURE_UNIT,
            twin_mean="mean without the disruptions",
            var="level that outcomes stay on the good side of in all draws but the tail; empty from too few draws",
            cvar="mean of the tail; empty from too few draws",
        ),
    ),
)
COMPARISONS = Table(
    "a measure and group under a strategy, against another on the same draws",
    "always",
    (
        SCENARIO,
        MEASURE,
        BREAKDOWN,
        GROUP,
        STRATEGY,
        Column("against", "text", "", "the strategy it is compared with"),
        N,
        LEFT_OUT,
        MEAN,
        *_amounts(
            "number",
            MEASURE_UNIT,
            against_mean="of the other strategy",
            difference="strategy less the other, mean over the draws",
        ),
        *_ends(MEASURE_UNIT, "the difference"),
        METHOD,
        *_amounts(
            "number",
            MEASURE_UNIT,
            t_low="lower end by Student's t",
            t_high="upper end by Student's t",
            bca_low="lower end by the bootstrap (BCa)",
            bca_high="upper end by the bootstrap (BCa)",
            sd="standard deviation of the difference",
        ),
        Column("skewness", "number", "none", "of the difference over the draws"),
        Column("p", "number", SHARE, "p-value of this comparison by itself"),
        Column("independent_ratio", "number", "ratio", "variance of the difference to that on draws of their own"),
        P_HOLM,
        VERDICT,
    ),
)
BEST = Table(
    "a measure in all under a strategy, ranked",
    "always",
    (
        SCENARIO,
        MEASURE,
        STRATEGY,
        N,
        MEAN,
        Column("probability_best", "number", SHARE, "that this strategy's mean is the best, given the draws"),
        Column("regret", "number", MEASURE_UNIT, "how much worse than the best of the scenario"),
        Column("selected", "yes or no", "", "whether it is named as best (Kim and Nelson)"),
    ),
)
STANDING = Table(
    "a strategy, and how it stands to the one with the best mean",
    "where the study asks for the `best`",
    (
        SCENARIO,
        MEASURE,
        STRATEGY,
        N,
        MEAN,
        Column("behind", "number", MEASURE_UNIT, "how much worse than the one with the best mean, on the same draws"),
        *_ends(MEASURE_UNIT, "that; all of them hold together"),
        Column("how", "text", "", "leads, behind, not told apart, within the indifference, ties in every draw"),
        Column("together", "yes or no", "", "whether it cannot be told apart from the one with the best mean"),
    ),
)
LOSSES = Table(
    "a group under a strategy, against another",
    "where the study asks for the `best`",
    (
        SCENARIO,
        MEASURE,
        BREAKDOWN,
        GROUP,
        STRATEGY,
        Column("other", "text", "", "the strategy it is held against"),
        MEAN,
        *_amounts(
            "number",
            MEASURE_UNIT,
            other_mean="of the other strategy",
            worse_by="how much worse the group fares than under the other",
        ),
        *_ends(MEASURE_UNIT, "that"),
        N,
        P_HOLM,
        VERDICT,
    ),
)
REGRET = Table(
    "a measure under a strategy, over all scenarios",
    "always",
    (
        MEASURE,
        STRATEGY,
        Column("largest_regret", "number", MEASURE_UNIT, "of any scenario"),
        Column("in_scenario", "text", "", "the scenario in which it is largest"),
        Column("chosen", "yes or no", "", "whether no other strategy has a smaller one: the cautious choice"),
    ),
)
FAN = Table(
    "a line of the fan chart of a product on a day",
    "where the study says `daily: true`",
    (
        SCENARIO,
        STRATEGY,
        PRODUCT,
        DAY,
        Column("quantile", "number", SHARE, "of the draws that lie below the line"),
        *_amounts(
            "number",
            "units",
            unmet="not there on the day",
            twin_unmet="the same without the disruptions",
            served="given out",
            stock="at hand at facilities in the evening",
        ),
    ),
)
FRONTIER = Table(
    "a strategy, and what it costs for what it averts",
    "where the study measures `cost` and a harm",
    (
        SCENARIO,
        Column("effect", "text", "", "the measure of harm"),
        STRATEGY,
        N,
        Column("cost", "number", "money", "mean over the draws"),
        Column("harm", "number", "as the effect", "mean over the draws"),
        Column("status", "text", "", "on the frontier, dominated, or dominated by extension"),
        Column("against", "text", "", "the next cheaper strategy on the frontier; empty off it"),
        Column("icer", "number", "money", "for each further unit of harm averted, against the one before it"),
    ),
)
VARIANCE = Table(
    "a measure, and how much of its spread comes from what is not known",
    "where values are drawn",
    (
        SCENARIO,
        STRATEGY,
        MEASURE,
        Column("draws", "whole number", "draws", "that were run by two lucks"),
        Column("share", "number", SHARE, "of the variance that comes from not knowing; the rest is luck"),
        *_ends(SHARE, "that share"),
        TOLD,
    ),
)
UNKNOWNS = Table(
    "a measure and a value that is not known",
    "where values are drawn",
    (
        SCENARIO,
        STRATEGY,
        MEASURE,
        UNKNOWN,
        Column("share", "number", SHARE, "of the variance from not knowing that follows this value"),
        *_ends(SHARE, "that share"),
        TOLD,
        Column("first", "yes or no", "", "whether it surely matters most"),
    ),
)
BANDS = Table(
    "a measure of a run that was drawn many times (`--replications`)",
    "by `tideover run --replications`, not by studies",
    (
        SCENARIO,
        STRATEGY,
        MEASURE,
        N,
        *_amounts(
            "number",
            MEASURE_UNIT,
            median="half of all draws lie below it",
            low_50="a quarter lie below it: between this and the next, one of two",
            high_50="a quarter lie above it",
            low_80="a tenth lie below it: between this and the next, four of five",
            high_80="a tenth lie above it",
            lowest="of the draws made",
            highest="of the draws made",
        ),
    ),
)
WORTH = Table(
    "a strategy that is no rung of the study's ladder; empty without `worth`, and where nothing is settled",
    "always",
    (
        SCENARIO,
        STRATEGY,
        N,
        MEAN,
        Column("days", "number", "days", "of the ladder that have the same mean"),
        *_ends("days", "these days"),
        Column("within", "yes or no", "", "whether the ladder reaches so far; else `days` is its end on that side"),
        Column("ahead", "number", "days", "by which it is ahead of the strategy that follows; empty where none does"),
        *_ends("days", "that difference", "ahead_"),
    ),
)
STUDY_TABLES: Mapping[str, Table] = {
    "replications": REPLICATIONS, "luck": REPLICATIONS, "daily": DAILY, "ending": ENDING, "alarms": ALARMS,
    "summary": SUMMARY, "comparisons": COMPARISONS, "best": BEST, "standing": STANDING, "losses": LOSSES,
    "regret": REGRET, "fan": FAN,
    "frontier": FRONTIER, "variance": VARIANCE, "unknowns": UNKNOWNS, "bands": BANDS, "worth": WORTH,
}  # fmt: skip
"""By name, as `tideover query` knows them."""
