"""From files and records to articles or rejects: what is accepted, what is refused and in which words."""

import gzip
import io
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from onrecord.errors import InputError
from onrecord.inputs import Format
from onrecord.model import Article, Reject
from onrecord.read import CODES, Raw, parse, scan

INPUTS = Path(__file__).parent / "data" / "inputs"
PROSE = "The harbor bridge will close in May, the city council said on Tuesday."


def read(*paths: Path, stdin: bytes | None = None, max_bytes: int = 100_000) -> list[Article | Reject]:
    found = scan(paths, None if stdin is None else io.BytesIO(stdin), max_bytes=max_bytes)
    return [parse(item) if isinstance(item, Raw) else item for item in found]


def parse_bytes(data: bytes, kind: Format = "text") -> Article | Reject:
    return parse(Raw("bridge", kind, data, "bridge"))


def accept(data: bytes, kind: Format = "text") -> Article:
    article = parse_bytes(data, kind)
    assert isinstance(article, Article), article
    return article


def refuse(data: bytes, kind: Format = "text") -> Reject:
    reject = parse_bytes(data, kind)
    assert isinstance(reject, Reject), reject
    assert reject.code in CODES
    assert reject.message.startswith("bridge:")
    return reject


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
        ("notes.docx", "type"),
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
    assert messages["tags.md"].startswith("tags.md:3: has an unknown key 'tags'")
    assert "publisher" in messages["tags.md"], "the keys that are known are named"
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
    assert [item.name for item in found] == ["1.txt", "2.txt", "3.txt", "z.txt"]
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
    assert codes(read(tmp_path)) == [("sub/entities.csv", "type"), ("x.txt", None)]


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
        ("name,headline\nx.txt,A\n", r"sources\.csv:1: unknown column 'headline'"),
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


# Characters


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_decoded_and_only_its_line_ends_change(encoding: str) -> None:
    said = "\n “Café,” cafe\u0301 \u2028 said\ufeff\x0c.  \n\nThe end of the bridge\n"
    article = accept(said.replace("\n\n", "\r\r\n").encode(encoding))
    assert article.text == said
    assert article == accept(said.encode())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("The mayor’s plan".encode("cp1252"), "encoding"),
        ("The mayor’s plan".encode() + "The mayor’s plan".encode("cp1252"), "encoding"),
        ("The café's plan".encode("utf-16-le"), "binary"),
        ("The mayor's plan".encode("utf-16-le"), "nul-bytes"),
        ("The mayor's plan".encode("utf-16")[:-1], "encoding"),
        ("The mayor's plan".encode("utf-32"), "encoding"),
        (b"\xef\xbb\xbf", "empty"),
        (b"... \xe2\x80\x94 ?!", "empty"),
        (b"The \x00 mayor", "nul-bytes"),
        (gzip.compress(b"The mayor's plan"), "binary"),
        (bytes(range(1, 127)), "binary"),
    ],
)
def test_what_is_not_plainly_text_is_refused(data: bytes, code: str) -> None:
    assert refuse(data).code == code


def test_stray_control_character_stays() -> None:
    assert "\x07" in accept(f"{PROSE * 3}\x07".encode()).text


# Language


@pytest.mark.parametrize(
    "text",
    [
        "Die Bundesregierung hat am Dienstag beschlossen, die Steuern zu senken.",
        "Le maire a démissionné lundi.",
        "Правительство объявило во вторник о повышении налогов.",
        "政府は火曜日に新しい方針を発表した。",
    ],
)
def test_other_languages_are_refused_whatever_their_record_says(text: str) -> None:
    assert refuse(text.encode()).code == "language"
    assert refuse(json.dumps({"text": text, "language": "en"}).encode(), "json").code == "language"


def test_said_language_holds_and_short_text_stays_untold() -> None:
    assert accept(json.dumps({"text": PROSE, "language": "EN-us"}).encode(), "json").language == "en-us"
    assert refuse(json.dumps({"text": PROSE, "language": "fr"}).encode(), "json").code == "language"
    assert accept(b"Lee, Ann").language is None
    assert accept(b"42").language is None
    assert accept(b"MAYOR SAYS BRIDGE WILL CLOSE FOR REPAIRS").language == "en"


# Markdown


@pytest.mark.parametrize(
    ("matter", "message"),
    [
        ("layout: post", "unknown key 'layout'"),
        ("title: [a, b]", "title that is not plain text"),
        ("title: {a: b}", "title that is not plain text"),
        ("title: !!python/object/apply:os.system ['true']", "title that is not plain text"),
        ("title: a\ntitle: b", "the key title twice"),
        ("- title", "not a list of keys and values"),
        ("just words", "not a list of keys and values"),
        ("title: 'open", "not YAML"),
        ("title: *nobody", "not YAML"),
        ("title: \x07", "not YAML"),
        ("? [a]\n: b", "unknown key"),
        ("title: " + "[" * 30_000, "not YAML"),
        ("title: " + "a" * 70_000, "more than 65536 characters"),
    ],
)
def test_front_matter_that_is_not_understood_is_refused(matter: str, message: str) -> None:
    reject = refuse(f"---\n{matter}\n---\n{PROSE}\n{PROSE * 20}".encode(), "markdown")
    assert (reject.code, message in reject.message) == ("front-matter", True), reject.message


def test_front_matter_without_end_is_refused() -> None:
    assert refuse(f"---\ntitle: a\n{PROSE}".encode(), "markdown").code == "front-matter"


def test_yaml_bomb_is_refused_at_once() -> None:
    lines = ["title: &a0 [x, x]"] + [f"k{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert (
        refuse(("---\n" + "\n".join(lines) + f"\n---\n{PROSE}").encode(), "markdown").code == "front-matter"
    )


def test_front_matter_values_are_taken_as_written() -> None:
    matter = 'title: 1984\nauthor: yes\npublisher: "null"\ncredit: null\nlicense: ~\nurl:'
    matter += "\npublished: 2031-03-04T23:00:00-05:00"
    article = accept(f"---\r\n{matter}\r\n...\r\n{PROSE}".encode(), "markdown")
    assert article.text == PROSE
    assert (article.title, article.author, article.publisher) == ("1984", "yes", "null")
    assert (article.credit, article.license, article.url, article.published) == (
        None,
        None,
        None,
        "2031-03-04",
    )


def test_markdown_without_front_matter_is_all_text() -> None:
    said = f"# Bridge\n\n{PROSE}\n\n---\n\nMore.\n"
    assert accept(said.encode(), "markdown").text == said
    assert accept(b"---\n---\n" + PROSE.encode(), "markdown").text == PROSE


# HTML


def make_page(head: str, body: str = "") -> str:
    prose = f"<p>{PROSE}</p><p>“We have no choice,” Mayor Ann Lee told reporters after the vote.</p>"
    article = f"<article><h1>Bridge</h1>{prose * 2}{body}</article>"
    return f"<!DOCTYPE html><html><head>{head}</head><body>{article}</body></html>"


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta property="article:published_time" content="2031-03-04T09:00:00Z">', "2031-03-04"),
        ('<meta name="date" content="2031-03">', "2031-03"),
        ('<meta itemprop="datePublished" content="2031-03-04 09:00:00">', "2031-03-04"),
        (
            '<script type="application/ld+json">{"@graph": ['
            '{"@type": "Person", "datePublished": "2001-01-01"},'
            '{"@type": ["NewsArticle"], "datePublished": "2031-03-04T09:00+01:00"}]}</script>',
            "2031-03-04",
        ),
        ('<meta property="article:modified_time" content="2031-03-04">', None),
        ('<meta name="date" content="yesterday">', None),
        ('<meta name="date" content="04/03/2031">', None),
        ('<link rel="canonical" href="https://harbor.example/2031/03/04/bridge">', None),
        ('<script type="application/ld+json">{"datePublished": "2031-</script>', None),
        ('<script type="application/ld+json">' + "[" * 100_000 + "</script>", None),
    ],
)
def test_page_is_dated_only_by_its_own_words(head: str, published: str | None) -> None:
    body = '<p>Updated on March 9, 2029. <time datetime="2028-01-01">1 January 2028</time></p>'
    assert accept(make_page(head, body).encode(), "html").published == published


def test_blanks_at_the_end_of_paragraphs_do_not_hide_the_article() -> None:
    page = "".join(f"<p>{number} {PROSE} </p>" for number in range(300))
    assert accept(f"<html><body>{page}</body></html>".encode(), "html").text.count(PROSE) == 300


def test_host_name_is_no_publisher() -> None:
    article = accept(
        make_page('<link rel="canonical" href="https://harbor.example/bridge">').encode(), "html"
    )
    assert (article.publisher, article.url) == (None, "https://harbor.example/bridge")


def test_page_is_decoded_as_it_declares() -> None:
    page = make_page('<meta charset="windows-1252">')
    xml = f'<?xml version="1.0" encoding="windows-1252"?>{make_page("")}'
    assert accept(page.encode("cp1252"), "html").text == accept(make_page("").encode(), "html").text
    assert "“We have" in accept(xml.encode("cp1252"), "html").text
    assert refuse(make_page("").encode("cp1252"), "html").code == "encoding"
    assert refuse(page.encode(), "html").code == "encoding", "declares one encoding, written in another"
    for label in ("klingon", "zlib", "utf-7", "unicode_escape"):
        assert refuse(make_page(f'<meta charset="{label}">').encode(), "html").code == "encoding"


@pytest.mark.parametrize(
    "page",
    [
        "",
        "no tags at all",
        "<html><body></body></html>",
        "<div>" * 100_000 + PROSE,
        "<html><body>" + "<ul><li>" * 3000 + PROSE,
        '<html><body><nav><a href="/">Home</a> <a href="/s">Sport</a></nav></body></html>',
    ],
)
def test_page_without_article_is_refused(page: str) -> None:
    assert refuse(page.encode(), "html").code in {"no-article", "empty"}


def test_page_is_read_alike_everywhere() -> None:
    program = (
        "import sys; from onrecord.read import *; page = open(sys.argv[1], 'rb').read();"
        "print(ascii(parse(Raw('p', 'html', page, 'p'))))"
    )
    page = INPUTS / "good" / "bridge.html"
    seen = set()
    for seed, zone in (("1", "Pacific/Kiritimati"), ("2", "Pacific/Pago_Pago")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": os.pathsep.join(sys.path)}
        seen.add(
            subprocess.run(
                [sys.executable, "-c", program, page], env=env, capture_output=True, check=True
            ).stdout
        )
    assert len(seen) == 1


# JSON


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "json"),
        (b"null", "json"),
        (b'"text"', "json"),
        (b'{"text": "a"} {"text": "b"}', "json"),
        (b"[" * 100_000, "json"),
        (b'{"text": ' + b"9" * 10_000 + b"}", "json"),
        (b'{"text": "\xff"}', "encoding"),
        (b'{"text": "a\x00b"}', "nul-bytes"),
        (b'{"text": ""}', "empty"),
        (b'{"text": null}', "missing-text"),
        (b'{"text": ["a"]}', "metadata"),
        (b'{"text": "The bridge", "url": "javascript:alert(1)"}', "metadata"),
        (b'{"text": "The bridge", "url": "http://[bridge"}', "metadata"),
        (b'{"text": "The bridge", "title": "a\\u0000b"}', "metadata"),
        (b'{"text": "The bridge", "title": "\\udc00"}', "metadata"),
        (b'{"text": "The bridge", "published": 2031}', "metadata"),
        (b'{"text": "The bridge", "published": "0000"}', "metadata"),
        (b'{"text": "The bridge", "published": "2031-W10-2T09:00"}', "metadata"),
        (b'{"text": "The bridge", "published": "2031-03-04T25:00"}', "metadata"),
        (b'{"text": "The bridge", "id": "a\\nb"}', "metadata"),
    ],
)
def test_records_that_are_not_in_order_are_refused(line: bytes, code: str) -> None:
    assert refuse(line, "json").code == code


@pytest.mark.parametrize(
    "published", ["2031", "2031~", "2031-03?", "2031-03-04%", "2031-03-04T09:00:00.5+02:00"]
)
def test_published_keeps_the_precision_that_was_given(published: str) -> None:
    article = accept(json.dumps({"text": PROSE, "published": published}).encode(), "json")
    assert article.published == published.partition("T")[0]


# Whatever comes

PIECES = st.sampled_from(
    [
        *(b"---\n", b"title: ", b"&*a", b"{", b'"text": "', b'"}', b"\\ud800", b"\\u0000", b"<html>", b"<p>"),
        *(
            b"<meta charset=",
            b"cp1252>",
            b"&#0;",
            b"&#13;",
            b"&#xD800;",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\x00",
        ),
        *(b"\x93", b"\r", b"\r\n", PROSE.encode()),
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=300) | st.lists(PIECES, max_size=12).map(b"".join),
    kind=st.sampled_from(get_args(Format)),
)
@example(data=b'{"text": "\\ufeff\\r\\ufeffThe bridge"}', kind="json")
@example(data=make_page("", "&#13;&#xFEFF;&#0;&#xD800;").encode(), kind="html")
def test_any_bytes_become_an_article_or_a_reject(data: bytes, kind: Format) -> None:
    result = parse_bytes(data, kind)
    if isinstance(result, Reject):
        assert result.code in CODES
        assert (result.name + result.message).isprintable()
    else:
        assert not result.text.startswith("\ufeff")
        assert "\r" not in result.text and "\0" not in result.text
        assert result.text.encode().decode() == result.text


@settings(max_examples=50, deadline=None)
@given(lines=st.lists(st.binary(max_size=40)))
def test_scan_loses_no_line(lines: list[bytes]) -> None:
    data = b"\n".join(lines)
    found = list(scan([], io.BytesIO(data), max_bytes=30))
    marked = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    assert len(found) == max(1, sum(1 for line in marked if line.strip()))


def test_raw_inputs_travel_to_workers() -> None:
    raws = [item for item in scan([INPUTS / "good"]) if isinstance(item, Raw)]
    assert pickle.loads(pickle.dumps(raws)) == raws  # noqa: S301 - pickled two calls ago
    assert [parse(raw) for raw in raws] == [parse(raw) for raw in raws[::-1]][::-1]
