"""Which parts of the language stand on which page of the reference, each with an example."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page: its title, what it is about, the sections of a scenario (or other words) that it tells of, and an example
    that is laid over the scenario which `tideover new` writes; or a whole file."""

    title: str
    about: str
    sections: tuple[str, ...]
    example: str


PAGES: dict[str, Page] = {
    "scenario": Page(
        "The scenario file",
        "Everything that may stand in a scenario, section by section; each has a page of its own. A file needs "
        "`scenario`, `title`, `start`, `end`, `products`, `suppliers`, `facilities`, `lanes` and `demand`; it "
        "may leave "
        "them to a file that it builds on.\n\n"
        "`end` also hides what comes after it: a run with an earlier one is a sitrep, since it knows only what "
        "was known "
        "then ([how to use it](../../putting-together.md)).",
        ("",),
        "end: 2024-03-16          # nothing of later days is known\nwarm_up: 30d\nseed: 7\n",
    ),
    "products": Page(
        "Products", "Goods that are counted in whole units, by name.", ("products",),
        "products:\n"
        "  saline-bag: {unit: bag, cost: 1.2, priority: vital, shelf_life: 18mo, uses: {urgent: 60%, elective: 40%}}\n"
        "  vaccine: {unit: vial, doses: 10, open_for: 6h, storage: ambient}\n",
    ),
    "sites": Page(
        "Sites: suppliers, ports, warehouses, facilities",
        "Each group is a mapping of names. Warehouses and facilities may be read from a table instead "
        "(`{table: clinics.csv}`): one row a site, with a column `name` and any of the fields below; further "
        "columns are "
        "for `column NAME`. A table is a CSV file or an Excel workbook; [how tables are read](values.md#tables).",
        ("suppliers", "ports", "warehouses", "facilities"),
        "suppliers:\n"
        "  maker: {makes: {saline-bag: {capacity: 120%, testing: 7d, yield: 95%}}}\n"
        "ports:\n"
        "  harbour: {_replace_: true, country: KE, lat: -4.05, lon: 39.67, berths: 2, berth_time: 18h, clearance: 4d}\n"
        "warehouses:\n  store: {region: coast}\n"
        "facilities:\n"
        "  clinic-d: {country: KE, region: inland, lat: -0.1, lon: 34.8, setting: rural, opens: 2024-04-01}\n",
    ),
    "parties": Page(
        "Parties",
        "Countries, cities, agencies and firms that own sites and decide, and pools of them. Figures are given for "
        "each, and wherever sites are chosen, `{party: NAME}` names what is a party's.",
        ("parties",),
        "parties:\n"
        "  kenya: {kind: country, sites: {kind: facility, country: KE}, population: 55000000, income: lower_middle}\n"
        "  makers: {kind: firm, sites: suppliers}\n"
        "  both: {kind: pool, members: [kenya, makers]}\n",
    ),
    "information": Page(
        "Information",
        "Who sees what of whom, how late and how well. Without this section all see all at once; with it, who is not "
        "named sees nothing of others, and a party sees its own sites as they are unless an entry of `own` says "
        "otherwise. [How it works](../../model.md).",
        ("information",),
        "parties:\n"
        "  kenya: {kind: country, sites: [store, clinic-a, clinic-b]}\n"
        "  uganda: {kind: country, sites: clinic-c}\n"
        "information:\n"
        "  - {who: [kenya, uganda], of: suppliers, sees: capacity}\n"
        "  - {who: kenya, of: uganda, sees: stock_and_demand, lag: 3d, every: 7d, missing: 10%, error: 5%}\n"
        "  - {who: uganda, of: kenya, sees: orders}\n"
        "  - {who: kenya, of: own, sees: stock, lag: 1d}\n",
    ),
    "lanes": Page(
        "Lanes", "Ways between sites, and the time they take.", ("lanes",),
        "lanes:\n"
        "  - {from: maker, to: harbour, mode: sea, time: \"lognormal(20d, 3d)\"}\n"
        "  - {from: maker, to: store, mode: air, time: 5d, cost: 0.9, capacity: 400}\n"
        "  - {from: harbour, to: store, time: 1d, departs: {from: 6h, until: 18h}}\n"
        "  - {from: store, to: facilities, time: 2d, season: [{from: 04-01, until: 05-15, factor: 1.5}]}\n"
        "sourcing:\n  - {at: store, from: maker, usual: sea}\n",
    ),
    "passages": Page(
        "Passages with convoys",
        "Canals and straits that vessels pass in convoys. A passage without needs no entry here: it stands with "
        "a lane.",
        ("passages",),
        "passages:\n"
        "  suez: {convoys: {southbound: {traffic: 25, ships: 30, at: [3h]}}}\n"
        "lanes:\n"
        "  - {from: maker, to: harbour, mode: sea, time: 20d, passages: {suez: 40%}, detour: {suez: 10d}}\n"
        "  - {from: harbour, to: store, time: 1d}\n"
        "  - {from: store, to: facilities, time: 2d}\n",
    ),
    "sourcing": Page(
        "Sourcing", "From whom sites order. Without an entry a site orders from the source that is nearest in time.",
        ("sourcing",),
        "suppliers:\n"
        "  second: {country: DE, lat: 50.1, lon: 8.7, makes: {saline-bag: {capacity: 100}}}\n"
        "lanes:\n"
        "  - {from: [maker, second], to: harbour, mode: sea, time: 20d}\n"
        "  - {from: harbour, to: store, time: 1d}\n"
        "  - {from: store, to: facilities, time: 2d}\n"
        "sourcing:\n"
        "  - {at: store, from: {maker: 70%, second: rest}, notices_after: 7d, rule: {rule: scorecard, over: 60d}}\n",
    ),
    "demand": Page(
        "Demand", "What patients ask for. How it scatters: [distributions](../kinds.md).", ("demand",),
        "demand:\n"
        "  - at: {kind: facility, setting: [urban, rural]}\n"
        "    product: saline-bag\n"
        "    per_day: 80\n"
        "    distribution: {distribution: negative_binomial, dispersion: 1.4}\n"
        "    weekdays: {sat: 50%, sun: 20%}\n"
        "    season: {peak: 07-15, amplitude: 20%}\n"
        "    shortage: backorder\n"
        "    patience: 14d\n",
    ),
    "replenishment": Page(
        "Replenishment and allocation",
        "How sites order, and how a source shares out what is not enough for all. Each entry is of one of the "
        "[kinds](../kinds.md), with its fields.",
        ("replenishment", "allocation"),
        "replenishment:\n"
        "  - {at: facilities, policy: s_S, s: 10d, S: 30d}\n"
        "  - {at: warehouses, policy: base_stock, level: 45d, review: 7d}\n"
        "allocation:\n"
        "  - {at: warehouses, rule: equal_days_of_cover}\n",
    ),
    "transfers": Page(
        "Transfers",
        "Who may give goods to whom beside all orders, for good or on loan. Each entry is of one of the "
        "[kinds](../kinds.md), which says whom a site asks first. [A page](../../transfers.md) tells how it works.",
        ("transfers",),
        "transfers:\n"
        "  - rule: nearest\n"
        "    from: facilities\n"
        "    within: region\n"
        "    time: 1d\n"
        "    cost: 0.2\n"
        "    keep: 10d\n"
        "    below: 3d\n"
        "    up_to: 7d\n"
        "    permission: 2d\n",
    ),
    "trust": Page(
        "Trust",
        "How far parties trust each other, what raises and lowers it, and what hangs on it. "
        "[A page](../../trust.md) tells how it works.",
        ("trust",),
        "parties:\n"
        "  kenya: {kind: country, sites: KE}\n"
        "  india: {kind: country, sites: IN}\n"
        "trust:\n"
        "  start: 60%\n"
        "  pairs: [{of: kenya, in: india, start: 30%}]\n"
        "  kept: 2%\n"
        "  broken: 20%\n"
        "  transfers: {at_least: 20%, keep_more: 10d, offers: trusted}\n"
        "  hoarding: true\n",
    ),
    "stock": Page(
        "Stock and storage",
        "What is there on the first morning, where it does not follow from the policies, and what fits into the rooms.",
        ("stock", "storage"),
        "products:\n  saline-bag: {shelf_life: 18mo}\n"
        "stock:\n"
        "  - {at: store, on_hand: 30d, on_the_way: steady, age: {30d: 60%, 120d: 40%}}\n"
        "storage:\n"
        "  - {at: store, capacity: 20000}\n",
    ),
    "apart": Page(
        "A pool taken apart",
        "A pool as if its members had never joined it, or only some of them had, to tell what joining is worth; best "
        "set by a strategy, or by `tideover joining`. [A page](../../joining.md) tells how it works.",
        ("apart",),
        "parties:\n"
        "  kenya: {kind: country, sites: [clinic-a]}\n"
        "  uganda: {kind: country, sites: [clinic-b]}\n"
        "  rwanda: {kind: country, sites: [clinic-c]}\n"
        "  community: {kind: pool, members: [kenya, uganda, rwanda]}\n"
        "reserves:\n"
        "  regional:\n"
        "    held_at: store\n"
        "    size: 20d\n"
        "    members: facilities\n"
        "    release: {when: {trigger: days_of_cover, below: 7d, of: together}}\n"
        "    claims: {kenya: 50%, uganda: 30%, rwanda: 20%}\n"
        "apart:\n"
        "  pool: community\n"
        "  together: [[kenya, uganda]]\n",
    ),
    "reserves": Page(
        "Reserves",
        "Stock set apart, by name: who holds it, for whom, whose it is, what opens it, and how it is filled again. "
        "What opens it is any [trigger](../kinds.md). How parties hold one together: "
        "[pooled reserves](../../pooled-reserves.md).",
        ("reserves",),
        "reserves:\n"
        "  national:\n"
        "    _replace_: true\n"
        "    held_at: {store: 60%, clinic-b: 40%}\n"
        "    size: 30d\n"
        "    members: {kind: facility, region: [coast, inland]}\n"
        "    release:\n"
        "      when: {trigger: sites_short, above: 30%}\n"
        "      after: 3d\n"
        "      stand_down: 14d\n"
        "      at_most: 10%\n"
        "      rule: {rule: priority_tiers}\n"
        "    refill: {after: 30d, at_most: 2%}\n"
        "    changes: [{from: 2024-05-01, size: 150%, refill: {after: 7d, at_most: 5%}}]\n"
        "    rotation: routine\n"
        "  regional:\n"
        "    held_at: {kenya: 30%, store: 70%}\n"
        "    size: 20d\n"
        "    weights: {uganda: 1.5}\n"
        "    members: facilities\n"
        "    release: {when: {trigger: days_of_cover, below: 7d, of: together}}\n"
        "    floor: 10%\n"
        "    claims: {kenya: 50%, uganda: 30%}\n"
        "    borrow: {up_to: 50%, pay_back: 60d, written_off: 90d}\n"
        "    contributions: {uganda: {by: 2024-02-01, made: 2024-02-15}}\n"
        "    shared_again_after: 30d\n"
        "    self_release: {when: {trigger: sites_short, above: 20%}, at_most: 20%}\n"
        "  hospitals:\n"
        "    obligations: [{at: facilities, keeps: 1mo}]\n"
        "    members: facilities\n"
        "    release: {when: {trigger: days_of_cover, below: 3d, of: each}}\n"
        "parties:\n"
        "  kenya: {kind: country, sites: [clinic-a, clinic-b]}\n"
        "  uganda: {kind: country, sites: [clinic-c]}\n",
    ),
    "use-levels": Page(
        "Use levels", "How facilities stretch what they have: contingency and crisis use.", ("use_levels",),
        "products:\n  saline-bag: {uses: {urgent: 60%, elective: 40%}}\n"
        "use_levels:\n"
        "  - at: facilities\n"
        "    contingency: {below: 14d, saves: {elective: 50%, urgent: 10%}, comes_back: {elective: 80%, urgent: 0%}}\n"
        "    crisis: {below: 5d, saves: 60%, after: 2d}\n",
    ),
    "rationing": Page(
        "Rationing", "Sources that give customers a share of what is usual, so that goods last.", ("rationing",),
        "rationing:\n"
        "  - {at: store, review: 7d, contract: 60%, restart: {first: contract, at_most: 110%}}\n"
        "  - {at: maker, after: 3d, new_customers: none}\n",
    ),
    "hoarding": Page(
        "Hoarding and buying ahead", "What buyers and families do who fear that there will be less.",
        ("hoarding", "buying_ahead"),
        "hoarding:\n"
        "  - {at: facilities, below: 80%, at_most: 1.5, memory: 14d}\n"
        "buying_ahead:\n"
        "  - {at: facilities, when: {trigger: announced}, families: {times: 1.3, for: 10d, paid_back_in: 8w}}\n",
    ),
    "disruptions": Page(
        "Disruptions",
        "What happens, in a list; each entry is of one of the [kinds](../kinds.md), with its fields. `name` "
        "tells entries "
        "apart.",
        ("disruptions",),
        "disruptions:\n"
        "  - {kind: export_ban, name: ban, country: IN, from: 2024-02-15, for: 10w, notice: 7d, expected: 30d}\n"
        "  - {kind: demand_surge, name: outbreak, at: inland, from: 2024-03-01, until: 2024-04-15, factor: 1.6}\n",
    ),
    "alarms": Page(
        "Alarms",
        "What warns of a shortage before it is there: each watches some sites, rises on a condition, and is scored. "
        "Each entry is of one of the [kinds](../kinds.md#alarms), with its fields.",
        ("alarms",),
        "parties:\n"
        "  kenya: {kind: country, sites: {country: KE}}\n"
        "alarms:\n"
        "  - {alarm: falling_cover, name: stock runs down, by: kenya, days: 21d, below: 30d, ahead: 45d}\n"
        "  - {alarm: lead_time_cusum, name: ships late, at: store, scatter: 20%, clears_after: 14d}\n"
        "reserves:\n"
        "  national: {release: {when: {trigger: alarm, name: stock runs down}}}\n",
    ),
    "decisions": Page(
        "Decisions",
        "What parties do during the run: each on a condition, after a delay, for a time. Each entry is of one of "
        "the [kinds](../kinds.md#decisions), with its fields.",
        ("decisions",),
        "parties:\n"
        "  kenya: {kind: country, sites: {country: KE}}\n"
        "decisions:\n"
        "  - {decision: emergency_order, name: flights, by: kenya, after: 5d, at: store,\n"
        "     when: {trigger: days_of_cover, below: 10d, of: any}, source: maker, amount: 14d}\n"
        "  - {decision: change_allocation, by: kenya, for: 30d, to: [{rule: priority_tiers, at: store}],\n"
        "     when: {trigger: any_of, conditions: [{trigger: announced}, {trigger: sites_short, above: 20%}]}}\n",
    ),
    "exercise": Page(
        "Exercise",
        "A tabletop exercise: who sits at the table with whose information, what each may decide, how time goes, and "
        "the list of injects. Plain runs take no notice of it. [How it is played](../../exercise-session.md).",
        ("exercise",),
        "parties:\n"
        "  kenya: {kind: country, sites: {country: KE}}\n"
        "decisions:\n"
        "  - {decision: release_reserve, name: open it, by: kenya, reserve: national, when: {trigger: chosen}}\n"
        "exercise:\n"
        "  roles:\n"
        "    ministry: {title: Ministry of health, party: kenya, decides: [open it]}\n"
        "  turn: 7d\n"
        "  minutes: 90\n"
        "  zone: Africa/Nairobi\n"
        "  objectives: {reserve: Know who opens the reserve}\n",
    ),
    "hazards": Page(
        "Hazards", "What may go wrong by chance: drawn anew in every replication, alike under all strategies.",
        ("hazards", "hazard_sets", "active_hazards"),
        "hazards:\n"
        "  breakdown:\n"
        "    disruption: {kind: site_outage, at: maker, capacity: \"uniform(0%, 40%)\"}\n"
        "    happens: {process: arrivals, a_year: 1.5}\n"
        "    lasts: lognormal(20d, 8d)\n"
        "hazard_sets: {usual: [breakdown]}\n"
        "active_hazards: usual\n",
    ),
    "uncertain": Page(
        "Uncertain figures, evidence and sources",
        "What is known of a figure that is not known, and what figures rest on.",
        ("uncertain", "correlated", "evidence", "sources"),
        "uncertain:\n"
        "  disruptions.ban.for: triangular(30d, 75d, 150d)\n"
        "  suppliers.maker.makes.saline-bag.capacity: uniform(330, 480)\n"
        "correlated: [{paths: [disruptions.ban.for, suppliers.maker.makes.saline-bag.capacity], rho: -0.3}]\n"
        "evidence:\n"
        "  demand.0.per_day: {source: survey, status: derived, note: mean of twelve months}\n"
        "sources:\n"
        "  survey: {title: Issues of the regional store, url: https://example.org/issues, read: 2024-05-02}\n",
    ),
    "observed": Page(
        "What was observed",
        "Series from tables that a replay is held against; a run does not read them. Each says what it is (`is`) and "
        "which figure of a run it is held against (`model`): [the observation models](../kinds.md#observation-models), "
        "and [how a replay works](../../replay.md). Rows are joined on their dates; a point outside of the run is an "
        "error.",
        ("observed",),
        "observed:\n"
        "  - {name: low, title: Clinics with less than a week of stock, is: share, of: asked, file: observed.csv,\n"
        "     model: share_of_sites, cover_below: 7d, held_out: 2024-03-01, source: survey, quality: official}\n"
        "sources:\n"
        "  survey: {title: Monthly survey of clinics}\n",
    ),
    "counterfactuals": Page(
        "What might have been decided",
        "`counterfactuals` are overlays, as strategies are, that ask what would have been if it had been decided "
        "otherwise; `responses` say what becomes of what was typed in by its dates, and would have answered the "
        "change. [What if](../../what-if.md) sets them beside what was done. `attribution`, at the top of the file, "
        "says what reviewers put the shortage down to, for the timeline and the [review](../../review.md).",
        ("attribution", "counterfactuals", "responses"),
        "attribution: Most of it was the ban; that it was felt for so long, that orders were reviewed once a month.\n"
        "counterfactuals:\n"
        "  larger: {title: A reserve twice as large, why: It had been asked for, cost: 5000,\n"
        "    changes: {reserves.national.size: 40d}}\n"
        "responses:\n"
        "  ban: {title: The maker's country, typed_in: [disruptions.ban], rule: {disruptions.ban.for: 60d}}\n",
    ),
    "costs": Page(
        "Costs",
        "Rates that turn stock and shortage into money; what a unit costs stands with the product, transport with the "
        "lane. All sums are in the one `currency`, which may also stand at the top of the file, as `currency: EUR`.",
        ("costs",),
        "costs: {currency: EUR, holding_rate: 20%, shortage_cost: 25}\n",
    ),
    "files": Page(
        "Files that build on others, and strategies",
        "`extends` and `network` name other scenario files, `hazard_library` one with hazards; what this file "
        "says is laid "
        "over theirs. `strategies` are named overlays: dotted paths, and what each is under the strategy. `title` is "
        "what pages call one, and `what` says what it is; without, it is shown by its name. More on "
        "[putting a scenario together](../../putting-together.md).",
        ("files",),
        "strategies:\n"
        "  larger:\n"
        "    title: A larger reserve\n"
        "    what: Sixty days of use instead of twenty.\n"
        "    reserves.national.size: 60d\n"
        "  sooner: {title: Larger and sooner, also: larger, reserves.national.release.after: 0d}\n"
        "  told: {\"reserves.national.release.when\": {trigger: announced}}\n",
    ),
    "study": Page(
        "The study file", "Strategies x scenarios x replications, and what is measured. How studies work: "
        "[studies](../../studies.md).", ("study",),
        "study: reserve-size\n"
        "title: How large a reserve?\n"
        "scenarios: [starter.yaml]\n"
        "strategies:\n"
        "  - {name: none, title: No reserve, set: {reserves.national.size: 0d}}\n"
        "  - {name: sixty, title: Sixty days, what: Three times as much as now., set: {reserves.national.size: 60d}}\n"
        "measures: [units_unmet, units_unmet by region, cost]\n"
        "replications: {at_least: 20, at_most: 200, until: {units_unmet: 10%}}\n",
    ),
}  # fmt: skip
