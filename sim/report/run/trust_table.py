"""The table of trust: what became of it between each two parties."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.engine.run import Outcome


def trust_table(outcome: Outcome) -> pd.DataFrame:
    """One row per evening and two parties between which a promise was kept or broken: who trusts whom, and how far
    since. No rows where the scenario has no `trust`."""
    bound, record = outcome.plan.trust, outcome.trust
    if bound is None or record is None:
        columns = ("date", "day", "party", "other", "promise", "trust")
        return pd.DataFrame({name: np.zeros(0) for name in columns})
    parties, count = np.array(bound.parties, dtype=object), len(bound.parties)
    calendar = outcome.plan.network.calendar
    return pd.DataFrame(
        {
            "date": np.datetime64(calendar.start, "D") + record.day,
            "day": record.day,
            "party": parties[record.pair // count],
            "other": parties[record.pair % count],
            "promise": np.where(record.kept, "kept", "broken").astype(object),
            "trust": record.trust,
        }
    )
