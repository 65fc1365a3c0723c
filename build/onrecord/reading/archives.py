"""Archives of article files, ZIP and tar: each member is read as the same file in a folder would be."""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO, cast

from onrecord.reading.inputs import Found, refuse, refuse_large, refuse_unreadable

__all__ = ["read_tar", "read_zip"]

Read = Callable[[str, BinaryIO], Iterator[Found]]
"""Reads a member by its name in the archive."""
Pass = Callable[[list[str]], set[str]]
"""Which of all members are passed over."""

MEMBERS = 100_000
"""Members that an archive may have."""
UNPACKED = 20
"""Articles of the largest size that a member may be long, unpacked."""

_BROKEN = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error, zipfile.BadZipFile)


def read_zip(name: str, file: BinaryIO, max_bytes: int, read: Read, skip: Pass) -> Iterator[Found]:
    """The files in a ZIP, in the order of their names. Nothing is unpacked to disk."""
    try:
        with zipfile.ZipFile(file) as held:
            sizes = {item.filename: item.file_size for item in held.infolist() if not item.is_dir()}
            yield from _read_members(name, sizes, max_bytes, held.open, read, skip)
    except _BROKEN as error:
        yield refuse_unreadable(name, error if isinstance(error, OSError) else OSError(0, str(error)))


def read_tar(name: str, file: BinaryIO, max_bytes: int, read: Read, skip: Pass) -> Iterator[Found]:
    """The files in a tar, plain or packed by gzip, bzip2 or xz, in the order of their names."""
    try:
        with tarfile.open(fileobj=file) as held:
            members = {item.name: item for item in held if item.isfile()}
            sizes = {path: item.size for path, item in members.items()}

            def opened(path: str) -> IO[bytes]:
                return cast(IO[bytes], held.extractfile(members[path]))

            yield from _read_members(name, sizes, max_bytes, opened, read, skip)
            held.fileobj.seek(held.offset)
            if held.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
                yield refuse(f"{name}/", "unreadable", "the archive is cut short; files may be missing")
    except (*_BROKEN, tarfile.TarError) as error:
        yield refuse_unreadable(name, error if isinstance(error, OSError) else OSError(0, str(error)))


def _read_members(
    name: str,
    sizes: dict[str, int],
    max_bytes: int,
    opened: Callable[[str], IO[bytes]],
    read: Read,
    skip: Pass,
) -> Iterator[Found]:
    if len(sizes) > MEMBERS:
        yield refuse(name, "too-large", f"holds more than {MEMBERS} files; split it")
        return
    passed = skip(list(sizes))
    wanted = sorted(set(sizes) - passed)
    if not wanted:
        yield refuse(name, "empty", "holds no files")
    for path in wanted:
        where = f"{name}/{path}"
        if sizes[path] > UNPACKED * max_bytes:
            yield refuse_large(where, UNPACKED * max_bytes)
            continue
        try:
            with opened(path) as member:
                data = member.read(UNPACKED * max_bytes + 1)
        except _BROKEN as error:
            yield refuse_unreadable(where, error)
            continue
        yield from read(where, io.BytesIO(data))
