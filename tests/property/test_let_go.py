"""What a run had in memory is free as soon as nobody asks for the run any more, whatever became of it.

Parts that hold one another would be freed only when Python next looks for such circles: of large networks many runs
in turn would pile up by then.
"""

from __future__ import annotations

import gc
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import ref

from hypothesis import given
from hypothesis import strategies as st

from sim.engine.run import Running
from sim.model.part import Part, parts_of
from tests.property.choices import Spec
from tests.property.networks import scenarios
from tests.property.running import plan_of


@contextmanager
def no_collection() -> Iterator[None]:
    """Python does not look for what only holds itself."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seen(*runs: Running) -> dict[str, list[ref[Part]]]:
    """All parts of some runs, by kind, without keeping them."""
    found: dict[str, list[ref[Part]]] = {}
    for run in runs:
        for part in parts_of(run).values():
            found.setdefault(type(part).__name__, []).append(ref(part))
    return found


@given(scenarios(disruptions=4, hazards=2), st.floats(0, 1), st.booleans())
def test_nothing_is_left_of_a_run_but_what_it_gave(spec: Spec, share: float, is_open: bool) -> None:
    plan = plan_of(spec)
    days = plan.network.calendar.days
    with no_collection():
        running = Running(plan, lot_check=days, open_to_change=is_open)
        running.go_on(running.day + int(share * (days - running.day)))
        copy, read = running.fork(1 if is_open else None), pickle.loads(pickle.dumps(running))
        copy.go_on(min(copy.day + 3, days))
        parts = seen(running, copy, read)
        outcome = running.resume()
        del running, copy, read
        left = {kind for kind, refs in parts.items() if any(one() is not None for one in refs)}
        assert left == {type(outcome.record.totals).__name__}  # which are the record's
