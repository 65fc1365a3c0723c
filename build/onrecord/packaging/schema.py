"""The tables as ``schemas/*.json`` define them, and what follows from these files alone.

Each file is a Table Schema (https://specs.frictionlessdata.io/table-schema/) and the only home of its table's
columns, types, allowed values, keys and descriptions. From it come an Arrow schema, the
dtypes and options for ``pandas.read_csv``, and checks of keys. Only the types and constraints listed here are
understood; any other raises ``SchemaError``: a constraint passed over in silence is one that nobody checks.
"""

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import pyarrow as pa
import pyarrow.compute as pc

from onrecord.errors import SchemaError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = [
    "DAYS",
    "TABLES",
    "Field",
    "ForeignKey",
    "TableSchema",
    "find_duplicates",
    "load",
    "parse",
    "to_boundary",
    "to_days",
]

TABLES: tuple[str, ...] = (
    "entities",
    "origins",
    "sources",
    "claim_groups",
    "dates",
    "entity_mentions",
    "claims",
    "claim_spans",
    "attributions",
    "claim_entities",
    "claim_relations",
    "events",
    "event_mentions",
    "event_participants",
    "figures",
    "source_relations",
    "merged_ids",
    "rejects",
    "activities",
)
"""Every table, parents before the tables that refer to them: the order of the descriptor's resources."""

DAYS: Mapping[str, tuple[str, str]] = {
    "sources": ("published", "published_edtf"),
    "claim_groups": ("first_published", "first_published_edtf"),
    "dates": ("day", "value"),
    "events": ("day", "date"),
    "figures": ("as_of", "as_of_edtf"),
}
"""By table the column of type date, and the column of texts whose value it is where that names one day."""

FieldType = Literal["string", "integer", "number", "boolean", "date"]

_DAY = "date32[day][pyarrow]"
_ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
_PANDAS_TYPES = {
    "string": "unicode",
    "integer": "int64",
    "number": "float64",
    "boolean": "bool",
    "date": "date",
}
_DTYPES = {"string": "str", "integer": "int64", "number": "float64", "boolean": "bool", "date": _DAY}
_NULLABLE_DTYPES = {**_DTYPES, "integer": "Int64", "boolean": "boolean"}
_CONSTRAINTS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"required", "enum", "pattern"}),
    "integer": frozenset({"required", "minimum", "maximum"}),
    "number": frozenset({"required", "minimum", "maximum"}),
    "boolean": frozenset({"required"}),
    "date": frozenset({"required"}),
}
_TABLE_KEYS = frozenset(
    {"$schema", "name", "title", "description", "vocabulary", "fields"}
    | {"primaryKey", "foreignKeys", "missingValues"}
)
_FIELD_KEYS = frozenset(
    ("name", "type", "description", "unit", "rdfType", "vocabulary", "constraints", "meanings", "example")
)


@dataclass(frozen=True, slots=True)
class Field:
    """One column. ``meanings`` explains each value of ``enum``; ``unit`` is null where a column has none."""

    name: str
    type: FieldType
    description: str
    required: bool
    example: str | int | float | bool
    enum: tuple[str, ...] = ()
    meanings: tuple[tuple[str, str], ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None
    rdf_type: str | None = None
    vocabulary: str | None = None

    @property
    def dtype(self) -> str:
        """The pandas dtype: one that can hold nulls where the column can."""
        return (_DTYPES if self.required else _NULLABLE_DTYPES)[self.type]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """The column ``field`` holds values of the column ``reference`` of ``table``, or nulls."""

    field: str
    table: str
    reference: str


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table as its file in ``schemas/`` defines it."""

    name: str
    title: str
    description: str
    vocabulary: str | None
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    source: str
    """The text of the file."""

    def descriptor(self) -> dict[str, Any]:
        """The file's JSON, for a data package's ``schema``: a fresh copy at each call."""
        return cast(dict[str, Any], json.loads(self.source))

    def field(self, name: str) -> Field:
        """The column of that name; KeyError if there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [field.name for field in self.fields]

    @property
    def pandas_dtypes(self) -> dict[str, str]:
        """A dtype for each column, as ``pandas.read_csv(dtype=...)`` takes them."""
        return {field.name: field.dtype for field in self.fields}

    @property
    def csv_options(self) -> dict[str, Any]:
        """Keyword arguments with which ``pandas.read_csv`` gives what the Parquet file holds.

        Without them a year becomes a number, a column of nulls becomes floats, and a person or place
        written ``None``, ``NA`` or ``null`` is lost.
        """
        return {"dtype": self.pandas_dtypes, "keep_default_na": False, "na_values": [""]}

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema. Its pandas metadata makes a plain ``read_parquet`` give ``pandas_dtypes``."""
        columns = [
            {
                "name": field.name,
                "field_name": field.name,
                "pandas_type": _PANDAS_TYPES[field.type],
                "numpy_type": field.dtype,
                "metadata": None,
            }
            for field in self.fields
        ]
        pandas = {
            "index_columns": [],
            "column_indexes": [],
            "columns": columns,
            "creator": {"library": "onrecord", "version": "1"},
            "pandas_version": "3.0.0",
        }
        return pa.schema(
            [pa.field(field.name, _ARROW[field.type], nullable=not field.required) for field in self.fields],
            metadata={"pandas": json.dumps(pandas)},
        )


def to_boundary(pattern: str) -> str:
    r"""The pattern for Arrow's regular expressions (RE2), held to the whole of a cell.

    >>> to_boundary("(?:Q[1-9])")
    '\\A(?:Q[1-9])\\z'
    """
    return rf"\A{pattern}\z"


def to_days(cells: Any) -> Any:
    """A column of texts as days: what names one day in full, and for sure, is that day, all else is null.

    >>> to_days(pa.array(["2031-03-04", "2031-03", "2031-03-04~", "2031-02-29", None])).to_pylist()
    [datetime.date(2031, 3, 4), None, None, None, None]
    """
    days = pc.strptime(cells, "%Y-%m-%d", "s", error_is_null=True).cast(pa.date32())
    same = pc.and_(
        pc.equal(days.cast(pa.string()), cells), pc.greater_equal(days, pa.scalar(datetime.date.min))
    )
    return pc.if_else(pc.fill_null(same, False), days, pa.scalar(None, pa.date32()))


"""What comes before has no day in Python: the year 0 of EDTF, which is 1 BC."""


def _folder() -> "Traversable":
    packaged = files("onrecord") / "schemas"
    checkout = Path(__file__).resolve().parents[3] / "schemas"
    for folder in (packaged, checkout):
        if folder.is_dir():
            return folder
    raise SchemaError(
        f"No schemas: neither in the installed package nor in {checkout}. Install onrecord again."
    )


@cache
def load() -> Mapping[str, TableSchema]:
    """Every table's schema by name, in the order of ``TABLES``; read once.

    Raises SchemaError where a file is missing or unknown, says what this version does not understand, or
    refers to a table or column that does not exist or comes later.
    """
    folder = _folder()
    found = {entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")}
    if found != set(TABLES):
        odd = ", ".join(sorted(found ^ set(TABLES)))
        raise SchemaError(f"schemas/ must hold one file a table and no other; missing or unknown: {odd}.")
    tables: dict[str, TableSchema] = {}
    for name in TABLES:
        table = parse(name, folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
        for key in table.foreign_keys:
            if key.table not in tables:
                raise SchemaError(
                    f"schemas/{name}.json: {key.field} refers to {key.table}, which is not an earlier table."
                )
            if tables[key.table].primary_key != (key.reference,):
                raise SchemaError(
                    f"schemas/{name}.json: {key.field} must refer to the primary key of {key.table}, "
                    f"a single column, and not to {key.reference}."
                )
        tables[name] = table
    return MappingProxyType(tables)


def parse(name: str, text: str) -> TableSchema:
    """The schema that the JSON ``text`` of ``schemas/<name>.json`` defines.

    Raises SchemaError, naming file and column, for types, constraints and keys that are not known here.
    """
    file = f"schemas/{name}.json"
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise SchemaError(f"{file} is not JSON: {error}.") from error
    if not isinstance(data, dict):
        raise SchemaError(f"{file} must hold a JSON object.")
    _only(file, data, _TABLE_KEYS)
    _need(file, data, ("name", "title", "description", "fields", "primaryKey", "missingValues"))
    if data["name"] != name:
        raise SchemaError(f"{file}: name is {data['name']!r}; it must be {name!r}.")
    if data["missingValues"] != [""]:
        raise SchemaError(f'{file}: missingValues must be [""]: an empty cell is the only null.')
    fields = tuple(_parse_field(file, item) for item in data["fields"])
    required = {field.name: field.required for field in fields}
    if len(required) != len(fields):
        raise SchemaError(f"{file}: two columns have the same name.")
    key = tuple(data["primaryKey"])
    for column in key:
        if not required.get(column, False):
            raise SchemaError(f"{file}: {column} is part of the primary key and must be a required column.")
    foreign = tuple(_parse_key(file, item, required) for item in data.get("foreignKeys", ()))
    return TableSchema(
        name, data["title"], data["description"], data.get("vocabulary"), fields, key, foreign, text
    )


def _parse_field(file: str, data: dict[str, Any]) -> Field:
    where = f"{file}, column {data.get('name', '?')}"
    _only(where, data, _FIELD_KEYS)
    _need(where, data, ("name", "type", "description", "constraints", "example"))
    if data["type"] not in get_args(FieldType):
        known = ", ".join(get_args(FieldType))
        raise SchemaError(f"{where}: type {data['type']!r} is not supported; use one of {known}.")
    constraints = data["constraints"]
    _only(where, constraints, _CONSTRAINTS[data["type"]])
    _need(where, constraints, ("required",))
    field = Field(
        name=data["name"],
        type=data["type"],
        description=data["description"],
        required=constraints["required"],
        example=data["example"],
        enum=tuple(constraints.get("enum", ())),
        meanings=tuple(data.get("meanings", {}).items()),
        pattern=constraints.get("pattern"),
        minimum=constraints.get("minimum"),
        maximum=constraints.get("maximum"),
        unit=data.get("unit"),
        rdf_type=data.get("rdfType"),
        vocabulary=data.get("vocabulary"),
    )
    if field.enum != tuple(value for value, _ in field.meanings):
        raise SchemaError(f"{where}: meanings must explain each value of enum, in the same order.")
    if field.pattern is not None:
        _check_pattern(where, field.pattern)
    return field


def _check_pattern(where: str, pattern: str) -> None:
    if not (pattern.startswith("(?:") and pattern.endswith(")")):
        raise SchemaError(f"{where}: write the pattern as (?:...), so that it can be anchored.")
    try:
        re.compile(pattern)
        pc.match_substring_regex(pa.array([""]), to_boundary(pattern))
    except (re.error, pa.ArrowInvalid) as error:
        raise SchemaError(f"{where}: the pattern must be valid for both Python and RE2: {error}.") from error


def _parse_key(file: str, data: dict[str, Any], columns: Mapping[str, bool]) -> ForeignKey:
    _only(f"{file}, foreign key", data, frozenset({"fields", "reference"}))
    local, reference = data["fields"], data["reference"]
    if len(local) != 1 or len(reference["fields"]) != 1:
        raise SchemaError(f"{file}: a foreign key must be of one column, not {local}.")
    if local[0] not in columns:
        raise SchemaError(f"{file}: foreign key of {local[0]!r}, which is not a column.")
    return ForeignKey(local[0], reference["resource"], reference["fields"][0])


def _only(where: str, data: Mapping[str, Any], known: frozenset[str]) -> None:
    if unknown := sorted(set(data) - known):
        raise SchemaError(
            f"{where}: {', '.join(unknown)} is not supported; known are {', '.join(sorted(known))}."
        )


def _need(where: str, data: Mapping[str, Any], names: tuple[str, ...]) -> None:
    if missing := [name for name in names if name not in data]:
        raise SchemaError(f"{where}: {', '.join(missing)} is missing.")


def find_duplicates(table: pa.Table, key: tuple[str, ...]) -> pa.Array:
    """The rows (counted from 0, ascending) whose values in the columns ``key`` an earlier row has already."""
    if table.num_rows < 2:
        return pa.array([], pa.int64())
    rows = pa.array(range(table.num_rows), pa.int64())
    numbered = table.select(list(key)).append_column("row", rows)
    first = numbered.group_by(list(key), use_threads=False).aggregate([("row", "min")])["row_min"]
    return rows.filter(pc.invert(pc.is_in(rows, value_set=first.combine_chunks())))
