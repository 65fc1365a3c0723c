"""What Datasette shows beside the rows of a package's SQLite file: titles, labels, facets and a query."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onrecord.errors import PackageError
from onrecord.packaging import schema
from onrecord.packaging.package import Package
from onrecord.packaging.schema import TableSchema
from onrecord.packaging.tablefile import explain

__all__ = ["DISPUTES", "describe_database", "write_metadata"]

DISPUTES = """
SELECT
  r.relation,
  coalesce(a.publisher, a.name) AS outlet,
  a.published_edtf AS published,
  one.speaker,
  one.text AS says,
  coalesce(b.publisher, b.name) AS against_outlet,
  b.published_edtf AS against_published,
  two.speaker AS against_speaker,
  two.text AS against,
  r.basis,
  r.claim_id,
  r.other_claim_id
FROM claim_relations AS r
JOIN claims AS one ON one.claim_id = r.claim_id
JOIN sources AS a ON a.source_id = one.source_id
JOIN claims AS two ON two.claim_id = r.other_claim_id
JOIN sources AS b ON b.source_id = two.source_id
WHERE r.relation IN ('conflict', 'revision', 'denial')
ORDER BY r.relation, r.claim_id, r.other_claim_id
""".strip()
"""Claims that cannot both be so, that replace or deny another: both with their words and outlets."""

_LABELS = {
    "entities": "name",
    "origins": "label",
    "sources": "name",
    "claim_groups": "text",
    "dates": "text",
    "claims": "text",
    "events": "label",
    "event_mentions": "text",
}
"""The column that stands for a row where another table refers to it."""
_MOST_FIRST = {"entities": "mentions", "claim_groups": "sources", "events": "sources"}
_ALSO_COUNTED = ("publisher", "language", "unit")


def describe_database(package: Package, name: str) -> dict[str, Any]:
    """The metadata, by https://docs.datasette.io/en/stable/metadata.html, of a database of that name."""
    told = package.descriptor
    license_: Mapping[str, str] = next(iter(told.get("licenses", ())), {})
    about = {
        "title": told.get("title"),
        "description": told.get("description"),
        "license": license_.get("title") or license_.get("name"),
        "license_url": license_.get("path"),
        "source": told.get("title") if told.get("homepage") else None,
        "source_url": told.get("homepage"),
    }
    query = {
        "title": "What the articles dispute",
        "description": "Claims in conflict, revised or denied: what both say, who says it where, and on what"
        " the relation rests.",
        "sql": DISPUTES,
        "hide_sql": True,
    }
    tables = {table.name: _describe_table(table) for table in schema.load().values()}
    return {
        **{key: value for key, value in about.items() if value},
        "databases": {name: {"queries": {"disputes": query}, "tables": tables}},
    }


def _describe_table(table: TableSchema) -> dict[str, Any]:
    counted = [
        field.name
        for field in table.fields
        if field.enum or field.type == "boolean" or field.name in _ALSO_COUNTED
    ]
    more: Mapping[str, Any] = {
        "label_column": _LABELS.get(table.name),
        "sort_desc": _MOST_FIRST.get(table.name),
        "facets": counted,
    }
    return {
        "title": table.title,
        "description": table.description,
        **{key: value for key, value in more.items() if value},
        "columns": {field.name: field.description for field in table.fields},
    }


def write_metadata(package: Package, database: Path) -> Path:
    """Writes ``NAME.metadata.json`` beside a database ``NAME.db``; where the file is.

    Raises PackageError where a file of that name is there and is no metadata of Datasette, and when the disk
    does not take it.
    """
    path = database.with_suffix(".metadata.json")
    if path.exists() and not _is_metadata(path):
        raise PackageError(f"{path} is there and is no metadata of Datasette; move it away")
    text = json.dumps(describe_database(package, database.stem), ensure_ascii=False, indent=2)
    with explain(f"{path} cannot be written"):
        path.write_text(text + "\n", encoding="utf-8")
    return path


def _is_metadata(path: Path) -> bool:
    with explain(f"{path} cannot be read"):
        data = path.read_bytes()
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and "databases" in told
