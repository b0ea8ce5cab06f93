"""How much is enough: the smallest reserve for a target, and the best split of a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.ask.answer import Answer, Means, Out, Progress
from sim.ask.arguments import Arguments
from sim.report.questions.searches import search_page, search_words, split_page, split_words
from sim.report.words.names import shown_name
from sim.report.words.parameters import parameter_words
from sim.study.ask.search import Smallest, smallest_reserve
from sim.study.ask.split import Splits, best_splits
from sim.study.design.parts import By, ReservePart, parts_of
from sim.study.infer.threshold import Target

PARTS = ("reserve", "site", "product", "both")
MOST_STEPS, MOST_TRIALS = 20, 1000


@dataclass(frozen=True, eq=False, kw_only=True)
class SmallestReserve(Answer, Smallest):
    """The smallest reserve with which a target is met.

    Attributes
    ----------
    days
        Its size in days of its members' usual demand; None where even the largest size tried does not do.
    tried
        One row per size tried: `value` (days), `share` of the draws that meet the target with its 95% interval
        `share_low` … `share_high`, the mean of the target's measure under the measure's name, in its unit (nine draws
        of ten lie between `low` and `high`), `cost` of the run and `first_cost` of setting the reserve up, both in
        `currency`, and `n`, the draws.
    monotone
        Whether more was never worse among the sizes tried, which the search supposes.
    reserve, target, share, at_most
        What was asked: of which reserve, the target, the share of the draws that must meet it, most days looked at.
    """

    reserve: str
    target: Target
    share: float
    at_most: int

    @property
    def first_cost(self) -> float | None:
        """What setting it up costs, in `currency`; None where no size does."""
        if self.days is None:
            return None
        return float(self.tried.set_index("value").loc[self.days, "first_cost"])  # type: ignore[arg-type]

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        reserve = shown_name(self.reserve, self.subject.loaded.spec.reserves[self.reserve])
        words = search_words(self, reserve, self.target, self.share, self.at_most, self.counted, self.ends)
        return [*words, *self.how_sure(f"reserves.{self.reserve}.size")]

    def page(self) -> str:
        """The page, as HTML."""
        size = parameter_words(self.subject.loaded, f"reserves.{self.reserve}.size")
        return search_page(self, self.lines(), self.target, self.title, self.counted, size, self.share)


def search(
    path: str | Path,
    *,
    reserve: str,
    target: str,
    share: str | float = "90%",
    at_most: str | int = "180d",
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    replications: int = 20,
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> SmallestReserve:
    """The smallest reserve with which a target is met in so many of the draws: bisection over whole days.

    Parameters
    ----------
    path
        Scenario file.
    reserve
        Name of the reserve whose size is looked for.
    target
        What is to be met, such as "fill_rate>=98%" or "units_unmet<=0".
    share
        Share of the draws that must meet it: "90%" or 0.9.
    at_most
        Largest size looked at, in days of the members' usual demand: "180d" or 180.
    strategy, overrides, replications, workers, scheduler, out, progress, replace
        As for `causes`.

    Returns
    -------
    SmallestReserve
        Figures, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments, each with the nearest valid name.
    """
    means, arguments = Means(replications, workers, scheduler, out, progress, replace), Arguments()
    wanted, need = arguments.target("target", target), arguments.share("share", share)
    largest = arguments.days("at_most", at_most)
    subject = arguments.subject(path, strategy, overrides, replications)
    arguments.reserves("reserve", [reserve], subject)
    arguments.check()
    assert subject is not None
    asked = {"reserve": reserve, "target": str(wanted), "share": need, "at_most": largest}
    with means.asking(subject, "search", asked, ["search"], "search.html") as bench:
        found = smallest_reserve(subject, reserve, wanted, need, largest, bench)
        answer = SmallestReserve(
            **vars(found), subject=subject, replications=replications, folder=means.kept(bench),
            reserve=reserve, target=wanted, share=need, at_most=largest,
        )  # fmt: skip
        bench.store.answer("search", found.tried)
        bench.store.page("search.html", answer.page())
    return answer


@dataclass(frozen=True, eq=False, kw_only=True)
class Split(Answer, Splits):
    """The best split of a budget, and of smaller ones.

    Attributes
    ----------
    parts
        What the budget was split over; of each `per_day`, in `currency`, and `units_per_day`: money and units that a
        day of its members' usual demand takes.
    measure, target
        What is to be best in the mean, and what is to be met in as many draws as can be (or None).
    tried
        One row per budget and split: `budget`, `start` (how the split came about), `money NAME` and `days NAME` of each
        part, `first_cost`, the measure's mean under its name, `share` of the draws that meet the target, `cost` of the
        run, `best` within its budget, and `behind`: how much worse than the best, with `behind_low` … `behind_high`.
        Money is in `currency`.
    fresh
        One row per budget: what its best split came to on as many further draws, which had no part in the choice: the
        measure's mean with `low` … `high`, `share`, `cost`, `first_cost`, and `n`, the draws.
    refused
        Splits that did not fit into their storage.
    """

    @property
    def days(self) -> dict[str, float]:
        """Part -> days of usual demand that it gets of the largest budget."""
        return {part.name: float(self._best[f"days {part.name}"]) for part in self.parts}

    @property
    def money(self) -> dict[str, float]:
        """Part -> what it gets of the largest budget, in `currency`."""
        return {part.name: float(self._best[f"money {part.name}"]) for part in self.parts}

    @property
    def _best(self) -> Mapping[str, Any]:
        best = self.tried[self.tried["best"]].sort_values("budget", kind="stable")
        return {str(key): value for key, value in best.iloc[-1].items()}

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        return [*split_words(self, self.replications, self.counted, self.ends), *self.how_sure()]

    def page(self) -> str:
        """The page, as HTML."""
        return split_page(self, self.title, self.replications, self.counted, self.ends, self.how_sure())


def split(
    path: str | Path,
    *,
    over: Sequence[str],
    budget: float,
    by: By = "reserve",
    steps: int = 4,
    trials: int = 40,
    measure: str = "units_unmet",
    target: str | None = None,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    replications: int = 20,
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> Split:
    """The best split of a budget over reserves, sites and products, and what smaller budgets would come to.

    Parameters
    ----------
    path
        Scenario file.
    over
        Names of the reserves to spend on.
    budget
        For the first purchase, in the scenario's currency.
    by
        "reserve": whole reserves; "site", "product" or "both": their parts by holder site, by product, or by both.
    steps
        Budgets looked at, in equal steps up to `budget`, which makes the frontier; 1: only the budget itself.
    trials
        Splits tried of each budget.
    measure
        What is to be best in the mean.
    target
        Meet this in as many draws as can be; the mean decides ties.
    strategy, overrides, replications, workers, scheduler, out, progress, replace
        As for `causes`.

    Returns
    -------
    Split
        Figures, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments, each with the nearest valid name.
    MissingLibrary
        Where Optuna is not installed.
    """
    means, arguments = Means(replications, workers, scheduler, out, progress, replace), Arguments()
    wanted = arguments.measure("measure", measure)
    if not wanted.better:
        expected = "such as units_unmet or fill_rate"
        arguments.refuse("measure", "neither more nor less of it is better", measure, expected)
    aim = None if target is None else arguments.target("target", target)
    arguments.one_of("by", by, PARTS)
    names = list(dict.fromkeys([over] if isinstance(over, str) else over))
    if not names:
        arguments.refuse("over", "there is nothing to spend on", None, "names of reserves")
    if not budget > 0:
        arguments.refuse("budget", "there is no money to spend", budget, "an amount above 0")
    for name, value, most in (("steps", steps, MOST_STEPS), ("trials", trials, MOST_TRIALS)):
        if not 1 <= value <= most:
            arguments.refuse(name, "not so many", value, f"a whole number from 1 to {most}")
    subject = arguments.subject(path, strategy, overrides, replications)
    arguments.reserves("over", names, subject)
    for where, place in subject.loaded.document.uncertain.items() if subject is not None else ():
        if place[0] == "reserves" and place[1] in names:
            message = f"'{where}' is uncertain, and what is split cannot be drawn"
            arguments.refuse("over", message, None, f"a value for it in this question (--set {where}=…)")
    arguments.check()
    assert subject is not None
    none: list[ReservePart] = []
    parts = arguments.take("over", lambda: parts_of(subject, names, by), none)
    arguments.check()
    asked = {"over": names, "by": by, "budget": budget, "steps": steps, "trials": trials, "measure": str(wanted),
             "target": aim and str(aim)}  # fmt: skip
    with means.asking(subject, "split", asked, ["split", "frontier"], "split.html") as bench:
        found = best_splits(
            subject, parts, [budget * (k + 1) / steps for k in range(steps)], wanted, bench, trials, aim
        )
        answer = Split(
            **vars(found), subject=subject, replications=replications, folder=means.kept(bench)
        )  # fmt: skip
        bench.store.answer("split", found.tried)
        bench.store.answer("frontier", found.fresh)
        bench.store.page("split.html", answer.page())
    return answer
