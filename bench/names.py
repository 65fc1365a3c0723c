"""Names, measured: `python -m bench.names CORPORA [WEIGHTS]` prints precision, recall and F1 of the names a
build finds on UNER EWT (dev), as the reader gives them, settled, and with each step of settling left out.

WEIGHTS is a path with ``{topic}`` in it: the weights that have not seen that topic of MEANTIME. MEANTIME is
then measured on the sentences it annotates (the title and four of the text), once against all its mentions
marked NAM, which are whole noun phrases ("German airline Lufthansa"), and once against those that are nothing
but a name, where names before a noun and within longer mentions count neither way.
Only people, organizations and places count; a span is trimmed of punctuation and "the".
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from train.corpora import (
    MEANTIME_KINDS,
    MEANTIME_SENTENCES,
    Row,
    bare,
    cover,
    kinds_of_meantime,
    read_corpus,
    to_article,
)

from onrecord.annotate import find_document
from onrecord.cleaning.headlines import settle_headlines
from onrecord.model import Document, Name
from onrecord.people.settle import STEPS, settle_names
from onrecord.tagging.reader import TrainedReader

KINDS = {code: MEANTIME_KINDS[code] for code in ("PER", "ORG", "LOC")}
LINKS = frozenset(
    ["of", "the", "and", "for", "de", "la", "'s", "’s", "on", "in", "&", "-", ".", "del", "von", "van"]
)
DATE_LINE = 1
"""The one of MEANTIME's annotated sentences in which names are not marked."""

Typed = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Text:
    """One document: what was read, what is right, what counts neither way, and where it is looked at."""

    document: Document
    read: tuple[Name, ...]
    gold: frozenset[Typed]
    plain: frozenset[Typed]
    open: tuple[tuple[int, int], ...]
    within: tuple[tuple[int, int], ...]


def trimmed(text: str, span: Typed) -> Typed:
    start, end = bare(text, *span[:2])
    return start + 4 * (text[start : start + 4].lower() == "the "), end, span[2]


def is_plain(words: Sequence[str]) -> bool:
    """Whether a mention is nothing but a name."""
    capitals = [any(c.isupper() for c in word) for word in words]
    linked = all(
        has or word.lower() in LINKS or word[:1].isdigit() for word, has in zip(words, capitals, strict=True)
    )
    return bool(words) and len(words) <= 7 and linked and (capitals[0] or capitals[-1])


def read_document(reader: TrainedReader, row: Row) -> tuple[Document, tuple[Name, ...]]:
    document = find_document(to_article(row))
    (reading,) = reader.read([document])
    return document, reading.names


def read_uner(corpora: Path) -> list[Text]:
    reader = TrainedReader()
    texts = []
    for row in read_corpus(corpora, "uner-ewt-dev"):
        document, names = read_document(reader, row)
        gold = {trimmed(row["text"], (a, b, KINDS[kind])) for a, b, kind in row["entities"] if kind in KINDS}
        everywhere = ((0, len(row["text"])),)
        texts.append(Text(document, names, frozenset(gold), frozenset(gold), (), everywhere))
    return texts


def read_meantime(corpora: Path, weights: str) -> list[Text]:
    texts, readers = [], dict[str, TrainedReader]()
    for row in read_corpus(corpora, "meantime"):
        topic, text, marks = row["topic"], row["text"], row["marks"]
        if topic not in readers:
            readers[topic] = TrainedReader(Path(weights.format(topic=topic)), sha256=None)
        document, names = read_document(readers[topic], row)
        kinds = kinds_of_meantime(row)
        gold, plain = set[Typed](), set[Typed]()
        neither: list[tuple[int, int]] = []
        for key, mark in marks.items():
            if mark["kind"] != "ENTITY_MENTION" or not mark["spans"]:
                continue
            span = trimmed(text, (*cover(mark["spans"]), KINDS.get(kinds.get(key) or "", "")))
            if mark.get("syntactic_type") == "NAM" and span[2]:
                gold.add(span)
                if is_plain(text[span[0] : span[1]].split(" ")):
                    plain.add(span)
            if mark.get("syntactic_type") in ("NAM", "PRE.NAM") and span not in plain:
                neither.append(span[:2])
        annotated = row["sentences"][:MEANTIME_SENTENCES]
        within = tuple((a, b) for place, (a, b) in enumerate(annotated) if place != DATE_LINE)
        texts.append(Text(document, names, frozenset(gold), frozenset(plain), tuple(neither), within))
    return texts


def covered(span: Typed, places: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end + 1 for start, end in places)


def looked_at(text: Text, spans: Iterable[Typed]) -> frozenset[Typed]:
    return frozenset(span for span in spans if any(a <= span[0] < b for a, b in text.within))


def figures(texts: Iterable[Text], settle: Callable[[Text], Iterable[Name]], plain: bool = False) -> str:
    right = said = wanted = 0
    for text in texts:
        gold = text.plain if plain else text.gold
        all_found = (trimmed(text.document.text, (n.start, n.end, n.type)) for n in settle(text))
        found = frozenset(span for span in all_found if span[2] in KINDS.values())
        if plain:
            found = frozenset(f for f in found if f in gold or not covered(f, text.open))
        gold, found = looked_at(text, gold), looked_at(text, found)
        right, said, wanted = right + len(gold & found), said + len(found), wanted + len(gold)
    precision, recall = 100 * right / max(said, 1), 100 * right / max(wanted, 1)
    return f"P {precision:5.1f}  R {recall:5.1f}  F1 {200 * right / max(said + wanted, 1):5.1f}"


def settled(text: Text, disabled: str = "") -> tuple[Name, ...]:
    return settle_headlines(text.document, settle_names(text.document, text.read, {disabled}))


def show(title: str, texts: Sequence[Text], plain: bool = False) -> None:
    print(title)
    print("  as read         ", figures(texts, lambda t: settle_headlines(t.document, t.read), plain))
    print("  settled         ", figures(texts, settled, plain))
    for step in STEPS:
        print(f"  without {step:<8}", figures(texts, partial(settled, disabled=step), plain))


def main(corpora: Path, weights: str | None) -> None:
    show("UNER EWT, dev", read_uner(corpora))
    if weights:
        texts = read_meantime(corpora, weights)
        show("MEANTIME, each topic held out: mentions marked NAM", texts)
        show("MEANTIME, each topic held out: nothing but names", texts, plain=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
