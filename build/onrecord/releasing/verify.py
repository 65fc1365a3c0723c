"""Is a release what its makers made? Its form, its checksums, then everything that ``checking`` proves.

A release that was replaced as a whole, checksums and all, is not found out by looking at it alone: compare
the SHA-256 that the makers tell, check their signature (``signature``), or make it again (``rebuild``).
"""

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.checking import check
from onrecord.checking.report import Problem
from onrecord.errors import PackageError
from onrecord.model import Article
from onrecord.packaging.package import DESCRIPTOR, read_package
from onrecord.releasing import archive

__all__ = ["CHECKSUMS", "CODES", "Verdict", "format_checksums", "hash_bytes", "hash_file", "verify"]

CHECKSUMS = "SHA256SUMS"
CODES: Mapping[str, str] = {
    "zip": "the file cannot be read as a zip, or lists more than a release can hold",
    "path": "a name that leaves the folder, is absolute or has odd characters",
    "link": "a link, folder or other thing that is no plain file",
    "encrypted": "an encrypted file",
    "compressed": "a compressed file",
    "duplicate": "a name that is there more than once",
    "bomb": "files that would take far more room than they should",
    "overlap": "files that share bytes of the zip",
    "damaged": "a file whose bytes do not fit the zip's own check",
    "form": "bytes around the files that are not what a release has there",
    "checksums": "the list of checksums is missing or not of its form",
    "missing": "a file that should be there is not",
    "added": "a file that no release has, or that the checksums do not list",
    "renamed": "a file that stands under another name",
    "changed": "a file that is not the one the checksums were made of",
    "signature": "the bundle is no signature of this release by whom the user named",
    "rebuilt": "a file or row that the articles do not give when the release is made again",
}
"""The codes of problems with a release as such; those of its tables are ``checking.report.CODES``."""

_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")

# A number takes 8 bytes in an unpacked Parquet column and at least 2 in CSV, a text 4 and its bytes against
# 3 and its bytes: never more than 4 times the CSV. The rest is room for pages and their headers.
MAX_GROWTH = 8
ROOM = 1 << 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a release is: its SHA-256, version and files, and all that is wrong with it.

    ``tables`` gives the rows of each table and ``spans`` the rows compared with the articles, null where none
    were given; both are empty where the release was refused before its tables were read. ``signed_by`` is
    whose signature was found good, null where none was asked for or it was not.
    """

    path: Path
    sha256: str
    version: str | None
    files: int
    problems: tuple[Problem, ...]
    tables: Mapping[str, int] = field(default_factory=dict)
    spans: int | None = None
    signed_by: str | None = None

    @property
    def valid(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def verify(
    release: Path, articles: Iterable[Article] | None = None, *, documents: Iterable[str] = ()
) -> Verdict:
    """Checks a release, and with ``articles`` each row's text against them.

    ``documents`` are names of files beside the tables that must be there. Stops at the first stage that finds
    something: what the zip is, then its files, then its tables. Raises PackageError where there is no file.
    """
    if not release.is_file():
        raise PackageError(f"{release} is not a file; give a release, such as dist/harbour-1.0.0.zip")
    sha256 = hash_file(release)
    problems = archive.inspect(release)
    if problems:
        return Verdict(release, sha256, None, 0, problems)
    with tempfile.TemporaryDirectory(prefix="onrecord-") as place:
        folder = Path(place) / "release"
        problems = archive.unpack(release, folder)
        found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        version = None
        if not problems:
            problems = tuple(_check_files(folder, found, documents))
        if not problems:
            version = read_package(folder).descriptor.get("version")
            problems = tuple(_check_growth(folder))
        if problems:
            return Verdict(release, sha256, version, len(found), problems)
        report = check.validate(folder, articles)
        return Verdict(release, sha256, version, len(found), report.problems, report.tables, report.spans)


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_bytes(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def format_checksums(hashes: Mapping[str, str]) -> bytes:
    """The list of checksums, as ``sha256sum --check`` reads it.

    >>> format_checksums({"b.csv": "22", "a.csv": "11"})
    b'11  a.csv\\n22  b.csv\\n'
    """
    return "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)).encode()


def _problem(code: str, message: str) -> Problem:
    return Problem(code, None, None, None, message)


def _check_files(folder: Path, found: list[str], documents: Iterable[str]) -> Iterator[Problem]:
    listed = _read_checksums(folder / CHECKSUMS)
    if isinstance(listed, Problem):
        yield listed
        return
    hashes = {name: hash_file(folder / name) for name in found if name != CHECKSUMS}
    names = {digest: name for name, digest in listed.items() if name not in hashes}
    renamed = {
        names[digest]: name for name, digest in hashes.items() if name not in listed and digest in names
    }
    for name, digest in listed.items():
        if name in renamed:
            yield _problem("renamed", f"{name} is not there; {renamed[name]} holds its bytes")
        elif name not in hashes:
            yield _problem("missing", f"{name} is not there; {CHECKSUMS} lists it")
        elif hashes[name] != digest:
            yield _problem("changed", f"{name} was changed: {CHECKSUMS} has another SHA-256 for it")
    for name in hashes:
        if name not in listed and name not in renamed.values():
            yield _problem("added", f"{name} was added: {CHECKSUMS} does not list it")
    if DESCRIPTOR not in hashes:
        yield _problem("missing", f"{DESCRIPTOR} is not there: this is no release of a data package")
        return
    try:
        tables = {file.path for file in read_package(folder).files}
    except PackageError as error:
        yield _problem("changed", str(error).replace(f"{folder}/", ""))
        return
    wanted = {DESCRIPTOR, *tables, *documents}
    for name in sorted(wanted - set(hashes) - set(listed)):
        yield _problem("missing", f"{name} is not there, and every release has it")
    for name in sorted(set(listed) & set(hashes) - wanted):
        yield _problem("added", f"{name} is no file of a release")


def _read_checksums(path: Path) -> dict[str, str] | Problem:
    if not path.is_file():
        return _problem("checksums", f"{CHECKSUMS} is not there, so nothing can be checked")
    found: dict[str, str] = {}
    data = path.read_bytes()
    for number, line in enumerate(data.decode("ascii", "replace").splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in found:
            return _problem(
                "checksums", f"line {number} of {CHECKSUMS} is not a checksum and a new file name"
            )
        found[match[2]] = match[1]
    if data != format_checksums(found):
        return _problem("checksums", f"{CHECKSUMS} is not sorted, or its lines do not end as they should")
    return found


def _check_growth(folder: Path) -> Iterator[Problem]:
    """Parquet files that say they hold far more than the CSV of the same table: not opened further."""
    package = read_package(folder)
    for name, file in package.parquet.items():
        room = package.at(package.csv[name]).stat().st_size * MAX_GROWTH + ROOM
        try:
            about = pq.read_metadata(package.at(file))
        except (pa.ArrowException, OSError):
            continue
        size = sum(about.row_group(index).total_byte_size for index in range(about.num_row_groups))
        if max(size, about.num_rows) > room:
            yield _problem(
                "bomb", f"{file.path} would take {size:,} bytes, far more than its CSV: not opened"
            )
