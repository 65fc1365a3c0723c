"""What other tools write is understood, and what is not understood is told with its file and line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import onrecord
from onrecord.cli import main
from onrecord.model import Article, Reject
from onrecord.reading.read import Raw, parse

TEXT = "Mayor Ines Prado said the ferry would return in June. The harbour reopened after the storm."


def take(record: dict[str, object]) -> Article:
    found = parse(Raw("feed.jsonl:4", "json", json.dumps(record).encode(), "feed.jsonl:4"))
    assert isinstance(found, Article), found
    return found


RECORDS: dict[str, dict[str, object]] = {
    "trafilatura": {
        "title": "Ferry to return",
        "author": "Rosa Lindqvist; Max Roy",
        "hostname": "post.example",
        "date": "2031-03-04",
        "fingerprint": "fcd3",
        "id": None,
        "license": None,
        "source-hostname": "Halden Post",
        "source": "https://post.example/ferry",
        "text": TEXT,
        "language": None,
    },
    "newspaper": {
        "url": "https://post.example/ferry",
        "title": "Ferry to return",
        "authors": ["Rosa Lindqvist", "Max Roy"],
        "publish_date": "2031-03-04 09:30:00",
        "meta_lang": "en",
        "meta_site_name": "Halden Post",
        "text": TEXT,
    },
    "news-please": {
        "authors": ["Rosa Lindqvist", "Max Roy"],
        "date_publish": "2031-03-04 09:30:00",
        "source_domain": "post.example",
        "title": "Ferry to return",
        "maintext": TEXT,
        "text": None,
        "url": "https://post.example/ferry",
        "language": "en",
    },
    "schema.org": {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Ferry to return",
        "articleBody": TEXT,
        "datePublished": "2031-03-04T09:30:00+01:00",
        "author": [{"@type": "Person", "name": "Rosa Lindqvist"}, {"@type": "Person", "name": "Max Roy"}],
        "publisher": {"@type": "Organization", "name": "Halden Post"},
        "mainEntityOfPage": {"@type": "WebPage", "@id": "https://post.example/ferry"},
        "inLanguage": "en-GB",
    },
    "Media Cloud": {
        "stories_id": 77,
        "media_name": "Halden Post",
        "publish_date": "2031-03-04",
        "title": "Ferry to return",
        "url": "https://post.example/ferry",
        "language": "en",
        "story_text": TEXT,
    },
    "GDELT": {
        "title": "Ferry to return",
        "url": "https://post.example/ferry",
        "domain": "post.example",
        "language": "English",
        "content": TEXT,
    },
    "RSS": {
        "title": "Ferry to return",
        "link": "https://post.example/ferry",
        "pubDate": "Tue, 04 Mar 2031 09:30:00 +0100",
        "source": "Halden Post",
        "content": TEXT,
    },
}


@pytest.mark.parametrize("tool", RECORDS)
def test_what_a_tool_writes_is_understood(tool: str) -> None:
    article = take(RECORDS[tool])
    assert article.text == TEXT
    assert article.title == "Ferry to return"
    assert article.url == "https://post.example/ferry"
    assert article.publisher == ("post.example" if tool in ("news-please", "GDELT") else "Halden Post")
    assert article.published == (None if tool == "GDELT" else "2031-03-04")
    if tool not in ("Media Cloud", "GDELT", "RSS"):
        assert (article.author or "").replace(";", ",") == "Rosa Lindqvist, Max Roy"
    unknown = [name for notice in article.notices for name in notice.names]
    assert unknown == (["fingerprint"] if tool == "trafilatura" else [])


def test_an_address_in_place_of_a_name_is_no_publisher() -> None:
    article = take({"text": TEXT, "source": "https://post.example/ferry"})
    assert (article.publisher, article.url) == (None, "https://post.example/ferry")


@pytest.mark.parametrize(
    "record",
    [
        {"text": TEXT, "authors": [{"age": 7}]},
        {"text": TEXT, "publisher": ["Post"]},
        {"text": TEXT, "date": "yesterday"},
        {"text": [TEXT]},
        {"text": TEXT, "id": True},
    ],
)
def test_what_is_not_plain_is_refused_not_guessed(record: dict[str, object]) -> None:
    found = parse(Raw("a", "json", json.dumps(record).encode(), "feed.jsonl:1"))
    assert isinstance(found, Reject)
    assert found.code == "metadata"


def test_nothing_is_dropped_in_silence(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "ferry.txt").write_text(TEXT, encoding="utf-8")
    (folder / "note.md").write_text(f"---\ntitle: A\nmood: low\ntags: [a]\n---\nNo. {TEXT}", encoding="utf-8")
    lines = [{"id": number, "text": f"{number}. {TEXT}", "views": 1} for number in range(3)]
    lines[2]["likes"] = 2
    (folder / "feed.jsonl").write_text("\n\n".join(map(json.dumps, lines)), encoding="utf-8")
    (folder / "sources.csv").write_text("name,headline,rating\nferry.txt,Ferry back,5\n", encoding="utf-8")
    known = "name,type,mood\nInes Prado,person,low\nHalden,place,\nOle Berg,person,\n"
    (folder / "entities.csv").write_text(known, encoding="utf-8")
    result = onrecord.build(str(folder), tmp_path / "out", strict=True)
    assert result.warnings == (
        "entities.csv:3: known names that no article has: Halden, Ole Berg (2 times)",
        "entities.csv:1: unknown columns, left out: mood",
        "feed.jsonl:1: unknown keys, left out: likes, views (3 times)",
        "note.md:3: unknown keys, left out: mood, tags",
        "sources.csv:1: unknown columns, left out: rating",
    )
    sources = onrecord.load(tmp_path / "out")["sources"].set_index("name")
    assert set(sources.index) == {"0", "1", "2", "ferry.txt", "note.md"}
    assert sources.title["ferry.txt"] == "Ferry back"


def test_warnings_are_told_and_do_not_depend_on_workers(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": number, "text": f"{number}. {TEXT}", f"k{number % 7}": 1}) for number in range(9)
    ]
    (tmp_path / "feed.jsonl").write_text("\n".join(lines), encoding="utf-8")
    told = []
    for workers in ("1", "2"):
        words = ["build", str(tmp_path / "feed.jsonl"), "--out", str(tmp_path / "out"), "--workers", workers]
        told.append(CliRunner().invoke(main, words).stderr.splitlines()[-1])
    assert told[0] == "warning: feed.jsonl:1: unknown keys, left out: k0, k1, k2, k3, k4, k5, k6 (9 times)"
    assert told[1] == told[0]
