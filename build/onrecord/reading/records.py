"""Tables and lists of articles: CSV with a column of texts, and JSON as other tools write it."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from onrecord.reading.fields import find_field, find_name
from onrecord.reading.inputs import (
    Found,
    Raw,
    is_writable_name,
    refuse,
    refuse_large,
    refuse_unreadable,
    tell_unknown,
)

__all__ = ["read_csv", "read_json", "read_tsv"]

LARGEST = 10
"""Articles of the largest size that a list in JSON may be long; longer ones are better JSON lines."""

_LISTS = ("articles", "@graph")
"""Keys under which newsapi and GDELT, and JSON-LD, list what they hold."""


def read_csv(name: str, file: BinaryIO, max_bytes: int, delimiter: str = ",") -> Iterator[Found]:
    """The rows of a CSV file whose header names a column of texts; ``where`` is the line of a row.

    Other columns are what is known of the articles, by the names of JSON lines or of other tools.
    """
    rows = csv.reader(_lines(file, max_bytes), delimiter=delimiter, strict=True)
    line, number = 0, 0
    try:
        header = _next_row(rows, max_bytes)
        line = rows.line_num
        if isinstance(header, str) or header is None:
            yield refuse(name, "empty" if header is None else "row", header or "holds no rows")
            return
        known = [column for column in header if find_field(column)]
        if not any(find_field(column) == "text" for column in known):
            message = "has no column of texts; call it text, or fetch pages by their url: onrecord fetch"
            yield refuse(name, "missing-text", message)
            return
        if len(set(header)) < len(header):
            yield refuse(f"{name}:1", "row", "the header has a column twice; keep one")
            return
        yield from tell_unknown(name, 1, "columns", set(header) - set(known))
        while (cells := _next_row(rows, max_bytes)) is not None:
            where, line = f"{name}:{line + 1}", rows.line_num
            if isinstance(cells, str):
                yield refuse(where, "row", f"{cells}; the rest was not read")
                return
            if cells:
                number += 1
                yield _take_cells(header, cells, where, max_bytes)
    except UnicodeDecodeError:
        yield refuse(f"{name}:{line + 1}", "encoding", "is not UTF-8; save the file as UTF-8 and build again")
    except (OSError, EOFError) as error:
        yield refuse_unreadable(f"{name}:{line + 1}", error)
    else:
        if not number:
            yield refuse(name, "empty", "holds no rows; give one row an article")


def read_tsv(name: str, file: BinaryIO, max_bytes: int) -> Iterator[Found]:
    """As CSV, with tabs between the cells."""
    yield from read_csv(name, file, max_bytes, "\t")


def _lines(file: BinaryIO, max_bytes: int) -> Iterator[str]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        while line := text.readline(max_bytes + 1):
            if len(line) > max_bytes:
                raise csv.Error(f"a line of more than {max_bytes} characters")
            yield line
    finally:
        text.detach()


def _next_row(rows: Iterator[list[str]], limit: int) -> list[str] | str | None:
    """The next row, null at the end; in words what is wrong with it."""
    before = csv.field_size_limit(limit)
    try:
        return next(rows, None)
    except csv.Error as error:
        return f"is not CSV ({error})"
    finally:
        csv.field_size_limit(before)


def _take_cells(header: list[str], cells: list[str], where: str, max_bytes: int) -> Found:
    if len(cells) != len(header):
        return refuse(where, "row", f"has {len(cells)} cells, but the header has {len(header)}; mend the row")
    record = {column: cell for column, cell in zip(header, cells, strict=True) if cell and find_field(column)}
    return _take_record(record, where, max_bytes)


def read_json(name: str, file: BinaryIO, max_bytes: int) -> Iterator[Found]:
    """The article in a JSON file, or the articles where it is a list of objects, or an object that holds one.

    Of JSON-LD the parts with words are taken: pages and organizations stand beside the article there.
    """
    data = file.read(LARGEST * max_bytes + 1)
    if len(data) > LARGEST * max_bytes:
        yield refuse_large(name, LARGEST * max_bytes)
        return
    try:
        told: object = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        yield refuse(name, "json", "is nested too deeply; give one flat JSON object an article")
        return
    except ValueError as error:
        yield refuse(name, "json", f"is not JSON in UTF-8 ({error}); mend it")
        return
    parts = _find_parts(told)
    if parts is None:
        yield Raw(find_id(told) or name, "json", data.removeprefix(b"\xef\xbb\xbf"), name)
    for number, part in enumerate(parts or (), 1):
        where = f"{name}:{number}"
        if isinstance(part, dict):
            yield _take_record(part, where, max_bytes)
        else:
            yield refuse(where, "json", "is not a JSON object; give one object an article")
    if parts is not None and not parts:
        yield refuse(name, "empty", "holds no articles")


def _find_parts(told: object) -> list[object] | None:
    """The list that holds the articles; null for one article by itself."""
    if isinstance(told, list):
        return told
    if isinstance(told, dict) and not any(find_field(key) == "text" for key in told):
        for key in _LISTS:
            held = told.get(key)
            if isinstance(held, list):
                return [part for part in held if key != "@graph" or _has_words(part)]
    return None


def _has_words(part: object) -> bool:
    return isinstance(part, dict) and any(find_field(key) == "text" for key in part)


def find_id(record: object) -> str | None:
    """The name that a record gives itself; null for one that has none, or none that can be written down."""
    name = find_name(record) if isinstance(record, dict) else None
    return name if name is not None and is_writable_name(name) else None


def _take_record(record: Mapping[str, object], where: str, max_bytes: int) -> Found:
    data = json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if len(data) > max_bytes:
        return refuse_large(where, max_bytes)
    return Raw(find_id(record) or where, "json", data, where)
