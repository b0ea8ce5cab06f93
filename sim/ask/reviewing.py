"""The documents of an after-action review: of a scenario, or of a replay that was made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.ask.answer import Out, Progress
from sim.ask.counterfactuals import WhatIf, what_if
from sim.ask.replaying import KIND, Replay, replay
from sim.ask.timelines import timeline
from sim.errors import Problem, ScenarioError
from sim.output.folder import MANIFEST, contents_of
from sim.report.hindsight.words import heads
from sim.report.review.material import Hindsight, Material
from sim.report.review.review_files import write_review

HINDSIGHT = "what-if"
"""Folder, in that of the replay, with the draws of counterfactuals."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Review:
    """Documents that were written.

    Attributes
    ----------
    html, document
        To be read, and to be edited (.docx).
    replay
        The replay that they tell of.
    what_if
        The counterfactuals, None where the scenario asks none.
    """

    html: Path
    document: Path
    replay: Replay = field(repr=False)
    what_if: WhatIf | None = field(default=None, repr=False)


def review(
    path: str | Path,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    draws: int | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> Review:
    """Write the after-action report and the improvement plan of a crisis, with the evidence, as HTML and .docx.

    Parameters
    ----------
    path
        Scenario file with `observed`, or the folder of its replay, of which no draw is then made again.
    strategy, overrides, workers, scheduler, progress, replace
        As for `replay`.
    draws
        As for `replay`; left out: 40, or as many as the folder has.
    out
        Folder; left out: that of the replay.

    Returns
    -------
    Review
        The files, and the replay.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments; also where a folder is not that of a replay.
    """
    place = Path(path)
    folder: Out = out or True
    if place.is_dir():
        asked = _asked(place)
        place, draws, folder = Path(asked["file"]), draws or asked["replications"], out or place
        strategy = asked["strategy"] if strategy is None else strategy
        overrides = {**asked["settings"], **(overrides or {})}
    found = replay(
        place, strategy, overrides, draws=40 if draws is None else draws, workers=workers, scheduler=scheduler,
        out=folder, progress=progress, replace=replace,
    )  # fmt: skip
    assert found.folder is not None
    loaded, back = found.subject.loaded, None
    if loaded.spec.counterfactuals:
        back = what_if(
            place, overrides=overrides, replications=found.replications, workers=workers, scheduler=scheduler,
            out=found.folder / HINDSIGHT, progress=progress, replace=replace,
        )  # fmt: skip
    told = timeline(place, strategy, overrides)
    html, document = write_review(found.folder, Material(
        loaded, found.series, found.lines(), found.draws, told.facts, told.rows, _hindsight(back),
    ))  # fmt: skip
    return Review(html=html, document=document, replay=found, what_if=back)


def _hindsight(back: WhatIf | None) -> Hindsight | None:
    if back is None:
        return None
    lines = heads(back.asked, back.differences, back.counted)
    return Hindsight(back.asked, back.differences, back.frozen, back.counted, lines)


def _asked(folder: Path) -> Mapping[str, Any]:
    """What a folder of a replay is of."""
    found = contents_of(folder)
    if found is None or found[0] != KIND:
        what = "this is not the folder of a replay" if found is None else f"this is the folder of a {found[0]}"
        expected = "a scenario file, or the folder that 'tideover replay' named at its end"
        raise ScenarioError([Problem(str(folder), 0, what, None, expected)])
    try:
        asked: Mapping[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {key: asked[key] for key in ("file", "strategy", "settings", "replications")}
    except (OSError, ValueError, KeyError) as error:
        expected = "the replay made once more"
        raise ScenarioError([Problem(str(folder), 0, f"this folder cannot be read: {error}", None, expected)]) from None
