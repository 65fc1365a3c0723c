"""Finding inputs in folders, files and streams, and what a manifest says of them."""

import gzip
import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import InputError
from onrecord.model import Article, Notice, Reject
from onrecord.reading.read import Raw, parse, scan

INPUTS = Path(__file__).parent / "data" / "inputs"
PROSE = "The harbor bridge will close in May, the city council said on Tuesday."


def read(*paths: Path, stdin: bytes | None = None, max_bytes: int = 100_000) -> list[Article | Reject]:
    found = scan(paths, None if stdin is None else io.BytesIO(stdin), max_bytes=max_bytes)
    return [parse(item) if isinstance(item, Raw) else item for item in found if not isinstance(item, Notice)]


def codes(items: Sequence[Article | Reject]) -> list[tuple[str, str | None]]:
    return [(item.name, item.code if isinstance(item, Reject) else None) for item in items]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


# What a folder gives


def test_good_folder_gives_articles_by_name_with_what_is_known() -> None:
    items = read(INPUTS / "good")
    assert codes(items) == [
        ("bridge.html", None),
        ("council.md", None),
        ("ferry-1", None),
        ("feed.jsonl:3", None),
        ("march/harbor.txt", None),
    ]
    page, council, ferry, tolls, harbor = (item for item in items if isinstance(item, Article))
    assert (page.title, page.publisher, page.author) == (
        "Bridge to close for repairs",
        "Harbor Times",
        "Jane Roe",
    )
    assert (page.published, page.published_from) == ("2031-03-04", "metadata")
    assert page.url == "https://harbor.example/news/bridge"
    assert "“We have no choice,” Mayor Ann Lee told reporters" in page.text
    assert not any(menu in page.text for menu in ("Home", "Sport", "2020", "©"))
    assert council.text.startswith("\nThe city council voted") and council.text.endswith("said.\n")
    assert (council.title, council.author) == ("Council votes to close the bridge", "Jane Roe")
    assert council.published == "2031-03-05", "the manifest holds against the front matter"
    assert council.publisher == "Harbor Times", "an empty cell of the manifest says nothing"
    assert (ferry.publisher, ferry.published, ferry.language) == ("Harbor Radio", "2031-03-03", "en")
    assert (tolls.language, tolls.published, tolls.published_from) == ("en-GB", None, None)
    assert (harbor.publisher, harbor.published, harbor.title) == ("Harbor Post", "2031-03", None)


def test_bad_folder_gives_a_reject_for_every_input() -> None:
    items = read(INPUTS / "bad")
    assert codes(items) == [
        ("blank.txt", "empty"),
        ("empty.txt", "empty"),
        ("feed.jsonl:1", "json"),
        ("feed.jsonl:2", "json"),
        ("textless", "missing-text"),
        ("dated", "metadata"),
        ("typed", "metadata"),
        ("feed.jsonl:6", "metadata"),
        ("half", "encoding"),
        ("null", "nul-bytes"),
        ("twice", "json"),
        ("menu.html", "no-article"),
        ("mixed.txt", "encoding"),
        ("notes.docx", "unreadable"),
        ("nul.txt", "nul-bytes"),
        ("photo.txt", "binary"),
        ("spanish.txt", "language"),
        ("tags.md", "front-matter"),
        ("toml.md", "front-matter"),
        ("windows.txt", "encoding"),
    ]
    messages = {item.name: item.message for item in items if isinstance(item, Reject)}
    assert messages["dated"].startswith("feed.jsonl:4: published is 'next Tuesday'")
    assert messages["mixed.txt"].startswith("mixed.txt:2: byte 0x93 is not UTF-8")
    assert messages["nul.txt"].startswith("nul.txt:2:")
    assert messages["tags.md"].startswith("tags.md:3: has a publisher that is not plain text")
    assert "most like es" in messages["spanish.txt"]


def test_seed_articles_are_read_with_what_the_manifest_says() -> None:
    items = read(Path(__file__).parents[1] / "seeds")
    assert [type(item) for item in items] == [Article] * 3
    assert [item.published for item in items if isinstance(item, Article)] == [None] * 3
    assert [item.publisher for item in items if isinstance(item, Article)] == [None, "Newsmax", None]


def test_order_does_not_depend_on_the_order_of_paths(tmp_path: Path) -> None:
    write(tmp_path, {"b/2.txt": PROSE, "a/3.txt": PROSE, "a/1.txt": PROSE, "z.txt": PROSE})
    paths = [tmp_path / "b", tmp_path / "z.txt", tmp_path / "a"]
    found = list(scan(paths))
    assert [item.name for item in found if not isinstance(item, Notice)] == [
        "1.txt",
        "2.txt",
        "3.txt",
        "z.txt",
    ]
    assert list(scan(paths[::-1])) == found


def test_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, {"a/x.txt": PROSE})
    assert len(read(tmp_path, tmp_path / "a" / ".." / "a" / "x.txt")) == 1


def test_same_name_twice_is_refused_for_the_later(tmp_path: Path) -> None:
    write(tmp_path, {"a/x.txt": PROSE, "b/x.txt": "Other " + PROSE})
    assert codes(read(tmp_path / "b", tmp_path / "a")) == [("x.txt", None), ("x.txt", "same-name")]
    lines = json.dumps({"id": "x.txt", "text": PROSE}).encode()
    assert codes(read(tmp_path / "a", stdin=lines)) == [("x.txt", None), ("x.txt", "same-name")]


def test_hidden_files_and_companions_are_passed_over(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "x.txt": PROSE,
            ".git/y.txt": PROSE,
            ".z.txt": PROSE,
            "entities.csv": "",
            "corrections.csv": "",
            "sub/entities.csv": "",
        },
    )
    assert codes(read(tmp_path)) == [("sub/entities.csv", "empty"), ("x.txt", None)]


def test_standard_input_is_json_lines() -> None:
    lines = b'\xef\xbb\xbf{"id": "one", "text": "The bridge will close, the mayor said."}\r\n\n{"text": 5}'
    items = read(stdin=lines)
    assert codes(items) == [("one", None), ("standard input:3", "metadata")]
    assert codes(read(stdin=b"\n")) == [("standard input", "empty")]


def test_compressed_lines_are_read_until_they_break(tmp_path: Path) -> None:
    record = json.dumps({"id": "one", "text": PROSE}).encode() + b"\n"
    whole = gzip.compress(record + os.urandom(5000).hex().encode())
    (tmp_path / "feed.jsonl.gz").write_bytes(gzip.compress(record))
    assert codes(read(tmp_path)) == [("one", None)]
    (tmp_path / "feed.jsonl.gz").write_bytes(whole[:-3000])
    assert codes(read(tmp_path))[-1][1] == "unreadable"
    (tmp_path / "feed.jsonl.gz").write_bytes(b"no gzip")
    assert codes(read(tmp_path)) == [("feed.jsonl.gz:1", "unreadable")]


def test_larger_than_the_limit_is_refused_and_the_next_line_read(tmp_path: Path) -> None:
    write(tmp_path, {"exact.txt": "a" * 200, "more.txt": "a" * 201})
    lines = b'{"text": "%s"}\n{"id": "next", "text": "The bridge will close."}\n' % (b"a" * 1000)
    assert codes(read(tmp_path, stdin=lines, max_bytes=200)) == [
        ("exact.txt", None),
        ("more.txt", "too-large"),
        ("standard input:1", "too-large"),
        ("next", None),
    ]
    bomb = tmp_path / "bomb.jsonl.gz"
    bomb.write_bytes(gzip.compress(b"a" * 1_000_000))
    assert codes(read(bomb, max_bytes=200)) == [("bomb.jsonl.gz:1", "too-large")]


def test_links_and_special_files_are_refused(tmp_path: Path) -> None:
    write(tmp_path, {"outside.txt": PROSE, "in/x.txt": PROSE, "in/sub/y.txt": PROSE})
    folder = tmp_path / "in"
    (folder / "alias.txt").symlink_to("x.txt")
    (folder / "dangling.txt").symlink_to("nowhere.txt")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "out.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "sub" / "up").symlink_to(folder)
    os.mkfifo(folder / "pipe.txt")
    assert codes(read(folder)) == [
        ("alias.txt", None),
        ("dangling.txt", "unreadable"),
        ("loop.txt", "unreadable"),
        ("out.txt", "link"),
        ("pipe.txt", "type"),
        ("sub/up", "link"),
        ("sub/y.txt", None),
        ("x.txt", None),
    ]
    assert codes(read(folder / "dangling.txt")) == [("dangling.txt", "unreadable")]


def test_unreadable_files_and_folders_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"in/locked/x.txt": PROSE, "in/y.txt": PROSE})
    list_folder: Callable[[Path], object] = os.scandir

    def refuse_locked(folder: Path) -> object:
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied")
        return list_folder(folder)

    monkeypatch.setattr(os, "scandir", refuse_locked)
    items = read(tmp_path / "in")
    assert codes(items) == [("locked", "unreadable"), ("y.txt", None)]
    assert isinstance(items[0], Reject) and "Permission denied" in items[0].message


def test_names_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    for name in (b"caf\xe9.txt", b"red\x1b[31m.txt", b"two\nlines.txt"):
        (tmp_path / os.fsdecode(name)).write_text(PROSE)
    items = read(tmp_path)
    assert [item.code for item in items if isinstance(item, Reject)] == ["name"] * 3
    assert all((item.name + getattr(item, "message", "")).isprintable() for item in items)


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: no such file or folder"):
        scan([tmp_path / "nowhere"])


# The manifest


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("name,title\nx.txt,A\ny.txt,B\n", r"sources\.csv:3: no article file 'y\.txt'"),
        ("name,title\nx.txt,A\nx.txt,B\n", r"sources\.csv:3: a second row for 'x\.txt'"),
        ("title\nA\n", r"sources\.csv:1: the header must hold the column name"),
        ("", r"sources\.csv:1: the header must hold the column name"),
        ("name,title,title\nx.txt,A,B\n", r"no column twice"),
        ("name,title\nx.txt\n", r"sources\.csv:2: 1 cells"),
        ('name,title\n\n"x.txt","A\n', r"sources\.csv:3: not CSV"),
        ("name,published\nx.txt,March 2031\n", r"sources\.csv:2: published is 'March 2031'"),
        ("name,published\nx.txt,2031-02-30\n", r"sources\.csv:2: published is '2031-02-30'"),
        ("name,url\nx.txt,harbor.example\n", r"sources\.csv:2: url is"),
        ("name,language\nx.txt,English please\n", r"sources\.csv:2: language is"),
        ("name,title\nfeed.jsonl,A\n", r"sources\.csv:2: no article file 'feed\.jsonl'"),
    ],
)
def test_faults_in_the_manifest_are_errors(tmp_path: Path, manifest: str, message: str) -> None:
    write(tmp_path, {"x.txt": PROSE, "feed.jsonl": "{}", "sources.csv": manifest})
    with pytest.raises(InputError, match=message):
        scan([tmp_path])


def test_manifest_line_is_where_a_row_begins(tmp_path: Path) -> None:
    write(tmp_path, {"x.txt": PROSE, "sources.csv": '\ufeffname,title\nx.txt,"Two\nlines"\n"y.txt",B\n'})
    with pytest.raises(InputError, match=r"sources\.csv:4:"):
        scan([tmp_path])


@settings(max_examples=50, deadline=None)
@given(lines=st.lists(st.binary(max_size=40)))
def test_scan_loses_no_line(lines: list[bytes]) -> None:
    data = b"\n".join(lines)
    found = list(scan([], io.BytesIO(data), max_bytes=30))
    marked = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    assert len(found) == max(1, sum(1 for line in marked if line.strip()))
