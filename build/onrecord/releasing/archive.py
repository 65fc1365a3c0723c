"""The zip of a release: for given files there is one sequence of bytes, and nothing can hide in it.

Members are stored as they are (what a compressor writes depends on its version), in order of their names,
with one fixed date and one fixed mode. So a zip is proved to be of this form by writing its members again and
comparing: changed headers, bytes before, between or after the members, and directories that say something
else than the headers all show. As nothing is compressed, no member is larger than the zip that holds it.
"""

import re
import shutil
import stat
import struct
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from onrecord.checking.report import Problem
from onrecord.errors import PackageError
from onrecord.packaging.package import DESCRIPTOR, Package, read_package
from onrecord.packaging.tablefile import explain

__all__ = ["MAX_FILES", "inspect", "open_package", "unpack", "write_zip"]

MAX_FILES = 1000
"""More members than any release has: a zip that lists more is not read any further."""
MAX_DIRECTORY = MAX_FILES * 512
"""Bytes of a zip's directory, which is read into memory whole."""

_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_MODE = stat.S_IFREG | 0o644
_NAME = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9_.-]*/)?[A-Za-z0-9][A-Za-z0-9_.-]*")
_ENCRYPTED = 0x1
_HEADER = 30
_PIECE = 1 << 20
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)


def write_zip(path: Path, members: Mapping[str, bytes | Path]) -> None:
    """Writes a new zip of members by name, each given as bytes or as the file that holds them.

    Raises PackageError for a name that no release has, and when the disk does not take the zip.
    """
    for name in members:
        if not _NAME.fullmatch(name):
            raise PackageError(f"{name!r} cannot be the name of a file in a release")
    with explain(f"{path} cannot be written"), zipfile.ZipFile(path, "x", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            content = members[name]
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = _UNIX
            info.external_attr = _MODE << 16
            info.file_size = len(content) if isinstance(content, bytes) else content.stat().st_size
            with archive.open(info, "w") as target:
                if isinstance(content, bytes):
                    target.write(content)
                else:
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, target, _PIECE)


def inspect(path: Path) -> tuple[Problem, ...]:
    """What keeps a zip from being unpacked, one line each; nothing of it is unpacked, and nothing raises."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            fault = _read_end(stream, size)
        if fault:
            return (_problem("zip", f"{path.name} {fault}"),)
        with zipfile.ZipFile(path) as archive:
            return tuple(_inspect_members(archive.infolist(), size))
    except _ZIP_ERRORS as error:
        return (_problem("zip", f"{path.name} cannot be read as a zip: {error}; download it again"),)


def unpack(path: Path, folder: Path) -> tuple[Problem, ...]:
    """Unpacks a release into a new folder; tells which members are damaged, or that its form is not ours.

    Raises PackageError, with nothing unpacked, for a zip in which ``inspect`` finds anything.
    """
    if refused := inspect(path):
        raise PackageError("; ".join(problem.message for problem in refused[:5]))
    problems = []
    found: dict[str, bytes | Path] = {}
    with explain(f"{path} cannot be unpacked"), zipfile.ZipFile(path) as archive:
        folder.mkdir(parents=True)
        for info in archive.infolist():
            target = folder / info.filename
            target.parent.mkdir(exist_ok=True)
            try:
                with archive.open(info) as source, target.open("xb") as sink:
                    shutil.copyfileobj(source, sink, _PIECE)
            except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
                message = f"{info.filename} is damaged ({error}); download the release again"
                problems.append(_problem("damaged", message))
            found[info.filename] = target
    if not problems and (place := _find_difference(path, found)) is not None:
        message = (
            f"byte {place} of {path.name} is not what these files give: something was changed around them"
        )
        problems.append(_problem("form", message))
    return tuple(problems)


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """A package to read: a folder, its ``datapackage.json``, or a release, unpacked while it is needed.

    Raises PackageError where there is none, or where the release is damaged or not of its form.
    """
    if path.is_dir() or path.name == DESCRIPTOR:
        yield read_package(path)
        return
    if not path.exists():
        raise PackageError(f"{path} does not exist; give a package's folder or a release")
    with tempfile.TemporaryDirectory(prefix="onrecord-") as place:
        folder = Path(place) / "release"
        if problems := unpack(path, folder):
            raise PackageError("; ".join(problem.message for problem in problems[:5]))
        yield read_package(folder)


def _problem(code: str, message: str) -> Problem:
    return Problem(code, None, None, None, message)


def _read_end(stream: BinaryIO, size: int) -> str | None:
    """What is wrong with the end of a zip, where it says how many members its directory lists.

    Read before Python's own reader, which takes in a directory of any length.
    """
    if size < 22:
        return "is no zip: it is too short"
    stream.seek(max(0, size - 42))
    tail = stream.read()
    mark, *_, members, length, _, comment = struct.unpack("<4s4H2LH", tail[-22:])
    if mark != b"PK\5\6" or comment:
        return "does not end as a release does: it is no zip, was cut short or has bytes after its end"
    if tail[:-22].startswith(b"PK\6\7"):
        (place,) = struct.unpack("<Q", tail[8:16])
        if place + 56 > size:
            return "has a directory that lies outside it"
        stream.seek(place)
        *_, members, length, _ = struct.unpack("<4sQ2H2L4Q", stream.read(56))
    if members > MAX_FILES or length > MAX_DIRECTORY:
        return (
            f"lists {members:,} files in {length:,} bytes, a release at most {MAX_FILES:,}; it was not read"
        )
    return None


def _inspect_members(members: list[zipfile.ZipInfo], size: int) -> Iterator[Problem]:
    for info in members:
        name = info.orig_filename
        shown = ascii(name)
        if name != info.filename or not _NAME.fullmatch(name):
            why = "is no file of a release: its name leaves the folder, is absolute or has odd characters"
            yield _problem("path", f"{shown} {why}")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            yield _problem(
                "link", f"{shown} is {_KINDS.get(kind, 'no plain file')}; a release holds plain files"
            )
        if info.flag_bits & _ENCRYPTED:
            yield _problem("encrypted", f"{shown} is encrypted; a release can be read by everyone")
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            why = f"is compressed, {info.file_size:,} bytes in {info.compress_size:,}"
            yield _problem("compressed", f"{shown} {why}; a release holds its files as they are")
    names = Counter(info.filename.casefold() for info in members)
    for name, times in names.items():
        if times > 1:
            yield _problem("duplicate", f"{name!a} is there {times} times (large and small letters are one)")
    total = sum(info.file_size for info in members)
    if total > size:
        yield _problem(
            "bomb", f"the files would take {total:,} bytes, the zip has {size:,}: it is a zip bomb"
        )
    end = 0
    for info in sorted(members, key=lambda info: info.header_offset):
        if info.header_offset < end:
            yield _problem("overlap", f"{info.filename!a} begins within another file")
        end = info.header_offset + _HEADER + info.compress_size


_KINDS = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}


def _find_difference(path: Path, members: Mapping[str, bytes | Path]) -> int | None:
    """Offset of the first byte in which a zip is not the one that its members give; null where it is."""
    with tempfile.TemporaryDirectory(prefix="onrecord-") as place:
        again = Path(place) / "again.zip"
        write_zip(again, members)
        offset = 0
        with path.open("rb") as one, again.open("rb") as other:
            while True:
                left, right = one.read(_PIECE), other.read(_PIECE)
                if left != right:
                    pairs = zip(left, right, strict=False)
                    return offset + next(
                        (at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right))
                    )
                if not left:
                    return None
                offset += len(left)
