"""All pictures of the page as SVG, with their captions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from sim.report.figures import scripts
from sim.report.figures.events import epidemic, map, materials, passages, ports, strip, timeline
from sim.report.figures.events import lot_way as lot_figure
from sim.report.figures.events.decided import KEY
from sim.report.figures.run import (
    averted,
    became,
    claims,
    cover_heat,
    cover_over_time,
    fill,
    reserve,
    seen,
    substitutes,
    use_levels,
    waste,
)
from sim.report.figures.style import drawing, to_svg
from sim.report.run.facts import Facts
from sim.report.run.reasons import lot_way
from sim.report.run.reasons.acts import MOST_WEIGHED
from sim.report.words.phrases import day_words, plural

BANDS = "Grey: days with a disruption, named by the bars on top (hatched: a measure taken)."


Add = Callable[[str, str, str, Figure | None], None]


@dataclass(frozen=True)
class Picture:
    """A picture ready for the page."""

    name: str
    title: str
    caption: str
    svg: Markup

    @property
    def told(self) -> str:
        """The caption, and what has to be said of names in other scripts."""
        return f"{self.caption} {scripts.IN_PAGE}" if scripts.lacking(str(self.svg)) else self.caption


def draw_all(facts: Facts) -> dict[str, Picture]:
    """Pictures by name; those that the run gives no cause for are left out."""
    found = {"strip": draw_strip(facts)}

    def add(name: str, title: str, caption: str, figure: Figure | None) -> None:
        if figure is not None:
            found[name] = Picture(name, title, caption, Markup(to_svg(figure, name, title)))

    columns = [c for c in (facts.breakdown("party", "region", "country"), facts.breakdown("priority")) if c]
    with drawing():
        _timeline(facts, add)
        _served(facts, columns, add)
        add(
            "waste", "Lost unused",
            "Units that expired, were called back or were destroyed, at all sites and on the way to them; at most four "
            f"products. {BANDS}", waste.draw(facts),
        )  # fmt: skip
        _lot(facts, add)
        add(
            "epidemic", "Cases and stock",
            "Above: people who fall ill each day and need care, in the mean, for the six largest outbreaks. Below: "
            f"stock at warehouses and facilities / usual daily demand, of what they need. {BANDS}",
            epidemic.draw(facts),
        )  # fmt: skip
        _making_do(facts, add)
        _materials(facts, add)
        _reserves(facts, add)
        add("ports", "Queues at ports", f"Goods waiting to be handled at each day's end. {BANDS}", ports.draw(facts))
        add(
            "passages", "Vessels waiting before a passage",
            "All vessels, of which those of this scenario are a few: each passes after those that came before it. "
            f"{BANDS}", passages.draw(facts),
        )  # fmt: skip
        add(
            "map", "Sites and lanes",
            "Rings and broken lines: touched by a disruption at some time. Sea lanes follow the sea-lane network where "
            "it gave a path; other lanes are drawn straight. Outlines: Natural Earth.", map.draw(facts),
        )  # fmt: skip
        add(
            "seen", "Stock as it was told, and as it was",
            "Line: stock of a party's sites; dotted: what those saw of it who are told by reports. At most "
            f"{seen.MOST}, those told furthest from the truth. {BANDS}", seen.draw(facts),
        )  # fmt: skip
        add("near", "The facilities, closer", "The same map around warehouses and facilities.", map.draw_near(facts))
        _cover(facts, add)
    return found


STRIP = (
    "Large: the {} that {}; the lower a bar, the "
    "milder. All are in the table below. What each did alone: tideover attribute FILE."
)


def _many(facts: Facts) -> str:
    most = "three disruptions, six decisions and three other measures"
    return most if facts.answers else "three of each"


def draw_strip(facts: Facts) -> Picture:
    """The picture of the first screen by itself."""
    title = "What struck, what was done, and demand met"
    with drawing():
        chosen = "touch most of what is usually made, moved or asked for"
        if len(facts.impacts) > MOST_WEIGHED:
            chosen = "last longest"
        told = STRIP.format(_many(facts), chosen) + (f" {KEY}" if facts.answers else "")
        return Picture("strip", title, told, Markup(to_svg(strip.draw(facts), "strip", title)))


def _served(facts: Facts, columns: list[str], add: Add) -> None:
    add(
        "service", "Demand met and unmet",
        "Fill rate: units served from stock on the day they were asked for, as a share of units asked for, over "
        f"the last seven days. At most five groups each, those with the largest share unmet. {BANDS}",
        fill.draw(facts, columns),
    )  # fmt: skip


def _reserves(facts: Facts, add: Add) -> None:
    if any(plan.size.any() for plan in facts.outcome.plan.reserves):
        add(
            "drawdown", "With and without",
            f"Units not served on the day they were asked for, added up; below, what was left in reserve. {BANDS}",
            averted.draw(facts),
        )  # fmt: skip
    add("reserves", "Every reserve over time", f"At most six, the largest. {BANDS}", reserve.draw(facts))
    add(
        "claims", "Whose the reserve is",
        f"All products together; at most {claims.MOST} reserves and {claims.MOST_PARTIES} parties, those with the "
        f"largest claims. Owed: borrowed of others' claims and not yet paid back. {BANDS}", claims.draw(facts),
    )  # fmt: skip


def _cover(facts: Facts, add: Add) -> None:
    cover = cover_heat.weekly_cover(facts)
    parts = [] if cover is None else cover.parts()
    for number, part in enumerate(parts):
        which = f", {number + 1} of {len(parts)}" if len(parts) > 1 else ""
        words = "" if number or cover is None else _heat_words(cover)
        add(f"heat-{number + 1}", f"Days of cover by site and week{which}", words, cover_heat.draw(facts, part))


def _timeline(facts: Facts, add: Add) -> None:
    add(
        "timeline", "Disruptions, measures and decisions" if facts.answers else "Disruptions and measures",
        "A triangle marks an announcement; the lower a bar, the milder its stage."
        + (f" {KEY}" if facts.answers else "") + (" Alarms: while they stand." if facts.outcome.alarms else ""),
        timeline.draw(facts),
    )  # fmt: skip
    products = len([p for p in facts.products if facts.usual(p) > 0])
    which = f" The {cover_over_time.MOST} products worst off of {products}." if products > cover_over_time.MOST else ""
    add(
        "cover", "Days of cover",
        f"Stock at warehouses and facilities, reserves not included, / usual daily demand.{which} {BANDS}",
        cover_over_time.draw(facts),
    )  # fmt: skip


def _lot(facts: Facts, add: Add) -> None:
    """The way of a lot of which much was called back or lost, where there is one to follow."""
    way = lot_way.way_of_worst(facts)
    if way is None:
        return
    about, rest = way.about, way.all_sites - way.drawn
    made, unit = pd.Timestamp(str(about["made"])), facts.unit(way.product)
    which = "called back" if int(str(about["recalled"])) else "lost"
    told = [
        f"Of the lots of which much was {which}, the one that had reached most sites. Bars are as high as what a site "
        "received of it: grey what it sent on, "
        f"coloured what became of the rest there. Numbers on branches are units sent (one unit: {unit})."
    ]
    told += [f"{rest} of {way.all_sites} sites, those that got least, are summed as others."] if rest else []
    told += ["Where goods were destroyed at facilities no lot is known; they count as used here."] if way.unsure else []
    told += [f"{plural(way.under_way, 'unit')} sent did not arrive."] if way.under_way else []
    title = f"The way of lot {about['lot']} of {way.product}, made by {about['maker']} from {day_words(made.date())}"
    add("lot", title, " ".join(told), lot_figure.draw(way))


MOST_FAMILIES = 4


def _making_do(facts: Facts, add: Add) -> None:
    add(
        "became", "Saved, spilled over, run out",
        "What became of all that was asked for of each product. Saved is what was put off, done otherwise or done "
        "without, less what came back; spilled over, what was met with another product, by patients who since went "
        "over to it as well; run out, what was lost or still waits.",
        became.draw(facts),
    )  # fmt: skip
    for number, family in enumerate(substitutes.families(facts)[:MOST_FAMILIES]):
        more = f" {substitutes.MOST} products of {len(family)}." if len(family) > substitutes.MOST else ""
        add(
            f"substitutes-{number + 1}", f"What stood in for what: {', '.join(family[: substitutes.MOST])}",
            "On top: what became of all that was asked for. Below, left, week by week: demand for the product that was "
            "met with another one (up), and units of it that served patients who had asked for another (down), beside "
            "its own demand that was not met. Right: its stock / usual daily demand, which shows whether standing in "
            f"emptied it.{more} {BANDS}", substitutes.draw(facts, family),
        )  # fmt: skip
    add(
        "use", "How sparingly it was used",
        "Left: facilities in contingency and in crisis use, weighted by usual demand; the rest use as ever. Right: "
        f"demand put off or done without under these rules, and what came back of it. {BANDS}", use_levels.draw(facts),
    )  # fmt: skip


def _materials(facts: Facts, add: Add) -> None:
    add(
        "stages", "What is made from what",
        "From left to right. A box for each product, over all who make it: units begun in these days, good or not, and "
        "what share that is of the undisturbed run (bar at the foot). Arrows: what went into making of a material, in "
        "its own units.",
        materials.draw_stages(facts),
    )  # fmt: skip
    add(
        "making", "Materials in stock, and making held for want of them",
        f"At most {materials.MOST_MATERIALS} materials and {materials.MOST_MAKERS} makers of each, those worst off. "
        "What was not begun on a day is wanted again the next, so days do not add up; where several materials lack, "
        f"the one that reaches least far is named. {BANDS}", materials.draw_stock(facts),
    )  # fmt: skip


def _heat_words(cover: cover_heat.CoverRows) -> str:
    some = (
        f"The {len(cover.names)} sites with the lowest cover of {cover.all_sites}. "
        if cover.all_sites > len(cover.names)
        else ""
    )
    limits = (
        "Under and over: below and above the policy's own minimum and maximum."
        if cover.planned
        else "Under: below the policy's minimum or, where it has none, less than half of the site's mean stock in the "
        "undisturbed run; over: above the maximum, or more than twice that mean."
    )
    return (
        some
        + "Each square shows the product worst off at that site, never a mean over products: a surplus of one would "
        "hide the shortage of another. Figures in the squares are days of cover (mean stock of the week / usual daily "
        "demand). Stocked out: some day of the week ended with nothing on hand. " + limits
    )
