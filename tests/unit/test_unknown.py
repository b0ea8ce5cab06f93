"""What stands in place of a figure that is not known: distributions and lists, as text and as quantiles."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from sim.model.chance.unknown import Choice, Range, Unknown, parse_unknown


def number(value: object, suffix: str) -> float:
    text = str(value)
    assert text.endswith(suffix)
    return float(text.removesuffix(suffix))


@pytest.mark.parametrize(
    ("text", "share", "suffix", "expected"),
    [
        ("uniform(7d, 30d)", 0.5, "d", 18.5),
        # F(x) = 1 - (60 - x)^2 / (60 x 50) above the mode 10, so half lie below 60 - sqrt(0.5 x 60 x 50)
        ("triangular(0d, 10d, 60d)", 0.5, "d", 60 - math.sqrt(1500)),
        # below the mode F(x) = x^2 / (60 x 10): a tenth lies below sqrt(60)
        ("triangular(0d, 10d, 60d)", 0.1, "d", math.sqrt(60)),
        # the median of a lognormal is mean / sqrt(1 + (sd / mean)^2)
        ("lognormal(80, 10)", 0.5, "", 80 / math.sqrt(1 + 1 / 64)),
        ("normal(10, 2)", 0.5, "", 10.0),
        # of Beta(1, 1), mean 1/2 and variance 1/12, the quantiles are the shares
        (f"beta(0.5, {math.sqrt(1 / 12):.12f})", 0.3, "", 0.3),
        ("uniform(10%, 40%)", 0.25, "%", 17.5),
        ("uniform(2, 6) a year", 0.5, " a year", 4.0),
        ("exponential(10d)", 0.5, "d", 10 * math.log(2)),
    ],
)
def test_a_share_of_the_draws_lies_below_its_quantile(text: str, share: float, suffix: str, expected: float) -> None:
    assert number(parse_unknown(text).at(share), suffix) == pytest.approx(expected, abs=2e-7)


def test_a_beta_has_the_mean_and_the_sd_that_are_written() -> None:
    values = [number(parse_unknown("beta(60%, 10%)").at(share), "%") for share in np.linspace(0, 1, 4002)[1:-1]]
    # the mean over quantiles at equal steps is the integral of the quantile function, to about 1 / steps
    assert np.mean(values) == pytest.approx(60, abs=0.05) and np.std(values) == pytest.approx(10, abs=0.05)


def test_dates_are_drawn_by_days() -> None:
    dates = parse_unknown("uniform(2024-03-01, 2024-03-21)")
    assert dates.at(0.5) == "2024-03-11" and dates.ends == ("2024-03-01", "2024-03-21")
    assert parse_unknown("triangular(2024-01-01, 2024-01-01, 2024-12-31)").at(0) == "2024-01-01"


def test_a_list_is_drawn_by_its_weights() -> None:
    even, weighed = parse_unknown(["60d", "75d"]), parse_unknown({"values": ["a", "b", "c"], "weights": [1, 2, 1]})
    assert [even.at(share) for share in (0, 0.49, 0.5, 0.99)] == ["60d", "60d", "75d", "75d"]
    # a quarter, a half, a quarter
    assert [weighed.at(share) for share in (0.24, 0.25, 0.74, 0.75)] == ["a", "b", "b", "c"]
    assert parse_unknown({"values": [1, 2], "weights": ["90%", "10%"]}).at(0.89) == 1


def test_ends_are_bounds_or_nearly() -> None:
    assert parse_unknown("uniform(7d, 30d)").ends == ("7d", "30d")
    low, high = parse_unknown("normal(100, 10)").ends
    assert (float(low), float(high)) == pytest.approx((100 - 30.902, 100 + 30.902), abs=1e-3)  # z of 99.9% is 3.0902
    low, high = parse_unknown("normal(100, 10)").bounds
    assert (float(low), float(high)) == pytest.approx((100 - 16.449, 100 + 16.449), abs=1e-3)  # z of 95% is 1.6449


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("unifrm(1, 2)", "one of uniform"),
        ("uniform(2, 1)", "the lower bound first"),
        ("uniform(1d, 2)", "all in one unit"),
        ("uniform(1d, 2d) a day", "numbers in the brackets"),
        ("uniform(2024-03-02, 2024-03-01)", "rising order"),
        ("normal(2024-03-02, 2024-03-09)", "uniform(date, date)"),
        ("beta(60%, 60%)", "leaves room"),
        ("beta(3d, 1d)", "of shares"),
        ("7d", "a distribution such as"),
        (["7d"], "at least two values"),
        ([["7d"], "8d"], "single values"),
        ({"values": ["7d", "8d"], "weights": [1]}, "as many weights"),
        ({"values": ["7d", "8d"], "weights": [0, 0]}, "not all of them 0"),
        ({"values": ["7d", "8d"], "wieghts": [1, 1]}, "a distribution such as"),
    ],
)
def test_what_is_wrong_says_what_was_expected(value: object, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(").replace(")", r"\)")):
        parse_unknown(value)


def test_another_process_gets_the_same() -> None:
    for value in ("lognormal(80, 10)", ["a", "b"], "uniform(2024-03-01, 2024-03-21)"):
        there: Unknown = pickle.loads(pickle.dumps(parse_unknown(value)))
        assert isinstance(there, Range | Choice) and there.at(0.3) == parse_unknown(value).at(0.3)
