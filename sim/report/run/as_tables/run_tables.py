"""What a finished run shows as tables, each made when it is first asked for, and which of them its folder keeps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from sim.engine.run import Outcome

if TYPE_CHECKING:
    import pandas as pd


class RunTables:
    """The tables of a run's `outcome`, as properties by name; which columns each has stands in `sim.output.columns`."""

    outcome: Outcome

    @cached_property
    def daily(self) -> pd.DataFrame:
        """One row per day, site and product; see `tables.daily_table`."""
        from sim.report.run.as_tables.tables import daily_table

        return daily_table(self.outcome)

    @property
    def events(self) -> pd.DataFrame:
        """The journal: one row per event, in order of day."""
        return self.outcome.journal

    @cached_property
    def sites(self) -> pd.DataFrame:
        """One row per facility and product: how long it was out of it; see `tables.sites_table`."""
        from sim.report.run.as_tables.tables import sites_table

        return sites_table(self.outcome)

    @cached_property
    def short(self) -> pd.DataFrame:
        """How many facilities were short on each day; see `tables.short_table`."""
        from sim.report.run.as_tables.tables import short_table

        return short_table(self.outcome)

    @cached_property
    def ports(self) -> pd.DataFrame:
        """One row per day and side of a port."""
        from sim.report.run.as_tables.tables import ports_table

        return ports_table(self.outcome)

    @cached_property
    def passages(self) -> pd.DataFrame:
        """One row per day and passage before which vessels queue."""
        from sim.report.run.as_tables.tables import passages_table

        return passages_table(self.outcome)

    @cached_property
    def rations(self) -> pd.DataFrame:
        """Who dealt out what share, and on what expectation; see `tables.rations_table`."""
        from sim.report.run.as_tables.tables import rations_table

        return rations_table(self.outcome)

    @cached_property
    def transfers(self) -> pd.DataFrame:
        """What sites gave each other; see `transfer_tables.transfers_table`."""
        from sim.report.run.as_tables.transfer_tables import transfers_table

        return transfers_table(self.outcome)

    @cached_property
    def loans(self) -> pd.DataFrame:
        """What sites lent each other, and reserves parties; see `transfer_tables.loans_table`."""
        from sim.report.run.as_tables.transfer_tables import loans_table

        return loans_table(self.outcome)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """Whose reserves are, day by day; see `claim_tables.claims_table`."""
        from sim.report.run.as_tables.claim_tables import claims_table

        return claims_table(self.outcome)

    @cached_property
    def alarms(self) -> pd.DataFrame:
        """What warned of shortages, and what came of it; see `alarm_tables.alarms_table`."""
        from sim.report.run.as_tables.alarm_tables import alarms_table

        return alarms_table(self.outcome)

    @cached_property
    def trust(self) -> pd.DataFrame:
        """What became of trust between parties; see `trust_table.trust_table`."""
        from sim.report.run.as_tables.trust_table import trust_table

        return trust_table(self.outcome)

    @cached_property
    def decisions(self) -> pd.DataFrame:
        """What parties decided; see `tables.decisions_table`."""
        from sim.report.run.as_tables.tables import decisions_table

        return decisions_table(self.outcome)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """How sources were scored by buyers who share out orders by that; see `tables.scores_table`."""
        from sim.report.run.as_tables.tables import scores_table

        return scores_table(self.outcome)

    @cached_property
    def sharings(self) -> pd.DataFrame:
        """What every sharing-out of scarce goods saw and gave; see `sharings.sharings_table`.

        Raises ValueError where the run did not keep them (`sharings=True`).
        """
        from sim.report.run.as_tables.sharings import sharings_table

        return sharings_table(self.outcome)

    @cached_property
    def performance(self) -> pd.DataFrame:
        """How sources served each party; see `performance.performance_table`."""
        from sim.report.run.as_tables.performance import performance_table

        return performance_table(self.outcome)

    @cached_property
    def forecasts(self) -> pd.DataFrame:
        """How far forecasts of demand were off; see `forecasts.forecasts_table`."""
        from sim.report.run.as_tables.forecasts import forecasts_table

        return forecasts_table(self.outcome)

    @cached_property
    def lots(self) -> pd.DataFrame:
        """One row per lot; see `tables.lots_table`. Raises ValueError where nothing is kept by lot."""
        from sim.report.run.as_tables.tables import lots_table

        return lots_table(self.outcome)

    def trace(self, lot: int) -> pd.DataFrame:
        """Where a lot went, from the journal (of detail "full"); raises ValueError for a lot that is not there."""
        from sim.report.run.as_tables.tables import trace_table

        return trace_table(self.outcome, lot)

    def made_of(self, lot: int) -> pd.DataFrame:
        """What a lot was made of, over all stages; see `tables.made_of_table`."""
        from sim.report.run.as_tables.tables import made_of_table

        return made_of_table(self.outcome, lot)

    def went_into(self, lot: int) -> pd.DataFrame:
        """What was made of a lot, over all stages; see `tables.went_into_table`."""
        from sim.report.run.as_tables.tables import went_into_table

        return went_into_table(self.outcome, lot)

    def kept(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """The tables that a run's folder keeps beside metrics and days, by name: those of what the scenario has."""
        outcome = self.outcome
        yield "sites", self.sites
        yield "short", self.short
        yield "events", self.events
        if outcome.lots is not None:
            yield "lots", self.lots
            if len(outcome.lots.links[0]):
                from sim.report.run.as_tables.tables import genealogy_table

                yield "genealogy", genealogy_table(outcome)
        if len(outcome.plan.network.gates):
            yield "ports", self.ports
        if outcome.record.queues:
            yield "passages", self.passages
        if outcome.rations is not None:
            yield "rations", self.rations
        if outcome.transfers is not None:
            yield "transfers", self.transfers
        if outcome.any_loans:
            yield "loans", self.loans
        if outcome.claims:
            yield "claims", self.claims
        if outcome.plan.alarms:
            yield "alarms", self.alarms
        if outcome.trust is not None:
            yield "trust", self.trust
        if outcome.plan.decisions:
            yield "decisions", self.decisions
        if outcome.scores is not None:
            yield "scores", self.scores
        if outcome.sharings is not None:
            yield "sharings", self.sharings
        if outcome.plan.network.parties and len(self.performance):
            yield "performance", self.performance
        if outcome.forecast_errors is not None:
            yield "forecasts", self.forecasts
