"""From raw inputs to articles or rejects: what is accepted, what is refused and in which words."""

import gzip
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from onrecord.model import Article, Reject
from onrecord.reading.inputs import Format
from onrecord.reading.read import CODES, Raw, parse, scan

INPUTS = Path(__file__).parent / "data" / "inputs"
PROSE = "The harbor bridge will close in May, the city council said on Tuesday."


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
        (gzip.compress(b"The mayor's plan", mtime=0), "binary"),
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
        ("title: [a, b]", "title that is not plain text"),
        ("title: {a: b}", "title that is not plain text"),
        ("title: !!python/object/apply:os.system ['true']", "title that is not plain text"),
        ("title: a\ntitle: b", "the key title twice"),
        ("- title", "not a list of keys and values"),
        ("just words", "not a list of keys and values"),
        ("title: 'open", "not YAML"),
        ("title: *nobody", "not YAML"),
        ("title: \x07", "not YAML"),
        ("? [a]\n: b", "a key that is not a word"),
        ("author: [{a: b}]", "author that is not plain text"),
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
        "import sys; from onrecord.reading.read import *; page = open(sys.argv[1], 'rb').read();"
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


def test_raw_inputs_travel_to_workers() -> None:
    raws = [item for item in scan([INPUTS / "good"]) if isinstance(item, Raw)]
    assert pickle.loads(pickle.dumps(raws)) == raws  # noqa: S301 - pickled two calls ago
    assert [parse(raw) for raw in raws] == [parse(raw) for raw in raws[::-1]][::-1]
