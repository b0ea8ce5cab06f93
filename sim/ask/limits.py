"""For how long does it hold: the tipping point of a value, and the time that all demand is met without each part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.ask.answer import Answer, Means, Out, Progress
from sim.ask.arguments import Arguments
from sim.errors import nearest
from sim.report.questions.risk_register import register_page, told
from sim.report.questions.tipping import tipping_page, tipping_words
from sim.report.words.names import AS_WRITTEN, strategy_name
from sim.report.words.parameters import named
from sim.study.ask.knockouts import StressedNode, nodes_of
from sim.study.ask.stress import Register, Sweep, horizon_of, sweep_nodes
from sim.study.ask.tipping import Tipping
from sim.study.ask.tipping import tipping_point as find
from sim.study.design.parameter import Parameter
from sim.study.infer.threshold import Target

NODES = "a supplier, port, warehouse, lane, country or passage that goods pass"


@dataclass(frozen=True, eq=False, kw_only=True)
class TippingPoint(Answer, Tipping):
    """How far a value may go until a target is no longer met.

    Attributes
    ----------
    met_at_low, met_at_high
        Whether the target is met with the value at its bounds.
    before, after
        Neighbouring whole steps of the value, in `unit`, between which the answer changes; None where it is the same at
        both bounds.
    tried
        One row per value tried: `value` in `unit`, `share` of the draws that meet the target with its 95% interval
        `share_low` … `share_high`, the mean of the target's measure under the measure's name, in its unit (nine draws
        of ten lie between `low` and `high`), `cost` of the run in `currency`, and `n`, the draws.
    need
        Share of the draws that must meet the target.
    parameter, target
        The value that was changed, with its bounds and unit, and the target.
    """

    parameter: Parameter
    target: Target

    @property
    def unit(self) -> str:
        """What the value is counted in, as it is written in a scenario: d, %, …; empty for a plain number."""
        return self.parameter.suffix

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        words, name = named(self.subject.loaded, self.parameter.path), strategy_name(self.subject.loaded)
        under, sure = name if name == AS_WRITTEN else f"'{name}'", self.how_sure(self.parameter.path)
        return tipping_words(self, self.parameter, words, self.target, under, self.ends, sure)

    def page(self) -> str:
        """The page, as HTML."""
        words = named(self.subject.loaded, self.parameter.path)
        return tipping_page(self, self.lines(), self.parameter, words, self.target, self.title, self.counted)


def tipping(
    path: str | Path,
    *,
    parameter: str,
    target: str,
    between: Sequence[Any] | None = None,
    share: str | float = "90%",
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    replications: int = 20,
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> TippingPoint:
    """How far a value may go until a target is no longer met: bisection over whole steps of its unit.

    Parameters
    ----------
    path
        Scenario file.
    parameter
        Dotted path of the value that is changed, such as "disruptions.ban.for".
    between
        Its two bounds, the smaller first, both in the unit in which it is written: ("0d", "180d"). Left out: those of
        its range, where it is uncertain in the scenario.
    target
        What is to be met, such as "fill_rate>=98%" or "units_unmet<=0".
    share
        Share of the draws that must meet it: "90%" or 0.9.
    strategy, overrides, replications, workers, scheduler, out, progress, replace
        As for `causes`.

    Returns
    -------
    TippingPoint
        Figures, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments, each with the nearest valid name; also where a value
        between the bounds does not make a scenario.
    """
    means, arguments = Means(replications, workers, scheduler, out, progress, replace), Arguments()
    wanted, need = arguments.target("target", target), arguments.share("share", share)
    subject = arguments.subject(path, strategy, overrides, replications)
    if between is None and subject is not None and parameter in subject.loaded.document.uncertain:
        between = subject.loaded.spec.uncertain[parameter].bounds
    varied = arguments.parameter("between", parameter, between or ())
    arguments.check()
    assert subject is not None
    asked = {"parameter": vars(varied), "target": str(wanted), "share": need}
    with means.asking(subject, "tipping", asked, ["tipping"], "tipping.html") as bench:
        found = find(subject, varied, wanted, need, bench)
        answer = TippingPoint(
            **vars(found), subject=subject, replications=replications, folder=means.kept(bench),
            parameter=varied, target=wanted,
        )  # fmt: skip
        bench.store.answer("tipping", found.tried)
        bench.store.page("tipping.html", answer.page())
    return answer


@dataclass(frozen=True, eq=False, kw_only=True)
class Stress(Answer, Register):
    """The risk register: for how long all demand is met without each part of the network.

    Attributes
    ----------
    table
        One row per node and product it matters to, the worst first: `kind`, `node`, `product`; `tts` and `ttr`, time to
        survive and to recover in days (`survives_longest`: all demand is met even without it for the longest time);
        `exposed`: whether recovery takes longer; `units_short` while it does, mean over the draws, and `share_short` of
        demand; `back_after`, days until demand is met as without the knock-out; `cut_off`, facilities that nothing else
        reaches; `more_days` = ttr - tts where exposed; `short_D`, units short in a knock-out of D days.
    failures
        Runs that failed; the nodes that need them are left out of the table.
    sweep
        What was asked: first day, longest knock-out, times to recover, all in days.
    """

    sweep: Sweep = field(default_factory=Sweep)

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        return [*told(self.table), *self.how_sure()]

    def page(self) -> str:
        """The page, as HTML."""
        failed = list(map(str, self.failures))
        return register_page(self.title, self.table, self.sweep, self.replications, failed, self.how_sure())


def stress(
    path: str | Path,
    *,
    longest: str | int = "180d",
    recover: str | int = "90d",
    recover_of: Mapping[str, str | int] | None = None,
    at: str | int = "0d",
    allow: str | float = "0%",
    last_mile: bool = False,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    replications: int = 20,
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> Stress:
    """Knock out each supplier, port, warehouse, lane, country and passage: how long is all demand met without it?

    The scenario's own disruptions are left out.

    Parameters
    ----------
    path
        Scenario file.
    longest
        Longest knock-out looked at: "180d" or 180.
    recover, recover_of
        Time to recover of all nodes, and of some by name (or "kind name").
    at
        When the knock-out begins, after the scenario's start.
    allow
        Share of demand that may go unmet all the same: "1%" or 0.01.
    last_mile
        Knock out the lanes to facilities too.
    strategy, overrides, replications, workers, scheduler, out, progress, replace
        As for `causes`.

    Returns
    -------
    Stress
        Figures, words and page. Runs that failed are told in `failures`, and tried again when the same is asked again.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments, each with the nearest valid name.
    """
    means, arguments = Means(replications, workers, scheduler, out, progress, replace), Arguments()
    first, most = arguments.days("at", at), arguments.days("longest", longest)
    usual = arguments.days("recover", recover)
    special = {name: arguments.days("recover_of", days) for name, days in (recover_of or {}).items()}
    allowed = arguments.share("allow", allow)
    subject = arguments.subject(path, strategy, overrides, replications)
    nodes: list[StressedNode] = [] if subject is None else nodes_of(subject.plan.network, last_mile)
    known = [str(n) for n in nodes] + [n.name for n in nodes]
    for name in special if subject is not None else ():
        if name not in known:
            arguments.refuse("recover_of", "no such node", name, NODES, nearest(name, known))
    arguments.check()
    assert subject is not None
    sweep = Sweep(first, most, usual, special, allow=allowed)
    settings = dict(subject.settings)
    end = subject.plan.network.calendar.start + dt.timedelta(horizon_of(sweep))
    subject = subject.changed({"end": str(end)})  # so long that every knock-out is over
    asked = {"settings": settings, "sweep": vars(sweep), "last_mile": last_mile}
    with means.asking(subject, "stress", asked, ["register"], "register.html") as bench:
        found = sweep_nodes(subject, nodes, sweep, bench)
        answer = Stress(
            **vars(found), subject=subject, replications=replications, folder=means.kept(bench),
            sweep=sweep,
        )  # fmt: skip
        bench.store.answer("register", found.table)
        bench.store.page("register.html", answer.page())
    return answer
