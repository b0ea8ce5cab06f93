"""Further questions of a scenario or study, from Python.

Why, which cause, how much is enough, for how long does it hold, what does the answer depend on, who gains by
joining a pool, and the brief for those who decide.

Every question tries variations of one scenario on the same draws. It gives an answer with figures, tables, words
(`text`) and a page (`report`).
"""

from sim.ask.briefing import Brief, brief
from sim.ask.calibrating import Calibration, calibrate
from sim.ask.comparing import Comparison, compare
from sim.ask.counterfactuals import WhatIf, what_if
from sim.ask.dependence import Sensitivity, sensitivity
from sim.ask.enough import SmallestReserve, Split, search, split
from sim.ask.explain import Causes, causes, why
from sim.ask.limits import Stress, TippingPoint, stress, tipping
from sim.ask.many import Many, run_many
from sim.ask.pooling import Joining, joining
from sim.ask.replaying import Replay, replay
from sim.ask.reviewing import Review, review
from sim.ask.sharing import why_share
from sim.ask.timelines import Timeline, timeline

__all__ = [
    "Brief", "Calibration", "Causes", "Comparison", "Joining", "Many", "Replay", "Review", "Sensitivity",
    "SmallestReserve", "Split", "Stress", "Timeline", "TippingPoint", "WhatIf", "brief", "calibrate", "causes",
    "compare", "joining", "replay", "review", "run_many", "search", "sensitivity", "split", "stress", "timeline",
    "tipping", "what_if", "why", "why_share",
]  # fmt: skip
