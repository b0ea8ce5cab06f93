"""The pool that a study asks about: under which strategy, and who is in it."""

from __future__ import annotations

from collections.abc import Mapping

from sim.engine.compile.rules.pools import Pool, pool_of
from sim.errors import PlaceError, one_of_few, placed
from sim.scenario.load import Loaded
from sim.study.design.spec import Study


def asked_pool(spec: Study, loaded: Mapping[tuple[str, str], Loaded], scenario: str) -> tuple[str, Pool]:
    """(strategy, pool) of `joining`: the strategy that it names, or the first under which there is such a pool.

    Raises PlaceError where there is none, or for a defector that is no member.
    """
    assert spec.joining is not None
    names = [entry.name for entry in spec.strategies]
    for field in ("strategy", "alone", "broken"):
        name = getattr(spec.joining, field)
        if name is not None and name not in names:
            expected = one_of_few(names, "a strategy of the study")
            raise PlaceError((field,), "no such strategy", name, expected, names)
    if spec.joining.broken is not None and spec.joining.defector is None:
        raise PlaceError(("broken",), "who breaks its word under it is not named", spec.joining.broken,
                         "beside it `defector`, a member of the pool")  # fmt: skip
    tried: PlaceError | None = None
    for name in names if spec.joining.strategy is None else [spec.joining.strategy]:
        one = loaded[scenario, name]
        try:
            with placed("pool"):
                pool = pool_of(spec.joining.pool, one.sites.parties, one.spec.reserves, spec.joining.alone is None)
                if one.spec.apart is not None:
                    message = f"a pool is taken apart already under '{name}'"
                    raise PlaceError((), message, one.spec.apart.pool, "a strategy under which the pool is whole")
        except PlaceError as error:
            tried = tried or error
            continue
        defector = spec.joining.defector
        if defector is not None and defector not in pool.members:
            expected = one_of_few(pool.members, "the name of a member")
            raise PlaceError(("defector",), f"this is no member of '{pool.name}'", defector, expected, pool.members)
        if name == spec.joining.broken:
            message = "this is the strategy under which all keep their word"
            raise PlaceError(("broken",), message, name, "another strategy of the study")
        return name, pool
    assert tried is not None
    raise tried
