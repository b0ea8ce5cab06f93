"""The technical annex of a brief: the twenty items of STRESS-DES, filled from the study, its scenarios and manifest.

Monks, Currie, Onggo, Robinson, Kunc and Taylor, Strengthening the reporting of empirical simulation studies:
introducing the STRESS guidelines, Journal of Simulation 13 (2019), doi 10.1080/17477778.2018.1442155.
"""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version

from sim import __version__
from sim.engine.plan import Plan
from sim.metrics.base import METRICS
from sim.model.chance.unknown import Choice
from sim.report.words.names import names_in
from sim.report.words.parameters import names_of, value_words
from sim.report.words.phrases import count, day_words, listed, plural
from sim.report.words.units import counted
from sim.scenario.load import Loaded
from sim.study.ask.robustness import uncertain_of
from sim.study.design.design import Design
from sim.study.design.measures import Measure
from sim.study.run.run import StudyResult

ITEMS = {
    "1.1": "Purpose of the model", "1.2": "Model outputs", "1.3": "Aims of experimentation",
    "2.1": "Overview of the base model", "2.2": "Logic of the base model", "2.3": "Logic of the scenarios",
    "2.4": "Algorithms", "2.5": "Components: entities, activities, resources, queues, entry and exit points",
    "3.1": "Data sources", "3.2": "Pre-processing", "3.3": "Input parameters", "3.4": "Assumptions",
    "4.1": "Initialisation", "4.2": "Run length", "4.3": "Estimation approach",
    "5.1": "Software or programming language", "5.2": "Random sampling", "5.3": "Model execution",
    "5.4": "System specification", "6.1": "Sharing of the computer model",
}  # fmt: skip
LIBRARIES = ("simpy", "numpy", "scipy", "pandas")
PHASES = (
    "effects of disruptions begin and end; arrivals become stock; production; demand is served; triggers and orders, "
    "from the facilities upward; allocation and dispatch; expiry, recording and a check that no unit was lost or made "
    "up"
)


def annex(result: StudyResult, plan: Plan) -> list[tuple[str, str, str]]:
    """(number, item, text) for each of the twenty items; `plan` is the compiled plan of the first case."""
    design = result.design
    loaded = design.loaded[design.scenarios[0], design.spec.reference]
    texts = dict(_objectives(result, loaded)) | dict(_logic(result, plan)) | dict(_data(result, loaded))
    texts |= dict(_experiments(result, loaded)) | dict(_software(result))
    return [(number, item, texts[number]) for number, item in ITEMS.items()]


def _objectives(result: StudyResult, loaded: Loaded) -> Iterator[tuple[str, str]]:
    spec = result.design.spec
    yield "1.1", " ".join([_sentence(spec.title), loaded.spec.question or spec.question or ""]).strip()
    measured = list(dict.fromkeys(measure.name for measure in result.design.measures))
    goods = counted(one.spec for one in result.design.loaded.values())
    told = [f"{METRICS[n].label} ({goods.unit(Measure(n))}): {METRICS[n].definition}" for n in measured if n in METRICS]
    cost = ["Cost: purchase, holding, reserves drawn down, transport, and shortage where it is priced."]
    yield "1.2", " ".join(told + (cost if "cost" in measured else []))
    design = result.design
    names = names_in(design)
    shown = [f"'{names.strategy(name)}'" for name in design.strategies]
    places = [f"'{names.scenario(name)}'" for name in design.scenarios]
    compared = f"strategies {listed(shown)} in the scenarios {listed(places)}"
    told_of = f"Compared are the {compared}; baseline '{names.strategy(spec.reference)}'."
    yield "1.3", f"{_sentence(spec.question or spec.title)} {told_of}"


def _sentence(text: str) -> str:
    """Text that others follow, with a stop at its end."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def _logic(result: StudyResult, plan: Plan) -> Iterator[tuple[str, str]]:
    network, design = plan.network, result.design
    kinds = [f"{plural(int((network.site_kind == k).sum()), k, 'facilities' if k == 'facility' else None)}"
             for k in ("supplier", "port", "warehouse", "facility")]  # fmt: skip
    size = f"{listed(kinds)}; {plural(len(network.products), 'product')}, {plural(len(network.lanes), 'lane')}"
    yield "2.1", f"A network of {size}. Goods go from suppliers over lanes and ports to warehouses and facilities."
    yield "2.2", f"Each day, in this order: {PHASES}. Goods under way move in continuous time."
    paths = {o.path for key in design.loaded for o in design.loaded[key].document.overrides}
    under = Counter(path.partition(".")[0] for path in sorted(paths))
    told = listed([f"{number} under {word}" for word, number in under.items()])
    changes = f"change {plural(len(paths), 'value')} of the file ({told})" if paths else "change nothing in the file"
    yield (
        "2.3",
        f"The first scenario holds {plural(len(plan.impacts), 'disruption')} with dates and "
        f"{plural(len(plan.hazards), 'hazard')}. Scenarios and strategies {changes}; 'tideover show' tells each value, "
        "old and new.",
    )
    specs = [loaded.spec for loaded in design.loaded.values()]
    rules = sorted({entry.name_in_yaml.replace("_", " ") for spec in specs for entry in spec.replenishment})
    shares = sorted({entry.name_in_yaml.replace("_", " ") for spec in specs for entry in spec.allocation})
    yield (
        "2.4",
        f"Replenishment by {listed(rules) or 'no rule'}; sharing out by {listed(shares) or 'the usual rule'}; "
        "reserves open by trigger.",
    )
    gates = plural(len(network.gates), "side of a port", "sides of ports")
    told = (
        "Entities: shipments of one product, and units of demand. Activities: production, voyages, clearance, review. "
        f"Resources: capacity of suppliers and lanes, handling at {gates}. "
        "Queues: orders at their source, ships at ports and passages, patients who wait. "
        "Entry: production and demand; exit: use, loss, expiry."
    )
    yield "2.5", told


def parameter_names(design: Design) -> dict[str, str]:
    """Path of each uncertain value that a study names -> its words."""
    loaded = [design.loaded[design.scenarios[0], name] for name in (design.spec.reference, *design.strategies)]
    return names_of(loaded, uncertain_of(design))


def _uncertain(design: Design) -> list[str]:
    """Uncertain values with their bounds (without bounds: where all but a tenth of the draws lie), and how the
    scenario's file calls them."""
    names = parameter_names(design)
    told = []
    for path, unknown in uncertain_of(design).items():
        values = [value_words(value) for value in unknown.bounds]
        between = " or ".join(values) if isinstance(unknown, Choice) else " to ".join(values)
        called = "" if names[path] == path else f" ({path} in the file)"
        told.append(f"{names[path]}, {between}{called}")
    return [f"Uncertain values, drawn, and tried at their bounds: {'; '.join(told)}."] if told else []


def _data(result: StudyResult, loaded: Loaded) -> Iterator[tuple[str, str]]:
    spec = loaded.spec
    sources = [f"{source.title}{f' ({source.url})' if source.url else ''}" for source in spec.sources.values()]
    yield "3.1", "; ".join(sources) + "." if sources else "The scenario names no sources."
    derived = [f"{path}: {e.note}" for path, e in spec.evidence.items() if e.status == "derived" and e.note]
    yield "3.2", "; ".join(derived) + "." if derived else "Figures are used as their sources give them."
    number = plural(len(spec.evidence), "figure")
    told = f"In the scenario file {loaded.document.mark().shown}; {number} with evidence of their own."
    yield "3.3", " ".join([told, *_uncertain(result.design)])
    assumed = [path for path, e in spec.evidence.items() if e.status == "assumed"]
    lines = ["Figures without an entry under evidence are assumed."]
    lines += [f"Assumed by name: {listed(assumed)}."] if assumed else []
    yield "3.4", " ".join([*lines, spec.leaves_out or ""]).strip()


def _experiments(result: StudyResult, loaded: Loaded) -> Iterator[tuple[str, str]]:
    spec = loaded.spec
    warm = f"{spec.warm_up:g} days of warm-up, not counted" if spec.warm_up else "no warm-up"
    yield "4.1", f"Stock at policy levels, then {warm}; disruptions begin on their dates."
    days = (spec.until - spec.start).days
    yield "4.2", f"{plural(days, 'day')}, {day_words(spec.start)} to {day_words(spec.until)} (not counted itself)."
    study = result.design.spec
    lost = plural(len(result.failures), "replication")
    told = (
        f"{plural(result.number, 'replication')} of each scenario and strategy, all strategies on the same draws. "
        f"Paired differences with {study.confidence:.0%} intervals (Student's t, or the studentised bootstrap where "
        "values are skewed); verdicts adjusted for the number of comparisons by Holm."
    )
    yield "4.3", f"{told} {lost} failed and are left out." if result.failures else told


def _software(result: StudyResult) -> Iterator[tuple[str, str]]:
    libraries = listed([f"{name} {version(name)}" for name in LIBRARIES])
    yield "5.1", f"Tideover {__version__} on Python {platform.python_version()}, with {libraries}."
    seeds = listed([f"{seed} ({name})" for name, seed in result.design.seeds.items()])
    yield "5.2", f"numpy's PCG64 with a stream of its own for every source of chance; seeds {seeds}."
    yield "5.3", "Days of a fixed order between events in continuous time (SimPy); replications run side by side."
    cores = plural(os.cpu_count() or 1, "processor")
    yield "5.4", f"{platform.system()} on {platform.machine()}, {cores}. Results do not depend on it."
    keys = f"{count(len(result.design.cases))} cases, each with a hash of all that its figures depend on"
    yield (
        "6.1",
        f"Tideover is open source (Apache 2.0). The study's folder holds {keys}, and every replication's figures.",
    )
