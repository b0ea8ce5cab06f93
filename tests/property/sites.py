"""The sites of a random scenario: makers and their materials, ports, facilities."""

from __future__ import annotations

from tests.property.choices import TIMES, Spec, day, maybe
from tests.property.draft import Draft

MORE: list[Spec] = [
    {"when": {"trigger": "announced"}, "after": "2d", "ramp": "5d", "to": "140%", "extra_cost": 2},
    {"when": {"trigger": "days_of_cover", "below": "6d"}, "watching": "facilities", "to": "200%", "stand_down": "4d"},
    {"when": {"trigger": "days_of_cover", "below": "2d"}, "to": "111%"},
]


class Sites(Draft):
    """Makes them one by one."""

    def _keep_by_lot(self, product: Spec) -> None:
        """A shelf life, how lots are issued, and how much life buyers want."""
        c = self.c
        maybe(c, product, "shelf_life", ["3d", "9d", "30d", "2y"])
        maybe(c, product, "trace", [True])
        maybe(c, product, "storage", ["cold"])
        maybe(c, product, "issue", ["first_expired", "first_in", "last_in"])
        if product.get("shelf_life") in ("9d", "30d"):
            maybe(c, product, "minimum_life", ["2d", "6d"])

    def _supplier(self, position: int) -> Spec:
        c = self.c
        made = self.products if position == 0 else [p for p in self.products if c.number(0, 2)] or self.products[:1]
        makes: Spec = {}
        for product in made:
            makes[product] = {}
            if c.number(0, 1):
                makes[product]["capacity"] = c.number(1, 60) if self.exact else c.one([0.5, 7.3, 20, 60, 150])
            maybe(c, makes[product], "finished_stock", [0, 40, 200] if self.exact else [0, 35, "5d", "20d"])
            if not self.exact and c.number(0, 1):
                maybe(c, makes[product], "capacity", ["70%", "130%"])
                if "capacity" in makes[product]:
                    maybe(c, makes[product], "more", [[more] for more in MORE])
            if not self.exact:
                maybe(c, makes[product], "testing", ["2d", "uniform(0d, 6d)"])
                maybe(c, makes[product], "lot_span", ["2d"])
                maybe(c, makes[product], "at_start", ["steady"])
        spec = {"country": c.one(["IN", "CN"]), "makes": makes}
        if not self.exact:
            maybe(c, spec, "ramp_up", ["4d", "10d"])
        return spec

    def _add_materials(self, spec: Spec) -> None:
        """One or two materials, made by makers of their own; the second may also go into the first."""
        c = self.c
        self.materials = [f"m{k}" for k in range(1, c.number(1, 2) + 1)]
        for material in self.materials:
            spec["products"][material] = {"unit": "kg"}
            self._keep_by_lot(spec["products"][material])
        for product in [p for s in self.suppliers for p in self.makes[s]]:
            for supplier in self.suppliers:
                if product in self.makes[supplier] and c.number(0, 1):
                    makes = spec["suppliers"][supplier]["makes"][product]
                    self._made_from(makes, self.materials, spec["products"][product])
        for k, material in enumerate(self.materials, 1):
            makes: Spec = {}
            maybe(c, makes, "capacity", [3, 25.5])
            maybe(c, makes, "finished_stock", [30, "6d"])
            if k == 1 and len(self.materials) > 1 and c.number(0, 1):
                self._made_from(makes, self.materials[1:], spec["products"][material])
            for supplier in self.suppliers:  # who takes it may make it too, as a stage of his own
                if any(material in m.get("from", {}) for m in spec["suppliers"][supplier]["makes"].values()):
                    maybe(c, spec["suppliers"][supplier]["makes"], material, [dict(makes)])
            for site in (f"x{k}", f"y{k}")[: c.number(1, 2)]:
                spec["suppliers"][site] = {"country": c.one(["IN", "CN"]), "makes": {material: dict(makes)}}
                self.makes[site] = [material]

    def _made_from(self, makes: Spec, materials: list[str], product: Spec) -> None:
        c = self.c
        makes["from"] = {m: c.one([0.25, 1, 2.7, 0.01]) for m in materials if c.number(0, 2)} or {materials[0]: 0.5}
        maybe(c, makes, "yield", ["80%", "95%"])
        if product.get("shelf_life") != "3d":
            maybe(c, makes, "takes", ["2d", "uniform(0d, 4d)"])

    def _port(self, position: int) -> Spec:
        c = self.c
        port: Spec = {"country": ["KE", "IN"][position]}
        kind = c.number(0, 2 if self.exact else 3)
        if kind == 3:
            port |= {"berths": c.number(1, 3), "berth_time": c.one(["6h", "exponential(1d)", "uniform(0d, 2d)"])}
            maybe(c, port, "yard", [12, 60])
            if not c.number(0, 2):
                port["berths_by_side"] = {"imports": port.pop("berths"), "exports": c.number(1, 2)}
        elif kind == 1:
            port["handling"] = c.one([15, 40, 200] if self.exact else [9.7, 40, 200])
        elif kind == 2:
            port["handling_by_side"] = {"imports": c.one([20, 100]), "exports": c.one([20, 100])}
        maybe(c, port, "clearance", TIMES)
        maybe(c, port, "export_clearance", TIMES)
        if not self.exact:
            maybe(c, port, "priority_lane", [["vital"], ["p1", "essential"]])
            maybe(
                c,
                port,
                "holds",
                [[{"share": "30%", "for": "lognormal(5d, 2d)"}, {"share": "50%", "for": "1d", "products": ["p1"]}]],
            )
        return port

    def _convoy(self) -> Spec:
        c = self.c
        convoy: Spec = {"traffic": 20} | c.one([{"at": ["4h"]}, {"at": ["1h", "13h"]}, {"at": ["30h"], "every": "2d"}])
        convoy["ships"] = c.one([41, 90])
        maybe(c, convoy, "limit", ["5h"])
        return convoy

    def _facility(self, position: int) -> Spec:
        c = self.c
        priority = position if self.exact else c.number(1, 3)
        site = {"country": c.one(["KE", "UG"]), "region": c.one(["north", "south"]), "priority": priority}
        if not self.exact and not c.number(0, 6):
            site |= c.one(
                [{"opens": day(8), "stocks_up": "2d"}, {"closes": day(12)}, {"opens": day(-3), "closes": day(9)}]
            )
        return site if self.exact else site | {"population": c.one([80, 2000])}
