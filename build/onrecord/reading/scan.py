"""Finds the inputs: folders, files, JSON lines and standard input, one raw article at a time."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from onrecord.errors import InputError
from onrecord.model import Notice, Reject
from onrecord.reading.archives import read_tar, read_zip
from onrecord.reading.captures import read_wacz, read_warc
from onrecord.reading.feeds import read_feed
from onrecord.reading.inputs import (
    NOTHING_KNOWN,
    Format,
    Found,
    Known,
    Raw,
    is_writable_name,
    refuse,
    refuse_large,
    refuse_unreadable,
)
from onrecord.reading.manifest import MANIFEST, load_manifest
from onrecord.reading.records import read_csv, read_json, read_tsv
from onrecord.reading.streams import read_gzip_lines, read_lines, read_parquet, read_zstd_lines

MAX_BYTES = 10 * 2**20
"""The largest article, page or JSON line that is read, in bytes, unless the caller says otherwise."""

STANDARD_INPUT = "standard input"

COMPANIONS = frozenset({MANIFEST, "corrections.csv", "entities.csv", "package.toml"})
"""Files at the top of a folder that tell about its articles: neither inputs nor rejects."""

PACKAGE = frozenset({"datapackage.json", "datapackage"})
PUBLISHING = frozenset({"datapackage.publishing"})
"""What a build puts into its ``--out``: where both of ``PACKAGE`` stand together, they are tables and no
articles, so that a folder of articles may hold packages that were built from it."""

_SINGLE: dict[str, Format] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".htm": "html",
    ".html": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
"""Endings of files that hold one article."""
_MANY: dict[str, Callable[[str, BinaryIO, int], Iterator[Found]]] = {
    ".jsonl": read_lines,
    ".ndjson": read_lines,
    ".jsonl.gz": read_gzip_lines,
    ".ndjson.gz": read_gzip_lines,
    ".jsonl.zst": read_zstd_lines,
    ".ndjson.zst": read_zstd_lines,
    ".json": read_json,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".rss": read_feed,
    ".atom": read_feed,
    ".xml": read_feed,
    ".parquet": read_parquet,
    ".warc": read_warc,
    ".warc.gz": read_warc,
    ".warc.zst": read_warc,
    ".wacz": read_wacz,
}
"""Endings of files that hold many."""
_ARCHIVES = {
    ".zip": read_zip,
    ".tar": read_tar,
    ".tar.gz": read_tar,
    ".tgz": read_tar,
    ".tar.bz2": read_tar,
    ".tar.xz": read_tar,
}
"""Endings of archives of any of these."""
_KINDS = ", ".join(sorted([*_SINGLE, *_MANY, *_ARCHIVES]))
_EXTRAS = {".pdf": ("pdfminer", "pdf"), ".docx": ("docx", "docx")}
"""Which module reads a kind of document, and the extra that brings it."""


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    path: Path
    known: Known = NOTHING_KNOWN


def scan(
    paths: Sequence[Path], stdin: BinaryIO | None = None, *, max_bytes: int = MAX_BYTES
) -> Iterator[Found]:
    """Every input, as a raw article or as a reject, one at a time; and notices of what is not understood.

    Files come in the order of their names, whatever the order of ``paths`` or of the file system, and the
    records of a file that holds many in the order they stand in; ``stdin`` (JSON lines) comes last. In a
    folder, hidden files and folders and data packages (a ``datapackage.json`` beside a ``datapackage``) are
    passed over, and links to folders are not followed. A file found twice is read once. Names: in a folder
    the path from it, with slashes; for a file given alone its file name; for a record of JSON lines or
    Parquet its ``id``, else file name and line or row; for a capture its moment and address. A
    ``sources.csv`` at the top of a folder given tells about its
    text, Markdown and HTML files (see ``onrecord.reading.manifest``).

    Raises ``InputError`` at once for a path that does not exist, for a fault in a manifest, and for an
    archive of web pages where the extra ``warc`` is not installed.
    """
    found: dict[Path, _File | Reject] = {}
    notices: list[Notice] = []
    for path in sorted({_locate(path) for path in paths}):
        for place, item in _list_path(path, notices):
            if place not in found or item.name < found[place].name:
                found[place] = item
    items = [found[place] for place in sorted(found, key=lambda place: (found[place].name, place))]
    _require_reader(items)
    return _refuse_same_names(chain(notices, _open_all(items, stdin, max_bytes)))


def _require_reader(items: Iterable[_File | Reject]) -> None:
    archives = [
        item.name
        for item in items
        if isinstance(item, _File) and _MANY.get(_ending(item.name) or "") in (read_warc, read_wacz)
    ]
    if archives and find_spec("fastwarc") is None:
        raise InputError(
            f"{archives[0]}: archives of web pages are read by an extra: pip install 'onrecord[warc]'"
        )


def _locate(path: Path) -> Path:
    if not os.path.lexists(path):
        raise InputError(f"{path}: no such file or folder; check the path")
    return path.resolve() if stat.S_ISDIR(_mode(path)) else path.parent.resolve() / path.name


def _name(path: Path) -> str:
    """What an input is called by its path: with slashes, in UTF-8 whatever the locale's encoding is."""
    return os.fsencode(path.as_posix()).decode("utf-8", "surrogateescape")


def _mode(path: Path) -> int:
    """The kind of file a path leads to, or 0 where that cannot be told: opening it will say why."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _list_path(path: Path, notices: list[Notice]) -> Iterator[tuple[Path, _File | Reject]]:
    if not stat.S_ISDIR(_mode(path)):
        yield path, _sort_out(_name(Path(path.name)), path)
        return
    items = dict(_walk(path))
    manifest = path / MANIFEST
    if os.path.lexists(manifest):
        files = frozenset(item.name for item in items.values() if _ending(item.name) in _SINGLE)
        told, unknown = load_manifest(manifest, files)
        notices.extend(unknown)
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
                refuse_unreadable(_name(folder.relative_to(top.parent if folder == top else top)), error),
            )
            continue
        passed = PUBLISHING | (PACKAGE if {entry.name for entry in entries} >= PACKAGE else set())
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(".") or (folder == top and entry.name in COMPANIONS):
                continue
            if entry.name in passed:
                continue
            name = _name(path.relative_to(top))
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
        return refuse_unreadable(name, error)
    if not target.is_relative_to(top):
        return refuse(
            name, "link", "is a link out of the folder given; copy what it leads to into the folder"
        )
    if stat.S_ISDIR(_mode(target)):
        return refuse(
            name, "link", "is a link to a folder, which is not followed; give that folder by its own name"
        )
    return _sort_out(name, target)


def _sort_out(name: str, path: Path) -> _File | Reject:
    if not is_writable_name(name):
        return refuse(name, "name", "has a name that is not UTF-8 or holds control characters; rename it")
    mode = 0 if path == Path() else _mode(path)
    if mode and not stat.S_ISREG(mode):
        return refuse(name, "type", "is not a regular file")
    if _ending(name) is None:
        return refuse(name, "type", f"is not a kind of file that holds articles; these are {_KINDS}")
    module, extra = _EXTRAS.get(_ending(name) or "", ("", ""))
    if module and find_spec(module) is None:
        return refuse(name, "type", f"is read by an extra: pip install 'onrecord[{extra}]'")
    return _File(name, path)


def _ending(name: str) -> str | None:
    """The ending that tells what a file holds.

    >>> _ending("2031/bridge.TXT"), _ending("march.jsonl.gz"), _ending("photo.jpg")
    ('.txt', '.jsonl.gz', None)
    """
    base = name.rpartition("/")[2].lower()
    return next((ending for ending in (*_SINGLE, *_MANY, *_ARCHIVES) if base.endswith(ending)), None)


def _open_all(items: Iterable[_File | Reject], stdin: BinaryIO | None, max_bytes: int) -> Iterator[Found]:
    for item in items:
        if isinstance(item, Reject):
            yield item
            continue
        try:
            with item.path.open("rb") as file:
                yield from _read_file(item, file, max_bytes)
        except OSError as error:
            yield refuse_unreadable(item.name, error)
    if stdin is not None:
        yield from read_lines(STANDARD_INPUT, stdin, max_bytes)


def _read_file(item: _File, file: BinaryIO, max_bytes: int) -> Iterator[Found]:
    ending = _ending(item.name) or ""
    if ending in _MANY:
        yield from _MANY[ending](item.name, file, max_bytes)
        return
    if ending in _ARCHIVES:
        member = partial(_read_member, max_bytes=max_bytes)
        yield from _ARCHIVES[ending](item.name, file, max_bytes, member, _pass_over)
        return
    data = file.read(max_bytes + 1)
    yield (
        refuse_large(item.name, max_bytes)
        if len(data) > max_bytes
        else Raw(item.name, _SINGLE[ending], data, item.name, item.known)
    )


def _read_member(name: str, file: BinaryIO, max_bytes: int) -> Iterator[Found]:
    item = _sort_out(name, Path())
    if isinstance(item, Reject):
        yield item
    elif _ending(name) in _ARCHIVES:
        yield refuse(name, "type", "is an archive within an archive; unpack it")
    else:
        yield from _read_file(item, file, max_bytes)


def _pass_over(names: list[str]) -> set[str]:
    """Members of an archive that would be passed over in a folder too.

    >>> names = ["a/.b/c.txt", "__MACOSX/x.txt", "s/datapackage.json", "s/datapackage/x.csv", "s/y.txt"]
    >>> sorted(set(names) - _pass_over(names))
    ['s/y.txt']
    """
    tables = {
        f"{name.removesuffix('.json')}/" for name in names if PurePosixPath(name).name == "datapackage.json"
    }
    packages = [table for table in tables if any(name.startswith(table) for name in names)]
    passed = (*packages, *(f"{table.removesuffix('/')}.json" for table in packages))
    return {name for name in names if name.startswith(passed) or _is_hidden(name)}


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any((part.startswith(".") and part != "..") or part in ("__MACOSX", *PUBLISHING) for part in parts)


def _refuse_same_names(found: Iterable[Found]) -> Iterator[Found]:
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
