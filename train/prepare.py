"""Step 1: annotated corpora to one list of examples, each a text's words with a tag, or none, for every head.

    python -m train.prepare --corpora DIR --tokenizer tokenizer.json --out examples.pkl

A head learns only from documents that annotate it: elsewhere its tags are IGNORED.
"""

import argparse
import bisect
import gzip
import json
import pickle
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from train.example import Example
from train.labels import CERTAINTY, HEADS, IGNORED, POLARITY, ROLES, TIME

from onrecord.tagging.features import Words, split_words

ORDINALS = {name: {tag: i for i, tag in enumerate(tags)} for name, tags in HEADS.items()}
MEANTIME_SENTENCES = 6  # names and events are annotated in the title and sentences 2 to 5, dates also in 1

CORENLP = {"PERSON": "person", "ORGANIZATION": "organization", "LOCATION": "place"}
MEANTIME = {
    "PER": "person",
    "ORG": "organization",
    "LOC": "place",
    "PRO": "product",
    "FIN": "other",
    "MIX": "other",
}
GUM = {
    "person": "person",
    "organization": "organization",
    "place": "place",
    "event": "event",
    "object": "product",
}
ECB = {"HUMAN_PART_PER": "person", "HUMAN_PART_ORG": "organization", "LOC_GEO": "place", "LOC_FAC": "place",
       "HUMAN_PART_GPE": "place", "HUMAN_PART_MET": "organization"}  # fmt: skip
# What CoreNLP calls MISC, told apart by its last word.
MISC_ENDINGS = {
    "law": ("act", "amendment", "bill", "law", "treaty", "agreement", "accord", "protocol", "constitution"),
    "event": ("war", "olympics", "games", "day", "conference", "convention", "summit", "debate", "election",
              "cup", "week", "caucus", "primary", "revolution", "festival", "thanksgiving", "christmas"),
}  # fmt: skip
GROUP_ENDINGS = (
    "an", "ans", "ish", "ese", "ist", "ists", "crat", "crats", "crat", "ic", "ican", "icans", "im", "ims",
    "ew", "ews", "ewish", "i", "is", "ians", "ian", "ch", "eek", "ed", "gop", "gay", "latino", "latinos",
    "hispanics",
)  # fmt: skip
NAME_LINKS = {
    "of",
    "the",
    "and",
    "for",
    "de",
    "la",
    "'s",
    "’s",
    "'",
    "’",
    "s",
    "on",
    "in",
    "&",
    "-",
    ".",
    "del",
    "von",
    "van",
}


def read(path: Path) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def blank(tokenizer: Tokenizer, corpus: str, doc: dict) -> Example:
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


def misc_kind(name: str) -> str:
    last = name.lower().split()[-1]
    for kind, endings in MISC_ENDINGS.items():
        if last in endings:
            return kind
    return "group" if last.endswith(GROUP_ENDINGS) else "other"


def polnear(tokenizer: Tokenizer, doc: dict, split: str, usual: dict[str, str]) -> Example:
    example = blank(tokenizer, "polnear", doc)
    example.split = split
    example.tags["roles"][:] = 0
    example.tags["names"][:] = 0
    for attribution in doc["attributions"]:
        for role in ROLES:
            for a, b in attribution.get(role, []):
                mark(example, "roles", *trimmed(doc["text"], a, b), role)
    people = {doc["text"][a:b].split()[-1] for a, b, kind in doc["silver_entities"]
              if kind == "PERSON" and " " in doc["text"][a:b].strip()}  # fmt: skip
    for a, b, kind in doc["silver_entities"]:
        a, b = trimmed(doc["text"], a, b)
        name = doc["text"][a:b]
        if name:
            mark(
                example,
                "names",
                a,
                b,
                "person" if name in people else usual.get(name) or silver_kind(kind, name),
            )
    return example


def silver_kind(kind: str, name: str) -> str:
    return CORENLP.get(kind) or misc_kind(name)


def usual_kinds(docs: list[dict]) -> dict[str, str]:
    """The kind that CoreNLP gives a string most often, where that is clear: its single choices waver."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for doc in docs:
        for a, b, kind in doc["silver_entities"]:
            name = doc["text"][a:b].strip()
            if name:
                counts[name][silver_kind(kind, name)] += 1
    clear = {}
    for name, kinds in counts.items():
        kind, n = kinds.most_common(1)[0]
        if kinds.total() >= 4 and n >= 0.6 * kinds.total():
            clear[name] = kind
    return clear | {"GOP": "organization"}


def factappeal(tokenizer: Tokenizer, doc: dict) -> Example:
    example = blank(tokenizer, "factappeal", doc)
    example.tags["claims"][:] = 0
    for a, b, label in doc["spans"]:
        voice = "teller" if label.startswith("Source:") else None
        if label.startswith("Fact_"):
            voice = "own" if "No_Appeal" in label else "appeal"
        if voice:
            mark(example, "claims", *trimmed(doc["text"], a, b), voice)
    return example


def meantime(tokenizer: Tokenizer, doc: dict) -> Example:
    example = blank(tokenizer, "meantime", doc)
    example.split = doc["topic"]
    marks = [m | {"id": k} for k, m in doc["marks"].items() if m["spans"]]
    bounds = doc["sentences"][:MEANTIME_SENTENCES]
    first, last = 0, example.within(0, bounds[-1][1])[1]
    for head in ("names", "triggers", "dates"):
        example.tags[head][first:last] = 0
    dateline = example.within(*bounds[1])
    for head in ("names", "triggers"):
        example.tags[head][dateline[0] : dateline[1]] = IGNORED
    kinds = {
        r["source"]: doc["marks"][r["target"]].get("ent_type")
        for r in doc["relations"]
        if r["kind"] == "REFERS_TO" and r["target"] in doc["marks"]
    }
    named = [(m["spans"][0], MEANTIME[kinds[m["id"]]]) for m in marks if m["kind"] == "ENTITY_MENTION"
             and m.get("syntactic_type") in ("NAM", "PRE.NAM") and kinds.get(m["id"])]  # fmt: skip
    tag_names(example, doc["text"], named)
    for m in marks:
        span = m["spans"][0]
        if m["kind"] == "EVENT_MENTION":
            where = mark(example, "triggers", *span, "event")
            if where:
                for head, values in (("certainty", CERTAINTY), ("polarity", POLARITY), ("time", TIME)):
                    value = (m.get(head) or "").lower().replace("underspecified", "unknown")
                    if value in values:
                        example.tags[head][where[0]] = values.index(value)
        elif m["kind"] == "TIMEX3":
            mark(example, "dates", m["spans"][0][0], m["spans"][-1][1], "date")
    return example


def leave_capitals_open(example: Example, text: str, sentences: list[list[int]]) -> None:
    """ECB+ marks only what takes part in an event: its other capitals may be names or not."""
    for a, b in sentences:
        first, last = example.within(a, b)
        for i in range(first, last):
            start, end = example.words.starts[i], example.words.ends[i]
            example.tags["names"][i] = 0 if text[start:end] == text[start:end].lower() else IGNORED


def ecbplus(tokenizer: Tokenizer, doc: dict) -> Example:
    """Only scored sentences count; one unscored sentence on each side stays as context."""
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
        if m["tag"].startswith(("ACTION", "NEG_ACTION")):
            close = m["spans"][-1][1] - start <= 25
            where = mark(
                example, "triggers", start, m["spans"][-1][1] if close else m["spans"][0][1], "event"
            )
            if where:
                polarity = "neg" if m["tag"].startswith("NEG_") else "pos"
                example.tags["polarity"][where[0]] = POLARITY.index(polarity)
        elif m["tag"].startswith("TIME"):
            mark(example, "dates", start, m["spans"][-1][1], "date")
    known = [
        ((m["spans"][0][0], m["spans"][-1][1]), ECB[m["tag"]]) for m in doc["mentions"] if m["tag"] in ECB
    ]
    leave_capitals_open(example, doc["text"], scored)
    tag_names(example, doc["text"], [n for n in known if any(a <= n[0][0] < b for a, b in scored)])
    example.extra["keep"] = keep
    return example


def capitalised(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The name within a noun phrase: without "the" and "'s" around it; None unless all of it looks like a
    name."""
    words = text[start:end].split(" ")
    while words and words[0].lower() in ("the", "a", "an"):
        start += len(words.pop(0)) + 1
    while words and words[-1] in ("'s", "’s", "'", "’"):
        end -= len(words.pop()) + 1
    if not words or len(words) > 7 or not any(c.isupper() for c in words[0] + words[-1]):
        return None
    if not all(any(c.isupper() for c in w) or w.lower() in NAME_LINKS or w[:1].isdigit() for w in words):
        return None
    return (start, end) if any(c.isupper() for c in text[start:end]) else None


def tag_names(example: Example, text: str, named: list[tuple[Sequence[int], str]]) -> None:
    """Tag the outermost spans that are plainly names; leave the capitals of other noun phrases open."""
    names = example.tags["names"]
    plain = []
    for (start, end), kind in named:
        span = capitalised(text, start, end)
        if span:
            plain.append((span, kind))
            continue
        first, last = example.within(start, end)
        for i in range(first, last):
            if text[example.words.starts[i]].isupper():
                names[i] = IGNORED
    for span, kind in sorted(plain, key=lambda n: n[0][1] - n[0][0]):
        mark(example, "names", *span, kind)


def gum(tokenizer: Tokenizer, doc: dict) -> Example:
    """Noun phrases with a proper noun that are not plainly a name are left open: no tag is right for them."""
    example = blank(tokenizer, "gum", doc)
    dates = example.tags["dates"]
    example.tags["names"][:] = 0
    dates[:] = 0
    text = doc["text"]
    named = [((e["start"], e["end"]), GUM.get(e["type"], "other")) for e in doc["entities"]
             if e["proper"] and e["type"] != "time"]  # fmt: skip
    tag_names(example, text, named)
    for e in doc["entities"]:
        if e["type"] == "time":
            first, last = example.within(e["start"], e["end"])
            dates[first:last] = IGNORED
    for d in doc["dates"]:
        mark(example, "dates", d["start"], d["end"], "date")
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
    parts = {part: read(corpora / f"polnear-{part}.jsonl.gz") for part in ("train", "dev")}
    usual = usual_kinds(parts["train"])
    examples = [polnear(tokenizer, d, part, usual) for part, docs in parts.items() for d in docs]
    examples += [factappeal(tokenizer, d) for d in read(corpora / "factappeal.jsonl.gz")]
    examples += [meantime(tokenizer, d) for d in read(corpora / "meantime.jsonl.gz")]
    examples += [gum(tokenizer, d) for d in read(corpora / "gum.jsonl.gz")]
    for doc in read(corpora / "ecbplus.jsonl.gz"):
        example = ecbplus(tokenizer, doc)
        examples += sliced(example, example.extra["keep"])
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
