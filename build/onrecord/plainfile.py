"""Files that somebody else put there, read so that none can hold a program up: plain ones, of bounded size.

A pipe blocks who opens it, a folder or a link that leads nowhere passes for a file that is not there: each is
an error with a reason here.
"""

import csv
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from onrecord.errors import InputError

__all__ = ["COMPANION_LIMIT", "read_companion", "read_plain", "read_rows"]

COMPANION_LIMIT = 64 * 2**20
"""Bytes of ``sources.csv``, ``entities.csv``, ``corrections.csv`` and ``package.toml`` that are read."""


def read_plain(path: Path, limit: int) -> bytes:
    """The bytes of a plain file. Raises OSError where it cannot be read, is none or is longer than that."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is not a regular file", str(path))
    with path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise OSError(0, f"it is larger than {limit:,} bytes", str(path))
    return data


def read_companion(path: Path) -> str | None:
    """The text of a file beside the articles, null where nothing has that name.

    Raises InputError for what is no plain file, is too large, is not UTF-8 or holds NUL characters.
    """
    if not os.path.lexists(path):
        return None
    try:
        text = read_plain(path, COMPANION_LIMIT).decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); mend it or take it away") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: is not UTF-8; save it as UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{path}:{line}: holds NUL characters; save it as UTF-8")
    return text


CELL_LIMIT = 131_072
"""Characters of a cell of a file beside the articles, at most."""


def read_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row of a CSV file that is not blank, with the line on which it begins; none without a file.

    Raises InputError, with the line, for what is not CSV or has a cell of more than 131,072 characters.
    """
    rows = csv.reader(io.StringIO(read_companion(path) or "", newline=""), strict=True)
    line = 1
    while True:
        before = csv.field_size_limit(CELL_LIMIT)  # of the whole process: other libraries set it too
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{path}:{line}: not CSV ({error})") from None
        finally:
            csv.field_size_limit(before)
        if cells:
            yield line, cells
        line = rows.line_num + 1
