"""Why did it happen: one site's shortage, and shortages by cause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.api import run
from sim.ask.answer import Answer, Means, Out, Progress
from sim.ask.arguments import Argument, Arguments
from sim.errors import PlaceError, Problem, ScenarioError
from sim.report.questions.causes import called_in, causes_page, told
from sim.study.ask.attribution import Attribution, attribute, players_of
from sim.units import parse_date

if TYPE_CHECKING:
    from sim.report.run.reasons.why import Explanation

BY = ("cause", "kind")


def why(
    path: str | Path,
    site: str,
    product: str,
    date: str | dt.date | int,
    *,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    replication: int = 0,
) -> Explanation:
    """Why a facility ran out of a product on a date: the chain of events behind it.

    Parameters
    ----------
    path
        Scenario file.
    site, product
        Facility, and the product that it was short of.
    date
        Day: a date, a date as text such as 2024-02-01, or its number since the scenario's start.
    strategy, overrides
        Named strategy to apply, and values to set on top by dotted path.
    replication
        Which draw of chance.

    Returns
    -------
    Explanation
        The chain; `text()` tells it, `table()` has a row for each link, `causes` names the disruptions in it.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments, each with the nearest valid name.
    """
    arguments = Arguments()
    day = date if isinstance(date, int) else arguments.take("date", lambda: parse_date(date), None, "not a date", date)
    arguments.check()
    assert day is not None
    found = run(path, strategy, overrides=overrides, replication=replication, twin=False)
    try:
        return found.why(site, product, day)
    except PlaceError as error:
        fault = Argument(str(error.path[0]), 0, error.message, error.value, error.expected, error.nearest)
        raise ScenarioError([fault]) from None
    except ValueError:
        shorter = "a shorter period: an earlier end by --set end=DATE"
        message = "so much happens in this network that it cannot all be kept to explain it"
        raise ScenarioError([Problem(str(path), 0, message, None, shorter)]) from None


@dataclass(frozen=True, eq=False, kw_only=True)
class Causes(Answer, Attribution):
    """A measure shared out over its causes.

    Attributes
    ----------
    table
        One row per measure, breakdown, group and cause. `shapley` is the cause's share in the measure's unit, mean over
        the draws, with the 95% interval `low` … `high`; `leave_one_out`: how much less there is without the cause;
        `alone`: how much there is with this cause only; `total` and `baseline`: the measure with every cause and with
        none. The shares of a measure add up to `total - baseline`.
    players
        Cause -> the disruptions, hazards, decisions and reserves that it stands for.
    method
        Whether all subsets of the causes were run, or how many orders of them were drawn.
    """

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        return [*told(self, self.counted, called_in(self.subject.plan)), *self.how_sure()]

    def page(self) -> str:
        """The page, as HTML."""
        return causes_page(self, self.title, self.counted, self.how_sure(), called_in(self.subject.plan))


def causes(
    path: str | Path,
    *,
    measures: Sequence[str] = ("units_unmet", "units_unmet by product"),
    by: str = "cause",
    reserves: bool = False,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    replications: int = 20,
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> Causes:
    """Share the units short out over their causes: Shapley values and leave-one-out, on the same draws.

    Parameters
    ----------
    path
        Scenario file.
    measures
        What to share out, alone or by a group, such as "units_unmet by region".
    by
        "cause": each disruption by itself; "kind": those of one kind together.
    reserves
        Count each reserve as a cause too.
    strategy, overrides
        Named strategy to apply, and values to set on top by dotted path.
    replications
        Draws of chance on which every variation is tried.
    workers, scheduler
        Processes (default: one a processor; 1: this one), or the address of a Dask cluster to use instead. Neither
        changes a figure.
    out
        Folder that keeps tables, page and every finished run, so that the same question goes on where it stopped; True:
        below `reports`; None: nothing is kept.
    progress
        Called with the share of the work that is done.
    replace
        Put the answer in the place of another that `out` holds; otherwise that is refused, and below `reports` the
        folder gets a number.

    Returns
    -------
    Causes
        Figures, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments, each with the nearest valid name.
    """
    means, arguments = Means(replications, workers, scheduler, out, progress, replace), Arguments()
    parsed = [arguments.measure("measures", text) for text in measures]
    arguments.one_of("by", by, BY)
    subject = arguments.subject(path, strategy, overrides, replications)
    arguments.check()
    assert subject is not None
    players = players_of(subject.plan, by, reserves)
    if not players:
        expected = "a scenario with disruptions or hazards"
        raise ScenarioError([Problem(str(path), 0, "there is nothing to attribute to", None, expected)])
    asked = {"players": players, "measures": list(map(str, parsed))}
    with means.asking(subject, "attribution", asked, ["attribution"], "attribution.html", name="causes") as b:
        found = attribute(subject, parsed, players, b)
        answer = Causes(**vars(found), subject=subject, folder=means.kept(b))
        b.store.answer("attribution", found.table)
        b.store.page("attribution.html", answer.page())
    return answer
