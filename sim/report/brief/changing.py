"""What would change the answer: the scenario, an uncertain value at its bound, luck, and what the model leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.report.brief.context import Context
from sim.report.brief.parts import Section
from sim.report.run.stress_des import parameter_names
from sim.report.study.answer import chance_words, leaders
from sim.report.study.comparison import records
from sim.report.words.parameters import opening, value_words
from sim.report.words.phrases import listed, plural
from sim.report.words.rounding import figure, size
from sim.study.ask.robustness import AS_DRAWN

MOST = 6
"""Lines that there is room for."""


def what_would_change(it: Context) -> Section:
    """Everything tried, whether it changed the answer or not."""
    points = [*_bounds(it), *_scenarios(it), *_luck(it), *_missing(it)]
    return Section("What would change the answer", points=points[:MOST])


def _bounds(it: Context) -> Iterator[tuple[str, str]]:
    """Whether another option is best where an uncertain value is at one of its bounds."""
    tried = it.tried
    if tried is None or tried.empty:
        yield "Not tried:", "neither the study nor its scenario names uncertain values, so none was put to its bounds."
        return
    points = list(dict.fromkeys(zip(tried["parameter"], tried["value"], strict=True)))
    best = {point: records(tried, parameter=point[0], value=point[1], best=True) for point in points}
    order = it.result.design.strategies
    leading = {row["strategy"] for row in best.pop((AS_DRAWN, ""))}
    usual = tuple(name for name in order if name in leading)
    names, held = parameter_names(it.result.design), dict[tuple[str, ...], dict[str, list[str]]]()
    for (path, value), rows in best.items():
        name, first = names.get(path, path), {row["strategy"] for row in rows}
        if first & set(usual):
            here = tuple(one for one in order if one in first)
            held.setdefault(here, {}).setdefault(name, []).append(f"at {value_words(value)}")
            continue
        mean = figure(rows[0]["mean"], it.unit)
        others = it.named([row["strategy"] for row in rows])
        yield f"{opening(name)} at {value_words(value)}:", f"{others} would be best ({mean} in the mean)."
    draws = plural(int(tried.loc[tried["parameter"] != AS_DRAWN, "draws"].iloc[0]), "draw")
    if same := held.pop(usual, None):
        stays = "are still those that cannot be told apart" if len(usual) > 1 else "stays best"
        yield f"Not, as far as tried, with {draws} of each:", f"{_places(same)}; {it.named(usual)} {stays}."
    for here, told in held.items():
        what = "cannot be told apart" if len(here) > 1 else "is best by itself"
        yield f"Another way, with {draws} of each:", f"{_places(told)}: {it.named(here)} {what}."


def _places(told: Mapping[str, Sequence[str]]) -> str:
    """Uncertain values with the bounds at which they were tried."""
    return "; ".join(f"{name} {listed(values)}" for name, values in told.items())


def _scenarios(it: Context) -> Iterator[tuple[str, str]]:
    """Whether the best depends on the scenario, and how far it may be wrong where nobody knows which will come."""
    design = it.result.design
    first = {scenario: leaders(it.result, scenario) for scenario in design.scenarios}
    if len(first) < 2 or not all(first.values()):
        return
    always = set.intersection(*map(set, first.values()))
    kept = [name for name in design.strategies if name in always]
    if kept:
        yield "Not the scenario:", f"nothing is told to be better than {it.named(kept)} in any of the {len(first)}."
        return
    told = [f"{it.named(names)} in '{it.scenario(place)}'" for place, names in first.items()]
    yield "The scenario:", f"best is {listed(told)}."


def _luck(it: Context) -> Iterator[tuple[str, str]]:
    """Options that may be best after all."""
    best = it.result.design.spec.best
    for scenario in it.scenarios:
        first = leaders(it.result, scenario)
        rows = records(it.result.best, scenario=scenario, measure=it.measure.name)
        for row in rows:
            if row["strategy"] not in first and 0.05 <= row["probability_best"] < 0.5:
                chance = chance_words(row["probability_best"])
                yield (
                    "Luck:",
                    f"{it.within(scenario)}{it.name(row['strategy'])} may be best after all (probability {chance}).",
                )
    alike: dict[frozenset[str], list[str]] = {}
    for scenario in it.scenarios:
        alike.setdefault(frozenset(leaders(it.result, scenario)), []).append(scenario)
    more = "" if best is None else f" by more than {size(best.indifference, it.unit)}"
    made = plural(it.result.number, "draw")
    for names, places in alike.items():
        if len(names) > 1:
            several = len(it.result.design.scenarios) > 1
            where = f"in {listed([repr(it.scenario(place)) for place in places])} " if several else ""
            shown = it.named([name for name in it.result.design.strategies if name in names])
            draws = it.draws(places[0])[sorted(names)]
            if len(places) == 1 and bool(draws.eq(draws.iloc[:, 0], axis=0).all(axis=None)):
                yield "Not more draws:", f"{where}{shown} come to the same in each of the {made} made."
            else:
                yield "More draws:", f"{where}{shown} may turn out to differ{more}; here are {made}."


def _missing(it: Context) -> Iterator[tuple[str, str]]:
    """What is not in the model, and draws that are not there."""
    for name in it.result.design.scenarios:
        left = it.result.design.loaded[name, it.reference].spec.leaves_out
        if left:
            yield "What the model leaves out:", _sentences(left, 200)
            break
    if it.result.failures:
        yield "Missing:", f"{plural(len(it.result.failures), 'replication')} could not be run."


def _sentences(text: str, most: int) -> str:
    """The first sentences of a text, as many as there is room for."""
    kept = ""
    for sentence in text.replace("\n", " ").split(". "):
        if kept and len(kept) + len(sentence) > most:
            return f"{kept} … (all of it in the annex)"
        kept = f"{kept} {sentence.rstrip('.')}.".strip()
    return kept
