"""Large inputs as streams: packed JSON lines, Parquet, and archives of web pages."""

import gzip
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import onrecord
from onrecord.errors import InputError
from onrecord.model import Article, Notice, Reject
from onrecord.reading import scan as scanning
from onrecord.reading.read import Raw, parse, scan

PROSE = "The harbor bridge will close in May, the city council said on Tuesday."
MOMENT = "2031-03-04T09:00:00Z"


def read(*paths: Path, max_bytes: int = 100_000) -> list[Article | Reject]:
    found = scan(paths, max_bytes=max_bytes)
    return [parse(item) if isinstance(item, Raw) else item for item in found if not isinstance(item, Notice)]


def codes(items: Sequence[Article | Reject]) -> list[tuple[str, str | None]]:
    return [(item.name, item.code if isinstance(item, Reject) else None) for item in items]


def articles(items: Iterable[Article | Reject]) -> list[Article]:
    return [item for item in items if isinstance(item, Article)]


# Zstandard


def test_lines_packed_by_zstandard_are_read_until_they_break(tmp_path: Path) -> None:
    record = json.dumps({"id": "one", "text": PROSE}).encode() + b"\n"
    other = json.dumps({"id": "two", "text": "Later, " + PROSE}).encode() + b"\n"
    codec = pa.Codec("zstd")
    packed = [codec.compress(data, asbytes=True) for data in (record, other)]
    (tmp_path / "feed.jsonl.zst").write_bytes(b"".join(packed))
    assert codes(read(tmp_path)) == [("one", None), ("two", None)]
    (tmp_path / "feed.jsonl.zst").write_bytes(packed[0] + packed[1][:-20])
    assert codes(read(tmp_path))[-1][1] == "unreadable"
    (tmp_path / "feed.jsonl.zst").write_bytes(b"no zstd")
    assert codes(read(tmp_path)) == [("feed.jsonl.zst:1", "unreadable")]


def test_packed_bombs_are_refused_line_by_line(tmp_path: Path) -> None:
    codec = pa.Codec("zstd")
    (tmp_path / "bomb.ndjson.zst").write_bytes(codec.compress(b"a" * 10_000_000, asbytes=True))
    assert codes(read(tmp_path, max_bytes=200)) == [("bomb.ndjson.zst:1", "too-large")]


# Parquet


def write_parquet(path: Path, **columns: list[object]) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=3)
    return path


def test_rows_of_parquet_are_articles_as_records_of_json_lines_are(tmp_path: Path) -> None:
    write_parquet(
        tmp_path / "feed.parquet",
        id=["one", None, "three", "four"],
        text=[PROSE, "Later, " + PROSE, None, "Last, " + PROSE],
        published=[date(2031, 3, 4), None, None, date(2031, 3, 5)],
        publisher=["Harbor Times", None, None, " "],
        views=[1, 2, 3, 4],
    )
    items = read(tmp_path)
    assert codes(items) == [
        ("one", None),
        ("feed.parquet:2", None),
        ("three", "missing-text"),
        ("four", None),
    ]
    one, _, four = articles(items)
    assert (one.published, one.publisher, four.published, four.publisher) == (
        "2031-03-04",
        "Harbor Times",
        "2031-03-05",
        None,
    )
    lines = tmp_path / "lines" / "feed.jsonl"
    lines.parent.mkdir()
    record = {"id": "one", "text": PROSE, "published": "2031-03-04", "publisher": "Harbor Times", "views": 1}
    lines.write_text(json.dumps(record))
    assert [replace(item, notices=()) for item in articles(read(lines))] == [one]


def test_parquet_that_is_none_or_lacks_a_text_is_refused(tmp_path: Path) -> None:
    whole = write_parquet(tmp_path / "a.parquet", text=[PROSE]).read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[: len(whole) // 2])
    write_parquet(tmp_path / "b.parquet", words=[PROSE])
    write_parquet(tmp_path / "c.parquet", text=pa.array([], pa.string()))
    write_parquet(tmp_path / "d.parquet", text=[PROSE.encode()], id=["bytes"])
    write_parquet(tmp_path / "e.parquet", text=["a" * 500], id=["long"])
    write_parquet(tmp_path / "f.parquet", text=[PROSE], id=[7.5])
    assert codes(read(tmp_path, max_bytes=400)) == [
        ("a.parquet:1", "unreadable"),
        ("b.parquet", "missing-text"),
        ("c.parquet", "empty"),
        ("d.parquet:1", "metadata"),
        ("e.parquet:1", "too-large"),
        ("f.parquet:1", "metadata"),
    ]


# Archives of web pages


def page(title: str, prose: str = PROSE, charset: str = "") -> bytes:
    head = f"<title>{title}</title>" + (f'<meta charset="{charset}">' if charset else "")
    said = f"<p>{prose}</p><p>“We have no choice,” Mayor Ann Lee told reporters after the vote.</p>"
    html = f"<!DOCTYPE html><html><head>{head}</head><body><article>{said * 2}</article></body></html>"
    return html.encode(charset or "utf-8")


def record(
    url: str,
    body: bytes,
    *,
    kind: str = "response",
    status: str = "200 OK",
    medium: str = "text/html",
    moment: str = MOMENT,
    more: str = "",
    http: str = "",
) -> bytes:
    answer = f"HTTP/1.1 {status}\r\nContent-Type: {medium}\r\n{http}\r\n".encode() + body
    held, told = (answer, "application/http; msgtype=response") if kind != "resource" else (body, medium)
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {moment}\r\n{more}"
    head += f"WARC-Record-ID: <urn:uuid:{abs(hash((url, moment, kind))):032x}>\r\n"
    head += f"Content-Type: {told}\r\nContent-Length: {len(held)}\r\n\r\n"
    return head.encode() + held + b"\r\n\r\n"


HOST = "https://harbor.example"
INFO = (
    b"WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Date: 2031-03-04T09:00:00Z\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
)
CRAWL = [
    INFO,
    record(f"{HOST}/bridge", b"", kind="request"),
    record(f"{HOST}/bridge", page("Bridge")),
    record(f"{HOST}/gone", page("Gone"), status="404 Not Found"),
    record(f"{HOST}/old", b"", status="301 Moved Permanently", http=f"Location: {HOST}/bridge\r\n"),
    record(f"{HOST}/logo.png", b"\x89PNG", medium="image/png"),
    record(f"{HOST}/photo.png", b"\x89PNG", medium="image/png"),
    record(f"{HOST}/menu", b"<html><body><ul><li>Home</li></ul></body></html>"),
    record(f"{HOST}/cut", page("Cut"), more="WARC-Truncated: length\r\n"),
    record(f"{HOST}/bridge", b"", kind="revisit", moment="2031-03-05T09:00:00Z"),
    record(f"{HOST}/bridge", page("Bridge", "Reopened: " + PROSE), moment="2031-03-06T09:00:00.5Z"),
    record("urn:embedded:note", page("Note", "Noted: " + PROSE), kind="resource"),
]
READ = [
    ("20310304090000/https://harbor.example/bridge", None),
    ("20310304090000/https://harbor.example/gone", "capture"),
    ("20310304090000/https://harbor.example/menu", "no-article"),
    ("20310304090000/https://harbor.example/cut", "capture"),
    ("20310305090000/https://harbor.example/bridge", "duplicate"),
    ("20310306090000/https://harbor.example/bridge", None),
    ("20310304090000/urn:embedded:note", None),
]


def known_pages(items: Iterable[Article | Reject]) -> list[tuple[str | None, str | None, str | None]]:
    return [(item.url, item.captured, item.published) for item in articles(items)]


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_pages_of_an_archive_are_articles_and_the_rest_is_told(tmp_path: Path, packing: str) -> None:
    codec = pa.Codec("zstd")
    packed = {
        "": CRAWL,
        ".gz": [gzip.compress(data) for data in CRAWL],
        ".zst": [codec.compress(data, asbytes=True) for data in CRAWL],
    }
    (tmp_path / f"crawl.warc{packing}").write_bytes(b"".join(packed[packing]))
    items = read(tmp_path)
    redirect = ("20310304090000/https://harbor.example/old", "capture")
    expected = [*READ[:2], redirect, *READ[2:], (f"crawl.warc{packing}#image/png", "capture")]
    assert codes(items) == expected
    assert known_pages(items) == [
        (f"{HOST}/bridge", "2031-03-04T09:00:00Z", None),
        (f"{HOST}/bridge", "2031-03-06T09:00:00Z", None),
        (None, "2031-03-04T09:00:00Z", None),
    ]
    assert "2 captures of image/png" in next(
        item.message for item in items if isinstance(item, Reject) and "#" in item.name
    )


def test_a_wacz_is_read_as_the_warc_files_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "crawl.wacz", "w") as held:
        held.writestr("datapackage.json", "{}")
        held.writestr("archive/b.warc.gz", gzip.compress(record(f"{HOST}/two", page("Two"))))
        held.writestr("archive/a.warc", record(f"{HOST}/one", page("One", "First: " + PROSE)))
        held.writestr("pages/pages.jsonl", "{}")
    assert codes(read(tmp_path)) == [
        ("20310304090000/https://harbor.example/one", None),
        ("20310304090000/https://harbor.example/two", None),
    ]
    whole = (tmp_path / "crawl.wacz").read_bytes()
    (tmp_path / "crawl.wacz").write_bytes(whole[: len(whole) - 40])
    assert codes(read(tmp_path)) == [("crawl.wacz", "unreadable")]
    with zipfile.ZipFile(tmp_path / "crawl.wacz", "w") as held:
        held.writestr("datapackage.json", "{}")
    assert codes(read(tmp_path)) == [("crawl.wacz", "empty")]


def test_a_broken_archive_gives_what_stands_before_the_break(tmp_path: Path) -> None:
    packed = gzip.compress(CRAWL[2]) + gzip.compress(CRAWL[-1])
    (tmp_path / "crawl.warc.gz").write_bytes(packed[:-60])
    first, *others = codes(read(tmp_path))
    assert first == READ[0]
    assert [code for _, code in others][-1:] == ["unreadable"]
    for data in (b"", b"no WARC at all", os.urandom(3000)):
        (tmp_path / "crawl.warc.gz").write_bytes(data)
        assert {code for _, code in codes(read(tmp_path))} <= {"unreadable", "empty"}
        assert codes(read(tmp_path))


def test_bodies_are_unpacked_and_decoded_as_the_server_tells(tmp_path: Path) -> None:
    said = "Café: " + PROSE
    data = [
        record(f"{HOST}/gzip", gzip.compress(page("Gzip", said)), http="Content-Encoding: gzip\r\n"),
        record(
            f"{HOST}/header",
            page("Header", said).decode().encode("cp1252"),
            medium="text/html; charset=cp1252",
        ),
        record(f"{HOST}/page", page("Page", said, "cp1252")),
        record(f"{HOST}/both", page("Both", said, "utf-8"), medium="text/html; charset=iso-8859-1"),
        record(f"{HOST}/odds", page("Odds", said), medium="text/html; charset=iso-8859-1"),
        record(f"{HOST}/none", page("None", said).decode().encode("cp1252")),
        record(f"{HOST}/bomb", gzip.compress(b"a" * 3_000_000), http="Content-Encoding: gzip\r\n"),
    ]
    (tmp_path / "crawl.warc").write_bytes(b"".join(data))
    items = read(tmp_path)
    assert [code for _, code in codes(items)] == [None, None, None, None, "encoding", "encoding", "too-large"]
    assert {article.text for article in articles(items)} == {articles(items)[0].text}
    assert "Café" in articles(items)[0].text


def test_a_package_is_built_of_an_archive(tmp_path: Path) -> None:
    """Two captures of one page that say the same are one source; every span stands in the text."""
    again = record(f"{HOST}/bridge", page("Bridge"), moment="2031-03-07T09:00:00Z")
    (tmp_path / "crawl.warc").write_bytes(b"".join([*CRAWL, again]))
    result = onrecord.build([tmp_path / "crawl.warc"], tmp_path / "out")
    assert result.articles == 3
    assert ("20310307090000/https://harbor.example/bridge", "duplicate") in [
        (reject.name, reject.code) for reject in result.rejects
    ]
    sources = onrecord.load(tmp_path / "out")["sources"]
    assert sorted(sources.captured) == ["2031-03-04T09:00:00Z"] * 2 + ["2031-03-06T09:00:00Z"]
    assert sources.published_edtf.isna().all()
    report = onrecord.validate(tmp_path / "out", onrecord.load_articles([tmp_path / "crawl.warc"]))
    assert report.valid and report.spans


def test_archives_need_the_extra_and_say_so_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "crawl.warc").write_bytes(b"")
    monkeypatch.setattr(scanning, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"crawl\.warc: .*onrecord\[warc\]"):
        scan([tmp_path])


def test_a_large_archive_never_sits_in_memory(tmp_path: Path) -> None:
    """Read in a process of its own, a hundred times as much takes no more than what one page takes."""

    def peak(megabytes: int) -> int:
        filler = f"<!-- {'x' * 1_000_000} -->".encode()
        with (tmp_path / "crawl.warc.gz").open("wb") as file:
            for number in range(megabytes):
                body = filler + page("Bridge", f"Day {number}: {PROSE}")
                file.write(gzip.compress(record(f"{HOST}/{number}", body), 1))
        code = (
            "import resource, sys; from pathlib import Path; from onrecord.reading.read import scan\n"
            "assert sum(1 for _ in scan([Path(sys.argv[1])])) == int(sys.argv[2])\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        arguments = [sys.executable, "-c", code, str(tmp_path), str(megabytes)]
        return int(subprocess.run(arguments, check=True, capture_output=True, env=os.environ).stdout) // 1024

    assert peak(100) - peak(2) < 20
