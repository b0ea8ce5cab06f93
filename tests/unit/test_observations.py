"""What each observation model says of a run, against the run's daily table by another way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.engine.run import simulate
from sim.observations import OBSERVATIONS
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.study.design.observing import seen_of
from tests.contract.network import STANDARD, lay_over, run

FIRST, LAST = 10, 40


@pytest.fixture(scope="module")
def done() -> sim.Run:
    """A run with a shortage, a price shock, convoys, and families that buy ahead."""
    spec: dict[str, Any] = {**STANDARD, "end": "2024-02-20"}
    spec["disruptions"] = [
        {**STANDARD["disruptions"][0], "for": "32d"},
        {"kind": "price_shock", "at": "maker", "from": "2024-01-20", "for": "10d", "factor": 3},
    ]
    return run(spec)


@pytest.fixture(scope="module")
def seen(done: sim.Run) -> Seen:
    """The run as observation models see it."""
    return seen_of(done.outcome)


def points(*days: tuple[int, int]) -> Points:
    """Points about the days from one to another, both included."""
    first, last = (np.array(ends) for ends in zip(*days, strict=True))
    n = len(days)
    nothing = np.zeros(n, dtype=np.int64)
    return Points(first, last, nothing.astype(float), nothing, nothing > 0, ("",) * n, ("",) * n, (0,) * n)


SPANS = points((0, 9), (FIRST, 20), (15, 15), (30, LAST))
DAYS = points((0, 0), (FIRST, FIRST), (25, 25), (LAST, LAST))


def figures(seen: Seen, model: str, about: Points, **fields: Any) -> list[float]:
    """What a model says; fields of its example that are not named are left out."""
    kind = OBSERVATIONS[model]
    common = {key: kind.example[key] for key in ("name", "file", "source", "quality", "is")}
    if common["is"] in ("share", "flow") and model != "share_of_sites":
        common["over"] = "1d"
    return kind.model_validate({"model": model} | common | fields).figures(seen, about).tolist()


def table(done: sim.Run, column: str, **where: str) -> pd.DataFrame:
    """A column of the daily table; days x (site, product)."""
    daily = done.daily.astype({"site": str, "product": str})
    for name, word in where.items():
        daily = daily[daily[name].astype(str) == word]
    return daily.pivot(index="day", columns=["site", "product"], values=column)


def over(frame: Any, about: Points, how: str) -> list[float]:
    """Daily figures added up, or averaged, over the days of each point."""
    return [getattr(frame.loc[a:b], how)() for a, b in zip(about.first, about.day, strict=True)]


def test_levels_are_those_of_the_evening(done: sim.Run, seen: Seen) -> None:
    stock = table(done, "on_hand", kind="facility") + table(done, "reserve", kind="facility")
    mine = stock.sum(axis=1)
    assert figures(seen, "stock", DAYS) == [mine[d] for d in DAYS.day]
    # 3 clinics x 12 saline and 2 x 3 oxytocin a day
    assert figures(seen, "stock", DAYS, told_as="days") == pytest.approx([mine[d] / 42 for d in DAYS.day])
    assert figures(seen, "stock", DAYS, times=100, plus=7) == [100 * mine[d] + 7 for d in DAYS.day]
    oxytocin = stock.xs("oxytocin", axis=1, level="product").sum(axis=1)
    assert figures(seen, "stock", DAYS, products=["oxytocin"]) == [oxytocin[d] for d in DAYS.day]
    came = table(done, "received", site="store").sum(axis=1)
    assert figures(seen, "cumulative_deliveries", DAYS, at="store") == came.cumsum()[DAYS.day].tolist()
    late = came.where(came.index >= 12, 0).cumsum()
    found = figures(seen, "cumulative_deliveries", DAYS, at="store", since=dt.date(2024, 1, 13))
    assert found == late[DAYS.day].tolist()
    assert sum(found) > 0


def test_flows_are_sums_over_both_ends_of_the_span(done: sim.Run, seen: Seen) -> None:
    given = table(done, "served", kind="facility") + table(done, "served_late", kind="facility")
    daily = (given + table(done, "stood_in", kind="facility")).sum(axis=1)
    assert figures(seen, "purchases", SPANS) == over(daily, SPANS, "sum")
    assert figures(seen, "use", SPANS) == pytest.approx(over(daily, SPANS, "sum"))  # nobody buys ahead
    usual = [42 * (b - a + 1) for a, b in zip(SPANS.first, SPANS.day, strict=True)]
    change = [100 * x / u - 100 for x, u in zip(over(daily, SPANS, "sum"), usual, strict=True)]
    assert figures(seen, "use", SPANS, told_as="change") == pytest.approx(change)
    assert min(change) < -10  # the ban is felt
    goods = table(done, "received", kind="facility").sum(axis=1)
    assert figures(seen, "purchases", SPANS, by="sites") == over(goods, SPANS, "sum")


def test_shares_of_sites_and_shelves_are_in_percent_of_all(done: sim.Run, seen: Seen) -> None:
    usual = pd.Series({(s, p): 12 if p == "saline" else 3 for s, p in table(done, "demand", kind="facility").columns})
    stock = table(done, "on_hand", kind="facility") + table(done, "reserve", kind="facility")
    low = stock < 2.5 * usual
    by_site = low.T.groupby(level="site")
    shares = {"any": by_site.any().T, "all": by_site.all().T}
    together = 2.5 * usual.groupby(level=0).sum() > stock.T.groupby(level="site").sum().T
    for several, short in (*shares.items(), ("together", together)):
        found = figures(seen, "share_of_sites", SPANS, over="7d", cover_below="2.5d", several=several)
        assert found == pytest.approx([100 * x for x in over(short.mean(axis=1), SPANS, "mean")])
    assert 0 < found[1] < 100 or 0 < found[3] < 100
    days = figures(seen, "share_of_sites", DAYS, cover_below="2.5d")
    assert days == pytest.approx([100 * shares["any"].loc[d].mean() for d in DAYS.day])
    out = table(done, "on_hand", kind="facility") == 0
    assert figures(seen, "share_out", SPANS) == pytest.approx(
        [100 * x for x in over(out.mean(axis=1), SPANS, "mean")]
    )  # fmt: skip
    short = table(done, "unmet", kind="facility") + table(done, "substituted", kind="facility") > 0
    assert figures(seen, "share_out", SPANS, out="short", plus=6) == pytest.approx(
        [min(100, 6 + 100 * x) for x in over(short.mean(axis=1), SPANS, "mean")]
    )


def test_sites_that_are_not_open_yet_are_not_asked() -> None:
    """Clinic C opens on 30 January (day 29); before that the two others are all there is to ask."""
    spec = {**STANDARD, "end": "2024-02-20", "disruptions": []}
    spec["facilities"] = {**STANDARD["facilities"], "clinic-c": {**STANDARD["facilities"]["clinic-c"],
                                                                 "opens": "2024-01-30"}}  # fmt: skip
    late = seen_of(run(spec).outcome)
    about = points((20, 20), (45, 45))
    low = {"over": "1d", "cover_below": "90d", "products": ["saline"]}  # nobody has so much
    assert figures(late, "share_of_sites", about, **low) == [100, 100]
    assert figures(late, "share_of_sites", about, **low, at="clinic-c")[1] == 100
    assert np.isnan(figures(late, "share_of_sites", about, **low, at="clinic-c")[0])
    assert np.isnan(figures(late, "share_out", about, products=["saline"], at="clinic-c")[0])


def test_ever_short_takes_so_many_days_in_a_row(done: sim.Run, seen: Seen) -> None:
    stock = table(done, "on_hand", kind="facility") + table(done, "reserve", kind="facility")
    low = (stock["clinic-a"]["saline"] < 24, stock["clinic-b"]["saline"] < 24, stock["clinic-c"]["saline"] < 24)

    def longest(flags: pd.Series) -> int:
        return max((len(run) for run in "".join("x" if f else " " for f in flags).split()), default=0)

    for least in (1, 5, 9):
        share = [
            100 * float(np.mean([longest(one.loc[a:b]) >= least for one in low]))
            for a, b in zip(SPANS.first, SPANS.day, strict=True)
        ]
        fields = {"over": "10d", "cover_below": "2d", "counts": "ever", "in_a_row": f"{least}d", "products": ["saline"]}
        assert figures(seen, "share_of_sites", SPANS, **fields) == pytest.approx(share)


def test_what_was_filled_is_of_patients_orders_or_need(done: sim.Run, seen: Seen) -> None:
    columns = {name: table(done, name, kind="facility") for name in ("served", "demand", "received", "ordered")}
    need = columns["demand"] * 0 + [12 if p == "saline" else 3 for _, p in columns["demand"].columns]
    pairs = {
        "patients": (columns["served"], columns["demand"]), "orders": (columns["received"], columns["ordered"]),
        "need": (columns["received"], need),
    }  # fmt: skip
    for fill, (got, due) in pairs.items():
        share = [
            min(100.0, 100 * got.loc[a:b].sum().sum() / due.loc[a:b].sum().sum())
            for a, b in ((SPANS.first[k], SPANS.day[k]) for k in (0, 1, 3))
        ]
        whole = points((0, 9), (FIRST, 20), (30, LAST))
        assert figures(seen, "fill_rate", whole, fill=fill) == pytest.approx(share)
        below = [
            100 * float(((got.loc[a:b].sum() < 0.9 * due.loc[a:b].sum()).groupby(level="site").any()).mean())
            for a, b in ((0, 9), (FIRST, 20), (30, LAST))
        ]
        found = figures(seen, "share_of_sites", whole, over="7d", fill_below="90%", fill=fill)
        assert found == pytest.approx(below)


def test_dates_of_events_are_the_first_the_worst_and_the_first_without(done: sim.Run, seen: Seen) -> None:
    unmet = table(done, "unmet", kind="facility").sum(axis=1)
    past = unmet[unmet > 5].index
    assert len(past)
    one = points((0, 0))
    assert figures(seen, "event_date", one, above=5) == [past[0]]
    assert figures(seen, "event_date", one, when="worst") == [unmet.idxmax()]
    assert figures(seen, "event_date", one, when="over", above=5, lasts="1d") == [
        next(d for d in range(past[0], 50) if unmet[d] <= 5)
    ]
    later = dt.date(2024, 1, 1) + dt.timedelta(days=int(past[0]) + 1)
    assert figures(seen, "event_date", one, above=5, since=later) == [past[1]]
    assert np.isnan(figures(seen, "event_date", one, above=10_000)).all()
    assert np.isnan(figures(seen, "event_date", one, when="over", above=5, lasts="49d")).all()  # ends too soon to tell


def test_it_is_over_where_all_days_without_lie_in_the_run() -> None:
    """Short on days 1 and 2, and not on the three days from day 3 on, the last of the run; with one day less nobody
    knows."""
    kind = OBSERVATIONS["event_date"]
    over = kind.model_validate({"model": "event_date"} | kind.example | {"above": 0, "lasts": "3d"})
    assert over._day(np.array([0.0, 1, 1, 0, 0, 0]), 0) == 3
    assert np.isnan(over._day(np.array([0.0, 1, 1, 0, 0]), 0))


def test_prices_and_passages_are_as_disruptions_have_them(done: sim.Run) -> None:
    """Threefold from 20 January for ten days; 40 % of 50 vessels a day take another way from the 11th to the 20th."""
    closing = {"kind": "route_closure", "passage": "suez", "from": "2024-01-11", "until": "2024-01-21"}
    closing |= {"diverts": "40%", "rest": "pass"}
    spec = {**STANDARD, "end": "2024-02-20", "disruptions": [*done.loaded.document.data["disruptions"], closing]}
    plan = run({**spec, "end": "2024-02-20"}).outcome.plan
    watched = ("cell.price_factor", "passage.open", "passage.diverted")
    seen = seen_of(simulate(plan, series=watched, detail="none"))
    price = figures(seen, "price", points((18, 18), (19, 19), (28, 28), (29, 29)), at="maker", times=2)
    assert price == [2, 6, 6, 2]
    about = points((0, 9), (10, 19), (8, 11))
    found = figures(seen, "passage_transits", about, passage="suez", a_day=50)
    assert found == pytest.approx([10 * 50, 10 * 30, 2 * 50 + 2 * 30])


def test_a_queue_is_that_of_the_port_or_of_the_vessels_before_a_passage() -> None:
    convoys = {"suez": {"convoys": {"all": {"traffic": 48, "ships": 60, "at": ["6h"]}}}}
    spec = {**STANDARD, "end": "2024-02-01", "ports": {"harbour": {"country": "KE", "handling": 1, "clearance": "1d"}}}
    lay_over(spec, {"passages": convoys})
    spec["disruptions"] = [{"kind": "route_closure", "passage": "suez", "from": "2024-01-11", "until": "2024-01-16",
                            "diverts": "0%"}]  # fmt: skip
    done = run(spec)
    seen = seen_of(done.outcome)
    days = points((5, 5), (12, 12), (20, 20))
    ships = done.passages.groupby("day")["queue"].sum()
    assert figures(seen, "port_queue", days, passage="suez") == ships[days.day].tolist()
    goods = done.ports[(done.ports["port"] == "harbour")].groupby("day")["queue"].sum()
    assert figures(seen, "port_queue", days, port="harbour") == goods[days.day].tolist()
    assert goods[days.day].sum() + ships[days.day].sum() > 0
    passed = done.passages.groupby("day")["passed"].sum()
    week = points((0, 6), (10, 16))
    assert figures(seen, "passage_transits", week, passage="suez") == pytest.approx(over(passed, week, "sum"))


def test_what_was_bought_ahead_is_bought_but_not_used() -> None:
    """A quarter more for ten days from day 7 on, all of it there: what is used stays 42 a day, also while it is paid
    back."""
    ahead = {"at": "facilities", "when": {"trigger": "announced"}, "families": {"times": 1.25, "for": "10d"}}
    plenty = {"at": "facilities", "on_hand": "90d"}
    steady = [{**entry, "distribution": "deterministic"} for entry in STANDARD["demand"]]
    done = run({**STANDARD, "end": "2024-02-20", "buying_ahead": [ahead], "stock": [plenty], "demand": steady})
    seen = seen_of(done.outcome)
    about = points((0, 6), (8, 15), (30, 44))
    bought, used = (figures(seen, model, about) for model in ("purchases", "use"))
    assert used == pytest.approx([7 * 42, 8 * 42, 15 * 42], rel=0.01)
    assert bought[1] > 1.2 * 8 * 42
    assert bought[2] < 14.9 * 42
