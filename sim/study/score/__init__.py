"""How well draws of a run tell what was observed. One file a group of scores; each registers itself."""

from sim.discovery import import_all
from sim.study.score.base import SCORES

import_all("sim.study.score")

__all__ = ["SCORES"]
