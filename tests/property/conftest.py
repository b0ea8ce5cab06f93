"""How Hypothesis searches: repeatably in continuous integration, freshly at a desk."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "print_blob": True,
}

settings.register_profile("desk", max_examples=25, **COMMON)
# without making failures simpler: that takes minutes, and the blob that is printed repeats them at a desk
QUICK = {"derandomize": True, "database": None, "phases": [Phase.explicit, Phase.generate]}
settings.register_profile("ci", max_examples=10, **QUICK, **COMMON)
settings.register_profile("long", max_examples=200, **COMMON)  # `make properties`
settings.load_profile(os.environ.get("PROPERTIES", "ci" if os.environ.get("CI") else "desk"))
