"""The study file: what may stand in it, as frozen models. Field docstrings are the reference."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from sim.errors import PlaceError, one_of_few
from sim.metrics.base import METRICS
from sim.model.chance.unknown import UnknownField
from sim.output.names import alike
from sim.registry import Model
from sim.scenario.horizon import EndField
from sim.scenario.words.spec import Correlated
from sim.study.design.measures import ALL, COST, MONEY, broken_down, parse_measure
from sim.units import Days, Positive, Share, Text, Whole, WholeDays, parse_number, parse_share


def _measure(text: Any) -> str:
    return str(parse_measure(str(text)))


def _precision(value: Any) -> str | float:
    if isinstance(value, str):
        try:
            parse_share(value)
        except ValueError:
            raise ValueError("a number in the measure's own unit, or a share such as 10%") from None
        return value
    return parse_number(value)


def _measures(schema: dict[str, Any]) -> None:
    """What an editor offers: every name, and whatever can be broken down by its groups."""
    schema.pop("type")
    schema["anyOf"] = [{"enum": [*METRICS, *MONEY]}, {"type": "string", "pattern": broken_down()}]


MeasureField = Annotated[str, BeforeValidator(_measure), Field(json_schema_extra=_measures)]


class ScenarioEntry(Model):
    """A scenario of the study; its file's name alone will do."""

    file: Text
    """scenario file, from the study file's folder"""
    name: Text | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """name in the results; left out: the scenario's own"""
    title: Text | None = None
    """by which pages call it; left out: `name`, or the scenario's title"""
    what: Text | None = None
    """what it is, in a sentence; stands behind the title"""
    set: dict[str, Any] = {}
    """dotted path of a value -> what it is in this study"""


class StrategyEntry(Model):
    """A strategy of the study; the name of one that every scenario knows will do."""

    name: Text
    """name in the results"""
    title: Text | None = None
    """by which pages call it; left out: the title of the scenarios' strategy where it is used as it is, or `name`"""
    what: Text | None = None
    """what it is, in a sentence; stands behind the title"""
    use: Text | None = None
    """strategy of the scenarios to apply; left out: none, the scenario as it stands"""
    set: dict[str, Any] = {}
    """dotted path of a value -> what it is under this strategy, in every scenario"""


class Replications(Model):
    """How often everything is replicated: up to a number, or until the answer is precise enough."""

    at_least: Whole = Field(default=20, ge=2)
    at_most: Whole = Field(ge=2, le=100_000)
    until: dict[MeasureField, Annotated[str | float, BeforeValidator(_precision)]] = {}
    """measure -> half-width wanted of the interval of every comparison: a number in the measure's unit, or a share of
    the baseline's mean such as 10% (give a number where that mean may be near zero)"""

    def model_post_init(self, context: object) -> None:
        if self.at_most < self.at_least:
            raise ValueError(f"at_most no smaller than at_least ({self.at_least})")


class Best(Model):
    """Which strategy is best, by the procedure of Kim and Nelson (2001); replications go on until it has decided."""

    measure: MeasureField
    indifference: Positive
    """smallest difference worth telling apart, in the measure's unit"""
    confidence: Share = 0.95
    """probability of picking the best, where it is better than the rest by at least the indifference"""

    def model_post_init(self, context: object) -> None:
        measure = parse_measure(self.measure)
        if measure.breakdown != ALL or not measure.better:
            raise ValueError("a measure in all, of which more or less is better")


class Worth(Model):
    """How much of something the other strategies are worth: what of it does as well as they do."""

    measure: MeasureField
    """what is to be the same, in the mean; one of the study's measures, in all"""
    ladder: dict[Text, Days] = Field(min_length=2)
    """strategies that differ in how much of it they have, such as days of stock, and how much that is; two at least"""

    def model_post_init(self, context: object) -> None:
        if parse_measure(self.measure).breakdown != ALL:
            raise PlaceError(("measure",), "this is told by groups", self.measure, "a measure in all")
        if len(set(self.ladder.values())) < len(self.ladder):
            raise PlaceError(("ladder",), "two rungs have the same", None, "a level of its own for each")


class JoiningOf(Model):
    """What joining a pool is worth to each of its members; told in the brief."""

    pool: Text
    """a party of the kind pool whose members have claims on a reserve; or a reserve with claims"""
    defector: Text | None = None
    """the member that breaks its word; left out: each in turn"""
    strategy: Text | None = None
    """the strategy under which the pool is as it is written; left out: the first under which there is such a pool"""
    alone: Text | None = None
    """the strategy under which each is alone, where that takes more than `apart` does; the pool then needs no claims.
    Left out: it is made of the pool's"""
    broken: Text | None = None
    """the strategy under which the `defector` breaks its word; left out: it lets nothing out to the end, from the first
    disruption on"""
    pairs: Literal["none", "contributors", "all"] = "contributors"
    """pairs that are tried by themselves: none, those of members who contribute, all"""


def _file(value: Any) -> Any:
    return {"file": value} if isinstance(value, str) else value


def _strategy(value: Any) -> Any:
    return value if isinstance(value, dict | StrategyEntry) else {"name": str(value), "use": str(value)}


def _times(value: Any) -> Any:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return {"at_least": value, "at_most": value} if whole else value


class Study(Model):
    """A study: strategies x scenarios x replications on the same draws, what to measure, and when to stop."""

    elsewhere: ClassVar[dict[str, str]] = {
        "parameters": "'uncertain', drawn in every replication: in the place of [30d, 120d] write uniform(30d, 120d)",
        "decisions": "'measures', if it is what the study measures; what parties decide stands in the scenario, and "
        "a strategy may `set` it: decisions.NAME.after",
        "currency": "it in the scenarios, whose prices are in it",
    }

    study: Text = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """short name without blanks, used for folders"""
    title: Text
    question: Text | None = None
    """what the study is to answer, in a sentence"""
    scenarios: list[Annotated[ScenarioEntry, BeforeValidator(_file, json_schema_input_type=str | ScenarioEntry)]] = (
        Field(min_length=1)
    )
    strategies: list[
        Annotated[StrategyEntry, BeforeValidator(_strategy, json_schema_input_type=str | StrategyEntry)]
    ] = Field(min_length=1)
    baseline: Text | None = None
    """strategy that the others are compared with; left out: the first"""
    comparisons: Literal["all-vs-baseline", "all-pairs"] = "all-vs-baseline"
    measures: list[MeasureField] = Field(default=["units_unmet", "fill_rate", "stockout_days", COST], min_length=1)
    """metrics by name, or cost; alone or by a group: 'units_unmet by region', 'cost by line'"""
    replications: Annotated[Replications, BeforeValidator(_times, json_schema_input_type=int | Replications)] = (
        Replications(at_least=20, at_most=20)
    )
    """a number, or {at_least: …, at_most: …, until: …}"""
    best: Best | None = None
    worth: Worth | None = None
    """how many days of something, such as stock, the strategies beside a ladder are worth"""
    joining: JoiningOf | None = None
    """a pool of which the brief is to tell who gains and who loses by joining it, in the study's first scenario"""
    confidence: Share = Field(default=0.95, gt=0.5, lt=1)
    """of intervals, and of what is called a difference"""
    seed: Whole | None = None
    """of all random draws; left out: each scenario's own"""
    end: EndField | None = None
    """of all scenarios, as in a scenario; left out: each scenario's own. All strategies of a scenario, and all draws,
    run to the latest end of any of them"""
    run_on: WholeDays | None = None
    """simulated beyond the end of every scenario, and counted, so that shortages can come to their end"""
    end_is_enough: Text | None = None
    """why the answer may be given although draws are still short at the end; printed with it"""
    twin: bool = True
    """run every replication once more without disruptions"""
    daily: bool = False
    """keep demand and unmet demand of every day, for fan charts"""
    uncertain: dict[Text, UnknownField] = {}
    """dotted path of a value -> what is known of it, such as uniform(30d, 120d), as in a scenario; drawn in every
    replication, alike for all strategies, beside what the scenarios have; a brief tells if the answer holds at its
    bounds"""
    correlated: list[Correlated] = []
    """groups of uncertain values that are drawn together, as in a scenario"""
    tail: Share = Field(default=0.9, gt=0, lt=1)
    """where the tail of bad outcomes begins, for VaR and CVaR"""

    def model_post_init(self, context: object) -> None:
        names = [entry.name for entry in self.strategies]
        if len(set(names)) < len(names):
            raise ValueError("every strategy once, each with a name of its own")
        if same := alike(names):
            raise ValueError(f"strategies with names that not only capitals tell apart (now '{same[0]}')")
        if self.baseline is not None and self.baseline not in names:
            raise ValueError(f"a baseline that is one of the strategies: {', '.join(names)}")
        self._check_worth(names)
        asked = set(self.measures)
        deciding = [one.measure for one in (self.best, self.worth) if one is not None]
        for name in (*self.replications.until, *deciding):
            if name not in asked:
                raise ValueError(f"'{name}' among the measures, if it is to decide something")

    def _check_worth(self, names: list[str]) -> None:
        rungs = [] if self.worth is None else list(self.worth.ladder)
        for name in rungs:
            if name not in names:
                raise PlaceError(
                    ("worth", "ladder", name), "no such strategy", name, one_of_few(names, "a name"), names
                )
        if rungs and set(rungs) == set(names):
            raise PlaceError(("worth", "ladder"), "every strategy is a rung", None, "one at least that is none")

    @property
    def reference(self) -> str:
        """The baseline's name."""
        return self.baseline or self.strategies[0].name
