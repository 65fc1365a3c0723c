"""Step 1: annotated corpora to one list of examples, each a text's words with a tag, or none, for every head.

    python -m train.prepare --corpora DIR --tokenizer tokenizer.json --out examples.pkl

A head learns only from documents that annotate it: elsewhere its tags are IGNORED.
"""

import argparse
import bisect
import pickle
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from train.corpora import (
    ECBPLUS_EVENTS,
    MEANTIME_KINDS,
    MEANTIME_SENTENCES,
    Names,
    Row,
    cover,
    kinds_of_meantime,
    read_corpus,
)
from train.example import Example
from train.labels import CERTAINTY, HEADS, IGNORED, POLARITY, ROLES, TIME
from train.silver import mend, usual_kinds
from train.swap import Pools, pools_of, swap

from onrecord.tagging.features import Words, split_words

ORDINALS = {name: {tag: i for i, tag in enumerate(tags)} for name, tags in HEADS.items()}
Named = tuple[tuple[int, int], str]  # a span and its kind

MEANTIME = {**MEANTIME_KINDS, "FIN": "other", "MIX": "other"}
GUM = {
    "person": "person",
    "organization": "organization",
    "place": "place",
    "event": "event",
    "object": "product",
}
ECB = {"HUMAN_PART_PER": "person", "HUMAN_PART_ORG": "organization", "LOC_GEO": "place", "LOC_FAC": "place",
       "HUMAN_PART_GPE": "place", "HUMAN_PART_MET": "organization"}  # fmt: skip
NEVER_EVENTS = ("person", "organization", "animal", "plant", "place", "time")  # kinds of GUM
NOT_ONE_NOUN = frozenset(re.findall(r"\w+", """
    of in on at to for with and or that who i you he she it we they me him her us them this that these
    those mine yours his hers its ours theirs which what one
"""))  # fmt: skip
POSSESSIVES = ("'s", "’s", "'", "’")
NAME_LINKS = frozenset(
    ["of", "the", "and", "for", "on", "in", "de", "la", "del", "von", "van", "&", "-", "."]
) | {
    "s",
    *POSSESSIVES,
}


def blank(tokenizer: Tokenizer, corpus: str, doc: Row) -> Example:
    words = split_words(tokenizer, doc["text"])
    marks = doc.get("sentences") or [[0, len(doc["text"])]]
    starts = sorted({bisect.bisect_left(words.starts, a) for a, _ in marks} | {0})
    tags = {head: np.full(len(words), IGNORED, np.int16) for head in HEADS}
    return Example(
        corpus, str(doc["id"]), doc.get("split", ""), words, [s for s in starts if s < len(words)], tags
    )


def mark(example: Example, head: str, start: int, end: int, label: str) -> tuple[int, int] | None:
    """Tag the words of a span B, I, ... (or B, I, L, U where the head has them)."""
    first, last = example.within(start, end)
    if first >= last:
        return None
    tags, numbers = example.tags[head], ORDINALS[head]
    if f"U-{label}" in numbers:
        for i in range(first, last):
            edge = "U" if last - first == 1 else "B" if i == first else "L" if i == last - 1 else "I"
            tags[i] = numbers[f"{edge}-{label}"]
    else:
        tags[first:last] = numbers[f"I-{label}"]
        tags[first] = numbers[f"B-{label}"]
    return first, last


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def polnear(tokenizer: Tokenizer, doc: Row, split: str, names: Names) -> Example:
    example = blank(tokenizer, "polnear", doc)
    example.split = split
    example.tags["roles"][:] = 0
    example.tags["names"][:] = 0
    for attribution in doc["attributions"]:
        for role in ROLES:
            for a, b in attribution.get(role, []):
                mark(example, "roles", *trimmed(doc["text"], a, b), role)
    for a, b, kind in names:
        if kind:
            mark(example, "names", a, b, kind)
        else:
            first, last = example.within(a, b)
            example.tags["names"][first:last] = IGNORED
    leave_out_names(example)
    return example


def swapped_polnear(doc: Row, names: Names, pools: Pools) -> tuple[Row, Names]:
    text, move = swap(doc["id"], doc["text"], names, pools)
    roles = [{r: [move(a, b) for a, b in found.get(r, [])] for r in ROLES} for found in doc["attributions"]]
    sentences = [move(a, b) for a, b in doc["sentences"]]
    moved = doc | {"text": text, "attributions": roles, "sentences": sentences}
    return moved, [(*move(a, b), kind) for a, b, kind in names]


def swapped_gum(doc: Row, pools: Pools) -> Row:
    named = [(a, b, kind) for (a, b), kind in plain_names(doc["text"], gum_names(doc))]
    text, move = swap(doc["id"], doc["text"], named, pools)
    moved = {"text": text, "sentences": [move(a, b) for a, b in doc["sentences"]]}
    for kind in ("entities", "dates"):
        spans = [move(e["start"], e["end"]) for e in doc[kind]]
        moved[kind] = [e | {"start": a, "end": b} for e, (a, b) in zip(doc[kind], spans, strict=True)]
    return doc | moved


def leave_out_names(example: Example) -> None:
    """No word of a name or a date is a trigger, in corpora that mark names and dates but no triggers: of the
    triggers of MEANTIME and ECB+ one in 600 touches a name."""
    for head in ("names", "dates"):
        example.tags["triggers"][example.tags[head] > 0] = 0


def teach_nouns(example: Example, doc: Row) -> None:
    """The last noun of GUM's short noun phrases as a trigger where it is an event, as none where it is a
    person, a place and the like: their stems are triggers in MEANTIME 67 and 0 to 7 times in 100."""
    for e in doc["entities"]:
        words = doc["text"][e["start"] : e["end"]].lower().split()
        if e["proper"] or len(words) > 3 or NOT_ONE_NOUN.intersection(words):
            continue
        first, last = example.within(e["start"], e["end"])
        if first < last and e["type"] == "event":
            mark(example, "triggers", example.words.starts[last - 1], example.words.ends[last - 1], "event")
        elif first < last and e["type"] in NEVER_EVENTS:
            example.tags["triggers"][last - 1] = 0


def factappeal(tokenizer: Tokenizer, doc: Row) -> Example:
    example = blank(tokenizer, "factappeal", doc)
    example.tags["claims"][:] = 0
    for a, b, label in doc["spans"]:
        voice = "teller" if label.startswith("Source:") else None
        if label.startswith("Fact_"):
            voice = "own" if "No_Appeal" in label else "appeal"
        if voice:
            mark(example, "claims", *trimmed(doc["text"], a, b), voice)
    return example


def meantime(tokenizer: Tokenizer, doc: Row) -> Example:
    example = blank(tokenizer, "meantime", doc)
    example.split = doc["topic"]
    marks = {key: mark for key, mark in doc["marks"].items() if mark["spans"]}
    bounds = doc["sentences"][:MEANTIME_SENTENCES]
    first, last = 0, example.within(0, bounds[-1][1])[1]
    for head in ("names", "triggers", "dates"):
        example.tags[head][first:last] = 0
    dateline = example.within(*bounds[1])
    for head in ("names", "triggers"):
        example.tags[head][dateline[0] : dateline[1]] = IGNORED
    kinds = kinds_of_meantime(doc)
    named = [
        (cover(m["spans"][:1]), MEANTIME[kind])
        for key, m in marks.items()
        if m.get("syntactic_type") in ("NAM", "PRE.NAM") and (kind := kinds.get(key))
    ]
    tag_names(example, doc["text"], named)
    for m in marks.values():
        if m["kind"] == "EVENT_MENTION":
            where = mark(example, "triggers", *cover(m["spans"][:1]), "event")
            if where:
                for head, values in (("certainty", CERTAINTY), ("polarity", POLARITY), ("time", TIME)):
                    value = (m.get(head) or "").lower().replace("underspecified", "unknown")
                    if value in values:
                        example.tags[head][where[0]] = values.index(value)
        elif m["kind"] == "TIMEX3":
            mark(example, "dates", *cover(m["spans"]), "date")
    return example


def leave_capitals_open(example: Example, text: str, sentences: list[list[int]]) -> None:
    """ECB+ marks only what takes part in an event: its other capitals may be names or not."""
    for a, b in sentences:
        first, last = example.within(a, b)
        for i in range(first, last):
            start, end = example.words.starts[i], example.words.ends[i]
            example.tags["names"][i] = 0 if text[start:end] == text[start:end].lower() else IGNORED


def ecbplus(tokenizer: Tokenizer, doc: Row) -> tuple[Example, list[int]]:
    """Only scored sentences count; one unscored sentence on each side is kept as context: their numbers."""
    keep = sorted({j for i in doc["scored"] for j in (i - 1, i, i + 1) if 0 <= j < len(doc["sentences"])})
    example = blank(tokenizer, "ecbplus", doc)
    for i in doc["scored"]:
        first, last = example.within(*doc["sentences"][i])
        for head in ("triggers", "dates"):
            example.tags[head][first:last] = 0
    scored = [doc["sentences"][i] for i in doc["scored"]]
    for m in doc["mentions"]:
        start = m["spans"][0][0]
        if not any(a <= start < b for a, b in scored):
            continue
        if m["tag"].startswith(ECBPLUS_EVENTS):
            close = m["spans"][-1][1] - start <= 25
            where = mark(
                example, "triggers", start, m["spans"][-1][1] if close else m["spans"][0][1], "event"
            )
            if where:
                polarity = "neg" if m["tag"].startswith("NEG_") else "pos"
                example.tags["polarity"][where[0]] = POLARITY.index(polarity)
        elif m["tag"].startswith("TIME"):
            mark(example, "dates", start, m["spans"][-1][1], "date")
    known = [(cover(m["spans"]), ECB[m["tag"]]) for m in doc["mentions"] if m["tag"] in ECB]
    leave_capitals_open(example, doc["text"], scored)
    tag_names(example, doc["text"], [n for n in known if any(a <= n[0][0] < b for a, b in scored)])
    return example, keep


def capitalised(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The name within a noun phrase: without "the" and "'s" around it; None unless all of it looks like a
    name."""
    words = text[start:end].split(" ")
    while words and words[0].lower() in ("the", "a", "an"):
        start += len(words.pop(0)) + 1
    while words and words[-1] in POSSESSIVES:
        end -= len(words.pop()) + 1
    if not words or len(words) > 7 or not any(c.isupper() for c in words[0] + words[-1]):
        return None
    if not all(any(c.isupper() for c in w) or w.lower() in NAME_LINKS or w[:1].isdigit() for w in words):
        return None
    return (start, end) if any(c.isupper() for c in text[start:end]) else None


def plain_names(text: str, named: Iterable[Named]) -> Iterator[Named]:
    """Of noun phrases those that are plainly names."""
    for (start, end), kind in named:
        span = capitalised(text, start, end)
        if span:
            yield span, kind


def tag_names(example: Example, text: str, named: Sequence[Named]) -> None:
    """Tag the outermost spans that are plainly names; leave the capitals of other noun phrases open."""
    names = example.tags["names"]
    for (start, end), _ in named:
        if capitalised(text, start, end) is None:
            first, last = example.within(start, end)
            for i in range(first, last):
                if text[example.words.starts[i]].isupper():
                    names[i] = IGNORED
    for span, kind in sorted(plain_names(text, named), key=lambda n: n[0][1] - n[0][0]):
        mark(example, "names", *span, kind)


def gum_names(doc: Row) -> list[Named]:
    return [((e["start"], e["end"]), GUM.get(e["type"], "other")) for e in doc["entities"]
            if e["proper"] and e["type"] != "time"]  # fmt: skip


def gum(tokenizer: Tokenizer, doc: Row) -> Example:
    """Noun phrases with a proper noun that are not plainly a name are left open: no tag is right for them."""
    example = blank(tokenizer, "gum", doc)
    dates = example.tags["dates"]
    example.tags["names"][:] = 0
    dates[:] = 0
    text = doc["text"]
    tag_names(example, text, gum_names(doc))
    for e in doc["entities"]:
        if e["type"] == "time":
            first, last = example.within(e["start"], e["end"])
            dates[first:last] = IGNORED
    for d in doc["dates"]:
        mark(example, "dates", d["start"], d["end"], "date")
    leave_out_names(example)
    teach_nouns(example, doc)
    return example


def sliced(example: Example, keep: list[int]) -> list[Example]:
    """Runs of neighbouring sentences as examples of their own."""
    ends = [*example.sentences[1:], len(example.words)]
    runs: list[list[int]] = []
    for i in keep:
        if i >= len(ends):
            continue
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    out = []
    for run in runs:
        a, b = example.sentences[run[0]], ends[run[-1]]
        w = example.words
        words = Words(w.starts[a:b], w.ends[a:b], w.pieces[a:b], w.shapes[a:b], w.contexts[a:b])
        starts = [example.sentences[i] - a for i in run]
        tags = {head: t[a:b] for head, t in example.tags.items()}
        out.append(Example(example.corpus, example.id, example.split, words, starts, tags))
    return out


def prepare(corpora: Path, tokenizer: Tokenizer) -> list[Example]:
    parts = {part: read_corpus(corpora, f"polnear-{part}") for part in ("train", "dev")}
    others = {name: read_corpus(corpora, name) for name in ("factappeal", "meantime", "gum", "ecbplus")}
    usual = usual_kinds(parts["train"])
    mended = {d["id"]: mend(d, usual) for docs in parts.values() for d in docs}
    known = [
        (d["text"][a:b], kind) for d in others["gum"] for (a, b), kind in plain_names(d["text"], gum_names(d))
    ]
    known += [(d["text"][a:b], k) for d in parts["train"] for a, b, k in mended[d["id"]] if k]
    pools = pools_of(known)
    examples = []
    for part, docs in parts.items():
        for doc in docs:
            example = polnear(tokenizer, doc, part, mended[doc["id"]])
            other, names = swapped_polnear(doc, mended[doc["id"]], pools)
            example.twin = polnear(tokenizer, other, part, names)
            examples.append(example)
    examples += [factappeal(tokenizer, d) for d in others["factappeal"]]
    examples += [meantime(tokenizer, d) for d in others["meantime"]]
    for doc in others["gum"]:
        example = gum(tokenizer, doc)
        example.twin = gum(tokenizer, swapped_gum(doc, pools))
        examples.append(example)
    for doc in others["ecbplus"]:
        example, keep = ecbplus(tokenizer, doc)
        examples += sliced(example, keep)
    return examples


def load_tokenizer(path: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    examples = prepare(options.corpora, load_tokenizer(options.tokenizer))
    options.out.write_bytes(pickle.dumps(examples))
    for corpus in sorted({e.corpus for e in examples}):
        mine = [e for e in examples if e.corpus == corpus]
        print(f"{corpus:12} {len(mine):6} texts {sum(len(e.words) for e in mine):8} words")


if __name__ == "__main__":
    main()
