"""The page that sets options side by side: differences in words, what was changed, pictures, groups, every figure."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from sim.model.goods.counted import in_plural
from sim.report.compare.beside import Beside, Option, changes
from sim.report.compare.spent import spent
from sim.report.compare.words import BY, at_end, between, differences, figure, group_name, how_sure, lead, size
from sim.report.figures.study import side_by_side as drawings
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import fill_in
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.words.rounding import MINUS, digits_of
from sim.report.words.rounding import number as shown_number
from sim.study.design.measures import ALL, LINE, Measure
from sim.study.infer.side_by_side import ALIKE, APART, BETTER, HIGHER, LOWER, UNKNOWN, WORSE

SIGNS = {BETTER: "▼ better", WORSE: "▲ worse", HIGHER: "higher", LOWER: "lower", ALIKE: "= the same",
         APART: "= not told", UNKNOWN: "–"}  # fmt: skip
GAINS = {BETTER: "▼ gains", WORSE: "▲ loses", APART: "= not told apart", ALIKE: "= the same"}
MOST_CHANGES = 40
"""Changed values shown; how many more there are is said."""
MOST_PRODUCTS = 3
"""Pictures by week; products with most unmet come first."""
MOST_GROUPS = 24


def compare_page(beside: Beside) -> str:
    """The whole page, which opens offline; the same figures give the same bytes."""
    with drawing():
        by_week, by_group = list(_weeks(beside)), list(_groups(beside))
    return fill_in(
        "compare.html.j2",
        beside=beside,
        parts_of=[
            (option, lead(beside, option), [*spent(beside, option)], differences(beside, option))
            for option in beside.others
        ],
        names={"better": BETTER, "worse": WORSE, "apart": APART, "alike": ALIKE},
        sure=how_sure(beside),
        ended=at_end(beside),
        changed=_changed(beside),
        by_week=by_week,
        by_group=by_group,
        sheets=[*_figures(beside)],
        first=beside.options[0],
    )


def _changed(beside: Beside) -> Sheet:
    if any(option.data is None for option in beside.options):
        note = "What was changed cannot be told: a run of an earlier version does not say what it was made of."
        return Sheet("changes", "What was changed", [], [], note=note)
    found = changes(beside.options)
    letters = [option.letter for option in beside.options]
    head = ["Value", f"{letters[0]}, old", *(f"{letter}, new" for letter in letters[1:])]
    rows = [[path, *values] for path, values in found]
    shown = rows[:MOST_CHANGES]
    more = len(rows) - len(shown)
    note = f"{more} more are in the CSV. " if more else "" if rows else "Nothing: they are the same scenario. "
    note += "All other values are the same, and so is the luck: each draw is held against the same draw of the others."
    return Sheet("changes", "What was changed", head, shown, raw=rows, note=note, text_columns=len(head))


def _weeks(beside: Beside) -> Iterator[Picture]:
    days = beside.days
    if days.empty:
        return
    letters = [option.letter for option in beside.options]
    totals = days.groupby("product")["unmet"].sum().sort_values(ascending=False, kind="stable")
    worst = [str(name) for name in totals.index if totals[name] > 0]
    for number, product in enumerate(worst[:MOST_PRODUCTS]):
        unit = in_plural(beside.products.get(product, "unit"))
        title = f"Week by week: {product}"
        mine = days[days["product"] == product]
        picture = drawings.weeks(mine, letters, beside.start, unit)
        caption = "Demand not met on the day; all on one scale. The last week may be a part of one."
        more = len(worst) - MOST_PRODUCTS
        if number == MOST_PRODUCTS - 1 and more > 0:
            caption += f" {more} more products went short; compare.csv has them."
        yield Picture(f"weeks-{number}", title, caption, Markup(to_svg(picture, f"weeks-{number}", title)))


def _groups(beside: Beside) -> Iterator[Picture]:
    letters = [option.letter for option in beside.options]
    table = beside.table[(beside.table["measure"] == "fill_rate") & beside.table["breakdown"].isin(BY)]
    found = []
    for breakdown in BY:
        mine = table[table["breakdown"] == breakdown]
        if mine["group"].nunique() < 2 and breakdown != "priority":
            continue
        for group, rows in mine.groupby("group", sort=True):
            shares = {letters[0]: 1 - float(rows["against_mean"].iloc[0])}
            shares |= {str(r["strategy"]): 1 - float(r["mean"]) for r in rows.to_dict("records")}
            told = bool((rows["verdict"] != APART).all())
            found.append(drawings.Row(group_name(breakdown, str(group), beside.parties), shares, told, breakdown,
                                      _gain(beside, breakdown, str(group))))  # fmt: skip
    if not found:
        return
    caption = "Square: A, what the others are compared with. A line joins the options: its length is the change."
    if len(found) > MOST_GROUPS:
        caption += f" {len(found) - MOST_GROUPS} more groups are in the table below."
    title = "Share not met, by group"
    picture = drawings.groups(found[:MOST_GROUPS], letters)
    yield Picture("groups", title, caption, Markup(to_svg(picture, "groups", title)))


def _gain(beside: Beside, breakdown: str, group: str) -> str:
    """What a group gains or loses under the other option, where there is but one; in units where these add up."""
    if len(beside.others) != 1:
        return ""
    name = "units_unmet" if beside.adds_up or breakdown == "product" else "fill_rate"
    row = beside.row(name, beside.others[0].letter, breakdown, group)
    if row is None or row["verdict"] not in GAINS:
        return ""
    if row["verdict"] in (APART, ALIKE):
        return GAINS[str(row["verdict"])]
    return f"{GAINS[str(row['verdict'])]} {size(beside, Measure(name, breakdown), row['difference'], group)}"


def _figures(beside: Beside) -> Iterator[Sheet]:
    """Every figure, in all and by groups, under every option."""
    for option in beside.others:
        mine = beside.table[beside.table["strategy"] == option.letter]
        several = f": {option.letter} against {beside.options[0].letter}" if len(beside.others) > 1 else ""
        for name, caption, rows in (
            ("all", f"Everything measured{several}", mine[mine["breakdown"].isin([ALL, LINE])]),
            ("groups", f"By group{several}", mine[~mine["breakdown"].isin([ALL, LINE])]),
        ):
            if len(rows):
                text = [_row(beside, row) for row in rows.to_dict("records")]  # type: ignore[arg-type]
                yield Sheet(f"{name}-{option.letter}", caption, _head(beside, option), text, list(rows.columns),
                            rows.to_numpy().tolist(), text_columns=1)  # fmt: skip


def _head(beside: Beside, option: Option) -> list[str]:
    head = ["Figure", beside.options[0].letter, option.letter, "Difference"]
    if beside.draws > 1:
        head += ["Its mean lies in (95 %)", "Draws higher / lower"]
    return [*head, "So"]


def _row(beside: Beside, row: dict[str, object]) -> list[str]:
    measure, group = Measure(str(row["measure"]), str(row["breakdown"])), str(row["group"])
    means = [float(str(row[name])) for name in ("against_mean", "mean", "difference")]
    label = measure.label
    if measure.breakdown == LINE:
        label = f"Cost: {group}"
    elif measure.breakdown != ALL:
        label = f"{group_name(measure.breakdown, group, beside.parties)}: {label.lower()}"
    ends = [float(str(row[end])) for end in ("low", "high")]
    cells = [
        label,
        *(figure(beside, measure, value, group, digits_of(ends[0], ends[1], measure.unit)) for value in means[:2]),
        _signed(measure, means[2], ends),
    ]
    if beside.draws > 1:
        span = between(*(_signed(measure, end, ends) for end in ends))
        cells += [span, f"{row['more']} / {row['fewer']}"]
    return [*cells, SIGNS[str(row["verdict"])]]


def _signed(measure: Measure, value: float, ends: list[float]) -> str:
    """A difference with its sign, without its unit, rounded as its interval lets one see."""
    if value != value:
        return "–"
    scale = 100 if measure.unit == "share" else 1
    fine = 3 if measure.unit in ("index", "ratio") else None
    text = shown_number(
        scale * value, fine if (digits := digits_of(ends[0], ends[1], measure.unit)) is None else digits
    )
    return text if text.startswith(MINUS) or not any(digit in text for digit in "123456789") else f"+{text}"
