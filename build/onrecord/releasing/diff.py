"""What changed from one package to the next: rows added, removed, merged and changed, matched by their keys.

Columnar throughout: keys are joined, then one column at a time is compared. A table whose files have the same
hash is not read at all. Tables and columns that only one of the two packages has are told as such.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from onrecord.errors import PackageError
from onrecord.packaging.package import Package
from onrecord.packaging.tablefile import explain
from onrecord.releasing.gone import (
    MEMBERS,
    explain_by_parent,
    explain_clusters,
    explain_sources,
    only_corrections_differ,
)

__all__ = ["Diff", "TableDiff", "compare", "summarize"]

_TEXT = pa.string()
_NO_ROWS = pa.table({"id": pa.array([], _TEXT), "reason": pa.array([], _TEXT), "into": pa.array([], _TEXT)})
_NO_REJECTS = pa.table({"name": pa.array([], _TEXT)})


@dataclass(frozen=True, slots=True)
class TableDiff:
    """One table: ``before`` - ``removed`` - ``merged`` + ``added`` = ``after``; ``changed`` keep the key.

    ``columns`` counts the changed cells by column, ``reasons`` the removed rows by why (``gone``;
    null is not known). ``new_columns`` and ``lost_columns``, which one package alone has, are not compared.
    """

    table: str
    before: int
    after: int
    added: int = 0
    removed: int = 0
    merged: int = 0
    changed: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str | None, int] = field(default_factory=dict)
    new_columns: tuple[str, ...] = ()
    lost_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """Two packages compared, table by table, in the order of the new one; versions where they are told."""

    old: str | None
    new: str | None
    tables: tuple[TableDiff, ...]

    def total(self, what: str) -> int:
        """The sum over all tables of one count of ``TableDiff``, by its name."""
        return sum(getattr(table, what) for table in self.tables)


class _Side:
    """One table of one package; of a table that is not there, no rows and no columns."""

    def __init__(self, package: Package, name: str) -> None:
        self.key: tuple[str, ...] = ()
        self.parents: dict[str, str] = {}
        self.names: list[str] = []
        self.rows = 0
        self.sha256 = ""
        self._path: Path | None = None
        if name not in package.parquet:
            return
        self._path = package.at(package.parquet[name])
        self.sha256 = package.parquet[name].sha256
        schema = _find_schema(package, name)
        try:
            key = schema["primaryKey"]
            self.key = (key,) if isinstance(key, str) else tuple(key)
            for item in schema.get("foreignKeys", ()):
                self.parents[item["fields"][0]] = item["reference"]["resource"]
            about = pq.read_metadata(self._path)
        except (LookupError, TypeError, OSError, pa.ArrowException) as error:
            raise PackageError(f"{package.folder}: {name} cannot be compared: {error}") from error
        self.rows = about.num_rows
        self.names = list(about.schema.to_arrow_schema().names)

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Those columns, each in one piece. Raises PackageError where the file is not sound."""
        if self._path is None:
            return pa.table({name: pa.array([], _TEXT) for name in columns})
        try:
            return pq.read_table(self._path, columns=list(columns)).select(list(columns)).combine_chunks()
        except (LookupError, OSError, pa.ArrowException) as error:
            raise PackageError(f"{self._path} cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class _Match:
    """Row numbers of one table: gone from the old, new in the new, and pairs with the same key."""

    removed: Any
    added: Any
    old: Any
    new: Any


def compare(old: Package, new: Package, out: Path | None = None) -> Diff:
    """Compares two packages. With ``out``, a new or empty folder, also writes what was found as CSV:

    ``TABLE.added.csv`` and ``TABLE.removed.csv`` with whole rows (and why they were removed, and what they
    went into), ``TABLE.changed.csv`` with key, column, before and after, and ``summary.csv``.

    Raises PackageError for packages that cannot be read, keys that are not unique and a folder in use.
    """
    if out is not None:
        with explain(f"{out} cannot be written"):
            out.mkdir(parents=True, exist_ok=True)
            if any(out.iterdir()):
                raise PackageError(f"{out} is not empty; give a new folder for the tables of the comparison")
    names = [*new.parquet, *(name for name in old.parquet if name not in new.parquet)]
    sides = {name: (_Side(old, name), _Side(new, name)) for name in names}
    matches = {name: _match(name, *sides[name]) for name in names}
    gone = _explain(sides, matches)
    tables = tuple(_compare_table(name, *sides[name], matches[name], gone[name], out) for name in names)
    if out is not None:
        _write_summary(tables, out)
    return Diff(old.descriptor.get("version"), new.descriptor.get("version"), tables)


def summarize(diff: Diff) -> str:
    """What changed, for people: Markdown, in the sections of Keep a Changelog."""
    sections = {
        "Added": [
            *(f"{t.table}: {_rows(t.added)}" for t in diff.tables if t.added),
            *(f"{t.table}: the column {name}" for t in diff.tables for name in t.new_columns),
        ],
        "Changed": [
            f"{t.table}: {_rows(t.changed)} ({_counts(t.columns)})" for t in diff.tables if t.changed
        ],
        "Merged": [f"{t.table}: {_rows(t.merged)}" for t in diff.tables if t.merged],
        "Removed": [
            *(
                f"{t.table}: {_rows(t.removed)} "
                f"({_counts({_spell(why): count for why, count in t.reasons.items()})})"
                for t in diff.tables
                if t.removed
            ),
            *(f"{t.table}: the column {name}" for t in diff.tables for name in t.lost_columns),
        ],
    }
    parts = [
        f"### {head}\n\n" + "".join(f"- {line}\n" for line in lines)
        for head, lines in sections.items()
        if lines
    ]
    since = f"since version {diff.old}" if diff.old else "since the previous version"
    if not parts:
        return f"No row was added, removed or changed {since}.\n"
    told = ", ".join(f"{diff.total(what):,} {what}" for what in ("added", "removed", "merged", "changed"))
    return "\n".join([f"Rows {since}: {told}; {diff.total('after'):,} in all.\n", *parts])


def _spell(reason: str | None) -> str:
    return (reason or "reason not known").replace("_", " ")


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _find_schema(package: Package, name: str) -> Mapping[str, Any]:
    for resource in package.descriptor["resources"]:
        if resource["name"] == name and isinstance(resource.get("schema"), dict):
            schema: Mapping[str, Any] = resource["schema"]
            return schema
    raise PackageError(f"{package.folder}: the descriptor has no schema for {name}")


def _match(name: str, old: _Side, new: _Side) -> _Match:
    if old.sha256 == new.sha256:
        every = pa.array(range(new.rows), pa.int64())
        return _Match(every[:0], every[:0], every, every)
    key = new.key or old.key
    if old.rows and new.rows and (old.key != new.key):
        return _Match(
            pa.array(range(old.rows), pa.int64()), pa.array(range(new.rows), pa.int64()), _NONE, _NONE
        )
    left, right = (
        _as_text(side.read(key)).append_column(row, pa.array(range(side.rows), pa.int64()))
        for side, row in ((old, "\0old"), (new, "\0new"))
    )
    for side, table in ((old, left), (new, right)):
        if side.rows and table.group_by(list(key), use_threads=False).aggregate([]).num_rows != side.rows:
            raise PackageError(
                f"{name}: two rows have the same {' and '.join(key)}; validate the package first"
            )
    joined = left.join(right, keys=list(key), join_type="full outer", use_threads=False)
    before, after = joined["\0old"].combine_chunks(), joined["\0new"].combine_chunks()
    both = pc.and_(before.is_valid(), after.is_valid())
    pairs = pa.table({"old": before.filter(both), "new": after.filter(both)}).sort_by("new").combine_chunks()
    removed, added = before.filter(after.is_null()), after.filter(before.is_null())
    return _Match(
        removed.take(pc.sort_indices(removed)),
        added.take(pc.sort_indices(added)),
        pairs["old"].combine_chunks(),
        pairs["new"].combine_chunks(),
    )


_NONE = pa.array([], pa.int64())


def _as_text(table: pa.Table) -> pa.Table:
    """Columns as text, so that keys of other types in another version still match."""
    return pa.table({name: table[name].cast(_TEXT) for name in table.column_names})


def _explain(
    sides: Mapping[str, tuple[_Side, _Side]], matches: Mapping[str, _Match]
) -> dict[str, tuple[Any, Any]]:
    """For each table: reason and target of each removed row."""
    results: dict[str, pa.Table] = dict.fromkeys(sides, _NO_ROWS)
    for name in sorted(sides, key=lambda name: (name != "sources", name not in MEMBERS)):
        removed = matches[name].removed
        if len(removed):
            results[name] = _explain_removed(name, sides, removed, results)
    told = {
        name: (found["reason"].combine_chunks(), found["into"].combine_chunks())
        for name, found in results.items()
    }
    if "activities" in sides:
        old, new = (side.read(["activity_id", "kind"]) for side in sides["activities"])
        if only_corrections_differ(old, new):
            told = {name: (pc.fill_null(reason, "corrected"), into) for name, (reason, into) in told.items()}
    return told


def _explain_removed(
    name: str, sides: Mapping[str, tuple[_Side, _Side]], removed: Any, results: Mapping[str, pa.Table]
) -> pa.Table:
    """Why rows of one table are gone, by what kind of table it is; ``results`` are those of tables before."""
    old, new = sides[name]
    if name == "sources" and {"name", "source_id"} <= set(old.names):
        columns = ["source_id", "name"]
        rejects = sides["rejects"][1].read(["name"]) if "rejects" in sides else _NO_REJECTS
        return explain_sources(old.read(columns).take(removed), new.read(columns), rejects)
    if name in MEMBERS and MEMBERS[name][0] in sides and len(old.key) == 1:
        table, member, cluster = MEMBERS[name]
        before, after = sides[table]
        return explain_clusters(
            old.read(old.key)[0].take(removed),
            before.read([member, cluster, "source_id"]).rename_columns(["member", "cluster", "source_id"]),
            after.read([member, cluster]).rename_columns(["member", "cluster"]),
            results["sources"],
        )
    return _explain_members(old, removed, results)


def _explain_members(old: _Side, removed: Any, results: Mapping[str, pa.Table]) -> pa.Table:
    """Rows that are what they are by the rows they refer to: those in their key, and their source."""
    columns = [
        column
        for column, parent in old.parents.items()
        if (column in old.key or column == "source_id") and parent in results
    ]
    rows = old.read(list(dict.fromkeys([*old.key, *columns]))).take(removed)
    reason, into = explain_by_parent(
        {column: rows[column] for column in columns},
        {column: results[old.parents[column]] for column in columns},
        len(removed),
    )
    return pa.table({"id": rows[old.key[0]].cast(_TEXT), "reason": reason, "into": into})


def _compare_table(
    name: str, old: _Side, new: _Side, match: _Match, gone: tuple[Any, Any], out: Path | None
) -> TableDiff:
    reason, into = gone
    merged = pc.sum(pc.fill_null(pc.equal(reason, "merged"), False)).as_py() or 0
    writer = None if out is None else _Writer(out / f"{name}.changed.csv", new.key or old.key)
    columns, changed = _compare_columns(old, new, match, writer)
    if out is not None:
        _write_rows(out / f"{name}.added.csv", new, match.added)
        _write_rows(out / f"{name}.removed.csv", old, match.removed, reason=reason, into=into)
    return TableDiff(
        name,
        old.rows,
        new.rows,
        len(match.added),
        len(match.removed) - merged,
        merged,
        changed,
        columns,
        _count_reasons(reason),
        tuple(column for column in new.names if old.names and column not in old.names),
        tuple(column for column in old.names if new.names and column not in new.names),
    )


def _compare_columns(
    old: _Side, new: _Side, match: _Match, writer: "_Writer | None"
) -> tuple[dict[str, int], int]:
    """The changed cells by column, and the rows that hold one; the cells also go to the writer."""
    if old.sha256 == new.sha256:
        return {}, 0
    key = new.key or old.key
    keys = new.read(key).take(match.new) if writer else None
    counts: dict[str, int] = {}
    changed = pa.array([False] * len(match.new), pa.bool_())
    for column in new.names:
        if column not in old.names or column in key:
            continue
        before = old.read([column])[0].take(match.old)
        after = new.read([column])[0].take(match.new)
        differs = _differ(before, after)
        if not (count := pc.sum(differs).as_py()):
            continue
        counts[column] = count
        changed = pc.or_(changed, differs)
        if writer is not None and keys is not None:
            rows = pc.indices_nonzero(differs)
            writer.add(keys.take(rows), column, before.take(rows), after.take(rows))
    if writer is not None:
        writer.close()
    return counts, pc.sum(changed).as_py() or 0


def _count_reasons(reason: Any) -> dict[str | None, int]:
    """The removed rows by why, those that were merged left out; rows of unknown reason come last."""
    counts = {item["values"]: item["counts"] for item in pc.value_counts(reason).to_pylist()}
    return {why: counts[why] for why in sorted(counts, key=lambda w: (w is None, w or "")) if why != "merged"}


def _differ(before: Any, after: Any) -> Any:
    if before.type != after.type:
        before, after = before.cast(_TEXT), after.cast(_TEXT)
    return pc.fill_null(pc.not_equal(before, after), pc.xor(before.is_null(), after.is_null()))


class _Writer:
    """A CSV of changed cells, which is made when the first one comes."""

    def __init__(self, path: Path, key: Sequence[str]) -> None:
        self._path = path
        names = [*key, "column", "before", "after"]
        self._schema = pa.schema([(name, _TEXT) for name in names])
        self._writer: Any = None

    def add(self, keys: pa.Table, column: str, before: Any, after: Any) -> None:
        name = pa.repeat(pa.scalar(column, _TEXT), len(before))
        cells = [*(part.cast(_TEXT) for part in keys.columns), name, before.cast(_TEXT), after.cast(_TEXT)]
        with explain(f"{self._path} cannot be written"):
            if self._writer is None:
                self._writer = pyarrow.csv.CSVWriter(self._path, self._schema)
            self._writer.write_table(pa.Table.from_arrays(cells, schema=self._schema))

    def close(self) -> None:
        if self._writer is not None:
            with explain(f"{self._path} cannot be written"):
                self._writer.close()


def _write_rows(path: Path, side: _Side, rows: Any, **more: Any) -> None:
    if len(rows):
        table = side.read(side.names).take(rows).replace_schema_metadata(None)
        for name, values in more.items():
            table = table.append_column(name, values)
        with explain(f"{path} cannot be written"):
            pyarrow.csv.write_csv(table, path)


def _write_summary(tables: Sequence[TableDiff], out: Path) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        for table in tables:
            counts = ("table", "before", "after", "added", "removed", "merged", "changed")
            yield {name: getattr(table, name) for name in counts}

    with explain(f"{out} cannot be written"):
        pyarrow.csv.write_csv(pa.Table.from_pylist(list(rows())), out / "summary.csv")
