"""Rows of a table that are no entries of their own, but sums or means of the others."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from sim.errors import Problem
from sim.scenario.reading.document import shown_value
from sim.scenario.reading.numerals import readings

SUMS = {
    "total", "totals", "grand total", "sub-total", "subtotal", "sub total", "sum", "sum total", "overall", "all",
    "alle", "gesamt", "gesamtsumme", "summe", "zwischensumme", "insgesamt", "zusammen", "total general",
    "total général",
    "sous-total", "ensemble", "somme", "suma", "total geral", "totale", "totaal", "toplam", "jumlah", "σ", "ʃ",
    "итого", "всего", "المجموع", "الإجمالي", "合计", "总计", "合計", "รวม",
}  # fmt: skip
"""What stands before the sums of columns, in lower case."""
MEANS = {"average", "mean", "median", "mittelwert", "durchschnitt", "mittel", "moyenne", "promedio", "среднее"}
"""What stands before their means."""
MARKS = " :.,;=*-–—()[]"
"""What may stand around such a word."""
WORD = re.compile(
    r"\b(?:(?:grand|sub)?total[es]*|totaal|gesamt|(?:zwischen|gesamt)?summe|insgesamt|somme|suma|jumla|итого|всего)\b"
)
"""A word by which a name may tell that it is one of sums: only where its figures say so, too."""
_MARK = "[" + re.escape(MARKS) + "]*"
SUSPECT = re.compile(rf"^{_MARK}(?:{'|'.join(map(re.escape, SUMS | MEANS))}){_MARK}$|{WORD.pattern}", re.MULTILINE)
"""Either, on a line of its own."""
FEWEST = 3
"""Rows whose sums a row without such a word has to have, to be asked about."""
MOST_ASKED = 20_000
"""Rows of the largest table that is looked through for that."""


class Sums:
    """The rows of sums in a table: `left_out` are their positions, `notes` tell of them, `problems` of what only reads
    like one. In a `local` table a point may stand between thousands.
    """

    def __init__(self, shown: str, columns: Sequence[list[str]], lines: Sequence[int], local: bool) -> None:
        self.shown, self.columns, self.lines, self.local = shown, columns, lines, local
        self.left_out: set[int] = set()
        self.notes: list[Problem] = []
        self.problems: list[Problem] = []
        self._figures: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        candidates, means = self._suspected()
        begin, unsettled = 0, []
        for row in sorted(candidates):
            if self._adds_up(row, candidates[row], begin, row) or self._adds_up(row, candidates[row], 0, row):
                self._leave_out(row, candidates[row])
                begin = row + 1
            else:
                unsettled.append(row)
        for row in unsettled:  # a first row, say, that sums what stands below it
            if self._adds_up(row, candidates[row], 0, len(lines)):
                self._leave_out(row, candidates[row])
            elif self._says_so(row, candidates[row]):
                self._tell(row, candidates[row], "sums, but its figures are not the sums of the others")
        for row, column in means:
            self._tell(row, column, "means, which is no place of its own")
        if not candidates:
            self._ask()

    def _suspected(self) -> tuple[dict[int, int], list[tuple[int, int]]]:
        """Row -> column of the cell that says it may be one of sums; and (row, column) of those of means."""
        found: dict[int, int] = {}
        means = []
        for number, cells in enumerate(self.columns):
            distinct = set(cells)
            if not SUSPECT.search("\n".join(distinct).casefold()):  # as in nearly all, in one go
                continue
            of_sums = {text for text in distinct if _plain(text) in SUMS or WORD.search(text.casefold())}
            of_means = {text for text in distinct if _plain(text) in MEANS}
            for row, text in enumerate(cells):
                if text in of_sums:
                    found.setdefault(row, number)
                elif text in of_means and self._first(row) == number:
                    means.append((row, number))
        return found, means

    def _first(self, row: int) -> int:
        """The column of the first cell of a row that is not empty."""
        return next(number for number, cells in enumerate(self.columns) if cells[row])

    def _says_so(self, row: int, column: int) -> bool:
        """Whether the row begins in this column with a word for sums and nothing else."""
        return self._first(row) == column and _plain(self.columns[column][row]) in SUMS

    def _adds_up(self, row: int, word: int, begin: int, end: int) -> bool:
        """Whether a row's figures, one at least, are the sums of those of the rows from `begin` to before `end`.

        Its figures are all cells behind the word, or those before it where there are none. Rows left out do not count;
        two others do at least, or one where the row says that it is one of sums and nothing else.
        """
        entries = end - begin - sum(1 for other in self.left_out if begin <= other < end) - (begin <= row < end)
        if entries < (1 if self._says_so(row, word) else 2):
            return False
        filled = [number for number, cells in enumerate(self.columns) if cells[row]]
        written = [number for number in filled if number > word] or [number for number in filled if number < word]
        return bool(written) and all(self._is_sum(row, number, begin, end) for number in written)

    def _is_sum(self, row: int, number: int, begin: int, end: int) -> bool:
        if number not in self._figures:
            values = _figures(self.columns[number], self.local)
            self._figures[number] = values, np.concatenate([[0.0], np.cumsum(values)])
        values, total = self._figures[number]
        without = {other for other in self.left_out | {row} if begin <= other < end}
        of_others = total[end] - total[begin] - math.fsum(values[other] for other in without)
        return math.isclose(float(values[row]), float(of_others), rel_tol=1e-9, abs_tol=1e-9)

    def _leave_out(self, row: int, word: int) -> None:
        self.left_out.add(row)
        self.notes.append(self._problem(row, word, "the row of sums is left out"))

    def _tell(self, row: int, word: int, what: str) -> None:
        expected = "this row taken out, or another name for the place"
        self.problems.append(self._problem(row, word, f"this reads like a row of {what}", expected))

    def _problem(self, row: int, column: int, message: str, expected: str | None = None) -> Problem:
        return Problem(self.shown, self.lines[row], message, shown_value(self.columns[column][row]), expected)

    def _ask(self) -> None:
        """Note a last row whose figures are the sums of all above it, though no word says so."""
        last = len(self.lines) - 1
        if not FEWEST <= last < MOST_ASKED:
            return
        first = self._first(last)
        texts = [cells[last] for cells in self.columns[first + 1 :] if cells[last]]
        figures = [_figure(text, self.local) for text in texts]
        if not figures or not all(figure > 0 for figure in figures):  # a name or a date among them
            return
        if self._adds_up(last, first, 0, last):
            message = (
                "the figures of the last row are the sums of all others: take it out, if it is no place of its own"
            )
            self.notes.append(self._problem(last, first, message))


def _plain(text: str) -> str:
    return text.casefold().strip(MARKS)


def _figures(cells: Sequence[str], local: bool) -> np.ndarray:
    """What the cells of a column mean as numbers."""
    if not local:
        try:
            return np.array([text or "0" for text in cells]).astype(np.float64)
        except ValueError:
            pass
    return np.array([_figure(text, local) for text in cells])


def _figure(text: str, local: bool) -> float:
    """What a cell means as a number or percentage, 0 where it is empty, NaN where it is none or may be two."""
    if not text:
        return 0.0
    found = readings(text.removesuffix("%").rstrip(), local)
    return float(found[0]) if len(found) == 1 else math.nan
