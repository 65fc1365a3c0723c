"""The proof of a release by making it again: the same articles and software give the same bytes.

Whoever changes tables, hashes and checksums together is not found out by looking at a release alone; made
again from its articles, the first row that differs shows.
"""

import csv
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path

from onrecord import pipeline, workplace
from onrecord.checking.report import Problem
from onrecord.errors import PackageError
from onrecord.packaging import schema
from onrecord.packaging.package import Package
from onrecord.packaging.tablefile import FOLDER
from onrecord.releasing.archive import open_package, unpack
from onrecord.releasing.release import CHANGELOG, make_release
from onrecord.releasing.verify import CHECKSUMS

__all__ = ["rebuild_release"]

CODE = "rebuilt"


def rebuild_release(
    release: Path, articles: Sequence[Path], previous: Path | None = None
) -> tuple[Problem, ...]:
    """Makes a release again and tells what differs: of a table its first row, of another file that it does.

    ``articles`` are the folders and files the package was built from, with all that stands beside them;
    ``previous`` the release before, where it was made with one. Nothing that earlier builds kept is used.

    Raises PackageError where the release cannot be read or was made by another version of onrecord, and what
    ``pipeline.build`` raises.
    """
    with tempfile.TemporaryDirectory(prefix="onrecord-") as place, ExitStack() as stack:
        top = Path(place)
        told = stack.enter_context(open_package(release))
        _require_same_software(release, told)
        before = None if previous is None else stack.enter_context(open_package(previous))
        out = top / "package"
        stack.callback(workplace.clear_kept, (out,))
        pipeline.build(articles, out, previous=before)
        version = str(told.descriptor.get("version"))
        made = make_release(
            out, version, top / "dist", previous=previous, name=str(told.descriptor.get("name"))
        )
        unpack(made.path, top / "again")
        return tuple(_compare(told.folder, top / "again"))


def _require_same_software(release: Path, told: Package) -> None:
    columns = ["kind", "software", "version", "model_sha256"]
    rows = [row for batch in told.read("activities", columns) for row in batch.to_pylist()]
    made = {(row["software"], row["version"]) for row in rows if row["kind"] == "build"}
    here = {("onrecord", pipeline.SOFTWARE_VERSION)}
    if made != here:
        by = ", ".join(sorted(f"{software} {version}" for software, version in made)) or "nobody it tells"
        raise PackageError(
            f"{release} was made by {by}, this is onrecord {pipeline.SOFTWARE_VERSION}: "
            "install that version to make it again"
        )


def _compare(told: Path, made: Path) -> Iterator[Problem]:
    """Tables first, since all other files follow from them."""
    names = sorted(
        {
            path.relative_to(top).as_posix()
            for top in (told, made)
            for path in top.rglob("*")
            if path.is_file()
        }
    )
    differ = [name for name in names if _digest(told / name) != _digest(made / name)]
    for table in schema.TABLES:
        files = [name for name in differ if name in (f"{FOLDER}/{table}.csv", f"{FOLDER}/{table}.parquet")]
        if files:
            yield _find_row(table, told / FOLDER / f"{table}.csv", made / FOLDER / f"{table}.csv", files)
    for name in differ:
        if not name.startswith(f"{FOLDER}/") and name != CHECKSUMS:
            hint = "; was there a release before? give it with --previous" if name == CHANGELOG else ""
            message = f"{name} is not what the articles give{hint}"
            yield Problem(CODE, None, None, None, message)


def _digest(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _find_row(table: str, told: Path, made: Path, files: Sequence[str]) -> Problem:
    """The first row and column in which two CSV files of a table differ."""
    with told.open(encoding="utf-8", newline="") as one, made.open(encoding="utf-8", newline="") as other:
        rows = zip_longest(csv.DictReader(one), csv.DictReader(other))
        for number, (row, again) in enumerate(rows, 1):
            if row == again:
                continue
            if row is None or again is None:
                lost = "is not there, and the articles give it"
                message = (
                    f"row {number} of {table} {lost if row is None else 'is not what the articles give'}"
                )
                return Problem(CODE, table, number, None, message)
            field = next(name for name in again if row.get(name) != again[name])
            message = (
                f"row {number} of {table} says {row[field]!r} for {field}, the articles give {again[field]!r}"
            )
            return Problem(CODE, table, number, field, message)
    named = " and ".join(files)
    return Problem(CODE, table, None, None, f"{named} hold other bytes than the articles give")
