"""How well dates are found and valued, and what each rule brings.

    python -m bench.dates CORPORA

CORPORA is the folder of corpora that ``train/README.md`` describes. Read here are meantime (TIMEX3 marks
with values; only a document's first sentences are annotated, so only they are read), gum (normalised dates
in news, interviews and speeches) and, for speed, polnear-dev.

Strict: same characters, punctuation at the ends aside; relaxed: any overlap, one to one; both as F1 in
percent. Value: share of the annotated calendar dates for which the same days were found; wrong value: for
which other days were given. No publication date is passed in: the anchor is the article's own.
"""

import datetime as dt
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from train.corpora import MEANTIME_SENTENCES, TOPICS, Row, bare, cover, read_corpus

from onrecord.dates.edtf import interval_of
from onrecord.dates.when import RULES, date_phrases, find_phrases
from onrecord.model import Block, Date, Document, Span

TUNED_ON = "airbus"
GENRES = ("news", "interview", "speech")
Mark = tuple[int, int, tuple[dt.date, dt.date] | None]


def document(record: Row, sentences: int | None = None) -> Document:
    """Each line of the text a block, the first the title; sentences as the corpus has them."""
    text, spans = record["text"], record["sentences"][:sentences]
    lines = re.finditer(r"[^\n]+", text[: spans[-1][1]])
    blocks = tuple(Block(m.start(), m.end(), "body" if m.start() else "title") for m in lines)
    return Document(text, blocks, tuple(Span(start, end) for start, end in spans))


def days_of(value: str) -> tuple[dt.date, dt.date] | None:
    """The days of a TIMEX3 value: EDTF, or a week (2015-W12) or quarter (2015-Q1)."""
    value = value.split("T")[0]
    if match := re.fullmatch(r"(\d{4})-W(\d\d)", value):
        monday = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return monday, monday + dt.timedelta(days=6)
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", value):
        last = 3 * int(match[2])
        return interval_of(f"{match[1]}-{last - 2:02d}/{match[1]}-{last:02d}")
    return interval_of(value) if re.fullmatch(r"\d{4}(-\d\d)?(-\d\d)?", value) else None


def meantime(records: list[Row], topic: str) -> Iterator[tuple[Document, list[Mark]]]:
    for record in records:
        if record["topic"] == topic:
            marks = [mark for mark in record["marks"].values() if mark["kind"] == "TIMEX3" and mark["spans"]]
            yield (
                document(record, MEANTIME_SENTENCES),
                [(*bare(record["text"], *cover(m["spans"])), days_of(m.get("value", ""))) for m in marks],
            )


def gum(records: list[Row]) -> Iterator[tuple[Document, list[Mark]]]:
    for record in records:
        if record["genre"] in GENRES:
            marks: list[Mark] = []
            for date in record["dates"]:
                value = date.get("when") or "/".join(filter(None, (date.get("from"), date.get("to"))))
                marks.append((date["start"], date["end"], interval_of(value.split("T")[0])))
            yield document(record), marks


def score(
    pairs: list[tuple[Document, list[Mark]]], disabled: frozenset[str] = frozenset()
) -> dict[str, float]:
    strict = relaxed = right = valued = predicted = gold = wrong = 0
    for made, marks in pairs:
        dates = date_phrases(made, find_phrases(made), None, disabled)
        predicted, gold = predicted + len(dates), gold + len(marks)
        spans, used = {(date.start, date.end) for date in dates}, set[Date]()
        for start, end, days in marks:
            strict += (start, end) in spans
            valued += days is not None
            hit = next((d for d in dates if d.start < end and start < d.end and d not in used), None)
            if hit:
                used.add(hit)
                relaxed += 1
                mine = interval_of(hit.value) if hit.value else None
                right += days is not None and mine == days
                wrong += days is not None and mine is not None and mine != days
    return {
        "strict": 200 * strict / (predicted + gold),
        "relaxed": 200 * relaxed / (predicted + gold),
        "value": 100 * right / valued,
        "wrong": 100 * wrong / valued,
    }


def main(folder: Path) -> None:
    records = read_corpus(folder, "meantime")
    sets = {topic: list(meantime(records, topic)) for topic in TOPICS}
    sets["all topics"] = [pair for topic in TOPICS for pair in sets[topic]]
    sets["gum"] = list(gum(read_corpus(folder, "gum")))
    print(f"{'':26} strict  relaxed  value  wrong value")
    for name, pairs in sets.items():
        figures = score(pairs)
        note = {TUNED_ON: "(rules written on it)", "gum": "(dates only, values tuned)"}.get(name, "")
        shown = "      - " if name == "gum" else f"{figures['strict']:7.1f} "
        print(
            f"{name:26}{shown}{figures['relaxed']:8.1f}{figures['value']:8.1f}{figures['wrong']:8.1f}  {note}"
        )
    print("\nthe value figure without one rule, less that with all: MEANTIME, GUM")
    whole = {name: score(sets[name])["value"] for name in ("all topics", "gum")}
    for rule in RULES:
        less = [score(sets[name], frozenset({rule.name}))["value"] - whole[name] for name in whole]
        print(f"  {rule.name:24}" + "".join(f"{figure:8.1f}" for figure in less))
    texts = [document(record) for record in read_corpus(folder, "polnear-dev")]
    count = sum(len(made.text.split()) for made in texts)
    begun = time.process_time()
    phrases = [find_phrases(made) for made in texts]
    middle = time.process_time()
    for made, found in zip(texts, phrases, strict=True):
        date_phrases(made, found, "2016-01-01")
    ended = time.process_time()
    find, value = count / (middle - begun), count / (ended - middle)
    print(f"\nwords a second, one core: {find:,.0f} to find phrases, {value:,.0f} to value them")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
