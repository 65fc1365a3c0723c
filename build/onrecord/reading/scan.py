"""Finds the inputs: folders, files, JSON lines and standard input, one raw article at a time."""

import gzip
import hashlib
import json
import os
import stat
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from onrecord.errors import InputError
from onrecord.model import Reject
from onrecord.reading.inputs import NOTHING_KNOWN, Format, Known, Raw, is_writable_name
from onrecord.reading.manifest import MANIFEST, load_manifest

MAX_BYTES = 10 * 2**20
"""The largest article, page or JSON line that is read, in bytes, unless the caller says otherwise."""

STANDARD_INPUT = "standard input"

COMPANIONS = frozenset({MANIFEST, "corrections.csv", "entities.csv", "package.toml"})
"""Files at the top of a folder that tell about its articles: neither inputs nor rejects."""

PACKAGE = frozenset({"datapackage.json", "datapackage"})
PUBLISHING = frozenset({"datapackage.publishing"})
"""What a build puts into its ``--out``: where both of ``PACKAGE`` stand together, they are tables and no
articles, so that a folder of articles may hold packages that were built from it."""

_FORMATS: dict[str, Format | Literal["lines", "gzip lines"]] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".htm": "html",
    ".html": "html",
    ".xhtml": "html",
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".jsonl.gz": "gzip lines",
    ".ndjson.gz": "gzip lines",
}
_KINDS = ", ".join(sorted(_FORMATS))


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    path: Path
    known: Known = NOTHING_KNOWN


def scan(
    paths: Sequence[Path], stdin: BinaryIO | None = None, *, max_bytes: int = MAX_BYTES
) -> Iterator[Raw | Reject]:
    """Every input, as a raw article or as a reject, one at a time.

    Files come in the order of their names, whatever the order of ``paths`` or of the file system, and the
    records of a JSON lines file in the order of its lines; ``stdin`` (JSON lines) comes last. In a folder,
    hidden files and folders and data packages (a ``datapackage.json`` beside a ``datapackage``) are passed
    over, and links to folders are not followed. A file found twice is read once. Names: in a folder the path
    from it, with slashes; for a file given alone its file name; for a JSON record its ``id``, else file name
    and line. A ``sources.csv`` at the top of a folder given tells about its
    text, Markdown and HTML files (see ``onrecord.reading.manifest``).

    Raises ``InputError`` at once for a path that does not exist and for a fault in a manifest.
    """
    found: dict[Path, _File | Reject] = {}
    for path in sorted({_locate(path) for path in paths}):
        for place, item in _list_path(path):
            if place not in found or item.name < found[place].name:
                found[place] = item
    items = [found[place] for place in sorted(found, key=lambda place: (found[place].name, place))]
    return _refuse_same_names(_open_all(items, stdin, max_bytes))


def _locate(path: Path) -> Path:
    if not os.path.lexists(path):
        raise InputError(f"{path}: no such file or folder; check the path")
    return path.resolve() if stat.S_ISDIR(_mode(path)) else path.parent.resolve() / path.name


def _mode(path: Path) -> int:
    """The kind of file a path leads to, or 0 where that cannot be told: opening it will say why."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _list_path(path: Path) -> Iterator[tuple[Path, _File | Reject]]:
    if not stat.S_ISDIR(_mode(path)):
        yield path, _sort_out(path.name, path)
        return
    items = dict(_walk(path))
    manifest = path / MANIFEST
    if os.path.lexists(manifest):
        files = frozenset(
            item.name for item in items.values() if _format(item.name) in ("text", "markdown", "html")
        )
        told = load_manifest(manifest, files)
        for place, item in items.items():
            if isinstance(item, _File) and item.name in told:
                items[place] = _File(item.name, item.path, told[item.name])
    yield from items.items()


def _walk(top: Path) -> Iterator[tuple[Path, _File | Reject]]:
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
        except OSError as error:
            yield (
                folder,
                _reject_unreadable(
                    folder.relative_to(top.parent if folder == top else top).as_posix(), error
                ),
            )
            continue
        passed = PUBLISHING | (PACKAGE if {entry.name for entry in entries} >= PACKAGE else set())
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(".") or (folder == top and entry.name in COMPANIONS):
                continue
            if entry.name in passed:
                continue
            name = path.relative_to(top).as_posix()
            if entry.is_symlink():
                yield path, _follow(name, path, top)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path)
            else:
                yield path, _sort_out(name, path)


def _follow(name: str, path: Path, top: Path) -> _File | Reject:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        return _reject_unreadable(name, error)
    if not target.is_relative_to(top):
        return _reject(
            name, "link", "is a link out of the folder given; copy what it leads to into the folder"
        )
    if stat.S_ISDIR(_mode(target)):
        return _reject(
            name, "link", "is a link to a folder, which is not followed; give that folder by its own name"
        )
    return _sort_out(name, target)


def _sort_out(name: str, path: Path) -> _File | Reject:
    if not is_writable_name(name):
        return _reject(name, "name", "has a name that is not UTF-8 or holds control characters; rename it")
    mode = _mode(path)
    if mode and not stat.S_ISREG(mode):
        return _reject(name, "type", "is not a regular file")
    if _format(name) is None:
        return _reject(name, "type", f"is not a kind of file that holds articles; these are {_KINDS}")
    return _File(name, path)


def _format(name: str) -> Format | Literal["lines", "gzip lines"] | None:
    """
    >>> _format("2031/bridge.TXT"), _format("march.jsonl.gz"), _format("photo.jpg")
    ('text', 'gzip lines', None)
    """
    base = name.rpartition("/")[2].lower()
    return next((kind for ending, kind in _FORMATS.items() if base.endswith(ending)), None)


def _open_all(
    items: Iterable[_File | Reject], stdin: BinaryIO | None, max_bytes: int
) -> Iterator[Raw | Reject]:
    for item in items:
        if isinstance(item, Reject):
            yield item
            continue
        try:
            with item.path.open("rb") as file:
                yield from _read_file(item, file, max_bytes)
        except OSError as error:
            yield _reject_unreadable(item.name, error)
    if stdin is not None:
        yield from _read_lines(STANDARD_INPUT, stdin, max_bytes)


def _read_file(item: _File, file: BinaryIO, max_bytes: int) -> Iterator[Raw | Reject]:
    kind = _format(item.name)
    if kind == "lines":
        yield from _read_lines(item.name, file, max_bytes)
    elif kind == "gzip lines":
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield from _read_lines(item.name, unpacked, max_bytes)
    elif kind is not None:
        data = file.read(max_bytes + 1)
        yield (
            _reject_large(item.name, max_bytes)
            if len(data) > max_bytes
            else Raw(item.name, kind, data, item.name, item.known)
        )


def _read_lines(file_name: str, file: BinaryIO | gzip.GzipFile, max_bytes: int) -> Iterator[Raw | Reject]:
    number, records = 0, 0
    try:
        while line := file.readline(max_bytes + 1):
            number += 1
            where = f"{file_name}:{number}"
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if len(line) > max_bytes and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = file.readline(max_bytes)
                records += 1
                yield _reject_large(where, max_bytes)
            elif line.strip():
                records += 1
                yield Raw(_find_id(line) or where, "json", line.rstrip(b"\r\n"), where)
    except (OSError, EOFError, zlib.error) as error:
        yield _reject_unreadable(f"{file_name}:{number + 1}", error)
    else:
        if not records:
            yield _reject(file_name, "empty", "holds no records; give one JSON object a line")


def _find_id(line: bytes) -> str | None:
    """The ``id`` of a record; null for one that has none or cannot be read, which ``parse`` will say.

    >>> _find_id(b'{"id": "bridge-1", "text": "The bridge closed."}'), _find_id(b'{"id": 7}'), _find_id(b"{")
    ('bridge-1', None, None)
    """
    try:
        record: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    name = record.get("id") if isinstance(record, dict) else None
    return name if isinstance(name, str) and is_writable_name(name) else None


def _refuse_same_names(found: Iterable[Raw | Reject]) -> Iterator[Raw | Reject]:
    seen: set[bytes] = set()
    for item in found:
        if isinstance(item, Raw):
            key = hashlib.blake2b(item.name.encode(), digest_size=12).digest()
            if key in seen:
                message = f"{item.where}: an earlier input is {item.name!r} too; give each its own name or id"
                yield Reject(item.name, "same-name", message)
                continue
            seen.add(key)
        yield item


def _reject(name: str, code: str, message: str) -> Reject:
    written = name if is_writable_name(name) else ascii(name)[1:-1]
    return Reject(written, code, f"{written}: {message}")


def _reject_large(name: str, max_bytes: int) -> Reject:
    return _reject(
        name, "too-large", f"is larger than {max_bytes} bytes, the limit for one article; split it"
    )


def _reject_unreadable(name: str, error: Exception) -> Reject:
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    return _reject(
        name, "unreadable", f"cannot be read ({reason}); check its permissions, links and whether it is whole"
    )
