"""The data dictionary: every table and column, written out from ``schemas/`` for people.

``python -m onrecord.packaging.dictionary`` writes it to standard output.
"""

import sys

from onrecord.packaging import schema
from onrecord.packaging.schema import Field, TableSchema

__all__ = ["render"]

_HEAD = """# Data dictionary

The tables of a package, in the order of its descriptor. This page is made from `schemas/` and never edited.

- Offsets count Unicode code points of the source's text from 0, half open: a span is characters [start, end).
- Null is what the articles do not say or settle: an empty cell in CSV, null in Parquet. Columns that can hold
  it say so.
- Ids are made from content: the same inputs give the same ids.
- A cell can begin with `=`, `+`, `-` or `@`, as the article's words do. Spreadsheets may take it for a
  formula: import such columns as text, or take the workbook that `onrecord xlsx` writes.
"""


def render() -> str:
    """The whole page, in Markdown."""
    tables = schema.load()
    index = "\n".join(f"| [{name}](#{name}) | {_cell(table.description)} |" for name, table in tables.items())
    pages = "\n".join(_render_table(table) for table in tables.values())
    return f"{_HEAD}\n| table | what a row is |\n|---|---|\n{index}\n\n{pages}"


def _render_table(table: TableSchema) -> str:
    lines = [f"## {table.name}", "", table.description, ""]
    if table.vocabulary:
        lines += [f"Vocabulary: {table.vocabulary}.", ""]
    lines += [f"Primary key: {', '.join(f'`{name}`' for name in table.primary_key)}.", ""]
    lines += ["| column | type | description | example |", "|---|---|---|---|"]
    lines += [_render_field(table, field) for field in table.fields]
    for field in table.fields:
        if field.meanings:
            lines += ["", f"Values of `{field.name}`:", ""]
            lines += [f"- `{value}`: {meaning}" for value, meaning in field.meanings]
    return "\n".join([*lines, ""])


def _render_field(table: TableSchema, field: Field) -> str:
    notes = [field.description]
    if not field.required:
        notes.append("May be null.")
    if field.unit:
        notes.append(f"Unit: {field.unit}.")
    notes += [
        f"Refers to [{key.table}](#{key.table})." for key in table.foreign_keys if key.field == field.name
    ]
    if field.vocabulary:
        notes.append(f"Vocabulary: {field.vocabulary}.")
    if field.rdf_type:
        notes.append(f"As <{field.rdf_type}>.")
    example = str(field.example).lower() if isinstance(field.example, bool) else str(field.example)
    return f"| `{field.name}` | {field.type} | {_cell(' '.join(notes))} | `{_cell(example)}` |"


def _cell(text: str) -> str:
    """Text for a cell of a Markdown table.

    >>> _cell("a | b")
    'a \\\\| b'
    """
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    sys.stdout.buffer.write(render().encode())
