"""Who that is, measured: `python -m bench.who CORPORA` prints precision and recall of names, pronouns and
nominals on GUM's and MEANTIME's coreference chains, and what each rule brings.

Gold names go in, so that the reader's faults are not counted here. A name link is a pair of names; a pronoun
or nominal is right if the last name of its entity before it is of its gold chain. Recall counts the gold
pronouns (third person) and definite nominals whose chain has a name. A pronoun or nominal answered where the
corpus marks no mention is wrong, but for relative pronouns, which GUM does not mark, and sentences in which
nothing is marked (MEANTIME).
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from train.corpora import MEANTIME_KINDS, Row, cover, read_corpus

from onrecord.model import Block, Document, EntityType, Mention, Name, Span
from onrecord.people.names import strip_title
from onrecord.people.nounphrases import find_noun
from onrecord.people.who import RULES, resolve_entities

HE_SHE = frozenset(["he", "him", "his", "himself", "she", "her", "hers", "herself"])
PRONOUNS = HE_SHE | {"it", "its", "itself", "they", "them", "their", "theirs", "themselves"}
FIRST = frozenset(["i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"])
SECOND = frozenset(["you", "your", "yours", "yourself"])
UNSCORED = frozenset(["who", "whose", "whom"])
DEFINITE = frozenset(["the", "this", "that", "these", "those", "both"])
PARTICLES = frozenset(["de", "la", "del", "van", "von", "bin", "al", "el", "-", "'", "."])
SMALL = PARTICLES | {"of", "the", "and", "for", "in", "on", "&", ",", ":", "at", "to", "a", "y", "du"}
"""What may stand in a name without a capital."""
JOINS = PARTICLES | {"di", "da", "der", "den"}
"""The same within the name of a person."""
TYPES: dict[str, EntityType] = {
    "person": "person",
    "organization": "organization",
    "place": "place",
    "event": "event",
    "object": "product",
    "abstract": "work",
}


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold mention: its characters, its chain, and whether it is a name, a pronoun or another phrase."""

    start: int
    end: int
    chain: str
    form: str


@dataclass(frozen=True, slots=True)
class Text:
    """One document with gold names and mentions."""

    id: str
    genre: str
    split: str
    document: Document
    names: tuple[tuple[Name, str], ...]
    golds: tuple[Gold, ...]


def looks_like_name(words: str) -> bool:
    tokens = words.split()
    return (
        bool(tokens)
        and tokens[-1].lower() not in PRONOUNS | FIRST | SECOND
        and all(w[:1].isupper() or w in SMALL or w[:1].isdigit() for w in tokens)
        and "'s" not in tokens
    )


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A mention without its article and possessive; what is left may be a name."""
    words = text[start:end]
    for tail in (" 's", " ’s", " '", " ’"):
        if words.endswith(tail):
            end -= len(tail)
    for lead in ("the ", "The ", "a ", "A "):
        if words.startswith(lead):
            start += len(lead)
    return start, end


def person_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The name in a mention of a person: the capitalised words before "of", a comma or a clause, without
    titles."""
    words = list(re.finditer(r"\S+", text[start:end]))
    stop = next(
        (
            i
            for i, w in enumerate(words)
            if i and w.group() in (",", "of", "(", "who", "himself", "herself", "from", "on")
        ),
        len(words),
    )
    first = stop
    while first and (words[first - 1].group()[:1].isupper() or words[first - 1].group() in JOINS):
        first -= 1
    while first < stop and words[first].group() in JOINS:
        first += 1
    if first == stop:
        return start, start
    start, end = start + words[first].start(), start + words[stop - 1].end()
    return max(start, end - len(strip_title(text[start:end]))), end


def repair(rows: list[Row], text: str) -> dict[str, str]:
    """GUM begins a new chain after "X was a guest": chains of one Wikipedia page, or of people whose names
    are written alike, are read as one. Gives the new chain of each."""
    parent: dict[str, str] = {}
    home: dict[tuple[str, str], str] = {}
    for row in rows:
        keys = [("wiki", f"{row['type']} {row['wiki']}")] if row["wiki"] else []
        a, b = trim(text, row["start"], row["end"])
        if row["proper"] and row["type"] == "person" and looks_like_name(text[a:b]):
            keys.append(("name", text[a:b]))
        chain = row["chain"]
        while chain in parent:
            chain = parent[chain]
        for key in keys:
            other = home.setdefault(key, chain)
            while other in parent:
                other = parent[other]
            if other != chain:
                parent[chain] = other
                chain = other
    found = {}
    for row in rows:
        chain = row["chain"]
        while chain in parent:
            chain = parent[chain]
        found[row["chain"]] = chain
    return found


def choose_names(rows: Iterable[tuple[int, int, EntityType, str]]) -> tuple[tuple[Name, str], ...]:
    """Non-overlapping names, the longest first; people without their titles."""
    found: list[tuple[Name, str]] = []
    taken: list[tuple[int, int]] = []
    for start, end, kind, chain in sorted(rows, key=lambda r: (r[0] - r[1], r[0])):
        if any(start < b and a < end for a, b in taken):
            continue
        taken.append((start, end))
        found.append((Name(start, end, kind, 0.95), chain))
    return tuple(sorted(found, key=lambda p: p[0].start))


def holds_name(start: int, end: int, chain: str, own: dict[int, tuple[int, str]]) -> bool:
    """Whether a mention has a name of its own chain in it."""
    return any(start <= first and last <= end and chain == c for last, (first, c) in own.items())


def form_of(text: str, start: int, end: int) -> str:
    a, b = trim(text, start, end)
    if looks_like_name(text[a:b]):
        return "other"
    low = text[start:end].lower()
    return "pronoun" if low in PRONOUNS else "first" if low in FIRST | SECOND | UNSCORED else "nominal"


def make(row: Row, mentions: list[tuple[int, int, str, bool, EntityType | None]]) -> Text:
    text = row["text"]
    sentences = tuple(Span(a, b) for a, b in row["sentences"])
    blocks = tuple(Block(a, b, "body") for a, b in row["sentences"])
    rows = []
    for start, end, chain, proper, kind in mentions:
        start, end = trim(text, start, end)
        if proper and kind == "person":
            start, end = person_words(text, start, end)
        common = find_noun(text[start:end].lower()) is not None or strip_title(text[start:end] + " X") == "X"
        if common:
            continue
        if (
            proper
            and kind is not None
            and looks_like_name(text[start:end])
            and len(text[start:end].split()) <= 8
        ):
            rows.append((start, end, kind, chain))
    names = choose_names(rows)
    own = {n.end: (n.start, c) for n, c in names}
    golds = tuple(
        Gold(a, b, chain, "name" if holds_name(a, b, chain, own) else form_of(text, a, b))
        for a, b, chain, _, _ in mentions
    )
    return Text(
        row["id"], row.get("genre", ""), row.get("split", ""), Document(text, blocks, sentences), names, golds
    )


def read_gum(corpora: Path, repaired: bool = True) -> list[Text]:
    texts = []
    for row in read_corpus(corpora, "gum"):
        chains = repair(row["entities"], row["text"]) if repaired else {}
        mentions = [
            (e["start"], e["end"], chains.get(e["chain"], e["chain"]), e["proper"], TYPES.get(e["type"]))
            for e in row["entities"]
        ]
        texts.append(make(row, mentions))
    return texts


def read_meantime(corpora: Path) -> list[Text]:
    """Chains are the instances of ``cross``; a mention marked NAM is a name."""
    texts = []
    for row in read_corpus(corpora, "meantime"):
        named = {
            cover(m["spans"])
            for m in row["marks"].values()
            if m["kind"] == "ENTITY_MENTION" and m.get("syntactic_type") == "NAM" and m["spans"]
        }
        mentions: list[tuple[int, int, str, bool, EntityType | None]] = []
        for cross in row["cross"]:
            if cross["kind"] == "ENTITY" and cross["spans"]:
                start, end = cover(cross["spans"])
                kind = MEANTIME_KINDS.get(cross["instance"][:3], "other")
                mentions.append((start, end, cross["instance"], (start, end) in named, kind))
        texts.append(make(row, mentions))
    return texts


def gold_for(text: Text, mention: Mention) -> list[Gold]:
    """The gold mentions that a found one may be: the same words, or the shortest with the same start that
    holds it."""
    same = [g for g in text.golds if (g.start, g.end) == (mention.start, mention.end)]
    longer = sorted(
        (g for g in text.golds if g.start == mention.start and g.end > mention.end), key=lambda g: g.end
    )
    return same or longer[:1]


def antecedent(mention: Mention, named: Iterable[Mention], chain_of: Mapping[tuple[int, int], str]) -> str:
    """The gold chain of the last name of the same entity before a mention, or of its first name."""
    names = [n for n in named if n.chain == mention.chain]
    before = [n for n in names if n.end <= mention.start]
    chosen = before[-1] if before else names[0]
    return chain_of[chosen.start, chosen.end]


class Tally:
    """Right, answered and wanted, by kind."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.said: Counter[str] = Counter()
        self.want: Counter[str] = Counter()
        self.wrong: list[str] = []

    def count(self, keys: Iterable[str], right: bool) -> None:
        """Take one answer under each key."""
        for key in keys:
            self.said[key] += 1
            self.right[key] += right

    def row(self, kind: str) -> str:
        right, said, want = self.right[kind], self.said[kind], self.want[kind]
        precision = f"{kind:<12} P {100 * right / said if said else 0.0:5.1f} ({right}/{said})"
        return f"{precision}   R {100 * right / want:5.1f} (of {want})" if want else precision


def measure(texts: Iterable[Text], disabled: frozenset[str] = frozenset()) -> Tally:
    """All answers for the texts, given their gold names, with some rules switched off."""
    tally = Tally()
    for text in texts:
        _, mentions = resolve_entities(text.document, [n for n, _ in text.names], disabled=disabled)
        chain_of = {(n.start, n.end): c for n, c in text.names}
        count_names(tally, mentions, chain_of)
        count_wanted(tally, text, set(chain_of.values()))
        for mention in mentions:
            if mention.form != "name":
                count_answer(tally, text, mention, mentions, chain_of)
    return tally


def count_names(tally: Tally, mentions: Iterable[Mention], chain_of: Mapping[tuple[int, int], str]) -> None:
    """Pairs of names: those of one entity, of one gold chain, and of both."""
    for one, two in combinations([m for m in mentions if m.form == "name"], 2):
        gold = chain_of[one.start, one.end] == chain_of[two.start, two.end]
        tally.said["names"] += one.chain == two.chain
        tally.want["names"] += gold
        tally.right["names"] += gold and one.chain == two.chain


def count_wanted(tally: Tally, text: Text, named: set[str]) -> None:
    """Gold pronouns and nominals whose chain has a name."""
    for gold in text.golds:
        words = text.document.text[gold.start : gold.end].lower()
        if gold.chain in named and gold.form == "pronoun":
            tally.want["pronouns"] += 1
            tally.want["he, she"] += words in HE_SHE
        elif gold.chain in named and gold.form == "nominal":
            tally.want["nominals"] += 1
            if words.split()[0] in DEFINITE:
                tally.want["definite"] += 1


def count_answer(
    tally: Tally,
    text: Text,
    mention: Mention,
    mentions: Sequence[Mention],
    chain_of: Mapping[tuple[int, int], str],
) -> None:
    """A pronoun or nominal that was answered: right where its entity's name is of its gold chain."""
    words = text.document.text[mention.start : mention.end].lower()
    golds = gold_for(text, mention)
    sentence = next(s for s in text.document.sentences if s.start <= mention.start < s.end)
    marked = any(sentence.start <= g.start < sentence.end for g in text.golds)
    if not golds and (words in UNSCORED or not marked):
        return
    mapped = antecedent(mention, [m for m in mentions if m.form == "name"], chain_of)
    right = any(g.chain == mapped for g in golds)
    if len([m for m in mentions if (m.start, m.end) == (mention.start, mention.end)]) > 1:
        named = set(chain_of.values())
        right = right or any(g.chain not in named for g in golds)
    tally.count(list_kinds(mention, words, bool(golds)), right)
    if not right:
        tally.wrong.append(tell_wrong(text, mention, mentions, golds, sentence))


def list_kinds(mention: Mention, words: str, marked: bool) -> list[str]:
    """What an answer is counted under; ``marked`` says that the corpus marks a mention there."""
    rule = f"rule {mention.method}"
    if mention.form == "pronoun" and words in FIRST | SECOND:
        return [rule]
    kinds = [f"{mention.form}s", rule]
    if mention.form == "nominal" and words.split()[0] in DEFINITE:
        kinds.append("definite")
    if mention.form == "nominal" and marked:
        kinds.append("nominals that the corpus marks")
    if words in HE_SHE:
        kinds.append("he, she")
    return kinds


def tell_wrong(
    text: Text, mention: Mention, mentions: Iterable[Mention], golds: Iterable[Gold], sentence: Span
) -> str:
    """A wrong answer with its sentence, for people."""
    words = text.document.text
    chains = {g.chain for g in golds}
    wanted = [words[g.start : g.end] for g in text.golds if g.chain in chains][:2]
    said = words[named_of(mentions, mention.chain)]
    before = words[max(0, sentence.start - 150) : mention.start]
    here, after = words[mention.start : mention.end], words[mention.end : sentence.end]
    head = f"{text.id} {mention.method}: {here!r} -> {said!r}, gold {wanted or 'no mention'}"
    return f"{head}\n     {before}[[{here}]]{after}"


def named_of(mentions: Iterable[Mention], chain: int) -> slice:
    mention = next(m for m in mentions if m.chain == chain and m.form == "name")
    return slice(mention.start, mention.end)


def show(title: str, tally: Tally) -> None:
    print(title)
    for kind in ("names", "pronouns", "he, she", "nominals", "definite", "nominals that the corpus marks"):
        print("  " + tally.row(kind))


def main(folder: Path) -> None:
    raw = read_gum(folder, repaired=False)
    raw = [t for t in raw if t.genre in ("news", "interview", "speech")]
    show("GUM news, interview, speech: all, chains as they are", measure(raw))
    gum = read_gum(folder)
    news = [t for t in gum if t.genre in ("news", "interview", "speech")]
    train = [t for t in news if t.split == "train"]
    show("GUM news, interview, speech: train (tuned on)", measure(train))
    show("GUM news, interview, speech: dev", measure([t for t in news if t.split == "dev"]))
    show("GUM other kinds", measure([t for t in gum if t not in news]))
    meantime = read_meantime(folder)
    show("MEANTIME (not tuned on)", measure(meantime))
    print("Each rule (GUM train and dev, MEANTIME): right of answered; without it: all that is answered")
    whole = measure([*news, *meantime])
    for rule in RULES:
        less = measure([*news, *meantime], frozenset({rule}))
        forms = [
            f"{kind} {less.right[kind]}/{less.said[kind]} for {whole.right[kind]}/{whole.said[kind]}"
            for kind in ("pronouns", "nominals")
        ]
        own = f"{whole.right['rule ' + rule]}/{whole.said['rule ' + rule]}"
        print(f"  {rule:<11} {own:<8} without: {', '.join(forms)}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
