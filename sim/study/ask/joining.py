"""What joining a pool is worth to each member: alone, in the pool, with a member that breaks its word, and in pairs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from sim.engine.bound.contributions import contributed
from sim.engine.compile.rules.pools import Pool
from sim.errors import Problem, ScenarioError
from sim.study.design.measures import COST, ENDING, PARTY, Measure
from sim.study.infer.intervals import holm, interval
from sim.study.run.bench import Bench, Subject

Kind = Literal["alone", "pool", "defector", "pair"]
SHORT, COVER, SPENT = "units_unmet", "days_of_cover", COST
FIGURES = (SHORT, COVER, SPENT)
"""What is told of each member."""
GAINS, LOSES, MORE, LESS = "gains", "loses", "more", "less"
SAME, APART = "no difference at all", "no detectable difference"
BREACH = "breaks its word"
CONFIDENCE = 0.95
DIFFERENCES = ["against_mean", "mean", "difference", "low", "high", "n", "verdict"]
MEASURED = tuple(Measure(name, PARTY) for name in (SHORT, "mean_stock", "units_demanded", COST))


@dataclass(frozen=True)
class Way:
    """One thing that is compared: what it is called, who is meant by it, and what is set on top of the scenario."""

    name: str
    kind: Kind
    who: tuple[str, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    strategy: str = ""
    """of the scenario, where it is another one"""
    since: dt.date | None = None
    """from when a word is broken, where that is set"""


@dataclass(frozen=True)
class Joined:
    """What joining is worth.

    Attributes
    ----------
    pool
        The pool: its members, who has claims, its reserves.
    contributions
        One row per member: `units` that it has contributed, and their `share` of all.
    ways
        What was compared, one row each: `way`, its `kind`, `who` is meant, and what was `set` in the scenario.
    members
        One row per way beside another, member and measure: `way` beside `against`, both means (`mean` and
        `against_mean`), their `difference` on the same draws with its interval `low` … `high`, the draws `n`, and the
        `verdict` (Holm over the members): units short `gains` or `loses`, cover and cost `more` or `less`. Against
        `alone` stands `pool`; against `pool` each defector.
    pairs
        One row per pair: for `first` and `second` member, and `together`, the difference of units short as the pair
        against the whole pool, with its interval and verdict (Holm over all of them); `leaves`: neither is worse off
        as the pair and one at least is better off, so that the pool is not in the core.
    draws
        Of chance, on which everything was run.
    untried
        (member, why) of those that could keep nothing from others.
    short
        Draws, alone and in the pool, of which some demand is still unmet at the end for no usual reason.
    since
        The day from which a defector breaks its word, to the end; None where none was tried, or under a strategy.
    written
        Kinds of ways that are a strategy of the scenario or study, and not made.
    """

    pool: Pool
    contributions: pd.DataFrame = field(repr=False)
    ways: pd.DataFrame = field(repr=False)
    members: pd.DataFrame = field(repr=False)
    pairs: pd.DataFrame = field(repr=False)
    draws: int
    untried: tuple[tuple[str, str], ...] = ()
    short: tuple[int, int] = (0, 0)
    since: dt.date | None = None
    written: frozenset[Kind] = frozenset()

    def of(self, way: str, measure: str = SHORT) -> dict[str, dict[str, Any]]:
        """Member -> its row of a way and a measure."""
        table = self.members
        mine = table[(table["way"] == way) & (table["measure"] == measure)]
        return {str(row["member"]): {str(k): v for k, v in row.items()} for row in mine.to_dict("records")}

    @property
    def defectors(self) -> list[tuple[str, str]]:
        """(way, who breaks its word)."""
        mine = self.ways[self.ways["kind"] == "defector"]
        return [(str(way), str(who)) for way, who in zip(mine["way"], mine["who"], strict=True)]

    def worst(self, member: str) -> float:
        """The most units that a member is short where one of those tried breaks its word; NaN where none was."""
        return max((self.of(way)[member]["mean"] for way, _ in self.defectors), default=float("nan"))


def contributions_of(subject: Subject, pool: Pool) -> pd.DataFrame:
    """One row per member: `member`, `units` contributed to all of the pool's reserves, `share` of all members'."""
    units = dict.fromkeys(pool.members, 0)
    for reserve in subject.plan.reserves:
        if reserve.name in pool.reserves and reserve.claims is not None:
            for name, own in zip(
                reserve.claims.parties,
                contributed(subject.plan.network, reserve, pool.members).sum(axis=0).tolist(),
                strict=True,
            ):
                if name in units:
                    units[name] += own
    table = pd.DataFrame({"member": list(units), "units": list(units.values())})
    return table.assign(share=table["units"] / max(1, int(table["units"].sum())))


def ways_of(
    pool: Pool, contributors: Sequence[str], defectors: Sequence[str], pairs: str, since: dt.date, until: dt.date
) -> list[Way]:
    """What is compared, with the `pairs` of none, of contributors or of all. A pair is no part of a pool of two."""
    found = [Way("alone", "alone", pool.members, {"apart": {"pool": pool.name}}), Way("pool", "pool", pool.members)]
    for name in defectors:
        breach = {"kind": "defection", "party": name, "from": since.isoformat(), "until": until.isoformat()}
        way = f"{name} {BREACH}"
        found.append(Way(way, "defector", (name,), {f"disruptions.{way}": breach}, since=since))
    chosen = {"none": (), "contributors": tuple(contributors), "all": pool.members}[pairs]
    for pair in combinations(chosen, 2) if len(pool.members) > 2 else ():
        together = {"apart": {"pool": pool.name, "together": [list(pair)]}}
        found.append(Way(" and ".join(pair), "pair", pair, together))
    return found


def prepared(
    subject: Subject, ways: Sequence[Way], named: bool, written: Mapping[Kind, Subject]
) -> tuple[list[tuple[Way, Subject]], list[Problem]]:
    """Every way with its scenario, and for each defector that has nothing to keep from others why; with `named` such a
    one is an error. Raises ScenarioError for all else that makes no scenario. `written` are the scenarios of kinds of
    ways that are not made."""
    found, without = [], []
    for way in ways:
        if (own := written.get(way.kind)) is not None:
            more = {path: value for path, value in own.settings.items() if subject.settings.get(path) != value}
            found.append((replace(way, settings=more, strategy=own.strategy or "", since=None), own))
            continue
        try:
            found.append((way, subject.changed(way.settings) if way.settings else subject))
        except ScenarioError as error:
            if way.kind != "defector" or named:
                raise
            without.append(Problem(way.who[0], 0, error.problems[0].message))
    return found, without


def joined(
    subject: Subject, pool: Pool, prepared: Sequence[tuple[Way, Subject]], without: Sequence[Problem], bench: Bench,
    written: Iterable[Kind] = (),
) -> Joined:  # fmt: skip
    """Run every way on the same draws, and compare them member by member; kinds that are `written` are strategies."""
    cases = [one.case((*MEASURED, *ENDING), way.name) for way, one in prepared]
    values = _Values(bench.rows(cases), pool, subject)
    endings = bench.endings(cases[:2]).set_index("variant")["short"]
    ways = [way for way, _ in prepared]
    members = [values.beside("pool", "alone", measure) for measure in FIGURES]
    for way in (way for way in ways if way.kind == "defector"):
        members += [values.beside(way.name, "pool", measure) for measure in FIGURES]
    told = [{"way": way.name, "kind": way.kind, "who": ", ".join(way.who), "set": _told(way)} for way in ways]
    return Joined(
        pool, contributions_of(subject, pool), pd.DataFrame(told), pd.concat(members, ignore_index=True),
        values.pairs([way for way in ways if way.kind == "pair"]), bench.replications,
        tuple((problem.file, problem.message) for problem in without),
        (int(endings["alone"]), int(endings["pool"])), next((way.since for way in ways if way.since), None),
        frozenset(written),
    )  # fmt: skip


def _told(way: Way) -> str:
    """The strategy, where it is another one, and settings."""
    return "; ".join([*([f"--strategy {way.strategy}"] if way.strategy else []), *_set(way.settings)])


def _set(settings: dict[str, Any]) -> Iterator[str]:
    """Settings as `--set` takes them."""
    for path, value in settings.items():
        yield f"{path}={_written(value)}"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_written(one)}" for key, one in value.items()) + "}"
    return f"[{', '.join(map(_written, value))}]" if isinstance(value, list) else str(value)


class _Values:
    """Figures of members in every draw of every way."""

    def __init__(self, rows: pd.DataFrame, pool: Pool, subject: Subject) -> None:
        self._pool = pool
        parties, self._days = subject.plan.network.parties, subject.plan.network.calendar.days
        mine = rows[rows["breakdown"] == PARTY]
        self._draws = sorted(mine["replication"].unique())
        self._whose = {name: sorted(parties.owners(name)) for name in pool.members}
        table = mine.groupby(["measure", "variant", "group", "replication"])["value"].sum()
        self._table = table.unstack("replication")

    def of(self, way: str, member: str, measure: str) -> np.ndarray:
        """A member's figure in every draw."""
        if measure == COVER:
            stock, asked = (self._sum(way, member, name) for name in ("mean_stock", "units_demanded"))
            return np.divide(stock * self._days, asked, out=np.full(len(asked), np.nan), where=asked > 0)
        return self._sum(way, member, measure)

    def _sum(self, way: str, member: str, measure: str) -> np.ndarray:
        """Over those who count as the member: a pool's cost is theirs already."""
        whose = [member] if measure == COST else self._whose[member]
        keys = [key for one in whose if (key := (measure, way, one)) in self._table.index]
        found: np.ndarray = self._table.loc[keys].to_numpy(dtype=float).sum(axis=0)
        return found if keys else np.zeros(len(self._draws))

    def beside(self, way: str, against: str, measure: str) -> pd.DataFrame:
        """One row per member."""
        pairs = [(self.of(way, name, measure), self.of(against, name, measure)) for name in self._pool.members]
        table = _compared(pairs, measure)
        told = {"way": way, "against": against, "member": list(self._pool.members), "measure": measure}
        return table.assign(**told)[[*told, *DIFFERENCES]]

    def pairs(self, ways: Sequence[Way]) -> pd.DataFrame:
        """One row per pair, of units short; see `Joined.pairs`."""
        values = []
        for way in ways:
            own = [(self.of(way.name, name, SHORT), self.of("pool", name, SHORT)) for name in way.who]
            values += [*own, (own[0][0] + own[1][0], own[0][1] + own[1][1])]
        rows = _compared(values, SHORT).to_dict("records") if values else []
        found = []
        for k, way in enumerate(ways):
            three = rows[3 * k : 3 * k + 3]
            row: dict[str, Any] = {"first": way.who[0], "second": way.who[1]}
            for who, one in zip(("first", "second", "together"), three, strict=True):
                row |= {f"{who}_{name}": one[name] for name in DIFFERENCES}
            verdicts = {one["verdict"] for one in three[:2]}
            found.append(row | {"leaves": GAINS in verdicts and verdicts <= {GAINS, SAME}})
        columns = [f"{who}_{name}" for who in ("first", "second", "together") for name in DIFFERENCES]
        return pd.DataFrame(found, columns=["first", "second", *columns, "leaves"])


def _compared(pairs: Sequence[tuple[np.ndarray, np.ndarray]], measure: str) -> pd.DataFrame:
    """Both means, the mean difference of the first from the second with its interval, and what may be said of it."""
    found = []
    for values, against in pairs:
        known = ~(np.isnan(values) | np.isnan(against))
        i = interval((values - against)[known], CONFIDENCE, bca=False)
        found.append({
            "against_mean": _mean(against[known]), "mean": _mean(values[known]), "difference": i.mean, "low": i.low,
            "high": i.high, "n": i.n, "p": i.p, "exact": i.method == "exact",
        })  # fmt: skip
    table = pd.DataFrame(found)
    table["p"] = holm(table["p"].to_numpy(dtype=float))
    rows = zip(table["difference"], table["n"], table["p"], table["exact"], strict=True)
    return table.assign(verdict=[_verdict(*row, measure) for row in rows])


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _verdict(difference: float, n: int, p: float, exact: bool, measure: str) -> str:
    if n and difference == 0 and (exact or n == 1):
        return SAME
    if not n or (n > 1 and not p <= 1 - CONFIDENCE + 1e-12):
        return APART
    if measure == SHORT:
        return LOSES if difference > 0 else GAINS
    return MORE if difference > 0 else LESS
