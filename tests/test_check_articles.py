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
    ident,
    make_article,
    make_rows,
    write_rows,
)

from onrecord.checking.check import validate
from onrecord.packaging import schema


def test_a_text_that_is_not_in_the_article_is_found(tmp_path: Path) -> None:
    rows = make_rows()
    mention = rows["entity_mentions"][2]
    mention.update(start=mention["start"] + 1, end=mention["end"] + 1)
    folder = write_rows(tmp_path, rows)
    assert validate(folder).valid
    assert validate(folder, ARTICLES).flatten() == [("ungrounded", "entity_mentions", 3, "text")]


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
    rows: Rows = {name: [] for name in schema.TABLES}
    template = make_rows()
    rows["sources"] = [
        {
            **template["sources"][1],
            "name": "any.txt",
            "source_id": article.source_id,
            "sha256": article.sha256,
            "characters": len(text),
            "origin": None,
        }
    ]
    where = {"source_id": article.source_id, "start": start, "end": end, "text": text[start:end]}
    rows["dates"] = [{**template["dates"][1], **where}]
    report = validate(write_rows(tmp_path_factory.mktemp("any"), rows), [article])
    assert report.flatten() == []
    assert report.spans == 1


def test_every_span_of_many_sources_is_compared(tmp_path: Path) -> None:
    articles = [make_article(f"{n}.txt", f"Report {n}: nothing new.") for n in range(3_000)]
    template = make_rows()
    rows: Rows = {name: [] for name in schema.TABLES}
    for article in articles:
        known = {"source_id": article.source_id, "name": article.name, "sha256": article.sha256}
        rows["sources"].append(
            {**template["sources"][1], **known, "characters": len(article.text), "origin": None}
        )
        where = {"source_id": article.source_id, "start": 7, "end": 11, "text": article.text[7:11]}
        rows["dates"].append({**template["dates"][1], **where, "date_id": ident("dat", article.name)})
    folder = write_rows(tmp_path, rows)
    assert validate(folder, articles).flatten() == []
    rows["dates"][2_500]["text"] = "2500"
    assert validate(write_rows(tmp_path, rows), articles).spans == 3_000
    rows["dates"][2_500]["text"] = "2501"
    report = validate(write_rows(tmp_path, rows), articles)
    assert report.flatten() == [("ungrounded", "dates", 2_501, "text")]
