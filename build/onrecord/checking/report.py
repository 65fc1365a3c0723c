"""What a check found: problems as typed records, collected without end or limit on their kind."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["CODES", "SHOWN", "Problem", "Problems", "Report"]

SHOWN = 50
"""Rows told one by one of each code, table and field; of more, only the number is told."""

CODES: Mapping[str, str] = MappingProxyType(
    {
        "descriptor": "datapackage.json is missing, unreadable or not a data package",
        "resource": "a resource is missing, unknown, told twice or not what this version writes",
        "path": "a resource's path leaves the package or is not a path",
        "file-missing": "a file that the descriptor names is not there",
        "bytes": "a file's size is not the declared one",
        "hash": "a file's SHA-256 is not the declared one",
        "schema": "the descriptor's schema of a table is not the one of this version",
        "unreadable": "a file cannot be read as what it should be",
        "column": "a column is missing, unknown or in another place",
        "type": "a column or cell is not of the column's type",
        "required": "a null where a value is required",
        "empty": "an empty text, which CSV cannot tell from null",
        "enum": "a value that is not among the allowed ones",
        "pattern": "a value that is not of the form its column asks for",
        "range": "a number that is too small, too large or not finite",
        "primary-key": "a second row with the same key",
        "foreign-key": "a reference to a row that does not exist",
        "csv-differs": "CSV and Parquet do not hold the same",
        "span": "offsets that are not in the source, or a text that is not as long as they say",
        "source": "rows that belong together stand in different sources",
        "claim-cover": "a claim's text, start and end are not those of its content spans",
        "unsorted": "rows that do not stand in the order of their key",
        "id": "an id that is not made of what its row holds",
        "order": "numbers that should run 1, 2, ... in order of the text do not",
        "speaker": "a claim's speaker or cue is not what its spans say",
        "voice": "a claim, its spans and its chain of voices do not say the same",
        "inside": "what is tied to a claim or an entity does not stand in its words, or is not tied to it",
        "repeat": "what a row repeats of others is not what they say",
        "unused": "an origin that no claim and no source comes from",
        "activity": "what made the rows is not told, or not as onrecord tells it",
        "pair": "a column is null without the one that goes with it, or the other way round",
        "day": "a day is not the one that the text beside it names",
        "relation": "a row is related to itself, or a pair is told with the larger id first",
        "count": "a count or summary is not what the rows it counts add up to",
        "merged": "a merged id points at no row, or is the id of one",
        "source-id": "a source's id is not made from its hash and publisher",
        "article-missing": "no article was given for a source, so its rows cannot be proved",
        "article-changed": "the article given for a source is not the text that the offsets count in",
        "article-differs": "what a row of sources says of its article is not what that says",
        "block": "the words do not stand in that part of the page",
        "ungrounded": "the article does not hold the row's text at its offsets",
    }
)
"""Every code a problem can have, and what it means."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. ``row`` counts the table's rows from 1, without the header; null is "the whole of it"."""

    code: str
    table: str | None
    row: int | None
    field: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What ``onrecord.checking.check.validate`` found.

    ``tables`` gives the rows read of each table; ``spans`` the rows whose text was compared with the
    articles', null where no articles were given.
    """

    problems: tuple[Problem, ...]
    tables: Mapping[str, int]
    spans: int | None = None

    @property
    def valid(self) -> bool:
        """Whether nothing was found."""
        return not self.problems

    def flatten(self, *names: str) -> list[tuple[object, ...]]:
        """The problems as tuples of the named fields; without names, of code, table, row and field.

        >>> Report((Problem("enum", "claims", 3, "polarity", "..."),), {}).flatten("code", "row")
        [('enum', 3)]
        """
        chosen = names or ("code", "table", "row", "field")
        return [tuple(getattr(problem, name) for name in chosen) for problem in self.problems]


class Problems:
    """Collects problems in the order they are found, at most ``SHOWN`` rows of each kind."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._counts: Counter[tuple[str, str | None, str | None]] = Counter()

    def add(self, code: str, table: str | None, row: int | None, field: str | None, message: str) -> None:
        """Take one problem; KeyError for a code that is not in ``CODES``."""
        if code not in CODES:
            raise KeyError(code)
        kind = (code, table, field)
        self._counts[kind] += 1
        if self._counts[kind] <= SHOWN:
            self._found.append(Problem(code, table, row, field, message))

    def add_rows(
        self,
        code: str,
        table: str,
        rows: Iterable[int],
        field: str | None,
        message: str | Callable[[int], str],
    ) -> None:
        """Take one problem for each of ``rows``, counted from 0; a ``message`` may depend on the row."""
        kind = (code, table, field)
        for row in rows:
            if self._counts[kind] >= SHOWN:
                told = ""
            elif isinstance(message, str):
                told = message
            else:
                told = message(row)
            self.add(code, table, row + 1, field, told)

    def found(self) -> tuple[Problem, ...]:
        """All that was taken, and at the end how many rows of each kind were not told one by one."""
        rest = [
            Problem(code, table, None, field, f"and {count - SHOWN:,} more rows like the {SHOWN} told above")
            for (code, table, field), count in self._counts.items()
            if count > SHOWN
        ]
        return (*self._found, *rest)
