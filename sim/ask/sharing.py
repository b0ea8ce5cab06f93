"""Why did one get so much, and another so little, of what was shared out?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.api import run
from sim.ask.arguments import Argument, Arguments
from sim.ask.folders import RUN
from sim.errors import PlaceError, Problem, ScenarioError
from sim.output.folder import contents_of
from sim.units import parse_date

if TYPE_CHECKING:
    from sim.report.run.reasons.why_share import SharesExplained


def why_share(
    path: str | Path,
    day: str | dt.date | int,
    at: str,
    *,
    product: str | None = None,
    who: Sequence[str] = (),
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    replication: int = 0,
) -> SharesExplained:
    """Why claimants got what they got when a source shared out what it had.

    Parameters
    ----------
    path
        Folder of a run that kept its sharings, or a scenario file, which is run.
    day
        Day: a date, a date as text such as 2024-02-01, or its number since the scenario's start.
    at
        The source that shared.
    product
        The product; left out: all that it shared on the day.
    who
        Sites or parties that are asked about; left out: all that claimed.
    strategy, overrides, replication
        Of a scenario file: named strategy to apply, values to set on top by dotted path, which draw of chance.

    Returns
    -------
    SharesExplained
        `text()` tells it, `table()` has the rows of the table of sharings.

    Raises
    ------
    ScenarioError
        With every fault of the scenario, the folder or the arguments, each with the nearest valid name.
    """
    from sim.report.run.reasons.why_share import why_share as explained

    arguments = Arguments()
    read = day if isinstance(day, int) else arguments.take("day", lambda: parse_date(day), None, "not a date", day)
    place = Path(path)
    if place.is_dir() and (strategy is not None or overrides):
        arguments.refuse("strategy" if strategy else "overrides", "a folder holds a run that is made already", None,
                         "a scenario file with it")  # fmt: skip
    arguments.check()
    assert read is not None
    if place.is_dir():
        table = _kept(place)
    else:
        table = run(place, strategy, overrides=overrides, replication=replication, twin=False, sharings=True).sharings
    if not len(table):
        raise ScenarioError([Problem(str(path), 0, "nobody ever had to share anything out in this run")])
    try:
        return explained(table, read if isinstance(read, int) else pd.Timestamp(read), at, product, who)
    except PlaceError as error:
        fault = Argument(str(error.path[0]), 0, error.message, error.value, error.expected, error.nearest)
        raise ScenarioError([fault]) from None


def _kept(place: Path) -> pd.DataFrame:
    """The sharings that a run's folder holds; raises ScenarioError where it is none, or has none."""
    found = contents_of(place)
    if found is None or found[0] != RUN:
        expected = "a folder that 'tideover run' named at its end, or a scenario file"
        raise ScenarioError([Problem(str(place), 0, "this is not the folder of a run", None, expected)])
    file = place / "sharings.parquet"
    if not file.exists():
        message = "this run did not keep what its sharings saw and gave"
        raise ScenarioError([Problem(str(place), 0, message, None, "the run made once more with --sharings")])
    try:
        return pd.read_parquet(file)
    except (OSError, ValueError) as error:
        message = f"its sharings cannot be read: {error}"
        raise ScenarioError([Problem(str(place), 0, message, None, "the run made once more")]) from None
