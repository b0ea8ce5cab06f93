"""The answers of a study as an Excel workbook."""

from __future__ import annotations

from sim.output.workbook import frame_table, workbook
from sim.study.run.run import ANSWERS, StudyResult


def study_workbook(result: StudyResult) -> bytes:
    """Every table of answers that has rows, a sheet each."""
    tables = ((name, getattr(result, name)) for name in ANSWERS)
    return workbook(frame_table(name, table) for name, table in tables if not table.empty)
