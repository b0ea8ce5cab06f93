"""Why a claimant got so much of what was shared out, in words, from the table of sharings alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.books.sharings import OF_TRANSFERS
from sim.errors import PlaceError, one_of_few

GROUP = ["product", "reserve", "step", "shared_by"]
Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class SharesExplained:
    """What was shared out at a source on a day.

    Attributes
    ----------
    date, source
        The day, and who shared.
    rows
        The rows of the table of sharings.
    who
        Claimants that are asked about; empty: all.
    """

    date: pd.Timestamp
    source: str
    rows: pd.DataFrame
    who: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """The rows, those of whom is asked about."""
        return self.rows[_asked_about(self.rows, self.who)]

    def text(self) -> str:
        """Each sharing-out in words: what there was, by which rule, and why each got its share."""
        day = f"{self.date.day} {self.date:%B %Y}"
        if not len(self.rows):
            return f"{self.source} had enough on {day} for all that it was asked for, and nothing was shared out."
        lines = []
        for _, rows in self.rows.groupby(GROUP, sort=False):
            told = rows[_asked_about(rows, self.who)]
            alone = len(rows) == 1 and rows["step"].iloc[0] > 1
            if len(told) and not alone:
                lines += [_heading(rows, day), *(f"  {_line(row, rows)}" for row in told.to_dict("records"))]
        return "\n".join(lines)


def why_share(
    table: pd.DataFrame, day: int | pd.Timestamp, at: str, product: str | None = None, who: Sequence[str] = ()
) -> SharesExplained:
    """What a table of sharings says of a source on a day, a number since the start or a date.

    Raises PlaceError for a source, a product or a claimant of which it says nothing.
    """
    sources = sorted(table["source"].unique())
    if at not in sources:
        expected = one_of_few(sources, "a source that had too little") if sources else "a run in which somebody did"
        raise PlaceError(("at",), "this source shared nothing out on any day", at, expected, sources)
    mine = table[table["source"] == at]
    products = sorted(mine["product"].unique())
    if product is not None and product not in products:
        message = f"{at} shared out none of this product on any day"
        raise PlaceError(("product",), message, product, one_of_few(products, "another product"), products)
    known = sorted({*mine["claimant"], *mine["party"]} - {""})
    for name in who:
        if name not in known:
            message = f"it claimed nothing of {at} when that shared"
            raise PlaceError(("who",), message, name, one_of_few(known, "a site or party that did"), known)
    date = (
        day if isinstance(day, pd.Timestamp) else table["date"].iloc[0] + pd.Timedelta(days=day - table["day"].iloc[0])
    )
    rows = mine[(mine["date"] == date) & (mine["product"].isin(products if product is None else [product]))]
    return SharesExplained(date, at, rows, tuple(who))


def _asked_about(rows: pd.DataFrame, who: Sequence[str]) -> pd.Series:
    return rows["claimant"].isin(who) | rows["party"].isin(who) | (len(who) == 0)


def _heading(rows: pd.DataFrame, day: str) -> str:
    first = rows.iloc[0]
    among = (
        f"{len(rows)} who asked for {rows['asked'].sum():,}"
        if len(rows) > 1
        else f"one who asked for {first['asked']:,}"
    )
    from_ = f" of the reserve '{first['reserve']}'" if first["reserve"] else ""
    if first["reserve"].startswith(OF_TRANSFERS):
        from_ = f", which it could spare ({first['reserve']}),"
    where = f"{first['source']} shared" if first["step"] == 1 else f"{first['shared_by']} shared on"
    what = f"{first['to_give']:,} units of {first['product']}{from_}"
    return f"On {day} {where} {what} among {among}, by {first['rule']}:"


def _line(row: Row, rows: pd.DataFrame) -> str:
    if row["most"] == 0:
        return f"{row['claimant']} got nothing of {row['asked']:,}: it is left out of the sharing, or may have no more."
    if row["most"] < row["asked"] and row["given"] >= row["most"]:
        reasons = [f"it might have {row['most']:,.0f} at most"]
    else:
        reasons = [WHY.get(row["rule"], _by_the_rule)(row, rows[rows["most"] != 0])]
    if row["floor"] >= 0:
        reasons.append(f"its group is to get {row['floor_share']:.0%} of what is shared at least")
    if abs(row["share"] - row["given"]) > 5e-7:
        reasons.append(f"its share was {row['share']:,.2f} before rounding by largest remainder")
    return f"{row['claimant']} got {row['given']:,} of {row['asked']:,}: {'; '.join(reasons)}."


def _proportional(row: Row, rows: pd.DataFrame) -> str:
    return f"it asked for {row['asked'] / max(1, rows['asked'].sum()):.1%} of all that was asked for"


def _by_need(row: Row, rows: pd.DataFrame) -> str:
    mine, all_ = row["need"] * row["weight"], (rows["need"] * rows["weight"]).sum()
    return f"its need of {row['need']:,.6g} x weight {row['weight']:.6g} is {mine / all_:.1%} of all claimants'"


def _by_claim(row: Row, rows: pd.DataFrame) -> str:
    if not row["weight"]:
        return "it has no claim: it gets what those who have one leave"
    claim = f"its claim is {row['weight']:.6g} of what comes in"
    if np.isnan(row["need"]):
        return f"{claim}; what others do not ask for is shared by claim"
    return f"{claim}, of which {row['need']:,.0f} are kept for it; what nobody has drawn by its day is shared by claim"


def _two_phase(row: Row, rows: pd.DataFrame) -> str:
    units = row["need"] * row["per_head"]
    before, after = row["had"] / units, (row["had"] + row["given"]) / units
    first = f"its coverage goes from {before:.2%} to {after:.2%} of its need"
    if after > row["first"]:
        return f"{first}, beyond the first {row['first']:.0%} by its weight of {row['weight']:.6g}"
    return f"{first}; all get {row['first']:.0%} before anybody gets more"


def _uniform(row: Row, rows: pd.DataFrame) -> str:
    same = rows["given"].max()
    if row["given"] == row["asked"]:
        return f"it got all it asked for, which is no more than others got ({same:,})"
    return f"all who asked for more than there was for each get the same{_but_for(rows)}"


def _linear(row: Row, rows: pd.DataFrame) -> str:
    if row["share"] <= 0:
        return "it asked for less than each goes without"
    return f"it goes without {row['asked'] - row['share']:,.2f}, as each does who gets anything{_but_for(rows)}"


def _but_for(rows: pd.DataFrame) -> str:
    """Whom a rule that is the same for all does not hold for."""
    limits = [("a cap", (rows["most"] < rows["asked"]).any()), ("a floor", (rows["floor"] >= 0).any())]
    there = [word for word, some in limits if some]
    return f", but for those with {' or '.join(there)}" if there else ""


def _talmud(row: Row, rows: pd.DataFrame) -> str:
    half = f"up to half of its claim ({row['asked'] / 2:,.6g})"
    if row["to_give"] <= rows["asked"].sum() / 2:
        return f"there is no more than half of all claims: the same for each, {half}"
    return f"there is more than half of all claims: the same loss for each, {half}"


def _tiers(row: Row, rows: pd.DataFrame) -> str:
    ahead = rows.loc[rows["priority"] < row["priority"], "given"].sum()
    kept = f", and {row['kept_back']:,} are kept for group 1" if row["kept_back"] and row["priority"] > 1 else ""
    before = f"groups before it got {ahead:,}{kept}"
    return f"it is of priority group {row['priority']}; {before}; inside a group by what is asked"


def _first_come(row: Row, rows: pd.DataFrame) -> str:
    turns = ", ".join(order.split(":")[0] for order in row["queue"].split()) or "none"
    return f"its orders stood in the queue at turn {turns}"


def _cover(row: Row, rows: pd.DataFrame) -> str:
    use = max(row["use"], 1e-9)
    before, after = row["cover_stock"] / use, (row["cover_stock"] + row["given"]) / use
    return f"it had cover for {before:,.1f} days and has for {after:,.1f} with this; the least cover is lifted first"


def _by_the_rule(row: Row, rows: pd.DataFrame) -> str:
    return "so the rule has it"


WHY: Mapping[str, Callable[[Row, pd.DataFrame], str]] = {
    "proportional": _proportional, "need_weighted": _by_need, "two_phase": _two_phase, "uniform": _uniform,
    "linear": _linear, "talmud": _talmud, "priority_tiers": _tiers, "first_come": _first_come,
    "equal_days_of_cover": _cover, "by_claim": _by_claim,
}  # fmt: skip
"""Rule -> why a claimant got what it got, by what the rule looks at."""
