"""How Hypothesis searches: repeatably in continuous integration, freshly at a desk."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

COMMON = {
    "deadline": None,
    "max_examples": 25,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "print_blob": True,
}

settings.register_profile("desk", **COMMON)
settings.register_profile("ci", derandomize=True, database=None, **COMMON)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
