"""What was read in inputs and found out from it, kept for the next build of a package: a row for each, found
by its content.

SQLite files in the package's folder of the cache (``workplace``). Rows are written in transactions and carry
a hash of their data, so that a killed build loses at most what it was about to write, and a row that was
changed since is as good as absent. One process writes; workers hand their results to it.
"""

import hashlib
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from onrecord.errors import PackageError

__all__ = ["FILE", "FORGETFUL", "FOUND", "Kept", "Memory", "Row", "hash_of"]

Row = int
"""The number of a row: articles are held as such numbers, eight bytes each."""

FILE = "articles.sqlite"
FOUND = "found.sqlite"
"""The file of what is found out from articles, beside that of the articles."""
TOGETHER = 256
"""Rows that are written in one transaction, about."""
_ZSTD = "zstd"
_TABLE = """
CREATE TABLE IF NOT EXISTS kept (
    row INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, hash BLOB NOT NULL,
    data BLOB NOT NULL
)
"""


def hash_of(*parts: bytes) -> bytes:
    """Sixteen bytes that tell whether parts are the same."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


class Kept:
    """Rows of bytes by key, on disk. Raises PackageError where the disk does not take or give them."""

    def __init__(self, folder: Path, file: str = FILE) -> None:
        self._path = folder / file
        with self._explain():
            self._database = self._open()
            self._unfinished: bool = self._database.execute("PRAGMA user_version").fetchone()[0] != 0
            self._database.execute("PRAGMA user_version = 1")

    def _open(self) -> sqlite3.Connection:
        """The file, or a new one where there is none that can be used."""
        try:
            return self._connect()
        except sqlite3.DatabaseError:
            self._remove()
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        if self._path.is_symlink():
            raise PackageError(
                f"{self._path} is a link, and work files are not kept through links; remove it"
            )
        database = sqlite3.connect(self._path, isolation_level=None)
        try:
            database.execute("PRAGMA auto_vacuum = INCREMENTAL")
            database.execute("PRAGMA journal_mode = TRUNCATE")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(_TABLE)
            if database.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("not as it was written")
        except BaseException:
            database.close()
            raise
        return database

    def _remove(self) -> None:
        self._path.unlink(missing_ok=True)
        self._path.with_name(f"{self._path.name}-journal").unlink(missing_ok=True)

    @contextmanager
    def _explain(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise PackageError(
                f"what was read cannot be kept in {self._path} ({error}); free some space, or clear it with "
                "`onrecord cache --clear`, and build again"
            ) from error

    def __len__(self) -> int:
        with self._explain():
            (count,) = self._database.execute("SELECT count(*) FROM kept").fetchone()
        return int(count)

    @property
    def unfinished(self) -> bool:
        """Whether the build before did not come as far as ``finish``."""
        return self._unfinished

    def find(self, key: bytes) -> Row | None:
        """The row of a key; null where there is none, or not as it was written."""
        with self._explain():
            found = self._database.execute("SELECT row, hash, data FROM kept WHERE key = ?", [key]).fetchone()
        if found is None or found[1] != hash_of(key, found[2]):
            return None
        return int(found[0])

    def look_up(self, key: bytes) -> tuple[Row, bytes] | None:
        """The row of a key and its data; null where there is none, or not as it was written."""
        with self._explain():
            found = self._database.execute(
                "SELECT row, hash, size, data FROM kept WHERE key = ?", [key]
            ).fetchone()
        if found is None or found[1] != hash_of(key, found[3]):
            return None
        return int(found[0]), pa.decompress(found[3], decompressed_size=found[2], codec=_ZSTD, asbytes=True)

    def add(self, rows: Iterable[tuple[bytes, bytes]]) -> list[Row]:
        """Keep data under keys, all or none of it; what a key had before is replaced."""
        numbers: list[Row] = []
        statement = "INSERT OR REPLACE INTO kept (key, size, hash, data) VALUES (?, ?, ?, ?)"
        with self._explain(), self._transaction():
            for key, data in rows:
                packed = pa.compress(data, codec=_ZSTD, asbytes=True)
                values = (key, len(data), hash_of(key, packed), packed)
                numbers.append(self._database.execute(statement, values).lastrowid or 0)
        return numbers

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def read(self, row: Row) -> bytes:
        """The data of a row."""
        with self._explain():
            found = self._database.execute("SELECT size, data FROM kept WHERE row = ?", [row]).fetchone()
            if found is None:
                raise sqlite3.DatabaseError("a row is gone")
            try:
                data: bytes = pa.decompress(found[1], decompressed_size=found[0], codec=_ZSTD, asbytes=True)
            except pa.ArrowException as error:
                raise sqlite3.DatabaseError(str(error)) from error
        return data

    def finish(self, rows: Iterable[Sequence[Row]]) -> None:
        """All is read: rows but these are removed."""
        with self._explain():
            self._database.execute("CREATE TEMP TABLE IF NOT EXISTS used (row INTEGER PRIMARY KEY)")
            with self._transaction():
                self._database.execute("DELETE FROM used")
                for some in rows:
                    self._database.executemany("INSERT OR IGNORE INTO used VALUES (?)", zip(some))
                unused = "DELETE FROM kept WHERE row NOT IN (SELECT row FROM used)"
                dropped = self._database.execute(unused).rowcount
            if dropped:
                with closing(self._database.execute("PRAGMA incremental_vacuum")) as freed:
                    freed.fetchall()
            self._database.execute("PRAGMA user_version = 0")

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Memory:
    """What builds find out from articles, found again where it was found out from the same before.

    ``keys`` stand for the articles in their order, each for all that is in one. Nothing is remembered
    without ``kept``: then all is found out anew, and is the same.

    >>> Memory().recall("sum", [b"1", b"2"], lambda: b"3")
    b'3'
    """

    def __init__(self, kept: Kept | None = None, made_by: str = "", keys: Sequence[bytes] = ()) -> None:
        self._kept = kept
        self._made_by = made_by.encode()
        self._keys = keys
        self._used = array("q")
        self._waiting: dict[bytes, bytes] = {}

    def of_article(self, number: int, step: str, make: Callable[[], bytes], *more: bytes) -> bytes:
        """What a step makes of the article with a number, and of what else it goes by."""
        return self.recall(step, (self.key(number), *more), make)

    def key(self, number: int) -> bytes:
        """What stands for all that is in the article with a number."""
        return b"" if self._kept is None else self._keys[number]

    def recall(self, step: str, parts: Iterable[bytes], make: Callable[[], bytes]) -> bytes:
        """What a step makes of ``parts``, on which alone it must depend, and be the same each time."""
        if self._kept is None:
            return make()
        key = hash_of(self._made_by, step.encode(), *parts)
        if (waiting := self._waiting.get(key)) is not None:
            return waiting
        if (found := self._kept.look_up(key)) is not None:
            self._used.append(found[0])
            return found[1]
        self._waiting[key] = made = make()
        if len(self._waiting) >= TOGETHER:
            self._write()
        return made

    def _write(self) -> None:
        if self._kept is not None and self._waiting:
            self._used.extend(self._kept.add(self._waiting.items()))
            self._waiting.clear()

    def finish(self) -> None:
        """All is found out: what this build had no use for is forgotten."""
        self._write()
        if self._kept is not None:
            self._kept.finish((self._used,))


FORGETFUL = Memory()
"""Finds all out anew."""
