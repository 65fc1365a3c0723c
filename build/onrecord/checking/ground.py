"""Does every row's text stand in its article, at its offsets, character by character, and is what is said of
the article so?

The rows of all tables are put by on disk as numbers, sorted by their sources, the texts as hashes; then each
article in turn is compared with its own.
"""

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from onrecord.checking.columns import SPAN, Tables, show, span_tables
from onrecord.checking.keys import Index, read_numbers, to_numbers
from onrecord.checking.report import Problems
from onrecord.claims.credits import complete, describe
from onrecord.cleaning.clean import find_blocks
from onrecord.model import Article, Block, BlockKind, block_at
from onrecord.packaging import schema
from onrecord.spool import Buckets, Numbers, RawFile

__all__ = ["check_articles"]

_WIDTH = 7
"""Numbers of a row on disk: source, table, row, start, end, hash of the text, part of the page."""
_NONE = -(2**62)
"""An offset that is null."""
_KINDS = get_args(BlockKind)
_UNSAID = -1
"""The part of the page of a row whose table does not tell it."""


class _Spans:
    """The rows that point at characters, of all tables, by the row of their source."""

    def __init__(self, tables: Tables, sources: Index, scratch: Path | None) -> None:
        rows = Buckets(_WIDTH, scratch)
        for table, name in enumerate(span_tables()):
            told = ("block",) if "block" in schema.load()[name].names else ()
            for part in tables.parts(name, *SPAN, *told):
                rows.add(_number_rows(part.rows, sources, table, part.before))
        self._file = RawFile(scratch)
        self._places = np.zeros((len(sources), 2), np.int64)
        for bucket in rows:
            held = bucket[np.lexsort((bucket[:, 2], bucket[:, 1], bucket[:, 0]))]
            found, firsts, counts = np.unique(held[:, 0], return_index=True, return_counts=True)
            ends = np.stack((firsts, firsts + counts), axis=1) * held.itemsize * _WIDTH
            self._places[found.astype(np.int64)] = len(self._file) + ends
            self._file.add(held.tobytes())

    def of(self, source: int) -> npt.NDArray[np.int64]:
        """Table, row, start, end, hash and part of the page of each span in a source."""
        start, end = self._places[source].tolist()
        return np.frombuffer(self._file.read(start, end), np.int64).reshape(-1, _WIDTH)[:, 1:]


def _number_rows(rows: pa.Table, sources: Index, table: int, before: int) -> Numbers:
    """Rows of one table as numbers; those of no known source are left out."""
    found = np.empty((rows.num_rows, _WIDTH), np.int64)
    found[:, 0] = sources.find(to_numbers(rows["source_id"]))
    found[:, 1] = table
    found[:, 2] = np.arange(before, before + rows.num_rows)
    found[:, 3] = pc.fill_null(rows["start"], _NONE).to_numpy()
    found[:, 4] = pc.fill_null(rows["end"], _NONE).to_numpy()
    found[:, 5] = np.fromiter(map(hash, rows["text"].to_pylist()), np.int64, rows.num_rows)
    found[:, 6] = _UNSAID
    if "block" in rows.column_names:
        found[:, 6] = pc.fill_null(pc.index_in(rows["block"], pa.array(_KINDS)), _UNSAID).to_numpy()
    return found[found[:, 0] >= 0].view(np.uint64)


def check_articles(
    tables: Tables, articles: Iterable[Article], problems: Problems, scratch: Path | None = None
) -> int:
    """Compare each source's row and each row's text with the articles; the number of rows compared.

    Articles that are no source of the package are passed over; a source without an article is a problem.
    """
    sources = tables.read("sources", *schema.load()["sources"].names)
    if sources is None:
        return 0
    known = Index(read_numbers(tables, "sources", "source_id"))
    spans, held = _Spans(tables, known, scratch), span_tables()
    compared = 0
    seen, names = np.zeros(sources.num_rows, bool), array("q")
    renamed: dict[int, str] = {}
    unlike: dict[int, Sequence[tuple[str, str]]] = {}
    for article in articles:
        names.append(hash(article.name))
        source = int(known.find(to_numbers(pa.array([article.source_id])))[0])
        if source < 0:
            continue
        (row,) = sources.slice(source, 1).to_pylist()
        if seen[source]:  # one text given twice: the row is of one of them
            if article.name == row["name"]:
                renamed.pop(source, None)
                if unlike.get(source, True):
                    unlike[source] = _compare_source(row, article, find_blocks(article.text, article.title))
            continue
        seen[source] = True
        if article.name != row["name"]:
            renamed[source] = article.name
        digest = hashlib.sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest()
        if digest != row["sha256"] or len(article.text) != row["characters"]:
            message = f"{row['name']}: the article has other characters than the source that was built"
            problems.add("article-changed", "sources", source + 1, "sha256", message)
            continue
        blocks = find_blocks(article.text, article.title)
        unlike[source] = _compare_source(row, article, blocks)
        rows = spans.of(source)
        compared += len(rows)
        _check_spans(article, blocks, rows, held, problems)
    for source, found in sorted(unlike.items()):
        for field, message in found:
            problems.add("article-differs", "sources", source + 1, field, message)
    for source, name in sorted(renamed.items()):
        message = f"the article that holds this text is called {name!r}; give the folders that were built"
        problems.add("article-differs", "sources", source + 1, "name", message)
    given = frozenset(names)
    for source in np.flatnonzero(~seen).tolist():
        (row,) = sources.slice(source, 1).to_pylist()
        if hash(row["name"]) in given:
            message = f"{row['name']} is another text, or of another publisher, than the one that was built"
            problems.add("article-changed", "sources", source + 1, "sha256", message)
        else:
            message = f"{row['name']} was not among the articles given; its rows were not compared"
            problems.add("article-missing", "sources", source + 1, "name", message)
    return compared


def _compare_source(
    row: dict[str, Any], article: Article, blocks: tuple[Block, ...]
) -> Sequence[tuple[str, str]]:
    """Where the row of a source says other than the article, with a message; its name is another matter:
    several may have it."""
    return [
        (field, f"{row['name']}: says {show(row[field])}, the article {show(told)}")
        for field, told in describe(complete(article, blocks), blocks).items()
        if field != "name" and row[field] != told
    ]


def _check_spans(
    article: Article,
    blocks: tuple[Block, ...],
    rows: npt.NDArray[np.int64],
    held: list[str],
    problems: Problems,
) -> None:
    message = f"{article.name} does not hold this text at these offsets; build the package again"
    for table, place, start, end, text, kind in rows.tolist():
        if _NONE in (start, end):
            continue
        if start < 0 or hash(article.text[start:end]) != text:
            problems.add_rows("ungrounded", held[table], (place,), "text", message)
        elif kind != _UNSAID and (found := block_at(blocks, start)) != _KINDS[kind]:
            what = f"stands in the {found} of {article.name}, not in its {_KINDS[kind]}"
            problems.add_rows("block", held[table], (place,), "block", what)
