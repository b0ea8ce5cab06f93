"""A small exercise: one neighbour's ban, two roles, six injects; small enough to be played many times."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sim.tabletop.session import Session
from sim.tabletop.table import Settings

SCENARIO = """
scenario: small-exercise
title: A ban, a store and two clinics
start: 2027-03-01
end: 2027-04-26
products: {drip: {unit: bag, cost: 2}}
suppliers:
  works: {country: XC, makes: {drip: {}}}
  second: {country: XF, makes: {drip: {}}}
warehouses: {store: {country: XO}}
facilities: {lake: {country: XO, region: lakes}, plain: {country: XO, region: plains}}
parties:
  ministry: {kind: agency, sites: store}
  clinics: {kind: agency, sites: facilities}
lanes:
  - {from: works, to: store, time: 4d}
  - {from: second, to: store, time: 9d}
  - {from: store, to: facilities, time: 1d}
sourcing: [{at: store, from: {works: 100%, second: 0%}, keep_shares: true}]
demand:
  - {at: facilities, product: drip, per_day: 20, distribution: poisson, shortage: lost}
replenishment:
  - {at: facilities, policy: base_stock, level: 7d}
  - {at: store, policy: base_stock, level: 14d}
reserves:
  national: {held_at: store, size: 10d, members: facilities, release: {when: {trigger: chosen}}}
information:
  - {who: ministry, of: clinics, sees: stock, lag: 3d, every: 7d}
disruptions:
  - {kind: export_ban, name: ban, country: XC, from: 2027-03-10, for: 40d}
decisions:
  - {decision: release_reserve, name: open, by: ministry, reserve: national, when: {trigger: chosen}, after: 2d, cost: 50}
  - {decision: close_reserve, name: shut, by: ministry, reserve: national, when: {trigger: chosen}, for: 7d, at_most: 3}
  - {decision: emergency_order, name: order, by: ministry, at: store, source: second, amount: 10d, at_most: 2, when: {trigger: chosen}}
  - {decision: change_levels, name: less, by: clinics, when: {trigger: chosen}, to: [{at: facilities, policy: base_stock, level: 4d}]}
strategies:
  none: {}
  by-rule: {decisions.order.when: {trigger: announced}}
exercise:
  roles:
    ministry: {title: Ministry of health, party: ministry, decides: [open, shut, order]}
    clinics: {title: The clinics, party: clinics, decides: [less], brief: You run two clinics.}
  turn: 7d
  minutes: 60
  zone: Europe/Paris
  objectives: {supply: Know when supplies end}
  injects: {table: injects.csv}
  scripted: by-rule
"""
INJECTS = """number,title,delivery,story time,type,method,from,to,description,expected action,phase,objectives,condition,model
1,Lorries turned back,,2027-03-10,standard,telephone,Driver,ministry,They let nobody over.,Order elsewhere,1,supply,,
2,A store room floods,,turn 3,complexity,e-mail,Keeper,Ministry of health,Water in the cellar.,Move stock,1,,,"{kind: stock_loss, at: store, share: 40%}"
3,Papers ask,+0:20,,adaptive,newspaper,Courier,all,Is there enough?,,1,,,
4,A clinic calls,,,contingency,telephone,Lake,ministry,Three days left.,,2,,"{trigger: days_of_cover, below: 2d, of: site}",
5,Thanks,,,contingency,letter,Clinics,ministry,The reserve came.,,2,,"{trigger: after_decision, decision: open}",
6,More patients,,,standard,e-mail,Lake,clinics,A wedding.,,2,,,"[{kind: demand_surge, at: lake, from: +2d, for: 9d, factor: 1.5}]"
"""
BEGIN = dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.UTC)


def at(minutes: float) -> dt.datetime:
    """So many minutes after the exercise began."""
    return BEGIN + dt.timedelta(minutes=minutes)


def written(folder: Path, scenario: str = SCENARIO, injects: str = INJECTS) -> Path:
    """The exercise in a folder; its scenario file."""
    folder.mkdir(exist_ok=True)
    (folder / "injects.csv").write_text(injects, encoding="utf-8")
    file = folder / "small-exercise.yaml"
    file.write_text(scenario, encoding="utf-8")
    return file


def begun(folder: Path, file: str | None = None, strategy: str | None = None, **changes: Any) -> Session:
    """A session of it."""
    path = written(folder)
    settings = Settings(path, strategy, tuple(changes.items()))
    return Session.begin(settings, None if file is None else folder / file)
