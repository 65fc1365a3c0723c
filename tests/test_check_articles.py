"""The rows of a package against the articles that they point into."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_package import (
    ARTICLES,
    FIRST,
    SECOND,
    Rows,
    make_article,
    make_rows,
    sort_rows,
    write_rows,
)

from onrecord.checking.check import validate
from onrecord.claims.credits import complete, describe
from onrecord.cleaning.clean import find_blocks
from onrecord.model import Article, make_id
from onrecord.packaging import schema


def test_a_text_that_is_not_in_the_article_is_found(tmp_path: Path) -> None:
    rows = make_rows()
    mention = rows["entity_mentions"][0]
    mention.update(start=mention["start"] + 1, end=mention["end"] + 1)
    mention["mention_id"] = make_id("men", mention["source_id"], mention["start"], mention["end"], 1)
    sort_rows(rows)
    place = rows["entity_mentions"].index(mention)
    folder = write_rows(tmp_path, rows)
    assert validate(folder).valid
    assert validate(folder, ARTICLES).flatten() == [("ungrounded", "entity_mentions", place + 1, "text")]


def at(kind: str, article: Article, start: int, end: int) -> str:
    return make_id(kind, article.source_id, start, end)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "Harbour talks succeed"), ("name", "1.txt"), ("words", 29), ("author", "Dana Whitlock")],
)
def test_what_a_source_says_of_its_article_is_compared_with_that(
    field: str, value: object, tmp_path: Path
) -> None:
    rows = make_rows()
    rows["sources"][0][field] = value
    folder = write_rows(tmp_path, rows)
    assert validate(folder).valid
    assert validate(folder, ARTICLES).flatten() == [("article-differs", "sources", 1, field)]


def test_one_of_several_articles_with_a_text_may_give_its_name(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    twice = [replace(FIRST, name="other.txt"), FIRST, SECOND]
    assert validate(folder, twice).valid


def test_a_part_of_the_page_that_words_do_not_stand_in_is_found(tmp_path: Path) -> None:
    rows = make_rows()
    rows["claims"][0]["block"] = "title"
    folder = write_rows(tmp_path, rows)
    assert validate(folder).valid
    assert validate(folder, ARTICLES).flatten() == [("block", "claims", 1, "block")]


def test_an_article_that_was_changed_or_left_out_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    changed = make_article("first.txt", FIRST.text + "!", FIRST.publisher)
    other = make_article("other.txt", "Rain is expected.")
    assert validate(folder, [changed, other]).flatten() == [
        ("article-changed", "sources", 1, "sha256"),
        ("article-missing", "sources", 2, "name"),
    ]


def test_a_text_that_belies_its_hash_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    forged = replace(SECOND, text=SECOND.text.replace("may", "can"))
    assert validate(folder, [FIRST, forged]).flatten() == [("article-changed", "sources", 2, "sha256")]


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1),
    data=st.data(),
)
@settings(max_examples=20, deadline=None)
def test_any_span_of_any_text_is_grounded(
    text: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    article = make_article("any.txt", text)
    blocks = find_blocks(text)
    rows: Rows = {name: [] for name in schema.TABLES}
    template = make_rows()
    rows["activities"] = template["activities"]
    rows["sources"] = [
        {
            **template["sources"][1],
            **describe(complete(article, blocks), blocks),
            "source_id": article.source_id,
            "origin": None,
        }
    ]
    where = {"source_id": article.source_id, "start": start, "end": end, "text": text[start:end]}
    rows["dates"] = [{**template["dates"][1], **where, "date_id": at("dat", article, start, end)}]
    report = validate(write_rows(tmp_path_factory.mktemp("any"), rows), [article])
    assert report.flatten() == []
    assert report.spans == 1


def test_every_span_of_many_sources_is_compared(tmp_path: Path) -> None:
    articles = [make_article(f"{n}.txt", f"Report {n}: nothing new.") for n in range(3_000)]
    template = make_rows()
    rows: Rows = {name: [] for name in schema.TABLES}
    rows["activities"] = template["activities"]
    for article in articles:
        known = {"source_id": article.source_id, "name": article.name, "sha256": article.sha256}
        size = {"characters": len(article.text), "words": 4, "origin": None}
        rows["sources"].append({**template["sources"][1], **known, **size})
        where = {"source_id": article.source_id, "start": 7, "end": 11, "text": article.text[7:11]}
        rows["dates"].append({**template["dates"][1], **where, "date_id": at("dat", article, 7, 11)})
    sort_rows(rows)
    folder = write_rows(tmp_path, rows)
    assert validate(folder, articles).flatten() == []
    rows["dates"][2_500]["text"] = "none"
    report = validate(write_rows(tmp_path, rows), articles)
    assert report.flatten() == [("ungrounded", "dates", 2_501, "text")]
    assert report.spans == 3_000
