"""Is it worth to join a pool: each member alone, in it, in it with one that breaks its word, and in pairs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sim.ask.answer import Answer, Means, Out, Progress
from sim.ask.arguments import Argument, Arguments
from sim.engine.compile.rules.pools import Pool, pool_of
from sim.errors import PlaceError, Problem, ScenarioError, nearest, one_of_few
from sim.report.questions.joining import breach_words, joining_page, joining_words
from sim.report.words.names import strategy_name, what_it_is
from sim.report.words.phrases import plural
from sim.study.ask.joining import BREACH, Joined, Kind, Way, contributions_of, joined, prepared, ways_of
from sim.study.run.bench import Bench, Subject, to_one_end
from sim.study.run.store import table_files
from sim.units import parse_date

PAIRS = ("none", "contributors", "all")
TABLES = ("contributions", "ways", "members", "pairs")
PAGE = "joining.html"
WRITTEN: dict[str, Kind] = {"alone": "alone", "broken": "defector"}
"""Argument that names a strategy -> the kind of way that it takes the place of."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Joining(Answer, Joined):
    """What joining a pool is worth to each member, and whether any pair would do better by itself.

    Attributes
    ----------
    contributions, ways, members, pairs, untried, short
        As of `sim.study.ask.joining.Joined`: what each member contributes; what was compared, with all that was set;
        each member's units short, cover and cost, each way beside another; pairs beside the whole pool.
    breach
        What is tried as a broken word; empty where nothing is.
    """

    breach: str

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        titles = self.subject.plan.network.parties.titles
        return [*joining_words(self, titles, self.counted, self.ends, self.breach), *self.how_sure()]

    def page(self) -> str:
        """The page, as HTML."""
        titles = self.subject.plan.network.parties.titles
        return joining_page(self, self.lines(), titles, self.counted, self.title)


def joining(
    path: str | Path,
    *,
    pool: str,
    defector: str | None = None,
    since: str | dt.date | None = None,
    pairs: str = "contributors",
    alone: str | None = None,
    broken: str | None = None,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    replications: int = 20,
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
    announce: Callable[[str], None] | None = None,
) -> Joining:
    """Who gains and who loses by joining a pool, on the same draws.

    Compared are the pool as it is written; all members alone, each with what it contributes (`apart`, of the
    scenario); the pool with each member in turn breaking its word (`defection`); and pairs that pool what they
    contribute while all others stay alone.

    Parameters
    ----------
    path
        Scenario file.
    pool
        A party of the kind pool whose members have claims on a reserve; or a reserve with claims.
    defector
        The member that breaks its word; left out: each in turn.
    since
        From which day it does; left out: from the first disruption with a date, or the first day where there is none.
    pairs
        Pairs that are tried: "none", those of members who contribute ("contributors"), "all".
    alone
        Strategy of the scenario under which each is alone, where that takes more than `apart` does, such as other
        decisions; the pool then needs no claims. Left out: it is made.
    broken
        Strategy of the scenario under which the `defector` breaks its word, where it would do something else than let
        nothing out to the end. Left out: it is made.
    strategy, overrides, replications, workers, scheduler, out, progress, replace
        As for `causes`.
    announce
        Is told in words what will be run, before it is.

    Returns
    -------
    Joining
        Figures, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments, each with the nearest valid name; also where the pool
        holds nothing together, or a defector could keep nothing from others.
    """
    means, arguments = Means(replications, workers, scheduler, out, progress, replace), Arguments()
    arguments.one_of("pairs", pairs, PAIRS)
    day = arguments.take("since", lambda: parse_date(since), None, "not a date", since) if since is not None else None
    subject = arguments.subject(path, strategy, overrides, replications)
    found = None
    if subject is not None:
        found = arguments.take("pool", partial(_pool, pool, subject, alone is None), None)
    if subject is not None and found is not None:
        _check(arguments, subject, found, defector, day)
        _check_broken(arguments, subject, found, defector, since, broken)
    strategies = {"alone": alone, "broken": broken}
    written = {} if subject is None else _written(arguments, subject, strategies, overrides, replications)
    arguments.check()
    assert subject is not None and found is not None
    subject, *ended = to_one_end([subject, *written.values()])
    ready, without = ready_ways(subject, found, defector, pairs, day, written=dict(zip(written, ended, strict=True)))
    if announce is not None:
        announce(_announced(ready, found, replications))
    asked = {"pool": pool, "defector": defector, "since": str(since), "pairs": pairs, "alone": alone, "broken": broken}
    with means.asking(subject, "joining", asked, TABLES, PAGE) as bench:
        told = joined(subject, found, ready, without, bench, written)
        what = what_it_is(subject.loaded.document.strategies.get(broken or ""))
        breach = breach_words(told, strategy_name(subject.loaded, broken), what)
        answer = Joining(
            **vars(told), breach=breach, subject=subject, replications=replications, folder=means.kept(bench)
        )
        keep(answer, bench)
    return answer


def joining_files() -> list[str]:
    """The files that an answer leaves."""
    return [*table_files(*TABLES), PAGE]


def keep(answer: Joining, bench: Bench) -> None:
    """Keep an answer's tables and its page."""
    for name in TABLES:
        bench.store.answer(name, getattr(answer, name))
    bench.store.page(PAGE, answer.page())


def ready_ways(
    subject: Subject,
    pool: Pool,
    defector: str | None,
    pairs: str,
    since: dt.date | None = None,
    strict: bool = True,
    written: Mapping[Kind, Subject] | None = None,
) -> tuple[list[tuple[Way, Subject]], list[Problem]]:
    """What is compared, with its scenarios, and why some member is not tried as a defector; `strict` raises
    ScenarioError where one that is named cannot be. All else that makes no scenario raises it anyhow. `written` take
    the place of what would be made for these kinds of ways."""
    of = contributions_of(subject, pool)
    contributors = [str(name) for name in of.loc[of["units"] > 0, "member"]]
    defectors = pool.members if defector is None else (defector,)
    first = since or first_disruption(subject)
    ways = ways_of(pool, contributors, defectors, pairs, first, subject.loaded.spec.until)
    try:
        return prepared(subject, ways, named=strict and defector is not None, written=written or {})
    except ScenarioError as error:
        if defector is None or any(BREACH not in problem.file for problem in error.problems):
            raise
        told = [Argument("defector", 0, problem.message, defector, problem.expected) for problem in error.problems]
        raise ScenarioError(told) from None


def _announced(ready: list[tuple[Way, Subject]], pool: Pool, draws: int) -> str:
    kinds = [way.kind for way, _ in ready]
    return (
        f"{len(kinds)} ways for {len(pool.members)} members (alone, the pool, {kinds.count('defector')} with a "
        f"defector, {plural(kinds.count('pair'), 'pair')}), {plural(draws, 'draw')} of each: "
        f"{draws * len(kinds):,} runs."
    )


def first_disruption(subject: Subject) -> dt.date:
    """The first day on which a disruption with a date begins; the first day of the scenario where there is none, or
    where any comes by chance."""
    spec = subject.loaded.spec
    days = [max(spec.start, one.from_) for one in spec.disruptions if one.from_ < spec.until]
    return spec.start if spec.hazards or not days else min(days)


def _pool(name: str, subject: Subject, claimed: bool) -> Pool:
    spec = subject.loaded.spec
    if spec.apart is not None:
        message = "a pool is taken apart already in this scenario, or under this strategy"
        raise PlaceError((), message, spec.apart.pool, "the scenario without `apart`")
    found = pool_of(name, subject.plan.network.parties, spec.reserves, claimed)
    if claimed and not contributions_of(subject, found)["units"].any():
        message = "nobody contributes anything to what this pool holds"
        raise PlaceError((), message, name, "a reserve with a size, and contributions that are made")
    return found


def _check(arguments: Arguments, subject: Subject, pool: Pool, defector: str | None, since: dt.date | None) -> None:
    """Note a defector that is no member, and a day outside the scenario."""
    if defector is not None and defector not in pool.members:
        expected = one_of_few(pool.members, "the name of a member")
        arguments.refuse("defector", f"this is no member of '{pool.name}'", defector, expected,
                         nearest(defector, pool.members))  # fmt: skip
    spec = subject.loaded.spec
    if since is not None and not spec.start <= since < spec.until:
        arguments.refuse(
            "since", "this is not within the scenario", since, f"{spec.start} or later, before {spec.until}"
        )


def _check_broken(
    arguments: Arguments, subject: Subject, pool: Pool, defector: str | None, since: object, broken: str | None
) -> None:
    """Note what a strategy that stands for the broken word cannot be asked with."""
    if broken is None:
        return
    if defector is None:
        expected = one_of_few(pool.members, "the name of a member")
        arguments.refuse("defector", f"who breaks its word under '{broken}' is not named", None, expected)
    if since is not None:
        message = f"when its word is broken is for '{broken}' to say"
        arguments.refuse("since", message, since, "to be left out beside a strategy of the broken word")
    if broken == subject.strategy:
        message = "this is the strategy under which all keep their word"
        arguments.refuse("broken", message, broken, "another strategy of the scenario")


def _written(
    arguments: Arguments,
    subject: Subject,
    strategies: Mapping[str, str | None],
    overrides: Mapping[str, Any] | None,
    replications: int,
) -> dict[Kind, Subject]:
    """Kind of way -> the scenario under the strategy that an argument names for it; unknown ones are noted."""
    found: dict[Kind, Subject] = {}
    known = list(subject.loaded.document.strategies)
    for argument, name in strategies.items():
        if name is not None and name not in known:
            expected = one_of_few(known, "the name of a strategy") if known else "a scenario with strategies"
            arguments.refuse(argument, "no such strategy", name, expected, nearest(name, known))
        elif name is not None and (own := arguments.subject(subject.file, name, overrides, replications)) is not None:
            found[WRITTEN[argument]] = own
    return found
