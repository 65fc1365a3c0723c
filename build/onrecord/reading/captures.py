"""Archives of web pages: WARC (ISO 28500) and WACZ, by FastWARC (Bevendorff et al. 2021), record by record.

A capture is named as the Wayback Machine names it, by its moment and its address, so that two captures of one
page are two inputs; where they say the same, one of them is counted. What is no page is told once for an
archive and kind of medium, since most of what a crawler keeps are pictures and scripts.
"""

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

from onrecord.model import Reject
from onrecord.reading.archives import MEMBERS
from onrecord.reading.inputs import (
    Found,
    Known,
    Raw,
    UnusableError,
    is_writable_name,
    read_known,
    refuse,
    refuse_large,
    refuse_unreadable,
)
from onrecord.reading.streams import UNPACKED, find_room

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

__all__ = ["read_wacz", "read_warc"]

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_MEMBERS = (".warc", ".warc.gz", ".warc.zst")
_NO_REST = "what follows it was not read"
_BROKEN = (OSError, EOFError, ValueError, zlib.error)

HEADERS = 1 << 16
"""Bytes that a record may have beside its page."""


def read_wacz(name: str, file: IO[bytes], max_bytes: int) -> Iterator[Found]:
    """The pages of a WACZ: a zip whose folder ``archive`` holds WARC files. One that says it unpacks to more
    than ``find_room`` allows is one reject; no more than it says is ever unpacked of a member."""
    try:
        with zipfile.ZipFile(file) as held:
            members = {
                member.filename: member.file_size
                for member in held.infolist()
                if member.filename.startswith("archive/") and member.filename.lower().endswith(_MEMBERS)
            }
            if not members:
                yield refuse(name, "empty", "holds no WARC file in its folder archive")
            if len(members) > MEMBERS or sum(members.values()) > find_room(file):
                what = f"holds more than {MEMBERS:,} WARC files, or unpacks to over {UNPACKED} times its size"
                yield refuse(name, "too-large", f"{what}; it was not read")
                return
            for member in sorted(members):
                with held.open(member) as opened:
                    yield from read_warc(f"{name}/{member}", opened, max_bytes)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error) as error:
        yield refuse_unreadable(name, error)


def read_warc(name: str, file: IO[bytes], max_bytes: int) -> Iterator[Found]:
    """The pages of a WARC file, plain or packed by gzip or Zstandard.

    A page is a response of status 200, or a resource, of HTML. Other answers to a request for a page, a page
    that was cut when it was captured and one that is said to be what was captured before are rejects each;
    all else is counted. The body is unpacked as the server packed it.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    wanted = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
    wanted |= WarcRecordType.conversion
    others: Counter[str] = Counter()
    found = 0
    try:
        for record in ArchiveIterator(file, record_types=wanted, parse_http=False):
            found += 1
            taken = _take_capture(record, name, max_bytes)
            if isinstance(taken, str):
                others[taken] += 1
            else:
                yield taken
    except _BROKEN as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        yield refuse(f"{name}#{found + 1}", "unreadable", f"no sound WARC record ({reason}); {_NO_REST}")
    else:
        if not found:
            yield refuse(name, "empty", "holds no captures; is it a WARC file?")
    for medium, count in sorted(others.items()):
        message = f"{count} captures of {medium} are no pages; only HTML is read from archives"
        yield refuse(f"{name}#{medium}", "capture", message)


def _take_capture(record: "WarcRecord", archive: str, max_bytes: int) -> Raw | Reject | str:
    """The page in a record, why it cannot be used, or the medium of what is none."""
    from fastwarc.warc import WarcRecordType

    if record.record_type == WarcRecordType.conversion:
        return "text that another tool took from a page"
    address = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    moment = record.record_date.astimezone(UTC) if record.record_date else None
    name = f"{moment:%Y%m%d%H%M%S}/{address}" if moment else address
    where = f"{archive}: {name}"
    if not address or not is_writable_name(name):
        message = "a capture whose address is missing or cannot be written"
        return refuse(f"{archive}#{record.stream_pos}", "name", message)
    if record.record_type == WarcRecordType.revisit:
        message = f"{where}: unchanged since an earlier capture, which is the one to read"
        return Reject(name, "duplicate", message)
    told = record.headers.get("Content-Type") if record.record_type == WarcRecordType.resource else None
    if told is not None and _medium(told) not in _PAGES:
        return _medium(told)
    if record.content_length > max_bytes + HEADERS:
        return refuse_large(name, max_bytes)
    try:
        _unpack(record)
    except _BROKEN as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return Reject(name, "unreadable", f"{where}: the capture is not whole or no HTTP ({reason})")
    if told is None and (medium := _medium(record.http_content_type)) not in _PAGES:
        return medium
    return _take_page(record, Raw(name, "html", b"", where, _known(address, moment)), max_bytes)


def _unpack(record: "WarcRecord") -> None:
    """Read a record whole and understand its HTTP. Raises OSError where it is shorter than it says."""
    size = record.content_length
    block = record.reader.read(size)
    if len(block) < size:
        raise OSError(f"{size} bytes are told, {len(block)} are there")
    record.set_bytes_content(block)
    record.parse_http(auto_decode="all")


def _take_page(record: "WarcRecord", raw: Raw, max_bytes: int) -> Raw | Reject:
    status = record.http_headers.status_code if record.is_http and record.http_headers else 200
    if status != 200:
        return Reject(raw.name, "capture", f"{raw.where}: the server answered {status}, which is no article")
    if record.headers.get("WARC-Truncated"):
        message = f"{raw.where}: the page was cut when it was captured; capture it again"
        return Reject(raw.name, "capture", message)
    try:
        data = record.reader.read(max_bytes + 1)
    except _BROKEN as error:
        return Reject(raw.name, "unreadable", f"{raw.where}: the page cannot be unpacked ({error})")
    if len(data) > max_bytes:
        return refuse_large(raw.name, max_bytes)
    return replace(raw, data=data, charset=record.http_charset if record.is_http else None)


def _medium(told: str | None) -> str:
    medium = (told or "").partition(";")[0].strip().lower()
    return medium if medium and medium.isprintable() else "a medium that nobody named"


def _known(address: str, moment: datetime | None) -> Known:
    """What the archive says of a page; an address that is none of the web is not kept as one."""
    captured = f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None
    try:
        return read_known({"url": address, "captured": captured})
    except UnusableError:
        return Known(captured=captured)
