"""All pictures of the page as SVG, with their captions."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.figure import Figure

from sim.report.facts import Facts
from sim.report.figures import cover_heat, cover_over_time, fill, map, ports, reserve, timeline, unmet_by_group
from sim.report.figures.style import drawing, to_svg

DOTTED = "Hatched bands: days with a disruption."


@dataclass(frozen=True)
class Picture:
    """A picture ready for the page."""

    name: str
    title: str
    caption: str
    svg: Markup


def draw_all(facts: Facts) -> dict[str, Picture]:
    """Pictures by name; those that the run gives no cause for are left out."""
    found: dict[str, Picture] = {}

    def add(name: str, title: str, caption: str, figure: Figure | None) -> None:
        if figure is not None:
            found[name] = Picture(name, title, caption, Markup(to_svg(figure, name, title)))

    group = facts.breakdown("region", "country", "priority") or "product"
    columns = [c for c in (facts.breakdown("region", "country"), facts.breakdown("priority")) if c]
    with drawing():
        add(
            "cover", "How long stocks would last",
            "Stock at warehouses and facilities, divided by usual daily demand; the products with the lowest "
            f"cover. {DOTTED}", cover_over_time.draw(facts),
        )  # fmt: skip
        add(
            "short", f"Who went short, by {group}",
            "Demand not met on the day it arose, as a share of what was asked for; all products together.",
            unmet_by_group.draw(facts, group),
        )  # fmt: skip
        if facts.outcome.plan.reserves:
            add(
                "drawdown",
                "The reserve",
                f"Units in the reserve and units released. {DOTTED}",
                reserve.draw(facts, True),
            )
        else:
            add(
                "drawdown", "Demand met over time", f"There is no reserve in this strategy. {DOTTED}",
                fill.overall(facts),
            )  # fmt: skip
        add(
            "timeline", "Disruptions over the stock of each product",
            "Total stock at warehouses and facilities at each day's end, reserves not included.", timeline.draw(facts),
        )  # fmt: skip
        add(
            "service", "Demand met and unmet",
            "Fill rate: units served from stock on the day they were asked for, as a share of units asked for, over "
            f"the last seven days. At most five groups each, those with the largest share unmet. {DOTTED}",
            fill.draw(facts, columns),
        )  # fmt: skip
        add("reserves", "Every reserve over time", f"At most six, the largest. {DOTTED}", reserve.draw(facts))
        add("ports", "Queues at ports", f"Goods waiting to be handled at each day's end. {DOTTED}", ports.draw(facts))
        add(
            "map", "Sites and lanes",
            "Rings and broken lines: touched by a disruption at some time. Sea lanes follow the sea-lane network where "
            "it gave a path; other lanes are drawn straight. Outlines: Natural Earth.", map.draw(facts),
        )  # fmt: skip
        add("near", "The facilities, closer", "The same map around warehouses and facilities.", map.draw_near(facts))
        cover = cover_heat.weekly_cover(facts)
        if cover is not None:
            add("heat", "Days of cover by site and week", _heat_words(cover), cover_heat.draw(facts, cover))
    return found


def _heat_words(cover: cover_heat.Cover) -> str:
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
