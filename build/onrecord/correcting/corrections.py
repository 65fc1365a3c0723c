"""Reviewed decisions kept as data: what to drop, add, change or merge, why, and what each expects to find.

Corrections stand in ``corrections.csv`` beside the articles they are about. A line finds its row by words,
the article's name and the exact text with the number of its occurrence, so it holds when ids change. A line
that matches nothing, or something other than it expects, fails the build with its file and line. The method
is owid/etl's: corrections as data, each with a reason and a guard.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from onrecord.errors import CorrectionError
from onrecord.plainfile import read_rows

__all__ = [
    "COLUMNS",
    "KINDS",
    "NOTHING",
    "Correction",
    "Corrections",
    "Found",
    "Kind",
    "load_corrections",
    "parse_pairs",
    "write_pairs",
]

FILE = "corrections.csv"
COLUMNS = ("date", "action", "table", "source", "text", "occurrence", "expects", "value", "reason")
PAIR = " | "
"""Between the ``field: value`` pairs of one cell."""
NOTHING = "-"
"""Stands for null in a pair."""
_BAR = re.compile(r"(\\*)\|")
"""A bar in a value, which could part pairs: it is written with one backslash more, and read with one less."""

Found = Literal["words", "name", "either"]
"""How a line finds its row: by words of an article; by its name or label; or by either, words being those of
a mention."""
_COUNT = re.compile(r"[1-9][0-9]{0,8}|")


@dataclass(frozen=True, slots=True)
class Correction:
    """A reviewed decision. ``place`` is its file and line; ``source`` is empty where it is about no one
    article; ``expects`` and ``value`` are pairs of a field and what it holds."""

    place: str
    date: str
    action: str
    table: str
    source: str
    text: str
    occurrence: int
    expects: tuple[tuple[str, str | None], ...]
    value: tuple[tuple[str, str | None], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be done to the rows of a table, and the fields a line can name.

    ``free`` are fields whose present value need not be expected, as the words that find the row tell it:
    where its border is, whom a mention means. Of an event or entity that is found by words these are all.
    """

    actions: tuple[str, ...]
    fields: tuple[str, ...]
    needed: tuple[str, ...]
    found: Found
    free: tuple[str, ...] = ()


_ROW = ("drop", "add", "change", "confirm")
KINDS: Mapping[str, Kind] = {
    "entity_mentions": Kind(
        _ROW, ("entity", "form", "type", "text"), ("entity",), "words", ("text", "entity")
    ),
    "dates": Kind(_ROW, ("kind", "value", "anchor", "text"), ("kind", "value"), "words", ("text",)),
    "claims": Kind(
        _ROW,
        ("content", "speaker", "cue", "quote_type", "kind", "hops", "certainty", "polarity", "time"),
        ("quote_type",),
        "words",
        ("content",),
    ),
    "event_mentions": Kind(
        _ROW,
        ("event", "certainty", "polarity", "time", "date", "participants", "text"),
        (),
        "words",
        ("text",),
    ),
    "claim_relations": Kind(
        ("drop", "add"),
        ("relation", "other_source", "other_text", "basis"),
        ("relation", "other_source", "other_text"),
        "words",
    ),
    "entities": Kind(("change", "merge"), ("name", "type", "wikidata", "into"), (), "either"),
    "events": Kind(("change",), ("label", "type", "status", "date"), (), "either"),
}
"""Tables that can be corrected. All others follow from these."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections of a build, in the order of their files and lines."""

    lines: tuple[Correction, ...] = ()

    @property
    def sha256(self) -> str:
        """A hash of what the corrections say, whatever the folders they were read from are called."""
        digest = hashlib.sha256()
        for line in self.lines:
            said = (line.date, line.action, line.table, line.source, line.text, str(line.occurrence))
            for part in (*said, write_pairs(line.expects), write_pairs(line.value), line.reason):
                data = (part or "").encode()
                digest.update(len(data).to_bytes(8, "big"))
                digest.update(data)
        return digest.hexdigest()

    def of_article(self, name: str) -> tuple[Correction, ...]:
        """The lines about the rows of one article."""
        across = ("claim_relations", "entities", "events")
        return tuple(line for line in self.lines if line.source == name and line.table not in across)

    def of_table(self, table: str) -> tuple[Correction, ...]:
        """The lines about one table, whatever the article."""
        return tuple(line for line in self.lines if line.table == table)

    def require_articles(self, names: Iterable[str]) -> None:
        """Raise CorrectionError for a line about an article that is not among ``names``."""
        held = set(names)
        for line in self.lines:
            sources = {
                line.source,
                dict(line.value).get("other_source"),
                dict(line.expects).get("other_source"),
            }
            for source in sorted(sources - {None, ""} - held, key=str):
                raise CorrectionError(f"{line.place}: there is no article {source!r} in this build")


def load_corrections(paths: Iterable[Path]) -> Corrections:
    """The ``corrections.csv`` of each folder given.

    Raises CorrectionError naming file and line where a line cannot be understood, InputError where a file
    cannot be read as CSV.
    """
    files = sorted({path / FILE for path in paths if path.is_dir() and os.path.lexists(path / FILE)})
    return Corrections(tuple(line for file in files for line in _read_file(file)))


def _read_file(file: Path) -> Iterator[Correction]:
    rows = read_rows(file)
    _, header = next(rows, (1, []))
    if sorted(header) != sorted(COLUMNS):
        raise CorrectionError(f"{file}: the first line must name these columns: {', '.join(COLUMNS)}")
    for number, cells in rows:
        place = f"{file}, line {number}"
        if len(cells) > len(header):
            raise CorrectionError(f"{place}: more cells than columns; put quotes around text with commas")
        yield _read_line(place, dict(zip_longest(header, cells, fillvalue="")))


def _read_line(place: str, row: Mapping[str, str]) -> Correction:
    kind = KINDS.get(row["table"])
    if kind is None:
        raise CorrectionError(f"{place}: {row['table']!r} cannot be corrected; tables: {', '.join(KINDS)}")
    if row["action"] not in kind.actions:
        raise CorrectionError(
            f"{place}: {row['action']!r} is no action for {row['table']}; actions: {', '.join(kind.actions)}"
        )
    _require_day(place, row["date"])
    if not row["reason"].strip():
        raise CorrectionError(f"{place}: the reason is missing")
    if not row["text"]:
        raise CorrectionError(f"{place}: the text that finds the row is missing")
    if kind.found == "words" and not row["source"]:
        raise CorrectionError(f"{place}: source: a line about {row['table']} needs the article's name")
    if not _COUNT.fullmatch(row["occurrence"]):
        raise CorrectionError(f"{place}: occurrence is {row['occurrence']!r}; give 1 for the first, 2, ...")
    line = Correction(
        place,
        row["date"],
        row["action"],
        row["table"],
        row["source"],
        row["text"],
        int(row["occurrence"] or 1),
        parse_pairs(place, row["expects"]),
        parse_pairs(place, row["value"]),
        row["reason"],
    )
    _require_fields(line, kind)
    return line


def _require_day(place: str, text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise CorrectionError(f"{place}: date is {text!r}; write it as 2026-04-29") from None


def _require_fields(line: Correction, kind: Kind) -> None:
    for name, _ in (*line.expects, *line.value):
        if name not in kind.fields:
            raise CorrectionError(
                f"{line.place}: {name!r} is no field of {line.table}; fields: {', '.join(kind.fields)}"
            )
    expects, value = {name for name, _ in line.expects}, {name for name, _ in line.value}
    if line.action in ("drop", "confirm") and value:
        raise CorrectionError(
            f"{line.place}: a {line.action} has no value; put what must be found under expects"
        )
    if line.action == "add" and expects:
        raise CorrectionError(f"{line.place}: an add expects that there is no such row; leave expects empty")
    if line.action in ("change", "merge") and not value:
        raise CorrectionError(f"{line.place}: the new value is missing")
    if line.action == "add" and "text" in value:
        raise CorrectionError(f"{line.place}: the words of a new row stand in the column text, not in value")
    free = kind.fields if kind.found == "either" and line.source else kind.free
    if line.action == "change" and (lacking := sorted(value - expects - {*free})):
        missing = ", ".join(lacking)
        raise CorrectionError(f"{line.place}: expects must tell the present value of {missing}")
    if line.action == "merge" and value != {"into"}:
        raise CorrectionError(f"{line.place}: a merge has the value 'into: ' and a name")
    told = value if line.action == "add" else expects if line.table == "claim_relations" else set(kind.needed)
    if line.action in ("add", "drop") and (lacking := sorted(set(kind.needed) - told)):
        raise CorrectionError(f"{line.place}: {line.action} in {line.table} needs {', '.join(lacking)}")


def parse_pairs(place: str, cell: str) -> tuple[tuple[str, str | None], ...]:
    """The pairs of one cell; ``-`` is null.

    >>> parse_pairs("corrections.csv, line 2", "speaker: One aide | cue: -")
    (('speaker', 'One aide'), ('cue', None))
    """
    pairs: list[tuple[str, str | None]] = []
    for part in cell.split(PAIR) if cell else ():
        name, colon, value = part.partition(": ")
        if not colon or not value or name in dict(pairs):
            raise CorrectionError(
                f"{place}: {part!r} must be 'field: value', each field once, parted by ' | '"
            )
        plain = _BAR.sub(lambda bar: f"{bar[1][1:]}|", value)
        pairs.append((name, None if value == NOTHING else plain))
    return tuple(pairs)


def write_pairs(pairs: Iterable[tuple[str, str | None]]) -> str:
    """The cell that ``parse_pairs`` reads.

    >>> write_pairs((("speaker", "One aide"), ("cue", None)))
    'speaker: One aide | cue: -'
    """
    return PAIR.join(f"{name}: {NOTHING if value is None else _escape(value)}" for name, value in pairs)


def _escape(value: str) -> str:
    return _BAR.sub(lambda bar: f"{bar[1]}\\|", value)
