"""What in a package most deserves a look, and the skeleton of corrections for it.

Each rule looks at one kind of doubt and gives each row a weight from 0 to 1; the heaviest come first. The
weights only order rows for a person to read: nothing is corrected by them.
"""

import csv
import heapq
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain, combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from onrecord.checking.columns import Tables
from onrecord.correcting.corrections import COLUMNS, write_pairs
from onrecord.errors import PackageError
from onrecord.model import GAP, Article
from onrecord.packaging.package import read_package

__all__ = ["RULES", "Finding", "review", "write_skeleton"]

DOUBTED = 0.7
"""Confidence below which a row is listed; it bounds the list and settles nothing."""
ALIKE = 0.85
"""Likeness of two names from which they are listed, as of Anna Meyer and Anna Meier."""
CROWD = 40
"""Entities at most that share a word of their names: if more do, it tells nothing (University, Bank)."""
AROUND = 60
"""Characters of the article shown before and after."""

_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class Finding:
    """A row to look at: why, where, and the correction that would change it, its new value left open.

    ``row`` is the row's id (of a pair's first row), ``other`` that of the row it is compared with.
    ``source`` is the article's name, null for a row that stands in no one article; ``occurrence`` and
    ``around`` are null where the article's text was not given.
    """

    weight: float
    why: str
    table: str
    source: str | None
    text: str
    action: str
    expects: tuple[tuple[str, str | None], ...]
    value: tuple[tuple[str, str | None], ...] = ()
    row: str = ""
    other: str | None = None
    start: int | None = None
    occurrence: int | None = None
    around: str | None = None


def review(
    package: Path | str, articles: Iterable[Article] | None = None, limit: int | None = 50
) -> tuple[Finding, ...]:
    """The ``limit`` rows of a package that most deserve a look, the heaviest first; null for all.

    With ``articles`` each finding has the words around it and the number of its occurrence. Raises
    PackageError where there is no package or its tables cannot be read.
    """
    found = read_package(Path(package))
    tables = Tables({name: found.at(file) for name, file in found.parquet.items()})
    findings = chain.from_iterable(rule(tables) for rule in RULES.values())
    try:
        ranked = sorted(findings, key=_rank) if limit is None else heapq.nsmallest(limit, findings, key=_rank)
    except (KeyError, OSError, pa.ArrowException) as error:
        raise PackageError(
            f"{package} cannot be read: {error}; onrecord validate says what is wrong"
        ) from error
    if articles is None:
        return tuple(ranked)
    wanted = {finding.source for finding in ranked}
    texts = {article.name: article.text for article in articles if article.name in wanted}
    return tuple(_place(finding, texts) for finding in ranked)


def _rank(finding: Finding) -> tuple[object, ...]:
    return -finding.weight, finding.why, finding.table, finding.source or "", finding.start or 0, finding.text


def _place(finding: Finding, texts: Mapping[str, str]) -> Finding:
    """The finding with the words around it and the number of its occurrence."""
    text = texts.get(finding.source or "")
    if text is None or finding.start is None:
        return finding
    first = finding.text.split(GAP)[0]
    nth, place = 0, -1
    while (place := text.find(first, place + 1)) >= 0 and place <= finding.start:
        nth += 1
    around = text[max(0, finding.start - AROUND) : finding.start + len(first) + AROUND]
    return replace(finding, occurrence=nth, around=" ".join(around.split()))


def _rows(
    tables: Tables, table: str, *columns: str, where: Callable[[pa.Table], object] | None = None
) -> Iterator[dict[str, object]]:
    """Rows of a table as mappings, those ``where`` is true only; none where the table cannot be used."""
    found = tables.read(table, *columns)
    if found is not None:
        yield from (found if where is None else found.filter(where(found))).to_pylist()


def _look(tables: Tables, table: str, key: str, value: str) -> dict[str, str]:
    return {str(row[key]): str(row[value]) for row in _rows(tables, table, key, value)}


def _contents(tables: Tables, wanted: Iterable[str]) -> dict[str, str]:
    """The pieces of each claim's content as one cell."""
    found = tables.read("claim_spans", "claim_id", "role", "seq", "text")
    pieces: dict[str, list[tuple[int, str]]] = defaultdict(list)
    if found is not None:
        mine = pc.is_in(found["claim_id"], value_set=pa.array(sorted(wanted), pa.string()))
        for row in found.filter(pc.and_(mine, pc.equal(found["role"], "content"))).to_pylist():
            pieces[row["claim_id"]].append((row["seq"], row["text"]))
    return {claim_id: GAP.join(text for _, text in sorted(held)) for claim_id, held in pieces.items()}


def find_doubted(tables: Tables) -> Iterator[Finding]:
    """Rows of which the reader is least sure."""
    names = _look(tables, "sources", "source_id", "name")
    for table, column in (
        ("entity_mentions", "entity_id"),
        ("event_mentions", "certainty"),
        ("claims", "quote_type"),
    ):
        key = {"entity_mentions": "mention_id", "event_mentions": "mention_id", "claims": "claim_id"}[table]
        columns = (key, "source_id", "start", "text", "confidence", column)
        rows = list(_rows(tables, table, *columns, where=lambda found: pc.less(found["confidence"], DOUBTED)))
        contents = _contents(tables, {str(row[key]) for row in rows}) if table == "claims" else {}
        for row in rows:
            held = str(row[column])
            yield Finding(
                round(1 - float(str(row["confidence"])), 2),
                "low confidence",
                table,
                names.get(str(row["source_id"])),
                contents.get(str(row[key]), str(row["text"])),
                "drop",
                () if table == "entity_mentions" else ((column, held),),
                row=str(row[key]),
                start=int(str(row["start"])),
            )


def find_voices(tables: Tables) -> Iterator[Finding]:
    """Claims whose speaker has a name but is no entity, or that nobody is shown to make."""
    names = _look(tables, "sources", "source_id", "name")
    columns = ("claim_id", "source_id", "start", "quote_type", "speaker", "speaker_entity_id", "anonymity")
    rows = [
        row
        for row in _rows(
            tables, "claims", *columns, where=lambda found: pc.not_equal(found["quote_type"], "none")
        )
        if row["speaker_entity_id"] is None and row["anonymity"] in ("named", None)
    ]
    contents = _contents(tables, {str(row["claim_id"]) for row in rows})
    for row in rows:
        speaker = row["speaker"]
        yield Finding(
            0.8 if speaker else 0.7,
            "unresolved speaker",
            "claims",
            names.get(str(row["source_id"])),
            contents.get(str(row["claim_id"]), ""),
            "change",
            (("speaker", None if speaker is None else str(speaker)),),
            row=str(row["claim_id"]),
            start=int(str(row["start"])),
        )


def find_variants(tables: Tables) -> Iterator[Finding]:
    """Quotations of the same words that differ: the fewer letters, the likelier a slip."""
    names = _look(tables, "sources", "source_id", "name")
    variants = [
        row
        for row in _rows(tables, "claim_relations", "claim_id", "other_claim_id", "relation", "basis")
        if row["relation"] == "quote_variant"
    ]
    ends = {str(row[side]) for row in variants for side in ("claim_id", "other_claim_id")}
    contents = _contents(tables, ends)
    where = {
        str(row["claim_id"]): row
        for row in _rows(tables, "claims", "claim_id", "source_id", "start")
        if row["claim_id"] in ends
    }
    for row in variants:
        one, other = str(row["claim_id"]), str(row["other_claim_id"])
        wordings = str(row["basis"]).split(" / ")
        if len(wordings) != 2:
            wordings = [contents.get(one, ""), contents.get(other, "")]
        letters = count_letters(wordings[0], wordings[1])
        here, there = where[one], where[other]
        yield Finding(
            round(max(0.5, 1 - letters / 20), 2),
            f"quotations differ in {letters} letters" if letters != 1 else "quotations differ in one letter",
            "claim_relations",
            names.get(str(here["source_id"])),
            contents.get(one, ""),
            "drop",
            (
                ("relation", "quote_variant"),
                ("other_source", names.get(str(there["source_id"]))),
                ("other_text", contents.get(other, "")),
            ),
            row=one,
            other=other,
            start=int(str(here["start"])),
        )


def count_letters(one: str, other: str) -> int:
    """Letters to put in, take out or exchange to make one text of the other.

    >>> count_letters("bring em back", "bring them back"), count_letters("the quay", "the quays")
    (2, 1)
    """
    changes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in changes if kind != "equal")


def find_undated(tables: Tables) -> Iterator[Finding]:
    """Events that took place at a time nobody has settled; those that many articles tell first."""
    for row in _rows(tables, "events", "event_id", "label", "status", "date", "sources"):
        if row["date"] is None and row["status"] == "occurred":
            sources = int(str(row["sources"]))
            yield Finding(
                round(0.6 - 0.2 / sources, 2),
                "undated event",
                "events",
                None,
                str(row["label"]),
                "change",
                (("date", None),),
                row=str(row["event_id"]),
            )


def find_alike(tables: Tables) -> Iterator[Finding]:
    """Entities whose names look alike, or one of which has all the words of the other."""
    entities = list(_rows(tables, "entities", "entity_id", "name", "type", "mentions"))
    holding: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(entities):
        for word in {*_WORD.findall(str(row["name"]).casefold())}:
            holding[word].append(number)
            holding[word[:3] + "…" + word[-1]].append(number)
    seen: set[tuple[int, int]] = set()
    for held in holding.values():
        if len(held) > CROWD:
            continue
        for one, other in combinations(sorted(set(held)), 2):
            if (one, other) in seen:
                continue
            seen.add((one, other))
            likeness = compare_names(str(entities[one]["name"]), str(entities[other]["name"]))
            if likeness >= ALIKE:
                less, more = sorted((one, other), key=lambda n: (int(str(entities[n]["mentions"])), n))
                yield Finding(
                    likeness,
                    f"looks like {entities[more]['name']}",
                    "entities",
                    None,
                    str(entities[less]["name"]),
                    "merge",
                    (("type", str(entities[less]["type"])),),
                    (("into", str(entities[more]["name"])),),
                    row=str(entities[less]["entity_id"]),
                    other=str(entities[more]["entity_id"]),
                )


def compare_names(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; 0.9 where one has all the words of the other.

    >>> compare_names("Anna Meyer", "Anna Meier"), compare_names("Nyberg", "Ada Nyberg")
    (0.9, 0.9)
    """
    words, others = ({*_WORD.findall(name.casefold())} for name in (one, other))
    if words and others and (words <= others or others <= words):
        return 0.9
    return round(SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio(), 2)


RULES: Mapping[str, Callable[[Tables], Iterator[Finding]]] = {
    "doubted": find_doubted,
    "voices": find_voices,
    "variants": find_variants,
    "undated": find_undated,
    "alike": find_alike,
}
"""What is looked for, by name."""


def write_skeleton(findings: Sequence[Finding]) -> str:
    """A ``corrections.csv`` with one line a finding; date, reason and most new values are left to fill in.

    A build fails on a line that is not filled in: take out those that need no correction. Raises PackageError
    where findings lack the number of their occurrence.
    """
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(COLUMNS)
    for finding in findings:
        if finding.source is not None and finding.occurrence is None:
            raise PackageError(
                f"the text of {finding.source} is needed to tell which {finding.text!r} is meant"
            )
        place = (finding.source or "", finding.text, finding.occurrence or 1)
        pairs = (write_pairs(finding.expects), write_pairs(finding.value))
        rows.writerow(("", finding.action, finding.table, *place, *pairs, ""))
    return stream.getvalue()
