"""Names, units and rounding as a reader meets them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sim.model.goods.counted import in_plural, in_singular
from sim.report.figures.placing import Box, place
from sim.report.words.names import shown_name, what_it_is
from sim.report.words.phrases import group_words
from sim.report.words.phrases import plural as counted_words
from sim.report.words.rounding import digits_for, figure, level, number, size, spread
from sim.report.words.units import Counted
from sim.report.words.words import shown_span
from sim.study.design.measures import Measure


@pytest.mark.parametrize(
    ("value", "low", "high", "unit", "shown"),
    [
        (4.32, 3.349, 5.291, "days", "4.3 days (3.3 to 5.3)"),  # half-width 0.97: 1.0, two figures
        (7923, 7300, 8400, "bags", "7,900 bags (7,300 to 8,400)"),  # 550: one figure
        (7923, 7812, 8034, "bags", "7,920 bags (7,810 to 8,030)"),  # 111: two figures
        (0.9432, 0.931, 0.9552, "share", "94.3% (93.1% to 95.5%)"),  # 1.21 points
        (12.0, 12.0, 12.0, "days", "12 days"),  # the same in every draw
        (7923.4, float("nan"), float("nan"), "bags", "7,923 bags"),  # one draw: no spread
    ],
)
def test_figures_are_rounded_as_their_spread_lets_one_see(
    value: float, low: float, high: float, unit: str, shown: str
) -> None:
    assert spread(value, low, high, unit) == shown


def test_the_digits_are_those_of_the_particle_data_group() -> None:
    """Its own examples: an error of 0.119 gives two figures, 0.367 one, 0.963 becomes 1.0."""
    assert [digits_for(-half, half) for half in (0.119, 0.354, 0.367, 0.963)] == [2, 2, 1, 1]
    assert digits_for(3, 3) is None and digits_for(float("nan"), 1) is None


def test_what_is_rounded_away_has_no_sign_and_what_is_less_has_a_minus() -> None:
    assert (number(-0.04, 1), number(-1234.5, 0), number(0.26)) == ("0.0", "−1,234", "0.3")
    assert (figure(float("nan"), "bags"), size(-0.021, "share", 1)) == ("-", "2.1 percentage points")
    assert shown_span(1599, 12061, "bags") == "2,000 to 12,000 bags"  # half-width 5,231: thousands


def test_a_title_is_shown_and_else_the_name() -> None:
    assert shown_name("national-14", {"title": "National stores"}) == "National stores"
    assert (
        shown_name("pool", SimpleNamespace(title=None)) == shown_name("pool", None) == shown_name("pool", {}) == "pool"
    )
    assert shown_name("x", {"title": "_remove_"}) == "x"  # taken away again by a file that builds on another
    assert what_it_is({"what": "One store for all."}) == "One store for all." and what_it_is(None) == ""


def test_units_are_the_products_own_where_all_have_the_same() -> None:
    bags = Counted("EUR", {"saline": "bag", "ringer": "bag"})
    mixed = Counted("EUR", {"saline": "bag", "gloves": "box of 50 pairs"})
    unmet, by_product = Measure("units_unmet"), Measure("units_unmet", "product")
    assert (bags.unit(unmet), mixed.unit(unmet), mixed.unit(by_product, "gloves")) == (
        "bags",
        "units",
        "boxes of 50 pairs",
    )
    assert (bags.unit(Measure("cost")), bags.unit(Measure("fill_rate")), bags.one_of("bags")) == ("EUR", "share", "bag")


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("box", "boxes"), ("bag", "bags"), ("box of 50 pairs", "boxes of 50 pairs"), ("glass", "glasses"),
        ("battery", "batteries"), ("tray", "trays"), ("IV bag", "IV bags"), ("IV bag of 500 ml", "IV bags of 500 ml"),
        ("vial (10 ml)", "vials (10 ml)"), ("bag 500 ml", "bags 500 ml"), ("kg", "kg"), ("mL", "mL"),
        ("five-day course", "five-day courses"), ("case per ward", "cases per ward"), ("100 tablets", "100 tablets"),
    ],
)  # fmt: skip
def test_a_unit_has_its_plural_and_that_its_singular(one: str, many: str) -> None:
    assert in_plural(one) == in_plural(many) == many
    assert in_singular(many) == one or one[0].isdigit()


def test_who_writes_a_unit_in_the_plural_keeps_it() -> None:
    assert (in_plural("doses"), in_plural("thousand bottles")) == ("doses", "thousand bottles")
    goods = Counted("EUR", {"gloves": "box", "masks": "mask"})
    assert (goods.one_of("boxes"), goods.one_of("boxes × days")) == ("box", "box × day")
    assert (counted_words(1, "box"), counted_words(3, "box")) == ("1 box", "3 boxes")


def test_groups_have_words() -> None:
    assert group_words("priority", 1) == "priority 1, vital"
    assert group_words("priority", "3") == "priority 3" and group_words("priority", 0) == "no priority"


def test_labels_lie_on_no_mark_and_on_no_other_label_even_where_marks_crowd() -> None:
    marks = [(100.0, 80.0), (104.0, 82.0), (109.0, 81.0), (30.0, 30.0), (190.0, 30.0)]
    whole = Box(0, 0, 220, 160)
    placed = place(marks, ["B  National", "C  Regional", "D  One pool", "A  None", "E  Small"], 8.5, whole)
    boxes = [spot.box for spot in placed]
    assert all(box.outside(whole) == pytest.approx(0) for box in boxes)
    around = [Box(x - 3, y - 3, x + 3, y + 3) for x, y in marks]
    for k, box in enumerate(boxes):
        assert all(box.over(other) == 0 for other in (*boxes[:k], *around))


@pytest.mark.parametrize(
    ("value", "unit", "digits", "shown"),
    [
        (401, "bags", -3, "400 bags"),
        (601, "bags", -3, "1,000 bags"),
        (0, "bags", -3, "0 bags"),
        (401, "bags", None, "401 bags"),
        (0.0004, "share", 0, "0.04%"),
        (float("nan"), "bags", -3, "-"),
    ],
)
def test_what_is_not_none_is_not_shown_as_none_however_wide_its_spread(
    value: float, unit: str, digits: int | None, shown: str
) -> None:
    """401 bags short are no 0 beside 6,000, though their difference is known to thousands only."""
    assert level(value, unit, digits) == shown
