"""Further questions of a scenario or study, from Python.

Why, which cause, how much is enough, for how long does it hold, what does the answer depend on, who gains by
joining a pool, and the brief for those who decide.

Every question tries variations of one scenario on the same draws. It gives an answer with figures, tables, words
(`text`) and a page (`report`).
"""

from sim.ask.briefing import Brief, brief
from sim.ask.comparing import Comparison, compare
from sim.ask.dependence import Sensitivity, sensitivity
from sim.ask.enough import SmallestReserve, Split, search, split
from sim.ask.explain import Causes, causes, why
from sim.ask.limits import Stress, TippingPoint, stress, tipping
from sim.ask.many import Many, run_many
from sim.ask.pooling import Joining, joining
from sim.ask.sharing import why_share

__all__ = [
    "Brief", "Causes", "Comparison", "Joining", "Many", "Sensitivity", "SmallestReserve", "Split", "Stress",
    "TippingPoint", "brief", "causes", "compare", "joining", "run_many", "search", "sensitivity", "split", "stress",
    "tipping", "why", "why_share",
]  # fmt: skip
