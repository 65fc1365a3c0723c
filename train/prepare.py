"""Step 1: annotated corpora to one list of examples, each a text's words with what is known of each head.

    python -m train.prepare --corpora DIR --tokenizer tokenizer.json --out examples.pkl

A head learns only from documents that annotate it: elsewhere its tags are IGNORED. An article that several
corpora annotate (the desk's list was read on articles of the others) is one example.
"""

import argparse
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from train.corpora import Row, cover, ecbplus_events, read_corpus, to_article
from train.example import Example
from train.labels import (
    EVENT_KINDS,
    FORMS,
    HEADS,
    IGNORED,
    LINKS,
    PART,
    RELATIONS,
    ROLES,
    STATUS,
    UPOS,
)

from onrecord.annotate import annotate, find_document
from onrecord.dates.edtf import interval_of
from onrecord.model import Annotated, Reader
from onrecord.tagging.features import Words, split_words
from onrecord.tagging.pieces import WordPieces

ORDINALS = {name: {tag: i for i, tag in enumerate(tags)} for name, tags in HEADS.items()}
UNSURE_KINDS = ("group", "product", "other")
"""Kinds by which the newswire corpus and the desk do not mean the same ("Ugandan" is a group there)."""
NEWSWIRE_HELD = 6
"""Each sixth article of the newswire corpus is kept for measuring."""
TREE_PIECES = (40, 80, 120, 160)


def blank(vocabulary: WordPieces, corpus: str, doc: Row) -> Example:
    """A text without any tag; its sentences are those that a build reads."""
    words = split_words(vocabulary, doc["text"])
    marks = [(s.start, s.end) for s in find_document(to_article(doc)).sentences]
    starts = sorted({np.searchsorted(words.starts, a).item() for a, _ in marks} | {0})
    tags = {head: np.full(len(words), IGNORED, np.int16) for head in HEADS}
    split = doc.get("split", "")
    return Example(corpus, str(doc["id"]), split, words, [s for s in starts if s < len(words)], tags)


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
    """The span without blanks at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def add_roles(example: Example, doc: Row) -> None:
    """PolNeAR's attributions."""
    example.tags["roles"][:] = 0
    for attribution in doc["attributions"]:
        for role in ROLES:
            for a, b in attribution.get(role, []):
                mark(example, "roles", *trimmed(doc["text"], a, b), role)


def add_newswire(example: Example, doc: Row) -> None:
    """Names annotated by hand; kinds on which the desk differs are left open."""
    example.tags["names"][:] = 0
    for a, b, kind in doc["entities"]:
        if kind in UNSURE_KINDS:
            first, last = example.within(a, b)
            example.tags["names"][first:last] = IGNORED
        else:
            mark(example, "names", a, b, kind)


def factappeal(vocabulary: WordPieces, doc: Row) -> Example:
    """A sentence with what it claims, in its own voice or another's."""
    example = blank(vocabulary, "factappeal", doc)
    example.tags["claims"][:] = 0
    for a, b, label in doc["spans"]:
        voice = "teller" if label.startswith("Source:") else None
        if label.startswith("Fact_"):
            voice = "own" if "No_Appeal" in label else "appeal"
        if voice:
            mark(example, "claims", *trimmed(doc["text"], a, b), voice)
    return example


def add_desk(example: Example, doc: Row, read: Annotated) -> None:
    """The desk's list: names, events, and what names and dates are to event words of their surroundings."""
    example.tags["names"][:] = 0
    for entity in doc["entities"]:
        for a, b in entity["mentions"]:
            mark(example, "names", a, b, entity["type"])
    example.tags["events"][:] = 0
    bearers = bearers_of(example, doc, read)
    dates = [(example.within(d.start, d.end)[0], d.value) for d in read.dates if d.value]
    for event in doc["events"]:
        told = [w for a, b in event["mentions"] if (w := last_word(example, a, b)) is not None]
        example.events.append(told)
        roles = dict(event["participants"])
        for word in told:
            example.tags["events"][word] = 1
            example.tags["status"][word] = STATUS.index(event["status"])
            example.tags["kinds"][word] = EVENT_KINDS.index(event["kind"])
            example.tags["types"][word] = ORDINALS["types"][event["type"] or "none"]
            for other, name in bearers:
                role = roles.get(name) or "none"
                example.links.append((word, other, LINKS.index(role if role in LINKS else "none")))
            for other, value in dates:
                same = same_days(value, event["date"])
                example.links.append((word, other, LINKS.index("time" if same else "none")))


def ecbplus(vocabulary: WordPieces, doc: Row) -> Example:
    """A text with its events as all texts of its topic tell them; nothing else is known of it."""
    example = blank(vocabulary, "ecbplus", doc)
    example.topic = f"{doc['topic']}"
    told: dict[str, list[int]] = {}
    for mention in ecbplus_events(doc):
        name = mention["cluster"] or f"{doc['id']} {mention['spans'][0][0]}"
        if (word := last_word(example, *cover(mention["spans"]))) is not None:
            told.setdefault(name, []).append(word)
    example.events, example.shared = list(told.values()), list(told)
    return example


def same_days(one: str, other: str | None) -> bool:
    """Whether two EDTF values name the same days."""
    if other is None:
        return False
    days = interval_of(one)
    return one == other or (days is not None and days == interval_of(other))


def last_word(example: Example, start: int, end: int) -> int | None:
    """The number of the last word in a span, which names an event most: "by-election"."""
    first, last = example.within(start, end)
    return last - 1 if first < last else None


def bearers_of(example: Example, doc: Row, read: Annotated) -> list[tuple[int, str]]:
    """The words that stand for an entity of the list: its names, and pronouns and descriptions that the
    build before resolved to it."""
    spans = [(a, b, e["name"]) for e in doc["entities"] for a, b in e["mentions"]]
    names_of: dict[int, dict[str, int]] = {}
    for mention in read.mentions:
        if mention.form == "name":
            for a, b, name in spans:
                if mention.start < b and a < mention.end:
                    count = names_of.setdefault(mention.chain, {})
                    count[name] = count.get(name, 0) + 1
    found = {(example.within(a, b)[1] - 1, name) for a, b, name in spans}
    for mention in read.mentions:
        if mention.form != "name" and (known := names_of.get(mention.chain)):
            name = max(known, key=lambda n: (known[n], n))
            found.add((example.within(mention.start, mention.end)[1] - 1, name))
    return sorted(f for f in found if f[0] >= 0)


def form_of(upos: str, feats: str) -> str:
    """A word's form as ``FORMS`` has it, from its features in Universal Dependencies."""
    told = dict(f.split("=") for f in feats.split("|") if "=" in f)
    if upos in ("NOUN", "PROPN"):
        return "plur" if told.get("Number") in ("Plur", "Ptan") else "sing"
    if upos not in ("VERB", "AUX"):
        return "none"
    verb, tense = told.get("VerbForm"), told.get("Tense")
    if verb == "Fin":
        return "fin-past" if tense == "Past" else "fin-pres"
    if verb == "Part":
        return "part-past" if tense == "Past" else "part-pres"
    return {"Inf": "inf", "Ger": "ger"}.get(verb or "", "none")


def add_tree(words: Words, doc: Row) -> dict[str, np.ndarray]:
    """The tags, forms, heads and relations of one sentence, for our words: a word of the tree is the first of
    the words that overlap it most, and its later pieces hang on that."""
    size = len(words)
    owner = np.zeros(size, np.int64)
    ud = doc["words"]
    for i in range(size):
        a, b = words.starts[i], words.ends[i]
        owner[i] = max(range(len(ud)), key=lambda k: (min(b, ud[k][1]) - max(a, ud[k][0]), -k))
    first: dict[int, int] = {}
    for i, k in enumerate(owner.tolist()):
        first.setdefault(k, i)
    out = {name: np.zeros(size, np.int16) for name in ("tags", "forms", "heads", "relations")}
    for i, k in enumerate(owner.tolist()):
        upos, head, relation, feats = ud[k][3], ud[k][4], ud[k][5], ud[k][6]
        out["tags"][i] = UPOS.index(upos)
        out["forms"][i] = FORMS.index(form_of(upos, feats))
        if first[k] != i:
            out["heads"][i], out["relations"][i] = first[k], RELATIONS.index(PART)
            continue
        up = head - 1
        while up >= 0 and up not in first:  # a word that ours swallow ("not" of "cannot")
            up = ud[up][4] - 1
        out["heads"][i] = i if up < 0 else first[up]
        out["relations"][i] = RELATIONS.index(relation)
    return out


def trees(vocabulary: WordPieces, docs: Sequence[Row]) -> Iterator[Example]:
    """Sentences with trees, neighbours of one document together: an example is a document."""
    parts: list[tuple[Words, dict[str, np.ndarray]]] = []
    for number, doc in enumerate(docs):
        words = split_words(vocabulary, doc["text"])
        if len(words):
            parts.append((words, add_tree(words, doc)))
        ahead = docs[number + 1]["id"].rpartition("-")[0] if number + 1 < len(docs) else None
        if parts and doc["id"].rpartition("-")[0] != ahead:
            yield join_sentences(doc, parts)
            parts = []


def join_sentences(doc: Row, parts: Sequence[tuple[Words, dict[str, np.ndarray]]]) -> Example:
    """One example of the sentences of a document, each with its tree."""
    words = Words([], [], [], [], [])
    sentences, heads = [], []
    for own, tree in parts:
        sentences.append(len(words))
        heads.append(tree["heads"] + len(words))
        for name in ("starts", "ends", "pieces", "shapes", "contexts"):
            getattr(words, name).extend(getattr(own, name))
    tags = {head: np.full(len(words), IGNORED, np.int16) for head in HEADS}
    for head in ("tags", "forms"):
        tags[head] = np.concatenate([tree[head] for _, tree in parts])
    relations = np.concatenate([tree["relations"] for _, tree in parts])
    name = doc["id"].rpartition("-")[0]
    return Example(doc["corpus"].partition("-")[0], name, doc["split"], words, sentences, tags,
                   np.concatenate(heads).astype(np.int32), relations)  # fmt: skip


def prepare(corpora: Path, vocabulary: WordPieces, reader: Reader) -> list[Example]:
    """All examples, in a fixed order; ``reader`` finds pronouns and descriptions in articles of the list."""
    desk = {
        str(d["id"]): d | {"split": part}
        for part in ("train", "dev")
        for d in read_corpus(corpora, f"desk-{part}")
    }
    dated = [replace(to_article(d), published=d.get("published")) for d in desk.values()]
    read = dict(zip(desk, annotate(dated, reader), strict=True))
    examples: dict[str, Example] = {}

    def take(corpus: str, doc: Row, split: str) -> Example:
        key = str(doc["id"])
        if key not in examples:
            examples[key] = blank(vocabulary, corpus, doc | {"split": split})
        return examples[key]

    for part in ("train", "dev"):
        for doc in read_corpus(corpora, f"polnear-{part}"):
            add_roles(take("polnear", doc, part), doc)
    for number, doc in enumerate(read_corpus(corpora, "newswire")):
        add_newswire(take("newswire", doc, "train" if number % NEWSWIRE_HELD else "dev"), doc)
    for key, doc in desk.items():
        example = take("desk", doc, doc["split"])
        if example.split != "dev":
            example.split = doc["split"]
        example.corpus = "desk" if example.corpus != "polnear" else "polnear-desk"
        add_desk(example, doc, read[key])
    out = list(examples.values())
    out += [factappeal(vocabulary, d) for d in read_corpus(corpora, "factappeal")]
    out += [ecbplus(vocabulary, d) for d in read_corpus(corpora, "ecbplus")]
    out += list(trees(vocabulary, read_corpus(corpora, "ud")))
    return out


def main() -> None:
    from onrecord.annotate import default_reader

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    examples = prepare(
        options.corpora, WordPieces.from_json(options.tokenizer.read_text(encoding="utf-8")), default_reader()
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(pickle.dumps(examples))
    counts: dict[str, list[int]] = {}
    for e in examples:
        count = counts.setdefault(f"{e.corpus} {e.split}", [0, 0])
        count[0] += 1
        count[1] += len(e.words)
    print("\n".join(f"{name}: {n} texts, {w} words" for name, (n, w) in sorted(counts.items())))


if __name__ == "__main__":
    main()
