"""Does every row's text stand in its article, at its offsets, character by character?"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from onrecord.checking.columns import SPAN, Tables, span_tables
from onrecord.checking.report import Problems
from onrecord.model import Article

__all__ = ["check_articles"]


class _Spans:
    """The span rows of one table, found by their source."""

    def __init__(self, name: str, found: pa.Table) -> None:
        self.name = name
        self._order = pc.sort_indices(found, sort_keys=[("source_id", "ascending")])
        self._sorted = found.take(self._order).combine_chunks()
        runs = pc.run_end_encode(self._sorted["source_id"].combine_chunks())
        self._places: dict[str, tuple[int, int]] = {}
        begin = 0
        for source_id, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            self._places[source_id] = (begin, end - begin)
            begin = end

    def of(self, source_id: str) -> Iterator[tuple[int, Any, Any, Any]]:
        """Row (from 0), start, end and text of each span in a source; what is missing is null."""
        place = self._places.get(source_id)
        if place is None:
            return
        rows = self._order.slice(*place).to_pylist()
        piece = self._sorted.slice(*place)
        yield from zip(rows, *(piece[name].to_pylist() for name in ("start", "end", "text")), strict=True)


def check_articles(tables: Tables, articles: Iterable[Article], problems: Problems) -> int:
    """Compare each source's hash and each row's text with the articles; the number of rows compared.

    Articles that are no source of the package are passed over; a source without an article is a problem.
    """
    sources = tables.read("sources", "source_id", "name", "sha256", "characters")
    if sources is None:
        return 0
    known = {row["source_id"]: (number, row) for number, row in enumerate(sources.to_pylist())}
    spans = [
        _Spans(name, found)
        for name in span_tables()
        if (found := tables.read(name, *SPAN)) is not None and found.num_rows
    ]
    compared = 0
    seen: set[str] = set()
    names: set[str] = set()
    for article in articles:
        names.add(article.name)
        place = known.get(article.source_id)
        if place is None or article.source_id in seen:
            continue
        seen.add(article.source_id)
        number, row = place
        digest = hashlib.sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest()
        if digest != row["sha256"] or len(article.text) != row["characters"]:
            message = f"{row['name']}: the article has other characters than the source that was built"
            problems.add("article-changed", "sources", number + 1, "sha256", message)
            continue
        for table in spans:
            wrong = []
            for span, start, end, text in table.of(article.source_id):
                compared += 1
                if None not in (start, end) and (start < 0 or article.text[start:end] != text):
                    wrong.append(span)
            message = f"{article.name} does not hold this text at these offsets; build the package again"
            problems.add_rows("ungrounded", table.name, wrong, "text", message)
    for source_id, (number, row) in known.items():
        if source_id in seen:
            continue
        if row["name"] in names:
            message = f"{row['name']} is another text, or of another publisher, than the one that was built"
            problems.add("article-changed", "sources", number + 1, "sha256", message)
        else:
            message = f"{row['name']} was not among the articles given; its rows were not compared"
            problems.add("article-missing", "sources", number + 1, "name", message)
    return compared
