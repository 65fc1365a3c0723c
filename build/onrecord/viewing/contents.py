"""What a page holds of a package, as JSON values: its tables column by column, and what else it is given.

All tables and columns that the package has are taken, as its own descriptor names them, so that a page can be
written of packages with fewer or more of them; but for days, as the texts beside them tell more. The page's
script asks which there are and never reads others.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from onrecord.cleaning.clean import find_blocks
from onrecord.correcting.review import Finding
from onrecord.errors import PackageError
from onrecord.model import Article
from onrecord.packaging.package import Package
from onrecord.packaging.schema import DAYS

__all__ = ["dump", "read_articles", "read_findings", "read_meanings", "read_tables"]

LEFT_OUT = ("merged_ids", "activities")
"""Tables that tell of builds, not of the story."""
_DAYS = {(table, day) for table, (day, _) in DAYS.items()}
"""Columns that are left out: the text beside each, which the page shows, holds its day too."""
REPEATED = 2
"""How often a column's words must stand in it on average to be written once and counted."""


def read_tables(package: Package) -> dict[str, Any]:
    """The tables by name: the number of ``rows``, and ``columns`` by name.

    A column is the list of its values, or of words that repeat ``{"words": [...], "of": [...]}``: each word
    once, and for each row the number of its word, -1 for null. Raises PackageError where a file is not sound.
    """
    tables = {}
    for name, file in package.parquet.items():
        if name in LEFT_OUT:
            continue
        path = package.at(file)
        try:
            found = pq.read_table(path)
        except (OSError, pa.ArrowException) as error:
            raise PackageError(
                f"{path} cannot be read: {error}; onrecord validate says what is wrong"
            ) from error
        columns = {
            column: _pack(found[column].combine_chunks())
            for column in found.column_names
            if (name, column) not in _DAYS
        }
        tables[name] = {"rows": found.num_rows, "columns": columns}
    if "sources" not in tables or "claims" not in tables:
        raise PackageError(f"{package.folder} has no tables sources and claims: there is nothing to show")
    return tables


def _pack(column: pa.Array) -> Any:
    if pa.types.is_string(column.type) and pc.count_distinct(column).as_py() * REPEATED <= len(column):
        coded = column.dictionary_encode()
        return {"words": coded.dictionary.to_pylist(), "of": pc.fill_null(coded.indices, -1).to_pylist()}
    return column.to_pylist()


def read_meanings(package: Package) -> dict[str, dict[str, dict[str, Any]]]:
    """By table and column: what the column ``tells``, and of columns with few values what each one means."""
    meanings: dict[str, dict[str, dict[str, Any]]] = {}
    for resource in package.descriptor["resources"]:
        schema = resource.get("schema")
        if isinstance(schema, Mapping):
            meanings[str(resource["name"])] = {
                str(field["name"]): {
                    "tells": str(field.get("description", "")),
                    "values": field.get("meanings")
                    or dict.fromkeys(field.get("constraints", {}).get("enum", ()), ""),
                }
                for field in schema.get("fields", ())
            }
    return meanings


def read_articles(package: Package, articles: Iterable[Article]) -> dict[str, Any]:
    """By source: its ``text``, and the ``furniture`` in it as starts and ends.

    An article belongs to the source whose hash its text has. Raises PackageError where none of them does.
    """
    file = package.parquet["sources"]
    rows = pq.read_table(package.at(file), columns=["source_id", "name", "sha256", "title"]).to_pylist()
    wanted: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        wanted.setdefault(row["sha256"], []).append(row)
    held: dict[str, Any] = {}
    for article in articles:
        rows_of_text = wanted.get(sha256(article.text.encode()).hexdigest(), [])
        for row in (
            rows_of_text if len(rows_of_text) == 1 else (r for r in rows_of_text if r["name"] == article.name)
        ):
            blocks = find_blocks(article.text, row["title"])
            furniture = [[block.start, block.end] for block in blocks if block.kind == "furniture"]
            held[row["source_id"]] = {"text": article.text, "furniture": furniture}
    if rows and not held:
        raise PackageError(
            f"none of the articles is one that {package.folder} was built from; their texts differ, or it is"
            " another folder"
        )
    return {source_id: held[source_id] for source_id in sorted(held)}


def read_findings(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """What most deserves a look, in order: the row, what it is compared with, and why."""
    return [
        {"why": found.why, "table": found.table, "row": found.row, "other": found.other} for found in findings
    ]


def dump(value: object) -> str:
    """JSON that can stand in a ``script`` element: no sign in it opens or closes markup.

    >>> print(dump({"said": "</script><!--"}))
    {"said":"\\u003c/script\\u003e\\u003c!--"}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
