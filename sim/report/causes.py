"""An attribution in words and figures."""

from __future__ import annotations

from sim.report.words import shown_value
from sim.study.attribution import Attribution
from sim.study.measures import Measure


def told(found: Attribution) -> list[str]:
    """For every measure and group: what is to be explained, then a line for each cause, the largest share first."""
    lines: list[str] = []
    for labels, part in found.table.groupby(["measure", "breakdown", "group"], sort=False):
        measure = Measure(str(labels[0]), str(labels[1]))
        total, baseline = float(part["total"].iloc[0]), float(part["baseline"].iloc[0])
        unit, where = ("" if measure.unit == "money" else measure.unit), f" ({labels[2]})" if labels[2] else ""
        lines.append(
            f"{measure.label}{where}: {shown_value(total, unit)} with everything, {shown_value(baseline, unit)} with "
            f"nothing of it; the difference by cause (mean of {found.replications} draws, {found.method}):"
        )
        for row in part.sort_values("shapley", key=abs, ascending=False, kind="stable").to_dict("records"):
            known = row["low"] == row["low"]  # one draw has no interval
            span = f" ({shown_value(row['low'], unit)} to {shown_value(row['high'], unit)})" if known else ""
            spared = row["leave_one_out"]
            rest = f"without it {shown_value(abs(spared), unit)} {'less' if spared >= 0 else 'more'}"
            lines.append(f"  {row['cause']}: {shown_value(row['shapley'], unit)}{span}; {rest}")
    return lines
